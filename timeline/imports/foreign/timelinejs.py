"""TimelineJS: the sheet of Knight Lab's template as CSV, and the JSON that it and we write.

An event becomes the draft of an entry: its date as exactly as its parts say, its text as the summary. An hour,
the picture, the links and every column that we have no field for go into the editors' note. The title slide
and eras are no events and are left out, which is said. https://timeline.knightlab.com/docs/json-format.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from timeline import edtf
from timeline.content.kinds import ENTRIES
from timeline.content.parts import Record
from timeline.imports.layout import folded
from timeline.imports.sheet import Sheet
from timeline.imports.sheets import rows

from .markup import plain

NAMES = {"headline": "text.headline", "summary": "text.text", "date": "start_date", "category": "group"}
_FIELDS = {"headline": "headline", "text": "summary", "year": "date.edtf", "group": "category"}
_START, _END = ("year", "month", "day"), ("endyear", "endmonth", "endday")
_TAKEN = {*_FIELDS, *_START, *_END, "type", "displaydate"}
_EVENT = {"start_date", "end_date", "text", "group", "display_date", "unique_id", "media", "background", "autolink"}


@dataclass
class Event:
    """One slide. ``start`` and ``end`` are year, month and day as they are written."""

    label: str
    kind: str = ""
    headline: str = ""
    text: str = ""
    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    displayed: str = ""
    group: str = ""
    unique_id: str = ""
    more: list[tuple[str, str]] = field(default_factory=list)


# -- the sheet ----------------------------------------------------------------------------


def is_table(headings: list[str]) -> bool:
    """Whether these are the headings of the template."""
    found = set(map(folded, headings))
    return {"year", "headline"} <= found and bool({"displaydate", "endyear", "media"} & found)


def read_table(file: str, text: str) -> list[Sheet]:
    """The rows as entries."""
    sheet = Sheet(file, ENTRIES, is_foreign=True)
    for event in _rows(text, sheet):
        _add(event, sheet)
    return [sheet]


def _rows(text: str, sheet: Sheet) -> Iterator[Event]:
    for number, row in rows(sheet, text):
        label = str(number)
        names = list(map(folded, sheet.headings))
        cells = dict(zip(names, row, strict=False))
        for place, name in enumerate(names):
            if name in _FIELDS:
                sheet.places.setdefault((label, _FIELDS[name]), (number, place))
        more = [
            (heading, cell)
            for heading, name, cell in zip(sheet.headings, names, row, strict=False)
            if cell and name not in _TAKEN
        ]
        yield Event(
            label,
            cells.get("type", "").casefold(),
            cells.get("headline", ""),
            cells.get("text", ""),
            tuple(cells.get(name, "") for name in _START),
            tuple(cells.get(name, "") for name in _END),
            cells.get("displaydate", ""),
            cells.get("group", ""),
            "",
            more,
        )


# -- JSON ---------------------------------------------------------------------------------


def is_json(value: Any) -> bool:
    """Whether the value is a timeline: an object with ``events``."""
    return isinstance(value, dict) and isinstance(value.get("events"), list)


def read_json(file: str, value: Any) -> list[Sheet]:
    """The events as entries."""
    sheet = Sheet(file, ENTRIES, is_table=False, is_foreign=True, names=NAMES)
    sheet.rows = len(value["events"])
    if sheet.is_too_long:
        return [sheet]
    if value.get("title"):
        _add(_event(_("title"), "title", value["title"]), sheet)
    for number, era in enumerate(_list(value.get("eras")), 1):
        _add(_event(_("era %d") % number, "era", era), sheet)
    for number, event in enumerate(value["events"], 1):
        label = _("event %d") % number
        if isinstance(event, dict):
            _add(_event(label, "", event), sheet)
        else:
            sheet.report(label, "", _("write an object in {braces}"))
    return [sheet]


def _event(label: str, kind: str, value: Any) -> Event:
    value = _dict(value)
    text, media, start, end = (_dict(value.get(name)) for name in ("text", "media", "start_date", "end_date"))
    more = [(_("Time"), _hour(start)), (_("Time of the end"), _hour(end))]
    more += [(f"Media {name}" if name != "url" else "Media", _text(part)) for name, part in media.items()]
    more += [("Background", _text(_dict(value.get("background")).get("url")))]
    more += [(name, _text(part)) for name, part in value.items() if name not in _EVENT]
    return Event(
        label,
        kind,
        _text(text.get("headline")),
        _text(text.get("text")),
        tuple(_text(start.get(name)) for name in _START),
        tuple(_text(end.get(name)) for name in _START),
        _text(value.get("display_date") or start.get("display_date")),
        _text(value.get("group")),
        _text(value.get("unique_id")),
        more,
    )


def _hour(date: dict[str, Any]) -> str:
    parts = [_text(date.get(name)) for name in ("hour", "minute", "second")]
    return ":".join(part.zfill(2) for part in parts if part)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


# -- records ------------------------------------------------------------------------------


def _add(event: Event, sheet: Sheet) -> None:
    """Put the event into the sheet, or say that it is left out; ``known`` makes a category of its group."""
    headline = " ".join(plain(event.headline)[0].split())
    if event.kind in ("title", "era"):
        sentence = {
            "title": _("The title slide is no event and is left out: “%s”."),
            "era": _("An era is no event and is left out: “%s”."),
        }[event.kind]
        sheet.note(event.label, "", sentence % (headline or plain(event.text)[0])[:80])
        return
    summary, links = plain(event.text)
    date = _date(event)
    more = [("Displayed date", event.displayed)] if event.displayed and not _same(event.displayed, date) else []
    more += [(_("Link"), link) for link in links]
    for name, value in event.more:
        text, inside = plain(value)
        more += [(name, part) for part in (text, *inside) if part]
    lines = [f"{name}: {text}" for name, text in more]
    record: Record = {
        "headline": headline,
        "summary": summary,
        "date": {"edtf": date},
        "editor_note": "\n".join([_("From %s.") % "TimelineJS", *lines]) if lines else "",
        "category": plain(event.group)[0] or None,
        "uid": event.unique_id,
    }
    sheet.records.append(record)
    sheet.labels.append(event.label)


def _date(event: Event) -> str:
    """The date as exactly as its parts say; two when it ends on another."""
    start, end = (_ymd(parts) for parts in (event.start, event.end))
    return f"{start}/{end}" if end and end != start else start


def _ymd(parts: tuple[str, ...]) -> str:
    """``2025``, ``2025-04`` or ``2025-04-16``; as people write it where the parts are no numbers."""
    year, month, day = (part.removesuffix(".0") for part in (*parts, "", "", "")[:3])
    if not all(part.isdigit() for part in (month, day) if part):
        return " ".join(filter(None, (day, month, year)))
    if day and not month:
        return f"{year}--{day}"
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)]) if year or month else ""


def _same(displayed: str, date: str) -> bool:
    """Whether the words beside a date say nothing else than the date."""
    try:
        found = edtf.parse(date)
        return displayed.casefold() == edtf.display(found).casefold() or edtf.parse(displayed) == found
    except edtf.EDTFError:
        return False
