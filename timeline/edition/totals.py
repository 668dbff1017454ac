"""The stored totals: how many published entries each facet value has, each lane in each month, and each word."""

import datetime
from collections import Counter
from typing import Any

from django.db import connection

from timeline.filters.parameters import facets, flags
from timeline.filters.spelling import written
from timeline.models import FacetTotal, MonthTotal, PublishedEntry, WordTotal
from timeline.names import fold

# Sources that are cited for the first time, or are not any more, change the number of all of them ("sources").
# A row that is new has no xmax.
ADD_TO_FACETS = """
WITH changed AS (
    INSERT INTO timeline_facettotal (facet, value, total)
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::int[])
    ON CONFLICT (facet, value) DO UPDATE SET total = timeline_facettotal.total + EXCLUDED.total
    RETURNING facet, total, xmax = 0 AS is_new
), sources AS (
    SELECT count(*) FILTER (WHERE is_new AND total > 0) - count(*) FILTER (WHERE NOT is_new AND total <= 0) AS change
    FROM changed WHERE facet = 'source'
)
INSERT INTO timeline_facettotal (facet, value, total) SELECT 'sources', 0, change FROM sources WHERE change <> 0
ON CONFLICT (facet, value) DO UPDATE SET total = timeline_facettotal.total + EXCLUDED.total
"""
ADD_TO_MONTHS = """
INSERT INTO timeline_monthtotal (lane, first, last, total)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::int[])
ON CONFLICT (lane, first, last) DO UPDATE SET total = timeline_monthtotal.total + EXCLUDED.total
"""

ADD_TO_WORDS = """
INSERT INTO timeline_wordtotal (version, word, total, folded)
SELECT * FROM unnest(%s::int[], %s::text[], %s::int[], %s::text[])
ON CONFLICT (word, version) DO UPDATE SET total = timeline_wordtotal.total + EXCLUDED.total
"""


class Totals:
    """By how much the stored totals change: those of facets, of lanes by month, and of words."""

    def __init__(self) -> None:
        self.facets: Counter[tuple[str, int]] = Counter()
        self.months: Counter[tuple[int, datetime.date, datetime.date]] = Counter()
        self.words: Counter[tuple[int, str]] = Counter()

    def add(self, row: PublishedEntry) -> None:
        """Count an entry that is public from now on."""
        self.facets.update(facets_of(row))
        self.months.update(_months_of(row))
        self.words.update(_words_of(row))

    def remove(self, row: PublishedEntry) -> None:
        """Count an entry no more."""
        self.facets.subtract(facets_of(row))
        self.months.subtract(_months_of(row))
        self.words.subtract(_words_of(row))

    def include(self, other: "Totals") -> None:
        """Change by what ``other`` changes as well."""
        self.facets.update(other.facets)
        self.months.update(other.months)
        self.words.update(other.words)

    def save(self) -> None:
        """Add the differences; a total that reaches nought disappears."""
        for counter, statement, model in (
            (self.facets, ADD_TO_FACETS, FacetTotal),
            (self.months, ADD_TO_MONTHS, MonthTotal),
            (self.words, ADD_TO_WORDS, WordTotal),
        ):
            changes = sorted((*key, change) for key, change in counter.items() if change)
            if changes:
                columns: list[list[Any]] = [list(column) for column in zip(*changes, strict=True)]
                if model is WordTotal:  # each word is folded once, not for each entry that says it
                    columns.append([fold(word)[:80] for word in columns[1]])
                with connection.cursor() as cursor:
                    cursor.execute(statement, columns)
                if any(change < 0 for change in counter.values()):
                    model._default_manager.filter(total__lte=0).delete()


def facets_of(row: PublishedEntry) -> list[tuple[str, int]]:
    """The facet values a row counts for."""
    values = [("all", 0), ("year", row.sort_date.year)]
    values += [(name, pk) for name, facet in facets().items() for pk in facet.ids_of(row)]
    values += [(flag.column, 0) for flag in flags().values() if getattr(row, flag.column)]
    values += [("one_source", 0)] if row.document["one_source"] else []
    values += [("positionless", pk) for pk in row.positionless]
    return values


def _months_of(row: PublishedEntry) -> list[tuple[int, datetime.date, datetime.date]]:
    """The months a row counts for in each of its lanes; of an open date the month it is sorted into."""
    first = row.period.lower or row.sort_date
    last = row.period.upper - datetime.timedelta(days=1) if row.period.upper else row.sort_date
    return [(lane, first.replace(day=1), max(first, last).replace(day=1)) for lane in row.lanes]


def _words_of(row: PublishedEntry) -> list[tuple[int, str]]:
    return [(row.document_version, word) for word in written(row.document)]
