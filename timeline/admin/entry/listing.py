"""The list of entries: what editors scan, sort and filter by."""

import datetime
import re
from typing import Any

import django_filters
from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.wagtail_hooks import PageListingUnpublishButton
from wagtail.query import PageQuerySet

from timeline import drafts
from timeline.admin import counting, needs
from timeline.admin.counting import CappedPaginator, FindsIdsFirst
from timeline.admin.exports import Exported, ExportsColumns
from timeline.admin.finding import matching
from timeline.admin.imports import LinksToImports
from timeline.admin.record.choosers import date_words
from timeline.choices import Weight
from timeline.models import Category, Commodity, EntryCommodity, EntryPage, EntryPerson, Person
from timeline.models.commodity import reading_order
from timeline.moments import moment

CHANGED_AT, GOES_LIVE, CORRECTED = "latest_revision_created_at", "goes_live", "corrected"
MAY_BE_EMPTY = {"date_period", CHANGED_AT, CORRECTED}
"""What not every entry has, of what the list is sorted by."""

LIVE, CHANGED, MODERATION, SCHEDULED, DRAFT = "live", "changed", "moderation", "scheduled", "draft"


class HeadlineColumn(PageTitleColumn):
    """The headline, linked to the form, and the button that fetches the menu of the row (``MenuView``)."""

    cell_template_name = "timeline/admin/headline_cell.html"
    unanswered = _("This site does not answer, or you are offline. What you ticked is kept: try again in a moment.")
    script = forms.Script("admin-fetch.js", type="module", **{"data-unanswered": unanswered})
    media = forms.Media(js=[script])  # type: ignore[list-item]


class StatusColumn(PageStatusColumn):
    """Whether readers see it, linked to where; Wagtail asks which site it is of."""

    cell_template_name = "timeline/admin/status_cell.html"


class SourceCountColumn(Column):
    """How many sources readers see; none is a warning."""

    cell_template_name = "timeline/admin/citations_cell.html"


def date_and_plan(entry: EntryPage) -> str:
    """The date as readers see it, and whether it is still to come."""
    date = date_words(entry.date) or gettext("No date yet")
    return gettext("%(date)s (planned)") % {"date": date} if entry.planned else date


def when_live(entry: EntryPage) -> str:
    return moment(entry.goes_live) if entry.goes_live else ""


class CommodityField(ModelChoiceField):
    """Commodities as a tree."""

    def label_from_instance(self, commodity: Any) -> str:
        return "\u2003" * (len(commodity.lineage) - 1) + commodity.name


class CommodityFilter(django_filters.ModelChoiceFilter):
    field_class = CommodityField


