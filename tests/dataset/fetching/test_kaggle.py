"""Data sets of Kaggle: through kagglehub, once, and with one clear word where it cannot be."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
import requests

from dataset.fetching import fetch
from utils_func import BadInput

Use = Callable[[Callable[[str], str]], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """A function that puts another dataset_download in kagglehub's place."""

    def stand_in(download: Callable[[str], str]) -> None:
        monkeypatch.setitem(sys.modules, "kagglehub", SimpleNamespace(dataset_download=download))

    return stand_in


def refused(address: str, cache: Path) -> str:
    with pytest.raises(BadInput) as caught:
        fetch(address, cache)
    return str(caught.value)


class TestFetch:
    @pytest.mark.parametrize(
        ("address", "handle"),
        [
            ("kaggle:some-one/some_data", "some-one/some_data"),
            ("kaggle:some-one/some_data/versions/2", "some-one/some_data/versions/2"),
            ("cityscapes-pairs", "dansbecker/cityscapes-image-pairs"),
            ("lyft-carla", "kumaresanmanickavelu/lyft-udacity-challenge"),
            ("idd-binary", "mitanshuchakrawarty/new-idd-dataset"),
        ],
    )
    def test_kagglehub_is_asked_once(
        self, tmp_path: Path, use: Use, address: str, handle: str
    ) -> None:
        (tmp_path / "hub").mkdir()
        (tmp_path / "hub" / "1.jpg").touch()
        asked = []

        def download(name: str) -> str:
            asked.append(name)
            return str(tmp_path / "hub")

        use(download)
        for _ in range(2):
            assert fetch(address, tmp_path / "cache") == tmp_path / "hub"
        assert asked == [handle]

    def test_it_is_asked_again_where_its_files_are_gone(self, tmp_path: Path, use: Use) -> None:
        asked = []
        use(lambda name: asked.append(name) or str(tmp_path / "gone"))
        for _ in range(2):
            fetch("kaggle:a/b", tmp_path / "cache")
        assert asked == ["a/b", "a/b"]

    def test_files_that_were_put_there_by_hand_are_taken(self, tmp_path: Path, use: Use) -> None:
        use(lambda name: pytest.fail("kagglehub was asked"))
        by_hand = tmp_path / "downloads" / "a-b"
        by_hand.mkdir(parents=True)
        (by_hand / "1.jpg").touch()
        assert fetch("kaggle:a/b", tmp_path) == by_hand


class TestFailure:
    @pytest.mark.parametrize("handle", ["", "b", "a/b/c", "a/..", "a/b c", "/b"])
    def test_what_is_no_data_set_is_refused(self, tmp_path: Path, handle: str) -> None:
        message = refused(f"kaggle:{handle}", tmp_path)
        assert "is no data set. Expected kaggle:OWNER/NAME" in message

    def test_without_kagglehub_a_person_learns_how_to_get_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "kagglehub", None)
        message = refused("kaggle:a/b", tmp_path)
        assert message.startswith("kaggle:a/b is named, but kagglehub is not installed.")
        assert "pip install kagglehub" in message
        assert "https://www.kaggle.com/datasets/a/b" in message
        assert f"unpack it into {tmp_path / 'downloads' / 'a-b'}." in message

    @pytest.mark.parametrize("problem", [requests.ConnectionError, requests.Timeout])
    def test_without_a_connection_it_says_so_and_how_to_do_it_by_hand(
        self, tmp_path: Path, use: Use, problem: type[Exception]
    ) -> None:
        def download(name: str) -> str:
            raise problem("HTTPSConnectionPool(host='api.kaggle.com', port=443): Max retries …")

        use(download)
        said = refused("kaggle:a/b", tmp_path)
        assert "there is no connection to Kaggle from here" in said
        assert "HTTPSConnectionPool" not in said
        assert f"unpack it into {tmp_path}" in said

    def test_what_kagglehub_says_is_passed_on_in_one_line(self, tmp_path: Path, use: Use) -> None:
        def refuse(name: str) -> str:
            raise RuntimeError("403 Client Error.\n\nYou don't have permission")

        use(refuse)
        message = refused("kaggle:a/b", tmp_path)
        assert message.startswith(
            "https://www.kaggle.com/datasets/a/b cannot be downloaded: "
            "403 Client Error. You don't have permission. Expected a public data set."
        )
        assert not (tmp_path / "downloads").exists()


class FakeKaggle(BaseHTTPRequestHandler):
    """Answers the two questions of kagglehub: which version is newest, and its files."""

    def do_POST(self) -> None:  # the name is http.server's
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/GetDataset"):
            self.answer(json.dumps({"currentVersionNumber": 3}).encode(), "application/json")
        elif self.path.endswith("/DownloadDataset"):
            self.answer(self.server.content, "application/zip")
        else:
            self.send_error(404)

    def answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


def test_the_real_kagglehub_brings_what_a_server_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("kagglehub")
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as target:
        target.writestr("train/1.jpg", b"a picture")
    # kagglehub's own test endpoint is localhost:7777, and no other can be named.
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "TEST")
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HOME", str(tmp_path))  # where nobody has logged in
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    try:
        server = HTTPServer(("localhost", 7777), FakeKaggle)
    except OSError:
        pytest.skip("port 7777 is taken")
    server.content = (tmp_path / "data.zip").read_bytes()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        folder = fetch("kaggle:a/b", tmp_path / "cache")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert folder
    assert (folder / "train" / "1.jpg").read_bytes() == b"a picture"
    assert fetch("kaggle:a/b", tmp_path / "cache") == folder  # the server is gone
