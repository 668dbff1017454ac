"""Templates laid out for people, and pages without that layout.

White space that only lays out one of our HTML templates is dropped once, when the template is
loaded. A line break, with the white space around it, means what it shows in HTML:

* one space between words, where words are text, ``{{ }}``, ``{% translate %}`` and inline elements;
* nothing beside other template tags and other elements, after a start tag and before an end tag;
* one space inside a tag, between attributes.

White space without a line break stays as it is written, and so does all of it in ``<pre>``,
``<script>``, ``<style>``, ``<textarea>``, ``{% blocktranslate %}`` and ``{% verbatim %}``.

Libraries that do this to templates are of 2021 and older, and join words or lose the lines that
errors point at; those that are kept (minify-html) work anew on every answer.
"""

import re
from collections.abc import Iterator

from django.template import Context, base
from django.template.base import Token, TokenType
from django.template.loaders import cached, filesystem
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language

INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "button", "cite", "code", "data", "del", "dfn", "em", "i", "img", "input", "ins",
    "kbd", "label", "mark", "meter", "output", "progress", "q", "rp", "rt", "ruby", "s", "samp", "select", "small",
    "span", "strong", "sub", "sup", "textarea", "time", "u", "var",
})  # fmt: skip
"""Elements that flow with the words around them; white space beside any other is not shown."""

VOID = frozenset({"img", "input"})
"""Those of them that have no end tag."""

KEPT = frozenset({"pre", "script", "style", "textarea"})
"""Elements whose white space counts."""

WORDS = frozenset({"translate", "trans", "blocktranslate", "blocktrans", "endblocktranslate", "endblocktrans"})
"""Template tags that stand for words."""

UNTOUCHED = frozenset({"blocktranslate", "blocktrans", "comment", "verbatim"})
"""Template tags whose content, up to their end, is not ours to change."""

TAG = re.compile(r"</?[a-zA-Z][\w-]*")
PIECES = re.compile(rf"""\s*\n\s*|<!--.*?-->|{TAG.pattern}|[^\s<>"']+|.""", re.DOTALL)


class Loader(cached.Loader):
    """Django's cached loader, where HTML of our own folder (``DIRS``) leaves its layout behind."""

    def get_template(self, template_name: str, skip: list[base.Origin] | None = None) -> base.Template:
        template = super().get_template(template_name, skip)
        origin = template.origin
        is_ours = type(origin.loader) is filesystem.Loader and origin.name.endswith(".html")
        if is_ours and not isinstance(template, Template):
            template = Template(template.source, origin, template.name, self.engine)
            self.get_template_cache[self.cache_key(template_name, skip)] = template
        return template


class Template(base.Template):
    """A template compiled without its layout; errors still point at the lines of its source."""

    def compile_nodelist(self) -> base.NodeList:
        # Django's own, with one step more. Errors of syntax it has raised before, with all their details.
        lexer = (base.DebugLexer if self.engine.debug else base.Lexer)(self.source)
        tokens = list(without_layout(lexer.tokenize()))
        parser = base.Parser(tokens, self.engine.template_libraries, self.engine.template_builtins, self.origin)
        nodelist = parser.parse()
        self.extra_data = parser.extra_data
        for node in nodelist.get_nodes_by_type(TranslateNode):
            if type(node) is TranslateNode and Phrase.is_one(node):
                node.__class__ = Phrase
        return nodelist


class Phrase(TranslateNode):
    """``{% translate "fixed words" %}``, looked up once in each language: a page has a hundred of them."""

    @staticmethod
    def is_one(node: TranslateNode) -> bool:
        """Whether the words of the tag are fixed, and are all that it says."""
        words = node.filter_expression
        is_fixed = isinstance(words.var, base.Variable) and words.var.literal is not None and not words.filters
        return is_fixed and not (node.noop or node.asvar or node.message_context)

    def render(self, context: Context) -> str:
        said: dict[str | None, str] = self.__dict__.setdefault("said", {})
        language = get_language()
        if language not in said:
            said[language] = super().render(context)
        return said[language]


def without_layout(tokens: list[Token]) -> Iterator[Token]:
    """The tokens of a template, their text without what only lays it out; empty text is left out."""
    page = _Page()
    end = ""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        is_text = token.token_type is TokenType.TEXT
        if end:
            end = "" if _name(token) == end else end
        elif is_text:
            token.contents = page.read(token.contents, words_follow=_is_word(following))
        elif _name(token) in UNTOUCHED:
            end = f"end{_name(token)}"
        if not is_text:
            page.after_words = _is_word(token)
        if token.contents or not is_text:
            yield token


def _name(token: Token) -> str:
    return token.contents.split(maxsplit=1)[0] if token.token_type is TokenType.BLOCK else ""


def _is_word(token: Token | None) -> bool:
    return token is not None and (token.token_type is TokenType.VAR or _name(token) in WORDS)


class _Page:
    """A page as far as the text of a template has been read: what we are in, and whether after words."""

    def __init__(self) -> None:
        self.tag = ""  # with its bracket, as "<a" or "</a"
        self.quote = ""  # that of an attribute
        self.kept = ""  # an element that keeps its white space
        self.after_words = False

    def read(self, text: str, *, words_follow: bool) -> str:
        """The next text without its layout; ``words_follow`` says whether the template tag after it is words."""
        pieces = PIECES.findall(text)
        followers = [*pieces[1:], ""]
        return "".join(
            self._read(piece, _starts_words(follower) if follower else words_follow, follower)
            for piece, follower in zip(pieces, followers, strict=True)
        )

    def _read(self, piece: str, words_follow: bool, follower: str) -> str:
        if self.kept:
            if piece.lower() == f"</{self.kept}":
                self.kept, self.tag = "", piece.lower()
        elif self.tag:
            if "\n" in piece:
                return "" if follower in (">", "/") and not self.quote else " "
            self._read_in_tag(piece)
        elif "\n" in piece:
            return " " if self.after_words and words_follow else ""
        elif TAG.fullmatch(piece):
            self.tag = piece.lower()
        else:
            self.after_words = not piece.startswith("<!--")
        return piece

    def _read_in_tag(self, piece: str) -> None:
        if self.quote:
            self.quote = "" if piece == self.quote else self.quote
        elif piece in ("'", '"'):
            self.quote = piece
        elif piece == ">":
            name = self.tag.strip("</")
            ends = self.tag.startswith("</")
            self.after_words = name in INLINE and (ends or name in VOID)
            self.kept = name if name in KEPT and not ends else ""
            self.tag = ""


def _starts_words(piece: str) -> bool:
    if TAG.fullmatch(piece):
        return piece[1:].lower() in INLINE
    return not piece.startswith("<!--")
