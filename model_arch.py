"""The picture of the network: a U that a person who has never seen one can read.

    from model_arch import get_model_arch
    get_model_arch(model)                    # output/model_arch.png, in about a second
    get_model_arch(model, "somewhere")       # somewhere/model_arch.png

Everything in it is found in the model's own layers: levels, channels, sizes, skip connections.
Where Graphviz is installed, output/model_layers.png also shows every single layer.
A network that is no U is drawn as what it is: a staircase, or a row.
"""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
from itertools import pairwise, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EXAMPLE_SIZE = (256, 256)  # for a network that takes any size; it can be halved eight times
NAMES = {
    "MaxPooling2D": "max pooling",
    "AveragePooling2D": "average pooling",
    "Conv2DTranspose": "transposed convolution",
    "UpSampling2D": "up-sampling",
    "BatchNormalization": "batch normalisation",
    "ReLU": "ReLU",
    "relu": "ReLU",
}
COLOURS = {  # of edges and arrows; a bar is filled with a quarter of it
    "input": "#b08a3c",
    "convolution": "#33658a",
    "down": "#b8553a",
    "up": "#4f8a4c",
    "copy": "#8c8c8c",
    "head": "#7a5ea8",
}
BLACK, GREY = "#222222", "#666666"
BARS = {"input": "picture", "convolution": "feature map", "copy": "its copy", "head": "prediction"}
# Inches, so that a font of 10 points is as large in a deep network as in a flat one.
TALLEST, WIDEST, GAP, BETWEEN_LEVELS = 1.7, 0.58, 0.34, 0.76
BOTTOM = 2.2  # the gaps there together: "copy and concatenate" must fit above them


class FeatureMap(NamedTuple):
    """What a layer leaves behind: a bar of the picture, and the arrow that leads to it."""

    kind: str  # "input", "convolution", "down", "up" or "head"
    level: int  # 0 is the full size, each level down has half of it
    height: int
    width: int
    channels: int
    copied: int = 0  # channels that a skip connection lays beside it
    source: int = -1  # number of the map that they come from


class Architecture(NamedTuple):
    """All that the picture shows."""

    parameters: int
    any_size: bool  # the sizes are an example
    maps: list[FeatureMap]
    words: dict[str, str]  # what each kind of arrow does


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
    picture, *shapes = shapes_of(model, tensors, size or EXAMPLE_SIZE)
    kinds = kinds_of(layers[: len(shapes)])
    maps = [FeatureMap("input", 0, *picture)]
    map_of = {id(one): 0 for one in model.inputs}  # which map a tensor belongs to
    for layer, kind, shape in zip(layers, kinds, shapes, strict=False):
        inputs = layer.input if isinstance(layer.input, list) else [layer.input]
        before = [map_of.get(id(one), len(maps) - 1) for one in inputs]
        # What only crops or normalises belongs to the map before; a copy comes from the older one.
        source = min(before) if kind == "copy" else max(before)
        if kind == "copy":
            add_copy(maps, shape[2], source)
        elif kind:
            step = {"down": 1, "up": -1}.get(kind, 0) * round(math.log2(stride_of(layer)))
            maps.append(FeatureMap(kind, maps[-1].level + step, *shape))
        map_of[id(layer.output)] = len(maps) - 1 if kind else source
    any_size = None in taken[0][1:3]
    if any_size and "copy" in kinds:
        check_sizes(maps)
    return Architecture(model.count_params(), any_size, maps, words_for(layers, kinds))


def add_copy(maps: list[FeatureMap], channels: int, source: int) -> None:
    """Lays a copy beside the last way up; a convolution between the two becomes part of that."""
    turn = max(number for number, one in enumerate(maps) if one.kind in ("input", "down", "up"))
    if maps[turn].kind == "up" and source < turn:
        copied = channels - maps[-1].channels
        maps[turn:] = [maps[-1]._replace(kind="up", copied=copied, source=source)]


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
    return "convolution" if "Conv" in name else "copy" if name == "Concatenate" else ""


def kinds_of(layers: list[Any]) -> list[str]:
    """The kind of each; a convolution of 1 × 1 after which nothing changes shape is the head."""
    kinds = [kind_of(layer) for layer in layers]
    last = max(number for number, kind in enumerate(kinds) if kind)
    if kinds[last] == "convolution" and layers[last].kernel_size == (1, 1):
        kinds[last] = "head"
    return kinds


