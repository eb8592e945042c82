"""The run's folder: files are whole or not there, and nothing is lost."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from training.run_folder import (
    NotWritten,
    alone_in,
    make_writable,
    move_earlier,
    replacing,
    results,
    write_json,
    write_table,
)
from utils_func import BadInput

OURS = (
    "acc.png",
    "pred_1.png",
    "pred_12.png",
    "model_arch.png",
    "model_encoder.png",
    "model_decoder.png",
    "model_layers.png",
    "unet_model.hdf5",
    "unet_model_interrupted.hdf5",
    "history.csv",
    "metrics.json",
    "run.json",
)
THEIRS = ("notes.txt", "my.hdf5", "acc.png.bak", "comparison.json", "pred.png")
NEWEST = "2024-03-05_06-07-08"


def names(folder: Path) -> set[str]:
    """Everything below a folder, hidden files too."""
    return {str(place.relative_to(folder)) for place in folder.rglob("*")}


def a_run(folder: Path, text: str = "") -> None:
    """What a run leaves, the newest file from a time that is known."""
    folder.mkdir(exist_ok=True)
    newest = time.mktime(time.strptime(NEWEST, "%Y-%m-%d_%H-%M-%S"))
    for age, name in enumerate(OURS):
        (folder / name).write_text(name + text)
        os.utime(folder / name, (newest - age, newest - age))


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "acc.png"
    path.write_text("before")
    with replacing(path) as beside:
        beside.write_text("after")
        assert path.read_text() == "before"
        assert beside.parent == tmp_path
        assert beside.suffix == ".png"
    assert path.read_text() == "after"
    assert names(tmp_path) == {"acc.png"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("written", [True, False])
def test_after_an_error_the_file_of_before_is_there_and_nothing_else(
    error: type[BaseException], written: bool, tmp_path: Path
) -> None:
    path = tmp_path / "acc.png"
    path.write_text("before")
    with pytest.raises(error), replacing(path) as beside:
        if written:
            beside.write_text("half")
        raise error
    assert path.read_text() == "before"
    assert names(tmp_path) == {"acc.png"}


def test_a_block_that_writes_nothing_is_an_error_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "acc.png"
    path.write_text("before")
    with pytest.raises(NotWritten, match="No such file"), replacing(path):
        pass
    assert path.read_text() == "before"


def test_json_is_written_in_utf_8_and_read_back(tmp_path: Path) -> None:
    # The last is a name that is no text, as Linux bears them.
    content = {"name": "Größe – 256×256", "values": [1, 0.5, None], "file": "caf\udce9.jpg"}
    write_json(tmp_path / "run.json", content)
    text = (tmp_path / "run.json").read_text("utf-8")
    assert json.loads(text) == content
    assert "Größe – 256×256" in text
    assert text.endswith("}\n")


def test_content_that_is_no_json_leaves_the_file_of_before(tmp_path: Path) -> None:
    write_json(tmp_path / "run.json", {"right": 1})
    with pytest.raises(TypeError):
        write_json(tmp_path / "run.json", {"wrong": object()})
    assert json.loads((tmp_path / "run.json").read_text()) == {"right": 1}
    assert names(tmp_path) == {"run.json"}


def test_a_table_has_the_epoch_and_the_columns(tmp_path: Path) -> None:
    rows = [{"loss": 1.5, "miou": math.nan}, {"loss": 1 / 3, "miou": 1e-9}]
    write_table(tmp_path / "history.csv", rows)
    with (tmp_path / "history.csv").open(newline="", encoding="utf-8") as opened:
        assert list(csv.reader(opened)) == [
            ["epoch", "loss", "miou"],
            ["1", "1.5", "nan"],
            ["2", "0.333333", "1e-09"],
        ]


def test_an_empty_or_new_folder_has_no_run_before(tmp_path: Path) -> None:
    assert move_earlier(tmp_path) is None
    assert move_earlier(tmp_path / "new") is None
    assert names(tmp_path) == set()


def test_files_of_the_run_before_move_to_its_time(tmp_path: Path) -> None:
    a_run(tmp_path)
    place = move_earlier(tmp_path)
    assert place == tmp_path / "earlier" / NEWEST
    assert names(place) == set(OURS)
    assert {name: (place / name).read_text() for name in OURS} == {name: name for name in OURS}
    moved = {f"earlier/{NEWEST}/{name}" for name in OURS}
    assert names(tmp_path) == {"earlier", f"earlier/{NEWEST}"} | moved


def test_the_logs_of_tensorboard_move_as_a_folder(tmp_path: Path) -> None:
    (tmp_path / "tensorboard" / "train").mkdir(parents=True)
    (tmp_path / "tensorboard" / "train" / "events").write_text("x")
    place = move_earlier(tmp_path)
    assert place is not None
    assert (place / "tensorboard" / "train" / "events").read_text() == "x"
    assert not (tmp_path / "tensorboard").exists()


def test_files_of_somebody_else_stay(tmp_path: Path) -> None:
    a_run(tmp_path)
    for name in THEIRS:
        (tmp_path / name).write_text(name)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "acc.png").write_text("a picture of theirs")
    place = move_earlier(tmp_path)
    assert place is not None
    assert names(place) == set(OURS)
    for name in THEIRS:
        assert (tmp_path / name).read_text() == name
    assert (tmp_path / "mine" / "acc.png").read_text() == "a picture of theirs"


def test_predictions_go_with_the_model_that_made_them(tmp_path: Path) -> None:
    a_run(tmp_path)
    (tmp_path / "predictions" / "forest").mkdir(parents=True)
    (tmp_path / "predictions" / "forest" / "1_ids.png").write_text("a prediction")
    place = move_earlier(tmp_path)
    assert place is not None
    assert (place / "predictions" / "forest" / "1_ids.png").read_text() == "a prediction"
    assert not (tmp_path / "predictions").exists()


def test_runs_of_the_same_second_do_not_overwrite_each_other(tmp_path: Path) -> None:
    places = []
    for text in ("first", "second", "third"):
        a_run(tmp_path, text)
        places.append(move_earlier(tmp_path))
    assert [place and place.name for place in places] == [NEWEST, f"{NEWEST}_2", f"{NEWEST}_3"]
    texts = [(place / "run.json").read_text() for place in places if place]
    assert texts == ["run.jsonfirst", "run.jsonsecond", "run.jsonthird"]


def test_a_run_that_cannot_be_moved_whole_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_run(tmp_path)
    rename = Path.rename

    def fail(file: Path, target: Path) -> Path:
        if file == tmp_path / "history.csv":
            raise PermissionError(13, "The process cannot access the file", str(file))
        return rename(file, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(BadInput) as caught:
        move_earlier(tmp_path)
    assert str(tmp_path / "history.csv") in str(caught.value)
    assert "Close what has them open" in str(caught.value)
    assert names(tmp_path) == {*OURS, "earlier"}
    assert all((tmp_path / name).read_text() == name for name in OURS)


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    make_writable(tmp_path / "a" / "b")
    assert names(tmp_path) == {"a", "a/b"}


def test_a_folder_that_is_there_keeps_its_files(tmp_path: Path) -> None:
    a_run(tmp_path)
    make_writable(tmp_path)
    assert names(tmp_path) == set(OURS)


@pytest.mark.parametrize("below", ["", "output"])
def test_a_file_in_place_of_the_folder_is_refused(below: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("theirs")
    folder = tmp_path / "file" / below
    with pytest.raises(BadInput) as caught:
        make_writable(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder} cannot be written to: ")
    assert "Expected a folder" in message
    assert message.endswith("or name another with --output.")
    assert (tmp_path / "file").read_text() == "theirs"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        for folder in (tmp_path, tmp_path / "new"):
            with pytest.raises(BadInput, match="cannot be written to: Permission denied"):
                make_writable(folder)
    finally:
        tmp_path.chmod(0o700)


HOLDER = """
import sys, time
from pathlib import Path
from training.run_folder import alone_in
with alone_in(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_refused_until_the_first_is_over_even_if_it_was_killed(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(BadInput, match="Another run is writing to") as caught,
            alone_in(tmp_path),
        ):
            pass
        assert "--output" in str(caught.value)
        holder.kill()
    (tmp_path / ".123-state.npz").touch()  # it was writing then
    with alone_in(tmp_path):
        assert not results(tmp_path), "the lock is no result"
        assert [file.name for file in tmp_path.iterdir()] == [".lock"]


def test_a_file_system_without_locks_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr("filelock.FileLock.acquire", fail)
    (tmp_path / ".123-state.npz").touch()  # of a run that may be alive
    with alone_in(tmp_path):
        (tmp_path / "acc.png").touch()
        assert (tmp_path / ".123-state.npz").exists()


@pytest.mark.parametrize("trouble", ["full", "a file in its place"])
def test_what_cannot_be_written_is_a_sentence_and_what_was_there_stays(
    trouble: str, tmp_path: Path
) -> None:
    path = tmp_path / "folder" / "run.json"
    write_json(path, {"before": 1})
    if trouble == "a file in its place":
        path.unlink()
        path.parent.rmdir()
        path.parent.write_text("mine")
    with pytest.raises(NotWritten, match="cannot be written: ") as caught, replacing(path) as file:
        file.write_text("half of it")
        raise OSError(28, "No space left on device")
    assert str(path) in str(caught.value)
    assert "--output" in str(caught.value)
    if trouble == "full":
        assert json.loads(path.read_text()) == {"before": 1}
        assert names(tmp_path / "folder") == {"run.json"}, "no half file"


def test_a_folder_that_was_deleted_meanwhile_is_made_again(tmp_path: Path) -> None:
    write_json(tmp_path / "gone" / "run.json", {})
    assert (tmp_path / "gone" / "run.json").exists()
