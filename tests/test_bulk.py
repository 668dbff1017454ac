"""Many entries at once: the rules of one hold for all, and nobody's work is written over."""

import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession

from tests.editing import errors_of, messages_of
from tests.editing import user as member
from tests.factories import CategoryFactory, CommodityFactory, PersonFactory, draft_entry, publish_entry
from timeline.models import EntryPage, PublishedEntry, Version

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

    def test_one_that_readers_have_seen_is_to_be_withdrawn(self, moderator):
        seen = publish_entry()
        response = moderator.post(reverse("wagtailadmin_pages:delete", args=[seen.pk]))
        assert "cannot be deleted" in response.content.decode()
        assert EntryPage.objects.filter(pk=seen.pk).exists()
