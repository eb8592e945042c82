"""The rehearsal before a long run: it passes what is right and stops what is wired wrongly."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dataset.augment import augment
from dataset.cache import Cached, Examples
from labels.classes import numbered_classes
from labels.sides import mirrored_ids
from training import rehearsal
from training.config import Config
from training.measuring import Estimate
from training.plan import Plan
from training.recipes import CLASSIC
from training.rehearsal import _by_heart, aligned, blind_loss, rehearse, rehearse_if_long
from training.training import Training
from utils_func import BadInput

pytestmark = pytest.mark.slow

SMALL = Config(
    epochs=1,
    batch_size=2,
    height=32,
    width=32,
    filters=8,
    depth=1,
    stem=2,
    learning_rate=0.01,
    precision="float32",
)


@pytest.fixture(autouse=True)
def _fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of such small pairs as many say as much."""
    monkeypatch.setattr(rehearsal, "STEPS", 50)


def make(examples: Examples, config: Config = SMALL) -> Training:
    return Training(Cached(examples, examples, [], "none"), numbered_classes(3), config)


def test_pairs_that_belong_together_are_learned_by_heart(examples: Examples) -> None:
    training = make(examples)
    training.model.optimizer.build(training.model.trainable_variables)
    variables = [*training.model.variables, *training.model.optimizer.variables]
    before = [np.array(variable.numpy()) for variable in variables]
    said = rehearse(training, seconds=60)
    assert "the network has begun to learn 6 pairs by heart (" in said
    for variable, value in zip(variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_it_ends_when_enough_is_learned(
    examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "LEARNED", 0.1)
    monkeypatch.setattr(rehearsal, "BLOCK", 5)
    _, (_, right), usual, steps = _by_heart(make(examples), examples, math.inf)
    assert right >= usual + 0.1 * (1 - usual)
    assert steps < 50


def test_photos_that_say_nothing_about_the_labels_are_refused(examples: Examples) -> None:
    random = np.random.default_rng(0)
    examples.labels[:] = random.integers(0, 3, examples.labels.shape)
    examples.photos[:] = 128
    with pytest.raises(BadInput, match="A training would be in vain: after 50 steps") as caught:
        rehearse(make(examples), seconds=60)
    assert "the photos say nothing about the labels" in str(caught.value)
    assert "--learning-rate 0.001, or 0.1" in str(caught.value)
    assert "--no-rehearsal" in str(caught.value)


def test_a_rate_at_which_nothing_is_learned_is_refused(examples: Examples) -> None:
    with pytest.raises(BadInput, match="Expected that it learns so few by heart"):
        rehearse(make(examples, replace(SMALL, learning_rate=1e-9)), seconds=60)


def test_a_loss_that_is_no_number_is_refused(examples: Examples) -> None:
    training = make(examples)
    training.model.get_layer("logits").bias.assign(np.full(3, np.nan))
    with pytest.raises(BadInput, match="the loss is nan on 6 pairs"):
        rehearse(training, seconds=60)


def with_a_small_thing(examples: Examples) -> None:
    """Nearly all is of one class, and each photo is grey."""
    examples.labels[:] = 0
    examples.photos[:] = 60
    for number, label in enumerate(examples.labels):
        label[10:12, 4 * number : 4 * number + 2] = 1


def test_where_nearly_all_is_one_class_a_loss_that_falls_is_enough(
    examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_small_thing(examples)
    examples.photos[examples.labels == 1] = 200
    monkeypatch.setattr(rehearsal, "LEARNED", 1.1)
    monkeypatch.setattr(rehearsal, "STEPS", 100)
    said = rehearse(make(examples), seconds=60)
    assert "the network has begun to learn: the loss on 6 pairs fell to " in said


def test_to_learn_how_frequent_classes_are_is_not_enough(examples: Examples) -> None:
    with_a_small_thing(examples)
    with pytest.raises(
        BadInput, match="where naming one class everywhere is on 100%, and its loss"
    ):
        rehearse(make(examples), seconds=60)


@pytest.mark.parametrize("head", ["softmax", "sigmoid"])
def test_no_answer_for_all_pixels_has_a_lower_entropy_than_their_shares(
    head: Any, examples: Examples
) -> None:
    training = make(examples, replace(SMALL, head=head, dice=0.0))
    blind = blind_loss(training, examples)
    labels = examples.labels[:, 1::2, 1::2]
    for other in np.random.default_rng(0).normal(0, 1, (20, 3)).astype(np.float32):
        answer = np.broadcast_to(other, (*labels.shape, 3))
        assert float(training.model.loss(labels, answer)) > blind


def test_labels_that_are_ignored_everywhere_stop_nothing(examples: Examples) -> None:
    examples.labels[:] = 255
    assert "do not tell whether" in rehearse(make(examples, replace(SMALL, dice=0.0)), seconds=60)


def test_what_could_not_be_seen_in_time_stops_nothing(examples: Examples) -> None:
    said = rehearse(make(examples, replace(SMALL, learning_rate=1e-9)), seconds=-1)
    assert said == "1 step does not tell whether the network can learn. It begins."


def test_a_network_without_normalisation_may_need_longer(examples: Examples) -> None:
    slow: dict[str, Any] = {**CLASSIC, "depth": 1, "normalization": False, "learning_rate": 1e-6}
    said = rehearse(make(examples, replace(SMALL, **slow)), seconds=60)
    assert said == "50 steps do not tell whether the network can learn. It begins."


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"flip": True, "zoom": 1.25, "light": 0.15},
        {"flip": True, "mirrored_ids": mirrored_ids(("left hand", "right hand"))},
        {"flip": True, "zoom": 1.5, "light": 1.0, "rotate": 180.0, "flip_vertical": True},
    ],
)
@pytest.mark.parametrize("shrink", [1, 2, 4])
def test_views_move_photo_and_label_alike(options: dict[str, Any], shrink: int) -> None:
    plain: dict[str, Any] = {"flip": False, "zoom": 1.0, "light": 0.0, **options}

    def view(photo: np.ndarray, label: np.ndarray, random: Any) -> Any:
        return augment(photo, label, random, shrink=shrink, **plain)

    assert aligned(view, (64, 96)) > 0.93


