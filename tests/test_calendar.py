"""The calendar, read back by two parsers that share no code."""

import datetime

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from tests.factories import CommodityFactory, SourceFactory, change, draft_entry, publish, publish_entry
from timeline.models import EntryPage, PublishedEntry

pytestmark = pytest.mark.django_db

HOSTILE = "=1+1 🍚 日米貿易 & <b>x</b> ]]> \u200fright\u200e; a, b\\n \\ :" + "貿易" * 20


def events(client, address="/calendar.ics"):
    """The events as icalendar reads them, once ical has read the same."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    content = response.getvalue()
    found = Calendar.from_ical(content).walk("VEVENT")
    others = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert [
        (str(one["UID"]), str(one["SUMMARY"]), one.decoded("DTSTART"), one.decoded("DTEND"), str(one["STATUS"]))
        for one in found
    ] == [(one.uid, one.summary, one.dtstart, one.dtend, one.status.value) for one in others]
    assert [str(one.get("DESCRIPTION", "")) for one in found] == [one.description or "" for one in others]
    return found


def head(client, address="/calendar.ics"):
    return Calendar.from_ical(client.get(address).getvalue())


def test_an_entry_is_an_event_of_the_whole_day(client, settings):
    beef = CommodityFactory(name="Beef, chilled")
    source = SourceFactory(title="The report", url="https://example.org/a?b=1,2;c")
    entry = publish_entry(
        title="They meet", date="2025-02-28", place="Washington, D.C.", commodities=[beef], sources=[source]
    )
    (event,) = events(client)
    assert event["UID"] == f"{entry.uid}@{settings.NENPYO_TAG_AUTHORITY.partition(',')[0]}"
    assert event.decoded("DTSTART") == datetime.date(2025, 2, 28)
    assert event.decoded("DTEND") == datetime.date(2025, 3, 1)  # exclusive
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert (event["TRANSP"], event["STATUS"], event["SEQUENCE"]) == ("TRANSPARENT", "CONFIRMED", 0)
    assert event["LOCATION"] == "Washington, D.C."
    assert [str(label) for label in event["CATEGORIES"].cats] == ["Talks", "Beef, chilled"]
    assert event["URL"] == f"{settings.BASE_URL}{entry.get_absolute_url()}"
    assert event["DESCRIPTION"].split("\n") == [
        "Ministers meet and agree to go on.",
        "",
        "28 February 2025. The sources state the date.",
        "",
        "[1] The report. Example Wire, undated. https://example.org/a?b=1,2;c",
        "",
        str(event["URL"]),
    ]


def test_the_calendar_names_itself_and_asks_nothing_of_anyone(client, settings):
    publish_entry()
    calendar = head(client, "/calendar.ics?to=2025-12")
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Test Chronology: Entries until December 2025"
    assert calendar["SOURCE"] == f"{settings.BASE_URL}/calendar.ics?to=2025-12"
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar.decoded("REFRESH-INTERVAL") == datetime.timedelta(hours=6)
    assert calendar["COLOR"] == "firebrick"
    text = client.get("/calendar.ics").getvalue().decode()
    for name in ("METHOD", "ATTENDEE", "ORGANIZER", "VALARM"):
        assert name not in text


def test_lines_end_in_crlf_and_are_folded_between_characters(client):
    publish_entry(title=HOSTILE, summary=HOSTILE * 20)
    content = client.get("/calendar.ics").getvalue()
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is broken
        assert b"\n" not in line
    assert any(line.startswith(b" ") for line in lines)


def test_hostile_text_arrives_as_it_was_written(client):
    text = f"{HOSTILE}\nsecond\r\nEND:VEVENT\r\nBEGIN:VALARM {'x' * 10_000}"
    publish_entry(title=HOSTILE, summary=text)
    (event,) = events(client)
    assert event["SUMMARY"] == HOSTILE
    assert event["DESCRIPTION"].startswith(text.replace("\r\n", "\n"))


def test_a_control_character_cannot_take_a_calendar_down(client):
    publish_entry()
    PublishedEntry.objects.update(
        document=PublishedEntry.objects.get().document | {"headline": "Bell \x08 and \ufffe"}
    )
    assert [event["SUMMARY"] for event in events(client)] == ["Bell  and "]


def test_a_date_that_is_not_known_exactly_is_left_out_and_counted(client):
    publish_entry(title="Exact", date="2025-04-16")
    for date in ("2025-04", "2025-04-16~", "2025-04-16/2025-04-18", "2025-04/.."):
        publish_entry(title=date, date=date)
    assert [event["SUMMARY"] for event in events(client)] == ["Exact"]
    assert "4 entries whose days are not known exactly are left out" in head(client)["DESCRIPTION"]

    spanned = {str(event["SUMMARY"]): event for event in events(client, "/calendar.ics?fuzzy=span")}
    month = spanned["2025-04 (April 2025)"]
    assert (month.decoded("DTSTART"), month.decoded("DTEND")) == (
        datetime.date(2025, 4, 1),
        datetime.date(2025, 5, 1),
    )
    assert "2025-04-16~ (about 16 April 2025)" in spanned
    assert len(spanned) == 4
    about = head(client, "/calendar.ics?fuzzy=span")["DESCRIPTION"]
    assert "1 entry without a known beginning or end is left out." in about


def test_what_lasted_is_one_event_of_several_days(client):
    entry = publish_entry(title="A visit", date="2025-10-27/2025-10-29", date_extent="lasted")
    for title, date, extent in [
        ("Some day", "2025-10-27/2025-10-29", "between"),
        ("Not said", "2025-10-27/2025-10-29", ""),
        ("About", "2025-10-27~/2025-10-29", "lasted"),
        ("Months", "2025-04/2026-03", "lasted"),
        ("A month", "2025-10", "lasted"),
    ]:
        publish_entry(title=title, date=date, date_extent=extent)
    (visit,) = events(client)
    assert visit["SUMMARY"] == "A visit"
    assert (visit.decoded("DTSTART"), visit.decoded("DTEND")) == (
        datetime.date(2025, 10, 27),
        datetime.date(2025, 10, 30),  # exclusive
    )
    assert "27–29 October 2025. The sources state the date." in visit["DESCRIPTION"]
    assert "5 entries whose days are not known exactly are left out" in head(client)["DESCRIPTION"]
    spanned = {str(event["SUMMARY"]): event for event in events(client, "/calendar.ics?fuzzy=span")}
    assert "Some day (some time between 27 and 29 October 2025)" in spanned
    assert "A visit" in spanned
    assert len(spanned) == 6

    entry.unpublish()
    (cancelled,) = events(client)
    assert cancelled["STATUS"] == "CANCELLED"
    assert (cancelled.decoded("DTSTART"), cancelled.decoded("DTEND")) == (
        datetime.date(2025, 10, 27),
        datetime.date(2025, 10, 30),
    )


def test_a_plan_is_tentative(client):
    publish_entry(planned=True, date="2030-01-01")
    assert [event["STATUS"] for event in events(client)] == ["TENTATIVE"]


def test_changes_readers_are_told_of_move_sequence_and_time_and_nothing_else_does(client):
    entry = publish_entry()
    (before,) = events(client)
    entry.change = "minor"
    entry = publish(entry)
    (minor,) = events(client)
    assert (minor["SEQUENCE"], minor["DTSTAMP"].dt) == (0, before["DTSTAMP"].dt)
    entry.change, entry.correction_wrong, entry.correction_right = "correction", "It said 24.", "It is 25."
    publish(entry)
    (corrected,) = events(client)
    assert (corrected["UID"], corrected["SEQUENCE"]) == (before["UID"], 2)
    assert corrected["LAST-MODIFIED"].dt == corrected["DTSTAMP"].dt >= before["DTSTAMP"].dt
    assert "Correction: It said 24. It is 25." in corrected["DESCRIPTION"]


def test_what_was_withdrawn_is_cancelled_on_the_day_it_stood_at_without_its_words(client):
    entry = publish_entry(title="Wrong all along", summary="A rumour.", date="2025-04-16")
    vague = publish_entry(date="2025-04")
    entry.withdrawal_reason = "It never happened; we are sorry."
    for one in (entry, vague):
        one.unpublish()
    (event,) = events(client)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert str(event["UID"]).startswith(str(entry.uid))
    assert event.decoded("DTSTART") == datetime.date(2025, 4, 16)
    assert event["DESCRIPTION"] == "It never happened; we are sorry."
    assert "Wrong all along" not in client.get("/calendar.ics").getvalue().decode()
    assert "rumour" not in client.get("/calendar.ics").getvalue().decode()


def test_what_is_back_overrules_its_withdrawal(client):
    """A program takes the event with the higher number (RFC 5546 section 2.1.5)."""
    entry = publish_entry(title="Right after all")
    entry.unpublish()
    (gone,) = events(client)
    entry = change(EntryPage.objects.get(pk=entry.pk), "minor")
    (back,) = events(client)
    assert (back["STATUS"], back["UID"]) == ("CONFIRMED", gone["UID"])
    assert back["SEQUENCE"] > gone["SEQUENCE"]
    assert back["DTSTAMP"].dt >= gone["DTSTAMP"].dt


def test_a_calendar_without_events_has_the_component_that_there_must_be(client):
    publish_entry()
    (only,) = Calendar.from_ical(client.get("/calendar.ics?q=nothing").getvalue()).subcomponents
    assert only.name == "VTIMEZONE"


def test_a_calendar_is_bounded_and_says_so(client, monkeypatch):
    monkeypatch.setattr("timeline.formats.calendar.LIMIT", 2)
    for day in (1, 2, 3):
        publish_entry(title=f"Day {day}", date=f"2025-01-0{day}")
    assert [event["SUMMARY"] for event in events(client)] == ["Day 3", "Day 2"]
    assert "The 2 latest entries; 1 earlier ones are on the page." in head(client)["DESCRIPTION"]


def test_an_empty_calendar_is_valid_and_stays_the_same(client):
    draft_entry(title="Secret")
    publish_entry()
    assert events(client, "/calendar.ics?q=nothing") == []
    assert client.get("/calendar.ics?q=nothing").getvalue() == client.get("/calendar.ics?q=nothing").getvalue()
    assert "Secret" not in client.get("/calendar.ics").getvalue().decode()


@pytest.mark.parametrize("entries", [1, 3])
def test_a_calendar_costs_the_same_queries_whatever_it_holds(client, entries, django_assert_num_queries):
    for _number in range(entries):
        publish_entry()
    with django_assert_num_queries(6):  # edition, last change (2), dates, entries, withdrawals
        assert len(Calendar.from_ical(client.get("/calendar.ics").getvalue()).walk("VEVENT")) == entries


def test_fuzzy_takes_one_word(client):
    answer = client.get("/calendar.ics?fuzzy=yes")
    assert (answer.status_code, "- fuzzy: It takes span." in answer.text) == (400, True)
