"""Escaping: whatever editors and readers write is text on the page, never markup."""

import pytest
from bs4 import BeautifulSoup
from django.utils.html import escape

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    draft_entry,
    publish,
)
from timeline.models import EntryPage

pytestmark = pytest.mark.django_db

RUNS = 'script:not([type="application/ld+json"])'
"""Scripts that a browser runs; a data block it does not."""

HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;{{ 7 }}"""


def test_words_from_editors_and_readers_stay_words(client):
    person = PersonFactory(family_name=HOSTILE, given_name="A", slug="person")
    commodity = CommodityFactory(name=HOSTILE, slug="commodity")
    publisher = OrganisationFactory(name=HOSTILE, slug="publisher")
    source = SourceFactory(title=HOSTILE, slug="source", publisher=publisher, byline=HOSTILE)
    other = SourceFactory()
    entry = draft_entry(
        title=HOSTILE,
        slug="hostile",
        summary=HOSTILE,
        weight="key",
        place=HOSTILE,
        date_note=HOSTILE,
        category=CategoryFactory(name=HOSTILE[:60], slug="category"),
        people=[person],
        commodities=[commodity],
        organisations=[publisher],
        sources=[source, other],
        statements=[HOSTILE],
    )
    add_figure(entry, source, label=HOSTILE, of=HOSTILE, note=HOSTILE, period_note=HOSTILE, per="<b>day</b>")
    add_disagreement(entry, **{HOSTILE: source, "so": other})
    publish(entry)
    assert EntryPage.objects.get().title == HOSTILE
    for address in (
        "/",
        "/?person=person&commodity=commodity&publisher=publisher",
        "/entries/hostile/",
        "/people/",
        "/people/person/",
        "/commodities/",
        "/commodities/commodity/",
        "/categories/category/",
        "/organisations/",
        "/organisations/publisher/",
        "/sources/",
        "/sources/source/",
    ):
        response = client.get(address)
        page = BeautifulSoup(response.content, "html.parser")
        assert not page.find("img"), address
        assert not page.find(onerror=True), address
        assert "alert" not in "".join(script.text for script in page.select(RUNS)), address
        assert escape("<script>alert(1)") in response.content.decode(), address
    for parameter in ("q", "from", "person", "order", "page", "<script>"):
        page = BeautifulSoup(client.get("/", query_params={parameter: HOSTILE}).content, "html.parser")
        assert not page.find("img"), parameter
        assert all(script.get("src") for script in page.select(RUNS)), parameter
