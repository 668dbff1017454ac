"""The translators' desk in a real browser, by the keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.users.models import UserProfile

from tests.browser.test_accessibility import TAGS, load_axe
from tests.browser.test_editor import Desk
from tests.browser.test_keeping import ASK_SOON, kept_is, note, sign_in_elsewhere
from tests.browser.test_lists import NOT_OURS, OF_WAGTAIL
from tests.factories import CategoryFactory, draft_entry, offer_japanese, publish, translate
from timeline.models import PublishedTranslation, Translation, TypedTranslation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_sentence_is_translated_without_a_mouse_and_nothing_typed_is_lost(page, live_server):
    with disable_reference_index_auto_update():
        category = CategoryFactory(name="Talks")
        entry = publish(draft_entry(statements=["They met.", "They parted."], title="A talk", category=category))
    keys = [f"statements.{one.uid}.text" for one in entry.statements.all()]
    desk = Desk(page, live_server.url, "Translators")
    page.goto(live_server.url + reverse("timeline_translations:desk", args=["ja", "entries", entry.key]))
    desk.watched()
    focused = "() => document.activeElement.name"
    assert page.evaluate(focused) == "words-headline"
    violations = Axe().run(page, context="form.segments").response["violations"]
    assert [one["id"] for one in violations] == []
    for _step in keys:
        page.keyboard.press("Alt+ArrowDown")
    while page.evaluate(focused) != f"words-{keys[0]}":
        page.keyboard.press("Alt+ArrowUp")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.type("会談した。")
    page.get_by_text("readers do not see it yet").wait_for()
    assert TypedTranslation.objects.get().words == "会談した。"
    page.reload()
    desk.watched()
    assert page.locator(f"[name='words-{keys[0]}']").input_value() == "会談した。"
    page.locator(f"[name='words-{keys[0]}']").focus()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert Translation.objects.get().words == "会談した。"
    assert list(PublishedTranslation.objects.get().words) == [keys[0]]
    page.wait_for_function(f"() => document.activeElement.name === 'words-{keys[1]}'")  # the next that waits


def test_axe_finds_nothing_on_any_page_of_translators(page, live_server):
    """The parts of the guide stood in lines of 20 pixels."""
    offer_japanese()
    with disable_reference_index_auto_update():
        entry = publish(draft_entry(statements=["They met."], title="A talk", category=CategoryFactory(name="Talks")))
    translate(entry, f"statements.{entry.statements.get().uid}.text", state="reviewed")
    desk = Desk(page, live_server.url, "Translators")
    translator = User.objects.get(username="translators")
    UserProfile.objects.update_or_create(user=translator, defaults={"preferred_language": "ja"})
    for address in (
        "",
        "translations/ja/",
        "translations/ja/files/",
        f"translations/ja/entries/{entry.key}/",
        "guide/",
    ):
        page.goto(f"{live_server.url}/admin/{address}", wait_until="networkidle")
        if "entries" in address:
            desk.watched()
        load_axe(page)
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page, NOT_OURS, {"runOnly": TAGS, "rules": OF_WAGTAIL})
            seen = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]]
            assert seen == [], (address, width)


def test_what_is_typed_outlives_the_session_the_network_and_the_database(page, live_server, settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 100
    with disable_reference_index_auto_update():
        entry = publish(draft_entry(statements=["They met."], title="A talk", category=CategoryFactory(name="Talks")))
    desk = Desk(page, live_server.url, "Translators")
    page.add_init_script(ASK_SOON)
    page.goto(live_server.url + reverse("timeline_translations:desk", args=["ja", "entries", entry.key]))
    desk.watched()
    box = page.locator("[name='words-headline']")

    def typed(words: str) -> None:
        for _try in range(100):
            if TypedTranslation.objects.filter(segment="headline", words=words):
                return
            page.wait_for_timeout(100)
        raise AssertionError(f"{words!r} was not saved")

    page.context.set_offline(True)
    box.fill("会談")
    note(page, "There is no connection to the site. What you type is kept in this browser.")
    kept_is(page, "会談")
    page.context.set_offline(False)
    typed("会談")
    page.route("**/admin/**", lambda route: route.fulfill(status=503, body="the database is gone"))
    box.fill("会談が")
    note(page, "The site does not answer at the moment.")
    page.unroute_all(behavior="wait")
    typed("会談が")
    Session.objects.all().delete()
    box.fill("会談が始まる")
    note(page, "You are signed out. What you type is kept in this browser.")
    sign_in_elsewhere(desk, "translators")
    page.locator(".session-note").wait_for(state="detached")
    typed("会談が始まる")
    assert not Translation.objects.exists(), "readers see nothing of it before it is saved"
