"""Approval by moderators: comments at each step, and letters that say what to do.

The workflow is Wagtail's "Moderators approval". An editor submits; a moderator
approves, with a comment or without, or sends back, always with one.
"""

import json
from copy import copy
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.mail import GroupApprovalTaskStateSubmissionEmailNotifier, WorkflowStateApprovalEmailNotifier
from wagtail.admin.views.pages.workflow import CollectWorkflowActionDataView
from wagtail.forms import TaskStateCommentForm
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved

from timeline.models import ChronologyPage, EntryPage


class ReasonForm(TaskStateCommentForm):
    """The comment an entry is sent back with: what has to change before it can be published."""

    comment = forms.CharField(
        label=_("What has to change"),
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Say what has to change: whoever wrote it has to know.")},
    )


class AsksWhy:
    """The dialogue of a workflow: an entry is sent back with a comment only."""

    action_name: str

    def get_form_class(self) -> type[forms.Form]:
        return ReasonForm if self.action_name == "reject" else super().get_form_class()  # type: ignore[misc]


class EntryCommentView(AsksWhy, CollectWorkflowActionDataView):
    """The dialogue as the editor's form opens it."""


WORDS = {
    "action-submit": _("Submit for approval"),
    "action-restart-workflow": _("Submit for approval again"),
    "action-cancel-workflow": _("Take back from approval"),
    "action-unpublish": _("Withdraw"),
}
"""What Wagtail's buttons of an entry are called here."""

APPROVE = {False: _("Approve and publish"), True: _("Approve and publish, with a comment")}
"""What approving is called, with a comment and without."""


def word_actions(items: list[Any], request: Any, context: dict[str, Any]) -> None:
    """One word for each thing that can be done with an entry; whoever may approve one publishes by that."""
    page = context.get("page") or context.get("parent_page")
    if not isinstance(page, EntryPage | ChronologyPage):
        return
    approving = any(item.name == "approve" for item in items)
    items[:] = [_worded(item) for item in items if not (approving and item.name == "action-publish")]


def _worded(item: Any) -> Any:
    if item.name == "approve":
        item.label = APPROVE[item.launch_modal]  # made for this form alone, as the others are not
        return item
    if item.name not in WORDS:
        return item
    own = copy(item)
    own.label = WORDS[item.name]
    own.get_context_data = lambda parent: {**item.get_context_data(parent), "label": own.label}
    return own


class SentBackWithReason:
    """The editor's form: without a comment it saves what was typed, and sends nothing back."""

    request: Any
    workflow_action: str

    def workflow_action_is_valid(self) -> bool:
        if not super().workflow_action_is_valid():  # type: ignore[misc]
            return False
        try:
            said = json.loads(self.request.POST.get("workflow-action-extra-data") or "{}")
        except ValueError:
            return False
        if self.workflow_action == "reject" and not (isinstance(said, dict) and ReasonForm(said).is_valid()):
            messages.error(self.request, gettext("It was saved and not sent back: say what has to change."))
            return False
        return True


class SubmissionNotifier(GroupApprovalTaskStateSubmissionEmailNotifier):
    """The letter to those who approve: who submitted, and what was asked for the last time."""

    def get_context(self, task_state: TaskState, **kwargs: Any) -> dict[str, Any]:
        states = TaskState.objects.for_instance(task_state.workflow_state.content_object)
        last = states.exclude(pk=task_state.pk).order_by("-pk").first()
        return {
            **super().get_context(task_state, **kwargs),
            "requested_by": kwargs.get("user") or task_state.workflow_state.requested_by,
            "asked": last if last and last.status == TaskState.STATUS_REJECTED else None,
        }


class ApprovalNotifier(WorkflowStateApprovalEmailNotifier):
    """The letter to whoever submitted: who approved, and with which comment."""

    def get_context(self, workflow_state: WorkflowState, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(workflow_state, **kwargs), "task_state": workflow_state.current_task_state}


_submission, _approval = SubmissionNotifier(), ApprovalNotifier()


def connect() -> None:
    """Send our letters for Wagtail's: whichever is connected first under a name is the only one."""
    for signal, sender, notifier, name in (
        (task_submitted, TaskState, _submission, "group_approval_task_submitted_email_notification"),
        (workflow_approved, WorkflowState, _approval, "workflow_state_approved_email_notification"),
    ):
        signal.disconnect(sender=sender, dispatch_uid=name)
        signal.connect(notifier, sender=sender, dispatch_uid=name)
