"""Permissions as one table: who may do what. Every cell is a real request, judged by what the database says."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.editing import edit_url, form_data, signed_in
from tests.factories import (
    CategoryFactory,
    CommodityFactory,
    OrganisationFactory,
    PersonFactory,
    SourceFactory,
    chronology,
    draft_entry,
    publish_entry,
)
from timeline.models import ChronologyPage, EntryPage, FigureSeries, Import, Merge, Snapshot, Term, Translation
from timeline.segments import digest

# A anonymous, T translator, E editor, M moderator, S administrator (superuser); "-" nobody;
# "." there is no such thing.
# An entry is a colleague's draft where nothing else is said. Editors delete their own drafts only.
# What readers have seen is withdrawn, never deleted, nor is the chronology above it.
# Records are public at once, so editors only add. Letters to readers are a report of numbers.
# Translators translate, and do nothing else.
TABLE = """
               list  view  create  edit  submit  approve  publish  schedule  withdraw  delete  lock  unlock
entry          EMS   EMS   EMS     EMS   EMS     MS       MS       MS        MS        MS      MS    MS
own draft      .     .     .       .     .       .        .        .         .         EMS     .     .
own, once seen .     .     .       .     .       .        .        .         .         -       .     .
chronology     .     EMS   .       EMS   .       .        MS       .         MS        -       MS    MS
source         EMS   EMS   EMS     MS    .       .        .        .         .         MS      .     .
person         EMS   EMS   EMS     MS    .       .        .        .         .         MS      .     .
organisation   EMS   EMS   EMS     MS    .       .        .        .         .         MS      .     .
commodity      EMS   EMS   EMS     MS    .       .        .        .         .         MS      .     .
figureseries   EMS   EMS   EMS     MS    .       .        .        .         .         MS      .     .
term           EMS   EMS   MS      MS    .       .        .        .         .         MS      .     .
category       EMS   EMS   MS      MS    .       .        .        .         .         MS      .     .
copy           EMS   EMS   EMS     .     .       .        .        .         .         MS      .     .
import         MS    .     MS      .     .       .        .        .         .         .       .     .
merge          MS    .     MS      .     .       .        .        .         .         .       .     .
letters        S     .     .       .     .       .        .        .         .         .       .     .
translation    TMS   TMS   .       TMS   .       .        .        .         .         .       .     .
"""
HEADINGS = TABLE.split("\n")[1].split()
ROLES = "ATEMS"
RECORDS = {
    "source": SourceFactory,
    "person": PersonFactory,
    "organisation": OrganisationFactory,
    "commodity": CommodityFactory,
    "category": lambda: CategoryFactory(name="Visits"),
    "figureseries": lambda: FigureSeries.objects.create(name="Duty on cars", description="In percent."),
    "term": lambda: Term.objects.create(name="Safeguard", definition="A duty."),
}
NAMES = {"source": "title", "person": "family_name"}
KINDS = [line[:15].strip() for line in TABLE.strip("\n").split("\n")[1:]]


def expected(kind: str) -> dict[str, str]:
    """A row of the table: the roles that may, by action."""
    line = next(line for line in TABLE.split("\n") if line[:15].strip() == kind)
    return dict(zip(HEADINGS, line[15:].split(), strict=True))


class Desk:
    """One of everything, somebody of each role, and the forms as a browser has them before it sends them."""

    def __init__(self) -> None:
        self.clients = {
            "A": Client(),
            "T": signed_in("Translators"),
            "E": signed_in("Editors"),
            "M": signed_in("Moderators"),
            "S": signed_in(),
        }
        self.entry = draft_entry(title="Draft of a colleague")
        self.public = publish_entry(title="Public")
        self.own = draft_entry(title="Own draft")
        self.own.owner_id = int(self.clients["E"].session["_auth_user_id"])
        self.own.save()
        self.waiting, self.locked = draft_entry(title="In moderation"), draft_entry(title="Locked")
        self.page = chronology()
        self.records = {kind: make() for kind, make in RECORDS.items()}
        self.cited = SourceFactory()
        self.copy = Snapshot.objects.create(
            source=self.cited,
            taken_at=timezone.now(),
            origin="pasted",
            media_type="text/plain",
            sha256="0",
            text="They met.",
        )
        boss = self.clients["S"]
        self.forms = {entry.pk: form_data(boss.get(edit_url(entry))) for entry in [self.entry, self.page]}
        self.add_url = reverse("wagtailadmin_pages:add", args=["timeline", "entrypage", self.page.pk])
        self.new = form_data(boss.get(self.add_url)) | {"title": "New entry", "slug": "new-entry"}
        boss.post(edit_url(self.waiting), form_data(boss.get(edit_url(self.waiting))) | {"action-submit": "1"})
        boss.post(reverse("wagtailadmin_pages:lock", args=[self.locked.pk]))
        self.record_forms = {kind: form_data(boss.get(self.record_url(kind, "edit"))) for kind in self.records}

    def record_url(self, kind: str, view: str) -> str:
        args = [] if view in ("list", "add") else [self.records[kind].pk]
        return reverse(f"wagtailsnippets_timeline_{kind}:{view}", args=args)


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """Made once; each request happens inside a savepoint that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        with disable_reference_index_auto_update():
            desk = Desk()
        yield desk
        transaction.set_rollback(True)


