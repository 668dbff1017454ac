"""LoadedRecord: what the pack that was loaded last says of a record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadedRecord(models.Model):
    """A record of a pack in canonical form, as it was loaded: by it the next load knows what editors changed since."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, blank=True)
    record = models.JSONField()

    class Meta:
        verbose_name = _("record as it was loaded")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="record_is_loaded_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
