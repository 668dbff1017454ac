"""What of the pack is translated, what waits, and the way of a translator's file into the pack."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.choices import TranslationState
from timeline.content import translating
from timeline.content.doubts import doubts
from timeline.content.files import decode, replace, to_text
from timeline.content.pack import DIRECTORY
from timeline.content.pack import read as read_pack
from timeline.content.problems import ContentProblem, PackError, Place
from timeline.content.translations import FOLDER, Translated
from timeline.segments import READING


class Command(BaseCommand):
    """Counts what is translated; or checks it, writes what is to be translated, or takes what was."""

    help = (
        "Says how much of the pack is translated into a language. --skeleton writes what waits, "
        'with the original words and what the sources say beside them; fill in "words" and bring it '
        "back with --take. --check says what is wrong, stale, left over and worth a second look. "
        "docs/translations.md has the whole of it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("language", help="the language, such as ja")
        parser.add_argument("files", nargs="*", help="only these files of the pack, such as entries/2025 or terms")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--check", action="store_true", help="say what is wrong, and what to look at")
        act.add_argument("--skeleton", metavar="FILE", help="write what waits, to be filled in (- for the terminal)")
        act.add_argument("--take", type=Path, metavar="FILE", help="put a filled skeleton into the pack")
        act.add_argument("--reviewed", action="store_true", help="mark what is translated, and not stale, as reviewed")
        parser.add_argument("--all", action="store_true", help="with --skeleton: also what is translated already")
        parser.add_argument("--record", action="append", default=[], metavar="ID", help="only this record; repeatable")
        parser.add_argument("--pack", type=Path, default=DIRECTORY, metavar="DIR", help="directory of the pack")

    def handle(self, *args: Any, **options: Any) -> None:
        self.language, self.directory = options["language"], options["pack"]
        try:
            pack = read_pack(self.directory)
        except PackError as error:
            raise CommandError(str(error)) from error
        every = translating.originals(pack.chronology, pack.records, pack.file_of)
        names = {original.file.removesuffix(".json") for original in every.values()}
        wanted = {name.removesuffix(".json") for name in options["files"]}
        if unknown := wanted - names:
            words = {"files": ", ".join(sorted(unknown)), "known": ", ".join(sorted(names))}
            raise CommandError(_("The pack has no %(files)s. It has %(known)s.") % words)
        self.translations = pack.translations.get(self.language, {})
        self.originals = every
        self.found = {
            identity: original
            for identity, original in every.items()
            if (not wanted or original.file.removesuffix(".json") in wanted)
            and (not options["record"] or identity[1] in options["record"])
        }
        if options["check"]:
            self._check()
        elif options["skeleton"]:
            self._skeleton(options["skeleton"], everything=options["all"])
        elif options["take"]:
            self._take(options["take"])
        elif options["reviewed"]:
            self._review()
        else:
            self._count()

    def _count(self) -> None:
        counts: dict[str, Counter[str]] = {}
        for identity, original in self.found.items():
            count = counts.setdefault(original.file, Counter())
            waiting = dict(translating.waits(identity, original, self.translations))
            count.update(waiting.values())
            rows = self.translations.get(identity, {})
            count.update(rows[key].state for key in original.words if key in rows and key not in waiting)
        words = {"missing": _("missing"), "stale": _("stale"), "draft": _("draft"), "reviewed": _("reviewed")}
        for file, count in counts.items():
            said = ", ".join(f"{count[state]} {word}" for state, word in words.items() if count[state])
            self.stdout.write(f"{file}: {said or _('nothing to translate')}")

    def _check(self) -> None:
        counts: Counter[str] = Counter()
        for identity, original in self.found.items():
            rows = self.translations.get(identity, {})
            place = f"{FOLDER}/{self.language}/{original.file}, {identity[1]}"
            waiting = dict(translating.waits(identity, original, self.translations))
            counts.update(waiting.values())
            for key, row in rows.items():
                if key not in original.words:
                    self._say(f"{place}, {key}", _("is left over: the record has no such words (any more)"))
                elif key in waiting:
                    words = {"original": original.words[key], "words": row.words}
                    self._say(f"{place}, {key}", _("is stale: “%(words)s”; now “%(original)s”") % words)
                elif key != READING:
                    for doubt in doubts(original.words[key], row.words, self.language):
                        self._say(f"{place}, {key}", f"{doubt}: “{row.words}”")
        for kind, key in self.translations.keys() - self.originals.keys():
            self._say(f"{FOLDER}/{self.language}/{kind}, {key}", _("is left over: the pack has no such record"))
        sentence = ngettext("%(missing)d segment is missing", "%(missing)d segments are missing", counts["missing"])
        stale = ngettext("%(stale)d is stale", "%(stale)d are stale", counts["stale"])
        self.stdout.write(f"{sentence}, {stale}." % {"missing": counts["missing"], "stale": counts["stale"]})

    def _say(self, where: str, sentence: str) -> None:
        self.stdout.write(f"{where}: {sentence}")

    def _skeleton(self, target: str, *, everything: bool) -> None:
        rows = translating.skeleton(self.found, self.translations, everything=everything)
        if target == "-":
            self.stdout.write(to_text(rows), ending="")
            return
        Path(target).write_text(to_text(rows), encoding="utf-8")
        number = sum(len(row["segments"]) for row in rows)
        self.stdout.write(ngettext("%d segment to translate.", "%d segments to translate.", number) % number)

    def _take(self, source: Path) -> None:
        problems: list[ContentProblem] = []
        place = Place(problems, source.name)
        try:
            filled = decode(source.read_bytes(), place)
        except OSError as error:
            raise CommandError(_("Cannot read %(file)s: %(why)s") % {"file": source, "why": error.strerror}) from error
        number = translating.take(filled, self.found, self.translations, place) if filled is not None else 0
        if problems:
            lines = "\n".join(str(problem) for problem in problems)
            raise CommandError(_("Nothing was taken:") + f"\n{lines}")
        self.stdout.write(ngettext("%d segment taken.", "%d segments taken.", number) % number)
        self._write()

    def _review(self) -> None:
        number = 0
        for identity, original in self.found.items():
            rows = self.translations.get(identity, {})
            for key, row in rows.items():
                if key in original.words and row.is_of(original.words[key]) and row.state == TranslationState.DRAFT:
                    rows[key] = Translated(row.of, TranslationState.REVIEWED, row.words)
                    number += 1
        self.stdout.write(ngettext("%d segment is reviewed now.", "%d segments are reviewed now.", number) % number)
        self._write()

    def _write(self) -> None:
        written = translating.translations_as_files(self.language, self.translations, self.originals)
        for name, text in written.items():
            if replace(self.directory / name, text):
                self.stdout.write(str(self.directory / name))
