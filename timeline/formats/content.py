"""An entry for feed readers as HTML: plain, complete, with absolute links.

Written here and not in a template, as a feed document has dozens of entries and this
takes a fifteenth of the time.
"""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from timeline.document import Document
from timeline.wording import (
    basis,
    figure_standing,
    figure_value,
    label,
    sentence_case,
    source_line,
    source_title,
    stop,
    when,
)


class Phrases(NamedTuple):
    """The fixed words of one language: a look-up in the catalogue is dearer than all else here."""

    differ: str
    preferred: str
    figures: str
    sources: str
    original: str
    archived: str
    licence: str


@lru_cache(maxsize=16)
def _phrases(language: str) -> Phrases:
    return Phrases(
        differ=_("Where accounts differ"),
        preferred=_("Preferred here."),
        figures=_("Key figures"),
        sources=_("Sources"),
        original=_("Original"),
        archived=_("Archived copy"),
        licence=_('<a href="%(url)s">Read and cite this entry</a>. Our text is under CC BY 4.0.'),
    )


def content(entry: Document, base_url: str) -> str:
    """The whole entry; every link begins with ``base_url``."""
    say = _phrases(get_language() or "")
    base = escape(base_url)
    page = base + escape(entry["url"])
    place = f", {escape(entry['place'])}" if entry["place"] else ""
    date = escape(sentence_case(when(entry["date"]["edtf"])))
    parts = [
        f"<p><strong>{date}</strong>{place}. {escape(basis(entry['date']))}</p>\n",
        f"<p>{escape(entry['summary'])}</p>\n",
        _items("ul", (_statement(row, page) for row in entry["statements"])),
    ]
    if entry["disagreements"]:
        parts.append(f"<h2>{say.differ}</h2>\n")
        parts += [_disagreement(row, page, say) for row in entry["disagreements"]]
    if entry["figures"]:
        parts.append(f"<h2>{say.figures}</h2>\n")
        parts.append(_items("ul", (_figure(row, page) for row in entry["figures"])))
    if entry["sources"]:
        parts.append(f"<h2>{say.sources}</h2>\n")
        parts.append(_items("ol", (_source(row, base, say) for row in entry["sources"])))
    parts.append(f"<p>{say.licence % {'url': page}}</p>\n")
    return "".join(parts)


def _items(tag: str, items: Iterable[str]) -> str:
    return f"<{tag}>{''.join(items)}</{tag}>\n"


def _statement(row: Document, page: str) -> str:
    nature = f"<b>{label(row['nature'], 'nature')}.</b> " if row["nature"] != "reported" else ""
    return f"<li>{nature}{escape(row['text'])}{_numbers(row['citations'], page)}</li>\n"


def _disagreement(item: Document, page: str, say: Phrases) -> str:
    preferred = f" <b>{say.preferred}</b> {escape(item['reason'])}"
    accounts = (
        f"<li>{escape(row['says'])}{_numbers([row], page)}{preferred if row['preferred'] else ''}</li>\n"
        for row in item["accounts"]
    )
    return f"<p>{escape(item['question'])}</p>{_items('ul', accounts)}"


def _figure(row: Document, page: str) -> str:
    said = f"{row['label']}: {figure_value(row)}. {stop(figure_standing(row))}"
    return f"<li>{escape(said)}{_numbers(row['citations'], page)}</li>\n"


def _source(row: Document, base: str, say: Phrases) -> str:
    links = ((row["url"], say.original), (row["archived_url"], say.archived))
    elsewhere = "".join(f' <a href="{escape(url)}">{words}</a>.' for url, words in links if url)
    title = f'<a href="{base}/sources/{row["slug"]}/">{escape(source_title(row))}</a>'
    return f'<li value="{row["number"]}">{title}. {escape(source_line(row))}.{elsewhere}</li>\n'


def _numbers(citations: list[Document], page: str) -> str:
    """The numbers of the sources, linked to their place on the entry's page."""
    return "".join(f' <a href="{page}#source-{row["number"]}">[{row["number"]}]</a>' for row in citations)
