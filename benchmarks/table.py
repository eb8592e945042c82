"""The table that a benchmark prints, in Markdown, so that it can be kept as it is.

    print(HEAD)
    print(Row("training step against stock Keras", "812 ms", "2030 ms", 2.5, at_least=2.5))

A row that has no figure says why, such as how a missing peer is installed.
"""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

HEAD = "| what | ours | peer | ratio (quarters) | goal | reached |\n|---|---|---|---|---|---|"
BUSY = 0.5  # processes that run or wait to, as a mean over a minute
PACKAGES = ("tensorflow", "keras", "jax", "torch", "onnxruntime", "openvino", "numpy")


@dataclass(frozen=True)
class Row:
    """One goal and what came of it.

    Args:
        what: The goal in words.
        ours: What this project took.
        peer: What it is compared with, or why there is nothing.
        ratio: The figure that the goal is about.
        spread: The quarters between which the repetitions' own ratios lie.
        at_least: The goal, where more is better.
        at_most: The goal, where less is better.
        unit: Of ratio and goal; '×' for how many times.
    """

    what: str
    ours: str = ""
    peer: str = ""
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "×"

    @property
    def reached(self) -> bool | None:
        if self.ratio is None or self.at_least is self.at_most is None:
            return None
        if self.at_least is not None:
            return self.ratio >= self.at_least
        return self.at_most is not None and self.ratio <= self.at_most

    def __str__(self) -> str:
        reached = {True: "yes", False: "no", None: ""}[self.reached]
        return f"| {' | '.join([self.what, self.ours, self.peer, *self._figures(), reached])} |"

    def _figures(self) -> Iterator[str]:
        if self.ratio is None:
            yield ""
        else:
            spread = " ({:.2f}–{:.2f})".format(*self.spread) if self.spread else ""
            yield f"{self.ratio:.2f}{self.unit}{spread}"
        sign, goal = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        yield f"{sign} {goal:g}{self.unit}" if goal is not None else ""


def quarters(ratios: Sequence[float]) -> tuple[float, float] | None:
    """Where the middle half lies; nothing to be said of fewer than three."""
    if len(ratios) < 3:
        return None
    lower, _, upper = statistics.quantiles(ratios, n=4, method="inclusive")
    return lower, upper


def milliseconds(seconds: float, pictures: int = 1) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{1000 * seconds:,.0f} ms"


def machine() -> str:
    """The processor, and the versions of what is installed."""
    known = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (known.read_text().splitlines() if known.exists() else [])
        if line.startswith("model name")
    ]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores; {', '.join(versions())}"


def busy() -> str:
    """A warning where others compute as well: libraries with OpenMP, such as PyTorch, then wait
    for threads that do not run. A step of .07 s took 1.9 s so, which says nothing of PyTorch.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load < BUSY:
        return ""
    return f"\nThe machine is not idle (load {load:.1f}): these figures compare nothing."


def versions() -> Iterator[str]:
    yield f"Python {platform.python_version()}"
    for package in PACKAGES:
        try:
            yield f"{package} {metadata.version(package)}"
        except metadata.PackageNotFoundError:
            continue
