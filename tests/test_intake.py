"""A source in seconds: from a pasted address, a text or a file to a filled form, and our own copy of it."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.editing import errors_of, form_data, messages_of
from tests.factories import OrganisationFactory, SourceFactory, known_by_name, publish_entry
from tests.test_articles import BODY, pdf
from timeline.models import Organisation, OrganisationName, Snapshot, Source, SourceAddress

pytestmark = pytest.mark.django_db

QUERIES_OF_COPIES = 11
BLANK: dict[str, Any] = {}
ADD = "wagtailsnippets_timeline_source:add"
CREATE = "wagtailsnippetchoosers_timeline_source:create"


def look_up(client: Client, data: dict[str, Any], what: str = "address") -> dict[str, Any]:
    """What the form holds after the button was pressed."""
    response = client.post(reverse(ADD), data | {"look_up": what})
    assert response.status_code == 200
    return form_data(response) | {"page": " ".join(BeautifulSoup(response.content, "html.parser").get_text().split())}


def save(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse(ADD), {name: value for name, value in data.items() if name != "page"}, follow=True)


@pytest.fixture
def blank(editor: Client) -> dict[str, Any]:
    """The empty form, as the page has it; it is the same for every test."""
    if not BLANK:
        BLANK.update(form_data(editor.get(reverse(ADD))))
    return dict(BLANK)


class TestAddress:
    def test_a_pasted_address_fills_the_form(self, editor, press, blank):
        times = OrganisationFactory(name="Example Times")
        known_by_name()
        data = look_up(editor, blank | {"url": f"{press}/news/ministers-meet?fbclid=1"})
        expected = {
            "url": f"{press}/news/ministers-meet",
            "title": "Ministers meet in Tokyo",
            "publisher": str(times.pk),
            "byline": "Jane Doe; Max Roe",
            "published": "2025-04-17",
            "language": "en",
            "description": "Two hours of talks.",
            "accessed": timezone.localdate().isoformat(),
        }
        assert {name: data[name] for name in expected} == expected
        for words in ["Found in 127.0.0.1", "17 April 2025", "Tracking was taken out of the address: fbclid."]:
            assert words in data["page"]
        assert not Source.objects.exists()

        assert "created" in messages_of(save(editor, data))
        source = Source.objects.get()
        assert (source.title, source.publisher, source.published) == (expected["title"], times, "2025-04-17")
        copy = source.snapshots.get()
        assert (copy.origin, copy.media_type, copy.taken_by.username) == ("fetched", "text/html", "editors")
        assert bytes(copy.content).startswith(b"<!doctype html>")
        assert BODY[0] in copy.text

    def test_what_was_typed_is_never_lost_nor_overwritten(self, editor, press, blank):
        data = look_up(editor, blank | {"url": f"{press}/a", "title": "My title", "published": "16 Apr", "note": "Hm"})
        assert (data["title"], data["published"], data["note"]) == ("My title", "16 Apr", "Hm")
        assert "What you wrote stays." in data["page"]
        assert data["byline"] == "Jane Doe; Max Roe"

    def test_a_second_look_up_replaces_what_the_first_filled_in(self, editor, press, blank):
        data = look_up(editor, blank | {"url": f"{press}/a"})
        text = "\n".join(["Another title of an article", *BODY])
        data = look_up(editor, data | {"article_text": text}, "file")
        assert (data["title"], data["byline"]) == ("Another title of an article", "")
        assert Snapshot.objects.count() == 1

    def test_the_addresses_that_led_there_are_remembered(self, editor, press, blank):
        data = look_up(editor, blank | {"url": f"{press}/short"})
        assert data["url"] == f"{press}/news/ministers-meet"
        save(editor, data)
        assert [row.url for row in SourceAddress.objects.all()] == [f"{press}/short"]

        again = look_up(editor, blank | {"url": f"{press}/short?utm_medium=mail"})
        assert f"This address is source {Source.objects.get().number}, “Ministers meet in Tokyo”" in again["page"]

    def test_a_known_source_is_offered_without_a_visit(self, editor, blank):
        known = SourceFactory(title="Talks begin", url="https://example.org/talks")
        data = look_up(editor, blank | {"url": "http://www.example.org/talks/?utm_source=x#top"})
        assert f"This address is source {known.number}, “Talks begin”" in data["page"]
        assert data["similar"] == str(known.pk)
        assert f"“{known}” exists already" in messages_of(save(editor, data))
        assert Source.objects.count() == 1

    def test_a_source_known_where_the_address_leads_is_offered(self, editor, press, blank):
        known = SourceFactory(url=f"{press}/news/ministers-meet/")
        assert look_up(editor, blank | {"url": f"{press}/short"})["similar"] == str(known.pk)

    def test_another_page_does_not_inherit_the_copy(self, editor, press, blank):
        data = look_up(editor, blank | {"url": f"{press}/a"})
        save(editor, data | {"url": "https://example.org/something-else"})
        assert not Source.objects.get().snapshots.exists()

    def test_a_publisher_that_is_not_known_is_added_with_the_source(self, editor, press, blank):
        data = look_up(editor, blank | {"url": f"{press}/a"})
        assert data["new_publisher"] == "Example Times"
        save(editor, data)
        assert Source.objects.get().publisher == Organisation.objects.get(name="Example Times", kind="media")

    def test_a_publisher_is_known_by_an_alias_or_by_its_other_sources(self, editor, press, blank):
        times = OrganisationFactory(name="ET Holdings")
        OrganisationName.objects.create(organisation=times, name="The Example Times")
        known_by_name()
        assert look_up(editor, blank | {"url": f"{press}/a"})["publisher"] == str(times.pk)
        times.names.all().delete()
        SourceFactory(url=f"{press}/earlier", publisher=times)
        data = look_up(editor, blank | {"url": f"{press}/a"})
        assert data["publisher"] == str(times.pk)
        assert "it publishes our other sources at 127.0.0.1" in data["page"]

    @pytest.mark.parametrize(
        ("path", "sentence"),
        [
            ("/wall", "does not let programs read this page (answer 403)"),
            ("/gone", "says that there is no page at this address (answer 404)"),
            ("/photo", "neither a page nor a PDF"),
        ],
    )
    def test_where_fetching_fails_the_form_stays_and_says_what_to_do(self, editor, press, blank, path, sentence):
        response = editor.post(reverse(ADD), blank | {"url": press + path, "title": "Mine", "look_up": "address"})
        [error] = errors_of(response)
        assert sentence in error
        assert "paste the text of the article below" in error
        assert form_data(response)["title"] == "Mine"

    @pytest.mark.parametrize(
        ("path", "sentence"),
        [("/lost", "The page calls itself “404 Page not found”"), ("/moved-away", "leads to the front page of")],
    )
    def test_what_may_not_be_the_article_is_said(self, editor, press, blank, path, sentence):
        assert sentence in look_up(editor, blank | {"url": f"{press}{path}"})["page"]

    def test_what_a_missing_page_calls_itself_is_no_title(self, editor, press, blank):
        assert look_up(editor, blank | {"url": f"{press}/lost"})["title"] == ""

    def test_a_question_about_cookies_is_not_kept_for_the_article(self, editor, press, blank):
        data = look_up(editor, blank | {"url": f"{press}/consent"})
        assert "This looks like a page that asks for consent to cookies" in data["page"]
        assert "We value your privacy" not in data["title"]
        save(editor, data | {"title": "Talks"})
        assert Source.objects.get().snapshots.get().text == ""

    @pytest.mark.parametrize(
        ("address", "sentence"),
        [
            ("javascript:alert(1)", "Only addresses that begin with http:// or https://"),
            ("http://127.0.0.1:8000/admin/", "private address"),
        ],
    )
    def test_what_cannot_be_a_source_is_refused_everywhere(self, editor, blank, address, sentence):
        data = blank | {"url": address, "title": "Talks begin"}
        assert sentence in errors_of(editor.post(reverse(ADD), data | {"look_up": "address"}))[0]
        assert sentence in errors_of(editor.post(reverse(ADD), data))[0]
        archived = editor.post(reverse(ADD), data | {"url": "", "archived_url": address})
        assert sentence in errors_of(archived)[0]

    def test_tracking_is_taken_out_without_a_look_up_too(self, editor, blank):
        response = save(editor, blank | {"url": "example.org/talks?id=1&utm_source=x", "title": "Talks"})
        assert Source.objects.get().url == "https://example.org/talks?id=1"
        assert "Tracking was taken out of the address: utm_source." in messages_of(response)


class TestArchivedCopies:
    """An archive's copy was pasted for the page it is a copy of."""

    PAGE = "https://example.org/news/talks"
    COPY = f"https://web.archive.org/web/20250416120000/{PAGE}"

    def test_the_form_puts_a_copy_where_copies_are(self, editor, blank):
        response = editor.post(reverse(ADD), blank | {"url": self.COPY, "title": "Talks"})
        [error] = errors_of(response)
        assert "This was a copy that web.archive.org keeps." in error
        data = form_data(response)
        assert (data["url"], data["archived_url"], data["title"]) == (self.PAGE, self.COPY, "Talks")
        editor.post(reverse(ADD), data)
        assert list(Source.objects.values_list("url", "archived_url")) == [(self.PAGE, self.COPY)]

    def test_no_copy_that_stands_there_is_lost(self, editor, blank):
        other = "https://archive.ph/kYe5n"
        typed = blank | {"url": self.COPY, "title": "Talks", "archived_url": other}
        response = editor.post(reverse(ADD), typed)
        assert self.COPY in errors_of(response)[0]
        assert (form_data(response)["url"], form_data(response)["archived_url"]) == (self.PAGE, other)

    def test_a_copy_that_hides_its_page_needs_the_page(self, editor, blank):
        response = editor.post(reverse(ADD), blank | {"url": "https://archive.ph/kYe5n", "title": "Talks"})
        assert "Write the address of the page here, which the copy shows" in errors_of(response)[0]
        assert form_data(response)["url"] == "https://archive.ph/kYe5n"

    def test_a_look_up_reads_the_page_and_keeps_the_copy(self, editor, press, blank):
        copy = f"https://web.archive.org/web/2025/{press}/a"
        data = look_up(editor, blank | {"url": copy})
        assert data["title"] == "Ministers meet in Tokyo"
        assert data["archived_url"] == copy
        assert "web.archive.org keeps a copy of this page" in data["page"]

    def test_a_copy_of_a_known_page_is_that_source(self, editor, blank):
        known = SourceFactory(title="Talks begin", url=self.PAGE)
        assert f"This address is source {known.number}" in look_up(editor, blank | {"url": self.COPY})["page"]


