"""Damaged files give a result or a message; and what would be wrong is noticed."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import main
from benchmarks import fuzz
from benchmarks.fuzz import RIGHT, report, run_case
from benchmarks.material import COMMANDS, KINDS, make_material

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="it damages files as Linux has them"),
]


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("material")
    make_material(folder)
    return folder


def test_the_material_itself_is_whole(material: Path) -> None:
    for kind in KINDS.values():
        assert list(material.glob(kind.pattern)), kind
        assert set(kind.commands) <= COMMANDS.keys()


def test_a_share_of_the_damaged_files_gives_results_or_messages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cases = fuzz.fuzz(list(range(40)), seed=1, workers=1)
    assert len(cases) == 40
    wrong = [case for case in cases if case.outcome not in RIGHT]
    assert not wrong, capsys.readouterr().out
    assert KINDS.keys() - {case.kind for case in cases} <= {"pair of a training"}, "1 in 100"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_damage_changes_the_file(kind: str, material: Path, tmp_path: Path) -> None:
    original = sorted(material.glob(KINDS[kind].pattern))[0]
    for number, damage in enumerate(dict.fromkeys(KINDS[kind].damages)):
        file = tmp_path / str(number) / original.name
        file.parent.mkdir()
        file.write_bytes(original.read_bytes())
        for seed in range(20):  # one of its ways may change nothing, as a line moved to its place
            changed = damage(file, random.Random(seed))
            if changed != file or not file.is_file():
                break
            if file.read_bytes() != original.read_bytes():
                break
        else:
            pytest.fail(f"{damage.__name__} changes nothing")


def write_outside(_: list[str]) -> int:
    Path("..", "..", "..", "escaped").write_text("x")
    return 0


def say_nothing(_: list[str]) -> int:
    print("something is wrong with 3 of the values of train, in output", file=sys.stderr)
    return 2


def take_memory(_: list[str]) -> int:
    np.ones(1_200_000_000, np.uint8).sum()
    return 0


def break_down(_: list[str]) -> int:
    raise LookupError("a bug")


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        (write_outside, "file outside"),
        (say_nothing, "message without a name"),
        (take_memory, "memory"),
        (break_down, "traceback"),
        (lambda _: 0, "result"),
    ],
)
def test_what_must_not_happen_is_noticed(
    program: Callable[[list[str]], int],
    outcome: str,
    material: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(main, "main", program)
    monkeypatch.setattr(fuzz, "_decode", program)
    case = run_case(3, 0, material, tmp_path)
    assert case.outcome == outcome, case.told
    (line,) = (line for line in report([case], []) if line.startswith("| all"))
    assert line == "| all | 1 | 1 |"


def test_a_case_that_hangs_or_dies_is_ended(
    material: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", 0.2)  # importing TensorFlow takes longer
    ((number, case),) = fuzz.results(iter([7]), 0, material, 1)
    assert (number, case.outcome) == (7, "hang")
    monkeypatch.setattr(fuzz, "SECONDS", 60)
    monkeypatch.setattr(fuzz, "_serve", os.abort)
    ((_, case),) = fuzz.results(iter([7]), 0, material, 1)
    assert case.outcome == "crash"
