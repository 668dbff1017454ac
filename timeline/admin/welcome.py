"""The menu and the home page: five numbers, one list of what waits, and what went wrong."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import LockedPagesPanel
from wagtail.models import Page, Revision, TaskState
from wagtail.permissions import page_permission_policy

from timeline.models import ChronologyPage, ErrorReport, FacetTotal
from timeline.public.language import others
from timeline.running import lateness, schedule

from . import needs
from .counting import Number, counted
from .translating.listing import TranslationsPanel
from .translating.rights import may_translate

UNUSED = {"explorer"}
"""Entries have their own list."""

OF_EDITORS = {"entries", "reports"}
"""Lists of entries, for whoever works on entries."""

LONGEST_LIST = 12
"""Rows on the home page; the list of entries has them all."""

MOST = 1_000
"""Things that the home page counts, which is asked for more often than any list; the lists count further."""


def tidy_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what is unused; administrators keep everything."""
    if not request.user.is_superuser:
        unused = UNUSED if may_edit(request.user) else UNUSED | OF_EDITORS
        items[:] = [item for item in items if item.name not in unused]


def may_edit(user: Any) -> bool:
    """Whether somebody works on entries; translators do not."""
    return bool(page_permission_policy.user_has_any_permission(user, {"add", "change", "publish"}))


# Five numbers


class Numbers(SummaryItem):
    """How much is public and what it needs most, each number linked to its list."""

    template_name = "timeline/admin/home_numbers.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        public = FacetTotal.objects.filter(facet="all").values_list("total", flat=True).first()
        return {
            "public": Number(public or 0),
            "unsourced": needs.number_needing(needs.SOURCE, MOST),
            "one_source": needs.number_needing(needs.SECOND, MOST, is_key=True),
            "past": needs.number_needing(needs.OUTCOME, MOST),
            "reported": counted(ErrorReport.objects.filter(state=ErrorReport.State.NEW)),
        }


def tidy_summary(request: HttpRequest, items: list[SummaryItem]) -> None:
    """Pages, pictures and files say nothing about a chronology, and its needs nothing to who only translates."""
    items[:] = [Numbers(request)] if may_edit(request.user) else []


# What is begun here


class BeginPanel(Component):
    """The two things that an editor comes to begin, for whoever may."""

    name = "begin"
    order = 40

    def render_html(self, parent_context: Any = None) -> Any:
        user = parent_context["request"].user
        begun = []
        page = ChronologyPage.objects.first()
        if page and page.permissions_for_user(user).can_add_subpage():
            address = reverse("wagtailadmin_pages:add", args=["timeline", "entrypage", page.pk])
            begun.append((address, gettext("Add entry"), "calendar-alt"))
        if user.has_perm("timeline.add_source"):
            begun.append((reverse("wagtailsnippets_timeline_source:add"), gettext("Add source"), "link"))
        return render_to_string("timeline/admin/home_begin.html", {"begun": begun})


# One list


@dataclass
class Waiting:
    """An entry that waits for the editor: why, since when, because of whom, and with which comment."""

    kind: str
    page_id: int
    since: datetime.datetime | None
    person: Any = None
    comment: str = ""
    title: str = ""

    @property
    def url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.page_id])


class WaitingPanel(Component):
    """What waits for this user: to be approved, sent back, or never finished."""

    name = "waiting"
    template_name = "timeline/admin/home_waiting.html"
    order = 100

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        rows = [*self.to_approve(user), *self.sent_back(user), *self.drafts(user)]
        shown = list({row.page_id: row for row in reversed(rows)}.values())[::-1][:LONGEST_LIST]
        pages = Page.objects.in_bulk([row.page_id for row in shown])
        for row in shown:
            if page := pages.get(row.page_id):
                row.title = page.get_admin_display_title()
        total = counted(needs.waiting_for(user), MOST)
        return {"rows": [row for row in shown if row.title], "total": total, "more": total.known > len(shown)}

    def to_approve(self, user: Any) -> list[Waiting]:
        """The longest waiting first."""
        states = TaskState.objects.reviewable_by(user).select_related("workflow_state__requested_by")
        return [
            Waiting(
                "approve", int(state.workflow_state.object_id), state.started_at, state.workflow_state.requested_by
            )
            for state in states.order_by("started_at")[:LONGEST_LIST]
        ]

    def sent_back(self, user: Any) -> list[Waiting]:
        """The latest first."""
        states = needs.sent_back_to(user).select_related("current_task_state__finished_by")
        return [
            Waiting("changes", int(state.object_id), task.finished_at, task.finished_by, task.comment)
            for state in states.order_by("-current_task_state__finished_at")[:LONGEST_LIST]
            if (task := state.current_task_state)
        ]

    def drafts(self, user: Any) -> list[Waiting]:
        """The latest first."""
        entries = needs.own_drafts(user).order_by("-latest_revision_created_at", "-pk")
        changed = entries.values_list("pk", "latest_revision_created_at")[:LONGEST_LIST]
        return [Waiting("draft", pk, since) for pk, since in changed]


class ScheduledPanel(Component):
    """What waits to be published, the next first; nothing when nothing does."""

    name = "scheduled"
    template_name = "timeline/admin/home_scheduled.html"
    order = 110

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        scheduled = Revision.page_revisions.filter(approved_go_live_at__isnull=False).order_by("approved_go_live_at")
        rows = scheduled.values("object_id", "object_str", "approved_go_live_at")
        return {"rows": rows[:LONGEST_LIST]}

    def render_html(self, parent_context: Any = None) -> Any:
        context = self.get_context_data(parent_context)
        return render_to_string(self.template_name, context) if context["rows"] else ""


class WarningsPanel(Component):
    """What does not run by itself as it should; nothing when all does."""

    name = "warnings"
    template_name = "timeline/admin/home_warnings.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        now = timezone.now()
        late = (lateness.schedule_is_late(now), lateness.links_are_unchecked(now))
        return {
            "failures": schedule.failures(now).select_related("entry", "revision")[:LONGEST_LIST],
            "sentences": [sentence for sentence in late if sentence],
        }


def tidy_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Our own list and warnings; of Wagtail's panels only what the user has locked."""
    user = request.user
    panels[:] = [
        *([BeginPanel(), WarningsPanel(), WaitingPanel(), ScheduledPanel()] if may_edit(user) else []),
        *([TranslationsPanel()] if others() and may_translate(user) else []),
        *(panel for panel in panels if isinstance(panel, LockedPagesPanel)),
    ]
