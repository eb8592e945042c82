"""Downloads tar files from their makers: streamed, proven by checksum, unpacked, then renamed.

folder = from_makers("voc2012", Path(".cache/downloads"))
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import tarfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dataset.counting import counting
from dataset.fetching.places import beside, is_there
from dataset.fetching.sources import ARCHIVES, Archive
from dataset.when_free import when_free
from utils_func import BadInput

CHUNK = 1 << 20
TIMEOUT = 30  # seconds without a byte


def from_makers(name: str, downloads: Path) -> Path:
    final = downloads / name
    if is_there(final):
        return final
    with beside(final) as unfinished:
        unpacked = unfinished / "unpacked"
        unpacked.mkdir()
        for archive in ARCHIVES[name]:
            file = _download(archive, unfinished, final)
            _unpack(file, unpacked, archive)
            when_free(file.unlink)
        if not is_there(final):  # else another run was quicker
            shutil.rmtree(final, ignore_errors=True)
            when_free(lambda: unpacked.rename(final))
    return final


def _download(archive: Archive, folder: Path, final: Path) -> Path:
    """The archive from the first address that has it."""
    file = folder / archive.name
    problems = []
    for address in archive.addresses:
        try:
            found = _stream(address, file)
        except (OSError, http.client.HTTPException) as problem:
            if getattr(problem, "filename", None) == str(file):
                raise  # the disk, not the network
            problems.append(f"{address}: {_reason(problem)}")
            continue
        if found == archive.sha256:
            return file
        problems.append(
            f"{address}: {file.stat().st_size:,} bytes came with the SHA-256 {found}, "
            f"not {archive.sha256}"
        )
    said = "\n  ".join(problems)
    raise BadInput(
        f"{archive.name} cannot be downloaded:\n  {said}\nExpected the file of its makers. Try "
        f"again later, or download and unpack it by hand, into {final}."
    )


def _stream(address: str, file: Path) -> str:
    """Writes what is at an address into a file, and gives its SHA-256."""
    digest = hashlib.sha256()
    request = urllib.request.Request(address, headers={"User-Agent": "keras-unet"})
    with (
        urllib.request.urlopen(request, timeout=TIMEOUT) as answer,
        file.open("wb") as target,
        counting(f"Downloading {file.name} (MB)") as progress,
    ):
        total = int(answer.headers.get("Content-Length") or 0)
        done = 0
        while chunk := answer.read(CHUNK):
            _write(target.write, chunk, file)
            digest.update(chunk)
            done += len(chunk)
            progress(_megabytes(done), _megabytes(max(done, total)))
    return digest.hexdigest()


def _write(write: Callable[[bytes], Any], chunk: bytes, file: Path) -> None:
    """An error of the disk names its file; one of the network has none."""
    try:
        write(chunk)
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(file)) from None


def _megabytes(count: int) -> int:
    return -(-count // 1_000_000)


def _reason(problem: Exception) -> str:
    inner = getattr(problem, "reason", None)  # of urllib, in which the cause hides
    text = getattr(inner, "strerror", None) or inner or problem
    code = getattr(problem, "code", None)
    return f"{code} {text}" if code else str(text) or type(problem).__name__


def _unpack(file: Path, folder: Path, archive: Archive) -> None:
    """Writes the files of an archive, and nothing outside of the folder.

    By hand, as the filter of tarfile is not in every Python 3.10. Links, devices, owners and
    permissions are left out; without links a name that resolves to the inside stays there.
    """
    inside = folder.resolve()
    try:
        with tarfile.open(file) as packed:
            for member in packed:
                target = (inside / member.name).resolve()
                if not target.is_relative_to(inside):
                    raise tarfile.TarError(f"{member.name} would lie outside of the folder")
                content = packed.extractfile(member) if member.isreg() else None
                if content is not None:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with content, target.open("wb") as unpacked:
                        shutil.copyfileobj(content, unpacked, CHUNK)
    except (tarfile.TarError, EOFError) as problem:
        raise BadInput(
            f"{archive.addresses[0]} cannot be unpacked: {problem}. Expected a whole tar file. "
            "Name another folder with --data."
        ) from None
