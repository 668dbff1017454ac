"""Clients: the address a request comes from, and whether the page of another site sent it.

Anybody may write ``X-Forwarded-For``. Each proxy adds the address it was asked from at the end, so
with ``PROXY_COUNT`` proxies of ours the one that many places from the end is true, and nothing before it.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address a request comes from; empty when the server was asked through a socket."""
    nearest = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXY_COUNT:
        return nearest
    added = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(added) < settings.PROXY_COUNT:  # it came past a proxy, or one of them adds nothing
        return nearest
    return _readable(added[-settings.PROXY_COUNT]) or nearest


def comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the page of another site sent a form, as the browser says; no script can make it say otherwise.

    Browsers that do not send ``Sec-Fetch-Site`` send ``Origin`` with each form. Who sends neither is a program,
    which needs no reader of ours to send anything.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("Origin") not in {None, "", *ours}


def _readable(word: str) -> str:
    """An address without the port that some proxies add; empty when it is none."""
    word = word.strip().strip('"')
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        return str(ip_address(word))
    except ValueError:
        return ""


def network_of(address: str) -> str:
    """What is counted as one: an address, or the 2⁶⁴ of IPv6 that one household has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(ip_network((found.packed[:8] + bytes(8), 64)))
        found = found.ipv4_mapped
    return str(found)
