"""Whether a folder is one split of a larger set: data/train, where data/val has pictures too.

others = splits_beside(Path("data/train"))          # [data/val]
strangers = strangers_beside(Path("data/train"))    # [data/holidays]: data is more than a set
"""

from __future__ import annotations

from pathlib import Path

from dataset.formats.pairing import picture_files_below
from dataset.formats.words import is_part, may_hold_pairs, split_of
from utils_func import BadInput

OUTPUT = ("run.json", "evaluation.json", "check.json", "comparison.json", "predictions", "earlier")


def splits_beside(folder: Path) -> list[Path]:
    """The folders of other splits beside this one; none where its own name says no split."""
    own = split_of(folder.absolute())
    others = [place for place in _beside(folder) if split_of(place) not in ("", own)] if own else []
    return [place for place in others if _has_pictures(place)]


def strangers_beside(folder: Path) -> list[Path]:
    """Folders of pictures whose names do not say that they are a part of anything."""
    found = [place for place in _beside(folder) if not is_part(place) and not _is_output(place)]
    return [place for place in found if _has_pictures(place)]


def _is_output(place: Path) -> bool:
    """Whether it holds what this program leaves behind, which a person may put beside the data."""
    return any((place / name).exists() for name in OUTPUT)


def _beside(folder: Path) -> list[Path]:
    own = folder.absolute()
    try:
        around = sorted(own.parent.iterdir())
        return [place for place in around if place != own and may_hold_pairs(place)]
    except OSError:  # a folder that may not be read tells nothing
        return []


def _has_pictures(folder: Path) -> bool:
    try:
        return bool(picture_files_below(folder))
    except (BadInput, OSError):  # too many to be a part of a set, or not to be read
        return True
