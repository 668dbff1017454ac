"""Typed reading of environment variables: every mistake names the variable.

`asked` collects the names that were read, so that a test can compare them
with `.env.example`.

DECISIONS 96 says why.
"""

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

REQUIRED: Final = "\0required"
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
NO_MAIL: Final = "config.mail.NoMail"

asked: set[str] = set()


def _read(name: str) -> str:
    asked.add(name)
    return os.environ.get(name, "").strip()


def text(name: str, default: str = REQUIRED, *, why: str = "") -> str:
    """A string; set but empty counts as not set. `why` ends the sentence when it is missing."""
    value = _read(name) or default
    if value is REQUIRED:
        raise ImproperlyConfigured(f"Set the environment variable {name}. {why}".strip())
    return value


def is_set(name: str) -> bool:
    """Whether somebody has decided."""
    return bool(_read(name))


def boolean(name: str, default: bool) -> bool:
    """A switch. Anything but a clear yes or no is refused: `DEBUG=flase` must not mean true."""
    value = _read(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}: write true or false.")
    return value in TRUE


def integer(name: str, default: int, *, minimum: int = 0, maximum: int = 2**31 - 1) -> int:
    """A whole number within bounds."""
    value = _read(name)
    if not value:
        return default
    if not re.fullmatch("[0-9]{1,10}", value) or not minimum <= int(value) <= maximum:
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number from {minimum} to {maximum}.")
    return int(value)


def listing(name: str, default: Collection[str] = ()) -> list[str]:
    """Words parted by commas."""
    words = [word.strip() for word in _read(name).split(",")]
    return [word for word in words if word] or list(default)


def choice(name: str, options: Collection[str], default: str) -> str:
    """One of a few words."""
    value = _read(name) or default
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}: write one of {', '.join(options)}.")
    return value


def matching(name: str, pattern: str, default: str = REQUIRED, *, why: str = "") -> str:
    """A string of a known form."""
    value = text(name, default, why=why)
    if not re.fullmatch(pattern, value):
        raise ImproperlyConfigured(f"{name} is {value!r}. {why}".strip())
    return value


def path[Default: Path | None](name: str, default: Default) -> Path | Default:
    """A folder or file; `~` is the home folder. Must be absolute: services start anywhere."""
    value = _read(name)
    if not value:
        return default
    place = Path(value).expanduser()
    if not place.is_absolute():
        raise ImproperlyConfigured(f"{name} is {value!r}: write an absolute path.")
    return place


def secret(name: str, default: str = REQUIRED, *, why: str = "") -> str:
    """A secret, from NAME or from the file that NAME_FILE points to (never from both)."""
    value, file = _read(name), _read(f"{name}_FILE")
    if value and file:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error
        if not value:
            raise ImproperlyConfigured(f"{name}_FILE points to an empty file: {file}")
    value = value or default
    if value is REQUIRED:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE. {why}".strip())
    return value


MIN_KEY = 32
"""Characters of a key of which others are made."""


def keys(name: str) -> list[str]:
    """Secrets, the newest first, parted by spaces or commas; none when nothing is set."""
    found = [one for one in re.split(r"[\s,]+", secret(name, "")) if one]
    if any(len(one) < MIN_KEY for one in found):
        raise ImproperlyConfigured(
            f"{name} is too short: take {MIN_KEY} characters or more, as openssl rand -hex 32 does."
        )
    return found


def _parts(name: str, value: str, *, several: bool = False) -> SplitResult:
    """The parts of an address, or of ``several`` hosts. The message does not repeat it: it may hold a password."""
    try:
        parts = urlsplit(value)
        several or parts.port  # noqa: B018 (parsed when first asked for)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is not a sound address. In a password %23 stands for #, %2F for /, %3F for ? and %40 for @."
        ) from None
    return parts


def url(name: str, default: str = REQUIRED, *, why: str = "") -> str:
    """An http or https address without path, as `https://example.org`, no slash at its end."""
    value = text(name, default, why=why).rstrip("/")
    if not value:
        return value
    parts = _parts(name, value)
    rest = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in {"http", "https"} or not parts.hostname or rest:
        raise ImproperlyConfigured(f"{name} is {value!r}: write scheme and host only, as https://example.org.")
    return value


