"""Scores in words and as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dataset.formats.lyft_carla import CLASSES as LYFT
from evaluation.tables import NOT_OFFICIAL, metrics, one_answer, score_lines
from labels.classes import Classes
from training.scores import Scores
from training.validation import Scored

CLASSES = Classes(
    ("road", "traffic light", "car", "bus"), ((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4))
)

# Of 8 confident pixels 6 are right; 'car' is only there, 'bus' nowhere.
CONFIDENT = Scores(np.array([[4, 1, 0, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]))
# Two more of 'road', which are wrong.
ALL = Scores(np.array([[4, 3, 0, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]))


def test_where_labels_are_doubtful_both_scores_and_the_remark_are_told() -> None:
    lines = list(score_lines(Scored(CONFIDENT, ALL, loss=0.5), CLASSES))
    # IoU: road 4/6, traffic light 2/3, car 0; with all pixels 4/8, 2/5, 0
    assert lines == [
        "  On the 80.0% of labelled pixels that are decoded with confidence: "
        "mIoU 0.444, accuracy 0.750",
        "  On all labelled pixels: mIoU 0.300, accuracy 0.600",
        f"  {NOT_OFFICIAL}",
        "  class               IoU   Dice  precision  recall",
        "  road              0.667  0.800      0.800   0.800",
        "  traffic light     0.667  0.800      0.667   1.000",
        "  car               0.000  0.000          –   0.000",
    ]


def test_where_all_labels_are_certain_there_is_one_headline() -> None:
    lines = list(score_lines(Scored(ALL, ALL, loss=0.5), CLASSES))
    assert lines[0] == "  mIoU 0.300, accuracy 0.600"
    assert lines[1].split() == ["class", "IoU", "Dice", "precision", "recall"]
    assert len(lines) == 5
    assert NOT_OFFICIAL not in "".join(lines)


def test_a_class_that_is_predicted_but_never_there_is_a_line_too() -> None:
    wrong = Scores(np.array([[2, 0, 0, 2], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    lines = list(score_lines(Scored(wrong, wrong, loss=0.0), CLASSES))
    assert lines[:2] == [
        "  mIoU 0.250, accuracy 0.500",
        "  Answered, though these labels show none: bus. It counts 0; with classes alone that they "
        "show, as in the curves: mIoU 0.500",
    ]
    assert [line.split() for line in lines[3:]] == [
        ["road", "0.500", "0.667", "1.000", "0.500"],
        ["bus", "0.000", "0.000", "0.000", "–"],
    ]


def test_metrics_are_plain_json() -> None:
    content = json.loads(
        json.dumps(metrics(Scored(CONFIDENT, ALL, loss=0.5), CLASSES), allow_nan=False)
    )
    assert set(content) == {"confident_pixels", "all_pixels", "confident_share", "remark"}
    assert content["confident_pixels"]["mean_iou"] == 0.444444
    assert content["confident_pixels"]["classes"]["bus"]["iou"] is None
    assert content["all_pixels"]["accuracy"] == 0.6
    assert (content["confident_share"], content["remark"]) == (0.8, NOT_OFFICIAL)
    assert metrics(Scored(ALL, ALL, loss=0.5), CLASSES)["remark"] == ""


def test_models_of_the_lyft_classes_get_the_challenges_score_too() -> None:
    perfect = Scores(np.eye(len(LYFT), dtype=int))
    scored = Scored(perfect, perfect, loss=0.0)
    assert list(score_lines(scored, LYFT))[-1] == (
        "  Lyft challenge: 1.000 = half of road F0.5 1.000 + half of vehicles F2 1.000"
    )
    expected = {"score": 1.0, "road_f0.5": 1.0, "vehicles_f2": 1.0}
    assert metrics(scored, LYFT)["lyft_challenge"] == expected


def test_a_model_that_answers_one_class_for_everything_is_told_with_what_to_do() -> None:
    same = Scores(np.array([[6, 0, 0, 0], [2, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]]))
    *_, what, why = score_lines(Scored(same, same, loss=0.5), CLASSES)
    assert what == "  The model answers 'road' everywhere; 60.0% of the labelled pixels are that."
    assert "give it more --minutes or --epochs" in why


@pytest.mark.parametrize(
    "rows", [[[10, 0], [0, 0]], [[5, 1], [2, 2]], [[0, 0], [0, 0]], [[99990, 1], [1, 8]]]
)
def test_one_answer_is_right_where_there_is_one_class_and_untold_where_there_are_more(
    rows: list[list[int]],
) -> None:
    counts = np.zeros((4, 4), np.int64)
    counts[:2, :2] = rows
    assert list(one_answer(Scores(counts), CLASSES)) == []
