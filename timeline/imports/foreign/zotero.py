"""Zotero's CSV: a row an item, as Zotero 6 and 7 write it."""

import re
from collections.abc import Iterator

from timeline.content.kinds import SOURCES
from timeline.imports.layout import folded
from timeline.imports.sheet import Sheet
from timeline.imports.sheets import rows

from .items import Item, add_items, archived, note_attached, turned

TYPES = {
    "newspaperArticle": "article-newspaper",
    "magazineArticle": "article-magazine",
    "journalArticle": "article-journal",
    "preprint": "article",
    "blogPost": "post-weblog",
    "tvBroadcast": "broadcast",
    "radioBroadcast": "broadcast",
    "podcast": "broadcast",
    "bookSection": "chapter",
    "conferencePaper": "paper-conference",
    "statute": "legislation",
    "case": "legal_case",
    "encyclopediaArticle": "entry-encyclopedia",
    "dictionaryEntry": "entry-dictionary",
}
_FIELDS = {
    "title": "title",
    "publicationtitle": "publisher",
    "publisher": "publisher",
    "author": "byline",
    "date": "published",
    "accessdate": "accessed",
    "url": "url",
    "language": "language",
    "itemtype": "kind",
}
_TAKEN = {*_FIELDS, "key", "doi", "dateadded", "datemodified", "publicationyear", "fileattachments", "archivelocation"}


def is_table(headings: list[str]) -> bool:
    """Whether these are the headings of Zotero's CSV."""
    return {"key", "itemtype", "title", "dateadded"} <= set(map(folded, headings))


def read_table(file: str, text: str) -> list[Sheet]:
    """The rows as sources."""
    sheet = Sheet(file, SOURCES, is_foreign=True)
    return [add_items(sheet, "Zotero", _read(text, sheet))]


def _read(text: str, sheet: Sheet) -> Iterator[Item]:
    for number, row in rows(sheet, text):
        label = str(number)
        cells = {folded(heading): cell for heading, cell in zip(sheet.headings, row, strict=False)}
        for place, heading in enumerate(sheet.headings):
            if name := _FIELDS.get(folded(heading)):
                sheet.places.setdefault((label, name), (number, place))
        note_attached(sheet, label, sum(bool(path.strip()) for path in cells.get("fileattachments", "").split(";")))
        more = [
            (heading, cell)
            for heading, cell in zip(sheet.headings, row, strict=False)
            if cell and folded(heading) not in _TAKEN
        ]
        archive = archived(cells.get("archivelocation", ""), more)
        kind = cells.get("itemtype", "")
        yield Item(
            label,
            TYPES.get(kind, kind),
            cells.get("key", ""),
            cells.get("title", ""),
            cells.get("publicationtitle", ""),
            cells.get("publisher", ""),
            [turned(name) for name in re.split(r"; ", cells.get("author", ""))],
            cells.get("date") or cells.get("publicationyear", ""),
            cells.get("accessdate", ""),
            [cells.get("url", "")],
            cells.get("doi", ""),
            archive,
            cells.get("language", ""),
            more,
        )
