"""The model file: an HDF5 file that any Keras script opens, with the class table inside.

    write_model(model, Card(classes, height=256, width=256), Path("output/unet_model.hdf5"))
    model, card = read_model(Path("output/unet_model.hdf5"))
    card = read_card(Path("output/unet_model.hdf5"))             # without importing Keras
    card.classes.names

The table is one JSON text in the file's attribute 'unet_card', which Keras does not look at.
"""

from __future__ import annotations

import io
import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.older_keras import readable
from labels.classes import Classes
from training import __version__
from training.run_folder import replacing
from utils_func import BadInput, Levels

if TYPE_CHECKING:
    import keras

    from training.training import Training

ATTRIBUTE = "unet_card"
FLAGS = ("mirrored", "upside_down", "mirror")  # of Card: of views
LONGEST_SIDE = 8192  # of the pictures of a training; predicting brings each photo to that size

# What h5py and Keras raise on a damaged file, by the place of the damage.
DAMAGED = (OSError, RuntimeError, AttributeError, LookupError, TypeError, ValueError, OverflowError)


@dataclass(frozen=True)
class Card:
    """What a model needs to be told about: its classes, and the photos it was trained on."""

    classes: Classes
    height: int
    width: int
    levels: Levels | None = None
    """Black and white of photos of more than 8 bits."""
    mirrored: bool = False
    """Whether it has learned mirrored pictures …"""
    upside_down: bool = False
    """… and such as are upside down; …"""
    mirror: bool = False
    """… and whether it is asked about these, too, where nobody says otherwise."""


def card_of(training: Training) -> Card:
    """The card of a network that is being trained."""
    config = training.config
    return Card(
        training.classes,
        *config.size,
        training.cached.levels,
        mirrored=config.flip,
        upside_down=bool(config.flip_vertical),
        mirror=bool(config.mirror),
    )


def write_model(model: keras.Model, card: Card, path: Path) -> None:
    """Writes the model and its card in one step: the file is whole or not there."""
    import h5py

    # What model.save(path) calls; that takes no open file.
    from keras.src.legacy.saving.legacy_h5_format import save_model_to_hdf5

    content = {
        "classes": card.classes.to_json(),
        "height": card.height,
        "width": card.width,
        "levels": card.levels,
        **{name: getattr(card, name) for name in FLAGS},
        "version": __version__,
    }
    # In memory first: where the disk is full, HDF5 takes the whole process down with it.
    memory = io.BytesIO()
    with h5py.File(memory, "w") as opened:
        save_model_to_hdf5(model, opened, include_optimizer=False)
        opened.attrs["model_config"] = readable(opened.attrs["model_config"])
        opened.attrs[ATTRIBUTE] = json.dumps(content)
    with replacing(path) as beside:
        beside.write_bytes(memory.getbuffer())


def read_card(path: str | os.PathLike[str]) -> Card:
    """Reads the class table and the training size out of a model file."""
    import h5py

    path = Path(path)
    if not path.is_file():
        what = "is no file" if path.exists() else "does not exist"
        raise BadInput(
            f"{path} {what}. Expected a trained model. "
            "Train one with: python main.py, or name another file with --model."
        )
    try:
        with h5py.File(path, "r") as opened:
            content = json.loads(opened.attrs[ATTRIBUTE])
        classes = Classes.from_json(content["classes"])
        height, width = int(content["height"]), int(content["width"])
        if not (1 <= height <= LONGEST_SIDE and 1 <= width <= LONGEST_SIDE):
            raise ValueError(f"it was trained at {width}×{height}")
        # Files of before there were such answers say nothing of them.
        views = {name: content.get(name) is True for name in FLAGS}
        return Card(classes, height, width, _levels(content.get("levels")), **views)
    except DAMAGED:
        raise BadInput(
            f"{path} is not a model of this program: it is damaged, or holds no class table. "
            "Expected the unet_model.hdf5 of a run. Name another file with --model."
        ) from None


def _levels(found: Any) -> Levels | None:
    """None in files of before there were any, and where the photos had 8 bits."""
    if found is None:
        return None
    black, white = map(float, found)
    if not -math.inf < black < white < math.inf:
        raise ValueError(f"its levels are {found}")
    return Levels(black, white)


def read_model(path: str | os.PathLike[str]) -> tuple[keras.Model, Card]:
    """Opens a model for prediction: pictures 0-255 in, class probabilities out."""
    import keras

    from deploy.inspection import Unexpected, inspect

    card = read_card(path)
    try:
        inspect(Path(path))
        return keras.models.load_model(path, compile=False), card
    except Unexpected as found:
        raise BadInput(
            f"{path} was not opened, as it holds {found}, and might run code or take all memory. "
            "Expected the unet_model.hdf5 of a run: a network of this program and its weights. "
            "Take one that you or somebody you trust has trained."
        ) from None
    except DAMAGED as problem:
        reason = (str(problem).splitlines() or [type(problem).__name__])[0]
        raise BadInput(
            f"{path} is damaged, or no Keras {keras.__version__} wrote it: {reason!r}. Expected "
            "the unet_model.hdf5 of a run. Train again, or name another file with --model."
        ) from None
