"""Takes a merge back: the removed record returns, and what still points to the kept one goes with it."""

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import ReferenceIndex, Revision

from timeline import edition
from timeline.models import EntryPage, Merge, PublishedEntry
from timeline.models.record import Record

from . import revisions
from .merge import refresh, settle
from .plan import RefusedError, foreign_keys
from .pointers import MERGEABLE, entry_of


def undo(merge: Merge, *, user: Any = None) -> list[str]:
    """Bring the removed record back with its id, key, address and rows.

    Returns sentences on what could not be put back. Raises :class:`RefusedError` when nothing
    can be: the merge is undone already, the kept record has gone, or its place is taken.
    """
    with transaction.atomic():
        merge = Merge.objects.select_for_update().get(pk=merge.pk)
        return _Undoing(merge, user).run()


class _Undoing:
    def __init__(self, merge: Merge, user: Any) -> None:
        self.merge, self.user = merge, user
        self.model: Any = MERGEABLE[merge.kind]
        self.fields = merge.removed["fields"]
        self.pk = merge.removed["pk"]
        self.lost: list[str] = []

    def run(self) -> list[str]:
        self.kept = self._kept()
        merge, moved = self.merge, self.merge.moved
        affected = set(PublishedEntry.objects.filter(edition.entries_about(self.kept)).values_list("pk", flat=True))
        self._empty_filled()
        self._refuse_when_taken()
        self._take_back_addresses()
        self._bring_back()
        self._give_back_rows()
        self._bring_back_dropped()
        lost = revisions.restore(moved["revisions"], merge.kind, self.pk, self.kept.pk)
        if lost:
            sentence = ngettext(
                "%d row of a draft or an old version was not found any more.",
                "%d rows of drafts and old versions were not found any more.",
                lost,
            )
            self.lost.append(sentence % lost)
        self._give_back_newer_drafts()
        index = ReferenceIndex.objects.filter(pk__in=moved["index"], to_object_id=str(self.kept.pk))
        index.update(to_object_id=str(self.pk))
        removed: Record = self.model.objects.get(pk=self.pk)
        removed.save()  # what follows from the other columns: the tree, keys of addresses
        names = {"kept": merge.kept_name, "removed": merge.removed_name}
        for record in (self.kept, removed):
            log(instance=record, action="timeline.unmerge", user=self.user, data=names, content_changed=True)
        settle()
        refresh(affected, self.kept, removed)
        merge.undone_at, merge.undone_by = timezone.now(), self.user
        merge.save(update_fields=["undone_at", "undone_by"])
        return self.lost

    def _kept(self) -> Any:
        if self.merge.undone_at:
            raise RefusedError([_("This merge has been undone already.")])
        kept = self.model.objects.select_for_update().filter(key=self.merge.kept_key).first()
        if kept is None:
            later = Merge.objects.filter(kind=self.merge.kind, removed_key=self.merge.kept_key, undone_at=None).first()
            if later:
                words = {"kept": self.merge.kept_name, "into": later.kept_name}
                raise RefusedError([_("“%(kept)s” has since been merged into “%(into)s”. Undo that first.") % words])
            raise RefusedError(
                [_("“%s” has been deleted since, so nothing can go back from it.") % self.merge.kept_name]
            )
        return kept

    def _empty_filled(self) -> None:
        """Take from the kept record what it took, unless an editor has changed it since."""
        changed = False
        for name, value in self.merge.moved["filled"].items():
            field = self.model._meta.get_field(name)
            if str(getattr(self.kept, field.attname)) == value:
                setattr(self.kept, name, None if field.null else "")
                changed = True
            else:
                self.lost.append(_("“%s” of the kept record was changed since and stays.") % field.verbose_name)
        if changed:
            self.kept.save()

    def _refuse_when_taken(self) -> None:
        """The record's own address, number and name must be free; its id always is."""
        taken = []
        for field in self.model._meta.concrete_fields:
            value = self.fields.get(field.name)
            if value and (field.unique or (self.merge.kind, field.name) == ("source", "url")):
                other = self.model.objects.filter(**{field.name: value}).first()
                if other:
                    words = {"field": field.verbose_name, "value": value, "other": other}
                    taken.append(
                        _("The %(field)s “%(value)s” is now that of “%(other)s”. Change it there first.") % words
                    )
        if taken:
            raise RefusedError(taken)

    def _take_back_addresses(self) -> None:
        moved = self.merge.moved
        new = self.kept.get_absolute_url()
        old = self.model(slug=self.fields["slug"]).get_absolute_url()
        Redirect.objects.filter(pk=moved["redirect"]).delete()
        Redirect.objects.filter(old_path=Redirect.normalise_path(old)).delete()
        Redirect.objects.filter(pk__in=moved["redirects"], redirect_link=new).update(redirect_link=old)
        for label, pk in moved["made"]:
            apps.get_model(label)._default_manager.filter(pk=pk).delete()

    def _bring_back(self) -> None:
        """The removed record itself; a record it pointed to may have gone meanwhile."""
        for field in foreign_keys(self.model()):
            target = self.fields[field.name]
            if target and not field.related_model._default_manager.filter(pk=target).exists():
                self.fields[field.name] = None
                self.lost.append(_("“%s” stays empty: that record has been deleted.") % field.verbose_name)
        for record in serializers.deserialize("python", [self.merge.removed]):
            record.save()

    def _give_back_rows(self) -> None:
        for label, rows in self.merge.moved["rows"].items():
            model: Any = apps.get_model(label)
            found = model._default_manager.filter(pk__in=rows["pks"], **{rows["field"]: self.kept})
            if lost := len(rows["pks"]) - found.update(**{rows["field"]: self.pk}):
                words = {"n": lost, "rows": model._meta.verbose_name_plural}
                self.lost.append(_("%(rows)s: %(n)d were changed or deleted since and stay as they are.") % words)
        for label, pk, name, value in self.merge.moved["absorbed"]:
            apps.get_model(label)._default_manager.filter(pk=pk, **{name: value}).update(**{name: ""})

    def _bring_back_dropped(self) -> None:
        """Rows that stood twice; not in an entry edited since, whose next version would drop them again."""
        rows = [found.object for found in serializers.deserialize("python", self.merge.moved["dropped"])]
        edited = self._edited_since()
        for row in rows:
            whole = all(
                getattr(row, field.attname) is None
                or field.related_model._default_manager.filter(pk=getattr(row, field.attname)).exists()
                for field in foreign_keys(row)
            )
            entry = entry_of(row) if whole else None
            if not whole or (entry is not None and entry.pk in edited):
                name = entry.title if entry else str(row._meta.verbose_name)
                words = {"entry": name, "record": self.merge.removed_name}
                self.lost.append(_("“%(entry)s” was edited since: name “%(record)s” there yourself.") % words)
            else:
                models.Model.save_base(row, raw=True)

    def _edited_since(self) -> set[int]:
        """The entries with a draft or a version newer than the merge."""
        newer = Revision.objects.filter(
            created_at__gt=self.merge.merged_at, content_type=ContentType.objects.get_for_model(EntryPage)
        )
        return {int(pk) for pk in newer.values_list("object_id", flat=True).distinct()}

    def _give_back_newer_drafts(self) -> None:
        """Versions written since the merge hold the same rows; without this they would be moved again."""
        moved = {label: set(rows["pks"]) for label, rows in self.merge.moved["rows"].items()}
        lists = {
            "entry_people": "timeline.entryperson",
            "entry_commodities": "timeline.entrycommodity",
            "statements": "timeline.citation",
            "figures": "timeline.figurecitation",
            "disagreements": "timeline.account",
            "source_notes": "timeline.sourcenote",
            "attachments": "timeline.attachment",
            "lanes": "timeline.lanecommodity",
        }
        newer = revisions.naming(self.merge.kind, self.kept.pk).filter(created_at__gt=self.merge.merged_at)
        revisions.give_back(
            newer, self.merge.kind, self.pk, self.kept.pk, lambda path: moved.get(lists.get(str(path[0]), ""), set())
        )
