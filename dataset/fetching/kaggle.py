"""Data sets of Kaggle, through kagglehub, which only these need.

folder = from_kaggle("dansbecker/cityscapes-image-pairs", Path(".cache/downloads"))
"""

from __future__ import annotations

import re
from pathlib import Path

from dataset.fetching.places import beside, is_there
from dataset.when_free import when_free
from utils_func import BadInput

PREFIX = "kaggle:"


def from_kaggle(handle: str, downloads: Path) -> Path:
    """A data set of Kaggle, which kagglehub keeps in a cache of its own.

    Where that is, is noted, as kagglehub asks the network each time what the newest version is.
    """
    if not re.fullmatch(r"[\w-]+/[\w-]+(/versions/\d+)?", handle):
        raise BadInput(
            f"{PREFIX}{handle} is no data set. Expected kaggle:OWNER/NAME, as in its address "
            "https://www.kaggle.com/datasets/OWNER/NAME. Correct it."
        )
    final = downloads / handle.replace("/", "-")
    note = final.with_suffix(".kagglehub")
    if is_there(final):  # put there by hand
        return final
    if note.is_file() and is_there(Path(noted := note.read_text(encoding="utf-8"))):
        return Path(noted)
    path = _ask_kagglehub(handle, final)
    with beside(final) as unfinished:
        (unfinished / "note").write_text(str(path), encoding="utf-8")
        when_free(lambda: (unfinished / "note").replace(note))
    return path


def _ask_kagglehub(handle: str, final: Path) -> Path:
    address = f"https://www.kaggle.com/datasets/{handle}"
    by_hand = f"or download {address} with a browser and unpack it into {final}"
    try:
        import kagglehub
    except ImportError:
        raise BadInput(
            f"{PREFIX}{handle} is named, but kagglehub is not installed. Expected it to fetch that "
            f"with. Install it: pip install kagglehub; {by_hand}."
        ) from None
    from requests.exceptions import ConnectionError as NoConnection
    from requests.exceptions import Timeout

    try:
        return Path(kagglehub.dataset_download(handle))
    except (NoConnection, Timeout):
        raise BadInput(
            f"{address} cannot be downloaded: there is no connection to Kaggle from here. Expected "
            f"one. Check the network and try again, {by_hand}."
        ) from None
    except Exception as problem:  # kagglehub has many kinds of its own, and those of requests
        said = " ".join(str(problem).split()) or type(problem).__name__
        raise BadInput(
            f"{address} cannot be downloaded: {said}. Expected a public data set. Check its name "
            f"and the network, {by_hand}."
        ) from None
