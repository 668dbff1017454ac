"""Signing in: how often somebody may try, from where, and how long a session lasts."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from tests.editing import user
from timeline.accounts import idle, tries
from timeline.accounts.checks import proxies_are_counted
from timeline.clients import address_of, network_of
from timeline.models import ChronologyPage, SignInTry

pytestmark = pytest.mark.django_db

ADMIN, FRONT = "/admin/login/", "/_util/login/"


def attempt(name: str, password: str = "wrong", at: str = ADMIN, **more: Any) -> Any:
    return Client().post(at, {"username": name, "password": password}, **more)


def tried(name: str, times: int = 1, kind: tries.Kind = tries.Kind.PASSWORD, **more: Any) -> None:
    """Tries that were judged and wrong, without the page that says so."""
    for _ in range(times):
        tries.begin(RequestFactory().post(ADMIN, **more), kind, name)


def later(minutes: float) -> None:
    """Let time pass for what was counted."""
    for one in SignInTry.objects.all():
        one.tried_at -= timedelta(minutes=minutes)
        one.save()


@pytest.fixture
def events() -> Any:
    """What was heard of signing in, one word a try."""
    heard: list[str] = []
    receivers = {
        user_logged_in: lambda **about: heard.append("good"),
        user_login_failed: lambda **about: heard.append("bad"),
        tries.locked: lambda **about: heard.append("locked"),
    }
    for signal, receiver in receivers.items():
        signal.connect(receiver)
    yield heard
    for signal, receiver in receivers.items():
        signal.disconnect(receiver)


class TestTheLock:
    def test_the_eleventh_try_of_an_account_is_not_judged_even_if_it_is_right(self, editor, events):
        answers = [attempt("editors", at=(ADMIN, FRONT)[number % 2]) for number in range(10)]
        assert {answer.status_code for answer in answers} == {200}
        answer = attempt("editors", "secret")
        assert answer.status_code == 429
        assert 890 < int(answer["Retry-After"]) <= 900
        assert "again in 15 minutes" in answer.content.decode()
        assert attempt("editors", "secret", at=FRONT).status_code == 429
        assert events == ["bad"] * 10 + ["locked"] * 2  # (the client of the fixture signed in before)

    def test_an_unknown_name_is_answered_and_locked_with_the_same_words(self, editor):
        def told(name: str) -> list[tuple[int, str]]:
            answers = [attempt(name) for _ in range(11)]
            own = rf"{name}|\b\w{{64}}\b"  # the name itself and tokens
            return [(answer.status_code, re.sub(own, "", answer.content.decode())) for answer in answers]

        assert told("editors") == told("nobody")

    def test_all_ways_to_write_a_name_are_one_account(self):
        for number in range(10):
            attempt(
                ["alice", "Alice", " ALICE", "ａｌｉｃｅ"][number % 4]
            )  # the last in full width, as typed in Japan
        assert attempt("aliCe").status_code == 429

    def test_the_thirty_first_try_from_an_address_is_not_judged(self, editor):
        for number in range(29):
            tried(f"name {number}", REMOTE_ADDR="192.0.2.1")
        answers = [attempt(f"another {number}", REMOTE_ADDR="192.0.2.1") for number in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert attempt("editors", "secret", REMOTE_ADDR="192.0.2.1").status_code == 429
        assert attempt("editors", "secret", REMOTE_ADDR="192.0.2.2").status_code == 302

    def test_the_lock_ends_by_itself_and_refused_tries_do_not_prolong_it(self, editor):
        tried("editors", 10)
        later(14.9)
        assert attempt("editors", "secret").status_code == 429
        later(0.2)
        assert attempt("editors", "secret").status_code == 302

    def test_tries_are_counted_over_any_fifteen_minutes(self):
        tried("alice", 5)
        later(10)
        tried("alice", 5)
        refused = attempt("alice")
        assert 290 < int(refused["Retry-After"]) <= 300  # when the first five are forgotten

    def test_who_remembers_starts_anew_but_what_others_tried_elsewhere_stays(self, editor):
        tried("editors", 9, REMOTE_ADDR="198.51.100.9")
        tried("editors")
        later(1)
        assert attempt("editors", "secret").status_code == 429  # even so: it cannot be told who guesses
        SignInTry.objects.filter(address="127.0.0.1").delete()
        assert attempt("editors", "secret").status_code == 302
        assert SignInTry.objects.count() == 9

    def test_what_does_not_count_any_more_is_not_kept(self):
        tried("alice")
        later(15)
        tried("bob")
        assert SignInTry.objects.count() == 1

    def test_no_name_is_kept_for_it_may_be_a_password(self):
        attempt("correct horse battery")
        assert "horse" not in str(list(SignInTry.objects.values()))

    def test_a_form_that_was_not_filled_in_is_no_try(self):
        attempt("alice", "")
        assert not SignInTry.objects.exists()

    def test_an_operator_frees_an_account_or_an_address(self, editor):
        tried("editors", 10, REMOTE_ADDR="2001:db8::1")
        for number in range(20):
            tried(f"name {number}", REMOTE_ADDR="2001:db8::1")
        said = StringIO()
        call_command("unlock", "Editors", "2001:db8::ffff", "nobody", stdout=said)
        assert said.getvalue().splitlines() == [
            "Editors: 10 tries forgotten.",
            "2001:db8::ffff: 20 tries forgotten.",
            "nobody was not counted.",
        ]
        assert attempt("editors", "secret", REMOTE_ADDR="2001:db8::1").status_code == 302

    def test_code_without_a_request_is_not_counted(self, editor):
        client = Client()
        assert not any(client.login(username="editors", password="wrong") for _ in range(12))
        assert client.login(username="editors", password="secret")


@pytest.mark.django_db(transaction=True)
def test_of_fifty_tries_at_once_ten_are_judged():
    def one(number: int) -> int:
        try:
            return attempt("editors").status_code
        finally:
            connection.close()

    user("Editors")
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(one, range(50)))
    assert (answers.count(200), answers.count(429)) == (10, 40)


class TestOtherDoors:
    def test_guesses_of_the_password_of_a_page_are_counted(self):
        page = ChronologyPage.objects.get()
        restriction = PageViewRestriction.objects.create(page=page, restriction_type="password", password="open")
        door, client = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page.pk]), Client()
        guesses = [client.post(door, {"password": "guess", "return_url": "/"}).status_code for _ in range(11)]
        assert guesses == [200] * 10 + [429]
        assert client.post(door, {"password": "open", "return_url": "/"}).status_code == 429
        later(15)
        assert client.post(door, {"password": "open", "return_url": "/"}).status_code == 302
        assert not SignInTry.objects.exists()

    def test_nobodys_letter_box_is_filled_with_letters(self, editor):
        door = reverse("wagtailadmin_password_reset")
        for address in ["editors@example.org", "nobody@example.org"]:
            answers = [Client().post(door, {"email": address}).status_code for _ in range(4)]
            assert answers == [302, 302, 302, 429]
        assert len(mail.outbox) == 3

    def test_letters_to_everybody_are_stopped_by_address(self):
        door = reverse("wagtailadmin_password_reset")
        for number in range(29):
            tried(f"{number}@example.org", kind=tries.Kind.LETTER)
        answers = [Client().post(door, {"email": f"{name}@example.org"}).status_code for name in "ab"]
        assert answers == [302, 429]


class TestWhereARequestComesFrom:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "found"),
        [
            (0, "203.0.113.9", "10.0.0.1"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
            (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            (2, "203.0.113.9", "10.0.0.1"),
            (1, "", "10.0.0.1"),
            (1, "6.6.6.6, unknown", "10.0.0.1"),
            (1, "203.0.113.9:51234", "203.0.113.9"),
            (1, "[2001:db8::7]:51234", "2001:db8::7"),
            (1, '"[2001:db8::7]"', "2001:db8::7"),
            (1, "2001:db8::7", "2001:db8::7"),
        ],
    )
    def test_only_what_our_proxies_wrote_is_believed(self, settings, proxies, forwarded, found):
        settings.PROXY_COUNT = proxies
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
        assert address_of(request) == found

    def test_a_forged_header_gives_no_new_tries(self, settings):
        settings.PROXY_COUNT = 1
        for number in range(30):
            tried(f"name {number}", HTTP_X_FORWARDED_FOR=f"6.6.6.{number}, 203.0.113.9")
        assert attempt("alice", HTTP_X_FORWARDED_FOR="7.7.7.7, 203.0.113.9").status_code == 429
        assert attempt("alice", HTTP_X_FORWARDED_FOR="203.0.113.9, 7.7.7.7").status_code == 200

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("2001:db8::1", "2001:db8::ffff:1", True),
            ("2001:db8::1", "2001:db8:0:1::1", False),
            ("::ffff:192.0.2.1", "192.0.2.1", True),
            ("192.0.2.1", "192.0.2.2", False),
            ("", "192.0.2.2", False),
        ],
    )
    def test_a_household_of_ipv6_counts_as_one(self, one, other, same):
        assert (network_of(one) == network_of(other)) == same

    def test_the_deployment_check_asks_for_the_number_of_proxies(self, settings):
        assert proxies_are_counted() == []
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        assert [warning.id for warning in proxies_are_counted()] == ["nenpyo.W001"]
        settings.PROXY_COUNT = 1
        assert proxies_are_counted() == []


class TestPasswords:
    """At least twelve characters, wherever one is chosen."""

    def test_createsuperuser_without_questions(self, monkeypatch):
        for password in ["short", "eleven char"]:
            monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
            with pytest.raises(CommandError, match="at least 12 characters"):
                call_command("createsuperuser", "--noinput", username="a", email="a@example.org")
        assert not get_user_model().objects.exists()
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "twelve chars")
        call_command("createsuperuser", "--noinput", username="a", email="a@example.org", verbosity=0)
        assert get_user_model().objects.get().check_password("twelve chars")

    def test_createsuperuser_without_a_password_makes_an_account_that_cannot_sign_in(self, monkeypatch):
        monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
        call_command("createsuperuser", "--noinput", username="a", email="a@example.org", verbosity=0)
        assert not get_user_model().objects.get().has_usable_password()

    def test_createsuperuser_with_questions_does_not_go_on_with_a_weak_one(self, monkeypatch):
        class Terminal:
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr("getpass.getpass", lambda prompt="": "short")
        monkeypatch.setattr("builtins.input", lambda prompt="": "y" if "Bypass" in prompt else "a@example.org")
        with pytest.raises(CommandError, match="at least 12 characters"):
            call_command("createsuperuser", username="a", stdin=Terminal(), stderr=StringIO())
        assert not get_user_model().objects.exists()

    def test_changepassword(self, monkeypatch):
        user("Editors")
        monkeypatch.setattr("getpass.getpass", lambda prompt="": "short")
        with pytest.raises(CommandError, match="3 attempts"):
            call_command("changepassword", "editors", stdout=StringIO(), stderr=StringIO())

    def test_forms(self, administrator):
        person = user("Editors")
        new = {"username": "new", "email": "n@example.org", "first_name": "N", "last_name": "N"}
        short = {"password1": "eleven char", "password2": "eleven char"}
        account = {f"password-new_{name}": value for name, value in short.items()} | {
            "password-old_password": "secret"
        }
        client = Client()
        client.post(reverse("wagtailadmin_password_reset"), {"email": "editors@example.org"})
        link = re.search(r"/admin/\S+/confirm/\S+", mail.outbox[-1].body).group()
        reset = client.get(link, follow=True).redirect_chain[-1][0]
        for form in [
            administrator.post(reverse("wagtailusers_users:add"), new | short),
            administrator.post(reverse("wagtailusers_users:edit", args=[person.pk]), new | short),
            administrator.post(reverse("wagtailadmin_account"), account),
            client.post(reset, {f"new_{name}": value for name, value in short.items()}),
        ]:
            assert "at least 12 characters" in form.content.decode()
        person.refresh_from_db()
        assert person.check_password("secret")


class TestIdleSessions:
    def left(self, client: Client) -> float:
        """The hours after which a session ends."""
        session = Session.objects.get(session_key=client.cookies["sessionid"].value)
        return (session.expire_date - timezone.now()) / timedelta(hours=1)

    def unused_for(self, client: Client, hours: float) -> None:
        session = Session.objects.get(session_key=client.cookies["sessionid"].value)
        store = client.session
        if idle.USED in store:
            store[idle.USED] -= int(hours * 3600)
            session.session_data = store.encode(dict(store))
        session.expire_date -= timedelta(hours=hours)
        session.save()

    @pytest.mark.parametrize("remember", [{"remember": "on"}, {}])
    def test_twelve_hours_of_idleness_end_it_remembered_or_not(self, editor, remember):
        client = Client()
        client.post(ADMIN, {"username": "editors", "password": "secret"} | remember)
        assert bool(client.cookies["sessionid"]["max-age"]) == bool(remember)
        assert 11.9 < self.left(client) <= 12
        self.unused_for(client, 11)
        assert client.get("/admin/account/").status_code == 200
        assert 11.9 < self.left(client) <= 12
        assert bool(client.cookies["sessionid"]["max-age"]) == bool(remember)
        self.unused_for(client, 12.1)
        assert client.get("/admin/account/").status_code == 302

    def test_it_is_written_once_in_five_minutes(self, editor):
        editor.get("/admin/account/")
        used = editor.session[idle.USED]
        self.unused_for(editor, 0.05)
        editor.get("/admin/account/")
        assert editor.session[idle.USED] < used
        self.unused_for(editor, 0.05)
        editor.get("/admin/account/")
        assert editor.session[idle.USED] >= used

    def test_a_form_left_open_is_no_use(self, editor):
        editor.get("/admin/account/")
        self.unused_for(editor, 1)
        entry = ChronologyPage.objects.get()
        editor.post(reverse("wagtailadmin_editing_sessions:ping", args=["wagtailcore", "page", entry.pk, 0]))
        assert self.left(editor) < 11.1
