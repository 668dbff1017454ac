"""A real mail server on this machine, which keeps what it gets, and refuses what a test wants it to refuse."""

import datetime
import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from django.utils import timezone
from django.utils.translation import get_language

from timeline.choices import Frequency
from timeline.letters import asking, delivery, keys, links, rounds
from timeline.models import Letter, LetterAsked, LetterRound, Subscription
from timeline.models.letter import BEGINNING


class Mailroom:
    """``letters`` are what it took, as they were on the wire; ``read`` as a mail program has them. They came from
    ``senders``, for ``recipients``.

    ``refusals`` are what it answers to an address, ``on_data`` to all letters once they are there; both are SMTP's.
    """

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.recipients: list[str] = []
        self.senders: list[str] = []
        self.refusals: dict[str, str] = {}
        self.on_data: Callable[[], str] = lambda: "250 OK"

    async def handle_RCPT(self, server: Any, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if refusal := self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.on_data()
        if answer.startswith("250"):
            self.letters.append(bytes(envelope.original_content or b""))
            self.recipients += envelope.rcpt_tos
            self.senders.append(str(envelope.mail_from))
        return answer

    def read(self) -> list[EmailMessage]:
        return [email.message_from_bytes(letter, policy=email.policy.default) for letter in self.letters]


@pytest.fixture
def mailroom(settings: Any) -> Iterator[Mailroom]:
    """The server that letters go to."""
    room = Mailroom()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(room, hostname="127.0.0.1", port=port)
    controller.start()
    use(settings, port)
    yield room
    controller.stop()


def use(settings: Any, port: int, timeout: float = 5) -> None:
    """Let letters go to a port of this machine."""
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


def subscribed(query: str = "", often: str = "at_once", address: str = "jo@example.org") -> Subscription:
    """Somebody who has confirmed a question."""
    asking.ask(address, query, often, "client")
    LetterAsked.objects.all().delete()
    Letter.objects.filter(kind="confirm").delete()
    asked = Subscription.objects.filter(subscriber__digest=keys.digests(address)[0], language=get_language())
    wanted = asked.get(query=query)
    asking.confirm(links.Found(wanted.subscriber.key, wanted.pk))
    return Subscription.objects.get(pk=wanted.pk)


def begin(at: datetime.datetime | None = None) -> int:
    """Begin the rounds that are due, those at once as well; returns how many letters that makes."""
    for frequency in Frequency.values:
        LetterRound.objects.get_or_create(frequency=frequency, defaults={"ended_at": timezone.now()})
    LetterRound.objects.filter(frequency="at_once").update(ended_at=BEGINNING.moment)
    return rounds.begin_due(at or timezone.now())


def send(at: datetime.datetime | None = None, post: delivery.Post | None = None) -> list[str]:
    """Let the rounds that are due begin, at once ones as well, and send what waits; returns what went wrong."""
    begin(at)
    return list((post or delivery.Post()).deliver())


def make_due() -> None:
    """Let no letter wait any longer."""
    Letter.objects.update(due_at=timezone.now())


def text_of(letter: EmailMessage) -> str:
    """The plain part, with each space as one."""
    body = letter.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())
