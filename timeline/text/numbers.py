"""The numbers in a text as values, in English as in Japanese: "$550 billion" and 5,500億ドル are one number."""

import re
from decimal import Decimal

_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_ENGLISH = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_JAPANESE = {"百": 2, "千": 3, "万": 4, "億": 8, "兆": 12}
_WRITTEN = re.compile(
    rf"(?P<japanese>(?:{_NUMBER}[百千]?[万億兆]|{_NUMBER}[百千])+(?:{_NUMBER}(?![百千万億兆]))?)"
    rf"|(?P<number>{_NUMBER})(?:[\s-]?(?P<scale>{'|'.join(_ENGLISH)})(?![a-z]))?"
)
_PART = re.compile(rf"({_NUMBER})([百千]?[万億兆]?)")
_WIDE = str.maketrans("０１２３４５６７８９，．", "0123456789,.")


def numbers(text: str) -> set[Decimal]:
    """Every number that stands in figures."""
    return {_value(found) for found in _WRITTEN.finditer(text.translate(_WIDE).lower())}


def _value(found: re.Match[str]) -> Decimal:
    if found["japanese"]:
        parts = _PART.findall(found["japanese"])
        return sum((_decimal(number) * _factor(units) for number, units in parts), Decimal())
    scale = found["scale"]
    return _decimal(found["number"]) * (Decimal(10) ** _ENGLISH[scale] if scale else 1)


def _factor(units: str) -> Decimal:
    return Decimal(10) ** sum(_JAPANESE[unit] for unit in units)


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))
