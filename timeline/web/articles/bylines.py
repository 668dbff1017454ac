"""Bylines: who wrote an article, as it was printed, without what stands around the names."""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from timeline.names import name_key

from .article import one_line

MAX_AUTHORS = 20
LONGEST = 120
MAX_MARKED = 60
"""Characters that a marked byline has; with more it is a portrait of its author."""
MOST_MARKED = 30
MOST_LINKED = 3

_BEFORE = re.compile(
    r"^(?:(?:written|reported|posted|analysis|story|words|text|report|opinion|review)\s+)?by[:\s]\s*"
    r"|^(?-i:(?:von|par|por|door|av)\s+(?=[A-ZÀ-Þ]))|^(?:author|reporter|writer)s?:\s*"
    r"|^(?:取材・文|文・写真|文と写真|取材|執筆者?|著者|記者|文責|文|聞き手)\s*[:：・／/＝=]\s*",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:[<(\[（【]?[\w.+-]+@[\w.-]+[>)\]）】]?|@\w+)\s*$"
    r"|\s*[|｜•·]\s.*$"
    r"|\s*(?:特派員|編集委員|論説委員|本紙記者|記者)\s*$"
    r"|,?\s+(?:published|updated|posted)\b.*$"
    r"|[\s,·|]*(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]|\b\d+ min(?:ute)?s?\b(?: read)?).*$"
    r"|\s+(?:link copied|follow|share|view profile)$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"https?:|^www\.|^(?:admin|administrator|editor|author|user|webmaster|root|none|null|unknown|undefined|guest"
    r"|staff|default|n/?a|anonymous|share|follow|profile|contributor|read more)$|^\W*$|^\d+$|[{}<>=]"
    r"|^\(?(?:image|photo|picture|foto|getty)\b"
    r"|^(?:january|february|march|april|may|june|july|august|september|october|november|december)$",
    re.IGNORECASE,
)
_OF_AUTHOR = re.compile(r"(?:^|/)(?:authors?|profiles?|bylines?|by|contributors?|staff|writers?)/[^/?#]+/?$")
_FULL_NAME = re.compile(
    r"[A-ZÀ-Þ][\w.'’-]+(?: [\w.'’-]+){0,2} [A-ZÀ-Þ][\w'’-]+|[一-鿿々]{1,4}[ \u3000]?[一-鿿々ぁ-ゖ]{1,4}"
)
_LIST = re.compile(r"\s*[;；|]\s*|\s*\n\s*")
_MARKED = (
    "//*[@rel='author' or @itemprop='author' or contains(concat(' ', @class, ' '), ' byline ')"
    " or contains(concat(' ', @class, ' '), ' author ') or contains(concat(' ', @class, ' '), ' author-name ')"
    " or contains(concat(' ', @class, ' '), ' byline-name ') or contains(@class, 'byline__name')"
    " or contains(concat(' ', @class, ' '), ' writer ')]"
)
_META = ("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
         "citation_author", "og:article:author", "article:author_name", "cxenseparse:author")  # fmt: skip
_PRINTED = re.compile(
    r"^by\s+(?P<english>[A-ZÀ-Þ][\w.'’-]+(?:\s+(?:and\s+)?[\w.'’-]+){0,7})$"
    r"|^(?:文|取材・文|執筆|聞き手)\s*[:：・／/＝=]\s*(?P<japanese>[^\s。、]{2,12})$"
    r"|[（(](?:[一-鿿々ァ-ヶー]{2,8}(?:部|支局|総局|委員|社)\s+)?"
    r"(?P<signed>[一-鿿々]{1,4}[ \u3000][一-鿿々ぁ-ゖ]{1,4})[)）]$"
    r"|^[\[［【](?P<bracketed>[一-鿿々ぁ-ゖァ-ヶー \u3000]{2,10})[，,、][^\]］】]{2,20}[\]］】]$",
    re.IGNORECASE,
)


