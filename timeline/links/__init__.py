"""The check of links: whether the sources can still be read at their addresses.

    judging    what an answer says of a link
    visiting   robots.txt, pauses, what a site asks of its visitors

Here a visit and its judgement become what we know: the row of ``LinkCheck`` and the
state of the source. Each is saved by itself, so a run may end at any moment.

DECISIONS 71 says why.
"""

import datetime
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.signals import pre_save
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from timeline import edition
from timeline.choices import LinkState
from timeline.models import (
    Account,
    Citation,
    FigureCitation,
    LinkCheck,
    PublishedEntry,
    Snapshot,
    Source,
    TermCitation,
    Version,
)
from timeline.models.document import EntryDocument
from timeline.public.document import LOST
from timeline.web.fetching import FetchError
from timeline.web.quotations import found_in

from .judging import Finding, judge, judge_failure
from .visiting import NotNow, Visits, site_of

FAILURES = 3
DEAD_AFTER = datetime.timedelta(days=14)
"""A page is gone after so many failures in a row over so much time; one bad week is no death."""

WHOLE = {LinkState.OK, LinkState.REDIRECTED}
"""States of a page on which everything was found."""
SNAPSHOTS = 5
"""Copies asked for a quotation, the newest first."""

ORIGINAL, ARCHIVED = LinkCheck.Address.ORIGINAL, LinkCheck.Address.ARCHIVED
FIELDS: dict[str, str] = {ORIGINAL: "url", ARCHIVED: "archived_url"}


