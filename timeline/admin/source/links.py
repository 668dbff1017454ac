"""The check of links as editors see it: column, filter, report, and the panel of a source."""

from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import Panel
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies import ModelPermissionPolicy

from timeline.choices import LinkState
from timeline.links import check_source
from timeline.links.visiting import Visits
from timeline.models import Source

SECONDS = 6.0
"""An editor waits for two addresses at most, each with its robots.txt; web servers give up after thirty."""

BROKEN = [LinkState.DEAD, LinkState.CHANGED, LinkState.SOFT_404, LinkState.MOVED]
"""What an editor can mend: a new address, another copy, another quotation."""
BROKEN_COPY = [LinkState.DEAD, LinkState.SOFT_404, LinkState.MOVED]
ANY, NEVER = "broken", "never"


class LinkColumn(Column):
    """What the last check found; what is broken stands out."""

    cell_template_name = "timeline/admin/link_cell.html"

    def get_cell_context_data(self, instance: Source, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return context | {
            "state": instance.get_link_state_display(),
            "broken": instance.link_state in BROKEN,
            "copy": instance.get_archive_state_display() if instance.archive_state in BROKEN_COPY else "",
        }


class LinkFilter(django_filters.ChoiceFilter):
    """One state, or all that an editor should look at."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Link"),
            choices=[(ANY, _("Broken: an editor should look")), *LinkState.choices, (NEVER, _("Never checked"))],
            empty_label=_("All"),
            widget=forms.RadioSelect,
        )

    def filter(self, sources: QuerySet, value: str) -> QuerySet:
        if value == ANY:
            return sources.filter(Q(link_state__in=BROKEN) | Q(archive_state__in=BROKEN_COPY))
        if value == NEVER:
            return sources.exclude(url="").filter(link_state="")
        return sources.filter(link_state=value) if value else sources


class LinksPanel(Panel):
    """The state of both addresses, and a button that asks again. Saves nothing of the form."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "timeline/admin/links_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk and (self.instance.url or self.instance.archived_url))

        @property
        def media(self) -> forms.Media:
            return forms.Media(js=[forms.Script("admin-links.js", type="module")])  # type: ignore[list-item]

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            return context | {"source": self.instance, "checks": _checks(self.instance)}


def _checks(source: Source) -> list[Any]:
    """The last check of each address that the source still has, the original first."""
    return [row for row in source.link_checks.order_by("-address") if row.url in (source.url, source.archived_url)]


@require_POST
def check_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the addresses of a source while the editor waits; answers with the inside of the panel."""
    source = get_object_or_404(Source, pk=pk)
    if not ModelPermissionPolicy(Source).user_has_permission(request.user, "change"):
        raise PermissionDenied
    check_source(source, Visits(seconds=SECONDS))
    return render(request, "timeline/admin/_link_checks.html", {"source": source, "checks": _checks(source)})


URLS = [path("<int:pk>/check/", check_now, name="check")]


class BrokenLinks(MenuItem):
    """The report: the list of sources, filtered, what carries most first. It exports as every list does."""

    def __init__(self) -> None:
        super().__init__(_("Broken links"), "", icon_name="link", order=7, name="broken-links")

    def is_shown(self, request: HttpRequest) -> bool:
        return ModelPermissionPolicy(Source).user_has_any_permission(request.user, {"add", "change", "view"})

    def render_component(self, request: HttpRequest) -> Any:
        listing = reverse(Source.snippet_viewset.get_url_name("list"))
        self.url = f"{listing}?{urlencode({'link': ANY, 'ordering': '-uses'})}"
        return super().render_component(request)


MENU_ITEM = BrokenLinks()
