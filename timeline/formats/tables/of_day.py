"""The table of a day: one row for each answer of ``/state.json`` (``timeline.views.state_data``) to a line."""

from typing import Any

from .table import Column, Record, Table, by_hand, numbers, words


def _of_line(name: str, description: str, *, type: str = "string") -> Column[Any]:  # noqa: A002
    """A column with the value of the same name, of the line."""
    return Column(name, description, lambda row: row[1][name], type)


def _of_answer(name: str, description: str, *, type: str = "string") -> Column[Any]:  # noqa: A002
    """A column with the value of the same name, of the answer; empty where there is none."""
    return Column(name, description, lambda row: row[2].get(name), type)


def _of(part: str, name: str, key: str, description: str, *, type: str = "string") -> Column[Any]:  # noqa: A002
    """A column with the value of a key in a part of the answer; empty where that is missing."""
    return Column(name, description, lambda row: (row[2].get(part) or {}).get(key), type)


DAY: Table[Record, tuple[Record, Record, Record]] = Table(
    "state",
    "Where things stood on a day",
    "One row for each answer to each line of the state; a line that nothing answers has one row without an answer.",
    [
        Column("on", "The day.", lambda row: row[0]["on"], "date"),
        Column("line", "Slug of the line.", lambda row: row[1]["slug"]),
        Column("name", "Its name.", lambda row: row[1]["name"]),
        _of_line("subject", "What it is about."),
        _of_line("known", "The sources say what holds.", type="boolean"),
        Column(
            "standing",
            "in_force, last_recorded, announced, agreed, proposed, suspended, struck_down, expired or not_known.",
            lambda row: row[2].get("standing", "not_known"),
        ),
        _of_answer("value", "The number as it is said, such as 27.5%."),
        _of_answer("basis", "What the number is made of: base, additional or total."),
        _of_answer("says", "What holds, in words."),
        _of_answer("since", "First day; empty when open.", type="date"),
        _of_answer("until", "Last day; empty when open.", type="date"),
        _of_answer("period", "The same, as exactly as it is known (EDTF)."),
        _of_answer("takes_effect", "Day for which it is announced.", type="date"),
        _of_answer("known_from", "Day of an order with effect back in time.", type="date"),
        _of_answer("by_a_later_order", "On the day itself nobody could know of it.", type="boolean"),
        _of_answer("note", "A note for readers."),
        _of("came_of_it", "came_of_it", "standing", "How what was only said stood afterwards."),
        _of("came_of_it", "came_of_it_since", "since", "From then on.", type="date"),
        _of_answer("sources_disagree", "Sources contradict each other on it.", type="boolean"),
        Column("sources", "Numbers of its sources.", lambda row: numbers(row[2] or None)),
        _of("entry", "entry", "url", "Where its entry says so."),
        _of("entry", "headline", "headline", "Headline of that entry."),
        _of("figure", "number", "value", "The number; empty when only a range is stated.", type="number"),
        _of("figure", "low", "low", "Lower end of a range.", type="number"),
        _of("figure", "high", "high", "Upper end of a range.", type="number"),
        _of("figure", "unit", "unit", "What is counted; money also has a currency."),
        _of("figure", "currency", "currency", "ISO 4217."),
        _of("figure", "scale", "scale", "The power of a thousand in which the number stands."),
        *by_hand(lambda row: row[1]["by_hand"] or {}),
        Column("not_known", "What the sources do not say of the line.", lambda row: words(row[1]["not_known"])),
    ],
    lambda day: ((day, line, answer) for line in day["lines"] for answer in line["answers"] or [{}]),
)
