"""Every pair is decoded once, and what is found later is what was decoded."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from dataset import cache
from dataset.cache import Examples, open_cache, resize
from dataset.pairs import Dataset, Example, Pair
from labels.classes import Classes
from utils_func import BadInput

SIZE = (4, 6)
CLASSES = Classes(("a", "b", "c"), ((1, 0, 0), (2, 0, 0), (3, 0, 0)))


@dataclass
class Decoder:
    """Decodes a file that holds a number; 'bad' is no number."""

    size: tuple[int, int] = SIZE
    decoded: list[str] = field(default_factory=list)
    before: Callable[[Pair], None] = lambda pair: None

    def __call__(self, pair: Pair) -> Example:
        self.before(pair)
        self.decoded.append(pair.name)
        text = pair.photo.read_text()
        if text == "bad":
            raise BadInput(f"{pair.photo} is bad")
        ids = np.full(self.size, int(text) % 3, np.uint8)
        return Example(np.full((*self.size, 3), int(text), np.uint8), ids, ids == 1)


@dataclass
class House:
    """A dataset of numbered files, its decoder and the folder of its caches."""

    dataset: Dataset
    decoder: Decoder
    folder: Path

    def open(self, **options: object) -> cache.Cached:
        return open_cache(self.dataset, self.folder, options.pop("size", SIZE), **options)

    def write(self, name: str, text: str) -> None:
        (self.dataset.folder / name).write_text(text)


@pytest.fixture
def house(tmp_path: Path) -> House:
    def pairs(split: str, numbers: range) -> tuple[Pair, ...]:
        files = [tmp_path / split / f"{number}.txt" for number in numbers]
        for number, file in zip(numbers, files, strict=True):
            file.parent.mkdir(exist_ok=True)
            file.write_text(str(number))
        return tuple(Pair(f"{split}/{file.name}", file, file) for file in files)

    train, val = pairs("train", range(10, 15)), pairs("val", range(20, 22))
    decoder = Decoder()
    dataset = Dataset(tmp_path, "numbers", CLASSES, train, val, decoder, "numbers 1")
    return House(dataset, decoder, tmp_path / "below" / "cache")


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


class TestOpenCache:
    def test_each_pair_is_decoded_once(self, house: House) -> None:
        first = house.open()
        assert sorted(house.decoder.decoded) == sorted(
            pair.name for pair in (*house.dataset.train, *house.dataset.val)
        )
        again = house.open()
        assert len(house.decoder.decoded) == 7
        np.testing.assert_array_equal(first.train.photos, again.train.photos)
        assert first.content == again.content

    def test_the_arrays_hold_what_was_decoded(self, house: House) -> None:
        cached = house.open()
        assert cached.train.photos[:, 0, 0, 0].tolist() == [10, 11, 12, 13, 14]
        assert cached.train.labels[:, 0, 0].tolist() == [1, 2, 0, 1, 2]
        assert cached.train.confident[:, 0, 0].tolist() == [True, False, False, True, False]
        assert cached.val.photos[:, 3, 5, 2].tolist() == [20, 21]
        assert cached.val.names == ["val/20.txt", "val/21.txt"]
        assert len(cached.train) == 5
        assert cached.skipped == []

    def test_the_arrays_are_mapped_from_disk_and_cannot_be_written_to(self, house: House) -> None:
        train = house.open().train
        for array, dtype, shape in (
            (train.photos, np.uint8, (5, *SIZE, 3)),
            (train.labels, np.uint8, (5, *SIZE)),
            (train.confident, np.bool_, (5, *SIZE)),
        ):
            assert isinstance(array, np.memmap)
            assert not array.flags.writeable
            assert array.dtype == dtype
            assert array.shape == shape

    def test_pictures_come_in_the_size_that_was_asked_for(self, house: House) -> None:
        cached = house.open(size=(8, 3))
        assert cached.train.photos.shape == (5, 8, 3, 3)
        assert cached.val.labels.shape == cached.val.confident.shape == (2, 8, 3)

    def test_a_changed_file_is_noticed_even_under_its_old_time(self, house: House) -> None:
        file = house.dataset.train[2].photo
        times = (file.stat().st_atime, file.stat().st_mtime)
        before = house.open().content
        file.write_text("77")
        os.utime(file, times)
        after = house.open()
        assert after.train.photos[:, 0, 0, 0].tolist() == [10, 11, 77, 13, 14]
        assert after.content != before

    def test_the_same_content_under_another_time_or_in_another_folder_is_the_same(
        self, house: House, tmp_path: Path
    ) -> None:
        house.open()
        os.utime(house.dataset.train[0].photo, (1, 1))
        house.open()
        shutil.copytree(house.dataset.folder / "train", tmp_path / "copy")
        moved = tuple(
            replace(pair, photo=tmp_path / "copy" / pair.photo.name) for pair in house.dataset.train
        )
        moved = tuple(replace(pair, label=pair.photo) for pair in moved)
        open_cache(replace(house.dataset, train=moved), house.folder, SIZE)
        assert len(house.decoder.decoded) == 7

    def test_the_label_files_content_counts_too(self, house: House, tmp_path: Path) -> None:
        label = tmp_path / "label.txt"
        label.write_text("one")
        pair = replace(house.dataset.train[0], label=label)
        house.dataset = replace(house.dataset, train=(pair,))
        before = house.open().content
        label.write_text("two")
        assert house.open().content != before

    @pytest.mark.parametrize(
        "change",
        [
            {"decoder": "numbers 2"},
            {"classes": Classes(("a", "b", "d"), CLASSES.colours)},
            {"classes": Classes(CLASSES.names, CLASSES.colours, ((9, 9, 9),))},
        ],
        ids=["decoder", "names", "void colours"],
    )
    def test_another_decoder_or_class_table_decodes_anew(
        self, house: House, change: dict[str, object]
    ) -> None:
        house.open()
        house.dataset = replace(house.dataset, **change)
        house.open()
        assert len(house.decoder.decoded) == 14
        assert len(names_in(house.folder)) == 2

    def test_another_size_decodes_anew_and_both_stay(self, house: House) -> None:
        house.open()
        house.open(size=(2, 3))
        assert len(house.decoder.decoded) == 14
        assert house.open().train.labels.shape == (5, *SIZE)
        assert house.open(size=(2, 3)).train.labels.shape == (5, 2, 3)
        assert len(house.decoder.decoded) == 14

    def test_pairs_stay_in_order_when_a_later_one_is_decoded_first(self, house: House) -> None:
        second_done = threading.Event()

        def wait(pair: Pair) -> None:
            if pair.name == "train/10.txt":
                assert second_done.wait(timeout=20)
            if pair.name == "train/12.txt":
                second_done.set()

        house.decoder.before = wait
        cached = house.open(workers=2)
        assert house.decoder.decoded.index("train/11.txt") < house.decoder.decoded.index(
            "train/10.txt"
        )
        assert cached.train.names == [f"train/{number}.txt" for number in range(10, 15)]
        assert cached.train.photos[:, 0, 0, 0].tolist() == [10, 11, 12, 13, 14]

    def test_more_pairs_than_may_wait_come_out_whole(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cache, "AHEAD", 2)
        assert house.open(workers=3).train.photos[:, 0, 0, 0].tolist() == [10, 11, 12, 13, 14]

    def test_progress_counts_every_pair_of_both_splits(self, house: House) -> None:
        seen: list[tuple[int, int]] = []
        house.open(progress=lambda done, total: seen.append((done, total)))
        assert seen == [(number, 7) for number in range(1, 8)]


class TestBadFiles:
    def test_the_first_bad_file_stops_and_leaves_nothing_behind(self, house: House) -> None:
        house.write("train/13.txt", "bad")
        house.write("val/20.txt", "bad")
        with pytest.raises(BadInput, match=r"train/13\.txt is bad"):
            house.open()
        assert names_in(house.folder) == []

    def test_bad_files_are_left_out_and_listed(self, house: House) -> None:
        house.write("train/10.txt", "bad")
        house.write("val/21.txt", "bad")
        for _ in range(2):
            cached = house.open(skip_bad=True)
            assert cached.train.names == [f"train/{number}.txt" for number in range(11, 15)]
            assert cached.train.photos[:, 0, 0, 0].tolist() == [11, 12, 13, 14]
            assert cached.train.labels.shape == (4, *SIZE)
            assert cached.val.names == ["val/20.txt"]
            assert [reason.rsplit("/", 2)[1:] for reason in cached.skipped] == [
                ["train", "10.txt is bad"],
                ["val", "21.txt is bad"],
            ]
        assert len(house.decoder.decoded) == 7

    def test_what_was_left_out_once_is_not_left_out_unasked(self, house: House) -> None:
        house.write("train/10.txt", "bad")
        house.open(skip_bad=True)
        with pytest.raises(BadInput, match=r"train/10\.txt is bad"):
            house.open()

    def test_a_split_without_a_readable_pair_is_refused_naming_one_of_its_own(
        self, house: House
    ) -> None:
        house.write("train/11.txt", "bad")
        for pair in house.dataset.val:
            pair.photo.write_text("bad")
        with pytest.raises(
            BadInput, match=r"No pair of val in .* can be read\. The first says: .*val/20\.txt"
        ):
            house.open(skip_bad=True)
        assert names_in(house.folder) == []

    def test_a_missing_file_is_the_decoders_to_name(self, house: House) -> None:
        house.dataset.train[0].photo.unlink()
        with pytest.raises(FileNotFoundError, match=r"10\.txt"):
            house.open()


class TestHalfWritten:
    def test_an_interruption_leaves_nothing_and_the_next_start_decodes_all(
        self, house: House
    ) -> None:
        def interrupt(pair: Pair) -> None:
            if pair.name == "val/20.txt":
                raise KeyboardInterrupt

        house.decoder.before = interrupt
        with pytest.raises(KeyboardInterrupt):
            house.open()
        assert names_in(house.folder) == []
        house.decoder.before = lambda pair: None
        house.decoder.decoded.clear()
        assert house.open().train.photos[:, 0, 0, 0].tolist() == [10, 11, 12, 13, 14]
        assert len(house.decoder.decoded) == 7

    def test_what_a_killed_run_left_is_not_used(self, house: House) -> None:
        house.open()
        (whole,) = house.folder.iterdir()
        left = whole.with_name(f"{whole.name}.unfinished-abc")
        whole.rename(left)
        (left / "train_photos.raw").write_bytes(b"half")
        cached = house.open()
        assert cached.train.photos[:, 0, 0, 0].tolist() == [10, 11, 12, 13, 14]
        assert len(house.decoder.decoded) == 14

    def test_what_a_killed_run_left_goes_after_a_day_and_other_runs_work_stays(
        self, house: House
    ) -> None:
        dead, alive = (house.folder / f"{'0' * 20}.unfinished-{name}" for name in ("dead", "alive"))
        for place in (dead, alive):
            place.mkdir(parents=True)
        day = 24 * 60 * 60
        os.utime(dead, (time.time() - day - 60,) * 2)
        os.utime(alive, (time.time() - day + 600,) * 2)
        house.open()
        assert not dead.exists()
        assert alive.exists()

    def test_of_two_runs_at_once_the_slower_uses_what_the_quicker_wrote(self, house: House) -> None:
        slow = replace(house.dataset, decode=Decoder(before=lambda pair: house.open() and None))
        cached = open_cache(slow, house.folder, SIZE, workers=1)
        assert cached.train.photos[:, 0, 0, 0].tolist() == [10, 11, 12, 13, 14]
        assert len(names_in(house.folder)) == 1


class TestDamaged:
    @pytest.mark.parametrize("name", ["pairs.json", "train_photos.raw", "val_confident.raw"])
    @pytest.mark.parametrize("damage", [Path.unlink, lambda file: os.truncate(file, 20)])
    def test_a_damaged_cache_is_decoded_anew(
        self, house: House, name: str, damage: Callable[[Path], None]
    ) -> None:
        before = [array.copy() for array in (house.open().train.photos, house.open().val.labels)]
        (place,) = house.folder.iterdir()
        damage(place / name)
        cached = house.open()
        np.testing.assert_array_equal(cached.train.photos, before[0])
        np.testing.assert_array_equal(cached.val.labels, before[1])
        assert len(house.decoder.decoded) == 2 * (len(cached.train) + len(cached.val))


class TestForgetting:
    def test_the_caches_used_last_are_kept(self, house: House) -> None:
        sizes = [(1, number) for number in range(1, cache.KEPT + 1)]
        for second, size in enumerate(sizes):
            known = set(house.folder.glob("*"))
            house.open(size=size)
            (new,) = set(house.folder.iterdir()) - known
            os.utime(new, (1000 + second, 1000 + second))
        house.open(size=sizes[0])  # the oldest is used again, so the second is the oldest
        house.open(size=(2, 2))
        assert len(names_in(house.folder)) == cache.KEPT
        house.decoder.decoded.clear()
        for size in (sizes[0], *sizes[2:], (2, 2)):
            house.open(size=size)
        assert house.decoder.decoded == []
        house.open(size=sizes[1])
        assert len(house.decoder.decoded) == 7

    def test_what_a_person_has_in_the_folder_stays(self, house: House) -> None:
        for number in range(cache.KEPT + 2):
            (house.folder / f"mine{number}").mkdir(parents=True)
            (house.folder / f"mine{number}" / "pairs.json").write_text("{}")
        (house.folder / "notes.txt").write_text("mine")
        house.open()
        assert len(names_in(house.folder)) == cache.KEPT + 2 + 1 + 1


class TestUnusablePlaces:
    def test_a_folder_that_cannot_be_made_is_named(self, house: House, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        house.folder = tmp_path / "file" / "cache"
        with pytest.raises(BadInput, match=r"cannot be made.*Not a directory.*--cache") as caught:
            house.open()
        assert str(house.folder) in str(caught.value)

    def test_a_file_in_its_place_is_named(self, house: House, tmp_path: Path) -> None:
        house.folder = tmp_path / "file"
        house.folder.write_text("in the way")
        with pytest.raises(BadInput, match=r"file cannot be made.*File exists.*--cache"):
            house.open()
        assert house.folder.read_text() == "in the way"

    def test_a_folder_that_cannot_be_written_to_is_named(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(**_: object) -> str:
            raise PermissionError(13, "Permission denied")

        # The superuser may write anywhere, so taking the right away would prove nothing to it.
        monkeypatch.setattr(tempfile, "mkdtemp", refuse)
        with pytest.raises(BadInput, match=r"written to: Permission denied.*--cache") as caught:
            house.open()
        assert str(house.folder) in str(caught.value)
        assert house.decoder.decoded == []


class TestResize:
    def test_labels_keep_their_ids_in_every_size(self) -> None:
        random = np.random.default_rng(0)
        for _ in range(40):
            height, width, new_height, new_width = random.integers(1, 40, 4)
            ids = random.choice(np.arange(256), 4, replace=False).astype(np.uint8)
            label = random.choice(ids, (height, width))
            photo = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
            small = resize(Example(photo, label, label == ids[0]), (new_height, new_width))
            assert small.photo.shape == (new_height, new_width, 3)
            assert small.label.shape == (new_height, new_width)
            assert set(np.unique(small.label)) <= set(ids)
            # Label and confidence are taken from the same pixel.
            np.testing.assert_array_equal(small.confident, small.label == ids[0])
            assert small.photo.dtype == small.label.dtype == np.uint8
            assert small.confident.dtype == bool

    def test_a_photo_that_shrinks_is_averaged(self) -> None:
        photo = np.array([[[0] * 3, [10] * 3, [200] * 3, [100] * 3]] * 2, np.uint8)
        example = Example(photo, np.zeros((2, 4), np.uint8), np.ones((2, 4), bool))
        assert resize(example, (1, 2)).photo.tolist() == [[[5] * 3, [150] * 3]]

    def test_enlarging_repeats_ids_about_the_same_centre(self) -> None:
        label = np.array([[1, 255], [2, 3]], np.uint8)
        example = Example(np.zeros((2, 2, 3), np.uint8), label, label < 3)
        large = resize(example, (4, 6))
        assert large.label.tolist() == [[1] * 3 + [255] * 3] * 2 + [[2] * 3 + [3] * 3] * 2
        assert large.confident.tolist() == [[True] * 3 + [False] * 3] * 4

    def test_the_right_size_is_left_alone(self) -> None:
        example = Example(np.zeros((2, 2, 3)), np.zeros((2, 2)), np.zeros((2, 2), bool))
        assert resize(example, (2, 2)) is example


class TestExamples:
    def test_chosen_takes_the_same_places_of_names_and_arrays(self, examples: Examples) -> None:
        some = examples.chosen([4, 1])
        assert some.names == ["train/5.jpg", "train/2.jpg"]
        np.testing.assert_array_equal(some.photos, examples.photos[[4, 1]])
        np.testing.assert_array_equal(some.labels, examples.labels[[4, 1]])
        np.testing.assert_array_equal(some.confident, examples.confident[[4, 1]])
        assert examples.chosen(slice(4, 9)).names == ["train/5.jpg", "train/6.jpg"]
        assert len(examples.chosen(slice(0, 0))) == 0

    @pytest.mark.parametrize(
        ("count", "expected"),
        # Of places 0 to 5: one → 0; three → 0, 2.5, 5, and 2.5 rounds to the even 2.
        [(1, [1]), (2, [1, 6]), (3, [1, 3, 6]), (6, [1, 2, 3, 4, 5, 6]), (99, [1, 2, 3, 4, 5, 6])],
    )
    def test_spread_takes_examples_at_equal_distances(
        self, examples: Examples, count: int, expected: list[int]
    ) -> None:
        names = [f"train/{number}.jpg" for number in expected]
        assert examples.spread(count).names == names

    @pytest.mark.parametrize("length", range(1, 7))
    def test_spread_never_gives_fewer_than_there_are(self, examples: Examples, length: int) -> None:
        some = examples.chosen(slice(length))
        for count in range(1, 9):
            assert len(some.spread(count)) == min(count, length)
