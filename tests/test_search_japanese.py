"""Search on the pages in Japanese: found is what they say, in Japanese or in the original, and nothing stale."""

from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.utils import translation

from tests.factories import (
    PersonFactory,
    change,
    chronology,
    document_of,
    known_by_name,
    offer_japanese,
    publish_entry,
)
from timeline import edition, search
from timeline.choices import Change, TranslationState
from timeline.models import PublishedEntry, Translation
from timeline.segments import ENTRY, digest, segments

pytestmark = pytest.mark.django_db

SAID = "両氏は、米国が日本車に課す追加関税の引き下げについて協議した。"


@pytest.fixture(autouse=True)
def _site():
    chronology()
    offer_japanese()


def say(kind: str, record: Any, state: str = TranslationState.REVIEWED, **words: str) -> None:
    """File words in Japanese for segments of a record; ``statements`` is its first statement."""
    if kind == "entries":
        of = {segment.key: segment.text for segment in segments(document_of(record), ENTRY)}
        words = {next(key for key in of if key.startswith(name)): said for name, said in words.items()}
    else:
        of = dict.fromkeys(words, record.name)
    for segment, said in words.items():
        where = {"language": "ja", "kind": kind, "record": record.key, "segment": segment}
        Translation.objects.create(**where, of=digest(of[segment]), words=said, state=state)
    edition.refresh_translations([(kind, record.key)])


@pytest.fixture
def entry():
    entry = publish_entry(title="Ministers meet", statements=["They spoke of duties on cars."], place="Tokyo")
    say("entries", entry, headline="閣僚が会談", statements=SAID)
    return entry


def found(words: str, language: str = "ja") -> set[str]:
    with translation.override(language):
        question = search.read(words, search.Names(words)).question()
        rows = PublishedEntry.objects.matching(question, "" if language == "en" else language)
        return {row.document["headline"] for row in rows}


def page(client, **asked: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(f"/ja/?{urlencode(asked)}").content, "html.parser")


def test_what_the_page_says_in_japanese_is_found_in_any_position_of_a_sentence(entry):
    for words in ("追加関税", "関税", "税の引き", "車", "米國", "閣僚が会談", "閣僚 関税"):
        assert (found(words), found(words, "en")) == ({"Ministers meet"}, set()), words
    assert (found("税関"), found("関税 -閣僚")) == (set(), set())


def test_what_was_translated_is_found_by_its_words_and_the_rest_by_the_original(entry):
    publish_entry(title="An order", statements=["Duties rise."])
    assert (found("Tokyo"), found("duties")) == ({"Ministers meet"}, {"An order"})
    assert (found("order"), found("order", "en")) == ({"An order"}, {"An order"})


def test_words_that_were_corrected_are_found_no_more(entry):
    statement = entry.statements.get()
    statement.text = "They spoke of rice."
    entry.statements.set([statement])
    change(entry, Change.CORRECTION, "They spoke of duties on cars.", "They spoke of rice.")
    assert (found("関税"), found("rice"), found("閣僚")) == (set(), {"Ministers meet"}, {"Ministers meet"})
    assert "関税" not in PublishedEntry.objects.get().vector_ja


def test_drafts_of_translations_are_found_only_where_readers_see_them(settings):
    settings.TRANSLATIONS_SHOWN = TranslationState.REVIEWED
    entry = publish_entry(title="Ministers meet")
    say("entries", entry, TranslationState.DRAFT, headline="閣僚が会談")
    assert found("閣僚") == set()
    assert PublishedEntry.objects.get().vector_ja is None


def test_all_built_anew_it_is_found_alike(entry):
    before = PublishedEntry.objects.get().vector_ja
    edition.rebuild()
    assert PublishedEntry.objects.get().vector_ja == before


def test_a_reading_and_a_translated_name_lead_to_who_has_them_on_the_pages_in_japanese_alone():
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    publish_entry(title="Akazawa flies", people=[person])
    say("people", person, name="赤沢亮正", reading="あかざわりょうせい")
    known_by_name()
    for words in ("赤沢亮正", "赤澤亮正", "あかざわりょうせい", "アカザワリョウセイ", "Ryosei Akazawa"):
        assert found(words) == {"Akazawa flies"}, words
    assert found("あかざわりょうせい", "en") == set()
    person.family_name = "Akasawa"  # the reading was that of another name
    person.save()
    known_by_name()
    assert found("あかざわりょうせい") == set()


def test_it_is_marked_where_it_stands_and_shown_where_the_card_does_not_say_it(client, entry):
    letter = publish_entry(title="A letter", summary="It came.", statements=["It was long."])
    say("entries", letter, statements=f"{'前置きが続く。' * 40}{SAID}")
    cards = {card.select_one("h3, h4").text.strip(): card for card in page(client, q="関税").select("article")}
    assert [mark.text for mark in cards["閣僚が会談"].select("mark")] == ["関税"]
    passage = cards["A letter"].select_one(".found a")
    assert passage.mark.text == "関税"
    assert passage.text.startswith("… ")
    assert len(passage.text) < 300


@pytest.mark.parametrize(("typed", "meant"), [("トラムプ", "トランプ"), ("ドナルド トラムプ", "ドナルド トランプ")])
def test_a_name_that_may_have_been_meant_is_offered(client, typed, meant):
    person = PersonFactory(family_name="Trump", given_name="Donald")
    PersonFactory(family_name="Secret", given_name="Donald")
    publish_entry(title="Trump speaks", people=[person])
    say("people", person, name="ドナルド・トランプ")
    known_by_name()
    assert page(client, q=typed).select_one("#results .lost a")["href"] == f"/ja/?{urlencode({'q': meant})}"


@pytest.mark.parametrize("typed", ["あかざは", "アカザハ", "あかさわりょうせい", "あかざわ"])
def test_a_reading_that_may_have_been_meant_offers_the_name(client, typed):
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    unseen = PersonFactory(family_name="Akazaki", given_name="Ryo")
    publish_entry(title="Akazawa flies", people=[person])
    say("people", person, name="赤沢亮正", reading="あかざわりょうせい")
    say("people", unseen, name="赤崎亮", reading="あかざはりょう")
    known_by_name()
    offered = [link["href"] for link in page(client, q=typed).select("#results .lost a")]
    assert f"/ja/?{urlencode({'q': '赤沢亮正'})}" in offered
    assert not any(urlencode({"q": "赤崎亮"}) in href for href in offered)


def test_an_index_finds_it(entry):
    question = search.read("関税", search.Names("関税")).question()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = PublishedEntry.objects.matching(question, "ja").order_by().values("pk").explain()
    assert "published_words_ja" in plan
    assert "Seq Scan" not in plan
