"""What the desk keeps of its own work: imports, merges, runs of commands and what failed in them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from .entry import EntryPage


class Import(models.Model):
    """An uploaded file, what a dry run said of it, and what loading it made.

    ``content`` holds the files by name, as JSON. ``made`` is what undoing takes back:
    ``created`` ``{kind: [key]}``, ``revisions`` ``[[key, name, draft, draft before, had a
    draft]]``, ``changed`` ``[[kind, key, name, record before, record after]]``, ``left``
    ``[[kind, name, reason]]``.
    """

    class Status(models.TextChoices):
        CHECKED = "checked", _("Checked, not loaded")
        LOADED = "loaded", _("Loaded")
        UNDONE = "undone", _("Undone")

    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=20)
    content = models.TextField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.CHECKED)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    loaded_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    made = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("import")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Merge(models.Model):
    """Two records made one: enough to say what happened, and to undo it.

    ``removed`` is the record that went, as Django serializes it; ``moved`` is what pointed
    to it and points to the other one now, and what was dropped or made (``merging.merge``).
    """

    kind = models.CharField(max_length=20)
    kept_key = models.CharField(max_length=120)
    kept_name = models.CharField(max_length=400)
    removed_key = models.CharField(max_length=120)
    removed_name = models.CharField(max_length=400)
    removed = models.JSONField()
    moved = models.JSONField()
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("merge")
        ordering = ["-merged_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.removed_name} → {self.kept_name}"


class CommandRun(models.Model):
    """The last run of a command that something must start again and again.

    One row a command: the home page says when one has not run for too long or failed.
    """

    command = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        verbose_name = _("run of a command")

    def __str__(self) -> str:
        return self.command


class FailedPublication(models.Model):
    """A scheduled version that could not be published, and why; it goes when it can."""

    entry = models.OneToOneField(EntryPage, on_delete=models.CASCADE, related_name="failed_publication")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    reasons = models.TextField()
    failed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("failed publication")

    def __str__(self) -> str:
        return self.reasons
