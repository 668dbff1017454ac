"""Indexes of the records, and the page about the chronology itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Case, Count, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from timeline.characters import kana_row
from timeline.choices import NameKind, OrganisationKind, PersonKind, SourceKind
from timeline.formats import structured
from timeline.models import Edition, Organisation, Person, Term
from timeline.public import coverage
from timeline.public.glossary import term_document, with_sources
from timeline.public.language import by_place_in_tree, by_reading, foreign, reading_of, said_here
from timeline.public.site import about_site, with_query

from .bibliography import LACKING, listed_sources, shortcomings
from .head import Head, home, render_page
from .public_records import (
    public_categories,
    public_commodities,
    public_organisations,
    public_people,
    public_sources,
)
from .records import INDEX_SIZE, page_links


def index(
    request: HttpRequest,
    edition: Edition,
    records: QuerySet[Any],
    *,
    name: str,
    title: str,
    description: str,
    describe: Callable[[Iterable[Any]], Sequence[Mapping[str, Any]]],
    query: str = "",
    **context: Any,
) -> HttpResponse:
    """One page of an index of records; ``query`` is the query string that chose them."""
    page = Paginator(records, INDEX_SIZE).get_page(request.GET.get("page"))
    path = f"/{name}/"
    here = "&".join(filter(None, [query, f"page={page.number}" if page.number > 1 else ""]))
    return render_page(
        request,
        f"timeline/{name}.html",
        edition,
        Head(
            title=title,
            description=description,
            path=with_query(path, here),
            noindex=bool(here),
            breadcrumbs=[home()],
        ),
        total=page.paginator.count,
        **{**context, **page_links(page, path, query), name: describe(page)},
    )


def people(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """All people in published entries, by family name."""

    def describe(record: Any) -> dict[str, Any]:
        native = next((name for name in record.names.all() if name.kind == NameKind.NATIVE), None)
        return {
            "name": record.name,
            "letter": kana_row(reading_of(record)) if foreign() else (record.family_name or record.given_name)[:1],
            "native": native.name if native and native.name != record.name else "",
            "native_language": native.language if native else "",
            "country": record.country,
            "href": record.get_absolute_url(),
            "count": record.total,
        }

    return index(
        request,
        edition,
        public_people()
        .exclude(kind=PersonKind.BYLINE)
        .prefetch_related("names")
        .order_by(
            *by_reading(Person),
            # Who has one name only stands under its initial, not before everybody else.
            Coalesce(NullIf("family_name", Value("")), "given_name"),
            "given_name",
            "pk",
        ),
        name="people",
        title=_("People"),
        description=_("Who takes part in the events or comments on them, with the positions held over time."),
        describe=lambda records: [describe(record) for record in records],
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

    return index(
        request,
        edition,
        public_commodities().prefetch_related("hs_codes").order_by(by_place_in_tree()),
        name="commodities",
        title=_("Goods"),
        description=_("What is traded, and topics such as investment, with the headings of the Harmonized System."),
        describe=lambda records: [describe(record) for record in records],
    )


def categories(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """The kinds of event, in the editors' order."""

    def describe(record: Any) -> dict[str, Any]:
        return {
            "name": record.name,
            "description": record.description,
            "href": record.get_absolute_url(),
            "count": record.total,
        }

    return index(
        request,
        edition,
        public_categories(),
        name="categories",
        title=_("Kinds of event"),
        description=_("Every entry is of one kind."),
        describe=lambda records: [describe(record) for record in records],
    )


def organisations(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """Ministries, companies, media … that act in entries or publish their sources, kind by kind."""

    def describe(record: Any) -> dict[str, Any]:
        return {
            "name": record.name,
            "kind": record.get_kind_display(),
            "country": record.country,
            "href": record.get_absolute_url(),
            "count": record.total,
            "cited": record.cited,
        }

    order = Case(*(When(kind=kind, then=number) for number, kind in enumerate(OrganisationKind.values)))
    return index(
        request,
        edition,
        public_organisations().order_by(order, *by_reading(Organisation), "name", "pk"),
        name="organisations",
        title=_("Organisations"),
        description=_("Who takes part in the events, and who publishes the sources."),
        describe=lambda records: [describe(record) for record in records],
    )


def glossary(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """The words of the trade, in alphabetical order."""
    return index(
        request,
        edition,
        with_sources(said_here(Term.objects.all())).order_by(*by_reading(Term), Lower("name"), "pk"),
        name="glossary",
        title=_("Glossary"),
        description=_("Words of the trade that the entries use, each with the sources that carry its meaning."),
        describe=lambda terms: [term_document(term) for term in terms],
    )


def sources(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """The bibliography: every source with its site-wide number, its shortcomings first.

    ``kind`` (a :class:`SourceKind`) and ``without`` (a key of ``LACKING``) narrow it;
    a value that is neither is left out.
    """
    offered = {"kind": dict(SourceKind.choices), "without": {name: label for name, (_q, label) in LACKING.items()}}
    asked = {name: request.GET[name] for name, words in offered.items() if request.GET.get(name) in words}
    found = public_sources().order_by("number")
    if "without" in asked:
        lacking, _label = LACKING[asked["without"]]
        found = found.filter(lacking)
    kinds = dict(found.order_by().values_list("kind").annotate(number=Count("pk")))
    if "kind" in asked:
        found = found.filter(kind=asked["kind"])
    return index(
        request,
        edition,
        found,
        name="sources",
        title=_("Sources"),
        description=_(
            "Every source that an entry, a person’s position or a definition is based on, "
            "with the number it has on every page."
        ),
        describe=listed_sources,
        query=urlencode(asked),
        chips=[
            {"label": offered[name][value], "href": _sources_href(asked | {name: ""})} for name, value in asked.items()
        ],
        shortcomings=shortcomings(),
        kinds=[
            {"label": label, "count": kinds[value], "href": _sources_href(asked | {"kind": value})}
            for value, label in SourceKind.choices
            if value in kinds and value != asked.get("kind")
        ],
    )


def _sources_href(asked: dict[str, str]) -> str:
    return with_query("/sources/", urlencode({name: value for name, value in asked.items() if value}))


def about(request: HttpRequest, *, edition: Edition) -> HttpResponse:
    """How the chronology is dated, sourced and corrected, what it covers, and what it left open."""
    return render_page(
        request,
        "timeline/about.html",
        edition,
        Head(
            title=_("About this chronology"),
            description=_("How entries are dated, sourced and corrected, and how to follow and reuse them."),
            path="/about/",
            breadcrumbs=[home()],
            nodes=[structured.chronology(about_site(edition), links_to_publisher=True)],
        ),
        coverage=coverage.summary(edition.coverage),
        stretches=[coverage.words(one) for one in coverage.stretches(sorted(coverage.researched(edition.coverage)))],
        questions=coverage.open_questions(edition),
        offers_letters=settings.LETTERS,
    )
