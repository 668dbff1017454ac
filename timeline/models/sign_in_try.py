"""Sign-in try: somebody said a password, a code or an address for letters, and may have guessed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInTry(models.Model):
    """One try that was not good, or is not judged yet; it goes when it does not count any more.

    ``account`` is a digest of what was tried: people type passwords into the field for names.
    """

    account = models.CharField(max_length=64, db_index=True)
    address = models.CharField(max_length=50, db_index=True)
    tried_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("sign-in try")

    def __str__(self) -> str:
        return f"{self.address} {self.tried_at:%Y-%m-%d %H:%M:%S}"
