"""Quotations checked against our own copies of their sources."""

from collections.abc import Iterable, Iterator
from typing import Literal

from django.utils.translation import gettext

from timeline.models import EntryPage, Snapshot, Source
from timeline.models.link import SourceReference
from timeline.web.quotations import found_in

State = Literal["found", "missing", "no_text", ""]


def stored_texts(sources: Iterable[int]) -> dict[int, str]:
    """The text of the latest copy that has one, by source id. One query."""
    copies = Snapshot.objects.filter(source_id__in=set(sources)).exclude(text="")
    return dict(
        copies.order_by("source_id", "-taken_at", "-pk").distinct("source_id").values_list("source_id", "text")
    )


def quotation_state(source_id: int, quotation: str) -> State:
    """Whether the stored text of a source has these words; "" when there are none to look for."""
    if not quotation.strip():
        return ""
    text = stored_texts([source_id]).get(source_id)
    if text is None:
        return "no_text"
    return "found" if found_in(quotation, text) else "missing"


def quotation_warnings(entry: EntryPage) -> list[str]:
    """A sentence for each quotation of an entry in memory that its source's stored text does not have.

    One query for the texts and one for the numbers of sources, however many citations there are.
    """
    quoting = [
        (place, reference.source_id, reference.quotation)
        for place, reference in _references(entry)
        if reference.source_id and reference.quotation
    ]
    texts = stored_texts(source for _place, source, _words in quoting)
    missing = [
        (place, source, words)
        for place, source, words in quoting
        if source in texts and not found_in(words, texts[source])
    ]
    numbers = _numbers(source for _place, source, _words in missing)
    sentence = gettext(
        "%(place)s: our copy of source %(number)s does not have the words “%(words)s”. Copy them again "
        "from the source, or mark what you left out with “…”."
    )
    return [
        sentence % {"place": place, "number": numbers[source], "words": _shortened(words)}
        for place, source, words in missing
    ]


def _references(entry: EntryPage) -> Iterator[tuple[str, SourceReference]]:
    """All that quotes in an entry, with where it stands."""
    for number, statement in enumerate(entry.statements.all(), 1):
        for citation in statement.citations.all():
            yield gettext("Statement %(number)d") % {"number": number}, citation
    for figure in entry.figures.all():
        for citation in figure.citations.all():
            yield gettext("Figure “%(label)s”") % {"label": figure.label}, citation
    for disagreement in entry.disagreements.all():
        for account in disagreement.accounts.all():
            yield gettext("“%(question)s”") % {"question": disagreement.question}, account


def _numbers(ids: Iterable[int]) -> dict[int, int]:
    wanted = set(ids)
    return dict(Source.objects.filter(pk__in=wanted).values_list("pk", "number")) if wanted else {}


def _shortened(quotation: str) -> str:
    words = quotation.split()
    return " ".join(words) if len(words) <= 12 else f"{' '.join(words[:12])} …"
