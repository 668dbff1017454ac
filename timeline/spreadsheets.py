"""Spreadsheets: which cells of a CSV file they take for something else than text, and the apostrophe that stops them.

A leaf. Nobody asks a spreadsheet: Excel, LibreOffice and Google Sheets read a file by guessing. What they take for a
formula is by OWASP's "CSV Injection"; text that looks like a date, a time or a number becomes one. The apostrophe is
shown, as text that it is; :func:`unguarded` takes it away.
"""

import re
import unicodedata

_FORMULA = re.compile(r"'*[\t\r\n]|['\s]*[=+\-@＝＋－＠]")
"""The wide signs begin a formula in Japanese."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_LONGEST = 100
"""Characters of a cell that could be taken for a date or a number."""

_CHANGED = re.compile(
    rf"""'*\s*(?:
        (?=.*\b0[0-9]) [0-9]+ (?:\s*[;|,]\s*[0-9]+)*             # codes with their zeros: 0201, 02; 0201
      | [0-9]{{12,}} | [0-9]+(?:\.[0-9]+)?e[+-]?[0-9]+            # shown as 1.23E+11
      | [0-9]{{1,4}} (?:\s*[-/.]\s*[0-9]{{1,4}}){{1,2}}             # 2025-04, 2025-21, 5/6, 1.5.2025
      | (?:[0-9]{{4}}(?:-[0-9]{{2}}){{0,2}}[~?%]?/?){{2}}            # 2025-04/2026-03
      | [0-9]{{1,4}}(?:st|nd|rd|th)?[\s-]*{_MONTH}(?:[\s,-]+[0-9]{{1,4}})?    # 16 April 2025, 16-Apr
      | {_MONTH}(?:[\s,-]+[0-9]{{1,4}}){{1,2}}                     # April 16, 2025, Apr-25
      | (?:令和|平成|昭和|大正|明治)?(?:[0-9]+|元)年(?:[0-9]+月(?:[0-9]+日)?)? | [0-9]+月[0-9]+日
      | [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T\s].* | [0-9]{{1,3}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s*[ap]m)?
      | [0-9]*\.[0-9]*0 | [0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]+)? # 2.50, 1,250
      | [$¥€£]\s?[0-9][0-9.,]* | [0-9][0-9.,]*\s?[%$€]             # money and shares
      | [0-9]+\s+[0-9]+/[0-9]+                                     # 1 1/2
      | true | false
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run the cell."""
    return bool(_FORMULA.match(cell)) and not _NUMBER.fullmatch(cell)


def is_changed(cell: str) -> bool:
    """Whether a spreadsheet would show, and save, something else than the text of the cell."""
    if len(cell) > _LONGEST:
        return False
    return bool(_CHANGED.fullmatch(cell if cell.isascii() else unicodedata.normalize("NFKC", cell)))


def guarded(cell: str, *, whole: bool = False) -> str:
    """The cell with an apostrophe in front if it might be run; with ``whole`` also if it would be changed."""
    needed = is_formula(cell) or (whole and is_changed(cell)) or unguarded(cell) != cell
    return f"'{cell}" if needed else cell


def unguarded(cell: str) -> str:
    """The cell that :func:`guarded` was given."""
    return cell[1:] if cell.startswith("'") and (is_formula(cell[1:]) or is_changed(cell[1:])) else cell
