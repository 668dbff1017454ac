"""A day: what the published entries answer to the lines of the state, as rows of words for pages and letters.

:mod:`timeline.public.standing` has the rules by which an answer stands on a day.
"""

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet

from timeline import edtf
from timeline.choices import SourceUse, Standing
from timeline.models import Edition, LineCitation, PublishedEntry, StateLine

from . import standing
from .coverage import last_researched
from .language import Words, filed_here, foreign, said_here
from .standing import Answer, StateDocument
from .wording import in_short, when

MOST_NUMBERS = 3
"""Numbers of sources behind a line of the front page; its day has them all."""


@dataclass
class DayState:
    """What holds on a day. ``first`` and ``last`` are the first and last day researched; ``then``: only what was known
    on the day itself."""

    day: datetime.date
    first: datetime.date | None
    last: datetime.date | None
    then: bool
    states: list[StateDocument]
    answers: list[Answer]

    @property
    def is_beyond(self) -> bool:
        return self.last is not None and self.day > self.last

    @property
    def is_before(self) -> bool:
        return self.first is not None and self.day < self.first

    @property
    def by_hand(self) -> list[StateLine]:
        """The lines of which an editor has written something that is right by then."""
        return [one.line for one in self.answers if one.line.words and one.line.as_of <= self.day.isoformat()]

    def address(self, path: str = "/state/", **changes: Any) -> str:
        """That of this day, or of another."""
        asked = {"on": self.day.isoformat(), "then": "1" if self.then else "", **changes}
        return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


def last_day(edition: Edition) -> datetime.date:
    """The last day researched; without a record of that, the day of the last entry."""
    if last := last_researched(edition.coverage):
        return last
    newest = PublishedEntry.objects.chronological(newest_first=True).values_list("sort_date", flat=True).first()
    return newest or datetime.date(1970, 1, 1)


def all_lines() -> QuerySet[StateLine]:
    """All lines, each with its series and the sources of its words by hand that readers see: two queries."""
    cited = LineCitation.objects.filter(source__use=SourceUse.EVIDENCE).select_related("source")
    lines = said_here(StateLine.objects.select_related("series"), "series")
    return lines.prefetch_related(Prefetch("citations", cited))


def state_of(
    day: datetime.date, edition: Edition, *, then: bool = False, lines: QuerySet[StateLine] | None = None
) -> DayState:
    """What the published entries answer on a day to :func:`all_lines`, or some of them. At most four queries."""
    asked = all_lines() if lines is None else lines
    rows = PublishedEntry.objects.exclude(lines=[])
    if lines is not None:
        rows = rows.filter(lines__overlap=[line.pk for line in asked])
    found = rows.order_by("sort_date", "sort_rank", "entry_id").values_list("states", filed_here("answered"))
    states = [one for answers, words in found for one in _with(words, answers)]
    first = min((datetime.date.fromisoformat(one[0]) for one in edition.coverage), default=None)
    last = last_researched(edition.coverage)
    return DayState(day, first, last, then, states, standing.on_day(asked, states, day, last, then=then))


def _with(words: Words | None, states: list[StateDocument]) -> list[StateDocument]:
    """The answers of an entry with what is translated of it, for when they are shown."""
    if foreign():
        for one in states:
            one["words"] = words or {}
    return states


# -- in words -----------------------------------------------------------------------------


def now(edition: Edition) -> dict[str, Any] | None:
    """The lines at the top of the chronology, as of the last day researched; None without any. Four queries."""
    return stands(all_lines().filter(front__gt=0).order_by("front", "pk"), edition)


def stands(lines: QuerySet[StateLine], edition: Edition) -> dict[str, Any] | None:
    """Where these lines stand on the last day researched, in short; None without any. Four queries."""
    found = state_of(last_day(edition), edition, lines=lines)
    rows = [_front(answer, found) for answer in found.answers]
    return {"day": found.day.isoformat(), "lines": rows} if rows else None


def _front(answer: Answer, found: DayState) -> dict[str, Any]:
    line = answer.line
    name = line.front_name or line.name
    if line.words:
        return {**by_hand(line), "name": name}
    shown = answer.leading
    if shown is None:
        return {"line": line, "name": name, "standing": str(Standing.NOT_KNOWN), "sources": []}
    said = row(answer, shown, found)
    dates = {key: in_short(said[key]) for key in ("since", "until")}
    return {"line": line, "name": name, **said, **dates, "sources": said["sources"][:MOST_NUMBERS]}


def by_hand(line: StateLine) -> dict[str, Any]:
    """What an editor has written of a line of :func:`all_lines`."""
    sources = [{"number": row.source.number, "slug": row.source.slug} for row in line.citations.all()]
    return {"line": line, "words": line.words, "as_of": when(line.as_of), "sources": sources}


def row(answer: Answer, one: StateDocument, found: DayState) -> dict[str, Any]:
    """An answer in words."""
    late = standing.is_late(one, found.day)
    one = standing.said_here(one)
    return {
        "line": answer.line,
        "value": standing.value(one),
        "counted": standing.counted(one),
        "said": standing.said(one),
        "standing": one["standing"],
        "since": since(one),
        "until": when(one["until"]) if one["until"] and not found.then else "",
        "effect": when(one["takes_effect"]) if one["takes_effect"] else "",
        "known_from": when(one["known_from"]) if late and one["known_from"] else "",
        "note": "" if found.then else one["note"],
        "differs": one["differs"],
        "href": standing.address(one),
        "headline": one["entry"]["headline"],
        "sources": one["sources"],
    }


def since(one: StateDocument) -> str:
    """Since when, as exactly as it is known: "2018"."""
    start = edtf.parse(one["edtf"]).start if one["edtf"] else None
    if start is not None and one["since"] == start.first.isoformat():
        return start.words()
    return when(one["since"]) if one["since"] else ""
