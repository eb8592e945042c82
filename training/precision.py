"""Which numbers the network computes in: float32, or 16 bits where the machine is faster in them.

    precision = choose_precision("auto")
    precision.kind, precision.reason        # 'bfloat16', 'a convolution … 3.4 times as fast here'
    with computing_in(precision.kind):
        network = Unet(activation=None)     # weights, statistics and logits stay in float32

Convolutions are what a U-Net spends its time on, so on a processor one of them is timed, in both
kinds by turns, as other work may come between. On a GPU its generation tells.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from training.device import Accelerator, accelerator

Kind = Literal["float32", "bfloat16", "float16"]
POLICIES = {
    "float32": "float32",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",  # Keras scales the loss by itself, as gradients may vanish in it
}
# Units for bfloat16 give 1.5 to 4 times the speed of float32; without them it is .2 to 1 times.
# Steps of a whole network gain about as much: 1.5 and 1.7 times where a convolution has 1.6.
WORTHWHILE = 1.2
REPETITIONS = 16
# NVIDIA's generations with units for bfloat16 (Ampere), and for float16 alone (Volta, Turing).
BFLOAT16_FROM, FLOAT16_FROM = (8, 0), (7, 0)
# Turing's small chips (TU116, TU117) have none: there half precision is slow, and often NaN.
WITHOUT_UNITS = re.compile(r"GTX 16|\bMX\d|\bT(400|500|550|600|1000|1200|2000)\b")


@dataclass(frozen=True)
class Precision:
    """What the network computes in, and why."""

    kind: Kind
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.reason})"


def choose_precision(asked: Kind | Literal["auto"]) -> Precision:
    """What was asked for; 'auto' is what suits the device."""
    if asked != "auto":
        return Precision(asked, "as asked for")
    if found := accelerator():
        return for_accelerator(found)
    ratio = times_as_fast()
    kind: Kind = "bfloat16" if ratio >= WORTHWHILE else "float32"
    return Precision(kind, f"a convolution in bfloat16 is {ratio:.1f} times as fast here")


def for_accelerator(found: Accelerator) -> Precision:
    """What it is good at."""
    if found.capability is None or found.capability >= BFLOAT16_FROM:
        return Precision("bfloat16", "this accelerator has units for it")
    if found.capability >= FLOAT16_FROM and not WITHOUT_UNITS.search(found.name):
        return Precision("float16", "this GPU has units for it, and none for bfloat16")
    return Precision("float32", "this GPU has no units for 16 bits")


@contextmanager
def computing_in(kind: str) -> Iterator[None]:
    """Layers made inside compute in this; their weights are float32 all the same."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(POLICIES[kind])
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@cache
def times_as_fast() -> float:
    """How many times as fast a convolution is in bfloat16, by the best of some of each kind."""
    both = [convolution(kind) for kind in ("float32", "bfloat16")]
    turns = [[seconds_of(one) for one in both] for _ in range(1 + REPETITIONS)]
    single, half = np.min(turns[1:], axis=0)  # the first prepares
    return float(single / half)


def convolution(kind: str) -> Callable[[], Any]:
    """A 3×3 convolution of 64 channels, .6 GFLOP, that gives one of its values."""
    picture = ops.cast(np.ones((2, 64, 64, 64), np.float32), kind)
    kernel = ops.cast(np.ones((3, 3, 64, 64), np.float32), kind)

    def value() -> Any:
        result: Any = ops.conv(picture, kernel, padding="same")
        return ops.cast(result[0, 0, 0, 0], "float32")

    return value


def seconds_of(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    float(work())  # waits for it
    return time.perf_counter() - began
