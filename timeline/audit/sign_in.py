"""Sign-in: who came in, who did not, and who must wait."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from timeline.accounts import tries
from timeline.accounts.second_factor import codes
from timeline.audit.events import Event, tell

FACTOR = {
    "refused": Event.CODE_BAD,
    "set up": Event.FACTOR_SET_UP,
    "renewed": Event.FACTOR_RENEWED,
    "removed": Event.FACTOR_REMOVED,
    "reset": Event.FACTOR_RESET,
}


def connect() -> None:
    user_logged_in.connect(_signed_in)
    user_login_failed.connect(_not_signed_in)
    user_logged_out.connect(_signed_out)
    tries.locked.connect(_locked)
    codes.second_factor.connect(_second_factor)


def _signed_in(user: Any, **sent: Any) -> None:
    tell(Event.SIGNED_IN, by=user)


def _not_signed_in(credentials: dict[str, Any], request: Any = None, **sent: Any) -> None:
    if request is not None:  # else code asked, which is nobody's guess
        tell(Event.NOT_SIGNED_IN, by=_named(credentials.get("username")))


def _named(name: Any) -> Any:
    """The account of a name. What is none is not told: people type their password into the wrong field."""
    users = get_user_model()
    return users._default_manager.filter(**{users.USERNAME_FIELD: str(name).replace("\0", "")}).first() or users()


def _signed_out(user: Any, **sent: Any) -> None:
    if user is not None:
        tell(Event.SIGNED_OUT, by=user)


def _locked(sender: tries.Kind, account: Any, until: Any, **sent: Any) -> None:
    by = _named(account) if sender in (tries.Kind.PASSWORD, tries.Kind.CODE) else get_user_model()()
    moment = until.isoformat(timespec="seconds").replace("+00:00", "Z")
    if sender == tries.Kind.CODE:
        tell(Event.CODE_LOCKED, by=by, until=moment)
    else:
        tell(Event.LOCKED, by=by, tried=str(sender), until=moment)


def _second_factor(sender: str, user: Any, **sent: Any) -> None:
    if sender in ("accepted", "recovered"):
        tell(Event.CODE_GOOD, by=user, recovery=sender == "recovered")
    else:
        tell(FACTOR[sender], by=user)
