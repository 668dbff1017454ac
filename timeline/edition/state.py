"""The number of the edition, which grows with every public change, and its lock, by which answers are kept."""

import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from timeline import replicas
from timeline.kept import now
from timeline.kept.store import store
from timeline.models import Announcement, Block, Edition, State
from timeline.models.announcement import CDN
from timeline.models.published import new_shelf

MICROSECOND = datetime.timedelta(microseconds=1)


def next_edition(*, takes_words: bool = True) -> State:
    """Count one more public change. The row lock also lets only one refresh run at a time.

    A change that ``takes_words`` from what readers see, as any may that does not say otherwise, lets go of
    what is kept.
    """
    before = Edition.objects.select_for_update().filter(pk=1).values_list("version", "changed_at").first()
    moment = timezone.now()  # after the wait for the lock, so that moments follow each other as editions do
    now.forget()
    transaction.on_commit(_tell)
    if takes_words:
        _let_go()
    if before is None:
        Edition.objects.create(pk=1, version=1, changed_at=moment, page_version=1, page_changed_at=moment)
        return State(1, moment)
    state = State(before[0] + 1, max(moment, before[1] + MICROSECOND))
    shelf = {"shelf": new_shelf()} if takes_words else {}
    Edition.objects.filter(pk=1).update(version=state.version, changed_at=state.changed_at, **shelf)
    transaction.on_commit(partial(replicas.note, state.version))
    if settings.CDN:
        Announcement.objects.add_news([("edition", 0)], CDN)
    return state


def take_words() -> None:
    """This change takes words from what readers see after all. Whoever calls this has counted it."""
    _let_go()
    Edition.objects.filter(pk=1).update(shelf=new_shelf())


def forget_blocks() -> None:
    """What stands in parts of pages that are kept is something else from now on. Whoever calls this has counted it."""
    Block.objects.all().delete()


def _let_go() -> None:
    """Nothing is kept that may have words of before."""
    store().clear()
    forget_blocks()


def begin_to_keep() -> None:
    """Let answers be kept, unless a public change is under way: its words may be about to go."""
    with replicas.primary(), transaction.atomic():
        edition = Edition.objects.select_for_update(skip_locked=True).filter(pk=1)
        if found := edition.values_list("version", "shelf").first():
            replicas.note(found[0])  # before anybody finds the shelf: what is kept is of no earlier edition
            store().put_up(found[1])
            now.learn(found[1])


def _tell() -> None:
    """Whoever answers from copies asks for the edition anew, in this process and in others."""
    now.forget()
    store().tell()
