"""The answer for a picture from the picture and its mirrored one, as a model has learned both.

    model, card = read_model(Path("output/unet_model.hdf5"))
    network = answering(model, card)        # takes and gives the same as the model
    asked_as(card)                          # 'as it is and mirrored'

The answer for the mirrored picture is mirrored back, and the mean of both is better than either:
.531 became .550 on the Cityscapes pairs. It takes twice as long; the model stays as it is.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from deploy.model_file import Card
from labels.sides import mirrored_ids

ACROSS, DOWN = 2, 1  # axes of (N, H, W, channels)
NAMES = {
    (): "as it is",
    (ACROSS,): "mirrored",
    (DOWN,): "upside down",
    (DOWN, ACROSS): "turned by half",
}
Axes = tuple[int, ...]


def answering(model: keras.Model, card: Card, mirror: bool | None = None) -> keras.Model:
    """The model itself where it answers a picture only as it is, else one around it.

    Args:
        model: Pictures in, probabilities out.
        card: What came with it.
        mirror: Whether mirrored pictures are asked about; without it as the card says.
    """
    views = _views(card, mirror)
    if len(views) == 1:
        return model
    mean = MeanOfViews(model, views[1:], mirrored_ids(card.classes.names))
    return keras.Model(model.inputs[0], mean(model.inputs[0], model.outputs[0]))


class MeanOfViews(keras.layers.Layer):
    """The mean of the answer for the picture and of those for its other views.

    A layer, as single operations have numbers in their names, which the model may have, too.

    Args:
        model: Answers the other views.
        views: The axes that each of them is turned over by.
        sides: For each id what it is in a mirror; None where no class has a side.
    """

    def __init__(self, model: keras.Model, views: list[Axes], sides: np.ndarray | None) -> None:
        super().__init__(name="mean_of_views")
        self.model, self.views = model, views
        self.sides = None if sides is None else sides[: model.output_shape[-1]].astype("int32")

    def call(self, pictures: Any, answer: Any) -> Any:
        answers = [answer]
        for axes in self.views:
            answer = ops.flip(self.model(ops.flip(pictures, axes)), axes)
            if self.sides is not None and len(axes) == 1:  # both together are half a turn
                answer = ops.take(answer, self.sides, axis=-1)
            answers.append(answer)
        return sum(answers[1:], answers[0]) / len(answers)

    def compute_output_spec(self, pictures: Any, answer: Any) -> keras.KerasTensor:
        """Said, as Keras cannot find it out where pictures may have any size."""
        return keras.KerasTensor(answer.shape, answer.dtype)


def asked_as(card: Card, mirror: bool | None = None) -> str:
    """In words, what each answer is made from."""
    *some, last = (NAMES[axes] for axes in _views(card, mirror))
    return f"{', '.join(some)} and {last}" if some else last


def _views(card: Card, mirror: bool | None) -> list[Axes]:
    """The axes that each view of a picture is turned over by. A model that says of none that it has
    learned it is asked about the mirrored picture where somebody wants that.
    """
    if mirror is False or not (mirror or card.mirrored or card.upside_down):
        return [()]
    across = card.mirrored or not card.upside_down
    return [
        axes
        for axes in NAMES
        if (ACROSS not in axes or across) and (DOWN not in axes or card.upside_down)
    ]