def database(name: str, default: str = REQUIRED, *, why: str = "") -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/name?sslmode=require`.

    Empty when nothing is set. Of several servers, `host:port,host:port`, that one is meant which may be written to.
    """
    value = secret(name, default, why=why)
    return _database(name, value) if value else {}


def databases(name: str) -> list[dict[str, Any]]:
    """Django's settings for several databases, parted by spaces or commas; none when nothing is set."""
    values = re.split(r"[\s,]+(?=postgres(?:ql)?://)", secret(name, ""))
    return [_database(name, value) for value in values if value]


def _database(name: str, value: str) -> dict[str, Any]:
    parts = _parts(name, value, several=True)
    account, _at, servers = parts.netloc.rpartition("@")
    user, _colon, password = account.partition(":")
    hosts = [_parts(name, f"//{server}") for server in servers.split(",")]
    ports = [str(host.port or "") for host in hosts]
    database_name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not database_name:
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    # A socket's folder does not fit in a host name: ?host=/run/postgresql
    host = options.pop("host", ",".join(unquote(host.hostname or "") for host in hosts))
    return {
        "ENGINE": "config.postgres",
        "NAME": database_name,
        "USER": unquote(user),
        "PASSWORD": unquote(password),
        "HOST": host,
        "PORT": ",".join(ports) if any(ports) else "",
        "OPTIONS": ({"target_session_attrs": "read-write"} if "," in host else {}) | options,
    }


def cdn(name: str) -> dict[str, str]:
    """Who keeps copies of answers and is told when they are to go; empty when nothing is set.

    `fastly://token@service`, `cloudflare://token@zone`, or the address of a cache that takes the method PURGE.
    """
    value = secret(name, "")
    if not value:
        return {}
    parts = _parts(name, value)
    is_own = parts.scheme in {"http", "https"}
    if not parts.hostname or not (is_own or (parts.scheme in {"fastly", "cloudflare"} and parts.username)):
        raise ImproperlyConfigured(
            f"{name} must look like fastly://token@service, cloudflare://token@zone or https://…"
        )
    # As it is written: a service of Fastly has capitals, which `hostname` has not.
    account, _at, place = parts.netloc.rpartition("@")
    return {"KIND": "cache" if is_own else parts.scheme, "TOKEN": unquote(account), "ID": place, "URL": value}


def archives() -> dict[str, str]:
    """Where copies of pages are looked for and asked for; what is not set is empty, and is not asked.

    The keys of Save Page Now stand in its address, `https://accesskey:secret@web.archive.org/save`.
    """
    why = "Write the address of the service in full, or nothing."
    found = {
        name: matching(name, r"(https?://\S+)?", "", why=why) for name in ("MEMENTO_TIMEGATE", "WAYBACK_AVAILABILITY")
    }
    value = secret("WAYBACK_SAVE_URL", "")
    parts = _parts("WAYBACK_SAVE_URL", value)
    keys, _at, host = parts.netloc.rpartition("@")
    if value and not (parts.scheme in {"http", "https"} and parts.hostname and parts.username and parts.password):
        raise ImproperlyConfigured("WAYBACK_SAVE_URL must look like https://accesskey:secret@web.archive.org/save.")
    return {**found, "WAYBACK_SAVE": urlunsplit(parts._replace(netloc=host)), "WAYBACK_KEYS": unquote(keys)}


def bucket(name: str) -> dict[str, Any]:
    """What `config.objects` needs of `s3://key:secret@host/bucket?region=eu-west-1`; empty when nothing is set.

    `tls=false` for a store on this machine.
    """
    value = secret(name, "")
    if not value:
        return {}
    parts = _parts(name, value)
    place = parts.path.strip("/")
    if parts.scheme != "s3" or not (parts.hostname and parts.username and parts.password and place):
        raise ImproperlyConfigured(f"{name} must look like s3://key:secret@host/bucket?region=eu-west-1.")
    asked = dict(parse_qsl(parts.query))
    scheme = "http" if asked.get("tls") == "false" else "https"
    return {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "bucket_name": place,
        "endpoint_url": f"{scheme}://{parts.netloc.rpartition('@')[2]}",
        "region_name": asked.get("region", "us-east-1"),
    }


def cache(name: str) -> str:
    """`valkey://host:6379/0`, `unix:///run/valkey/valkey.sock` or, of Redis, `redis://…`; empty when none is set."""
    value = secret(name, "")
    if value and not re.fullmatch(r"((valkeys?|rediss?)://[^/\s]+|unix://(\S+@)?/\S+)\S*", value):
        raise ImproperlyConfigured(
            f"{name} must look like valkey://127.0.0.1:6379/0 or unix:///run/valkey/valkey.sock."
        )
    _parts(name, value)
    return value


def mailer(name: str, default: str = REQUIRED, *, why: str = "") -> dict[str, Any]:
    """Django's settings of a mailer: `smtp://user:password@host:587?tls=true`, `console:`, `none:`.

    `smtps:` speaks TLS from the first byte, `?tls=true` after STARTTLS.
    """
    parts = _parts(name, secret(name, default, why=why))
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    console = "django.core.mail.backends.console.EmailBackend"
    backend = {"smtp": smtp, "smtps": smtp, "console": console, "none": NO_MAIL}.get(parts.scheme)
    if backend is None or (backend == smtp and not parts.hostname):
        raise ImproperlyConfigured(f"{name} must look like smtp://user:password@host:587?tls=true.")
    if backend != smtp:
        return {"BACKEND": backend}
    return {
        "BACKEND": backend,
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or (465 if parts.scheme == "smtps" else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": dict(parse_qsl(parts.query)).get("tls") == "true",
            "timeout": 10,
        },
    }
