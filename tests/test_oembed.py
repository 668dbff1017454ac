"""oEmbed (oembed.com, version 1.0): from an address of ours to the markup that shows it elsewhere."""

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from jsonschema import validate

from tests.factories import PersonFactory, publish, publish_entry
from tests.specimens import ENTRY, WITHDRAWN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]

TEXT, PIXELS = {"type": "string", "minLength": 1}, {"type": "integer", "minimum": 1}
RICH = {
    "type": "object",
    "required": ["type", "version", "html", "width", "height"],
    "properties": {
        "type": {"const": "rich"},
        "version": {"const": "1.0"},
        "html": {"type": "string", "pattern": "^(<div [^>]*>)?<iframe .*</iframe>(</div>)?$"},
        "width": PIXELS,
        "height": PIXELS,
        "cache_age": PIXELS,
        "thumbnail_width": PIXELS,
        "thumbnail_height": PIXELS,
    }
    | dict.fromkeys(("title", "author_name", "author_url", "provider_name", "provider_url", "thumbnail_url"), TEXT),
    "dependentRequired": {"thumbnail_url": ["thumbnail_width", "thumbnail_height"]},
    "additionalProperties": False,
}
"""Section 2.3.4: what an answer must have and may have."""


def ask(client, url, **more):
    return client.get("/oembed?" + urlencode({"url": url, **more}))


def answer(client, path, **more):
    response = ask(client, f"{settings.BASE_URL}{path}", **more)
    assert response.status_code == 200, response.text
    assert response["Content-Type"] == "application/json"
    found = response.json()
    validate(found, RICH)
    frame = BeautifulSoup(found["html"], "html.parser").iframe
    assert (frame["width"], frame["height"]) == (str(found["width"]), str(found["height"]))
    assert frame["loading"] == "lazy"
    assert frame["title"] == found["title"]
    return found, frame["src"].removeprefix(settings.BASE_URL)


@pytest.mark.parametrize(
    ("path", "title", "source", "picture"),
    [
        (ENTRY, "Akazawa meets Trump", f"{ENTRY}embed/", f"{ENTRY}share.png"),
        (ENTRY.rstrip("/"), "Akazawa meets Trump", f"{ENTRY}embed/", f"{ENTRY}share.png"),
        (f"{ENTRY}?utm_source=x#sources", "Akazawa meets Trump", f"{ENTRY}embed/", f"{ENTRY}share.png"),
        ("/", "Test Chronology", "/embed/", "/share.png"),
        (
            "/?order=old&commodity=beef",
            "Test Chronology: Entries about Beef",
            "/embed/?commodity=beef&order=old",
            "/share.png?commodity=beef",
        ),
    ],
)
def test_entries_and_questions_have_a_frame_and_a_picture(client, path, title, source, picture):
    found, framed = answer(client, path)
    assert (found["title"], framed) == (title, source)
    assert client.get(framed).status_code == 200
    assert found["thumbnail_url"] == f"{settings.BASE_URL}{picture}"
    assert client.get(picture)["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("largest", "width", "height", "has_picture"),
    [
        ({"maxwidth": 300}, 300, 600, False),
        ({"maxheight": "200"}, 800, 200, False),
        ({"maxwidth": 5000, "maxheight": 5000}, 800, 600, True),
    ],
)
def test_nothing_is_larger_than_was_asked_for(client, largest, width, height, has_picture):
    found, _source = answer(client, "/", **largest)
    assert (found["width"], found["height"]) == (width, height)
    assert ("thumbnail_url" in found) == has_picture


