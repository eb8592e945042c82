"""What the two commands make of measured times."""

from __future__ import annotations

import pytest

from benchmarks import accelerator, speed
from benchmarks.throughput import Throughput
from benchmarks.timing import Ready, Side, Times


def took(group: str, kind: str, *seconds: float) -> Times:
    return Times(Side(group, kind, Ready), seconds=list(seconds))


def test_the_best_kind_of_the_peer_is_compared_by_medians() -> None:
    results = [
        took("ours", "", 0.1, 0.2, 0.1),
        took("peer", "float32", 0.4, 0.3, 0.4),
        took("peer", "bfloat16", 0.9),
    ]
    row = speed.against("step", results, {}, "peer", at_least=2.5)
    assert row.peer == "400 ms (float32)"
    assert row.ratio == pytest.approx(4)
    assert row.reached


def test_a_limit_is_how_many_times_slower_we_are() -> None:
    results = [took("ours", "", 0.3), took("plain", "", 0.2)]
    row = speed.against("step", results, {}, "plain", at_most=1.3)
    assert row.ratio == pytest.approx(1.5)
    assert row.reached is False


def test_a_row_without_its_peer_says_how_to_install_it() -> None:
    row = speed.against("step", [took("ours", "", 1.0)], {"peer": "pip install it"}, "peer", 1.2)
    assert (row.peer, row.ratio) == ("pip install it", None)


def test_a_row_of_the_accelerator_shows_the_share_of_the_rate() -> None:
    ours = Throughput(whole=90, bare=100, work=2e9)
    line = accelerator.row("seed | training", ours, Throughput(60, 60, 0), rate=1e12)
    assert line == "| seed | training | 90.0 | 100.0 | 90% | 18.0% | 60.0 | 1.50× |"
    line = accelerator.row("seed | training", ours, "pip install torch", rate=1e12)
    assert line.endswith("| pip install torch |  |")
