"""Pictures and documents of entries: who made them, where readers get them, and that they go with the entry."""

import io
import json
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from PIL import Image as Pixels

from tests.factories import PDF, SourceFactory, draft_entry, image, pdf, publish
from timeline.models import Attachment, EntryPage, PublishedEntry
from timeline.public import comparison
from timeline.public.site import absolute

pytestmark = pytest.mark.django_db


def picture(**fields: Any) -> Attachment:
    usual = {
        "image": image(),
        "alt": "Two people at a table.",
        "caption": "The signing in Tokyo",
        "credit": "Office of the Prime Minister",
        "licence": "CC BY 4.0",
    }
    return Attachment(**{"source": SourceFactory(), **usual, **fields})


def document(**fields: Any) -> Attachment:
    usual = {"document": pdf(), "caption": "Memorandum", "credit": "Cabinet Secretariat", "licence": "Public domain"}
    return Attachment(**{"source": SourceFactory(), **usual, **fields})


def entry_with(*attachments: Attachment, **fields: Any) -> EntryPage:
    entry = draft_entry(**{"sources": [SourceFactory()], **fields})
    entry.attachments.set(attachments)
    return publish(entry)


def shown(entry: EntryPage) -> list[dict[str, Any]]:
    return PublishedEntry.objects.get(pk=entry.pk).document["attachments"]


def status(client: Client, address: str) -> int:
    answer = client.get(address)
    answer.getvalue()  # to the end, where it is closed
    return answer.status_code


def test_readers_get_a_picture_in_the_widths_of_pages_and_as_it_is(client):
    entry = entry_with(picture(is_main=True))
    (found,) = shown(entry)
    assert (found["width"], found["height"], found["media_type"]) == (2000, 1000, "image/jpeg")
    page = client.get(entry.get_absolute_url()).content.decode()
    folder = found["url"].rpartition("/")[0]
    for width in (400, 800, 1600):
        assert f"{folder}/{width}.webp {width}w" in page
        answer = client.get(f"{folder}/{width}.webp")
        assert (answer["Content-Type"], Pixels.open(io.BytesIO(answer.content)).width) == ("image/webp", width)
    assert client.get(f"{folder}/500.webp").status_code == 404  # nobody makes us scale what no page shows
    original = client.get(found["url"])
    assert Pixels.open(io.BytesIO(original.getvalue())).size == (2000, 1000)
    again = client.get(found["url"], headers={"If-None-Match": original["ETag"]})
    assert again.status_code == 304


def test_the_page_says_what_it_shows_who_made_it_and_by_what_right(client):
    page = client.get(entry_with(picture(), document()).get_absolute_url()).content.decode()
    said = ("Two people at a table.", "The signing in Tokyo.", "Office of the Prime Minister.", "CC BY 4.0.")
    for words in (*said, 'width="2000"', 'loading="lazy"', "Memorandum", "PDF", "Public domain."):
        assert words in page


