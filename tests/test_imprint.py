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


@pytest.fixture
def signed(moderator):
    page = chronology()
    data = form_data(moderator.get(edit_url(page))) | IMPRINT | {"action-publish": "1"}
    assert moderator.post(edit_url(page), data).status_code == 302


@pytest.mark.usefixtures("signed")
def test_what_a_moderator_writes_stands_on_the_page_about_the_chronology(client):
    page = read(client, "/about/")
    block = page.find(id="publisher").parent
    assert [dt.text for dt in block.find_all("dt")] == ["Publisher", "Editors", "Contact", "Funding"]
    assert block.a["href"] == IMPRINT["publisher_url"]
    for name in ("publisher", "editors", "contact", "funding"):
        assert IMPRINT[name] in block.text
    assert IMPRINT["errors"] in page.find(id="errors").parent.text
    assert f"mailto:{IMPRINT['contact']}" in str(page.find(id="errors").parent)


@pytest.mark.usefixtures("signed")
def test_the_foot_of_every_page_names_the_publisher(client):
    publish_entry(slug="ministers-meet")
    for address in ("/", "/entries/ministers-meet/", "/about/"):
        assert "Published by The Trade Desk." in read(client, address).footer.get_text()


@pytest.mark.usefixtures("signed")
def test_machines_are_told_who_publishes_how_to_write_and_who_pays(client, settings):
    publish_entry()
    data = json.loads(read(client, "/").find("script", type="application/ld+json").string)
    nodes = data if isinstance(data, list) else data.get("@graph", [data])
    publisher = next(node["publisher"] for node in nodes if node["@type"] == "WebSite")
    assert publisher["name"] == IMPRINT["publisher"]
    about = f"{settings.BASE_URL}/about/"
    assert publisher["url"] == publisher["ownershipFundingInfo"] == f"{about}#publisher"
    assert publisher["correctionsPolicy"] == f"{about}#errors"
    lines = client.get("/.well-known/trust.txt").text.splitlines()
    assert lines == [f"contact={IMPRINT['contact']}", f"disclosure={about}#publisher"]


def test_where_nobody_is_named_nothing_is_claimed(client):
    page = read(client, "/about/")
    assert page.find(id="publisher") is None
    assert "Published by" not in page.footer.text
    assert client.get("/.well-known/trust.txt").status_code == 404
