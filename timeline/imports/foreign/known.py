"""What of other programs' records is there already, and what their words mean here: the only queries of this room.

A source is recognised by its address, by a further one, or by the number that our own exports gave it; an entry
by its permanent id, or by its headline and date. What is recognised stays as it is. A publisher whom nobody knows
becomes an organisation; a group becomes the category or the commodity of that name.
"""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from timeline import edtf
from timeline.choices import DateExtent, OrganisationKind, SourceKind
from timeline.content.kinds import CATEGORIES, COMMODITIES, ENTRIES, ORGANISATIONS
from timeline.content.parts import KnownRecords, Record
from timeline.imports.duplicates import at_pages, folded_title
from timeline.imports.finding import Finder
from timeline.imports.sheet import Finding, Sheet
from timeline.models import EntryPage, Organisation, Source
from timeline.names import name_key
from timeline.web.addresses import address_key

from .items import KINDS, LIKELY

STANDS_BEHIND = {
    OrganisationKind.GOVERNMENT: SourceKind.PRIMARY_GOVERNMENT,
    OrganisationKind.LEGISLATURE: SourceKind.PRIMARY_GOVERNMENT,
    OrganisationKind.MILITARY: SourceKind.PRIMARY_GOVERNMENT,
    OrganisationKind.STATE: SourceKind.PRIMARY_GOVERNMENT,
    OrganisationKind.PUBLIC_FINANCE: SourceKind.PRIMARY_GOVERNMENT,
    OrganisationKind.LAW_FIRM: SourceKind.LAW_FIRM,
    OrganisationKind.THINK_TANK: SourceKind.THINK_TANK,
    OrganisationKind.ACADEMIC: SourceKind.THINK_TANK,
    OrganisationKind.MEDIA: SourceKind.NEWS,
}
"""The kind of source that a publisher of some kind usually has."""

PRESS = {"article-newspaper", "article-magazine", "broadcast", "post-weblog"}

NAMED = 5
"""Records that a note names; the rest is counted."""


def settle(sheet: Sheet) -> list[Sheet]:
    """The sheet with what is known put in, after a sheet of what it needs and nobody has."""
    sheet.take_out_control()
    if sheet.kind is ENTRIES:
        _settle_entries(sheet)
        return [sheet]
    return [*_settle_sources(sheet), sheet]


def _keep(sheet: Sheet, same: Iterable[str | None]) -> None:
    """Let records that are there already be nothing but their id; one that comes twice stays once."""
    met: set[str] = set()
    records, labels = [], []
    for record, label, key in zip(sheet.records, sheet.labels, same, strict=True):
        if key and key in met:
            sheet.note(label, "", _("This is in the file twice; it is read once."))
            continue
        records.append(record)
        labels.append(label)
        met |= {key} if key else set()
    sheet.records, sheet.labels = records, labels


# -- sources ------------------------------------------------------------------------------


def _settle_sources(sheet: Sheet) -> list[Sheet]:
    found = _stored(sheet.records)
    for number, (record, label, source) in enumerate(zip(sheet.records, sheet.labels, found, strict=True)):
        record.pop("id", None)
        if source is None:
            continue
        if folded_title(source.title) != folded_title(str(record.get("title") or "")):
            words = {"number": source.number, "title": source.title}
            sentence = _("This page is source %(number)s already, “%(title)s”, which stays as it is.")
            sheet.note(label, "title", sentence % words)
        sheet.records[number] = {"id": source.key}
    _keep(sheet, [source.key if source else None for source in found])
    new = [(record, label) for record, label in zip(sheet.records, sheet.labels, strict=True) if "title" in record]
    return _settle_publishers(sheet, new)


def _stored(records: list[Record]) -> list[Source | None]:
    """The source that each record is, if any."""
    pages = [
        [key for url in (record.get("url"), *record.get("addresses", ())) if url and (key := address_key(url))]
        for record in records
    ]
    by_page = {key: source for source, keys in at_pages(set().union(*pages)) for key in keys}
    ids = [str(record.get("id") or "").removeprefix("source-") for record in records]
    numbers = [int(text) for text in ids if text.isascii() and text.isdigit() and len(text) < 9]
    by_number = {str(source.number): source for source in Source.objects.filter(number__in=numbers)}
    found = []
    for record, keys, number in zip(records, pages, ids, strict=True):
        same = next((by_page[key] for key in keys if key in by_page), None)
        other = by_number.get(number)
        if same is None and other and folded_title(other.title) == folded_title(str(record.get("title") or "")):
            same = other
        found.append(same)
    return found


def _settle_publishers(sheet: Sheet, new: list[tuple[Record, str]]) -> list[Sheet]:
    """Find who publishes, and from that what kind of source it is; make those whom nobody knows."""
    finder = Finder(KnownRecords(), {})
    names = {str(record["publisher"]) for record, _label in new if record.get("publisher")}
    finder.look_up((ORGANISATIONS.name, name) for name in names)
    keys = {name: finder.meant(ORGANISATIONS.name, name) for name in names}
    usual, houses = _usual({key for found in keys.values() for key in found})
    made = Sheet(sheet.file, ORGANISATIONS, is_table=sheet.is_table, is_foreign=True, headings=sheet.headings)
    fresh: dict[str, Record] = {}
    guessed: list[tuple[str, SourceKind]] = []
    for record, label in new:
        name, kind = str(record.get("publisher") or ""), str(record["kind"])
        found = keys.get(name, set())
        if name and not found and name_key(name) not in fresh:
            fresh[name_key(name)] = {"name": name, "kind": str(OrganisationKind.MEDIA if kind in PRESS else "other")}
            made.records.append(fresh[name_key(name)])
            made.labels.append(label)
            made.places |= {(one, "name"): at for (one, path), at in sheet.places.items() if path == "publisher"}
            sheet.note(label, "publisher", _new_publisher(name, finder.longer(ORGANISATIONS.name, name)))
        key = next(iter(found)) if len(found) == 1 else ""
        known = KINDS.get(kind) or usual.get(key) or STANDS_BEHIND.get(houses.get(key, OrganisationKind.OTHER))
        if not known:
            known = LIKELY.get(kind, SourceKind.NEWS)
            guessed.append((label, known))
        record["kind"] = str(known)
    _note_guesses(sheet, guessed)
    return [made] if made.records else []


