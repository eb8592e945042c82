"""What a network is made of, read from its own layers: levels, channels, sizes, skip connections.

    found = read_architecture(model)
    found.maps[0]                           # the picture that goes in
    encoder(found), decoder(found)          # its two halves

A feature map stands for a layer that makes one; what only normalises or drops belongs to it.
"""

from __future__ import annotations

import math
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import keras

EXAMPLE_SIZE = (256, 256)  # for a network that takes any size; it can be halved eight times
NAMES = {  # of a layer's class or of one that it is derived from
    "MaxPooling2D": "max pooling",
    "AveragePooling2D": "average pooling",
    "Conv2DTranspose": "transposed convolution",
    "UpSampling2D": "up-sampling",
    "BatchNormalization": "batch normalisation",
    "ReLU": "ReLU",
    "relu": "ReLU",
}


class FeatureMap(NamedTuple):
    """What a layer leaves behind: a bar of the picture, and the arrow that leads to it."""

    kind: str  # "input", "border", "convolution", "down", "up" or "head"
    level: int  # 0 is the full size, each level down has half of it
    height: int
    width: int
    channels: int
    copied: int = 0  # channels that a skip connection lays beside it
    source: int = -1  # number, in the whole network, of the map that they come from
    uncropped: tuple[int, int] = (0, 0)  # height and width of that map
    parameters: int = 0  # of the layers that lead to it

    @property
    def size(self) -> str:
        return f"{self.height} × {self.width}"


class Architecture(NamedTuple):
    """All that the picture shows."""

    parameters: int
    any_size: bool  # the sizes are an example
    maps: list[FeatureMap]
    words: dict[str, str]  # what each kind of arrow does
    half: str = ""  # "encoder" or "decoder", when it is not the whole
    handed: tuple[int, ...] = ()  # numbers of the maps that an encoder hands to its decoder


def read_architecture(model: keras.Model, size: tuple[int, int] | None = None) -> Architecture:
    """Finds levels, channels and skips in the order of the layers; `size` if it takes any."""
    taken = [tuple(one.shape) for one in getattr(model, "inputs", None) or []]
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    if not taken or len(taken[0]) != 4 or "convolution" not in map(kind_of, layers):
        raise ValueError(
            "The picture needs convolutions on (batch, height, width, channels), such as in "
            "Unet(256, 256) or in any keras.Model made with keras.Input. Received: inputs="
            f"{taken}, layers={[type(layer).__name__ for layer in layers]}"
        )
    tensors = [model.inputs[0], *(layer.output for layer in layers)]
    shapes = shapes_of(model, tensors, size or EXAMPLE_SIZE)
    kinds = kinds_of(layers[: len(shapes) - 1])
    around = shortcuts(layers, kinds)
    kinds = ["" if number in around else kind for number, kind in enumerate(kinds)]
    maps = maps_of(model, layers, kinds, shapes)
    any_size = None in taken[0][1:3]
    if any_size and "copy" in kinds:
        check_sizes(maps)
    shown = [number for number in range(len(kinds)) if number not in around]
    words = words_for([layers[number] for number in shown], [kinds[number] for number in shown])
    return Architecture(model.count_params(), any_size, maps, words)


def shortcuts(layers: list[Any], kinds: list[str]) -> set[int]:
    """Numbers of the layers on a way around others, as residual blocks have it."""
    newest, around, tensors = 0, set(), set()
    map_of: dict[int, int] = {}
    for number, (layer, kind) in enumerate(zip(layers, kinds, strict=False)):
        inputs = inputs_of(layer)
        source = max(map_of.get(id(one), newest) for one in inputs)
        is_around = kind in ("convolution", "down") and source < newest
        if is_around or all(id(one) in tensors for one in inputs):
            around.add(number)
            tensors.add(id(layer.output))
        elif kind and kind != "copy":
            newest = source = newest + 1
        map_of[id(layer.output)] = source
    return around


def inputs_of(layer: Any) -> list[Any]:
    return layer.input if isinstance(layer.input, list) else [layer.input]


