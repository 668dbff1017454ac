"""Editing entries: drafts that lack anything, publication that lacks nothing."""

import json

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tests.editing import (
    add_row,
    add_statement,
    edit_url,
    errors_of,
    form_data,
    messages_of,
    no_rows,
)
from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    chronology,
    draft_entry,
    known_by_name,
    publish,
    publish_entry,
)
from timeline.models import EntryPage, HSCode, PublishedEntry

pytestmark = pytest.mark.django_db


def new_entry_form(client: Client) -> tuple[str, dict]:
    url = reverse("wagtailadmin_pages:add", args=["timeline", "entrypage", chronology().pk])
    return url, form_data(client.get(url))


def autosave(client: Client, url: str, data: dict) -> dict:
    """What the open form does half a second after each change."""
    response = client.post(url, data, headers={"accept": "application/json"})
    return json.loads(response.content)


class TestDrafts:
    def test_a_headline_is_enough(self, editor):
        url, data = new_entry_form(editor)
        answer = autosave(editor, url, data | {"title": "Ministers meet"})
        assert answer["success"], answer
        entry = EntryPage.objects.get(pk=answer["pk"])
        assert (entry.title, entry.live, entry.slug) == ("Ministers meet", False, "ministers-meet")

    def test_every_kind_of_row_may_be_blank_or_half_written(self, editor):
        url, data = new_entry_form(editor)
        data["title"] = "Ministers meet"
        statement = add_statement(data, "")
        add_row(data, f"{statement}-citations", quotation="We will talk")
        figure = add_row(data, "figures", currency="USD", status="reported")
        no_rows(data, f"{figure}-citations")
        question = add_row(data, "disagreements")
        no_rows(data, f"{question}-accounts")
        add_row(data, f"{question}-accounts")
        for relation in ["entry_people", "entry_organisations", "entry_commodities", "follows"]:
            add_row(data, relation)
        add_row(data, "measure_dates")

        answer = autosave(editor, url, data)

        assert answer["success"], answer
        entry = EntryPage.objects.get(pk=answer["pk"])
        assert entry.statements.get().citations.get().quotation == "We will talk"
        assert entry.figures.get().unit == "money"
        assert entry.entry_people.get().person is None

    def test_what_cannot_be_read_yet_stops_nothing_else_from_saving_itself(self, editor):
        person, source = PersonFactory(), SourceFactory()
        entry = draft_entry(date="2025-04-16", people=[person], sources=[source])
        entry.save_revision()
        data = form_data(editor.get(edit_url(entry)))
        data |= {"title": "", "date": "2025-02-30", "time_zone": "Asia/Tok", "summary": "Half a thou"}
        figure = add_row(data, "figures", label="Duty", low="25", high="2", unit="percent", period="2025-13")
        no_rows(data, f"{figure}-citations")
        add_row(data, "entry_people", person=person.pk, position="Minister")
        add_row(data, "statements-0-citations", source=source.pk, quotation="word " * 41)

        answer = autosave(editor, edit_url(entry), data)

        assert answer["success"], answer
        draft = EntryPage.objects.get(pk=entry.pk)
        assert (draft.title, draft.date, draft.time_zone) == (entry.title, "2025-04-16", "")
        assert draft.summary == "Half a thou"
        assert (draft.figures.get().label, draft.figures.get().period) == ("Duty", "")
        assert [row.person for row in draft.entry_people.all()] == [person, None]
        assert draft.entry_people.last().position == "Minister"
        assert [row.source for row in draft.statements.get().citations.all()] == [source, None]

    def test_a_draft_saves_itself_before_it_has_a_headline(self, editor):
        url, data = new_entry_form(editor)
        answer = autosave(editor, url, data | {"summary": "They meet."})
        assert answer["success"], answer
        assert EntryPage.objects.get().title == "Untitled entry"

    def test_a_date_that_cannot_exist_is_refused_at_once(self, editor):
        url, data = new_entry_form(editor)
        response = editor.post(url, data | {"title": "Ministers meet", "date": "2025-02-30"})
        assert "There is no 30 February" in " ".join(errors_of(response))

    def test_two_drafts_with_one_headline_get_two_addresses(self, editor):
        url, data = new_entry_form(editor)
        slugs = []
        for _ in range(2):
            answer = autosave(editor, url, data | {"title": "First round", "slug": "first-round"})
            slugs.append(EntryPage.objects.get(pk=answer["pk"]).slug)
        assert slugs == ["first-round", "first-round-2"]

    def test_characters_that_no_feed_can_carry_are_refused(self, editor):
        url, data = new_entry_form(editor)
        data |= {"title": "Ministers\x0bmeet", "summary": "They\ufffetalk"}
        add_statement(data, "A\x08fact")
        response = editor.post(url, data)
        assert len([text for text in errors_of(response) if "control character" in text]) == 3
        assert not EntryPage.objects.exists()

    def test_a_time_zone_must_exist(self, editor):
        url, data = new_entry_form(editor)
        response = editor.post(url, data | {"title": "Ministers meet", "time_zone": "Tokyo"})
        assert "“Tokyo” is not a time zone." in " ".join(errors_of(response))


