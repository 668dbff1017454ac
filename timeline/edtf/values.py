"""Dates with a stated precision: their ends, their bounds, their place in the chronology."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

FIRST_YEAR = 1000
LAST_YEAR = 2100
MAX_LENGTH = len("2025-04-16%/2025-04-18%")
"""The longest canonical text."""


class Precision(StrEnum):
    """What the notation states: a unit of the calendar, a closed interval, or a half-open one."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    INTERVAL = "interval"
    OPEN = "open"


class Extent(StrEnum):
    """How an event fills a date of several days: from the first to the last of them, or at some time between."""

    LASTED = "lasted"
    BETWEEN = "between"


class Part(IntEnum):
    """A part of a year, by the number that EDTF writes in the place of the month.

    Level 1 has the seasons, without saying their days. Ours are those of the weather services of
    Japan and the United States: whole months of the northern hemisphere, spring from March on, and
    a winter belongs to the year it begins in. Level 2 has quarters and halves of the calendar year.
    """

    SPRING = 21
    SUMMER = 22
    AUTUMN = 23
    WINTER = 24
    FIRST_QUARTER = 33
    SECOND_QUARTER = 34
    THIRD_QUARTER = 35
    FOURTH_QUARTER = 36
    FIRST_HALF = 40
    SECOND_HALF = 41

    @property
    def precision(self) -> Precision:
        if self < Part.FIRST_QUARTER:
            return Precision.SEASON
        return Precision.QUARTER if self < Part.FIRST_HALF else Precision.HALF

    @property
    def length(self) -> int:
        """How many months it has."""
        return 6 if self.precision is Precision.HALF else 3

    @property
    def place(self) -> int:
        """Which one of its kind it is, from 0: the seasons begin with spring."""
        return self - {Precision.SEASON: 21, Precision.QUARTER: 33, Precision.HALF: 40}[self.precision]

    @property
    def month(self) -> int:
        """The month it begins with."""
        return self.place * self.length + (3 if self.precision is Precision.SEASON else 1)

    def words(self, year: int | None = None) -> str:
        """Its name, with its year if that is given: "spring 2025", "winter 2025–26", "the second quarter of 2025"."""
        if year is None:
            return str(NAMES[self])
        label = str(year)
        if self is Part.WINTER:
            label = f"{year}–{year + 1 if year % 100 == 99 else f'{(year + 1) % 100:02}'}"
        if self.precision is Precision.SEASON:
            return pgettext("season", "%(season)s %(year)s") % {"season": NAMES[self], "year": label}
        return pgettext("part of a year", "the %(part)s of %(year)s") % {"part": NAMES[self], "year": label}


NAMES = {
    Part.SPRING: pgettext_lazy("season", "spring"),
    Part.SUMMER: pgettext_lazy("season", "summer"),
    Part.AUTUMN: pgettext_lazy("season", "autumn"),
    Part.WINTER: pgettext_lazy("season", "winter"),
    Part.FIRST_QUARTER: pgettext_lazy("part of a year", "first quarter"),
    Part.SECOND_QUARTER: pgettext_lazy("part of a year", "second quarter"),
    Part.THIRD_QUARTER: pgettext_lazy("part of a year", "third quarter"),
    Part.FOURTH_QUARTER: pgettext_lazy("part of a year", "fourth quarter"),
    Part.FIRST_HALF: pgettext_lazy("part of a year", "first half"),
    Part.SECOND_HALF: pgettext_lazy("part of a year", "second half"),
}

RANKS = {
    Precision.MONTH: 2,
    Precision.SEASON: 3,
    Precision.QUARTER: 3,
    Precision.HALF: 4,
    Precision.YEAR: 5,
}
"""Which date stands later where several end with the same day: the longer one."""


