"""Names that only lead to a record: they find it, nobody is shown them, and no import takes them for the record."""

import pytest

from tests.factories import (
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    chronology,
    glossary_term,
    publish_entry,
)
from tests.test_import import ENTRY, problems
from timeline.choices import NameKind
from timeline.models import EntryPage, PublishedEntry
from timeline.search import read

pytestmark = pytest.mark.django_db

HIDDEN, READING = "サトウ大臣", "さとう はなこ"


@pytest.fixture
def entry() -> EntryPage:
    """An entry about a record of each kind that is called by names of each kind."""
    records = {
        "people": PersonFactory(family_name="Sato", given_name="Hanako", slug="sato"),
        "organisations": OrganisationFactory(name="The Ministry", slug="ministry"),
        "commodities": CommodityFactory(name="Rice", slug="rice"),
    }
    for record in (*records.values(), glossary_term("minimum access")):
        names = record.names.model
        for name, kind in [(HIDDEN, NameKind.HIDDEN), (READING, NameKind.READING), ("Shown", NameKind.ALIAS)]:
            record.names.add(names(name=name, language="ja", kind=kind))
        record.save()
    return publish_entry(
        title="They meet",
        people=[records["people"]],
        organisations=[records["organisations"]],
        commodities=[records["commodities"]],
        statements=["Under minimum access."],
    )


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/entries/they-meet/",
        "/people/sato/",
        "/organisations/ministry/",
        "/commodities/rice/",
        "/glossary/minimum-access/",
        "/glossary/",
        "/api/v1/people/sato",
        "/api/v1/organisations/ministry",
        "/api/v1/commodities/rice",
        "/api/v1/glossary",
    ],
)
def test_a_hidden_name_is_told_nobody_and_a_reading_only_programs(client, entry, address):
    said = client.get(address).content.decode()
    assert HIDDEN not in said
    assert (READING in said) == address.startswith(("/api/v1/people", "/api/v1/org", "/api/v1/comm"))
    assert ("Shown" in said) == (address.count("/") > 1 and "entries" not in address) or "glossary" in address


@pytest.mark.parametrize("words", [HIDDEN, "サトウ", READING, "はなこ"])
def test_both_find_the_entries(entry, words):
    assert list(PublishedEntry.objects.matching(read(words).question()).values_list("pk", flat=True)) == [entry.pk]


def test_an_import_asks_who_is_meant_by_a_hidden_name(entry):
    chronology()
    (problem,) = problems(ENTRY + f"e-1,They part,,,,,,{HIDDEN}\n", "entries")
    assert f"There is no person “{HIDDEN}”" in problem
    assert problems(ENTRY + f"e-1,They part,,,,,,{READING}\n", "entries") == []


def test_a_term_is_explained_by_its_shown_names_alone():
    term = glossary_term("minimum access", "MA rice")
    term.names.add(term.names.model(name="the quota", kind=NameKind.HIDDEN))
    term.save()
    assert "MA" in term.pattern
    assert "quota" not in term.pattern
