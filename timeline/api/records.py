"""Routes to people, organisations, goods, kinds of event, sources, figures, storylines, the glossary …"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from timeline.charts.figures import Point, points_of
from timeline.models import PublishedEntry
from timeline.models.document import EntryDocument
from timeline.public.coverage import open_questions
from timeline.public.days import last_day, state_of
from timeline.public.language import said_here
from timeline.public.storylines import entries_of, with_rows
from timeline.public.wording import figure_value
from timeline.views.bibliography import LACKING
from timeline.views.state import DayError, read_day
from timeline.views.state_data import as_data

from . import cursors, documents
from .answers import answer_with, links, new_address, page_links
from .http import ApiError, ApiRequest, Moved
from .parameters import Bibliography, OfDay, Paging, RecordSlug
from .record_schemas import (
    CategoriesAnswer,
    CommoditiesAnswer,
    CommodityAnswer,
    CoverageAnswer,
    DayAnswer,
    GlossaryAnswer,
    OrganisationAnswer,
    OrganisationsAnswer,
    PeopleAnswer,
    PersonAnswer,
    SeriesAnswer,
    SeriesListAnswer,
    SourceAnswer,
    SourcesAnswer,
    StorylineAnswer,
    StorylinesAnswer,
)

router = Router()

BY_SLUG = cursors.Order({"slug": cursors.slug})
BY_NUMBER = cursors.Order({"number": cursors.number})
BY_DATE = cursors.Order({"sort_date": cursors.date, "sort_rank": cursors.number, "entry_id": cursors.row_id})


def found[Row: Any](rows: QuerySet[Any, Row], kind: str, slug: str) -> Row:
    """The record with that slug. Raises :class:`Moved` for an old slug, :class:`ApiError` for none."""
    record = rows.filter(slug=slug).first()
    if record is not None:
        return record
    if path := new_address(kind, slug):
        raise Moved(path)
    raise ApiError(404, _("There is nothing public with the slug “%s” here.") % slug)


# -- people and organisations -------------------------------------------------------------


@router.get("/people", response=PeopleAnswer, operation_id="people", summary="People")
def people(request: ApiRequest, asked: Query[Paging]) -> HttpResponse:
    """Everyone in a published entry with names and positions, in the order of their slugs."""
    page = BY_SLUG.page(documents.people(), asked.cursor, asked.limit)
    rows = [documents.person(row) for row in page.rows]
    return answer_with(request, page_links("/people", page, asked, alternate="/people/"), PeopleAnswer, people=rows)


@router.get("/people/{slug:slug}", response=PersonAnswer, operation_id="person", summary="A person")
def person(request: ApiRequest, slug: Path[RecordSlug]) -> HttpResponse:
    """A person with names and positions."""
    one = documents.person(found(documents.people(), "people", slug))
    return answer_with(request, links(f"/people/{slug}", alternate=f"/people/{slug}/"), PersonAnswer, person=one)


@router.get("/organisations", response=OrganisationsAnswer, operation_id="organisations", summary="Organisations")
def organisations(request: ApiRequest, asked: Query[Paging]) -> HttpResponse:
    """Who takes part in entries or publishes their sources, in the order of the slugs."""
    page = BY_SLUG.page(documents.organisations(), asked.cursor, asked.limit)
    rows = [documents.organisation(row) for row in page.rows]
    here = page_links("/organisations", page, asked, alternate="/organisations/")
    return answer_with(request, here, OrganisationsAnswer, organisations=rows)


@router.get(
    "/organisations/{slug:slug}", response=OrganisationAnswer, operation_id="organisation", summary="An organisation"
)
def organisation(request: ApiRequest, slug: Path[RecordSlug]) -> HttpResponse:
    """An organisation with its names."""
    one = documents.organisation(found(documents.organisations(), "organisations", slug))
    here = links(f"/organisations/{slug}", alternate=f"/organisations/{slug}/")
    return answer_with(request, here, OrganisationAnswer, organisation=one)


# -- goods and kinds of event -------------------------------------------------------------


@router.get("/commodities", response=CommoditiesAnswer, operation_id="commodities", summary="Goods")
def commodities(request: ApiRequest) -> HttpResponse:
    """The whole tree in reading order; `parent` and `depth` say where each stands."""
    rows = [documents.commodity(row) for row in documents.commodities()]
    return answer_with(request, links("/commodities", alternate="/commodities/"), CommoditiesAnswer, commodities=rows)


@router.get(
    "/commodities/{slug:slug}", response=CommodityAnswer, operation_id="commodity", summary="Goods of one name"
)
def commodity(request: ApiRequest, slug: Path[RecordSlug]) -> HttpResponse:
    """Goods with their codes of the Harmonized System, or a topic."""
    one = documents.commodity(found(documents.commodities(), "commodities", slug))
    here = links(f"/commodities/{slug}", alternate=f"/commodities/{slug}/")
    return answer_with(request, here, CommodityAnswer, commodity=one)


@router.get("/categories", response=CategoriesAnswer, operation_id="categories", summary="Kinds of event")
def categories(request: ApiRequest) -> HttpResponse:
    """All of them, in the editors' order. Every entry is of one kind."""
    rows = [documents.category(row) for row in documents.categories()]
    return answer_with(request, links("/categories", alternate="/categories/"), CategoriesAnswer, categories=rows)


