"""Takes back what an import made, as far as nothing uses it since."""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.signal_handlers import disable_reference_index_auto_update

from timeline import edition
from timeline.content.kinds import ENTRIES, KINDS, Kind
from timeline.content.parts import KnownRecords, Record
from timeline.content.saving import BATCH, DRAFT_FIELDS, log_many
from timeline.merging.pointers import MERGEABLE
from timeline.merging.revisions import naming
from timeline.models import EntryPage, Import, Merge

from .finding import pointed
from .loading import ImportFailedError


def undo(record: Import, *, user: Any = None) -> list[str]:
    """Remove what an import made and nothing uses since; returns sentences on what stays.

    Raises :class:`ImportFailedError` when there is nothing to undo.
    """
    with transaction.atomic(), edition.paused():
        record = Import.objects.select_for_update().get(pk=record.pk)
        if record.status != Import.Status.LOADED:
            raise ImportFailedError([_("Only a loaded import can be undone.")])
        kept = [
            *_remove_drafts(record.made["revisions"]),
            *_remove_entries(record.made, user),
            *_change_back(record.made["changed"], user),
            *_remove_records(record.made["created"], user),
        ]
        record.status, record.undone_at = Import.Status.UNDONE, timezone.now()
        record.save(update_fields=["status", "undone_at"])
    return kept


def _remove_drafts(revisions: list[list[Any]]) -> list[str]:
    entries = _entries_by_key([row[0] for row in revisions])
    drafts = Revision.objects.in_bulk([pk for row in revisions for pk in (row[2], row[3]) if pk])
    kept, freed = [], []
    for key, name, pk, before, changed in revisions:
        entry = entries.get(key)
        if entry is None or pk not in drafts:
            continue
        words = {"name": name}
        if entry.live_revision_id == pk:
            kept.append(_("“%(name)s”: what was imported has been published since and stays.") % words)
        elif entry.latest_revision_id != pk:
            kept.append(_("“%(name)s” has been edited since; the imported draft stays among its versions.") % words)
        elif entry.workflow_in_progress:
            kept.append(_("“%(name)s” is in moderation and stays as it is.") % words)
        else:
            earlier = drafts.get(before)
            entry.latest_revision = earlier
            entry.latest_revision_created_at = earlier.created_at if earlier else None
            entry.draft_title = earlier.content["title"] if earlier else entry.title
            entry.has_unpublished_changes = changed
            freed.append((entry, pk))
    Page.objects.bulk_update([entry for entry, _pk in freed], DRAFT_FIELDS, BATCH)
    Revision.objects.filter(pk__in=[pk for _entry, pk in freed]).delete()
    return kept


def _remove_entries(made: dict[str, Any], user: Any) -> list[str]:
    keys = made["created"].get(ENTRIES.name, [])
    entries = _entries_by_key(keys)
    drafts = Revision.page_revisions.filter(object_id__in=[str(entry.pk) for entry in entries.values()])
    edited = set(
        drafts.values("object_id").annotate(Count("pk")).filter(pk__count__gt=1).values_list("object_id", flat=True)
    )
    kept, unused = [], []
    for entry in (entries[key] for key in reversed(keys) if key in entries):
        words = {"name": entry.draft_title or entry.title}
        if entry.live or entry.first_published_at:
            kept.append(_("“%(name)s” has been published since and stays.") % words)
        elif str(entry.pk) in edited:
            kept.append(_("“%(name)s” has been edited since and stays.") % words)
        elif entry.workflow_in_progress:
            kept.append(_("“%(name)s” is in moderation and stays.") % words)
        else:
            unused.append(entry)
    for entry, _users in _delete(unused, user):
        kept.append(
            _("“%(name)s” is followed by another entry and stays.") % {"name": entry.draft_title or entry.title}
        )
    return kept


def _entries_by_key(keys: list[str]) -> dict[str, EntryPage]:
    """Those entries that are still there, knowing whether they are in moderation; two queries."""
    found = EntryPage.objects.filter(key__in=keys).prefetch_workflow_states()
    return {entry.key: entry for entry in found}


def _delete(instances: list[Any], user: Any) -> Iterator[tuple[Any, set[Any]]]:
    """Delete instances of one model at once; those that something needs stay and are given back with what needs them.

    If one of them is needed they are tried in halves, in their order.
    """
    if not instances:
        return
    model, pks = type(instances[0]), [instance.pk for instance in instances]
    try:
        with transaction.atomic(), disable_reference_index_auto_update():
            log_many((instance, "wagtail.delete", {"user": user, "deleted": True}) for instance in instances)
            model._default_manager.filter(pk__in=pks).delete()
            kind = ContentType.objects.get_for_model((model._meta.get_parent_list() or [model])[-1])
            texts = [str(pk) for pk in pks]
            ReferenceIndex.objects.filter(
                Q(base_content_type=kind, object_id__in=texts) | Q(to_content_type=kind, to_object_id__in=texts)
            ).delete()
    except ProtectedError as error:
        if len(instances) == 1:
            yield instances[0], error.protected_objects
            return
        middle = len(instances) // 2
        yield from _delete(instances[:middle], user)
        yield from _delete(instances[middle:], user)


