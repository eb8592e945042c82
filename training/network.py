"""The network of a configuration, in its three forms: it learns, is validated, and is handed on.

networks = Networks(config, 19, "bfloat16")      # after the plan has filled in the shape
networks.learning                                # logits at the size that a stem leaves
networks.full                                    # the same weights, at the size of the picture
networks.deployable()                            # stock layers, any size, probabilities
"""

from __future__ import annotations

from functools import cached_property

import keras

from segmentation_model import Unet, enlarged
from training.config import Config
from training.normalization import FusedBatchNormalization
from training.precision import Kind, computing_in


class Networks:
    """One set of weights in three forms."""

    def __init__(self, config: Config, classes: int, kind: Kind) -> None:
        self.config, self.classes = config, classes
        with computing_in(kind):
            # Learns at the size that a stem leaves: there the loss costs a quarter, or less.
            self.learning = self._unet(*config.size, None, FusedBatchNormalization, enlarge=False)
        stem = config.stem or 1
        self.full = keras.Model(self.learning.inputs, enlarged(self.learning.output, stem))

    def deployable(self) -> keras.Model:
        """The network with the weights of now, for pictures of any size, giving probabilities.

        All of its layers are Keras's own, so that its file opens with Keras alone.
        """
        self._stock.set_weights(self.learning.get_weights())
        return self._stock

    @cached_property
    def _stock(self) -> keras.Model:
        return self._unet(None, None, self.config.head, keras.layers.BatchNormalization)

    def _unet(
        self,
        height: int | None,
        width: int | None,
        activation: str | None,
        normalization: type[keras.layers.Layer],
        enlarge: bool = True,
    ) -> keras.Model:
        config = self.config
        assert config.filters and config.depth and config.stem, "the plan chooses a shape first"
        return Unet(
            height,
            width,
            classes=self.classes,
            filters=config.filters,
            depth=config.depth,
            activation=activation,
            padding=config.padding,
            normalization=normalization if config.normalization else None,
            dropout=config.dropout,
            first_dropout=config.first_dropout,
            initializer=config.initializer,
            transposed=config.transposed,
            stem=config.stem,
            residual=config.residual,
            context=config.context,
            thin=config.thin,
            enlarge=enlarge,
        )
