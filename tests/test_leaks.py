"""Leaks: drafts, private notes, withdrawn entries and records of drafts never reach a reader."""

import datetime
import html
import io
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlencode
from zipfile import ZipFile, is_zipfile

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import transaction
from django.test import Client, TestCase
from django.urls import Resolver404, resolve
from django.utils import timezone
from wagtail.models import PageViewRestriction
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.addresses import public_addresses
from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    change,
    draft_entry,
    glossary_term,
    offer_japanese,
    publish,
    publish_entry,
    storyline,
    translate,
)
from tests.keeping import words_of
from timeline.dataset import build
from timeline.formats import FORMATS
from timeline.links.visiting import Visits
from timeline.models import (
    Announcement,
    Dataset,
    Departure,
    EntryPage,
    FigureSeries,
    Follow,
    MeasureDate,
    PersonName,
    Position,
    PublishedEntry,
    PublishedTranslation,
    Source,
    StateLine,
    Statement,
    StorylineName,
    Version,
    Withdrawal,
)
from timeline.web.fetching import FetchError

pytestmark = pytest.mark.django_db

WORD = "unmentionable"
"""Part of every secret, so that one search asks for all of them."""
NOTE, DRAFT, CHANGE, WITHDRAWN, PRIVATE, ERROR, MIRROR = (
    f"{WORD}-{kind}" for kind in ("note", "draft", "change", "withdrawn", "private", "error", "mirror")
)
LINK = re.compile(r'(?:href="|src="|action="|<loc>https?://[^/]+)([^"#<]+)')


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A public entry that links to one record of each kind, and beside it all that is not for readers."""
    with django_db_blocker.unblock(), transaction.atomic():
        with disable_reference_index_auto_update(), TestCase.captureOnCommitCallbacks(execute=True):
            entry = publish_with_private_notes()
            draft_with_its_own_records()
            draft_changes(entry)
            withdraw()
            make_private()
            rest_on_an_error_and_on_a_mirror()
            tell_storylines(entry)
        yield
        transaction.set_rollback(True)


def publish_with_private_notes():
    """Every private note filled in."""
    source = SourceFactory(title="Public report", note=NOTE, url="https://example.org/public")
    person = PersonFactory(family_name="Public", given_name="Person", note=NOTE)
    person.names.add(PersonName(name=f"Misprinted {NOTE}", kind="misprint"))
    person.positions.add(Position(title="Minister", start="2020", source=source, note=NOTE))
    person.save()
    entry = draft_entry(
        title="Public entry",
        slug="public-entry",
        sources=[source],
        people=[person],
        commodities=[CommodityFactory(name="Rice", note=NOTE)],
        organisations=[OrganisationFactory(name="Ministry", note=NOTE)],
        category=CategoryFactory(name="Talks", note=NOTE),
        statements=["Rice stays under minimum access."],
        editor_note=NOTE,
    )
    glossary_term("minimum access", sources=[source], note=NOTE)
    add_figure(entry, source)
    add_disagreement(entry, **{"an hour": source, "50 minutes": SourceFactory(title="Second report")})
    return publish(entry)


def draft_with_its_own_records():
    organisation = OrganisationFactory(name=f"{DRAFT} ministry")
    draft_entry(
        title=f"{DRAFT} headline",
        slug=f"{DRAFT}-entry",
        summary=DRAFT,
        statements=[f"{DRAFT}."],
        people=[PersonFactory(family_name=DRAFT)],
        commodities=[CommodityFactory(name=f"{DRAFT} goods")],
        organisations=[organisation],
        sources=[SourceFactory(title=f"{DRAFT} report", publisher=organisation)],
        category=CategoryFactory(name=f"{DRAFT} kind"),
    )


def draft_changes(entry):
    entry = EntryPage.objects.get(pk=entry.pk)
    entry.title = entry.summary = entry.place = CHANGE
    entry.statements.add(Statement(text=f"{CHANGE} statement"))
    entry.save_revision()


def withdraw():
    entry = publish_entry(title=f"{WITHDRAWN} headline", slug="withdrawn", summary=WITHDRAWN, statements=[WITHDRAWN])
    entry.withdrawal_reason = "Published by mistake."
    entry.unpublish()


def make_private():
    entry = publish_entry(title=f"{PRIVATE} headline", slug="private", summary=PRIVATE)
    PageViewRestriction.objects.create(page=entry, restriction_type="login")


def rest_on_an_error_and_on_a_mirror():
    wrong = SourceFactory(title=f"{ERROR} report", use="error_example")
    publish_entry(title="Mostly right", sources=[SourceFactory(title="Right report"), wrong])
    mirror = SourceFactory(title="Mirrored report", url=f"https://{MIRROR}.example/", url_shown=False)
    publish_entry(title="Rests on a mirror", sources=[mirror])


def tell_storylines(entry):
    """One that readers see, with steps and sentences that they must not, and one that is not public at all."""
    slugs = ["withdrawn", "private", f"{DRAFT}-entry", "mostly-right"]
    others = EntryPage.objects.filter(slug__in=slugs)
    told = storyline("Public storyline", entry, *others, note=NOTE)
    told.names.add(StorylineName(name=f"Misprinted {NOTE}", kind="misprint"))
    told.save()
    storyline(f"{NOTE} storyline", entry, *others, is_public=False)


@pytest.fixture(scope="module")
def pages(world):
    """Every public address that can be reached from the first page, and from a search for secrets, with its text."""
    starts = ("/", "/feed.atom")
    waiting = ["/feed.rss", "/sitemap.xml", "/status.json", *starts, *(f"{path}?q={WORD}" for path in starts)]
    client = Client()
    seen: dict[str, str] = {}
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(("/static/", "/admin/", "//")):
            continue
        response = client.get(address)
        assert response.status_code == 200, address
        seen[address] = response.getvalue().decode(errors="replace")  # pictures and streams are among them
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(seen[address]) if link.startswith("/")]
    return seen


def said(pages: dict[str, str], secret: str) -> list[str]:
    """The addresses that have the secret, or whose text has it."""
    return [address for address, text in pages.items() if secret in address or secret in text]


def test_the_crawl_reaches_every_kind_of_page(pages):
    for path in (
        "/entries/public-entry/",
        "/entries/mostly-right/",
        "/entries/rests-on-a-mirror/",
        "/people/person-public/",
        "/commodities/rice/",
        "/organisations/ministry/",
        "/categories/talks/",
        "/sources/public-report/",
        "/storylines/public-storyline/",
        "/glossary/minimum-access/",
        "/about/",
        "/feed.rss",
    ):
        assert path in pages


def test_what_a_search_finds_bears_the_word_searched_for(pages, client):
    """Else the crawl would ask for secrets in vain."""
    publish_entry(title=f"{WORD}-but-public", slug="found")
    assert "/entries/found/" in client.get(f"/?q={WORD}").text
    assert "/entries/found/" not in pages[f"/?q={WORD}"]


def test_private_notes_and_misprints_are_never_shown(pages):
    assert said(pages, NOTE) == []


def test_a_draft_is_nowhere(client, pages):
    assert said(pages, DRAFT) == []
    for path in (
        f"entries/{DRAFT}-entry",
        f"people/given-{DRAFT}",
        f"commodities/{DRAFT}-goods",
        f"organisations/{DRAFT}-ministry",
        f"sources/{DRAFT}-report",
        f"categories/{DRAFT}-kind",
    ):
        assert client.get(f"/{path}/").status_code == 404


def test_draft_changes_of_a_public_entry_are_nowhere(pages):
    assert EntryPage.objects.get(slug="public-entry").get_latest_revision_as_object().title == CHANGE
    assert said(pages, CHANGE) == []


def test_a_withdrawn_entry_leaves_nothing_but_its_reason(client, pages):
    assert said(pages, WITHDRAWN) == []
    gone = client.get("/entries/withdrawn/")
    assert gone.status_code == 410
    assert "Published by mistake." in gone.text
    assert WORD not in gone.text


def test_a_page_made_private_disappears_and_comes_back(client, pages, django_capture_on_commit_callbacks):
    assert said(pages, PRIVATE) == []
    assert client.get("/entries/private/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        PageViewRestriction.objects.get().delete()
    assert client.get("/entries/private/").status_code == 200


def test_sources_kept_as_examples_of_errors_stay_out_of_public_lists(client, pages):
    assert said(pages, ERROR) == []
    document = PublishedEntry.objects.get(slug="mostly-right").document
    assert [source["title"] for source in document["sources"]] == ["Right report"]
    wrong = Source.objects.get(title=f"{ERROR} report")
    assert client.get(f"/sources/{wrong.slug}/").status_code == 404


def test_an_address_unfit_for_readers_is_not_linked(pages):
    assert "/sources/mirrored-report/" in pages
    assert said(pages, MIRROR) == []


# -- what was public ----------------------------------------------------------------------

MARK = "zyzzogeton"
"""Stands beside WORD, by which it is found, in whatever an entry and its records say, while they are public."""

TEXT = f"{WORD} {MARK}"
GONE = ["withdrawn-later", "private-later", "expired-later"]
SAYS_NOTHING_OF_ENTRIES = {
    *("about", "report", "favicon", "icon", "latest_dataset", "opensearch", "robots", "security", "status"),
    *("touch_icon", "trust", "dataset", "sitemap", "sitemap_index", "glossary", "term", "api:start", "api:openapi"),
    *("api:coverage", "api:glossary", "api:storylines", "storylines", "api:nothing_here", "api:withdrawals"),
    *("updates_sent", "updates_link", "updates_confirm", "updates_change", "updates_stop", "headlines", "overview"),
}
PICTURES = {"entry_picture", "site_picture", "picture", "picture_card", "attachment"}


@pytest.fixture
def folders(settings, tmp_path):
    """Every folder that a setting names for files that the site keeps, each here and empty."""
    ours = {"BASE_DIR", "VAR_DIR", "STATIC_ROOT"}  # the code, what holds the others, files of the code
    for name in dir(site):
        if name.endswith(("_DIR", "_ROOT")) and isinstance(getattr(site, name), str | Path) and name not in ours:
            setattr(settings, name, tmp_path / name)
    settings.KEPT_PAGES_MEGABYTES = 50
    return tmp_path


def kept_with_the_mark(folder: Path) -> set[str]:
    """The settings in whose folders a file says the mark."""
    files = (file for file in folder.rglob("*") if file.is_file() and MARK in unpacked(file.read_bytes()))
    return {file.relative_to(folder).parts[0] for file in files}


def unpacked(content: bytes) -> str:
    """What a file or an answer says, the files inside of a zip included."""
    if is_zipfile(io.BytesIO(content)):
        with ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    if b'"bodies": {' in content.partition(b"}}\n")[0]:
        content = words_of(content)
    for form in (zlib.MAX_WBITS, zlib.MAX_WBITS | 16):  # as caches and web servers keep things
        try:
            content = zlib.decompress(content, form)
        except zlib.error:
            continue
    return content.decode(errors="replace")


class Subscriber:
    """Somebody who knows every address there ever was and keeps what they get, to ask by its tag if it still holds."""

    def __init__(self, addresses: Iterator[str]) -> None:
        self.client = Client()
        self.known = dict.fromkeys(addresses)
        self.kept: dict[str, tuple[str, bool]] = {}
        self.statuses: dict[str, int] = {}

    def ask(self) -> list[str]:
        """Ask for everything, and for what it links to; the addresses that say the mark."""
        waiting = list(self.known)
        while waiting:
            found = self.links(self.answer(waiting.pop())) - self.known.keys()
            self.known |= dict.fromkeys(found)
            waiting += found
        return [address for address in self.known if self.kept[address][1]]

    def answer(self, address: str) -> str:
        tag, _says_it = self.kept.get(address, ("", False))
        answer = self.client.get(address, headers={"If-None-Match": tag} if tag else {})
        content = answer.getvalue()
        if answer.status_code == 304:
            return ""
        text = f"{answer.headers}\n{unpacked(content)}"
        self.statuses[address] = answer.status_code
        self.kept[address] = (answer.get("ETag", ""), MARK in text)
        return text

    @staticmethod
    def links(text: str) -> set[str]:
        """What a program would go on to: pages, and of the questions only the next part of an answer."""
        links = {html.unescape(link) for link in LINKED.findall(text)}
        return {link for link in links if named(link) and ("?" not in link or PART.search(link))}


@cache
def named(address: str) -> str:
    """The name of a public address; none of what is not ours."""
    try:
        space, _colon, name = resolve(address.partition("?")[0]).view_name.partition(":")
    except Resolver404:
        return ""
    return name if space == "timeline" else ""


LINKED = re.compile(rf"(?:{re.escape(site.BASE_URL)}|=\"|Location\W+)(/[^\s\"'<>\\#),;]*)")
PART = re.compile(r"[?&](archive|cursor|to)=")


@pytest.fixture
def marked():
    """The records that only marked entries show, by what an entry calls them."""
    wire = OrganisationFactory(name=f"Wire {TEXT}", slug="marked-wire")
    source = SourceFactory(title=f"Report {TEXT}", slug="marked", url=f"https://{MARK}.example/", publisher=wire)
    person = PersonFactory(family_name=TEXT, slug="marked")
    person.positions.add(Position(title=TEXT, start="2020", source=source))
    person.save()
    return {
        "sources": [source],
        "people": [person],
        "commodities": [CommodityFactory(name=f"Goods {TEXT}", slug="marked")],
        "organisations": [OrganisationFactory(name=f"Ministry {TEXT}", slug="marked")],
        "category": CategoryFactory(name=f"Kind {TEXT}", slug="marked"),
    }


def publish_everywhere(slug: str, earlier: EntryPage, series: FigureSeries, records: dict) -> EntryPage:
    """An entry that says the mark wherever one can, and another time in each of its changes."""
    entry = draft_entry(
        title=f"{slug} {TEXT}", slug=slug, summary=TEXT, place=TEXT, date_note=TEXT, statements=[TEXT], **records
    )
    source = records["sources"][0]
    line, _made = StateLine.objects.get_or_create(slug="duty", defaults={"name": "Duty", "front": 1, "position": 1})
    in_force = {"status": "in_force", "period": "2025-04-16/..", "basis": "total"}
    add_figure(entry, source, label=TEXT, note=TEXT, series=series, line=line, **in_force)
    add_disagreement(entry, **{TEXT: source, "Otherwise": SourceFactory(url="")})
    entry.measure_dates.add(MeasureDate(kind="effective", date="2025-04-17", note=TEXT))
    entry.follows.add(Follow(earlier=earlier))
    entry = change(publish(entry), "update", TEXT)
    return change(entry, "correction", TEXT, TEXT)


def test_nothing_that_was_public_is_said_anywhere_once_it_is_not(
    folders, settings, monkeypatch, marked, django_capture_on_commit_callbacks, capsys
):
    """Withdrawn, made private, expired, redacted: every address is asked before, after, and after the services."""
    monkeypatch.setattr("timeline.formats.archives.FEED_SIZE", 2)
    monkeypatch.setattr("timeline.running.websub._ping", lambda session, topics: told.append(topics) or "")
    monkeypatch.setattr("timeline.links.visiting.fetch", unreachable)
    monkeypatch.setattr("timeline.management.commands.check_links.Visits", lambda: Visits(sleep=lambda seconds: None))
    settings.WEBSUB_HUB = "https://hub.example.org/"
    told: list[list[str]] = []

    offer_japanese()
    stays = publish_entry(title="A call", slug="stays")
    series = FigureSeries.objects.create(name=f"Duty {TEXT}", slug="marked", description=TEXT)
    going = [publish_everywhere(slug, stays, series, marked) for slug in GONE]
    with django_capture_on_commit_callbacks(execute=True):
        storyline("What happened", stays, *going, slug="marked")
    build.build()
    redacted = publish_entry(title=TEXT, slug="redacted-later", summary=TEXT, statements=[TEXT])
    redacted = change(redacted, "correction", TEXT, TEXT)
    redacted = change(redacted, "minor", title="Nothing to see", summary="Ministers met.")
    Statement.objects.filter(entry=redacted).update(text="Ministers met.")
    redacted = change(redacted.__class__.objects.get(pk=redacted.pk), "minor")
    follower = draft_entry(title="Talks go on", slug="follows")
    follower.follows.add(Follow(earlier=going[0]))
    publish(follower)
    for entry in (*going, redacted):
        translate(entry)
    build.build()
    slugs = [*GONE, redacted.slug]
    subscriber = Subscriber(every_address(slugs))
    said = subscriber.ask()
    hits, unasked = set(map(named, said)), {named(address) for address in said if "?" not in address}
    everything = set(map(named, subscriber.known))
    silent = SAYS_NOTHING_OF_ENTRIES | PICTURES
    assert everything - hits == silent | {f"ja.{name}" for name in everything - unasked} & everything, "asked in vain"
    assert kept_with_the_mark(folders) == {"DATASETS_DIR", "KEPT_PAGES_DIR"}

    with django_capture_on_commit_callbacks(execute=True):
        EntryPage.objects.get(slug=GONE[0]).unpublish()
        private = EntryPage.objects.get(slug=GONE[1])
        PageViewRestriction.objects.create(page=private, restriction_type="login")
        change(private, "minor", slug=f"private-{MARK}")
        EntryPage.objects.filter(slug=GONE[2]).update(expire_at=timezone.now() - datetime.timedelta(minutes=1))
        call_command("publish_scheduled")
        for number in (1, 2, 3):
            redacted.versions.get(number=number).redact("legal")
    assert subscriber.ask() == []
    assert kept_with_the_mark(folders) == set()
    for services in (("publish_scheduled", "build_dataset"), ("check_links", "deliver_pings")):
        with django_capture_on_commit_callbacks(execute=True):
            for service in services:
                call_command(service)
        assert subscriber.ask() == [], services
        assert kept_with_the_mark(folders) == set(), services
    assert told
    assert MARK not in str(told)
    for table in (PublishedEntry, PublishedTranslation, Departure, Withdrawal, Announcement, Dataset):
        assert MARK not in str(list(table.objects.values())), table
    assert MARK not in str(list(Version.objects.filter(entry=redacted).values()))
    for address, status in subscriber.statuses.items():
        if address.startswith(tuple(f"/entries/{slug}/" for slug in GONE)):
            assert status in (404, 410), address
    with capsys.disabled():
        print(f"leaks 0 over {len(subscriber.known)} addresses")


def unreachable(url: str, **options: object) -> None:
    raise FetchError("connection", "Nobody answers.")


def every_address(entries: list[str]) -> Iterator[str]:
    """By the URL conf, with each of its names; each format in each of its variants and of three questions; oEmbed."""
    kinds = ("people", "commodities", "categories", "organisations", "figures", "glossary", "sources", "storylines")
    there = {kind: ["marked"] for kind in kinds} | {
        "entries": entries,
        "organisations": ["marked", "marked-wire"],
        "number": ["1", "2", "3"],
        "uid": ["atthetable"],
        "width": ["400"],
        "name": ["at-the-table.jpg"],
        "version": [str(dataset.version) for dataset in Dataset.objects.all()],
        "sitemap-": ["entries", "people", "sources"],
        "updates": ["nobody"],
        "rest": ["nowhere"],
    }
    yield from public_addresses(there)
    yield from (f"/api/v1/entries/{entry.uid}" for entry in EntryPage.objects.filter(slug__in=entries))
    for query in ({}, {"q": WORD}, {"person": "marked"}):
        paths = ("/", "/updates/", "/feeds/", "/share.png", "/api/v1/entries", "/api/v1/changes")
        yield from (f"{path}?{urlencode(query)}" for path in paths)
        for kind in FORMATS:
            for options in ({}, *(options for _label, options in kind.variants if not query)):
                yield f"/{kind.path}?{urlencode({**query, **options})}"
    for slug in entries:
        yield f"/oembed?{urlencode({'url': f'{site.BASE_URL}/entries/{slug}/'})}"
