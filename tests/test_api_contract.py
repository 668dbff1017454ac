"""The API and its description: every answer is as the OpenAPI file says, whatever is asked."""

import re
from contextlib import contextmanager
from itertools import pairwise
from urllib.parse import urlsplit

import jsonschema
import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from timeline.models import Withdrawal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]

CONFORM = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
]
REAL = {
    "entry": "akazawa-meets-trump",
    "person": "ryosei-akazawa",
    "organisation": "ministry-of-economy",
    "commodity": "vehicles",
    "source": "first-round",
    "series": "duty-on-cars",
}
"""Slugs that are there, by operation."""

API = "/api/v1"


def get(client, address, **headers):
    """The data of an answer."""
    response = client.get(f"{API}{address}", headers=headers)
    assert response.status_code == 200, response.content
    return response.json()


def path_of(url):
    """A link of an answer as :func:`get` takes it."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}".removeprefix(API).rstrip("?")


@contextmanager
def one_connection():
    """Requests share the connection of the test, as Django's own client sees to for each of its requests."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def described(specimens):
    """The served OpenAPI file, fetched as a stranger's program does."""
    with one_connection():
        return schemathesis.openapi.from_wsgi(f"{API}/openapi.json", get_wsgi_application())


@pytest.fixture(scope="module")
def conforms(described):
    """Hold an answer against a schema of the file: ``conforms("Entry", data)``."""
    components = described.raw_schema["components"]

    def check(name, data):
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)

    return check


def test_the_file_is_a_valid_description_of_itself(described):
    raw = described.raw_schema
    described.validate()  # by the schema of OpenAPI 3.1
    assert raw["openapi"].startswith("3.1")
    assert raw["info"]["version"] == "1.0.0"
    assert raw["info"]["license"]["name"] == "CC BY 4.0"
    for path, operations in raw["paths"].items():
        operation = operations["get"]
        assert operation["description"], path
        assert {"200", "304", "400", "404", "405"} <= operation["responses"].keys()
        for parameter in operation["parameters"]:
            assert parameter["description"], path
            if "default" in (schema := parameter["schema"]):
                jsonschema.validate(schema["default"], schema)


def test_programs_that_name_types_after_the_file_find_no_name_twice(described):
    """Generators of clients name a list of terms after its schema and its field: `Source.kind` is SourceKind."""
    schemas = described.raw_schema["components"]["schemas"]
    named = [
        f"{name}{field.title().replace('_', '')}"
        for name, schema in schemas.items()
        for field, inner in schema["properties"].items()
        if "enum" in inner
    ]
    assert "SourceKind" in named
    assert [name for name in named if name in schemas] == []


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_the_description_allows_or_forbids_is_answered_as_it_says(described, mode):
    """Schemathesis asks every address with what its schema allows, and with what it forbids."""
    for found in described.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not operation.query:
            continue  # nothing can be wrong with it
        slug = REAL.get(operation.definition.raw["operationId"])
        known = {"key" if slug == REAL["entry"] else "slug": slug} if slug else None

        @settings(
            max_examples=3,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=known))
        def ask(case):
            case.call_and_validate(checks=CONFORM, headers={"Accept-Encoding": "identity"})

        with one_connection():
            ask()


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/", "Start"),
        ("/entries?limit=2", "EntryList"),
        ("/entries?commodity=vehicles&person=ryosei-akazawa&from=2025&q=tariff&order=new", "EntryList"),
        ("/entries/akazawa-meets-trump", "EntryAnswer"),
        ("/facets?commodity=beef", "Facets"),
        ("/changes", "ChangeList"),
        ("/changes?commodity=beef&kind=first", "ChangeList"),
        ("/withdrawals", "WithdrawalList"),
        ("/people", "PeopleAnswer"),
        ("/people/ryosei-akazawa", "PersonAnswer"),
        ("/organisations", "OrganisationsAnswer"),
        ("/organisations/ministry-of-economy", "OrganisationAnswer"),
        ("/commodities", "CommoditiesAnswer"),
        ("/commodities/automobiles", "CommodityAnswer"),
        ("/categories", "CategoriesAnswer"),
        ("/sources?without=publisher", "SourcesAnswer"),
        ("/sources/first-round", "SourceAnswer"),
        ("/figures", "SeriesListAnswer"),
        ("/figures/duty-on-cars", "SeriesAnswer"),
        ("/glossary", "GlossaryAnswer"),
        ("/coverage", "CoverageAnswer"),
    ],
)
def test_every_answer_is_as_its_schema_says(client, conforms, address, schema):
    answer = get(client, address)
    conforms(schema, answer)
    assert answer["licence"]["name"] == "CC BY 4.0"
    assert get(client, path_of(answer["links"]["self"])) == answer


def test_an_entry_holds_everything_public(client):
    entry = get(client, "/entries/akazawa-meets-trump")["entry"]
    assert entry["url"].startswith("http")
    assert (entry["date"]["edtf"], entry["date"]["extent"]) == ("2025-04-16/2025-04-17", "lasted")
    claim = entry["statements"][2]
    assert (claim["nature"], claim["citations"][0]["quotation"]) == ("claim", "big progress")
    numbers = {source["number"] for source in entry["sources"]}
    assert {citation["number"] for row in entry["statements"] for citation in row["citations"]} <= numbers
    assert entry["figures"][0]["value"] == "25"
    assert {account["says"] for account in entry["disagreements"][0]["accounts"]} == {"50 minutes", "An hour"}
    assert entry["people"][0]["positions"] == ["Minister"]
    assert entry["commodities"][0]["hs_codes"] == ["8703"]
    assert entry["version"] == 1
    assert get(client, f"/entries/{entry['uid']}")["entry"] == entry


