"""Where memory does not hold a batch, it is learned in parts, and the run goes on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dataset.cache import Cached, Examples
from labels.classes import numbered_classes
from training import parts as dividing
from training.config import Config
from training.learning import learn, with_less_memory
from training.measuring import Estimate
from training.outcome import Outcome
from training.parts import in_more_parts, measured, state_in_parts
from training.plan import Plan, make_plan
from training.resuming import plan_of, run_to_go_on_with, save_state
from training.run import OutOfMemory
from training.state import State, read_state, write_state
from training.training import Training
from utils_func import BadInput

pytestmark = pytest.mark.slow

# Without normalisation parts change nothing but the order in which numbers are added.
TINY = Config(
    precision="float32",  # the same on every machine
    epochs=3,
    batch_size=4,
    height=32,
    width=32,
    filters=2,
    depth=1,
    stem=2,
    context=1,
    normalization=False,
    dice=0.0,
    favour=False,  # which may be kept in one and not in the other
    flip=False,
    zoom=1.0,
    light=0.0,
)
CLASSES = numbered_classes(3)
NO_TIME = Estimate(0.0, 0.0)


@pytest.fixture
def cached(examples: Examples) -> Cached:
    # Every pixel counts in each picture alike, so a mean over parts is the mean over all.
    examples.labels[:, 0] = examples.labels[:, 1]
    return Cached(examples, examples, [], "content")


@pytest.fixture
def holds(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """A function (pairs, step=0): memory holds so many pairs at once, from such a step on."""

    def set_up(pairs: int, first: int = 0) -> None:
        fit, steps = Training.fit, [0]

        def fit_if_it_fits(training: Training, batches: Any, others: Any, *rest: Any, **more: Any):
            class Filling(keras.callbacks.Callback):
                def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
                    steps[0] += 1
                    if training.at_once > pairs and steps[0] > first:
                        raise MemoryError

            fit(training, batches, [*others, Filling()], *rest, **more)

        monkeypatch.setattr(Training, "fit", fit_if_it_fits)

    return set_up


def iteration_of(training: Training) -> int:
    (place,) = (
        place
        for place, variable in enumerate(training.variables)
        if variable.path.endswith("iteration")
    )
    return place


def run(training: Training, begun: State | None = None) -> Outcome:
    return training.run(NO_TIME, lambda: None, lambda outcome: None, begun=begun)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_in_parts_the_same_is_learned(optimizer: str, cached: Cached) -> None:
    config = replace(TINY, optimizer=optimizer, learning_rate=0.01)
    whole, divided = (Training(cached, CLASSES, replace(config, parts=n)) for n in (1, 2))
    assert (divided.batch_size, divided.at_once, divided.batches.steps) == (4, 2, 4)
    first, second = run(whole), run(divided)
    assert (first.steps, second.steps) == (6, 12)
    for one, other in zip(whole.model.get_weights(), divided.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)
    for one, other in zip(first.history, second.history, strict=True):
        assert one["val_miou"] == pytest.approx(other["val_miou"], abs=1e-3)
        assert one["passes"] == other["passes"]


def test_what_runs_out_while_measuring_is_halved_until_it_fits(
    cached: Cached, holds: Callable[[int], None], capsys: pytest.CaptureFixture[str]
) -> None:
    holds(1)
    training, estimate = measured(Training(cached, CLASSES, TINY))
    assert (training.parts, training.at_once) == (4, 1)
    assert estimate.step > 0
    assert training.reasons["parts"] == "memory ran out with 2 pairs at once"
    printed = capsys.readouterr().out
    assert "Memory ran out with 4 pairs at once, so each batch is learned in 2 parts." in printed
    assert "Memory ran out with 2 pairs at once, so each batch is learned in 4 parts." in printed


def test_where_even_one_pair_is_too_much_it_is_told(
    cached: Cached, holds: Callable[[int], None]
) -> None:
    holds(0)
    with pytest.raises(MemoryError, match="even one pair"):
        measured(Training(cached, CLASSES, TINY))


def test_an_odd_batch_is_divided_without_a_rest(cached: Cached) -> None:
    training = in_more_parts(Training(cached, CLASSES, replace(TINY, batch_size=6)))
    assert (training.parts, training.at_once) == (2, 3)
    training = in_more_parts(training)
    assert (training.parts, training.at_once) == (6, 1), "a multiple of the parts before"


@pytest.mark.parametrize(("room", "parts"), [(math.inf, 1), (2.5, 2), (1.0, 4), (0.0, 4)])
def test_by_estimate_a_batch_is_divided_before_it_is_tried(
    room: float, parts: int, cached: Cached, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dividing, "step_takes", lambda model, pairs: 1e9 * pairs)
    monkeypatch.setattr(dividing, "free_there", lambda: room * 1e9)
    monkeypatch.setattr(Training, "measure", lambda training: NO_TIME)
    training, _ = measured(Training(cached, CLASSES, TINY))
    assert training.parts == parts
    if parts == 2:
        assert training.reasons["parts"] == "4 pairs at once would take 4.0 GB of 2.5"
    asked, _ = measured(Training(cached, CLASSES, TINY), asked=1)
    assert asked.parts == 1, "what is asked for is tried"


def test_the_plan_tells_the_parts(cached: Cached, holds: Callable[[int], None]) -> None:
    holds(2)
    plan = make_plan(cached, CLASSES, TINY)
    (line,) = (line for line in plan.lines() if "batches" in line)
    assert line.endswith("4 pairs, in 2 parts of 2 (memory ran out with 4 pairs at once)")
    chosen = plan.to_json()["chosen"]["parts"]
    assert chosen == {"value": 2, "reason": "memory ran out with 4 pairs at once"}


def test_a_run_whose_memory_runs_out_goes_on_from_its_last_state(
    cached: Cached, holds: Callable[[int, int], None], tmp_path: Path
) -> None:
    config = replace(TINY, output=tmp_path, learning_rate=0.01)
    expected = Training(cached, CLASSES, config)
    run(expected)
    plan = Plan(Training(cached, CLASSES, config), NO_TIME, {}, config)
    plan.training.measure()
    holds(2, 3)  # in the second epoch
    states: list[State] = []
    with pytest.raises(OutOfMemory) as caught:
        plan.training.run(NO_TIME, lambda: None, lambda outcome: None, states.append)
    assert caught.value.state.facts["step"] == 2, "the end of the first epoch"
    divided, begun = with_less_memory(plan, caught.value.state)
    assert (divided.training.parts, begun.facts["step"]) == (2, 4)
    outcome = run(divided.training, begun)
    assert (outcome.ended, outcome.steps, len(outcome.history)) == ("finished", 12, 3)
    weights = zip(expected.model.get_weights(), divided.training.model.get_weights(), strict=True)
    for one, other in weights:
        np.testing.assert_allclose(one, other, atol=2e-5)


def test_memory_that_runs_out_in_a_run_ends_none(
    cached: Cached,
    holds: Callable[[int, int], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = replace(TINY, output=tmp_path, epochs=None, minutes=0.1)
    plan = Plan(Training(cached, CLASSES, config), Estimate(0.01, 0.01), {}, config)
    plan.training.measure()
    holds(1, 3)
    began = time.monotonic()
    plan, outcome = learn(plan, lambda plan: None, lambda plan, outcome: None)
    assert plan.training.parts == 4
    assert plan.reasons["parts"] == "memory ran out with 2 pairs at once"
    assert (outcome.ended, outcome.resumed) == ("finished", [])
    assert outcome.seconds < time.monotonic() - began
    assert "Going on from step 0; a part is a step now." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after", "step"), [(2, 4, 10), (4, 2, 2), (4, 1, 1), (1, 2, 10)]
)
def test_a_state_fits_any_number_of_parts(
    before: int, after: int, step: int, cached: Cached, tmp_path: Path
) -> None:
    """After five steps, in other parts: a batch of which a part is done begins anew if it must."""
    config = replace(TINY, output=tmp_path, parts=before)
    divided = Training(cached, CLASSES, config)
    arrays = [np.array(variable.numpy()) for variable in divided.variables]
    arrays[iteration_of(divided)] += 5
    outcome = {"steps": 5, "resumed": [2], "setbacks": [{"step": 3, "back_to": 2, "files": []}]}
    state = State(arrays, {"step": 5, "interval": 4, "outcome": outcome})
    other = Training(cached, CLASSES, replace(config, parts=after))
    fitting = state_in_parts(state, before, other)
    shapes = [array.shape for array in fitting.arrays]
    assert shapes == [tuple(variable.shape) for variable in other.variables]
    counts = fitting.facts["step"], fitting.facts["outcome"]["steps"]
    assert (*counts, int(fitting.arrays[iteration_of(other)])) == (step, step, step)
    assert fitting.facts["interval"] == 4 * after / before


def test_half_a_batch_that_has_added_up_counts_in_smaller_parts_too(
    cached: Cached, tmp_path: Path
) -> None:
    config = replace(TINY, output=tmp_path, parts=2, learning_rate=0.01)
    expected = Training(cached, CLASSES, config)
    run(expected)
    plan = Plan(Training(cached, CLASSES, config), NO_TIME, {}, config)
    middle: list[State] = []

    def stop(state: State) -> None:
        if state.facts["step"] == 3:  # the first half of the second batch
            middle.append(state)
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("training.saving.EVERY", 0.0)
        patch.setattr("training.saving.SHARE", 1e9)
        plan.training.run(NO_TIME, lambda: None, lambda outcome: None, stop)
    divided, begun = with_less_memory(plan, middle[0])
    assert (divided.training.parts, begun.facts["step"]) == (4, 6)
    run(divided.training, begun)
    weights = zip(expected.model.get_weights(), divided.training.model.get_weights(), strict=True)
    for one, other in weights:
        np.testing.assert_allclose(one, other, atol=2e-5)


def test_a_run_in_parts_that_was_cut_off_goes_on_in_them(
    cached: Cached, holds: Callable[[int], None], tmp_path: Path
) -> None:
    holds(2)
    config = replace(TINY, output=tmp_path)
    plan = make_plan(cached, CLASSES, config)
    plan.training.run(NO_TIME, lambda: None, lambda outcome: None, partial(save_state, plan))
    begun = run_to_go_on_with(config, cached, CLASSES)
    assert begun is not None
    again, same = plan_of(begun, cached, CLASSES, config)
    assert (again.training.parts, same) == (2, begun)
    assert again.reasons["parts"] == "memory ran out with 4 pairs at once"
    holds(1)
    again, fewer = plan_of(begun, cached, CLASSES, config)
    assert again.training.parts == 4
    assert fewer.facts["step"] == 2 * begun.facts["step"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("step", "two"),
        ("step", -1),
        ("interval", 0),
        ("best", None),
        ("best_epoch", 99),
        ("waited", True),
        ("outcome", {}),
        ("run", {"chosen": {}}),
        ("outcome.history", [{"loss": 1}]),
        ("outcome.history", ["row"]),
        ("outcome.setbacks", [{}]),
        ("outcome.resumed", ["x"]),
        ("outcome.steps", -3),
        ("outcome.best_epoch", 7),
        ("run.parts", 0),
        ("run.estimate", {"step": float("inf"), "validation": 1.0}),
    ],
)
def test_a_state_that_somebody_changed_is_a_message(
    name: str, value: Any, cached: Cached, tmp_path: Path
) -> None:
    config = replace(TINY, output=tmp_path)
    plan = Plan(Training(cached, CLASSES, config), NO_TIME, {}, config)
    facts = {"step": 0, "interval": 2, "over": "", "seconds": 0.0, "best": 0.0, "best_epoch": 0}
    save_state(plan, State([], {**facts, "waited": 0, "outcome": asdict(Outcome())}))
    assert run_to_go_on_with(config, cached, CLASSES) is not None, "as it was it is whole"
    whole = read_state(tmp_path)
    assert whole is not None
    *outer, inner = name.split(".")
    (whole.facts[outer[0]] if outer else whole.facts)[inner] = value
    write_state(tmp_path, whole)
    with pytest.raises(BadInput, match=r"state\.npz is not the state of a run: "):
        run_to_go_on_with(config, cached, CLASSES)


def test_the_state_of_another_version_is_not_asked_for_more(
    cached: Cached, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = replace(TINY, output=tmp_path)
    write_state(tmp_path, State([], {"run": {"version": "9.9"}, "new": True}))
    assert run_to_go_on_with(config, cached, CLASSES) is None
    assert "it was of version 9.9 and this is " in capsys.readouterr().out
    with pytest.raises(BadInput, match=r"it was of version 9\.9"):
        run_to_go_on_with(replace(config, resume=True), cached, CLASSES)
    with pytest.raises(BadInput, match="is not the state of a run"):
        run_to_go_on_with(replace(config, resume_anyway=True), cached, CLASSES)
