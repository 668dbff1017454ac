"""A content pack is in the database, is loaded again, and comes out as it went in."""

import datetime
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import ModelLogEntry, Page, PageLogEntry, Revision, Site

from tests.database import take_chronology_away
from tests.factories import SourceFactory, publish, publish_entry
from tests.sample_pack import Files, sample, write
from timeline.content import pack
from timeline.content.dump import dump
from timeline.content.load import load
from timeline.content.plan import Outcome
from timeline.models import (
    Category,
    ChronologyPage,
    Commodity,
    Edition,
    EntryPage,
    Follow,
    Person,
    PublishedEntry,
    Source,
    Statement,
    Version,
)

pytestmark = pytest.mark.django_db


def load_files(files: Files, directory: Path) -> Outcome:
    return load(pack.read(write(files, directory)))


@pytest.fixture(scope="module")
def sample_loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The sample, loaded once for all tests here: each takes back what it changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        take_chronology_away()
        load_files(sample(), tmp_path_factory.mktemp("first"))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(sample_loaded, tmp_path):
    """The sample in the database; gives the function that loads a changed one."""
    return lambda files: load_files(files, tmp_path / "again")


def entry(key: str) -> EntryPage:
    return EntryPage.objects.get(key=key)


def state() -> dict[str, object]:
    """Everything that a load which changes nothing must leave as it is."""
    return {
        "revisions": Revision.objects.count(),
        "published": list(EntryPage.objects.order_by("pk").values_list("last_published_at", flat=True)),
        "edition": Edition.objects.get().version,
        "log": PageLogEntry.objects.count() + ModelLogEntry.objects.count(),
    }


# -- a first load -------------------------------------------------------------------------


def test_entries_are_published_with_a_true_history(loaded):
    for loaded_entry in EntryPage.objects.all():
        [revision] = loaded_entry.revisions.all()
        assert loaded_entry.live
        assert not loaded_entry.has_unpublished_changes
        assert loaded_entry.live_revision == loaded_entry.latest_revision == revision
        assert loaded_entry.first_published_at == loaded_entry.last_published_at is not None
        actions = PageLogEntry.objects.filter(page=loaded_entry).values_list("action", flat=True)
        assert sorted(actions) == ["wagtail.create", "wagtail.publish"]
    assert ModelLogEntry.objects.filter(action="wagtail.create").count() == 2 + 2 + 3 + 3 + 1 + 1 + 1 + 1 + 1


def test_readers_see_the_entries_at_once(loaded):
    rows = PublishedEntry.objects.order_by("sort_date")
    assert [row.slug for row in rows] == ["ministers-meet", "duty-on-steel", "talks-end"]
    document = rows[0].document
    assert document["statements"][0]["id"] == "aaaaaa"
    assert [citation["number"] for citation in document["statements"][0]["citations"]] == [1, 2]
    assert document["people"][0]["positions"] == ["Minister"]
    assert "embassy" not in json.dumps(document)


def test_every_field_of_the_pack_has_a_home(loaded):
    source = Source.objects.get(key="daily-report")
    assert source.derived_from.key == "meti-paper"
    assert Source.objects.get(key="meti-paper").accessed == datetime.date(2025, 5, 1)
    rice = Commodity.objects.get(key="rice")
    assert rice.lineage == [rice.parent_id, rice.pk]
    assert [code.code for code in rice.hs_codes.all()] == ["1006"]
    assert list(Commodity.objects.filter(parent=None).values_list("key", "position")) == [
        ("metals", 0),
        ("farm", 1),
    ]
    assert list(Category.objects.values_list("key", flat=True)) == ["talks", "tariff"]
    assert Person.objects.get().positions.get().source == source
    second = entry("e-second")
    assert [row.earlier.key for row in second.follows.all()] == ["e-first"]
    assert [row.date for row in second.measure_dates.all()] == ["2025-06-01"]
    assert entry("e-first").disagreements.get().accounts.get(preferred=True).source.key == "meti-paper"


