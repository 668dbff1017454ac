"""A draft may lack anything anywhere, and whatever shows a draft still answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import models, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations

from tests.editing import add_row, edit_url, form_data, no_rows
from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    chronology,
    draft_entry,
    publish_entry,
)
from timeline.admin.entry import notes
from timeline.models import Coverage, EntryPage, FigureSeries, Follow, Lane, LaneCommodity, MeasureDate
from timeline.models import Phase as StoryPhase
from timeline.models.publication import problems
from timeline.views.entries import preview

pytestmark = pytest.mark.django_db

GIVEN = {"page_ptr", "id", "uid", "key", "sort_order"}
"""What no editor writes."""
FEW = {"suppress_health_check": [HealthCheck.function_scoped_fixture], "phases": [Phase.explicit, Phase.generate]}
"""Examples that are dear: none is repeated to make it smaller."""
OF_THE_FORM = ("csrf", "next", "loaded_", "_FORMS", "-id", "-ORDER", "-DELETE", "public_id")
"""What a form sends of itself."""


@pytest.fixture
def draft() -> EntryPage:
    """A draft with rows of each kind, every field of which says something."""
    source, person = SourceFactory(), PersonFactory()
    records = {"commodities": [CommodityFactory()], "organisations": [OrganisationFactory()], "people": [person]}
    place = {"date_note": "The minutes say so.", "place": "Tokyo", "time_zone": "Asia/Tokyo"}
    entry = draft_entry(sources=[source], **records, **place)
    figure = {
        "qualifier": "about",
        "scale": "billion",
        "unit": "money",
        "currency": "USD",
        "per": "year",
        "of": "Cars",
    }
    figure |= {"period": "2024", "period_note": "in 2024", "status": "in_force", "basis": "total", "note": "In all."}
    add_figure(entry, source, **figure, series=FigureSeries.objects.create(name="Duty on cars"))
    add_figure(entry, source, value=None, low="10", high="12")
    item = add_disagreement(entry, **{"50 minutes": source, "An hour": SourceFactory()})
    item.reason, item.accounts.all()[0].preferred = "It has the minutes.", True
    for row in [*entry.statements.all(), *entry.figures.all()]:
        for citation in row.citations.all():
            citation.quotation, citation.locator, citation.language = "They met", "page 1", "en"
    entry.entry_people.all()[0].role = "negotiator"
    entry.measure_dates.add(MeasureDate(kind="effective", date="2025-04-17", note="At midnight."))
    entry.follows.add(Follow(earlier=publish_entry(date="2025-01")))
    entry.save()
    entry.save_revision()
    return entry


def shown(entry: EntryPage) -> str:
    """The preview, as text."""
    return BeautifulSoup(preview(RequestFactory().get("/"), entry).content, "lxml").get_text(" ", strip=True)


# -- in memory ----------------------------------------------------------------------------


def gaps(cluster: type[models.Model], data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Each place of a serialised draft that may be empty: the row, the name, and what empty is there."""
    for field in cluster._meta.local_fields:
        if field.name not in GIVEN and not isinstance(field, ParentalKey | models.BooleanField):
            yield data, field.name, None if field.null else ""
    for relation in get_all_child_relations(cluster):
        rows = data.get(name := relation.get_accessor_name(), [])
        for row in rows:
            yield from gaps(relation.related_model, row)
        if rows:
            yield data, name, []


@settings(max_examples=25, **FEW)
@given(st.data())
def test_a_draft_is_previewed_and_judged_whatever_it_lacks(draft, data):
    serialised = draft.serializable_data()
    for row, name, empty in list(gaps(EntryPage, serialised)):
        if data.draw(st.sampled_from([False, True, True] if empty != [] else [False] * 9 + [True]), label=name):
            row[name] = empty
    entry = EntryPage.from_serializable_data(serialised)
    assert entry.title in shown(entry)
    assert all(problem.message for problem in problems(entry))
    assert all(notes.warnings(entry))


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ({"unit": ""}, "25 (no unit yet)"),
        ({"unit": "", "scale": "billion", "qualifier": "about"}, "about 25 billion (no unit yet)"),
        ({"unit": "money"}, "25 (no currency yet)"),
        ({"value": None, "low": "10", "unit": ""}, "from 10 (no unit yet)"),
        ({"value": None, "unit": ""}, "not stated"),
        ({"label": "", "value": "25"}, "(no label yet)"),
    ],
)
def test_a_preview_says_what_a_figure_lacks(figure, words):
    entry = draft_entry()
    add_figure(entry, SourceFactory(), **figure)
    assert words in shown(entry)


