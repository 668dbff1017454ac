"""Records with their own chronologies: people, commodities, categories, organisations, sources.

Only public records have pages; see :mod:`.public_records`.
"""

import datetime
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import edtf
from timeline.choices import NameKind
from timeline.filters import Question
from timeline.filters.paging import list_entries
from timeline.formats import references, structured
from timeline.formats.follow import format_links
from timeline.models import (
    Commodity,
    Edition,
    Position,
    PublishedEntry,
    Term,
)
from timeline.models.document import CitationDocument, EntryDocument
from timeline.public.document import source_document
from timeline.public.language import said_here, title_held
from timeline.public.site import about_site, with_query
from timeline.public.wording import figure_value, source_notes
from timeline.punctuation import labelled, listed

from .bibliography import chains_of, listed_sources
from .entry_list import cards_of, list_context
from .figures import charts_of, commodity_colour
from .head import Crumb, Head, crumb, home, render_page
from .people import beside, positions_chart
from .public_records import (
    public_categories,
    public_commodities,
    public_organisations,
    public_people,
    public_sources,
    with_total,
)
from .storyline_ways import storylines_about

INDEX_SIZE = 100
"""Records on a page of an index."""

COLUMNS = {"person": "people", "organisation": "organisations", "commodity": "commodities"}
"""Where published entries have the ids of the records whose pages name their storylines."""


def _get(records: QuerySet[Any], slug: str) -> Any:
    record = records.filter(slug=slug).first()
    if record is None:
        raise Http404(_("There is no such page."))
    return record


def _record_page(
    request: HttpRequest,
    edition: Edition,
    template: str,
    record: Any,
    facet: str,
    *,
    description: str,
    breadcrumbs: list[Crumb],
    title_kind: str = "",
    **context: Any,
) -> HttpResponse:
    """A record's page with the chronology of its entries."""
    path = record.get_absolute_url()
    question = Question(request.GET, preset={facet: record.slug}, option_limit=0, best_first=True)
    listing = list_entries(question)
    cards = cards_of(listing, question, edition)
    return render_page(
        request,
        template,
        edition,
        Head(
            title=str(record),
            title_kind=title_kind,
            description=description,
            path=path,
            question=question,
            noindex=bool(question.parameters) or not listing.is_first,
            breadcrumbs=breadcrumbs,
            nodes=[
                node(context[name], about_site(edition))
                for name, node in structured.RECORDS.items()
                if name in context
            ],
        ),
        filter_href=f"/?{question.subscription()}",
        storylines_about=storylines_about(COLUMNS[facet], record) if facet in COLUMNS else [],
        **list_context(question, listing, cards, edition, path),
        **context,
    )


def _summary(record: Model, what: str, total: int) -> str:
    if not total:
        return _("%(name)s, %(what)s: named in the sources of the chronology.") % {"name": record, "what": what}
    entries = ngettext("%d entry", "%d entries", total) % total
    return _("%(name)s, %(what)s: %(entries)s of the chronology, each with its sources.") % {
        "name": record,
        "what": what,
        "entries": entries,
    }


