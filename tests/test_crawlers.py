"""What crawlers are told: every public page, nothing else, at the address of the site."""

import pytest
from lxml import etree

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_figure,
    chronology,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.models import FigureSeries, PublishedEntry, Term
from timeline.views import crawlers

pytestmark = pytest.mark.django_db

MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
SEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}


def locations(response, kind="url"):
    """The addresses of a site map without their host, each with when it changed."""
    tree = etree.fromstring(response.content)
    return {
        row.findtext("s:loc", namespaces=MAP).removeprefix("https://example.org"): row.findtext(
            "s:lastmod", namespaces=MAP
        )
        for row in tree.findall(f"s:{kind}", MAP)
    }


@pytest.fixture(autouse=True)
def base_url(settings):
    settings.BASE_URL = "https://example.org"


def publish_rich(number):
    report = SourceFactory(title=f"Report {number}")
    entry = draft_entry(
        title=f"Entry {number}",
        slug=f"entry-{number}",
        people=[PersonFactory(slug=f"person-{number}")],
        commodities=[CommodityFactory(name=f"Part {number}", parent=CommodityFactory(name="Goods"))],
        organisations=[OrganisationFactory(name=f"Ministry {number}")],
        sources=[report],
    )
    add_figure(entry, report, series=FigureSeries.objects.create(name=f"Duty {number}"))
    return publish(entry)


def test_every_public_page_is_on_the_map_once(client):
    entry = publish_rich(1)
    FigureSeries.objects.create(name="Without figures")
    Term.objects.create(name="Safeguard", slug="safeguard", definition="A higher tariff for a time.")
    draft_entry(
        title="Draft", people=[PersonFactory()], category=CategoryFactory(name="Secret"), sources=[SourceFactory()]
    )
    response = client.get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml"
    found = {}
    for address in locations(response, "sitemap"):
        part = client.get(address)
        assert part["Content-Type"] == "application/xml"
        rows = locations(part)
        assert not found.keys() & rows.keys()
        found |= rows
    assert found.keys() == {
        *("/", "/people/", "/commodities/", "/categories/", "/organisations/", "/glossary/", "/sources/", "/about/"),
        *("/corrections/", "/state/", "/storylines/"),
        "/entries/entry-1/",
        "/people/person-1/",
        "/commodities/goods/",
        "/commodities/part-1/",
        "/categories/talks/",
        "/organisations/ministry-1/",
        "/organisations/example-wire/",
        "/sources/report-1/",
        "/figures/duty-1/",
        "/glossary/safeguard/",
    }
    for address in found:
        page = client.get(address)
        assert page.status_code == 200, address
        assert 'name="robots"' not in page.text, address
        assert f'<link rel="canonical" href="https://example.org{address}">' in page.text
    changed = f"{entry.last_published_at:%Y-%m-%d}"
    unknown = {address for address, moment in found.items() if moment != changed}
    assert unknown == {address for address in found if address.count("/") < 3} | {"/glossary/safeguard/"}


def test_a_record_changes_with_the_last_of_its_entries(client):
    publish_rich(1)
    publish_rich(2)
    PublishedEntry.objects.filter(slug="entry-1").update(updated_at="2020-01-01T00:00Z")
    assert locations(client.get("/sitemap-people.xml")) | {"/people/person-2/": None} == {
        "/people/person-1/": "2020-01-01",
        "/people/person-2/": None,
    }
    goods = locations(client.get("/sitemap-commodities.xml"))
    assert goods["/commodities/part-1/"] == "2020-01-01"
    assert goods["/commodities/goods/"] == goods["/commodities/part-2/"] > "2020-01-01"
    assert locations(client.get("/sitemap-organisations.xml"))["/organisations/example-wire/"] > "2020-01-01"


def test_a_long_section_goes_on_over_pages_at_a_fixed_cost(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(crawlers.SitemapSection, "limit", 1)
    publish_rich(1)
    with django_assert_num_queries(10):  # the state of the site, and a count for each section but the indexes
        parts = locations(client.get("/sitemap.xml"), "sitemap")
    assert len(parts) > 10
    publish_rich(2)
    with django_assert_num_queries(10):
        parts = locations(client.get("/sitemap.xml"), "sitemap")
    assert {"/sitemap-entries.xml", "/sitemap-entries.xml?p=2"} <= parts.keys()
    for section in ("entries", "people", "organisations", "sources"):
        with django_assert_num_queries(3):
            assert len(locations(client.get(f"/sitemap-{section}.xml?p=2"))) == 1
    for address in ("/sitemap-entries.xml?p=3", "/sitemap-entries.xml?p=x", "/sitemap-drafts.xml"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-entries.xml", "/robots.txt", "/opensearch.xml"])
def test_what_has_not_changed_is_not_sent_again(client, address):
    publish_entry()
    response = client.get(address)
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert (response.status_code, again.status_code) == (200, 304)
    publish_entry()
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 200


def test_robots_may_read_all_but_the_editors_side(client):
    assert client.get("/robots.txt").text == (
        "User-agent: *\nDisallow: /admin/\n\nSitemap: https://example.org/sitemap.xml\n"
    )


def test_a_browser_can_search_here(client):
    page = chronology()
    page.title = "The Chronology of <All> & Every Trade Agreement Since the Second World War"
    page.save_revision().publish()
    tree = etree.fromstring(client.get("/opensearch.xml").content)
    assert tree.findtext("o:ShortName", namespaces=SEARCH) == "The Chronology"
    assert tree.findtext("o:LongName", namespaces=SEARCH) == "The Chronology of <All> & Every Trade Agreement"
    templates = {url.get("type"): url.get("template") for url in tree.findall("o:Url", SEARCH)}
    assert templates == {
        "text/html": "https://example.org/?q={searchTerms}",
        "application/atom+xml": "https://example.org/feed.atom?q={searchTerms}",
    }