class TestByHand:
    TEXT = "\n".join([*BODY, "", "Australia News", "", "The Hill", "Raw Story", "#trade #rice"])

    def test_pasted_text_shows_its_chrome_in_grey_and_keeps_the_article(self, editor, blank):
        response = editor.post(reverse(ADD), blank | {"article_text": self.TEXT, "look_up": "file"})
        grey = BeautifulSoup(response.content, "html.parser").select(".intake__chrome")
        assert [line.get_text() for line in grey] == ["Australia News", "The Hill", "Raw Story", "#trade #rice"]
        save(editor, form_data(response) | {"title": "Talks", "leave_out": "on"})
        copy = Source.objects.get().snapshots.get()
        assert (copy.origin, copy.text) == ("pasted", "\n".join(BODY))
        assert "The Hill" in bytes(copy.content).decode()

    def test_nothing_is_left_out_against_the_editors_will(self, editor, blank):
        data = look_up(editor, blank | {"article_text": self.TEXT}, "file")
        del data["leave_out"]
        save(editor, data | {"title": "Talks"})
        assert Source.objects.get().snapshots.get().text.endswith("#trade #rice")

    def test_a_pdf_fills_the_form(self, editor, blank):
        upload = SimpleUploadedFile("report.bin", pdf())
        data = look_up(editor, blank | {"article_file": upload}, "file")
        assert (data["title"], data["byline"]) == ("White paper on trade", "Ministry of Examples")
        assert data["published"] == ""  # the day the file was made is not that of its publication
        save(editor, data | {"article_file": ""})
        copy = Source.objects.get().snapshots.get()
        assert (copy.origin, copy.media_type, bytes(copy.content)) == ("uploaded", "application/pdf", pdf())
        assert copy.text == "The duty falls to 15 percent."

    def test_a_day_that_is_printed_is_offered(self, editor, blank):
        text = "\n".join(["Ministers meet in Tokyo", "令和7年7月23日", *BODY])
        data = look_up(editor, blank | {"article_text": text}, "file")
        assert data["published"] == ""
        assert "Is one of them the day of publication?" in data["page"]
        data = look_up(editor, data, "day:2025-07-23")
        assert (data["published"], data["title"]) == ("2025-07-23", "Ministers meet in Tokyo")
        save(editor, data | {"leave_out": "on"})
        assert Source.objects.get().snapshots.get().text.startswith("Ministers meet")

    def test_a_file_survives_a_form_with_mistakes(self, editor, blank):
        upload = SimpleUploadedFile("report.pdf", pdf())
        response = editor.post(reverse(ADD), blank | {"article_file": upload})
        assert "This field is required." in errors_of(response)
        save(editor, form_data(response) | {"title": "White paper", "article_file": ""})
        assert Source.objects.get().snapshots.get().media_type == "application/pdf"

    @pytest.mark.parametrize(
        ("name", "content"),
        [("photo.pdf", b"\x89PNG\r\n\x1a\n\0\0"), ("page.html", b"MZ\x90\0\x03"), ("a.pdf", b"Words")],
    )
    def test_the_name_of_a_file_proves_nothing(self, editor, blank, name, content):
        data = blank | {"title": "Report", "article_file": SimpleUploadedFile(name, content)}
        assert "neither a PDF nor a saved web page" in errors_of(editor.post(reverse(ADD), data))[0]

    def test_nothing_to_read(self, editor, blank):
        response = editor.post(reverse(ADD), blank | {"look_up": "file"})
        assert "There is nothing to read yet" in errors_of(response)[0]

    def test_hostile_text_is_text(self, editor, blank):
        text = "<script>alert(1)</script> \u202eThe talks\x0b went on for two hours.\n" + BODY[0]
        response = editor.post(reverse(ADD), blank | {"article_text": text, "look_up": "file"})
        assert b"<script>alert(1)" not in response.content
        assert "&lt;script&gt;alert(1)&lt;/script&gt; The talks went on" in response.content.decode()

    def test_a_forged_ticket_is_worth_nothing(self, editor, blank):
        save(editor, blank | {"title": "Talks", "held": "1", "filled": "{", "met": "https://example.org/ x" * 30})
        assert not Source.objects.get().snapshots.exists()


