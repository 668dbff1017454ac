"""The page of a day: what it says, how other days are reached, and what an editor may write by hand.

``tests/test_standing.py`` has the rules by which an answer stands on a day.
"""

import csv
import html
import io

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.editing import add_row, form_data, messages_of
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_figure,
    chronology,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.merging import merge
from timeline.models import Coverage, Edition, LineCitation, MeasureDate, Position, StateLine

pytestmark = pytest.mark.django_db


def line(name="Duty on cars", **fields):
    return StateLine.objects.create(**{"name": name, "question": "What does it pay?", "subject": "Cars"} | fields)


def answer(of, date, value, period, status="ended", *, dates=(), **fields):
    """Publish an entry with a figure that answers a line; ``dates`` are pairs of a kind and a date."""
    source = SourceFactory()
    entry = draft_entry(title=f"Order of {date}", date=date, sources=[source])
    add_figure(entry, source, value=value, period=period, status=status, line=of, **{"basis": "total"} | fields)
    entry.measure_dates.set([MeasureDate(kind=kind, date=text) for kind, text in dates])
    return publish(entry)


@pytest.fixture
def duty(django_capture_on_commit_callbacks):
    """A duty of 25% from 3 April to 15 September 2025, researched from 2019 to June 2026."""
    page = chronology()
    page.coverage.add(Coverage(date="2019-04/2026-06"))
    page.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        of = line(front=1)
        answer(of, "2025-03-26", "25", "2025-04-03/2025-09-15")
    return of


def soup(client, on="", **asked):
    return BeautifulSoup(client.get("/state/", {"on": on} | asked if on else asked).content, "html.parser")


def words(client, on="", **asked):
    page = soup(client, on, **asked)
    return " ".join(html.unescape(page.main.get_text(" ", strip=True)).split())


# -- which day -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["1 August 2025", "2025年8月1日", "令和七年八月一日", "2025-08-01~"])
def test_a_day_may_be_written_in_any_way_and_has_one_address(client, duty, typed):
    answer = client.get("/state/", {"on": typed, "then": "1"})
    assert answer.status_code == 302
    assert answer.url == "/state/?on=2025-08-01&then=1"


def test_of_a_month_the_last_day_is_answered_and_said_so(client, duty):
    assert client.get("/state/", {"on": "July 2019"}).url == "/state/?on=2019-07"
    text = words(client, "2019-07")
    assert "Where things stood on 31 July 2019" in text
    assert "You asked for July 2019. This is 31 July 2019, the last day of it. Its first: 1 July 2019" in text
    assert soup(client, "2019-07").find("link", rel="canonical")["href"].endswith("/state/?on=2019-07-31")
    assert client.get("/state.json?on=2019-07").json()["on"] == "2019-07-31"
    assert client.get("/api/v1/state?on=2019-07").json()["on"] == "2019-07-31"


def test_of_a_time_that_goes_on_the_last_day_researched_is_answered(client, duty):
    text = words(client, "2026")
    assert "This is 30 June 2026, the last day of it that has been researched." in text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("yesterday", "“yesterday”"),
        ("2025-02-30", "There is no 30 February 2025."),
        ("2025-08/..", "has no last day"),
        ("20000-01-01", "20000"),
        ("\x00", ""),
    ],
)
def test_what_is_no_day_is_said_at_the_field_which_keeps_it(client, duty, typed, says):
    page = client.get("/state/", {"on": typed})
    assert page.status_code == 200
    found = BeautifulSoup(page.content, "html.parser")
    error = found.find(id="on-error").get_text(strip=True)
    assert says in error
    assert found.find("input", id="on")["aria-describedby"] == "on-error"
    for path in ("/state.json", "/state.csv", "/api/v1/state"):
        assert client.get(path, {"on": typed}).status_code == 400


def test_after_the_last_day_researched_everything_is_last_recorded(client, duty):
    answer(duty, "2025-09-16", "15", "2025-09-16/..", "in_force")
    text = words(client, "2030-01-01")
    assert "Our sources end on 30 June 2026." in text
    assert "Last recorded What" in text
    assert "In force on" not in text


