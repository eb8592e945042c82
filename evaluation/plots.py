"""The look of all plots: figures without a display, written beside and renamed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from labels.classes import Classes
from training.run_folder import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAIN_COLOUR, VALIDATION_COLOUR = "#7a9cc6", "#c8553d"
QUIET = "#555555"


def new_figure(width: float, height: float) -> Figure:
    """A figure that belongs to nobody: pyplot would keep it in memory and want a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: Path) -> Path:
    with replacing(path) as beside:
        figure.savefig(beside, format="png")
    return path


def draw_curves(
    axes: Axes,
    title: str,
    validation: Sequence[float],
    training: Sequence[float] | None,
    passes: Sequence[float] | None = None,
) -> None:
    """One score over the epochs; the best validation value is marked and named.

    A run by the clock validates at odd moments: then `passes` says how often all pairs were seen.
    """
    from matplotlib.ticker import MaxNLocator

    epochs = np.arange(1.0, len(validation) + 1)
    by_clock = passes is not None and not np.allclose(passes, epochs)
    if by_clock:
        epochs = np.asarray(passes)
    if training is not None:
        axes.plot(epochs, training, "o-", color=TRAIN_COLOUR, label="training", markersize=3)
    axes.plot(epochs, validation, "o-", color=VALIDATION_COLOUR, label="validation", markersize=3)
    find_best = np.nanargmin if title == "loss" else np.nanargmax
    if not np.isnan(validation).all():
        best = int(find_best(validation))
        value = validation[best]
        axes.plot(epochs[best], value, "o", color=VALIDATION_COLOUR, markersize=8, fillstyle="none")
        place = f"pass {epochs[best]:.1f}" if by_clock else f"epoch {best + 1}"
        title = f"{title}: best validation {value:.3f}, {place}"
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("passes over the pairs" if by_clock else "epoch", color=QUIET)
    axes.set_xlim(0 if by_clock else 0.5, epochs[-1] + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)


def draw_picture(axes: Axes, picture: np.ndarray, title: str) -> None:
    axes.imshow(picture)
    axes.set_title(title, fontsize=11)
    axes.set_axis_off()


def draw_legend(
    figure: Figure, classes: Classes, shown: Sequence[tuple[int, str]], ignored: bool
) -> None:
    """A swatch and a text for each (class id, text) below the pictures, and one for 'ignored'."""
    from matplotlib.patches import Patch

    patches = [
        Patch(
            facecolor="#{:02x}{:02x}{:02x}".format(*classes.colours[index]),
            edgecolor="#999999",
            linewidth=0.5,
            label=text,
        )
        for index, text in shown
    ]
    if ignored:
        patches.append(Patch(facecolor="black", label="ignored, not scored"))
    # At 9 points a letter is .075 inches wide on average; swatch and gap take .7.
    longest = max((len(str(patch.get_label())) for patch in patches), default=1)
    columns = max(1, int(figure.get_figwidth() / (0.075 * longest + 0.7)))
    figure.legend(
        handles=patches, loc="outside lower center", ncols=columns, frameon=False, fontsize=9
    )
