"""All the configuration there is: one frozen dataclass. The command line is made from it.

from training.config import Config
config = Config(epochs=20, batch_size=4)
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

EPOCHS, SIDE = 10, 256  # where nothing else is asked for: as in the document that this reproduces


@dataclass(frozen=True)
class Config:
    """Everything that decides how a run goes. Each field is an option of the same name."""

    pictures: tuple[Path, ...] = ()
    """Pictures, or folders of pictures, to predict."""
    data: Path = Path("images")
    """Folder of the pairs, with train and val inside."""
    output: Path = Path("output")
    """Folder for what the command leaves behind."""
    model: Path | None = None
    """The trained model [without: OUTPUT/unet_model.hdf5]."""
    cache: Path = Path(".cache")
    """Folder for decoded pictures, so that the second start is quick."""
    skip_bad: bool = False
    """List unreadable files and leave them out, instead of stopping at the first."""

    epochs: int | None = None
    """Passes over the training pairs [without: 10; on built-in scenes what fits in 6 minutes]."""
    batch_size: int = 4
    """Pairs in one step. Halve it when memory runs out."""
    learning_rate: float = 2e-3
    """Adam's rate at its highest; it rises during the first steps and is zero at the end."""
    dice: float = 1.0
    """Weight of the Dice loss beside cross-entropy. It helps rare classes; 0 turns it off."""
    doubtful: bool = True
    """Train also on label pixels whose decoding is doubtful (the first score leaves them out)."""
    early_stopping: int = 0
    """Stop after so many epochs without a better validation mIoU; 0 never stops early."""
    seed: int = 0
    """The same seed gives the same weights twice on one machine's CPU."""

    height: int | None = None
    """Pictures are brought to this height [without: 256; 128 on the built-in scenes]."""
    width: int | None = None
    """Pictures are brought to this width [without: 256; 128 on the built-in scenes]."""
    filters: int = 16
    """Channels at the first level of the U-Net; each level down has twice as many."""
    depth: int = 4
    """Levels of the U-Net above its bottleneck."""

    flip: bool = True
    """Show every second picture mirrored."""
    zoom: float = 1.25
    """Enlarge or shrink pictures by up to this factor, and shift them; 1 does not."""
    light: float = 0.15
    """Change brightness, contrast and colour by up to this share; 0 does not."""

    examples: int = 6
    """How many prediction pictures to write after training."""
    workers: int = 2
    """Threads that decode pictures and prepare batches."""
    tensorboard: bool = False
    """Write logs for TensorBoard to OUTPUT/tensorboard."""

    def __post_init__(self) -> None:
        for name in ("batch_size", "filters", "depth", "workers"):
            self._expect(getattr(self, name) >= 1, name, "a whole number from 1")
        for name in ("early_stopping", "examples"):
            self._expect(getattr(self, name) >= 0, name, "a number from 0")
        self._expect(0 <= self.seed < 2**32, "seed", "a whole number from 0 to 4294967295")
        self._expect(0 <= self.dice <= 100, "dice", "a number from 0 to 100")
        self._expect(self.epochs is None or self.epochs >= 1, "epochs", "a whole number from 1")
        self._expect(0 < self.learning_rate < 10, "learning_rate", "a number between 0 and 10")
        self._expect(self.depth <= 8, "depth", "at most 8")
        self._expect(1 <= self.zoom <= 4, "zoom", "a number from 1 to 4")
        self._expect(0 <= self.light <= 1, "light", "a number from 0 to 1")
        step = 2**self.depth
        for name in ("height", "width"):
            size = getattr(self, name)
            if size is None:
                continue
            self._expect(size >= 1, name, "a whole number from 1")
            nearest = max(step, round(size / step) * step)
            rule = f"a multiple of {step}, as the network halves pictures {self.depth} times"
            self._expect(size % step == 0, name, f"{rule}; the nearest is {nearest}")

    def _expect(self, right: bool, name: str, expected: str) -> None:
        if not right:
            option = "--" + name.replace("_", "-")
            raise ValueError(f"{option} is {getattr(self, name)}. Expected {expected}.")

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the pictures that are learned from."""
        return self.height or SIDE, self.width or SIDE

    @property
    def model_file(self) -> Path:
        return self.model or self.output / "unet_model.hdf5"

    def to_json(self) -> dict[str, Any]:
        def plain(value: Any) -> Any:
            if isinstance(value, tuple):
                return [plain(item) for item in value]
            return str(value) if isinstance(value, Path) else value

        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}
