"""Leaks: drafts, private notes, withdrawn entries and records of drafts never reach a reader."""

import re

import pytest
from django.db import transaction
from django.test import Client, TestCase
from wagtail.models import PageViewRestriction
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    add_disagreement,
    add_figure,
    draft_entry,
    glossary_term,
    publish,
    publish_entry,
)
from timeline.models import EntryPage, PersonName, Position, PublishedEntry, Source, Statement

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
