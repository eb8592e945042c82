"""The answer for a picture from the picture and its mirrored one, as a model has learned both.

    model, card = read_model(Path("output/unet_model.hdf5"))
    network = answering(model, card)        # takes and gives the same as the model
    asked_as(card)                          # 'as it is and mirrored'

The answer for the mirrored picture is mirrored back, and the mean of both is better than either:
.532 became .544 on the Cityscapes pairs. It takes twice as long, or four times where pictures were
learned upside down too; the model stays as it is.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from deploy.model_file import Card
from labels.sides import mirrored_ids

ACROSS, DOWN = 2, 1  # axes of (N, H, W, channels)
Axes = tuple[int, ...]
AS_IT_IS: Axes = ()
VIEWS: dict[Axes, str] = {
    AS_IT_IS: "as it is",
    (ACROSS,): "mirrored",
    (DOWN,): "upside down",
    (DOWN, ACROSS): "turned by half",
}


def answering(model: keras.Model, card: Card, mirror: bool | None = None) -> keras.Model:
    """The model itself where it answers a picture only as it is, else one around it.

    Args:
        model: Pictures in, probabilities out.
        card: What came with it.
        mirror: Whether it is asked about other views, too; without it as the card says.
    """
    others = [axes for axes in views_of(card, mirror) if axes != AS_IT_IS]
    if not others:
        return model
    mean = MeanOfViews(model, others, mirrored_ids(card.classes.names))
    return keras.Model(model.inputs[0], mean(model.inputs[0], model.outputs[0]))


def asked_as(card: Card, mirror: bool | None = None) -> str:
    """In words, what each answer is made from."""
    *some, last = (VIEWS[axes] for axes in views_of(card, mirror))
    return f"{', '.join(some)} and {last}" if some else last


def views_of(card: Card, mirror: bool | None = None) -> list[Axes]:
    """The axes that each view of a picture is turned over by, as the model has learned such views.
    Of a model that has learned none the mirrored one is taken where somebody wants that.
    """
    if not (card.mirror if mirror is None else mirror):
        return [AS_IT_IS]
    across = card.mirrored or not card.upside_down
    return [
        axes
        for axes in VIEWS
        if (ACROSS not in axes or across) and (DOWN not in axes or card.upside_down)
    ]


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
