"""The subject of a report: what on this site a reader means. Only what readers may see can be one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timeline.models import ErrorReport, Term, Withdrawal
from timeline.public.document import source_document
from timeline.public.wording import sentence_case, source_title
from timeline.views.citing import Cited, cited
from timeline.views.entries import published
from timeline.views.public_records import public_people, public_series, public_sources, public_storylines
from timeline.views.redirects import new_address

NAMES = ("entry", "version", "statement", *ErrorReport.RECORDS)
"""What an address of the form names it by."""


class Kind(NamedTuple):
    """A kind of record: which of them readers see, how one is called, and what stands before its name."""

    rows: Callable[[], QuerySet[Any]]
    name: Callable[[Any], str]
    about: Any


KINDS: dict[str, Kind] = {
    "source": Kind(public_sources, lambda one: source_title(source_document(one)), gettext_lazy("About this source:")),
    "person": Kind(public_people, str, gettext_lazy("About this person:")),
    "storyline": Kind(public_storylines, str, gettext_lazy("About this storyline:")),
    "series": Kind(public_series, str, gettext_lazy("About these figures:")),
    "term": Kind(Term.objects.all, lambda one: sentence_case(one.name), gettext_lazy("About this term:")),
}
"""The records that a report can be about, by the field of the report."""


class GoneError(Exception):
    """It was public and is no more: the withdrawn entry with this ``slug``."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class Meant(NamedTuple):
    """A record that is meant: its ``name`` and address, and what stands before."""

    about: str
    name: str
    path: str


@dataclass
class Subject:
    """What is meant. ``fields`` are those of the report, ``names`` what leads here again."""

    cited: Cited | None = None
    record: Meant | None = None
    fields: dict[str, object] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def find(request: HttpRequest, asked: QueryDict) -> Subject:
    """The subject that ``asked`` names.

    Raises ``Http404`` where readers see nothing of the kind, ``GoneError`` for what was withdrawn.
    """
    name = next((name for name in ("entry", *KINDS) if asked.get(name)), "")
    slug = asked.get(name, "")
    if not slug.isprintable():
        raise Http404(_("There is nothing at this address."))
    if name == "entry":
        return _entry(request, slug, asked)
    return _record(name, slug) if name else Subject()


def _entry(request: HttpRequest, slug: str, asked: QueryDict) -> Subject:
    row = published(slug)
    if row is None and (address := new_address(request, slug)):
        row = published(address.rstrip("/").rpartition("/")[2])
    if row is None:
        if Withdrawal.objects.filter(slug=slug).exists():
            raise GoneError(slug)
        raise Http404(_("There is no entry at this address."))
    found = cited(row, asked.get("statement", ""), asked.get("version", ""))
    assertion = found.assertion.id if found.assertion else ""
    version = found.entry["version"]
    names = {"entry": row.document["slug"], "version": str(version), "statement": assertion}
    return Subject(
        cited=found,
        fields={"entry_id": row.pk, "version": version, "assertion": assertion},
        names={name: value for name, value in names.items() if value},
    )


def _record(field_name: str, slug: str) -> Subject:
    kind = KINDS[field_name]
    record = kind.rows().filter(slug=slug).first()
    if record is None:
        raise Http404(_("There is nothing at this address."))
    meant = Meant(str(kind.about), kind.name(record), record.get_absolute_url())
    return Subject(record=meant, fields={f"{field_name}_id": record.pk}, names={field_name: record.slug})
