"""Who gets which news: rounds at once, daily and weekly, one letter for each, with what is new and nothing else."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from tests.factories import (
    CommodityFactory,
    PersonFactory,
    change,
    draft_entry,
    publish,
    publish_entry,
)
from tests.mailroom import begin, send, subscribed, text_of
from timeline.letters import delivery, rounds
from timeline.merging.merge import merge
from timeline.models import EntryPage, Letter, LetterPart, LetterRound, PublishedEntry, Subscription, Version

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def subjects(mailroom) -> list[str]:
    return [letter["Subject"] for letter in mailroom.read()]


def withdraw(entry: EntryPage, reason: str = "") -> None:
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.withdrawal_reason = reason
    entry.unpublish()


@pytest.mark.parametrize(
    ("frequency", "ended", "now", "due"),
    [
        ("at_once", "2026-01-05 10:00", "2026-01-05 10:04", False),
        ("at_once", "2026-01-05 10:00", "2026-01-05 10:05", True),
        ("daily", "2026-01-05 07:00", "2026-01-06 06:59", False),
        ("daily", "2026-01-05 07:00", "2026-01-06 07:01", True),
        ("daily", "2026-01-06 06:00", "2026-01-06 07:01", True),
        ("weekly", "2026-01-05 07:00", "2026-01-11 23:00", False),
        ("weekly", "2026-01-05 07:00", "2026-01-12 06:59", False),
        ("weekly", "2026-01-05 07:00", "2026-01-12 07:01", True),
        ("weekly", "2025-12-01 07:00", "2026-01-08 12:00", True),  # it had been off
    ],
)
def test_a_round_is_due_at_seven_and_on_monday_in_the_time_zone_of_the_site(settings, frequency, ended, now, due):
    settings.TIME_ZONE = "Asia/Tokyo"
    timezone.get_default_timezone.cache_clear()
    zone = ZoneInfo("Asia/Tokyo")
    moments = [datetime.datetime.fromisoformat(text).replace(tzinfo=zone) for text in (ended, now)]
    assert rounds.is_due(frequency, *moments) is due


class TestNews:
    def test_a_letter_has_what_is_new_updated_and_corrected_of_one_question(self, mailroom):
        rice, beef = CommodityFactory(name="Rice"), CommodityFactory(name="Beef")
        known = publish_entry(title="Known for long", commodities=[rice])
        wrong = publish_entry(title="Wrong at first", commodities=[rice])
        subscribed("commodity=rice", "daily")
        publish_entry(title="News of rice", commodities=[rice], summary="Rice is bought.")
        publish_entry(title="News of beef", commodities=[beef])
        known = change(known, "update", "A figure was added.")
        change(wrong, "correction", "It said ten.", "It is twelve.")
        change(known, "minor", summary="A comma, moved.")
        send(timezone.now() + DAY)
        (letter,) = mailroom.read()
        assert letter["Subject"] == "Rice: 1 new entry, 1 correction, 1 update"
        said = text_of(letter)
        assert "News of rice Rice is bought." in said
        assert "Correction: It said ten. It is twelve." in said
        assert "A figure was added." in said
        assert "beef" not in said
        assert said.index("News of rice") < said.index("Wrong at first") < said.index("Known for long")

    def test_an_address_gets_one_letter_a_round_whatever_it_follows(self, mailroom):
        rice = CommodityFactory(name="Rice")
        for query, often in (("commodity=rice", "daily"), ("", "daily"), ("differ=1", "daily"), ("", "weekly")):
            subscribed(query, often, f"{often}@example.org")
        publish_entry(commodities=[rice])
        send(timezone.now() + DAY)
        daily = [letter for letter in mailroom.read() if letter["To"] == "daily@example.org"]
        assert [letter["Subject"] for letter in daily] == ["Test Chronology: 1 new entry"]
        assert text_of(daily[0]).count("Ministers meet and agree") == 2  # once for each question
        send(timezone.now() + DAY)
        assert len([to for to in mailroom.recipients if to.startswith("daily")]) == 1

    def test_nothing_new_is_no_letter(self, mailroom):
        publish_entry()
        for often in ("at_once", "daily", "weekly"):
            subscribed("", often, f"{often}@example.org")
        send(timezone.now() + 8 * DAY)
        assert mailroom.letters == []

    def test_news_from_before_somebody_confirmed_is_not_theirs(self, mailroom):
        subscribed("", "weekly", "first@example.org")
        publish_entry(title="Early news")
        subscribed("", "weekly", "second@example.org")
        publish_entry(title="Late news")
        send(timezone.now() + 8 * DAY)
        said = {letter["To"]: text_of(letter) for letter in mailroom.read()}
        assert "Early news" in said["first@example.org"]
        assert "Early news" not in said["second@example.org"]
        assert "Late news" in said["second@example.org"]

    def test_many_entries_are_a_letter_that_leads_to_the_rest(self, mailroom, monkeypatch):
        monkeypatch.setattr("timeline.letters.news.MOST_ENTRIES", 2)
        monkeypatch.setattr("timeline.letters.news.MOST_CHANGED", 3)
        subscribed()
        for _turn in range(5):
            publish_entry()
        send()
        (letter,) = mailroom.read()
        assert "3 more entries have changed" in text_of(letter)

    def test_words_of_a_search_are_followed_as_well(self, mailroom):
        subscribed("q=%22safeguard%22")
        publish_entry(title="Nothing of it")
        publish_entry(title="A safeguard on beef")
        send()
        assert "Nothing of it" not in text_of(mailroom.read()[0])
        assert "A safeguard on beef" in text_of(mailroom.read()[0])

    def test_a_new_name_in_japanese_arrives_as_it_is(self, mailroom):
        subscribed()
        publish_entry(title="関税交渉、東京で始まる", summary="日本と米国が関税交渉を始めた。")
        send()
        assert "関税交渉、東京で始まる" in text_of(mailroom.read()[0])


class TestSacred:
    """What readers cannot see is in no letter, whenever it was queued."""

    def test_drafts_and_private_entries_are_no_news(self, mailroom):
        subscribed()
        known = publish_entry(title="Known")
        send()
        draft_entry(title="A draft")
        known.title = "Changed in a draft"
        known.save_revision()
        hidden = publish_entry(title="Hidden")
        PageViewRestriction.objects.create(page=hidden, restriction_type="login")
        send()
        assert subjects(mailroom) == ["Test Chronology: 1 new entry"]

    def test_what_was_withdrawn_before_the_letter_left_is_not_in_it(self, mailroom):
        subscribed()
        gone, stays = publish_entry(title="A mistake"), publish_entry(title="Stays")
        begin()
        assert Letter.objects.count() == 1
        withdraw(gone, "A rumour.")
        list(delivery.Post().deliver())
        (letter,) = mailroom.read()
        assert "A mistake" not in text_of(letter)
        assert stays.title in text_of(letter)

    def test_a_letter_of_which_all_was_withdrawn_is_not_sent(self, mailroom):
        subscribed()
        gone = publish_entry()
        begin()
        withdraw(gone)
        list(delivery.Post().deliver())
        assert mailroom.letters == []
        assert not Letter.objects.exists()

    def test_a_withdrawal_is_said_with_its_reason_and_no_word_of_the_entry(self, mailroom):
        rice = CommodityFactory(name="Rice")
        gone = publish_entry(title="A mistake", commodities=[rice], slug="gone")
        other = publish_entry(title="Another", commodities=[CommodityFactory(name="Beef")])
        subscribed("commodity=rice")
        withdraw(gone, "It was a rumour.")
        withdraw(other, "Nobody needs it.")
        send()
        (letter,) = mailroom.read()
        assert letter["Subject"] == "Rice: 1 withdrawal"
        assert "An entry was withdrawn. It was a rumour." in text_of(letter)
        assert "/entries/gone/" in text_of(letter)
        assert "A mistake" not in letter.as_string()
        assert "Nobody needs it" not in text_of(letter)

    def test_removed_words_are_not_told(self, mailroom):
        entry = publish_entry()
        subscribed()
        entry = change(entry, "correction", "A secret was said.", "It is not any more.")
        change(entry, "update", "Goes on.")
        Version.objects.get(change="correction").redact("legal")
        send()
        assert "secret" not in text_of(mailroom.read()[0])

    def test_an_entry_that_comes_back_is_told_as_such(self, mailroom):
        gone = publish_entry(title="Back again")
        subscribed()
        withdraw(gone)
        send()
        publish(EntryPage.objects.get(pk=gone.pk))
        send()
        assert "UPDATED · 16 April 2025 Back again" in text_of(mailroom.read()[1])


class TestNames:
    """A question names records; they may be called something else tomorrow, or be gone."""

    def test_a_renamed_or_merged_record_is_followed_under_its_new_name(
        self, mailroom, django_capture_on_commit_callbacks
    ):
        old, new = PersonFactory(family_name="Old"), PersonFactory(family_name="New")
        publish_entry(people=[old])
        publish_entry(people=[new])
        subscribed(f"person={old.slug}")
        subscribed(f"person={old.slug}", address="both@example.org")
        subscribed(f"person={new.slug}", address="both@example.org")
        with django_capture_on_commit_callbacks(execute=True):
            merge(new, old, user=None)
        publish_entry(title="News of one person", people=[new])
        send()
        assert sorted(mailroom.recipients) == ["both@example.org", "jo@example.org"]
        assert set(Subscription.objects.values_list("query", flat=True)) == {f"person={new.slug}"}
        assert Subscription.objects.count() == 2

    def test_a_record_that_is_gone_is_told_once_and_followed_again_when_it_is_back(self, mailroom):
        subscribed("differ=1")
        Subscription.objects.update(query="person=gone")
        for _turn in range(2):
            publish_entry()
            send()
        (letter,) = mailroom.read()
        assert letter["Subject"] == "Test Chronology: no letters about it any more"
        assert "names something that is not there any more" in text_of(letter)
        publish_entry(title="There again", people=[PersonFactory(slug="gone")])
        send()
        assert "There again" in text_of(mailroom.read()[1])
        assert Subscription.objects.get().unanswerable_at is None


class TestCost:
    @pytest.fixture(autouse=True)
    def first_rounds(self):
        begin()

    def counted(self) -> int:
        with CaptureQueriesContext(connection) as queries:
            begin()
        return len(queries)

    def test_a_round_asks_as_often_for_three_entries_and_subscribers_as_for_one(self, mailroom):
        rice = CommodityFactory(name="Rice")
        asked = []
        for number in (1, 3):
            for turn in range(number):
                subscribed("commodity=rice", address=f"a{number}{turn}@example.org")
                publish_entry(commodities=[rice])
            asked.append(self.counted())
            Letter.objects.all().delete()
        assert asked[0] == asked[1]

    def test_a_question_more_costs_three_queries_and_none_while_nothing_is_new(self, mailroom):
        rice, beef = CommodityFactory(name="Rice"), CommodityFactory(name="Beef")
        publish_entry(commodities=[rice, beef])
        subscribed("commodity=rice")
        publish_entry()
        one = self.counted()
        subscribed("commodity=beef", address="b@example.org")
        publish_entry()
        assert self.counted() - one == 2
        idle = self.counted()
        subscribed("differ=1", address="c@example.org")
        assert self.counted() == idle

    def test_what_several_follow_is_put_into_words_once(self, mailroom):
        subscribed(address="a@example.org")
        subscribed(address="b@example.org")
        publish_entry()
        begin()
        with CaptureQueriesContext(connection) as queries:
            list(delivery.Post().deliver())
        assert len(mailroom.letters) == 2
        assert sum(PublishedEntry._meta.db_table in query["sql"] for query in queries) == 2


def test_letters_of_a_round_are_queued_with_its_mark_or_not_at_all(monkeypatch):
    subscribed()
    begin()
    publish_entry()
    marks = LetterRound.objects.order_by("pk").values_list("until_version", "until_moment")
    before = list(marks)

    def die(*_said, **_more):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(LetterPart.objects, "bulk_create", die)
        with pytest.raises(RuntimeError):
            begin()
    assert list(marks.all()) == before
    assert not Letter.objects.exists()
    assert begin() == 1
    assert list(marks.all()) != before