def test_the_chronology_replaces_the_page_of_welcome(loaded):
    page = ChronologyPage.objects.get()
    assert (page.title, page.strapline, page.live) == ("Rice and Steel", "What was agreed.", True)
    assert Site.objects.get().root_page_id == page.pk
    assert list(Page.objects.filter(depth=2).values_list("pk", flat=True)) == [page.pk]
    assert entry("e-first").url == "/entries/ministers-meet/"


def test_entries_have_the_same_permanent_id_everywhere(loaded):
    assert str(entry("e-first").uid) == "d4816564-1903-5ace-84ff-1a6488187d8b"


# -- a second load ------------------------------------------------------------------------


def test_a_second_load_changes_nothing(loaded, django_assert_max_num_queries):
    before = state()
    with django_assert_max_num_queries(86):  # a fixed number for each kind of record
        outcome = loaded(sample())
    assert state() == before
    assert not outcome.changed
    assert outcome.unchanged == {
        "categories": 2,
        "organisations": 2,
        "commodities": 3,
        "sources": 3,
        "series": 1,
        "terms": 1,
        "storylines": 1,
        "state": 1,
        "people": 1,
        "entries": 3,
    }


def test_a_changed_sentence_makes_one_revision_of_one_entry(loaded):
    before = entry("e-first")
    rows = list(Statement.objects.filter(entry=before).values_list("pk", "uid"))
    files = sample()
    files["entries.json"][0]["statements"][1]["text"] = "Rice was spoken about."
    outcome = loaded(files)
    after = entry("e-first")
    assert outcome.updated == {"entries": 1}
    assert Revision.objects.count() == 1 + 3 + 1
    assert after.revisions.count() == 2
    assert after.live_revision == after.latest_revision
    assert after.first_published_at == before.first_published_at < after.last_published_at
    assert after.uid == before.uid
    assert list(Statement.objects.filter(entry=after).values_list("pk", "uid")) == rows
    texts = [statement["text"] for statement in after.published.document["statements"]]
    assert texts == ["The ministers met.", "Rice was spoken about."]
    assert not loaded(files).changed


def test_rows_may_come_go_and_change_places(loaded):
    files = sample()
    first = files["entries.json"][0]
    first["statements"].reverse()
    first["statements"].insert(
        0, {"id": "zzzzzz", "text": "They sat down.", "citations": [{"source": "daily-report"}]}
    )
    del first["statements"][2]["citations"][0]
    one, other = first["disagreements"][0]["accounts"]
    one["preferred"], other["preferred"] = False, True
    first["organisations"] = ["daily"]
    loaded(files)
    document = entry("e-first").published.document
    assert [statement["id"] for statement in document["statements"]] == ["zzzzzz", "bbbbbb", "aaaaaa"]
    assert [citation["number"] for citation in document["statements"][2]["citations"]] == [2]
    assert [account["preferred"] for account in document["disagreements"][0]["accounts"]] == [False, True]
    assert [organisation["slug"] for organisation in document["organisations"]] == ["the-daily"]
    assert not loaded(files).changed


def test_a_changed_record_is_saved_logged_and_shown(loaded, django_capture_on_commit_callbacks):
    files = sample()
    files["commodities.json"][2] |= {"name": "Rice and paddy", "hs_codes": ["1006", "100610"]}
    with django_capture_on_commit_callbacks(execute=True):
        outcome = loaded(files)
    assert outcome.updated == {"commodities": 1}
    assert ModelLogEntry.objects.get(action="wagtail.edit").label == "Rice and paddy"
    [shown] = entry("e-first").published.document["commodities"]
    assert (shown["name"], shown["hs_codes"]) == ("Rice and paddy", ["1006", "100610"])
    assert Revision.objects.count() == 1 + 3


