"""Checks what an editor imports, against the models and the database, and says what loading it would do.

Nothing is written here. The checks are those of a pack, with two differences: what the
files do not hold is looked up in the database, and what a draft may lack is a note, for
imported entries are drafts.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from timeline.content.kinds import ENTRIES, FIGURES, KINDS, SOURCES, Kind, in_circles
from timeline.content.pack import check_rules, unfit, unsaved
from timeline.content.parts import WANTED, KnownRecords, Record, Rows, rewritten
from timeline.content.problems import ContentProblem, Place
from timeline.content.rules import repeated, unique_together
from timeline.models import EntryPage
from timeline.models.summary import kept

from .duplicates import alike, archived, same_pages
from .editors import reasons
from .finding import Finder, label, pointed
from .normalising import is_said, normalised, number_rows
from .sheet import MAX_ROWS, Finding, Sheet
from .uploads import MAX_DRAFTS, MAX_RECORDS, Files, sheets

CREATE, CHANGE, SAME, LEFT = "create", "change", "same", "left"

MAY_LACK = {"summary", "category", "date"}
"""What an entry needs only when readers may see it."""

NEVER_CHANGES = ("uid", "number")
"""What names a record for ever, outside and inside."""


@dataclass
class Step:
    """What loading does with one record; ``fields`` are those that change, ``reason`` why it is left alone."""

    kind: Kind
    key: str
    name: str
    action: str
    record: Record
    sheet: Sheet
    label: str
    stored: Any = None
    fields: list[str] = field(default_factory=list)
    reason: str = ""


@dataclass
class Checked:
    """What a check found: every problem, and what would be done were there none."""

    steps: list[Step] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    doubts: list[Finding] = field(default_factory=list)
    """New records that look like others: an editor says that they are new all the same."""
    meanings: list[Finding] = field(default_factory=list)
    """Names that are short for others: an editor says that the records found are meant."""
    blank: int = 0
    known: KnownRecords = field(default_factory=KnownRecords)

    def counts(self) -> Counter[tuple[str, str]]:
        """How many records of each kind each thing would be done with."""
        return Counter((step.kind.name, step.action) for step in self.steps)

    def of(self, action: str) -> list[Step]:
        """The steps that do one thing."""
        return [step for step in self.steps if step.action == action]


def check(files: Files, asked: str = "") -> Checked:
    """Everything that is wrong with the files, and what loading them would do; a fixed number of queries a kind."""
    found, findings = sheets(files, asked)
    checking = _Checking(found)
    checking.result.problems += findings
    rows = sum(sheet.rows for sheet in found)
    if rows > MAX_ROWS:
        words = {"rows": f"{rows:,}", "limit": f"{MAX_ROWS:,}"}
        sentence = _("There are %(rows)s rows; one import takes %(limit)s. Divide it.")
        checking.result.problems.append(Finding(", ".join(files), sentence % words))
        return checking.result
    checking.run()
    checking.result.problems.sort(key=_in_reading_order)
    checking.result.doubts.sort(key=_in_reading_order)
    checking.result.meanings.sort(key=_in_reading_order)
    return checking.result


def _in_reading_order(finding: Finding) -> tuple[str, int, int, str]:
    return finding.file, finding.row, len(finding.column), finding.column


class _Checking:
    def __init__(self, found: list[Sheet]) -> None:
        self.sheets = found
        self.result = Checked(blank=sum(sheet.blank for sheet in found))
        self.known = self.result.known
        self.stored: dict[str, dict[str, Any]] = {}
        self.steps: dict[str, list[Step]] = defaultdict(list)
        self.given: set[int] = set()
        """The steps whose id was written in the file, by identity."""

    def run(self) -> None:
        for sheet in self.sheets:
            sheet.take_out_control()
            self.result.problems += sheet.findings
            self.result.notes += sheet.notes
        for kind in (*KINDS, FIGURES):
            own = [sheet for sheet in self.sheets if sheet.kind is kind]
            if own and kind is not FIGURES:
                self._identify(kind, own)
        self._know_what_is_stored()
        self._read()
        self._resolve()
        self._add_figures()
        for kind in KINDS:
            self._compare(kind)
        self._check_between()
        self._check_doubles()
        self._check_in_memory()
        self.result.steps = [step for kind in KINDS for step in self.steps[kind.name]]
        self._check_amount()

    def _check_amount(self) -> None:
        """So much must be written in the time a request has."""
        counts = self.result.counts()
        drafts = counts[ENTRIES.name, CREATE] + counts[ENTRIES.name, CHANGE]
        others = sum(number for (kind, action), number in counts.items() if action == CREATE and kind != ENTRIES.name)
        for number, limit, sentence in (
            (drafts, MAX_DRAFTS, _("%(number)s entries would get a draft; one import makes %(limit)s. Divide it.")),
            (others, MAX_RECORDS, _("%(number)s records would be new; one import makes %(limit)s. Divide it.")),
        ):
            if number > limit:
                words = {"number": f"{number:,}", "limit": f"{limit:,}"}
                self.result.problems.append(Finding("", sentence % words))

    def _report(self, sheet: Sheet, problems: Iterable[ContentProblem]) -> None:
        self.result.problems += [sheet.locate(problem) for problem in problems]

    # -- reading --------------------------------------------------------------------------

    def _identify(self, kind: Kind, own: list[Sheet]) -> None:
        """Give every record an id, and find what is stored under it."""
        made: dict[int, str] = {}
        wanted: set[str] = set()
        for sheet in own:
            for record in sheet.records:
                key = record.get("id")
                if not isinstance(key, str) or not key:
                    slug = record.get("slug")
                    made[id(record)] = slug if isinstance(slug, str) and slug else _address(kind, label(record))
                wanted.add(made.get(id(record)) or str(key))
        everything = kind.model._default_manager
        stored = everything.filter(Q(key__in=wanted) | Q(slug__in=set(made.values())))
        by_key, by_slug = {}, {}
        for instance in stored.prefetch_related(*kind.shape.relations()):
            by_key[instance.key] = by_slug[instance.slug] = instance
        taken = set(by_key) | wanted - set(made.values())
        if any(sheet.is_foreign for sheet in own):
            taken |= set(by_slug)  # a title that another record has is no address of that record there
        self.stored[kind.name] = by_key
        for sheet in own:
            for record, name in zip(sheet.records, sheet.labels, strict=True):
                base = made.get(id(record))
                if base is None:
                    key, instance = record["id"], by_key.get(record["id"])
                elif instance := by_slug.get(base) if base and not sheet.is_foreign else None:
                    key = instance.key
                else:
                    key = _free(base or kind.model._meta.model_name, taken)
                taken.add(key)
                step = Step(kind, key, "", CREATE, record, sheet, name, instance)
                if base is None:
                    self.given.add(id(step))
                self.steps[kind.name].append(step)

    def _know_what_is_stored(self) -> None:
        """Fetch what the stored records point to, so that they can be written as a pack has them."""
        wanted: dict[str, set[Any]] = defaultdict(set)
        for kind in KINDS:
            for key, instance in self.stored.get(kind.name, {}).items():
                self.known.add(kind.name, instance)
                if kind is ENTRIES and not instance.live and instance.latest_revision_id:
                    instance = self.stored[kind.name][key] = instance.get_latest_revision_as_object()
                for target, pk in pointed(kind.shape, instance):
                    wanted[target].add(pk)
        for kind in KINDS:
            if wanted[kind.name]:
                for instance in kind.model._default_manager.filter(pk__in=wanted[kind.name]):
                    self.known.add(kind.name, instance)
        for kind in KINDS:
            for step in self.steps[kind.name]:
                if step.stored is not None:
                    step.stored = self.stored[kind.name].get(step.key, step.stored)

    def _read(self) -> None:
        """Bring every record into canonical form; what a file does not say stays as it is stored."""
        for kind in KINDS:
            for step in self.steps[kind.name]:
                before = kind.shape.dump(step.stored, self.known) if step.stored is not None else {}
                step.record = self._whole(kind, step, before)

    def _whole(self, kind: Kind, step: Step, before: Record) -> Record:
        raw = {**before, "slug": before.get("slug", ""), **step.record, "id": step.key}
        if not raw["slug"]:
            makes_own = kind is not ENTRIES and slugify(label(raw))
            raw["slug"] = before.get("slug") or ("" if makes_own else step.key)
        for name in NEVER_CHANGES:
            if before.get(name):
                raw[name] = before[name]
        if kind.name == "sources":
            raw.setdefault("number", 0)
        if isinstance(raw.get("date"), dict) and isinstance(before.get("date"), dict):
            raw["date"] = before["date"] | raw["date"]
        if kind is ENTRIES:
            for name in ("summary", "category", "date"):
                raw.setdefault(name, kind.shape.blank()[name])
            if isinstance(raw["summary"], str):
                raw["summary"] = kept(raw["summary"], before.get("summary", ())) or ""
            for name, words in (("statements", "text"), ("figures", "label"), ("disagreements", "question")):
                number_rows(raw.get(name), before.get(name, ()), words)
        record, problems = _checked(kind, raw, step)
        lacking = {name for name in MAY_LACK if kind is ENTRIES and not is_said(raw.get(name))}
        self._report(step.sheet, (problem for problem in problems if problem.root not in lacking))
        step.name = label(record)
        return normalised(before, record)

    # -- pointers -------------------------------------------------------------------------

    def _resolve(self) -> None:
        """Turn what editors write for other records into their ids."""
        self.figures: list[tuple[Step, Record]] = []
        for sheet in (sheet for sheet in self.sheets if sheet.kind is FIGURES):
            for record, name in zip(sheet.records, sheet.labels, strict=True):
                number_rows([record], (), "label")
                step = Step(FIGURES, "", "", CREATE, record, sheet, name)
                read, problems = _checked(FIGURES, record, step)
                self._report(sheet, problems)
                self.figures.append((step, read))
        new = {kind: [step.record for step in steps if step.stored is None] for kind, steps in self.steps.items()}
        finder = Finder(self.known, new)
        every = [step for steps in self.steps.values() for step in steps]
        every += [step for step, _record in self.figures]
        for step, record in self.figures:
            step.record = record
        finder.look_up((kind, key) for step in every for _path, kind, key in step.kind.shape.references(step.record))
        asked: set[tuple[str, str]] = set()
        for step in every:
            lost: list[ContentProblem] = []

            def resolve(
                path: str, kind: str, text: str, step: Step = step, lost: list[ContentProblem] = lost
            ) -> str | None:
                key, sentence = finder.find(kind, text)
                if sentence:
                    lost.append(ContentProblem(step.sheet.file, step.label, path, sentence))
                elif (kind, text) not in asked and (doubt := finder.doubt(kind, text)):
                    place = ContentProblem(step.sheet.file, step.label, path, doubt)
                    self.result.meanings.append(step.sheet.locate(place))
                asked.add((kind, text))
                return key

            step.record = rewritten(step.kind.shape, step.record, resolve)
            self._report(step.sheet, lost)

    def _add_figures(self) -> None:
        """Put figures that came by themselves among those of their entries."""
        steps = {step.key: step for step in self.steps[ENTRIES.name]}
        wanted = {step.record.get("entry") for step, _record in self.figures} - {None} - steps.keys()
        stored = EntryPage.objects.filter(key__in=wanted).prefetch_related(*ENTRIES.shape.relations())
        fetched = {entry.key: entry for entry in stored}
        self.stored.setdefault(ENTRIES.name, {}).update(fetched)
        if fetched:
            self._know_what_is_stored()
        for step, _record in self.figures:
            key = step.record.pop("entry", None)
            if key is None:
                continue
            if key not in steps:
                entry = self.stored[ENTRIES.name].get(key)
                if entry is None:
                    continue
                before = ENTRIES.shape.dump(entry, self.known)
                steps[key] = Step(ENTRIES, key, entry.title, CREATE, before, step.sheet, step.label, entry)
                steps[key].record = {**before, "figures": list(before["figures"])}
                self.given.add(id(steps[key]))
                self.steps[ENTRIES.name].append(steps[key])
            target = steps[key].record
            places = [number for number, row in enumerate(target["figures"]) if row["id"] == step.record["id"]]
            rows = list(target["figures"])
            if places:
                rows[places[0]] = normalised(rows[places[0]], step.record)
            else:
                rows.append(step.record)
            target["figures"] = rows
            self._alias(step, steps[key], places[0] if places else len(rows) - 1)

    def _alias(self, figure: Step, entry: Step, number: int) -> None:
        """Let problems of the entry's figure be found in the row it came from."""
        if entry.sheet is figure.sheet:
            for (name, path), place in list(figure.sheet.places.items()):
                if name == figure.label:
                    figure.sheet.places.setdefault((entry.label, f"figures[{number}].{path}"), place)
            row = int(figure.label) if figure.label.isdigit() else 0
            figure.sheet.places.setdefault((entry.label, f"figures[{number}]"), (row, 0))

    # -- comparing ------------------------------------------------------------------------

    def _compare(self, kind: Kind) -> None:
        """What each record would become."""
        closed = (
            reasons(step.stored for step in self.steps[kind.name] if step.stored is not None)
            if kind is ENTRIES
            else {}
        )
        for step in self.steps[kind.name]:
            if step.stored is None:
                continue
            before = kind.shape.dump(step.stored, self.known)
            step.fields = [name for name in step.record if step.record[name] != before.get(name)]
            step.action = CHANGE if step.fields else SAME
            step.name = step.name or str(step.stored)
            if step.action == CHANGE and step.stored.pk in closed:
                step.action, step.reason = LEFT, closed[step.stored.pk]
            elif step.action == CHANGE and id(step) not in self.given:
                words = {"noun": kind.noun, "name": str(step.stored), "id": step.key}
                sentence = _(
                    "This is the address of the %(noun)s “%(name)s”. To change it, write its id (%(id)s); "
                    "for a new one, write another address in the column slug."
                )
                self._report(step.sheet, [ContentProblem(step.sheet.file, step.label, "id", sentence % words)])

    def _check_between(self) -> None:
        """What no two records share, in the files or with the database; and circles."""
        for kind in KINDS:
            steps = self.steps[kind.name]
            names = {**dict.fromkeys(kind.unique_columns), **dict.fromkeys(_alone(kind))}
            columns = kind.unique_columns | {name: name for name in _alone(kind)}
            for name in names:
                if (kind, name) == (SOURCES, "url"):
                    continue  # more than the same spelling makes two addresses one
                self._check_unique(kind, steps, name, columns[name])
            if kind.within and steps:
                above = [*(step.record for step in steps), *self._above(kind, steps)]
                for key in in_circles(kind, above):
                    for step in steps:
                        if step.key == key:
                            sentence = _("leads back to this record in a circle")
                            self._report(
                                step.sheet, [ContentProblem(step.sheet.file, step.label, kind.within, sentence)]
                            )

    def _check_doubles(self) -> None:
        """What is there already under another id, or may be."""
        for look in (archived, same_pages):
            for step, problem in look(self.steps[SOURCES.name]):
                self._report(step.sheet, [problem])
        for kind in KINDS:
            found = alike(kind, self.steps[kind.name])
            self.result.doubts += [step.sheet.locate(problem) for step, problem in found]

    def _check_unique(self, kind: Kind, steps: list[Step], name: str, column: str) -> None:
        first: dict[Any, Step] = {}
        for step in steps:
            value = step.key if name == "id" else step.record.get(name)
            other = first.setdefault(value, step)
            if value and other is not step and (name == "id" or other.key != step.key):  # else the id says it
                where = other.sheet.locate(ContentProblem(other.sheet.file, other.label, name, "")).where
                words = {"value": value, "where": where}
                sentence = _("“%(value)s” is already used in %(where)s") % words
                self._report(step.sheet, [ContentProblem(step.sheet.file, step.label, name, sentence)])
        if name == "id":
            return
        keys = {step.key for step in steps}
        taken = kind.model._default_manager.exclude(key__in=keys).filter(**{f"{column}__in": list(first)})
        for value, key in taken.values_list(column, "key"):
            step = first[value]
            sentence = _("“%(value)s” is already used in the database by “%(other)s”") % {"value": value, "other": key}
            self._report(step.sheet, [ContentProblem(step.sheet.file, step.label, name, sentence)])

    def _above(self, kind: Kind, steps: list[Step]) -> Iterator[Record]:
        """What the records point to, and what that points to in turn, as far as it is stored: a query a level."""
        column: Any = next(part for part in kind.shape.parts if part.name == kind.within)
        if kind is ENTRIES or isinstance(column, Rows):
            return  # the rules of publication walk this chain
        met = {step.key for step in steps}
        waiting = {key for step in steps for key in kind.within_of(step.record)} - met
        while waiting:
            rows = kind.model._default_manager.filter(key__in=waiting).values_list("key", f"{column.column.name}__key")
            met |= waiting
            waiting = set()
            for key, above in rows:
                yield {"id": key, kind.within: above}
                waiting |= {above} - met - {None}

    # -- in memory ------------------------------------------------------------------------

    def _check_in_memory(self) -> None:
        """The constraints of the models and the rules of publication, asked of instances in memory."""
        number = 0
        for kind in KINDS:
            for step in self.steps[kind.name]:
                if step.stored is None:
                    number -= 1
                    stub = kind.model(id=number, key=step.key)
                    stub.pk = number
                    self.known.add(kind.name, stub)
        reported = {(finding.file, finding.row, finding.record) for finding in self.result.problems}
        for kind in KINDS:
            instances = []
            steps = [step for step in self.steps[kind.name] if step.action in (CREATE, CHANGE)]
            for step in steps:
                problems: list[ContentProblem] = []
                instance = unsaved(kind, step.record, self.known)
                instances.append(instance)
                found = step.sheet.locate(ContentProblem(step.sheet.file, step.label, "", ""))
                if (found.file, found.row, found.record) not in reported:
                    check_rules(kind.shape, instance, Place(problems, step.sheet.file, step.label))
                    self._report(step.sheet, problems)
                    if kind is ENTRIES and not problems:
                        self._note_unfit(step, instance)
            for one, other, fields, message in repeated(instances):
                if not {fields[0]} & kind.unique_columns.keys() and fields[0] not in _alone(kind):
                    sentence = f"{message} ({steps[one].name})"
                    step = steps[other]
                    self._report(step.sheet, [ContentProblem(step.sheet.file, step.label, fields[0], sentence)])

    def _note_unfit(self, step: Step, instance: Any) -> None:
        """What the draft will still need before readers may see it."""
        for part, message in unfit(instance):
            finding = step.sheet.locate(ContentProblem(step.sheet.file, step.label, part, message))
            self.result.notes.append(finding)


