import time

import pytest

from dataset import when_free as module
from dataset.when_free import when_free


class HeldError(PermissionError):
    """As Windows says it; elsewhere errors have no such number."""

    winerror = 32


def failing(times: int, problem: OSError) -> tuple[list[int], object]:
    tried: list[int] = []

    def change() -> None:
        tried.append(len(tried))
        if len(tried) <= times:
            raise problem

    return tried, change


@pytest.fixture(autouse=True)
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that moves by sleeping alone."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic", lambda: sum(slept))
    return slept


def test_a_file_that_is_held_for_a_moment_is_waited_for(seconds: list[float]) -> None:
    tried, change = failing(3, HeldError())
    when_free(change)
    assert len(tried) == 4
    assert seconds == [module.BETWEEN] * 3


def test_one_that_stays_held_is_told(seconds: list[float]) -> None:
    tried, change = failing(10_000, HeldError())
    with pytest.raises(HeldError):
        when_free(change)
    assert module.PATIENCE <= sum(seconds) < module.PATIENCE + 2 * module.BETWEEN
    assert len(tried) == len(seconds) + 1


@pytest.mark.parametrize("problem", [PermissionError(), OSError(28, "No space left on device")])
def test_anything_else_is_told_at_once(problem: OSError, seconds: list[float]) -> None:
    tried, change = failing(1, problem)
    with pytest.raises(OSError):
        when_free(change)
    assert (len(tried), seconds) == (1, [])
