"""Viewsets of the records: what entries point to, and the terms of the glossary."""

from itertools import islice
from typing import Any

from django import forms
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views import snippets

from timeline.admin.duplicates import AskFirst, RecordForm, SimilarPanel
from timeline.admin.guide import GuidePanel
from timeline.admin.keeping import KeepsRecord
from timeline.admin.rows import CITATION, RowsPanel
from timeline.admin.source.archiving import ArchivedColumn, ArchivingPanel
from timeline.admin.source.form import LooksUp, LookUpPanel, SourceRecordForm
from timeline.admin.source.links import LinkColumn, LinksPanel
from timeline.admin.source.snapshots import CopiesPanel
from timeline.models import Category, Commodity, FigureSeries, Organisation, Person, Source, StateLine, Storyline, Term

from . import choosers
from .choosers import date_words
from .forms import RuledForm
from .lists import (
    EntriesColumn,
    PersonFilterSet,
    PositionlessColumn,
    PublisherColumn,
    RecordIndexView,
    SourceFilterSet,
    UsesColumn,
    native_name,
    positions_in_short,
    uses_in_words,
    yes,
)
from .merges import MergeableEditView

MOST_USES = 50
"""Uses listed when a record cannot be deleted; the usage page has them all."""


# Views


class RecordCreateView(KeepsRecord, snippets.CreateView):
    """Creates a record, unless the editor takes the existing one it resembles."""

    def form_valid(self, form: RecordForm) -> HttpResponse:
        if not form.existing:
            return super().form_valid(form)
        message = gettext("Nothing was created: “%(record)s” exists already.")
        messages.info(self.request, message % {"record": form.existing})
        address = AdminURLFinder(self.request.user).get_edit_url(form.existing)
        return redirect(address or self.index_url_name)


class SourceCreateView(LooksUp, RecordCreateView):
    pass


class RecordDeleteView(snippets.DeleteView):
    """Deletes a record that nothing uses; else lists the uses."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if self.usage.is_protected:
            return self.render_to_response(self.get_context_data(form=form))
        try:
            return super().form_valid(form)
        except ProtectedError as error:  # used since the page was shown
            names = ", ".join(sorted(str(row) for row in error.protected_objects))
            message = gettext("“%(record)s” is in use and was not deleted: %(uses)s")
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
    edit_view_class = MergeableEditView
    delete_view_class = RecordDeleteView
    delete_template_name = "timeline/admin/confirm_delete_record.html"


# Each kind


class CountrySelect(forms.Select):
    """All countries by name; what was stored before codes were asked for stays in sight until it is replaced."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        groups = super().optgroups(name, value, attrs)
        for stray in set(value).difference([""], (code for code, _name in self.choices)):
            option = self.create_option(name, stray, stray, selected=True, index=len(groups))
            groups.append((None, [option], len(groups)))
        return groups


COUNTRY = FieldPanel("country", widget=CountrySelect)
NAME_COLUMNS = [FieldPanel("name"), FieldPanel("language"), FieldPanel("kind")]
SETTINGS = MultiFieldPanel([FieldPanel("slug"), FieldPanel("note")], heading=_("Address and note"))
USES = UsesColumn("uses", label=_("Uses"), accessor=uses_in_words, sort_key="uses", width="8%")


def record_form(*panels: Any, form_class: type[AskFirst] = RecordForm, guide: str = "records") -> ObjectList:
    """The panels of a record: its part of the guide and the question about duplicates first, the address last."""
    return ObjectList([GuidePanel(guide), SimilarPanel(), *panels, SETTINGS], base_form_class=form_class)


