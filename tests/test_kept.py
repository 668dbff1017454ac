"""Answers are kept, and given again while they are right: as soon as they are not, readers get what is."""

import pytest

from tests.factories import publish_entry
from tests.keeping import made_anew, told
from tests.test_validators import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_home")]

READ = [
    *("/?commodity=meat", "/entries/beef-talks/", "/people/", "/feed.atom?category=talks", "/sitemap-entries.xml"),
    *("/entries.json?q=akasawa", "/calendar.ics?commodity=meat", "/api/v1/entries?commodity=meat"),
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
        with made_anew(settings):
            fresh = {address: words(client.get(address)) for address in READ}
        assert {address: words(client.get(address)) for address in READ} == fresh, f"after act {number}"


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