def test_a_document_comes_as_a_download_under_its_title(client):
    (found,) = shown(entry_with(document()))
    answer = client.get(found["url"])
    assert (answer.getvalue(), answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="memorandum.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_main_picture_stands_in_lists_and_beside_links(client):
    entry = entry_with(picture(), picture(is_main=True, alt="The hall", caption="Hall"))
    main = next(one for one in shown(entry) if one["is_main"])
    folder = main["url"].rpartition("/")[0]
    assert f'src="{folder}/400.webp"' in client.get("/").content.decode()
    assert f"{folder}/share.jpg" in client.get(entry.get_absolute_url()).content.decode()
    assert Pixels.open(io.BytesIO(client.get(f"{folder}/share.jpg").content)).size == (1200, 630)


def test_an_embed_and_a_slide_say_what_more_the_entry_shows(client):
    entry = entry_with(picture(is_main=True), picture(), document())
    page = entry.get_absolute_url()
    embed = BeautifulSoup(client.get(f"{page}embed/").content, "html.parser")
    (link,) = embed.find_all("a", href=absolute(f"{page}#attachments"))
    assert link.get_text(strip=True) == "2 pictures, 1 document"  # an embed loads none
    (slide,) = client.get("/timeline.json").json()["events"]
    assert f'<a href="{absolute(page)}#attachments">Also there: 1 picture, 1 document</a>' in slide["text"]["text"]


def test_a_picture_too_small_to_share_leaves_the_card(client):
    entry = entry_with(picture(is_main=True, image=image((300, 200))))
    page = client.get(entry.get_absolute_url()).content.decode()
    assert f"{entry.get_absolute_url()}share.png" in page
    assert "300.webp 300w" in page


def test_feeds_have_them_in_the_text_and_as_enclosures(client):
    entry = entry_with(document(), picture(is_main=True))
    main, *others = sorted(shown(entry), key=lambda one: not one["is_main"])
    atom = feedparser.parse(client.get("/feed.atom").content).entries[0]
    assert [one.href.removeprefix(absolute("")) for one in atom.enclosures] == [main["url"], others[0]["url"]]
    assert "<img" in atom.content[0].value
    rss = feedparser.parse(client.get("/feed.rss").content).entries[0]
    assert [(one.type, int(one.length)) for one in rss.enclosures] == [("image/jpeg", main["size"])]
    (item,) = json.loads(client.get("/feed.json").content)["items"]
    assert item["image"].endswith(main["url"])
    assert [one["mime_type"] for one in item["attachments"]] == ["image/jpeg", "application/pdf"]


def test_data_have_them(client):
    entry = entry_with(picture())
    (found,) = shown(entry)
    (data,) = json.loads(client.get("/entries.json").content)["entries"]
    assert data["attachments"] == [{**found, "url": absolute(found["url"])}]
    (event,) = json.loads(client.get("/timeline.json").content)["events"]
    assert "media" not in event  # it is not the main one
    assert "ImageObject" in client.get(entry.get_absolute_url()).content.decode()


def test_the_source_of_a_picture_stands_among_the_sources_and_leads_back(client):
    source = SourceFactory(title="Press photographs", slug="photographs")
    entry = entry_with(picture(source=source))
    assert "Press photographs" in client.get(entry.get_absolute_url()).content.decode()
    assert "The signing in Tokyo" in client.get("/sources/photographs/").content.decode()


def test_a_search_finds_what_is_attached(client):
    entry = entry_with(picture(caption="The hall of mirrors"))
    page = client.get("/?q=mirrors").content.decode()
    assert entry.get_absolute_url() in page
    assert "Found in a picture or document:" in page


def test_with_the_entry_all_its_files_go(client):
    entry = entry_with(picture(is_main=True), document())
    urls = [one["url"] for one in shown(entry)]
    addresses = [*urls, f"{urls[0].rpartition('/')[0]}/400.webp", f"{urls[0].rpartition('/')[0]}/share.jpg"]
    assert {status(client, address) for address in addresses} == {200}
    entry.unpublish()
    assert {status(client, address) for address in addresses} == {410}


def test_what_a_draft_has_is_not_given_and_what_left_is_not_either(client):
    entry = entry_with(picture())
    (old,) = shown(entry)
    entry.attachments.set([document()])
    entry.save_revision()
    assert status(client, old["url"]) == 200
    draft = entry.attachments.first()
    assert client.get(f"{entry.get_absolute_url()}attachments/{draft.uid}/memorandum.pdf").status_code == 404
    entry.change = "minor"
    publish(entry)
    assert client.get(old["url"]).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"image": None}, "needs a picture or a document"),
        ({"alt": ""}, "Write what it shows"),
        ({"credit": ""}, "Say who made it"),
        ({"licence": " "}, "by what right"),
        ({"source": None}, "has no source"),
    ],
)
def test_what_lacks_something_is_not_published_and_says_what(fields, said):
    with pytest.raises(ValidationError, match=said):
        entry_with(picture(**fields))


def test_a_document_needs_a_title_and_is_no_main_picture_and_one_picture_is():
    with pytest.raises(ValidationError) as refused:
        entry_with(document(caption="", is_main=True), picture(is_main=True))
    assert [word in str(refused.value) for word in ("has no caption", "cannot be the main", "Only one")] == [True] * 3


def test_the_history_says_what_became_of_a_picture():
    entry = entry_with(picture())
    before = PublishedEntry.objects.get(pk=entry.pk).document
    after = {**before, "attachments": [{**before["attachments"][0], "credit": "Somebody else"}]}
    (section,) = comparison.compare(before, after).sections
    assert (section.title, section.differences[0].lines[-1].label) == ("Pictures and documents", "Credit")


def test_what_atom_says_of_a_file_is_well_formed(client):
    entry_with(picture(caption='A "quoted" <b> & more'))
    ElementTree.fromstring(client.get("/feed.atom").content)


def test_who_dumps_a_pack_is_told_that_files_are_not_in_it(tmp_path, capsys):
    entry_with(picture())
    call_command("dump_chronology", "--pack", str(tmp_path), verbosity=0)
    assert "The pictures and documents of 1 entry are not in the pack." in capsys.readouterr().err
