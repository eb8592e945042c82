"""python main.py compare: recipes with the same time on the same pairs."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from commands import compare
from deploy.model_file import read_card
from main import main
from training import config as configuration
from training import enlarging, parts, training
from training.config import Config
from training.loss import SegmentationLoss
from training.recipes import recipe_config

SMALL = {
    "auto": Config(filters=2, depth=1, height=32, width=32),
    "idd-roads": Config(recipe="idd-roads", filters=4, depth=1, height=16, width=16),
}


@pytest.fixture
def arguments(pair_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two tiny recipes, and what follows the command."""
    monkeypatch.setattr(compare, "recipe_config", lambda name: replace(SMALL[name], recipe=name))
    given = ["--data", str(pair_folder), "--output", str(tmp_path / "out"), "--minutes", "0.05"]
    return [*given, "--cache", str(tmp_path / "cache"), "--recipes", "auto,idd-roads"]


@pytest.mark.parametrize("recipes", ["auto", "", "auto,auto", ","])
def test_one_recipe_is_no_comparison(
    recipes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--recipes", recipes, "--output", str(tmp_path)]) == 2
    assert "Expected two or more different recipes" in capsys.readouterr().err


def test_an_unknown_recipe_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--recipes", "auto,oxford-pet", "--output", str(tmp_path)]) == 2
    assert "There is no recipe 'oxford-pet'" in capsys.readouterr().err


def test_the_size_that_is_asked_for_is_learned_at_where_a_recipe_has_none() -> None:
    config = Config(height=64, width=96)
    auto = compare.same_for_all(recipe_config("auto"), config, minutes=1)
    pets = compare.same_for_all(recipe_config("oxford-pets"), config, minutes=1)
    assert (auto.size, pets.size) == ((64, 96), (128, 128))


@pytest.mark.slow
def test_recipes_are_trained_for_the_same_time_and_ranked(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["compare", *arguments]) == 0
    printed = capsys.readouterr().out
    assert "on the same 2 validation pairs, judged at 32×32" in printed
    content = json.loads((out / "comparison.json").read_text("utf-8"))
    assert {entry["recipe"]: entry["size"] for entry in content["recipes"]} == {
        "auto": "32×32",
        "idd-roads": "16×16",
    }
    for entry in content["recipes"]:
        assert entry["images"] >= 4
        assert 0 <= entry["low"] <= entry["mean_iou"] + 1e-9
        assert 1.5 < entry["seconds"] < 15
        assert (out / entry["recipe"] / "unet_model.hdf5").is_file()
    with Image.open(out / "comparison.png") as picture:
        assert picture.width > 600


@pytest.mark.slow
def test_where_a_plan_may_choose_a_larger_size_all_are_judged_at_the_largest(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "SIDE", 16)  # so that 32×32 is four times the usual
    for module, name in (enlarging, "free_here"), (parts, "free_there"):
        monkeypatch.setattr(module, name, lambda: math.inf)
    monkeypatch.setitem(SMALL, "auto", Config(filters=2, depth=1, stem=2, context=1))
    assert main(["compare", *arguments]) == 0
    content = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
    assert content["judged_at"] == "32×32"
    sizes = {entry["recipe"]: entry["size"] for entry in content["recipes"]}
    assert sizes == {"auto": "32×32", "idd-roads": "16×16"}
    card = read_card(tmp_path / "out" / "auto" / "unet_model.hdf5")
    assert (card.height, card.width) == (32, 32)


class _NotANumber(SegmentationLoss):
    """The loss of a training that breaks at its first step."""

    def call(self, y_true: object, y_pred: object) -> object:
        return super().call(y_true, y_pred) * float("nan")


@pytest.mark.slow
def test_a_recipe_that_breaks_has_a_row_and_no_earlier_model_stands_in_for_it(
    arguments: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "out"
    (out / "idd-roads").mkdir(parents=True)
    (out / "idd-roads" / "unet_model.hdf5").write_text("of the comparison before")
    (out / "comparison.json").write_text("of the comparison before")
    (out / "unet_model.hdf5").write_text("of a training, which a comparison leaves alone")
    losses = iter([SegmentationLoss, _NotANumber])
    monkeypatch.setattr(training, "SegmentationLoss", lambda *given: next(losses)(*given))

    assert main(["compare", *arguments]) == 0
    printed = capsys.readouterr().out
    assert "idd-roads  no model: its loss became infinite or NaN" in printed
    content = json.loads((out / "comparison.json").read_text("utf-8"))
    assert [entry["recipe"] for entry in content["recipes"]] == ["auto"]
    assert list(content["without_model"]) == ["idd-roads"]
    assert not (out / "idd-roads" / "unet_model.hdf5").exists()
    for folder, name in [(out, "comparison.json"), (out / "idd-roads", "unet_model.hdf5")]:
        (earlier,) = (folder / "earlier").iterdir()
        assert (earlier / name).read_text() == "of the comparison before"
    assert (out / "unet_model.hdf5").read_text().startswith("of a training")


def test_where_no_recipe_fits_into_memory_each_is_tried_and_told(
    arguments: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_large(*given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(compare, "_train", too_large)
    assert main(["compare", *arguments]) == 1
    printed = capsys.readouterr().out
    for name in SMALL:
        assert f"{name}  " in printed
    assert printed.count("no model: there is not enough memory for it on this machine") == 2
    content = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
    assert content["recipes"] == []
    assert not (tmp_path / "out" / "comparison.png").exists()


def test_pairs_to_check_with_alone_are_refused(
    pair_folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (pair_folder / "train").iterdir():
        file.unlink()
    assert main(["compare", *arguments]) == 2
    assert "has pairs in val, but none in train" in capsys.readouterr().err
