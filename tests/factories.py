"""Records and entries for tests: each test says only what it is about.

``draft_entry`` makes a draft; ``publish_entry`` one that has a revision, a history and its row in the public
table, as if an editor had published it.
"""

import datetime
import io
import itertools
import secrets
from typing import Any

import factory
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from factory.django import DjangoModelFactory
from PIL import Image as Pixels
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page, Site

from timeline import edition
from timeline.choices import Change
from timeline.content import saving
from timeline.edition.names import rebuild_names
from timeline.models import (
    Account,
    Category,
    ChronologyPage,
    Citation,
    Commodity,
    Departure,
    Disagreement,
    Edition,
    EntryCommodity,
    EntryOrganisation,
    EntryPage,
    EntryPerson,
    Figure,
    FigureCitation,
    Organisation,
    Person,
    PublishedEntry,
    QuestionSupport,
    Source,
    Statement,
    StepSupport,
    Storyline,
    StorylineQuestion,
    StorylineStep,
    SummarySentence,
    SummarySupport,
    Term,
    TermCitation,
    TermName,
    Translation,
    Withdrawal,
)
from timeline.models.document import EntryDocument
from timeline.models.ids import reserve
from timeline.models.summary import summary_of
from timeline.segments import ENTRY, digest, segments


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ("name",)

    name = "Talks"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Organisation {n}")


class CommodityFactory(DjangoModelFactory):
    class Meta:
        model = Commodity
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Commodity {n}")


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    family_name = factory.Sequence(lambda n: f"Family{n}")
    given_name = "Given"


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    title = factory.Sequence(lambda n: f"Report {n}")
    url = factory.Sequence(lambda n: f"https://example.org/report-{n}")
    publisher = factory.SubFactory(OrganisationFactory, name="Example Wire")


def chronology() -> ChronologyPage:
    """The chronology page, the site's root page; made if a test took it away."""
    page = ChronologyPage.objects.first()
    if page is None:
        page = ChronologyPage(title="Test Chronology", slug="chronology", live=False)
        Page.objects.get(depth=1).add_child(instance=page)
        page.save_revision().publish()
        Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": page})
    return page


def draft_entry(**fields: Any) -> EntryPage:
    """An unpublished entry that has all it needs to be published; takes what :func:`_entry` takes."""
    return chronology().add_child(instance=_entry(**fields))


def _entry(
    *,
    sources: list[Source] | None = None,
    people: list[Person] = (),
    commodities: list[Commodity] = (),
    organisations: list[Organisation] = (),
    statements: list[str] = ("Ministers met.",),
    quotation: str = "",
    **fields: Any,
) -> EntryPage:
    """An entry in memory that has all it needs to be published.

    Every statement cites every source, with the ``quotation``; without ``sources`` one is made.
    """
    fields.setdefault("title", f"Ministers meet {EntryPage.objects.count()}")
    fields.setdefault("summary", "Ministers meet and agree to go on.")
    fields.setdefault("date", "2025-04-16")
    fields.setdefault("category", CategoryFactory())
    entry = EntryPage(live=False, **fields)
    cited = sources if sources is not None else [SourceFactory()]
    for text in statements:
        statement = Statement(text=text)
        for place, source in enumerate(cited):
            statement.citations.add(Citation(source=source, sort_order=place, quotation=quotation))
        entry.statements.add(statement)
    for person in people:
        entry.entry_people.add(EntryPerson(person=person))
    for commodity in commodities:
        entry.entry_commodities.add(EntryCommodity(commodity=commodity))
    for organisation in organisations:
        entry.entry_organisations.add(EntryOrganisation(organisation=organisation))
    rest_on_something(entry)
    return entry


def rest_on_something(entry: EntryPage) -> None:
    """Let sentences of the summary for which nothing is found rest on the first statement."""
    entry.derive()
    first = next(iter(entry.statements.all()), None)
    for stored, sentence in zip(entry.sentences, summary_of(entry), strict=True):
        if first and not sentence.rests_on:
            stored["rests_on"] = [first.uid]


def publish_entry(**fields: Any) -> EntryPage:
    """An entry that readers see; takes what :func:`draft_entry` takes.

    Saved as a load saves it, which takes half as long as an editor's way and leaves the same (DECISIONS 138).
    """
    entry, parent = _entry(**fields), chronology()
    entry.key = entry.key or f"e-{entry.uid.hex[:12]}"
    entry.slug = entry.slug or _free_slug(slugify(entry.title) or f"entry-{entry.uid.hex[:8]}")
    saving._hold(entry)
    [entry.pk] = [entry.id] = reserve(EntryPage, 1)
    try:
        with transaction.atomic():
            saving.create_entries([entry], parent, public=True)
    except saving.RefusedError as error:
        raise ValidationError(error.sentences) from error
    return EntryPage.objects.get(pk=entry.pk)


