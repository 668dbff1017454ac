"""What a content pack may say, and how every mistake in it is reported. No database is used."""

import contextlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sample_pack import Files, by_year, sample, write
from timeline.content import pack
from timeline.content.dump import Dump, texts
from timeline.content.kinds import KINDS
from timeline.content.problems import PackError


def problems(files: Files, directory: Path) -> list[str]:
    try:
        pack.read(write(files, directory))
    except PackError as error:
        return [str(problem) for problem in error.problems]
    return []


def change(file: str, number: int, *path: str | int, to: Any) -> Callable[[Files], None]:
    """A function that puts a value at a place of a record."""

    def apply(files: Files) -> None:
        *way, last = [number, *path]
        target = files[file]
        for step in way:
            target = target[step]
        target[last] = to

    return apply


def test_a_row_has_an_id_that_the_form_of_the_entry_can_carry(tmp_path):
    files = sample()
    files["entries.json"][0]["statements"][0]["id"] = "db8de4"
    (said, *_others) = problems(files, tmp_path)
    assert said.endswith("statements[0].id: write an id of six letters a to z and digits 2 to 7")


def test_the_sample_is_sound_and_canonical(tmp_path):
    found = pack.read(write(sample(), tmp_path))
    assert found.chronology == {
        name: value for name, value in sample()["pack.json"].items() if name not in ("format", "version", "licence")
    }
    assert {name: len(records) for name, records in found.records.items()} == {
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
    entry = found.records["entries"][1]
    assert entry["figures"][0]["value"] == "25.5"
    assert entry["weight"] == "normal"
    assert entry["date"] == {"edtf": "2025-05", "extent": "", "basis": "stated", "note": ""}
    assert found.records["sources"][1]["accessed"] == ""


def test_a_lane_points_to_records_of_the_pack(tmp_path):
    files = sample()
    files["pack.json"]["lanes"][1]["commodities"] = ["pears"]
    assert problems(files, tmp_path) == ["pack.json, lanes[1].commodities[0]: there is no commodity “pears”"]


def test_dates_may_be_written_as_people_write_them(tmp_path):
    files = sample()
    files["entries.json"][0]["date"]["edtf"] = "16 April 2025"
    found = pack.read(write(files, tmp_path))
    assert found.records["entries"][0]["date"]["edtf"] == "2025-04-16"


FIRST, SECOND, THIRD = 0, 1, 2
ENTRIES, SOURCES, COMMODITIES = "entries.json", "sources.json", "commodities.json"
ORGANISATIONS, PEOPLE = "organisations.json", "people.json"

MISTAKES = {
    "missing field": (
        lambda files: files[ENTRIES][FIRST].pop("headline"),
        "entries.json, e-first, headline: is missing",
    ),
    "unknown field": (
        change(ENTRIES, FIRST, "statements", 1, "colour", to="red"),
        "entries.json, e-first, statements[1].colour: there is no such field",
    ),
    "unknown value": (
        change(ENTRIES, FIRST, "weight", to="heavy"),
        "entries.json, e-first, weight: “heavy” is not one of key, normal, short",
    ),
    "number where text belongs": (
        change(ENTRIES, SECOND, "figures", 0, "value", to=25),
        "entries.json, e-second, figures[0].value: write text in quotation marks",
    ),
    "text where a number belongs": (
        change(SOURCES, FIRST, "number", to="1"),
        "sources.json, meti-paper, number: write a whole number",
    ),
    "true where a number belongs": (
        change(SOURCES, FIRST, "number", to=True),
        "sources.json, meti-paper, number: write a whole number",
    ),
    "text where a switch belongs": (
        change(SOURCES, FIRST, "url_shown", to="yes"),
        "sources.json, meti-paper, url_shown: write true or false",
    ),
    "null where text belongs": (
        change(ENTRIES, FIRST, "place", to=None),
        "entries.json, e-first, place: write text in quotation marks",
    ),
    "object where a list belongs": (
        change(ENTRIES, FIRST, "statements", to={}),
        "entries.json, e-first, statements: write a list in [brackets]",
    ),
    "text where a row belongs": (
        change(ENTRIES, FIRST, "statements", 0, to="They met."),
        "entries.json, e-first, statements[0]: write an object in {braces}",
    ),
    "text where a record belongs": (
        change(ORGANISATIONS, SECOND, to="The Daily"),
        "organisations.json, record 2: write an object in {braces}",
    ),
    "empty text": (
        change(ENTRIES, FIRST, "statements", 0, "text", to=""),
        "entries.json, e-first, statements[0].text: This field cannot be blank.",
    ),
    "date that is none": (
        change(ENTRIES, FIRST, "date", "edtf", to="2025-02-30"),
        "entries.json, e-first, date.edtf: There is no 30 February 2025.",
    ),
    "reversed interval": (
        change(ENTRIES, FIRST, "date", "edtf", to="2025-05-02/2025-05-01"),
        "entries.json, e-first, date.edtf: The end is before the start.",
    ),
    "day of access that is none": (
        change(SOURCES, FIRST, "accessed", to="1 May 2025"),
        (
            "sources.json, meti-paper, accessed: “1 May 2025” value has an invalid date format. "
            "It must be in YYYY-MM-DD format."
        ),
    ),
    "position that ends before it starts": (
        change(PEOPLE, FIRST, "positions", 0, "end", to="2023"),
        "people.json, sato, positions[0]: The position ends before it starts.",
    ),
    "number that is none": (
        change(ENTRIES, SECOND, "figures", 0, "value", to="1e3"),
        "entries.json, e-second, figures[0].value: “1e3” is not a number such as 15 or 67.6",
    ),
    "too many decimals": (
        change(ENTRIES, SECOND, "figures", 0, "value", to="0.1234567"),
        "entries.json, e-second, figures[0].value: Ensure that there are no more than 6 decimal places.",
    ),
    "value beside bounds": (
        change(ENTRIES, SECOND, "figures", 0, "low", to="1"),
        "entries.json, e-second, figures[0]: Give one value, or a lowest and a highest, not both.",
    ),
    "currency without money": (
        change(ENTRIES, SECOND, "figures", 0, "currency", to="USD"),
        "entries.json, e-second, figures[0]: A currency goes with the unit money.",
    ),
    "money without currency": (
        change(ENTRIES, SECOND, "figures", 0, "unit", to="money"),
        "entries.json, e-second, figures: The figure “Duty on steel” is money: say the currency.",
    ),
    "control character": (
        change(ENTRIES, FIRST, "headline", to="Ministers\x0bmeet"),
        (
            "entries.json, e-first, headline: This text holds an invisible control character. "
            "Retype the passage instead of pasting it."
        ),
    ),
    "half a character": (
        change(ENTRIES, FIRST, "time_zone", to="\ud83d"),
        (
            "entries.json, e-first, time_zone: This text holds an invisible control character. "
            "Retype the passage instead of pasting it."
        ),
    ),
    "too long": (
        change(ENTRIES, FIRST, "place", to="x" * 201),
        "entries.json, e-first, place: Ensure this value has at most 200 characters (it has 201).",
    ),
    "quotation too long": (
        change(ENTRIES, FIRST, "statements", 0, "citations", 1, "quotation", to="word " * 41),
        "entries.json, e-first, statements[0].citations[1].quotation: The quotation has 41 words; 40 are allowed.",
    ),
    "language that is none": (
        change(SOURCES, FIRST, "language", to="English"),
        "sources.json, meti-paper, language: Write a language tag such as en or ja.",
    ),
    "time zone that is none": (
        change(ENTRIES, FIRST, "time_zone", to="Asia/Edo"),
        "entries.json, e-first, time_zone: “Asia/Edo” is not a time zone. Write a place such as Asia/Tokyo.",
    ),
    "address that is none": (
        change(SOURCES, FIRST, "url", to="javascript:alert(1)"),
        "sources.json, meti-paper, url: Enter a valid URL.",
    ),
    "slug that is none": (
        change(SOURCES, FIRST, "slug", to="a slug"),
        "sources.json, meti-paper, slug: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
    ),
    "HS code that is none": (
        change(COMMODITIES, THIRD, "hs_codes", to=["rice"]),
        "commodities.json, rice, hs_codes[0]: An HS code has 2, 4 or 6 digits, for example 8703.",
    ),
    "pointer to nothing": (
        change(ENTRIES, FIRST, "statements", 0, "citations", 1, "source", to="x"),
        "entries.json, e-first, statements[0].citations[1].source: there is no source “x”",
    ),
    "list of pointers with one to nothing": (
        change(ENTRIES, FIRST, "organisations", to=["meti", "mofa"]),
        "entries.json, e-first, organisations[1]: there is no organisation “mofa”",
    ),
    "id used twice": (
        change(SOURCES, SECOND, "id", to="meti-paper"),
        "sources.json, meti-paper, id: “meti-paper” is already used by record 1",
    ),
    "slug used twice": (
        change(ENTRIES, SECOND, "slug", to="ministers-meet"),
        "entries.json, e-second, slug: “ministers-meet” is already used by e-first",
    ),
    "number used twice": (
        change(SOURCES, THIRD, "number", to=2),
        "sources.json, daily-error, number: “2” is already used by daily-report",
    ),
    "address used twice": (
        change(SOURCES, SECOND, "url", to="https://meti.example/results"),
        "sources.json, daily-report, url: Another source already has this address. (meti-paper)",
    ),
    "statement id used twice": (
        change(ENTRIES, FIRST, "statements", 1, "id", to="aaaaaa"),
        "entries.json, e-first, statements[1]: Constraint “statement_id_used_once” is violated.",
    ),
    "source cited twice": (
        change(ENTRIES, FIRST, "statements", 0, "citations", 1, "source", to="meti-paper"),
        "entries.json, e-first, statements[0].citations[1]: This source is cited twice for the same statement.",
    ),
    "two accounts preferred": (
        change(ENTRIES, FIRST, "disagreements", 0, "accounts", 1, "preferred", to=True),
        "entries.json, e-first, disagreements[0].accounts[1]: Only one account can be preferred.",
    ),
    "parent after its child": (
        lambda files: files[COMMODITIES].reverse(),
        "commodities.json, rice, parent: “farm” stands further down; it must come first",
    ),
    "commodity within itself": (
        change(COMMODITIES, SECOND, "parent", to="farm"),
        "commodities.json, farm, parent: leads back to this record in a circle",
    ),
    "entry that follows a later one": (
        change(ENTRIES, SECOND, "date", "edtf", to="2025-04-15"),
        (
            "entries.json, e-second, follows: "
            "“Ministers meet in Tokyo” is later than this entry, so this entry cannot follow it."
        ),
    ),
    "statement without a source": (
        change(ENTRIES, FIRST, "statements", 1, "citations", to=[]),
        "entries.json, e-first, statements: Statement 2 (“Rice was named.…”) has no source. Add a citation.",
    ),
    "statement whose only source is an error": (
        change(ENTRIES, FIRST, "statements", 1, "citations", 0, "source", to="daily-error"),
        "entries.json, e-first, statements: Statement 2 (“Rice was named.…”) has no source. Add a citation.",
    ),
    "preference without a reason": (
        change(ENTRIES, FIRST, "disagreements", 0, "reason", to=""),
        "entries.json, e-first, disagreements: “How long did they speak?” prefers one account: give the reason.",
    ),
}


@pytest.mark.parametrize(("mistake", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_reported_with_file_record_and_field(mistake, said, tmp_path):
    files = sample()
    mistake(files)
    assert said in problems(files, tmp_path)


def test_all_mistakes_are_reported_at_once_and_each_only_once(tmp_path):
    files = sample()
    files[ENTRIES][FIRST]["date"]["edtf"] = "soon"
    files[ENTRIES][FIRST]["statements"][1]["citations"] = []
    files[ENTRIES][SECOND]["category"] = "war"
    files[SOURCES][FIRST]["title"] = ""
    del files[PEOPLE]
    assert problems(files, tmp_path) == [
        "people.json: the file is missing",
        "sources.json, meti-paper, title: This field cannot be blank.",
        (
            "entries.json, e-first, date.edtf: “soon” is not a date. Write a year, a month such as 2025-12, "
            "or a day such as 2025-12-01."
        ),
        "entries.json, e-second, category: there is no category “war”",
        "entries.json, e-first, statements: Statement 2 (“Rice was named.…”) has no source. Add a citation.",
    ]


def test_circles_name_their_members_only(tmp_path):
    files = sample()
    metals, farm, _rice = files[COMMODITIES]
    metals["parent"], farm["parent"] = "farm", "metals"
    found = [line for line in problems(files, tmp_path) if "circle" in line]
    assert found == [
        "commodities.json, farm, parent: leads back to this record in a circle",
        "commodities.json, metals, parent: leads back to this record in a circle",
    ]


UNREADABLE = {
    "not JSON": (
        '[{"id": "talks",}]',
        "is not JSON, at line 1, column 16: Illegal trailing comma before end of object",
    ),
    "empty": ("", "is not JSON, at line 1, column 1: Expecting value"),
    "null": ("null", "holds nothing"),
    "no list": ("{}", "write a list in [brackets]"),
    "field twice": (
        '[{"id": "talks", "id": "x", "slug": "talks", "name": "Talks"}]',
        "an object (x) has a field twice: id",
    ),
    "no number": ('[{"id": NaN}]', "NaN is not allowed in JSON"),
    "nested without end": ("[" * 100_000, "is not JSON that can be read: "),
}


@pytest.mark.parametrize(("text", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_named(text, said, tmp_path):
    found = problems(sample() | {"categories.json": text}, tmp_path)
    assert found[0].startswith(f"categories.json: {said}")


def test_an_unreadable_file_makes_no_pointer_wrong(tmp_path):
    assert problems(sample() | {"sources.json": "?"}, tmp_path) == [
        "sources.json: is not JSON, at line 1, column 1: Expecting value"
    ]


def test_bytes_that_are_not_utf8_are_counted(tmp_path):
    write(sample(), tmp_path)
    (tmp_path / "categories.json").write_bytes(b'["\xff"]')
    with pytest.raises(PackError, match=r"categories.json: is not UTF-8 text, at byte 2"):
        pack.read(tmp_path)


def test_a_missing_directory_and_one_that_is_a_file_are_named(tmp_path):
    for directory in (tmp_path / "nowhere", write(sample(), tmp_path) / "pack.json"):
        with pytest.raises(PackError, match="there is no such directory"):
            pack.read(directory)


def test_a_file_that_is_a_directory_is_named(tmp_path):
    write(sample(), tmp_path)
    (tmp_path / "people.json").unlink()
    (tmp_path / "people.json").mkdir()
    with pytest.raises(PackError, match=r"people.json: cannot be read: Is a directory"):
        pack.read(tmp_path)


def test_entries_may_stand_in_a_file_a_year(tmp_path):
    files = sample()
    files["entries.json"][2]["date"]["edtf"] = "2026-07"
    found = pack.read(write(by_year(files), tmp_path / "years"))
    assert found.records == pack.read(write(files, tmp_path / "one")).records


def test_a_problem_names_the_file_of_its_year(tmp_path):
    files = sample()
    files["entries.json"][2] |= {"date": {"edtf": "2026-07"}, "weight": "heavy", "category": "war"}
    nameless = {key: value for key, value in files["entries.json"][2].items() if key != "id"}
    files["entries.json"].append(nameless | {"slug": "nameless"})
    assert sorted(set(problems(by_year(files), tmp_path))) == [
        "entries/2026.json, e-third, category: there is no category “war”",
        "entries/2026.json, e-third, weight: “heavy” is not one of key, normal, short",
        "entries/2026.json, record 2, category: there is no category “war”",
        "entries/2026.json, record 2, id: is missing",
        "entries/2026.json, record 2, weight: “heavy” is not one of key, normal, short",
    ]


@pytest.mark.parametrize("text", ["?", "{}"])
def test_a_year_that_cannot_be_read_is_named(text, tmp_path):
    (found,) = problems(by_year(sample()) | {"entries/2030.json": text}, tmp_path)
    assert found.startswith("entries/2030.json: ")


def test_entries_laid_out_both_ways_are_refused(tmp_path):
    files = by_year(sample()) | {"entries.json": []}
    assert problems(files, tmp_path) == [
        "entries.json: the entries stand in entries/2025.json too; a pack has one file of entries, or one a year"
    ]


def test_a_pack_without_any_entries_is_told_that_their_file_is_missing(tmp_path):
    files = sample()
    del files["entries.json"]
    assert "entries.json: the file is missing" in problems(files, tmp_path)


@pytest.mark.parametrize("number", [2, "1", None])
def test_a_format_from_another_time_is_refused_before_all_else(number, tmp_path):
    files = sample() | {"entries.json": []}
    files["pack.json"]["format"] = number
    assert problems(files, tmp_path) == [
        f"pack.json, format: this pack has format {json.dumps(number)}; this program reads format 1"
    ]


def test_pack_json_is_checked_like_the_rest(tmp_path):
    files = sample()
    files["pack.json"] |= {"title": "", "colour": "red", "licence": 4}
    del files["pack.json"]["version"]
    assert sorted(problems(files, tmp_path)) == [
        "pack.json, colour: there is no such field",
        "pack.json, licence: write text in quotation marks",
        "pack.json, title: This field cannot be blank.",
        "pack.json, version: is missing",
    ]


JUNK = [None, True, 3, 1.5, "x", [], {}, [[]], [None], {"id": {}}, "\x00", 10**30, [{"source": []}]]


@pytest.mark.parametrize("start", [0, 5])
def test_no_junk_anywhere_is_more_than_a_problem(start):
    """Every value of every record in turn becomes junk: reported or accepted, never a crash."""
    junk = itertools.islice(itertools.cycle(JUNK), start, None)
    for kind in KINDS:
        for number, record in enumerate(sample()[kind.file]):
            for name in record:
                files = sample()
                files[kind.file][number][name] = next(junk)
                with contextlib.suppress(PackError):
                    pack.check(files)


# -- the pack that comes with the program -------------------------------------------------


@pytest.fixture(scope="module")
def flagship() -> pack.Pack:
    return pack.read(pack.DIRECTORY)


def test_the_flagship_pack_is_laid_out_as_a_dump_would(flagship):
    """When this fails, load the pack and dump it: then a change of content is all a diff shows."""
    for name, text in texts(Dump(flagship.chronology, flagship.records, translations=flagship.translations)).items():
        assert (pack.DIRECTORY / name).read_text(encoding="utf-8") == text, name


def test_no_id_of_an_entry_stands_in_words_that_readers_see(flagship):
    found = [
        (entry["id"], row["note"])
        for entry in flagship.records["entries"]
        for row in (*entry["figures"], *entry["dates"])
        if re.search(r"\be-\d{4}-", row["note"])
    ]
    assert found == []


def test_the_flagship_pack_keeps_the_rules_of_the_house(flagship):
    found = []
    for entry in flagship.records["entries"]:
        quotations = [
            row["quotation"]
            for rows in (
                *(statement["citations"] for statement in entry["statements"]),
                *(figure["citations"] for figure in entry["figures"]),
                *(item["accounts"] for item in entry["disagreements"]),
            )
            for row in rows
        ]
        found += [
            (entry["id"], rule)
            for rule, kept in {
                "slug of at most 80 characters": len(entry["slug"]) <= 80,
                "headline of at most 100 characters": len(entry["headline"]) <= 100,
                "summary of at most 60 words": sum(len(one["text"].split()) for one in entry["summary"]) <= 60,
                "sentences that rest on something": all(one["rests_on"] for one in entry["summary"]),
                "quotations of less than 20 words": all(len(text.split()) < 20 for text in quotations),
                "each sentence of the lead rests on something": all(one["rests_on"] for one in entry["summary"]),
                "six statements where it is a key entry": entry["weight"] != "key" or len(entry["statements"]) >= 6,
                "% and not percent": not any(_PERCENT.search(text) for text in own_words(entry)),
                "an end or what is known of it where a rate is in force": all(map(has_end, entry["figures"])),
                "no space at either end": entry == stripped(entry),
            }.items()
            if not kept
        ]
    assert found == []


_PERCENT = re.compile(r"\bper ?cent\b", re.IGNORECASE)
_END = re.compile("last seen|not looked up|no end in our sources|not in our sources")


def own_words(entry: dict[str, Any]) -> Iterator[str]:
    """What an entry says in words of ours: no quotation, no title of a source."""
    yield entry["headline"]
    yield from (row["text"] for name in ("summary", "statements", "source_notes") for row in entry.get(name, []))
    yield from (figure[name] for figure in entry["figures"] for name in ("label", "of", "note", "period_note"))
    for item in entry["disagreements"]:
        yield from (item["question"], item["reason"], *(account["says"] for account in item["accounts"]))


def has_end(figure: dict[str, Any]) -> bool:
    """Whether a figure that is in force ends, or a note says when it was last seen or that nobody looked."""
    is_open = not figure["period"] or figure["period"].endswith("..")
    return not (figure["status"] == "in_force" and is_open) or bool(
        _END.search(figure["period_note"] + figure["note"])
    )


def stripped(value: Any) -> Any:
    """A decoded JSON value with no text that starts or ends with a space."""
    if isinstance(value, dict):
        return {name: stripped(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [stripped(inner) for inner in value]
    return value.strip() if isinstance(value, str) else value


def test_a_pack_of_before_there_were_lines_of_the_state_has_no_file_of_them(tmp_path):
    files = sample()
    del files["state.json"]
    for row in (row for entry in files["entries.json"] for row in entry.get("figures", ())):
        row.pop("line", None)
    assert problems(files, tmp_path) == []
