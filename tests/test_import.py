"""Importing files: everything wrong is told before anything is written, and what was written can be taken back."""

import io
import zipfile
from contextlib import suppress

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.models import PageLogEntry, ReferenceIndex

from tests import sample_pack
from tests.editing import messages_of
from tests.editing import user as member
from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    chronology,
    publish_entry,
)
from timeline import merging
from timeline.content.kinds import FIGURES, KINDS
from timeline.content.load import load as load_pack
from timeline.content.pack import check
from timeline.imports import checking, exporting, loading, undoing, uploads
from timeline.models import (
    Commodity,
    EntryPage,
    EntryPerson,
    Import,
    OrganisationName,
    Person,
    PersonName,
    PublishedEntry,
    Source,
    SourceAddress,
)

pytestmark = pytest.mark.django_db


def checked(text, kind=""):
    return checking.check({"file.csv": text}, kind)


def problems(text, kind):
    return [str(finding).removeprefix("file.csv, ") for finding in checked(text, kind).problems]


def imported(text, kind, chosen=(), **how):
    record = Import.objects.create(name="file.csv", kind=kind, content=uploads.stored_as({"file.csv": text}))
    return loading.load(record, chosen=set(chosen), **how)


def actions(result):
    return {step.key: step.action for step in result.steps}


@pytest.fixture
def minister():
    return PersonFactory(family_name="Sato", given_name="Hanako", slug="sato")


ENTRY = "id,headline,date,category,summary,statements.text,statements.source,people\n"


class TestChecking:
    def test_all_problems_at_once_by_row_and_column(self):
        chronology()
        SourceFactory(slug="first")
        text = ENTRY + (
            "e-1,They meet,2025-13-01,Talks,They meet.,They met.,first,Saito\n"
            "e-2,,2025-04-16,,They part.,,second,\n"
            "e-1,,,,,They spoke.,first,\n"
        )
        CategoryFactory(name="Talks")
        PersonFactory(family_name="Sato", given_name="", slug="sato")
        found = problems(text, "entries")
        assert any(problem.startswith("row 2, column C (date): ") for problem in found)
        assert any(problem.startswith("row 3, column B (headline): ") for problem in found)
        assert "row 3, column G (statements.source): “text” may not be empty." in found
        assert "row 2, column H (people): There is no person “Saito”. Did you mean “Sato” (sato)?" in " ".join(found)
        assert any("row 3, column G (statements.source): There is no source “second”" in line for line in found)
        assert any("row 4, column A (id): “e-1” is already used in row 2, column A (id)" in line for line in found)
        assert not EntryPage.objects.exists()

    def test_choices_name_what_may_stand_there(self):
        (problem,) = problems("family_name,kind\nSato,hero\n", "people")
        assert problem == "row 2, column B (kind): “hero” is not one of participant, commentator, byline"

    def test_people_are_found_by_any_name_unless_two_have_it(self, minister):
        PersonName.objects.create(person=minister, name="佐藤花子")
        PersonName.objects.create(
            person=PersonFactory(family_name="Sato", given_name="Taro", slug="taro"), name="Minister Sato"
        )
        PersonName.objects.create(person=minister, name="Minister Sato")
        chronology()
        for name in ["sato", "SATO Hanako", "佐藤 花子"]:
            (step,) = checked(ENTRY + f"e-1,They meet,,,,,,{name}\n", "entries").steps
            assert step.record["people"][0]["person"] == minister.key
        (problem,) = problems(ENTRY + "e-1,They meet,,,,,,Minister Sato\n", "entries")
        assert "is the name of more than one person" in problem

    def test_a_draft_may_lack_what_a_public_entry_may_not_and_it_is_noted(self):
        chronology()
        result = checked("headline\nThey meet\n", "entries")
        assert result.problems == []
        assert "row 2" in str(result.notes[0])
        assert {"Add the date of the event before publishing."} < {note.sentence for note in result.notes}

    def test_constraints_of_the_database_are_told_beforehand(self):
        SourceFactory(url="https://example.org/a", slug="a")
        (problem,) = problems("title,url\nA report,https://example.org/a\n", "sources")
        assert "This page is source " in problem
        found = problems("id,name,parent\na,A,b\nb,B,a\n", "commodities")
        assert ["leads back" in problem for problem in found] == [True, True]
        assert (
            "ends before it starts"
            in problems(
                "family_name,positions.title,positions.start,positions.end\nSato,Minister,2025,2024\n", "people"
            )[0]
        )

    @pytest.mark.parametrize("number", [1, 4])
    def test_the_number_of_queries_does_not_grow_with_rows(self, minister, number, django_assert_num_queries):
        CategoryFactory(name="Talks")
        SourceFactory(slug="first")
        rows = "".join(
            f"e-{n},They meet {n},2025-04-16,Talks,They meet.,They met.,first,Hanako Sato\n" for n in range(number)
        )
        ContentType.objects.get_for_model(EntryPage)  # is known for the whole process, whichever test asks first
        with django_assert_num_queries(11):
            assert checked(ENTRY + rows, "entries").problems == []


