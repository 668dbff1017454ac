"""Beginning an entry from a source: what its copy names, the days it prints, and its words to quote.

Everything here is offered and nothing is taken by itself: a draft has what an editor typed, ticked and quoted. The
page works without its script, which saves copying and pasting quotations. DECISIONS 181.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.models import fields_for_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from timeline import edtf, search
from timeline.admin.duplicates import MOST, similar_sources
from timeline.admin.keeping import Difference, KeepsTyping
from timeline.admin.quoting import stored_texts
from timeline.models import (
    ChronologyPage,
    Citation,
    Commodity,
    EntryCommodity,
    EntryOrganisation,
    EntryPage,
    EntryPerson,
    Organisation,
    Person,
    Source,
    Statement,
)
from timeline.models.link import records_at_hand
from timeline.web import articles

from .notes import Other, similar
from .views import index_once, index_uses, show_warnings

ROWS, MORE = 4, 4
"""Statements that the form has room for, and that a press of *More statements* adds."""
MOST_ROWS = 40
MOST_DAYS = 6
AROUND = 40
"""Characters of the text shown on either side of a name."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a copy, with its id in the page."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Named:
    """A record that the copy names, with the words around the place and the paragraph it stands in."""

    record: Any
    before: str
    words: str
    after: str
    anchor: str
    times: int


