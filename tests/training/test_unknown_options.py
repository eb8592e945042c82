"""Options that a command does not have."""

from __future__ import annotations

import pytest

from training.unknown_options import refuse_unknown_options

OPTIONS = {
    "train": {"epochs", "learning-rate", "batch-size", "early-stopping", "flip", "skip-bad"},
    "evaluate": {"model", "batch-size", "skip-bad"},
    "check": {"data", "height"},
}


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        ("train", ["--epoch", "3"], "There is no option --epoch. Perhaps you meant: --epochs"),
        ("train", ["--flip", "--lr=3"], "no option --lr. Perhaps you meant: --learning-rate"),
        ("train", ["--bs", "3"], "Perhaps you meant: --batch-size"),
        ("train", ["-e", "3"], "no option -e. Perhaps you meant: --epochs"),
        ("train", ["--learning_rates", "3"], "Perhaps you meant: --learning-rate"),
        ("train", ["--no-flipp"], "Perhaps you meant: --flip"),
        ("train", ["--xyz"], "There is no option --xyz. The nearest is --"),
        ("train", ["--model", "x"], "belongs to another command: python main.py evaluate --model"),
        ("evaluate", ["--epoch", "3"], "another command: python main.py train --epochs"),
        ("check", ["--skip-bad"], "another command: python main.py train --skip-bad"),
        ("check", ["--hight", "3"], "Perhaps you meant: --height\n"),
    ],
)
def test_the_nearest_is_named(
    command: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        refuse_unknown_options(command, arguments, OPTIONS)
    assert left.value.code == 2
    text = capsys.readouterr().err
    assert said in text
    assert f"All options: python main.py {command} --help" in text


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--epochs", "3", "--batch_size=4", "--no-flip", "--help"],
        ["-h"],
        ["--tyro-print-completion", "bash"],
        ["photo.jpg", "-3", "-0.5", "-", "--"],
    ],
)
def test_what_is_known_and_what_is_no_option_pass(arguments: list[str]) -> None:
    refuse_unknown_options("train", arguments, OPTIONS)
