"""Recipes: named settings, each the network and the training of one published system.

    config = recipe_config("voc2007")                # a Config whose recipe is "voc2007"
    replace(config, data=Path("VOC2007"), epochs=3)  # any value can be overruled

A recipe holds what differs from Config's own defaults, which are the recipe 'auto'. What is said
of a value is why it stands there where the system's description leaves it open. Three values are
this project's in all of them: the gradient's norm is clipped at 1, ignored pixels count for
nothing, and the best weights are kept, not the last.
"""

from __future__ import annotations

import difflib
from typing import Any

from training.config import Config
from utils_func import BadInput

# The likelihood of the right class is all that is learned, and the likeliest class of the picture
# as it is is the answer.
LIKELIHOOD_ALONE = {"dice": 0.0, "favour": False, "mirror": False}
# A rate that neither rises nor falls, which is Keras's Adam where nothing else is written.
PLAIN_ADAM = {"optimizer": "adam", "learning_rate": 1e-3, "schedule": "constant"}
# The network as the paper of 2015 drew it, at the size of the picture.
CLASSIC = {"stem": 1, "depth": 4, "residual": False, "context": 1, "thin": False}
NO_OTHER_VIEWS = {"flip": False, "flip_vertical": False, "rotate": 0.0, "zoom": 1.0, "light": 0.0}

# Two systems describe the same network: 64-128-256-512 and 1024 at the bottom, 34,513,475
# parameters with 3 classes.
WIDE_WITH_DROPOUT = {
    **CLASSIC,
    "filters": 64,
    "initializer": "he_normal",
    "dropout": 0.3,
    "transposed": 3,
    "normalization": False,
    "head": "softmax",
}

RECIPES: dict[str, dict[str, Any]] = {
    "auto": {},
    # Cityscapes pairs, 2975 + 500: filters 16-32-64-128 and 256, 10 epochs in batches of 10.
    # Its sigmoid head under a cross-entropy of one class was a slip; softmax is what that wants.
    "cityscapes-pairs": {
        **CLASSIC,
        **LIKELIHOOD_ALONE,
        **PLAIN_ADAM,
        **NO_OTHER_VIEWS,
        "epochs": 10,
        "batch_size": 10,
        "height": 256,
        "width": 256,
        "filters": 16,
        "normalization": True,
        "initializer": "glorot_uniform",  # Keras's, as nothing else is written
        "transposed": 2,
        "head": "softmax",
    },
    # PASCAL VOC 2007: the network of the 2015 paper, 23 convolutional layers without padding.
    "voc2007": {
        **CLASSIC,
        **LIKELIHOOD_ALONE,
        **NO_OTHER_VIEWS,
        "epochs": 50,  # 209 pictures: some 10,000 steps of one
        "batch_size": 1,  # the paper prefers large pictures to large batches, hence the momentum
        "optimizer": "sgd",
        "momentum": 0.99,
        "learning_rate": 1e-3,  # open; .99 multiplies it by 100, and .1 is plain descent's usual
        "schedule": "constant",
        "height": 256,  # open; the photos are some 375×500, and 444×444 is what goes in
        "width": 256,
        "filters": 64,
        "padding": "valid",
        "normalization": False,  # the paper is of the same year as batch normalisation
        "initializer": "he_normal",  # the paper: a deviation of the root of 2 / inputs
        "transposed": 2,
        "head": "softmax",
        "flip": True,
        "flip_vertical": True,
        "rotate": 35.0,  # open; what Albumentations' own examples of segmentation turn by
    },
    # Oxford-IIIT pets with their trimaps, 128×128, 100 epochs in batches of 64.
    "oxford-pets": {
        **WIDE_WITH_DROPOUT,
        **LIKELIHOOD_ALONE,
        **PLAIN_ADAM,
        **NO_OTHER_VIEWS,
        "epochs": 100,
        # The validation loss was at its best near epoch 30 and 70 more epochs were lost on it.
        "early_stopping": 20,
        "batch_size": 64,
        "height": 128,
        "width": 128,
        "flip": True,  # not upside down, as pets are not
    },
    # Indian roads, 128×128: the same network.
    "idd-roads": {
        **WIDE_WITH_DROPOUT,
        **LIKELIHOOD_ALONE,
        **PLAIN_ADAM,
        **NO_OTHER_VIEWS,
        "epochs": 30,  # open; where this network was at its best on the pets
        "batch_size": 32,  # open; half of the pets', as IDD Lite has less than half the pictures
        "height": 128,
        "width": 128,
    },
    # Lyft-Udacity challenge (CARLA), 600×800: filters 16-32-64-128 and 256 at the bottom.
    # Its one sigmoid output for road or not becomes one for each class.
    "lyft-carla": {
        **CLASSIC,
        **LIKELIHOOD_ALONE,
        **PLAIN_ADAM,  # open, as all of the training is
        **NO_OTHER_VIEWS,
        "epochs": 10,  # open; 1000 pictures in each of five parts: 12,500 steps
        "batch_size": 4,  # open; 0.9 GB and 0.7 GB for each picture were measured, so 4 fit in 4
        "height": 608,  # the multiple of 16 next to 600
        "width": 800,
        "filters": 16,
        "normalization": False,
        "dropout": 0.5,
        "first_dropout": 0.25,
        "initializer": "glorot_uniform",
        "transposed": 3,
        "head": "sigmoid",
    },
}


def recipe_config(name: str) -> Config:
    """The configuration that a recipe stands for."""
    if name not in RECIPES:
        nearest = difflib.get_close_matches(name, RECIPES, n=1)
        meant = f"Perhaps you meant: {nearest[0]}" if nearest else "Name one of these"
        raise BadInput(
            f"There is no recipe '{name}'. Expected one of {', '.join(RECIPES)}. {meant}."
        )
    return Config(recipe=name, **RECIPES[name])