# -- sources ------------------------------------------------------------------------------


@router.get("/sources", response=SourcesAnswer, operation_id="sources", summary="The bibliography")
def sources(request: ApiRequest, asked: Query[Bibliography]) -> HttpResponse:
    """Every source that something public rests on, by its number."""
    rows = documents.sources()
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.without:
        rows = rows.filter(LACKING[asked.without][0])
    page = BY_NUMBER.page(rows, asked.cursor, asked.limit)
    here = page_links(
        "/sources", page, asked, [("kind", asked.kind), ("without", asked.without)], alternate="/sources/"
    )
    return answer_with(request, here, SourcesAnswer, sources=[documents.source(row) for row in page.rows])


@router.get("/sources/{slug:slug}", response=SourceAnswer, operation_id="source", summary="A source")
def source(request: ApiRequest, slug: Path[RecordSlug], asked: Query[Paging]) -> HttpResponse:
    """A source and what it carries: statements, figures and accounts, entry by entry in order of time."""
    record = found(documents.sources(), "sources", slug)
    rows = said_here(PublishedEntry.objects.filter(sources__contains=[record.pk]).with_documents())
    page = BY_DATE.page(rows, asked.cursor, asked.limit)
    return answer_with(
        request,
        page_links(f"/sources/{slug}", page, asked, alternate=f"/sources/{slug}/"),
        SourceAnswer,
        source=documents.source(record),
        cited_by=[
            {**documents.entry_link(row.document), "supports": _supports(row.document, record.number)}
            for row in page.rows
        ],
    )


def _supports(entry: EntryDocument, number: int) -> list[dict[str, Any]]:
    """The statements, figures and accounts of an entry that cite source ``number``."""
    parts = [("statement", row["id"], row["text"], row["citations"]) for row in entry["statements"]]
    parts += [
        ("figure", row["id"], f"{row['label']}: {figure_value(row)}", row["citations"]) for row in entry["figures"]
    ]
    parts += [
        ("account", item["id"], f"{item['question']} {account['says']}", [account])
        for item in entry["disagreements"]
        for account in item["accounts"]
    ]
    return [
        {
            "kind": kind,
            "id": identity,
            "text": text,
            "quotation": citation["quotation"],
            "language": citation["language"],
            "translation": citation["translation"],
            "locator": citation["locator"],
        }
        for kind, identity, text, citations in parts
        for citation in citations
        if citation["number"] == number
    ]


# -- figures ------------------------------------------------------------------------------


@router.get("/figures", response=SeriesListAnswer, operation_id="series_list", summary="Series of figures")
def series_list(request: ApiRequest) -> HttpResponse:
    """All series that a figure of a published entry belongs to."""
    rows = [documents.figure_series(row) for row in documents.series()]
    return answer_with(request, links("/figures"), SeriesListAnswer, series=rows)


