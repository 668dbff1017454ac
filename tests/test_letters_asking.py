"""Asking for letters: the page with four choices, the address confirmed by its owner, limits, one click to stop."""

import re
import threading
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories import CommodityFactory, publish_entry
from tests.mailroom import send, subscribed, text_of
from timeline.letters import asking, delivery, keys, links
from timeline.limits import HOUR, TooManyError
from timeline.models import Letter, LetterAsked, Subscriber, Subscription

pytestmark = pytest.mark.django_db

WANTED = {"email": "jo@example.org", "often": "weekly"}
LINK = re.compile(r"https?://[^\s/]+(/updates/(\w+)/\S+/)")


def main(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser").main


def links_in(letter) -> dict[str, str]:
    """The pages of ours that a letter leads to, by their purpose."""
    return {purpose: path for path, purpose in LINK.findall(letter.get_body("plain").get_content())}


class TestPage:
    def test_it_offers_four_ways_to_follow_a_question_each_one_step(self, client):
        publish_entry(commodities=[CommodityFactory(name="Rice")])
        page = main(client.get("/updates/?commodity=rice"))
        assert [title.text for title in page.select(".ways h2")] == [
            "E-mail",
            "Feed reader",
            "Calendar",
            "Spreadsheet",
        ]
        assert page.h1.text == "Get updates on Rice"
        assert page.form["action"] == "/updates/?commodity=rice"
        assert page.find("a", string="Subscribe")["href"].endswith("/calendar.ics?commodity=rice")
        for link in page.select(".ways a[href^='/'], #developers-title + p a"):
            assert client.get(link["href"]).status_code == 200, link

    def test_the_rest_is_for_developers_with_the_same_filter(self, client):
        publish_entry(commodities=[CommodityFactory(name="Rice")])
        page = main(client.get("/feeds/?commodity=rice"))
        addresses = {link["href"] for link in page.select(".formats a[href^='/']")}
        assert "/feed.rss?commodity=rice" in addresses
        assert all("commodity=rice" in address for address in addresses)

    def test_an_old_name_leads_to_the_present_one(self, client, django_capture_on_commit_callbacks):
        rice = CommodityFactory(name="Rice")
        publish_entry(commodities=[rice])
        rice.slug = "paddy"
        with django_capture_on_commit_callbacks(execute=True):
            rice.save()
        assert client.get("/updates/?commodity=rice")["Location"] == "/updates/?commodity=paddy"

    def test_what_is_not_understood_is_said_and_left_out(self, client):
        page = main(client.get("/updates/?colour=red"))
        assert "We did not understand “colour”" in page.text
        assert page.form["action"] == "/updates/"

    @pytest.mark.parametrize(
        "typed", ["", "jo", "jo@", "jo@example.org\nBcc: eve@example.org", "é@example.org", "a" * 250 + "@example.org"]
    )
    def test_a_wrong_address_is_said_and_kept(self, client, typed):
        answer = client.post("/updates/", {"email": typed, "often": "daily"})
        page = main(answer)
        assert answer.status_code == 400
        assert "such as name@example.org" in page.select_one("#email-error").text
        assert page.select_one("#email")["value"] == typed
        assert page.select_one("[name=often][checked]")["value"] == "daily"
        assert not Letter.objects.exists()

    def test_a_domain_of_any_script_is_an_address(self, client, mailroom):
        client.post("/updates/", {"email": "jo@例え.jp", "often": "daily"})
        assert send() == []
        assert mailroom.recipients == ["jo@xn--r8jz45g.jp"]

    def test_without_a_key_no_letters_are_offered(self, client, settings):
        settings.LETTERS = False
        page = main(client.get("/updates/"))
        assert [title.text for title in page.select(".ways h2")] == ["Feed reader", "Calendar", "Spreadsheet"]
        assert client.post("/updates/", WANTED).status_code == 405
        assert client.get("/updates/link/").status_code == 404

    def test_no_other_site_makes_its_readers_ask(self, client):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            for path in ("/updates/", "/updates/link/"):
                assert client.post(path, WANTED, headers=headers).status_code == 403
        assert not Letter.objects.exists()


class TestConfirming:
    def test_nothing_comes_before_the_owner_of_the_address_says_yes(self, client, mailroom):
        answer = client.post("/updates/", WANTED | {"often": "at_once"})
        assert answer["Location"] == "/updates/sent/"
        assert send() == []
        (letter,) = mailroom.read()
        assert letter["To"] == "jo@example.org"
        publish_entry()
        send()
        assert len(mailroom.letters) == 1
        address = links_in(letter)["confirm"]
        assert main(client.get(address)).select_one("[name=yes]")  # a program that looks at links changes nothing
        assert Subscription.objects.get().confirmed_at is None
        after = client.post(address, {"yes": ""}, follow=True)
        assert "Confirmed" in main(after).text
        publish_entry(title="Later news")
        send()
        assert [one["Subject"] for one in mailroom.read()][1:] == ["Test Chronology: 1 new entry"]
        assert "Later news" in text_of(mailroom.read()[1])

    def test_the_owner_may_say_no(self, client, mailroom):
        client.post("/updates/", WANTED)
        send()
        client.post(links_in(mailroom.read()[0])["confirm"], {"no": ""})
        assert not Subscriber.objects.exists()

    def test_after_48_hours_link_and_address_are_gone(self, client, mailroom, monkeypatch):
        client.post("/updates/", WANTED)
        send()
        address = links_in(mailroom.read()[0])["confirm"]
        old = timezone.now() - timedelta(hours=49)
        Subscriber.objects.update(made_at=old)
        Subscription.objects.update(asked_at=old)
        asking.forget(paused_for=delivery.FORGOTTEN_AFTER)
        assert not Subscriber.objects.exists()
        assert "No letters come to you" in client.get(address).text
        now = timezone.now().timestamp()
        monkeypatch.setattr("django.core.signing.time.time", lambda: now + 49 * 3600)
        late = client.get(address)
        assert late.status_code == 404
        assert "This link has expired" in late.text

    def test_what_is_confirmed_stays_when_something_else_is_not(self, client):
        kept = subscribed()
        client.post("/updates/?differ=1", WANTED)
        old = timezone.now() - timedelta(hours=49)
        Subscriber.objects.update(made_at=old)
        Subscription.objects.filter(confirmed_at=None).update(asked_at=old)
        asking.forget(paused_for=delivery.FORGOTTEN_AFTER)
        assert list(Subscription.objects.all()) == [kept]

    def test_no_answer_tells_whether_an_address_is_known(self, client, mailroom):
        subscribed()
        answers = [
            client.post("/updates/", WANTED | {"email": email}) for email in ("jo@example.org", "new@example.org")
        ]
        answers += [client.post("/updates/link/", {"email": email}) for email in ("jo@example.org", "no@example.org")]
        assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/updates/sent/")}
        send()
        assert sorted(mailroom.recipients) == ["jo@example.org", "jo@example.org", "new@example.org"]
        assert {"yours", "stop"} == set(links_in(mailroom.read()[0]))


class TestChanging:
    def page(self, subscription: Subscription) -> str:
        return links.path(links.CHANGE, subscription.subscriber)

    def test_a_signed_link_shows_what_comes_and_no_address(self, client):
        one = subscribed("differ=1", "daily")
        answer = client.get(self.page(one))
        assert "Entries where sources disagree" in main(answer).h2.text
        assert main(answer).select_one("[name=often][checked]")["value"] == "daily"
        assert "jo@example.org" not in answer.text
        assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")

    def test_how_often_can_be_changed_and_one_stopped(self, client):
        one, other = subscribed(), subscribed("differ=1")
        client.post(self.page(one), {"subscription": one.pk, "often": "weekly"})
        assert Subscription.objects.get(pk=one.pk).frequency == "weekly"
        client.post(self.page(one), {"subscription": other.pk, "stop": ""})
        assert list(Subscription.objects.all()) == [one]
        client.post(self.page(one), {"subscription": one.pk, "stop": ""})
        assert not Subscriber.objects.exists()

    @pytest.mark.parametrize("said", [{}, {"often": "hourly"}, {"subscription": "x"}, {"subscription": "9" * 40}])
    def test_odd_forms_change_nothing(self, client, said):
        one = subscribed()
        assert client.post(self.page(one), said).status_code == 302
        assert Subscription.objects.get() == one

    def test_nobody_changes_what_is_not_theirs(self, client):
        mine, theirs = subscribed(), subscribed(address="eve@example.org")
        client.post(self.page(theirs), {"subscription": mine.pk, "stop": ""})
        assert Subscription.objects.count() == 2

    def test_a_link_is_good_for_one_purpose_and_one_subscriber(self, client):
        one = subscribed()
        page = self.page(one)
        for bad in (
            page.replace("/yours/", "/stop/"),
            page[:-3] + "/",
            page.replace(one.subscriber.key.hex, "0" * 32),
        ):
            answer = client.post(bad)
            assert answer.status_code == 404
            assert "This link is not whole" in answer.text
        assert Subscription.objects.exists()

    def test_changing_the_frequency_loses_nothing_and_repeats_nothing(self, mailroom):
        one = subscribed("", "weekly")
        publish_entry(title="First news")
        send()
        assert mailroom.letters == []
        asking.change(one, "at_once")
        send()
        publish_entry(title="Second news")
        send()
        asking.change(one, "weekly")
        publish_entry(title="Third news")
        send(timezone.now() + timedelta(days=8))
        titles = [re.findall(r"(\w+) news", text_of(letter)) for letter in mailroom.read()]
        assert titles == [["First"], ["Second"], ["Third"]]


class TestStopping:
    def test_the_button_of_a_mail_program_stops_all_and_forgets_the_address(self, mailroom):
        """RFC 8058: a POST from anywhere, without cookies, a token or a second page."""
        subscribed()
        subscribed("differ=1", "weekly")
        publish_entry()
        send()
        (letter,) = mailroom.read()
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        (path,) = re.fullmatch(r"<https?://[^/]+(/\S+)>", letter["List-Unsubscribe"]).groups()
        strict = Client(enforce_csrf_checks=True)
        assert strict.get(path).status_code == 200
        assert Subscriber.objects.count() == 1
        answer = strict.post(path, {"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200
        assert not answer.cookies
        assert not any(model.objects.exists() for model in (Subscriber, Subscription, Letter))
        assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200  # again

    def test_what_waits_is_not_sent_any_more(self, mailroom):
        one = subscribed()
        publish_entry()
        asking.stop_all(one.subscriber.key)
        assert send() == []
        assert mailroom.letters == []

    def test_the_link_never_expires(self, client, monkeypatch):
        one = subscribed()
        path = links.path(links.STOP, one.subscriber)
        now = timezone.now().timestamp()
        monkeypatch.setattr("django.core.signing.time.time", lambda: now + 9 * 365 * 86400)
        assert client.post(path).status_code == 200
        assert not Subscriber.objects.exists()


class TestLimits:
    def test_an_address_gets_three_letters_an_hour_however_it_is_written(self, client, mailroom):
        for number, email in enumerate(
            ["jo@example.org", "Jo@example.org", "jo+1@example.org", "j.o@example.org"] * 2
        ):
            answer = client.post("/updates/", WANTED | {"email": email}, REMOTE_ADDR=f"127.0.1.{number}")
            assert answer["Location"] == "/updates/sent/"
        send()
        assert len(mailroom.letters) == 3

    def test_a_client_may_ask_ten_times_an_hour(self, client):
        for number in range(10):
            assert client.post("/updates/", WANTED | {"email": f"a{number}@example.org"}).status_code == 302
        for path in ("/updates/", "/updates/link/"):
            answer = client.post(path, WANTED | {"email": "more@example.org"})
            assert answer.status_code == 429
            assert int(answer["Retry-After"]) > 3000
            assert "Try again in 60 minutes" in answer.text
            assert main(answer).select_one("#email")["value"] == "more@example.org"
        LetterAsked.objects.update(asked_at=timezone.now() - timedelta(hours=1))
        assert client.post("/updates/", WANTED).status_code == 302

    def test_one_address_follows_fifty_questions(self, monkeypatch):
        monkeypatch.setattr(asking, "MOST_FOLLOWED", 2)
        for query in ("", "differ=1"):
            subscribed(query)
        asking.ask("jo@example.org", "from=2025", "daily", "client")
        assert Subscription.objects.count() == 2
        assert Letter.objects.get().kind == "link"


class TestKeys:
    def test_the_database_has_no_address(self, client):
        client.post("/updates/", WANTED)
        with connection.cursor() as cursor:
            for model in (Subscriber, Subscription, Letter, LetterAsked):
                cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t")
                said = str(cursor.fetchall())
                assert "example.org" not in said
                assert "127.0.0.1" not in said

    def test_a_new_key_is_put_first_and_the_old_one_can_go(self, client, settings):
        one = subscribed()
        link = links.path(links.STOP, one.subscriber)
        settings.LETTERS_KEYS = ["another key for the letters of tests, quite new", *settings.LETTERS_KEYS]
        client.post("/updates/", WANTED)
        assert Subscriber.objects.count() == 1
        assert keys.renew() == 1
        settings.LETTERS_KEYS = settings.LETTERS_KEYS[:1]
        renewed = Subscriber.objects.get()
        assert keys.decrypt(renewed.address) == "jo@example.org"
        assert renewed.digest in keys.digests("Jo@Example.org")
        assert client.get(links.path(links.CHANGE, renewed)).status_code == 200
        assert client.get(link).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_hundred_who_ask_at_once_are_each_asked_once(monkeypatch):
    """A hundred addresses, twice each: no two rows of one, and no more letters than are allowed."""
    monkeypatch.setattr(asking, "OF_A_CLIENT", ((HOUR, 150),))
    refused, failed = [], []

    def ask(number: int) -> None:
        try:
            for turn in range(10):
                asking.ask(f"a{(number * 10 + turn) % 100}@example.org", "", "daily", "client")
        except TooManyError as error:
            refused.append(error)
        except Exception as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert refused
    assert LetterAsked.objects.count() == Letter.objects.count() == 150
    assert Subscriber.objects.count() == Subscription.objects.count() <= 100
