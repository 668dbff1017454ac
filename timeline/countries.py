"""Countries by the codes of ISO 3166-1 alpha-2, with their names from CLDR, which Babel brings.

Two more codes stand where a country may: EU, which ISO only reserves, and ``INT`` for bodies of many countries.
"""

from functools import cache

from babel import Locale
from django.utils.translation import get_language, gettext

from timeline.names import fold

INTERNATIONAL = "INT"

# What CLDR has names for and ISO has not assigned: parts and groups of countries, and codes for tests.
UNASSIGNED = frozenset({"AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})


def name(code: str) -> str:
    """The name of a country in the language of the page; a code that is not known stands for itself."""
    return _names(get_language() or "en").get(code, code)


def choices() -> list[tuple[str, str]]:
    """All codes with their names in the language of the page, by name."""
    return _sorted(get_language() or "en")


@cache
def _names(language: str) -> dict[str, str]:
    # Only now, because the names of a language are in a file of megabytes about it.
    territories = Locale.parse(language, sep="-").territories
    countries = {code: name for code, name in territories.items() if len(code) == 2 and code not in UNASSIGNED}
    return countries | {INTERNATIONAL: gettext("International")}


@cache
def _sorted(language: str) -> list[tuple[str, str]]:
    return sorted(_names(language).items(), key=lambda country: fold(country[1]))