@router.get("/figures/{slug:slug}", response=SeriesAnswer, operation_id="series", summary="A series of figures")
def series(request: ApiRequest, slug: Path[RecordSlug], asked: Query[Paging]) -> HttpResponse:
    """The figures of a series in order of time, each with its sources and the entry that states it."""
    record = found(documents.series(), "figures", slug)
    rows = said_here(PublishedEntry.objects.filter(series__contains=[record.pk]).with_documents())
    page = BY_DATE.page(rows, asked.cursor, asked.limit)
    return answer_with(
        request,
        page_links(f"/figures/{slug}", page, asked, alternate=f"/figures/{slug}/"),
        SeriesAnswer,
        series=documents.figure_series(record),
        figures=[_point(point) for point in points_of([row.document for row in page.rows], record.slug)],
    )


def _point(point: Point) -> dict[str, Any]:
    start, end = point.date.lower, point.date.last
    return {
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end and not point.is_unended else None,
        "holds": point.is_solid,
        "figure": point.figure,
        "entry": documents.entry_link(point.entry),
    }


# -- storylines ---------------------------------------------------------------------------


@router.get("/storylines", response=StorylinesAnswer, operation_id="storylines", summary="Storylines")
def storylines(request: ApiRequest) -> HttpResponse:
    """All of them, in the editors' order. `/entries?storyline=…` has the whole entries of one."""
    rows = [documents.storyline(row) for row in documents.storylines()]
    return answer_with(request, links("/storylines", alternate="/storylines/"), StorylinesAnswer, storylines=rows)


@router.get(
    "/storylines/{slug:slug}", response=StorylineAnswer, operation_id="storyline", summary="A storyline, step by step"
)
def storyline(request: ApiRequest, slug: Path[RecordSlug]) -> HttpResponse:
    """Its summary, its steps and what is open; each sentence names what it rests on and the sources of that."""
    record = found(with_rows(documents.storylines()), "storylines", slug)
    one = documents.whole_storyline(record, entries_of([record]))
    here = links(f"/storylines/{slug}", alternate=f"/storylines/{slug}/")
    return answer_with(request, here, StorylineAnswer, storyline=one)


# -- where things stood --------------------------------------------------------------------


@router.get("/state", response=DayAnswer, operation_id="state", summary="Where things stood on a day")
def state(request: ApiRequest, asked: Query[OfDay]) -> HttpResponse:
    """What was in force, announced, agreed or proposed on a day, and who held which office, each with its sources.

    The same answers are a table at `/state.csv`; the page about feeds says what its columns mean.
    """
    try:
        time = read_day(asked.on, request.edition)
    except DayError as error:
        raise ApiError.of_parameters([("on", str(error))]) from error
    day = time.day if time else last_day(request.edition)
    found = state_of(day, request.edition, then=asked.then == "1")
    here = links("/state", [("on", asked.on), ("then", asked.then)], alternate=found.address())
    return answer_with(request, here, DayAnswer, **as_data(found))


# -- the glossary and the coverage --------------------------------------------------------


@router.get("/glossary", response=GlossaryAnswer, operation_id="glossary", summary="The glossary")
def glossary(request: ApiRequest) -> HttpResponse:
    """The words of the trade that entries use, with the sources that carry their meaning."""
    rows = [documents.term(row) for row in documents.terms()]
    return answer_with(request, links("/glossary", alternate="/glossary/"), GlossaryAnswer, terms=rows)


@router.get("/coverage", response=CoverageAnswer, operation_id="coverage", summary="What was researched")
def coverage(request: ApiRequest) -> HttpResponse:
    """The stretches of time that were researched, the phases of the story, and the subjects."""
    state = request.edition
    return answer_with(
        request,
        links("/coverage", alternate="/"),
        CoverageAnswer,
        researched=[{"first": first, "last": last} for first, last in state.coverage],
        phases=state.phases,
        lanes=[{name: lane[name] for name in ("slug", "name", "colour")} for lane in state.lanes],
        open_questions=[
            {**row, "entry": documents.entry_link(row["entry"]) if row["entry"] else None}
            for row in open_questions(state)
        ],
    )
