"""python main.py compare: recipes with the same time on the same pairs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from commands import compare
from main import main
from training.config import Config


@pytest.mark.parametrize("recipes", ["auto", "", "auto,auto", ","])
def test_one_recipe_is_no_comparison(
    recipes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--recipes", recipes, "--output", str(tmp_path)]) == 2
    assert "Expected two or more different recipes" in capsys.readouterr().err


def test_an_unknown_recipe_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--recipes", "auto,oxford-pet", "--output", str(tmp_path)]) == 2
    assert "There is no recipe 'oxford-pet'" in capsys.readouterr().err


@pytest.mark.slow
def test_recipes_are_trained_for_the_same_time_and_ranked(
    pair_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = {
        "auto": Config(filters=2, depth=1, height=32, width=32),
        "idd-roads": Config(recipe="idd-roads", filters=4, depth=1, height=16, width=16),
    }
    monkeypatch.setattr(compare, "recipe_config", lambda name: replace(small[name], recipe=name))
    out = tmp_path / "out"
    arguments = ["--data", str(pair_folder), "--output", str(out), "--minutes", "0.05"]
    arguments += ["--cache", str(tmp_path / "cache"), "--recipes", "auto,idd-roads"]
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
