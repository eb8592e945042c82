"""What is told of a model's scores: with its mirrored answers, and of the photo as it is alone."""

from __future__ import annotations

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from dataset.cache import Examples
from deploy.mirrored import answering
from deploy.model_file import Card
from deploy.scoring import score_and_tell
from labels.classes import IGNORE, numbered_classes
from segmentation_model import Unet
from training.scores import Scores, confusion

CARD = Card(numbered_classes(3), 32, 32, mirrored=True, mirror=True)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(3)
    return Unet(classes=3, filters=4, depth=2, stem=2, activation="softmax")


def scores_of(network: keras.Model, examples: Examples) -> Scores:
    predicted = np.asarray(network.predict_on_batch(examples.photos)).argmax(-1).astype(np.uint8)
    trusted = np.where(examples.confident, examples.labels, np.uint8(IGNORE))
    return Scores(confusion(trusted, predicted, 3))


def test_the_headline_is_from_all_views_and_that_of_the_photo_alone_stands_beside(
    model: keras.Model, examples: Examples, capsys: pytest.CaptureFixture[str]
) -> None:
    network, content = score_and_tell(model, CARD, examples, 4, "It on six pairs")
    both = scores_of(answering(model, CARD), examples)
    alone = scores_of(model, examples)
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert content["answered_from"] == "as it is and mirrored"
    assert content["confident_pixels"]["accuracy"] == round(both.accuracy, 6)
    assert content["as_it_is"] == alone.to_json(CARD.classes)
    assert both.accuracy != alone.accuracy
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "It on six pairs in 32×32, answered from each photo as it is and mirrored:"
    assert last == (
        "  From each photo as it is alone, on the confident pixels: "
        f"mIoU {alone.mean_iou:.3f}, accuracy {alone.accuracy:.3f}"
    )
    answers = network.predict_on_batch(examples.photos)
    assert np.abs(answers - model.predict_on_batch(examples.photos)).max() > 1e-3


@pytest.mark.parametrize(("card", "mirror"), [(CARD, False), (replace(CARD, mirror=False), None)])
def test_without_other_views_there_is_one_score(
    card: Card,
    mirror: bool | None,
    model: keras.Model,
    examples: Examples,
    capsys: pytest.CaptureFixture[str],
) -> None:
    network, content = score_and_tell(model, card, examples, 4, "It", mirror)
    assert network is model
    assert content["answered_from"] == "as it is"
    assert "as_it_is" not in content
    alone = scores_of(model, examples)
    assert content["confident_pixels"]["accuracy"] == round(alone.accuracy, 6)
    assert "alone" not in capsys.readouterr().out
