"""The kinds of parameters: how each is read, what it leaves of the entries, and how it is said.

The parameters themselves are declared in ``parameters``.
"""

import datetime
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from timeline import edtf, search
from timeline.models import FacetTotal, PublishedEntry
from timeline.models.querysets import FilterableQuerySet, PublishedEntryQuerySet
from timeline.public.language import foreign
from timeline.punctuation import labelled, listed, quoted

from .problems import quote

Translated = Any
"""Words that are translated when they are shown."""

MAX_VALUES = 50
"""Values of one repeatable parameter that are read; nobody ticks more."""

SLUG = re.compile(r"[-\w]{1,120}")

Rows = FilterableQuerySet[Any]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A name that a query string may have, and all that is to be said of it.

    ``meaning`` says what it asks and ``accepted`` what it takes, in words for the middle of a
    sentence; ``description`` says the same to programs (OpenAPI), in English, with an
    ``example`` and, where text must have a form, its ``pattern``.
    """

    several: ClassVar[bool] = False
    """Whether it may be given several times; of all others one value counts."""
    control: ClassVar[str] = ""
    """Its control in the form: a template ``timeline/_control_….html``; empty for none."""

    name: str = field(kw_only=False)
    meaning: Translated
    accepted: Translated
    description: str
    example: str = ""
    pattern: str = ""

    def problem(self, text: str) -> str:
        """What is wrong with ``text``, as it was typed; empty for nothing, or for what its filter says by itself."""
        return ""

    def schema(self) -> dict[str, Any]:
        """What it takes, as JSON Schema."""
        form = {"pattern": self.pattern} if self.pattern else {}
        examples = {"examples": [self.example]} if self.example else {}
        return {"type": "string", "description": self.description, **form, **examples}


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of a few ``values``; ``refusal`` answers another one, which it names."""

    control: ClassVar[str] = "hidden"

    values: tuple[str, ...]
    refusal: Translated

    def problem(self, text: str) -> str:
        return str(self.refusal % quote(text)) if text not in ("", *self.values) else ""

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"enum": ["", *self.values]}


@dataclass(frozen=True, kw_only=True)
class Filter(Parameter):
    """A parameter that narrows the list: in its plainest kind to entries whose ``column`` is the text given.

    The column is one of ``Filterable``, because what leaves an answer is found by it as well.
    ``label`` names its control and ``legend`` the group that stands in. ``phrase`` is its part of
    the sentence, ``turn`` the place of that part among the others; ``chip`` names it alone. Both
    have a ``%s`` where its value stands. ``way_out`` offers to drop it where nothing matches.
    """

    control: ClassVar[str] = "text"
    is_filed: ClassVar[bool] = True
    """Whether it asks under what an entry is filed, and not for its words, which nobody keeps when it goes."""

    column: str
    label: Translated
    legend: Translated = ""
    phrase: Translated
    turn: int
    chip: Translated = "%s"
    way_out: Translated = ""

    def __post_init__(self) -> None:
        if self.is_filed and self.column not in PublishedEntry.filtered_names():
            raise ImproperlyConfigured(f"The parameter “{self.name}” asks for “{self.column}”: not in Filterable.")

    def tidy(self, text: str) -> tuple[str, list[str]]:
        """``text`` as it is read, and what of it is not, in sentences."""
        return text.strip(), []

    def notices(self, text: str) -> tuple[str, ...]:
        """What is to be said about how a good value was read, in sentences; nothing is wrong with it."""
        return ()

    def filter(self) -> django_filters.Filter:
        """What reads it and narrows by it."""
        return django_filters.CharFilter(self.column, "iexact", max_length=200)

    def canonical(self, text: str) -> str:
        """A good value as the canonical query string has it."""
        return text

    def shown(self, *values: str) -> str:
        """Good values as readers see them."""
        return values[0]

    def say(self, pattern: Translated, *values: str) -> str:
        """A pattern of words, such as ``chip``, with the values in it."""
        return str(pattern % self.shown(*values))

    def dropping(self, *values: str) -> str:
        """The offer to drop it."""
        return str(self.way_out or _("Drop “%s”:") % listed(self.say(self.chip, value) for value in values))


