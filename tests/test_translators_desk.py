"""The translators' desk: the list of what waits, the form, and PO files out and in."""

import polib
import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.admin.menu import Menu
from wagtail.users.models import UserProfile

from tests.editing import errors_of, form_data, messages_of, signed_in, user
from tests.factories import SourceFactory, change, draft_entry, offer_japanese, publish, publish_entry, translate
from timeline.admin.entry import listing
from timeline.models import Citation, EntryPage, PublishedTranslation, Translation, TypedTranslation
from timeline.public.site import current_edition
from timeline.translating import files, saving
from timeline.views.history import corrections

pytestmark = pytest.mark.django_db

LIST = "/admin/translations/ja/"


@pytest.fixture
def entry():
    source = SourceFactory(title="Report")
    return publish_entry(sources=[source], statements=["Ministers met on 2 May."], title="Ministers meet")


@pytest.fixture
def translator():
    return signed_in("Translators")


def key_of(entry):
    return f"statements.{entry.statements.all()[0].uid}.text"


def desk(entry):
    return reverse("timeline_translations:desk", args=["ja", "entries", entry.key])


def send(client, entry, act="save", **words):
    """What the browser sends of the form, with other ``words`` in the boxes."""
    data = form_data(client.get(desk(entry)))
    return client.post(desk(entry), data | {f"words-{key}": said for key, said in words.items()} | {"act": act})


class TestTheList:
    def test_it_has_the_most_urgent_first_and_filters_by_state_and_kind(self, translator):
        done, draft, missing, stale = (publish_entry(title=title) for title in ("Done", "Draft", "Missing", "Stale"))
        translate(done, state="reviewed")
        translate(draft)
        translate(stale)
        stale = EntryPage.objects.get(pk=stale.pk)
        stale.title = "Changed"
        change(stale, "minor")

        def titles(query):
            page = BeautifulSoup(translator.get(f"{LIST}?kind=entries&{query}").content, "lxml")
            return [link.get_text(strip=True) for link in page.select(".listing .title-wrapper a")]

        assert titles("") == ["Changed", "Missing", "Draft", "Done"]
        assert (titles("state=stale"), titles("state=done"), titles("q=miss")) == (["Changed"], ["Done"], ["Missing"])
        assert titles("state=missing") == ["Missing"]
        assert missing

    def test_its_queries_do_not_grow(self, translator):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert translator.get(LIST).status_code == 200
            return len(captured)

        publish_entry(title="One")
        queries()  # what Wagtail asks once
        first = queries()
        publish_entry(title="Two")
        publish_entry(title="Three")
        assert queries() == first


