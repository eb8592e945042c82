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
from typing import TYPE_CHECKING, Any, NamedTuple

from evaluation.architecture import Architecture, FeatureMap, decoder, encoder, read_architecture
from training.run_folder import replacing

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {  # of edges and arrows; a bar is filled with a quarter of it
    "input": "#b08a3c",
    "border": "#b08a3c",
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
STUB = 1.9  # an arrow from or to the half that is not shown
STUBS = {"encoder": "to the decoder", "decoder": "from the encoder"}
PURPOSES = {  # where it stands, and what it says, above an arm of the U
    "encoder": ("left", "Encoder: what is in the picture"),
    "decoder": ("right", "Decoder: where it is"),
}


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


class Link(NamedTuple):
    """A skip connection, or the part of it that belongs to the half that is shown."""

    left: float
    right: float
    y: float
    above: str  # what it does
    below: str  # the size of what it carries, where nothing beside it says so


def lay_out(maps: list[FeatureMap], bottom: float = BOTTOM) -> tuple[list[Bar], dict[int, Bar]]:
    """Places a bar for each map, and by their numbers the copies that stand on their left."""
    heights, most = heights_of(maps), max(one.channels for one in maps)
    middles = middles_of(maps, heights)
    deepest = max(middles)
    bottom_gap = max(GAP, bottom / max(1, sum(one.level == deepest for one in maps) - 1))

    def width_of(channels: int) -> float:
        return max(WIDEST * math.sqrt(channels / most), 0.1 + 0.086 * len(str(channels)))

    bars: list[Bar] = []
    copies: dict[int, Bar] = {}
    x = 0.0
    for one, height in zip(maps, heights, strict=True):
        y, width = middles[one.level], width_of(one.channels)
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


def heights_of(maps: list[FeatureMap]) -> list[float]:
    """By roots, or the smallest maps would be lines: 1/64 of the side is 1/8 of the height."""
    areas = [one.height * one.width for one in maps]
    return [TALLEST * (area / max(areas)) ** 0.25 for area in areas]


def middles_of(maps: list[FeatureMap], heights: list[float]) -> dict[int, float]:
    """The height on the paper of each level, which is as tall as its tallest map."""
    middles, y = {}, 0.0
    for level in sorted({one.level for one in maps}):
        tallest = max(tall for one, tall in zip(maps, heights, strict=True) if one.level == level)
        middles[level] = y - tallest / 2
        y -= tallest + BETWEEN_LEVELS
    return middles


def links_of(found: Architecture, bars: list[Bar], copies: dict[int, Bar]) -> list[Link]:
    """Whole skip connections, or those that leave an encoder or come into a decoder."""
    links = []
    for number in found.handed:
        (left, y), one = bars[number].side(1), found.maps[number]
        below = f"{one.size} × {one.channels}"
        links.append(Link(left, left + STUB, y, STUBS["encoder"], below))
    for number, copy in copies.items():
        one, (right, y) = found.maps[number], copy.side(-1)
        left = right - STUB if found.half else bars[one.source].side(1)[0]
        above = STUBS.get(found.half) or found.words["copy"].partition(", dropout")[0]
        links.append(Link(left, right, y, above, carried(one, bool(found.half))))
    return links


def carried(one: FeatureMap, always: bool) -> str:
    """The size of a copy, and what is left of it where it is cropped."""
    height, width = one.uncropped
    if (height, width) != (one.height, one.width):
        return f"{height} × {width} → {one.size}"
    return f"{one.size} × {one.copied}" if always else ""


def draw(found: Architecture, title: str) -> Figure:
    """Draws everything in inches around one corner; saving it cuts the paper to what is there."""
    from matplotlib.figure import Figure

    figure = Figure((1, 1), dpi=170, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
    axes.set_axis_off()
    bars, copies = lay_out(found.maps, 0 if found.half else BOTTOM)
    links = links_of(found, bars, copies)
    for bar in [*copies.values(), *predictions_marked(bars)]:
        draw_bar(axes, bar)
        write(axes, bar.x, bar.y + bar.height / 2 + 0.1, str(bar.channels), BLACK)
    draw_steps(axes, bars)
    for link in links:
        draw_link(axes, link)
    draw_sizes(axes, found.maps, bars)
    draw_words(axes, found, title, bars, links)
    return figure


def predictions_marked(bars: list[Bar]) -> list[Bar]:
    """What enlarges a prediction is one still, though the arrow to it is another."""
    follows = [False, *(bar.kind == "head" for bar in bars)]
    return [
        bar._replace(kind="head") if after_head else bar
        for bar, after_head in zip(bars, follows, strict=False)
    ]


def draw_steps(axes: Axes, bars: list[Bar]) -> None:
    """The arrow from each map to the next."""
    for before, after in pairwise(bars):
        upright = {"down": -1, "up": 1}.get(after.kind)
        start = before.end(upright) if upright else before.side(1)
        draw_arrow(axes, after.kind, start, after.end(-upright) if upright else after.side(-1))


def draw_link(axes: Axes, link: Link) -> None:
    draw_arrow(axes, "copy", (link.left, link.y), (link.right, link.y))
    middle = (link.left + link.right) / 2
    write(axes, middle, link.y + 0.12, link.above, size=9.5)
    write(axes, middle, link.y - 0.13, link.below, size=9.5)


def write(axes: Axes, x: float, y: float, text: str, colour: str = GREY, **style: Any) -> None:
    style = {"size": 10, "ha": "center", "va": "center", **style}
    axes.text(x, y, text, color=colour, parse_math=False, **style)


def draw_bar(axes: Axes, bar: Bar) -> None:
    colour = COLOURS["convolution" if bar.kind in ("down", "up") else bar.kind]
    style: dict[str, Any] = {"color": (colour, 0.25), "edgecolor": colour, "clip_on": False}
    axes.bar(bar.x, bar.height, bar.width, bar.y - bar.height / 2, linewidth=1.1, **style)


def draw_arrow(axes: Axes, kind: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    from matplotlib.patches import FancyArrowPatch

    # Not annotate(): saving cuts the paper through its arrows. Matplotlib's own way of shortening
    # took a sixth of the time of all pictures, so it is done here: 2 points at each end.
    length = math.dist(start, end)
    step = [(to - here) / length * 2 / 72 for here, to in zip(start, end, strict=True)]
    ends = (start[0] + step[0], start[1] + step[1]), (end[0] - step[0], end[1] - step[1])
    style: dict[str, Any] = {"arrowstyle": "-|>", "lw": 1.6, "mutation_scale": 10}
    style |= {"color": COLOURS[kind], "shrinkA": 0, "shrinkB": 0, "clip_on": False}
    axes.add_patch(FancyArrowPatch(*ends, **style))


def draw_sizes(axes: Axes, maps: list[FeatureMap], bars: list[Bar]) -> None:
    """Height × width, outside of the U: left on the way down, right on the way up."""
    deepest, told = max(one.level for one in maps), ""
    for number, (one, bar) in enumerate(zip(maps, bars, strict=True)):
        after = maps[number + 1] if number + 1 < len(maps) else None
        if one.kind in ("input", "down") or number == 0:
            told = one.size
            write(axes, bar.side(-1)[0] - 0.12, bar.y, told, ha="right")
        elif (after is None or after.kind == "up") and (one.level < deepest or one.size != told):
            write(axes, bar.side(1)[0] + 0.12, bar.y, one.size, ha="left")
        elif one.kind == "border" or (after and after.kind == "head" and after.size != one.size):
            write(axes, bar.x, bar.end(-1)[1] - 0.15, one.size)


def draw_words(
    axes: Axes, found: Architecture, title: str, bars: list[Bar], links: list[Link]
) -> None:
    """The title with the numbers, what the two arms of a U are for, and the legend."""
    left = min([bars[0].side(-1)[0], *(link.left for link in links)])
    right = max([*(bar.side(1)[0] for bar in bars), *(link.right for link in links)])
    middle, low = (left + right) / 2, min(bar.end(-1)[1] for bar in bars)
    write(axes, middle, 1.2, title, BLACK, size=17, weight="bold")
    write(axes, middle, 0.88, facts(found), size=11)
    if links:
        draw_arms(axes, found.half, {"left": left, "right": right})
        bottom = [bar.x for bar in bars if bar.y == min(bar.y for bar in bars)]
        text = "Bottleneck" + f", {STUBS.get(found.half)}" * bool(found.half)
        write(axes, (bottom[0] + bottom[-1]) / 2, low - 0.2, text, BLACK, size=11)
    note = "Each bar is a feature map: channels above it, height × width beside it."
    write(axes, middle, low - 0.75, note)
    used = {bar.kind for bar in bars} | {"copy" for one in found.maps if one.copied}
    draw_legend(axes, found.words, used, middle, low - 1.1)


def facts(found: Architecture) -> str:
    """Parameters, input and classes; of a half what goes into it and what comes out."""
    first, last = found.maps[0], found.maps[-1]
    example = "e.g. " * found.any_size
    said = [f"{found.parameters:,} parameters"]
    if found.half != "decoder":
        said.append(f"input {example}{first.size} × {first.channels}")
    if found.half:
        one = last if found.half == "encoder" else first
        said.append(f"bottleneck {example}{one.size} × {one.channels}")
    if "head" in {one.kind for one in found.maps}:
        said.append(f"{last.channels} class{'es' * (last.channels > 1)}")
    return "   ·   ".join(said)


def draw_arms(axes: Axes, half: str, ends: dict[str, float]) -> None:
    """What the way down and the way up are for, above each; the title names a half already."""
    for name, (side, text) in PURPOSES.items():
        if half in ("", name):
            words = text.replace(f"{name.capitalize()}:", "Finds") if half else text
            write(axes, ends[side], 0.42, words, BLACK, ha=side, size=11, va="baseline")


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
    for name, write_to in writers.items():
        with replacing(folder / name) as beside:
            write_to(beside)
    return [folder / name for name in writers]
