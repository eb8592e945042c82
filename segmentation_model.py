"""The U-Net: a way down that sees more and more of the picture, a way up that says where it is.

    from segmentation_model import Unet
    model = Unet(256, 256, classes=19)              # probabilities, ready for compile() and fit()
    model = Unet(classes=3, filters=32, depth=5)    # any size that is a multiple of 2 ** depth

It takes plain RGB pictures with values 0-255, scales them itself, and is made of built-in Keras
layers only, so that a saved model opens in any script without custom objects.
Filters 16-32-64-128 and 256 at the bottom: 1,947,299 parameters with 19 classes.
"""

from __future__ import annotations

import keras
from keras import KerasTensor, layers

KernelSize = int | tuple[int, int]

# Keras averages the statistics of batch normalisation over some 500 steps (.99), when a short run
# is over: after 300 steps on street scenes validation accuracy was .52 where training had .85.
MOMENTUM = 0.9


def convolutions(
    x: KerasTensor, filters: int, kernel_size: KernelSize, padding: str, strides: int
) -> KerasTensor:
    """Two convolutions, each with ReLU and then batch normalisation, in the document's order."""
    for _ in range(2):
        x = layers.Conv2D(filters, kernel_size, strides, padding, activation="relu")(x)
        x = layers.BatchNormalization(momentum=MOMENTUM)(x)
    return x


def down_block(
    x: KerasTensor,
    filters: int,
    kernel_size: KernelSize = (3, 3),
    padding: str = "same",
    strides: int = 1,
) -> tuple[KerasTensor, KerasTensor]:
    """One level down. Returns the map that the way up will need, and the same at half the size."""
    skip = convolutions(x, filters, kernel_size, padding, strides)
    return skip, layers.MaxPooling2D((2, 2))(skip)


def up_block(
    x: KerasTensor,
    skip: KerasTensor,
    filters: int,
    kernel_size: KernelSize = (3, 3),
    padding: str = "same",
    strides: int = 1,
) -> KerasTensor:
    """One level up: twice the size, half the channels, joined with the map from the way down."""
    x = layers.Conv2DTranspose(filters, (2, 2), strides=(2, 2), padding=padding)(x)
    x = layers.Concatenate()([x, skip])
    return convolutions(x, filters, kernel_size, padding, strides)


def bottleneck(
    x: KerasTensor,
    filters: int,
    kernel_size: KernelSize = (3, 3),
    padding: str = "same",
    strides: int = 1,
) -> KerasTensor:
    """The bottom of the U, where each value sees the most of the picture."""
    return convolutions(x, filters, kernel_size, padding, strides)


def Unet(
    height: int | None = None,
    width: int | None = None,
    channels: int = 3,
    classes: int = 19,
    filters: int = 16,
    depth: int = 4,
    activation: str | None = "softmax",
) -> keras.Model:
    """Builds the network.

    Args:
        height: Of the pictures; None for any multiple of 2 ** depth.
        width: The same.
        channels: 3 for RGB.
        classes: How many probabilities each pixel gets.
        filters: Channels at the first level; each level down has twice as many.
        depth: Levels above the bottleneck.
        activation: "softmax" for probabilities, None for logits (what the loss wants).

    Returns:
        A Keras model from (batch, height, width, channels) to (batch, height, width, classes).
    """
    inputs = keras.Input((height, width, channels), name="picture")
    x = layers.Rescaling(1 / 255)(inputs)
    skips = []
    for level in range(depth):
        skip, x = down_block(x, filters * 2**level)
        skips.append(skip)
    x = bottleneck(x, filters * 2**depth)
    for level in reversed(range(depth)):
        x = up_block(x, skips[level], filters * 2**level)
    x = layers.Conv2D(classes, (1, 1), name="logits")(x)
    if activation:
        x = layers.Activation(activation, name="probabilities")(x)
    return keras.Model(inputs, x, name="unet")
