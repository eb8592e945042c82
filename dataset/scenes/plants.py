"""Trees, hedges and bushes: crowns of noise under a rounded light.

A crown is a heap of round clumps. Their heights give the light on them, noise frays their edges
into leaves. A few crowns are drawn once and then used again in other sizes, colours and mirrored.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from dataset.scenes import noise
from dataset.scenes.light import TOWARDS_CAMERA, UP, Colour, scaled, varied
from dataset.scenes.names import VEGETATION
from dataset.scenes.painter import CIRCLE, THINGS, Canvas, Scene
from dataset.scenes.view import Point

CROWNS, CROWN_PIXELS, SMALLEST = 16, 512, 16
# Thickness is kept in a byte; this value is the surface of the leaves.
SURFACE = 96
GREENS: list[Colour] = [(96, 118, 58), (80, 104, 54), (112, 122, 60), (74, 92, 56), (128, 118, 62)]
BARK: Colour = (78, 68, 58)


@lru_cache(maxsize=CROWNS)
def crown(number: int) -> list[np.ndarray]:
    """A crown in halving sizes, each (n, n, 2) uint8: brightness, and thickness of the leaves."""
    rng = np.random.default_rng(number)
    down, right = np.mgrid[-1:1:128j, -1:1:128j].astype(np.float32)
    heap, light = np.full_like(down, -3), np.zeros_like(down)
    for _ in range(26):
        angle, reach = rng.uniform(0, 2 * np.pi), 0.74 * rng.random() ** 0.5
        radius = rng.uniform(0.16, 0.34)
        x, y = reach * np.cos(angle), reach * np.sin(angle)
        clump = 1 - ((right - x) ** 2 + (down - y) ** 2) / radius**2 + rng.uniform(-0.3, 0.3)
        top = clump > heap
        light[top] = (0.55 * (y - down) / radius - 0.75 * y)[top]
        heap = np.maximum(heap, clump)
    size = (CROWN_PIXELS, CROWN_PIXELS)
    heap, light = (cv2.resize(part, size, interpolation=cv2.INTER_CUBIC) for part in (heap, light))
    start = int(rng.integers(noise.TILE**2))
    leaves, grain = (noise.patch(kind, *size, start) for kind in (noise.LEAVES, noise.SAND))
    brightness = 0.46 + 0.2 * light + 0.12 * leaves + 0.07 * grain
    thickness = SURFACE / 255 + 0.3 * (heap + 0.35 * leaves + 0.05 * grain)
    both = np.stack([brightness, thickness], axis=-1)
    sizes = [(np.clip(both, 0.02, 1) * 255).astype(np.uint8)]
    while len(sizes[-1]) > SMALLEST:
        sizes.append(cv2.resize(sizes[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return sizes


def foliage(
    canvas: Canvas, centre: Point, radius: tuple[float, float], colour: Colour, number: int
) -> None:
    """Paints a crown around a point, `radius` metres across and up."""
    scale = canvas.view.scale(centre[2])
    limit = 2 * canvas.view.width
    width, height = (min(max(3, round(2 * scale * metres)), limit) for metres in radius)
    column = canvas.view.project([centre])[0, 0]
    if not -width / 2 < column < canvas.view.width + width / 2:
        return
    sizes = crown(number % CROWNS)
    source = next((s for s in reversed(sizes) if len(s) >= max(width, height)), sizes[0])
    resized = cv2.resize(source, (width, height))
    if number // CROWNS % 2:
        resized = cv2.flip(resized, 1)
    brightness, thickness = resized[..., 0], resized[..., 1]
    table = canvas.light.table(scaled(colour, 1.9), canvas.light.shade(UP), centre[2])
    picture = cv2.applyColorMap(brightness, table.reshape(256, 1, 3))
    _, mask = cv2.threshold(thickness, SURFACE, 255, cv2.THRESH_BINARY)
    canvas.stamp(picture, mask, centre, VEGETATION)


def tree(scene: Scene, x: float, z: float, height: float, layer: int = THINGS) -> None:
    rng = scene.rng
    colour = varied(rng, GREENS[rng.integers(len(GREENS))])
    across, number = height * rng.uniform(0.32, 0.5), int(rng.integers(1000))
    bottom = rng.uniform(0.18, 0.32) * height
    up, lean = (height - bottom) / 2 * 1.15, rng.uniform(-0.04, 0.04) * height
    thick = 0.02 * height + 0.08

    def paint(canvas: Canvas) -> None:
        shade = canvas.light.shade(TOWARDS_CAMERA)
        fork = (x + lean / 2, bottom * 0.95, z)
        canvas.paint([(x, -0.05, z), fork], BARK, VEGETATION, shade * 0.8, thick)
        canvas.paint([(x + thick / 4, 0, z), fork], BARK, None, shade * 1.2, thick / 3)
        for branch in (-0.5, 0.05, 0.45):
            end = (x + lean + branch * across, bottom + up * 0.8, z)
            canvas.paint([fork, end], BARK, VEGETATION, shade * 0.7, thick * 0.55)
        foliage(canvas, (x + lean, bottom + up * 0.85, z), (across, up), colour, number)

    scene.put(z, paint, layer)
    _cast_dapples(scene, x, z, bottom + up, across)


def _cast_dapples(scene: Scene, x: float, z: float, height: float, radius: float) -> None:
    """The trunk's shadow, and round ones where the light passes the crown."""
    scene.cast([(x - 0.15, z - 0.15), (x + 0.15, z - 0.15), (x + 0.15, z + 0.15)], height * 0.7)
    if scene.light.sunny:
        sun_x, up, sun_z = scene.light.sun
        reach = min(height / up, 30.0)
        middle = np.array([x - sun_x * reach, z - sun_z * reach])
        for right, ahead, size in scene.rng.uniform((-0.8, -0.8, 0.12), (0.8, 0.8, 0.4), (9, 3)):
            rim = np.array(CIRCLE) * size + (right, ahead)
            scene.sun_shadows.append(middle + radius * rim)


def bush(scene: Scene, x: float, z: float, height: float, colour: Colour) -> None:
    number = int(scene.rng.integers(1000))
    size = (height * scene.rng.uniform(0.8, 1.2), height * 0.75)
    scene.put(z, lambda canvas: foliage(canvas, (x, height * 0.4, z), size, colour, number))


def hedge(scene: Scene, x: float, near: float, far: float, height: float) -> None:
    """A row of bushes, close enough to be one."""
    colour = varied(scene.rng, GREENS[scene.rng.integers(2)])
    for z in np.arange(near, far, 0.55 * height).tolist():
        bush(scene, x, z, height * scene.rng.uniform(0.94, 1.06), colour)
