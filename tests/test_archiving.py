"""Archived copies: they are looked for in archives and, where that is set, an archive is asked to make one."""

import datetime
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.factories import SourceFactory, draft_entry, publish_entry
from tests.misbehaving import Answer, article
from timeline.archiving import queue, searching
from timeline.archiving.memento import links_of
from timeline.choices import ArchivingState, LinkState
from timeline.links.visiting import Visits
from timeline.models import Archiving, CommandRun, Edition, PublishedEntry, Source

pytestmark = pytest.mark.django_db

PAGE = "https://news.example.org/talks"
TITLE = "Ministers meet in Tokyo"
WORDS = "We will go on talking"
SHOWS = article(TITLE, "The minister spoke.", f"“{WORDS}”, he said.")
LACKS = article(TITLE, "The minister spoke.", "Nothing was decided.")
QUERIES_OF_THE_NEXT = 4  # a savepoint, the row, its lease


@pytest.fixture
def source() -> Source:
    """A source published on 16 April 2025, of which a public entry cites words."""
    return cited(SourceFactory(title=TITLE, url=PAGE, published="2025-04-16", accessed=datetime.date(2025, 5, 2)))


def cited(source: Source) -> Source:
    publish_entry(sources=[source], quotation=WORDS)
    return source


def unhurried() -> Visits:
    return Visits(seconds=0.5, pause=0, sleep=lambda seconds: None)


def search(visits: Visits | None = None) -> Archiving | None:
    """Take the next step, whenever it is due."""
    queue.fill(timezone.now())
    Archiving.objects.update(due_at=timezone.now())
    row = queue.take(timezone.now())
    return searching.step(row, visits or unhurried()) if row else None


def state(visits: Visits | None = None) -> str:
    found = search(visits)
    return found.state if found else ""


def archived(source: Source) -> str:
    return Source.objects.get(pk=source.pk).archived_url


def public(source: Source) -> dict:
    return PublishedEntry.objects.get().document["sources"][0]


# Looking for a copy


def test_nothing_is_asked_until_an_archive_is_named(source):
    with pytest.raises(CommandError, match="No archive is set"):
        call_command("archive_sources")
    assert not CommandRun.objects.exists()


def test_the_copy_nearest_to_the_day_of_publication_is_taken(source, archive):
    archive.keep(PAGE, "2025-04-10T09:00", LACKS)
    nearest = archive.keep(PAGE, "2025-04-18T09:00", SHOWS)
    archive.keep(PAGE, "2025-05-02T09:00", SHOWS)
    found = search()
    assert (found.state, found.copy_url, found.due_at) == (ArchivingState.ARCHIVED, nearest, None)
    assert f"{found.copy_at:%Y-%m-%d}" == "2025-04-18"
    assert archived(source) == nearest
    assert archive.asked[0][1]["Accept-Datetime"] == "Thu, 17 Apr 2025 00:00:00 GMT"


def test_without_a_day_of_publication_the_day_on_which_it_was_read_counts(source, archive):
    Source.objects.update(published="", published_period=None)
    search()
    assert archive.asked[0][1]["Accept-Datetime"] == "Sat, 03 May 2025 00:00:00 GMT"


def test_readers_are_told_and_the_log_knows(source, archive):
    edition = Edition.objects.get().version
    copy = archive.keep(PAGE, "2025-04-18T09:00", SHOWS)
    search()
    assert public(source)["archived_url"] == copy
    assert Edition.objects.get().version > edition
    logged = ModelLogEntry.objects.get(action="timeline.archived")
    assert (logged.object_id, logged.user) == (str(source.pk), None)
    assert logged.message == f"Got an archived copy of 2025-04-18: {copy}"


def test_a_copy_that_lacks_what_we_cite_is_left_for_a_later_one_that_has_it(source, archive):
    archive.keep(PAGE, "2025-04-17T09:00", LACKS)
    good = archive.keep(PAGE, "2025-04-20T09:00", SHOWS)
    assert state() == ArchivingState.ARCHIVED
    assert archived(source) == good


def test_copies_that_all_lack_it_are_told_to_editors_alone(source, archive):
    for day in range(17, 28):
        archive.keep(PAGE, f"2025-04-{day}T09:00", LACKS)
    found = search()
    assert (found.state, archived(source)) == (ArchivingState.DIFFERENT, "")
    assert found.copy_url.startswith(archive.url("/web/20250417"))
    assert WORDS in found.detail
    assert len([path for path in archive.paths() if path.startswith("/web/2025")]) == searching.MAX_COPIES
    assert found.due_at > timezone.now() + datetime.timedelta(days=80)


def test_a_copy_of_an_error_page_is_none(source, archive):
    archive.keep(PAGE, "2025-04-17T09:00", Answer("Gone", status=404))
    good = archive.keep(PAGE, "2025-06-20T09:00", SHOWS)
    assert state() == ArchivingState.ARCHIVED
    assert archived(source) == good


