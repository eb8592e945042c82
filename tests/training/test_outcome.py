"""The record of a run, and its last words."""

from __future__ import annotations

import importlib.metadata
import json
import re
import time
from pathlib import Path

import keras
import pytest

from dataset.cache import Cached, Examples
from dataset.pairs import Dataset, Pair
from labels.classes import numbered_classes
from training.config import Config
from training.outcome import Outcome, describe_end, run_record, versions


@pytest.fixture
def dataset() -> Dataset:
    pairs = (Pair("1", Path("photos/1.jpg"), Path("labels/1.png")),)

    def decode(pair: Pair) -> None:
        raise AssertionError("a record decodes nothing")

    return Dataset(Path("pairs"), "side by side", numbered_classes(3), pairs, pairs, decode, "v1")


def test_the_record_holds_what_is_needed_to_repeat_the_run(
    dataset: Dataset, examples: Examples
) -> None:
    cached = Cached(examples, examples.chosen(slice(2)), ["2.jpg is damaged"], "abc")
    outcome = Outcome([{"loss": 1.0}, {"loss": 0.5}], best_epoch=2, seconds=1.26, ended="finished")
    outcome.computed_in = "float32 (as asked for)"
    config = Config(epochs=2, seed=7)
    plan = {"passes": 2.0}
    record = run_record(config, plan, dataset, cached, outcome, time.monotonic() - 100)
    content = json.loads(json.dumps(record, allow_nan=False))
    assert {name: content[name] for name in ("ended", "epochs_done", "best_epoch", "seed")} == {
        "ended": "finished",
        "epochs_done": 2,
        "best_epoch": 2,
        "seed": 7,
    }
    assert content["config"] == config.to_json()
    assert content["plan"] == plan
    assert content["classes"]["names"] == ["class 0", "class 1", "class 2"]
    assert content["data"] == {
        "folder": "pairs",
        "format": "side by side",
        "content": "abc",
        "train": 6,
        "val": 2,
        "left_out": ["2.jpg is damaged"],
    }
    assert content["times"]["training_seconds"] == 1.3
    assert 100 <= content["times"]["all_seconds"] < 200
    for name in ("started", "written"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", content["times"][name])
    assert re.match("CPU, |GPU ", content["machine"]["device"])
    assert content["machine"]["computed_in"] == "float32 (as asked for)"
    assert content["versions"] == versions()


def test_versions_name_what_is_installed_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("training.outcome.PACKAGES", ("keras", "not-a-package-of-anybody"))
    found = versions()
    assert set(found) == {"unet", "python", "keras", "backend"}
    assert found["keras"] == importlib.metadata.version("keras")
    assert found["backend"] == keras.backend.backend()


@pytest.mark.parametrize(
    ("ended", "best_epoch", "expected"),
    [
        ("finished", 3, ["The best model is that of epoch 3."]),
        ("stopped early", 1, ["The best model is that of epoch 1."]),
        (
            "interrupted",
            2,
            [
                "Training was interrupted; unet_model_interrupted.hdf5 holds the weights of "
                "that moment.",
                "Start it again with the same options, and it goes on.",
                "The best model is that of epoch 2.",
            ],
        ),
        (
            "not a number",
            0,
            [
                "The loss became infinite or NaN again and again, so training ended there. "
                "Try --learning-rate 0.0002."
            ],
        ),
        (
            "not a number",
            4,
            [
                "The loss became infinite or NaN again and again, so training ended there. "
                "Try --learning-rate 0.0002.",
                "The best model is that of epoch 4.",
            ],
        ),
    ],
)
def test_the_last_words_say_how_it_ended(
    ended: str, best_epoch: int, expected: list[str], tmp_path: Path
) -> None:
    outcome = Outcome([{"passes": 1.0}] * 4, best_epoch=best_epoch, ended=ended)
    config = Config(output=tmp_path, epochs=4)
    lines = [line.strip() for line in describe_end(outcome, config)]
    assert lines == [*expected, f"In {tmp_path}:"]


def test_the_last_words_list_what_lies_there_but_for_earlier_runs(tmp_path: Path) -> None:
    for name in ("unet_model.hdf5", "acc.png", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "earlier").mkdir()
    outcome = Outcome([{"passes": 7.25}], best_epoch=1)
    lines = list(describe_end(outcome, Config(output=tmp_path, minutes=3.0)))
    assert lines[0] == "\nThe best model is that of pass 7.2."
    assert lines[-3:] == [f"In {tmp_path}:", "  acc.png", "  unet_model.hdf5"]
