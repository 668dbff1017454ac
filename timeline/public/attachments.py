"""Pictures and documents of an entry as readers get them: which is shown first, how wide a picture comes."""

from timeline.models.document import AttachmentDocument, EntryDocument

WIDTHS = (400, 800, 1600)
"""Pixels in which a picture comes; what is narrower comes as it is."""


def widths(picture: AttachmentDocument) -> list[int]:
    """The widths in which a picture comes, the smallest first; never more than it has."""
    most = min(picture["width"], WIDTHS[-1])
    return [*(width for width in WIDTHS if width < most), most] if most else []


def at(picture: AttachmentDocument, width: int) -> str:
    """The address of a picture in one of its :func:`widths`."""
    return f"{folder(picture)}{width}.webp"


def scaled(picture: AttachmentDocument, wanted: int) -> str:
    """The address of a picture at least as wide as that, if it has as much; of one of no known size, the file."""
    found = widths(picture)
    return at(picture, next((width for width in found if width >= wanted), found[-1])) if found else picture["url"]


def folder(attachment: AttachmentDocument) -> str:
    """What the addresses of an attachment begin with."""
    return attachment["url"].rpartition("/")[0] + "/"


def main_picture(entry: EntryDocument) -> AttachmentDocument | None:
    """The picture that stands for the entry, if editors chose one."""
    return next((one for one in entry["attachments"] if one["is_main"] and one["kind"] == "picture"), None)


def main_first(entry: EntryDocument) -> list[AttachmentDocument]:
    """All that is attached, the main picture first."""
    return sorted(entry["attachments"], key=lambda one: not one["is_main"])


def shown_beside(entry: EntryDocument) -> list[AttachmentDocument]:
    """The pictures, without the main one, which stands alone; then the documents."""
    main = main_picture(entry)
    others = [one for one in entry["attachments"] if one is not main]
    return sorted(others, key=lambda one: one["kind"] != "picture")
