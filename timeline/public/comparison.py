"""Comparison of two published versions of an entry, word by word: what readers could read then and can now.

A version is its public document. Statements, figures and questions are the same while their
id is, people, organisations, goods and sources while their address is; another name of the
same record is no edit of the entry and is told apart from what was edited.

DECISIONS 83 says why.
"""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timeline.models.document import (
    AccountDocument,
    CitationDocument,
    EntryDocument,
    NamedDocument,
    PersonDocument,
)
from timeline.public.language import foreign
from timeline.public.lead import lead
from timeline.public.wording import (
    BASES,
    figure_standing,
    figure_value,
    happened,
    label,
    sentence_case,
    source_notes,
    source_title,
    when,
    whose,
)
from timeline.punctuation import bracketed, listed, marks

# -- words --------------------------------------------------------------------------------

ADDED, REMOVED, CHANGED, MOVED, SAME = "added", "removed", "changed", "moved", ""

# Japanese and Chinese have no spaces, so each of their characters stands for itself.
_CJK = r"々〆ヶ\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
# A number keeps its point and its commas, a word its apostrophe; what follows keeps its own space.
_TOKEN = re.compile(rf"(?:[{_CJK}]|[^\W{_CJK}]+(?:[.,’'-][^\W{_CJK}]+)*|[^\w\s])\s*|\s+")
_SENTENCE = re.compile(r"[^.!?。！？]*[.!?。！？]*\s*")

MAX_PAIRS = 60_000
"""Equal words of two texts, counted in pairs: with more, ``difflib`` takes longer than half a second at worst."""

LEAST_IN_COMMON = 0.25
"""Of the longer text; two texts that share less are one for the other, not an edit."""


class Piece(NamedTuple):
    """Some words, and whether they are ``added``, ``removed`` or the same in both."""

    state: str
    text: str


def words(before: str, after: str) -> list[Piece]:
    """The pieces that make ``after`` out of ``before``, in reading order.

    The cost is bounded: a text that is too long, or repeats itself too often, is compared
    by the sentence first, and what is still too much is taken as a whole.
    """
    pieces = _matched(_TOKEN, before, after)
    if pieces is None:
        pieces = []
        for piece in _joined(_matched(_SENTENCE, before, after) or [Piece(REMOVED, before), Piece(ADDED, after)]):
            if piece.state == ADDED and pieces and pieces[-1].state == REMOVED:
                removed = pieces.pop()
                pieces += _matched(_TOKEN, removed.text, piece.text) or [removed, piece]
            else:
                pieces.append(piece)
    kept = sum(len(piece.text) for piece in pieces if piece.state == SAME)
    if kept < LEAST_IN_COMMON * max(len(before), len(after)):
        pieces = [Piece(REMOVED, before), Piece(ADDED, after)]
    return _joined(pieces)


def _matched(token: re.Pattern[str], before: str, after: str) -> list[Piece] | None:
    """The pieces by ``token``; None when that would take too long."""
    old, new = token.findall(before), token.findall(after)
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    head, tail = "".join(new[:start]), "".join(new[len(new) - end :])
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    bare_old, bare_new = [one.rstrip() for one in old], [one.rstrip() for one in new]
    there = Counter(bare_new)
    if sum(there[one] for one in bare_old) > MAX_PAIRS:
        return None
    steps = difflib.SequenceMatcher(None, bare_old, bare_new, autojunk=False).get_opcodes()
    pieces = [Piece(SAME, head)]
    for at, (tag, old_from, old_to, new_from, new_to) in enumerate(steps):
        # One word left standing between two changes makes them harder to read, not easier.
        island = tag == "equal" and new_to - new_from == 1 and 0 < at < len(steps) - 1
        if tag == "equal" and not island:
            pieces.append(Piece(SAME, "".join(new[new_from:new_to])))
        else:
            pieces += [Piece(REMOVED, "".join(old[old_from:old_to])), Piece(ADDED, "".join(new[new_from:new_to]))]
    return [*pieces, Piece(SAME, tail)]


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many tokens two texts begin with in common, whatever space follows them."""
    pairs = zip(old, new, strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0].rstrip() == pair[1].rstrip(), pairs))


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one state made one, removed words before those that replace them."""
    joined: list[Piece] = []
    change = {REMOVED: "", ADDED: ""}

    def close() -> None:
        joined.extend(Piece(state, text) for state, text in change.items() if text)
        change.update(dict.fromkeys(change, ""))

    for state, text in pieces:
        if state:
            change[state] += text
        elif text:
            close()
            joined.append(Piece(SAME, text))
    close()
    return joined


