"""A CDN keeps public answers by what they are about, and hears which are to go when something public changed."""

import datetime
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import CommodityFactory, change, chronology, publish_entry
from timeline.models import Announcement, EntryPage
from timeline.running import purging, status

pytestmark = pytest.mark.django_db

OURS = {"KIND": "cache", "TOKEN": "", "ID": "cache.example.org", "URL": "https://cache.example.org/"}


@pytest.fixture
def cdn(settings):
    """A cache that answers ``status`` and remembers what it was told."""

    class Cache(BaseHTTPRequestHandler):
        def do_PURGE(self):
            server.told.append(set(self.headers["Surrogate-Key"].split()))
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Cache)
    server.told, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.CDN = OURS | {"URL": f"http://127.0.0.1:{server.server_port}/"}
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def beef():
    return CommodityFactory(name="Beef", slug="beef")


def waiting():
    return {(one.facet, one.value) for one in Announcement.objects.waiting_for("cdn")}


def forget():
    Announcement.objects.all().delete()


def test_without_a_cdn_no_answer_says_what_it_is_about_and_nothing_waits(client):
    publish_entry(slug="rice")
    for address in ("/", "/entries/rice/", "/feed.atom"):
        assert not {"Surrogate-Key", "Surrogate-Control", "Cache-Tag", "CDN-Cache-Control"} & set(
            client.get(address).headers
        )
    assert waiting() == set()


@pytest.mark.parametrize("kind", ["cache", "fastly", "cloudflare"])
def test_an_answer_says_what_it_is_about_in_the_words_of_the_cdn(client, settings, beef, kind):
    entry = publish_entry(slug="rice", commodities=[beef])
    settings.CDN = OURS | {"KIND": kind}
    about = {
        "/": ["site", "edition"],
        "/entries/rice/": ["site", "edition"],
        "/feed.atom": ["site", "all"],
        "/feed.atom?q=rice": ["site", "edition"],
        "/feed.json?commodity=beef&from=1980": ["site", f"commodity-{beef.pk}"],
        "/entries.csv?commodity=beef": ["site", f"commodity-{beef.pk}"],
        "/api/v1/entries": ["site", "all"],
        "/api/v1/entries/rice": ["site", f"entry-{entry.pk}"],
    }
    name, parting, lives = {
        "cloudflare": ("Cache-Tag", ",", ("CDN-Cache-Control", "public, max-age=600")),
    }.get(kind, ("Surrogate-Key", " ", ("Surrogate-Control", "max-age=600")))
    for address, keys in about.items():
        answer = client.get(address)
        assert answer[name] == parting.join(keys), address
        assert answer[lives[0]] == lives[1]
        known = client.get(address, headers={"If-None-Match": answer["ETag"]})
        assert (known.status_code, known[name]) == (304, answer[name])


def test_what_is_no_answer_for_long_is_no_copy(client, settings):
    settings.CDN = OURS
    for address in ("/nothing/", "/admin/login/", "/status.json", "/feed.atom?from=never"):
        assert "Surrogate-Key" not in client.get(address).headers, address


def publish_first(beef):
    publish_entry(slug="first", commodities=[beef])


def publish_again(beef):
    change(EntryPage.objects.get(slug="rice"), "minor", title="Wheat")


def withdraw(beef):
    EntryPage.objects.get(slug="rice").unpublish()


@pytest.mark.parametrize("act", [publish_first, publish_again, withdraw])
def test_every_answer_that_changes_is_named(client, cdn, beef, act):
    """By its keys a CDN finds each answer whose entity tag is another one afterwards."""
    publish_entry(slug="rice", commodities=[beef])
    publish_entry(slug="other", commodities=[CommodityFactory(name="Oil", slug="oil")])
    addresses = [
        *("/", "/entries/rice/", "/entries/other/", "/feed.atom", "/feed.atom?commodity=beef", "/?q=rice"),
        *("/feed.atom?commodity=oil", "/api/v1/entries/other", "/entries.csv", "/sitemap.xml", "/commodities/beef/"),
    ]
    before = {address: client.get(address) for address in addresses}
    forget()
    act(beef)
    list(purging.purge())
    assert len(cdn.told) == 1
    for address, answer in before.items():
        has_changed = client.get(address).headers.get("ETag") != answer["ETag"]
        is_named = bool(cdn.told[0] & set(answer["Surrogate-Key"].split()))
        assert is_named >= has_changed, address
    assert not cdn.told[0] & set(before["/feed.atom?commodity=oil"]["Surrogate-Key"].split())
    assert "site" not in cdn.told[0]


def test_what_the_whole_site_says_of_itself_concerns_every_copy(cdn):
    page = chronology()
    page.strapline = "Another line"
    page.save_revision().publish()
    assert ("site", 0) in waiting()


def test_it_is_told_once_more_when_what_was_on_its_way_has_arrived(cdn):
    Announcement.objects.add_news([("all", 0)], "cdn")
    list(purging.purge())
    list(purging.purge())
    assert cdn.told == [{"all"}]
    settled = timezone.now() - purging.SETTLED
    Announcement.objects.update(noted_at=settled, due_at=settled + purging.SETTLED)
    list(purging.purge())
    assert (cdn.told, waiting()) == ([{"all"}, {"all"}], set())


def test_a_cdn_that_fails_stops_no_publication_is_told_again_and_said(cdn):
    cdn.status = 403
    publish_entry(slug="rice")
    with pytest.raises(CommandError, match="403"):
        call_command("deliver_pings")
    one = Announcement.objects.waiting_for("cdn").first()
    assert (one.attempts, one.due_at > timezone.now()) == (1, True)
    Announcement.objects.update(noted_at=timezone.now() - datetime.timedelta(minutes=2), due_at=timezone.now())
    found = next(check for check in status.checks(timezone.now()) if check.name == "cdn")
    assert not found.ok
    cdn.status = 200
    call_command("deliver_pings")
    assert len(cdn.told) == 2
