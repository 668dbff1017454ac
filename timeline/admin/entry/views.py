"""The editors' desk: the views that edit, approve, withdraw and delete entries.

They are Wagtail's. Each adds what an entry needs: it leads back to the list of
entries, it asks readers' questions first (why withdrawn?), and what the rules of
publication refuse comes back as sentences, never as a server error.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.delete import DeleteView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.preview import PreviewOnCreateView, PreviewOnEditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import COMMENTS_RELATION_NAME, Page, ReferenceIndex, Revision
from wagtail.signal_handlers import reference_index_auto_update_disabled

from timeline.admin.chronology import chronology_of
from timeline.admin.conflicts import AsksBeforeOverwriting
from timeline.admin.keeping import KeepsPage
from timeline.admin.record.viewsets import list_uses
from timeline.admin.schedule import ShowsSchedule, say_when
from timeline.models import EntryPage, Version
from timeline.models.cluster import hold_stored_rows
from timeline.models.entry import ROWS, ROWS_OF_ROWS
from timeline.models.fields import printable
from timeline.models.link import fetch_records_of_rows, records_at_hand

from .form import EntryForm
from .listing import LISTING, call_it_withdrawing
from .moderation import AsksWhy, EntryCommentView, SentBackWithReason
from .notes import say_taken, unread, warnings

NAMES_OF_ROWS = {COMMENTS_RELATION_NAME, *(lookup.partition("__")[0] for lookup in (*ROWS, *ROWS_OF_ROWS))}
"""The rows below an entry that its form shows."""


def entries_url() -> str:
    """The list of entries, where every task begins and ends."""
    return reverse(LISTING.get_url_name("index"))


def refuse(request: HttpRequest, title: str, sentences: Iterable[str]) -> None:
    """Say why an entry was not published."""
    heading = gettext("“%(title)s” was not published.") % {"title": title}
    messages.error(request, _listed(heading, sentences))


def _listed(heading: str, sentences: Iterable[str]) -> str:
    return render_to_string("timeline/admin/_listed.html", {"heading": heading, "sentences": sentences})


def show_warnings(request: HttpRequest, entry: EntryPage) -> None:
    """Say what may be amiss with what was saved."""
    if sentences := warnings(entry):
        heading = gettext("“%(title)s” is saved. Look at this once more:") % {"title": entry.title}
        messages.warning(request, _listed(heading, sentences))


class BackToEntries:
    """Leads to the list of entries instead of the page tree."""

    next_url: str | None
    page: EntryPage

    def breadcrumbs(self) -> list[dict[str, Any]]:
        """The way to this page, which Wagtail looks up in the tree."""
        entry = self.page if self.page.pk else None
        return [
            {"url": entries_url(), "label": gettext("Entries")},
            {"url": "", "label": entry.get_admin_display_title() if entry else gettext("New entry")},
        ]

    def redirect_away(self) -> HttpResponse:
        return redirect(self.next_url or entries_url())


@contextmanager
def index_once() -> Iterator[None]:
    """Put off the index of uses until an entry is saved: each of its rows would index the whole entry again.

    Wagtail's own switch cannot be nested, and forgets how it stood.
    """
    stood = getattr(reference_index_auto_update_disabled, "value", False)
    reference_index_auto_update_disabled.value = True
    try:
        yield
    finally:
        reference_index_auto_update_disabled.value = stood


def index_uses(pk: int) -> None:
    """Note in the index of uses what the rows of an entry point to."""
    if getattr(reference_index_auto_update_disabled, "value", False):
        return
    with transaction.atomic():
        entry = EntryPage.objects.get(pk=pk)
        hold_stored_rows(entry, NAMES_OF_ROWS)
        ReferenceIndex.create_or_update_for_object(entry)


class AtHandView:
    """A view with the form of an entry: what its rows point to is fetched once, also while it is rendered."""

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        with records_at_hand():
            response = super().dispatch(*args, **kwargs)  # type: ignore[misc]
            return response.render() if isinstance(response, TemplateResponse) else response

    def form_valid(self, form: Any) -> HttpResponse:
        with index_once():
            response = super().form_valid(form)  # type: ignore[misc]
        index_uses(self.page.pk)  # type: ignore[attr-defined]
        if not self.expects_json_response:  # type: ignore[attr-defined]
            self.warn(form.instance)  # it holds the rows, and says the same as the page
            if form.address_taken:
                messages.info(self.request, say_taken(form))  # type: ignore[attr-defined]
        elif isinstance(response, JsonResponse) and any(unread(form)):
            # The draft is saved, and does not hold all that was typed: the browser keeps its copy.
            response = JsonResponse({**json.loads(response.content), "unread": True})
        return response

    def warn(self, entry: EntryPage) -> None:
        """What may be amiss with what was saved. It stops nothing."""
        show_warnings(self.request, entry)  # type: ignore[attr-defined]


class EntryCreateView(KeepsPage, ShowsSchedule, AtHandView, BackToEntries, CreateView):
    form_class: Any

    def post(self, request: HttpRequest) -> HttpResponse:
        self.form_class = partial(self.form_class, forgiving=self.expects_json_response)
        return super().post(request)


class EntryEditView(AsksBeforeOverwriting, SentBackWithReason, ShowsSchedule, AtHandView, BackToEntries, EditView):
    """Edits an entry."""

    def get_object(self) -> EntryPage:
        entry = super().get_object()
        if not getattr(entry, "_cluster_related_objects", None):  # the rows are in the database alone
            hold_stored_rows(entry, NAMES_OF_ROWS)
            fetch_records_of_rows(entry)
        self.share(entry)
        return entry

    def share(self, entry: EntryPage) -> None:
        """Give the draft what was fetched with the page: a dozen buttons and panels ask for it."""
        entry._current_workflow_states = self.real_page_record._current_workflow_states  # noqa: SLF001
        entry.scheduled_revision = self.scheduled_revision
        if revision := self.latest_revision:
            entry.latest_revision = revision
            if revision.user_id == self.request.user.pk:
                revision.user = self.request.user
            if entry.live_revision_id == revision.pk:
                entry.live_revision = revision
            if Revision.content_object.is_cached(revision):  # it is when the draft was made of it
                self.real_page_record.specific = revision.content_object
        parent = getattr(self.real_page_record.specific, "_cached_parent_obj", None) or chronology_of(self.request)
        if parent and entry.is_child_of(parent):
            entry._cached_parent_obj = parent  # noqa: SLF001 - of treebeard

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form_class = partial(self.form_class, forgiving=self.expects_json_response)
        return super().post(request, *args, **kwargs)

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = super().header_more_buttons
        call_it_withdrawing(buttons)
        return buttons

    def says_the_same(self, form: EntryForm) -> bool:
        return form.says_the_same()


class EntryRevertView(ShowsSchedule, AtHandView, BackToEntries, RevisionsRevertView):
    pass


class EntryPreviewOnEditView(AtHandView, PreviewOnEditView):
    """The preview beside the form, also while something in the form cannot be read."""

    def get_form(self, query_dict: Any) -> Any:
        form = PreviewOnEditView.get_form(self, query_dict)
        form.set_forgiving(True)
        return form


class EntryPreviewOnCreateView(EntryPreviewOnEditView, PreviewOnCreateView):
    def get_form(self, query_dict: Any) -> Any:
        form = super().get_form(query_dict)
        if self.validate_form(form):
            form.instance.set_url_path(form.parent_page)
            form.instance.minimal_clean()
        return form


class EntryCopyForm(CopyForm):
    """A copy is a draft to write on: never public at once, and never tied to its model."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ["publish_copies", "alias"]:
            self.fields.pop(field, None)


