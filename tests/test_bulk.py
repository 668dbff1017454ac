"""Many entries at once: the rules of one hold for all, and nobody's work is written over."""

import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession

from tests.editing import errors_of, messages_of
from tests.editing import user as member
from tests.factories import CategoryFactory, CommodityFactory, PersonFactory, draft_entry, publish, publish_entry
from timeline.admin import stepwise
from timeline.models import EntryPage, Follow, PublishedEntry, Version
from timeline.public.site import current_edition

pytestmark = pytest.mark.django_db


def bulk(action: str, *entries: EntryPage) -> str:
    chosen = "&".join(f"id={entry.pk}" for entry in entries)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    return f"{url}?{chosen}&next={reverse('entries:index')}"


def changed(title: str) -> EntryPage:
    """A public entry with a draft that says nothing of the change."""
    entry = publish_entry(title=title)
    entry.place = "Tokyo"
    entry.save_revision()
    return entry


def newest(entry: EntryPage) -> Any:
    return EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()


class TestPublishing:
    def test_what_kind_of_change_is_asked_once_for_drafts_that_do_not_say(self, moderator):
        seen, new, said = changed("Seen"), draft_entry(title="New"), publish_entry(title="Said")
        said.change, said.correction_wrong, said.correction_right = "correction", "Tuesday.", "Wednesday."
        said.save_revision()
        url = bulk("publish", seen, new, said)
        assert 'name="change"' in moderator.get(url).content.decode()
        assert "Say what kind of change this is" in " ".join(errors_of(moderator.post(url)))
        assert not PublishedEntry.objects.filter(entry=new).exists()

        response = moderator.post(url, {"change": "update"}, follow=True)

        assert "3 entries were published." in messages_of(response)
        latest = {version.entry_id: version.change for version in Version.objects.order_by("number")}
        assert latest == {seen.pk: "update", new.pk: "first", said.pk: "correction"}

    def test_it_is_not_asked_where_nobody_has_read_anything(self, moderator):
        url = bulk("publish", draft_entry())
        assert 'name="change"' not in moderator.get(url).content.decode()
        assert "1 entry was published." in messages_of(moderator.post(url, follow=True))

    def test_what_is_scheduled_is_not_said_to_be_published(self, moderator):
        later = draft_entry(title="Later", go_live_at=datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC))
        said = messages_of(moderator.post(bulk("publish", later, draft_entry()), follow=True))
        assert "“Later” goes live on 1 January 2040, 00:00, UTC." in said
        assert "1 entry was published." in said
        assert not newest(later).live

    def test_an_entry_without_anything_new_gets_no_further_version(self, moderator):
        same, new = publish_entry(), draft_entry()
        response = moderator.post(bulk("publish", same, new), follow=True)
        assert "1 entry was published. 1 has nothing new." in messages_of(response)
        assert same.versions.count() == 1

    def test_all_is_what_the_list_showed(self, moderator):
        draft_entry(title="About rice")
        other = draft_entry(title="About steel")
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        moderator.post(f"{url}?id=all&q=rice")
        assert [row.document["headline"] for row in PublishedEntry.objects.all()] == ["About rice"]
        assert not newest(other).live


class TestMany:
    """More than a piece: the page is sent while they are acted on."""

    @pytest.fixture
    def drafts(self, monkeypatch):
        monkeypatch.setattr(stepwise, "PIECE", 2)
        return [draft_entry(title=f"Round {number}") for number in range(3)]

    def test_a_bar_says_how_far_it_is_and_what_is_unfit_is_named(self, moderator, drafts):
        drafts[1].date = ""
        drafts[1].save_revision(clean=False)
        before = current_edition().version
        response = moderator.post(bulk("publish", *drafts))
        frame, first, second, outcome, rest = [piece.decode() for piece in response.streaming_content]
        assert "Whoever leaves this page does not stop it." in frame
        assert '<progress max="3" value="2" aria-label="Publishing…"></progress> 2 of 3' in first
        assert '<progress max="3" value="3"' in second
        for words in (
            "2 entries were published.",
            "“Round 1” was not published.",
            "Add the date of the event",
            'href="/admin/entries/"',
        ):
            assert words in outcome
        assert rest.rstrip().endswith("</html>")
        assert PublishedEntry.objects.count() == 2
        assert current_edition().version == before + 1
        again = b"".join(moderator.post(bulk("publish", *drafts)).streaming_content).decode()
        assert "2 have nothing new." in again

    def test_who_leaves_the_page_does_not_stop_it(self, moderator, drafts):
        response = moderator.post(bulk("publish", *drafts))
        next(response.streaming_content)
        for close in response._resource_closers:  # as a server does whose client is gone
            close()
        assert PublishedEntry.objects.count() == 3

    def test_what_breaks_in_the_middle_changes_nothing_and_is_told(self, moderator, drafts, monkeypatch):
        real = EntryPage.publish

        def breaking(self, *arguments, **how):
            if self.title == "Round 2":
                raise OperationalError("gone")
            return real(self, *arguments, **how)

        monkeypatch.setattr(EntryPage, "publish", breaking)
        page = b"".join(moderator.post(bulk("publish", *drafts)).streaming_content).decode()
        assert "Either all was done or nothing" in page
        assert not EntryPage.objects.filter(live=True).exists()

    def test_what_was_said_of_another_action_is_not_said_of_this_one(self, moderator, drafts):
        """A message that no page has shown yet came among what came of the next action."""
        moderator.post(bulk("publish", drafts[0]))
        data = {"add_commodity": CommodityFactory().pk}
        _frame, *pieces, _rest = moderator.post(bulk("tag", *drafts), data).streaming_content
        assert "3 entries got a draft." in pieces[-1].decode()
        assert "published" not in pieces[-1].decode()

    def test_they_are_withdrawn_in_one_edition_and_give_the_reason(self, moderator, client, drafts):
        for entry in drafts:
            publish(entry)
        before = current_edition().version
        page = b"".join(moderator.post(bulk("unpublish", *drafts), {"reason": "Invented."}).streaming_content).decode()
        assert "3 entries were withdrawn." in page
        assert current_edition().version == before + 1
        assert not PublishedEntry.objects.exists()
        for entry in drafts:
            gone = client.get(entry.get_absolute_url())
            assert (gone.status_code, "Invented." in gone.content.decode()) == (410, True)
        back = b"".join(moderator.post(bulk("publish", *drafts), {"change": "minor"}).streaming_content).decode()
        assert "3 entries were published." in back
        assert client.get(drafts[0].get_absolute_url()).status_code == 200


