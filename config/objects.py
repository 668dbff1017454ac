"""An object store for uploads and datasets, which several machines share: any that speaks S3, by ``STORAGE_URL``.

It needs `requirements/objects.txt`. What is in it is private: addresses that it gives are signed, for an hour.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

try:
    from botocore.config import Config
    from storages.backends.s3 import S3Storage
except ImportError as error:
    raise ImproperlyConfigured(
        f"STORAGE_URL wants more packages ({error}): pip install --require-hashes -r requirements/objects.txt"
    ) from error


class ObjectStorage(S3Storage):
    """Django's storage in a bucket; who waits for a store that is away waits some seconds, not minutes."""

    def get_default_settings(self) -> dict[str, Any]:
        # Of no host is asked that it knows names below its own, one for each bucket.
        patience = Config(
            connect_timeout=3,
            read_timeout=20,
            retries={"max_attempts": 2},
            s3={"addressing_style": "path"},
            signature_version="s3v4",
        )
        return {**super().get_default_settings(), "client_config": patience, "default_acl": None}
