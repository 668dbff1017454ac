"""Who has an answer is told so, and only who has it: validators go by the content and the filter (RFC 9110)."""

import time

import pytest
from django.core.cache import caches
from django.utils.http import parse_http_date
from wagtail.models import PageViewRestriction

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    change,
    chronology,
    glossary_term,
    let_an_hour_pass,
    publish,
    publish_entry,
)
from timeline import edition
from timeline.formats import FORMATS
from timeline.kept.addresses import code_version
from timeline.merging import merge
from timeline.models import EntryPage, PersonName, Position

pytestmark = pytest.mark.django_db

OF_THEIR_ENTRIES = [f"/{kind.path}" for kind in FORMATS if not kind.shows_more]


@pytest.fixture
def beef():
    return CommodityFactory(name="Beef")


@pytest.fixture
def talks(beef):
    return publish_entry(title="Beef talks", date="2025-04-16", commodities=[beef])


class Reader:
    """A program that asks again, once by each validator."""

    def __init__(self, client, address):
        self.client, self.address = client, address
        self.seen = client.get(address)

    def has_news(self):
        tag = self.client.get(self.address, headers={"If-None-Match": self.seen["ETag"]})
        date = self.client.head(self.address, headers={"If-Modified-Since": self.seen["Last-Modified"]})
        assert tag.status_code == date.status_code
        return tag.status_code == 200


def test_what_is_published_elsewhere_is_no_news(client, beef, talks):
    let_an_hour_pass()
    readers = [Reader(client, f"{path}?commodity=beef") for path in OF_THEIR_ENTRIES]
    publish_entry(title="Cars", commodities=[CommodityFactory(name="Cars")]).unpublish()
    assert [reader.address for reader in readers if reader.has_news()] == []
    publish_entry(title="More beef", commodities=[beef])
    assert [reader.address for reader in readers if not reader.has_news()] == []


@pytest.mark.parametrize(
    "query", ["", "commodity=beef", "q=talks", "from=2025-04&to=2025-04", "commodity=beef&q=talks"]
)
def test_an_entry_that_comes_changes_or_goes_is_news_to_who_asked_for_it(client, query, beef, talks):
    address = f"/feed.atom?{query}"

    def is_told_of(act):
        let_an_hour_pass()
        reader = Reader(client, address)
        act()
        return reader.has_news()

    assert is_told_of(lambda: publish_entry(title="Other talks", date="2025-04-02", commodities=[beef]))
    assert is_told_of(lambda: change(talks, "minor", title="Talks about beef"))
    assert is_told_of(lambda: change(EntryPage.objects.get(pk=talks.pk), "update", "More is known."))
    assert is_told_of(EntryPage.objects.get(pk=talks.pk).unpublish)


@pytest.mark.parametrize(
    ("query", "moved"),
    [("category=talks", {"category": "Notices"}), ("from=2025-04&to=2025-04", {"date": "2025-06"})],
)
def test_an_entry_that_is_filed_differently_is_news_to_who_had_it(client, query, moved):
    entry = publish_entry(title="Talks", date="2025-04-16", category=CategoryFactory(name="Talks"))
    let_an_hour_pass()
    reader = Reader(client, f"/entries.csv?{query}")
    if "category" in moved:
        moved = {"category": CategoryFactory(name=moved["category"])}
    change(entry, "minor", **moved)
    assert reader.has_news()
    assert client.get(reader.address).getvalue().count(b"\r\n") == 1  # the header


def test_a_filter_without_an_answer_has_validators_that_stay(client, beef, talks):
    let_an_hour_pass()
    readers = [Reader(client, f"{path}?from=2031") for path in OF_THEIR_ENTRIES]
    publish(talks)
    publish_entry()
    caches["validators"].clear()  # another process knows no more than the database
    assert not [reader.address for reader in readers if reader.has_news()]


