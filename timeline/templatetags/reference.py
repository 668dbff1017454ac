"""What templates ask of the glossary and of the bibliography."""

from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.public.wording import source_name, when

register = template.Library()

Document = dict[str, Any]

TICK, TICKS_WIDE = 9, 27
"""Pixels of a tick with its gap; more ticks than these share the same width."""


@register.filter
def explained(statement: Document, terms: list[Document]) -> SafeString:
    """The text of a statement; each term that stands in it for the first time leads to its note.

    ``terms`` as :func:`timeline.public.glossary.terms_of` gives them, with a note
    ``id="term-<slug>"`` for each elsewhere on the page.
    """
    text, done, parts = statement["text"], 0, []
    here = [term for term in terms if term["statement"] == statement["id"]]
    for term in sorted(here, key=lambda term: term["start"]):
        parts.append(escape(text[done : term["start"]]))
        word = text[term["start"] : term["end"]]
        parts.append(format_html('<a class="term" href="#term-{}">{}</a>', term["slug"], word))
        done = term["end"]
    return SafeString("".join([*parts, escape(text[done:])]))


@register.simple_tag
def tally(number: int) -> SafeString:
    """A tick for each of ``number``: one dashed line, so that a thousand cost no more than one."""
    step = min(TICK, TICK * TICKS_WIDE / number)
    return format_html(
        '<svg class="tally" width="{0}" height="10" aria-hidden="true">'
        '<path d="M0 5h{0}" stroke-dasharray="{1} {2}"/></svg>',
        *(f"{length:g}" for length in (step * number, step * 2 / 3, step / 3)),
    )


@register.filter
def one_source(entry: Document) -> str:
    """In one sentence, which source alone carries an entry; empty when several do."""
    if not entry.get("one_source"):
        return ""
    sources = entry["sources"]
    if len(sources) == 1:
        return _("Only %(source)s carries this.") % {"source": _named(sources[0])}
    numbers = {source["number"] for source in sources}
    for source in sources:
        above = source["derived_from"]
        if above is None:
            others = len(sources) - 1
            sentence = ngettext(
                "Only %(source)s carries this; the other report rests on it.",
                "Only %(source)s carries this; the other reports rest on it.",
                others,
            )
            return sentence % {"source": _named(source)}
        if above["number"] not in numbers:
            return _("All its reports rest on one, source %(number)d.") % above
    return _("Its reports rest on one another.")


def _named(source: Document) -> str:
    """A source in the middle of a sentence: "Reuters (June 2019)"."""
    date = source["published"]["edtf"] if source["published"] else ""
    return f"{source_name(source)} ({when(date) or _('undated')})"