def person(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """A person: names, positions over time, and the entries that name them."""
    held = said_here(Position.objects.select_related("organisation", "source"), "organisation").order_by(
        "sort_order", "pk"
    )
    record = _get(public_people().prefetch_related("names", Prefetch("positions", held)), slug)
    names = list(record.names.all())
    for position in record.positions.all():
        position.title = title_held(position, record)
    native = next((name for name in names if name.kind == NameKind.NATIVE), None)
    others = [
        {"name": name.name, "language": name.language}
        for name in names
        if name.kind in (NameKind.ALIAS, NameKind.FORMER)
    ]
    return _record_page(
        request,
        edition,
        "timeline/person.html",
        record,
        "person",
        description=_summary(record, _("person"), record.total),
        breadcrumbs=[home(), crumb(_("People"), "/people/")],
        person={
            "slug": record.slug,
            "name": record.name,
            "native": native.name if native and native.name != record.name else "",
            "native_language": native.language if native else "",
            "other_names": others,
            "country": record.country,
            "positions": [_position(position) for position in record.positions.all()],
        },
        positions_chart=positions_chart(record, record.positions.all(), edition),
        beside=beside(record),
    )


def _position(position: Position) -> dict[str, Any]:
    source = position.source if position.source and position.source.is_public else None
    start, end = position.start, position.end
    if start and end:
        dates = edtf.display(edtf.parse(f"{start}/{end}")) if "/" not in start + end else f"{start} – {end}"
    elif start:
        dates = edtf.display(edtf.parse(f"{start}/.."))
    elif end:
        dates = _("until %s") % edtf.display(edtf.parse(end))
    else:
        dates = _("dates not recorded")
    return {
        "title": position.title,
        "organisation": (
            {"name": position.organisation.name, "slug": position.organisation.slug} if position.organisation else None
        ),
        "acting": position.acting,
        "start": start,
        "end": end,
        "dates": dates,
        "day": _day_in(position),
        "source": {"number": source.number, "slug": source.slug} if source else None,
    }


def _day_in(position: Position) -> str:
    """A day on which a position was held: its first, else its last; empty where no day is known."""
    held = position.held
    day = held and (held.lower or (held.upper and held.upper - datetime.timedelta(days=1)))
    return day.isoformat() if day else ""


def commodity(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """A commodity: its place in the tree, HS codes, and entries about it or its parts."""
    record = _get(public_commodities().prefetch_related("names", "hs_codes"), slug)
    family = said_here(Commodity.objects.all()).filter(Q(pk__in=record.lineage) | Q(parent=record))
    relatives = list(with_total(family.exclude(pk=record.pk), "commodity"))
    above = sorted((one for one in relatives if one.pk in record.lineage), key=lambda one: len(one.lineage))
    codes = [row.code for row in record.hs_codes.all()]
    crumbs = [home(), crumb(_("Goods"), "/commodities/")]
    colour = commodity_colour(above[0].slug if above else record.slug, edition)
    return _record_page(
        request,
        edition,
        "timeline/commodity.html",
        record,
        "commodity",
        description=_summary(record, f"HS {listed(codes)}" if codes else record.get_kind_display(), record.total),
        breadcrumbs=crumbs + [crumb(one.name, one.get_absolute_url()) for one in above],
        commodity={
            "slug": record.slug,
            "name": record.name,
            "kind": record.kind,
            "hs_codes": codes,
            "other_names": [
                {"name": name.name, "language": name.language}
                for name in record.names.all()
                if name.kind in NameKind.shown() and name.name != record.name
            ],
            "ancestors": [{"name": one.name, "href": one.get_absolute_url()} for one in above],
            "children": [
                {"name": one.name, "href": one.get_absolute_url(), "count": one.total}
                for one in relatives
                if one.parent_id == record.pk and one.total
            ],
        },
        charts=charts_of(record, colour, edition),
    )


def category(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """A kind of event and its entries."""
    record = _get(public_categories(), slug)
    return _record_page(
        request,
        edition,
        "timeline/category.html",
        record,
        "category",
        description=record.description or _summary(record, _("kind of event"), record.total),
        breadcrumbs=[home(), crumb(_("Kinds of event"), "/categories/")],
        title_kind=_("kind of event"),
        category={"name": record.name, "description": record.description},
    )


def organisation(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """An organisation: the entries it takes part in, and the sources it published."""
    record = _get(public_organisations().prefetch_related("names"), slug)
    names = list(record.names.all())
    native = next((name for name in names if name.kind == NameKind.NATIVE), None)
    facet = "organisation" if record.total else "publisher"
    published = public_sources().filter(publisher=record).order_by("number")[:INDEX_SIZE]
    return _record_page(
        request,
        edition,
        "timeline/organisation.html",
        record,
        facet,
        description=_summary(record, record.get_kind_display(), record.total or record.cited),
        breadcrumbs=[home(), crumb(_("Organisations"), "/organisations/")],
        organisation={
            "slug": record.slug,
            "name": record.name,
            "native": native.name if native and native.name != record.name else "",
            "native_language": native.language if native else "",
            "other_names": [
                {"name": name.name, "language": name.language}
                for name in names
                if name.kind in (NameKind.ALIAS, NameKind.FORMER)
            ],
            "kind": record.get_kind_display(),
            "country": record.country,
            "takes_part": bool(record.total),
            "cited": record.cited,
        },
        published_sources=listed_sources(published),
    )


def source(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """A source: what it is, what it rests on, and every sentence it supports."""
    record = _get(public_sources(), slug)
    rows = PublishedEntry.objects.filter(sources__contains=[record.pk])
    path = record.get_absolute_url()
    paginator = Paginator(said_here(rows.with_documents().chronological()), 50)
    page = paginator.get_page(request.GET.get("page"))
    derivatives = public_sources().filter(derived_from=record).order_by("number")[:INDEX_SIZE]
    return render_page(
        request,
        "timeline/source.html",
        edition,
        Head(
            title=_("Source %(number)d: %(title)s") % {"number": record.number, "title": record.title},
            description=_summary(record, record.get_kind_display(), record.total),
            path=path,
            noindex=page.number > 1,
            breadcrumbs=[home(), crumb(_("Sources"), "/sources/")],
            nodes=[structured.source(source_document(record), about_site(edition))],
            item=references.source_item(source_document(record)),
            follow=urlencode({"source": record.slug}),
            feeds=format_links(urlencode({"source": record.slug}), _("Entries citing “%s”") % record.title),
        ),
        source=source_document(record),
        rests_on=chains_of([record.pk]).get(record.pk, []),
        derivatives=listed_sources(derivatives),
        terms=said_here(Term.objects.filter(citations__source=record).distinct()),
        cited=record.total,
        statements=[found for row in page for found in _supported(row.document, record.number)],
        **page_links(page, path),
    )


def _supported(entry: EntryDocument, number: int) -> list[dict[str, Any]]:
    """What an entry has of source ``number``: statements, figures and accounts that cite it, notes, attachments."""
    parts: list[tuple[str, str, Sequence[CitationDocument]]] = [
        *((f"s-{row['id']}", row["text"], row["citations"]) for row in entry["statements"]),
        *((f"f-{row['id']}", labelled(row["label"], figure_value(row)), row["citations"]) for row in entry["figures"]),
        *(
            (f"d-{item['id']}", f"{item['question']} {account['says']}", [account])
            for item in entry["disagreements"]
            for account in item["accounts"]
        ),
    ]
    notes = [
        {
            "entry_headline": entry["headline"],
            "entry_href": f"{entry['url']}#{anchor}",
            "date": entry["date"],
            "text": text,
            "quotation": "",
        }
        for anchor, text in [
            *((f"source-{number}", text) for text in source_notes(entry)[number]),
            *(
                (f"a-{one['id']}", one["caption"] or one["alt"])
                for one in entry["attachments"]
                if one["number"] == number
            ),
        ]
    ]
    return [
        {
            "entry_headline": entry["headline"],
            "entry_href": f"{entry['url']}#{anchor}",
            "date": entry["date"],
            "text": text,
            "quotation": next((one["quotation"] for one in citations if one["number"] == number), ""),
            "quotation_language": next((one["language"] for one in citations if one["number"] == number), ""),
            "translation": next((one["translation"] for one in citations if one["number"] == number), ""),
        }
        for anchor, text, citations in parts
        if any(one["number"] == number for one in citations)
    ] + notes


def page_links(page: Any, path: str, query: str = "") -> dict[str, Any]:
    """Links to the pages before and after this one of what ``query`` asks for."""
    numbered = f"{query}&page=" if query else "page="
    return {
        "previous_href": with_query(path, f"{numbered}{page.previous_page_number()}") if page.has_previous() else "",
        "next_href": with_query(path, f"{numbered}{page.next_page_number()}") if page.has_next() else "",
    }
