"""Batches for Keras: the only file of this folder that imports it.

    batches = Batches(cached.train, batch_size=8, epochs=10, seed=0, view=partial(augment, …))
    model.fit(batches, steps_per_epoch=batches.steps, epochs=10, shuffle=False)

All epochs are one long row of batches, and batch i is a function of (seed, i) alone. Keras calls
PyDataset.on_epoch_end once before the first epoch, so an order kept there would be wrong; and so a
run can go on at any batch. Threads prepare batches: OpenCV gives up the lock while it works.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from dataset.cache import Examples
from labels.classes import IGNORE

View = Callable[[np.ndarray, np.ndarray, np.random.Generator], tuple[np.ndarray, np.ndarray]]


class Batches(keras.utils.PyDataset):
    """The training batches of a whole run: (photos uint8, labels uint8 with 255 = ignore).

    Args:
        examples: The decoded pairs.
        batch_size: Pairs in a batch; all batches have the same shape.
        epochs: How often every pair comes.
        seed: Of the order and the views.
        view: Makes another view of (photo, label) with a random generator.
        doubtful: Keep labels whose decoding is doubtful; else they become 'ignore'.
        workers: Threads.
    """

    def __init__(
        self,
        examples: Examples,
        batch_size: int,
        epochs: int,
        seed: int,
        view: View | None = None,
        doubtful: bool = True,
        workers: int = 2,
    ) -> None:
        # On JAX, Keras 3.15 drops a batch of the first fit() when there are several workers.
        super().__init__(workers=1 if keras.backend.backend() == "jax" else workers)
        self.examples, self.batch_size, self.epochs = examples, batch_size, epochs
        self.seed, self.view, self.doubtful = seed, view, doubtful
        self.steps = -(-len(examples) // batch_size)
        self.first = 0
        """The batch of the row that comes first, where a run goes on."""

    def __len__(self) -> int:
        return self.steps * self.epochs - self.first

    @property
    def num_batches(self) -> None:
        """Unknown to Keras: its threads begin a row of known length anew in every epoch."""
        return None

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        index += self.first
        pairs = [self._pair(number, index, place) for place, number in enumerate(self.order(index))]
        photos, labels = zip(*pairs, strict=True)
        return np.stack(photos), np.stack(labels)

    def order(self, index: int) -> list[int]:
        """Numbers of the pairs in a batch. The last of an epoch is filled up from its first."""
        epoch, step = divmod(index, self.steps)
        permutation = np.random.default_rng((self.seed, 0, epoch)).permutation(len(self.examples))
        places = np.arange(step * self.batch_size, (step + 1) * self.batch_size)
        return [int(number) for number in permutation[places % len(self.examples)]]

    def _pair(self, number: int, index: int, place: int) -> tuple[np.ndarray, np.ndarray]:
        photo, label = self.examples.photos[number], self.examples.labels[number]
        if not self.doubtful:
            label = np.where(self.examples.confident[number], label, np.uint8(IGNORE))
        if self.view is None:
            return photo, label
        return self.view(photo, label, np.random.default_rng((self.seed, 1, index, place)))
