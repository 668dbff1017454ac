"""Facets: what can be ticked, and how many entries each tick would leave.

Options come in one statement and counts in another, however many facets, values or
entries there are. Without filters the counts are the stored totals (``FacetTotal``);
with filters they are counted over at most ``COUNT_LIMIT`` matching entries, and a
larger set is shown without numbers rather than with wrong ones.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Model
from django.utils.translation import gettext_lazy as _

from timeline.models import Category, Commodity, FacetTotal, Lane, MonthTotal, Organisation, Person, Source
from timeline.models.querysets import FACET_COLUMNS, PublishedEntryQuerySet

FACETS: dict[str, tuple[type[Model], Any]] = {
    "lane": (Lane, _("Subjects")),
    "person": (Person, _("People")),
    "commodity": (Commodity, _("Goods and topics")),
    "category": (Category, _("Kinds of event")),
    "organisation": (Organisation, _("Organisations")),
    "publisher": (Organisation, _("Publishers")),
    "source": (Source, _("Sources")),
}

NOT_OFFERED = {"source"}
"""Asked from pages of their own."""

OPTION_LIMIT = 60
"""Options offered in a facet: the most frequent ones, and whatever is ticked."""

COUNT_LIMIT = 2_000
"""Matching entries are counted no further: a count must not grow with the table."""


@dataclass(frozen=True)
class Option:
    """A record that can be ticked. ``total`` counts its entries when nothing is filtered."""

    facet: str
    id: int
    slug: str
    name: str
    total: int
    detail: str = ""
    lineage: tuple[int, ...] = ()


Options = dict[str, dict[str, Option]]
"""``{facet: {slug: option}}``, most frequent first."""


class Span(NamedTuple):
    """``total`` entries of a lane whose dates reach from the unit of ``first`` to that of ``last``."""

    lane: int
    first: datetime.date
    last: datetime.date
    total: int


@dataclass
class Counts:
    """How many entries match, in all, by year and by option.

    ``capped`` means more than ``COUNT_LIMIT`` match and ``total`` is that limit.
    ``by_option[facet]`` maps ids to counts; None means too many to count, as it does
    in ``years``, ``spans`` and ``differing``, the matching entries where accounts differ.
    ``everything`` counts all entries there are.

    For the overview of a filtered question: ``spans`` of what matches, by month or, close
    up, by day; ``context`` the spans of all entries of the same stretch of time, None when
    the stored ones say it; ``months`` by number (see ``coverage``) when it is close up.
    """

    total: int = 0
    capped: bool = False
    everything: int = 0
    differing: int | None = 0
    years: dict[int, int] | None = field(default_factory=dict)
    by_option: dict[str, dict[int, int] | None] = field(default_factory=dict)
    spans: list[Span] | None = field(default_factory=list)
    context: list[Span] | None = None
    months: dict[int, int] = field(default_factory=dict)


def load_options(ticked: Mapping[str, list[str]], limit: int = OPTION_LIMIT) -> Options:
    """The most frequent ``limit`` options of each facet, and the ticked slugs that exist.

    One query, or none when there is nothing to look up.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    for facet, (model, _label) in FACETS.items():
        table = model._meta.db_table
        detail = "r.country" if model is Person else "''"
        lineage = "r.lineage" if model is Commodity else "NULL::bigint[]"
        name = "r.title" if model is Source else "r.name"
        columns = f"%s::text, r.id, r.slug, {name}, {detail}, {lineage}"
        offered = facet not in NOT_OFFERED
        if limit and offered:
            parts.append(
                f"(SELECT {columns}, t.total FROM (SELECT value, total FROM timeline_facettotal WHERE facet = %s"
                f" ORDER BY total DESC, value LIMIT %s) t JOIN {table} r ON r.id = t.value)"
            )
            parameters += [facet, facet, limit]
        if slugs := ticked.get(facet):
            parts.append(
                f"(SELECT {columns}, coalesce(t.total, 0) FROM {table} r LEFT JOIN timeline_facettotal t"
                f" ON t.facet = %s AND t.value = r.id WHERE r.slug = ANY(%s) AND ({_is_known(facet)}))"
            )
            parameters += [facet, facet, slugs]
    options: Options = {facet: {} for facet in FACETS}
    if not parts:
        return options
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({' UNION ALL '.join(parts)}) o ORDER BY 7 DESC, 4", parameters)
        for facet, pk, slug, name, detail, lineage, total in cursor.fetchall():
            options[facet][slug] = Option(facet, pk, slug, name, total, detail, tuple(lineage or ()))
    return options