def test_the_order_of_categories_follows_the_file(loaded):
    files = sample()
    files["categories.json"].reverse()
    assert loaded(files).updated == {"categories": 2}
    assert list(Category.objects.values_list("key", flat=True)) == ["tariff", "talks"]
    assert not loaded(files).changed


def test_a_renamed_entry_leaves_a_redirect(loaded, django_capture_on_commit_callbacks):
    files = sample()
    files["entries.json"][0]["slug"] = "talks-in-tokyo"
    with django_capture_on_commit_callbacks(execute=True):
        loaded(files)
    assert Redirect.objects.get(old_path="/entries/ministers-meet").link == "/entries/talks-in-tokyo/"


def test_the_title_of_the_chronology_is_kept_up_to_date(loaded):
    files = sample()
    files["pack.json"]["strapline"] = "What was signed."
    loaded(files)
    page = ChronologyPage.objects.get()
    assert (page.strapline, page.revisions.count()) == ("What was signed.", 2)


# -- what editors did ---------------------------------------------------------------------


def test_an_editors_draft_is_neither_lost_nor_published(loaded):
    draft = entry("e-first")
    draft.title = "Ministers quarrel in Tokyo"
    draft.save_revision()
    files = sample()
    files["entries.json"][0]["summary"] = "They spoke about steel."
    outcome = loaded(files)
    assert outcome.left_alone == {"e-first": "has a draft newer than what is public"}
    after = entry("e-first")
    assert after.get_latest_revision_as_object().title == "Ministers quarrel in Tokyo"
    assert (after.title, after.summary) == ("Ministers meet in Tokyo", "They spoke about rice.")


def test_a_draft_beside_an_unchanged_entry_is_nothing_to_report(loaded):
    entry("e-first").save_revision()
    assert loaded(sample()).left_alone == {}


def test_a_withdrawn_entry_is_not_published_again(loaded):
    entry("e-third").unpublish()
    outcome = loaded(sample())
    assert outcome.left_alone == {"e-third": "is not public: it was withdrawn, or never published"}
    assert not entry("e-third").live


def test_a_locked_entry_is_left_alone(loaded):
    EntryPage.objects.filter(key="e-first").update(locked=True)
    files = sample()
    files["entries.json"][0]["summary"] = "They spoke about steel."
    assert loaded(files).left_alone == {"e-first": "is locked by an editor"}


def test_what_only_the_database_has_is_left_alone_and_counted(loaded):
    source = SourceFactory()
    own = publish_entry(title="Our own entry")
    outcome = loaded(sample())
    assert not outcome.changed
    assert outcome.others["entries"] == 1
    assert outcome.others["sources"] >= 1
    assert EntryPage.objects.get(pk=own.pk).live
    assert Source.objects.filter(pk=source.pk).exists()


# -- out again ----------------------------------------------------------------------------


def texts(directory: Path) -> dict[str, str]:
    return {path.relative_to(directory).as_posix(): path.read_text() for path in directory.rglob("*.json")}


def test_load_and_dump_and_load_are_the_same(loaded, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    call_command("dump_chronology", pack=write({"pack.json": sample()["pack.json"]}, one), verbosity=0)
    before = state()
    call_command("load_chronology", pack=one, verbosity=0)
    assert state() == before
    call_command("dump_chronology", pack=write({"pack.json": texts(one)["pack.json"]}, other), verbosity=0)
    assert texts(one) == texts(other)
    original, again = pack.read(write(sample(), tmp_path / "sample")), pack.read(one)
    assert again.chronology == original.chronology
    for kind, records in original.records.items():
        assert sorted(again.records[kind], key=lambda record: record["id"]) == sorted(
            records, key=lambda record: record["id"]
        )


def test_a_dump_into_its_own_pack_touches_no_file(loaded, tmp_path, capsys):
    directory = tmp_path / "pack"
    call_command("dump_chronology", pack=directory, verbosity=0)
    times = {path: path.stat().st_mtime_ns for path in directory.iterdir()}
    call_command("dump_chronology", pack=directory)
    assert "Nothing changed" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in directory.iterdir()} == times


