"""The network that predicts: the same answers as the file's, from quicker layers."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from deploy.quick import quick
from segmentation_model import Unet
from training.normalization import FusedBatchNormalization

pytestmark = pytest.mark.slow

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 32, 48, 3)).astype(np.uint8)


def trained(**kind: object) -> keras.Model:
    """A network whose normalisation has something to do."""
    model = Unet(classes=3, filters=4, depth=2, **kind)  # type: ignore[arg-type]
    random = np.random.default_rng(1)
    model.set_weights(
        [weight + random.normal(0, 0.15, weight.shape) for weight in model.get_weights()]
    )
    return model


@pytest.mark.parametrize(
    "kind",
    [
        *({}, {"normalization": None}, {"dropout": 0.3, "transposed": 3}),
        *({"activation": "sigmoid"}, {"stem": 2, "residual": True, "context": 2, "thin": True}),
    ],
)
def test_in_float32_the_answers_are_those_of_the_file(kind: dict[str, object]) -> None:
    model = trained(**kind)
    expected = model.predict_on_batch(PICTURES)
    assert expected.std() > 0.01
    np.testing.assert_allclose(quick(model).predict_on_batch(PICTURES), expected, atol=1e-5)


def test_unpadded_networks_of_one_size_too() -> None:
    model = trained(height=32, width=48, padding="valid", normalization=None)
    expected = model.predict_on_batch(PICTURES)
    np.testing.assert_allclose(quick(model).predict_on_batch(PICTURES), expected, atol=1e-5)


def test_in_16_bits_they_are_nearly_those() -> None:
    model = trained()
    expected = model.predict_on_batch(PICTURES)
    answers = quick(model, "bfloat16").predict_on_batch(PICTURES)
    assert answers.dtype == np.float32
    assert (answers.argmax(-1) == expected.argmax(-1)).mean() > 0.97
    np.testing.assert_allclose(answers, expected, atol=0.06)


def test_only_the_head_and_the_statistics_are_in_32_bits() -> None:
    layers = quick(trained(), "bfloat16").layers
    wide = {layer.name for layer in layers if layer.compute_dtype == "float32"}
    fused = {layer.name for layer in layers if isinstance(layer, FusedBatchNormalization)}
    assert len(fused) == 10
    assert wide == fused | {"picture", "logits", "probabilities"}


def test_what_is_enlarged_stays_in_32_bits() -> None:
    layers = quick(trained(stem=2, residual=True), "bfloat16").layers
    wide = {layer.name for layer in layers if layer.compute_dtype == "float32"}
    assert {"logits", "enlarged", "probabilities"} <= wide
    assert "add" not in wide


def test_the_model_itself_is_left_as_it_was() -> None:
    model = trained()
    before = model.predict_on_batch(PICTURES)
    quick(model, "bfloat16")
    np.testing.assert_array_equal(model.predict_on_batch(PICTURES), before)
    assert keras.config.dtype_policy().name == "float32"
