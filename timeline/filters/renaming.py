"""Old names of records in a question: it goes on under their present ones."""

import re

from django.http import QueryDict
from wagtail.contrib.redirects.models import Redirect

from .kinds import MAX_VALUES, SLUG
from .parameters import facets
from .problems import ParameterProblem


def renamed(asked_for: QueryDict, problems: list[ParameterProblem]) -> QueryDict | None:
    """The question with the present names of records, by the redirects of their pages: one query.

    None unless old names are all that is wrong with it.
    """
    addresses = {name: facet.address for name, facet in facets().items() if facet.address}
    missing = {problem.parameter for problem in problems if problem.is_missing}
    if len(missing) != len({problem.parameter for problem in problems}) or not missing <= addresses.keys():
        return None
    asked = {
        f"/{addresses[name]}/{value}": (name, value)
        for name in missing
        for value in asked_for.getlist(name)[:MAX_VALUES]
        if SLUG.fullmatch(value)
    }
    redirects = Redirect.objects.filter(old_path__in=asked, is_permanent=True, redirect_page=None)
    data = asked_for.copy()
    for old_path, link in redirects.values_list("old_path", "redirect_link"):
        name, value = asked[old_path]
        if new := re.fullmatch(rf"/{addresses[name]}/([-\w]+)/", link):
            data.setlist(name, [new[1] if one == value else one for one in data.getlist(name)])
    return None if data == asked_for else data
