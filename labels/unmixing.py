"""Decodes a label picture whose colours were smeared by shrinking and by JPEG.

    ids, confident = unmix(picture, CITYSCAPES)   # uint8 ids (255 = ignore), bool
    decode(picture, CITYSCAPES).unknown           # about .07 for a label, .65 for a photo

The nearest colour is the wrong answer along borders: a blend of building and car is nearest to
'bus', one of vegetation and sky to 'wall'. So a pixel is its nearest colour only where that
colour has a pure block nearby. Any other pixel is explained as a share of one colour and the rest
of another, and belongs to the larger share. `python benchmarks/labels.py` measures all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from labels.classes import IGNORE, Classes

# Part of the cache key of decoded labels: raise it whenever a label can come out differently.
VERSION = 1

# Costs are mIoU of the decoded labels of 20 street scenes and of 16 real labels enlarged by 2, made
# as in benchmarks/labels.py: .893 and .855 shrunk by 3 (quality 85), .821 and .730 by 4 (75).
# Radii are RGB distances. Pure is within 35 of a colour: 20 costs .01 to .04; 45 changes labels
# by at most .008 and costs the confident ones .01.
PURE_RADIUS = 35.0
# The void colours after the first are rare and lie between those of classes: 'trailer' is 32 from
# car, on the line to black. Taken like the others they swallow .2 to .6 % of the pixels.
RARE_VOID_RADIUS = 12.0
# Only squares of this side count as pure, since a blend along a border is mostly one pixel wide.
# Side 1 costs .02 to .05; side 3 loses thin poles and costs .01 to .06.
BLOCK, RARE_VOID_BLOCK = 2, 3
# 'Nearby' is within 3 pixels; 2 to 5 are within .006.
REACH = 3
# Closer than this to a colour that is pure nearby is that colour; 5 and 30 are within .001.
DIRECT_RADIUS = 20.0
# What a colour without a pure block nearby costs, in squared distance, and how many times that as
# the larger share. 700 and 3000 are within .005, 6000 costs .01 to .02, none at all .02 to .05.
FAR_PRICE, FAR_FACTOR = 1500.0, 2.0
# Confident is a share like this and a pixel this close to what explains it: .990 on 92 % of the
# pixels of the scenes and .980 on 89 %. Share .7 keeps a percent more at .981 and .967.
CONFIDENT_SHARE, CONFIDENT_RADIUS = 0.8, 20.0
# More pixels than this with exactly a palette colour: stored without loss, so even a single pixel
# is meant. Of 60 real JPEG labels none has more than .31.
LOSSLESS_SHARE = 0.9
# From this share of unknown pixels on a picture is no label in these colours. Of 332 real pairs
# the label has at most .143 and the photo at least .401; shrunk by 4 at quality 75 at most .214.
UNKNOWN_LIMIT = 0.3
# Blended pixels at a time, which bounds the memory that a large photo taken for a label needs.
CHUNK = 16384


@dataclass(frozen=True)
class Explanation:
    """Each pixel as `share` of one palette colour and the rest of a second one, (N,) each."""

    place: np.ndarray  # of the colour with the larger share in the palette
    share: np.ndarray  # .5 to 1
    residual: np.ndarray  # squared RGB distance between the pixel and what it is explained as
    nearby: np.ndarray  # whether that colour has a pure block nearby


class Decoded(NamedTuple):
    """What became of a label picture."""

    ids: np.ndarray  # (H, W) uint8, 255 for void
    confident: np.ndarray  # (H, W) bool: where the class can be trusted; void never is
    unknown: float  # share of pixels that are neither a palette colour nor a blend of two


def decode(picture: np.ndarray, classes: Classes) -> Decoded:
    """Decodes an RGB label picture.

    Args:
        picture: (H, W, 3) uint8, the label picture as stored.
        classes: the table in whose colours, void colours included, the picture was painted.
    """
    found = explain(picture, classes)
    ids = np.where(found.place < len(classes), found.place, IGNORE).astype(np.uint8)
    known = found.nearby & (found.residual <= CONFIDENT_RADIUS**2)
    confident = known & (found.share >= CONFIDENT_SHARE) & (ids != IGNORE)
    size = picture.shape[:2]
    return Decoded(ids.reshape(size), confident.reshape(size), 1 - float(known.mean()))


def unmix(picture: np.ndarray, classes: Classes) -> tuple[np.ndarray, np.ndarray]:
    """The ids and where they can be trusted."""
    return decode(picture, classes)[:2]


def palette_of(classes: Classes) -> np.ndarray:
    """All colours, (3, K) float32: those of the classes by id, then the void ones."""
    return np.array(classes.colours + classes.void_colours, np.float32).T


@lru_cache(maxsize=4)
def exact_table(classes: Classes) -> np.ndarray:
    """Place + 1 by the 24 bits of a palette colour, 0 by those of any other."""
    # 32 MiB of address space, but only the pages of colours that occur are ever real memory.
    table = np.zeros(1 << 24, np.uint16)
    red, green, blue = palette_of(classes).astype(np.int32)
    for place in reversed(range(len(red))):  # of two equal colours the first counts
        table[(red[place] << 16) | (green[place] << 8) | blue[place]] = place + 1
    return table


@lru_cache(maxsize=4)
def nearest_table(classes: Classes) -> np.ndarray:
    """Place of the nearest colour by a quarter of red, green and blue."""
    # Saves 7 ms a label; the 4 levels of a cell are nothing beside what JPEG does to a colour.
    levels = np.arange(64, dtype=np.float32) * 4 + 1.5
    cells = np.stack(np.meshgrid(levels, levels, levels, indexing="ij")).reshape(3, -1)
    place = np.zeros(64**3, np.uint16)
    smallest = np.full(64**3, np.inf, np.float32)
    for index, distance in enumerate(distances_between(palette_of(classes), cells)):
        place[distance < smallest] = index
        np.minimum(smallest, distance, out=smallest)
    return place.reshape(64, 64, 64)


def distances_between(colours: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """(P, N) squared, from each of (3, P) colours to each of (3, N) pixels."""
    return np.stack([np.square(pixels - colour[:, None]).sum(0) for colour in colours.T])


def explain(picture: np.ndarray, classes: Classes) -> Explanation:
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ValueError(
            "A colour label is RGB, (height, width, 3) uint8: Image.open(path).convert('RGB'). "
            f"Received: shape {picture.shape} and type {picture.dtype}."
        )
    red, green, blue = channels = picture.reshape(-1, 3).T.astype(np.int32, order="C")
    exact = exact_table(classes)[(red << 16) | (green << 8) | blue]
    share = np.ones(exact.size, np.float32)
    if exact.all():
        return Explanation(exact - 1, share, np.zeros_like(share), share > 0)
    palette, pixels = palette_of(classes), channels.astype(np.float32)
    place = np.where(exact > 0, exact - 1, nearest_table(classes)[red >> 2, green >> 2, blue >> 2])
    residual = np.square(pixels - palette.take(place, 1)).sum(0)
    candidates, nearby = pure_colours(place, residual, picture.shape[:2], classes)
    own = np.zeros(exact.size, bool)
    for candidate, near in zip(candidates.tolist(), nearby, strict=True):
        own |= (place == candidate) & near
    if np.count_nonzero(exact) > LOSSLESS_SHARE * exact.size:
        own |= exact > 0
    blended = np.flatnonzero(~own | (residual > DIRECT_RADIUS**2))
    colours = palette[:, candidates]
    for start in range(0, len(blended), CHUNK):
        chosen = blended[start : start + CHUNK]
        near = nearby.take(chosen, 1)
        larger, share[chosen], residual[chosen] = blends(pixels.take(chosen, 1), colours, near)
        place[chosen] = candidates[larger]
        own[chosen] = near[larger, np.arange(len(chosen))]
    return Explanation(place, share, residual, own)


def blends(
    pixels: np.ndarray, colours: np.ndarray, nearby: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The larger colour of each pixel's best blend, its share and the residual, (N,) each."""
    *pair, weight = best_pairs(pixels, colours, nearby)
    first, second = np.array(pair, np.intp)
    mixed = colours[:, first] * (1 - weight) + colours[:, second] * weight
    larger = np.where(weight <= 0.5, first, second)
    return larger, np.maximum(weight, 1 - weight), np.square(pixels - mixed).sum(0)


