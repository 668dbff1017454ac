"""The tables of a question, read back as a script and as an analyst's database would."""

import csv
import io

import duckdb
import pytest

from tests.factories import (
    CommodityFactory,
    PersonFactory,
    SourceFactory,
    add_figure,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.formats.tables import LIST
from timeline.models import HSCode, Position, PublishedEntry

pytestmark = pytest.mark.django_db

HOSTILE = '=1+1 🍚 赤沢亮正 & <b>x</b> ]]> \u200fright\u200e; "a", b'


def rows(client, address):
    """The rows as the csv module reads them: all as wide as the header, lines ended as RFC 4180 asks."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    content = response.getvalue()
    assert content.endswith(b"\r\n")
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert {len(row) for row in table} == {len(table[0])}
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


@pytest.fixture
def entry():
    source, other = SourceFactory(title="A"), SourceFactory(title="B")
    minister = PersonFactory(slug="minister")
    Position.objects.create(person=minister, title="=Minister", start="2024-10", end="", source=source)
    entry = draft_entry(
        title=HOSTILE,
        slug="hostile",
        summary=f"-5 percent, then {'x' * 10_000}\nand a new line",
        date="2025-04",
        people=[minister],
        commodities=[CommodityFactory(name="Beef"), CommodityFactory(name="Rice; brown")],
        sources=[source, other],
        statements=["One.", "Two."],
    )
    add_figure(entry, source, value="-2.50", label="+Change")
    entry = publish(entry)
    publish_entry(title="Another", date="2025-05-01", sources=[source], planned=True)
    return entry


def test_an_entry_is_a_row_with_cells_as_they_were_written(client, entry):
    hostile, other = rows(client, "/entries.csv")
    assert hostile["headline"] == HOSTILE
    assert hostile["summary"].startswith("-5 percent")
    assert hostile["summary"].endswith("\nand a new line")
    assert hostile["commodities"].split(LIST) == ["beef", "rice-brown"]
    assert hostile["commodity_names"].split(LIST) == ["Beef", "Rice, brown"]  # the mark between values is in none
    assert (hostile["figures"], other["figures"]) == ("1", "0")
    assert (other["headline"], other["planned"], other["place"]) == ("Another", "true", "")
    assert [row["headline"] for row in rows(client, "/entries.csv?order=new")] == ["Another", HOSTILE]


def test_a_month_is_never_the_first_of_the_month(client, entry):
    row = rows(client, "/entries.csv?to=2025-04")[0]
    known = {name: value for name, value in row.items() if name.startswith("date")}
    assert known == {
        "date": "2025-04",
        "date_start": "2025-04-01",  # the first day it may be, and beside it the last
        "date_end": "2025-04-30",
        "date_precision": "month",
        "date_approximate": "false",
        "date_uncertain": "false",
        "date_basis": "stated",
        "date_note": "",
        "date_text": "April 2025",
        "date_extent": "",
    }


def test_citations_figures_and_people_have_a_row_each(client, entry):
    uid = str(entry.uid)
    citations = rows(client, "/citations.csv")
    mine = [(row["carries"], row["position"], row["source"]) for row in citations if row["entry_uid"] == uid]
    assert mine == [
        ("statement", "1", "1"),
        ("statement", "2", "2"),
        ("statement", "1", "1"),
        ("statement", "2", "2"),
        ("figure", "1", "1"),
    ]
    assert len(citations) == len(mine) + 1
    (figure,) = rows(client, "/figures.csv")
    assert (figure["entry_uid"], figure["value"], figure["label"]) == (uid, "-2.5", "+Change")
    (participant,) = rows(client, "/participants.csv")
    assert (participant["entry_uid"], participant["person"]) == (uid, "minister")
    (position,) = rows(client, "/positions.csv")
    assert (position["person"], position["title"], position["start"], position["end"], position["source"]) == (
        "minister",
        "=Minister",
        "2024-10",
        "",
        "1",
    )
    assert rows(client, "/positions.csv?from=2025-05") == []


def test_for_excel_no_text_is_a_formula_and_numbers_stay_numbers(client, entry):
    assert client.get("/entries.csv?excel=1").getvalue().startswith(b"\xef\xbb\xbfuid,")
    assert client.get("/entries.csv").getvalue().startswith(b"uid,")
    row = rows(client, "/entries.csv?excel=1&to=2025-04")[0]
    assert row["headline"] == f"'{HOSTILE}"
    assert row["summary"].startswith("'-5 percent")
    (figure,) = rows(client, "/figures.csv?excel=1")
    assert (figure["label"], figure["value"]) == ("'+Change", "-2.5")
    assert rows(client, "/positions.csv?excel=1")[0]["title"] == "'=Minister"


def test_for_excel_months_and_codes_stay_what_they_are(client):
    beef = CommodityFactory(name="Beef")
    for code in ("02", "0201"):
        HSCode.objects.create(commodity=beef, code=code)
    publish_entry(title="A year of talks", date="2025-04/2026-03", commodities=[beef])
    plain, guarded = (rows(client, f"/entries.csv{query}")[0] for query in ("", "?excel=1"))
    assert {name for name in plain if plain[name] != guarded[name]} == {"date", "hs_codes"}
    assert (guarded["date"], guarded["hs_codes"]) == ("'2025-04/2026-03", "'02;0201")
    assert (guarded["date_start"], guarded["planned"]) == (
        "2025-04-01",
        "false",
    )  # days and switches are what Excel knows


def test_every_sign_that_begins_a_formula_is_made_harmless(client):
    publish_entry()
    document = PublishedEntry.objects.get().document
    for start in "=+-@\t\r＝":
        PublishedEntry.objects.update(document=document | {"headline": f"{start}1+1"})
        assert rows(client, "/entries.csv?excel=1")[0]["headline"] == f"'{start}1+1"
        assert rows(client, "/entries.csv")[0]["headline"] == f"{start}1+1"


def test_an_analysts_database_reads_the_same(client, entry, tmp_path):
    for name in ("entries", "citations"):
        (tmp_path / f"{name}.csv").write_bytes(client.get(f"/{name}.csv").getvalue())
    found = duckdb.sql(
        f"""SELECT e.headline, e.date_start, e.planned, count(*) FROM '{tmp_path}/entries.csv' e
        JOIN '{tmp_path}/citations.csv' c ON c.entry_uid = e.uid GROUP BY ALL ORDER BY 4"""
    ).fetchall()
    assert [(row[0], str(row[1]), row[2], row[3]) for row in found] == [
        ("Another", "2025-05-01", True, 1),
        (HOSTILE, "2025-04-01", False, 5),
    ]


def test_a_table_is_saved_under_a_name_that_says_what_was_asked(client, entry):
    kept = client.get("/entries.csv?commodity=beef")["Content-Disposition"]
    assert kept == (
        'attachment; filename="entries.csv"; '
        "filename*=UTF-8''Test%20Chronology%20Entries%20about%20Beef%20-%20entries.csv"
    )
    assert client.head("/entries.csv?excel=1").getvalue() == b""


def test_an_empty_table_has_its_header(client):
    publish_entry()
    for name in ("entries", "citations", "figures", "participants", "positions"):
        assert client.get(f"/{name}.csv?q=nothing").getvalue().count(b"\r\n") == 1


@pytest.mark.parametrize("entries", [1, 3])
def test_tables_cost_the_same_queries_whatever_they_hold(client, entries, django_assert_num_queries):
    for _number in range(entries):
        person = PersonFactory()
        Position.objects.create(person=person, title="Minister", source=SourceFactory())
        publish_entry(people=[person])
    with django_assert_num_queries(4):  # edition, last change (2), entries
        assert len(rows(client, "/entries.csv")) == entries
    with django_assert_num_queries(4):  # edition, people, positions and their sources
        assert len(rows(client, "/positions.csv")) == entries