def test_a_name_by_which_an_entry_is_found_is_news_of_a_search(client, django_capture_on_commit_callbacks):
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    publish_entry(title="Talks", people=[person])
    publish_entry(title="Nothing")
    let_an_hour_pass()
    reader = Reader(client, "/entries.json?q=akasawa")
    assert reader.seen.getvalue().endswith(b'"count": 0}\n')
    with django_capture_on_commit_callbacks(execute=True):
        PersonName.objects.create(person=person, name="Ryo Akasawa", kind="misprint")
        person.save()
    assert reader.has_news()
    assert client.get(reader.address).getvalue().endswith(b'"count": 1}\n')


@pytest.fixture
def soya():
    return CommodityFactory(name="Soybeans")


@pytest.mark.parametrize("named", ["goods", "term", "first entry", "person"])
def test_a_name_that_widens_a_search_is_news_of_it_though_no_entry_of_it_changed(
    client, named, soya, django_capture_on_commit_callbacks
):
    """What is found by another name is not about the record, and stands under other filters."""
    talks, notices = CategoryFactory(name="Talks"), CategoryFactory(name="Notices")
    if named != "first entry":
        publish_entry(title="About", commodities=[soya], category=notices)
    publish_entry(title="Says it", statements=["More soybeans."], category=talks)
    if named == "person":
        publish_entry(title="Hers", people=[PersonFactory(family_name="Soya", given_name="A")], date="2025-04")
    if named == "first entry":
        soya.names.create(name="soya")
    with django_capture_on_commit_callbacks(execute=True):
        soya.save()
        beans = glossary_term("soybeans") if named == "term" else None
    let_an_hour_pass()
    question = "q=soya+April+2025" if named == "person" else "q=soya&category=talks"
    readers = [Reader(client, f"{path}?{question}") for path in ("/feed.atom", "/entries.csv", "/api/v1/entries")]
    with django_capture_on_commit_callbacks(execute=True):
        if named == "term":
            beans.names.add(beans.names.model(name="soya"))
            beans.save()
        elif named == "person":
            other = PersonFactory(family_name="Soya", given_name="B")
            publish_entry(title="His", people=[other], date="2024")
        elif named == "goods":
            soya.names.create(name="soya")
            soya.save()
        else:
            publish_entry(title="About", commodities=[soya], category=notices)
    caches["validators"].clear()
    assert [reader.address for reader in readers if not reader.has_news()] == []
    if named != "person":
        assert b"Says it" in client.get(readers[1].address).getvalue()


def test_two_changes_in_one_second_reach_who_asks_by_date(client, beef, talks):
    seen = client.get("/feed.atom")["Last-Modified"]
    publish_entry(title="More talks")
    assert client.get("/feed.atom", headers={"If-Modified-Since": seen}).status_code == 200
    assert parse_http_date(client.get("/feed.atom")["Last-Modified"]) <= time.time()


def test_what_the_chronology_is_called_is_news_everywhere(client, talks):
    let_an_hour_pass()
    reader = Reader(client, "/feed.rss?commodity=beef")
    page = chronology()
    page.save_revision().publish()
    assert not reader.has_news()
    page.strapline = "What was said and signed."
    page.save_revision().publish()
    assert reader.has_news()


def test_positions_are_told_apart_from_entries(client, talks):
    """The table of positions has more than its entries say, so any public change counts."""
    let_an_hour_pass()
    reader = Reader(client, "/positions.csv?commodity=beef")
    publish_entry()
    assert reader.has_news()


def test_an_entry_that_only_a_rebuild_finds_gone_is_news_to_who_had_it(client, beef, talks):
    let_an_hour_pass()
    reader = Reader(client, "/feed.atom?commodity=beef")
    EntryPage.objects.update(live=False)
    edition.rebuild()
    assert reader.has_news()


def test_a_setting_that_shows_in_an_answer_is_part_of_its_tag(client, talks, settings):
    before = client.get("/feed.atom")["ETag"]
    settings.BASE_URL = "https://other.example.org"
    assert client.get("/feed.atom")["ETag"] != before


