"""Which backups are kept: the newest of each of so many days and of each of so many weeks."""

import datetime
import re
from collections.abc import Iterable
from pathlib import Path

NAME = re.compile(r"nenpyo-(\d{8}T\d{6}Z)\.tar(\.age)?")


def name(moment: datetime.datetime, *, encrypted: bool) -> str:
    """The name of a backup of that moment, in UTC."""
    return f"nenpyo-{moment:%Y%m%dT%H%M%SZ}.tar{'.age' if encrypted else ''}"


def moment(file: Path) -> datetime.datetime | None:
    """When a backup was made, by its name; None for any other file."""
    found = NAME.fullmatch(file.name)
    return datetime.datetime.strptime(f"{found[1]}+0000", "%Y%m%dT%H%M%SZ%z") if found else None


def superfluous(files: Iterable[Path], daily: int, weekly: int) -> list[Path]:
    """The backups among ``files`` that may go; days and weeks without one do not count, and the newest stays."""
    newest_first = sorted(((made, file) for file in files if (made := moment(file))), reverse=True)
    days: dict[datetime.date, Path] = {}
    weeks: dict[tuple[int, int], Path] = {}
    for made, file in newest_first:
        days.setdefault(made.date(), file)
        weeks.setdefault(made.isocalendar()[:2], file)
    kept = {*list(days.values())[: max(daily, 1)], *list(weeks.values())[:weekly]}
    return [file for _made, file in newest_first if file not in kept]