def _change_back(changed: list[list[Any]], user: Any) -> list[str]:
    """Give changed records what they held before, unless an editor has changed them again."""
    kept = []
    kinds = {kind.name: kind for kind in KINDS}
    for kind_name, key, name, before, after in reversed(changed):
        kind = kinds[kind_name]
        stored = kind.model._default_manager.filter(key=key).prefetch_related(*kind.shape.relations()).first()
        known = _around(kind, stored, before) if stored else KnownRecords()
        if stored is None or kind.shape.dump(stored, known) != after:
            kept.append(_("“%s” has been changed since and stays as it is.") % name)
            continue
        instance = kind.model._default_manager.get(pk=stored.pk)
        kind.shape.fill(instance, before, known)
        instance.save()
        log(instance=instance, action="wagtail.edit", user=user, content_changed=True)
    return kept


def _around(kind: Kind, stored: Any, before: Record) -> KnownRecords:
    """What a record points to, and what it pointed to."""
    known = KnownRecords()
    kinds = {other.name: other for other in KINDS}
    wanted = [(target, {"pk": pk}) for target, pk in pointed(kind.shape, stored)]
    wanted += [(target, {"key": key}) for _path, target, key in kind.shape.references(before)]
    for target, found in wanted:
        if instance := kinds[target].model._default_manager.filter(**found).first():
            known.add(target, instance)
    return known


def _remove_records(created: dict[str, list[str]], user: Any) -> list[str]:
    kept = []
    for kind in reversed(KINDS):
        if kind is ENTRIES:
            continue
        records = kind.model._default_manager.filter(key__in=created.get(kind.name, []))
        in_drafts = _named_in_drafts(kind, [record.pk for record in records])
        merged = _merged_into(kind, [record.key for record in records])
        places = {key: place for place, key in enumerate(created.get(kind.name, []))}
        unused = []
        for record in sorted(records, key=lambda record: -places[record.key]):
            if record.key in merged:
                words = {"name": str(record), "removed": merged[record.key]}
                kept.append(
                    _("“%(removed)s” has been merged into “%(name)s”, which stays: undo the merge first.") % words
                )
            elif record.pk in in_drafts:
                kept.append(_("“%(name)s” is named in the draft of “%(entry)s” and stays.") % in_drafts[record.pk])
            else:
                unused.append(record)
        for record, users in _delete(unused, user):
            names = {str(getattr(row, "entry", row)) for row in users}
            words = {"name": str(record), "users": ", ".join(sorted(names)[:5])}
            kept.append(_("“%(name)s” is in use (%(users)s) and stays.") % words)
    return kept


def _merged_into(kind: Kind, keys: list[str]) -> dict[str, str]:
    """Which records keep what another one was: they hold its rows and addresses. The name of the one that went."""
    name = next((name for name, model in MERGEABLE.items() if model is kind.model), "")
    merges = Merge.objects.filter(kind=name, kept_key__in=keys, undone_at=None)
    return dict(merges.values_list("kept_key", "removed_name"))


def _named_in_drafts(kind: Kind, pks: list[int]) -> dict[int, dict[str, str]]:
    """Which records the latest draft of an entry names, with the words to say so: no key protects those."""
    name = next((name for name, model in MERGEABLE.items() if model is kind.model), "")
    if not pks or not name:
        return {}
    found = {}
    names = {record.pk: str(record) for record in kind.model._default_manager.filter(pk__in=pks)}
    drafts = EntryPage.objects.filter(Q(live=False) | Q(has_unpublished_changes=True))
    drafts = drafts.filter(latest_revision__in=naming(name, *pks).values("pk"))
    for entry in drafts.select_related("latest_revision"):
        for pk in _values(entry.latest_revision.content, name) & names.keys():
            found[pk] = {"name": names[pk], "entry": entry.draft_title}
    return found


def _values(content: Any, name: str) -> set[Any]:
    """All that a field called ``name`` holds, at any depth."""
    if isinstance(content, list):
        return set().union(*(_values(item, name) for item in content)) if content else set()
    if not isinstance(content, dict):
        return set()
    own = {content[name]} if isinstance(content.get(name), int) else set()
    return own.union(*(_values(item, name) for item in content.values() if isinstance(item, dict | list)))
