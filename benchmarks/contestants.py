"""Those who learn the same pairs for the same time: this project's recipes, and its peers.

    result = with_recipe("auto", setting)               # as main.py trains it
    result = with_stock_keras(setting)                  # the seed network, trained the ordinary way
    result = with_pytorch(setting, filters=16)          # the same network, an equally good schedule

Each runs in a process of its own, and all are judged by their last weights: the best of several
validations would be chosen on the very pictures that judge. The clock of a peer counts its steps
alone; what ours spends on validations is a part of its time.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import timeit
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.labels import nearest
from benchmarks.task import Task
from dataset.batches import Batches
from dataset.cache import Cached, Examples
from dataset.decoding import read_halves
from dataset.pairs import Dataset
from dataset.source import decode_all, open_data
from labels.classes import IGNORE
from training.backend import start_keras
from training.config import Config
from utils_func import find_label_side, read_picture

BATCH = 8


@dataclass(frozen=True)
class Setting:
    """What all of them are given."""

    data: Path
    cache: Path
    results: Path = field(repr=False)
    """Where models are kept."""
    minutes: float
    seed: int
    size: tuple[int, int] | None = None
    """Height and width; else as main.py chooses them."""

    @property
    def config(self) -> Config:
        height, width = self.size or (None, None)
        return Config(data=self.data, cache=self.cache, height=height, width=width, seed=self.seed)

    def dataset(self) -> Dataset:
        return open_data(self.data, None, self.cache)

    def decoded(self, dataset: Dataset, size: tuple[int, int]) -> Cached:
        return decode_all(dataset, self.cache, size, skip_bad=False, workers=2)

    @property
    def seconds(self) -> float:
        return 60 * self.minutes

    def file(self, name: str, content: object, suffix: str) -> Path:
        """Where what belongs to a side and this content is kept."""
        key = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
        return self.results / f"{name}-{self.minutes:g}-{self.seed}-{key}{suffix}"


@dataclass(frozen=True)
class Result:
    """What one of them came to."""

    confusions: np.ndarray
    """Of each validation picture, on its confident pixels."""
    images: int
    """Pictures seen, every repetition counted."""
    seconds: float
    """Of training."""
    parameters: int
    trained: float = field(default_factory=time.time)
    """When its training ended."""


def with_recipe(name: str, setting: Setting, **options: Any) -> Result:
    """The recipe as a person starts it with --minutes and such options, judged in the size of all.

    Most recipes have a size of their own. Their model is kept and judged at another size without
    being trained anew.
    """
    from commands.compare import score_each
    from training.recipes import recipe_config

    dataset = setting.dataset()
    common = setting.config.fitted(dataset.shape)
    recipe = recipe_config(name)
    size = {"height": common.height, "width": common.width} if recipe.height is None else {}
    ends = {"minutes": setting.minutes, "epochs": None, "early_stopping": 0}
    recipe = replace(recipe, **{**size, **ends, **options})
    config = replace(recipe, data=setting.data, cache=setting.cache, seed=setting.seed)
    start_keras()
    learned = replace(config, mirror=None)  # how it answers decides nothing about how it learns
    path = setting.file(name, learned, ".hdf5")
    if not path.exists():
        _train_recipe(learned, dataset, setting, path)
    counts = json.loads(path.with_suffix(".json").read_text())
    confusions = score_each(path, setting.decoded(dataset, common.size).val, config.mirror)
    return Result(confusions, **counts, trained=path.stat().st_mtime)


def _train_recipe(config: Config, dataset: Dataset, setting: Setting, path: Path) -> None:
    """Writes the model and, beside it, what it took."""
    from deploy.model_file import card_of, write_model
    from training.plan import make_plan

    plan = make_plan(setting.decoded(dataset, config.size), dataset.classes, config)
    print(*plan.lines(), sep="\n", flush=True)
    training = plan.training
    outcome = training.run(plan.estimate, lambda: None, lambda outcome: None)
    if outcome.ended == "interrupted":
        raise KeyboardInterrupt  # a part of the time is no result to keep
    counts = {
        "images": outcome.steps * training.at_once,
        "seconds": outcome.seconds,
        "parameters": training.model.count_params(),
    }
    path.with_suffix(".json").write_text(json.dumps(counts))
    write_model(training.deployable(), card_of(training), path)


def with_stock_keras(setting: Setting) -> Result:
    """The seed network as a tutorial trains it: Adam .001, float32, no other views, the labels of
    smeared pairs by their nearest colour.
    """
    start_keras()
    import keras

    from segmentation_model import Unet

    keras.utils.set_random_seed(setting.seed)
    dataset, cached = _pairs(setting)
    train = with_nearest_colours(dataset, cached.train)
    model = Unet(*train.labels.shape[1:], classes=len(dataset.classes), activation=None)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=IGNORE)
    model.compile(keras.optimizers.Adam(1e-3), loss, metrics=["accuracy"])
    _compile_steps(model, _batches(train, setting))
    clock = _Clock(setting.seconds)
    stop = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: setattr(model, "stop_training", clock.tick())
    )
    model.fit(_batches(train, setting), epochs=1, callbacks=[stop], shuffle=False, verbose=0)

    def ids(photos: np.ndarray) -> np.ndarray:
        return np.asarray(model.predict_on_batch(photos)).argmax(-1)

    confusions = scored(ids, cached.val, len(dataset.classes))
    return Result(confusions, clock.steps * BATCH, clock.passed, model.count_params())


def _compile_steps(model: Any, batches: Batches) -> None:
    """Before the clock starts; leaves weights and optimiser as they were."""
    before = model.get_weights()
    model.fit(batches, epochs=1, steps_per_epoch=2, shuffle=False, verbose=0)
    model.set_weights(before)
    for variable in model.optimizer.variables:
        if variable is not model.optimizer._learning_rate:
            variable.assign(np.zeros(variable.shape))


def with_pytorch(setting: Setting, filters: int, mirrored: bool) -> Result:
    """The seed network, or a wider one, in eager mode: channels last, AdamW with a warm-up and half
    a cosine that ends with the time, in bfloat16 where that is faster, on a GPU if PyTorch has one,
    with batches made ahead in a thread. The labels are ours.
    """
    from benchmarks.timing import needed
    from benchmarks.torch_unet import INSTALL, network, parameters
    from training.pace import rate_share

    torch = needed("torch", INSTALL)
    torch.set_num_threads(os.cpu_count() or 1)
    torch.set_flush_denormal(True)
    torch.manual_seed(setting.seed)
    dataset, cached = _pairs(setting)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    unet = network(Task(filters=filters), classes=len(dataset.classes)).to(device)
    optimizer = torch.optim.AdamW(unet.parameters(), 2e-3, weight_decay=0.01, fused=True)
    ahead = _Ahead(_batches(cached.train, setting, mirrored))

    def step(index: int, half: bool) -> float:
        photos, labels = (torch.from_numpy(part).to(device) for part in ahead[index])
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device, torch.bfloat16, enabled=half):
            logits = unet(photos)
            loss = torch.nn.functional.cross_entropy(logits, labels.long(), ignore_index=IGNORE)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    half = _faster_in_half(unet, optimizer, step)
    clock = _Clock(setting.seconds)
    while not clock.over:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * rate_share(clock.share)
        step(clock.steps, half)
        clock.tick()
    unet.eval()

    def ids(photos: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return unet(torch.from_numpy(photos).to(device)).argmax(1).cpu().numpy()

    confusions = scored(ids, cached.val, len(dataset.classes))
    return Result(confusions, clock.steps * BATCH, clock.passed, parameters(unet))


def _faster_in_half(unet: Any, optimizer: Any, step: Any) -> bool:
    """Whether steps in bfloat16 take less time than in float32; leaves all as it was."""
    import copy

    before = copy.deepcopy([unet.state_dict(), optimizer.state_dict()])
    best = [
        min(timeit.repeat(partial(step, 0, half), number=1, repeat=4)) for half in (False, True)
    ]
    unet.load_state_dict(before[0])
    optimizer.load_state_dict(before[1])
    return best[1] < best[0]


class _Ahead:
    """Batches of which the next is made while one is learned from."""

    def __init__(self, batches: Batches) -> None:
        self.batches, self.pool = batches, ThreadPoolExecutor(1)
        self.made: dict[int, Future[tuple[np.ndarray, ...]]] = {}

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        for number in index, index + 1:
            if number not in self.made:
                self.made[number] = self.pool.submit(self.batches.__getitem__, number)
        return self.made.pop(index).result()


class _Clock:
    """Counts steps until the time is over."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.steps, self.began = seconds, 0, time.monotonic()

    @property
    def passed(self) -> float:
        return time.monotonic() - self.began

    @property
    def share(self) -> float:
        return min(1.0, self.passed / self.seconds)

    @property
    def over(self) -> bool:
        return self.share >= 1

    def tick(self) -> bool:
        self.steps += 1
        return self.over


