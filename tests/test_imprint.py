"""Who answers for the chronology: on its pages, in structured data, in the file that other programs read."""

import json

import pytest
from bs4 import BeautifulSoup

from tests.editing import edit_url, form_data
from tests.factories import chronology, publish_entry

pytestmark = pytest.mark.django_db

IMPRINT = {
    "publisher": "The Trade Desk",
    "publisher_url": "https://desk.example.org/",
    "editors": "Hana Mori, Ben Tran",
    "contact": "editors@desk.example.org",
    "errors": "An editor answers within two days.",
    "funding": "Subscriptions; no advertising.",
}


def read(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")


def nodes_of(client, address):
    return json.loads(read(client, address).find("script", type="application/ld+json").string)["@graph"]


@pytest.fixture
def signed(moderator):
    page = chronology()
    data = form_data(moderator.get(edit_url(page))) | IMPRINT | {"action-publish": "1"}
    assert moderator.post(edit_url(page), data).status_code == 302


@pytest.mark.usefixtures("signed")
def test_what_a_moderator_writes_stands_on_the_page_about_the_chronology(client):
    page = read(client, "/about/")
    block = page.find(id="publisher").parent
    assert [dt.text for dt in block.find_all("dt")] == ["Publisher", "Editors", "Contact", "Funding", "Licence"]
    assert block.a["href"] == IMPRINT["publisher_url"]
    for name in ("publisher", "editors", "contact", "funding"):
        assert IMPRINT[name] in block.text
    assert IMPRINT["errors"] in page.find(id="errors").parent.text
    assert f"mailto:{IMPRINT['contact']}" in str(page.find(id="errors").parent)


@pytest.mark.usefixtures("signed")
def test_the_foot_of_every_page_names_the_publisher(client):
    publish_entry(slug="ministers-meet")
    for address in ("/", "/entries/ministers-meet/", "/about/"):
        foot = " ".join(read(client, address).footer.get_text(" ", strip=True).split())
        assert "Published by The Trade Desk . Editors: Hana Mori, Ben Tran. Contact . Our text" in foot
        assert "Contact</a>. Our text" in client.get(address).text, "a blank between sentences"


@pytest.mark.usefixtures("signed")
def test_machines_are_told_who_publishes_how_to_write_and_who_pays(client, settings):
    publish_entry()
    [publisher] = [node["publisher"] for node in nodes_of(client, "/") if node["@type"] == "WebSite"]
    assert publisher["name"] == IMPRINT["publisher"]
    about = f"{settings.BASE_URL}/about/"
    assert publisher["url"] == publisher["ownershipFundingInfo"] == f"{about}#publisher"
    assert publisher["correctionsPolicy"] == publisher["actionableFeedbackPolicy"] == f"{about}#errors"
    assert publisher["masthead"] == f"{about}#publisher"
    assert publisher["publishingPrinciples"] == about
    assert publisher["email"] == IMPRINT["contact"]
    assert publisher["@type"] == "NewsMediaOrganization", "which alone has a masthead"
    [again] = [node["publisher"] for node in nodes_of(client, "/about/") if node["@type"] == "WebSite"]
    assert again == publisher | {"sameAs": IMPRINT["publisher_url"]}, "to which that page links"
    lines = client.get("/.well-known/trust.txt").text.splitlines()
    assert lines == [f"contact={IMPRINT['contact']}", f"disclosure={about}#publisher"]


def test_where_nobody_is_named_nothing_is_claimed(client):
    page = read(client, "/about/")
    assert page.find(id="publisher") is None
    assert "Published by" not in page.footer.text
    assert client.get("/.well-known/trust.txt").status_code == 404


# -- the licence -----------------------------------------------------------------------------


def test_our_text_is_under_the_licence_that_the_page_names_wherever_terms_are_given(client, moderator):
    publish_entry(slug="ministers-meet")
    page = chronology()
    data = form_data(moderator.get(edit_url(page))) | {"licence": "CC-BY-SA-4.0", "action-publish": "1"}
    assert moderator.post(edit_url(page), data).status_code == 302
    url = "https://creativecommons.org/licenses/by-sa/4.0/"
    for address in (
        *("/", "/about/", "/entries/ministers-meet/", "/feeds/", "/print/", "/embed/", "/api/", "/dataset/"),
        *("/feed.atom", "/feed.rss", "/calendar.ics", "/entries.json", "/api/v1/entries", "/api/v1/openapi.json"),
    ):
        answer = client.get(address)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        said = text.decode().replace("\r\n ", "").replace("\\/", "/")
        assert url in said, address
        assert "licenses/by/4.0" not in said, address
    assert url in client.get("/feed.json").headers["Link"]
