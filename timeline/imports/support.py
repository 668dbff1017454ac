"""Support as one cell of a table: what each sentence of a summary was chosen to rest on.

``o5r73k: pqe3rm nr7psk; 5ub7tu: pjtvgr``: sentence by sentence its id and the ids of statements, figures and
disagreements. The words stand in the cell of the summary, which people write and a spreadsheet may reword.
"""

import re
from collections.abc import Sequence

from timeline.content.parts import Record
from timeline.models.statement import ROW_ID
from timeline.models.summary import kept

COLUMN = "rests_on"
_SENTENCE = re.compile(rf"\s*({ROW_ID.pattern}):((?:\s+[^\s;:]+)*)\s*")


def written(summary: Sequence[Record]) -> str:
    """The cell for the sentences of a summary."""
    return "; ".join(" ".join([f"{sentence['id']}:", *sentence["rests_on"]]) for sentence in summary)


def supported(summary: str, cell: str) -> list[Record] | None:
    """The sentences of ``summary`` with what the cell says of each in turn; None if it does not speak of these."""
    matches = [_SENTENCE.fullmatch(part) for part in cell.split(";")]
    said = [(match[1], match[2].split()) for match in matches if match]
    words = [sentence["text"] for sentence in kept(summary, [])]
    if len(said) != len(matches) or len(said) != len(words):
        return None
    return [{"id": key, "text": text, "rests_on": ids} for (key, ids), text in zip(said, words, strict=True)]
