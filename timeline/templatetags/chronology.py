"""Words for the data of the public document: dates, figures, sources, vocabulary.

Everything is cached by its value, because a page of fifty entries asks for the same
few hundred phrases again and again.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.db.models import TextChoices
from django.template.defaultfilters import capfirst
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from timeline import choices, edtf

register = template.Library()

# The colour of an entry or tag: the lane of its top-level commodity; everything else is "talks".
LANES = {
    "vehicles": "vehicles",
    "agricultural-products": "farm",
    "fertilizers": "farm",
    "minerals": "minerals",
    "metals": "minerals",
    "energy": "energy",
}
LISTED_SOURCES = 3


@register.filter
def lane(commodity: dict[str, Any]) -> str:
    """The lane of a commodity, for the class ``l-…``."""
    return LANES.get(commodity["top"], "talks")


@register.filter
def entry_lane(entry: dict[str, Any]) -> str:
    """The lane of an entry: that of its first commodity, unless it is about talks."""
    commodities = entry["commodities"]
    if not commodities or (entry["category"] and entry["category"]["slug"] == "talks"):
        return "talks"
    return lane(commodities[0])


# -- dates --------------------------------------------------------------------------------


@register.filter
def when(text: str) -> str:
    """An EDTF text in words."""
    return _when(text, get_language() or "") if text else ""


@lru_cache(maxsize=8192)
def _when(text: str, language: str) -> str:
    return edtf.display(edtf.parse(text))


@register.filter
def datetime_attribute(text: str) -> str:
    """What ``<time datetime>`` may say of an EDTF text; empty for intervals."""
    return edtf.datetime_attribute(edtf.parse(text)) if text else ""


@register.filter
def mark(date: dict[str, Any]) -> str:
    """The class of the mark that shows the precision of a date."""
    return edtf.gutter(edtf.parse(date["edtf"])).mark if date["edtf"] else "p-about"


@register.simple_tag
def gutter(date: dict[str, Any]) -> SafeString:
    """The date of an entry beside the list: mark, date, year and precision in words."""
    if not date["edtf"]:
        return format_html('<p class="when"><span>{}</span></p>', _("no date yet"))
    return _gutter(date["edtf"], date["basis"] == choices.DateBasis.DERIVED, get_language() or "")


@lru_cache(maxsize=8192)
def _gutter(text: str, derived: bool, language: str) -> SafeString:
    value = edtf.parse(text)
    parts = edtf.gutter(value, derived=derived)
    machine = edtf.datetime_attribute(value)
    return format_html(
        '<p class="when"><i class="dot {}"></i><time{}><b{}>{}</b> {} <span class="yr">{}</span></time>{}</p>',
        parts.mark,
        format_html(' datetime="{}"', machine) if machine else "",
        SafeString(' class="n"') if parts.strong.isdigit() else "",
        parts.strong,
        parts.rest,
        parts.year,
        format_html(" <span>{}</span>", parts.note) if parts.note else "",
    )


@register.filter
def basis(date: dict[str, Any]) -> str:
    """How the date is known, in one sentence."""
    if date["note"]:
        return str(date["note"])
    sentences = {
        choices.DateBasis.STATED: _("The sources state the date."),
        choices.DateBasis.DERIVED: _("The date is worked out from what the sources say."),
        choices.DateBasis.OTHER_SOURCE: _("The date comes from another source than the report itself."),
    }
    return sentences.get(date["basis"], "")


# -- figures ------------------------------------------------------------------------------


@register.filter
def figure_value(figure: dict[str, Any]) -> str:
    """A figure as a reader says it: "about 67.6 billion US dollars a year"."""
    return _figure_value(*(figure[name] for name in FIGURE_FIELDS), get_language() or "")


FIGURE_FIELDS = ("value", "low", "high", "qualifier", "unit", "currency", "scale", "per")


@lru_cache(maxsize=8192)
def _figure_value(
    value: str | None,
    low: str | None,
    high: str | None,
    qualifier: str,
    unit: str,
    currency: str,
    scale: str,
    per: str,
    language: str,
) -> str:
    if value is None and low is None and high is None:
        return _("not stated")
    if low is not None and high is not None:
        number = f"{_number(low)}–{_number(high)}"
    elif low is not None:
        number = _("from %s") % _number(low)
    elif high is not None:
        number = _("to %s") % _number(high)
    else:
        number = _number(value or "")
    words = [number]
    if scale:
        words.append(str(choices.Scale(scale).label))
    words.append(_unit(unit, currency, value if not scale else None))
    if per:
        words.append(_("a year") if per == "year" else _("per %s") % per)
    phrase = " ".join(word for word in words if word)
    return f"{choices.Qualifier(qualifier).label} {phrase}" if qualifier else phrase


def _number(text: str) -> str:
    whole, point, fraction = text.partition(".")
    return f"{int(whole):,}{point}{fraction}"


def _unit(unit: str, currency: str, value: str | None) -> str:
    if currency:
        return str(choices.Currency(currency).label)
    one = value is not None and Decimal(value) == 1
    singular = {
        choices.Unit.MINUTES: _("minute"),
        choices.Unit.HOURS: _("hour"),
        choices.Unit.DAYS: _("day"),
        choices.Unit.MONTHS: _("month"),
        choices.Unit.YEARS: _("year"),
        choices.Unit.TONNES: _("tonne"),
        choices.Unit.MINES: _("mine"),
        choices.Unit.ITEMS: _("item"),
        choices.Unit.VISITS: _("visit"),
        choices.Unit.PEOPLE: _("person"),
    }
    if one and unit in singular:
        return singular[choices.Unit(unit)]
    return "" if unit == choices.Unit.ITEMS else str(choices.Unit(unit).label)


@register.filter
def figure_period(figure: dict[str, Any]) -> str:
    """The period of a figure in words."""
    return figure["period_note"] or when(figure["period"])


# -- sources ------------------------------------------------------------------------------


@register.filter
def source_line(source: dict[str, Any]) -> str:
    """Publisher and date, the shortest name of a source: "Reuters, June 2019"."""
    publisher = source["publisher"]["name"] if source["publisher"] else source["byline"] or _("publisher not recorded")
    date = when(source["published"]["edtf"]) if source["published"] else _("undated")
    return f"{publisher}, {date}"


@register.filter
def source_title(source: dict[str, Any]) -> str:
    """The title, in square brackets when it is our description."""
    return f"[{source['title']}]" if source["title_is_description"] else str(source["title"])


@register.filter
def listed_sources(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The few sources a list shows; the entry's page has them all."""
    return list(entry["sources"][:LISTED_SOURCES])


