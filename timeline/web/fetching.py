"""A page of the web, fetched safely: what an editor pastes and what the link checker visits.

Addresses come from people and from other people's servers, so nothing about them is
trusted. requests-hardened looks a host up once, refuses an address that is not public,
and connects to exactly that address: a name that means something else a moment later
(DNS rebinding) gains nothing. Redirects are followed here by hand, each hop under the
same rules. A leaf: imports nothing of ours.

DECISIONS 70 says why.
"""

import http.client
import io
import ipaddress
import re
import socket
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError, LocationParseError, ReadTimeoutError, SSLError
from urllib3.util import Url, parse_url

MEGABYTE = 1024 * 1024
MAX_BODY = 10 * MEGABYTE
MAX_SECONDS = 20.0
"""For all of it, redirects included; only the lookup of a name has the resolver's own limit."""
MAX_SECONDS_TO_CONNECT = 5.0
MAX_REDIRECTS = 5
MAX_ADDRESS = 2000
PORTS = {None, 80, 443, 8080, 8443}
"""Where web servers are. On others are databases and mail, which must not be talked to in HTTP."""

REDIRECTS = {301, 302, 303, 307, 308}
CHUNK = 64 * 1024
NO_SUCH_HOST = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class FetchError(Exception):
    """No answer that could be used. ``str()`` is a sentence for editors.

    ``kind`` is one of bad_address, forbidden_address, too_large, too_slow,
    too_many_redirects, dns, tls, connection. ``definite`` is true when the network itself
    said that nothing is there (no such host, connection refused), not just nothing.
    """

    def __init__(self, kind: str, sentence: str, *, definite: bool = False) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.definite = definite


@dataclass(frozen=True)
class Fetched:
    """An answer, whatever its status.

    ``url`` is the address that answered, ``history`` those that redirected to it, in order.
    ``headers`` are found in any case. ``body`` is decompressed, and empty from status 400 on.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    history: list[str] = field(default_factory=list)

    @property
    def downgraded(self) -> bool:
        """Whether a redirect led from https to http, where anybody on the way can change the page."""
        hops = [urlsplit(url).scheme for url in [*self.history, self.url]]
        return "http" in hops[hops.index("https") :] if "https" in hops else False


def fetch(
    url: str, *, headers: Mapping[str, str] | None = None, limit: int = MAX_BODY, seconds: float = MAX_SECONDS
) -> Fetched:
    """GET ``url``, following at most ``MAX_REDIRECTS`` redirects.

    ``limit`` counts bytes after decompression. Cookies live from hop to hop, as some sites
    need, and are forgotten at the end; proxies and passwords of the environment are ignored.
    Raises :class:`FetchError`.
    """
    ends = time.monotonic() + seconds
    history: list[str] = []
    with _session(ends) as session:
        while True:
            address = _checked(url)
            with _translated(address), session.get(address.url, headers=headers, stream=True) as response:
                reached = response.url or address.url
                target = response.headers.get("Location")
                if response.status_code not in REDIRECTS or not target:
                    body = b"" if response.status_code >= 400 else _body(response, address, limit, ends)
                    return Fetched(reached, response.status_code, response.headers, body, history)
            if len(history) == MAX_REDIRECTS:
                raise FetchError(
                    "too_many_redirects",
                    _("%(host)s sends us from one address to the next without end.") % {"host": _shown(address)},
                )
            history.append(reached)
            url = target_of(reached, target)


def ask(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
    limit: int = MAX_BODY,
    seconds: float = MAX_SECONDS,
) -> Fetched:
    """One request to a program, and its answer as it is: a redirect is not followed, the words of a refusal are kept.

    ``data`` are the fields of a form to send (POST), else it is a GET. Raises :class:`FetchError`.
    """
    ends = time.monotonic() + seconds
    address = _checked(url)
    method = "GET" if data is None else "POST"
    with (
        _session(ends) as session,
        _translated(address),
        session.request(method, address.url, headers=headers, data=data, stream=True) as response,
    ):
        is_redirect = response.status_code in REDIRECTS and "Location" in response.headers
        body = b"" if is_redirect else _body(response, address, limit, ends)
        return Fetched(response.url or address.url, response.status_code, response.headers, body)


def target_of(url: str, location: str) -> str:
    """Where the header Location of the answer from ``url`` leads. Raises :class:`FetchError`."""
    try:
        # A header is bytes read as Latin-1 (RFC 9110 section 5.5); in practice they are UTF-8.
        return urljoin(url, location.encode("latin-1", "replace").decode("utf-8", "replace"))
    except ValueError as error:
        raise FetchError(
            "bad_address", _("%(host)s sends us to what is no address.") % {"host": urlsplit(url).hostname}
        ) from error


# -- before connecting ---------------------------------------------------------------------


def _checked(url: str) -> Url:
    """``url`` taken apart by the parser that will connect, without its fragment."""
    url = url.strip()
    if len(url) > MAX_ADDRESS:
        raise FetchError("bad_address", _("This address is too long: more than 2,000 characters."))
    try:
        address = parse_url(url)
    except LocationParseError:
        address = Url()
    if address.scheme not in ("http", "https") or not address.host or re.search(r"[\s\x00-\x1f\\]", url):
        raise FetchError(
            "bad_address", _("This is not the address of a web page. Write it in full, as https://example.org/page.")
        )
    if address.auth is not None:
        raise FetchError(
            "bad_address", _("This address carries a user name or a password. Take away what stands before the “@”.")
        )
    if address.port not in PORTS and not settings.NENPYO_FETCH_LOOPBACK:
        raise FetchError(
            "bad_address",
            _("Port %(port)s is not one of the web: we fetch nothing from there.") % {"port": address.port},
        )
    return address._replace(fragment=None)


def _shown(address: Url) -> str:
    """The host as editors may read it; in punycode unless its letters are all Latin or all East Asian.

    Letters of another script can pass for Latin ones: аpple.com with a Cyrillic а (RFC 5890 section 4.4).
    """
    host = (address.host or "").strip("[]")
    try:
        host = host.encode("ascii").decode("idna") if "xn--" in host else host
    except UnicodeError:
        return host
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in host if letter.isalpha()}
    readable = scripts <= {"LATIN"} or scripts <= {
        "LATIN",
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "KATAKANA-HIRAGANA",
        "HANGUL",
    }
    if host.isascii() or readable:
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()


# -- connecting ----------------------------------------------------------------------------


def _session(ends: float) -> HTTPSession:
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=settings.NENPYO_FETCH_LOOPBACK,
        never_redirect=True,
        default_timeout=(MAX_SECONDS_TO_CONNECT, MAX_SECONDS),
        user_agent_override=settings.NENPYO_USER_AGENT,
    )
    session = _Session(config)
    session.trust_env = False  # a proxy would look names up itself, past the filter
    session.mount("http://", _Adapter(ends, is_https_proto=False, allow_loopback=settings.NENPYO_FETCH_LOOPBACK))
    session.mount("https://", _Adapter(ends, is_https_proto=True, allow_loopback=settings.NENPYO_FETCH_LOOPBACK))
    return session


class _Session(HTTPSession):
    """A session that leaves redirects to us. Else requests reads their bodies, to any length, before we see them."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class _Adapter(IPFilterAdapter):
    """The filter of requests-hardened, what it lets through looked at once more, and an end to waiting."""

    def __init__(self, ends: float, **options: Any) -> None:
        self._ends = ends
        super().__init__(**options)

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        address = ipaddress.ip_address(str(host["host"]).strip("[]"))
        # The filter knows private, loopback, link-local and multicast addresses; here also the rest
        # that is no public place: reserved, unspecified, the site-local range of IPv6.
        public = address.is_global and not address.is_reserved and not getattr(address, "is_site_local", False)
        if not public and not (self._allow_loopback and address.is_loopback):
            raise InvalidIPAddress(address)
        return host, pool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        plain = pool.ConnectionCls

        def connection(*args: Any, **kwargs: Any) -> Any:
            made = plain(*args, **kwargs)
            made.response_class = partial(_Response, self._ends)
            return made

        pool.ConnectionCls = connection
        return pool

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        left = max(self._ends - time.monotonic(), 0.001)
        kwargs["timeout"] = (min(left, MAX_SECONDS_TO_CONNECT), left)
        return super().send(*args, **kwargs)


