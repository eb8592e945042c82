"""What the network is computed on.

device()                     # 'CPU, 2 cores' or 'GPU NVIDIA H200'
accelerator()                # Accelerator('NVIDIA H200', (9, 0)), or None
idle_gpu()                   # a sentence where there is a GPU that is not used
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from dataset.wording import counted
from dataset.workers import cores

# What to install for the GPU, by Keras's backend.
INSTALL = {"tensorflow": '"tensorflow[and-cuda]"', "jax": '"jax[cuda12]"'}


class Accelerator(NamedTuple):
    """A GPU or the like."""

    name: str
    capability: tuple[int, int] | None
    """The generation, as NVIDIA counts them; None of others."""


def accelerator() -> Accelerator | None:
    """The first one, as Keras computes on no second by itself; None on a processor alone."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        place = jax.devices()[0]
        if place.platform == "cpu":
            return None
        return Accelerator(place.device_kind, _version(getattr(place, "compute_capability", None)))
    import tensorflow as tf

    places = tf.config.list_physical_devices("GPU")
    if not places:
        return None
    details = tf.config.experimental.get_device_details(places[0])
    return Accelerator(details.get("device_name", "GPU"), details.get("compute_capability"))


def _version(text: str | None) -> tuple[int, int] | None:
    """'9.0' as JAX writes it."""
    if not text:
        return None
    major, minor = str(text).split(".")[:2]
    return int(major), int(minor)


def device() -> str:
    """What the network is computed on, in words."""
    found = accelerator()
    return f"GPU {found.name}" if found else f"CPU, {counted(cores(), 'core')}"


def idle_gpu() -> str:
    """A sentence where this system seems to have an NVIDIA GPU and Keras does not use it."""
    import keras

    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "0") in ("", "-1")
    unwanted = hidden or os.environ.get("JAX_PLATFORMS") == "cpu"
    if accelerator() or unwanted or not shutil.which("nvidia-smi"):
        return ""
    if platform.system() == "Windows":
        return "There seems to be an NVIDIA GPU here. Keras uses it on Linux and in WSL2 only."
    package = INSTALL.get(keras.backend.backend(), "what your backend needs for it")
    return f"There seems to be an NVIDIA GPU here that is not used: pip install {package}"


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
