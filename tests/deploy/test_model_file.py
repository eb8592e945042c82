"""The model file: whole, with its card, and open to any Keras script."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from dataset.cache import Cached, Examples
from deploy.model_file import ATTRIBUTE, FLAGS, Card, card_of, read_card, read_model, write_model
from labels.classes import Classes, numbered_classes
from segmentation_model import Unet
from training.config import Config
from training.run_folder import NotWritten
from training.training import Training
from utils_func import BadInput, Levels

# Keras 3.15 turns its variables into arrays in a way that NumPy 2 warns about.

ROOT = Path(__file__).parents[2]
CLASSES = Classes(("Straße", "sky"), ((128, 64, 128), (70, 130, 180)), ((0, 0, 0), (1, 2, 3)))
CARD = Card(CLASSES, height=64, width=32)

WITH_KERAS_ALONE = """
import sys
import keras
import numpy as np
assert not {"training", "deploy", "labels", "segmentation_model"} & set(sys.modules)
model = keras.models.load_model(sys.argv[1], compile=False)
pictures = np.load("pictures.npy")
np.save("shares.npy", model.predict(pictures, verbose=0))
"""

WITHOUT_KERAS = """
import sys
from pathlib import Path
from deploy.model_file import read_card
card = read_card(Path(sys.argv[1]))
assert not {"keras", "tensorflow", "jax"} & set(sys.modules)
print(card.classes.names[1], card.height, card.width)
"""


@pytest.fixture(scope="module")
def network() -> keras.Model:
    keras.utils.set_random_seed(5)
    return Unet(classes=2, filters=2, depth=1)


@pytest.fixture(scope="module")
def whole(network: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("model") / "unet_model.hdf5"
    write_model(network, CARD, path)
    return path.read_bytes()


@pytest.fixture
def path(whole: bytes, tmp_path: Path) -> Path:
    """A model file that a test may damage."""
    (tmp_path / "unet_model.hdf5").write_bytes(whole)
    return tmp_path / "unet_model.hdf5"


def fresh(code: str, *arguments: str, cwd: Path, **variables: str) -> str:
    """Runs code in a new process. Returns what it printed, then what came on stderr."""
    environment = {**os.environ, **variables}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def set_card(path: Path, content: object) -> None:
    with h5py.File(path, "r+") as opened:
        opened.attrs[ATTRIBUTE] = content


def test_weights_answers_and_card_come_back(network: keras.Model, path: Path) -> None:
    model, card = read_model(path)
    assert card == CARD
    for one, two in zip(model.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 16, 48, 3)).astype(np.uint8)
    np.testing.assert_allclose(
        model.predict_on_batch(pictures), network.predict_on_batch(pictures), atol=1e-6
    )


def test_the_card_alone_is_read_too(path: Path) -> None:
    assert read_card(path) == CARD


def test_the_views_that_a_model_answers_from_come_back(network: keras.Model, path: Path) -> None:
    for name in FLAGS:
        card = replace(CARD, **{name: True})
        write_model(network, card, path)
        assert read_card(path) == card


def test_a_file_of_before_there_were_such_views_has_none(path: Path) -> None:
    with h5py.File(path) as opened:
        content = json.loads(opened.attrs[ATTRIBUTE])
    for name in FLAGS:
        del content[name]
    set_card(path, json.dumps(content))
    assert read_card(path) == CARD


@pytest.mark.parametrize(
    ("config", "views"),
    [
        (Config(), (True, False, True)),
        (Config(flip=False), (False, False, False)),
        (Config(flip_vertical=True), (True, True, True)),
        (Config(flip=False, flip_vertical=True), (False, True, True)),
        (Config(mirror=False, flip_vertical=True), (True, True, False)),
        (Config(mirror=True, flip=False), (False, False, True)),
    ],
)
def test_the_card_of_a_training_says_which_views_are_learned_and_whether_they_count(
    config: Config, views: tuple[bool, ...], examples: Examples
) -> None:
    sized = replace(config, height=32, width=32, filters=2, stem=4)
    cached = Cached(examples, examples, [], "content")
    card = card_of(Training(cached, numbered_classes(3), sized))
    assert (card.height, card.width) == (32, 32)
    assert (card.mirrored, card.upside_down, card.mirror) == views


def test_levels_of_photos_of_more_than_8_bits_come_back(network: keras.Model, path: Path) -> None:
    card = replace(CARD, levels=Levels(-1024.0, 3071.5))
    write_model(network, card, path)
    assert read_card(path) == card


def test_a_card_of_before_there_were_levels_has_none(path: Path) -> None:
    set_card(path, json.dumps({"classes": CLASSES.to_json(), "height": 64, "width": 32}))
    assert read_card(path) == CARD


def test_the_file_holds_built_in_layers_and_no_optimiser(path: Path) -> None:
    with h5py.File(path, "r") as opened:
        config = json.loads(opened.attrs["model_config"])
        assert "optimizer_weights" not in opened
        assert "training_config" not in opened.attrs
    assert {layer["class_name"] for layer in config["config"]["layers"]} == {
        "InputLayer",
        "Rescaling",
        "Conv2D",
        "BatchNormalization",
        "MaxPooling2D",
        "Conv2DTranspose",
        "Concatenate",
        "Activation",
    }


@pytest.mark.slow
def test_the_card_is_read_without_keras(path: Path) -> None:
    printed = fresh(WITHOUT_KERAS, str(path), cwd=ROOT)
    assert printed == "sky 64 32\n"


@pytest.mark.slow
def test_a_script_that_knows_keras_alone_opens_it_anywhere(
    network: keras.Model, path: Path
) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (3, 32, 48, 3)).astype(np.uint8)
    np.save(path.parent / "pictures.npy", pictures)
    printed = fresh(WITH_KERAS_ALONE, path.name, cwd=path.parent, PYTHONPATH="")
    assert not re.search("custom.?object|register", printed, re.IGNORECASE)
    shares = np.load(path.parent / "shares.npy")
    assert shares.shape == (3, 32, 48, 2)
    np.testing.assert_allclose(shares.sum(-1), 1, atol=1e-5)
    np.testing.assert_allclose(shares, network.predict(pictures, verbose=0), atol=1e-5)


@pytest.mark.parametrize("read", [read_card, read_model])
def test_a_missing_file_says_how_to_get_one(read: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "unet_model.hdf5"
    with pytest.raises(BadInput) as caught:
        read(path)
    assert str(caught.value) == (
        f"{path} does not exist. Expected a trained model. "
        "Train one with: python main.py, or name another file with --model."
    )


@pytest.mark.parametrize("read", [read_card, read_model])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(100), id="a picture"),
        pytest.param(b"\x89HDF\r\n\x1a\n" + bytes(500), id="a beginning alone"),
    ],
)
def test_another_kind_of_file_is_refused(
    content: bytes, read: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "unet_model.hdf5"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="is not a model of this program: it is damaged"):
        read(path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.999])
def test_a_cut_file_is_refused(share: float, whole: bytes, path: Path) -> None:
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadInput, match="is not a model of this program: it is damaged"):
        read_model(path)


def test_a_model_of_somebody_else_is_refused(path: Path) -> None:
    with h5py.File(path, "r+") as opened:
        del opened.attrs[ATTRIBUTE]
    with pytest.raises(BadInput, match="holds no class table") as caught:
        read_model(path)
    assert str(caught.value).endswith("Name another file with --model.")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[1, 2]",
        "null",
        7,
        json.dumps({"classes": CLASSES.to_json(), "height": None, "width": 32}),
        json.dumps({"classes": [1], "height": 64, "width": 32}),
        json.dumps(
            {"classes": {**CLASSES.to_json(), "colours": [[1, 2]]}, "height": 64, "width": 32}
        ),
        *(
            json.dumps({"classes": CLASSES.to_json(), "height": 64, "width": 32, "levels": levels})
            for levels in (7, [1], [5, 5], [0, math.inf], [math.nan, 1], ["a", 2], [1, 2, 3])
        ),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(content: object, path: Path) -> None:
    set_card(path, content)
    with pytest.raises(BadInput, match="is not a model of this program"):
        read_card(path)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        # where HDF5 keeps names, and where the symbol table of a group is: h5py raises RuntimeError
        pytest.param(b"HEAP", b"HEAL", id="heap"),
        pytest.param(b"SNOD", b"SNOT", id="symbol table"),
    ],
)
@pytest.mark.parametrize("which", range(4))
def test_damage_inside_is_refused(
    found: bytes, put: bytes, which: int, whole: bytes, path: Path
) -> None:
    parts = whole.split(found)
    assert len(parts) > 5
    damaged = found.join(parts[: which + 1]) + put + found.join(parts[which + 1 :])
    path.write_bytes(damaged)
    with pytest.raises(BadInput) as caught:
        read_model(path)
    assert "Expected the unet_model.hdf5 of a run." in str(caught.value)


@pytest.mark.parametrize("config", ["{", '{"class_name": "Functional", "config": 3}'])
def test_a_network_that_keras_cannot_build_is_refused(config: str, path: Path) -> None:
    with h5py.File(path, "r+") as opened:
        opened.attrs["model_config"] = config
    with pytest.raises(BadInput) as caught:
        read_model(path)
    assert str(caught.value).startswith(f"{path} is damaged, or no Keras {keras.__version__} wrote")
    assert read_card(path) == CARD


def test_weights_that_are_missing_are_refused(path: Path) -> None:
    with h5py.File(path, "r+") as opened:
        del opened["model_weights"]
    with pytest.raises(BadInput, match="is damaged, or no Keras"):
        read_model(path)


def test_after_an_error_the_model_of_before_is_there_and_nothing_else(
    network: keras.Model, path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def break_down(place: Path, content: bytes) -> None:
        write(place, content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", break_down)
    with pytest.raises(NotWritten, match="No space left"):
        write_model(network, CARD, path)
    assert path.read_bytes() == whole
    assert list(path.parent.iterdir()) == [path]


def test_a_new_model_replaces_the_one_before(network: keras.Model, path: Path) -> None:
    other = Card(CLASSES, height=16, width=16)
    write_model(network, other, path)
    assert read_card(path) == other
    assert list(path.parent.iterdir()) == [path]
