"""Files of other programs, in the dress each of them writes: TimelineJS, and what reference managers export."""

import json

import pytest

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    SourceFactory,
    chronology,
    publish_entry,
)
from timeline.imports import checking, loading, undoing, uploads
from timeline.imports.foreign import bibtex, csl, markup, ris, timelinejs, zotero
from timeline.models import EntryPage, Import, Organisation, Source, SourceAddress

# Google's download of Knight Lab's template: CRLF, dates in columns, HTML in texts.
SHEET = (
    "Year,Month,Day,Time,End Year,End Month,End Day,End Time,Display Date,Headline,Text,Media,Media Credit,"
    "Media Caption,Media Thumbnail,Type,Group,Background\r\n"
    ",,,,,,,,,The tariff talks,<p>From the start</p>,,,,,title,,\r\n"
    "2025,4,16,14:30,,,,,,Akazawa meets <i>Trump</i>,"
    '"<p>They met &amp; spoke about <a href=""https://example.org/report?utm_source=x"">cars</a>.</p>'
    '<p>No result.</p>",https://youtu.be/abc,NHK,The meeting,,,Talks,#333333\r\n'
    "2025,7,,,2025,8,,,Summer of 2025,Ships,,,,,,,Shipping,\r\n"
    "2018,,,,2019,,,,,First round,,,,,,era,,\r\n"
    "2019,,,,,,,,2019,A year,Text,,,,,,Cars,\r\n"
)

TIMELINE = {
    "title": {"text": {"headline": "Talks", "text": ""}},
    "events": [
        {
            "start_date": {"year": "2025", "month": "4", "day": "16", "hour": "9", "minute": "5"},
            "end_date": {"year": 2025, "month": 4, "day": 18},
            "text": {"headline": "They meet", "text": "One<br>Two"},
            "media": {"url": "https://example.org/a.jpg", "caption": "A <b>room</b>", "credit": "AP"},
            "group": "Talks",
            "unique_id": "slide-7",
        },
        {"start_date": {"year": 2025}, "text": {"headline": "A year"}},
        7,
    ],
    "eras": [{"start_date": {"year": 2018}, "end_date": {"year": 2020}, "text": {"headline": "First term"}}],
    "scale": "human",
}

# Zotero 7, “RIS”: BOM-less UTF-8, CRLF, DA with its last stroke, Y2 with a time.
RIS = (
    "TY  - NEWS\r\n"
    "TI  - Japan, US hold “frank” talks\r\n"
    "AU  - Sato, Hanako\r\n"
    "AU  - 伊藤, 太郎\r\n"
    "T2  - The Daily Wire\r\n"
    "AB  - First line\r\n"
    "and its second.\r\n"
    "DA  - 2025/04/16/\r\n"
    "PY  - 2025\r\n"
    "LA  - en-US\r\n"
    "UR  - https://example.org/talks?utm_source=feed\r\n"
    "Y2  - 2025/04/17/10:22:33\r\n"
    "L1  - files/12/talks.pdf\r\n"
    "KW  - cars\r\n"
    "KW  - tariffs\r\n"
    "ER  - \r\n\r\n"
    "TY  - RPRT\r\n"
    "TI  - 関税に関する報告\r\n"
    "PB  - 経済研究所\r\n"
    "PY  - 2025///Spring\r\n"
    "DO  - https://doi.org/10.1000/xyz\r\n"
)

# Zotero 7, “BibTeX”, and an entry as JabRef keeps it.
BIB = r"""@article{sato_japan_2025,
	title = {Japan, {US} hold ``frank'' talks: 15\% on cars},
	url = {https://example.org/talks_2},
	abstract = {They met.},
	language = {en-US},
	urldate = {2025-04-17},
	journal = {The Daily Wire},
	author = {Sat{\=o}, Hanako and {Wire staff} and de la Cruz, Jos{\'e}},
	month = apr,
	year = {2025},
	keywords = {cars},
	file = {Full Text:/home/sato/Zotero/storage/A/talks.pdf:application/pdf},
}

% Encoding: UTF-8
@string{kaken = "経済研究所"}
@Report{kaken2025,
  title       = {関税に関する報告},
  institution = kaken,
  date        = {2025-04/2025-05},
  doi         = {10.1000/xyz},
}
@comment{jabref-meta: databaseType:biblatex;}
"""

