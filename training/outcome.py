"""What a training has come to, and the record of it that stays in run.json.

write_json(output / "run.json", run_record(config, plan.to_json(), dataset, cached, outcome, began))
"""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dataset.cache import Cached
from dataset.pairs import Dataset
from dataset.workers import cores
from training import __version__
from training.config import Config
from training.device import device, processor
from training.run_folder import INTERRUPTED, MODEL, results

COLUMNS = ("loss", "accuracy", "miou", "val_loss", "val_accuracy", "val_miou", "learning_rate")
PACKAGES = ("keras", "tensorflow", "jax", "numpy", "pillow", "opencv-python-headless", "h5py")


@dataclass
class Outcome:
    """What a training has come to so far."""

    history: list[dict[str, float]] = field(default_factory=list)
    """For each epoch the COLUMNS, the passes over the pairs so far, and the seconds."""
    best_epoch: int = 0
    """Counted from 1; 0 while there is none."""
    seconds: float = 0.0
    steps: int = 0
    ended: str = "running"
    """'finished', 'stopped early', 'interrupted' or 'not a number' at the end."""
    computed_in: str = ""
    """The precision that was chosen, and why."""
    setbacks: list[dict[str, Any]] = field(default_factory=list)
    """Where the loss became infinite or NaN: step, files, where the run went back to, rate."""
    resumed: list[int] = field(default_factory=list)
    """After how many steps the run was cut off, each time that it went on."""
    favoured: dict[str, Any] = field(default_factory=dict)
    """What was added to each class's logit at the end, with the scores; empty where nothing was."""


def run_record(
    config: Config,
    plan: dict[str, Any],
    dataset: Dataset,
    cached: Cached,
    outcome: Outcome,
    began: float,
) -> dict[str, Any]:
    """Everything that is needed to know, and to repeat, what was done.

    It `began` by time.monotonic(), as the other clock may be set meanwhile.
    """
    passed = time.monotonic() - began
    return {
        "ended": outcome.ended,
        "epochs_done": len(outcome.history),
        "best_epoch": outcome.best_epoch,
        "steps_done": outcome.steps,
        "resumed_after_steps": outcome.resumed,
        "setbacks": outcome.setbacks,
        "favoured": outcome.favoured,
        "config": config.to_json(),
        "plan": plan,
        "seed": config.seed,
        "classes": dataset.classes.to_json(),
        "data": {
            "folder": str(dataset.folder),
            "format": dataset.format,
            "content": cached.content,
            "train": len(cached.train),
            "val": len(cached.val),
            "left_out": cached.skipped,
        },
        "versions": versions(),
        "machine": {
            "device": device(),
            "system": platform.platform(),
            "processor": processor(),
            "cores": cores(),
            "computed_in": outcome.computed_in,
        },
        "times": {
            "started": _clock(time.time() - passed),
            "written": _clock(time.time()),
            "training_seconds": round(outcome.seconds, 1),
            "all_seconds": round(passed, 1),
        },
    }


def versions() -> dict[str, str]:
    import keras

    found = {"unet": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {**found, "backend": keras.backend.backend()}


def describe_end(outcome: Outcome, config: Config) -> Iterator[str]:
    """The last words of a run: how it ended and what lies where."""
    output = config.output
    if outcome.ended == "not a number":
        yield (
            "\nThe loss became infinite or NaN again and again, so training ended there. "
            f"Try --learning-rate {config.learning_rate / 10:g}."
        )
    if outcome.ended == "interrupted":
        kept = INTERRUPTED if outcome.best_epoch else MODEL
        yield f"\nTraining was interrupted; {kept} holds the weights of that moment."
        yield "Start it again with the same options, and it goes on."
    if outcome.best_epoch:
        passes = outcome.history[outcome.best_epoch - 1]["passes"]
        place = f"epoch {outcome.best_epoch}" if config.epochs else f"pass {passes:.1f}"
        yield f"\nThe best model is that of {place}."
    yield f"In {output}:"
    yield from (f"  {file.name}" for file in results(output))


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(seconds))