def test_a_copy_from_before_the_publication_is_none(source, archive):
    archive.keep(PAGE, "2025-04-14T09:00", SHOWS)
    assert state() == ArchivingState.NOT_FOUND


def test_a_copy_that_redirects_within_the_archive_is_followed(source, archive):
    there = archive.keep("https://news.example.org/2025/talks", "2025-04-18T09:00", SHOWS)
    archive.keep(PAGE, "2025-04-17T09:00", Answer("", 302, {"Location": there}))
    assert state() == ArchivingState.ARCHIVED
    assert archived(source) == there


def test_what_does_not_say_that_it_is_a_copy_is_none(source, archive):
    """A TimeGate may send us to the page itself."""
    archive.pages[f"/web/{PAGE}"] = Answer("", 302, {"Location": archive.url("/live")})
    archive.pages["/live"] = SHOWS
    found = search()
    assert (found.state, "does not say that it is a copy" in found.detail) == (ArchivingState.FAILED, True)


def test_a_copy_of_another_page_is_none(source, archive):
    other = "https://news.example.org/other"
    archive.pages[f"/web/{PAGE}"] = Answer("", 302, {"Location": archive.keep(other, "2025-04-18T09:00", SHOWS)})
    found = search()
    assert (found.state, "of another page" in found.detail) == (ArchivingState.DIFFERENT, True)


def test_a_timegate_may_answer_with_the_copy_itself(source, archive):
    place = archive.url("/copies/7")
    headers = {"Content-Location": place, "Memento-Datetime": "Fri, 18 Apr 2025 09:00:00 GMT"}
    headers |= {"Vary": "accept-datetime", "Link": archive.links(PAGE)}
    archive.pages[f"/web/{PAGE}"] = Answer(SHOWS.body, headers=SHOWS.headers | headers)
    assert state() == ArchivingState.ARCHIVED
    assert archived(source) == place


def test_a_copy_within_a_frame_is_found(source, archive):
    """As pywb answers, of which many archives are made."""
    copy = archive.keep(PAGE, "2025-04-18T09:00", SHOWS)
    link = f'{archive.links(PAGE)}, <{copy}>; rel="memento"; datetime="Fri, 18 Apr 2025 09:00:00 GMT"'
    archive.pages[f"/web/{PAGE}"] = Answer("<iframe>", headers={"Vary": "accept-datetime", "Link": link})
    assert state() == ArchivingState.ARCHIVED
    assert archived(source) == copy


def test_no_copy_is_looked_for_again_after_longer_and_longer(source, archive):
    pauses = []
    for _time in range(3):
        found = search()
        pauses.append(round((found.due_at - timezone.now()) / datetime.timedelta(days=1)))
    assert (found.state, pauses) == (ArchivingState.NOT_FOUND, [30, 60, 120])
    assert archive.posted == []


def test_the_wayback_machine_says_which_copy_is_available(source, archive, settings):
    settings.ARCHIVES |= {"MEMENTO_TIMEGATE": "", "WAYBACK_AVAILABILITY": archive.url("/available")}
    assert state() == ArchivingState.NOT_FOUND
    copy = archive.keep(PAGE, "2025-04-18T09:00", SHOWS)
    assert state() == ArchivingState.ARCHIVED
    assert archived(source) == copy
    assert "timestamp=20250417000000" in archive.paths()[-2]


# Answers that bring nothing


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer("Excluded", status=403), ArchivingState.REFUSED),
        (Answer("", status=451), ArchivingState.REFUSED),
        (Answer("", status=400), ArchivingState.FAILED),
        (Answer("", status=503, headers={"Retry-After": "7200"}), ArchivingState.FAILED),
        (Answer("", status=523), ArchivingState.FAILED),
        (Answer("", status=302, headers={"Location": "http://10.0.0.1/web/"}), ArchivingState.FAILED),
        (Answer("", status=302, headers={"Location": "http://[::1"}), ArchivingState.FAILED),
        (Answer("", status=302, headers={"Location": "/loop"}), ArchivingState.FAILED),
        (Answer("", status=302, headers={"Location": "/drip"}), ArchivingState.FAILED),
        (Answer("", status=302, headers={"Location": "/endless"}), ArchivingState.FAILED),
        (Answer("", status=302, headers={"Location": "/cut"}), ArchivingState.FAILED),
    ],
)
def test_what_archives_answer_instead(source, saving, answer, expected):
    saving.pages[f"/web/{PAGE}"] = answer
    found = search()
    assert (found.state, archived(source), saving.posted) == (expected, "", [])
    assert found.detail
    assert (found.due_at is None) == (expected == ArchivingState.REFUSED)


