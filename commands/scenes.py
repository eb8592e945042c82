"""python main.py scenes FOLDER --format NAME: draws a dataset in the layout of a real one."""

from __future__ import annotations

from dataset.counting import counting
from dataset.writers import NAMES, write_dataset
from training.config import Config
from utils_func import BadInput


def run(config: Config) -> int:
    """Writes the folder; it must not exist yet, or be empty."""
    name = config.format or NAMES[0]
    folder = config.folder
    if not config.train + config.val:
        raise BadInput("--train and --val are both 0. Expected pairs to draw. Raise one of them.")
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    if folder.exists():
        raise BadInput(
            f"{folder} exists already. Expected a new folder, as nothing shall be overwritten. "
            "Name another: python main.py scenes FOLDER"
        )
    try:
        with counting(f"Drawing {name}") as progress:
            write_dataset(name, folder, config.train, config.val, config.seed, progress)
    except OSError as problem:
        raise BadInput(
            f"{folder} cannot be written: {problem.strerror}. Expected room for a new folder. "
            "Change its permissions, or name another."
        ) from None
    print(
        f"{folder} holds {config.train} + {config.val} drawn pairs in the layout '{name}'.\n"
        f"Look at them: python main.py check --data {folder}"
    )
    return 0
