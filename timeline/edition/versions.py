"""Versions as they are made: what publishing an entry tells readers, and what changed in it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from timeline.choices import Change
from timeline.models import EntryPage, Version
from timeline.public import wording


@dataclass(frozen=True)
class Publication:
    """What publishing an entry changes for readers, as its editor said."""

    change: str = ""
    note: str = ""
    wrong: str = ""
    right: str = ""
    revision_id: int | None = None


Publications = Mapping[int, Publication]
"""Publications by the id of the entry."""


def new_version(entry: EntryPage, before: list[Version], publication: Publication) -> Version:
    """The version that is published now; what a program published without a word was a minor edit."""
    change = (publication.change or Change.MINOR) if before else Change.FIRST
    corrections = sum(version.change == Change.CORRECTION for version in before)
    # It is there unless a program made the page live without publishing it. Not when it was published first:
    # that may have been behind a page privacy setting.
    published_at = entry.last_published_at or timezone.now()
    return Version(
        entry_id=entry.pk,
        number=before[-1].number + 1 if before else 1,
        change=change,
        published_at=max(published_at, before[-1].published_at) if before else published_at,
        note=publication.note if change == Change.UPDATE else "",
        wrong=publication.wrong if change == Change.CORRECTION else "",
        right=publication.right if change == Change.CORRECTION else "",
        correction=corrections + 1 if change == Change.CORRECTION else None,
        revision_id=publication.revision_id,
    )


def is_untold(entry: EntryPage, history: list[Version]) -> bool:
    """Whether the last publication is no version yet: it was private, or what should have told of it was cut short."""
    return not history or bool(entry.last_published_at and history[-1].published_at < entry.last_published_at)


def returned(publication: Publication, withdrawn_at: datetime.datetime) -> Publication:
    """Readers were told that the entry is gone, so that it is back is never a minor edit."""
    if publication.change in (Change.UPDATE, Change.CORRECTION):
        return publication
    note = _("Public again; it was withdrawn on %s.") % wording.when(withdrawn_at.date().isoformat())
    return replace(publication, change=Change.UPDATE, note=note)
