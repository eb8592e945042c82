"""How good a model is on some pairs, told and as the content of a JSON file.

    network, content = score_and_tell(model, card, cached.val, 8, "The model on the val pairs")

Where it answers from mirrored pictures too, the score of the picture as it is alone stands beside:
that is what a script gets which asks the file's network once.
"""

from __future__ import annotations

from typing import Any

import keras

from dataset.cache import Examples
from dataset.sizing import written
from deploy.mirrored import answering, asked_as
from deploy.model_file import Card
from evaluation.tables import metrics, score_lines
from training.validation import Scorer


def score_and_tell(
    model: keras.Model,
    card: Card,
    examples: Examples,
    batch_size: int,
    what: str,
    mirror: bool | None = None,
) -> tuple[keras.Model, dict[str, Any]]:
    """Scores the model, prints it below a line that begins with `what`, and gives what answered."""
    network, asked = answering(model, card, mirror), asked_as(card, mirror)
    alone = None if network is model else model.outputs[0]
    scored = Scorer(network, beside=alone).score(examples, batch_size)
    size = written(examples.photos.shape[1:3])
    print(f"{what} in {size}, each {asked}:")
    print(*score_lines(scored, card.classes), sep="\n")
    content = {"size": size, "each": asked, **metrics(scored, card.classes)}
    if plain := scored.beside:
        print(f"  Each as it is alone: mIoU {plain.mean_iou:.3f}, accuracy {plain.accuracy:.3f}")
        content["as_it_is"] = {"mean_iou": plain.mean_iou, "accuracy": plain.accuracy}
    return network, content
