"""Labelling pictures: any size in, ids of that size out, files with names that never collide."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from deploy.model_file import Card
from deploy.predict import (
    OVERLAY,
    check_pictures,
    find_pictures,
    most_probable,
    predict_ids,
    with_legend,
    write_prediction,
)
from labels.classes import Classes
from segmentation_model import Unet
from utils_func import BadInput

CLASSES = Classes(("red", "green", "blue"), ((200, 0, 0), (0, 200, 0), (0, 0, 200)))
CARD = Card(CLASSES, height=32, width=48)
WHITE = (255, 255, 255)


@pytest.fixture(scope="module")
def brightest() -> keras.Model:
    """Answers with the brightest of red, green and blue, for pictures of the training size."""
    pictures = keras.Input((32, 48, 3))
    shares = keras.layers.Activation("softmax")(keras.layers.Rescaling(1 / 25)(pictures))
    return keras.Model(pictures, shares)


def halves(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """A photo whose left half is red and whose right half is blue, and its ids."""
    ids = np.zeros((height, width), np.uint8)
    ids[:, (width + 1) // 2 :] = 2
    return CLASSES.paint(ids), ids


def touch(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 2), (17, 33), (500, 3), (3, 500), (32, 48), (200, 300)]
)
def test_ids_have_the_photos_size_and_lie_where_the_photo_has_them(
    size: tuple[int, int], brightest: keras.Model
) -> None:
    photo, expected = halves(*size)
    ids = predict_ids(brightest, CARD, photo)
    assert (ids.shape, ids.dtype) == (size, np.uint8)
    if size[1] % 2 == 0:
        np.testing.assert_array_equal(ids, expected)
    else:  # the column in the middle is between both
        middle = size[1] // 2
        np.testing.assert_array_equal(np.delete(ids, middle, 1), np.delete(expected, middle, 1))


def test_a_unet_takes_a_picture_that_cannot_be_changed() -> None:
    network = Unet(classes=3, filters=2, depth=2)
    photo, _ = halves(17, 33)
    photo.flags.writeable = False
    ids = predict_ids(network, CARD, photo)
    assert ids.shape == (17, 33)
    assert ids.max() < 3


def test_the_most_probable_class_wins_and_the_first_of_equals() -> None:
    shares = np.array(
        [[[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]], [[0.0, 0.0, 1.0], [0.4, 0.4, 0.2]]], np.float32
    )
    np.testing.assert_array_equal(most_probable(shares, (2, 2)), [[1, 0], [2, 0]])


def test_shares_are_enlarged_and_not_the_decision() -> None:
    # From .9 on the left to .2 on the right in steps of a quarter: the pixels lie at 0, 1/4, 3/4
    # and 1 of the way, with .9, .725, .375 and .2. Ids enlarged would be 0, 0, 1, 1.
    shares = np.array([[[0.9, 0.1], [0.2, 0.8]]], np.float32)
    np.testing.assert_array_equal(most_probable(shares, (1, 4)), [[0, 0, 1, 1]])
    # Here they are .9, .775, .525 and .4: the third is 0, too.
    shares = np.array([[[0.9, 0.1], [0.4, 0.6]]], np.float32)
    np.testing.assert_array_equal(most_probable(shares, (2, 4)), [[0, 0, 0, 1]] * 2)


def test_many_classes_and_half_precision_are_decided_too() -> None:
    winners = np.array([[0, 253], [128, 254 - 1]])
    shares = np.eye(254, dtype=np.float16)[winners]
    np.testing.assert_array_equal(most_probable(shares, (2, 2)), winners)


def test_pictures_of_a_folder_keep_their_place_below_it(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    files = [folder / name for name in ("2.jpg", "10.jpg", "a/1.png", "a/b/3.JPG")]
    touch(*reversed(files), folder / "notes.txt", folder / "a" / ".hidden.jpg")
    assert find_pictures((folder,)) == [
        (files[0], Path("2")),
        (files[1], Path("10")),
        (files[2], Path("a/1")),
        (files[3], Path("a/b/3")),
    ]


def test_only_what_is_below_the_place_says_what_is_hidden_or_written_before(tmp_path: Path) -> None:
    place = tmp_path / ".mine" / "predictions"
    for folder in ("", "sub", ".hidden/large", "predictions/sub"):
        (place / folder).mkdir(parents=True, exist_ok=True)
        (place / folder / "a.png").touch()
    found = find_pictures((place,))
    assert [file.relative_to(place).as_posix() for file, _ in found] == ["a.png", "sub/a.png"]


def test_pictures_and_folders_may_be_named_together(tmp_path: Path) -> None:
    touch(tmp_path / "x" / "one.jpg", tmp_path / "y" / "two.png", tmp_path / "y" / "no.jpg")
    found = find_pictures((tmp_path / "y" / "two.png", tmp_path / "x"))
    assert found == [
        (tmp_path / "y" / "two.png", Path("two")),
        (tmp_path / "x" / "one.jpg", Path("one")),
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["a.jpg", "a.png"], ["a", "a.png"]),
        (["x/a.jpg", "y/a.jpg", "z/a.jpg", "v/a.jpg"], ["a", "a.jpg", "a_2", "a_3"]),
        (["x/a.jpg", "y/a.jpg", "z/a.jpg", "a_2.jpg"], ["a", "a.jpg", "a_2", "a_2.jpg"]),
        (["a_2.jpg", "x/a.jpg", "y/a.jpg", "z/a.jpg"], ["a_2", "a", "a.jpg", "a_3"]),
        (["a.png.jpg", "a.jpg", "a.png"], ["a.png", "a", "a_2"]),
        (["a.b.jpg", "a.c.jpg"], ["a.b", "a.c"]),
        (["x/A.jpg", "a.png"], ["A", "a.png"]),
        (["x/Bär.jpg", "ba\u0308r.png"], ["Bär", "ba\u0308r.png"]),
    ],
)
def test_no_two_pictures_get_the_same_name(
    files: list[str], expected: list[str], tmp_path: Path
) -> None:
    touch(*(tmp_path / file for file in files))
    found = find_pictures(tuple(tmp_path / file for file in files))
    assert [file for file, _ in found] == [tmp_path / file for file in files]
    assert [str(name) for _, name in found] == expected


def test_a_pattern_stands_for_what_matches_it(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg", tmp_path / "b.jpg", tmp_path / "c.png", tmp_path / "[1].png")
    found = find_pictures((tmp_path / "*.jpg", tmp_path / "[1].png"))
    assert [file.name for file, _ in found] == ["a.jpg", "b.jpg", "[1].png"]


def test_the_same_picture_named_twice_is_labelled_twice(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")
    names = [str(name) for _, name in find_pictures((tmp_path / "a.jpg",) * 2)]
    assert names == ["a", "a.jpg"]


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        find_pictures((tmp_path / "phots",))
    assert str(caught.value) == (
        f"{tmp_path / 'phots'} does not exist. Expected a picture or a folder of pictures. "
        "Check the spelling."
    )


def test_a_folder_without_pictures_is_named(tmp_path: Path) -> None:
    touch(tmp_path / "notes" / "notes.txt", tmp_path / "other" / "1.jpg")
    with pytest.raises(BadInput) as caught:
        find_pictures((tmp_path / "other", tmp_path / "notes"))
    assert str(caught.value) == (
        f"{tmp_path / 'notes'} holds no pictures. Expected files such as .jpg or .png in it. "
        "Name another folder, or the pictures themselves."
    )


def test_label_overlay_and_ids_are_written(tmp_path: Path) -> None:
    photo, ids = np.full((20, 300, 3), 100, np.uint8), halves(20, 300)[1]
    write_prediction(photo, ids, CLASSES, tmp_path / "a" / "b.png")
    pictures = {
        file.name: np.asarray(Image.open(file)) for file in sorted((tmp_path / "a").iterdir())
    }
    assert list(pictures) == ["b.png_ids.png", "b.png_label.png", "b.png_overlay.png"]
    np.testing.assert_array_equal(pictures["b.png_ids.png"], ids)
    np.testing.assert_array_equal(pictures["b.png_label.png"], CLASSES.paint(ids))
    overlay = pictures["b.png_overlay.png"]
    mixed = round(100 * (1 - OVERLAY) + 200 * OVERLAY), round(100 * (1 - OVERLAY))
    assert overlay[0, 0].tolist() == [mixed[0], mixed[1], mixed[1]]
    assert overlay[19, 299].tolist() == [mixed[1], mixed[1], mixed[0]]
    assert overlay.shape[1] == 300
    assert overlay.shape[0] > 20


def test_a_prediction_replaces_the_one_before(tmp_path: Path) -> None:
    for value in (0, 2):
        ids = np.full((5, 5), value, np.uint8)
        write_prediction(np.zeros((5, 5, 3), np.uint8), ids, CLASSES, tmp_path / "a")
    assert (np.asarray(Image.open(tmp_path / "a_ids.png")) == 2).all()
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("size", [(1, 1), (500, 3), (30, 80), (40, 400), (10, 2000)])
def test_the_legend_is_a_strip_below_that_is_wide_enough_for_its_text(
    size: tuple[int, int],
) -> None:
    picture, ids = halves(*size)
    drawn = with_legend(picture, ids, CLASSES)
    height, width = size
    np.testing.assert_array_equal(drawn[:height, :width], picture)
    assert (drawn[:height, width:] == 255).all()
    assert (drawn[:, -1] == 255).all() or width == drawn.shape[1]
    strip = drawn[height:]
    assert min(strip.shape[:2]) >= 20
    # The right edge stays white: no text is cut.
    assert (strip[:, -2:] == 255).all()


def test_the_legend_shows_the_classes_of_the_picture_the_largest_first() -> None:
    ids = np.zeros((10, 900), np.uint8)
    ids[:, 300:] = 2
    strip = with_legend(CLASSES.paint(ids), ids, CLASSES)[10:]
    found = {
        name: np.flatnonzero((strip == colour).all(-1).any(0))
        for name, colour in zip(CLASSES.names, CLASSES.colours, strict=True)
    }
    assert found["green"].size == 0
    assert found["blue"].max() < found["red"].min()


def test_a_narrow_picture_lists_its_classes_one_below_the_other() -> None:
    ids = np.array([[0, 1, 2, 2]], np.uint8)
    strip = with_legend(CLASSES.paint(ids), ids, CLASSES)[1:]
    rows = [np.flatnonzero((strip == colour).all(-1).any(1)) for colour in CLASSES.colours]
    red, green, blue = rows
    assert blue.max() < red.min() <= red.max() < green.min()  # blue has a half


def test_unreadable_pictures_are_left_out_but_one_must_remain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = tmp_path / "bad.png", tmp_path / "good.png"
    bad.write_bytes(b"no picture")
    Image.new("RGB", (8, 8)).save(good)
    both = [(bad, Path("bad")), (good, Path("good"))]
    assert check_pictures(both, skip_bad=True) == [(good, Path("good"))]
    assert f"Left out: {bad}" in capsys.readouterr().out
    with pytest.raises(BadInput, match=r"None of the pictures named can be read \(1 left out\)"):
        check_pictures([(bad, Path("bad"))], skip_bad=True)
