"""CSL-JSON (https://github.com/citation-style-language/schema): a list of items, as Zotero and we write it."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from timeline.content.kinds import SOURCES
from timeline.imports.sheet import Sheet

from .items import Item, add_items, archived, author

NAMES = {
    "publisher": "container-title",
    "byline": "author",
    "published": "issued",
    "url": "URL",
    "kind": "type",
}
_TAKEN = {"id", "type", "title", "container-title", "publisher", "author", "issued", "accessed", "URL", "DOI"}
_TAKEN |= {"language", "archive_location", "citation-key", "system_id"}
_OURS = {"issued", "container-title", "URL", "author", "accessed", "DOI", "abstract"}


def is_json(value: Any) -> bool:
    """Whether the value is a list of CSL items, perhaps as ``items`` of an object."""
    return any(isinstance(item, dict) and _is_item(item) for item in _items(value)[:20])


def _items(value: Any) -> list[Any]:
    found = value.get("items") if isinstance(value, dict) else value
    return found if isinstance(found, list) else []


def _is_item(item: dict[str, Any]) -> bool:
    return isinstance(item.get("type"), str) and "kind" not in item and bool(_OURS & item.keys())


def read_json(file: str, value: Any) -> list[Sheet]:
    """The items as sources."""
    sheet = Sheet(file, SOURCES, is_table=False, is_foreign=True, names=NAMES)
    items = _items(value)
    sheet.rows = len(items)
    return [sheet if sheet.is_too_long else add_items(sheet, "CSL-JSON", _read(items, sheet))]


def _read(items: list[Any], sheet: Sheet) -> Iterator[Item]:
    for number, item in enumerate(items, 1):
        label = _label(number, item)
        if not isinstance(item, dict):
            sheet.report(label, "", _("write an object in {braces}"))
            continue
        more = [
            (name.replace("-", " ").capitalize(), _text(part)) for name, part in item.items() if name not in _TAKEN
        ]
        archive = archived(_text(item.get("archive_location")), more)
        yield Item(
            label,
            _text(item.get("type")),
            _text(item.get("id")),
            _text(item.get("title")),
            _text(item.get("container-title")),
            _text(item.get("publisher")),
            [_name(name) for name in _list(item.get("author"))],
            _date(item.get("issued")),
            _date(item.get("accessed")),
            [_text(item.get("URL"))],
            _text(item.get("DOI")),
            archive,
            _text(item.get("language")),
            more,
        )


def _label(number: int, item: Any) -> str:
    key = _text(item.get("id")) if isinstance(item, dict) else ""
    return _("record %(number)d (%(id)s)") % {"number": number, "id": key[:40]} if key else _("record %d") % number


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    """What stands in a field, as text: names and dates by their own rules."""
    if isinstance(value, dict):
        return _date(value) if "date-parts" in value else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "; ".join(_name(one) if isinstance(one, dict) else _text(one) for one in value)
    return "" if value is None else str(value)


def _name(name: Any) -> str:
    if not isinstance(name, dict):
        return _text(name)
    particle = _text(name.get("non-dropping-particle") or name.get("dropping-particle"))
    family = " ".join(filter(None, [particle, _text(name.get("family")), _text(name.get("suffix"))]))
    return _text(name.get("literal")) or author(family, _text(name.get("given")))


def _date(value: Any) -> str:
    """A CSL date as EDTF, or as its words."""
    if not isinstance(value, dict):
        return _text(value) if value else ""
    ends = []
    for parts in _list(value.get("date-parts")):
        known = [_text(part) for part in _list(parts) if part]
        if known:
            ends.append("-".join([known[0], *(part.zfill(2) for part in known[1:])]))
    if len(ends) == 1 and "-" not in ends[0] and (season := _text(value.get("season"))).isdigit():
        ends = [f"{ends[0]}-2{season}"]
    about = "~" if value.get("circa") else ""
    if ends:
        return "/".join(f"{end}{about}" for end in ends[:2])
    return _text(value.get("raw") or value.get("literal"))
