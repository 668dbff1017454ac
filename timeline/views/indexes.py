"""Indexes of the records, and the page about the chronology itself."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from timeline.choices import NameKind, PersonKind
from timeline.models import Edition

from . import publishing
from .records import (
    INDEX_SIZE,
    listed_source,
    page_links,
    public_commodities,
    public_organisations,
    public_people,
    public_sources,
)


def _index(
    request: HttpRequest,
    edition: Edition,
    records: QuerySet[Any],
    *,
    name: str,
    title: str,
    description: str,
    describe: Callable[[Any], dict[str, Any]],
) -> HttpResponse:
    """One page of an index of records."""
    page = Paginator(records, INDEX_SIZE).get_page(request.GET.get("page"))
    path = f"/{name}/"
    context: dict[str, Any] = {name: [describe(record) for record in page], **page_links(page, path)}
    return publishing.page(
        request,
        f"timeline/{name}.html",
        edition,
        title=title,
        description=description,
        path=path if page.number == 1 else f"{path}?page={page.number}",
        noindex=page.number > 1,
        breadcrumbs=[publishing.home()],
        total=page.paginator.count,
        **context,
    )


def people(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """All people in published entries, by family name."""

    def describe(record: Any) -> dict[str, Any]:
        native = next((name for name in record.names.all() if name.kind == NameKind.NATIVE), None)
        return {
            "name": record.name,
            "family_name": record.family_name or record.given_name,
            "native": native.name if native else "",
            "native_language": native.language if native else "",
            "country": record.country,
            "href": record.get_absolute_url(),
            "count": record.total,
        }

    return _index(
        request,
        edition,
        public_people()
        .exclude(kind=PersonKind.BYLINE)
        .prefetch_related("names")
        .order_by(
            # Who has one name only stands under its initial, not before everybody else.
            Coalesce(NullIf("family_name", Value("")), "given_name"),
            "given_name",
            "pk",
        ),
        name="people",
        title=_("People"),
        description=_("Who takes part in the events or comments on them, with the positions held over time."),
        describe=describe,
    )


def commodities(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """The tree of commodities and topics."""

    def describe(record: Any) -> dict[str, Any]:
        return {
            "name": record.name,
            "kind": record.kind,
            "depth": len(record.lineage) - 1,
            "hs_codes": [row.code for row in record.hs_codes.all()],
            "href": record.get_absolute_url(),
            "count": record.total,
        }

    return _index(
        request,
        edition,
        public_commodities().prefetch_related("hs_codes").order_by(F("lineage")),
        name="commodities",
        title=_("Goods and topics"),
        description=_("What is traded and talked about, with the headings of the Harmonized System."),
        describe=describe,
    )


def organisations(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """Ministries, companies, media … that act in entries or publish their sources."""

    def describe(record: Any) -> dict[str, Any]:
        return {
            "name": record.name,
            "kind": record.get_kind_display(),
            "country": record.country,
            "href": record.get_absolute_url(),
            "count": record.total,
            "cited": record.cited,
        }

    return _index(
        request,
        edition,
        public_organisations().order_by("name", "pk"),
        name="organisations",
        title=_("Organisations"),
        description=_("Who takes part in the events, and who publishes the sources."),
        describe=describe,
    )


def sources(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """The bibliography: every source with its site-wide number."""
    return _index(
        request,
        edition,
        public_sources().order_by("number"),
        name="sources",
        title=_("Sources"),
        description=_(
            "Every source that an entry or a person’s position rests on, with the number it has on every page."
        ),
        describe=listed_source,
    )


def about(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """How the chronology is dated, sourced and corrected."""
    return publishing.page(
        request,
        "timeline/about.html",
        edition,
        title=_("About this chronology"),
        description=_("How entries are dated, sourced and corrected, and how to follow and reuse them."),
        path="/about/",
        breadcrumbs=[publishing.home()],
    )
