"""How much memory this process holds, and how much is left."""

from __future__ import annotations

import keras
import psutil

GB = 1e9


def memory_text() -> str:
    """'1.2 GB; 21.4 GB are free'; on an accelerator what is used there as well."""
    here, free = held() / GB, psutil.virtual_memory().available / GB
    peak = accelerator_peak() / GB
    there = f", and {peak:.1f} GB on the accelerator" if peak else ""
    return f"{here:.1f} GB{there}; {free:.1f} GB are free"


def held() -> float:
    """Bytes of this process."""
    return float(psutil.Process().memory_info().rss)


def room_for_more() -> bool:
    """Whether a network of twice the filters fits beside this one: maps of twice the size, and four
    times the weights.
    """
    return psutil.virtual_memory().available > 4 * held()


def accelerator_peak() -> float:
    """The most bytes that were in use on the first accelerator; 0 where there is none."""
    if keras.backend.backend() == "jax":
        import jax

        statistics = jax.devices()[0].memory_stats() or {}
        return float(statistics.get("peak_bytes_in_use", 0))
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        return 0.0
    return float(tf.config.experimental.get_memory_info("GPU:0")["peak"])