CSL = [
    {
        "id": "http://zotero.org/users/1/items/ABCD",
        "type": "article-newspaper",
        "abstract": "They met.",
        "container-title": "The Daily Wire",
        "language": "en-US",
        "title": "Japan, US hold <i>frank</i> talks",
        "URL": "https://example.org/talks",
        "author": [{"family": "Cruz", "non-dropping-particle": "de la", "given": "José"}, {"literal": "Wire staff"}],
        "accessed": {"date-parts": [["2025", 4, 17]]},
        "issued": {"date-parts": [["2025", 4, 16], ["2025", 4, 18]], "circa": True},
    },
    {"id": 2, "type": "note", "title": "Remember", "issued": {"raw": "x"}},
]

ZOTERO = (
    '\ufeff"Key","Item Type","Publication Year","Author","Title","Publication Title","ISBN","ISSN","DOI","Url",'
    '"Abstract Note","Date","Date Added","Date Modified","Access Date","Pages","Volume","Publisher",'
    '"Place","Language","Archive Location","Extra","Notes","File Attachments","Manual Tags"\n'
    '"ABCD2345","newspaperArticle","2025","Sato, Hanako; NHK","Japan, US hold talks","The Daily Wire","","","",'
    '"https://example.org/talks","They met.","2025-04-16","2025-04-17 10:22:33","2025-04-17 10:22:33",'
    '"2025-04-17 10:22:33","A1","","","Tokyo","English","","","<p>Mine: ask</p>",'
    '"/home/sato/talks.pdf","cars; tariffs"\n'
    '"EFGH2345","webpage","","","A page","","","","","not an address","","n.d.","2025-04-17 10:22:33",'
    '"2025-04-17 10:22:33","","","","","","日本語","","","","",""\n'
)


def read(form, text):
    (sheet,) = form(("file"), text)
    return sheet


class TestTimelineJS:
    def test_a_row_of_the_sheet_is_an_entry_and_nothing_of_it_is_lost(self):
        assert timelinejs.is_table(uploads.headings_of(SHEET))
        sheet = read(timelinejs.read_table, SHEET)
        first, second, third = sheet.records
        assert first == {
            "headline": "Akazawa meets Trump",
            "summary": "They met & spoke about cars.\nNo result.",
            "date": {"edtf": "2025-04-16"},
            "category": "Talks",
            "uid": "",
            "editor_note": "From TimelineJS.\nLink: cars: https://example.org/report?utm_source=x\nTime: 14:30\n"
            "Media: https://youtu.be/abc\nMedia Credit: NHK\nMedia Caption: The meeting\nBackground: #333333",
        }
        assert (second["date"]["edtf"], second["editor_note"]) == (
            "2025-07/2025-08",
            "From TimelineJS.\nDisplayed date: Summer of 2025",
        )
        assert (third["date"]["edtf"], third["editor_note"]) == ("2019", "")

    def test_what_is_left_out_and_what_is_wrong_is_said_by_row(self):
        sheet = read(timelinejs.read_table, SHEET)
        assert [str(note) for note in sheet.notes] == [
            "file, row 2: The title slide is no event and is left out: “The tariff talks”.",
            "file, row 5: An era is no event and is left out: “First round”.",
        ]
        assert sheet.places["3", "date.edtf"] == (3, 0)

    def test_json(self):
        assert timelinejs.is_json(TIMELINE)
        sheet = read(timelinejs.read_json, TIMELINE)
        first, second = sheet.records
        assert (first["headline"], first["date"]["edtf"], first["summary"]) == (
            "They meet",
            "2025-04-16/2025-04-18",
            "One\nTwo",
        )
        assert first["editor_note"].splitlines() == [
            "From TimelineJS.",
            "Time: 09:05",
            "Media: https://example.org/a.jpg",
            "Media caption: A room",
            "Media credit: AP",
        ]
        assert second["date"]["edtf"] == "2025"
        assert [str(note) for note in sheet.notes] == [
            "file, title: The title slide is no event and is left out: “Talks”.",
            "file, era 1: An era is no event and is left out: “First term”.",
        ]
        assert [str(finding) for finding in sheet.findings] == ["file, event 3: write an object in {braces}"]

    @pytest.mark.parametrize(
        ("parts", "date"),
        [
            (("2025", "", ""), "2025"),
            (("2025", "4", ""), "2025-04"),
            (("2025.0", "4.0", "9"), "2025-04-09"),
            (("2025", "April", "16"), "16 April 2025"),
            (("", "", ""), ""),
        ],
    )
    def test_a_date_has_no_more_parts_than_are_known(self, parts, date):
        assert timelinejs._ymd(parts) == date

    @pytest.mark.parametrize(
        ("html", "text", "links"),
        [
            ("5 < 6 & 7", "5 < 6 & 7", []),
            ("One\nTwo", "One\nTwo", []),
            ("<p>One<p>Two <b>bold</b>", "One\nTwo bold", []),
            ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\nc", []),
            ("<script>alert(1)</script>x<style>y</style>", "x", []),
            ('<iframe src="https://e.org/v"></iframe>', "", ["https://e.org/v"]),
            ('<a href="https://e.org">word</a> &amp; &eacute;', "word & é", ["word: https://e.org"]),
            ("<b>" * 300 + "deep", "<b>" * 300 + "deep", []),
            ("<!-- a --><![CDATA[x]]>&#0;&lt;", None, []),
        ],
    )
    def test_markup_becomes_text(self, html, text, links):
        found = markup.plain(html)
        assert found[1] == links
        assert text is None or found[0] == text


