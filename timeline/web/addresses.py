"""Web addresses: which may be a source's, and which of them are one page.

A leaf: imports nothing of ours but its neighbours. Nothing is looked up here; whether a name leads to a
private place is found out by whoever fetches.
"""

import hashlib
import ipaddress
import re
import socket
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.utils.translation import gettext as _

from . import tracking
from .archives import is_copy, original

MAX_KEY = 300
"""Characters of a key; an index of the database can hold them in any script."""

MAX_ADDRESS = 2000

OTHER_SCREENS = re.compile(r"^(?:www\d*|m|mobile|amp|sp|touch)\.(?=[^.]+\.)")
"""Hosts that serve the same pages for other screens."""

_AMP_PATH = re.compile(r"(?:/amp|\.amp|/index\.(?:html?|php))$|^/amp(?=/)|(?<=\.)amp\.(?=html?$)", re.IGNORECASE)
_AMP_PARAMETERS = {("amp", "1"), ("amp", "true"), ("amp", ""), ("outputtype", "amp"), ("output", "amp")}

_PRIVATE_NAMES = ("localhost", "local", "internal", "lan", "home", "intranet", "corp", "test", "invalid", "onion")
_NEVER = re.compile(r"[\s\x00-\x1f\x7f\\]")
"""What no address holds; ``urlsplit`` would leave some of it out without a word."""

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def written_out(url: str) -> str:
    """What an editor pastes as an address; ``example.org/page`` gets its ``https://``."""
    url = url.strip()
    host = re.match(r"[^/?#:@\s]+\.[^/?#:@\s]+(?=[/?#]|$)", url)
    return f"https://{url}" if host and _is_name(host[0].lower()) else url


def refusal(url: str) -> str:
    """A sentence for editors that says why ``url`` cannot be the address of a source; "" when it can."""
    url = url.strip()
    parts = _split(url)
    scheme = url.partition(":")[0].lower()
    complete = "://" in url or scheme in ("javascript", "data", "mailto")
    if parts is None or not scheme.isalpha() or not complete or _NEVER.search(url):
        return _("This is not a web address. Write it in full, for example https://example.org/article.")
    if scheme not in ("http", "https"):
        return _("Only addresses that begin with http:// or https:// can be a source; this is “%s:”.") % scheme
    if parts.username is not None or parts.password is not None:
        return _("This address holds a user name or password before “@”. Take them out.")
    if len(url) > MAX_ADDRESS:
        return _("This address has more than 2,000 characters. Take out what is not needed after the “?”.")
    host = _host(parts)
    if _is_private(host):
        if settings.NENPYO_FETCH_LOOPBACK and _ip(host):
            return ""  # the servers of our tests
        return _("“%s” is a private address: readers cannot open it.") % host
    if not _is_name(host) and not _ip(host):
        return _("“%s” is not the name of a site. Check the address.") % (parts.hostname or url)
    return ""


def without_tracking(url: str) -> tuple[str, list[str]]:
    """The address without parameters that only say where a reader came from, and their names.

    What stays keeps its spelling and order; a text fragment (``#:~:text=``) goes as well, and one that is tracking.
    """
    url = url.strip()
    parts = _split(url)
    if parts is None or is_copy(url):  # an archive knows a page by its whole address
        return url, []
    query, gone = tracking.without_tracking(parts.query, _host(parts))
    fragment = parts.fragment.partition(":~:")[0]
    name, equals, _value = fragment.partition("=")
    if equals and tracking.is_tracking(name, _host(parts)):
        fragment = ""
        gone.append(name)
    if not gone and fragment == parts.fragment:
        return url, []
    return urlunsplit(parts._replace(query=query, fragment=fragment)), gone


def address_key(url: str) -> str:
    """What all addresses of one page have in common; "" when ``url`` is no web address.

    Scheme, ``www`` and mobile hosts, default ports, AMP and its caches, a last slash, the
    fragment, tracking parameters, the order of parameters, case of the host and
    percent-encoding (RFC 3986 section 6.2) tell how a link was copied, not what it points to.
    A copy in an archive has the key of its original.
    """
    parts = _split(original(url))
    if parts is None or parts.scheme not in ("http", "https"):
        return ""
    host = _host(parts)
    if not host:
        return ""
    place = OTHER_SCREENS.sub("", host)
    port = parts.port
    if port and port not in (80, 443):
        place = f"{place}:{port}"
    path = _AMP_PATH.sub("", re.sub(r"/+", "/", _decoded(parts.path)).rstrip("/")).rstrip("/")
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not (tracking.is_tracking(name, host) or tracking.is_gift(name, host))
        and (name.lower(), value.lower()) not in _AMP_PARAMETERS
    )
    key = f"{place}{path}" + (f"?{urlencode(query)}" if query else "")
    if len(key) > MAX_KEY:
        digest = hashlib.sha256(key.encode()).hexdigest()
        key = f"{key[: MAX_KEY - len(digest)]}{digest}"
    return key


def host_key(url: str) -> str:
    """The host as it stands at the beginning of keys; "" when ``url`` is no web address."""
    return re.split(r"[/?]", address_key(url), maxsplit=1)[0]


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where the port is no number
    except ValueError:
        return None
    return parts


def _host(parts: SplitResult) -> str:
    """The host in lower case and ASCII (IDNA), without a last dot; "" when there is none."""
    host = (parts.hostname or "").rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:
        return ""


def _decoded(path: str) -> str:
    """A path with the one spelling of each character: decoded, but for what would change its parts."""
    return quote(unquote(path, errors="replace"), safe="/~!$&'()*+,;=:@")


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The numeric address that ``host`` means; also as browsers read 127.1, 0x7f000001 and 2130706433."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.ip_address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_private(host: str) -> bool:
    address = _ip(host)
    if address is not None:
        mapped = getattr(address, "ipv4_mapped", None)
        return not (mapped or address).is_global or address.is_multicast
    return host.rpartition(".")[2] in _PRIVATE_NAMES


def _is_name(host: str) -> bool:
    labels = host.split(".")
    return len(labels) > 1 and len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
