"""Charts as plain data: what becomes a step, a disc, a bar, and where words stand."""

import datetime
from typing import Any

import pytest
from PIL import ImageFont

from tests import fonts
from timeline.charts import figures, positions
from timeline.charts.drawing import NARROW_SCREENS, SCREENS, WIDE_SCREENS, Axis, Drawing
from timeline.charts.figures import Point, draw, steps
from timeline.charts.positions import Held
from timeline.text.widths import BOLD, text_width

day = datetime.date.fromisoformat


def point(value: str | None = "25", period: str = "", said: str = "2025-04-02", **changes: Any) -> Point:
    """A figure in force, sourced, of an entry of the day ``said``."""
    figure = {"value": value, "low": None, "high": None, "period": period, "status": "in_force", "basis": ""}
    figure |= {
        "unit": "percent",
        "currency": "",
        "scale": "",
        "per": "",
        "qualifier": "",
        "citations": [{"number": 1}],
    }
    return Point({**figure, **changes}, {"date": {"edtf": said}})


def in_order(*points: Point) -> list[Point]:
    return sorted(points, key=lambda point: point.order)


def drawn(*points: Point, until: str = "2025-12-31") -> Drawing:
    drawing = draw(in_order(*points), day(until))
    assert drawing
    return drawing


def spans(*points: Point) -> list[tuple[str, str, str]]:
    """The line as (first day, day after the last, value)."""
    return [(str(step.start), str(step.stop), str(step.value)) for step in steps(in_order(*points))]


def texts(drawing: Drawing) -> list[str]:
    return [label.text for label in drawing.labels if "big" in label.name]


def names(shapes: list[Any]) -> list[str]:
    return [shape.name for shape in shapes]


# -- the line -----------------------------------------------------------------------------


def test_a_rate_runs_from_its_first_day_to_its_last():
    assert spans(point("10", "2025-04-05/2025-08-06")) == [("2025-04-05", "2025-08-07", "10")]


def test_a_total_goes_before_its_parts():
    base = point("2.5", "2020-01-01/..", basis="base")
    added = point("25", "2025-04-03/..", basis="additional")
    total = point("27.5", "2025-04-03/2025-09-15", basis="total")
    lower = point("15", "2025-09-16/..", basis="total")
    line = spans(base, added, total, lower)
    assert [(start, value) for start, _stop, value in line] == [
        ("2020-01-01", "2.5"),
        ("2025-04-03", "27.5"),
        ("2025-09-16", "15"),
    ]


def test_a_passing_rate_gives_way_again():
    ordinary = point("25.8", "2020-04/2021-06", basis="base")
    safeguard = point("38.5", "2021-03-18/2021-04-16", basis="total")
    assert [value for _start, _stop, value in spans(ordinary, safeguard)] == ["25.8", "38.5", "25.8"]


def test_a_later_rate_goes_before_an_earlier_one_without_an_end():
    line = spans(point("25", "2018/.."), point("25", "2022-04-01/.."), point("50", "2025-06-04/.."))
    assert [(start, value) for start, _stop, value in line] == [("2018-01-01", "25"), ("2025-06-04", "50")]


def test_where_nothing_is_known_the_line_has_a_gap():
    drawing = drawn(point("10", "2019"), point("30", "2021", status="reported"), point("5", "2018", status="reported"))
    assert [line.y1 == line.y2 for line in drawing.lines] == [True, True]


def test_steps_are_joined_by_upright_lines_only():
    drawing = drawn(point("2.5", "2020/2024"), point("27.5", "2025/.."))
    level, upright, high = drawing.lines
    assert (level.x2, level.y1) == (upright.x1, upright.y1)
    assert (upright.x1, upright.y2) == (upright.x2, high.y1)
    assert high.x2 == 100


def test_what_comes_on_top_is_not_on_one_line_with_a_whole_rate():
    drawing = drawn(point("2.5", "2020/..", basis="base"), point("25", "2025-04-03/..", basis="additional"))
    assert all(line.y1 == line.y2 for line in drawing.lines)
    assert texts(drawing) == ["2.5%", "+25%"]


def test_an_open_start_comes_from_the_left_edge_and_an_end_stops_short_of_the_right():
    (line,) = drawn(point("38.5", "../2019-12-31", status="ended")).lines
    assert line.x1 == 0
    assert 0 < line.x2 < 100


def test_an_open_end_reaches_what_has_been_researched():
    assert Axis.over([day("2025-04-03"), datetime.date.max], day("2030-12-31")).last > day("2030-12-31")
    assert Axis.over([day("2025-04-03"), day("2025-05-03")], day("2030-12-31")).last < day("2025-07-01")


