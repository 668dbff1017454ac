"""What other sites show in a frame: a list of any question, one entry, and only these may be framed."""

import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from tests.factories import publish, publish_entry
from tests.markup import faults
from tests.specimens import CORRECTED, EMBEDS, ENTRY, PAGES, STATUS, WITHDRAWN
from timeline.formats.follow import format_links
from timeline.models import PublishedEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]


def page_at(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")


def headlines(page):
    return [heading.get_text() for heading in page.select("li h2")]


# -- every embed --------------------------------------------------------------------------


def test_embeds_are_valid_pages_that_run_nothing_and_open_their_links_outside(client):
    for name, address in EMBEDS.items():
        response = client.get(address)
        assert response.status_code == STATUS.get(name, 200), name
        assert faults(response.text) == [], name
        page = BeautifulSoup(response.content, "html.parser")
        assert len(page.find_all("h1")) == 1, name
        assert page.find("meta", {"name": "robots"})["content"] == "noindex", name
        assert page.find_all(["script", "style", "form", "img"]) == [], name
        assert page.find_all(style=True) == [], name
        for link in page.find_all("a"):
            assert link["target"] == "_blank", name
            assert "noopener" in link["rel"], name
            assert link["href"].startswith(
                "https://creativecommons.org/" if "license" in link["rel"] else settings.BASE_URL
            )
        assert "license" in page.footer.find_all("a")[-1]["rel"], name
        assert not response.cookies, name


def test_only_embeds_may_stand_in_the_frames_of_others():
    for name, address in EMBEDS.items():
        response = Client().get(address)
        assert "frame-ancestors *" in response["Content-Security-Policy"], name
        assert "default-src 'none'" in response["Content-Security-Policy"], name
        assert "X-Frame-Options" not in response, name
    others = [*list(PAGES.values())[::6], ENTRY, WITHDRAWN, "/feed.atom", "/share.png", "/oembed", f"{ENTRY}share.png"]
    for address in [*others, f"/{settings.ADMIN_PATH}login/"]:
        response = Client().get(address)
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"], address
        assert response["X-Frame-Options"] == "SAMEORIGIN", address


@pytest.mark.parametrize("address", ["/embed/", f"{ENTRY}embed/"])
def test_an_embed_is_asked_for_again_only_when_something_changed(client, address):
    first = client.get(address)
    known = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (known.status_code, known["ETag"]) == (304, first["ETag"])
    assert known["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert client.head(address)["ETag"] == first["ETag"]
    assert client.post(address).status_code == 405
    publish_entry(title="Something else")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_colours_are_those_of_the_pages():
    static = settings.BASE_DIR / "static"
    theirs = " ".join((static / "site.css").read_text().split())
    ours = re.findall(r"--[\w-]+: [^;]+;", " ".join((static / "embed.css").read_text().split()))
    assert len(ours) > 10
    assert [token for token in ours if token not in theirs] == []


@pytest.mark.parametrize("address", ["/embed/", f"{ENTRY}embed/", f"{WITHDRAWN}embed/"])
def test_the_one_who_embeds_may_choose_light_or_dark(client, address):
    assert "data-theme" not in page_at(client, address).html.attrs
    assert page_at(client, f"{address}?theme=dark").html["data-theme"] == "dark"
    refused = client.get(f"{address}?theme=<b>")
    assert refused.status_code == 400
    assert "<b>" not in refused.text
    assert "frame-ancestors *" in refused["Content-Security-Policy"]


# -- a question ---------------------------------------------------------------------------


def test_the_list_is_the_beginning_of_what_the_page_shows(client):
    for query in (
        "",
        "?order=old",
        "?commodity=beef&order=old",
        "?person=ryosei-akazawa",
        "?order=old&q=tariff+talks",
    ):
        listed = [link.get_text() for link in page_at(client, f"/{query}").select("#results h4 a")]
        page = page_at(client, f"/embed/{query}")
        assert headlines(page) == listed
        assert page.h1.a["href"] == page.find("link", rel="canonical")["href"] == f"{settings.BASE_URL}/{query}"
    assert page_at(client, "/embed/?commodity=beef").h1.get_text() == "Entries about Beef"


def test_a_row_says_when_what_of_which_kind_and_on_how_many_sources(client):
    row = page_at(client, "/embed/?category=talks&from=2025-04-16&to=2025-04-16").li
    assert row.data["value"] == "2025-04-16/2025-04-17"  # `time` has no form for two days
    assert row.select_one(".when").get_text(" ", strip=True) == "16–17 April 2025 Talks"
    assert row.h2.a["href"] == f"{settings.BASE_URL}{ENTRY}"
    assert row.select_one(".meta").get_text() == "2 sources, which disagree"


def test_it_is_cut_where_it_was_asked_to_and_leads_to_the_rest(client, django_assert_num_queries):
    total = PublishedEntry.objects.count()
    with django_assert_num_queries(7):  # edition, last change (2), rows, their documents, how many, what was made
        page = page_at(client, "/embed/?limit=2&order=old&utm_source=x")
    assert len(headlines(page)) == 2
    rest = page.select_one(".all a")
    assert (rest.get_text(), rest["href"]) == (f"All {total} entries", f"{settings.BASE_URL}/?order=old")
    assert client.get("/embed/?limit=50").status_code == 200
    for limit in ("0", "51", "x", "-1", "10.0", "%D9%A3"):
        refused = client.get(f"/embed/?limit={limit}")
        assert refused.status_code == 400
        assert "from 1 to 50" in refused.text


def test_nothing_found_and_bad_questions_are_said_in_the_frame(client):
    said = page_at(client, "/embed/?q=<b>whisky").main.get_text()
    assert "No entry contains “<b>whisky”. When one does, it appears here." in " ".join(said.split())
    for query, status in (("from=2025-13", 400), ("person=nobody", 404), ("colour=%3Cb%3Ered", 400)):
        response = client.get(f"/embed/?{query}")
        assert response.status_code == status
        assert (
            f"“{query.partition('=')[0]}” takes " in BeautifulSoup(response.content, "html.parser").main.p.get_text()
        )
        assert "<b>" not in response.text


# -- one entry ----------------------------------------------------------------------------


def test_an_entry_in_short(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        page = page_at(client, f"{ENTRY}embed/")
    assert page.h1.a["href"] == page.find("link", rel="canonical")["href"] == f"{settings.BASE_URL}{ENTRY}"
    assert page.select_one(".when").get_text(" ", strip=True) == "16–17 April 2025 Washington, D.C. Talks"
    assert page.select_one(".lead").get_text().startswith("Akazawa meets Trump at the White House.")
    assert "Cars from Japan" in page.dl.get_text()
    assert "Was in force, April 2025 (added to the ordinary duty)" in page.dl.get_text()
    assert page.select_one(".all a").get_text() == "The entry and its 2 sources"


def test_a_correction_stands_in_the_embeds_too(client):
    note = page_at(client, f"{CORRECTED}embed/").select_one(".note").get_text()
    assert "Corrected on" in note
    assert "It was two." in note
    assert "Corrected" in page_at(client, "/embed/?from=2025-03&to=2025-03").li.get_text()


def test_a_withdrawn_entry_says_why_in_the_frame(client):
    response = client.get(f"{WITHDRAWN}embed/")
    assert response.status_code == 410
    assert "The report it rested on was retracted." in response.text
    assert "A report that was wrong" not in response.text


def test_the_address_of_an_embed_survives_a_new_address_of_the_entry(client, django_capture_on_commit_callbacks):
    entry = publish_entry(title="Old", slug="old-address")
    entry.slug = "new-address"
    with django_capture_on_commit_callbacks(execute=True):
        publish(entry)
    moved = client.get("/entries/old-address/embed/?theme=dark")
    assert (moved.status_code, moved["Location"]) == (301, "/entries/new-address/embed/?theme=dark")
    assert client.get(moved["Location"]).status_code == 200


# -- the markup to copy -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "source"),
    [("/feeds/?commodity=beef&from=2019", "/embed/?commodity=beef&from=2019"), (ENTRY, f"{ENTRY}embed/")],
)
def test_a_page_offers_the_markup_of_its_frame(client, address, source):
    copied = [code.get_text() for code in page_at(client, address).select("code")]
    frames = [BeautifulSoup(text, "html.parser").iframe for text in copied if "<iframe" in text]
    frame = next(frame for frame in frames if frame["src"] == f"{settings.BASE_URL}{source}")
    assert frame["title"] == ("Akazawa meets Trump" if address == ENTRY else "Entries about Beef, from 2019 on")
    assert frame["loading"] == "lazy"
    assert client.get(source).status_code == 200


def test_markup_to_copy_cannot_be_broken_by_what_is_searched(client):
    title = 'Entries matching “"><script>alert(1)</script>”'
    links = format_links("q=%22%3E%3Cscript%3E", title)
    snippet = next(link["snippet"] for link in links if link["snippet"])
    frame = BeautifulSoup(snippet, "html.parser")
    assert frame.iframe["title"] == title
    assert frame.find("script") is None