class TestTheForm:
    def test_it_shows_original_words_state_quotation_and_doubts_and_saves(self, translator, entry):
        with_quotation = draft_entry(title="A talk", statements=["They talked."], sources=[SourceFactory()])
        Citation.objects.filter(statement__entry=with_quotation).update(quotation="会談した", language="ja")
        with_quotation = publish(EntryPage.objects.get(pk=with_quotation.pk))
        assert "会談した" in translator.get(desk(with_quotation)).content.decode()
        answer = send(translator, entry, f"next:{key_of(entry)}", **{key_of(entry): "大臣らは会談した。"})
        assert (answer.status_code, answer["Location"]) == (302, f"{desk(entry)}?at=headline#headline")
        page = translator.get(answer["Location"])
        assert "1 segment was saved." in messages_of(page)
        assert "in the original, but not in the translation: 2" in page.content.decode()
        assert PublishedTranslation.objects.get().words[key_of(entry)][1] == "大臣らは会談した。"

    def test_it_keeps_what_is_typed_by_itself(self, translator, entry):
        data = form_data(translator.get(desk(entry))) | {"words-headline": "大臣ら\0会"}
        answer = translator.post(desk(entry), data, headers={"Accept": "application/json"})
        assert answer.json()["success"]
        assert not Translation.objects.exists()
        assert form_data(translator.get(desk(entry)))["words-headline"] == "大臣ら会"
        send(translator, entry, "discard:headline")
        assert form_data(translator.get(desk(entry)))["words-headline"] == ""

    def test_of_what_the_browser_kept_it_says_what_is_different(self, translator, entry):
        copy = form_data(translator.get(desk(entry)))
        assert translator.post(f"{desk(entry)}?kept=compare", copy).status_code == 204
        copy |= {"words-headline": "会談"}
        assert "会談" in translator.post(f"{desk(entry)}?kept=compare", copy).content.decode()
        assert form_data(translator.post(f"{desk(entry)}?kept=show", copy))["words-headline"] == "会談"
        assert not TypedTranslation.objects.exists()

    def test_it_says_what_was_done_in_words_and_with_the_marks_of_its_language(self, translator, entry):
        """The keys of segments and the codes of states stood in the log, and Latin marks between Japanese words."""
        send(translator, entry, **{key_of(entry): "会談した。"})
        log = BeautifulSoup(translator.get(desk(entry)).content, "lxml").select(".segment-log tbody tr")
        label, before, after = (cell.get_text() for cell in log[0].select("td")[2:])
        assert (label, before.strip(), after.strip()) == ("Statement", "", "会談した。 (Draft)")
        assert "Missing: 2" in " ".join(BeautifulSoup(translator.get(LIST).content, "lxml").get_text().split())
        UserProfile.objects.update_or_create(user=get_user(translator), defaults={"preferred_language": "ja"})
        assert "会談した。</span>（" in translator.get(desk(entry)).content.decode()
        assert "Missing：2" in translator.get(LIST).content.decode()

    def test_what_cannot_be_saved_stays_in_its_box_beside_the_reason(self, translator, entry):
        opened = form_data(translator.get(desk(entry)))
        send(signed_in("Moderators"), entry, headline="会談")
        page = translator.post(desk(entry), opened | {"words-headline": "大臣、会う", "act": "save"})
        assert "moderators has changed this since you opened it." in errors_of(page)[0]
        assert form_data(page)["words-headline"] == "大臣、会う"
        assert "会談" in page.content.decode()

    def test_words_of_what_is_not_public_any_more_are_kept(self, translator, entry):
        opened = form_data(translator.get(desk(entry))) | {"words-headline": "会談", "act": "save"}
        entry.unpublish()
        page = translator.post(desk(entry), opened, follow=True)
        assert "Nothing of this is public any more." in messages_of(page)
        assert TypedTranslation.objects.get().words == "会談"

    def test_the_whole_is_reviewed_by_who_has_not_translated_it(self, translator, entry):
        words = {key_of(entry): "5月2日、大臣らは会談した。", "headline": "会談"}
        send(translator, entry, **words)
        assert b'value="review"' not in translator.get(desk(entry)).content
        send(signed_in("Moderators"), entry, "review")
        assert set(Translation.objects.values_list("state", flat=True)) == {"reviewed"}

    def test_a_preview_has_drafts_and_what_is_typed_and_no_reader_sees_it(self, translator, entry, client, settings):
        settings.TRANSLATIONS_SHOWN = "reviewed"
        offer_japanese()
        send(translator, entry, headline="会談の見出し")
        data = form_data(translator.get(desk(entry))) | {f"words-{key_of(entry)}": "打ちかけの文"}
        translator.post(desk(entry), data, headers={"Accept": "application/json"})
        preview = reverse("timeline_translations:preview", args=["ja", entry.key])
        page = translator.get(preview)
        assert ("会談の見出し" in page.content.decode(), "打ちかけの文" in page.content.decode()) == (True, True)
        assert 'href="/ja/people/"' in page.content.decode()  # it leads to pages of the edition, as it will
        assert "no-store" in page["Cache-Control"]
        assert client.get(preview).status_code == 302
        public = client.get(f"/ja{entry.get_absolute_url()}").content.decode()
        assert ("会談の見出し" in public, "打ちかけの文" in public) == (False, False)


def test_translators_have_a_home_of_their_own_and_no_other_menu(translator, entry):
    page = BeautifulSoup(translator.get("/admin/").content, "lxml")
    assert "Ministers meet" in page.select_one("#panel-translations-section, [id*=translations]").parent.get_text()
    assert not page.select("[id*=waiting]")
    menu = str(page.select_one("#wagtail-sidebar-props"))
    assert '"translations"' in menu
    assert [name for name in ("entries", "error-reports", "sources", "imports", "images") if f'"{name}"' in menu] == []


def test_their_menu_is_the_same_where_the_first_to_come_works_in_japanese(rf, monkeypatch):
    """Wagtail names an item by its label in the language of that moment: “Entries” was u9805u76ee, and stayed."""
    monkeypatch.setattr(listing.LISTING, "menu_label", "項目")
    request = rf.get("/admin/")
    request.user = user("Translators")
    menu = Menu("register_admin_menu_item", construct_hook_name="construct_main_menu")  # that of a new process
    shown = {item.url for item in menu.menu_items_for_request(request)}
    assert shown == {"#", reverse("timeline_translations:first")}