def test_an_archive_that_wants_to_be_left_alone_is(source, archive, monkeypatch):
    monkeypatch.setattr("timeline.management.commands.archive_sources.PAUSE", 0.0)
    archive.pages[f"/web/{PAGE}"] = Answer("", status=429, headers={"Retry-After": "7200"})
    cited(SourceFactory(url="https://news.example.org/other"))
    with pytest.raises(CommandError, match="cannot answer just now"):
        call_command("archive_sources")
    assert len(archive.asked) == 2, "the newer source has no copy, and after the other none is asked for"
    assert Archiving.objects.get(source=source).due_at > timezone.now() + datetime.timedelta(hours=1.9)
    assert "429" in CommandRun.objects.get().problem


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"archived_snapshots": []}', '{"archived_snapshots": {"closest": 1}}']
)
def test_broken_json_is_no_copy(source, archive, settings, body):
    settings.ARCHIVES |= {"MEMENTO_TIMEGATE": "", "WAYBACK_AVAILABILITY": archive.url("/available")}
    asked = "/available?url=https%3A%2F%2Fnews.example.org%2Ftalks&timestamp=20250417000000"
    archive.pages[asked] = Answer(body)
    assert state() in (ArchivingState.FAILED, ArchivingState.NOT_FOUND)
    assert archived(source) == ""


# Asking for a copy


def test_without_a_copy_the_archive_is_asked_to_make_one(source, saving):
    found = search()
    assert (found.state, found.job) == (ArchivingState.SAVING, "spn2-1")
    assert saving.posted == [{"url": PAGE, "skip_first_archive": "1"}]
    headers = saving.asked[-1][1]
    assert (headers["Authorization"], headers["Accept"]) == ("LOW key:secret", "application/json")
    saving.jobs["spn2-1"] = [
        {"status": "pending", "resources": []},
        {"status": "success", "timestamp": "20261130101112", "original_url": PAGE},
    ]
    assert state() == ArchivingState.SAVING
    copy = saving.keep(PAGE, "2026-11-30T10:11:12", SHOWS)
    assert state() == ArchivingState.ARCHIVED
    assert archived(source) == copy
    assert len(saving.posted) == 1


def test_a_new_copy_that_cannot_be_seen_yet_is_waited_for(source, saving):
    search()
    saving.jobs["spn2-1"] = [{"status": "success", "timestamp": "20261130101112", "original_url": PAGE}]
    assert state() == ArchivingState.SAVING
    assert archived(source) == ""
    saving.keep(PAGE, "2026-11-30T10:11:12", SHOWS)
    assert state() == ArchivingState.ARCHIVED


def test_a_new_copy_of_a_page_that_has_changed_is_not_taken(source, saving):
    search()
    saving.jobs["spn2-1"] = [{"status": "success", "timestamp": "20261130101112", "original_url": PAGE}]
    saving.keep(PAGE, "2026-11-30T10:11:12", LACKS)
    assert state() == ArchivingState.DIFFERENT
    assert archived(source) == ""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"status": "error", "status_ext": "error:blocked-url", "message": "On the block list."}, "refused"),
        ({"status": "error", "status_ext": "error:no-access", "message": "403"}, "refused"),
        ({"status": "error", "status_ext": "error:soft-time-limit-exceeded", "message": "Too slow."}, "failed"),
        ({"status": "error"}, "failed"),
        ({"status": "success", "timestamp": "../../x", "original_url": PAGE}, "failed"),
        ({"status": ["pending"]}, "failed"),
    ],
)
def test_an_archive_says_why_it_made_no_copy(source, saving, said, expected):
    search()
    saving.jobs["spn2-1"] = [said]
    found = search()
    assert (found.state, found.job) == (expected, "")
    assert said.get("message", "") in found.detail


@pytest.mark.parametrize(
    ("answer", "expected", "hours"),
    [
        (Answer('{"message": "You need to be logged in to use Save Page Now."}', status=401), "failed", 1),
        (Answer("", status=429, headers={"Retry-After": "36000"}), "failed", 9.9),
        (Answer("<html>", status=523), "failed", 0.9),
        (Answer("<html>Save Page Now</html>"), "failed", 0.9),
        (Answer(json.dumps({"job_id": "../../secrets"})), "failed", 0.9),
        (Answer("", status=302, headers={"Location": "http://127.0.0.1/"}), "failed", 0.9),
        (Answer(json.dumps({"status_ext": "error:too-many-daily-captures", "message": "Five."})), "failed", 23),
        (Answer(json.dumps({"status_ext": "error:blocked-url", "message": "Blocked."})), "refused", None),
    ],
)
def test_a_request_for_a_copy_may_be_turned_down(source, saving, answer, expected, hours):
    saving.on_save = answer
    found = search()
    assert (found.state, found.job) == (expected, "")
    assert (found.due_at - timezone.now() > datetime.timedelta(hours=hours - 0.01)) if hours else not found.due_at
    assert "secret" not in found.detail


