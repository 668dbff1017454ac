"""What uses a record, read as far as people do: a person may stand in a hundred thousand entries.

Wagtail fetches every use to count them, to show twenty, and to know whether one forbids to delete the record.
DECISIONS 145.
"""

from collections import defaultdict
from itertools import groupby
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import ngettext
from wagtail.admin.ui.side_panels import StatusSidePanel
from wagtail.models import ReferenceIndex
from wagtail.models.reference_index import ReferenceGroups, ReferenceIndexQuerySet

MOST_READ = 1_000
"""References to one record that are read."""


class FirstUses(ReferenceGroups):
    """The users of a record with their references, of the first that are found; ``has_more``: there are others."""

    def __init__(self, references: ReferenceIndexQuerySet) -> None:
        found = list(references.order_by()[: MOST_READ + 1])
        self.has_more = len(found) > MOST_READ
        super().__init__(found[:MOST_READ])

    def __getitem__(self, part: slice) -> list[tuple[Any, list[ReferenceIndex]]]:
        """Some of the users, fetched in a query for each kind of them."""
        groups = [list(references) for _user, references in groupby(self.qs, key=_user_of)][part]
        ids: defaultdict[int, set[str]] = defaultdict(set)
        for kind, pk in (_user_of(references[0]) for references in groups):
            ids[kind].add(pk)
        users: dict[tuple[int, str], Any] = {}
        for kind, keys in ids.items():
            model: Any = ContentType.objects.get_for_id(kind).model_class()
            users |= {(kind, str(user.pk)): user for user in model._base_manager.filter(pk__in=keys)}  # noqa: SLF001
        found = ((users.get(_user_of(references[0])), references) for references in groups)
        return [(user, references) for user, references in found if user]


def _user_of(reference: ReferenceIndex) -> tuple[int, str]:
    return reference.base_content_type_id, reference.object_id


def _usage(self: StatusSidePanel) -> dict[str, Any]:
    """How many use what a form is about, for the panel of its status."""
    uses = ReferenceIndex.get_grouped_references_to(self.object) if self.object.pk else ()
    context = {"usage_count": len(uses), "usage_url": self.usage_url}
    if getattr(uses, "has_more", False):
        said = ngettext("Used at least %(count)s time", "Used at least %(count)s times", len(uses))
        context["usage_url_text"] = said % {"count": len(uses)}
    return context


def cap_all() -> None:
    """Read no more uses than these, wherever the admin asks for them."""
    ReferenceIndexQuerySet.group_by_source_object = lambda references: FirstUses(references)
    StatusSidePanel.get_usage_context = _usage
