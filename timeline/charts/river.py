"""The river: the whole chronology at a glance, lanes by years, with a bar for every month.

A real table whose cells are links (design 5). It zooms with the question: decades, years,
or the months of one year with a bar for every day. What the question leaves out stays as
grey context; months nobody has researched are shaded. Above a list it is one strip (``strip``).
"""

import calendar
import datetime
import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.utils.dates import MONTHS_3
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from timeline import edtf
from timeline.filters import Counts, Question, Span, stored_spans
from timeline.models import Edition
from timeline.public import coverage
from timeline.public.wording import when, with_year
from timeline.punctuation import listed, marks

MAX_YEARS = 12
"""Columns that are told apart; a longer chronology is drawn by decades."""

HEIGHT, TALLEST, SHORTEST = 40, 34, 5
"""Of a cell and of its bars, in units of its picture."""

PIN_GAP = 6.5
"""Percent of the width between two pins on one line, which is a pin on a phone; closer ones are set lower."""

PIN_STRIP, PIN_LINE = 2.55, 1.64
"""The height of the strip of pins with one line of them, and of each further line, in ems."""


@dataclass
class RiverColumn:
    """A stretch of time; ``first`` and ``last`` are its units: years, months or days by number."""

    label: str
    first: int
    last: int
    since: str
    until: str
    """The dates that ask for it."""
    gap: str = ""
    href: str = ""
    count: int | None = None

    @property
    def units(self) -> int:
        return self.last - self.first + 1

    @property
    def dates(self) -> dict[str, str]:
        return {"from": self.since, "to": self.until}


@dataclass
class Shapes:
    """The data of two SVG paths: ``bars`` are drawn with a broad upright pen, ``lines`` with a level one."""

    bars: str
    lines: str


@dataclass
class Cell:
    """One lane in one column, in grey and in colour, and what a screen reader says."""

    column: RiverColumn
    ghosts: Shapes
    found: Shapes
    href: str = ""
    text: str = ""


@dataclass
class Row:
    """One lane."""

    name: str
    colour: str
    count: int | None
    href: str
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Scale:
    """What a bar stands for, and the columns."""

    name: str
    unit: Callable[[datetime.date], int]
    columns: list[RiverColumn]


@dataclass(frozen=True)
class Frame:
    """What strip and table are drawn from: the columns, and the entries of each lane, found or not."""

    scale: Scale
    around: "dict[int, Lane]"
    found: "dict[int, Lane]"
    gaps: str
    """What of all that is shown has not been researched, in words."""


def frame(question: Question, counts: Counts, edition: Edition) -> Frame | None:
    """What is drawn of ``question``; None when there is nothing to show.

    The context is asked once for each edition, unless ``counts`` brings it. Entries too
    many to count (``counts.spans`` is None) are drawn as context only.
    """
    if not edition.lanes or _is_hidden(question):
        return None
    context = counts.context if counts.context is not None else everything(edition)
    if not context:
        return None
    scale = _scale(question, context)
    around = _by_lane(context, scale)
    found = _by_lane(counts.spans or [], scale) if question.is_filtered else around
    researched = coverage.researched(edition.coverage)
    for column in scale.columns:
        column.gap = _gap_shape(column, scale, researched if edition.coverage else None)
        column.count = _column_count(column, counts, scale)
        if column.count or counts.spans is None:
            column.href = question.query(**column.dates)
    gaps = _gap_words(edition, scale, scale.columns[0].first, scale.columns[-1].last)
    return Frame(scale, around, found, gaps)


def draw(question: Question, counts: Counts, edition: Edition) -> dict[str, Any] | None:
    """What the template needs to draw the table of ``question``; None when there is nothing to show."""
    drawn = frame(question, counts, edition)
    if drawn is None:
        return None
    scale, around, found = drawn.scale, drawn.around, drawn.found
    peak = max((n for lane in around.values() for n in lane.bars.values()), default=1)
    rows = []
    cells = _cell_query(question)
    for lane in edition.lanes:
        lanes = found[lane["id"]], around[lane["id"]]
        total = lanes[0].total if counts.spans is not None else None
        row = Row(lane["name"], lane["colour"], total, question.query(lane=lane["slug"]) if total != 0 else "")
        row.cells = [_cell(lane, column, *lanes, cells, peak) for column in scale.columns]
        rows.append(row)
    pins = _pins(edition.phases, scale)
    pinned = {pin["number"] for pin in pins}
    return {
        "title": title(question, counts, scale),
        "query": question.query(),
        "filtered": question.is_filtered,
        "bars": scale.name,
        "height": HEIGHT,
        "columns": scale.columns,
        "rows": rows,
        "pins": pins,
        "strip": f"{PIN_STRIP + PIN_LINE * max((pin['line'] for pin in pins), default=0):.2f}em",
        "phases": [
            {
                "number": number,
                "name": phase["name"],
                "dates": when(phase["date"]),
                "href": question.query(**_bounds(phase["date"])),
            }
            for number, phase in enumerate(edition.phases, 1)
            if number in pinned or scale.name != "day"
        ],
        "gaps": drawn.gaps,
        "lines": any(lane.lines for lane in around.values()),
    }


