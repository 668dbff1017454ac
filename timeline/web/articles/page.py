"""A page of HTML: what it says of itself, its text, and whether it is the article at all.

What it declares for programs (``declared``) is held against what it prints, and goes before what trafilatura makes of
it (DECISIONS 179 and 192).
"""

import re
from collections.abc import Iterator
from typing import Any

import trafilatura
from lxml import html
from trafilatura.metadata import extract_metadata

from timeline.names import name_key, strip_control
from timeline.web import walls

from . import bylines, days, headings
from .article import HTML, Article, one_line, paragraphs
from .declared import Declared, declared
from .titles import bare, heading_of, is_generic, whole, without_site

MAX_HTML = 5_000_000
"""Characters of a page that are read; articles have a tenth of it, chrome included."""
MAX_ELEMENTS = 15_000
"""From more than these, only the paragraphs are taken: finding the article would take seconds."""
SHORT = 2000
"""Characters; a text with less may be all notice."""
BEGINNING = 0.6
"""Of the words that a page says it has: with less, we have its beginning."""

MIN_PARAGRAPH = 25
"""Characters without spaces; shorter ones are as often chrome as not."""
_INLINE = {"a", "b", "br", "em", "i", "q", "small", "span", "strong", "sub", "sup", "u", "wbr"}
_ELSEWHERE = {"nav", "footer", "form", "button", "noscript", "template", "script"}

NOT_THE_ARTICLE = {"consent", "robot", "missing"}
"""Doubts of which nothing is kept: these words are not the article's."""


def read(page: str, url: str) -> Article:
    try:
        parser = html.HTMLParser(encoding="utf-8", huge_tree=False)
        tree = html.fromstring(strip_control(page[:MAX_HTML]).encode(errors="replace"), parser=parser)
    except Exception:  # noqa: BLE001 - a stranger's bytes in a C library: whatever it is, there is no page
        return Article(media_type=HTML)
    said = declared(tree, url)
    language = _language(tree, said)
    day = days.of_page(tree, said.published, url or said.address, language)
    if said.kinds:  # trafilatura would read it once more, in seconds where it is long
        for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
            script.drop_tree()
    found = _found(tree, url)
    printed, site = headings.of_page(tree)
    shared = one_line(next(iter(tree.xpath("//meta[@property='og:title' or @name='og:title']/@content")), ""))
    names = [*said.names, *_site_names(tree), *site, *_host_names(url or found.url or "")]
    # trafilatura takes a part of the title with a stop in it for an address, and some name their articles as the site
    site_name = "" if bare(found.sitename or "") in map(bare, printed) else one_line(found.sitename)
    names = [name for name in [*names, site_name] if bare(name) not in {bare(said.title), bare(shared)}]
    text = _text(tree)
    title = _title(tree, said, shared, one_line(found.title), printed, names)
    doubts = [*_doubts(tree, said, title, text, url), *(["between"] if day.is_between else [])]
    return Article(
        title=title,
        publisher=_publisher(said, site_name, found.hostname or ""),
        byline=_byline(tree, said, one_line(found.author), text, names),
        published=day.published,
        printed=day.printed,
        language=language,
        canonical_url=one_line(found.url),
        description=one_line(found.description) or said.description,
        text="" if NOT_THE_ARTICLE & set(doubts) else text,
        media_type=HTML,
        doubts=tuple(doubts),
    )


def _found(tree: html.HtmlElement, url: str) -> Any:
    """What trafilatura finds; of days we ask for ourselves."""
    try:
        return extract_metadata(tree, default_url=url or None, date_config={"extensive_search": False})
    except Exception:  # noqa: BLE001 - as above
        return trafilatura.settings.Document()


def _text(tree: html.HtmlElement) -> str:
    """As much of the article as can be told from its chrome: the copy serves to look for quotations in it."""
    if sum(1 for _element in tree.iter()) > MAX_ELEMENTS:
        return paragraphs("\n".join(" ".join(paragraph.itertext()) for paragraph in tree.iter("p")))
    try:
        text = trafilatura.extract(tree, include_comments=False, include_tables=True)
    except Exception:  # noqa: BLE001 - as above
        return ""
    return _with_what_lies_between(tree, paragraphs(text or ""))


def _with_what_lies_between(tree: html.HtmlElement, text: str) -> str:
    """The text with the paragraphs that stand between those of it in the page and were taken for chrome."""
    lines = text.splitlines()
    places = {bare: number for number, line in enumerate(lines) if len(bare := _bare(line)) >= MIN_PARAGRAPH}
    whole = "".join(map(_bare, lines))
    missing: dict[int, list[str]] = {}
    waiting: list[str] | None = None
    at = -1  # after the headline, before the first line
    for element in tree.iter("h1", "p", "blockquote", "li", "h2", "h3", "div"):
        if element.tag == "div" and any(child.tag not in _INLINE for child in element):
            continue
        words = one_line(element.text_content())
        bare = _bare(words)
        if element.tag == "h1" and not missing and bare:
            waiting = []
        elif bare in places:
            missing.setdefault(at, []).extend(waiting or [])
            at, waiting = places[bare], []
        elif (
            waiting is not None and len(bare) >= MIN_PARAGRAPH and bare not in whole and not _is_chrome(element, words)
        ):
            waiting.append(words)
    kept = (
        each
        for number in range(-1, len(lines))
        for each in (lines[number : number + 1] if number >= 0 else []) + list(dict.fromkeys(missing.get(number, [])))
    )
    return paragraphs("\n".join(kept))


def _bare(text: str) -> str:
    return "".join(text.split())


