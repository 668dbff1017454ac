"""Many hundred random and malicious requests: never a 5xx, never one that costs more than another."""

import random
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CommodityFactory, PersonFactory, publish_entry

pytestmark = pytest.mark.django_db

PATHS = [
    "/",
    "/feed.atom",
    "/feed.rss",
    "/entries/first-round/",
    "/entries/first-round/history/",
    "/entries/first-round/versions/1/",
    "/corrections/",
    "/people/",
    "/people/given-family/",
    "/commodities/beef/",
    "/sources/",
    "/sources/report/",
    "/organisations/example-wire/",
    "/categories/talks/",
    "/about/",
]
NAMES = ["q", "from", "to", "person", "commodity", "category", "organisation", "publisher", "differ", "order", "page"]
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
]  # fmt: skip
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
    "/entries/first-round", "/admin/../", "/.git/config", "/static/../config/settings.py", "/sources/?page=" + "9" * 400,
    "/people/?page=abc", "/organisations/?page=-1", "/sources/?page=1e3", "/sources/?page=%00",
]  # fmt: skip


@pytest.fixture
def chronology():
    publish_entry(
        title="First round", slug="first-round", people=[PersonFactory()], commodities=[CommodityFactory(name="Beef")]
    )


def requests(seed: int, number: int):
    """``number`` addresses with headers, the same for the same ``seed``."""
    dice = random.Random(seed)
    for _turn in range(number):
        pairs = [
            (dice.choice(NAMES) if dice.random() < 0.9 else dice.choice(ODD_NAMES), dice.choice(VALUES))
            for _pair in range(dice.choice([1, 1, 2, 3, 5]))
        ]
        query = "&".join(f"{name}={value if '%' in value else quote(value)}" for name, value in pairs)
        if dice.random() < 0.1:
            query = "".join(chr(dice.randrange(33, 127)) for _letter in range(dice.randrange(80)))
        path = dice.choice(PATHS if dice.random() < 0.5 else PATHS[:3])
        yield f"{path}?{query}", dice.choice(HEADERS)


def known_attacks():
    """Addresses that broke other sites, and questions longer than anybody's."""
    for path in ODD_PATHS:
        yield path, {}
    for path in PATHS[:3]:
        yield f"{path}?{'&'.join(f'p{turn}=1' for turn in range(1_000))}", {}
        yield f"{path}?{'&'.join('person=x' for _turn in range(1_000))}", {}
        yield f"{path}?{'&'.join(f'person=x{turn}' for turn in range(1_000))}", {}
        yield f"{path}?{'&'.join(f'p{turn}=1' for turn in range(11_000))}", {}
        yield f"{path}?q={'word+' * 300}", {}
        yield f"{path}?{'=' * 500}{'&' * 500}{';' * 500}", {}


@pytest.mark.parametrize(
    "asked", [known_attacks(), requests(1, 250), requests(2, 250)], ids=["known attacks", "seed 1", "seed 2"]
)
def test_no_request_breaks_the_site_or_asks_much_of_the_database(client, chronology, asked):
    client.raise_request_exception = False
    failures, costly = [], []
    for address, headers in asked:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address, headers=headers)
        if response.status_code >= 500:
            failures.append((response.status_code, address[:200], headers))
        if len(queries) > MOST_QUERIES:
            costly.append((len(queries), address[:200]))
    assert failures == []
    assert costly == []


def test_what_a_client_sends_is_never_markup(client, chronology):
    response = client.get("/?q=%3Cscript%3Ealert(1)%3C/script%3E&person=%22%3E%3Cimg%3E&%3Cb%3E=1")
    for markup in ("<script>alert", "<img>", "<b>"):
        assert markup not in response.text
