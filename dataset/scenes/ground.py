"""The ground: road with its markings, kerbs, pavements, grass, and what the light does on them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from dataset.scenes import noise
from dataset.scenes.layout import FAR_END, GRASS, LANE, Street
from dataset.scenes.light import UP, Colour, scaled
from dataset.scenes.names import ROAD, SIDEWALK, TERRAIN
from dataset.scenes.painter import Canvas, Scene, shadow_mask

PAINT: Colour = (208, 210, 204)
KERB: Colour = (156, 154, 148)
KERB_WIDTH, LINE_WIDTH = 0.18, 0.13
# How much fine grain and how many coarse stains each ground shows.
GRAIN = {ROAD: (0.08, 0.06), SIDEWALK: (0.07, 0.06), TERRAIN: (0.22, 0.13)}
GRAINS_PER_METRE, STAINS_PER_METRE = 40.0, 6.0
# Beyond this distance a pixel covers so much road that the grain evens out.
GRAIN_FADES = 9.0
SLAB, JOINT = 0.6, 0.035
NEAR, OUTSIDE = 1.5, 120.0


def paint_ground(canvas: Canvas, scene: Scene, street: Street) -> None:
    _lay(canvas, street)
    _mark(canvas, scene, street)
    _weather(canvas, scene)


def _strip(
    canvas: Canvas,
    across: tuple[float, float],
    along: tuple[float, float],
    colour: Colour,
    label: int | None = None,
) -> None:
    """A rectangle on the ground; a long one has many points, so that it follows the bend."""
    z = along if along[1] - along[0] < 12 else np.geomspace(*along, 24).tolist()
    outline = [(across[0], 0.0, d) for d in z] + [(across[1], 0.0, d) for d in reversed(z)]
    canvas.paint(outline, colour, label, canvas.light.shade(UP))


def _lay(canvas: Canvas, street: Street) -> None:
    whole = (NEAR, FAR_END)
    _strip(canvas, (-400, 400), (NEAR, FAR_END * 5), GRASS, TERRAIN)
    for side in (-1, 1):
        kerb = street.kerb(side)
        for inner, outer, colour, label in street.beside_road():
            if outer > inner:
                _strip(canvas, (kerb + side * inner, kerb + side * outer), whole, colour, label)
        _strip(canvas, (kerb, kerb + side * KERB_WIDTH), whole, KERB, SIDEWALK)
    _strip(canvas, (street.left, street.right), whole, street.asphalt, ROAD)
    if street.median:
        left, right = street.middle, street.middle + street.median
        _strip(canvas, (left - KERB_WIDTH, right + KERB_WIDTH), whole, KERB, SIDEWALK)
        _strip(canvas, (left, right), whole, GRASS, TERRAIN)
    for start, end in street.crossings:
        _strip(canvas, (-OUTSIDE, OUTSIDE), (start - 2, end + 2), street.slabs, SIDEWALK)
        _strip(canvas, (-OUTSIDE, OUTSIDE), (start, end), street.asphalt, ROAD)
        _strip(canvas, (street.left, street.right), (start - 3, end + 3), street.asphalt, ROAD)


def _mark(canvas: Canvas, scene: Scene, street: Street) -> None:
    """Repairs, rails, lane lines, zebra crossings and stop lines."""
    rng = scene.rng
    for _ in range(rng.poisson(2.5)):
        x, z = rng.uniform(street.left, street.right - 1), rng.uniform(5, 40)
        size = rng.uniform(0.5, 2.0), rng.uniform(1, 9)
        tone = scaled(street.asphalt, rng.uniform(0.82, 1.08))
        _strip(canvas, (x, min(x + size[0], street.right)), (z, z + size[1]), tone)
    for track in street.tracks:
        for rail in (track - 0.72, track + 0.72):
            _strip(canvas, (rail - 0.13, rail + 0.13), (NEAR, FAR_END), scaled(street.asphalt, 0.8))
            _strip(canvas, (rail - 0.04, rail + 0.04), (NEAR, FAR_END), (150, 148, 146))
    dash, gap = rng.uniform(2.5, 4.5), rng.uniform(3.5, 7)
    first = -1.75 if not street.median else street.middle + street.median + LANE - 0.3
    lines = [first, street.middle - LANE] if street.median else [first]
    lines += [first - LANE] if street.left < first - 2 * LANE else []
    start = rng.uniform(0, dash + gap)
    for z in np.arange(2.0 + start, FAR_END * 0.7, dash + gap).tolist():
        for x in lines:
            if not street.at_crossing(z, 5.0) and not street.at_crossing(z + dash, 5.0):
                _strip(canvas, (x, x + LINE_WIDTH), (z, z + dash), PAINT)
    for start, end in street.crossings:
        _strip(canvas, (first, street.right), (start - 5.6, start - 5.1), PAINT)
        for z in (start - 4.4, end + 1.0):
            for x in np.arange(street.left + 0.4, street.right - 0.5, 1.0).tolist():
                _strip(canvas, (x, x + 0.5), (z, z + 3.0), PAINT)


def _weather(canvas: Canvas, scene: Scene) -> None:
    """Grain, stains, joints between slabs, and shadows, multiplied onto the ground's colours."""
    top, x, z = canvas.view.ground()
    ids, ground = canvas.ids[top:], canvas.photo[top:]
    deep = np.broadcast_to(np.minimum(z, FAR_END), x.shape)
    grain = noise.read(noise.SAND, x * GRAINS_PER_METRE, deep * GRAINS_PER_METRE)
    light = 1 + _table(0)[ids] * grain * (1.6 * GRAIN_FADES / (GRAIN_FADES + z))
    joints = (x - np.floor(x / SLAB) * SLAB < JOINT) | (z - np.floor(z / SLAB) * SLAB < JOINT)
    light -= (joints & (ids == SIDEWALK)) * (0.16 * np.clip(1.6 - z / 14, 0, 1))
    broad = cv2.resize(_broad_light(canvas, scene), (ids.shape[1], ids.shape[0]))
    canvas.photo[top:] = cv2.multiply(ground, cv2.merge([light * broad] * 3), dtype=cv2.CV_8U)


def _broad_light(canvas: Canvas, scene: Scene) -> np.ndarray:
    """Stains and shadows: soft enough to be drawn at half the size."""
    half = replace(canvas.view, width=canvas.view.width // 2, height=canvas.view.height // 2)
    top, x, z = half.ground()
    start = scene.rng.uniform(0, noise.TILE, 2).astype(np.float32)
    deep = np.broadcast_to(np.minimum(z, FAR_END) * 1.5 + start[1], x.shape)
    stain = noise.read(noise.LEAVES, x * STAINS_PER_METRE + start[0], deep)
    ids = cv2.resize(canvas.ids, (half.width, half.height), interpolation=cv2.INTER_NEAREST)
    light = 1 + _table(1)[ids[top:]] * stain * (3 * GRAIN_FADES / (3 * GRAIN_FADES + z))
    sun = shadow_mask(half, scene.sun_shadows, 0.002)[top:]
    contact = shadow_mask(half, scene.contact_shadows, 0.006)[top:]
    return light * (1 - (1 - canvas.light.shadow()) * sun) * (1 - 0.6 * contact)


def _table(column: int) -> np.ndarray:
    shares = np.zeros(256, np.float32)
    for label, row in GRAIN.items():
        shares[label] = row[column]
    return shares