class EntryCopyView(CopyView):
    next_url: str | None

    def get_form_class(self) -> type[EntryCopyForm]:
        return EntryCopyForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.POST.get("new_parent_page", "").isdecimal():  # Wagtail's view counts on it
            return redirect("wagtailadmin_pages:copy", self.page.pk)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: EntryCopyForm) -> HttpResponse:
        self.next_url = self.next_url or entries_url()
        return super().form_valid(form)


class EntryApprovalView(AsksWhy, WorkflowActionView):
    """The view that approves without the form, from the home page: the rules hold here too."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                response = super().post(request, *args, **kwargs)
            say_when(request, self.object)
            return response
        except ValidationError as error:
            refuse(request, self.object.get_admin_display_title(), error.messages)
            edit = reverse("wagtailadmin_pages:edit", args=[self.object.pk])
            if request.headers.get("x-requested-with") == "XMLHttpRequest":
                return self.render_modal_json(request, {"step": "success", "redirect": edit})
            return redirect(edit)


# Withdrawing


class WithdrawalForm(forms.Form):
    """The form of a withdrawal: its reason, which readers who follow a link to the entry see."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[printable],
        help_text=_(
            "One or two sentences. Readers see them at the address of the entry, which will "
            "answer that it was withdrawn."
        ),
        error_messages={"required": _("Say why: readers will see it at the entry's address.")},
    )


