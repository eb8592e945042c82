"""All the configuration there is: one frozen dataclass. The command line is made from it.

from training.config import Config
config = Config(epochs=20, batch_size=4)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from dataset.sizing import Size, fitting_size, pixels
from dataset.workers import WORKERS
from training.run_folder import MODEL

BOTTOM = 16  # the U-Net's bottom is so many times smaller than the picture
SIDE = 256  # of pictures, where nothing else is asked for
# With much time pictures have so many times the usual pixels, as 512×512 or some 362×362 have, if
# photos have at least so many times themselves.
LARGER, LARGER_FROM = (4, 2), 1.4
# Fields of other commands than train.
FOREIGN = {"pictures", "model", "folder", "split", "recipes", "train", "val"}
RANGES = {"dice": (0, 100), "zoom": (1, 4), "light": (0, 1), "rotate": (0, 180)}


def usual_depth(stem: int) -> int:
    """Levels behind a stem that bring the bottom to a sixteenth."""
    return max(1, round(math.log2(BOTTOM / stem)))


@dataclass(frozen=True)
class Config:
    """Everything that decides how a run goes. Each field is an option of the same name."""

    pictures: tuple[Path, ...] = ()
    """Pictures, or folders of pictures, to predict."""
    folder: Path = Path("scenes")
    """New folder for the drawn pairs."""
    data: Path = Path("images")
    """Folder of the pairs, at any level; or kaggle:OWNER/NAME, voc2007, voc2012, oxford-pets, …"""
    format: str | None = None
    """Layout of the pairs, where it is not recognised rightly [without: found out]."""
    output: Path = Path("output")
    """Folder for what the command leaves behind."""
    model: Path | None = None
    """The trained model [without: OUTPUT/unet_model.hdf5]."""
    split: Literal["val", "test", "train", "all"] = "val"
    """Pairs to score with: validation, test or training pairs, or all of them."""
    cache: Path = Path(".cache")
    """Folder for decoded pictures, so that the second start is quick."""
    skip_bad: bool = False
    """List unreadable files and leave them out, instead of stopping at the first."""

    recipe: str = "auto"
    """Defaults of the rest: auto, cityscapes-pairs, voc2007, oxford-pets, idd-roads, lyft-carla."""
    recipes: str = "auto,cityscapes-pairs"
    """Recipes to compare, with commas between."""
    minutes: float | None = None
    """Train for so long, however many passes that is [without: what suits pairs and machine]."""
    epochs: int | None = None
    """Passes over the training pairs, in the usual size [without: as many as the minutes hold]."""
    batch_size: int | None = None
    """Pairs that each change of the weights is made from [without: what suits the pairs]."""
    parts: int | None = None
    """Learn each batch in so many parts, which takes less memory [without: as memory allows]."""
    learning_rate: float = 2e-3
    """The optimiser's rate at its highest."""
    schedule: Literal["cosine", "constant"] = "cosine"
    """Let the rate rise during the first steps and fall to zero at the end, or keep it."""
    optimizer: Literal["muon", "adam", "sgd"] = "muon"
    """Muon, Adam, or stochastic gradient descent with momentum."""
    momentum: float = 0.9
    """Of stochastic gradient descent: share of the last step that is taken once more."""
    dice: float = 1.0
    """Weight of the Dice loss beside cross-entropy. It helps rare classes; 0 turns it off."""
    favour: bool = True
    """At the end, answer some classes more readily and others less, as raises mean IoU."""
    mirror: bool | None = None
    """Answer from the mirrored picture too, which takes longer [without: if it was learned so]."""
    doubtful: bool = True
    """Train also on label pixels whose decoding is doubtful (the first score leaves them out)."""
    early_stopping: int = 0
    """Stop after so many validations without a better mIoU; 0 never stops early."""
    seed: int = 0
    """The same seed gives the same weights twice on one machine's CPU."""

    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Compute in 32 bits or, with weights of 32, in 16 [auto: in 16 where that is much faster]."""
    height: int | None = None
    """Pictures are learned at this height [without: for 256×256 pixels, or more as time allows]."""
    width: int | None = None
    """Pictures are learned at this width [without: in the proportions of the photos]."""
    filters: int | None = None
    """Channels at the first level; each further down has twice as many [without: by the time]."""
    depth: int | None = None
    """Levels of the U-Net above its bottleneck [without: so that this is at a sixteenth]."""
    stem: int | None = None
    """Learn at 1, 1/2 or 1/4 of the pictures' size [without: as labels bear; 1 if with --depth]."""
    residual: bool = True
    """Let convolutions on the way down and at the bottom add to what comes in."""
    context: int = 4
    """How often the bottom has its convolutions, each time looking twice as far."""
    thin: bool = True
    """Give each level of the way up one convolution instead of two."""
    padding: Literal["same", "valid"] = "same"
    """Pad each convolution, or pad the picture once and crop the maps, as in the paper of 2015."""
    normalization: bool = True
    """Normalise batches after each convolution."""
    dropout: float = 0.0
    """Share of values that is dropped after each pooling and each concatenation."""
    first_dropout: float | None = None
    """The same after the first pooling alone [without: as --dropout]."""
    initializer: Literal["glorot_uniform", "he_normal"] = "he_normal"
    """What the weights of the convolutions are drawn from."""
    transposed: int = 2
    """Kernel size of the transposed convolutions."""
    head: Literal["softmax", "sigmoid"] = "softmax"
    """Let the classes of a pixel exclude each other, or tell yes from no for each by itself."""

    flip: bool = True
    """Show every second picture mirrored."""
    flip_vertical: bool | None = None
    """Show every second picture upside down [without: where the photos have no above and below]."""
    rotate: float = 0.0
    """Turn pictures by up to so many degrees either way; 0 does not."""
    zoom: float | None = None
    """Zoom pictures by up to this factor, and shift them; 1 does not [without: as passes allow]."""
    light: float | None = None
    """Change brightness, contrast and colour by up to this share [without: as passes allow]."""

    rehearsal: bool = True
    """Before a run of 6 minutes or more, see whether the network can learn a few pairs by heart."""
    resume: bool | None = None
    """Go on with the run in OUTPUT that was cut off [without: if its options were the same]."""
    resume_anyway: bool = False
    """Go on with it though options, pairs or version are others than then."""
    examples: int = 6
    """How many prediction pictures to write after training."""
    train: int = 40
    """Pairs to draw for training."""
    val: int = 10
    """Pairs to draw for validation."""
    workers: int = WORKERS
    """Threads that decode pictures and prepare batches."""
    tensorboard: bool = False
    """Write logs for TensorBoard to OUTPUT/tensorboard."""

    def __post_init__(self) -> None:
        for name in ("context", "workers"):
            self._expect(getattr(self, name) >= 1, name, "a whole number from 1")
        for name in ("batch_size", "parts", "filters", "depth", "stem", "epochs"):
            value = getattr(self, name)
            self._expect(value is None or value >= 1, name, "a whole number from 1")
        for name in ("early_stopping", "examples", "train", "val"):
            self._expect(getattr(self, name) >= 0, name, "a number from 0")
        self._expect(0 <= self.seed < 2**32, "seed", "a whole number from 0 to 4294967295")
        self._expect(self.minutes is None or 0 < self.minutes < 1e5, "minutes", "a number above 0")
        self._expect(0 < self.learning_rate < 10, "learning_rate", "a number between 0 and 10")
        self._expect(self.stem in (None, 1, 2, 4), "stem", "1, 2 or 4")
        for name, most in {"depth": 8, "context": 8}.items():
            self._expect((getattr(self, name) or 0) <= most, name, f"at most {most}")
        others = self.stem != 1 or self.residual or self.context > 1 or self.thin
        if self.padding == "valid" and others:
            raise ValueError(
                "--padding is valid. Expected --stem 1, --no-residual, --context 1 and --no-thin "
                "with it, which is the network of the paper (--recipe voc2007). Set these, or "
                "--padding same."
            )
        self._expect(2 <= self.transposed <= 8, "transposed", "a whole number from 2 to 8")
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            right = value is None or least <= value <= most
            self._expect(right, name, f"a number from {least} to {most}")
        for name in ("momentum", "dropout", "first_dropout"):
            self._expect(0 <= (getattr(self, name) or 0) < 1, name, "a number from 0, below 1")
        self._expect_choices()
        self._expect_sizes()

    def _expect_choices(self) -> None:
        for name, kind in get_type_hints(type(self)).items():
            if get_origin(kind) is Literal:
                choices = get_args(kind)
                self._expect(getattr(self, name) in choices, name, " or ".join(choices))

    def _expect_sizes(self) -> None:
        step = self.step
        for name in ("height", "width"):
            size = getattr(self, name)
            if size is None:
                continue
            self._expect(size >= 1, name, "a whole number from 1")
            nearest = max(step, round(size / step) * step)
            rule = f"a multiple of {step}, as --stem and --depth make maps so many times smaller"
            self._expect(size % step == 0, name, f"{rule}; the nearest is {nearest}")

    def _expect(self, right: bool, name: str, expected: str) -> None:
        if not right:
            option = "--" + name.replace("_", "-")
            raise ValueError(f"{option} is {getattr(self, name)}. Expected {expected}.")

    @property
    def step(self) -> int:
        """The network takes pictures whose sides are multiples of this."""
        if self.depth is None and self.stem is None:
            return BOTTOM
        stem = self.stem or 1
        return int(stem * 2 ** (self.depth or usual_depth(stem)))

    @property
    def size(self) -> Size:
        """Height and width of the pictures that are learned from."""
        return self.height or SIDE, self.width or SIDE

    def fitted(self, shape: Size, times: int = 1) -> Config:
        """The same with a size for photos of this shape: so many times 256×256 pixels in all."""
        if self.height and self.width:
            return self
        step = self.step
        height, width = fitting_size(shape, step, times * SIDE * SIDE)
        if self.height:
            width = max(1, round(self.height * shape[1] / shape[0] / step)) * step
        elif self.width:
            height = max(1, round(self.width * shape[0] / shape[1] / step)) * step
        return replace(self, height=self.height or height, width=self.width or width)

    def larger_sizes(self, shape: Size) -> list[Size]:
        """Those above the usual one that photos of this shape fill, from the largest on."""
        if self.height or self.width:
            return []
        least = LARGER_FROM * pixels(self.fitted(shape).size)
        sizes = [self.fitted(shape, times).size for times in LARGER]
        return [size for size in dict.fromkeys(sizes) if pixels(size) >= least]

    @property
    def model_file(self) -> Path:
        return self.model or self.output / MODEL

    def to_json(self) -> dict[str, Any]:
        """What decides how a training goes."""

        def plain(value: Any) -> Any:
            if isinstance(value, tuple):
                return [plain(item) for item in value]
            return str(value) if isinstance(value, Path) else value

        names = [field.name for field in fields(self) if field.name not in FOREIGN]
        return {name: plain(getattr(self, name)) for name in names}
