"""Letters: whether a server takes them. It is greeted, and none is sent."""

import smtplib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.utils.translation import gettext as _

from .finding import Finding, good, miss, note


def server() -> Iterator[Finding]:
    """Greet it, with TLS and the password where they are set."""
    backend = settings.MAILERS["default"]["BACKEND"].split(".")[-2]
    if backend != "smtp":
        said = _("No letters are sent: nobody gets a new password by letter, and no editor a notice.")
        yield note(said, _("Let MAIL_URL name a server."))
        return
    mailer: Any = mailers.default
    try:
        mailer.open()
        mailer.close()
    except (OSError, smtplib.SMTPException) as error:
        yield miss(_refused(error), _("Correct MAIL_URL."))
    else:
        yield good(_("%(host)s:%(port)s takes letters.") % {"host": mailer.host, "port": mailer.port})


def send(address: str) -> Finding:
    """Send one, to see it arrive."""
    text = _("This site can send letters: %s") % settings.BASE_URL
    try:
        sent = EmailMessage(_("A letter to try"), text, to=[address]).send()
    except (OSError, smtplib.SMTPException) as error:
        return miss(_refused(error), _("Correct MAIL_URL or MAIL_FROM."))
    return good(_("A letter is on its way to %s.") % address) if sent else note(_("No letter was sent."))


def _refused(error: Exception) -> str:
    return _("The server of letters refuses: %s") % f"{type(error).__name__}: {' '.join(str(error).split())}"
