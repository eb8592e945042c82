"""Larger pictures where there is time for them, as small ones lose what is thin or far away.

    larger = Larger(config.larger_sizes(dataset.shape), decode)
    training, estimate = enlarged(training, estimate, config, larger, minutes=30)

Pictures begin with about 256×256 pixels. Whether more are worth their time depends on the labels,
and on the passes that are left. CamVid (480×360), judged at the photos' own size, came to .606 mIoU
after 19 passes in 288×224 and to .620 after 9 in 480×352; photos of single persons, whose outlines
are as plain in small pictures, to .880 after 16 passes in 288×224 and to .860 after 8 in 352×352.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dataset.cache import Cached
from dataset.sizing import Size, pixels
from training.backend import is_out_of_memory
from training.config import Config
from training.loop import Training
from training.measuring import Estimate
from training.memory import room_for_more
from training.parts import measured
from training.shape import STEMS, stem_for
from utils_func import BadInput

# So often each pair must be seen in its larger size: where a quarter of the small one is too little
# for its labels, and where it is not.
ENOUGH, ENOUGH_WHERE_PLAIN = 8, 20
# A step is expected to take as much longer as there are more pixels. But labels that ask for a
# finer network in a small picture may do with a coarser one in a large one, so it is tried from so
# much of the passes on.
HOPEFUL = 0.75


@dataclass(frozen=True)
class Larger:
    """The same pairs in more pixels."""

    sizes: list[Size]
    """From the largest on."""
    decode: Callable[[Size], Cached]


def enlarged(
    training: Training, estimate: Estimate, config: Config, larger: Larger, minutes: float
) -> tuple[Training, Estimate]:
    """The training in the largest pictures of which enough passes fit into the minutes.

    Args:
        training: In the usual size, …
        estimate: … and what a step of it takes.
        config: What both were made from, with what is left open.
        larger: The larger sizes.
        minutes: That learning may take.
    """
    usual = training.config.size
    passes, enough = passes_in(minutes, training, estimate), enough_for(training)
    for size in larger.sizes:
        expected = passes * pixels(usual) / pixels(size)
        if expected < HOPEFUL * enough or not room_for_more():
            continue
        found = _tried(training, replace(config, height=size[0], width=size[1]), larger.decode)
        if found and passes_in(minutes, *found) >= enough:
            found[0].reasons["height"] = (
                f"{usual[1]}×{usual[0]} would show each pair {passes:.0f} times"
            )
            return found
    return training, estimate


def enough_for(training: Training) -> int:
    """The passes without which larger pictures are not worth their time."""
    stem, _ = stem_for(training.cached.train, len(training.classes))
    return ENOUGH_WHERE_PLAIN if stem == max(STEMS) else ENOUGH


def _tried(
    training: Training, config: Config, decode: Callable[[Size], Cached]
) -> tuple[Training, Estimate] | None:
    """The same in another size, timed; None where disk or memory have no room for it."""
    try:
        cached = decode(config.size)
        return measured(Training(cached, training.classes, config), config.parts)
    except BadInput as problem:
        height, width = config.size
        print(f"Pictures of {width}×{height} are not learned: {problem}", flush=True)
    except Exception as problem:
        if not is_out_of_memory(problem):
            raise
    return None


def passes_in(minutes: float, training: Training, estimate: Estimate) -> float:
    """How often each pair is seen in so many minutes."""
    return 60 * minutes / (training.batches.steps * estimate.step + estimate.validation)
