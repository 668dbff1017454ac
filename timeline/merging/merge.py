"""Makes two records one."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from modelcluster.fields import ParentalKey
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import ReferenceIndex

from timeline import edition
from timeline.characters import has_cjk
from timeline.choices import Script
from timeline.models import (
    Commodity,
    CommodityName,
    Merge,
    Person,
    PersonName,
    PublishedEntry,
    Source,
    SourceAddress,
)
from timeline.models.record import Record

from . import revisions
from .plan import RefusedError, fillable, kind_of, refusals
from .pointers import Pointers, pointers

OF_QUOTATION = ("language", "translation")
"""What a citation says of its quotation, and another of the same words only may take."""

ABSORBED = ("quotation", *OF_QUOTATION, "role", "position")
"""What a row that goes leaves to its double, where that says nothing."""


def merge(kept: Record, removed: Record, *, fill: Iterable[str] = (), user: Any = None) -> Merge:
    """Let ``kept`` take over everything of ``removed``, which goes; ``fill`` names blank fields to take too.

    One transaction, and a fixed number of queries beside those that grow with batches of
    drafts and of public entries. Raises :class:`RefusedError` with sentences.
    """
    with transaction.atomic():
        both = type(kept)._default_manager.select_for_update().filter(pk__in=[kept.pk, removed.pk])
        if len(both) < 2 and kept.pk != removed.pk:
            raise RefusedError([_("One of the two has been merged or deleted meanwhile. Start again from the list.")])
        if against := refusals(kept, removed):
            raise RefusedError(against)
        return _Merging(kept, removed, user).run(set(fill))


class _Merging:
    def __init__(self, kept: Record, removed: Record, user: Any) -> None:
        self.kept, self.removed, self.user = kept, removed, user
        self.kind = kind_of(removed)
        self.moved: dict[str, Any] = {"rows": {}, "dropped": [], "absorbed": [], "made": [], "filled": {}}

    def run(self, fill: set[str]) -> Merge:
        kept, removed, moved = self.kept, self.removed, self.moved
        record = plain([removed])[0]
        about = PublishedEntry.objects.filter(edition.entries_about(removed))
        affected = set(about.values_list("pk", flat=True))
        names = {"kept": str(kept), "removed": str(removed)}
        for found in pointers(kept, removed):
            self._move(found)
        moved["revisions"] = revisions.rewrite(self.kind, removed.pk, kept.pk)
        moved["index"] = move_index(type(removed), removed.pk, kept.pk)
        self._keep_names()
        moved["redirect"], moved["redirects"] = self._redirect()
        filled = {name: value for name, _label, value in fillable(kept, removed) if name in fill}
        log(instance=removed, action="timeline.merge", user=self.user, data=names, deleted=True)
        pk = removed.pk
        removed.delete()
        removed.pk = pk
        for name, value in filled.items():
            moved["filled"][name] = str(getattr(value, "pk", value))
            setattr(kept, name, value)
        if filled or not affected or isinstance(kept, Commodity):
            kept.save()  # counts the change, and draws the tree of commodities anew
        log(instance=kept, action="timeline.merge", user=self.user, data=names, content_changed=True)
        settle()
        refresh(affected, kept, removed)
        return Merge.objects.create(
            kind=self.kind,
            kept_key=kept.key,
            kept_name=names["kept"][:400],
            removed_key=removed.key,
            removed_name=names["removed"][:400],
            removed=record,
            moved=moved,
            merged_by=self.user,
        )

    def _move(self, found: Pointers) -> None:
        """Let rows point to the kept record; those that would stand there twice go."""
        rows = found.model._default_manager
        if found.gone:
            self.moved["dropped"] += plain(found.gone)
            self._absorb(found)
            rows.filter(pk__in=[row.pk for row in found.gone]).delete()
        if not found.moving:
            return
        if isinstance(found.model._meta.get_field(found.column), ParentalKey):
            self._stand_last(found)
        rows.filter(pk__in=[row.pk for row in found.moving]).update(**{found.column: self.kept})
        pks = [row.pk for row in found.moving]
        self.moved["rows"][found.model._meta.label_lower] = {"field": found.column, "pks": pks}

    def _stand_last(self, found: Pointers) -> None:
        """The record's own rows, such as names, come after those of the kept one."""
        last = found.model._default_manager.filter(**{found.column: self.kept}).aggregate(n=models.Max("sort_order"))[
            "n"
        ]
        for place, row in enumerate(found.moving, (last if last is not None else -1) + 1):
            row.sort_order = place
        found.model._default_manager.bulk_update(found.moving, ["sort_order"])

    def _absorb(self, found: Pointers) -> None:
        """A citation without a quotation takes that of its double; so with roles and positions."""
        changed: dict[str, list[Any]] = {}
        for double, twin in found.doubles:
            for name in ABSORBED:
                if name in OF_QUOTATION and getattr(double, "quotation", "") != getattr(twin, "quotation", ""):
                    continue
                if getattr(double, name, "") and getattr(twin, name, None) == "":
                    setattr(twin, name, getattr(double, name))
                    changed.setdefault(name, []).append(twin)
                    self.moved["absorbed"].append([twin._meta.label_lower, twin.pk, name, getattr(twin, name)])
        for name, rows in changed.items():
            found.model._default_manager.bulk_update(rows, [name])

    def _keep_names(self) -> None:
        """What the removed record was called, as a further name or address of the kept one."""
        kept, removed = self.kept, self.removed
        made: Any = None
        if isinstance(removed, Source) and isinstance(kept, Source):
            known = [kept.url, *kept.addresses.values_list("url", flat=True)]
            if removed.url and removed.url not in known:
                made = SourceAddress(source=kept, url=removed.url)
        elif isinstance(removed, Person | Commodity) and isinstance(kept, Person | Commodity):
            known = [kept.name, *kept.names.values_list("name", flat=True)]
            if removed.name not in known:
                made = PersonName(person=kept) if isinstance(kept, Person) else CommodityName(commodity=kept)
                made.name = removed.name
                if has_cjk(removed.name):
                    made.language = "ja"
                    if isinstance(made, PersonName):
                        made.script = Script.JPAN
        if made:
            siblings = type(made)._default_manager.filter(**{self.kind: kept})
            made.sort_order = siblings.count()
            made.save()
            self.moved["made"].append([made._meta.label_lower, made.pk])

    def _redirect(self) -> tuple[int, list[int]]:
        """Lead the old address, and what led to it, to the kept record."""
        old, new = self.removed.get_absolute_url(), self.kept.get_absolute_url()
        leading = Redirect.objects.filter(redirect_link=old)
        ids = list(leading.values_list("pk", flat=True))
        leading.update(redirect_link=new)
        Redirect.objects.filter(old_path__in=[Redirect.normalise_path(path) for path in (old, new)]).delete()
        return Redirect.add_redirect(old, redirect_to=new, is_permanent=True).pk, ids


