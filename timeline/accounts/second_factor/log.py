"""Log: changes of a second factor among those that Wagtail's reports show to administrators."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from timeline.accounts.second_factor.codes import second_factor

SHOWN = {
    "set up": _("Second factor set up"),
    "renewed": _("Recovery codes renewed"),
    "removed": _("Second factor removed"),
    "reset": _("Second factor reset on the server"),
}


def register_log_actions(actions: Any) -> None:
    """Let Wagtail's log know them."""
    for event, words in SHOWN.items():
        actions.register_action(_action(event), words, words)


def connect() -> None:
    second_factor.connect(_keep)


def _keep(sender: str, user: Any, request: Any, **about: Any) -> None:
    if sender in SHOWN:
        log(user, _action(sender), user=user if request else None)


def _action(event: str) -> str:
    return f"timeline.second_factor.{event.replace(' ', '_')}"
