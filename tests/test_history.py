"""The public history of an entry: its versions, what changed between them, and what leads there."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.factories import PersonFactory, SourceFactory, change, draft_entry, publish, publish_entry
from timeline.models import EntryPage, Person, PublishedEntry, Statement, Version

pytestmark = pytest.mark.django_db

SECRET = "unmentionable"


@pytest.fixture(scope="module")
def entry(django_db_setup, django_db_blocker):
    """Three versions: 50 minutes, an hour, and 55 minutes as a correction; for all tests here to read."""
    with django_db_blocker.unblock(), transaction.atomic():
        with disable_reference_index_auto_update():
            entry = publish_entry(slug="talks", title="Ministers meet", summary="They speak for 50 minutes.")
            entry = change(entry, "minor", summary="They speak for an hour.")
            said = ("It was no hour.", "It was 55 minutes.")
            entry = change(entry, "correction", *said, summary="They speak for 55 minutes.")
        yield entry
        transaction.set_rollback(True)


def read(client, address):
    response = client.get(address)
    return response, BeautifulSoup(response.content, "html.parser")


def comparison(page):
    """The text of the comparison with its marks: [-removed-] {+added+}."""
    section = page.select_one("#comparison")
    for hidden in section.select(".vh"):
        hidden.decompose()
    for tag, marks in (("del", "[-{}-]"), ("ins", "{{+{}+}}")):
        for part in section.select(tag):
            part.replace_with(marks.format(part.get_text()))
    return " ".join(section.get_text().split())


class TestHistory:
    def test_it_lists_every_version_newest_first_with_what_was_said_of_it(self, client, entry):
        _response, page = read(client, "/entries/talks/history/")
        rows = [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]
        assert [row.partition("Version ")[2][0] for row in rows] == ["3", "2", "1"]
        assert "Correction 1. It was no hour. It was 55 minutes." in rows[0]
        assert "Minor edit." in rows[1]
        assert "First published." in rows[2]
        assert [link["href"] for link in page.select("tbody a[href*=versions]")] == [
            f"/entries/talks/versions/{number}/" for number in (3, 2, 1)
        ]
        assert page.find("meta", {"name": "robots"})["content"] == "noindex, follow"

    def test_any_two_versions_are_compared_in_either_order(self, client, entry):
        for query, told, chosen in (
            ("", "They speak for [-an hour-]{+55 minutes+}.", {"2", "3"}),
            ("?from=1&to=3", "They speak for [-50 -]{+55 +}minutes.", {"1", "3"}),
            ("?from=3&to=1", "They speak for [-50 -]{+55 +}minutes.", {"1", "3"}),
            ("?from=1", "They speak for [-50 -]{+55 +}minutes.", {"1", "3"}),
        ):
            _response, page = read(client, f"/entries/talks/history/{query}")
            assert {box["value"] for box in page.select("input[checked]")} == chosen, query
            assert told in comparison(page), query

    def test_a_version_that_is_not_there_is_named_and_the_last_two_are_shown(self, client, entry):
        for query, sentence in (
            ("?from=9&to=1", "There is no version “9” of this entry."),
            ("?from=one", "There is no version “one” of this entry."),
            ("?from=%00&to=-1", "There is no version"),
            ("?to=99999999999999999999", "There is no version"),
            ("?from=2&to=2", "These were the same version twice."),
        ):
            response, page = read(client, f"/entries/talks/history/{query}")
            assert response.status_code == 200
            assert sentence in page.select_one(".note").text
            assert "From version 2 to version 3" in comparison(page)

    def test_one_version_has_nothing_to_be_compared_with(self, client):
        publish_entry(slug="new")
        response, page = read(client, "/entries/new/history/")
        assert response.status_code == 200
        assert page.select("main form input") == []
        assert page.select_one("#comparison") is None
        assert "It has not changed since it was first published." in page.text

    def test_a_renamed_person_is_told_apart_from_an_edit(self, client):
        person = PersonFactory(family_name="Akazawa", given_name="R.", slug="r-akazawa")
        entry = publish_entry(slug="named", people=[person])
        person = Person.objects.get(pk=person.pk)
        person.given_name, person.slug = "Ryosei", "ryosei-akazawa"
        person.save()
        change(EntryPage.objects.get(pk=entry.pk), "minor")
        _response, page = read(client, "/entries/named/history/")
        assert "The entry says the same in both." in comparison(page)
        assert "R. Akazawa, now Ryosei Akazawa" in comparison(page)

    def test_what_it_costs_does_not_grow_with_versions(self, client, entry, django_assert_max_num_queries):
        with django_assert_max_num_queries(6) as three:
            client.get("/entries/talks/history/")
        entry = EntryPage.objects.get(pk=entry.pk)
        for number in range(2):
            entry = change(entry, "update", f"Note {number}.", summary=f"They speak {number}.")
        with django_assert_max_num_queries(6) as five:
            client.get("/entries/talks/history/")
        assert len(three) == len(five)


class TestVersion:
    def test_it_shows_the_entry_as_it_was_and_leads_both_ways(self, client, entry):
        _response, page = read(client, "/entries/talks/versions/1/")
        assert "They speak for 50 minutes." in page.select_one(".lead").text
        bar = " ".join(page.select_one(".note").get_text(" ").split())
        assert bar.startswith("You are reading version 1 of 3, published on")
        assert {link.text: link["href"] for link in page.select(".note a")} == {
            "View the current version": "/entries/talks/",
            "What changed since": "/entries/talks/history/?from=1&to=3#comparison",
            "View correction": "/entries/talks/#correction-1",
        }
        assert page.find("meta", {"name": "robots"})["content"] == "noindex, follow"
        assert page.find("link", rel="canonical")["href"].endswith("/entries/talks/")
        assert "/entries/talks/versions/1/" in page.select_one(".cite").text
        assert page.select_one('script[type="application/ld+json"]') is None
        _response, current = read(client, "/entries/talks/")
        assert current.find("a", string="View uncorrected")["href"] == "/entries/talks/versions/2/"

    def test_the_latest_number_works_too_and_others_do_not(self, client, entry):
        _response, page = read(client, "/entries/talks/versions/3/")
        assert "They speak for 55 minutes." in page.select_one(".lead").text
        assert "It is the current one." in page.text
        assert client.get("/entries/talks/versions/4/").status_code == 404
        assert client.get("/entries/talks/versions/0/").status_code == 404

    def test_a_document_of_an_older_make_is_shown_all_the_same(self, client):
        entry = publish_entry(slug="before")
        document = PublishedEntry.objects.get(pk=entry.pk).document
        for name in ("planned", "version", "modified", "changes", "updated", "one_source"):
            document.pop(name, None)
        entry.versions.all().delete()
        Version.objects.create(
            entry=entry, number=1, change="first", published_at=entry.first_published_at, document=document
        )
        response, page = read(client, "/entries/before/versions/1/")
        assert response.status_code == 200
        assert document["summary"] in page.select_one(".lead").text


class TestWhereNoEntryIs:
    PATHS = ("history/", "history/?from=1&to=2", "versions/1/")

    def test_a_withdrawn_entry_answers_with_its_reason(self, client):
        entry = change(publish_entry(slug="wrong", summary=SECRET), "minor")
        entry.withdrawal_reason = "The report was retracted."
        entry.unpublish()
        for path in self.PATHS:
            response = client.get(f"/entries/wrong/{path}")
            assert response.status_code == 410
            assert "The report was retracted." in response.text
            assert SECRET not in response.text

    def test_a_draft_answers_nothing(self, client):
        draft_entry(slug="draft")
        assert {client.get(f"/entries/draft/{path}").status_code for path in self.PATHS} == {404}

    def test_an_old_address_leads_to_the_new_one(self, client, django_capture_on_commit_callbacks):
        entry = publish_entry(slug="old")
        entry.slug = "new"
        with django_capture_on_commit_callbacks(execute=True):
            publish(entry)
        for path in (*self.PATHS, "cite.bib", "share.png", ""):
            response = client.get(f"/entries/old/{path}")
            assert (response.status_code, response["Location"]) == (301, f"/entries/new/{path}")
        assert client.get("/entries/new/history/?from=1&to=2").status_code == 200


def test_drafts_and_autosaves_are_on_none_of_these_pages(client, entry):
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.title = entry.summary = entry.place = entry.change_note = entry.correction_wrong = SECRET
    entry.statements.add(Statement(text=SECRET))
    for _save in range(2):
        entry.save_revision()
    for address in (
        "/entries/talks/",
        "/entries/talks/history/",
        "/entries/talks/history/?from=1&to=3",
        *(f"/entries/talks/versions/{number}/" for number in (1, 2, 3)),
        "/corrections/",
        "/corrections.atom",
        "/changes.atom",
        "/",
    ):
        response = client.get(address)
        assert response.status_code == 200, address
        assert SECRET not in response.text, address
    assert client.get("/entries/talks/versions/4/").status_code == 404


class TestFinality:
    def test_what_was_published_can_be_changed_by_no_way_in(self, entry):
        version = entry.versions.get(number=3)
        version.right = "It was a minute."
        with pytest.raises(ValidationError, match="cannot be changed"):
            version.save()
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            Version.objects.filter(pk=version.pk).update(wrong="Nothing was wrong.")
        assert entry.versions.get(number=3).right == "It was 55 minutes."

    def test_a_record_changes_no_version(self, client, django_capture_on_commit_callbacks):
        source = SourceFactory(title="Report")
        entry = publish_entry(slug="sourced", sources=[source])
        source.title = "Report, renamed"
        with django_capture_on_commit_callbacks(execute=True):
            source.save()
        assert entry.versions.get().document["sources"][0]["title"] == "Report"
        assert "Report, renamed" in client.get("/entries/sourced/").text

    def test_removed_words_leave_date_and_reason_and_are_not_compared(self, client, entry):
        entry.versions.get(number=2).redact("privacy")
        response, page = read(client, "/entries/talks/versions/2/")
        assert response.status_code == 410
        assert "Removed to protect a person." in page.text
        assert "an hour" not in page.text
        _response, page = read(client, "/entries/talks/history/?from=2&to=3")
        assert "The words of version “2” were removed" in page.select_one(".note").text
        assert [box["value"] for box in page.select("input[name=from]")] == ["3", "1"]
        assert "an hour" not in page.text
