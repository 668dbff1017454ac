"""Names and words folded for comparison, and text freed of what XML cannot carry. A leaf.

One man is printed as Ryosei Akazawa, AKAZAWA Ryosei, Ryōsei Akazawa, 赤沢亮正 and 赤澤亮正.
`fold` removes what only the printer chose: case, width, macrons, kana and kanji variants.
`name_key` removes the order of the words as well. A folded text is for comparing, not for showing.
"""

import difflib
import re
from collections.abc import Iterable

from timeline.characters import CJK, has_cjk, long_vowels, plain_kana, plain_letters

NEAR = 0.8
"""From this similarity on, two names deserve a second look. "Ryo Akasawa", a misprint of Ryosei
Akazawa, stands just there; no two people of the chronology are above 0.63, and no two of its
organisations above 0.77 (the US departments of Commerce and of Agriculture)."""

_LONGEST_COMPARED = 200
"""Similarity takes quadratic time, so longer names are compared by their beginning."""

_CJK_GAP = re.compile(rf"(?<=[{CJK}])[・·=\s]+(?=[{CJK}])")
_WORD = re.compile(r"[^\W_]+")

_HONORIFICS = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "hon"}
_HONORIFICS_JA = re.compile(r"(?<=..)(?:氏|さん|様|殿|先生)$")


def fold(text: str) -> str:
    """The text as it compares: width, case, accents, kana, kanji variants and spaces made one (``characters``).

    Long vowels fold with their macrons only: Ōno equals Ono, but not Ohno or Oono, which are other
    romanisations and belong among a person's aliases. Folding twice changes nothing.
    """
    letters, _cuts = long_vowels(" ".join(plain_letters(text).split()))
    return plain_kana(letters)


def name_key(text: str) -> str:
    """A key that is equal for the same name in any order of words, with or without honorific.

    Akazawa, Ryosei; AKAZAWA Ryosei; Mr. Ryōsei Akazawa: all "akazawa ryosei". Apostrophes go, and
    hyphens part words. Japanese needs no space between names, so 赤沢 亮正 equals 赤沢亮正.
    """
    text = _CJK_GAP.sub("", fold(text).replace("'", ""))
    words = [_HONORIFICS_JA.sub("", word) for word in _WORD.findall(text)]
    return " ".join(sorted(word for word in words if word not in _HONORIFICS) or sorted(words))


def similarity(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; 1 when only order, case, accents or variants differ."""
    return _likeness(*(name_key(name)[:_LONGEST_COMPARED] for name in (one, other)))


def _likeness(*keys: str) -> float:
    first, second = sorted(keys)
    if not first:
        return 0.0
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()


def near(one: str, other: str) -> bool:
    """Whether an editor should be asked if two names mean the same (see `NEAR`)."""
    return similarity(one, other) >= NEAR


class NearNames[Owner]:
    """Many names with whose they are; finds those `near` another one without comparing each in full."""

    def __init__(self) -> None:
        self._keys: list[tuple[str, Owner]] = []

    def add(self, name: str, owner: Owner) -> None:
        """Let ``owner`` be found by this name as well."""
        self._keys.append((name_key(name)[:_LONGEST_COMPARED], owner))

    def near(self, name: str) -> list[Owner]:
        """Whose names are near this one, each once, in the order they were added."""
        key = name_key(name)[:_LONGEST_COMPARED]
        matcher = difflib.SequenceMatcher(None, "", key, autojunk=False)
        found: dict[Owner, None] = {}
        for other, owner in self._keys:
            matcher.set_seq1(other)  # two bounds, the cheaper first
            if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR and _likeness(key, other) >= NEAR:
                found[owner] = None
        return list(found)


def word_pattern(names: Iterable[str]) -> str:
    """A regular expression that finds any of the names in a text, the longest that fits.

    PostgreSQL (section 9.7.3 of its documentation) and Python read it alike; that case does
    not matter is left to the reader (``~*``, ``re.IGNORECASE``). A name is found as whole
    words, a Japanese one anywhere, because Japanese puts no space between words.
    """
    plain = {" ".join(name.split()) for name in names} - {""}
    return "|".join(_alternative(name) for name in sorted(plain, key=lambda name: (-len(name), name)))


def _alternative(name: str) -> str:
    text = r"\s+".join(re.escape(word) for word in name.split())
    return text if has_cjk(name) else rf"(?<!\w){text}(?!\w)"


# Everything outside the production Char of XML 1.0 (https://www.w3.org/TR/xml/, section 2.2).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_XML_BYTES = bytes(set(range(0x20)) - set(b"\t\n\r"))


def has_control(text: str) -> bool:
    """Whether the text holds a character that no XML 1.0 document, so no feed, can carry."""
    return _NOT_XML.search(text) is not None


def strip_control(text: str) -> str:
    """The text without the characters that XML 1.0 forbids."""
    return _NOT_XML.sub("", text)


def encode_xml(text: str) -> bytes:
    """A whole XML document as UTF-8 without the characters that XML 1.0 forbids.

    UTF-8 has no surrogates; in 200 kB the others go in a tenth of the time a pattern takes.
    """
    encoded = text.encode(errors="ignore").translate(None, _NOT_XML_BYTES)
    return encoded.replace("\ufffe".encode(), b"").replace("\uffff".encode(), b"")