class TestTagging:
    def test_drafts_are_made_and_nothing_is_public(self, editor):
        rice, beef = CommodityFactory(name="Rice"), CommodityFactory(name="Beef")
        one, other = publish_entry(commodities=[beef]), draft_entry(commodities=[rice, beef])
        data = {"add_commodity": rice.pk, "remove_commodity": beef.pk, "weight": "key", "publish": "minor"}
        response = editor.post(bulk("tag", one, other), data, follow=True)
        assert "2 entries got a draft." in messages_of(response), "an editor cannot publish"
        for entry in (one, other):
            draft = newest(entry)
            assert [row.commodity for row in draft.entry_commodities.all()] == [rice]
            assert draft.weight == "key"
        assert [item["slug"] for item in PublishedEntry.objects.get().document["commodities"]] == ["beef"]

    def test_what_has_nothing_else_to_publish_is_published_at_once(self, moderator):
        person, category = PersonFactory(), CategoryFactory(name="Tariffs")
        public, drafted = publish_entry(people=[PersonFactory()]), changed("Drafted")
        data = {"add_person": person.pk, "category": category.pk, "publish": "minor"}
        response = moderator.post(bulk("tag", public, drafted), data, follow=True)
        assert "1 entry was published. 1 entry got a draft." in messages_of(response)
        document = PublishedEntry.objects.get(entry=public).document
        assert (document["category"]["name"], len(document["people"])) == ("Tariffs", 2)
        assert PublishedEntry.objects.get(entry=drafted).document["people"] == []
        assert list(public.versions.values_list("change", flat=True)) == ["first", "minor"]

    def test_entries_that_somebody_works_on_are_left_alone_and_named(self, moderator):
        rice = CommodityFactory(name="Rice")
        locked, opened, has_it = (
            draft_entry(title="Locked"),
            draft_entry(title="Open"),
            draft_entry(commodities=[rice]),
        )
        EntryPage.objects.filter(pk=locked.pk).update(locked=True, locked_by=member("Editors"))
        EditingSession.objects.create(user=member(), content_object=opened.page_ptr, last_seen_at=timezone.now())
        said = messages_of(
            moderator.post(bulk("tag", locked, opened, has_it), {"add_commodity": rice.pk}, follow=True)
        )
        assert "“Locked” is locked; “Open” is being edited by administrator" in said
        assert "1 entry was so already." in said
        assert newest(opened).entry_commodities.count() == 0

    def test_nothing_chosen_or_both_ways_is_answered_with_words(self, moderator):
        entry, rice = draft_entry(), CommodityFactory(name="Rice")
        page = BeautifulSoup(moderator.post(bulk("tag", entry)).content, "html.parser")
        assert "Choose at least one thing" in page.get_text()
        response = moderator.post(bulk("tag", entry), {"add_commodity": rice.pk, "remove_commodity": rice.pk})
        assert errors_of(response) == ["This one is also to be added."]


class TestDeleting:
    def test_drafts_go_and_what_readers_have_seen_is_left_alone(self, moderator):
        seen, draft = publish_entry(title="Seen"), draft_entry(title="Never seen")
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        moderator.post(f"{address}?id={seen.pk}&id={draft.pk}", {"next": "/admin/"})
        assert [entry.title for entry in EntryPage.objects.all()] == ["Seen"]

    def test_one_that_another_follows_is_left_alone_and_that_is_named(self, moderator):
        first, other, later = draft_entry(title="First"), draft_entry(title="Other"), draft_entry(date="2025-05-01")
        later.follows.add(Follow(earlier=first))
        later.save()
        response = moderator.post(bulk("delete", first, other), follow=True)
        assert f"“First” is in use and was not deleted: {later.title}" in messages_of(response)
        assert "1 page has been deleted" in messages_of(response)
        assert set(EntryPage.objects.values_list("title", flat=True)) == {"First", later.title}

    def test_one_that_readers_have_seen_is_to_be_withdrawn(self, moderator):
        seen = publish_entry()
        response = moderator.post(reverse("wagtailadmin_pages:delete", args=[seen.pk]))
        assert "cannot be deleted" in response.content.decode()
        assert EntryPage.objects.filter(pk=seen.pk).exists()
