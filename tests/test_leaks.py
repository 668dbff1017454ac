"""What must never reach a reader: drafts, private notes, withdrawn entries, records of drafts."""

import re

import pytest
from wagtail.models import PageViewRestriction

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
from timeline.models import EntryPage, Organisation, PersonName, Position, PublishedEntry, Statement

pytestmark = pytest.mark.django_db

SECRET = "unmentionable"
LINK = re.compile(r'(?:href="|src="|action="|<loc>https?://[^/]+)([^"#<]+)')


@pytest.fixture(autouse=True)
def public_world():
    """A public entry that links to one record of each kind, every private note filled in."""
    source = SourceFactory(title="Public report", note=SECRET, url="https://example.org/public")
    person = PersonFactory(family_name="Public", given_name="Person", note=SECRET)
    person.names.add(PersonName(name=f"Misprinted {SECRET}", kind="misprint"))
    person.positions.add(Position(title="Minister", start="2020", source=source, note=SECRET))
    person.save()
    entry = draft_entry(
        title="Public entry",
        slug="public-entry",
        sources=[source],
        people=[person],
        commodities=[CommodityFactory(name="Rice", note=SECRET)],
        organisations=[OrganisationFactory(name="Ministry", note=SECRET)],
        category=CategoryFactory(name="Talks", note=SECRET),
        statements=["Rice stays under minimum access."],
        editor_note=SECRET,
    )
    glossary_term("minimum access", sources=[source], note=SECRET)
    add_figure(entry, source)
    add_disagreement(entry, **{"an hour": source, "50 minutes": SourceFactory(title="Second report")})
    return publish(entry)


def crawl(client, queries=("", f"?q={SECRET}")):
    """Every public address that can be reached from the first page, with its text."""
    waiting = [
        "/",
        "/feed.atom",
        "/feed.rss",
        "/sitemap.xml",
        *(f"{path}{query}" for path in ("/", "/feed.atom") for query in queries),
    ]
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


def said(pages: dict[str, str]) -> list[str]:
    """The addresses whose text holds the secret, apart from what the reader typed into the search."""
    return [address for address, text in pages.items() if SECRET in text and SECRET not in address]


def test_the_crawl_reaches_every_kind_of_page(client):
    addresses = crawl(client)
    for path in (
        "/entries/public-entry/",
        "/people/person-public/",
        "/commodities/rice/",
        "/organisations/ministry/",
        "/categories/talks/",
        "/sources/public-report/",
        "/glossary/minimum-access/",
        "/about/",
        "/feed.rss",
    ):
        assert path in addresses


def test_private_notes_and_misprints_are_never_shown(client):
    assert said(crawl(client)) == []


def test_a_draft_is_nowhere(client):
    organisation = OrganisationFactory(name=f"{SECRET} ministry")
    draft_entry(
        title=f"{SECRET} headline",
        slug=f"{SECRET}-entry",
        summary=SECRET,
        statements=[f"{SECRET}."],
        people=[PersonFactory(family_name=SECRET)],
        commodities=[CommodityFactory(name=f"{SECRET} goods")],
        organisations=[organisation],
        sources=[SourceFactory(title=f"{SECRET} report", publisher=organisation)],
        category=CategoryFactory(name=f"{SECRET} kind"),
    )
    assert said(crawl(client)) == []
    for path in (
        "entries/unmentionable-entry",
        "people/given-unmentionable",
        "commodities/unmentionable-goods",
        "organisations/unmentionable-ministry",
        "sources/unmentionable-report",
        "categories/unmentionable-kind",
    ):
        assert client.get(f"/{path}/").status_code == 404


def test_draft_changes_of_a_public_entry_are_nowhere(client, public_world):
    entry = EntryPage.objects.get(pk=public_world.pk)
    entry.title = entry.summary = entry.place = f"{SECRET} draft"
    entry.statements.add(Statement(text=f"{SECRET} draft statement"))
    entry.save_revision()
    assert said(crawl(client)) == []


def test_a_withdrawn_entry_leaves_nothing_but_its_reason(client):
    entry = publish_entry(title=f"{SECRET} headline", slug="withdrawn", summary=SECRET, statements=[SECRET])
    entry.withdrawal_reason = "Published by mistake."
    entry.unpublish()
    assert said(crawl(client)) == []
    gone = client.get("/entries/withdrawn/")
    assert gone.status_code == 410
    assert "Published by mistake." in gone.text
    assert SECRET not in gone.text


def test_a_page_made_private_disappears_and_comes_back(client, django_capture_on_commit_callbacks):
    entry = publish_entry(title=f"{SECRET} headline", slug="private", summary=SECRET)
    with django_capture_on_commit_callbacks(execute=True):
        restriction = PageViewRestriction.objects.create(page=entry, restriction_type="login")
    assert said(crawl(client)) == []
    assert client.get("/entries/private/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        restriction.delete()
    assert client.get("/entries/private/").status_code == 200


def test_sources_kept_as_examples_of_errors_stay_out_of_public_lists(client):
    wrong = SourceFactory(title=f"{SECRET} report", use="error_example", publisher=Organisation.objects.first())
    entry = publish_entry(title="Mostly right", sources=[SourceFactory(title="Right report"), wrong])
    assert said(crawl(client)) == []
    assert [source["title"] for source in PublishedEntry.objects.get(pk=entry.pk).document["sources"]] == [
        "Right report"
    ]
    assert client.get(f"/sources/{wrong.slug}/").status_code == 404


def test_an_address_unfit_for_readers_is_not_linked(client):
    source = SourceFactory(title="Mirrored report", url=f"https://{SECRET}.example/", url_shown=False)
    publish_entry(title="Rests on a mirror", sources=[source])
    pages = crawl(client)
    assert "/sources/mirrored-report/" in pages
    assert said(pages) == []
