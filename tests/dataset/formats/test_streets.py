"""What the formats of street scenes have in common, each on three drawn pairs of its own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import (
    FORMATS,
    camvid,
    cityscapes,
    idd,
    idd_binary,
    idd_lite,
    lyft_carla,
    open_dataset,
)
from dataset.pairs import Dataset
from dataset.writers import write_dataset
from dataset.writers.writer import find_writer
from dataset.writers.writing import scene_seed
from labels.classes import CITYSCAPES, IGNORE, Classes
from utils_func import BadInput

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Case:
    """What is to be found in three drawn pairs, two of train and one of val."""

    name: str
    inside: str
    classes: Classes
    shape: tuple[int, int]
    train: tuple[str, ...]
    val: tuple[str, ...]
    unknown: int = 77


CASES = (
    Case(
        "cityscapes",
        "leftImg8bit/train",
        CITYSCAPES,
        (256, 512),
        ("train/bochum/bochum_000001_000019", "train/bremen/bremen_000002_000019"),
        ("val/lindau/lindau_000003_000019",),
    ),
    Case(
        "idd-lite",
        "gtFine/val/500",
        idd_lite.CLASSES,
        (227, 320),
        ("train/0/000001", "train/0/000002"),
        ("val/500/000003",),
        unknown=7,
    ),
    # As hashes Image_1 is 535a…, Image_2 c2e0…, Image_3 c0c1…: the lowest is held out where none is
    # below 2666…, which is .15.
    Case(
        "idd-binary",
        "mask_archive",
        idd_binary.CLASSES,
        (512, 512),
        ("Image_2", "Image_3"),
        ("Image_1",),
        unknown=2,
    ),
    Case(
        "idd",
        "leftImg8bit/train/0",
        idd.CLASSES,
        (360, 640),
        ("train/0/frame1", "train/0/frame2"),
        ("val/500/frame3",),
        unknown=26,
    ),
    Case(
        "camvid",
        "trainannot",
        camvid.CLASSES,
        (360, 480),
        ("train/0006R0_000001", "train/0001TP_000002"),
        ("val/0016E5_000003",),
        unknown=12,
    ),
    # As hashes A is 559a…, B df7e…, C 6b23…. A data folder of its own is test_lyft_carla.py's.
    Case(
        "lyft-carla",
        "",
        lyft_carla.CLASSES,
        (600, 800),
        ("dataB/2", "dataC/3"),
        ("dataA/1",),
        unknown=13,
    ),
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.fixture(scope="module")
def drawn(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parent") / case.name
    write_dataset(case.name, folder, train=2, val=1)
    return folder


@pytest.fixture
def own(drawn: Path, tmp_path: Path) -> Path:
    """A copy to be changed."""
    return Path(shutil.copytree(drawn, tmp_path / "own"))


def names(dataset: Dataset) -> tuple[list[str], list[str]]:
    return [pair.name for pair in dataset.train], [pair.name for pair in dataset.val]


def test_the_root_is_recognised_with_its_classes_and_its_split(case: Case, drawn: Path) -> None:
    dataset = open_dataset(drawn)
    assert (dataset.folder, dataset.format) == (drawn, case.name)
    assert dataset.classes == case.classes
    assert dataset.shape == case.shape
    assert tuple(map(sorted, names(dataset))) == (sorted(case.train), sorted(case.val))
    assert dataset.test == dataset.alone == ()


def test_the_folder_above_leads_to_the_same(drawn: Path) -> None:
    assert names(open_dataset(drawn.parent)) == names(open_dataset(drawn))


def test_a_folder_inside_leads_to_the_same(case: Case, drawn: Path) -> None:
    assert names(open_dataset(drawn / case.inside)) == names(open_dataset(drawn))


def test_no_other_format_claims_the_root(case: Case, drawn: Path) -> None:
    claiming = [layout.NAME for layout in FORMATS if layout.find(drawn)]
    assert [name for name in claiming if name != "folder"] == [case.name]


def test_groups_stay_on_one_side(drawn: Path) -> None:
    dataset = open_dataset(drawn)
    train, val = (
        {pair.group or pair.name for pair in part} for part in (dataset.train, dataset.val)
    )
    assert not train & val


def test_decoded_ids_are_the_drawn_ones(case: Case, drawn: Path) -> None:
    dataset = open_dataset(drawn)
    # Pair 2 is of train in every format.
    pair = next(pair for pair in dataset.train if "2" in pair.photo.stem)
    photo, ids = find_writer(case.name).draw(scene_seed(0, "train", 2))
    example = dataset.decode(pair)
    np.testing.assert_array_equal(example.label, expected_ids(case, ids))
    np.testing.assert_array_equal(example.confident, example.label != IGNORE)
    assert np.abs(example.photo.astype(int) - photo).mean() < 4  # IDD Lite is JPEG
    assert len(np.unique(example.label)) >= (2 if case.name == "idd-binary" else 6)


def expected_ids(case: Case, ids: np.ndarray) -> np.ndarray:
    if case.name == "cityscapes":
        table = np.full(256, IGNORE, np.uint8)
        # The ids that the makers' table gives to road, sidewalk, building and so on.
        table[[7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]] = range(
            19
        )
        return table[ids]
    if case.name == "camvid":
        return np.where(ids == 11, IGNORE, ids)
    if case.name == "lyft-carla":
        bonnet = (ids == 10) & (np.arange(600) >= 496)[:, None]
        assert bonnet.mean() > 0.02
        return np.where(bonnet, 0, ids)
    return ids


def test_an_unknown_id_is_named_with_its_file(case: Case, own: Path) -> None:
    pair = open_dataset(own).train[0]
    label = np.array(Image.open(pair.label))
    label[0, :5] = case.unknown
    Image.fromarray(label).save(pair.label)
    dataset = open_dataset(own)
    with pytest.raises(BadInput) as caught:
        dataset.decode(next(one for one in dataset.train if one.name == pair.name))
    message = str(caught.value)
    assert message.startswith(f"{pair.label} has 5 pixels of value {case.unknown}. Expected only 0")
    assert "--skip-bad" in message


def test_what_has_no_partner_is_told(own: Path) -> None:
    first, second = open_dataset(own).train
    first.label.unlink()
    dataset = open_dataset(own)
    assert dataset.alone == (first.photo,)
    assert first.name not in names(dataset)[0]
    first.photo.unlink()
    shutil.copy(second.label, first.label)
    assert open_dataset(own).alone == (first.label,)


def test_a_folder_without_pairs_is_not_claimed(case: Case, own: Path) -> None:
    layout = next(layout for layout in FORMATS if case.name == layout.NAME)
    for pair in (*open_dataset(own).train, *open_dataset(own).val):
        pair.photo.unlink()
    assert layout.find(own) is None


def test_a_classes_csv_overrules_the_classes(case: Case, own: Path) -> None:
    rows = "".join(f"thing {index},{index}\n" for index in range(34))
    (own / "classes.csv").write_text("name,id\n" + rows + "void,255\n")
    dataset = open_dataset(own)
    assert dataset.classes.names[:2] == ("thing 0", "thing 1")
    dataset.decode(dataset.train[0])


def test_the_class_tables_match_their_codings() -> None:
    for layout, count in ((idd_lite, 7), (idd, 26), (camvid, 11), (lyft_carla, 13)):
        assert len(layout.CLASSES) == len(set(layout.CLASSES.colours)) == count
        assert set(layout.CODING.meaning.values()) - {IGNORE} == set(range(count))
    meaning = cityscapes.KINDS[0].coding.meaning
    assert sorted(set(meaning.values())) == [*range(19), IGNORE]
    assert meaning[7] == 0
    assert meaning[33] == 18
    assert meaning[29] == meaning[30] == meaning[0] == IGNORE
