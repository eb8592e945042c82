"""What a person sees while the network learns."""

from __future__ import annotations

import pytest

from training.pace import Pace, StepClock, TimeClock
from training.progress import Display

LOGS = {"loss": 1.23456, "accuracy": 0.5, "miou": 0.25}
VALIDATED = {
    **LOGS,
    "val_loss": 2.0,
    "val_accuracy": 0.4,
    "val_miou": 0.1996,
    "best_epoch": 1,
    "validation_seconds": 7.0,
}
LINE = (
    "epoch {}/2  loss 1.235  accuracy 0.500  mIoU 0.250   "
    "validation: loss 2.000  accuracy 0.400  mIoU 0.200{}\n"
)


@pytest.fixture(autouse=True)
def _no_forced_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def by_steps(steps: int) -> Pace:
    return Pace([StepClock(steps)], rate=1.0, constant=True)


def play(display: Display, epochs: int = 2, steps: int = 3) -> None:
    display.on_train_begin()
    for epoch in range(epochs):
        display.on_epoch_begin(epoch)
        for step in range(steps):
            display.on_train_batch_end(step, LOGS)
        display.on_epoch_end(epoch, {**VALIDATED, "is_best": epoch == 0})
    display.on_train_end()


def test_where_there_is_no_terminal_each_epoch_is_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    play(Display(epochs=2, steps=3, step_seconds=1.0, validation_seconds=1.0, pace=by_steps(6)))
    printed = capsys.readouterr()
    assert printed.out == LINE.format(1, "  best so far") + LINE.format(2, "")
    assert printed.err == ""


def test_on_a_terminal_the_lines_stay_and_the_bar_shows_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    pace = by_steps(20)
    display = Display(epochs=2, steps=10, step_seconds=2.0, validation_seconds=3.0, pace=pace)
    display.on_train_begin()
    try:
        display.on_epoch_begin(0)
        pace.step = 1
        display.on_train_batch_end(0, LOGS)
        (task,) = display.bar.tasks
        assert (task.completed, task.total) == (0.05, 1)
        assert task.fields["text"] == "epoch 1/2  loss 1.235  accuracy 0.500  mIoU 0.250"
        # 19 steps of 2 s and two validations of 3 s
        assert task.fields["left"] == "44 s"
        display.on_epoch_end(0, {**VALIDATED, "is_best": True})
        display.on_epoch_begin(1)
        display.on_train_batch_end(0, LOGS)
        # 18 steps that take no time in this test, and one validation of the 7 s that it has taken
        assert task.fields["left"] == "7 s"
    finally:
        display.close()
    out = capsys.readouterr().out
    assert LINE.format(1, "  best so far").strip() in out


def test_the_time_of_a_step_is_that_of_this_run_but_for_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr("training.progress.time.monotonic", lambda: now[0])
    display = Display(epochs=1, steps=5, step_seconds=9.0, validation_seconds=0.0, pace=by_steps(5))
    display.on_epoch_begin(0)
    times = []
    for step in range(4):
        now[0] += 2.0
        display.on_train_batch_end(step, LOGS)
        times.append(display.step_seconds)
    assert times == [9.0, 2.0, 2.0, 2.0]


def test_a_run_by_the_clock_tells_passes_and_the_seconds_that_are_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    now = [0.0]
    monkeypatch.setattr("training.pace.time.monotonic", lambda: now[0])
    pace = Pace([TimeClock(100.0, reserve=20.0)], rate=1.0, constant=True)
    display = Display(10**6, 4, step_seconds=1.0, validation_seconds=20.0, pace=pace)
    display.on_train_begin()
    try:
        display.on_epoch_begin(0)
        now[0] = 20.0  # a quarter of the 80 seconds for steps
        for step in range(6):
            display.on_train_batch_end(step, LOGS)
        (task,) = display.bar.tasks
        assert task.completed == 0.25
        assert task.fields["text"].startswith("pass 1.5  loss")
        assert task.fields["left"] == "1 min 15 s"
        display.on_epoch_end(0, {**VALIDATED, "is_best": True})
    finally:
        display.close()
    assert "pass 1.5  loss 1.235" in capsys.readouterr().out


def test_closing_twice_is_no_error() -> None:
    display = Display(epochs=1, steps=1, step_seconds=1.0, validation_seconds=1.0, pace=by_steps(1))
    display.on_train_begin()
    display.close()
    display.close()