@pytest.mark.parametrize("status", ["struck_down", "expired", "ended"])
def test_what_is_over_held_until_the_end_of_its_period(status):
    assert spans(point("10", "2026-02-24/2026-07-23", status=status)) == [("2026-02-24", "2026-07-24", "10")]
    assert spans(point("10", "2026-02-24", status=status)) == []


def test_what_ended_on_its_first_day_is_a_disc_there_and_what_a_court_struck_down_a_ring():
    held = drawn(point("24", "2025-04-09", status="ended"), point("10", "2025-04-10/2025-08-06"))
    struck = drawn(point("15", "2026-02-20", status="struck_down"), point("10", "2026-02-24/2026-07-23"))
    assert (names(held.discs), names(struck.discs)) == (["pt"], ["pt hollow"])


# -- beside the line ----------------------------------------------------------------------


SAID = ["announced", "agreed", "claimed", "forecast", "threatened", "proposed", "suspended"]


@pytest.mark.parametrize("status", [*SAID, "struck_down", "expired", "ended"])
def test_what_was_only_said_is_a_ring_on_the_day_it_was_said(status):
    drawing = drawn(point("10", "2025-01/2025-12"), point("25", "2025-08-01/..", said="2025-07-02", status=status))
    (ring,) = drawing.discs
    assert ring.name == "pt hollow"
    assert ring.x == Axis.over([day("2025-01-01"), day("2026-01-01")]).x(day("2025-07-02"))
    assert texts(drawing) == ["10%", "25%"]
    assert len(drawing.lines) == 1


@pytest.mark.parametrize("period", ["2021-04", ""])
def test_what_is_known_for_one_time_only_is_a_disc(period):
    drawing = drawn(point("25", period))
    assert (drawing.lines, names(drawing.discs)) == ([], ["pt"])


def test_what_begins_on_a_day_and_has_no_recorded_end_is_a_short_step_with_a_thin_line():
    drawing = drawn(point("25", "2021-04-17"), point("30", "2019/2020"))
    assert (names(drawing.lines)[-2:], drawing.discs) == (["step", "tail"], [])
    assert drawing.lines[-2].x2 == drawing.lines[-1].x1
    assert texts(drawing) == ["30%", "25%"]


def test_a_count_of_a_year_holds_for_the_year():
    assert spans(point("67.6", "2018", status="reported")) == [("2018-01-01", "2019-01-01", "67.6")]


def test_a_part_is_not_drawn_beside_its_total_nor_a_value_twice():
    total = point("27.5", "2025-04-03/..", basis="total")
    drawing = drawn(total, point("25", "2025-05", basis="additional"), point("27.5", "2025-06"))
    assert drawing.discs == []


def test_a_range_is_a_bar():
    drawing = drawn(point(None, "2024", low="10", high="20", status="reported"), point("20", "2025/.."))
    (block,) = drawing.blocks
    assert (block.y, block.x) == (drawing.lines[0].y1, 0)
    assert block.height > 0
    said = drawn(point(None, low="10", high="20", status="forecast"))
    assert (names(said.lines), names(said.discs)) == (["step"], ["pt hollow", "pt hollow"])


def test_what_has_no_source_is_dashed():
    drawing = drawn(
        point("10", "2024", citations=[], status="reported"),
        point("10", "2025/.."),
        point(None, "2023", low="1", high="2", citations=[], status="reported"),
        point("5", citations=[], status="claimed"),
    )
    assert names(drawing.lines) == ["step todo", "step"]
    assert (names(drawing.blocks), names(drawing.discs)) == (["bar range todo"], ["pt hollow todo"])


def test_a_series_without_values_has_no_chart():
    assert draw([point(None)]) is None


def test_every_ring_has_its_value_and_its_standing_also_beside_a_line_of_the_same_value():
    rings = [point("15", said=f"2025-0{month}-07", status="announced") for month in (5, 8)]
    drawing = drawn(point("27.5", "2025-04-03/2025-09-15"), point("15", "2025-09-16/.."), *rings, until="2026-06-30")
    marks = [(label.text, "big" in label.name) for label in drawing.labels if label.mark]
    assert [text for text, _big in marks].count("15%") >= 2
    assert "announced" in [label.text for label in drawing.labels]
    assert {disc.title for disc in drawing.discs} == {"15%: announced, 7 May 2025", "15%: announced, 7 August 2025"}


