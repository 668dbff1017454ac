"""The form of an entry: panels in the order of writing, and what it takes to publish."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Model
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.templatetags.wagtailadmin_tags import avatar_url, user_display_name
from wagtail.documents.models import Document
from wagtail.documents.widgets import AdminDocumentChooser
from wagtail.images.models import Image
from wagtail.images.widgets import AdminImageChooser

from timeline.admin.guide import GuidePanel
from timeline.admin.rows import CITATION, FigureForm, Forgiving, PickPanel, RowField, RowsPanel
from timeline.admin.schedule import ScheduleForm, SchedulePanel
from timeline.models import Commodity, EntryPage, FigureSeries, Organisation, Person, Source, StateLine
from timeline.models.entry import CHANGE_FIELDS
from timeline.models.fields import may_last
from timeline.models.link import at_hand
from timeline.models.publication import problems, unanswered

from . import changes, support
from .notes import NotesPanel
from .support import SupportPanel

USUAL_ZONES = ["Asia/Tokyo", "America/New_York", "America/Chicago", "America/Los_Angeles"]


RECORDS: dict[str, type[Model]] = {
    "source": Source,
    "person": Person,
    "organisation": Organisation,
    "commodity": Commodity,
    "series": FigureSeries,
    "line": StateLine,
    "earlier": EntryPage,
    "image": Image,
    "document": Document,
}
"""What the choosers of the rows choose, by the names of their fields."""


def fetch_chosen(data: Mapping[str, Any]) -> None:
    """Fetch all records that a sent form names, in one query a kind."""
    chosen: defaultdict[type[Model], set[int]] = defaultdict(set)
    for key, value in data.items():
        model = RECORDS.get(key.rpartition("-")[2])
        if model and str(value).isdecimal():
            chosen[model].add(int(value))
    for model, ids in chosen.items():
        at_hand().fetch(model, ids)


class EntryForm(Forgiving, ScheduleForm):
    """The form of an entry. A draft may lack anything; what readers will see may not.

    Wagtail asks for a full form whenever an entry goes public or to moderation. The
    rules of publication then answer for all that is missing, each at its panel, so
    an editor reads one list instead of "This field is required" many times over.
    """

    panel_problems: dict[str, list[str]]
    address_taken = ""
    """The address that was asked for, where another entry has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.panel_problems = {}
        if self.is_bound:
            fetch_chosen(self.data)
        else:
            kinds = self.fields["category"]
            kinds.choices = [*iter(kinds.choices)]  # Wagtail renders each field a second time, for its scripts

    def is_valid(self) -> bool:
        if self.is_deferred_validation or "problems" in self.__dict__:
            return super().is_valid()
        self.defer_required_fields()
        valid = super().is_valid()
        entry = self.save(commit=False) if valid else None
        self.problems = [*problems(entry), *unanswered(entry)] if entry else []
        self.restore_required_fields()
        for problem in self.problems:
            if problem.panel in self.fields:
                self.add_error(problem.panel, problem.message)
            else:
                self.panel_problems.setdefault(problem.panel, []).append(problem.message)
                self.add_error(None, problem.message)
        return valid and not self.problems

    def _post_clean(self) -> None:
        super()._post_clean()
        self.instance.sentences = support.sent(self.instance.sentences, self.data)
        self.instance.derive()

    def says_the_same(self) -> bool:
        """Whether saving would change nothing, apart from what was said of the last change."""
        fields = set(self.changed_data) - {*CHANGE_FIELDS, "comment_notifications"}
        rows = any(formset.has_changed() for formset in self.formsets.values())
        return not (fields or rows or support.is_changed(self.data))

    def serialize_comments(self, user: Any) -> dict[str, Any]:
        """The comments for the script; where there are none the one author is known, and Wagtail fetches them all."""
        comments = self.formsets.get("comments")
        if comments is None or comments.forms:
            return super().serialize_comments(user)
        author = {"name": user_display_name(user), "avatar_url": avatar_url(user)}
        return {"comments": [], "user": user.pk, "authors": {str(user.pk): author}}

    def keep_last_good(self, name: str) -> None:
        super().keep_last_good(name)
        if name == "title" and not self.instance.title:
            self.instance.title = str(_("Untitled entry"))

    def clean_date_extent(self) -> str:
        """A day, or a date with an open end, has nothing to last through."""
        date = self.cleaned_data.get("date")
        return self.cleaned_data["date_extent"] if not date or may_last(date) else ""

    def clean_slug(self) -> str:
        """A draft whose headline was used before gets an address of its own."""
        slug = self.cleaned_data["slug"]
        if not slug or self.instance.first_published_at or not self.parent_page:
            return slug
        taken = set(
            self.parent_page.get_children()
            .filter(slug__startswith=slug)
            .exclude(pk=self.instance.pk)
            .values_list("slug", flat=True)
        )
        free, number = slug, 2
        while free in taken:
            free, number = f"{slug}-{number}", number + 1
        self.address_taken = slug if free != slug else ""
        return free


