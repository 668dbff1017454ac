"""Bulk actions on entries: publish, withdraw, tag. Each keeps the rules that hold for one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.pages.bulk_actions import DeleteBulkAction, PublishBulkAction, UnpublishBulkAction
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction

from timeline import edition
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
from timeline.models.publication import problems, unanswered

from .listing import EntryFilterSet
from .views import WithdrawalForm, refuse, withdraw_with

CHANGES = [
    (Change.MINOR, _("A minor edit: readers are told nothing")),
    (Change.UPDATE, _("An update: the entries say “Updated”, and feeds bring them again")),
]
"""What many entries may have in common; a correction is written for one."""


class EntriesAction:
    """Acts on entries: those ticked, or all that the list showed."""

    request: Any

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
    """Publishes the chosen entries, or none of them and says what each lacks."""

    aria_label = _("Publish the chosen entries")
    template_name = "timeline/admin/bulk_publish.html"
    form_class = PublishForm

    def check_perm(self, page: EntryPage) -> bool:
        may = page.permissions_for_user(self.request.user)
        return may.can_publish() and not may.page_locked()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "asks": bool(self._unsaid)}

    @cached_property
    def _drafts(self) -> dict[int, EntryPage]:
        """What would be published, by id: the newest draft of each entry that has something new."""
        entries, _others = self.get_actionable_objects()
        return {
            entry.pk: entry.get_latest_revision_as_object()
            for entry in entries
            if not entry.live or entry.has_unpublished_changes
        }

    @cached_property
    def _unsaid(self) -> set[int]:
        """Entries that readers have seen, and whose drafts do not say what changes."""
        silent = [pk for pk, draft in self._drafts.items() if not draft.change]
        return set(Version.objects.filter(entry__in=silent).values_list("entry", flat=True))

    def prepare_action(self, objects: list[EntryPage], objects_without_access: Any) -> Any:
        unfit = False
        for pk, draft in self._drafts.items():
            if pk in self._unsaid:
                draft.change = self.cleaned_form.cleaned_data["change"]
            if found := [*problems(draft), *unanswered(draft)]:
                unfit = True
                refuse(self.request, draft.title, [problem.message for problem in found])
        return redirect(self.next_url) if unfit else None

    def get_execution_context(self) -> dict[str, Any]:
        return {"user": self.request.user, "drafts": self._drafts, "unsaid": self._unsaid}

    @classmethod
    def execute_action(
        cls, objects: list[EntryPage], drafts: Any = None, unsaid: Any = (), user: Any = None, **kwargs: Any
    ) -> tuple[int, int]:
        with edition.paused():
            for pk, draft in drafts.items():
                revision = None if pk in unsaid else draft.latest_revision
                (revision or draft.save_revision(user=user)).publish(user=user)
        return len(drafts), len(objects) - len(drafts)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        scheduled = [
            draft for draft in self._drafts.values() if draft.go_live_at and draft.go_live_at > timezone.now()
        ]
        for draft in scheduled:
            say_when(self.request, draft)
        published = num_parent_objects - len(scheduled)
        said = ngettext("%(number)d entry was published.", "%(number)d entries were published.", published) % {
            "number": published
        }
        said = said if published or not scheduled else ""
        if num_child_objects:
            rest = ngettext("%(number)d has nothing new.", "%(number)d have nothing new.", num_child_objects)
            said = f"{said} {rest % {'number': num_child_objects}}".strip()
        return said or None


class WithdrawAction(EntriesAction, UnpublishBulkAction):
    """Withdraws the chosen entries, all for the same reason."""

    display_name = _("Withdraw")
    aria_label = _("Withdraw the chosen entries")
    template_name = "timeline/admin/confirm_bulk_withdrawal.html"

    class form_class(WithdrawalForm):  # noqa: N801 - the name Wagtail reads
        include_descendants = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def get_execution_context(self) -> dict[str, Any]:
        reason = self.cleaned_form.cleaned_data["reason"]
        return {**super().get_execution_context(), "reason": reason}

    @classmethod
    def execute_action(cls, objects: list[Any], reason: str = "", user: Any = None, **kwargs: Any) -> tuple[int, int]:
        for entry in objects:
            withdraw_with(entry, reason)
            entry.unpublish(user=user)
        return len(objects), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext(
            "%(number)d entry was withdrawn.",
            "%(number)d entries were withdrawn.",
            num_parent_objects,
        ) % {"number": num_parent_objects}


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


class DeleteAction(EntriesAction, DeleteBulkAction):
    """Deletes drafts. What readers have seen is withdrawn, never deleted; it is listed as left alone."""

    def check_perm(self, page: EntryPage) -> bool:
        return super().check_perm(page) and not page.versions.exists()


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
    aria_label = _("Tag the chosen entries")
    template_name = "timeline/admin/bulk_tag.html"
    action_priority = 45
    form_class = TagForm

    def check_perm(self, page: EntryPage) -> bool:
        return page.permissions_for_user(self.request.user).can_edit()

    def get_execution_context(self) -> dict[str, Any]:
        self.tagged = Tagged()
        return {"user": self.request.user, "data": self.cleaned_form.cleaned_data, "tagged": self.tagged}

    @classmethod
    def execute_action(
        cls, objects: list[EntryPage], data: Any = None, tagged: Any = None, user: Any = None, **kwargs: Any
    ) -> tuple[int, int]:
        others = open_forms([entry.pk for entry in objects], but=user)
        with edition.paused():
            for entry in objects:
                may = entry.permissions_for_user(user)
                title = entry.get_admin_display_title()
                if may.page_locked():
                    tagged.left.append(gettext("“%s” is locked") % title)
                elif entry.pk in others:
                    words = {"title": title, "user": get_user_display_name(others[entry.pk])}
                    tagged.left.append(gettext("“%(title)s” is being edited by %(user)s") % words)
                else:
                    publish = data["publish"] if may.can_publish() else ""
                    _tag(entry, data, tagged, publish=publish, user=user)
        return len(tagged.published) + len(tagged.drafts), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        done = self.tagged
        if done.left:
            messages.warning(self.request, gettext("Left alone: %s.") % "; ".join(done.left))
        counts = [
            (done.published, ngettext("%d entry was published.", "%d entries were published.", len(done.published))),
            (done.drafts, ngettext("%d entry got a draft.", "%d entries got a draft.", len(done.drafts))),
            (done.same, ngettext("%d entry was so already.", "%d entries were so already.", len(done.same))),
        ]
        return " ".join(words % len(titles) for titles, words in counts if titles) or None


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
