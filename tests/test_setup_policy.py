"""Headers of every answer: what it promises to browsers, and what other sites may do with it."""

import datetime
import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.editing import signed_in, user
from timeline.views import contact

SITE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
SIGN_IN = SITE.replace("default-src 'none'", "default-src 'self'")
SIGN_IN = SIGN_IN.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") + "; object-src 'none'"
ADMIN = SIGN_IN.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
BEFORE_SIGN_IN = ["/admin/login/", "/admin/password_reset/", "/admin/password_reset/done/"]
BEFORE_SIGN_IN += ["/admin/password_reset/confirm/MQ/x-y/", "/admin/password_reset/complete/"]


def policy_of(response):
    return response.headers["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/nowhere/", "/feed.atom", "/.well-known/security.txt", "/_util/login/"])
def test_a_public_page_loads_what_is_named_from_here_and_nothing_else(client, address):
    assert policy_of(client.get(address)) == SITE


@pytest.mark.django_db
def test_the_policy_is_wider_for_whoever_is_in_the_admin(editor):
    assert policy_of(editor.get("/admin/account/")) == ADMIN


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*BEFORE_SIGN_IN, "/admin/second-factor/set-up/"])
def test_pages_before_the_sign_in_take_no_script_that_stands_in_them(address):
    client = signed_in("Editors") if "second" in address else Client()
    response = client.get(address)
    assert response.status_code == 200
    assert policy_of(response) == SIGN_IN
    page = BeautifulSoup(response.content, "lxml")
    scripts = page.find_all("script", src=False)
    assert {script.get("type") for script in scripts} <= {"application/json", "text/template"}
    handlers = [tag.name for tag in page.find_all(True) for name in tag.attrs if re.match(r"on[a-z]+$", name)]
    assert handlers == []


@pytest.mark.django_db
def test_who_must_wait_is_told_so_under_the_same_policy():
    user("Editors")
    for _ in range(11):
        response = Client().post("/admin/login/", {"username": "editors", "password": "wrong"})
    assert (response.status_code, policy_of(response)) == (429, SIGN_IN)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/nowhere/", "/people/", "/feed.atom"])
def test_an_anonymous_visit_gets_no_cookie(client, address):
    response = client.get(address)
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.django_db
def test_answers_carry_the_usual_protections(client):
    headers = client.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("browsing-topics=(), camera=(), ")


OPEN = ["/feed.atom", "/entries.csv", "/entries.json", "/api/v1/entries", "/oembed", "/share.png"]
CLOSED = ["/", "/people/", "/nowhere/", "/admin/login/", "/robots.txt", "/sitemap.xml", "/status.json"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*OPEN, "/icon.png", "/embed/", *CLOSED])
def test_other_sites_may_load_what_is_made_for_them_and_nothing_else(client, address):
    wanted = "same-origin" if address in CLOSED else "cross-origin"
    assert client.get(address).headers["Cross-Origin-Resource-Policy"] == wanted


class TestWhereAVulnerabilityIsReported:
    ADDRESS = "/.well-known/security.txt"

    def test_is_said_in_the_form_of_rfc_9116_without_the_database(self, client, settings):  # none here
        settings.SECURITY_CONTACT, settings.BASE_URL = "mailto:security@example.org", "https://chronology.example.org"

        response = client.get(self.ADDRESS)
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        lines = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
        expires = lines.pop("Expires")
        assert re.fullmatch(r"\d{4}-\d\d-01T00:00:00Z", expires)
        assert lines == {
            "Contact": "mailto:security@example.org",
            "Canonical": "https://chronology.example.org/.well-known/security.txt",
            "Preferred-Languages": "en, ja",
        }

    @pytest.mark.django_db
    def test_is_nothing_where_nobody_is_named(self, client):
        assert client.get(self.ADDRESS).status_code == 404

    def test_expires_in_less_than_a_year_and_is_the_same_for_a_month(self):
        day = datetime.date(2024, 1, 1)
        for passed in range(1500):
            today = day + datetime.timedelta(passed)
            left = contact.expires(today).date() - today
            assert datetime.timedelta(300) < left < datetime.timedelta(365)
            if today.day > 1:
                assert contact.expires(today) == contact.expires(today.replace(day=1))
