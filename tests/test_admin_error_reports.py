"""The inbox of error reports: who may see and answer them, what the form shows, and what 100,000 cost."""

import datetime
import json

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.editing import form_data, signed_in
from tests.factories import PersonFactory, change, chronology, publish_entry
from timeline.admin import counting
from timeline.models import Edition, ErrorReport

pytestmark = pytest.mark.django_db

LIST = "/admin/snippets/timeline/errorreport/"


@pytest.fixture
def report():
    entry = publish_entry(
        title="Akazawa meets Trump", slug="talks", statements=["They meet.", "They speak for an hour."]
    )
    statement = entry.statements.all()[1]
    return ErrorReport.objects.create(
        entry=entry, version=1, assertion=statement.uid, words="It was <b>75</b> minutes.", token="one"
    )


def url(report, view="edit"):
    return reverse(f"wagtailsnippets_timeline_errorreport:{view}", args=[report.pk])


def answer(client, report, **fields):
    return client.post(url(report), form_data(client.get(url(report))) | fields)


@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_editors_and_moderators_answer_a_report_and_the_log_says_who(group, report):
    client = signed_in(group)
    assert answer(client, report, state="corrected", note="Version 2.").status_code == 302
    report.refresh_from_db()
    assert (report.state, report.note) == ("corrected", "Version 2.")
    assert report.closed_at
    assert report.words == "It was <b>75</b> minutes.", "the words of a reader are not edited"
    history = client.get(url(report, "history"))
    assert "Edit" in history.text
    client.post(url(report, "delete"))
    assert ErrorReport.objects.filter(pk=report.pk).exists() == (group == "Editors")


def test_nobody_writes_reports_at_the_desk_and_outsiders_see_none(report, client):
    for one in (signed_in("Editors"), signed_in()):
        assert reverse("wagtailsnippets_timeline_errorreport:add") not in one.get(LIST).text
        one.post(reverse("wagtailsnippets_timeline_errorreport:add"), {"words": "x", "state": "new"})
    assert ErrorReport.objects.count() == 1
    assert client.get(LIST).status_code == 302
    assert client.get(url(report)).status_code == 302


def test_who_declines_says_why(report):
    editor = signed_in("Editors")
    assert "Say why it is declined." in answer(editor, report, state="declined").text
    assert answer(editor, report, state="declined", note="Two sources say an hour.").status_code == 302


def test_the_form_shows_the_sentence_as_it_was_and_as_it_is_and_leads_there(report):
    entry, uid = report.entry, report.assertion
    kept, changed = entry.statements.all()
    changed.text = "They speak for 75 minutes."
    entry.statements.set([kept, changed])
    change(entry, "correction", "An hour was wrong.", "75 minutes.")
    editor = signed_in("Editors")
    page = BeautifulSoup(editor.get(url(report)).content, "html.parser")
    assert "“They speak for an hour.”" in page.text
    assert "“They speak for 75 minutes.”" in page.text
    assert "It was <b>75</b> minutes." in page.text
    links = [link["href"] for link in page.select("dd a")]
    assert links == [
        f"{reverse('wagtailadmin_pages:edit', args=[entry.pk])}#s-{uid}",
        f"/entries/talks/versions/1/#s-{uid}",
    ]
    entry.versions.get(number=1).redact("legal")
    page = editor.get(url(report)).text
    assert "They speak for an hour." not in page
    assert "Its words were removed." in page


def test_a_report_of_a_sentence_of_the_summary_leads_to_its_place_in_the_form(report):
    entry = change(report.entry, "minor", summary="They met. They spoke.")
    sentence = entry.sentences[1]["id"]
    report.assertion, report.version = sentence, 2
    report.save()
    editor = signed_in("Editors")
    link = BeautifulSoup(editor.get(url(report)).content, "html.parser").select_one("dd a")["href"]
    assert link.endswith(f"#l-{sentence}")
    form = BeautifulSoup(editor.get(link.partition("#")[0]).content, "html.parser")
    assert "They spoke." in form.find("fieldset", id=f"l-{sentence}").legend.text


