"""The queue: a server that is away, slow or refuses, a process that dies, addresses that take nothing any more."""

import datetime
import io
import socket
import threading
import uuid
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.utils import timezone

from tests.factories import publish_entry
from tests.mailroom import begin, make_due, send, subscribed, use
from timeline.letters import asking, delivery
from timeline.models import CommandRun, Letter, LetterCount, LetterRound, Subscriber, Subscription

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def two(mailroom):
    """Two addresses for each of which a letter waits."""
    for name in ("good", "bad"):
        subscribed(address=f"{name}@example.org")
    publish_entry()
    begin()
    return mailroom


def deliver(post: delivery.Post | None = None) -> list[str]:
    return list((post or delivery.Post()).deliver())


def someone(name: str) -> Subscriber:
    """The subscriber of an address: the first or the second."""
    return Subscriber.objects.order_by("pk")[["good", "bad"].index(name)]


def test_while_the_server_is_away_letters_wait_and_it_is_asked_less_and_less_often(two, settings):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port, there = nobody.getsockname()[1], settings.MAILERS
    use(settings, port)
    post = delivery.Post()
    for pause in (1, 2, 4):
        assert "does not take any: ConnectionRefusedError" in deliver(post)[0]
        assert post.rests_until - timezone.now() > datetime.timedelta(minutes=pause - 0.1)
        assert deliver(post) == []  # not before its time
        post.rests_until = timezone.now()
    assert set(Letter.objects.values_list("attempts", flat=True)) == {0}
    assert set(Subscriber.objects.values_list("failures", flat=True)) == {0}
    settings.MAILERS = there
    assert deliver(post) == []
    assert sorted(two.recipients) == ["bad@example.org", "good@example.org"]


def test_a_server_that_does_not_answer_in_time_is_away(two, settings):
    with socket.socket() as slow:
        slow.bind(("127.0.0.1", 0))
        slow.listen()
        use(settings, slow.getsockname()[1], timeout=0.2)
        assert "TimeoutError" in deliver()[0]
    assert Letter.objects.count() == 2


def test_one_refused_address_does_not_keep_others_from_their_letters(two):
    two.refusals["bad@example.org"] = "550 5.1.1 <bad@example.org> unknown"
    assert deliver() == ["1 letter was not taken: 550"]
    assert two.recipients == ["good@example.org"]
    (letter,) = Letter.objects.all()
    assert letter.problem == "550"  # and not what the server said of the address
    assert letter.due_at > timezone.now() + 7 * HOUR
    assert (someone("bad").failures, someone("good").failures) == (1, 0)
    count = LetterCount.objects.get()
    assert (count.sent, count.refused, count.given_up) == (1, 1, 0)


def test_an_address_that_refuses_again_and_again_is_paused_and_forgotten_after_a_month(two):
    two.refusals["bad@example.org"] = "550 5.1.1 unknown"
    for turn in range(delivery.MOST_FAILURES):
        assert someone("bad").paused_at is None, turn
        make_due()
        deliver()
        make_due()
        deliver()  # at once again: a second refusal within the hour is none more
        assert someone("bad").failures == turn + 1
        Subscriber.objects.update(failed_at=timezone.now() - 9 * HOUR)
    assert someone("bad").paused_at
    assert not Letter.objects.exists()
    publish_entry()
    begin()
    assert Letter.objects.get().subscriber == someone("good")
    Subscriber.objects.filter(paused_at__isnull=False).update(paused_at=timezone.now() - datetime.timedelta(days=31))
    asking.forget(paused_for=delivery.FORGOTTEN_AFTER)
    assert Subscriber.objects.count() == 1


def test_who_is_paused_may_go_on_from_their_page(two, client):
    bad = someone("bad")
    Subscriber.objects.filter(pk=bad.pk).update(paused_at=timezone.now(), failures=4)
    Letter.objects.all().delete()
    publish_entry(title="Missed")
    asking.resume(bad)
    publish_entry(title="Told")
    begin()
    deliver()
    bad = next(letter for letter in two.read() if letter["To"] == "bad@example.org")
    assert "Told" in bad.as_string()
    assert "Missed" not in bad.as_string()


def test_a_letter_that_arrives_forgets_refusals(two):
    Subscriber.objects.update(failures=2)
    deliver()
    assert set(Subscriber.objects.values_list("failures", flat=True)) == {0}


def test_not_now_is_tried_again_after_longer_and_longer_pauses(two):
    two.refusals["bad@example.org"] = "451 4.7.1 greylisted"
    for minutes in (1, 2, 4, 8):
        make_due()
        before = timezone.now()
        deliver()
        letter = Letter.objects.get()
        assert letter.due_at - before >= datetime.timedelta(minutes=minutes)
    assert someone("bad").failures == 0
    del two.refusals["bad@example.org"]
    make_due()
    assert deliver() == []
    assert two.recipients == ["good@example.org", "bad@example.org"]


