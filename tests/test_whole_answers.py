"""The whole chronology in the long formats: a file beside the dataset, which may be asked for in parts."""

import gzip
import io

import pytest
from django.core.management import call_command
from django.test import override_settings

from tests.factories import publish_entry
from timeline.dataset import build, whole
from timeline.models import Edition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]

PATHS = [f"/{kind.path}" for kind in whole.LONG]
TABLE = "/entries.csv"
SAME = ["Content-Type", "Content-Disposition", "Link", "Vary", "Cache-Control", "Last-Modified"]
SAME += ["Access-Control-Allow-Origin", "Content-Security-Policy", "X-Content-Type-Options"]


@pytest.fixture(scope="module")
def built(specimens, tmp_path_factory):
    """The folder of the specimens' dataset, built once."""
    folder = tmp_path_factory.mktemp("datasets")
    with override_settings(DATASETS_DIR=folder):
        build.build()
    return folder


@pytest.fixture
def shelf(settings, built):
    settings.DATASETS_DIR = built
    return built


@pytest.fixture
def empty(settings, tmp_path):
    settings.DATASETS_DIR = tmp_path
    return tmp_path


def ask(client, path=TABLE, method="get", **headers):
    """The answer, and its body to the end, so that its file is closed."""
    answer = getattr(client, method)(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return answer, answer.getvalue()


def test_every_long_format_has_a_file_and_no_other(built):
    version = Edition.objects.get().version
    names = {file.name for file in built.iterdir()} - {"lock"}
    ends = ["", ".gz", ".head.json"]
    assert names == {f"{version}.zip", *(f"{version}.{path.strip('/')}{end}" for path in PATHS for end in ends)}
    assert {TABLE, "/entries.json", "/entries.ndjson", "/sources.bib", "/calendar.ics"} < set(PATHS)
    assert "/feed.atom" not in PATHS


@pytest.mark.parametrize("path", PATHS)
def test_the_file_says_what_is_said_without_it(client, settings, built, tmp_path, path):
    settings.DATASETS_DIR = tmp_path
    made, body = ask(client, path)
    assert made["Accept-Ranges"] == "none"
    settings.DATASETS_DIR = built
    kept, same = ask(client, path)
    assert (same, kept["Accept-Ranges"]) == (body, "bytes")
    assert {name: kept[name] for name in (*SAME, "ETag") if name in made} == {
        name: made[name] for name in (*SAME, "ETag") if name in made
    }
    packed, bytes_ = ask(client, path, Accept_Encoding="gzip, br")
    assert (packed["Content-Encoding"], gzip.decompress(bytes_)) == ("gzip", body)
    assert packed["ETag"] not in (kept["ETag"], f"W/{kept['ETag']}")
    for answer, size, headers in ((kept, len(body), {}), (packed, len(bytes_), {"Accept_Encoding": "gzip"})):
        head, nothing = ask(client, path, "head", **headers)
        assert nothing == b""
        assert head.headers == answer.headers
        assert head["Content-Length"] == str(size)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_who_has_the_beginning_of_it_gets_the_rest(client, coding):
    whole_one, body = ask(client, Accept_Encoding=coding)
    rest, end = ask(client, Accept_Encoding=coding, Range="bytes=100-", If_Range=whole_one["ETag"])
    assert (rest.status_code, body[:100] + end) == (206, body)
    assert rest["Content-Range"] == f"bytes 100-{len(body) - 1}/{len(body)}"
    assert rest["Content-Length"] == str(len(body) - 100)
    for name in (
        "ETag",
        "Content-Type",
        "Vary",
        "Last-Modified",
        "Cache-Control",
        *["Content-Encoding"][coding != "gzip" :],
    ):
        assert rest[name] == whole_one[name]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=5-9", 206, slice(5, 10)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5-999999999", 206, slice(5, None)),
        ("bytes=-999999999", 206, slice(None)),
        ("bytes=999999999-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
        # What is none, and several at once, mean all of it.
        *((other, 200, slice(None)) for other in ("bytes=9-5", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6")),
    ],
)
def test_a_part_is_given_as_rfc_9110_has_it(client, asked, status, part):
    _answer, body = ask(client)
    answer, got = ask(client, Range=asked)
    assert (answer.status_code, got) == (status, body[part])
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(body)}"
    head, _nothing = ask(client, method="head", Range=asked)
    assert (head.status_code, head["Content-Length"]) == (200, str(len(body)))


