"""Rules of publication: what an entry must have before readers may see it, by whatever path."""

import datetime
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from tests.editing import edit_url, errors_of, form_data, messages_of, user
from tests.factories import (
    SourceFactory,
    add_disagreement,
    add_figure,
    chronology,
    draft_entry,
    publish,
    publish_entry,
)
from timeline.models import (
    Citation,
    Edition,
    EntryPage,
    EntryPerson,
    FacetTotal,
    Follow,
    MeasureDate,
    PublishedEntry,
    Statement,
    Withdrawal,
)
from timeline.models.publication import problems
from timeline.running.schedule import publish_due

HOUR = datetime.timedelta(hours=1)
pytestmark = pytest.mark.django_db


UNFIT = "Statement 1 (“Nobody said this.…”) has no source. Add a citation."


def unfit(*, due: datetime.timedelta | None = None, approved: bool = False) -> EntryPage:
    """A draft that may not go out; it is to go out at some time from now, if one is given."""
    entry = draft_entry(statements=["Nobody said this."], sources=[])
    entry.go_live_at = due and timezone.now() + due
    entry.save_revision(approved_go_live_at=entry.go_live_at if approved else None)
    return entry


def in_moderation() -> EntryPage:
    entry = unfit()
    entry.get_workflow().start(entry, user("Editors"))
    return EntryPage.objects.get(pk=entry.pk)


def by_the_form(moderator, action: str, entry: EntryPage | None = None, **said: str) -> str:
    entry = entry or unfit()
    data = form_data(moderator.get(edit_url(entry)))
    return messages_of(moderator.post(edit_url(entry), data | {action: "1"} | said))


def by_the_modal(moderator) -> str:
    entry = in_moderation()
    state = entry.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[entry.pk, "approve", state.pk])
    moderator.post(url, headers={"x-requested-with": "XMLHttpRequest"})
    return messages_of(moderator.get(edit_url(entry)))


def by_approval(_moderator) -> str:
    entry = in_moderation()
    return refusal(lambda: entry.current_workflow_state.current_task_state.specific.approve())


def in_bulk(moderator) -> str:
    entry = unfit()
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return messages_of(moderator.post(f"{url}?id={entry.pk}&next=/admin/entries/", follow=True))


def when_it_is_due(_moderator) -> str:
    unfit(due=-HOUR, approved=True)
    return " ".join(reason for outcome in publish_due(timezone.now()) for reason in outcome.reasons)


def by_a_copy(_moderator) -> str:
    """It is not public, so nothing has to be refused until somebody publishes it; an alias there cannot be."""
    entry = unfit()
    copy = entry.copy(update_attrs={"slug": "copy"})
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.create_alias(update_slug="alias")
    return refusal(lambda: copy.get_latest_revision().publish())


def refusal(publication: Callable[[], object]) -> str:
    with pytest.raises(ValidationError) as refused:
        publication()
    return " ".join(refused.value.messages)


def live(entry: EntryPage) -> None:
    entry.live = True
    entry.save()


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(partial(by_the_form, action="action-publish"), id="publish"),
        pytest.param(partial(by_the_form, action="action-submit"), id="submit"),
        pytest.param(
            partial(by_the_form, action="action-publish", go_live_at="2040-01-01 09:00"), id="schedule in the form"
        ),
        pytest.param(
            lambda moderator: by_the_form(
                moderator, "action-workflow-action", in_moderation(), **{"workflow-action-name": "approve"}
            ),
            id="approve in the form",
        ),
        pytest.param(by_the_modal, id="approve on the home page"),
        pytest.param(by_approval, id="approve by code"),
        pytest.param(in_bulk, id="bulk"),
        pytest.param(when_it_is_due, id="due"),
        pytest.param(
            lambda _moderator: refusal(lambda: unfit(due=HOUR).get_latest_revision().publish()),
            id="schedule by code",
        ),
        pytest.param(lambda _moderator: refusal(lambda: unfit().save_revision().publish()), id="publish by code"),
        pytest.param(lambda _moderator: refusal(lambda: live(unfit())), id="save by code"),
        pytest.param(by_a_copy, id="copy"),
    ],
)
def test_an_unfit_entry_is_refused_in_words_by_every_way_to_publish(moderator, way):
    assert UNFIT in way(moderator)
    assert not PublishedEntry.objects.exists()
    assert not EntryPage.objects.filter(live=True).exists()
    assert not Revision.objects.filter(approved_go_live_at__gt=timezone.now())


