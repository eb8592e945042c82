"""A run from its plan to its end; where memory runs out, in smaller parts from there on.

plan, outcome = learn(plan, keep, record)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from training.outcome import Outcome
from training.parts import in_more_parts, measured, state_in_parts
from training.plan import Plan
from training.run import OutOfMemory
from training.state import State


def learn(
    plan: Plan,
    keep: Callable[[Plan], object],
    record: Callable[[Plan, Outcome], object],
    save: Callable[[Plan, State], object] = lambda plan, state: None,
    begun: State | None = None,
) -> tuple[Plan, Outcome]:
    """Trains to the end.

    Args:
        plan: What is trained; the one that it ended with is returned.
        keep: Called with the plan of now whenever the network is the best so far.
        record: Called with it and the outcome so far after each epoch.
        save: Called with it and the state to go on from.
        begun: The state to go on from.

    Raises:
        MemoryError: It does not even suffice for one pair at a time.
    """
    while True:
        try:
            callbacks = partial(keep, plan), partial(record, plan), partial(save, plan)
            return plan, plan.training.run(plan.estimate, *callbacks, begun)
        except OutOfMemory as problem:
            state, since = problem.state, time.monotonic()
        plan, begun = with_less_memory(plan, state)
        begun.facts["seconds"] += time.monotonic() - since
        print(f"Going on from step {begun.facts['step']:,}; a part is a step now.", flush=True)


def with_less_memory(plan: Plan, state: State) -> tuple[Plan, State]:
    """The plan and the state with which a run goes on that memory did not suffice for."""
    before = plan.training.parts
    divided = in_more_parts(plan.training)
    training, estimate = measured(divided, divided.parts)
    reasons = {**plan.reasons, "parts": training.reasons["parts"]}
    seconds = state.facts["seconds"]
    plan = replace(plan, training=training, estimate=estimate, reasons=reasons, passed=seconds)
    return plan, state_in_parts(state, before, training)