@register.filter
def more_sources(entry: dict[str, Any]) -> str:
    """"and 4 more sources", or nothing."""
    more = len(entry["sources"]) - LISTED_SOURCES
    return ngettext("and %d more source", "and %d more sources", more) % more if more > 0 else ""


@register.filter
def quotations(entry: dict[str, Any], number: int) -> list[dict[str, str]]:
    """The quotations an entry takes from source ``number``, each once."""
    rows = [row for statement in entry["statements"] for row in statement["citations"]]
    rows += [row for figure in entry["figures"] for row in figure["citations"]]
    rows += [row for item in entry["disagreements"] for row in item["accounts"]]
    found = {}
    for row in rows:
        if row["number"] == number and row["quotation"]:
            found.setdefault(row["quotation"], {name: row[name] for name in ("quotation", "language", "locator")})
    return list(found.values())


# -- vocabulary ---------------------------------------------------------------------------

VOCABULARY: dict[str, type[TextChoices]] = {
    "nature": choices.Nature,
    "status": choices.FigureStatus,
    "source": choices.SourceKind,
    "role": choices.EventRole,
    "date": choices.MeasureDateKind,
}


@register.filter
def label(value: str, vocabulary: str) -> str:
    """The reader's word for a stored value: ``{{ statement.nature|label:"nature" }}``."""
    return str(VOCABULARY[vocabulary](value).label) if value else ""


@register.filter
def sentence_case(text: str) -> str:
    """The text with a capital at its start, for words that stand at the head of a line."""
    return str(capfirst(text))
