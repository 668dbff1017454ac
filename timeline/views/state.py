"""Where things stand: the page of a day, its JSON, and the lines at the top of the chronology."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import edtf
from timeline.formats import csv_tables, tables
from timeline.models import Edition
from timeline.public import days, standing
from timeline.public.coverage import last_researched
from timeline.public.days import DayState, last_day, state_of
from timeline.public.language import here
from timeline.public.offices import offices
from timeline.public.site import about_site, absolute
from timeline.public.standing import StateDocument
from timeline.public.wording import label, when
from timeline.punctuation import labelled, marks

from .head import Head, home, render_page
from .public_records import public_people
from .state_data import as_data

QUOTED = 6
"""Lines that the sentence to be quoted names."""


class DayError(ValueError):
    """What somebody typed is no day, and nothing that has a last one."""


class Asked(NamedTuple):
    """A time that somebody typed, and the ``day`` of it that is answered: its last, or the last one researched."""

    date: edtf.EDTF
    day: datetime.date

    @property
    def text(self) -> str:
        """How its address has it: 2025-08-01, 2025-08, 2025-08-01/2025-08-31."""
        ends = [end.unqualified if end else ".." for end in (self.date.start, self.date.end)]
        return ends[0] if self.date.is_single else "/".join(ends)

    @property
    def is_longer(self) -> bool:
        return self.date.lower != self.date.last


def state(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/state/?on=2025-08-01``: what was in force, what was only said, and who held office."""
    typed = request.GET.get("on", "").strip()
    then = request.GET.get("then") == "1"
    problem = ""
    try:
        asked = read_day(typed, edition)
    except DayError as error:
        asked, problem = None, str(error)
    if asked and typed != asked.text:
        return HttpResponseRedirect(f"/state/?{urlencode({'on': asked.text} | ({'then': '1'} if then else {}))}")
    found = state_of(asked.day if asked else last_day(edition), edition, then=then)
    words, tables = when(found.day.isoformat()), _tables(found)
    page = found.address(then="") if asked else "/state/"
    return render_page(
        request,
        "timeline/state.html",
        edition,
        Head(
            title=_("Where things stood on %s") % words,
            description=_("What was in force, announced and agreed on %s, and who held office, each with its sources.")
            % words,
            path=page,
            breadcrumbs=[home()],
            noindex=bool(problem) or found.then,
        ),
        found=found,
        words=words,
        first_words=when(found.first.isoformat()) if found.first else "",
        last_words=when(found.last.isoformat()) if found.last else "",
        typed=typed if problem else edtf.display(asked.date) if asked else words,
        longer=_longer(asked, found) if asked and asked.is_longer else None,
        problem=problem,
        held=tables["held"],
        others=[
            (tables["said"], _("Announced, agreed or proposed, not in force"), "said"),
            (tables["stopped"], _("Suspended, struck down or expired"), "stopped"),
        ],
        by_hand=[days.by_hand(line) for line in found.by_hand],
        unknown=[one for one in found.answers if one.line.unknown or not (one.is_known or one.line in found.by_hand)],
        unanswered={one.line.slug for one in found.answers if not one.all},
        offices=offices(found.day, public_people()),
        earlier=_step(found, [one for one in standing.changes(found.states) if one < found.day][-1:]),
        later=_step(found, [one for one in standing.changes(found.states) if one > found.day][:1]),
        then_href=found.address(then="" if found.then else "1"),
        csv_href=found.address("/state.csv"),
        excel_href=found.address("/state.csv", excel="1"),
        json_href=found.address("/state.json"),
        quoted=_quoted(found, edition),
        quoted_href=absolute(here(found.address())),
    )