class EDTFError(ValueError):
    """A text that is not a date we accept; `str()` is the sentence for the person who typed it.

    `code` names the reason: empty, junk, year, month, day, weekday, no_year, short_year, ambiguous,
    vague, time, era, reversed, dateline or open. `candidates` holds what may be meant, to offer as
    buttons.
    """

    def __init__(self, message: str, *, code: str, candidates: "Iterable[EDTF]" = ()) -> None:
        super().__init__(message)
        self.code = code
        self.candidates: tuple[EDTF, ...] = tuple(candidates)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """One calendar date, complete or reduced (EDTF Level 0), with its qualifier (Level 1).

    `part` is a season, a quarter or a half of the year, in the place of month and day. It cannot hold a
    date that does not exist or whose bounds would leave the calendar.
    """

    year: int
    month: int | None = None
    day: int | None = None
    approximate: bool = False
    uncertain: bool = False
    part: Part | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            message = _("The year %(year)d is outside %(first)d–%(last)d.") % {
                "year": self.year,
                "first": FIRST_YEAR,
                "last": LAST_YEAR,
            }
            raise EDTFError(message, code="year")
        if self.month is None:
            if self.day is not None:
                raise EDTFError(_("A day needs its month."), code="day")
            return
        if not 1 <= self.month <= 12:
            raise EDTFError(_("There is no month %(month)d.") % {"month": self.month}, code="month")
        if self.day is not None and not 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]:
            raise EDTFError(_("There is no %(date)s.") % {"date": self.words()}, code="day")

    def __str__(self) -> str:
        qualifier = {(True, True): "%", (True, False): "~", (False, True): "?"}
        return self.unqualified + qualifier.get((self.approximate, self.uncertain), "")

    @property
    def unqualified(self) -> str:
        """The date without its qualifier; but for a part of a year also a valid ISO 8601 date."""
        if self.part:
            return f"{self.year:04}-{self.part}"
        if self.month is None:
            return f"{self.year:04}"
        if self.day is None:
            return f"{self.year:04}-{self.month:02}"
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    @property
    def precision(self) -> Precision:
        if self.part:
            return self.part.precision
        if self.month is None:
            return Precision.YEAR
        return Precision.MONTH if self.day is None else Precision.DAY

    def words(self, *, year: bool = True) -> str:
        """The date in words without its qualifier: 16 April 2025, April 2025, spring 2025, 2025."""
        if self.part:
            return self.part.words(self.year if year else None)
        if self.month is None:
            return pgettext("date", "%(year)d") % {"year": self.year}
        if self.day is None:
            pattern = pgettext("date", "%(month)s %(year)d") if year else "%(month)s"
        elif year:
            pattern = pgettext("date", "%(day)d %(month)s %(year)d")
        else:
            pattern = pgettext("date", "%(day)d %(month)s")
        return pattern % {
            "day": self.day,
            "month": MONTHS[self.month],
            "year": self.year,
        }

    @property
    def first(self) -> date:
        """The first day it may mean."""
        return date(self.year, self.part.month if self.part else self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day it may mean."""
        year, month = self.year, self.month or 12
        if self.part:
            years, months = divmod(self.part.month + self.part.length - 2, 12)
            year, month = year + years, months + 1
        return date(year, month, self.day or calendar.monthrange(year, month)[1])

    @property
    def months(self) -> "tuple[PartialDate, PartialDate]":
        """The first and the last month of a part of a year; of any other date the date itself, twice."""
        if not self.part:
            return self, self
        first, last = (replace(self, year=day.year, month=day.month, part=None) for day in (self.first, self.last))
        return first, last


@dataclass(frozen=True, slots=True)
class EDTF:
    """A date or an interval of dates. `None` is an open end; a single date has both ends equal.

    EDTF has no interval of seasons or quarters, so that of spring to summer has their months.
    """

    start: PartialDate | None
    end: PartialDate | None

    def __post_init__(self) -> None:
        if self.start is None and self.end is None:
            raise EDTFError(_("An interval needs at least one date."), code="open")
        if self.start != self.end:
            object.__setattr__(self, "start", self.start and self.start.months[0])
            object.__setattr__(self, "end", self.end and self.end.months[1])
        if self.start and self.end and self.end.last < self.start.first:
            raise EDTFError(_("The end is before the start."), code="reversed")

    def __str__(self) -> str:
        if self.is_single:
            return str(self.start)
        return f"{self.start or '..'}/{self.end or '..'}"

    @property
    def text(self) -> str:
        """The canonical EDTF string: what is stored, and what `parse` gives back unchanged."""
        return str(self)

    @property
    def ends(self) -> tuple[PartialDate, ...]:
        """The ends that are stated, one or two; a single date has one."""
        both = (self.start,) if self.is_single else (self.start, self.end)
        return tuple(end for end in both if end)

    @property
    def is_single(self) -> bool:
        """Whether it is one date (a day, a month, a season, a year …) and not an interval."""
        return self.start == self.end

    @property
    def precision(self) -> Precision:
        if self.start is None or self.end is None:
            return Precision.OPEN
        return self.start.precision if self.is_single else Precision.INTERVAL

    @property
    def approximate(self) -> bool:
        """Whether either end carries `~` or `%` (EDTF Level 1)."""
        return any(end.approximate for end in self.ends)

    @property
    def uncertain(self) -> bool:
        """Whether either end carries `?` or `%` (EDTF Level 1)."""
        return any(end.uncertain for end in self.ends)

    @property
    def lower(self) -> date | None:
        """The first day it may mean; None when the start is open."""
        return self.start.first if self.start else None

    @property
    def last(self) -> date | None:
        """The last day it may mean, inclusive; None when the end is open."""
        return self.end.last if self.end else None

    @property
    def upper(self) -> date | None:
        """The day after the last one, as in a half-open `daterange`; None when the end is open."""
        return self.last + timedelta(days=1) if self.last else None

    @property
    def may_last(self) -> bool:
        """Whether an event may fill it: both ends are stated, and it covers more than one day."""
        return self.lower is not None and self.last is not None and self.lower < self.last

    @property
    def financial_year(self) -> int | None:
        """The Japanese financial year it spans, April to March, named after its first year."""
        if self.start is None or self.end is None:
            return None
        ends = (self.start.unqualified, self.end.unqualified)
        year = self.start.year
        return year if ends == (f"{year:04}-04", f"{year + 1:04}-03") else None

    @property
    def in_months(self) -> "EDTF":
        """The same days without parts of a year, which few programs know: 2025-03/2025-05 for 2025-21."""
        return EDTF(self.start and self.start.months[0], self.end and self.end.months[1])

    @property
    def sort_key(self) -> tuple[date, int]:
        """Where it stands in the chronology: `(sort_date, sort_rank)`. The rule:

        0. "by" (`../X`) stands at the last day of X, before what is stated for that day;
        1. days, intervals and open-ended `X/..` stand at their first day;
        2. a month stands at its last day, after every exact day in it;
        3. a season or a quarter stands at its last day, after every month in it;
        4. a half of a year does, after every quarter in it;
        5. a year stands at its last day, after everything else in it.

        A qualifier changes nothing: about 16 April stands with 16 April.
        """
        if self.start is None:
            return self.ends[0].last, 0
        if self.precision in RANKS:
            return self.start.last, RANKS[self.precision]
        return self.start.first, 1

    @property
    def sort_date(self) -> date:
        return self.sort_key[0]

    @property
    def sort_rank(self) -> int:
        return self.sort_key[1]

    def overlaps(self, other: "EDTF") -> bool:
        """Whether some day may be meant by both (the same rule as `daterange &&`)."""
        return (self.lower is None or other.last is None or self.lower <= other.last) and (
            other.lower is None or self.last is None or other.lower <= self.last
        )