# -- the scale ----------------------------------------------------------------------------


def everything(edition: Edition) -> list[Span]:
    """The spans of all entries, kept while the edition is the same."""
    return _everything(edition.version, edition.changed_at)


@lru_cache(maxsize=2)
def _everything(version: int, changed_at: datetime.datetime) -> list[Span]:
    return stored_spans()


def _is_hidden(question: Question) -> bool:
    """A month or less is no overview: the list itself says more."""
    first, after = question.bounds
    return first is not None and after is not None and (after - first).days <= 31


def _scale(question: Question, context: list[Span]) -> Scale:
    first_day, after = question.bounds
    if question.is_close_up and first_day and after:
        return Scale("day", datetime.date.toordinal, _month_columns(first_day, after))
    first, last = min(span.first.year for span in context), max(span.last.year for span in context)
    if last - first >= MAX_YEARS:
        columns = [
            RiverColumn(_("%ds") % decade, decade, decade + 9, str(decade), str(decade + 9))
            for decade in range(first // 10 * 10, last + 1, 10)
        ]
        return Scale("year", lambda date: date.year, columns)
    columns = [
        RiverColumn(str(year), year * 12, year * 12 + 11, str(year), str(year)) for year in range(first, last + 1)
    ]
    return Scale("month", coverage.month_of, columns)


def _month_columns(lower: datetime.date, upper: datetime.date) -> list[RiverColumn]:
    columns: list[RiverColumn] = []
    for month in range(coverage.month_of(lower), coverage.month_of(upper - datetime.timedelta(days=1)) + 1):
        start = coverage.first_day(month)
        days = calendar.monthrange(start.year, start.month)[1]
        label = str(capfirst(MONTHS_3[start.month]))
        if not columns or start.month == 1:
            label = with_year(label, start.year)
        first = start.toordinal()
        text = start.strftime("%Y-%m")
        columns.append(RiverColumn(label, first, first + days - 1, text, text))
    return columns


def _column_count(column: RiverColumn, counts: Counts, scale: Scale) -> int | None:
    if scale.name == "day":
        return counts.months.get(coverage.month_of(datetime.date.fromordinal(column.first)), 0)
    if counts.years is None:
        return None
    if scale.name == "month":
        return counts.years.get(column.first // 12, 0)
    return sum(n for year, n in counts.years.items() if column.first <= year <= column.last)


# -- bars and lines -----------------------------------------------------------------------


@dataclass
class Lane:
    """The entries of one lane: by unit when their date is that exact, else by stretches of units."""

    bars: Counter[int] = field(default_factory=Counter)
    lines: Counter[tuple[int, int]] = field(default_factory=Counter)

    @cached_property
    def _units(self) -> list[int]:
        return sorted(self.bars)

    def bars_in(self, column: RiverColumn) -> list[int]:
        """The units of the column that have a bar."""
        return self._units[bisect_left(self._units, column.first) : bisect_right(self._units, column.last)]

    def lines_in(self, column: RiverColumn) -> list[tuple[int, int]]:
        """The stretches that reach into the column."""
        return [line for line in self.lines if line[0] <= column.last and line[1] >= column.first]

    @property
    def total(self) -> int:
        return self.bars.total() + self.lines.total()

    def in_column(self, column: RiverColumn) -> int:
        """How many entries fall into the column, at least with a part of their dates."""
        return sum(self.bars[unit] for unit in self.bars_in(column)) + sum(
            self.lines[line] for line in self.lines_in(column)
        )


def _by_lane(spans: list[Span], scale: Scale) -> dict[int, Lane]:
    lanes: dict[int, Lane] = defaultdict(Lane)
    for span in spans:
        first, last = scale.unit(span.first), scale.unit(span.last)
        if first == last:
            lanes[span.lane].bars[first] += span.total
        else:
            lanes[span.lane].lines[first, last] += span.total
    return lanes


def _cell_query(question: Question) -> str:
    """The query string of a cell as a pattern, since it is said for each: slugs and dates are as they are in it."""
    query = question.query(lane="LANE", **{"from": "FROM", "to": "TO"}).replace("%", "%%")
    for name in ("lane", "from", "to"):
        query = query.replace(f"{name}={name.upper()}", f"{name}=%({name})s")
    return query


def _cell(lane: dict[str, Any], column: RiverColumn, found: Lane, around: Lane, query: str, peak: int) -> Cell:
    start = column.first
    hidden = [unit - start for unit in around.bars_in(column) if around.bars[unit] > found.bars[unit]]
    behind = [line for line in around.lines_in(column) if around.lines[line] > found.lines[line]]
    shown = [unit - start for unit in found.bars_in(column)]
    ghosts = Shapes(
        "".join(_bar(unit, around.bars[unit + start], peak) for unit in hidden), level(covered(behind, column))
    )
    bars = "".join(_bar(unit, found.bars[unit + start], peak) for unit in shown)
    cell = Cell(column, ghosts, Shapes(bars, level(covered(found.lines_in(column), column))))
    if number := found.in_column(column):
        cell.href = query % {"lane": lane["slug"], **column.dates}
        entries = ngettext("%d entry", "%d entries", number) % number
        cell.text = listed([entries, lane["name"], column.label])
    return cell


def _bar(offset: int, number: int, peak: int) -> str:
    tall = height(number, peak)
    return f"M{offset}.5 {HEIGHT / 2 - tall / 2:g}v{tall:g}"


def height(number: int, peak: int) -> float:
    """That of a bar, where ``peak`` is the number of the tallest: many are told apart less."""
    ratio = number / peak if peak <= 10 else math.sqrt(number / peak)
    return 2 * round(max(SHORTEST, TALLEST * min(ratio, 1)) / 2, 1)


def level(stretches: Iterable[tuple[int, int]]) -> str:
    """Lines in the middle of a cell."""
    return "".join(f"M{first} {HEIGHT // 2}h{last - first + 1}" for first, last in stretches)


def covered(lines: Iterable[tuple[int, int]], column: RiverColumn) -> list[tuple[int, int]]:
    """What some lines cover of a column, in its units: lines that meet are one."""
    covered: list[tuple[int, int]] = []
    for first, last in sorted(lines):
        first, last = max(first, column.first) - column.first, min(last, column.last) - column.first
        if covered and first <= covered[-1][1] + 1:
            covered[-1] = covered[-1][0], max(last, covered[-1][1])
        else:
            covered.append((first, last))
    return covered


# -- what has not been researched ---------------------------------------------------------


def _gap_shape(column: RiverColumn, scale: Scale, researched: frozenset[int] | None) -> str:
    if researched is None:
        return ""
    blank = [unit for unit in range(column.first, column.last + 1) if not _known(unit, scale, researched)]
    return "".join(
        f"M{first - column.first} 0h{last - first + 1}v{HEIGHT}h-{last - first + 1}z"
        for first, last in coverage.stretches(blank)
    )


def _known(unit: int, scale: Scale, researched: frozenset[int]) -> bool:
    if scale.name == "month":
        return unit in researched
    if scale.name == "day":
        return coverage.month_of(datetime.date.fromordinal(unit)) in researched
    return any(month in researched for month in range(unit * 12, unit * 12 + 12))


def _gap_words(edition: Edition, scale: Scale, first: int, last: int) -> str:
    if scale.name == "day":
        first, last = (coverage.month_of(datetime.date.fromordinal(unit)) for unit in (first, last))
    elif scale.name == "year":
        first, last = first * 12, last * 12 + 11
    return marks().semicolon.join(coverage.words(stretch) for stretch in coverage.gaps(edition.coverage, first, last))


# -- phases and words ---------------------------------------------------------------------


def _pins(phases: list[dict[str, str]], scale: Scale) -> list[dict[str, Any]]:
    """A pin in the middle of each phase that is in view, set lower where two would touch."""
    start, end = scale.columns[0].first, scale.columns[-1].last + 1
    lines: list[float] = []
    pins = []
    for number, phase in enumerate(phases, 1):
        date = edtf.parse(phase["date"])
        first, last = date.lower or date.sort_date, date.last or date.sort_date
        middle = (scale.unit(first) + scale.unit(last) + 1) / 2
        if not start <= middle <= end:
            continue
        at = 100 * (middle - start) / (end - start)
        line = next((n for n, right in enumerate(lines) if at - right >= PIN_GAP), len(lines))
        lines[line : line + 1] = [at]
        pins.append({"number": number, "at": f"{at:.2f}%", "line": line, "down": f"{line * PIN_LINE:.2f}em"})
    return pins


def _bounds(period: str) -> dict[str, str]:
    date = edtf.parse(period)
    return {"from": str(date.ends[0].unqualified), "to": str(date.ends[-1].unqualified)}


NUMBERS = (
    "",
    "",
    gettext_lazy("Two"),
    gettext_lazy("Three"),
    gettext_lazy("Four"),
    gettext_lazy("Five"),
    gettext_lazy("Six"),
    gettext_lazy("Seven"),
    gettext_lazy("Eight"),
)


def title(question: Question, counts: Counts, scale: Scale) -> str:
    by = {"day": _("by day"), "month": _("by month"), "year": _("by year")}[scale.name]
    if counts.spans is None:
        return _("All entries, %s") % by
    if question.is_filtered:
        words = {"found": f"{counts.total:,}", "all": f"{counts.everything:,}", "by": by}
        return _("%(found)s of %(all)s entries, %(by)s") % words
    years = scale.columns[-1].last // 12 - scale.columns[0].first // 12 + 1 if scale.name == "month" else 0
    if 2 <= years < len(NUMBERS):
        return _("%s years at a glance") % NUMBERS[years]
    return _("The whole chronology at a glance")