def state_csv(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/state.csv?on=2025-08-01``: what answers the lines, as a table; with ``excel=1`` one for spreadsheets."""
    problems = []
    try:
        asked = read_day(request.GET.get("on", ""), edition)
    except DayError as error:
        asked, problems = None, [f"on: {error}"]
    excel = request.GET.get("excel", "")
    if excel and (problem := csv_tables.EXCEL.problem(excel)):
        problems.append(f"excel: {problem.message}")
    if problems:
        return HttpResponse("\n".join([*problems, ""]), status=400, content_type="text/plain; charset=utf-8")
    day = asked.day if asked else last_day(edition)
    found = state_of(day, edition, then=request.GET.get("then") == "1")
    table = b"".join(csv_tables.written(tables.DAY, [as_data(found)], for_excel=bool(excel)))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="state-{day.isoformat()}.csv"'
    return response


def state_json(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/state.json?on=2025-08-01``: the same as data, as the API has it."""
    try:
        asked = read_day(request.GET.get("on", ""), edition)
    except DayError as error:
        return JsonResponse({"on": [str(error)]}, status=400)
    day = asked.day if asked else last_day(edition)
    found = state_of(day, edition, then=request.GET.get("then") == "1")
    return JsonResponse(as_data(found))


# -- what holds ---------------------------------------------------------------------------


def read_day(text: str, edition: Edition) -> Asked | None:
    """The time that somebody typed; None for nothing. Raises :class:`DayError` in the words of the reader."""
    if not text.strip():
        return None
    try:
        date = edtf.parse(text.strip())
    except edtf.EDTFError as error:
        raise DayError(str(error)) from error
    if date.last is None:
        raise DayError(_("“%s” has no last day. Write a day such as 2025-08-01, or a month.") % text.strip())
    last = last_researched(edition.coverage)
    within = last is not None and (date.lower or last) <= last < date.last
    return Asked(date, last if within and last else date.last)


# -- for people ---------------------------------------------------------------------------


def _tables(found: DayState) -> dict[str, list[dict[str, Any]]]:
    """The rows of the tables of a day; the first of a line is where links to it lead."""
    tables: dict[str, list[dict[str, Any]]] = {"held": [], "said": [], "stopped": []}
    for answer in found.answers:
        held = [days.row(answer, one, found) for one in answer.held]
        corrected = [days.row(answer, one, found) for one in answer.corrected]
        if held:
            held[0]["afterwards"] = corrected
        tables["held"] += held or corrected
        tables["said"] += [{**days.row(answer, one, found), "came": _came(one, found)} for one in answer.said]
        tables["stopped"] += [days.row(answer, one, found) for one in answer.stopped]
    met: set[str] = set()
    for row in (row for rows in tables.values() for row in rows):
        slug = row["line"].slug
        row["anchor"] = "" if slug in met else slug
        met.add(slug)
    return tables


def _came(one: StateDocument, found: DayState) -> dict[str, Any] | None:
    """What came of something that was only said, where that is not to be forgotten."""
    came = None if found.then else standing.came_of(one, found.states)
    if came is None:
        return None
    return {"standing": label(came["standing"], "standing"), "since": days.since(came), "href": standing.address(came)}


def _step(found: DayState, changes: list[datetime.date]) -> dict[str, str] | None:
    """The way to the day of a change, and what changes."""
    if not changes:
        return None
    day = changes[0]
    before = (day - datetime.timedelta(days=1)).isoformat()
    begun = _lines(found, [one for one in found.states if one["since"] == day.isoformat()])
    ended = _lines(found, [one for one in found.states if one["until"] == before])
    lines = begun or ended
    what = lines[0] if lines else _("something ended")
    if len(lines) > 1:
        more = len(lines) - 1
        pattern = ngettext("%(first)s and %(more)d more", "%(first)s and %(more)d more", more)
        what = pattern % {"first": what, "more": more}
    if ended and not begun:
        what = _("an end: %s") % what
    return {"href": found.address(on=day.isoformat()), "day": when(day.isoformat()), "what": what}


def _lines(found: DayState, states: Iterable[StateDocument]) -> list[str]:
    """The names of the lines that are answered, in the order of the page."""
    slugs = {one["line"] for one in states}
    return [answer.line.name for answer in found.answers if answer.line.slug in slugs]


def _longer(asked: Asked, found: DayState) -> dict[str, Any]:
    """What is said of a month or another time of many days: which day of it this is, and the way to its first."""
    first = asked.date.lower
    return {
        "asked": edtf.display(asked.date),
        "first": when(first.isoformat()) if first else "",
        "first_href": found.address(on=first.isoformat()) if first else "",
        "day": when(found.day.isoformat()),
        "is_cut": asked.day != asked.date.last,
    }


def _quoted(found: DayState, edition: Edition) -> str:
    """A sentence to quote: what the first lines say on the day."""
    first = sorted(found.answers, key=lambda one: one.line.front or QUOTED)
    led = [(one.line, standing.said_here(one.leading)) for one in first if one.leading]
    said = [
        labelled(line.name, " ".join(filter(None, (standing.value(state), standing.counted(state)))))
        for line, state in led
        if standing.value(state)
    ]
    words = {
        "day": when(found.day.isoformat()),
        "said": marks().semicolon.join(said[:QUOTED]),
        "site": about_site(edition)["name"],
    }
    if not said:
        return ""
    pattern = (
        _("“%(day)s, as was known then: %(said)s.” %(site)s.") if found.then else _("“%(day)s: %(said)s.” %(site)s.")
    )
    return pattern % words
