"""What readers report: the form, who is held off, what is kept, and that nothing typed is ever lost."""

import datetime
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from django.core import mail, signing
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from tests.factories import (
    PersonFactory,
    SourceFactory,
    add_figure,
    change,
    chronology,
    draft_entry,
    glossary_term,
    publish,
    publish_entry,
    storyline,
)
from timeline.error_reports import form, keeping, seeing
from timeline.limits import HOUR
from timeline.models import ErrorReport, FigureSeries

PAGE = "/report-an-error/"
WORDS = "It was 75 minutes, not 50."


@pytest.fixture
def entry(db):
    return publish_entry(
        title="Akazawa meets Trump", slug="talks", statements=["They meet.", "They speak for an hour."]
    )


def opened(seconds=60):
    """The token of a form that was opened so long ago."""
    return signing.dumps({"at": timezone.now().timestamp() - seconds, "once": secrets.token_hex(8)}, salt=form.SALT)


def send(client, *, words=WORDS, **fields):
    return client.post(PAGE, {"words": words, "token": opened(), **fields}, headers={"Sec-Fetch-Site": "same-origin"})


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def problems(response):
    return soup(response).select_one("#problems").text


def kept(response):
    """The words that the form shows again."""
    return soup(response).find("textarea", {"name": "words"}).text.strip()


# -- the way of a report ------------------------------------------------------------------


def test_a_sentence_is_reported_with_its_version_and_shown_in_the_form(client, entry):
    _first, statement = entry.statements.all()
    link = soup(client.get("/entries/talks/")).find("a", string="Report an error")["href"]
    response = client.get(f"{link}&statement={statement.uid}")
    page = soup(response)
    assert page.blockquote.text == "They speak for an hour."
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    fields = {one["name"]: one["value"] for one in page.select("form.report input[type=hidden]")}
    assert fields.keys() == {"entry", "version", "statement", "token"}
    fields["token"] = opened()
    sent = client.post(PAGE, {**fields, "words": WORDS, "evidence": "The Yomiuri.", "email": "reader@example.org"})
    assert sent.status_code == 200
    assert soup(sent).h1.text == "Thank you"
    (report,) = ErrorReport.objects.all()
    assert (report.entry_id, report.version, report.assertion) == (entry.pk, 1, statement.uid)
    assert (report.words, report.evidence, report.email) == (WORDS, "The Yomiuri.", "reader@example.org")
    assert report.state == "new"


def test_an_entry_a_source_and_anything_else_are_reported_by_the_same_form(client, entry):
    source = entry.published.document["sources"][0]["slug"]
    assert f"{PAGE}?source={source}" in client.get(f"/sources/{source}/").text
    assert PAGE in client.get("/about/").text
    for names, shown in (
        ({"entry": "talks"}, "Akazawa meets Trump"),
        ({"source": source}, "About this source"),
        ({}, ""),
    ):
        assert shown in client.get(PAGE, names).text
        send(client, **names)
    assert [(bool(one.entry), one.version, bool(one.source)) for one in ErrorReport.objects.order_by("pk")] == [
        (True, 1, False),
        (False, None, True),
        (False, None, False),
    ]


def test_pages_of_records_lead_to_a_report_about_them(client, db, django_capture_on_commit_callbacks):
    """A person, a storyline, figures and a term of the glossary, each from the page that readers see."""
    source, person = SourceFactory(), PersonFactory(family_name="Akazawa", given_name="Ryosei")
    series = FigureSeries.objects.create(name="Duty on cars")
    entry = draft_entry(sources=[source], people=[person])
    add_figure(entry, source, series=series)
    term = glossary_term("minimum access", sources=[source])
    with django_capture_on_commit_callbacks(execute=True):
        told = storyline("Car tariff", publish(entry), publish_entry())
    for name, record, shown in (
        ("person", person, "About this person: Ryosei Akazawa"),
        ("storyline", told, "About this storyline: Car tariff"),
        ("series", series, "About these figures: Duty on cars"),
        ("term", term, "About this term: Minimum access"),
    ):
        path = record.get_absolute_url()
        link = soup(client.get(path)).find("a", string="Report an error on this page")["href"]
        page = soup(client.get(link))
        assert " ".join(page.select_one("header .facts").text.split()) == shown
        assert page.select_one("header .facts a")["href"] == path
        thanks = send(client, **{name: record.slug})
        assert soup(thanks).select_one("main").find("a", href=path)
        assert ErrorReport.objects.get(**{name: record}).record == record
    told.is_public = False
    with django_capture_on_commit_callbacks(execute=True):
        told.save()
    hidden = PersonFactory(family_name="Hidden")
    unused = FigureSeries.objects.create(name="Hidden figures")
    for names in ({"storyline": told.slug}, {"person": hidden.slug}, {"series": unused.slug}, {"term": "nobody"}):
        assert client.get(PAGE, names).status_code == 404
        assert kept(send(client, **names)) == WORDS
    assert ErrorReport.objects.count() == 4


