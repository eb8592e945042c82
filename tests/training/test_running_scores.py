"""The scores of the training batches, on both backends, against the reported ones."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labels.classes import IGNORE
from training.running_scores import RunningScores
from training.scores import Scores, confusion

ROOT = Path(__file__).parents[2]

# Trains two epochs as well, as that takes the metric through Keras's own loop.
ON_JAX = """
import numpy as np
from training.backend import start_keras
start_keras()
import keras
from training.loss import SegmentationLoss
from training.running_scores import RunningScores
from training.scores import Scores, confusion

random = np.random.default_rng(0)
logits = random.normal(size=(4, 8, 8, 3)).astype(np.float32)
truth = random.integers(0, 3, (4, 8, 8)).astype(np.uint8)
truth[:, 0] = 255
model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(3, 1)])
model.layers[0].set_weights([np.eye(3)[None, None], np.zeros(3)])
model.compile(keras.optimizers.SGD(0.0), SegmentationLoss(), metrics=[RunningScores(3)])
history = model.fit(logits, truth, batch_size=2, epochs=2, verbose=0).history
expected = Scores(confusion(truth, logits.argmax(-1), 3))
np.testing.assert_allclose(history["miou"], [expected.mean_iou] * 2, rtol=1e-5)
np.testing.assert_allclose(history["accuracy"], [expected.accuracy] * 2, rtol=1e-5)
print(keras.backend.backend())
"""


def random_batch(seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, (2, 6, 7)).astype(np.uint8)
    truth[random.random(truth.shape) < 0.3] = IGNORE
    return truth, random.normal(size=(*truth.shape, 4)).astype(np.float32)


def numbers(metric: RunningScores) -> dict[str, float]:
    return {name: float(value) for name, value in metric.result().items()}


def test_it_gives_the_reported_scores_after_several_batches() -> None:
    metric = RunningScores(classes=4)
    counts = np.zeros((4, 4), np.int64)
    for seed in range(3):
        truth, logits = random_batch(seed)
        metric.update_state(truth, logits)
        counts += confusion(truth, logits.argmax(-1), 4)
        expected = Scores(counts)
        assert numbers(metric) == pytest.approx(
            {"accuracy": expected.accuracy, "miou": expected.mean_iou}, rel=1e-6
        )
    np.testing.assert_array_equal(metric.counts.numpy(), counts)


def test_it_takes_probabilities_and_labels_worked_out_by_hand() -> None:
    # The first two pixels are class 0, one of them found; class 2 is nowhere.
    truth = np.array([[[0, 0, 1, IGNORE]]], np.uint8)
    shares = np.eye(3, dtype=np.float32)[[[[0, 1, 1, 2]]]]
    metric = RunningScores(classes=3)
    metric.update_state(truth, shares)
    assert numbers(metric) == pytest.approx({"accuracy": 2 / 3, "miou": (1 / 2 + 1 / 2) / 2})


def test_reset_forgets_all_that_was_counted() -> None:
    metric = RunningScores(classes=4)
    metric.update_state(*random_batch(0))
    metric.reset_state()
    np.testing.assert_array_equal(metric.counts.numpy(), np.zeros((4, 4)))
    truth, logits = random_batch(1)
    metric.update_state(truth, logits)
    expected = Scores(confusion(truth, logits.argmax(-1), 4))
    assert numbers(metric)["miou"] == pytest.approx(expected.mean_iou, rel=1e-6)


def test_ignored_pixels_alone_give_0_and_no_nan() -> None:
    metric = RunningScores(classes=4)
    truth, logits = random_batch(0)
    metric.update_state(np.full_like(truth, IGNORE), logits)
    assert numbers(metric) == {"accuracy": 0, "miou": 0}


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is not installed")
def test_it_counts_the_same_on_jax() -> None:
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", ON_JAX], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "jax\n"
