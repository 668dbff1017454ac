"""Two fonts for the tests' browsers, one wide and one narrow, which packages bring along.

Which fonts a machine has decides how wide words are, and so whether a layout holds. On Linux
Chromium asks fontconfig for fonts, and a file of its own tells it of these only: no font of the
machine is in reach. macOS has no fontconfig; what the style sheets ask for first there (San
Francisco, Charter, Hiragino) is a part of every Mac, and no wider than the wide font here.
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

WIDE, NARROW = "Bitstream Vera Sans", "Roboto Condensed"
"""Vera became DejaVu Sans, which is as wide to the letter; hardly a usual font is wider."""

JAPANESE = "Noto Sans JP"
"""For what the other two have no letters for."""

FILES = {
    WIDE: ("reportlab", "fonts/Vera*.ttf"),
    NARROW: ("fontpkg_roboto_condensed", "files/*.ttf"),
    JAPANESE: ("pylopdf_fonts_jp", "NotoSansJP*.otf"),
}

ARE_BROUGHT = sys.platform != "darwin"

# Whichever font a page asks for and does not get, it gets the one there is.
CONFIGURATION = """<?xml version="1.0"?>
<fontconfig>
<dir>{folder}</dir>
<cachedir>{folder}/cache</cachedir>
<match><edit name="family" mode="append_last"><string>{family}</string></edit></match>
</fontconfig>
"""


def paths(family: str) -> list[Path]:
    """The files of a family, in the package that brings them."""
    package, pattern = FILES[family]
    spec = find_spec(package)
    assert spec
    assert spec.origin
    return sorted(Path(spec.origin).parent.glob(pattern))


def configure(family: str, folder: Path) -> Path:
    """Make of ``folder`` all that fontconfig knows: one family, and Japanese beside it."""
    for path in paths(family) + paths(JAPANESE):
        (folder / path.name).symlink_to(path)
    written = folder / "fonts.conf"
    written.write_text(CONFIGURATION.format(folder=escape(str(folder)), family=family))
    return written
