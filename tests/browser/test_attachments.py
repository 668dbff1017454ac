"""The way of a document: uploaded in the form of an entry, published, read, withdrawn."""

from typing import Any

import pytest

from tests.browser.test_editor import Desk
from tests.editing import edit_url
from tests.factories import PDF, draft_entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_document_is_uploaded_published_read_and_withdrawn(page, live_server):
    entry = draft_entry(title="The memorandum is signed", slug="signed")
    source = entry.statements.first().citations.first().source
    entry.save_revision()
    base = live_server.url
    desk = Desk(page, base, "Moderators")
    page.goto(f"{base}{edit_url(entry)}")
    desk.watched()
    desk.add("attachments")
    page.click("#id_attachments-0-document-chooser button:has-text('Choose')")
    page.click(".modal-body [role=tab]:has-text('Upload')")
    form = ".modal-body form[data-chooser-modal-creation-form]"
    memorandum = {"name": "mou-final.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.set_input_files(f"{form} input[type=file]", memorandum)
    page.wait_for_selector(f"{form} input[name$=title]:valid")  # the name of the file, a moment later
    page.click(f"{form} button[type=submit]")
    page.wait_for_selector(".modal-body", state="detached")
    said = {"caption": "Memorandum", "credit": "Cabinet Secretariat", "licence": "Public domain"}
    for field, words in said.items():
        page.fill(f"#id_attachments-0-{field}", words)
    desk.choose("attachments-0-source", source.title)
    desk.press("publish")
    assert "has been published" in page.inner_text(".messages")

    page.goto(f"{base}/entries/signed/")
    for words in said.values():
        page.locator("section:has(#attachments)").get_by_text(words).first.wait_for()
    file = page.locator("section:has(#attachments) a[href$='.pdf']").first.get_attribute("href")

    def answer() -> Any:
        return page.request.get(f"{base}{file}")

    assert (answer().status, answer().body()) == (200, PDF)

    page.goto(f"{base}{edit_url(entry).replace('/edit/', '/unpublish/')}")
    page.fill("[name=reason]", "It was never signed.")
    page.click("main button[type=submit]")
    assert "was withdrawn" in page.inner_text(".messages")
    assert answer().status == 410
