"""The numbers in a text as values, in English as in Japanese: "$550 billion" and 5,500億ドル are one number."""

import re
from decimal import Decimal

from .figures import scale_of

_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_WRITTEN = re.compile(
    rf"(?P<japanese>(?:{_NUMBER}[百千]?[万億兆]|{_NUMBER}[百千])+(?:{_NUMBER}(?![百千万億兆]))?)"
    rf"|(?P<number>{_NUMBER})(?:[\s-]?(?P<scale>thousand|million|billion|trillion)(?![a-z]))?"
)
_PART = re.compile(rf"({_NUMBER})([百千]?[万億兆]?)")
_WIDE = str.maketrans("０１２３４５６７８９，．", "0123456789,.")


def numbers(text: str) -> set[Decimal]:
    """Every number that stands in figures."""
    return {_value(found) for found in _WRITTEN.finditer(text.translate(_WIDE).lower())}


def _value(found: re.Match[str]) -> Decimal:
    if found["japanese"]:
        parts = _PART.findall(found["japanese"])
        return sum((_decimal(number) * scale_of(units) for number, units in parts), Decimal())
    return _decimal(found["number"]) * scale_of(found["scale"] or "")


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))
