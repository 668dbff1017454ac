"""A letter as a mail program reads it: by Python's parser, from what a mail server was given."""

import datetime
import re
import uuid

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from tests.factories import (
    CommodityFactory,
    SourceFactory,
    add_figure,
    change,
    draft_entry,
    publish,
    publish_entry,
    storyline,
)
from tests.mailroom import begin, send, subscribed, text_of
from timeline.letters import delivery
from timeline.models import StateLine, StorylineLine

pytestmark = pytest.mark.django_db

TITLE = "関税交渉 <b>&amp; more: a headline that is longer than any line of a letter should be, in two languages"


@pytest.fixture
def letter(mailroom, settings):
    """The letter of somebody who follows rice."""
    settings.DEFAULT_FROM_EMAIL = "updates@example.org"
    rice = CommodityFactory(name="米 Rice", slug="rice")
    wrong = publish_entry(title="Wrong at first", commodities=[rice])
    subscribed("commodity=rice", "weekly")
    publish_entry(title=TITLE, summary="日本は米を買う。It buys “rice” & beef.", commodities=[rice])
    change(wrong, "correction", "It said ten.", "It is twelve.")
    send(timezone.now() + datetime.timedelta(days=8))
    mailroom.raw = mailroom.letters[-1]
    return mailroom.read()[-1]


def test_its_headers_are_those_of_a_letter_that_a_machine_sends_to_who_asked(letter, settings):
    host = "127.0.0.1"
    assert letter["From"].addresses[0].display_name == "Test Chronology"
    assert letter["From"].addresses[0].addr_spec == "updates@example.org"
    assert [address.addr_spec for address in letter["To"].addresses] == ["jo@example.org"]
    assert letter["Subject"] == "米 Rice: 1 new entry, 1 correction"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == f"<updates.{host}>"
    assert letter["Content-Language"] == "en"
    assert letter["Date"].datetime.tzinfo
    assert uuid.UUID(re.fullmatch(rf"<(\S+)@{host}>", letter["Message-ID"])[1])
    assert not letter.defects
    assert [name for name in letter if "cc" in name.lower()] == []


def test_its_one_click_link_stands_in_the_header_as_it_is(letter, mailroom):
    """Mail programs take no encoded words for an address; RFC 2369 knows none."""
    raw = mailroom.raw.decode()
    (line,) = re.findall(r"^List-Unsubscribe: (.*)\r$", raw, flags=re.MULTILINE)
    assert re.fullmatch(r"<http://\S+/updates/stop/\S+/>", line)
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_it_is_the_same_in_two_parts_of_which_the_plain_one_comes_first(letter):
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    html = BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser")
    plain = text_of(letter)
    for said in (TITLE, "日本は米を買う。", "It buys “rice” & beef.", "It said ten. It is twelve.", "weekly"):
        assert said in plain
        assert said in " ".join(html.text.split())
    links = {link["href"] for link in html.select("a")}
    assert {link for link in links if "/entries/" in link} <= set(plain.split())
    assert all(link.startswith("http") for link in links)


def test_nothing_is_loaded_and_nothing_counts(letter):
    html = BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser")
    assert html.select("img, script, style, link, iframe, [background], [onclick]") == []
    assert "url(" not in str(html)
    assert not any("?" in link["href"] and "commodity=" not in link["href"] for link in html.select("a"))
    assert html.find("h3").text == TITLE  # what looks like markup is text


def test_no_line_is_longer_than_a_mail_server_must_take(letter, mailroom):
    lines = mailroom.raw.split(b"\r\n")
    unfolded = [line for line in lines if not line.startswith(b"List-Unsubscribe:")]
    assert max(map(len, unfolded)) <= 78
    assert max(map(len, lines)) <= 998
    assert all(byte < 128 for byte in mailroom.raw)
    assert b"\n" not in mailroom.raw.replace(b"\r\n", b"")


def test_the_plain_part_is_wrapped_for_people(letter):
    words = letter.get_body(("plain",)).get_content().splitlines()
    assert [line for line in words if len(line) > 72 and " " in line] == []
    assert not re.search(r"\n{4}", letter.get_body(("plain",)).get_content())


def test_the_letter_of_a_storyline_begins_with_where_it_stands_when_it_is_sent(
    mailroom, settings, django_capture_on_commit_callbacks
):
    """What was withdrawn between the round and the sending is in neither part; other letters have none of it."""
    settings.BASE_URL = "https://chronology.example"
    source = SourceFactory()
    duty, quota = (StateLine.objects.create(name=name, question="?", subject="Cars") for name in ("Duty", "Quota"))

    def answering(line, value, date):
        entry = draft_entry(sources=[source], date=date)
        add_figure(entry, source, value=value, line=line, status="in_force", basis="total", period=f"{date}/..")
        return publish(entry)

    with django_capture_on_commit_callbacks(execute=True):
        steps = [answering(duty, "15", "2025-09-16"), answering(quota, "70", "2025-07-23")]
        story = storyline("Car tariff", *steps)
        story.lines.set([StorylineLine(line=duty), StorylineLine(line=quota)])
        story.save()
    subscribed("storyline=car-tariff")
    subscribed("differ=1", address="else@example.org")
    change(steps[0], "update", "More is known.")
    begin()
    steps[1].unpublish()
    assert list(delivery.Post().deliver()) == []
    (letter,) = mailroom.read()
    said = f"Duty: 15% in total · In force · since 16 Sep 2025 [{source.number}]"
    html = BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser")
    for text in (text_of(letter), html.get_text(" ")):
        text = " ".join(text.split()).replace(" :", ":")
        assert text.index("Where it stands on 16 September 2025") < text.index(said) < text.index(steps[0].title)
        assert "Quota: Our sources do not say." in text
        assert "70%" not in text
    assert f"https://chronology.example/entries/{steps[0].slug}/#f-" in letter.as_string().replace("=\n", "")
