"""A content pack goes into a database that has nothing of it yet, or not at all."""

import json

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.search.backends import get_search_backend

from tests.factories import SourceFactory, publish_entry
from tests.sample_pack import sample, write
from tests.test_content import entry, load_files, texts
from timeline.content.problems import PackError
from timeline.models import (
    Category,
    ChronologyPage,
    EntryPage,
    PublishedEntry,
    Source,
    Version,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_site")]


def test_a_site_that_begins_elsewhere_is_not_taken_over(tmp_path):
    welcome = Site.objects.get().root_page
    welcome.add_child(instance=Page(title="Somebody's page"))
    load_files(sample(), tmp_path)
    assert Site.objects.get().root_page_id == welcome.pk


def test_a_missing_site_is_made(tmp_path, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://trade.example"
    Site.objects.all().delete()
    load_files(sample(), tmp_path)
    site = Site.objects.get()
    assert (site.hostname, site.port, site.is_default_site) == ("trade.example", 443, True)
    assert site.root_page_id == ChronologyPage.objects.get().pk


@pytest.mark.admin_indexes
def test_usage_and_the_search_of_the_admin_know_what_was_loaded(tmp_path):
    load_files(sample(), tmp_path)
    references = ReferenceIndex.get_references_to(Source.objects.get(key="meti-paper"))
    assert references.count() == 6  # two statements, a figure, an account, a term, a source that rests on it
    found = get_search_backend().search("steel", EntryPage)
    assert [found_entry.key for found_entry in found] == ["e-second"]


def test_values_that_other_records_have_are_reported_before_anything_is_written(tmp_path):
    SourceFactory(key="ours", number=2, slug="daily-error")
    with pytest.raises(PackError) as caught:
        load_files(sample(), tmp_path)
    assert [str(problem) for problem in caught.value.problems] == [
        "sources.json, daily-error, slug: “daily-error” is already used in the database by “ours”",
        "sources.json, daily-report, number: “2” is already used in the database by “ours”",
    ]
    assert not Category.objects.filter(key="talks").exists()


@pytest.mark.django_db(transaction=True)
def test_a_load_that_fails_at_the_end_leaves_nothing(tmp_path, monkeypatch):
    def fail(records: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("timeline.edition.refreshing.refresh_names", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        load_files(sample(), tmp_path)
    assert not Category.objects.exists()
    assert not PublishedEntry.objects.exists()
    assert Site.objects.get().root_page.title.startswith("Welcome")


def test_an_entry_made_by_an_editor_keeps_its_permanent_id(tmp_path):
    own = publish_entry(title="Our own entry")
    call_command("dump_chronology", pack=tmp_path, verbosity=0)
    [record] = json.loads(texts(tmp_path)["entries/2025.json"])
    assert (record["id"], record["uid"]) == (own.key, str(own.uid))
    Version.objects.all().delete()
    EntryPage.objects.all().delete()
    call_command("load_chronology", pack=tmp_path, verbosity=0)
    assert EntryPage.objects.get().uid == own.uid


def test_check_writes_nothing(tmp_path, capsys, django_assert_num_queries):
    write(sample(), tmp_path)
    with django_assert_num_queries(0):
        call_command("load_chronology", pack=tmp_path, check=True)
    assert capsys.readouterr().out == "The pack is sound.\n"


def test_every_problem_is_printed_and_the_command_fails(tmp_path):
    files = sample()
    files["sources.json"][0]["title"] = ""
    files["entries.json"][0]["category"] = "war"
    with pytest.raises(CommandError) as caught:
        call_command("load_chronology", pack=write(files, tmp_path))
    assert str(caught.value).splitlines() == [
        "2 problems, nothing was written:",
        "sources.json, meti-paper, title: This field cannot be blank.",
        "entries.json, e-first, category: there is no category “war”",
    ]
    assert not Category.objects.exists()


def test_the_command_says_what_it_did(tmp_path, capsys):
    write(sample(), tmp_path)
    call_command("load_chronology", pack=tmp_path)
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "entries: 3 created",
        "terms: 1 created",
        "storylines: 1 created",
        "translations: none",
    ]
    entry("e-third").unpublish()
    call_command("load_chronology", pack=tmp_path)
    said = capsys.readouterr()
    assert said.out.splitlines()[-4:-1] == ["entries: 2 unchanged", "terms: 1 unchanged", "storylines: 1 unchanged"]
    assert said.err == "Left alone: e-third is not public: it was withdrawn, or never published.\n"


def test_a_terminal_shows_what_is_being_loaded(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    call_command("load_chronology", pack=write(sample(), tmp_path))
    shown = capsys.readouterr().out
    begun = [shown.index(f"{step} …") for step in ("categories", "entries", "terms", "what readers see")]
    assert begun == sorted(begun)
    assert shown.rpartition("\r\033[K")[2].startswith("categories: 2 created")
