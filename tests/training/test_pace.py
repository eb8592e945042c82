"""The clock of a run, and the rate that belongs to it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from training import pace as module
from training.pace import Pace, StepClock, TimeClock, rate_share


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says; a test sets it."""
    says = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: says[0])
    return says


def paced(pace: Pace) -> Any:
    """A pace at work on something that has a rate and can be stopped."""
    model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.0), stop_training=False)
    model.jax_state_sync = lambda: None
    pace.set_model(model)
    pace.on_train_begin()
    return model


@pytest.mark.parametrize(
    ("share", "rate"),
    [
        (0.0, 0.01),
        (0.025, 0.505),  # half of the rise
        (0.05, 1.0),
        (0.525, 0.5),  # half of the rest
        (1.0, 0.0),
        (1.5, 0.0),
    ],
)
def test_the_rate_rises_and_falls_to_zero(share: float, rate: float) -> None:
    assert rate_share(share) == pytest.approx(rate, abs=1e-9)


def test_the_rate_never_rises_again() -> None:
    rates = [rate_share(step / 1000) for step in range(50, 1001)]
    assert rates == sorted(rates, reverse=True)


def test_steps_are_counted() -> None:
    clock = StepClock(8)
    assert [clock.share(step) for step in (0, 2, 8)] == [0, 0.25, 1]


def test_time_is_counted_from_the_start_and_the_reserve_is_kept(now: list[float]) -> None:
    clock = TimeClock(seconds=100, reserve=20)
    now[0] = 50.0
    clock.start(0.0)
    shares = []
    for now[0] in (50.0, 70.0, 130.0, 500.0):
        shares.append(clock.share(0))
    assert shares == [0, 0.25, 1, 1]


def test_a_reserve_longer_than_the_time_leaves_one_step(now: list[float]) -> None:
    pace = Pace([TimeClock(seconds=5, reserve=20)], rate=1.0, constant=False)
    model = paced(pace)
    assert not pace.is_over
    now[0] = 1.0
    pace.on_train_batch_end(0)
    assert model.stop_training


def test_a_run_by_the_clock_ends_on_time_though_the_machine_slows_down(now: list[float]) -> None:
    pace = Pace([TimeClock(seconds=100, reserve=0)], rate=2.0, constant=False)
    model = paced(pace)
    rates = []
    for step in range(1000):
        pace.on_train_batch_begin(step)
        rates.append(model.optimizer.learning_rate)
        now[0] += 1 if step < 30 else 10
        pace.on_train_batch_end(step)
        if model.stop_training:
            break
    # 30 steps of 1 s, then 7 of 10 s.
    assert len(rates) == 37
    assert rates[-1] == pytest.approx(2 * rate_share(0.9), rel=0.005)
    assert max(rates) == 2.0


def test_a_validation_that_takes_the_rest_of_the_time_ends_the_run(now: list[float]) -> None:
    pace = Pace([TimeClock(seconds=10, reserve=0)], rate=1.0, constant=True)
    model = paced(pace)
    pace.on_train_batch_end(0)
    assert not model.stop_training
    now[0] = 11.0
    pace.on_epoch_end(0)
    assert model.stop_training


@pytest.mark.parametrize(("slower", "steps"), [(1.0, 80), (0.5, 80), (2.0, 64), (9.0, 60)])
def test_a_run_keeps_as_much_as_its_last_validation_takes(
    now: list[float], slower: float, steps: int
) -> None:
    # Of 100 s 20 are kept: a validation of 8 s and what follows it, another one among that.
    clock = TimeClock(seconds=100, reserve=20, validation=8, validations=2)
    pace = Pace([clock], rate=1.0, constant=False)
    model = paced(pace)
    taken = 0
    while not model.stop_training:
        now[0] += 1
        taken += 1
        pace.on_train_batch_end(0)
        if taken == 10:  # the time of this validation is left out here
            pace.on_epoch_end(0, {"validation_seconds": 8 * slower})
    assert taken == steps