# -- what an entry consists of ------------------------------------------------------------


class Part(NamedTuple):
    """One thing of an entry: what it is called, and what it says by the name of the field.

    The field without a name is its own text. The name of a record is no part of what
    the entry says of it.
    """

    name: str
    says: dict[str, str]


Parts = dict[Hashable, Part]


class Present(NamedTuple):
    """What has become of records since: new addresses by the old ones, and the numbers of sources by their slugs."""

    moved: Mapping[str, str]
    numbers: Mapping[str, int]

    def slug(self, kind: str, slug: str) -> str:
        """The present slug of a record of ``kind`` ("people") that had ``slug``."""
        address = f"/{kind}/{slug}/"
        return self.moved.get(address, address).strip("/").rpartition("/")[2]


def _said(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if text}


def _headline(entry: EntryDocument, now: Present) -> Parts:
    return {"": Part("", {"": entry["headline"]})}


def _when_and_where(entry: EntryDocument, now: Present) -> Parts:
    date = entry["date"]
    says = {
        _("Date"): sentence_case(happened(date)),
        _("What the two dates mean"): label(date["extent"], "extent"),
        _("How the date is known"): str(BASES.get(date["basis"], "")),
        _("Note on the date"): date["note"],
        _("Standing"): _("Planned") if entry["planned"] else "",
        _("Place"): entry["place"],
    }
    return {"": Part("", _said(says))}


def _summary(entry: EntryDocument, now: Present) -> Parts:
    slugs = _source_slugs(entry, now)
    said = {
        _("Sources of sentence %d") % place: listed(
            str(now.numbers.get(slugs[number], number)) for number in sentence.numbers
        )
        for place, sentence in enumerate(lead(entry), 1)
    }
    return {"": Part("", {"": entry["summary"], **_said(said)})}


def _category(entry: EntryDocument, now: Present) -> Parts:
    return _records("categories", [entry["category"]] if entry["category"] else [], now)


def _statements(entry: EntryDocument, now: Present) -> Parts:
    return {
        row["id"]: Part(
            _("Statement %d") % number,
            {
                "": row["text"],
                **_said({_("Kind"): label(row["nature"], "nature")}),
                **_citations(row["citations"], entry, now),
            },
        )
        for number, row in enumerate(entry["statements"], 1)
    }


def _figures(entry: EntryDocument, now: Present) -> Parts:
    return {
        row["id"]: Part(
            _("Figure %d") % number,
            {
                "": row["label"],
                _("Value"): figure_value(row),
                **_said(
                    {
                        _("Standing"): figure_standing(row),
                        _("Of what"): row["of"],
                        _("Note"): row["note"],
                    }
                ),
                **_citations(row["citations"], entry, now),
            },
        )
        for number, row in enumerate(entry["figures"], 1)
    }


def _disagreements(entry: EntryDocument, now: Present) -> Parts:
    return {
        item["id"]: Part(
            _("Question %d") % number,
            {
                "": item["question"],
                **_accounts(item["accounts"], entry, now),
                **_said({_("Reason"): item["reason"]}),
            },
        )
        for number, item in enumerate(entry["disagreements"], 1)
    }


def _dates(entry: EntryDocument, now: Present) -> Parts:
    parts: Parts = {}
    for row in entry["dates"]:
        says = {_("Date"): sentence_case(when(row["edtf"])), _("Measure"): row["measure"], _("Note"): row["note"]}
        key = _unused(row["kind"], parts)
        parts[key] = Part(label(row["kind"], "date"), _said(says))
    return parts