def maps_of(
    model: keras.Model, layers: list[Any], kinds: list[str], shapes: list[Any]
) -> list[FeatureMap]:
    """A map for the picture and one for each layer that has a kind."""
    maps = [FeatureMap("input", 0, *shapes[0])]
    map_of = {id(one): 0 for one in model.inputs}  # which map a tensor belongs to
    for layer, kind, shape in zip(layers, kinds, shapes[1:], strict=False):
        before = [map_of.get(id(one), len(maps) - 1) for one in inputs_of(layer)]
        # What only crops or normalises belongs to the map before; a copy comes from the older one.
        source = min(before) if kind == "copy" else max(before)
        if kind == "copy":
            add_copy(maps, shape[2], source)
        elif kind:
            step = {"down": 1, "up": -1}.get(kind, 0) * round(math.log2(stride_of(layer)))
            maps.append(FeatureMap(kind, maps[-1].level + step, *shape))
        maps[-1] = maps[-1]._replace(parameters=maps[-1].parameters + layer.count_params())
        map_of[id(layer.output)] = len(maps) - 1 if kind else source
    return maps


def add_copy(maps: list[FeatureMap], channels: int, source: int) -> None:
    """Lays a copy beside the last way up; a convolution between the two becomes part of that."""
    turn = max(number for number, one in enumerate(maps) if one.kind in ("input", "down", "up"))
    if maps[turn].kind == "up" and source < turn:
        maps[turn:] = [
            maps[-1]._replace(
                kind="up",
                copied=channels - maps[-1].channels,
                source=source,
                uncropped=(maps[source].height, maps[source].width),
                parameters=sum(one.parameters for one in maps[turn:]),
            )
        ]


def shapes_of(model: keras.Model, tensors: list[Any], size: tuple[int, int]) -> list[Any]:
    """Sends a picture's shape, not a picture, through the network; stops where its maps end."""
    import keras

    inputs = []
    for one in model.inputs:
        sides = zip(one.shape, (1, *size, *one.shape[3:]), strict=True)
        inputs.append(keras.KerasTensor([given or example for given, example in sides], one.dtype))
    outputs = keras.Function(model.inputs, tensors).compute_output_spec(inputs)
    return [one.shape[1:] for one in takewhile(lambda one: one.ndim == 4, outputs)]


def check_sizes(maps: list[FeatureMap]) -> None:
    """A map of odd size loses a row when it is halved, and its copy would no longer fit."""
    for before, after in pairwise(maps):
        stride = 2 ** max(0, after.level - before.level)
        if before.height % stride or before.width % stride:
            raise ValueError(
                f"On the way down, a map of {before.height} × {before.width} does not divide by "
                f"{stride}. Give a size with multiples of {2 ** max(one.level for one in maps)}. "
                f"Received: size={(maps[0].height, maps[0].width)}"
            )


def stride_of(layer: Any) -> int:
    """How many times smaller (or, on the way up, larger) a layer makes a map."""
    stride = getattr(layer, "strides", getattr(layer, "size", 1))
    return stride[0] if isinstance(stride, tuple) else int(stride)


def kind_of(layer: Any) -> str:
    """What a layer is in the picture; "" for one that leaves the shape of the map as it is."""
    name = type(layer).__name__
    if stride_of(layer) > 1:
        return "up" if name in ("UpSampling2D", "Conv2DTranspose") else "down"
    names = {"Concatenate": "copy", "ZeroPadding2D": "border"}
    return "convolution" if "Conv" in name else names.get(name, "")


def kinds_of(layers: list[Any]) -> list[str]:
    """The kind of each; a convolution of 1 × 1 after which nothing changes shape is the head."""
    kinds = [kind_of(layer) for layer in layers]
    # Only around the picture: further on, some networks pad each map before they halve it.
    first = next(number for number, kind in enumerate(kinds) if kind not in ("", "border"))
    kinds[first:] = ["" if kind == "border" else kind for kind in kinds[first:]]
    last = max(
        number
        for number, kind in enumerate(kinds)
        if kind and not is_a(layers[number], "UpSampling2D")  # of what the head has said
    )
    if kinds[last] == "convolution" and layers[last].kernel_size == (1, 1):
        kinds[last] = "head"
    return kinds