# -- scale and words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "more", "expected"),
    [
        ("27.5", {}, ["10", "20", "30%"]),
        ("40", {}, ["10", "20", "30", "40%"]),
        ("9", {}, ["2.5", "5", "7.5", "10%"]),
        ("550", {"unit": "money", "currency": "USD", "scale": "billion"}, ["200", "400", "$600 billion"]),
        ("255000", {"unit": "tonnes"}, ["100,000", "200,000", "300,000 tonnes"]),
        ("0", {}, ["0.1%"]),
    ],
)
def test_the_scale_starts_at_zero_and_says_the_unit_once(value, more, expected):
    drawing = drawn(point(value, "2025/..", **more))
    words = [label.text for label in drawing.labels if label.name == "ax" and label.y < figures.BASE]
    assert words == expected
    assert [line.y1 for line in drawing.grid if line.name == "base"] == [figures.BASE]


def test_values_of_different_scales_share_one():
    money = {"unit": "money", "currency": "USD", "status": "reported"}
    small, large = point("500", "2019", scale="million", **money), point("1", "2021", scale="billion", **money)
    half, whole = drawn(small, large).lines
    assert figures.BASE - half.y1 == pytest.approx((figures.BASE - whole.y1) / 2)


def test_few_values_are_all_written_on_the_chart_and_of_many_the_first_highest_and_last():
    few = [point(str(10 + n), f"{2000 + 3 * n}/{2001 + 3 * n}") for n in range(4)]
    assert sorted(texts(drawn(*few))) == ["10%", "11%", "12%", "13%"]
    many = [point(str(10 + n % 30), f"{1960 + n}", status="reported") for n in range(60)]
    assert set(texts(drawn(*many))) == {"10%", "39%"}


def test_a_total_says_what_it_is_made_of():
    base = point("2.5", "2020/..", basis="base")
    drawing = drawn(
        base, point("25", "2025-04/..", basis="additional"), point("27.5", "2025-04/2025-09", basis="total")
    )
    (parts,) = [label for label in drawing.labels if label.text == "2.5% + 25%"]
    assert parts.screens == WIDE_SCREENS


def crowded() -> Drawing:
    rings = [
        point(str(100 + 90 * n), said=f"2025-10-{n + 10}", status="claimed", qualifier="up_to", unit="tonnes")
        for n in range(6)
    ]
    return drawn(*rings, point("300", "2025-10-12/..", unit="tonnes"))


@pytest.mark.parametrize(("width", "big"), SCREENS)
def test_words_touch_nothing_on_any_screen(width, big):
    drawing = crowded()
    shown = [label for label in drawing.labels if (width, big) in label.screens]
    boxes = [label.box(width, big) for label in shown]
    shapes = [shape.box(width) for shape in [*drawing.lines, *drawing.discs]]
    assert len(boxes) > 6
    assert not any(box.touches(other) for number, box in enumerate(boxes) for other in boxes[:number])
    assert not any(box.touches(shape) for box in boxes for shape in shapes)
    assert all(box.left >= 0 and box.right <= width for box in boxes)


def test_a_value_without_room_on_a_phone_is_written_smaller_there():
    drawing = drawn(
        point("2.5", "2020-01/2025-04-02"),
        point("27.5", "2025-04-03/2025-09-15"),
        point("15", "2025-09-16/.."),
        point("15", said="2025-08-07", status="announced"),
        until="2025-10-31",
    )
    last = {label.screens: label.name for label in drawing.labels if label.text == "15%"}
    assert last == {WIDE_SCREENS: "big wide", NARROW_SCREENS: "narrow"}


@pytest.mark.parametrize(("file", "factor"), [("Vera.ttf", 1), ("VeraBd.ttf", BOLD)])
def test_no_sign_is_taken_for_narrower_than_it_is_in_the_widest_usual_font(file, factor):
    (path,) = [path for path in fonts.paths(fonts.WIDE) if path.name == file]
    wide = ImageFont.truetype(path, 1000)
    signs = [chr(code) for code in range(0x20, 0x100) if chr(code).isprintable()] + list("–—‘’“”…€")
    assert [sign for sign in signs if wide.getlength(sign) > text_width(sign, 1000) * factor] == []


@pytest.mark.parametrize(
    ("name", "lines"), [("内閣官房副長官兼経済再生担当大臣兼全世代型社会保障改革担当", 2), ("W" * 30, 2)]
)
def test_a_name_takes_as_many_lines_as_the_signs_it_is_written_in_need(name, lines):
    drawing = row_of(held(name, "2018-01-01", "2025-01-01"))
    narrow = [label for label in drawing.labels if label.screens == NARROW_SCREENS]
    assert "".join(label.text for label in reversed(narrow)) == name
    assert len(narrow) == lines
    assert all(label.box(288, 0).right <= 288 for label in narrow)


