"""Many hundred random and malicious requests: never a 5xx, never one that costs more than another."""

import random
from itertools import batched
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.addresses import public_addresses
from timeline.api import service
from timeline.filters.parameters import PARAMETERS
from timeline.formats import FORMATS
from timeline.web.tracking import listed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]

THERE = {
    "entries": ["akazawa-meets-trump"],
    "people": ["ryosei-akazawa"],
    "commodities": ["vehicles"],
    "categories": ["talks"],
    "organisations": ["example-wire"],
    "figures": ["duty-on-cars"],
    "glossary": ["minimum-access"],
    "storylines": ["tariff-talks"],
    "sources": ["first-round"],
    "sitemap-": ["entries"],
    "updates": ["0" * 32 + "-1.1xY5Pf.KunH5hVcx"],
    "number": ["1"],
    "uid": ["atthetable"],
    "width": ["400"],
    "name": ["at-the-table.jpg"],
    "version": ["1"],
    "rest": ["nowhere"],
}
"""What is there under each address that takes a slug. Add yours."""
OEMBED = ["url", "maxwidth", "maxheight", "format"]


PATHS = list(public_addresses(THERE))
SEARCHED = ["/", "/feed.atom", "/api/v1/entries"]
NAMES = sorted(
    {*PARAMETERS, *OEMBED}
    | {option.name for kind in FORMATS for option in kind.parameters}
    | {name for accepted in service._accepted().values() for name in accepted}
)
ODD_NAMES = ["", "foo", "a[]", "q[]", "from__gt", "page.", "csrfmiddlewaretoken", "__proto__", "élan", "%00", "id"]
VALUES = [
    "", "1", "0", "-1", "9" * 20, "1e400", "NaN", "abc", "beef", "talks", "new", "old", "2019", "2025-04", "2025-13",
    "2025-02-30", "9999-12-31", "0000-00-00", "2100", "10000-01-01", "../2019", "2025/..", "../..", "2025-05~", "2025%",
    "2025-10-28/2025-10-27", "04/05/2025", "令和7年4月", "Wednesday", "after.2025-04-16.1.1", "before.2025-04-16.1.1",
    "after.9999-12-31.9.999999999999999999", "after.0001-01-01.0.0", "before.0000-01-01.1.1", "after.2025-04-16.1." + "9" * 30,
    "%00", "a%00b", "%FF%FE", "%C3%28", "%ED%A0%80", "%E2%80%AE", "%F0%9F%8D%9A", "%0d%0aSet-Cookie:x=1", "%2e%2e%2f",
    "' OR 1=1 --", '"; DROP TABLE x; --', "<script>alert(1)</script>", "{{ 7*7 }}", "${jndi:ldap://x}", "%s%s%n", "\\",
    '"', "'", "(((", ")))", "!", "&&", "||", "a:*", ":*", "a & | b", "- - -", '"unclosed', "or or or", "*" * 50, "赤沢",
    "ﾄﾖﾀ", "A" * 10_000, "word " * 300, "- " * 200, "NULL", "undefined", "[object Object]", "true", "１２３", "٢٠٢٥",
    "vehicles", "ryosei-akazawa", "first-round", "example-wire", "cars", "span", "dark", "50", "json", "correction", "news",
    "publisher", "/", "http://localhost/", "http://[", "YWZ0ZXIuMjAxOS0wMS0wMS4xLjE",
]  # fmt: skip
NOT_IMPLEMENTED = 501
"""What oEmbed answers who wants XML."""

MOST_QUERIES = 20
"""For one request, whatever it asks."""

