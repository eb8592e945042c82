"""The whole path in fresh processes, as a person walks it: train, evaluate, predict, reuse."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import main
from deploy.mirrored import answering
from deploy.model_file import read_model
from utils_func import read_picture

ROOT = Path(__file__).parents[1]
SIZES = {
    "height": 32,
    "width": 32,
    "filters": 2,
    "depth": 2,
    "context": 1,
    "batch-size": 4,
    "examples": 2,
}
# Two runs can only be compared where both compute in the same kind of numbers.
SMALL = [f"--{name}={value}" for name, value in SIZES.items()] + ["--precision=float32"]

MODEL = ("--model", "output/unet_model.hdf5")

WritePairs = Callable[[Path], Path]

pytestmark = pytest.mark.slow


def program(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, ROOT / "main.py", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=300,
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, write_pairs: WritePairs) -> Path:
    """A folder in which one small run was made."""
    place = tmp_path_factory.mktemp("whole run")
    write_pairs(place / "images")
    done = program("--epochs", "3", *SMALL, cwd=place)
    (place / "printed.txt").write_text(done.stdout)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "nothing that a person must wonder about"
    return place


def test_everything_that_is_promised_lies_in_output(place: Path) -> None:
    names = {file.name for file in (place / "output").iterdir()}
    promised = "acc.png pred_1.png pred_2.png model_arch.png model_encoder.png model_decoder.png"
    assert set(promised.split()) <= names
    assert {"unet_model.hdf5", "history.csv", "metrics.json", "run.json"} <= names
    assert {name for name in names if name.startswith(".")} == {".lock"}, "no half files"
    for name in promised.split():
        picture = read_picture(place / "output" / name)
        assert min(picture.shape[:2]) > 200
        assert picture.std() > 5, f"{name} is not blank"


def test_a_person_reads_what_was_found_what_will_be_done_and_how_good_it_is(place: Path) -> None:
    printed = (place / "printed.txt").read_text()
    order = [
        "Found",
        "road",
        "The plan of recipe auto",
        "parameters",
        "epoch 1/3",
        "epoch 3/3",
        "The best model, read",
    ]
    order += ["mIoU", "run.json"]
    rest = printed
    for text in order:
        assert text in rest, f"{text!r} comes in its place"
        rest = rest.split(text, 1)[1]


def test_the_record_of_the_run_is_complete(place: Path) -> None:
    record = json.loads((place / "output" / "run.json").read_text())
    assert record["ended"] == "finished"
    assert record["config"]["epochs"] == 3
    assert record["classes"]["names"][0] == "road"
    assert record["versions"]["keras"]
    assert record["data"]["content"]
    metrics = json.loads((place / "output" / "metrics.json").read_text())
    assert 0 <= metrics["confident_pixels"]["mean_iou"] <= 1
    rows = (place / "output" / "history.csv").read_text().splitlines()
    assert len(rows) == 4
    assert rows[0].startswith("epoch,loss,accuracy,miou,val_loss,val_accuracy,val_miou")


def test_the_best_epoch_has_the_best_validation_miou_and_so_has_the_model(place: Path) -> None:
    """That is with the pictures as they are alone; the headline is from mirrored ones too."""
    rows = (place / "output" / "history.csv").read_text().splitlines()[1:]
    column = [float(row.split(",")[6]) for row in rows]
    record = json.loads((place / "output" / "run.json").read_text())
    metrics = json.loads((place / "output" / "metrics.json").read_text())
    best, favoured = max(column), record["favoured"]
    best_epoch = 1 + int(np.argmax(column))
    if favoured:  # tests/training/test_favouring.py says when
        best_epoch = len(column)
        assert favoured["before"]["val_miou"] == pytest.approx(column[-1], abs=1e-4)
        assert favoured["scores"]["val_miou"] > best
        best = favoured["scores"]["val_miou"]
    assert record["best_epoch"] == best_epoch
    assert metrics["as_it_is"]["mean_iou"] == pytest.approx(best, abs=1e-4)
    assert metrics["answered_from"] == "as it is and mirrored"
    assert metrics["confident_pixels"]["mean_iou"] != metrics["as_it_is"]["mean_iou"]


def test_the_script_of_the_readme_runs_far_from_the_repository(place: Path, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    script = re.search(r"```python\n(import keras\n.*?)```", readme, re.DOTALL).group(1)
    mirrored = re.search(r"```python\n(mirrored = .*?)```", readme, re.DOTALL).group(1)
    keep = "np.save('probabilities.npy', probabilities)\n"
    (tmp_path / "script.py").write_text(script + mirrored + keep)
    (tmp_path / "output").mkdir()
    shutil.copy(place / "output" / "unet_model.hdf5", tmp_path / "output")
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "photo.jpg")
    done = subprocess.run(
        [sys.executable, "-W", "error", "script.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": "", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert done.returncode == 0, done.stderr
    assert "(256, 256)" in done.stdout
    assert "custom object" not in done.stderr.lower()
    assert "custom_object" not in done.stderr.lower()
    network = answering(*read_model(tmp_path / "output" / "unet_model.hdf5"))
    ours = network.predict_on_batch(read_picture(tmp_path / "photo.jpg")[None])
    np.testing.assert_allclose(np.load(tmp_path / "probabilities.npy"), ours, atol=1e-5)


def test_a_second_run_moves_the_first_and_evaluate_and_predict_work(place: Path) -> None:
    mine = place / "output" / "notes.txt"
    mine.write_text("the person's own file")
    model = (place / "output" / "unet_model.hdf5").read_bytes()
    done = program("--epochs", "1", *SMALL, cwd=place)
    assert done.returncode == 0, done.stderr
    (earlier,) = (place / "output" / "earlier").iterdir()
    assert (earlier / "unet_model.hdf5").read_bytes() == model
    assert mine.read_text() == "the person's own file"

    done = program("evaluate", cwd=place)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    scores = json.loads((place / "output" / "evaluation.json").read_text())
    metrics = json.loads((place / "output" / "metrics.json").read_text())
    assert scores.items() >= metrics.items(), "the same model on the same pairs"
    done = program("evaluate", "--no-mirror", "--output", "alone", *MODEL, cwd=place)
    assert ", answered from each photo as it is:" in done.stdout
    alone = json.loads((place / "alone" / "evaluation.json").read_text())
    reached = alone["confident_pixels"]["mean_iou"]
    assert reached == pytest.approx(metrics["as_it_is"]["mean_iou"], abs=1e-6)
    assert "as_it_is" not in alone, "it is the headline"

    photo = np.random.default_rng(0).integers(0, 256, (37, 91, 3), np.uint8)
    Image.fromarray(photo).save(place / "a photo.png")
    done = program("predict", "a photo.png", "images/val", cwd=place)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    ids = read_picture(place / "output" / "predictions" / "a photo_ids.png")
    assert ids.shape == (37, 91, 3)
    assert ids.max() < 19


def test_without_pairs_the_run_says_where_they_come_from_and_uses_scenes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dataset.source.SCENE_COUNTS", {"train": 4, "val": 2})
    monkeypatch.setattr("main.SECONDS_ON_SCENES", 12)
    (tmp_path / "images").mkdir()
    small = ["--filters", "2", "--height", "64", "--width", "64"]
    assert main.main([*small, "--examples", "1"]) == 0
    printed = capsys.readouterr().out
    assert "There are no pairs in images yet." in printed
    assert "kaggle.com/datasets/dansbecker/cityscapes-image-pairs" in printed
    assert "Found 4 training pairs and 2 validation pairs in images/street_scenes" in printed
    record = json.loads((tmp_path / "output" / "run.json").read_text())
    assert record["config"]["epochs"] is None
    assert 0 < record["config"]["minutes"] < 0.2
    chosen = record["plan"]["chosen"]
    assert chosen["minutes"]["reason"] == "as long as nobody says --minutes"
    assert all(one["reason"] for one in chosen.values())
    seconds = 60 * record["config"]["minutes"]
    assert record["times"]["training_seconds"] == pytest.approx(seconds, abs=3)
    *_, last = (tmp_path / "output" / "history.csv").read_text().splitlines()
    assert float(last.split(",")[7]) < 0.1 * record["config"]["learning_rate"]
    metrics = json.loads((tmp_path / "output" / "metrics.json").read_text())
    assert metrics["answered_from"] == "as it is and mirrored"
    assert (tmp_path / "output" / "pred_1.png").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_control_c_keeps_the_best_model_and_draws_everything(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "images", tmp_path / "images")
    command = [sys.executable, ROOT / "main.py", "--epochs", "10000", *SMALL]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("epoch 2/10000"):
                process.send_signal(signal.SIGINT)
                break
        rest = process.stdout.read()
    assert process.returncode == 0, rest
    assert "Training was interrupted" in rest
    names = {file.name for file in (tmp_path / "output").iterdir()}
    expected = {"unet_model.hdf5", "unet_model_interrupted.hdf5", "acc.png", "pred_1.png"}
    assert expected <= names
    record = json.loads((tmp_path / "output" / "run.json").read_text())
    assert record["ended"] == "interrupted"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_run_goes_on_as_if_nothing_had_happened(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "images", tmp_path / "images")
    command = [sys.executable, ROOT / "main.py", "--epochs", "3", *SMALL]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        while not (tmp_path / "output" / "state.npz").exists():
            assert process.poll() is None, "it has a state before its end"
        process.kill()
    done = program("--epochs", "3", *SMALL, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Going on with the run that was cut off after " in done.stdout
    record = json.loads((tmp_path / "output" / "run.json").read_text())
    assert len(record["resumed_after_steps"]) == 1
    assert not (tmp_path / "output" / "state.npz").exists(), "it is over"

    def epochs(printed: str) -> list[str]:
        return [line for line in printed.splitlines() if line.startswith("epoch ")]

    rest = epochs(done.stdout)
    whole = epochs((place / "printed.txt").read_text())
    assert 1 <= len(rest) < 3
    assert rest == whole[-len(rest) :]


def test_the_readme_shows_only_what_is_there() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", readme):
        assert link.startswith("http") or (ROOT / link).is_file(), link
    assert not re.findall(r"^[A-Z]+_[A-Z]+$", readme, re.MULTILINE)


def test_bad_input_touches_nothing_in_output(place: Path) -> None:
    def contents() -> dict[str, bytes]:
        files = sorted((place / "output").rglob("*"))
        return {str(file): file.read_bytes() for file in files if file.is_file()}

    before = contents()
    (place / "bad" / "train").mkdir(parents=True)
    (place / "bad" / "train" / "1.jpg").write_text("no picture")
    (place / "bad" / "train" / "2.jpg").write_text("no picture")
    done = program("--data", "bad", *SMALL, cwd=place)
    assert done.returncode == 2
    assert "1.jpg" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents() == before


def test_the_jax_backend_trains_the_same_path(place: Path, tmp_path: Path) -> None:
    pytest.importorskip("jax")
    shutil.copytree(place / "images", tmp_path / "images")
    done = program("--epochs", "2", *SMALL, cwd=tmp_path, KERAS_BACKEND="jax")
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "output" / "run.json").read_text())
    assert record["versions"]["backend"] == "jax"
    rows = (tmp_path / "output" / "history.csv").read_text().splitlines()[1:]
    best = max(float(row.split(",")[6]) for row in rows)
    if record["favoured"]:
        best = record["favoured"]["scores"]["val_miou"]
    metrics = json.loads((tmp_path / "output" / "metrics.json").read_text())
    assert metrics["as_it_is"]["mean_iou"] == pytest.approx(best, abs=1e-3)