def test_one_slow_validation_does_not_shorten_the_run_where_the_next_is_as_it_was(
    now: list[float],
) -> None:
    clock = TimeClock(seconds=100, reserve=20, validation=8)
    now[0] = 30.0
    clock.validated(48.0)
    assert clock.share(0) == 0.5
    clock.validated(8.0)
    assert clock.share(0) == 0.375


@pytest.mark.parametrize("slower", [0.5, 0.8, 1.0, 1.25, 2.0, 3.0])
def test_a_run_ends_in_its_time_whatever_becomes_of_the_machine_in_the_middle(
    now: list[float], slower: float
) -> None:
    """Of 1,000 s with a step of 1 s, a validation of 15 s each 100 steps, and 20 s of favouring, of
    which the validation is a part.
    """
    clock = TimeClock(seconds=1000, reserve=35, validation=15, validations=2)
    pace = Pace([clock], rate=1.0, constant=False)
    model = paced(pace)
    rates, steps = [], 0

    def wait(seconds: float) -> None:
        now[0] += seconds * (slower if now[0] > 400 else 1)

    while not model.stop_training:
        pace.on_train_batch_begin(steps)
        rates.append(model.optimizer.learning_rate)
        wait(1)
        steps += 1
        pace.on_train_batch_end(steps)
        if steps % 100 == 0 or model.stop_training:
            before = now[0]
            wait(15)
            pace.on_epoch_end(0, {"validation_seconds": now[0] - before})
    wait(20)
    assert now[0] == pytest.approx(1000, rel=0.03)
    assert rates[-1] < 0.03
    assert rates[60:] == sorted(rates[60:], reverse=True)


def test_what_is_left_behind_a_validation_is_left_out_where_it_is_little(now: list[float]) -> None:
    pace = Pace([TimeClock(seconds=1000, reserve=0)], rate=1.0, constant=False)
    model = paced(pace)
    for now[0], over in ((994.0, False), (996.0, True)):
        pace.on_epoch_end(0, {"validation_seconds": 1.0})
        assert model.stop_training is over
    assert pace.share == 1
    long = TimeClock(seconds=1000, reserve=100)
    now[0] = 996.0 + 898.0
    long.start(898.0)
    long.validated(1.0)
    assert long.share(0) < 1, "it would end 100 s early"


def test_a_run_that_is_over_stays_so_though_its_last_validation_was_quick(
    now: list[float],
) -> None:
    pace = Pace([TimeClock(seconds=100, reserve=20, validation=8)], rate=1.0, constant=False)
    model = paced(pace)
    pace.on_epoch_end(0, {"validation_seconds": 18.0})
    now[0] = 70.0
    pace.on_train_batch_end(0)
    pace.on_epoch_end(1, {"validation_seconds": 8.0})
    assert pace.share < 1
    assert pace.is_over
    assert model.stop_training


def test_steps_and_time_together_end_with_the_first(now: list[float]) -> None:
    pace = Pace([StepClock(4), TimeClock(seconds=100, reserve=0)], rate=1.0, constant=True)
    model = paced(pace)
    now[0] = 50.0
    assert pace.share == 0.5
    for step in range(4):
        assert not model.stop_training
        pace.on_train_batch_end(step)
    assert model.stop_training
    assert pace.seconds == 100


def test_the_rate_is_set_only_where_it_differs_in_three_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pace = Pace([StepClock(100_000)], rate=0.02, constant=False)
    model = paced(pace)
    synced, rates = [], set()
    monkeypatch.setattr(module, "synced", lambda model: synced.append(pace.step))
    for pace.step in range(100_000):
        pace.on_train_batch_begin(pace.step)
        rates.add(model.optimizer.learning_rate)
    assert len(rates) <= len(synced) < 8000
    assert max(rates) == 0.02
    assert model.optimizer.learning_rate < 1e-9


def test_a_constant_rate_is_left_alone(now: list[float]) -> None:
    model = paced(pace := Pace([StepClock(4)], rate=1.0, constant=True))
    model.optimizer.learning_rate = 0.3
    pace.on_train_batch_begin(0)
    assert model.optimizer.learning_rate == 0.3
