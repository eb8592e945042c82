"""Street scenes as PASCAL VOC: VOCdevkit/VOC2012 with palette pictures and lists of names.

Cars, buses, people, bicycles, motorbikes and trams are objects, all else is background. As in the
real labels a void outline of 255 lies around each object, and sizes vary about 500×375.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from dataset.formats.voc import NAMES, PALETTE
from dataset.writers.lists import gather, note, write_lines
from dataset.writers.storing import save, street
from dataset.writers.writer import Place, Writer
from labels.classes import IGNORE

ROOT = Path("VOCdevkit") / "VOC2012"
LISTS = ROOT / "ImageSets" / "Segmentation"
SIZES = ((500, 375), (500, 333), (500, 334), (500, 375), (486, 500), (375, 500), (500, 281))
OUTLINE = 5  # pixels, half of them on either side of the edge
OWN = {"motorcycle": "motorbike", "rider": "person"}
MEANING = {
    name: NAMES.index(OWN.get(name, name))
    for name in ("car", "bus", "person", "rider", "bicycle", "motorcycle", "train")
}
# A scene is drawn this much larger, and the part around its largest object is kept: in VOC's
# photos somebody aimed at something.
ZOOM = 2


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    width, height = SIZES[np.random.default_rng(seed).integers(len(SIZES))]
    background = NAMES.index("background")
    photo, ids = street(seed, ZOOM * width, ZOOM * height, MEANING, background)
    _, _, boxes, centres = cv2.connectedComponentsWithStats((ids != background).astype(np.uint8))
    boxes[0, cv2.CC_STAT_AREA] = 0 if len(boxes) > 1 else 1  # the first is the background
    middle = centres[boxes[:, cv2.CC_STAT_AREA].argmax()]
    left, top = np.clip(middle - (width / 2, height / 2), 0, (width, height)).astype(int)
    part = np.s_[top : top + height, left : left + width]
    photo, ids = np.ascontiguousarray(photo[part]), np.ascontiguousarray(ids[part])
    around = np.ones((OUTLINE, OUTLINE), np.uint8)
    ids[cv2.dilate(ids, around) != cv2.erode(ids, around)] = IGNORE
    return photo, ids


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    root, name = place.folder / ROOT, f"2012_{place.index:06}"
    save(photo, root / "JPEGImages" / f"{name}.jpg", quality=92)
    label = Image.fromarray(ids)
    label.putpalette([channel for colour in PALETTE for channel in colour])
    save(label, root / "SegmentationClass" / f"{name}.png")
    note(place.folder / LISTS / f"{place.split}.txt", place.index, name)


def finish(folder: Path) -> None:
    lists = folder / LISTS
    both = [name for split in ("train", "val") for name in gather(lists / f"{split}.txt")]
    write_lines(lists / "trainval.txt", both)


WRITER = Writer(draw, write, finish)
