"""The public document: its type, its version, and what becomes of documents that older code built."""

import hashlib
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, resolve
from pydantic import BaseModel

from tests.factories import PersonFactory, SourceFactory, publish_entry
from tests.specimens import CORRECTED, EMBEDS, ENTRY, FOR_PROGRAMS, FORMS, PAGES, STATUS
from timeline import edition, urls
from timeline.dataset import build
from timeline.edition import refreshing
from timeline.formats import entry_schema
from timeline.models import Edition, PublishedEntry, Version
from timeline.models.document import VERSION, EntryDocument, complete

SHAPES = {
    1: "eca352d07adc25f2",
    2: "8be48683f9303a40",  # and found by other words
    3: "3e1e443a98d3c0ec",  # with notes on sources
    4: "963a35d3e63605b5",  # with the sentences of summaries, and translations
    5: "963a35d3e63605b5",  # and sources by their authority
    6: "5ad9580f405939f3",  # with storylines
    7: "5ad9580f405939f3",  # and found under the headline by all names of whom and what it names
    8: "4206ee74536bd30e",  # with what answers the lines of the state
    9: "d73ff79c3451e66c",  # with the days of archived copies
    10: "aa320d48b01a4506",  # with whose position an account is
    11: "aa320d48b01a4506",  # and found by its words in Japanese
    12: "a16753896cbb4602",  # with pictures and documents
    13: "a16753896cbb4602",  # filed whole in each language
}
"""The digest of the document's keys and types, by its version."""

pytestmark = pytest.mark.django_db


def bare(hint: Any) -> Any:
    """A type without what is said about it."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def shape(kind: Any) -> Any:
    """A type as plain data: {key: type} of a document, [type] of a list, the others by name."""
    kind = bare(kind)
    if is_typeddict(kind):
        return {key: shape(hint) for key, hint in sorted(get_type_hints(kind, include_extras=True).items())}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: shape(field.annotation) for name, field in sorted(kind.model_fields.items())}
    if get_origin(kind) is list:
        return [shape(get_args(kind)[0])]
    if NoneType in get_args(kind):
        return {"or nothing": shape(next(one for one in get_args(kind) if one is not NoneType))}
    return kind.__name__


# -- the type ------------------------------------------------------------------------------


def misfits(value: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """Where in ``value`` something is not as its :func:`shape` says."""
    if isinstance(wanted, dict) and wanted.keys() == {"or nothing"}:
        if value is not None:
            yield from misfits(value, wanted["or nothing"], path)
    elif isinstance(wanted, list):
        for number, one in enumerate(value):
            yield from misfits(one, wanted[0], f"{path}[{number}]")
    elif isinstance(wanted, dict):
        yield from (f"{path}.{key}" for key in wanted.keys() ^ value.keys())
        for key in wanted.keys() & value.keys():
            yield from misfits(value[key], wanted[key], f"{path}.{key}")
    elif type(value).__name__ != wanted:
        yield f"{path}: {value!r} is no {wanted}"


def test_what_is_built_is_what_its_type_says_to_the_last_key(specimens):
    for rows in (PublishedEntry.objects.all(), Version.objects.all()):
        for document in rows.values_list("document", flat=True):
            assert list(misfits(document, shape(EntryDocument))) == []


NOT_IN_THE_API = {
    "changes": ["redaction"],  # told with the changes of all entries
    "sources": ["link_since"],  # the day on which we looked, for people
}
"""What ``entry_schema`` leaves out, by the part that has it."""


def test_the_api_describes_every_other_key_of_it_by_the_same_type():
    described, built = shape(entry_schema.Entry), shape(EntryDocument)
    assert described.pop("id") == "str"  # made of ``uid``
    for part, keys in NOT_IN_THE_API.items():
        for key in keys:
            built[part][0].pop(key)
    assert described == built, "Describe it in timeline/formats/entry_schema.py, or say above why the API has it not."


def test_its_version_is_counted_up_with_its_shape():
    digest = hashlib.sha256(json.dumps(shape(EntryDocument)).encode()).hexdigest()[:16]
    assert SHAPES.get(VERSION) == digest, (
        "The keys or types of the public document have changed: count VERSION up in timeline/models/document.py, so "
        f"that rows are built anew after a deployment, and add {VERSION + 1}: “{digest}” to SHAPES here."
        if digest not in SHAPES.values()
        else "VERSION in timeline/models/document.py has another shape in SHAPES: which of the two is right?"
    )


def test_no_module_calls_just_any_dictionary_a_document():
    """Else mypy would see no mistyped key."""
    loose = re.compile(r"^\w*Document\s*(:.*)?=\s*dict\[", re.MULTILINE)
    files = (Path(settings.BASE_DIR) / "timeline").rglob("*.py")
    assert [str(file) for file in files if loose.search(file.read_text())] == []


# -- documents of older code -----------------------------------------------------------------


def test_a_document_is_given_what_it_lacks_at_any_depth_and_keeps_what_it_has():
    old = {
        "headline": "They meet",
        "updated": None,
        "figures": [{"id": "a", "value": "25"}],
        "sources": [{"publisher": {"slug": "w"}}],
    }
    new = complete(old)
    assert list(misfits(new, shape(EntryDocument))) == []
    assert new["headline"] == "They meet"
    assert (new["figures"][0]["value"], new["figures"][0]["low"], new["figures"][0]["citations"]) == ("25", None, [])
    assert new["sources"][0]["publisher"] == {"slug": "w", "name": ""}
    assert (new["planned"], new["category"], new["dates"], new["updated"]) == (False, None, [], "")
    assert old["figures"] == [{"id": "a", "value": "25"}]


def test_what_has_no_empty_value_has_that_of_the_model():
    new = complete({"statements": [{}], "figures": [{}], "dates": [{}], "sources": [{}], "changes": [{}]})
    assert new["weight"] == "normal"
    assert new["date"]["basis"] == "stated"
    assert [new[name][0][key] for name, key in (("statements", "nature"), ("figures", "status"))] == ["reported"] * 2


def test_keys_that_are_no_more_are_left_out():
    assert "colour" not in complete({"colour": "red"})


def write(table: str, pk: int, document: dict[str, Any]) -> None:
    """Put ``document`` into a row just as it is."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE timeline_version DISABLE TRIGGER version_is_final")
        key = "entry_id" if table == "publishedentry" else "id"
        cursor.execute(f"UPDATE timeline_{table} SET document = %s WHERE {key} = %s", [json.dumps(document), pk])


