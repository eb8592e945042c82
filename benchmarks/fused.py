"""Whether a model becomes worse by computing in bfloat16 with normalisation in one operation.

    python benchmarks/fused.py --data cityscapes_data --side 64 --epochs 2 --seeds 0 1 2

The seed network (recipe 'cityscapes-pairs') learns the same pairs in the same order for the same
steps: once as the program computes where a machine is quicker in bfloat16, once as stock Keras does
in float32. No time is taken, so other work may run beside.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[0] = str(Path(__file__).resolve().parents[1])  # or 'labels' would be labels.py

from benchmarks.table import machine  # noqa: E402
from benchmarks.timing import alone  # noqa: E402
from evaluation.intervals import interval, mean_ious  # noqa: E402
from training.config import Config  # noqa: E402
from training.recipes import recipe_config  # noqa: E402

KINDS = {
    "bfloat16, one operation": ("bfloat16", False),
    "float32, stock Keras": ("float32", True),
}


def confusions_of(config: Config, stock: bool) -> np.ndarray:
    """A confusion matrix for each validation picture, after the last step."""
    from dataset.source import decode_all, open_data
    from training.backend import start_keras

    start_keras()
    import keras

    from commands.compare import score_each
    from deploy.model_file import Card, write_model
    from training import network
    from training.measuring import Estimate
    from training.training import Training

    if stock:
        network.FusedBatchNormalization = keras.layers.BatchNormalization  # type: ignore[misc]
    dataset = open_data(config.data, None, config.cache)
    cached = decode_all(dataset, config.cache, config.size, skip_bad=False, workers=2)
    training = Training(cached, dataset.classes, config)
    kinds = {type(layer).__name__ for layer in training.model.layers}
    assert ("FusedBatchNormalization" in kinds) != stock, "the side computes as it says"
    training.run(Estimate(0, 0), lambda: None, lambda outcome: None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.hdf5"
        write_model(training.deployable(), Card(dataset.classes, *config.size), path)
        return score_each(path, cached.val)


def row(kind: str, seeds: Sequence[np.ndarray]) -> str:
    together = np.stack(seeds)
    each = [float(mean_ious(seed.sum(0))) for seed in together]
    low, high = interval(together)
    one_by_one = ", ".join(f"{value:.3f}" for value in each)
    return f"| {kind} | {np.mean(each):.3f} ({low:.3f} to {high:.3f}) | {one_by_one} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures what other numbers do to a model.")
    parser.add_argument("--data", type=Path, required=True, help="folder of pairs")
    parser.add_argument("--cache", type=Path, default=Path(".cache"), help="decoded pairs")
    parser.add_argument("--side", type=int, default=64, help="of the pictures")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    print(f"python benchmarks/fused.py {' '.join(sys.argv[1:])}".strip())
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}", end="\n\n", flush=True)
    print("| computed in | mIoU (95 %) | seeds |\n|---|---|---|", flush=True)
    size = {"height": given.side, "width": given.side, "epochs": given.epochs}
    base = replace(
        recipe_config("cityscapes-pairs"), **size, data=given.data, cache=given.cache, output=Path()
    )
    for kind, (precision, stock) in KINDS.items():
        configs = [replace(base, precision=precision, seed=seed) for seed in given.seeds]
        print(row(kind, [alone(confusions_of, one, stock) for one in configs]), flush=True)


if __name__ == "__main__":
    main()