class TestReferences:
    def test_ris(self):
        assert ris.is_one(RIS)
        sheet = read(ris.read, RIS)
        first, second = sheet.records
        assert first == {
            "title": "Japan, US hold “frank” talks",
            "publisher": "The Daily Wire",
            "byline": "Hanako Sato and 伊藤太郎",
            "published": "2025-04-16",
            "accessed": "2025-04-17",
            "url": "https://example.org/talks",
            "addresses": [],
            "language": "en-US",
            "kind": "article-newspaper",
            "note": "From RIS.\nAbstract: First line\nand its second.\nTag: cars; tariffs\n"
            "Accessed: 2025/04/17/10:22:33",
        }
        assert (second["title"], second["publisher"], second["language"]) == ("関税に関する報告", "経済研究所", "ja")
        assert (second["url"], second["published"]) == ("https://doi.org/10.1000/xyz", "2025")
        assert "Date: 2025///Spring" in second["note"]
        attached, tracking = map(str, sheet.notes)
        assert attached == "file, record 1 (line 1): Attached files are left out: 1."
        assert tracking.startswith("file, record 1 (line 1), UR (url): Taken out of the address, since it only says")

    def test_a_copy_in_an_archive_is_the_copy_of_its_page(self):
        copy = "https://web.archive.org/web/20250417/https://example.org/a"
        (record,) = read(ris.read, f"TY  - NEWS\nTI  - One\nUR  - {copy}\nER  - \n").records
        assert (record["url"], record["archived_url"]) == ("https://example.org/a", copy)

    def test_a_record_of_ris_of_too_many_lines_is_refused_at_once(self):
        sheet = read(
            ris.read, "TY  - NEWS\nTI  - One\n" + "AU  - A\n" * 50_000 + "ER  - \nTY  - NEWS\nTI  - Two\nER  - \n"
        )
        assert [record["title"] for record in sheet.records] == ["One", "Two"]
        (finding,) = sheet.findings
        assert str(finding).endswith(
            "record 1 (line 1): The record has more than 2000 lines. Is the end of a record (“ER  - ”) missing?"
        )

    def test_a_record_of_ris_without_an_end_is_not_lost(self):
        sheet = read(ris.read, "TY  - NEWS\nTI  - One\nTY  - NEWS\nTI  - Two\n")
        assert [record["title"] for record in sheet.records] == ["One", "Two"]

    def test_bibtex(self):
        assert bibtex.is_one(BIB)
        sheet = read(bibtex.read, BIB)
        first, second = sheet.records
        assert (first["title"], first["publisher"]) == ("Japan, US hold “frank” talks: 15% on cars", "The Daily Wire")
        assert first["byline"] == "Hanako Satō, Wire staff and José de la Cruz"
        assert (first["published"], first["accessed"], first["kind"]) == (
            "April 2025",
            "2025-04-17",
            "article-newspaper",
        )
        assert first["url"] == "https://example.org/talks_2"
        assert "/home/sato" not in json.dumps(first)
        assert (second["publisher"], second["published"], second["kind"]) == (
            "経済研究所",
            "2025-04/2025-05",
            "report",
        )
        assert second["url"] == "https://doi.org/10.1000/xyz"
        assert sheet.findings == []

    @pytest.mark.parametrize(
        "text",
        [
            "@article{a, title = {One}, year = 2025 url = {x}}\n@article{b, title = {Two}}\n",
            "@article{a, title = {One\n",
            "@article{a, title = undefined_thing}\n",
            '@string{a = "' + "x" * 9000 + '"}@string{b = a # a # a}@article{k, title = b}',
            "@article{a, title = " + "{" * 5000,
        ],
    )
    def test_bibtex_that_cannot_be_read_names_the_line(self, text):
        findings = read(bibtex.read, text).findings
        assert findings
        assert all("BibTeX cannot be read at line" in finding.sentence for finding in findings)

    def test_latex_that_cannot_be_read_stays_as_it_is(self):
        hostile = ["\\href{x}", "$" * 999, "{\\'" * 900 + "}" * 900, "\\begin{a}" * 400]
        text = "".join(f"@misc{{k{number}, title = {{{words}}}}}\n" for number, words in enumerate(hostile))
        assert read(bibtex.read, text).records[0]["title"] == "\\href{x}"

    def test_what_grows_or_is_too_long_is_not_read_to_its_end(self):
        commands = read(bibtex.read, "@misc{a, title={" + "\\'{e}" * 3_001 + "}, author={Sat{\\=o}}}\n")
        assert ["more LaTeX than is read" in note.sentence for note in commands.notes] == [True]
        doubled = '@string{a = "' + "x" * 19_000 + '"}\n' + "@misc{k, title = a}\n" * 100
        assert read(bibtex.read, doubled).findings
        for form, text in [
            (bibtex.read, "@misc{k, title = 1}\n" * 5_001),
            (ris.read, "TY  - NEWS\nER  - \n" * 5_001),
            (csl.read_json, CSL * 2_501),
            (timelinejs.read_json, {"events": TIMELINE["events"] * 1_667}),
        ]:
            sheet = read(form, text)
            assert (sheet.records, sheet.is_too_long) == ([], True)

    def test_csl(self):
        assert csl.is_json(CSL)
        assert csl.is_json({"items": CSL})
        assert not csl.is_json([{"id": "a", "title": "Ours", "kind": "news", "url": ""}])
        sheet = read(csl.read_json, CSL)
        (record,) = sheet.records
        assert record["title"] == "Japan, US hold frank talks"
        assert (record["byline"], record["published"]) == ("José de la Cruz and Wire staff", "2025-04-16~/2025-04-18~")
        assert (record["accessed"], record["note"]) == ("2025-04-17", "From CSL-JSON.\nAbstract: They met.")
        assert [str(note) for note in sheet.notes] == [
            "file, record 2 (2): This is a note or an attachment, not a publication, and is left out: “Remember”."
        ]

    def test_zoteros_table(self):
        assert zotero.is_table(uploads.headings_of(ZOTERO))
        sheet = read(zotero.read_table, ZOTERO)
        first, second = sheet.records
        assert (first["byline"], first["published"], first["language"]) == ("Hanako Sato and NHK", "2025-04-16", "en")
        assert first["note"].splitlines()[:4] == [
            "From Zotero.",
            "Abstract Note: They met.",
            "Pages: A1",
            "Place: Tokyo",
        ]
        assert "Notes: Mine: ask" in first["note"]
        assert "talks.pdf" not in first["note"]
        assert (second["published"], second["language"], second["note"]) == ("", "ja", "From Zotero.\nDate: n.d.")
        assert [str(finding)[:40] for finding in sheet.findings] == ["file, row 3, column J (Url): This is not"]

    def test_many_authors_stay_in_the_note(self):
        many = [f"Writer Number {number}" for number in range(30)]
        text = "TY  - NEWS\nTI  - One\n" + "".join(f"AU  - {name}\n" for name in many) + "ER  - \n"
        (record,) = read(ris.read, text).records
        assert len(record["byline"]) <= 200
        assert record["byline"].endswith(" and others")
        assert all(name in record["note"] for name in many)


