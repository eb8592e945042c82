"""What may happen to a state or a model: facts, arrays and links that nobody wrote, and code."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from benchmarks.damage.files import ANY_FILE, Damage, Random
from benchmarks.damage.texts import json_exchanged


def _arrays(file: Path) -> dict[str, np.ndarray]:
    with np.load(file, allow_pickle=False) as stored:
        return dict(stored)


def facts_exchanged(file: Path, random: Random) -> Path:
    """A state whose facts say something else, with checksums that are right."""
    arrays = _arrays(file)
    text = json_exchanged(arrays["facts"].tobytes().decode(), random)
    arrays["facts"] = np.frombuffer(text.encode(), np.uint8)
    np.savez(file, **arrays)
    return file


def array_exchanged(file: Path, random: Random) -> Path:
    arrays = _arrays(file)
    name = random.choice(sorted(arrays))
    odd = (np.zeros(0), np.full((3, 3), np.nan), np.array("text"), np.zeros(3, complex))
    if random.random() < 0.2:
        del arrays[name]
    else:
        arrays[name] = random.choice(odd)
    np.savez(file, **arrays)
    return file


def packed_state(file: Path, random: Random) -> Path:
    """Bombs, pickles and strange names in the archive of a state."""
    kind = random.choice(("bomb", "pickle", "up"))
    if kind == "bomb":
        np.savez_compressed(file, **_arrays(file), big=np.zeros(300_000_000, np.uint8))
    elif kind == "pickle":
        np.savez(file, **_arrays(file), odd=np.array([Exploding()], object))
    else:
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("../../../up.npy", b"up")
    return file


class Exploding:
    """What leaves a trace when somebody unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("exploded"),)


OF_STATES: tuple[Damage, ...] = (
    *(*ANY_FILE, *(facts_exchanged,) * 6, *(array_exchanged,) * 3, packed_state, packed_state),
)


def attribute_exchanged(file: Path, random: Random) -> Path:
    """A model whose configuration or class table says something else."""
    with h5py.File(file, "r+") as opened:
        name = random.choice(("model_config", "model_config", "unet_card"))
        opened.attrs[name] = json_exchanged(opened.attrs[name], random)
    return file


def weights_exchanged(file: Path, random: Random) -> Path:
    """One array of a model is gone, has another shape, or lies in another file."""
    with h5py.File(file, "r+") as opened:
        weights = opened["model_weights"]
        found: list[str] = []
        weights.visititems(
            lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None
        )
        name = random.choice(found)
        del weights[name]
        kind = random.choice(("gone", "shape", "link", "external", "bomb"))
        if kind == "shape":
            weights[name] = np.zeros((2, 2), np.float32)
        elif kind == "link":
            weights[name] = h5py.ExternalLink("other.hdf5", "/x")
        elif kind == "external":
            weights.create_dataset(name, (9,), "f4", external=[("/etc/passwd", 0, 36)])
        elif kind == "bomb":
            weights.create_dataset(name, (2**31,), "f4", chunks=(2**20,), compression="gzip")
    return file


def pickled(file: Path, random: Random) -> Path:
    file.write_bytes(pickle.dumps(Exploding()))
    return file


OF_MODELS: tuple[Damage, ...] = (
    *(*ANY_FILE, *(attribute_exchanged,) * 6, *(weights_exchanged,) * 3, pickled),
)
