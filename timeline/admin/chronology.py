"""The form of the chronology itself: its words, its lanes and phases, and what has been researched."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from timeline.models import ChronologyPage
from timeline.models.chronology import MAX_LANES

from .conflicts import AsksBeforeOverwriting
from .guide import GuidePanel
from .rows import RowsPanel
from .schedule import ScheduleForm, SchedulePanel, ShowsSchedule

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
                MultiFieldPanel(
                    [
                        TitleFieldPanel(
                            "title", heading=_("Name of the site"), help_text=_("It stands on every page.")
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


class ChronologyEditView(AsksBeforeOverwriting, ShowsSchedule, EditView):
    pass


class ChronologyPageViewSet(PageViewSet):
    """The views by which Wagtail edits the chronology's page."""

    model = ChronologyPage
    edit_view_class = ChronologyEditView


class ChronologyMenuItem(MenuItem):
    """Leads to the form of the chronology, for those who may change it."""

    def is_shown(self, request: HttpRequest) -> bool:
        self.page = ChronologyPage.objects.first()
        return bool(self.page and self.page.permissions_for_user(request.user).can_edit())

    def render_component(self, request: HttpRequest) -> Any:
        self.url = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return super().render_component(request)


MENU_ITEM = ChronologyMenuItem(_("Chronology"), "", name="chronology", icon_name="site", order=260)
