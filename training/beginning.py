"""How a run begins: with a plan of its own, or with that of a run that was cut off.

plan, begun = plan_or_go_on(config, dataset, cached, over_at, read_best)
"""

from __future__ import annotations

import math
from collections.abc import Callable

from dataset.cache import Cached
from dataset.pairs import Dataset
from dataset.sizing import Size
from dataset.source import decode_all, decode_some
from training.config import Config
from training.enlarging import LargerPictures
from training.plan import Plan, make_plan
from training.rehearsal import rehearse_if_long
from training.resuming import plan_of, run_to_go_on_with, size_then
from training.run_folder import move_earlier
from training.state import NAME, State
from utils_func import BadInput

STOPPING = "Ctrl-C ends it early and keeps the best model."


def plan_or_go_on(
    config: Config,
    dataset: Dataset,
    cached: Cached,
    over_at: float,
    read_best: Callable[[], object],
) -> tuple[Plan, State | None]:
    """The plan of a run that was cut off, with its state; or one for a run that begins, which is
    rehearsed, and for which the run before makes room in the output. Prints the plan.

    Args:
        config: What was asked for.
        dataset: The pairs, …
        cached: … and the same decoded, in the usual size.
        over_at: By time.monotonic(), when a run shall be over whose length nobody asked for.
        read_best: Raises BadInput if the best model so far is gone or damaged.
    """
    larger = larger_for(config, dataset)
    if begun := run_to_go_on_with(config, cached, dataset.classes):
        _forget_a_lost_best(begun, read_best)
        size = size_then(begun, config)
        if size and size != cached.train.photos.shape[1:3]:
            cached = larger.decode_all(size)
        plan, begun = plan_of(begun, cached, dataset.classes, config)
        print(*plan.lines(), STOPPING, sep="\n", flush=True)
        return plan, begun
    print("\nMeasuring how long a step takes …", flush=True)
    fitted = config.fitted(dataset.shape)
    plan = make_plan(cached, dataset.classes, fitted, config, over_at, larger)
    rehearse_if_long(plan)  # before it says when it will end
    print(*plan.lines(), STOPPING, sep="\n", flush=True)
    if earlier := move_earlier(config.output):
        print(f"The run before was moved to {earlier}.")
        if (earlier / NAME).exists():
            print(f"It was not over: with its options and --output {earlier} it goes on.")
    return plan, None


def larger_for(config: Config, dataset: Dataset) -> LargerPictures:
    """The pairs in more pixels, as far as the configuration leaves their size open."""

    def some(size: Size, count: int) -> Cached:
        return decode_some(dataset, size, count, config.workers)

    def every(size: Size) -> Cached:
        return decode_all(dataset, config.cache, size, config.skip_bad, config.workers)

    return LargerPictures(config.larger_sizes(dataset.shape), some, every)


def _forget_a_lost_best(begun: State, read_best: Callable[[], object]) -> None:
    """A best model whose file is gone or damaged is none."""
    if not begun.facts["best_epoch"]:
        return
    try:
        read_best()
    except BadInput as problem:
        print(f"The best model so far is lost, so the next one is the best: {problem}")
        begun.facts.update(best=-math.inf, best_epoch=0)
        begun.facts["outcome"]["best_epoch"] = 0
