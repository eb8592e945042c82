"""Which pairs are held out."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from dataset.pairs import Pair
from dataset.splits import hold_out
from utils_func import BadInput


def pairs(count: int, groups: int = 0) -> tuple[Pair, ...]:
    return tuple(
        Pair(f"{number}.jpg", Path(f"{number}.jpg"), Path(f"{number}.png"),
             f"drive {number % groups}" if groups else "")
        for number in range(count)
    )  # fmt: skip


def test_about_15_percent_are_held_out() -> None:
    train, val = hold_out(pairs(2000))
    # Three standard deviations of a draw of 2000 with .15 are .024.
    assert abs(len(val) / 2000 - 0.15) < 0.024
    assert set(train) | set(val) == set(pairs(2000))
    assert not set(train) & set(val)


def test_a_group_stays_together() -> None:
    train, val = hold_out(pairs(200, groups=20))
    assert {pair.group for pair in train} & {pair.group for pair in val} == set()
    assert train
    assert val


@pytest.mark.parametrize("name", range(20))
def test_a_group_that_holds_most_pairs_is_learned_from(name: int) -> None:
    drives = [f"{name} large"] * 200 + [f"{name} drive {number % 7}" for number in range(140)]
    made = tuple(
        Pair(f"{number}.jpg", Path("a"), Path("b"), drive) for number, drive in enumerate(drives)
    )
    train, val = hold_out(made)
    assert {pair.group for pair in train} >= {f"{name} large"}
    assert 20 <= len(val) < 140


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_few_pairs_are_divided_as_well(count: int) -> None:
    train, val = hold_out(pairs(count))
    assert train
    assert val


@pytest.mark.parametrize("count", range(8, 20))
def test_of_eight_pairs_two_are_held_out_at_the_least(count: int) -> None:
    train, val = hold_out(pairs(count))
    assert 2 <= len(val) < len(train)


def test_one_pair_or_one_group_alone_is_refused() -> None:
    with pytest.raises(BadInput, match="holds one pair only"):
        hold_out(pairs(1))
    with pytest.raises(BadInput, match=r"pairs of one group \(drive 0\) only"):
        hold_out(pairs(5, groups=1))


def test_a_name_stays_on_its_side_however_its_accents_are_written() -> None:
    def named(accented: str) -> tuple[Pair, ...]:
        return tuple(Pair(f"{accented}{one}", Path("a"), Path("b")) for one in range(50))

    sides = [
        [unicodedata.normalize("NFC", pair.name) for pair in hold_out(named(accented))[1]]
        for accented in ("\u00e9", "e\u0301")
    ]
    assert sides[0] == sides[1] != []


def test_a_name_that_is_no_text_has_a_side() -> None:
    odd = Pair("caf\udce9.jpg", Path("a"), Path("b"))
    train, val = hold_out((odd, *pairs(5)))
    assert len(train) + len(val) == 6


def test_nothing_is_nothing() -> None:
    assert hold_out(()) == ((), ())
