"""The picture of the network: a U that a person who has never seen one can read.

    from model_arch import get_model_arch
    get_model_arch(model)                    # output/model_arch.png, in about a second
    get_model_arch(model, "somewhere")       # somewhere/model_arch.png

model_encoder.png and model_decoder.png show its two halves. Everything in them is found in the
model's own layers (evaluation/architecture.py). Where Graphviz is installed,
output/model_layers.png also shows every single layer.
A network that is no U is drawn as what it is: a staircase, or a row.
"""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from evaluation.architecture import (
    OUTSIDE,
    Architecture,
    FeatureMap,
    decoder,
    encoder,
    read_architecture,
)

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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
STUB = 1.7  # an arrow from or to the half that is not shown
BOTTOM = 2.2  # the gaps there together: "copy and concatenate" must fit above them


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
        source, (right, y) = found.maps[number].source, copy.side(-1)
        left = right - STUB if source == OUTSIDE else bars[source].side(1)[0]
        draw_copy(axes, left, right, y, found.words["copy"])
    for number in found.handed:
        left, y = bars[number].side(1)
        draw_copy(axes, left, left + STUB, y, found.words["copy"])
    draw_sizes(axes, found.maps, bars)
    draw_words(axes, found, title, bars)
    return figure


def draw_copy(axes: Axes, left: float, right: float, y: float, text: str) -> None:
    draw_arrow(axes, "copy", (left, y), (right, y))
    write(axes, (left + right) / 2, y + 0.12, text, size=9.5)


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
    for number, (one, bar) in enumerate(zip(maps, bars, strict=True)):
        after = maps[number + 1] if number + 1 < len(maps) else None
        text = f"{one.height} × {one.width}"
        if one.kind in ("input", "down") or number == 0:
            write(axes, bar.side(-1)[0] - 0.12, bar.y, text, ha="right")
        elif one.level < deepest and (after is None or after.kind == "up"):
            write(axes, bar.side(1)[0] + 0.12, bar.y, text, ha="left")


def draw_words(axes: Axes, found: Architecture, title: str, bars: list[Bar]) -> None:
    """The title with the numbers, what the two arms of a U are for, and the legend."""
    left, right = bars[0].side(-1)[0], max(bar.side(1)[0] for bar in bars)
    middle, low = (left + right) / 2, min(bar.end(-1)[1] for bar in bars)
    write(axes, middle, 1.2, title, BLACK, size=17, weight="bold")
    write(axes, middle, 0.88, facts(found), size=11)
    if "copy" in found.words:
        draw_arms(axes, found.maps, left, right)
        bottom = [bar.x for bar in bars if bar.end(-1)[1] == low]
        write(axes, (bottom[0] + bottom[-1]) / 2, low - 0.2, "Bottleneck", BLACK, size=11)
    note = "Each bar is a feature map: channels above it, height × width beside it."
    write(axes, middle, low - 0.75, note)
    used = {bar.kind for bar in bars} | (
        {*found.words} if any(m.copied for m in found.maps) else set()
    )
    draw_legend(axes, found.words, used, middle, low - 1.1)


def facts(found: Architecture) -> str:
    """Parameters, input and classes; of a half only what goes in or comes out of it."""
    first, last = found.maps[0], found.maps[-1]
    said = [f"{found.parameters:,} parameters" + " in the whole network" * found.is_half]
    size = " × ".join(map(str, first[2:5]))
    said.append(f"input {'e.g. ' * found.any_size}{size}")
    if last.kind == "head":
        said.append(f"{last.channels} class{'es' * (last.channels > 1)}")
    return "   ·   ".join(said)


def draw_arms(axes: Axes, maps: list[FeatureMap], left: float, right: float) -> None:
    """What the way down and the way up are for, above each."""
    kinds = {one.kind for one in maps}
    style = {"size": 11, "va": "baseline"}
    if "down" in kinds:
        write(axes, left, 0.42, "Encoder: what is in the picture", BLACK, ha="left", **style)
    if "up" in kinds:
        write(axes, right, 0.42, "Decoder: where it is", BLACK, ha="right", **style)


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


def _saving(figure: Figure) -> Callable[[Path], Any]:
    return lambda path: figure.savefig(path, bbox_inches="tight", pad_inches=0.3)


def get_model_arch(
    model: keras.Model,
    output: str | os.PathLike[str] = "output",
    size: tuple[int, int] | None = None,
) -> list[Path]:
    """Writes model_arch.png, of a U also model_encoder.png and model_decoder.png.

    Where Graphviz is installed, model_layers.png is written too.

    Args:
        model: Any Keras network that takes pictures.
        output: The folder to write to; it is made where it is missing.
        size: Height and width to show for a network that takes any; 256 × 256 without it.

    Returns:
        The paths of the pictures that were written.
    """
    folder = Path(output)
    found = read_architecture(model, size)
    title = "U-Net" if model.name == "unet" else model.name
    writers = {"model_arch.png": _saving(draw(found, title))}
    for name, half in (("encoder", encoder(found)), ("decoder", decoder(found))):
        if half:
            writers[f"model_{name}.png"] = _saving(draw(half, f"{title}: {name}"))
    if shutil.which("dot") and importlib.util.find_spec("pydot"):
        from keras.utils import plot_model

        writers["model_layers.png"] = lambda path: plot_model(model, path, show_shapes=True, dpi=96)
    folder.mkdir(parents=True, exist_ok=True)
    for name, write_to in writers.items():
        with TemporaryDirectory(prefix=".", dir=folder) as beside:
            write_to(Path(beside) / name)
            (Path(beside) / name).replace(folder / name)
    return [folder / name for name in writers]
