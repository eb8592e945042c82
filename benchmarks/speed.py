"""Measures how fast training and prediction are, beside others in the same run.

    python benchmarks/speed.py                                    # all rows, some 40 minutes
    python benchmarks/speed.py --rows training prediction         # seed network beside its peers
    python benchmarks/speed.py --rows start --repetitions 5
    python benchmarks/speed.py --size 32 --batch 2 --repetitions 1 --pairs 20 --epoch-steps 3

Prints a table with a goal in each row, and below it what each side took. Figures are medians of
interleaved repetitions, each side in a process of its own; a ratio's quarters are those of the
ratios within single rounds. The peers get the same data in memory and their best settings, and do
no more than they must: cross-entropy without Dice, no clipped norm, no scores. They are nothing
that the project needs; a row without its peer says how to install it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[0] = str(Path(__file__).resolve().parents[1])  # or 'labels' would be labels.py

from benchmarks import decoding, epoch, memory, start  # noqa: E402
from benchmarks.contests import classic_contest, prediction_contest, training_contest  # noqa: E402
from benchmarks.table import HEAD, Row, busy, machine, milliseconds, quarters  # noqa: E402
from benchmarks.task import Task, config_of  # noqa: E402
from benchmarks.timing import Times, alone, best, interleaved  # noqa: E402

EPOCHS = 20  # over which memory shall stay flat


@dataclass(frozen=True)
class Options:
    """What is measured, and where the files for it lie."""

    task: Task
    repetitions: int
    pairs: int
    epoch_steps: int
    compiled: bool

    @property
    def cache(self) -> Path:
        return self.task.folder / "cache"

    def folder(self) -> Path:
        """The pairs on disk, which several rows share."""
        place = self.task.folder / "pairs"
        if not place.exists():
            decoding.write_pairs(place, self.pairs)
        return place


def training(options: Options) -> Iterator[Row | Times]:
    sides = training_contest(options.task, options.compiled)
    results, missing = interleaved(sides, options.repetitions)
    for peer, goal in ("stock Keras", 2.5), ("PyTorch", 1.2):
        what = f"training step against {peer}"
        yield against(what, results, missing, peer, at_least=goal)
    what = "training step against no normalisation"
    yield against(what, results, missing, "no normalisation", at_most=1.3)
    yield from results


def prediction(options: Options) -> Iterator[Row | Times]:
    """Of a whole batch, and of one picture, which is what 'predict' does."""
    for batch in sorted({options.task.batch, 1}, reverse=True):
        sides = prediction_contest(options.task, batch, options.compiled)
        results, missing = interleaved(sides, options.repetitions)
        many = f"prediction of {batch} picture{'s' * (batch > 1)} against"
        goals = {"stock Keras": 3, "PyTorch": 1.1, "ONNX Runtime": 1, "OpenVINO": 1}
        for peer, goal in goals.items():
            yield against(f"{many} {peer}", results, missing, peer, at_least=goal)
        peer = "no normalisation"
        yield against(f"{many} {peer}", results, missing, peer, at_most=1.2)
        yield from results


def against(
    what: str,
    results: list[Times],
    missing: dict[str, str],
    peer: str,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Row:
    """How many times faster than the peer's best kind; for a limit, how many times slower."""
    if peer in missing:
        return Row(what, peer=missing[peer], at_least=at_least, at_most=at_most)
    ours, theirs = best(results, "ours"), best(results, peer)
    above, below = (theirs, ours) if at_least is not None else (ours, theirs)
    single = [up / down for up, down in zip(above.seconds, below.seconds, strict=False)]
    kind = f" ({theirs.side.kind})" if theirs.side.kind else ""
    return Row(
        what,
        milliseconds(ours.median),
        milliseconds(theirs.median) + kind,
        above.median / below.median,
        quarters(single),
        at_least,
        at_most,
    )


def classic(options: Options) -> Iterator[Row | Times]:
    results, _ = interleaved(classic_contest(options.task), options.repetitions)
    ours, limit = (times.work / times.median / 1e12 for times in results)
    single = [
        results[0].work / step / (results[1].work / convolution)
        for step, convolution in zip(results[0].seconds, results[1].seconds, strict=True)
    ]
    yield Row(
        "training step of 64 filters against a convolution alone",
        f"{ours:.3f} TFLOP/s",
        f"{limit:.3f} TFLOP/s ({results[1].remark})",
        ours / limit,
        quarters(single),
        at_least=0.5,
    )
    yield from results


