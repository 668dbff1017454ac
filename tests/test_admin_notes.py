"""Live notes: what the open form is told while an entry is written, saved or not."""

import datetime
import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.editing import add_row, add_statement, edit_url, form_data, messages_of, no_rows
from tests.factories import CommodityFactory, PersonFactory, SourceFactory, add_figure, draft_entry, publish_entry
from tests.test_admin_entries import new_entry_form
from timeline.admin.entry.checks import MARKS
from timeline.models import EntryPage, Position, Snapshot, Source

pytestmark = pytest.mark.django_db


def answer(client: Client, data: dict[str, Any], entry: EntryPage | None = None) -> dict[str, Any]:
    url = reverse("timeline_notes", args=[entry.pk]) if entry else reverse("timeline_notes_of_new")
    response = client.post(url, data)
    assert response.status_code == 200
    return response.json()


def copy_of(source: Source, text: str) -> None:
    Snapshot.objects.create(source=source, text=text, origin="pasted", taken_at=timezone.now())


def beside(told: dict[str, Any], field: str) -> list[str]:
    return [note["text"] for note in told["notes"] if note["at"] == field]


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ({"date": "16 Apr 2025"}, ["Readers will see: 16 April 2025. That is a Wednesday."]),
        (
            {"date": "2025-04-16", "date_basis": "derived"},
            [
                "Readers will see: 16 April 2025 (day worked out from the report). That is a Wednesday.",
                "The day is worked out, and the note does not say from what. Quote the words that fix it.",
            ],
        ),
        ({"date": "April 2025"}, ["Readers will see: April 2025 (month only)."]),
        ({"date": "spring 2025"}, ["Readers will see: spring 2025 (March–May)."]),
        (
            {"date": "2020-21"},
            ["Readers will see: spring 2020 (March–May).", "As two years it is written 2020/2021."],
        ),
        ({"date": "2025-02-30"}, ["There is no 30 February"]),
        ({"date": "2099-05"}, ["May 2099", "This date is in the future. Tick Planned, or correct the year."]),
        ({"date": "2099-05", "planned": "on"}, ["May 2099"]),
        ({"date": "2019", "planned": "on"}, ["2019", "This date has passed."]),
        ({"date": ""}, []),
    ],
)
def test_the_date_is_read_back_while_it_is_typed(editor, typed, sentences):
    _url, data = new_entry_form(editor)
    told = beside(answer(editor, data | typed), "id_date")
    assert len(told) == len(sentences)
    assert all(sentence in text for sentence, text in zip(sentences, told, strict=True)), told


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("04/05/2025", ["2025-05-04", "2025-04-05"]),
        ("Apr-25", ["2025-04"]),
        ("2025-04-15T15:00:00Z", ["2025-04-15", "2025-04-16"]),
        ("2020-21", ["2020/2021"]),
        ("nonsense", []),
    ],
)
def test_a_date_with_several_readings_offers_them(editor, typed, offers):
    _url, data = new_entry_form(editor)
    notes = answer(editor, data | {"date": typed})["notes"]
    assert [offer for note in notes for offer in note["offers"]] == offers


@pytest.mark.parametrize(
    ("date", "said", "asked", "missing"),
    [
        ("2025-10-27/2025-10-29", "", True, True),
        ("27–29 October 2025", "", True, True),
        ("FY 2025 Japan", "", False, False),  # cannot be read
        ("Japanese FY 2025", "", True, True),
        ("2025-10-27/2025-10-29", "between", True, False),
        ("October 2025", "", True, False),  # at some time in it, if nothing else is said
        ("27 October 2025", "", False, False),
        ("2025-04/..", "", False, False),
        ("", "", False, False),
    ],
)
def test_what_two_dates_mean_is_asked_where_it_matters(editor, date, said, asked, missing):
    _url, data = new_entry_form(editor)
    told = answer(editor, data | {"date": date, "date_extent": said})
    assert told["extent"] is asked
    assert ("date_extent" in [problem["panel"] for problem in told["problems"]]) is missing


def test_what_two_dates_mean_is_read_back(editor):
    _url, data = new_entry_form(editor)
    told = answer(editor, data | {"date": "27–29 October 2025", "date_extent": "between"})
    assert beside(told, "id_date") == ["Readers will see: some time between 27 and 29 October 2025."]


