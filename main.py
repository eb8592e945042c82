"""Train a U-Net on photos and their label pictures, and use it.

    python main.py                           train on images/, or on built-in street scenes
    python main.py --data FOLDER --epochs 20
    python main.py evaluate                  score output/unet_model.hdf5
    python main.py predict PHOTO_OR_FOLDER   label pictures with it

Everything lands in output/: plots, prediction pictures, the model, and run.json with all numbers.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from labels.classes import CITYSCAPES, Classes, usual_classes
from training.backend import OUT_OF_MEMORY, is_out_of_memory, start_keras
from training.config import Config
from training.options import parse
from training.run_folder import (
    INTERRUPTED,
    MODEL,
    alone_in,
    make_writable,
    write_json,
    write_table,
)
from utils_func import (
    BadInput,
    bin_image,
    get_segmentation_arr,
    load_images,
    picture_files,
)

if TYPE_CHECKING:
    import keras

    from dataset.cache import Cached, Examples
    from dataset.pairs import Dataset
    from training.outcome import Outcome
    from training.plan import Plan
    from training.training import Training

Arrays = Iterator[tuple[np.ndarray, np.ndarray]]

# The built-in run is there to be looked at soon: it has what is left of 6 minutes when the pairs
# are drawn, decoded and planned for. Drawing the results takes some 25 seconds.
SECONDS_ON_SCENES = 360 - 30
MOST_SECONDS = 1800  # of any other run whose length nobody asks for


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Returns 0; 1 where `check` finds errors, or a training came to no model; 2
    where something that was given is wrong; 130 after Ctrl-C.
    """
    Image.MAX_IMAGE_PIXELS = None  # read_picture has a limit of its own, and a better message
    command, config = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        if command == "train":
            return train(config)
        return int(import_module(f"commands.{command}").run(config))
    except BadInput as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except Exception as problem:
        if not is_out_of_memory(problem):
            raise
        print(OUT_OF_MEMORY, file=sys.stderr)
        return 2


def train(config: Config) -> int:
    """The command without a name: trains, with the output folder for itself."""
    make_writable(config.output)
    with alone_in(config.output):
        return train_and_show(config)


def train_and_show(config: Config) -> int:
    """From a folder of pairs to everything in the output folder."""
    began = time.monotonic()
    dataset, cached = find_and_decode(config)
    start_keras()
    from dataset.source import is_built_in
    from deploy.model_file import read_card
    from training.beginning import plan_or_go_on
    from training.learning import learn
    from training.outcome import describe_end
    from training.resuming import save_state
    from training.state import remove_state

    built_in = is_built_in(dataset, Config.data)
    over_at = began + SECONDS_ON_SCENES if built_in else time.monotonic() + MOST_SECONDS
    read_best = partial(read_card, config.output / MODEL)
    plan, begun = plan_or_go_on(config, dataset, cached, over_at, read_best)
    record = partial(write_record, dataset, cached, began)
    plan, outcome = learn(plan, keep_model, record, save_state, begun)
    keep_last(plan, outcome)
    show_results(plan.training, outcome)
    record(plan, outcome)
    if outcome.ended != "interrupted":
        remove_state(config.output)
        if outcome.resumed:
            with suppress(OSError):
                (config.output / INTERRUPTED).unlink(missing_ok=True)
    print(*describe_end(outcome, plan.training.config), sep="\n")
    return 0 if outcome.best_epoch or outcome.ended == "interrupted" else 1


def write_record(
    dataset: Dataset, cached: Cached, began: float, plan: Plan, outcome: Outcome
) -> None:
    """Writes all numbers of a run, so far."""
    from training.outcome import run_record

    config = plan.training.config
    content = run_record(config, plan.to_json(), dataset, cached, outcome, began)
    write_json(config.output / "run.json", content)
    if outcome.history:
        write_table(config.output / "history.csv", outcome.history)


def find_and_decode(config: Config) -> tuple[Dataset, Cached]:
    """The pairs, and what a person should know about them."""
    from dataset.checking import finding_lines, quick_check
    from dataset.source import decode_all, expect_train, find_dataset
    from dataset.summary import describe

    if config.tensorboard and not find_spec("tensorboard"):
        raise BadInput(
            "--tensorboard is given, but TensorBoard is not installed. Expected it for its logs. "
            "Install it: pip install tensorboard"
        )
    dataset = expect_train(find_dataset(config.data, Config.data, config.format, config.cache))
    size = config.fitted(dataset.shape).size
    cached = decode_all(dataset, config.cache, size, config.skip_bad, config.workers)
    print(*describe(dataset, cached), sep="\n")
    if findings := quick_check(dataset, cached):
        print("", *finding_lines(findings), sep="\n", flush=True)
    return dataset, cached


def keep_model(plan: Plan, name: str = MODEL) -> None:
    """Writes the weights of now as a model file."""
    from deploy.model_file import card_of, write_model

    training = plan.training
    write_model(training.deployable(), card_of(training), training.config.output / name)


def keep_last(plan: Plan, outcome: Outcome) -> None:
    """Keeps the network of now beside the best one after Ctrl-C, or in its place where the best one
    could not be written, or was deleted.
    """
    best = outcome.best_epoch and (plan.training.config.output / MODEL).exists()
    if outcome.ended == "interrupted":
        keep_model(plan, INTERRUPTED if outcome.best_epoch else MODEL)
    elif outcome.ended != "not a number" and not best:
        keep_model(plan)
        outcome.best_epoch = len(outcome.history)


