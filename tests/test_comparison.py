"""Two versions of an entry side by side: what counts as a change, and how it is told."""

import difflib
from collections import Counter

import pytest

from timeline.models.document import complete
from timeline.public import comparison
from timeline.public.comparison import compare, words

SOURCE = {"number": 3, "slug": "report", "title": "Report", "title_is_description": False}


def told(before, after):
    """The difference of two texts as one line: [-removed-] {+added+}."""
    marks = {"removed": "[-{}-]", "added": "{{+{}+}}", "": "{}"}
    return "".join(marks[piece.state].format(piece.text) for piece in words(before, after))


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("Duty is 25 percent.", "Duty is 15 percent.", "Duty is [-25 -]{+15 +}percent."),
        ("It pays $1,250 a car.", "It pays $1,520 a car.", "It pays $[-1,250 -]{+1,520 +}a car."),
        ("They meet.", "They meet. They agree.", "They meet. {+They agree.+}"),
        ("Japan’s offer", "Japan’s offer", "Japan’s offer"),
        # No spaces: characters stand for themselves.
        ("四月十六日に訪米した。", "四月十七日に訪米した。", "四月十[-六-]{+七+}日に訪米した。"),
        # One word between two changes is changed with them.
        ("from 25 to 15 percent", "from 10 to 12 percent", "from [-25 to 15 -]{+10 to 12 +}percent"),
        # Too little in common to be an edit.
        (
            "Ministers meet in Tokyo.",
            "The duty falls to ten.",
            "[-Ministers meet in Tokyo.-]{+The duty falls to ten.+}",
        ),
        ("", "New.", "{+New.+}"),
    ],
)
def test_texts_are_told_apart_by_the_word(before, after, line):
    assert told(before, after) == line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("日米関税交渉の" * 1400, "日米関税交渉は" * 1400),
        ("a b " * 2500, "b a " * 2500),
        (" ".join(f"w{n % 150}" for n in range(2500)), " ".join(f"w{n % 149}" for n in range(2500))),
    ],
    ids=["Japanese", "two words again and again", "much alike"],
)
def test_long_texts_are_compared_with_bounded_work(monkeypatch, before, after):
    pairs = []

    class Recorded(difflib.SequenceMatcher):
        def __init__(self, junk, old, new, autojunk):
            there = Counter(new)
            pairs.append(sum(there[one] for one in old))
            super().__init__(junk, old, new, autojunk)

    monkeypatch.setattr(difflib, "SequenceMatcher", Recorded)
    pieces = words(before, after)
    assert sum(pairs) <= comparison.MAX_PAIRS
    assert "".join(piece.text for piece in pieces if piece.state != "added").split() == before.split()
    assert "".join(piece.text for piece in pieces if piece.state != "removed").split() == after.split()


def test_an_edit_in_a_long_text_is_still_found_by_the_word():
    text = "".join(f"第{number}文は関税の話である。" for number in range(900))
    assert told(text, text.replace("第450文", "第四五〇文")).count("[-") == 1


def entry(**parts):
    return complete(
        {
            "headline": "Ministers meet",
            "summary": "They meet.",
            "date": {"edtf": "2025-04-16", "basis": "stated", "note": ""},
            "place": "Tokyo",
            "category": {"slug": "talks", "name": "Talks"},
            "sources": [SOURCE],
            **parts,
        }
    )


def statement(key, text, **fields):
    return {"id": key, "text": text, "nature": "reported", "citations": [], **fields}


def summary_of(before, after, **moved):
    """{section: [(name, state, moved, {label: line state})]} of a comparison."""
    return {
        section.title: [
            (one.name, one.state, one.moved, {line.label: line.state for line in one.lines})
            for one in section.differences
        ]
        for section in compare(before, after, **moved).sections
    }


def test_an_entry_is_equal_to_itself():
    assert compare(entry(), entry()) == ([], [])


def test_date_and_place_are_compared_field_by_field():
    date = {"edtf": "2025-04", "basis": "derived", "note": "The report says “Wednesday”."}
    assert summary_of(entry(), entry(date=date, place="", planned=True)) == {
        "Date and place": [
            (
                "",
                "changed",
                False,
                {
                    "Date": "changed",
                    "How the date is known": "changed",
                    "Note on the date": "added",
                    "Standing": "added",
                    "Place": "removed",
                },
            )
        ]
    }


def test_statements_are_known_by_their_id_wherever_they_stand():
    one, two, three = statement("a", "One."), statement("b", "Two."), statement("c", "Three.")
    before = entry(statements=[one, two, three])
    after = entry(statements=[three, one, statement("d", "Four.")])
    assert summary_of(before, after) == {
        "Statements": [
            ("Statement 1", "moved", True, {"": ""}),
            ("Statement 3", "added", False, {"": "added", "Kind": "added"}),
            ("Statement 2", "removed", False, {"": "removed", "Kind": "removed"}),
        ]
    }


def test_what_a_statement_rests_on_is_part_of_it():
    cited = {"number": 3, "quotation": "", "locator": ""}
    quoted = {"number": 3, "quotation": "an hour", "locator": "page 2"}
    before = entry(statements=[statement("a", "One."), statement("b", "Two.", citations=[cited])])
    after = entry(
        statements=[
            statement("a", "One.", citations=[cited]),
            statement("b", "Two.", citations=[quoted], nature="claim"),
        ]
    )
    assert summary_of(before, after)["Statements"] == [
        ("Statement 1", "changed", False, {"": "", "Source 3": "added"}),
        ("Statement 2", "changed", False, {"": "", "Kind": "changed", "Source 3": "changed"}),
    ]


def test_a_renamed_record_is_no_edit():
    before = entry(people=[{"slug": "r-akazawa", "name": "R. Akazawa", "role": "", "positions": ["Minister"]}])
    after = entry(people=[{"slug": "r-akazawa", "name": "Ryosei Akazawa", "role": "", "positions": ["Minister"]}])
    assert compare(before, after) == ([], [("R. Akazawa", "Ryosei Akazawa")])


def test_a_record_merged_with_another_is_no_edit_and_a_source_brings_its_number():
    other = SOURCE | {"number": 9, "slug": "same-report", "title": "The same report"}
    cites = [statement("a", "One.", citations=[{"number": 3, "quotation": "", "locator": ""}])]
    cites_other = [statement("a", "One.", citations=[{"number": 9, "quotation": "", "locator": ""}])]
    before, after = entry(statements=cites_other, sources=[other]), entry(statements=cites)
    moved = {"/sources/same-report/": "/sources/report/"}
    found = compare(before, after, moved)
    assert found.sections == []
    assert found.renamed == [("Source 9: The same report", "Source 3: Report")]
    assert [section.title for section in compare(before, after).sections] == ["Statements", "Sources"]


def test_a_document_of_an_older_make_lacks_parts_and_is_compared_all_the_same():
    assert summary_of(complete({"headline": "Ministers meet"}), entry())["Summary"] == [
        ("", "changed", False, {"": "changed"})
    ]
