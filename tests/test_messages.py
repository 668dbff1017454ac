"""Every sentence can be translated: what code and templates ask gettext for is in the catalogues of ``locale/``."""

import ast
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Said
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.template.base import Lexer, TokenType, Variable
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from wagtail.snippets.models import get_snippet_models

from timeline.management.commands import makemessages
from timeline.models import ChronologyPage, EntryPage

Message = tuple[str | None, tuple[str, ...]]  # its context; the sentence, and its plural if it has one

ROOT = settings.BASE_DIR
TEMPLATES = {str(file.relative_to(ROOT / "templates")): file.read_text() for file in ROOT.glob("templates/**/*.*")}
SCRIPTS = {file.name: file.read_text() for file in ROOT.glob("static/*.js")}

# The functions that extraction knows, with the parts of the message that each takes first: c is its context.
PARTS = {"gettext": "1", "ngettext": "12", "pgettext": "c1", "npgettext": "c12"}
FUNCTIONS = {"_": "1"} | PARTS | {f"{name}_lazy": parts for name, parts in PARTS.items()}

# What is the same in every language, outside of <code>.
NAMES = {"CSV", "csv", "HS", "JSON", "Nenpyo", "SHA"}


def messages(catalog: Catalog) -> set[Message]:
    """What a catalogue has, without its header."""
    return {
        (message.context, message.id if isinstance(message.id, tuple) else (message.id,))
        for message in catalog
        if message.id
    }


def lacking(asked: Iterable[Message], catalog: Catalog) -> list[Message]:
    """The messages that are not in a catalogue; one with a plural is there for those who ask for it without."""
    there = messages(catalog)
    there |= {(context, words[:1]) for context, words in there}
    return [message for message in asked if message not in there]


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    return makemessages.extract()


# -- code ---------------------------------------------------------------------------------


class Code(NamedTuple):
    """What our modules say about gettext."""

    names: set[str]
    """What they import of it, where that is another name than extraction knows."""
    calls: dict[str, Message | None]
    """What they translate, by place; nothing where a part of the message is not written there as text."""


