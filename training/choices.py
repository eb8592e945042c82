"""What the configuration leaves open, chosen from the pairs: the network's shape, batches, views.

    config, reasons = choose(config, cached.train, classes=19)
    config.stem, reasons["stem"]        # 4, 'labels at a quarter of the size keep 96% of mIoU, …'

What was asked for has no reason, unless it cannot be had. What depends on the speed of the machine
is chosen by `training/plan.py`.
"""

from __future__ import annotations

from dataclasses import replace

from dataset.cache import Examples
from training.config import Config
from training.shape import choose_shape
from training.upright import FEWEST, has_no_up, knows_up

BATCH = 8
# So few pairs make few steps a pass, and small batches learn more from each pass.
FEW, SMALL_BATCH = 200, 4
ZOOM, LIGHT = 1.25, 0.15


def choose(config: Config, pairs: Examples, classes: int) -> tuple[Config, dict[str, str]]:
    """The configuration with all that can be known before a step is timed, and the reasons."""
    shape = choose_shape(config, pairs, classes)
    reasons = {"stem": shape.reason}
    if config.filters is None:
        reasons["filters"] = f"usual behind a stem of {shape.stem}"
    if config.depth is None:
        reasons["depth"] = f"so that the bottom is at 1/{shape.stem << shape.depth} of the size"
    batch, reasons["batch_size"] = _batch(config.batch_size, len(pairs))
    upside_down = config.flip_vertical
    if upside_down is None:
        upside_down, reasons["flip_vertical"] = _upside_down(pairs)
    mirror = config.mirror
    if mirror is None:
        mirror = config.flip or upside_down
        reasons["mirror"] = "pictures are " + ("learned so, too" if mirror else "not learned so")
    parts = config.parts and divisor(batch, min(config.parts, batch))
    if parts != config.parts:
        reasons["parts"] = f"by {config.parts} the batch cannot be divided"
    chosen = replace(
        config,
        stem=shape.stem,
        filters=shape.filters,
        depth=shape.depth,
        batch_size=batch,
        parts=parts,
        flip_vertical=upside_down,
        mirror=mirror,
        zoom=config.zoom or ZOOM,
        light=LIGHT if config.light is None else config.light,
    )
    return chosen, {name: why for name, why in reasons.items() if why}


def divisor(batch: int, least: int) -> int:
    """The first number from `least` on that a batch can be divided by."""
    return next(number for number in range(least, batch + 1) if batch % number == 0)


def _batch(asked: int | None, pairs: int) -> tuple[int, str]:
    if asked:
        too_many = "there are no more, and a batch holds none twice" if asked > pairs else ""
        return min(asked, pairs), too_many
    if pairs <= SMALL_BATCH:
        return pairs, "all that there are"
    if pairs < FEW:
        return SMALL_BATCH, f"few, as {pairs} pairs make few steps"
    return BATCH, "16 learned less from each pass, and 4 no more"


def _upside_down(pairs: Examples) -> tuple[bool, str]:
    share, count = knows_up(pairs.photos)
    if has_no_up(share, count):
        return True, f"of {count} photos {share:.0%} can be told from upside down: these have no up"
    if count < FEWEST:
        return False, f"{count} photos are too few to say whether they have an up"
    return False, f"{share:.0%} of {count} photos can be told from upside down"
