"""Looks into a model file before Keras does: it must be a network and its weights, nothing else.

    inspect(Path("unet_model.hdf5"))        # raises Unexpected, and says what was found

Keras runs code that it finds in an HDF5 file: a Lambda layer holds Python bytecode, and safe_mode
is not looked at there (CVE-2024-3660, CVE-2025-9905); a configuration may name any function, or
wrap a pickle (CVE-2025-1550, -8747, -9906, -49655) or read any file (CVE-2025-12058). Numbers may
lie in another file (CVE-2026-1669), and an array or a layer may ask for more memory than there is
(CVE-2026-0897). So what is not known to be harmless is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

LAYERS = {
    "InputLayer",
    "Rescaling",
    "ZeroPadding2D",
    "Cropping2D",
    "Conv2D",
    "Conv2DTranspose",
    "BatchNormalization",
    "MaxPooling2D",
    "Dropout",
    "UpSampling2D",
    "Add",
    "Concatenate",
    "Activation",
}
# What the configuration of a layer may be made of; each is data alone.
PARTS = {"DTypePolicy", "GlorotUniform", "HeNormal", "Zeros", "Ones", "__keras_tensor__"}
MODULES = {None, "keras", "keras.layers", "keras.initializers"}
ACTIVATIONS = {None, "linear", "relu", "softmax", "sigmoid"}
# No picture is wider, and no layer has more filters. Far above what fits, far below harm.
LARGEST = 65536
# By how much a map grows or shrinks at once. The deepest unpadded network has a border of 1,534
# pixels (margins() of segmentation_model.py), the bottom of ours looks 128 pixels far.
MODERATE = {"size": 16, "strides": 16, "dilation_rate": 128, "padding": 2000}
MOST_OBJECTS = 10_000
LONGEST = 16_000_000  # characters of the configuration; that of a U-Net has 40,000

Layer = dict[str, Any]


class Unexpected(ValueError):  # noqa: N818 - it says what was found
    """The file holds what a trained network does not need."""


def inspect(path: Path) -> None:
    """Passes a file that is plain data."""
    with h5py.File(path, "r") as opened:
        _expect_own_storage(opened, path.stat().st_size)
        network = _configuration(opened)
        if network.get("class_name") != "Functional":
            raise Unexpected(f"a network of the kind {network.get('class_name')!r:.80}")
        layers = network["config"]["layers"]
        for layer in layers:
            if layer["class_name"] not in LAYERS:
                raise Unexpected(f"a layer of the kind {layer['class_name']!r:.80}")
            for value in layer["config"].values():
                _expect_data(value)
            _expect_data(layer["inbound_nodes"])
            _expect_moderate(layer["config"])
            if layer["config"].get("activation") not in ACTIVATIONS:
                raise Unexpected(f"the activation {layer['config']['activation']!r:.80}")
        _expect_weights(layers, opened["model_weights"])


def _expect_own_storage(opened: h5py.File, size: int) -> None:
    """Every number lies in this file, once: no link, and no array larger than the file itself."""
    claimed = 0
    for name, link, thing in _contents(opened):
        if not isinstance(link, h5py.HardLink):
            raise Unexpected(f"the link {name!r:.80} to another place")
        if not isinstance(thing, h5py.Dataset):
            continue
        if thing.external or thing.is_virtual:
            raise Unexpected(f"the array {name!r:.80}, whose numbers are in another file")
        if thing.dtype.kind != "f":
            raise Unexpected(f"the array {name!r:.80} of {thing.dtype}")
        claimed += thing.nbytes
    if claimed > size:
        raise Unexpected(f"arrays of {claimed:,} bytes in a file of {size:,}")


def _contents(opened: h5py.File) -> Iterator[tuple[str, Any, Any]]:
    """Every link with what it leads to. A group may contain itself, so they are counted."""
    groups, seen = [opened["/"]], 0
    while groups:
        group = groups.pop()
        for name in group:
            seen += 1
            if seen > MOST_OBJECTS:
                raise Unexpected(f"more than {MOST_OBJECTS:,} groups and arrays")
            link = group.get(name, getlink=True)
            thing = group[name] if isinstance(link, h5py.HardLink) else None
            if isinstance(thing, h5py.Group):
                groups.append(thing)
            yield f"{group.name.rstrip('/')}/{name}", link, thing


def _configuration(opened: h5py.File) -> dict[str, Any]:
    text = opened.attrs["model_config"]
    if len(text) > LONGEST:
        raise Unexpected(f"a configuration of {len(text):,} characters")
    network = json.loads(text)
    if not isinstance(network, dict):
        raise Unexpected("a configuration that is no table")
    return network


def _expect_data(value: Any) -> None:
    """Whatever is nested in a configuration: known parts, numbers and names."""
    if isinstance(value, dict):
        kind = value.get("class_name")
        if "class_name" in value and kind not in PARTS:
            raise Unexpected(f"a part of the kind {kind!r:.80}")
        if value.get("module") not in MODULES or value.get("registered_name"):
            raise Unexpected(f"a part from {value.get('module')!r:.80}")
        for inner in value.values():
            _expect_data(inner)
    elif isinstance(value, list):
        for inner in value:
            _expect_data(inner)
    elif isinstance(value, (int, float)) and not abs(value) <= LARGEST:
        raise Unexpected(f"the number {value} in the configuration")


def _expect_moderate(config: dict[str, Any]) -> None:
    """No layer makes a map enormous: by what its weights do not show."""
    for name, most in MODERATE.items():
        if any(number > most for number in _numbers(config.get(name))):
            raise Unexpected(f"a {name} of {config[name]}")


def _numbers(value: Any) -> list[float]:
    """All numbers in lists of lists."""
    if isinstance(value, list):
        return [number for inner in value for number in _numbers(inner)]
    return [value] if isinstance(value, (int, float)) else []


def _expect_weights(layers: list[Layer], weights: h5py.Group) -> None:
    """Follows the channels through the network, so that nothing is built that has no weights."""
    channels: dict[str, int] = {}
    for layer in layers:
        name = layer["name"]
        if name != layer["config"]["name"]:
            raise Unexpected(f"the layer {name!r:.80} under two names")
        sources = [channels[source] for source in _sources(layer)]
        before = max(sources, default=0) if layer["class_name"] == "Add" else sum(sources)
        expected = _shapes(layer, before)
        found = [array.shape for array in _arrays(weights, name)]
        if Counter(expected) != Counter(found):
            raise Unexpected(f"weights of {found} for the layer {name!r:.80} of {expected}")
        channels[name] = _channels(layer, before)


def _sources(layer: Layer) -> Iterator[str]:
    """The layers that a layer takes its input from."""

    def tensors(value: Any) -> Iterator[str]:
        if isinstance(value, dict) and "keras_history" in value:
            yield value["keras_history"][0]
        elif isinstance(value, (dict, list)):
            for inner in value.values() if isinstance(value, dict) else value:
                yield from tensors(inner)

    return tensors(layer["inbound_nodes"])


def _shapes(layer: Layer, before: int) -> list[tuple[int, ...]]:
    """What the weights of a layer look like."""
    config = layer["config"]
    bias = [(config["filters"],)] if config.get("use_bias") else []
    match layer["class_name"]:
        case "Conv2D":
            return [(*config["kernel_size"], before, config["filters"]), *bias]
        case "Conv2DTranspose":
            return [(*config["kernel_size"], config["filters"], before), *bias]
        case "BatchNormalization":
            return [(before,)] * 4
    return []


def _channels(layer: Layer, before: int) -> int:
    config = layer["config"]
    if layer["class_name"] == "InputLayer":
        return int(config["batch_shape"][-1])
    return int(config.get("filters", before))


def _arrays(weights: h5py.Group, name: str) -> list[h5py.Dataset]:
    """All arrays below the group of a layer; a layer without weights may have no group."""
    found: list[h5py.Dataset] = []
    if name in weights:
        weights[name].visititems(
            lambda _, thing: found.append(thing) if isinstance(thing, h5py.Dataset) else None
        )
    return found
