"""The rules of publication: what an entry must have before readers may see it.

They are enforced by ``EntryPage.save`` whenever the entry is live, so editor form,
workflow, schedule, bulk action, API and shell all meet the same rules; the admin
form asks :func:`problems` first, to say what is missing and where.

DECISIONS 8 says why.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.db import connection
from django.utils.translation import gettext as _

from timeline import edtf
from timeline.choices import Change, Currency, Unit

from .attachment import Attachment
from .entry import EntryPage
from .fields import short_quotation
from .figure import Figure
from .link import translates_something
from .statement import Statement
from .summary import summary_of

# Walks the chain of "follows" upwards from the entries named; used to refuse circles.
ANCESTORS = """
WITH RECURSIVE chain AS (
    SELECT unnest(%s::bigint[]) AS id
    UNION
    SELECT link.earlier_id FROM timeline_follow link JOIN chain ON link.entry_id = chain.id
    WHERE link.earlier_id IS NOT NULL
)
SELECT 1 FROM chain WHERE id = %s LIMIT 1
"""


CHANGE_LIMITS = {"change_note": 300, "correction_wrong": 600, "correction_right": 600}
"""Characters that what is said of a change may have: it stands above the entry."""


@dataclass(frozen=True)
class Obstacle:
    """One reason an entry cannot be published: the panel it belongs to and what to do."""

    panel: str
    message: str


Measures = dict[int, tuple[str, ...]]
"""What the public figures of a series count: unit, currency and per what, by the id of the series."""


def problems(entry: EntryPage, measures: Measures | None = None) -> list[Obstacle]:
    """Everything that keeps ``entry`` (as it is in memory) from being published.

    ``measures`` are those of all series of many new entries, fetched for all; each entry adds its own.
    """
    return [
        *_basics(entry),
        *_statements(entry),
        *_figures(entry),
        *_series(entry, measures),
        *_disagreements(entry),
        *_source_notes(entry),
        *_attachments(entry),
        *_links(entry),
        *_follows(entry),
        *_change(entry),
    ]


def unanswered(entry: EntryPage) -> list[Obstacle]:
    """What whoever publishes ``entry`` is asked as well.

    Packs and entries of before the question do not answer it; what they say holds without (DECISIONS 129 and 154).
    """
    return [*_extent(entry), *_support(entry)]


def _support(entry: EntryPage) -> list[Obstacle]:
    """Each sentence of the summary rests on something; that there is no statement at all is said elsewhere."""
    if not any(row.text.strip() for row in entry.statements.all()):
        return []
    message = _(
        "Sentence %(n)d of the summary, “%(text)s”, rests on no statement. Add a statement that says it, or tick one."
    )
    return [
        Obstacle("summary", message % {"n": number, "text": sentence.text})
        for number, sentence in enumerate(summary_of(entry), 1)
        if not sentence.rests_on
    ]


def _extent(entry: EntryPage) -> list[Obstacle]:
    date = _read(entry.date)
    if date is None or date.precision is not edtf.Precision.INTERVAL or not date.may_last or entry.date_extent:
        return []
    message = _(
        "The date has two ends. Choose what they mean: it lasted from the first to the last, "
        "or it happened at some time between them."
    )
    return [Obstacle("date_extent", message)]


def _basics(entry: EntryPage) -> list[Obstacle]:
    found = []
    if entry.slug and not slug_re.match(entry.slug):
        message = _(
            "The address “%(slug)s” has characters that no address here may have. Write it with a to z, 0 to 9 "
            "and hyphens, or leave it empty: then it is made from the headline."
        )
        found.append(Obstacle("slug", message % {"slug": entry.slug}))
    if not entry.date:
        found.append(Obstacle("date", _("Add the date of the event before publishing.")))
    found += _unreadable("date", entry.date)
    if not entry.category_id:
        found.append(Obstacle("category", _("Choose the kind of event before publishing.")))
    if not entry.summary.strip():
        found.append(Obstacle("summary", _("Write a summary before publishing.")))
    if any(not row.kind or not row.date for row in entry.measure_dates.all()):
        message = _("A date of the measure is half written. Say what it marks and when, or delete it.")
        found.append(Obstacle("measure_dates", message))
    for row in entry.measure_dates.all():
        found += _unreadable("measure_dates", row.date)
    return found


def _statements(entry: EntryPage) -> list[Obstacle]:
    statements = list(entry.statements.all())
    if not statements:
        return [Obstacle("statements", _("Add at least one statement with its source before publishing."))]
    found = []
    for number, statement in enumerate(statements, 1):
        if not statement.text.strip():
            found.append(Obstacle("statements", _("Statement %(n)d is empty. Write it or delete it.") % {"n": number}))
        elif not _has_evidence(statement):
            message = _("Statement %(n)d (“%(text)s…”) has no source. Add a citation.")
            found.append(Obstacle("statements", message % {"n": number, "text": statement.text[:40]}))
        found += _cited("statements", _("statement %(n)d") % {"n": number}, statement)
    return found


def _figures(entry: EntryPage) -> list[Obstacle]:
    found = []
    for figure in entry.figures.all():
        label = figure.label or _("without a label")
        if not figure.label:
            found.append(Obstacle("figures", _("A figure has no label. Write what the number is.")))
        if not _has_evidence(figure):
            found.append(Obstacle("figures", _("The figure “%(label)s” has no source. Add one.") % {"label": label}))
        if not figure.unit:
            found.append(Obstacle("figures", _("The figure “%(label)s” has no unit.") % {"label": label}))
        if figure.unit == Unit.MONEY and not figure.currency:
            found.append(
                Obstacle("figures", _("The figure “%(label)s” is money: say the currency.") % {"label": label})
            )
        try:
            figure.clean()
        except ValidationError as error:
            found += [Obstacle("figures", f"“{label}”: {message}") for message in error.messages]
        found += _unreadable("figures", figure.period)
        found += _cited("figures", _("the figure “%(label)s”") % {"label": label}, figure)
    return found


def public_measures(series: Iterable[int], *, but: EntryPage | None = None) -> Measures:
    """What these series count in public entries, but for one."""
    public = Figure._default_manager.filter(entry__live=True, series__in=set(series))
    if but:
        public = public.exclude(entry=but.pk)
    return {pk: tuple(measure) for pk, *measure in public.values_list("series", "unit", "currency", "per").distinct()}


def _series(entry: EntryPage, measures: Measures | None) -> list[Obstacle]:
    """Figures of one series count the same thing, or no scale would fit them all."""
    joined = [figure for figure in entry.figures.all() if figure.series_id and figure.unit]
    if measures is None:
        asked = joined and not _is_new(entry)
        measures = public_measures((figure.series_id for figure in joined), but=entry) if asked else {}
    found = []
    for figure in joined:
        measure = (figure.unit, figure.currency, figure.per)
        usual = measures.setdefault(figure.series_id, measure)
        if measure != usual:
            message = _(
                "The figure “%(label)s” counts %(measure)s, the series “%(series)s” counts %(usual)s. "
                "Make them agree, or take the figure out of the series."
            )
            words = {"label": figure.label, "series": figure.series}
            words |= {"measure": _measure(*measure), "usual": _measure(*usual)}
            found.append(Obstacle("figures", message % words))
    return found


def _measure(unit: str, currency: str, per: str) -> str:
    """What a figure counts, in words: "US dollars per year", "percent"."""
    counted = Currency(currency).label if currency else Unit(unit).label
    return _("%(counted)s per %(per)s") % {"counted": counted, "per": per} if per else str(counted)


def _disagreements(entry: EntryPage) -> list[Obstacle]:
    found = []
    for item in entry.disagreements.all():
        accounts = list(item.accounts.all())
        question = {"question": item.question or "…"}
        if not item.question.strip():
            message = _("A disagreement asks nothing. Write the question that sources answer differently.")
            found.append(Obstacle("disagreements", message))
        if len(accounts) < 2:
            message = _("“%(question)s” needs at least two accounts that differ.")
            found.append(Obstacle("disagreements", message % question))
        if any(account.preferred for account in accounts) and not item.reason.strip():
            message = _("“%(question)s” prefers one account: give the reason.")
            found.append(Obstacle("disagreements", message % question))
        if any(not account.says.strip() for account in accounts):
            found.append(
                Obstacle("disagreements", _("Every account of “%(question)s” must say something.") % question)
            )
        found += _named("disagreements", f"“{item.question}”", accounts)
        if any(account.source_id and not account.source.is_public for account in accounts):
            message = _("“%(question)s” names a source kept as an example of an error. Remove that account.")
            found.append(Obstacle("disagreements", message % question))
    return found


def _source_notes(entry: EntryPage) -> list[Obstacle]:
    if all(row.source_id and row.text.strip() for row in entry.source_notes.all()):
        return []
    message = _("A note on a source is half written. Choose the source and write the note, or delete it.")
    return [Obstacle("source_notes", message)]


def _attachments(entry: EntryPage) -> list[Obstacle]:
    rows = entry.attachments.all()
    found = [problem for number, row in enumerate(rows, 1) for problem in _attachment(number, row)]
    if sum(row.is_main for row in rows) > 1:
        found.append(_("Only one picture can be the main one. Untick the others."))
    return [Obstacle("attachments", problem) for problem in found]


def _attachment(number: int, row: Attachment) -> Iterator[str]:
    file, source = row.image or row.document, row.source
    if file is None or (row.image and row.document):
        message = _("Attachment %(n)d needs a picture or a document, and not both. Choose one, or delete the row.")
        yield message % {"n": number}
        return
    name = {"n": number, "name": file.title}
    if row.image_id and not row.alt.strip():
        yield _("Picture %(n)d (“%(name)s”) says nothing to whoever does not see it. Write what it shows.") % name
    if row.document_id and not row.caption.strip():
        yield _("Document %(n)d (“%(name)s”) has no caption. Write its title.") % name
    if row.document_id and row.is_main:
        yield _("Document %(n)d (“%(name)s”) cannot be the main picture. Untick that.") % name
    if not row.credit.strip():
        yield _("Attachment %(n)d (“%(name)s”) has no credit. Say who made it.") % name
    if not row.licence.strip():
        yield _("Attachment %(n)d (“%(name)s”) has no licence. Say by what right it stands here.") % name
    if source is None:
        yield _("Attachment %(n)d (“%(name)s”) has no source. Choose where it was taken from.") % name
    elif not source.is_public:
        yield _("Attachment %(n)d (“%(name)s”) names a source kept as an example of an error.") % name


def _links(entry: EntryPage) -> list[Obstacle]:
    rows = [
        ("entry_people", "person_id", _("A row under People names nobody. Choose a person or delete the row.")),
        ("entry_organisations", "organisation_id", _("A row under Organisations is empty. Choose one or delete it.")),
        ("entry_commodities", "commodity_id", _("A row under Goods is empty. Choose one or delete it.")),
        ("follows", "earlier_id", _("A row under Follows is empty. Choose an earlier entry or delete the row.")),
    ]
    return [
        Obstacle(relation, message)
        for relation, column, message in rows
        if any(getattr(row, column) is None for row in getattr(entry, relation).all())
    ]


def _follows(entry: EntryPage) -> list[Obstacle]:
    earlier = [row.earlier for row in entry.follows.all() if row.earlier_id]
    if not earlier:
        return []
    found = []
    own = _read(entry.date)
    for other in earlier:
        theirs = _read(other.date)
        start = theirs.lower if theirs else None
        if own and own.upper and start and start >= own.upper:
            message = _("“%(title)s” is later than this entry, so this entry cannot follow it.")
            found.append(Obstacle("follows", message % {"title": other.title}))
    if not _is_new(entry):
        with connection.cursor() as cursor:
            cursor.execute(ANCESTORS, [[other.pk for other in earlier], entry.pk])
            if cursor.fetchone():
                found.append(Obstacle("follows", _("These entries would follow each other in a circle.")))
    return found


def _change(entry: EntryPage) -> list[Obstacle]:
    """Readers who have seen an entry are told when it is not what it was."""
    if _is_new(entry) or not entry.versions.exists():
        return []
    if not entry.change:
        message = _("Readers have seen this entry. Say what this change is: a minor edit, an update or a correction.")
        return [Obstacle("change", message)]
    found = []
    note, wrong, right = (getattr(entry, name).strip() for name in CHANGE_LIMITS)
    if entry.change == Change.CORRECTION:
        if not wrong:
            found.append(Obstacle("correction_wrong", _("A correction says what was wrong.")))
        if not right:
            found.append(Obstacle("correction_right", _("A correction says what is right.")))
        told = entry.versions.filter(wrong=wrong, right=right, correction__isnull=False).first() if wrong else None
        if told:  # a form that was open while its draft was published brings the words again
            message = _("Correction %(n)d, which readers can see, says the same. Say what this publication changes.")
            found.append(Obstacle("change", message % {"n": told.correction}))
    elif wrong or right:
        message = _("You wrote a correction. Choose “Correction”, or empty what was wrong and what is right.")
        found.append(Obstacle("change", message))
    if note and entry.change != Change.UPDATE:
        message = _("You wrote what is new. Choose “Update”, or empty it: readers see it only with an update.")
        found.append(Obstacle("change", message))
    for name, limit in CHANGE_LIMITS.items():
        length = len(getattr(entry, name).strip())
        if length > limit:
            message = _("This has %(length)d characters; readers get at most %(limit)d. Shorten it.")
            found.append(Obstacle(name, message % {"length": length, "limit": limit}))
    return found


def _is_new(entry: EntryPage) -> bool:
    """Whether the database does not have it yet, so that nobody has seen it and nothing follows it."""
    return entry._state.adding  # noqa: SLF001 - public in Django


def _has_evidence(row: Statement | Figure) -> bool:
    """Whether a source that readers see carries it."""
    return any(citation.source_id and citation.source.is_public for citation in row.citations.all())


def _cited(panel: str, where: str, row: Statement | Figure) -> list[Obstacle]:
    """What is wrong with the citations of a row; where there is none, that was said already."""
    return _named(panel, where, [each for each in row.citations.all() if each.source_id or _has_evidence(row)])


def _named(panel: str, where: str, references: Iterable[Any]) -> list[Obstacle]:
    """References that name no source, and quotations that say more than a quotation may."""
    found = []
    rows = list(references)
    if any(row.source_id is None for row in rows):
        message = _("A citation of %(where)s names no source. Choose one or delete the row.")
        found.append(Obstacle(panel, message % {"where": where}))
    for row in rows:
        try:
            short_quotation(row.quotation)
            translates_something(row)
        except ValidationError as error:
            found.append(Obstacle(panel, f"{error.messages[0]} ({where})"))
    return found


def _read(text: str) -> edtf.EDTF | None:
    try:
        return edtf.parse(text) if text else None
    except edtf.EDTFError:
        return None


def _unreadable(panel: str, text: str) -> list[Obstacle]:
    """Why a date cannot be read: it does not exist, or ends before it starts."""
    try:
        if text:
            edtf.parse(text)
    except edtf.EDTFError as error:
        return [Obstacle(panel, str(error))]
    return []