def withdraw_with(entry: EntryPage, reason: str) -> None:
    """Put the reason on the entry that is about to be unpublished (which saves it)."""
    entry.withdrawal_reason = reason.strip()


class EntryWithdrawView(UnpublishView):
    """Unpublishes an entry with the reason that its address will give."""

    page_title = _("Withdraw")
    success_message = _("“%(page_title)s” was withdrawn.")
    template_name = "timeline/admin/confirm_withdrawal.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = WithdrawalForm(request.POST)
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data())
        withdraw_with(self.object, self.form.cleaned_data["reason"])
        return super().post(request, *args, **kwargs)

    def get_next_url(self) -> str:
        return get_valid_next_url_from_request(self.request) or entries_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = getattr(self, "form", None) or WithdrawalForm()
        return super().get_context_data(form=form, **kwargs)


# Deleting


class EntryDeleteView(DeleteView):
    """Deletes an entry that no other entry follows, else lists those that do; never one that readers have seen."""

    template_name = "timeline/admin/confirm_delete_entry.html"
    next_url: str | None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.was_published or self.usage.is_protected:
            return self.render_to_response(self.get_context_data())
        self.next_url = self.next_url or entries_url()
        return super().post(request, *args, **kwargs)

    @cached_property
    def was_published(self) -> bool:
        return self.page.specific_class is EntryPage and Version.objects.filter(entry=self.page.pk).exists()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["was_published"] = self.was_published
        context["next"] = self.next_url or entries_url()
        context["uses"] = list_uses(self.usage, self.request.user) if self.usage.is_protected else []
        return context


def keep_what_readers_have_seen(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A page above such entries stays with them."""
    if Version.objects.filter(entry__path__startswith=page.path).exclude(entry=page.pk).exists():
        message = gettext("“%(title)s” was not deleted: readers have seen entries below it. Withdraw it instead.")
        messages.error(request, message % {"title": page.get_admin_display_title()})
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


class EntryPageViewSet(PageViewSet):
    """The views by which Wagtail edits an entry."""

    model = EntryPage
    icon = LISTING.icon
    add_view_class = EntryCreateView
    edit_view_class = EntryEditView
    preview_on_add_view_class = EntryPreviewOnCreateView
    preview_on_edit_view_class = EntryPreviewOnEditView
    copy_view_class = EntryCopyView
    revisions_revert_view_class = EntryRevertView
    unpublish_view_class = EntryWithdrawView
    delete_view_class = EntryDeleteView
    workflow_action_view_class = EntryApprovalView
    collect_workflow_action_data_view_class = EntryCommentView
