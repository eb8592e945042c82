"""Whether labels belong to their photos: where a label has a border, its photo has one too.

print(*finding_lines(list(labels_of_other_photos(cached.train))))

A photo's own label is compared with those of other photos, and with itself turned over. On the
borders of its own a photo changes more: in .998 of the comparisons on Cityscapes pairs, .98 on IDD
Lite, .97 to 1 on drawn sets, .88 on pets, whose labels draw a wide outline; where labels are mixed
up, in half of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import cv2
import numpy as np

from dataset.cache import Examples
from dataset.checking.finding import Finding
from dataset.wording import counted

LOOKED_AT, FEWEST = 24, 10
AS_CHANCE = 0.65  # up to this share of comparisons, any label fits as well as a photo's own
BETTER = 0.85  # from this share of the pairs on, turned over it fits better
WIDTH = 5  # pixels of a border: labels are drawn a little beside the edges of things

LEAST = 20  # pixels on which two labels must differ to be compared

Turn = Callable[[np.ndarray], np.ndarray]
Seen = tuple[np.ndarray, np.ndarray]  # how much a photo changes, and where its label has borders
TURNED: dict[str, Turn] = {
    "mirrored": lambda label: label[:, ::-1],
    "upside down": lambda label: label[::-1],
    "turned by half": lambda label: label[::-1, ::-1],
}


def labels_of_other_photos(examples: Examples) -> Iterator[Finding]:
    """Told of all pairs together: a single label may lie badly by itself."""
    sample = examples.spread(LOOKED_AT)
    seen = [
        (_changes(np.asarray(photo)), _borders(label))
        for photo, label in zip(sample.photos, sample.labels, strict=True)
        if np.ptp(photo) > 0
    ]
    looked = counted(len(seen), "pair")
    if len(seen) < FEWEST:
        return
    if how := turned_over(seen):
        yield Finding(
            "warning",
            f"The labels seem to be {how} against their photos: they fit better when that is "
            f"undone, in nearly all of {looked}.",
            (),
            "Look at some pairs in check.png, and turn the labels back.",
        )
        return
    share = own_is_best(seen)
    if share <= AS_CHANCE:
        yield Finding(
            "warning",
            "The labels do not seem to belong to their photos: those of other photos fit as well "
            f"({share:.0%} of the comparisons among {looked} are for a photo's own label; at "
            "random it is half of them).",
            (),
            "Look at some pairs in check.png. If they are mixed up, compare the names of photos "
            "and labels: the first of one folder may not belong to the first of the other.",
        )


def own_is_best(seen: Sequence[Seen]) -> float:
    """How often a photo changes more on the borders of its own label than on another's; NaN where
    all labels are alike.
    """
    return _share(
        change_fits(change, own, other)
        for number, (change, own) in enumerate(seen)
        for place, (_, other) in enumerate(seen)
        if place != number
    )


def turned_over(seen: Sequence[Seen]) -> str:
    """How the labels are turned against their photos; '' where they are not."""
    fits = {
        how: np.mean([change[turn(own)].mean() for change, own in seen if own.any()] or [0.0])
        for how, turn in TURNED.items()
    }
    how = max(fits, key=lambda how: fits[how])
    share = _share(change_fits(change, TURNED[how](own), own) for change, own in seen)
    return how if share >= BETTER else ""


def change_fits(change: np.ndarray, borders: np.ndarray, others: np.ndarray) -> bool | None:
    """Whether a photo changes more on these borders than on others, where they differ."""
    these, those = borders & ~others, others & ~borders
    if min(np.count_nonzero(these), np.count_nonzero(those)) < LEAST:
        return None
    return bool(change[these].mean() > change[those].mean())


def _share(answers: Iterable[bool | None]) -> float:
    known = [answer for answer in answers if answer is not None]
    return float(np.mean(known)) if len(known) >= FEWEST else float("nan")


def _borders(label: np.ndarray) -> np.ndarray:
    """Where the label changes, with a little on both sides."""
    change = np.zeros(label.shape, np.uint8)
    change[:, 1:] |= label[:, 1:] != label[:, :-1]
    change[1:] |= label[1:] != label[:-1]
    return np.asarray(cv2.dilate(change, np.ones((WIDTH, WIDTH), np.uint8)), bool)


def _changes(photo: np.ndarray) -> np.ndarray:
    """How much the photo changes at each pixel, as its rank among all: 0 to 1."""
    colours = cv2.GaussianBlur(cv2.cvtColor(photo, cv2.COLOR_RGB2LAB), (0, 0), 1)
    slopes = [cv2.Sobel(colours, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1))]
    size = sum((slope**2).sum(-1) for slope in slopes)
    order = np.argsort(size, axis=None, kind="stable")
    ranks = np.empty(order.size, np.float32)
    ranks[order] = np.linspace(0, 1, order.size)
    return ranks.reshape(photo.shape[:2])