@pytest.mark.usefixtures("shelf")
def test_who_has_the_beginning_of_another_file_gets_all_of_this_one(client):
    plain, body = ask(client)
    packed, _bytes = ask(client, Accept_Encoding="gzip")
    for known in ('"other"', f"W/{plain['ETag']}", packed["ETag"], plain["Last-Modified"]):
        answer, got = ask(client, Range="bytes=100-", If_Range=known)
        assert (answer.status_code, got) == (200, body)


@pytest.mark.usefixtures("shelf")
def test_who_has_it_in_whatever_coding_is_told_that_it_holds(client):
    plain, _body = ask(client)
    packed, _bytes = ask(client, Accept_Encoding="gzip")
    for known in (plain["ETag"], f"W/{plain['ETag']}", packed["ETag"]):
        again, nothing = ask(client, Accept_Encoding="gzip", If_None_Match=known)
        assert (again.status_code, nothing, again["Link"]) == (304, b"", plain["Link"])
    assert ask(client, Accept_Encoding="gzip", If_None_Match='"other"')[0].status_code == 200


@pytest.mark.usefixtures("shelf")
def test_a_question_is_answered_anew_and_in_one_piece(client):
    for query in ("q=rice", "order=old", "excel=1"):
        answer, _body = ask(client, f"{TABLE}?{query}", Range="bytes=0-9")
        assert (answer.status_code, answer["Accept-Ranges"]) == (200, "none")
    assert client.post(TABLE).status_code == 405


def test_after_a_publication_it_is_made_anew_until_its_file_is_there(client, empty):
    build.build()
    publish_entry(title="Only just")
    answer, body = ask(client)
    assert (answer["Accept-Ranges"], b"Only just" in body) == ("none", True)
    call_command("build_dataset", stdout=io.StringIO())
    answer, same = ask(client)
    assert (answer["Accept-Ranges"], same) == ("bytes", body)
    assert {file.name.split(".")[0] for file in empty.glob("*.csv")} == {str(Edition.objects.get().version)}


def test_what_other_code_has_made_is_not_given_and_made_anew(client, settings, empty):
    build.build()
    assert not build.is_due()
    settings.CONTACT_EMAIL = "somebody.else@example.org"  # part of every entity tag
    assert ask(client)[0]["Accept-Ranges"] == "none"
    assert build.is_due()
    build.build()
    assert ask(client)[0]["Accept-Ranges"] == "bytes"


def test_it_goes_with_an_entry_that_is_withdrawn(client, empty, django_capture_on_commit_callbacks):
    build.build()
    entry = publish_entry(title="Wrong all along")
    build.build()
    with django_capture_on_commit_callbacks(execute=True):
        entry.unpublish()
    assert [file.name for file in empty.iterdir() if file.suffix in (".csv", ".gz", ".json")] == []
    assert b"Wrong all along" not in ask(client)[1]


@pytest.mark.usefixtures("shelf")
def test_a_dataset_may_be_had_in_parts_too(client):
    address = f"/dataset/{Edition.objects.get().version}.zip"
    answer, body = ask(client, address)
    rest, end = ask(client, address, Range="bytes=10-", If_Range=answer["ETag"])
    assert (rest.status_code, body[:10] + end) == (206, body)


def test_a_reader_finishes_a_file_that_is_deleted_meanwhile(client, empty):
    build.build()
    reading = client.get(TABLE)
    for file in empty.glob("[0-9]*"):
        file.unlink()
    assert reading.getvalue().startswith(b"uid,")
