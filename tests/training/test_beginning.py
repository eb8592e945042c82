"""A run begins with a plan of its own, or with that of a run that was cut off."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from dataset.source import decode_all, open_data
from training import config as configuration
from training import enlarging, parts, saving
from training.beginning import plan_or_go_on
from training.config import Config
from training.resuming import save_state
from training.state import State

pytestmark = pytest.mark.slow


class Killed(Exception):  # noqa: N818 - it stands for SIGKILL
    """The run is cut off."""


def test_a_run_that_learns_larger_pictures_goes_on_with_them(
    pair_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "SIDE", 16)  # so that 32×32 is four times the usual
    for module, name in (enlarging, "free_here"), (parts, "free_there"):
        monkeypatch.setattr(module, name, lambda: math.inf)
    asked = Config(
        **{"data": pair_folder, "output": tmp_path / "output", "cache": tmp_path / "cache"},
        **{"minutes": 1.0, "filters": 2, "stem": 2, "depth": 1, "context": 1, "batch_size": 2},
        precision="float32",
    )
    asked.output.mkdir()
    dataset = open_data(pair_folder, None, asked.cache)
    cached = decode_all(dataset, asked.cache, asked.fitted(dataset.shape).size, False, 2)
    begin = partial(plan_or_go_on, asked, dataset, cached, 0.0, lambda: None)

    plan, begun = begin()
    assert begun is None
    assert cached.train.photos.shape[1:3] == (16, 16)
    assert plan.training.config.size == (32, 32)

    def save_and_die(state: State) -> None:
        save_state(plan, state)
        raise Killed

    monkeypatch.setattr(saving, "EVERY", 0.0)
    with pytest.raises(Killed):
        plan.training.run(plan.estimate, lambda: None, lambda outcome: None, save_and_die)

    again, begun = begin()
    assert begun is not None
    assert again.training.config == plan.training.config
    assert again.training.cached.train.photos.shape[1:3] == (32, 32)
    assert again.estimate == plan.estimate

    more = replace(asked, learning_rate=1e-3, resume_anyway=True)
    other = replace(dataset, shape=(32, 64))  # as where photos of another shape are usual now
    anyway, begun = plan_or_go_on(more, other, cached, 0.0, lambda: None)
    assert begun is not None
    assert anyway.training.config.size == (32, 32)
