"""A trained network as this machine predicts fastest with it.

model, card = read_model(Path("output/unet_model.hdf5"))
network = quick(model, choose_precision("auto").kind)
ids = predict_ids(answering(network, card), card, photo)

Normalisation is one operation, as in training, and all but the head computes in 16 bits where that
is faster here. In float32 its answers are those of the file to rounding.
"""

from __future__ import annotations

import keras

from training.normalization import FusedBatchNormalization
from training.precision import POLICIES, Kind

HEAD = ("logits", "enlarged", "probabilities")


def quick(model: keras.Model, kind: Kind = "float32") -> keras.Model:
    """The same network with the same weights, made of other layers."""

    def remade(layer: keras.layers.Layer) -> keras.layers.Layer:
        options = layer.get_config()
        if isinstance(layer, keras.layers.BatchNormalization):
            del options["dtype"]  # it has its own: statistics stay in float32
            return FusedBatchNormalization.from_config(options)
        if layer.name in HEAD:
            return type(layer).from_config(options)
        return type(layer).from_config({**options, "dtype": POLICIES[kind]})

    made = keras.models.clone_model(model, clone_function=remade)
    made.set_weights(model.get_weights())
    return made
