"""Pictures a second of a whole run and of bare steps, on whatever device and backend there is.

    training, prediction = ours(Task(batch=64), steps=50)       # in a process of its own
    training.whole, training.bare, training.work
    device, rate = measured_rate(8192)                          # 'GPU NVIDIA H200', 6.9e14

A GPU computes while Python goes on, so the clock stops when a result of the last step is read.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.task import Task, config_of, street_scenes
from benchmarks.timing import WARMING

REPETITIONS = 3
BATCHES = 8  # different ones in memory


@dataclass(frozen=True)
class Throughput:
    """Pictures a second, with and without the input side, and operations for each picture."""

    whole: float
    bare: float
    work: float


def measured_rate(side: int) -> tuple[str, float]:
    """The device, and floating-point operations a second of a matrix product in bfloat16."""
    from benchmarks.rates import matrix_product
    from training.device import device

    product = matrix_product("bfloat16", side)
    return device(), product.work / _median(product.step, steps=10)


def ours(task: Task, steps: int) -> tuple[Throughput, Throughput]:
    """Training and prediction, as main.py does them."""
    from benchmarks.epoch import new_training
    from benchmarks.rates import prediction_operations, training_operations

    built = new_training(_many(task), config_of(task), steps)
    whole, bare = _training_seconds(built, steps)
    work = training_operations(built.model)
    training = Throughput(task.batch / whole, task.batch / bare, work)
    with_input, without = _prediction_seconds(built, steps)
    work = prediction_operations(built.model)
    return training, Throughput(task.batch / with_input, task.batch / without, work)


def _many(task: Task) -> Any:
    """Some batches of pairs; the drawn ones come again and again."""
    from dataset.cache import Cached, Examples

    photos, labels = (np.concatenate([part] * BATCHES) for part in street_scenes(task))
    names = [f"{number}.png" for number in range(len(photos))]
    examples = Examples(names, photos, labels, np.ones(labels.shape, bool))
    return Cached(examples, examples.chosen(slice(task.batch)), [], "")


def _training_seconds(built: Any, steps: int) -> tuple[float, float]:
    """Of a step: in a run, and with one batch over and over."""
    from benchmarks.epoch import epoch_seconds

    built.batches.steps = steps
    estimate = built.measure()
    whole = [epoch_seconds(built, estimate) / steps for _ in range(1 + REPETITIONS)]
    repeated = repeated_batch(built.batches[0])

    def bare() -> Any:
        return built.model.fit(
            repeated, steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0
        ).history["loss"][0]

    return statistics.median(whole[1:]), _median(bare, steps=1) / steps


def repeated_batch(batch: tuple[np.ndarray, np.ndarray]) -> Any:
    """A row without end of the same batch, given to Keras as that of a run is."""
    import keras

    class Repeated(keras.utils.PyDataset):
        num_batches = None

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            return batch

    return Repeated()


def _prediction_seconds(built: Any, steps: int) -> tuple[float, float]:
    """Of a batch: pictures in and counts out as in 'evaluate', and with its pictures in place."""
    from keras import ops

    from training.validation import Scorer

    network, (photos, labels) = Scorer(built.deployable()).network, built.batches[0]
    given = [photos, labels, labels]
    in_place = [ops.convert_to_tensor(part) for part in given]
    whole = _median(lambda: network.predict_on_batch(given), steps)
    return whole, _median(lambda: network.predict_on_batch(in_place), steps)


def pytorch(task: Task, steps: int) -> tuple[Throughput, Throughput]:
    """The same of PyTorch, where the data lie on the device already."""
    from benchmarks.torch_sides import on_device

    def wait(result: Any) -> None:
        result.flatten()[0].item()

    seconds = [_median(step, steps, wait) for step in on_device(task)]
    training, prediction = (task.batch / passed for passed in seconds)
    return Throughput(training, training, 0), Throughput(prediction, prediction, 0)


def _median(
    step: Callable[[], Any], steps: int, wait: Callable[[Any], None] = lambda result: None
) -> float:
    """Seconds of a step, in the middle of some repetitions; `wait` waits for the last one."""
    for _ in range(WARMING):
        wait(step())
    seconds = []
    for _ in range(REPETITIONS):
        began = time.perf_counter()
        for _ in range(steps):
            result = step()
        wait(result)
        seconds.append((time.perf_counter() - began) / steps)
    return statistics.median(seconds)