def test_a_person_shows_the_position_held_that_day(editor):
    motegi, nobody, envoy = PersonFactory(), PersonFactory(), PersonFactory()
    Position.objects.create(
        person=motegi, title="Minister of Economic Revitalization", start="2017-08-03", end="2019-09-11"
    )
    Position.objects.create(person=motegi, title="Minister for Foreign Affairs", start="2019-09-11", end="2021-11-10")
    _url, data = new_entry_form(editor)
    data["date"] = "2019-04-16"
    add_row(data, "entry_people", person=motegi.pk)
    add_row(data, "entry_people", person=nobody.pk)
    add_row(data, "entry_people", person=envoy.pk, position="Envoy")
    add_row(data, "entry_people", person=motegi.pk)
    told = answer(editor, data)
    assert beside(told, "id_entry_people-0-position") == ["Readers will see: Minister of Economic Revitalization."]
    assert beside(told, "id_entry_people-1-position") == [
        "No recorded role on 16 April 2019. Add one on the record, or type it here."
    ]
    assert beside(told, "id_entry_people-2-position") == ["Readers will see: Envoy."]
    assert beside(told, "id_entry_people-3-person") == ["This person is listed twice."]


def test_a_quotation_is_looked_for_in_our_copy_of_the_source(editor):
    source, unread = SourceFactory(), SourceFactory()
    copy_of(source, "He said: “We will talk – soon.”")
    _url, data = new_entry_form(editor)
    statement = add_statement(data, "They talk.")
    for cited, words in [
        (source, "we will talk - soon"),
        (source, "We will not talk"),
        (unread, "x"),
        (None, "y " * 41),
    ]:
        chosen = {"source": cited.pk if cited else "", "locator": f"“{words[:9]}”"}
        add_row(data, f"{statement}-citations", quotation=words, **chosen)
    told = answer(editor, data)
    assert [beside(told, f"id_{statement}-citations-{n}-quotation") for n in range(4)] == [
        ["Our copy of the source has these words."],
        ["Our copy of the source does not have these words. Copy them again from it."],
        ["There is no copy of this source here, so the words cannot be checked."],
        ["41 words; 40 are allowed.", "Choose the source of these words."],
    ]


def test_what_is_missing_shrinks_while_writing(editor):
    _url, data = new_entry_form(editor)
    assert [item["panel"] for item in answer(editor, data)["problems"]] == [
        "date",
        "category",
        "summary",
        "statements",
    ]
    add_statement(data, "Ministers met.", SourceFactory())
    data |= {"date": "2025-04-1", "summary": "Ministers meet."}
    assert [item["panel"] for item in answer(editor, data)["problems"]] == ["category"]


def test_an_entry_on_the_same_days_with_the_same_people_or_words_is_noticed(editor):
    people = [PersonFactory(), PersonFactory()]
    same_people = draft_entry(title="First round", date="2025-04", people=people)
    same_words = draft_entry(title="Ministers meet in Tokyo", date="2025-04-16")
    draft_entry(title="Ministers meet in Tokyo again", date="2025-04-17", people=people[:1])
    entry = draft_entry(title="Ministers to meet in Tokyo", date="2025-04-16", people=people)
    data = form_data(editor.get(edit_url(entry)))
    assert [other["pk"] for other in answer(editor, data, entry)["similar"]] == [same_people.pk, same_words.pk]


def test_earlier_entries_are_suggested_by_what_they_share_and_the_nearest_first(editor):
    person, cars, rice = PersonFactory(), CommodityFactory(), CommodityFactory()
    far = publish_entry(date="2019-04-16", people=[person], commodities=[cars])
    near = publish_entry(date="2025-03-01", commodities=[cars])
    nearer = publish_entry(date="2025-04-01", commodities=[cars])
    publish_entry(date="2025-05-01", people=[person])  # later
    publish_entry(date="2025-04-02", commodities=[rice])
    draft_entry(date="2025-04-03", people=[person])
    _url, data = new_entry_form(editor)
    data["date"] = "2025-04-16"
    add_row(data, "entry_people", person=person.pk)
    add_row(data, "entry_commodities", commodity=cars.pk)
    told = answer(editor, data)["suggestions"]
    assert [(other["pk"], other["why"]) for other in told] == [
        (far.pk, "the same people, goods"),
        (nearer.pk, "the same goods"),
        (near.pk, "the same goods"),
    ]
    add_row(data, "follows", earlier=far.pk)
    assert [other["pk"] for other in answer(editor, data)["suggestions"]] == [nearer.pk, near.pk]


