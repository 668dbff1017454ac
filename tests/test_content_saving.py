"""Many records and entries that are saved at once are as if each had been saved alone, in every table."""

import datetime
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ReferenceIndex

from tests.sample_pack import Files, sample, write
from timeline.content import pack
from timeline.content.kinds import ENTRIES, Kind
from timeline.content.load import _Load, load
from timeline.content.parts import Record
from timeline.content.problems import PackError
from timeline.imports import loading, uploads
from timeline.imports.checking import Step
from timeline.imports.loading import _Loading
from timeline.models import ChronologyPage, EntryPage, Import

pytestmark = [pytest.mark.django_db, pytest.mark.admin_indexes, pytest.mark.usefixtures("bare_site")]

NEW_YEAR = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)

OTHERWISE = {
    "translation_key",  # new each time
    "edition",  # more changes make more editions
    "changed_at",
    "version",
    "page_version",
    "shelf",
    "page_changed_at",
    "title_norm",  # after the average of the titles known so far
}
"""Columns that may differ."""

UNNUMBERED = {
    "wagtailcore_referenceindex",
    "wagtailsearch_indexentry",
    "timeline_searchname",
    "timeline_facettotal",
    "timeline_translationprogress",
}
"""Tables of which nobody knows the ids of rows."""


def one_by_one(self: _Load, kind: Kind, records: list[Record]) -> None:
    """What saving at once stands for."""
    for record in records:
        instance = kind.model()
        kind.shape.fill(instance, record, self.known)
        if kind.has_position:
            instance.position = record["position"]
        if kind is ENTRIES:
            instance.live = False
            self.chronology.add_child(instance=instance)
            instance.save_revision().publish()
        else:
            instance.save()
            log(instance=instance, action="wagtail.create")
            type(instance)._default_manager.get(pk=instance.pk).save()  # its words are known once its rows are there
        ReferenceIndex.create_or_update_for_object(instance)
        self.known.add(kind.name, instance)