def _checked(kind: Kind, raw: Record, step: Step) -> tuple[Record, list[ContentProblem]]:
    """The canonical form of a record, and its problems in words that fit where it stands."""
    problems: list[ContentProblem] = []
    record = kind.shape.read(raw, Place(problems, step.sheet.file, step.label))
    if step.sheet.is_table:
        problems = [_of_table(problem) for problem in problems]
    return record, problems


def _of_table(problem: ContentProblem) -> ContentProblem:
    """A sentence on JSON, for somebody who looks at a table."""
    if problem.sentence in (str(WANTED[str]), _("is missing")):
        field = problem.path.rpartition(".")[2]
        return ContentProblem(problem.file, problem.record, problem.path, _("“%s” may not be empty.") % field)
    return problem


def _address(kind: Kind, name: str) -> str:
    """What an address is made of: the name, or where it has no letter for that a digest of it, as in the forms.

    The same name has the same digest, so that a file that comes a second time is known.
    """
    noun = "entry" if kind is ENTRIES else kind.model._meta.model_name
    return slugify(name)[:100] or (f"{noun}-{uuid.uuid5(uuid.NAMESPACE_URL, name).hex[:8]}" if name else "")


def _free(base: str, taken: set[str]) -> str:
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def _alone(kind: Kind) -> list[str]:
    """Fields that a constraint lets no two records share, such as the address of a source."""
    found = [names[0] for names, _condition, _message in unique_together(kind.model) if len(names) == 1]
    return [name for name in found if name not in kind.unique_columns]
