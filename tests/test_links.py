"""Links to sources: what a check calls a page, when it is gone, and what editors and readers are told."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from tests.factories import SourceFactory, publish_entry
from tests.misbehaving import Answer, article
from timeline import links
from timeline.choices import LinkState
from timeline.links.visiting import Visits, _retry_after
from timeline.management.commands import check_links
from timeline.models import CommandRun, Edition, LinkCheck, PublishedEntry, Snapshot, Source, Term, TermCitation
from timeline.web.fetching import Fetched

pytestmark = pytest.mark.django_db

TITLE = "Ministers meet in Tokyo"
WORDS = "We will go on talking"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def clock(monkeypatch):
    """The day it is for the checks: ``clock.now += DAY``."""

    class Clock:
        now = datetime.datetime(2026, 11, 3, 9, 0, tzinfo=datetime.UTC)

    monkeypatch.setattr("timeline.links.timezone.now", lambda: Clock.now)
    return Clock


@pytest.fixture
def source(server) -> Source:
    """A source from which something cites a quotation, and whose page is there."""
    server.pages["/report"] = article(TITLE, "The minister spoke.", f"“{WORDS}”, he said.")
    source = SourceFactory(title=TITLE, url=server.url("/report"))
    TermCitation.objects.create(
        term=Term.objects.create(name="Talks", definition="Meetings."), source=source, quotation=WORDS
    )
    return source


@pytest.fixture
def cited(source) -> Source:
    """The same, cited by a published entry."""
    cite(source, WORDS)
    return source


def cite(source: Source, quotation: str) -> None:
    publish_entry(sources=[source], quotation=quotation)


def unhurried() -> Visits:
    return Visits(seconds=0.3, sleep=lambda seconds: None)


def check(source: Source) -> LinkCheck:
    links.check_source(source, unhurried())
    source.refresh_from_db()
    return LinkCheck.objects.get(source=source, address="original")


def state(source: Source) -> str:
    return check(source).state


# What a page is called


def test_a_page_with_title_and_quotation_works(source):
    assert state(source) == source.link_state == LinkState.OK


def test_a_quotation_is_found_whatever_typography_and_markup_did_to_it(source, server):
    server.pages["/report"] = article(TITLE, "„<b>We</b> will&nbsp;go <a href='/on'>on</a>&shy; talking“, he said.")
    assert state(source) == LinkState.OK


def test_a_page_in_an_undeclared_charset_is_read(source, server):
    source.title = "日米、関税協議を継続"
    source.save()
    page = article(source.title, f"{WORDS}　赤沢氏は会談後、記者団に述べた。").body
    server.pages["/report"] = Answer(page.replace("utf-8", "utf8x").encode("shift_jis", "xmlcharrefreplace"))
    assert state(source) == LinkState.OK


def test_the_same_page_elsewhere_is_a_redirect(source, server):
    server.pages["/2026/report"] = server.pages["/report"]
    server.redirect("/report", "/2026/report")
    assert state(source) == LinkState.REDIRECTED
    assert LinkCheck.objects.get().final_url == server.url("/2026/report")


def test_another_page_or_the_first_page_of_the_site_is_a_move(source, server):
    server.pages["/other"] = article("Weather for Kansai", "Rain.")
    server.pages["/"] = article("Example Wire", f"<a href='/'>{TITLE}</a>")
    server.redirect("/report", "/other")
    assert state(source) == LinkState.MOVED
    server.redirect("/report", "/")
    assert state(source) == LinkState.MOVED, "a headline on the first page is not the report"


def test_a_page_that_is_there_but_not_ours_is_told_from_one_that_works(source, server):
    for name, page in {
        "says so": article("Page not found", "The page you are looking for has moved or does not exist."),
        "says so in Japanese": article("お探しのページは見つかりませんでした"),
        "something else": article("Weather for Kansai", "Rain. " * 500),
        "empty": Answer(""),
    }.items():
        server.pages["/report"] = page
        assert state(source) == LinkState.SOFT_404, name


def test_a_paywall_is_no_loss(source, server):
    free = '<script type="application/ld+json">{"isAccessibleForFree": false}</script>'
    for name, page in {
        "status": Answer("Members only", status=402),
        "data": article("Other", "Text", head=free),
        "words": article(TITLE, "The minister spoke.", "Subscribe to continue reading."),
    }.items():
        server.pages["/report"] = page
        assert state(source) == LinkState.PAYWALLED, name


def test_what_refuses_programs_is_no_loss(source, server, clock):
    server.redirect("/loop", "/report", 302)
    for name, page in {
        **{str(status): Answer("", status=status) for status in (401, 403, 429, 451, 500, 503)},
        "cookies": article("Before you continue", "We use cookies. Accept all?"),
        "robots": article("Just a moment...", "Checking your browser."),
        "script": Answer("<html><head><script src='/app.js'></script></head><body><div></div></body></html>"),
        "a circle": Answer("", status=302, headers={"Location": "/loop"}),
    }.items():
        server.pages["/report"] = page
        clock.now += 10 * DAY
        found = check(source)
        assert (found.state, found.failures) == (LinkState.INCONCLUSIVE, 0), name


def test_a_server_that_never_ends_is_no_loss(source, server):
    for path in ("/drip", "/endless", "/bomb", "/cut"):
        Source.objects.update(url=server.url(path))
        source.refresh_from_db()
        assert state(source) == LinkState.INCONCLUSIVE, path


def test_a_redirect_to_a_private_address_is_not_followed(source, server):
    server.redirect("/report", "http://10.0.0.1/report")
    found = check(source)
    assert (found.state, "not on the public internet" in found.detail) == (LinkState.INCONCLUSIVE, True)


# Changed pages


def test_a_page_that_lost_a_quotation_has_changed(cited, server):
    assert state(cited) == LinkState.OK
    server.pages["/report"] = article(TITLE, "The minister spoke.")
    found = check(cited)
    assert (found.state, WORDS in found.detail) == (LinkState.CHANGED, True)
    assert state(cited) == LinkState.CHANGED, "and stays so"


def test_trouble_in_between_does_not_hide_a_change(cited, server):
    check(cited)
    server.pages["/report"] = Answer("", status=503)
    check(cited)
    server.pages["/report"] = article(TITLE, "The minister spoke.")
    assert state(cited) == LinkState.CHANGED
    server.pages["/report"] = Answer("", status=503)
    assert state(cited) == LinkState.CHANGED, "no clear answer takes nothing back"


def test_our_own_copy_shows_that_a_page_has_changed(source, server):
    Snapshot.objects.create(
        source=source, taken_at=timezone.now(), origin="pasted", media_type="text/plain", text=f"“{WORDS}”, he said."
    )
    server.pages["/report"] = article(TITLE, "The minister spoke.")
    assert state(source) == LinkState.CHANGED


def test_no_publisher_is_blamed_for_our_own_slip(cited, server):
    """Neither a copy nor an earlier check has seen these words."""
    check(cited)
    cite(cited, "We shall go on walking")
    found = check(cited)
    assert (found.state, "go on walking" in found.detail) == (LinkState.INCONCLUSIVE, True)


def test_a_page_that_has_the_quotation_again_works_again(cited, server):
    page = server.pages["/report"]
    check(cited)
    server.pages["/report"] = article(TITLE, "The minister spoke.")
    check(cited)
    server.pages["/report"] = page
    assert state(cited) == LinkState.OK


# Dead pages


def test_a_page_is_gone_after_three_failures_over_two_weeks(source, server, clock):
    seen = []
    for days, status in ((0, 404), (1, 410), (2, 404), (11, 404)):
        server.pages["/report"] = Answer("", status=status)
        clock.now += days * DAY
        seen.append(state(source))
    assert seen == [LinkState.INCONCLUSIVE] * 3 + [LinkState.DEAD]
    assert source.link_state_since == datetime.date(2026, 11, 17)


def test_the_day_since_when_is_that_of_readers_wherever_an_editor_checks(source, clock):
    clock.now = datetime.datetime(2026, 11, 3, 20, 0, tzinfo=datetime.UTC)
    with timezone.override("Asia/Tokyo"):  # there it is the fourth
        check(source)
    assert source.link_state_since == datetime.date(2026, 11, 3)


def test_two_failures_are_not_enough_however_long_ago(source, server, clock):
    server.pages["/report"] = Answer("", status=404)
    check(source)
    clock.now += 60 * DAY
    found = check(source)
    assert (found.state, "Failure 2 in a row, the first on 3 November 2026" in found.detail) == (
        LinkState.INCONCLUSIVE,
        True,
    )


def test_success_sets_the_count_back_and_trouble_does_not(source, server, clock):
    page, gone = server.pages["/report"], Answer("", status=404)
    counts = []
    for answer in (gone, Answer("", status=503), gone, page, gone):
        server.pages["/report"] = answer
        counts.append(check(source).failures)
    assert counts == [1, 1, 2, 0, 1]


def test_a_server_that_is_no_more_counts_as_a_failure_unless_it_may_be_our_own_network(source, server):
    gone = SourceFactory(url="http://127.0.0.1:9/report")
    alone = check(gone)
    assert (alone.failures, "our own network" in alone.detail) == (0, True)
    list(links.check_all(links.addresses(2), unhurried()))
    assert LinkCheck.objects.get(source=gone).failures == 1


def test_what_is_gone_stays_gone_until_it_is_seen_again(source, server, clock):
    die(source, server, clock)
    page = article(TITLE, f"“{WORDS}”, he said.")
    states = []
    for answer in (Answer("", status=503), Answer("", status=404), page):
        server.pages["/report"] = answer
        states.append(state(source))
    assert states == [LinkState.DEAD, LinkState.DEAD, LinkState.OK]


def die(source: Source, server, clock) -> None:
    server.pages["/report"] = Answer("", status=404)
    for _time in range(3):
        check(source)
        clock.now += 7 * DAY
    check(source)


# Manners


def test_an_unchanged_page_is_not_sent_again(source, server):
    server.pages["/report"].headers["ETag"] = '"1"'
    check(source)
    found = check(source)
    assert (found.state, found.status, found.etag) == (LinkState.OK, 304, '"1"')
    assert server.asked[-1][1]["If-None-Match"] == '"1"'


def test_a_page_that_lacked_something_is_asked_for_whole(source, server):
    server.pages["/report"].headers["ETag"] = '"1"'
    check(source)
    LinkCheck.objects.update(state=LinkState.CHANGED)
    check(source)
    assert "If-None-Match" not in server.asked[-1][1]


def test_robots_txt_is_obeyed(source, server):
    server.pages["/robots.txt"] = Answer("User-agent: Nenpyo\nDisallow: /report")
    found = check(source)
    assert (found.state, "robots.txt" in found.detail) == (LinkState.INCONCLUSIVE, True)
    assert server.paths() == ["/robots.txt"]


def test_a_site_whose_robots_txt_fails_is_left_alone(source, server):
    server.pages["/robots.txt"] = Answer("", status=503)
    assert state(source) == LinkState.INCONCLUSIVE
    assert server.paths() == ["/robots.txt"]


class Waiting:
    """A clock that only goes on when somebody waits."""

    def __init__(self) -> None:
        self.time = 100.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.waits.append(round(seconds))

    def visits(self) -> Visits:
        return Visits(seconds=1, clock=lambda: self.time, sleep=self.sleep)


def test_sites_take_turns_and_have_their_pauses(source, server):
    server.pages["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 10")
    other = server.url().replace("127.0.0.1", "localhost")
    SourceFactory(url=server.url("/second"))
    SourceFactory(url=f"{other}third")
    waiting = Waiting()
    outcomes = list(links.check_all(links.addresses(10), waiting.visits()))
    assert [outcome.address.url.rpartition("/")[2] for outcome in outcomes] == ["report", "third", "second"]
    assert waiting.waits == [0, 0, 3, 0, 10]


def test_a_site_that_asks_us_to_come_back_later_is_left_alone(source, server):
    server.pages["/report"] = Answer("", status=429, headers={"Retry-After": "3600"})
    SourceFactory(url=server.url("/second"))
    outcomes = list(links.check_all(links.addresses(10), Waiting().visits()))
    assert [outcome.check is None for outcome in outcomes] == [False, True]
    assert "/second" not in server.paths()


@pytest.mark.parametrize(("value", "seconds"), [("120", 120), ("", 0), ("soon", 0), ("9" * 40, 999_999_999)])
def test_retry_after_is_read(value, seconds):
    assert _retry_after(Fetched("", 429, {"Retry-After": value}, b"")) == seconds


def test_retry_after_may_be_a_date():
    later = timezone.now() + datetime.timedelta(minutes=2)
    value = later.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert 110 < _retry_after(Fetched("", 503, {"Retry-After": value}, b"")) <= 120


# The command


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command without pauses; returns what it says."""
    monkeypatch.setattr(check_links, "Visits", unhurried)

    def run(*arguments: str) -> str:
        call_command("check_links", *arguments)
        return capsys.readouterr().out

    return run


