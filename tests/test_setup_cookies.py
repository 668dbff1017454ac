"""Readers get no cookie and need none: shared caches may keep whatever is public."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from tests.editing import form_data, user
from tests.specimens import EMBEDS, ENTRY, PAGES
from timeline.formats import FORMATS
from timeline.models import EntryPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimens")]

PUBLIC = [
    *(PAGES[name] for name in ("chronology", "search", "date error", "entry", "person", "history", "sources", "api")),
    *(PAGES[name] for name in ("feeds", "dataset", "removed version", "withdrawn", "nothing there")),
    *(EMBEDS[name] for name in ("embedded list", "embedding not understood", "embedded withdrawal")),
    *(f"/{kind.path}" for kind in FORMATS),
    *("/feed.atom?from=2025-13", "/?" + "a=1&" * 2000, "/nothing", "/nothing.txt", "/dataset/latest.zip"),
    *(f"{ENTRY}cite.bib", f"{ENTRY}share.png", "/oembed", "/favicon.ico", "/sitemap.xml", "/robots.txt"),
    *("/api/v1/entries", "/api/v1/entries?limit=x", "/api/v1/nothing", "/api/v1/openapi.json"),
]
"""An address of every kind, with those that answer 400, 404 and 410."""


@pytest.fixture(scope="module")
def signed_in(specimens):
    """The cookies of an administrator."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("admin", "admin@example.org", "secret"))
    client.get("/admin/account/")  # its form sets the other cookie
    return {name: morsel.value for name, morsel in client.cookies.items()}


COOKIES = {
    "stale": {"sessionid": "a" * 32, "csrftoken": "b" * 32},
    "damaged": {"sessionid": "short", "csrftoken": "\x7f"},
}


@pytest.mark.parametrize("kind", ["stale", "damaged", "signed in"])
def test_whatever_cookies_come_public_answers_neither_set_nor_depend_on_any(kind, signed_in):
    cookies = COOKIES.get(kind, signed_in)
    assert cookies.keys() == {"sessionid", "csrftoken"}
    touched = {}
    for address in PUBLIC:
        for method in ("get", "post") if address in ("/", "/nothing/", "/feed.atom") else ("get",):
            client = Client(enforce_csrf_checks=True)
            client.cookies.load(cookies)
            answer = getattr(client, method)(address)
            if answer.cookies or re.search("cookie", answer.headers.get("Vary", ""), re.I):
                touched[f"{method} {address}"] = answer.headers
    assert touched == {}


def test_the_admin_still_knows_who_is_there(signed_in):
    client = Client()
    assert client.get("/admin/").status_code == 302
    client.cookies.load(signed_in)
    assert client.get("/admin/").status_code == 200


def test_a_preview_has_the_address_of_the_page_and_still_knows_the_editor(specimens, signed_in, monkeypatch):
    """Wagtail's tools in it speak the editor's language."""
    asked = []

    def serve_preview(entry, request, mode):
        asked.append((request.path, request.user.get_username()))
        return HttpResponse()

    monkeypatch.setattr(EntryPage, "serve_preview", serve_preview)
    client = Client()
    client.cookies.load(signed_in)
    client.get(f"/admin/pages/{specimens.pk}/revisions/{specimens.latest_revision_id}/view/")
    assert asked == [(ENTRY, "admin")]


def test_somebody_signs_in_with_the_cookies_of_production(settings):
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    user("Editors")
    client = Client(enforce_csrf_checks=True, HTTP_ORIGIN="https://testserver")
    form = form_data(client.get("/admin/login/", secure=True), "//form[contains(@class, 'login-form')]")
    client.post("/admin/login/", {**form, "username": "editors", "password": "secret"}, secure=True)
    assert client.get("/admin/account/", secure=True).status_code == 200
    for name in ("__Host-sessionid", "__Host-csrftoken"):
        cookie = client.cookies.pop(name)
        assert [cookie[part] for part in ("secure", "httponly", "path", "domain")] == [True, True, "/", ""]
    assert not client.cookies