def _pairs(setting: Setting) -> tuple[Dataset, Cached]:
    dataset = setting.dataset()
    return dataset, setting.decoded(dataset, setting.config.fitted(dataset.shape).size)


def _batches(examples: Examples, setting: Setting, mirrored: bool = False) -> Batches:
    def view(
        photo: np.ndarray, label: np.ndarray, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        return (photo[:, ::-1], label[:, ::-1]) if random.random() < 0.5 else (photo, label)

    return Batches(examples, BATCH, 10**4, setting.seed, view if mirrored else None)


def with_nearest_colours(dataset: Dataset, examples: Examples) -> Examples:
    """The same pairs with the labels that scripts take from smeared colours; others have exact
    ones, and keep them.
    """
    if dataset.format != "cityscapes-pairs":
        return examples
    shape = examples.labels.shape[1:]
    side = find_label_side(read_picture(dataset.train[0].photo))
    labels = [
        cv2.resize(
            nearest(read_halves(pair, side)[1], colours=29)[0],
            shape[::-1],
            interpolation=cv2.INTER_NEAREST_EXACT,
        )
        for pair in dataset.train
    ]
    return replace(examples, labels=np.stack(labels))


def scored(ids: Any, examples: Examples, classes: int) -> np.ndarray:
    """A confusion matrix for each picture, on its confident pixels."""
    from training.scores import confusion

    counts = []
    for first in range(0, len(examples), BATCH):
        part = slice(first, first + BATCH)
        answers = ids(np.array(examples.photos[part])).astype(np.uint8)
        trusted = np.where(examples.confident[part], examples.labels[part], np.uint8(IGNORE))
        counts += [confusion(*pair, classes) for pair in zip(trusted, answers, strict=True)]
    return np.stack(counts)
