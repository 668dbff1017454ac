"""The search for an archived copy of one source, a step at a time; each ends with what is known, in its row.

A copy is taken only when it shows what we cite, by the judgement of links; else editors are told where it is.
"""

import datetime
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from timeline import edition
from timeline.choices import ArchivingState, LinkState
from timeline.links import quotations
from timeline.links.judging import Finding, judge
from timeline.links.visiting import Visits
from timeline.models import Archiving, Source
from timeline.web.addresses import address_key
from timeline.web.archives import original

from . import memento, queue, wayback
from .asking import LaterError, RefusedError, UnusableError
from .memento import Memento

MINUTE, HOUR, DAY = (datetime.timedelta(seconds=seconds) for seconds in (60, 3600, 86400))
GOOD = {LinkState.OK, LinkState.REDIRECTED}
ARCHIVED = "timeline.archived"
"""What Wagtail's log calls it that a source was given a copy."""
LOST = {LinkState.DEAD, LinkState.SOFT_404, LinkState.MOVED, LinkState.CHANGED}
"""Of an original that is no more what we cite: a copy made today would not be, either."""

FOUND = ["state", "detail", "tried_at", "due_at", "steps", "asked_by", "job", "copy_url", "copy_at"]
"""What a step finds."""

MAX_COPIES = 3
"""Copies that are looked at in one search."""
MAX_STEPS = 12
"""Steps after which a job or a copy that does not come is given up; with longer and longer pauses it is hours."""
AGAIN = {ArchivingState.NOT_FOUND: 30 * DAY, ArchivingState.DIFFERENT: 90 * DAY}
"""When it is looked for again: archives get copies from others, too."""
ZONES = DAY
"""A copy from the day before may be of the day of publication, elsewhere."""


class NotNeededError(Exception):
    """Somebody has given the source another address or a copy meanwhile."""


def step(row: Archiving, visits: Visits) -> Archiving | None:
    """Take the next step for a row of the queue; None when its source needs no copy any more."""
    source = Source.objects.filter(pk=row.source_id, url=row.url).first()
    if source is None or not queue.may_be_asked_for(source):
        Archiving.objects.filter(pk=row.pk).delete()
        return None
    before, leased, row.tried_at = row.state, row.due_at, timezone.now()
    try:
        if row.job:
            _hear(row, source, visits)
        elif row.state == ArchivingState.SAVING:
            _look_at_saved(row, source, visits)
        else:
            _search(row, source, visits)
    except LaterError as later:
        _fail(row, str(later), later.seconds)
    except RefusedError as refused:
        _end(row, ArchivingState.REFUSED, str(refused))
    except UnusableError as problem:
        _fail(row, str(problem))
    except NotNeededError:
        Archiving.objects.filter(pk=row.pk).delete()
        return None
    row.steps = min(row.steps + 1, 1000) if row.state == before else 1
    if row.state not in (ArchivingState.SAVING, ArchivingState.WAITING):
        row.asked_by = None
    # An editor may have asked anew meanwhile: then all of it is to be done once more.
    Archiving.objects.filter(pk=row.pk, due_at=leased).update(**{name: getattr(row, name) for name in FOUND})
    return row


def _search(row: Archiving, source: Source, visits: Visits) -> None:
    """Look for a copy that is there; without one, ask for it where that is allowed."""
    if queue.looks_up():
        wanted = _wanted(source)
        if _found(row, source, visits, wanted):
            return
    else:
        row.copy_url, row.copy_at = "", None
    differs, detail = bool(row.copy_url), row.detail
    if queue.submits() and source.link_state not in LOST:
        row.job = wayback.save(visits, source.url)
        _wait(row, _("The archive was asked to make a copy."), MINUTE / 2)
    elif differs:
        _end(row, ArchivingState.DIFFERENT, detail)
    else:
        _end(row, ArchivingState.NOT_FOUND, _("No archive that was asked has a copy."))


def _found(row: Archiving, source: Source, visits: Visits, wanted: datetime.datetime) -> bool:
    """Look at the copies nearest to a moment until one shows what we cite; the row notes what the others lack."""
    row.copy_url, row.copy_at, row.detail = "", None, ""
    earliest = _earliest(source)
    seen: set[str] = set()
    timemap = ""
    if gate := settings.ARCHIVES["MEMENTO_TIMEGATE"]:
        reached = memento.reach(visits, f"{gate}{source.url}", wanted)
        timemap = reached.timemap
        if (copy := reached.memento) and copy.at >= earliest:
            seen.add(copy.url)
            if _take_if_good(row, source, copy):
                return True
    if timemap:
        listed = [(at, url) for at, url in memento.copies(visits, timemap, wanted) if at >= earliest]
        candidates = [url for at, url in sorted(listed, key=lambda one: abs(one[0] - wanted))]
    elif settings.ARCHIVES["WAYBACK_AVAILABILITY"] and not seen:
        candidates = [url] if (url := wayback.available(visits, source.url, wanted)) else []
    else:
        candidates = []
    for url in candidates:
        if url in seen:
            continue
        if len(seen) >= MAX_COPIES:
            break
        seen.add(url)
        copy = memento.reach(visits, url).memento
        if copy and copy.at >= earliest and _take_if_good(row, source, copy):
            return True
    return False