def tables() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, sorted."""
    found = {}
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            left_out = OTHERWISE | ({"id"} if model._meta.db_table in UNNUMBERED else set())
            columns = [field.column for field in model._meta.local_concrete_fields if field.column not in left_out]
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT {', '.join(f'"{column}"::text' for column in columns)} FROM {model._meta.db_table}"
                )
                rows = [dict(zip(columns, map(_alike, row), strict=True)) for row in cursor.fetchall()]
            found[model._meta.db_table] = sorted(rows, key=str)
    return found


def _alike(text: str | None) -> str | None:
    """A value without what is new each time inside of it."""
    return text and re.sub(r'"translation_key": "[^"]+"', "", text)


@pytest.fixture
def all_tables_after(monkeypatch: Any, django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR)
    begin: list[int] = []

    def after(act: Callable[[], object]) -> dict[str, list[dict[str, Any]]]:
        """The tables after an act, which is taken back; ids begin at the same number each time, above all others."""
        with connection.cursor() as cursor:
            if not begin:
                cursor.execute("SELECT max(last_value) + 5000 FROM pg_sequences")
                begin.extend(cursor.fetchone())
            cursor.execute("SELECT setval(oid, %s) FROM pg_class WHERE relkind = 'S'", begin)
        with transaction.atomic():
            with django_capture_on_commit_callbacks(execute=True):
                act()
            result = tables()
            transaction.set_rollback(True)
        return result

    return after


def test_a_load_leaves_what_saving_one_after_the_other_leaves(all_tables_after, tmp_path, monkeypatch):
    files = pack.read(write(sample(), tmp_path))
    at_once = all_tables_after(lambda: load(files))
    monkeypatch.setattr(_Load, "_create", one_by_one)
    one_after_the_other = all_tables_after(lambda: load(files))
    for table, rows in one_after_the_other.items():
        assert at_once[table] == rows, table


def created_one_by_one(self: _Loading, kind: Kind, steps: list[Step]) -> Iterator[int]:
    for step in steps:
        instance = kind.model()
        kind.shape.fill(instance, step.record, self.known)
        if kind is ENTRIES:
            instance.live, instance.owner = False, self.user
            ChronologyPage.objects.get().add_child(instance=instance)
            instance.save_revision(user=self.user, clean=False)
        else:
            siblings = kind.model.objects.filter(parent=instance.parent)
            instance.position = siblings.count()
            instance.save()
            log(instance=instance, action="wagtail.create", user=self.user)
            type(instance)._default_manager.get(pk=instance.pk).save()  # as above
        ReferenceIndex.create_or_update_for_object(instance)
        self.known.add(kind.name, instance)
        self.created.setdefault(kind.name, []).append(step.key)
        self.counts[f"{kind.name} create"] += 1
        yield 1


def drafted_one_by_one(self: _Loading, steps: list[Step]) -> None:
    for step in steps:
        stored = EntryPage.objects.get(pk=step.stored.pk)
        entry = stored if stored.live else stored.get_latest_revision_as_object()
        before = [stored.latest_revision_id, stored.has_unpublished_changes]
        ENTRIES.shape.fill(entry, step.record, self.known)
        draft = entry.save_revision(user=self.user, clean=False, log_action=True)
        self.known.add(ENTRIES.name, stored)
        self.revisions.append([step.key, step.name, draft.pk, *before])


def test_so_does_an_import_of_new_records_and_of_drafts(all_tables_after, tmp_path, monkeypatch, admin_user):
    load(pack.read(write(sample(), tmp_path)))
    EntryPage.objects.get(key="e-third").unpublish()
    files = sample()
    public, _other, draft = files["entries.json"]
    new = public | {"id": "e-new", "slug": "they-meet-again", "follows": ["e-first"], "commodities": ["tea"]}
    new["figures"] = [{"id": "ffffff", "label": "Duty", "value": "12.5", "unit": "percent", "citations": []}]
    goods = [{"id": name, "slug": name, "name": name.title(), "parent": "farm"} for name in ("tea", "silk")]
    changed = [public | {"summary": "They spoke of rice."}, draft | {"headline": "The talks end well"}]
    content = uploads.stored_as(
        {"entries.json": json.dumps([new, *changed]), "commodities.json": json.dumps(goods)},
    )

    def act() -> None:
        made = loading.load(Import.objects.create(name="a.zip", content=content), chosen=set(), user=admin_user).made
        assert (made["created"], len(made["revisions"])) == ({"commodities": ["tea", "silk"], "entries": ["e-new"]}, 2)

    at_once = all_tables_after(act)
    monkeypatch.setattr(_Loading, "_create", created_one_by_one)
    monkeypatch.setattr(_Loading, "_draft", drafted_one_by_one)
    one_after_the_other = all_tables_after(act)
    for table, rows in one_after_the_other.items():
        assert at_once[table] == rows, table


def test_more_entries_take_no_more_queries(all_tables_after, tmp_path):
    def queries(files: Files) -> int:
        read = pack.read(write(files, tmp_path))
        with CaptureQueriesContext(connection) as asked:
            all_tables_after(lambda: load(read))
        return len(asked)

    few, many = sample(), sample()
    first = many["entries.json"][0]
    many["entries.json"] += [first | {"id": f"e-more-{n}", "slug": f"more-{n}"} for n in range(5)]
    queries(few)  # what is asked once a process
    assert queries(few) == queries(many)


def test_a_value_that_the_database_refuses_is_reported_with_its_record(tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "_in_memory", lambda *about: [])  # as if the checks had missed it
    files = sample()
    files["organisations.json"][1]["wikidata"] = "METI"
    refused = f"{files['organisations.json'][1]['id']}: .*organisation_wikidata_id_shape"
    with pytest.raises(PackError, match=f"organisations.json, {refused}"):
        load(pack.read(write(files, tmp_path)))
