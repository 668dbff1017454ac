"""The positions of a person over time, one row each, with the entries that name the person."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .drawing import ALWAYS, NEVER, SCREENS, SMALL, Axis, Block, Disc, Drawing, Label, Line, text_width

BAR, ROW, NAME = 14, 28, 19
"""Pixels: the height of a bar, of its row, and of a name that has to stand above its bar."""

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
    y = 6
    for held in rows:
        seen = [day for day in days if held.covers(day)]
        row, name = _row(held, seen, across, y), None
        name = next((label for label in _beside(held, row.blocks[0]) if row.has_room(label)), None)
        if name:
            row.labels.append(name)
        else:
            y += NAME
            row = _row(held, seen, across, y)
            row.labels += _above(held, row)
        for part in ("lines", "blocks", "discs", "labels"):
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
    row.discs += _discs(seen, across, y + BAR / 2)
    return row


def _discs(days: Iterable[datetime.date], across: Axis, y: float) -> list[Disc]:
    found: list[Disc] = []
    for day in days:
        if not found or across.x(day) - found[-1].x > APART:
            found.append(Disc("pt seen", across.x(day), y))
    return found


def _beside(held: Held, bar: Block) -> Iterator[Label]:
    yield Label(held.title, "", bar.x + bar.width, bar.y + 12, dx=10)
    yield Label(held.title, "", bar.x, bar.y + 12, dx=-10, anchor="end")


def _above(held: Held, row: Drawing) -> list[Label]:
    """The name above the bar; a phone has room for the start of a long one, and the table for all of it."""
    bar = row.blocks[0]
    x, y = bar.x, bar.y - 7
    over = Label(held.title, "", x, y), Label(held.title, "", x + bar.width, y, anchor="end")
    for label in (*over, Label(held.title, "", 0, y)):
        if row.has_room(label):
            return [label]
    most = int(SCREENS[0][0] / text_width("x", SMALL)) - 1
    whole = Label(held.title, "wide", x, y)
    return [
        Label(f"{held.title[:most].rstrip()}…", "narrow", 0, y),
        whole if row.has_room(whole) else Label(held.title, "wide", 0, y),
    ]