Deed = Callable[[Desk, Client], bool]
"""Asks for something; answers whether it has happened."""


def opens(url: str, shows: str = "") -> Deed:
    def deed(desk: Desk, client: Client) -> bool:
        response = client.get(url)
        assert response.status_code in (200, 302, 403, 404), response.status_code
        return response.status_code == 200 and shows in response.content.decode()

    return deed


def entry_deeds(desk: Desk, entry: EntryPage) -> dict[str, Deed]:
    def page(view: str, *args: Any) -> str:
        return reverse(f"wagtailadmin_pages:{view}", args=args)

    def save(client: Client, **fields: str) -> EntryPage:
        client.post(edit_url(entry), desk.forms[entry.pk] | fields)
        return EntryPage.objects.get(pk=entry.pk)

    def create(desk: Desk, client: Client) -> bool:
        client.post(desk.add_url, desk.new)
        return EntryPage.objects.filter(slug="new-entry", live=False).exists()

    def approve(desk: Desk, client: Client) -> bool:
        state = EntryPage.objects.get(pk=desk.waiting.pk).current_workflow_task_state
        client.post(page("workflow_action", desk.waiting.pk, "approve", state.pk), {"comment": ""})
        return EntryPage.objects.get(pk=desk.waiting.pk).live

    def schedule(desk: Desk, client: Client) -> bool:
        saved = save(client, **{"action-publish": "1", "go_live_at": "2040-01-01 09:00"})
        return Revision.objects.for_instance(saved).filter(approved_go_live_at__isnull=False).exists()

    def withdraw(desk: Desk, client: Client) -> bool:
        client.post(page("unpublish", desk.public.pk), {"reason": "A rumour."})
        return not EntryPage.objects.get(pk=desk.public.pk).live

    def delete(desk: Desk, client: Client) -> bool:
        client.post(page("delete", entry.pk))
        return not EntryPage.objects.filter(pk=entry.pk).exists()

    def lock(desk: Desk, client: Client) -> bool:
        client.post(page("lock", entry.pk))
        return EntryPage.objects.get(pk=entry.pk).locked

    def unlock(desk: Desk, client: Client) -> bool:
        client.post(page("unlock", desk.locked.pk))
        return not EntryPage.objects.get(pk=desk.locked.pk).locked

    return {
        "list": opens(reverse("entries:index"), entry.title),
        "view": opens(page("view_draft", entry.pk), entry.title),
        "create": create,
        "edit": lambda desk, client: save(client, title="Changed").draft_title == "Changed",
        "submit": lambda desk, client: save(client, **{"action-submit": "1"}).workflow_in_progress,
        "approve": approve,
        "publish": lambda desk, client: save(client, **{"action-publish": "1"}).live,
        "schedule": schedule,
        "withdraw": withdraw,
        "delete": delete,
        "lock": lock,
        "unlock": unlock,
    }


def once_seen_deeds(desk: Desk) -> dict[str, Deed]:
    def delete(desk: Desk, client: Client) -> bool:
        """With it would go every version that readers have read."""
        EntryPage.objects.filter(pk=desk.public.pk).update(owner=desk.own.owner_id, live=False)
        return entry_deeds(desk, desk.public)["delete"](desk, client)

    return {"delete": delete}


def chronology_deeds(desk: Desk) -> dict[str, Deed]:
    def page() -> ChronologyPage:
        return ChronologyPage.objects.get(pk=desk.page.pk)

    def save(client: Client, **fields: str) -> ChronologyPage:
        client.post(edit_url(desk.page), desk.forms[desk.page.pk] | {"headline": "Changed"} | fields)  # type: ignore[arg-type]
        return page()

    def withdraw(desk: Desk, client: Client) -> bool:
        client.post(reverse("wagtailadmin_pages:unpublish", args=[desk.page.pk]))
        return not page().live

    def lock(desk: Desk, client: Client) -> bool:
        client.post(reverse("wagtailadmin_pages:lock", args=[desk.page.pk]))
        return page().locked

    def unlock(desk: Desk, client: Client) -> bool:
        ChronologyPage.objects.update(locked=True)
        client.post(reverse("wagtailadmin_pages:unlock", args=[desk.page.pk]))
        return not page().locked

    def delete(desk: Desk, client: Client) -> bool:
        client.post(reverse("wagtailadmin_pages:delete", args=[desk.page.pk]), {"confirm_site_name": "Nenpyo"})
        return not ChronologyPage.objects.exists()

    return {
        "view": opens(edit_url(desk.page), desk.page.title),  # type: ignore[arg-type]
        "edit": lambda desk, client: save(client).get_latest_revision_as_object().headline == "Changed",
        "publish": lambda desk, client: save(client, **{"action-publish": "1"}).headline == "Changed",
        "withdraw": withdraw,
        "delete": delete,
        "lock": lock,
        "unlock": unlock,
    }