def pure_colours(
    place: np.ndarray, distance: np.ndarray, shape: tuple[int, ...], classes: Classes
) -> tuple[np.ndarray, np.ndarray]:
    """The places of colours with a pure block in the picture, (P,), and where near it, (P, N).

    Where no colour has one, all colours are candidates and none is near anywhere.
    """
    count = len(classes.colours) + len(classes.void_colours)
    rare = np.arange(count) > len(classes)
    radius = np.where(rare, RARE_VOID_RADIUS, PURE_RADIUS).astype(np.float32)
    pure = np.where(distance <= np.square(radius)[place], place, count).reshape(shape)
    near_by_place = {}
    for index in np.flatnonzero(np.bincount(pure.ravel(), minlength=count)[:count]).tolist():
        near = near_blocks(pure == index, RARE_VOID_BLOCK if rare[index] else BLOCK)
        if near.any():
            near_by_place[index] = near.ravel()
    if not near_by_place:
        return np.arange(count), np.zeros((count, place.size), bool)
    return np.array(list(near_by_place)), np.stack(list(near_by_place.values()))


def near_blocks(mask: np.ndarray, block: int) -> np.ndarray:
    """Where a block × block square of the mask is at most REACH pixels away."""
    square = np.ones((block, block), np.uint8)
    around = np.ones((2 * REACH + block, 2 * REACH + block), np.uint8)
    edge = cv2.BORDER_CONSTANT
    corners = cv2.erode(mask.view(np.uint8), square, anchor=(0, 0), borderType=edge, borderValue=0)
    return cv2.dilate(corners, around, anchor=(REACH + block - 1,) * 2).view(bool)


