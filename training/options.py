"""The command line, made from the fields of Config: `python main.py [COMMAND] [OPTIONS]`.

    command, config = parse(["predict", "photo.jpg", "--output", "here"])
    command, config = parse(["train", "--recipe", "voc2007", "--epochs", "3"])

A command is a set of fields; the others keep their defaults and are refused as options. What the
recipe says takes the place of the defaults.
"""

from __future__ import annotations

import difflib
import sys
import typing
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path

import tyro

from training.config import FOREIGN, Config
from training.recipes import recipe_config
from training.unknown_options import refuse_unknown_options
from utils_func import BadInput

TRAIN = """Train a U-Net on photos and their label pictures.

A recipe is a named set of defaults, and any option overrules it:
  python main.py --recipe voc2007 --help    shows what it sets

Other commands, each with its own --help:
  python main.py evaluate    score a saved model on pairs
  python main.py predict     label pictures with a saved model
  python main.py check       look for what is wrong with pairs, and draw some of them
  python main.py compare     train several recipes for the same time, and rank them
  python main.py scenes      draw pairs in the layout of a well-known dataset
"""
EVALUATE = """Score a saved model on the validation pairs of a folder, or on others with --split.

The pairs may hold fewer classes than the model knows, and in another order. It writes to OUTPUT:
evaluation.json.
"""
PREDICT = """Label pictures with a saved model.

For each picture it writes to OUTPUT/predictions: NAME_label.png (in the colours of the classes),
NAME_overlay.png (over the photo, with a legend) and NAME_ids.png (class ids, the photo's size).
"""

CHECK = """Look at all pairs before a training: what is missing, unreadable, unlikely or leaks.

It writes to OUTPUT: check.png (some decoded pairs with the classes) and check.json.
"""
COMPARE = """Train several recipes for the same time on the same pairs, and rank them.

It writes to OUTPUT: comparison.png, comparison.json and, in a folder for each, the models.
"""
SCENES = """Draw pairs in the layout of a well-known dataset, with its file names and traps."""

DATA = {"data", "format", "cache", "output", "workers"}
COMMANDS = {
    "train": (
        TRAIN,
        {field.name for field in fields(Config)} - FOREIGN,
    ),
    "evaluate": (EVALUATE, DATA | {"model", "split", "skip_bad", "batch_size", "mirror"}),
    "predict": (PREDICT, {"pictures", "model", "output", "skip_bad", "mirror"}),
    "check": (CHECK, DATA | {"height", "width"}),
    "compare": (
        COMPARE,
        DATA | {"recipes", "minutes", "seed", "skip_bad", "height", "width", "mirror"},
    ),
    "scenes": (SCENES, {"folder", "format", "train", "val", "seed"}),
}
POSITIONAL = ("pictures", "folder")
# What an option means to a command where it is not what it means to a training.
MEANS = {
    "evaluate": {"batch_size": "Pairs predicted at once [without: 8]."},
    "check": {
        "height": "Pairs are looked at in this height [without: as a short training learns them].",
        "width": "Pairs are looked at in this width [without: as a short training learns them].",
    },
    "compare": {
        "minutes": "Train each recipe for so long [without: 5].",
        "height": "Models are judged at this height, and learn at it if their recipe has none "
        "[without: the largest that a plan may choose].",
        "width": "Models are judged at this width, and learn at it if their recipe has none "
        "[without: the same].",
        "seed": "Of weights, order and views, the same for all recipes.",
        "mirror": "Let all recipes answer from the mirrored picture too, or none [without: as each "
        "does by itself].",
    },
    "scenes": {
        "format": "Layout to draw [without: cityscapes-pairs].",
        "seed": "Other seeds draw other scenes.",
    },
}


def parse(arguments: list[str]) -> tuple[str, Config]:
    """Reads the command and its options. Leaves the program, with code 2, where they are wrong."""
    named = bool(arguments) and not arguments[0].startswith("-")
    command, rest = (arguments[0], arguments[1:]) if named else ("train", arguments)
    if command not in COMMANDS:
        _refuse(command)
    description, names = COMMANDS[command]
    refuse_unknown_options(command, rest, {name: _dashed(of) for name, (_, of) in COMMANDS.items()})
    defaults = _recipe(rest) if "recipe" in names else Config()
    narrowed = _narrowed(command, names)
    options = tyro.cli(
        narrowed,
        default=narrowed(**vars(defaults)),
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


def _dashed(names: set[str]) -> set[str]:
    return {name.replace("_", "-") for name in names.difference(POSITIONAL)}


def _recipe(arguments: list[str]) -> Config:
    """The defaults that the arguments ask for; the last recipe counts, as for other options."""
    name = Config.recipe
    for argument, following in pairwise([*arguments, ""]):
        if argument == "--recipe" and following and not following.startswith("-"):
            name = following
        elif argument.startswith("--recipe="):
            name = argument.removeprefix("--recipe=")
    try:
        recipe = recipe_config(name)
    except BadInput as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    if any(argument.split("=")[0] == "--minutes" for argument in arguments):
        return replace(recipe, epochs=None, early_stopping=0)  # it lasts so long, and no less
    return recipe


def _narrowed(command: str, names: set[str]) -> type[Config]:
    """Config with all fields but the named ones taken off the command line."""
    content: dict[str, typing.Any] = {"__annotations__": {}, "__module__": Config.__module__}
    for name, kind in typing.get_type_hints(Config).items():
        if name not in names:
            marks: tuple[typing.Any, ...] = (tyro.conf.Suppress, tyro.conf.Fixed)
        elif name in POSITIONAL:
            marks = (tyro.conf.Positional,)
        elif meaning := MEANS.get(command, {}).get(name):
            marks = (tyro.conf.arg(help=meaning),)
        else:
            continue
        content["__annotations__"][name] = typing.Annotated[(kind, *marks)]
        content[name] = getattr(Config, name)
    return dataclass(frozen=True)(type("options", (Config,), content))
