"""Layout of a table in its text: what parts the cells, what stands above the headings, how numbers are written.

A comma, a semicolon or a tab parts the cells; ``sep=;`` in the first line says which (Excel). Numbers
writes the name of the table (“Table 1”) above it, and some people do. Where a semicolon parts the cells, the
computer that wrote them has decimal commas: Excel takes both from the settings of the system.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import islice

from django.utils.translation import gettext as _

from timeline.content.kinds import FIGURES, KINDS

from .tables import BOM, columns

_SEP = re.compile(r"sep=(.)")
_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
_POINTS_AND_COMMA = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]+")
_THOUSAND_OR_NOT = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")


@dataclass(frozen=True)
class Layout:
    """How the table in a text is laid out; ``title`` is what stands in the line above its headings."""

    separator: str
    title: str = ""

    @property
    def has_decimal_commas(self) -> bool:
        """Whether a comma in a number may be the decimal one: it parts no cells."""
        return self.separator != ","


def folded(heading: str) -> str:
    """A heading as it compares: ``Statements Text`` is ``statements.text``."""
    return re.sub(r"[\W_]+", "", heading).casefold()


def layout(text: str) -> Layout:
    """The layout of the table in ``text``, from its first lines."""
    first, second = _first_lines(text)
    if match := _SEP.fullmatch(first.strip()):
        return Layout(match[1])
    title = [cell.strip() for cell in _cells(first, _separator(first)) if cell.strip()]
    headings = _cells(second, _separator(second))
    is_above = len(title) == 1 and folded(title[0]) not in _known() and len(headings) > 1
    if is_above and _known().intersection(map(folded, headings)):
        return Layout(_separator(second), title[0])
    return Layout(_separator(first))


def headings_of(text: str) -> list[str]:
    """The headings of the table in ``text``, to guess what is in it."""
    how = layout(text)
    lines = csv.reader(io.StringIO(text.removeprefix(BOM)[:20_000]), delimiter=how.separator)
    try:
        filled = [row for row in islice(lines, 20) if any(cell.strip() for cell in row)]
    except csv.Error:
        return []
    filled = [row for row in filled if not row[0].startswith("sep=")]
    return next(iter(filled[bool(how.title) :]), [])


def _first_lines(text: str) -> tuple[str, str]:
    """The first two lines with something in them."""
    filled = (line for line in io.StringIO(text.removeprefix(BOM)[:20_000]) if line.strip())
    return next(filled, ""), next(filled, "")


def _separator(line: str) -> str:
    outside = Counter(re.sub(r'"[^"]*"', "", line))
    return max(",;\t", key=lambda char: outside[char])


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
    except csv.Error:
        return []


@cache
def _known() -> frozenset[str]:
    return frozenset(folded(column.heading) for kind in (*KINDS, FIGURES) for column in columns(kind))


def with_point(cell: str, how: Layout) -> tuple[str, str]:
    """A number with a decimal point, and a sentence where its comma or point can mean two things."""
    if not how.has_decimal_commas:
        return cell, ""
    if _THOUSAND_OR_NOT.fullmatch(cell) and ("," in cell or how.separator == ";"):
        whole, part = re.split("[.,]", cell)
        words = {"cell": cell, "thousands": f"{whole}{part}", "fraction": f"{whole}.{part}0"}
        sentence = _("“%(cell)s” can be read in two ways. Write %(thousands)s, or %(fraction)s with one more zero.")
        return "", sentence % words
    if _COMMA.fullmatch(cell) or _POINTS_AND_COMMA.fullmatch(cell):
        return cell.replace(".", "").replace(",", "."), ""
    return cell, ""
