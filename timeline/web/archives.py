"""Archives: addresses at which others keep copies of pages, and the page that each is a copy of.

A leaf. The forms were seen in addresses on the web; an archive that hides the address of the page in a code
(archive.today/AbCdE) is known for one, and what it copied is not.
"""

import datetime
import re
from contextlib import suppress
from urllib.parse import parse_qs, unquote, urlsplit

_ARCHIVE_TODAY = r"archive\.(?:today|ph|is|li|md|vn|fo)"

_KEPT = [
    # Internet Archive: a moment, the newest copy, all copies, a copy without its frame (id_, if_ …)
    re.compile(r"^web\.archive\.org/(?:web/(?:[\d*]{1,15}(?:[a-z]{2}_)?/)?|save/)?(?P<page>.+)$"),
    re.compile(rf"^{_ARCHIVE_TODAY}/(?:newest|oldest|o/\w+|[\d.-]{{4,19}})/(?P<page>.+)$"),
    re.compile(rf"^{_ARCHIVE_TODAY}/(?P<page>https?:.+)$"),
    re.compile(r"^megalodon\.jp/\d{4}-\d{4}-\d{4}-\d\d/(?P<page>.+)$"),
    # The National Diet Library's archive of public bodies
    re.compile(r"^warp\.(?:da\.)?ndl\.go\.jp/info:ndljp/pid/\d+/(?P<page>.+)$"),
]
"""Copies that an archive keeps. The address of the page stands in theirs."""

_HIDDEN = re.compile(rf"^{_ARCHIVE_TODAY}/(?:wip/)?(?P<code>\w{{4,8}})(?:[/?#].*)?$")
_GOOGLE = re.compile(r"^cache:(?:[\w-]{12}:)?(?P<page>\S+)")

_DAYS = [
    # As the Wayback Machine and all who use its programs write it: a moment, and the address of the page after it
    re.compile(r"/(\d{4})(\d\d)(\d\d)(?:\d\d){0,3}(?:[a-z]{2}_)?/https?:", re.IGNORECASE),
    re.compile(rf"^{_ARCHIVE_TODAY}/(\d{{4}})\.?(\d\d)\.?(\d\d)(?:-?\d{{4,6}})?/"),
    re.compile(r"^megalodon\.jp/(\d{4})-(\d\d)(\d\d)-"),
]
"""Where an archive writes the day of a copy into its address: year, month and day."""

_CACHED = [
    re.compile(r"^google\.[a-z.]+/amp/(?:s/)?(?P<page>.+)$"),
    re.compile(r"^bing\.com/amp/(?:s/)?(?P<page>.+)$"),
    re.compile(r"^[^/]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?(?P<page>.+)$"),
    re.compile(r"^[^/]+\.bing-amp\.com/[a-z]/(?:s/)?(?P<page>.+)$"),
]
"""Copies of AMP pages: the address of the page stands in theirs, after ``s/`` when it is https
(https://developers.google.com/amp/cache/overview, "AMP cache URL format")."""

_DEEPEST = 4
"""Copies of copies that are looked into."""


def original(url: str) -> str:
    """The address of the page that ``url`` is a copy of, in an archive or a cache; else ``url``.

    A copy that hides its page gets the one address that stands for all names of its archive.
    """
    url = url.strip()
    for _time in range(_DEEPEST):
        page = _page(url, [*_KEPT, *_CACHED]) or _in_google(url)
        if not page:
            break
        url = page
    hidden = _HIDDEN.match(_place(url))
    return f"https://archive.today/{hidden['code']}" if hidden else url


def is_copy(url: str) -> bool:
    """Whether an archive keeps a copy of a page at ``url``."""
    url = url.strip()
    return bool(_page(url, _KEPT) or _in_google(url) or _HIDDEN.match(_place(url)))


def copied_on(url: str) -> str:
    """The day of the copy at ``url`` (ISO 8601, UTC); "" where the address does not say it."""
    place = _place(url.strip())
    for form in _DAYS:
        if found := form.search(place):
            with suppress(ValueError):
                return datetime.date(*map(int, found.groups())).isoformat()
    return ""


def _page(url: str, forms: list[re.Pattern[str]]) -> str:
    place = _place(url)
    return next((page for form in forms if (found := form.match(place)) and (page := _complete(found["page"]))), "")


def _in_google(url: str) -> str:
    """The page of which Google kept a copy, while it kept any (until 2024)."""
    place = _place(url)
    if not place.startswith("webcache.googleusercontent.com/"):
        return ""
    asked = parse_qs(place.partition("?")[2]).get("q", [""])[0]
    found = _GOOGLE.match(asked)
    return _complete(found["page"]) if found else ""


def _place(url: str) -> str:
    """An address from its host on, which is in lower case, without ``www`` and a usual port; "" for no web address."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return ""
    host, slash, path = rest.partition("/")
    return f"{re.sub(r'^www\.|:(?:80|443)$', '', host.lower())}{slash}{path}"


def _complete(page: str) -> str:
    """What an archive has for the address of a page, as an address; "" where it is none."""
    if re.match(r"https?%3a", page, re.IGNORECASE):
        page = unquote(page)
    scheme = re.match(r"(https?):/*", page, re.IGNORECASE)
    page = f"{scheme[1].lower()}://{page[scheme.end() :]}" if scheme else f"https://{page}"
    try:
        host = urlsplit(page).hostname or ""
    except ValueError:
        return ""
    return page if "." in host else ""