class EntryFilterSet(WagtailFilterSet):
    """The filters of the list. Those through rows stay subqueries, so that no entry stands there twice."""

    needs = django_filters.ChoiceFilter(
        label=_("Needs"),
        choices=needs.NEEDS,
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_needs",
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=[
            (LIVE, _("Public")),
            (CHANGED, _("Public, with unpublished changes")),
            (MODERATION, _("In moderation")),
            (SCHEDULED, _("Scheduled")),
            (DRAFT, _("Not public")),
        ],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_status",
    )
    desk = django_filters.ChoiceFilter(
        label=_("Waiting"),
        choices=[("me", _("For you"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_desk",
    )
    weight = django_filters.ChoiceFilter(
        label=_("Weight"), choices=Weight.choices, empty_label=_("All"), widget=forms.RadioSelect
    )
    category = django_filters.ModelMultipleChoiceFilter(
        label=_("Kind of event"),
        queryset=Category.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    year = django_filters.NumberFilter(label=_("Year"), method="filter_year", min_value=1, max_value=9998)
    # Typed, not chosen: a menu of ten thousand people would be slower than the list itself.
    person = django_filters.CharFilter(label=_("Person"), method="filter_person", max_length=200)
    commodity = CommodityFilter(
        label=_("Goods"),
        queryset=Commodity.objects.order_by(reading_order()),
        method="filter_commodity",
    )
    planned = django_filters.ChoiceFilter(
        label=_("Planned"),
        choices=[("1", _("Planned")), ("0", _("Not planned"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    corrected = django_filters.ChoiceFilter(
        label=_("Corrected"),
        choices=[("1", _("At least once"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_corrected",
    )

    class Meta:
        model = EntryPage
        fields: list[str] = []

    @property
    def header_template_name(self) -> str:
        """What stands in the header while no filter is used: the button that fetches them, a fifth of the list."""
        return "" if self.form.has_changed() else "timeline/admin/filters_button.html"

    def filter_needs(self, entries: QuerySet, _name: str, value: str) -> QuerySet:
        return entries.filter(needs.needing(value))

    def filter_status(self, entries: QuerySet, _name: str, value: str) -> QuerySet:
        conditions = {
            LIVE: Q(live=True),
            CHANGED: Q(live=True, has_unpublished_changes=True),
            MODERATION: Q(pk__in=needs.in_moderation()),
            SCHEDULED: Q(pk__in=needs.scheduled()),
            DRAFT: Q(live=False),
        }
        return entries.filter(conditions[value])

    def filter_desk(self, entries: QuerySet, _name: str, _value: str) -> QuerySet:
        return entries.filter(pk__in=needs.waiting_for(self.request.user))

    def filter_year(self, entries: QuerySet, _name: str, value: Any) -> QuerySet:
        first = datetime.date(int(value), 1, 1)
        return entries.filter(date_period__overlap=DateRange(first, first.replace(year=first.year + 1), "[)"))

    def filter_person(self, entries: QuerySet, _name: str, value: str) -> QuerySet:
        """By any name, or by the address of the record, which a list of people links to."""
        known = Person.objects.filter(slug=value)
        people = known if known.exists() else matching(Person.objects.all(), value)
        return entries.filter(pk__in=EntryPerson.objects.filter(person__in=people).order_by().values("entry"))

    def filter_commodity(self, entries: QuerySet, _name: str, value: Commodity) -> QuerySet:
        """With all that is part of it."""
        rows = EntryCommodity.objects.filter(commodity__lineage__contains=[value.pk])
        return entries.filter(pk__in=rows.order_by().values("entry"))

    def filter_corrected(self, entries: QuerySet, _name: str, _value: str) -> QuerySet:
        return entries.filter(needs.corrected())


LAYOUT = re.compile(r"\s*\n\s*")
"""What lays out the templates of Wagtail; a line break shows the same."""


def without_layout(response: TemplateResponse) -> None:
    """Leave out of a list what only lays out its templates: a third of it. Nothing in it keeps its white space."""
    response.content = LAYOUT.sub("\n", response.text)


class EntryIndexView(FindsIdsFirst, ExportsColumns, LinksToImports, IndexView):
    """The list of all entries, flat, the latest event first."""

    page_title = _("Entries")
    add_item_label = _("Add entry")
    default_ordering = "-date_period"
    table_classname = "listing full-width entries"
    columns: list[Any]
    base_columns = [
        BulkActionsColumn("bulk_actions"),
        Column("date", label=_("Date"), accessor=date_and_plan, sort_key="date_period", width="12%"),
        HeadlineColumn("title", label=_("Headline"), sort_key="title", classname="title"),
        Column("weight", label=_("Weight"), accessor="get_weight_display", sort_key="weight", width="6%"),
        Column("category", label=_("Kind of event"), sort_key="category__name", width="11%"),
        SourceCountColumn("sources", label=_("Sources"), accessor="source_count", width="6%"),
        Column("differs", label=_("Differs"), accessor=lambda entry: entry.disagreement_count or "", width="6%"),
        DateColumn(CORRECTED, label=_("Corrected"), sort_key=CORRECTED, width="8%"),
        Column(GOES_LIVE, label=_("Goes live"), accessor=when_live, classname="goes-live", width="14%"),
        DateColumn(
            CHANGED_AT,
            label=_("Changed"),
            sort_key=CHANGED_AT,
            width="8%",
        ),
        StatusColumn("status", label=_("Status"), sort_key="live", width="8%"),
    ]
    exported: Exported = {
        "date": (_("Date"), lambda entry: entry.date),
        "date_words": (_("Date in words"), lambda entry: date_words(entry.date)),
        "date_extent": (_("What the two dates mean"), lambda entry: entry.get_date_extent_display()),
        "date_basis": (_("How the date is known"), lambda entry: entry.get_date_basis_display()),
        "planned": (_("Planned"), lambda entry: _yes(entry.planned)),
        "headline": (_("Headline"), lambda entry: entry.title),
        "address": (_("Address"), lambda entry: entry.get_absolute_url()),
        "weight": (_("Weight"), lambda entry: entry.get_weight_display()),
        "category": (_("Kind of event"), lambda entry: entry.category.name if entry.category else ""),
        "sources": (_("Sources"), lambda entry: entry.source_count),
        "disagreements": (_("Disagreements"), lambda entry: entry.disagreement_count),
        "published": (_("Published (UTC)"), lambda entry: entry.first_published_at),
        "corrected": (_("Last corrected (UTC)"), lambda entry: entry.corrected),
        "changed": (_("Last changed (UTC)"), lambda entry: entry.latest_revision_created_at),
        "status": (_("Status"), lambda entry: str(entry.status_string)),
    }

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> Any:
        response = super().render_to_response(context, **kwargs)
        if isinstance(response, TemplateResponse):
            response.add_post_render_callback(without_layout)
        return response

    def get_base_queryset(self) -> PageQuerySet:
        """The entries below what the user has to do with; Wagtail would compare the ids of all pages."""
        roots = self.permission_policy.instances_with_direct_explore_permission(self.request.user)
        below = Q(pk__in=[])
        for page in roots:
            below |= Q(path__startswith=page.path)
        return self.annotate_queryset(EntryPage.objects.filter(below))

    def annotate_queryset(self, pages: PageQuerySet) -> PageQuerySet:
        """What the columns show, in a fixed number of queries; the rows are specific already."""
        return (
            pages.select_related("category", "content_type")
            .prefetch_workflow_states()
            .annotate_site_root_state()
            .annotate_approved_schedule()
            .annotate(
                source_count=needs.source_count(),
                disagreement_count=needs.disagreement_count(),
                corrected=needs.last_corrected(),
                goes_live=needs.goes_live(),
            )
        )

    def get_paginator(self, *args: Any, **kwargs: Any) -> CappedPaginator:
        paginator = super().get_paginator(*args, **kwargs)
        if self.is_searching:
            paginator.most = min(counting.MOST, counting.MOST_FOUND)
        return paginator

    def get_table(self, object_list: Any) -> Any:
        """Without "Changed" unless that sorts it, and "Goes live" unless only what is scheduled is listed."""
        asked = {CHANGED_AT: self.ordering.removeprefix("-") == CHANGED_AT}
        asked[GOES_LIVE] = self.request.GET.get("status") == SCHEDULED
        self.columns = [column for column in self.columns if asked.get(column.name, True)]
        return super().get_table(object_list)

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        found = matching(queryset, self.search_query)
        if self.is_searching and drafts.unread().exists():
            sentence = gettext(
                "There are too many new drafts to search them all at once. Search again to find the rest."
            )
            messages.warning(self.request, sentence)
        return found

    def order_queryset(self, queryset: QuerySet) -> QuerySet:
        """Rows without a value come last, whichever way the list is sorted; by corrections, only what has any is."""
        ordering = self.ordering or self.default_ordering
        name, descends = ordering.removeprefix("-"), ordering.startswith("-")
        if name == CORRECTED:
            queryset = queryset.filter(needs.corrected())
        if name in MAY_BE_EMPTY:  # an index has the order only as it is asked for
            column = F(name)
            return queryset.order_by(
                column.desc(nulls_last=True) if descends else column.asc(nulls_last=True), "-pk" if descends else "pk"
            )
        return queryset.order_by(ordering, "-pk" if descends else "pk")

    def get_ordering(self) -> str:
        asked = self.request.GET.get("ordering", self.default_ordering)
        return asked if asked in self.get_valid_orderings() else self.default_ordering


class FiltersView(EntryIndexView):
    """The filters of the list, which it fetches when they are opened."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "wagtailadmin/shared/headers/_filters.html", {"filters": {"form": self.filters.form}})


class MenuView(EntryIndexView):
    """The menu of a row, which the list fetches when it is opened."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = get_object_or_404(self.get_base_queryset(), pk=pk)
        return render(request, "timeline/admin/row_menu.html", {"entry": entry, "next_url": self.index_url})


def _yes(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


class EntryListing(PageListingViewSet):
    """The menu item of the list of entries, the first of all."""

    model = EntryPage
    icon = "calendar-alt"
    menu_label = _("Entries")
    menu_name = "entries"  # else it is made of the label in the language of whoever came first
    menu_order = 100
    add_to_admin_menu = True
    index_view_class = EntryIndexView
    filterset_class = EntryFilterSet
    ordering = "-date_period"
    list_per_page = 30
    export_filename = "entries"

    def get_urlpatterns(self) -> list[URLPattern]:
        kwargs = self.get_index_view_kwargs()
        return [
            *super().get_urlpatterns(),
            path("filters/", self.construct_view(FiltersView, **kwargs), name="filters"),
            path("<int:pk>/menu/", self.construct_view(MenuView, **kwargs), name="menu"),
        ]


LISTING = EntryListing("entries")


def tidy_row(buttons: list[Any], page: Any, **kwargs: Any) -> None:
    """Entries are withdrawn, not unpublished, in the menu of each list of pages."""
    if isinstance(page, EntryPage):
        for menu in buttons:
            call_it_withdrawing(getattr(menu, "dropdown_buttons", []))


def call_it_withdrawing(buttons: list[Any]) -> None:
    for button in buttons:
        if button.label == PageListingUnpublishButton.label:
            button.label = _("Withdraw")
