"""python main.py compare --recipes a,b --minutes N: the same seconds and pairs for each recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dataset.cache import Cached, Examples
from dataset.checking import finding_lines, quick_check
from dataset.pairs import Dataset
from dataset.sizing import written
from dataset.source import decode_all, expect_train, open_data
from dataset.summary import describe
from dataset.wording import counted, duration
from deploy.model_file import card_of, read_model, write_model
from deploy.predict import predict_ids
from evaluation.comparison import Entry, comparison_lines, draw_comparison
from evaluation.intervals import interval
from evaluation.tables import one_answer
from labels.classes import IGNORE
from training.backend import is_out_of_memory, start_keras
from training.config import Config
from training.outcome import Outcome
from training.recipes import recipe_config
from training.run_folder import alone_in, make_writable, move_earlier, write_json, write_table
from training.scores import Scores, confusion
from utils_func import BadInput

if TYPE_CHECKING:
    from training.training import Training

MINUTES = 5.0
FILES = ("comparison.json", "comparison.png")


def run(config: Config) -> int:
    """Trains each recipe, scores all of them on the same pictures, and ranks them."""
    names = [name.strip() for name in config.recipes.split(",") if name.strip()]
    if len(names) < 2 or len(names) != len(set(names)):
        raise BadInput(
            f"--recipes is '{config.recipes}'. Expected two or more different recipes with "
            "commas between, such as: --recipes auto,oxford-pets"
        )
    recipes = [recipe_config(name) for name in names]
    make_writable(config.output)
    with alone_in(config.output):
        return train_and_rank(config, recipes)


def train_and_rank(config: Config, recipes: list[Config]) -> int:
    """From a folder of pairs to the table."""
    dataset = expect_train(open_data(config.data, config.format, config.cache))
    usual = config.fitted(dataset.shape)
    cached = decode_all(dataset, config.cache, usual.size, config.skip_bad, config.workers)
    print(*describe(dataset, cached), "", *finding_lines(quick_check(dataset, cached)), sep="\n")
    judged = to_judge_with(config, recipes, dataset, cached)
    size = written(judged.photos.shape[1:3])
    start_keras()
    if earlier := move_earlier(config.output, FILES):
        print(f"The comparison before was moved to {earlier}.")
    minutes = config.minutes or MINUTES
    entries: list[Entry] = []
    failed: dict[str, str] = {}
    for recipe in recipes:
        own = same_for_all(recipe, config, minutes)
        print(f"\n{recipe.recipe}: {duration(60 * minutes)}", flush=True)
        try:
            entries.append(_train_and_score(own, dataset, judged))
        except NoModel as problem:
            failed[recipe.recipe] = str(problem)
            print(f"No model: {problem}.", flush=True)
        content = {
            "minutes": minutes,
            "judged_at": size,
            "data": str(dataset.folder),
            "content": cached.content,
            "recipes": [entry.to_json() for entry in entries],
            "without_model": failed,
        }
        write_json(config.output / "comparison.json", content)
    print(
        f"\nEach model of {duration(60 * minutes)} on the same "
        f"{counted(len(judged), 'validation pair')}, judged at {size}, whatever "
        "size it learned at:"
    )
    print(*comparison_lines(entries, failed), sep="\n")
    if not entries:
        return 1
    path = draw_comparison(entries, config.output / "comparison.png")
    print(f"The table as a picture is {path}; each model lies in {config.output}/RECIPE.")
    return 0


class NoModel(Exception):  # noqa: N818 - the reason is told in a row of the table
    """A recipe came to no model; its reason."""


def same_for_all(recipe: Config, config: Config, minutes: float) -> Config:
    """A recipe with the seed and the time of the comparison, and its size if it has none."""
    sized = recipe if recipe.height else replace(recipe, height=config.height, width=config.width)
    return replace(
        sized,
        output=config.output / recipe.recipe,
        cache=config.cache,
        seed=config.seed,
        mirror=recipe.mirror if config.mirror is None else config.mirror,
        skip_bad=config.skip_bad,
        workers=config.workers,
        epochs=None,
        early_stopping=0,
        minutes=minutes,
    )


def to_judge_with(
    config: Config, recipes: list[Config], dataset: Dataset, cached: Cached
) -> Examples:
    """The validation pairs in the largest size that the plan of a recipe may choose."""
    sizes = config.larger_sizes(dataset.shape)
    if not sizes or all(recipe.height for recipe in recipes):
        return cached.val
    alone = replace(dataset, train=())
    return decode_all(alone, config.cache, sizes[0], config.skip_bad, config.workers).val


def _train_and_score(config: Config, dataset: Dataset, judged: Examples) -> Entry:
    from deploy.mirrored import asked_as

    path = config.model_file
    try:
        outcome, training = _train(config, dataset)
        counts = score_each(path, judged)
    except Exception as problem:
        if not is_out_of_memory(problem):
            raise
        raise NoModel("there is not enough memory for it on this machine") from problem
    scores = Scores(counts.sum(0))
    for line in one_answer(scores, dataset.classes):
        print(line)
    low, high = interval(counts)
    return Entry(
        recipe=config.recipe,
        images=outcome.steps * training.at_once,
        accuracy=scores.accuracy,
        mean_iou=scores.mean_iou,
        low=low,
        high=high,
        seconds=outcome.seconds,
        parameters=training.model.count_params(),
        megabytes=path.stat().st_size / 1e6,
        size=written(training.config.size),
        answered_from=asked_as(card_of(training)),
    )


def _train(config: Config, dataset: Dataset) -> tuple[Outcome, Training]:
    import keras

    keras.backend.clear_session()  # the network of the recipe before
    make_writable(config.output)
    with alone_in(config.output):
        return _train_alone(config, dataset)


def _train_alone(config: Config, dataset: Dataset) -> tuple[Outcome, Training]:
    from training.beginning import larger_for
    from training.learning import learn
    from training.plan import make_plan

    if earlier := move_earlier(config.output):
        print(f"Its run before was moved to {earlier}.")
    fitted = config.fitted(dataset.shape)
    cached = decode_all(dataset, config.cache, fitted.size, config.skip_bad, config.workers)
    larger = larger_for(config, dataset)
    plan = make_plan(cached, dataset.classes, fitted, config, larger=larger)
    print(*plan.lines(), "Ctrl-C ends the comparison.", sep="\n", flush=True)
    card = card_of(plan.training)
    path = config.model_file
    plan, outcome = learn(
        plan,
        lambda plan: write_model(plan.training.deployable(), card, path),
        lambda plan, outcome: write_table(config.output / "history.csv", outcome.history),
    )
    if outcome.ended == "interrupted":
        raise KeyboardInterrupt
    if not outcome.best_epoch and outcome.ended == "not a number":
        raise NoModel("its loss became infinite or NaN before the first validation")
    if not outcome.best_epoch:
        raise NoModel(f"{path} could not be written")
    return outcome, plan.training


def score_each(path: Path, examples: Examples, mirror: bool | None = None) -> np.ndarray:
    """A confusion matrix for each picture, on its confident pixels at its own size."""
    from deploy.mirrored import answering

    model, card = read_model(path)
    network = answering(model, card, mirror)
    classes = len(card.classes)
    counts = []
    for photo, label, confident in zip(
        examples.photos, examples.labels, examples.confident, strict=True
    ):
        trusted = np.where(confident, label, np.uint8(IGNORE))
        counts.append(confusion(trusted, predict_ids(network, card, np.asarray(photo)), classes))
    return np.stack(counts)
