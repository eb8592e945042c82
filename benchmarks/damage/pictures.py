"""What may happen to a picture: other modes, other sizes, headers that lie, bombs."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.damage.files import (
    ANY_FILE,
    Damage,
    Random,
    ending_exchanged,
    named_otherwise,
)


def mode_exchanged(file: Path, random: Random) -> Path:
    """Stored in another mode and format under the same name."""
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    mode = random.choice(("1", "L", "P", "RGBA", "CMYK", "LA", "I", "F", "I;16", "YCbCr", "LAB"))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 200)
    elif mode == "LAB":
        picture = Image.fromarray(np.asarray(picture), "RGB").convert("RGB")
    else:
        picture = picture.convert(mode)
    for kind in random.sample(("PNG", "TIFF", "JPEG", "GIF", "WEBP", "BMP"), 6):
        memory = io.BytesIO()
        try:
            picture.save(memory, kind)
        except (OSError, ValueError):
            continue  # this format has no such mode
        file.write_bytes(memory.getvalue())
        return file
    return file


def size_exchanged(file: Path, random: Random) -> Path:
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    size = random.choice(((1, 1), (2, 1), (1, 500), (3, 3), (65, 33), (4000, 10)))
    picture.resize(size).save(file, "PNG")
    return file


def animated(file: Path, random: Random) -> Path:
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    picture.save(file, "GIF", save_all=True, append_images=[picture.rotate(90)] * 3)
    return file


def enormous_header(file: Path, random: Random) -> Path:
    """A PNG whose header claims more than there is, with a checksum that is right."""
    sides = random.choice(((60_000, 60_000), (2**31 - 1, 1), (1, 2**31 - 1), (9_000, 9_000)))
    packed = zlib.compress(bytes(random.choice((10, 10_000_000))))
    file.write_bytes(_png(sides, packed))
    return file


def _png(sides: tuple[int, int], packed: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", *sides, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def packed_text(file: Path, random: Random) -> Path:
    """A PNG with a comment that unpacks to 200 MB."""
    memory = io.BytesIO()
    with Image.open(file) as opened:
        opened.convert("RGB").save(memory, "PNG")
    content = b"note\x00\x00" + zlib.compress(bytes(200_000_000), 9)
    kind = b"zTXt"
    chunk = struct.pack(">I", len(content)) + kind + content
    chunk += struct.pack(">I", zlib.crc32(kind + content))
    whole = memory.getvalue()
    file.write_bytes(whole[:33] + chunk + whole[33:])
    return file


OF_PICTURES: tuple[Damage, ...] = (
    *(*ANY_FILE, named_otherwise, ending_exchanged, mode_exchanged, mode_exchanged),
    *(size_exchanged, animated, enormous_header, packed_text),
)
