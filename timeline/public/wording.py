"""Words for the data of the public document: dates, figures, sources, vocabulary.

Pages, feeds and exports say the same thing in the same words. Phrases are cached by the
values they are made of, because a page of fifty entries asks for the same few hundred
again and again.
"""

import datetime
import re
from collections import defaultdict
from decimal import Decimal
from functools import lru_cache

from django.db.models import TextChoices
from django.template.defaultfilters import capfirst
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from timeline import choices, edtf
from timeline.models.document import (
    AccountDocument,
    AttachmentDocument,
    ChangeDocument,
    CorrectionDocument,
    EntryDateDocument,
    EntryDocument,
    FigureDocument,
    SourceDocument,
)
from timeline.public.language import Original, foreign, like
from timeline.punctuation import ENGLISH, JAPANESE, listed, marks

from . import japanese

SYMBOLS: dict[str, str] = {choices.Unit.PERCENT: "%s%%", choices.Currency.USD: "$%s", choices.Currency.JPY: "¥%s"}
"""Units that are a sign beside the number."""

BASES: dict[str, Promise] = {
    choices.DateBasis.STATED: gettext_lazy("The sources state the date."),
    choices.DateBasis.DERIVED: gettext_lazy("The date is worked out from what the sources say."),
    choices.DateBasis.OTHER_SOURCE: gettext_lazy("The date comes from another source than the report itself."),
}

UNWRITTEN: dict[str, Promise] = {
    "summary": gettext_lazy("no summary yet"),
    "label": gettext_lazy("no label yet"),
    "unit": gettext_lazy("no unit yet"),
    "currency": gettext_lazy("no currency yet"),
    "question": gettext_lazy("no question yet"),
    "answer": gettext_lazy("no answer yet"),
    "reason": gettext_lazy("no reason yet"),
    "step": gettext_lazy("not said of what"),
}
"""What a draft may lack in the middle of something; readers never see it (``models.publication``)."""


# -- sentences ----------------------------------------------------------------------------


def written(text: str, part: str) -> str:
    """The text; in the preview of a draft that lacks it, that it does: ``{{ figure.label|written:"label" }}``."""
    return text if text.strip() else f"({UNWRITTEN[part]})"


def stop(text: str) -> str:
    """The text with a full stop, unless it ends in one already, as "Washington, D.C." does.

    That of the language it is in: of the page, or of the original.
    """
    ends = text.rstrip("”’\"')»」").endswith((".", "!", "?", "。"))
    full = ENGLISH.stop if isinstance(text, Original) else marks().stop
    return text if ends else like(text, f"{text}{full}")


EXCERPT = 160
"""Characters that search engines show of a description."""

WIDE_EXCERPT = 110
"""The same of characters that are as wide as two."""

# Not after an initial or a title: "D.C.", "Mr. Trump", "No. 5".
_END = re.compile(r"(?<!\b[A-Z])(?<!\b(?:Mr|Ms|Dr|No|St))[.!?。][”’\"')]*(?=\s|$)|[。！？]")


def excerpt(text: str) -> str:
    """The whole sentences that fit into a description, or as much of the first as whole words allow."""
    text = " ".join(text.split())
    most = EXCERPT if not foreign() else WIDE_EXCERPT
    if len(text) <= most:
        return text
    ends = [found.end() for found in _END.finditer(text, 0, most + 1) if found.end() <= most]
    if ends:
        return text[: ends[-1]]
    start = text[:most].rpartition(" ")[0] or text[: most - 1]
    return f"{start.rstrip(' ,;:–—-')}…"


def sentence_case(text: str) -> str:
    """The text with a capital at its start, for words that stand at the head of a line."""
    return str(capfirst(text))


# -- dates --------------------------------------------------------------------------------


def when(text: str) -> str:
    """An EDTF text in words, for the middle of a sentence."""
    return _when(text, get_language() or "") if text else ""


@lru_cache(maxsize=8192)
def _when(text: str, language: str, extent: str = "") -> str:
    return edtf.display(edtf.parse(text), extent)


def in_short(words: str) -> str:
    """A date in words with its months cut short, where a line has no room for more: "16 Sep 2025"."""
    return _in_short(words, get_language() or "")


@lru_cache(maxsize=1024)
def _in_short(words: str, _language: str) -> str:
    for number, name in MONTHS.items():
        words = words.replace(str(name), str(capfirst(MONTHS_3[number])))
    return words


def with_year(month: str, year: int) -> str:
    """A month, cut short perhaps, with its year: "Apr 2025", "2025年4月"."""
    return f"{year}年{month}" if marks() is JAPANESE else f"{month} {year}"


