"""The controls of the filter form, each as the kind of its parameter has it, and the page that shows all its options.

A list has a few options of each facet and whatever is ticked; all others are a press of a button away. So the form of
240 options, a quarter of a page, is sent to who wants it. DECISIONS 143.
"""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from timeline.filters import Option, Question
from timeline.filters.kinds import Bound, Filter, Flag, Parameter, Records
from timeline.filters.parameters import PARAMETERS
from timeline.filters.question import DATES
from timeline.models import Edition
from timeline.public.site import with_query
from timeline.public.wording import stop
from timeline.templatetags.chronology import any_ticked

from .head import Head, home, render_page

VISIBLE_OPTIONS = 6
"""Options of a facet on a page with a list."""

OPTION_LIMIT = VISIBLE_OPTIONS + 3
"""Options that are fetched for it. So many tell that there are more; two more than are visible are shown at once."""

PATH = "/filters/"


def all_options(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/filters/``: the form of a question with all its options."""
    question = Question(request.GET, best_first=True, newest_first=True, as_of=edition.state)
    if question.has_blanks and not question.problems:
        return HttpResponseRedirect(with_query(PATH, question.query_as_typed()))
    title = _("Filter")
    head = Head(title=title, description=stop(question.sentence), path=PATH, noindex=True, breadcrumbs=[home()])
    notes = [problem.message for problem in question.problems if problem.parameter not in DATES]
    return render_page(
        request,
        "timeline/filters.html",
        edition,
        head,
        form=form(question, whole=True),
        question=question,
        notes=notes,
    )


def form(question: Question, *, whole: bool = False) -> dict[str, Any]:
    """The form: its ``groups`` of controls, and whether it ``is_open`` because one of them has an error to show.

    Controls of one kind that follow each other under one legend are a group. The ``whole`` form has all options. What
    says nothing is folded, unless the form is ``whole``.
    """
    controls = [(_group(one), _control(question, one, whole)) for one in PARAMETERS.values() if one.control]
    groups = [
        {
            "template": f"timeline/_control_{kind}.html",
            "legend": legend,
            "controls": (members := [one for _kind, one in found]),
            "is_open": whole or any(one["is_open"] for one in members),
        }
        for (kind, legend), found in groupby(controls, lambda member: member[0])
    ]
    return {"groups": groups, "is_open": any(one.get("error") for _kind, one in controls)}


def _group(one: Parameter) -> tuple[str, str]:
    return one.control, str(one.legend) if isinstance(one, Filter) else ""


def _control(question: Question, one: Parameter, whole: bool) -> dict[str, Any]:
    if isinstance(one, Records):
        return _options(question, one, whole)
    if not isinstance(one, Filter):
        return {"name": one.name, "value": "".join(question.parameters.get(one.name, ())), "is_open": False}
    typed = question.typed[one.name]
    control = {"name": one.name, "label": one.label, "value": typed, "is_open": bool(typed)}
    if isinstance(one, Flag):
        return control | {"count": question.counts.by_flag[one.name]}
    if isinstance(one, Bound):
        errors = {problem.parameter: problem.message for problem in question.problems}
        return control | {"error": errors.get(one.name, "")}
    return control


def _options(question: Question, facet: Records, whole: bool) -> dict[str, Any]:
    """A facet: a few options in view and those that are ticked. The others are its ``more``, which may be folded.

    The parts of a commodity are folded below it as its ``children``. Unless the form is ``whole`` all that is said of
    the others is that they are: ``has_more``.
    """
    # Who was named in the search stands there, as it was typed.
    ticked = {option.slug for option in question.ticked[facet.name]} - {question.read.get(facet.name)}
    numbers = question.counts.by_option[facet.name]
    options = list(question.options[facet.name].values())
    roots: list[dict[str, Any]] = []
    for option, depth in _in_order(options):
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
    control = {"name": facet.name, "label": facet.label, "is_open": whole or any_ticked(roots)}
    if len(options) < OPTION_LIMIT:
        return control | {"options": roots}
    first, more = roots[:VISIBLE_OPTIONS], roots[VISIBLE_OPTIONS:]
    if whole:
        return control | {"options": first, "more": more}
    in_view = first + [root for root in more if any_ticked([root])]
    for root in in_view:
        if not any_ticked(root["children"]):
            root["children"] = []
    return control | {"options": in_view, "has_more": True}


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