def test_before_research_begins_the_page_says_so(client, duty):
    assert "Our sources begin on 1 April 2019." in words(client, "1990-01-01")


def test_the_days_of_change_beside_it_are_named(client, duty):
    days = soup(client, "2025-05-01").find("form", class_="day")
    steps = [(" ".join(step.get_text(" ", strip=True).split()), step["href"]) for step in days.find_all("a")]
    assert steps == [
        ("← 3 April 2025 Duty on cars", "/state/?on=2025-04-03"),
        ("16 September 2025 → an end: Duty on cars", "/state/?on=2025-09-16"),
    ]


# -- what it says ----------------------------------------------------------------------------


@pytest.fixture
def corrected(duty):
    """15% on top, which a later order made 15% in total back to the same day."""
    line("Rate on goods")
    of = StateLine.objects.get(name="Rate on goods")
    answer(of, "2025-07-31", "15", "2025-08-07/2025-09-03", basis="additional", note="Replaced back to 7 August.")
    dates = [("retroactive", "2025-08-07")]
    return answer(of, "2025-09-04", "10", "2025-08-07/2026-02-23", "in_force", dates=dates)


def test_a_value_that_was_changed_afterwards_stays_and_says_so(client, corrected):
    text = words(client, "2025-08-20")
    assert "Changed afterwards: an order of 4 September 2025 made it, back to 7 August 2025, 10% in total" in text
    [row] = [row for row in soup(client, "2025-08-20").find_all("tr") if "Rate on goods" in row.text]
    assert row.find(class_="val").get_text(" ", strip=True) == "15% on top"


def test_of_what_was_known_on_the_day_alone_nothing_later_is_said(client, corrected):
    text = words(client, "2025-08-20", then="1")
    assert "15% on top" in text
    for later in ("Changed afterwards", "September 2025 –", "Replaced back", "10%"):
        assert later not in text
    answers = client.get("/state.json?on=2025-08-20&then=1").json()["lines"][1]["answers"]
    assert [(one["value"], one["until"], one["note"], one["figure"]["note"]) for one in answers] == [
        ("15%", None, "", "")
    ]


def test_what_came_of_an_agreement_is_said_where_the_same_number_followed(client, duty):
    answer(duty, "2025-07-22", "15", "2025-07-22/2025-09-15", "agreed", basis="")
    later = answer(duty, "2025-09-16", "15", "2025-09-16/..", "in_force")
    assert "until 15 September 2025 What came of it: in force, 16 September 2025" in words(client, "2025-08-01")
    assert "What came of it" not in words(client, "2025-08-01", then="1")
    said = client.get("/state.json?on=2025-08-01").json()["lines"][0]["answers"][1]
    assert said["came_of_it"]["since"] == "2025-09-16"
    assert said["came_of_it"]["entry"].endswith(f"/entries/{later.slug}/")


def table(client, on, **asked):
    answer = client.get("/state.csv", {"on": on} | asked)
    assert answer["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer["Content-Disposition"] == f'attachment; filename="state-{on}.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True))


def test_as_a_table_it_is_the_same_answer_as_data(client, corrected):
    line("Rice", unknown="How much of it is eaten; by whom.")
    for asked in ({}, {"then": "1"}):
        data = client.get("/state.json", {"on": "2025-08-20"} | asked).json()
        rows = table(client, "2025-08-20", **asked)
        assert [(row["line"], row["standing"], row["value"], row["since"], row["note"]) for row in rows] == [
            (one["slug"], said["standing"], said["value"], said["since"] or "", said["note"])
            for one in data["lines"]
            for said in one["answers"] or [dict.fromkeys(("value", "since", "note"), "") | {"standing": "not_known"}]
        ]
        assert {row["known"] for row in rows if row["line"] == "rice"} == {"false"}
        assert rows[-1]["not_known"] == "How much of it is eaten, by whom."
        assert rows[0]["entry"] == data["lines"][0]["answers"][0]["entry"]["url"]


