"""Files that another program holds for a moment, as virus scanners and indexers do on Windows.

    when_free(lambda: beside.replace(path))

There a new file cannot be renamed, moved or deleted as long as somebody reads it, nor its folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable

HELD = (5, 32)  # Windows says: access denied, sharing violation
PATIENCE, BETWEEN = 5.0, 0.1  # seconds


def when_free(change: Callable[[], object]) -> None:
    """Does it, again and again for some seconds while another program holds the file."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            change()
        except OSError as problem:
            if getattr(problem, "winerror", None) not in HELD or time.monotonic() >= until:
                raise
            time.sleep(BETWEEN)
        else:
            return
