"""Problems of a query string: what was not understood, in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class ParameterProblem:
    """Something in the query string that was not understood, in the reader's words.

    ``is_missing``: it was understood, but there is no such record.
    """

    parameter: str
    message: str
    is_missing: bool = False


def repeated(data: QueryDict, names: Iterable[str]) -> list[ParameterProblem]:
    """Which of the parameters ``names`` have several values, where one counts."""
    return [
        ParameterProblem(name, _("Give “%s” once.") % name)
        for name in names
        if len({value for value in data.getlist(name) if value}) > 1
    ]


def quote(text: str) -> str:
    """A client's text as it may be shown back: short, on one line."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= 60 else f"{text[:60]}…"
