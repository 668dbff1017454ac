"""The subject of a report: what on this site a reader means. Only what readers may see can be one."""

from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from timeline.models import Source, Withdrawal
from timeline.models.document import SourceDocument
from timeline.public.document import source_document
from timeline.views.citing import Cited, cited
from timeline.views.entries import published
from timeline.views.public_records import public_sources
from timeline.views.redirects import new_address

NAMES = ("entry", "version", "statement", "source")
"""What an address of the form names it by."""


class GoneError(Exception):
    """It was public and is no more: the withdrawn entry with this ``slug``."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


@dataclass
class Subject:
    """What is meant. ``fields`` are those of the report, ``names`` what leads here again."""

    cited: Cited | None = None
    source: SourceDocument | None = None
    fields: dict[str, object] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def find(request: HttpRequest, asked: QueryDict) -> Subject:
    """The subject that ``asked`` names.

    Raises ``Http404`` where readers see nothing of the kind, ``GoneError`` for what was withdrawn.
    """
    for name, read in (("entry", _entry), ("source", _source)):
        if slug := asked.get(name, ""):
            if not slug.isprintable():
                raise Http404(_("There is nothing at this address."))
            return read(request, slug, asked)
    return Subject()


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


def _source(_request: HttpRequest, slug: str, _asked: QueryDict) -> Subject:
    record: Source | None = public_sources().filter(slug=slug).first()
    if record is None:
        raise Http404(_("There is no such source."))
    return Subject(source=source_document(record), fields={"source_id": record.pk}, names={"source": record.slug})
