"""The Japanese pages: the same entries in other words, and nothing else on the English ones."""

import random
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import conditional_escape

from tests.factories import (
    CommodityFactory,
    PersonFactory,
    chronology,
    offer_japanese,
    publish_entry,
    storyline,
    translate,
)
from timeline.models import EntryPage, Person, PublishedEntry, PublishedTranslation, Translation
from timeline.public.language import document_here, original, originals_of, read_filed
from timeline.segments import digest

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    """A chronology whose title is translated."""
    page = chronology()
    offer_japanese()
    return page


@pytest.fixture
def entry(site):
    entry = publish_entry(title="Ministers meet", statements=["They met.", "Rice was named."], place="Tokyo")
    translate(entry, "headline", f"statements.{entry.statements.all()[0].uid}.text")
    return entry


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_there_is_no_language_before_the_chronology_has_a_title_in_it(client):
    publish_entry(title="Ministers meet")
    assert client.get("/ja/").status_code == 404
    assert "/ja/" not in page(client, "/")


def test_the_page_of_an_entry_has_its_words_and_marks_what_is_in_english(client, entry):
    shown = page(client, f"/ja{entry.get_absolute_url()}")
    assert '<html lang="ja">' in shown
    assert ">訳（Ministers meet）</h1>" in shown
    assert "訳（They met.）" in shown
    assert '<span lang="en">Rice was named.</span>' in shown
    assert '<span lang="en">Tokyo' in shown
    assert "What is not translated yet stands here in English." in shown
    assert f'href="{entry.get_absolute_url()}" hreflang="en"' in shown


def test_what_stands_around_an_entry_is_in_the_language_too(client, entry, django_capture_on_commit_callbacks):
    earlier, later = (
        publish_entry(title="A call", date="2025-01-01"),
        publish_entry(title="A letter", date="2026-01-01"),
    )
    translate(earlier, "headline")
    with django_capture_on_commit_callbacks(execute=True):
        storyline("Talks", earlier, entry, later)
    shown = page(client, f"/ja{entry.get_absolute_url()}")
    before, after = f"/ja{earlier.get_absolute_url()}", f"/ja{later.get_absolute_url()}"
    assert f'<a href="{before}#in-talks" rel="prev">← 訳（A call）</a>' in shown
    assert f'<a href="{before}" rel="prev">訳（A call）</a>' in shown
    assert f'<a href="{after}#in-talks" rel="next"><span lang="en">A letter</span> →</a>' in shown


def test_the_list_is_in_the_language_and_leads_to_pages_in_it(client, entry):
    shown = page(client, "/ja/")
    assert f'<a href="/ja{entry.get_absolute_url()}">訳（Ministers meet）</a>' in shown
    assert '<a class="brand" href="/ja/" aria-current="page">年表</a>' in shown
    assert 'action="/ja/#rh"' in shown


def test_english_pages_keep_their_words_and_lead_to_the_same_question_in_japanese(client, entry):
    for path in ("/", entry.get_absolute_url(), "/?from=2025&to=2025"):
        shown = page(client, path)
        assert "訳（" not in shown
        assert '<span lang="en">' not in shown
        link = path.replace("&", "&amp;")
        assert f'<a href="/ja{link}" hreflang="ja" lang="ja" rel="alternate">日本語</a>' in shown


@pytest.mark.parametrize("prefix", ["", "/ja"])
def test_each_page_names_itself_and_the_other_for_machines(client, entry, prefix):
    path = entry.get_absolute_url()
    shown = page(client, f"{prefix}{path}")
    pairs = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="http://[^/]+([^"]*)">', shown)
    assert pairs == [("en", path), ("x-default", path), ("ja", f"/ja{path}")]
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{prefix}{path}">' in shown


def test_what_two_versions_said_is_compared_in_the_original_under_headings_in_the_language(client, entry):
    """The headings were of the original too."""
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.title, entry.change, entry.change_note = "Ministers do not meet", "update", "They do not."
    entry.save_revision().publish()
    shown = page(client, f"/ja{entry.get_absolute_url()}history/")
    assert "<h3>Headline</h3>" in shown
    assert re.search(r'<ins>.*<span lang="en">do not ?</span>', shown)