def checked(name, text):
    return checking.check({name: text})


def loaded(name, text, **how):
    record = Import.objects.create(name=name, content=uploads.stored_as({name: text}))
    return loading.load(record, chosen=set(), **how)


@pytest.mark.django_db
class TestLoading:
    @pytest.mark.parametrize(
        ("name", "text", "titles"),
        [
            ("library.ris", RIS, 2),
            ("library.bib", BIB, 2),
            ("library.json", json.dumps(CSL), 1),
            ("library.csv", ZOTERO.replace("not an address", ""), 2),
            ("export.txt", RIS, 2),
        ],
    )
    def test_sources_come_with_their_publishers_and_go_again_and_are_known_the_second_time(self, name, text, titles):
        wire = OrganisationFactory(name="The Daily Wire", kind="media")
        SourceFactory(publisher=wire, kind="wire", url="https://example.org/other")
        result = checked(name, text)
        assert [str(problem) for problem in result.problems] == []
        done = loaded(name, text)
        first = Source.objects.filter(publisher=wire).last()
        assert (first.title[:9], first.kind) == ("Japan, US", "wire"), "as the other sources of this publisher"
        assert Source.objects.count() == titles + 1
        assert {step.action for step in checked(name, text).steps if step.record.get("url")} == {"same"}
        assert undoing.undo(done) == []
        assert list(Organisation.objects.all()) == [wire]
        assert Source.objects.count() == 1

    def test_an_address_that_is_known_in_any_form_is_that_source_and_it_stays_as_it_is(self):
        source = SourceFactory(url="https://example.org/a", title="Agreed")
        SourceAddress.objects.create(source=source, url="https://wire.example.org/1")
        text = (
            "TY  - NEWS\nTI  - Another title\nUR  - https://www.example.org/a/?utm_source=x\nER  - \n"
            "TY  - NEWS\nTI  - Agreed\nUR  - https://wire.example.org/1\nER  - \n"
        )
        result = checked("a.ris", text)
        assert [(step.key, step.action) for step in result.steps] == [(source.key, "same")]
        said = " ".join(map(str, result.notes))
        assert f"This page is source {source.number} already, “Agreed”, which stays as it is." in said
        assert "This is in the file twice" in said

    def test_a_new_publisher_whose_name_may_be_short_for_another_says_so(self):
        OrganisationFactory(name="Nikkei Asia", slug="nikkei-asia")
        key = Organisation.objects.get().key
        text = "".join(f"TY  - NEWS\nTI  - {name}\nT2  - {name}\nER  - \n" for name in ("Nikkei", "The Daily Wire"))
        said = [str(note) for note in checked("a.ris", text).notes if "becomes one" in str(note)]
        assert len(said) == 2
        assert f"It may be short for “Nikkei Asia” ({key}): if so, give that organisation this name first." in said[0]
        assert "short" not in said[1]

    def test_two_articles_may_have_one_title(self):
        SourceFactory(url="https://example.org/a", title="Talks", slug="talks")
        text = "".join(f"TY  - NEWS\nTI  - Talks\nUR  - https://example.org/{n}\nER  - \n" for n in "bc")
        result = checked("a.ris", text)
        assert result.problems == result.doubts == []
        loaded("a.ris", text)
        assert Source.objects.filter(title="Talks").count() == 3

    def test_characters_that_no_text_may_hold_are_named_before_anything_is_looked_up(self):
        publication = CSL[0] | {"title": "Talks \ud800", "container-title": "Wire\0"}
        event = {"start_date": {"year": 2025}, "text": {"headline": "They\x7f meet"}, "group": "\udfff"}
        for value in ([publication], {"events": [event]}):
            problems = checked("file.json", json.dumps(value)).problems
            assert {problem.sentence for problem in problems} == {"holds an invisible control character"}
            assert len(problems) == 2

    @pytest.mark.parametrize("number", [1, 4])
    def test_the_number_of_queries_does_not_grow_with_records(self, number, django_assert_num_queries):
        wire = OrganisationFactory(name="The Daily Wire")
        SourceFactory(url="https://example.org/0", publisher=wire)
        text = "".join(
            f"TY  - NEWS\nTI  - Talks {n}\nT2  - The Daily Wire\nUR  - https://example.org/{n}\nER  - \n"
            for n in range(number + 1)
        )
        with django_assert_num_queries(20):
            result = checked("a.ris", text)
        assert (result.problems, len(result.of("create")), len(result.of("same"))) == ([], number, 1)

    def test_one_bad_record_is_named_and_nothing_is_loaded(self):
        text = RIS + "ER  - \nTY  - NEWS\nTI  - Bad\nDA  - the other day\nER  - \n"
        (problem,) = checked("a.ris", text).problems
        assert str(problem).startswith("a.ris, record 3 (line 24), DA (published): “the other day”")
        with pytest.raises(loading.ImportFailedError):
            loaded("a.ris", text)
        assert not Source.objects.exists()

    def test_events_become_drafts_with_the_category_of_their_group(self):
        chronology()
        talks = CategoryFactory(name="Talks")
        CommodityFactory(name="Cars")
        result = checked("timeline.csv", SHEET)
        assert result.problems == []
        assert "No kind of event is called “Shipping”; the editors’ note keeps it." in " ".join(map(str, result.notes))
        done = loaded("timeline.csv", SHEET)
        first, ships, year = EntryPage.objects.order_by("date")[::-1][1], *EntryPage.objects.order_by("pk")[1:]
        drafts = {entry.title: entry.get_latest_revision_as_object() for entry in EntryPage.objects.all()}
        assert drafts["Akazawa meets Trump"].category == talks
        assert [row.commodity.name for row in drafts["A year"].entry_commodities.all()] == ["Cars"]
        assert "Group: Shipping" in drafts["Ships"].editor_note
        assert not any(entry.live for entry in (first, ships, year))
        assert {step.action for step in checked("timeline.csv", SHEET).steps} == {"same"}
        assert undoing.undo(done) == []
        assert not EntryPage.objects.exists()


