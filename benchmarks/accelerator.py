"""Measures pictures a second on an accelerator, beside what its matrix units can do.

    python benchmarks/accelerator.py                                   # some 5 minutes on a GPU
    KERAS_BACKEND=jax python benchmarks/accelerator.py --networks classic --batch 64
    python benchmarks/accelerator.py --size 32 --batch 2 --steps 2 --product 256      # any machine

For the seed network (16 filters) and the classic one (64), training and prediction:
'with input' is a real run, from the pairs in memory through other views of them to the scores;
'without' repeats one batch. The share is that of the measured rate of a matrix product in
bfloat16, counting the network's convolutions alone. PyTorch runs with torch.compile, bfloat16
autocast and channels last, and has its data on the device before the clock starts.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[0] = str(Path(__file__).resolve().parents[1])  # or 'labels' would be labels.py

from benchmarks import throughput  # noqa: E402
from benchmarks.table import machine  # noqa: E402
from benchmarks.task import Task  # noqa: E402
from benchmarks.throughput import Throughput  # noqa: E402
from benchmarks.timing import MissingPeer, alone  # noqa: E402

FILTERS = {"seed": 16, "classic": 64}
GOAL = "Goals: classic training at least at 50 % of the rate, with input at least 95 % of without."
HEAD = """\
| network | | with input, pictures/s | without | share | of the rate | PyTorch | ratio |
|---|---|---|---|---|---|---|---|"""


def rows(name: str, task: Task, steps: int, rate: float) -> Iterator[str]:
    """Training and prediction of one network; each side has the device to itself."""
    ours = alone(throughput.ours, task, steps)
    try:
        peer = alone(throughput.pytorch, task, steps)
    except MissingPeer as problem:
        peer = str(problem)
    for place, what in enumerate(("training", "prediction")):
        theirs = peer if isinstance(peer, str) else peer[place]
        yield row(f"{name} | {what}", ours[place], theirs, rate)


def row(what: str, ours: Throughput, peer: Throughput | str, rate: float) -> str:
    figures = [
        f"{ours.whole:,.1f}",
        f"{ours.bare:,.1f}",
        f"{ours.whole / ours.bare:.0%}",
        f"{ours.whole * ours.work / rate:.1%}",
    ]
    if isinstance(peer, str):
        figures += [peer, ""]
    else:
        figures += [f"{peer.bare:,.1f}", f"{ours.whole / peer.bare:.2f}×"]
    return f"| {what} | {' | '.join(figures)} |"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures pictures a second on an accelerator.")
    parser.add_argument("--networks", nargs="+", choices=FILTERS, default=list(FILTERS))
    parser.add_argument("--size", type=int, default=256, help="side of the pictures")
    parser.add_argument("--batch", type=int, default=64, help="pictures in a step")
    parser.add_argument("--steps", type=int, default=50, help="steps that are timed")
    parser.add_argument("--product", type=int, default=8192, help="side of the matrices")
    return parser.parse_args()


def main() -> None:
    given = parse()
    print(f"python benchmarks/accelerator.py {' '.join(sys.argv[1:])}".strip())
    device, rate = alone(throughput.measured_rate, given.product)
    print(f"{time.strftime('%Y-%m-%d')}, {device}, {machine()}")
    print(f"Matrix product in bfloat16: {rate / 1e12:.3g} TFLOP/s. {GOAL}\n\n{HEAD}", flush=True)
    for name in given.networks:
        task = Task(given.size, given.batch, FILTERS[name])
        for line in rows(name, task, given.steps, rate):
            print(line, flush=True)


if __name__ == "__main__":
    main()
