"""Numbers at the desk: counted as far as people read them, and said so in words.

To count a million entries takes longer than to list thirty of them; nobody turns that many pages.
DECISIONS 145 says why.
"""

import json
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.generic.chooser import BaseChooseView

MOST = 10_000
"""Rows that are counted, and paged through."""


MOST_FOUND = 1_000
"""The same of a search: what it finds may have to be looked at entry by entry."""

MANY = 20_000
"""Rows from which on it is quicker to look at each as a list meets it than to find them all first."""


class Number(NamedTuple):
    """How many there are, or that there are more."""

    known: int
    has_more: bool = False

    def __str__(self) -> str:
        known = number_format(self.known, force_grouping=True)
        return _("more than %(number)s") % {"number": known} if self.has_more else known


def counted(rows: QuerySet[Any], most: int | None = None) -> Number:
    """How many rows there are, up to ``most`` or ``MOST``."""
    most = MOST if most is None else most
    if not rows.query.combinator:
        rows = rows.order_by().values("pk")  # nothing that is only shown is worked out
    found = rows[: most + 1].count()
    return Number(min(found, most), found > most)


def are_many(rows: QuerySet[Any]) -> bool:
    """Whether a query has very many rows, as far as the database knows without looking."""
    return json.loads(rows.explain(format="json"))[0]["Plan"]["Plan Rows"] > MANY


class CappedPaginator(WagtailPaginator):
    """Pages through the first ``MOST`` rows, or ``most`` where a view says so, and says that there are more."""

    most: int | None = None

    @cached_property
    def number(self) -> Number:
        """How many rows there are."""
        if isinstance(self.object_list, QuerySet):
            return counted(self.object_list, self.most)
        return Number(super().count, getattr(self.object_list, "has_more", False))

    @cached_property
    def count(self) -> int:
        return self.number.known

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than pages show."""
        return self.number.has_more

    @cached_property
    def items_count_label(self) -> str:
        if not self.is_capped:
            return super().items_count_label
        words = {"number": self.number, "things": self.verbose_name_plural}
        return _("%(number)s %(things)s: filter or search to see others than the first") % words


class FindsIdsFirst:
    """A list that finds the ids of a page, and works out what its columns say for those that it shows alone."""

    def paginate_queryset(self, queryset: QuerySet[Any], page_size: int) -> Any:
        paginator, page, ids, has_others = super().paginate_queryset(  # type: ignore[misc]
            queryset.values_list("pk", flat=True), page_size
        )
        shown = list(ids)
        rows = {row.pk: row for row in self.get_base_queryset().filter(pk__in=shown)}  # type: ignore[attr-defined]
        page.object_list = [rows[pk] for pk in shown if pk in rows]
        return paginator, page, page.object_list, has_others


def cap_all() -> None:
    """Cap every list and chooser of the admin: Wagtail's share these two classes with ours."""
    BaseListingView.paginator_class = BaseChooseView.paginator_class = CappedPaginator
