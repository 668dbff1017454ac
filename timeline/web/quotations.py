"""Quotations: whether words are really in a text, whatever typography did to either.

A quotation is copied from a page, the text was taken from the same page by a program: quotes,
dashes, spaces and the width of letters differ between the two, words must not.

DECISIONS 75 says why.
"""

import re
import unicodedata

from timeline.characters import CJK, unified

# Done before NFKC, which makes a space and a loose accent of ´. Doubled and single quotes are one,
# because a quotation within a quotation changes them.
_PUNCTUATION = str.maketrans(dict.fromkeys('‘’‚‛´`ʹʻʼʽ′"“”„‟″«»‹›「」『』', "'") | dict.fromkeys("‐‑‒–—―−", "-"))
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_QUOTES, _DASHES = re.compile(r"'(?:\s*')+"), re.compile(r"\s*-[\s-]*")
# A word broken at the end of a line. Its hyphen may be its own ("two-way") or the printer's, so a
# mark stands there that may be either.
_BROKEN_WORD, _BREAK = re.compile(r"(?<=[^\W\d_])[-‐]\s*\n\s*(?=[^\W\d_])"), "\x01"
# Japanese is broken anywhere, and parts nothing with spaces; its punctuation is of it.
_CJK_SPACE = re.compile(rf"(?<=[\u3001-\u3004\u3008-\u3020・{CJK}])\s+(?=[\u3001-\u3004\u3008-\u3020・{CJK}])")
# What was left out, or put in by the one who quotes: […], (...), …, ..., [the minister].
_GAP = re.compile(r"\[[^\[\]]*\]|\(\s*(?:…|\.{3,})\s*\)|…|\.(?:\s?\.){2,}")
_EDGES = " \t\r\n'-.,;:!?。、,"


def found_in(quotation: str, text: str) -> bool:
    """Whether ``text`` has the words of ``quotation``, in this order and with nothing between them
    but what an ellipsis or a bracket stands for. False when there are no words.

    Case, kinds of quotes, dashes and spaces, soft hyphens, width (NFKC) and what programs make of
    a kanji (``characters.unified``) do not matter, nor punctuation at either end, which quoting
    changes. An older form of a kanji is not what the source printed. Words and numbers are found whole: “5 percent”
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
    text = _INVISIBLE.sub("", unified(_CJK_SPACE.sub("", text))).translate(_PUNCTUATION)
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