def _free_slug(slug: str) -> str:
    """The slug, with a number if an entry has it."""
    taken = set(EntryPage.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(
        free for number in itertools.count(1) if (free := f"{slug}-{number}" if number > 1 else slug) not in taken
    )


def publish(entry: EntryPage) -> EntryPage:
    """Publish ``entry`` as it is in memory, through a revision; again as an update if nothing else is said."""
    if not entry.change and entry.versions.exists():
        entry.change = Change.UPDATE
    entry.save_revision().publish()
    return EntryPage.objects.get(pk=entry.pk)


def change(entry: EntryPage, kind: str, *said: str, **fields: Any) -> EntryPage:
    """Publish ``entry`` again with ``fields``; ``said`` is the note, or what was wrong and what is right."""
    names = ["correction_wrong", "correction_right"] if kind == Change.CORRECTION else ["change_note"]
    for name, value in {**fields, "change": kind, **dict(zip(names, said, strict=False))}.items():
        setattr(entry, name, value)
    return publish(entry)


PDF = b"%PDF-1.4\n%%EOF\n"


def image(size: tuple[int, int] = (2000, 1000)) -> Image:
    """A picture that somebody uploaded."""
    out = io.BytesIO()
    Pixels.new("RGB", size, "red").save(out, "JPEG")
    name = f"{secrets.token_hex(8)}.jpg"
    return Image.objects.create(title="IMG_0042", file=ImageFile(out, name), file_size=len(out.getvalue()))


def pdf() -> Document:
    """A document that somebody uploaded."""
    made = Document(title="mou-final", file_size=len(PDF))
    made.file.save(f"{secrets.token_hex(8)}.pdf", ContentFile(PDF))
    return made


def add_figure(entry: EntryPage, source: Source, **fields: Any) -> Figure:
    """A figure on ``entry``, in memory."""
    figure = Figure(**{"label": "Duty on cars", "value": "25", "unit": "percent", **fields})
    figure.citations.add(FigureCitation(source=source))
    entry.figures.add(figure)
    return figure


def add_disagreement(entry: EntryPage, **says: Source) -> Disagreement:
    """A disagreement on ``entry``, in memory: ``{"an hour": source, …}``."""
    item = Disagreement(question="How long did they meet?")
    for text, source in says.items():
        item.accounts.add(Account(says=text, source=source))
    entry.disagreements.add(item)
    return item


def glossary_term(name: str, *other_names: str, sources: list[Source] = (), **fields: Any) -> Term:
    """A term of the glossary, public at once."""
    term = Term(**{"name": name, "definition": f"What {name} means.", **fields})
    for other in other_names:
        term.names.add(TermName(name=other))
    for source in sources:
        term.citations.add(TermCitation(source=source))
    term.save()
    return term


def storyline(name: str, *entries: EntryPage, text: str = "", **fields: Any) -> Storyline:
    """A storyline with these steps, public unless said otherwise; all it says rests on what its entries say first."""

    def resting(row: Any, support: Any, entry: EntryPage) -> Any:
        row.rests_on.add(support(entry=entry, carrier=entry.statements.first().uid))
        return row

    told = Storyline(**{"name": name, "is_public": True, **fields})
    for entry in entries:
        said = text or f"So it came to {entry.title}."
        told.summary.add(resting(SummarySentence(text=f"In short: {said}"), SummarySupport, entry))
        told.steps.add(resting(StorylineStep(entry=entry, text=said), StepSupport, entry))
        told.open_questions.add(resting(StorylineQuestion(text=f"What came of it? {said}"), QuestionSupport, entry))
    told.save()
    return told


def document_of(entry: EntryPage) -> EntryDocument:
    """What readers see of an entry."""
    return PublishedEntry.objects.get(pk=entry.pk).document


def translate(entry: EntryPage, *keys: str, state: str = "draft") -> None:
    """Translate these segments of what readers see of an entry into Japanese, or all of them."""
    for segment in segments(document_of(entry), ENTRY):
        if not keys or segment.key in keys:
            said = {"of": digest(segment.text), "words": f"訳（{segment.text}）", "state": state}
            where = {"language": "ja", "kind": "entries", "record": entry.key, "segment": segment.key}
            Translation.objects.update_or_create(**where, defaults=said)
    edition.refresh_translations([("entries", entry.key)])


def offer_japanese() -> None:
    """Give the chronology a title in Japanese: from then on there are Japanese pages."""
    site = ("chronology", "chronology")
    of = digest(chronology().title)
    where = {"language": "ja", "kind": site[0], "record": site[1], "segment": "title"}
    Translation.objects.create(**where, of=of, words="年表")
    edition.refresh_translations([site])


def let_an_hour_pass() -> None:
    """Make all that has happened an hour older: HTTP dates have no fractions of a second."""
    for model, fields in (
        (Edition, ("changed_at", "page_changed_at")),
        (PublishedEntry, ("changed_at",)),
        (Departure, ("left_at",)),
        (Withdrawal, ("withdrawn_at",)),
    ):
        model.objects.update(**{name: F(name) - datetime.timedelta(hours=1) for name in fields})


def known_by_name() -> None:
    """Let searches know what records are called: they learn it after a commit, which a test does not make."""
    rebuild_names()
