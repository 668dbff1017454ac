"""Receivers of signals: the file of a dataset goes when the dataset is withdrawn."""

import logging
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save

from timeline.models import Dataset

from . import storage

logger = logging.getLogger(__name__)


def _saved(sender: type, instance: Dataset, **kwargs: Any) -> None:
    if instance.withdrawn_at:
        transaction.on_commit(_sweep, robust=True)


def _sweep() -> None:
    """Delete what can be deleted from here now; ``build_dataset`` does so at each run."""
    try:
        with storage.alone() as folder:
            storage.sweep(folder)
    except (storage.BusyError, OSError):
        logger.info("The files of withdrawn datasets are left to build_dataset", exc_info=True)


def connect() -> None:
    """Listen to datasets that are withdrawn; called once, when Django starts."""
    post_save.connect(_saved, sender=Dataset, dispatch_uid="timeline.dataset")