@pytest.mark.parametrize("name", ["timeline/public/wording.py", "templates/base.html", "static/site.css"])
def test_what_is_deployed_is_part_of_every_tag(settings, tmp_path, name):
    settings.BASE_DIR = tmp_path
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text("before")
    before = code_version.__wrapped__()
    file.write_text("after")
    assert code_version.__wrapped__() != before


def test_a_known_answer_costs_one_query(client, beef, talks, django_assert_num_queries):
    let_an_hour_pass()
    address = "/calendar.ics?commodity=beef&from=2025"
    seen = client.get(address)
    with django_assert_num_queries(1):
        again = client.get(address, headers={"If-None-Match": seen["ETag"]})
    assert (again.status_code, again["Link"], again["ETag"]) == (304, seen["Link"], seen["ETag"])
    caches["validators"].clear()
    with django_assert_num_queries(4):  # the edition, what the filter names, the last change (2)
        again = client.get(address, headers={"If-None-Match": seen["ETag"]})
    assert (again.status_code, again["Link"], again["Last-Modified"]) == (304, seen["Link"], seen["Last-Modified"])


def test_links_lead_to_the_page_the_terms_and_the_subscription(client, beef, talks):
    links = client.get("/entries.ndjson?to=2026&commodity=beef")["Link"]
    assert '/entries.ndjson?commodity=beef&to=2026>; rel="self"' in links
    assert '/?commodity=beef&to=2026>; rel="alternate"; type="text/html"' in links
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in links


# -- what was withdrawn -------------------------------------------------------------------


def test_a_withdrawal_is_told_to_who_had_the_entry(client, beef, talks):
    publish_entry(title="Cars", commodities=[CommodityFactory(name="Cars")])
    talks.withdrawal_reason = "The report was retracted."
    talks.unpublish()
    told = {
        query: [
            "deleted-entry" in client.get(f"/feed.atom?{query}").text,
            "CANCELLED" in client.get(f"/calendar.ics?{query}").getvalue().decode(),
            "withdrawn" in client.get(f"/changes.json?{query}").text,
        ]
        for query in (
            *("", "commodity=beef", "from=2025-04-16&to=2025-04-16", "q=anything&commodity=beef"),
            *("commodity=cars", "from=2025-05", "to=2024", "differ=1"),
        )
    }
    assert told == {
        "": [True] * 3,
        "commodity=beef": [True] * 3,
        "from=2025-04-16&to=2025-04-16": [True] * 3,
        "q=anything&commodity=beef": [True] * 3,  # its words are gone, so it may have been found
        "commodity=cars": [False] * 3,
        "from=2025-05": [False] * 3,
        "to=2024": [False] * 3,
        "differ=1": [False] * 3,
    }


def test_a_withdrawal_is_told_to_who_had_the_entry_before_it_was_filed_differently(client, beef, talks):
    entry = change(talks, "update", "It was about cars.", date="2025-06-01")
    entry.unpublish()
    for query in ("from=2025-04-16&to=2025-04-16", "from=2025-06-01&to=2025-06-01"):
        assert "deleted-entry" in client.get(f"/feed.atom?{query}").text


# -- the same tag means the same bytes (RFC 9110 section 8.8.1) -----------------------------

KINDS = [
    *("/feed.atom", "/changes.atom", "/calendar.ics", "/entries.json", "/positions.csv", "/sources.bib"),
    "/api/v1/changes",
]
"""One of each that reads other tables, or reads them differently."""
QUESTIONS = ["commodity=meat", "q=akasawa", "category=talks&from=2025-04&to=2025-04"]


