"""The class of each pixel."""

from __future__ import annotations

import keras
import numpy as np

from training.most_likely import most_likely

# The greatest is at 2, at 0 (of two the first), and at 1.
VALUES = np.array([[[[0.1, -3, 7.5], [2, 2, -1], [-9, -0.5, -1]]]], np.float32)


def test_it_is_the_place_of_the_greatest_value() -> None:
    ids = keras.ops.convert_to_numpy(most_likely(VALUES))
    np.testing.assert_array_equal(ids, [[[2, 0, 1]]])
