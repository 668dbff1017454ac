"""RIS, as Zotero, EndNote, Mendeley and we write it; read with rispy.

rispy drops what has no ``ER`` and takes a second ``TY`` for a field, so an end that is missing is put in. A date
is ``2025/04/16/`` with a fourth part for what is not a date; a line without a tag goes on with the one above.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rispy import RisParser

from timeline.content.kinds import SOURCES
from timeline.imports.sheet import Sheet

from .items import Item, add_items, archived, note_attached, turned

TYPES = {
    "NEWS": "article-newspaper",
    "MGZN": "article-magazine",
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "ELEC": "webpage",
    "WEB": "webpage",
    "BLOG": "post-weblog",
    "RPRT": "report",
    "GOVDOC": "regulation",
    "BILL": "bill",
    "STAT": "legislation",
    "LEGAL": "legislation",
    "CASE": "legal_case",
    "HEAR": "hearing",
    "BOOK": "book",
    "EBOOK": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "THES": "thesis",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "DATA": "dataset",
    "DICT": "entry-dictionary",
    "ENCYC": "entry-encyclopedia",
}
NAMES = {
    "title": "TI",
    "publisher": "T2",
    "byline": "AU",
    "published": "DA",
    "accessed": "Y2",
    "url": "UR",
    "language": "LA",
    "kind": "TY",
}
LABELS = {
    "AB": gettext_lazy("Abstract"),
    "N2": gettext_lazy("Abstract"),
    "N1": gettext_lazy("Note"),
    "KW": gettext_lazy("Tag"),
    "VL": gettext_lazy("Volume"),
    "IS": gettext_lazy("Issue"),
    "SP": gettext_lazy("Pages from"),
    "EP": gettext_lazy("Pages to"),
    "SN": gettext_lazy("ISSN or ISBN"),
    "CY": gettext_lazy("Place"),
    "ED": gettext_lazy("Editor"),
    "A2": gettext_lazy("Editor"),
    "CN": gettext_lazy("Call number"),
    "DB": gettext_lazy("Database"),
    "DP": gettext_lazy("Catalogue"),
    "ET": gettext_lazy("Edition"),
    "ST": gettext_lazy("Short title"),
    "J2": gettext_lazy("Short title of the journal"),
    "JA": gettext_lazy("Short title of the journal"),
}
_TAKEN = {"TY", "ID", "TI", "T1", "AU", "A1", "DA", "PY", "Y1", "Y2", "UR", "DO", "LA", "ER"}
_ATTACHED = {"L1", "L4"}
_CONTAINERS = ("T2", "JO", "JF", "BT", "T3")

MOST_LINES = 2_000
"""Lines of one record. A long report has some hundreds; rispy takes a time that grows with their square."""

_START = re.compile(r"TY  - ")
_TAG = re.compile(r"[A-Z][A-Z0-9]  -")


class _Tags(dict[str, str]):
    """Every tag is called what it is."""

    def __missing__(self, tag: str) -> str:
        return tag


class _Every(list[str]):
    """Every tag may stand more than once."""

    def __contains__(self, tag: object) -> bool:
        return True


def is_one(text: str) -> bool:
    """Whether the first tag of the text begins a record of RIS."""
    return bool(_START.match(next((line for line in _lines(text[:4000]) if _TAG.match(line)), "")))


def read(file: str, text: str) -> list[Sheet]:
    """The records as sources."""
    sheet = Sheet(file, SOURCES, is_table=False, is_foreign=True, names=NAMES)
    sheet.rows = sum(bool(_START.match(line)) for line in _lines(text))
    return [sheet if sheet.is_too_long else add_items(sheet, "RIS", _read(text, sheet))]


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))


def _label(number: int, line: int) -> str:
    return _("record %(number)d (line %(line)d)") % {"number": number, "line": line}


def _read(text: str, sheet: Sheet) -> Iterator[Item]:
    closed: list[str] = []
    starts: list[int] = []
    is_open = False
    too_long = _("The record has more than %d lines. Is the end of a record (“ER  - ”) missing?") % MOST_LINES
    for number, line in enumerate(_lines(text), 1):
        if _START.match(line):
            closed += ["ER  - "] if is_open else []
            starts.append(number)
            is_open = True
        elif line.startswith("ER  -"):
            is_open = False
        elif is_open and number - starts[-1] >= MOST_LINES:
            if number - starts[-1] == MOST_LINES:
                sheet.report(_label(len(starts), starts[-1]), "", too_long)
            continue
        closed.append(line)
    closed += ["ER  - "] if is_open else []
    parser = RisParser(mapping=_Tags(), list_tags=_Every(), delimiter_tags_mapping={})
    records = zip(parser.parse("\n".join(closed)), starts, strict=False)
    for place, (record, start) in enumerate(records, 1):
        yield _item(_label(place, start), record, sheet)


def _item(label: str, record: dict[str, Any], sheet: Sheet) -> Item:
    kind = str(record.pop("TY"))  # the only one that is no list
    values = {tag: [value for value in found if value] for tag, found in record.items() if tag}
    words = {tag: " ".join(found) for tag, found in values.items() if found}
    container = next((tag for tag in _CONTAINERS if tag in words), "")
    more = [
        (str(LABELS.get(tag, tag)), "; ".join(values[tag]) if tag in ("KW", "ED", "A2") else "\n".join(values[tag]))
        for tag in words
        if tag not in _TAKEN | _ATTACHED | {container, "PB", "AV"}
    ]
    note_attached(sheet, label, sum(len(values.get(tag, ())) for tag in _ATTACHED))
    archive = archived(words.get("AV", ""), more)
    return Item(
        label,
        TYPES.get(kind, ""),
        words.get("ID", ""),
        words.get("TI") or words.get("T1", ""),
        words.get(container, ""),
        words.get("PB", ""),
        [turned(name) for tag in ("AU", "A1") for name in values.get(tag, ())],
        _date(words.get("DA") or words.get("Y1") or words.get("PY", ""), more, _("Date")),
        _date(words.get("Y2", ""), more, _("Accessed")),
        [url for text in values.get("UR", ()) for url in text.split()],
        words.get("DO", ""),
        archive,
        words.get("LA", ""),
        more,
    )


def _date(text: str, more: list[tuple[str, str]], name: str) -> str:
    """``2025/04/16/`` as EDTF; what its fourth part says goes into the note."""
    year, *rest = (part.strip() for part in text.split("/"))
    if (
        not re.fullmatch(r"[0-9]{4}", year)
        or len(rest) > 3
        or not all(re.fullmatch("[0-9]{0,2}", part) for part in rest[:2])
    ):
        return text
    if len(rest) > 2 and rest[2]:
        more.append((name, text))
    return "-".join([year, *(part.zfill(2) for part in rest[:2] if part)])
