"""Titles: the headline of an article, without what the site adds to it."""

import re
import unicodedata
from collections.abc import Iterable

from timeline.names import name_key

ALIKE = 0.3
"""Of the longer of two headlines of one article: how many of its runs of three letters the other has too."""

_BETWEEN = re.compile(
    r"\s+[|\-–—‹«»›·•:/]+\s+|\s*[｜│┃]\s*|\s*：\s*(?=[^：]*$)|\s+\|+|:\s+(?=[^:]*$)|\s*(?=[(（][^()（）]+[)）]$)"
)
_TIGHT = re.compile(r"\s*[_:：|｜ㅣ]\s*|(?<=[^\x00-\x7f])-")
"""Without spaces only where Japanese, Chinese or Korean leaves them out, or where no sentence has such a mark."""
_GENERIC = re.compile(
    r"(?:press|news) (?:release|room)s?|news|home|article|statements?(?: and releases)?|blog|untitled(?: document)?"
    r"|ニュース|お知らせ|報道発表(?:資料)?|プレスリリース|トップ(?:ページ)?|ホーム",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"\s*(?:…|\.\.\.)$")


def without_site(title: str, site: Iterable[str], headlines: Iterable[str] = ()) -> str:
    """The title without the names of its site at either end; ``site`` are these, ``headlines`` what the page prints
    as such: a title that is one of them and more is that one.

    What stands there is cut only where it is known: a headline may have dashes and colons of its own.
    """
    keys = {key for name in site if (key := name_key(name))}
    printed = {key for name in headlines if (key := name_key(name))}
    while True:
        places = sorted([*_BETWEEN.finditer(title), *_TIGHT.finditer(title)], key=lambda place: place.start())
        for place in reversed(places):
            before, after = title[: place.start()].strip(), title[place.end() :].strip()
            if (
                before
                and after
                and (_is_site(after, keys) or (name_key(before) in printed and name_key(title) not in printed))
            ):
                title = before
                break
        else:
            if places and (after := title[places[0].end() :].strip()) and _is_site(title[: places[0].start()], keys):
                title = after
                continue
            return title


def _is_site(part: str, keys: set[str]) -> bool:
    key = name_key(part.strip("()（）[]【】 "))
    return bool(key) and any(
        key == own or (min(len(key), len(own)) > 3 and (key in own or own in key) and len(key) < len(own) + 16)
        for own in keys
    )


def heading_of(headings: Iterable[str], titles: Iterable[str]) -> str:
    """The heading that an article was printed under, going by ``titles``, what its page says; "" where none is that.

    It is one of these, which have the marks that a heading leaves to its lines; or much like one, for an article is
    often shared and found under other headlines. Where one only goes on for longer than the other, by a topic or the
    name of an author, what the page says stays.
    """
    said = {key: title for title in titles if (key := bare(title))}
    keys = {bare(heading): heading for heading in headings}
    same = (said[key] for key in keys if key in said)
    return next(same, next((heading for key, heading in keys.items() if any(_alike(key, each) for each in said)), ""))


def bare(text: str) -> str:
    """A text by its letters and figures alone."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _alike(one: str, other: str) -> bool:
    if one in other or other in one:
        return False
    runs = [{key[start : start + 3] for start in range(len(key) - 2)} for key in (one, other)]
    return len(runs[0] & runs[1]) > ALIKE * max(map(len, runs))


def is_generic(title: str) -> bool:
    """Whether a title names a kind of page, such as “Press Releases”, and no article."""
    return not title or bool(_GENERIC.fullmatch(title))


def whole(title: str, others: Iterable[str]) -> str:
    """The title; where it was cut off for want of room, the one of ``others`` that it begins."""
    if not _CUT_OFF.search(title):
        return title
    start = _CUT_OFF.sub("", title)
    return next((other for other in others if other.startswith(start) and len(other) > len(title)), title)
