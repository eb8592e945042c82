"""Measures how well smeared colour labels are decoded.

    python benchmarks/labels.py                      # 20 built-in street scenes, about a minute
    python benchmarks/labels.py --truth FOLDER       # any folder of id PNGs (255 = ignore)
    python benchmarks/labels.py --pairs FOLDER       # real pairs, the label as the right half

Against known truth: ids are painted in Cityscapes colours, shrunk by 3 or 4 with Pillow's
antialiased bicubic filter, stored as JPEG with 4:2:0 colour, and decoded. The truth of a shrunk
pixel is the class at its centre or, as a second opinion, the class with the largest area in it.
The figure is the mIoU over the classes that occur, all pictures in one confusion matrix; a pixel
decoded as void counts as missed.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

sys.path[0] = str(Path(__file__).resolve().parents[1])  # or 'labels' would be this file

from labels.classes import CITYSCAPES, IGNORE  # noqa: E402
from labels.unmixing import unmix  # noqa: E402

SETTINGS = ((3, 85), (4, 75))  # shrink factor, JPEG quality
PURE_RADIUS = 20.0
Decoder = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def nearest(picture: np.ndarray, colours: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids by the nearest of the first so many colours, and the squared distance to it."""
    palette = np.array(CITYSCAPES.colours + CITYSCAPES.void_colours, np.float32)[:colours]
    differences = picture[:, :, None].astype(np.float32) - palette
    distance = np.einsum("hwkc,hwkc->hwk", differences, differences)
    place = distance.argmin(-1)
    return np.where(place < len(CITYSCAPES), place, IGNORE).astype(np.uint8), distance.min(-1)


