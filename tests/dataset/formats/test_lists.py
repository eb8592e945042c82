"""Lists of names: read as people and makers write them, and what they miss is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats.lists import chosen, missing, read_names
from utils_func import BadInput


@pytest.mark.parametrize(
    "text",
    ["a\nb\n", "a\r\nb\r\n", "\ufeffa\nb", "# names\na 1 2 3\n\nb 4 5 6\n", "a\nb\na\n", " a \n b"],
)
def test_the_first_word_of_each_line_counts_once(tmp_path: Path, text: str) -> None:
    path = tmp_path / "train.txt"
    path.write_bytes(text.encode())
    assert read_names(path, ()) == ("a", "b")


def test_names_that_are_known_may_hold_spaces(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_text("IMG 1\nIMG 2 \nIMG 3 1 2\n")
    assert read_names(path, {"IMG 1", "IMG 2", "IMG 3"}) == ("IMG 1", "IMG 2", "IMG")


def test_names_meet_however_an_accent_was_written(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_text("e\u0301t 1\n", "utf-8")  # as macOS decomposes it
    assert read_names(path, {"\u00e9t 1"}) == ("\u00e9t 1",)


def test_no_file_is_an_empty_list(tmp_path: Path) -> None:
    assert read_names(tmp_path / "train.txt", ()) == ()


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"train\.txt cannot be read: .* Expected a text with one"):
        read_names(path, ())


def test_names_without_a_partner_are_alone_and_others_are_not_looked_at() -> None:
    photos = {name: Path(f"{name}.jpg") for name in "abx"}
    labels = {name: Path(f"{name}.png") for name in "acx"}
    found = chosen("cba", photos, labels)
    assert [pair.name for pair in found.pairs] == ["a"]
    assert found.alone == (Path("b.jpg"), Path("c.png"))


def test_names_without_any_file_are_told() -> None:
    files = {"a": Path("a")}
    assert list(missing(Path("l.txt"), "a", files, {})) == []
    one, two = (next(missing(Path("l.txt"), names, {}, files)) for names in ("ab", "abc"))
    assert one == "l.txt names b, but neither photo nor label is there."
    assert two == "l.txt names b and 1 more, but neither photo nor label is there."
