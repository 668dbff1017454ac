"""The head of every page: one address, one title, a description in sentences, a picture, what crawlers may list."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import CategoryFactory, CommodityFactory, glossary_term, publish_entry
from tests.specimens import ENTRY, PAGES, STATUS
from timeline.public.wording import EXCERPT, excerpt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]


def head(client, address):
    """The head of a page, with its ``<meta>`` as a dictionary."""
    found = BeautifulSoup(client.get(address).content, "html.parser").head
    found.metas = {meta.get("property") or meta.get("name"): meta.get("content") for meta in found.find_all("meta")}
    return found


@pytest.fixture(scope="module")
def heads(specimens):
    """The heads of all pages, fetched once."""
    from django.test import Client

    return {name: head(Client(), address) for name, address in PAGES.items()}


def test_every_page_has_a_description_in_whole_sentences_or_words(heads):
    for name, found in heads.items():
        text = found.metas["description"]
        assert 0 < len(text) <= EXCERPT, name
        assert text.endswith((".", "…", "?", "!")), (name, text)


def test_no_two_pages_that_may_be_listed_share_title_or_description(heads):
    listed = [found for name, found in heads.items() if name not in STATUS and "robots" not in found.metas]
    assert len(listed) > 15
    for what in (lambda found: found.title.text, lambda found: found.find("link", rel="canonical")["href"]):
        values = [what(found) for found in listed]
        assert sorted(values) == sorted(set(values))


def test_pages_show_other_sites_the_address_that_they_show_search_engines(heads, settings):
    for name, found in heads.items():
        canonical = found.find("link", rel="canonical")
        assert (canonical is None) == (name == "nothing there"), name
        assert found.metas.get("og:url") == (canonical and canonical["href"]), name
        if canonical:
            assert found.metas["og:title"] in found.title.text or name in ("chronology", "year"), name
            assert found.metas["og:description"] == found.metas["description"], name
            assert found.metas["og:locale"] == ("ja_JP" if PAGES[name].startswith("/ja/") else "en_GB"), name
            assert found.metas["og:image"].partition("?")[0].endswith("/share.png"), name
            assert found.metas["og:image:alt"], name


def test_an_entry_says_when_it_was_published_and_what_is_on_its_picture(heads, specimens, settings):
    metas = heads["entry"].metas
    assert metas["og:type"] == "article"
    assert metas["og:image"] == f"{settings.BASE_URL}{ENTRY}share.png"
    assert (metas["og:image:width"], metas["og:image:height"]) == ("1200", "630")
    assert metas["og:image:alt"] == ("A card of Test Chronology: “Akazawa meets Trump”, 16–17 April 2025, 2 sources.")
    assert metas["article:published_time"].startswith(f"{specimens.first_published_at:%Y-%m-%dT%H:%M}")
    assert metas["article:modified_time"] >= metas["article:published_time"]
    assert metas["description"].startswith("16–17 April 2025: Akazawa meets Trump at the White House.")
    assert "article:published_time" not in heads["person"].metas


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("/?person=ryosei-akazawa", True),
        ("/?person=ryosei-akazawa&commodity=beef", False),
        ("/?commodity=beef", True),
        ("/?commodity=beef&page=2025", False),
        ("/?q=talks", False),
        ("/?to=1999", False),  # finds nothing
    ],
)
def test_search_engines_list_one_filter_that_finds_something(client, address, listed):
    robots = head(client, address).metas.get("robots")
    assert robots == (None if listed else "noindex, follow")


def test_what_the_head_links_to_is_there(client, heads):
    for kind, media_type in (("search", "application/opensearchdescription+xml"), ("apple-touch-icon", "image/png")):
        link = heads["chronology"].find("link", rel=kind)
        response = client.get(link["href"])
        assert (response.status_code, response["Content-Type"]) == (200, media_type)


def test_a_term_a_category_and_goods_of_one_name_have_titles_of_their_own(client):
    publish_entry(commodities=[CommodityFactory(name="Steel")], category=CategoryFactory(name="Steel"))
    glossary_term("Steel")
    addresses = ("/commodities/steel/", "/categories/steel/", "/glossary/steel/")
    assert [head(client, address).title.text.partition(" – ")[0] for address in addresses] == [
        "Steel",
        "Steel (kind of event)",
        "Steel (glossary)",
    ]


SENTENCE = "The talks open in Washington. "


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Short.", "Short."),
        (SENTENCE * 9, (SENTENCE * 5).strip()),
        (f"{SENTENCE * 4}In Washington, D.C. Mr. Trump meets them and {'talks ' * 9}", (SENTENCE * 4).strip()),
        (f"A rate of 2.5 percent {'and more ' * 30}", f"A rate of 2.5 percent {'and more ' * 15}".strip() + "…"),
        ("交渉が始まる。" * 40, "交渉が始まる。" * 22),
        ("w" * 300, "w" * 159 + "…"),
    ],
)
def test_a_description_ends_with_a_sentence_or_else_a_word(text, shown):
    assert excerpt(text) == shown
