"""How much of a run's time is spent on writing its state.

    python benchmarks/saving.py --data cityscapes_data --minutes 4
    python benchmarks/saving.py --data cityscapes_data --minutes 4 --filters 64

Trains as main.py does, and adds up the seconds from the end of a step until its state is on the
disk, of all states that the run has written.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[0] = str(Path(__file__).resolve().parents[1])  # or 'labels' would be labels.py

import main  # noqa: E402
from benchmarks.table import busy, machine  # noqa: E402
from training.state import NAME  # noqa: E402


def seconds_of_states(arguments: list[str], output: Path) -> tuple[list[float], float, float]:
    """Seconds that each state took, bytes of the last one, and seconds of the training."""
    from training.saving import Saver

    seconds, sizes = list[float](), [0.0]
    save = Saver.save

    def timed(self: Saver) -> None:
        began = time.monotonic()
        save(self)
        seconds.append(time.monotonic() - began)
        sizes.append(float((output / NAME).stat().st_size))

    Saver.save = timed  # type: ignore[method-assign]
    if main.main([*arguments, f"--output={output}"]):
        raise RuntimeError("the run failed")
    record = json.loads((output / "run.json").read_text("utf-8"))
    return seconds, sizes[-1], record["times"]["training_seconds"]


def measure() -> None:
    print(f"python benchmarks/saving.py {' '.join(sys.argv[1:])}".strip())
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}{busy()}", end="\n\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="saving-") as folder:
        seconds, size, training = seconds_of_states(sys.argv[1:], Path(folder))
    print(
        f"\n{len(seconds)} states of {size / 1e6:.1f} MB in {training:.0f} s of training took "
        f"{sum(seconds):.2f} s, {max(seconds):.2f} s at most: {sum(seconds) / training:.2%}."
    )


if __name__ == "__main__":
    measure()
