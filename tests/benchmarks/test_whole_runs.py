"""Epochs, decoding, memory and starting, with a few small pairs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import start
from benchmarks.decoding import decoded, seconds_of_decoding
from benchmarks.epoch import seconds_of_epochs
from benchmarks.memory import STATUS, Memory, memory_of_training
from benchmarks.task import Task, config_of
from benchmarks.throughput import ours

ROOT = Path(__file__).resolve().parents[2]


def test_pairs_are_decoded_once_and_then_found(pairs: Path, tmp_path: Path) -> None:
    first, later = seconds_of_decoding(pairs, tmp_path / "cache", 32)
    assert first > 0
    assert later > 0
    cached = decoded(pairs, tmp_path / "cache", 32)
    assert (len(cached.train), len(cached.val)) == (5, 1)
    assert cached.train.photos.shape[1:] == (32, 32, 3)


@pytest.mark.bench
def test_an_epoch_and_its_bare_steps_are_timed(pairs: Path, tmp_path: Path, task: Task) -> None:
    config = config_of(task)
    whole, bare = seconds_of_epochs(pairs, tmp_path / "cache", config, steps=2, repetitions=1)
    assert len(whole) == len(bare) == 1
    assert min(whole + bare) > 0


@pytest.mark.bench
def test_memory_is_known_after_each_epoch(pairs: Path, tmp_path: Path, task: Task) -> None:
    config = replace(config_of(task), epochs=3)
    used = memory_of_training(pairs, tmp_path / "cache", config, steps=2)
    assert used.peak > 1e8  # TensorFlow alone takes more
    if STATUS.exists():
        assert len(used.private) == 3
        assert max(used.private) <= used.peak


def test_growth_is_from_the_second_epoch_to_the_last() -> None:
    assert Memory(9, [1, 4, 7, 5]).growth == 0.25
    assert Memory(9, []).growth == 0


def test_the_help_is_timed() -> None:
    assert 0 < start.seconds_of_help(1) < 60


@pytest.mark.bench
def test_a_command_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(RuntimeError, match="no_such_folder"):
        start.seconds_to_first_step(["--data", "no_such_folder"])


@pytest.mark.bench
def test_the_first_step_of_a_run_is_waited_for(pairs: Path, tmp_path: Path) -> None:
    size = ["--height", "32", "--width", "32", "--filters", "4"]
    places = ["--cache", str(tmp_path / "cache"), "--output", str(tmp_path / "output")]
    assert 0 < start.seconds_to_first_step(["--data", str(pairs), *places, *size]) < 300


@pytest.mark.bench
def test_pictures_a_second_are_counted_with_and_without_the_input(task: Task) -> None:
    for found in ours(task, steps=1):
        assert min(found.whole, found.bare, found.work) > 0


@pytest.mark.bench
@pytest.mark.parametrize("script", ["speed.py", "accelerator.py"])
def test_a_benchmark_explains_its_options(script: str) -> None:
    command = [sys.executable, f"benchmarks/{script}", "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "--batch" in said