class TestWhatIsThereAlready:
    def test_a_page_that_is_a_source_stops_the_import_however_its_address_is_written(self):
        known = SourceFactory(url="https://example.org/a", slug="a", title="Agreed")
        SourceAddress.objects.create(source=known, url="https://wire.example.org/1")
        text = (
            "title,url\nOne,http://www.example.org/a/?utm_source=x\nTwo,https://wire.example.org/1#top\n"
            "Three,https://example.org/b\nFour,https://m.example.org/b\n"
        )
        is_known = f"This page is source {known.number} already, “Agreed”. To mean it, write its id ({known.key})."
        assert problems(text, "sources") == [
            f"row 2, column B (url): {is_known}",
            f"row 3, column B (url): {is_known}",
            "row 5, column B (url): This is the same page as in row 4. Keep one of the two.",
        ]

    def test_hs_codes_are_read_as_they_are_written_and_a_lost_zero_is_asked_for(self):
        imported("name,hs_codes\nBeef,HS 0201; '0202 | 0201.30\nRice,１００６\n", "commodities")
        stored = {one.name: [row.code for row in one.hs_codes.all()] for one in Commodity.objects.all()}
        assert stored == {"Beef": ["0201", "0202", "020130"], "Rice": ["1006"]}
        lost, national = problems("name,hs_codes\nPork,203\nWheat,1001.99.00.10\n", "commodities")
        assert lost.startswith("row 2, column B (hs_codes): “203” is no HS code")
        assert lost.endswith("Was a zero lost, and is 0203 meant?")
        assert national.startswith("row 3, column B (hs_codes): “1001.99.00.10” has 10 digits")

    def test_a_copy_in_an_archive_is_no_source_of_its_own(self):
        known = SourceFactory(url="https://example.org/a", slug="a", title="Agreed")
        text = (
            "title,url,archived_url\nOne,https://web.archive.org/web/2025/https://example.org/a,\n"
            "Two,https://archive.ph/kYe5n,\nThree,https://example.org/b,https://archive.ph/kYe5n\n"
        )
        in_archive = "This is a copy in an archive. Write"
        is_known = f"This page is source {known.number} already, “Agreed”. To mean it, write its id ({known.key})."
        assert problems(text, "sources") == [
            f"row 2, column B (url): {in_archive} https://example.org/a here, and this address as archived_url.",
            f"row 2, column B (url): {is_known}",
            f"row 3, column B (url): {in_archive} the address of the page itself, and this one as archived_url.",
        ]

    def test_new_records_that_look_like_others_need_one_word_that_they_are_new(self, minister):
        OrganisationFactory(name="Ministry of Trade", slug="mot")
        SourceFactory(url="", title="They agree", slug="agree")
        text = "family_name,given_name\nHanako,Sato\nIto,Taro\nITŌ,Taro\n"
        found = checked(text, "people")
        assert found.problems == []
        like_stored, like_another_row = map(str, found.doubts)
        assert "row 2: “Sato Hanako” looks like the person “Hanako Sato” (sato). Write that id" in like_stored
        assert "row 4: “Taro ITŌ” looks like “Taro Ito” (row 3). Keep one of them" in like_another_row
        assert len(checked("name\nMinistry of trade\n", "organisations").doubts) == 1
        assert len(checked("title,url\nThey agree!,https://example.org/a\n", "sources").doubts) == 1
        with pytest.raises(loading.ImportFailedError, match="New all the same"):
            imported(text, "people")
        imported(text, "people", anyway=True)
        assert Person.objects.count() == 4

    def test_an_id_that_stands_twice_is_told_once(self):
        chronology()
        (problem,) = problems("id,headline\ne-1,One\ne-2,Two\ne-1,Three\n", "entries")
        assert "“e-1” is already used in row 2" in problem


