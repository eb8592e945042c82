"""The benchmark of quality: its table, what it keeps, and each side on a handful of pairs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks import contestants, quality
from benchmarks.contestants import Result, Setting, scored, with_nearest_colours
from benchmarks.quality import PEERS, contestant, known_side, measured, row
from dataset.cache import Examples
from labels.classes import IGNORE


def result(right: int, wrong: int, images: int = 100) -> Result:
    """Four pictures, each with as many pixels right and wrong in both of two classes."""
    one = np.array([[right, wrong], [wrong, right]])
    return Result(np.stack([one] * 4), images, 6.0, 12345)


@pytest.fixture
def setting(pairs: Path, tmp_path: Path) -> Setting:
    return Setting(pairs, tmp_path / "cache", tmp_path, minutes=0.02, seed=0, size=(32, 32))


def test_a_row_has_the_mean_of_the_seeds_and_their_interval() -> None:
    # IoU 8 / (8 + 2 + 2) and 6 / (6 + 4 + 4): .667 and .429; all pictures are alike
    assert row(10, "auto", [result(8, 2), result(6, 4, images=300)]) == (
        "| 10 | auto | .548 (.548 to .548) | .667, .429 | .700 | 200 | 12,345 |"
    )


def test_what_was_measured_is_kept_and_not_measured_again(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def stock(asked: Setting) -> Result:
        calls.append(asked)
        return result(3, asked.seed)

    monkeypatch.setitem(PEERS, "stock", stock)
    monkeypatch.setattr(quality, "alone", lambda task, *arguments: task(*arguments))
    first, again = (measured("stock", setting) for _ in range(2))
    np.testing.assert_array_equal(first.confusions, again.confusions)
    assert (again.images, again.seconds, again.parameters) == (100, 6.0, 12345)
    assert len(calls) == 1
    assert quality.kept([first, again]) == ""
    monkeypatch.setattr(quality, "BEGAN", again.trained + 1)
    assert quality.kept([first, again]).startswith(" (kept, of 20")
    other = measured("stock", replace(setting, seed=1))
    assert other.confusions[0, 0, 1] == 1
    assert len(calls) == 2


def test_a_recipe_may_have_options_of_its_own() -> None:
    side = contestant("auto:dice=0,thin=False,zoom=None,precision=float32")
    assert isinstance(side, partial)
    assert (side.func, side.args) == (contestants.with_recipe, ("auto",))
    assert side.keywords == {"dice": 0, "thin": False, "zoom": None, "precision": "float32"}
    assert known_side("voc2007") == "voc2007"
    for wrong in ("torsh", "auto:depht=3", "torch:dice=0", "auto:dice"):
        with pytest.raises(ValueError, match=r".+"):
            known_side(wrong)


def test_only_confident_pixels_are_scored() -> None:
    labels = np.array([[[0, 1], [1, IGNORE]]] * 3, np.uint8)
    confident = np.array([[[True, True], [False, False]]] * 3)
    examples = Examples(["1", "2", "3"], np.zeros((3, 2, 2, 3), np.uint8), labels, confident)
    counts = scored(lambda photos: np.zeros(photos.shape[:3]), examples, 2)
    assert counts.tolist() == [[[1, 0], [1, 0]]] * 3


def test_scripts_labels_are_the_nearest_colours(setting: Setting) -> None:
    dataset = setting.dataset()
    ours = setting.decoded(dataset, (32, 32)).train
    theirs = with_nearest_colours(dataset, ours)
    assert theirs.labels.shape == ours.labels.shape
    same = (theirs.labels == ours.labels)[ours.confident].mean()
    assert same > 0.97
    assert (theirs.labels != ours.labels).any()
    exact = replace(dataset, format="voc")
    assert with_nearest_colours(exact, ours) is ours


@pytest.mark.bench
@pytest.mark.parametrize("name", ["auto", "idd-roads", "stock", "torch", "torch-mirrored"])
def test_each_side_trains_and_is_scored(
    name: str, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name.startswith("torch"):
        pytest.importorskip("torch")
    monkeypatch.setattr(contestants, "BATCH", 2)
    came = contestant(name)(setting)
    assert came.confusions.shape == (1, 19, 19)
    assert came.confusions.sum() > 100
    assert came.images > 0
    assert came.parameters > 10_000


@pytest.mark.bench
def test_the_model_of_a_recipe_is_judged_at_another_size_without_another_training(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = contestant("idd-roads")(setting)
    monkeypatch.setattr(contestants, "_train_recipe", None)
    larger = replace(setting, size=(48, 48))
    again = contestant("idd-roads")(larger)
    assert again.confusions.sum() > 1.5 * first.confusions.sum()
    assert (again.images, again.trained) == (first.images, first.trained)


@pytest.mark.bench
def test_a_model_is_judged_with_and_without_its_mirrored_answers_without_another_training(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = contestant("auto:mirror=False")(setting)
    monkeypatch.setattr(contestants, "_train_recipe", None)
    both = contestant("auto")(setting)
    assert (both.images, both.trained) == (alone.images, alone.trained)
    assert both.confusions.sum() == alone.confusions.sum()
    assert (both.confusions != alone.confusions).any()
