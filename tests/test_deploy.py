"""What `deploy/` ships fits the code: commands, variables and places exist, and no service is left out."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import reverse

from timeline.running.service import Service

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
SYSTEMD = DEPLOY / "systemd"
NGINX, CADDY = ((DEPLOY / name).read_text() for name in ("nginx/nenpyo.conf", "caddy/Caddyfile"))
COMPOSE = yaml.safe_load((DEPLOY / "containers/compose.yaml").read_text())
IMAGE = (DEPLOY / "containers/Containerfile").read_text()
OPERATING = (ROOT / "docs/operating.md").read_text()
ENV = (ROOT / ".env.example").read_text()
VARIABLES = set(re.findall(r"^#?([A-Z_]+)=", ENV, re.MULTILINE))

COMMANDS = {name for name, app in get_commands().items() if app == "timeline"}
AGAIN_AND_AGAIN = {
    name
    for name in COMMANDS - {"publish_scheduled_pages"}  # Wagtail's name for ours
    if isinstance(load_command_class("timeline", name), Service)
}
DAILY = {"check_links", "backup"}
HARDENING = {
    *("NoNewPrivileges", "CapabilityBoundingSet", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices"),
    *("RestrictAddressFamilies", "SystemCallFilter", "SystemCallArchitectures", "MemoryDenyWriteExecute"),
    *("ProtectProc", "RestrictNamespaces", "LockPersonality", "ProtectKernelTunables"),
}


def unit(name: str) -> dict[str, list[str]]:
    """What the section [Service] (or [Timer], …) of a unit says; a key may be there more than once."""
    found: dict[str, list[str]] = {}
    for line in (SYSTEMD / name).read_text().splitlines():
        if "=" in line and line[0] not in "#;":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def instances(suffix: str) -> set[str]:
    return {re.findall("@(.*?)\\.", path.name)[0] for path in SYSTEMD.glob(f"nenpyo@?*{suffix}")}


def options(command: str) -> str:
    """What a unit of the template adds to the name of the command."""
    drop_ins = [unit(str(path.relative_to(SYSTEMD))) for path in SYSTEMD.glob(f"nenpyo@{command}.service.d/*.conf")]
    said = [value.strip('"') for one in drop_ins for value in one.get("Environment", [])]
    return " ".join(value.removeprefix("OPTIONS=") for value in said)


def in_containers(command: str) -> str:
    called = COMPOSE["services"][command]["command"]
    return called[2] if called[0] == "sh" else " ".join(called)


def test_there_is_a_unit_and_a_container_for_every_service_of_the_code():
    assert {name for name in AGAIN_AND_AGAIN if "--every" in options(name)} == AGAIN_AND_AGAIN
    assert instances(".timer") == DAILY
    assert instances(".service.d") | instances(".timer") == AGAIN_AND_AGAIN | DAILY
    assert set(COMPOSE["services"]) - {"database", "proxy", "web"} == AGAIN_AND_AGAIN | DAILY | {"migrate"}
    enabled = set(re.findall(r"nenpyo@([a-z_]+)", OPERATING))
    assert enabled == AGAIN_AND_AGAIN | DAILY


@pytest.mark.parametrize("command", sorted(AGAIN_AND_AGAIN | DAILY))
def test_a_service_is_called_as_its_command_wants_it_and_alike_everywhere(command):
    called = f"{command} {options(command)}".strip()
    assert called in in_containers(command)
    name, *words = called.split()
    load_command_class("timeline", name).create_parser("manage.py", name).parse_args(words)


@pytest.mark.parametrize("name", ["nenpyo-web.service", "nenpyo@.service"])
def test_a_unit_is_hardened_and_runs_as_a_user_of_its_own(name):
    found = unit(name)
    assert found.keys() >= HARDENING
    assert found["User"] == ["nenpyo"]
    assert found["ProtectSystem"] == ["strict"]
    assert found["NoNewPrivileges"] == ["yes"]
    assert found["CapabilityBoundingSet"] == [""]


def test_the_site_and_its_services_are_hardened_alike():
    def of(name: str) -> str:
        return (SYSTEMD / name).read_text().partition("User=")[2]

    assert of("nenpyo-web.service") == of("nenpyo@.service")


def test_all_that_is_read_from_the_environment_exists():
    inside = COMPOSE["x-nenpyo"]["environment"]
    named = {*inside, *re.findall(r"^(?:ENV|   ) ?([A-Z_]{5,})=", IMAGE, re.MULTILINE)} - {"PYTHONUNBUFFERED"}
    assert {name.removesuffix("_FILE") for name in named} <= VARIABLES
    secrets = {name for name in named if name.endswith("_FILE")}
    assert {inside[name].removeprefix("/run/secrets/") for name in secrets} <= COMPOSE["secrets"].keys()
    in_words = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)[=`]", OPERATING))
    assert {name.removesuffix("_FILE") for name in in_words} <= VARIABLES | {"DATABASE_STATEMENT_SECONDS"}


def test_what_production_must_have_is_there_in_containers_or_asked_for():
    needed = {"SECRET_KEY", "DATABASE_URL", "BASE_URL", "NENPYO_TAG_AUTHORITY", "MAIL_URL"}
    inside = {name.removesuffix("_FILE") for name in COMPOSE["x-nenpyo"]["environment"]}
    asked = (DEPLOY / "containers/compose.yaml").read_text().partition("name:")[0]
    assert {name for name in needed if name not in inside and name not in asked} == set()


def test_every_way_uses_the_same_places():
    places = dict(
        re.findall(r"^#(STATIC_ROOT|MEDIA_ROOT|DATASETS_DIR|KEPT_PAGES_DIR|BACKUP_DIR)=(.+)$", ENV, re.MULTILINE)
    )
    assert {Path(place).parent for place in places.values()} == {Path("/var/lib/nenpyo")}
    assert f"alias {places['MEDIA_ROOT']}/;" in NGINX
    assert f"root * {places['MEDIA_ROOT']}\n" in CADDY
    assert f"MEDIA_ROOT={places['MEDIA_ROOT']} " in IMAGE
    state = unit("nenpyo-web.service")
    assert state["StateDirectory"] == ["nenpyo"]
    (socket,) = unit("nenpyo-web.socket")["ListenStream"]
    for text in (NGINX, CADDY, IMAGE):
        assert socket in text.replace("unix/", "")
    script = (DEPLOY / "nenpyo").read_text()
    for place in state["EnvironmentFile"] + state["WorkingDirectory"]:
        assert place in script
        assert place in OPERATING


@pytest.mark.parametrize("proxy", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_a_proxy_hands_out_no_upload_that_could_run_and_no_dataset(proxy):
    media = proxy[proxy.index("/media") :]
    for words in ("nosniff", "Content-Disposition", "sandbox"):
        assert words in media
    assert "/media/documents/" in proxy
    assert "/datasets" not in proxy
    assert "/status.json" in proxy


def test_nginx_overwrites_what_only_a_proxy_may_say():
    sent = dict(re.findall(r"proxy_set_header (\S+) (\S+);", NGINX))
    assert sent["X-Forwarded-For"] == "$remote_addr"
    assert sent["X-Forwarded-Proto"] == "$scheme"
    assert sent["Forwarded"] == sent["X-Forwarded-Host"] == '""'
    assert len(re.findall("proxy_set_header", NGINX)) == len(sent), "a location with headers of its own loses these"


def test_nginx_guards_the_doors_that_the_code_has():
    (pattern,) = re.findall(r"location ~ (\^/admin\S+) \{", NGINX)
    for door in ("wagtailadmin_login", "second_factor", "second_factor_recovery", "wagtailadmin_password_reset"):
        assert re.match(pattern, reverse(door))


ASKED = {
    "/": True, "/entries/rice/": True, "/overview/": True,
    "/feed.atom": False, "/entries.csv": False, "/dataset/3.zip": False, "/api/v1/entries/": False, "/admin/": False,
}  # fmt: skip


@pytest.mark.parametrize(("path", "is_kept"), ASKED.items())
def test_nginx_keeps_pages_alone_since_it_asks_without_conditions_and_ranges_for_what_it_may_keep(path, is_kept):
    locations = re.findall(r"\n    location ~ (\S+) \{\n(.*?)\n    \}", NGINX, re.DOTALL)  # the first that fits
    body = next((body for pattern, body in locations if re.search(pattern, path)), "")
    assert ("proxy_cache " in body) is is_kept
    assert NGINX.count("proxy_cache ") == 1


def test_nginx_has_no_page_longer_than_its_second_not_even_while_the_site_is_down():
    """What was withdrawn meanwhile would be shown on: `stale-if-error` in our Cache-Control asks nginx for that."""
    kept = next(body for body in re.findall(r"location [^{]*\{(.*?)\}", NGINX, re.DOTALL) if "proxy_cache " in body)
    assert "proxy_ignore_headers Cache-Control Expires;" in kept
    assert re.findall("proxy_cache_valid (.*);", kept) == ["200 1s"]
    assert "proxy_cache_use_stale" not in NGINX


def test_the_largest_upload_passes_the_proxies():
    megabytes = max(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE) // settings.MEGABYTE
    for limit in (*re.findall(r"client_max_body_size (\d+)m", NGINX), *re.findall(r"max_size (\d+)MB", CADDY)):
        assert int(limit) > megabytes


def test_the_containers_have_the_place_of_every_volume_and_secret_that_they_name():
    for name, service in COMPOSE["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            there = (DEPLOY / "containers" / source).exists() if "/" in source else source in COMPOSE["volumes"]
            assert there, f"{name}: {volume}"
        assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
