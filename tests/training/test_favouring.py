"""Classes are favoured at the end as raises mean IoU, unless the validation is no better."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np
import pytest

from dataset.cache import Cached, Examples
from labels.classes import IGNORE
from training.callbacks import Validation
from training.config import Config
from training.favouring import best_favour, favour_classes, seconds_of, some_pixels
from training.measuring import Estimate
from training.pace import TimeClock
from training.run import Run
from training.scores import Scores, confusion
from training.state import State
from training.training import Training

RANDOM = np.random.default_rng(0)


def reached(logits: np.ndarray, truth: np.ndarray) -> float:
    return Scores(confusion(truth, logits.argmax(1), logits.shape[1])).mean_iou


def unsure_of_a_rare_class(pixels: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """One pixel of twenty is of class 1, and no logit is high enough for it."""
    truth = (RANDOM.random(pixels) < 0.05).astype(np.int64)
    rare = np.where(truth == 1, -1.0, -3.0) + RANDOM.normal(0, 0.7, pixels)
    return np.stack([np.zeros(pixels), rare], axis=1).astype(np.float32), truth


def examples(count: int) -> Examples:
    """Grey pictures in which a brighter corner is of class 1, and a black line is ignored."""
    labels = np.zeros((count, 16, 16), np.uint8)
    labels[:, :4, :4] = 1
    photos = np.repeat(labels[..., None] * 40 + 100, 3, axis=-1).astype(np.uint8)
    labels[:, 15] = IGNORE
    names = [str(number) for number in range(count)]
    return Examples(names, photos, labels, np.ones(labels.shape, bool))


def model_that_says(logits_of_bright: tuple[float, float]) -> keras.Model:
    """Its logits are (0, 0) for grey 100, and these for grey 140."""
    picture = keras.Input((16, 16, 3))
    x = keras.layers.Rescaling(1 / 40, -2.5)(picture)
    layer = keras.layers.Conv2D(2, 1, name="logits")
    model = keras.Model(picture, layer(x))
    kernel = np.zeros((1, 1, 3, 2), np.float32)
    kernel[0, 0, 0] = logits_of_bright
    layer.set_weights([kernel, np.array([0, -3], np.float32)])
    return model


class ScriptedValidation:
    """Says whether the network is the best so far, and what it came to."""

    def __init__(self, better: bool) -> None:
        self.better, self.judged = better, 0

    def judge(self, logs: dict[str, Any]) -> bool:
        self.judged += 1
        logs["val_miou"] = 0.6
        return self.better


def favoured(model: keras.Model, better: bool = True) -> tuple[list[float], dict[str, float], int]:
    """What was added, what the validation said, and how often it was asked."""
    validation = ScriptedValidation(better)
    added, logs = favour_classes(model, examples(6), 2, cast(Validation, validation))
    return added, logs, validation.judged


def bias_of(model: keras.Model) -> np.ndarray:
    return np.asarray(model.get_layer("logits").bias.numpy())


def test_a_rare_class_is_answered_from_a_lower_likelihood_on() -> None:
    logits, truth = unsure_of_a_rare_class()
    others = unsure_of_a_rare_class()

    favour = best_favour(logits, truth)

    assert favour[1] > favour[0]
    assert reached(logits + favour, truth) > reached(logits, truth) + 0.2
    assert reached(others[0] + favour, others[1]) > reached(*others) + 0.2


def test_no_step_of_a_class_raises_it_further() -> None:
    truth = RANDOM.integers(0, 4, 5000)
    logits = RANDOM.normal(0, 1, (5000, 4)).astype(np.float32)
    logits[np.arange(5000), truth] += 0.8

    favour = best_favour(logits, truth)

    best = reached(logits + favour, truth)
    assert best >= reached(logits, truth)
    for index in range(4):
        for step in (-0.5, -0.25, 0.25, 0.5):
            other = favour + step * np.eye(4, dtype=np.float32)[index]
            assert reached(logits + other, truth) <= best + 1e-3


def test_of_equally_good_steps_the_smallest_is_taken() -> None:
    """One pixel of class 0 is answered with 1 by a lead of .1; any step from -.25 on mends it."""
    truth = np.repeat([0, 1], 1000)
    logits = np.eye(2, dtype=np.float32)[truth] * 9
    logits[0] = (0, 0.1)

    favour = best_favour(logits, truth)

    assert abs(favour[1] - favour[0]) == 0.25


def test_a_class_that_no_pixel_shows_is_left_alone_and_so_are_its_rivals() -> None:
    truth = np.repeat([0, 1], 1000)
    logits = np.array([[9, 0, 0], [0, 9, 0]], np.float32)[truth]
    logits[0] = (0, 0, 0.1)

    assert best_favour(logits, truth)[2] == 0
    assert abs(best_favour(logits, truth)).max() <= 0.25


def test_a_class_of_few_pixels_stays_as_it_is() -> None:
    logits, truth = unsure_of_a_rare_class()
    few = np.flatnonzero(truth == 1)[:40]
    chosen = np.concatenate([np.flatnonzero(truth == 0)[:5000], few])

    assert best_favour(logits[chosen], truth[chosen])[1] == 0


def test_a_model_that_is_right_is_left_as_it_is() -> None:
    truth = RANDOM.integers(0, 3, 300)

    assert not best_favour(np.eye(3, dtype=np.float32)[truth] * 9, truth).any()


def test_without_any_pixel_nothing_is_favoured() -> None:
    nothing = best_favour(np.zeros((0, 3), np.float32), np.zeros(0, np.uint8))

    assert not nothing.any()


@pytest.mark.parametrize("at_once", [1, 4, 50])
def test_pixels_come_with_their_own_logits_and_none_is_ignored(at_once: int) -> None:
    logits, truth = some_pixels(model_that_says((0.0, 2.0)), examples(5), at_once)

    assert set(truth) == {0, 1}
    np.testing.assert_allclose(logits[truth == 1], [(0, -1)] * np.sum(truth == 1), atol=1e-5)
    np.testing.assert_allclose(logits[truth == 0], [(0, -3)] * np.sum(truth == 0), atol=1e-5)


def test_the_last_layer_has_what_is_favoured() -> None:
    model = model_that_says((0.0, 2.0))

    added, logs, _ = favoured(model)

    bias = bias_of(model)
    assert bias[1] - bias[0] > -2, "so that the corner wins"
    np.testing.assert_allclose(added, bias - [0, -3])
    assert logs == {"val_miou": 0.6}


def test_it_is_taken_back_where_the_validation_is_no_better() -> None:
    model = model_that_says((0.0, 2.0))

    assert favoured(model, better=False) == ([], {}, 1)

    np.testing.assert_array_equal(bias_of(model), [0, -3])


def test_where_nothing_is_to_be_favoured_nothing_is_validated() -> None:
    model = model_that_says((0.0, 9.0))

    assert favoured(model) == ([], {}, 0)


def test_a_short_run_has_no_time_for_it_and_keeps_none(compiled: Training) -> None:
    enough = seconds_of(1.0, compiled.cached, compiled.at_once) / 0.05 / 60

    for minutes, favours in ((enough * 1.1, True), (enough * 0.9, False), (None, True)):
        compiled.config = replace(compiled.config, minutes=minutes, epochs=None if minutes else 1)
        estimate = Estimate(0.1, 1.0)
        run = Run(compiled, estimate, nothing, nothing, nothing, None)
        assert run.favours == favours
        assert (compiled.favouring(estimate) > 0) == favours
        reserves = [c.reserve for c in run.pace.clocks if isinstance(c, TimeClock)]
        assert all((reserve > 1.0) == favours for reserve in reserves)


NO_TIME = Estimate(0.0, 0.0)
ROW = {"val_miou": 0.3, "val_accuracy": 0.9, "passes": 1.0, "seconds": 1.0}
BETTER = {"val_miou": 0.45, "val_accuracy": 0.8}
FAVOURED = {
    "added_to_logits": {"class 0": 0.0, "class 1": 1.5},
    "scores": BETTER,
    "before": {"val_miou": 0.3, "val_accuracy": 0.9},
}


def nothing(*_: Any) -> None:
    pass


class Ended(Run):
    """A run that has ended as it is told, with its last network as good as it is told."""

    def __init__(self, training: Training, ended: str, best_epoch: int) -> None:
        kept: list[State] = []
        super().__init__(training, NO_TIME, nothing, nothing, kept.append, None)
        self.kept, self.will_end, self.best_epoch = kept, ended, best_epoch

    def _learn_in_spite_of_setbacks(self) -> None:
        self.outcome.history.extend(dict(ROW) for _ in range(2))
        self.outcome.best_epoch = self.keepers.validation.best_epoch = self.best_epoch
        self.training.model.stop_training = self.will_end == "stopped early"
        self.pace.step = 0 if self.will_end == "stopped early" else 10**6


@pytest.fixture
def ready(compiled: Training, monkeypatch: pytest.MonkeyPatch) -> Training:
    """A training of two epochs whose classes are favoured with success."""
    monkeypatch.setattr("training.run.favour_classes", lambda *_: ([0.0, 1.5], {**BETTER}))
    compiled.config = replace(compiled.config, minutes=None, epochs=2)
    compiled.model.stop_training = False
    return compiled


@pytest.mark.parametrize(
    ("ended", "best_epoch", "is_favoured"),
    [("finished", 2, True), ("finished", 1, True), ("stopped early", 2, False)],
)
def test_a_run_that_was_not_stopped_favours_its_last_network(
    ready: Training,
    monkeypatch: pytest.MonkeyPatch,
    ended: str,
    best_epoch: int,
    is_favoured: bool,
) -> None:
    run = Ended(ready, ended, best_epoch)

    def favour(*_: Any) -> tuple[list[float], dict[str, float]]:
        run.keepers.validation.best_epoch = 2  # as the last validation is the best now
        return [0.0, 1.5], {**BETTER}

    monkeypatch.setattr("training.run.favour_classes", favour)

    outcome = run.go()

    assert outcome.ended == ended
    assert outcome.favoured == (FAVOURED if is_favoured else {})
    assert len(run.kept) == is_favoured
    assert outcome.history == [ROW, ROW], "which is of the network before"
    assert outcome.best_epoch == 2


def test_a_run_says_what_it_gained_and_lost(
    ready: Training, capsys: pytest.CaptureFixture[str]
) -> None:
    Ended(ready, "finished", 2).go()

    told = "to a validation mIoU of 0.450 instead of 0.300, and an accuracy of 0.800 instead of"
    assert told in " ".join(capsys.readouterr().out.split())


def test_a_run_says_why_it_favours_none(
    ready: Training, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("training.run.favour_classes", lambda *_: ([], {}))

    Ended(ready, "finished", 2).go()

    reason = "as that does not make the last network the best one."
    assert f"No classes are favoured, {reason}" in " ".join(capsys.readouterr().out.split())


def test_ctrl_c_lets_favouring_come_to_its_end(
    ready: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> tuple[list[float], dict[str, float]]:
        signal.raise_signal(signal.SIGINT)
        return [0.0, 1.5], {**BETTER}

    monkeypatch.setattr("training.run.favour_classes", interrupted)
    before = signal.getsignal(signal.SIGINT)

    outcome = Ended(ready, "finished", 2).go()

    assert (outcome.ended, outcome.favoured) == ("finished", FAVOURED)
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.parametrize("minutes", [None, 60.0])
def test_a_run_that_was_cut_off_before_favours_when_it_goes_on(
    ready: Training, minutes: float | None
) -> None:
    """It is over all the same, by steps and by the clock, and favours no second time."""
    ready.config = replace(ready.config, minutes=minutes, epochs=None if minutes else 2)
    whole = Ended(ready, "finished", 2)
    whole.go()
    state = whole.keepers.snapshot()
    state.facts["outcome"]["favoured"] = {}
    state.facts.update(over="finished", seconds=60 * (minutes or 0.0))
    kept: list[State] = []

    outcome = Run(ready, NO_TIME, nothing, nothing, kept.append, state).go()

    assert outcome.favoured == FAVOURED
    assert [one.facts["over"] for one in kept] == ["finished"]
    again = Run(ready, NO_TIME, nothing, nothing, print, kept[0]).go()
    assert (again.ended, again.favoured) == ("finished", FAVOURED)


@pytest.fixture(scope="module")
def compiled() -> Training:
    from labels.classes import numbered_classes

    cached = Cached(examples(8), examples(4), [], "none")
    config = Config(data=Path("x"), height=16, width=16, epochs=1, stem=4, filters=4, depth=1)
    return Training(cached, numbered_classes(2), config)
