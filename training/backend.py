"""Starting Keras, and what TensorFlow and JAX say and do in ways of their own.

start_keras()                # before anything imports keras
is_out_of_memory(problem)    # however they say it
synced(model)                # its variables are of now
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

OUT_OF_MEMORY = """\
There is not enough memory for this network and these pictures.
Close other programs that use it, on a GPU those that run there. Or try smaller --height and
--width, or fewer --filters; to evaluate, a smaller --batch-size or --no-mirror. (A training has
learned its batches in parts by itself, down to single pairs.)"""

SETTINGS = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # Of a GPU's memory only what is needed, so that a prediction has room beside a training; and no
    # other GPU, as nothing would be computed there.
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "CUDA_VISIBLE_DEVICES": "0",
}
# As TensorFlow, JAX, CUDA, OpenCV, C++ and Python say it; '_' is left out.
NO_MEMORY = (
    *("RESOURCEEXHAUSTED", "OUTOFMEMORY", "OUT OF MEMORY", "INSUFFICIENT MEMORY", "BAD ALLOC"),
    *("CAN'T START NEW THREAD", "STD::BADALLOC", "ALLOCFAILED", "FAILED TO ALLOCATE"),
)
# TensorFlow calls these exhausted as well.
OTHER_RESOURCES = ("NO SPACE LEFT", "QUOTA EXCEEDED", "TOO MANY OPEN FILES")


def start_keras() -> None:
    """Imports Keras without TensorFlow's messages about CUDA and oneDNN.

    TensorFlow 2.21 writes them to the file behind stderr before any setting is read, so that file
    is turned away while it is imported. What goes wrong comes as an exception all the same.
    """
    if "keras" in sys.modules:
        return
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    with _stderr_turned_away():
        import keras

        keras.ops.zeros(1)  # starts the devices, which is when TensorFlow complains about CUDA


@contextmanager
def _stderr_turned_away() -> Iterator[None]:
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # there is no stderr at all
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def is_out_of_memory(problem: Exception) -> bool:
    """Also as TensorFlow and JAX say it, and where there is none left for a thread."""
    said = f"{type(problem).__name__} {problem}".upper().replace("_", "")
    if any(words in said for words in OTHER_RESOURCES):
        return False
    return isinstance(problem, MemoryError) or any(words in said for words in NO_MEMORY)


def synced(model: Any) -> None:
    """Makes the variables of a model those of now: on JAX, fit() keeps values to itself until it is
    asked, and looks at variables that were changed only after this.
    """
    import keras

    if keras.backend.backend() == "jax":
        model.jax_state_sync()