def all_pixels(decode: Callable[[np.ndarray], np.ndarray]) -> Decoder:
    def decoder(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ids = decode(picture)
        return ids, np.ones(ids.shape, bool)

    return decoder


DECODERS: dict[str, Decoder] = {
    "nearest of 29 colours": all_pixels(lambda picture: nearest(picture, 29)[0]),
    "nearest of 19 + black": all_pixels(lambda picture: nearest(picture, 20)[0]),
    "unmixing": all_pixels(lambda picture: unmix(picture, CITYSCAPES)[0]),
    "unmixing, confident only": lambda picture: unmix(picture, CITYSCAPES),
}


def scenes(count: int) -> Iterator[np.ndarray]:
    from dataset.scenes import draw_scene

    for seed in range(count):
        yield draw_scene(seed, 1024, 768)[1]


def id_pictures(folder: Path, enlarge: int) -> Iterator[np.ndarray]:
    for path in sorted(folder.rglob("*.png")):
        ids = np.array(Image.open(path))
        size = (ids.shape[1] * enlarge, ids.shape[0] * enlarge)
        yield cv2.resize(ids, size, interpolation=cv2.INTER_NEAREST)


def smear(ids: np.ndarray, shrink: int, quality: int) -> np.ndarray:
    """The label picture as hobby data sets hold it."""
    ids = cropped(ids, shrink)  # or the centres would drift by up to a pixel
    size = (ids.shape[1] // shrink, ids.shape[0] // shrink)
    painted = Image.fromarray(CITYSCAPES.paint(ids)).resize(size, Image.Resampling.BICUBIC)
    file = io.BytesIO()
    painted.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return np.array(Image.open(file))


def cropped(ids: np.ndarray, shrink: int) -> np.ndarray:
    height, width = (side // shrink * shrink for side in ids.shape)
    return ids[:height, :width]


def at_centre(ids: np.ndarray, shrink: int) -> np.ndarray:
    return cropped(ids, shrink)[shrink // 2 :: shrink, shrink // 2 :: shrink]


def by_area(ids: np.ndarray, shrink: int) -> np.ndarray:
    height, width = (side // shrink for side in ids.shape)
    values = np.unique(ids)
    blocks = cropped(ids, shrink).reshape(height, shrink, width, shrink)
    areas = [(blocks == value).sum((1, 3)) for value in values]
    return values[np.argmax(areas, 0)]


def confusion(truth: np.ndarray, decoded: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """(C, C + 1) pixels by true and decoded class; the last column is void."""
    count = len(CITYSCAPES)
    counted = counted & (truth < count)
    columns = np.minimum(decoded[counted], count)
    flat = truth[counted].astype(np.int64) * (count + 1) + columns
    return np.bincount(flat, minlength=count * (count + 1)).reshape(count, count + 1)


def mean_iou(table: np.ndarray) -> float:
    right = np.diag(table)
    union = table.sum(1) + table[:, : len(right)].sum(0) - right
    occurs = table.sum(1) > 0
    return float((right[occurs] / union[occurs]).mean())


def compare_with_truth(name: str, pictures: list[np.ndarray]) -> None:
    print(f"\n{name}: {len(pictures)} pictures; mIoU (right pixels) at the centre / by area")
    print(f"{'':26}" + "".join(f"{f'{s}× shrink, quality {q}':>40}" for s, q in SETTINGS))
    smeared = [[smear(ids, *setting) for ids in pictures] for setting in SETTINGS]
    for row, decode in DECODERS.items():
        cells = []
        for (shrink, _), labels in zip(SETTINGS, smeared, strict=True):
            decoded = [decode(picture) for picture in labels]
            text = []
            for truth_of in (at_centre, by_area):
                truths = [truth_of(ids, shrink) for ids in pictures]
                tables = [confusion(t, *d) for t, d in zip(truths, decoded, strict=True)]
                table = np.sum(tables, 0)
                right = np.diag(table).sum() / table.sum()
                text.append(f"{mean_iou(table):.3f} ({right:.1%})")
            kept = table.sum() / sum((truth < len(CITYSCAPES)).sum() for truth in truths)
            cells.append(" / ".join(text) + (f" on {kept:.0%}" if kept < 1 else " " * 7))
        print(f"{row:26}" + "".join(f"{cell:>40}" for cell in cells), flush=True)


def pixel_counts(ids: np.ndarray) -> np.ndarray:
    return np.bincount(ids.ravel(), minlength=256)[: len(CITYSCAPES)]


def phantoms(ids: np.ndarray, pure_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a decoded class has no pure pixel within 3 pixels, and none in the whole picture."""
    local, everywhere = np.zeros(ids.shape, bool), np.zeros(ids.shape, bool)
    for index in range(len(CITYSCAPES)):
        pure = (pure_ids == index).astype(np.uint8)
        chosen = ids == index
        local |= chosen & (cv2.dilate(pure, np.ones((7, 7), np.uint8)) == 0)
        everywhere |= chosen & (not pure.any())
    return local, everywhere


def look_at_pairs(folder: Path) -> None:
    names = ("nearest of 29 colours", "unmixing", "unmixing, confident only")
    shares = {name: np.zeros((4, len(CITYSCAPES))) for name in names}
    seconds, pixels = 0.0, 0
    paths = sorted(folder.rglob("*.jpg"))
    for path in paths:
        pair = np.array(Image.open(path).convert("RGB"))
        label = pair[:, pair.shape[1] // 2 :]
        near, distance = nearest(label, 29)
        start = time.perf_counter()
        ids, confident = unmix(label, CITYSCAPES)
        seconds += time.perf_counter() - start
        pixels += ids.size
        pure_ids = np.where(distance <= PURE_RADIUS**2, near, IGNORE)
        sure = np.where(confident, ids, IGNORE)
        for name, decoded in zip(names, (near, ids, sure), strict=True):
            local, everywhere = phantoms(decoded, pure_ids)
            shares[name] += (
                pixel_counts(decoded),
                pixel_counts(decoded[local]),
                pixel_counts(decoded[everywhere]),
                pixel_counts(decoded) > 0,
            )
    print(f"\n{folder}: {len(paths)} pairs, {1000 * seconds / len(paths):.1f} ms a label")
    print("Phantom: no pure pixel (within 20 of the colour) of the class within 3 pixels / at all.")
    for name, (count, local, everywhere, _) in shares.items():
        shown = [f"{part.sum() / pixels:.2%}" for part in (count, local, everywhere)]
        print(f"{name:26} {shown[0]} of a class, phantom {shown[1]} / {shown[2]}")
    print("\nShare of pixels, phantom part of it, and pictures with the class")
    print(f"{'':15}" + "".join(f"{name:>28}" for name in names))
    for index, class_name in enumerate(CITYSCAPES.names):
        print(f"{class_name:15}", end="")
        for count, local, _, found in (shares[name][:, index] for name in names):
            part = f"{local / max(count, 1):.1%}"
            print(f"{count / pixels:>13.3%} {part:>7} {int(found):>6}", end="")
        print()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the decoding of smeared colour labels.")
    parser.add_argument("--pairs", type=Path, help="folder of pairs, the label as right half")
    parser.add_argument("--truth", type=Path, help="folder of id PNGs, 0-18 and 255 = ignore")
    parser.add_argument("--enlarge", type=int, default=1, help="factor to enlarge the id PNGs by")
    parser.add_argument("--scenes", type=int, default=20, help="how many built-in street scenes")
    arguments = parser.parse_args()
    if arguments.scenes:
        compare_with_truth("Street scenes of 1024 × 768", list(scenes(arguments.scenes)))
    if arguments.truth:
        truths = list(id_pictures(arguments.truth, arguments.enlarge))
        compare_with_truth(f"{arguments.truth} × {arguments.enlarge}", truths)
    if arguments.pairs:
        look_at_pairs(arguments.pairs)


if __name__ == "__main__":
    main()
