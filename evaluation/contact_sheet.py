"""A sheet of pictures that shows what a dataset holds: photo, label and both laid over each other.

    draw_contact_sheet(dataset, cached, Path("output/check.png"))

A dozen pairs at equal distances through train and val, and a legend of all classes with their
shares. It takes 3 seconds. A label that was decoded wrongly is seen at a glance.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from dataset.cache import Cached, Examples
from dataset.class_counts import ClassCounts
from dataset.pairs import Dataset
from dataset.wording import counted
from evaluation.plots import QUIET, new_figure, save_figure
from labels.classes import IGNORE, Classes, Colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAMPLES, FROM_VAL = 12, 3
OVERLAY = 0.5  # share of the class colour over the photo
EDGE = 256  # the shorter side at least so large before it is drawn, so that borders are thin

# In inches. A sheet is about as wide as a screen; three wide pictures side by side fill a half.
SHEET_WIDTH, PICTURE_AREA = 15.0, 2.9
MARGIN, GAP, BETWEEN, TITLE, HEADING = 0.25, 0.04, 0.3, 0.24, 0.62
LEGEND_ROW, LEGEND_CELL, SWATCH = 0.24, 2.35, 0.15


class Layout(NamedTuple):
    """Where things are, in inches."""

    columns: int
    rows: int
    width: float  # of one picture
    height: float
    legend_columns: int
    legend_rows: int

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a sample with its title and the space after it."""
        return 3 * self.width + 2 * GAP + BETWEEN, self.height + TITLE + 0.12

    @property
    def sheet(self) -> tuple[float, float]:
        legend = self.legend_rows * LEGEND_ROW + 0.2
        wide = 2 * MARGIN - BETWEEN + self.columns * self.cell[0]
        return wide, HEADING + self.rows * self.cell[1] + legend + MARGIN


def draw_contact_sheet(dataset: Dataset, cached: Cached, path: Path) -> Path:
    """Draws the sheet; PNG."""
    samples = choose(cached)
    classes = dataset.classes
    layout = lay_out(len(samples), samples.photos.shape[1:3], classes)
    figure = new_figure(*layout.sheet)
    figure.set_layout_engine("none")
    title = (
        f"{dataset.folder.absolute().name} ({dataset.format}): "
        f"{counted(len(cached.train), 'training pair')}, "
        f"{counted(len(cached.val), 'validation pair')}"
    )
    _write(figure, MARGIN, layout.sheet[1] - 0.36, title, 13, "black")
    for place in range(len(samples)):
        _draw_sample(figure, layout, place, samples, classes)
    _draw_legend(figure, layout, classes, cached)
    return save_figure(figure, path)


def choose(cached: Cached) -> Examples:
    """Samples at equal distances: nine of train, then three of val, or more where one has few."""
    from_val = min(len(cached.val), max(FROM_VAL, SAMPLES - len(cached.train)))
    train, val = cached.train.spread(SAMPLES - from_val), cached.val.spread(from_val)
    parts = [part for part in (train, val) if len(part)]
    return Examples(
        [name for part in parts for name in part.names],
        np.concatenate([part.photos for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.confident for part in parts]),
    )


