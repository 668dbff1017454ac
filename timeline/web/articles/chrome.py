"""Chrome of the site in a text: what belongs to the site and not to the article."""

import re
from itertools import takewhile

_HASHTAGS = re.compile(r"(?:[#＃][^\s#＃]+\s*)+")
_FURNITURE = re.compile(
    r"advertisement|ad|sponsored|skip to (?:main )?content|share(?: (?:this )?(?:article|story|page))?|read more:?|"
    r"related (?:articles|stories|topics|news):?|recommended|most (?:read|viewed|popular)|sign up(?: for .{1,60})?|"
    r"subscribe(?: (?:now|to .{1,60}))?|log ?in|sign in|menu|search|home|follow us(?: on .{1,40})?|"
    r"copy link|print|e-?mail|facebook|twitter|x|whatsapp|linkedin|tags:?.{0,80}|cookie (?:settings|policy)|"
    r"privacy policy|terms (?:of (?:use|service)|and conditions)|all rights reserved\.?|©.{0,80}|"
    r"続きを読む|関連記事|シェアする|広告|会員登録|ログイン",
    re.IGNORECASE,
)
_NAV_WORDS, _NAV_LENGTH = 5, 40
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "”", "’", '"', "'", "」", "』", "…", ":", ";", ",", "、")


def chrome_lines(text: str) -> set[int]:
    """The numbers, from 0, of the lines that belong to the site and not to the article.

    These are hashtags, furniture such as “Share this article”, and what stands after the last
    sentence when it is at least two short lines that are none: names of sections and of other
    sites. A guess, for an editor to confirm.
    """
    lines = [line.strip() for line in text.splitlines()]
    chrome = {number for number, line in enumerate(lines) if _is_furniture(line)}
    numbers = reversed(range(len(lines)))
    after = list(takewhile(lambda number: not lines[number] or number in chrome or _is_link(lines[number]), numbers))
    links = [number for number in after if lines[number]]
    # A text of short lines only, such as a list, has no last sentence; and one line may be its end.
    if len(links) < len([line for line in lines if line]) and (len(links) > 1 or set(links) <= chrome):
        chrome |= set(links)
    return chrome


def strip_chrome(text: str) -> str:
    """The text without the lines that :func:`chrome_lines` names."""
    chrome = chrome_lines(text)
    kept = [line for number, line in enumerate(text.splitlines()) if number not in chrome]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_furniture(line: str) -> bool:
    return bool(_HASHTAGS.fullmatch(line) or _FURNITURE.fullmatch(line))


def _is_link(line: str) -> bool:
    """A short line that is no sentence, as the names of sections are."""
    return len(line) <= _NAV_LENGTH and len(line.split()) <= _NAV_WORDS and not line.endswith(_SENTENCE_ENDS)