def whole_epoch(options: Options) -> Iterator[Row]:
    config, steps = config_of(options.task), options.epoch_steps
    places = options.folder(), options.cache
    repetitions = min(options.repetitions, 3)
    whole, bare = alone(epoch.seconds_of_epochs, *places, config, steps, repetitions)
    ratios = [one / other for one, other in zip(whole, bare, strict=True)]
    middle = sorted(range(len(ratios)), key=ratios.__getitem__)[len(ratios) // 2]
    yield Row(
        f"an epoch of {min(steps, -(-options.pairs // config.batch_size))} steps against bare ones",
        f"{whole[middle]:.3g} s",
        f"{bare[middle]:.3g} s",
        ratios[middle],
        quarters(ratios),
        at_most=1.1,
    )


def decode(options: Options) -> Iterator[Row]:
    places = options.folder(), options.cache, options.task.size
    first, later = alone(decoding.seconds_of_decoding, *places)
    yield Row(f"decoding {options.pairs} pairs, once", ratio=first, at_most=90, unit=" s")
    yield Row("the same from the cache", ratio=later, at_most=1, unit=" s")


def first_step(options: Options) -> Iterator[Row]:
    seconds = start.seconds_of_help(max(3, options.repetitions))
    yield Row("python main.py --help", ratio=seconds, at_most=0.5, unit=" s")
    alone(decoding.decoded, options.folder(), options.cache, options.task.size)
    arguments = {
        "--data": options.folder(),
        "--cache": options.cache,
        "--output": options.task.folder / "output",
        "--height": options.task.size,
        "--width": options.task.size,
        "--batch-size": options.task.batch,
    }
    given = [str(part) for pair in arguments.items() for part in pair]
    seconds = start.seconds_to_first_step(given)
    yield Row("start to first step, warm cache", ratio=seconds, at_most=15, unit=" s")


def peak_memory(options: Options) -> Iterator[Row]:
    config = replace(config_of(options.task), epochs=EPOCHS)
    places = options.folder(), options.cache
    used = alone(memory.memory_of_training, *places, config, min(10, options.epoch_steps))
    what = f"peak memory, {options.pairs} pairs"
    yield Row(what, ratio=used.peak / 1e9, at_most=2.5, unit=" GB")
    if used.private:
        what = f"its growth from epoch 2 to {len(used.private)}"
        yield Row(what, ratio=100 * used.growth, at_most=5, unit=" %")


ROWS: dict[str, Callable[[Options], Iterator[Row | Times]]] = {
    "training": training,
    "prediction": prediction,
    "classic": classic,
    "decoding": decode,
    "epoch": whole_epoch,
    "start": first_step,
    "memory": peak_memory,
}


def print_table(options: Options, rows: list[str]) -> None:
    sides: list[tuple[str, Times]] = []
    print(HEAD)
    for name in rows:
        for found in ROWS[name](options):
            if isinstance(found, Row):
                print(found, flush=True)
            else:
                sides.append((name, found))
    for name, times in sides:
        took = f"{milliseconds(times.median)}, {len(times.seconds)} times"
        print(f"{name}: {times.side}: {took}{'; ' * bool(times.remark)}{times.remark}")


def parse() -> tuple[Options, list[str]]:
    parser = argparse.ArgumentParser(description="Measures speed, beside others in the same run.")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW")
    parser.add_argument("--size", type=int, default=256, help="side of the pictures")
    parser.add_argument("--batch", type=int, default=8, help="pictures in a step")
    parser.add_argument("--repetitions", type=int, default=9, help="interleaved rounds")
    parser.add_argument("--pairs", type=int, default=2975, help="pairs on disk")
    parser.add_argument("--epoch-steps", type=int, default=40, help="steps that an epoch is cut to")
    parser.add_argument("--compiled", action="store_true", help="also PyTorch with torch.compile")
    given = parser.parse_args()
    task = Task(given.size, given.batch, folder=Path(tempfile.mkdtemp(prefix="speed-")))
    amounts = given.repetitions, given.pairs, given.epoch_steps
    return Options(task, *amounts, given.compiled), given.rows


def main() -> None:
    options, rows = parse()
    print(f"python benchmarks/speed.py {' '.join(sys.argv[1:])}".strip())
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}{busy()}", end="\n\n", flush=True)
    try:
        print_table(options, rows)
    finally:
        shutil.rmtree(options.task.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
