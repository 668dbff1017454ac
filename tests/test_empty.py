"""An empty list says what is known of the gap, and offers only ways that lead somewhere."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import CommodityFactory, PersonFactory, chronology, publish_entry
from timeline.models import Coverage, PersonName

pytestmark = pytest.mark.django_db


def ways(client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    found = {link.text: link["href"] for link in page.select("#results .lost li a")}
    for href in found.values():
        if href.startswith("/?"):
            assert "No entries match" not in client.get(href).content.decode(), href
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
    assert gap(client, "/?from=2019-12&to=2020-02").startswith("Not yet researched: January–February 2020.")
    assert gap(client, "/?q=nothing").startswith("An empty list here may be a gap")


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
