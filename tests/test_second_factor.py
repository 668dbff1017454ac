"""The second factor: set up, asked for, used once, lost; and nobody is in before it is shown."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.models import ModelLogEntry

from tests.editing import signed_in, user
from tests.factories import draft_entry
from timeline.accounts import tries
from timeline.accounts.second_factor import codes
from timeline.accounts.second_factor.gate import SecondFactorMiddleware

pytestmark = pytest.mark.django_db

ASK, SET_UP, RECOVERY, RENEW, REMOVE = (
    f"/admin/second-factor/{rest}" for rest in ["", "set-up/", "recovery/", "renew/", "remove/"]
)
HOME = "/admin/account/"  # cheaper than the home page


def code_of(device: TOTPDevice, later: int = 0) -> str:
    """What the app shows, now or so many half minutes later."""
    return f"{TOTP(device.bin_key, drift=later).token():06d}"


def with_factor(role: str = "Editors") -> tuple[Any, TOTPDevice]:
    person = user(role)
    return person, TOTPDevice.objects.create(user=person, name="app", key=codes.new_secret())


def half_in(person: Any, next_page: str = HOME) -> Client:
    """Who has given the password and nothing else."""
    client = Client()
    client.post("/admin/login/", {"username": person.username, "password": "secret", "next": next_page})
    return client


def say(client: Client, code: str, at: str = ASK) -> Any:
    return client.post(at, {"code": code, "next": HOME})


def is_in(client: Client) -> bool:
    return bool(client.get(HOME).status_code == 200)


def text(response: Any) -> str:
    return BeautifulSoup(response.content, "lxml").get_text(" ", strip=True)


@pytest.fixture
def events() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(sender: str, **about: Any) -> None:
        heard.append(str(sender))

    codes.second_factor.connect(hear)
    tries.locked.connect(hear)
    yield heard
    codes.second_factor.disconnect(hear)
    tries.locked.disconnect(hear)


class TestSettingUp:
    def test_an_app_reads_the_picture_or_the_key_and_shows_that_it_has_it(self, editor, events):
        page = editor.get(SET_UP)
        soup = BeautifulSoup(page.content, "lxml")
        address = soup.select_one('a[href^="otpauth:"]')["href"]
        secret = soup.select_one("code").get_text().replace(" ", "")
        assert "issuer=Nenpyo" in address
        assert f"secret={secret}&" in address
        assert soup.select("svg path")
        assert not soup.select("svg [style], svg style")
        device = codes.device_of(get_user_model().objects.get(), editor.session["second_factor_secret"])
        key_before = editor.session.session_key
        assert "not the code of this moment" in text(say(editor, "000000", SET_UP))
        assert not TOTPDevice.objects.exists()
        shown = say(editor, f"{TOTP(device.bin_key).token():06d}", SET_UP)
        kept = [item.get_text(strip=True) for item in BeautifulSoup(shown.content, "lxml").select("li code")]
        assert len(set(kept)) == 10
        assert all(re.fullmatch("(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", code) for code in kept)
        assert "no-store" in shown["Cache-Control"]
        assert is_in(editor)
        assert editor.session.session_key != key_before
        assert events == ["set up"]
        assert "10 recovery codes are left" in text(editor.get(HOME))

    def test_the_account_leads_to_it(self, editor):
        assert f'href="{SET_UP}"' in editor.get(HOME).content.decode()
        assert editor.post(HOME, {}).status_code == 200  # its panel takes no part in saving

    def test_it_is_asked_for_in_every_other_session_at_once(self):
        person = user("Editors")
        other = half_in(person)
        assert is_in(other)
        TOTPDevice.objects.create(user=person, name="app", key=codes.new_secret())
        assert not is_in(other)

    def test_a_second_app_is_not_added_beside_the_first(self):
        person, device = with_factor()
        client = half_in(person)
        assert client.get(SET_UP).url.startswith(ASK)
        say(client, code_of(device))
        assert client.get(SET_UP).url == HOME
        assert codes.set_up(None, person, codes.new_secret(), "000000") is None

    def test_secrets_of_recovery_codes_are_not_readable(self):
        person, _device = with_factor()
        shown = codes.renew(person)
        kept = " ".join(StaticToken.objects.values_list("token", flat=True))
        assert not any(code in kept or code.replace("-", "") in kept for code in shown)


class TestAsking:
    def test_after_the_password_comes_the_code_and_then_where_one_was_going(self, events):
        person, device = with_factor()
        client = half_in(person)
        page = client.get("/admin/reports/site-history/", follow=True)
        assert page.redirect_chain[-1][0] == f"{ASK}?next=%2Fadmin%2Freports%2Fsite-history%2F"
        key = client.session.session_key
        assert say(client, code_of(device)).url == HOME
        assert is_in(client)
        assert client.session.session_key != key
        assert events == ["accepted"]

    def test_it_is_found_by_phones_and_screen_readers(self):
        client = half_in(with_factor()[0])
        for address, field in [
            (ASK, {"autocomplete": "one-time-code", "inputmode": "numeric"}),
            (RECOVERY, {"autocomplete": "off"}),
        ]:
            soup = BeautifulSoup(client.get(address).content, "lxml")
            box = soup.select_one("input[name=code]")
            assert field.items() <= box.attrs.items()
            assert soup.select_one(f"label[for={box['id']}]")
            assert soup.select_one(f"#{box['aria-describedby']}")

    @pytest.mark.parametrize("typed", ["{0}", " {0} ", "{0:.3} {1}", "full width"])
    def test_a_code_is_read_however_it_is_typed(self, typed):
        person, device = with_factor()
        code = code_of(device)
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
        said = wide if typed == "full width" else typed.format(code, code[3:])
        assert say(half_in(person), said).status_code == 302

    def test_a_code_works_once_whoever_says_it(self, events):
        person, device = with_factor()
        code = code_of(device)
        assert say(half_in(person), code).status_code == 302
        again = say(half_in(person), code)
        assert again.status_code == 200
        assert "used already" in text(again)
        assert say(half_in(person), code_of(device, later=1)).status_code == 302
        assert events == ["accepted", "refused", "accepted"]

    def test_tries_are_limited_and_the_right_code_does_not_help_then(self, events):
        person, device = with_factor()
        client = half_in(person)
        for _ in range(8):
            assert not codes.is_good(RequestFactory().post(ASK), person, "000000")
        assert [say(client, "000000").status_code for _ in range(3)] == [200, 200, 429]
        assert say(half_in(person), code_of(device)).status_code == 429
        assert events == ["refused"] * 10 + ["code", "code"]
        call_command("unlock", "editors", verbosity=0)
        assert say(client, code_of(device)).status_code == 302

    def test_a_recovery_code_lets_in_once(self, events):
        person, _device = with_factor()
        first, second, *_ = codes.renew(person)
        client = half_in(person)
        assert say(client, first.upper().replace("-", " "), RECOVERY).status_code == 302
        assert is_in(client)
        assert "9 recovery codes are left" in text(client.get(HOME))
        assert say(half_in(person), first, RECOVERY).status_code == 200
        assert say(half_in(person), second).status_code == 200  # where the app's code is asked for
        assert events == ["recovered", "refused", "refused"]

    def test_nobody_is_led_elsewhere(self):
        person, device = with_factor()
        answer = half_in(person).post(ASK, {"code": code_of(device), "next": "https://elsewhere.example/"})
        assert answer.url == "/admin/"

    def test_somebody_else_can_sign_in_instead(self):
        client = half_in(with_factor()[0])
        assert client.post(ASK, {"leave": ""}).url == "/admin/login/"
        assert client.get("/admin/login/").status_code == 200

    def test_a_new_password_by_letter_is_not_enough(self):
        person, _device = with_factor()
        client = Client()
        client.post(reverse("wagtailadmin_password_reset"), {"email": person.email})
        link = re.search(r"/admin/\S+/confirm/\S+", mail.outbox[-1].body).group()
        reset = client.get(link, follow=True).redirect_chain[-1][0]
        client.post(reset, {"new_password1": "a longer secret", "new_password2": "a longer secret"})
        assert not is_in(client)
        client.post("/admin/login/", {"username": "editors", "password": "a longer secret"})
        assert "_auth_user_id" in client.session
        assert not is_in(client)


class TestChanging:
    def entered(self) -> tuple[Client, Any, TOTPDevice]:
        person, device = with_factor()
        client = half_in(person)
        say(client, code_of(device))
        return client, person, device

    def test_recovery_codes_are_renewed_for_a_code(self, events):
        client, person, device = self.entered()
        old = codes.renew(person)[0]
        assert not BeautifulSoup(say(client, "000000", RENEW).content, "lxml").select("li code")
        shown = say(client, code_of(device, later=1), RENEW)
        assert len(BeautifulSoup(shown.content, "lxml").select("li code")) == 10
        assert say(half_in(person), old, RECOVERY).status_code == 200
        assert events == ["accepted", "refused", "accepted", "renewed", "refused"]

    def test_it_is_removed_for_a_code(self, events):
        client, person, device = self.entered()
        codes.renew(person)
        say(client, "000000", REMOVE)
        assert TOTPDevice.objects.exists()
        assert say(client, code_of(device, later=1), REMOVE).url == HOME
        assert is_in(client)
        assert is_in(half_in(person))
        assert not StaticToken.objects.exists()
        assert events[-1] == "removed"

    def test_neither_is_reached_before_the_code(self):
        person, device = with_factor()
        client = half_in(person)
        for page in (RENEW, REMOVE):
            assert client.get(page).url.startswith(ASK)
            assert say(client, code_of(device), page).url.startswith(ASK)
        assert TOTPDevice.objects.exists()

    def test_an_operator_resets_a_lost_one(self, capsys, events):
        person, _device = with_factor()
        client = half_in(person)
        call_command("reset_second_factor", "editors")
        assert "no second factor any more" in capsys.readouterr().out
        assert is_in(client)
        for name, why in [("editors", "has no second factor"), ("nobody", "no account 'nobody'")]:
            with pytest.raises(CommandError, match=why):
                call_command("reset_second_factor", name)
        assert events == ["reset"]

    def test_administrators_see_in_the_log_what_was_changed(self):
        client, _person, device = self.entered()
        say(client, code_of(device, later=1), REMOVE)
        _person, _device = get_user_model().objects.get(), TOTPDevice.objects.create(user_id=device.user_id, name="b")
        call_command("reset_second_factor", "editors", verbosity=0)
        entries = ModelLogEntry.objects.filter(action__startswith="timeline.second_factor").order_by("pk")
        assert [(entry.action.split(".")[-1], entry.user_id) for entry in entries] == [
            ("removed", device.user_id),
            ("reset", None),
        ]


class TestWhoMust:
    @pytest.mark.parametrize(
        ("setting", "who"),
        [("optional", set()), ("moderators", {"Moderators", ""}), ("everybody", {"Editors", "Moderators", ""})],
    )
    def test_a_setting_says_it_and_leads_them_to_set_up(self, settings, setting, who):
        settings.SECOND_FACTOR = setting
        led = set()
        for role in ["Editors", "Moderators", ""]:
            page = signed_in(role).get(HOME, follow=True)
            if page.redirect_chain and page.redirect_chain[-1][0].startswith(SET_UP):
                assert "asks for a second factor" in text(page)
                led.add(role)
        assert led == who

    def test_it_holds_for_sessions_that_were_there_before(self, settings, moderator):
        assert is_in(moderator)
        settings.SECOND_FACTOR = "moderators"
        assert not is_in(moderator)


def addresses(patterns: Any, before: str = "") -> Iterator[str]:
    """Each address below some patterns, with something that fits in the place of its parameters."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            route = re.sub(r"<(int|path|slug|str|uuid)?:?\w+>", lambda kind: "1" if kind[1] == "int" else "x", route)
            route = re.sub(r"\(\?P<\w+>[^)]*\)|\([^)]*\)", "1", route)
            yield "/" + re.sub(r"[\^$\\]|\.\*", "", route)