def test_what_was_never_checked_comes_first_then_the_oldest(source, server, clock):
    archived = SourceFactory(url="", archived_url=server.url("/archived"))
    fresh = SourceFactory(url=server.url("/fresh"))
    check(source)
    clock.now += DAY
    links.check_source(fresh, unhurried())
    assert [address.number for address in links.addresses(10)] == [archived.number, source.number, fresh.number]
    assert [address.number for address in links.addresses(1)] == [archived.number]
    older = [address.number for address in links.addresses(10, older_than=clock.now)]
    assert older == [archived.number, source.number]


def test_the_command_says_what_it_found_and_notes_its_run(source, run, server):
    Source.objects.update(archived_url=server.url("/archived"))
    said = run()
    assert "2 addresses checked." in said
    assert f"Source {source.number}, No clear answer: {server.url('/archived')}" in said
    source.refresh_from_db()
    assert (source.link_state, source.archive_state) == (LinkState.OK, LinkState.INCONCLUSIVE)
    assert CommandRun.objects.get(command="check_links").finished_at
    assert "0 addresses checked." in run(), "until a week is over"
    assert "2 addresses checked." in run("--source", str(source.number)), "but one source whenever it is asked for"


def test_a_dry_run_keeps_nothing(source, run):
    assert "1 address checked." in run("--dry-run")
    source.refresh_from_db()
    assert (source.link_state, LinkCheck.objects.count(), CommandRun.objects.count()) == ("", 0, 0)


