"""A server on this machine that stands in for the makers of well-known data."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from dataset.fetching.sources import Archive
from dataset.writers import write_dataset

Asked = list[str]


class Handler(SimpleHTTPRequestHandler):
    """Serves files of a folder, and keeps what it was asked for."""

    asked: Asked

    def do_GET(self) -> None:  # the name is http.server's
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The folder that the server serves."""
    folder = tmp_path / "served"
    folder.mkdir()
    return folder


@pytest.fixture
def asked() -> Asked:
    """Paths that the server was asked for."""
    return []


@pytest.fixture
def address(served: Path, asked: Asked) -> Iterator[str]:
    """The server's address, with a slash at its end."""
    handler = type("Handler", (Handler,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(served))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def pets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn pets, packed as their makers do: images.tar.gz and annotations.tar.gz."""
    folder = tmp_path_factory.mktemp("packed")
    write_dataset("oxford-pets", folder / "pets", train=2, val=1, workers=1)
    for part in ("images", "annotations"):
        with tarfile.open(folder / f"{part}.tar.gz", "w:gz") as packed:
            packed.add(folder / "pets" / part, part)
    return folder


@pytest.fixture
def serve(served: Path, address: str) -> Callable[[Path], Archive]:
    """A function that serves a file, and gives the archive that it is."""

    def serve_one(file: Path) -> Archive:
        content = file.read_bytes()
        (served / file.name).write_bytes(content)
        return Archive((address + file.name,), sha256(content).hexdigest())

    return serve_one