class BeginningForm(forms.Form):
    """What a draft begins with. Any of it may be missing, as in a draft."""

    def __init__(self, *args: Any, days: list[tuple[str, str]], named: dict[str, list[Named]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = fields_for_model(EntryPage, ["title", "date", "category", "summary"])
        for name in ("title", "date", "category", "summary"):
            self.fields[name] = fields[name]
            fields[name].required = False
            fields[name].validators += EntryPage._meta.get_field(name).validators
        self.fields["title"].label = _("Headline")
        self.fields["title"].help_text = _("What happened, in the present tense, under 80 characters.")
        self.fields["summary"].widget = forms.Textarea(attrs={"rows": 3})
        self.fields["day"] = forms.ChoiceField(
            label=_("Days in the text"),
            required=False,
            choices=[*days, ("", _("None of these"))],
            widget=forms.RadioSelect,
        )
        for relation, found in named.items():
            choices = [(str(each.record.pk), str(each.record)) for each in found]
            self.fields[relation] = forms.MultipleChoiceField(required=False, choices=choices)

    def clean_date(self) -> str:
        typed = self.cleaned_data["date"].strip()
        try:
            return edtf.parse(typed).text if typed else ""
        except edtf.EDTFError as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if not cleaned.get("date") and "date" not in self.errors:
            cleaned["date"] = cleaned.get("day") or ""
        return cleaned


def _field(model: type[Any], name: str, **options: Any) -> Any:
    """The field of a form for a field of a model, with what the model asks of it; it may be empty."""
    field = model._meta.get_field(name)
    made = field.formfield(required=False, help_text="", **options)
    made.validators += field.validators
    return made


class StatementForm(forms.Form):
    """A sentence of ours and the words of the source that carry it."""

    quotation = _field(Citation, "quotation", widget=forms.Textarea(attrs={"rows": 2, "data-quotation": ""}))
    text = _field(Statement, "text", widget=forms.Textarea(attrs={"rows": 2, "data-statement": ""}))
    locator = _field(Citation, "locator")

    def said(self) -> bool:
        return any(value.strip() for value in self.cleaned_data.values())


RELATIONS: dict[str, tuple[str, type[Any], type[Any]]] = {
    "people": ("person", Person, EntryPerson),
    "organisations": ("organisation", Organisation, EntryOrganisation),
    "commodities": ("commodity", Commodity, EntryCommodity),
}
"""The ticks of the form: the kind of mention, its record, and the row that an entry has of it."""


class BeginningView(KeepsTyping, WagtailAdminTemplateMixin, TemplateView):
    """The page that begins an entry with a source; POST makes the draft, or adds room for statements."""

    template_name = "timeline/admin/beginning.html"
    page_title = _("Begin an entry")
    header_icon = "doc-full"
    _show_breadcrumbs = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.source = get_object_or_404(Source.objects.select_related("publisher"), pk=kwargs["source"])
        self.chronology = get_object_or_404(ChronologyPage)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.chronology.permissions_for_user(request.user).can_add_subpage():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse(Source.snippet_viewset.get_url_name("edit"), args=[self.source.pk])
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(Source.snippet_viewset.get_url_name("list")), "label": gettext("Sources")},
            {"url": edit, "label": str(self.source)},
            {"url": "", "label": self.get_page_title()},
        ]

    # What is offered

    @cached_property
    def text(self) -> str:
        """Of our latest copy; editors without the right to see copies begin without it."""
        if not self.request.user.has_perm("timeline.view_snapshot"):
            return ""
        return stored_texts([self.source.pk]).get(self.source.pk, "")

    @cached_property
    def paragraphs(self) -> list[Paragraph]:
        return [Paragraph(f"p-{number}", line) for number, line in enumerate(self.text.splitlines(), 1) if line]

    @cached_property
    def named(self) -> dict[str, list[Named]]:
        """By the names of the form's fields. One query for the names, one for the records of each kind."""
        mentions = search.named(self.text)
        found = {}
        for relation, (kind, model, _row) in RELATIONS.items():
            here = [
                mention for mention in mentions if mention.kind == kind and mention.record != self._publisher(kind)
            ]
            records = model.objects.in_bulk([mention.record for mention in here])
            found[relation] = [
                self._shown(mention, records[mention.record]) for mention in here if mention.record in records
            ]
        return found

    def _publisher(self, kind: str) -> int | None:
        """Who published the source need not be listed."""
        return self.source.publisher_id if kind == "organisation" else None

    def _shown(self, mention: search.Mention, record: Any) -> Named:
        start, end = mention.start, mention.end
        before = self.text[max(0, start - AROUND) : start].rpartition("\n")[2]
        after = self.text[end : end + AROUND].partition("\n")[0]
        anchor = f"p-{self.text.count(chr(10), 0, start) + 1}"
        return Named(record, before, self.text[start:end], after, anchor, mention.times)

    @cached_property
    def days(self) -> list[tuple[str, str]]:
        """The days that the copy prints and that of its publication, in EDTF and in words."""
        days = dict.fromkeys([*articles.printed(self.text.splitlines()), *filter(None, [self.source.published])])
        return [(day, str(edtf.display(edtf.parse(day)))) for day in list(days)[:MOST_DAYS]]

    def others(self) -> Iterator[Other]:
        """Entries, drafts too, that may be about the same: that cite the source, or of one of the days."""
        cite = EntryPage.objects.filter(statements__citations__source=self.source).distinct().order_by("-pk")[:MOST]
        found = {entry.pk: Other.of(entry, gettext("cites this source")) for entry in cite}
        people = [EntryPerson(person=each.record) for each in self.named["people"]]
        for day, _words in self.days:
            likely = EntryPage(title=self.source.title, date=day, entry_people=people)
            likely.derive()
            for other in similar(likely):
                found.setdefault(other.pk, other)
        yield from found.values()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        copies = [each for each in similar_sources([], self.source.title) if each.pk != self.source.pk]
        return {
            **super().get_context_data(**kwargs),
            "source": self.source,
            "paragraphs": self.paragraphs,
            "form": kwargs.get("form") or self.form(),
            "statements": kwargs.get("statements") or self.statements(ROWS),
            "groups": [
                (self.labels[name], name, found, self.request.POST.getlist(name))
                for name, found in self.named.items()
                if found
            ],
            "others": list(self.others()),
            "sources": copies,
        }

    labels = {"people": _("People"), "organisations": _("Organisations"), "commodities": _("Goods")}

    def form(self, data: Any = None) -> BeginningForm:
        return BeginningForm(data, days=self.days, named=self.named)

    def statements(self, rows: int, data: Any = None) -> list[StatementForm]:
        return [StatementForm(data, prefix=f"statement-{number}") for number in range(min(rows, MOST_ROWS))]

    # What a browser kept

    def compare_copy(self) -> HttpResponse:
        """Nothing is stored before the draft is made, so all that was written is new."""
        form, statements = self.sent()
        fields = [*form, *(field for each in statements for field in each)]
        return self.compared(
            Difference(str(field.label), "", field.data)
            for field in fields
            if isinstance(field.field, forms.CharField) and (field.data or "").strip()
        )

    def show_copy(self) -> HttpResponse:
        form, statements = self.sent()
        return self.shown(form=form, statements=statements)

    def sent(self) -> tuple[BeginningForm, list[StatementForm]]:
        """The forms as they were sent, with room for more statements when that was asked for."""
        data = self.request.POST
        rows = int(sent) if (sent := data.get("rows", "")).isdecimal() and len(sent) < 4 else ROWS
        return self.form(data), self.statements(rows + (MORE if "more" in data else 0), data)

    # What is made

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("kept") in ("compare", "show"):
            return super().post(request, *args, **kwargs)
        form, statements = self.sent()
        valid = all([form.is_valid(), *(each.is_valid() for each in statements)])
        if "more" in request.POST or not valid:
            return self.render_to_response(self.get_context_data(form=form, statements=statements))
        with records_at_hand(), index_once():
            entry = self.entry(form.cleaned_data, [each for each in statements if each.said()])
            self.chronology.add_child(instance=entry)
            entry.save_revision(user=request.user, log_action=True, clean=False)
        index_uses(entry.pk)
        messages.success(request, gettext("The draft “%(title)s” was made.") % {"title": entry.title})
        show_warnings(request, entry)
        return redirect("wagtailadmin_pages:edit", entry.pk)

    def entry(self, said: dict[str, Any], statements: list[StatementForm]) -> EntryPage:
        """The draft, in memory: what was typed, ticked and quoted, and the source under each statement."""
        entry = EntryPage(
            title=said["title"] or gettext("Untitled entry"),
            date=said["date"],
            category=said["category"],
            summary=said["summary"],
            live=False,
            owner=self.request.user,
        )
        for place, each in enumerate(statements):
            row = each.cleaned_data
            statement = Statement(text=row["text"], sort_order=place)
            statement.citations.add(Citation(source=self.source, quotation=row["quotation"], locator=row["locator"]))
            entry.statements.add(statement)
        for relation, (kind, _model, row_model) in RELATIONS.items():
            records = {str(each.record.pk): each.record for each in self.named[relation]}
            for place, pk in enumerate(said[relation]):
                getattr(entry, f"entry_{relation}").add(row_model(**{kind: records[pk]}, sort_order=place))
        entry.derive()
        return entry


def button(snippet: Any, user: Any, next_url: str | None = None) -> list[Button]:
    """The way to an entry with a source, in its row of the list."""
    if not isinstance(snippet, Source) or not user.has_perm("wagtailadmin.access_admin"):
        return []
    return [
        Button(_("Begin an entry"), reverse("timeline_beginning", args=[snippet.pk]), icon_name="plus", priority=20)
    ]