class TestReadingUploads:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "empty"),
            (b"name\n\xff\x00\x81", "line 2 has a character that belongs to no encoding"),
            (b"a" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
            (b"PK\x03\x04 damaged", "cannot be opened"),
            (b"%PDF-1.7", "neither CSV nor JSON"),
        ],
    )
    def test_what_cannot_be_read_is_told_in_words(self, content, sentence):
        with pytest.raises(uploads.UploadError, match=sentence):
            uploads.unpack("people.csv", content)

    def test_a_workbook_and_a_bomb(self):
        for name, size, sentence in [
            ("xl/workbook.xml", 10, "Excel workbook"),
            ("content.xml", 10, "This is a workbook"),  # LibreOffice
            ("Index/Document.iwa", 10, "This is a workbook"),  # Numbers
            ("people.csv", 6_000_000, "larger"),
        ]:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(name, "x" * size)
            with pytest.raises(uploads.UploadError, match=sentence):
                uploads.unpack("upload.zip", packed.getvalue())

    def test_two_files_of_one_name_and_too_many_files(self):
        for names, sentence in [
            (["a/people.csv", "b/people.csv"], "two files called people.csv"),
            ([f"{number}.csv" for number in range(101)], "holds 101 files; an import takes 100"),
        ]:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                for name in names:
                    archive.writestr(name, "family_name\nSato")
            with pytest.raises(uploads.UploadError, match=sentence):
                uploads.unpack("upload.zip", packed.getvalue())

    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_a_damaged_archive_is_read_or_refused_in_words(self, method):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            archive.writestr("people.csv", "family_name,given_name\nSato,Eisaku\n" * 20)
        whole = packed.getvalue()
        for place in range(4, len(whole)):
            damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            with suppress(uploads.UploadError):
                uploads.unpack("upload.zip", damaged)

    def test_of_a_table_that_is_too_long_the_rows_are_counted_and_no_more(self):
        (sheet,), _findings = uploads.sheets({"people.csv": "family_name,given_name\n" + "a\n" * 20_000})
        assert sheet.rows == 20_000
        assert len(sheet.notes) < 6_000

    def test_hostile_json_has_answers(self):
        for text, sentence in [
            ('[{"family_name": "\\ud800\\u0000"}]', "control character"),
            ('{"wizards": []}', "no records called wizards"),
            ('["Sato"]', "write an object"),
            ('[{"family_name": 1, "names": {"a": 1}, "id": []}]', "write text"),
            ("[" * 100_000, "not JSON"),
        ]:
            found = checking.check({"people.json": text})
            assert sentence in " ".join(map(str, found.problems)), text

    def test_too_many_rows_are_refused_before_they_are_looked_at(self):
        (problem,) = problems("family_name\n" + "Sato\n" * 5_001, "people")
        assert "5,001 rows; one import takes 5,000" in problem
        rows = "".join(f"Entry {number}\n" for number in range(201))
        assert "201 entries would get a draft; one import makes 200" in problems(f"headline\n{rows}", "entries")[-1]


