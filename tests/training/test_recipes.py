"""The recipes, counted by hand from the documents that describe them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from dataset.cache import Cached, Examples
from labels.classes import numbered_classes
from training.config import Config
from training.recipes import RECIPES, recipe_config
from training.training import Estimate, Training
from utils_func import BadInput

pytestmark = pytest.mark.slow

SYSTEMS = [name for name in RECIPES if name != "auto"]

WITH_KERAS_ALONE = """
import sys
from pathlib import Path
import keras
import numpy as np
for path in Path().glob("*.hdf5"):
    model = keras.models.load_model(path, compile=False)
    np.save(path.with_suffix(".npy"), model.predict(np.load("photos.npy"), verbose=0))
assert not {"training", "segmentation_model"} & set(sys.modules)
"""


def make(examples: Examples, config: Config, classes: int = 3) -> Training:
    cached = Cached(examples, examples, [], "none")
    return Training(cached, numbered_classes(classes), replace(config, epochs=config.epochs or 1))


def parameters(filters: int, classes: int, transposed: int, normalised: bool) -> int:
    """Of a U with four levels over RGB pictures: weights, biases, four numbers a normalised map."""
    more = 1 + 4 * normalised
    widths = [filters, 2 * filters, 4 * filters, 8 * filters, 16 * filters]
    count = 0
    for channels, width in zip([3, *widths], widths, strict=False):
        count += 9 * channels * width + more * width + 9 * width * width + more * width
    for width in widths[:-1]:
        count += transposed**2 * 2 * width * width + width
        count += 9 * 2 * width * width + more * width + 9 * width * width + more * width
    return count + filters * classes + classes


@pytest.mark.parametrize(
    ("name", "classes", "filters", "transposed", "normalised", "total"),
    [
        ("cityscapes-pairs", 19, 16, 2, True, 1_947_299),
        ("voc2007", 21, 64, 2, False, 31_033_045),
        ("oxford-pets", 3, 64, 3, False, 34_513_475),
        ("idd-roads", 2, 64, 3, False, 34_513_410),
        ("lyft-carla", 13, 16, 3, False, 2_158_909),
    ],
)
def test_the_networks_have_as_many_parameters_as_follow_from_the_documents(
    name: str,
    classes: int,
    filters: int,
    transposed: int,
    normalised: bool,
    total: int,
    examples: Examples,
) -> None:
    assert parameters(filters, classes, transposed, normalised) == total
    model = make(examples, recipe_config(name), classes).model
    assert model.count_params() == total
    # 3×3 twice on nine levels, four transposed ones, and the 1×1 head: 23.
    kinds = Counter(type(layer).__name__ for layer in model.layers)
    assert (kinds["Conv2D"], kinds["Conv2DTranspose"]) == (2 * 9 + 1, 4)
    assert kinds["MaxPooling2D"] == kinds["Concatenate"] == 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cityscapes-pairs", {"epochs": 10, "batch_size": 10, "height": 256, "width": 256}),
        ("voc2007", {"optimizer": "sgd", "momentum": 0.99, "padding": "valid", "flip": True}),
        ("oxford-pets", {"epochs": 100, "batch_size": 64, "height": 128, "dropout": 0.3}),
        ("idd-roads", {"height": 128, "width": 128, "dropout": 0.3, "initializer": "he_normal"}),
        ("lyft-carla", {"dropout": 0.5, "first_dropout": 0.25, "head": "sigmoid"}),
    ],
)
def test_the_settings_are_those_of_the_documents(name: str, expected: dict[str, object]) -> None:
    config = recipe_config(name)
    assert {field: getattr(config, field) for field in expected} == expected
    assert (config.dice, config.zoom, config.light) == (0, 1, 0)
    assert config.schedule == "constant"


def test_two_systems_have_one_network() -> None:
    fields = ("filters", "depth", "padding", "normalization", "dropout", "first_dropout")
    fields += ("initializer", "transposed", "head")
    pets, roads = (recipe_config(name) for name in ("oxford-pets", "idd-roads"))
    assert [getattr(pets, field) for field in fields] == [getattr(roads, field) for field in fields]


@pytest.mark.parametrize("name", RECIPES)
def test_a_config_knows_the_recipe_that_it_came_from(name: str) -> None:
    assert recipe_config(name).to_json()["recipe"] == name


def test_the_recipe_auto_is_the_defaults() -> None:
    assert recipe_config("auto") == Config()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("voc2012", "Perhaps you meant: voc2007."),
        ("oxford-pet", "Perhaps you meant: oxford-pets."),
        ("cityscapes", "Perhaps you meant: cityscapes-pairs."),
        ("", "Name one of these."),
    ],
)
def test_an_unknown_recipe_is_refused_with_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(BadInput) as caught:
        recipe_config(name)
    assert str(caught.value) == (
        f"There is no recipe '{name}'. Expected one of auto, cityscapes-pairs, voc2007, "
        f"oxford-pets, idd-roads, lyft-carla. {meant}"
    )


@pytest.mark.slow
def test_every_recipe_trains_and_its_model_file_opens_with_keras_alone(
    examples: Examples, tmp_path: Path
) -> None:
    np.save(tmp_path / "photos.npy", examples.photos)
    expected = {}
    for name in SYSTEMS:
        config = replace(recipe_config(name), height=32, width=32, filters=2, depth=1)
        training = make(examples, replace(config, batch_size=3, epochs=1))
        begun = training.model.get_weights()
        outcome = training.run(Estimate(0, 0), keep=lambda: None, record=lambda outcome: None)
        assert (outcome.ended, training.batches.steps) == ("finished", 2)
        changed = zip(begun, training.model.get_weights(), strict=True)
        assert all((one != two).any() for one, two in changed), name
        model = training.deployable()
        expected[name] = model.predict(examples.photos, verbose=0)
        model.save(tmp_path / f"{name}.hdf5", include_optimizer=False)
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", WITH_KERAS_ALONE],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": "", "KERAS_BACKEND": keras.backend.backend()},
    )
    assert done.returncode == 0, done.stderr
    for name, shares in expected.items():
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), shares, atol=1e-6)
        assert np.allclose(shares.sum(-1), 1) == (name != "lyft-carla")
