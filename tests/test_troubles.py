"""A run meets a full disk, a folder that is gone, a clock that jumps: it loses nothing it had."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import main
from deploy.model_file import read_card
from training.callbacks import Validation
from training.state import read_state

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SMALL = (
    *("--height", "32", "--width", "32", "--filters", "2", "--batch-size", "2", "--examples", "1"),
    *("--context", "1", "--precision", "float32", "--epochs", "3"),
)
# A run whose files may not grow beyond a limit: so a full disk looks to a program, and no disk
# need be filled for it.
LIMITED = f"""
import resource, signal, sys
sys.path.insert(0, {str(ROOT)!r})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import main
from training import saving, run
saving.EVERY, saving.SHARE = 0.0, 1e9
limit, free_after = int(sys.argv[1]), int(sys.argv[2])
learn, done = run.Run._learn, []
def begin(self, first):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    return learn(self, first)
run.Run._learn = begin
show = main.show_results
def free(*rest):
    if free_after:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    return show(*rest)
main.show_results = free
keep = main.keep_model
def keep_late(training, *rest):
    if free_after > 1 and len(done) >= 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    done.append(1)
    return keep(training, *rest)
main.keep_model = keep_late
sys.exit(main.main(sys.argv[3:]))
"""


@pytest.fixture
def place(pair_folder: Path, tmp_path: Path) -> Path:
    """A folder with pairs in images/."""
    pair_folder.rename(tmp_path / "images")
    return tmp_path


def limited(
    place: Path, limit: int, free_after: int, *options: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LIMITED, str(limit), str(free_after), *SMALL, *options]
    return subprocess.run(command, cwd=place, capture_output=True, text=True)


def whole(output: Path) -> None:
    """Nothing half-written lies under a final name, nor beside it."""
    for file in output.iterdir():
        assert not file.name.startswith(".") or file.name == ".lock", file
        if file.suffix == ".json":
            json.loads(file.read_text("utf-8"))
        if file.suffix == ".csv":
            assert list(csv.DictReader(file.read_text("utf-8").splitlines()))
    if (output / "unet_model.hdf5").exists():
        read_card(output / "unet_model.hdf5")
    read_state(output)


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file")
def test_where_states_find_no_room_the_run_goes_on_and_its_model_is_there(place: Path) -> None:
    limit = 2_500_000  # the model has 1.5 MB, a state three times that
    done = limited(place, limit, 1, "--filters", "16", "--context", "4")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "state.npz cannot be written: File too large. The run goes on" in done.stdout
    assert done.stdout.count("state.npz cannot be written") == 1
    assert (place / "output" / "unet_model.hdf5").stat().st_size < limit
    assert (place / "output" / "pred_1.png").exists()
    whole(place / "output")


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file")
def test_on_a_full_disk_a_run_ends_with_a_sentence_and_no_half_file(place: Path) -> None:
    done = limited(place, 100, 0)
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    for file in "unet_model.hdf5", "run.json", "state.npz":
        assert f"{file} cannot be written: " in done.stdout, done.stdout
    assert "unet_model.hdf5 cannot be written: " in done.stderr
    assert "name another folder with --output" in done.stderr
    whole(place / "output")
    assert {file.name for file in (place / "output").iterdir()} == {".lock"}


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file")
def test_where_there_is_room_again_in_the_end_the_model_is_written(place: Path) -> None:
    done = limited(place, 100, 2)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "unet_model.hdf5 cannot be written: " in done.stdout
    assert (place / "output" / "unet_model.hdf5").exists()
    assert (place / "output" / "metrics.json").exists()
    whole(place / "output")


def at_validation(number: int, do: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that happens before a validation of the run."""
    ends = Validation.on_epoch_end

    def and_more(self: Validation, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if epoch + 1 == number:
            do()
        ends(self, epoch, logs)

    monkeypatch.setattr(Validation, "on_epoch_end", and_more)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder with an open lock")
def test_an_output_folder_that_is_deleted_is_made_again_with_the_model_of_then(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    at_validation(3, lambda: shutil.rmtree("output"), monkeypatch)
    assert main.main(list(SMALL)) == 0
    record = json.loads((place / "output" / "run.json").read_text())
    assert record["best_epoch"] == 3
    assert (place / "output" / "unet_model.hdf5").exists()
    assert (place / "output" / "acc.png").exists()
    whole(place / "output")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder with an open lock")
def test_a_file_in_the_place_of_the_output_folder_is_left_alone(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place)

    def replace() -> None:
        shutil.rmtree("output")
        Path("output").write_text("mine")

    at_validation(2, replace, monkeypatch)
    assert main.main(list(SMALL)) == 2
    printed = capsys.readouterr()
    assert "output/unet_model.hdf5 cannot be written: " in printed.out
    assert "cannot be written" in printed.err
    assert Path("output").read_text() == "mine"


def test_pictures_that_are_deleted_or_replaced_while_it_trains_change_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    assert main.main([*SMALL, "--output", "undisturbed"]) == 0

    def disturb() -> None:
        for number, file in enumerate(sorted(Path("images").glob("*/*.jpg"))):
            file.unlink()
            if number % 2:
                file.write_text("no picture")

    at_validation(1, disturb, monkeypatch)
    assert main.main([*SMALL, "--no-resume"]) == 0
    scores = [Path(folder, "metrics.json").read_text() for folder in ("undisturbed", "output")]
    assert scores[0] == scores[1]


def test_a_clock_that_jumps_by_years_changes_no_time(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    clock, ends, jumps = time.time, Validation.on_epoch_end, iter([4e8, -4e8])

    def jump(self: Validation, epoch: int, logs: dict[str, Any] | None = None) -> None:
        years = next(jumps, 0.0)
        monkeypatch.setattr(time, "time", lambda: clock() + years)
        ends(self, epoch, logs)

    monkeypatch.setattr(Validation, "on_epoch_end", jump)
    began = time.monotonic()
    assert main.main([*SMALL[:-2], "--minutes", "0.1"]) == 0
    record = json.loads((place / "output" / "run.json").read_text())
    assert record["ended"] == "finished"
    assert 5.5 < record["times"]["training_seconds"] < record["times"]["all_seconds"]
    passed = time.monotonic() - began
    assert record["times"]["all_seconds"] <= round(passed, 1)  # as it is written
