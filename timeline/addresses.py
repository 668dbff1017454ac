"""Web addresses folded for comparison: the same article under two addresses has one key.

A leaf: imports nothing of ours.
"""

import hashlib
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

TRACKING = ("utm_", "mc_", "pk_", "hsa_")
"""What parameters begin with that say where a reader came from, not what is read."""

TRACKING_NAMES = {"fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "ref", "ref_src", "cmpid", "ocid", "smid"}
OTHER_EDITIONS = ("www.", "m.", "mobile.", "amp.")
"""Hosts that serve the same pages for other screens."""

MAX_KEY = 300
"""Characters of a key; an index of the database can hold them in any script."""


def address_key(url: str) -> str:
    """What two addresses of one page have in common; "" when ``url`` is no web address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    for prefix in OTHER_EDITIONS:
        host = host.removeprefix(prefix)
    path = unquote(parts.path).rstrip("/")
    path = path.removesuffix("/amp").removesuffix("/index.html").rstrip("/")
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith(TRACKING) and name.lower() not in TRACKING_NAMES | {"amp"}
    )
    place = f"{host}:{port}" if port and port not in (80, 443) else host
    key = f"{place}{path}" + (f"?{urlencode(query)}" if query else "")
    if len(key) > MAX_KEY:
        digest = hashlib.sha256(key.encode()).hexdigest()
        key = f"{key[: MAX_KEY - len(digest)]}{digest}"
    return key