def test_readers_of_the_language_are_told_of_a_slip(translator, entry, client, rf):
    offer_japanese()
    send(translator, entry, headline="会談")
    send(signed_in("Moderators"), entry, "review")
    said = {"slip-headline": "correction", "wrong-headline": "会談とした。", "right-headline": "協議である。"}
    data = form_data(translator.get(desk(entry))) | said | {"words-headline": "協議", "act": "save"}
    page = translator.post(desk(entry), data, follow=True)
    assert "Readers are told of correction 1 of the translation." in messages_of(page)
    public = client.get(f"/ja{entry.get_absolute_url()}").content.decode()
    assert public.count("会談とした。協議である。") == 2
    assert "会談とした。" not in client.get(entry.get_absolute_url()).content.decode()
    with translation.override("ja"):
        told = corrections(rf.get("/ja/corrections/"), edition=current_edition()).content.decode()
    assert "会談とした。 協議である。" in told
    assert "協議</a>" in told


class TestFiles:
    def identity(self, entry):
        return ("entries", entry.key)

    def loaded(self, client, content):
        url = f"{LIST}files/"
        page = client.post(url, {"file": SimpleUploadedFile("ja.po", content.encode())})
        held = BeautifulSoup(page.content, "lxml").select_one("[name=confirmed]")
        return page.content.decode(), held and client.post(url, {"confirmed": held["value"]}, follow=True)

    def test_a_file_that_comes_back_as_it_went_changes_nothing(self, entry):
        translate(entry, "headline", state="reviewed")
        translate(entry, key_of(entry))
        entry = EntryPage.objects.get(pk=entry.pk)
        entry.title = "Ministers part"
        change(entry, "minor")
        written = files.write("ja", [self.identity(entry)])
        by_key = {one.msgctxt.split("/")[2]: one for one in polib.pofile("# \n" + written)}
        assert by_key["headline"].previous_msgid == "Ministers meet"
        assert (by_key["headline"].fuzzy, by_key[key_of(entry)].fuzzy) == (True, True)
        before = list(Translation.objects.order_by("pk").values())
        outcome = saving.save("ja", files.read(written.encode(), "ja").typed, user("Moderators"))
        assert (outcome.changes, outcome.refused) == ([], {})
        assert list(Translation.objects.order_by("pk").values()) == before

    def test_it_says_what_would_change_before_anything_does(self, translator, entry):
        exported = translator.get(f"{LIST}export.po?kind=entries").content.decode()
        file = polib.pofile("# \n" + exported)
        for one in file:
            one.msgstr = "大臣ら、会談" if one.msgctxt.endswith("/headline") else "5月2日、大臣らは会談した。"
            one.flags = ["fuzzy"]
        said, page = self.loaded(translator, str(file))
        assert "3 segments change." in said
        assert "3 segments were saved." in messages_of(page)
        assert {row.state for row in Translation.objects.all()} == {"draft"}

    def test_what_was_changed_at_the_desk_meanwhile_is_refused(self, translator, entry):
        exported = translator.get(f"{LIST}entries/{entry.key}/export.po").content.decode()
        send(translator, entry, headline="会談")
        file = polib.pofile("# \n" + exported)
        file[0].msgstr = "別の訳"
        said, page = self.loaded(translator, str(file))
        assert "translators has changed this since you opened it." in said
        assert page is None
        assert Translation.objects.get().words == "会談"

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b'msgid "a\nmsgstr', "This is not a PO file that can be read."),
            (b"\xff\xfe", "The file is not in UTF-8."),
            (b'msgid ""\nmsgstr ""\n"Language: de\\n"\n', "The file is in the language “de”, not in “ja”."),
        ],
    )
    def test_what_is_no_such_file_is_refused_in_words(self, content, reason):
        with pytest.raises(files.FileError, match=reason):
            files.read(content, "ja")

    def test_the_path_of_a_file_is_no_file(self, tmp_path):
        path = tmp_path / "secret.po"
        path.write_text('msgctxt "entries/a/headline"\nmsgid "secret"\nmsgstr "秘密"\n')
        with pytest.raises(files.FileError):
            files.read(str(path).encode(), "ja")

    def test_an_entry_of_a_file_that_says_of_nothing_what_it_translates_is_named(self):
        read = files.read(b'msgid "a"\nmsgstr "b"\n', "ja")
        assert read.problems == [("a", "says of no words of the chronology what it translates")]