def joined(names: Iterable[str]) -> str:
    """The names, each once and cleaned, parted by "; "."""
    found: dict[str, str] = {}
    for name in names:
        for each in _LIST.split(name):
            if is_name(each := cleaned(each)):
                found.setdefault(name_key(each), each)
    return "; ".join([*found.values()][:MAX_AUTHORS])


def cleaned(name: str) -> str:
    """A name without “By”, 記者, an address of mail and the like."""
    name = one_line(name).strip(" ,、;；:")
    name = _BEFORE.sub("", name)
    while (shorter := _AFTER.sub("", name).strip(" ,、;；:-–")) != name:
        name = shorter
    return name


def is_name(name: str) -> bool:
    return 1 < len(name) <= LONGEST and not _NO_NAME.search(name) and len(name.split()) <= 16


def is_house(byline: str, houses: set[str]) -> bool:
    """Whether no person is named, but the site itself or one of its addresses."""
    return name_key(byline) in houses or bool(re.search(r"\w\.[a-z]{2,4}\b\)?$", byline))


def of_page(tree: HtmlElement, lines: Iterable[str], houses: set[str]) -> str:
    """The byline where a page declares none for programs: of its meta elements, of what it marks, or as printed."""
    said = {
        (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower(): meta.get("content") or ""
        for meta in reversed(list(tree.iter("meta")))
    }
    several = [
        meta.get("content") or "" for meta in tree.iter("meta") if (meta.get("name") or "") == "citation_author"
    ]
    house = ""
    for name in _META:
        if found := joined(several if name == "citation_author" else [said.get(name, "")]):
            if not is_house(found, houses):
                return found
            house = house or found
    marked = [element for element in tree.xpath(_MARKED)[:MOST_MARKED] if not _is_within(element)]
    for element in marked:
        names = [link.text_content() for link in element.xpath(".//a[contains(@href, 'author') or @rel='author']")]
        found = joined(names or [text for each in _beside(element, marked) if len(text := _words(each)) <= MAX_MARKED])
        if found and (names or len(_words(element)) <= MAX_MARKED) and not is_house(found, houses):
            return found
    return next((byline for line in lines if (byline := printed(line))), house or _linked(tree, houses))


def _words(element: HtmlElement) -> str:
    return element.get("content") or " ".join(element.text_content().split())


def _beside(element: HtmlElement, marked: list[HtmlElement]) -> list[HtmlElement]:
    """The element and those marked alike that share its parent, or the list it is an entry of: one for each author."""
    around = element.getparent()
    if around is not None and around.tag in {"li", "span"}:
        around = around.getparent()
    alike = (element.tag, element.get("rel"), element.get("itemprop"), element.get("class"))
    return [
        each
        for each in marked
        if each is element
        or (
            around is not None
            and alike == (each.tag, each.get("rel"), each.get("itemprop"), each.get("class"))
            and around in each.iterancestors()
        )
    ]


def _linked(tree: HtmlElement, houses: set[str]) -> str:
    """Who is linked to as an author outside lists of other articles; with more than a few, these are of others."""
    links = [link for link in tree.iter("a") if _OF_AUTHOR.search(link.get("href") or "")][:MOST_MARKED]
    names = [_words(link) for link in links if not _is_within(link)]
    found = joined(name for name in names if _FULL_NAME.fullmatch(cleaned(name)))
    return found if 0 < len(found.split("; ")) <= MOST_LINKED and not is_house(found, houses) else ""


def printed(line: str) -> str:
    """The names of a line that is a byline, or that an article is signed with."""
    if len(line) > LONGEST and not line.endswith((")", "）")):
        return ""
    found = _PRINTED.search(line)
    return joined([found[found.lastgroup]]) if found and found.lastgroup else ""


def _is_within(element: HtmlElement) -> bool:
    """Whether the mark stands around comments or a list of other articles, not at the head of this one."""
    place = " ".join(
        f"{above.get('class') or ''} {above.get('id') or ''}" for above in [element, *element.iterancestors()]
    )
    return bool(
        re.search(
            r"comment|related|sidebar|footer|recommend|widget|popular|aside|most-read|trending", place, re.IGNORECASE
        )
    )