def test_a_letter_is_given_up_after_days_of_not_now(two):
    two.refusals["bad@example.org"] = "452 4.2.2 mailbox full"
    deliver()
    Letter.objects.update(attempts=delivery.MOST_ATTEMPTS)
    make_due()
    deliver()
    assert not Letter.objects.exists()
    assert someone("bad").failures == 1


def test_a_server_that_refuses_everybody_is_left_alone_before_all_are_paused(two, monkeypatch):
    monkeypatch.setattr(delivery, "MOST_IN_A_ROW", 2)
    subscribed(address="third@example.org")
    publish_entry()
    begin()
    two.on_data = lambda: "554 5.7.1 we know you not"
    post = delivery.Post()
    assert "refused many one after the other" in deliver(post)[0]
    assert post.rests_until > timezone.now()


def test_a_server_that_closes_after_some_letters_gets_the_others_on_a_new_connection(two):
    answers = iter(["250 OK", "421 4.7.0 enough on this line", "250 OK"])
    two.on_data = lambda: next(answers)
    assert deliver() == []
    assert len(two.letters) == 2


def test_a_letter_that_cannot_be_written_keeps_no_other_one_back(two, monkeypatch):
    written = delivery.Writer.message

    def write(writer, letter):
        if letter.subscriber == someone("good"):
            raise KeyError(letter)
        return written(writer, letter)

    monkeypatch.setattr(delivery.Writer, "message", write)
    assert deliver() == ["1 letter was not taken: KeyError"]
    assert two.recipients == ["bad@example.org"]
    assert Letter.objects.get().problem == "KeyError"


def test_an_address_whose_key_has_gone_waits_for_it(two, settings):
    keys, settings.LETTERS_KEYS = settings.LETTERS_KEYS, ["another key, and the old one is not there any more"]
    assert deliver() == ["2 letters were not taken: LETTERS_KEY lacks the key of its address"]
    settings.LETTERS_KEYS = keys
    make_due()
    assert deliver() == []
    assert len(two.letters) == 2


class TestDeath:
    """At least once, and never not."""

    def test_who_dies_before_the_server_has_it_leaves_it_to_another(self, two):
        taken = delivery._take()
        assert deliver() == []
        assert len(two.letters) == 1
        Letter.objects.filter(pk=taken.pk).update(due_at=timezone.now())  # ten minutes later
        assert deliver() == []
        assert sorted(two.recipients) == ["bad@example.org", "good@example.org"]

    def test_who_dies_between_server_and_note_has_it_sent_again_under_the_same_id(self, two, monkeypatch):
        class KilledError(BaseException):
            pass

        def die(what):
            raise KilledError

        with monkeypatch.context() as patch:
            patch.setattr(delivery, "_count", die)
            with pytest.raises(KilledError):
                deliver()
        assert len(two.letters) == 1
        assert Letter.objects.count() == 2
        deliver()
        assert len(two.letters) == 2  # not before ten minutes are over
        make_due()
        deliver()
        ids = [letter["Message-ID"] for letter in two.read()]
        assert len(ids) == 3
        assert ids[0] == ids[2] != ids[1]
        assert not Letter.objects.exists()

    def test_who_unsubscribes_while_a_letter_is_on_its_way_gets_no_other(self, two):
        taken = delivery._take()
        asking.stop_all(taken.subscriber.key)
        delivery._deliver(taken, delivery.Writer(), connection_of_mail())
        assert not Letter.objects.filter(subscriber__key=taken.subscriber.key).exists()
        assert Letter.objects.count() == 1


def connection_of_mail():
    from django.core.mail import mailers

    return mailers.default


@pytest.mark.django_db(transaction=True)
def test_several_processes_send_each_letter_once(mailroom):
    for number in range(12):
        subscribed(address=f"a{number}@example.org")
    publish_entry()
    threads = [threading.Thread(target=work) for _turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mailroom.recipients) == sorted(f"a{number}@example.org" for number in range(12))
    assert not Letter.objects.exists()


def work() -> None:
    try:
        begin()
        deliver()
    finally:
        connections.close_all()