def test_there_is_no_api_that_writes(settings):
    assert not [app for app in settings.INSTALLED_APPS if app.startswith("wagtail.api")]
    assert Client().post("/api/v3/pages/", {}).status_code in (404, 405)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda entry: setattr(entry, "date", "2025-02-30"), "There is no 30 February"),
        (lambda entry: setattr(entry, "date", "2025-10-28/2025-10-27"), "end is before the start"),
        (lambda entry: entry.measure_dates.add(MeasureDate(kind="signed", date="2025-13")), "There is no month 13"),
        (lambda entry: entry.measure_dates.add(MeasureDate(kind="signed")), "date of the measure is half written"),
        (
            lambda entry: entry.statements.add(quoting("word " * 41)),
            "The quotation has 41 words; 40 are allowed. (statement 2)",
        ),
        (lambda entry: entry.statements.add(quoting("関税" * 41)), "The quotation has 41 words; 40 are allowed."),
        (lambda entry: add_figure(entry, SourceFactory(), value=None, low=2, high=1), "The lowest value is above"),
        (lambda entry: add_figure(entry, SourceFactory(), low=2), "Give one value, or a lowest and a highest"),
        (lambda entry: add_figure(entry, SourceFactory(), period="2025-04/2025-03"), "end is before the start"),
    ],
)
def test_what_cannot_be_true_is_not_published(change, sentence):
    entry = draft_entry()
    change(entry)
    assert [sentence in message for message in messages(entry)] == [True]


def quoting(words: str) -> Statement:
    statement = Statement(text="They said so.")
    statement.citations.add(Citation(source=SourceFactory(), quotation=words))
    return statement


def messages(entry: EntryPage) -> list[str]:
    return [problem.message for problem in problems(entry)]


def test_a_complete_entry_has_no_problems_and_becomes_public():
    entry = draft_entry()
    assert messages(entry) == []
    assert not PublishedEntry.objects.filter(pk=entry.pk).exists()
    publish(entry)
    assert PublishedEntry.objects.get(pk=entry.pk).document["headline"] == entry.title


def test_an_empty_entry_is_told_everything_it_lacks():
    entry = EntryPage(title="Nothing yet")
    assert messages(entry) == [
        "Add the date of the event before publishing.",
        "Choose the kind of event before publishing.",
        "Write a summary before publishing.",
        "Add at least one statement with its source before publishing.",
    ]


def test_a_statement_without_a_source_cannot_be_published():
    entry = draft_entry()
    entry.statements.add(Statement(text="Nobody said this"))
    assert messages(entry) == ["Statement 2 (“Nobody said this…”) has no source. Add a citation."]


def test_a_source_kept_as_an_example_of_an_error_is_no_evidence():
    entry = draft_entry(sources=[SourceFactory(use="error_example")])
    assert messages(entry) == ["Statement 1 (“Ministers met.…”) has no source. Add a citation."]


def test_money_needs_its_currency():
    entry = draft_entry()
    add_figure(entry, SourceFactory(), label="Pledge", unit="money")
    assert messages(entry) == ["The figure “Pledge” is money: say the currency."]


def test_a_disagreement_needs_two_accounts():
    entry = draft_entry()
    add_disagreement(entry, **{"an hour": SourceFactory()})
    assert messages(entry) == ["“How long did they meet?” needs at least two accounts that differ."]


def test_a_preferred_account_needs_its_reason():
    entry = draft_entry()
    item = add_disagreement(entry, **{"an hour": SourceFactory(), "50 minutes": SourceFactory()})
    item.accounts.all()[0].preferred = True
    assert messages(entry) == ["“How long did they meet?” prefers one account: give the reason."]


def test_a_row_that_names_nobody_must_be_filled_or_deleted():
    entry = draft_entry()
    entry.entry_people.add(EntryPerson())
    assert messages(entry) == ["A row under People names nobody. Choose a person or delete the row."]


def test_an_entry_cannot_follow_a_later_one():
    later = publish_entry(title="Later", date="2025-10-28")
    entry = draft_entry(date="2025-04-16")
    entry.follows.add(Follow(earlier=later))
    assert messages(entry) == ["“Later” is later than this entry, so this entry cannot follow it."]


def test_entries_cannot_follow_each_other_in_a_circle():
    one, two = publish_entry(title="One"), publish_entry(title="Two")
    two.follows.add(Follow(earlier=one))
    publish(two)
    one.change = "minor"
    one.follows.add(Follow(earlier=two))
    assert messages(one) == ["These entries would follow each other in a circle."]


