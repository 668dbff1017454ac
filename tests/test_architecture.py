"""The rooms of `timeline`: imports run one way. The map is in `timeline/__init__.py`. DECISIONS 108."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

APP = Path(settings.BASE_DIR) / "timeline"

# A room may import those before it, and itself. Rooms on one line do not know each other.
# What `running` starts lies on many floors, so its files stand where they belong.
ORDER = [
    {"characters", "punctuation"},
    {"edtf", "choices", "names", "moments", "running.service", "running.connections", "running.disks"},
    {"clients", "limits", "countries", "hs", "segments", "replicas", "spreadsheets", "running.alphabet"},
    {"text"},
    {"kept"},
    {"web"},
    {"models"},
    {"accounts"},
    {"audit"},
    {"public"},
    {"search"},
    {"filters"},
    {"edition", "drafts"},
    {"links", "merging", "running.schedule"},
    {"archiving"},
    {"running.lateness"},
    {"content", "generated"},
    {"imports", "translating"},
    {"admin"},
    {"charts", "formats", "templatetags"},
    {"letters", "running.websub"},
    {"running.purging"},
    {"views"},
    {"error_reports"},
    {"api"},
    {"dataset"},
    {"backup"},
    {"running.status"},
    {"running.doctor"},
    {"urls"},
]
# Inside the editors' side: what all forms share, then a source, the other records, an entry.
ADMIN = ["source", "record", "entry"]
# They only tell Django and Wagtail what there is.
WIRING = {"__init__", "apps", "wagtail_hooks", "management", "migrations"}
# A page is rendered for editors only in the preview, by what renders it for readers.
NOT_FOR_READERS = {
    "accounts",
    "audit",
    "admin",
    "content",
    "drafts",
    "imports",
    "generated",
    "running.doctor",
    "translating",
}


def room_of(module: str) -> str:
    """The room of a module of `timeline`, named without that: its first part, or a file of `running`."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "running" else parts[0]


def docstring(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text())) or ""


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(APP).with_suffix("").parts).removesuffix(".__init__")


def allowed(room: str) -> set[str]:
    """The rooms that `room` may import."""
    before: set[str] = set()
    for rooms in ORDER:
        if room in rooms:
            return (before if room in NOT_FOR_READERS else before - NOT_FOR_READERS) | {room}
        before |= rooms
    raise AssertionError(f"timeline/{room} is not in ORDER: give it a place")


def imports(file: Path) -> Iterator[str]:
    """The modules of `timeline` that a file imports when it runs, wherever in the file it says so."""
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
                yield module.removeprefix("timeline.")


FILES = {
    module_of(file): file
    for file in sorted(APP.rglob("*.py"))
    if file.relative_to(APP).parts[0].removesuffix(".py") not in WIRING
}
ROOMS = sorted({room_of(module) for module in FILES} - {"running", "running.__init__"})


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_stands_before_it(room):
    uphill = {
        f"{module} imports {other}"
        for module, file in FILES.items()
        if room_of(module) == room
        for other in imports(file)
        if room_of(other) not in allowed(room)
    }
    assert uphill == set()


def test_the_forms_of_entries_use_those_of_records_and_not_the_reverse():
    def floor(module: str) -> int:
        folder = module.split(".")[1] if module.count(".") else ""
        return ADMIN.index(folder) + 1 if folder in ADMIN else 0

    uphill = {
        f"{module} imports {other}"
        for module, file in FILES.items()
        if module.startswith("admin.")
        for other in imports(file)
        if other.startswith("admin.") and floor(other) > floor(module)
    }
    assert uphill == set()


def test_the_set_up_knows_the_app_by_name_only():
    """Settings and the database must work before any model is there."""
    files = (APP.parent / "config").rglob("*.py")
    assert [file.name for file in files if "import timeline" in file.read_text()] == []
    assert [file.name for file in files if "from timeline" in file.read_text()] == []


MAPS = [
    file for file in sorted(APP.rglob("__init__.py")) if re.search(r"^ *[a-z_]+/?  +\S", docstring(file), re.MULTILINE)
]


@pytest.mark.parametrize("room", MAPS, ids=module_of)
def test_the_map_of_a_room_names_its_files_and_no_others(room):
    """A newcomer who finds one stale line believes none of them."""
    lines = re.findall(r"^ *([a-z_]+/?(?:, [a-z_]+/?)*),?  +\S", docstring(room), flags=re.MULTILINE)
    named = {name.rstrip("/") for line in lines for name in line.split(", ")}
    beside = {file.stem for file in room.parent.glob("*.py")} | {
        file.parent.name for file in room.parent.glob("*/__init__.py")
    }
    unlisted = WIRING | {"urls"} if room.parent == APP else {"__init__"}
    assert named == beside - unlisted


CLOCKS = {
    "perf_counter",
    "perf_counter_ns",
    "monotonic",
    "monotonic_ns",
    "process_time",
    "process_time_ns",
    "thread_time",
}


def reads_a_clock(file: Path) -> bool:
    """Whether a file asks what only serves to measure how long something takes."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    used |= {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    differences = [node for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)]
    moments = {ast.unparse(side) for node in differences for side in (node.left, node.right)}
    return bool(used & CLOCKS or moments & {"time()", "time.time()"})


def test_no_test_asks_how_long_something_takes():
    """A busy machine is no fault of the code: ``bench`` measures, a test bounds the work."""
    assert [file.name for file in (APP.parent / "tests").rglob("*.py") if reads_a_clock(file)] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from time import perf_counter", True),
        ("start = time.monotonic()", True),
        ("assert time.time() - start < 2", True),
        ("assert moment <= time.time()", False),
        ("time.sleep(0.02)", False),
    ],
)
def test_a_clock_is_seen(tmp_path, code, found):
    (tmp_path / "test.py").write_text(code)
    assert reads_a_clock(tmp_path / "test.py") == found