def test_a_preview_shows_what_half_written_rows_say_and_leaves_out_those_that_say_nothing():
    entry = draft_entry(summary="", statements=["They met.", " "])
    add_figure(entry, SourceFactory(), label="", value=None, note="A note on nothing.")
    add_disagreement(entry, **{"": SourceFactory()}).question = ""
    add_disagreement(entry).question = ""
    entry.measure_dates.set([MeasureDate(date="2025-04-17"), MeasureDate(kind="effective", note="On no day.")])
    page = shown(entry)
    for words in ["(no summary yet)", "(no question yet)", "(no answer yet)", "(not said of what) 17 April 2025"]:
        assert page.count(words) == 1, words
    for words in ["A note on nothing.", "On no day."]:
        assert words not in page


# -- at the desk --------------------------------------------------------------------------


def lacking(full: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """What a form sends when some of its fields are empty, or hold the beginning of something."""
    fields = [name for name in full if not any(part in name for part in OF_THE_FORM)]
    written = st.sampled_from(["", "", "2025-", "25,", None])
    typed = {name: data.draw(written, label=name) for name in fields}
    sent = full | {name: value for name, value in typed.items() if value is not None}
    return {name: value for name, value in sent.items() if "loaded_" not in name}


def answers_of(client: Client, page: Any, sent: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """All that the desk says of a page while its form holds what is ``sent``, and once that is saved."""
    saved = client.post(edit_url(page), sent, headers={"accept": "application/json"})
    yield "autosave", saved
    if saved.status_code != 200:
        return
    for name, *revisions in [("edit",), ("view_draft",), ("revisions_compare", "earliest", "latest")]:
        yield name, client.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk, *revisions]))


@settings(max_examples=2, **FEW)
@given(st.data())
def test_whatever_an_entry_lacks_the_desk_answers(administrator, draft, data):
    full = form_data(administrator.get(edit_url(draft)))
    notes_address = reverse("timeline_notes", args=[draft.pk])
    pane = reverse("wagtailadmin_pages:preview_on_edit", args=[draft.pk])
    with transaction.atomic():
        sent = lacking(full, data)
        answers = {
            "what is told while it is written": administrator.post(notes_address, sent),
            "sent to the pane": administrator.post(pane, sent),
            "pane": administrator.get(pane, {"in_preview_panel": "true"}),
            **dict(answers_of(administrator, draft, sent)),
            "publishing": administrator.post(edit_url(draft), sent | {"action-publish": "1"}),
        }
        transaction.set_rollback(True)
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert answers["sent to the pane"].json()["is_valid"]


def test_a_draft_whose_kind_of_event_was_deleted_is_one_without():
    entry, kind = draft_entry(), CategoryFactory(name="Notices")
    entry.category = kind
    draft = entry.save_revision()
    kind.delete()  # only the draft has it, so the database lets it go
    assert draft.as_object().category is None


def test_an_entry_not_yet_saved_is_previewed_with_a_value_alone(editor):
    parent = chronology()
    data = form_data(editor.get(reverse("wagtailadmin_pages:add", args=["timeline", "entrypage", parent.pk])))
    figure = add_row(data, "figures", value="25", status="reported")
    no_rows(data, f"{figure}-citations")
    pane = reverse("wagtailadmin_pages:preview_on_add", args=["timeline", "entrypage", parent.pk])
    assert editor.post(pane, data).json() == {"is_valid": True, "is_available": True}
    assert "25 (no unit yet)" in " ".join(editor.get(pane).text.split())


@settings(max_examples=2, **FEW)
@given(st.data())
def test_whatever_the_chronology_lacks_its_drafts_answer(administrator, data):
    page = chronology()
    lane = Lane(name="Cars", slug="cars", colour="red")
    lane.lane_commodities.add(LaneCommodity(commodity=CommodityFactory(name="Cars")))
    page.lanes.set([lane])
    page.phases.set([StoryPhase(name="The tariff talks", date="2025-03/2025-05")])
    page.coverage.set([Coverage(date="2019-06", note="All of it.")])
    page.save_revision()
    sent = lacking(form_data(administrator.get(edit_url(page))), data)
    with transaction.atomic():
        answers = {name: answer.status_code for name, answer in answers_of(administrator, page, sent)}
        transaction.set_rollback(True)
    assert 500 not in answers.values()