ALWAYS_THERE = {
    *("uid", "slug", "url", "headline", "date", "edtf", "start", "end", "precision", "published", "updated"),
    *("modified", "version", "number", "id", "kind"),
}
"""By which entries and their parts are known and stand in their order: no document was ever without."""


def of_older_code(document: dict[str, Any], *, parts: bool) -> dict[str, Any]:
    """``document`` without the keys that later code may have added: of its ``parts``, or of itself."""
    if parts:
        return {key: _lessened(value) for key, value in document.items()}
    return {key: value for key, value in document.items() if key in ALWAYS_THERE}


def _lessened(value: Any) -> Any:
    if isinstance(value, list):
        return [_lessened(one) for one in value]
    if isinstance(value, dict):
        return {key: _lessened(one) for key, one in value.items() if key in ALWAYS_THERE or isinstance(one, list)}
    return value


@pytest.fixture
def outdated(specimens, settings, tmp_path):
    """Older code built every document: that of the fullest entry lacks keys of its parts, the others parts."""
    settings.DATASETS_DIR = tmp_path
    for table, rows in (("publishedentry", PublishedEntry.objects.all()), ("version", Version.objects.all())):
        for row in rows:
            fullest = row.document["slug"] == ENTRY.split("/")[2]
            write(table, row.pk, of_older_code(row.document, parts=fullest) if row.document["headline"] else {})
    PublishedEntry.objects.update(document_version=0)


