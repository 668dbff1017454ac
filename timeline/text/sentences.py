"""A text cut into sentences, in English as in Japanese.

A sentence ends with ``.``, ``!``, ``?`` or an ellipsis before a space, and with ``。``, ``！`` or ``？`` wherever that
stands; closing quotes and brackets belong to it. A full stop after a short form ends nothing: "U.S. Steel", "1:40 a.m.
Eastern time", "No. 9888", "Dr. Ito". Some short forms may end a sentence too; then what follows them tells.
"""

import re

_CLOSING = "”’\"')）」』】〉》"
_STOP = re.compile(rf"[。！？!?]+[{_CLOSING}]*|[.…]+[{_CLOSING}]*(?=\s|$)")
_LAST_WORD = re.compile(r"[^\s“‘\"'(（「]*\Z")

_TITLES = {"mr", "mrs", "ms", "dr", "prof", "st", "gen", "sen", "rep", "gov", "lt", "col", "capt", "adm", "amb", "hon"}
"""A name follows them, so they end nothing."""
_BEFORE_NUMBERS = {"no", "nos", "art", "arts", "sec", "ch", "para", "p", "pp", "vol", "fig", "eq", "approx", "c", "ca"}
"""They end nothing before a figure: "No. 5"."""
_NEVER_LAST = {"vs", "v", "e.g", "i.e", "cf", "al"}
_PERHAPS_LAST = {"inc", "ltd", "co", "corp", "etc", "jr", "sr", "jan", "feb", "mar", "apr", "jun", "jul", "aug"}
_PERHAPS_LAST |= {"sep", "sept", "oct", "nov", "dec", "a.m", "p.m"}
"""They end a sentence where a capital letter follows that begins none of the names they stand before."""
_LETTERS = re.compile(r"(?<![^\W_])(?:[A-Z]\.)*[A-Z]\Z")
"""Capitals with points, without the last: U.S, Japan–U.S, J."""
_OPENERS = {
    "a", "an", "the", "it", "its", "he", "she", "his", "her", "they", "their", "this", "that", "these", "those", "in",
    "on", "at", "by", "for", "from", "to", "of", "with", "after", "before", "when", "while", "as", "but", "and", "we",
    "no", "not", "one", "two", "both", "there", "under", "what", "japan", "tokyo", "washington", "trump", "biden",
}  # fmt: skip
"""What begins a sentence rather than a name, after letters with points: "of the U.S. It …"."""
_TIME_ZONES = {"eastern", "central", "mountain", "pacific", "japan", "tokyo", "washington", "est", "edt", "jst", "et"}


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order, each without the spaces around it."""
    found, start = [], 0
    for stop in _STOP.finditer(text):
        if _ends(text[start : stop.start()], stop[0], text[stop.end() :]):
            found.append(text[start : stop.end()].strip())
            start = stop.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def joined(sentences: list[str]) -> str:
    """Sentences as one text: a space after each, none after a Japanese full stop."""
    spaced = (one if one.rstrip(_CLOSING).endswith(("。", "！", "？")) else f"{one} " for one in sentences)
    return "".join(spaced).rstrip()


def _ends(before: str, stop: str, after: str) -> bool:
    """Whether a sentence is over at ``stop``."""
    following = after.lstrip(f" \t\r\n“‘\"'({_CLOSING}")
    if not following:
        return True
    if stop[0] in "。！？":
        # 「…。」と言う goes on after the quotation.
        return not (stop[-1] in _CLOSING and not after[:1].isspace() and following[0] in "とのがはをにで")
    if following[0].islower():
        return False
    if stop[0] != ".":
        return True
    last = _LAST_WORD.search(before)
    word = last[0] if last else ""
    folded = word.casefold()
    next_word = re.split(r"[\s,.;:’']", following, maxsplit=1)[0].casefold()
    if folded in _TITLES or folded in _NEVER_LAST:
        return False
    if folded in _BEFORE_NUMBERS:
        return not following[0].isdigit()
    if folded in ("a.m", "p.m"):
        return next_word not in _TIME_ZONES
    if folded in _PERHAPS_LAST:
        return next_word in _OPENERS
    if _LETTERS.search(word) and word != "I":
        return next_word in _OPENERS
    return True