def _is_chrome(element: html.HtmlElement, words: str) -> bool:
    """Whether a block is made of links or of other blocks, or stands where articles do not."""
    linked = sum(len(one_line(link.text_content())) for link in element.iter("a"))
    within = {above.tag for above in element.iterancestors()}
    return linked * 2 > len(words) or element.find(".//p") is not None or bool(within & _ELSEWHERE)


# Titles and names

_DOMAINS = {"ac", "co", "com", "go", "gov", "ne", "net", "or", "org"}
"""Labels below a country that name no site."""


def _title(
    tree: html.HtmlElement, said: Declared, shared: str, found: str, printed: list[str], names: list[str]
) -> str:
    """The headline as it is printed, where the page says of one that it is its title; else what it says.

    What is printed may be the name of the site or the head of its comments.
    """
    own = one_line(tree.findtext(".//title"))
    declared = without_site(whole(said.title, [*printed, shared, found, own]), names)
    sites = {name_key(name) for name in names}
    shared, short, found = (without_site(each, names, printed) for each in (shared, own, found))
    headlines = [
        line
        for each in printed
        if (line := without_site(each, names)) and not is_generic(line) and name_key(line) not in sites
    ]
    as_printed = heading_of(headlines, [declared, shared] if declared else [shared, short])
    if not _share_a_word(found, short):
        found, short = short, found
    for title in (as_printed, declared, shared, found, short, *headlines):
        if not is_generic(title) and name_key(title) not in sites and not walls.CONSENT.match(title):
            return title
    return "" if walls.CONSENT.match(found or own) else found or own


def _share_a_word(one: str, other: str) -> bool:
    words = [set(re.findall(r"\w{4,}", text.casefold())) for text in (one, other)]
    return name_key(one) in name_key(other) or bool(words[0] & words[1])


def _byline(tree: html.HtmlElement, said: Declared, found: str, text: str, names: list[str]) -> str:
    """Who wrote it: people before the house, which programs put where they know nobody."""
    houses = {key for name in names if (key := name_key(name))}
    declared = [bylines.joined(said.authors), *bylines.of_meta(tree)]
    printed = bylines.of_page(tree, text.splitlines())
    return bylines.chosen(declared, printed, bylines.joined([found]), houses)


def _publisher(said: Declared, found: str, host: str) -> str:
    # Where a page does not name its site, the host is given, which is no name.
    names = [name for name in (found, said.publisher) if name]
    host = host.removeprefix("www.").casefold()
    return next((name for name in names if name.removeprefix("www.").casefold() != host), "")


def _site_names(tree: html.HtmlElement) -> Iterator[str]:
    names = "'og:site_name', 'application-name', 'apple-mobile-web-app-title', 'twitter:site'"
    for meta in tree.iter("meta"):
        if f"'{meta.get('property') or meta.get('name')}'" in names:
            yield one_line(meta.get("content")).lstrip("@")


def _host_names(url: str) -> list[str]:
    """A host, and what of it is a name: example of www.example.co.jp."""
    host = re.match(r"https?://(?:www\.)?([^/:]+)", url)
    labels = [label for label in host[1].split(".")[:-1] if label not in _DOMAINS] if host else []
    return [host[1], *labels[-1:]] if host else []


def _language(tree: html.HtmlElement, said: Declared) -> str:
    """What the page declares: on its root, in its own data, else for Open Graph."""
    declared = [
        tree.get("lang"),
        *tree.xpath("//html/@lang | //body/@lang"),
        said.language,
        *tree.xpath("//meta[@property='og:locale' or @http-equiv='content-language' or @name='language']/@content"),
        *tree.xpath("//article/@lang | //main/@lang"),
    ]
    for tag in filter(None, declared):
        primary = re.match(r"[a-z]{2,3}(?![a-z])", tag.strip().lower())
        if primary:
            return primary[0]
    return ""


# Doubts


def _doubts(tree: html.HtmlElement, said: Declared, title: str, text: str, url: str) -> Iterator[str]:
    """Why this may not be the article, or not all of it."""
    first = [
        title,
        one_line(tree.findtext(".//title")),
        *(one_line(h.text_content()) for h in list(tree.iter("h1"))[:2]),
    ]
    is_short = len(text) < SHORT
    is_article = bool(said.kinds)
    if any(map(walls.NO_PAGE.search, first[:2])) and is_short:
        yield "missing"
    elif (
        is_short
        and not is_article
        and (_is_asking(walls.ROBOT, first, text) or (not text and walls.ROBOT.search(one_line(tree.text_content()))))
    ):
        yield "robot"
    elif is_short and not is_article and _is_asking(walls.CONSENT, first, text):
        yield "consent"
    elif re.search(r"/(?:log|sign)-?(?:in|up)\b|/(?:register|subscribe)\b", url) and is_short:
        yield "sign_up"
    elif said.free is False:
        yield "not_free"
    elif (said.words and len(text.split()) < said.words * BEGINNING and " " in text) or (
        is_short and walls.PAY.search(text)
    ):
        yield "beginning"
    if "LiveBlogPosting" in said.kinds or re.search(
        r"\blive[- ]?(?:blog|updates?|ticker)\b", f"{title} {url}", re.IGNORECASE
    ):
        yield "live"


def _is_asking(wall: Any, first: list[str], text: str) -> bool:
    """Whether a short page is such a question: its headline says so, or most of its paragraphs do."""
    lines = [line for line in text.splitlines() if line]
    asking = sum(1 for line in lines if wall.search(line))
    return (any(map(wall.search, first[2:] or first[:1])) and len(lines) <= 12) or asking * 2 > len(lines)
