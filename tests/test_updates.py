"""The ways to updates lead from every list and record, and the pages that letters lead to are for one reader alone."""

import pytest
from bs4 import BeautifulSoup

from tests.specimens import ENTRY, letter_pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/?lane=cars&from=2025", "from=2025&lane=cars"),
        ("/?q=tariff", "q=tariff"),
        ("/people/ryosei-akazawa/", "person=ryosei-akazawa"),
        ("/commodities/vehicles/", "commodity=vehicles"),
        ("/organisations/ministry-of-economy/", "organisation=ministry-of-economy"),
        ("/categories/talks/", "category=talks"),
        ("/storylines/tariff-talks/", "storyline=tariff-talks"),
        ("/sources/first-round/", "source=first-round"),
        (ENTRY, "storyline=tariff-talks"),
        ("/about/", ""),
    ],
)
def test_every_list_record_and_entry_leads_to_its_updates(client, path, query):
    page = BeautifulSoup(client.get(path).content, "html.parser")
    address = f"/updates/?{query}" if query else "/updates/"
    links = {link["href"] for link in page.select("main a[href^='/updates/']")}
    assert address in links
    assert all(client.get(link).status_code == 200 for link in links)
    assert page.footer.select_one("a[href='/updates/']")


def test_pages_of_letters_are_kept_by_nobody_and_tell_no_address(client):
    for name, path in letter_pages().items():
        answer = client.get(path)
        assert answer["Cache-Control"] == "no-store", name
        has_secret_address = name != "link asked for"
        assert (answer["Referrer-Policy"] == "no-referrer") == has_secret_address, name
        assert answer["X-Robots-Tag"] == "noindex", name
        assert not answer.has_header("ETag")
        assert not answer.cookies
        assert "reader@example.org" not in answer.text


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, method):
    for path in ("/updates/", "/updates/sent/", *letter_pages().values()):
        assert getattr(client, method)(path).status_code == 405, path


def test_a_head_is_answered_as_a_get_without_its_body(client):
    for path in ("/updates/", "/updates/sent/", *letter_pages().values()):
        answer = client.head(path)
        assert answer.status_code == client.get(path).status_code
        assert answer.content == b""


def test_what_is_typed_is_never_markup(client):
    answer = client.post("/updates/?q=%3Cb%3Ex", {"email": '"><script>alert(1)</script>', "often": "<i>"})
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
    assert "<b>x" not in answer.text