class TestRows:
    def test_a_person_listed_twice_is_named_in_words(self, editor):
        entry = draft_entry(people=[PersonFactory()])
        data = form_data(editor.get(edit_url(entry)))
        add_row(data, "entry_people", person=entry.entry_people.get().person_id)
        response = editor.post(edit_url(entry), data)
        assert "This person is listed twice." in errors_of(response)

    def test_a_source_cited_twice_for_one_statement_is_named_in_words(self, editor):
        entry = draft_entry()
        source = entry.statements.get().citations.get().source
        data = form_data(editor.get(edit_url(entry)))
        add_row(data, "statements-0-citations", source=source.pk)
        response = editor.post(edit_url(entry), data)
        assert "This source is cited twice for the same statement." in errors_of(response)

    def test_only_one_account_can_be_preferred(self, editor):
        entry = disputed_entry()
        data = form_data(editor.get(edit_url(entry)))
        data |= {f"disagreements-0-accounts-{n}-preferred": "on" for n in range(2)}
        response = editor.post(edit_url(entry), data)
        assert "Only one account can be preferred." in errors_of(response)

    def test_the_preference_may_move_to_an_earlier_account(self, editor):
        entry = disputed_entry(preferred=1)
        data = form_data(editor.get(edit_url(entry)))
        data["disagreements-0-accounts-0-preferred"] = "on"
        del data["disagreements-0-accounts-1-preferred"]
        assert editor.post(edit_url(entry), data).status_code == 302
        accounts = entry.disagreements.get().accounts.all()
        assert [account.preferred for account in accounts] == [True, False]

    def test_two_rows_may_exchange_their_people(self, editor):
        one, other = PersonFactory(), PersonFactory()
        entry = draft_entry(people=[one, other])
        data = form_data(editor.get(edit_url(entry)))
        data |= {"entry_people-0-person": other.pk, "entry_people-1-person": one.pk}
        assert editor.post(edit_url(entry), data).status_code == 302
        assert [row.person for row in entry.entry_people.all()] == [other, one]

    def test_a_figure_has_a_value_or_bounds(self, editor):
        entry = draft_entry()
        data = form_data(editor.get(edit_url(entry)))
        figure = add_row(data, "figures", label="Duty", value="25", low="10", unit="percent")
        no_rows(data, f"{figure}-citations")
        response = editor.post(edit_url(entry), data)
        assert "Give one value, or a lowest and a highest, not both." in errors_of(response)

    def test_a_new_row_of_a_published_entry_keeps_its_public_id(self, moderator):
        """Before it is published it exists in the draft alone, without a database id."""
        entry = publish_entry()
        data = form_data(moderator.get(edit_url(entry)))
        add_statement(data, "They met again.", SourceFactory())
        moderator.post(edit_url(entry), data)
        draft = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()
        drafted = draft.statements.all()[1].uid

        data = form_data(moderator.get(edit_url(entry)))
        moderator.post(edit_url(entry), data | {"action-publish": "1", "change": "update"})
        published = entry.statements.all()[1].uid
        data = form_data(moderator.get(edit_url(entry)))
        data["statements-1-text"] = "They met once more."
        moderator.post(edit_url(entry), data | {"action-publish": "1", "change": "minor"})

        assert drafted == published == entry.statements.all()[1].uid
        assert entry.statements.all()[1].text == "They met once more."

    def test_an_entry_is_saved_whatever_made_the_ids_of_its_rows(self, moderator):
        entry = publish_entry()
        entry.statements.update(uid="db8de4")
        data = form_data(moderator.get(edit_url(entry)))
        data |= {"place": "Tokyo", "action-publish": "1", "change": "minor"}
        assert moderator.post(edit_url(entry), data).status_code == 302
        assert entry.statements.get().uid == "db8de4"
        response = moderator.post(
            edit_url(entry), form_data(moderator.get(edit_url(entry))) | {"statements-0-public_id": "A B"}
        )
        assert response.status_code == 200, "but no other is taken"


