"""Content: what was published and what was taken away, imported and merged."""

from typing import Any

from django.contrib.auth.models import Group
from django.db.models.signals import post_save
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from timeline.audit.events import Event, tell
from timeline.models import Import, Merge, Version

ROLES = {"wagtail.create": "made", "wagtail.edit": "edited", "wagtail.delete": "removed"}
PRIVACY = "wagtail.view_restriction."


def connect() -> None:
    post_save.connect(_logged, sender=PageLogEntry)
    post_save.connect(_logged, sender=ModelLogEntry)
    post_save.connect(_version, sender=Version)
    post_save.connect(_import, sender=Import)
    post_save.connect(_merge, sender=Merge)


def _logged(instance: Any, created: bool, raw: bool = False, **sent: Any) -> None:
    """What Wagtail keeps in its own log, whichever view, service or action did it."""
    if not created or raw:
        return
    about = {"type": instance.content_type.model, "id": _number(instance.object_id)}
    model, by = instance.content_type.model_class(), instance.user
    if instance.action == "wagtail.publish":
        tell(Event.PUBLISHED, by=by, **about, revision=instance.revision_id)
    elif instance.action == "wagtail.unpublish":
        tell(Event.WITHDRAWN, by=by, **about)
    elif instance.action == "wagtail.delete" and issubclass(model, Page):
        tell(Event.DELETED, by=by, **about)
    elif instance.action.startswith(PRIVACY):
        tell(Event.PRIVACY, by=by, **about, change=instance.action.removeprefix(PRIVACY))
    elif model is Group and instance.action in ROLES:
        tell(Event.ROLE_CHANGED, by=by, role=instance.label, change=ROLES[instance.action])


def _number(key: Any) -> Any:
    return int(key) if str(key).isdigit() else key


def _version(instance: Version, update_fields: Any = None, **sent: Any) -> None:
    if instance.redaction and "redaction" in (update_fields or ()):
        about = {"type": "entrypage", "id": instance.entry_id, "version": instance.number}
        tell(Event.REDACTED, **about, reason=str(instance.redaction))


def _import(instance: Import, created: bool, **sent: Any) -> None:
    event = {Import.Status.LOADED: Event.IMPORTED, Import.Status.UNDONE: Event.IMPORT_UNDONE}.get(
        Import.Status(instance.status)
    )
    if event and not created:
        tell(event, id=instance.pk)


def _merge(instance: Merge, created: bool, **sent: Any) -> None:
    by = instance.undone_by if instance.undone_at else instance.merged_by
    about = {"type": instance.kind, "kept": instance.kept_key, "removed": instance.removed_key}
    tell(Event.MERGED if created else Event.MERGE_UNDONE, by=by, id=instance.pk, **about)
