"""Scores as lines of text, and as the content of metrics.json."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.challenge import challenge_score
from labels.classes import Classes

if TYPE_CHECKING:
    from training.scores import Scores
    from training.validation import Scored

ONE_ANSWER = 0.999  # share of the pixels
# Labels decoded from smeared JPEG colours are not those of the official benchmark.
NOT_OFFICIAL = (
    "The labels are decoded from small JPEG pictures: do not compare with official scores."
)


def score_lines(scored: Scored, classes: Classes) -> Iterator[str]:
    """Headline first, then a line for each class that occurs."""
    if scored.share < 1:
        yield (
            f"  On the {scored.share:.1%} of labelled pixels that are decoded with confidence: "
            f"mIoU {scored.confident.mean_iou:.3f}, accuracy {scored.confident.accuracy:.3f}"
        )
        yield (
            "  On all labelled pixels: "
            f"mIoU {scored.all.mean_iou:.3f}, accuracy {scored.all.accuracy:.3f}"
        )
        yield f"  {NOT_OFFICIAL}"
    else:
        yield f"  mIoU {scored.all.mean_iou:.3f}, accuracy {scored.all.accuracy:.3f}"
    scores = scored.confident
    yield from never_there(scores, classes)
    yield f"  {'class':<16}{'IoU':>7}{'Dice':>7}{'precision':>11}{'recall':>8}"
    for index, name in enumerate(classes.names):
        if not math.isnan(scores.iou[index]):
            values = scores.precision[index], scores.recall[index]
            precision, recall = ("–" if math.isnan(value) else f"{value:.3f}" for value in values)
            yield (
                f"  {name:<16}{scores.iou[index]:>7.3f}{scores.dice[index]:>7.3f}"
                f"{precision:>11}{recall:>8}"
            )
    if road_score := challenge_score(scores, classes):
        yield f"  {road_score.text}"
    yield from one_answer(scored.all, classes)


def never_there(scores: Scores, classes: Classes) -> Iterator[str]:
    """Why the mean here may be lower than in the curves of a training."""
    answers, truth = scores.confusion.sum(axis=0), scores.confusion.sum(axis=1)
    wrong = [classes.names[index] for index in np.flatnonzero((truth == 0) & (answers > 0))]
    if wrong:
        yield (
            f"  Answered, though these labels show none: {', '.join(wrong)}. "
            f"{'Each' if len(wrong) > 1 else 'It'} counts 0; with classes alone that they show, as "
            f"in the curves: mIoU {scores.mean_iou_of_true:.3f}"
        )


def one_answer(scores: Scores, classes: Classes) -> Iterator[str]:
    """What to do where a model says the same of every pixel; nothing where it does not."""
    answers, truth = scores.confusion.sum(axis=0), scores.confusion.sum(axis=1)
    most, total = int(answers.argmax()), int(answers.sum())
    others = total - int(truth[most])  # rare ones may be found, and still be few answers
    if not others or answers[most] < ONE_ANSWER * total or total - answers[most] > others / 2:
        return
    yield (
        f"  The model answers '{classes.names[most]}' everywhere; {truth[most] / total:.1%} of the "
        "labelled pixels are that."
    )
    yield (
        "  Usually the training was too short: give it more --minutes or --epochs. Otherwise try a "
        "tenth of --learning-rate, and look at the labels: python main.py check"
    )


def metrics(scored: Scored, classes: Classes) -> dict[str, Any]:
    """The content of metrics.json."""
    content = {
        "confident_pixels": scored.confident.to_json(classes),
        "all_pixels": scored.all.to_json(classes),
        "confident_share": round(scored.share, 6),
        "remark": NOT_OFFICIAL if scored.share < 1 else "",
    }
    road_score = challenge_score(scored.confident, classes)
    return content | ({"lyft_challenge": road_score.to_json()} if road_score else {})
