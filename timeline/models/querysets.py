"""Querysets of the public tables: the one place where questions become queries."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.fields.array import ArrayOverlap  # type: ignore[attr-defined] # the stubs lack it
from django.contrib.postgres.search import SearchQuery
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import BigIntegerField, BooleanField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from .document import VERSION

if TYPE_CHECKING:
    from timeline.models import PublishedEntry  # noqa: F401 - the queryset below names it in a string
    from timeline.models.published import Filterable


VECTORS: dict[str, Any] = {"ja": Coalesce("vector_ja", "vector")}
"""What entries are searched by on pages in another language, which shows the original where nothing is translated."""

TRANSLATED_VECTORS = [f"vector_{language}" for language in VECTORS]
"""The columns with them, which are written with the translations."""

VECTOR_COLUMNS = ["vector", *TRANSLATED_VECTORS]
"""All columns that searches ask; nothing else reads them."""


def vector_in(language: str) -> Any:
    """What entries are searched by on pages in a language; empty for that of the chronology."""
    return VECTORS.get(language, F("vector"))


@dataclass(frozen=True)
class ListPosition:
    """A place in the chronological order: just before or after one entry.

    The order is total: sort date, then rank, then the entry's weight and its id.
    """

    sort_date: datetime.date
    rank: int = -1
    weight: int = -1
    entry_id: int = 0

    def __str__(self) -> str:
        return f"{self.sort_date.isoformat()}.{self.rank}.{self.weight}.{self.entry_id}"


class FilterableQuerySet[Row: Filterable](QuerySet[Row]):
    """What can be asked of whatever has the columns of an entry's filters."""

    def in_period(self, lower: datetime.date | None, upper: datetime.date | None) -> Self:
        """Entries whose date overlaps the half-open range; ``None`` leaves a side open.

        Overlap, not containment: an entry dated "April 2025" answers a question
        about 30 April, because it may have happened that day.
        """
        if lower is None and upper is None:
            return self
        return self.filter(period__overlap=DateRange(lower, upper, "[)"))

    def about(self, column: str, ids: list[int]) -> Self:
        """Entries filed in ``column`` under any of the records; a commodity answers for its descendants."""
        is_array = isinstance(self.model._meta.get_field(column), ArrayField)
        return self.filter(**{f"{column}__{'overlap' if is_array else 'in'}": ids})


class PublishedEntryQuerySet(FilterableQuerySet["PublishedEntry"]):
    """Published entries only: a row exists exactly while its entry is public."""

    def unordered(self) -> "UnorderedEntries":
        """All of them, for who counts or finds some in no order of time."""
        return UnorderedEntries(self.model)

    def matching(self, query: SearchQuery | Combinable, language: str = "") -> Self:
        """Entries whose search vector matches, on pages in another ``language`` that of what they say there."""
        return self.alias(searched=vector_in(language)).filter(searched=query)

    def chronological(self, newest_first: bool = False) -> Self:
        """By event date; see ``EDTF.sort_date`` for where an imprecise date stands. What weighs most ends its day."""
        names = ["sort_date", "sort_rank", "weight", "entry_id"]
        return self.order_by(*(f"-{name}" for name in names) if newest_first else names)

    def sorted_in(self, lower: datetime.date | None, upper: datetime.date | None) -> Self:
        """Those of :meth:`in_period` that stand between the two days in the order of time, which an index knows."""
        bounds = {"sort_date__gte": lower, "sort_date__lt": upper}
        return self.filter(**{name: day for name, day in bounds.items() if day})

    def reaching_into(self, lower: datetime.date | None, upper: datetime.date | None) -> Self:
        """The few others of :meth:`in_period`, which last until the first day, or from the last one on.

        An entry stands at a day of its period.
        """
        day = datetime.timedelta(days=1)
        others = Q(pk__in=[])
        if lower:
            others |= Q(sort_date__lt=lower, period__contains=DateRange(lower - day, lower, "[]"))
        if upper:
            others |= Q(sort_date__gte=upper, period__contains=DateRange(upper - day, upper, "[]"))
        return self.filter(others)

    def recently_updated(self) -> Self:
        """For feeds: the latest publication or update first, then the latest event."""
        return self.order_by("-updated_at", "-sort_date", "-sort_rank", "-entry_id")

    def after(self, position: ListPosition) -> Self:
        """Entries later in the order than ``position`` (keyset paging)."""
        return self.filter(_beyond(position, "gt"), sort_date__gte=position.sort_date)

    def before(self, position: ListPosition) -> Self:
        """Entries earlier in the order than ``position``."""
        return self.filter(_beyond(position, "lt"), sort_date__lte=position.sort_date)

    def for_list(self) -> Self:
        """What a list needs to know of each row; what it shows comes from ``fragments``."""
        return self.only("entry_id", "sort_date", "sort_rank", "weight", "period", "digest")

    def for_feed(self) -> QuerySet[Any, Any]:
        """What a feed needs to know of each row, as a named tuple; what it says of it comes from ``fragments``."""
        return self.values_list("pk", "published_at", "updated_at", named=True)

    def with_documents(self) -> Self:
        """What a rendering of whole entries needs; never the search vector."""
        return self.only("entry_id", "sort_date", "sort_rank", "document", "updated_at", "published_at")

    def outdated(self) -> Self:
        """Rows that code with another version of the document built."""
        # Two ranges of an index; "not equal" would read all of it.
        return self.filter(Q(document_version__lt=VERSION) | Q(document_version__gt=VERSION))

    def each(self, column: str) -> QuerySet[Any, Any]:
        """The ids in an array of each entry, for another query to ask for; one may be there many times."""
        return self.order_by().annotate(each=Func(F(column), function="unnest")).values("each")

    def capped_count(self, limit: int) -> int:
        """How many, counting no further than ``limit`` + 1: a count must not grow with the table."""
        return self.order_by()[: limit + 1].count()


