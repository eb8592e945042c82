"""Measures how good a model becomes in the time given, beside others on the same pairs.

    python benchmarks/quality.py --data cityscapes_data --minutes 10 30 --seeds 0 1 2
    python benchmarks/quality.py --data idd20k_lite --minutes 30 --sides auto idd-roads voc2007
    python benchmarks/quality.py --data idd20k_lite --minutes 3 --sides auto auto:dice=0,context=2
    python benchmarks/quality.py --minutes 0.1 --size 32 32          # a look, on built-in scenes

Every side has the same pairs, the same minutes of training, and the machine for itself; it is
scored on the same validation pixels, those whose label is certain. Sides are the recipes, also with
some of their options overruled, 'stock' (Keras as a tutorial has it), and 'torch',
'torch-mirrored', 'torch-wide' (PyTorch's U-Nets).
The mean IoU is that of all seeds; its interval comes from drawing validation pictures anew, the
same for all seeds, and beside it stand the seeds one by one. Results and the models of recipes are
kept in --results and not made twice, so a cut loses the side that it cuts; a row says so where its
result is not of now.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from ast import literal_eval
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[0] = str(Path(__file__).resolve().parents[1])  # or 'labels' would be labels.py

from benchmarks.contestants import (  # noqa: E402
    Result,
    Setting,
    with_pytorch,
    with_recipe,
    with_stock_keras,
)
from benchmarks.table import busy, machine  # noqa: E402
from benchmarks.timing import MissingPeer, alone  # noqa: E402
from evaluation.intervals import interval, mean_ious  # noqa: E402
from training.config import Config  # noqa: E402
from training.recipes import RECIPES  # noqa: E402

Contestant = Callable[[Setting], Result]
PEERS: dict[str, Contestant] = {
    "stock": with_stock_keras,
    "torch": partial(with_pytorch, filters=16, mirrored=False),
    "torch-mirrored": partial(with_pytorch, filters=16, mirrored=True),
    "torch-wide": partial(with_pytorch, filters=32, mirrored=False),
}
NUMBERS = ("images", "seconds", "parameters", "trained")
BEGAN = time.time()
USUAL = ("auto", "cityscapes-pairs", "stock", "torch")
HEAD = (
    "| minutes | who | mIoU (95 %) | seeds | accuracy | pictures seen | parameters |\n"
    "|---|---|---|---|---|---|---|"
)


def contestant(side: str) -> Contestant:
    """A peer, or a recipe with the options behind the colon.

    Raises:
        ValueError: There is no such recipe or option.
    """
    name, _, options = side.partition(":")
    if side in PEERS:
        return PEERS[side]
    overruled = dict(one.split("=", 1) for one in options.split(",") if one)
    known = {one.name for one in fields(Config)}
    if name not in RECIPES or not overruled.keys() <= known:
        raise ValueError(side)
    return partial(with_recipe, name, **{key: _value(overruled[key]) for key in overruled})


def _value(text: str) -> object:
    """A number, True, False or None; else it is a word."""
    try:
        return literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def known_side(side: str) -> str:
    """For argparse."""
    contestant(side)
    return side


def measured(name: str, setting: Setting) -> Result:
    """The result of one side, from the folder where it was measured before."""
    path = setting.file(name.partition(":")[0], (name, setting, NUMBERS), ".npz")
    if path.exists():
        with np.load(path) as kept:
            return Result(kept["confusions"], *(kept[one].item() for one in NUMBERS))
    result: Result = alone(contestant(name), setting)
    beside = path.with_suffix(".part.npz")
    np.savez_compressed(
        beside, confusions=result.confusions, **{one: getattr(result, one) for one in NUMBERS}
    )
    beside.replace(path)
    return result


def row(minutes: float, name: str, results: Sequence[Result]) -> str:
    """A side in the table; pictures of several seeds are drawn together."""
    together = np.stack([result.confusions for result in results])
    each = [float(mean_ious(seed.sum(0))) for seed in together]
    low, high = interval(together)
    total = together.sum((0, 1))
    accuracy = np.trace(total) / max(1, total.sum())
    images = np.mean([result.images for result in results])
    seeds = ", ".join(_figure(value) for value in each)
    return (
        f"| {minutes:g} | {name} | {_figure(float(np.mean(each)))} ({_figure(low)} to "
        f"{_figure(high)}) | {seeds} | {_figure(accuracy)} | {images:,.0f} | "
        f"{results[0].parameters:,} |"
    )


def _figure(value: float) -> str:
    return f"{value:.3f}".lstrip("0")


def rows(given: argparse.Namespace) -> Iterator[str]:
    for minutes in given.minutes:
        for name in given.sides:
            settings = [
                Setting(given.data, given.cache, given.results, minutes, seed, given.size)
                for seed in given.seeds
            ]
            try:
                results = [measured(name, setting) for setting in settings]
            except MissingPeer as problem:
                yield f"| {minutes:g} | {name} | {problem} | | | | |"
            else:
                yield row(minutes, name + kept(results), results)


def kept(results: Sequence[Result]) -> str:
    """When the oldest was trained, where that was before this run."""
    oldest = min(result.trained for result in results)
    then = time.strftime("%Y-%m-%d %H:%M", time.localtime(oldest))
    return f" (kept, of {then})" if oldest < BEGAN else ""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures quality, beside others in the same run.")
    parser.add_argument("--data", type=Path, help="folder of pairs [without: drawn scenes]")
    parser.add_argument("--minutes", type=float, nargs="+", default=[10.0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    sides = f"of {', '.join((*RECIPES, *PEERS))}; a recipe with options as auto:dice=0,zoom=1.5"
    parser.add_argument(
        "--sides", nargs="+", type=known_side, default=USUAL, metavar="SIDE", help=sides
    )
    parser.add_argument("--size", type=int, nargs=2, metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--cache", type=Path, default=Path(".cache"), help="decoded pairs")
    parser.add_argument("--results", type=Path, default=Path(".cache/quality"))
    given = parser.parse_args()
    given.size = tuple(given.size) if given.size else None
    return given


def main() -> None:
    given = parse()
    given.results.mkdir(parents=True, exist_ok=True)
    print(f"python benchmarks/quality.py {' '.join(sys.argv[1:])}".strip())
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}{busy()}", end="\n\n", flush=True)
    if given.data is None:
        given.data = given.results / "scenes"
        if not given.data.exists():
            from dataset.writers import write_dataset

            write_dataset("cityscapes-pairs", given.data, train=40, val=10)
    print(HEAD, *list(rows(given)), sep="\n")


if __name__ == "__main__":
    main()