def lay_out(samples: int, size: tuple[int, int], classes: Classes) -> Layout:
    """As many samples side by side as the sheet has room for."""
    shape = size[1] / size[0]
    width = min(4.0, max(0.9, (PICTURE_AREA * shape) ** 0.5))
    cell = 3 * width + 2 * GAP + BETWEEN
    room = max(1, round((SHEET_WIDTH + BETWEEN - 2 * MARGIN) / cell))
    columns = min(room, samples)
    inside = columns * cell - BETWEEN
    longest = max(len(name) for name in classes.names)
    entry = max(LEGEND_CELL, 0.085 * (longest + 14))
    legend_columns = max(1, int(inside / entry))
    return Layout(
        columns,
        -(-samples // columns),
        width,
        width / shape,
        legend_columns,
        -(-(len(classes) + 1) // legend_columns),
    )


def overlay(photo: np.ndarray, label: np.ndarray, classes: Classes) -> np.ndarray:
    """The photo in the colours of its classes, with thin white borders; ignored stays as it is."""
    factor = max(1, -(-EDGE // min(label.shape)))
    photo = cv2.resize(photo, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    label = label.repeat(factor, axis=0).repeat(factor, axis=1)
    mixed = cv2.addWeighted(photo, 1 - OVERLAY, classes.paint(label), OVERLAY, 0)
    mixed[label == IGNORE] = photo[label == IGNORE]
    border = np.zeros(label.shape, bool)
    border[:, 1:] |= label[:, 1:] != label[:, :-1]
    border[1:] |= label[1:] != label[:-1]
    mixed[border] = 255
    return mixed


def _draw_sample(
    figure: Figure, layout: Layout, place: int, samples: Examples, classes: Classes
) -> None:
    photo, label = samples.photos[place], samples.labels[place]
    wide, high = layout.cell
    left = MARGIN + place % layout.columns * wide
    bottom = layout.sheet[1] - HEADING - place // layout.columns * high - TITLE - layout.height
    _write(figure, left, bottom + layout.height + 0.06, _short(samples.names[place], layout), 9)
    for number, picture in enumerate((photo, classes.paint(label), overlay(photo, label, classes))):
        offset = left + number * (layout.width + GAP)
        box = (offset, bottom, layout.width, layout.height)
        axes = figure.add_axes(_share(layout, box))
        smooth = "nearest" if number == 1 else "antialiased"
        axes.imshow(picture, aspect="auto", interpolation=smooth)
        axes.set_axis_off()


def legend_of(classes: Classes, counts: ClassCounts) -> list[tuple[Colour, str]]:
    """The colour of each class with its share of the labelled pixels, and that of ignored ones."""
    total = max(1, counts.pixels.sum())
    entries = [
        (colour, f"{name}  {_percent(counts.pixels[index] / total)}")
        for index, (name, colour) in enumerate(zip(classes.names, classes.colours, strict=True))
    ]
    return [*entries, ((0, 0, 0), "ignored")] if counts.ignored else entries


def _draw_legend(figure: Figure, layout: Layout, classes: Classes, cached: Cached) -> None:
    """A swatch and a text for each entry, by the shares in train."""
    from matplotlib.patches import Rectangle

    entries = legend_of(classes, ClassCounts(cached.train if len(cached.train) else cached.val))
    step = (layout.sheet[0] - 2 * MARGIN) / layout.legend_columns
    for place, (colour, text) in enumerate(entries):
        column, row = divmod(place, layout.legend_rows)
        left = MARGIN + column * step
        bottom = MARGIN + (layout.legend_rows - 1 - row) * LEGEND_ROW
        x, y, width, height = _share(layout, (left, bottom, SWATCH * 1.4, SWATCH))
        swatch = Rectangle((x, y), width, height, transform=figure.transFigure, linewidth=0.5)
        swatch.set(facecolor=np.array(colour) / 255, edgecolor="#999999")
        figure.add_artist(swatch)
        _write(figure, left + SWATCH * 1.4 + 0.08, bottom + 0.015, text, 10, "black")


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.001 or not share else "< 0.1%"


def _short(name: str, layout: Layout) -> str:
    """The end of a name that is too long: its beginning is the folder."""
    room = int((3 * layout.width + 2 * GAP) / 0.075)
    return name if len(name) <= room else f"…{name[1 - room :]}"


def _write(
    figure: Figure, left: float, bottom: float, text: str, size: int, colour: str = QUIET
) -> None:
    width, height = figure.get_size_inches()
    # A file may be named $1$, which is no formula.
    figure.text(left / width, bottom / height, text, fontsize=size, color=colour, parse_math=False)


def _share(
    layout: Layout, box: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Inches from the lower left corner as shares of the sheet."""
    width, height = layout.sheet
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height
