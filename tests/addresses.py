"""Every public address, by the URL conf, for the tests that ask for all of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from django.urls import URLResolver

from timeline.urls import urlpatterns

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def public_addresses(
    there: Mapping[str, Sequence[str]], patterns: Sequence[Any] = urlpatterns, start: str = "/"
) -> Iterator[str]:
    """Every address of the site, with each name that is ``there``.

    ``there`` has what a parameter of a route may be, by its name, or else by what the route begins with.
    """
    for pattern in patterns:
        route = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from public_addresses(there, pattern.url_patterns, route)
            continue
        kind = re.sub(r"^/(api/v1/|ja/)?", "", route).partition("/")[0].partition("<")[0]
        for chosen in product(*(there.get(name) or there[kind] for name in PLACE.findall(route))):
            values = iter(chosen)
            yield PLACE.sub(lambda _place: next(values), route)  # noqa: B023 - it is called here
