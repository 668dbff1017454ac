"""The environment is read strictly, and production is safe unless told otherwise."""

import importlib
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from config import env

ROOT = settings.BASE_DIR
EXAMPLE = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
# What the tests themselves set for Django stays out, too.
MACHINE = {name: value for name, value in os.environ.items() if name not in EXAMPLE and not name.startswith("DJANGO_")}
PRODUCTION = MACHINE | {
    "NENPYO_ENV": "production",
    "SECRET_KEY": "3Jt0fWm5c8yQ7hZ2vR9xLk4pNs6bTg1aDe8uIo0wXyZqMnCfHr5d",
    "BASE_URL": "https://chronology.example.org",
    "NENPYO_TAG_AUTHORITY": "example.org,2026",
    "DATABASE_URL": "postgresql://nenpyo@localhost/nenpyo",
    "MAIL_URL": "smtp://localhost",
    "HSTS_SUBDOMAINS": "true",
    "HSTS_PRELOAD": "false",
}


def run_in(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py or Python with this environment and no other."""
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


def shown(environment: dict[str, str], expression: str) -> str:
    """The value of an expression over the settings, in a process of its own."""
    code = f"from config import settings as s; print({expression})"
    result = run_in(environment, "-c", code)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize("word", ["true", "True", "yes", "on", "1"])
def test_a_boolean_takes_the_usual_words_for_yes(monkeypatch, word):
    monkeypatch.setenv("SWITCH", word)
    assert env.boolean("SWITCH", default=False) is True


@pytest.mark.parametrize("word", ["false", "No", "off", "0"])
def test_a_boolean_takes_the_usual_words_for_no(monkeypatch, word):
    monkeypatch.setenv("SWITCH", word)
    assert env.boolean("SWITCH", default=True) is False


@pytest.mark.parametrize("read", [
    pytest.param(lambda: env.boolean("THING", default=False), id="boolean"),
    pytest.param(lambda: env.integer("THING", 1), id="integer"),
    pytest.param(lambda: env.choice("THING", ["a", "b"], "a"), id="choice"),
    pytest.param(lambda: env.url("THING"), id="url"),
    pytest.param(lambda: env.path("THING", Path("/")), id="path"),
    pytest.param(lambda: env.matching("THING", "[a-z]+-[a-z]+"), id="matching"),
    pytest.param(lambda: env.database("THING"), id="database"),
    pytest.param(lambda: env.databases("THING"), id="databases"),
    pytest.param(lambda: env.cache("THING"), id="cache"),
    pytest.param(lambda: env.bucket("THING"), id="bucket"),
    pytest.param(lambda: env.cdn("THING"), id="cdn"),
    pytest.param(lambda: env.mailer("THING", "none:"), id="mailer"),
])  # fmt: skip
@pytest.mark.parametrize(
    "value", ["flase", "-1", "99999999999", "http://[", "ftp://example.org", "mysql://h/n", "smtp:"]
)
def test_a_wrong_value_is_refused_by_name(monkeypatch, read, value):
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match="THING"):
        read()


@pytest.mark.parametrize(("read", "value"), [
    (env.database, "postgresql://me:whi#sper@host/name"),
    (env.databases, "postgresql://me:whi/sper@host/name"),
    (env.cache, "valkey://:whi#sper@host:6379/0"),
    (env.bucket, "s3://key:whi?sper@host/bucket"),
    (env.cdn, "https://me:whi#sper@host/"),
    (env.mailer, "smtp://me:whi/sper@host"),
])  # fmt: skip
def test_a_password_with_signs_of_an_address_is_refused_and_no_part_of_it_is_said(monkeypatch, read, value):
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match=r"THING.*password") as refusal:
        read("THING")
    assert "whi" not in str(refusal.value)


@pytest.mark.parametrize("read", [env.text, env.secret, env.url, env.database, env.mailer])
def test_a_missing_value_is_asked_for_by_name_and_with_the_reason(monkeypatch, read):
    monkeypatch.setenv("THING", "  ")
    with pytest.raises(ImproperlyConfigured, match=r"THING.*It names the thing\."):
        read("THING", why="It names the thing.")


def test_a_list_is_parted_by_commas(monkeypatch):
    monkeypatch.setenv("HOSTS", " example.org, www.example.org ,")
    assert env.listing("HOSTS") == ["example.org", "www.example.org"]
    assert env.listing("OTHER_HOSTS", ["localhost"]) == ["localhost"]


def test_a_secret_may_lie_in_a_file(monkeypatch, tmp_path):
    file = tmp_path / "key"
    file.write_text("whisper\n")
    monkeypatch.setenv("KEY_FILE", str(file))
    assert env.secret("KEY") == "whisper"
    monkeypatch.setenv("KEY", "shout")
    with pytest.raises(ImproperlyConfigured, match="KEY or KEY_FILE, not both"):
        env.secret("KEY")


def test_an_object_store_without_its_packages_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "storages.backends.s3", None)
    monkeypatch.delitem(sys.modules, "config.objects", raising=False)
    with pytest.raises(ImproperlyConfigured, match=r"requirements/objects\.txt"):
        importlib.import_module("config.objects")


@pytest.mark.parametrize("content", [None, ""])
def test_a_secret_file_that_is_missing_or_empty_is_refused(monkeypatch, tmp_path, content):
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("KEY_FILE", str(file))
    with pytest.raises(ImproperlyConfigured, match="KEY_FILE"):
        env.secret("KEY", "default")


def test_a_database_address_is_taken_apart(monkeypatch):
    address = "postgresql://me:p%40ss@db.example.org:6432/chronology?sslmode=require"
    monkeypatch.setenv("DATABASE_URL", address)
    assert env.database("DATABASE_URL") == {
        "ENGINE": "config.postgres",
        "NAME": "chronology",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_may_be_reached_through_a_socket(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///nenpyo?host=/run/postgresql")
    found = env.database("DATABASE_URL")
    assert (found["HOST"], found["NAME"], found["OPTIONS"]) == ("/run/postgresql", "nenpyo", {})


def test_of_several_servers_that_one_is_meant_which_may_be_written_to(monkeypatch):
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://me:p%2Css@one.example.org:6432,[::1],three/chronology?sslmode=require"
    )
    found = env.database("DATABASE_URL")
    assert (found["HOST"], found["PORT"]) == ("one.example.org,::1,three", "6432,,")
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("me", "p,ss", "chronology")
    assert found["OPTIONS"] == {"target_session_attrs": "read-write", "sslmode": "require"}


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_replicas_are_parted_by_spaces_or_commas(monkeypatch, between):
    monkeypatch.setenv("REPLICAS", between.join(["postgresql://one:5433/site", "postgres://two,three/site"]))
    assert [one["HOST"] for one in env.databases("REPLICAS")] == ["one", "two,three"]
    monkeypatch.setenv("REPLICAS", "")
    assert env.databases("REPLICAS") == []


def test_replicas_are_databases_beside_the_one_that_is_written_to(monkeypatch):
    replicas = {"DATABASE_REPLICA_URLS": "postgresql://one/site postgresql://two/site", "DATABASE_MAX_AGE": "9"}
    expression = "{n: (d['HOST'], d['CONN_MAX_AGE'], d['OPTIONS']['connect_timeout']) for n, d in s.DATABASES.items()}"
    assert shown(PRODUCTION | replicas, expression) == str(
        {"default": ("localhost", 9, 3), "replica_1": ("one", 9, 3), "replica_2": ("two", 9, 3)}
    )
    assert shown(PRODUCTION, "s.REPLICAS") == "[]"


@pytest.mark.parametrize(
    ("address", "kind", "token", "place"),
    [
        ("fastly://key@SU1Z0isxPaozGVKXdv0eY", "fastly", "key", "SU1Z0isxPaozGVKXdv0eY"),
        ("cloudflare://a%2Fb@zone", "cloudflare", "a/b", "zone"),
        ("https://cache.example.org/", "cache", "", "cache.example.org"),
    ],
)
def test_a_cdn_is_named_by_its_kind(monkeypatch, address, kind, token, place):
    monkeypatch.setenv("CDN", address)
    assert env.cdn("CDN") == {"KIND": kind, "TOKEN": token, "ID": place, "URL": address}


@pytest.mark.parametrize("address", ["fastly://service", "varnish://cache", "cache.example.org", "https://"])
def test_a_cdn_that_is_not_known_is_refused_without_its_token(monkeypatch, address):
    monkeypatch.setenv("CDN", address)
    with pytest.raises(ImproperlyConfigured, match="CDN must look like"):
        env.cdn("CDN")


def test_an_object_store_is_taken_apart(monkeypatch):
    monkeypatch.setenv("STORAGE", "s3://key:a%2Fb@s3.example.org:9000/bucket?region=eu-west-1")
    assert env.bucket("STORAGE") == {
        "access_key": "key",
        "secret_key": "a/b",
        "bucket_name": "bucket",
        "endpoint_url": "https://s3.example.org:9000",
        "region_name": "eu-west-1",
    }
    monkeypatch.setenv("STORAGE", "s3://key:secret@127.0.0.1:9000/bucket?tls=false")
    assert env.bucket("STORAGE")["endpoint_url"] == "http://127.0.0.1:9000"


@pytest.mark.parametrize("address", ["s3://host/bucket", "s3://key:hidden@host/", "https://key:hidden@host/bucket"])
def test_a_wrong_object_store_is_refused_without_its_secret(monkeypatch, address):
    monkeypatch.setenv("STORAGE", address)
    with pytest.raises(ImproperlyConfigured, match="STORAGE must look like") as refusal:
        env.bucket("STORAGE")
    assert "hidden" not in str(refusal.value)


def test_uploads_and_datasets_lie_on_the_machine_unless_an_object_store_is_named(monkeypatch):
    assert set(read_settings(monkeypatch, PRODUCTION)["STORAGES"]) == {"default", "staticfiles"}
    stores = read_settings(monkeypatch, PRODUCTION | {"STORAGE_URL": "s3://key:secret@host/bucket"})["STORAGES"]
    assert [stores[name]["OPTIONS"]["location"] for name in ("default", "datasets")] == ["media", "datasets"]


def test_a_wrong_database_address_is_not_repeated(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://me:hidden@localhost/nenpyo")
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.database("DATABASE_URL")
    assert "hidden" not in str(refusal.value)


def test_mail_goes_to_the_server_named(monkeypatch):
    monkeypatch.setenv("MAIL_URL", "smtp://me:p%40ss@mail.example.org:587?tls=true")
    mailer = env.mailer("MAIL_URL", "none:")
    assert mailer["BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert mailer["OPTIONS"] == {
        "host": "mail.example.org",
        "port": 587,
        "username": "me",
        "password": "p@ss",
        "use_ssl": False,
        "use_tls": True,
        "timeout": 10,
    }


@pytest.mark.parametrize("missing", ["SECRET_KEY", "BASE_URL", "NENPYO_TAG_AUTHORITY", "DATABASE_URL", "MAIL_URL"])
@pytest.mark.parametrize("mode", ["production", ""])
def test_production_does_not_start_with_a_hole(missing, mode):
    environment = PRODUCTION | {missing: "", "NENPYO_ENV": mode}
    result = run_in(environment, "manage.py", "check")
    assert result.returncode == 1
    assert re.fullmatch(rf"Set (the environment variable )?{missing}\b.*\n", result.stderr)


def test_production_passes_the_deployment_check():
    result = run_in(PRODUCTION, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout + result.stderr


def read_settings(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> dict[str, Any]:
    """The settings as this environment makes them, in this process."""
    with monkeypatch.context() as patch:
        for name in EXAMPLE:
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        found = runpy.run_path(str(ROOT / "config" / "settings.py"))
    ours = {"DATABASES", "INSTALLED_APPS", "TEMPLATES", "LOGGING", "CACHES"}  # this process has its own
    return {name: value for name, value in found.items() if name.isupper() and name not in ours}


def offered(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Every value that `.env.example` writes or that its words name: both of a switch, each of a choice."""
    text = (ROOT / ".env.example").read_text().split("# --- Development only")[0]
    found = set(re.findall(r"^#?([A-Z][A-Z_]+)=(.+)$", text, flags=re.MULTILINE))
    found |= {
        ("MAIL_URL", url.replace("…", "mail.example.org")) for url in re.findall(r"smtps?://[^\s,]+|none:", text)
    }
    choice, boolean, yes_no = env.choice, env.boolean, ("true", "false")
    with monkeypatch.context() as patch:
        patch.setattr(env, "choice", lambda n, of, other: found.update((n, o) for o in of) or choice(n, of, other))
        patch.setattr(env, "boolean", lambda n, default: found.update((n, o) for o in yes_no) or boolean(n, default))
        read_settings(monkeypatch, PRODUCTION)
    return {(name, value) for name, value in found if not name.endswith("_FILE") and name != "NENPYO_ENV"}


def told_by_checks() -> list[str | None]:
    found = run_checks(tags=["security", "mail"], include_deployment_checks=True)
    return sorted(one.id for one in found if not one.is_silenced())


def test_the_deployment_check_has_no_error_for_any_value_the_example_offers(monkeypatch):
    told = {}
    for name, value in sorted(offered(monkeypatch)):
        values = read_settings(monkeypatch, PRODUCTION | {name: value})
        with override_settings(**values):
            told[name, value] = told_by_checks()
    assert ("MAIL_URL", "none:") in told
    assert {what: ids for what, ids in told.items() if ids} == {
        ("BEHIND_PROXY", "true"): ["nenpyo.W001"],  # a PROXY_COUNT belongs to it
        ("SSL_REDIRECT", "false"): ["security.W008"],
    }


@pytest.mark.parametrize(
    ("name", "warning"), [("HSTS_SUBDOMAINS", "security.W005"), ("HSTS_PRELOAD", "security.W021")]
)
def test_the_deployment_check_asks_until_it_is_decided(name, warning, monkeypatch):
    values = read_settings(monkeypatch, PRODUCTION | {name: ""})
    with override_settings(**values):
        assert told_by_checks() == [warning]


def test_cookies_of_production_cannot_be_set_by_another_host(monkeypatch):
    """`__Host-` wants Secure, the path / and no domain (RFC 6265bis)."""
    values = read_settings(monkeypatch, PRODUCTION)
    for kind in ("SESSION", "CSRF", "LANGUAGE"):
        of_kind = {name.removeprefix(f"{kind}_COOKIE_"): value for name, value in values.items()}
        assert of_kind["NAME"].startswith("__Host-")
        assert (of_kind["SECURE"], of_kind.get("PATH", "/"), of_kind.get("DOMAIN")) == (True, "/", None)
    assert values["CSRF_COOKIE_HTTPONLY"]


def test_without_mail_nobody_is_promised_a_letter(monkeypatch):
    assert read_settings(monkeypatch, PRODUCTION)["WAGTAIL_PASSWORD_RESET_ENABLED"]
    assert not read_settings(monkeypatch, PRODUCTION | {"MAIL_URL": "none:"})["WAGTAIL_PASSWORD_RESET_ENABLED"]


def test_production_is_closed_by_default():
    names = "DEBUG SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE ALLOWED_HOSTS"
    values = shown(PRODUCTION, f"[getattr(s, name) for name in {names.split()!r}]")
    assert values == "[False, True, True, True, ['chronology.example.org']]"


def test_production_trusts_no_proxy_unless_told():
    expression = "getattr(s, 'SECURE_PROXY_SSL_HEADER', None)"
    assert shown(PRODUCTION, expression) == "None"
    told = shown(PRODUCTION | {"BEHIND_PROXY": "true"}, expression)
    assert told == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_a_named_database_is_used_in_development_too():
    environment = PRODUCTION | {"NENPYO_ENV": "development"}
    assert shown(environment, "'EMBEDDED' in s.DATABASES['default']") == "False"


def test_the_example_lists_every_variable():
    """What the settings asked for while they were read, and what two commands and gunicorn read."""
    asked = shown(PRODUCTION, "' '.join(s.env.asked)").split()
    assert {*asked, "DEMO_PASSWORD", "CHROMIUM", "WEB_CONCURRENCY"} == EXAMPLE
