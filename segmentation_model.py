"""The U-Net: a way down that sees more and more of the picture, a way up that says where it is.

    from segmentation_model import Unet
    model = Unet(256, 256, classes=19)              # probabilities, ready for compile() and fit()
    model = Unet(classes=3, filters=32, depth=5)    # any size that is a multiple of 2 ** depth
    model = Unet(classes=21, filters=64, padding="valid", normalization=None)    # the 2015 paper's

It takes plain RGB pictures with values 0-255, scales them itself, and is made of built-in Keras
layers only, so that a saved model opens in any script without custom objects.
Filters 16-32-64-128 and 256 at the bottom: 1,947,299 parameters with 19 classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import KerasTensor, layers

KernelSize = int | tuple[int, int]
Normalization = Callable[..., layers.Layer] | None

# Keras averages the statistics of batch normalisation over some 500 steps (.99), when a short run
# is over: after 300 steps on street scenes validation accuracy was .52 where training had .85.
MOMENTUM = 0.9


def convolutions(
    x: KerasTensor,
    filters: int,
    kernel_size: KernelSize,
    padding: str,
    strides: int,
    *,
    normalization: Normalization = layers.BatchNormalization,
    initializer: str = "glorot_uniform",
) -> KerasTensor:
    """Two convolutions, each with ReLU and then normalisation, in the document's order."""
    for _ in range(2):
        x = layers.Conv2D(
            filters,
            kernel_size,
            strides,
            padding,
            activation="relu",
            kernel_initializer=initializer,
        )(x)
        if normalization:
            x = normalization(momentum=MOMENTUM)(x)
    return x


def down_block(
    x: KerasTensor,
    filters: int,
    kernel_size: KernelSize = (3, 3),
    padding: str = "same",
    strides: int = 1,
    *,
    dropout: float = 0.0,
    **kind: Any,  # normalization and initializer, as convolutions() takes them
) -> tuple[KerasTensor, KerasTensor]:
    """One level down. Returns the map that the way up will need, and the same at half the size."""
    skip = convolutions(x, filters, kernel_size, padding, strides, **kind)
    return skip, dropped(layers.MaxPooling2D((2, 2))(skip), dropout)


def up_block(
    x: KerasTensor,
    skip: KerasTensor,
    filters: int,
    kernel_size: KernelSize = (3, 3),
    padding: str = "same",
    strides: int = 1,
    *,
    dropout: float = 0.0,
    transposed: int = 2,
    crop: int = 0,
    **kind: Any,  # normalization and initializer, as convolutions() takes them
) -> KerasTensor:
    """One level up: twice the size, half the channels, joined with the map from the way down."""
    # "same", whatever the convolutions have: exactly twice the size with a kernel of 3 as well.
    x = layers.Conv2DTranspose(filters, transposed, strides=(2, 2), padding="same")(x)
    x = dropped(layers.Concatenate()([x, cropped(skip, crop)]), dropout)
    return convolutions(x, filters, kernel_size, padding, strides, **kind)


def bottleneck(
    x: KerasTensor,
    filters: int,
    kernel_size: KernelSize = (3, 3),
    padding: str = "same",
    strides: int = 1,
    **kind: Any,  # normalization and initializer, as convolutions() takes them
) -> KerasTensor:
    """The bottom of the U, where each value sees the most of the picture."""
    return convolutions(x, filters, kernel_size, padding, strides, **kind)


def Unet(
    height: int | None = None,
    width: int | None = None,
    channels: int = 3,
    classes: int = 19,
    filters: int = 16,
    depth: int = 4,
    activation: str | None = "softmax",
    *,
    padding: str = "same",
    normalization: Normalization = layers.BatchNormalization,
    dropout: float = 0.0,
    first_dropout: float | None = None,
    initializer: str = "glorot_uniform",
    transposed: int = 2,
) -> keras.Model:
    """Builds the network.

    Args:
        height: Of the pictures; None for any multiple of 2 ** depth.
        width: The same.
        channels: 3 for RGB.
        classes: How many probabilities each pixel gets.
        filters: Channels at the first level; each level down has twice as many.
        depth: Levels above the bottleneck.
        activation: "softmax" or "sigmoid" for probabilities, None for logits (what the loss wants).
        padding: "same", or "valid" for unpadded convolutions and cropped skip maps.
        normalization: The layer after each convolution, made with its momentum; None for none.
        dropout: Share of values that is dropped after each pooling and each concatenation.
        first_dropout: The same after the first pooling alone; None for the same share.
        initializer: Of the 3×3 convolutions.
        transposed: Kernel size of the transposed convolutions.

    Returns:
        A Keras model from (batch, height, width, channels) to (batch, height, width, classes).
    """
    kind: dict[str, Any] = {
        "padding": padding,
        "normalization": normalization,
        "initializer": initializer,
    }
    kind_up: dict[str, Any] = {**kind, "dropout": dropout, "transposed": transposed}
    dropouts = [dropout if first_dropout is None else first_dropout] + [dropout] * depth
    border, crops, rest = margins(depth, padding)

    inputs = keras.Input((height, width, channels), name="picture")
    x = widened(layers.Rescaling(1 / 255)(inputs), border)
    skips = []
    for level in range(depth):
        skip, x = down_block(x, filters * 2**level, dropout=dropouts[level], **kind)
        skips.append(skip)
    x = bottleneck(x, filters * 2**depth, **kind)
    for level in reversed(range(depth)):
        x = up_block(x, skips[level], filters * 2**level, crop=crops[level], **kind_up)
    # In float32 where the rest is in 16 bits: bfloat16 has 3 digits, too few to tell classes apart.
    x = layers.Conv2D(classes, (1, 1), name="logits", dtype="float32")(cropped(x, rest))
    if activation:
        x = layers.Activation(activation, name="probabilities", dtype="float32")(x)
    return keras.Model(inputs, x, name="unet")


def margins(depth: int, padding: str) -> tuple[int, list[int], int]:
    """What unpadded 3×3 convolutions ask for, in pixels on each side.

    Two of them take 2 pixels, a level doubles what the levels below it take, so a U of 0, 1, 2, …
    levels takes 2, 8, 20, 44, 92: lost(n) = 2 + 2 · lost(n - 1) + 2.
    With 2 more the sizes come out even at every pooling: 256 → 444 → 260 → 256.

    Returns:
        The border to put around the picture; for each level the pixels to crop from its skip map
        (4, 16, 40 and 88 from the bottom, as in the paper); the pixels to crop in the end.
    """
    if padding != "valid":
        return 0, [0] * depth, 0
    lost = [6 * 2**levels - 4 for levels in range(depth + 1)]
    return lost[depth] + 2, [2 * lost[depth - 1 - level] for level in range(depth)], 2


def widened(x: KerasTensor, border: int) -> KerasTensor:
    """Black around the picture. The paper mirrors, but no built-in layer does at any size."""
    return layers.ZeroPadding2D(border)(x) if border else x


def cropped(x: KerasTensor, crop: int) -> KerasTensor:
    return layers.Cropping2D(crop)(x) if crop else x


def dropped(x: KerasTensor, dropout: float) -> KerasTensor:
    return layers.Dropout(dropout)(x) if dropout else x
