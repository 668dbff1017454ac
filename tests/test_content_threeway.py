"""A pack is loaded again on a site where editors have worked: the changes of both stand, and none is lost unsaid."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from wagtail.log_actions import log

from tests.database import take_chronology_away
from tests.factories import SourceFactory, publish
from tests.sample_pack import Files, sample, write
from timeline import merging
from timeline.content import pack
from timeline.content.load import load
from timeline.content.plan import Outcome
from timeline.content.threeway import Conflict, Side, ThreeWay
from timeline.models import (
    Category,
    ChronologyPage,
    Citation,
    EntryPage,
    LoadedRecord,
    Organisation,
    Source,
    Statement,
    Term,
    Version,
)

# -- comparing ----------------------------------------------------------------------------


def merged(base, site, pack, prefer=None):
    """What stands, what counts as loaded, the paths that were kept and those in conflict."""
    sides = ThreeWay(prefer)
    stands, loaded = sides.records(base, site, pack)
    return stands, loaded, sides.kept, [conflict.path for conflict in sides.conflicts]


def test_what_one_side_changed_is_taken_from_it():
    base = {"place": "Tokyo", "note": "", "date": {"edtf": "2025", "basis": "stated"}}
    site = {"place": "Osaka", "note": "", "date": {"edtf": "2025", "basis": "derived"}}
    new = {"place": "Tokyo", "note": "New.", "date": {"edtf": "2026", "basis": "stated"}}
    stands, loaded, kept, conflicts = merged(base, site, new)
    assert stands == {"place": "Osaka", "note": "New.", "date": {"edtf": "2026", "basis": "derived"}}
    assert (loaded, kept, conflicts) == (new, ["place", "date.basis"], [])


def test_what_both_changed_alike_is_no_conflict():
    assert merged({"place": "Tokyo"}, {"place": "Osaka"}, {"place": "Osaka"}) == (
        {"place": "Osaka"},
        {"place": "Osaka"},
        [],
        [],
    )


@pytest.mark.parametrize(
    ("prefer", "stands", "loaded"),
    [(None, "Osaka", "Tokyo"), (Side.OURS, "Osaka", "Kyoto"), (Side.THEIRS, "Kyoto", "Kyoto")],
)
def test_a_conflict_stays_as_it_stands_until_somebody_decides(prefer, stands, loaded):
    found = merged({"place": "Tokyo"}, {"place": "Osaka"}, {"place": "Kyoto"}, prefer)
    assert found == ({"place": stands}, {"place": loaded}, [], ["place"])


def test_a_conflict_shows_long_texts_where_they_part():
    told = "They met for an hour and spoke of many things. " * 5
    sides = ThreeWay()
    sides.merge("", f"{told}Rice was named.", f"{told}Cars were named.", "text")
    (conflict,) = sides.conflicts
    assert (conflict.pack[0], conflict.pack[-16:], conflict.site[-15:]) == ("…", "Cars were named.", "Rice was named.")
    assert len(conflict.pack) <= 121


def rows(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"id": key, "text": text} for key, text in pairs]


def test_rows_are_told_apart_by_their_id():
    base = rows(("a", "One."), ("b", "Two."), ("c", "Three."))
    site = rows(("a", "One!"), ("b", "Two."), ("x", "Ours."), ("c", "Three."))
    new = rows(("b", "Two, mended."), ("c", "Three."), ("y", "Theirs."), ("a", "One."))[0:3]
    stands, loaded, kept, conflicts = merged({"rows": base}, {"rows": site}, {"rows": new})
    assert (kept, conflicts) == (["rows[x]"], ["rows[a]"])  # taken away there, changed here
    assert [row["text"] for row in stands["rows"]] == ["One!", "Two, mended.", "Ours.", "Three.", "Theirs."]
    assert [row["id"] for row in loaded["rows"]] == ["a", "b", "c", "y"]


def test_an_order_that_both_changed_is_a_conflict():
    base, site, new = ({"rows": rows(*((key, key) for key in order))} for order in ("abc", "bac", "cab"))
    for prefer, first in ((None, "b"), (Side.THEIRS, "c"), (Side.OURS, "b")):
        stands, _loaded, _kept, conflicts = merged(base, site, new, prefer)
        assert (stands["rows"][0]["id"], conflicts) == (first, ["rows (order)"])
    assert merged(base, site, base)[2] == ["rows"]


def test_in_lists_of_pointers_each_stands_for_itself():
    stands, loaded, kept, conflicts = merged({"o": ["a", "b"]}, {"o": ["a", "b", "x"]}, {"o": ["b", "y"]})
    assert (stands["o"], loaded["o"], kept, conflicts) == (["b", "x", "y"], ["b", "y"], ["o"], [])


# -- loading ------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sample_loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The sample, loaded once for all tests here: each takes back what it changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        take_chronology_away()
        load(pack.read(write(sample(), tmp_path_factory.mktemp("first"))))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def again(sample_loaded, tmp_path):
    """Loads a changed sample."""

    def loads(files: Files, prefer: Side | None = None, *, dry_run: bool = False) -> Outcome:
        return load(pack.read(write(files, tmp_path / "again")), prefer=prefer, dry_run=dry_run)

    return loads


def entry(key: str = "e-first") -> EntryPage:
    return EntryPage.objects.get(key=key)


def edited(key: str = "e-first", **fields: str) -> EntryPage:
    """An editor publishes an entry with other fields."""
    found = entry(key)
    for name, value in fields.items():
        setattr(found, name, value)
    found.change = "minor"
    editor = User.objects.get_or_create(username="editor")[0]
    found.save_revision(user=editor).publish()
    return found


def changed_pack(**fields: object) -> Files:
    files = sample()
    files["entries.json"][0] |= fields
    return files


def test_an_editors_change_stays_and_is_named_at_every_load(again):
    edited(place="Osaka")
    for files in (sample(), changed_pack(weight="short"), changed_pack(weight="short")):
        assert again(files).kept == {"entries e-first": ["place"]}
    assert (entry().place, entry().weight) == ("Osaka", "short")


def test_a_load_that_has_nothing_to_do_on_an_edited_site_writes_nothing(again, django_assert_max_num_queries):
    edited(place="Osaka")
    before = entry().last_published_at
    with django_assert_max_num_queries(86):
        outcome = again(sample())
    assert not outcome.changed
    assert entry().last_published_at == before


def test_rows_of_an_editor_and_of_the_pack_stand_beside_each_other(again):
    mine = Statement(text="They drank tea.", uid="zzzzzz")
    own = SourceFactory(title="A source of our own")
    mine.citations.add(Citation(source=own))
    changed = entry()
    changed.statements.add(mine)
    publish(changed)
    files = sample()
    files["entries.json"][0]["statements"][1]["text"] = "Rice was spoken about."
    outcome = again(files)
    assert outcome.kept == {"entries e-first": ["statements[zzzzzz]"]}
    assert outcome.conflicts == {}
    texts = [row["text"] for row in entry().published.document["statements"]]
    assert texts == ["The ministers met.", "Rice was spoken about.", "They drank tea."]
    assert entry().statements.get(uid="zzzzzz").citations.get().source == own


def test_a_conflict_is_listed_until_it_is_settled(again):
    edited(place="Osaka")
    files = changed_pack(place="Kyoto", weight="short")
    conflict = {"entries e-first": [Conflict("place", "Kyoto", "Osaka")]}
    for _load in range(2):
        outcome = again(files)
        assert outcome.conflicts == conflict
        assert (entry().place, entry().weight) == ("Osaka", "short")  # what is not in dispute is loaded
    assert again(files, Side.OURS).conflicts == conflict
    outcome = again(files)
    assert (outcome.conflicts, outcome.kept) == ({}, {"entries e-first": ["place"]})
    assert entry().place == "Osaka"


def test_the_pack_wins_when_it_is_told_to_and_only_in_what_is_in_dispute(again):
    edited(place="Osaka", date_note="Ours.")
    outcome = again(changed_pack(place="Kyoto"), Side.THEIRS)
    assert outcome.conflicts == {"entries e-first": [Conflict("place", "Kyoto", "Osaka")]}
    assert outcome.kept == {"entries e-first": ["date"]}
    assert (entry().place, entry().date_note) == ("Kyoto", "Ours.")
    assert not again(changed_pack(place="Kyoto")).conflicts


def test_records_and_the_chronology_itself_are_compared_as_well(again):
    Organisation.objects.filter(key="meti").update(name="METI")
    Category.objects.filter(key="talks").update(position=7)
    page = ChronologyPage.objects.get()
    page.headline = "Our headline"
    page.save_revision().publish()
    files = sample()
    files["organisations.json"][0]["note"] = "New."
    files["pack.json"]["strapline"] = "What was signed."
    outcome = again(files)
    assert outcome.kept == {
        "organisations meti": ["name"],
        "categories talks": ["position"],
        "pack.json": ["headline"],
    }
    assert Organisation.objects.values_list("name", "note").get(key="meti") == ("METI", "New.")
    page = ChronologyPage.objects.get()
    assert (page.headline, page.strapline) == ("Our headline", "What was signed.")


def test_what_an_editor_deleted_does_not_come_back_by_itself(again):
    Term.objects.all().delete()
    (record,) = sample()["terms.json"]
    assert again(sample()).kept == {f"terms {record['id']}": ["deleted here"]}
    files = sample()
    files["terms.json"][0]["definition"] = "Another definition."
    assert list(again(files).conflicts) == [f"terms {record['id']}"]
    assert not Term.objects.exists()
    again(files, Side.THEIRS)
    assert Term.objects.get().definition == "Another definition."


def test_a_record_that_was_merged_into_another_stays_merged(again):
    kept = SourceFactory(title="The same report")
    merging.merge(kept, Source.objects.get(key="daily-report"))
    outcome = again(changed_pack(weight="short"))
    assert outcome.kept["sources daily-report"] == [f"merged into {kept.key} here"]
    assert not outcome.conflicts
    assert entry().weight == "short"
    assert kept.number in [source["number"] for source in entry().published.document["sources"]]
    assert not Source.objects.filter(key="daily-report").exists()


def test_what_a_pack_no_longer_has_is_named_and_stays(again):
    files = sample()
    gone = files["entries.json"].pop(1)
    files["terms.json"], files["storylines.json"], files["pack.json"]["open_questions"] = [], [], []
    files["entries.json"][1] |= {"follows": []}
    assert "entries e-second" in again(files).dropped
    assert entry(gone["id"]).live


def test_what_editors_and_the_pack_say_may_not_go_together(again):
    changed = entry()
    changed.disagreements.get().accounts.update(preferred=False)
    item = changed.disagreements.get()
    item.reason = ""
    changed.disagreements.set([item])
    publish(changed)
    files = sample()
    files["entries.json"][0]["disagreements"][0]["accounts"][0] |= {"says": "An hour and a half."}
    outcome = again(files)
    assert "entries e-first" in outcome.conflicts
    assert entry().live


# -- sites of before ----------------------------------------------------------------------


def test_where_it_is_not_known_what_was_loaded_an_untouched_entry_is_updated(again):
    LoadedRecord.objects.all().delete()
    outcome = again(changed_pack(place="Kyoto"))
    assert (outcome.updated, outcome.conflicts) == ({"entries": 1}, {})
    assert entry().place == "Kyoto"
    assert (
        LoadedRecord.objects.count() == sum(map(len, (sample()[name] for name in sample() if name != "pack.json"))) + 1
    )


def test_there_what_an_editor_published_last_is_in_dispute(again):
    edited(place="Osaka")
    organisation = Organisation.objects.get(key="meti")
    organisation.name = "METI"
    organisation.save()
    log(instance=organisation, action="wagtail.edit", user=User.objects.get(username="editor"))
    LoadedRecord.objects.all().delete()
    for _load in range(2):
        outcome = again(changed_pack(weight="short"))
        paths = {name: [one.path for one in conflicts] for name, conflicts in outcome.conflicts.items()}
        assert paths == {"entries e-first": ["weight", "place"], "organisations meti": ["name"]}
    again(changed_pack(weight="short"), Side.OURS)
    outcome = again(changed_pack(weight="short"))
    assert (outcome.conflicts, entry().place, entry().weight) == ({}, "Osaka", "key")
    assert set(outcome.kept["entries e-first"]) == {"weight", "place"}


# -- the command --------------------------------------------------------------------------


def run(directory: Path, files: Files, **options: object) -> None:
    call_command("load_chronology", pack=write(files, directory), **options)


def test_the_command_lists_conflicts_and_ends_with_a_status_of_its_own(again, tmp_path, capsys):
    edited(place="Osaka")
    with pytest.raises(CommandError, match="1 conflict: what stands was kept") as error:
        run(tmp_path, changed_pack(place="Kyoto"))
    assert error.value.returncode == 3
    assert "Conflict: entries e-first, place. The pack: Kyoto. Here: Osaka." in capsys.readouterr().err
    run(tmp_path, changed_pack(place="Kyoto"), theirs=True)
    assert "1 conflict: the pack was taken." in capsys.readouterr().err
    assert entry().place == "Kyoto"


def test_what_was_kept_is_said_and_no_error(again, tmp_path, capsys):
    edited(place="Osaka")
    run(tmp_path, sample())
    assert "Kept as editors made it: entries e-first: place." in capsys.readouterr().err


def test_a_dry_run_says_what_would_be_done_and_does_nothing(again, tmp_path, capsys):
    files = changed_pack(place="Kyoto")
    files["organisations.json"].append({"id": "new", "slug": "new", "name": "New", "kind": "other"})
    versions, loaded = Version.objects.count(), list(LoadedRecord.objects.order_by("pk").values_list("record"))
    with transaction.atomic():
        run(tmp_path, files, dry_run=True)
    said = capsys.readouterr().out
    assert "entries: 1 updated, 2 unchanged" in said
    assert "organisations: 1 created" in said
    assert "Nothing was changed: this was a dry run." in said
    assert (entry().place, Version.objects.count()) == ("Tokyo", versions)
    assert not Organisation.objects.filter(key="new").exists()
    assert list(LoadedRecord.objects.order_by("pk").values_list("record")) == loaded
