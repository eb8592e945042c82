"""The side of this project: the training step and the prediction that main.py really runs.

training(Task()).step()                         # one step, as training/training.py compiles it
prediction(task, "normalised", 8).step()        # the model file, as deploy/predict.py opens it
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.exchange import largest_difference, model_path, pictures
from benchmarks.task import Task, config_of, in_memory, street_scenes
from benchmarks.timing import Ready
from training.backend import start_keras


def training(task: Task) -> Ready:
    """Optimiser, clipped norm, loss with Dice and running scores are those of a run."""
    from benchmarks.rates import training_operations

    built = new_training(task)
    work = training_operations(built.model) * task.batch
    return Ready(step_of(built.model, *street_scenes(task)), str(built.precision), work)


def new_training(task: Task) -> Any:
    from labels.classes import CITYSCAPES

    start_keras()
    from training.training import Training

    return Training(in_memory(task), CITYSCAPES, config_of(task))


def step_of(model: Any, photos: np.ndarray, labels: np.ndarray) -> Any:
    """The function that fit() calls for each step, on arrays that are there already."""
    return lambda: float(model.train_on_batch(photos, labels, return_dict=True)["loss"])


def prediction(task: Task, name: str, batch: int) -> Ready:
    """The call of deploy/predict.py; its size is 1, and a larger one is for comparison."""
    start_keras()
    from deploy.model_file import read_model
    from deploy.quick import quick
    from training.precision import choose_precision

    model = quick(read_model(model_path(task, name))[0], choose_precision("auto").kind)
    photos = pictures(task, batch)
    remark = largest_difference(task, name, np.asarray(model.predict_on_batch(photos)))
    return Ready(lambda: model.predict_on_batch(photos), remark)