def test_a_correction_is_in_every_language_at_once_and_a_withdrawal_too(client, entry):
    address = f"/ja{entry.get_absolute_url()}"
    page(client, address)
    page(client, "/ja/")
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.title = "Ministers do not meet"
    entry.change, entry.correction_wrong, entry.correction_right = "correction", "They met.", "They did not."
    entry.save_revision().publish()
    for path in (address, "/ja/"):
        shown = page(client, path)
        assert "訳（Ministers meet）" not in shown
        assert "Ministers do not meet" in shown
    entry.unpublish()
    assert client.get(address).status_code == 410
    assert "Ministers" not in page(client, "/ja/")


def test_a_translation_moves_the_tag_of_its_page_alone(client, entry):
    """English answers are what they were, and a client that has them is told so."""
    english, japanese = entry.get_absolute_url(), f"/ja{entry.get_absolute_url()}"
    tag = client.get(japanese).headers["ETag"]
    before = page(client, english)
    translate(entry, "place")
    assert client.get(japanese, headers={"If-None-Match": tag}).status_code == 200
    assert "訳（Tokyo）" in page(client, japanese)
    assert page(client, english) == before


@pytest.mark.parametrize("path", ["/", "entry"])
def test_a_page_costs_the_same_in_either_language(client, entry, path):
    path = entry.get_absolute_url() if path == "entry" else path
    asked = {}
    for prefix in ("", "/ja"):
        for _time in range(2):
            with CaptureQueriesContext(connection) as captured:
                page(client, f"{prefix}{path}")
        asked[prefix] = len(captured)
    assert asked["/ja"] == asked[""]


def test_the_row_of_the_original_says_nothing_of_translations(entry):
    assert "訳" not in str(PublishedEntry.objects.get().document)


def test_what_is_there_in_english_alone_says_so():
    with translation.override("ja"):
        assert conditional_escape(original("Rice talks")) == '<span lang="en">Rice talks</span>'
    assert conditional_escape(original("Rice talks")) == "Rice talks"


def test_the_sheet_for_japanese_is_linked_by_pages_in_japanese_alone(client, entry):
    assert "ja.css" not in page(client, "/")
    assert "ja.css" in page(client, "/ja/")


def test_no_translation_of_what_was_corrected_is_shown_anywhere(client, site, kept_home):
    """Sentences are corrected at random; a row of translations that is late shows none either."""
    chance = random.Random(17)
    entry = publish_entry(title="Ministers meet", statements=["They met.", "Rice was named.", "They part."])
    translate(entry)
    first = PublishedTranslation.objects.get()
    late = {name: getattr(first, name) for name in ("words", "document", "originals", "of")}
    addresses = [
        *(f"/ja{path}" for path in ("/", entry.get_absolute_url(), "/feed.atom", "/feed.json", "/calendar.ics")),
        *("/ja/entries.json", "/ja/entries.csv", "/ja/print/", "/ja/embed/", "/api/v1/entries?language=ja"),
    ]
    stale = set()

    def kept():
        return {file for file in kept_home.rglob("*") if file.is_file()}

    for turn in range(3):
        said = [client.get(address).getvalue().decode() for address in addresses]
        entry = EntryPage.objects.get(pk=entry.pk)
        statement = chance.choice(list(entry.statements.all()))
        stale.add(f"訳（{statement.text}）")
        if turn == 0:
            assert all("訳（They met.）" in page for page in said[1:2])
        statement.text = f"Corrected {turn}: nobody knows."
        entry.statements.add(statement)
        entry.change, entry.correction_wrong = "correction", f"It was so {turn}."
        entry.correction_right = "It was not."
        before = kept()
        entry.save_revision().publish()
        PublishedTranslation.objects.update(**late)
        assert not before & kept(), "what was made before is not kept"
        for address in addresses:
            shown = client.get(address).getvalue().decode()
            assert not [words for words in stale if words in shown], address


