"""What is chosen from the pairs where the configuration leaves it open."""

from __future__ import annotations

import numpy as np
import pytest

from dataset.cache import Examples
from training.choices import BATCH, FEW, LIGHT, SMALL_BATCH, ZOOM, choose
from training.config import Config


def pairs(count: int) -> Examples:
    """Light above, dark below: two classes, and an up that every photo shows."""
    labels = np.zeros((count, 32, 32), np.uint8)
    labels[:, 16:] = 1
    photos = np.where(labels[..., None] == 0, 200, 60).repeat(3, 3).astype(np.uint8)
    names = [str(number) for number in range(count)]
    return Examples(names, photos, labels, np.ones(labels.shape, bool))


def test_everything_that_is_open_is_chosen_with_its_reason() -> None:
    config, reasons = choose(Config(), pairs(FEW), 2)
    assert (config.stem, config.filters, config.depth) == (4, 32, 2)
    assert (config.batch_size, config.zoom, config.light) == (BATCH, ZOOM, LIGHT)
    assert config.flip_vertical is False
    open_ = {name for name, value in vars(Config()).items() if value is None}
    chosen = {name for name in open_ if getattr(config, name) is not None}
    assert chosen - {"zoom", "light"} == set(reasons)
    assert reasons["filters"] == "usual behind a stem of 4"
    assert reasons["depth"] == "so that the bottom is at 1/16 of the size"
    assert reasons["flip_vertical"] == f"100% of {FEW} photos can be told from upside down"


def test_what_was_asked_for_stays_and_needs_no_reason() -> None:
    views = {"zoom": 2.0, "light": 0.1, "flip_vertical": True, "mirror": True}
    asked = Config(stem=2, filters=5, depth=1, batch_size=3, parts=1, **views)
    assert choose(asked, pairs(20), 2) == (asked, {})


def test_what_cannot_be_had_as_it_was_asked_for_has_a_reason() -> None:
    config, reasons = choose(Config(batch_size=64, parts=3, depth=2), pairs(20), 2)
    assert (config.batch_size, config.parts, config.stem) == (20, 4, 1)
    assert reasons["batch_size"] == "there are no more, and a batch holds none twice"
    assert reasons["parts"] == "by 3 the batch cannot be divided"
    assert "from the full size" in reasons["stem"]


@pytest.mark.parametrize(
    ("count", "asked", "batch"),
    [(FEW - 1, None, SMALL_BATCH), (3, None, 3), (3, 8, 3), (FEW, 1, 1), (FEW, None, BATCH)],
)
def test_a_batch_is_small_where_pairs_are_few_and_never_holds_one_twice(
    count: int, asked: int | None, batch: int
) -> None:
    assert choose(Config(batch_size=asked), pairs(count), 2)[0].batch_size == batch


@pytest.mark.parametrize(
    ("batch", "asked", "parts"), [(8, 1, 1), (8, 3, 4), (8, 8, 8), (8, 50, 8), (7, 2, 7), (6, 3, 3)]
)
def test_a_batch_is_divided_without_a_rest(batch: int, asked: int, parts: int) -> None:
    assert choose(Config(batch_size=batch, parts=asked), pairs(20), 2)[0].parts == parts


def test_pictures_without_an_up_are_learned_upside_down_too() -> None:
    examples = pairs(24)
    random = np.random.default_rng(0)
    examples.photos[:] = random.integers(0, 256, examples.photos.shape)
    config, reasons = choose(Config(), examples, 2)
    assert config.flip_vertical is True
    assert reasons["flip_vertical"].endswith("can be told from upside down: these have no up")
    assert choose(Config(flip_vertical=False), examples, 2)[0].flip_vertical is False


@pytest.mark.parametrize(
    ("asked", "mirror", "reason"),
    [
        (Config(), True, "pictures are learned so, too"),
        (Config(flip=False, flip_vertical=True), True, "pictures are learned so, too"),
        (Config(flip=False), False, "pictures are not learned so"),
        (Config(flip=False, mirror=True), True, None),
        (Config(mirror=False), False, None),
    ],
)
def test_mirrored_pictures_are_asked_about_where_they_are_learned(
    asked: Config, mirror: bool, reason: str | None
) -> None:
    config, reasons = choose(asked, pairs(20), 2)
    assert config.mirror is mirror
    assert reasons.get("mirror") == reason
