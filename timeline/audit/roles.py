"""Roles: accounts made, switched off and removed, their passwords, and what they may do."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from timeline.audit.events import Event, tell

RIGHTS = {"is_superuser": "superuser", "is_staff": "staff"}
WATCHED = {*RIGHTS, "is_active", "password"}


def connect() -> None:
    users = get_user_model()
    pre_save.connect(_remember, sender=users)
    post_save.connect(_saved, sender=users)
    post_delete.connect(_removed, sender=users)
    m2m_changed.connect(_groups, sender=users.groups.through)


def _about(user: Any) -> dict[str, Any]:
    return {"of": user.pk, "of_name": user.get_username()}


def _remember(instance: Any, update_fields: Any = None, **sent: Any) -> None:
    """What the account was. A sign-in saves its moment only, and asks nothing."""
    instance.audited = None
    if instance.pk and (update_fields is None or WATCHED & set(update_fields)):
        stored = type(instance)._default_manager.filter(pk=instance.pk)
        instance.audited = stored.values(*WATCHED).first()


def _saved(instance: Any, created: bool, raw: bool = False, **sent: Any) -> None:
    about = _about(instance)
    before = instance.audited or {}
    if created:
        tell(Event.ACCOUNT_MADE, **about)
    given = [word for field, word in RIGHTS.items() if getattr(instance, field) and not before.get(field)]
    taken = [word for field, word in RIGHTS.items() if not getattr(instance, field) and before.get(field)]
    if given and (created or before):
        tell(Event.ROLE_GIVEN, **about, roles=given)
    if taken:
        tell(Event.ROLE_TAKEN, **about, roles=taken)
    if before and before["is_active"] != instance.is_active:
        tell(Event.ACCOUNT_ON if instance.is_active else Event.ACCOUNT_OFF, **about)
    # Django stores the same password anew when the hash grows older; only a new one is noted in the account.
    if before and before["password"] != instance.password and instance._password is not None:  # noqa: SLF001
        tell(Event.PASSWORD, **about)


def _removed(instance: Any, **sent: Any) -> None:
    tell(Event.ACCOUNT_REMOVED, **_about(instance))


def _groups(instance: Any, action: str, reverse: bool, pk_set: Any, **sent: Any) -> None:
    """Groups of an account were changed, or the accounts of a group."""
    event = {"post_add": Event.ROLE_GIVEN, "post_remove": Event.ROLE_TAKEN, "pre_clear": Event.ROLE_TAKEN}.get(action)
    if event is None or pk_set == set():
        return
    users, groups = get_user_model()._default_manager.all(), Group.objects.all()
    if reverse:
        users = users.filter(pk__in=pk_set) if pk_set else users.filter(groups=instance)
        changed = [(user, [instance.name]) for user in users]
    else:
        groups = groups.filter(pk__in=pk_set) if pk_set else instance.groups.all()
        changed = [(instance, sorted(groups.values_list("name", flat=True)))]
    for user, names in changed:
        if names:
            tell(event, **_about(user), roles=names)