class TestLoading:
    def test_entries_become_drafts_and_figures_join_them(self, minister):
        CategoryFactory(name="Talks")
        SourceFactory(slug="first")
        chronology()
        imported(ENTRY + "e-1,They meet,2025-04-16,talks,They meet.,They met.,first,Hanako Sato\n", "entries")
        imported("entry,label,value,unit,citations.source\ne-1,Duty on cars,15,percent,first\n", "figures")
        entry = EntryPage.objects.get(key="e-1")
        assert (entry.live, PublishedEntry.objects.exists()) == (False, False)
        draft = entry.get_latest_revision_as_object()
        assert [figure.label for figure in draft.figures.all()] == ["Duty on cars"]
        draft.save_revision().publish()
        assert PublishedEntry.objects.get().document["people"][0]["slug"] == "sato"

    def test_a_public_entry_gets_a_draft_and_keeps_what_the_file_leaves_out(self):
        entry = publish_entry(title="First round", commodities=[CommodityFactory(name="Rice")])
        done = imported(f"id,headline\n{entry.key},Round one\n", "entries")
        assert PublishedEntry.objects.get().document["headline"] == "First round"
        draft = EntryPage.objects.get().get_latest_revision_as_object()
        assert (draft.title, draft.entry_commodities.count(), draft.summary) == ("Round one", 1, entry.summary)
        assert undoing.undo(done) == []
        entry = EntryPage.objects.get()
        assert (entry.has_unpublished_changes, entry.draft_title) == (False, "First round")
        assert entry.latest_revision_id == entry.live_revision_id

    def test_entries_that_somebody_works_on_are_left_alone_and_named(self):
        entries = [publish_entry(title=title) for title in ("Locked", "Drafted", "Open")]
        EntryPage.objects.filter(pk=entries[0].pk).update(locked=True)
        entries[1].save_revision()
        EditingSession.objects.create(
            user=member("Editors"), content_object=entries[2].page_ptr, last_seen_at=timezone.now()
        )
        rows = "".join(f"{entry.key},New\n" for entry in entries)
        result = checked(f"id,headline\n{rows}", "entries")
        assert [step.reason for step in result.of(checking.LEFT)] == [
            "is locked by an editor",
            "has a draft newer than what is public",
            "is being edited by editors",
        ]
        assert len(imported(f"id,headline\n{rows}", "entries").made["left"]) == 3

    def test_records_that_differ_change_only_when_chosen(self, minister):
        text = "id,family_name,given_name,country\nsato,Sato,Hanako,JP\nlee,Lee,Ann,US\n"
        assert actions(checked(text, "people")) == {"sato": "change", "lee": "create"}
        imported(text, "people")
        assert Person.objects.get(key="sato").country == ""
        done = imported(text, "people", ["people:sato"])
        assert Person.objects.get(key="sato").country == "JP"
        assert undoing.undo(done) == []
        assert Person.objects.get(key="sato").country == ""
        assert Person.objects.filter(key="lee").exists(), "the earlier import made it"

    def test_one_that_exists_under_this_address_needs_its_id(self, minister):
        assert actions(checked("slug,family_name,given_name\nsato,Sato,Hanako\n", "people")) == {minister.key: "same"}
        (problem,) = problems("slug,family_name\nsato,Kato\n", "people")
        assert "write its id" in problem

    def test_all_or_nothing(self, monkeypatch):
        chronology()
        text = "id,headline\ne-1,One\ne-2,Two\n"
        real = loading.create_entries

        def failing(entries, chronology, **how):
            real(entries, chronology, **how)
            raise loading.RefusedError(entries[1], ["The disk is full."])

        monkeypatch.setattr(loading, "create_entries", failing)
        with pytest.raises(loading.ImportFailedError, match=r"Two: file.csv, row 3: The disk is full\."):
            imported(text, "entries")
        assert not EntryPage.objects.exists()