class TestInAnEntry:
    def post(self, client: Client, data: dict[str, Any]) -> dict[str, Any]:
        return json.loads(client.post(reverse(CREATE), data).content)

    def test_paste_look_up_create(self, editor, press):
        answer = self.post(editor, {"url": f"{press}/short", "look_up": "address"})
        assert answer["step"] == "reshow_creation_form"
        data = form_data(HttpResponse(answer["htmlFragment"]), "//form")
        assert (data["title"], data["new_publisher"]) == ("Ministers meet in Tokyo", "Example Times")

        answer = self.post(editor, data)
        source = Source.objects.get()
        assert (answer["step"], answer["result"]["id"]) == ("chosen", str(source.pk))
        assert source.snapshots.get().text
        assert source.addresses.get().url == f"{press}/short"

    def test_an_archives_copy_is_put_where_copies_are_there_too(self, editor):
        copy = "https://web.archive.org/web/2025/https://example.org/talks"
        answer = self.post(editor, {"url": copy, "title": "Talks", "kind": "news", "language": "en"})
        assert answer["step"] == "reshow_creation_form"
        data = form_data(HttpResponse(answer["htmlFragment"]), "//form")
        assert (data["url"], data["archived_url"]) == ("https://example.org/talks", copy)
        assert self.post(editor, data)["step"] == "chosen"
        assert Source.objects.get().archived_url == copy

    def test_a_known_source_is_one_step_away(self, editor):
        known = SourceFactory(url="https://example.org/talks")
        answer = self.post(editor, {"url": "https://example.org/talks?ref=x", "look_up": "address"})
        assert f"This address is source {known.number}" in answer["htmlFragment"]
        answer = self.post(editor, {"url": "https://example.org/talks?ref=x", "similar": known.pk})
        assert answer["result"]["id"] == str(known.pk)


