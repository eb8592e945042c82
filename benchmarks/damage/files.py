"""What may happen to any file: bytes that change, another thing in its place, another name."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Callable
from pathlib import Path

Random = random.Random
Damage = Callable[[Path, Random], Path]

NAMES = (
    "with a space{}",
    "quote\"s and 'ticks'{}",
    "line\nbreak{}",
    "tab\t{}",
    "Straße_日本語_🚗{}",
    "C:\\data\\1{}",
    "..\\..\\up{}",
    "%s%n{{}}{}",
    "-option{}",
    "$(touch it){}",
    "long" * 50 + "{}",
    "CON{}",
    os.fsdecode(b"latin \xe9{}"),
)


def bits_flipped(file: Path, random: Random) -> Path:
    content = bytearray(file.read_bytes())
    for _ in range(random.choice((1, 3, 20)) if content else 0):
        # The beginning says what the rest is, so every second bit is one of it.
        reach = min(len(content), 64) if random.random() < 0.5 else len(content)
        content[random.randrange(reach)] ^= 1 << random.randrange(8)
    file.write_bytes(content)
    return file


def truncated(file: Path, random: Random) -> Path:
    content = file.read_bytes()
    file.write_bytes(content[: random.randrange(len(content) + 1)])
    return file


def emptied(file: Path, random: Random) -> Path:
    file.write_bytes(b"")
    return file


def zeroed(file: Path, random: Random) -> Path:
    content = bytearray(file.read_bytes())
    first = random.randrange(len(content))
    length = min(random.randrange(1, 400), len(content) - first)
    content[first : first + length] = bytes(length)
    file.write_bytes(content)
    return file


def part_repeated(file: Path, random: Random) -> Path:
    content = file.read_bytes()
    first, last = sorted(random.randrange(len(content) + 1) for _ in range(2))
    file.write_bytes(content[:last] + content[first:])
    return file


def noise(file: Path, random: Random) -> Path:
    file.write_bytes(random.randbytes(random.randrange(1, 5000)))
    return file


def numbers_exchanged(file: Path, random: Random) -> Path:
    """Four bytes somewhere near the beginning become an extreme number."""
    content = bytearray(file.read_bytes())
    place = random.randrange(max(1, min(len(content), 400) - 4))
    extreme = random.choice((0, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0xFFFF, 1))
    content[place : place + 4] = struct.pack(random.choice("<>") + "I", extreme)
    file.write_bytes(content)
    return file


def text_instead(file: Path, random: Random) -> Path:
    file.write_text(random.choice(("<html>404</html>", "version https://git-lfs\noid", "{}", "[")))
    return file


def folder_instead(file: Path, random: Random) -> Path:
    file.unlink()
    file.mkdir()
    return file


def link_instead(file: Path, random: Random) -> Path:
    """To nothing, to itself, to the folder above, or to a device that never ends."""
    target = random.choice(("nowhere", file.name, "..", "/dev/zero", "/dev/null", "/proc/self/mem"))
    file.unlink()
    file.symlink_to(target)
    return file


def pipe_instead(file: Path, random: Random) -> Path:
    """Whoever opens it waits for ever."""
    file.unlink()
    os.mkfifo(file)
    return file


def named_otherwise(file: Path, random: Random) -> Path:
    name = random.choice(NAMES).format(file.suffix)
    return file.rename(file.with_name(name))


def ending_exchanged(file: Path, random: Random) -> Path:
    endings = (".png", ".jpg", ".gif", ".tif", ".webp", ".bmp", ".JPG", ".txt", "")
    return file.rename(file.with_suffix(random.choice(endings)))


def gone(file: Path, random: Random) -> Path:
    file.unlink()
    return file


ANY_FILE: tuple[Damage, ...] = (
    *(bits_flipped, bits_flipped, bits_flipped, truncated, truncated, emptied, zeroed),
    *(part_repeated, noise, numbers_exchanged, text_instead, folder_instead, link_instead),
    *(pipe_instead, gone),
)
