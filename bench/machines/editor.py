"""An editor, in a process of its own: publishes one entry again and again, and says when it has."""

import sys
import time

import django

django.setup()

from django.db import InterfaceError, OperationalError, connection, transaction  # noqa: E402

from timeline import edition  # noqa: E402
from timeline.edition.versions import Publication  # noqa: E402
from timeline.models import EntryPage  # noqa: E402

PAUSE = 0.3


def publish(number: int) -> None:
    """What concerns readers of a publication, without what Wagtail does for editors: so there are many."""
    with transaction.atomic():
        entry = EntryPage.objects.select_for_update(of=["self"]).get(slug=sys.argv[1])
        EntryPage.objects.filter(pk=entry.pk).update(title=f"Counter {number}")
        edition.refresh([entry.pk], {entry.pk: Publication("minor", "", "", "", None)})


number = 1
while True:
    try:
        publish(number)
        print(number, flush=True)
        number += 1
    except (OperationalError, InterfaceError):
        connection.close()
    time.sleep(PAUSE)
