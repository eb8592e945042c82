"""The Lyft challenge's score, worked out by hand."""

import numpy as np
import pytest

from dataset.formats.lyft_carla import CLASSES
from evaluation.challenge import ChallengeScore, challenge_score, f_score
from labels.classes import CITYSCAPES
from training.scores import Scores


def test_f_score_of_a_hand_worked_case() -> None:
    # Class 1: 6 right of 8 true and of 10 found: precision .6, recall .75.
    confusion = np.array([[20, 4], [2, 6]])
    # (1 + .25) · .6 · .75 / (.25 · .6 + .75) = .5625 / .9
    assert f_score(confusion, [1], 0.5) == pytest.approx(0.625)
    # (1 + 4) · .6 · .75 / (4 · .6 + .75) = 2.25 / 3.15
    assert f_score(confusion, [1], 2) == pytest.approx(0.7142857)


def test_lane_markings_count_as_road() -> None:
    markings, road = (CLASSES.names.index(name) for name in ("road lines", "roads"))
    vehicles = CLASSES.names.index("vehicles")
    confusion = np.zeros((13, 13), int)
    confusion[markings, road] = 5  # taken for road: right here
    confusion[road, road] = 5
    confusion[vehicles, vehicles] = 3
    score = challenge_score(Scores(confusion), CLASSES)
    assert score == ChallengeScore(1, 1)
    assert score.total == 1


def test_nothing_found_is_nothing() -> None:
    score = challenge_score(Scores(np.zeros((13, 13), int)), CLASSES)
    assert score is not None
    assert score.total == 0


def test_other_classes_have_no_such_score() -> None:
    assert challenge_score(Scores(np.zeros((19, 19), int)), CITYSCAPES) is None
