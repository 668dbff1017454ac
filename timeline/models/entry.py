"""EntryPage: one dated entry of the chronology, and the rows that link it to records."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.locks import BasicLock, ScheduledForPublishLock
from wagtail.models import Orderable, Page, PagePermissionTester, Revision, Workflow
from wagtail.search import index

from timeline.choices import Change, DateBasis, DateExtent, EventRole, MeasureDateKind, Weight
from timeline.moments import moment

from .category import Category
from .cluster import Cluster, fetch_rows
from .commodity import Commodity
from .fields import EDTFField, PlainCharField, PlainTextField, printable, time_zone
from .line import StateLine
from .link import PointsToRecords, at_hand, fetch_records, records_at_hand
from .organisation import Organisation
from .person import Person
from .summary import kept

CHANGES = [choice for choice in Change.choices if choice[0] != Change.FIRST]
"""What publishing an entry again may be."""

CHANGE_FIELDS = ["change", "change_note", "correction_wrong", "correction_right"]
"""What an editor says of the change that the next publication makes."""

LATEST_FIRST = (models.F("date_period").desc(nulls_last=True), models.F("page_ptr").desc())
"""The order in which the desk lists entries: those without a date last."""

OF_THE_PAGE = ("content_type", "locale", "translation_key", "owner", "latest_revision", "locked_by", "alias_of")
"""Fields that no draft changes: Wagtail takes them from the page, after looking up what the draft says."""

SETTLED = {"page_ptr", "path", "uid", "key", "live_revision", *OF_THE_PAGE}
"""Fields that no form has and whose values a stored entry keeps, or gets from Wagtail."""

NOT_ITSELF = _("An entry cannot follow itself.")

ROWS = [
    "entry_people",
    "entry_organisations",
    "entry_commodities",
    "measure_dates",
    "follows__earlier",
    "source_notes__source",
    "attachments__source",
    "attachments__image",
    "attachments__document",
]
"""The relations to rows that have none themselves."""

ROWS_OF_ROWS = ["statements__citations", "figures__citations", "disagreements__accounts"]
"""The relations that would be fetched row by row."""


class EntryPermissions(PagePermissionTester):
    """Who may do what with an entry: as with any page, but a draft is deleted by its author or by a moderator.

    One that readers have seen takes every version they read along, so that is for moderators alone.
    """

    def can_move(self) -> bool:
        """There is one chronology, so nowhere to move to."""
        return False

    def can_reorder_children(self) -> bool:
        """There are none."""
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        if self.can_publish():
            return super().can_delete(ignore_bulk)
        # Without the queries by which Wagtail looks at the pages below: an entry has none.
        own_draft = self.page.owner_id == self.user.pk and self.page.first_published_at is None
        return own_draft and self.user.is_active and bool({"add", "change"} & self.permissions)


class ScheduleLock(ScheduledForPublishLock):
    """Wagtail's lock of an entry that waits to be published, with the moment and its time zone."""

    def get_message(self, user: Any) -> str:
        scheduled = self.object.scheduled_revision
        said = gettext("“%(title)s” cannot be changed while it is scheduled. It goes live on %(moment)s.")
        return said % {"title": scheduled.object_str, "moment": moment(scheduled.approved_go_live_at)}


class EditorsLock(BasicLock):
    """Wagtail's lock of an entry by an editor, with the moment and its time zone."""

    def get_message(self, user: Any) -> str:
        at, locker = self.object.locked_at, self.object.locked_by
        if not (at and locker):
            return super().get_message(user)
        words = {
            "title": self.object.get_admin_display_title(),
            "moment": moment(at),
            "name": locker.get_full_name() or locker,
        }
        if locker.pk == user.pk:
            return gettext("“%(title)s” was locked by you on %(moment)s.") % words
        return gettext("“%(title)s” was locked by %(name)s on %(moment)s.") % words


