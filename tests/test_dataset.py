"""The dataset: everything public in one file, the same bytes for the same edition, kept by edition."""

import csv
import datetime
import hashlib
import io
import json
import re
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from tests.factories import (
    PersonFactory,
    SourceFactory,
    add_figure,
    change,
    draft_entry,
    publish,
    publish_entry,
    storyline,
)
from timeline.dataset import build, storage
from timeline.dataset.storage import file_of
from timeline.formats.tables import LIST, TABLES, Column
from timeline.models import Edition, EntryPage, LineCitation, PublishedEntry, StateLine, Storyline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("datasets")


@pytest.fixture(autouse=True)
def own_shelf(settings, folder):
    settings.DATASETS_DIR = folder


@pytest.fixture(scope="module")
def kept(specimens, folder):
    """The dataset of the specimens, built once."""
    with override_settings(DATASETS_DIR=folder):
        return build.build()


@pytest.fixture(scope="module")
def files(kept, folder):
    with ZipFile(folder / f"{kept.version}.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(files, name):
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode(), newline="")))


# -- what is in it -------------------------------------------------------------------------


def test_every_entry_is_a_line_with_everything_public(files):
    lines = [json.loads(line) for line in files["entries.jsonl"].decode().splitlines()]
    assert len(lines) == PublishedEntry.objects.count()
    assert lines == [Client().get(f"/api/v1/entries/{line['uid']}").json()["entry"] for line in lines]


def test_the_tables_say_the_same_as_the_entries(files):
    lines = {line["uid"]: line for line in map(json.loads, files["entries.jsonl"].decode().splitlines())}
    entries = {row["uid"]: row for row in rows(files, "entries")}
    assert entries.keys() == lines.keys()
    full = next(line for line in lines.values() if line["headline"] == "Akazawa meets Trump")
    row = entries[full["uid"]]
    assert (row["date"], row["date_precision"], row["planned"]) == ("2025-04-16/2025-04-17", "interval", "false")
    assert row["date_extent"] == "lasted"
    assert row["people"] == "ryosei-akazawa;donald-trump"
    assert row["hs_codes"] == "8703"
    of = {table: [row for row in rows(files, table) if row["entry_uid"] == full["uid"]] for table in CARRIED}
    assert {table: len(found) for table, found in of.items()} == CARRIED
    quoted = [one["quotation"] for one in of["citations"] if one["quotation"]]
    assert quoted == ["big progress", "four hundred billion, or more", "fifty minutes"]
    assert of["participants"][0]["positions"] == "Minister"
    people = {row["slug"]: row for row in rows(files, "people")}
    assert people["ryosei-akazawa"]["native_name"] == "赤沢亮正"
    assert [row["end"] for row in rows(files, "positions")] == ["", "2021"]


def test_storylines_and_lines_of_the_state_say_the_same_as_the_api(files):
    [told] = Client().get("/api/v1/storylines").json()["storylines"]
    told = Client().get(f"/api/v1/storylines/{told['slug']}").json()["storyline"]
    [row] = rows(files, "storylines")
    assert (row["slug"], row["native_name"], row["series"]) == ("tariff-talks", "関税交渉", "duty-on-cars")
    steps = rows(files, "storyline_steps")
    assert [(row["part"], row["entry_uid"], row["text"]) for row in steps] == [
        (str(step["part"]), step["entry"]["uid"], step["text"]) for step in told["steps"]
    ]
    sentences = rows(files, "storyline_sentences")
    assert [(row["kind"], row["id"], row["text"], row["rests_on"]) for row in sentences] == [
        (kind, one["id"], one["text"], LIST.join(f"{by['entry']}#{by['id']}" for by in one["rests_on"]))
        for kind, said in (("summary", told["summary"]), ("open_question", told["open_questions"]))
        for one in said
    ]
    assert all(row["sources"] for row in sentences)
    day = Client().get("/state.json").json()
    assert [row["slug"] for row in rows(files, "lines")] == [line["slug"] for line in day["lines"]]
    answers = [(line["slug"], one["since"], one["value"]) for line in day["lines"] for one in line["answers"]]
    assert answers
    assert set(answers) <= {(row["line"], row["since"], row["value"]) for row in rows(files, "states")}


