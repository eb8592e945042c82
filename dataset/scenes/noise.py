"""Endless grain: a tile of noise that can be laid side by side without a seam.

One tile serves asphalt, plaster, leaves and clouds; what differs is its falloff (power over
frequency: 0 is sand, 2 is fog) and the scale at which it is read.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

TILE = 512
SAND, LEAVES, CLOUDS = 0.3, 0.9, 1.7


@lru_cache(maxsize=4)
def tile(falloff: float) -> np.ndarray:
    """Noise (TILE, TILE) with mean 0 and deviation 1; shaping a spectrum makes it seamless."""
    grain = np.random.default_rng(0).standard_normal((TILE, TILE))
    down, right = np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)[None, :]
    frequency = np.maximum(np.hypot(down, right), 1 / TILE)
    shaped = np.fft.irfft2(np.fft.rfft2(grain) / frequency**falloff, s=(TILE, TILE))
    return ((shaped - shaped.mean()) / shaped.std()).astype(np.float32)


def read(falloff: float, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The noise at places of the endless tile, float32 arrays of one shape."""
    column, row = (place - np.floor(place * (1 / TILE)) * TILE for place in (columns, rows))
    grain = tile(falloff)
    return cv2.remap(grain, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def patch(falloff: float, width: int, height: int, start: int) -> np.ndarray:
    """A piece (height, width) cut from the endless tile; `start` is any number."""
    row, column = start // TILE % TILE, start % TILE
    laid = _laid(falloff, -(-(row + height) // TILE), -(-(column + width) // TILE))
    return laid[row : row + height, column : column + width]


@lru_cache(maxsize=8)
def _laid(falloff: float, rows: int, columns: int) -> np.ndarray:
    return np.tile(tile(falloff), (rows, columns))
