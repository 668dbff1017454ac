"""The lists editors scan: columns, filters, search by any name, and a fixed number of queries."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    draft_entry,
    known_by_name,
    publish,
    publish_entry,
)
from timeline.models import (
    Category,
    CommodityName,
    EntryPage,
    FigureSeries,
    HSCode,
    Organisation,
    PersonName,
    Position,
    Source,
    SourceAddress,
    Term,
)
from timeline.models.record import Record

pytestmark = pytest.mark.django_db

ENTRIES = "/admin/entries/"


def records_url(model: type[Record] | str) -> str:
    name = model if isinstance(model, str) else model._meta.model_name
    return reverse(f"wagtailsnippets_timeline_{name}:list")


def rows(response) -> list[list[str]]:
    """The cells of each row as text, without the box to tick and the buttons."""
    table = BeautifulSoup(response.content, "html.parser").select_one("table.listing")
    if table is None:
        return []
    cells = [row.select("td") for row in table.select("tbody tr")]
    for button in table.select(".actions, [data-controller=w-dropdown]"):
        button.decompose()
    return [[cell.get_text(" ", strip=True) for cell in row[1:]] for row in cells]


def headlines(response) -> list[str]:
    return [row[1] for row in rows(response)]


class TestEntries:
    def test_the_columns_say_what_readers_see_and_what_is_missing(self, moderator):
        talks = CategoryFactory(name="Talks")
        publish_entry(title="Ministers meet", date="2025-04-16/2025-04-18", category=talks, weight="key", planned=True)
        draft_entry(title="Unsourced", date="2025-05~", category=talks, sources=[])
        found = rows(moderator.get(ENTRIES))
        assert [row[:5] for row in found] == [
            ["about May 2025", "Unsourced", "Normal", "Talks", "0"],
            ["16–18 April 2025 (planned)", "Ministers meet", "Key", "Talks", "1"],
        ]
        assert [row[-1].split()[-1].lower() for row in found] == ["draft", "live"]

    def test_the_latest_event_comes_first_and_a_draft_without_date_last(self, moderator):
        for title, date in [("Old", "2019"), ("Undated", ""), ("New", "2025-12")]:
            draft_entry(title=title, date=date)
        assert headlines(moderator.get(ENTRIES)) == ["New", "Old", "Undated"]
        url = f"{ENTRIES}?ordering=date_period"
        assert headlines(moderator.get(url)) == ["Old", "New", "Undated"]

    def test_filters_and_search(self, moderator):
        talks, visits = CategoryFactory(name="Talks"), CategoryFactory(name="Visits")
        person = akazawa()
        known_by_name()
        draft_entry(
            title="Two sources",
            category=talks,
            people=[person],
            sources=[SourceFactory(), SourceFactory()],
            date="2025-06",
        )
        publish_entry(title="One source", category=talks, date="2025-04-16")
        draft_entry(
            title="No source",
            category=visits,
            date="2024",
            sources=[],
            statements=["They met for fifty minutes."],
        )
        answers = {
            f"category={talks.pk}": ["Two sources", "One source"],
            "status=live": ["One source"],
            "status=draft": ["Two sources", "No source"],
            "status=changed": [],
            "status=moderation": [],
            "needs=source": ["No source"],
            "needs=second": ["One source"],
            "year=2025": ["Two sources", "One source"],
            "year=2024": ["No source"],
            f"person={person.slug}": ["Two sources"],
            "person=赤沢": ["Two sources"],
            f"person={person.slug}&needs=source": [],
            "q=akazawa+ryosei": ["Two sources"],
            f"q=赤沢&category={talks.pk}": ["Two sources"],
            "q=minutes": ["No source"],
        }
        found = {query: headlines(moderator.get(f"{ENTRIES}?{query}")) for query in answers}
        assert found == answers

    def test_a_page_of_thirty_entries_is_small(self, moderator):
        publish_entry(title="First")
        one = len(moderator.get(ENTRIES).content)
        publish_entry(title="Two governments agree on the rules by which their two customs offices work")
        assert one + 29 * (len(moderator.get(ENTRIES).content) - one) < 60_000

    def test_filters_are_fetched_when_they_are_opened_and_sent_while_one_is_used(self, moderator):
        talks = CategoryFactory(name="Talks")
        button = BeautifulSoup(moderator.get(ENTRIES).content, "html.parser").select_one("#filters-drilldown button")
        assert button
        fetched = BeautifulSoup(moderator.get(button["data-fetch"]).content, "html.parser")
        labels = [toggle.get_text(strip=True) for toggle in fetched.select(".w-drilldown__toggle")]
        assert labels[0] == "Needs"
        assert fetched.select_one(f"[name=category][value='{talks.pk}']")
        used = BeautifulSoup(moderator.get(f"{ENTRIES}?category={talks.pk}").content, "html.parser")
        assert [toggle.get_text(strip=True) for toggle in used.select(".w-drilldown__toggle")] == labels
        assert used.select_one(f"[name=category][value='{talks.pk}'][checked]")

    def test_the_menu_of_a_row_has_what_may_be_done_with_its_entry(self, editor, moderator):
        public, draft = publish_entry(title="Public"), draft_entry(title="Draft")
        found = {}
        for client, name in [(editor, "editor"), (moderator, "moderator")]:
            table = BeautifulSoup(client.get(ENTRIES).content, "html.parser")
            for entry in (public, draft):
                button = table.select_one(f"[aria-describedby=page_{entry.pk}_title][data-fetch]")
                menu = BeautifulSoup(client.get(button["data-fetch"]).content, "html.parser")
                found[name, entry.title] = [link.get_text(strip=True) for link in menu.select("a")]
        assert found == {
            ("editor", "Public"): ["Edit", "View live", "Copy", "History"],
            ("editor", "Draft"): ["Edit", "Copy", "History"],
            ("moderator", "Public"): ["Edit", "View live", "Copy", "Delete", "Withdraw", "History"],
            ("moderator", "Draft"): ["Edit", "Copy", "Delete", "History"],
        }

    def test_what_a_list_fetches_is_for_those_who_may_see_the_list(self, client, moderator):
        entry = draft_entry()
        for address in [reverse("entries:filters"), reverse("entries:menu", args=[entry.pk])]:
            assert client.get(address).status_code == 302
            assert client.get(address, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403
        assert moderator.get(reverse("entries:menu", args=[entry.pk + 1000])).status_code == 404

    def test_drafts_are_found_as_readers_find_what_is_public(self, moderator, client):
        cars = CommodityFactory(name="Cars")
        HSCode.objects.create(commodity=cars, code="8703")
        publish_entry(title="Public", people=[akazawa()], commodities=[cars], place="大阪")
        draft_entry(title="Draft", people=[akazawa()], commodities=[cars], place="大阪")
        known_by_name()
        for query in ["赤沢", "Ryo Akasawa", "HS 8703", "大阪", "cars -tokyo", "met OR tokyo"]:
            assert sorted(headlines(moderator.get(ENTRIES, {"q": query}))) == ["Draft", "Public"], query
            assert "Draft" not in client.get("/", {"q": query}).content.decode(), query

    def test_the_newest_version_is_found_and_readers_find_the_public_one(self, moderator, client):
        entry = publish_entry(title="Steel")
        entry.title = "Aluminium"
        entry.save_revision()
        for query in ["steel", "aluminium", "alumin"]:
            assert len(headlines(moderator.get(ENTRIES, {"q": query}))) == 1, query
        assert entry.get_absolute_url() not in client.get("/?q=aluminium").content.decode()
        entry.title, entry.change = "Copper", "minor"
        entry.save_revision()
        assert headlines(moderator.get(ENTRIES, {"q": "aluminium"})) == [], "that is not its newest version any more"
        entry.refresh_from_db()
        entry.get_latest_revision().publish()
        assert len(headlines(moderator.get(ENTRIES, {"q": "copper"}))) == 1
        assert headlines(moderator.get(ENTRIES, {"q": "steel"})) == []

    def test_more_new_drafts_than_one_search_reads_are_read_by_the_next(self, moderator, monkeypatch):
        for number in range(3):
            draft_entry(title=f"Steel {number}")
        monkeypatch.setattr("timeline.drafts.BATCH", 1)
        monkeypatch.setattr("timeline.drafts.MOST", 2)
        page = moderator.get(ENTRIES, {"q": "steel"})
        assert len(headlines(page)) == 2
        assert "Search again to find the rest" in page.content.decode()
        page = moderator.get(ENTRIES, {"q": "steel"})
        assert len(headlines(page)) == 3
        assert "Search again to find the rest" not in page.content.decode()

    def test_a_search_goes_on_while_a_word_is_typed(self, moderator):
        draft_entry(title="Gallium is licensed")
        for query in ["gal", "gallium licen", "GALL"]:
            assert headlines(moderator.get(ENTRIES, {"q": query})) == ["Gallium is licensed"], query

    def test_more_than_are_counted_are_said_to_be_more(self, moderator, monkeypatch):
        for number in range(4):
            draft_entry(title=f"Entry {number}", sources=[])
        monkeypatch.setattr("timeline.admin.counting.MOST", 3)
        monkeypatch.setattr("timeline.admin.welcome.MOST", 3)
        page = moderator.get(ENTRIES, {"q": "entry"}).content.decode()
        assert "More than 3 entries: filter or search to see others than the first" in page
        assert "There are 3 matches" not in page
        assert "of 3 entries" not in " ".join(page.split())
        assert len(headlines(moderator.get(ENTRIES))) == 3
        numbers = BeautifulSoup(moderator.get("/admin/").content, "html.parser").select_one(".w-summary").text
        assert "more than 3 to be sourced" in " ".join(numbers.split())
        chooser = moderator.get(reverse("entry_chooser:choose_results"), {"q": "entry"}).content.decode()
        assert "There are 3 matches" not in chooser

    def test_very_many_are_looked_at_one_by_one_and_are_the_same(self, moderator, monkeypatch):
        akazawa()
        for title, date in [("One", "2024"), ("Two", "2025")]:
            publish_entry(title=title, date=date, people=[PersonFactory()])
            draft_entry(title=f"Draft {title}", date=date, people=[PersonFactory()], sources=[])
        questions = ["needs=source", "needs=second", "needs=position", "q=met", "q=met&needs=position"]
        found = [headlines(moderator.get(f"{ENTRIES}?{query}")) for query in questions]
        monkeypatch.setattr("timeline.admin.counting.MANY", -1)
        assert [headlines(moderator.get(f"{ENTRIES}?{query}")) for query in questions] == found
        assert all(found)

    def test_a_bad_question_is_no_server_error(self, moderator):
        draft_entry()
        for query in ["year=0", "year=99999999999", "year=x", "person=x", "category=x", "q=%00"]:
            assert moderator.get(f"{ENTRIES}?{query}").status_code == 200, query

    def test_a_search_of_hundreds_of_words_is_cut(self, moderator):
        response = moderator.get(ENTRIES, {"q": " ".join(f"t{n}" for n in range(500))})
        assert response.status_code == 200


class TestRecords:
    def test_people_are_found_by_every_name_they_have(self, moderator):
        akazawa()
        PersonFactory(family_name="Motegi", given_name="Toshimitsu")
        known_by_name()
        for query in ["akazawa", "AKAZAWA Ryōsei", "ryosei akazawa", "赤沢", "赤澤亮正", "Akasawa"]:
            found = rows(moderator.get(records_url("person"), {"q": query}))
            assert [row[0] for row in found] == ["Ryosei Akazawa"], query

    def test_people_show_their_name_in_the_original_script(self, moderator):
        akazawa()
        assert rows(moderator.get(records_url("person")))[0][1] == "赤沢亮正"

    def test_commodities_are_found_by_alias_and_code(self, moderator):
        cars = CommodityFactory(name="Cars", parent=CommodityFactory(name="Vehicles"))
        CommodityName.objects.create(commodity=cars, name="autos")
        HSCode.objects.create(commodity=cars, code="8703")
        known_by_name()
        for query in ["autos", "8703", "cars"]:
            found = rows(moderator.get(records_url("commodity"), {"q": query}))
            assert [row[:3] for row in found] == [["Cars", "Vehicles", "8703"]], query

    def test_sources_say_what_they_lack(self, moderator):
        SourceFactory(title="Whole", archived_url="https://example.org/archive", published="2025")
        SourceFactory(title="Bare", publisher=None)
        found = {row[0]: row for row in rows(moderator.get(records_url("source")))}
        assert (found["Whole"][2], found["Whole"][5]) == ("Example Wire", "yes")
        assert (found["Bare"][2], found["Bare"][5]) == ("not recorded", "no")
        for lack in ["publisher", "archive", "date"]:
            answer = rows(moderator.get(records_url("source"), {"lacks": lack}))
            assert [row[0] for row in answer] == ["Bare"], lack

    def test_sources_at_one_page_are_shown_once_their_keys_are_made_anew(self, moderator):
        page = "https://example.org/talks"
        for title, path in {"One": "", "Two": "?srsltid=1", "Further": "/b", "Alone": "/c"}.items():
            SourceFactory(title=title, url=page + path)
        for title, url in [("Further", f"https://archive.ph/newest/{page}"), ("Alone", f"{page}/c?id=2")]:
            SourceAddress.objects.create(source=Source.objects.get(title=title), url=url)
        for table in (Source, SourceAddress):
            table.objects.update(address_key="as before")
        call_command("rebuild_search", verbosity=0)
        found = rows(moderator.get(records_url("source"), {"lacks": "page"}))
        assert {row[0] for row in found} == {"One", "Two", "Further"}

    def test_people_show_where_their_position_is_missing(self, moderator):
        """Known in 2025 only: an entry of 2024 has to say none, unless it was typed there."""
        person = akazawa()
        Position.objects.create(person=person, title="Minister", start="2025", end="2025")
        for date in ["2025-04-16", "2024-04-16", "2023-04-16"]:
            entry = draft_entry(date=date, people=[person], title=f"Meeting of {date}")
            if "2023" in date:
                entry.entry_people.update(position="Negotiator")
            publish(entry)
        PersonFactory(family_name="Unheard")
        found = rows(moderator.get(records_url("person"), {"lacks": "position"}))
        assert [[row[0], row[2], *row[4:6]] for row in found] == [["Ryosei Akazawa", "Minister", "3", "1"]]
        url = f"{ENTRIES}?person={person.slug}&needs=position"
        assert url.replace("&", "&amp;") in moderator.get(records_url("person")).content.decode()
        assert headlines(moderator.get(url)) == ["Meeting of 2024-04-16"]

    def test_sources_are_found_by_title_publisher_and_number(self, moderator):
        source = SourceFactory(title="Talks begin", publisher=OrganisationFactory(name="NHK"), published="2025-04-16")
        SourceFactory(title="Other", publisher=OrganisationFactory(name="Reuters"))
        known_by_name()
        for query in ["talks", "nhk begin", str(source.number)]:
            found = rows(moderator.get(records_url("source"), {"q": query}))
            assert ["Talks begin", str(source.number), "NHK", "16 April 2025"] in [row[:4] for row in found], query

    @pytest.mark.admin_indexes
    def test_uses_are_counted_once_for_each_entry(self, moderator, editor):
        source = SourceFactory()
        draft_entry(sources=[source], statements=["One fact.", "Another fact."])
        draft_entry(sources=[source])
        found = rows(moderator.get(records_url("source")))
        assert found[0][-1] == "2"
        usage = reverse("wagtailsnippets_timeline_source:usage", args=[source.pk])
        assert usage in moderator.get(records_url("source")).content.decode()
        assert usage not in editor.get(records_url("source")).content.decode()

    @pytest.mark.admin_indexes
    def test_of_very_many_uses_the_first_are_read(self, moderator, monkeypatch):
        source = SourceFactory()
        for _number in range(3):
            draft_entry(sources=[source])
        for module in ["uses", "record.lists"]:
            monkeypatch.setattr(f"timeline.admin.{module}.MOST_READ", 2)
        assert rows(moderator.get(records_url("source")))[0][-1] == "at least 2"
        form = moderator.get(reverse("wagtailsnippets_timeline_source:edit", args=[source.pk])).content.decode()
        assert "Used at least 2 times" in form
        usage = moderator.get(reverse("wagtailsnippets_timeline_source:usage", args=[source.pk]))
        assert len(rows(usage)) == 2
        assert "More than 2" in usage.content.decode()
        delete = reverse("wagtailsnippets_timeline_source:delete", args=[source.pk])
        moderator.post(delete)
        assert Source.objects.filter(pk=source.pk).exists()


def akazawa():
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    PersonName.objects.create(person=person, name="赤沢亮正", script="Jpan", language="ja", kind="native")
    PersonName.objects.create(person=person, name="Ryo Akasawa", kind="misprint")
    return person


def make_entry() -> None:
    publish_entry(people=[PersonFactory()], commodities=[CommodityFactory()])


def make_commodity() -> None:
    commodity = CommodityFactory(parent=CommodityFactory())
    HSCode.objects.create(commodity=commodity, code="8703")


@pytest.mark.parametrize(
    ("url", "make"),
    [
        (ENTRIES, make_entry),
        ("source", SourceFactory),
        ("person", akazawa),
        ("organisation", OrganisationFactory),
        ("commodity", make_commodity),
        ("category", lambda: CategoryFactory(name=f"Kind {Category.objects.count()}")),
    ],
)
def test_a_list_asks_as_many_queries_for_three_rows_as_for_one(moderator, url, make: Callable):
    url = url if url.startswith("/") else records_url(url)

    def queries() -> int:
        moderator.get(url)  # content types and permissions are looked up once
        with CaptureQueriesContext(connection) as captured:
            assert moderator.get(url).status_code == 200
        return len(captured)

    make()
    one = queries()
    make()
    make()
    assert queries() == one


def table(response) -> list[dict[str, str]]:
    """A CSV export, row by row."""
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(StringIO(text)))


class TestExports:
    def test_a_list_is_exported_as_it_is_filtered(self, moderator):
        publish_entry(title="Ministers meet", date="2025-04-16~", weight="key")
        draft_entry(title="Unsourced", sources=[])
        [row] = table(moderator.get(ENTRIES, {"status": "live", "export": "csv"}))
        assert row["Date"] == "2025-04-16~"
        assert row["Date in words"] == "about 16 April 2025"
        assert [row[name] for name in ["Headline", "Weight", "Kind of event", "Sources", "Status"]] == [
            "Ministers meet",
            "Key",
            "Talks",
            "1",
            "live",
        ]

    def test_every_kind_of_record_is_exported(self, moderator):
        akazawa()
        publish_entry(commodities=[CommodityFactory()])
        Term.objects.create(name="Safeguard", definition="A duty.")
        FigureSeries.objects.create(name="Duty on cars", description="In percent.")
        for kind in ["source", "person", "organisation", "commodity", "category", "figureseries", "term"]:
            [row] = table(moderator.get(records_url(kind), {"export": "csv"}))
            assert row.get("Title") or row["Name"], kind

    def test_no_cell_is_a_formula(self, moderator):
        for start in ["=", "+", "-", "@", "\t", "\r"]:
            Organisation.objects.all().delete()
            Organisation.objects.bulk_create([Organisation(name=f"{start}cmd|' /C calc'!A0", slug="nasty")])
            [row] = table(moderator.get(records_url("organisation"), {"export": "csv"}))
            assert row["Name"] == f"'{start}cmd|' /C calc'!A0"

    def test_nor_is_one_in_wagtails_own_reports(self, administrator):
        draft_entry()
        EntryPage.objects.update(title="=1+1", draft_title="=1+1", locked=True)
        response = administrator.get(reverse("wagtailadmin_reports:locked_pages"), {"export": "csv"})
        assert [row["Title"] for row in table(response)] == ["'=1+1"]

    def test_a_workbook_has_the_same_cells(self, moderator):
        draft_entry(title="=1+1")
        response = moderator.get(ENTRIES, {"export": "xlsx"})
        sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
        cells = {cell.value for row in sheet.iter_rows() for cell in row}
        assert "'=1+1" in cells
        assert "Headline" in cells
