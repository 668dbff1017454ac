"""The locks are complete, agree with each other and tie nobody to a registry."""

import re

import pytest
from django.conf import settings

FOLDER = settings.BASE_DIR / "requirements"
NAMES = ["production", "run", "dev", "objects"]


def packages(name: str) -> dict[str, str]:
    """Package to version, as a lock has them."""
    text = (FOLDER / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_each_direct_dependency_says_what_it_is_for(name):
    lines = (FOLDER / f"{name}.in").read_text().splitlines()
    direct = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert direct
    assert [line for line in direct if not re.search(r"\S +# \S", line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_package_of_a_lock_has_a_hash(name):
    entries = re.split(r"^(?=[a-z])", (FOLDER / f"{name}.txt").read_text(), flags=re.MULTILINE)
    locked = [entry for entry in entries if "==" in entry]
    assert len(locked) == len(packages(name)) > 10
    assert [entry for entry in locked if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_lock_names_a_host(name):
    text = (FOLDER / f"{name}.txt").read_text()
    assert re.findall(r"://|--index|--find-links", text) == []


def test_the_locks_agree():
    production, run, dev, objects = map(packages, NAMES)
    assert production.items() < run.items() < dev.items()
    # boto3 wants an older one.
    assert {name for name, version in production.items() if objects.get(name) != version} == {"python-dateutil"}