class TestUndoing:
    def test_what_is_used_or_edited_since_stays_and_is_named(self):
        chronology()
        CategoryFactory(name="Talks")
        people = imported("id,family_name\na,Abe\nb,Baba\nc,Chiba\n", "people")
        entries = imported("id,headline\ne-1,One\ne-2,Two\n", "entries")
        publish_entry(people=[Person.objects.get(key="a")], title="Public")
        edited = EntryPage.objects.get(key="e-2")
        edited.entry_people.add(EntryPerson(person=Person.objects.get(key="b")))
        edited.save_revision(clean=False)

        assert undoing.undo(entries) == ["“Two” has been edited since and stays."]
        assert set(undoing.undo(people)) == {
            "“Abe” is in use (Public) and stays.",
            "“Baba” is named in the draft of “Two” and stays.",
        }
        assert list(Person.objects.values_list("key", flat=True)) == ["a", "b"]
        with pytest.raises(loading.ImportFailedError):
            undoing.undo(people)

    def test_what_another_record_was_merged_into_stays(self):
        people = imported("id,family_name,given_name\nabe,Abe,Shinzo\n", "people")
        entry = publish_entry(people=[PersonFactory(family_name="Abe", given_name="S.", slug="old")])
        merge = merging.merge(Person.objects.get(key="abe"), Person.objects.get(slug="old"))
        entry.entry_people.all().delete()  # no key protects the person now

        assert undoing.undo(people) == [
            "“S. Abe” has been merged into “Shinzo Abe”, which stays: undo the merge first."
        ]
        merging.undo(merge)
        assert set(Person.objects.values_list("given_name", flat=True)) == {"Shinzo", "S."}

    def test_an_entry_that_a_kept_one_follows_stays_and_those_beside_it_go(self):
        chronology()
        done = imported("id,headline,follows\na,First,\nb,Second,a\nc,Third,b\nd,Alone,\n", "entries")
        third = EntryPage.objects.get(key="c")
        third.save_revision(clean=False)
        assert undoing.undo(done) == [
            "“Third” has been edited since and stays.",
            "“Second” is followed by another entry and stays.",
            "“First” is followed by another entry and stays.",
        ]
        assert set(EntryPage.objects.values_list("key", flat=True)) == {"a", "b", "c"}

    @pytest.mark.parametrize("number", [1, 4])
    def test_the_number_of_queries_grows_by_one_a_draft_which_wagtail_looks_up(
        self, number, minister, django_assert_num_queries
    ):
        CategoryFactory(name="Talks")
        SourceFactory(slug="first")
        chronology()
        row = "{0},They meet {0},2025-04-16,talks,They meet.,They met.,first,Hanako Sato\n"
        done = imported(ENTRY + "".join(row.format(f"e-{place}") for place in range(number)), "entries")
        with django_assert_num_queries(75 + number):  # one for each kind of rows that an entry may have or be named by
            assert undoing.undo(done) == []
        assert chronology().numchild == 0
        assert PageLogEntry.objects.filter(action="wagtail.delete", deleted=True).count() == number
        assert not ReferenceIndex.objects.filter(base_content_type__model="page").exists()


def test_what_was_exported_changes_nothing():
    load_pack(check(sample_pack.sample()))
    for kind in (*KINDS, FIGURES):
        for name, text in {
            f"{kind.name}.csv": "".join(exporting.as_csv(kind, bom=True)),
            f"{kind.name}.json": "".join(exporting.as_json(kind)),
        }.items():
            result = checking.check({name: text})
            assert [str(problem) for problem in result.problems] == []
            assert {step.action for step in result.steps} == {"same"}, name