def test_a_report_about_a_record_leads_to_its_form_and_its_page(report):
    person = PersonFactory(family_name="Akazawa", given_name="Ryosei")
    ErrorReport.objects.filter(pk=report.pk).update(entry=None, version=None, assertion="", person=person)
    editor = signed_in("Editors")
    page = BeautifulSoup(editor.get(url(report)).content, "html.parser")
    assert [link["href"] for link in page.select("dd a")] == [
        reverse("wagtailsnippets_timeline_person:edit", args=[person.pk]),
        person.get_absolute_url(),
    ]
    assert "Ryosei Akazawa" in editor.get(f"{LIST}?about=person").text
    assert "Ryosei Akazawa" not in editor.get(f"{LIST}?about=storyline").text
    assert "minutes" not in editor.get(f"{LIST}?about=nothing").text


def test_only_an_administrator_turns_the_form_of_readers_on_and_off():
    page = chronology()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    for group, may in (("", True), ("Moderators", False)):
        one = signed_in(group)
        data = form_data(one.get(address))
        assert ("takes_error_reports" in data) == may
        one.post(address, {name: value for name, value in data.items() if name != "takes_error_reports"} | PUBLISH)
        assert Edition.objects.get().takes_error_reports is False, "who may not is not asked, and changes nothing"


PUBLISH = {"action-publish": "1"}


def test_the_home_page_counts_what_is_new(report):
    editor = signed_in("Editors")
    numbers = " ".join(BeautifulSoup(editor.get("/admin/").content, "html.parser").text.split())
    assert "1 new error report" in numbers
    words = "It was &lt;b&gt;75&lt;/b&gt; minutes."  # 75 alone is in a token now and then
    assert words in editor.get(f"{LIST}?state=new").text
    assert words not in editor.get(f"{LIST}?state=declined&about=source").text


def test_the_list_asks_as_much_for_many_as_for_one_and_its_export_has_no_addresses(report):
    editor = signed_in("Editors")
    editor.get(LIST)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            editor.get(LIST)
        return len(queries)

    one = asked()
    ErrorReport.objects.bulk_create(
        ErrorReport(words=f"Wrong {number}", token=str(number), email="reader@example.org", entry=report.entry)
        for number in range(40)
    )
    assert asked() == one
    assert "reader@example.org" not in b"".join(editor.get(f"{LIST}?export=csv").streaming_content).decode()


MANY = """
INSERT INTO timeline_errorreport
(version, assertion, words, evidence, email, received_at, told_at, state, note, client, token)
SELECT 1, '', 'w', '', '', now() - n * interval '1 minute', now() - n * interval '1 minute',
    (ARRAY['new', 'declined', 'corrected'])[1 + n % 3], '', '', n::text
FROM generate_series(1, 100000) n
"""


def test_a_hundred_thousand_are_read_by_an_index():
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE timeline_errorreport")
    now = timezone.now()
    newest = ErrorReport.objects.order_by("-received_at", "-pk")
    for asked in (
        newest[:50],
        newest.filter(state="new")[:50],
        ErrorReport.objects.filter(client="x", received_at__gt=now - datetime.timedelta(hours=1)),
        ErrorReport.objects.filter(received_at__gt=now - datetime.timedelta(hours=1)).order_by("-received_at"),
        ErrorReport.objects.filter(closed_at__lte=now).exclude(email=""),
        ErrorReport.objects.filter(told_at__gt=now),
        ErrorReport.objects.filter(told_at=None),
        ErrorReport.objects.filter(received_at__lte=now - datetime.timedelta(days=1)).exclude(client=""),
    ):
        plan = json.loads(asked.explain(format="json"))[0]["Plan"]
        assert "Seq Scan" not in str(plan), asked.query
    assert f"Page 1 of {counting.MOST // 50}" in signed_in("Editors").get(LIST).text
