"""The positions of a person over time, one row each, with the entries that name the person."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from textwrap import wrap

from timeline.text.widths import text_width

from .drawing import (
    ALWAYS,
    NARROW_SCREENS,
    NEVER,
    SMALL,
    WIDE_SCREENS,
    Axis,
    Block,
    Disc,
    Drawing,
    Label,
    Line,
)

BAR, ROW, NAME = 14, 30, 19
"""Pixels: the height of a bar, of its row, and of a line of the name above it."""

RING = 3.5
"""Percent of the width that a ring takes on a narrow phone."""

APART = 1.2
"""Percent of the width within which discs would hide each other: the later ones are left out."""


@dataclass(frozen=True)
class Held:
    """A position: its first day and the day after its last, None where that is not recorded."""

    title: str
    start: datetime.date | None
    stop: datetime.date | None
    is_sourced: bool

    @property
    def is_dated(self) -> bool:
        return self.start is not None or self.stop is not None

    def covers(self, day: datetime.date) -> bool:
        return (self.start or ALWAYS) <= day < (self.stop or NEVER)


def draw(
    positions: Iterable[Held], entries: Iterable[datetime.date], until: datetime.date | None = None
) -> Drawing | None:
    """The chart of a person's positions; None when none of them is dated.

    A bar is as long as is known: to a day that is recorded, else to the last (or from
    the first) of the ``entries``, the days on which the person is seen. From there a
    thin line runs to the edge. Entries outside all positions stand on the axis.
    """
    rows = sorted((held for held in positions if held.is_dated), key=lambda held: held.start or ALWAYS)
    if not rows:
        return None
    days = sorted(entries)
    ends = [day for held in rows for day in (held.start or ALWAYS, held.stop or NEVER)]
    across = Axis.over([*ends, *days], until)
    drawing = Drawing(0)
    y = 0
    for held in rows:
        bar = _row(held, [day for day in days if held.covers(day)], across, 0).blocks[0]
        names = [*_name(held.title, bar, "narrow"), *_name(held.title, bar, "wide")]
        lines = 1 + max(int(label.y) for label in names) // NAME
        y += NAME * lines
        if _places(names[:1]) == _places(names[1:]):
            names = [replace(names[0], name="")]
        drawing.labels += [replace(label, y=y - 7 - label.y) for label in names]
        row = _row(held, [day for day in days if held.covers(day)], across, y)
        for part in ("lines", "blocks", "discs"):
            getattr(drawing, part).extend(getattr(row, part))
        y += ROW
    outside = (day for day in days if not any(held.covers(day) for held in rows))
    drawing.discs += _discs(outside, across, y)
    drawing.grid.append(Line("base", 0, 100, y, y))
    for day, text, only_wide in across.ticks():
        if drawing.place([Label(text, "ax wide" if only_wide else "ax", across.x(day), y + 20, dx=4)]):
            drawing.grid.append(Line("grid wide" if only_wide else "grid", across.x(day), across.x(day), 0, y + 22))
    drawing.height = y + 28
    return drawing


def _row(held: Held, seen: list[datetime.date], across: Axis, y: int) -> Drawing:
    """The bar of a position, the thin lines of its open ends and the discs of its entries."""
    row = Drawing(0)
    todo = "" if held.is_sourced else " todo"
    known = [day for day in (held.start, *seen, held.stop) if day]
    x1, x2 = across.x(known[0]), across.x(known[-1])
    if held.start is None:
        row.lines.append(Line(f"tail{todo}", 0, x1, y + BAR / 2, y + BAR / 2))
    if held.stop is None:
        row.lines.append(Line(f"tail{todo}", x2, 100, y + BAR / 2, y + BAR / 2))
    row.blocks.append(Block(f"bar{todo}", x1, y, max(x2 - x1, 0.7), BAR))
    # A ring hides a bar that is narrower than itself, so it stands below.
    row.discs += _discs(seen, across, y + BAR / 2 if x2 - x1 > RING else y + BAR + 6)
    return row


def _places(labels: list[Label]) -> list[tuple[str, float, str]]:
    return [(label.text, label.x, label.anchor) for label in labels]


def _discs(days: Iterable[datetime.date], across: Axis, y: float) -> list[Disc]:
    found: list[Disc] = []
    for day in days:
        if not found or across.x(day) - found[-1].x > APART:
            found.append(Disc("pt seen", across.x(day), y))
    return found


def _name(title: str, bar: Block, screens: str) -> list[Label]:
    """The name over its bar: it starts where the bar does, or ends at the right edge, or takes several lines.

    Upward from the bar: ``y`` is how far above the lowest line a line stands.
    """
    widths = [width for width, _big in (WIDE_SCREENS if screens == "wide" else NARROW_SCREENS)]
    for label in (Label(title, screens, bar.x, 0), Label(title, screens, 100, 0, anchor="end")):
        boxes = [(label.box(width, 0), width) for width in widths]
        if all(box.left >= 0 and box.right <= width for box, width in boxes):
            return [label]
    fitting = (wrap(title, count) for count in range(len(title), 0, -1))
    lines = next(lines for lines in fitting if max(text_width(line, SMALL) for line in lines) <= widths[0])
    return [Label(line, screens, 0, NAME * number) for number, line in enumerate(reversed(lines))]
