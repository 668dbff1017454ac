"""All that readers get, as digests by address, to hold one site against another: a restored or an upgraded one.

python -m tests.answers http://127.0.0.1:8000     (the addresses of a site that runs, their number and one digest)
"""

import hashlib
import re
import sys
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import requests
from django.test import Client

HEADERS = ["Content-Type", "Cache-Control", "ETag", "Last-Modified", "Link", "Location"]
LINK = re.compile(r'(?:href="|src="|<loc>|"(?:url|html|api|self|next)": ?")([^"<#]+)')
NOT_WALKED = ("/static/", "/media/", "/admin/", "/status.json")  # each time another, or not ours to say

Answer = tuple[int, dict[str, str], bytes]


def answers(get: Callable[[str], Answer], start: Iterable[str], *, walk: bool = False) -> dict[str, str]:
    """A digest of each answer; with ``walk`` also of all that answers link to, as far as it has no question."""
    found: dict[str, str] = {}
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path in found or path.startswith(NOT_WALKED):
            continue
        status, headers, body = get(path)
        said = repr((status, sorted(headers.items()))).encode() + body
        found[path] = hashlib.sha256(said).hexdigest()
        if walk and re.search("html|xml|json", headers.get("Content-Type", "")):
            waiting += [link for one in LINK.findall(body.decode()) if (link := _ours(one))]
    return found


def digest(found: dict[str, str]) -> str:
    """One digest of them all."""
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


def of_client(client: Client) -> Callable[[str], Answer]:
    """The answers of this process."""

    def get(path: str) -> Answer:
        response = client.get(path)
        return response.status_code, _chosen(response.headers), response.getvalue()

    return get


def _of_site(base: str) -> Callable[[str], Answer]:
    session = requests.Session()

    def get(path: str) -> Answer:
        response = session.get(base + path, allow_redirects=False, timeout=60)
        return response.status_code, _chosen(response.headers), response.content

    return get


def _chosen(headers: object) -> dict[str, str]:
    return {name: headers[name] for name in HEADERS if name in headers}


def _ours(link: str) -> str:
    """The path of a link to this site without a question; nothing for any other."""
    parts = urlsplit(link.strip())
    return parts.path if parts.path.startswith("/") and not parts.query and _is_here(parts.hostname) else ""


def _is_here(host: str | None) -> bool:
    return host in (None, "127.0.0.1", "localhost", "testserver")


if __name__ == "__main__":
    everything = answers(_of_site(sys.argv[1].rstrip("/")), ["/", "/sitemap.xml", "/feeds/", "/api/"], walk=True)
    for path, sum_ in sorted(everything.items()):
        print(sum_, path)
    print(len(everything), digest(everything), file=sys.stderr)
