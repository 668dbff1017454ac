"""Letters in Japanese, for who asked on a page in Japanese: its words, and the original of what is not translated."""

import datetime
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone, translation

from tests.factories import change, chronology, offer_japanese, publish_entry, translate
from tests.mailroom import send, subscribed, text_of
from timeline import edition
from timeline.letters import asking, links
from timeline.models import Letter, Subscription, Translation

pytestmark = pytest.mark.django_db

NEXT_WEEK = datetime.timedelta(days=8)


@pytest.fixture
def site(mailroom):
    chronology()
    offer_japanese()
    return mailroom


def subscribed_in_japanese(query=""):
    with translation.override("ja"):
        return subscribed(query, "weekly")


def test_a_letter_is_in_the_language_of_the_page_that_it_was_asked_for_on(site):
    subscribed_in_japanese()
    entry = publish_entry(title="Ministers meet", summary="They met. They spoke.", date="2025-04-16")
    translate(entry, "headline")
    send(timezone.now() + NEXT_WEEK)
    (letter,) = site.read()
    html = BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser")
    assert letter["Content-Language"] == html.html["lang"] == "ja"
    assert letter["From"].addresses[0].display_name == "年表"
    assert not letter.defects
    assert html.h3.text.strip() == "訳（Ministers meet）"
    assert html.h3.a["href"].endswith(f"/ja/entries/{entry.slug}/")
    assert all("/ja/" in link["href"] for link in html.select("a"))
    # What is not translated is there in the original, marked.
    assert [said.text for said in html.select("p span[lang=en]")] == ["They met. [1]", "They spoke. [1]"]
    plain = text_of(letter)
    assert all(said in plain for said in ("訳（Ministers meet）", "They met. [1] They spoke. [1]"))


def test_who_follows_in_both_languages_gets_a_letter_in_each_and_is_found_words_in_each(site):
    subscribed("q=Ministers", "weekly")
    subscribed_in_japanese(urlencode({"q": "閣僚"}))
    subscribed_in_japanese("q=Ministers")
    assert Subscription.objects.count() == 3
    entry = publish_entry(title="Ministers meet", summary="They met.", statements=["Both spoke."])
    title = {"kind": "entries", "record": entry.key, "segment": "headline", "language": "ja"}
    translate(entry, "headline")
    Translation.objects.filter(**title).update(words="閣僚が会談")
    edition.refresh_translations([("entries", entry.key)])
    send(timezone.now() + NEXT_WEEK)
    said = {letter["Content-Language"]: text_of(letter) for letter in site.read()}
    assert said.keys() == {"en", "ja"}
    assert "Ministers meet" in said["en"]
    assert said["ja"].count("閣僚が会談") == 1  # nobody reads “Ministers” there


def test_a_letter_says_no_translation_of_what_was_corrected_meanwhile(site):
    entry = publish_entry(title="Ten ministers meet")
    translate(entry, "headline")
    subscribed_in_japanese()
    change(entry, "correction", "It said ten.", "They were two.", title="Two ministers meet")
    send(timezone.now() + NEXT_WEEK)
    (letter,) = site.read()
    html = BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser")
    assert "訳（" not in html.text
    assert html.h3.find(lang="en").text == "Two ministers meet"
    assert html.find("span", string="It said ten. They were two.")["lang"] == "en"


def test_all_pages_and_letters_on_the_way_are_in_that_language(client, site):
    answer = client.post("/ja/updates/", {"email": "jo@example.org", "often": "weekly"})
    assert (answer.status_code, answer["Location"]) == (302, "/ja/updates/sent/")
    assert Letter.objects.get().language == Subscription.objects.get().language == "ja"
    send(timezone.now())
    (letter,) = site.read()
    assert letter["Content-Language"] == "ja"
    (link,) = {word for word in text_of(letter).split() if "/confirm/" in word}
    path = link[link.index("/ja/updates/confirm/") :]
    assert b'lang="ja"' in client.get(path).content
    answer = client.post(path)
    assert answer["Location"].startswith("/ja/updates/yours/")
    page = BeautifulSoup(client.get(answer["Location"]).content, "html.parser")
    assert page.html["lang"] == "ja"
    # In the other language the row says which it is in, and leads there.
    path = links.path(links.CHANGE, Subscription.objects.get().subscriber)
    page = BeautifulSoup(client.get(path).content, "html.parser")
    assert (page.select_one("h2 a")["href"], page.select_one("h2 small").text) == ("/ja/", "日本語")


def test_the_link_to_what_one_gets_is_sent_in_the_language_of_the_page(client, site):
    subscribed()
    asking.LetterAsked.objects.all().delete()
    client.post("/ja/updates/link/", {"email": "jo@example.org"})
    assert Letter.objects.get().language == "ja"
