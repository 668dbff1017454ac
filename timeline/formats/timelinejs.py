"""A file for TimelineJS 3 (https://timeline.knightlab.com/docs/json-format.html).

TimelineJS shows headlines and texts as HTML, so ours are escaped. The names of groups are escaped
twice: it takes them for HTML, makes text of it, and shows that as HTML again (seen in 3.9.11). A date
has no more parts than are known, and beside it stands the date in words. An open interval is shown at
the end it has. A file without events is an error to it, so an empty answer is one slide that says so.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from timeline import edtf
from timeline.models.document import EntryDocument
from timeline.public.attachments import WIDTHS, main_picture, scaled, shown_beside
from timeline.public.lanes import Lane, lanes_of
from timeline.public.wording import attachment_count, happened, sentence_case, source_line, source_title, stop, when
from timeline.punctuation import marks, sentences

from .answer import Answer, Format, said
from .whole import HEADING

LIMIT = 1000
"""Entries in a file: the latest ones. TimelineJS makes a slide of each before it shows the first."""


def render(answer: Answer) -> bytes:
    """The title slide, and an event for each entry or one for none: one query, or two when it is cut off."""
    rows = answer.entries.chronological(newest_first=True)
    events = [_event(entry, answer) for entry in said(rows[:LIMIT])]
    content = {"title": {"text": _title(answer, len(events))}, "events": events[::-1] or [_nothing(answer)]}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _title(answer: Answer, shown: int) -> dict[str, str]:
    parts = [f"<p>{escape(answer.strapline)}</p>"] if answer.strapline else []
    if shown == LIMIT and (total := answer.size()) > LIMIT:
        cut = gettext("The %(limit)s latest of %(total)s entries.") % {"limit": f"{LIMIT:,}", "total": f"{total:,}"}
        parts.append(f"<p>{escape(cut)}</p>")
    parts.append(_link(answer.page_url, gettext("The same in the chronology")))
    return {"headline": escape(answer.title), "text": "".join(parts)}


def _event(entry: EntryDocument, answer: Answer) -> dict[str, Any]:
    first, *rest = _dates(entry["date"]["edtf"], entry["date"]["extent"])
    event = {
        "start_date": first,
        "display_date": sentence_case(happened(entry["date"])),
        "text": {"headline": escape(entry["headline"]), "text": _text(entry, answer)},
        "group": escape(escape(_lane(entry, answer.lanes))),
        "unique_id": entry["uid"],
    }
    event |= {"end_date": rest[0]} if rest else {}
    if picture := main_picture(entry):
        said = sentences(stop(escape(text)) for text in (picture["credit"], picture["licence"]) if text)
        event["media"] = {
            "url": answer.base_url + scaled(picture, WIDTHS[-1]),
            "alt": picture["alt"],
            "caption": escape(picture["caption"]),
            "credit": said,
        }
    return event


def _nothing(answer: Answer) -> dict[str, Any]:
    """Stands for no entry, on the day from which the answer is as it is."""
    day = timezone.localdate(answer.since.changed_at)
    return {
        "start_date": {"year": day.year, "month": day.month, "day": day.day},
        "display_date": gettext("As of %s") % when(day.isoformat()),
        "text": {
            "headline": escape(answer.nothing),
            "text": f"<p>{escape(gettext('When one does, it appears here.'))}</p>",
        },
    }


@lru_cache(maxsize=8192)
def _dates(text: str, extent: str) -> list[dict[str, int]]:
    """One date or two, with the parts that are known; a season, which it has no place for, from month to month.

    All parts are known where a whole month or year is what it lasted.
    """
    value = edtf.parse(text)
    ends: Iterable[Any] = value.in_months.ends
    if value.is_single and value.may_last and extent == edtf.Extent.LASTED:
        ends = (value.lower, value.last)
    parts = [{"year": end.year, "month": end.month, "day": end.day} for end in ends]
    return [{name: value for name, value in known.items() if value} for known in parts]


def _lane(entry: EntryDocument, lanes: list[Lane]) -> str:
    """The lane of its colour; without lanes the kind of event."""
    named = [lane["name"] for lane in lanes_of(entry, lanes)]
    named += [entry["category"]["name"]] if entry["category"] else []
    return str(named[0]) if named else ""


def _text(entry: EntryDocument, answer: Answer) -> str:
    sources = "".join(
        f"<li>{_link(source['url'], source_title(source), source_line(source))}</li>" for source in entry["sources"]
    )
    page = _link(answer.base_url + entry["url"], gettext("Read and cite this entry"))
    more = ""
    if beside := shown_beside(entry):  # a slide has room for one picture
        there = gettext("Also there: %s") % attachment_count(beside)
        more = f"<p>{_link(f'{answer.base_url}{entry["url"]}#attachments', there)}</p>"
    return f"<p>{escape(entry['summary'])}</p><ul>{sources}</ul><p>{page}</p>{more}"


def _link(url: str, words: str, more: str = "") -> str:
    text = escape(words)
    linked = f'<a href="{escape(url)}">{text}</a>' if url else text
    return f"{linked}{marks().comma}{escape(more)}" if more else linked


FORMAT = Format(
    "timeline.json",
    _("TimelineJS"),
    _("for TimelineJS 3, which makes a slide show of it"),
    "application/json",
    render,
    heading=HEADING,
)
