"""What a person sees while the network learns: a bar with scores and time left, a line an epoch."""

from __future__ import annotations

import time
from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from dataset.wording import duration
from training.pace import WITHOUT_END, Pace


class Display(keras.callbacks.Callback):
    """A bar over all steps of the run. Where the output is no terminal only the lines are left.

    Args:
        epochs: Passes over the data.
        steps: Steps of one pass.
        step_seconds: What a step was measured to take; replaced by what the run itself shows.
        validation_seconds: The same for one validation.
        pace: Knows how much of the run is over, by steps or by the clock.
        before: Steps that were done before the run was cut off.
    """

    def __init__(
        self,
        epochs: int,
        steps: int,
        step_seconds: float,
        validation_seconds: float,
        pace: Pace,
        before: int = 0,
    ) -> None:
        super().__init__()
        self.before = before
        self.epochs, self.steps, self.pace = epochs, steps, pace
        self.step_seconds, self.validation_seconds = step_seconds, validation_seconds
        self.done, self.spent = 0, 0.0
        self.bar, self.task = _bar()

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.bar.start()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self.close()

    def close(self) -> None:
        """Gives the terminal back, also after an error."""
        self.bar.stop()

    def say(self, text: str) -> None:
        """A line above the bar."""
        self.bar.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.epoch, self.epoch_began = epoch, time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.done += 1
        if self.done > 1:  # the first step may compile
            spent = self.spent + time.monotonic() - self.epoch_began
            self.step_seconds = spent / (self.done - 1)
        else:
            self.epoch_began = time.monotonic()
        if not self.bar.disable:
            text = f"{self._place()}  {_scores_text(logs or {}, '')}"
            self.bar.update(self.task, completed=self.pace.share, text=text, left=self._left())

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = logs or {}
        passed = time.monotonic() - self.epoch_began
        self.spent += max(0.0, passed - logs.get("validation_seconds", 0.0))
        self.validation_seconds = logs.get("validation_seconds", self.validation_seconds)
        best = "  best so far" if logs.get("is_best") else ""
        self.say(
            f"{self._place()}  {_scores_text(logs, '')}   "
            f"validation: {_scores_text(logs, 'val_')}{best}"
        )

    def _place(self) -> str:
        """Where the run is: its epoch, or by the clock how many passes it has made."""
        if self.epochs >= WITHOUT_END:
            return f"pass {(self.before + self.done) / self.steps:.1f}"
        return f"epoch {self.epoch + 1}/{self.epochs}"

    def _left(self) -> str:
        validations = self.epochs - self.epoch
        steps = self.steps * self.epochs - self.before - self.done
        seconds = steps * self.step_seconds + validations * self.validation_seconds
        by_clock = self.pace.seconds * (1 - self.pace.share) if self.pace.seconds else seconds
        return duration(min(seconds, by_clock))


def _bar() -> tuple[Progress, TaskID]:
    console = Console()
    bar = Progress(
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[text]}  {task.fields[left]} left"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    return bar, bar.add_task("training", total=1.0, text="first step", left="…")


def _scores_text(logs: dict[str, Any], prefix: str) -> str:
    names = {"loss": "loss", "accuracy": "accuracy", "miou": "mIoU"}
    found = [(name, logs.get(prefix + key)) for key, name in names.items()]
    return "  ".join(f"{name} {float(value):.3f}" for name, value in found if value is not None)
