"""The controls of the filter form."""

from typing import Any

from timeline.filters import Option, Question
from timeline.filters.parameters import facets

VISIBLE_OPTIONS = 6


def facet_groups(question: Question) -> list[dict[str, Any]]:
    """The filter form's facets: a few options in view, the rest folded unless one is ticked.

    The parts of a commodity are folded below it as its ``children``.
    """
    groups = []
    for name, facet in facets().items():
        if not question.options[name]:
            continue
        ticked = {option.slug for option in question.ticked[name]}
        numbers = question.counts.by_option[name]
        roots: list[dict[str, Any]] = []
        for option, depth in _in_order(list(question.options[name].values())):
            shown = {
                "value": option.slug,
                "label": option.name,
                "detail": option.detail,
                "depth": depth,
                "count": numbers.get(option.id, 0) if numbers is not None else None,
                "checked": option.slug in ticked,
                "id": f"{name}-{option.slug}",
                "children": [],
            }
            (roots[-1]["children"] if depth else roots).append(shown)
        folded = roots[VISIBLE_OPTIONS:] if len(roots) > VISIBLE_OPTIONS + 2 else []
        groups.append(
            {
                "name": name,
                "label": facet.label,
                "options": roots[: len(roots) - len(folded)],
                "more": folded,
            }
        )
    return groups


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