def names(patterns: list[Any], space: str) -> Iterator[str]:
    """The names of addresses, with the name space they stand in."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{space}{pattern.namespace}:")
        else:
            yield f"{space}{pattern.name}"


EVERY_ADDRESS = [
    *(address for name, address in (PAGES | EMBEDS).items() if name not in STATUS),
    *FOR_PROGRAMS,
    *(f"{CORRECTED}history/?from=1&to=4", f"{ENTRY}history/", f"{ENTRY}versions/1/"),
    *("/api/v1/entries?q=ministers", "/updates/link/", *FORMS.values()),
]
NOT_THERE = {
    "/headlines/": 301,
    **{(PAGES | EMBEDS)[name]: status for name, status in STATUS.items()},
    "/dataset/1.zip": 404,
    "/api/v1/nothing": 404,
    **{f"{ENTRY}attachments/{name}": 404 for name in ("x/400.webp", "x/share.jpg", "x/signed.pdf")},
    **{f"/updates/{name}/nobody/": 404 for name in ("confirm", "yours", "stop")},
    "/.well-known/security.txt": 404,  # while nobody is named whom to tell
}
"""Addresses of what is gone, has moved or never was."""


def test_the_addresses_here_are_all_that_there_are():
    met = {resolve(address.partition("?")[0]).view_name for address in (*EVERY_ADDRESS, *NOT_THERE)}
    same = {name for name in names(urls.urlpatterns, "timeline:") if name.startswith("timeline:ja.")}
    assert set(names(urls.urlpatterns, "timeline:")) - same - met == set()


def test_no_address_fails_while_documents_of_older_code_are_there(client, outdated):
    build.build()
    found = {}
    for address in (*EVERY_ADDRESS, *NOT_THERE):
        response = client.get(address)
        response.getvalue()  # what streams may fail later
        found[address] = response.status_code
    assert found == dict.fromkeys(EVERY_ADDRESS, 200) | NOT_THERE | {"/status.json": 503, "/dataset/latest.zip": 302}


# -- building them anew -------------------------------------------------------------------------


def said() -> dict[int, tuple[dict[str, Any], str, int]]:
    """What the rows say, and since which edition, by their keys."""
    return {row.pk: (row.document, row.digest, row.edition) for row in PublishedEntry.objects.defer("vector")}


def check_of_documents(client) -> dict[str, Any]:
    return next(check for check in client.get("/status.json").json()["checks"] if check["name"] == "documents")


def test_the_status_asks_for_a_rebuild_until_that_is_done(client, outdated, capsys):
    number = PublishedEntry.objects.count()
    check = check_of_documents(client)
    assert (check["ok"], check["numbers"]) == (False, {"version": VERSION, "outdated": number})
    assert check["detail"].startswith("Rebuild needed")
    assert "manage.py rebuild_search --outdated" in check["detail"]
    call_command("rebuild_search", "--outdated")
    assert capsys.readouterr().out == f"{number} published entries built anew\n"
    check = check_of_documents(client)
    assert (check["ok"], check["numbers"]["outdated"]) == (True, 0)


def test_a_rebuilt_row_says_all_again_and_what_had_said_it_before_changes_for_nobody(specimens):
    edition.refresh(PublishedEntry.objects.values_list("pk", flat=True))
    before = said()
    for row in PublishedEntry.objects.all():
        write("publishedentry", row.pk, of_older_code(row.document, parts=False))
    PublishedEntry.objects.update(document_version=VERSION + 1)  # as after a deployment was taken back
    assert edition.refresh_outdated() == len(before)
    assert said() == before


def test_migrate_says_what_to_do_and_only_while_it_is_to_be_done(outdated):
    def announced(**options) -> str:
        out = StringIO()
        call_command("migrate", stdout=out, **options)
        return out.getvalue().partition("published entries were built")[2]

    assert announced().endswith("Build them anew while the site runs: manage.py rebuild_search --outdated\n")
    assert announced(verbosity=0) == ""
    edition.refresh_outdated()
    assert announced() == ""


def test_rows_are_rebuilt_some_at_a_time_and_what_is_done_stays_done(specimens, monkeypatch):
    PublishedEntry.objects.update(document_version=0)
    before, editions = PublishedEntry.objects.count(), Edition.objects.get().version
    monkeypatch.setattr(refreshing, "BATCH", 2)
    refreshed, refresh = [], refreshing.refresh

    def stopped(ids: list[int]) -> None:
        if refreshed:
            raise KeyboardInterrupt
        refreshed.extend(ids)
        refresh(ids)

    monkeypatch.setattr(refreshing, "refresh", stopped)
    with pytest.raises(KeyboardInterrupt):
        edition.refresh_outdated()
    assert PublishedEntry.objects.outdated().count() == before - 2
    assert Edition.objects.get().version == editions + 1


def test_a_rebuild_asks_the_same_of_the_database_for_one_row_and_for_three(specimens):
    alike = [publish_entry(sources=[SourceFactory()], people=[PersonFactory()]).pk for _number in range(3)]
    queries = []
    for number in (1, 3):
        PublishedEntry.objects.filter(pk__in=alike[:number]).update(document_version=0)
        with CaptureQueriesContext(connection) as asked:
            edition.refresh_outdated()
        queries.append(len(asked))
    assert queries[0] == queries[1]
