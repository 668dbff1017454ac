"""Choosers: find a record by any of its names, or create it without leaving the entry."""

from typing import Any

from django import forms
from django.db.models import F, ForeignKey, QuerySet
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser
from wagtail.log_actions import log
from wagtail.snippets.views import chooser as snippets

from timeline import edtf
from timeline.admin.duplicates import AskFirst
from timeline.admin.finding import matching
from timeline.admin.source.form import LooksUpInChooser, SourceForm
from timeline.models import Commodity, EntryPage, FigureSeries, Organisation, Person, Source, StateLine
from timeline.models.commodity import reading_order
from timeline.models.link import at_hand
from timeline.models.record import Record


class SearchForm(SearchFilterMixin, BaseFilterForm):
    """The search box of a chooser."""

    def filter(self, objects: QuerySet) -> QuerySet:
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        return matching(objects, self.search_query)


# Creation


class SearchedSelect(forms.Select):
    """A list that is searched by typing (``static/admin-intake.js``): no dialog opens over a dialog."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        unknown = _("It is not in the list. Choose one, or write it under “New publisher”.")
        select = super().render(*args, **kwargs)
        return format_html('<searched-select data-unknown="{}">{}</searched-select>', unknown, select)


class NewSource(SourceForm):
    field_order = [
        "similar", "url", "title", "publisher", "new_publisher", "byline", "published", "accessed", "language", "kind",
        "archived_url",
    ]  # fmt: skip

    class Meta:
        model = Source
        fields = [
            "url", "title", "publisher", "byline", "published", "accessed", "language", "kind", "archived_url",
            "description",
        ]  # fmt: skip
        widgets = {
            "publisher": SearchedSelect,
            "accessed": forms.DateInput(attrs={"type": "date"}),
            "description": forms.Textarea(attrs={"rows": 2}),
        }


class NewPerson(AskFirst):
    class Meta:
        model = Person
        fields = ["family_name", "given_name", "name_order", "kind", "country"]


class NewOrganisation(AskFirst):
    class Meta:
        model = Organisation
        fields = ["name", "kind", "country"]


class NewCommodity(AskFirst):
    class Meta:
        model = Commodity
        fields = ["name", "kind", "parent"]
        widgets = {"parent": forms.Select}


class NewSeries(AskFirst):
    class Meta:
        model = FigureSeries
        fields = ["name", "description", "commodity"]
        widgets = {"commodity": forms.Select}


class NewLine(AskFirst):
    class Meta:
        model = StateLine
        fields = ["name", "question", "subject"]


class RecordCreateView(snippets.SnippetCreateView):
    """Creates the record, or takes the existing one the editor chose instead."""

    def save_form(self, form: AskFirst) -> Record:
        if form.existing:
            return form.existing
        record = super().save_form(form)
        log(instance=record, action="wagtail.create", content_changed=True)
        return record


class SourceCreateView(LooksUpInChooser, RecordCreateView):  # type: ignore[misc]
    pass


# Choosing


class ChosenColumns:
    """The title column, then what tells records of the same name apart."""

    model_class: type[Record]

    @property
    def columns(self) -> list[Column]:
        return [*super().columns, *COLUMNS[self.model_class]]  # type: ignore[misc]

    @property
    def ordering(self) -> Any:
        return "-number" if self.model_class is Source else None

    def get_object_list(self) -> QuerySet[Any]:
        return super().get_object_list().prefetch_related(*SHOWN.get(self.model_class, []))  # type: ignore[misc]


class RecordChooseView(ChosenColumns, snippets.ChooseView):
    filter_form_class = SearchForm


class SourceChooseView(RecordChooseView):
    creation_form_template_name = LooksUpInChooser.creation_form_template_name


class RecordChooseResultsView(ChosenColumns, snippets.ChooseResultsView):
    filter_form_class = SearchForm


COLUMNS: dict[type, list[Column]] = {
    Source: [
        Column("publisher", label=_("Publisher")),
        Column(
            "published",
            label=pgettext_lazy("source", "Published"),
            accessor=lambda source: date_words(source.published),
        ),
    ],
    Person: [
        Column("slug", label=_("Address")),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("country", label=_("Country")),
    ],
    Organisation: [
        Column("slug", label=_("Address")),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("country", label=_("Country")),
    ],
    Commodity: [],
    FigureSeries: [Column("commodity", label=_("Goods"))],
    StateLine: [Column("subject", label=_("Subject"))],
}
SHOWN = {Source: ["publisher"], Commodity: ["hs_codes"], FigureSeries: ["commodity"]}


def date_words(text: str) -> str:
    """A stored date as readers see it."""
    return str(edtf.display(edtf.parse(text))) if text else ""


class RecordField(forms.ModelChoiceField):
    """The record that a form names by its id, taken from those at hand."""

    queryset: QuerySet[Any]

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, self.queryset.model) or self.get_limit_choices_to():
            return super().to_python(value)
        record = at_hand().get(self.queryset.model, int(value)) if str(value).isdecimal() else None
        if record is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return record


class ChosenAtHand:
    """A chooser whose fields take what is chosen from the records at hand (see ``link.AtHand``)."""

    @cached_property
    def widget_class(self) -> type[BaseChooser]:
        class Widget(super().widget_class):  # type: ignore[misc]
            def get_instance(self, value: Any) -> Any:
                if value is None or isinstance(value, self.model_class):
                    return value
                pk = str(value)  # as it was sent, which may be anything
                return at_hand().get(self.model_class, int(pk)) if pk.isdecimal() else None

        return Widget

    def on_register(self) -> None:
        super().on_register()  # type: ignore[misc]
        override = {"widget": self.widget_class, "form_class": RecordField}
        register_form_field_override(ForeignKey, to=self.model, override=override)  # type: ignore[attr-defined]


class RecordChooser(ChosenAtHand, snippets.SnippetChooserViewSet):
    """A chooser of records."""

    choose_view_class = RecordChooseView
    choose_results_view_class = RecordChooseResultsView
    create_view_class = RecordCreateView
    page_title = _("Choose")
    create_action_label = _("Create")
    create_action_clicked_label = _("Creating…")
    per_page = 15


class SourceChooser(RecordChooser):
    choose_view_class = SourceChooseView
    create_view_class = SourceCreateView
    creation_form_class = NewSource
    choose_one_text = _("Choose a source")
    choose_another_text = _("Choose another source")
    creation_tab_label = _("New source")


class PersonChooser(RecordChooser):
    creation_form_class = NewPerson
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    creation_tab_label = _("New person")


class OrganisationChooser(RecordChooser):
    creation_form_class = NewOrganisation
    choose_one_text = _("Choose an organisation")
    choose_another_text = _("Choose another organisation")
    creation_tab_label = _("New organisation")


class TreeSearchForm(SearchForm):
    """The search box over a tree: what is found, and all that it is part of."""

    def filter(self, objects: QuerySet) -> QuerySet:
        found = super().filter(objects)
        if not self.is_searching:
            return found
        return objects.filter(pk__in={pk for line in found.values_list("lineage", flat=True) for pk in line})


class Tree:
    """Commodities as people read them: parents before children, each below what it is part of."""

    filter_form_class = TreeSearchForm
    per_page = 500  # a page of a tree may begin with children
    ordering: Any = [reading_order()]

    @property
    def title_column(self) -> Column:
        column = super().title_column  # type: ignore[misc]
        column.accessor = lambda commodity: format_html(
            '<span style="padding-inline-start: {}em">{}</span>', 1.5 * (len(commodity.lineage) - 1), commodity.name
        )
        return column

    @property
    def columns(self) -> list[Column]:
        codes = Column("hs_codes", label=_("HS codes"), accessor=hs_codes)
        return [*super().columns, codes]  # type: ignore[misc]


def hs_codes(commodity: Commodity) -> str:
    return ", ".join(row.code for row in commodity.hs_codes.all())


class CommodityChooseView(Tree, RecordChooseView):
    pass


class CommodityChooseResultsView(Tree, RecordChooseResultsView):
    pass


class CommodityChooser(RecordChooser):
    choose_view_class = CommodityChooseView
    choose_results_view_class = CommodityChooseResultsView
    per_page = CommodityChooseView.per_page
    creation_form_class = NewCommodity
    choose_one_text = _("Choose goods")
    choose_another_text = _("Choose other goods")
    creation_tab_label = _("New goods")


class SeriesChooser(RecordChooser):
    creation_form_class = NewSeries
    choose_one_text = _("Choose a series")
    choose_another_text = _("Choose another series")
    creation_tab_label = _("New series")


class LineChooser(RecordChooser):
    creation_form_class = NewLine
    choose_one_text = _("Choose a line")
    choose_another_text = _("Choose another line")
    creation_tab_label = _("New line")


class EntryList:
    """All entries, the latest event first: the tree tells an editor nothing."""

    filter_form_class = SearchForm
    ordering = [F("date_period").desc(nulls_last=True), "-pk"]

    @property
    def columns(self) -> list[Column]:
        date = Column("date", label=_("Date"), accessor=lambda entry: date_words(entry.date))
        return [*super().columns, date]  # type: ignore[misc]


class EntryChooseView(EntryList, ChooseView):
    pass


class EntryChooseResultsView(EntryList, ChooseResultsView):
    pass


class EntryChooser(ChosenAtHand, ChooserViewSet):
    """A chooser of entries."""


entry_chooser = EntryChooser(
    "entry_chooser",
    model=EntryPage,
    icon="calendar-alt",
    url_prefix="entries/choose",
    choose_one_text=_("Choose an entry"),
    choose_another_text=_("Choose another entry"),
    choose_view_class=EntryChooseView,
    choose_results_view_class=EntryChooseResultsView,
    per_page=15,
)
