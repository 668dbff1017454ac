"""Bylines: who wrote an article, as it was printed, without what stands around the names."""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

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
    r"^(?:(?:written|reported|posted|analysis|story|words|text|report|opinion|review)\s+)?by(?:[:\s]|(?-i:(?=[A-Z])))\s*"
    r"|^(?-i:(?:von|par|por|door|av)\s+(?=[A-ZÀ-Þ])|(?:Von|Par|Por|Door|Av)\s+(?=[A-ZÀ-Þ]\S*\s+[A-ZÀ-Þ]))"
    r"|^(?:author|reporter|writer|autor(?:in)?|auteur)s?:\s*"
    r"|^(?:取材・文|文・写真|文と写真|取材|執筆者?|著者|記者|文責|文|聞き手)\s*[:：・／/＝=●]\s*",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:[<(\[（【]?[\w.+-]+@[\w.-]+[>)\]）】]?|@\w+)\s*$"
    r"|\s*[|｜•·]\s.*$"
    r"|\s*(?:特派員|編集委員|論説委員|本紙記者|記者|기자)\s*$"
    r"|,?\s+(?:last )?(?:published|updated|posted)\b.*$"
    r"|[\s,·|]*(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]|\b\d+ min(?:ute)?s?\b(?: read)?).*$"
    r"|\s+(?:link copied|follow|share|view profile)$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"https?:|^www\.|^(?:admin|administrator|editor|author|user|webmaster|root|none|null|unknown|undefined|guest"
    r"|staff|default|n/?a|anonymous|share|follow|profile|contributor|username|last|x+)$|^\W*$|^\d+$|[{}<>=]"
    r"|^(?:more|view|see|read) (?:more|all|stories|articles|posts|news|from|by)\b|^(?:last )?(?:updated|published)\b"
    r"|^\(?(?:image|photo|picture|foto|getty)\b"
    r"|^(?:january|february|march|april|may|june|july|august|september|october|november|december)$",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"\w\.[a-z]{2,4}\b\)?$|\b(?:Inc|Ltd|LLC|Corp|GmbH)\.?$|株式会社")
_OF_AUTHOR = re.compile(
    r"(?:^|/)(?:authors?|profiles?|bylines?|by|contributors?|staff|writers?|autor(?:en|es|in)?|auteurs?)/(?:name/)?[^/?#]+/?$"
)
_FULL_NAME = re.compile(
    r"[A-ZÀ-Þ][\w.'’-]+(?: [\w.'’-]+){0,2} [A-ZÀ-Þ][\w'’-]+|[一-鿿々]{1,4}[ \u3000]?[一-鿿々ぁ-ゖ]{1,4}"
    r"|[ァ-ヶー・]{2,}"
)
_LIST = re.compile(r"\s*[;；|]\s*|\s*\n\s*")
_AND = re.compile(r"\s+(?:und|et|y|e|og|och|ja|en)\s+")
_WIRE = r"(?i:afp|ansa|anp|ap|apa|belga|dpa|efe|jiji|kyodo|ntb|reuters|ritzau|sda|sid|tass|xinhua)"
_BEFORE_WIRE = re.compile(rf",\s+(?={_WIRE}\s*$)")
_MARKED = (
    "//*[@rel='author' or @itemprop='author' or contains(concat(' ', @class, ' '), ' byline ')"
    " or contains(concat(' ', @class, ' '), ' author ') or contains(concat(' ', @class, ' '), ' author-name ')"
    " or contains(concat(' ', @class, ' '), ' byline-name ') or contains(@class, 'byline__name')"
    " or contains(concat(' ', @class, ' '), ' writer ')]"
)
_MARKED_WITHIN = "//*[contains(@class, 'uthor') or contains(@class, 'yline') or @id='byline' or @id='author']"
_PART = re.compile(
    r"(?:^|\s|[_-]|(?<=[a-z])(?=[AB]))(?:[Aa]uthors?|[Bb]yline)"
    r"(?:(?:__?|--?)(?:names?|link|text|info|item|list-item))?(?:\s|$)"
)
"""A class or id of which the author is a part, as in article__author, post-byline and postAuthor."""
_OTHER_PART = re.compile(r"quote|caption|photo|image|picture|avatar|video|bio\b", re.IGNORECASE)
_META = ("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
         "citation_author", "og:article:author", "article:author_name", "cxenseparse:author", "writer")  # fmt: skip
