"""What an editor meets first: the menu, without what a chronology does not need."""

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem

UNUSED = {"explorer", "images", "documents"}
"""Entries have their own list, and hold neither pictures nor files."""


def tidy_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what is unused; administrators keep everything."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name not in UNUSED]


def tidy_summary(request: HttpRequest, items: list) -> None:
    """The counts on the home page: pages, pictures and files say nothing about a chronology."""
    items.clear()
