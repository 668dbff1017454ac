"""Term: a word of the trade that readers may not know, explained once for the whole site."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable
from wagtail.search import index

from timeline.choices import NameKind
from timeline.names import word_pattern

from .entry import EntryPage
from .fields import PlainCharField, PlainTextField
from .link import SourceReference
from .record import AlternativeName, Record


class Term(index.Indexed, Record):
    """A glossary term. Entries that use its name, or one of its shown names, explain it in place.

    ``pattern`` finds the names in a text (see :func:`timeline.names.word_pattern`). It is
    made at every save from the name and the rows below as they are in memory: a form, the
    pack and a program all put the rows there before the term is saved.
    """

    name = PlainCharField(
        _("term"), max_length=100, unique=True, help_text=_("As it stands in entries, for example minimum access.")
    )
    definition = PlainTextField(
        _("definition"), help_text=_("What it means here, in one to three sentences of our own words.")
    )
    pattern = models.TextField(blank=True, editable=False)

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("definition"),
        index.RelatedFields("names", [index.SearchField("name"), index.AutocompleteField("name")]),
    ]

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        known = (NameKind.MISPRINT, *NameKind.shown())
        self.pattern = word_pattern([self.name, *(row.name for row in self.names.all() if row.kind in known)])

    def get_absolute_url(self) -> str:
        return reverse("timeline:term", args=[self.slug])


class TermName(AlternativeName):
    """Another form of a term, such as a plural or an abbreviation."""

    term = ParentalKey(Term, on_delete=models.CASCADE, related_name="names")

    class Meta(AlternativeName.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["term", "name"],
                name="term_name_listed_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This name is listed twice."),
            )
        ]


class TermCitation(SourceReference):
    """The source that a definition rests on."""

    term = ParentalKey(Term, on_delete=models.CASCADE, related_name="citations")

    class Meta(SourceReference.Meta):
        verbose_name = _("citation")
        constraints = [
            models.UniqueConstraint(
                fields=["term", "source", "locator"],
                name="term_cites_source_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This source is cited twice for the same term."),
            )
        ]


class TermEntry(Orderable):
    """An entry that is about what the term means, whatever words it uses: it is found by all names of the term."""

    term = ParentalKey(Term, on_delete=models.CASCADE, related_name="entries")
    entry = models.ForeignKey(EntryPage, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="terms")

    class Meta(Orderable.Meta):
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(
                fields=["term", "entry"],
                name="term_lists_entry_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This entry is listed twice."),
            )
        ]
