"""Pictures and documents: what of Wagtail's is closed to everybody, and what their forms take of strangers' files."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from PIL import Image, ImageCms, PngImagePlugin
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection

from tests.editing import signed_in
from tests.factories import SourceFactory
from tests.test_second_factor import addresses
from timeline.admin import media
from timeline.models import Snapshot

pytestmark = pytest.mark.django_db


# -- closed -------------------------------------------------------------------------------


def of_media(patterns: Any, before: str = "") -> Iterator[str]:
    """The addresses whose views are those of Wagtail's pictures and documents, wherever they stand."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from of_media(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", pattern.callback)
            inner = getattr(pattern.callback, "__wrapped__", None)
            homes = f"{view.__module__} {getattr(inner, '__module__', '')} {pattern.name} {before}"
            if re.search(r"wagtail\.(images|documents)|wagtail(images|docs)|(images|documents)/", homes):
                yield from addresses([pattern], before)


CHOOSER = re.compile(r"/admin/(images|documents)/chooser/(?!select_format)")

KNOWN = (
    {address for address in of_media(get_resolver().url_patterns) if "nothing_here" not in address}
    | {f"/admin/bulk/{app}/{kind}/delete/" for app, kind in [("wagtailimages", "image"), ("wagtaildocs", "document")]}
    | {"/admin/api/main/images/", "/admin/api/main/images/1/", "/admin/api/main/documents/"}
)
OPEN = sorted(address for address in KNOWN if CHOOSER.match(address))
UPLOADED_TWICE = "/admin/images/1/delete/"
"""Where a chooser deletes such a picture: a view of ours (``timeline.admin.files``)."""
CLOSED = sorted(KNOWN - {*OPEN, UPLOADED_TWICE})


def test_every_address_of_pictures_and_documents_is_known_here():
    assert {"/admin/images/", "/admin/images/add/", "/admin/documents/multiple/add/", "/documents/1/1"} <= {*CLOSED}
    assert len(CLOSED) > 30


def test_none_of_them_leads_to_a_view_of_wagtail():
    assert {address for address in CLOSED if resolve(address).func is not media.nothing_here} == set()


@pytest.mark.parametrize("role", ["nobody", "Editors", "Moderators", ""])
def test_no_role_reaches_them(role):
    client = Client() if role == "nobody" else signed_in(role)
    for address in ("/admin/images/", "/admin/documents/multiple/add/", "/admin/images/1/edit/", "/documents/1/x"):
        assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]


def test_only_who_writes_entries_reaches_the_choosers():
    clients = [Client(), signed_in("Editors"), signed_in("Moderators")]
    for address in ("/admin/images/chooser/", "/admin/documents/chooser/"):
        assert address in OPEN
        assert [client.get(address).status_code for client in clients] == [302, 200, 200]


@pytest.mark.parametrize(("kind", "name"), [("image", "IMG 0042.jpg"), ("document", "mou.pdf")])
def test_an_upload_gets_a_name_that_nobody_can_guess(kind, name):
    prefix, content = f"{kind}-chooser-upload", picture() if kind == "image" else PDF
    sent = {f"{prefix}-title": "As signed", f"{prefix}-file": SimpleUploadedFile(name, content)}
    answer = signed_in("Editors").post(f"/admin/{kind}s/chooser/create/", sent)
    assert answer.status_code == 200, answer.content
    made = (get_image_model() if kind == "image" else get_document_model()).objects.get()
    assert re.fullmatch(r"[0-9a-f]{32}\.(jpg|pdf)", made.filename)
    assert made.title == "As signed"


@pytest.mark.parametrize("role", ["Editors", ""])
def test_no_menu_and_no_search_leads_there(role):
    client = signed_in(role)
    for address in (reverse("wagtailadmin_home"), reverse("wagtailadmin_pages:search")):
        page = client.get(address).content.decode()
        assert not re.search(r"/admin/(images|documents)/[\"\\?]", page)


SOMEBODY = get_user_model()(is_superuser=True)


# -- pictures -----------------------------------------------------------------------------

