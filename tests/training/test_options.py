"""The command line: what it takes, what it refuses, what it says about itself."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from training.config import Config
from training.options import COMMANDS, MEANS, parse
from training.recipes import RECIPES, recipe_config

TRAIN_ONLY = {
    "recipe",
    "schedule",
    "optimizer",
    "momentum",
    "padding",
    "normalization",
    "precision",
    "dropout",
    "first-dropout",
    "initializer",
    "transposed",
    "head",
    "flip-vertical",
    "rotate",
    "epochs",
    "learning-rate",
    "dice",
    "doubtful",
    "favour",
    "early-stopping",
    "seed",
    "height",
    "width",
    "filters",
    "depth",
    "stem",
    "residual",
    "context",
    "thin",
    "flip",
    "zoom",
    "light",
    "rehearsal",
    "resume",
    "resume-anyway",
    "examples",
    "tensorboard",
}
DATA = {"data", "format", "cache", "output", "workers"}
OPTIONS = {
    "train": TRAIN_ONLY | DATA | {"skip-bad", "batch-size", "parts", "minutes", "mirror"},
    "evaluate": DATA | {"model", "split", "skip-bad", "batch-size", "mirror"},
    "predict": {"model", "output", "skip-bad", "mirror"},
    "check": DATA | {"height", "width"},
    "compare": DATA | {"recipes", "minutes", "seed", "skip-bad", "height", "width", "mirror"},
    "scenes": {"format", "train", "val", "seed"},
}


@pytest.fixture(autouse=True)
def _wide_and_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)


def help_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as left:
        parse([*arguments, "--help"])
    assert left.value.code == 0
    return capsys.readouterr().out


def refusal_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as left:
        parse(arguments)
    assert left.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return flat(printed.err)


def flat(text: str) -> str:
    """The words alone: no frame, no line breaks."""
    return re.sub(r"[\s│╭╮╰╯─|+]+|-{3,}", " ", text)


def documentation() -> dict[str, str]:
    """The text below each field of Config."""
    (definition,) = ast.parse(inspect.getsource(Config)).body
    assert isinstance(definition, ast.ClassDef)
    texts = {}
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            assert isinstance(field.target, ast.Name)
            texts[field.target.id] = str(ast.literal_eval(text.value))
    return texts


def test_without_a_command_it_trains_with_the_defaults() -> None:
    assert parse([]) == ("train", Config())
    assert parse(["--epochs", "3"]) == parse(["train", "--epochs", "3"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["--data", "pairs", "--epochs", "20", "--no-flip", "--learning-rate", "0.01"],
            ("train", Config(data=Path("pairs"), epochs=20, flip=False, learning_rate=0.01)),
        ),
        (
            ["evaluate", "--model", "mine.hdf5", "--batch-size", "4", "--skip-bad"],
            ("evaluate", Config(model=Path("mine.hdf5"), batch_size=4, skip_bad=True)),
        ),
        (
            ["predict", "a.jpg", "folder", "--output", "here"],
            ("predict", Config(pictures=(Path("a.jpg"), Path("folder")), output=Path("here"))),
        ),
    ],
)
def test_options_become_the_fields_of_the_same_name(
    arguments: list[str], expected: tuple[str, Config]
) -> None:
    assert parse(arguments) == expected


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_sets_the_defaults(name: str) -> None:
    assert parse(["--recipe", name]) == ("train", recipe_config(name))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--recipe", "voc2007", "--epochs", "3", "--no-flip"],
        ["--epochs", "3", "--recipe", "voc2007", "--no-flip"],
        ["train", "--epochs", "3", "--no-flip", "--recipe=voc2007"],
        ["--recipe", "idd-roads", "--epochs", "3", "--no-flip", "--recipe=voc2007"],
    ],
)
def test_any_option_overrules_the_recipe_wherever_it_stands(arguments: list[str]) -> None:
    expected = dataclasses.replace(recipe_config("voc2007"), epochs=3, flip=False)
    assert parse(arguments) == ("train", expected)


def test_the_help_shows_what_the_recipe_sets(capsys: pytest.CaptureFixture[str]) -> None:
    plain = flat(help_of([], capsys))
    text = flat(help_of(["--recipe", "voc2007"], capsys))
    for name, before, after in [
        ("--recipe STR", "auto", "voc2007"),
        ("--momentum FLOAT", "0.9", "0.99"),
        ("--padding {same,valid}", "same", "valid"),
        ("--epochs INT", "None", "50"),
    ]:
        for shown, value in (plain, before), (text, after):
            default = shown.split(name)[1].split("(default: ")[1].split(")")[0]
            assert default == value, name


def test_the_help_names_every_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    text = flat(help_of([], capsys))
    assert all(name in text for name in RECIPES)


@pytest.mark.parametrize("arguments", [["--recipe", "voc207"], ["--recipe=voc207", "--no-flip"]])
def test_an_unknown_recipe_leaves_with_code_2_and_the_nearest(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = refusal_of(arguments, capsys)
    assert "There is no recipe 'voc207'." in text
    assert "Perhaps you meant: voc2007." in text


def test_minutes_alone_end_a_run_of_any_recipe_by_the_clock() -> None:
    for arguments in ["--minutes", "3"], ["--minutes=3"]:
        _, config = parse(["--recipe", "oxford-pets", *arguments])
        assert (config.minutes, config.epochs, config.early_stopping) == (3, None, 0)
    _, config = parse(["--recipe", "oxford-pets", "--minutes", "3", "--epochs", "7"])
    assert (config.minutes, config.epochs) == (3, 7)
    _, config = parse(["--recipe", "oxford-pets"])
    assert (config.epochs, config.early_stopping) == (100, 20)


@pytest.mark.parametrize("arguments", [["--recipe"], ["--recipe", "--epochs", "3"]])
def test_a_recipe_without_a_name_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Missing value for argument '--recipe'" in refusal_of(arguments, capsys)


@pytest.mark.parametrize("command", OPTIONS)
def test_each_command_has_its_own_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = set(re.findall(r"^.{2,3}--([a-z][a-z-]+)", help_of([command], capsys), re.MULTILINE))
    assert shown == OPTIONS[command]


@pytest.mark.parametrize("arguments", [["train", "photo.jpg"], ["evaluate", "photo.jpg"]])
def test_a_picture_is_refused_where_none_is_asked_for(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = refusal_of(arguments, capsys)
    assert "Unrecognized options: photo.jpg" in text
    assert f"run python main.py {arguments[0]} --help" in text


def test_an_unknown_option_leaves_with_code_2_and_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = refusal_of(["predict", "photo.jpg", "--outptu", "x"], capsys)
    assert "There is no option --outptu. Perhaps you meant: --output" in text


@pytest.mark.parametrize(
    ("command", "nearest"), [("trian", "train"), ("eval", "evaluate"), ("prediction", "predict")]
)
def test_an_unknown_command_leaves_with_code_2_and_the_nearest(
    command: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = refusal_of([command, "--epochs", "3"], capsys)
    assert f"There is no command '{command}'." in text
    assert f"Perhaps you meant: python main.py {nearest} " in text
    assert "see: python main.py --help" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--batch-size", "0"], "--batch-size is 0. Expected a whole number from 1."),
        (["--height", "250"], "the nearest is 256."),
        (["--epochs", "many"], "--epochs"),
        (["--epochs", "None"], "--epochs"),
        (["--zoom"], "--zoom"),
    ],
)
def test_a_wrong_value_leaves_with_code_2_and_the_reason(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refusal_of(arguments, capsys)


def test_every_field_is_an_option_of_some_command_and_explained_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    texts = documentation()
    assert set(texts) == {field.name for field in dataclasses.fields(Config)}
    shown = {command: flat(help_of([command], capsys)) for command in COMMANDS}
    for name, text in texts.items():
        commands = [command for command, (_, names) in COMMANDS.items() if name in names]
        assert commands, name
        for command in commands:
            meaning = MEANS.get(command, {}).get(name, text)
            assert flat(meaning) in shown[command], (command, name)


@pytest.mark.parametrize(
    ("arguments", "first", "sentence"),
    [
        ([], "usage: python main.py [-h] [OPTIONS]", "Train a U-Net on photos"),
        (["evaluate"], "usage: python main.py evaluate [-h] [OPTIONS]", "Score a saved model"),
        (["predict"], "usage: python main.py predict [-h] ", "Label pictures with a saved model."),
    ],
)
def test_the_help_starts_with_the_command_and_what_it_does(
    arguments: list[str], first: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = help_of(arguments, capsys).splitlines()
    assert lines[0].startswith(first)
    assert lines[2].startswith(sentence)


@pytest.mark.parametrize("arguments", [[], ["evaluate"], ["predict"]])
def test_the_help_shows_nothing_of_how_it_is_made(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = help_of(arguments, capsys)
    assert not re.search(r"Config|fixed|Posix|\x1b|\bself\b", text)
    table = text.splitlines()[-10:]
    assert max(map(len, table)) <= 80


def test_the_first_help_names_the_other_commands(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of([], capsys)
    assert "python main.py evaluate" in text
    assert "python main.py predict" in text
