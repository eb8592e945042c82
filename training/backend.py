"""Starting Keras: the one place that knows what is special to TensorFlow or JAX.

start_keras()                # before anything imports keras
device()                     # 'CPU, 2 cores' or 'GPU NVIDIA H200'
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OUT_OF_MEMORY = """\
There is not enough memory for this network and these pictures.
Try smaller --height and --width, or fewer --filters; to evaluate, a smaller --batch-size. (A
training has tried smaller batches by itself.)"""


# As TensorFlow, JAX, CUDA, OpenCV, C++ and Python say it; '_' is left out.
NO_MEMORY = (
    *("RESOURCEEXHAUSTED", "OUTOFMEMORY", "OUT OF MEMORY", "INSUFFICIENT MEMORY", "BAD ALLOC"),
    *("CAN'T START NEW THREAD", "STD::BADALLOC"),
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
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
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


def device() -> str:
    """What the network is computed on."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        found = [place.device_kind for place in jax.devices() if place.platform != "cpu"]
    else:
        import tensorflow as tf

        details = map(
            tf.config.experimental.get_device_details, tf.config.list_physical_devices("GPU")
        )
        found = [entry.get("device_name", "GPU") for entry in details]
    return f"GPU {', '.join(found)}" if found else f"CPU, {os.cpu_count()} cores"


def processor() -> str:
    """The processor's name; where the system does not tell, its kind."""
    with suppress(OSError):  # Linux
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    with suppress(OSError, subprocess.SubprocessError):  # macOS
        return subprocess.check_output(
            ["sysctl", "-n", "machdep.cpu.brand_string"], text=True, stderr=subprocess.DEVNULL
        ).strip()
    return platform.processor() or platform.machine()
