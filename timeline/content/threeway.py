"""A record that three sides know, made one: the pack that was loaded last (the base), the site, and the pack of now.

What one side alone has changed is taken from that side: field by field, row by row where rows have an id, value by
value in lists of pointers and codes. What both have changed, each in its own way, is a conflict. DECISIONS 157.
"""

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import takewhile
from typing import Any

MISSING: Any = object()
"""What a side has where it has no such field or row."""

SHOWN = 120
"""Characters of a value that a conflict shows."""


class Side(Enum):
    """Who wins a conflict."""

    THEIRS = "theirs"
    OURS = "ours"


@dataclass(frozen=True)
class Conflict:
    """What the pack says at a path of a record, and what stands there on the site: both as text to show."""

    path: str
    pack: str
    site: str


@dataclass
class ThreeWay:
    """One comparison; ``prefer`` settles conflicts, else what stands on the site stays and they come again."""

    prefer: Side | None = None
    kept: list[str] = field(default_factory=list)
    """Where the site differs because it was changed there alone."""
    conflicts: list[Conflict] = field(default_factory=list)

    def records(self, base: dict[str, Any], site: dict[str, Any], pack: dict[str, Any]) -> tuple[Any, Any]:
        """What is to stand on the site, and what counts as loaded from now on."""
        return self._fields(base, site, pack, "")

    def merge(self, base: Any, site: Any, pack: Any, path: str = "") -> tuple[Any, Any]:
        """The same of what stands at a path."""
        if site in (pack, base):
            return pack, pack
        if pack == base:
            self.kept.append(path)
            return site, pack
        sides = (base, site, pack)
        if all(isinstance(side, dict) for side in sides):
            return self._fields(base, site, pack, path)
        if all(isinstance(side, list) for side in sides):
            rows = [row for side in sides for row in side]
            if all(isinstance(row, dict) and "id" in row for row in rows):
                return self._rows(base, site, pack, path)
            if all(isinstance(row, str) for row in rows):
                return self._values(base, site, pack, path)
        return self._settle(base, site, pack, path)

    def without_base(self, site: Any, pack: Any) -> Any:
        """What is to stand where nobody knows what was loaded: each field that differs is a conflict."""
        names = [name for name in dict.fromkeys([*pack, *site]) if site.get(name, MISSING) != pack.get(name, MISSING)]
        settled = {name: self._settle(None, site.get(name, MISSING), pack.get(name, MISSING), name) for name in names}
        return _there({**site, **{name: stands for name, (stands, _loaded) in settled.items()}})

    def _settle(self, base: Any, site: Any, pack: Any, path: str) -> tuple[Any, Any]:
        texts = [_as_text(pack), _as_text(site)]
        apart = sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False)))
        self.conflicts.append(Conflict(path, *(_shown(text, apart) for text in texts)))
        if self.prefer is Side.THEIRS:
            return pack, pack
        return site, pack if self.prefer is Side.OURS else base

    def _fields(self, base: Any, site: Any, pack: Any, path: str) -> tuple[Any, Any]:
        stands, loaded = {}, {}
        for name in dict.fromkeys([*pack, *site, *base]):
            here = f"{path}.{name}" if path else name
            was, is_here, is_there = (side.get(name, MISSING) for side in (base, site, pack))
            stands[name], loaded[name] = self.merge(was, is_here, is_there, here)
        return _there(stands), _there(loaded)

    def _rows(self, base: Any, site: Any, pack: Any, path: str) -> tuple[Any, Any]:
        olds, ours, theirs = ({row["id"]: row for row in side} for side in (base, site, pack))
        order, loaded_order = self._order(list(olds), list(ours), list(theirs), path)
        stands, loaded = {}, {}
        for key in order:
            was, is_here, is_there = (side.get(key, MISSING) for side in (olds, ours, theirs))
            stands[key], loaded[key] = self.merge(was, is_here, is_there, f"{path}[{key}]")
        return (
            [stands[key] for key in order if stands[key] is not MISSING],
            [loaded[key] for key in loaded_order if loaded[key] is not MISSING],
        )

    def _values(self, base: Any, site: Any, pack: Any, path: str) -> tuple[Any, Any]:
        order, loaded = self._order(base, site, pack, path)
        stands = [one for one in order if _stays(one, base, site, pack)]
        if stands != pack:
            self.kept.append(path)
        return stands, [one for one in loaded if one in pack]

    def _order(self, base: list[Any], site: list[Any], pack: list[Any], path: str) -> tuple[list[Any], list[Any]]:
        """All keys in the order in which they are to stand, and in that which counts as loaded."""
        common = set(base) & set(site) & set(pack)
        was, is_here, is_there = ([key for key in side if key in common] for side in (base, site, pack))
        first, loaded = (site, pack) if is_here != was else (pack, pack)
        if is_here != was and is_there not in (was, is_here):
            first, loaded = self._settle(base, site, pack, f"{path} (order)")
        elif is_here not in (was, is_there):
            self.kept.append(f"{path} (order)")
        return _joined(first, site, pack, base), _joined(loaded, pack, base, site)


def _as_text(value: Any) -> str:
    if value is MISSING:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown(text: str, apart: int) -> str:
    """As much of a text as fits, and of it the place ``apart`` where the other side begins to say something else."""
    if len(text) <= SHOWN:
        return text
    start = max(0, min(apart - SHOWN // 3, len(text) - SHOWN))
    before, after = "…" if start else "", "…" if start + SHOWN < len(text) else ""
    return f"{before}{text[start : start + SHOWN].strip()}{after}"


def _there(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not MISSING}


def _stays(one: Hashable, base: Sequence[Any], site: Sequence[Any], pack: Sequence[Any]) -> bool:
    """Whether neither side has taken a value away that was there."""
    return (one in site and one in pack) if one in base else (one in site or one in pack)


def _joined(first: Iterable[Any], *others: Iterable[Any]) -> list[Any]:
    """The keys of ``first``, with those of the others each behind the one that it follows there."""
    joined = list(first)
    for other in others:
        before = None
        for key in other:
            if key not in joined:
                joined.insert(joined.index(before) + 1 if before is not None else 0, key)
            before = key
    return joined
