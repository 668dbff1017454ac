"""What is translated of an entry is filed beside it, and no translation outlives the words that it was made from."""

import random

import pytest
from django.utils import translation

from tests.factories import (
    PersonFactory,
    SourceFactory,
    add_figure,
    change,
    document_of,
    draft_entry,
    publish,
    publish_entry,
    translate,
)
from timeline import edition
from timeline.choices import TranslationState
from timeline.models import EntryPage, Position, PublishedEntry, PublishedTranslation, Translation
from timeline.public.language import Original, document_here, in_language, originals_of, read_document
from timeline.segments import ENTRY, NAMED, digest, segments

pytestmark = pytest.mark.django_db


def japanese(entry):
    """The document of an entry as the Japanese pages show it: what is filed of it is filed of what it says now."""
    with translation.override("ja"):
        shown = read_document(PublishedEntry.objects.values_list(document_here(), flat=True).get(pk=entry.pk))
    filed = PublishedTranslation.objects.filter(entry=entry.pk, language="ja").first()
    made = in_language(document_of(entry), filed.words if filed else {}, "ja")
    assert (shown, originals_of(shown)) == (made, originals_of(made))
    assert filed is None or filed.of == PublishedEntry.objects.get(pk=entry.pk).digest
    return shown


def everything_filed():
    """All that is filed of translations, as a text to look into."""
    return str(list(PublishedTranslation.objects.values()))


@pytest.fixture
def entry():
    source = SourceFactory(title="Report")
    entry = draft_entry(
        sources=[source], statements=["Ministers met.", "They spoke of rice."], title="Ministers meet", place="Tokyo"
    )
    add_figure(entry, source, label="Length of the meeting")
    return publish(entry)


def test_a_document_in_another_language_has_the_words_of_that_and_all_else_as_it_is(entry):
    translate(entry)
    original, shown = document_of(entry), japanese(entry)
    assert shown["headline"] == "訳（Ministers meet）"
    assert {row["text"] for row in shown["statements"]} == {"訳（Ministers met.）", "訳（They spoke of rice.）"}
    assert shown["figures"][0]["label"] == "訳（Length of the meeting）"
    assert shown["figures"][0]["value"] == original["figures"][0]["value"]
    assert (shown["sources"], shown["date"], shown["uid"]) == (original["sources"], original["date"], original["uid"])
    assert shown["language"] == "ja"


def test_what_is_missing_is_shown_in_the_original_and_marked(entry):
    translate(entry, "headline")
    shown = japanese(entry)
    assert not isinstance(shown["headline"], Original)
    assert isinstance(shown["place"], Original)
    assert shown["place"].__html__() == '<span lang="en">Tokyo</span>'


def test_what_is_corrected_is_shown_in_the_original_until_it_is_translated_anew(entry):
    translate(entry)
    statement = entry.statements.all()[0]
    statement.text = "Ministers did not meet."
    entry.statements.add(statement)
    change(entry, "correction", "They met.", "They did not meet.")
    shown = {row["text"] for row in japanese(entry)["statements"]}
    assert shown == {"Ministers did not meet.", "訳（They spoke of rice.）"}
    assert "Ministers met." not in everything_filed()


def test_words_of_a_draft_are_translated_for_nobody(entry):
    translate(entry)
    statement = entry.statements.all()[0]
    statement.text = "Ministers will resign."
    entry.statements.add(statement)
    entry.save_revision()
    Translation.objects.filter(segment=f"statements.{statement.uid}.text").update(
        of=digest("Ministers will resign."), words="閣僚は辞任する。"
    )
    edition.refresh_translations([("entries", entry.key)])
    assert "辞任" not in str(japanese(entry))
    assert "辞任" not in everything_filed()


def test_what_is_filed_goes_with_the_entry_and_comes_back_with_it(entry):
    translate(entry)
    entry.unpublish()
    assert not PublishedTranslation.objects.exists()
    publish(EntryPage.objects.get(pk=entry.pk))
    assert japanese(entry)["headline"] == "訳（Ministers meet）"


def test_translations_of_words_that_were_removed_for_good_go_with_them(entry):
    translate(entry)
    statement = entry.statements.all()[0]
    statement.text = "Nothing to see."
    entry.statements.add(statement)
    entry = change(entry, "minor")
    entry.versions.get(number=1).redact("legal")
    assert "Ministers met." not in everything_filed()
    assert not Translation.objects.filter(segment=f"statements.{statement.uid}.text").exists()
    assert Translation.objects.filter(segment="headline").exists()


def test_a_site_may_show_only_what_was_reviewed(entry, settings):
    translate(entry, "headline", state=TranslationState.REVIEWED)
    assert PublishedTranslation.objects.get().reviewed
    translate(entry, "place")
    assert not PublishedTranslation.objects.get().reviewed
    settings.TRANSLATIONS_SHOWN = "reviewed"
    edition.rebuild()
    assert (japanese(entry)["headline"], japanese(entry)["place"]) == ("訳（Ministers meet）", "Tokyo")


def test_names_of_records_are_filed_with_every_entry_that_shows_them():
    person = PersonFactory(given_name="Ryosei", family_name="Akazawa")
    Position.objects.create(person=person, title="Minister", start="2020")
    entry = publish_entry(people=[person], date="2025-04-16")
    for segment, original, words in (
        ("name", "Ryosei Akazawa", "赤沢亮正"),
        (f"positions.{digest('Minister')}.title", "Minister", "経済再生相"),
    ):
        Translation.objects.create(
            language="ja", kind="people", record=person.key, segment=segment, of=digest(original), words=words
        )
    edition.refresh_translations([("people", person.key)])
    shown = japanese(entry)["people"][0]
    assert (shown["name"], shown["positions"]) == ("赤沢亮正", ["経済再生相"])


def test_the_original_stays_as_it_is_when_only_a_translation_changes(entry):
    before = PublishedEntry.objects.values("digest", "edition", "changed_at").get()
    translate(entry)
    assert PublishedEntry.objects.values("digest", "edition", "changed_at").get() == before


@pytest.mark.parametrize("seed", range(6))
def test_no_stale_translation_is_ever_public(entry, seed):
    """Whatever is corrected, translated, withdrawn and published in whatever order."""
    chance = random.Random(seed)
    number = 0
    for _step in range(8):
        entry = EntryPage.objects.get(pk=entry.pk)
        act = chance.choice(["correct", "correct", "translate", "withdraw", "reword and keep as a draft"])
        if act == "translate" and entry.live:
            keys = [segment.key for segment in segments(document_of(entry), ENTRY)]
            translate(entry, *chance.sample(keys, k=2))
        elif act == "withdraw":
            entry.unpublish()
        else:
            number += 1
            statement = chance.choice(entry.statements.all())
            statement.text = f"{statement.text.partition(' (')[0]} ({number})"
            entry.statements.add(statement)
            if chance.random() < 0.5:
                entry.title = f"Ministers meet ({number})"
            if act == "correct":
                change(entry, "correction", f"wrong {number}", f"right {number}")
            else:
                entry.save_revision()
        for row in PublishedEntry.objects.all():
            shown = {segment.key: segment.text for segment in segments(japanese(entry), ENTRY + NAMED)}
            for segment in segments(row.document, ENTRY):
                assert shown[segment.key] in (segment.text, f"訳（{segment.text}）")
