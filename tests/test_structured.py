"""Structured data: schema.org nodes that say what the page shows, no more and no more exactly."""

import json
import re
from importlib import import_module
from urllib.parse import urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import translation

from tests.factories import publish_entry
from tests.specimens import ENTRY, PAGES
from timeline.formats import structured
from timeline.models import PublishedEntry
from timeline.public.wording import when

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]

ADDRESSES = {
    *("url", "contentUrl", "item", "archivedAt", "license"),
    *("publishingPrinciples", "correctionsPolicy", "ownershipFundingInfo", "masthead", "actionableFeedbackPolicy"),
    "sameAs",
}
DATES = {"startDate", "endDate", "datePublished", "dateModified", "temporalCoverage"}
MACHINES_ONLY = {"@id", "@type", "inLanguage", "encodingFormat"}


def read(client, address):
    """A page, and the nodes of its data block."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    blocks = page.find_all("script", type="application/ld+json")
    nodes = [node for block in blocks for node in json.loads(block.string)["@graph"]]
    for part in page.select("script, sup, .anchor"):  # which stand between the sentences of a lead
        part.decompose()
    return page, nodes


@pytest.fixture(scope="module")
def pages(specimens):
    return {name: read(Client(), address) for name, address in PAGES.items()}


def parts(value, key=""):
    """Every value of a node at any depth, with the property that has it; a start with its end is one date."""
    if isinstance(value, list):
        for item in value:
            yield from parts(item, key)
        return
    yield key, value
    if isinstance(value, dict):
        if value["@type"] == "Event" and "endDate" in value:
            value = {**value, "startDate": f"{value['startDate']}/{value['endDate']}"}
        for name, item in value.items():
            yield from parts(item, name)


def test_every_page_that_may_be_listed_says_what_it_is(pages):
    found = {name: [node["@type"] for node in nodes] for name, (_page, nodes) in pages.items()}
    assert found["chronology"] == ["WebSite", "CollectionPage"]
    assert found["entry"] == ["Article", "BreadcrumbList"]
    assert found["person"] == ["Person", "BreadcrumbList"]
    assert found["organisation"] == ["Organization", "BreadcrumbList"]
    assert found["commodity below"] == ["DefinedTerm", "BreadcrumbList"]
    assert found["series"] == ["Dataset", "BreadcrumbList"]
    assert found["term"] == ["DefinedTerm", "BreadcrumbList"]
    assert found["source"] == ["NewsArticle", "BreadcrumbList"]
    for name, (page, nodes) in pages.items():
        assert bool(nodes) == (page.find("meta", {"name": "robots"}) is None), name


def test_nothing_is_said_that_the_page_does_not_show(pages, settings):
    for name, (page, nodes) in pages.items():
        text = " ".join(page.get_text(" ").replace("\u2060", "").split()).casefold()
        shown = {urljoin(settings.BASE_URL, tag["href"]) for tag in page.find_all(href=True)}
        shown |= {urldefrag(address).url for address in shown}  # a step leads to its place in the storyline
        shown |= {urljoin(settings.BASE_URL, tag["src"]) for tag in page.find_all("img")}
        for key, value in parts(nodes):
            if not isinstance(value, str) or key in MACHINES_ONLY:
                continue
            if key in ADDRESSES:
                assert value in shown, (name, key, value)
            elif key == "email":
                assert f"mailto:{value}" in shown, (name, value)
            elif key == "endDate":
                pass  # in words it stands with the start
            elif key in DATES:
                with translation.override(page.html["lang"]):
                    assert when(value[:10] if "T" in value else value).casefold() in text, (name, key, value)
            else:
                assert " ".join(value.split()).casefold() in text, (name, key, value)


def test_what_is_named_by_an_address_is_there(client, pages, settings):
    named = {
        node["@id"]
        for _page, nodes in pages.values()
        for _key, node in parts(nodes)
        if isinstance(node, dict) and "@id" in node
    }
    assert len(named) > 10
    for address in named:
        assert address.startswith(f"{settings.BASE_URL}/")
        assert client.get(address.removeprefix(settings.BASE_URL).partition("#")[0]).status_code == 200, address


def test_every_type_and_property_is_one_of_schema_org(pages):
    for name, (_page, nodes) in pages.items():
        for key, node in parts(nodes):
            if not isinstance(node, dict):
                continue
            known = vocabulary(node["@type"])
            if node["@type"] == "Role":
                known[key] = vocabulary("Person")[key]  # it stands between a person and the value
            for property_name, value in node.items():
                if property_name.startswith("@"):
                    continue
                assert property_name in known, (name, node["@type"], property_name)
                for item in value if isinstance(value, list) else [value]:
                    assert fits(item, known[property_name]), (name, node["@type"], property_name, item)


def vocabulary(kind):
    """The properties of a type and what each may be."""
    return {one.schema_name: one.ranges for one in model(kind).SCHEMA_PROPERTIES}


def model(kind):
    # The package's own look-up builds a thousand models, which takes seconds.
    module = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
    return getattr(import_module(f"schema_org.models.{module}"), kind)


def fits(value, ranges):
    if isinstance(value, dict):
        kind = value["@type"]
        return kind == "Role" or bool(set(model(kind).SCHEMA_TYPES) & set(ranges))
    # A thing may be given by its address.
    return str(value).startswith("http") or bool({"Text", "Date", "Integer"} & set(ranges))


def test_an_entry_names_sources_and_people_as_they_were_that_day(pages, settings):
    _page, nodes = pages["entry"]
    article = nodes[0]
    assert article["headline"] == "Akazawa meets Trump"
    assert article["about"] == {
        "@type": "Event",
        "name": "Akazawa meets Trump",
        "startDate": "2025-04-16",
        "endDate": "2025-04-17",
        "location": {"@type": "Place", "name": "Washington, D.C."},
    }
    assert "temporalCoverage" not in article
    assert "author" not in article
    akazawa = article["mentions"][0]
    assert (akazawa["name"], akazawa["alternateName"], akazawa["jobTitle"]) == (
        "Ryosei Akazawa",
        "赤沢亮正",
        ["Minister"],
    )
    report, japanese = article["citation"]
    assert report["datePublished"] == "2025-04-17"
    assert japanese["archivedAt"] == "https://archive.example.org/web/20250418093000/https://example.org/1"
    assert japanese["isBasedOn"] == {"@type": "CreativeWork", "name": "First round"}
    assert article["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert article["@id"] == f"{settings.BASE_URL}{ENTRY}"


@pytest.mark.parametrize(
    ("text", "extent", "start", "end", "coverage"),
    [
        ("2025-04-16", "", "2025-04-16", None, None),
        ("2025-04", "", "2025-04", None, None),
        ("2025-04", "lasted", "2025-04", "2025-04", None),
        ("2024", "", "2024", None, None),
        ("2025-04~", "", None, None, "2025-04~"),
        ("2025-04-16?", "", None, None, "2025-04-16?"),
        ("2025-04-16/2025-04-18", "", None, None, "2025-04-16/2025-04-18"),
        ("2025-04-16/2025-04-18", "between", None, None, "2025-04-16/2025-04-18"),
        ("2025-04-16/2025-04-18", "lasted", "2025-04-16", "2025-04-18", None),
        ("2025-04-16~/2025-04-18", "lasted", None, None, "2025-04-16~/2025-04-18"),
        ("../2025-10", "", None, None, "../2025-10"),
        ("2025-21", "", None, None, "2025-03/2025-05"),
        ("2025-21", "lasted", "2025-03", "2025-05", None),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(specimens, text, extent, start, end, coverage):
    document = PublishedEntry.objects.get(pk=specimens.pk).document
    document["date"] |= {"edtf": text, "extent": extent}
    licence = {"url": "https://example.org/l"}
    site = {"name": "Chronology", "base_url": "https://example.org", "licence": licence, "imprint": {}}
    article = structured.article(document, site)
    assert article["about"].get("startDate") == start
    assert article["about"].get("endDate") == end
    assert article.get("temporalCoverage") == coverage


def test_the_list_of_the_first_page_is_the_list_that_it_shows(pages, settings):
    page, nodes = pages["chronology"]
    links = [f"{settings.BASE_URL}{link['href']}" for link in page.select("article.entry h4 a")]
    items = nodes[1]["mainEntity"]["itemListElement"]
    assert [item["url"] for item in items] == links
    assert [item["position"] for item in items] == list(range(1, len(links) + 1))


def test_a_headline_cannot_end_the_block_or_begin_a_comment(client):
    headline = "</script><!-- <script> & \u2028 ]]> \\u003c \"quoted\" 'so'"
    publish_entry(title=headline, slug="hostile")
    html = client.get("/entries/hostile/").text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1]
    assert not re.search("[<>&\u2028]", block)
    assert json.loads(block)["@graph"][0]["headline"] == headline
