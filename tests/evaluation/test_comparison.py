"""The table and the picture of a comparison."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from evaluation.comparison import Entry, comparison_lines, draw_comparison, verdict

FIGURES = (12_000, 0.91, 0.41, 0.38, 0.44, 300.0, 1_947_299, 7.9)
GOOD = Entry("auto", *FIGURES, "256×256", "as it is and mirrored")
BAD = replace(GOOD, recipe="oxford-pets", mean_iou=0.22, low=0.2, high=0.24)


def test_the_best_stands_first() -> None:
    lines = list(comparison_lines([BAD, GOOD], {}))
    assert [line.split()[0] for line in lines[:3]] == ["recipe", "auto", "oxford-pets"]
    assert lines[1].split()[1:5] == ["0.410", "0.380", "to", "0.440"]
    assert "12,000" in lines[1]
    assert "7.9 MB" in lines[1]


def test_the_verdict_says_whether_the_intervals_overlap() -> None:
    assert verdict([GOOD, BAD]).startswith("auto is better than oxford-pets by 0.190")
    near = replace(BAD, mean_iou=0.4, high=0.43)
    assert "is ahead of oxford-pets by 0.010, but their intervals overlap" in verdict([GOOD, near])


def test_it_says_whose_answers_are_from_other_views_too() -> None:
    plain = replace(BAD, answered_from="as it is")
    third = replace(plain, recipe="voc2007", mean_iou=0.1)
    assert list(comparison_lines([third, plain, GOOD], {}))[-2] == (
        "Answered from each photo as it is and mirrored: auto; as it is: oxford-pets, voc2007."
    )


def test_one_recipe_alone_has_no_verdict() -> None:
    assert len(list(comparison_lines([GOOD], {}))) == 2


def test_a_recipe_without_a_model_has_a_row_with_the_reason() -> None:
    lines = list(comparison_lines([GOOD], {"oxford-pets": "its loss became NaN"}))
    assert lines[2].split(maxsplit=1) == ["oxford-pets", "no model: its loss became NaN"]
    (title, row) = comparison_lines([], {"oxford-pets": "its loss became NaN"})
    assert title.split()[0] == "recipe"
    assert row == lines[2]


def test_the_picture_is_written(tmp_path: Path) -> None:
    path = draw_comparison([GOOD, BAD], tmp_path / "comparison.png")
    with Image.open(path) as picture:
        assert picture.width > 1000