@pytest.mark.django_db
class TestOurOwnFilesComeBack:
    def test_timelinejs(self, client):
        one = publish_entry(title="They meet & talk <again>", date="2025-05~")
        publish_entry(title="Open", date="2025-04/..")
        publish_entry(title="Spring", date="2025-21")
        publish_entry(title="Lasted", date="2025-06", date_extent="lasted")
        text = client.get("/timeline.json").getvalue().decode()
        result = checked("timeline.json", text)
        assert [str(problem) for problem in result.problems] == []
        assert [step.action for step in result.steps] == ["same"] * 4
        changed = json.loads(text)
        event = next(event for event in changed["events"] if event["unique_id"] == str(one.uid))
        event["start_date"] = {"year": 2025, "month": 6}
        (step,) = checked("timeline.json", json.dumps(changed)).of("change")
        assert (step.key, step.fields, step.record["date"]["edtf"]) == (one.key, ["date"], "2025-06")

    def test_references(self, client):
        shown = SourceFactory(title="One % & {two}", url="https://example.org/a_b?x=1", published="2025-04-16~")
        hidden = SourceFactory(title="Hidden", url="https://example.org/hidden", url_shown=False)
        publish_entry(title="They meet", sources=[shown, hidden])
        for name in ("bib", "ris", "csl.json"):
            text = client.get(f"/sources.{name}").getvalue().decode()
            result = checked(f"sources.{name}", text)
            assert [str(problem) for problem in result.problems] == []
            assert {(step.key, step.action) for step in result.steps} == {(shown.key, "same"), (hidden.key, "same")}