def _attachments(entry: EntryDocument, now: Present) -> Parts:
    slugs = _source_slugs(entry, now)
    return {
        row["id"]: Part(
            _("Picture %d") % number if row["kind"] == "picture" else _("Document %d") % number,
            {
                "": row["caption"],
                **_said(
                    {
                        _("Shows"): row["alt"],
                        _("Credit"): row["credit"],
                        _("Licence"): row["licence"],
                        _("Source"): str(now.numbers.get(slugs[row["number"]], row["number"])),
                        _("Main picture"): _("Yes") if row["is_main"] else "",
                    }
                ),
            },
        )
        for number, row in enumerate(entry["attachments"], 1)
    }


def _people(entry: EntryDocument, now: Present) -> Parts:
    def says(person: PersonDocument) -> dict[str, str]:
        role = label(person["role"], "role")
        return _said(
            {_("Position that day"): marks().semicolon.join(person["positions"]), _("Role in the event"): role}
        )

    return _records("people", entry["people"], now, says)


def _organisations(entry: EntryDocument, now: Present) -> Parts:
    return _records("organisations", entry["organisations"], now)


def _commodities(entry: EntryDocument, now: Present) -> Parts:
    return _records("commodities", entry["commodities"], now)


def _sources(entry: EntryDocument, now: Present) -> Parts:
    notes = source_notes(entry)
    return {
        now.slug("sources", source["slug"]): Part(
            _("Source %(number)d: %(title)s") % {"number": source["number"], "title": source_title(source)},
            _said({_("Note"): " ".join(notes[source["number"]])}),
        )
        for source in entry["sources"]
    }


def _records[Row: NamedDocument](
    kind: str, rows: Iterable[Row], now: Present, says: Callable[[Row], dict[str, str]] = lambda row: {}
) -> Parts:
    return {now.slug(kind, row["slug"]): Part(row["name"], says(row)) for row in rows}


def _citations(rows: Iterable[CitationDocument], entry: EntryDocument, now: Present) -> dict[str, str]:
    """What each source is cited for: ``{"Source 3": "“An hour” (page 2)"}``; empty when it is only cited."""
    return _by_source(((row, _passage(row)) for row in rows), entry, now)


def _accounts(rows: Iterable[AccountDocument], entry: EntryDocument, now: Present) -> dict[str, str]:
    """What each source says: ``{"Source 3": "An hour “…” (page 2)"}``."""
    said = (
        (row, [whose(row) + row["says"], *_passage(row), _("Preferred here.") if row["preferred"] else ""])
        for row in rows
    )
    return _by_source(said, entry, now)


def _passage(row: CitationDocument) -> list[str]:
    translated = _("“%s” (our translation)") % row["translation"] if row["translation"] else ""
    quoted = marks(row["language"] if foreign() else "").quotes % row["quotation"] if row["quotation"] else ""
    return [quoted, translated, bracketed(row["locator"]).strip() if row["locator"] else ""]


def _by_source(
    said: Iterable[tuple[CitationDocument, list[str]]], entry: EntryDocument, now: Present
) -> dict[str, str]:
    slugs = _source_slugs(entry, now)
    found: dict[str, str] = {}
    for row, words in said:
        name = _("Source %d") % now.numbers.get(slugs.get(row["number"], ""), row["number"])
        found[_unused(name, found)] = " ".join(filter(None, words))
    return found


def _source_slugs(entry: EntryDocument, now: Present) -> dict[int, str]:
    """The present slug of each source that an entry cites, by the number it had."""
    return {source["number"]: now.slug("sources", source["slug"]) for source in entry["sources"]}


