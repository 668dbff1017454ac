"""An empty list says what is known of the gap, and offers only ways that lead somewhere."""

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from tests.factories import (
    CommodityFactory,
    PersonFactory,
    change,
    chronology,
    draft_entry,
    glossary_term,
    publish_entry,
)
from timeline import edition
from timeline.models import Coverage, HSCode, PersonName, PublishedEntry, WordTotal
from timeline.models.document import VERSION

pytestmark = pytest.mark.django_db


def ways(client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    found = {link.text: link["href"] for link in page.select("#results .lost li a")}
    for href in found.values():
        if href.startswith("/?"):
            assert 'class="lost"' not in client.get(href).content.decode(), href
    return found


def gap(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser").select_one(".gap").text


@pytest.fixture
def researched():
    page = chronology()
    page.coverage.add(Coverage(date="2019"))
    page.save_revision().publish()


def test_a_near_spelling_of_a_public_name_is_offered(client):
    publish_entry(people=[PersonFactory(family_name="Lighthizer", given_name="Robert")])
    publish_entry(commodities=[CommodityFactory(name="Soybeans")])
    PersonFactory(family_name="Lighthouser", given_name="Secret")
    assert ways(client, "/?q=lighthiser") == {
        "Did you mean “Lighthizer”? 1 entry": "/?q=Lighthizer",
        "Show all entries": "/",
    }
    assert "Did you mean “Soybeans talks”? 1 entry" not in ways(client, "/?q=soyabeans+zebra")
    assert "Did you mean “Soybeans”? 1 entry" in ways(client, "/?q=soyabeans")


def nothing(client, address):
    """The heading: it is said once."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    said = page.select_one("#rh").text
    assert page.select_one("#results").text.count(said) == 1
    return said


def test_first_it_says_that_no_entry_has_it(client):
    beef = CommodityFactory(name="Beef")
    publish_entry(date="2019-06-28", commodities=[beef])
    assert {address: nothing(client, address) for address in NOTHING} == NOTHING


NOTHING = {
    "/?q=whisky": "No entry contains “whisky”.",
    '/?q="whisky+sour"': 'No entry contains "whisky sour".',
    "/?q=whisky+-beef": "No entry matches “whisky -beef”.",
    "/?q=whisky+OR+sake": "No entry matches “whisky OR sake”.",
    "/?q=whisky&commodity=beef&from=2019": ("No entry contains “whisky” among the entries about Beef, from 2019 on."),
    "/?commodity=beef&from=2022&to=2022": "There are no entries about Beef, in 2022.",
    "/?q=<script>alert(1)</script>": "No entry contains “<script>alert(1)</script>”.",
}


def test_the_page_of_a_record_says_it_too(client):
    beef = CommodityFactory(name="Beef", slug="beef")
    publish_entry(title="Talks", commodities=[beef])
    page = BeautifulSoup(client.get("/commodities/beef/?q=whisky").content, "html.parser")
    assert page.select_one("#rh").text == "No entry contains “whisky” among the entries about Beef."


def spellings(client, address):
    return [label for label in ways(client, address) if label.startswith("Did you mean")]


def test_a_word_is_offered_once_however_it_is_written(client):
    publish_entry(title="Tariff falls", summary="The tariff on beef falls. Tariffs on pork stay.")
    publish_entry(title="The tariff rises")
    publish_entry(title="Akazawa leaves for Washington")
    assert spellings(client, "/?q=tarrif") == ["Did you mean “tariff”? 2 entries"]
    assert spellings(client, "/?q=TARRIF") == ["Did you mean “tariff”? 2 entries"]
    assert spellings(client, "/?q=washingtn") == ["Did you mean “Washington”? 1 entry"]
    assert spellings(client, "/?q=akazwa+washingtn") == ["Did you mean “Akazawa Washington”? 1 entry"]
    assert spellings(client, "/?q=blockchain") == []


def test_a_spelling_is_offered_beside_the_filters_or_else_without_them(client):
    beef, rice = CommodityFactory(name="Beef"), CommodityFactory(name="Rice")
    publish_entry(title="The tariff falls", commodities=[beef])
    publish_entry(title="The quota grows", commodities=[rice])
    found = ways(client, "/?q=tarrif&commodity=beef")
    assert found["Did you mean “tariff”? 1 entry"] == "/?commodity=beef&q=tariff"
    assert ways(client, "/?q=quotta&commodity=beef")["Did you mean “quota”? 1 entry"] == "/?q=quota"


def test_words_that_nobody_may_read_any_more_are_not_offered(client):
    entry = publish_entry(title="The tariff falls", editor_note="Verschwiegenheit")
    publish_entry(title="Talks go on")
    draft_entry(title="The quota grows")
    assert spellings(client, "/?q=quotta") == spellings(client, "/?q=verschwiegenhet") == []
    entry = change(entry, "minor", title="The levy falls")
    assert not WordTotal.objects.filter(folded="tariff").exists()
    entry.unpublish()
    assert not WordTotal.objects.filter(folded="levy").exists()
    assert WordTotal.objects.get(word="Talks").total == 1


def test_words_are_counted_alike_one_by_one_and_all_together(client):
    for title in ("The tariff falls", "The tariff rises"):
        publish_entry(title=title)

    def counted():
        return set(WordTotal.objects.values_list("word", "version", "total"))

    before = counted()
    assert ("tariff", VERSION, 2) in before
    edition.rebuild()
    assert counted() == before
    PublishedEntry.objects.update(document_version=VERSION - 1)  # of a release without them, or with others
    WordTotal.objects.update(version=VERSION - 1, total=7)
    edition.refreshing.refresh_outdated()
    assert counted() == before


def test_a_date_among_the_words_comes_before_neighbours(client):
    publish_entry(title="The tariff falls", date="2025-07", commodities=[CommodityFactory(name="Rice")])
    assert list(ways(client, "/?q=rice+July+2025")) == [
        "July 2025: 1 entry with “rice”",
        "About Rice: 1 entry",
        "Show all entries",
    ]


@pytest.fixture
def goods():
    """Cars with their heading, and a chapter that has no more than its number."""
    vehicles = CommodityFactory(name="Vehicles")
    cars = CommodityFactory(name="Automobiles", parent=vehicles)
    rockets = CommodityFactory(name="Rockets")
    for commodity, code in ((vehicles, "87"), (cars, "8703"), (rockets, "8802"), (CommodityFactory(), "9401")):
        HSCode.objects.create(commodity=commodity, code=code)
    publish_entry(commodities=[cars])
    publish_entry(commodities=[rockets])


def test_a_code_leads_to_the_goods_it_is_of_or_those_of_its_chapter(client, goods):
    found = ways(client, "/?q=8711")
    assert found["87 is a chapter of Vehicles: 1 entry"] == "/?commodity=vehicles"
    assert "8802 is a heading of Rockets: 1 entry" in ways(client, "/?q=HS+8805")
    assert "8802 is a heading of Rockets: 1 entry" in ways(client, "/?q=8807.20.0000")
    assert list(ways(client, "/?q=9401")) == ["Show all entries"]  # nothing public has it
    assert "8703 is a heading of Automobiles: 1 entry" in ways(client, "/?q=8703.23&from=1999&to=1999")


def test_a_name_leads_to_what_is_filed_under_it(client):
    akazawa = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    PersonName.objects.create(person=akazawa, name="赤沢亮正", kind="native", language="ja")
    beef = CommodityFactory(name="Beef")
    publish_entry(date="2025-04-16", people=[akazawa])
    publish_entry(date="2019-06-28", commodities=[beef])
    for name in ("akazawa", "Ryosei+Akazawa", "赤沢亮正", "赤澤亮正"):
        found = ways(client, f"/?q={name}&from=2019&to=2019")
        assert found["With Ryosei Akazawa: 1 entry"] == "/?person=ryosei-akazawa", name
    assert "About Beef: 1 entry" in ways(client, "/?q=beef+whisky")
    for left_out in ("whisky -beef", 'whisky -"beef"', "whisky －beef"):
        assert "About Beef: 1 entry" not in ways(client, f"/?{urlencode({'q': left_out})}"), left_out
    assert "Citing Example Wire: 2 entries" in ways(client, "/?q=example+wire+whisky")
    PersonFactory(family_name="Secret", given_name="Only")
    assert list(ways(client, "/?q=secret")) == ["Show all entries"]


def test_another_name_of_a_term_leads_to_the_name_that_it_has_here(client):
    glossary_term("minimum access", "MA quota of rice")
    publish_entry(title="Rice stays under minimum access")
    found = ways(client, "/?q=MA+quota+of+rice+&from=2025")
    assert found["The glossary says “minimum access”: 1 entry"] == "/?q=minimum+access"


HOSTILE = [
    "%",
    "_" * 200,
    "a" * 200,
    "' OR 1=1 --",
    "tarrif\x00",
    "\\",
    "赤" * 200,
    "ﬃ" * 60,
    " ".join(f"wrd{chr(97 + n)}q" for n in range(25)),
    "%%s %(x)s {names}",
    "-tarrif",
    "8703.23" * 20,
    "１２３４５６７８９０",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_words_break_it(client, text):
    publish_entry(title="The tariff falls")
    for more in ({}, {"from": "2019", "to": "2019"}):
        response = client.get("/", {"q": text, **more})
        assert response.status_code == 200
        ways(client, f"/?{urlencode({'q': text, **more})}")


def test_it_costs_a_bounded_number_of_queries(client, django_assert_max_num_queries):
    for title in ("The tariff falls", "The tarriff rises", "The tariffs stay"):
        publish_entry(title=title, date="2025", commodities=[CommodityFactory(name=title)])
    with django_assert_max_num_queries(30):
        client.get("/?q=" + "+".join(["tarrif", "akazwa", "washingtn"] * 8) + "&from=2019&to=2019&differ=1&lane=x")


def test_a_misprint_is_never_offered(client):
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    PersonName.objects.create(person=person, name="Akazowa", kind="misprint")
    publish_entry(people=[person])
    assert next(iter(ways(client, "/?q=akazowe"))) == "Did you mean “Akazawa”? 1 entry"


def test_each_filter_alone_and_wider_dates_are_offered_with_their_numbers(client):
    beef, rice = CommodityFactory(name="Beef"), CommodityFactory(name="Rice")
    publish_entry(date="2019-06-28", commodities=[beef])
    publish_entry(date="2025-04", commodities=[beef])
    publish_entry(date="2022-05", commodities=[rice])
    assert ways(client, "/?commodity=beef&from=2022&to=2022") == {
        "Drop the dates: 2 entries": "/?commodity=beef",
        "Drop “Beef”: 1 entry": "/?from=2022&to=2022",
        "Widen the dates to 2022–2025: 1 entry": "/?commodity=beef&from=2022&to=2025",
        "Show all entries": "/",
    }


def test_a_stretch_nobody_researched_is_named_and_a_source_asked_for(client, researched, settings):
    settings.CONTACT_EMAIL = "desk@nenpyo.example"
    publish_entry(date="2019-06-28")
    assert gap(client, "/?from=2021&to=2021") == (
        "2021 is not yet researched. An empty list here is a gap in our work, not a sign that nothing happened."
    )
    found = ways(client, "/?from=2021&to=2021")
    assert found["Suggest a source for 2021"] == "mailto:desk@nenpyo.example?subject=A%20source%20for%202021"


def test_a_researched_stretch_is_said_to_be_researched(client, researched):
    publish_entry(date="2019-06-28")
    assert (
        gap(client, "/?from=2019-07&to=2019-08") == "These months have been researched, but nothing in them matches."
    )
    assert gap(client, "/?from=2019-12&to=2020-02") == (
        "Not yet researched: January–February 2020. In the other months nothing matches."
    )


def test_a_gap_is_told_of_only_where_months_were_asked_for_that_nobody_researched(client, researched):
    publish_entry(title="Tariff talks", date="2019-06-28")
    assert "gap in our work" not in client.get("/?q=nothing").text
    assert "2021 is not yet researched" in client.get("/?q=nothing&from=2021&to=2021").text
    assert "not yet researched" not in client.get("/?q=tarrif&from=2021&to=2021").text  # it is the spelling


def test_what_lies_beyond_the_researched_months_is_not_researched(client, researched):
    publish_entry(date="2019-06-28")
    for query, missing in {
        "from=2026": "January 2026 and later",
        "to=2017": "December 2017 and earlier",
        "from=2019-07": "January 2020 and later",
        "to=2019-05": "December 2018 and earlier",
        "from=2018&to=2018-03&q=rice": "January–March 2018",
    }.items():
        assert missing in gap(client, f"/?{query}"), query
    assert gap(client, "/?from=2026").startswith("Not yet researched: January 2026 and later. An empty list")
    assert "Suggest a source for January 2026 and later" in ways(client, "/?from=2026")
    assert not [label for label in ways(client, "/?from=2019-07") if label.startswith("Suggest")]


def test_the_list_names_long_unresearched_stretches_between_its_entries(client):
    page = chronology()
    for months in ("2019-06", "2019-08", "2025-04"):
        page.coverage.add(Coverage(date=months))
    page.save_revision().publish()
    for date in ("2019-06-28", "2019-08", "2025-04-16"):
        publish_entry(date=date)

    def notes(address):
        return [note.text for note in BeautifulSoup(client.get(address).content, "html.parser").select(".fog-note")]

    assert notes("/") == notes("/?order=new") == ["Not yet researched: September 2019 – March 2025"]
    assert notes("/?from=2019") == []
