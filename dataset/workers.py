"""How many threads read and decode pictures, where nobody says."""

import os


def cores() -> int:
    """Those that this process may use; a queue may leave it some of all."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# Each core may decode; more than 8 threads wait for the disk, and for each other.
WORKERS = max(2, min(8, cores()))
