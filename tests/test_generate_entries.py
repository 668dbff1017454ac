"""Generated entries: real ones in all but sense, the same for the same seed, and gone when removed."""

from itertools import chain

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from wagtail.models import Page

from tests.factories import CategoryFactory, CommodityFactory, chronology, draft_entry, publish, publish_entry
from timeline import edition, search
from timeline.generated.records import TERMS
from timeline.management.commands import generate_entries
from timeline.models import (
    EntryPage,
    FacetTotal,
    Follow,
    MonthTotal,
    Organisation,
    Person,
    PublishedEntry,
    SearchName,
    Source,
    Statement,
    Version,
    Withdrawal,
    WordTotal,
)
from timeline.models.publication import problems
from timeline.public.document import with_history

pytestmark = pytest.mark.django_db

GENERATED = {"key__startswith": "generated-"}


@pytest.fixture(autouse=True)
def some_records():
    chronology()
    for name in ("Talks", "Tariff measures"):
        CategoryFactory(name=name)
    for name in ("Beef", "Automobiles", "Gallium"):
        CommodityFactory(name=name)


def generate(*words):
    call_command("generate_entries", *words, verbosity=0)


def documents(**conditions):
    rows = PublishedEntry.objects.filter(**conditions).order_by("slug").values_list("document", flat=True)
    return list(rows)


def test_they_are_entries_that_an_editor_could_have_published(client):
    generate("40")
    entries = list(EntryPage.objects.filter(**GENERATED))
    assert len(entries) == 40
    assert [found for entry in entries for found in problems(entry) if found.panel != "change"] == []
    for entry in entries:
        children = chain.from_iterable(
            getattr(entry, name).all() for name in ("statements", "figures", "entry_people")
        )
        for instance in (entry, *children):
            instance.full_clean()
    for source in Source.objects.filter(**GENERATED):
        source.full_clean()
    assert client.get(entries[7].get_absolute_url()).status_code == 200


def test_they_stand_in_the_page_tree_as_if_added_one_by_one():
    publish_entry()
    generate("12")
    publish_entry(title="Added after them")
    assert [list(found) for found in Page.find_problems()] == [[], [], [], [], []]
    for entry in EntryPage.objects.filter(**GENERATED):
        assert entry.url_path == f"/chronology/entries/{entry.slug}/"
        assert entry.get_parent().specific == chronology()


def public_rows():
    """All that readers see, row by row and byte by byte, but for the number of the edition that made it."""
    tables = {}
    for model in (PublishedEntry, Version, FacetTotal, MonthTotal, WordTotal, SearchName):
        columns = {field.column for field in model._meta.concrete_fields} - {"edition", "changed_at"}
        if not model._meta.pk.remote_field:
            columns -= {"id"}
        with connection.cursor() as cursor:
            names = ", ".join(connection.ops.quote_name(column) for column in sorted(columns))
            cursor.execute(f'SELECT row({names})::text FROM "{model._meta.db_table}" ORDER BY 1')
            tables[model] = [row for (row,) in cursor]
    return tables


def test_they_are_published_as_a_rebuild_would_publish_them():
    publish_entry()
    edition.rebuild()
    generate("30")
    before = public_rows()
    edition.rebuild()
    after = public_rows()
    assert len(before[PublishedEntry]) == len(before[Version]) == 31
    for model, rows in before.items():
        assert rows == after[model], model


STANDING = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1
"""


def on_the_tables():
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_many_are_written_by_several_processes_and_everything_stands_on_the_tables_again(monkeypatch):
    monkeypatch.setattr(generate_entries, "BATCH", 10)
    standing = on_the_tables()
    generate("30")
    assert on_the_tables() == standing
    before = public_rows()
    edition.rebuild()
    assert public_rows() == before
    assert [list(found) for found in Page.find_problems()] == [[], [], [], [], []]


def test_their_first_versions_are_what_is_published():
    generate("30")
    for entry in PublishedEntry.objects.all():
        (version,) = Version.objects.filter(entry=entry.pk)
        assert version.number == 1
        assert with_history(version.document, [version]) == entry.document


def test_the_same_seed_makes_the_same_rows():
    generate("15")
    first = documents()
    generate("--remove")
    generate("15")
    assert [row["headline"] for row in documents()] == [row["headline"] for row in first]
    assert [row["statements"] for row in documents()] == [row["statements"] for row in first]
    generate("--remove")
    generate("15", "--seed", "2")
    assert {row["headline"] for row in documents()}.isdisjoint(row["headline"] for row in first)


def test_words_to_search_for_are_as_frequent_as_promised():
    generate("400")
    found = {
        term: PublishedEntry.objects.matching(search.read(term).question()).count() / 400
        for term in ("tariff", "automobile")
    }
    assert found == {term: pytest.approx(TERMS[term], rel=0.4) for term in found}
    inexact = EntryPage.objects.exclude(date_precision="day").count() / 400
    assert 0.04 < inexact < 0.13
    assert 0.02 < PublishedEntry.objects.filter(differs=True).count() / 400 < 0.09


def test_removing_takes_them_away_and_nothing_else():
    kept = publish_entry()
    models = (Page, EntryPage, PublishedEntry, FacetTotal, Organisation, Person, Source, Statement, Withdrawal)
    before = [model.objects.count() for model in models]
    generate("20")
    edited = EntryPage.objects.filter(**GENERATED).first()
    edited.title = "Edited since"
    publish(edited)
    generate("--remove")
    assert [model.objects.count() for model in models] == before
    assert [row["headline"] for row in documents()] == [kept.title]
    assert chronology().numchild == 1
    assert [list(found) for found in Page.find_problems()] == [[], [], [], [], []]


def test_removing_is_refused_while_somebody_uses_one_of_them():
    generate("3")
    entry = draft_entry(title="Ours")
    entry.follows.add(Follow(earlier=EntryPage.objects.filter(**GENERATED).first()))
    entry.save()
    with pytest.raises(CommandError, match="something else uses"):
        generate("--remove")
    assert EntryPage.objects.filter(**GENERATED).count() == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [((), "how many"), (("3", "--remove"), "how many"), (("0",), "At least one"), (("-1",), "At least one")],
)
def test_it_says_what_it_wants(words, message):
    with pytest.raises(CommandError, match=message):
        generate(*words)


def test_it_does_not_add_to_what_it_added_before():
    generate("2")
    with pytest.raises(CommandError, match="already"):
        generate("2")


def test_it_needs_a_chronology():
    EntryPage.objects.all().delete()
    chronology().delete()
    with pytest.raises(CommandError, match="load_chronology"):
        generate("2")


def test_it_stays_out_of_production(settings):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="not development"):
        generate("2")
    with pytest.raises(CommandError, match="not development"):
        generate("--remove")
    generate("2", "--force")
    assert EntryPage.objects.filter(**GENERATED).count() == 2
