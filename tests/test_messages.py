"""Every message that a user can meet says what was found, where, what was expected, what to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("labels", "dataset", "training", "evaluation", "deploy", "commands")
FILES = [*ROOT.glob("*.py"), *(file for part in OURS for file in (ROOT / part).rglob("*.py"))]


def messages() -> Iterator[tuple[str, ast.expr, ast.Module]]:
    """Each place where a BadInput, or one that is made of it, is raised with its text."""
    for file in FILES:
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            name = getattr(getattr(node, "func", None), "id", None)
            if isinstance(node, ast.Call) and (name == "BadInput" or is_own(node)) and node.args:
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node.args[0], tree


def is_own(node: ast.Call) -> bool:
    """The sentence of a kind of BadInput that has one: super().__init__(sentence)."""
    return (
        ast.unparse(node.func) == "super().__init__"
        and isinstance(node.args[:1], list)
        and any(isinstance(part, ast.JoinedStr) for part in node.args)
    )


def text_of(node: ast.expr, tree: ast.Module) -> str:
    """The text with {} where a value stands; texts under a name are looked up in the file."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(text_of(value, tree) for value in values)
        case ast.FormattedValue(value=ast.Name(id=name)) if found := assigned(name, tree):
            return text_of(found, tree)
        case ast.FormattedValue():
            return "{}"
        case ast.BinOp(left=left, right=right):
            return text_of(left, tree) + text_of(right, tree)
        case ast.Name(id=name):
            found = assigned(name, tree)
            return text_of(found, tree) if found else "{}"
        case ast.Call(func=ast.Name(id=name)):
            answers = [
                answer.value
                for function in ast.walk(tree)
                if isinstance(function, ast.FunctionDef) and function.name == name
                for answer in ast.walk(function)
                if isinstance(answer, ast.Return) and answer.value
            ]
            return text_of(answers[-1], tree) if answers else "{}"
    return "{}"


def assigned(name: str, tree: ast.Module) -> ast.expr | None:
    """What a name stands for, where that is one text."""
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name
    ]
    texts = [one for one in found if isinstance(one, (ast.Constant, ast.JoinedStr, ast.BinOp))]
    return texts[0] if len(texts) == 1 else None


ALL = list(messages())
# These hand on what was said of a file.
HANDED_ON = ("cached.skipped[0]", "{skipped[-len(pairs)]}")


def test_there_are_many() -> None:
    assert len(ALL) > 70


@pytest.mark.parametrize(("place", "node", "tree"), ALL, ids=[place for place, _, _ in ALL])
def test_it_says_what_was_found_what_was_expected_and_what_to_do(
    place: str, node: ast.expr, tree: ast.Module
) -> None:
    if any(part in ast.unparse(node) for part in HANDED_ON):
        return
    found, expected, rest = text_of(node, tree).partition("Expected ")
    assert expected, f"{place} does not say what was expected: {found}"
    assert "{}" in found or "--" in found or "nothing" in found, f"{place} names nothing: {found}"
    said = [part for part in re.split(r"[.?:] |\n", rest) if part.strip()]
    assert len(said) >= 2, f"{place} does not say what to do: {rest}"
