"""The command line, made from the fields of Config: `python main.py [COMMAND] [OPTIONS]`.

    command, config = parse(["predict", "photo.jpg", "--output", "here"])

A command is a set of fields; the others keep their defaults and are refused as options.
"""

from __future__ import annotations

import difflib
import sys
import typing
from dataclasses import dataclass, fields
from pathlib import Path

import tyro

from training.config import Config

TRAIN = """Train a U-Net on photos and their label pictures.

Other commands, each with its own --help:
  python main.py evaluate    score a saved model on pairs
  python main.py predict     label pictures with a saved model
"""
EVALUATE = "Score a saved model on the validation pairs of a folder."
PREDICT = """Label pictures with a saved model.

For each picture it writes to OUTPUT/predictions: NAME_label.png (in the colours of the classes),
NAME_overlay.png (over the photo, with a legend) and NAME_ids.png (class ids, the photo's size).
"""

COMMANDS = {
    "train": (TRAIN, {field.name for field in fields(Config)} - {"pictures", "model"}),
    "evaluate": (
        EVALUATE,
        {"data", "model", "output", "cache", "skip_bad", "batch_size", "workers"},
    ),
    "predict": (PREDICT, {"pictures", "model", "output", "skip_bad"}),
}


def parse(arguments: list[str]) -> tuple[str, Config]:
    """Reads the command and its options. Leaves the program, with code 2, where they are wrong."""
    named = bool(arguments) and not arguments[0].startswith("-")
    command, rest = (arguments[0], arguments[1:]) if named else ("train", arguments)
    if command not in COMMANDS:
        _refuse(command)
    description, names = COMMANDS[command]
    options = tyro.cli(
        _narrowed(command, names),
        prog=f"python main.py {command}" if named else "python main.py",
        description=description,
        args=rest,
        config=(tyro.conf.DisallowNone,),
    )
    return command, Config(**{name: getattr(options, name) for name in names})


def _refuse(command: str) -> None:
    nearest = difflib.get_close_matches(command, COMMANDS, n=1)
    if Path(command).exists():
        nearest = [f"predict {command}"]
    meant = f" Perhaps you meant: python main.py {nearest[0]}" if nearest else ""
    print(
        f"There is no command '{command}'.{meant}\n"
        f"The commands are {', '.join(COMMANDS)}; see: python main.py --help",
        file=sys.stderr,
    )
    sys.exit(2)


def _narrowed(command: str, names: set[str]) -> type[Config]:
    """Config with all fields but the named ones taken off the command line."""
    content: dict[str, typing.Any] = {"__annotations__": {}, "__module__": Config.__module__}
    for name, kind in typing.get_type_hints(Config).items():
        if name not in names:
            marks: tuple[typing.Any, ...] = (tyro.conf.Suppress, tyro.conf.Fixed)
        elif name == "pictures":
            marks = (tyro.conf.Positional,)
        else:
            continue
        content["__annotations__"][name] = typing.Annotated[(kind, *marks)]
        content[name] = getattr(Config, name)
    return dataclass(frozen=True)(type("options", (Config,), content))
