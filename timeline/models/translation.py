"""Translation: the words of a segment in another language. What is public of it is filed beside the original.

DECISIONS 167.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from timeline.choices import TranslationState

from .fields import PlainTextField, language_tag


class TranslationQuerySet(models.QuerySet["Translation"]):
    """What can be asked of translations."""

    def shown(self) -> Self:
        """Those that readers may see: all of them, or what was read a second time alone, as the setting says."""
        is_enough = settings.TRANSLATIONS_SHOWN != TranslationState.REVIEWED
        return self.all() if is_enough else self.filter(state=TranslationState.REVIEWED)


class Translation(models.Model):
    """The words of one segment in a language, and the digest ``of`` the original words that they were made from.

    ``kind`` is that of the record, as files of a pack are called, ``record`` its key and ``segment`` the key of the
    words in it (``timeline.segments``). Only words that are public are translated. Whether the original says the same
    still is not stored: it follows from the digest, so nothing can make a stale translation look fresh.
    """

    language = models.CharField(_("language"), max_length=20, validators=[language_tag])
    kind = models.CharField(_("kind"), max_length=20)
    record = models.CharField(_("record"), max_length=120)
    segment = models.CharField(_("segment"), max_length=255)
    of = models.CharField(_("digest of the original words"), max_length=8)
    words = PlainTextField(_("words"))
    state = models.CharField(
        _("state"), max_length=10, choices=TranslationState.choices, default=TranslationState.DRAFT
    )
    translator = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("translator"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reviewer"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "record", "language", "segment"], name="segment_translated_once_a_language"
            ),
            models.CheckConstraint(
                condition=~Q(words=""),
                name="translation_says_something",
                violation_error_message=_("Write the translation."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=TranslationState.values),
                name="translation_state_is_known",
                violation_error_message=_("A translation is a draft or reviewed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.kind} {self.record} {self.segment}"
