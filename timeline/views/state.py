"""Where things stand: the page of a day, its JSON, and the lines at the top of the chronology."""

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import edtf
from timeline.choices import OrganisationKind, SourceUse, Standing
from timeline.models import Edition, LineCitation, Position, PublishedEntry, StateLine
from timeline.public import standing
from timeline.public.document import position_document
from timeline.public.site import absolute
from timeline.public.standing import Answer, StateDocument
from timeline.public.wording import label, when

from .figures import researched
from .head import Head, home, render_page
from .public_records import public_people

OFFICES = (OrganisationKind.GOVERNMENT, OrganisationKind.LEGISLATURE, OrganisationKind.STATE)
MOST = 100
"""Offices that a page lists."""


class DayError(ValueError):
    """What somebody typed is no day."""


@dataclass
class DayState:
    """What holds on a day. ``last`` is the last day researched; ``then``: only what was known on the day itself."""

    day: datetime.date
    last: datetime.date | None
    then: bool
    states: list[StateDocument]
    answers: list[Answer]

    @property
    def is_beyond(self) -> bool:
        return self.last is not None and self.day > self.last

    def address(self, path: str = "/state/", **changes: Any) -> str:
        """That of this day, or of another."""
        asked = {"on": self.day.isoformat(), "then": "1" if self.then else "", **changes}
        return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