CARRIED = {"statements": 4, "citations": 4 * 2 + 2 + 2, "figures": 2, "accounts": 2, "participants": 2}
"""Rows of the fullest entry."""


def test_the_tables_are_as_rfc_4180_has_them(files):
    for table in TABLES:
        text = files[f"{table.name}.csv"].decode()
        assert text.split("\r\n")[0] == ",".join(table.header)
        assert text.endswith("\r\n")
        assert "\n" not in text.replace("\r\n", "")
        assert {len(row) for row in csv.reader(io.StringIO(text, newline=""))} == {len(table.columns)}


def test_a_database_reads_the_tables_and_joins_them(files, tmp_path):
    for name in files:
        (tmp_path / name).write_bytes(files[name])
    with duckdb.connect() as database:
        for table in TABLES:
            database.execute(
                f"CREATE TABLE {table.name} AS SELECT * FROM read_csv('{tmp_path / table.name}.csv', all_varchar=true,"
                " header=true, strict_mode=true)"
            )
            counted = database.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]
            assert counted == len(rows(files, table.name))
            keys = ", ".join(table.key)
            twice = f"SELECT {keys} FROM {table.name} GROUP BY {keys} HAVING count(*) > 1"
            assert database.execute(twice).fetchall() == [], table.name
        for table in TABLES:
            for column, other, target in table.links:
                lost = (
                    f"SELECT {column} FROM {table.name} WHERE coalesce({column}, '') != '' AND {column} NOT IN"
                    f" (SELECT {target} FROM {other})"
                )
                assert database.execute(lost).fetchall() == [], (table.name, column)


def test_the_package_describes_every_table_and_column(files):
    package = json.loads(files["datapackage.json"])
    described = {resource["path"]: resource for resource in package["resources"]}
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    readme = files["README.txt"].decode()
    for table in TABLES:
        resource = described[f"{table.name}.csv"]
        assert [field["name"] for field in resource["schema"]["fields"]] == table.header
        assert resource["bytes"] == len(files[resource["path"]])
        assert all(f"  {column.name} ({column.type}): " in readme for column in table.columns)
    for resource in described.values():
        assert resource["hash"] == f"sha256:{hashlib.sha256(files[resource['path']]).hexdigest()}"


def test_checksums_cover_every_other_file(files):
    listed = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "SHA256SUMS"}
    assert "CC BY 4.0" in files["LICENCE"].decode()
    assert re.match(
        r"Edition: \d+\nChanged: .+Z\nEntries: \d+\nEvents: 2019-06-28/2025-05-01\n", files["VERSION"].decode()
    )


def test_what_is_not_known_is_empty_and_several_values_are_joined():
    cells = [None, "", 0, False, ["a", "b"], []]
    assert [Column("x", "", lambda row: row).cell(value) for value in cells] == ["", "", "0", "false", f"a{LIST}b", ""]


# -- building ------------------------------------------------------------------------------


def test_the_same_edition_makes_the_same_bytes(kept):
    first = file_of(kept).read_bytes()
    assert build.build().digest == kept.digest
    assert file_of(kept).read_bytes() == first


def test_it_is_built_once_for_each_edition_and_old_ones_go(settings, tmp_path, capsys):
    settings.DATASETS_DIR, settings.DATASETS_KEPT = tmp_path, 2
    for _edition in range(3):
        publish_entry()
        call_command("build_dataset")
        assert "Edition" in capsys.readouterr().out
    call_command("build_dataset")
    assert capsys.readouterr().out == ""
    versions = [one.version for one in storage.known()]
    assert versions == sorted(versions, reverse=True)
    assert sorted(file.name for file in tmp_path.glob("*.zip")) == sorted(f"{version}.zip" for version in versions)
    assert len(versions) == 2