_PRINTED = re.compile(
    r"^[一-鿿々ァ-ヶー]{1,8}(?:部|支局|総局)[ \u3000]+(?P<desk>[一-鿿々]{1,4}[ \u3000]?[一-鿿々ぁ-ゖ]{1,4})$"
    r"|^by\s+(?P<english>[A-ZÀ-Þ][\w.'’-]+(?:\s+(?:and\s+)?[\w.'’-]+){0,7})$"
    r"|^(?:文|取材・文|執筆|聞き手)\s*[:：・／/＝=]\s*(?P<japanese>[^\s。、]{2,12})$"
    r"|[（(](?:[一-鿿々ァ-ヶー]{2,8}(?:部|支局|総局|委員|社)\s+)?"
    r"(?P<signed>[一-鿿々]{1,4}[ \u3000][一-鿿々ぁ-ゖ]{1,4})[)）]$"
    r"|^[\[［【](?P<bracketed>[一-鿿々ぁ-ゖァ-ヶー \u3000]{2,10})[，,、][^\]］】]{2,20}[\]］】]$",
    re.IGNORECASE,
)

_OF_OTHERS = re.compile(
    r"comment|related|sidebar|footer|recommend|widget|popular|aside|most-read|trending", re.IGNORECASE
)
_WHOLE = {"html", "body", "main"}


def joined(names: Iterable[str]) -> str:
    """The names, each once and cleaned, parted by "; "."""
    found: dict[str, str] = {}
    for name in names:
        for each in (author for part in _LIST.split(name) for author in _parted(part)):
            if is_name(each := cleaned(each)):
                found.setdefault(name_key(each), each)
    return "; ".join([*found.values()][:MAX_AUTHORS])


def _parted(names: str) -> list[str]:
    """The names that another language's “and” stands between, if they are plainly people's, and an agency's behind."""
    people, *wire = _BEFORE_WIRE.split(names, maxsplit=1)
    parts = _AND.split(people)
    are_names = len(parts) > 1 and all(map(_FULL_NAME.fullmatch, map(cleaned, parts)))
    return [*parts, *wire] if are_names else [names]


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
    return name_key(byline) in houses or bool(_HOUSE.search(byline))


def without_house(byline: str, houses: set[str]) -> str:
    """The byline without the name of the site behind that of a person: “Jane Doe, Example Times”."""
    before, _comma, after = byline.rpartition(", ")
    words = set(name_key(after).split())
    is_house_of = is_name(before) and any(set(house.split()) <= words for house in houses if house)
    return before if is_house_of else byline


def chosen(declared: Iterable[str], printed: Iterable[str], found: str, houses: set[str]) -> str:
    """The byline of several that a page gives in different places: ``declared`` for programs, ``printed``, ``found``.

    Programs are often told of a company or of nobody where the article is printed with a name. So people go first,
    and of those who are declared, whoever is printed too.
    """
    said = [without_house(each, houses) for each in declared if each]
    marked = [without_house(each, houses) for each in printed if each]
    people = [each for each in said if not is_house(each, houses)]
    others = [each for each in marked if not is_house(each, houses)]
    if not people:
        if said:  # what else is marked as an author may be an agency or a day
            others = [each for each in others if _begin_as_people(each)]
        found = without_house(found, houses)
        last = found if not said or (_begin_as_people(found) and not is_house(found, houses)) else said[0]
        return next(iter([*others, *([] if last else marked)]), last)
    keys = [_keys(byline) for byline in [*people, *others]]
    best = next((key for at, key in enumerate(keys[: len(people)]) if any(key & o for o in keys[at + 1 :])), keys[0])
    alike = [byline for byline, key in zip([*people, *others], keys, strict=True) if key == best]
    return next((byline for byline in alike if "," not in byline), alike[0])  # rather than “Doe, Jane”