HEADERS = [
    {},
    {"If-None-Match": '"x", W/"y", *'},
    {"If-None-Match": "\\" * 2000},
    {"If-Modified-Since": "Thu, 99 Foo 99999 99:99:99 GMT"},
    {"If-Modified-Since": "Thu, 01 Jan 9999 00:00:00 GMT"},
    {"Accept": "application/octet-stream;q=oops"},
    {"Accept-Language": "xx-" + "y" * 500},
    {"Accept-Encoding": "gzip;q=0, *;q=-1"},
    {"Range": "bytes=0-999999999999999999999"},
    {"Cookie": "sessionid=" + "a" * 3000 + "; csrftoken=\x7f"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"},
    {"Referer": "javascript:alert(1)"},
]
ODD_PATHS = [
    "/entries/", "/entries//", "/entries/%00/", "/entries/%ff/", "/entries/../../etc/passwd", "/entries/a%2Fb/",
    "/entries/" + "a" * 5000 + "/", "/people/%E2%80%AE/", "/people/'/", "/feed.atom/", "/feed.json", "//", "/%", "/?%",
    "/entries/akazawa-meets-trump", "/admin/../", "/.git/config", "/static/../config/settings.py", "/sources/?page=" + "9" * 400,
    "/people/?page=abc", "/organisations/?page=-1", "/sources/?page=1e3", "/sources/?page=%00",
]  # fmt: skip


def asking(dice: random.Random, names: list[str]) -> str:
    """A query string that gives each of the names some value."""
    pairs = [(name, dice.choice(VALUES)) for name in names]
    return "&".join(f"{name}={value if '%' in value else quote(value)}" for name, value in pairs)


def every_name(seed: int):
    """Every name of a parameter or option at every public address, a few together."""
    dice = random.Random(seed)
    for path in PATHS:
        for names in batched(dice.sample(NAMES, len(NAMES)), 4):
            yield f"{path}?{asking(dice, names)}", dice.choice(HEADERS)


def anything(seed: int, number: int):
    """``number`` addresses with odd names, names given again, or no names at all; the same for the same ``seed``."""
    dice = random.Random(seed)
    for _turn in range(number):
        query = asking(dice, dice.choices([*ODD_NAMES, *NAMES], k=dice.choice([1, 1, 2, 3, 5])))
        if dice.random() < 0.2:
            query = "".join(chr(dice.randrange(33, 127)) for _letter in range(dice.randrange(80)))
        yield f"{dice.choice(PATHS if dice.random() < 0.5 else SEARCHED)}?{query}", dice.choice(HEADERS)


def known_attacks():
    """Addresses that broke other sites, and questions longer than anybody's."""
    for path in ODD_PATHS:
        yield path, {}
    for path in SEARCHED:
        yield f"{path}?{'&'.join(f'p{turn}=1' for turn in range(1_000))}", {}
        yield f"{path}?{'&'.join('person=x' for _turn in range(1_000))}", {}
        yield f"{path}?{'&'.join(f'person=x{turn}' for turn in range(1_000))}", {}
        yield f"{path}?{'&'.join(f'p{turn}=1' for turn in range(11_000))}", {}
        yield f"{path}?q={'word+' * 300}", {}
        yield f"{path}?{'=' * 500}{'&' * 500}{';' * 500}", {}


@pytest.mark.parametrize(
    "asked", [known_attacks(), every_name(1), anything(2, 150)], ids=["known attacks", "every name", "anything"]
)
def test_no_request_breaks_the_site_or_asks_much_of_the_database(client, asked):
    client.raise_request_exception = False
    failures, costly = [], []
    for address, headers in asked:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address, headers=headers)
        if response.status_code >= 500 and response.status_code != NOT_IMPLEMENTED:
            failures.append((response.status_code, address[:200], headers))
        if len(queries) > MOST_QUERIES:
            costly.append((len(queries), address[:200]))
    assert failures == []
    assert costly == []


def test_what_a_client_sends_is_never_markup(client):
    response = client.get("/?q=%3Cscript%3Ealert(1)%3C/script%3E&person=%22%3E%3Cimg%3E&%3Cblink%3E=1")
    for markup in ("<script>alert", "<img>", "<blink>"):
        assert markup not in response.text


# -- what says where a reader came from -----------------------------------------------------

TRACKING = "&".join(f"{name}=1" for name in [*listed().names, *(f"{beginning}x" for beginning in listed().beginnings)])
SAME = ["Cache-Control", "Location", "Link", "ETag"]


def test_every_public_address_has_the_same_answer_with_it(client):
    unlike = []
    for path in PATHS:
        plain = client.get(path)
        asked = {"If-None-Match": plain.headers["ETag"]} if "ETag" in plain.headers else {}
        tracked = client.get(f"{path}?{TRACKING}", headers=asked)
        expected = 304 if asked else plain.status_code
        kept = ["Cache-Control", "Location", "Link", "ETag"]
        if (tracked.status_code, [tracked.get(name) for name in kept]) != (
            expected,
            [plain.get(name) for name in kept],
        ):
            unlike.append((path, plain.status_code, tracked.status_code))
    assert unlike == []


def test_a_question_is_the_same_with_it_everywhere(client):
    for path in ["/", "/feed.atom", "/calendar.ics", "/entries.csv", "/embed/", "/share.png", "/api/v1/entries"]:
        tag = client.get(f"{path}?commodity=beef").headers["ETag"]
        assert client.get(f"{path}?ref=x&commodity=beef&gclid=1").headers["ETag"] == tag, path
    shown = client.get(f"/?commodity=beef&{TRACKING}").text
    assert "We did not understand" not in shown
    assert f'<link rel="canonical" href="{settings.BASE_URL}/?commodity=beef">' in shown
    for asked in ("/?commodity=beef", "/entries/akazawa-meets-trump/"):
        address = settings.BASE_URL + asked
        plain = client.get("/oembed", {"url": address})
        tracked = client.get("/oembed", {"url": f"{address}{'&' if '?' in asked else '?'}utm_source=x&ref=y"})
        assert (tracked.status_code, tracked.headers["ETag"]) == (200, plain.headers["ETag"])
