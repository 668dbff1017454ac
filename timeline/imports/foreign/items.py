"""Items: what reference managers know of publications, as the records of sources.

The type of an item is that of CSL (https://docs.citationstyles.org, appendix III); the other formats
translate theirs. A type says seldom who stands behind a publication, so a known publisher decides first
(``known``), and a guess is noted.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from babel import Locale
from django.utils.translation import gettext as _

from timeline import edtf
from timeline.characters import CJK
from timeline.choices import SourceKind
from timeline.content.parts import Record
from timeline.imports.sheet import Sheet
from timeline.web.addresses import refusal, without_tracking, written_out
from timeline.web.archives import is_copy, original

from .markup import plain

KINDS: dict[str, SourceKind] = dict.fromkeys(
    ["bill", "hearing", "legal_case", "legislation", "regulation", "treaty", "patent"], SourceKind.PRIMARY_GOVERNMENT
) | dict.fromkeys(["dataset", "entry", "entry-dictionary", "entry-encyclopedia"], SourceKind.DATABASE)
"""Types that say who stands behind."""

LIKELY: dict[str, SourceKind] = dict.fromkeys(
    ["article-newspaper", "article-magazine", "broadcast", "interview"], SourceKind.NEWS
) | dict.fromkeys(
    ["report", "article", "article-journal", "book", "chapter", "paper-conference", "thesis"], SourceKind.THINK_TANK
)
"""What a type most often means, when nobody knows the publisher."""

BY_PUBLISHER = {"report", "book", "chapter", "thesis", "legislation", "bill", "regulation", "hearing", "dataset"}
"""Types whose publisher is the house, not the series or the site that they stand in."""

NO_SOURCE = {"note", "attachment", "annotation"}
"""What a library holds beside publications."""

MAX_BYLINE = 200

_UNDATED = re.compile(r"n\.? ?d\.?|s\.? ?[ad]\.?|no date|undated|forthcoming|in press|日付なし", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d?:\d\d.*)")
_KANA = re.compile("[\u3041-\u30ff]")
_CJK_ONLY = re.compile(f"[・゠{CJK}]+")


@dataclass
class Item:
    """One publication. ``more`` is what has no field: labels and texts for the editors' note."""

    label: str
    type: str = ""
    id: str = ""
    title: str = ""
    container: str = ""
    publisher: str = ""
    authors: list[str] = field(default_factory=list)
    issued: str = ""
    accessed: str = ""
    urls: list[str] = field(default_factory=list)
    doi: str = ""
    archive: str = ""
    language: str = ""
    more: list[tuple[str, str]] = field(default_factory=list)


def author(family: str, given: str) -> str:
    """A name as it is printed: 赤沢亮正, but Hanako Sato."""
    if family and given and _CJK_ONLY.fullmatch(family + given):
        return family + given
    return " ".join(filter(None, [given.strip(), family.strip()]))


def turned(name: str) -> str:
    """“Sato, Hanako” as it is printed."""
    family, comma, given = name.partition(",")
    return author(family.strip(), given.strip()) if comma else name.strip()


def archived(where: str, more: list[tuple[str, str]]) -> str:
    """The address of an archived copy; a place in an archive of paper goes into the note."""
    if not where or where.startswith("http"):
        return where
    more.append((_("Archive"), where))
    return ""


def note_attached(sheet: Sheet, label: str, number: int) -> None:
    """Say that the files of a record are left out, if it has some."""
    if number:
        sheet.note(label, "", _("Attached files are left out: %d.") % number)


def add_items(sheet: Sheet, program: str, items: Iterable[Item]) -> Sheet:
    """Put the items into the sheet as sources, with notes on what was left out."""
    for item in items:
        if item.type in NO_SOURCE:
            words = " ".join(plain(item.title)[0].split())[:60] or item.id
            sentence = _("This is a note or an attachment, not a publication, and is left out: “%s”.") % words
            sheet.note(item.label, "", sentence)
            continue
        sheet.records.append(_record(item, sheet, program))
        sheet.labels.append(item.label)
    return sheet