def show_results(training: Training, outcome: Outcome) -> None:
    """Reads the best model back from its file, scores it, and draws all pictures."""
    from model_arch import get_model_arch

    output = training.config.output
    if (output / MODEL).exists():
        model = show_scores(training, outcome, output / MODEL)
        if training.config.examples:
            examples = training.cached.val.spread(training.config.examples)
            show_examples(model, examples, training.classes, output)
        get_model_arch(training.deployable(), output, training.config.size)
    if outcome.history:
        columns = {name: [row[name] for row in outcome.history] for name in outcome.history[0]}
        loss, acc, miou = (columns[f"val_{name}"] for name in ("loss", "accuracy", "miou"))
        get_acc(loss, acc, miou, columns, output)


def show_scores(training: Training, outcome: Outcome, path: Path) -> keras.Model:
    """Scores the best model as it lies in its file, in words and in metrics.json. Gives back what
    answers with it.
    """
    from deploy.model_file import read_model
    from deploy.scoring import score_and_tell

    best = "best model" if outcome.best_epoch else "model of the interrupted first epoch"
    what = f"\nThe {best}, read back from its file, on the validation pairs"
    pairs, mirror = training.cached.val, training.config.mirror
    network, content = score_and_tell(*read_model(path), pairs, training.at_once, what, mirror)
    write_json(path.with_name("metrics.json"), content)
    return network


def show_examples(model: keras.Model, examples: Examples, classes: Classes, output: Path) -> None:
    """Predicts some pairs, one after the other, and draws each beside its truth."""
    from evaluation.prediction_picture import draw_prediction

    some = islice(data_generator(examples, 1, len(classes)), len(examples))
    for number, (images, segmentations) in enumerate(some, start=1):
        prediction = np.asarray(model.predict_on_batch(images))
        path = output / f"pred_{number}.png"
        draw_prediction(images[0], segmentations[0], prediction[0], classes, path)


def data_generator(
    path: str | os.PathLike[str] | Examples, batch_size: int = 10, classes: int = len(CITYSCAPES)
) -> Arrays:
    """Gives batches of pairs, again and again from the beginning.

    Args:
        path: A folder of pairs, such as "images/train", or pairs that are decoded already.
        batch_size: Pairs in a batch; the last one of a pass may be smaller.
        classes: How many classes there are.

    Returns:
        Batches of (images uint8 (N, H, W, 3), one-hot labels (N, H, W, classes)); where a label is
        'ignore', no class is 1.
    """
    if batch_size < 1:
        raise ValueError(f"A batch has a pair at least. Received: batch_size={batch_size}")
    while True:
        pairs = read_pairs(path)
        while batch := list(islice(pairs, batch_size)):
            segmentations = [
                get_segmentation_arr(ids, classes, width=ids.shape[1], height=ids.shape[0])
                for _, ids in batch
            ]
            yield np.array([photo for photo, _ in batch]), np.array(segmentations)


def read_pairs(path: str | os.PathLike[str] | Examples) -> Arrays:
    """One pass over pairs as (photo, ids)."""
    if not isinstance(path, (str, os.PathLike)):
        if not len(path):
            raise ValueError("Batches are made of pairs. Received: examples that hold none")
        yield from zip(path.photos, path.labels, strict=True)
        return
    files = picture_files(Path(path))
    if not files:
        raise BadInput(
            f"{path} holds no pictures. Expected pairs such as 1.jpg in it. Name another."
        )
    for file in files:
        photo, label = load_images(file.name, file.parent)
        yield photo, bin_image(label)


def show_predications(
    images: np.ndarray,
    segmentations: np.ndarray,
    prediction: np.ndarray,
    i: int,
    classes: Classes | None = None,
    output: str | os.PathLike[str] = "output",
) -> Path:
    """Draws picture i of a batch: photo, truth and prediction, with a legend, IoU and Dice.

    Args:
        images: Photos (N, H, W, 3), 0-255.
        segmentations: One-hot truth (N, H, W, classes).
        prediction: Probabilities (N, H, W, classes).
        i: Which of the batch; the file is OUTPUT/pred_{i + 1}.png.
        classes: The class table; without it as in give_color_to_seg_img.
        output: Folder for the picture.
    """
    from evaluation.prediction_picture import draw_prediction

    classes = classes or usual_classes(segmentations.shape[-1])
    path = Path(output) / f"pred_{i + 1}.png"
    return draw_prediction(images[i], segmentations[i], prediction[i], classes, path)


def get_acc(
    loss: Sequence[float],
    acc: Sequence[float],
    miou: Sequence[float] | None = None,
    training: dict[str, list[float]] | None = None,
    output: str | os.PathLike[str] = "output",
) -> Path:
    """Draws loss, accuracy and mIoU over the epochs into OUTPUT/acc.png.

    Args:
        loss: Validation loss of each epoch.
        acc: Validation accuracy of each epoch.
        miou: Validation mIoU of each epoch, if it was measured.
        training: The training's own 'loss', 'accuracy' and 'miou', if they shall be drawn too, and
            after how many 'passes' over the pairs each value was measured, if not after each.
        output: Folder for the picture.
    """
    from evaluation.plots import draw_curves, new_figure, save_figure

    columns = training or {}
    curves = [("accuracy", acc), ("loss", loss), ("miou", miou)]
    drawn = [(name, values) for name, values in curves if values is not None]
    figure = new_figure(4.6 * len(drawn), 3.8)
    for axes, (name, values) in zip(figure.subplots(1, len(drawn)), drawn, strict=True):
        title = {"miou": "mIoU"}.get(name, name)
        draw_curves(axes, title, values, columns.get(name), columns.get("passes"))
    return save_figure(figure, Path(output) / "acc.png")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):  # a log shows each line; no code page stops a run
        stream.reconfigure(line_buffering=True, errors="replace")  # type: ignore[union-attr]
    sys.exit(main())
