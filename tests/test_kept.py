"""Answers are kept, and given again while they are right: as soon as they are not, readers get what is."""

import pytest
from django.test import RequestFactory

from tests.factories import publish_entry
from tests.keeping import made_anew, told
from tests.test_validators import Desk
from timeline.kept import files, now
from timeline.kept.addresses import address
from timeline.kept.copies import Standing
from timeline.kept.store import store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_home")]

READ = [
    *("/?commodity=meat", "/?q=akasawa", "/filters/", "/entries/beef-talks/", "/people/", "/feed.atom?category=talks"),
    *("/entries.json?q=akasawa", "/calendar.ics?commodity=meat", "/api/v1/entries?commodity=meat"),
    "/sitemap-entries.xml",
]


def words(response):
    """What a reader sees, but for the date, which is that of a second that is not over yet."""
    status, headers, body, has_length = told(response)
    return status, headers | {"Last-Modified": ""}, body, has_length


def test_after_each_change_a_copy_is_the_answer_or_a_new_one_is_made(
    client, settings, django_capture_on_commit_callbacks
):
    for number, act in enumerate([lambda: None, *Desk().acts()]):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        answers = {address: words(client.get(address)) for address in READ}  # first, as of what is known already
        with made_anew(settings):
            fresh = {address: words(client.get(address)) for address in READ}
        assert answers == fresh, f"after act {number}"


def test_what_is_published_elsewhere_lets_a_copy_be_right_again(client, made):
    desk, address = Desk(), "/calendar.ics?commodity=meat"
    for _ in range(3):
        client.get(address)
    publish_entry(title="Ships", date="2031")
    made.clear()
    client.get(address)
    assert made == []
    desk.tell("minor", title="Talks about beef")
    assert "Talks about beef" in client.get(address).text


def test_a_new_entry_is_there_at_once(client, made):
    for _ in range(3):
        client.get("/")
    publish_entry(title="Ships", date="2031")
    assert "Ships" in client.get("/").text


def test_a_crawler_that_asks_each_question_once_leaves_nothing_and_who_asks_again_finds_a_copy(client, kept_home):
    for number in range(20):
        client.get(f"/feed.atom?from={2001 + number}")
    assert list(kept_home.rglob("q*")) == []
    for _ in range(2):
        client.get("/feed.atom?from=2001")
    assert len(list(kept_home.rglob("q*"))) == 1


def test_what_readers_ask_for_stays_while_a_crawler_fills_the_room(kept_home, settings, monkeypatch):
    settings.KEPT_PAGES_MEGABYTES = 1
    monkeypatch.setattr(files, "MINUTE", 0)
    folder = files.Folder()
    folder.put_up("x1")
    shelf, _none = folder.look("x1", [], "")

    def keep(address):
        shelf.keep(address, Standing(7, "x1", '"t"', 1_700_000_000), {}, b"An answer")

    for one in ("/people/", "/?q=beef", "/?q=forgotten"):
        keep(one)
    for number in range(200):
        keep(f"/?from={number}")
        assert shelf.find("/?q=beef", "")
    assert shelf.find("/people/", "")
    assert not shelf.find("/?q=forgotten", "")
    assert len(list(kept_home.rglob("q*"))) * 4096 < 0.4 * 2**20  # answers to questions have a quarter of the room


def test_a_shelf_that_an_earlier_release_left_keeps_nobody_from_keeping(client, kept_home, made):
    (kept_home / "open-x1y2z3").mkdir(parents=True)
    for _ in range(3):
        client.get("/people/")
    made.clear()
    client.get("/people/")
    assert made == []


def test_a_copy_costs_one_statement_and_none_within_a_second(client, django_assert_num_queries):
    publish_entry(title="Ships", slug="ships")
    for _ in range(2):
        client.get("/entries/ships/")
    now.forget()
    with django_assert_num_queries(1):
        client.get("/entries/ships/")
    with django_assert_num_queries(0):
        client.get("/entries/ships/")


def test_who_has_a_newer_answer_or_asks_for_no_body_does_not_push_a_copy_out(client):
    for _ in range(2):
        client.get("/")
    publish_entry(title="Ships", date="2031")
    newer = client.head("/")["ETag"]
    assert client.get("/", headers={"If-None-Match": newer}).status_code == 304
    _shelf, (copy,) = store().look(now.shelf(), [address(RequestFactory().get("/"))], "")
    assert copy.body


def test_another_host_another_scheme_and_the_desk_get_no_copy_of_this_one(client, settings, made):
    settings.SECURE_HSTS_SECONDS = 60
    for _ in range(3):
        client.get("/about/")
    assert client.get("/about/", headers={"Host": "elsewhere.example"}).status_code == 400
    assert "Strict-Transport-Security" in client.get("/about/", secure=True)
    assert "Strict-Transport-Security" not in client.get("/about/")
    settings.SECURE_SSL_REDIRECT = True
    made.clear()
    assert client.get("/admin/login/").status_code in (200, 301)
    assert made == []