def state(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/state/?on=2025-08-01``: what was in force, what was only said, and who held office."""
    typed = request.GET.get("on", "").strip()
    problem = ""
    try:
        day = read_day(typed) or last_day(edition)
    except DayError as error:
        day, problem = last_day(edition), str(error)
    if typed and not problem and typed != day.isoformat():
        asked = {"on": day.isoformat()} | ({"then": "1"} if request.GET.get("then") else {})
        return HttpResponseRedirect(f"/state/?{urlencode(asked)}")
    found = state_of(day, edition, then=request.GET.get("then") == "1")
    words, tables = when(day.isoformat()), _tables(found)
    return render_page(
        request,
        "timeline/state.html",
        edition,
        Head(
            title=_("Where things stood on %s") % words,
            description=_("What was in force, announced and agreed on %s, and who held office, each with its sources.")
            % words,
            path=found.address(then="") if typed and not problem else "/state/",
            breadcrumbs=[home()],
            noindex=bool(problem) or found.then,
        ),
        found=found,
        words=words,
        last_words=when(found.last.isoformat()) if found.last else "",
        typed=typed if problem else words,
        problem=problem,
        held=tables["held"],
        others=[
            (tables["said"], _("Announced, agreed or proposed, not in force")),
            (tables["stopped"], _("Suspended, struck down or expired")),
        ],
        unknown=[answer for answer in found.answers if not answer.is_known or answer.line.unknown],
        offices=offices(day),
        earlier=_step(found, [one for one in standing.changes(found.states) if one < day][-1:]),
        later=_step(found, [one for one in standing.changes(found.states) if one > day][:1]),
        then_href=found.address(then="" if found.then else "1"),
        json_href=found.address("/state.json"),
    )


def state_json(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/state.json?on=2025-08-01``: the same as data, as the API has it."""
    try:
        day = read_day(request.GET.get("on", "")) or last_day(edition)
    except DayError as error:
        return JsonResponse({"on": [str(error)]}, status=400)
    return JsonResponse(as_data(state_of(day, edition, then=request.GET.get("then") == "1")))


# -- what holds ---------------------------------------------------------------------------


def read_day(text: str) -> datetime.date | None:
    """The day that somebody typed; None for nothing. Raises :class:`DayError` in the words of the reader."""
    if not text.strip():
        return None
    try:
        date = edtf.parse(text.strip())
    except edtf.EDTFError as error:
        raise DayError(str(error)) from error
    if not date.is_single or date.precision is not edtf.Precision.DAY or date.lower is None:
        raise DayError(_("“%s” is not one day. Write a day such as 2025-08-01 or 1 August 2025.") % text.strip())
    return date.lower


def last_day(edition: Edition) -> datetime.date:
    """The last day researched; without a record of that, the day of the last entry."""
    if last := researched(edition):
        return last
    newest = PublishedEntry.objects.chronological(newest_first=True).values_list("sort_date", flat=True).first()
    return newest or datetime.date(1970, 1, 1)


def state_of(day: datetime.date, edition: Edition, *, then: bool = False, front: bool = False) -> DayState:
    """What the published entries answer to the lines on a day; those of the front page alone if asked. Two queries."""
    lines = StateLine.objects.select_related("series")
    if front:
        cited = LineCitation.objects.filter(source__use=SourceUse.EVIDENCE).select_related("source")
        lines = lines.filter(front__gt=0).order_by("front", "pk").prefetch_related(Prefetch("citations", cited))
    rows = PublishedEntry.objects.exclude(lines=[]).order_by("sort_date", "sort_rank", "entry_id")
    states = [one for found in rows.values_list("states", flat=True) for one in found]
    last = researched(edition)
    return DayState(day, last, then, states, standing.on_day(lines, states, day, last, then=then))


def offices(day: datetime.date) -> list[dict[str, Any]]:
    """Who held which public office on a day, as far as sources say.

    Of those of whom no end is recorded the last who came is named: an earlier one has left.
    """
    held = (
        Position.objects.filter(held__contains=day, organisation__kind__in=OFFICES)
        .filter(person__in=public_people().values("pk"))
        .select_related("person", "organisation", "source")
        .order_by("organisation__country", "organisation__name", "title", "held", "pk")[:MOST]
    )
    latest: dict[tuple[Any, str], Position] = {}
    found = list(held)
    for row in found:
        latest[row.organisation_id, row.title] = row
    return [
        {**position_document(row), "name": row.person.name, "href": row.person.get_absolute_url()}
        for row in found
        if row.end or latest[row.organisation_id, row.title] is row
    ]


# -- for people ---------------------------------------------------------------------------


def now(edition: Edition) -> dict[str, Any] | None:
    """The lines at the top of the chronology, as of the last day researched; None without any. Three queries."""
    found = state_of(last_day(edition), edition, front=True)
    lines = [_front(answer, found) for answer in found.answers]
    return {"day": found.day.isoformat(), "lines": lines} if lines else None


def _front(answer: Answer, found: DayState) -> dict[str, Any]:
    line = answer.line
    name = line.front_name or line.name
    if line.words:
        sources = [{"number": row.source.number, "slug": row.source.slug} for row in line.citations.all()]
        return {"line": line, "name": name, "words": line.words, "as_of": when(line.as_of), "sources": sources}
    shown = answer.leading
    if shown is None:
        return {"line": line, "name": name, "standing": str(Standing.NOT_KNOWN), "sources": []}
    return {"line": line, "name": name, **_row(answer, shown, found)}


def _tables(found: DayState) -> dict[str, list[dict[str, Any]]]:
    """The rows of the tables of a day; the first of a line is where links to it lead."""
    tables: dict[str, list[dict[str, Any]]] = {"held": [], "said": [], "stopped": []}
    for answer in found.answers:
        tables["held"] += [_row(answer, one, found) for one in (*answer.held, *answer.corrected)]
        tables["said"] += [_row(answer, one, found) for one in answer.said]
        tables["stopped"] += [_row(answer, one, found) for one in answer.stopped]
    met: set[str] = set()
    for row in (row for rows in tables.values() for row in rows):
        slug = row["line"].slug
        row["anchor"] = "" if slug in met else slug
        met.add(slug)
    return tables


def _row(answer: Answer, one: StateDocument, found: DayState) -> dict[str, Any]:
    """An answer in words."""
    late = standing.is_late(one, found.day)
    return {
        "line": answer.line,
        "value": standing.value(one),
        "counted": standing.counted(one),
        "said": standing.said(one),
        "standing": one["standing"],
        "since": _since(one),
        "until": when(one["until"]) if one["until"] and not found.then else "",
        "effect": when(one["takes_effect"]) if one["takes_effect"] else "",
        "known_from": when(one["known_from"]) if late and one["known_from"] else "",
        "note": "" if found.then else one["note"],
        "differs": one["differs"],
        "href": _address(one),
        "headline": one["entry"]["headline"],
        "sources": one["sources"],
    }


def _address(one: StateDocument) -> str:
    """Where in its entry an answer stands."""
    return f"{one['entry']['url']}{'#' if one['anchor'] else ''}{one['anchor']}"


def _since(one: StateDocument) -> str:
    """Since when, as exactly as it is known: "2018"."""
    start = edtf.parse(one["edtf"]).start if one["edtf"] else None
    if start is not None and one["since"] == start.first.isoformat():
        return start.words()
    return when(one["since"]) if one["since"] else ""


def _step(found: DayState, days: list[datetime.date]) -> dict[str, str] | None:
    """The way to the day of a change, and what changes."""
    if not days:
        return None
    day = days[0].isoformat()
    begun = [one for one in found.states if one["since"] == day]
    names = {answer.line.slug: answer.line.name for answer in found.answers}
    lines = list(dict.fromkeys(names[one["line"]] for one in begun if one["line"] in names))
    what = lines[0] if lines else _("something ended")
    if len(lines) > 1:
        more = len(lines) - 1
        pattern = ngettext("%(first)s and %(more)d more", "%(first)s and %(more)d more", more)
        what = pattern % {"first": what, "more": more}
    return {"href": found.address(on=day), "day": when(day), "what": what}


# -- for programs -------------------------------------------------------------------------


def as_data(found: DayState) -> dict[str, Any]:
    """The state of a day as plain data."""
    return {
        "on": found.day.isoformat(),
        "last_researched": found.last.isoformat() if found.last else None,
        "only_known_then": found.then,
        "lines": [_line_data(answer, found) for answer in found.answers],
        "offices": [
            {name: row[name] for name in ("title", "name", "organisation", "start", "end", "acting", "source")}
            | {"page": absolute(row["href"])}
            for row in offices(found.day)
        ],
    }


def _line_data(answer: Answer, found: DayState) -> dict[str, Any]:
    line = answer.line
    return {
        "slug": line.slug,
        "name": line.name,
        "question": line.question,
        "subject": line.subject,
        "page": absolute(f"{found.address()}#{line.slug}"),
        "series": line.series.slug if line.series else None,
        "known": answer.is_known,
        "answers": [_answer_data(one, found) for one in answer.all],
        "not_known": line.unknown.splitlines(),
    }


def _answer_data(one: StateDocument, found: DayState) -> dict[str, Any]:
    return {
        "standing": one["standing"],
        "standing_in_words": label(one["standing"], "standing"),
        "since": one["since"],
        "until": None if found.then else one["until"],
        "period": one["edtf"] if not found.then else "",
        "known_from": one["known_from"],
        "by_a_later_order": standing.is_late(one, found.day),
        "takes_effect": one["takes_effect"],
        "value": standing.value(one),
        "basis": one["figure"]["basis"] if one["figure"] else "",
        "says": standing.said(one),
        "figure": one["figure"],
        "note": "" if found.then else one["note"],
        "sources_disagree": one["differs"],
        "sources": one["sources"],
        "entry": {
            "url": absolute(_address(one)),
            "headline": one["entry"]["headline"],
        },
    }
