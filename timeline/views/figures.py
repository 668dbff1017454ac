"""Series of figures: their charts with the table of the same figures, their page and their CSV.

A series is public while a figure of a published entry joins it.
"""

import csv
import datetime
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import edtf
from timeline.charts import figures as chart
from timeline.charts.drawing import NEVER, Drawing
from timeline.formats import structured
from timeline.formats.follow import format_links
from timeline.models import Commodity, Edition, FigureSeries, PublishedEntry
from timeline.models.document import EntryDocument, FigureDocument
from timeline.public import lanes, wording
from timeline.public.coverage import last_researched
from timeline.public.language import here, said_here
from timeline.public.site import about_site, absolute

from .head import Head, crumb, home, render_page
from .public_records import public_commodities

MOST = 500
"""Entries whose figures a chart draws."""


# -- pages --------------------------------------------------------------------------------


def series(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/figures/<slug>/``: the chart, its table, and the entries the figures stand in."""
    record, documents = _public_series(slug)
    crumbs = [home(), crumb(_("Goods"), "/commodities/")]
    above = _commodities(record)
    colour = commodity_colour(above[0].slug if above else "", edition)
    feeds, query = None, ""
    if above and above[-1].pk == record.commodity_id:
        query = urlencode({"commodity": above[-1].slug})
        feeds = format_links(query, _("Entries about %s") % above[-1].name)
    return render_page(
        request,
        "timeline/series.html",
        edition,
        Head(
            title=record.name,
            description=record.description or _("%s over time, each figure with its source.") % record.name,
            path=record.get_absolute_url(),
            breadcrumbs=[*crumbs, *(crumb(one.name, one.get_absolute_url()) for one in above)],
            nodes=[
                structured.dataset(
                    record.name,
                    record.description,
                    record.get_absolute_url(),
                    f"/figures/{record.slug}.csv",
                    about_site(edition),
                )
            ],
            follow=query,
            feeds=feeds,
        ),
        chart=_chart(record, documents, colour, edition),
        commodity=above[-1] if above else None,
        entries=documents,
    )


def series_csv(request: HttpRequest, slug: str, *, edition: Edition) -> HttpResponse:
    """``/figures/<slug>.csv``: the rows of the table, as RFC 4180 has them."""
    record, documents = _public_series(slug)
    table = StringIO()
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    writer.writerows(_csv_row(point) for point in chart.points_of(documents, record.slug))
    response = HttpResponse(table.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="{record.slug}.csv"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def charts_of(commodity: Commodity, colour: str, edition: Edition) -> list[dict[str, Any]]:
    """The charts that stand on the page of a commodity: two queries."""
    records = list(said_here(FigureSeries.objects.filter(commodity=commodity)))
    if not records:
        return []
    documents = _documents(records)
    charts = (_chart(record, documents, colour, edition) for record in records)
    return [one for one in charts if one["rows"]]


def chart_of(record: FigureSeries, colour: str, edition: Edition) -> dict[str, Any] | None:
    """The chart of one series, if a figure that readers see joins it: one query."""
    documents = _documents([record])
    return _chart(record, documents, colour, edition) if documents else None


def commodity_colour(top: str, edition: Edition) -> str:
    """The colour of the lane that has the top-level commodity with this slug."""
    return lanes.colour_below(top, edition.lanes)


def _public_series(slug: str) -> tuple[FigureSeries, list[EntryDocument]]:
    found = FigureSeries.objects.select_related("commodity").filter(slug=slug)
    record = said_here(found, "commodity").first()
    documents = _documents([record]) if record else []
    if record is None or not documents:
        raise Http404(_("There is no such series of figures."))
    return record, documents


def _documents(records: Sequence[FigureSeries]) -> list[EntryDocument]:
    """The entries with figures of the series, in order of time."""
    rows = PublishedEntry.objects.filter(series__overlap=[record.pk for record in records])
    return [row.document for row in said_here(rows.with_documents().chronological())[:MOST]]


def _commodities(record: FigureSeries) -> list[Commodity]:
    """The commodity of a series below those it is part of, as far as they have pages."""
    lineage = record.commodity.lineage if record.commodity else []
    return sorted(public_commodities().filter(pk__in=lineage), key=lambda one: lineage.index(one.pk))


# -- the chart and its table --------------------------------------------------------------


def _chart(record: FigureSeries, documents: Iterable[EntryDocument], colour: str, edition: Edition) -> dict[str, Any]:
    """What the template of a chart needs."""
    points = chart.points_of(documents, record.slug)
    until = last_researched(edition.coverage)
    drawing = chart.draw(points, until)
    return {
        "slug": record.slug,
        "name": record.name,
        "href": record.get_absolute_url(),
        "csv_href": f"/figures/{record.slug}.csv",
        "colour": colour,
        "drawing": drawing,
        "notes": [note for note in (record.description, *(_notes(points, drawing, until) if drawing else [])) if note],
        "explained": _explained(points),
        "has_parts": any(point.figure["basis"] for point in points),
        "unsourced": not all(point.is_sourced for point in points),
        "rows": [{**_row(point), "parts": chart.parts(point, points)} for point in points],
    }


def _notes(points: list[chart.Point], drawing: Drawing, until: datetime.date | None) -> list[str]:
    """How to read the chart: only of what is on it."""
    notes = [_("The scale starts at zero.")]
    if any(point.period[1] == NEVER for point in points):
        notes.append(_("A line that runs to the right edge has no known end."))
        if until:
            reach = wording.when(until.strftime("%Y-%m"))
            notes.append(_("Research reaches to %(month)s; what holds after that is not claimed.") % {"month": reach})
    if any(not point.is_solid for point in points):
        notes.append(_("○ not in force on the day of its entry: announced, proposed, agreed or struck down."))
    if any(point.is_unended for point in points):
        notes.append(_("A thin line means that the end is not recorded."))
    if any("hollow" not in disc.name for disc in drawing.discs):
        notes.append(_("A disc is a value that is known for one time only."))
    if not all(point.is_sourced for point in points):
        notes.append(_("Dashed: no full source yet."))
    return notes


def _explained(points: list[chart.Point]) -> str:
    """Why the table has more rows than the line has values."""
    stated = [point for point in points if point.bounds]
    drawn = len({id(step.point) for step in chart.steps(stated)})
    if not drawn or drawn == len(points):
        return ""
    sentence = ngettext(
        "%(drawn)d of these %(number)d figures makes the line: what held, in all.",
        "%(drawn)d of these %(number)d figures make the line: what held, in all.",
        drawn,
    )
    others = _("The others were not in force, are known for one time, or are told by two entries or as a part.")
    return f"{sentence % {'drawn': drawn, 'number': len(points)}} {others}"


def _row(point: chart.Point) -> dict[str, Any]:
    figure, entry = point.figure, point.entry
    when, note = wording.figure_dates(figure) or wording.period(point.date.text), figure["period_note"]
    sources = {source["number"]: source for source in entry["sources"]}
    cited = dict.fromkeys(citation["number"] for citation in figure["citations"])
    return {
        "when": capfirst(when),
        "when_note": capfirst(note) if note.lower() != when.lower() else "",
        "state_href": _state(figure, entry),
        "label": figure["label"],
        "value": wording.figure_value(figure),
        "basis": wording.label(figure["basis"], "basis"),
        "standing": wording.figure_status(figure),
        "note": figure["note"],
        "sources": [sources[number] for number in cited],
        "headline": entry["headline"],
        "date": wording.happened(entry["date"]),
        "href": f"{entry['url']}#f-{figure['id']}",
    }


def _state(figure: FigureDocument, entry: EntryDocument) -> str:
    """The page of the first day on which a figure answers a line of the state; empty where it answers none."""
    first = edtf.parse(figure["period"]).lower if figure["period"] else None
    day = first.isoformat() if first else entry["date"]["end"]
    return f"/state/?on={day}#{figure['line']}" if figure["line"] and day else ""


AS_STORED: Final = (
    *("label", "value", "low", "high", "qualifier", "unit", "currency", "scale", "per"),
    *("of", "period", "period_note", "status", "basis", "note"),
)
COLUMNS = ["from", "until", *AS_STORED, "source_numbers", "source_urls", "entry", "entry_url"]
"""Of the CSV. ``from`` and ``until`` are days, the last one inclusive; an end that is open or unknown is empty."""


def _csv_row(point: chart.Point) -> dict[str, Any]:
    figure, entry = point.figure, point.entry
    numbers = list(dict.fromkeys(citation["number"] for citation in figure["citations"]))
    slugs = {source["number"]: source["slug"] for source in entry["sources"]}
    return {
        "from": point.date.lower.isoformat() if point.date.lower else "",
        "until": point.date.last.isoformat() if point.date.last and not point.is_unended else "",
        **{name: figure[name] for name in AS_STORED},
        "source_numbers": " ".join(str(number) for number in numbers),
        "source_urls": " ".join(absolute(f"/sources/{slugs[number]}/") for number in numbers),
        "entry": entry["headline"],
        "entry_url": absolute(here(f"{entry['url']}#f-{figure['id']}")),
    }