def _unused(name: str, taken: Mapping[Any, Any]) -> str:
    """``name``, or with a number behind it when there is one already."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}{bracketed(str(number))}"
    return free


SECTIONS: list[tuple[Any, Callable[[EntryDocument, Present], Parts]]] = [
    (gettext_lazy("Headline"), _headline),
    (gettext_lazy("Date and place"), _when_and_where),
    (gettext_lazy("Kind of event"), _category),
    (gettext_lazy("Summary"), _summary),
    (gettext_lazy("Statements"), _statements),
    (gettext_lazy("Where sources disagree"), _disagreements),
    (gettext_lazy("Key figures"), _figures),
    (gettext_lazy("Dates of the measure"), _dates),
    (gettext_lazy("Pictures and documents"), _attachments),
    (gettext_lazy("People"), _people),
    (gettext_lazy("Goods"), _commodities),
    (gettext_lazy("Organisations"), _organisations),
    (gettext_lazy("Sources"), _sources),
]
"""The parts of an entry in the order of its page, each with what finds them in the document."""

RECORDS = (_category, _people, _commodities, _organisations, _sources)
"""Parts that are named by their records, not by the entry."""

# -- comparing ----------------------------------------------------------------------------


class Line(NamedTuple):
    """One field of a part: how it fared, and its words."""

    label: str
    state: str
    pieces: list[Piece]


class Difference(NamedTuple):
    """A part that was added, removed, changed or moved."""

    name: str
    state: str
    moved: bool
    lines: list[Line]


class ComparedSection(NamedTuple):
    """The differences of one kind, under the heading they have on the page, which is in its language."""

    title: Any
    differences: list[Difference]


class Comparison(NamedTuple):
    """All that differs between two versions; ``renamed`` are pairs of names of the same record."""

    sections: list[ComparedSection]
    renamed: list[tuple[str, str]]


def addresses(entry: EntryDocument) -> set[str]:
    """The public addresses of the records that an entry names."""
    named = {
        "categories": [entry["category"]["slug"]] if entry["category"] else [],
        "people": [row["slug"] for row in entry["people"]],
        "organisations": [row["slug"] for row in entry["organisations"]],
        "commodities": [row["slug"] for row in entry["commodities"]],
        "sources": [row["slug"] for row in entry["sources"]],
    }
    return {f"/{kind}/{slug}/" for kind, slugs in named.items() for slug in slugs}


def compare(before: EntryDocument, after: EntryDocument, moved: Mapping[str, str] | None = None) -> Comparison:
    """What differs between two documents of one entry.

    ``moved`` gives the present address of each record whose address has changed since one
    of them was published, because it was renamed or merged with another.
    """
    if not (before["sentences"] and after["sentences"]):  # older code did not know what they rest on
        before, after = {**before, "sentences": []}, {**after, "sentences": []}
    unnumbered = Present(moved or {}, {})
    # A source that was merged has another number now, and is cited by it.
    numbers = {
        unnumbered.slug("sources", source["slug"]): source["number"]
        for entry in (before, after)
        for source in entry["sources"]
    }
    now = Present(unnumbered.moved, numbers)
    sections, renamed = [], []
    for title, parts in SECTIONS:
        old, new = parts(before, now), parts(after, now)
        if differences := list(_differences(old, new, _moved(old, new) if parts is _statements else set())):
            sections.append(ComparedSection(title, differences))
        if parts in RECORDS:
            both = [(old[key].name, part.name) for key, part in new.items() if key in old]
            renamed += [(name, present) for name, present in both if name != present]
    return Comparison(sections, renamed)


def _differences(old: Parts, new: Parts, moved: set[Hashable]) -> Iterable[Difference]:
    for key, part in new.items():
        if key not in old:
            yield Difference(part.name, ADDED, False, _lines({}, part.says))
            continue
        lines = _lines(old[key].says, part.says)
        changed = any(line.state for line in lines)
        if changed or key in moved:
            yield Difference(part.name, CHANGED if changed else MOVED, key in moved, lines)
    for key, part in old.items():
        if key not in new:
            yield Difference(part.name, REMOVED, False, _lines(part.says, {}))


def _lines(old: dict[str, str], new: dict[str, str]) -> list[Line]:
    """The fields that differ, after the part's own text, which says what they belong to."""
    lines = []
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name), new.get(name)
        if before == after and name:
            continue
        state = ADDED if before is None else REMOVED if after is None else CHANGED if before != after else SAME
        lines.append(Line(name, state, words(before or "", after or "")))
    return lines


def _moved(old: Parts, new: Parts) -> set[Hashable]:
    """The parts of both that stand in another order; as few as explain it."""
    before, after = [key for key in old if key in new], [key for key in new if key in old]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    stayed = {key for start, _at, size in matcher.get_matching_blocks() for key in before[start : start + size]}
    return set(before) - stayed
