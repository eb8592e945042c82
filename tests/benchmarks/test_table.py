from __future__ import annotations

import os

import pytest

from benchmarks.table import Row, busy, machine, milliseconds, quarters


def test_a_row_shows_ratio_quarters_goal_and_whether_it_is_reached() -> None:
    row = Row("step", "10 ms", "30 ms", 3.0, (2.9, 3.1), at_least=2.5)
    assert str(row) == "| step | 10 ms | 30 ms | 3.00× (2.90–3.10) | ≥ 2.5× | yes |"


@pytest.mark.parametrize(("ratio", "reached"), [(1.3, True), (1.31, False)])
def test_a_limit_is_reached_at_or_below_it(ratio: float, reached: bool) -> None:
    assert Row("step", ratio=ratio, at_most=1.3).reached is reached


def test_a_row_without_a_figure_has_neither_reached_nor_missed_its_goal() -> None:
    row = Row("step", peer="pip install torch", at_least=1.2)
    assert row.reached is None
    assert str(row) == "| step |  | pip install torch |  | ≥ 1.2× |  |"


def test_quarters_enclose_the_middle_half() -> None:
    assert quarters([5.0, 1.0, 3.0, 2.0, 4.0]) == (2, 4)
    assert quarters([1.0, 2.0]) is None


def test_times_are_shown_in_milliseconds() -> None:
    assert milliseconds(0.01234) == "12.3 ms"
    assert milliseconds(1.2349) == "1,235 ms"


def test_the_machine_is_described_with_the_versions() -> None:
    assert f"{os.cpu_count()} cores; Python 3." in machine()


def test_a_machine_with_other_work_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (2.0, 0.0, 0.0), raising=False)
    assert "not idle (load 2.0)" in busy()
    monkeypatch.setattr(os, "getloadavg", lambda: (0.1, 0.0, 0.0), raising=False)
    assert busy() == ""
