"""Other views of the same pair: mirrored, enlarged, shifted and turned, in other light.

    photo, label = augment(photo, label, np.random.default_rng(7), flip=True, zoom=1.25, light=0.15)

Photo and label move by the same matrix, the label by nearest neighbour, which invents no id. What
falls outside the picture is mirrored in the photo and 255, ignore, in the label.
"""

from __future__ import annotations

import cv2
import numpy as np

from labels.classes import IGNORE


def augment(
    photo: np.ndarray,
    label: np.ndarray,
    random: np.random.Generator,
    flip: bool,
    zoom: float,
    light: float,
    rotate: float = 0.0,
    flip_vertical: bool = False,
    shrink: int = 1,
    mirrored_ids: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """One random view of a pair of photo (H, W, 3) and label (H, W), both uint8.

    A label that is shrunk has one pixel of each shrink × shrink, always another: so that it drifts
    to no side against the photo. In a mirror a left hand is a right one: `mirrored_ids` has for
    each id what it becomes there.
    """
    across = flip and random.random() < 0.5
    down = flip_vertical and random.random() < 0.5
    if across:
        photo, label = photo[:, ::-1], label[:, ::-1]
    if down:
        photo, label = photo[::-1], label[::-1]
    if across != down and mirrored_ids is not None:  # both together are half a turn
        label = mirrored_ids[label]
    if zoom > 1 or rotate > 0:
        photo, label = move(photo, label, random_matrix(label.shape, random, zoom, rotate))
    if light > 0:
        photo = relight(photo, random, light)
    top, left = random.integers(0, shrink, 2) if shrink > 1 else (0, 0)
    return np.ascontiguousarray(photo), np.ascontiguousarray(label[top::shrink, left::shrink])


def middles(pixels: np.ndarray, shrink: int) -> np.ndarray:
    """The middle one of each shrink × shrink pixels (…, H, W)."""
    middle = shrink // 2
    return pixels[..., middle::shrink, middle::shrink]


def random_matrix(
    shape: tuple[int, ...], random: np.random.Generator, zoom: float, rotate: float = 0.0
) -> np.ndarray:
    """A 2×3 matrix that scales by 1/zoom to zoom and shifts as far as the scaling allows, then
    turns about the middle of the frame by up to `rotate` degrees either way.

    An enlarged picture stays filled (a crop) unless it is turned; a shrunk one lies somewhere
    within the frame.
    """
    height, width = shape
    scale = zoom ** random.uniform(-1, 1)
    room_x, room_y = width * (1 - scale), height * (1 - scale)
    matrix = np.array(
        [[scale, 0, random.uniform(0, 1) * room_x], [0, scale, random.uniform(0, 1) * room_y]]
    )
    return turned(matrix, shape, rotate * random.uniform(-1, 1)) if rotate else matrix


def turned(matrix: np.ndarray, shape: tuple[int, ...], degrees: float) -> np.ndarray:
    """The matrix followed by a turn about the middle of the frame, anticlockwise as one sees it."""
    height, width = shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return turn @ np.vstack([matrix, [0, 0, 1]])


def move(photo: np.ndarray, label: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Moves photo and label by one matrix. Pixel centres lie at halves, so that a scaling about
    the corner does not drift against the label's nearest neighbour.
    """
    height, width = label.shape
    centred = matrix.copy()
    centred[:, 2] += 0.5 * (matrix[:, 0] + matrix[:, 1]) - 0.5
    size = (width, height)
    moved = cv2.warpAffine(
        photo, centred, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    ids = cv2.warpAffine(
        label,
        centred,
        size,
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=IGNORE,
    )
    return moved, ids


def relight(photo: np.ndarray, random: np.random.Generator, light: float) -> np.ndarray:
    """Changes brightness and contrast, and each channel a little, by one table of 256 values."""
    contrast = 1 + light * random.uniform(-1, 1)
    brightness = 128 * light * random.uniform(-1, 1)
    tint = 1 + light / 3 * random.uniform(-1, 1, 3)
    values = (np.arange(256)[:, None] - 128) * contrast * tint + 128 + brightness
    table = np.clip(np.rint(values), 0, 255).astype(np.uint8).reshape(1, 256, 3)
    return cv2.LUT(np.ascontiguousarray(photo), table)