@pytest.fixture(scope="module")
def code() -> Code:
    found = Code(set(), {})
    for file in ROOT.glob("timeline/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                for alias in node.names:
                    if alias.asname not in (None, "_") or ("gettext" in alias.name and alias.name not in FUNCTIONS):
                        found.names.add(f"{file.relative_to(ROOT)}: {ast.unparse(alias)}")
            elif isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if parts := FUNCTIONS.get(name):
                    place = f"{file.relative_to(ROOT)}:{node.lineno}:{node.col_offset}"
                    found.calls[place] = _message(parts, node.args)
    return found


def _message(parts: str, arguments: list[ast.expr]) -> Message | None:
    texts = [part.value if isinstance(part, ast.Constant) else None for part in arguments[: len(parts)]]
    context = texts.pop(0) if parts.startswith("c") else None
    return None if None in texts else (context, tuple(texts))


def test_only_underscore_is_another_name_for_gettext(code):
    """`lazy("…")` works and is never translated, because no extraction knows that name."""
    assert code.names == set()


def test_code_translates_only_what_is_written_there(code):
    """No variable, no f-string, no sum: extraction reads the code and does not run it."""
    assert [place for place, message in code.calls.items() if message is None] == []


def test_every_sentence_of_the_code_is_extracted(code, extracted):
    asked = {message for message in code.calls.values() if message}
    assert len(asked) > 1000
    assert lacking(asked, extracted) == []


def fields(form: type, name: str) -> Iterator[tuple[str, Any]]:
    """The fields of a form of Wagtail and of its rows; those of comments are Wagtail's own."""
    yield from ((f"{name}.{field}", of) for field, of in form.base_fields.items() if field != "comment_notifications")
    for relation, rows in form.formsets.items():
        if relation != "comments":
            yield from fields(rows.form, f"{name}.{relation}")


def test_what_editors_fill_in_has_labels_that_can_be_translated():
    """Django makes a label from the name of a field that has none, in English for everybody."""
    panels = {model: model.get_edit_handler() for model in (EntryPage, ChronologyPage)}
    panels |= {model: model.snippet_viewset._edit_handler for model in get_snippet_models()}
    found = [field for model, panel in panels.items() for field in fields(panel.get_form_class(), model.__name__)]
    assert len(found) > 100
    visible = [(name, field) for name, field in found if not field.widget.is_hidden]
    assert [name for name, field in visible if not isinstance(field.label, Promise)] == []
    assert [name for name, field in visible if field.help_text and not isinstance(field.help_text, Promise)] == []


# -- templates ----------------------------------------------------------------------------


@pytest.fixture
def asked_by_templates(monkeypatch) -> set[Message]:
    """What the templates translate when they are rendered, as Django has compiled them."""
    made: dict[type, list] = {TranslateNode: [], BlockTranslateNode: [], Variable: []}
    for kind, instances in made.items():

        def made_one(self, *args, kind=kind, instances=instances, begin=kind.__init__, **kwargs):
            begin(self, *args, **kwargs)
            instances.append(self)

        monkeypatch.setattr(kind, "__init__", made_one)
    engine = engines["django"].engine
    for loader in engine.template_loaders:
        loader.reset()
    for name in TEMPLATES:
        engine.get_template(name)

    asked: set[Message] = set()
    for node in made[TranslateNode]:
        context = node.message_context and node.message_context.resolve({})
        asked.add((context, (node.filter_expression.var.literal.replace("%", "%%"),)))
    for node in made[BlockTranslateNode]:
        context = node.message_context and node.message_context.resolve({})
        forms = [node.singular, node.plural] if node.plural else [node.singular]
        asked.add((context, tuple(node.render_token_list(form)[0] for form in forms)))
    asked |= {(None, (variable.literal.replace("%", "%%"),)) for variable in made[Variable] if variable.translate}
    return asked


def test_every_sentence_of_the_templates_is_extracted(extracted, asked_by_templates):
    assert len(asked_by_templates) > 500
    assert lacking(asked_by_templates, extracted) == []


class Bare(HTMLParser):
    """Collects the words that a reader sees."""

    SEEN = {"alt", "aria-description", "aria-label", "placeholder", "title"}

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.within: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in {"code", "script", "style"}:
            self.within.append(tag)
        for name, value in attributes:
            if name in self.SEEN:
                self.collect(value or "")

    def handle_endtag(self, tag: str) -> None:
        if self.within and tag == self.within[-1]:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.collect(data)

    def collect(self, text: str) -> None:
        self.words += [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in NAMES]


def plain(source: str) -> list[str]:
    """The text of a template that is the same whatever the language."""
    found, until = [], ""
    for token in Lexer(source).tokenize():
        tag = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if until:
            until = "" if tag == until else until
        elif tag in {"blocktranslate", "comment"}:
            until = f"end{tag}"
        elif token.token_type == TokenType.TEXT:
            found.append(token.contents)
    return found


def test_templates_have_no_words_outside_their_translations():
    found = {name: Bare(" ".join(text)).words for name, source in TEMPLATES.items() if (text := plain(source))}
    assert {name: words for name, words in found.items() if words} == {}


def test_scripts_say_what_the_page_gives_them():
    """Their words are in ``data-`` attributes, which templates translate: there is no second catalogue for them."""
    comment = re.compile(r"(?m)(?:^|\s)//.*$|/\*[^*]*\*/")
    quoted = re.compile(r"""(?P<mark>["'`])(?P<text>.*?)(?P=mark)""")
    sentence = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
    texts = [
        (name, match["text"]) for name, code in SCRIPTS.items() for match in quoted.finditer(comment.sub("", code))
    ]
    assert len(texts) > 100
    assert [(name, text) for name, text in texts if sentence.search(re.sub(r"\$\{.*?\}", "", text))] == []


# -- catalogues ---------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def our_catalogues(settings) -> None:
    """Which other tests do not load."""
    settings.LOCALE_PATHS = [ROOT / "locale"]


@pytest.fixture(params=makemessages.languages())
def language(request) -> str:
    return request.param


def test_a_catalogue_has_the_sentences_of_the_code(language, extracted):
    kept, wanted = messages(stored(language)), messages(extracted)
    assert (kept - wanted, wanted - kept) == (set(), set()), "Run `make messages` and commit what it changes."


def test_a_catalogue_is_in_one_order_without_dates_and_line_numbers(language):
    """So what two people change is in the same place only when it is the same sentence."""
    found = [(one.id if isinstance(one.id, str) else one.id[0], one.context or "") for one in stored(language)]
    assert found == sorted(found)
    text = makemessages.catalogue(language).read_text()
    assert re.findall(r"(?m)-Date:|^#: .*:\d", text) == []


def test_a_catalogue_says_every_sentence_and_fills_the_same_places(language):
    """A page of the edition in a language has no English words of ours, and none is only a guess."""
    unsaid = [one.id for one in stored(language) if one.id and (not all(words_of(one)) or one.fuzzy)]
    assert unsaid == [], "Say them in msgstr of locale/*/LC_MESSAGES/django.po, and take away “fuzzy”."
    wrong = [
        one.id
        for one in stored(language)
        if one.id and any(filled(said) != filled(last(one)) for said in words_of(one))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("word", "contexts"),
    [
        ("Evidence", ["use of a source"]),
        ("State", ["organisation"]),
        ("Event", ["organisation"]),
        ("News", ["letter"]),
        ("Published", ["source"]),
        ("position", ["order"]),
        ("people", ["unit"]),
        ("Since", ["what waits"]),
        ("When", ["what was done"]),
        ("From", ["comparison"]),
        ("To", ["comparison"]),
    ],
)
def test_a_word_that_means_two_things_is_two_words_in_japanese(word, contexts):
    """The Imperial House was called a 状態, and versions were compared from 開始 to 終了."""
    words = {one.context: one.string for one in stored("ja") if one.id == word}
    meant = [words[context] for context in contexts] + [said for context, said in words.items() if not context]
    assert len(set(meant)) == len(meant)


def test_dates_of_the_desk_are_in_the_order_of_the_language():
    """A translation was of “1 12月 2026, 14:18”: the format is a sentence like any other."""
    written = re.compile(r"""(?:date_format\([^"_\n]*|\|date:)"j [^"]*""")
    files = [*settings.BASE_DIR.glob("timeline/admin/**/*.py"), *settings.BASE_DIR.glob("templates/**/*.html")]
    assert [file for file in files if written.search(file.read_text())] == []
    said = {one.id: one.string for one in stored("ja")}
    assert said["j F Y, H:i"] == "Y年n月j日 H:i"


def test_a_translation_closes_the_brackets_that_it_opens(language):
    """What comes behind it in a page is not known to close them."""
    pairs = [("（", "）"), ("「", "」"), ("『", "』")]
    words = [said for one in stored(language) if one.id for said in words_of(one)]
    assert [said for said in words if any(said.count(first) != said.count(last) for first, last in pairs)] == []


def test_a_button_is_named_as_it_is_labelled(language):
    """The guide prints bold what stands on buttons, tabs and menus."""
    bold = re.compile("<b>([^<]+)</b>")
    catalog = [one for one in stored(language) if one.id]
    labels: dict[str, set[str]] = {}
    for one in catalog:
        labels.setdefault(last(one), set()).update(words_of(one))
    wrong = [
        (name, labels[name])
        for one in catalog
        for said in words_of(one)
        for name in bold.findall(last(one))
        if name in labels and not labels[name] & set(bold.findall(said))
    ]
    assert wrong == []


def words_of(message: Said) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def last(message: Said) -> str:
    """What is said in the code, of two forms that of many."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def filled(text: str) -> list[str]:
    """The places of a sentence that are filled in."""
    return sorted(re.findall(r"%(?:\(\w+\))?[sdr]|\{\w+\}", text))


def stored(language: str) -> Catalog:
    with makemessages.catalogue(language).open("rb") as file:
        return read_po(file)


@pytest.fixture
def own_catalogue(language, tmp_path, settings) -> Path:
    """Where the commands look for the catalogue of a language, for a test to write it."""
    settings.LOCALE_PATHS = [tmp_path]
    path = makemessages.catalogue(language)
    path.parent.mkdir(parents=True)
    return path


def test_translations_stay_and_a_merge_that_failed_is_mended(own_catalogue, language, extracted):
    """Sentences come from the code and translations from both sides, so nobody resolves a catalogue by hand."""
    ours, theirs = 'msgid "People"\nmsgstr "人物"\n\n', 'msgid "Sources"\nmsgstr "出典"\n\n'
    own_catalogue.write_text(f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n")
    catalog = read_po(BytesIO(makemessages.renewed(language, extracted)))
    assert (catalog["People"].string, catalog["Sources"].string) == ("人物", "出典")
    assert messages(catalog) == messages(extracted)


def test_the_translation_of_a_sentence_that_changed_waits_for_a_translator(own_catalogue, language, extracted):
    sentence = "The first edition has not been built yet."
    own_catalogue.write_text(f'msgid "{sentence.replace("built", "made")}"\nmsgstr "未作成"\n')
    message = read_po(BytesIO(makemessages.renewed(language, extracted)))[sentence]
    assert (message.string, message.fuzzy) == ("未作成", True)


def test_a_translation_reaches_readers_once_it_is_compiled(own_catalogue, language):
    own_catalogue.write_text('msgid "People"\nmsgstr "人物"\n\n#, fuzzy\nmsgid "Sources"\nmsgstr "源"\n')
    call_command("compilemessages", verbosity=0)
    with translation.override(language):
        assert (gettext("People"), gettext("Sources")) == ("人物", "Sources")