def happened(date: EntryDateDocument) -> str:
    """When an entry happened, for the middle of a sentence: "some time between 27 and 29 October 2025"."""
    return _when(date["edtf"], get_language() or "", date["extent"]) if date["edtf"] else ""


def basis(date: EntryDateDocument) -> str:
    """How the date is known, in one sentence."""
    return str(date["note"] or BASES.get(date["basis"], ""))


# -- figures ------------------------------------------------------------------------------


def figure_value(figure: FigureDocument) -> str:
    """A figure as a reader says it: "about $67.6 billion a year", "25%", "1.25 million tonnes"."""
    return _figure_value(
        figure["value"],
        figure["low"],
        figure["high"],
        figure["qualifier"],
        figure["unit"],
        figure["currency"],
        figure["scale"],
        figure["per"],
        get_language() or "",
    )


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
    if language == "ja":
        return japanese.figure(value, low, high, qualifier, unit, currency, scale, per)
    pattern = SYMBOLS.get(currency or unit, "%s")
    if low is not None and high is not None:
        number = pattern % f"{_number(low)}–{_number(high)}"
    elif low is not None:
        number = _("from %s") % (pattern % _number(low))
    elif high is not None:
        number = _("to %s") % (pattern % _number(high))
    else:
        number = pattern % _number(value or "")
    words = [number]
    if scale:
        words.append(str(choices.Scale(scale).label))
    if pattern == "%s":
        words.append(_unit(unit, currency, value if not scale else None))
    if per:
        words.append(_("a year") if per == "year" else _("per %s") % per)
    phrase = " ".join(word for word in words if word)
    return f"{choices.Qualifier(qualifier).label} {phrase}" if qualifier else phrase


def _number(text: str) -> str:
    whole, point, fraction = text.removeprefix("-").partition(".")
    sign = "-" if text.startswith("-") else ""  # which the whole part alone would lose: -0.5
    return f"{sign}{int(whole):,}{point}{fraction}"


def _unit(unit: str, currency: str, value: str | None) -> str:
    if not unit or (unit == choices.Unit.MONEY and not currency):
        return written("", "currency" if unit else "unit")
    one = value is not None and Decimal(value) == 1
    singular = {
        choices.Unit.MINUTES: _("minute"),
        choices.Unit.HOURS: _("hour"),
        choices.Unit.DAYS: _("day"),
        choices.Unit.MONTHS: _("month"),
        choices.Unit.YEARS: _("year"),
        choices.Unit.TONNES: _("tonne"),
        choices.Unit.KILOGRAMS: _("kilogram"),
        choices.Unit.MINES: _("mine"),
        choices.Unit.VISITS: _("visit"),
        choices.Unit.PEOPLE: _("person"),
        choices.Unit.VEHICLES: _("vehicle"),
        choices.Unit.SHARES: _("share"),
    }
    if one and unit in singular:
        return singular[choices.Unit(unit)]
    return "" if unit == choices.Unit.ITEMS else str(choices.Unit(unit).label)


def whose(account: AccountDocument) -> str:
    """Before what a source says, the one whose position that is: "Tokyo: "."""
    return f"{account['side']}{marks().colon}" if account["side"] else ""


def figure_standing(figure: FigureDocument) -> str:
    """How far a figure has come, when it holds and how it is counted: "In force, from 7 August 2025 (in total)"."""
    words = listed(part for part in (figure_status(figure), figure_period(figure)) if part)
    if not figure["basis"]:
        return words
    return _("%(standing)s (%(counted)s)") % {"standing": words, "counted": label(figure["basis"], "basis").lower()}


def figure_status(figure: FigureDocument) -> str:
    """The reader's word for how far a figure has come: "Was in force" of what is in force once its period is over."""
    if figure["status"] == choices.FigureStatus.IN_FORCE and _is_over(figure):
        return _("Was in force")
    return label(figure["status"], "status")


def lasts(entry: EntryDocument) -> bool:
    """Whether what is said of an entry stays the same: no figure of it is in force that will be over one day."""
    return changes_on(entry) is None


def changes_on(entry: EntryDocument) -> datetime.date | None:
    """The next day from which something else is said of an entry: the period of a figure in force is over."""
    in_force = [figure for figure in entry["figures"] if figure["status"] == choices.FigureStatus.IN_FORCE]
    ends = (_over_from(figure) for figure in in_force)
    return min((day for day in ends if day and day > site_day()), default=None)


