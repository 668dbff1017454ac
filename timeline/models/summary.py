"""The summary of an entry, sentence by sentence: each rests on statements, figures or disagreements of the entry.

Editors write one text. It is cut into sentences that keep their ids while they are reworded; the column
``EntryPage.sentences`` holds them, with what an editor or a pack has chosen for them to rest on. What nobody chose
follows from the words, here and now, and is not stored: it is as good as the statements are.

DECISIONS 154.
"""

import base64
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple, TypedDict

from timeline.choices import Unit
from timeline.text.sentences import sentences
from timeline.text.support import alike, support

SAME = 0.6
"""How much of two sentences must be alike for one to be the other, reworded."""


class StoredSentence(TypedDict):
    """A sentence as the column has it; ``rests_on`` is empty while nobody has chosen."""

    id: str
    text: str
    rests_on: list[str]


class Sentence(NamedTuple):
    """A sentence of a summary, and the ids of what it rests on; ``chosen`` by somebody, or derived."""

    id: str
    text: str
    rests_on: list[str]
    chosen: bool


def summary_of(entry: Any) -> list[Sentence]:
    """The sentences of the summary of an entry as it is in memory, each with what it rests on."""
    stored = kept(entry.summary, entry.sentences)
    if not stored:
        return []
    rows = carriers(entry)
    return [_supported(sentence, rows) for sentence in stored]


def carriers(entry: Any) -> dict[str, str]:
    """What a sentence of the summary may rest on: the words of each statement, figure and disagreement, by its id."""
    statements = {row.uid: row.text for row in entry.statements.all() if row.text.strip()}
    figures = {row.uid: _of_figure(row) for row in entry.figures.all() if row.label.strip()}
    disagreements = {
        row.uid: " ".join([row.question, *(account.says for account in row.accounts.all())])
        for row in entry.disagreements.all()
        if row.question.strip()
    }
    return statements | figures | disagreements


def kept(text: str, stored: Iterable[StoredSentence]) -> list[StoredSentence]:
    """The sentences that a summary has now, as the column is to hold them; ``stored`` is what it holds.

    A sentence that stands as it stood is itself, with its support; one that is mostly the same keeps both as well.
    """
    before = list(stored)
    if _bare("".join(one["text"] for one in before)) == _bare(text):
        return before
    now = _cut(text, [one["text"] for one in before])
    continued: dict[int, StoredSentence] = {}
    for is_same in (str.__eq__, _is_reworded):
        for number, sentence in enumerate(now):
            if number not in continued:
                found = next((one for one in before if is_same(one["text"], sentence)), None)
                if found is not None:
                    continued[number] = found
                    before.remove(found)
    taken = {one["id"] for one in (*before, *continued.values())}
    ids = {sentence: _new_ids(sentence) for sentence in now}
    result: list[StoredSentence] = []
    for number, sentence in enumerate(now):
        if number in continued:
            result.append({**continued[number], "text": sentence})
        else:
            new = next(one for one in ids[sentence] if one not in taken)
            taken.add(new)
            result.append({"id": new, "text": sentence, "rests_on": []})
    return result


def _supported(sentence: StoredSentence, rows: dict[str, str]) -> Sentence:
    chosen = [uid for uid in sentence["rests_on"] if uid in rows]
    return Sentence(sentence["id"], sentence["text"], chosen or support(sentence["text"], rows), bool(chosen))


def _of_figure(row: Any) -> str:
    numbers = [f"{Decimal(one).normalize():f}" for one in (row.value, row.low, row.high) if one is not None]
    if row.unit == Unit.PERCENT:
        values = [f"{number}%" for number in numbers]
    else:
        unit = row.currency if row.unit == Unit.MONEY else row.unit.replace("_", " ")
        values = [f"{number} {row.scale} {unit}" for number in numbers]
    return " ".join([row.label, *values, row.of])


def _bare(text: str) -> str:
    return "".join(text.split())


def _cut(text: str, whole: list[str]) -> list[str]:
    """The sentences of a text; those in ``whole`` are each one, wherever else a sentence seems to end."""
    found, start = [], 0
    for sentence in whole:
        at = text.find(sentence, start)
        end = at + len(sentence)
        if at < 0 or not _parts(text, at) or not _parts(text, end):
            continue
        found += [*sentences(text[start:at]), sentence]
        start = end
    return [*found, *sentences(text[start:])]


def _parts(text: str, place: int) -> bool:
    """Whether a sentence may begin or end at this place of a text."""
    around = text[max(place - 1, 0) : place + 1]
    return place in (0, len(text)) or any(char.isspace() for char in around) or around[0] in "。！？」』"


def _is_reworded(one: str, other: str) -> bool:
    return alike(one, other) >= SAME


def _new_ids(text: str) -> Iterator[str]:
    """Ids for new sentences that say ``text``, of its words: so a summary that nobody saved has the same each time."""
    for salt in itertools.count():
        digest = hashlib.sha256(f"{text} {salt or ''}".encode()).digest()
        yield base64.b32encode(digest)[:6].decode().lower()
