"""What a reference manager takes from a page, and that it is what the page says in structured data.

Two routes lead from an entry, source or storyline to a reference: JSON-LD, which crawlers read, and
meta tags or COinS, which reference managers read. They are made by different code from the same document.
"""

import json
from urllib.parse import parse_qs

import pytest
import rispy
from bs4 import BeautifulSoup
from django.test import Client

from tests.factories import SourceFactory, publish_entry
from tests.specimens import CORRECTED, ENTRY, PAGES
from timeline.models import Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]


def soup(address):
    return BeautifulSoup(Client().get(address).content, "html.parser")


def by_tags(page):
    """An item as Zotero's translator for meta tags reads it: Highwire's names win."""
    found = {}
    for meta in page.select("head meta[name]"):
        found.setdefault(meta["name"], []).append(meta["content"])
    names = ["citation_title", "citation_publication_date", "citation_publisher", "citation_public_url"]
    title, date, publisher, url = (found.get(name, [""])[0] for name in names)
    authors, (kind,) = found.get("citation_author", []), found["z:itemType"]
    return {"title": title, "date": date, "publisher": publisher, "url": url, "authors": authors, "type": kind}


def by_coins(span):
    """An item as Zotero's translator for COinS reads it."""
    found = parse_qs(span["title"], strict_parsing=True)
    assert found["ctx_ver"] == ["Z39.88-2004"]
    assert found["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dc"]
    names = {"title": "title", "date": "date", "publisher": "publisher", "url": "identifier", "type": "type"}
    return {key: found.get(f"rft.{name}", [""])[0] for key, name in names.items()} | {
        "authors": found.get("rft.creator", [])
    }


def by_structured_data(page):
    """What JSON-LD says of it. An entry is as it was changed last, a source as it was published."""
    node = json.loads(page.find("script", type="application/ld+json").string)["@graph"][0]
    is_entry = node["@type"] == "Article"
    return {
        "title": node.get("headline") or node["name"],
        "date": node["dateModified"][:10] if is_entry else node.get("datePublished", ""),
        "publisher": node.get("publisher", {}).get("name", ""),
    }


def told(item):
    return {name: item[name] for name in ("title", "date", "publisher")}


@pytest.mark.parametrize(
    "name", ["entry", "short entry", "corrected entry", "source", "source in Japanese", "storyline"]
)
def test_meta_tags_and_structured_data_say_the_same(name):
    page = soup(PAGES[name])
    assert told(by_tags(page)) == by_structured_data(page)


def test_a_list_of_sources_says_of_each_what_its_page_says(settings):
    rows = soup("/sources/").select(".bib > li")
    assert len(rows) == Source.objects.count()
    for row in rows:
        (span,) = row.select("span.Z3988")
        page = soup(row.select_one(".name a")["href"])
        item = by_coins(span)
        assert item == by_tags(page)
        assert told(item) == by_structured_data(page)


def test_an_entry_is_kept_as_a_page_of_this_site_in_its_version(settings):
    found = by_tags(soup(ENTRY))
    assert found["type"] == "webpage"
    assert found["publisher"] == "The Trade Desk"
    assert found["url"] == f"{settings.BASE_URL}{ENTRY}versions/1/"
    assert soup(ENTRY).find("meta", {"name": "prism.publicationName"})["content"] == "Test Chronology"


def test_a_version_is_kept_as_it_was_and_the_file_says_the_same(settings):
    found = by_tags(soup(f"{CORRECTED}versions/3/"))
    (row,) = rispy.loads(Client().get(f"{CORRECTED}cite.ris?version=3").text)
    assert (row["title"], row["publisher"], row["urls"]) == (found["title"], found["publisher"], [found["url"]])
    assert row["date"].strip("/").replace("/", "-") == found["date"]
    assert found["url"] == f"{settings.BASE_URL}{CORRECTED}versions/3/"


def test_no_list_of_other_things_stands_before_the_page_itself():
    """COinS would win over the tags of the entry or source."""
    for name in ("entry", "source", "storyline", "publisher"):
        assert not soup(PAGES[name]).select(".Z3988"), name


INEXACT = ["2025-04~", "2025?", "2025-21", "2025-04-01/2025-04-03", "2025-04-16/..", ""]


@pytest.mark.parametrize("published", ["2025-04-16", "2025-04", "2025", *INEXACT])
def test_a_date_is_told_when_it_is_one(published):
    source = SourceFactory(published=published, title='Fish & "chips" <b>', byline="Barnes and Noble, Inc.")
    publish_entry(sources=[source])
    page = soup(source.get_absolute_url())
    assert by_tags(page)["date"] == by_structured_data(page)["date"] == ("" if published in INEXACT else published)
    assert by_tags(page)["title"] == 'Fish & "chips" <b>'
