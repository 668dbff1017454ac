"""The list of what waits to be translated: what is stale first, then what is missing, then drafts."""

from operator import attrgetter
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from timeline.admin.counting import Number, counted
from timeline.admin.exports import Exported, ExportsColumns
from timeline.choices import SegmentState
from timeline.models import TranslationProgress
from timeline.models.translation import URGENCY
from timeline.public.language import others
from timeline.punctuation import labelled

from .rights import ICON, POLICY, known, may_translate

KINDS = {
    "entries": _("Entries"),
    "terms": _("Glossary"),
    "storylines": _("Storylines"),
    "state": _("Where things stand"),
    "people": _("People"),
    "organisations": _("Organisations"),
    "commodities": _("Goods"),
    "categories": _("Kinds of event"),
    "series": _("Series of figures"),
    "sources": _("Sources"),
    "chronology": _("Chronology"),
}
"""Kinds of record, as files of a pack are called, in the words of the house."""

LONGEST_LIST = 8
"""Rows on the home page."""


def address(row: TranslationProgress) -> str:
    return reverse("timeline_translations:desk", args=[row.language, row.kind, row.record])


def waiting(language: str) -> QuerySet[TranslationProgress]:
    """All records, the most urgent first; of those alike what changed last."""
    return TranslationProgress.objects.filter(language=language).order_by("urgency", "-changed_at", "-pk")


def numbers(language: str) -> list[tuple[SegmentState, Number]]:
    """How many records have segments in each state but the last; counted as far as people read."""
    rows = waiting(language)
    return [
        (state, counted(rows.filter(**{f"{state.value}__gt": 0}))) for state in SegmentState if state != "reviewed"
    ]


class ProgressFilterSet(WagtailFilterSet):
    """What translators ask of the list."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[*SegmentState.choices[:-1], ("done", _("All reviewed"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_state",
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=list(KINDS.items()), empty_label=_("All"), widget=forms.RadioSelect
    )

    class Meta:
        model = TranslationProgress
        fields = ["state", "kind"]

    def filter_state(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        if value == "done":
            return rows.filter(urgency=URGENCY.index(SegmentState.REVIEWED))
        return rows.filter(**{f"{value}__gt": 0})


class StatesColumn(Column):
    """How many segments stand how."""

    cell_template_name = "timeline/admin/translating/states_cell.html"

    def get_value(self, row: TranslationProgress) -> list[tuple[SegmentState, int]]:
        return [(state, number) for state in SegmentState if (number := getattr(row, state.value))]


class ProgressIndexView(ExportsColumns, generic.IndexView):
    """The list for one language. A number of queries that does not grow."""

    model = TranslationProgress
    permission_policy = POLICY
    any_permission_required = ["change"]
    page_title = _("Translations")
    header_icon = ICON
    paginate_by = 50
    search_fields = ["title"]
    filterset_class = ProgressFilterSet
    template_name = "timeline/admin/translating/index.html"
    columns = [
        TitleColumn("title", label=_("Title"), get_url=address),
        Column("kind", label=_("Kind"), accessor=lambda row: KINDS.get(row.kind, row.kind), width="14%"),
        StatesColumn("states", label=_("Segments"), width="30%"),
        DateColumn("changed_at", label=pgettext_lazy("what waits", "Since"), width="12%"),
    ]
    exported: Exported = {
        "title": (_("Title"), lambda row: row.title),
        "kind": (_("Kind"), lambda row: KINDS.get(row.kind, row.kind)),
        "record": (_("Id"), lambda row: row.record),
        **{state.value: (state.label, attrgetter(state.value)) for state in SegmentState},
    }

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.language = known(kwargs["language"])

    def get_base_queryset(self) -> QuerySet:
        return waiting(self.language)

    def order_queryset(self, queryset: QuerySet) -> QuerySet:
        return queryset

    def get_index_url(self) -> str:
        return reverse("timeline_translations:index", args=[self.language])

    def get_index_results_url(self) -> str:
        return reverse("timeline_translations:results", args=[self.language])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs(self.language)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("timeline_translations:files", args=[self.language])
        return [HeaderButton(gettext("PO files"), url, icon_name="download", priority=10)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(numbers=numbers(self.language), index=self.get_index_url(), **kwargs)


def crumbs(language: str, *last: tuple[str, str]) -> list[dict[str, Any]]:
    """The way to a page here: ``(address, label)`` of what comes after the list."""
    name = dict(settings.LANGUAGES)[language]
    return [
        {"url": reverse("wagtailadmin_home"), "label": gettext("Home")},
        {
            "url": reverse("timeline_translations:index", args=[language]),
            "label": labelled(gettext("Translations"), name),
        },
        *({"url": url, "label": label} for url, label in last),
    ]


def first(request: HttpRequest) -> HttpResponse:
    """The list of the first language."""
    return redirect("timeline_translations:index", others()[0])


class TranslationsMenuItem(MenuItem):
    """For whoever translates, as soon as there is a language to translate into."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(others()) and may_translate(request.user)

    def render_component(self, request: HttpRequest) -> Any:
        self.url = reverse("timeline_translations:first")
        return super().render_component(request)


MENU_ITEM = TranslationsMenuItem(_("Translations"), "", name="translations", icon_name=ICON, order=207)


class TranslationsPanel(Component):
    """On the home page of translators: how much waits, and the most urgent of it."""

    name = "translations"
    template_name = "timeline/admin/translating/home.html"
    order = 105

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {
            "languages": [
                {
                    "index": reverse("timeline_translations:index", args=[language]),
                    "name": language,
                    "numbers": numbers(language),
                    "rows": [
                        {"row": row, "url": address(row), "kind": KINDS.get(row.kind, row.kind)}
                        for row in waiting(language).filter(urgency__lt=len(URGENCY) - 1)[:LONGEST_LIST]
                    ],
                }
                for language in others()
            ]
        }
