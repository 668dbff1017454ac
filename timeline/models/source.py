"""Source: a publication that statements cite, as a record of its own."""

from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import URLValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable
from wagtail.search import index

from timeline.choices import LinkState, SourceKind, SourceUse
from timeline.web.addresses import MAX_KEY, address_key

from .fields import EDTFField, PlainCharField, PlainTextField, language_tag
from .organisation import Organisation
from .record import Record

web_address = URLValidator(schemes=["http", "https"])

MAX_CHAIN = 10
"""Sources followed upwards from one that rests on another; nobody reads further."""

# What sources rest on, what that rests on in turn, and so on; a circle is followed once round.
CHAINS = """
WITH RECURSIVE chain AS (
    SELECT id AS start, derived_from_id AS above, ARRAY[id] AS passed
    FROM timeline_source WHERE id = ANY(%s::bigint[])
    UNION ALL
    SELECT chain.start, source.derived_from_id, chain.passed || source.id
    FROM chain JOIN timeline_source source ON source.id = chain.above
    WHERE source.id <> ALL(chain.passed) AND cardinality(chain.passed) <= %s
)
SELECT chain.start, chain.above FROM chain JOIN timeline_source source ON source.id = chain.above
WHERE chain.above <> ALL(chain.passed)
ORDER BY chain.start, cardinality(chain.passed)
"""


SAID = models.Func(
    "title",
    "byline",
    "url",
    template="upper(%(expressions)s)",
    arg_joiner=" || ' ' || ",
    output_field=models.TextField(),
)
"""What of a source editors search, in capitals: they type parts of words."""


class Source(index.Indexed, Record):
    """One publication. ``number`` is its number everywhere on the site and never changes."""

    slug_source = "title"

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    title = PlainCharField(_("title"), max_length=400)
    title_is_description = models.BooleanField(
        _("title is our description"),
        default=False,
        help_text=_("Tick when no headline was visible; readers see the title in [square brackets]."),
    )
    publisher = models.ForeignKey(
        Organisation,
        verbose_name=_("publisher"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="publications",
    )
    byline = PlainCharField(_("byline"), max_length=200, blank=True, help_text=_("Author or agency, as printed."))
    url = PlainCharField(_("address"), max_length=2000, blank=True, validators=[web_address])
    url_shown = models.BooleanField(
        _("show the address"),
        default=True,
        help_text=_("Untick for mirrors and staging hosts: readers then see publisher and title without a link."),
    )
    address_key = models.CharField(max_length=MAX_KEY, blank=True, editable=False, db_index=True)
    archived_url = PlainCharField(_("archived copy"), max_length=2000, blank=True, validators=[web_address])
    published = EDTFField(_("published"), blank=True, period="published_period", help_text=_("Empty if not known."))
    published_period = DateRangeField(null=True, editable=False)
    accessed = models.DateField(_("accessed"), null=True, blank=True)
    language = models.CharField(
        _("language"),
        max_length=20,
        default="en",
        validators=[language_tag],
        help_text=_("Language tag such as en."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind.choices, default=SourceKind.NEWS)
    derived_from = models.ForeignKey(
        "self",
        verbose_name=_("based on"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="derivatives",
        help_text=_("The source that this one rewrites or copies."),
    )
    use = models.CharField(_("use"), max_length=15, choices=SourceUse.choices, default=SourceUse.EVIDENCE)
    description = PlainTextField(
        _("description"), blank=True, help_text=_("What the page says of itself. Private: readers never see it.")
    )
    # Kept by ``links``; what readers are told of a dead or changed original comes from here.
    link_state = models.CharField(
        _("original"), max_length=12, choices=LinkState.choices, blank=True, editable=False, db_index=True
    )
    link_state_since = models.DateField(null=True, editable=False)
    archive_state = models.CharField(
        _("archived copy works"), max_length=12, choices=LinkState.choices, blank=True, editable=False
    )

    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.AutocompleteField("byline"),
        index.RelatedFields("publisher", [index.SearchField("name"), index.AutocompleteField("name")]),
        index.FilterField("kind"),
        index.FilterField("use"),
    ]

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["number"]
        indexes = [GinIndex(OpClass(SAID, name="gin_trgm_ops"), name="source_said")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(derived_from=models.F("id")),
                name="source_not_derived_from_itself",
                violation_error_message=_("A source cannot be based on itself."),
            ),
            models.UniqueConstraint(
                fields=["url"],
                condition=~models.Q(url=""),
                name="source_address_used_once",
                violation_error_message=_("Another source already has this address."),
            ),
        ]

    def __str__(self) -> str:
        title = f"[{self.title}]" if self.title_is_description else self.title
        return f"{self.number} {title}" if self.number else title

    def derive(self) -> None:
        self.address_key = address_key(self.url)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.number = self.number or next_number()
        super().save(*args, **kwargs)

    @property
    def is_public(self) -> bool:
        """Whether readers may see this source."""
        return self.use == SourceUse.EVIDENCE

    def get_absolute_url(self) -> str:
        return reverse("timeline:source", args=[self.slug])


def next_number() -> int:
    """The number of the next new source."""
    return (Source.objects.aggregate(last=models.Max("number"))["last"] or 0) + 1


class SourceAddress(Orderable):
    """A further address under which a source is met: where it redirects, or a merged double had it."""

    source = ParentalKey(Source, on_delete=models.CASCADE, related_name="addresses")
    url = PlainCharField(_("address"), max_length=2000, validators=[web_address])
    address_key = models.CharField(max_length=MAX_KEY, editable=False, db_index=True)

    class Meta(Orderable.Meta):
        verbose_name = _("further address")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "url"],
                name="source_address_listed_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This address is listed twice."),
            )
        ]

    def __str__(self) -> str:
        return self.url

    def derive(self) -> None:
        """Give the key its value, which follows from the address."""
        self.address_key = address_key(self.url)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)


def renew_keys(*tables: type[models.Model]) -> int:
    """Give the rows of :class:`Source` and :class:`SourceAddress` the keys that the code makes now; how many change.

    Two sources may get one key: editors find them in the list of sources and merge them.
    """
    number = 0
    for table in tables:
        changed: list[Any] = []
        row: Any
        for row in table._default_manager.only("url", "address_key").iterator():
            key = address_key(row.url)
            if key != row.address_key:
                row.address_key = key
                changed.append(row)
        table._default_manager.bulk_update(changed, ["address_key"], batch_size=500)
        number += len(changed)
    return number


class FoldedTitle(models.Func):
    """A title without case, width, spaces and punctuation, folded where the titles are."""

    template = "regexp_replace(lower(normalize((%(expressions)s)::text, NFKC)), '[^[:alnum:]]+', '', 'g')"
    output_field = models.TextField()
