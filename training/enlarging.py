"""Larger pictures where there is time for them, as small ones lose what is thin or far away.

    larger = LargerPictures(config.larger_sizes(dataset.shape), decode_some, decode_all)
    training, estimate = enlarged(training, estimate, config, larger)

Pictures begin with about 256×256 pixels. Whether more are worth their time depends on the labels,
and on the passes that are left. CamVid (480×360), judged at the photos' own size, came to .606 mIoU
after 19 passes in 288×224 and to .620 after 9 in 480×352; photos of single persons, whose outlines
are as plain in small pictures, to .880 after 16 passes in 288×224 and to .860 after 8 in 352×352.
A size is timed on a few pairs, and all are decoded in it once it is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from dataset.cache import PIXEL_BYTES, Cached
from dataset.sizing import Size, pixels, written
from training.config import Config
from training.measuring import Estimate
from training.memory import free_here
from training.parts import tried
from training.shape import LOOKED_AT, STEMS, stem_for
from training.training import Training
from utils_func import BadInput

# So often each pair must be seen in its larger size: where a quarter of the small one is too little
# for its labels, and where it is not.
ENOUGH, ENOUGH_WHERE_PLAIN = 8, 20
# A step is expected to take as much longer as there are more pixels. It takes less: a pixel of
# 480×352 costs four fifths of one of 256×256, and labels that ask for a finer network in a small
# picture may do with a coarser one. So a size is timed from so much of the passes on.
HOPEFUL = 0.75


@dataclass(frozen=True)
class LargerPictures:
    """The same pairs in more pixels."""

    sizes: list[Size]
    """From the largest on."""
    decode_some: Callable[[Size, int], Cached]
    """A few of them, for a look."""
    decode_all: Callable[[Size], Cached]


def enlarged(
    training: Training, estimate: Estimate, config: Config, larger: LargerPictures
) -> tuple[Training, Estimate]:
    """The training in the largest pictures of which enough passes fit into its minutes.

    Args:
        training: In the usual size, …
        estimate: … and what a step of it takes.
        config: What it was made from, with what is left open.
        larger: The larger sizes.
    """
    if not larger.sizes:
        return training, estimate
    usual, passes, enough = training.config.size, training.passes(estimate), enough_for(training)
    for size in larger.sizes:
        expected = passes * pixels(usual) / pixels(size)
        if expected < HOPEFUL * enough or not _holds_all(training.cached, size):
            continue
        try:
            found = _learning_in(size, training, config, larger, enough)
        except BadInput as problem:
            print(f"Pictures of {written(size)} are not learned: {problem}", flush=True)
            continue
        if found:
            there, _ = found
            why = f"{written(usual)} would show each pair {passes:.0f} times"
            there.reasons = {**training.reasons, **there.reasons, "height": why}
            return found
    return training, estimate


def _learning_in(
    size: Size, training: Training, config: Config, larger: LargerPictures, enough: int
) -> tuple[Training, Estimate] | None:
    """The same training in another size; None where too few passes fit, or memory is too small."""
    # At least a batch of them, or it would be made smaller.
    some = larger.decode_some(size, max(LOOKED_AT, training.batch_size))
    timed = _timed(training, config, some)
    if timed is None:
        return None
    there, estimate = timed
    # It has as many steps a pass, so the small one knows how many passes these are.
    if training.passes(estimate) < enough:
        return None
    there.take(larger.decode_all(size))
    return there, estimate


def enough_for(training: Training) -> int:
    """The passes without which larger pictures are not worth their time."""
    stem, _ = stem_for(training.cached.train, len(training.classes))
    return ENOUGH_WHERE_PLAIN if stem == max(STEMS) else ENOUGH


def _holds_all(cached: Cached, size: Size) -> bool:
    """Whether memory holds all pairs in that size: read from a disk they come too slowly."""
    pairs = len(cached.train) + len(cached.val)
    return PIXEL_BYTES * pixels(size) * pairs < free_here() / 2


def _timed(training: Training, config: Config, some: Cached) -> tuple[Training, Estimate] | None:
    """The same training in the size of some pairs, and what it takes with all of them; None where
    memory does not hold it.
    """
    small, (height, width) = training.config, some.train.photos.shape[1:3]
    same = {name: getattr(small, name) for name in ("batch_size", "parts", "flip_vertical")}
    sized = replace(config, height=height, width=width, minutes=small.minutes, **same)
    found = tried(some, training.classes, sized)
    if found is None:
        return None
    there, estimate = found
    batches, of_all = (
        math.ceil(len(cached.val) / there.at_once) for cached in (some, training.cached)
    )
    return there, replace(estimate, validation=estimate.validation / batches * of_all)
