"""Twenty epochs take no more memory than two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.memory import STATUS, memory_of_training
from benchmarks.timing import alone
from training.config import Config

pytestmark = pytest.mark.slow

EPOCHS = 20
# What each epoch leaves behind is some kilobytes of history; twenty would show a batch that stays.
MOST = 10e6


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells")
def test_memory_stays_where_it_was_after_the_second_epoch(
    write_pairs: Callable[[Path], Path], tmp_path: Path
) -> None:
    config = Config(
        epochs=EPOCHS,
        batch_size=2,
        height=128,
        width=128,
        filters=4,
        depth=2,
        stem=2,
        output=tmp_path / "output",
        precision="float32",
        favour=False,  # after which the numbers are written once more
    )
    folder = write_pairs(tmp_path / "pairs")
    used = alone(memory_of_training, folder, tmp_path / "cache", config, 2)
    assert len(used.private) == EPOCHS
    assert used.private[-1] - used.private[1] < MOST
