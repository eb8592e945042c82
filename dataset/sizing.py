"""The size that pictures are learned at, where nobody asks for one.

fitting_size((375, 500), step=16, area=256 * 256)       # (224, 288): height, width
"""

from __future__ import annotations

Size = tuple[int, int]  # height, width


def pixels(size: Size) -> int:
    return size[0] * size[1]


def written(size: Size) -> str:
    """'480×360', the width first, as people write it."""
    height, width = size
    return f"{width}×{height}"


def fitting_size(shape: Size, step: int, area: int) -> Size:
    """The proportions of `shape` in at most about `area` pixels, as multiples of `step`.

    Small pictures stay as they are: enlarging costs time and shows nothing new.
    """
    height, width = shape
    scale = min(1.0, (area / (height * width)) ** 0.5)
    return _multiple(height * scale, step), _multiple(width * scale, step)


def _multiple(length: float, step: int) -> int:
    return max(1, round(length / step)) * step