DOORS = {address for address in addresses(get_resolver().url_patterns) if address.startswith(("/admin/", "/_util/"))}


@pytest.fixture(params=["the code", "to set it up"])
def half(request, settings) -> Client:
    """A session of a moderator that owes something."""
    if request.param == "the code":
        return half_in(with_factor("Moderators")[0])
    settings.SECOND_FACTOR = "everybody"
    return half_in(user("Moderators"))


def test_until_it_is_shown_no_view_knows_who_is_there(half):
    """At any address, whatever a view does there."""
    assert len(DOORS) > 300
    known, session = [], half.session
    gate = SecondFactorMiddleware(lambda request: known.append(request.user.is_authenticated) or HttpResponse())
    for address in DOORS:
        request = RequestFactory().post(address)
        request.session = session
        gate(request)
    assert len(known) == len(DOORS)
    assert not any(known)


def test_what_scripts_and_links_ask_is_answered_as_strangers_are(half):
    entry, stranger = draft_entry(), Client()
    script = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
    for method, address in [
        ("get", "/admin/"),
        ("get", f"/admin/pages/{entry.pk}/edit/"),
        ("post", f"/admin/pages/{entry.pk}/edit/"),  # autosave
        ("post", f"/admin/pages/{entry.pk}/edit/preview/"),
        ("get", f"/admin/pages/{entry.pk}/view_draft/"),
        ("get", f"/admin/entries/notes/{entry.pk}/"),
        ("get", "/admin/choose-page/"),
        ("get", "/admin/api/main/pages/"),
        ("post", f"/admin/editing-sessions/ping/timeline/entrypage/{entry.pk}/1/"),
        ("get", "/admin/logout/"),
        ("post", "/admin/logout/"),
    ]:
        for more in ({}, script):
            answers = [getattr(client, method)(address, **more) for client in (half, stranger)]
            told, expected = ((answer.status_code, answer.headers.get("Location")) for answer in answers)
            assert told == expected, address
            assert told[0] in (302, 403), address


def test_it_costs_no_query(django_assert_num_queries):
    person, device = with_factor()
    client = half_in(person)
    say(client, code_of(device))
    for one in (client, half_in(user("Moderators"))):
        one.get(ASK)
        with django_assert_num_queries(2):  # the session and the user, as without it
            assert one.get(ASK).url == "/admin/"


@pytest.mark.django_db(transaction=True)
def test_a_code_said_by_many_at_once_lets_one_in():
    def one(client: Client) -> int:
        try:
            return int(say(client, code).status_code)
        finally:
            connection.close()

    person, device = with_factor()
    clients = [half_in(person) for _ in range(8)]
    code = code_of(device)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, clients))
    assert sorted(answers) == [200] * 7 + [302]
