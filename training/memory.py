"""How much memory this process holds, how much is left, and what a step of learning will take."""

from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import psutil

from dataset.cache import Cached
from training.device import accelerator

GB = 1e9
CONTAINER = Path("/sys/fs/cgroup")  # of Linux: what a container may use is told here
# What a step takes for each byte of the maps that the layers give: 1.3 to 1.5 on a CPU, measured
# with eight networks from .2 to 1.6 GB; and of the weights: these, their gradients, and the
# optimiser's two means.
PER_MAP_BYTE, PER_WEIGHT_BYTE = 1.5, 4.0


def memory_text(cached: Cached) -> str:
    """'up to 2.3 GB (1.1 of it decoded pairs, which make room …); 21.4 GB are free'.

    Steps and a validation have been tried, so what they take is held already. Of the decoded pairs,
    which lie on the disk, more comes to memory with each step.
    """
    pairs, free = mapped(cached) / GB, free_here() / GB
    peak = accelerator_peak() / GB
    there = f", and {peak:.1f} GB on the accelerator" if peak else ""
    among = f" ({pairs:.1f} of it decoded pairs, which make room where it is needed)"
    return (
        f"up to {held() / GB + pairs:.1f} GB{among if pairs >= 0.05 else ''}{there}; "
        f"{free:.1f} GB are free"
    )


def mapped(cached: Cached) -> float:
    """Bytes of decoded pairs that lie on the disk and are read as they are needed."""
    splits = (cached.train, cached.val)
    arrays = (array for one in splits for array in (one.photos, one.labels, one.confident))
    return float(sum(array.nbytes for array in arrays if isinstance(array, np.memmap)))


def step_takes(model: keras.Model, pairs: int) -> float:
    """About how many bytes a step of learning from so many pairs at once takes."""
    maps = 0.0
    for layer in model.layers:
        given = layer.output
        maps += math.prod(given.shape[1:]) * (2 if given.dtype.endswith("16") else 4)
    weights = 4.0 * model.count_params()
    return PER_MAP_BYTE * pairs * maps + PER_WEIGHT_BYTE * weights


def free_there() -> float:
    """Bytes that are free where the network is computed; infinite where nobody knows."""
    if not accelerator():
        return free_here()
    if keras.backend.backend() != "jax":
        return math.inf
    import jax

    told = jax.devices()[0].memory_stats() or {}
    return float(told.get("bytes_limit", math.inf)) - float(told.get("bytes_in_use", 0))


def free_here() -> float:
    """Bytes that this machine has left, or the container that this process is in."""
    return min(float(psutil.virtual_memory().available), _free_in_container())


def _free_in_container() -> float:
    try:
        most = int((CONTAINER / "memory.max").read_text())
        used = int((CONTAINER / "memory.current").read_text())
        lines = (CONTAINER / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):  # no container, or one without a limit
        return math.inf
    # Pages of files count as used, and are given up when they are needed.
    told = dict(line.split() for line in lines)
    files = sum(int(told.get(kind, 0)) for kind in ("active_file", "inactive_file"))
    return float(max(0, most - used + files))


def held() -> float:
    """Bytes of this process."""
    return float(psutil.Process().memory_info().rss)


def accelerator_peak() -> float:
    """The most bytes that were in use on the first accelerator; 0 where there is none."""
    if not accelerator():
        return 0.0
    if keras.backend.backend() == "jax":
        import jax

        statistics = jax.devices()[0].memory_stats() or {}
        return float(statistics.get("peak_bytes_in_use", 0))
    import tensorflow as tf

    return float(tf.config.experimental.get_memory_info("GPU:0")["peak"])
