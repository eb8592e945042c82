"""A batch that memory does not hold is learned in parts: gradients add up, then the weights change.

    training, estimate = measured(Training(cached, classes, config))    # as few as memory bears
    found = tried(cached, classes, larger)                      # as it is, or not at all
    training = in_more_parts(training)                          # where it ran out all the same
    state = state_in_parts(state, 1, training)

The pairs of a batch, their views and their order stay, and so does what a change of the weights is
made from; only the normalisation sees the parts one by one. (In float16 a part whose gradients are
not finite is left out by Keras, and the next one counts for it.)
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from dataset.cache import Cached
from dataset.wording import counted
from labels.classes import Classes
from training.backend import is_out_of_memory
from training.choices import divisor
from training.config import Config
from training.measuring import Estimate
from training.memory import GB, free_there, step_takes
from training.state import State
from training.training import Training

# An estimate may be wrong by a third, and Linux ends what takes too much without a word.
ROOM = 0.7


def measured(training: Training, asked: int | None = None) -> tuple[Training, Estimate]:
    """The training, in parts that fit into memory: by estimate where nobody has `asked` for a
    number of them, and by trial.
    """
    if asked is None:
        training = _estimated(training)
    while True:
        try:
            return training, training.measure()
        except Exception as problem:
            if not is_out_of_memory(problem):
                raise
            training = in_more_parts(training)


def tried(cached: Cached, classes: Classes, config: Config) -> tuple[Training, Estimate] | None:
    """A training that one can do without, and what it takes; None where memory does not hold it."""
    try:
        training = Training(cached, classes, config)
        if step_takes(training.model, training.at_once) > ROOM * free_there():
            return None
        return training, training.measure()
    except Exception as problem:
        if not is_out_of_memory(problem):
            raise
        return None


def in_more_parts(training: Training) -> Training:
    """The same training in more steps of fewer pairs.

    Raises:
        MemoryError: A part is a single pair already.
    """
    at_once = training.at_once
    if at_once == 1:
        raise MemoryError("even one pair at a time is too much")
    # A multiple of the parts before, so that each step before is some whole steps now.
    parts = training.parts * divisor(at_once, 2)
    reason = f"memory ran out with {counted(at_once, 'pair')} at once"
    divided = _in_parts(training, parts, reason)
    print(f"M{reason[1:]}, so each batch is learned in {parts} parts.", flush=True)
    return divided


def state_in_parts(state: State, before: int, training: Training) -> State:
    """The state of a run in `before` parts, counted in the steps of one in others.

    A batch of which some parts are done stays as it is where each of them is some whole parts now;
    else it begins anew.
    """
    after = training.parts
    divides = after % before == 0

    def counted_anew(steps: Any) -> Any:
        return steps * (after // before) if divides else steps // before * after

    arrays, added_up = _apart(state, before, training)
    if len(arrays) < sum(not _adds_up(variable) for variable in training.variables):
        return state  # of another network, which is told where it is taken over
    stored = iter(arrays)
    fitting: list[np.ndarray] = []
    for variable in training.variables:
        if _adds_up(variable):
            # A part's gradient is a mean over its pairs, and so it is larger the fewer they are.
            nothing = np.zeros(variable.shape, variable.dtype)
            fitting.append(added_up.pop(0) * (after // before) if added_up and divides else nothing)
        elif variable.path.endswith("iteration"):
            fitting.append(counted_anew(next(stored)))
        else:
            fitting.append(next(stored))
    outcome = dict(state.facts["outcome"])
    outcome["steps"] = counted_anew(outcome["steps"])
    outcome["resumed"] = [counted_anew(step) for step in outcome["resumed"]]
    outcome["setbacks"] = [
        {**one, **{name: counted_anew(one[name]) for name in ("step", "back_to")}}
        for one in outcome["setbacks"]
    ]
    counts = {name: counted_anew(state.facts[name]) for name in ("step", "interval")}
    return State([*fitting, *stored], {**state.facts, **counts, "outcome": outcome})


def _adds_up(variable: Any) -> bool:
    return bool(variable.path.endswith("gradient_accumulator"))


def _apart(
    state: State, before: int, training: Training
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The arrays of a state without the gradients that add up, and these."""
    if before == 1:
        return state.arrays, []
    paths = [variable.path for variable in training.variables]
    rates = [place for place, path in enumerate(paths) if path.endswith("learning_rate")]
    first, count = rates[-1] + 1, len(training.model.trainable_variables)
    rest = state.arrays[:first] + state.arrays[first + count :]
    return rest, state.arrays[first : first + count]


def _estimated(training: Training) -> Training:
    """In as few parts as the free memory bears, but no fewer than before."""
    free, at_once = free_there(), training.at_once
    one, two = (step_takes(training.model, pairs) for pairs in (1, 2))
    fits = 1 + (free - one) / (two - one)
    if fits >= at_once:
        return training
    parts = training.parts * divisor(at_once, math.ceil(at_once / max(1.0, fits)))
    takes = step_takes(training.model, at_once) / GB
    reason = f"{counted(at_once, 'pair')} at once would take {takes:.1f} GB of {free / GB:.1f}"
    return _in_parts(training, parts, reason)


def _in_parts(training: Training, parts: int, reason: str) -> Training:
    config = replace(training.config, parts=parts)
    divided = Training(training.cached, training.classes, config)
    divided.reasons = {**training.reasons, "parts": reason}
    return divided
