"""Numbers as a person reads them."""

from __future__ import annotations

import pytest

from dataset.wording import about, counted, duration, short


def test_numbers_are_written_with_their_plural() -> None:
    assert [counted(1, "pair"), counted(1200, "pair"), counted(2, "class")] == [
        "1 pair",
        "1,200 pairs",
        "2 classes",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (45, "45 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h"),
        (7500, "2 h 5 min"),
        (7559, "2 h 5 min"),
        (100 * 3600, "100 h"),
    ],
)
def test_a_duration_is_told_in_at_most_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0004, "0 ms"), (0.2061, "206 ms"), (0.9996, "1000 ms"), (14.04, "14.0 s")],
)
def test_what_is_short_is_told_in_one_unit(seconds: float, text: str) -> None:
    assert short(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.523, "0.52"), (1.0, "1"), (4.84, "4.8"), (65.9, "66"), (1234.5, "1,234")],
)
def test_what_is_known_about_has_two_digits_or_those_before_the_point(
    number: float, text: str
) -> None:
    assert about(number) == text
