"""Problems of a pack: sentences that name file, record and field."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class ContentProblem:
    """One thing to put right, and where: ``entries/2019.json, e-2019, statements[2].text: …``."""

    file: str
    record: str
    path: str
    sentence: str

    @property
    def root(self) -> str:
        """The field of the record that the path starts from."""
        return self.path.partition(".")[0].partition("[")[0]

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.record, self.path) if part)
        return f"{where}: {self.sentence}"


class PackError(Exception):
    """The pack cannot be loaded; ``problems`` holds every reason that was found."""

    def __init__(self, problems: list[ContentProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Place:
    """A place in a pack that problems are reported from; rows are counted from 0 as in JSON."""

    problems: list[ContentProblem] = field(repr=False)
    file: str
    record: str = ""
    path: str = ""

    def at(self, step: str | int) -> "Place":
        """The field of this name, or the row of this number, inside this place."""
        if isinstance(step, int):
            return replace(self, path=f"{self.path}[{step}]")
        return replace(self, path=f"{self.path}.{step}" if self.path else step)

    def report(self, sentence: object) -> None:
        """Note a problem here."""
        self.problems.append(ContentProblem(self.file, self.record, self.path, str(sentence)))