@pytest.mark.parametrize("wrong", ["mirrored", "shifted", "upside down"])
def test_a_view_that_moves_them_apart_is_noticed(wrong: str, examples: Examples) -> None:
    changes = {
        "mirrored": lambda photo: photo[:, ::-1],
        "shifted": lambda photo: np.roll(photo, 12, axis=1),
        "upside down": lambda photo: photo[::-1],
    }
    training = make(examples)
    right = training.batches.view

    def view(photo: np.ndarray, label: np.ndarray, random: Any) -> Any:
        photo, label = right(photo, label, random)
        return np.ascontiguousarray(changes[wrong](photo)), label

    training.batches.view = view
    with pytest.raises(BadInput, match="the pixels still belong together"):
        rehearse(training, seconds=60)


@pytest.mark.parametrize(
    ("minutes", "wanted", "rehearsed"), [(6.0, True, True), (6.0, False, False), (5.9, True, False)]
)
def test_only_a_long_run_is_rehearsed(
    minutes: float,
    wanted: bool,
    rehearsed: bool,
    examples: Examples,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given: list[float] = []

    def watched(training: Training, seconds: float) -> str:
        given.append(seconds)
        return "All is well."

    monkeypatch.setattr(rehearsal, "rehearse", watched)
    config = replace(SMALL, epochs=None, minutes=minutes, rehearsal=wanted)
    rehearse_if_long(Plan(make(examples, config), Estimate(1.0, 1.0), {}, config))
    assert given == ([60] if rehearsed else [])
    assert ("All is well." in capsys.readouterr().out) == rehearsed
