"""Approval: submit, send back with a comment, submit again, approve; and the letters that go with it."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Comment, CommentReply, TaskState

from tests.editing import edit_url, errors_of, form_data, messages_of, signed_in, user
from tests.factories import draft_entry, publish_entry
from timeline.models import EntryPage, PublishedEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(editor: Client, moderator: Client) -> EntryPage:
    """In moderation; the letter about it is sent."""
    entry = draft_entry(title="First round <of> talks")
    submit(editor, entry)
    return reload(entry)


def reload(entry: EntryPage) -> EntryPage:
    return EntryPage.objects.get(pk=entry.pk)


def submit(client: Client, entry: EntryPage, button: str = "action-submit") -> None:
    response = client.post(edit_url(entry), form_data(client.get(edit_url(entry))) | {button: "1"})
    assert response.status_code == 302, messages_of(response)


def action_url(entry: EntryPage, action: str, view: str = "workflow_action") -> str:
    state = reload(entry).current_workflow_task_state
    return reverse(f"wagtailadmin_pages:{view}", args=[entry.pk, action, state.pk])


def send_back(client: Client, entry: EntryPage, comment: str = "Which minister?") -> None:
    client.post(action_url(entry, "reject"), {"comment": comment})


def status(entry: EntryPage) -> str:
    state = reload(entry).current_workflow_state
    return state.status if state else ""


class TestLetters:
    def test_those_who_approve_are_told_of_a_submission(self, administrator, entry):
        [letter] = mail.outbox
        assert letter.to == ["moderators@example.org"]
        assert letter.subject == "“First round <of> talks” waits for your approval"
        assert "editors submitted “First round <of> talks”." in letter.body
        assert edit_url(entry) in letter.body
        assert not letter.alternatives

    def test_the_author_is_told_what_to_change_and_the_moderator_what_was_asked(self, editor, moderator, entry):
        mail.outbox.clear()
        send_back(moderator, entry, "Which minister? <Name> him.")
        [letter] = mail.outbox
        assert (letter.to, letter.subject) == (["editors@example.org"], "“First round <of> talks” needs changes")
        assert "moderators sent back “First round <of> talks”:\n\n  Which minister? <Name> him." in letter.body
        assert edit_url(entry) in letter.body

        mail.outbox.clear()
        submit(editor, entry, "action-restart-workflow")
        [letter] = mail.outbox
        assert letter.to == ["moderators@example.org"]
        assert "moderators had asked:\n\n  Which minister? <Name> him." in letter.body

    def test_the_author_is_told_of_the_approval_with_its_comment(self, moderator, entry):
        mail.outbox.clear()
        moderator.post(action_url(entry, "approve"), {"comment": "Well done."})
        [letter] = mail.outbox
        assert (letter.to, letter.subject) == (["editors@example.org"], "“First round <of> talks” is approved")
        assert "moderators approved" in letter.body
        assert "Well done." in letter.body
        assert PublishedEntry.objects.get().document["url"] in letter.body


class TestComments:
    def test_nothing_is_sent_back_without_a_comment(self, moderator, entry):
        for view in ["workflow_action", "collect_workflow_action_data"]:
            url = action_url(entry, "reject", view)
            answer = moderator.post(url, {"comment": " "}, headers={"x-requested-with": "XMLHttpRequest"})
            assert "Say what has to change" in answer.json()["html"]
        for said, outcome in [
            ('{"comment": ""}', "in_progress"),
            ("nonsense", "in_progress"),
            ('{"comment": "Which one?"}', "needs_changes"),
        ]:
            data = form_data(moderator.get(edit_url(entry))) | {"summary": "Ministers meet again."}
            data |= {"action-workflow-action": "1", "workflow-action-name": "reject"}
            moderator.post(edit_url(entry), data | {"workflow-action-extra-data": said})
            assert status(entry) == outcome
            assert reload(entry).get_latest_revision_as_object().summary == "Ministers meet again.", "it stays"

    def test_every_comment_stays_in_the_history(self, editor, moderator, entry):
        send_back(moderator, entry)
        submit(editor, entry, "action-restart-workflow")
        moderator.post(action_url(entry, "approve"), {"comment": "Well done."})
        history = editor.get(reverse("wagtailadmin_pages:history", args=[entry.pk])).content.decode()
        assert "Which minister?" in history
        assert "Well done." in history
        assert TaskState.objects.count() == 2


class TestCourse:
    def test_it_comes_back_after_changes_and_is_published(self, editor, moderator, entry):
        send_back(moderator, entry)
        assert status(entry) == "needs_changes"
        assert "Which minister?" in editor.get(edit_url(entry)).content.decode()
        data = form_data(editor.get(edit_url(entry)))
        editor.post(edit_url(entry), data | {"summary": "The trade minister goes.", "action-restart-workflow": "1"})
        assert status(entry) == "in_progress"
        moderator.post(action_url(entry, "approve"), {"comment": ""})
        assert PublishedEntry.objects.get().document["summary"] == "The trade minister goes."
        assert status(entry) == ""

    def test_the_author_takes_it_back(self, editor, entry):
        data = form_data(editor.get(edit_url(entry)))
        editor.post(edit_url(entry), data | {"action-cancel-workflow": "1"})
        assert status(entry) == ""
        assert not PublishedEntry.objects.exists()

    def test_an_unfit_entry_is_not_submitted(self, editor):
        entry = draft_entry(sources=[])
        data = form_data(editor.get(edit_url(entry)))
        response = editor.post(edit_url(entry), data | {"action-submit": "1"})
        assert any("has no source" in error for error in errors_of(response))
        assert status(entry) == ""


class TestLocks:
    def test_a_locked_entry_says_who_locked_it_and_takes_no_change(self, moderator):
        entry = draft_entry(title="Under study")
        moderator.post(reverse("wagtailadmin_pages:lock", args=[entry.pk]))
        other = signed_in("Editors")
        page = other.get(edit_url(entry)).content.decode()
        assert "was locked" in page.replace("\n", " ")
        assert "moderators" in page
        other.post(edit_url(entry), form_data(moderator.get(edit_url(entry))) | {"title": "Changed"})
        assert reload(entry).draft_title == "Under study"
        moderator.post(reverse("wagtailadmin_pages:unlock", args=[entry.pk]))
        other.post(edit_url(entry), form_data(other.get(edit_url(entry))) | {"title": "Changed"})
        assert reload(entry).draft_title == "Changed"

    def test_an_entry_in_moderation_is_for_moderators_to_change(self, editor, moderator, entry):
        for client, title in [(editor, "By the editor"), (moderator, "By the moderator")]:
            client.post(edit_url(entry), form_data(moderator.get(edit_url(entry))) | {"title": title})
        assert reload(entry).draft_title == "By the moderator"


def test_a_resolved_comment_stays_with_its_replies_whatever_becomes_of_the_draft():
    """Wagtail deletes it with the next save of a draft (findings/wagtail-resolved-comments.sh)."""
    entry = publish_entry()
    entry.change = "minor"
    entry.save_revision()
    comment = Comment.objects.create(
        page=entry, user=user("Editors"), contentpath="summary", text="Is this so?", resolved_at=timezone.now()
    )
    CommentReply.objects.create(comment=comment, user=comment.user, text="Yes: see the minutes.")
    reload(entry).get_latest_revision_as_object().save_revision()
    reload(entry).get_latest_revision().publish()
    reload(entry).get_latest_revision_as_object().save_revision()
    kept = Comment.objects.get(page=entry)
    assert (kept.text, [reply.text for reply in kept.replies.all()]) == ("Is this so?", ["Yes: see the minutes."])
    assert kept.resolved_at == comment.resolved_at