def test_a_statement_that_has_changed_since_is_shown_as_it_was_and_as_it_is(client, entry):
    kept_one, changed = entry.statements.all()
    changed.text = "They speak for 75 minutes."
    entry.statements.set([kept_one, changed])
    change(entry, "correction", "An hour was wrong.", "It was 75 minutes.")
    page = soup(client.get(PAGE, {"entry": "talks", "version": "1", "statement": changed.uid}))
    assert page.blockquote.text == "They speak for an hour."
    assert "They speak for 75 minutes." in page.select_one(".note").text


def test_the_same_form_sent_twice_is_one_report(client, entry):
    token = opened()
    for _ in range(2):
        assert soup(send(client, token=token)).h1.text == "Thank you"
    assert ErrorReport.objects.count() == 1


# -- what readers cannot see --------------------------------------------------------------


def test_nothing_can_be_asked_or_said_of_what_readers_do_not_see(client, entry):
    draft_entry(title="Secret", slug="secret", statements=["Secret words."])
    hidden = SourceFactory(title="Hidden")
    entry.unpublish()
    for names, status in (
        ({"entry": "secret"}, 404),
        ({"entry": "never"}, 404),
        ({"entry": "\0"}, 404),
        ({"source": "\0"}, 404),
        ({"source": hidden.slug}, 404),
        ({"entry": "talks"}, 410),
        ({"entry": "talks", "statement": entry.statements.first().uid}, 410),
    ):
        answer = client.get(PAGE, names)
        assert answer.status_code == status, names
        assert "Secret words" not in answer.text
        sent = send(client, **names)
        assert sent.status_code == status, names
        assert kept(sent) == WORDS
        assert "They meet" not in sent.text
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize("names", [{"version": "9"}, {"version": "x"}, {"statement": "nobody"}, {"statement": "\0'"}])
def test_a_version_or_statement_that_there_is_not_is_404(client, entry, names):
    assert client.get(PAGE, {"entry": "talks", **names}).status_code == 404
    assert client.get(PAGE, {"entry": "talks", "version": "1"}).status_code == 200


def test_words_of_a_report_reach_no_reader(client, entry):
    send(client, words="zyzzogeton is wrong", entry="talks", email="zyzzogeton@example.org")
    for address in ("/entries/talks/", "/entries/talks/history/", "/", "/feed.atom", "/changes.atom", "/corrections/"):
        assert "zyzzogeton" not in client.get(address).text
    assert "zyzzogeton" not in client.get(PAGE, {"entry": "talks"}).text


