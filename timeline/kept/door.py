"""Which answers are kept: all to plain addresses, and those to questions that are asked for twice.

A crawler walks endless filters and asks for each once. That it did is remembered in a little memory of each process.
"""

import threading

REMEMBERED = 10_000
"""Questions; some 1.5 MB."""

_lock = threading.Lock()
_lately: set[int] = set()
_before: set[int] = set()


def lets_in(address: str) -> bool:
    """Whether the answer may be kept. Called once for each time that it is asked for and not there."""
    global _lately, _before
    if "?" not in address:
        return True
    name = hash(address)
    with _lock:
        if name in _lately or name in _before:
            return True
        _lately.add(name)
        if len(_lately) > REMEMBERED // 2:
            _lately, _before = set(), _lately
    return False
