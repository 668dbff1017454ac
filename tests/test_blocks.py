"""Parts of pages that are of no one entry are kept, and never as what they would not be now."""

import pytest
from django.db import DatabaseError

from tests.factories import (
    SourceFactory,
    add_figure,
    change,
    chronology,
    draft_entry,
    offer_japanese,
    publish,
    publish_entry,
    storyline,
    translate,
)
from timeline import edition
from timeline.edition.state import next_edition
from timeline.models import (
    Block,
    Coverage,
    Edition,
    EntryPage,
    FigureSeries,
    LineCitation,
    StateLine,
    Storyline,
    StorylineStep,
    Translation,
)
from timeline.public import fragments
from timeline.segments import digest

pytestmark = pytest.mark.django_db

PAGES = ["/", "/ja/"]


@pytest.fixture
def desk(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return Desk()


class Desk:
    """What may happen to where things stand and to the storylines beside it. Each of ``acts`` is one change."""

    def __init__(self):
        page = chronology()
        page.coverage.add(Coverage(date="2019-04/2026-06"))
        page.save_revision().publish()
        offer_japanese()
        self.source = SourceFactory(title="A report")
        self.series = FigureSeries.objects.create(name="Duty on cars")
        self.line = StateLine.objects.create(name="Duty", question="What does it pay?", subject="Cars", front=1)
        self.entry = self.answer("25", "2025-04-03", "2025-04-03/..")
        self.step = publish_entry(title="Talks")
        self.draft = draft_entry(title="A deal")
        self.told = storyline("The car tariff", self.entry, self.step)
        self.told.steps.add(StorylineStep(entry=self.draft))
        self.told.save()

    def answer(self, value, date, period):
        entry = draft_entry(title=f"Order of {date}", date=date, sources=[self.source])
        figure = {"value": value, "unit": "percent", "basis": "total", "label": "Duty", "of": "cars"}
        add_figure(entry, self.source, status="in_force", period=period, line=self.line, **figure)
        return publish(entry)

    def save(self, record, **fields):
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()

    def by_hand(self):
        self.line.citations.add(LineCitation(source=self.source))
        self.save(self.line, words="Nobody knows.", as_of="2026-06-01")

    def say_in_japanese(self, kind, record, segment, text, words):
        where = {"language": "ja", "kind": kind, "record": record, "segment": segment}
        Translation.objects.create(**where, of=digest(text), words=words)
        edition.refresh_translations([(kind, record)])

    def research_more(self):
        page = chronology()
        page.coverage.add(Coverage(date="2026-07"))
        page.save_revision().publish()

    def acts(self):
        yield lambda: self.answer("15", "2025-09-16", "2025-09-16/..")
        yield lambda: publish(self.draft)
        yield lambda: self.save(self.line, name="Duty on cars")
        yield lambda: self.save(self.line, series=self.series)
        yield lambda: self.save(self.series, slug="car-duty")
        yield lambda: translate(self.entry)
        yield lambda: self.say_in_japanese("state", self.line.key, "name", "Duty on cars", "自動車の関税")
        yield lambda: self.say_in_japanese("storylines", self.told.key, "name", "The car tariff", "自動車関税")
        yield lambda: change(self.entry, "minor", title="The order")
        yield self.research_more
        yield self.by_hand
        yield lambda: self.save(self.source, use="discovery")
        yield lambda: self.save(self.source, use="evidence")
        yield lambda: self.save(self.line, words="")
        yield lambda: StateLine.objects.create(name="Rice", question="How much?", subject="Rice", front=2)
        yield lambda: storyline("Rice", self.entry, self.step)
        yield lambda: self.save(Storyline.objects.get(name="Rice"), is_public=False)
        yield lambda: EntryPage.objects.get(pk=self.entry.pk).unpublish()
        yield lambda: EntryPage.objects.get(pk=self.draft.pk).unpublish()
        yield lambda: StateLine.objects.filter(name="Rice").delete()
        yield lambda: self.save(self.line, front=0)
        yield lambda: Storyline.objects.all().delete()


def test_what_is_kept_says_what_would_be_made_now(client, desk, django_capture_on_commit_callbacks):
    seen = set()
    for number, act in enumerate([lambda: None, *desk.acts()]):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        kept = [client.get(page).text for page in PAGES]
        Block.objects.all().delete()
        assert kept == [client.get(page).text for page in PAGES], f"after act {number}"
        seen.add(tuple(Block.objects.order_by("name").values_list("text", flat=True)))
    assert len(seen) > 15, "most acts are seen there"


def test_it_is_made_once_and_stays_while_what_it_says_does(client, desk):
    client.get("/")
    Block.objects.update(text="These are kept")
    assert "These are kept" in client.get("/").text
    publish_entry(title="Ships")
    assert "These are kept" in client.get("/").text


def test_what_is_taken_from_readers_is_taken_from_there(client, desk, django_capture_on_commit_callbacks):
    for page in PAGES:
        client.get(page)
    assert "order-of-2025-04-03" in "".join(Block.objects.values_list("text", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        EntryPage.objects.get(pk=desk.entry.pk).unpublish()
    assert not Block.objects.exists()


def test_what_was_made_while_something_changed_is_not_kept(desk):
    def make():
        next_edition()
        return "Words of before"

    assert fragments.block("standing", Edition.objects.get(), make, "") == "Words of before"
    assert not Block.objects.exists()


def test_a_database_that_only_reads_shows_it_all_the_same(client, desk, monkeypatch):
    def refused():
        raise DatabaseError("cannot execute INSERT in a read-only transaction")

    monkeypatch.setattr(fragments.replicas, "primary", refused)
    monkeypatch.setattr(fragments, "_rest", fragments._Rest())
    assert "The car tariff" in client.get("/").text