def best_pairs(pixels: np.ndarray, colours: np.ndarray, nearby: np.ndarray) -> np.ndarray:
    """For each pixel the cheapest (1 − weight) · first + weight · second: these three, (3, N).

    A colour that is not nearby costs FAR_PRICE, and FAR_FACTOR times that as the larger share, so
    only a pixel that nearby colours leave dearer looks further: the result is that of trying all.
    """
    distances = distances_between(colours, pixels)
    lengths = np.maximum(distances_between(colours, colours), 1)
    first, second = np.triu_indices(len(lengths))
    blend = np.zeros_like(pixels)
    cost = np.full(pixels.shape[1], np.inf, np.float32)
    for far_colours, least in enumerate((0.0, FAR_PRICE, (1 + FAR_FACTOR) * FAR_PRICE)):
        rest = np.flatnonzero(cost > least)
        near = nearby.take(rest, 1)
        found = near[first].view(np.uint8) + near[second]
        found[first == second] += 1
        tries = found >= 2 - far_colours
        blend[:, rest], cost[rest] = cheapest(distances.take(rest, 1), lengths, near, tries)
    return blend


def cheapest(
    distances: np.ndarray, lengths: np.ndarray, nearby: np.ndarray, allowed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest blend of the allowed (pairs, N), (3, N), and its cost, (N,).

    With the squared distances p and q of a pixel to two colours that are √length apart, the
    nearest point between them is at (p − q) / (2 · length) + ½ of the way.
    """
    count = distances.shape[1]
    firsts, seconds = (places.astype(np.int32) for places in np.triu_indices(len(lengths)))
    flat = np.flatnonzero(allowed).astype(np.int32)
    pair = flat // max(count, 1)
    pixel = flat - pair * count
    at_first, at_second = firsts[pair] * count + pixel, seconds[pair] * count + pixel
    distance, length = distances.take(at_first), lengths[firsts, seconds][pair]
    along = (distance - distances.take(at_second)) / (2 * length) + np.float32(0.5)
    single = np.flatnonzero(at_first == at_second)
    weight = np.minimum(np.maximum(along, 0), 1)
    weight[single] = 0
    cost = distance - length * weight * (2 * along - weight)
    price = np.where(nearby, np.float32(0), np.float32(FAR_PRICE))
    first_price, second_price = price.take(at_first), price.take(at_second)
    second_price[single] = 0
    cost += first_price + second_price
    cost += (FAR_FACTOR - 1) * np.where(weight <= 0.5, first_price, second_price)
    lowest = np.full(count, np.inf, np.float32)
    np.minimum.at(lowest, pixel, cost)
    won = np.flatnonzero(cost == lowest[pixel])
    blend = np.zeros((3, count), np.float32)
    blend[:, pixel[won]] = firsts[pair[won]], seconds[pair[won]], weight[won]
    return blend, lowest
