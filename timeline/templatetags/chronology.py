"""What templates ask of the public document: words (from ``wording``), marks, classes, order.

Everything is cached by its value, because a page of fifty entries asks for the same
few hundred phrases again and again.
"""

import datetime
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape  # Django's own takes four times as long, and options are many
from itertools import groupby
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from timeline import choices, countries, edtf, punctuation
from timeline.models.document import (
    AccountDocument,
    AttachmentDocument,
    CitationDocument,
    DisagreementDocument,
    EntryDateDocument,
    EntryDocument,
    SourceDocument,
    StatementDocument,
)
from timeline.public import attachments, lanes, wording
from timeline.public.language import Original, foreign, here, in_original, marked, original
from timeline.public.lead import lead
from timeline.public.site import absolute
from timeline.punctuation import marks

register = template.Library()
for words in (
    wording.attachment_count,
    wording.basis,
    wording.correction_text,
    wording.corrections,
    wording.excerpt,
    wording.figure_standing,
    wording.figure_value,
    wording.happened,
    wording.label,
    wording.sentence_case,
    wording.source_count,
    wording.source_line,
    wording.source_name,
    wording.source_title,
    wording.stop,
    wording.when,
    wording.written,
):
    register.filter(words)
register.filter(here)
register.filter(original)
register.filter(absolute)
register.filter(lanes.colour)
register.filter(lanes.commodity_colour)
register.filter("country", countries.name)

Option = dict[str, Any]
"""An option of a facet: "id", "value", "label", "detail", "depth", "count", "checked" and its "children"."""

EM = 13
"""Pixels of the type in a chart, as long as the reader has set no other size."""

MOST_NUMBERS = 3
"""Numbers of sources behind a sentence in a list."""

SENTENCES = 3
"""Statements that run on in one paragraph; more would be a block of grey."""


register.filter(attachments.main_picture)
register.filter(attachments.scaled)
register.filter(attachments.shown_beside)


# -- pictures -----------------------------------------------------------------------------


@register.filter
def srcset(picture: AttachmentDocument) -> str:
    """The widths in which a picture comes, for browsers to choose from."""
    return ", ".join(f"{attachments.at(picture, width)} {width}w" for width in attachments.widths(picture))


@register.filter
def extension(address: str) -> str:
    """What kind of file stands at an address, as people call it: PDF."""
    return address.rpartition(".")[2].upper()


@register.filter
def of_draft(previews: dict[str, str], attachment: AttachmentDocument) -> str:
    """Where an editor sees what is attached to a draft, which readers cannot have yet."""
    return previews.get(attachment["id"], "")


# -- the page -----------------------------------------------------------------------------


@register.filter
def plain(text: str) -> str:
    """Words where no mark of their language may stand: in a title or an attribute."""
    return str(text)


@register.filter
def em(pixels: float) -> str:
    """A length of a chart, which grows with the reader's type."""
    return f"{round(pixels / EM, 3):g}em"


