"""The dataset: everything public in one file, the same bytes for the same edition, kept by edition."""

import csv
import hashlib
import io
import json
import re
from zipfile import ZipFile

import duckdb
import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from tests.factories import PersonFactory, SourceFactory, draft_entry, publish_entry
from timeline.dataset import build, storage
from timeline.formats.tables import LIST, TABLES, Column
from timeline.models import PublishedEntry

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
    assert (row["date"], row["date_precision"], row["planned"]) == ("2025-04-16", "day", "false")
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
    first = kept.file.read_bytes()
    assert build.build().digest == kept.digest
    assert kept.file.read_bytes() == first


def test_it_is_built_once_for_each_edition_and_old_ones_go(settings, tmp_path, capsys):
    settings.DATASETS_DIR, settings.DATASETS_KEPT = tmp_path, 2
    for _edition in range(3):
        publish_entry()
        call_command("build_dataset")
        assert "Edition" in capsys.readouterr().out
    call_command("build_dataset")
    assert capsys.readouterr().out == ""
    versions = [one.version for one in storage.kept()]
    assert versions == sorted(versions, reverse=True)
    assert sorted(file.name for file in tmp_path.glob("*.zip")) == sorted(f"{version}.zip" for version in versions)
    assert len(versions) == 2


def test_only_one_process_builds_and_what_a_killed_one_left_is_swept(settings, tmp_path):
    settings.DATASETS_DIR = tmp_path
    (tmp_path / "unfinished-abc").mkdir()
    with build._alone(tmp_path):
        assert not (tmp_path / "unfinished-abc").exists()
        with pytest.raises(CommandError, match="Another process"):
            call_command("build_dataset", stderr=io.StringIO())


def test_building_reads_the_database_in_the_same_number_of_queries(settings, tmp_path, django_assert_max_num_queries):
    settings.DATASETS_DIR = tmp_path
    with django_assert_max_num_queries(40) as before:
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
    with ZipFile(build.build().file) as archive:
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
    kept.file.rename(kept.file.with_suffix(".away"))
    try:
        answer = client.get("/dataset/", headers={"If-None-Match": seen["ETag"]})
        assert answer.status_code == 200
        assert "has not been built yet" in answer.text
    finally:
        kept.file.with_suffix(".away").rename(kept.file)