class EntryPage(Cluster, Page):
    """One event or measure, dated, sourced and linked. ``title`` is its headline.

    ``uid`` is the permanent identity used in feeds (never derived from slug or
    title); ``key`` is the content pack's id.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True, editable=False)

    summary = PlainTextField(_("summary"), help_text=_("Up to 60 words, in our own words."))
    sentences = models.JSONField(default=list, blank=True, editable=False)  # of the summary: ``summary.kept``
    category = models.ForeignKey(
        Category, verbose_name=_("kind of event"), null=True, on_delete=models.PROTECT, related_name="entries"
    )
    weight = models.CharField(
        _("weight"),
        max_length=6,
        choices=Weight.choices,
        default=Weight.NORMAL,
        help_text=_("Key entries carry the story on their own. Aim for one in six."),
    )

    date = EDTFField(
        _("date"),
        period="date_period",
        precision="date_precision",
        help_text=_(
            "When it happened, as exactly as it is known: 16 April 2025, April 2025, 2025, "
            "spring 2025, 2025-10-27/2025-10-29, 2025-05~ (about)."
        ),
    )
    date_period = DateRangeField(null=True, editable=False)
    date_precision = models.CharField(max_length=10, blank=True, editable=False)
    date_extent = models.CharField(
        _("what the two dates mean"),
        max_length=7,
        choices=DateExtent.choices,
        blank=True,
        help_text=_(
            "For a date of several days. A visit or a round of talks lasted; so did an evening in Washington that was "
            "the next day in Tokyo. If it happened once and no source says on which of the days, it was between. "
            "A month or a year left open here says: at some time in it."
        ),
    )
    date_basis = models.CharField(
        _("how the date is known"), max_length=12, choices=DateBasis.choices, default=DateBasis.STATED
    )
    date_note = PlainTextField(
        _("note on the date"), blank=True, help_text=_("One sentence for readers: the words that fix the date.")
    )
    place = PlainCharField(_("place"), max_length=200, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        blank=True,
        validators=[time_zone],
        help_text=_("Of the place, for example Asia/Tokyo."),
    )
    planned = models.BooleanField(
        _("planned"),
        default=False,
        help_text=_("It has been announced and has not happened yet; readers see “Planned”."),
    )

    # What the next publication tells readers; emptied once it has (DECISIONS 14).
    change = models.CharField(_("kind of change"), max_length=10, choices=CHANGES, blank=True)
    change_note = PlainTextField(
        _("what is new"), blank=True, help_text=_("For an update: one sentence for readers. May stay empty.")
    )
    correction_wrong = PlainTextField(
        _("what was wrong"), blank=True, help_text=_("What readers could read before, and why it was wrong.")
    )
    correction_right = PlainTextField(_("what is right"), blank=True, help_text=_("What the entry says now."))

    editor_note = PlainTextField(_("editors' note"), blank=True, help_text=_("Private. Readers never see it."))
    withdrawal_reason = PlainTextField(
        _("reason for withdrawal"), blank=True, help_text=_("Readers see it at the address of a withdrawn entry.")
    )

    has_own_slug = False
    """Whether it is known that no sibling has its slug: asked for many entries at once."""

    parent_page_types: ClassVar[list[str]] = ["timeline.ChronologyPage"]
    subpage_types: ClassVar[list[str]] = []
    exclude_fields_in_copy: ClassVar[list[str]] = ["uid", "key", *CHANGE_FIELDS]
    template = "timeline/entry.html"

    search_auto_update = False  # ``search.explorer`` listens: once for all that a publication saves
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.FilterField("date_period"),
        index.FilterField("category"),
        index.FilterField("weight"),
    ]

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [
            GistIndex(fields=["date_period"], name="entry_date_period"),
            # The orders of the desk's list, and what it asks for.
            models.Index(*LATEST_FIRST, name="entry_latest"),
            models.Index(
                models.F("date_period").asc(nulls_last=True), models.F("page_ptr").asc(), name="entry_earliest"
            ),
            models.Index(fields=["weight", "page_ptr"], name="entry_weight"),
            models.Index(fields=["page_ptr"], name="entry_planned", condition=models.Q(planned=True)),
            models.Index(*LATEST_FIRST, name="entry_derived", condition=models.Q(date_basis="derived")),
            models.Index(
                *LATEST_FIRST, name="entry_two_ends", condition=models.Q(date_precision="interval", date_extent="")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(date="") | models.Q(date_period__isempty=False),
                name="entry_date_covers_a_day",
                violation_error_message=_("The date covers no day."),
            )
        ]

    def set_url_path(self, parent: Page | None) -> str:
        """Entries live under ``/entries/`` although their parent is the site's root page."""
        if parent:
            self.url_path = f"{parent.url_path}entries/{self.slug}/"
            return self.url_path
        return super().set_url_path(parent)

    def get_absolute_url(self) -> str:
        return f"/entries/{self.slug}/"

    def get_lock(self) -> Any:
        lock = super().get_lock()
        ours = {ScheduledForPublishLock: ScheduleLock, BasicLock: EditorsLock}.get(type(lock))
        return ours(self) if ours else lock

    def permissions_for_user(self, user: Any) -> EntryPermissions:
        return EntryPermissions(user, self)

    @cached_property
    def _workflow(self) -> Workflow | None:
        """The workflow of the page, or of the nearest above it that has one: Wagtail asks for it six times a form."""
        pages = self.get_ancestors(inclusive=True)
        found = Workflow.objects.filter(active=True, workflow_pages__page__in=pages)
        return found.order_by("-workflow_pages__page__depth").first()

    def get_workflow(self) -> Workflow | None:
        return self._workflow

    @property
    def has_workflow(self) -> bool:
        return self._workflow is not None

    def _set_core_field_defaults(self) -> None:
        """Wagtail makes the slug from the headline, and none from 日本の関税: then it is made from the identity.

        A transliteration would read kanji as Chinese; an editor who wants words writes them.
        """
        if not self.slug and not slugify(self.title):
            self.slug: str = f"entry-{self.uid.hex[:8]}"
        super()._set_core_field_defaults()

    def full_clean(self, exclude: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        """As Django's; whether what nobody edits is there, and used once, is not asked again: the database says so.

        Nor is it asked whether a kind of event is there that was just fetched, or whether the date covers a day: each
        that can be read does.
        """
        exclude = {*(exclude or ()), "date_period"}
        if self.category_id and EntryPage.category.is_cached(self):
            exclude.add("category")
        if not self._state.adding:
            exclude |= SETTLED
        super().full_clean(exclude, *args, **kwargs)

    def _check_slug_is_unique(self) -> None:
        if not self.has_own_slug:
            super()._check_slug_is_unique()

    def clean(self) -> None:
        super().clean()
        for name in ("title", "draft_title"):
            try:
                printable(getattr(self, name) or "")
            except ValidationError as error:
                raise ValidationError({"title": error}) from error

    def derive(self) -> None:
        """Bring what follows from other fields to what they say."""
        self.sentences = kept(self.summary, self.sentences)

    def with_content_json(self, content: dict) -> Self:
        """The entry as a revision has it; why it was withdrawn and which version is live are state, not content."""
        own = {name: value for name, value in content.items() if name not in (*OF_THE_PAGE, "live_revision")}
        with records_at_hand():
            fetch_records(type(self), own)
            category = own.pop("category", None)
            entry = super().with_content_json(own)
            entry.category = category and at_hand().get(Category, category)  # none, if it was deleted since
        # Wagtail leaves these out, and saving deletes what is stored and not held.
        entry.wagtail_admin_comments.add(*self.wagtail_admin_comments.filter(resolved_at__isnull=False))
        entry.withdrawal_reason = self.withdrawal_reason
        entry.live_revision_id = self.live_revision_id
        return entry

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        if not getattr(self, "_cluster_related_objects", None):  # the rows are in the database alone
            fetch_rows([self], [*(rows.partition("__")[0] for rows in ROWS), *ROWS_OF_ROWS])
        self.derive()
        return super().save_revision(*args, **kwargs)

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Publish ``revision`` now or, if it says so, later; an unfit one is refused at once either way.

        What readers see changes then too: Wagtail sends ``page_published``, and ``edition.receivers`` does the rest.
        Raises ``ValidationError`` listing every problem.
        """
        # As the database has it, or as the draft had it that was saved just now.
        goes_live = self._meta.get_field("go_live_at").to_python(revision.content.get("go_live_at"))
        if goes_live and goes_live > timezone.now():
            revision.as_object().refuse_unfit()  # what goes out now is looked at when it is saved
        return super().publish(revision, *args, **kwargs)

    def refuse_unfit(self) -> None:
        from .publication import problems  # here: the rules read rows whose modules import this one

        if found := problems(self):
            raise ValidationError([problem.message for problem in found])

    def forget_change(self, revision: Revision | None) -> None:
        """Empty what was said of the change that ``revision`` has just published.

        It is emptied in the revision too, and in newer drafts that say the same, so that
        nobody announces one correction twice.
        """
        said = {name: getattr(self, name) for name in CHANGE_FIELDS}
        if not any(said.values()):
            return
        blank = dict.fromkeys(CHANGE_FIELDS, "")
        for name in CHANGE_FIELDS:
            setattr(self, name, "")
        EntryPage.objects.filter(pk=self.pk).update(**blank)
        if revision is not None:
            for draft in self.revisions.filter(pk__gte=revision.pk, content__contains=said):
                draft.content |= blank
                draft.save(update_fields=["content"])
            revision.content |= blank

    def save(self, clean: bool = True, user: Any = None, log_action: bool | str = False, **kwargs: Any) -> Any:
        """Save the page; refuse to make an unfit entry public, by whatever path.

        Raises ``ValidationError`` listing every problem when the entry is live.
        """
        self.key = self.key or f"e-{self.uid.hex[:12]}"
        if self.live:
            self.withdrawal_reason = ""
        if not kwargs.get("update_fields"):
            self.derive()
        if self.live and clean and not kwargs.get("update_fields"):
            self.refuse_unfit()
        return super().save(clean=clean, user=user, log_action=log_action, **kwargs)


class EntryRow(PointsToRecords, Orderable):
    """An ordered row that links an entry to a record."""

    class Meta(Orderable.Meta):
        abstract = True


class MeasureDate(EntryRow):
    """A further date of a legal measure: signed, published, in force …

    With a ``line`` it is an answer to the question of that line: ``measure`` says which, from the day on or as long
    as the date lasts, and ``rests_on`` names the statements and figures that carry it.
    """

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="measure_dates")
    kind = models.CharField(_("kind"), max_length=16, choices=MeasureDateKind.choices)
    date = EDTFField(_("date"), period="date_period")
    date_period = DateRangeField(null=True, editable=False)
    note = PlainCharField(_("note"), max_length=200, blank=True, help_text=_("Shown to readers."))
    line = models.ForeignKey(
        StateLine,
        verbose_name=_("line of the state"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measure_dates",
        help_text=_("Where things stand: the question that the measure answers from this day on, or while it lasts."),
    )
    measure = PlainCharField(
        _("measure"),
        max_length=200,
        blank=True,
        help_text=_("Of a line: what holds, in a few words, for example permits for gallium and germanium."),
    )
    rests_on = PlainCharField(
        _("rests on"),
        max_length=200,
        blank=True,
        help_text=_("Ids of statements and figures of the entry. Empty: those that say what the measure says."),
    )

    class Meta(EntryRow.Meta):
        verbose_name = _("date of the measure")
        verbose_name_plural = _("dates of the measure")

    @classmethod
    def from_serializable_data(cls, data: dict, check_fks: bool = True, strict_fks: bool = False) -> Self | None:
        """A date out of a draft; one whose line was deleted meanwhile stays, without it (compare ``Figure``)."""
        pk = data.get("line")
        line = at_hand().get(StateLine, pk) if pk else None
        return super().from_serializable_data({**data, "line": line and pk}, check_fks, strict_fks)


class EntryPerson(EntryRow):
    """A person in an entry. The position is the one held that day unless typed here."""

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="entry_people")
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, on_delete=models.PROTECT, related_name="entry_people"
    )
    role = models.CharField(_("role in the event"), max_length=15, choices=EventRole.choices, blank=True)
    position = PlainCharField(
        _("position that day"),
        max_length=200,
        blank=True,
        help_text=_("Only if it differs from the positions on the person's record."),
    )

    class Meta(EntryRow.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "person"],
                name="entry_names_person_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This person is listed twice."),
            )
        ]


class EntryOrganisation(EntryRow):
    """An organisation that takes part in an entry."""

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="entry_organisations")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        on_delete=models.PROTECT,
        related_name="entry_organisations",
    )

    class Meta(EntryRow.Meta):
        verbose_name = _("organisation")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "organisation"],
                name="entry_names_organisation_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This organisation is listed twice."),
            )
        ]


class EntryCommodity(EntryRow):
    """A commodity or topic an entry is about."""

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="entry_commodities")
    commodity = models.ForeignKey(
        Commodity, verbose_name=_("goods"), null=True, on_delete=models.PROTECT, related_name="entry_commodities"
    )

    class Meta(EntryRow.Meta):
        verbose_name = _("goods")
        verbose_name_plural = _("goods")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "commodity"],
                name="entry_names_commodity_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("These goods are listed twice."),
            )
        ]


class Follow(EntryRow):
    """An earlier entry that this one follows from."""

    entry = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="follows")
    earlier = models.ForeignKey(
        EntryPage, verbose_name=_("earlier entry"), null=True, on_delete=models.PROTECT, related_name="followed_by"
    )

    class Meta(EntryRow.Meta):
        verbose_name = _("follows")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "earlier"],
                name="entry_follows_entry_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This entry is listed twice."),
            ),
            models.CheckConstraint(
                condition=~models.Q(entry=models.F("earlier")),
                name="entry_does_not_follow_itself",
                violation_error_message=NOT_ITSELF,
            ),
        ]

    def clean(self) -> None:
        super().clean()
        if self.earlier_id and self.earlier_id == self.entry_id:
            raise ValidationError(NOT_ITSELF)