class TimeZoneInput(forms.TextInput):
    """A text box that offers the usual time zones."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{name}-zones"
        box = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}"></option>', [[z] for z in USUAL_ZONES])
        return format_html('{}<datalist id="{}">{}</datalist>', box, list_id, options)


WHEN = MultiFieldPanel(
    [
        FieldPanel("date"),
        FieldPanel("date_extent"),
        FieldPanel("date_basis"),
        FieldPanel("date_note"),
        FieldPanel("planned"),
        RowsPanel(
            "measure_dates",
            [
                FieldRowPanel([RowField("kind"), RowField("date"), RowField("note")]),
                FieldRowPanel([RowField("line"), RowField("measure"), RowField("rests_on")]),
            ],
            heading=_("Dates of the measure"),
            label=_("date"),
            help_text=_(
                "For a law, order or agreement: when it was announced, signed, published, "
                "in force. The date of the entry stays the day of the event itself."
            ),
        ),
    ],
    heading=_("When"),
)

CONTENT = [
    GuidePanel("entry"),
    NotesPanel(heading=_("Before publishing")),
    TitleFieldPanel(
        "title",
        heading=_("Headline"),
        help_text=_("What happened, in the present tense, under 80 characters. Name who acts, take no side."),
        classname="",
        placeholder=False,
    ),
    WHEN,
    MultiFieldPanel(
        [
            FieldRowPanel(
                [
                    FieldPanel("weight", widget=forms.RadioSelect),
                    FieldPanel(
                        "category",
                        widget=forms.Select,
                        help_text=_("The kind of event. Every entry has exactly one."),
                    ),
                ]
            ),
            FieldRowPanel([FieldPanel("place"), FieldPanel("time_zone", widget=TimeZoneInput)]),
        ],
        heading=_("Weight, kind of event and place"),
    ),
    MultiFieldPanel([FieldPanel("summary"), SupportPanel()], heading=_("Summary")),
    RowsPanel(
        "statements",
        [
            RowField("text"),
            RowField("nature"),
            RowsPanel("citations", CITATION, heading=_("Citations"), label=_("citation")),
        ],
        heading=_("Statements"),
        label=_("statement"),
        help_text=_(
            "The body of the entry: one fact a statement, each with the source that says it. "
            "A statement without a citation cannot be published."
        ),
    ),
    RowsPanel(
        "figures",
        [
            RowField("label"),
            FieldRowPanel([RowField("qualifier"), RowField("value")]),
            FieldRowPanel([RowField("low"), RowField("high")]),
            FieldRowPanel([RowField("unit"), RowField("currency"), RowField("scale")]),
            FieldRowPanel([RowField("per"), RowField("of")]),
            FieldRowPanel([RowField("period"), RowField("period_note")]),
            FieldRowPanel([RowField("status"), RowField("basis")]),
            FieldRowPanel([RowField("series"), RowField("line")]),
            RowField("note"),
            RowsPanel("citations", CITATION, heading=_("Citations"), label=_("citation")),
        ],
        form_class=FigureForm,
        heading=_("Figures"),
        label=_("figure"),
        help_text=_(
            "Numbers readers will compare. Give one value, or a lowest and a highest, exactly as the source prints it."
        ),
    ),
    RowsPanel(
        "disagreements",
        [
            RowField("question"),
            RowsPanel(
                "accounts",
                [
                    RowField("source"),
                    RowField("says"),
                    RowField("quotation"),
                    FieldRowPanel([RowField("locator"), RowField("language")]),
                    RowField("translation"),
                    RowField("side"),
                    RowField("preferred"),
                ],
                heading=_("Accounts"),
                label=_("account"),
            ),
            RowField("reason"),
        ],
        heading=_("Where sources disagree"),
        label=_("disagreement"),
        help_text=_(
            "Sources that answer one question differently, side by side: at least two accounts. "
            "Never average them and never drop one."
        ),
    ),
    RowsPanel(
        "source_notes",
        [RowField("source"), RowField("text")],
        heading=_("Notes on sources"),
        label=_("note"),
        help_text=_(
            "What readers should know of a source and not of the event: an archive photograph, a misprint, "
            "what the paper calls somebody. It stands with the source in the list of sources."
        ),
    ),
    RowsPanel(
        "attachments",
        [
            FieldRowPanel(
                [
                    RowField("image", widget=AdminImageChooser(show_edit_link=False)),
                    RowField("document", widget=AdminDocumentChooser(show_edit_link=False)),
                ]
            ),
            RowField("alt"),
            RowField("caption"),
            FieldRowPanel([RowField("credit"), RowField("licence")]),
            RowField("source"),
            RowField("is_main"),
        ],
        heading=_("Pictures and documents"),
        label=_("picture or document"),
        help_text=_(
            "A photograph, map or scan, or the text of a document: few, and only what may stand here. Each says who "
            "made it, by what right we show it, and where it was taken from."
        ),
    ),
    PickPanel(
        "entry_people",
        "person",
        panels=[
            RowField("person"),
            FieldRowPanel([RowField("role"), RowField("position")]),
        ],
        heading=_("People"),
        label=_("person"),
        help_text=_(
            "Who takes part or is named. Readers see the position each held on the date of the "
            "entry, taken from the person's record."
        ),
    ),
    PickPanel(
        "entry_organisations",
        "organisation",
        panels=[RowField("organisation")],
        heading=_("Organisations"),
        label=_("organisation"),
        help_text=_("Who takes part. The publishers of the sources need not be listed."),
    ),
    PickPanel(
        "entry_commodities",
        "commodity",
        panels=[RowField("commodity")],
        heading=_("Goods"),
        label=_("goods"),
        help_text=_(
            "What it is about. Choose the narrowest that fits: readers who follow all vehicles also find cars."
        ),
    ),
    PickPanel(
        "follows",
        "earlier",
        panels=[RowField("earlier")],
        heading=_("Follows"),
        label=_("earlier entry"),
        help_text=_("The earlier entries this one is a consequence or continuation of."),
    ),
    FieldPanel("editor_note"),
]

SETTINGS = [
    FieldPanel(
        "slug",
        required_on_save=False,  # made from the headline when it is empty
        heading=_("Address"),
        help_text=_(
            "The last part of the public address, without a date. When a published entry gets "
            "another one, the old address leads to it."
        ),
    ),
    SchedulePanel(),
    CommentPanel(),
]


class EntryPanels(TabbedInterface):
    """The panels of the form. Its class is kept: Wagtail makes it, and those of all rows, anew for each request."""

    def get_form_class(self) -> type[EntryForm]:
        return _form_class(self, get_language() or settings.LANGUAGE_CODE)


@cache
def _form_class(panels: EntryPanels, language: str) -> type[EntryForm]:
    """Choosers are called in the language that their widgets are made in."""
    return super(EntryPanels, panels).get_form_class()


EDIT_HANDLER = EntryPanels(
    [
        ObjectList(CONTENT, heading=_("Content")),
        changes.TAB,
        ObjectList(SETTINGS, heading=_("Settings")),
    ],
    base_form_class=EntryForm,
)
