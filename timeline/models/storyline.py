"""Storyline: one matter told through several entries, as a summary, numbered steps and what is still open.

Every sentence of it rests on statements, figures or disagreements of entries. It quotes no source itself: readers see
a sentence while all that carries it is public, and a step while its entry is.

DECISIONS 159.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable
from wagtail.search import index

from timeline.choices import LaneColour

from .entry import EntryPage
from .fields import PlainCharField, PlainTextField
from .line import StateLine
from .link import ClusterableRow
from .record import AlternativeName, Record
from .series import FigureSeries
from .statement import new_row_id
from .summary import carriers

LEAST_STEPS = 2
"""Fewer entries are no storyline."""

CARRIER = re.compile(r"(?:.*#)?(?:[sfd]-)?([a-z0-9]{6,12})")
"""The id of a statement, figure or disagreement, alone or at the end of its link."""


class Storyline(index.Indexed, Record):
    """A matter that several entries are steps of, such as the car tariff; its steps are in the editors' order."""

    name = PlainCharField(_("name"), max_length=80, unique=True, help_text=_("A few words, such as The car tariff."))
    colour = models.CharField(_("colour"), max_length=10, choices=LaneColour.choices, default=LaneColour.SLATE)
    series = models.ForeignKey(
        FigureSeries,
        verbose_name=_("series of figures"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="storylines",
        help_text=_("Drawn as a chart on the page of the storyline."),
    )
    is_public = models.BooleanField(
        _("readers see it"),
        default=False,
        help_text=_("Then every sentence rests on something, and the storyline has a summary and two steps."),
    )
    position = models.PositiveSmallIntegerField(
        pgettext_lazy("order", "position"), default=0, help_text=_("Storylines are listed in this order.")
    )

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.RelatedFields("names", [index.SearchField("name"), index.AutocompleteField("name")]),
    ]

    class Meta:
        verbose_name = _("storyline")
        verbose_name_plural = _("storylines")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if sentences := self.problems():
            raise ValidationError(sentences)
        super().save(*args, **kwargs)

    def problems(self) -> list[str]:
        """Why readers cannot be shown a storyline as it is in memory, in sentences."""
        if not self.is_public:
            return []
        found = []
        if not self.summary.all():
            found.append(gettext("A storyline that readers see has a summary. Write a sentence of it."))
        if len(self.steps.all()) < LEAST_STEPS:
            found.append(gettext("A storyline that readers see has at least two steps. Choose their entries."))
        for row in _sentences(self):
            if not any(support.entry_id and support.carrier for support in row.rests_on.all()):
                message = gettext("“%(text)s” rests on nothing. Choose an entry and what of it carries the sentence.")
                found.append(message % {"text": row.text})
        return found

    def get_absolute_url(self) -> str:
        return reverse("timeline:storyline", args=[self.slug])


def _sentences(storyline: Storyline) -> Iterator[Any]:
    """The rows of a storyline that say something."""
    for rows in (storyline.summary, storyline.steps, storyline.open_questions):
        yield from (row for row in rows.all() if row.text.strip())


class StorylineName(AlternativeName):
    """A further name of a storyline, such as that in another language."""

    storyline = ParentalKey(Storyline, on_delete=models.CASCADE, related_name="names")

    class Meta(AlternativeName.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["storyline", "name"],
                name="storyline_name_listed_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This name is listed twice."),
            )
        ]


class StorylineLine(Orderable):
    """A line of the state that says where the matter of a storyline stands."""

    storyline = ParentalKey(Storyline, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        StateLine, verbose_name=_("line of the state"), on_delete=models.CASCADE, related_name="storylines"
    )

    class Meta(Orderable.Meta):
        verbose_name = _("line of the state")
        verbose_name_plural = _("lines of the state")
        constraints = [
            models.UniqueConstraint(
                fields=["storyline", "line"],
                name="storyline_has_line_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This line is chosen twice."),
            )
        ]

    def __str__(self) -> str:
        return str(self.line)


# -- what it says -------------------------------------------------------------------------


class StorylineSentence(ClusterableRow):
    """A sentence in our own words; ``uid`` is its public id, which survives rewording."""

    uid = models.CharField(max_length=12, default=new_row_id, editable=False)
    text = PlainTextField(_("sentence"), help_text=_("One sentence, of which every part rests on an entry."))

    class Meta(ClusterableRow.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.text


class SummarySentence(StorylineSentence):
    """A sentence of the summary."""

    storyline = ParentalKey(Storyline, on_delete=models.CASCADE, related_name="summary")

    class Meta(StorylineSentence.Meta):
        verbose_name = _("sentence of the summary")
        verbose_name_plural = _("sentences of the summary")
        constraints = [models.UniqueConstraint(fields=["storyline", "uid"], name="storyline_sentence_id_used_once")]


class StorylineQuestion(StorylineSentence):
    """What the sources leave open, or nobody has looked up yet."""

    storyline = ParentalKey(Storyline, on_delete=models.CASCADE, related_name="open_questions")

    class Meta(StorylineSentence.Meta):
        verbose_name = _("open question of a storyline")
        verbose_name_plural = _("open questions of storylines")
        constraints = [models.UniqueConstraint(fields=["storyline", "uid"], name="storyline_question_id_used_once")]


class StorylineStep(ClusterableRow):
    """An entry as a step of a storyline; ``text`` links it to the steps before it."""

    storyline = ParentalKey(Storyline, on_delete=models.CASCADE, related_name="steps")
    entry = models.ForeignKey(
        EntryPage, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="storyline_steps"
    )
    text = PlainTextField(
        _("linking sentence"),
        blank=True,
        help_text=_("What leads from the steps before to this one; it stands above the headline."),
    )

    class Meta(ClusterableRow.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(
                fields=["storyline", "entry"],
                name="storyline_has_entry_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This entry is a step already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.entry)


# -- what that rests on -------------------------------------------------------------------


class Support(Orderable):
    """A statement, figure or disagreement of an entry that carries a sentence, by its id within the entry.

    When the entry is deleted the row stays and leads nowhere, so that readers are not shown the sentence.
    """

    entry = models.ForeignKey(
        EntryPage, verbose_name=_("entry"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    carrier = PlainCharField(
        _("statement, figure or disagreement"),
        max_length=200,
        help_text=_("Its link, which the # behind the sentence copies, or the six letters at the end of it."),
    )

    class Meta(Orderable.Meta):
        abstract = True
        verbose_name = _("support")

    def __str__(self) -> str:
        return f"{self.entry}: {self.carrier}"

    def clean(self) -> None:
        super().clean()
        if not (self.entry_id and self.carrier):
            return
        found = CARRIER.fullmatch(self.carrier.strip())
        self.carrier = found[1] if found else self.carrier
        if self.entry is not None and not self.entry._state.adding and self.carrier not in carriers(self.entry):  # noqa: SLF001
            message = gettext(
                "“%(entry)s” has no statement, figure or disagreement “%(id)s”. Copy the link behind it."
            )
            raise ValidationError({"carrier": message % {"entry": self.entry.title, "id": self.carrier}})


class SummarySupport(Support):
    """What a sentence of the summary rests on."""

    sentence = ParentalKey(SummarySentence, on_delete=models.CASCADE, related_name="rests_on")


class QuestionSupport(Support):
    """What an open question rests on."""

    question = ParentalKey(StorylineQuestion, on_delete=models.CASCADE, related_name="rests_on")


class StepSupport(Support):
    """What a linking sentence rests on."""

    step = ParentalKey(StorylineStep, on_delete=models.CASCADE, related_name="rests_on")
