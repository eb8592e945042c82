"""The same trained weights for every side of a prediction, and a check that they predict the same.

    write_networks(task)                     # once, in a process of its own, into task.folder
    model_path(task, "normalised")           # the file of a run, which read_model() opens
    read_weights(task)                       # one list of arrays for each layer that has any
    largest_difference(task, "normalised", probabilities)      # 'predictions differ by 3e-07'

'normalised' has batch normalisation after each convolution, 'plain' none.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.task import Task, street_scenes

NAMES = {"normalised": True, "plain": False}
TRAINED = 3  # steps, so that the averages of normalisation are not 0 and 1 any more
TOLERANCE = 0.2  # of the range of the predictions; bfloat16 is well within, a wrong network is not


def write_networks(task: Task) -> None:
    for name, normalization in NAMES.items():
        _write(replace(task, normalization=normalization), name)


def _write(task: Task, name: str) -> None:
    from benchmarks.ours import new_training, step_of
    from deploy.model_file import Card, write_model

    built = new_training(task)
    step = step_of(built.model, *street_scenes(task))
    for _ in range(TRAINED):
        step()
    network = built.deployable()  # of stock layers in float32
    write_model(network, Card(built.classes, task.size, task.size), model_path(task, name))
    np.save(_reference_path(task, name), network.predict_on_batch(pictures(task, task.batch)))
    arrays = [layer.get_weights() for layer in network.layers if layer.weights]
    flat = [array for layer in arrays for array in layer]
    np.savez(_weights_path(task, name), np.array([len(layer) for layer in arrays]), *flat)


def model_path(task: Task, name: str) -> Path:
    return task.folder / f"{name}.hdf5"


def pictures(task: Task, batch: int) -> np.ndarray:
    return street_scenes(task)[0][:batch]


def read_weights(task: Task, name: str = "normalised") -> list[list[np.ndarray]]:
    """The arrays of each layer that has any, from the picture to the classes."""
    with np.load(_weights_path(task, name)) as stored:
        counts, *flat = (stored[key] for key in stored.files)
    rest = iter(flat)
    return [[next(rest) for _ in range(count)] for count in counts]


def largest_difference(task: Task, name: str, probabilities: np.ndarray) -> str:
    """What the predictions differ by, at most, from those of stock Keras in float32.

    Raises:
        ValueError: they are of other pictures, or of another network.
    """
    reference = np.load(_reference_path(task, name))[: len(probabilities)]
    difference = float(np.abs(np.asarray(probabilities, np.float32) - reference).max())
    spread = float(np.ptp(reference))
    if not difference <= TOLERANCE * spread:
        raise ValueError(
            f"Predictions differ by {difference:.2g}, where they spread over {spread:.2g}. "
            "Expected the same network, to rounding."
        )
    return f"predictions differ by {difference:.0e} of {spread:.2f}"


def export(task: Task, format: str, batch: int) -> str:
    """Keras's own export of the network, of a fixed shape as that is faster everywhere."""
    import keras

    ending = {"onnx": "onnx", "openvino": "xml"}[format]
    place = task.folder / f"batch-{batch}.{ending}"
    shape = (batch, *task.shape[1:])
    signature = [keras.InputSpec(shape=shape, dtype="float32", name="picture")]
    network: Any = keras.models.load_model(model_path(task, "normalised"), compile=False)
    with warnings.catch_warnings():  # Keras 3.15 asks NumPy for names that will change
        warnings.simplefilter("ignore", FutureWarning)
        network.export(str(place), format=format, input_signature=signature, verbose=False)
    return str(place)


def _reference_path(task: Task, name: str) -> Path:
    return task.folder / f"{name}-probabilities.npy"


def _weights_path(task: Task, name: str) -> Path:
    return task.folder / f"{name}-weights.npz"
