"""A bar for work that is counted, such as decoding: on a terminal it moves, elsewhere one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int], None]  # called with what is done, and with all there is


@contextmanager
def counting(what: str) -> Iterator[Progress]:
    """Gives a function to be called with what is done and with all there is."""
    from rich import progress  # not where pairs are drawn or decoded without a bar
    from rich.console import Console

    console = Console()
    began = time.monotonic()
    columns = (
        progress.TextColumn(what),
        progress.BarColumn(bar_width=24),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(compact=True),
    )
    counted = 0
    with progress.Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=None)

        def show(done: int, total: int) -> None:
            nonlocal counted
            counted = total
            bar.update(task, completed=done, total=total)

        yield show
    if counted:
        seconds = time.monotonic() - began
        console.print(f"{what}: {counted} in {seconds:.0f} s.", highlight=False, soft_wrap=True)
