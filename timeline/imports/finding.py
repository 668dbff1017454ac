"""Records as a table names them: found by id, address, number or name, in the file and in the database."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from timeline.choices import NameKind
from timeline.content.kinds import CATEGORIES, KINDS, Kind
from timeline.content.parts import KnownRecords, Record, Reference, Rows, Shape
from timeline.models import Source, SourceAddress
from timeline.names import name_key, similarity
from timeline.web.addresses import address_key

NEAR = 0.6
"""From this similarity on, a name is offered in place of one that is not known."""

MOST = 5
"""More than an editor would compare are not named."""

_LEGAL_FORMS = {"the", "co", "company", "corp", "corporation", "group", "inc", "incorporated", "llc", "ltd", "plc"}
"""Words without which a name is as full: Boeing is no other than The Boeing Company."""

Resolve = Callable[[str, str], str]
"""The id of the record of a kind that a text means."""

MAY_BE_SHORT = {"people", "organisations"}
"""Kinds with names that are short for others: “Nikkei” for Nikkei Asia, a family name for a person."""

BY_NAME = {"people", "organisations", "commodities", "categories", "series", "state", "storylines", "terms"}


def pointed(shape: Shape, instance: Any) -> Iterable[tuple[str, Any]]:
    """The kind and the primary key of everything that a stored record and its (prefetched) rows point to."""
    for part in shape.parts:
        if isinstance(part, Reference):
            if pk := getattr(instance, part.column.attname):
                yield part.kind, pk
        elif isinstance(part, Rows):
            for row in getattr(instance, part.relation).all():
                yield from pointed(part.shape, row)


class Finder:
    """Finds records by what an editor writes. Queries grow with kinds, not with rows."""

    def __init__(self, known: KnownRecords, new: dict[str, list[Record]]) -> None:
        """``new`` are the records that the files would create, by kind."""
        self.known = known
        self._found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._names: dict[str, dict[str, set[str]]] = {}
        self._labels: dict[tuple[str, str], str] = {}
        self._by_names: dict[str, set[str]] = defaultdict(set)
        """Texts that are neither an id nor an address, so that a name must say what they mean."""
        self._in_full: dict[str, set[tuple[str, str]]] = defaultdict(set)
        """Names in the original script, folded, with whose they are: as full as the names that they stand for."""
        self.new = new

    def look_up(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Fetch what is meant by these pairs of kind and text, so that :meth:`find` can answer."""
        by_kind: dict[str, set[str]] = defaultdict(set)
        for kind_name, text in wanted:
            by_kind[kind_name].add(text)
        for kind in KINDS:
            texts = by_kind.get(kind.name, set())
            if not texts:
                continue
            for record in self.new.get(kind.name, ()):
                self._note(kind.name, record["id"], record["id"], record.get("slug"))
                self._labels[kind.name, record["id"]] = label(record)
            for instance in kind.model._default_manager.filter(_exactly(kind.model, texts)):
                self._add(kind, instance)
            if kind.model is Source:
                self._by_address(kind, texts)
            unknown = {text for text in texts if text not in self._found[kind.name]}
            if unknown and kind.name in BY_NAME:
                self._by_name(kind, unknown)

    def _add(self, kind: Kind, instance: Any) -> None:
        self.known.add(kind.name, instance)
        number = str(instance.number) if isinstance(instance, Source) else None
        self._note(kind.name, instance.key, instance.key, instance.slug, number)
        self._labels[kind.name, instance.key] = str(instance)

    def _note(self, kind: str, key: str, *texts: str | None) -> None:
        for text in texts:
            if text:
                self._found[kind][text].add(key)

    def _by_address(self, kind: Kind, texts: set[str]) -> None:
        keys = {address_key(text): text for text in texts if "://" in text}
        if not keys:
            return
        further = SourceAddress.objects.filter(address_key__in=keys).values_list("source", "address_key")
        other = dict(further)
        for source in Source.objects.filter(Q(address_key__in=keys) | Q(pk__in=other)):
            self._add(kind, source)
            for own in (source.address_key, other.get(source.pk)):
                if own in keys:
                    self._note(kind.name, source.key, keys[own])

    def _by_name(self, kind: Kind, unknown: set[str]) -> None:
        """Every name of a kind, folded: there are some hundreds."""
        model, relation = kind.model, kind.model._meta.model_name
        rows = list(model._default_manager.values_list("key", "name"))
        if hasattr(model, "names"):
            names = model.names.rel.related_model._default_manager
            further = names.exclude(kind=NameKind.HIDDEN).values_list(f"{relation}__key", "name", "kind")
            rows += [(key, name) for key, name, _kind in further]
            self._in_full[kind.name] = {(key, name_key(name)) for key, name, of in further if of == NameKind.NATIVE}
        rows += [(record["id"], name) for record in self.new.get(kind.name, ()) for name in names_of(record)]
        folded: dict[str, set[str]] = defaultdict(set)
        for key, name in rows:
            folded[name_key(name)].add(key)
            self._labels.setdefault((kind.name, key), name)
        self._names[kind.name] = folded
        self._by_names[kind.name] = unknown
        meant = {text: folded.get(name_key(text), set()) for text in unknown}
        for instance in model._default_manager.filter(key__in=set().union(*meant.values())):
            self._add(kind, instance)
        for text, keys in meant.items():
            self._found[kind.name][text] |= keys

    def meant(self, kind: str, text: str) -> set[str]:
        """The ids of all that a text may mean."""
        keys = self._found[kind].get(text) or set()
        return {text} if text in keys else keys  # an id is an id, whatever else is called so

    def find(self, kind: str, text: str) -> tuple[str | None, str]:
        """The id of what is meant; or None and a sentence that says why not."""
        keys = self.meant(kind, text)
        if len(keys) == 1:
            return next(iter(keys)), ""
        noun = next(other.noun for other in KINDS if other.name == kind)
        words = {"noun": noun, "text": text[:60], "file": f"{kind}.csv"}
        if keys:
            words["meant"] = ", ".join(f"{self._labels.get((kind, key), key)} ({key})" for key in sorted(keys))
            return None, _("“%(text)s” is the name of more than one %(noun)s: %(meant)s. Write the id.") % words
        if kind == CATEGORIES.name:
            words["known"] = ", ".join(sorted(self._labels[kind, key] for (one, key) in self._labels if one == kind))
            return None, _("There is no %(noun)s “%(text)s”. There are: %(known)s.") % words
        if near := self._near(kind, text):
            words["near"] = near
            sentence = _(
                "There is no %(noun)s “%(text)s”. Did you mean %(near)s? Else create it first, or add it to %(file)s."
            )
            return None, sentence % words
        return None, _("There is no %(noun)s “%(text)s”. Create it first, or add it to %(file)s.") % words

    def doubt(self, kind: str, text: str) -> str:
        """A sentence that asks whether the record found is meant, where its further name is short for a longer one."""
        keys = self.meant(kind, text)
        if kind not in MAY_BE_SHORT or text not in self._by_names[kind] or len(keys) != 1:
            return ""
        key, folded = next(iter(keys)), name_key(text)
        own = self._labels.get((kind, key), key)
        if name_key(own) == folded or (key, folded) in self._in_full[kind]:
            return ""
        longer = {
            other
            for name, others in self._names[kind].items()
            if _is_part(folded, name)
            for other in others
            if other != key or name == name_key(own)
        }
        noun = next(other.noun for other in KINDS if other.name == kind)
        words = {"noun": noun, "text": text[:60], "name": own, "id": key}
        if others := sorted(longer - {key}):
            words["others"] = ", ".join(f"“{self._labels.get((kind, one), one)}” ({one})" for one in others[:MOST])
            sentence = _(
                "“%(text)s” is taken for the %(noun)s “%(name)s” (%(id)s), but it may be short for %(others)s. "
                "Write an id, or tick “They are meant”."
            )
            return sentence % words
        if longer:
            sentence = _(
                "“%(text)s” is taken for the %(noun)s “%(name)s” (%(id)s), for which it is short. "
                "If another is meant, write its id or its name in full; else tick “They are meant”."
            )
            return sentence % words
        return ""

    def longer(self, kind: str, text: str) -> str:
        """The records that a text may be short for, in words; empty for none."""
        short = name_key(text)
        known = self._names.get(kind, {}).items()
        keys = dict.fromkeys(key for name, keys in known if _is_part(short, name) for key in sorted(keys))
        return ", ".join(f"“{self._labels[kind, key]}” ({key})" for key in list(keys)[:MOST])

    def _near(self, kind: str, text: str) -> str:
        scored = [
            (similarity(text, name), key) for name, keys in self._names.get(kind, {}).items() for key in keys if name
        ]
        best = dict.fromkeys(key for score, key in sorted(scored, reverse=True) if score >= NEAR)
        return ", ".join(f"“{self._labels[kind, key]}” ({key})" for key in list(best)[:2])


def _is_part(short: str, name: str) -> bool:
    """Whether a folded name has all words of a shorter one and more; Japanese puts no space between words."""
    if short.isascii():
        words, own = set(name.split()), set(short.split())
        return own < words and not words - own <= _LEGAL_FORMS
    return short != name and short in name


def _exactly(model: type[Model], texts: set[str]) -> Q:
    asked = Q(key__in=texts) | Q(slug__in=texts)
    if model is Source:
        asked |= Q(number__in=[int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 9])
    return asked


def names_of(record: Record) -> list[str]:
    """Every name of a record that stands in a file and means nobody else: one that is not shown may."""
    rows = [row for row in record.get("names") or () if isinstance(row, dict) and row.get("kind") != NameKind.HIDDEN]
    further = [row["name"] for row in rows if row.get("name")]
    return [label(record), *further]


def label(record: Record) -> str:
    """What a record is called: a headline, a title, a name."""
    person = " ".join(str(record[name]) for name in ("given_name", "family_name") if record.get(name))
    named = (record.get(name) for name in ("headline", "title", "name", "label"))
    return next((str(name) for name in named if name), "") or person or str(record.get("id") or "")