class TestInTheAdmin:
    INDEX = "timeline_imports:index"

    def upload(self, client, name, content, **data):
        file = SimpleUploadedFile(name, content)
        return client.post(reverse(self.INDEX), {"file": file, "kind": "", **data}, follow=True)

    def load(self, client, address):
        return b"".join(client.post(address, {"action": "load"}).streaming_content).decode()

    def test_upload_look_confirm_and_undo(self, moderator):
        page = self.upload(moderator, "people.csv", b"family_name,country\nSato,JP\n")
        assert "Sato" in page.content.decode()
        assert not Person.objects.exists()
        address = page.request["PATH_INFO"]
        assert "“people.csv” was imported" in self.load(moderator, address)
        assert Person.objects.get().name == "Sato"
        assert "people.csv" in moderator.get(reverse(self.INDEX)).content.decode()
        assert "undone" in messages_of(moderator.post(address, {"action": "undo"}, follow=True))
        assert not Person.objects.exists()

    def test_problems_stop_it_and_are_escaped(self, moderator):
        page = self.upload(moderator, "people.csv", b"family_name,kind\nSato,<script>alert(1)</script>\n")
        text = page.content.decode()
        assert "column B (kind)" in text
        assert "<script>alert(1)" not in text
        assert "column B (kind)" in self.load(moderator, page.request["PATH_INFO"])
        assert not Person.objects.exists()

    def drafts(self, client):
        """The address of an import of more drafts than are saved at once."""
        chronology()
        rows = "".join(f"e-{place},Entry {place}\n" for place in range(loading.PIECE + 5))
        return self.upload(client, "entries.csv", f"id,headline\n{rows}".encode()).request["PATH_INFO"]

    def test_a_bar_says_how_far_it_is_while_it_is_loaded(self, moderator):
        address = self.drafts(moderator)
        response = moderator.post(address, {"action": "load"}, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in response.headers, "compression would hold the pieces back"
        assert response.headers["X-Accel-Buffering"] == "no"
        frame, first, second, outcome, _rest = [piece.decode() for piece in response.streaming_content]
        assert "<h1" in frame
        assert '<progress max="30" value="25" aria-label="Importing…"></progress> 25 of 30' in first
        assert '<progress max="30" value="30"' in second
        assert 'role="status"' in outcome
        assert address in outcome
        assert "This import has been loaded already." in self.load(moderator, address), "a second click does no harm"
        assert EntryPage.objects.count() == 30

    @pytest.mark.parametrize("pieces", [1, 2])
    def test_who_leaves_the_page_does_not_stop_it(self, moderator, pieces):
        response = moderator.post(self.drafts(moderator), {"action": "load"})
        for _piece in range(pieces):
            next(response.streaming_content)
        for close in response._resource_closers:  # as a server does whose client is gone
            close()
        assert Import.objects.get().status == Import.Status.LOADED
        assert EntryPage.objects.count() == 30

    @pytest.mark.parametrize(
        ("trouble", "words"),
        [
            (loading.ImportFailedError(["Two: row 3."]), "Two: row 3."),
            (OperationalError("gone"), "Either all was imported or nothing"),
            (ValueError("a mistake of ours"), "Either all was imported or nothing"),
        ],
    )
    def test_what_fails_in_the_middle_changes_nothing_and_is_told_there(self, moderator, monkeypatch, trouble, words):
        address = self.drafts(moderator)
        real, calls = loading.create_entries, []

        def failing(*arguments, **how):
            calls.append(real(*arguments, **how))
            if len(calls) == 2:
                raise trouble

        monkeypatch.setattr(loading, "create_entries", failing)
        page = self.load(moderator, address)
        assert "25 of 30" in page
        assert words in page
        assert f'href="{address}"' in page
        assert page.rstrip().endswith("</html>")
        assert not EntryPage.objects.exists()
        assert Import.objects.get().status == Import.Status.CHECKED

    def test_what_cannot_be_read_makes_no_import(self, moderator):
        page = self.upload(moderator, "people.csv", b"family_name\n\xff\x00\x81")
        assert "no encoding in which" in page.content.decode()
        assert not Import.objects.exists()

    def test_exports_and_templates(self, moderator, minister):
        url = reverse("timeline_imports:export", args=["people", "csv"])
        response = moderator.get(url, {"bom": "1"})
        text = b"".join(response.streaming_content).decode()
        assert text.startswith("\ufeffid,slug,family_name")
        assert checking.check({"people.csv": text}).of("same")
        for kind in (*KINDS, FIGURES):
            template = moderator.get(reverse("timeline_imports:template", args=[kind.name]))
            found = checking.check({f"{kind.name}.csv": template.content.decode()})
            assert [str(problem) for problem in found.problems] == []

    def test_editors_cannot(self, editor):
        assert self.upload(editor, "people.csv", b"family_name\nSato\n").redirect_chain
        assert not Import.objects.exists()


def test_every_source_is_found_by_number_and_address(minister):
    source = SourceFactory(url="https://www.example.org/a/", publisher=OrganisationFactory(name="Wire"))
    chronology()
    for text in [str(source.number), "http://example.org/a?utm_source=x", source.slug]:
        (step,) = checked(ENTRY + f"e-1,They meet,,,,They met.,{text},\n", "entries").steps
        assert step.record["statements"][0]["citations"][0]["source"] == source.key
    assert Source.objects.count() == 1


class TestNamesThatAreShort:
    def test_a_further_name_that_is_short_for_a_longer_one_is_asked_about(self):
        asia = OrganisationFactory(name="Nikkei Asia", slug="nikkei-asia")
        OrganisationName.objects.create(organisation=asia, name="Nikkei", kind="alias")
        text = "title,publisher\nOne,Nikkei\nTwo,nikkei-asia\nThree,Nikkei\nFour,Nikkei Asia\n"
        found = checked(text, "sources")
        assert found.problems == found.doubts == []
        (meaning,) = map(str, found.meanings)
        assert meaning.startswith(
            "file.csv, row 2, column B (publisher): “Nikkei” is taken for the organisation “Nikkei Asia” "
            "(nikkei-asia), for which it is short. If another is meant, write its id"
        )
        with pytest.raises(loading.ImportFailedError, match="They are meant"):
            imported(text, "sources")
        imported(text, "sources", meant=True)
        assert Source.objects.filter(publisher=asia).count() == 4

    def test_so_is_one_that_may_be_short_for_another_record_also_of_the_same_file(self):
        paper = OrganisationFactory(name="Nihon Keizai Shimbun", slug="nihon-keizai")
        for name in ("Nikkei", "日経"):
            OrganisationName.objects.create(organisation=paper, name=name)
        OrganisationName.objects.create(organisation=OrganisationFactory(name="NBP", slug="nbp"), name="日経ＢＰ")
        files = {
            "organisations.csv": "name\nNikkei Asia\n",
            "sources.csv": "title,publisher\nOne,Nikkei\nTwo,日経\nThree,Nikkei Asia\n",
        }
        english, japanese = map(str, checking.check(files).meanings)
        assert "(nihon-keizai), but it may be short for “Nikkei Asia” (nikkei-asia)" in english
        assert "(nihon-keizai), but it may be short for “NBP” (nbp)" in japanese

    def test_a_name_of_its_own_and_an_abbreviation_are_not(self):
        OrganisationFactory(name="Nikkei Asia", slug="nikkei-asia")
        OrganisationFactory(name="Nikkei", slug="nikkei")
        ministry = OrganisationFactory(name="Ministry of Economy, Trade and Industry", slug="meti")
        OrganisationName.objects.create(organisation=ministry, name="METI")
        OrganisationName.objects.create(organisation=ministry, name="経済産業省", kind="native")
        OrganisationName.objects.create(organisation=OrganisationFactory(name="Kinki METI"), name="近畿経済産業省")
        OrganisationName.objects.create(organisation=OrganisationFactory(name="The Boeing Company"), name="Boeing")
        found = checked("title,publisher\nOne,Nikkei\nTwo,Boeing\nThree,経済産業省\n", "sources")
        assert found.meanings == found.problems == []
