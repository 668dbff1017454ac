"""Model fields shared by the nouns: EDTF dates and text that any feed can carry."""

import functools
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from timeline import edtf, hs
from timeline.characters import word_count
from timeline.names import has_control


def printable(text: str) -> None:
    """Refuse characters that XML 1.0 (section 2.2) cannot carry, so no feed can break."""
    if has_control(text):
        raise ValidationError(
            _("This text holds an invisible control character. Retype the passage instead of pasting it."),
            code="control_character",
        )


# The shape of a BCP 47 language tag (RFC 5646 section 2.1), enough to catch "English".
language_tag = RegexValidator(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", _("Write a language tag such as en or ja."))

QUOTATION_WORDS = 40


def short_quotation(text: str) -> None:
    """Refuse quotations longer than a quotation should be."""
    words = word_count(text)
    if words > QUOTATION_WORDS:
        message = _("The quotation has %(words)d words; %(limit)d are allowed.")
        raise ValidationError(message, params={"words": words, "limit": QUOTATION_WORDS}, code="long_quotation")


@functools.cache
def known_time_zones() -> frozenset[str]:
    """The time zones that can be chosen: the IANA database, without what a machine calls its own."""
    return frozenset(settings.WAGTAIL_USER_TIME_ZONES)


def time_zone(name: str) -> None:
    """Refuse what is not in the IANA time zone database."""
    if name not in known_time_zones():
        message = _("“%(name)s” is not a time zone. Write a place such as Asia/Tokyo.")
        raise ValidationError(message, params={"name": name}, code="time_zone")


class PlainCharField(models.CharField):
    """One line of plain text that every output format can carry."""

    default_validators = [printable]


class PlainTextField(models.TextField):
    """Plain text that every output format can carry."""

    default_validators = [printable]


def period_of(text: str) -> DateRange | None:
    """The half-open range of days that EDTF ``text`` covers, or None when it is blank.

    Raises :class:`timeline.edtf.EDTFError` when the text is not a date.
    """
    if not text:
        return None
    date = edtf.parse(text)
    return DateRange(date.lower, date.upper, "[)")


def may_last(text: str) -> bool:
    """Whether an event may fill the date ``text`` says: it has several days and both ends. False if it is no date."""
    try:
        return bool(text) and edtf.parse(text).may_last
    except edtf.EDTFError:
        return False


class EDTFField(models.CharField):
    """A date with its precision, stored as canonical EDTF text.

    Accepts everything :func:`timeline.edtf.parse` reads and answers bad input with
    its sentences. ``period`` and ``precision`` name sibling fields that are kept
    equal to what the text says; they must be declared after this field.
    """

    def __init__(self, *args: Any, period: str = "", precision: str = "", **kwargs: Any) -> None:
        self.period, self.precision = period, precision
        kwargs.setdefault("max_length", 60)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.period:
            kwargs["period"] = self.period
        if self.precision:
            kwargs["precision"] = self.precision
        return name, path, args, kwargs

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        if value:
            try:
                value = edtf.parse(str(value)).text
            except edtf.EDTFError as error:
                raise ValidationError(str(error), code="edtf") from error
        return super().clean(value, model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = getattr(model_instance, self.attname) or ""
        date = edtf.parse(text) if text else None
        text = date.text if date else ""
        setattr(model_instance, self.attname, text)
        if self.period:
            setattr(model_instance, self.period, period_of(text))
        if self.precision:
            setattr(model_instance, self.precision, str(date.precision) if date else "")
        return text


class HSCodeField(models.CharField):
    """A code of the Harmonized System, stored as its digits.

    Accepts what :func:`timeline.hs.read` reads and answers bad input with its sentences.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 6)
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        if value:
            try:
                value = hs.read(str(value))
            except hs.HSError as error:
                raise ValidationError(str(error), code="hs") from error
        return super().clean(value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"max_length": 60, **kwargs})
