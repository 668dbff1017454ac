"""Records as tables: what is written is read again, and what is wrong is told by row and column."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.content import pack
from timeline.content.kinds import COMMODITIES, ENTRIES, FIGURES, KINDS, PEOPLE, SOURCES
from timeline.content.problems import Place
from timeline.imports.sheets import Sheet, letter, read
from timeline.imports.tables import BOM, write
from timeline.spreadsheets import guarded, unguarded


def table(text: str, kind=PEOPLE) -> Sheet:
    return read("people.csv", text, kind)


def said(sheet: Sheet) -> list[str]:
    return [str(finding) for finding in sheet.findings]


class TestReading:
    def test_what_the_sentences_of_a_summary_rest_on_is_a_cell_beside_it(self):
        head = "id,headline,summary,summary.rests_on\n"
        row = "e-1,They meet,They meet in Tokyo. They part.,"
        read, untold = (table(head + row + cell, ENTRIES) for cell in ("abc234: def567 ghi234; jkl567:\n", "\n"))
        assert said(read) == said(untold) == []
        assert read.records[0]["summary"] == [
            {"id": "abc234", "text": "They meet in Tokyo.", "rests_on": ["def567", "ghi234"]},
            {"id": "jkl567", "text": "They part.", "rests_on": []},
        ]
        assert untold.records[0]["summary"] == "They meet in Tokyo. They part."

    @pytest.mark.parametrize("cell", ["abc234: def567", "def567; ghi234", "x: y; z: w", "a:;" * 3])
    def test_a_cell_that_does_not_fit_the_summary_is_told(self, cell):
        sheet = table(f"id,headline,summary,summary.rests_on\ne-1,They meet,They meet. They part.,{cell}\n", ENTRIES)
        assert "row 2, column D (summary.rests_on): This names what each sentence" in said(sheet)[0]

    def test_rows_with_the_same_id_or_none_go_on_with_a_record(self):
        sheet = table(
            "id,headline,statements,statements.source,statements.quotation,people,commodities\n"
            "e-1,They meet,They met.,12,“We met.”,Sato; Lee,rice | beef\n"
            "e-1,,,14,,,\n"
            ",,They spoke.,12,,Kim,\n"
            "e-2,They part,They parted.,12,,,\n".replace("statements,", "statements.text,"),
            ENTRIES,
        )
        assert said(sheet) == []
        first, second = sheet.records
        assert [len(row["citations"]) for row in first["statements"]] == [2, 1]
        assert first["statements"][0]["citations"][0]["quotation"] == "“We met.”"
        assert [row["person"] for row in first["people"]] == ["Sato", "Lee", "Kim"]
        assert first["commodities"] == ["rice", "beef"]
        assert (second["id"], second["headline"]) == ("e-2", "They part")

    def test_semicolons_tabs_a_byte_order_mark_and_the_line_for_excel(self):
        for text in [
            "family_name;country\nSato;JP\n",
            BOM + "family_name\tcountry\r\nSato\tJP",
            "sep=;\nfamily_name;country\nSato;JP",
        ]:
            (record,) = table(text).records
            assert (record["family_name"], record["country"]) == ("Sato", "JP")

    def test_blank_rows_are_counted_and_cut_nothing(self):
        sheet = table("id,family_name\na,A\n,\n , \nb,B\n\n")
        assert ([record["id"] for record in sheet.records], sheet.blank) == (["a", "b"], 3)

    def test_every_problem_has_its_row_and_column_and_all_come_at_once(self):
        sheet = table(
            "id,family_name,colour,names.kind\n"
            'a,=HYPERLINK("x"),,\n'
            "b,#REF!,,\n"
            "c,Sa\0to,,\n"
            "d,Lost \ufffd,,\n"
            f"e,{'long ' * 10_000},,\n"
            "f,F,red,,,too many\n"
        )
        assert [finding.where for finding in sheet.findings] == [
            "row 1, column C (colour)",
            "row 2, column B (family_name)",
            "row 3, column B (family_name)",
            "row 4, column B (family_name)",
            "row 5, column B (family_name)",
            "row 6, column B (family_name)",
            "row 7",
        ]
        assert "There is no column “colour”" in said(sheet)[0]
        assert "formula" in said(sheet)[1]
        assert "50,000 characters; 20,000 are allowed" in said(sheet)[5]
        assert len(sheet.records) == 6

    def test_a_misspelt_heading_is_offered_and_a_doubled_one_refused(self):
        sheet = table("id,famly_name,Country,country\n")
        assert "Did you mean “family_name”?" in said(sheet)[0]
        assert "Column C already has this heading" in said(sheet)[1]

    def test_what_a_spreadsheet_makes_of_dates_numbers_and_switches(self):
        sheet = read("s.csv", "title,published,url_shown\nA,45763,yes\nB,,perhaps\n", SOURCES)
        assert "Is 2025-04-16 meant?" in said(sheet)[0]
        assert "neither yes nor no" in said(sheet)[1]
        sheet = read("s.csv", "title,published\nA,2020-21\nB,2025-21\n", SOURCES)
        assert [note.sentence for note in sheet.notes] == [
            "“2020-21” is read as spring 2020. As two years it is written 2020/2021."
        ]
        sheet = read("f.csv", 'entry,label,value\ne-1,Duty,"1,250"\n', FIGURES)
        assert "Write it without commas" in said(sheet)[0]

    def test_a_quotation_mark_left_open_is_told_after_what_could_be_read(self):
        sheet = table('id,family_name\na,A\nb,"B\nc,C\n')
        assert "not closed" in said(sheet)[0]
        assert [record["id"] for record in sheet.records] == ["a"]

    def test_a_further_row_repeats_or_is_silent(self):
        sheet = table("id,family_name,names.name\na,Sato,佐藤\na,Sato,さとう\na,Kato,カトウ\n")
        assert said(sheet) == [
            (
                "people.csv, row 4, column B (family_name): "
                "This differs from row 2, where the record begins. Leave it empty here."
            )
        ]

    def test_a_row_without_its_name_is_said_to_lack_one(self):
        sheet = read("e.csv", "headline,date\nThey meet,2025-04-16\n,2025-04-17\n", ENTRIES)
        assert said(sheet) == [
            (
                "e.csv, row 3, column A (headline): There is no headline, so this row would go on with the record of "
                "row 2, and it says something else. Write the headline of a new record here; or empty what differs."
            )
        ]

    def test_columns_are_called_as_spreadsheets_call_them(self):
        assert [letter(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


cells = st.text(st.sampled_from("=+-@'; |\\\t\rab1.\n,\""), max_size=8)
words = st.text(st.sampled_from("=+-@'; |\\ab1.\n,\""), min_size=1, max_size=8).map(str.strip).filter(bool)


def in_cells(record):
    """A record without what has no cell: ids of the sentences of a summary, and what they rest on."""
    return record | {"summary": " ".join(one["text"] for one in record.get("summary", []))}


class TestWriting:
    @given(cells)
    @settings(max_examples=50)
    def test_a_guarded_cell_is_no_formula_and_comes_back(self, cell):
        assert unguarded(guarded(cell)) == cell
        assert not guarded(cell).lstrip().startswith(("=", "@", "+"))

    @given(st.lists(words, max_size=3), words)
    @settings(max_examples=50)
    def test_lists_and_rows_come_back(self, codes, note):
        names = [{"name": name, "language": "en", "kind": "alias"} for name in codes]
        record = {"id": "rice", "slug": "rice", "name": "Rice", "kind": "goods", "parent": None}
        record |= {"hs_codes": codes, "names": names, "note": note}
        sheet = read("c.csv", write(COMMODITIES, [record, {**record, "id": "b"}], bom=True), COMMODITIES)
        assert said(sheet) == []
        assert sheet.records == [record, {**record, "id": "b"}]

    def test_for_a_spreadsheet_what_it_would_change_is_guarded_and_numbers_are_not(self):
        source = {"id": "a", "slug": "a", "title": "0201", "published": "2025-04", "number": 1, "url_shown": True}
        for bom, title, published in ((False, "0201", "2025-04"), (True, "'0201", "'2025-04")):
            header, row = (line.split(",") for line in write(SOURCES, [source], bom=bom).splitlines())
            written = dict(zip([name.removeprefix(BOM) for name in header], row, strict=True))
            seen = [written[name] for name in ("title", "published", "number", "url_shown")]
            assert seen == [title, published, "1", "yes"]

    @pytest.mark.parametrize("bom", [False, True])
    def test_the_flagship_chronology_comes_back(self, bom):
        for kind in KINDS:
            file = "entries/2025.json" if kind is ENTRIES else kind.file
            raw = json.loads((pack.DIRECTORY / file).read_bytes())[:40]
            records = [kind.shape.read(record, Place([], "")) for record in raw]
            sheet = read("file.csv", write(kind, records, bom=bom), kind)
            assert said(sheet) == []
            back = [kind.shape.read(record, Place([], "")) for record in sheet.records]
            assert [in_cells(record) for record in back] == [in_cells(record) for record in records]
