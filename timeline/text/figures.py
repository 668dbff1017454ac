"""Figures in a folded text: amounts of money, percentages, HS codes, each under what it says however it is written.

``US$550 billion``, ``$550bn``, ``550 billion dollars`` and ``5,500億ドル`` are one amount; so are ``$1 trillion``,
``one trillion dollars`` and ``一兆ドル``. Lexemes:

- ``#550000000000`` the amount, in whatever currency; ``#550000000000usd`` in dollars; ``#550000000000?`` where the
  currency is not said. A question that names none finds any; one that does finds the same and those not said,
  never another: yen and dollars are not compared.
- ``15%``; so that 15 percent is no 15 November. A bare 15 finds both.
- ``hs8703`` for a code, its heading and its chapter; ``hs:8703`` for a heading that is given as such, which is
  found by the codes below it as well.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple


class Figure(NamedTuple):
    """A figure from ``start`` to ``end`` of a text: what it is filed under, and what is asked by who writes it.

    ``heading`` is the HS heading that is asked beside the subheading that was written.
    """

    start: int
    end: int
    filed: tuple[str, ...]
    asked: tuple[str, ...]
    heading: str = ""


def figures_in(text: str) -> Iterator[Figure]:
    """The figures of a folded text, in order of kinds; they may overlap."""
    if not (
        _DIGIT.search(text)
        or ("illion" in text and _SPELT_OUT.search(text))
        or (not text.isascii() and _KANJI.search(text))
    ):
        return
    for found in _AMOUNT.finditer(text):
        figure = _percentage(found) if found["percent"] else _amount(found)
        if figure:
            yield figure
    for found in _CODE.finditer(text):
        yield _code(found)


_SPELT = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}  # fmt: skip
"""Numbers that are written in words before a million and more; without one they are words like any other."""

_IN_WORDS = rf"(?<![a-z])(?<![a-z]-)(?:{'|'.join(word for word in _SPELT if word.isascii())})(?=[\s-](?:m|b|tr)illion)"
_IN_KANJI = r"(?<![一二三四五六七八九十百千])[一二三四五六七八九十](?=千?[兆億万])"
_DIGIT, _SPELT_OUT, _KANJI = re.compile("[0-9]"), re.compile(_IN_WORDS), re.compile(_IN_KANJI)
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]|,[0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?(?!\.?[0-9]))"

# -- money ----------------------------------------------------------------------------------

_CURRENCIES = {
    "$": "usd", "us$": "usd", "usd": "usd", "dollar": "usd", "dollars": "usd", "どる": "usd",
    "¥": "jpy", "jpy": "jpy", "yen": "jpy", "円": "jpy",
    "€": "eur", "eur": "eur", "euro": "eur", "euros": "eur", "ゆーろ": "eur",
    "£": "gbp", "gbp": "gbp",
    "c$": "cad", "a$": "aud", "hk$": "hkd", "nt$": "twd", "s$": "sgd",
}  # fmt: skip
SCALES = {
    "k": 3, "thousand": 3, "m": 6, "mn": 6, "mln": 6, "million": 6, "b": 9, "bn": 9, "bln": 9, "billion": 9,
    "tn": 12, "trn": 12, "trillion": 12, "百": 2, "千": 3, "万": 4, "億": 8, "兆": 12,
}  # fmt: skip
"""The powers of ten that words behind a number stand for."""

# What stands in short is filed in words as well: $550bn under billion and dollar.
_WORDS = {
    "k": "thousand", "m": "million", "mn": "million", "mln": "million", "b": "billion", "bn": "billion",
    "bln": "billion", "tn": "trillion", "trn": "trillion", "usd": "dollar", "jpy": "yen", "eur": "euro",
}  # fmt: skip
_JAPANESE = rf"(?:(?:{_NUMBER}|{_IN_KANJI})千?[兆億万]|{_NUMBER}千)"
_AMOUNT = re.compile(
    rf"""(?=[0-9$¥€£一二三四五六七八九十]|[uhncasjeg][sktaupb$]|{_IN_WORDS})(?<![0-9])(?<![0-9][.,])(?:(?P<sign>(?<![a-z])(?:(?:us|hk|nt|[cas])\$|usd|jpy|eur|gbp)|[$¥€£])\s?)?
    (?:(?P<low>{_NUMBER})\s?(?:-|~|〜|to\s|から)\s?)?
    (?:(?P<japanese>{_JAPANESE}+(?:{_NUMBER}(?![兆億万千]))?)
      |(?P<number>{_NUMBER}|{_IN_WORDS})(?:
        \s?(?P<percent>%|percent(?![a-z])|per[\s-]?cent(?![a-z])|pct(?![a-z])|ぱーせんと)
        |[\s-]?(?P<scale>thousand|million|billion|trillion|ml?n|bl?n|trn?|tn)(?![a-z0-9])
        |(?P<letter>[kmb])(?![a-z0-9])
      )?
    )
    (?:[\s-]?(?P<currency>(?:u\.?s\.?\s?|米)?(?:dollars?(?![a-z])|どる)|usd(?![a-z])|yen(?![a-z])|jpy(?![a-z])
      |euros?(?![a-z])|eur(?![a-z])|gbp(?![a-z])|円|ゆーろ))?""",
    re.VERBOSE,
)
_MILLION = 1_000_000
_COMPONENT = re.compile(rf"({_NUMBER}|{_IN_KANJI})(千?[兆億万]?)")


def _percentage(found: re.Match[str]) -> Figure:
    filed = tuple(f"{_written(_decimal(number))}%" for number in (found["number"], found["low"]) if number)
    return Figure(found.start(), found.end("percent"), filed, filed[:1])


def _amount(found: re.Match[str]) -> Figure | None:
    sign, letter = found["sign"], found["letter"]
    scale = found["scale"] or (letter if letter == "m" or sign else None)
    if not (sign or scale or found["japanese"] or found["currency"]):
        return _written_out(found)
    named = sign or re.sub(r"^(u\.?s\.?\s?|米)(?=dollar|どる)", "", found["currency"] or "")
    currency = _CURRENCIES.get(named, "")
    if found["japanese"]:
        parts = [_decimal(number) * scale_of(unit) for number, unit in _COMPONENT.findall(found["japanese"])]
        whole = sum(parts, Decimal())
        # Whoever copies a part of 1兆5000億円 asks for 5000億円, or for 1兆.
        others = {sum(parts[at:], Decimal()) for at in range(1, len(parts))}
        begun = {sum(parts[:at], Decimal()) for at in range(1, len(parts))}
    else:
        factor = scale_of(scale or "")
        whole, others, begun = _decimal(found["number"]) * factor, set(), set()
        if found["low"]:
            others = {_decimal(found["low"]) * factor}
    stated = currency or "?"
    filed = [lexeme for value in (whole, *others) for lexeme in (f"#{_written(value)}", f"#{_written(value)}{stated}")]
    filed += [lexeme for value in begun for lexeme in (f"#{_written(value)}", f"#{_written(value)}?")]
    if sign and scale:  # $550bn is found by $550
        filed += [f"#{_written(_decimal(found['number']))}{currency}"]
    filed += [word for word in (_WORDS.get(scale or ""), _WORDS.get(currency)) if word]
    asked = [f"#{_written(whole)}{kind}" for kind in ((currency, "?") if currency else ("",))]
    return Figure(found.start(), found.end(), tuple(dict.fromkeys(filed)), tuple(asked))


def _written_out(found: re.Match[str]) -> Figure | None:
    """A number from a million on with its commas: 1,250,000 is 1.25 million."""
    value = _decimal(found["number"])
    if "," not in found["number"] or value < _MILLION:
        return None
    filed = (f"#{_written(value)}", f"#{_written(value)}?")
    return Figure(found.start("number"), found.end("number"), filed, filed[:1])


def scale_of(unit: str) -> Decimal:
    """What a unit multiplies by; 千億 is a thousand times a hundred million."""
    if unit in SCALES:
        return Decimal(10) ** SCALES[unit]
    factor = Decimal(1)
    for char in unit:
        factor *= Decimal(10) ** SCALES[char]
    return factor


def _decimal(number: str) -> Decimal:
    return Decimal(_SPELT.get(number) or number.replace(",", ""))


def _written(value: Decimal) -> str:
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


# -- HS codes -------------------------------------------------------------------------------

# "hs 8703", "hs codes: 8703.23"; a subheading with its point needs no "hs", nor do six digits and more.
_CODE = re.compile(
    r"""(?<![a-z0-9])ht?s(?:us)?[\s.-]?(?:codes?|(?:sub)?headings?|no\.|こーど|番号)?[\s:.]*(?P<named>[0-9]{4}(?:\.?[0-9]{2}){0,3}|[0-9]{2})(?![0-9])
    |(?<![0-9])(?<![0-9][.,])(?P<bare>[0-9]{4}(?:\.[0-9]{2}){1,3}|[0-9]{6}(?:[0-9]{2}){0,2})(?![0-9]|[.,][0-9])""",
    re.VERBOSE,
)


def _code(found: re.Match[str]) -> Figure:
    """The Harmonized System ends at six digits; what follows are national lines."""
    digits = (found["named"] or found["bare"]).replace(".", "")
    chapter, heading, subheading = digits[:2], digits[:4], digits[:6]
    is_subheading = len(digits) >= 6
    start, end = found.span()
    above = (subheading, f"hs{subheading}", f"hs:{heading}") if is_subheading else ()
    if found["bare"]:
        is_pointed = "." in found["bare"]
        asked = above if is_pointed else (digits, *above)
        return Figure(start, end, (subheading, heading) if is_pointed else (), tuple(dict.fromkeys(asked)), heading)
    filed = [f"hs{part}" for part in dict.fromkeys((chapter, heading, subheading))]
    filed += [heading, subheading] if is_subheading else []
    filed += [f"hs:{heading}"] if len(digits) == 4 else []
    return Figure(start, end, tuple(filed), above or (f"hs{digits}",), heading if is_subheading else "")