def record_deeds(desk: Desk, kind: str) -> dict[str, Deed]:
    record, name = desk.records[kind], NAMES.get(kind, "name")
    records = type(record)._default_manager

    def create(desk: Desk, client: Client) -> bool:
        data = desk.record_forms[kind] | {name: "Quite another", "slug": "", "url": "https://example.org/another"}
        client.post(desk.record_url(kind, "add"), data)
        return records.filter(**{name: "Quite another"}).exists()

    def edit(desk: Desk, client: Client) -> bool:
        client.post(desk.record_url(kind, "edit"), desk.record_forms[kind] | {name: "Changed"})
        return records.filter(pk=record.pk, **{name: "Changed"}).exists()

    def delete(desk: Desk, client: Client) -> bool:
        client.post(desk.record_url(kind, "delete"))
        return not records.filter(pk=record.pk).exists()

    return {
        "list": opens(desk.record_url(kind, "list"), getattr(record, name)),
        "view": opens(desk.record_url(kind, "inspect"), getattr(record, name)),
        "create": create,
        "edit": edit,
        "delete": delete,
    }


def copy_deeds(desk: Desk) -> dict[str, Deed]:
    url = reverse("timeline_copies:list", args=[desk.cited.pk])

    def create(desk: Desk, client: Client) -> bool:
        client.post(url, {"by_hand": "1", "article_text": "The ministers met for an hour and agreed to meet again."})
        return desk.cited.snapshots.count() == 2

    def delete(desk: Desk, client: Client) -> bool:
        client.post(reverse("timeline_copies:delete", args=[desk.copy.pk]))
        return not Snapshot.objects.exists()

    return {
        "list": opens(url),
        "view": opens(reverse("timeline_copies:text", args=[desk.copy.pk]), "They met."),
        "create": create,
        "delete": delete,
    }


def import_deeds(desk: Desk) -> dict[str, Deed]:
    url = reverse("timeline_imports:index")

    def create(desk: Desk, client: Client) -> bool:
        client.post(url, {"file": SimpleUploadedFile("people.csv", b"family_name\nMotegi\n"), "kind": "people"})
        return Import.objects.exists()

    return {"list": opens(url), "create": create}


def merge_deeds(desk: Desk) -> dict[str, Deed]:
    double = desk.records["source"]

    def create(desk: Desk, client: Client) -> bool:
        client.post(reverse("timeline_merges:begin", args=["source", double.pk]), {"into": desk.cited.pk})
        return Merge.objects.exists()

    return {"list": opens(reverse("timeline_merges:index")), "create": create}


def translation_deeds(desk: Desk) -> dict[str, Deed]:
    url = reverse("timeline_translations:desk", args=["ja", "entries", desk.public.key])

    def edit(desk: Desk, client: Client) -> bool:
        client.post(
            url, {"words-headline": "公開", "of-headline": digest("Public"), "over-headline": "", "act": "save"}
        )
        return Translation.objects.filter(words="公開").exists()

    return {
        "list": opens(reverse("timeline_translations:index", args=["ja"]), "Public"),
        "view": opens(url, "Public"),
        "edit": edit,
    }


def deeds(desk: Desk, kind: str) -> dict[str, Deed]:
    if kind in RECORDS:
        return record_deeds(desk, kind)
    if kind in ("entry", "own draft"):
        return entry_deeds(desk, desk.own if kind == "own draft" else desk.entry)
    others = {
        "own, once seen": once_seen_deeds,
        "chronology": chronology_deeds,
        "copy": copy_deeds,
        "import": import_deeds,
        "merge": merge_deeds,
        "translation": translation_deeds,
        "letters": lambda desk: {"list": opens(reverse("timeline_letters"))},
    }
    return others[kind](desk)


@pytest.mark.parametrize("kind", KINDS)
def test_each_role_does_what_the_table_says_and_nothing_else(desk, django_db_blocker, kind):
    table = {action: roles for action, roles in expected(kind).items() if roles != "."}
    found = dict.fromkeys(table, "")
    with django_db_blocker.unblock(), disable_reference_index_auto_update():
        to_try = deeds(desk, kind)
        for action in table:
            for role in ROLES:
                with transaction.atomic():
                    if to_try[action](desk, desk.clients[role]):
                        found[action] += role
                    transaction.set_rollback(True)
    assert {action: roles or "-" for action, roles in found.items()} == table