def test_only_one_process_builds_and_what_a_killed_one_left_is_swept(settings, tmp_path):
    settings.DATASETS_DIR = tmp_path
    (tmp_path / "unfinished-abc").mkdir()
    with storage.alone(), pytest.raises(CommandError, match="Another process"):
        call_command("build_dataset", stderr=io.StringIO())
    build.build()
    assert not (tmp_path / "unfinished-abc").exists()


def test_building_reads_the_database_in_the_same_number_of_queries(settings, tmp_path, django_assert_max_num_queries):
    settings.DATASETS_DIR = tmp_path
    with django_assert_max_num_queries(80) as before:
        build.build()
    for _number in range(3):
        publish_entry(people=[PersonFactory()], sources=[SourceFactory()])
    with django_assert_max_num_queries(len(before)):
        build.build()


def test_nothing_private_is_in_it(settings, tmp_path):
    settings.DATASETS_DIR = tmp_path
    secret = "unmentionable"
    hidden = SourceFactory(url=f"https://{secret}.example/", url_shown=False, note=secret, description=secret)
    person = PersonFactory(note=secret)
    person.names.create(name=f"Misprinted {secret}", kind="misprint")
    person.positions.create(title="Minister", note=secret)
    entry = publish_entry(people=[person], sources=[hidden], editor_note=secret)
    entry.title = f"{secret} draft"
    entry.save_revision()
    draft_entry(title=f"{secret} draft", people=[PersonFactory(family_name=secret)])
    with ZipFile(file_of(build.build())) as archive:
        assert [name for name in archive.namelist() if secret.encode() in archive.read(name)] == []


# -- at its addresses ----------------------------------------------------------------------


