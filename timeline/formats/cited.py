"""The sources that the entries of a question cite, for reference managers."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext_lazy as _

from timeline.choices import SourceUse
from timeline.models import Source
from timeline.public.document import source_document
from timeline.public.language import said_here

from . import references
from .answer import CHUNK, Answer, Format, in_pieces
from .references import ReferenceFormat

HEADING = _("Sources for reference managers")


def render(answer: Answer, kind: ReferenceFormat) -> Iterator[bytes]:
    """Each source once, by its number: one query."""
    sources = Source.objects.filter(pk__in=answer.entries.each("sources"), use=SourceUse.EVIDENCE).order_by("number")
    rows = said_here(sources.select_related("publisher", "derived_from"), "publisher", "derived_from")
    items = (references.source_item(source_document(row)) for row in rows.iterator(chunk_size=CHUNK))
    return in_pieces(kind.render(items))


FORMATS = [
    Format(
        f"sources.{kind.extension}",
        kind.label,
        note,
        kind.media_type,
        partial(render, kind=kind),
        heading=HEADING,
        is_long=True,
        filename=f"sources.{kind.extension}",
    )
    for kind, note in zip(
        references.FORMATS,
        (_("for LaTeX, JabRef and Zotero"), _("for EndNote, Mendeley and Zotero"), _("for Zotero and pandoc")),
        strict=True,
    )
]