class TestCopies:
    @pytest.fixture
    def copy(self) -> Snapshot:
        return Snapshot.objects.create(
            source=SourceFactory(title="Talks begin"),
            taken_at=timezone.now(),
            origin="fetched",
            media_type="text/html",
            content=b"<script>alert(1)</script>",
            sha256="0" * 64,
            text="The talks <b>began</b>.",
        )

    def addresses(self, copy: Snapshot) -> dict[str, str]:
        views = {name: reverse(f"timeline_copies:{name}", args=[copy.pk]) for name in ["text", "download", "delete"]}
        return views | {"list": reverse("timeline_copies:list", args=[copy.source_id])}

    def test_only_who_may_see_copies_sees_them(self, client, editor, moderator, copy, django_user_model):
        writer = django_user_model.objects.create_user("writer", password="secret")
        writer.user_permissions.add(Permission.objects.get(codename="access_admin"))
        stranger = Client()
        stranger.force_login(writer)
        for name, address in self.addresses(copy).items():
            assert client.get(address).url.startswith(reverse("wagtailadmin_login")), name
            assert stranger.get(address).status_code in (302, 403), name
            assert editor.get(address).status_code == (302 if name == "delete" else 200), name
            assert moderator.get(address).status_code == 200, name
        editor.post(self.addresses(copy)["delete"])
        assert Snapshot.objects.exists()
        moderator.post(self.addresses(copy)["delete"])
        assert not Snapshot.objects.exists()

    def test_the_text_is_escaped(self, editor, copy):
        assert "The talks &lt;b&gt;began&lt;/b&gt;." in editor.get(self.addresses(copy)["text"]).content.decode()

    def test_the_bytes_come_as_a_file_and_never_as_a_page(self, editor, copy):
        answer = editor.get(self.addresses(copy)["download"])
        assert answer.content == b"<script>alert(1)</script>"
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith('attachment; filename="talks-begin-')
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_a_copy_that_waits_is_nobodys_to_see(self, administrator, copy):
        addresses = self.addresses(copy)
        Snapshot.objects.update(source=None)
        assert administrator.get(addresses["text"]).status_code == 404

    def test_save_a_copy(self, editor, press):
        source = SourceFactory(url=f"{press}/news/ministers-meet")
        address = reverse("timeline_copies:list", args=[source.pk])
        assert "A copy of" in messages_of(editor.post(address, follow=True))
        assert BODY[0] in source.snapshots.get().text
        Source.objects.update(url=f"{press}/wall")
        assert "answer 403" in messages_of(editor.post(address, follow=True))
        editor.post(address, {"by_hand": "1", "article_text": "The talks began."})
        assert source.snapshots.count() == 2

    def test_the_form_of_a_source_lists_its_copies(self, moderator, copy):
        page = moderator.get(reverse("wagtailsnippets_timeline_source:edit", args=[copy.source_id])).content.decode()
        assert self.addresses(copy)["text"] in page
        assert 'form="save-copy"' in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_a_list_of_any_length_costs_the_same(self, editor, copy, number, django_assert_num_queries):
        for _n in range(number - 1):
            copy.pk = None
            copy.save()
        editor.get(self.addresses(copy)["list"])
        with django_assert_num_queries(QUERIES_OF_COPIES):
            editor.get(self.addresses(copy)["list"])

    def test_readers_never_see_one(self, client, copy):
        entry = publish_entry(sources=[copy.source])
        for address in [entry.get_absolute_url(), copy.source.get_absolute_url()]:
            page = client.get(address).content.decode()
            assert "The talks" not in page
            assert "/copies/" not in page