def test_each_result_is_saved_by_itself(source, server):
    """As when a run is killed after the first of two."""
    SourceFactory(url=server.url("/second"))
    next(links.check_all(links.addresses(10), unhurried()))
    assert LinkCheck.objects.count() == 1


def test_only_one_check_runs_at_a_time(source, run):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [check_links.LOCK])
        with pytest.raises(CommandError, match="Another check is running"):
            run()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [check_links.LOCK])
    finally:
        other.close()
    assert "1 address checked." in run()


def test_a_run_makes_good_what_a_killed_one_did_not_tell(cited, run, server):
    CommandRun.objects.create(command="check_links", started_at=timezone.now() - DAY)
    check(cited)
    Source.objects.update(link_state=LinkState.DEAD)  # saved, but no entry was refreshed
    run()
    assert public(cited)["link"] == "dead"


def test_a_source_number_that_is_not_there_is_told(db, run):
    with pytest.raises(CommandError, match="no source 7 with an address"):
        run("--source", "7")


# What readers see


def public(source: Source) -> dict:
    (entry,) = PublishedEntry.objects.filter(sources__contains=[source.pk])
    (found,) = (row for row in entry.document["sources"] if row["number"] == source.number)
    return found


def test_readers_are_told_once_for_all_sources_of_a_run(source, run, server, django_assert_max_num_queries):
    others = [SourceFactory(title=TITLE, url=server.url(f"/report-{number}")) for number in range(2)]
    entry = publish_entry(sources=others)
    for number in range(2):
        server.pages[f"/report-{number}"] = article(TITLE)
    run()
    before = PublishedEntry.objects.get(pk=entry.pk)
    LinkCheck.objects.update(failures=2, failing_since=timezone.now() - 20 * DAY)
    server.pages.clear()
    versions = Edition.objects.get().version
    run("--older-than", "0")
    row = PublishedEntry.objects.get(pk=entry.pk)
    assert [item["link"] for item in row.document["sources"]] == ["dead", "dead"]
    assert Edition.objects.get().version == versions + 2  # one for all, and one in the refresh
    assert row.updated_at == before.updated_at, "nothing was corrected"


