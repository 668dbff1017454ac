"""The page that explains the API, made from the same description that programs read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from timeline.filters.facets import load_options
from timeline.models import Edition
from timeline.views.head import Head, home, render_page

from .answers import address
from .parameters import LIMIT, MOST
from .service import VERSION, accepted_by, openapi


def page(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """``/api/``: what programs can ask, with examples that work."""
    return render_page(
        request,
        "timeline/api.html",
        edition,
        Head(
            title=_("API"),
            description=_("Everything public of the chronology for programs: read-only, without a key, as JSON."),
            path="/api/",
            breadcrumbs=[home()],
        ),
        examples=_examples(),
        operations=_operations(),
        version=VERSION,
        openapi_url=address("/openapi.json"),
        entries_url=address("/entries"),
        limit=LIMIT,
        most=MOST,
    )


def _examples() -> list[dict[str, str]]:
    """Questions that this chronology answers, with what is most frequent in it: one query."""
    first = {facet: next(iter(options.values()), None) for facet, options in load_options({}, 1).items()}
    found = [
        (
            _("The entries from the newest back, ten at a time"),
            address("/entries", [("order", "new"), ("limit", "10")]),
        )
    ]
    if person := first["person"]:
        found.append((_("Entries with %s") % person.name, address("/entries", [("person", person.slug)])))
    if goods := first["commodity"]:
        found.append(
            (
                _("Entries about %s in 2025") % goods.name,
                address("/entries", [("commodity", goods.slug), ("from", "2025"), ("to", "2025")]),
            )
        )
    found.append((_("Entries where sources disagree"), address("/entries", [("differ", "1")])))
    found.append((_("Corrections, newest first"), address("/changes", [("kind", "correction")])))
    return [{"label": label, "url": url} for label, url in found]


def _operations() -> list[dict[str, Any]]:
    """Every address with its summary and its parameters."""
    return [
        {
            "path": path,
            "href": path if "{" not in path else "",
            "summary": operations["get"]["summary"],
            "description": operations["get"]["description"],
            "parameters": list(accepted_by(operations["get"]["operationId"]).items()),
        }
        for path, operations in openapi()["paths"].items()
    ]