def words_for(layers: list[Any], kinds: list[str]) -> dict[str, str]:
    """What each kind of arrow does, such as "3 × 3 convolution, ReLU, batch normalisation".

    The same in another order is not told twice.
    """
    said: dict[str, list[list[str]]] = {}
    shares: dict[str, list[float]] = {}
    current = ""
    for before, layer, kind in zip([None, *layers], layers, kinds, strict=False):
        if kind:
            current = kind
            cropped = kind == "head" and is_a(before, "Cropping2D")
            said.setdefault(kind, []).append(["crop" + pixels_of(before)] * cropped)
        # A block of convolutions may end in dropout, which is too much to tell of each of them.
        if current in ("down", "copy") and is_a(layer, "Dropout"):
            shares.setdefault(current, []).append(layer.rate)
        if current:
            said[current][-1] += words_of(layer)
    found = {
        kind: " or ".join(", ".join(words) for words in different(said[kind])) for kind in said
    }
    if "convolution" in found and any(is_a(layer, "Add") for layer in layers):
        found["convolution"] += ", with shortcuts"
    if "copy" in found:
        cropped = any(is_a(layer, "Cropping2D") for layer in layers)
        found["copy"] = f"copy{', crop' * cropped} and concatenate"
    return {kind: found[kind] + dropout_of(shares.get(kind, [])) for kind in found}


def different(said: list[list[str]]) -> list[list[str]]:
    """Those that are not the same words in another order."""
    seen: dict[frozenset[str], list[str]] = {}
    for words in said:
        seen.setdefault(frozenset(words), words)
    return list(seen.values())


def words_of(layer: Any) -> list[str]:
    """What one layer does: "3 × 3 convolution" and "ReLU"; nothing of what only crops or drops."""
    if is_a(layer, "ZeroPadding2D"):
        return ["black border" + pixels_of(layer)]
    name = next((NAMES[one] for one in _classes(layer) if one in NAMES), "")
    sizes = [getattr(layer, one, None) for one in ("kernel_size", "pool_size", "size")]
    windows = [f"{one[0]} × {one[1]} {name or 'convolution'}" for one in sizes if one]
    if windows and not name and stride_of(layer) > 1:
        windows[0] += f" in steps of {stride_of(layer)}"
    activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
    words = windows or [name] * bool(name)
    return words + [NAMES.get(activation, activation)] * (activation != "linear")


def pixels_of(layer: Any) -> str:
    """What is cropped or padded: " of 94 pixels" where all four sides are alike."""
    sides = getattr(layer, "cropping", None) or getattr(layer, "padding", None)
    found = {side for pair in sides for side in pair} if isinstance(sides, tuple) else set()
    return f" of {found.pop()} pixels" if len(found) == 1 else ""


def dropout_of(shares: list[float]) -> str:
    percent = " or ".join(f"{100 * share:g}" for share in dict.fromkeys(shares))
    return f", dropout of {percent} %" if percent else ""


def is_a(layer: Any, name: str) -> bool:
    return name in _classes(layer)


def _classes(layer: Any) -> list[str]:
    """Names of a layer's class and of those that it is derived from: training has its own."""
    return [one.__name__ for one in type(layer).__mro__]


def encoder(found: Architecture) -> Architecture | None:
    """The way down with the bottleneck; None where a network has no way up with copies."""
    turn = _turn(found.maps)
    handed = tuple(one.source for one in found.maps if one.copied)
    words = {"copy": "skip connection to the decoder"}
    return _half(found, "encoder", found.maps[:turn], words, handed) if turn else None


def decoder(found: Architecture) -> Architecture | None:
    """The way up, from the bottleneck, whose parameters are the encoder's, to the prediction."""
    turn = _turn(found.maps)
    maps = [found.maps[turn - 1]._replace(parameters=0), *found.maps[turn:]]
    words = {"copy": found.words.get("copy", "")}
    return _half(found, "decoder", maps, words) if turn else None


def _half(
    found: Architecture,
    name: str,
    maps: list[FeatureMap],
    words: dict[str, str],
    handed: tuple[int, ...] = (),
) -> Architecture:
    kinds = {one.kind for one in (maps if name == "encoder" else maps[1:])}
    words = {kind: word for kind, word in found.words.items() if kind in kinds} | words
    parameters = sum(one.parameters for one in maps)
    return Architecture(parameters, found.any_size, maps, words, name, handed)


def _turn(maps: list[FeatureMap]) -> int:
    """Number of the first map on the way up, if copies are laid beside it."""
    ups = [number for number, one in enumerate(maps) if one.kind == "up"]
    return ups[0] if ups and any(one.copied for one in maps) else 0
