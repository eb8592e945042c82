"""Interleaved repetitions: each side computes in a process of its own, one after the other.

    sides = [Side("this project", "", training, (task,)), Side("PyTorch", "float32", …)]
    results, missing = interleaved(sides, repetitions=9)
    results[0].median, results[0].remark

What drifts, such as other work on the machine, meets all sides alike, and no library's threads,
memory or settings get in another's way. While one side computes the others wait without work.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context
from typing import Any

WARMING = 2  # steps that compile and choose kernels
LEAST = 0.3  # seconds of a repetition, made of as many steps as that takes
PAUSE = 0.05  # seconds until the threads of the side before are asleep
# A kind of the same library that takes twice as long as its best, such as bfloat16 where the
# processor has no units for it, is no candidate and is not repeated.
HOPELESS = 2.0


@dataclass(frozen=True)
class Ready:
    """A side that is set up: one step, and what is to be said of it."""

    step: Callable[[], object]
    remark: str = ""
    work: float = 0.0
    """Floating-point operations of a step, where they matter."""


@dataclass(frozen=True)
class Side:
    """One way to do the task. Kinds of one group compete, and the best stands for the group."""

    group: str
    kind: str
    prepare: Callable[..., Ready]
    arguments: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.group}, {self.kind}" if self.kind else self.group


@dataclass
class Times:
    """What a side took: seconds of a step, for each repetition."""

    side: Side
    remark: str = ""
    work: float = 0.0
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


class MissingPeer(Exception):  # noqa: N818 - nothing went wrong
    """A library to compare with is not installed; says how to install it."""


def needed(module: str, install: str) -> Any:
    """Imports a library that this project does not require."""
    try:
        return import_module(module)
    except ImportError:
        raise MissingPeer(f"pip install {install}") from None


def interleaved(
    sides: Sequence[Side], repetitions: int, least: float = LEAST
) -> tuple[list[Times], dict[str, str]]:
    """Runs all sides in turn, again and again.

    Returns:
        The times of each side that could run, and for each group without one how to install it.
    """
    with ExitStack() as stack:
        started, missing = _start(sides, stack)
        for number in range(repetitions):
            left = started if number == 0 else _hopeful(started)
            turn = number % max(1, len(left))  # each comes after each other
            for times, process in left[turn:] + left[:turn]:
                times.seconds.append(process.submit(_seconds, least).result())
    return [times for times, _ in started], missing


def best(results: Sequence[Times], group: str) -> Times:
    """The kind that stands for a group: the one with the lowest median."""
    return min((one for one in results if one.side.group == group), key=lambda one: one.median)


def alone(task: Callable[..., Any], *arguments: Any) -> Any:
    """What a function gives in a new process."""
    with new_process() as process:
        return process.submit(task, *arguments).result()


@contextmanager
def new_process() -> Iterator[ProcessPoolExecutor]:
    """One that shares nothing with this one; forked, TensorFlow would hang."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        yield process


Started = list[tuple[Times, ProcessPoolExecutor]]
_here: list[Ready] = []  # in its own process: the one side that is set up there


def _start(sides: Sequence[Side], stack: ExitStack) -> tuple[Started, dict[str, str]]:
    started: Started = []
    missing: dict[str, str] = {}
    for side in sides:
        process = stack.enter_context(new_process())
        try:
            said = process.submit(_set_up, side.prepare, side.arguments).result()
        except MissingPeer as problem:
            missing[side.group] = str(problem)
        else:
            started.append((Times(side, *said), process))
    return started, missing


def _hopeful(started: Started) -> Started:
    results = [times for times, _ in started]

    def can_win(times: Times) -> bool:
        return times.seconds[0] < HOPELESS * min(
            other.seconds[0] for other in results if other.side.group == times.side.group
        )

    return [(times, process) for times, process in started if can_win(times)]


def _set_up(prepare: Callable[..., Ready], arguments: tuple[Any, ...]) -> tuple[str, float]:
    ready = prepare(*arguments)
    for _ in range(WARMING):
        ready.step()
    _here.append(ready)
    return ready.remark, ready.work


def _seconds(least: float) -> float:
    """Seconds of a step, as a mean over as many as take that long together."""
    time.sleep(PAUSE)
    steps, passed, began = 0, 0.0, time.perf_counter()
    while not steps or passed < least:
        _here[-1].step()
        steps, passed = steps + 1, time.perf_counter() - began
    return passed / steps
