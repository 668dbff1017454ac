"""Dates with a stated precision: read, compare, print. A leaf: imports nothing of ours.

The notation is a declared subset of EDTF, the Extended Date/Time Format that became part of
ISO 8601-2 (https://www.loc.gov/standards/datetime/): **Level 0** (year, month, day, interval)
**plus two Level 1 features**, the qualifiers `~` (approximate), `?` (uncertain) and `%` (both) on
a whole date, and the open interval (`../2019`, `2025/..`). Seasons, unknown ends (`2025/`),
unspecified digits (`202X`), years of more than four digits, clock times and everything of Level 2
are refused with a sentence that says what to write instead.

`parse` also reads what people type (`16 Apr 2025`, `令和7年4月`, `27–29 October 2025`) and gives
back the canonical form, so that a form can echo what it understood. Nothing here ever invents a
first of the month.

- `values`: what a date is (`EDTF`, `PartialDate`), its bounds and its place in the chronology
- `reading`: text to date, and the sentences that refuse a text
- `printing`: date to words

DECISIONS 3 and 4 say why.
"""

from timeline.edtf.printing import Gutter, datetime_attribute, display, gutter
from timeline.edtf.reading import from_bound, parse, to_bound
from timeline.edtf.values import EDTF, MAX_LENGTH, EDTFError, PartialDate, Precision

__all__ = [
    "EDTF",
    "MAX_LENGTH",
    "EDTFError",
    "Gutter",
    "PartialDate",
    "Precision",
    "datetime_attribute",
    "display",
    "from_bound",
    "gutter",
    "parse",
    "to_bound",
]