SECRET = "Nikon of Whistleblower"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **how: Any) -> bytes:
    made, out = Image.new(mode, size, "white"), io.BytesIO()
    made.paste("red", (0, 0, size[0] // 2, size[1])) if mode in ("RGB", "RGBA") else None
    made.save(out, kind, **how)
    return out.getvalue()


def told() -> dict[str, Any]:
    """What a camera writes into a picture beside the picture."""
    exif = Image.Exif()
    exif[0x010F] = exif[0x0110] = SECRET
    exif[0x0112] = 6  # to be turned
    exif.get_ifd(0x8825)[2] = (35.0, 41.0, 22.0)
    return {"exif": exif}


def taken(name: str, content: bytes) -> Any:
    """The form of a picture that was sent, as Wagtail uses it."""
    form = get_image_form(get_image_model())
    data = {"title": "A picture", "collection": Collection.get_first_root_node().pk, "tags": ""}
    return form(data, {"file": SimpleUploadedFile(name, content)}, user=SOMEBODY)


def test_the_title_of_a_picture_is_filled_in_from_the_name_of_its_file():
    widget = get_image_form(get_image_model())(user=SOMEBODY).fields["file"].widget
    assert widget.attrs["data-controller"] == "w-sync"
    assert widget.attrs["data-w-sync-target-value"] == "#id_title"


def kept(name: str, content: bytes) -> tuple[bytes, Image.Image]:
    form = taken(name, content)
    assert form.is_valid(), form.errors
    form.cleaned_data["file"].seek(0)
    stored = form.cleaned_data["file"].read()
    return stored, Image.open(io.BytesIO(stored))


def profile() -> bytes:
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return made.tobytes()


XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
TEXT = PngImagePlugin.PngInfo()
TEXT.add_text("Author", SECRET)
TEXT.add_itxt("XML:com.adobe.xmp", XMP.decode())
TELLING = {
    "a.jpg": picture("JPEG", comment=SECRET, xmp=XMP, icc_profile=profile(), **told()),
    "a.png": picture("PNG", pnginfo=TEXT, icc_profile=profile(), **told()),
    "a.webp": picture("WEBP", xmp=XMP, icc_profile=profile(), **told()),
}


@pytest.mark.parametrize("name", TELLING)
def test_of_a_picture_only_what_it_shows_is_kept_and_it_stands_upright(name):
    assert SECRET.encode() in TELLING[name]
    stored, found = kept(name, TELLING[name])
    assert SECRET.encode() not in stored
    for mark in (b"Exif\0", b"EXIF", b"eXIf", b"XMP", b"xmpmeta", b"tEXt", b"iTXt", b"ICC", b"iCCP", b"Photoshop"):
        assert mark not in stored
    assert (found.size, dict(found.getexif())) == ((40, 60), {})
    red, white = found.convert("RGB").getpixel((20, 5)), found.convert("RGB").getpixel((20, 55))
    assert red[0] > 200 > 80 > red[1]
    assert min(white) > 240


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Wagtail leaves a file open
def test_a_rendition_tells_nothing_either(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    form = taken("a.jpg", TELLING["a.jpg"])
    assert form.is_valid(), form.errors
    image = form.save()
    image.get_rendition("max-20x20")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) == 2
    assert not any(SECRET.encode() in file.read_bytes() for file in files)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_a_picture_of_any_kind_of_colour_is_taken(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    for more in ({}, {"icc_profile": profile()}, {"icc_profile": b"damaged"}):
        content = picture(kind, mode=mode, **more)
        assert kept(f"a.{kind.lower()}", content)[1].size == (60, 40)


def test_sixteen_bits_of_grey_stay_grey():
    out = io.BytesIO()
    Image.new("I;16", (20, 20), 0x8000).save(out, "PNG")
    assert kept("a.png", out.getvalue())[1].convert("L").getpixel((5, 5)) == 0x80


def animated(kind: str, frames: int, size: tuple[int, int]) -> bytes:
    first, *more = [Image.new("RGB", size, (number * 9 % 255, 0, 0)) for number in range(frames)]
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=more, duration=100, lossless=True)
    return out.getvalue()


def test_frames_count_and_those_of_a_small_picture_stay():
    content = animated("WEBP", 5, (40, 40))
    assert kept("a.webp", content)[1].n_frames == 5
    form = taken("a.webp", content)
    form.fields["file"].max_image_pixels = 40 * 40 * 4
    assert "pixels" in str(form.errors["file"])


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WRONG = {
    "cut.jpg": picture(size=(300, 300), quality=100)[:900],
    "cut.png": picture("PNG", size=(300, 300))[:-40],
    "cut.webp": picture("WEBP", size=(300, 300), lossless=True)[:-8],
    "page.jpg": b"<!doctype html><script>alert(1)</script>",
    "drawing.svg": SVG,
    "drawing.png": SVG,
    "moving.gif": picture("GIF", mode="L"),
    "mislabelled.png": picture(),
    "moving.png": animated("PNG", 3, (40, 40)),
    "nothing.jpg": b"",
    "noise.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8,
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_picture_is_a_sentence_and_no_fault(name):
    form = taken(name, WRONG[name])
    assert not form.is_valid()
    assert form.errors.keys() == {"file"}
    assert str(form.errors["file"][0]).endswith((".", ")", "JPG, JPEG, PNG, WEBP"))


# -- documents ----------------------------------------------------------------------------


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, "x")
    return out.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FITTING = {"a.pdf": PDF, "a.csv": "年,x\n".encode(), "a.xlsx": archive("xl/workbook.xml"), "a.zip": archive("b")}
UNFITTING = {
    "page.pdf": b"<!doctype html>",
    "cut.pdf": PDF[:20],
    "a.docx": archive("xl/workbook.xml"),
    "b.docx": FITTING["a.xlsx"][:30],
    "a.txt": b"\x89PNG\r\n\0",
    "a.exe": b"MZ",
    "page.html": b"<script>alert(1)</script>",
    "large.txt": b"a" * (10 * 1024 * 1024 + 1),
}


def document(name: str, content: bytes) -> Any:
    form = get_document_form(get_document_model())
    data = {"title": "A paper", "collection": Collection.get_first_root_node().pk, "tags": ""}
    return form(data, {"file": SimpleUploadedFile(name, content)}, user=SOMEBODY)


@pytest.mark.parametrize("name", FITTING)
def test_a_document_that_is_what_its_name_says_is_taken_whole(name):
    form = document(name, FITTING[name])
    assert form.is_valid(), form.errors
    assert form.cleaned_data["file"].read() == FITTING[name]


@pytest.mark.parametrize("name", UNFITTING)
def test_one_that_is_not_or_is_larger_than_ten_megabytes_is_refused(name):
    assert document(name, UNFITTING[name]).errors.keys() == {"file"}


# -- our own uploads ----------------------------------------------------------------------


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(6 * 1024 * 1024))
    return out.getvalue()


HOSTILE = {
    "people.csv": WRONG["cut.jpg"],
    "people.zip": archive("people.csv")[:40],
    "book.xlsx": bomb(),
    "workbook.csv": archive("xl/workbook.xml"),
    "people.json": b"[" * 5000,
    "page.json": SVG,
    "paper.pdf": PDF[:20],
    "nul.csv": b"id,family_name\na,\0\n",
    "large.csv": b"a" * (5 * 1024 * 1024 + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_import_of_anything_is_a_sentence_or_a_dry_run(name):
    client = signed_in("Moderators")
    upload = SimpleUploadedFile(name, HOSTILE[name])
    answer = client.post(reverse("timeline_imports:index"), {"file": upload, "kind": ""}, follow=True)
    assert answer.status_code == 200
    assert b"error" in answer.content


@pytest.mark.parametrize("name", [*HOSTILE, "long.pdf"])
def test_a_copy_of_a_source_from_anything_is_a_sentence_or_text(name):
    content = HOSTILE.get(name, b"%PDF-1.4\n" + b" " * (10 * 1024 * 1024))
    client, source = signed_in("Editors"), SourceFactory()
    data = {"by_hand": "1", "article_text": "", "article_file": SimpleUploadedFile(name, content)}
    answer = client.post(reverse("timeline_copies:list", args=[source.pk]), data)
    assert answer.status_code in (200, 302)
    assert Snapshot.objects.exists() == (answer.status_code == 302)
