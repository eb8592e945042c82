"""Kills a small run at random instants, again and again, and sees whether it ends all the same.

    python benchmarks/kills.py --kills 100          # some 30 minutes on two cores
    python benchmarks/kills.py --kills 3 --epochs 4

A run is started, killed (SIGKILL) some time after its first step, started again with the same
options, and so on until it gets to its end; then the next one begins. The weights of each must be
those of a run that nobody killed, bit by bit, and its curves the same; no file under a final name
may be half written. States are written after nearly every step, so that most kills fall between
two of one epoch, and many into the writing itself; what is lost is the time since the last state.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # or 'labels' would be labels.py

from benchmarks.table import machine  # noqa: E402
from training.state import NAME, read_state  # noqa: E402
from utils_func import read_picture  # noqa: E402

READY = "Ctrl-C ends it early"  # the last line before the first step
# A state after nearly every step instead of every minute: so most are of the middle of an epoch.
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from training import saving
saving.EVERY, saving.SHARE = 0.05, 0.5
import main
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(line_buffering=True)
sys.exit(main.main())
"""
SMALL = {
    **{"height": 64, "width": 64, "filters": 4, "depth": 1, "stem": 4, "context": 1},
    **{"batch-size": 4, "examples": 0, "precision": "float32"},
}


@dataclass
class Counts:
    """What came of the kills."""

    kills: int = 0
    ended: int = 0
    equal: int = 0
    lost: list[float] = field(default_factory=list)
    """Seconds between the last state, or the first step, and each kill."""
    half: int = 0


def start(place: Path, epochs: int) -> subprocess.Popen[str]:
    options = [f"--{name}={value}" for name, value in SMALL.items()]
    places = {"data": place.parent / "pairs", "output": place, "cache": place.parent / "cache"}
    options += [f"--{name}={folder}" for name, folder in places.items()]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, f"--epochs={epochs}", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=place.parent,
    )


def killed(place: Path, epochs: int, within: float, counts: Counts) -> bool:
    """Starts the run and kills it; False where it was over before."""
    with start(place, epochs) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(READY):
                break
        began = time.time()
        time.sleep(random.uniform(0, within))
        if process.poll() is not None:
            if process.returncode:
                raise RuntimeError(f"the run in {place} ended with code {process.returncode}")
            return False
        process.send_signal(signal.SIGKILL)
        process.wait()
        state = place / NAME
        saved = state.stat().st_mtime if state.exists() else began
        counts.kills += 1
        counts.lost.append(time.time() - max(saved, began))
        print(f"kill {counts.kills}: {counts.lost[-1]:.1f} s lost", flush=True)
    counts.half += sum(not whole(file) for file in place.glob("*.*") if file.name[0] != ".")
    return True


def whole(file: Path) -> bool:
    """Whether a file under its final name can be read."""
    readers: dict[str, Callable[[Path], Any]] = {
        ".npz": lambda file: read_state(file.parent),
        ".json": lambda file: json.loads(file.read_text("utf-8")),
        ".csv": curves,
        ".hdf5": lambda file: weights(file.parent),
        ".png": read_picture,
    }
    try:
        readers[file.suffix](file)
    except Exception:
        return False
    return True


def curves(file: Path) -> list[list[str]]:
    """All columns but the seconds."""
    with file.open(newline="") as opened:
        return [
            [value for name, value in row.items() if name != "seconds"]
            for row in csv.DictReader(opened)
        ]


def weights(place: Path) -> list[np.ndarray]:
    import h5py

    arrays: list[np.ndarray] = []
    with h5py.File(place / "unet_model.hdf5") as opened:
        opened["model_weights"].visititems(
            lambda name, item: arrays.append(item[()]) if isinstance(item, h5py.Dataset) else None
        )
    return arrays


def same(one: Path, other: Path) -> bool:
    pairs = zip(weights(one), weights(other), strict=True)
    alike = all(np.array_equal(first, second) for first, second in pairs)
    return alike and curves(one / "history.csv") == curves(other / "history.csv")


def main() -> None:
    parser = argparse.ArgumentParser(description="Counts what kills at random instants do.")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    random.seed(given.seed)
    print(f"python benchmarks/kills.py {' '.join(sys.argv[1:])}".strip())
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}", end="\n\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        from dataset.writers import write_dataset

        write_dataset("cityscapes-pairs", Path(folder) / "pairs", train=40, val=8)
        print(*report(Path(folder), given.kills, given.epochs), sep="\n")


def report(folder: Path, kills: int, epochs: int) -> list[str]:
    unbroken = folder / "unbroken"
    with start(unbroken, epochs) as process:
        process.communicate()
    seconds = float((unbroken / "history.csv").read_text().rstrip().rpartition(",")[2])
    counts = Counts()
    while counts.kills < kills:
        place = folder / f"run{counts.ended}"
        over = False
        while counts.kills < kills and not over:
            over = not killed(place, epochs, seconds, counts)
        if not over:
            with start(place, epochs) as process:
                process.communicate()
        counts.ended += 1
        counts.equal += same(place, unbroken)
    return [
        f"\n{counts.kills} kills of runs of {seconds:.0f} s, each started again until its end:",
        f"{counts.equal} of {counts.ended} ended with the weights and curves of an unbroken one.",
        f"Lost: {np.median(counts.lost):.1f} s in the middle, {max(counts.lost):.1f} s at most; "
        f"more than a minute, which is the usual time between states: "
        f"{sum(seconds > 60 for seconds in counts.lost)} times.",
        f"Files under a final name that were half written: {counts.half}.",
    ]


if __name__ == "__main__":
    main()
