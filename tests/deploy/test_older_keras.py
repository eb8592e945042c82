"""Model files hold nothing that an older Keras 3 would refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import pytest

from deploy.model_file import Card, write_model
from deploy.older_keras import readable
from labels.classes import usual_classes
from segmentation_model import Unet
from training.recipes import RECIPES, recipe_config

CONVOLUTION = """
    activation activity_regularizer bias_constraint bias_initializer bias_regularizer data_format
    dilation_rate filters kernel_constraint kernel_initializer kernel_regularizer kernel_size
    padding strides use_bias
"""
# What each layer of Keras 3.5 takes, by its own get_config().
TAKEN = {
    "Activation": "activation",
    "Add": "",
    "BatchNormalization": """
        axis beta_constraint beta_initializer beta_regularizer center epsilon gamma_constraint
        gamma_initializer gamma_regularizer momentum moving_mean_initializer
        moving_variance_initializer scale synchronized
    """,
    "Concatenate": "axis",
    "Conv2D": f"{CONVOLUTION} groups",
    "Conv2DTranspose": CONVOLUTION,
    "Cropping2D": "cropping data_format",
    "Dropout": "noise_shape rate seed",
    "InputLayer": "batch_shape sparse",
    "MaxPooling2D": "data_format padding pool_size strides",
    "Rescaling": "offset scale",
    "UpSampling2D": "data_format interpolation size",
    "ZeroPadding2D": "data_format padding",
    "HeNormal": "seed",
    "GlorotUniform": "seed",
    "Zeros": "",
    "Ones": "",
    "DTypePolicy": "",
    "Functional": "layers input_layers output_layers",
    "__keras_tensor__": "shape keras_history",
}
ANY = {"name", "dtype", "trainable"}


def parts(content: Any) -> Iterator[tuple[str, set[str]]]:
    """Every layer and every other thing with a configuration, and what that names."""
    if isinstance(content, list):
        for one in content:
            yield from parts(one)
    elif isinstance(content, dict):
        if isinstance(content.get("config"), dict) and "class_name" in content:
            yield content["class_name"], set(content["config"])
        for one in content.values():
            yield from parts(one)


@pytest.mark.parametrize("name", RECIPES)
def test_nothing_is_named_that_keras_3_5_does_not_take(name: str, tmp_path: Path) -> None:
    recipe = recipe_config(name)
    model = Unet(
        *(None, None) if recipe.padding == "same" else (64, 64),
        classes=2,
        filters=2,
        depth=2,
        stem=4 if recipe.stem is None else recipe.stem,
        padding=recipe.padding,
        residual=recipe.residual,
        context=recipe.context,
        thin=recipe.thin,
        dropout=recipe.dropout,
        initializer=recipe.initializer,
        transposed=recipe.transposed,
    )
    path = tmp_path / "model.hdf5"
    write_model(model, Card(usual_classes(2), 64, 64), path)
    with h5py.File(path) as opened:
        found = list(parts(json.loads(opened.attrs["model_config"])))
    assert {"Conv2D", "Conv2DTranspose", "BatchNormalization"} <= {kind for kind, _ in found}
    for kind, named in found:
        assert named <= {*TAKEN[kind].split(), *ANY}, kind


def test_what_says_something_stays() -> None:
    given = {"config": [{"renorm": True, "optional": False, "axis": -1}], "output_axes": None}
    assert json.loads(readable(json.dumps(given))) == {"config": [{"renorm": True, "axis": -1}]}
