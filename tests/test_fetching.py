"""Fetching pages of the web: whatever an address or its server does, it ends soon and reaches nothing private."""

import socket

import pytest

from tests.misbehaving import MEGABYTE, Answer
from timeline.web import fetching
from timeline.web.fetching import FetchError, fetch

PUBLIC = "8.8.8.8"  # stands for any public address; the connection to it is always replaced


def kind(url: str, **options) -> str:
    with pytest.raises(FetchError) as raised:
        fetch(url, **options)
    assert str(raised.value).endswith(".")
    return raised.value.kind


@pytest.fixture
def lookups(monkeypatch) -> dict[str, list[str]]:
    """Names and the addresses they have, in turn: ``lookups["example.org"] = ["10.0.0.1"]``."""
    names: dict[str, list[str]] = {}

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = names[host]
        address = found.pop(0) if len(found) > 1 else found[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port or 80))]

    monkeypatch.setattr("requests_hardened.ip_filter.socket.getaddrinfo", getaddrinfo)
    return names


# What comes back


def test_a_page_comes_with_its_status_headers_and_body(server):
    server.pages["/report"] = Answer("<p>Ministers met.</p>", headers={"Content-Type": "text/html"})
    page = fetch(server.url("/report#part-2"))
    assert (page.url, page.status, page.body, page.history) == (
        server.url("/report"),
        200,
        b"<p>Ministers met.</p>",
        [],
    )
    assert page.headers["content-type"] == "text/html"


def test_we_say_who_asks(server, settings):
    fetch(server.url("/report"))
    agent = server.asked[0][1]["User-Agent"]
    assert all(who in agent for who in ("Nenpyo", settings.BASE_URL, settings.CONTACT_EMAIL))
    assert "link" not in agent.lower(), "firewalls block what calls itself a link checker"


def test_an_error_page_has_a_status_and_no_body(server):
    assert [fetch(server.url("/gone")).status, fetch(server.url("/gone")).body] == [404, b""]


def test_redirects_are_followed_and_remembered(server):
    server.redirect("/1", "/2", 302)
    server.redirect("/2", "/3?q=%E8%B5%A4")
    server.pages["/3?q=%E8%B5%A4"] = Answer("here")
    page = fetch(server.url("/1"))
    assert (page.body, page.history) == (b"here", [server.url("/1"), server.url("/2")])


def test_a_step_from_https_to_http_is_told():
    assert fetching.Fetched("http://example.org/b", 200, {}, b"", ["https://example.org/a"]).downgraded
    assert not fetching.Fetched("https://example.org/b", 200, {}, b"", ["http://example.org/a"]).downgraded


def test_cookies_live_for_one_fetch(server):
    server.pages["/wall"] = Answer(status=302, headers={"Location": "/page", "Set-Cookie": "seen=1; Path=/"})
    server.pages["/page"] = Answer("here")
    fetch(server.url("/wall"))
    fetch(server.url("/page"))
    assert [headers.get("Cookie") for _path, headers in server.asked] == [None, "seen=1", None]


def test_proxies_and_passwords_of_the_machine_are_not_used(server, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.pages["/"] = Answer("here")
    assert fetch(server.url()).body == b"here"
    assert "Authorization" not in server.asked[0][1]


# What never ends, ends


@pytest.mark.parametrize("path", ["/drip", "/drip_head"])
def test_a_server_that_drips_is_left_when_the_time_is_up(server, path):
    assert kind(server.url(path), seconds=0.2) == "too_slow"


def test_a_body_without_end_is_left_at_the_limit(server):
    assert kind(server.url("/endless"), limit=MEGABYTE) == "too_large"


def test_a_bomb_is_measured_unpacked(server):
    assert kind(server.url("/bomb"), limit=MEGABYTE) == "too_large"


def test_the_page_of_a_redirect_is_not_read(server):
    server.pages["/report"] = Answer("<p>Ministers met.</p>")
    assert fetch(server.url("/moved_without_end"), seconds=2).body == b"<p>Ministers met.</p>"


def test_a_redirect_to_what_is_no_address_is_told(server):
    server.redirect("/report", "http://[::1")
    assert kind(server.url("/report")) == "bad_address"


def test_a_circle_of_redirects_ends(server):
    assert kind(server.url("/loop")) == "too_many_redirects"
    assert len(server.asked) == fetching.MAX_REDIRECTS + 1


def test_a_body_cut_short_is_no_page(server):
    assert kind(server.url("/cut")) == "connection"


def test_an_answer_in_clear_text_to_tls_is_told(server):
    assert kind(server.url().replace("http:", "https:")) == "tls"


def test_a_clear_no_of_the_network_is_told_from_silence(server, lookups, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    lookups["127.0.0.1"] = ["127.0.0.1"]
    with pytest.raises(FetchError) as refused:
        fetch(f"http://127.0.0.1:{port}/")
    with pytest.raises(FetchError) as unknown:
        fetch("http://nowhere.example.org/")

    def hiccup(*args, **kwargs):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr("requests_hardened.ip_filter.socket.getaddrinfo", hiccup)
    with pytest.raises(FetchError) as later:
        fetch("http://nowhere.example.org/")
    errors = [refused.value, unknown.value, later.value]
    assert [(error.kind, error.definite) for error in errors] == [
        ("connection", True),
        ("dns", True),
        ("dns", False),
    ]


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org/page",
        "ftp://example.org/page",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://[::1",
        "https://user:password@example.org/",
        "https://user@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://exam ple.org/",
        "https://example.org:22/",
        "https://example.org/" + "a" * 2000,
        f"https://{'a' * 70}.org/",
    ],
)
def test_what_is_no_web_address_is_refused_with_a_sentence(address):
    assert kind(address) == "bad_address"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fec0::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
    ],
)
def test_an_address_that_is_not_public_is_never_connected_to(lookups, address):
    lookups["example.org"] = [address]
    assert kind("https://example.org/") == "forbidden_address"


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_no_spelling_of_this_machine_gets_through(host):
    assert kind(f"http://{host}/") == "forbidden_address"


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "//192.168.0.1/"])
def test_a_redirect_to_a_private_address_is_not_followed(server, target):
    server.redirect("/out", target)
    assert kind(server.url("/out")) == "forbidden_address"


@pytest.mark.parametrize("target", ["ftp://example.org/", "file:///etc/passwd", "http://me:secret@example.org/"])
def test_a_redirect_to_what_is_no_page_is_not_followed(server, target):
    server.redirect("/out", target)
    assert kind(server.url("/out")) == "bad_address"


def test_a_name_that_changes_its_meaning_gains_nothing(lookups, monkeypatch):
    """DNS rebinding: what was looked up is what is connected to."""
    lookups["example.org"] = [PUBLIC, "127.0.0.1"]
    reached = []

    def connect(address, *args, **kwargs):
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    assert kind("http://example.org/") == "connection"
    assert reached == [PUBLIC]


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("münchen.example", "münchen.example"),
        ("赤沢.example", "赤沢.example"),
        ("аpple.example", "xn--pple-43d.example"),  # a Cyrillic а
        ("xn--pple-43d.example", "xn--pple-43d.example"),
    ],
)
def test_a_name_that_only_looks_like_another_is_shown_as_it_is(lookups, host, shown):
    with pytest.raises(FetchError, match=f"name of {shown}"):
        fetch(f"https://{host}/")
