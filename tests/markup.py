"""What is wrong with a page: what a strict parser finds, and rules of HTML and ARIA that no parser knows.

The rules are those of the Nu checker that our templates could break. The checker itself is written in Java; it found
nothing on any page of the flagship when these were written (CONTRIBUTING says how to run it).
"""

import re
from collections.abc import Iterator

import html5lib
from bs4 import BeautifulSoup, Tag

PHRASES = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "br", "button", "cite", "code", "data", "del", "dfn", "em", "i", "img", "input",
    "ins", "kbd", "label", "mark", "meter", "option", "output", "progress", "q", "rp", "rt", "ruby", "s", "samp",
    "script", "select", "small", "span", "strong", "sub", "sup", "svg", "template", "textarea", "time", "u", "var",
    "wbr",
})  # fmt: skip
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
ONLY_PHRASES = (PHRASES - {"a", "del", "ins", "svg", "template"}) | HEADINGS | {"p", "legend", "summary"}
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "select": {"option", "optgroup"},
}
WITHOUT_ROLE = {"b", "code", "data", "div", "em", "i", "p", "q", "small", "span", "strong", "sub", "sup", "time"}
CONTROLS = {"a", "button", "input", "label", "select", "textarea", "details", "iframe"}
DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?)?)?")
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


def faults(html: str) -> list[str]:
    """All that is wrong with a whole page, each with the element it is wrong of."""
    html5lib.HTMLParser(strict=True).parse(html)  # raises at the first mistake of syntax
    page = BeautifulSoup(html, "html.parser")
    for drawing in page.find_all("svg"):
        drawing.clear()
    ids = [str(tag["id"]) for tag in page.find_all(id=True)]
    found = [f"the id {one} is there twice" for one in set(ids) if ids.count(one) > 1]
    for tag in page.find_all(True):
        found += [f"{what}: {str(tag)[:120]}" for what in _faults_of(tag, set(ids))]
    return found


def _faults_of(tag: Tag, ids: set[str]) -> Iterator[str]:
    if tag.name in ONLY_PHRASES:
        allowed = PHRASES | (HEADINGS if tag.name in ("legend", "summary") else set())
        if others := {one.name for one in tag.find_all(True)} - allowed:
            yield f"{tag.name} has {others} in it"
    children = {one.name for one in tag.find_all(True, recursive=False)} if tag.name in CHILDREN else set()
    if others := children - CHILDREN.get(tag.name, set()):
        yield f"{tag.name} has {others} as children"
    inside = tag.find_all(True) if tag.name in ("a", "button") else []
    if any(one.name in CONTROLS or one.has_attr("tabindex") for one in inside):
        yield f"a control stands in a {tag.name}"
    if tag.name == "time" and not DATE.fullmatch(str(tag.get("datetime", ""))):
        yield "a time has no date that a machine reads"
    has_name = tag.get("aria-label") or tag.get("aria-labelledby")
    if has_name and tag.name in WITHOUT_ROLE and not tag.get("role"):
        yield "it has a name and no role that takes one"
    named = {name for kind in REFERENCES for name in str(tag.get(kind, "")).split()}
    if tag.name == "a" and str(tag.get("href", "")).startswith("#"):
        named.add(str(tag["href"])[1:])
    if lost := named - ids:
        yield f"nothing is called {lost}"
    if tag.name == "table":
        if not tag.caption and not tag.get("aria-labelledby"):
            yield "a table has no name"
        if any(not one.get("scope") for one in tag.find_all("th")):
            yield "a heading of a table does not say of what"
    if tag.name == "article" and not tag.get("aria-labelledby"):
        yield "an article has no name"
