"""Translation: the words of a segment in another language. What is public of it is filed beside the original.

Around it what translators need: words that are typed and not saved, every change, corrections, and what waits.

DECISIONS 167 and 182.
"""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from timeline.choices import Redaction, SegmentState, Slip, TranslationState
from timeline.segments import digest

from .entry import EntryPage
from .fields import PlainTextField, language_tag
from .published import PublishedEntry


class TranslationQuerySet(models.QuerySet["Translation"]):
    """What can be asked of translations."""

    def shown(self) -> Self:
        """Those that readers may see: all of them, or what was read a second time alone, as the setting says."""
        is_enough = settings.TRANSLATIONS_SHOWN != TranslationState.REVIEWED
        return self.all() if is_enough else self.filter(state=TranslationState.REVIEWED)


class OfSegment(models.Model):
    """A row about one segment in a language: ``kind`` is that of the record, as files of a pack are called,
    ``record`` its key and ``segment`` the key of the words in it (``timeline.segments``)."""

    language = models.CharField(_("language"), max_length=20, validators=[language_tag])
    kind = models.CharField(_("kind"), max_length=20)
    record = models.CharField(_("record"), max_length=120)
    segment = models.CharField(_("segment"), max_length=255)
    of = models.CharField(_("digest of the original words"), max_length=8)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.language} {self.kind} {self.record} {self.segment}"


class Translation(OfSegment):
    """The words of one segment in a language, and the digest ``of`` the original words that they were made from.

    Only words that are public are translated. Whether the original says the same still is not stored: it follows from
    the digest, so nothing can make a stale translation look fresh. ``original`` is what it said, for translators who
    look at what has changed since; it is empty until the translation was filed for the first time.
    """

    original = PlainTextField(_("original words"), blank=True)
    words = PlainTextField(_("words"))
    state = models.CharField(
        _("state"), max_length=10, choices=TranslationState.choices, default=TranslationState.DRAFT
    )
    translator = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("translator"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    translated_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reviewer"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
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
        indexes = [models.Index(fields=["language", "of"], name="translation_of_words")]

    @property
    def is_shown(self) -> bool:
        """Whether readers may see it: as :meth:`TranslationQuerySet.shown`."""
        return self.state == TranslationState.REVIEWED or settings.TRANSLATIONS_SHOWN != TranslationState.REVIEWED

    @property
    def token(self) -> str:
        """What says whether this is still the same translation; its last part is the digest of the words."""
        return f"{self.of}.{self.state}.{digest(self.words)}"


class TypedTranslation(OfSegment):
    """What a translator has typed and not saved: kept by itself, and shown to no reader.

    ``over`` says which translation it was typed over (``Translation.token``), so that one that somebody else has
    changed meanwhile is never overwritten unseen. ``slip``, ``wrong`` and ``right`` are what would be told to readers.
    """

    over = models.CharField(max_length=40, blank=True)
    words = PlainTextField(_("words"), blank=True)
    slip = models.CharField(max_length=10, choices=Slip.choices, blank=True)
    wrong = PlainTextField(blank=True)
    right = PlainTextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    typed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "record", "language", "segment", "author"], name="segment_typed_once_a_person"
            )
        ]


class TranslationCorrection(models.Model):
    """A slip of translation that readers saw, corrected in public: what was wrong and what is right, in the language.

    ``number`` counts the corrections of an entry in a language from 1; the version of the original does not move.
    """

    language = models.CharField(max_length=20)
    entry = models.ForeignKey(EntryPage, on_delete=models.PROTECT, related_name="translation_corrections")
    number = models.PositiveIntegerField()
    segment = models.CharField(max_length=255)
    of = models.CharField(max_length=8)
    wrong = PlainTextField(blank=True)
    right = PlainTextField(blank=True)
    redaction = models.CharField(max_length=10, choices=Redaction.choices, blank=True)
    redacted_at = models.DateTimeField(null=True)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    corrected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("correction of a translation")
        constraints = [
            models.UniqueConstraint(fields=["entry", "language", "number"], name="slip_numbered_once_a_language")
        ]
        indexes = [models.Index(fields=["language", "-corrected_at", "-id"], name="slips_recent")]

    def __str__(self) -> str:
        return f"{self.language} {self.entry_id}/{self.number}"


class TranslationChange(OfSegment):
    """One change of a translation at the desk: who made it and when, what was there before and what after.

    It is kept for good. Words are empty where there was no translation, where there is none any more, and where the
    original words were removed for good (``edition.translations.forget_older``).
    """

    of_before = models.CharField(max_length=8, blank=True)
    before = PlainTextField(blank=True)
    state_before = models.CharField(max_length=10, blank=True)
    after = PlainTextField(blank=True)
    state_after = models.CharField(max_length=10, blank=True)
    correction = models.ForeignKey(TranslationCorrection, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change of a translation")
        indexes = [
            models.Index(
                fields=["kind", "record", "language", "-changed_at", "-id"], name="translation_changes_recent"
            )
        ]


URGENCY = list(SegmentState)
"""The states of segments as they are worked off; a record stands where its most urgent segment does."""


class TranslationProgress(models.Model):
    """How far a public record is translated into a language: its segments by their state. ``edition`` keeps it.

    ``urgency`` is the place in ``URGENCY`` of the most urgent of them, ``changed_at`` since when they stand so.
    """

    language = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    record = models.CharField(max_length=120)
    entry = models.ForeignKey(PublishedEntry, null=True, on_delete=models.DB_CASCADE, related_name="+")
    title = models.TextField()
    stale = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    draft = models.PositiveIntegerField(default=0)
    reviewed = models.PositiveIntegerField(default=0)
    urgency = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [
            models.UniqueConstraint(fields=["kind", "record", "language"], name="progress_once_a_record_and_language")
        ]
        indexes = [
            models.Index(fields=["language", "urgency", "-changed_at", "-id"], name="progress_urgent"),
            models.Index(fields=["language", "kind", "urgency", "-changed_at", "-id"], name="progress_urgent_of_kind"),
            *(
                models.Index(
                    fields=["language", "urgency", "-changed_at", "-id"],
                    condition=Q(**{f"{state}__gt": 0}),
                    name=f"progress_{state}",
                )
                for state in SegmentState.values
            ),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="progress_title"),
        ]

    def __str__(self) -> str:
        return self.title
