"""Headers of every answer: what it promises to browsers."""

import pytest

SITE = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
ADMIN = SITE.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
BOTH = "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "policy"), [("/", SITE), ("/nowhere/", SITE), ("/admin/login/", ADMIN)])
def test_the_policy_is_wider_for_the_admin_only(client, address, policy):
    response = client.get(address)
    assert response.headers["Content-Security-Policy"] == policy + BOTH


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
