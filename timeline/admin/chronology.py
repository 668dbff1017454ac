"""The form of the chronology itself: its words, its lanes and phases, and what has been researched."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from timeline.models import ChronologyPage
from timeline.models.chronology import MAX_LANES

from .conflicts import AsksBeforeOverwriting
from .guide import GuidePanel
from .rows import RowsPanel
from .schedule import ScheduleForm, SchedulePanel, ShowsSchedule

ONE_CHRONOLOGY = _(
    "A site has one chronology. For another subject run a second site, with its own address and database; subjects "
    "of this one are below “Overview”."
)
"""Said where an administrator looks for a second one (DECISIONS 180)."""

OVERVIEW = [
    RowsPanel(
        "lanes",
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
            FieldRowPanel([FieldPanel("colour", widget=forms.Select), FieldPanel("takes_rest")]),
            RowsPanel(
                "lane_commodities",
                [FieldPanel("commodity", widget=forms.Select)],
                heading=_("Goods"),
                label=_("goods"),
            ),
            RowsPanel(
                "lane_categories",
                [FieldPanel("category", widget=forms.Select)],
                heading=_("Kinds of event"),
                label=_("kind of event"),
            ),
        ],
        max_num=MAX_LANES,
        heading=_("Subjects"),
        label=_("subject"),
        help_text=_(
            "The rows of the overview, at most six, in this order. They also give entries their "
            "colours and are the first filter readers see."
        ),
    ),
    RowsPanel(
        "phases",
        [FieldRowPanel([FieldPanel("name"), FieldPanel("date")])],
        heading=_("Phases"),
        label=_("phase"),
        help_text=_("Stretches of the story with a name, shown as numbered pins. Three to six are enough."),
    ),
    RowsPanel(
        "coverage",
        [FieldRowPanel([FieldPanel("date"), FieldPanel("note")])],
        heading=_("Researched"),
        label=_("stretch"),
        help_text=_(
            "The months whose events have been looked for. All others are shaded, because a blank "
            "there does not mean that nothing happened."
        ),
    ),
    RowsPanel(
        "open_questions",
        [FieldPanel("question"), FieldPanel("note"), FieldPanel("entry")],
        heading=_("Open questions"),
        label=_("question"),
        help_text=_("What was looked for and not found. Readers see it on the page about the chronology."),
    ),
]

EDIT_HANDLER = TabbedInterface(
    [
        ObjectList(
            [
                GuidePanel("records"),
                HelpPanel(content=format_lazy("<p>{}</p>", ONE_CHRONOLOGY)),
                MultiFieldPanel(
                    [
                        FieldPanel(
                            "title",
                            heading=_("Name of the site"),
                            help_text=_("It stands on every page."),
                            classname="title",  # not a TitleFieldPanel, whose script looks for a slug to fill in
                        ),
                        FieldPanel("headline"),
                        FieldPanel("strapline"),
                    ],
                    heading=_("Words"),
                ),
            ],
            heading=_("Words"),
        ),
        ObjectList(
            [
                FieldRowPanel([FieldPanel("publisher"), FieldPanel("publisher_url")]),
                FieldPanel("editors"),
                FieldPanel("contact"),
                FieldPanel("errors"),
                FieldPanel("takes_error_reports", permission="superuser"),
                FieldPanel("funding"),
                FieldPanel("licence"),
            ],
            heading=_("Imprint"),
        ),
        ObjectList([GuidePanel("research"), *OVERVIEW], heading=_("Overview")),
        ObjectList([SchedulePanel()], heading=_("Settings")),
    ],
    base_form_class=ScheduleForm,
)


class OneChronology:
    """A view that would make a second chronology says why there is none, and where the first one is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not (page := ChronologyPage.objects.first()):
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        messages.error(request, str(ONE_CHRONOLOGY))
        return redirect("wagtailadmin_pages:edit", page.pk)


class ChronologyCreateView(OneChronology, CreateView):
    pass


class ChronologyCopyView(OneChronology, CopyView):
    pass


class ChronologyEditView(AsksBeforeOverwriting, ShowsSchedule, EditView):
    pass


class ChronologyPageViewSet(PageViewSet):
    """The views by which Wagtail edits the chronology's page."""

    model = ChronologyPage
    add_view_class = ChronologyCreateView
    copy_view_class = ChronologyCopyView
    edit_view_class = ChronologyEditView


def chronology_of(request: HttpRequest) -> Any:
    """The chronology's page, or None before there is one; fetched once a request."""
    if not hasattr(request, "chronology_page"):
        request.chronology_page = ChronologyPage.objects.first()  # type: ignore[attr-defined]
    return request.chronology_page  # type: ignore[attr-defined]


class ChronologyMenuItem(MenuItem):
    """Leads to the form of the chronology, for those who may change it."""

    def is_shown(self, request: HttpRequest) -> bool:
        page = chronology_of(request)
        return bool(page and page.permissions_for_user(request.user).can_edit())

    def render_component(self, request: HttpRequest) -> Any:
        self.url = reverse("wagtailadmin_pages:edit", args=[chronology_of(request).pk])
        return super().render_component(request)


MENU_ITEM = ChronologyMenuItem(_("Chronology"), "", name="chronology", icon_name="site", order=260)