# -- nothing typed is lost ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"words": "  "}, 400, "Write what is wrong."),
        ({"words": "x" * 4001}, 400, "1 character too long"),
        ({"evidence": "x" * 2010}, 400, "10 characters too long"),
        ({"email": "nobody"}, 400, "no e-mail address"),
        ({"words": "a\x08b"}, 400, "control character"),
        ({"homepage": "https://spam.example"}, 400, "only programs see"),
        ({"token": 1}, 400, "faster than anybody writes"),
        ({"token": 25 * 3600}, 400, "more than a day"),
        ({"token": "made up"}, 400, "damaged"),
        ({"token": ""}, 400, "damaged"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_reason(client, entry, fields, status, said):
    if isinstance(seconds := fields.get("token"), int):
        fields = {"token": opened(seconds)}
    response = send(client, entry="talks", **fields)
    assert response.status_code == status
    assert said in problems(response)
    page = soup(response)
    assert kept(response) == fields.get("words", WORDS).strip()
    assert page.find("textarea", {"name": "evidence"}).text.strip() == fields.get("evidence", "")
    assert page.find("input", {"name": "homepage"}).get("value", "") == ""
    for field in page.select("[aria-invalid=true]"):
        assert all(page.find(id=name) for name in field["aria-describedby"].split())
    assert not ErrorReport.objects.exists()
    again = page.find("input", {"name": "token"})["value"]
    assert signing.loads(again, salt=form.SALT)["at"] <= timezone.now().timestamp()


def test_a_database_that_is_away_hands_the_words_back(client, entry, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("timeline.error_reports.page.keep", fail)
    monkeypatch.setattr("timeline.error_reports.page.current_edition", fail)
    response = send(client, entry="talks", version="1", email="reader@example.org")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert kept(response) == WORDS
    page = soup(response)
    assert page.find("input", {"name": "entry"})["value"] == "talks"
    assert page.find("input", {"name": "email"})["value"] == "reader@example.org"
    assert client.get(PAGE).status_code == 503


# -- abuse --------------------------------------------------------------------------------


def test_another_site_cannot_send_for_a_reader(client, entry):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        response = client.post(PAGE, {"words": WORDS, "token": opened()}, headers=headers)
        assert response.status_code == 403
        assert kept(response) == WORDS
    assert client.post(PAGE, {"words": WORDS, "token": opened()}).status_code == 200


def test_one_client_sends_no_more_than_people_write(client, entry, settings):
    settings.PROXY_COUNT = 1
    reader = {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}
    for _ in range(5):
        assert client.post(PAGE, {"words": WORDS, "token": opened()}, **reader).status_code == 200
    refused = client.post(PAGE, {"words": WORDS, "token": opened()}, **reader)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert kept(refused) == WORDS
    assert "no more for 60 minutes" in problems(refused)
    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.1"}
    assert client.post(PAGE, {"words": WORDS, "token": opened()}, **forged).status_code == 429
    other = {"HTTP_X_FORWARDED_FOR": "192.0.2.2"}
    assert client.post(PAGE, {"words": WORDS, "token": opened()}, **other).status_code == 200
    assert "192.0.2" not in str(list(ErrorReport.objects.values())), "no address of a client is kept"
    ErrorReport.objects.update(received_at=timezone.now() - datetime.timedelta(minutes=61))
    assert client.post(PAGE, {"words": WORDS, "token": opened()}, **reader).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_are_no_more_than_may_be(settings, monkeypatch):
    settings.PROXY_COUNT = 1
    monkeypatch.setattr(keeping, "OF_ALL", ((HOUR, 20),))

    def post(number):
        fields = {"words": WORDS, "token": opened(60 + number)}
        try:
            return Client().post(PAGE, fields, HTTP_X_FORWARDED_FOR=f"192.0.2.{number % 50}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(post, range(200)))
    assert sorted(set(statuses)) == [200, 429]
    assert statuses.count(200) == ErrorReport.objects.count() == 20


def test_other_methods_are_refused(client, db):
    for method in ("put", "delete", "patch"):
        answer = getattr(client, method)(PAGE)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


# -- without the form ---------------------------------------------------------------------


def test_where_the_form_is_off_readers_write_a_letter(client, entry, settings):
    settings.CONTACT_EMAIL = "desk@example.org"
    page = chronology()
    page.takes_error_reports = False
    page.save_revision().publish()
    statement = entry.statements.first().uid
    page = soup(client.get(PAGE, {"entry": "talks", "statement": statement}))
    assert not page.form or not page.select("form.report")
    letter = page.find("a", href=re.compile("^mailto:desk@example.org"))["href"]
    assert "An error in “Akazawa meets Trump”" in unquote(letter)
    assert f"/entries/talks/versions/1/#s-{statement}" in unquote(letter)
    assert send(client, entry="talks").status_code == 403
    assert not ErrorReport.objects.exists()


# -- what the service does ----------------------------------------------------------------


def test_editors_are_told_at_most_once_in_a_quarter_of_an_hour(client, entry, django_user_model):
    from django.contrib.auth.models import Group

    editor = django_user_model.objects.create_user("editor", "editor@example.org", "x")
    editor.groups.add(Group.objects.get(name="Editors"))
    send(client)
    send(client)
    now = timezone.now()
    assert list(seeing.see_to(now)) == ["Told editors of 2 error reports."]
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["editor@example.org"], "2 new error reports")
    assert "?state=new" in letter.body
    assert WORDS not in letter.body
    send(client)
    assert list(seeing.see_to(now + datetime.timedelta(minutes=14))) == []
    assert list(seeing.see_to(now + datetime.timedelta(minutes=16))) == ["Told editors of 1 error report."]


def test_an_address_is_forgotten_some_time_after_the_report_is_closed(client, entry):
    send(client, email="reader@example.org")
    report = ErrorReport.objects.get()
    now = timezone.now()
    report.told_at = now
    report.save()
    month, day = datetime.timedelta(days=31), datetime.timedelta(days=1, minutes=1)
    assert list(seeing.see_to(now + month)) == []
    report.refresh_from_db()
    assert report.email == "reader@example.org", "nobody has answered yet"
    assert report.client == "", "after a day nothing tells who it was"
    assert day < month
    report.state = ErrorReport.State.CORRECTED
    report.save()
    assert list(seeing.see_to(now + datetime.timedelta(days=29))) == []
    assert list(seeing.see_to(now + month)) == ["Forgot the address of 1 reader."]
    report.refresh_from_db()
    assert report.email == ""
    report.state = ErrorReport.State.NEW
    report.save()
    assert report.closed_at is None
