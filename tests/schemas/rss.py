"""What is wrong with an RSS document: RSS 2.0, the RSS Best Practices Profile, and warnings of the W3C's validator.

Faults have the names that validator gives them. Two entries of one moment are none.
"""

import re
from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import html5lib
from bs4 import BeautifulSoup
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
FH = "{http://purl.org/syndication/history/1.0}"
MEDIA_TYPE = "application/rss+xml"

# How often an element may stand in another: at least, and at most.
CHANNEL = {"title": (1, 1), "link": (1, 1), "description": (1, 1), "item": (0, None)} | dict.fromkeys(
    ("language", "copyright", "lastBuildDate", "pubDate", "generator", "docs", "ttl", "image"), (0, 1)
)
ITEM = {"title": (1, 1), "description": (1, 1), "link": (1, 1), "guid": (1, 1), "pubDate": (1, 1)} | {
    "category": (0, None),
    "author": (0, 1),
    "source": (0, 1),
    CONTENT: (0, 1),
}
EXTENSIONS = {f"{ATOM}link", f"{ATOM}updated", f"{FH}archive", CONTENT}
DAYS, MONTHS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
MOMENT = re.compile(rf"({DAYS}), \d\d ({MONTHS}) \d{{4}} \d\d:\d\d:\d\d [+-]\d{{4}}")
RISKS = {"script", "style", "meta", "embed", "object", "iframe", "form", "link", "base"}


def faults(body: bytes, address: str) -> Iterator[str]:
    """Each fault of the document that was found at ``address``, a whole URL."""
    root = etree.fromstring(body)
    if (root.tag, dict(root.attrib), len(root)) != ("rss", {"version": "2.0"}, 1):
        yield "UndefinedElement: rss"
    channel = root.find("channel")
    yield from _elements(channel, CHANNEL)
    yield from _links(channel, address)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*", channel.findtext("language", "")):
        yield "InvalidLanguage"
    if not channel.findtext("ttl", "0").isdigit():
        yield "InvalidInteger: ttl"
    for name in ("title", "description"):
        if not channel.findtext(name, "").strip():
            yield f"NotBlank: {name}"
    for moment in channel.iter("pubDate", "lastBuildDate"):
        if not _is_moment(moment.text or ""):
            yield f"ProblematicalRFC822Date: {moment.text}"
    items = channel.findall("item")
    if any(one.tag != "item" for one in channel[len(channel) - len(items) :]):
        yield "UndefinedElement: after the items"
    for text, times in Counter(one.findtext("guid") for one in items).items():
        if times > 1:
            yield f"DuplicateValue: {text}"
    for one in items:
        yield from _item(one)


def _elements(parent: etree._Element, known: dict[str, tuple[int, int | None]]) -> Iterator[str]:
    found = Counter(child.tag for child in parent)
    for tag in found.keys() - known.keys() - EXTENSIONS:
        yield f"UndefinedElement: {tag}"
    for tag, (least, most) in known.items():
        if found[tag] < least:
            yield "MissingGuid" if tag == "guid" else f"MissingElement: {tag}"
        if most is not None and found[tag] > most:
            yield f"DuplicateElement: {tag}"


def _links(channel: etree._Element, address: str) -> Iterator[str]:
    own = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if [link.get("type") for link in own] != [MEDIA_TYPE]:
        yield "MissingAtomSelfLink"
    for link in own:
        if link.get("href") != address:
            yield f"SelfDoesntMatchLocation: {link.get('href')}"
    for url in [channel.findtext("link", ""), *(link.get("href") for link in channel.iter(f"{ATOM}link"))]:
        if not _is_address(url):
            yield f"InvalidFullLink: {url}"


def _item(one: etree._Element) -> Iterator[str]:
    yield from _elements(one, ITEM)
    if not one.findtext("title", "").strip():
        yield "NotBlank: title"
    if re.search(r"<[/a-zA-Z!]|&\w+;|&#", one.findtext("title", "")):
        yield f"ContainsHTML: {one.findtext('title')}"
    if not _is_address(one.findtext("link", "")):
        yield f"InvalidFullLink: {one.findtext('link')}"
    guid = one.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false" and not _is_address(guid.text):
        yield f"InvalidHttpGUID: {guid.text}"
    for category in one.findall("category"):
        if not _is_address(category.get("domain", "")):
            yield f"InvalidFullLink: {category.get('domain')}"
    for markup in (one.findtext("description", ""), one.findtext(CONTENT, "")):
        yield from faults_of_html(markup)


def faults_of_html(markup: str) -> Iterator[str]:
    """Each fault of what readers show as HTML, whatever carried it to them. Raises ParseError when it is none."""
    html5lib.HTMLParser(strict=True).parseFragment(markup)
    for tag in BeautifulSoup(markup, "html.parser").find_all(True):
        if tag.name in RISKS or any(name == "style" or name.startswith("on") for name in tag.attrs):
            yield f"SecurityRisk: {tag}"
        for name in ("href", "src"):
            if name in tag.attrs and not _is_address(tag[name]):
                yield f"ContainsRelRef: {tag}"


def _is_address(url: str) -> bool:
    return re.fullmatch(r"https?://[^\s<>\"]+", url) is not None


def _is_moment(text: str) -> bool:
    return MOMENT.fullmatch(text) is not None and f"{parsedate_to_datetime(text):%a}" == text[:3]
