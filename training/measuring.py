"""What a training is measured by before it begins."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np


@dataclass(frozen=True)
class Estimate:
    """How many seconds a step and a validation take, by measurement."""

    step: float
    validation: float


class Stopwatch(keras.callbacks.Callback):
    """Times each step. The first one compiles, and counts only where there is no other."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.began = time.perf_counter()  # Windows counts monotonic() in steps of 16 ms

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if logs:
            float(logs["loss"])  # Keras hides what goes wrong when it reads this, such as memory
        self.seconds.append(time.perf_counter() - self.began)

    def usual(self) -> float:
        return float(np.median(self.seconds[1:] or self.seconds))
