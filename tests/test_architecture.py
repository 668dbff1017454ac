"""The rooms of `timeline`: imports run one way. The map is in `timeline/__init__.py`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

APP = Path(settings.BASE_DIR) / "timeline"

# A room may import those before it, and itself. Rooms on one line do not know each other.
ORDER = [
    {"edtf", "choices", "names", "addresses", "fetching", "quotations"},
    {"querysets", "wording", "lanes", "coverage", "articles"},
    {"models"},
    {"document"},
    {"search"},
    {"edition", "fragments", "glossary", "highlight"},
    {"links", "merging", "schedule"},
    {"lateness"},
    {"filters", "content"},
    {"admin"},
    {"paging", "river", "charts", "formats", "templatetags", "comparison"},
    {"websub"},
    {"views"},
    {"api"},
    {"dataset"},
    {"status"},
    {"urls"},
]
# They only tell Django and Wagtail what there is.
WIRING = {"__init__", "apps", "wagtail_hooks", "management", "migrations"}
# A page is rendered for editors only in the preview, by what renders it for readers.
NOT_FOR_READERS = {"admin", "content"}


def room_of(file: Path) -> str:
    return file.relative_to(APP).parts[0].removesuffix(".py")


def allowed(room: str) -> set[str]:
    """The rooms that `room` may import."""
    before: set[str] = set()
    for rooms in ORDER:
        if room in rooms:
            return (before if room in NOT_FOR_READERS else before - NOT_FOR_READERS) | {room}
        before |= rooms
    raise AssertionError(f"timeline/{room} is not in ORDER: give it a place")


def imports(file: Path) -> Iterator[str]:
    """The rooms that a file imports when it runs, wherever in the file it says so."""
    package = ["timeline", *file.relative_to(APP).parent.parts]
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []  # a name for the type checker binds nothing together
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *filter(None, [node.module])])
            modules = [f"{module}.{alias.name}" for alias in node.names]
        for module in modules:
            if module.startswith("timeline."):
                yield module.split(".")[1]


ROOMS = {
    room_of(file): sorted(APP.glob(f"{room_of(file)}/**/*.py")) or [file]
    for file in sorted(APP.glob("*.py")) + sorted(APP.glob("*/__init__.py"))
}


@pytest.mark.parametrize("room", sorted(ROOMS.keys() - WIRING))
def test_a_room_imports_only_what_stands_before_it(room):
    uphill = {
        f"{file.relative_to(APP)} imports {other}"
        for file in ROOMS[room]
        for other in imports(file)
        if other not in allowed(room)
    }
    assert uphill == set()


def test_the_set_up_knows_the_app_by_name_only():
    """Settings and the database must work before any model is there."""
    files = (APP.parent / "config").rglob("*.py")
    assert [file.name for file in files if "import timeline" in file.read_text()] == []
    assert [file.name for file in files if "from timeline" in file.read_text()] == []
