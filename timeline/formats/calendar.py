"""iCalendar (RFC 5545 and RFC 7986): the entries whose days are known, as all-day events.

Nothing in it rings, mails or blocks time: no alarms, no attendees, ``TRANSP:TRANSPARENT``, and
no ``METHOD``, as this is published and not an invitation. The same edition gives the same
bytes, so no time of the request is in it.

What lasted from one day to another is one event of several days. An entry whose day is not known is
left out, and the description of the calendar says how many were; ``fuzzy=span`` shows them over all
the days they may have happened on, with the date in words in the title. What has no beginning or no
end cannot be shown at all.

DECISIONS 49 and 129 say why.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from timeline import edtf
from timeline.choices import Change
from timeline.edtf import Extent, Precision
from timeline.models import Version
from timeline.models.document import EntryDateDocument, EntryDocument, complete
from timeline.names import strip_control
from timeline.public.document import instant
from timeline.public.language import foreign
from timeline.public.wording import basis, correction_text, happened, sentence_case, source_line, source_title, stop
from timeline.punctuation import bracketed, marks, sentences, solid

from .answer import Answer, Format, FormatParameter, in_pieces, said
from .feed import GENERATOR, terms
from .latest import recently_withdrawn

LIMIT = 2000
"""Entries in a calendar: the latest ones. Phones grow slow with more."""

REFRESH = "PT6H"
"""How often programs should ask (RFC 7986 section 5.7): monthly news need no more."""

COLOUR = "firebrick"
"""A name of CSS, as RFC 7986 section 5.9 asks."""

FUZZY = FormatParameter("fuzzy", "span", "span")

LINE = 75
"""Octets in a line without its end (RFC 5545 section 3.1)."""

Line = tuple[str, str]
"""The name of a property with its parameters, and its value."""

Days = tuple[datetime.date, datetime.date]

NO_EVENT: list[Line] = [
    ("BEGIN", "VTIMEZONE"),
    ("TZID", "Etc/UTC"),
    ("BEGIN", "STANDARD"),
    ("DTSTART", "19700101T000000"),
    ("TZOFFSETFROM", "+0000"),
    ("TZOFFSETTO", "+0000"),
    ("END", "STANDARD"),
    ("END", "VTIMEZONE"),
]
"""A calendar must have a component (RFC 5545 section 3.6); this one shows nothing."""

_SPECIAL = re.compile(r"[\\;,]")


def render(answer: Answer) -> Iterator[bytes]:
    """The calendar: three queries, and one each when it is cut off and when entries were withdrawn lately."""
    return in_pieces(_calendar(answer, spanned=answer.options.get("fuzzy") == "span"))


def _calendar(answer: Answer, spanned: bool) -> Iterator[str]:
    newest = answer.entries.chronological(newest_first=True)[:LIMIT]
    # What is left out is said at the top, so the dates are read once before the rest.
    dates = list(newest.values_list("document__date", flat=True))
    missing = sum(_days(complete({"date": date})["date"], spanned) is None for date in dates)
    beyond = answer.size() - LIMIT if len(dates) == LIMIT else 0
    yield _written(_head(answer, missing, beyond, spanned))
    for entry in said(newest):
        if days := _days(entry["date"], spanned):
            yield _written(_event(entry, days, answer))
    withdrawn = _written(_withdrawn(answer, spanned))
    yield withdrawn
    if missing == len(dates) and not withdrawn:
        yield _written(NO_EVENT)
    yield _written([("END", "VCALENDAR")])


def _head(answer: Answer, missing: int, beyond: int, spanned: bool) -> list[Line]:
    return [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", f"-//{GENERATOR}//{GENERATOR}//{answer.language.upper()}"),
        ("CALSCALE", "GREGORIAN"),
        ("NAME", _text(answer.title)),
        ("X-WR-CALNAME", _text(answer.title)),
        *_about(answer, missing, beyond, spanned),
        ("URL", answer.page_url),
        ("SOURCE;VALUE=URI", answer.self_url),
        ("LAST-MODIFIED", _moment(instant(answer.since.changed_at) or "")),
        ("REFRESH-INTERVAL;VALUE=DURATION", REFRESH),
        ("X-PUBLISHED-TTL", REFRESH),
        ("COLOR", COLOUR),
    ]


def _about(answer: Answer, missing: int, beyond: int, spanned: bool) -> Iterator[Line]:
    """What the calendar holds, and how much of the answer it does not."""
    said = [stop(answer.strapline or answer.sentence)]
    if beyond > 0:
        said.append(
            gettext("The %(limit)s latest entries; %(beyond)s earlier ones are on the page.")
            % {"limit": f"{LIMIT:,}", "beyond": f"{beyond:,}"}
        )
    if missing and spanned:
        pattern = ngettext(
            "%s entry without a known beginning or end is left out.",
            "%s entries without a known beginning or end are left out.",
            missing,
        )
        said.append(pattern % f"{missing:,}")
    elif missing:
        pattern = ngettext(
            "%s entry whose days are not known exactly is left out; fuzzy=span in the address shows it.",
            "%s entries whose days are not known exactly are left out; fuzzy=span in the address shows them.",
            missing,
        )
        said.append(pattern % f"{missing:,}")
    text = _text(sentences([*said, answer.rights]))
    yield "DESCRIPTION", text
    yield "X-WR-CALDESC", text


# -- events -------------------------------------------------------------------------------


def _is_exact(date: EntryDateDocument) -> bool:
    """Whether the first and the last day are known: it is one day, or lasted from one day to another."""
    if date["approximate"] or date["uncertain"]:
        return False
    if date["precision"] == Precision.INTERVAL and date["extent"] == Extent.LASTED:
        return all(end.precision is Precision.DAY for end in edtf.parse(date["edtf"]).ends)
    return date["precision"] == Precision.DAY


def _days(date: EntryDateDocument, spanned: bool) -> Days | None:
    """The first day and the day after the last one; None for a date that is not shown."""
    if not (spanned or _is_exact(date)) or not date["start"] or not date["end"]:
        return None
    return datetime.date.fromisoformat(date["start"]), _day_after(datetime.date.fromisoformat(date["end"]))


def _day_after(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=1)


def _event(entry: EntryDocument, days: Days, answer: Answer) -> Iterator[Line]:
    title = entry["headline"]
    if not _is_exact(entry["date"]):
        title = f"{title}{bracketed(happened(entry['date']))}"
    url = answer.base_url + entry["url"]
    yield from _beginning(entry["uid"], entry["updated"], *days, sequence=2 * len(entry["changes"]))
    yield "STATUS", "TENTATIVE" if entry["planned"] else "CONFIRMED"
    yield "SUMMARY", _text(title)
    yield "DESCRIPTION", _text("\n".join(map(solid, _words(entry, url))))
    if entry["place"]:
        yield "LOCATION", _text(entry["place"])
    if labels := dict.fromkeys(term.label for term in terms(entry, answer.base_url)):
        yield "CATEGORIES", ",".join(_text(label) for label in labels)
    yield "URL", url
    yield "END", "VEVENT"


def _beginning(
    uid: object, moment: str, first: datetime.date, after: datetime.date, *, sequence: int
) -> Iterator[Line]:
    """What all events have; ``DTEND`` is the day after the last one (RFC 5545 section 3.6.1)."""
    yield "BEGIN", "VEVENT"
    edition = f".{foreign()}" if foreign() else ""  # an event in two languages is two
    yield "UID", f"{uid}{edition}@{settings.NENPYO_TAG_AUTHORITY.partition(',')[0]}"
    yield "DTSTAMP", _moment(moment)
    yield "LAST-MODIFIED", _moment(moment)
    yield "SEQUENCE", str(sequence)
    yield "DTSTART;VALUE=DATE", f"{first:%Y%m%d}"
    yield "DTEND;VALUE=DATE", f"{after:%Y%m%d}"
    yield "TRANSP", "TRANSPARENT"


def _words(entry: EntryDocument, url: str) -> Iterator[str]:
    """The summary, what was corrected, how the date is known, the sources, and where to read on."""
    yield entry["summary"]
    for change in entry["changes"]:
        if change["kind"] == Change.CORRECTION:
            yield gettext("Correction: %s") % correction_text(change)
    yield ""
    yield f"{sentence_case(stop(happened(entry['date'])))} {basis(entry['date'])}".strip()
    yield ""
    for source in entry["sources"]:
        named = f"{source_title(source)}{marks().stop} {source_line(source)}{marks().stop}"
        yield f"[{source['number']}] {named} {source['url']}".rstrip()
    yield ""
    yield url


def _withdrawn(answer: Answer, spanned: bool) -> Iterator[Line]:
    """What was withdrawn lately, as cancelled events on the days they stood at.

    Their words are gone; the day comes from the last version that was public, or else is that
    of the withdrawal. ``SEQUENCE`` counts changes by twos, so that a withdrawal stands between
    what readers had and the update that brings the entry back.
    """
    gone = list(recently_withdrawn(answer))
    days: dict[object, Days | None] = {}
    announced: Counter[object] = Counter()
    versions = Version.objects.filter(entry__uid__in=[one.uid for one in gone]).order_by("number")
    rows = versions.values_list("entry__uid", "change", "document__date") if gone else ()
    for uid, change, date in rows:
        days[uid] = _days(complete({"date": date})["date"], spanned) if date else None
        announced[uid] += change in (Change.UPDATE, Change.CORRECTION)
    for one in gone:
        day = one.withdrawn_at.date()
        stood = days.get(one.uid, (day, _day_after(day)))
        if stood is None:
            continue  # it was not in this calendar
        yield from _beginning(one.uid, instant(one.withdrawn_at) or "", *stood, sequence=2 * announced[one.uid] + 1)
        yield "STATUS", "CANCELLED"
        yield "SUMMARY", _text(gettext("Withdrawn entry"))
        if one.reason:
            yield "DESCRIPTION", _text(one.reason)
        yield "URL", f"{answer.base_url}/entries/{one.slug}/"
        yield "END", "VEVENT"


# -- lines --------------------------------------------------------------------------------


def _moment(text: str) -> str:
    """RFC 3339 in UTC as a DATE-TIME."""
    return text.replace("-", "").replace(":", "")


def _text(text: str) -> str:
    """A TEXT value (RFC 5545 section 3.3.11)."""
    return _SPECIAL.sub(r"\\\g<0>", strip_control(text)).replace("\r\n", "\n").replace("\r", "\n").replace("\n", r"\n")


def _written(lines: Iterable[Line]) -> str:
    return "".join([_folded(f"{name}:{value}") for name, value in lines])


def _folded(line: str) -> str:
    """A content line in lines of at most ``LINE`` octets, never broken inside a character."""
    octets = line.encode()
    if len(octets) > LINE:
        line = b"\r\n ".join(_pieces(octets)).decode()
    return f"{line}\r\n"


def _pieces(line: bytes) -> Iterable[bytes]:
    start, room = 0, LINE
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:  # within a character of several octets
            end -= 1
        yield line[start:end]
        start, room = end, LINE - 1  # the space that begins a line counts
    yield line[start:]


FORMAT = Format(
    "calendar.ics",
    _("Calendar"),
    _("for calendar programs: entries whose days are known"),
    "text/calendar",
    render,
    heading=_("Calendar"),
    scheme="webcal",
    is_long=True,
    parameters=[FUZZY],
    variants=[(_("Calendar, with approximate dates"), {"fuzzy": "span"})],
)
