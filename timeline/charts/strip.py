"""The river as one strip: a cell a year with a bar a month, stacked by lane. Each cell is a link.

What the question leaves out stays as grey context on top; months nobody has researched are shaded. The table of the
overview (``river``) has the lanes apart.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.filters import Counts, Question
from timeline.models import Edition
from timeline.punctuation import labelled

from .river import HEIGHT, Frame, Lane, RiverColumn, covered, frame, height, title


def draw(question: Question, counts: Counts, edition: Edition) -> dict[str, Any] | None:
    """What the template needs to draw the strip of ``question``; None when there is nothing to show."""
    drawn = frame(question, counts, edition)
    if drawn is None:
        return None
    totals = _totals(drawn.around)
    found = _totals(drawn.found)
    peak = max(totals.values(), default=1)
    by = {"day": _("Entries by day"), "month": _("Entries by year"), "year": _("Entries by decade")}
    return {
        "title": title(question, counts, drawn.scale) if question.is_filtered else by[drawn.scale.name],
        "query": question.query(),
        "filtered": question.is_filtered,
        "bars": drawn.scale.name,
        "columns": drawn.scale.columns,
        "cells": [
            {
                "column": column,
                "height": HEIGHT,
                "shapes": _shapes(column, drawn, edition, totals, found, peak),
                "text": _text(column),
            }
            for column in drawn.scale.columns
        ],
        "gaps": drawn.gaps,
    }


def _totals(lanes: dict[int, Lane]) -> Counter[int]:
    """How many entries all lanes have in each unit of time."""
    return sum((lane.bars for lane in lanes.values()), Counter[int]())


def _shapes(
    column: RiverColumn, drawn: Frame, edition: Edition, totals: Counter[int], found: Counter[int], peak: int
) -> Iterator[tuple[str, str]]:
    """The paths of a cell, each with its class: what nobody researched, the bars of each lane, context, long dates."""
    units = [unit for unit in range(column.first, column.last + 1) if totals[unit]]
    tops = dict.fromkeys(units, float(HEIGHT))
    yield "fog", column.gap
    for lane in edition.lanes:
        bars = drawn.found[lane["id"]].bars if lane["id"] in drawn.found else {}
        numbers = {unit: bars.get(unit, 0) for unit in units}
        yield f"l-{lane['colour']}", "".join(_part(unit, column, numbers, totals, tops, peak) for unit in units)
    left = {unit: totals[unit] - found[unit] for unit in units}
    yield "ghost", "".join(_part(unit, column, left, totals, tops, peak) for unit in units)
    lines = list(chain.from_iterable(lane.lines_in(column) for lane in drawn.found.values()))
    yield "line", "".join(f"M{first} {HEIGHT - 1}h{last - first + 1}" for first, last in covered(lines, column))


def _part(
    unit: int, column: RiverColumn, numbers: dict[int, int], totals: Counter[int], tops: dict[int, float], peak: int
) -> str:
    """The part of a stacked bar, on top of what is there."""
    if not numbers[unit]:
        return ""
    tall = height(totals[unit], peak) * numbers[unit] / totals[unit]
    bottom = tops[unit]
    tops[unit] -= tall
    return f"M{unit - column.first}.5 {bottom:.4g}v-{tall:.3g}"


def _text(column: RiverColumn) -> str:
    """What a screen reader says of a cell: "2025: 52 entries"."""
    if column.count is None:
        return column.label
    entries = ngettext("%d entry", "%d entries", column.count) % column.count
    return labelled(column.label, entries)