def _new_publisher(name: str, longer: str) -> str:
    sentence = _("“%s” is no organisation here yet and becomes one.") % name
    if longer:
        sentence += " " + _("It may be short for %s: if so, give that organisation this name first.") % longer
    return sentence


def _usual(keys: set[str]) -> tuple[dict[str, SourceKind], dict[str, OrganisationKind]]:
    """What most sources of some organisations are, and what these are themselves."""
    counted = Source.objects.filter(publisher__key__in=keys).values_list("publisher__key", "kind")
    usual: dict[str, SourceKind] = {}
    for key, kind, _times in counted.annotate(times=Count("pk")).order_by("times", "kind"):
        usual[key] = SourceKind(kind)
    houses = dict(Organisation.objects.filter(key__in=keys).values_list("key", "kind"))
    return usual, {key: OrganisationKind(kind) for key, kind in houses.items()}


def _note_guesses(sheet: Sheet, guessed: list[tuple[str, SourceKind]]) -> None:
    if not guessed:
        return
    kinds = Counter(str(kind.label) for _label, kind in guessed)
    words = {
        "kinds": ", ".join(f"{kind}: {number}" for kind, number in kinds.items()),
        "records": ", ".join(sheet.where(label) for label, _kind in guessed[:NAMED])
        + (" …" if len(guessed) > NAMED else ""),
    }
    sentence = _(
        "The file does not say who stands behind these sources, so their kind is guessed from what they are "
        "(%(kinds)s): %(records)s."
    )
    sheet.notes.append(Finding(sheet.file, sentence % words))


# -- entries ------------------------------------------------------------------------------


def _settle_entries(sheet: Sheet) -> None:
    uids = [_uid(record.get("uid")) for record in sheet.records]
    headlines = [str(record["headline"]) for record in sheet.records]
    there = EntryPage.objects.filter(Q(uid__in=filter(None, uids)) | Q(title__in=headlines)).only(
        "key", "uid", "title", "date", "date_extent"
    )
    by_uid = {entry.uid: entry for entry in there}
    by_words = {(entry.title, _ends(entry.date, entry.date_extent)): entry for entry in there}
    same = []
    for number, (record, label, uid) in enumerate(zip(sheet.records, sheet.labels, uids, strict=True)):
        ends = _ends(record["date"]["edtf"])
        entry = (by_uid.get(uid) if uid else None) or by_words.get((str(record["headline"]), ends))
        same.append(entry.key if entry else None)
        if entry is None:
            foreign = record.pop("uid")
            if foreign and not uid:
                record["editor_note"] = _more(record["editor_note"], "Unique id", foreign)
            continue
        sheet.records[number] = {"id": entry.key}
        if entry.title != record["headline"]:
            sheet.records[number]["headline"] = record["headline"]
        if _ends(entry.date, entry.date_extent) != ends:
            sheet.records[number]["date"] = record["date"]
        sheet.note(label, "", _("This is the entry “%s”: only its headline and its date are compared.") % entry.title)
    _keep(sheet, same)
    _settle_groups(sheet)


def _uid(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text)) if text else None
    except ValueError:
        return None


def _ends(date: str, extent: str = "") -> tuple[tuple[int, int | None, int | None], ...]:
    """The days, months or years that TimelineJS is told of a date: it knows neither “about” nor an open end.

    Of a month or a year that an event lasted it is told the first and the last day.
    """
    try:
        value = edtf.parse(date)
    except edtf.EDTFError:
        return ()
    ends: Iterable[Any] = value.in_months.ends
    if value.is_single and value.may_last and extent == DateExtent.LASTED:
        ends = (value.lower, value.last)
    return tuple((end.year, end.month, end.day) for end in ends)


def _settle_groups(sheet: Sheet) -> None:
    """Make a category or a commodity of what a group is called; else the note keeps it."""
    groups = {str(record["category"]) for record in sheet.records if record.get("category")}
    finder = Finder(KnownRecords(), {})
    finder.look_up((kind.name, name) for name in groups for kind in (CATEGORIES, COMMODITIES))
    for record, label in zip(sheet.records, sheet.labels, strict=True):
        name = record.pop("category", None)
        if not name:
            continue
        categories, commodities = (finder.meant(kind.name, name) for kind in (CATEGORIES, COMMODITIES))
        if len(categories) == 1:
            record["category"] = next(iter(categories))
        elif len(commodities) == 1:
            record["commodities"] = list(commodities)
        else:
            record["editor_note"] = _more(record["editor_note"], _("Group"), name)
            sheet.note(label, "category", _("No kind of event is called “%s”; the editors’ note keeps it.") % name)


def _more(note: str, name: str, text: str) -> str:
    return "\n".join(filter(None, [note or _("From %s.") % "TimelineJS", f"{name}: {text}"]))
