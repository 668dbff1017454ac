"""Registers the editors' side with Wagtail; what is registered lives in ``timeline.admin``."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import include, path
from django.utils.html import format_html, format_html_join
from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from timeline.accounts.second_factor import log, panel
from timeline.admin import (
    chronology,
    counting,
    error_reports,
    exports,
    files,
    guide,
    imports,
    keeping,
    letters,
    media,
    reports,
    schedule,
    uses,
    welcome,
)
from timeline.admin.entry import beginning, bulk, changes, checks, form, listing, moderation, notes, views
from timeline.admin.record import choosers, merges, viewsets
from timeline.admin.source import archiving, links, snapshots
from timeline.admin.translating import URLS as TRANSLATIONS
from timeline.admin.translating import desk, rights
from timeline.admin.translating import listing as translations
from timeline.models import ChronologyPage, EntryPage, ErrorReport
from timeline.views.entries import preview, preview_in

register_permission_policy(ErrorReport, error_reports.SentByReaders(ErrorReport))
for viewset in [*viewsets.VIEWSETS, error_reports.ErrorReportViewSet]:
    register_snippet(viewset)


def serve_preview(entry: EntryPage, request: HttpRequest, mode_name: str) -> HttpResponse:
    return checks.marked(preview(request, entry), entry, request)


# The model knows neither the admin nor the views, so both are put on it here.
ChronologyPage.edit_handler = chronology.EDIT_HANDLER
EntryPage.edit_handler = form.EDIT_HANDLER
EntryPage.serve_preview = serve_preview
exports.guard_all()
counting.cap_all()
uses.cap_all()
reports.show_history()
moderation.connect()


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [choosers.entry_chooser, listing.LISTING, views.EntryPageViewSet(), chronology.ChronologyPageViewSet()]


@hooks.register("register_admin_menu_item")
def chronology_in_the_menu() -> Any:
    return chronology.MENU_ITEM


@hooks.register("register_admin_urls")
def address_of_the_guide() -> list[Any]:
    return guide.URLS


@hooks.register("register_help_menu_item")
def guide_in_the_menu() -> Any:
    return guide.MENU_ITEM


@hooks.register("register_admin_urls")
def addresses_of_merges_and_imports() -> list[Any]:
    return [
        path("merges/", include((merges.URLS, "timeline_merges"))),
        path("imports/", include((imports.URLS, "timeline_imports"))),
    ]


@hooks.register("register_admin_menu_item")
def imports_in_the_menu() -> Any:
    return imports.MENU_ITEM


def preview_translation(request: HttpRequest, language: str, record: str) -> HttpResponse:
    """The page of an entry in a language, with drafts and what is typed: for its translator alone, never kept."""
    if not rights.may_translate(request.user):
        raise PermissionDenied
    return preview_in(request, language, *desk.previewed(request, language, record))


@hooks.register("register_admin_urls")
def addresses_of_translations() -> list[Any]:
    before = path("<str:language>/entries/<str:record>/preview/", preview_translation, name="preview")
    return [path("translations/", include(([before, *TRANSLATIONS], "timeline_translations")))]


@hooks.register("register_admin_menu_item")
def translations_in_the_menu() -> Any:
    return translations.MENU_ITEM


hooks.register("register_permissions", rights.permissions)


@hooks.register("register_reports_menu_item")
def merges_among_the_reports() -> Any:
    return merges.MENU_ITEM


@hooks.register("register_admin_urls")
def addresses_of_link_checks() -> list[Any]:
    return [path("links/", include((links.URLS, "timeline_links")))]


@hooks.register("register_reports_menu_item")
def broken_links_among_the_reports() -> Any:
    return links.MENU_ITEM


@hooks.register("register_admin_urls")
def addresses_of_archiving() -> list[Any]:
    return [path("archiving/", include((archiving.URLS, "timeline_archiving")))]


hooks.register("register_log_actions", archiving.register_log_actions)
hooks.register("register_log_actions", merges.register_log_actions)


@hooks.register("register_admin_urls")
def addresses_of_versions() -> list[Any]:
    return [path("versions/", include((changes.URLS, "timeline_changes")))]


hooks.register("register_log_actions", changes.register_log_actions, order=100)  # after Wagtail's own
hooks.register("register_log_actions", log.register_log_actions)
hooks.register("register_account_settings_panel", panel.SecondFactorPanel)


@hooks.register("register_admin_urls")
def addresses_of_copies() -> list[Any]:
    return [path("copies/", include((snapshots.URLS, "timeline_copies")))]


hooks.register("register_snippet_listing_buttons", snapshots.copies_button)
hooks.register("register_snippet_listing_buttons", beginning.button)


@hooks.register("register_admin_urls")
def address_of_the_beginning() -> list[Any]:
    return [path("entries/begin/<int:source>/", beginning.BeginningView.as_view(), name="timeline_beginning")]


@hooks.register("insert_editor_js")
def script_of_the_intake() -> str:
    return format_html('<script type="module" src="{}"></script>', static("admin-intake.js"))


@hooks.register("register_admin_urls")
def address_of_the_time_zone() -> list[Any]:
    return schedule.URLS


@hooks.register("register_admin_urls")
def addresses_of_notes() -> list[Any]:
    return [
        path("entries/notes/", notes.answer, name="timeline_notes_of_new"),
        path("entries/notes/<int:pk>/", notes.answer, name="timeline_notes"),
    ]


@hooks.register("register_admin_urls")
def address_of_the_account() -> list[Any]:
    return [path("account-here/", keeping.account, name="timeline_account")]


hooks.register("construct_wagtail_userbar", checks.use_our_checks)


@hooks.register("insert_global_admin_js")
def script_that_keeps_what_is_typed() -> str:
    return format_html('<script type="module" src="{}"></script>', static("admin-kept.js"))


@hooks.register("insert_editor_js")
def scripts_of_the_editor() -> str:
    modules = ["session", "first-look", "autosave", "notes", "statements", "zone"]
    tags = [[static(f"admin-{name}.js")] for name in modules]
    return format_html_join("", '<script type="module" src="{}"></script>', tags)


@hooks.register("insert_global_admin_css")
def style_of_the_desk() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("admin.css"))


for action in bulk.BULK_ACTIONS:
    hooks.register("register_bulk_action", action, order=1)  # after the ones they replace

hooks.register("before_delete_page", views.keep_what_readers_have_seen)
hooks.register("construct_page_listing_buttons", listing.tidy_row)
hooks.register("construct_page_action_menu", moderation.word_actions)
hooks.register("construct_main_menu", welcome.tidy_menu)
hooks.register("construct_main_menu", media.leave_out)
hooks.register("construct_search", media.leave_out)
hooks.register("construct_reports_menu", reports.tidy_reports)
hooks.register("register_admin_urls", lambda: reports.URLS)
hooks.register("register_admin_urls", lambda: letters.URLS)
hooks.register("register_reports_menu_item", letters.menu_item)
hooks.register("register_admin_urls", lambda: files.URLS)
hooks.register("register_reports_menu_item", lambda: files.MENU_ITEM)
hooks.register("construct_homepage_panels", welcome.tidy_panels, order=1)
hooks.register("construct_homepage_summary_items", welcome.tidy_summary, order=1)
