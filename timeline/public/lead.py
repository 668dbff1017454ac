"""The lead: the summary of an entry, each sentence with the numbers of the sources that it rests on."""

from collections.abc import Sequence
from typing import NamedTuple

from timeline.models.document import CitationDocument, EntryDocument


class LeadSentence(NamedTuple):
    """A sentence of a summary: the parts of the page that it ``rests_on``, and the ``numbers`` of their sources."""

    id: str
    text: str
    rests_on: list[str]
    numbers: list[int]

    @property
    def citations(self) -> list[dict[str, int]]:
        return [{"number": number} for number in self.numbers]


def carriers(entry: EntryDocument) -> dict[str, tuple[str, Sequence[CitationDocument]]]:
    """What a sentence may rest on, by its id: the part of the page, and the citations of a statement, figure or
    disagreement."""
    parts: dict[str, tuple[str, Sequence[CitationDocument]]] = {}
    parts |= {row["id"]: (f"s-{row['id']}", row["citations"]) for row in entry["statements"]}
    parts |= {row["id"]: (f"f-{row['id']}", row["citations"]) for row in entry["figures"]}
    parts |= {row["id"]: (f"d-{row['id']}", row["accounts"]) for row in entry["disagreements"]}
    return parts


def lead(entry: EntryDocument) -> list[LeadSentence]:
    """The sentences of the summary; all of it as one, without numbers, where an older document has it whole."""
    if not entry["sentences"]:
        return [LeadSentence("", entry["summary"], [], [])] if entry["summary"] else []
    parts = carriers(entry)
    listed = [source["number"] for source in entry["sources"]]
    found = []
    for sentence in entry["sentences"]:
        carrying = [parts[key] for key in sentence["rests_on"] if key in parts]
        cited = {citation["number"] for _anchor, citations in carrying for citation in citations}
        anchors = [anchor for anchor, _citations in carrying]
        found.append(LeadSentence(sentence["id"], sentence["text"], anchors, [one for one in listed if one in cited]))
    return found
