"""People: whether somebody can administer, and nobody whom everybody knows."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.accounts.second_factor.state import with_state

from .finding import Finding, good, miss, note

DEMONSTRATION = ("editor@localhost", "moderator@localhost", "administrator@localhost")
"""The addresses of the accounts that `make run` makes."""


def administrators() -> Iterator[Finding]:
    """Whether there is an account that may all, and may sign in."""
    users = get_user_model().objects.filter(is_active=True)
    able = sum(user.has_usable_password() for user in users.filter(is_superuser=True))
    if not able:
        yield miss(_("There is no administrator who can sign in."), _("Run manage.py createsuperuser."))
        return
    yield good(ngettext("There is %d administrator.", "There are %d administrators.", able) % able)
    if not users.filter(is_superuser=False, groups__isnull=False).exists():
        advice = _("Make accounts with the groups Editors and Moderators under Settings → Users.")
        yield note(_("There are no editors or moderators yet."), advice)


def demonstration() -> Iterator[Finding]:
    """Whether accounts of a demonstration came along."""
    found = get_user_model().objects.filter(is_active=True, email__in=DEMONSTRATION).values_list("username", flat=True)
    if found:
        advice = _("Remove them under Settings → Users, or give them passwords and addresses of their own.")
        yield miss(_("There are accounts of the demonstration: %s.") % ", ".join(sorted(found)), advice)
    else:
        yield good(_("There are no accounts of the demonstration."))


def second_factors() -> Iterator[Finding]:
    """Who must have a second factor and has none: the site leads them to it, and lets them nowhere else."""
    users = with_state(get_user_model().objects.filter(is_active=True))
    without = users.filter(needs_second_factor=True, second_factor=None).values_list("username", flat=True)
    if without:
        said = _("These must have a second factor and have none yet: %s.") % ", ".join(sorted(without))
        yield note(said, _("They are led to set it up when they sign in. Ask them to, soon."))
    elif settings.SECOND_FACTOR == "optional":
        yield note(_("Nobody must have a second factor."), _("Set SECOND_FACTOR=moderators."))
    else:
        yield good(_("Whoever must have a second factor has one."))
