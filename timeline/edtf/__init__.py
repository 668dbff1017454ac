"""Dates with a stated precision: read, compare, print. A leaf: imports nothing of ours.

The notation is a declared subset of EDTF, the Extended Date/Time Format that became part of
ISO 8601-2 (https://www.loc.gov/standards/datetime/): **Level 0** (year, month, day, interval);
**of Level 1** the qualifiers `~` (approximate), `?` (uncertain) and `%` (both) on a whole date, the
open interval (`../2019`, `2025/..`) and the seasons (`2025-21` to `2025-24`); **of Level 2** the
quarters (`2025-33` to `2025-36`) and halves of a year (`2025-40`, `2025-41`). EDTF does not say which
days a season has: `values.Part` does. Unknown ends (`2025/`), unspecified digits (`202X`), years of more
than four digits, times of day and all else are refused with a sentence that says what to write instead.

`parse` also reads what people and programs write (`16 Apr 2025`, `令和7年4月`, `27–29 October 2025`,
`2025-04-16T00:00:00Z`) and gives back the canonical form, so that a form can echo what it understood.
Nothing here ever invents a first of the month.

- `values`: what a date is (`EDTF`, `PartialDate`), its bounds and its place in the chronology
- `reading`: a package, text to date, and the sentences that refuse a text
- `printing`: date to words

DECISIONS 3 and 4 say why.
"""

from timeline.edtf.printing import Gutter, datetime_attribute, display, gutter, heading
from timeline.edtf.reading import as_two_years, from_bound, parse, to_bound
from timeline.edtf.values import EDTF, MAX_LENGTH, EDTFError, Extent, Part, PartialDate, Precision

__all__ = [
    "EDTF",
    "MAX_LENGTH",
    "EDTFError",
    "Extent",
    "Gutter",
    "Part",
    "PartialDate",
    "Precision",
    "as_two_years",
    "datetime_attribute",
    "display",
    "from_bound",
    "gutter",
    "heading",
    "parse",
    "to_bound",
]
