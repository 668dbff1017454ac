"""The queue of letters: each is taken by one process, sent, and tried again until it is gone or given up.

Who takes a letter first moves on when it is due, and removes it once the server has it. If they die in between,
another takes it some minutes later; if they die after the server took it and before that is noted, it is sent twice,
with one Message-ID: at least once, and never not. Nothing is locked while a server is asked.

What a server says of an address is not kept nor logged but for its number: it repeats the address.
"""

import logging
import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage, mailers
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.choices import LetterKind
from timeline.models import Letter, LetterCount, Subscriber
from timeline.public.wording import site_day

from .keys import UnreadableError
from .writing import Writer

TAKEN = timedelta(minutes=10)
"""After so long somebody who has taken a letter is believed to be dead."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
"""Before a letter is tried again that was not taken now: each pause is twice as long as the one before."""

LONGEST_REST = timedelta(hours=1)
"""Before a server is asked again that is away; the first rest is as long as the first pause."""

AFTER_REFUSAL = timedelta(hours=8)
"""Before a letter is tried again that was refused for good, times the refusals in a row: it may be a mistake. Within
so long refusals count as one."""

MOST_FAILURES = 4
"""Refusals for good in a row after which an address is paused: a day at the least."""

BOUNCES_WITHIN = timedelta(days=10)
"""So long after a letter came back none may have, before those that did are forgotten: servers try for up to five
days, and letters may be a week apart."""

MOST_ATTEMPTS = 20
"""At one letter: some four days."""

MOST_IN_A_ROW = 20
"""Letters to different addresses that a server refuses one after the other, before it is believed to mean us."""

FORGOTTEN_AFTER = timedelta(days=30)
"""A paused address that nobody has asked for again goes."""

GONE = 421
"""The server closes the connection, whatever was said."""

logger = logging.getLogger(__name__)


class AwayError(Exception):
    """The server of letters does not answer, or wants nothing from us."""


class RefusedError(Exception):
    """A server does not take this letter to this address, and says so by a number."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code

    @property
    def is_permanent(self) -> bool:
        return self.code >= 500


class Post:
    """Sends letters. It remembers how long a server has been away, so one of them stays for all runs of a service."""

    def __init__(self) -> None:
        self.rest = timedelta()
        self.rests_until: datetime | None = None

    def deliver(self, is_stopping: Callable[[], bool] = lambda: False) -> Iterator[str]:
        """Send what is due; yields what went wrong, in sentences."""
        if self.rests_until and timezone.now() < self.rests_until:
            return
        writer, mailer, problems, in_a_row = Writer(), mailers.default, Counter[str](), 0
        try:
            while not is_stopping() and (letter := _take()):
                try:
                    problem = _deliver(letter, writer, mailer)
                except AwayError as error:
                    _put_back(letter)
                    self._rest()
                    yield _("The server of letters does not take any: %s") % error
                    return
                if problem:
                    problems[problem] += 1
                    in_a_row += 1
                else:
                    in_a_row = 0
                    self.rest, self.rests_until = timedelta(), None
                if in_a_row == MOST_IN_A_ROW:
                    self._rest()
                    yield _("The server of letters refused many one after the other; it is left alone for a while.")
                    return
        finally:
            _close(mailer)
            for problem, number in problems.items():
                logger.warning("Letters not sent: %d (%s)", number, problem)
        for problem, number in problems.items():
            said = ngettext(
                "%(n)d letter was not taken: %(problem)s", "%(n)d letters were not taken: %(problem)s", number
            )
            yield said % {"n": number, "problem": problem}

    def _rest(self) -> None:
        self.rest = min(self.rest * 2 or FIRST_PAUSE, LONGEST_REST)
        self.rests_until = timezone.now() + self.rest


def _take() -> Letter | None:
    """The letter that has waited longest, for nobody else until ``TAKEN`` is over."""
    now = timezone.now()
    with transaction.atomic():
        waiting = Letter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("subscriber")
        letter = waiting.filter(due_at__lte=now).order_by("due_at", "pk").first()
        if letter:
            letter.attempts += 1
            Letter.objects.filter(pk=letter.pk).update(attempts=letter.attempts, due_at=now + TAKEN)
    return letter


def _put_back(letter: Letter) -> None:
    """It was not its fault."""
    Letter.objects.filter(pk=letter.pk).update(attempts=letter.attempts - 1, due_at=timezone.now())