class SourceViewSet(RecordViewSet):
    model = Source
    icon = "link"
    menu_order = 210
    chooser_viewset_class = choosers.SourceChooser
    add_view_class = SourceCreateView
    edit_template_name = "timeline/admin/intake_edit.html"
    list_display = [
        "title",
        Column("number", label=_("No."), sort_key="number", width="6%"),
        PublisherColumn("publisher", label=_("Publisher"), sort_key="publisher__name"),
        Column(
            "published",
            label=pgettext_lazy("source", "Published"),
            accessor=lambda source: date_words(source.published),
            sort_key="published_period",
        ),
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        ArchivedColumn("archived", label=_("Archived"), width="8%"),
        LinkColumn("link", label=_("Link"), accessor="link_state", sort_key="link_state", width="12%"),
        USES,
    ]
    filterset_class = SourceFilterSet
    ordering = ["-number"]
    edit_handler = record_form(
        LookUpPanel(heading=_("Address")),
        MultiFieldPanel(
            [
                FieldPanel("title"),
                FieldPanel("title_is_description"),
                FieldRowPanel([FieldPanel("publisher"), FieldPanel("new_publisher"), FieldPanel("byline")]),
                FieldPanel("description"),
            ],
            heading=_("Publication"),
        ),
        LinksPanel(heading=_("Can it still be read?")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("published"), FieldPanel("accessed")]),
                FieldRowPanel([FieldPanel("language"), FieldPanel("kind")]),
            ],
            heading=_("Date and kind"),
        ),
        MultiFieldPanel([FieldPanel("derived_from"), FieldPanel("use")], heading=_("How far to trust it")),
        MultiFieldPanel([FieldPanel("archived_url"), FieldPanel("url_shown")], heading=_("Archived copy and link")),
        ArchivingPanel(heading=_("Search for an archived copy")),
        CopiesPanel(heading=_("Our copies")),
        RowsPanel(
            "addresses",
            [FieldPanel("url")],
            heading=_("Further addresses"),
            label=_("address"),
            help_text=_("Where the source is met too, such as an address that leads to it."),
        ),
        form_class=SourceRecordForm,
        guide="source",
    )


class PersonViewSet(RecordViewSet):
    model = Person
    icon = "user"
    menu_order = 220
    chooser_viewset_class = choosers.PersonChooser
    list_display = [
        "name",
        Column("native", label=_("Original script"), accessor=native_name),
        Column("positions", label=_("Positions"), accessor=positions_in_short),
        Column("country", label=_("Country"), sort_key="country", width="8%"),
        EntriesColumn(
            "entries", label=_("Public entries"), accessor="entry_count", sort_key="entry_count", width="8%"
        ),
        PositionlessColumn(
            "positionless",
            label=_("Without position"),
            accessor="positionless_count",
            sort_key="positionless_count",
            width="10%",
        ),
    ]
    filterset_class = PersonFilterSet
    edit_handler = record_form(
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("family_name"), FieldPanel("given_name")]),
                FieldRowPanel([FieldPanel("name_order"), COUNTRY]),
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
                "Every name a reader may search for: in the original script, its reading in kana, earlier names, "
                "and misprints met in sources. What only finds the person, such as a family name with a title, "
                "is never shown."
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
                FieldRowPanel([FieldPanel("kind"), COUNTRY, FieldPanel("wikidata")]),
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
            heading=_("Goods"),
        ),
        RowsPanel(
            "hs_codes",
            [FieldPanel("code")],
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
    list_display = ["name", Column("commodity", label=_("Goods"), sort_key="commodity__name"), USES]
    edit_handler = record_form(
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("description"), FieldPanel("commodity")],
            heading=_("Series of figures"),
        ),
    )