def site_day() -> datetime.date:
    """The day it is in the time zone of the site, whatever zone an editor has chosen."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def _is_over(figure: FigureDocument) -> bool:
    day = _over_from(figure)
    return day is not None and day <= site_day()


def _over_from(figure: FigureDocument) -> datetime.date | None:
    """The day after the period of a figure, if that ends."""
    if not figure["period"] or has_no_recorded_end(figure):
        return None
    return edtf.parse(figure["period"]).upper


def has_no_recorded_end(figure: FigureDocument) -> bool:
    """Whether only the day is known from which a figure is in force: its period is that one day."""
    if figure["status"] != choices.FigureStatus.IN_FORCE or not figure["period"]:
        return False
    date = edtf.parse(figure["period"])
    return date.is_single and date.precision is edtf.Precision.DAY


def figure_period(figure: FigureDocument) -> str:
    """When a figure holds, in its editor's words or by its dates; empty when that is not known."""
    return str(figure["period_note"]) or figure_dates(figure)


def figure_dates(figure: FigureDocument) -> str:
    """The dates between which a figure holds, in words; empty when none are known."""
    words = period(figure["period"])
    return _("from %s, end not recorded") % words if has_no_recorded_end(figure) else words


def period(text: str) -> str:
    """A stretch of time in words: what lasts to a day is "until", where what happens is "by" it."""
    if text.startswith("../"):
        return _("until %s") % when(text.removeprefix("../"))
    return when(text)


# -- changes ------------------------------------------------------------------------------


def corrections(entry: EntryDocument) -> list[ChangeDocument]:
    """The changes of an entry that are corrections, newest first."""
    return [change for change in entry["changes"] if change["kind"] == choices.Change.CORRECTION]


def correction_text(change: CorrectionDocument) -> str:
    """What was wrong and what is right, as sentences; or why they are not shown any more."""
    if change["redaction"]:
        return stop(label(change["redaction"], "redaction"))
    return like(change["wrong"], f"{stop(change['wrong'])} {stop(change['right'])}")


# -- sources ------------------------------------------------------------------------------


def source_line(source: SourceDocument) -> str:
    """Publisher and date, the shortest name of a source: "Reuters, June 2019"."""
    date = source["published"]["edtf"] if source["published"] else ""
    return listed([source_name(source), when(date) or _("undated")])


def source_notes(entry: EntryDocument) -> dict[int, list[str]]:
    """The notes on sources, by the number of the source; nothing for one without."""
    notes = defaultdict(list)
    for row in entry["source_notes"]:
        notes[row["number"]].append(row["text"])
    return notes


def source_name(source: SourceDocument) -> str:
    """Who says it: the publisher, else whoever signs."""
    publisher = source["publisher"]["name"] if source["publisher"] else source["byline"]
    return str(publisher or _("Publisher not recorded"))


def entry_count(number: int) -> str:
    """ "1 entry", "1,295 entries"."""
    return ngettext("%(number)s entry", "%(number)s entries", number) % {"number": f"{number:,}"}


def source_count(entry: EntryDocument) -> str:
    """How many sources an entry has: "2 sources"."""
    number = len(entry["sources"])
    return ngettext("%(number)d source", "%(number)d sources", number) % {"number": number}


def attachment_count(rows: list[AttachmentDocument]) -> str:
    """How many pictures and how many documents: "2 pictures, 1 document"."""
    pictures = sum(row["kind"] == "picture" for row in rows)
    documents = len(rows) - pictures
    parts = [
        pictures and ngettext("%(number)d picture", "%(number)d pictures", pictures) % {"number": pictures},
        documents and ngettext("%(number)d document", "%(number)d documents", documents) % {"number": documents},
    ]
    return listed(part for part in parts if part)


def source_title(source: SourceDocument) -> str:
    """The title, in square brackets when it is our description."""
    return like(source["title"], f"[{source['title']}]") if source["title_is_description"] else str(source["title"])


# -- vocabulary ---------------------------------------------------------------------------

VOCABULARY: dict[str, type[TextChoices]] = {
    "nature": choices.Nature,
    "status": choices.FigureStatus,
    "basis": choices.FigureBasis,
    "standing": choices.Standing,
    "source": choices.SourceKind,
    "role": choices.EventRole,
    "date": choices.MeasureDateKind,
    "change": choices.Change,
    "extent": choices.DateExtent,
    "redaction": choices.Redaction,
    "dataset": choices.DatasetWithdrawal,
}


def label(value: str, vocabulary: str) -> str:
    """The reader's word for a stored value: ``{{ statement.nature|label:"nature" }}``."""
    return _label(value, vocabulary, get_language() or "") if value else ""


@lru_cache(maxsize=1024)
def _label(value: str, vocabulary: str, language: str) -> str:
    return str(VOCABULARY[vocabulary](value).label)
