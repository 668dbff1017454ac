"""The bibliography: what sources rest on, how often they are cited, and where it is thin."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_figure,
    draft_entry,
    glossary_term,
    publish,
    publish_entry,
)
from timeline.models import Position, Source
from timeline.templatetags.reference import tally

pytestmark = pytest.mark.django_db


def soup(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


def chain(client, source):
    """The line that says what a source rests on, in the bibliography."""
    line = soup(client, "/sources/").select_one(f"#source-{source.number} .meta")
    return " ".join(line.text.split()) if line else ""


# -- what it rests on ---------------------------------------------------------------------


def test_a_chain_is_followed_to_its_end(client):
    first = SourceFactory(title="First")
    second = SourceFactory(title="Second", derived_from=first)
    third = SourceFactory(title="Third", derived_from=second)
    publish_entry(sources=[second, third])
    words = f"Based on source {second.number}, Second, which is based on source {first.number}, First."
    assert chain(client, third) == words
    row = soup(client, "/sources/").select_one(f"#source-{third.number} .meta")
    # The first has no page of its own: nothing public cites it.
    assert [link["href"] for link in row.find_all("a")] == [second.get_absolute_url()]
    assert words in " ".join(soup(client, third.get_absolute_url()).aside.text.split())


def test_a_circle_ends_and_a_hidden_source_stays_hidden(client):
    one = SourceFactory(title="One")
    two = SourceFactory(title="Two", derived_from=one)
    Source.objects.filter(pk=one.pk).update(derived_from=two)
    wrong = SourceFactory(title="Wrong", use="error_example", derived_from=one)
    copy = SourceFactory(title="Copy", derived_from=wrong)
    publish_entry(sources=[one, two, copy])
    assert chain(client, one) == f"Based on source {two.number}, Two."
    assert chain(client, copy) == ""


def test_how_often_a_source_is_cited(client):
    source = SourceFactory()
    for number in (1, 2):
        entry = draft_entry(sources=[source], statements=[f"Statement {number}."])
        add_figure(entry, source, label="Duty on cars")
        publish(entry)
    row = soup(client, "/sources/").select_one(f"#source-{source.number}")
    link = row.find("a", string="Cited in 2 entries")
    assert row.svg["width"] == "18"
    page = soup(client, link["href"].partition("#")[0])
    supported = page.find(id=link["href"].partition("#")[2]).find_parent("section").ol.text
    assert "Statement 1." in supported
    assert "Duty on cars: 25%" in supported


def test_a_tally_stays_narrow():
    assert [tally(number)["width"] for number in (1, 27, 5000)] == ["9", "243", "243"]


# -- one source ---------------------------------------------------------------------------


def said(client, entry):
    """What the card and the page of an entry say about a single source."""
    heading = soup(client, "/").select_one(f'.entry h4 a[href="{entry.get_absolute_url()}"]')
    card = heading.find_parent("article").select_one(".note.one")
    line = soup(client, entry.get_absolute_url()).select_one(".fixed span")
    return card and card.text, line and line.text


def test_an_entry_with_one_source_says_so(client):
    source = SourceFactory(published="2025-04-17")
    words = "Only Example Wire (17 April 2025) carries this."
    assert said(client, publish_entry(sources=[source])) == (f"One source {words}", words)
    assert said(client, publish_entry(sources=[source], weight="short")) == (None, words)
    undated = publish_entry(sources=[SourceFactory(published="")])
    assert said(client, undated)[1] == "Only Example Wire (undated) carries this."
    assert said(client, publish_entry(sources=[source, SourceFactory()])) == (None, None)


def test_reports_that_rest_on_one_are_one_source(client):
    first = SourceFactory(published="2025-04-17")
    second = SourceFactory(derived_from=first)
    third = SourceFactory(derived_from=second)
    fourth = SourceFactory(derived_from=second)
    words = "Only Example Wire (17 April 2025) carries this; the other reports are based on it."
    assert said(client, publish_entry(sources=[first, second, third]))[1] == words
    assert said(client, publish_entry(sources=[third, fourth]))[1] == (
        f"All its reports are based on one, source {second.number}."
    )
    assert said(client, publish_entry(sources=[first, third]))[1] is None  # what lies between is not cited


def test_a_figure_from_elsewhere_is_a_second_source(client):
    entry = draft_entry(sources=[SourceFactory()])
    add_figure(entry, SourceFactory())
    assert said(client, publish(entry)) == (None, None)


# -- shortcomings ---------------------------------------------------------------------------


def shortcomings(client):
    page = soup(client, "/sources/")
    return {row.dt.text: (row.dd.text, bool(row.a)) for row in page.select(".spots div")}


def test_shortcomings_are_counted_and_lead_to_lists(client):
    known = SourceFactory(title="Known", archived_url="https://archive.example.org/1")
    hidden = SourceFactory(title="Hidden", url_shown=False, kind="wire")
    unnamed = SourceFactory(title="Unnamed", publisher=None)
    SourceFactory(title="Of a draft", publisher=None)
    publish_entry(sources=[known, hidden, unnamed])
    single = publish_entry(sources=[known])
    assert shortcomings(client) == {
        "Entries with only one source": ("1 of 2", False),
        "Entries where sources disagree": ("0 of 2", False),
        "Sources without a publisher": ("1 of 3", True),
        "Sources without a public address": ("1 of 3", True),
        "Sources without an archived copy": ("2 of 3", True),
    }
    for address, titles in {
        "/sources/?without=publisher": ["Unnamed"],
        "/sources/?without=copy": ["Hidden", "Unnamed"],
        "/sources/?without=copy&kind=wire": ["Hidden"],
        "/sources/?kind=wire": ["Hidden"],
        "/sources/?kind=gossip&without=sense": ["Known", "Hidden", "Unnamed"],
    }.items():
        page = soup(client, address)
        assert [name.text for name in page.select(".bib .name")] == titles, address
        for chip in page.select(".chips a"):
            assert client.get(chip["href"]).status_code == 200
    single.unpublish()
    assert shortcomings(client)["Entries with only one source"] == ("0 of 1", False)


def test_the_next_page_keeps_what_was_chosen(client, monkeypatch):
    monkeypatch.setattr("timeline.views.indexes.INDEX_SIZE", 1)
    publish_entry(sources=[SourceFactory(title=title, kind="wire") for title in ("One", "Two")])
    first = soup(client, "/sources/?kind=wire")
    second = soup(client, first.find("a", rel="next")["href"])
    assert [name.text for name in second.select(".bib .name")] == ["Two"]
    assert second.find("meta", {"name": "robots"})


@pytest.mark.parametrize(("address", "limit"), [("/sources/", 8), ("/sources/first/", 10)])
def test_queries_do_not_grow_with_sources(client, django_assert_max_num_queries, address, limit):
    first = SourceFactory(slug="first", derived_from=SourceFactory())
    publish_entry(sources=[first, SourceFactory(derived_from=first)])
    with django_assert_max_num_queries(limit) as one:
        client.get(address)
    publish_entry(sources=[first, *(SourceFactory(derived_from=first) for _ in range(3))])
    with django_assert_max_num_queries(limit) as three:
        client.get(address)
    assert len(one) == len(three)


# -- publishers ---------------------------------------------------------------------------


def test_every_publisher_of_a_public_source_has_a_page(client):
    """Also one whose reports carry no entry, only a post somebody held or the meaning of a word."""
    cited, held, explains = (
        SourceFactory(publisher=OrganisationFactory(name=name)) for name in ("Wire", "Register", "Dictionary")
    )
    SourceFactory(publisher=OrganisationFactory(name="Unused"))
    SourceFactory(publisher=OrganisationFactory(name="Error"), use="error_example")
    person = PersonFactory()
    Position.objects.create(person=person, title="Minister", source=held)
    publish_entry(people=[person], sources=[cited])
    glossary_term("quota", sources=[explains])
    links = []
    for row in soup(client, "/sources/").select(".cites.bib a[href^='/sources/']"):
        page = soup(client, row["href"].partition("#")[0])
        links += [link["href"] for link in page.select(".facts a[href^='/organisations/']")]
    assert sorted(set(links)) == ["/organisations/dictionary/", "/organisations/register/", "/organisations/wire/"]
    assert sorted(link["href"] for link in soup(client, "/organisations/").select(".index a")) == sorted(set(links))
    assert [" ".join(soup(client, link).select_one(".facts").text.split()) for link in sorted(set(links))] == [
        "Other.",
        "Other.",
        "Other. It published what is cited in 1 entry.",
    ]
    assert "No entries" not in soup(client, "/organisations/register/").main.text
    for name in ("unused", "error"):
        assert client.get(f"/organisations/{name}/").status_code == 404
