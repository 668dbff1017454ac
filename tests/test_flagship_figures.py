"""The series of the flagship chronology tell one story: what ended has an end, and one value holds a day."""

import json
from collections import defaultdict
from itertools import combinations
from typing import Any

import pytest

from timeline import edtf
from timeline.charts.figures import HOLDING, OVER, Point, steps
from timeline.choices import FigureStatus
from timeline.content import pack
from timeline.public.wording import has_no_recorded_end

Rate = tuple[str, dict[str, Any]]
"""A figure with the id of its entry."""


def _series() -> dict[str, list[Rate]]:
    found = defaultdict(list)
    for name in pack.year_files(pack.DIRECTORY):
        for entry in json.loads((pack.DIRECTORY / name).read_bytes()):
            for figure in entry["figures"]:
                if figure["series"]:
                    found[figure["series"]].append((entry["id"], figure))
    return found


SERIES = _series()


def named(rate: Rate) -> str:
    entry, figure = rate
    return f"{entry}: {figure['value']} {figure['basis']} ({figure['period']}, {figure['status']})".replace("  ", " ")


def in_force(rates: list[Rate]) -> list[Rate]:
    return [rate for rate in rates if rate[1]["status"] == FigureStatus.IN_FORCE and rate[1]["period"]]


@pytest.mark.parametrize("series", SERIES)
def test_no_value_goes_on_that_a_later_one_ended(series):
    wrong = []
    for rate in in_force(SERIES[series]):
        period = edtf.parse(rate[1]["period"])
        if period.upper and not has_no_recorded_end(rate[1]):  # type: ignore[arg-type]
            continue
        later = [
            other
            for other in SERIES[series]
            if other[1]["status"] in HOLDING | OVER
            and other[1]["period"]
            and (edtf.parse(other[1]["period"]).lower or period.sort_date) > period.sort_date
        ]
        wrong += [f"{named(rate)} has no end, but {named(other)}" for other in later]
    assert not wrong, "\n".join(["Give the period its end, and name the entry that ended it in the note:", *wrong])


@pytest.mark.parametrize("series", SERIES)
def test_no_two_values_of_one_basis_are_in_force_on_one_day(series):
    wrong = []
    for one, other in combinations(in_force(SERIES[series]), 2):
        first, second = (edtf.parse(rate[1]["period"]) for rate in (one, other))
        starts_before = first.lower is None or second.upper is None or first.lower < second.upper
        ends_after = second.lower is None or first.upper is None or second.lower < first.upper
        if one[1]["basis"] == other[1]["basis"] and starts_before and ends_after:
            wrong.append(f"{named(one)} and {named(other)}")
    assert not wrong, "\n".join(wrong)


def test_charts_draw_nothing_as_in_force_that_is_not():
    """Whatever a series says, only what holds, or held until a day that is known, becomes part of the line."""
    for rates in SERIES.values():
        points = [
            Point({**figure, "citations": [{"number": 1}]}, {"date": {"edtf": figure["period"] or "2025"}})  # type: ignore[typeddict-item]
            for _entry, figure in rates
        ]
        line = {step.point.figure["status"] for step in steps(sorted(points, key=lambda point: point.order))}
        assert line <= HOLDING | OVER
