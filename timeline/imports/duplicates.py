"""Likely duplicates: records of a file that may be there already, by the rules by which the forms ask.

The same page is a problem; a name or title that is alike is a doubt, which an editor may put aside.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from timeline.content.kinds import SOURCES, Kind
from timeline.content.problems import ContentProblem
from timeline.models import Source, SourceAddress
from timeline.models.source import FoldedTitle
from timeline.names import NearNames
from timeline.web.addresses import address_key
from timeline.web.archives import is_copy, original

from .finding import BY_NAME, MOST, label, names_of

if TYPE_CHECKING:
    from .checking import Step

Found = Iterator[tuple["Step", ContentProblem]]


def same_pages(steps: list["Step"]) -> Found:
    """Sources of the file at a page that another source has, in the file or among the stored ones; one query."""
    first: dict[str, Step] = {}
    fresh: dict[str, Step] = {}
    for step in steps:
        is_fresh = step.stored is None or bool({"url", "addresses"} & set(step.fields))
        for key in _pages(step):
            other = first.setdefault(key, step)
            if other.key != step.key and (is_fresh or key in fresh):
                sentence = _("This is the same page as in %s. Keep one of the two.") % _where(other)
                yield _at(step, "url", sentence)
            elif is_fresh:
                fresh.setdefault(key, step)
    own = {step.key for step in steps}
    for source, keys in at_pages(set(fresh)):
        for key in keys & fresh.keys() if source.key not in own else ():
            words = {"number": source.number, "title": source.title, "id": source.key}
            sentence = _("This page is source %(number)s already, “%(title)s”. To mean it, write its id (%(id)s).")
            yield _at(fresh[key], "url", sentence % words)


def archived(steps: list["Step"]) -> Found:
    """Sources of the file whose address is that of an archive's copy."""
    for step in steps:
        url = str(step.record.get("url") or "")
        if is_copy(url) and (step.stored is None or "url" in step.fields):
            page = original(url)
            sentence = (
                _("This is a copy in an archive. Write the address of the page itself, and this one as archived_url.")
                if is_copy(page)
                else _("This is a copy in an archive. Write %(page)s here, and this address as archived_url.")
                % {"page": page}
            )
            yield _at(step, "url", sentence)


def _pages(step: "Step") -> list[str]:
    urls = [step.record.get("url"), *(step.record.get("addresses") or ())]
    return list(dict.fromkeys(address_key(url) or url for url in urls if url))


def at_pages(keys: set[str]) -> Iterator[tuple[Source, set[str]]]:
    """The stored sources at these pages, each with its keys among them."""
    if not keys:
        return
    further = defaultdict(set)
    for pk, key in SourceAddress.objects.filter(address_key__in=keys).values_list("source", "address_key"):
        further[pk].add(key)
    for source in Source.objects.filter(Q(address_key__in=keys) | Q(url__in=keys) | Q(pk__in=further)):
        yield source, {source.address_key or source.url, *further[source.pk]}


def alike(kind: Kind, steps: list["Step"]) -> Found:
    """New records with a name, or where one of two has no address the title, of another; some queries a kind."""
    new = [step for step in steps if step.stored is None]
    if new and kind is SOURCES:
        yield from _same_titles(new)
    elif new and kind.name in BY_NAME:
        yield from _near_names(kind, new)


def _near_names(kind: Kind, new: list["Step"]) -> Found:
    model = kind.model
    stored: NearNames[tuple[str, str]] = NearNames()
    called = dict(model._default_manager.values_list("key", "name"))
    rows = list(called.items())
    if hasattr(model, "names"):
        names = model.names.rel.related_model._default_manager
        rows += names.values_list(f"{model._meta.model_name}__key", "name")
    for key, name in rows:
        stored.add(name, (called[key], key))
    above: NearNames[int] = NearNames()
    for number, step in enumerate(new):
        found = [
            _("the %(noun)s “%(name)s” (%(id)s)") % {"noun": kind.noun, "name": name, "id": key}
            for name, key in stored.near(label(step.record))[:MOST]
        ]
        if found:
            yield _like_stored(step, found)
        earlier = {other for name in names_of(step.record) for other in above.near(name)}
        yield from _like_rows(step, [new[other] for other in sorted(earlier)])
        for name in names_of(step.record):
            above.add(name, number)


def _same_titles(new: list["Step"]) -> Found:
    titles = {folded_title(str(step.record.get("title") or "")) for step in new} - {""}
    stored = defaultdict(list)
    for source in Source.objects.alias(folded=FoldedTitle("title")).filter(folded__in=titles):
        stored[folded_title(source.title)].append(source)
    above: dict[str, list[Step]] = defaultdict(list)
    for step in new:
        title, pages = folded_title(str(step.record.get("title") or "")), _pages(step)
        found = [
            _("source %(number)s “%(name)s” (%(id)s)")
            % {"number": source.number, "name": source.title, "id": source.key}
            for source in stored[title]
            if not (pages and source.url)
        ]
        if found:
            yield _like_stored(step, found[:MOST])
        yield from _like_rows(step, [other for other in above[title] if title and not (pages and _pages(other))])
        above[title].append(step)


def folded_title(title: str) -> str:
    """A title as :class:`FoldedTitle` gives it."""
    return "".join(char for char in unicodedata.normalize("NFKC", title).lower() if char.isalnum())


def _like_stored(step: "Step", found: list[str]) -> tuple["Step", ContentProblem]:
    words = {"name": step.name, "found": ", ".join(found)}
    sentence = _("“%(name)s” looks like %(found)s. Write that id to mean it, or tick “New all the same”.")
    return _at(step, "", sentence % words)


def _like_rows(step: "Step", others: list["Step"]) -> Found:
    others = [other for other in others if other.key != step.key]
    if others:
        places = ", ".join(f"“{other.name}” ({_where(other)})" for other in others[:MOST])
        words = {"name": step.name, "found": places}
        sentence = _("“%(name)s” looks like %(found)s. Keep one of them, or tick “New all the same”.")
        yield _at(step, "", sentence % words)


def _at(step: "Step", path: str, sentence: str) -> tuple["Step", ContentProblem]:
    return step, ContentProblem(step.sheet.file, step.label, path, sentence)


def _where(step: "Step") -> str:
    return step.sheet.locate(ContentProblem(step.sheet.file, step.label, "", "")).where
