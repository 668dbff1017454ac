"""The tables of a print: the figures of its entries that belong to a series, each series once, in order of time.

They stand before the entries. What is in no printed entry is in no table, so that a print tells of its question alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from timeline import edtf
from timeline.models import FigureSeries
from timeline.models.document import EntryDocument, FigureDocument
from timeline.public.language import said_here
from timeline.public.wording import figure_dates, figure_status, figure_value, happened, label, source_line, stop
from timeline.punctuation import marks

from .content import escape

LEAST = 2
"""Figures of a table; one alone stands in its entry."""


def anchor(entry: EntryDocument) -> str:
    """The place of an entry in the print."""
    return f"h-{entry['uid'][:8]}"


class Row(NamedTuple):
    """A figure: its place in time, and its cells as markup."""

    place: tuple[date, date]
    cells: list[str]


def tables(documents: Iterable[EntryDocument]) -> Iterator[str]:
    """The tables of these entries as markup, in the order of the names of their series: one query, of the names."""
    found = defaultdict[str, list[Row]](list)
    for entry in documents:
        for figure in entry["figures"]:
            if figure["series"]:
                found[figure["series"]].append(_row(figure, entry))
    kept = [slug for slug, rows in found.items() if len(rows) >= LEAST]
    if not kept:
        return
    yield f'<section class="series" aria-labelledby="series"><h2 id="series">{escape(_("The figures over time"))}</h2>'
    for series in said_here(FigureSeries.objects.filter(slug__in=kept).order_by("name")):
        yield _table(series.slug, series.name, sorted(found[series.slug], key=lambda row: row.place))
    yield "</section>\n"


def _row(figure: FigureDocument, entry: EntryDocument) -> Row:
    said = edtf.parse(entry["date"]["edtf"]).sort_date
    begins = edtf.parse(figure["period"]).sort_date if figure["period"] else said
    sources = {source["number"]: source for source in entry["sources"]}
    cited = dict.fromkeys(citation["number"] for citation in figure["citations"])
    cells = [
        escape(capfirst(figure_dates(figure) or happened(entry["date"]))),
        escape(marks().bar.join(filter(None, (figure_value(figure), label(figure["basis"], "basis"))))),
        f"{escape(stop(figure_status(figure)))} {escape(figure['note'])}".strip(),
        marks().semicolon.join(
            f"{escape(source_line(sources[number]))}\N{NO-BREAK SPACE}[{number}]" for number in cited
        ),
    ]
    headline = f'<a href="#{anchor(entry)}">{escape(entry["headline"])}</a>'
    return Row((begins, said), [*cells, headline])


def _table(slug: str, name: str, rows: Iterable[Row]) -> str:
    head = "".join(f'<th scope="col">{escape(words)}</th>' for words in _head())
    body = "".join(
        f'<tr><th scope="row">{row.cells[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row.cells[1:])}</tr>'
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="series-{slug}"><table class="data">'
        f'<caption id="series-{slug}">{escape(name)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>\n"
    )


def _head() -> list[str]:
    return [_("When"), _("Value"), _("Standing"), _("Source"), _("Entry")]
