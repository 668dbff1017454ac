"""Mail of a site that sends none (`MAIL_URL=none:`)."""

from django.core.mail.backends.dummy import EmailBackend


class NoMail(EmailBackend):
    """Sends nothing, as its operator decided. Django's own is for development, and refused by `check --deploy`."""
