"""LinkCheck: what happened when we last looked at an address of a source."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from timeline.choices import LinkState

from .source import Source


class LinkCheck(models.Model):
    """The last check of one address of a source, and what the next one needs to know.

    ``failures`` counts the failures in a row since ``failing_since``; ``whole_at`` is when
    the page was last seen with every quotation; ``etag`` and ``last_modified`` are sent
    back in the next request (RFC 9110 section 13.1).
    """

    class Address(models.TextChoices):
        ORIGINAL = "original", _("Original")
        ARCHIVED = "archived", _("Archived copy")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="link_checks")
    address = models.CharField(max_length=10, choices=Address.choices)
    url = models.CharField(max_length=2000)
    state = models.CharField(max_length=12, choices=LinkState.choices)
    checked_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    final_url = models.CharField(max_length=2000, blank=True)
    detail = models.TextField(blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("link check")
        constraints = [models.UniqueConstraint(fields=["source", "address"], name="address_checked_in_one_row")]
        indexes = [models.Index(fields=["checked_at"], name="link_checked_at")]

    def __str__(self) -> str:
        return f"{self.url}: {self.state}"
