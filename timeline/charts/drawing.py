"""What a chart is drawn with: shapes, labels that touch nothing, and the axis of time. DECISIONS 62."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.utils.dates import MONTHS_3
from django.utils.text import capfirst

from timeline.public import coverage
from timeline.public.wording import with_year
from timeline.text.widths import BOLD, text_width

SMALL = 13
"""Size of the type, but for the class ``big``, in pixels: one em (see ``em`` of the template tags)."""

SCREENS = ((288, 15), (735, 15), (608, 18), (960, 18))
"""Widths of a chart in pixels with the size of its big type there: the narrowest and the widest
phone, the narrowest and the widest desktop. Distances grow evenly with the width, so what
does not touch at both ends does not touch between them."""

NARROW_SCREENS, WIDE_SCREENS = SCREENS[:2], SCREENS[2:]
"""Where labels of the class ``narrow`` are shown, and those of the class ``wide``."""

ALWAYS, NEVER = datetime.date.min, datetime.date.max
"""The ends of what has no known beginning, or no known end."""

MONTHLY = 730
"""Days up to which the axis tells months; a longer one tells years."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: "Box") -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not beside and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True)
class Line:
    """A level or upright line."""

    name: str
    x1: float
    x2: float
    y1: float
    y2: float

    def box(self, width: int) -> Box:
        left, right = sorted((self.x1 * width / 100, self.x2 * width / 100))
        top, bottom = sorted((self.y1, self.y2))
        return Box(left - 3, top - 3, right + 3, bottom + 3)


@dataclass(frozen=True)
class Block:
    """A bar."""

    name: str
    x: float
    y: float
    width: float
    height: float

    def box(self, width: int) -> Box:
        return Line(self.name, self.x, self.x + self.width, self.y, self.y + self.height).box(width)


@dataclass(frozen=True)
class Disc:
    """A mark for one day; ``title`` is what a pointer is told of it."""

    name: str
    x: float
    y: float
    title: str = ""

    def box(self, width: int) -> Box:
        x = self.x * width / 100
        return Box(x - 7, self.y - 7, x + 7, self.y + 7)


@dataclass(frozen=True)
class Label:
    """Words, which start ``dx`` pixels from ``x``; with an anchor they end there, or have their middle there.

    ``mark`` says that they belong to a disc.
    """

    text: str
    name: str
    x: float
    y: float
    dx: int = 0
    anchor: str = ""
    mark: bool = False

    def box(self, width: int, big: int) -> Box:
        is_big = "big" in self.name
        size = big if is_big else SMALL
        length = text_width(self.text, size) * (BOLD if is_big else 1)
        x = self.x * width / 100 + self.dx
        before = {"end": length, "middle": length / 2}.get(self.anchor, 0)
        return Box(x - before, self.y - size * 0.8, x + (length - before), self.y + size * 0.25)

    @property
    def screens(self) -> tuple[tuple[int, int], ...]:
        """Where it is shown."""
        return WIDE_SCREENS if "wide" in self.name else NARROW_SCREENS if "narrow" in self.name else SCREENS


@dataclass
class Drawing:
    """The parts of a chart, lowest layer first."""

    height: int
    grid: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    discs: list[Disc] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def place(self, options: Iterable[Label]) -> Label | None:
        """Add the first of the labels that touches nothing on any screen; returns what the wide ones show.

        If none does, the first that touches nothing on the wide ones and, in small type, on the narrow ones.
        """
        tried = list(options)
        if label := self._place(tried):
            return label
        self._place(replace(label, name="narrow") for label in tried if label.name == "big")
        return self._place(replace(label, name=f"{label.name} wide") for label in tried if label.screens == SCREENS)

    def _place(self, options: Iterable[Label]) -> Label | None:
        label = next(filter(self.has_room, options), None)
        if label:
            self.labels.append(label)
        return label

    def has_room(self, label: Label) -> bool:
        """Whether the label lies inside the chart and touches nothing, wherever it is shown."""
        shapes = [line for line in self.grid if line.name == "base"] + self.lines + self.blocks + self.discs
        for width, big in label.screens:
            box = label.box(width, big)
            beside = [other for other in self.labels if (width, big) in other.screens]
            if box.left < 0 or box.right > width or box.top < 0:
                return False
            if any(box.touches(shape.box(width)) for shape in shapes):
                return False
            apart = Box(box.left - 5, box.top, box.right + 5, box.bottom)
            if any(apart.touches(other.box(width, big)) for other in beside):
                return False
        return True


# -- time ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """The days a chart spans, from its left edge to its right."""

    first: datetime.date
    last: datetime.date

    @classmethod
    def over(cls, days: Iterable[datetime.date], until: datetime.date | None = None) -> "Axis":
        """An axis on which all the days have room; open ends run to its edges.

        With an open end it reaches ``until`` at least, the last day that has been researched.
        """
        given = set(days)
        known = given - {ALWAYS, NEVER}
        first, last = min(known), max(known)
        if NEVER in given and until:
            last = max(last, until)
        if ALWAYS in given:
            first -= datetime.timedelta(days=1)  # what ended on new year's eve begins a year before
        start = first.replace(day=1) if (last - first).days <= MONTHLY else first.replace(month=1, day=1)
        return cls(start, last + datetime.timedelta(days=max(28, (last - start).days // 33)))

    def x(self, day: datetime.date) -> float:
        """Where a day stands, in percent of the width; 0 and 100 for what lies beyond."""
        day = min(max(day, self.first), self.last)
        return round(100 * (day - self.first).days / (self.last - self.first).days, 2)

    def ticks(self) -> Iterator[tuple[datetime.date, str, bool]]:
        """Years, or months of a short span: day, words, and whether only wide screens have room for it."""
        yearly = (self.last - self.first).days > MONTHLY
        days = [day for day in self._months() if day.month == 1] if yearly else self._months()
        gap, every = (46, (1, 2, 4, 10, 20, 40, 100)) if yearly else (72, (1, 2, 3, 6, 12))
        wide = next((n for n in every if n * WIDE_SCREENS[0][0] >= gap * len(days)), every[-1])
        narrow = next((n for n in every if n % wide == 0 and n * SCREENS[0][0] >= gap * len(days)), every[-1])
        # Quarters are those of the calendar; every or every second month is counted from the first.
        start = days[0].month - 1 if not yearly and wide < 3 else 0
        years_told: set[tuple[int, bool]] = set()
        for day in days:
            number = day.year if yearly else day.month - 1 - start
            if number % wide:
                continue
            only_wide = number % narrow != 0
            words = str(day.year) if yearly else str(capfirst(MONTHS_3[day.month]))
            if not yearly and (day.year, only_wide) not in years_told:
                years_told |= {(day.year, only_wide), (day.year, True)}
                words = with_year(words, day.year)
            yield day, words, only_wide

    def _months(self) -> list[datetime.date]:
        first, last = coverage.month_of(self.first), coverage.month_of(self.last)
        days = [coverage.first_day(month) for month in range(first, last + 1)]
        return [day for day in days if self.first <= day <= self.last]