class TestService:
    def test_one_run_does_all_that_is_due(self, two):
        Letter.objects.all().delete()
        LetterRound.objects.update(ended_at=timezone.now() - HOUR)
        publish_entry()
        call_command("send_letters")
        assert len(two.letters) == 2
        run = CommandRun.objects.get(command="send_letters")
        assert run.finished_at
        assert run.problem == ""
        two.refusals["bad@example.org"] = "550 no"
        publish_entry()
        LetterRound.objects.update(ended_at=timezone.now() - HOUR)
        with pytest.raises(CommandError, match="1 letter was not taken: 550"):
            call_command("send_letters")

    def test_without_a_key_it_says_what_is_missing(self, settings):
        settings.LETTERS = False
        with pytest.raises(CommandError, match="LETTERS_KEY"):
            call_command("send_letters")

    def test_it_stops_between_two_letters(self, two):
        stops = iter([False, True])
        list(delivery.Post().deliver(lambda: next(stops)))
        assert len(two.letters) == 1
        assert Letter.objects.count() == 1


def test_nothing_is_locked_while_a_server_is_asked(two):
    """Who unsubscribes meanwhile does not wait for it."""
    seen = []

    def answer():
        seen.append(connection.in_atomic_block and len(connection.savepoint_ids))
        return "250 OK"

    two.on_data = answer
    deliver()
    assert len(seen) == 2
    assert not Subscription.objects.filter(confirmed_at=None).exists()
    assert send() == []


# -- letters that come back -----------------------------------------------------------------

REPORT = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@relay.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Mon, 30 Nov 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; somebody-else@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--part
Content-Type: text/rfc822-headers

Subject: Car tariff: 1 new entry

--part--
"""
HOLIDAY = "From: bad@example.org\nTo: {to}\nAuto-Submitted: auto-replied\nSubject: Away\n\nAction: failed\n"


class TestLettersThatComeBack:
    @pytest.fixture
    def bounced(self, mailroom, settings, monkeypatch):
        """A subscriber behind a relay that takes everything; gives the command a message, as a mail server does."""
        settings.LETTERS_BOUNCE_TO = "bounces@chronology.example"
        subscribed(address="bad@example.org")

        def come_back(text, **said):
            to = said.pop("to", mailroom.senders[-1] if mailroom.senders else "")
            data = text.format(**{"to": to, "action": "failed"} | said).encode()
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
            call_command("note_bounce")
            return Subscriber.objects.get().failures

        return come_back

    def test_it_counts_as_a_refusal_though_the_relay_takes_the_next_one(self, bounced, mailroom):
        for turn in range(1, delivery.MOST_FAILURES + 1):
            publish_entry()
            assert send() == []
            assert mailroom.senders[-1] == f"bounces+{Subscriber.objects.get().key.hex}@chronology.example"
            assert mailroom.read()[-1]["From"].addresses[0].domain != "chronology.example"
            assert bounced(REPORT) == turn
            assert bounced(REPORT) == turn  # of the same day
            Subscriber.objects.update(failed_at=timezone.now() - 9 * HOUR)
        assert Subscriber.objects.get().paused_at
        assert not Letter.objects.exists()

    def test_what_is_long_ago_is_forgotten_with_the_next_letter_that_stays_away(self, bounced):
        publish_entry()
        send()
        assert bounced(REPORT) == 1
        Subscriber.objects.update(bounced_at=timezone.now() - delivery.BOUNCES_WITHIN)
        publish_entry()
        send()
        assert Subscriber.objects.get().failures == 0

    def test_only_reports_of_failure_to_the_address_of_a_letter_count(self, bounced, mailroom):
        publish_entry()
        send()
        (sender,) = mailroom.senders
        assert bounced(REPORT, action="delayed") == 0
        assert bounced(HOLIDAY) == 0
        for to in ("bounces@chronology.example", f"bounces+{uuid.uuid4().hex}@chronology.example", "bounces+x@y", ""):
            assert bounced(REPORT, to=to) == 0
        for broken in ("", "\0\xff", REPORT[:400], "Content-Type: multipart/report\n\nAction: failed"):
            assert bounced(broken) == 0
        assert bounced(REPORT, to=f"Updates <{sender.upper()}>", action="Failed") == 1

    def test_a_mail_server_tries_again_when_the_database_was_away(self, bounced, monkeypatch):
        monkeypatch.setattr("timeline.letters.bounces.note", Mock(side_effect=OperationalError))
        with pytest.raises(CommandError) as failed:
            bounced(REPORT, to="bounces+x@chronology.example")
        assert failed.value.returncode == 75

    def test_without_an_address_for_them_letters_come_from_the_sender_that_readers_see(self, mailroom, settings):
        subscribed()
        publish_entry()
        send()
        assert mailroom.senders == [settings.DEFAULT_FROM_EMAIL]
        with pytest.raises(CommandError, match="LETTERS_BOUNCE_TO"):
            call_command("note_bounce")