def _deliver(letter: Letter, writer: Writer, mailer: Any) -> str:
    """Send a letter that was taken; returns what went wrong, without a word that tells an address.

    Raises ``AwayError``.
    """
    try:
        # Who is paused gets what they ask for all the same.
        is_wanted = letter.kind != LetterKind.NEWS or letter.subscriber.paused_at is None
        message = writer.message(letter) if is_wanted else None
        if message:
            _send(message, mailer)
    except RefusedError as error:
        _note_refusal(letter, error)
        return str(error.code)
    except UnreadableError:
        _try_later(letter, "key", LONGEST_PAUSE)
        return _("LETTERS_KEY lacks the key of its address")
    except (AwayError, OperationalError, InterfaceError):
        raise
    except Exception as error:  # whatever it is, it must not stop the others
        logger.exception("A letter could not be written")
        _try_later(letter, type(error).__name__, _pause(letter))
        return type(error).__name__
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk).delete()
        if message:
            if letter.subscriber.failures:
                _forget_failures(letter.subscriber)
            _count("sent")
    return ""


def _send(message: EmailMessage, mailer: Any) -> None:
    """Give a message to the server; once more, on a new connection, if it has closed the one it had."""
    with _judged():
        is_new = bool(mailer.open())
    try:
        with _judged():
            mailer.send_messages([message])
    except AwayError:
        _close(mailer)
        if is_new:
            raise
        _send(message, mailer)


@contextmanager
def _judged() -> Iterator[None]:
    """Whether what a server says is about this letter, or about all of them."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        _judge(*(code for code, _said in error.recipients.values()))
    except smtplib.SMTPDataError as error:
        _judge(error.smtp_code)
    except smtplib.SMTPResponseException as error:  # it knows neither our name nor our password, or not our sender
        raise AwayError(f"{type(error).__name__} {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise AwayError(type(error.__context__ or error).__name__) from None
    except ValueError:  # no address of a letter, though a form took it
        raise RefusedError(553) from None


def _judge(code: int) -> None:
    if code == GONE:
        raise AwayError(str(code))
    raise RefusedError(code)


def _note_refusal(letter: Letter, refusal: RefusedError) -> None:
    """Try again later; or give up, if it was refused for good too often. Then the address is paused."""
    given_up = not refusal.is_permanent and letter.attempts >= MOST_ATTEMPTS
    with transaction.atomic():
        if refusal.is_permanent or given_up:
            failures = count_failure(letter.subscriber)
        else:
            _count("refused")
            failures = letter.subscriber.failures
        if failures >= MOST_FAILURES:
            return
        if given_up or (refusal.is_permanent and letter.kind != LetterKind.NEWS):
            # Nobody waits long for what they asked for: they ask again.
            Letter.objects.filter(pk=letter.pk).delete()
            _count("given_up")
        else:
            _try_later(letter, str(refusal.code), AFTER_REFUSAL * failures if refusal.is_permanent else _pause(letter))


def count_failure(subscriber: Subscriber, bounced_at: datetime | None = None) -> int:
    """Note that a letter was refused for good, or came back; returns how many in a row. After some it is paused."""
    _count("refused")
    now = timezone.now()
    if bounced_at:
        Subscriber.objects.filter(pk=subscriber.pk).update(bounced_at=bounced_at)
    failures = subscriber.failures
    if subscriber.failed_at is None or subscriber.failed_at <= now - AFTER_REFUSAL:
        failures += 1
        Subscriber.objects.filter(pk=subscriber.pk).update(failures=failures, failed_at=now)
    if failures >= MOST_FAILURES:
        Subscriber.objects.filter(pk=subscriber.pk).update(paused_at=now)
        Letter.objects.filter(subscriber=subscriber).delete()
        _count("given_up")
    return failures


def _forget_failures(subscriber: Subscriber) -> None:
    """A letter was taken; that says little of an address whose letters came back of late from a server further on."""
    now = timezone.now()
    if subscriber.bounced_at is None or subscriber.bounced_at <= now - BOUNCES_WITHIN:
        Subscriber.objects.filter(pk=subscriber.pk).update(failures=0, failed_at=None, bounced_at=None)


def _pause(letter: Letter) -> timedelta:
    return min(FIRST_PAUSE * 2 ** min(letter.attempts - 1, 12), LONGEST_PAUSE)


def _try_later(letter: Letter, problem: str, pause: timedelta) -> None:
    Letter.objects.filter(pk=letter.pk).update(due_at=timezone.now() + pause, problem=problem[:40])


def _count(what: str) -> None:
    today, _made = LetterCount.objects.get_or_create(day=site_day())
    LetterCount.objects.filter(pk=today.pk).update(**{what: F(what) + 1})


def _close(mailer: Any) -> None:
    with suppress(smtplib.SMTPException, OSError):
        mailer.close()