def test_an_entry_is_the_higher_the_narrower_it_is(client):
    heights = [answer(client, ENTRY, maxwidth=width)[0]["height"] for width in (300, 320, 480, 640, 800)]
    narrowest, narrow, between, wide, widest = heights
    assert narrowest == narrow > between > wide == widest
    assert f"max-width:480px;padding-bottom:max({between}px," in answer(client, ENTRY, maxwidth=480)[0]["html"]
    assert answer(client, ENTRY, maxwidth=320, maxheight=200)[0]["height"] == 200
    assert answer(client, "/entries/beef-tariff-falls/")[0]["height"] < wide


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/entries/akazawa-meets-trump/",
        f"{settings.BASE_URL}.example.org/",
        f"javascript:{settings.BASE_URL}",
        "http://[",
        f"{settings.BASE_URL}/entries/never-was/",
        f"{settings.BASE_URL}{WITHDRAWN}",
        f"{settings.BASE_URL}/about/",
        f"{settings.BASE_URL}/?person=nobody",
        f"{settings.BASE_URL}/?from=2025-13",
        "\x00",
    ],
)
def test_what_is_not_ours_or_not_there_is_not_found(client, url):
    response = ask(client, url)
    assert response.status_code == 404
    assert response.text.startswith("There is no entry and no question")


def test_what_cannot_be_answered_is_said_in_words(client):
    assert ask(client, f"{settings.BASE_URL}/", format="xml").status_code == 501
    assert client.get("/oembed").status_code == 400
    for name in ("maxwidth", "maxheight"):
        for size in ("0", "-5", "wide", "1e3", "9" * 5000, "٣"):
            assert ask(client, f"{settings.BASE_URL}/", **{name: size}).status_code == 400


def test_older_addresses_are_known(client, django_capture_on_commit_callbacks):
    person = PersonFactory(slug="old-name")
    entry = publish_entry(title="Renamed", slug="before", people=[person])
    entry.slug = "after"
    with django_capture_on_commit_callbacks(execute=True):
        publish(entry)
    person.slug = "new-name"
    person.save()
    assert answer(client, "/entries/before/")[1] == "/entries/after/embed/"
    assert answer(client, "/?person=old-name")[1] == "/embed/?person=new-name"


def test_scripts_of_other_sites_may_ask_and_ask_again_cheaply(client):
    response = ask(client, f"{settings.BASE_URL}/")
    assert response["Access-Control-Allow-Origin"] == "*"
    again = client.get(response.wsgi_request.get_full_path(), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", [ENTRY, "/", "/?commodity=beef&order=new"])
def test_a_page_names_its_answer(client, path):
    head = BeautifulSoup(client.get(path).content, "html.parser").head
    link = head.find("link", type="application/json+oembed")
    assert link["rel"] == ["alternate"]
    found = client.get(link["href"].removeprefix(settings.BASE_URL)).json()
    assert found["html"] == ask(client, f"{settings.BASE_URL}{path}").json()["html"]


# -- the picture of a question ------------------------------------------------------------


def test_a_filtered_page_shows_a_picture_of_its_question(client):
    head = BeautifulSoup(client.get("/?commodity=beef&order=new").content, "html.parser").head
    address = head.find("meta", property="og:image")["content"].removeprefix(settings.BASE_URL)
    assert address == "/share.png?commodity=beef"
    alt = head.find("meta", property="og:image:alt")["content"]
    assert alt == "A card: Test Chronology, “Entries about Beef”, 2019–2025, 2 entries."
    drawn = client.get(address)
    assert drawn.content != client.get("/share.png").content
    assert drawn.content == client.get("/share.png?order=new&commodity=beef").content
    publish_entry(title="More beef", commodities=[])
    assert client.get(address).content == drawn.content


def test_a_picture_is_asked_for_in_the_words_of_the_page(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):  # the edition, the records, the counts
        assert client.get("/share.png?commodity=beef&from=2024").status_code == 200
    for query, status in (("person=nobody", 404), ("from=2025-13", 400), ("q=%00", 400)):
        assert client.get(f"/share.png?{query}").status_code == status
    for words in ("🎌 talks", "<b>", "a\u202eb", "赤沢", "W" * 200):
        assert client.get("/share.png?" + urlencode({"q": words}))["Content-Type"] == "image/png"