def test_a_job_without_end_is_given_up(source, saving):
    search()
    saving.jobs["spn2-1"] = [{"status": "pending"}] * 20
    states = [state() for _time in range(searching.MAX_STEPS)]
    assert (set(states[:-1]), states[-1]) == ({ArchivingState.SAVING}, ArchivingState.FAILED)


def test_what_is_lost_is_not_saved(source, saving):
    Source.objects.update(link_state=LinkState.DEAD)
    assert state() == ArchivingState.NOT_FOUND
    assert saving.posted == []


# What may not be asked for


@pytest.mark.parametrize(
    "change",
    [
        {"use": "error_example"},
        {"url_shown": False},
        {"url": "https://wiki.internal/talks"},
        {"url": "https://web.archive.org/web/2025/https://example.org/"},
        {"url": ""},
        {"archived_url": "https://archive.example.org/1"},
    ],
)
def test_no_archive_hears_of_what_readers_do_not_see_or_what_has_a_copy(source, saving, change):
    Source.objects.update(**change)
    assert search() is None
    queue.want(Source.objects.get(), None)
    assert search() is None
    assert saving.asked == []


def test_no_archive_hears_of_what_only_drafts_use(saving):
    source = SourceFactory(url=PAGE)
    draft_entry(sources=[source])
    assert search() is None
    queue.want(source, None)
    assert search() is None
    assert saving.asked == []


# Beside editors


def test_what_an_editor_typed_meanwhile_stays(source, archive, monkeypatch):
    archive.keep(PAGE, "2025-04-18T09:00", SHOWS)
    typed = "https://archive.example.org/typed"
    judge = searching._judged

    def slowly(*args):
        Source.objects.update(archived_url=typed)
        return judge(*args)

    monkeypatch.setattr(searching, "_judged", slowly)
    assert search() is None
    assert archived(source) == typed


def test_a_copy_that_an_editor_took_out_is_not_put_back(source, archive):
    archive.keep(PAGE, "2025-04-18T09:00", SHOWS)
    search()
    Source.objects.update(archived_url="")
    assert queue.fill(timezone.now()) == 0


def test_a_new_address_is_looked_for_anew(source, archive):
    archive.pages[f"/web/{PAGE}"] = Answer("", status=403)
    search()
    Source.objects.update(url="https://news.example.org/other")
    assert queue.fill(timezone.now()) == 1
    assert Archiving.objects.get().state == ArchivingState.WAITING


def test_what_an_editor_asks_for_comes_first(source, archive, django_user_model):
    user = django_user_model.objects.create_user("writer")
    for number in range(3):
        cited(SourceFactory(url=f"https://news.example.org/{number}"))
    queue.fill(timezone.now())
    queue.want(source, user)
    assert queue.take(timezone.now()).source_id == source.pk


def test_an_editor_who_asks_while_it_is_looked_for_is_not_forgotten(source, archive, django_user_model, monkeypatch):
    queue.fill(timezone.now())
    row = queue.take(timezone.now())
    user = django_user_model.objects.create_user("writer")
    asked = queue.want(source, user)
    searching.step(row, unhurried())
    assert (Archiving.objects.get().asked_by, Archiving.objects.get().state) == (user, asked.state)


@pytest.mark.parametrize("number", [1, 3])
def test_the_next_costs_the_same_however_many_wait(archive, number, django_assert_num_queries):
    for place in range(number):
        cited(SourceFactory(url=f"https://news.example.org/{place}"))
    queue.fill(timezone.now())
    with django_assert_num_queries(QUERIES_OF_THE_NEXT):
        assert queue.take(timezone.now())


# The format of links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<http://a.example/;b?c=1,2>;rel="original"', [("http://a.example/;b?c=1,2", {"original"})]),
        (
            '</x>; REL=self , <y>; rel="first  Memento"',
            [("http://h/x", {"self"}), ("http://h/y", {"first", "memento"})],
        ),
        ('<x>; title="a, <b>; rel=\\"c\\""; rel=memento', [("http://h/x", {"memento"})]),
        ('<x>; rel="a"; rel="b"', [("http://h/x", {"a"})]),
        ("<x>\n ;rel=a\n,\n<y>;rel=b,", [("http://h/x", {"a"}), ("http://h/y", {"b"})]),
        ("<x", []),
        ('rel="a"', []),
        ('<http://[::1>; rel="a", <y>; rel="b"', [("http://h/y", {"b"})]),
    ],
)
def test_links_are_read_as_their_grammar_says(text, expected):
    assert [(link.url, set(link.relations)) for link in links_of(text, "http://h/")] == expected
