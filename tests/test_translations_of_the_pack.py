"""Translations stand in files of their own, each segment with the digest of the words that it was made from."""

import contextlib
import json

import pytest
from django.core.management import CommandError, call_command

from tests.database import take_chronology_away
from tests.sample_pack import sample, write
from timeline.content import pack
from timeline.content.doubts import doubts
from timeline.content.translating import originals
from timeline.content.translations import FOLDER
from timeline.models import Edition, EntryPage, PublishedTranslation, Translation
from timeline.segments import digest

FILE = f"{FOLDER}/ja/entries.json"


@pytest.fixture
def directory(tmp_path):
    return write(sample(), tmp_path / "pack")


@pytest.fixture
def command(directory, capsys):
    """Runs the command on the sample, and gives what it says."""

    def run(*arguments: object) -> str:
        call_command("translations", "ja", *arguments, pack=directory)
        return str(capsys.readouterr().out)

    return run


def reworded(directory, old, new):
    path = directory / "entries.json"
    path.write_text(path.read_text().replace(old, new))


def the_originals(directory):
    read = pack.read(directory)
    return originals(read.chronology, read.records, read.file_of)


def filled(path, words):
    """The skeleton at ``path`` with words for some of its keys."""
    records = json.loads(path.read_text())
    for record in records:
        for segment in record["segments"]:
            segment["words"] = words.get(segment["key"], segment["words"])
    path.write_text(json.dumps(records))
    return path


@pytest.fixture
def translated(command, tmp_path):
    """The sample with a headline and a statement in Japanese."""
    work = tmp_path / "work.json"
    command("entries", "--skeleton", work, "--record", "e-first")
    command("--take", filled(work, {"headline": "閣僚、東京で会談", "statements.bbbbbb.text": "コメの名が挙がった。"}))
    return work


def test_a_digest_is_of_the_words_and_not_of_their_spaces():
    assert digest("The duty  is 15%.") == digest("The duty is\n15%.") != digest("The duty is 25%.")


def test_every_word_of_an_entry_that_readers_see_has_a_key(directory):
    words = the_originals(directory)["entries", "e-first"].words
    assert {key: text for key, text in words.items() if not key.startswith("summary.")} == {
        "headline": "Ministers meet in Tokyo",
        "place": "Tokyo",
        "statements.aaaaaa.text": "The ministers met.",
        "statements.bbbbbb.text": "Rice was named.",
        "disagreements.dddddd.question": "How long did they speak?",
        "disagreements.dddddd.accounts.1.says": "One hour.",
        "disagreements.dddddd.accounts.2.says": "Two hours.",
        "disagreements.dddddd.reason": "The ministry kept the minutes.",
    }


def test_a_skeleton_has_the_original_words_and_what_carries_them(command, tmp_path):
    work = tmp_path / "work.json"
    assert command("entries", "--skeleton", work).startswith("16 segments")
    first = json.loads(work.read_text())[0]
    met = next(row for row in first["segments"] if row["key"] == "statements.aaaaaa.text")
    assert met == {
        "key": "statements.aaaaaa.text",
        "of": digest("The ministers met."),
        "original": "The ministers met.",
        "words": "",
        "state": "draft",
        "sources": [
            {"source": "Results of the talks"},
            {"source": "Ministers meet over rice", "language": "en", "quotation": "They met."},
        ],
    }


def test_what_was_filled_in_stands_in_the_pack_and_waits_no_more(command, translated, directory):
    assert json.loads((directory / FILE).read_text()) == [
        {
            "id": "e-first",
            "segments": {
                "headline": {"of": digest("Ministers meet in Tokyo"), "state": "draft", "words": "閣僚、東京で会談"},
                "statements.bbbbbb.text": {
                    "of": digest("Rice was named."),
                    "state": "draft",
                    "words": "コメの名が挙がった。",
                },
            },
        }
    ]
    assert "entries.json: 14 missing, 2 draft" in command()
    assert command("entries", "--reviewed").startswith("2 segments are reviewed now.")


def test_a_translation_of_what_the_original_said_before_is_stale(command, translated, directory, tmp_path):
    reworded(directory, "Rice was named.", "Rice was spoken of.")
    said = command("entries", "--check")
    assert "is stale: “コメの名が挙がった。”; now “Rice was spoken of.”" in said
    assert said.endswith("14 segments are missing, 1 is stale.\n")
    assert command("entries", "--reviewed").startswith("1 segment is reviewed now.")
    command("entries", "--skeleton", tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text())[0]["segments"]
    assert next(row for row in again if row["key"] == "statements.bbbbbb.text")["before"] == "コメの名が挙がった。"


def test_words_without_an_original_are_left_over_and_do_no_harm(command, translated, directory):
    reworded(directory, '"bbbbbb"', '"bbbbbc"')
    assert "e-first, statements.bbbbbb.text: is left over" in command("--check")


