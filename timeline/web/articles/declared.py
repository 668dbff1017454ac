"""What a page declares of itself for programs: JSON-LD and microdata, in the words of schema.org.

Read by hand and not by extruct: that brings rdflib, pyRdfa and two parsers of HTML for vocabularies no newspaper
uses, and its microdata is the thirty lines below.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from timeline.web.addresses import address_key

from .article import one_line

Node = dict[str, Any]

_ARTICLE = re.compile(r"(?:Article|Posting|Report|PressRelease|OpinionPiece)$")
_PAGE = re.compile(r"(?:WebPage|ItemPage)$")
_WITHIN = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "subjectOf")
"""Where a node may hold the one that is the article; not the updates of a live blog, nor what is cited."""

MAX_JSON = 1_000_000
MAX_NODES = 2_000
MAX_DEPTH = 6


@dataclass(frozen=True)
class Declared:
    """What was declared; "" and empty where nothing was. ``free`` is None where nothing is said of access.

    ``published`` is as it was written, ``names`` are all that the site calls itself, ``words`` how long it says
    that the article is.
    """

    title: str = ""
    authors: list[str] = field(default_factory=list)
    publisher: str = ""
    published: str = ""
    language: str = ""
    description: str = ""
    address: str = ""
    names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    free: bool | None = None
    words: int = 0


def declared(tree: HtmlElement, url: str = "") -> Declared:
    """What the page says of the article that it is about."""
    nodes = list(_json_ld(tree)) + [_item(scope, MAX_DEPTH) for scope in _top_items(tree)]
    known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _is(node, _ARTICLE)]
    here = address_key(url)
    article = next((node for node in articles if here and here in _addresses(node)), articles[0] if articles else {})
    page = next((node for node in nodes if _is(node, _PAGE)), {})
    both = [article, page] if article else []

    def said(name: str) -> Any:
        return next((node[name] for node in both if node.get(name)), "")

    publisher = _names(article.get("publisher"), known)
    sites = [node for node in nodes if _is(node, re.compile(r"WebSite$|Organization$"))]
    return Declared(
        title=_text(article.get("headline")) or _text(article.get("name")),
        authors=list(dict.fromkeys(_names(article.get("author"), known) or _names(article.get("creator"), known))),
        publisher=publisher[0] if publisher else "",
        published=_text(said("datePublished")),
        language=_text(said("inLanguage")),
        description=_text(article.get("description")),
        address=next(iter(_urls(article)), ""),
        names=[*publisher, *(name for site in sites for key in ("name", "alternateName") for name in _all(site, key))],
        kinds=_kinds(article),
        free=_truth(said("isAccessibleForFree")),
        words=_number(article.get("wordCount")),
    )


def _is(node: Node, kind: re.Pattern[str]) -> bool:
    return any(kind.search(name) for name in _kinds(node))


def _kinds(node: Node) -> list[str]:
    kinds = node.get("@type")
    return [
        re.split(r"[/#:]", kind)[-1]
        for kind in (kinds if isinstance(kinds, list) else [kinds])
        if isinstance(kind, str)
    ]


# JSON-LD


def _json_ld(tree: HtmlElement) -> Iterator[Node]:
    left = MAX_NODES
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        for node in _nodes(_parsed(script.text or ""), MAX_DEPTH):
            yield node
            left -= 1
            if not left:
                return


def _parsed(text: str) -> Any:
    """The value of a script, also where its author took JSON lightly; None where nobody can read it."""
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)?[\s;]*$", "", text[:MAX_JSON])
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", unescape(text))):
        try:
            return json.loads(attempt, strict=False)  # line breaks within strings
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any, depth: int) -> Iterator[Node]:
    """The nodes of a value: itself, and those where an article may stand."""
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each, depth)
    elif isinstance(value, dict) and depth:
        yield value
        for name in _WITHIN:
            yield from _nodes(value.get(name), depth - 1)


# Microdata (HTML Standard, section 5)


def _top_items(tree: HtmlElement) -> Iterator[HtmlElement]:
    yield from tree.xpath("//*[@itemscope][@itemtype][not(@itemprop)]")[:MAX_NODES]


def _item(scope: HtmlElement, depth: int) -> Node:
    """An item as the node that JSON-LD would have: its properties, those of items within it among themselves."""
    node: Node = {"@type": (scope.get("itemtype") or "").split()}
    waiting = list(reversed(scope))
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        inner = element.get("itemscope") is not None
        for name in (element.get("itemprop") or "").split():
            value = (_item(element, depth - 1) if depth else "") if inner else _value(element)
            node[name] = [*node[name], value] if name in node else [value]
        if not inner:
            waiting += reversed(element)
    return node


def _value(element: HtmlElement) -> str:
    said = next((element.get(name) for name in ("content", "datetime", "href", "src") if element.get(name)), None)
    if element.tag == "a" and not element.get("content"):
        said = None  # its words, such as the name of an author
    return said or element.text_content()


# Values


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("alternateName") or ""
    return one_line(unescape(unescape(value))) if isinstance(value, str) else ""


def _all(node: Node, name: str) -> list[str]:
    value = node.get(name)
    return list(filter(None, map(_text, value if isinstance(value, list) else [value])))


def _names(value: Any, known: dict[str, Node], depth: int = 3) -> list[str]:
    """The names of one or more people or organisations, in whichever way they were written."""
    if isinstance(value, list):
        return [name for each in value[:50] for name in _names(each, known, depth)]
    if isinstance(value, dict) and depth:
        if "name" not in value and value.get("@id") in known:
            value = known[value["@id"]]
        return _names(value.get("name") or value.get("@value"), known, depth - 1)
    return [name] if (name := _text(value)) and not re.match(r"https?:", name) else []


def _urls(node: Node) -> list[str]:
    of_page = node.get("mainEntityOfPage")
    values = [node.get("url"), of_page.get("@id") if isinstance(of_page, dict) else of_page, node.get("@id")]
    return [url for url in map(_text, values) if re.match(r"https?://", url)]


def _addresses(node: Node) -> set[str]:
    return set(filter(None, map(address_key, _urls(node))))


def _truth(value: Any) -> bool | None:
    text = str(value[0] if isinstance(value, list) and value else value).casefold().rpartition("/")[2]
    return {"true": True, "1": True, "false": False, "0": False}.get(text)


def _number(value: Any) -> int:
    return int(value) if str(value).isdecimal() else 0
