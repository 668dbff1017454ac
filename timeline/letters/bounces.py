"""Bounces: what a mail server that took a letter says later, by mail, to the address that the letter was sent from.

Each subscriber has such an address of its own (``links.bounce_address``). It
tells whose letter came back, whatever address the server names, and nobody can write to it who has not had a letter.
What is counted are reports of RFC 3464 that delivery has failed, in the form in which mail servers send them. A letter
that is only late, an answer of somebody on holiday and all else is no bounce.
"""

import email
from email.message import Message
from email.utils import getaddresses
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from timeline.models import Subscriber

from .delivery import count_failure

FAILED = "failed"
"""The action of a report that says that delivery was given up (RFC 3464, 2.3.3); ``delayed`` is another."""


def note(message: bytes) -> bool:
    """Count a message that came back to us as the refusal of a letter; whether it was one."""
    found = _read(email.message_from_bytes(message))
    if found is None:
        return False
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().filter(key=found).first()
        if subscriber is None:  # unsubscribed meanwhile
            return False
        count_failure(subscriber, bounced_at=timezone.now())
    return True


def _read(message: Message) -> UUID | None:
    """Whose letter could not be delivered, by a report on that."""
    is_report = message.get_content_type() == "multipart/report" and message.is_multipart()
    parts = [part for part in message.get_payload() if isinstance(part, Message)] if is_report else []
    states = [part for part in parts if part.get_content_type() == "message/delivery-status" and part.is_multipart()]
    blocks = [block for part in states for block in part.get_payload() if isinstance(block, Message)]
    if not any(str(block.get("Action", "")).strip().lower() == FAILED for block in blocks):
        return None
    start = settings.LETTERS_BOUNCE_TO.rpartition("@")[0].lower() + "+"
    # A report is addressed to where the letter came from, in its header too (RFC 3464, 2).
    for _name, address in getaddresses([str(line) for line in message.get_all("To", [])]):
        local = address.rpartition("@")[0].lower()
        if local.startswith(start):
            try:
                return UUID(hex=local.removeprefix(start))
            except ValueError:
                continue
    return None