def test_entries_stand_in_a_file_a_year_and_one_that_has_none_any_more_goes(loaded, tmp_path):
    old = write(sample(), tmp_path) / "entries.json"  # as packs were laid out before
    call_command("dump_chronology", pack=tmp_path, verbosity=0)
    assert not old.exists()
    assert [path.name for path in sorted((tmp_path / "entries").iterdir())] == ["2025.json"]
    (tmp_path / "entries" / "notes.txt").touch()
    changed = entry("e-third")
    changed.date = "2026-07"
    publish(changed)
    call_command("dump_chronology", pack=tmp_path, verbosity=0)
    assert json.loads(texts(tmp_path)["entries/2026.json"])[0]["id"] == "e-third"
    for name in ("e-first", "e-second"):
        moved = entry(name)
        moved.date = "2024"
        publish(moved)
    call_command("dump_chronology", pack=tmp_path, verbosity=0)
    assert [path.name for path in sorted((tmp_path / "entries").iterdir())] == ["2024.json", "2026.json", "notes.txt"]
    assert pack.read(tmp_path).records["entries"][0]["id"] == "e-first"


def test_a_dump_is_in_reading_order_and_bears_its_day(loaded, tmp_path, time_stands_at_new_year):
    call_command("dump_chronology", pack=tmp_path, verbosity=0)
    files = {name: json.loads(text) for name, text in texts(tmp_path).items()}
    assert files["pack.json"] == sample()["pack.json"] | {"version": "2026-01-01"}
    assert [record["id"] for record in files["categories.json"]] == ["talks", "tariff"]
    assert [record["id"] for record in files["organisations.json"]] == ["daily", "meti"]
    assert [record["id"] for record in files["commodities.json"]] == ["metals", "farm", "rice"]
    assert [record["number"] for record in files["sources.json"]] == [1, 2, 3]
    assert [record["id"] for record in files["entries/2025.json"]] == ["e-first", "e-second", "e-third"]


@pytest.fixture
def time_stands_at_new_year(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: datetime.date(2026, 1, 1))


def test_drafts_and_withdrawn_entries_are_never_dumped(loaded, tmp_path, capsys):
    draft = entry("e-second")
    draft.title = "A secret duty"
    draft.statements.set([*draft.statements.all(), Statement(text="Nobody knows yet.")])
    draft.save_revision()
    entry("e-first").unpublish()
    call_command("dump_chronology", pack=tmp_path, verbosity=0)
    text = texts(tmp_path)["entries/2025.json"]
    assert [record["id"] for record in json.loads(text)] == ["e-second", "e-third"]
    assert "secret" not in text
    assert "Nobody" not in text
    assert "e-second follows an entry that is not public" in capsys.readouterr().err
    assert pack.read(tmp_path).records["entries"][0]["follows"] == []


def test_private_notes_are_in_the_dump(loaded, tmp_path):
    call_command("dump_chronology", pack=tmp_path, verbosity=0)
    assert "Ask the embassy." in texts(tmp_path)["entries/2025.json"]
    assert "Our contact is the press desk." in texts(tmp_path)["organisations.json"]


def test_a_dump_takes_the_same_queries_whatever_the_number_of_rows(loaded, django_assert_num_queries):
    with django_assert_num_queries(51):
        dump()
    for number in range(3):
        publish_entry(title=f"Another {number}")
    with django_assert_num_queries(51):
        dump()


# -- the commands -------------------------------------------------------------------------


def test_nothing_to_dump_and_nowhere_to_write_are_said(loaded, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="Cannot write the pack"):
        call_command("dump_chronology", pack=tmp_path / "file")
    Follow.objects.all().delete()
    Version.objects.all().delete()
    ChronologyPage.objects.get().delete()
    with pytest.raises(CommandError, match="There is no chronology in the database"):
        call_command("dump_chronology", pack=tmp_path)
