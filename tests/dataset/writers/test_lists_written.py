"""Lists that are gathered from lines, written in any order."""

from __future__ import annotations

from pathlib import Path

from dataset.writers.lists import gather, note


def test_lines_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "lists" / "train.txt"
    for number in (10, 9, 100):
        note(path, number, f"name {number}")
    assert gather(path) == ["name 9", "name 10", "name 100"]
    assert path.read_bytes() == b"name 9\nname 10\nname 100\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_list_without_lines_is_an_empty_file(tmp_path: Path) -> None:
    assert gather(tmp_path / "test.txt") == []
    assert (tmp_path / "test.txt").read_bytes() == b""