def disputed_entry(preferred: int | None = None) -> EntryPage:
    entry = draft_entry()
    item = add_disagreement(entry, **{"an hour": SourceFactory(), "50 minutes": SourceFactory()})
    if preferred is not None:
        item.accounts.all()[preferred].preferred = True
    item.reason = "It has the minutes."
    entry.save()
    return entry


class TestPublishing:
    MISSING = [
        "Date: Add the date of the event before publishing.",
        "Kind of event: Choose the kind of event before publishing.",
        "Summary: Write a summary before publishing.",
        "Add at least one statement with its source before publishing.",
    ]

    @pytest.mark.parametrize("action", ["action-publish", "action-submit"])
    def test_an_empty_entry_is_told_all_it_lacks_and_keeps_what_was_typed(self, moderator, action):
        url, data = new_entry_form(moderator)
        data |= {"title": "Ministers meet", "place": "Tokyo", action: "1"}
        response = moderator.post(url, data)
        shown = messages_of(response)
        for sentence in self.MISSING:
            assert sentence in shown
        assert self.MISSING[-1] in errors_of(response), "it also stands at the statements"
        assert form_data(response)["place"] == "Tokyo"
        assert not EntryPage.objects.exists()

    def test_a_complete_entry_becomes_public(self, moderator):
        url, data = new_entry_form(moderator)
        data |= {
            "title": "Ministers meet",
            "summary": "In an hour they agree to go on.",
            "date": "16 Apr 2025",
            "category": CategoryFactory().pk,
            "action-publish": "1",
        }
        add_statement(data, "They met for an hour.", SourceFactory())
        response = moderator.post(url, data)
        assert response.status_code == 302
        assert response.url == reverse("entries:index")
        row = PublishedEntry.objects.get()
        assert row.document["date"]["edtf"] == "2025-04-16"
        assert [item["text"] for item in row.document["statements"]] == ["They met for an hour."]

    def test_a_headline_in_japanese_gets_an_address_that_works_everywhere(self, moderator, client):
        url, data = new_entry_form(moderator)
        slug = data["slug"]
        data |= {"title": "日本の関税", "summary": "関税。", "date": "2025-04-16", "category": CategoryFactory().pk}
        add_statement(data, "関税が下がる。", SourceFactory())
        answer = autosave(moderator, url, data)
        draft = EntryPage.objects.get(pk=answer["pk"])
        assert autosave(moderator, edit_url(draft), form_data(moderator.get(edit_url(draft))) | {"slug": slug})
        moderator.post(edit_url(draft), form_data(moderator.get(edit_url(draft))) | {"action-publish": "1"})

        address = PublishedEntry.objects.get().document["url"]
        assert address == f"/entries/entry-{draft.uid.hex[:8]}/"
        for read in (address, "/sitemap-entries.xml", "/feed.atom"):
            shown = client.get(read)
            assert (shown.status_code, address in shown.text) == (200, True), read

    def test_an_address_in_japanese_stays_in_the_draft_and_is_not_published(self, moderator):
        entry, refusal = draft_entry(), "The address “日本の関税” has characters that no address here may have."
        data = form_data(moderator.get(edit_url(entry))) | {"slug": "日本の関税"}
        assert autosave(moderator, edit_url(entry), data)["success"]
        assert form_data(moderator.get(edit_url(entry)))["slug"] == "日本の関税"
        response = moderator.post(edit_url(entry), data | {"action-publish": "1"})
        assert form_data(response)["slug"] == "日本の関税"
        assert refusal in " ".join(errors_of(response))
        with pytest.raises(ValidationError, match=refusal):
            publish(EntryPage.objects.get().get_latest_revision_as_object())
        assert not PublishedEntry.objects.exists()

    def test_a_statement_without_citation_is_named_at_its_place(self, moderator):
        entry = draft_entry()
        data = form_data(moderator.get(edit_url(entry)))
        add_statement(data, "Nobody said this.")
        response = moderator.post(edit_url(entry), data | {"action-publish": "1"})
        sentence = "Statement 2 (“Nobody said this.…”) has no source. Add a citation."
        assert sentence in errors_of(response)
        assert sentence in messages_of(response)

    def test_half_written_rows_are_named(self, moderator):
        entry = draft_entry()
        data = form_data(moderator.get(edit_url(entry)))
        add_row(data, "measure_dates", kind="signed")
        add_row(data, "entry_people")
        question = add_row(data, "disagreements")
        no_rows(data, f"{question}-accounts")
        response = moderator.post(edit_url(entry), data | {"action-publish": "1"})
        assert errors_of(response) == [
            "A date of the measure is half written. Say what it marks and when, or delete it.",
            "A disagreement asks nothing. Write the question that sources answer differently.",
            "“…” needs at least two accounts that differ.",
            "A row under People names nobody. Choose a person or delete the row.",
        ]

    def test_rows_keep_their_new_order_when_publishing_is_refused(self, moderator):
        entry = draft_entry(statements=["First.", "Second."])
        data = form_data(moderator.get(edit_url(entry)))
        data |= {"statements-0-ORDER": 2, "statements-1-ORDER": 1, "summary": ""}
        response = moderator.post(edit_url(entry), data | {"action-publish": "1"})
        page = response.content.decode()
        assert page.index("Second.") < page.index("First.")

    def test_a_public_entry_stays_as_published_until_the_next_publication(
        self, editor, django_capture_on_commit_callbacks
    ):
        source, person = SourceFactory(), PersonFactory()
        entry = publish_entry(title="Ministers meet", people=[person], sources=[source])
        public = PublishedEntry.objects.get().document
        data = form_data(editor.get(edit_url(entry)))
        data |= {"title": "Draft headline", "statements-0-text": "Draft text."}
        data |= {"statements-0-citations-0-DELETE": "1", "entry_people-0-DELETE": "1"}
        add_statement(data, "Another draft.", SourceFactory())
        add_row(data, "entry_organisations", organisation=OrganisationFactory().pk)
        assert editor.post(edit_url(entry), data).status_code == 302

        assert PublishedEntry.objects.get().document == public
        with django_capture_on_commit_callbacks(execute=True):
            person.family_name = "Renamed"
            person.save()  # a change of a record rebuilds the row: from what is public
        rebuilt = PublishedEntry.objects.get().document
        assert rebuilt["people"][0]["name"] == "Given Renamed"
        assert {**rebuilt, "people": public["people"]} == public
        entry = EntryPage.objects.get(pk=entry.pk)
        assert (entry.title, entry.has_unpublished_changes) == ("Ministers meet", True)

    def test_scheduling_asks_for_a_complete_entry(self, moderator):
        entry = draft_entry(summary="")
        data = form_data(moderator.get(edit_url(entry)))
        data |= {"go_live_at": "2040-01-01 09:00", "action-publish": "1"}
        response = moderator.post(edit_url(entry), data)
        assert "Write a summary before publishing." in errors_of(response)


