"""Markup: the text of a piece of HTML, with its paragraphs, and the links in it."""

import re

from lxml import etree, html

_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")
_BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "tr",
    "section",
    "figure",
}
_UNSEEN = {"script", "style", "template", "noscript"}


def plain(text: str) -> tuple[str, list[str]]:
    """The text without its tags, a line for each paragraph; and its links, as “words: address”."""
    if not _MARKUP.search(text):
        return text.strip(), []
    parser = html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        root = html.fragment_fromstring(text.replace("\0", ""), create_parent="div", parser=parser)
    except (etree.LxmlError, ValueError):
        return text.strip(), []
    if any(error.level_name == "FATAL" for error in parser.error_log):  # tags in tags, 256 deep: the rest is not read
        return text.strip(), []
    pieces: list[str] = []
    links: dict[str, None] = {}
    unseen = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            unseen += tag in _UNSEEN
            pieces.append("\n" if tag in _BLOCKS or tag == "br" else "\n- " if tag == "li" else "")
            if tag and not unseen:
                pieces.append(_flat(node.text))
            address = (node.get("href") or node.get("src") or "").strip()
            if address and not unseen:
                words = " ".join("".join(node.itertext()).split())
                links[f"{words}: {address}" if words and words != address else address] = None
        else:
            unseen -= tag in _UNSEEN
            pieces.append("\n" if tag in _BLOCKS else "")
            if node is not root and not unseen:
                pieces.append(_flat(node.tail))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line), list(links)


def _flat(text: str | None) -> str:
    """Text between tags, where a line break is a space."""
    return re.sub(r"\s+", " ", text or "")
