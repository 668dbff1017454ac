"""The records of the chronology: what entries point to, and the terms of the glossary."""

from itertools import islice
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, OuterRef, ProtectedError, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.models import ReferenceIndex
from wagtail.snippets.views import snippets

from timeline.models import Category, Commodity, FigureSeries, Organisation, Person, Source, Term
from timeline.models.record import Record

from . import choosers
from .choosers import date_words
from .duplicates import RecordForm, SimilarPanel
from .finding import matching
from .rows import CITATION, HSCodeForm, RowsPanel

MOST_USES = 50
"""Uses listed when a record cannot be deleted; the usage page has them all."""


# Lists


class UsesColumn(Column):
    """How many records and entries use this one, linked to their list."""

    cell_template_name = "timeline/admin/uses_cell.html"

    def get_cell_context_data(self, instance: Record, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        viewset = instance.snippet_viewset
        if viewset.permission_policy.user_has_permission(parent_context["request"].user, "change"):
            context["url"] = reverse(viewset.get_url_name("usage"), args=[instance.pk])
        return context


def with_uses(records: QuerySet) -> QuerySet:
    """Count for each record what refers to it, in the same query."""
    source = Concat(Cast("base_content_type", CharField()), Value(" "), "object_id")
    uses = (
        ReferenceIndex.objects.filter(
            to_content_type=ContentType.objects.get_for_model(records.model),
            to_object_id=Cast(OuterRef("pk"), CharField()),
        )
        .order_by()
        .values("to_object_id")
        .annotate(uses=Count(source, distinct=True))
        .values("uses")
    )
    return records.annotate(uses=Coalesce(Subquery(uses), 0))


class RecordIndexView(snippets.IndexView):
    """The list of one kind of record, found by any of its names."""

    def get_base_queryset(self) -> QuerySet:
        shown = SHOWN.get(self.model, [])
        return with_uses(super().get_base_queryset()).prefetch_related(*shown)

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return matching(queryset, self.search_query)


# The relations that the columns of a list show.
SHOWN = {
    Source: ["publisher"],
    Commodity: ["parent", "hs_codes"],
    Person: ["names"],
    FigureSeries: ["commodity"],
    Term: ["citations"],
}


# Views


class RecordCreateView(snippets.CreateView):
    """Creates a record, unless the editor takes the existing one it resembles."""

    def form_valid(self, form: RecordForm) -> HttpResponse:
        if not form.existing:
            return super().form_valid(form)
        message = _t("Nothing was created: “%(record)s” exists already.")
        messages.info(self.request, message % {"record": form.existing})
        address = AdminURLFinder(self.request.user).get_edit_url(form.existing)
        return redirect(address or self.index_url_name)


class RecordDeleteView(snippets.DeleteView):
    """Deletes a record that nothing uses; else lists the uses."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if self.usage.is_protected:
            return self.render_to_response(self.get_context_data(form=form))
        try:
            return super().form_valid(form)
        except ProtectedError as error:  # used since the page was shown
            names = ", ".join(sorted(str(row) for row in error.protected_objects))
            message = _t("“%(record)s” is in use and was not deleted: %(uses)s")
            messages.error(self.request, message % {"record": self.object, "uses": names})
            return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(uses=list_uses(self.usage, self.request.user), **kwargs)


def list_uses(usage: Any, user: Any) -> list[dict[str, str | None]]:
    """What uses an object: names, with the address of the form where the user may edit it."""
    finder = AdminURLFinder(user)
    return [
        {"name": str(user_of), "url": finder.get_edit_url(user_of)}
        for user_of, _references in islice(usage, MOST_USES)
    ]


class RecordViewSet(snippets.SnippetViewSet):
    """The admin of one kind of record, at the top level of the menu."""

    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = 50
    index_view_class = RecordIndexView
    add_view_class = RecordCreateView
    delete_view_class = RecordDeleteView
    delete_template_name = "timeline/admin/confirm_delete_record.html"


# Each kind

NAME_COLUMNS = [FieldPanel("name"), FieldPanel("language"), FieldPanel("kind")]
SETTINGS = MultiFieldPanel([FieldPanel("slug"), FieldPanel("note")], heading=_("Address and note"))
USES = UsesColumn("uses", label=_("Uses"), sort_key="uses", width="8%")


def record_form(*panels: Any) -> ObjectList:
    """The panels of a record: the question about duplicates first, the address last."""
    return ObjectList([SimilarPanel(), *panels, SETTINGS], base_form_class=RecordForm)


class SourceViewSet(RecordViewSet):
    model = Source
    icon = "link"
    menu_order = 210
    chooser_viewset_class = choosers.SourceChooser
    list_display = [
        "title",
        Column("number", label=_("No."), sort_key="number", width="6%"),
        Column("publisher", label=_("Publisher"), sort_key="publisher__name"),
        Column(
            "published",
            label=_("Published"),
            accessor=lambda source: date_words(source.published),
            sort_key="published_period",
        ),
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        USES,
    ]
    list_filter = ["kind", "use", "language"]
    ordering = ["-number"]
    edit_handler = record_form(
        MultiFieldPanel(
            [
                FieldPanel("url"),
                FieldPanel("url_shown"),
                FieldPanel("archived_url"),
                FieldPanel("title"),
                FieldPanel("title_is_description"),
                FieldRowPanel([FieldPanel("publisher"), FieldPanel("byline")]),
            ],
            heading=_("Publication"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("published"), FieldPanel("accessed")]),
                FieldRowPanel([FieldPanel("language"), FieldPanel("kind")]),
            ],
            heading=_("Date and kind"),
        ),
        MultiFieldPanel([FieldPanel("derived_from"), FieldPanel("use")], heading=_("How far to trust it")),
    )


class PersonViewSet(RecordViewSet):
    model = Person
    icon = "user"
    menu_order = 220
    chooser_viewset_class = choosers.PersonChooser
    list_display = [
        "name",
        Column("native", label=_("Original script"), accessor=lambda person: native_name(person)),
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("country", label=_("Country"), sort_key="country"),
        USES,
    ]
    list_filter = ["kind"]
    edit_handler = record_form(
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("family_name"), FieldPanel("given_name")]),
                FieldRowPanel([FieldPanel("name_order"), FieldPanel("country")]),
                FieldRowPanel([FieldPanel("kind"), FieldPanel("wikidata")]),
            ],
            heading=_("Name"),
        ),
        RowsPanel(
            "names",
            [
                FieldPanel("name"),
                FieldRowPanel([FieldPanel("kind"), FieldPanel("script"), FieldPanel("language")]),
            ],
            heading=_("Further names"),
            label=_("name"),
            help_text=_(
                "Every name a reader may search for: in the original script, earlier names, and "
                "misprints met in sources. Misprints find the person and are never shown."
            ),
        ),
        RowsPanel(
            "positions",
            [
                FieldRowPanel([FieldPanel("title"), FieldPanel("organisation")]),
                FieldRowPanel([FieldPanel("start"), FieldPanel("end"), FieldPanel("acting")]),
                FieldPanel("as_printed"),
                FieldRowPanel([FieldPanel("source"), FieldPanel("note")]),
            ],
            heading=_("Positions held"),
            label=_("position"),
            help_text=_(
                "Each office with its first and last day. An entry shows the position held on "
                "its date, so never overwrite an old one: end it and add the next."
            ),
        ),
    )


def native_name(person: Person) -> str:
    """The name in the original script, if there is one (from the prefetched names)."""
    return next((name.name for name in person.names.all() if name.kind == "native"), "")


class OrganisationViewSet(RecordViewSet):
    model = Organisation
    icon = "group"
    menu_order = 230
    chooser_viewset_class = choosers.OrganisationChooser
    list_display = [
        "name",
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("country", label=_("Country"), sort_key="country"),
        USES,
    ]
    list_filter = ["kind"]
    edit_handler = record_form(
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldRowPanel([FieldPanel("kind"), FieldPanel("country"), FieldPanel("wikidata")]),
            ],
            heading=_("Organisation"),
        ),
        RowsPanel(
            "names",
            [FieldRowPanel(NAME_COLUMNS)],
            heading=_("Further names"),
            label=_("name"),
            help_text=_("Abbreviations, earlier names and the name in the original language."),
        ),
    )


class CommodityViewSet(RecordViewSet):
    model = Commodity
    icon = "grid"
    menu_order = 240
    chooser_viewset_class = choosers.CommodityChooser
    list_display = [
        "name",
        Column("parent", label=_("Part of"), sort_key="parent__name"),
        Column(
            "codes",
            label=_("HS codes"),
            accessor=lambda commodity: ", ".join(row.code for row in commodity.hs_codes.all()),
        ),
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        USES,
    ]
    list_filter = ["kind"]
    edit_handler = record_form(
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldRowPanel([FieldPanel("kind"), FieldPanel("parent"), FieldPanel("position")]),
            ],
            heading=_("Commodity"),
        ),
        RowsPanel(
            "hs_codes",
            [FieldPanel("code")],
            form_class=HSCodeForm,
            heading=_("HS codes"),
            label=_("HS code"),
            help_text=_("Topics such as investment have none."),
        ),
        RowsPanel(
            "names",
            [FieldRowPanel(NAME_COLUMNS)],
            heading=_("Further names"),
            label=_("name"),
            help_text=_("Words readers may search for, such as autos for cars."),
        ),
    )


class SeriesViewSet(RecordViewSet):
    model = FigureSeries
    icon = "order"
    menu_order = 245
    chooser_viewset_class = choosers.SeriesChooser
    list_display = ["name", Column("commodity", label=_("Commodity"), sort_key="commodity__name"), USES]
    edit_handler = record_form(
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("description"), FieldPanel("commodity")],
            heading=_("Series of figures"),
        ),
    )


class TermViewSet(RecordViewSet):
    model = Term
    icon = "openquote"
    menu_order = 248
    list_display = [
        "name",
        Column("definition", label=_("Definition")),
        Column("sources", label=_("Sources"), accessor=lambda term: len(term.citations.all()), width="8%"),
    ]
    edit_handler = record_form(
        MultiFieldPanel([FieldPanel("name"), FieldPanel("definition")], heading=_("Glossary term")),
        RowsPanel(
            "names",
            [FieldRowPanel(NAME_COLUMNS)],
            heading=_("Other forms"),
            label=_("form"),
            help_text=_(
                "Plurals and abbreviations. Entries that use the term or one of these forms explain it in place."
            ),
        ),
        RowsPanel(
            "citations",
            CITATION,
            heading=_("Sources"),
            label=_("source"),
            help_text=_("Who says that it means this. Without a source readers see “to be sourced”."),
        ),
    )


class CategoryViewSet(RecordViewSet):
    model = Category
    icon = "tag"
    menu_order = 250
    list_display = [
        "name",
        Column("description", label=_("Description")),
        Column("position", label=_("Position"), sort_key="position", width="10%"),
        USES,
    ]
    edit_handler = record_form(
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("description"), FieldPanel("position")],
            heading=_("Category"),
        ),
    )


VIEWSETS = [
    SourceViewSet,
    PersonViewSet,
    OrganisationViewSet,
    CommodityViewSet,
    SeriesViewSet,
    TermViewSet,
    CategoryViewSet,
]
