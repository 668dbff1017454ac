"""Bulk actions on entries: publish, withdraw, tag, delete. Each keeps the rules that hold for one."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.pages.bulk_actions import (
    DeleteBulkAction,
    MoveBulkAction,
    PublishBulkAction,
    UnpublishBulkAction,
)
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page, Revision

from timeline import edition
from timeline.admin import stepwise
from timeline.admin.finding import matching
from timeline.admin.schedule import say_when
from timeline.choices import Change, Weight
from timeline.imports.editors import open_forms
from timeline.models import (
    Category,
    Commodity,
    EntryCommodity,
    EntryOrganisation,
    EntryPage,
    EntryPerson,
    Organisation,
    Person,
    Version,
)
from timeline.models.link import records_at_hand
from timeline.models.publication import problems, unanswered

from .listing import EntryFilterSet
from .views import WithdrawalForm, refuse, withdraw_with

CHANGES = [
    (Change.MINOR, _("A minor edit: readers are told nothing")),
    (Change.UPDATE, _("An update: the entries say “Updated”, and feeds bring them again")),
]
"""What many entries may have in common; a correction is written for one."""


class EntriesAction:
    """Acts on entries: those ticked, or all that the list showed.

    All in one transaction and one edition; what cannot be done with an entry is told, and does not stop the others.
    More than a piece of them are acted on while the page that tells how far it is is sent (DECISIONS 152).
    """

    request: Any
    next_url: str
    cleaned_form: Any
    doing: Any
    """What the bar says: "Publishing…"."""

    def act(self, entry: EntryPage) -> None:
        """Do it with one entry, which is locked and as it is stored now."""
        raise NotImplementedError

    def tell(self) -> None:
        """Put what came of it into messages."""
        raise NotImplementedError

    @cached_property
    def _actionable(self) -> tuple[list[EntryPage], dict[str, Any]]:
        return super().get_actionable_objects()  # type: ignore[misc]

    def get_actionable_objects(self) -> tuple[list[EntryPage], dict[str, Any]]:
        """The entries, and those that this user may not act on, asked once."""
        entries, others = self._actionable
        return list(entries), dict(others)

    def form_valid(self, form: forms.Form) -> HttpResponseBase:
        self.cleaned_form = form
        ids = [entry.pk for entry in self.get_actionable_objects()[0]]
        if len(ids) > stepwise.PIECE:
            context = {"title": self.display_name, "icon": "calendar-alt"}  # type: ignore[attr-defined]
            return stepwise.answer(
                self.request,
                "timeline/admin/acting.html",
                context,
                self._steps(ids),
                self._came_of_it,
                doing=self.doing,
            )
        deque(self._steps(ids), maxlen=0)
        self.tell()
        return redirect(self.next_url)

    def _steps(self, ids: list[int]) -> stepwise.Steps:
        with transaction.atomic(), edition.paused(), records_at_hand():
            for start in range(0, len(ids), stepwise.PIECE):
                piece = ids[start : start + stepwise.PIECE]
                # As a save in the form does, so that of both the second sees what the first did.
                Page.objects.select_for_update().order_by("pk").filter(pk__in=piece).values_list("pk").last()
                entries = EntryPage.objects.in_bulk(piece)
                for pk in piece:
                    if pk in entries:
                        self.act(entries[pk])
                yield start + len(piece), len(ids)

    def _came_of_it(self, failure: Exception | None) -> str:
        before = len(get_messages(self.request))  # of another page, and shown at the head of this one
        if failure:
            stepwise.note(f"bulk action {type(self).__name__}", failure)
        else:
            self.tell()
        told = [] if failure else list(get_messages(self.request))[before:]
        context = {"is_unknown": bool(failure), "told": told, "next_url": self.next_url}
        return render_to_string("timeline/admin/acting_outcome.html", context)

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Iterable[Any]) -> list[EntryPage]:
        ids = [int(pk) for pk in object_ids if str(pk).isascii() and str(pk).isdigit()]
        found = list(EntryPage.objects.filter(pk__in=ids).order_by("-date_period", "pk"))
        if not found:
            raise Http404
        return found

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        """What the list showed when all of it was ticked: its filters are in the address."""
        asked = EntryFilterSet(self.request.GET, queryset=EntryPage.objects.all(), request=self.request)
        shown = asked.qs if asked.is_valid() else EntryPage.objects.none()
        return matching(shown, self.request.GET.get("q", "")).values_list("pk", flat=True)

    def object_context(self, obj: EntryPage) -> dict[str, Any]:
        """An entry has nothing below it that could go with it."""
        return {"item": obj, "draft_descendant_count": 0, "live_descendant_count": 0}


class PublishForm(forms.Form):
    """The form of a bulk publication: the kind of change, asked only for entries that readers
    have seen and whose drafts do not say."""

    include_descendants = forms.BooleanField(required=False, widget=forms.HiddenInput)
    change = forms.ChoiceField(
        label=_("What readers are told of entries they have seen"),
        choices=CHANGES,
        widget=forms.RadioSelect,
        help_text=_("For those whose drafts say nothing of it. A correction is written in the entry itself."),
        error_messages={"required": _("Say what kind of change this is: readers have seen some of these entries.")},
    )

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["change"]


class PublishAction(EntriesAction, PublishBulkAction):
    """Publishes the newest drafts of the chosen entries that are fit, and says what each of the others lacks."""

    aria_label = _("Publish the chosen entries")
    doing = _("Publishing…")
    template_name = "timeline/admin/bulk_publish.html"
    form_class = PublishForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.published = self.same = 0
        self.scheduled: list[EntryPage] = []
        self.refused: list[tuple[str, list[str]]] = []

    def check_perm(self, page: EntryPage) -> bool:
        may = page.permissions_for_user(self.request.user)
        return may.can_publish() and not may.page_locked()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "asks": self._asks()}

    def _asks(self) -> bool:
        """Whether readers have seen an entry whose draft does not say what changes."""
        entries, _others = self.get_actionable_objects()
        drafts = [entry.latest_revision_id for entry in entries if not entry.live or entry.has_unpublished_changes]
        silent = Revision.objects.filter(pk__in=drafts, content__change="").values_list("object_id", flat=True)
        return Version.objects.filter(entry__in=[int(pk) for pk in silent]).exists()

    def act(self, entry: EntryPage) -> None:
        if entry.live and not entry.has_unpublished_changes:
            self.same += 1
            return
        draft = entry.get_latest_revision_as_object()
        is_unsaid = not draft.change and entry.versions.exists()
        if is_unsaid:
            draft.change = self.cleaned_form.cleaned_data.get("change", "")
        user = self.request.user
        try:
            if found := [*problems(draft), *unanswered(draft)]:
                raise ValidationError([problem.message for problem in found])
            with transaction.atomic():
                revision = None if is_unsaid else draft.latest_revision
                (revision or draft.save_revision(user=user)).publish(user=user)
        except ValidationError as error:
            self.refused.append((draft.title, error.messages))
            return
        if draft.go_live_at and draft.go_live_at > timezone.now():
            self.scheduled.append(draft)
        else:
            self.published += 1

    def tell(self) -> None:
        for title, sentences in self.refused:
            refuse(self.request, title, sentences)
        for draft in self.scheduled:
            say_when(self.request, draft)
        said = []
        if self.published or not (self.scheduled or self.refused):
            words = ngettext("%(number)d entry was published.", "%(number)d entries were published.", self.published)
            said.append(words % {"number": self.published})
        if self.same:
            words = ngettext("%(number)d has nothing new.", "%(number)d have nothing new.", self.same)
            said.append(words % {"number": self.same})
        if said:
            messages.success(self.request, " ".join(said))


class WithdrawAction(EntriesAction, UnpublishBulkAction):
    """Withdraws the chosen entries, all for the same reason."""

    display_name = _("Withdraw")
    aria_label = _("Withdraw the chosen entries")
    doing = _("Withdrawing…")
    template_name = "timeline/admin/confirm_bulk_withdrawal.html"

    class form_class(WithdrawalForm):  # noqa: N801 - the name Wagtail reads
        include_descendants = forms.BooleanField(required=False, widget=forms.HiddenInput)

    withdrawn = 0

    def act(self, entry: EntryPage) -> None:
        if entry.live:
            withdraw_with(entry, self.cleaned_form.cleaned_data["reason"])
            entry.unpublish(user=self.request.user)
            self.withdrawn += 1

    def tell(self) -> None:
        words = ngettext("%(number)d entry was withdrawn.", "%(number)d entries were withdrawn.", self.withdrawn)
        messages.success(self.request, words % {"number": self.withdrawn})


class DeleteAction(EntriesAction, DeleteBulkAction):
    """Deletes drafts. What readers have seen is withdrawn, never deleted; it is listed as left alone."""

    doing = _("Deleting…")
    template_name = "timeline/admin/bulk_delete.html"
    deleted = 0

    def check_perm(self, page: EntryPage) -> bool:
        return super().check_perm(page) and not page.versions.exists()

    def annotate_items(self, items: list[EntryPage]) -> list[EntryPage]:
        """With their uses; one that is in use is left alone, where Wagtail refuses all for want of a permission."""
        items = super().annotate_items(items)
        self.is_protected = False
        return items

    def act(self, entry: EntryPage) -> None:
        if entry.versions.exists():  # somebody has published it since
            return
        try:
            with transaction.atomic():
                entry.delete(user=self.request.user)
            self.deleted += 1
        except ProtectedError as error:
            names = ", ".join(sorted({_held_by(row) for row in error.protected_objects}))
            message = gettext("“%(record)s” is in use and was not deleted: %(uses)s")
            messages.error(self.request, message % {"record": entry.get_admin_display_title(), "uses": names})

    def tell(self) -> None:
        if self.deleted:
            messages.success(self.request, self.get_success_message(self.deleted, 0))


def _held_by(row: Any) -> str:
    """What keeps an entry: the entry that a row belongs to, or the row itself."""
    return str(getattr(row, "entry", row))


# -- tagging ------------------------------------------------------------------------------

TAGS: dict[str, tuple[Any, Any, str, Any, Any]] = {
    "commodity": (Commodity, EntryCommodity, "entry_commodities", _("Add goods"), _("Remove goods")),
    "organisation": (
        Organisation,
        EntryOrganisation,
        "entry_organisations",
        _("Add an organisation"),
        _("Remove an organisation"),
    ),
    "person": (Person, EntryPerson, "entry_people", _("Add a person"), _("Remove a person")),
}
"""What entries are tagged with: the records, the rows that point to them, their relation, the labels."""


class TagForm(forms.Form):
    """The form of tagging: what all the chosen entries get or lose, and whether readers see it at once."""

    include_descendants = forms.BooleanField(required=False, widget=forms.HiddenInput)
    category = forms.ModelChoiceField(
        label=_("Set the kind of event"),
        queryset=Category.objects.all(),
        required=False,
        empty_label=_("Leave as it is"),
    )
    weight = forms.ChoiceField(
        label=_("Set the weight"), required=False, choices=[("", _("Leave as it is")), *Weight.choices]
    )
    publish = forms.ChoiceField(
        label=_("Then"),
        required=False,
        choices=[
            ("", _("Leave the changes as drafts")),
            *((kind, _("Publish them: %s") % label) for kind, label in CHANGES),
        ],
        help_text=_("Only entries that are public and have no other unpublished changes are published."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = {}
        for name, (model, _row, _relation, add, remove) in TAGS.items():
            for verb, label in (("add", add), ("remove", remove)):
                chosen[f"{verb}_{name}"] = forms.ModelChoiceField(
                    label=label,
                    queryset=model._default_manager.all(),
                    required=False,
                    widget=model.snippet_viewset.chooser_viewset.widget_class(),
                )
        self.fields = chosen | self.fields

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in TAGS:
            if data.get(f"add_{name}") and data.get(f"add_{name}") == data.get(f"remove_{name}"):
                self.add_error(f"remove_{name}", _("This one is also to be added."))
        if not self.errors and not any(value for name, value in data.items() if name != "publish"):
            raise forms.ValidationError(_("Choose at least one thing to add, remove or set."))
        return data


@dataclass
class Tagged:
    """The outcome of tagging: what was done with entries, by headline."""

    published: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class TagAction(EntriesAction, PageBulkAction):
    """Adds, removes or sets the same things on all chosen entries, as new drafts of them."""

    display_name = _("Tag")
    action_type = "tag"
    doing = _("Tagging…")
    aria_label = _("Tag the chosen entries")
    template_name = "timeline/admin/bulk_tag.html"
    action_priority = 45
    form_class = TagForm

    def check_perm(self, page: EntryPage) -> bool:
        return page.permissions_for_user(self.request.user).can_edit()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tagged = Tagged()

    @cached_property
    def _open(self) -> dict[int, Any]:
        """Who else has which of the entries open."""
        entries, _others = self.get_actionable_objects()
        return open_forms([entry.pk for entry in entries], but=self.request.user)

    def act(self, entry: EntryPage) -> None:
        user, data = self.request.user, self.cleaned_form.cleaned_data
        may = entry.permissions_for_user(user)
        title = entry.get_admin_display_title()
        if may.page_locked():
            self.tagged.left.append(gettext("“%s” is locked") % title)
        elif entry.pk in self._open:
            words = {"title": title, "user": get_user_display_name(self._open[entry.pk])}
            self.tagged.left.append(gettext("“%(title)s” is being edited by %(user)s") % words)
        else:
            _tag(entry, data, self.tagged, publish=data["publish"] if may.can_publish() else "", user=user)

    def tell(self) -> None:
        done = self.tagged
        if done.left:
            messages.warning(self.request, gettext("Left alone: %s.") % "; ".join(done.left))
        counts = [
            (done.published, ngettext("%d entry was published.", "%d entries were published.", len(done.published))),
            (done.drafts, ngettext("%d entry got a draft.", "%d entries got a draft.", len(done.drafts))),
            (done.same, ngettext("%d entry was so already.", "%d entries were so already.", len(done.same))),
        ]
        if said := " ".join(words % len(titles) for titles, words in counts if titles):
            messages.success(self.request, said)


def _tag(entry: EntryPage, data: dict[str, Any], tagged: Tagged, *, publish: str, user: Any) -> None:
    """Write a new draft of an entry with the changes; publish it if that publishes nothing else."""
    clean = entry.live and not entry.has_unpublished_changes
    draft = entry.get_latest_revision_as_object()
    if not _apply(draft, data):
        tagged.same.append(entry.title)
        return
    unfit = []
    if publish and clean:
        draft.change = publish
        unfit = problems(draft)
        if unfit:
            draft.change = ""
            sentences = " ".join(problem.message for problem in unfit)
            tagged.left.append(
                gettext("“%(title)s” stays a draft: %(why)s") % {"title": entry.title, "why": sentences}
            )
    revision = draft.save_revision(user=user, clean=False, log_action=True)
    if publish and clean and not unfit:
        revision.publish(user=user)
        tagged.published.append(entry.title)
    else:
        tagged.drafts.append(entry.title)


def _apply(draft: EntryPage, data: dict[str, Any]) -> bool:
    """Make the changes on a draft in memory; False when it is so already."""
    changed = False
    for name, (_model, row_model, relation, _add, _remove) in TAGS.items():
        manager = getattr(draft, relation)
        rows = list(manager.all())
        add, remove = data[f"add_{name}"], data[f"remove_{name}"]
        kept = [row for row in rows if remove is None or getattr(row, f"{name}_id") != remove.pk]
        if add and all(getattr(row, f"{name}_id") != add.pk for row in kept):
            kept.append(row_model(**{name: add}, sort_order=len(kept)))
        if kept != rows:
            manager.set(kept)
            changed = True
    for name in ("category", "weight"):
        if data[name] and getattr(draft, name) != data[name]:
            setattr(draft, name, data[name])
            changed = True
    return changed


BULK_ACTIONS = [PublishAction, WithdrawAction, DeleteAction, TagAction]

MoveBulkAction.models = []  # neither entries nor the chronology have another place to be moved to
