"""How much memory a training takes at most, and whether it stays at that.

    config = Config(epochs=20, batch_size=8)
    used = memory_of_training(Path("pairs"), Path("cache"), config, steps=10)
    used.peak, used.growth                  # 1.9e9 bytes, 0.01 from the second epoch to the last

All pairs of the cache are touched before, as the counts at the start of a run do: their pages then
count as this process's memory, though the system may take them back whenever it needs them. Run it
in a process of its own (timing.alone), as a peak is never forgotten.
"""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.decoding import decoded
from benchmarks.epoch import new_training
from training.config import Config

STATUS = Path("/proc/self/status")  # Linux alone; elsewhere only the peak is known


@dataclass(frozen=True)
class Memory:
    """Bytes."""

    peak: float
    private: list[float]
    """After each epoch, without the pages of the cache."""

    @property
    def growth(self) -> float:
        """From the second epoch to the last, as a share."""
        steady = self.private[1:] or [1.0]
        return steady[-1] / steady[0] - 1


def memory_of_training(folder: Path, cache: Path, config: Config, steps: int) -> Memory:
    """Epochs of so many steps each, with the callbacks and validations of a run."""
    cached = decoded(folder, cache, config.size[0])
    for array in (cached.train.photos, cached.train.labels, cached.train.confident):
        array.max(initial=0)
    training = new_training(cached, config, steps)
    estimate = training.measure()
    private: list[float] = []

    def record(outcome: Any) -> None:
        private.extend(status("RssAnon"))

    with contextlib.redirect_stdout(io.StringIO()):
        training.run(estimate, keep=lambda: None, record=record)
    return Memory(_peak(), private)


def status(name: str) -> list[float]:
    """What Linux says, in bytes; nothing elsewhere."""
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return [float(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")]


def _peak() -> float:
    if found := status("VmHWM"):
        return found[0]
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
