"""Downloads from the makers: whole or not there, proven, and never outside of their folder."""

from __future__ import annotations

import errno
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dataset.fetching import archives, fetch, places
from dataset.fetching.sources import ARCHIVES, Archive
from dataset.formats import open_dataset
from utils_func import BadInput

Serve = Callable[[Path], Archive]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch, pets: Path, serve: Serve) -> tuple[Archive, Archive]:
    """The pets as they are served; the name oxford-pets stands for them."""
    archives = (serve(pets / "images.tar.gz"), serve(pets / "annotations.tar.gz"))
    monkeypatch.setitem(ARCHIVES, "oxford-pets", archives)
    return archives


def packed(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w") as target:
        for member, content in members:
            member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    return path


def link(name: str, to: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, to
    return member


def left(cache: Path) -> list[str]:
    """What lies in the folder of downloads."""
    return sorted(path.name for path in (cache / "downloads").iterdir())


def refused(cache: Path) -> str:
    with pytest.raises(BadInput) as caught:
        fetch("oxford-pets", cache)
    return str(caught.value)


class TestDownload:
    def test_all_archives_are_unpacked_into_one_folder_that_opens(
        self, cache: Path, two: tuple[Archive, Archive], pets: Path
    ) -> None:
        folder = fetch("oxford-pets", cache)
        assert folder == cache / "downloads" / "oxford-pets"
        dataset = open_dataset(folder)
        assert (len(dataset.train), len(dataset.val), len(dataset.test)) == (1, 1, 1)
        names = {path.relative_to(folder) for path in folder.rglob("*")}
        packed = {path.relative_to(pets / "pets") for path in (pets / "pets").rglob("*")}
        assert names == packed
        assert left(cache) == ["oxford-pets"]

    def test_a_second_call_asks_nobody(
        self, cache: Path, two: tuple[Archive, Archive], asked: list[str]
    ) -> None:
        first = fetch("oxford-pets", cache)
        assert asked == ["/images.tar.gz", "/annotations.tar.gz"]
        assert fetch("oxford-pets", cache) == first
        assert len(asked) == 2

    def test_files_that_were_put_there_by_hand_are_taken(
        self, cache: Path, two: tuple[Archive, Archive], asked: list[str]
    ) -> None:
        by_hand = cache / "downloads" / "oxford-pets"
        (by_hand / "images").mkdir(parents=True)
        assert fetch("oxford-pets", cache) == by_hand
        assert asked == []

    def test_an_empty_folder_is_no_download(
        self, cache: Path, two: tuple[Archive, Archive]
    ) -> None:
        (cache / "downloads" / "oxford-pets").mkdir(parents=True)
        folder = fetch("oxford-pets", cache)
        assert folder
        assert (folder / "images").is_dir()

    def test_the_second_address_is_tried_where_the_first_fails(
        self,
        cache: Path,
        two: tuple[Archive, Archive],
        address: str,
        monkeypatch: pytest.MonkeyPatch,
        asked: list[str],
    ) -> None:
        moved = Archive((f"{address}gone/images.tar.gz", *two[0].addresses), two[0].sha256)
        monkeypatch.setitem(ARCHIVES, "oxford-pets", (moved, two[1]))
        assert fetch("oxford-pets", cache)
        assert asked == ["/gone/images.tar.gz", "/images.tar.gz", "/annotations.tar.gz"]

    def test_every_source_has_addresses_and_a_checksum(self) -> None:
        assert set(ARCHIVES) == {"voc2007", "voc2012", "oxford-pets"}
        for archive in (one for several in ARCHIVES.values() for one in several):
            assert len(archive.sha256) == 64
            assert {int(digit, 16) for digit in archive.sha256}
            assert all(place.endswith("/" + archive.name) for place in archive.addresses)
            assert archive.name.endswith((".tar", ".tar.gz"))


class TestFailure:
    def test_what_is_not_there_is_named_with_the_folder_to_fill_by_hand(
        self, cache: Path, two: tuple[Archive, Archive], served: Path
    ) -> None:
        (served / "annotations.tar.gz").unlink()
        message = refused(cache)
        assert f"{two[1].addresses[0]}: 404 " in message
        assert f"unpack it by hand, into {cache / 'downloads' / 'oxford-pets'}." in message
        assert left(cache) == []

    def test_without_a_network_the_address_is_named(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Nothing listens at port 1.
        archive = Archive(("http://127.0.0.1:1/images.tar.gz",), "0" * 64)
        monkeypatch.setitem(ARCHIVES, "oxford-pets", (archive,))
        message = refused(cache)
        assert message.startswith("images.tar.gz cannot be downloaded:\n  http://127.0.0.1:1/")
        assert "Connection refused" in message
        assert left(cache) == []

    def test_other_bytes_are_refused(
        self, cache: Path, two: tuple[Archive, Archive], served: Path
    ) -> None:
        (served / "annotations.tar.gz").write_bytes(b"<html>Please log in</html>")
        message = refused(cache)
        assert f"{two[1].addresses[0]}: 26 bytes came with the SHA-256 " in message
        assert f"not {two[1].sha256}" in message
        assert left(cache) == []

    def test_an_interrupt_leaves_nothing_behind(
        self, cache: Path, two: tuple[Archive, Archive], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*arguments: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(archives, "_unpack", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch("oxford-pets", cache)
        assert left(cache) == []

    def test_a_full_disk_is_said_plainly(
        self, cache: Path, two: tuple[Archive, Archive], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_room(write: object, chunk: bytes, file: Path) -> None:
            raise OSError(errno.ENOSPC, "No space left on device", str(file))

        monkeypatch.setattr(archives, "_write", no_room)
        message = refused(cache)
        assert f"{cache / 'downloads' / 'oxford-pets'} cannot be written: No space left" in message
        assert "--cache" in message

    def test_what_a_killed_run_left_long_ago_is_taken_away(
        self, cache: Path, two: tuple[Archive, Archive]
    ) -> None:
        for name, age in (("old", 2 * places.DEAD_AFTER), ("new", 0)):
            folder = cache / "downloads" / f".oxford-pets.unfinished-{name}"
            folder.mkdir(parents=True)
            when = folder.stat().st_mtime - age
            os.utime(folder, (when, when))
        fetch("oxford-pets", cache)
        assert left(cache) == [".oxford-pets.unfinished-new", "oxford-pets"]


class TestUnpack:
    @pytest.fixture
    def only(self, monkeypatch: pytest.MonkeyPatch, serve: Serve) -> Callable[[Path], None]:
        def stand_in(file: Path) -> None:
            monkeypatch.setitem(ARCHIVES, "oxford-pets", (serve(file),))

        return stand_in

    @pytest.mark.parametrize(
        "name", ["../../outside.txt", "a/../../../outside.txt", "/outside.txt"]
    )
    def test_a_name_that_leads_outside_is_refused(
        self, cache: Path, tmp_path: Path, only: Callable[[Path], None], name: str
    ) -> None:
        only(packed(tmp_path / "evil.tar", (tarfile.TarInfo(name), b"x")))
        message = refused(cache)
        assert f"evil.tar cannot be unpacked: {name} would lie outside" in message
        assert left(cache) == []
        assert not list(tmp_path.rglob("outside.txt"))

    def test_links_are_left_out(
        self, cache: Path, tmp_path: Path, only: Callable[[Path], None]
    ) -> None:
        inside = tarfile.TarInfo("link/file.txt")
        only(packed(tmp_path / "links.tar", (link("link", str(tmp_path)), b""), (inside, b"x")))
        folder = fetch("oxford-pets", cache)
        assert folder
        assert not (folder / "link").is_symlink()
        assert (folder / "link" / "file.txt").read_bytes() == b"x"
        assert not (tmp_path / "file.txt").exists()

    @pytest.mark.parametrize("whole", [b"no tar at all", b""])
    def test_what_is_no_archive_is_refused(
        self, cache: Path, tmp_path: Path, only: Callable[[Path], None], whole: bytes
    ) -> None:
        (tmp_path / "odd.tar").write_bytes(whole)
        only(tmp_path / "odd.tar")
        assert "odd.tar cannot be unpacked: " in refused(cache)
        assert left(cache) == []
