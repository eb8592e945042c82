"""What holds for any input, tried on inputs that Hypothesis makes up."""

from __future__ import annotations

import csv
import math
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from PIL import Image

from dataset.augment import augment
from dataset.cache import Examples, open_cache, resize
from dataset.classes_csv import read_table
from dataset.formats import open_dataset
from dataset.pairs import Example
from labels.classes import CITYSCAPES, IGNORE, Classes
from labels.unmixing import unmix
from training.config import FOREIGN, Config
from training.options import parse
from training.scores import Scores, confusion
from training.state import State, read_state, write_state
from utils_func import bin_image, get_segmentation_arr, give_color_to_seg_img, resize_photo

# The same inputs each time: a test that fails once in a while helps nobody.
steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
sides = some.integers(1, 24)


def pictures_of(values: int, least: int = 1) -> Any:
    """Arrays (H, W) of ids below `values`, or ignored."""
    ids = some.integers(0, values - 1) | some.just(IGNORE)
    shapes = some.tuples(some.integers(least, 24), some.integers(least, 24))
    return shapes.flatmap(lambda shape: arrays(np.uint8, shape, elements=ids))


# --- decoding -------------------------------------------------------------------------------


@steady
@given(pictures_of(len(CITYSCAPES)))
def test_exact_colours_are_decoded_to_their_ids(ids: np.ndarray) -> None:
    blocks = ids.repeat(3, 0).repeat(3, 1)  # a colour that is pure nowhere may be a mixture
    decoded, confident = unmix(CITYSCAPES.paint(blocks), CITYSCAPES)
    np.testing.assert_array_equal(decoded, blocks)
    assert confident.shape == blocks.shape


@steady
@given(some.tuples(sides, sides).flatmap(lambda size: arrays(np.uint8, (*size, 3))))
def test_any_picture_is_decoded_to_ids_of_the_table(picture: np.ndarray) -> None:
    decoded, confident = unmix(picture, CITYSCAPES)
    assert decoded.shape == confident.shape == picture.shape[:2]
    assert set(np.unique(decoded)) <= {*range(len(CITYSCAPES)), IGNORE}
    mirrored, _ = unmix(picture[:, ::-1], CITYSCAPES)
    assert mirrored.shape == decoded.shape


@steady
@given(pictures_of(5))
def test_one_hot_and_colours_lead_back_to_the_ids(ids: np.ndarray) -> None:
    height, width = ids.shape
    one_hot = get_segmentation_arr(ids, 5, width=width, height=height)
    labelled = ids != IGNORE
    np.testing.assert_array_equal(one_hot.sum(-1), labelled)
    np.testing.assert_array_equal(one_hot.argmax(-1)[labelled], ids[labelled])
    table = Classes(tuple("abcde"), tuple((50 * n + 40, 255 - 50 * n, 90) for n in range(5)))
    painted = np.rint(give_color_to_seg_img(ids, 5, table) * 255).astype(np.uint8)
    blocks = painted.repeat(3, 0).repeat(3, 1)
    np.testing.assert_array_equal(bin_image(blocks, table)[::3, ::3], ids)


# --- views and sizes ------------------------------------------------------------------------


