"""Where things stood on a day, as plain data for programs."""

from typing import Any

from timeline.models import StateLine
from timeline.public import standing
from timeline.public.days import DayState
from timeline.public.offices import offices
from timeline.public.site import absolute
from timeline.public.standing import StateDocument
from timeline.public.wording import label

from .public_records import public_people


def as_data(found: DayState) -> dict[str, Any]:
    """The state of a day, with who held which office then."""
    return {
        "on": found.day.isoformat(),
        "last_researched": found.last.isoformat() if found.last else None,
        "only_known_then": found.then,
        "lines": [_line_data(answer, found) for answer in found.answers],
        "offices": [_office_data(row) for row in offices(found.day, public_people())],
    }


def _office_data(row: dict[str, Any]) -> dict[str, Any]:
    fields = ("title", "name", "organisation", "start", "end", "acting", "source")
    return {
        **{name: row[name] for name in fields},
        "page": absolute(row["href"]) if row["href"] else None,
        "others": [{"name": other["name"], "page": absolute(other["href"])} for other in row["others"]],
    }


def _line_data(answer: standing.Answer, found: DayState) -> dict[str, Any]:
    line = answer.line
    return {
        "slug": line.slug,
        "name": line.name,
        "question": line.question,
        "subject": line.subject,
        "page": absolute(f"{found.address()}#{line.slug}"),
        "series": line.series.slug if line.series else None,
        "known": answer.is_known,
        "by_hand": by_hand(line) if line in found.by_hand else None,
        "answers": [_answer_data(one, found) for one in answer.all],
        "not_known": line.unknown.splitlines(),
    }


def by_hand(line: StateLine) -> dict[str, Any]:
    """What an editor has written of a line that came with its sources (``public_lines``)."""
    sources = [{"number": row.source.number, "slug": row.source.slug} for row in line.citations.all()]
    return {"words": line.words, "as_of": line.as_of, "sources": sources}


def _answer_data(one: StateDocument, found: DayState) -> dict[str, Any]:
    came = _came_data(one, found)
    one = standing.said_here(one)
    return {
        "standing": one["standing"],
        "standing_in_words": label(one["standing"], "standing"),
        "since": one["since"],
        "until": None if found.then else one["until"],
        "period": one["edtf"] if not found.then else "",
        "known_from": one["known_from"],
        "by_a_later_order": standing.is_late(one, found.day),
        "takes_effect": one["takes_effect"],
        "value": standing.value(one),
        "basis": one["figure"]["basis"] if one["figure"] else "",
        "says": standing.said(one),
        "figure": one["figure"] and ({**one["figure"], "note": "", "period": ""} if found.then else one["figure"]),
        "note": "" if found.then else one["note"],
        "came_of_it": came,
        "sources_disagree": one["differs"],
        "sources": one["sources"],
        "entry": {
            "url": absolute(standing.address(one)),
            "headline": one["entry"]["headline"],
        },
    }


def _came_data(one: StateDocument, found: DayState) -> dict[str, Any] | None:
    came = None if found.then else standing.came_of(one, found.states)
    return came and {"standing": came["standing"], "since": came["since"], "entry": absolute(came["entry"]["url"])}
