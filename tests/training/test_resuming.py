"""A run that was cut off goes on as if it had not been."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dataset.cache import Cached, Examples
from labels.classes import numbered_classes
from training import saving
from training.config import Config
from training.measuring import Estimate
from training.outcome import Outcome
from training.plan import Plan
from training.resuming import plan_of, run_to_go_on_with, save_state
from training.state import State, read_state
from training.training import Training
from utils_func import BadInput

pytestmark = pytest.mark.slow

TINY = Config(
    precision="float32",  # the same on every machine
    epochs=3,
    batch_size=2,
    height=32,
    width=32,
    filters=2,
    depth=1,
    stem=2,
    context=1,
    dropout=0.3,
    early_stopping=9,
)
ESTIMATE = Estimate(0.0, 0.0)
CLASSES = numbered_classes(3)


class Killed(Exception):  # noqa: N818 - it stands for SIGKILL
    """The run is cut off."""


@pytest.fixture
def cached(examples: Examples) -> Cached:
    return Cached(examples, examples, [], "content")


def plan_for(cached: Cached, config: Config) -> Plan:
    training = Training(cached, CLASSES, config)
    return Plan(training, ESTIMATE, {"zoom": "a reason"}, config)


def finish(plan: Plan, begun: State | None = None, estimate: Estimate = ESTIMATE) -> Outcome:
    save = partial(save_state, plan)
    return plan.training.run(estimate, lambda: None, lambda outcome: None, save, begun)


def cut_off(
    plan: Plan, step: int, monkeypatch: pytest.MonkeyPatch, estimate: Estimate = ESTIMATE
) -> None:
    """Trains until the state after so many steps was written, and dies."""
    save = partial(save_state, plan)

    def save_and_die(state: State) -> None:
        save(state)
        if state.facts["step"] == step:
            raise Killed

    monkeypatch.setattr(saving, "EVERY", 0.0)
    monkeypatch.setattr(saving, "SHARE", 1e9)
    with pytest.raises(Killed):
        plan.training.run(estimate, lambda: None, lambda outcome: None, save_and_die)
    monkeypatch.undo()


def after_each_step(
    training: Training, do: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something that happens after a step, before the callbacks have their turn."""

    class Doing(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
            do(int(training.model.optimizer.iterations.numpy()))

    fit = training.fit
    monkeypatch.setattr(
        training,
        "fit",
        lambda batches, callbacks, *rest: fit(batches, [Doing(), *callbacks], *rest),
    )


def told(outcome: Outcome) -> list[dict[str, float]]:
    return [{**row, "seconds": 0.0} for row in outcome.history]


def test_it_ends_with_the_same_weights_and_history_wherever_it_was_cut_off(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(TINY, output=tmp_path)
    whole = plan_for(cached, config)
    expected = finish(whole)
    weights = whole.training.model.get_weights()
    for step in 3, 5:  # three steps are an epoch
        cut_off(plan_for(cached, config), step, monkeypatch)
        begun = run_to_go_on_with(config, cached, CLASSES)
        assert begun is not None
        plan, begun = plan_of(begun, cached, CLASSES, config)
        outcome = finish(plan, begun)
        assert told(outcome) == told(expected)
        assert (outcome.steps, outcome.best_epoch) == (9, expected.best_epoch)
        assert (outcome.ended, outcome.resumed) == ("finished", [step])
        for one, other in zip(plan.training.model.get_weights(), weights, strict=True):
            np.testing.assert_array_equal(one, other)


def test_patience_goes_on_where_it_was(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(TINY, output=tmp_path, epochs=9, early_stopping=3)
    cut_off(plan_for(cached, config), 3, monkeypatch)
    begun = read_state(tmp_path)
    assert begun is not None
    begun.facts.update(best=2.0, waited=2)  # nothing is better than 2
    outcome = finish(*plan_of(begun, cached, CLASSES, config))
    assert (outcome.ended, len(outcome.history)) == ("stopped early", 2)


@pytest.fixture
def state_of(cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The options of a run that was cut off after its fourth step."""
    config = replace(TINY, output=tmp_path)
    cut_off(plan_for(cached, config), 4, monkeypatch)
    return config


def test_the_same_options_go_on_and_what_decides_nothing_may_differ(
    state_of: Config, cached: Cached, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in state_of, replace(state_of, resume=True, workers=1, examples=2, mirror=False):
        assert run_to_go_on_with(asked, cached, CLASSES) is not None
        assert "cut off after 4 steps (--no-resume begins anew)" in capsys.readouterr().out
    assert run_to_go_on_with(replace(state_of, resume=False), cached, CLASSES) is None


@pytest.mark.parametrize(
    ("changes", "content", "words"),
    [
        ({"learning_rate": 0.5}, "content", "--learning-rate was 0.002 and is 0.5"),
        ({"recipe": "voc2007"}, "content", "--recipe was auto and is voc2007"),
        ({}, "other content", "its pairs or classes have changed"),
    ],
)
def test_what_is_not_as_then_is_named(
    changes: dict[str, Any],
    content: str,
    words: str,
    state_of: Config,
    cached: Cached,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked, cached = replace(state_of, **changes), replace(cached, content=content)
    assert run_to_go_on_with(asked, cached, CLASSES) is None
    printed = capsys.readouterr().out
    assert words in printed
    assert "So a new one begins" in printed
    with pytest.raises(BadInput, match="holds a run that was cut off, but") as caught:
        run_to_go_on_with(replace(asked, resume=True), cached, CLASSES)
    assert words in str(caught.value)
    anyway = replace(asked, resume_anyway=True)
    assert run_to_go_on_with(anyway, cached, CLASSES) is not None


def test_where_nothing_was_cut_off_resume_is_refused(cached: Cached, tmp_path: Path) -> None:
    config = replace(TINY, output=tmp_path)
    assert run_to_go_on_with(config, cached, CLASSES) is None
    with pytest.raises(BadInput, match="There is no run to go on with"):
        run_to_go_on_with(replace(config, resume=True), cached, CLASSES)


def test_the_state_of_another_network_fits_none(state_of: Config, cached: Cached) -> None:
    begun = read_state(state_of.output)
    assert begun is not None
    other = plan_for(cached, replace(state_of, filters=3))
    other.training.measure()
    with pytest.raises(BadInput, match="the state of another network"):
        finish(other, begun)


def test_ctrl_c_on_the_last_step_of_an_epoch_waits_for_its_validation(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(cached, replace(TINY, output=tmp_path))

    def press(step: int) -> None:
        if step == 3:
            signal.raise_signal(signal.SIGINT)

    after_each_step(plan.training, press, monkeypatch)
    outcome = finish(plan)
    assert (outcome.ended, outcome.steps, len(outcome.history)) == ("interrupted", 3, 1)
    begun = read_state(tmp_path)
    assert begun is not None
    assert begun.facts["step"] == 3


def test_ctrl_c_on_the_last_step_in_the_time_waits_for_its_validation(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(cached, replace(TINY, output=tmp_path))

    def press(step: int) -> None:
        if step == 2:  # three are an epoch
            plan.training.model.stop_training = True
            signal.raise_signal(signal.SIGINT)

    after_each_step(plan.training, press, monkeypatch)
    outcome = finish(plan)
    assert (outcome.ended, outcome.steps, len(outcome.history)) == ("interrupted", 2, 1)


def test_a_loss_that_breaks_goes_back_to_the_last_state_with_half_the_rate(
    cached: Cached,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = plan_for(cached, replace(TINY, output=tmp_path))
    bias = plan.training.model.get_layer("logits").bias
    poison = iter([True])

    def break_once(step: int) -> None:
        if step == 5 and next(poison, False):
            bias.assign(np.full(3, np.nan))

    monkeypatch.setattr(saving, "SHARE", 1e9)
    after_each_step(plan.training, break_once, monkeypatch)
    outcome = finish(plan)
    assert (outcome.ended, outcome.steps, len(outcome.history)) == ("finished", 9, 3)
    (setback,) = outcome.setbacks
    assert (setback["step"], setback["back_to"]) == (6, 3)  # 3 steps are an epoch
    assert setback["rate"] == TINY.learning_rate / 2
    names = {
        cached.train.names[number]
        for step in (4, 5)
        for number in plan.training.batches.order(step)
    }
    assert set(setback["files"]) == names
    printed = capsys.readouterr().out
    assert "The loss became infinite or NaN in step 6, with train/" in printed
    assert "Going back to step 3, with half the learning rate, 0.001." in printed
    assert np.isfinite(bias.numpy()).all()


def test_a_loss_that_breaks_again_and_again_ends_the_run(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(cached, replace(TINY, output=tmp_path))
    bias = plan.training.model.get_layer("logits").bias

    def break_always(step: int) -> None:
        if step == 5:
            bias.assign(np.full(3, np.inf))

    monkeypatch.setattr(saving, "SHARE", 1e9)
    after_each_step(plan.training, break_always, monkeypatch)
    outcome = finish(plan)
    assert outcome.ended == "not a number"
    rates = [setback["rate"] for setback in outcome.setbacks]
    assert rates == [TINY.learning_rate / 2**count for count in (1, 2, 3)]
    assert (outcome.best_epoch, len(outcome.history)) == (1, 1)
    kept = read_state(tmp_path)
    assert kept is not None
    assert kept.facts["step"] == 3, "no state with broken weights was written"


def test_a_run_by_the_clock_goes_on_in_the_middle_of_its_steps(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(TINY, output=tmp_path, epochs=None, minutes=1.0)
    estimate = Estimate(step=0.01, validation=0.01)
    cut_off(plan_for(cached, config), 7, monkeypatch, estimate)
    begun = read_state(tmp_path)
    assert begun is not None
    begun.facts["seconds"] = 59.0
    outcome = finish(*plan_of(begun, cached, CLASSES, config), estimate)
    assert outcome.ended == "finished"
    assert 59 < outcome.seconds < 75, "only the time that was left"
    assert outcome.steps > 7
    assert outcome.history[-1]["passes"] == pytest.approx(outcome.steps / 3)


def test_going_on_anyway_takes_what_is_asked_for_now(
    state_of: Config, cached: Cached, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = replace(
        state_of, resume_anyway=True, batch_size=1, epochs=4, learning_rate=0.5, zoom=1.0
    )
    begun = run_to_go_on_with(asked, cached, CLASSES)
    assert begun is not None
    assert "But --batch-size was 2 and is 1." in capsys.readouterr().out
    plan, begun = plan_of(begun, cached, CLASSES, asked)
    config = plan.training.config
    assert (config.batch_size, config.epochs, config.zoom) == (1, 4, 1.0)
    outcome = finish(plan, begun)
    assert outcome.ended == "finished"
    assert 1 <= outcome.best_epoch <= len(outcome.history)
    assert max(row["learning_rate"] for row in outcome.history) > 0.01
    by_clock = replace(asked, epochs=None, minutes=3.0)
    assert plan_of(begun, cached, CLASSES, by_clock)[0].training.config.epochs is None


def test_going_on_for_another_time_validates_as_often_as_a_run_of_that_length(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(TINY, output=tmp_path, epochs=None, minutes=1.0)
    estimate = Estimate(step=0.01, validation=0.01)
    reasons = {"minutes": "as long as nobody says --minutes"}
    plan = replace(plan_for(cached, config), estimate=estimate, reasons=reasons)
    cut_off(plan, 7, monkeypatch, estimate)
    begun = read_state(tmp_path)
    assert begun is not None
    same, unchanged = plan_of(begun, cached, CLASSES, config)
    assert unchanged.facts["interval"] == begun.facts["interval"]
    assert "minutes" in same.reasons
    # A validation takes a twentieth of the time: .11 s after every 209 steps of .01 s; in a tenth
    # of a minute five of them are made.
    assert begun.facts["interval"] == 209
    other, changed = plan_of(begun, cached, CLASSES, replace(config, minutes=0.1))
    assert changed.facts["interval"] == 114
    assert "minutes" not in other.reasons


def test_what_the_machine_was_found_to_be_fast_in_was_not_asked_for(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(TINY, output=tmp_path, precision="auto")
    before = plan_for(cached, config)
    cut_off(before, 2, monkeypatch)
    begun = read_state(tmp_path)
    assert begun is not None
    plan, _ = plan_of(begun, cached, CLASSES, config)
    kind = before.training.precision.kind
    assert str(plan.training.precision) == f"{kind} (as when the run began)"


def test_a_run_that_was_cut_off_after_its_end_is_over(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(TINY, output=tmp_path)
    cut_off(plan_for(cached, config), 9, monkeypatch)
    begun = run_to_go_on_with(config, cached, CLASSES)
    assert begun is not None
    outcome = finish(*plan_of(begun, cached, CLASSES, config))
    assert (outcome.ended, outcome.steps, len(outcome.history)) == ("finished", 9, 3)


def test_a_run_that_was_over_goes_on_where_more_is_asked_for_now(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(TINY, output=tmp_path)
    cut_off(plan_for(cached, config), 9, monkeypatch)
    asked = replace(config, epochs=5, resume_anyway=True)
    begun = run_to_go_on_with(asked, cached, CLASSES)
    assert begun is not None
    assert begun.facts["over"] == "finished"
    outcome = finish(*plan_of(begun, cached, CLASSES, asked))
    assert (outcome.ended, outcome.steps, len(outcome.history)) == ("finished", 15, 5)


def test_the_size_is_that_of_the_pairs_as_they_are_decoded_now(
    state_of: Config, cached: Cached
) -> None:
    begun = run_to_go_on_with(state_of, cached, CLASSES)
    assert begun is not None
    begun.facts["run"]["chosen"]["width"] = 64
    plan, begun = plan_of(begun, cached, CLASSES, replace(state_of, width=None))
    assert plan.training.config.size == cached.train.photos.shape[1:3]


def test_a_better_model_has_its_state_whatever_that_costs(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "SHARE", 1e-9)
    monkeypatch.setattr(saving, "EVERY", 1e9)  # no others, however slow the machine
    plan = plan_for(cached, replace(TINY, output=tmp_path))
    states: list[int] = []

    def save(state: State) -> None:
        states.append(len(state.facts["outcome"]["history"]))

    kept: list[int] = []
    plan.training.run(ESTIMATE, lambda: kept.append(len(kept)), lambda outcome: None, save)
    assert len(states) == len(kept)


def test_no_state_says_that_a_run_is_over_before_its_last_validation(
    cached: Cached, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = plan_for(cached, replace(TINY, output=tmp_path)).training
    states: list[State] = []

    def stop_after_two(step: int) -> None:
        training.model.stop_training = step == 2  # three steps are an epoch

    after_each_step(training, stop_after_two, monkeypatch)
    monkeypatch.setattr(saving, "EVERY", 0.0)
    monkeypatch.setattr(saving, "SHARE", 1e9)
    training.run(ESTIMATE, lambda: None, lambda outcome: None, states.append)

    told = [
        (one.facts["step"], one.facts["over"], len(one.facts["outcome"]["history"]))
        for one in states
    ]
    assert told == [(1, "", 0), (2, "stopped early", 1)]
