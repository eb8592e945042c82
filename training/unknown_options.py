"""Refuses an option that a command does not have, and names the nearest that it has.

    refuse_unknown_options("train", ["--lr", "0.01"], commands)    # '… you meant: --learning-rate'

Before tyro reads them: its own proposal needs half the letters of a long name.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Mapping

ALIKE = 0.6  # what is less alike was hardly meant
BEGINS = 0.7  # how alike 'epoch' and 'epochs-per-run' are at least


def refuse_unknown_options(
    command: str, arguments: list[str], options: Mapping[str, Iterable[str]]
) -> None:
    """Leaves the program, with code 2, at the first unknown option.

    Args:
        command: Whose arguments they are.
        arguments: All that was written behind it.
        options: The names of the options of each command, without the dashes.
    """
    own = set(options[command])
    known = own | {f"no-{name}" for name in own} | {"help", "h"}
    for argument in arguments:
        name = _name(argument)
        if name is None or name in known or name.startswith("tyro-"):
            continue
        print(
            f"There is no option {argument.partition('=')[0]}.{_meant(name, command, options)}\n"
            f"All options: python main.py {command} --help",
            file=sys.stderr,
        )
        sys.exit(2)


def _name(argument: str) -> str | None:
    """What follows the dashes of an option; nothing for a value, negative numbers included."""
    found = re.match(r"--?([a-zA-Z][\w-]*)(=|$)", argument)
    return found[1].replace("_", "-") if found else None


def _meant(name: str, command: str, options: Mapping[str, Iterable[str]]) -> str:
    own, similarity = _nearest(name, options[command])
    if similarity < ALIKE:
        for other, names in options.items():
            theirs, as_similar = _nearest(name, names)
            if as_similar >= ALIKE:
                return f" It belongs to another command: python main.py {other} --{theirs}"
    return f" Perhaps you meant: --{own}" if similarity >= ALIKE else f" The nearest is --{own}"


def _nearest(name: str, options: Iterable[str]) -> tuple[str, float]:
    """The most similar option and how similar it is: 1 is the same, or its initials."""

    def similarity(option: str) -> float:
        initials = "".join(word[0] for word in option.split("-"))
        if name == initials and len(name) > 1:
            return 1.0
        begins = option.startswith(name) or name.startswith(option)
        return max(difflib.SequenceMatcher(None, name, option).ratio(), BEGINS if begins else 0)

    nearest = max(sorted(options, key=lambda name: (len(name), name)), key=similarity)
    return nearest, similarity(nearest)
