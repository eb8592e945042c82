"""Sides made of sleeping alone, so that no process has to import TensorFlow."""

from __future__ import annotations

import time
from functools import partial

import pytest

from benchmarks.timing import MissingPeer, Ready, Side, Times, alone, best, interleaved, needed


def sleeping(group: str, kind: str, seconds: float) -> Side:
    return Side(group, kind, Ready, (partial(time.sleep, seconds), f"sleeps {seconds}", 7.0))


def test_each_side_is_timed_once_in_each_round() -> None:
    sides = [sleeping("ours", "", 0.01), sleeping("peer", "", 0.03)]
    (ours, peer), missing = interleaved(sides, repetitions=3, least=0)
    assert len(ours.seconds) == len(peer.seconds) == 3
    assert 0.01 <= ours.median < peer.median
    assert (ours.remark, ours.work) == ("sleeps 0.01", 7.0)
    assert not missing


def test_a_kind_that_takes_twice_as_long_as_the_best_of_its_group_is_not_repeated() -> None:
    sides = [sleeping("peer", "slow", 0.2), sleeping("peer", "quick", 0.01)]
    results, _ = interleaved(sides, repetitions=2, least=0)
    assert [len(times.seconds) for times in results] == [1, 2]
    assert best(results, "peer").side.kind == "quick"


def test_a_repetition_is_a_mean_over_as_many_steps_as_fill_its_time() -> None:
    (times,), _ = interleaved([sleeping("ours", "", 0.01)], repetitions=1, least=0.1)
    assert 0.01 <= times.median < 0.1


def test_a_peer_that_is_not_installed_is_left_out_with_a_line_to_install_it() -> None:
    absent = Side("peer", "", needed, ("no_such_module", "no-such-package"))
    results, missing = interleaved([absent], repetitions=1, least=0)
    assert not results
    assert missing == {"peer": "pip install no-such-package"}


def test_the_median_of_an_even_number_is_between_the_middle_two() -> None:
    times = Times(sleeping("ours", "", 0), seconds=[1.0, 4.0, 2.0, 100.0])
    assert times.median == 3


def test_a_function_runs_in_a_process_of_its_own() -> None:
    assert alone(divmod, 7, 2) == (3, 1)


def test_what_is_installed_is_imported() -> None:
    assert needed("time", "nothing") is time
    with pytest.raises(MissingPeer, match="pip install nothing"):
        needed("no_such_module", "nothing")
