"""Quotations: whether words are really in a text, whatever typography did to either. A leaf: imports nothing of ours.

A quotation is copied from a page, the text was taken from the same page by a program: quotes,
dashes, spaces and the width of letters differ between the two, words must not.

DECISIONS 75 says why.
"""

import re
import unicodedata

# Done before NFKC, which makes a space and a loose accent of ´. Doubled and single quotes are one,
# because a quotation within a quotation changes them.
_PUNCTUATION = str.maketrans(dict.fromkeys('‘’‚‛´`ʹʻʼʽ′"“”„‟″«»‹›「」『』', "'") | dict.fromkeys("‐‑‒–—―−", "-"))
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_QUOTES, _DASHES = re.compile(r"'(?:\s*')+"), re.compile(r"\s*-[\s-]*")
# A word broken at the end of a line. Its hyphen may be its own ("two-way") or the printer's, so a
# mark stands there that may be either.
_BROKEN_WORD, _BREAK = re.compile(r"(?<=[^\W\d_])[-‐]\s*\n\s*(?=[^\W\d_])"), "\x01"
# Japanese is broken anywhere, and parts nothing with spaces.
_CJK = "\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f"
_CJK_SPACE = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")
# What was left out, or put in by the one who quotes: […], (...), …, ..., [the minister].
_GAP = re.compile(r"\[[^\[\]]*\]|\(\s*(?:…|\.{3,})\s*\)|…|\.(?:\s?\.){2,}")
_EDGES = " \t\r\n'-.,;:!?。、,"


def found_in(quotation: str, text: str) -> bool:
    """Whether ``text`` has the words of ``quotation``, in this order and with nothing between them
    but what an ellipsis or a bracket stands for. False when there are no words.

    Case, kinds of quotes, dashes and spaces, soft hyphens and width (NFKC) do not matter, nor
    punctuation at either end, which quoting changes. Words and numbers are found whole: “5 percent”
    is not in “25 percent”.
    """
    parts = [part for piece in _GAP.split(quotation) if (part := _fold(piece).strip(_EDGES))]
    text = _fold(_BROKEN_WORD.sub(_BREAK, text))
    position = 0
    for part in parts:  # taking each where it first comes leaves the most room for the next
        found = _whole(part).search(text, position)
        if not found:
            return False
        position = found.end()
    return bool(parts)


def _fold(text: str) -> str:
    text = _INVISIBLE.sub("", _CJK_SPACE.sub("", text)).translate(_PUNCTUATION)
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_DASHES.sub("-", _QUOTES.sub("'", text)).split())


def _whole(part: str) -> re.Pattern[str]:
    """The part, not cut out of a longer number or a longer word of an alphabet."""
    before = r"(?<!\d)(?<!\d[.,])" if part[0].isdigit() else r"(?<![a-z\u00df-\u04ff])" if _alphabetic(part[0]) else ""
    after = r"(?!\d)(?![.,]\d)" if part[-1].isdigit() else r"(?![a-z\u00df-\u04ff])" if _alphabetic(part[-1]) else ""
    breaks = f"{_BREAK}?"
    words = [breaks.join(map(re.escape, word)) for word in part.split("-")]
    return re.compile(before + f"[-{_BREAK}]".join(words) + after)


def _alphabetic(char: str) -> bool:
    return char.isalpha() and char <= "\u04ff"