def test_the_same_words_are_offered_elsewhere(command, translated, directory, tmp_path):
    reworded(directory, "The talks ended.", "Rice was named.")
    command("entries", "--skeleton", tmp_path / "again.json", "--record", "e-third")
    rows = json.loads((tmp_path / "again.json").read_text())[0]["segments"]
    assert [row["words"] for row in rows if row["key"].startswith("statements")] == ["コメの名が挙がった。"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "done"}, "“done” is not one of draft, reviewed"),
        ({"words": 5}, "write text in quotation marks"),
        ({"words": "a\x00b"}, "control character"),
        ({"key": "statements.zzzzzz.text"}, "the record has no such words"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_and_nothing_is_taken(
    command, translated, directory, change, sentence
):
    before = (directory / FILE).read_text()
    records = json.loads(translated.read_text())
    records[0]["segments"][0] |= {"words": "新しい見出し"} | change
    translated.write_text(json.dumps(records))
    with pytest.raises(CommandError, match=sentence):
        command("--take", translated)
    assert (directory / FILE).read_text() == before


def test_a_pack_with_a_broken_translation_is_refused(command, translated, directory):
    path = directory / FILE
    path.write_text(path.read_text().replace('"draft"', '"done"', 1))
    with pytest.raises(CommandError, match=r"translations/ja/entries.json, e-first, headline.state: “done”"):
        command()


@pytest.mark.parametrize(
    ("original", "words", "found"),
    [
        ("Japan invests $550 billion.", "日本は5,500億ドルを投じる。", ""),
        ("Japan invests $550 billion.", "日本は550億ドルを投じる。", "550000000000"),
        ("It is worth ¥1.25 trillion.", "規模は1兆2500億円。", ""),
        ("The duty of 15% applies from 7 August.", "15％の関税が8月7日から適用される。", ""),
        ("The duty applies from 7 August.", "関税は9月7日から適用される。", "8月"),
        ("They met at 3:30 p.m. for 50 minutes.", "両氏は午後3時半から50分間会談した。", ""),
        ("They met.", "両氏が会談した", "。"),
        ("They met.", "両氏は会談しました。", "常体"),
        ("They met.", "両氏は会談した.", "Latin"),
        ("They met.", "They met.", "not Japanese"),
        ("Duty on cars", "自動車への関税", ""),
    ],
)
def test_what_may_be_wrong_is_named(original, words, found):
    said = " ".join(doubts(original, words, "ja"))
    assert found in said
    assert bool(found) == bool(said)


# -- in the database ------------------------------------------------------------------------


def texts(directory):
    return {path.relative_to(directory).as_posix(): path.read_text() for path in directory.rglob("*.json")}


@pytest.fixture
def loaded(db, translated, directory):
    """The sample in the database, with its translations; gives the function that loads it again."""
    take_chronology_away()

    def again(**options):
        with contextlib.suppress(CommandError):
            call_command("load_chronology", pack=directory, verbosity=0, **options)

    again()
    return again


def words_of(key):
    return list(Translation.objects.filter(record=key).order_by("pk").values_list("segment", "words"))


def test_translations_come_out_as_they_went_in(loaded, directory, tmp_path):
    call_command("dump_chronology", pack=tmp_path / "dump", verbosity=0)
    assert (
        texts(tmp_path / "dump")[FILE.replace("entries.json", "entries/2025.json")] == (directory / FILE).read_text()
    )
    before = Edition.objects.get().version
    loaded()
    assert Edition.objects.get().version == before, "what is as the pack says is not touched"


def test_what_a_translator_changed_stays_and_what_both_changed_is_asked(loaded, directory):
    Translation.objects.filter(segment="headline").update(words="閣僚会談")
    loaded()
    assert words_of("e-first")[0] == ("headline", "閣僚会談")
    path = directory / FILE
    path.write_text(path.read_text().replace("閣僚、東京で会談", "東京で閣僚会談"))
    with pytest.raises(CommandError, match="1 conflict"):
        call_command("load_chronology", pack=directory, verbosity=0)
    assert words_of("e-first")[0] == ("headline", "閣僚会談")
    loaded(theirs=True)
    assert words_of("e-first")[0] == ("headline", "東京で閣僚会談")


def test_what_the_pack_has_no_more_goes(loaded, directory):
    (directory / FILE).write_text("[]")
    loaded()
    assert words_of("e-first") == []
    assert not PublishedTranslation.objects.exists()


def test_translations_of_a_withdrawn_entry_are_not_dumped(loaded, tmp_path):
    EntryPage.objects.get(key="e-third").unpublish()
    EntryPage.objects.get(key="e-second").unpublish()
    EntryPage.objects.get(key="e-first").unpublish()
    call_command("dump_chronology", pack=tmp_path / "dump", verbosity=0)
    assert not [name for name in texts(tmp_path / "dump") if name.startswith(FOLDER)]
