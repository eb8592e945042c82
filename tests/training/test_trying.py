"""A full disk costs no run."""

from __future__ import annotations

from pathlib import Path

from training.run_folder import NotWritten
from training.trying import Trying


def test_what_cannot_be_written_is_told_of_once_and_tried_again() -> None:
    said: list[str] = []
    trying = Trying(said.append)
    room = iter([False, False, True, False])

    def write() -> None:
        if not next(room):
            raise NotWritten(Path("output/run.json"), "No space left on device")

    assert [trying(write) for _ in range(4)] == [False, False, True, False]
    (sentence,) = said
    assert sentence.startswith("output/run.json cannot be written: No space left on device.")
    assert "The run goes on" in sentence


def test_another_trouble_is_told_of_as_well() -> None:
    said: list[str] = []
    trying = Trying(said.append)
    for reason in "full", "read-only", "full":

        def write(reason: str = reason) -> None:
            raise NotWritten(Path("a"), reason)

        assert not trying(write)
    assert len(said) == 2
