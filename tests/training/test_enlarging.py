"""Larger pictures are learned where enough passes over them fit into the time."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from dataset.cache import Cached, Examples
from dataset.sizing import Size
from labels.classes import numbered_classes
from training import enlarging, parts
from training.config import Config
from training.enlarging import LargerPictures
from training.measuring import Estimate
from training.plan import Plan, make_plan
from training.training import Training
from utils_func import BadInput

pytestmark = pytest.mark.slow

OPEN = Config(filters=2, depth=1, stem=2, context=1, batch_size=2, precision="float32")


def decode(size: Size, count: int = 6) -> Cached:
    random = np.random.default_rng(0)
    photos = random.integers(0, 256, (count, *size, 3), dtype=np.uint8)
    labels = random.integers(0, 3, (count, *size), dtype=np.uint8)
    examples = Examples([str(number) for number in range(count)], photos, labels, labels < 9)
    return Cached(examples, examples, [], "none")


def decode_some(size: Size, count: int) -> Cached:
    return decode(size, 3)


SIZES = [(128, 128), (96, 96)]
LARGER = LargerPictures(SIZES, decode_some, decode)


@pytest.fixture(autouse=True)
def seconds_for_each_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of two pictures of 64×64 takes 10 s, which is 30 s a pass; larger ones as much more
    as they have pixels. Memory has room for all of them.
    """

    def measure(training: Training) -> Estimate:
        height, width = training.config.size
        return Estimate(10 * height * width / 64**2, 0.0)

    monkeypatch.setattr(Training, "measure", measure)
    for module, name in (enlarging, "free_here"), (parts, "free_there"):
        monkeypatch.setattr(module, name, lambda: math.inf)


def planned(minutes: float | None, larger: LargerPictures = LARGER, **more: float) -> Plan:
    config = replace(OPEN, minutes=minutes, epochs=more.get("epochs"))
    fitted = config.fitted((64, 64))
    over_at = time.monotonic() + more.get("over_in", math.inf)
    cached = larger.decode_all(fitted.size)
    return make_plan(cached, numbered_classes(3), fitted, config, over_at, larger)


@pytest.mark.parametrize(
    ("minutes", "size"),
    [
        (8.1 * 4 * 30 / 60, (128, 128)),  # four times the pixels, and 8 passes are left
        (7.9 * 4 * 30 / 60, (96, 96)),
        (8.1 * 2.25 * 30 / 60, (96, 96)),
        (7.9 * 2.25 * 30 / 60, (64, 64)),
    ],
)
def test_the_largest_is_taken_of_which_enough_passes_fit(minutes: float, size: Size) -> None:
    plan = planned(minutes)
    assert plan.training.config.size == size
    assert plan.training.cached.train.photos.shape[1:3] == size
    assert plan.estimate.step == pytest.approx(10 * size[0] * size[1] / 64**2)
    shown = next(line for line in plan.lines() if line.startswith("  pictures"))
    passes = round(minutes * 60 / 30)
    why = f"64×64 would show each pair {passes} times"
    assert (why in shown) == (size != (64, 64))
    assert "in the proportions of the photos" in shown
    chosen = plan.to_json()["chosen"]
    assert (chosen["height"]["value"], chosen["width"]["value"]) == size


def test_where_labels_are_plain_in_small_pictures_more_passes_must_be_left() -> None:
    def in_halves(size: Size) -> Cached:
        cached = decode(size)
        cached.train.labels[:] = 0
        cached.train.labels[:, :, size[1] // 2 :] = 1
        return cached

    plain = LargerPictures(SIZES, lambda size, count: in_halves(size), in_halves)
    for passes, size in (20.1, (128, 128)), (19.9, (96, 96)), (11, (64, 64)):
        assert planned(passes * 4 * 30 / 60, plain).training.config.size == size


def test_a_run_whose_length_is_open_is_not_made_longer_by_larger_pictures() -> None:
    plan = planned(None, over_in=8.5 * 4 * 30)
    assert plan.training.config.size == (128, 128)
    assert plan.seconds == pytest.approx(8.5 * 4 * 30, abs=30)
    assert planned(None, over_in=7.9 * 2.25 * 30).training.config.size == (64, 64)


def test_the_size_that_a_length_was_reckoned_in_is_told() -> None:
    told = next(line for line in planned(None).lines() if line.startswith("  length"))
    assert told.endswith("(enough for so few pairs in 64×64)")


def test_a_batch_stays_as_large_though_few_pairs_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(enlarging, "LOOKED_AT", 2)
    monkeypatch.setitem(globals(), "OPEN", replace(OPEN, batch_size=5))
    plan = planned(100, LargerPictures(SIZES, decode, decode))
    assert plan.training.config.size == (128, 128)
    assert plan.training.batch_size == 5


def test_who_asks_for_epochs_does_not_wait_longer_for_them() -> None:
    assert planned(None, epochs=500).training.config.size == (64, 64)


def test_a_size_that_is_cheaper_than_its_pixels_is_found_by_trying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[Size] = []

    def measure(training: Training) -> Estimate:
        tried.append(training.config.size)
        return Estimate(10, 0.0)

    monkeypatch.setattr(Training, "measure", measure)
    # By their pixels 6.1 and 5.9 passes are expected.
    for passes, sizes in (6.1, [(64, 64), (128, 128)]), (5.9, [(64, 64), (96, 96)]):
        tried.clear()
        plan = planned(passes * 4 * 30 / 60)
        assert tried == sizes
        assert plan.training.config.size == sizes[-1]


def without_room(size: Size) -> Cached:
    if size == (128, 128):
        raise BadInput("The decoded pictures cannot be written: No space left on device.")
    return decode(size)


def test_where_the_disk_has_no_room_for_the_largest_a_smaller_one_is_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = planned(100, LargerPictures(SIZES, decode_some, without_room))
    assert plan.training.config.size == (96, 96)
    assert "128×128 are not learned: The decoded pictures cannot" in capsys.readouterr().out


def test_where_memory_runs_out_in_the_largest_a_smaller_one_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measure = Training.measure

    def run_out(training: Training) -> Estimate:
        if training.config.size == (128, 128):
            raise MemoryError
        return measure(training)

    monkeypatch.setattr(Training, "measure", run_out)
    assert planned(100).training.config.size == (96, 96)


@pytest.mark.parametrize(("module", "name"), [(enlarging, "free_here"), (parts, "free_there")])
def test_without_free_memory_pictures_stay_small(
    module: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, lambda: 1e5)
    assert planned(100).training.config.size == (64, 64)


def test_a_validation_is_reckoned_for_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Training, "measure", lambda training: Estimate(1, 0.1 * len(training.cached.val))
    )
    plan = planned(10)
    assert plan.training.config.size == (128, 128)
    # Three of six pairs were decoded, which are two batches of two where all are three.
    assert plan.estimate.validation == pytest.approx(0.3 / 2 * 3)


def test_what_was_asked_for_and_chosen_before_stays() -> None:
    small, large = planned(1), planned(100)
    assert (small.training.config.size, large.training.config.size) == ((64, 64), (128, 128))
    for name in "batch_size", "filters", "depth", "stem", "context", "flip_vertical":
        assert getattr(large.training.config, name) == getattr(small.training.config, name)
    assert large.reasons.keys() >= small.reasons.keys() - {"zoom", "light"}
