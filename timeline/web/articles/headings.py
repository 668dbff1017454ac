"""Headings: what a page prints large, which may be the headline of its article."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from .article import one_line

MOST = 4
"""Headings of a kind that are looked at; what comes later heads a part of the text, or other articles."""

_KICKER = re.compile(r"kicker|overline|eyebrow|topline|dachzeile|roofline|pre-?title|supertitle", re.IGNORECASE)
_HEADLINE = re.compile(r"headline|title", re.IGNORECASE)
_PATH = re.compile(r"bread-?crumb", re.IGNORECASE)
_ELSEWHERE = {"nav", "footer", "aside", "dialog", "form"}
_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+)?", re.IGNORECASE)


def of_page(tree: HtmlElement) -> tuple[list[str], list[str]]:
    """The headings that may be the headline, larger ones first; and those that lead home, which name the site.

    A path of sections ends in the title of the page once more, often in other words than are printed.
    """
    printed: list[str] = []
    site: list[str] = []
    for name in ("h1", "h2"):
        found = 0
        for element in tree.iter(name):
            words = _words(element)
            if not words or _is_elsewhere(element):
                continue
            if _leads_home(element):
                site.append(words)
                continue
            printed += dict.fromkeys([words, _text(element)])
            found += 1
            if found == MOST:
                break
    return printed, site


def _words(heading: HtmlElement) -> str:
    """A heading without its kicker, the line over a headline that names its topic."""
    parts = [child for child in heading if isinstance(child.tag, str) and one_line(child.text_content())]
    kickers = [part for part in parts if _KICKER.search(_marks(part))]
    headlines = [part for part in parts if part not in kickers and _HEADLINE.search(_marks(part))]
    apart = len(parts) > 1 and not "".join([heading.text or "", *(part.tail or "" for part in parts)]).strip()
    if apart and len(headlines) == 1:
        parts = headlines
    elif apart and 0 < len(kickers) < len(parts):
        parts = [part for part in parts if part not in kickers]
    else:
        return _text(heading)
    return one_line(" ".join(map(_text, parts))).lstrip("-–—:|/· ")


def _marks(element: HtmlElement) -> str:
    return " ".join([element.get("class") or "", *(name for name in map(str, element.keys()) if "-" in name)])


def _text(element: HtmlElement) -> str:
    """The words of an element, parted where a line ends."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            pieces.append(f" {_text(child)} " if child.tag in {"br", "div", "p"} else _spaced(child))
        pieces.append(child.tail or "")
    return one_line("".join(pieces))


def _spaced(element: HtmlElement) -> str:
    """The words of an element with the spaces at its ends, which stand between it and its neighbours."""
    whole, words = element.text_content(), _text(element)
    return f"{' ' * whole[:1].isspace()}{words}{' ' * whole[-1:].isspace()}"


def _above(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()


def _is_elsewhere(heading: HtmlElement) -> bool:
    return any(
        above.tag in _ELSEWHERE or _PATH.search(f"{above.get('class') or ''} {above.get('id') or ''}")
        for above in _above(heading)
        if above.tag not in {"body", "html"}
    )


def _leads_home(heading: HtmlElement) -> bool:
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    return any(link.get("href") and _HOME.fullmatch(link.get("href").strip()) for link in links)
