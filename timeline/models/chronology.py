"""ChronologyPage: the root of the chronology, and how its overview is drawn."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable, Page, PagePermissionTester

from timeline.choices import LaneColour, Licence

from .category import Category
from .commodity import Commodity
from .fields import EDTFField, PlainCharField, PlainTextField, period_of
from .link import ClusterableRow, PointsToRecords

MAX_LANES = 6
"""More rows than this are not taken in at a glance."""


class ChronologyPermissions(PagePermissionTester):
    """Who may do what with the chronology: as with any page, but a site has one, at its root."""

    def can_move(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return False


class ChronologyPage(Page):
    """The root of the chronology; its children are the entries.

    Its rows say how the overview (the "river" of lanes by years) is drawn: lanes,
    phases, and which stretches of time have been researched; and what research left open.
    """

    headline = PlainCharField(
        _("headline"),
        max_length=200,
        blank=True,
        help_text=_("The largest words of the first page. Left empty, the title stands there."),
    )
    strapline = PlainTextField(_("strapline"), blank=True, help_text=_("Shown under the headline of the first page."))

    # Who answers for it. Readers find it under "Who publishes it", machines in structured data.
    publisher = PlainCharField(
        _("publisher"), max_length=200, blank=True, help_text=_("The organisation or person that answers for it.")
    )
    publisher_url = models.URLField(_("address of the publisher"), blank=True, help_text=_("Its own page."))
    editors = PlainTextField(_("editors"), blank=True, help_text=_("Names, as they should be read."))
    contact = models.EmailField(
        _("contact"), blank=True, help_text=_("Where readers write. Left empty, the address of the server's settings.")
    )
    errors = PlainTextField(
        _("how errors are handled"), blank=True, help_text=_("Who looks at a report, how soon, and what then happens.")
    )
    funding = PlainTextField(_("funding"), blank=True, help_text=_("Who pays for the work."))
    licence = models.CharField(
        _("licence"),
        max_length=20,
        choices=Licence.choices,
        default=Licence.BY,
        help_text=_(
            "For our own text; quotations belong to their publishers. What was taken under another one keeps it."
        ),
    )

    takes_error_reports = models.BooleanField(
        _("readers report errors with a form"),
        default=True,
        help_text=_("Editors find them under Error reports. Else readers are given the contact, to write a letter."),
    )

    max_count: ClassVar[int] = 1  # DECISIONS 180
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["timeline.EntryPage"]
    preview_modes: ClassVar[list[tuple[str, str]]] = []  # its words stand on pages made of the entries

    class Meta:
        verbose_name = _("chronology")

    def permissions_for_user(self, user: Any) -> ChronologyPermissions:
        return ChronologyPermissions(user, self)


class Lane(ClusterableRow):
    """A row of the overview and a colour: some top-level commodities, some categories.

    An entry runs in every lane that one of its commodities or its category belongs to.
    """

    chronology = ParentalKey(ChronologyPage, on_delete=models.CASCADE, related_name="lanes")
    name = PlainCharField(_("name"), max_length=40, help_text=_("One or two words, such as Farm goods."))
    slug = models.SlugField(
        _("address"),
        max_length=40,
        help_text=_("Readers filter by it (?lane=farm); changing it breaks addresses they have kept."),
    )
    colour = models.CharField(_("colour"), max_length=10, choices=LaneColour.choices)
    takes_rest = models.BooleanField(
        _("takes the rest"), default=False, help_text=_("Entries that no other subject takes stand here.")
    )

    class Meta(ClusterableRow.Meta):
        verbose_name = _("subject")
        constraints = [
            models.UniqueConstraint(
                fields=["chronology", "slug"],
                name="lane_address_used_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Two subjects have this address."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class LaneCommodity(PointsToRecords, Orderable):
    """A top-level commodity whose entries, and those about its parts, run in a lane."""

    lane = ParentalKey(Lane, on_delete=models.CASCADE, related_name="lane_commodities")
    commodity = models.ForeignKey(
        Commodity,
        verbose_name=_("goods"),
        null=True,
        on_delete=models.PROTECT,
        related_name="lanes",
        limit_choices_to={"parent": None},
    )

    class Meta(Orderable.Meta):
        verbose_name = _("goods")
        constraints = [
            models.UniqueConstraint(
                fields=["lane", "commodity"],
                name="lane_has_commodity_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("These goods are listed twice."),
            )
        ]


class LaneCategory(PointsToRecords, Orderable):
    """A kind of event whose entries run in a lane, whatever they are about."""

    lane = ParentalKey(Lane, on_delete=models.CASCADE, related_name="lane_categories")
    category = models.ForeignKey(
        Category, verbose_name=_("kind of event"), null=True, on_delete=models.PROTECT, related_name="lanes"
    )

    class Meta(Orderable.Meta):
        verbose_name = _("kind of event")
        constraints = [
            models.UniqueConstraint(
                fields=["lane", "category"],
                name="lane_has_category_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This kind of event is listed twice."),
            )
        ]


class Phase(Orderable):
    """A stretch of the story with a name: a numbered pin over the overview."""

    chronology = ParentalKey(ChronologyPage, on_delete=models.CASCADE, related_name="phases")
    name = PlainCharField(_("name"), max_length=80)
    date = EDTFField(_("dates"), help_text=_("For example 2019-06/2019-07."))

    class Meta(Orderable.Meta):
        verbose_name = _("phase")

    def __str__(self) -> str:
        return self.name


class OpenQuestion(Orderable):
    """What research has not found out: readers are told, so that silence is not taken for an answer."""

    chronology = ParentalKey(ChronologyPage, on_delete=models.CASCADE, related_name="open_questions")
    question = PlainCharField(_("question"), max_length=200, help_text=_("For example: What followed in July 2026?"))
    note = PlainTextField(_("note"), blank=True, help_text=_("Shown to readers: what is known, what was looked for."))
    entry = models.ForeignKey(
        "timeline.EntryPage",
        verbose_name=_("entry"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="open_questions",
        help_text=_("The entry that it goes on from."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("open question")

    def __str__(self) -> str:
        return self.question


class Coverage(Orderable):
    """Months that have been researched. All others are shaded: a blank there proves nothing."""

    chronology = ParentalKey(ChronologyPage, on_delete=models.CASCADE, related_name="coverage")
    date = EDTFField(_("months"), help_text=_("For example 2025-04/2025-10, or 2019."))
    note = PlainCharField(_("note"), max_length=200, blank=True, help_text=_("Private: what was searched."))

    class Meta(Orderable.Meta):
        verbose_name = _("researched stretch")
        verbose_name_plural = _("researched stretches")

    def __str__(self) -> str:
        return self.date

    def clean(self) -> None:
        period = period_of(self.date) if self.date else None
        if period is not None and (period.lower is None or period.upper is None):
            raise ValidationError({"date": _("Give a first and a last month.")})
