"""Media: the pictures and documents that are attached to entries, and what an upload must pass.

They are chosen and uploaded in the form of an entry, by Wagtail's choosers. Wagtail's own lists and forms of them stay
closed: there a file could be replaced or renamed that readers see, without a version that says so. The forms stand at
the end of every way to upload that Wagtail has, so that whoever opens one again finds them there.

A file has a name in the folder of uploads that nobody can guess: readers get it by the address of an entry
(``timeline.views.attachments``), as long as that shows it.
"""

import io
import secrets
import zipfile
from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import re_path
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, ImageSequence
from wagtail.admin.auth import require_admin_access
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from . import files

# -- closed -------------------------------------------------------------------------------

BELOW_THE_ADMIN = (
    "(?!(?:images|documents)/chooser/(?!select_format))"
    "(?:(?:api/main/)?(?:images|documents)|bulk/(?:wagtailimages|wagtaildocs))(?:/.*)?"
)
"""All but the choosers."""
NAMES = {"images", "documents"}
"""What they are called in the main menu and beside the search of the admin."""


def nothing_here(request: HttpRequest) -> HttpResponse:
    raise Http404


# They stand before the addresses of Wagtail's own. The first is where its chooser deletes what was uploaded twice.
urlpatterns = [
    re_path(
        f"^{settings.ADMIN_PATH}(?P<kind>image)s/(?P<pk>[0-9]{{1,9}})/delete/$", require_admin_access(files.delete)
    ),
    re_path(f"^{settings.ADMIN_PATH}{BELOW_THE_ADMIN}$", nothing_here),
    re_path("^documents(?:/.*)?$", nothing_here),
]


def leave_out(request: HttpRequest, items: list[Any]) -> None:
    """Take them out of a menu, or of what can be searched."""
    items[:] = [item for item in items if item.name not in NAMES]


def unguessable(name: str) -> str:
    """A name for a file in the folder of uploads, which is open to whoever knows it."""
    return f"{secrets.token_hex(16)}.{name.rpartition('.')[2].lower()}"


# -- pictures -----------------------------------------------------------------------------

DAMAGED = _("The picture is damaged or was not sent whole. Save it anew in another program, or choose another file.")


LARGEST = 2560
"""Pixels of the longer side that are kept of a picture."""


class PictureField(WagtailImageField):
    """Takes a picture as what it shows and nothing else: pixels, the right way up, in the colours of the web.

    It is written anew, so where and with what it was taken, its thumbnail and whatever else stood in it never reach
    `MEDIA_ROOT`. Wagtail checks its size and its name.
    """

    widget = forms.FileInput

    def to_python(self, data: Any) -> Any:
        try:
            upload = super().to_python(data)
            if upload is None:
                return None
            upload.seek(0)
            self.count_pixels(upload)
            clean = ContentFile(_anew(upload), unguessable(upload.name))
        except ValidationError:
            raise
        except Exception as error:  # a stranger's bytes in a C library: whatever it says, there is no picture
            raise ValidationError(DAMAGED) from error
        clean.image, clean.content_type = upload.image, upload.content_type  # type: ignore[attr-defined] # for Wagtail
        return clean

    def count_pixels(self, upload: Any) -> None:
        """Wagtail counts one frame of a WebP."""
        with Image.open(upload) as picture:
            pixels = picture.width * picture.height * getattr(picture, "n_frames", 1)
        upload.seek(0)
        if pixels > self.max_image_pixels:
            words = {"num_pixels": pixels, "max_pixels_count": self.max_image_pixels}
            raise ValidationError(self.error_messages["file_too_many_pixels"] % words)


class ImageForm(BaseImageForm):
    """The form of every picture."""

    file = PictureField(label=_("File"), widget=BaseImageForm.Meta.widgets["file"])  # which fills in the title


def _anew(upload: Any) -> bytes:
    with Image.open(upload) as picture:
        kind = picture.format
        frames = [_plain(frame) for frame in ImageSequence.Iterator(picture)]
        times = {} if len(frames) == 1 else {"append_images": frames[1:], "save_all": True, "loop": 0}
        if times and "duration" in picture.info:
            times["duration"] = picture.info["duration"]
    how = {"JPEG": {"quality": 90, "optimize": True}, "WEBP": {"quality": 90}}.get(kind or "", {})
    written = io.BytesIO()
    frames[0].save(written, kind, **how, **times)
    return written.getvalue()


def _plain(frame: Image.Image) -> Image.Image:
    """The pixels of a frame in sRGB, without anything that was said of them."""
    frame.load()
    profile, is_clear = frame.info.get("icc_profile"), frame.has_transparency_data
    shown = ImageOps.exif_transpose(frame)
    shown.thumbnail((LARGEST, LARGEST))  # pages show 1,600 pixels at most
    if shown.mode.startswith("I"):  # 16 bits of grey
        shown = shown.point(lambda grey: grey * (1 / 256)).convert("L")
    if profile and shown.mode == "CMYK":
        shown = _in_srgb(shown, profile)
    elif shown.mode != "L":
        shown = shown.convert("RGBA" if is_clear else "RGB")
        shown = _in_srgb(shown, profile) if profile else shown
    plain = Image.new(shown.mode, shown.size)
    plain.paste(shown)
    return plain


def _in_srgb(shown: Image.Image, profile: bytes) -> Image.Image:
    """The colours as the picture's own profile means them; where that is damaged, as they are."""
    mode = "RGBA" if shown.mode == "RGBA" else "RGB"
    with suppress(ImageCms.PyCMSError, OSError):
        known, web = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(shown, known, web, outputMode=mode) or shown
    return shown.convert(mode)


# -- documents ----------------------------------------------------------------------------

INSIDE = {"docx": "word/document.xml", "odt": "content.xml", "xlsx": "xl/workbook.xml", "zip": ""}
"""What an archive of this kind has; any archive will do for the last."""


class DocumentForm(BaseDocumentForm):
    """Takes a document whose bytes are what its name says. Wagtail has checked its size and its name."""

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if isinstance(upload, UploadedFile):
            kind = (upload.name or "").rpartition(".")[2].lower()
            upload.seek(0)
            content = upload.read()
            upload.seek(0)
            if not _is(kind, content):
                raise ValidationError(_("The file is not what its name says, or it is damaged."))
            upload.name = unguessable(upload.name or "")
        return upload


def _is(kind: str, content: bytes) -> bool:
    if kind == "pdf":
        return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]
    if kind in INSIDE:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return any(name.startswith(INSIDE[kind]) for name in archive.namelist())
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
            return False
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False
