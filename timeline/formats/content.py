"""An entry for feed readers as HTML: plain, complete, with absolute links.

Written here and not in a template, as a feed document has dozens of entries and this
takes a fifteenth of the time.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from html import escape as in_attribute
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from timeline.choices import Change
from timeline.models.document import (
    AttachmentDocument,
    ChangeDocument,
    CitationDocument,
    DisagreementDocument,
    EntryDocument,
    FigureDocument,
    MeasureDateDocument,
    SourceDocument,
    StatementDocument,
)
from timeline.public.attachments import scaled, shown_beside
from timeline.public.language import foreign, marked
from timeline.public.lead import LeadSentence, lead
from timeline.public.wording import (
    basis,
    correction_text,
    figure_standing,
    figure_value,
    happened,
    label,
    sentence_case,
    source_line,
    source_notes,
    source_title,
    stop,
    when,
    whose,
)
from timeline.punctuation import bracketed, labelled, listed, marks, solid

escape = partial(marked, escape=partial(in_attribute, quote=False))
"""Text between tags: there a quotation mark is nothing special, and five bytes shorter."""


class Phrases(NamedTuple):
    """The fixed words of one language: a look-up in the catalogue is dearer than all else here."""

    differ: str
    preferred: str
    figures: str
    dates: str
    attachments: str
    sources: str
    original: str
    archived: str
    changes: str
    correction: str
    update: str
    licence: str


@lru_cache(maxsize=16)
def _phrases(language: str) -> Phrases:
    return Phrases(
        differ=_("Where sources disagree"),
        preferred=_("Preferred here."),
        figures=_("Key figures"),
        dates=_("Dates of the measure"),
        attachments=_("Pictures and documents"),
        sources=_("Sources"),
        original=_("Original"),
        archived=_("Archived copy"),
        changes=_("Corrections and changes"),
        correction=_("Correction."),
        update=_("Update."),
        licence=_('<a href="%(url)s">Read and cite this entry</a>. <a href="%(terms)s">Terms of reuse</a>.'),
    )


def content(entry: EntryDocument, base_url: str) -> str:
    """The whole entry, with the terms under which it may be used."""
    links = {"url": in_attribute(base_url + entry["url"]), "terms": in_attribute(f"{base_url}/about/#follow")}
    return f"{told(entry, base_url)}<p>{_phrases(get_language() or '').licence % links}</p>"


def told(entry: EntryDocument, base_url: str, heading: str = "h2", *, is_page: bool = False) -> str:
    """All that the entry says, its parts under a ``heading``; every link begins with ``base_url``, and
    every address of a picture, unless it is for a page of ours, which takes them from where it is.

    The numbers of sources are those of the list below, which has the links: numbers that
    were links made a fifth of a feed.
    """
    say = _phrases(get_language() or "")
    base = in_attribute(base_url)

    def head(words: str) -> str:
        return f"<{heading}>{words}</{heading}>"

    place = f"{marks().comma}{escape(entry['place'])}" if entry["place"] else ""
    date = escape(sentence_case(happened(entry["date"])))
    parts = [
        f"<p><b>{date}</b>{stop(place)} {escape(basis(entry['date']))}</p>",
        f"<p>{' '.join(map(_sentence, lead(entry)))}</p>",
        *(
            _picture(row, "" if is_page else base)
            for row in entry["attachments"]
            if row["is_main"] and row["kind"] == "picture"
        ),
        _items("ul", (_statement(row) for row in entry["statements"])),
    ]
    if entry["disagreements"]:
        parts.append(head(say.differ))
        parts += [_disagreement(row, say) for row in entry["disagreements"]]
    if entry["figures"]:
        parts.append(head(say.figures))
        parts.append(_items("ul", (_figure(row) for row in entry["figures"])))
    if entry["dates"]:
        parts.append(head(say.dates))
        parts.append(_items("ul", (_date(row) for row in entry["dates"])))
    if beside := shown_beside(entry):
        parts.append(head(say.attachments))
        parts += [
            _picture(row, "" if is_page else base) if row["kind"] == "picture" else _file(row, base) for row in beside
        ]
    if entry["sources"]:
        parts.append(head(say.sources))
        notes = source_notes(entry)
        parts.append(_items("ol", (_source(row, base, notes[row["number"]], say) for row in entry["sources"])))
    if entry["changes"]:
        parts.append(head(say.changes))
        parts.append(_items("ul", (_change(row, say) for row in entry["changes"])))
    return solid("".join(parts))


def _picture(row: AttachmentDocument, base: str) -> str:
    image = f'<img src="{base}{in_attribute(scaled(row, 800))}" width="{row["width"]}" height="{row["height"]}"'
    image += f' alt="{in_attribute(row["alt"])}">'
    return f"<figure>{image}<figcaption>{_credited(row)}</figcaption></figure>"


def _file(row: AttachmentDocument, base: str) -> str:
    link = f'<a href="{base}{in_attribute(row["url"])}">{escape(row["caption"])}</a>'
    return f"<p>{link}{marks().stop} {_credited(row, '')}</p>"


def _credited(row: AttachmentDocument, caption: str | None = None) -> str:
    said = (row["caption"] if caption is None else caption, row["credit"], row["licence"])
    return " ".join(escape(stop(text)) for text in said if text) + _bracketed([row["number"]])


def _items(tag: str, items: Iterable[str]) -> str:
    return f"<{tag}>{''.join(items)}</{tag}>"


def _sentence(sentence: LeadSentence) -> str:
    return escape(sentence.text) + _bracketed(sentence.numbers)


def _statement(row: StatementDocument) -> str:
    nature = f"<b>{stop(label(row['nature'], 'nature'))}</b> " if row["nature"] != "reported" else ""
    return f"<li>{nature}{escape(row['text'])}{_numbers(row['citations'])}</li>"


def _disagreement(item: DisagreementDocument, say: Phrases) -> str:
    preferred = f" <b>{say.preferred}</b> {escape(item['reason'])}"
    accounts = (
        f"<li>{escape(whose(row))}{escape(row['says'])}{_numbers([row])}{preferred if row['preferred'] else ''}</li>"
        for row in item["accounts"]
    )
    return f"<p>{escape(item['question'])}</p>{_items('ul', accounts)}"


def _figure(row: FigureDocument) -> str:
    what = listed(escape(text) for text in (row["label"], row["of"]) if text)
    said = f"{escape(stop(figure_value(row)))} {escape(stop(figure_standing(row)))}"
    note = f" {escape(row['note'])}" if row["note"] else ""
    return f"<li>{labelled(what, said)}{note}{_numbers(row['citations'])}</li>"


def _date(row: MeasureDateDocument) -> str:
    said = (stop(when(row["edtf"])), row["measure"] and stop(row["measure"]), row["note"])
    return f"<li>{labelled(escape(label(row['kind'], 'date')), ' '.join(escape(text) for text in said if text))}</li>"


def _source(row: SourceDocument, base: str, notes: Iterable[str], say: Phrases) -> str:
    end = marks().stop
    day = bracketed(escape(when(row["archived_on"]))) if row["archived_on"] else ""
    is_lost = row["link"] == "dead" and row["archived_url"]
    links = (("" if is_lost else row["url"], say.original), (row["archived_url"], f"{say.archived}{day}"))
    elsewhere = "".join(f' <a href="{in_attribute(url)}">{words}</a>{end}' for url, words in links if url)
    is_other = foreign() and row["language"] and not row["title_is_description"]
    language = f' lang="{row["language"]}"' if is_other else ""
    title = f'<a{language} href="{base}/sources/{row["slug"]}/">{escape(source_title(row))}</a>'
    noted = "".join(f" {escape(note)}" for note in notes)
    return f'<li value="{row["number"]}">{title}{end} {escape(source_line(row))}{end}{elsewhere}{noted}</li>'


def _change(row: ChangeDocument, say: Phrases) -> str:
    day = escape(sentence_case(when(row["date"][:10])))
    if row["kind"] == Change.CORRECTION:
        return f"<li>{stop(day)} <b>{say.correction}</b> {escape(correction_text(row))}</li>"
    return f"<li>{stop(day)} <b>{say.update}</b> {escape(row['note'])}</li>"


def _numbers(citations: Sequence[CitationDocument]) -> str:
    """The numbers of the sources, as in the list of sources."""
    return _bracketed(row["number"] for row in citations)


def _bracketed(numbers: Iterable[int]) -> str:
    """The numbers after words, with which they stay on a line."""
    return "".join(f"\N{NO-BREAK SPACE}[{number}]" for number in numbers)
