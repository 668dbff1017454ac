"""The list of entries: what editors scan, sort and filter by."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.models import WorkflowState
from wagtail.query import PageQuerySet

from timeline.models import Category, Citation, EntryPage, Person

from .choosers import date_words
from .finding import matching

NONE, ONE, MORE = "none", "one", "more"
LIVE, CHANGED, MODERATION, DRAFT = "live", "changed", "moderation", "draft"


class CitationCountColumn(Column):
    """How many citations the statements carry; none is a warning."""

    cell_template_name = "timeline/admin/citations_cell.html"


class EntryFilterSet(WagtailFilterSet):
    """The questions editors ask of the list. Filters through rows stay subqueries: no doubles."""

    category = django_filters.ModelMultipleChoiceFilter(
        label=_("Category"),
        queryset=Category.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=[
            (LIVE, _("Public")),
            (CHANGED, _("Public, with unpublished changes")),
            (MODERATION, _("In moderation")),
            (DRAFT, _("Not public")),
        ],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_status",
    )
    citations = django_filters.ChoiceFilter(
        label=_("Citations"),
        choices=[(NONE, _("None")), (ONE, _("One")), (MORE, _("More than one"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_citations",
    )
    year = django_filters.NumberFilter(label=_("Year"), method="filter_year", min_value=1, max_value=9998)
    person = django_filters.ModelChoiceFilter(label=_("Person"), queryset=Person.objects.all(), method="filter_person")

    class Meta:
        model = EntryPage
        fields: list[str] = []

    def filter_status(self, entries: QuerySet, _name: str, value: str) -> QuerySet:
        if value == MODERATION:
            waiting = WorkflowState.objects.filter(
                status__in=[WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES]
            )
            ids = [int(pk) for pk in waiting.values_list("object_id", flat=True)]
            return entries.filter(pk__in=ids)
        return entries.filter(
            {
                LIVE: Q(live=True),
                CHANGED: Q(live=True, has_unpublished_changes=True),
                DRAFT: Q(live=False),
            }[value]
        )

    def filter_citations(self, entries: QuerySet, _name: str, value: str) -> QuerySet:
        asked = {NONE: Q(citation_count=0), ONE: Q(citation_count=1), MORE: Q(citation_count__gt=1)}
        return entries.filter(asked[value])

    def filter_year(self, entries: QuerySet, _name: str, value: Any) -> QuerySet:
        first = datetime.date(int(value), 1, 1)
        return entries.filter(date_period__overlap=DateRange(first, first.replace(year=first.year + 1), "[)"))

    def filter_person(self, entries: QuerySet, _name: str, value: Person) -> QuerySet:
        return entries.filter(pk__in=value.entry_people.values("entry"))


class EntryIndexView(IndexView):
    """All entries in one flat list, the latest event first."""

    page_title = _("Entries")
    add_item_label = _("Add entry")
    default_ordering = "-date_period"
    base_columns = [
        BulkActionsColumn("bulk_actions"),
        Column(
            "date",
            label=_("Date"),
            accessor=lambda entry: date_words(entry.date) or _("No date yet"),
            sort_key="date_period",
            width="15%",
        ),
        PageTitleColumn("title", label=_("Headline"), sort_key="title", classname="title"),
        Column("category", label=_("Category"), sort_key="category__name", width="14%"),
        CitationCountColumn(
            "citations",
            label=_("Citations"),
            accessor="citation_count",
            sort_key="citation_count",
            width="8%",
        ),
        DateColumn(
            "latest_revision_created_at",
            label=_("Updated"),
            sort_key="latest_revision_created_at",
            width="11%",
        ),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="10%"),
    ]

    def annotate_queryset(self, pages: PageQuerySet) -> PageQuerySet:
        """What the columns show, in a fixed number of queries; the rows are specific already."""
        citations = (
            Citation.objects.filter(statement__entry=OuterRef("pk"), source__isnull=False)
            .order_by()
            .values("statement__entry")
            .annotate(number=Count("pk"))
            .values("number")
        )
        return (
            pages.select_related("category", "content_type")
            .prefetch_related("sites_rooted_here")
            .prefetch_workflow_states()
            .annotate_site_root_state()
            .annotate_approved_schedule()
            .annotate(citation_count=Coalesce(Subquery(citations), 0))
        )

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return matching(queryset, self.search_query)

    def order_queryset(self, queryset: QuerySet) -> QuerySet:
        ordering = self.ordering or self.default_ordering
        if ordering.removeprefix("-") == "date_period":
            date = F("date_period")
            last = {"nulls_last": True}
            return queryset.order_by(date.desc(**last) if ordering.startswith("-") else date.asc(**last), "-pk")
        return super().order_queryset(queryset)

    def get_ordering(self) -> str:
        asked = self.request.GET.get("ordering", self.default_ordering)
        return asked if asked in self.get_valid_orderings() else self.default_ordering


class EntryListing(PageListingViewSet):
    """The first item of the menu."""

    model = EntryPage
    icon = "calendar-alt"
    menu_label = _("Entries")
    menu_order = 100
    add_to_admin_menu = True
    index_view_class = EntryIndexView
    filterset_class = EntryFilterSet
    ordering = "-date_period"
    list_per_page = 50


LISTING = EntryListing("entries")
