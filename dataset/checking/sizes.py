"""Which sizes the photos have, from their headers, and whether training changes their shape.

sizes = photo_sizes(dataset)                  # {(1024, 2048): 2975}, height and width
size_line(sizes, (256, 256))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from dataset.checking.finding import Finding
from dataset.headers import photo_size
from dataset.pairs import Dataset, Pair
from dataset.sizing import Size, fitting_size, pixels, written
from utils_func import BadInput

Sizes = Mapping[Size, int]

SHOWN = 3
# A circle that is squeezed by a quarter is plainly an ellipse; 320×227 at 256×176 is 3 %.
SQUEEZED = 1.25
STEP = 16  # sizes that fit a network of the usual depth are multiples of this


def photo_sizes(dataset: Dataset, workers: int = 2) -> Sizes:
    """How many photos of train and val have each size, the commonest first.

    10,000 files on disk take 2 s; a file that cannot be read is not counted.
    """
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(_photo_size, (*dataset.train, *dataset.val))
        counts = Counter(size for size in found if size)
    return dict(counts.most_common())


def size_line(sizes: Sizes, trained: Size, largest: Size | None = None) -> str:
    """The sizes in one line, written as people do: width × height.

    Args:
        sizes: Of the photos.
        trained: What they are brought to.
        largest: What they are brought to where there is much time.
    """
    more = f", or up to {written(largest)} where there is time" if largest else ""
    return f"Photos: {_sizes_in_words(sizes)}; brought to {written(trained)} for training{more}."


def _sizes_in_words(sizes: Sizes) -> str:
    if not sizes:
        return "no size is known"
    if len(sizes) == 1:
        return f"all {written(next(iter(sizes)))} pixels"
    if len(sizes) <= SHOWN:
        return ", ".join(f"{written(size)} ({count:,})" for size, count in sizes.items())
    commonest, smallest, largest = next(iter(sizes)), min(sizes, key=pixels), max(sizes, key=pixels)
    shapes = sorted(width / height for height, width in sizes)
    return (
        f"{len(sizes):,} sizes from {written(smallest)} to {written(largest)}, "
        f"{sizes[commonest]:,} of {sum(sizes.values()):,} are {written(commonest)}, "
        f"width is {shapes[0]:.2f} to {shapes[-1]:.2f} times the height"
    )


def squeezed(sizes: Sizes, trained: Size) -> Iterator[Finding]:
    """Photos whose shape training changes."""
    factors = {size: _factor(size, trained) for size in sizes}
    changed = [size for size in sizes if factors[size] > SQUEEZED]
    if not changed:
        return
    worst = max(changed, key=lambda size: factors[size])
    height, width = fitting_size(changed[0], STEP, pixels(trained))
    yield Finding(
        "note",
        f"{sum(sizes[size] for size in changed):,} of {sum(sizes.values()):,} photos are squeezed "
        f"or stretched to {written(trained)}, the most by a factor of {factors[worst]:.1f}.",
        tuple(f"{written(size)} ({sizes[size]:,})" for size in changed),
        f"That costs little where all are alike. --height {height} --width {width} keeps the "
        f"shape of {written(changed[0])}.",
    )


def _photo_size(pair: Pair) -> Size | None:
    try:
        height, width = photo_size(pair.photo, quick=True)
    except BadInput:
        return None  # decoding has come to it
    if pair.photo == pair.label:  # side by side
        return (height, width // 2) if width > 1 else None
    return height, width


def _factor(size: Size, trained: Size) -> float:
    ratio = size[1] * trained[0] / (size[0] * trained[1])
    return max(ratio, 1 / ratio)