# Nothing in a data block may end it or begin a comment in it.
_UNSAFE = {char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """Plain data as the text of a ``<script type="application/ld+json">``."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char, escaped in _UNSAFE.items():  # str.translate takes fifty times as long
        text = text.replace(char, escaped)
    return SafeString(text)


@register.simple_tag(takes_context=True)
def current(context: RequestContext, path: str, *related: str) -> SafeString:
    """The ``aria-current`` of a masthead link: this very page, or a page below it or below ``related`` paths."""
    request = context.get("request")
    now = in_original(request.path) if request else ""
    if now == path:
        return mark_safe(' aria-current="page"')
    return mark_safe(' aria-current="true"') if path != "/" and now.startswith((path, *related)) else SafeString()


@register.simple_tag
def river_cell(cell: Any, height: int) -> SafeString:
    """A cell of the overview, written here for their number (DECISIONS 102)."""
    shapes = (
        ("fog", cell.column.gap),
        ("ghost", cell.ghosts.bars),
        ("ghost line", cell.ghosts.lines),
        ("", cell.found.bars),
        ("line", cell.found.lines),
    )
    paths = "".join(f'<path{f' class="{kind}"' if kind else ""} d="{data}"/>' for kind, data in shapes if data)
    drawing = _drawing(cell.column.units, height, paths)
    if cell.href:
        drawing = f'<a href="/?{escape(cell.href)}">{drawing}<span class="vh">{escape(cell.text)}</span></a>'
    return SafeString(f"<td>{drawing}</td>")


def _drawing(units: int, height: int, paths: str) -> str:
    return f'<svg viewBox="0 0 {units} {height}" preserveAspectRatio="none" aria-hidden="true">{paths}</svg>'


@register.simple_tag
def strip_cell(cell: dict[str, Any]) -> SafeString:
    """A cell of the strip above a list."""
    column = cell["column"]
    paths = "".join(f'<path class="{kind}" d="{data}"/>' for kind, data in cell["shapes"] if data)
    drawing = _drawing(column.units, cell["height"], paths)
    spoken = f'<span class="vh">{escape(cell["text"])}</span>'
    if column.href:
        return SafeString(f'<td><a href="/?{escape(column.href)}#rh">{drawing}{spoken}</a></td>')
    return SafeString(f"<td>{drawing}{spoken}</td>")


@register.simple_tag
def facet_options(name: str, options: list[Option]) -> SafeString:
    """The options of a facet with their parts folded below them, written here for their number (DECISIONS 102)."""
    return SafeString("".join(_option(name, option) for option in options))


def _option(name: str, option: Option) -> str:
    detail = f" <small>{escape(countries.name(option['detail']))}</small>" if option["detail"] else ""
    depth = f" d{option['depth']}" if option["depth"] > 1 else ""
    label = (
        f'<label class="opt{depth}"><input type="checkbox" name="{name}" value="{escape(option["value"])}"'
        f"{' checked' if option['checked'] else ''}><span>{marked(option['label'], escape)}{detail}</span>"
        f"{_count(option)}</label>\n"
    )
    parts = option["children"]
    if not parts:
        return label
    listed = "".join(_option(name, part) for part in parts)
    summary = ngettext("%d kind", "%d kinds", len(parts)) % len(parts)
    return (
        f'{label}<details class="more sub"{" open" if any_ticked(parts) else ""}><summary>{summary}'
        f'<span class="vh">{marks().colon}{escape(option["label"])}</span></summary>{listed}</details>\n'
    )


def _count(option: Option) -> str:
    """The number beside an option; an empty one, to be filled later, when there are too many to count."""
    number = option["count"]
    zero = ' class="zero"' if number == 0 else ""
    return f'<i id="n-{escape(option["id"])}"{zero}>{"" if number is None else number}</i>'


def any_ticked(options: list[Option]) -> bool:
    """Whether one of the options, or of their parts, is ticked: then their fold stands open."""
    return any(option["checked"] or any_ticked(option["children"]) for option in options)


@register.filter
def beyond(items: list[Any], limit: int) -> int:
    """How many items a list has beyond the first ``limit``."""
    return max(0, len(items) - limit)


@register.filter
def tree(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records in reading order with a ``depth`` as nested ``{"record", "children"}``."""
    top: list[dict[str, Any]] = []
    open_branches = [top]
    for record in records:
        del open_branches[max(1, record["depth"] + 1) :]
        branch: dict[str, Any] = {"record": record, "children": []}
        open_branches[-1].append(branch)
        open_branches.append(branch["children"])
    return top


@register.filter
def other_language(tag: str) -> SafeString:
    """The ``lang`` of a part of a page, if that is in another language than the page."""
    return format_html(' lang="{}"', tag) if tag != (get_language() or settings.LANGUAGE_CODE) else SafeString()


@register.filter
def title_language(source: SourceDocument) -> SafeString:
    """The same of the title of a source; one that is our description may be translated."""
    if foreign() and source["title_is_description"]:
        return other_language(settings.LANGUAGE_CODE if isinstance(source["title"], Original) else foreign())
    return other_language(source["language"])


# -- dates --------------------------------------------------------------------------------


@register.simple_block_tag
def dated(content: str, text: str) -> SafeString:
    """Words for the date of an entry, in ``<time>``; in ``<data>`` with its EDTF where HTML has no form for it.

    HTML's ``<time>`` knows a day, a month or a year, but no interval and no "about".
    """
    words = mark_safe(content.strip())  # noqa: S308 (rendered by the template around it)
    machine = edtf.datetime_attribute(edtf.parse(text)) if text else ""
    if machine:
        return format_html('<time datetime="{}">{}</time>', machine, words)
    return format_html('<data value="{}">{}</data>', text, words)


@register.filter
def instant(moment: str | datetime.datetime) -> str:
    """A moment as ``<time datetime>`` may say it: HTML allows three digits of a second at most, RFC 3339 more."""
    when = datetime.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return when.isoformat(timespec="seconds")


@register.filter
def mark(date: EntryDateDocument) -> str:
    """The class of the mark that shows how exact a date is."""
    return edtf.gutter(edtf.parse(date["edtf"]), extent=date["extent"]).mark if date["edtf"] else "p-about"


@register.inclusion_tag("timeline/_gutter.html")
def gutter(date: EntryDateDocument) -> dict[str, Any]:
    """The date of an entry beside the list: its ``parts`` and its EDTF; nothing when there is none."""
    if not date["edtf"]:
        return {}
    derived = date["basis"] == choices.DateBasis.DERIVED
    return _gutter(date["edtf"], derived, date["extent"], get_language() or "")


@lru_cache(maxsize=8192)
def _gutter(text: str, derived: bool, extent: str, language: str) -> dict[str, Any]:
    value = edtf.parse(text)
    parts = edtf.gutter(value, derived=derived, extent=extent)
    year = f"{parts.year}年" if parts.year and language.startswith("ja") else ""  # it stands first
    return {"parts": parts, "edtf": text, "year": year}


# -- statements and sources ---------------------------------------------------------------


@register.filter
def paragraphs(statements: list[StatementDocument]) -> list[dict[str, Any]]:
    """Statements as ``{"nature", "sentences"}``: a paragraph holds few, and of one nature."""
    found = []
    for nature, group in groupby(statements, key=lambda statement: statement["nature"]):
        alike = list(group)
        # Four sentences make two and two, not three and a leftover.
        size = -(-len(alike) // -(-len(alike) // SENTENCES))
        found += [{"nature": nature, "sentences": alike[at : at + size]} for at in range(0, len(alike), size)]
    return found


@register.filter
def numbered(sources: list[SourceDocument], number: int) -> SourceDocument | None:
    """The source with that number."""
    return next((source for source in sources if source["number"] == number), None)


@register.filter
def in_a_list(item: AccountDocument) -> list[AccountDocument]:
    """One citation where a template expects several."""
    return [item]


@register.filter
def sides(item: DisagreementDocument) -> list[dict[str, Any]]:
    """The accounts of a disagreement by whose position they are, if that is said of two or more; else none."""
    found: dict[str, list[AccountDocument]] = {}
    for account in item["accounts"]:
        if account["side"]:
            found.setdefault(account["side"], []).append(account)
    return [{"side": side, "accounts": accounts} for side, accounts in found.items()] if len(found) > 1 else []


@register.filter
def beside_sides(item: DisagreementDocument) -> list[AccountDocument]:
    """The accounts that stand in no column of :func:`sides`."""
    return [account for account in item["accounts"] if not account["side"]] if sides(item) else item["accounts"]


register.filter(lead)


@register.filter
def numbers(citations: Sequence[CitationDocument]) -> list[int]:
    """The numbers of the sources that are cited."""
    return [citation["number"] for citation in citations]


@register.filter
def in_short(numbers: list[int]) -> str:
    """The first few numbers of sources, and how many there are more: "3, 14, 15 +2"."""
    more = f" +{len(numbers) - MOST_NUMBERS}" if len(numbers) > MOST_NUMBERS else ""
    return ", ".join(str(number) for number in numbers[:MOST_NUMBERS]) + more


def _citing_parts(entry: EntryDocument) -> Iterator[tuple[str, Sequence[CitationDocument]]]:
    """The parts of an entry that cite, in the order of the page: their anchors and citations."""
    yield from ((f"s-{row['id']}", row["citations"]) for row in entry["statements"])
    yield from ((f"d-{item['id']}", item["accounts"]) for item in entry["disagreements"])
    yield from ((f"f-{row['id']}", row["citations"]) for row in entry["figures"])


@register.filter
def quotations(entry: EntryDocument, number: int) -> list[dict[str, Any]]:
    """The quotations an entry takes from source ``number``, each once, with the parts that quote it (``for``)."""
    found: dict[str, dict[str, Any]] = {}
    for anchor, rows in _citing_parts(entry):
        for row in rows:
            if row["number"] == number and row["quotation"]:
                quoted = {name: row[name] for name in ("quotation", "language", "translation", "locator")}
                found.setdefault(row["quotation"], {**quoted, "for": []})["for"].append(anchor)
    return list(found.values())


@register.filter
def notes_on(entry: EntryDocument, number: int) -> list[str]:
    """What an entry notes of source ``number``."""
    return wording.source_notes(entry)[number]


@register.filter
def citing(entry: EntryDocument, number: int) -> list[dict[str, str]]:
    """The parts that cite source ``number``, as ``{"id", "letter"}``: a, b … z, then their count."""
    found = [f"l-{sentence.id}" for sentence in lead(entry) if number in sentence.numbers]
    found += [anchor for anchor, rows in _citing_parts(entry) if any(row["number"] == number for row in rows)]
    return [
        {"id": anchor, "letter": ascii_lowercase[at] if at < len(ascii_lowercase) else str(at + 1)}
        for at, anchor in enumerate(found)
    ]


@register.filter
def at_the_words(url: str, words: str) -> str:
    """The address with a text fragment that leads to the words (WICG Scroll to Text Fragment).

    A browser that does not know text fragments opens the address as it is.
    """
    address, _mark, fragment = url.partition("#")
    exact = quote(words, safe="").replace("-", "%2D")
    return f"{address}#{fragment}:~:text={exact}"


@register.simple_tag
def comma() -> str:
    """What parts two words of a list."""
    return marks().comma


@register.simple_tag
def semicolon() -> str:
    """What parts two longer parts of one."""
    return marks().semicolon


@register.simple_tag
def full_stop() -> str:
    """What ends a sentence."""
    return marks().stop


@register.simple_tag
def colon() -> str:
    """What stands between a label and what it labels."""
    return marks().colon


@register.simple_tag
def bar() -> str:
    """What parts links and labels that stand in a row."""
    return marks().bar


@register.simple_tag
def dash() -> str:
    """What parts a title from what it belongs to."""
    return marks().dash


@register.filter
def in_quotes(text: str, language: str = "") -> str:
    """A quotation in the marks of its language; without one, or on a page in the original, in those of the page."""
    return marks(language if foreign() else "").quotes % text


register.filter("in_brackets", punctuation.bracketed)


@register.filter
def listed(parts: Sequence[str]) -> str:
    """Words in a row."""
    return punctuation.listed(parts)


@register.filter
def hs(codes: list[str]) -> str:
    """HS codes by the name of their level: "Harmonized System headings 0201 and 0202"."""
    return _hs(tuple(codes), get_language() or "") if codes else ""


@lru_cache(maxsize=1024)
def _hs(codes: tuple[str, ...], language: str) -> str:
    listed = codes[0]
    if len(codes) > 1:
        listed = _("%(first)s and %(last)s") % {"first": punctuation.listed(codes[:-1]), "last": codes[-1]}
    levels = {len(code) for code in codes}
    if levels == {2}:
        text = ngettext("Harmonized System chapter %s", "Harmonized System chapters %s", len(codes))
    elif levels == {4}:
        text = ngettext("Harmonized System heading %s", "Harmonized System headings %s", len(codes))
    elif levels == {6}:
        text = ngettext("Harmonized System subheading %s", "Harmonized System subheadings %s", len(codes))
    else:
        text = _("Harmonized System %s")
    return text % listed
