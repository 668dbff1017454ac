"""The row of a published entry, and whether it is filed as before."""

import datetime
import hashlib
import json
from itertools import chain

from timeline import edtf, search
from timeline.choices import Weight
from timeline.models import Departure, EntryPage, PublishedEntry, State
from timeline.models.document import VERSION, EntryDocument
from timeline.models.fields import period_of
from timeline.models.published import WEIGHTS
from timeline.public.document import cited_sources, further_sources, public_storylines
from timeline.public.lanes import Lane, lanes_of
from timeline.public.standing import states_of
from timeline.public.wording import changes_on

BATCH = 200
"""Entries built at a time: bounds the memory of a rebuild."""

_in_order = json.JSONEncoder(sort_keys=True, check_circular=False).encode
"""As ``json.dumps``: to look for circles, of which a document has none, would take half of the time."""


def new_row(entry: EntryPage, document: EntryDocument, lanes: list[Lane], redacted: list[int]) -> PublishedEntry:
    """The row of an entry, of which the versions numbered ``redacted`` have lost their words."""
    date = edtf.parse(entry.date)
    cited = [*cited_sources(entry), *further_sources(entry)]
    lineages = [row.commodity.lineage for row in entry.entry_commodities.all() if row.commodity_id]
    texts = search.texts(entry, document)
    changes = changes_on(document)
    shown = [document, texts, redacted, *([changes.isoformat()] if changes else [])]
    return PublishedEntry(
        entry_id=entry.pk,
        language=document["language"],
        uid=entry.uid,
        slug=entry.slug,
        sort_date=date.sort_date,
        sort_rank=date.sort_rank,
        period=period_of(entry.date),
        category_id=entry.category_id,
        people=sorted({row.person_id for row in entry.entry_people.all() if row.person_id}),
        commodities=sorted({commodity for lineage in lineages for commodity in lineage}),
        organisations=sorted({row.organisation_id for row in entry.entry_organisations.all() if row.organisation_id}),
        publishers=sorted({source.publisher_id for source in cited if source.publisher_id}),
        sources=sorted({source.pk for source in cited}),
        follows=sorted({row.earlier_id for row in entry.follows.all() if row.earlier_id}),
        lanes=[lane["id"] for lane in lanes_of(document, lanes)],
        storylines=sorted(storyline.pk for storyline in public_storylines(entry)),
        series=sorted({figure.series_id for figure in entry.figures.all() if figure.series_id}),
        lines=sorted({row.line_id for row in (*entry.figures.all(), *entry.measure_dates.all()) if row.line_id}),
        states=states_of(document),
        is_key=document["weight"] == Weight.KEY,
        weight=WEIGHTS[Weight(document["weight"])],
        one_source=document["one_source"],
        unsourced=is_unsourced(document),
        positionless=positionless(entry, document),
        differs=bool(document["disagreements"]),
        changes_on=changes,
        document=document,
        document_version=VERSION,
        # With what is no part of it and shows in answers: the words it is found by, what its history lost, and until
        # when the same is said of it.
        digest=hashlib.sha256(_in_order(shown).encode()).hexdigest()[:32],
        vector=search.vector(texts),
        published_at=datetime.datetime.fromisoformat(document["published"]),
        updated_at=datetime.datetime.fromisoformat(document["updated"]),
    )


def is_unsourced(document: EntryDocument) -> bool:
    """Whether a statement, a figure or a sentence of the summary has no source that readers may see."""
    said = document["statements"]
    rests = all(sentence["rests_on"] for sentence in document["sentences"])
    return not said or not rests or any(not row["citations"] for row in chain(said, document["figures"]))


def positionless(entry: EntryPage, document: EntryDocument) -> list[int]:
    """The ids of the people in it of whom no position is known on its date."""
    ids = (row.person_id for row in entry.entry_people.all() if row.person_id)
    return sorted({pk for pk, person in zip(ids, document["people"], strict=True) if not person["positions"]})


def is_filed_anew(before: PublishedEntry, row: PublishedEntry) -> bool:
    """Whether an entry may be in other answers than before."""
    return any(getattr(before, name) != getattr(row, name) for name in PublishedEntry.filtered_names())


def departure(row: PublishedEntry, state: State) -> Departure:
    """That ``row`` is not filed like this any more, as of ``state``."""
    filed = {name: getattr(row, name) for name in PublishedEntry.filtered_names()}
    return Departure(uid=row.uid, edition=state.version, left_at=state.changed_at, **filed)
