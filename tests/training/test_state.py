"""The file of a run's state: whole or not there, and nothing but numbers and text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training import state as module
from training.run_folder import NotWritten
from training.state import NAME, State, read_state, remove_state, write_state
from utils_func import BadInput

STATE = State(
    [np.arange(6, dtype=np.float32).reshape(2, 3), np.array(7, np.int64), np.zeros((0, 2))],
    {"step": 3, "best": float("-inf"), "history": [{"loss": 0.5}], "name": "Straße"},
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    read = read_state(tmp_path)
    assert read is not None
    assert read.facts == STATE.facts
    for one, other in zip(read.arrays, STATE.arrays, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    assert [file.name for file in tmp_path.iterdir()] == [NAME], "nothing is left beside it"


def test_a_hundred_arrays_keep_their_order(tmp_path: Path) -> None:
    write_state(tmp_path, State([np.array(number) for number in range(120)], {}))
    read = read_state(tmp_path)
    assert read is not None
    assert [int(array) for array in read.arrays] == list(range(120))


def test_there_may_be_none_and_none_is_left_in_the_end(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    write_state(tmp_path, STATE)
    remove_state(tmp_path)
    remove_state(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_one_that_cannot_be_deleted_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(path: Path, missing_ok: bool) -> None:
        raise PermissionError(13, "Permission denied")

    write_state(tmp_path, STATE)
    monkeypatch.setattr(Path, "unlink", fail)
    remove_state(tmp_path)
    said = capsys.readouterr().out
    assert f"{tmp_path / NAME} cannot be deleted: Permission denied." in said


@pytest.mark.parametrize("way", ["disk full", "written wrongly"])
def test_the_one_before_stays_until_the_new_one_is_proven(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(tmp_path, STATE)
    before = (tmp_path / NAME).read_bytes()

    def fail(*_: object, **__: object) -> str:
        if way == "disk full":
            raise OSError(28, "No space left on device")
        return "00000.npy"

    target = "numpy.savez" if way == "disk full" else "zipfile.ZipFile.testzip"
    monkeypatch.setattr(target, fail)
    with pytest.raises(NotWritten):
        write_state(tmp_path, State([np.ones(3)], {}))
    assert (tmp_path / NAME).read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_damaged_files_are_a_message(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    path = tmp_path / NAME
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            damaged[place] ^= 1 << int(random.integers(0, 8))
        path.write_bytes(bytes(damaged[: random.integers(1, len(whole) + 1)]))
        try:
            read = read_state(tmp_path)
        except BadInput as problem:
            assert str(path) in str(problem)
            assert "--no-resume" in str(problem)
        else:
            assert read is not None


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    facts = np.frombuffer(json.dumps({}).encode(), np.uint8)
    np.savez(tmp_path / NAME, facts=facts, x=np.array([{"an": "object"}], object))
    with pytest.raises(BadInput, match="cannot be read"):
        read_state(tmp_path)
    assert not hasattr(module, "pickle")