def test_a_spreadsheet_runs_and_changes_nothing_in_its_table(client, duty):
    StateLine.objects.update(subject="=cmd()")
    assert {row["subject"] for row in table(client, "2025-05-01")} == {"=cmd()"}
    [row] = table(client, "2025-05-01", excel="1")
    assert (row["subject"], row["value"], row["since"]) == ("'=cmd()", "'25%", "2025-04-03")
    refused = client.get("/state.csv", {"on": "nonsense", "excel": "yes"})
    assert "on: " in refused.text
    assert "excel: " in refused.text
    assert "state.csv?on=2025-05-01" in client.get("/state/?on=2025-05-01").text
    columns = BeautifulSoup(client.get("/feeds/").text, "html.parser").find(id="state").parent
    assert [name.text for name in columns.select("dt")] == list(row)


def test_it_has_a_sentence_to_quote(client, duty):
    quoted = soup(client, "2025-05-01").find(id="quote").parent.find("code").text
    assert quoted == f"“1 May 2025: Duty on cars: 25% in total.” {Edition.objects.get().title}."


def test_a_line_without_an_answer_is_not_known(client, duty):
    assert "Duty on cars: Not known on this day." in words(client, "2025-04-02")


# -- who held office -------------------------------------------------------------------------


@pytest.fixture
def offices():
    """Three ministers, one of whom no days are known, and a negotiator; all are in an entry."""
    cabinet = OrganisationFactory(name="Cabinet", kind="government", country="JP")
    held = {
        "Abe": [("Minister", "2017-08-03", "2019-09-11"), ("Chief negotiator", "2019-04", "2019-09")],
        "Baba": [("Minister", "", "")],
        "Chiba": [("Minister", "2024-10-01", "")],
    }
    people = []
    for name, positions in held.items():
        people.append(PersonFactory(family_name=name, given_name=""))
        for title, start, end in positions:
            Position.objects.create(person=people[-1], organisation=cabinet, title=title, start=start, end=end)
    publish_entry(date="2019-06-28", people=people)


def held(client, on):
    """Office: holder, as the page lists them."""
    table = soup(client, on).find("caption", id="offices").parent
    rows = [
        [" ".join(cell.get_text(" ", strip=True).split()) for cell in row.find_all(["th", "td"])]
        for row in table.tbody.find_all("tr")
    ]
    return {row[0].removesuffix(" Cabinet"): row[1:4] for row in rows}


def test_who_held_which_office_is_said_of_a_month_too(client, offices):
    assert held(client, "2019-07") == {
        "Chief negotiator": ["Abe", "April 2019", "September 2019"],
        "Minister": ["Abe", "3 August 2017", "11 September 2019"],
    }


def test_an_office_that_goes_on_without_a_known_holder_is_not_in_our_sources(client, offices):
    nobody = "Not in our sources Also held, on days that no source gives, by Baba"
    assert held(client, "2022-01-01") == {"Minister": [nobody, "–", "–"]}
    [office] = client.get("/api/v1/state?on=2022-01-01").json()["offices"]
    assert (office["name"], office["page"], [one["name"] for one in office["others"]]) == ("", None, ["Baba"])


def test_who_may_have_followed_somebody_without_an_end_stands_beside(client, offices):
    both = "Chiba Also held, on days that no source gives, by Baba"
    assert held(client, "2025-01-01") == {"Minister": [both, "1 October 2024", "No end in our sources"]}


# -- written by hand -------------------------------------------------------------------------


@pytest.fixture
def by_hand(duty):
    source = SourceFactory()
    duty.words, duty.as_of = "Cars pay what the order says.", "2025-05-01"
    duty.citations.add(LineCitation(source=source))
    duty.save()
    return source


def test_a_line_by_hand_stands_on_the_first_page_with_its_day_and_sources(client, by_hand):
    lines = BeautifulSoup(client.get("/").content, "html.parser").find("ul", class_="now")
    text = " ".join(lines.get_text(" ", strip=True).split())
    assert f"As of 1 May 2025 Duty on cars Cars pay what the order says.\u2060 {by_hand.number}" in text