def test_commodities_are_chosen_from_their_tree(editor):
    goods = CommodityFactory(name="Vehicles", position=2)
    cars = CommodityFactory(name="Passenger cars", parent=goods)
    HSCode.objects.create(commodity=cars, code="8703")
    CommodityFactory(name="Agriculture", position=1)
    CommodityFactory(name="Ships", position=3)
    known_by_name()
    url = reverse("wagtailsnippetchoosers_timeline_commodity:choose")

    def names(**query: str) -> list[str]:
        page = BeautifulSoup(editor.get(url, {"multiple": 1, **query}).json()["html"], "html.parser")
        return [cell.get_text(strip=True) for cell in page.select("td.title")]

    assert names() == ["Agriculture", "Vehicles", "Passenger cars", "Ships"]
    assert names(q="passenger") == ["Vehicles", "Passenger cars"], "with what it is part of"
    page = editor.get(url, {"multiple": 1}).json()["html"]
    assert "8703" in page
    assert page.count('type="checkbox"') == 4


def test_what_is_typed_into_a_row_of_a_row_is_in_the_draft(editor):
    """The statement stays as it is, its citation does not: the revision is made of what was just saved."""
    entry = draft_entry(sources=[SourceFactory()])
    data = form_data(editor.get(edit_url(entry))) | {"statements-0-citations-0-quotation": "We will not talk"}
    editor.post(edit_url(entry), data)
    [statement] = EntryPage.objects.get(pk=entry.pk).latest_revision.content["statements"]
    assert [citation["quotation"] for citation in statement["citations"]] == ["We will not talk"]
