"""Wagtail's own index of words, by which its explorer and choosers find, kept at the same cost at any size.

Modelsearch reads the whole index at every save, for the average length of a title and for the rows that have no rank
yet. Here the average is that of the newest ``SAMPLE`` rows, and the rows are those that are being written. A page is
indexed when it is saved, not again for each note of its newest draft.
"""

from statistics import fmean
from typing import Any

from django.db.models import F
from django.db.models.functions import Length
from django.db.models.signals import post_delete, post_save
from modelsearch.backends.database.postgres.postgres import PostgresIndex, PostgresSearchBackend
from modelsearch.signal_handlers import post_delete_signal_handler, post_save_signal_handler
from modelsearch.utils import get_content_type_pk

from timeline.models import EntryPage

SAMPLE = 1_000
"""Titles whose length is looked at to know how long a title is."""


class Index(PostgresIndex):
    """The table of words, of which a change reads no more than it writes."""

    def add_items(self, model: Any, objs: Any) -> None:
        ids = [str(instance.pk) for instance in objs]
        self.added = self.entries.filter(content_type=get_content_type_pk(model), object_id__in=ids)
        super().add_items(model, objs)

    def _refresh_title_norms(self, full: bool = False) -> None:
        if full:  # by the command that builds all anew
            super()._refresh_title_norms(full=True)
            return
        lengths = self.entries.order_by("-pk").annotate(length=Length("title")).values_list("length", flat=True)
        known = [length for length in lengths[:SAMPLE] if length]
        if known:
            titled = self.added.annotate(length=Length("title")).filter(length__gt=0)
            titled.update(title_norm=fmean(known) / F("length"))


class SearchBackend(PostgresSearchBackend):
    index_class = Index


SEARCHED = {
    field.field_name
    for field in (*EntryPage.get_searchable_search_fields(), *EntryPage.get_autocomplete_search_fields())
}


def _entry_saved(instance: EntryPage, update_fields: Any = None, **sent: Any) -> None:
    if update_fields is None or SEARCHED.intersection(update_fields):
        post_save_signal_handler(instance=instance, **sent)


def connect() -> None:
    """Listen to entries that are saved and deleted; modelsearch does not (``search_auto_update``)."""
    post_save.connect(_entry_saved, sender=EntryPage, dispatch_uid="timeline.search")
    post_delete.connect(post_delete_signal_handler, sender=EntryPage, dispatch_uid="timeline.search")