def test_it_stands_on_the_page_of_a_day_from_its_day_on(client, by_hand):
    said = "Duty on cars, as of 1 May 2025: Cars pay what the order says."
    assert said in words(client, "2025-05-01")
    assert said not in words(client, "2025-04-30")
    [data] = client.get("/api/v1/state?on=2025-05-02").json()["lines"]
    assert data["by_hand"]["sources"][0]["number"] == by_hand.number


def test_its_source_follows_when_it_is_merged(client, by_hand):
    kept = SourceFactory()
    merge(kept, by_hand)
    [data] = client.get("/api/v1/state?on=2025-05-02").json()["lines"]
    assert [source["number"] for source in data["by_hand"]["sources"]] == [kept.number]


@pytest.mark.parametrize("as_of", ["", "2025-05"])
def test_it_needs_a_day_and_a_source_that_readers_may_see(duty, as_of):
    duty.words, duty.as_of = "Cars pay.", as_of
    duty.citations.add(LineCitation(source=SourceFactory(use="error_example")))
    with pytest.raises(ValidationError) as refused:
        duty.save()
    assert refused.value.messages == [
        "Say as of which day the words are right: one day, such as 29 October 2025.",
        "What is written by hand needs a source, as a statement does. Choose one under the words.",
    ]


def test_a_moderator_is_told_what_is_missing_and_nothing_typed_is_lost(moderator, duty):
    address = reverse("wagtailsnippets_timeline_stateline:edit", args=[duty.pk])
    data = form_data(moderator.get(address)) | {"words": "Cars pay what the order says."}
    answer = moderator.post(address, data)
    assert "Say as of which day the words are right." in messages_of(answer)
    assert "Cars pay what the order says." in answer.text
    data["as_of"] = "1 May 2025"
    answer = moderator.post(address, data)
    assert "What is written by hand needs a source, as a statement does." in messages_of(answer)
    assert form_data(answer)["words"] == "Cars pay what the order says."
    add_row(data, "citations", source=SourceFactory().pk)
    assert moderator.post(address, data).status_code == 302
    assert StateLine.objects.get().as_of == "2025-05-01"


# -- when it changes -------------------------------------------------------------------------


def test_a_line_that_comes_or_goes_is_a_public_change(client, duty, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        other = line("Rice", position=2)
    assert "Rice: Not known on this day." in words(client, "2025-05-01")
    before = Edition.objects.get().version
    with django_capture_on_commit_callbacks(execute=True):
        other.delete()
    assert Edition.objects.get().version > before
    assert "Rice" not in words(client, "2025-05-01")


def test_an_entry_that_is_withdrawn_takes_its_answers_along(client, duty):
    duty.figures.get().entry.unpublish()
    assert "25%" not in words(client, "2025-05-01")
    assert client.get("/state.json?on=2025-05-01").json()["lines"][0]["known"] is False


# -- what it costs ---------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 3])
def test_a_day_costs_the_same_however_much_answers_it(client, duty, offices, more, django_assert_num_queries):
    for number in range(more):
        answer(line(f"Line {number}"), "2025-03-26", "25", "2025-04-03/2025-09-15")
    with django_assert_num_queries(7):
        client.get("/state/?on=2025-05-01")


# -- the ways to it --------------------------------------------------------------------------


def test_entries_people_months_and_questions_with_an_end_lead_to_their_day(client, offices):
    publish_entry(title="A second one", slug="second", date="2019-06-03")
    abe = "/people/abe/"
    for path, href in (
        ("/entries/second/", "/state/?on=2019-06-03"),
        (abe, "/state/?on=2017-08-03#offices"),
        (abe, "/state/?on=2019-04-01#offices"),
        ("/?show=headlines", "/state/?on=2019-06"),
        ("/?from=2019-07&to=2019-07", "/state/?on=2019-07-31"),
    ):
        assert f'"{href}"' in client.get(path).text, path
    assert "Who held which office then" not in client.get("/people/baba/").text, "no day is known"
