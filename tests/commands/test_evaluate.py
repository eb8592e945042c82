"""python main.py evaluate: a model on pairs that it was not made for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.cache import open_cache
from dataset.formats import open_dataset
from deploy.model_file import Card, write_model
from labels.classes import Classes
from main import main
from segmentation_model import Unet

pytestmark = pytest.mark.slow

COLOURS = ((10, 10, 10), (250, 100, 7), (9, 200, 90))
MODEL = Classes(("tree", "road", "car"), COLOURS)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with a model that says 'car' of every pixel."""
    model = Unet(classes=3, filters=2, depth=1, activation="softmax")
    head = model.layers[-1] if model.layers[-1].weights else model.layers[-2]
    kernel, bias = head.get_weights()
    head.set_weights([np.zeros_like(kernel), np.array([0, 0, 9], bias.dtype)])
    out = tmp_path / "out"
    out.mkdir()
    write_model(model, Card(MODEL, 32, 32), out / "unet_model.hdf5")
    return out


def write_pairs(folder: Path, names: str) -> None:
    """Labels whose upper half is id 0 and whose lower half is id 1, in train, val and test."""
    for split, count in [("train", 3), ("val", 2), ("test", 1)]:
        for number in range(count):
            label = np.zeros((32, 32), np.uint8)
            label[16:] = 1
            photo = np.random.default_rng(number).integers(0, 256, (32, 32, 3), np.uint8)
            for kind, picture in [("images", photo), ("masks", label)]:
                place = folder / split / kind
                place.mkdir(parents=True, exist_ok=True)
                Image.fromarray(picture).save(place / f"{split}{number}.png")
    (folder / "classes.csv").write_text(names)


def evaluate(folder: Path, out: Path, *options: str) -> int:
    arguments = ["--data", str(folder), "--output", str(out), "--cache", str(out / "cache")]
    return main(["evaluate", *arguments, *options])


@pytest.mark.parametrize(
    ("split", "pairs", "said"),
    [
        ("val", 2, "on 2 pairs (validation) of"),
        ("test", 1, "on 1 pair (test) of"),
        ("train", 3, "on 3 pairs (training) of"),
        ("all", 6, "on 6 pairs (all that there are) of"),
    ],
)
def test_fewer_classes_in_another_order_are_scored_on_any_split(
    split: str, pairs: int, said: str, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pairs(tmp_path / "pairs", "name,id\nroad,0\ncar,1\n")
    assert evaluate(tmp_path / "pairs", out, "--split", split) == 0
    assert said in capsys.readouterr().out
    content = json.loads((out / "evaluation.json").read_text("utf-8"))
    assert (content["split"], content["pairs"]) == (split, pairs)
    # Half of the pixels are car, and all are called so: IoU 1/2 for car, 0 for road.
    assert content["all_pixels"]["accuracy"] == pytest.approx(0.5)
    assert content["all_pixels"]["mean_iou"] == pytest.approx(0.25)


def test_the_evaluation_before_is_kept(tmp_path: Path, out: Path) -> None:
    write_pairs(tmp_path / "pairs", "name,id\nroad,0\ncar,1\n")
    evaluate(tmp_path / "pairs", out)
    first = (out / "evaluation.json").read_text("utf-8")
    evaluate(tmp_path / "pairs", out, "--split", "all")
    (kept,) = (out / "earlier").iterdir()
    assert [file.name for file in kept.iterdir()] == ["evaluation.json"]
    assert (kept / "evaluation.json").read_text("utf-8") == first
    assert (out / "unet_model.hdf5").is_file()


def test_strange_classes_are_refused_by_name(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pairs(tmp_path / "pairs", "name,id\nroad,0\nlorry,1\n")
    assert evaluate(tmp_path / "pairs", out) == 2
    assert "does not know 'lorry' of" in capsys.readouterr().err


def test_a_split_that_is_not_there_is_refused(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pairs(tmp_path / "pairs", "name,id\nroad,0\ncar,1\n")
    for file in (tmp_path / "pairs" / "test").rglob("*.png"):
        file.unlink()
    assert evaluate(tmp_path / "pairs", out, "--split", "test") == 2
    said = capsys.readouterr().err
    assert "has no test pairs" in said
    assert "It has train, val: name one of them with --split, or all." in said


def test_the_split_of_a_training_on_the_same_pairs_is_not_mistaken(
    tmp_path: Path, out: Path
) -> None:
    write_pairs(tmp_path / "pairs", "name,id\ntree,0\nroad,1\ncar,2\n")
    for file in (tmp_path / "pairs" / "test").rglob("*.png"):
        file.unlink()
    dataset = open_dataset(tmp_path / "pairs")
    open_cache(dataset, out / "cache", (32, 32))  # as a training leaves it
    assert evaluate(tmp_path / "pairs", out, "--split", "all") == 0
    assert json.loads((out / "evaluation.json").read_text("utf-8"))["pairs"] == 5
    again = open_cache(dataset, out / "cache", (32, 32))
    assert (len(again.train), len(again.val)) == (3, 2)


def test_who_names_the_folder_of_a_split_learns_how_to_score_it(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pairs(tmp_path / "pairs", "name,id\nroad,0\ncar,1\n")
    assert evaluate(tmp_path / "pairs" / "test", out) == 0
    assert "to score these pairs alone: --split test" in capsys.readouterr().out
