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
from deploy.mirrored import answering, asked_as, views_of
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
    """Scores the model, prints it below a line that begins with `what`, and gives what answered.

    All views of a batch may be in memory at once, so there are fewer pictures of each.
    """
    network, asked = answering(model, card, mirror), asked_as(card, mirror)
    alone = None if network is model else model.outputs[0]
    at_once = max(1, batch_size // len(views_of(card, mirror)))
    scored = Scorer(network, beside=alone).score(examples, at_once)
    size = written(examples.photos.shape[1:3])
    print(f"{what} in {size}, answered from each photo {asked}:")
    print(*score_lines(scored, card.classes), sep="\n")
    content = {"size": size, "answered_from": asked, **metrics(scored, card.classes)}
    if plain := scored.beside:
        pixels = ", on the confident pixels" if scored.share < 1 else ""
        said = f"mIoU {plain.mean_iou:.3f}, accuracy {plain.accuracy:.3f}"
        print(f"  From each photo as it is alone{pixels}: {said}")
        content["as_it_is"] = plain.to_json(card.classes)
    return network, content
