"""What benchmarks/fuzz.py damages: small pairs and masks, a cache, a state, a model; and commands.

make_material(Path("material"))
KINDS["photo"].pattern              # 'masks/images/*'
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from benchmarks import damage

SIDE = 32
SMALL = [
    *(f"--height={SIDE}", f"--width={SIDE}", "--filters=2", "--depth=1", "--stem=1", "--context=1"),
    *("--batch-size=2", "--epochs=1", "--examples=1", "--precision=float32", "--cache=cache"),
]


@dataclass(frozen=True)
class Kind:
    """What is damaged, in which part of the cases, and which commands meet it."""

    weight: int
    pattern: str
    damages: tuple[damage.Damage, ...]
    commands: tuple[str, ...]


KINDS = {
    "pair": Kind(23, "pairs/*/*.jpg", damage.OF_PICTURES, ("decode",) * 17 + ("check", "evaluate")),
    "photo": Kind(
        20, "masks/images/*", damage.OF_PICTURES, ("decode masks",) * 19 + ("check masks",)
    ),
    "label": Kind(
        20, "masks/masks/*", damage.OF_PICTURES, ("decode masks",) * 19 + ("check masks",)
    ),
    "class table": Kind(10, "masks/classes.csv", damage.OF_TABLES, ("decode masks",)),
    "cache": Kind(10, "cache/*/*", damage.OF_JSON, ("decode",) * 9 + ("check",)),
    "photo to predict": Kind(8, "photos/*", damage.OF_PICTURES, ("predict",)),
    "state": Kind(4, "output/state.npz", damage.OF_STATES, ("train",)),
    "model": Kind(4, "output/unet_model.hdf5", damage.OF_MODELS, ("evaluate", "predict")),
    "pair of a training": Kind(1, "pairs/*/*.jpg", damage.OF_PICTURES, ("train anew",)),
}
PAIRS, MASKS = ["--data=pairs", *SMALL], ["--data=masks", *SMALL]
COMMANDS = {
    "decode": PAIRS,  # a training until its pairs are decoded: what follows sees arrays alone
    "decode masks": MASKS,
    "check": ["check", "--data=pairs", *SMALL[:2], "--cache=cache"],
    "check masks": ["check", "--data=masks", *SMALL[:2], "--cache=cache"],
    "evaluate": ["evaluate", "--data=pairs", "--cache=cache"],
    "predict": ["predict", "photos"],
    "train": PAIRS,
    "train anew": ["--no-resume", *PAIRS],
}


def make_material(folder: Path) -> None:
    """Small pairs, masks, photos, a cache, a model, and the state of a run that was cut off."""
    import numpy as np
    from PIL import Image

    from labels.classes import CITYSCAPES

    numbers = np.random.default_rng(0)
    for number in range(6):  # quarters of road, sky, car and the like
        ids = numbers.permutation(12)[:4].astype(np.uint8).reshape(2, 2)
        label = CITYSCAPES.paint(ids.repeat(SIDE // 2, 0).repeat(SIDE // 2, 1))
        photo = (label * 0.6 + numbers.integers(0, 60, label.shape)).astype(np.uint8)
        file = folder / "pairs" / ("train" if number < 4 else "val") / f"{number}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.hstack([photo, label])).save(file, quality=95)
    for part in "images", "masks":
        (folder / "masks" / part).mkdir(parents=True)
    (folder / "photos").mkdir()
    for number in range(6):
        ids = np.repeat(numbers.integers(0, 3, (SIDE, 4), np.uint8), SIDE // 4, axis=1)
        photo = (ids[..., None] * 80 + numbers.integers(0, 60, (SIDE, SIDE, 3))).astype(np.uint8)
        Image.fromarray(ids).save(folder / "masks" / "masks" / f"{number}.png")
        Image.fromarray(photo).save(folder / "masks" / "images" / f"{number}.jpg")
        if number < 2:
            Image.fromarray(photo).save(folder / "photos" / f"{number}.jpg")
    table = "name,id,ignore\nroad,0,\ncar,1,\nborder,2,yes\n"
    (folder / "masks" / "classes.csv").write_text(table)
    with inside(folder), contextlib.redirect_stdout(io.StringIO()):
        _train(folder)


def _train(folder: Path) -> None:
    import main
    from training import saving

    if main.main(COMMANDS["train"]):
        raise RuntimeError("the material cannot be trained on")
    model = (folder / "output" / "unet_model.hdf5").read_bytes()

    class Enough(Exception):  # noqa: N818
        pass

    def stop(self: saving.Saver) -> None:
        self.write(self.keepers.snapshot())
        raise Enough

    # A state after the first step, of two; then all is as it was, as other tests run here too.
    often = mock.patch.multiple(saving, EVERY=0.0, SHARE=1e9)
    with often, mock.patch.object(saving.Saver, "save", stop), contextlib.suppress(Enough):
        main.main(COMMANDS["train"])
    shutil.rmtree(folder / "output" / "earlier")
    (folder / "output" / "unet_model.hdf5").write_bytes(model)


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
