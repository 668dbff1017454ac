"""The judgement of a link by an answer: is the page we cite still there, and does it still say it?

Eighteen of twenty "dead" links are alive: sites refuse programs, ask for money, show a
banner first. So only what is plain is called by its name; the rest is inconclusive.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from lxml import etree, html

from timeline.choices import LinkState
from timeline.names import fold, similarity, strip_control
from timeline.web import articles
from timeline.web.addresses import address_key
from timeline.web.fetching import Fetched, FetchError
from timeline.web.quotations import found_in
from timeline.web.walls import CONSENT, NO_PAGE, PAY, ROBOT

GONE = {404, 410}
SAME_HEADLINE = 0.6
"""From this similarity on a headline is ours, reworded: publishers edit them all the time."""
SHORT = 2000
"""Characters; a page with less may be all notice: not found, cookies first, are you a robot."""

HIDDEN = {"script", "style", "noscript", "template", "svg", "head", "select"}
INLINE = {
    *("a", "abbr", "b", "bdi", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q"),
    *("rp", "ruby", "s", "small", "span", "strong", "sub", "sup", "time", "u", "wbr"),
}


@dataclass(frozen=True)
class Finding:
    """What one visit found. ``failed`` when it counts towards "dead": a clear no, not just no answer."""

    state: LinkState
    detail: str
    status: int | None = None
    final_url: str = ""
    etag: str = ""
    last_modified: str = ""
    failed: bool = False
    unchanged: bool = False

    @property
    def answered(self) -> bool:
        """Whether the address led to a page, whatever was on it."""
        return self.status is not None and (200 <= self.status < 300 or self.unchanged)


@dataclass(frozen=True)
class VisitedPage:
    """What a page shows: all of its text and its headlines.

    ``for_money`` when its data says that one must pay, ``scripted`` when scripts may show more.
    """

    text: str = ""
    headlines: list[str] = field(default_factory=list)
    for_money: bool = False
    scripted: bool = False


def judge_failure(error: FetchError, *, online: bool) -> Finding:
    """A visit that came to no answer; unless we are surely ``online``, it says nothing of the page."""
    detail = str(error)
    if error.definite and not online:
        detail += " " + _("Not counted: no other site answered either, so it may be our own network.")
    return Finding(LinkState.INCONCLUSIVE, detail, failed=error.definite and online)


def judge(
    answer: Fetched,
    title: str,
    quotations: Sequence[str],
    was_there: Callable[[str], bool],
) -> Finding:
    """What ``answer`` says of a source with this ``title`` ("" when it cannot be compared) and these ``quotations``.

    ``was_there`` tells of a quotation that is missing whether we know that the page once
    had it; only then is the page called changed.
    """
    state, detail = _state(answer, title, quotations, was_there)
    return Finding(
        state,
        detail,
        status=answer.status,
        final_url=answer.url if answer.history else "",
        etag=answer.headers.get("ETag", "")[:200],
        last_modified=answer.headers.get("Last-Modified", "")[:100],
        failed=answer.status in GONE,
        unchanged=answer.status == 304,
    )


def _state(
    answer: Fetched, title: str, quotations: Sequence[str], was_there: Callable[[str], bool]
) -> tuple[LinkState, str]:
    if answer.status == 304:
        return LinkState.OK, _("The page has not changed since the last check.")
    if answer.status == 402:
        return LinkState.PAYWALLED, _("The site asks for money (status 402).")
    if answer.status in GONE:
        return LinkState.INCONCLUSIVE, _("The site says that the page is not there (status %d).") % answer.status
    if not 200 <= answer.status < 300:
        return LinkState.INCONCLUSIVE, _(
            "The site answers programs with status %d; a browser may see more."
        ) % answer.status
    page = _read(answer)
    asked, reached = [answer.history[0] if answer.history else answer.url, answer.url]
    elsewhere = address_key(asked) != address_key(reached)
    at_home = elsewhere and urlsplit(reached).path in ("", "/") and not urlsplit(reached).query
    if page is None:
        if elsewhere:
            return LinkState.INCONCLUSIVE, _(
                "It redirects to %s, which is no web page that could be compared."
            ) % reached
        return LinkState.OK, _("It answers; the text was not compared, because it is no web page.")
    found = [quotation for quotation in quotations if found_in(quotation, page.text)]
    missing = [quotation for quotation in quotations if quotation not in found]
    has_title = bool(title) and _has_title(page, title)
    good = (
        (LinkState.REDIRECTED, _("It redirects to %s, with the same content.") % reached)
        if elsewhere
        else (LinkState.OK, _("The page is there."))
    )
    if found and not missing:
        return good
    if page.for_money or (has_title and PAY.search(page.text)):
        return LinkState.PAYWALLED, _("The page is there, but one must subscribe to read it.")
    if not found and (at_home or not has_title):
        return _stranger(page, reached, elsewhere, at_home, known=bool(title or quotations))
    if not missing:
        return good
    for quotation in missing:
        if was_there(quotation):
            return LinkState.CHANGED, _("The page is there, but these words are gone: “%s”.") % quotation
    return LinkState.INCONCLUSIVE, _(
        "The page is there, but not the quotation “%s”. Nothing shows that it ever was: compare it, or keep a copy."
    ) % missing[0]


def _stranger(
    page: VisitedPage, reached: str, elsewhere: bool, at_home: bool, *, known: bool
) -> tuple[LinkState, str]:
    """A page that has nothing of ours. Without ``known`` words there was nothing to look for."""
    short = len(page.text) < SHORT
    if any(map(NO_PAGE.search, page.headlines)) or (short and NO_PAGE.search(page.text)):
        return LinkState.SOFT_404, _("The site answers, but says that there is no such page.")
    if (
        short
        and page.text
        and any(wall.search(text) for wall in (CONSENT, ROBOT) for text in (page.text, *page.headlines))
    ):
        return LinkState.INCONCLUSIVE, _("The site shows a question about cookies or robots instead of the page.")
    if at_home:
        return LinkState.MOVED, _("It redirects to the first page of a site: %s.") % reached
    if not page.text and page.scripted:
        return LinkState.INCONCLUSIVE, _("The page shows nothing without JavaScript.")
    if not page.text:
        return LinkState.SOFT_404, _("The site answers with an empty page.")
    if not known:
        if elsewhere:
            return LinkState.INCONCLUSIVE, _("It redirects to %s; there is no quotation to compare.") % reached
        return LinkState.OK, _("It answers; there is no quotation to compare.")
    if elsewhere:
        return LinkState.MOVED, _("It redirects to %s, which has neither the title nor a quotation.") % reached
    return LinkState.SOFT_404, _("The site answers, but neither the title nor a quotation is on the page.")


def _has_title(page: VisitedPage, title: str) -> bool:
    if fold(title) in fold(page.text):
        return True
    candidates = [part for line in page.headlines for part in (line, *re.split(r"\s+[|–—-]\s+|｜", line))]
    return any(similarity(title, candidate) >= SAME_HEADLINE for candidate in candidates)


def _read(answer: Fetched) -> VisitedPage | None:
    """The page as people see it; None for a picture and whatever else has no text."""
    content_type = answer.headers.get("Content-Type", "")
    kind = articles.media_type(answer.body)
    if kind == articles.PDF:
        paper = articles.read(answer.body)
        return VisitedPage(paper.text, [paper.title] if paper.title else []) if paper.text else None
    if not kind and answer.body.strip():
        return None
    source = re.sub(r"^\s*<\?xml[^>]*>", "", strip_control(articles.decoded(answer.body, content_type)))
    try:
        tree = html.document_fromstring(source)
    except (etree.LxmlError, ValueError):  # an empty page
        return VisitedPage()
    headlines = [part.text_content() for part in tree.xpath("//title | //h1")]
    headlines += [part.get("content", "") for part in tree.xpath("//meta[@property='og:title']")]
    shown = [" ".join(line.split()) for line in headlines]
    return VisitedPage(
        _visible(tree), [line for line in shown if line], _for_money(tree), bool(tree.xpath("//script[@src]"))
    )


def _visible(tree: etree._Element) -> str:
    """The text between the tags, a line for each block."""
    parts = []
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in HIDDEN:
                walk.skip_subtree()
                continue
            parts.append(("" if tag in INLINE else "\n") + (element.text or ""))
        else:
            parts.append(("" if not tag or tag in INLINE else "\n") + (element.tail or ""))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _for_money(tree: etree._Element) -> bool:
    """Whether the page's data says ``isAccessibleForFree: false`` (schema.org/isAccessibleForFree)."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "")
        except ValueError:
            continue
        items = data if isinstance(data, list) else data.get("@graph", [data]) if isinstance(data, dict) else []
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and str(item.get("isAccessibleForFree", "")).lower() in (
                "false",
                "http://schema.org/false",
            ):
                return True
    return False