def _hear(row: Archiving, source: Source, visits: Visits) -> None:
    """Whether the archive has made the copy that it was asked for."""
    try:
        url = wayback.saved(visits, row.job)
    except LaterError as later:
        if later.seconds and row.steps < MAX_STEPS:  # the archive is away, and the job goes on
            _wait(row, str(later), datetime.timedelta(seconds=later.seconds))
            return
        row.job = ""
        raise
    except (RefusedError, UnusableError):
        row.job = ""
        raise
    if url:
        row.job, row.copy_url, row.steps = "", url[:2000], 0
        _look_at_saved(row, source, visits)
    elif row.steps >= MAX_STEPS:
        row.job = ""
        raise LaterError(_("The archive has not said for hours whether it made a copy."))
    else:
        _wait(row, _("The archive is at work."), _longer(MINUTE / 2, row.steps, HOUR))


def _look_at_saved(row: Archiving, source: Source, visits: Visits) -> None:
    """Look at the copy that was made for us; it may take a while until it can be seen."""
    copy = memento.reach(visits, row.copy_url).memento
    if copy is None:
        if row.steps >= MAX_STEPS:
            raise UnusableError(_("The archive says that it made a copy, and does not show it."))
        _wait(row, _("A copy was made, and cannot be seen yet."), _longer(MINUTE, row.steps, 6 * HOUR))
    elif not _take_if_good(row, source, copy):
        _end(row, ArchivingState.DIFFERENT, row.detail)


def _take_if_good(row: Archiving, source: Source, copy: Memento) -> bool:
    """Make this the archived copy of the source if it shows what we cite; else note it for editors."""
    finding = _judged(source, copy)
    about = {"date": date_format(copy.at, "j F Y"), "found": finding.detail}
    if finding.state not in GOOD:
        if not row.copy_url or row.state == ArchivingState.SAVING:
            row.copy_url, row.copy_at = copy.url[:2000], copy.at
            row.detail = _("The copy of %(date)s does not show what we cite: %(found)s") % about
        return False
    _give(row, source, copy)
    row.copy_url, row.copy_at = copy.url, copy.at
    _end(row, ArchivingState.ARCHIVED, _("The copy of %(date)s was taken: %(found)s") % about)
    return True


def _judged(source: Source, copy: Memento) -> Finding:
    """What the judgement of links says of a copy as if it had answered at the address of its page."""
    of = copy.original or original(copy.url)
    known = {source.address_key, *source.addresses.values_list("address_key", flat=True)}
    if address_key(of) not in known or len(copy.url) > 2000:
        return Finding(LinkState.MOVED, _("It is a copy of another page, %s.") % of)
    reached = copy.reached or of
    elsewhere = address_key(reached) not in known
    answer = replace(copy.answer, url=reached if elsewhere else source.url, history=[source.url] if elsewhere else [])
    title = "" if source.title_is_description else source.title
    return judge(answer, title, quotations(source), lambda quotation: True)


def _give(row: Archiving, source: Source, copy: Memento) -> None:
    """Write the copy into its source, unless somebody wrote one there or another address; readers are told."""
    with transaction.atomic():
        if not Source.objects.filter(queue.lacking(), pk=source.pk, url=row.url).update(archived_url=copy.url):
            raise NotNeededError
        about = {"url": copy.url, "day": copy.at.date().isoformat()}
        log(instance=source, action=ARCHIVED, user=row.asked_by, data=about, content_changed=True)
        edition.refresh_sources([source.pk])


# -- of when a copy is wanted --------------------------------------------------------------


def _wanted(source: Source) -> datetime.datetime:
    """The moment a copy should be nearest to: the end of the day of publication, else when it was read, else now."""
    period = source.published_period
    if period and period.lower and period.upper and period.upper - period.lower <= 31 * DAY:
        return _midnight(period.upper)
    if source.accessed:
        return _midnight(source.accessed + DAY)
    return timezone.now()


def _earliest(source: Source) -> datetime.datetime:
    """Before its publication a page said something else."""
    period = source.published_period
    first = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return _midnight(period.lower) - ZONES if period and period.lower else first


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


# -- what is known after a step ------------------------------------------------------------


def _wait(row: Archiving, detail: str, pause: datetime.timedelta) -> None:
    row.state, row.detail, row.due_at = ArchivingState.SAVING, detail, timezone.now() + pause


def _end(row: Archiving, state: ArchivingState, detail: str) -> None:
    """Nothing is to be done before long, or ever."""
    steps = row.steps if row.state == state else 0
    pause = _longer(AGAIN[state], steps, 365 * DAY) if state in AGAIN else None
    row.state, row.detail, row.job = state, detail, ""
    row.due_at = timezone.now() + pause if pause else None


def _fail(row: Archiving, detail: str, seconds: float = 0.0) -> None:
    """It is to be tried again, after a longer pause each time, and no sooner than the archive says."""
    steps = row.steps if row.state == ArchivingState.FAILED else 0
    pause = max(_longer(HOUR, steps, 7 * DAY), datetime.timedelta(seconds=seconds))
    row.state, row.detail, row.due_at = ArchivingState.FAILED, detail, timezone.now() + pause


def _longer(first: datetime.timedelta, times: int, longest: datetime.timedelta) -> datetime.timedelta:
    return min(first * 2 ** min(times, 10), longest)
