"""Batches for Keras: the only file of this folder that imports it.

    batches = Batches(cached.train, batch_size=8, epochs=10, seed=0, view=partial(augment, …))
    model.fit(batches, steps_per_epoch=batches.steps, epochs=10, shuffle=False)

All epochs are one long row of batches, and batch i is a function of (seed, i) alone. Keras calls
PyDataset.on_epoch_end once before the first epoch, so an order kept there would be wrong; and so a
run can go on at any batch. Threads prepare the next batches: OpenCV gives up the lock while it
works. They are this file's own, as Keras's keep all they have prepared at the end of an epoch and
prepare as much again: with 2 steps an epoch that was 1 MB more after each, and work for nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import keras
import numpy as np

from dataset.cache import Examples
from labels.classes import IGNORE

Batch = tuple[np.ndarray, np.ndarray]
View = Callable[[np.ndarray, np.ndarray, np.random.Generator], tuple[np.ndarray, np.ndarray]]


AHEAD = 8  # batches that wait: 2 MB each of 8 pairs of 256×256


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
        parts: Give each batch in so many parts, one after the other: the same pairs in the same
            views and order.
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
        parts: int = 1,
    ) -> None:
        super().__init__(workers=1)
        self.threads, self.pool = workers, ThreadPoolExecutor(workers)
        self.prepared: dict[int, Future[Batch]] = {}
        self.examples, self.batch_size, self.epochs = examples, batch_size, epochs
        self.seed, self.view, self.doubtful = seed, view, doubtful
        self.parts, self.at_once = parts, batch_size // parts
        self.steps = -(-len(examples) // batch_size) * parts
        self.first = 0
        """The batch of the row that comes first, where a run goes on."""

    def __len__(self) -> int:
        return self.steps * self.epochs - self.first

    @property
    def num_batches(self) -> None:
        """Unknown to Keras: its threads begin a row of known length anew in every epoch."""
        return None

    def __getitem__(self, index: int) -> Batch:
        index += self.first
        before = self.prepared
        self.prepared = prepared = {
            number: before.get(number) or self.pool.submit(self._batch, number)
            for number in range(index, index + AHEAD)
        }
        return prepared[index].result()

    def _batch(self, index: int) -> Batch:
        batch, part = divmod(index, self.parts)
        pairs = [
            self._pair(number, batch, place)
            for place, number in enumerate(self.order(index), part * self.at_once)
        ]
        photos, labels = zip(*pairs, strict=True)
        return np.stack(photos), np.stack(labels)

    def seconds(self) -> float:
        """How long a batch takes while all threads make some: no step can be quicker."""
        self._batch(0)  # its pairs are in memory then, as all are after a pass
        number, began = 2 * self.threads, time.perf_counter()
        list(self.pool.map(self._batch, [0] * number))
        return (time.perf_counter() - began) / number

    def order(self, index: int) -> list[int]:
        """Numbers of the pairs in a batch, or a part of one. The last batch of an epoch is filled
        up from its first.
        """
        epoch, step = divmod(index, self.steps)
        permutation = np.random.default_rng((self.seed, 0, epoch)).permutation(len(self.examples))
        places = np.arange(step * self.at_once, (step + 1) * self.at_once)
        return [int(number) for number in permutation[places % len(self.examples)]]

    def _pair(self, number: int, index: int, place: int) -> tuple[np.ndarray, np.ndarray]:
        photo, label = self.examples.photos[number], self.examples.labels[number]
        if not self.doubtful:
            label = np.where(self.examples.confident[number], label, np.uint8(IGNORE))
        if self.view is None:
            return photo, label
        return self.view(photo, label, np.random.default_rng((self.seed, 1, index, place)))