def _is_known(facet: str) -> str:
    """Whether readers may know of a record: lanes are public by themselves, others while an entry uses them.

    Once one did, the record is known for good: who follows it is told that the entry has left.
    """
    if facet == "lane":
        return "true"
    column = FACET_COLUMNS[facet]
    left = f"d.{column} = r.id" if column.endswith("_id") else f"d.{column} @> ARRAY[r.id]"
    return f"t.total IS NOT NULL OR EXISTS (SELECT FROM timeline_departure d WHERE {left})"


def stored_counts(options: Options) -> Counts:
    """Counts when nothing is filtered: one query on the stored totals."""
    rows = FacetTotal.objects.filter(facet__in=["all", "differs", "year"]).values_list("facet", "value", "total")
    counts = Counts(by_option={facet: {o.id: o.total for o in options[facet].values()} for facet in FACETS})
    years = {}
    for facet, value, total in rows:
        if facet == "all":
            counts.total = counts.everything = total
        elif facet == "differs":
            counts.differing = total
        else:
            years[value] = total
    counts.years = dict(sorted(years.items()))
    return counts


def stored_spans() -> list[Span]:
    """All entries by lane and month: one query on the stored totals."""
    return [Span(*row) for row in MonthTotal.objects.values_list("lane", "first", "last", "total")]


def stored_months() -> list[datetime.date]:
    """The first days of the months that have entries of that date or better: one query on the stored totals."""
    return list(MonthTotal.objects.filter(first=F("last")).values_list("first", flat=True).distinct())


SPANS = """
SELECT '{name}', 'span', lane, date_trunc('{unit}', first)::date, date_trunc('{unit}', last)::date, count(*) FROM (
    SELECT unnest(lanes) lane, coalesce(lower(period), sort_date) first,
        greatest(coalesce(upper(period) - 1, sort_date), lower(period)) last
    FROM "{name}" WHERE {countable}
) spans GROUP BY 3, 4, 5
"""