class AsArray(Func):
    """An id as an array of one: what the index of all that entries are filed under has of it."""

    template = "ARRAY[%(expressions)s]"
    output_field = ArrayField(BigIntegerField())


class MonthsAndYears(Func):
    """The months of a period, counted from the year 0, and below 0 its years; of a long one, or one without an end,
    ``ANY_MONTH`` alone.

    Years, because a year is asked for most: one list of an index instead of twelve.
    """

    function = "timeline_months_and_years"
    output_field = ArrayField(IntegerField())


ANY_MONTH = 0
MOST_MONTHS = 24
"""As far apart as the first and the last month may be of a period that has its months in the index, and of a question
that asks for them. The function in the database says the same."""


class UnorderedEntries(PublishedEntryQuerySet):
    """Entries asked for in the words of ``published_filed_under``, which holds all conditions against each other.

    To be counted, or found where the order does not matter: an index that has an order is not used.
    """

    def in_period(self, lower: datetime.date | None, upper: datetime.date | None) -> Self:
        if lower is None or upper is None or lower >= upper:
            return super().in_period(lower, upper)
        first, last = _month(lower), _month(upper - datetime.timedelta(days=1))
        if last - first > MOST_MONTHS:
            return super().in_period(lower, upper)
        period = Value(DateRange(lower, upper, "[)"), output_field=DateRangeField())
        # As a function, so that the index of periods, which has all of them, is not asked too.
        overlaps = Func(F("period"), period, function="range_overlaps", output_field=BooleanField())
        return self.filter(ArrayOverlap(MonthsAndYears("period"), [ANY_MONTH, *_stretch(first, last)]), overlaps)

    def about(self, column: str, ids: list[int]) -> Self:
        if isinstance(self.model._meta.get_field(column), ArrayField):
            return super().about(column, ids)
        return self.filter(ArrayOverlap(AsArray(column), ids))


def _month(day: datetime.date) -> int:
    return day.year * 12 + day.month - 1


def _stretch(first: int, last: int) -> Iterator[int]:
    """The months from ``first`` to ``last``: as years what are whole ones."""
    month = first
    while month <= last:
        is_year = month % 12 == 0 and month + 11 <= last
        yield -(month // 12) if is_year else month
        month += 12 if is_year else 1


def _beyond(position: ListPosition, way: str) -> Q:
    found = Q()
    same: dict[str, Any] = {}
    columns = {
        "sort_date": position.sort_date,
        "sort_rank": position.rank,
        "weight": position.weight,
        "entry_id": position.entry_id,
    }
    for column, value in columns.items():
        found |= Q(**same, **{f"{column}__{way}": value})
        same[column] = value
    return found