class StateLineViewSet(RecordViewSet):
    model = StateLine
    icon = "list-ol"
    menu_order = 246
    chooser_viewset_class = choosers.LineChooser
    list_display = [
        "name",
        Column("subject", label=_("Subject"), sort_key="subject"),
        Column("front", label=_("Front page"), accessor=lambda line: line.front or "", sort_key="front", width="10%"),
        Column("position", label=_("Position"), sort_key="position", width="10%"),
        USES,
    ]
    edit_handler = record_form(
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldPanel("question"),
                FieldRowPanel([FieldPanel("subject"), FieldPanel("series")]),
                FieldRowPanel([FieldPanel("position"), FieldPanel("promises")]),
                FieldPanel("unknown"),
            ],
            heading=_("Line of the state"),
            help_text=_(
                "A question such as what a car from Japan pays. What answers it follows from the figures and the "
                "dates of measures that name it in entries."
            ),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("front"), FieldPanel("front_name")]), FieldPanel("words"), FieldPanel("as_of")],
            heading=_("At the top of the chronology"),
        ),
        RowsPanel(
            "citations",
            CITATION,
            heading=_("Sources of what is written by hand"),
            label=_("source"),
            help_text=_("Who says it. What follows from entries has the sources of the entries."),
        ),
        form_class=RuledForm,
        guide="standing",
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
                "Plurals and abbreviations. Entries that use the term or one of these forms explain it in place. A "
                "form that is not shown only finds them."
            ),
        ),
        RowsPanel(
            "entries",
            [FieldPanel("entry")],
            heading=_("Entries about it"),
            label=_("entry"),
            help_text=_(
                "Entries that a search for the term should find, whatever words they use: Section 232 stands for each "
                "order that rests on it."
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


SUPPORTS = RowsPanel(
    "rests_on",
    [FieldRowPanel([FieldPanel("entry"), FieldPanel("carrier")])],
    heading=_("Rests on"),
    label=_("support"),
)


class StorylineViewSet(RecordViewSet):
    model = Storyline
    icon = "list-ol"
    menu_order = 247
    list_display = [
        "name",
        Column("steps", label=_("Steps"), accessor=lambda storyline: len(storyline.steps.all()), width="8%"),
        Column(
            "is_public", label=_("Readers see it"), accessor=lambda storyline: yes(storyline.is_public), width="12%"
        ),
        Column("position", label=_("Position"), sort_key="position", width="10%"),
    ]
    list_filter = ["is_public"]
    edit_handler = record_form(
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldRowPanel([FieldPanel("colour"), FieldPanel("position"), FieldPanel("is_public")]),
                FieldPanel("series"),
            ],
            heading=_("Storyline"),
        ),
        RowsPanel(
            "lines",
            [FieldPanel("line")],
            heading=_("Where it stands"),
            label=_("line"),
            help_text=_("Lines of the state that stand beside it, with what holds on the last day researched."),
        ),
        RowsPanel(
            "summary",
            [FieldPanel("text"), SUPPORTS],
            heading=_("Summary"),
            label=_("sentence"),
            help_text=_("Readers see a sentence while everything that it rests on is public and has a source."),
        ),
        RowsPanel(
            "steps",
            [FieldPanel("entry"), FieldPanel("text"), SUPPORTS],
            heading=_("Steps"),
            label=_("step"),
            help_text=_("Entries in the order in which the story is told."),
        ),
        RowsPanel(
            "open_questions",
            [FieldPanel("text"), SUPPORTS],
            heading=_("Open questions"),
            label=_("question"),
            help_text=_("What the sources leave open, and what nobody has looked up yet."),
        ),
        RowsPanel(
            "names",
            [FieldRowPanel(NAME_COLUMNS)],
            heading=_("Further names"),
            label=_("name"),
            help_text=_("Its name in another language, for example."),
        ),
        form_class=RuledForm,
        guide="standing",
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
            heading=_("Kind of event"),
        ),
        RowsPanel(
            "names",
            [FieldRowPanel(NAME_COLUMNS)],
            heading=_("Further names"),
            label=_("name"),
            help_text=_("Words readers may search for, in any language."),
        ),
    )


VIEWSETS = [
    SourceViewSet,
    PersonViewSet,
    OrganisationViewSet,
    CommodityViewSet,
    SeriesViewSet,
    StorylineViewSet,
    StateLineViewSet,
    TermViewSet,
    CategoryViewSet,
]