@dataclass(frozen=True)
class Address:
    """One address of one source, to be checked."""

    source_id: int
    number: int
    kind: str
    url: str
    checked_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one address; ``check`` is None when its site was to be left alone for now."""

    address: Address
    check: LinkCheck | None
    readers_affected: bool = False
    """Whether readers must be told, or told no more."""


# -- what to check -------------------------------------------------------------------------


def addresses(limit: int, older_than: datetime.datetime | None = None, number: int | None = None) -> list[Address]:
    """At most ``limit`` addresses, those first whose last check is oldest, and before them those never checked.

    ``older_than`` leaves out what was checked since; ``number`` takes one source alone.
    """
    found = [
        Address(pk, its_number, kind, url, checked_at)
        for kind, field in FIELDS.items()
        for pk, its_number, url, checked_at in _due(kind, field, older_than, number)[:limit]
    ]
    never = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return sorted(found, key=lambda address: (address.checked_at or never, address.number))[:limit]


def _due(kind: str, field: str, older_than: datetime.datetime | None, number: int | None) -> QuerySet[Source, Any]:
    # A check of an address that the source has no more counts for nothing.
    last = LinkCheck.objects.filter(source=OuterRef("pk"), address=kind, url=OuterRef(field))
    sources = Source.objects.exclude(**{field: ""}).annotate(last=Subquery(last.values("checked_at")))
    if older_than:
        sources = sources.filter(Q(last=None) | Q(last__lt=older_than))
    if number is not None:
        sources = sources.filter(number=number)
    return sources.order_by(F("last").asc(nulls_first=True), "number").values_list("pk", "number", field, "last")


def check_all(due: Iterable[Address], visits: Visits, *, dry: bool = False) -> Iterator[Outcome]:
    """Check the addresses one by one, each site in turn, as the outcomes are asked for.

    The robots.txt of all sites come first, so by the first page we know whether we are online.
    Readers are not told yet: see :func:`tell_readers`. A dry run visits and keeps nothing.
    """
    queues: defaultdict[str, deque[Address]] = defaultdict(deque)
    for address in due:
        queues[site_of(address.url)].append(address)
    turns = [(0.0, place, site) for place, site in enumerate(queues)]
    heapify(turns)
    while turns:
        _free, place, site = heappop(turns)
        address = queues[site][0]
        if visits.is_put_off(address.url):
            yield from (Outcome(left, None) for left in queues.pop(site))
            continue
        visits.wait_for(address.url)
        if visits.knows(address.url):
            queues[site].popleft()
            if (outcome := _check(address, visits, dry)) is not None:
                yield outcome
        else:
            visits.prepare(address.url)
        if queues[site]:
            heappush(turns, (visits.free_at(address.url), place, site))


def check_source(source: Source, visits: Visits) -> list[Outcome]:
    """Check the addresses of one source now, and tell readers what is new."""
    outcomes = [outcome for address in addresses(2, number=source.number) if (outcome := _check(address, visits))]
    tell_readers(outcome.address.source_id for outcome in outcomes if outcome.readers_affected)
    return outcomes


def _check(address: Address, visits: Visits, dry: bool = False) -> Outcome | None:
    """Visit one address and keep what was found; None when the source has it no more."""
    source = Source.objects.filter(pk=address.source_id, **{FIELDS[address.kind]: address.url}).first()
    if source is None:
        return None
    before = LinkCheck.objects.filter(source=source, address=address.kind, url=address.url).first()
    finding = _visit(source, address, before, visits)
    check = _concluded(address, finding, before, timezone.now())
    return Outcome(address, check, readers_affected=False if dry else _keep(check))


# -- one address ---------------------------------------------------------------------------


def _visit(source: Source, address: Address, before: LinkCheck | None, visits: Visits) -> Finding:
    headers = {}
    if before and before.state in WHOLE:  # else the quotations must be looked for again
        headers = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
    try:
        answer = visits.get(address.url, {name: value for name, value in headers.items() if value})
    except NotNow as reason:
        return Finding(LinkState.INCONCLUSIVE, str(reason))
    except FetchError as error:
        return judge_failure(error, online=visits.answered)
    title = "" if source.title_is_description else source.title
    return judge(answer, title, quotations(source), lambda quotation: _was_there(source, quotation, before))


def quotations(source: Source) -> list[str]:
    """The words that anything cites from ``source``."""
    rows = [
        model._default_manager.filter(source=source).exclude(quotation="").values_list("quotation", flat=True)
        for model in (Citation, FigureCitation, Account, TermCitation)
    ]
    return sorted({quotation for row in rows for quotation in row})


def _was_there(source: Source, quotation: str, before: LinkCheck | None) -> bool:
    """Whether the page once had these words: a copy of ours has them, or a check found them.

    A check found them if it found everything, and they were already public then. Otherwise
    a slip in a new quotation would make us say of a publisher that it changed its page.
    """
    copies = Snapshot.objects.filter(source=source).exclude(text="").values_list("text", flat=True)[:SNAPSHOTS]
    if any(found_in(quotation, text) for text in copies):
        return True
    if before is None or before.whole_at is None:
        return False
    entries = PublishedEntry.objects.filter(sources__contains=[source.pk]).values("entry")
    versions = Version.objects.filter(entry__in=entries, published_at__lte=before.whole_at).order_by("-published_at")
    return any(
        _cites(document, source.number, quotation) for document in versions.values_list("document", flat=True)[:50]
    )


def _cites(document: EntryDocument, number: int, quotation: str) -> bool:
    cited = [citation for row in (*document["statements"], *document["figures"]) for citation in row["citations"]]
    accounts = [account for item in document["disagreements"] for account in item["accounts"]]
    return any(row["number"] == number and row["quotation"] == quotation for row in (*cited, *accounts))


def _concluded(address: Address, finding: Finding, before: LinkCheck | None, now: datetime.datetime) -> LinkCheck:
    """What we know after a visit, which is more than what the visit found."""
    failures, failing_since, whole_at = (
        (before.failures, before.failing_since, before.whole_at) if before else (0, None, None)
    )
    if finding.unchanged and before:
        finding = replace(
            finding,
            state=LinkState(before.state),
            final_url=before.final_url,
            etag=finding.etag or before.etag,
            last_modified=finding.last_modified or before.last_modified,
        )
    if finding.failed:
        failures, failing_since = failures + 1, failing_since or now
        if failures >= FAILURES and now - failing_since >= DEAD_AFTER:
            finding = replace(finding, state=LinkState.DEAD)
        finding = replace(finding, detail=f"{finding.detail} {_failing(failures, failing_since)}")
    elif finding.answered:
        failures, failing_since = 0, None
    if finding.state in WHOLE:
        whole_at = now
    state = finding.state
    if before and state == LinkState.INCONCLUSIVE:
        # No clear answer takes nothing back: what was gone is gone until it is seen again.
        kept = {LinkState.CHANGED} if finding.answered else LOST
        state = LinkState(before.state) if before.state in kept else state
    return LinkCheck(
        source_id=address.source_id,
        address=address.kind,
        url=address.url,
        state=state,
        checked_at=now,
        status=finding.status,
        final_url=finding.final_url[:2000],
        detail=finding.detail,
        failures=min(failures, 1000),
        failing_since=failing_since,
        whole_at=whole_at,
        etag=finding.etag,
        last_modified=finding.last_modified,
    )


def _failing(failures: int, since: datetime.datetime) -> str:
    return _(
        "Failure %(number)d in a row, the first on %(date)s; from the third on, over two weeks, it counts as gone."
    ) % {
        "number": failures,
        "date": date_format(timezone.localtime(since), "j F Y"),
    }


def _keep(check: LinkCheck) -> bool:
    """Save a check and the state of its source; returns whether readers see a difference."""
    with transaction.atomic():
        field = FIELDS[check.address]
        # Locked, so that an editor's "Check now" and a run do not mix their findings.
        source = Source.objects.select_for_update().filter(pk=check.source_id, **{field: check.url}).first()
        if source is None:  # meanwhile somebody changed the address
            return False
        LinkCheck.objects.bulk_create(
            [check],
            update_conflicts=True,
            unique_fields=["source", "address"],
            update_fields=[
                name.name for name in LinkCheck._meta.concrete_fields if name.name not in ("id", "source", "address")
            ],
        )
        if check.address == ORIGINAL:
            before, visible = source.link_state, LOST
            if before != check.state:
                today = check.checked_at.astimezone(datetime.UTC).date()  # of readers, wherever the editor is
                Source.objects.filter(pk=source.pk).update(link_state=check.state, link_state_since=today)
        else:
            before, visible = source.archive_state, {LinkState.DEAD}
            Source.objects.filter(pk=source.pk).update(archive_state=check.state)
    return before != check.state and bool({before, check.state} & visible)


# -- what readers are told -----------------------------------------------------------------


def tell_readers(source_ids: Iterable[int]) -> None:
    """Bring the public pages up to date that show something of these sources, in one go."""
    if ids := sorted(set(source_ids)):
        edition.refresh_sources(ids)


def untold(since: datetime.datetime) -> list[int]:
    """Sources that were checked in a run that was killed before it told readers."""
    return sorted(set(LinkCheck.objects.filter(checked_at__gte=since).values_list("source", flat=True)))


def _forget_old_address(sender: type, instance: Source, raw: bool = False, **kwargs: Any) -> None:
    """A source with a new address knows nothing of it yet."""
    if raw or not (instance.link_state or instance.archive_state):
        return
    known = dict(LinkCheck.objects.filter(source=instance.pk).values_list("address", "url"))
    if instance.link_state and known.get(ORIGINAL) != instance.url:
        instance.link_state, instance.link_state_since = "", None
    if instance.archive_state and known.get(ARCHIVED) != instance.archived_url:
        instance.archive_state = ""


def connect() -> None:
    """Listen to sources that change their address; called once, when Django starts."""
    pre_save.connect(_forget_old_address, sender=Source, dispatch_uid="timeline.links")
