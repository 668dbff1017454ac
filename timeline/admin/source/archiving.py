"""The search for archived copies as editors see it: column, filter, panel, and the button that asks for one."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.panels import Panel
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import LogFormatter
from wagtail.permission_policies import ModelPermissionPolicy

from timeline.archiving import queue, searching
from timeline.choices import ArchivingState
from timeline.models import Archiving, Source
from timeline.running.lateness import copies_are_not_sought

STATES = [(value, label) for value, label in ArchivingState.choices if value != ArchivingState.ARCHIVED]
"""Of sources without a copy."""


class ArchivedColumn(Column):
    """Whether there is a copy, and how far the search for one has come."""

    def get_value(self, instance: Source) -> Any:
        if instance.archived_url:
            return gettext("yes")
        return next((row.get_state_display() for row in _search(instance)), gettext("no") if instance.url else "")


class ArchivingFilter(django_filters.ChoiceFilter):
    """How far the search for a copy has come."""

    def __init__(self) -> None:
        super().__init__(label=_("Search for a copy"), choices=STATES, empty_label=_("All"), widget=forms.RadioSelect)

    def filter(self, sources: QuerySet, value: str) -> QuerySet:
        if not value:
            return sources
        return sources.filter(archived_url="", pk__in=Archiving.objects.filter(state=value).values("source"))


def _search(source: Source) -> list[Archiving]:
    """What is known of the search for a copy of this address; nothing where there is a copy that somebody typed."""
    rows = [row for row in source.archiving.all() if row.url == source.url]
    return [row for row in rows if source.archived_url in ("", row.copy_url)]


def context(source: Source, user: Any) -> dict[str, Any]:
    """What the panel shows: what is known, and whether the button is there."""
    searches = _search(source)
    return {
        "source": source,
        "search": searches[0] if searches else None,
        "taken_out": bool(searches and searches[0].state == ArchivingState.ARCHIVED and not source.archived_url),
        "late": copies_are_not_sought(timezone.now()),
        "submits": queue.submits(),
        "may_ask": bool(queue.archives()) and _may_ask(user) and queue.may_be_asked_for(source),
    }


def _may_ask(user: Any) -> bool:
    return bool(ModelPermissionPolicy(Source).user_has_any_permission(user, {"add", "change"}))


class ArchivingPanel(Panel):
    """What is known of the search for a copy, and a button that asks for one. Saves nothing of the form."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/archiving_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk and self.instance.url and (queue.archives() or _search(self.instance)))

        @property
        def media(self) -> forms.Media:
            return forms.Media(js=[forms.Script("admin-links.js", type="module")])  # type: ignore[list-item]

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return super().get_context_data(parent_context) | context(self.instance, self.request.user)


@require_POST
def want(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a source at the head of the queue; answers with the inside of the panel."""
    source = get_object_or_404(Source, pk=pk)
    if not _may_ask(request.user):
        raise PermissionDenied
    if queue.archives() and queue.may_be_asked_for(source):
        queue.want(source, request.user)
    return render(request, "timeline/admin/_archiving.html", context(source, request.user))


URLS = [path("<int:pk>/want/", want, name="want")]


class ArchivedFormatter(LogFormatter):
    """How a copy that the service found reads in the history of a source."""

    label = _("Archived copy")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Got an archived copy of %(day)s: %(url)s") % log_entry.data


def register_log_actions(actions: Any) -> None:
    """Let Wagtail's log know the action."""
    actions.register_action(searching.ARCHIVED)(ArchivedFormatter)
