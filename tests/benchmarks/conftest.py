"""A task that takes a moment, and pairs on disk for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import decoding
from benchmarks.exchange import write_networks
from benchmarks.task import Task


@pytest.fixture
def task() -> Task:
    return Task(size=32, batch=2, filters=4)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """The same with the networks that the sides of a prediction share."""
    task = Task(size=32, batch=2, filters=4, folder=tmp_path_factory.mktemp("networks"))
    write_networks(task)
    return task


@pytest.fixture
def pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five pairs to train on, made of two scenes, and one to validate on."""
    monkeypatch.setattr(decoding, "DRAWN", 2)
    monkeypatch.setattr(decoding, "VALIDATION", 1)
    decoding.write_pairs(tmp_path / "pairs", 5)
    return tmp_path / "pairs"
