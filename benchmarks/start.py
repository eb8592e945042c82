"""How long a person waits: for the help, and for the first step of a training.

    seconds_of_help(repetitions=5)
    seconds_to_first_step(["--data", "pairs", "--cache", "cache", "--output", "output"])

Both are whole processes, from the command to its end or to the end of the first step. As a
command, python benchmarks/start.py ARGUMENTS runs main.py that far.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DONE = "The first step is done."


def seconds_of_help(repetitions: int) -> float:
    return statistics.median(
        _seconds(["main.py", "--help"], end="--epochs") for _ in range(repetitions)
    )


def seconds_to_first_step(arguments: list[str]) -> float:
    return _seconds(["benchmarks/start.py", *arguments], end=DONE)


def _seconds(command: list[str], end: str) -> float:
    began = time.perf_counter()
    # Wide, or the help would break its lines within an option.
    environment = {**os.environ, "COLUMNS": "200"}
    finished = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, env=environment
    )
    seconds = time.perf_counter() - began
    if end not in finished.stdout:
        said = finished.stdout + finished.stderr
        raise RuntimeError(f"{' '.join(command)} never came to {end!r}. It said:\n{said[-2000:]}")
    return seconds


def run_to_first_step(arguments: list[str]) -> int:
    """What main.py does, until fit() has made its first step."""
    import main
    from training.backend import start_keras

    start_keras()
    import keras

    class FirstStep(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            print(DONE, flush=True)
            os._exit(0)

    fit = keras.Model.fit

    def watched(self: Any, *given: Any, callbacks: Any = (), **options: Any) -> Any:
        return fit(self, *given, callbacks=[*callbacks, FirstStep()], **options)

    keras.Model.fit = watched
    return main.main(arguments)


if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # or 'labels' would be benchmarks/labels.py
    sys.exit(run_to_first_step(sys.argv[1:]))