def test_a_filed_document_is_the_one_that_is_put_together_for_want_of_it(site):
    """After an upgrade nothing is filed yet; where something is in English alone both say so."""
    entry = publish_entry(title="Rice talks", statements=["They met.", "Rice was named."])
    translate(entry, "headline")
    with translation.override("ja"):
        rows = PublishedEntry.objects.filter(pk=entry.pk)
        filed = read_filed(rows.values_list(document_here(), flat=True).get())
        PublishedTranslation.objects.update(of="", document={}, originals=[])
        made = read_filed(rows.values_list(document_here(), flat=True).get())
    assert filed == made
    assert (filed.document["headline"], filed.document["language"]) == ("訳（Rice talks）", "ja")
    assert originals_of(filed.document) == originals_of(made.document)
    assert ["statements", 0, "text"] in originals_of(filed.document)


def test_people_stand_in_the_order_of_kana_under_their_row_and_those_without_a_reading_behind(client, site):
    """The names of records are Japanese wherever they are shown; one that has changed since is in the original."""
    known = {"我藤": "がとう", "梶山": "かじやま", "伊藤": "いとう", "重要": "じゅうよう", "自由": "じゆうぼう"}
    words = {f"Person {number}": one for number, one in enumerate([*known.items(), ("スミス", "")])}
    people = {name: PersonFactory(name=name, given_name="", family_name=name) for name in [*words, "Ueda"]}
    publish_entry(title="Ministers meet", people=list(people.values()))
    for name, (said, reading) in words.items():
        filed = {"language": "ja", "kind": "people", "record": people[name].key}
        Translation.objects.create(**filed, segment="name", of=digest(people[name].name), words=said)
        if reading:
            Translation.objects.create(**filed, segment="reading", of="", words=reading)
    Person.objects.filter(pk=people["Person 5"].pk).update(name="Smith II")
    shown = page(client, "/ja/people/")
    names = re.findall(r'<h2>(.*?)</h2>|<a href="/ja/people/[^"]*">(.*?)</a>', shown)
    assert [heading or name for heading, name in names] == [
        *("あ", "伊藤", "か", "梶山", "我藤", "さ", "自由", "重要"),
        *("Others", '<span lang="en">Smith II</span>', '<span lang="en">Ueda</span>'),
    ]
    assert "伊藤" in page(client, "/ja/?person=person-2")


def test_goods_of_one_position_stand_in_the_order_of_their_readings(client, site):
    known = {
        "Beef": ("牛肉", "ぎゅうにく"),
        "Corn": ("トウモロコシ", "とうもろこし"),
        "Rice": ("コメ", "こめ"),
        "Grains": ("穀物", "こくもつ"),
    }
    grains = CommodityFactory(name="Grains", slug="grains")
    goods = {
        "Grains": grains,
        **{name: CommodityFactory(name=name, slug=name.lower(), parent=grains) for name in ("Corn", "Rice", "Barley")},
        "Beef": CommodityFactory(name="Beef", slug="beef"),
        "Investment": CommodityFactory(name="Investment", slug="investment", position=1),
    }
    publish_entry(title="Ministers meet", commodities=list(goods.values()))
    for name, (said, reading) in known.items():
        filed = {"language": "ja", "kind": "commodities", "record": goods[name].key}
        Translation.objects.create(**filed, segment="name", of=digest(name), words=said)
        Translation.objects.create(**filed, segment="reading", of="", words=reading)
    order = ["beef", "grains", "rice", "corn", "barley", "investment"]
    assert re.findall(r'<a href="/ja/commodities/([^"/]+)/">', page(client, "/ja/commodities/")) == order
    listed = client.get("/api/v1/commodities", {"language": "ja"}).json()["commodities"]
    assert [one["slug"] for one in listed] == order
    english = ["beef", "grains", "barley", "corn", "rice", "investment"]
    assert re.findall(r'<a href="/commodities/([^"/]+)/">', page(client, "/commodities/")) == english


def test_an_older_address_leads_to_the_new_one_in_its_language(client, site):
    person = PersonFactory(name="Jane Doe", slug="jane")
    publish_entry(title="Ministers meet", people=[person])
    person.slug = "jane-doe"
    person.save()
    response = client.get("/ja/people/jane/")
    assert (response.status_code, response.headers["Location"]) == (301, "/ja/people/jane-doe/")
    assert page(client, "/ja/people/jane-doe/")
