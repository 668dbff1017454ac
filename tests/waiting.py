"""Waiting for another process, in tests that start one."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], *, turns: int = 3000) -> None:
    """Return as soon as the condition holds; after so many turns of 20 ms it never will."""
    for _turn in range(turns):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain")