@steady
@given(
    seed=some.integers(0, 10**6),
    size=some.tuples(some.sampled_from([30, 48, 60]), some.sampled_from([30, 48, 60])),
    flip=some.booleans(),
    flip_vertical=some.booleans(),
    zoom=some.floats(1, 2),
    rotate=some.floats(0, 180),
    shrink=some.sampled_from([1, 2, 3]),
)
def test_photo_and_label_stay_aligned_under_every_view(
    seed: int, size: tuple[int, int], shrink: int, **options: Any
) -> None:
    """Red and green of the photo say where a pixel was, and the label's ids say so too."""
    height, width = size
    y, x = np.mgrid[:height, :width]
    photo = np.dstack([4 * x, 4 * y, np.zeros_like(x)]).astype(np.uint8)
    random = np.random.default_rng(seed)
    squares = (y // 6 * 10 + x // 6).astype(np.uint8)
    seen, label = augment(photo, squares, random, light=0.0, shrink=shrink, **options)
    assert seen.shape == photo.shape
    assert label.shape == (-(-height // shrink), -(-width // shrink)) or shrink > 1
    best = min(
        _distance(seen[top::shrink, left::shrink], label)
        for top in range(shrink)
        for left in range(shrink)
    )
    # 2.5 pixels from a square's centre to its border, half a pixel for the nearest neighbour, and
    # as much for the two colours that a turned pixel lies between; in the corners of a square
    # both add up along one axis.
    assert best <= 4 * 3.6


def _distance(photo: np.ndarray, label: np.ndarray) -> float:
    height, width = (min(a, b) for a, b in zip(photo.shape, label.shape, strict=False))
    photo, label = photo[:height, :width], label[:height, :width]
    inside = label != IGNORE
    centres = [4 * (6 * square + 2.5) for square in (label % 10.0, label // 10.0)]
    distances = [np.abs(photo[..., n] - centre)[inside] for n, centre in enumerate(centres)]
    return max((float(one.max(initial=0)) for one in distances), default=0.0)


@steady
@given(pictures_of(9), some.tuples(sides, sides))
def test_another_size_invents_no_id_and_keeps_every_flat_label(
    ids: np.ndarray, size: tuple[int, int]
) -> None:
    photo = np.dstack([ids] * 3)
    confident = ids < 4
    resized = resize(Example(photo, ids, confident), size)
    assert resized.photo.shape == (*size, 3)
    assert resized.label.shape == resized.confident.shape == size
    assert set(np.unique(resized.label)) <= set(np.unique(ids))
    np.testing.assert_array_equal(resized.label < 4, resized.confident)
    flat = np.full(ids.shape, ids[0, 0])
    same = resize(Example(np.dstack([flat] * 3), flat, flat < 4), size)
    assert (same.label == ids[0, 0]).all()
    assert (same.photo == ids[0, 0]).all()


@steady
@given(some.tuples(sides, sides), some.tuples(sides, sides), some.integers(0, 255))
def test_a_photo_keeps_its_light_in_another_size(
    size: tuple[int, int], other: tuple[int, int], grey: int
) -> None:
    photo = np.full((*size, 3), grey, np.uint8)
    assert (resize_photo(photo, other) == grey).all()


# --- scores ---------------------------------------------------------------------------------


@steady
@given(some.data(), some.integers(2, 7))
def test_the_confusion_matrix_counts_each_labelled_pixel_once(data: Any, classes: int) -> None:
    truth = data.draw(pictures_of(classes))
    guesses = some.integers(0, classes - 1)
    predicted = data.draw(arrays(np.uint8, truth.shape, elements=guesses))
    counted = confusion(truth, predicted, classes)
    assert counted.sum() == (truth != IGNORE).sum()
    for index in range(classes):
        assert counted[index].sum() == (truth == index).sum()
    by_halves = confusion(truth[:1], predicted[:1], classes)
    by_halves = by_halves + confusion(truth[1:], predicted[1:], classes)
    np.testing.assert_array_equal(by_halves, counted)
    scores = Scores(counted)
    assert math.isnan(scores.mean_iou) or 0 <= scores.mean_iou <= 1
    iou, dice = scores.iou, scores.dice
    np.testing.assert_allclose(dice, 2 * iou / (1 + iou))
    perfect = np.where(truth == IGNORE, 0, truth)
    if (truth != IGNORE).any():
        assert Scores(confusion(truth, perfect, classes)).mean_iou == 1


# --- tables, configuration, state, cache ----------------------------------------------------

names = some.text(
    some.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20
).filter(lambda name: name == name.strip())
colour = some.tuples(*[some.integers(0, 255)] * 3)


@steady
@given(
    some.lists(some.tuples(names, colour), min_size=1, max_size=12, unique_by=lambda row: row[0])
)
def test_a_class_table_is_read_as_it_was_written(rows: list[tuple[str, tuple]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "classes.csv"
        with path.open("w", newline="", encoding="utf-8") as opened:
            table = csv.writer(opened)
            table.writerow(["name", "colour", "ignore"])
            for name, (red, green, blue) in rows:
                table.writerow([name, f"{red} {green} {blue}", ""])
        coloured, read = read_table(path)
    assert coloured
    assert [row.name for row in read] == [name for name, _ in rows]
    codes = [(red << 16) | (green << 8) | blue for _, (red, green, blue) in rows]
    assert [row.code for row in read] == codes


@steady
@given(some.lists(some.tuples(names, colour), min_size=1, max_size=9), some.lists(colour))
def test_a_class_table_survives_json(rows: list[tuple], void: list[tuple]) -> None:
    table = Classes(tuple(name for name, _ in rows), tuple(c for _, c in rows), tuple(void))
    assert Classes.from_json(table.to_json()) == table


OPTIONS = {
    "minutes": some.floats(0.01, 1e4),
    "epochs": some.integers(1, 9999),
    "batch_size": some.integers(1, 999),
    "parts": some.integers(1, 99),
    "learning_rate": some.floats(1e-9, 1),
    "schedule": some.sampled_from(["cosine", "constant"]),
    "optimizer": some.sampled_from(["adam", "sgd"]),
    "dice": some.floats(0, 100),
    "seed": some.integers(0, 2**32 - 1),
    "filters": some.integers(1, 512),
    "height": some.integers(1, 40).map(lambda n: 16 * n),
    "width": some.integers(1, 40).map(lambda n: 16 * n),
    "flip": some.booleans(),
    "flip_vertical": some.booleans(),
    "zoom": some.floats(1, 4),
    "rotate": some.floats(0, 180),
    "resume": some.booleans(),
    "skip_bad": some.booleans(),
    "data": some.sampled_from([Path("a folder"), Path("Straße"), Path("kaggle:me/it")]),
    "output": some.sampled_from([Path("out"), Path("/tmp/out put")]),
}


@steady
@given(some.fixed_dictionaries({}, optional=OPTIONS))
def test_a_configuration_survives_the_command_line(asked: dict[str, Any]) -> None:
    arguments = []
    for name, value in asked.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            arguments.append(f"--{option}" if value else f"--no-{option}")
        else:
            arguments.append(f"--{option}={value!r}" if name != "data" else f"--{option}={value}")
            if isinstance(value, (str, Path)):
                arguments[-1] = f"--{option}={value}"
    assert parse(arguments) == ("train", Config(**asked))


@steady
@given(some.fixed_dictionaries({}, optional=OPTIONS))
def test_a_configuration_survives_json(asked: dict[str, Any]) -> None:
    config = Config(**asked)
    kinds = {field.name: getattr(Config(), field.name) for field in fields(Config)}
    stored = config.to_json()
    assert stored.keys() == kinds.keys() - FOREIGN
    for name in stored:
        if isinstance(kinds[name], Path):
            stored[name] = Path(stored[name])
    assert Config(**stored) == config


@steady
@given(some.data())
def test_a_state_is_read_as_it_was_written(data: Any) -> None:
    kinds = some.sampled_from([np.float32, np.int64, np.uint32])
    shapes = some.lists(some.integers(0, 3), max_size=3).map(tuple)
    stored = data.draw(
        some.lists(some.tuples(kinds, shapes).flatmap(lambda one: arrays(*one)), max_size=12)
    )
    texts = some.text(some.characters(blacklist_categories=("Cs",)))
    facts = data.draw(some.dictionaries(texts, some.integers() | some.floats() | texts))
    assume(not any(value != value for value in facts.values()))
    with tempfile.TemporaryDirectory() as folder:
        write_state(Path(folder), State(stored, facts))
        read = read_state(Path(folder))
    assert read is not None
    assert read.facts == facts
    for one, other in zip(read.arrays, stored, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cached")


@settings(steady, max_examples=12)
@given(labels=some.lists(arrays(np.uint8, (16, 16), elements=some.integers(0, 2)), min_size=2))
def test_the_cache_gives_back_what_was_decoded(labels: list[np.ndarray], folder: Path) -> None:
    place = Path(tempfile.mkdtemp(dir=folder))
    for part in "images", "masks":
        (place / "pairs" / part).mkdir(parents=True)
    labels[0][0, :3] = 0, 1, 2  # so that the classes are the same whatever was made up
    for number, label in enumerate(labels):
        Image.fromarray(label).save(place / "pairs" / "masks" / f"{number:03}.png")
        photo = cv2.cvtColor(label * 60, cv2.COLOR_GRAY2RGB)
        Image.fromarray(photo).save(place / "pairs" / "images" / f"{number:03}.png")
    dataset = open_dataset(place / "pairs")
    first, again = (open_cache(dataset, place / "cache", (16, 16)) for _ in range(2))
    for cached in first, again:
        for examples in cached.train, cached.val:
            _expect_same(examples, labels)
    assert len(first.train) + len(first.val) == len(labels)


def _expect_same(examples: Examples, labels: list[np.ndarray]) -> None:
    for name, label, photo in zip(examples.names, examples.labels, examples.photos, strict=True):
        expected = labels[int(Path(name).stem)]
        np.testing.assert_array_equal(label, expected)
        np.testing.assert_array_equal(photo[..., 0], expected * 60)
