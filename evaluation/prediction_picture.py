"""A picture of how a model answers: photo, truth and prediction, with a legend, IoU and Dice.

draw_prediction(photo, truth, prediction, classes, Path("output/pred_1.png"))
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from evaluation.plots import draw_legend, draw_picture, new_figure, save_figure
from labels.classes import IGNORE, Classes
from training.scores import Scores, confusion
from utils_func import give_color_to_seg_img

LEGEND_COLUMNS = 4


def draw_prediction(
    photo: np.ndarray, truth: np.ndarray, prediction: np.ndarray, classes: Classes, path: Path
) -> Path:
    """Draws one of a batch into `path`.

    Args:
        photo: (H, W, 3), 0-255.
        truth: One-hot (H, W, classes); where a label is 'ignore', no class is 1.
        prediction: Probabilities (H, W, classes).
        classes: Their table.
        path: The picture.
    """
    count = truth.shape[-1]
    right = np.where(truth.any(axis=-1), truth.argmax(axis=-1), IGNORE).astype(np.uint8)
    answer = prediction.argmax(axis=-1).astype(np.uint8)
    scores = Scores(confusion(right, answer, count))
    legend = _legend(scores, classes)

    rows = -(-(len(legend) + 1) // LEGEND_COLUMNS)
    figure = new_figure(13, 0.9 + 0.22 * rows + 4.2 * right.shape[0] / right.shape[1])
    axes = figure.subplots(1, 3)
    draw_picture(axes[0], photo.astype(np.uint8), "photo")
    draw_picture(axes[1], give_color_to_seg_img(right, count, classes), "truth")
    title = f"prediction: accuracy {scores.accuracy:.2f}, mIoU {scores.mean_iou:.2f}"
    draw_picture(axes[2], give_color_to_seg_img(answer, count, classes), title)
    draw_legend(figure, classes, legend, ignored=bool((right == IGNORE).any()))
    return save_figure(figure, path)


def _legend(scores: Scores, classes: Classes) -> list[tuple[int, str]]:
    """What truth or prediction show, the largest in the truth first, with its scores."""
    pixels = scores.confusion.sum(axis=1)
    return [
        (int(index), f"{classes.names[index]}  {_score(scores, index)}")
        for index in np.argsort(-pixels, kind="stable")
        if not np.isnan(scores.iou[index])
    ]


def _score(scores: Scores, index: int) -> str:
    if not scores.confusion[index].any():
        return "not in the truth"
    return f"IoU {scores.iou[index]:.2f}, Dice {scores.dice[index]:.2f}"
