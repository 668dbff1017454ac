"""How wide a text is at most, in whichever font a reader sees it: for what is measured before it is shown."""

WIDTHS = {
    char: width
    for width, chars in {
        0.34: " .,'|Iijl",
        0.45: "!()-/:;[]frt",
        0.64: "$£¥€–0123456789abcdeghknopqsuvxyz",
        0.79: "&ABCDEFGHJKLNOPQRSTUVXYZ",
    }.items()
    for char in chars
}
"""Of letters in DejaVu Sans, in ems and rounded up; what is not named is taken for a square, as Japanese is."""

BOLD = 1.13
"""How much wider the bold letters are at most; big type is bold."""


def text_width(text: str, size: int) -> float:
    """How wide a text is in pixels at most: as wide as in DejaVu Sans, the widest of the usual fonts."""
    return sum(WIDTHS.get(char, 1) for char in text) * size
