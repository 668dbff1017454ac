"""Collect what can be translated into the catalogues under ``locale/``."""

from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file, extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management import BaseCommand
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
"""The functions that translate, each with the places of its messages and of its context (``c``)."""

# No date and no author: git knows both, and two people's catalogues would differ in them alone.
HEADER = """\
# What Nenpyo says, in {language}. `make messages` puts each sentence here; say it in {language} in msgstr.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


class Command(BaseCommand):
    """Django's command of this name, without GNU gettext, and without line numbers and dates, on which merges fail."""

    help = "Puts every sentence that can be translated into locale/*/LC_MESSAGES/django.po; keeps the translations."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = extract()
        for language in languages():
            path = catalogue(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(renewed(language, found))
            self.stdout.write(f"{path.relative_to(settings.BASE_DIR)}: {len(found)} messages")


def languages() -> list[str]:
    """The languages that the sentences of the code, which are English, have to be put into."""
    return [language for language, _name in settings.LANGUAGES if language != settings.LANGUAGE_CODE]


def catalogue(language: str) -> Path:
    """The file with the sentences of a language."""
    return Path(settings.LOCALE_PATHS[0], language, "LC_MESSAGES", "django.po")


def extract() -> Catalog:
    """Every message of our code and our templates, with the files that have it."""
    found = Catalog()
    methods: dict[str, Any] = {"timeline/**/*.py": "python", "templates/**/*.*": _template}
    for pattern, method in methods.items():
        for file in sorted(settings.BASE_DIR.glob(pattern)):
            place = file.relative_to(settings.BASE_DIR).as_posix()
            for line, message, comments, context in extract_from_file(method, file, KEYWORDS, ["Translators:"]):
                found.add(message, locations=[(place, line)], auto_comments=comments, context=context)
    return found


def _template(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Any]:
    """What a template translates. Django turns it into calls of gettext; in brackets a line may begin anywhere."""
    calls = f"({templatize(file.read().decode())})"
    return extract_python(BytesIO(calls.encode()), keywords, comment_tags, {})


def renewed(language: str, found: Catalog) -> bytes:
    """The catalogue of a language with the messages ``found``, and with the translations it has by now.

    The translation of a sentence that changed a little goes to the new one, marked fuzzy, which
    keeps it from readers until a translator has seen it; of one that went it goes too.
    """
    path = catalogue(language)
    catalog = read_po(BytesIO(path.read_bytes()) if path.exists() else BytesIO(), locale=language)
    catalog.update(found)
    name = catalog.locale.english_name
    header = HEADER.format(language=name, code=language, plural_forms=catalog.plural_forms)
    file = BytesIO(header.encode())
    file.seek(0, 2)
    write_po(
        file,
        catalog,
        omit_header=True,
        sort_output=True,
        include_lineno=False,
        ignore_obsolete=True,
        include_previous=True,
    )
    return file.getvalue()
