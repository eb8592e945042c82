"""Config refuses what cannot work, and says what would."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from training.config import Config
from training.recipes import CLASSIC

WHOLE_FROM_1 = "a whole number from 1"
FROM_0 = "a number from 0"
SHARE = "a number from 0, below 1"
MULTIPLE = "a multiple of 16, as --stem and --depth make maps so many times smaller; the nearest is"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *(
            (name, value, WHOLE_FROM_1)
            for name in ("batch_size", "height", "width", "filters", "depth", "workers", "epochs")
            for value in (0, -3)
        ),
        ("early_stopping", -1, FROM_0),
        ("examples", -1, FROM_0),
        ("dice", -0.5, "a number from 0 to 100"),
        ("dice", float("inf"), "a number from 0 to 100"),
        ("dice", float("nan"), "a number from 0 to 100"),
        ("seed", -1, "a whole number from 0 to 4294967295"),
        ("seed", 2**32, "a whole number from 0 to 4294967295"),
        ("learning_rate", 0.0, "a number between 0 and 10"),
        ("learning_rate", 10.0, "a number between 0 and 10"),
        ("learning_rate", float("nan"), "a number between 0 and 10"),
        ("depth", 9, "at most 8"),
        ("zoom", 0.9, "a number from 1 to 4"),
        ("zoom", 4.1, "a number from 1 to 4"),
        ("light", -0.1, "a number from 0 to 1"),
        ("light", 1.1, "a number from 0 to 1"),
        ("rotate", -1.0, "a number from 0 to 180"),
        ("rotate", 181.0, "a number from 0 to 180"),
        ("dropout", 1.0, SHARE),
        ("dropout", float("nan"), SHARE),
        ("first_dropout", -0.1, SHARE),
        ("momentum", 1.0, SHARE),
        ("transposed", 1, "a whole number from 2 to 8"),
        ("transposed", 9, "a whole number from 2 to 8"),
        ("padding", "full", "same or valid"),
        ("initializer", "zeros", "glorot_uniform or he_normal"),
        ("head", "linear", "softmax or sigmoid"),
        ("optimizer", "Adam", "muon or adam or sgd"),
        ("schedule", "step", "cosine or constant"),
        ("height", 250, f"{MULTIPLE} 256"),
        ("width", 247, f"{MULTIPLE} 240"),
        ("width", 3, f"{MULTIPLE} 16"),
    ],
)
def test_a_wrong_value_is_refused_with_option_value_and_expectation(
    name: str, value: Any, expected: str
) -> None:
    option = "--" + name.replace("_", "-")
    with pytest.raises(ValueError) as caught:
        Config(**{name: value})
    assert str(caught.value) == f"{option} is {value}. Expected {expected}."


@pytest.mark.parametrize(
    ("depth", "stem", "step", "nearest"),
    [
        (2, 1, 4, 96),
        (5, 1, 32, 96),
        (2, 2, 8, 96),
        (3, 4, 32, 96),
        (7, 2, 256, 256),
    ],
)
def test_the_nearest_size_depends_on_depth_and_stem(
    depth: int, stem: int, step: int, nearest: int
) -> None:
    with pytest.raises(ValueError, match=rf"a multiple of {step}, .* is {nearest}\."):
        Config(depth=depth, stem=stem, height=97, width=768)
    Config(depth=depth, stem=stem, height=nearest, width=768)


@pytest.mark.parametrize(
    ("values", "step"),
    [({}, 16), ({"stem": 1}, 16), ({"stem": 4}, 16), ({"depth": 2}, 4)],
)
def test_what_is_left_open_brings_the_bottom_to_a_sixteenth(
    values: dict[str, Any], step: int
) -> None:
    assert Config(**values).step == step


@pytest.mark.parametrize(
    "values", [{"stem": 2}, {"stem": None}, {"residual": True}, {"context": 2}, {"thin": True}]
)
def test_unpadded_convolutions_are_those_of_the_paper(values: dict[str, Any]) -> None:
    with pytest.raises(
        ValueError, match="Expected --stem 1, --no-residual, --context 1 and --no-thin"
    ):
        Config(padding="valid", **{**CLASSIC, **values})
    Config(padding="valid", **CLASSIC)


@pytest.mark.parametrize(
    "values",
    [
        {"learning_rate": 9.99},
        {"dice": 0.0},
        {"zoom": 1.0},
        {"zoom": 4.0},
        {"light": 0.0},
        {"light": 1.0},
        {"rotate": 180.0, "dropout": 0.99, "first_dropout": 0.0, "momentum": 0.0},
        {"transposed": 2, "head": "sigmoid", "optimizer": "sgd", "stem": 1, "context": 8},
        {"epochs": 1, "batch_size": 1, "filters": 1, "depth": 1, "workers": 1},
        {"depth": 8, "height": 512, "width": 1024},
    ],
)
def test_values_at_the_edge_are_accepted(values: dict[str, Any]) -> None:
    config = Config(**values)
    assert {name: getattr(config, name) for name in values} == values


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().epochs = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Config(output=Path("here")), Path("here/unet_model.hdf5")),
        (Config(output=Path("here"), model=Path("there/mine.hdf5")), Path("there/mine.hdf5")),
    ],
)
def test_without_a_model_it_is_that_of_the_output_folder(config: Config, expected: Path) -> None:
    assert config.model_file == expected


def test_to_json_survives_a_round_trip_with_every_field_of_a_training() -> None:
    config = Config(output=Path("there"), epochs=3, dice=0.5, train=7)
    content = json.loads(json.dumps(config.to_json(), allow_nan=False))
    assert (content["data"], content["epochs"], content["dice"]) == ("images", 3, 0.5)
    assert not content.keys() & {"pictures", "model", "folder", "split", "recipes", "train", "val"}
    places = {name: Path(content.pop(name)) for name in ("data", "output", "cache")}
    assert Config(train=7, **places, **content) == config


@pytest.mark.parametrize(
    ("shape", "usual", "larger"),
    [
        ((256, 256), (256, 256), []),
        ((227, 320), (208, 304), []),  # 224×320 is hardly more
        ((360, 480), (224, 288), [(352, 480), (320, 416)]),
        ((512, 512), (256, 256), [(512, 512), (368, 368)]),
        ((375, 500), (224, 288), [(368, 496), (320, 416)]),
        ((300, 400), (224, 288), [(304, 400)]),  # twice and four times are the same
        ((1024, 2048), (176, 368), [(368, 720), (256, 512)]),
    ],
)
def test_where_photos_are_large_there_are_larger_sizes(
    shape: tuple[int, int], usual: tuple[int, int], larger: list[tuple[int, int]]
) -> None:
    assert Config().fitted(shape).size == usual
    assert Config().larger_sizes(shape) == larger


@pytest.mark.parametrize("asked", [{"height": 256}, {"width": 256}, {"height": 64, "width": 64}])
def test_who_asks_for_a_size_gets_no_larger_one(asked: dict[str, int]) -> None:
    assert Config(**asked).larger_sizes((1024, 2048)) == []
