"""Model files that somebody has tampered with: each attack is built, and none reaches Keras."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from deploy.inspection import LARGEST, Unexpected, inspect
from deploy.model_file import Card, read_model, write_model
from labels.classes import numbered_classes
from segmentation_model import Unet
from utils_func import BadInput

CARD = Card(numbered_classes(3), 32, 32)
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("model") / "unet_model.hdf5"
    write_model(Unet(classes=3, filters=2, depth=1), CARD, path)
    return path.read_bytes()


@pytest.fixture
def path(whole: bytes, tmp_path: Path) -> Path:
    file = tmp_path / "unet_model.hdf5"
    file.write_bytes(whole)
    return file


@pytest.fixture(autouse=True)
def keras_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*arguments: Any, **options: Any) -> None:
        raise AssertionError("the file reached Keras")

    monkeypatch.setattr(keras.models, "load_model", opened)


def refused(path: Path, found: str) -> None:
    with pytest.raises(BadInput, match=r"was not opened, as it holds .*, and might run code") as it:
        read_model(path)
    assert found in str(it.value)
    assert str(it.value).startswith(str(path))


def change_network(path: Path, change: Change) -> None:
    with h5py.File(path, "r+") as opened:
        network = json.loads(opened.attrs["model_config"])
        change(network)
        opened.attrs["model_config"] = json.dumps(network)


def layer(network: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in network["config"]["layers"] if one["class_name"] == kind)


def lambda_of(function: object) -> dict[str, Any]:
    config = {"name": "evil", "function": function, "arguments": {}}
    return {"class_name": "Lambda", "name": "evil", "config": config, "inbound_nodes": []}


@pytest.mark.parametrize(
    "kind",
    [
        *({}, {"normalization": None}, {"transposed": 3, "dropout": 0.5, "activation": "sigmoid"}),
        {"height": 32, "width": 32, "padding": "valid", "initializer": "he_normal"},
        {"stem": 4, "residual": True, "context": 4, "thin": True},
        {"stem": 2, "residual": True, "normalization": None},
    ],
)
def test_every_network_of_this_program_passes(kind: dict[str, Any], tmp_path: Path) -> None:
    write_model(Unet(classes=3, filters=2, depth=2, **kind), CARD, tmp_path / "model.hdf5")
    inspect(tmp_path / "model.hdf5")


@pytest.mark.parametrize(
    "function",
    [
        ["4wEAAAAAAAAAAAAAAAAAAAABAAAAAwAAAA==", None, None],  # CVE-2024-3660, CVE-2025-9905
        {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None}},
        # CVE-2025-1550, and CVE-2025-8747 with a function of Keras's own
        {"module": "os", "class_name": "function", "config": "system", "registered_name": None},
        {"module": "keras.utils", "class_name": "function", "config": "get_file"},
        # CVE-2025-9906
        {
            "module": "keras.config",
            "class_name": "function",
            "config": "enable_unsafe_deserialization",
        },
    ],
)
def test_a_layer_that_holds_or_names_code(path: Path, function: object) -> None:
    change_network(path, lambda net: net["config"]["layers"].append(lambda_of(function)))
    refused(path, "a layer of the kind 'Lambda'")


@pytest.mark.parametrize("kind", ["TorchModuleWrapper", "StringLookup", "TFSMLayer", "Functional"])
def test_a_layer_that_unpickles_reads_files_or_hides_others(path: Path, kind: str) -> None:
    """CVE-2025-49655 (a pickle of PyTorch), CVE-2025-12058 (any file as a vocabulary)."""

    def change(network: dict[str, Any]) -> None:
        layer(network, "Activation")["class_name"] = kind

    change_network(path, change)
    refused(path, f"a layer of the kind '{kind}'")


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (
            {"class_name": "function", "config": "system", "module": "os"},
            "a part of the kind 'func",
        ),
        ({"class_name": "Zeros", "config": {}, "module": "evil.initializers"}, "a part from 'evil"),
        (
            {"class_name": "Zeros", "config": {}, "registered_name": "evil>Zeros"},
            "a part from None",
        ),
        ({"class_name": "Zeros", "config": {"x": {"class_name": "__lambda__"}}}, "'__lambda__'"),
    ],
)
def test_code_in_a_part_of_a_harmless_layer(path: Path, part: dict[str, Any], found: str) -> None:
    def change(network: dict[str, Any]) -> None:
        layer(network, "Conv2D")["config"]["bias_initializer"] = copy.deepcopy(part)

    change_network(path, change)
    refused(path, found)


def test_code_in_what_a_layer_is_called_with(path: Path) -> None:
    def change(network: dict[str, Any]) -> None:
        evil = {"class_name": "function", "config": "load_model", "module": "keras.models"}
        layer(network, "Conv2D")["inbound_nodes"][0]["kwargs"]["mask"] = evil

    change_network(path, change)
    refused(path, "a part of the kind 'function'")


def test_an_activation_that_is_a_function_of_somebody(path: Path) -> None:
    def change(network: dict[str, Any]) -> None:
        layer(network, "Conv2D")["config"]["activation"] = "evil>activation"

    change_network(path, change)
    refused(path, "the activation 'evil>activation'")


@pytest.mark.parametrize("kind", ["Sequential", "Lambda", None])
def test_a_network_of_another_kind(path: Path, kind: str | None) -> None:
    change_network(path, lambda network: network.update(class_name=kind))
    refused(path, f"a network of the kind {kind!r}")


@pytest.mark.parametrize(
    ("kind", "name", "value", "found"),
    [
        ("Conv2D", "filters", 10**9, "the number 1000000000"),
        ("Conv2D", "filters", LARGEST, "weights of"),
        ("Conv2D", "kernel_size", [4001, 4001], "weights of"),
        ("Conv2D", "filters", float("nan"), "the number nan"),
        ("InputLayer", "batch_shape", [None, None, None, LARGEST], "weights of"),
        ("MaxPooling2D", "pool_size", [-(10**6), 2], "the number -1000000"),
        ("Conv2DTranspose", "strides", [2, 4000], "a strides of [2, 4000]"),
        ("Conv2D", "dilation_rate", [50000, 1], "a dilation_rate of [50000, 1]"),
    ],
)
def test_a_layer_that_asks_for_more_than_its_weights(
    path: Path, kind: str, name: str, value: object, found: str
) -> None:
    change_network(path, lambda network: layer(network, kind)["config"].update({name: value}))
    refused(path, found)


def test_a_result_that_is_enlarged_beyond_all_memory(tmp_path: Path) -> None:
    path = tmp_path / "unet_model.hdf5"
    write_model(Unet(classes=3, filters=2, depth=1, stem=2), CARD, path)
    change_network(
        path, lambda network: layer(network, "UpSampling2D")["config"].update(size=[9999, 2])
    )
    refused(path, "a size of [9999, 2]")


def test_a_border_beyond_all_memory(tmp_path: Path) -> None:
    path = tmp_path / "unet_model.hdf5"
    network = Unet(32, 32, classes=3, filters=2, depth=1, padding="valid")
    write_model(network, CARD, path)
    wide = [[60000, 60000], [0, 0]]
    change_network(
        path, lambda network: layer(network, "ZeroPadding2D")["config"].update(padding=wide)
    )
    refused(path, "a padding of [[60000, 60000], [0, 0]]")


def test_a_layer_twice_as_wide_as_its_weights_through_its_sources(path: Path) -> None:
    def change(network: dict[str, Any]) -> None:
        node = layer(network, "Concatenate")["inbound_nodes"][0]
        node["args"][0].append(copy.deepcopy(node["args"][0][0]))

    change_network(path, change)
    refused(path, "weights of")


def test_a_layer_under_two_names(path: Path) -> None:
    change_network(path, lambda network: layer(network, "Conv2D").update(name="other"))
    refused(path, "the layer 'other' under two names")


@pytest.mark.parametrize(
    "link", [h5py.ExternalLink("/etc/passwd", "/"), h5py.SoftLink("/model_weights")]
)
def test_a_link_to_another_place(path: Path, link: object) -> None:
    with h5py.File(path, "r+") as opened:
        opened["model_weights/elsewhere"] = link
    refused(path, "the link '/model_weights/elsewhere' to another place")


def test_numbers_in_another_file(path: Path, tmp_path: Path) -> None:
    """CVE-2026-1669."""
    with h5py.File(path, "r+") as opened:
        opened.create_dataset("a", (4,), "f4", external=[("/etc/passwd", 0, 16)])
    refused(path, "the array '/a', whose numbers are in another file")


def test_numbers_put_together_from_other_files(path: Path) -> None:
    with h5py.File(path, "r+") as opened:
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource("/tmp/other.h5", "a", (4,))
        opened.create_virtual_dataset("a", layout)
    refused(path, "the array '/a', whose numbers are in another file")


@pytest.mark.parametrize("options", [{}, {"compression": "gzip", "chunks": (1024,)}])
def test_an_array_larger_than_the_file(path: Path, options: dict[str, Any]) -> None:
    """CVE-2026-0897."""
    with h5py.File(path, "r+") as opened:
        opened.create_dataset("bomb", (10**12,), "f4", **({"chunks": (1024,)} | options))
    refused(path, "arrays of 4,000,0")


def test_an_array_that_is_no_numbers(path: Path) -> None:
    with h5py.File(path, "r+") as opened:
        opened["text"] = np.array([b"a pickle"], dtype="S8")
    refused(path, "the array '/text' of |S8")


def test_groups_that_contain_each_other(path: Path) -> None:
    with h5py.File(path, "r+") as opened:
        opened["model_weights/again"] = opened["model_weights"]
        for number in range(3):
            opened[f"model_weights/again{number}"] = opened["/"]
    refused(path, "more than 10,000 groups and arrays")


def test_a_configuration_nested_without_end(path: Path) -> None:
    with h5py.File(path, "r+") as opened:
        opened.attrs["model_config"] = "[" * 30_000
    with pytest.raises(BadInput, match="is damaged, or no Keras"):
        read_model(path)


def test_what_is_found_is_an_error_of_its_own(path: Path) -> None:
    change_network(path, lambda network: network.update(class_name="Sequential"))
    with pytest.raises(Unexpected, match="Sequential"):
        inspect(path)
