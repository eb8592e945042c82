"""Street scenes are stored as each set stores its pictures: names, modes, sizes and traps."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.writers import write_dataset
from dataset.writers.cityscapes import instances
from dataset.writers.lyft_carla import draw

FILES = {
    "cityscapes": [
        "gtFine/train/bochum/bochum_000001_000019_gtFine_color.png RGBA 512×256",
        "gtFine/train/bochum/bochum_000001_000019_gtFine_instanceIds.png I;16 512×256",
        "gtFine/train/bochum/bochum_000001_000019_gtFine_labelIds.png L 512×256",
        "gtFine/train/bochum/bochum_000001_000019_gtFine_labelTrainIds.png L 512×256",
        "leftImg8bit/train/bochum/bochum_000001_000019_leftImg8bit.png RGB 512×256",
    ],
    "idd-lite": [
        "gtFine/train/0/000001_inst_label.png L 320×227",
        "gtFine/train/0/000001_label.png L 320×227",
        "leftImg8bit/train/0/000001_image.jpg RGB 320×227",
    ],
    "idd-binary": ["image_archive/Image_1.png RGB 512×512", "mask_archive/Mask_1.png L 512×512"],
    "idd": [
        "gtFine/train/0/frame1_gtFine_instancelevel3Ids.png I;16 640×360",
        "gtFine/train/0/frame1_gtFine_labellevel3Ids.png L 640×360",
        "leftImg8bit/train/0/frame1_leftImg8bit.png RGB 640×360",
    ],
    "camvid": ["train/0006R0_000001.png RGB 480×360", "trainannot/0006R0_000001.png L 480×360"],
    "lyft-carla": [
        "dataA/dataA/CameraRGB/1.png RGB 800×600",
        "dataA/dataA/CameraSeg/1.png RGB 800×600",
    ],
}


@pytest.mark.parametrize("name", FILES)
def test_a_pair_is_stored_like_a_real_one(tmp_path: Path, name: str) -> None:
    write_dataset(name, tmp_path / "drawn", train=1, val=0)
    seen = []
    for file in sorted(file for suffix in ("png", "jpg") for file in tmp_path.rglob(f"*.{suffix}")):
        with Image.open(file) as picture:
            width, height = picture.size
            path = file.relative_to(tmp_path / "drawn").as_posix()
            seen.append(f"{path} {picture.mode} {width}×{height}")
    assert seen == FILES[name]


def test_each_object_of_cityscapes_has_a_number() -> None:
    # Road 7, two cars 26, and a person 24.
    ids = np.array([[26, 26, 7, 26], [7, 7, 7, 26], [24, 7, 7, 7]], np.uint8)
    assert instances(ids).tolist() == [
        [26000, 26000, 7, 26001],
        [7, 7, 7, 26001],
        [24000, 7, 7, 7],
    ]


def test_the_lists_of_camvid_have_the_prefix_of_another_disk(tmp_path: Path) -> None:
    write_dataset("camvid", tmp_path / "drawn", train=0, val=1)
    written = (tmp_path / "drawn" / "val.txt").read_text()
    assert written == (
        "/SegNet/CamVid/val/0016E5_000001.png /SegNet/CamVid/valannot/0016E5_000001.png\n"
    )
    assert (tmp_path / "drawn" / "train.txt").read_text() == ""


@cache
def lyft_ids() -> np.ndarray:
    return draw(4)[1]


def test_the_bonnet_of_lyft_is_vehicle_along_the_whole_bottom() -> None:
    assert (lyft_ids()[-1] == 10).all()


def test_lyft_has_road_lines_on_its_road() -> None:
    ids = lyft_ids()
    assert 0.002 < (ids == 6).mean() < 0.05
    assert (ids == 7).mean() > 0.2
