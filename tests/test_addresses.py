"""Addresses of sources: which are refused, and which are one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.web.addresses import MAX_KEY, address_key, host_key, refusal, without_tracking, written_out

PAGE = "https://example.org/news/talks"


@pytest.mark.parametrize(
    "address",
    [
        "http://www.example.org/news/talks/",
        "HTTPS://EXAMPLE.ORG:443/news/talks#top",
        "http://example.org:80//news/talks",
        "https://example.org./news/talks",
        "https://www3.example.org/news/talks",
        "https://m.example.org/news/talks?utm_source=feed&fbclid=1",
        "https://amp.example.org/news/talks/amp/",
        "https://example.org/amp/news/talks?amp",
        "https://example.org/news/talks.amp?outputType=amp",
        "https://example.org/news/talks/index.html",
        "https://example.org/n%65ws/talks?ref=home&at_medium=RSS&cmp=x",
        "https://www.google.com/amp/s/www.example.org/news/talks",
        "https://www.google.co.jp/amp/s/amp.example.org/news/talks/amp",
        "https://www.bing.com/amp/s/example.org/news/talks",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/talks",
        "https://example-org.bing-amp.com/c/s/example.org/news/talks",
        " https://example.org/news/talks#:~:text=They%20met ",
    ],
)
def test_the_same_page_at_another_address(address):
    assert address_key(address) == address_key(PAGE)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/news/talks?id=2",
        "https://example.org/news",
        "https://example.com/news/talks",
        "https://example.org:8080/news/talks",
        "https://news.example.org/news/talks",
        "https://example.org/News/talks",
        "https://www.google.com/search?q=example.org/news/talks",
    ],
)
def test_another_page(address):
    assert address_key(address) != address_key(PAGE)


def test_parameters_in_any_order_and_any_spelling():
    assert address_key(f"{PAGE}?b=2&a=%E8%B5%A4") == address_key(f"{PAGE}?a=赤&b=2")


def test_letters_of_any_script():
    assert address_key("https://例え.jp/関税") == address_key("https://xn--r8jz45g.jp/%E9%96%A2%E7%A8%8E")


def test_a_short_host_is_not_taken_for_an_edition():
    assert address_key("https://m.org/x") != address_key("https://org/x")


@pytest.mark.parametrize("address", ["", "no address", "http://[", "https://", "ftp://example.org/a", "https://a:b/"])
def test_no_page(address):
    assert address_key(address) == ""


@given(st.text(max_size=60).map(lambda text: f"https://example.org/{text}") | st.text(max_size=60))
def test_a_key_fits_the_database_whatever_comes(address):
    key = address_key(address)
    assert len(key) <= MAX_KEY
    assert "\0" not in key
    refusal(address)
    without_tracking(address)


def test_a_long_address_has_a_key_of_its_own():
    long = f"{PAGE}?id={'1' * 500}"
    assert len(address_key(long)) == MAX_KEY
    assert address_key(long) != address_key(f"{long}2")


def test_the_host_begins_the_key():
    assert address_key(PAGE).startswith(host_key("https://www.example.org/"))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("javascript:alert(1)", "Only addresses that begin with http:// or https://"),
        ("data:text/html,hello", "Only addresses that begin"),
        ("file:///etc/passwd", "Only addresses that begin"),
        ("ftp://example.org/report.pdf", "Only addresses that begin"),
        ("//example.org/page", "not a web address"),
        ("just words", "not a web address"),
        ("https://exam ple.org/", "not a web address"),
        ("https://example.org\\@evil.example", "not a web address"),
        ("https://[", "not a web address"),
        ("https://example.org:http/", "not a web address"),
        ("https://user:secret@example.org/", "user name or password"),
        ("https://@example.org/", "user name or password"),
        ("https://localhost/", "private address"),
        ("https://desk.internal/", "private address"),
        ("http://127.0.0.1/", "private address"),
        ("http://127.1/", "private address"),
        ("http://2130706433/", "private address"),
        ("http://0x7f000001/", "private address"),
        ("http://10.0.0.8/admin", "private address"),
        ("http://192.168.1.1/", "private address"),
        ("http://169.254.169.254/latest/meta-data", "private address"),
        ("http://[::1]/", "private address"),
        ("http://[::ffff:127.0.0.1]/", "private address"),
        ("http://[fe80::1]/", "private address"),
        ("https://desk/", "not the name of a site"),
        ("https://-.org/", "not the name of a site"),
        (f"{PAGE}?{'x' * 2000}", "more than 2,000 characters"),
    ],
)
def test_what_cannot_be_a_source(address, reason):
    assert reason in refusal(address)


@pytest.mark.parametrize(
    "address",
    [PAGE, "http://example.org", "https://例え.jp/関税", "https://8.8.8.8/", "https://example.org:8443/x?y#z"],
)
def test_what_can_be_a_source(address):
    assert refusal(address) == ""


def test_tracking_is_taken_out_and_named():
    address = f"{PAGE}?id=2&utm_source=feed&fbclid=1&b=%E8#part:~:text=They"
    assert without_tracking(address) == (f"{PAGE}?id=2&b=%E8#part", ["utm_source", "fbclid"])
    assert without_tracking(f"{PAGE}?id=2&&x") == (f"{PAGE}?id=2&&x", [])


@pytest.mark.parametrize("typed", ["example.org/news/talks", "  example.org/news/talks\n"])
def test_an_address_without_its_beginning(typed):
    assert written_out(typed) == PAGE


@pytest.mark.parametrize("typed", [PAGE, "words.", "javascript:alert(1)", "talks"])
def test_what_is_left_as_it_is(typed):
    assert written_out(typed) == typed