class _Response(http.client.HTTPResponse):
    """An answer, headers too, that is read until the clock says so.

    The timeouts of a socket are for one read each: a byte a second would never end.
    """

    def __init__(self, ends: float, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Until(ends, sock, self.fp.detach()))


class _Until(io.RawIOBase):
    """``raw``, each read of which may wait only for the time that is left."""

    def __init__(self, ends: float, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._ends, self._socket, self._raw = ends, sock, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


# -- what comes back -----------------------------------------------------------------------


def _body(response: requests.Response, address: Url, limit: int, ends: float) -> bytes:
    """The body, decompressed piece by piece: a bomb ends at ``limit``, not in memory."""
    body = bytearray()
    while piece := response.raw.read1(CHUNK, decode_content=True):
        body += piece
        if len(body) > limit:
            raise FetchError(
                "too_large",
                _("The page of %(host)s is larger than %(size)s megabytes.")
                % {"host": _shown(address), "size": round(limit / MEGABYTE, 1)},
            )
        if time.monotonic() > ends:
            raise TimeoutError
    return bytes(body)


@contextmanager
def _translated(address: Url) -> Iterator[None]:
    """Turn what the libraries raise into :class:`FetchError`."""
    host = {"host": _shown(address)}
    try:
        yield
    except InvalidIPAddress as error:
        raise FetchError(
            "forbidden_address", _("%(host)s is not on the public internet, so we do not fetch it.") % host
        ) from error
    except (requests.exceptions.SSLError, SSLError) as error:
        raise FetchError(
            "tls", _("%(host)s does not prove who it is: its certificate or its encryption is not in order.") % host
        ) from error
    except (requests.exceptions.Timeout, ReadTimeoutError, TimeoutError) as error:
        raise FetchError("too_slow", _("%(host)s took too long to answer.") % host) from error
    except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
        raise _failure(error, host) from error


def _failure(error: Exception, host: dict[str, str]) -> FetchError:
    """What went wrong with a name or a connection; libraries hold the cause deep inside."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            if cause.errno in NO_SUCH_HOST:
                return FetchError("dns", _("There is no site by the name of %(host)s.") % host, definite=True)
            return FetchError("dns", _("The name %(host)s could not be looked up just now.") % host)
        if isinstance(cause, ConnectionRefusedError):
            return FetchError("connection", _("%(host)s refuses the connection.") % host, definite=True)
    if any(isinstance(cause, UnicodeError | requests.exceptions.InvalidURL) for cause in causes):
        return FetchError("bad_address", _("%(host)s cannot be the name of a site.") % host)
    return FetchError("connection", _("The connection to %(host)s broke off.") % host)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
