"""What a parameter of a question is declared to be, every surface makes of it: page, formats, API, errors, papers."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import QueryDict
from django_filters import CharFilter

from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    SourceFactory,
    add_disagreement,
    draft_entry,
    publish,
    publish_entry,
)
from tests.test_formats import ANSWERS
from timeline.api import service
from timeline.filters import Question
from timeline.filters.filterset import EntryFilterSet
from timeline.filters.kinds import Filter, Flag, Records
from timeline.filters.parameters import PARAMETERS, facets, filters
from timeline.formats import FORMATS
from timeline.models import Organisation, PublishedEntry

pytestmark = pytest.mark.django_db

DESCRIBED = {"meaning": "Made up.", "description": "Made up.", "phrase": "made up of %s", "turn": 15}
TEXT = Filter("disputed", column="differs", label="Disputed", chip="Disputed: %s", accepted="true, false", **DESCRIBED)
FACET = Records("wire", column="publishers", model=Organisation, address="organisations", label="Wires", **DESCRIBED)
MADE_UP = {"disputed=true": "true", "wire=kyodo": "Kyodo"}
"""Questions that ask by the made-up parameters, each with its value as readers see it."""


@pytest.fixture
def made_up(monkeypatch):
    """Two parameters more, and two entries of which only the first answers both."""
    made_once = (service.openapi, service._openapi_text, service._accepted, EntryFilterSet.get_form_class)
    for one in (TEXT, FACET):
        monkeypatch.setitem(PARAMETERS, one.name, one)
    for made in made_once:
        made.cache_clear()
    kyodo, other = (SourceFactory(publisher=OrganisationFactory(name=name)) for name in ("Kyodo", "Jiji"))
    entry = draft_entry(title="Found", sources=[kyodo])
    add_disagreement(entry, **{"an hour": kyodo, "50 minutes": SourceFactory(publisher=kyodo.publisher)})
    publish(entry)
    publish_entry(title="Elsewhere", sources=[other], commodities=[CommodityFactory(name="Rice")])
    yield
    for made in made_once:
        made.cache_clear()


def page(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")


@pytest.mark.parametrize("query", MADE_UP)
def test_a_made_up_filter_narrows_whatever_answers_a_question(client, made_up, query):
    for path, read in ANSWERS.items():
        assert read(client.get(f"{path}?{query}").getvalue()) == ["Found"], path
    for kind in FORMATS:
        answer = client.get(f"/{kind.path}?{query}")
        assert (answer.status_code, b"Elsewhere" in answer.getvalue()) == (200, False), kind.path
    assert [heading.text for heading in page(client, f"/?{query}").select("article.entry h4")] == ["Found"]
    found = client.get(f"/api/v1/entries?{query}").json()
    assert ([entry["headline"] for entry in found["entries"]], found["query"]) == (["Found"], query)
    assert [change["headline"] for change in client.get(f"/api/v1/changes?{query}").json()["changes"]] == ["Found"]
    assert client.get(f"/api/v1/facets?{query}").json()["total"] == 1
    assert client.get(f"/api/v1/withdrawals?{query}").status_code == 200


@pytest.mark.parametrize("query", MADE_UP)
def test_a_made_up_filter_is_said_and_can_be_taken_away(client, made_up, query):
    name, value = query.partition("=")[0], MADE_UP[query]
    sentence, chip = f"Entries made up of {value}", PARAMETERS[name].say(PARAMETERS[name].chip, value)
    shown = page(client, f"/?{query}&from=2025")
    assert shown.title.text.startswith(f"{sentence}, from 2025 on")
    chips = {link.contents[-1]: link["href"] for link in shown.select(".chips a:not(.all)")}
    assert chips == {chip: "/?from=2025#rh", "From 2025": f"/?{query}#rh"}
    assert shown.select_one('link[rel="canonical"]')["href"].endswith("?" + "&".join(sorted([query, "from=2025"])))
    assert client.get(f"/api/v1/entries?{query}").json()["question"] == sentence
    ways = {link.text: link["href"] for link in page(client, f"/?{query}&commodity=rice").select(".lost li a")}
    assert ways[f"Drop “{chip}”: 1 entry"] == "/?commodity=rice"


@pytest.mark.parametrize("query", MADE_UP)
def test_a_made_up_filter_has_a_control_and_is_set_in_it(client, made_up, query):
    name, _equals, value = query.partition("=")
    form = page(client, f"/?{query}").select_one(".filters")
    control = form.select_one(f'[name="{name}"][value="{value}"]')
    assert control["type"] == "text" or control.has_attr("checked")
    assert str(PARAMETERS[name].label) in form.text


def test_a_made_up_facet_is_counted(client, made_up):
    choices = {choice["slug"]: choice["count"] for choice in client.get("/api/v1/facets").json()["facets"]["wire"]}
    assert choices == {"kyodo": 1, "jiji": 1}
    numbers = {one["value"]: one.parent.select_one("i").text for one in page(client, "/").select('[name="wire"]')}
    assert numbers == {"kyodo": "1", "jiji": "1"}


@pytest.mark.parametrize("query", MADE_UP)
def test_a_made_up_filter_goes_with_an_embed_and_its_picture(client, made_up, query):
    found = client.get("/oembed", {"url": f"{settings.BASE_URL}/?{query}"}).json()
    assert found["title"].endswith(f"Entries made up of {MADE_UP[query]}")
    assert f"/embed/?{query}" in found["html"]
    assert found["thumbnail_url"].endswith(f"/share.png?{query}")
    pictures = [client.get(f"/share.png?{asked}").content for asked in (query, "commodity=rice")]
    assert pictures[0].startswith(b"\x89PNG")
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize(
    ("query", "status", "accepted"),
    [("disputed=a%00b", 400, "true, false"), ("wire=nobody", 404, "the last part of an address under http")],
)
def test_bad_input_to_a_made_up_filter_is_answered_in_words(client, made_up, query, status, accepted):
    name = query.partition("=")[0]
    for kind in FORMATS:
        answer = client.get(f"/{kind.path}?{query}")
        assert answer.status_code == status
        text = json.loads(answer.content)["errors"][0]["accepted"] if "json" in answer["Content-Type"] else answer.text
        assert accepted in text
        assert name in answer.text
    assert (
        client.get(f"/api/v1/entries?{query}").json()["errors"][0]["accepted"].endswith("Made up.") or name == "wire"
    )
    assert client.get(f"/share.png?{query}").status_code == status
    shown = page(client, f"/?{query}")
    assert shown.select(".note")
    assert [heading.text for heading in shown.select("article.entry h4")] == ["Elsewhere", "Found"]


def test_a_made_up_filter_is_told_to_people_and_programs(client, made_up):
    listed = page(client, "/feeds/").select_one("#questions").parent
    terms = {term.text: term.find_next("dd").text for term in listed.select("dt")}
    assert terms["disputed"] == "Made up. Accepted: true, false."
    assert terms["wire*"].startswith("Made up. Accepted: the last part of an address under")
    assert "disputed, wire" in client.get("/feed.atom?foo=1").text
    operations = [path["get"] for path in client.get("/api/v1/openapi.json").json()["paths"].values()]
    for operation in operations:
        names = [parameter["name"] for parameter in operation["parameters"]]
        assert ("q" in names) == ("disputed" in names) == ("wire" in names)
    assert sum("wire" in [one["name"] for one in operation["parameters"]] for operation in operations) == 4
    assert {"disputed", "wire"} <= {code.text for code in page(client, "/api/").select("code")}


# -- what cannot be declared, or not so ----------------------------------------------------


def test_a_filter_that_is_not_declared_stops_the_start():
    with pytest.raises(ImproperlyConfigured, match="Declare place in"):
        type("Sneaky", (EntryFilterSet,), {"place": CharFilter()})


@pytest.mark.parametrize(
    ("declare", "why"),
    [
        (lambda: Filter("odd", column="nowhere", label="", accepted="text", **DESCRIBED), "not in Filterable"),
        (lambda: Records("wire", column="publishers", model=Organisation, label="", **DESCRIBED), "what it takes"),
        (
            lambda: Records("w" * 13, column="publishers", model=Organisation, label="", accepted="any", **DESCRIBED),
            "too long",
        ),
    ],
)
def test_a_filter_that_would_not_work_stops_the_start(declare, why):
    with pytest.raises(ImproperlyConfigured, match=why):
        declare()


# -- what is declared ----------------------------------------------------------------------


def test_every_column_that_is_asked_is_filled(specimens):
    """A column that ``edition/rows.py`` forgets is empty in every row; one that no specimen fills is not seen."""
    empty = {one.column for one in filters().values()}
    for row in PublishedEntry.objects.all():
        empty -= {column for column in empty if getattr(row, column)}
    assert empty == set(), "fill it in edition/rows.py, and let a specimen have it"


def test_every_facet_has_an_index():
    indexed = {
        PublishedEntry._meta.get_field(index.fields[0].strip("-")).attname
        for index in PublishedEntry._meta.indexes
        if index.fields
    }
    (together,) = (index for index in PublishedEntry._meta.indexes if index.name == "published_filed_under")
    columns = {one.column for one in facets().values()}
    indexed |= {column for column in columns if f"F({column.removesuffix('_id')})" in str(together)}
    assert {one.column for one in facets().values()} <= indexed, "give it one in models/published.py"


def test_every_control_that_is_declared_is_in_the_form(client, specimens):
    names = {field["name"] for field in page(client, "/").select(".filters [name]")}
    hidden = {name for name, one in facets().items() if not one.is_offered}
    assert names == {name for name, one in PARAMETERS.items() if one.control} - hidden


def test_what_narrows_by_one_parameter_alone_says_so(specimens):
    for name, one in filters().items():
        value = {"q": "talks", "from": "2025", "to": "2025"}.get(name) or "1"
        if isinstance(one, Records):
            value = next(iter(Question(QueryDict(f"{name}=first-round")).options[name]))
        question = Question(QueryDict(f"{name}={value}"))
        assert (question.problems, question.query()) == ([], f"{name}={value}")
        assert len(question.chips) == 1
        assert question.sentence != "All entries"
        assert (
            isinstance(one, Flag) or name in ("from", "to") or str(one.phrase).partition("%")[0] in question.sentence
        )


def test_the_readme_names_every_parameter():
    lines = (settings.BASE_DIR / "README.md").read_text().partition("| parameter | means |")[2].partition("\n\n")[0]
    first_cells = "".join(line.split("|")[1] for line in lines.split("\n") if line)
    assert re.findall(r"`(\w+)(?:=\w+)?`", first_cells) == list(PARAMETERS), "give each a row in its table"
