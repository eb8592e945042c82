"""The U-Net: a way down that sees more and more of the picture, a way up that says where it is.

    from segmentation_model import Unet
    model = Unet(256, 256, classes=19)              # probabilities, ready for compile() and fit()
    model = Unet(classes=3, filters=32, depth=5)    # any size that is a multiple of 2 ** depth
    model = Unet(classes=21, filters=64, padding="valid", normalization=None)    # the 2015 paper's
    model = Unet(filters=32, depth=2, stem=4, residual=True, context=4, thin=True)    # quick

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
    residual: bool = False,
    number: int = 2,
    dilation: int = 1,
) -> KerasTensor:
    """Convolutions, each with ReLU and then normalisation; residual ones the other way round.

    Args:
        x: A map.
        filters: Channels of the result.
        kernel_size: Of each convolution.
        padding: "same" or "valid".
        strides: Of each convolution.
        normalization: The layer after each, made with its momentum; None for none.
        initializer: Of the kernels.
        residual: What comes in is added to what two of them make of it, before the last ReLU.
        number: How many; residual ones are two.
        dilation: Of the last; 2 leaves a gap of one pixel between those that it looks at.
    """
    if residual:
        if padding != "same" or strides != 1:
            raise ValueError(
                "A shortcut needs maps of one size: padding 'same' and strides of 1. "
                f"Received: padding={padding!r}, strides={strides}"
            )
        return residual_convolutions(x, filters, kernel_size, dilation, normalization, initializer)
    for place in range(1, number + 1):
        x = layers.Conv2D(
            filters,
            kernel_size,
            strides,
            padding,
            dilation_rate=dilation if place == number else 1,
            activation="relu",
            kernel_initializer=initializer,
        )(x)
        if normalization:
            x = normalization(momentum=MOMENTUM)(x)
    return x


def residual_convolutions(
    x: KerasTensor,
    filters: int,
    kernel_size: KernelSize,
    dilation: int,
    normalization: Normalization,
    initializer: str,
) -> KerasTensor:
    """Two convolutions around which what comes in takes a shortcut; normalisation before ReLU."""

    def convolution(x: KerasTensor, kernel_size: KernelSize, dilation: int = 1) -> KerasTensor:
        x = layers.Conv2D(
            filters,
            kernel_size,
            padding="same",
            dilation_rate=dilation,
            use_bias=normalization is None,  # normalisation has one
            kernel_initializer=initializer,
        )(x)
        return normalization(momentum=MOMENTUM)(x) if normalization else x

    inner = layers.Activation("relu")(convolution(x, kernel_size))
    inner = convolution(inner, kernel_size, dilation)
    shortcut = x if x.shape[-1] == filters else convolution(x, 1)
    return layers.Activation("relu")(layers.Add()([inner, shortcut]))


def down_block(
    x: KerasTensor,
    filters: int,
    kernel_size: KernelSize = (3, 3),
    padding: str = "same",
    strides: int = 1,
    *,
    dropout: float = 0.0,
    **kind: Any,  # what else convolutions() takes
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
    **kind: Any,  # what else convolutions() takes
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
    *,
    context: int = 1,
    **kind: Any,  # what else convolutions() takes
) -> KerasTensor:
    """The bottom of the U, where each value sees the most of the picture.

    With more `context`, so many times the convolutions, each looking twice as far as the last.
    """
    for number in range(context):
        x = convolutions(x, filters, kernel_size, padding, strides, dilation=2**number, **kind)
    return x


def one_step(step: int) -> dict[str, Any]:
    """A single convolution in steps; its kernel leaves no pixel out."""
    return {"kernel_size": max(3, step), "strides": step, "number": 1}


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
    stem: int = 1,
    residual: bool = False,
    context: int = 1,
    thin: bool = False,
    enlarge: bool = True,
) -> keras.Model:
    """Builds the network.

    Args:
        height: Of the pictures; None for any multiple of stem · 2 ** depth.
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
        stem: Convolutions in steps of two pixels stand for the first level's two, until all maps
            are so many times smaller; the result is enlarged.
        residual: Let the convolutions of the way down and of the bottom add to what comes in.
        context: How often the bottom has its convolutions, each time looking twice as far.
        thin: Give each level of the way up one convolution instead of two.
        enlarge: Bring the result of a smaller size, as a stem makes it, to that of the picture.

    Returns:
        A Keras model from (batch, height, width, channels) to (batch, height, width, classes).
    """
    if padding == "valid" and (thin or stem > 1 or context > 1):
        raise ValueError(
            "Unpadded convolutions are reckoned with as the paper has them: a stem of 1, a context "
            f"of 1, not thin. Received: stem={stem}, context={context}, thin={thin}"
        )
    kind: dict[str, Any] = {
        "padding": padding,
        "normalization": normalization,
        "initializer": initializer,
    }
    down: dict[str, Any] = {**kind, "residual": residual}
    up: dict[str, Any] = {**kind, "dropout": dropout, "transposed": transposed}
    up["number"] = 1 if thin else 2
    dropouts = [dropout if first_dropout is None else first_dropout] + [dropout] * depth
    border, crops, rest = margins(depth, padding)

    inputs = keras.Input((height, width, channels), name="picture")
    x = widened(layers.Rescaling(1 / 255)(inputs), border)
    first: dict[str, Any] = down
    if stem > 1:
        *before, last = steps_of(stem)
        for step in before:
            x = convolutions(x, filters, **kind, **one_step(step))
        first = {**kind, **one_step(last)}
    skips = []
    for level in range(depth):
        blocks = first if level == 0 else down
        skip, x = down_block(x, filters * 2**level, dropout=dropouts[level], **blocks)
        skips.append(skip)
    x = bottleneck(x, filters * 2**depth, context=context, **down)
    for level in reversed(range(depth)):
        x = up_block(x, skips[level], filters * 2**level, crop=crops[level], **up)
    # In float32 where the rest is in 16 bits: bfloat16 has 3 digits, too few to tell classes apart.
    x = layers.Conv2D(classes, (1, 1), name="logits", dtype="float32")(cropped(x, rest))
    if enlarge:
        x = enlarged(x, stem)
    if activation:
        x = layers.Activation(activation, name="probabilities", dtype="float32")(x)
    return keras.Model(inputs, x, name="unet")


def steps_of(stem: int) -> list[int]:
    """Steps that make maps so many times smaller: 2 and 2 for 4.

    Two convolutions of these see more than one in steps of 4: .466 mIoU instead of .433 after as
    many steps, in the same time.
    """
    least = next(step for step in range(2, stem + 1) if stem % step == 0)
    return [least, *steps_of(stem // least)] if stem > least else [least]


def enlarged(x: KerasTensor, stem: int) -> KerasTensor:
    """A result of the size that a stem leaves, at the size of the picture."""
    if stem == 1:
        return x
    return layers.UpSampling2D(stem, interpolation="bilinear", name="enlarged", dtype="float32")(x)


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
