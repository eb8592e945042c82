"""A picture of photo, truth and prediction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation import prediction_picture
from evaluation.prediction_picture import draw_prediction
from labels.classes import IGNORE, Classes
from utils_func import read_picture

CLASSES = Classes(("a", "b", "c", "d"), ((255, 0, 0), (0, 255, 0), (0, 0, 255), (9, 9, 9)))
PHOTO = np.full((4, 4, 3), 128, np.uint8)


def one_hot(ids: np.ndarray) -> np.ndarray:
    return np.eye(256, dtype=np.float32)[ids][..., : len(CLASSES)]


def test_photo_truth_and_answer_are_drawn_in_the_colours_of_the_classes(tmp_path: Path) -> None:
    truth, answer = np.zeros((4, 4), int), np.ones((4, 4), int)
    truth[0] = IGNORE
    path = draw_prediction(PHOTO, one_hot(truth), one_hot(answer), CLASSES, tmp_path / "x.png")
    assert path == tmp_path / "x.png"
    picture = read_picture(path)
    shares = [(picture == colour).all(-1).mean() for colour in (*CLASSES.colours, (128, 128, 128))]
    assert shares[1] > shares[0] > 0.1, "a quarter of the truth is ignored"
    assert shares[4] > 0.1, "the photo"
    assert max(shares[2:4]) < 0.001, "letters are grey"


def test_the_legend_begins_with_what_the_truth_shows_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setattr(
        prediction_picture,
        "draw_legend",
        lambda figure, classes, shown, ignored: told.append((shown, ignored)),
    )
    truth = np.array([[0, 1], [1, 1]])
    answer = np.array([[2, 1], [1, 0]])
    draw_prediction(PHOTO[:2, :2], one_hot(truth), one_hot(answer), CLASSES, tmp_path / "x.png")
    assert told == [
        (
            [
                (1, "b  IoU 0.67, Dice 0.80"),
                (0, "a  IoU 0.00, Dice 0.00"),
                (2, "c  not in the truth"),
            ],
            False,
        )
    ]
