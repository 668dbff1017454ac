"""Approving, scheduling, withdrawing and deleting entries, one by one and many at once."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState

from tests.editing import add_row, edit_url, errors_of, form_data, messages_of, signed_in
from tests.factories import SourceFactory, chronology, draft_entry, publish, publish_entry
from timeline.models import EntryPage, Follow, PublishedEntry, Withdrawal

pytestmark = pytest.mark.django_db


def reload(entry: EntryPage) -> EntryPage:
    return EntryPage.objects.get(pk=entry.pk)


def submit(client: Client, entry: EntryPage) -> TaskState:
    """Submit an entry to moderation as its editor does."""
    data = form_data(client.get(edit_url(entry)))
    response = client.post(edit_url(entry), data | {"action-submit": "1"})
    assert response.status_code == 302, messages_of(response)
    return reload(entry).current_workflow_task_state


def approve_url(entry: EntryPage, state: TaskState) -> str:
    return reverse("wagtailadmin_pages:workflow_action", args=[entry.pk, "approve", state.pk])


class TestModeration:
    def test_an_editor_submits_and_a_moderator_approves(self, editor, moderator):
        entry = draft_entry()
        assert 'name="action-publish"' not in editor.get(edit_url(entry)).content.decode()
        state = submit(editor, entry)
        assert not PublishedEntry.objects.exists()
        moderator.post(approve_url(entry, state), {"comment": ""})
        assert PublishedEntry.objects.get().entry_id == entry.pk

    def test_a_crafted_request_of_an_editor_publishes_nothing(self, editor):
        entry = draft_entry()
        data = form_data(editor.get(edit_url(entry)))
        editor.post(edit_url(entry), data | {"action-publish": "1"})
        assert not reload(entry).live
        assert not PublishedEntry.objects.exists()

    def test_what_became_unfit_since_is_refused_with_a_sentence(self, editor, moderator):
        """A source may turn out to be an error after an entry that cites it was submitted."""
        source = SourceFactory()
        entry = draft_entry(sources=[source])
        state = submit(editor, entry)
        source.use = "error_example"
        source.save()

        response = moderator.post(approve_url(entry, state), {"comment": ""}, follow=True)

        assert response.status_code == 200
        assert "was not published" in messages_of(response)
        assert "Statement 1 (“Ministers met.…”) has no source." in messages_of(response)
        assert not reload(entry).live
        state.refresh_from_db()
        assert state.status == TaskState.STATUS_IN_PROGRESS, "it waits for a better version"

    def test_a_moderator_sends_back_with_a_comment(self, editor, moderator):
        entry = draft_entry()
        state = submit(editor, entry)
        url = reverse("wagtailadmin_pages:workflow_action", args=[entry.pk, "reject", state.pk])
        moderator.post(url, {"comment": "Which minister?"})
        assert "Which minister?" in editor.get(edit_url(entry)).content.decode()

    def test_a_moderator_approves_from_the_form(self, editor, moderator):
        entry = draft_entry()
        submit(editor, entry)
        data = form_data(moderator.get(edit_url(entry)))
        data |= {"action-workflow-action": "1", "workflow-action-name": "approve", "summary": ""}
        response = moderator.post(edit_url(entry), data)
        assert "Write a summary before publishing." in errors_of(response)
        data["summary"] = "Ministers met in Tokyo."
        assert moderator.post(edit_url(entry), data).status_code == 302
        assert PublishedEntry.objects.get().document["summary"] == "Ministers met in Tokyo."


class TestSchedule:
    def test_a_scheduled_entry_waits(self, moderator):
        entry = draft_entry()
        data = form_data(moderator.get(edit_url(entry)))
        data |= {"go_live_at": "2040-01-01 09:00", "action-publish": "1"}
        assert moderator.post(edit_url(entry), data).status_code == 302
        assert reload(entry).scheduled_revision is not None
        assert not PublishedEntry.objects.exists()


class TestByOtherPaths:
    def test_code_cannot_publish_an_unfit_entry(self):
        entry = draft_entry(sources=[])
        with pytest.raises(ValidationError, match="has no source"):
            publish(entry)
        assert not PublishedEntry.objects.exists()

    def test_of_many_at_once_the_unfit_are_left_and_named_with_what_they_lack(self, moderator):
        fit, unfit = draft_entry(title="Fit"), draft_entry(title="Unfit", date="")
        for entry in [fit, unfit]:
            entry.save_revision(clean=False)
        url = bulk("publish", fit, unfit)
        assert moderator.get(url).status_code == 200
        response = moderator.post(url, follow=True)
        assert "“Unfit” was not published." in messages_of(response)
        assert "Add the date of the event before publishing." in messages_of(response)
        assert "1 entry was published." in messages_of(response)
        assert PublishedEntry.objects.get().entry_id == fit.pk


def bulk(action: str, *entries: EntryPage) -> str:
    chosen = "&".join(f"id={entry.pk}" for entry in entries)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    return f"{url}?{chosen}&next={reverse('entries:index')}"


class TestWithdrawing:
    def url(self, entry: EntryPage) -> str:
        return reverse("wagtailadmin_pages:unpublish", args=[entry.pk])

    def test_the_reason_is_asked_and_shown_at_the_address(self, moderator, client):
        entry = publish_entry()
        assert client.get(entry.get_absolute_url()).status_code == 200
        assert 'name="reason"' in moderator.get(self.url(entry)).content.decode()

        response = moderator.post(self.url(entry), {"reason": " The meeting was called off. "})

        assert response.url == reverse("entries:index")
        page = client.get(entry.get_absolute_url())
        assert page.status_code == 410
        assert "The meeting was called off." in page.content.decode()
        assert reload(entry).withdrawal_reason == "The meeting was called off."

    @pytest.mark.parametrize("reason", ["", "  ", "Called\x0boff"])
    def test_without_a_reason_nothing_happens(self, moderator, reason):
        entry = publish_entry()
        response = moderator.post(self.url(entry), {"reason": reason})
        assert errors_of(response)
        assert reload(entry).live

    def test_editing_keeps_the_reason_and_publishing_again_forgets_it(self, moderator, client):
        entry = publish_entry()
        moderator.post(self.url(entry), {"reason": "Called off."})
        data = form_data(moderator.get(edit_url(entry)))
        moderator.post(edit_url(entry), data | {"place": "Osaka"})
        assert reload(entry).withdrawal_reason == "Called off."
        data = form_data(moderator.get(edit_url(entry)))
        moderator.post(edit_url(entry), data | {"action-publish": "1", "change": "minor"})
        assert reload(entry).withdrawal_reason == ""
        assert client.get(entry.get_absolute_url()).status_code == 200
        assert not Withdrawal.objects.exists()

    def test_an_editor_cannot(self, editor):
        entry = publish_entry()
        editor.post(self.url(entry), {"reason": "I say so."})
        assert reload(entry).live

    def test_many_at_once_for_one_reason(self, moderator, client):
        entries = [publish_entry(), publish_entry()]
        url = bulk("unpublish", *entries)
        assert 'name="reason"' in moderator.get(url).content.decode()
        assert errors_of(moderator.post(url, {"reason": ""}))
        response = moderator.post(url, {"reason": "Both were rumours."}, follow=True)
        assert "2 entries were withdrawn." in messages_of(response)
        for entry in entries:
            page = client.get(entry.get_absolute_url())
            assert (page.status_code, "Both were rumours." in page.content.decode()) == (410, True)


class TestCopying:
    def test_a_copy_is_a_draft_of_its_own(self, moderator):
        entry = publish_entry(title="First round")
        url = reverse("wagtailadmin_pages:copy", args=[entry.pk])
        page = moderator.get(url)
        assert 'name="alias"' not in page.content.decode()
        data = form_data(page, f'//form[@action="{url}"]')
        data |= {"new_title": "Second round", "new_slug": "second-round"}
        assert moderator.post(url, data | {"publish_copies": "on", "alias": "on"}).status_code == 302
        copy = EntryPage.objects.get(slug="second-round")
        assert not copy.live
        assert {copy.uid, copy.key}.isdisjoint({entry.uid, entry.key})

        data = form_data(moderator.get(edit_url(copy)))
        assert data["title"] == "Second round"
        moderator.post(edit_url(copy), data | {"action-publish": "1"})

        rows = PublishedEntry.objects.order_by("slug")
        assert [row.document["headline"] for row in rows] == ["First round", "Second round"]
        assert rows[0].uid != rows[1].uid


class TestDeleting:
    @pytest.mark.admin_indexes
    def test_an_entry_that_others_follow_stays_and_they_are_listed(self, moderator):
        earlier = draft_entry(title="First round")
        later = draft_entry(title="Second round", date="2025-05-01")
        later.follows.add(Follow(earlier=earlier))
        publish(later)
        url = reverse("wagtailadmin_pages:delete", args=[earlier.pk])
        for response in [moderator.get(url), moderator.post(url)]:
            assert response.status_code == 200
            page = response.content.decode()
            assert "Second round" in page
            assert edit_url(later) in page
        moderator.post(bulk("delete", earlier))
        assert EntryPage.objects.filter(pk=earlier.pk).exists()

    def test_an_entry_on_its_own_goes(self, moderator):
        entry = draft_entry()
        url = reverse("wagtailadmin_pages:delete", args=[entry.pk])
        assert moderator.post(url).url == reverse("entries:index")
        assert not EntryPage.objects.exists()


class TestWhatWagtailGives:
    def test_history_usage_and_draft_open(self, moderator):
        entry = publish_entry()
        for name in ["history", "usage", "view_draft"]:
            url = reverse(f"wagtailadmin_pages:{name}", args=[entry.pk])
            assert moderator.get(url).status_code == 200, name

    def test_histories_call_a_withdrawal_as_the_desk_does(self, moderator):
        entry = publish_entry()
        entry.unpublish(user=None)
        for url in (
            reverse("wagtailadmin_pages:history", args=[entry.pk]),
            reverse("wagtailadmin_reports:site_history"),
        ):
            page = moderator.get(url).content.decode()
            assert "Withdrawn" in page
            assert "Unpublished" not in page

    def test_two_versions_are_compared_down_to_the_citations(self, moderator):
        entry = publish_entry(statements=["They met for an hour."])
        source = SourceFactory(title="Second report")
        data = form_data(moderator.get(edit_url(entry)))
        data["statements-0-text"] = "They met for an afternoon."
        add_row(data, "statements-0-citations", source=source.pk, quotation="all afternoon")
        moderator.post(edit_url(entry), data)

        newest = reload(entry).latest_revision_id
        url = reverse("wagtailadmin_pages:revisions_compare", args=[entry.pk, "live", newest])
        page = BeautifulSoup(moderator.get(url).content, "html.parser")

        assert [item.text for item in page.select("span.deletion")] == ["hour."]
        assert [item.text for item in page.select("span.addition")] == ["afternoon."]
        added = page.select_one("dd .addition dl")
        assert "Second report" in added.text
        assert "all afternoon" in added.text

    def test_the_preview_of_an_unsaved_entry_shows_what_was_typed(self, editor):
        parent = chronology()
        url = reverse("wagtailadmin_pages:add", args=["timeline", "entrypage", parent.pk])
        data = form_data(editor.get(url))
        preview = reverse("wagtailadmin_pages:preview_on_add", args=["timeline", "entrypage", parent.pk])
        answer = editor.post(preview, data | {"title": "Not yet saved", "summary": "A first try."})
        assert answer.json() == {"is_valid": True, "is_available": True}
        page = editor.get(preview).content.decode()
        assert "Not yet saved" in page
        assert "This is a preview." in page
        assert not EntryPage.objects.exists()


@pytest.mark.parametrize("role", ["Editors", "Moderators", ""])
def test_the_first_page_of_the_admin_opens_with_its_counts(role):
    publish_entry()
    page = signed_in(role).get(reverse("wagtailadmin_home")).content.decode()
    assert "<span>1</span> public entry" in page
