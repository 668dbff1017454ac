"""Subscribers hear of news at once when a hub is set, and publishing never waits for it."""

import datetime
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from requests.utils import parse_header_links

from tests.factories import CommodityFactory, publish, publish_entry
from timeline.models import Announcement, CommandRun, EntryPage
from timeline.running import websub

pytestmark = pytest.mark.django_db

HUB = "https://hub.example.org/"


@pytest.fixture
def hub(settings):
    """A hub that answers ``status`` and remembers what it was told."""

    class Hub(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.told.append(parse_qs(body))
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hub)
    server.told, server.status = [], 202
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.WEBSUB_HUB = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def waiting():
    return set(Announcement.objects.values_list("facet", flat=True))


def test_without_a_hub_nobody_is_told_of_one(client):
    publish_entry()
    assert waiting() == set()
    for path in ("/feed.atom", "/feed.rss", "/feed.json"):
        answer = client.get(path)
        assert "hub" not in answer["Link"]
        assert "hub" not in answer.text
    with pytest.raises(CommandError, match="WEBSUB_HUB"):
        call_command("deliver_pings")


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.rss", "/feed.json", "/changes.atom", "/corrections.atom"])
def test_with_a_hub_feeds_name_it_where_it_hears_of_news(client, settings, path):
    settings.WEBSUB_HUB = HUB
    publish_entry(commodities=[CommodityFactory(name="Beef")])
    for query in ("", "?commodity=beef"):
        for answer in (client.get(path + query), client.head(path + query)):
            topic = f"{settings.BASE_URL}{path}{query}"
            links = {link["rel"]: link["url"] for link in parse_header_links(answer["Link"])}
            assert (links["hub"], links["self"]) == (HUB, topic)
        assert HUB in client.get(path + query).text
    for query in ("?q=beef", "?commodity=beef&from=2020", "?commodity=beef&category=talks"):
        answer = client.get(path + query)
        assert answer.status_code == 200
        assert "hub" not in answer["Link"]
        assert HUB not in answer.text


def test_news_is_noted_in_the_transaction_that_publishes(settings):
    settings.WEBSUB_HUB = HUB
    with transaction.atomic():
        publish_entry()
        assert "all" in waiting()
        transaction.set_rollback(True)
    assert waiting() == set()
    entry = publish_entry(commodities=[CommodityFactory()])
    assert waiting() == {"all", "category", "commodity", "publisher", "source"}
    Announcement.objects.all().delete()
    EntryPage.objects.get(pk=entry.pk).unpublish()
    assert waiting() == {"all", "category", "commodity", "publisher", "source"}


def test_the_hub_is_told_which_feeds_have_news(hub, settings):
    publish_entry(commodities=[CommodityFactory(name="Beef")])
    Announcement.objects.exclude(facet__in=["all", "commodity"]).delete()
    call_command("deliver_pings")
    assert waiting() == set()
    assert [told["hub.mode"] for told in hub.told] == [["publish"], ["publish"]]
    topics = {url for told in hub.told for url in told["hub.url"]}
    assert {f"{settings.BASE_URL}{path}" for path in ("/feed.atom", "/changes.json", "/corrections.rss")} <= topics
    assert f"{settings.BASE_URL}/feed.json?commodity=beef" in topics
    run = CommandRun.objects.get(command="deliver_pings")
    assert run.finished_at
    assert run.problem == ""


def test_what_the_hub_does_not_take_is_told_again_later(hub):
    publish_entry()
    Announcement.objects.exclude(facet="all").delete()
    hub.status = 500
    for pause in (1, 2, 4):
        before = timezone.now()
        with pytest.raises(CommandError, match="500"):
            call_command("deliver_pings")
        one = Announcement.objects.get()
        assert one.due_at - before >= datetime.timedelta(minutes=pause)
        call_command("deliver_pings")  # not before its time
        Announcement.objects.update(due_at=before)
    assert len(hub.told) == 3
    assert "500" in Announcement.objects.get().problem
    hub.status = 204
    call_command("deliver_pings")
    assert waiting() == set()


def test_news_that_comes_while_the_hub_is_told_is_told_too(hub, monkeypatch):
    publish(publish_entry())
    Announcement.objects.exclude(facet="all").delete()
    ping = websub._ping

    def ping_and_publish(session, topics):
        Announcement.objects.add_news([("all", 0)])
        return ping(session, topics)

    monkeypatch.setattr(websub, "_ping", ping_and_publish)
    call_command("deliver_pings")
    assert waiting() == {"all"}