def plain(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows as plain data that Django's deserializer brings back, ids and all."""
    return json.loads(serializers.serialize("json", rows))


def move_index(model: Any, old: int, new: int) -> list[int]:
    """Let Wagtail's index of uses say ``new`` instead of ``old``; the ids of what was changed.

    The rows were moved by the database, which sends no signals; to index each page that
    uses a record again would cost some ten queries a page.
    """
    kind = ContentType.objects.get_for_model(model)
    uses = ReferenceIndex.objects.filter(to_content_type=kind, to_object_id=str(old))
    same = ("base_content_type", "object_id", "content_path_hash")
    there = ReferenceIndex.objects.filter(to_content_type=kind, to_object_id=str(new))
    there = there.filter(**{name: models.OuterRef(name) for name in same})
    ids = list(uses.exclude(models.Exists(there)).values_list("pk", flat=True))
    ReferenceIndex.objects.filter(pk__in=ids).update(to_object_id=str(new))
    return ids


def settle() -> None:
    """Let the database check now what it would check at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def refresh(affected: set[int], *records: Record) -> None:
    """Bring up to date the names of these records in searches, and the rows of these entries and all about them."""
    edition.refresh_names((type(record), record.pk) for record in records if isinstance(record, edition.NAMED))
    about = Q(pk__in=affected)
    for record in records:
        about |= edition.entries_about(record)
    edition.refresh(PublishedEntry.objects.filter(about).values_list("pk", flat=True))
    edition.refresh_names((type(record), record.pk) for record in records if not isinstance(record, Source))
    if any(isinstance(record, Commodity) for record in records):
        edition.refresh_chronology()  # lanes know them by their slugs
