"""Record: what every source, person, organisation, commodity and category has in common."""

import uuid
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Orderable

from timeline.choices import NameKind

from .cluster import Cluster
from .fields import PlainCharField, PlainTextField, language_tag


class Record(Cluster):
    """A thing entries point to: one row, no drafts, deleted only when nothing uses it.

    ``key`` is the stable identity used by the content pack; it never changes and is
    never shown. ``slug`` is the public address; changing it leaves a redirect.
    """

    slug_source: ClassVar[str] = "name"

    key = models.CharField(max_length=120, unique=True, editable=False)
    slug = models.SlugField(
        _("address"),
        max_length=120,
        unique=True,
        blank=True,
        help_text=_("Last part of the public address. Left empty it is made from the name."),
        error_messages={"unique": _("Another record already has this address.")},
    )
    note = PlainTextField(_("editors' note"), blank=True, help_text=_("Private. Readers never see it."))

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **kwargs: Any) -> Self:
        instance = super().from_db(db, field_names, values, **kwargs)
        instance._stored_slug = instance.__dict__.get("slug")  # noqa: SLF001 - our own instance
        return instance

    def derive(self) -> None:
        """Give the fields that follow from others their values."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        self.slug = self.slug or free_slugs([self])[0]
        if not self.key:
            taken = type(self)._default_manager.filter(key=self.slug).exists()
            self.key = f"{self.slug[:110]}-{uuid.uuid4().hex[:8]}" if taken else self.slug
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._redirect_old_address()

    def _redirect_old_address(self) -> None:
        """Leave a permanent redirect behind when the slug changed."""
        stored: str | None = getattr(self, "_stored_slug", None)
        if stored and stored != self.slug:
            new = self.get_absolute_url()
            old = new.replace(f"/{self.slug}/", f"/{stored}/")
            Redirect.objects.filter(old_path=Redirect.normalise_path(new)).delete()
            Redirect.add_redirect(old, redirect_to=new, is_permanent=True)
        self._stored_slug = self.slug

    def get_absolute_url(self) -> str:
        raise NotImplementedError


def free_slugs(records: Sequence[Record]) -> list[str]:
    """For each of some records of one kind a slug from its name that no other has; one query."""
    kind = type(records[0])
    names = (slugify(str(getattr(record, record.slug_source)))[:100] for record in records)
    bases = [name or f"{kind._meta.model_name}-{uuid.uuid4().hex[:8]}" for name in names]
    like = [models.Q(slug__startswith=base) for base in set(bases)]
    others = kind._default_manager.filter(reduce(or_, like)).exclude(pk__in=[record.pk for record in records])
    taken = set(others.values_list("slug", flat=True))
    slugs = []
    for base in bases:
        slug, number = base, 2
        while slug in taken:
            slug, number = f"{base}-{number}", number + 1
        taken.add(slug)
        slugs.append(slug)
    return slugs


class AlternativeName(Orderable):
    """Another name under which a record is found."""

    name = PlainCharField(_("name"), max_length=200)
    language = models.CharField(
        _("language"),
        max_length=20,
        default="en",
        validators=[language_tag],
        help_text=_("Language tag, for example en or ja."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=NameKind.choices, default=NameKind.ALIAS)

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name
