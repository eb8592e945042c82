"""The plots: what is drawn, and that the file is whole."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from PIL import Image

from evaluation.plots import (
    TRAIN_COLOUR,
    VALIDATION_COLOUR,
    draw_curves,
    draw_legend,
    draw_picture,
    new_figure,
    save_figure,
)
from labels.classes import Classes

NAN = math.nan
CLASSES = Classes(("road", "sky", "car"), ((128, 64, 128), (70, 130, 180), (0, 0, 142)))


@pytest.fixture
def axes() -> Axes:
    return new_figure(4, 3).subplots()


def curves(axes: Axes) -> dict[str, tuple[list[float], list[float]]]:
    """The curves in the legend, by name."""
    return {
        str(line.get_label()): (list(line.get_xdata()), list(line.get_ydata()))
        for line in axes.lines
        if not str(line.get_label()).startswith("_")
    }


def marks(axes: Axes) -> list[tuple[float, float]]:
    """The points that are marked beside the curves."""
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in axes.lines
        if str(line.get_label()).startswith("_")
    ]


def test_a_figure_belongs_to_nobody() -> None:
    new_figure(4, 3)
    assert pyplot.get_fignums() == []


def test_a_figure_is_saved_as_png_of_its_size_in_a_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "acc.png"
    assert save_figure(new_figure(4, 3), path) == path
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (4 * 130, 3 * 130))
    assert list(path.parent.iterdir()) == [path]


def test_a_figure_that_cannot_be_drawn_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_figure(new_figure(4, 3), tmp_path / "acc.png")
    before = path.read_bytes()
    figure = new_figure(4, 3)

    def break_down(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(figure, "savefig", break_down)
    with pytest.raises(MemoryError):
        save_figure(figure, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_both_curves_run_over_the_epochs_from_1(axes: Axes) -> None:
    draw_curves(axes, "accuracy", [0.25, 0.5], [0.75, 1.0])
    assert curves(axes) == {
        "training": ([1, 2], [0.75, 1.0]),
        "validation": ([1, 2], [0.25, 0.5]),
    }
    assert [to_hex(line.get_color()) for line in axes.lines[:2]] == [
        TRAIN_COLOUR,
        VALIDATION_COLOUR,
    ]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["training", "validation"]


def test_without_training_scores_there_is_one_curve(axes: Axes) -> None:
    draw_curves(axes, "accuracy", [0.5], None)
    assert set(curves(axes)) == {"validation"}


@pytest.mark.parametrize(
    ("title", "validation", "mark", "text"),
    [
        ("loss", [3.0, 1.0, 2.0], (2, 1.0), "loss: best validation 1.000, epoch 2"),
        ("accuracy", [0.5, 0.25, 0.75], (3, 0.75), "accuracy: best validation 0.750, epoch 3"),
        ("mIoU", [0.5, 0.5], (1, 0.5), "mIoU: best validation 0.500, epoch 1"),
        ("mIoU", [NAN, 0.25, 0.125], (2, 0.25), "mIoU: best validation 0.250, epoch 2"),
        ("loss", [NAN, 4.0], (2, 4.0), "loss: best validation 4.000, epoch 2"),
    ],
)
def test_the_best_epoch_is_marked_and_named(
    title: str, validation: list[float], mark: tuple[float, float], text: str, axes: Axes
) -> None:
    draw_curves(axes, title, validation, None)
    assert marks(axes) == [mark]
    assert axes.get_title() == text


def test_where_nothing_was_measured_nothing_is_marked(axes: Axes, tmp_path: Path) -> None:
    draw_curves(axes, "mIoU", [NAN, NAN], [0.5, 0.5])
    assert marks(axes) == []
    assert axes.get_title() == "mIoU"
    save_figure(axes.figure, tmp_path / "acc.png")


def test_epochs_are_counted_in_whole_numbers(axes: Axes) -> None:
    draw_curves(axes, "loss", [3.0, 2.0, 1.0], None)
    ticks = axes.get_xticks()
    np.testing.assert_array_equal(ticks, np.rint(ticks))


def test_a_run_by_the_clock_is_drawn_over_its_passes(axes: Axes) -> None:
    draw_curves(axes, "mIoU", [0.25, 0.5], [0.3, 0.6], passes=[2.4, 4.9])
    assert curves(axes)["validation"] == ([2.4, 4.9], [0.25, 0.5])
    assert axes.get_xlabel() == "passes over the pairs"
    assert axes.get_title() == "mIoU: best validation 0.500, pass 4.9"


def test_passes_that_are_epochs_are_called_so(axes: Axes) -> None:
    draw_curves(axes, "mIoU", [0.25, 0.5], None, passes=[1.0, 2.0])
    assert axes.get_xlabel() == "epoch"
    assert axes.get_title() == "mIoU: best validation 0.500, epoch 2"


def test_a_picture_is_drawn_as_it_is_without_axes(axes: Axes) -> None:
    picture = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    draw_picture(axes, picture, "photo")
    np.testing.assert_array_equal(axes.images[0].get_array(), picture)
    assert axes.get_title() == "photo"
    assert not axes.axison


def test_the_legend_has_the_colours_and_texts_in_the_given_order(tmp_path: Path) -> None:
    figure = new_figure(6, 3)
    draw_legend(figure, CLASSES, [(2, "car  IoU 0.50"), (0, "road  IoU 1.00")], ignored=False)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["car  IoU 0.50", "road  IoU 1.00"]
    colours = [to_hex(patch.get_facecolor()) for patch in legend.get_patches()]
    assert colours == ["#00008e", "#804080"]
    save_figure(figure, tmp_path / "pred_1.png")
