"""Files as spreadsheet programs save them: encodings, separators, decimal commas, what stands above a table."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from timeline.content.kinds import FIGURES, KINDS
from timeline.imports import uploads
from timeline.imports.encodings import Encoded, UnreadableError, read
from timeline.imports.layout import layout
from timeline.imports.sheets import read as read_sheet
from timeline.models import Import, Person

KIND = {kind.name: kind for kind in (*KINDS, FIGURES)}

SAVED = [
    ("cp932", "family_name,given_name\r\n赤沢,亮正\r\n"),
    ("cp932", "headline,date\r\n日米関税協議、ワシントンで初会合,2025-04-16\r\n"),
    ("cp932", "name\r\nトヨタ\r\n"),
    ("cp932", "name\r\n米\r\n"),
    ("cp932", "title,publisher\r\n「15%」への引き下げ―EU並み,日経\r\n"),
    ("cp932", "name,note\r\nUSTR代表,米EU交渉\r\n"),
    ("cp932", "name;note\r\nＷＴＯ;①協定\r\n"),
    ("cp932", "name\r\nﾄﾖﾀ自動車\r\n"),
    ("cp1252", "name,country\r\nJosé García,ES\r\nMüller,DE\r\n"),
    ("cp1252", "headline,place\r\nMinisters meet,São Paulo\r\n"),
    ("cp1252", "headline\r\nThey said “we don’t agree” – again\r\n"),
    ("cp1252", "headline;place\r\nThey don’t agree;Köln\r\n"),
    ("cp1252", "label;unit\r\n€ 5 billion;10°C\r\n"),
    ("cp1252", "name\r\nFrançois Hollande\r\nÉlysée\r\n"),
    ("cp1252", "name\r\nSão Paulo naïve café\r\n"),
    ("cp1252", "name\r\nBjörn Ångström Øresund\r\n"),
    ("euc_jp", "name\r\n赤沢亮正\r\n"),
    ("euc_jp", "headline,date\r\n日米関税協議、ワシントンで初会合,2025-04-16\r\n"),
    ("euc_jp", "name\r\nトヨタ\r\n"),
    ("mac_roman", "name\r\rJosé García\rMüller\r"),
    ("mac_roman", "headline\rThey don’t “agree” – again\r"),
    ("mac_roman", "name\rFrançois Élysée São Paulo\r"),
]


class TestEncodings:
    @pytest.mark.parametrize(("encoding", "text"), SAVED)
    def test_short_files_are_read_as_they_were_saved_and_the_guess_is_known_for_one(self, encoding, text):
        found = read(text.encode(encoding))
        assert isinstance(found, Encoded)
        assert found.text == text

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_what_says_its_encoding_is_no_guess(self, encoding):
        text = "name\tnote\r\n赤沢\tSatō\r\n"  # “Unicode text” of Excel is UTF-16 with tabs
        found = read(text.encode(encoding))
        assert isinstance(found, str)
        assert found.removeprefix("\ufeff") == text

    @pytest.mark.parametrize(
        ("content", "line"),
        [
            ("name\n赤沢亮正 Satō\nlost ".encode() + b"\xe9\n", 3),  # damaged UTF-8, not another encoding
            (b"\xef\xbb\xbfname\n\xe9t\xe9\n", 2),
            ("name\nSato\n".encode("utf-16") + b"\x00", 3),
            (b"name\r\nok\r\n\xff\x00\x81", 3),
        ],
    )
    def test_what_nothing_can_read_names_the_line(self, content, line):
        with pytest.raises(UnreadableError) as raised:
            read(content)
        assert raised.value.line == line

    def test_an_editor_sees_what_the_others_would_make_of_it(self):
        found = read("name,place\nSão Paulo,Köln\n".encode("cp1252"))
        assert isinstance(found, Encoded)
        assert found.called == "Western European (Windows-1252)"
        assert [encoding for encoding, _called in found.choices] == ["cp1252", "mac_roman"]
        assert found.samples == [["São Paulo", "S„o Paulo"], ["Köln", "Kˆln"]]

    def test_the_bytes_are_kept_so_that_the_guess_can_be_changed(self):
        files = uploads.unpack("people.csv", "family_name\nトヨタ\n".encode("euc_jp"))
        stored = uploads.restored(uploads.stored_as(files))
        assert stored == files
        changed = uploads.read_as(stored, "people.csv", "cp932")
        assert uploads.text_of(changed["people.csv"]) == "family_name\n･ﾈ･隘ｿ\n"
        assert uploads.read_as(stored, "people.csv", "utf_7") == files
        assert uploads.read_as(stored, "other.csv", "cp932") == files


def notes(text, kind):
    sheet = read_sheet("file.csv", text, KIND[kind])
    assert sheet.findings == []
    return sheet.records, [str(note).removeprefix("file.csv, ") for note in sheet.notes]


class TestLayout:
    @pytest.mark.parametrize(
        "text",
        [
            "headline;date\r\nThey meet, again;2025\r\n",
            "headline\tdate\r\nThey meet, again\t2025\r\n",
            "sep=;\r\nheadline;date\r\nThey meet, again;2025\r\n",
            "sep=|\nheadline|date\nThey meet, again|2025\n",
            '\ufeff"headline";"date"\n"They meet, again";2025\n',
        ],
    )
    def test_cells_are_parted_by_what_the_headings_are_parted_by(self, text):
        records, said = notes(text, "entries")
        assert records == [{"headline": "They meet, again", "date": {"edtf": "2025"}}]
        assert said == []

    @pytest.mark.parametrize("above", ["Table 1\n", "表1\r\n", "Sources of May;;\n", "\nTable 1\n"])
    def test_the_name_of_the_table_above_the_headings_is_skipped_with_a_note(self, above):
        records, (said,) = notes(f"{above}headline;date;place\nThey meet;2025;Tokyo\n", "entries")
        assert [record["place"] for record in records] == ["Tokyo"]
        assert "stands above the headings and is skipped." in said
        assert uploads._kind_of("table.csv", uploads.headings_of(f"{above}family_name;given_name\n")).name == "people"

    def test_a_table_of_one_column_has_no_name_above_it(self):
        assert layout("headline\nThey meet; they talk\n").separator == ","
        assert notes("headline\nname;title\n", "entries")[0] == [{"headline": "name;title"}]

    def test_decimal_commas_are_read_where_a_semicolon_parts_the_cells_and_it_is_said_once(self):
        records, said = notes("entry;label;value\ne;a;67,6\ne;b;0,125\ne;c;1.250,5\ne;d;15\n", "figures")
        assert [record["value"] for record in records] == ["67.6", "0.125", "1250.5", "15"]
        assert said == ["row 2, column C (value): “67,6” is read as 67.6, and so are the decimal commas below it."]

    def test_a_comma_that_may_part_thousands_is_asked_about(self):
        sheet = read_sheet("file.csv", "entry;label;value\ne;a;1,250\ne;b;1.250\n", KIND["figures"])
        two_ways = "can be read in two ways. Write 1250, or 1.2500 with one more zero."
        assert [str(finding) for finding in sheet.findings] == [
            f"file.csv, row 2, column C (value): “1,250” {two_ways}",
            f"file.csv, row 3, column C (value): “1.250” {two_ways}",
        ]
        (refused,) = read_sheet("file.csv", 'entry,label,value\ne,a,"67,6"\n', KIND["figures"]).findings
        assert "Write it without commas" in refused.sentence


class TestInTheAdmin:
    def test_the_guess_is_shown_and_can_be_changed_without_another_upload(self, moderator):
        content = "family_name,given_name\r\n赤沢,亮正\r\n".encode("cp932")
        file = SimpleUploadedFile("people.csv", content)
        page = moderator.post(reverse("timeline_imports:index"), {"file": file, "kind": ""}, follow=True)
        text = page.content.decode()
        assert "It is read as <strong>Japanese (Shift_JIS, cp932)</strong>" in text
        assert "赤沢" in text
        address = page.request["PATH_INFO"]
        choice = {"action": "read_as", "file": "people.csv", "encoding": "mac_roman"}
        changed = moderator.post(address, choice, follow=True).content.decode()
        assert "It is read as <strong>Western European (Mac OS Roman)</strong>" in changed
        moderator.post(address, choice | {"encoding": "cp932"})
        list(moderator.post(address, {"action": "load"}).streaming_content)
        assert Person.objects.get().family_name == "赤沢"
        moderator.post(address, choice)
        assert "cp932" in Import.objects.get().content, "what was loaded stays as it was read"
