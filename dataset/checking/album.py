"""The photos of a split, and findings about each for itself: of one colour, or there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from dataset.cache import Examples
from dataset.checking.finding import Finding
from dataset.checking.keypoints import Points, points_of
from dataset.checking.likeness import fingerprints, thumbnails
from dataset.wording import counted

# Levels between the darkest and the brightest pixel of a channel: a JPEG of one colour has 0 to
# 3, the dullest of 2,975 street photos 137.
ONE_COLOUR = 8


class Album:
    """The photos of a split, with what is needed to compare them."""

    def __init__(self, examples: Examples) -> None:
        self.names, self.photos = examples.names, examples.photos
        self.thumbs = thumbnails(examples.photos)
        self._points: dict[tuple[int, bool], Points] = {}

    @cached_property
    def prints(self) -> np.ndarray:
        return fingerprints(self.thumbs)

    def points(self, place: int, mirror: bool = False) -> Points:
        """Of a photo; 8,500 photos have 140 MB of them."""
        if (place, mirror) not in self._points:
            photo = np.ascontiguousarray(self.photos[place][:, :: -1 if mirror else 1])
            self._points[place, mirror] = points_of(photo)
        return self._points[place, mirror]

    def is_one_colour(self, place: int) -> bool:
        if np.ptp(self.thumbs[place]) > ONE_COLOUR:  # quick, and true of nearly all
            return False
        return bool((np.ptp(self.photos[place], axis=(0, 1)) <= ONE_COLOUR).all())


def one_coloured(*albums: Album) -> Iterator[Finding]:
    """Photos that show nothing."""
    empty = [
        name
        for album in albums
        for place, name in enumerate(album.names)
        if album.is_one_colour(place)
    ]
    if empty:
        yield Finding(
            "warning",
            f"{counted(len(empty), 'photo')} of a single colour.",
            tuple(empty),
            "There is nothing to learn from. Look at them, or take them out.",
        )


def twins(album: Album, labels: np.ndarray) -> Iterator[Finding]:
    """Photos that train has twice; where their labels differ, one of them is wrong."""
    groups = _copies(album)
    differ = [not _all_equal(labels, group) for group in groups]
    if groups:
        details = [
            f"{', '.join(album.names[place] for place in group)}"
            f"{': with different labels' if other else ''}"
            for group, other in sorted(zip(groups, differ, strict=True), key=lambda row: -row[1])
        ]
        yield Finding(
            "warning" if any(differ) else "note",
            f"{counted(len(groups), 'photo')} more than once in train"
            f"{f', {sum(differ):,} of them with different labels' if any(differ) else ''}.",
            tuple(details),
            "What is there twice counts twice. Keep one of each"
            f"{', the one whose label is right' if any(differ) else ''}.",
        )


def _copies(album: Album) -> list[list[int]]:
    """Places of photos that are the same to the last pixel."""
    alike: dict[bytes, list[int]] = defaultdict(list)
    for place, thumb in enumerate(album.thumbs):
        alike[thumb.tobytes()].append(place)
    groups = []
    for places in alike.values():
        if len(places) > 1 and not album.is_one_colour(places[0]):
            groups += _equal_ones(album.photos, places)
    return groups


def _equal_ones(photos: np.ndarray, places: list[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for place in places:
        for group in groups:
            if np.array_equal(photos[group[0]], photos[place]):
                group.append(place)
                break
        else:
            groups.append([place])
    return [group for group in groups if len(group) > 1]


def _all_equal(labels: np.ndarray, places: list[int]) -> bool:
    return all(np.array_equal(labels[places[0]], labels[place]) for place in places[1:])
