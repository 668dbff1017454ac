"""Who works on entries right now: an import writes over nobody."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.models import EditingSession
from wagtail.models import Page

from timeline.models import EntryPage

WATCHED = datetime.timedelta(minutes=1)
"""For so long after its last sign of life an open form counts as being written in; as in Wagtail's own notices."""


def open_forms(entries: Iterable[int], *, but: Any = None) -> dict[int, Any]:
    """Who has which of these entries (by id) open in a form right now, other than ``but``."""
    sessions = EditingSession.objects.filter(
        object_id__in=[str(pk) for pk in entries],
        content_type__in=ContentType.objects.get_for_models(Page, EntryPage).values(),
        last_seen_at__gte=timezone.now() - WATCHED,
    )
    if but is not None:
        sessions = sessions.exclude(user=but)
    return {int(session.object_id): session.user for session in sessions.select_related("user")}


def reasons(entries: Iterable[EntryPage]) -> dict[int, str]:
    """Why entries must be left to those who work on them."""
    found: dict[int, str] = {}
    entries = list(entries)
    being_edited = open_forms([entry.pk for entry in entries])
    for entry in entries:
        if entry.locked:
            found[entry.pk] = _("is locked by an editor")
        elif entry.live and entry.has_unpublished_changes:
            found[entry.pk] = _("has a draft newer than what is public")
        elif entry.pk in being_edited:
            found[entry.pk] = _("is being edited by %s") % being_edited[entry.pk]
    return found
