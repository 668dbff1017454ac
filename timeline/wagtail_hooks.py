"""Registers the editors' side with Wagtail; what is registered lives in ``timeline.admin``."""

from typing import Any

from wagtail import hooks
from wagtail.snippets.models import register_snippet

from timeline.admin import choosers, desk, entries, listing, preview, records, welcome

for viewset in records.VIEWSETS:
    register_snippet(viewset)

entries.install()
preview.install()


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [choosers.entry_chooser, listing.LISTING, desk.EntryPageViewSet()]


for action in desk.BULK_ACTIONS:
    hooks.register("register_bulk_action", action, order=1)  # after the ones they replace

hooks.register("construct_main_menu", welcome.tidy_menu)
hooks.register("construct_homepage_summary_items", welcome.tidy_summary, order=1)
