"""Rounds: who is to get a letter now. One for each frequency; each question that is followed costs a query or two.

A round asks each of them only of what became public since the last one, so it costs nothing while nothing does, and
grows with neither entries nor subscribers of the same question. Its letters and how far it told are one transaction,
under a lock that whoever confirms or changes a subscription takes as well: nothing is told twice or left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Subquery
from django.utils import timezone, translation

from timeline.choices import Frequency, LetterKind
from timeline.limits import lock
from timeline.models import Edition, Letter, LetterPart, LetterRound, Mark, Subscription, Version
from timeline.models.letter import BEGINNING

from . import news

HOUR = 7
"""When daily letters go, in the time zone of the site; weekly ones go on Monday."""

PAUSE = timedelta(minutes=5)
"""Between two rounds of letters at once: what is published together is told together."""

BATCH = 1_000

Asked = tuple[str, str]
"""A question and the language that it is followed in."""


def begin_due(now: datetime) -> int:
    """Begin the rounds that are due; returns how many letters wait since."""
    return sum(_round(frequency, now) for frequency in Frequency)


def present() -> Mark:
    """The mark after everything that is public by now: one query."""
    newest = Version.objects.order_by("-pk").values("pk")[:1]
    row = Edition.objects.filter(pk=1).annotate(newest=Subquery(newest)).values_list("newest", "changed_at").first()
    return Mark(row[0] or 0, row[1]) if row else BEGINNING


def lock_marks() -> None:
    """Let nobody else move a mark until this transaction ends."""
    lock("marks of letters")


def is_due(frequency: str, ended_at: datetime, now: datetime) -> bool:
    """Whether a round is to be made at ``now``, when the last one ended at ``ended_at``."""
    if frequency == Frequency.AT_ONCE:
        return ended_at + PAUSE <= now
    here = timezone.localtime(now, timezone.get_default_timezone())
    time = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if frequency == Frequency.WEEKLY:
        time -= timedelta(days=time.weekday())
    if time > here:
        time -= timedelta(days=7 if frequency == Frequency.WEEKLY else 1)
    return ended_at < time


@transaction.atomic
def _round(frequency: str, now: datetime) -> int:
    LetterRound.objects.get_or_create(frequency=frequency, defaults={"ended_at": now})
    last = LetterRound.objects.select_for_update(skip_locked=True).filter(frequency=frequency).first()
    if last is None or not is_due(frequency, last.ended_at, now):  # another process makes it, or has made it
        return 0
    until = present()
    number = _queue(frequency, last.until, until) if last.until.is_before(until) else 0
    LetterRound.objects.filter(pk=last.pk).update(
        until_version=until.version, until_moment=until.moment, ended_at=timezone.now()
    )
    return number


def _queue(frequency: str, told: Mark, until: Mark) -> int:
    """Queue a letter for everybody who follows something that has news; returns how many."""
    found: dict[Asked, Mark | None] = {}
    _look(frequency, told, until, found)
    lock_marks()
    _look(frequency, told, until, found)  # questions that were confirmed meanwhile
    with_news = {query for (query, _language), newest in found.items() if newest}
    parts: defaultdict[tuple[int, str], list[tuple[int, Mark]]] = defaultdict(list)
    for queries in batched(with_news, BATCH):
        followed = Subscription.objects.active().filter(frequency=frequency, query__in=queries)
        # Who wants to stop waits until these are queued, and takes them away as well.
        for one in followed.select_for_update(no_key=True, of=("self", "subscriber")).select_related("subscriber"):
            since, newest = one.since.later(told), found.get((one.query, one.language))
            if newest and since.is_before(newest):
                parts[one.subscriber_id, one.language].append((one.pk, since))
    queue(frequency, until, parts)
    return len(parts)


def _look(frequency: str, told: Mark, until: Mark, found: dict[Asked, Mark | None]) -> None:
    """Find the newest news, or None, of each question that is followed so often and not in ``found`` yet."""
    asked = Subscription.objects.active().filter(frequency=frequency).order_by("query", "language")
    marks = asked.values("query", "language").annotate(
        Min("since_version"), Min("since_moment"), lost=Count("unanswerable_at")
    )
    waiting = [
        ((query, language), Mark(version, moment).later(told), lost)
        for query, language, version, moment, lost in marks.values_list(
            "query", "language", "since_version__min", "since_moment__min", "lost"
        )
        if (query, language) not in found
    ]
    if not waiting:
        return
    oldest = Mark(*(min(parts) for parts in zip(*(since for _asked, since, _lost in waiting), strict=True)))
    changed = news.Changed(oldest, until)
    for (query, language), since, lost in waiting:
        with translation.override(language):  # words are looked for in what its pages say
            question, present_query = news.read(query)
            if present_query != query:
                rename(query, present_query)
            if (present_query, language) in found:
                continue
            if question is None:
                found[query, language] = until if _note_unanswerable(frequency, query, language) else None
            else:
                if lost:  # and found again
                    Subscription.objects.filter(query=present_query).update(unanswerable_at=None)
                found[present_query, language] = news.newest(question, since, until, changed)


def rename(query: str, present_query: str) -> None:
    """A record in a question is called something else now."""
    followed = Subscription.objects.filter(query=query)
    already = Subscription.objects.filter(query=present_query, subscriber=OuterRef("subscriber"))
    followed.filter(Exists(already.filter(language=OuterRef("language")))).delete()
    followed.update(query=present_query)


def _note_unanswerable(frequency: str, query: str, language: str) -> int:
    """Note that a question cannot be answered any more; to how many that is news."""
    asked = Subscription.objects.active().filter(frequency=frequency, query=query, language=language)
    untold = asked.filter(unanswerable_at=None)
    return untold.update(unanswerable_at=timezone.now())


def queue(frequency: str, until: Mark, parts: Mapping[tuple[int, str], Iterable[tuple[int, Mark]]]) -> None:
    """A letter for each subscriber and language, with the news until a mark of some subscriptions, of each since its
    own."""
    now = timezone.now()
    letters = Letter.objects.bulk_create(
        [
            Letter(
                subscriber_id=subscriber,
                kind=LetterKind.NEWS,
                language=language,
                frequency=frequency,
                until_version=until.version,
                until_moment=until.moment,
                made_at=now,
                due_at=now,
            )
            for subscriber, language in parts
        ],
        batch_size=BATCH,
    )
    LetterPart.objects.bulk_create(
        [
            LetterPart(letter=letter, subscription_id=pk, since_version=since.version, since_moment=since.moment)
            for letter in letters
            for pk, since in parts[letter.subscriber_id, letter.language]
        ],
        batch_size=BATCH,
    )
