"""Facets: what can be ticked, and how many entries each tick would leave.

Options come in one statement and counts in another, however many facets, values or
entries there are. Without filters the counts are the stored totals (``FacetTotal``);
with filters they are counted over at most ``COUNT_LIMIT`` matching entries, and a
larger set is shown without numbers rather than with wrong ones.

DECISIONS 44 says why.
"""

import datetime
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import get_language

from timeline.models import FacetTotal, MonthTotal, PublishedEntry, State
from timeline.public.language import named_here, read_name, whose_name

from .kinds import Records
from .parameters import facets, flags

OPTION_LIMIT = 60
"""Options offered in a facet: the most frequent ones, and whatever is ticked."""

COUNT_LIMIT = 2_000
"""Matching entries are counted no further: a count must not grow with the table."""

FOUND_LIMIT = 300
"""Matching entries that are named as well as counted, so that the words are not looked up a second time."""


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


Bounds = tuple[datetime.date | None, datetime.date | None]
"""A stretch of time: the first day, and the day after the last; None is open."""

Condition = tuple[str, Iterable[Any]]
"""What is asked of a published entry, in SQL, and its parameters."""


class CloseUp(NamedTuple):
    """The short stretch of time that a question is about, and what it asks of an entry."""

    bounds: Bounds
    conditions: list[Condition]


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
    ``by_option[facet]`` maps ids to counts, and ``by_flag`` has how many entries each flag would
    leave; None means too many to count, as it does in ``years`` and ``spans``.
    ``everything`` counts all entries there are.

    For the overview of a filtered question: ``spans`` of what matches, by month or, close
    up, by day; ``context`` the spans of all entries of the same stretch of time, None when
    the stored ones say it; ``months`` by number (see ``coverage``) when it is close up.
    """

    total: int = 0
    capped: bool = False
    everything: int = 0
    years: dict[int, int] | None = field(default_factory=dict)
    by_option: dict[str, dict[int, int] | None] = field(default_factory=dict)
    by_flag: dict[str, int | None] = field(default_factory=dict)
    spans: list[Span] | None = field(default_factory=list)
    context: list[Span] | None = None
    months: dict[int, int] = field(default_factory=dict)
    found: list[int] | None = None
    """The ids of what matches, if words are searched for and it is no more than ``FOUND_LIMIT``."""


def load_options(ticked: Mapping[str, list[str]], limit: int = OPTION_LIMIT, as_of: State | None = None) -> Options:
    """The most frequent ``limit`` options of each facet, and the ticked slugs that exist.

    One query, or none when there is nothing to look up. ``as_of`` names the edition: what all its pages offer is asked
    once, and a query only for what is ticked besides.
    """
    if as_of and limit:
        offered = _offered(as_of, get_language() or "", limit)
        if all(slug in offered[facet] for facet, slugs in ticked.items() for slug in slugs):
            return {facet: dict(options) for facet, options in offered.items()}
    return _look_up(ticked, limit)


@lru_cache(maxsize=8)
def _offered(_as_of: State, _language: str, limit: int) -> Options:
    return _look_up({}, limit)


def _look_up(ticked: Mapping[str, list[str]], limit: int) -> Options:
    parts: list[str] = []
    parameters: list[Any] = []
    for name, facet in facets().items():
        table = facet.model._meta.db_table
        detail = f"r.{facet.detail}" if facet.detail else "''"
        lineage = f"r.{facet.lineage}" if facet.lineage else "NULL::bigint[]"
        whose = whose_name(facet.model, "r", facet.title)
        columns = f"%s::text, r.id, r.slug, r.{facet.title}, {whose} whose, {detail}, {lineage}"
        if limit and facet.is_offered:
            parts.append(
                f"(SELECT {columns}, t.total FROM (SELECT value, total FROM timeline_facettotal WHERE facet = %s"
                f" ORDER BY total DESC, value LIMIT %s) t JOIN {table} r ON r.id = t.value)"
            )
            parameters += [name, name, limit]
        if slugs := ticked.get(name):
            shown = "true" if facet.is_public else "t.total IS NOT NULL"  # else all that is told is what was typed
            columns = (
                f"%s::text, r.id, r.slug, CASE WHEN {shown} THEN r.{facet.title} ELSE r.slug END, {whose} whose,"
                f" CASE WHEN {shown} THEN {detail} ELSE '' END, CASE WHEN {shown} THEN {lineage} END"
            )
            parts.append(
                f"(SELECT {columns}, coalesce(t.total, 0) FROM {table} r LEFT JOIN timeline_facettotal t"
                f" ON t.facet = %s AND t.value = r.id WHERE r.slug = ANY(%s) AND ({_is_known(facet)}))"
            )
            parameters += [name, name, slugs]
    options: Options = {name: {} for name in facets()}
    if not parts:
        return options
    with connection.cursor() as cursor:
        said = named_here("o.whose[1]", "o.whose[2]", "o.whose[3]")
        cursor.execute(f"SELECT *, {said} FROM ({' UNION ALL '.join(parts)}) o ORDER BY 8 DESC, 4", parameters)
        for name, pk, slug, title, _whose, detail, lineage, total, said in cursor.fetchall():
            title = read_name(title, said)
            options[name][slug] = Option(name, pk, slug, title, total, detail, tuple(lineage or ()))
    return options


def _is_known(facet: Records) -> str:
    """Whether readers may know of a record: some are public by themselves, others while an entry uses them.

    Once one did, the record is known for good, by its slug: who follows it is told that the entry has left.
    """
    if facet.is_public:
        return "true"
    left = f"d.{facet.column} @> ARRAY[r.id]" if facet.is_array else f"d.{facet.column} = r.id"
    return f"t.total IS NOT NULL OR EXISTS (SELECT FROM timeline_departure d WHERE {left})"


def stored_counts(options: Options) -> Counts:
    """Counts when nothing is filtered: one query on the stored totals."""
    columns = {flag.column: name for name, flag in flags().items()}
    rows = FacetTotal.objects.filter(facet__in=["all", *columns, "year"]).values_list("facet", "value", "total")
    counts = Counts(
        by_option={name: {o.id: o.total for o in options[name].values()} for name in facets()},
        by_flag=dict.fromkeys(flags(), 0),
    )
    years = {}
    for facet, value, total in rows:
        if facet == "all":
            counts.total = counts.everything = total
        elif facet == "year":
            years[value] = total
        else:
            counts.by_flag[columns[facet]] = total
    counts.years = dict(sorted(years.items()))
    return counts


def stored_spans() -> list[Span]:
    """All entries by lane and month: one query on the stored totals."""
    return [Span(*row) for row in MonthTotal.objects.values_list("lane", "first", "last", "total")]


# A set that is too large to count is not taken apart at all: PostgreSQL asks this once.
COUNTABLE = f'((SELECT n FROM "n_%s") <= {COUNT_LIMIT})'
# Not of the date, which would be taken for a moment in a time zone; that takes longer than all else of a span.
MONTH = "date_trunc('month', {}::timestamp)::date"
SPANS = """
SELECT '{name}', 'span', lane, {first}, {last}, count(*) FROM (
    SELECT unnest(lanes) lane, coalesce(lower(period), sort_date) first,
        greatest(coalesce(upper(period) - 1, sort_date), lower(period)) last
    FROM "{name}" WHERE {countable}
) spans GROUP BY 3, 4, 5
"""


# An entry is sorted into a day on which it may have happened, and the index of the order has those: where they are
# too many already, none is fetched for its dates.
FEW_DATED = f"""
SELECT * FROM ({{rows}}) overlapping WHERE (SELECT count(*) FROM (
    SELECT FROM timeline_publishedentry WHERE sort_date >= %s AND sort_date < %s LIMIT {COUNT_LIMIT + 1}
) dated) <= {COUNT_LIMIT}
"""
# The stored totals know of most words that are too common to count that they are. Twice the limit, as a word may be
# cut otherwise in a few entries than where it is looked up.
IS_COMMON = f"SELECT coalesce(max(total), 0) > {2 * COUNT_LIMIT} yes FROM timeline_wordtotal WHERE word = ANY(%s)"


class Tally(NamedTuple):
    """A row of the statement: ``number`` entries of the set ``of`` have this ``value`` of ``what``, or these dates."""

    of: str
    what: str
    value: int
    first: datetime.date | None
    last: datetime.date | None
    number: int


def count(
    matching: list[Condition],
    without: Mapping[str, list[Condition] | None],
    options: Options,
    *,
    searching: bool = False,
    common: Container[str] = (),
    close_up: CloseUp | None = None,
    word: str = "",
) -> Counts:
    """Counts of a filtered question, in one statement.

    ``matching`` is the whole question. ``without[facet]`` is the question minus the
    ticks of that facet (a facet's counts ignore its own ticks), or None when nothing
    else is asked, so that the stored totals answer; nothing is counted where that is known
    to be too much, which the facet is ``common`` for. Where more matches than can be counted,
    so does without any ticks, and nothing of these sets is looked up. ``searching`` says that
    words are among what is asked.
    Close up the spans are counted by day. ``word`` is all that is asked, if it is one.
    """
    apart = {facet: rows for facet, rows in without.items() if rows is not None and facet not in common}
    sets = {"matching": matching, **apart}
    if close_up:
        sets["context"] = close_up.conditions
    statement = _statement(sets, without, options, searching=searching, close_up=close_up, word=word)
    tallies = _run(*statement, searching=searching)
    numbers: dict[tuple[str, str], dict[int, int]] = {}
    spans: dict[str, list[Span]] = {}
    for one in tallies:
        if one.first and one.last:
            spans.setdefault(one.of, []).append(Span(one.value, one.first, one.last, one.number))
        else:
            numbers.setdefault((one.of, one.what), {})[one.value] = one.number
    sizes = {name: numbers[name, "all"][0] for name in sets}
    counts = Counts(
        total=min(sizes["matching"], COUNT_LIMIT),
        capped=sizes["matching"] > COUNT_LIMIT,
        everything=numbers.get(("everything", "all"), {}).get(0, 0),
        months=numbers.get(("matching", "month"), {}),
        context=spans.get("context", []) if close_up else None,
    )
    if searching and counts.total <= FOUND_LIMIT:
        counts.found = list(numbers.get(("matching", "entry"), {}))
    counts.years = None if counts.capped else dict(sorted(numbers.get(("matching", "year"), {}).items()))
    counts.spans = None if counts.capped else spans.get("matching", [])
    for name, flag in flags().items():
        counts.by_flag[name] = None if counts.capped else numbers["matching", flag.column][0]
    for name in facets():
        if name in without and without[name] is None:
            counts.by_option[name] = {option.id: option.total for option in options[name].values()}
        else:
            of = name if name in without else "matching"
            is_counted = of in sets and not counts.capped and sizes[of] <= COUNT_LIMIT
            counts.by_option[name] = numbers.get((of, name), {}) if is_counted else None
    return counts


def _statement(
    sets: Mapping[str, list[Condition]],
    without: Mapping[str, Any],
    options: Options,
    *,
    searching: bool,
    close_up: CloseUp | None,
    word: str,
) -> tuple[str, list[Any]]:
    """The statement that counts, and its parameters: the sets as tables, and a query for each thing counted."""
    # A set is asked for what is counted of it: all facets and flags, or the one facet whose ticks it ignores.
    columns = {name: [facet.column] for name, facet in facets().items()}
    columns["matching"] = [one.column for one in (*facets().values(), *flags().values())]
    if searching:
        columns["matching"].append("entry_id")
    columns["context"] = ["lanes"]
    tables, selects = [], []
    parameters: list[Any] = []
    for name, conditions in sets.items():
        sql, values = _columns(conditions, columns[name])
        number = f'SELECT count(*) n FROM "{name}"'
        if name == "context" and close_up:
            sql, values = FEW_DATED.format(rows=sql), [*values, *close_up.bounds]
        elif name == "matching" and word:
            tables.append(f"is_common AS MATERIALIZED ({IS_COMMON})")
            parameters.append([word, word.capitalize(), word.upper()])
            sql = f"SELECT * FROM ({sql}) rare WHERE NOT (SELECT yes FROM is_common)"
            number = f"SELECT CASE WHEN yes THEN {COUNT_LIMIT + 1} ELSE ({number}) END n FROM is_common"
        elif name not in ("matching", "context"):
            sql = f"SELECT * FROM ({sql}) wider WHERE {COUNTABLE % 'matching'}"
        tables.append(f'"{name}" AS MATERIALIZED ({sql}), "n_{name}" AS MATERIALIZED ({number})')
        parameters += values
        selects.append(f"SELECT '{name}', 'all', 0::bigint, NULL::date, NULL::date, n FROM \"n_{name}\"")
    if searching:
        few = f"(SELECT n FROM n_matching) <= {FOUND_LIMIT}"
        selects.append(f"SELECT 'matching', 'entry', entry_id, NULL, NULL, 1 FROM matching WHERE {few}")
    selects.append("SELECT 'everything', 'all', 0, NULL, NULL, total FROM timeline_facettotal WHERE facet = 'all'")
    is_close_up = "context" in sets
    by = {"year": "date_part('year', sort_date)"}  # numbers that are quicker than those of extract()
    if is_close_up:
        by["month"] = "date_part('year', sort_date) * 12 + date_part('month', sort_date) - 1"
    for what, unit in by.items():
        selects.append(
            f"SELECT 'matching', '{what}', ({unit})::bigint, NULL, NULL, count(*) FROM matching"
            f" WHERE {COUNTABLE % 'matching'} GROUP BY 3"
        )
    selects += [
        f"SELECT 'matching', '{flag.column}', 0, NULL, NULL, count(*) FROM matching"
        f" WHERE {flag.column} AND {COUNTABLE % 'matching'}"
        for flag in flags().values()
    ]
    for name in ("matching", "context"):
        if name in sets:
            ends = {end: end if is_close_up else MONTH.format(end) for end in ("first", "last")}
            selects.append(SPANS.format(name=name, countable=COUNTABLE % name, **ends))
    for name, facet in facets().items():
        of = name if name in without else "matching"
        if not options[name] or of not in sets:
            continue
        # In the list of columns unnest costs half of what it does after FROM.
        items = f"unnest({facet.column})" if facet.is_array else facet.column
        source = f'(SELECT {items} v FROM "{of}" WHERE {COUNTABLE % of}) x'
        selects.append(f"SELECT '{of}', '{name}', v, NULL, NULL, count(*) FROM {source} WHERE v = ANY(%s) GROUP BY v")
        parameters.append([option.id for option in options[name].values()])
    return f"WITH {', '.join(tables)} {' UNION ALL '.join(selects)}", parameters


def _columns(conditions: list[Condition], names: Iterable[str], limit: int = COUNT_LIMIT) -> tuple[str, list[Any]]:
    """SQL and parameters of at most ``limit`` + 1 entries with the columns that are counted."""
    columns = ", ".join(dict.fromkeys(["sort_date", "period", *names]))
    asked = " AND ".join(condition for condition, _values in conditions) or "true"
    sql = f"SELECT {columns} FROM {PublishedEntry._meta.db_table} WHERE {asked} LIMIT {limit + 1}"
    return sql, [value for _condition, values in conditions for value in values]


def _run(statement: str, parameters: list[Any], *, searching: bool) -> list[Tally]:
    with connection.cursor() as cursor:
        if searching:
            # Reading the table from its start seems cheap to the planner, as it ignores what
            # fetching a search vector costs: 100 ms for 100,000 entries, where the index takes 10.
            # Statements sent together are one transaction, so this holds for the second only.
            cursor.execute(f"SET LOCAL enable_seqscan = off; {statement}", parameters)
            cursor.nextset()
        else:
            cursor.execute(statement, parameters)
        return [Tally(*row) for row in cursor.fetchall()]
