"""What an editor meets first: the menu, without what a chronology does not need."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem

from timeline.models import EntryPage, Source

UNUSED = {"explorer", "images", "documents"}
"""Entries have their own list, and hold neither pictures nor files."""


def tidy_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what is unused; administrators keep everything."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name not in UNUSED]


class Counts(SummaryItem):
    """How many entries are public and how many wait, each linked to its list."""

    template_name = "timeline/admin/counts.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        numbers = EntryPage.objects.aggregate(
            public=Count("pk", filter=Q(live=True)), drafts=Count("pk", filter=Q(live=False))
        )
        return {**numbers, "sources": Source.objects.count()}


def tidy_summary(request: HttpRequest, items: list[SummaryItem]) -> None:
    """Pages, pictures and files say nothing about a chronology; entries and sources do."""
    items[:] = [Counts(request)]