def test_an_interval_says_what_its_two_dates_mean_when_somebody_publishes_it(moderator):
    entry = draft_entry(date="2025-10-27/2025-10-29")
    data = form_data(moderator.get(edit_url(entry)))
    asked = "Choose what they mean"
    assert asked in " ".join(errors_of(moderator.post(edit_url(entry), data | {"action-publish": "1"})))
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    assert asked in messages_of(moderator.post(f"{url}?id={entry.pk}&next=/admin/entries/", follow=True))
    assert not PublishedEntry.objects.exists()
    moderator.post(edit_url(entry), data | {"action-publish": "1", "date_extent": "lasted"})
    assert PublishedEntry.objects.get().document["date"]["extent"] == "lasted"


def test_an_interval_of_before_the_question_stays_public_and_says_no_more_than_it_did():
    entry = publish_entry(date="2025-10-27/2025-10-29")
    publish(entry)
    assert PublishedEntry.objects.get().document["date"]["extent"] == ""


def test_a_day_cannot_last_whatever_was_chosen_before(moderator):
    entry = draft_entry(date="2025-10-27/2025-10-29", date_extent="between")
    data = form_data(moderator.get(edit_url(entry)))
    moderator.post(edit_url(entry), data | {"action-publish": "1", "date": "2025-10-28"})
    assert EntryPage.objects.get().date_extent == ""


def test_publishing_by_code_meets_the_same_rules():
    entry = draft_entry(statements=[])
    with pytest.raises(ValidationError, match="at least one statement"):
        entry.save_revision().publish()
    assert not PublishedEntry.objects.exists()


def test_a_plain_live_save_meets_the_same_rules():
    with pytest.raises(ValidationError, match="date of the event"):
        chronology().add_child(instance=EntryPage(title="Too early", live=True))


def test_an_entry_being_edited_stays_public_as_it_was_published():
    entry = publish_entry(statements=["Ministers met."])
    entry.title = "A secret new headline"
    entry.statements.add(Statement(text="A secret draft sentence"))
    entry.save_revision()
    row = PublishedEntry.objects.get(pk=entry.pk)
    assert row.document["headline"] != "A secret new headline"
    assert [statement["text"] for statement in row.document["statements"]] == ["Ministers met."]


def test_a_withdrawn_entry_leaves_a_tombstone_and_no_row():
    entry = publish_entry()
    before = Edition.objects.get().version
    entry.withdrawal_reason = "It was published by mistake."
    entry.unpublish()
    assert not PublishedEntry.objects.exists()
    assert not FacetTotal.objects.exists()
    assert Withdrawal.objects.get().reason == "It was published by mistake."
    assert Edition.objects.get().version > before


@pytest.mark.parametrize("live", [True, False])
def test_what_readers_have_seen_cannot_be_deleted_with_its_corrections(live):
    entry = publish_entry()
    if not live:
        entry.unpublish()
    with pytest.raises(ProtectedError):
        entry.delete()
    assert EntryPage.objects.get().versions.count() == 1


def test_publishing_again_removes_the_tombstone():
    entry = publish_entry()
    entry.unpublish()
    publish(EntryPage.objects.get(pk=entry.pk))
    assert not Withdrawal.objects.exists()
    assert PublishedEntry.objects.count() == 1


def test_a_statement_keeps_its_public_id_when_reordered_and_reworded():
    entry = publish_entry(statements=["First.", "Second."])
    first, second = entry.statements.all()
    first.text, first.sort_order, second.sort_order = "First, reworded.", 1, 0
    entry.statements = [second, first]
    publish(entry)
    statements = PublishedEntry.objects.get().document["statements"]
    assert [(item["id"], item["text"]) for item in statements] == [
        (second.uid, "Second."),
        (first.uid, "First, reworded."),
    ]


def test_a_record_deleted_under_a_draft_does_not_make_the_entry_uneditable():
    entry = publish_entry()
    doomed = SourceFactory()
    statement = Statement(text="Only in the draft.")
    statement.citations.add(Citation(source=doomed))
    entry.statements.add(statement)
    entry.save_revision()
    doomed.delete()
    draft = EntryPage.objects.get(pk=entry.pk).get_latest_revision_as_object()
    assert [item.text for item in draft.statements.all()] == ["Ministers met.", "Only in the draft."]
    assert list(draft.statements.all()[1].citations.all()) == []


def test_the_number_of_sources_follows_what_is_published():
    def number():
        stored = FacetTotal.objects.filter(facet="sources").values_list("total", flat=True).first() or 0
        assert stored == FacetTotal.objects.filter(facet="source").count()
        return stored

    assert number() == 0
    first, second = publish_entry(), publish_entry()
    both = number()
    assert both > 1
    first.unpublish()
    assert 0 < number() < both
    second.unpublish()
    assert number() == 0
