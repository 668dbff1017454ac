"""The store of datasets: the table says which there are and may be had; their files lie in a folder beside it."""

import datetime
import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from timeline.models import Dataset, Departure, Edition, Storyline, Version

from . import shared

logger = logging.getLogger(__name__)


class BusyError(Exception):
    """Another process is building."""


class WithdrawnMeanwhileError(Exception):
    """Something in a dataset stopped being public while it was built."""


def folder() -> Path:
    """Where the files are."""
    return Path(settings.DATASETS_DIR)


def file_of(dataset: Dataset) -> Path:
    """The zip file of a dataset."""
    return folder() / f"{dataset.version}.zip"


def known() -> list[Dataset]:
    """All that are kept or were withdrawn of late, newest first: one query."""
    return list(Dataset.objects.defer("versions"))


def is_kept(dataset: Dataset) -> bool:
    """Whether it may be had, and had from here."""
    return dataset.withdrawn_at is None and (file_of(dataset).exists() or shared.is_set())


def newest(datasets: list[Dataset]) -> Dataset | None:
    """The first that may be had."""
    return next(filter(is_kept, datasets), None)


def changed_at() -> datetime.datetime | None:
    """When the store last got a file. (A withdrawal changes the edition.)"""
    return max((dataset.built_at for dataset in known() if is_kept(dataset)), default=None)


@contextmanager
def alone() -> Iterator[Path]:
    """Hold the folder, made if need be. Raises ``BusyError`` while another process holds it."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(_("Another process is building the dataset.")) from error
        yield folder()


def redactions() -> int:
    """How many versions have lost their words."""
    return Version.objects.exclude(redaction="").count()


def put(dataset: Dataset, archive: Path, answers: list[Path], redacted: int) -> Dataset:
    """Offer a dataset whose file is ``archive``, and let go of those that are too old; the folder is held.

    With it come the files of ``answers`` to no question, whose names begin with its version.

    ``redacted`` is what :func:`redactions` was when it was read. What stops being public waits for the lock that
    is held here, and so it either finds the dataset in the table or is found here: then it is not offered.
    """
    with transaction.atomic():
        list(Edition.objects.select_for_update().filter(pk=1))
        left = Departure.objects.filter(edition__gt=dataset.version).values_list("uid", flat=True)
        told = Storyline.objects.filter(pk__in=dataset.storylines, is_public=True).count()
        is_whole = told == len(dataset.storylines) and not any(str(uid) in dataset.versions for uid in left)
        if redactions() != redacted or not is_whole:
            raise WithdrawnMeanwhileError(_("Something in it was withdrawn meanwhile. It is built anew next time."))
        Dataset.objects.filter(version=dataset.version).delete()
        dataset.save()
        archive.replace(file_of(dataset))
        for file in answers:
            file.replace(folder() / file.name)
        Dataset.objects.filter(pk__in=[old.pk for old in known()[settings.DATASETS_KEPT :]]).delete()
    sweep(folder())
    return dataset


def sweep(held: Path) -> None:
    """Delete the files of datasets that may not be had (any more), from the folder, which is held, and everywhere.

    Raises ``shared.AwayError``.
    """
    offered = list(Dataset.objects.offered().defer("versions"))
    files = {file_of(dataset) for dataset in offered}
    newest = f"{offered[0].version}." if offered else " "  # whose answers are there too
    for file in held.glob("[0-9]*"):
        if file not in files and not file.name.startswith(newest):
            try:
                file.unlink(missing_ok=True)
            except OSError:
                logger.warning("The file of a dataset that is not offered cannot be deleted", exc_info=True)
    shared.tidy(files)
