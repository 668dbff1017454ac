"""Keys: nobody reads an address in the database, and nobody finds one there, without ``LETTERS_KEY``.

From each of its keys three are derived: one encrypts (Fernet), one makes the digests that an address is found by, one
signs links. The first key is used, the others are still understood; :func:`renew` brings rows to the first.
"""

import hashlib
import hmac
import unicodedata
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signing import TimestampSigner
from django.db import transaction

from timeline.models import Subscriber

BATCH = 500


class UnreadableError(Exception):
    """An address was encrypted with a key that is not there any more."""


@lru_cache(maxsize=64)
def _derived(key: str, purpose: str) -> bytes:
    info = f"nenpyo letters {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.encode())


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key, "addresses"))) for key in keys])


def name() -> str:
    """The name of the first key, which tells nothing of it."""
    return hashlib.sha256(_derived(settings.LETTERS_KEYS[0], "name")).hexdigest()[:8]


def encrypt(address: str) -> str:
    return _fernet(tuple(settings.LETTERS_KEYS)).encrypt(address.encode()).decode()


def decrypt(encrypted: str) -> str:
    """The address. Raises ``UnreadableError``."""
    try:
        return _fernet(tuple(settings.LETTERS_KEYS)).decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise UnreadableError from None


def digests(text: str, purpose: str = "digests") -> list[str]:
    """What a text is found by, that of the first key first; one for all ways to write an address."""
    said = unicodedata.normalize("NFKC", text).strip().casefold().encode()
    return [hmac.new(_derived(key, purpose), said, hashlib.sha256).hexdigest() for key in settings.LETTERS_KEYS]


def signer(purpose: str) -> TimestampSigner:
    """Signs links for one purpose; no link is good for another one."""
    ours: list[str | bytes] = [_derived(key, "links").hex() for key in settings.LETTERS_KEYS]
    return TimestampSigner(key=ours[0], fallback_keys=ours[1:], sep=".", salt=f"timeline.letters.{purpose}")


def renew() -> int:
    """Bring a batch of rows to the first key; returns how many. Whose key has gone stays as it is."""
    with transaction.atomic():
        old = Subscriber.objects.exclude(encrypted_with=name()).select_for_update(skip_locked=True)
        renewed = []
        for subscriber in old[:BATCH]:
            try:
                address = decrypt(subscriber.address)
            except UnreadableError:
                continue
            subscriber.address, subscriber.digest = encrypt(address), digests(address)[0]
            subscriber.encrypted_with = name()
            renewed.append(subscriber)
        Subscriber.objects.bulk_update(renewed, ["address", "digest", "encrypted_with"])
    return len(renewed)
