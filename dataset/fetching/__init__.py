"""What --data may name besides a folder: well-known data, fetched once from their makers or Kaggle.

    fetch("oxford-pets", Path(".cache"))            # .cache/downloads/oxford-pets
    fetch("kaggle:OWNER/NAME", Path(".cache"))      # through kagglehub, if it is installed
    fetch("images", Path(".cache"))                 # None: it is a folder

A download lies under its name only when it is whole. From then on no network is needed.
"""

from __future__ import annotations

import os
from pathlib import Path

from dataset.fetching.archives import from_makers
from dataset.fetching.kaggle import PREFIX, from_kaggle
from dataset.fetching.sources import ARCHIVES, ON_KAGGLE

FOLDER = "downloads"


def fetch(address: str | os.PathLike[str], cache: Path) -> Path | None:
    """The folder of the data that `address` names; None where it can only be a folder itself.

    Args:
        address: What a person gave to --data. A folder of that name on disk comes first.
        cache: Downloads go to `cache`/downloads.
    """
    name = Path(address).as_posix()  # as a path, Windows has turned its slash
    if name.startswith(PREFIX):
        return from_kaggle(name.removeprefix(PREFIX), cache / FOLDER)
    if Path(address).exists():
        return None
    if name in ON_KAGGLE:
        return from_kaggle(ON_KAGGLE[name], cache / FOLDER)
    return from_makers(name, cache / FOLDER) if name in ARCHIVES else None
