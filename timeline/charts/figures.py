"""The chart of a series of figures: steps for what holds, discs for what was only said."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor

from timeline import edtf
from timeline.choices import FigureBasis, FigureStatus, Scale
from timeline.models.document import EntryDocument, FigureDocument
from timeline.public import wording
from timeline.punctuation import labelled, listed

from .drawing import ALWAYS, NEVER, Axis, Block, Disc, Drawing, Label, Line

TOP, BASE, HEIGHT = 26, 214, 246
"""Pixels from the top: of the highest gridline, of the lowest, of the end of the chart."""

HOLDING = {FigureStatus.REPORTED, FigureStatus.IN_FORCE}
"""What holds, or held, in its period."""

OVER = {FigureStatus.ENDED, FigureStatus.EXPIRED, FigureStatus.STRUCK_DOWN}
"""What held if its period says until when. All else was only said: it is drawn hollow, on the day it was said."""

RANKS = {FigureBasis.BASE: 0, FigureBasis.ADDITIONAL: 1, FigureBasis.TOTAL: 2, "": 2}
"""Which figure the line follows on a day that has several: what is paid in all, where that is known."""

FEW = 8
"""Up to so many steps and discs, each may have a label; of more, only the first, highest and last."""

STUB = 2.5
"""Percent of the width for the step, and for the thin line after it, of what has no recorded end."""

EDGE = 5
"""Percent of the width on the left in which a disc would stand on the words of the scale."""

NEAR = 12
"""Percent of the width within which the same words are not said twice."""

SAME = 4
"""The same for marks of one day: each has words of its own, also beside a line of the same value."""


# -- points -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A figure of a series with the entry that has it, as in their public documents."""

    figure: FigureDocument
    entry: EntryDocument

    @property
    def is_solid(self) -> bool:
        """Whether it holds or held, so that it may be drawn as what is in force."""
        return self.figure["status"] in HOLDING or (self.figure["status"] in OVER and self.held_until is not None)

    @property
    def held_until(self) -> datetime.date | None:
        """The day after the last on which it held; None where it has no end, or the day is that of a ruling."""
        date = edtf.parse(self.figure["period"]) if self.figure["period"] else None
        is_ruling = self.figure["status"] == FigureStatus.STRUCK_DOWN and date is not None and date.is_single
        return date.upper if date and not is_ruling else None

    @property
    def is_sourced(self) -> bool:
        return bool(self.figure["citations"])

    @property
    def is_additional(self) -> bool:
        return bool(self.figure["basis"] == FigureBasis.ADDITIONAL)

    @property
    def said(self) -> datetime.date:
        """The day of the entry."""
        return edtf.parse(self.entry["date"]["edtf"]).sort_date

    @property
    def date(self) -> edtf.EDTF:
        """When it holds, as far as it does and that is known; else when it was said."""
        has_period = self.is_solid and self.figure["period"]
        return edtf.parse(self.figure["period"] if has_period else self.entry["date"]["edtf"])

    @property
    def period(self) -> tuple[datetime.date, datetime.date]:
        """The first day and the day after the last: equal for what is known for one time, or was only said.

        A rate "in April 2025" was in force some time that month, but a count of a year
        counts all of it.
        """
        date = self.date
        counts = self.figure["status"] == FigureStatus.REPORTED and date.precision is not edtf.Precision.DAY
        if not self.is_solid or not self.figure["period"] or (date.is_single and not counts):
            return date.sort_date, date.sort_date
        return date.lower or ALWAYS, date.upper or NEVER

    @property
    def is_unended(self) -> bool:
        """Whether only its first day is known."""
        return wording.has_no_recorded_end(self.figure)

    @property
    def lasts(self) -> bool:
        return self.period[0] < self.period[1]

    @property
    def bounds(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest value, whatever the scale; equal when there is one, None without any."""
        stated = (self.figure["value"], self.figure["low"], self.figure["high"])
        numbers = [number for number in stated if number is not None]
        factor = factor_of(self.figure["scale"])
        return (Decimal(numbers[0]) * factor, Decimal(numbers[-1]) * factor) if numbers else None

    @property
    def low(self) -> Decimal:
        return self.bounds[0] if self.bounds else Decimal(0)

    @property
    def high(self) -> Decimal:
        return self.bounds[1] if self.bounds else Decimal(0)

    @property
    def order(self) -> tuple[datetime.date, datetime.date]:
        """Where it stands among the points: by its first day, then by when it was said."""
        return self.period[0], self.said


def points_of(documents: Iterable[EntryDocument], series: str) -> list[Point]:
    """The figures of entries that join the series with this slug, in order of time."""
    found = [Point(figure, entry) for entry in documents for figure in entry["figures"] if figure["series"] == series]
    return sorted(found, key=lambda point: point.order)


def factor_of(scale: str) -> int:
    """What a scale multiplies by: 1,000,000,000 for "billion"."""
    return 1000 ** (Scale.values.index(scale) + 1) if scale else 1


# -- the line -----------------------------------------------------------------------------


@dataclass
class Step:
    """A stretch of days with one value; ``point`` is the figure that says so."""

    start: datetime.date
    stop: datetime.date
    point: Point

    @property
    def value(self) -> Decimal:
        return self.point.low

    def continues(self, other: "Step") -> bool:
        """Whether the line leads from ``other`` into this step; a part of a rate is not on one line with a whole."""
        return other.stop == self.start and other.point.is_additional == self.point.is_additional

    def repeats(self, other: "Step") -> bool:
        """Whether this step only goes on as ``other`` did."""
        same = (other.value, other.point.is_sourced) == (self.value, self.point.is_sourced)
        return same and self.continues(other)


def steps(points: Iterable[Point]) -> list[Step]:
    """The line of a series: for every day the value that holds, as far as it is known.

    A total goes before its parts, a later rate before an earlier one. Where nothing is
    known there is no step, so the line has a gap.
    """
    held = [point for point in points if point.lasts and point.bounds and point.low == point.high]
    days = sorted({day for point in held for day in point.period})
    found: list[Step] = []
    for day, after in pairwise(days):
        current = [point for point in held if point.period[0] <= day < point.period[1]]
        if not current:
            continue
        step = Step(day, after, max(current, key=lambda point: (RANKS[point.figure["basis"]], *point.order)))
        if found and step.repeats(found[-1]):
            found[-1].stop = after
        else:
            found.append(step)
    return found


# -- the drawing --------------------------------------------------------------------------


def draw(points: Iterable[Point], until: datetime.date | None = None) -> Drawing | None:
    """The chart of a series; None when none of its figures states a value.

    ``until`` is the last day that has been researched: a line without an end runs at
    least so far, and on to the edge of the chart.
    """
    stated = [point for point in points if point.bounds]
    if not stated:
        return None
    line = steps(stated)
    alone = [point for point in stated if not point.lasts or point.low != point.high]
    alone = [point for point in alone if not _is_shown(point, line)]
    across = Axis.over([day for point in stated for day in point.period], until)
    if any(not point.lasts and across.x(point.period[0]) < EDGE for point in alone):
        across = replace(across, first=(across.first - datetime.timedelta(days=1)).replace(day=1))
    down = Values.of(stated)
    drawing = Drawing(HEIGHT)
    _draw_line(drawing, across, down, line)
    for point in alone:
        _draw_alone(drawing, across, down, point)
    _draw_grid(drawing, across, down, stated[0].figure)
    _label(drawing, across, down, line, alone, stated)
    return drawing


def _is_shown(point: Point, line: list[Step]) -> bool:
    """Whether the line shows what holds already, or its total, beside which a part would look like a rival."""
    there = [step for step in line if step.start <= point.period[0] < step.stop]
    part = point.figure["basis"] in (FigureBasis.BASE, FigureBasis.ADDITIONAL)
    return point.is_solid and any(
        step.value == point.low == point.high or (part and step.point.figure["basis"] == FigureBasis.TOTAL)
        for step in there
    )


def _draw_line(drawing: Drawing, across: Axis, down: "Values", line: list[Step]) -> None:
    for number, step in enumerate(line):
        name = "step" if step.point.is_sourced else "step todo"
        x, y = across.x(step.start), down.y(step.value)
        before = line[number - 1] if number else None
        if before and step.continues(before) and step.value != before.value:
            drawing.lines.append(Line(name, x, x, down.y(before.value), y))
        drawing.lines.append(Line(name, x, across.x(step.stop), y, y))


def _draw_alone(drawing: Drawing, across: Axis, down: "Values", point: Point) -> None:
    """What is not part of the line: a range as a bar, a value of one day as a disc."""
    start, stop = point.period
    x, top, bottom = across.x(start), down.y(point.high), down.y(point.low)
    todo = "" if point.is_sourced else " todo"
    if point.lasts:
        drawing.blocks.append(Block(f"bar range{todo}", x, top, across.x(stop) - x, bottom - top))
        return
    if point.is_unended and top == bottom:
        drawing.lines.append(Line(f"step{todo}", x, min(x + STUB, 100), top, top))
        drawing.lines.append(Line(f"tail{todo}", min(x + STUB, 100), min(x + 2 * STUB, 100), top, top))
        return
    if top != bottom:
        drawing.lines.append(Line(f"step{todo}", x, x, top, bottom))
    name = "pt" if point.is_solid else "pt hollow"
    drawing.discs += [Disc(f"{name}{todo}", x, y, _title(point)) for y in sorted({top, bottom})]


def _title(point: Point) -> str:
    """What a mark stands for: "15%: announced, 7 August 2025"."""
    standing = wording.figure_status(point.figure).lower()
    return labelled(_value(point), listed([standing, wording.period(point.date.text)]))


def _draw_grid(drawing: Drawing, across: Axis, down: "Values", figure: FigureDocument) -> None:
    for value in down.lines:
        drawing.grid.append(Line("grid" if value else "base", 0, 100, down.y(value), down.y(value)))
    words = list(down.words(figure))
    left = [Label(text, "ax", 0, down.y(value) - 7) for value, text in words]
    right = [Label(text, "ax", 100, down.y(value) - 7, anchor="end") for value, text in words]
    # One column of words, on the side where no line runs through it.
    for label in right if _room(drawing, right) > _room(drawing, left) else left:
        drawing.place([label])
    for day, text, only_wide in across.ticks():
        x = across.x(day)
        if drawing.place([Label(text, "ax wide" if only_wide else "ax", x, HEIGHT - 12, dx=3)]):
            drawing.grid.append(Line("grid wide" if only_wide else "grid", x, x, BASE, HEIGHT - 10))


def _room(drawing: Drawing, labels: list[Label]) -> int:
    return sum(drawing.has_room(label) for label in labels)


@dataclass(frozen=True)
class Values:
    """The scale of a chart, which always has the zero: three or four gridlines above it."""

    lines: list[Decimal]
    scale: str

    @classmethod
    def of(cls, points: list[Point]) -> "Values":
        low = min(Decimal(0), *(point.low for point in points))
        high = max(Decimal(0), *(point.high for point in points))
        unit = Decimal(10) ** ((high - low or Decimal(1)).adjusted() - 1)
        for part in ("1", "2", "2.5", "5", "10", "20", "25", "50"):
            step = unit * Decimal(part)
            first, last = floor(low / step), max(ceil(high / step), 1)
            if last - first <= 4:
                break
        largest = max(points, key=lambda point: max(point.high, -point.low))
        return cls([step * number for number in range(first, last + 1)], largest.figure["scale"])

    def y(self, value: Decimal) -> float:
        """Where a value stands, in pixels from the top."""
        share = (value - self.lines[0]) / (self.lines[-1] - self.lines[0])
        return round(float(BASE - share * (BASE - TOP)), 1)

    def words(self, figure: FigureDocument) -> Iterator[tuple[Decimal, str]]:
        """The words at each line but the zero; the unit, that of ``figure``, is said once, at the highest."""
        for value in self.lines:
            number = (value / factor_of(self.scale)).normalize()
            if value == self.lines[-1]:
                plain: FigureDocument = {**figure, "value": f"{number:f}", "low": None, "high": None}
                yield value, wording.figure_value({**plain, "qualifier": "", "per": "", "scale": self.scale})
            elif value:
                yield value, f"{number:,f}"


# -- the labels ---------------------------------------------------------------------------


def _label(
    drawing: Drawing, across: Axis, down: Values, line: list[Step], alone: list[Point], stated: list[Point]
) -> None:
    """Write the values on the chart itself, the first, highest and last before all others."""
    few = len(line) + len(alone) <= FEW
    for step in _foremost(line, few, lambda step: step.value):
        left, right = across.x(step.start), across.x(step.stop)
        label = drawing.place(_around_step(_value(step.point), left, right, down.y(step.value)))
        if label:
            drawing.place(_below(label, parts(step.point, stated)))
    foremost = _foremost(alone, few, lambda point: point.high)
    for point in [*foremost, *(point for point in alone if not point.is_solid and point not in foremost)]:
        _label_alone(drawing, across, down, point, is_foremost=point in foremost)


def _label_alone(drawing: Drawing, across: Axis, down: Values, point: Point, *, is_foremost: bool) -> None:
    """Write the value beside what is not part of the line; below a ring also how it stands."""
    left, right = (across.x(day) for day in point.period)
    right = min(left + 2 * STUB, 100) if point.is_unended else right
    text, y = _value(point), down.y(point.high)
    said = [label for label in drawing.labels if label.text == text]
    if left < right:
        if not any(abs(label.x - left) < NEAR for label in said):
            drawing.place(_around_step(text, left, right, y))
    elif not any(label.mark and abs(label.x - left) < SAME for label in said):
        name = "big" if is_foremost else "ax"
        placed = drawing.place(replace(label, name=name, mark=True) for label in _around_disc(text, left, y))
        if placed and not point.is_solid:
            drawing.place(_below(placed, wording.figure_status(point.figure).lower()))


def _foremost[T](items: list[T], few: bool, value: Callable[[T], Decimal]) -> list[T]:
    """The first, the highest and the last, then all others if they are few; each once."""
    if not items:
        return []
    chosen = [items[0], max(items, key=value), items[-1], *(items if few else [])]
    return list({id(item): item for item in chosen}.values())


def _value(point: Point) -> str:
    text = wording.figure_value({**point.figure, "per": ""})
    return f"+{text}" if point.is_additional else text


def parts(total: Point, points: Iterable[Point]) -> str:
    """What a total is made of, "2.5% + 25%", if both parts are points of the series; else nothing."""
    if total.figure["basis"] != FigureBasis.TOTAL:
        return ""
    beside = [point for point in points if point.period[0] < total.period[1] and total.period[0] < point.period[1]]
    for base in beside:
        for added in beside:
            is_sum = base.figure["basis"] == FigureBasis.BASE and added.is_additional
            if is_sum and base.low + added.low == total.low:
                return f"{_value(base)} + {_value(added).removeprefix('+')}"
    return ""


def _around_step(text: str, left: float, right: float, y: float) -> Iterator[Label]:
    """Where the label of a step may stand, the best place first: above it, beside it, below it."""
    for height in (y - 9, y + 22):
        yield Label(text, "big", left, height, dx=8)
        yield Label(text, "big", (left + right) / 2, height, anchor="middle")
        yield Label(text, "big", right, height, dx=-8, anchor="end")
        if height < y:
            yield Label(text, "big", left, y + 6, dx=-9, anchor="end")
            yield Label(text, "big", right, y + 6, dx=9)
    yield Label(text, "big", right, y - 9, anchor="end")
    yield Label(text, "big", right, y + 22, anchor="end")


def _around_disc(text: str, x: float, y: float) -> Iterator[Label]:
    yield Label(text, "big", x, y + 6, dx=-11, anchor="end")
    yield Label(text, "big", x, y + 6, dx=11)
    for height in (y - 13, y + 27):
        yield Label(text, "big", x, height, anchor="middle")
        yield Label(text, "big", x, height, dx=6, anchor="end")
        yield Label(text, "big", x, height, dx=-6)


def _below(label: Label, text: str) -> Iterator[Label]:
    """A second line for a label, on wide screens only."""
    if text:
        for height in (label.y + 18, label.y - 19):
            yield Label(text, "ax wide", label.x, height, label.dx, label.anchor)