def test_records_say_what_their_pages_say(client):
    person = get(client, "/people/ryosei-akazawa")["person"]
    assert next((name["name"], name["script"]) for name in person["names"]) == ("赤沢亮正", "Jpan")
    assert person["positions"][0]["source"]["slug"] == "first-round"
    tree = {row["slug"]: row for row in get(client, "/commodities")["commodities"]}
    assert (tree["automobiles"]["parent"], tree["automobiles"]["depth"]) == ("vehicles", 1)
    supports = get(client, "/sources/first-round")["cited_by"]
    assert {part["kind"] for entry in supports for part in entry["supports"]} == {"statement", "figure", "account"}
    points = get(client, "/figures/duty-on-cars")["figures"]
    assert next((point["figure"]["value"], point["end"], point["holds"]) for point in points) == (
        "2.5",
        "2025-04-02",
        True,
    )
    assert get(client, "/coverage")["researched"][0] == {"first": "2019-06-01", "last": "2019-06-30"}


@pytest.mark.parametrize(
    "query", ["order=old", "order=new", "commodity=beef&order=old", "from=2025&order=old&to=2025-04"]
)
def test_the_api_answers_what_the_page_shows_page_after_page(client, query):
    shown = re.findall(r'<h4[^>]*><a href="(/entries/[^"]+/)"', client.get(f"/?{query}").text)
    walked, address = [], f"/entries?limit=1&{query}"
    answers = []
    while address:
        answers.append(get(client, address))
        walked += [entry["url"] for entry in answers[-1]["entries"]]
        address = path_of(answers[-1]["links"].get("next", ""))
    assert [urlsplit(url).path for url in walked] == shown
    assert answers[0]["total"] == len(shown)
    assert answers[0]["total_is_capped"] is False
    for before, after in pairwise(answers):
        back = get(client, path_of(after["links"]["prev"]))
        assert back["entries"] == before["entries"]
    assert "prev" not in answers[0]["links"]


@pytest.mark.parametrize("address", ["/people", "/organisations", "/sources", "/changes"])
def test_lists_of_records_go_on_page_by_page_both_ways(client, address):
    name = address.strip("/")
    whole = get(client, address)[name]
    assert len(whole) > 1
    walked, pages, here = [], [], f"{address}?limit=1"
    while here:
        pages.append(get(client, here))
        walked += pages[-1][name]
        here = path_of(pages[-1]["links"].get("next", ""))
    assert walked == whole
    assert get(client, path_of(pages[-1]["links"]["prev"]))[name] == pages[-2][name]


def test_validators_304_head_and_links(client):
    address = f"{API}/entries?limit=2"
    full, head = client.get(address), client.head(address)
    for name in ("ETag", "Last-Modified", "Cache-Control", "Link", "Access-Control-Allow-Origin"):
        assert full[name] == head[name]
    assert head.content == b""
    assert "stale-while-revalidate" in full["Cache-Control"]
    assert re.search(r'<[^>]+cursor=[^>]+>; rel="next"', full["Link"])
    for condition in ({"If-None-Match": full["ETag"]}, {"If-Modified-Since": full["Last-Modified"]}):
        for ask in (client.get, client.head):
            answer = ask(address, headers=condition)
            assert answer.status_code == 304
            assert answer["ETag"] == full["ETag"]
            assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"{API}/entries?limit=3")["ETag"] != full["ETag"]


BAD = {
    "foo=1": "foo",
    "limit=0": "limit",
    "limit=201": "limit",
    "limit=many": "limit",
    "cursor=nowhere": "cursor",
    "cursor=%00": "cursor",
    f"cursor={'A' * 500}": "cursor",
    "cursor=YWZ0ZXIuMjAxOS0wMi0zMC4xLjE": "cursor",  # after.2019-02-30.1.1
    "cursor=YWZ0ZXIuMjAxOS0wMS0wMS4xLjE&page=2019": "page",
    "page=abc": "page",
    "from=2025-13": "from",
    "from=2025&to=2019": "from",
    "q=%00": "q",
    f"q={'x' * 10_000}": "q",
    "order=up": "order",
    "differ=2": "differ",
    "person[]=a": "person[]",
    "person=%FF": "person",
}


@pytest.mark.parametrize("query", BAD)
def test_a_bad_question_is_named_with_what_is_accepted(client, conforms, query):
    answer = client.get(f"{API}/entries?{query}")
    assert answer.status_code == (404 if query.startswith("person=") else 400)
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = answer.json()
    conforms("ProblemDetails", problem)
    assert BAD[query] in {error["parameter"] for error in problem["errors"]}
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_withdrawn_entry_is_410_with_the_reason(client, conforms):
    gone = Withdrawal.objects.get()
    for key in (gone.slug, gone.uid):
        answer = client.get(f"{API}/entries/{key}")
        assert answer.status_code == 410
        assert answer.json()["detail"] == "The report it rested on was retracted."
        assert answer.json()["uid"] == str(gone.uid)
        conforms("ProblemDetails", answer.json())
