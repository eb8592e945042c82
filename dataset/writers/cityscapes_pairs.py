"""Street scenes as Cityscapes pairs that cannot be told from recorded ones by their format.

Each file is a JPEG of 512 × 256: the photo in the left half, the colour label in the right. Both
were shrunk smoothly from a scene of three times the width and stored together with loss. So the
label's colours are smeared as those of the real pairs are, and go through the same decoder.
"""

from __future__ import annotations

import cv2
import numpy as np

from dataset.scenes.street import draw_scene
from dataset.writers.storing import save
from dataset.writers.writer import Place, Writer
from labels.classes import CITYSCAPES

PAIR_SIDE = 256
SCENE_SIZE = (768, 384)
JPEG_QUALITY = 95
# Pillow's name for 4:2:0, the colour resolution of the real pairs.
CHROMA_HALVED = 2


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return draw_scene(seed, *SCENE_SIZE)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    side = (PAIR_SIDE, PAIR_SIDE)
    halves = [
        cv2.resize(half, side, interpolation=cv2.INTER_AREA)
        for half in (photo, CITYSCAPES.paint(ids))
    ]
    path = place.folder / place.split / f"{place.number}.jpg"
    save(np.hstack(halves), path, quality=JPEG_QUALITY, subsampling=CHROMA_HALVED)


WRITER = Writer(draw, write)
