"""Pairs are matched, divided and made a dataset."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from dataset.formats.building import Found, Splits, build, by_stem, joined, match, spread
from dataset.formats.building import usual_shape as shape_of
from dataset.meaning.values import MASK
from dataset.pairs import Pair
from labels.coding import Coding
from tests.dataset.made_folders import photo_of, save

A, B, C = (Path(f"{name}.png") for name in "abc")
CODING = Coding("values", MASK, {0: 0, 1: 1})


def pairs(folder: Path, count: int) -> tuple[Pair, ...]:
    return tuple(Pair(f"{n}", folder / f"{n}.png", folder / f"{n}_m.png") for n in range(count))


def test_an_ending_chooses_files_and_is_no_part_of_their_key(tmp_path: Path) -> None:
    for name in ("1_image.png", "2_image.png", "1_label.png", "note.txt"):
        (tmp_path / name).touch()
    found = by_stem(tmp_path, "_image")
    assert found == {"1": tmp_path / "1_image.png", "2": tmp_path / "2_image.png"}


def test_names_of_photos_and_labels_are_composed_alike(tmp_path: Path) -> None:
    for folder, name in (("photos", "e\u0301t"), ("masks", "\u00e9t")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.png").touch()
    assert by_stem(tmp_path / "photos").keys() == by_stem(tmp_path / "masks").keys()


def test_equal_keys_are_pairs_and_the_others_are_alone() -> None:
    found = match("train/", {"1": A, "2": B}, {"2": C, "3": A}, "drive")
    assert found == Found((Pair("train/2", B, C, "drive"),), (A, A))


def test_several_folders_are_one_split() -> None:
    one, other = match("", {"1": A}, {"1": B}), match("", {"2": C}, {})
    assert joined([one, other]) == Found(one.pairs, (C,))


def test_a_dataset_without_val_holds_some_pairs_out_and_says_so(tmp_path: Path) -> None:
    splits = Splits(Found(pairs(tmp_path, 40), (A,)), test=Found((), (B,)))
    dataset = build(tmp_path, "mine", CODING, splits, remarks=["More."], shape=(3, 4))
    assert len(dataset.train) + len(dataset.val) == 40
    assert dataset.alone == (A, B)
    assert dataset.remarks == (
        f"{tmp_path} has no pairs to validate on: {len(dataset.val)} of train are held out.",
        "More.",
    )
    assert dataset.shape == (3, 4)


def test_the_decoder_changes_with_the_reader_and_the_meaning(tmp_path: Path) -> None:
    splits = Splits(Found(pairs(tmp_path, 1)), Found(pairs(tmp_path, 1)))
    other = Coding("values", MASK, {0: 1, 1: 0})
    made = [
        build(tmp_path, "mine", coding, splits, reader=reader).decoder
        for coding, reader in ((CODING, "files"), (CODING, "colours"), (other, "files"))
    ]
    assert len(set(made)) == 3


def test_the_usual_shape_has_the_median_proportions_of_upright_photos_and_their_median_pixels(
    tmp_path: Path,
) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    save(photo_of(0)[:10, :20], tmp_path / "0.png")
    save(Image.fromarray(photo_of(0)[:12, :24]), tmp_path / "1.png", exif=turned)
    save(photo_of(0)[:30, :40], tmp_path / "2.png")
    (tmp_path / "3.png").write_text("no picture")
    # Widths are 2, .5 and 1.33 times the heights.
    assert shape_of(pairs(tmp_path, 4)) == (15, 20), "1.33 times the height, in about 24 × 12"
    assert shape_of(pairs(tmp_path / "nowhere", 2)) == (256, 256)


def test_some_pairs_are_spread_over_all() -> None:
    some = spread(pairs(Path(), 100), 10)
    assert [pair.name for pair in some] == [str(10 * n) for n in range(10)]
    assert len(spread(pairs(Path(), 5), 10)) == 5
