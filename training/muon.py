"""Muon: an optimiser that changes kernels in all directions alike, and the rest as Adam does.

    model.compile(Muon(2e-3, global_clipnorm=1.0), loss)

The gradients of a convolution agree on a few directions, and Adam follows those. Muon (Keller
Jordan, 2024) takes their mean as a matrix and makes all of its singular values about 1, so that
rare directions are learned as well: on the Cityscapes pairs 5 passes came to .41, with Adam to .33.
The optimiser of that name in Keras 3.15 leaves convolutions to Adam.
"""

from __future__ import annotations

from math import prod
from typing import Any

import keras
from keras import ops

# The first layer reads three colours and the last one names the classes: these are Adam's.
COLOURS, LAST = 3, "logits"
KEPT = 0.95  # of the mean of gradients, with each step
# How much the values of a kernel change, by root mean square, as a share of the rate. It hardly
# matters: .4 came to .408 and 1.2 to .412; this is between them.
CHANGE = 0.7
# Adam's usual values.
MEAN_KEPT, SQUARE_KEPT, EPSILON = 0.9, 0.999, 1e-7
# x -> 3.4445 x - 4.7750 x^3 + 2.0315 x^5, five times, brings whatever is above .01 to .7 … 1.2.
POLYNOMIAL = (3.4445, -4.7750, 2.0315)
# So often before the matrix itself is looked at again: with 10 bits, as GPUs multiply, no more.
TURNS = (3, 2)
TINY = 1e-7


class Muon(keras.optimizers.Optimizer):
    """Muon for the kernels between the first and the last layer, Adam for all other variables."""

    def build(self, variables: list[Any]) -> None:
        """Makes a mean of gradients for each variable, and for Adam's one of their squares."""
        if self.built:
            return
        super().build(variables)
        self.means = [self._beside(variable, "mean") for variable in variables]
        self.squares = [
            None if is_inner_kernel(variable) else self._beside(variable, "square")
            for variable in variables
        ]

    def _beside(self, variable: Any, name: str) -> Any:
        return self.add_variable_from_reference(reference_variable=variable, name=name)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        place = self._get_variable_index(variable)
        mean, square = self.means[place], self.squares[place]
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        if square is not None:
            self._adam(gradient, variable, rate, mean, square)
            return
        self.assign(mean, KEPT * mean + gradient)
        # One step ahead, as Nesterov has it.
        self.assign_sub(variable, rate * change_of(gradient + KEPT * mean))

    def _adam(self, gradient: Any, variable: Any, rate: Any, mean: Any, square: Any) -> None:
        steps = ops.cast(self.iterations + 1, variable.dtype)
        # Both begin at zero, which is made up for.
        rate *= ops.sqrt(1 - ops.power(SQUARE_KEPT, steps)) / (1 - ops.power(MEAN_KEPT, steps))
        self.assign_add(mean, (gradient - mean) * (1 - MEAN_KEPT))
        self.assign_add(square, (ops.square(gradient) - square) * (1 - SQUARE_KEPT))
        self.assign_sub(variable, rate * mean / (ops.sqrt(square) + EPSILON))


def is_inner_kernel(variable: Any) -> bool:
    """Whether it belongs to a convolution between the first and the last layer."""
    shape = variable.shape
    return len(shape) == 4 and shape[2] > COLOURS and LAST not in variable.path


def change_of(mean: Any) -> Any:
    """The change that a mean of gradients asks of a kernel; its last axis is the columns."""
    outputs = mean.shape[-1]
    matrix = orthogonal(ops.reshape(mean, (-1, outputs)))
    size = max(prod(mean.shape[:-1]), outputs)
    # Its squares add up to the smaller side, so their mean is 1 over the larger one.
    return CHANGE * size**0.5 * ops.reshape(matrix, mean.shape)


def orthogonal(matrix: Any) -> Any:
    """About the nearest matrix whose singular values are all 1, by Newton's and Schulz's way.

    Its product with itself is small, so the polynomials of that are multiplied up first: two fifths
    of the time that it takes to multiply the matrix each time.
    """
    rows, columns = matrix.shape
    if rows > columns:
        return ops.transpose(orthogonal(ops.transpose(matrix)))
    matrix = matrix / (ops.sqrt(ops.sum(ops.square(matrix))) + TINY)
    for turns in TURNS:
        square = ops.matmul(matrix, ops.transpose(matrix))
        step = product = _polynomial(square)
        for _ in range(turns - 1):
            square = ops.matmul(ops.matmul(step, square), step)
            step = _polynomial(square)
            product = ops.matmul(step, product)
        matrix = ops.matmul(product, matrix)
    return matrix


def _polynomial(square: Any) -> Any:
    first, second, third = POLYNOMIAL
    one = ops.eye(square.shape[0], dtype=square.dtype)
    return first * one + second * square + third * ops.matmul(square, square)