def words_for(layers: list[Any], kinds: list[str]) -> dict[str, str]:
    """What each kind of arrow does, such as "3 × 3 convolution, ReLU, batch normalisation"."""
    said: dict[str, list[list[str]]] = {}
    words: list[str] = []
    for layer, kind in zip(layers, kinds, strict=False):
        if kind:
            words = []
            said.setdefault(kind, []).append(words)
        name = NAMES.get(type(layer).__name__, "")
        sizes = [getattr(layer, one, None) for one in ("kernel_size", "pool_size", "size")]
        windows = [f"{one[0]} × {one[1]} {name or 'convolution'}" for one in sizes if one]
        activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
        words += windows or [name] * bool(name)
        words += [NAMES.get(activation, activation)] * (activation != "linear")
    found = {kind: " or ".join(dict.fromkeys(map(", ".join, said[kind]))) for kind in said}
    return found | ({"copy": "copy and concatenate"} if "copy" in found else {})


class Bar(NamedTuple):
    """Where a feature map stands on the paper; `x` and `y` are its middle."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    channels: int

    def side(self, sign: int) -> tuple[float, float]:
        """Where an arrow touches it: on the left for -1, on the right for 1."""
        return self.x + sign * self.width / 2, self.y

    def end(self, sign: int) -> tuple[float, float]:
        """The same: below for -1; above, over the number that stands there, for 1."""
        return self.x, self.y + sign * self.height / 2 + (0.2 if sign == 1 else 0)


def lay_out(maps: list[FeatureMap]) -> tuple[list[Bar], dict[int, Bar]]:
    """Places a bar for each map, and by their numbers the copies that stand on their left."""
    areas = {one.level: one.height * one.width for one in reversed(maps)}
    most, deepest = max(one.channels for one in maps), max(areas)
    # By roots, or the smallest maps would be lines: 1/64 of the side is 1/8 of the height.
    heights = {level: TALLEST * (areas[level] / max(areas.values())) ** 0.25 for level in areas}
    bottom_gap = max(GAP, BOTTOM / max(1, sum(one.level == deepest for one in maps) - 1))

    def width_of(channels: int) -> float:
        return max(WIDEST * math.sqrt(channels / most), 0.1 + 0.086 * len(str(channels)))

    bars: list[Bar] = []
    copies: dict[int, Bar] = {}
    x = 0.0
    for one in maps:
        height, above = heights[one.level], [level for level in areas if level < one.level]
        y = -sum(heights[level] + BETWEEN_LEVELS for level in above) - height / 2
        width = width_of(one.channels)
        if bars and one.kind not in ("down", "up"):
            x = bars[-1].side(1)[0] + (bottom_gap if one.level == deepest else GAP) + width / 2
        elif one.kind == "up" and bars[-1].kind == "down":
            x += BOTTOM  # a bottom of a single bar; the way up must not cover the way down
        bars.append(Bar(one.kind, x, y, width, height, one.channels))
        if one.copied:
            width = width_of(one.copied)
            left = x - bars[-1].width / 2 - width / 2
            copies[len(bars) - 1] = Bar("copy", left, y, width, height, one.copied)
    return bars, copies


def draw(found: Architecture, title: str) -> Figure:
    """Draws everything in inches around one corner; saving it cuts the paper to what is there."""
    from matplotlib.figure import Figure

    figure = Figure((1, 1), dpi=170, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
    axes.set_axis_off()
    bars, copies = lay_out(found.maps)
    for bar in [*copies.values(), *bars]:
        draw_bar(axes, bar)
        write(axes, bar.x, bar.y + bar.height / 2 + 0.1, str(bar.channels), BLACK)
    for before, after in pairwise(bars):
        upright = {"down": -1, "up": 1}.get(after.kind)
        start = before.end(upright) if upright else before.side(1)
        draw_arrow(axes, after.kind, start, after.end(-upright) if upright else after.side(-1))
    for number, copy in copies.items():
        (left, y), (right, _) = bars[found.maps[number].source].side(1), copy.side(-1)
        draw_arrow(axes, "copy", (left, y), (right, y))
        write(axes, (left + right) / 2, y + 0.12, found.words["copy"], size=9.5)
    draw_sizes(axes, found.maps, bars)
    draw_words(axes, found, title, bars)
    return figure


def write(axes: Axes, x: float, y: float, text: str, colour: str = GREY, **style: Any) -> None:
    style = {"size": 10, "ha": "center", "va": "center", **style}
    axes.text(x, y, text, color=colour, parse_math=False, **style)


def draw_bar(axes: Axes, bar: Bar) -> None:
    colour = COLOURS[bar.kind if bar.kind in BARS else "convolution"]
    style: dict[str, Any] = {"color": (colour, 0.25), "edgecolor": colour, "clip_on": False}
    axes.bar(bar.x, bar.height, bar.width, bar.y - bar.height / 2, linewidth=1.1, **style)


def draw_arrow(axes: Axes, kind: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": COLOURS[kind], "lw": 1.6, "shrinkA": 2, "shrinkB": 2}
    axes.annotate("", end, start, arrowprops=style, annotation_clip=False)


def draw_sizes(axes: Axes, maps: list[FeatureMap], bars: list[Bar]) -> None:
    """Height × width, outside of the U: left on the way down, right on the way up."""
    deepest = max(one.level for one in maps)
    for one, bar, after in zip(maps, bars, [*maps[1:], None], strict=True):
        text = f"{one.height} × {one.width}"
        if one.kind in ("input", "down"):
            write(axes, bar.side(-1)[0] - 0.12, bar.y, text, ha="right")
        elif one.level < deepest and (after is None or after.kind == "up"):
            write(axes, bar.side(1)[0] + 0.12, bar.y, text, ha="left")


def draw_words(axes: Axes, found: Architecture, title: str, bars: list[Bar]) -> None:
    """The title with the numbers, what the two arms of a U are for, and the legend."""
    left, right = bars[0].side(-1)[0], max(bar.side(1)[0] for bar in bars)
    middle, low = (left + right) / 2, min(bar.end(-1)[1] for bar in bars)
    size = " × ".join(map(str, found.maps[0][2:5]))
    classes = found.maps[-1].channels if found.maps[-1].kind == "head" else 0
    facts = f"{found.parameters:,} parameters   ·   input {'e.g. ' * found.any_size}{size}"
    facts += f"   ·   {classes} class{'es' * (classes > 1)}" * bool(classes)
    write(axes, middle, 1.2, title, BLACK, size=17, weight="bold")
    write(axes, middle, 0.88, facts, size=11)
    if "copy" in found.words:
        style = {"size": 11, "va": "baseline"}
        write(axes, left, 0.42, "Encoder: what is in the picture", BLACK, ha="left", **style)
        write(axes, right, 0.42, "Decoder: where it is", BLACK, ha="right", **style)
        bottom = [bar.x for bar in bars if bar.end(-1)[1] == low]
        write(axes, (bottom[0] + bottom[-1]) / 2, low - 0.2, "Bottleneck", BLACK, size=11)
    note = "Each bar is a feature map: channels above it, height × width beside it."
    write(axes, middle, low - 0.75, note)
    draw_legend(axes, found.words, {bar.kind for bar in bars} | {*found.words}, middle, low - 1.1)


def draw_legend(axes: Axes, words: dict[str, str], used: set[str], x: float, y: float) -> None:
    """What each bar and each arrow means, in columns of three."""
    entries = [(True, kind, meaning) for kind, meaning in BARS.items() if kind in used]
    entries += [(False, kind, meaning) for kind, meaning in words.items()]
    columns = [entries[first : first + 3] for first in range(0, len(entries), 3)]
    widths = [0.6 + 0.075 * max(len(meaning) for *_, meaning in column) for column in columns]
    x -= sum(widths) / 2
    for column, width in zip(columns, widths, strict=True):
        for row, (is_bar, kind, meaning) in enumerate(column):
            height = y - 0.24 * row
            if is_bar:
                draw_bar(axes, Bar(kind, x, height, 0.22, 0.14, 0))
            else:
                draw_arrow(axes, kind, (x - 0.17, height), (x + 0.17, height))
            write(axes, x + 0.24, height, meaning, BLACK, ha="left")
        x += width


def get_model_arch(
    model: keras.Model,
    output: str | os.PathLike[str] = "output",
    size: tuple[int, int] | None = None,
) -> list[Path]:
    """Writes model_arch.png and, where Graphviz is installed, model_layers.png.

    Args:
        model: Any Keras network that takes pictures.
        output: The folder to write to; it is made where it is missing.
        size: Height and width to show for a network that takes any; 256 × 256 without it.

    Returns:
        The paths of the pictures that were written.
    """
    folder = Path(output)
    figure = draw(read_architecture(model, size), "U-Net" if model.name == "unet" else model.name)
    writers: dict[str, Any] = {
        "model_arch.png": lambda path: figure.savefig(path, bbox_inches="tight", pad_inches=0.3)
    }
    if shutil.which("dot") and importlib.util.find_spec("pydot"):
        from keras.utils import plot_model

        writers["model_layers.png"] = lambda path: plot_model(model, path, show_shapes=True, dpi=96)
    folder.mkdir(parents=True, exist_ok=True)
    for name, write_to in writers.items():
        with TemporaryDirectory(prefix=".", dir=folder) as beside:
            write_to(Path(beside) / name)
            (Path(beside) / name).replace(folder / name)
    return [folder / name for name in writers]
