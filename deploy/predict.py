"""Labels pictures with a trained model.

    model, card = read_model(Path("output/unet_model.hdf5"))
    network = answering(model, card)                                # deploy/mirrored.py
    ids = predict_ids(network, card, read_picture("photo.jpg"))      # (H, W) of the photo

A picture of any size is brought to the size of training, as its training pictures were, and the
probabilities are brought back to the picture's own size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from glob import glob
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from deploy.model_file import Card
from labels.classes import Classes
from training.run_folder import PREDICTIONS, replacing
from utils_func import BadInput, picture_files, read_picture, resize_photo

if TYPE_CHECKING:
    import keras

OVERLAY = 0.55  # share of the class colour over the photo


def predict_ids(model: keras.Model, card: Card, photo: np.ndarray) -> np.ndarray:
    """Class ids of a photo (H, W, 3), at the photo's own size."""
    height, width = photo.shape[:2]
    fitted = resize_photo(photo, (card.height, card.width))
    probabilities = np.asarray(model.predict_on_batch(fitted[None]))[0]
    return most_probable(probabilities, (height, width))


def most_probable(probabilities: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Enlarges probabilities (h, w, classes) to `size` and takes the largest.

    One class after the other: all of them at once would be 1.8 GB for 24 million pixels.
    """
    height, width = size
    ids = np.zeros(size, np.uint8)
    best = np.full(size, -1, np.float32)
    for index in range(probabilities.shape[-1]):
        plane = np.ascontiguousarray(probabilities[..., index], np.float32)
        share = cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR)
        ids[share > best] = index
        np.maximum(best, share, out=best)
    return ids


def find_pictures(places: tuple[Path, ...]) -> list[tuple[Path, Path]]:
    """Every picture below the places, with the path that its results get in the output."""
    if not places:
        raise BadInput(
            "There is nothing to predict. Expected pictures, or folders of pictures. Name some: "
            "python main.py predict photo.jpg"
        )
    found: list[tuple[Path, Path]] = []
    for place in chain.from_iterable(map(_meant_by, places)):
        if place.is_dir():
            below = sorted(folder for folder in place.rglob("*") if _is_theirs(folder, place))
            folders = [place, *below]
            files = [file for folder in folders for file in picture_files(folder)]
            if not files:
                raise BadInput(
                    f"{place} holds no pictures. Expected files such as .jpg or .png in it. "
                    "Name another folder, or the pictures themselves."
                )
            found += [(file, file.relative_to(place)) for file in files]
        elif place.exists():
            found.append((place, Path(place.name)))
        else:
            raise BadInput(
                f"{place} does not exist. Expected a picture or a folder of pictures. "
                "Check the spelling."
            )
    return _without_collisions(found)


def _meant_by(place: Path) -> Iterator[Path]:
    """What matches a pattern such as photos/*.jpg, which Windows hands over as it is."""
    found = [] if place.exists() else glob(str(place))  # noqa: PTH207 - that of Path raises for some
    yield from sorted(map(Path, found)) or [place]


def _is_theirs(folder: Path, place: Path) -> bool:
    """Leaves out hidden folders, and what predicting here before has written."""
    parts = folder.relative_to(place).parts
    own = any(part.startswith(".") or part == PREDICTIONS for part in parts)
    return folder.is_dir() and not own


def _without_collisions(found: list[tuple[Path, Path]]) -> list[tuple[Path, Path]]:
    """Names results by the picture's stem: 'a' for a.jpg, and 'a.png', 'a_2' where 'a' is taken."""
    taken: set[str] = set()
    named = []
    for file, result in found:
        numbered = (result.with_name(f"{result.stem}_{number}") for number in count(2))
        choices = chain((result.with_suffix(""), result), numbered)
        name = next(choice for choice in choices if _as_one_file(choice) not in taken)
        taken.add(_as_one_file(name))
        named.append((file, name))
    return named


def _as_one_file(path: Path) -> str:
    """The same for all names that Windows and macOS take for one."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def check_pictures(pictures: list[tuple[Path, Path]], skip_bad: bool) -> list[tuple[Path, Path]]:
    """Those that can be read. All are tried before the first result is written."""
    readable = []
    for file, name in pictures:
        try:
            read_picture(file)
        except BadInput as problem:
            if not skip_bad:
                raise
            print(f"Left out: {problem}")
        else:
            readable.append((file, name))
    if not readable:
        raise BadInput(
            f"None of the pictures named can be read ({len(pictures)} left out). Expected one at "
            "least. Name others."
        )
    return readable


def write_prediction(photo: np.ndarray, ids: np.ndarray, classes: Classes, place: Path) -> None:
    """Writes PLACE_label.png, PLACE_overlay.png and PLACE_ids.png."""
    place.parent.mkdir(parents=True, exist_ok=True)
    colours = classes.paint(ids)
    overlay = cv2.addWeighted(photo, 1 - OVERLAY, colours, OVERLAY, 0)
    pictures = {"label": colours, "overlay": with_legend(overlay, ids, classes), "ids": ids}
    for kind, picture in pictures.items():
        with replacing(place.with_name(f"{place.name}_{kind}.png")) as beside:
            Image.fromarray(picture).save(beside, format="PNG")


def with_legend(picture: np.ndarray, ids: np.ndarray, classes: Classes) -> np.ndarray:
    """Adds a strip below with name and share of the classes that the picture shows."""
    counts = np.bincount(ids.ravel(), minlength=256)[: len(classes)]
    shown = [int(index) for index in np.argsort(-counts) if counts[index] >= 0.0005 * ids.size]
    texts = [f"{classes.names[index]} {counts[index] / ids.size:.1%}" for index in shown]
    width = picture.shape[1]
    size = max(10, min(28, width // 40))
    font = ImageFont.load_default(size)
    cell = int(max(font.getlength(text) for text in texts) + 2.5 * size)
    columns = max(1, width // cell)
    rows = -(-len(texts) // columns)
    strip = Image.new("RGB", (max(width, cell), int(1.6 * size * rows + size)), "white")
    draw = ImageDraw.Draw(strip)
    for place, (index, text) in enumerate(zip(shown, texts, strict=True)):
        left, top = (
            place % columns * cell + size // 2,
            int(place // columns * 1.6 * size + size / 2),
        )
        draw.rectangle((left, top, left + size, top + size), classes.colours[index], "#888888")
        draw.text((left + 1.4 * size, top - size * 0.1), text, "#222222", font)
    missing = strip.width - width
    wide = np.pad(picture, [(0, 0), (0, missing), (0, 0)], constant_values=255)
    return np.vstack([wide, np.asarray(strip)])
