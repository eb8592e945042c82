"""The scores, worked out by hand and against other people's code."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from labels.classes import CITYSCAPES, IGNORE, Classes
from training.scores import Scores, confusion

TRUTH = np.array([[0, 0, 1], [1, 2, IGNORE]], np.uint8)
PREDICTED = np.array([[0, 1, 1], [1, 0, 2]], np.uint8)
CONFUSION = np.array([[1, 1, 0, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
NAN = math.nan


@pytest.fixture
def scores() -> Scores:
    return Scores(confusion(TRUTH, PREDICTED, 4))


def random_case(seed: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture of truth with ignored pixels, and a prediction that is right for half of it."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, (40, 50)).astype(np.uint8)
    predicted = np.where(random.random(truth.shape) < 0.5, truth, random.permutation(truth))
    truth[random.random(truth.shape) < 0.2] = IGNORE
    return truth, predicted


def test_rows_are_the_truth_and_ignored_pixels_are_left_out(scores: Scores) -> None:
    np.testing.assert_array_equal(scores.confusion, CONFUSION)
    assert scores.pixels == 5


def test_accuracy_is_the_share_of_right_pixels(scores: Scores) -> None:
    assert scores.accuracy == pytest.approx(3 / 5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # tp / (truth + prediction - tp); class 2 is there but never found, class 3 nowhere
        ("iou", [1 / 3, 2 / 3, 0, NAN]),
        ("precision", [1 / 2, 2 / 3, NAN, NAN]),
        ("recall", [1 / 2, 1, 0, NAN]),
    ],
)
def test_each_class_has_its_score_and_nan_where_nothing_is_to_count(
    name: str, expected: list[float], scores: Scores
) -> None:
    np.testing.assert_allclose(getattr(scores, name), expected)


def test_the_mean_is_over_the_classes_that_occur(scores: Scores) -> None:
    assert scores.mean_iou == pytest.approx((1 / 3 + 2 / 3 + 0) / 3)


def test_a_class_that_is_only_predicted_counts_as_0() -> None:
    scores = Scores(confusion(np.array([0, 0], np.uint8), np.array([0, 1], np.uint8), 2))
    np.testing.assert_array_equal(scores.iou, [0.5, 0])
    assert scores.mean_iou == 0.25


def test_where_true_classes_alone_count_one_wrong_pixel_changes_little() -> None:
    truth = np.repeat(np.array([0, 1], np.uint8), 100)
    predicted = truth.copy()
    predicted[0] = 2
    scores = Scores(confusion(truth, predicted, 4))
    assert scores.mean_iou == pytest.approx(1.99 / 3)
    assert scores.mean_iou_of_true == pytest.approx(1.99 / 2)


def test_counts_are_int64_and_may_pass_four_thousand_million() -> None:
    counted = confusion(TRUTH, PREDICTED, 4)
    assert counted.dtype == np.int64
    scores = Scores(counted * 10**12)
    assert scores.pixels == 5 * 10**12
    assert scores.mean_iou == pytest.approx(1 / 3)


def test_the_largest_table_of_classes_is_counted() -> None:
    counted = confusion(np.array([253, 253], np.uint8), np.array([253, 0], np.uint8), 254)
    assert (counted[253, 253], counted[253, 0], counted.sum()) == (1, 1, 2)


def test_where_all_is_ignored_every_score_is_nan() -> None:
    scores = Scores(confusion(np.full(9, IGNORE, np.uint8), np.zeros(9, np.uint8), 2))
    assert scores.pixels == 0
    assert np.isnan([scores.accuracy, scores.mean_iou, *scores.iou, *scores.recall]).all()


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_scikit_learn(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth, predicted = random_case(seed, classes=6)
    counted = truth != IGNORE
    pixels = truth[counted], predicted[counted]
    scores = Scores(confusion(truth, predicted, 6))
    np.testing.assert_array_equal(scores.confusion, metrics.confusion_matrix(*pixels))
    assert scores.accuracy == pytest.approx(metrics.accuracy_score(*pixels))
    assert scores.mean_iou == pytest.approx(metrics.jaccard_score(*pixels, average="macro"))
    for name, theirs in [
        ("iou", metrics.jaccard_score),
        ("precision", metrics.precision_score),
        ("recall", metrics.recall_score),
    ]:
        np.testing.assert_allclose(getattr(scores, name), theirs(*pixels, average=None))


@pytest.mark.parametrize("absent", [(), (3, 16)])
def test_it_agrees_with_cityscapes_scripts(absent: tuple[int, ...]) -> None:
    official = pytest.importorskip("cityscapesscripts.evaluation.evalPixelLevelSemanticLabeling")
    from cityscapesscripts.helpers.labels import labels, trainId2label

    truth, predicted = random_case(7, classes=19)
    for index in absent:
        truth[truth == index], predicted[predicted == index] = IGNORE, 0
    scores = Scores(confusion(truth, predicted, 19))

    # Their ids have other numbers, and many that are ignored: 0 is 'unlabeled'.
    ids = np.zeros(256, np.int64)
    ids[:19] = [trainId2label[index].id for index in range(19)]
    arguments = official.CArgs()
    arguments.evalLabels = [label.id for label in labels if label.id >= 0]
    counts = np.zeros((34, 34), np.ulonglong)
    np.add.at(counts, (ids[truth].ravel(), ids[predicted].ravel()), 1)
    theirs = [official.getIouScoreForLabel(ids[index], counts, arguments) for index in range(19)]
    np.testing.assert_allclose(scores.iou, theirs)
    assert np.isnan(theirs).sum() == len(absent)
    named = {trainId2label[index].name: theirs[index] for index in range(19)}
    assert scores.mean_iou == pytest.approx(official.getScoreAverage(named, arguments))
    assert tuple(named) == CITYSCAPES.names


def test_to_json_holds_plain_numbers_and_null(scores: Scores) -> None:
    classes = Classes(("road", "sky", "car", "bus"), ((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4)))
    content = json.loads(json.dumps(scores.to_json(classes), allow_nan=False))
    assert content == {
        "accuracy": 0.6,
        "mean_iou": 0.333333,
        "mean_iou_of_true": 0.333333,
        "pixels": 5,
        "classes": {
            "road": {"iou": 0.333333, "dice": 0.5, "precision": 0.5, "recall": 0.5, "pixels": 2},
            "sky": {
                "iou": 0.666667,
                "dice": 0.8,
                "precision": 0.666667,
                "recall": 1.0,
                "pixels": 2,
            },
            "car": {"iou": 0.0, "dice": 0.0, "precision": None, "recall": 0.0, "pixels": 1},
            "bus": {"iou": None, "dice": None, "precision": None, "recall": None, "pixels": 0},
        },
    }