def test_what_cannot_be_read_is_said_at_its_field(editor):
    _url, data = new_entry_form(editor)
    data["time_zone"] = "Tokyo"
    figure = add_row(
        data, "figures", label="Duty", value="25 or so", low="2", high="1", unit="percent", period="2025-13"
    )
    no_rows(data, f"{figure}-citations")
    told = answer(editor, data)
    assert "“Tokyo” is not a time zone." in beside(told, "id_time_zone")[0]
    assert beside(told, "id_figures-0-value") == ["Enter a number.", "The lowest value is above the highest."]
    assert "There is no month 13" in beside(told, "id_figures-0-period")[0]
    assert told["problems"][0]["message"].startswith("“Time zone” is not saved: “Tokyo” is not a time zone.")
    assert [problem["panel"] for problem in told["problems"]][:3] == [
        "time_zone",
        "figures-0-value",
        "figures-0-period",
    ]


def large(rows: int) -> EntryPage:
    entry = draft_entry(
        statements=[f"Fact {n}." for n in range(rows)],
        sources=[SourceFactory() for _ in range(rows)],
        people=[PersonFactory() for _ in range(rows)],
        commodities=[CommodityFactory() for _ in range(rows)],
    )
    for _ in range(rows):
        add_figure(entry, SourceFactory())
    entry.save_revision()
    return entry


def test_the_form_and_its_notes_cost_the_same_queries_however_many_rows(administrator):
    costs = []
    for entry in [large(2), large(5)]:
        administrator.get(edit_url(entry))  # what is looked up once in a process
        with CaptureQueriesContext(connection) as form:
            data = form_data(administrator.get(edit_url(entry)))
        data |= {f"statements-{n}-citations-0-quotation": "words" for n in range(1)}
        with CaptureQueriesContext(connection) as notes:
            answer(administrator, data, entry)
        costs.append((len(form), len(notes)))
    assert costs[0] == costs[1]
    assert costs[0][0] < 55, "the form"
    assert costs[0][1] < 30, "the notes"


def test_notes_ask_for_the_right_to_edit(client, editor):
    entry = draft_entry()
    url = reverse("timeline_notes", args=[entry.pk])
    assert client.post(url, {}).status_code == 302
    assert editor.get(url).status_code == 405


def test_without_script_the_same_is_told_after_saving(editor):
    source = SourceFactory()
    copy_of(source, "We will talk.")
    future = (timezone.localdate() + datetime.timedelta(days=400)).isoformat()
    entry = draft_entry(sources=[source], people=[PersonFactory(family_name="Nobody")])
    data = form_data(editor.get(edit_url(entry)))
    data |= {"date": future, "statements-0-citations-0-quotation": "We will not talk"}
    response = editor.post(edit_url(entry), data, follow=True)
    told = messages_of(response)
    for sentence in [
        "This date is in the future.",
        "Given Nobody: No recorded role on",
        "does not have the words “We will not talk”",
    ]:
        assert sentence in told
    assert "has been updated" in told


class TestChecks:
    """Our rules in Wagtail's *Checks* panel, which runs axe on the preview."""

    def preview(self, client: Client, entry: EntryPage, **query: str) -> BeautifulSoup:
        url = reverse("wagtailadmin_pages:preview_on_edit", args=[entry.pk])
        assert client.post(url, form_data(client.get(edit_url(entry)))).json()["is_valid"]
        return BeautifulSoup(client.get(url, query).content, "html.parser")

    def test_what_an_editor_should_change_is_marked_in_the_preview(self, editor):
        entry = draft_entry(
            title="Ministers " + "meet " * 15,
            summary="They met yesterday.",
            statements=["They met.", "今年 they meet."],
        )
        entry.statements.all()[0].citations.all().delete()
        page = self.preview(editor, entry, in_preview_panel="true")
        assert [(tag.name, tag["data-check"]) for tag in page.select("[data-check]")] == [
            ("h1", "long-headline"),
            ("p", "relative-date"),
            ("span", "no-source"),
            ("span", "relative-date"),
        ]
        rules = json.loads(page.find(id="checker-axe-configuration").text)
        assert {f"entry-{mark}" for mark in MARKS} < set(rules["options"]["runOnly"])
        assert not self.preview(editor, entry).select("[data-check], #wagtail-userbar-template"), "in a tab of its own"

    def test_readers_get_no_marks(self, client):
        entry = publish_entry(title="Ministers " + "meet " * 15, summary="They met yesterday.")
        page = client.get(entry.get_absolute_url()).text
        assert "data-check" not in page
        assert "userbar" not in page
