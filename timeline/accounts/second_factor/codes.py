"""Codes: a second factor is set up, checked, renewed and removed.

Secrets of TOTP must be readable to be checked, so they are plain in the database (`SECURITY.md`). Recovery codes
have 80 random bits and are stored as digests.
"""

import hashlib
import re
import secrets
import unicodedata
from base64 import b32encode, b64encode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from timeline.accounts import tries

RECOVERY_CODES = 10

second_factor = Signal()
"""Something about a second factor: ``sender`` is what; ``request`` (None in a command) and ``user``.

``"accepted"`` or ``"refused"`` for each code said, ``"recovered"`` for an accepted recovery code;
``"set up"``, ``"renewed"`` (the recovery codes), ``"removed"``, ``"reset"`` (by a command).
"""


def is_good(request: HttpRequest, user: AbstractBaseUser, code: str, *, recovery: bool = False) -> bool:
    """Whether a code is right and new. Counted as a try; a good one is used up."""
    attempt = tries.begin(request, tries.Kind.CODE, user.get_username())
    devices = StaticDevice.objects if recovery else TOTPDevice.objects
    with transaction.atomic():  # two that say the same code at once wait for one another
        device = devices.select_for_update().filter(user=user, confirmed=True).order_by("pk").first()
        good = device is not None and bool(device.verify_token(_digest(code) if recovery else _digits(code)))
    if good:
        tries.was_good(attempt)
    second_factor.send(
        sender=("recovered" if recovery else "accepted") if good else "refused", request=request, user=user
    )
    return good


def new_secret() -> str:
    return secrets.token_hex(20)


def device_of(user: AbstractBaseUser, secret: str) -> TOTPDevice:
    return TOTPDevice(user=user, name="app", key=secret, confirmed=True)


def set_up(request: HttpRequest, user: AbstractBaseUser, secret: str, code: str) -> TOTPDevice | None:
    """Keep the secret if the app that has it too says a right code; not beside another one."""
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update().get(pk=user.pk)
        device = device_of(user, secret)
        if TOTPDevice.objects.filter(user=user).exists() or not device.verify_token(_digits(code)):
            transaction.set_rollback(True)
            return None
    second_factor.send(sender="set up", request=request, user=user)
    return device


def renew(user: AbstractBaseUser) -> list[str]:
    """New recovery codes; those before are void. This is the only time that they can be read."""
    new = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        StaticToken.objects.bulk_create([StaticToken(device=device, token=_digest(code)) for code in new])
    return ["-".join(re.findall("....", code)) for code in new]


def left(user: AbstractBaseUser) -> int:
    """How many recovery codes have not been used."""
    return StaticToken.objects.filter(device__user=user).count()


def remove(user: AbstractBaseUser) -> bool:
    """Take the second factor away; returns whether there was one."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        return bool(TOTPDevice.objects.filter(user=user).delete()[0])


def _digits(code: str) -> str:
    """The code as six digits, however it was typed; empty when it is none."""
    digits = re.sub(r"\s", "", unicodedata.normalize("NFKC", code))
    return digits if re.fullmatch("[0-9]{6}", digits) else ""


def _digest(code: str) -> str:
    """What is kept of a recovery code: as many bits as django-otp has room for."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).lower()
    return b64encode(hashlib.sha256(plain.encode()).digest()[:12]).decode()