class Desk:
    """What may happen to what is public. Each of ``acts`` is one change."""

    def __init__(self):
        wire = OrganisationFactory(name="Wire")
        self.source = SourceFactory(publisher=wire, title="A report")
        self.meat = CommodityFactory(name="Meat", slug="meat")
        self.beef = CommodityFactory(name="Beef", parent=self.meat)
        self.person = PersonFactory(family_name="Akazawa", given_name="Ryosei", slug="akazawa")
        self.entry = publish_entry(
            title="Beef talks",
            date="2025-04-16",
            sources=[self.source],
            people=[self.person],
            commodities=[self.beef],
            organisations=[wire],
            category=CategoryFactory(name="Talks"),
        )
        self.other = publish_entry(title="Car talks", date="2025-05")

    def save(self, record, **fields):
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()

    def tell(self, kind, *said, **fields):
        change(EntryPage.objects.get(pk=self.entry.pk), kind, *said, **fields)

    def acts(self):
        yield lambda: publish_entry(title="More beef", date="2025-04-20", commodities=[self.beef])
        yield lambda: self.tell("minor", title="Talks about beef")
        yield lambda: self.tell("update", "More is known.", summary="They met again.")
        yield lambda: self.tell("correction", "It said 24.", "It is 25.")
        yield lambda: self.tell("minor", slug="talks-about-beef")
        yield lambda: self.tell("minor", date="2025-06-01")
        yield lambda: self.tell("minor", date="2025-04-01", category=CategoryFactory(name="Notices"))
        yield lambda: self.tell("minor", category=CategoryFactory(name="Talks"))
        yield lambda: self.save(self.person, given_name="Ryousei")
        yield self.name_the_person_wrongly
        yield self.give_the_person_a_position
        yield lambda: self.save(self.beef, name="Beef and veal")
        yield lambda: self.save(self.meat, name="Meats")
        yield lambda: self.save(self.beef, parent=None)
        yield lambda: self.save(self.beef, parent=self.meat)
        yield lambda: self.save(CategoryFactory(name="Talks"), name="Meetings")
        yield lambda: self.save(OrganisationFactory(name="Wire"), name="The Wire")
        yield lambda: self.save(self.source, title="The report")
        yield lambda: self.save(self.source, url_shown=False)
        yield lambda: self.save(self.source, archived_url="https://archive.example.org/1")
        yield lambda: self.entry.versions.first().redact("personal")
        yield lambda: merge(self.person, self.twin())
        yield self.retitle
        yield lambda: EntryPage.objects.get(pk=self.entry.pk).unpublish()
        yield lambda: self.entry.versions.last().redact("personal")
        yield lambda: self.tell("minor", category=CategoryFactory(name="Notices"))
        yield lambda: PageViewRestriction.objects.create(page=self.other, restriction_type="login")

    def name_the_person_wrongly(self):
        PersonName.objects.create(person=self.person, name="Ryo Akasawa", kind="misprint")
        self.person.save()

    def give_the_person_a_position(self):
        Position.objects.create(person=self.person, title="Minister", start="2024-10-01", source=self.source)
        self.person.save()

    def twin(self):
        twin = PersonFactory(family_name="Akazawa", given_name="R")
        publish_entry(title="A call", people=[twin])
        return twin

    def retitle(self):
        page = chronology()
        page.title = "Another Chronology"
        page.save_revision().publish()


def test_the_same_tag_means_the_same_bytes(client, django_capture_on_commit_callbacks):
    desk = Desk()
    addresses = [f"{path}?{question}" for path in KINDS for question in QUESTIONS]
    seen, dates = {}, {}
    for number, act in enumerate([lambda: None, *desk.acts()]):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        caches["feeds"].clear()  # nothing is said again that was made before
        for address in addresses:
            answer = client.get(address)
            body = answer.getvalue()
            if answer.status_code == 200:
                assert seen.setdefault((address, answer["ETag"]), body) == body, f"{address} after act {number}"
                date = parse_http_date(answer["Last-Modified"])
                assert dates.get(address, 0) <= date, f"{address} after act {number}"
                dates[address] = date
