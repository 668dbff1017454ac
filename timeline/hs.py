"""Codes of the Harmonized System as people write them: ``HS 0201``, ``0201.30``, ``'0201``, digits of full width.

A leaf. A code is text of 2, 4 or 6 digits: chapter 02 is not the number 2. DECISIONS 130 says why no more.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

_NAMED = re.compile(
    r"^h\.?(?:t\.?)?s\.?(?:us)?\s*(?:codes?|headings?|subheadings?|no\.?|numbers?|コード|番号)?\s*[:.]?\s*",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\s.\-‐‑–·・]+")
_POINT = re.compile(r"(\d{3,4})\.(\d{1,2})")


class HSError(ValueError):
    """No HS code; ``str()`` is a sentence for editors that says why and what may be meant."""


def read(text: str) -> str:
    """The digits of a code. Raises :class:`HSError`; nothing is guessed, and a zero never put back without asking."""
    plain = _NAMED.sub("", unicodedata.normalize("NFKC", text).strip(" '‘’\"“”"))
    digits = _MARKS.sub("", plain)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10:
        raise HSError(_("An HS code has 2, 4 or 6 digits, for example 8703."))
    if len(digits) <= 6 and not any(len(group) % 2 for group in _MARKS.split(plain)):
        return digits
    words = {"code": plain, "count": len(digits)}
    if len(digits) > 6:
        shared = digits[:6]
        if len(digits) % 2 and digits[0] != "0":
            shared = _("%(six)s (or, if a zero was lost at its beginning, %(other)s)") % {
                "six": shared,
                "other": f"0{digits[:5]}",
            }
        sentence = _(
            "“%(code)s” has %(count)d digits: from the seventh on, each country counts for itself (10 digits in the "
            "United States, 9 in Japan). Write the six that all share, %(shared)s; the rest may stand in the note."
        )
        raise HSError(sentence % {**words, "shared": shared})
    if point := _POINT.fullmatch(plain):  # a spreadsheet took it for a number
        meant = f"{point[1]:0>4}{point[2]:0<2}"
    elif digits == plain:
        meant = f"0{digits}"
    else:
        raise HSError(_("An HS code has 2, 4 or 6 digits, for example 8703."))
    sentence = _("“%(code)s” is no HS code, which has 2, 4 or 6 digits. Was a zero lost, and is %(meant)s meant?")
    raise HSError(sentence % {**words, "meant": meant})
