"""The controls of the filter form, each as the kind of its parameter has it."""

from itertools import groupby
from typing import Any

from timeline.filters import Option, Question
from timeline.filters.kinds import Bound, Filter, Flag, Parameter, Records, Search
from timeline.filters.parameters import PARAMETERS

VISIBLE_OPTIONS = 6


def form(question: Question) -> dict[str, Any]:
    """The form: its ``groups`` of controls, and whether it ``is_open`` because one of them has an error to show.

    Controls of one kind that follow each other under one legend are a group.
    """
    controls = [(_group(one), _control(question, one)) for one in PARAMETERS.values() if one.control]
    groups = [
        {"template": f"timeline/_control_{kind}.html", "legend": legend, "controls": [one for _kind, one in members]}
        for (kind, legend), members in groupby(controls, lambda member: member[0])
    ]
    return {"groups": groups, "is_open": any(one.get("error") for _kind, one in controls)}


def _group(one: Parameter) -> tuple[str, str]:
    return one.control, str(one.legend) if isinstance(one, Filter) else ""


def _control(question: Question, one: Parameter) -> dict[str, Any]:
    if isinstance(one, Records):
        return _options(question, one)
    if not isinstance(one, Filter):
        return {"name": one.name, "value": "".join(question.parameters.get(one.name, ()))}
    control = {"name": one.name, "label": one.label, "value": question.typed[one.name]}
    if isinstance(one, Flag):
        return control | {"count": question.counts.by_flag[one.name]}
    if isinstance(one, Bound):
        errors = {problem.parameter: problem.message for problem in question.problems}
        return control | {"error": errors.get(one.name, "")}
    return control | {"type": "search" if isinstance(one, Search) else "text"}


def _options(question: Question, facet: Records) -> dict[str, Any]:
    """A facet: a few options in view, the ``more`` folded unless one is ticked.

    The parts of a commodity are folded below it as its ``children``.
    """
    # Who was named in the search stands there, as it was typed.
    ticked = {option.slug for option in question.ticked[facet.name]} - {question.read.get(facet.name)}
    numbers = question.counts.by_option[facet.name]
    roots: list[dict[str, Any]] = []
    for option, depth in _in_order(list(question.options[facet.name].values())):
        shown = {
            "value": option.slug,
            "label": option.name,
            "detail": option.detail,
            "depth": depth,
            "count": numbers.get(option.id, 0) if numbers is not None else None,
            "checked": option.slug in ticked,
            "id": f"{facet.name}-{option.slug}",
            "children": [],
        }
        (roots[-1]["children"] if depth else roots).append(shown)
    folded = roots[VISIBLE_OPTIONS:] if len(roots) > VISIBLE_OPTIONS + 2 else []
    in_view = roots[: len(roots) - len(folded)]
    return {"name": facet.name, "label": facet.label, "options": in_view, "more": folded}


def _in_order(options: list[Option]) -> list[tuple[Option, int]]:
    """Most frequent first; the parts of a commodity directly below it."""
    listed = {option.id for option in options}
    parents: dict[int, list[Option]] = {}
    roots: list[Option] = []
    for option in options:
        above = [pk for pk in option.lineage[:-1] if pk in listed]
        (parents.setdefault(above[-1], []) if above else roots).append(option)

    def walk(level: list[Option], depth: int) -> list[tuple[Option, int]]:
        return [pair for option in level for pair in [(option, depth), *walk(parents.get(option.id, []), depth + 1)]]

    return walk(roots, 0)