def count(
    matching: PublishedEntryQuerySet,
    without: Mapping[str, PublishedEntryQuerySet | None],
    options: Options,
    *,
    searching: bool = False,
    close_up: PublishedEntryQuerySet | None = None,
) -> Counts:
    """Counts of a filtered question, in one statement.

    ``matching`` is the whole question. ``without[facet]`` is the question minus the
    ticks of that facet (a facet's counts ignore its own ticks), or None when nothing
    else is asked, so that the stored totals answer. ``searching`` says that words are
    among what is asked. ``close_up`` has all entries of a short stretch of time, when
    the question is about one: then the spans are counted by day.
    """
    sets = {"matching": matching, **{facet: rows for facet, rows in without.items() if rows is not None}}
    if close_up is not None:
        sets["context"] = close_up
    # A set is asked for what is counted of it: all facets, or the one whose ticks it ignores.
    counted = {"matching": [*FACET_COLUMNS.values(), "differs"], "context": ["lanes"]}
    tables, selects, parameters = [], [], []
    for name, rows in sets.items():
        sql, values = _columns(rows, counted.get(name) or [FACET_COLUMNS[name]])
        tables.append(
            f'"{name}" AS MATERIALIZED ({sql}), "n_{name}" AS MATERIALIZED (SELECT count(*) n FROM "{name}")'
        )
        parameters += values
        selects.append(f"SELECT '{name}', 'all', 0::bigint, NULL::date, NULL::date, n FROM \"n_{name}\"")
    # A set that is too large to count is not taken apart at all: PostgreSQL asks this once.
    countable = f'(SELECT n FROM "n_%s") <= {COUNT_LIMIT}'
    selects.append("SELECT 'everything', 'all', 0, NULL, NULL, total FROM timeline_facettotal WHERE facet = 'all'")
    by = {"year": "extract(year FROM sort_date)"}
    if close_up is not None:
        by["month"] = "extract(year FROM sort_date) * 12 + extract(month FROM sort_date) - 1"
    for name, unit in by.items():
        selects.append(
            f"SELECT 'matching', '{name}', ({unit})::bigint, NULL, NULL, count(*) FROM matching"
            f" WHERE {countable % 'matching'} GROUP BY 3"
        )
    selects.append(
        "SELECT 'matching', 'differs', 0, NULL, NULL, count(*) FROM matching"
        f" WHERE differs AND {countable % 'matching'}"
    )
    for name in ("matching", "context"):
        if name in sets:
            unit = "month" if close_up is None else "day"
            selects.append(SPANS.format(name=name, unit=unit, countable=countable % name))
    for facet in FACETS:
        if not options[facet] or (facet in without and without[facet] is None):
            continue
        name, column = (facet if facet in without else "matching"), FACET_COLUMNS[facet]
        # In the list of columns unnest costs half of what it does after FROM.
        items = column if column == "category_id" else f"unnest({column})"
        source = f'(SELECT {items} v FROM "{name}" WHERE {countable % name}) x'
        selects.append(
            f"SELECT '{name}', '{facet}', v, NULL, NULL, count(*) FROM {source} WHERE v = ANY(%s) GROUP BY v"
        )
        parameters.append([option.id for option in options[facet].values()])
    counts = Counts(by_option={facet: {} for facet in FACETS})
    rows_of: dict[tuple[str, str], dict[int, int]] = {}
    spans: dict[str, list[Span]] = {}
    statement = f"WITH {', '.join(tables)} {' UNION ALL '.join(selects)}"
    with connection.cursor() as cursor:
        if searching:
            # Reading the table from its start seems cheap to the planner, as it ignores what
            # fetching a search vector costs: 100 ms for 100,000 entries, where the index takes 10.
            # Statements sent together are one transaction, so this holds for the second only.
            cursor.execute(f"SET LOCAL enable_seqscan = off; {statement}", parameters)
            cursor.nextset()
        else:
            cursor.execute(statement, parameters)
        for name, facet, value, first, last, number in cursor.fetchall():
            if facet == "span":
                spans.setdefault(name, []).append(Span(value, first, last, number))
            else:
                rows_of.setdefault((name, facet), {})[value] = number

    def capped(name: str) -> bool:
        return rows_of[name, "all"][0] > COUNT_LIMIT

    counts.capped = capped("matching")
    counts.total = min(rows_of["matching", "all"][0], COUNT_LIMIT)
    counts.everything = rows_of.get(("everything", "all"), {}).get(0, 0)
    counts.years = None if counts.capped else dict(sorted(rows_of.get(("matching", "year"), {}).items()))
    counts.differing = None if counts.capped else rows_of["matching", "differs"][0]
    counts.months = rows_of.get(("matching", "month"), {})
    counts.spans = None if counts.capped else spans.get("matching", [])
    counts.context = spans.get("context", []) if close_up is not None else None
    for facet in FACETS:
        if facet in without and without[facet] is None:
            counts.by_option[facet] = {option.id: option.total for option in options[facet].values()}
        else:
            name = facet if facet in without else "matching"
            counts.by_option[facet] = None if capped(name) else rows_of.get((name, facet), {})
    return counts


def _columns(rows: PublishedEntryQuerySet, names: Iterable[str]) -> tuple[str, list[Any]]:
    """SQL and parameters of at most ``COUNT_LIMIT`` + 1 rows with the columns that are counted."""
    columns = dict.fromkeys(["sort_date", "period", *names])
    sql, parameters = rows.order_by().values(*columns)[: COUNT_LIMIT + 1].query.sql_with_params()
    return sql, list(parameters)