# -- words ----------------------------------------------------------------------------------


class SearchField(forms.CharField):
    """Words to search for; NUL and over-long input are answered in words."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and search.read(text).is_empty:
            raise ValidationError(_("There is no word to search for in “%s”.") % text)
        return text


class SearchFilter(django_filters.Filter):
    """Full text over headline, summary, statements, names and aliases, sources."""

    field_class = SearchField

    def filter(self, rows: PublishedEntryQuerySet, value: str) -> PublishedEntryQuerySet:
        question = self.parent.reading(value).question() if value else None
        return rows.matching(question, foreign()) if question is not None else rows


@dataclass(frozen=True, kw_only=True)
class Search(Filter):
    """Words to search for, which stand in the masthead of every page. Asked of published entries only."""

    control: ClassVar[str] = ""
    is_filed: ClassVar[bool] = False

    def tidy(self, text: str) -> tuple[str, list[str]]:
        text, problems = text.strip(), []
        if len(text) > search.MAX_LENGTH:
            problems.append(_("Only the first %d characters of the search are used.") % search.MAX_LENGTH)
            text = text[: search.MAX_LENGTH]
        if len(text.split()) > search.MAX_WORDS:
            problems.append(_("Only the first %d words of the search are used.") % search.MAX_WORDS)
            text = " ".join(text.split()[: search.MAX_WORDS])
        return text, problems

    def notices(self, text: str) -> tuple[str, ...]:
        return search.read(text).notices

    def filter(self) -> django_filters.Filter:
        return SearchFilter(self.column, max_length=search.MAX_LENGTH)

    def shown(self, *values: str) -> str:
        """The search in quotation marks, unless the reader has put some."""
        (text,) = values
        return text if any(mark in text for mark in '"“「') else quoted(text)

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"maxLength": search.MAX_LENGTH}


# -- dates ----------------------------------------------------------------------------------


class BoundField(forms.CharField):
    """A date that limits the list: whatever EDTF accepts; what it refuses is named."""

    def __init__(self, *args: Any, is_upper: bool, **kwargs: Any) -> None:
        self.is_upper = is_upper
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> datetime.date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            day = edtf.to_bound(text) if self.is_upper else edtf.from_bound(text)
        except edtf.EDTFError as error:
            raise ValidationError(_said(text, error)) from error
        if day is None:  # “until July 2025” as the first date
            sentence = _("“%s” has no last day.") if self.is_upper else _("“%s” has no first day.")
            raise ValidationError(sentence % Truncator(text).chars(60))
        return day


def _said(text: str, error: edtf.EDTFError) -> str:
    """An error in a reader's words; EDTF's own sentences speak to an editor with a report at hand."""
    text = Truncator(text).chars(60)
    if error.code == "dateline":
        return _("“%s” is not a date. Write a year, a month such as 2025-12, or a day such as 2025-12-01.") % text
    if error.code in ("year", "month", "day"):
        message = str(error)
        return labelled(quoted(text), f"{message[:1].lower()}{message[1:]}")
    return str(error)


class BoundFilter(django_filters.Filter):
    """``from`` and ``to``; inclusive, so a year as ``to`` means its end."""

    field_class = BoundField

    def filter(self, rows: Rows, value: datetime.date | None) -> Rows:
        """Both dates as one range, which an index finds sooner than two half-open ones. They go together."""
        start, end = (self.parent.form.cleaned_data.get(bound) for bound in ("from", "to"))
        is_done = self.extra["is_upper"] and start
        return rows.in_period(start, end) if value and not is_done else rows


@dataclass(frozen=True, kw_only=True)
class Bound(Filter):
    """The first or the last date of the stretch of time asked for, which the sentence says at its end."""

    control: ClassVar[str] = "dates"

    column: str = "period"
    is_upper: bool = False
    phrase: Translated = ""
    turn: int = 0
    pattern: str = r"^\d{4}(-\d{2}(-\d{2})?)?$"

    def filter(self) -> django_filters.Filter:
        return BoundFilter(self.column, is_upper=self.is_upper, max_length=200)

    def canonical(self, text: str) -> str:
        """As EDTF, and of two ends the one that is meant: from April–June 2025 is from April."""
        date = edtf.parse(text)
        return str((date.end if self.is_upper else date.start) or date)

    def shown(self, *values: str) -> str:
        return edtf.display(edtf.parse(self.canonical(values[0])))


# -- yes or no ------------------------------------------------------------------------------


class FlagField(forms.CharField):
    """True for ``1``, and None for all else."""

    def clean(self, value: Any) -> bool | None:
        return super().clean(value) == "1" or None


class FlagFilter(django_filters.Filter):
    """Entries of which it is so."""

    field_class = FlagField


@dataclass(frozen=True, kw_only=True)
class Flag(Filter):
    """``1`` narrows the list to entries of which it is so; ``refusal`` answers all else. No ``%s`` in its words."""

    control: ClassVar[str] = "flags"

    accepted: Translated = "1"
    refusal: Translated

    def problem(self, text: str) -> str:
        return str(self.refusal) if text not in ("", "1") else ""

    def filter(self) -> django_filters.Filter:
        return FlagFilter(self.column)

    def say(self, pattern: Translated, *values: str) -> str:
        return str(pattern)

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"enum": ["", "1"]}


# -- records --------------------------------------------------------------------------------


class SlugsField(forms.Field):
    """The values of a repeatable parameter. Question reports the ones nobody knows."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(value or []))