def test_the_axis_tells_years_or_the_months_of_a_short_time():
    years = Axis.over([day("2019-03-01"), day("2025-03-01")]).ticks()
    assert [words for _day, words, _wide in years] == ["2019", "2020", "2021", "2022", "2023", "2024", "2025"]
    months = Axis.over([day("2025-04-02"), day("2025-08-07")]).ticks()
    assert [words for _day, words, _wide in months] == ["Apr 2025", "May", "Jun", "Jul", "Aug", "Sep"]


# -- positions ----------------------------------------------------------------------------


def held(title: str = "Minister", start: str = "", stop: str = "", sourced: bool = True) -> Held:
    return Held(title, day(start) if start else None, day(stop) if stop else None, sourced)


def row_of(*rows: Held, entries: list[str] = ()) -> Drawing:
    drawing = positions.draw(rows, [day(text) for text in entries], day("2025-12-31"))
    assert drawing
    return drawing


def test_positions_have_a_row_each_in_order_of_time():
    drawing = row_of(held("Minister", "2021-01-01", "2022-01-01"), held("Aide", "2018-01-01", "2019-01-01", False))
    assert [label.text for label in drawing.labels if "ax" not in label.name] == ["Aide", "Minister"]
    assert names(drawing.blocks) == ["bar todo", "bar"]
    assert drawing.blocks[0].x + drawing.blocks[0].width < drawing.blocks[1].x
    assert drawing.blocks[0].y < drawing.blocks[1].y


def test_a_bar_is_as_long_as_is_known_and_a_thin_line_goes_on():
    drawing = row_of(held(start="2024-10-01"), entries=["2025-04-16", "2025-05-01"])
    (bar,), (tail,) = drawing.blocks, drawing.lines
    assert bar.x + bar.width == pytest.approx(drawing.discs[-1].x)
    assert (tail.name, tail.x1, tail.x2) == ("tail", pytest.approx(bar.x + bar.width), 100)
    unseen = row_of(held(stop="2021-01-01"))
    assert (unseen.lines[0].x1, unseen.blocks[0].width) == (0, 0.7)


def test_entries_stand_on_the_position_held_that_day_else_on_the_axis():
    drawing = row_of(held(start="2019-01-01", stop="2020-01-01"), entries=["2019-06-28", "2022-01-01"])
    inside, outside = drawing.discs
    assert inside.y < outside.y
    assert outside.y == next(line.y1 for line in drawing.grid if line.name == "base")


def test_entries_too_close_to_tell_apart_are_one_disc():
    days = [f"2019-{month:02}-{number:02}" for month in range(1, 13) for number in range(1, 28)]
    drawing = row_of(held(start="2010-01-01", stop="2021-01-01"), entries=days)
    assert 3 < len(drawing.discs) < 12


def names_of(drawing: Drawing) -> list[tuple[str, str, float, str]]:
    return [(label.text, label.name, label.x, label.anchor) for label in drawing.labels if "ax" not in label.name]


def test_a_name_starts_where_its_bar_does_or_ends_at_the_right_edge():
    drawing = row_of(held("Aide", "2018-01-01", "2025-01-01"), held("Minister of Finance", "2024-10-01"))
    assert names_of(drawing) == [
        ("Aide", "", drawing.blocks[0].x, ""),
        ("Minister of Finance", "", 100, "end"),
    ]
    assert all(label.y < bar.y for label, bar in zip(drawing.labels, drawing.blocks, strict=False))


def test_a_name_too_long_for_a_phone_takes_two_lines_there():
    name = "Minister of State for Economic and Fiscal Policy"
    drawing = row_of(held(name, "2018-01-01", "2025-01-01"))
    second, first, whole = names_of(drawing)
    assert (first[0] + " " + second[0], first[1], second[1]) == (name, "narrow", "narrow")
    assert whole[:2] == (name, "wide")
    assert all(0 < label.y < drawing.blocks[0].y for label in drawing.labels if "ax" not in label.name)


def test_a_ring_stands_clear_of_a_bar_that_is_narrower():
    drawing = row_of(held("Aide", "2018-01-01", "2024-01-01"), held("Head", "2024-10-01"), entries=["2024-10-02"])
    (ring,), bar = drawing.discs, drawing.blocks[-1]
    assert ring.y > bar.y + bar.height


def test_positions_without_dates_are_not_drawn():
    assert positions.draw([held()], [day("2025-04-16")]) is None
    assert len(row_of(held("Aide"), held(start="2024-10-01")).blocks) == 1
