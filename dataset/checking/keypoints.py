"""Whether two photos show the same place: points that both have, in the same arrangement.

    sameness(points_of(photo), points_of(other))     # 40; of two different places 0 to 12

It finds neighbouring frames of a drive, which are too far apart for the hash in likeness.py. The
sameness is the number of common points, times how well all else agrees when one photo is moved
onto the other: two drawn streets may have a car or a house in common, point by point.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

SIDE = 256  # larger photos are shrunk: finer points are no surer, and take longer
SMALL = 4  # what else agrees is seen as well on photos shrunk by 4 more
MOST = 400
# ORB compares distinct points; a match counts if the next best is this much worse.
DISTINCT = 0.8
# A shift, a turn and an enlargement that bring points to within so many pixels. A camera that
# moves on enlarges by less than this; by 0 means that all lie on one point.
REACH, LEAST_ZOOM, MOST_ZOOM = 4.0, 0.6, 1.7
# A turn and a shift can be put through any two pairs of points.
FEWEST = 6
# Photos that overlap in less than this share are not looked at further.
OVERLAP = 0.3
# As in likeness.py: brightness against that around it, between -1 and 1.
AROUND, HALF, FLAT = 3.0, 0.3, 0.5


class Points(NamedTuple):
    """Where the distinct points of a photo are, how they look, and all else in brief."""

    places: np.ndarray  # (N, 2) float32
    looks: np.ndarray  # (N, 32) uint8
    small: np.ndarray  # (h, w) uint8, grey


def points_of(photo: np.ndarray) -> Points:
    """The most distinct points of an RGB photo; 4 ms."""
    grey = _shrunk(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), SIDE)
    # Small patches, so that there are points near the edges, and in photos of 64 pixels.
    orb = cv2.ORB_create(MOST, fastThreshold=7, edgeThreshold=8, patchSize=16)  # type: ignore[attr-defined]
    found, looks = orb.detectAndCompute(grey, None)
    places = np.array([point.pt for point in found], np.float32).reshape(-1, 2)
    small = _shrunk(grey, max(grey.shape) // SMALL)
    return Points(places, np.zeros((0, 32), np.uint8) if looks is None else looks, small)


def sameness(points: Points, other: Points) -> float:
    """Points in common in the same arrangement, times how well all else agrees; 2.5 ms."""
    if min(len(points.places), len(other.places)) < FEWEST:
        return 0
    matches = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(points.looks, other.looks, k=2)
    good = [best for best, second in matches if best.distance < DISTINCT * second.distance]
    if len(good) < FEWEST:
        return 0
    moved, inside = cv2.estimateAffinePartial2D(
        points.places[[match.queryIdx for match in good]],
        other.places[[match.trainIdx for match in good]],
        ransacReprojThreshold=REACH,
    )
    if moved is None or not LEAST_ZOOM < np.hypot(*moved[:, 0]) < MOST_ZOOM:
        return 0
    return float(inside.sum()) * max(0.0, _agreement(points.small, other.small, moved))


def _agreement(small: np.ndarray, other: np.ndarray, moved: np.ndarray) -> float:
    """Correlation of a photo, moved onto another, with the other where they overlap."""
    moved = moved / [1, 1, SMALL]
    size = other.shape[::-1]
    onto = cv2.warpAffine(_contrast(small), moved, size)
    overlap = cv2.warpAffine(np.ones_like(small), moved, size) > 0
    if overlap.mean() < OVERLAP:
        return 0
    one, two = onto[overlap], _contrast(other)[overlap]
    one, two = one - one.mean(), two - two.mean()
    return float(one @ two / max(1e-6, np.linalg.norm(one) * np.linalg.norm(two)))


def _contrast(small: np.ndarray) -> np.ndarray:
    grey = small.astype(np.float32)
    contrast = grey - cv2.GaussianBlur(grey, (0, 0), AROUND)
    size = np.abs(contrast)
    return contrast / (size + HALF * size.mean() + FLAT)


def _shrunk(grey: np.ndarray, side: int) -> np.ndarray:
    factor = side / max(grey.shape)
    if factor >= 1:
        return grey
    height, width = (max(1, round(length * factor)) for length in grey.shape)
    return cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
