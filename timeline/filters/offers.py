"""What a page offers for the date in a search: the entries of that time, and for a day without a year its years."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from timeline import edtf
from timeline.edtf.values import FIRST_YEAR, LAST_YEAR

from .facets import COUNT_LIMIT

if TYPE_CHECKING:
    from .question import Question

MOST_YEARS = 12

LONGEST = 14
"""Days of the longest stretch that is still said by its days: one of 5–6 June is meant by 6 June, June is not."""

# How many entries a day may have, in each year that has one of that day or of a few days. The conditions reach
# into the subqueries, so that each year is looked up in the indexes of days and periods.
DAYS = """
SELECT days.day, (
    SELECT count(*) FROM (SELECT FROM ({rows}) rows WHERE rows.period && days.period LIMIT %s) counted
)
FROM unnest(%s::date[], %s::daterange[]) days(day, period)
WHERE days.day BETWEEN (SELECT min(sort_date) FROM timeline_publishedentry)
    AND (SELECT max(sort_date) + %s FROM timeline_publishedentry)
AND EXISTS (
    SELECT FROM ({rows}) rows WHERE rows.sort_date BETWEEN days.day - %s AND days.day AND rows.period && days.period
    AND upper(rows.period) - lower(rows.period) <= %s
)
ORDER BY days.day DESC LIMIT %s
"""


class Offer(NamedTuple):
    """A time, the query string of its entries with the other words of the search, and their number.

    ``number`` goes up to ``COUNT_LIMIT``, and one more where there are more.
    """

    date: str
    """In words."""
    words: str
    """The other words of the search."""
    query: str
    number: int


def offers(question: "Question") -> Iterator[Offer]:
    """What is offered beside the words that were searched for; never an empty answer. A query for each reading."""
    found = question.date_in_words
    if found is None or question.is_read_as_date:
        return
    if found.day:
        other = question.with_words(found.rest)
        for day, number in _years(other, *found.day):
            text = day.isoformat()
            query = other.query(**{"from": text, "to": text})
            yield Offer(edtf.display(edtf.parse(text)), found.rest, query, number)
        return
    for one in found.dates:
        other = question.with_words(found.rest, one)
        if number := other.entries.capped_count(COUNT_LIMIT):
            yield Offer(edtf.display(one), found.rest, other.query(), number)


def _years(question: "Question", month: int, day: int) -> list[tuple[date, int]]:
    """The days of the latest years that have entries of that day, with how many entries they may have."""
    days = [found for year in range(FIRST_YEAR, LAST_YEAR + 1) if (found := _day(year, month, day))]
    rows, parameters = question.entries.order_by().values("period", "sort_date").query.sql_with_params()
    periods = [DateRange(one, one + timedelta(days=1)) for one in days]
    values = [*parameters, COUNT_LIMIT + 1, days, periods, LONGEST, *parameters, LONGEST, LONGEST, MOST_YEARS]
    with connection.cursor() as cursor:
        cursor.execute(DAYS.format(rows=rows), values)
        return cursor.fetchall()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 29 February
        return None