@pytest.mark.parametrize("archived", ["", "https://archive.example.org/report"])
def test_when_the_original_is_gone_readers_get_the_archived_copy(cited, server, clock, client, archived):
    Source.objects.update(archived_url=archived)
    die_without_archive(cited, server, clock)
    entry = PublishedEntry.objects.get()
    for page in (f"/entries/{entry.slug}/", f"/sources/{cited.slug}/", "/sources/"):
        html = client.get(page).content.decode()
        assert "The original is gone (checked 17 November 2026)." in html, page
        assert f'href="{cited.url}"' not in html.replace("application/ld+json", ""), page
        assert (f'href="{archived}"' if archived else cited.url) in html, page


def die_without_archive(source: Source, server, clock) -> None:
    server.pages["/report"] = Answer("", status=404)
    for days in (0, 7, 7):
        clock.now += days * DAY
        address = next(item for item in links.addresses(2, number=source.number) if item.kind == "original")
        told = [item for item in links.check_all([address], unhurried()) if item.readers_affected]
        links.tell_readers(item.address.source_id for item in told)


def test_when_the_page_has_changed_readers_are_told(cited, server, client):
    check(cited)
    server.pages["/report"] = article(TITLE, "The minister spoke.")
    check(cited)
    entry = PublishedEntry.objects.get()
    for page in (f"/entries/{entry.slug}/", f"/sources/{cited.slug}/", "/sources/"):
        html = client.get(page).content.decode()
        assert "The publisher has since changed this page." in html, page
        assert f'href="{cited.url}"' in html, page