def _begin_as_people(byline: str) -> bool:
    return all(map(_FULL_NAME.match, byline.split("; ")))


def _keys(byline: str) -> set[str]:
    return {name_key(name) for name in byline.split("; ")}


def of_meta(tree: HtmlElement) -> Iterator[str]:
    """The bylines that the meta elements of a page give."""
    said: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        said.setdefault(name, []).append(meta.get("content") or "")
    for name in _META:
        yield joined(said.get(name, []) if name == "citation_author" else said.get(name, [])[:1])


def of_page(tree: HtmlElement, lines: Iterable[str]) -> Iterator[str]:
    """The bylines that a page marks as such, and those which its text has."""
    heads = {above for heading in tree.iter("h1") for above in heading.iterancestors()}
    classed = [element for element in tree.xpath(_MARKED_WITHIN) if _is_marked(element)]
    marked = list(dict.fromkeys([*tree.xpath(_MARKED), *classed]))
    marked = [element for element in marked if not _is_within(element, heads)][:MOST_MARKED]
    around = {above for element in marked for above in element.iterancestors()}
    marked = [element for element in marked if element not in around]
    yield from filter(None, (_marked_byline(element, marked) for element in marked))
    yield next((byline for line in lines if (byline := printed(line))), "")
    yield next((byline for element in marked if (byline := printed(_words(element)))), "")
    yield _linked(tree, heads)


def _is_marked(element: HtmlElement) -> bool:
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(_PART.search(marks)) and not _OTHER_PART.search(marks)


def _marked_byline(element: HtmlElement, marked: list[HtmlElement]) -> str:
    return joined(name for each in _beside(element, marked) for name in _names(each))


def _names(marked: HtmlElement) -> list[str]:
    links = marked.xpath("descendant-or-self::a[contains(@href, 'author') or @rel='author']")
    if links:
        return [link.text_content() for link in links]
    return [words] if len(words := _words(marked)) <= MAX_MARKED else []


def _words(element: HtmlElement) -> str:
    return element.get("content") or " ".join(element.text_content().split())


def _beside(element: HtmlElement, marked: list[HtmlElement]) -> list[HtmlElement]:
    """The element and those marked alike around which there is nothing but them: one for each author."""
    around = element.getparent()
    while around is not None and (around.tag in {"li", "span"} or _words(around) == _words(element)):
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


def _linked(tree: HtmlElement, heads: set[HtmlElement]) -> str:
    """Who is linked to as an author outside lists of other articles; with more than a few, these are of others."""
    links = [link for link in tree.iter("a") if _OF_AUTHOR.search(link.get("href") or "")][:MOST_MARKED]
    names = [_words(link) for link in links if not _is_within(link, heads)]
    found = joined(name for name in names if _FULL_NAME.fullmatch(cleaned(name)))
    return found if len(found.split("; ")) <= MOST_LINKED else ""


def printed(line: str) -> str:
    """The names of a line that is a byline, or that an article is signed with."""
    if len(line) > LONGEST and not line.endswith((")", "）")):
        return ""
    found = _PRINTED.search(line)
    return joined([found[found.lastgroup]]) if found and found.lastgroup else ""


def _is_within(element: HtmlElement, heads: set[HtmlElement]) -> bool:
    """Whether the mark stands around comments or a list of other articles, not at the head of this one.

    ``heads`` are the elements around the headline too: what these are called says nothing of the byline.
    """
    around = takewhile(lambda above: above not in heads and above.tag not in _WHOLE, element.iterancestors())
    place = " ".join(f"{each.get('class') or ''} {each.get('id') or ''}" for each in [element, *around])
    return bool(_OF_OTHERS.search(place))
