"""Where downloads lie: under their name only when they are whole, before that in a folder beside.

with beside(final) as unfinished:       # .cache/downloads/.voc2012.unfinished-x1y2z3
    ...                                 # write into it, then rename
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from utils_func import BadInput

DEAD_AFTER = 86_400  # seconds until an unfinished download is no other run's work any more


def is_there(final: Path) -> bool:
    """Whether the data are there: downloaded, or put there by hand."""
    return final.is_dir() and any(final.iterdir())


@contextmanager
def beside(final: Path) -> Iterator[Path]:
    """A folder for what is not whole yet. It goes, whatever happens; a full disk is named."""
    unfinished = None
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        _forget_dead(final)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{final.name}.unfinished-", dir=final.parent))
        yield unfinished
    except OSError as problem:
        raise BadInput(
            f"{final} cannot be written: {problem.strerror or problem}. Expected room for the "
            "files twice, packed and unpacked. Make room, or name another folder with --cache."
        ) from None
    finally:
        if unfinished:
            shutil.rmtree(unfinished, ignore_errors=True)


def _forget_dead(final: Path) -> None:
    """What a killed run left behind may be gigabytes."""
    for folder in final.parent.glob(f".{final.name}.unfinished-*"):
        if folder.stat().st_mtime < time.time() - DEAD_AFTER:
            shutil.rmtree(folder, ignore_errors=True)