def _record(item: Item, sheet: Sheet, program: str) -> Record:
    more = list(item.more)
    title = " ".join(plain(item.title)[0].split())
    house, other = item.container, item.publisher
    if item.publisher and (item.type in BY_PUBLISHER or not item.container):
        house, other = other, house
    if other and other != house:
        more.append((_("Part of") if house == item.publisher else _("Publisher"), other))
    record: Record = {
        "title": title,
        "publisher": " ".join(plain(house)[0].split()) or None,
        "byline": _byline(item.authors, more),
        "published": _published(item.issued, more),
        "language": _language(item.language, title, more),
        "kind": item.type,  # made a kind by ``known``, which may know the publisher
    }
    if re.fullmatch("source-[0-9]+", item.id):
        record["id"] = item.id  # what our own exports call it; ``known`` looks whether it is that one
    if day := _day(item.accessed, more):
        record["accessed"] = day
    _addresses(item, record, sheet, more)
    lines = [f"{label}: {text}" for label, value in more if (text := plain(value)[0].strip())]
    record["note"] = "\n".join([_("From %s.") % program, *lines]) if lines else ""
    return record


def _byline(authors: list[str], more: list[tuple[str, str]]) -> str:
    names = [" ".join(name.split()) for name in authors if name.strip()]
    kept = list(names)
    while len(line := _joined(kept, len(names))) > MAX_BYLINE and kept:
        kept.pop()
    if len(kept) < len(names):
        more.append((_("Authors"), "; ".join(names)))
    return line


def _joined(kept: list[str], all_of_them: int) -> str:
    if len(kept) < all_of_them:
        return _("%s and others") % ", ".join(kept) if kept else ""
    return (
        _("%(names)s and %(last)s") % {"names": ", ".join(kept[:-1]), "last": kept[-1]} if kept[1:] else "".join(kept)
    )


def _published(text: str, more: list[tuple[str, str]]) -> str:
    """The date as it is written, which the field reads or refuses; an hour goes into the note."""
    text = text.strip()
    if _UNDATED.fullmatch(text):
        more.append((_("Date"), text))
        return ""
    if match := _MOMENT.fullmatch(text):
        more.append((_("Date"), text))
        return match[1]
    return text


def _day(text: str, more: list[tuple[str, str]]) -> str:
    """The day of access; what is less exact goes into the note."""
    if not text.strip():
        return ""
    try:
        date = edtf.parse(_published(text, []))
    except edtf.EDTFError:
        date = None
    if date and date.start and date.start == date.end and date.start.day:
        return date.lower.isoformat() if date.lower else ""
    more.append((_("Accessed"), text.strip()))
    return ""


def _language(text: str, title: str, more: list[tuple[str, str]]) -> str:
    """A language tag, of a tag or of a name in English or in the language itself."""
    text = text.strip()
    tag = text.replace("_", "-")
    primary, dash, rest = tag.partition("-")
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) and primary.lower() in Locale("en").languages:
        return f"{primary.lower()}{dash}{rest}"
    if found := _languages().get(unicodedata.normalize("NFKC", text).casefold()):
        return found
    if text:
        more.append((_("Language"), text))
    return "ja" if _KANA.search(title) else "en"


@cache
def _languages() -> dict[str, str]:
    """Languages by their names in English, some by their own, and some codes of three letters."""
    names = {name.casefold(): tag for tag, name in Locale("en").languages.items() if len(tag) == 2}
    for tag in ("ja", "ko", "zh", "fr", "de", "es", "it", "pt", "nl", "ru"):  # each is a file that is read
        names[str(Locale(tag).get_language_name(tag)).casefold()] = tag
    return names | {"eng": "en", "jpn": "ja"}


def _addresses(item: Item, record: Record, sheet: Sheet, more: list[tuple[str, str]]) -> None:
    doi = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", item.doi.strip(), flags=re.IGNORECASE)
    urls = [written_out(url) for url in item.urls if url.strip()]
    if doi.startswith("10."):
        urls.append(f"https://doi.org/{doi}")
    elif doi:
        more.append(("DOI", doi))
    sound = []
    for url in dict.fromkeys(urls):
        if sentence := refusal(url):
            sheet.report(item.label, "url", sentence)
            continue
        if is_copy(url) and not is_copy(page := original(url)):
            item.archive, url = item.archive or url, page
        bare, gone = without_tracking(url)
        if gone:
            sentence = _("Taken out of the address, since it only says where a reader came from: %s.")
            sheet.note(item.label, "url", sentence % ", ".join(gone))
        sound.append(bare)
    record["url"] = sound[0] if sound else ""
    record["addresses"] = sound[1:]
    if item.archive and not refusal(item.archive):
        record["archived_url"] = item.archive
    elif item.archive:
        more.append((_("Archive"), item.archive))
