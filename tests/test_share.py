"""The cards that other sites show beside a link, and the icons."""

import io
import re

import pytest
from django.conf import settings
from PIL import Image, ImageChops, ImageFont

from tests.factories import publish, publish_entry
from timeline.choices import LaneColour
from timeline.formats import picture
from timeline.formats.picture import COLOURS, INK, PAPER, SIZE, Card, draw, printable

HEADLINE = "First round in Washington: Akazawa meets Trump, then Bessent"
CARD = Card(HEADLINE, "16 April 2025", "2 sources", "Test Chronology", "violet")


def opened(data, kind="PNG"):
    image = Image.open(io.BytesIO(data))
    assert image.format == kind
    return image.convert("RGB")


def inked(card):
    """The box around everything on a card that is not its paper, without the bar at the left."""
    image = opened(draw(card)).crop((64, 0, *SIZE))
    return ImageChops.difference(image, Image.new("RGB", image.size, image.getpixel((0, 0)))).getbbox()


def similar(colour, other):
    return max(abs(one - two) for one, two in zip(colour, other, strict=True)) < 8


def rgb(text):
    return tuple(bytes.fromhex(text[1:]))


# -- the card -----------------------------------------------------------------------------


def test_the_bar_has_the_colour_of_the_lane():
    for name, colour in COLOURS.items():
        image = opened(draw(CARD._replace(colour=name)))
        assert image.size == SIZE
        assert similar(image.getpixel((10, 300)), rgb(colour))
        assert similar(image.getpixel((60, 20)), rgb(PAPER))


def test_the_colours_are_those_of_the_pages():
    sheet = (settings.BASE_DIR / "static" / "site.css").read_text()
    assert COLOURS.keys() == set(LaneColour.values)
    for name, colour in {**COLOURS, "bg": PAPER, "ink": INK}.items():
        assert re.search(rf"--{name}: light-dark\({colour},", sheet), name


@pytest.mark.parametrize("part", Card._fields)
def test_every_part_of_a_card_is_seen(part):
    other = "Something else" if part != "colour" else "red"
    assert draw(CARD) != draw(CARD._replace(**{part: other}))
    assert draw(CARD) == draw(CARD._replace())


@pytest.mark.parametrize(
    "text",
    [
        "Short",
        HEADLINE,
        HEADLINE * 20,
        "W" * 10_000,
        "word " * 2_000,
        "赤沢亮正経済再生担当相が訪米、ベッセント財務長官らと関税協議。" * 20,
        "Akazawa Ryōsei (赤沢亮正) meets Trump",
        "<script>alert(1)</script> & \x00\x08\u202e\u2028\ufeff",
        "🎌🇯🇵👨‍👩‍👧 flags",
        "مرحبا بالعالم שלום",
        "e\u0301" * 200 + "Z͑ͫ̓ͪ̂ͫ̽͏̴̙" * 50,
        "",
    ],
)
def test_no_text_leaves_the_card_or_is_measured_without_end(monkeypatch, text):
    measured = []
    measure = ImageFont.FreeTypeFont.getlength
    monkeypatch.setattr(
        ImageFont.FreeTypeFont, "getlength", lambda font, part: measured.append(len(part)) or measure(font, part)
    )
    draw.cache_clear()
    left, top, right, bottom = inked(Card(text, text, text, text))
    assert sum(measured) < 50_000, "characters, however many there are"
    assert left >= picture.LEFT - 64 - 4
    assert top > 40
    assert right <= picture.RIGHT - 64 + 4
    assert bottom < SIZE[1] - 20


def test_what_cannot_be_drawn_is_left_out():
    assert printable("Talks 🎌 go\x00 on\nمرحبا") == "Talks go on"
    assert printable("e\u0301 Ōno “quoted” – 赤沢亮正") == "é Ōno “quoted” – 赤沢亮正"
    # A card whose headline is nothing but that still names the site.
    assert draw(CARD._replace(headline="🎌")) == draw(CARD._replace(headline=CARD.site))


def test_lines_are_of_like_length():
    _font, lines = picture._fitted(HEADLINE)
    assert lines == ["First round in Washington:", "Akazawa meets Trump,", "then Bessent"]


# -- its addresses ------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_entry_has_a_card_while_it_is_published(client, django_assert_num_queries):
    entry = publish_entry(title="Akazawa meets Trump", slug="talks")
    with django_assert_num_queries(2):
        response = client.get("/entries/talks/share.png")
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"].startswith("public, max-age=300,")
    assert opened(response.content).size == SIZE
    assert client.get("/entries/talks/share.png", headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.post("/entries/talks/share.png").status_code == 405

    entry.title = "Trump meets Akazawa"
    publish(entry)
    changed = client.get("/entries/talks/share.png", headers={"If-None-Match": response["ETag"]})
    assert changed.status_code == 200
    assert changed.content != response.content

    entry.unpublish()
    assert client.get("/entries/talks/share.png").status_code == 410
    assert client.get("/entries/never-was/share.png").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "media_type", "kind", "size"),
    [
        ("/share.png", "image/png", "PNG", SIZE),
        ("/apple-touch-icon.png", "image/png", "PNG", (180, 180)),
        ("/icon.png", "image/png", "PNG", (512, 512)),
        ("/favicon.ico", "image/vnd.microsoft.icon", "ICO", (48, 48)),
    ],
)
def test_the_site_has_a_card_and_icons(client, address, media_type, kind, size):
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    assert opened(response.content, kind).size == size
