"""What translators write: kept as it is typed, public when it is saved, and never over somebody else unseen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.editing import user
from tests.factories import PersonFactory, SourceFactory, change, draft_entry, publish, publish_entry, translate
from timeline.choices import NameKind
from timeline.models import (
    EntryPage,
    PersonName,
    PublishedTranslation,
    Translation,
    TranslationChange,
    TranslationProgress,
    TypedTranslation,
)
from timeline.segments import digest
from timeline.translating import saving
from timeline.translating.reading import read
from timeline.translating.saving import Typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return publish(
        draft_entry(
            sources=[SourceFactory(title="Report")],
            statements=["Ministers met.", "They spoke of rice."],
            title="Ministers meet",
            place="Tokyo",
        )
    )


@pytest.fixture
def translator():
    return user("Translators")


@pytest.fixture
def moderator():
    return user("Moderators")


def identity(entry):
    return ("entries", entry.key)


def row(entry, key, person):
    return next(one for one in read("ja", identity(entry), person).rows if one.key == key)


def typed(entry, key, person, words=None, **said):
    """What the form sends of a segment that was opened just now."""
    shown = row(entry, key, person)
    return Typed(key, shown.of, shown.token, shown.words if words is None else words, **said)


def save(entry, person, *typed):
    return saving.save("ja", {identity(entry): typed}, person)


def state(entry, key, person):
    return row(entry, key, person).state


def refusals(outcome):
    return list(outcome.refused.values())


def reviewed(entry, key, words, translator, reviewer):
    save(entry, translator, typed(entry, key, translator, words))
    save(entry, reviewer, typed(entry, key, reviewer, review=True))


def filed(entry):
    return {key: said[1] for key, said in PublishedTranslation.objects.get(entry=entry.pk).words.items()}


def test_a_segment_is_missing_then_a_draft_then_reviewed_then_stale(entry, translator, moderator):
    assert state(entry, "headline", translator) == "missing"
    save(entry, translator, typed(entry, "headline", translator, "閣僚が会談"))
    assert state(entry, "headline", translator) == "draft"
    save(entry, moderator, typed(entry, "headline", moderator, review=True))
    assert state(entry, "headline", translator) == "reviewed"
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.title = "Ministers meet in Tokyo"
    change(entry, "minor")
    shown = row(entry, "headline", translator)
    assert (shown.state, shown.words) == ("stale", "閣僚が会談")
    assert [piece.text.strip() for piece in shown.before if piece.state == "added"] == ["in Tokyo"]
    save(entry, translator, typed(entry, "headline", translator, is_right=True))
    assert state(entry, "headline", translator) == "draft"
    assert [(one.state_before, one.state_after) for one in TranslationChange.objects.order_by("pk")] == [
        ("", "draft"),
        ("draft", "reviewed"),
        ("reviewed", "draft"),
    ]


def test_what_is_typed_is_kept_for_its_translator_and_shown_to_no_reader(entry, translator, moderator):
    saving.keep("ja", identity(entry), [typed(entry, "headline", translator, "閣僚が")], translator)
    assert row(entry, "headline", translator).words == "閣僚が"
    assert row(entry, "headline", moderator).words == ""
    assert [one.words for one in row(entry, "headline", moderator).others] == ["閣僚が"]
    assert not PublishedTranslation.objects.exists()
    save(entry, translator, typed(entry, "headline", translator, "閣僚が会談"))
    assert not TypedTranslation.objects.exists()
    assert filed(entry) == {"headline": "閣僚が会談"}


def test_of_two_translators_at_one_segment_neither_loses_a_word(entry, translator, moderator):
    mine = typed(entry, "headline", translator, "閣僚が会談")
    theirs = typed(entry, "headline", moderator, "大臣、会う")
    save(entry, translator, mine)
    saving.keep("ja", identity(entry), [theirs], moderator)
    outcome = save(entry, moderator, theirs)
    assert "translators has changed this since you opened it." in refusals(outcome)[0]
    shown = row(entry, "headline", moderator)
    assert (shown.is_conflict, shown.stored, shown.words) == (True, "閣僚が会談", "大臣、会う")
    assert filed(entry) == {"headline": "閣僚が会談"}
    save(entry, moderator, typed(entry, "headline", moderator, "大臣、会う"))  # having seen both
    assert filed(entry) == {"headline": "大臣、会う"}


def test_another_than_the_translator_reviews_unless_a_setting_says_otherwise(entry, translator, settings):
    save(entry, translator, typed(entry, "headline", translator, "閣僚が会談"))
    outcome = save(entry, translator, typed(entry, "headline", translator, review=True))
    assert refusals(outcome) == ["You have translated this yourself: somebody else has to review it."]
    settings.TRANSLATIONS_SECOND_READER = False
    save(entry, translator, typed(entry, "headline", translator, review=True))
    held = Translation.objects.get()
    assert (held.state, held.translator, held.reviewer) == ("reviewed", translator, translator)
    assert held.reviewed_at > held.translated_at


def test_what_was_read_before_the_original_changed_is_stale_at_once(entry, translator):
    opened = typed(entry, "headline", translator, "閣僚が会談")
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.title = "Nobody meets"
    change(entry, "correction", "They met.", "They did not.")
    outcome = save(entry, translator, opened)
    assert "stale at once" in next(iter(outcome.remarks.values()))
    assert state(entry, "headline", translator) == "stale"
    assert not PublishedTranslation.objects.exists()


def test_a_segment_whose_original_is_gone_keeps_what_was_typed(entry, translator):
    opened = typed(entry, "place", translator, "東京")
    saving.keep("ja", identity(entry), [opened], translator)
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.place = ""
    change(entry, "minor")
    assert refusals(save(entry, translator, opened)) == ["The original has no such words any more."]
    assert [one.words for one in read("ja", identity(entry), translator).orphans] == ["東京"]


class TestSlips:
    """A reviewed sentence that readers see is changed with a word on what the change is."""

    def test_it_is_asked_whether_it_was_wrong(self, entry, translator, moderator):
        reviewed(entry, "headline", "閣僚が会談", translator, moderator)
        outcome = save(entry, translator, typed(entry, "headline", translator, "閣僚が協議"))
        assert "say whether you correct it or only polish it" in refusals(outcome)[0]
        assert filed(entry) == {"headline": "閣僚が会談"}
        save(entry, translator, typed(entry, "headline", translator, "閣僚が協議", slip="polish"))
        assert filed(entry) == {"headline": "閣僚が協議"}
        assert PublishedTranslation.objects.get().corrections == []

    def test_readers_are_told_of_a_correction_under_a_number_of_its_own(self, entry, translator, moderator):
        reviewed(entry, "headline", "閣僚が会談", translator, moderator)
        said = {"slip": "correction", "wrong": "会談とした。", "right": ""}
        outcome = save(entry, translator, typed(entry, "headline", translator, "閣僚が協議", **said))
        assert refusals(outcome) == ["Say what was wrong and what is right: readers are told."]
        said["right"] = "協議である。"
        save(entry, translator, typed(entry, "headline", translator, "閣僚が協議", **said))
        told = PublishedTranslation.objects.get().corrections
        assert [(one["number"], one["wrong"], one["right"]) for one in told] == [(1, "会談とした。", "協議である。")]
        assert TranslationChange.objects.order_by("-pk")[0].correction.number == 1
        assert EntryPage.objects.get(pk=entry.pk).versions.count() == 1


def test_words_that_were_removed_for_good_are_removed_from_every_note_of_translators(entry, translator, moderator):
    statement = entry.statements.all()[0]
    key = f"statements.{statement.uid}.text"
    reviewed(entry, key, "閣僚が会った。", translator, moderator)
    said = {"slip": "correction", "wrong": "会った。", "right": "会談した。"}
    save(entry, translator, typed(entry, key, translator, "閣僚が会談した。", **said))
    saving.keep("ja", identity(entry), [typed(entry, key, moderator, "閣僚が会談")], moderator)
    statement.text = "Nothing to see."
    entry.statements.add(statement)
    entry = change(entry, "minor")
    entry.versions.get(number=1).redact("legal")
    kept = [str(list(model._default_manager.values())) for model in (Translation, TypedTranslation, TranslationChange)]
    kept.append(str(list(entry.translation_corrections.values())))
    assert not any("会" in text for text in kept)
    assert [(one["number"], one["redaction"]) for one in PublishedTranslation.objects.get().corrections] == [
        (1, "legal")
    ]


class TestWhatWaits:
    def test_each_record_is_counted_by_the_states_of_its_segments(self, entry, translator):
        translate(entry, "headline")
        counted = TranslationProgress.objects.get(record=entry.key)
        assert (counted.title, counted.missing, counted.draft, counted.stale) == ("Ministers meet", 4, 1, 0)
        entry = EntryPage.objects.get(pk=entry.pk)
        entry.title = "Ministers part"
        change(entry, "minor")
        counted = TranslationProgress.objects.get(record=entry.key)
        assert (counted.title, counted.stale, counted.urgency) == ("Ministers part", 1, 0)
        entry.unpublish()
        assert not TranslationProgress.objects.filter(record=entry.key).exists()

    def test_records_are_counted_as_they_are_made_changed_and_deleted(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            person = PersonFactory(given_name="Ryosei", family_name="Akazawa")
        assert TranslationProgress.objects.get(kind="people").missing == 1
        with django_capture_on_commit_callbacks(execute=True):
            person.delete()
        assert not TranslationProgress.objects.filter(kind="people").exists()


def test_what_a_sentence_names_is_offered_in_japanese_and_official_names_are_marked(translator):
    from timeline import edition

    person = PersonFactory(given_name="Ryosei", family_name="Akazawa")
    PersonName.objects.create(person=person, name="赤沢亮正", language="ja", script="Jpan", kind=NameKind.NATIVE)
    edition.refresh_names([(type(person), person.pk)])
    entry = publish_entry(statements=["Ryosei Akazawa met them."], title="A talk")
    key = f"statements.{entry.statements.all()[0].uid}.text"
    offered = row(entry, key, translator).offers
    assert [(one.named, one.words, one.is_official) for one in offered] == [("Ryosei Akazawa", "赤沢亮正", True)]


def test_the_queries_of_a_record_do_not_grow_with_its_segments(translator):
    def queries(number):
        entry = publish_entry(statements=[f"Sentence {n}." for n in range(number)], title="A talk")
        translate(entry)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            read("ja", identity(entry), translator)
        return len(captured)

    assert queries(1) == queries(9)


def test_the_same_words_elsewhere_are_offered(entry, translator):
    translate(entry, "place")
    other = publish_entry(title="Another", place="Tokyo")
    assert row(other, "place", translator).elsewhere == ["訳（Tokyo）"]
    assert digest("Tokyo") == row(other, "place", translator).of
