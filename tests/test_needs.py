"""What drafts lack, as the desk counts and lists it."""

import pytest

from tests.factories import SourceFactory, add_figure, draft_entry, publish_entry
from timeline.admin import needs
from timeline.models import Citation, EntryPage, Figure, Source

pytestmark = pytest.mark.django_db


def lacking_a_source() -> set[str]:
    listed = EntryPage.objects.filter(needs.needing(needs.SOURCE))
    assert needs.number_needing(needs.SOURCE).known == listed.count()
    return {entry.title for entry in listed}


def test_a_draft_lacks_a_source_if_any_statement_or_figure_does_or_nothing_is_said():
    source = SourceFactory()
    draft_entry(title="Whole", sources=[source])
    draft_entry(title="Says nothing", statements=[])
    unsourced = draft_entry(title="Two statements without", statements=["They met.", "They spoke."])
    Citation.objects.filter(statement__entry=unsourced).delete()
    figures = draft_entry(title="A figure without", sources=[source])
    figures.figures.add(Figure(label="Duty", value=25, unit="percent"))
    figures.save()
    sourced = draft_entry(title="A figure with", sources=[source])
    add_figure(sourced, source)
    sourced.save()
    assert lacking_a_source() == {"Says nothing", "Two statements without", "A figure without"}


def test_a_source_that_is_no_evidence_any_more_is_missed_at_once():
    source = SourceFactory()
    draft_entry(title="A draft", sources=[source])
    publish_entry(title="Public")
    assert lacking_a_source() == set()
    Source.objects.filter(pk=source.pk).update(use="error_example")
    assert lacking_a_source() == {"A draft"}


def test_the_number_takes_one_query_for_any_number_of_drafts(django_assert_num_queries):
    for number in (1, 3):
        for place in range(number):
            draft_entry(title=f"{number} {place}", statements=[])
        with django_assert_num_queries(2):  # with that for pages behind a privacy setting
            needs.number_needing(needs.SOURCE)
