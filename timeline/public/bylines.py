"""Bylines: the authors that one names, where it plainly names several.

A byline is kept as it was printed. Programs that count authors get them one by one from here; whatever may be one name
(of a firm, a ministry, "Lee, Ann") stays one: an author too few is a lesser lie than one who does not exist.
DECISIONS 132.
"""

import re

_BY = re.compile(r"^by:?\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*,\s*(?:and|&|with)\s+|\s*,\s+|\s+(?:and|&|with)\s+", re.IGNORECASE)
_JAPANESE = re.compile(r"\s*[、，]\s*|(?<=[^\x00-\x7f])\s*,\s*(?=[^\x00-\x7f])")
_DOTS = re.compile(r"\s*[・･]\s*")

_KANJI = re.compile(r"[㐀-鿿々〆ぁ-ゖ]{2,8}")
"""A name between dots: one in katakana has dots of its own."""

_WORD = r"[^\W\d_](?:[^\W\d_]|['’.-](?=[^\W\d_]))*\.?"
_PARTICLES = "de|da|di|del|della|der|den|van|von|bin|ibn|al|el|la|le|du|dos|ter|ten|af|of"
_PERSON = re.compile(rf"{_WORD}(?:\s(?:(?:{_PARTICLES})\s)*{_WORD}){{1,3}}")
_INITIALS = re.compile(r"[A-Z]{2,6}")

AGENCIES = {"Reuters", "Bloomberg", "Xinhua", "Yonhap", "Kyodo", "Jiji", "Nikkei", "Politico", "TASS", "dpa-AFX"}
"""Names of one word, which would else be half of a person's."""

# What is no person and no agency beside one: a task, a place, a part of the name of a firm or a public body.
_OTHERS = set(
    """
    correspondent reporter reporters editor editors staff writer writers contributor columnist analyst producer chief
    photographer bureau desk team news-desk jr sr phd ph.d md esq inc ltd llp llc co corp plc gmbh company group office
    department ministry agency council committee commission administration institute center centre studies service
    services association federation organization organisation university college school division secretariat board
    affairs policy trade commerce industry industries research analysis economic economics finance agriculture forestry
    fisheries labor labour health energy defense defence security international foreign bank law
    """.split()  # noqa: SIM905 - so many words read better so
)
_PLACES = {
    "new york", "hong kong", "new delhi", "los angeles", "san francisco", "mexico city", "kuala lumpur", "tel aviv",
    "abu dhabi", "cape town", "buenos aires", "united states", "united kingdom", "south korea", "north korea",
}  # fmt: skip


def authors(byline: str) -> list[str]:
    """The authors of a byline, in its order; the whole byline as one where it is not plain that it names several."""
    byline = _BY.sub("", " ".join(byline.split()))
    pieces = [piece.strip() for piece in re.split(r"[;；]", byline)]
    return [name for piece in pieces if piece for name in _parted(piece)]


def _parted(piece: str) -> list[str]:
    for between, is_name in ((_JAPANESE, _is_short), (_DOTS, _KANJI.fullmatch), (_BETWEEN, _is_author)):
        names = between.split(piece)
        if len(names) > 1 and all(is_name(name) for name in names):
            return names
    return [piece]


def _is_short(name: str) -> bool:
    return 0 < len(name) <= 20 and not name.isascii()


def _is_author(name: str) -> bool:
    """Whether a part is a name by itself: of an agency, or of a person with two to four words."""
    if name in AGENCIES or _INITIALS.fullmatch(name):
        return True
    words = name.split()
    if not _PERSON.fullmatch(name) or name.casefold() in _PLACES:
        return False
    return not _OTHERS & {word.casefold().strip(".") for word in words} and not any(
        word.islower() and not re.fullmatch(_PARTICLES, word) for word in words
    )
