"""What the configuration leaves open, chosen from the pairs: the network's shape, batches, views.

    config, reasons = choose(config, cached.train, classes=19)
    config.stem, reasons["stem"]        # 4, 'labels at a quarter of the size keep 96% of mIoU, …'

A reason stands only where something was chosen; what was asked for needs none. What depends on
the speed of the machine is chosen by `training/plan.py`.
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
    reasons = {"stem": shape.reason} if shape.reason else {}
    batch = config.batch_size
    if batch is None:
        batch, reasons["batch_size"] = _batch(len(pairs))
    batch = min(batch, len(pairs))  # a larger one would hold pairs twice
    upside_down = config.flip_vertical
    if upside_down is None:
        upside_down, reasons["flip_vertical"] = _upside_down(pairs)
    chosen = replace(
        config,
        stem=shape.stem,
        filters=shape.filters,
        depth=shape.depth,
        batch_size=batch,
        parts=config.parts and divisor(batch, min(config.parts, batch)),
        flip_vertical=upside_down,
        zoom=config.zoom or ZOOM,
        light=LIGHT if config.light is None else config.light,
    )
    return chosen, reasons


def divisor(batch: int, least: int) -> int:
    """The first number from `least` on that a batch can be divided by."""
    return next(number for number in range(least, batch + 1) if batch % number == 0)


def _batch(pairs: int) -> tuple[int, str]:
    if pairs < FEW:
        return SMALL_BATCH, f"few, as {pairs} pairs make few steps"
    return BATCH, "a step of more would show each pair less often in the same time"


def _upside_down(pairs: Examples) -> tuple[bool, str]:
    share, count = knows_up(pairs.photos)
    if has_no_up(share, count):
        return True, f"of {count} photos {share:.0%} can be told from upside down: these have no up"
    if count < FEWEST:
        return False, f"{count} photos are too few to say whether they have an up"
    return False, f"{share:.0%} of {count} photos can be told from upside down"
