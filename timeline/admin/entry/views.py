"""The editors' desk: the views that edit, approve, withdraw and delete entries.

They are Wagtail's. Each adds what an entry needs: it leads back to the list of
entries, it asks readers' questions first (why withdrawn?), and what the rules of
publication refuse comes back as sentences, never as a server error.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.utils import get_user_display_name, get_valid_next_url_from_request
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.delete import DeleteView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.preview import PreviewOnCreateView, PreviewOnEditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.signal_handlers import reference_index_auto_update_disabled

from timeline.admin.record.viewsets import list_uses
from timeline.models import EntryPage, Version
from timeline.models.entry import ROWS_OF_ROWS
from timeline.models.fields import printable
from timeline.models.link import records_at_hand

from .listing import LISTING
from .moderation import AsksWhy, EntryCommentView, SentBackWithReason
from .notes import warnings


def entries_url() -> str:
    """The list of entries, where every task begins and ends."""
    return reverse(LISTING.get_url_name("index"))


def refuse(request: HttpRequest, title: str, sentences: Iterable[str]) -> None:
    """Say why an entry was not published."""
    heading = gettext("“%(title)s” was not published.") % {"title": title}
    messages.error(request, _listed(heading, sentences))


def _listed(heading: str, sentences: Iterable[str]) -> str:
    return render_to_string("timeline/admin/_listed.html", {"heading": heading, "sentences": sentences})


class BackToEntries:
    """Leads to the list of entries instead of the page tree."""

    next_url: str | None

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
        ReferenceIndex.create_or_update_for_object(EntryPage.objects.prefetch_related(*ROWS_OF_ROWS).get(pk=pk))


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
            self.warn(self.page)  # type: ignore[attr-defined]
        return response

    def warn(self, entry: EntryPage) -> None:
        """What may be amiss with what was saved. It stops nothing."""
        if sentences := warnings(entry):
            heading = gettext("“%(title)s” is saved. Look at this once more:") % {"title": entry.title}
            messages.warning(self.request, _listed(heading, sentences))  # type: ignore[attr-defined]


class EntryCreateView(AtHandView, BackToEntries, CreateView):
    form_class: Any

    def post(self, request: HttpRequest) -> HttpResponse:
        self.form_class = partial(self.form_class, forgiving=self.expects_json_response)
        return super().post(request)


class EntryEditView(SentBackWithReason, AtHandView, BackToEntries, EditView):
    """Edits an entry. What somebody else saved meanwhile is overwritten on purpose or not at all."""

    form_class: Any

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, page_id, **kwargs)
        # One save after the other: of two pressed at once, the second sees what the first did.
        with transaction.atomic():
            Page.objects.select_for_update().order_by().filter(pk=page_id).values_list("pk").first()
            return super().dispatch(request, page_id, **kwargs)

    def get_object(self) -> EntryPage:
        base = self.base_revision if self.overwrites else None
        entry = base.as_object() if base else super().get_object()
        # Asked for by a dozen buttons and panels, and fetched with the page already.
        entry._current_workflow_states = self.real_page_record._current_workflow_states  # noqa: SLF001
        return entry

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form_class = partial(self.form_class, forgiving=self.expects_json_response)
        if self.is_out_of_date and not self.expects_json_response:
            if not self.overwrites:
                return self.tell_conflict()
            data = request.POST.copy()
            data.pop("overwrite_revision_id", None)  # the newer version stays in the history
            request.POST = data  # type: ignore[assignment]
        return super().post(request, *args, **kwargs)

    # Two editors

    @cached_property
    def base_revision(self) -> Revision | None:
        """The version that the form was made from, or that it last saved itself."""
        pk = self.request.POST.get("overwrite_revision_id") or self.request.POST.get("loaded_revision_id") or ""
        return self.real_page_record.revisions.filter(pk=pk).first() if pk.isdecimal() else None

    @cached_property
    def overwrites(self) -> bool:
        """Whether the editor has seen that there is a newer version, this very one, and saves all the same."""
        seen = f"{self.latest_revision.pk}@{self.latest_revision_created_at}" if self.latest_revision else ""
        return bool(seen and self.request.GET.get("over") == seen and self.base_revision)

    def tell_conflict(self) -> HttpResponse:
        """The form again, with all that was typed, and who saved what meanwhile; nothing is saved."""
        self.form = self.form_class(
            self.request.POST,
            instance=self.page,
            subscription=self.subscription,
            parent_page=self.parent,
            for_user=self.request.user,
        )
        self.form.defer_required_fields()
        newer, base = self.latest_revision, self.base_revision
        if newer.user == self.request.user and self.form.is_valid() and self.form.says_the_same():
            messages.info(self.request, gettext("This was saved already; nothing has changed since."))
            return self.redirect_away()
        self.has_unsaved_changes = True
        edit = self.get_edit_url()
        compared = [self.page.pk, base.pk if base and base.pk != newer.pk else "earliest", newer.pk]
        context = {
            "who": gettext("You") if newer.user == self.request.user else get_user_display_name(newer.user),
            "when": newer.created_at,
            "compare": reverse("wagtailadmin_pages:revisions_compare", args=compared),
            "theirs": edit,
            "over": f"{edit}?{urlencode({'over': f'{newer.pk}@{self.latest_revision_created_at}'})}",
            "publish": self.page_perms.can_publish() and "action-publish" in self.request.POST,
        }
        messages.warning(self.request, render_to_string("timeline/admin/notes_conflict.html", context))
        response = self.render_to_response(self.get_context_data())
        response.status_code = HTTPStatus.CONFLICT
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.method == "POST" and self.is_out_of_date and self.base_revision:
            # Until the editor decides, the form stays that of the version it was made from.
            self.page.latest_revision_id = self.base_revision.pk
            context["loaded_revision_created_at"] = self.request.POST.get("loaded_revision_created_at", "")
        return context


class EntryRevertView(AtHandView, BackToEntries, RevisionsRevertView):
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
                return super().post(request, *args, **kwargs)
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