def test_an_archived_copy_that_is_gone_itself_is_not_offered(cited):
    Source.objects.update(archived_url="https://archive.example.org/report", archive_state=LinkState.DEAD)
    links.tell_readers([cited.pk])
    assert public(cited)["archived_url"] == ""


def test_a_source_with_a_new_address_starts_anew(source, server, clock):
    die(source, server, clock)
    source.url = server.url("/moved")
    source.save()
    assert (source.link_state, source.link_state_since) == ("", None)
    assert next(iter(links.addresses(1))).checked_at is None
    server.pages["/moved"] = article(TITLE, WORDS)
    assert check(source).failures == 0


# What editors see

LIST = "wagtailsnippets_timeline_source:list"


def known(title: str, **states: str) -> Source:
    """A source that was checked before."""
    source = SourceFactory(title=title)
    Source.objects.filter(pk=source.pk).update(**states)
    return source


def rows(client, **query: str) -> list[str]:
    page = BeautifulSoup(client.get(reverse(LIST), query).content, "html.parser")
    return [" ".join(row.get_text(" ").split()) for row in page.select("table tbody tr")]


@pytest.mark.admin_indexes
def test_editors_find_broken_links_in_the_list_of_sources_and_in_a_report(editor):
    known("Fine", link_state=LinkState.OK)
    known("Refused", link_state=LinkState.INCONCLUSIVE)
    known("Lost copy", link_state=LinkState.OK, archive_state=LinkState.DEAD)
    lost = known("Lost", link_state=LinkState.DEAD)
    publish_entry(sources=[lost])
    report = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert "link=broken&amp;ordering=-uses" in report or "link=broken\\u0026ordering=-uses" in report
    found = rows(editor, link="broken", ordering="-uses")
    assert [row.startswith("Lost copy") for row in found] == [False, True], "what carries more stands first"
    assert "Gone" in found[0]
    assert "Archived copy: Gone" in found[1]
    assert [row.split(" ")[0] for row in rows(editor, link="inconclusive")] == ["Refused"]
    export = editor.get(reverse(LIST), {"link": "dead", "export": "csv"})
    assert b"Gone" in b"".join(export.streaming_content)


def test_an_editor_asks_again_from_the_form_of_a_source(source, moderator):
    page = moderator.get(reverse("wagtailsnippets_timeline_source:edit", args=[source.pk])).content.decode()
    address = reverse("timeline_links:check", args=[source.pk])
    assert f'data-links="{address}"' in page
    assert "Not checked yet" in page
    answer = moderator.post(address).content.decode()
    assert "Original: Works" in " ".join(answer.split())
    assert moderator.get(address).status_code == 405


def test_who_may_not_change_a_source_cannot_have_it_checked(source, editor, client, server):
    address = reverse("timeline_links:check", args=[source.pk])
    editor.post(address)
    client.post(address)
    assert server.asked == []