def test_the_file_is_served_with_its_checksum_as_entity_tag(client, kept):
    leads = client.get("/dataset/latest.zip")
    assert (leads.status_code, leads["Location"]) == (302, f"/dataset/{kept.version}.zip")
    answer = client.get(leads["Location"], headers={"Accept-Encoding": "gzip, br"})
    body = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Length"] == str(len(body)) == str(kept.size)
    assert answer["ETag"] == f'"{hashlib.sha256(body).hexdigest()}"'
    assert "Content-Encoding" not in answer
    again = client.get(leads["Location"], headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get("/dataset/99999.zip").status_code == 404


@pytest.mark.parametrize("path", ["/dataset/latest.zip", "/dataset/1.zip"])
def test_another_method_is_no_forgery(path):
    stranger = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "delete"):
        answer = getattr(stranger, method)(path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_its_page_says_what_it_is_to_people_and_machines(client, kept):
    answer = client.get("/dataset/")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find("a", href=f"/dataset/{kept.version}.zip")
    assert kept.digest in page.text
    for table in TABLES:
        assert page.find(id=table.name).find("dt").text == table.header[0]
    node = json.loads(page.find("script", type="application/ld+json").string)["@graph"][0]
    assert node["@type"] == "Dataset"
    assert node["temporalCoverage"] == "2019-06-28/2025-05-01"
    assert node["distribution"]["contentUrl"].endswith(f"/dataset/{kept.version}.zip")


def test_its_page_changes_when_a_new_file_is_there(client, kept):
    seen = client.get("/dataset/")
    assert client.get("/dataset/", headers={"If-None-Match": seen["ETag"]}).status_code == 304
    file_of(kept).rename(file_of(kept).with_suffix(".away"))
    try:
        answer = client.get("/dataset/", headers={"If-None-Match": seen["ETag"]})
        assert answer.status_code == 200
        assert "has not been built yet" in answer.text
    finally:
        file_of(kept).with_suffix(".away").rename(file_of(kept))


# -- withdrawn -----------------------------------------------------------------------------


@pytest.fixture
def own_folder(settings, tmp_path):
    settings.DATASETS_DIR = tmp_path
    return tmp_path


def ask(client, dataset, **headers):
    answer = client.get(f"/dataset/{dataset.version}.zip", headers=headers)
    answer.getvalue()  # to its end, so that its file is closed
    return answer


def answers(client, *datasets):
    return [ask(client, dataset).status_code for dataset in datasets]


def restrict(entry):
    PageViewRestriction.objects.create(page=entry, restriction_type="login")


def expire(entry):
    EntryPage.objects.filter(pk=entry.pk).update(expire_at=timezone.now() - datetime.timedelta(minutes=1))
    call_command("publish_scheduled", stdout=io.StringIO())


def switch_off(entry):
    entry.live = False
    entry.save()


def move_below_a_private_page(entry):
    home = Page.objects.get(depth=1).add_child(instance=Page(title="Staff", slug="staff"))
    restrict(home)
    Page.objects.get(pk=entry.pk).move(home, pos="last-child")


def delete(entry):
    entry.versions.all().delete()
    entry.delete()


@pytest.mark.parametrize("act", [EntryPage.unpublish, restrict, expire, switch_off, move_below_a_private_page, delete])
def test_what_stops_being_public_takes_the_editions_that_hold_it_along(client, own_folder, act):
    """At once, and in the database: no callback runs here, so the files are still there."""
    before = build.build()
    entry = publish_entry()
    held = build.build()
    assert answers(client, before, held) == [200, 200]
    act(entry)
    assert answers(client, before, held) == [200, 410]
    assert file_of(held).exists()
    call_command("build_dataset", stdout=io.StringIO())
    assert sorted(file.name for file in own_folder.glob("*.zip")) == sorted(
        f"{version}.zip" for version in (before.version, Edition.objects.get().version)
    )


def test_its_answer_says_why_whatever_a_client_has_of_it(client, own_folder, django_capture_on_commit_callbacks):
    entry = publish_entry()
    held = build.build()
    seen = ask(client, held)
    assert seen["Cache-Control"] == "public, max-age=60, must-revalidate"
    with django_capture_on_commit_callbacks(execute=True):
        entry.unpublish()
    assert list(own_folder.glob("*.zip")) == []
    for headers in (
        {},
        {"If-None-Match": seen["ETag"]},
        {"If-Modified-Since": seen["Last-Modified"]},
        {"Range": "bytes=0-99", "If-Range": seen["ETag"]},
    ):
        gone = ask(client, held, **headers)
        assert (gone.status_code, gone["Cache-Control"], "ETag" in gone) == (410, "no-cache", False)
        assert "An entry in it is not public any more." in gone.text
    assert client.head(f"/dataset/{held.version}.zip").status_code == 410


def test_the_page_lists_it_and_the_newest_is_another(client, own_folder, caplog):
    entry = publish_entry()
    held = build.build()
    entry.unpublish()
    page = BeautifulSoup(client.get("/dataset/").text, "html.parser")
    text = " ".join(page.find(id="editions").find_parent("section").text.split())
    assert re.search(rf"Edition {held.version}.+Withdrawn on .+ An entry in it is not public any more\.", text)
    assert page.find("a", href=f"/dataset/{held.version}.zip") is None
    assert held.digest not in page.text
    waiting = client.get("/dataset/latest.zip")
    assert (waiting.status_code, waiting["Retry-After"], waiting["Cache-Control"]) == (503, "300", "no-cache")
    assert "Ask again in some minutes." in waiting.text
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []
    newest = build.build()
    assert client.get("/dataset/latest.zip")["Location"] == f"/dataset/{newest.version}.zip"


def test_a_redaction_takes_along_what_holds_the_version_or_tells_of_it(client, own_folder):
    entry = publish_entry()
    editions = [build.build()]
    for kind, note in (("minor", ""), ("update", "More is known."), ("minor", "")):
        entry = change(entry, kind, note)
        editions.append(build.build())
    entry.versions.get(number=2).redact("privacy")
    assert answers(client, *editions) == [200, 410, 200, 200]
    assert "Words in it were removed for good." in ask(client, editions[1]).text
    entry.versions.get(number=3).redact("privacy")
    assert answers(client, *editions) == [200, 410, 410, 410]
    entry.versions.get(number=1).redact("privacy")
    assert answers(client, *editions) == [410] * 4


@pytest.fixture
def tell(django_capture_on_commit_callbacks):
    """Tell a storyline, of which its entries learn after the commit."""

    def told(name, *entries):
        with django_capture_on_commit_callbacks(execute=True):
            return storyline(name, *entries)

    return told


def test_words_that_a_storyline_or_a_line_may_repeat_go_with_the_version_that_had_them(client, own_folder, tell):
    """The later edition holds another version of the entry, and the sentence of a storyline as it ever was."""
    entry = change(publish_entry(statements=["Ministers met."]), "minor")
    alone = build.build()
    story = tell("Talks", entry, publish_entry())
    told = build.build()
    entry.versions.get(number=1).redact("privacy")
    assert answers(client, alone, told) == [200, 410]
    story.delete()

    source = SourceFactory()
    line = StateLine(name="Beef", question="How much?", subject="Beef", words="As ever.", as_of="2025-05-02")
    line.citations.add(LineCitation(source=source))
    line.save()
    answering = draft_entry(sources=[source])
    add_figure(answering, source, line=line, status="in_force", period="2025-05/..")
    change(publish(answering), "minor")
    written = build.build()
    answering.versions.get(number=1).redact("privacy")
    assert answers(client, alone, written) == [200, 410]


def hide(story):
    story.is_public = False
    story.save()


@pytest.mark.parametrize("act", [hide, Storyline.delete])
def test_a_storyline_that_readers_see_no_more_takes_along_what_tells_it(client, own_folder, monkeypatch, tell, act):
    before = build.build()
    story = tell("Talks", publish_entry(), publish_entry())
    held = build.build()
    act(story)
    assert answers(client, before, held) == [200, 410]
    assert "A storyline in it is not public any more." in ask(client, held).text
    other, pack = tell("Rice", publish_entry(), publish_entry()), build._pack
    monkeypatch.setattr(build, "_pack", lambda *args: (pack(*args), act(other)))
    with pytest.raises(storage.WithdrawnMeanwhileError):
        build.build()


@pytest.mark.parametrize("act", [EntryPage.unpublish, lambda entry: entry.versions.first().redact("legal")])
def test_what_is_withdrawn_while_it_is_built_is_not_offered(monkeypatch, own_folder, capsys, act):
    entry = change(publish_entry(), "minor")
    pack = build._pack

    def interrupted(*args):
        pack(*args)
        act(entry)

    monkeypatch.setattr(build, "_pack", interrupted)
    with pytest.raises(CommandError, match="withdrawn meanwhile"):
        call_command("build_dataset")
    assert (list(own_folder.glob("*.zip")), list(filter(storage.is_kept, storage.known()))) == ([], [])
    monkeypatch.setattr(build, "_pack", pack)
    call_command("build_dataset")
    assert storage.is_kept(storage.known()[0])


def test_a_file_that_cannot_be_deleted_is_not_given_to_anybody(client, monkeypatch, own_folder):
    entry = publish_entry()
    held = build.build()
    monkeypatch.setattr(Path, "unlink", lambda *args, **options: (_ for _ in ()).throw(OSError("read-only")))
    entry.unpublish()
    call_command("build_dataset", stdout=io.StringIO())
    assert file_of(held).exists()
    assert answers(client, held, storage.known()[0]) == [410, 200]


def test_a_file_that_the_table_does_not_know_is_not_given_to_anybody(client, own_folder):
    """Of a database that was there before this one, or of a build that was killed."""
    (own_folder / "7.zip").write_bytes(b"what was withdrawn since")
    assert client.get("/dataset/7.zip").status_code == 404
    build.build()
    assert not (own_folder / "7.zip").exists()