class RecordsFilter(django_filters.Filter):
    """Any of the named records: OR inside one parameter, AND between parameters."""

    field_class = SlugsField

    def __init__(self, column: str, facet: str) -> None:
        super().__init__(column)
        self.facet = facet

    def filter(self, rows: Rows, value: list[str]) -> Rows:
        options = self.parent.options[self.facet]
        ids = [options[slug].id for slug in value if slug in options]
        return rows.about(self.field_name, ids) if ids else rows


@dataclass(frozen=True, kw_only=True)
class Records(Filter):
    """A facet: entries about any of the records of a ``model`` that are named by their slugs.

    ``address`` is where these records have their pages, as ``people``; of others ``accepted``
    says what they are. The columns of a record that are its ``title``, a ``detail`` beside it,
    and its ``lineage`` from the top down. Records that are not ``is_offered`` are asked for from
    pages of their own; those that are not ``is_public`` by themselves are known while an entry uses them.
    """

    several: ClassVar[bool] = True
    control: ClassVar[str] = "records"

    model: type[Model]
    accepted: Translated = ""
    address: str = ""
    title: str = "name"
    detail: str = ""
    lineage: str = ""
    is_offered: bool = True
    is_public: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.address or self.accepted):
            raise ImproperlyConfigured(f"The parameter “{self.name}” says nowhere what it takes.")
        if len(self.name) > (FacetTotal._meta.get_field("facet").max_length or 0):
            raise ImproperlyConfigured(f"“{self.name}” is too long for the stored totals.")

    def filter(self) -> django_filters.Filter:
        return RecordsFilter(self.column, self.name)

    @property
    def is_array(self) -> bool:
        """Whether an entry is filed under any number of them, and not under one."""
        return isinstance(PublishedEntry._meta.get_field(self.column), ArrayField)

    def ids_of(self, row: PublishedEntry) -> list[int]:
        """The records that an entry is filed under."""
        found = getattr(row, self.column)
        return found if self.is_array else [found]

    def shown(self, *values: str) -> str:
        """ "A, B or C"."""
        if len(values) == 1:
            return values[0]
        return _("%(names)s or %(last)s") % {"names": listed(values[:-1]), "last": values[-1]}

    def schema(self) -> dict[str, Any]:
        slugs = {"pattern": f"^{SLUG.pattern}$", "type": "string"}
        several = "Several: repeat it. Any value of one parameter; all parameters together."
        return {
            "type": "array",
            "items": slugs,
            "maxItems": MAX_VALUES,
            "default": [],
            "description": f"Slugs of {self.description}. {several}",
            "examples": [[self.example]],
        }
