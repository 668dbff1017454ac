"""Editors who work in Japanese: Wagtail's words and ours are Japanese, and what they publish is what it was."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

from tests.editing import edit_url, errors_of, form_data
from tests.factories import (
    CommodityFactory,
    PersonFactory,
    SourceFactory,
    add_figure,
    chronology,
    draft_entry,
    offer_japanese,
    publish_entry,
    translate,
)
from timeline import edition
from timeline.models import Edition, EntryPage, Fragment, PublishedEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def japanese(moderator):
    """A moderator who has chosen Japanese."""
    UserProfile.objects.update_or_create(user=get_user(moderator), defaults={"preferred_language": "ja"})
    return moderator


def test_the_account_offers_the_languages_of_the_site(moderator):
    page = BeautifulSoup(moderator.get(reverse("wagtailadmin_account")).content, "html.parser")
    offered = {one["value"] for one in page.select("#id_locale-preferred_language option")}
    assert offered == {"", "en", "ja"}


def test_its_pages_are_in_japanese(japanese):
    entry = publish_entry(title="Ministers meet", date="2025-04-16~")
    for address in (
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_account"),
        reverse("entries:index"),
        edit_url(entry),
        *(reverse(f"wagtailsnippets_timeline_{name}:list") for name in ("person", "source", "commodity", "term")),
    ):
        page = japanese.get(address)
        assert page.status_code == 200, address
        assert BeautifulSoup(page.content, "html.parser").html["lang"] == "ja", address
    assert "保存" in japanese.get(edit_url(entry)).content.decode()


def test_the_class_of_a_form_is_kept_for_each_language():
    """Choosers are called in the language in which their widgets were made."""
    made = []
    for language in ("en", "ja", "en"):
        with translation.override(language):
            made.append(EntryPage.get_edit_handler().get_form_class())
    assert (made[0] is made[2], made[0] is made[1]) == (True, False)


def test_a_form_is_read_as_in_english(japanese):
    entry = publish_entry(title="Ministers meet", date="2025-04-16~")
    page = japanese.get(edit_url(entry))
    data = form_data(page)
    assert data["date"] == "2025-04-16~"
    said = {"title": "Ministers met", "action-publish": "1", "change": "update", "change_note": "A month."}
    refused = japanese.post(edit_url(entry), data | said | {"date": "2025-13"})
    assert (refused.status_code, bool(errors_of(refused))) == (200, True)
    answer = japanese.post(edit_url(entry), data | said | {"date": "2025年4月"})
    assert answer.status_code == 302, errors_of(answer)
    entry = EntryPage.objects.get(pk=entry.pk)
    assert (entry.date, entry.title, entry.live) == ("2025-04", "Ministers met", True)


def test_entries_are_found_by_what_they_say_in_either_language(japanese):
    offer_japanese()
    translate(publish_entry(title="A zebra runs"), "headline")
    publish_entry(title="An order")
    for words in ("訳", "zebra runs"):
        page = japanese.get(reverse("entries:index"), {"q": words}).content.decode()
        assert ("A zebra runs" in page, "An order" in page) == (True, False), words


def test_what_somebody_publishes_in_japanese_is_what_it_was_in_english():
    chronology()
    offer_japanese()
    named = {"people": [PersonFactory()], "commodities": [CommodityFactory()]}
    entry = draft_entry(title="Ministers meet", date="2025-04", place="Tokyo", **named)
    add_figure(entry, SourceFactory(), value="550", unit="money", currency="USD", scale="billion")
    entry.save_revision().publish()
    translate(entry)
    names = ("document", "digest", "vector", "vector_ja", "states", "lanes")

    def filed():
        return (
            PublishedEntry.objects.values(*names).get(),
            sorted(Fragment.objects.values_list("kind", "text")),
            Edition.objects.values("title", "headline", "lanes", "words", "coverage").get(),
        )

    before = filed()
    with translation.override("ja"):
        edition.rebuild()
        edition.refresh_chronology()
    assert filed() == before
