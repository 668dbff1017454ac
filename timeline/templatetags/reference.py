"""What templates ask of the glossary and of the bibliography."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.models.document import EntryDocument, MetTermDocument, SourceDocument, StatementDocument
from timeline.public.language import like
from timeline.public.wording import source_name, when
from timeline.punctuation import bracketed

register = template.Library()

TICK, TICKS_WIDE = 9, 27
"""Pixels of a tick with its gap; more ticks than these share the same width."""


@register.filter
def explained(statement: StatementDocument, terms: list[MetTermDocument]) -> list[dict[str, str]]:
    """The text of a statement in pieces; those with a ``term`` are where that term stands for the first time.

    ``terms`` as :func:`timeline.public.glossary.terms_of` gives them; the page has a note
    ``id="term-<slug>"`` for each.
    """
    text, done, pieces = statement["text"], 0, []
    here = [term for term in terms if term["statement"] == statement["id"]]
    for term in sorted(here, key=lambda term: term["start"]):
        pieces.append({"text": like(text, text[done : term["start"]]), "term": ""})
        pieces.append({"text": like(text, text[term["start"] : term["end"]]), "term": term["slug"]})
        done = term["end"]
    return [*pieces, {"text": like(text, text[done:]), "term": ""}]


@register.inclusion_tag("timeline/_tally.html")
def tally(number: int) -> dict[str, str]:
    """A tick for each of ``number``: lengths in pixels, of all ticks together, of one, and of what parts them."""
    step = min(TICK, TICK * TICKS_WIDE / number)
    return {"width": f"{step * number:g}", "tick": f"{step * 2 / 3:g}", "gap": f"{step / 3:g}"}


@register.filter
def one_source(entry: EntryDocument) -> str:
    """In one sentence, which source alone carries an entry; empty when several do."""
    if not entry["one_source"]:
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
                "Only %(source)s carries this; the other report is based on it.",
                "Only %(source)s carries this; the other reports are based on it.",
                others,
            )
            return sentence % {"source": _named(source)}
        if above["number"] not in numbers:
            return _("All its reports are based on one, source %(number)d.") % above
    return _("Its reports are based on one another.")


def _named(source: SourceDocument) -> str:
    """A source in the middle of a sentence: "Reuters (June 2019)"."""
    date = source["published"]["edtf"] if source["published"] else ""
    return f"{source_name(source)}{bracketed(when(date) or _('undated'))}"
