"""What stands at the kerb: lamp posts, traffic lights, signs, bins, fences and walls."""

from __future__ import annotations

from functools import partial

import numpy as np

from dataset.scenes import noise
from dataset.scenes.figures import Part, box, circle, stand
from dataset.scenes.light import GLOW, TOWARDS_CAMERA, UP, Colour, scaled, varied
from dataset.scenes.names import FENCE, POLE, TRAFFIC_LIGHT, TRAFFIC_SIGN, VOID, WALL
from dataset.scenes.painter import Canvas, Scene

STEEL: Colour = (112, 116, 116)
DARK: Colour = (30, 32, 32)
RED, WHITE, BLUE, YELLOW = (188, 34, 38), (228, 228, 224), (36, 82, 160), (232, 194, 50)
BULBS: list[Colour] = [(240, 50, 40), (250, 190, 40), (60, 230, 130)]
STONES: list[Colour] = [(150, 142, 130), (128, 124, 118), (150, 106, 84), (170, 166, 158)]
BOXES: list[Colour] = [(70, 84, 70), (124, 126, 120), (176, 120, 50)]
RAILINGS: list[Colour] = [(52, 58, 56), (120, 98, 74), (152, 152, 150)]


def _pole(height: float, thick: float) -> list[Part]:
    lit = scaled(STEEL, 1.4)
    return [
        (POLE, STEEL, thick, [(0, 0), (0, height)]),
        (None, lit, thick / 3, [(thick / 5, 0), (thick / 5, height)]),
    ]


def street_lamp(scene: Scene, x: float, z: float, side: int) -> None:
    height, reach = scene.rng.uniform(6, 8.5), -side * scene.rng.uniform(1.0, 2.4)
    lamp = scaled((250, 226, 180), GLOW) if scene.light.mood.lamps else (206, 204, 190)
    top = height + 0.5
    arm = [(0, height), (reach / 2, top - 0.05), (reach, top)]
    head = [(reach - 0.35, top), (reach + 0.35, top)]
    parts: list[Part] = [(POLE, STEEL, 0.09, arm), (POLE, lamp, 0.16, head)]
    stand(scene, _pole(height, 0.15) + parts, x, z)


def traffic_light(scene: Scene, x: float, z: float, side: int) -> None:
    """One lamp at the kerb, sometimes a second one on an arm over the road."""
    lit, arm = int(scene.rng.integers(3)), scene.rng.random() < 0.35
    parts = _pole(5.6 if arm else 3.5, 0.15)
    if arm:
        parts.append((POLE, STEEL, 0.12, [(0, 5.6), (-side * 4.2, 5.8)]))
    for along, up in [(0.0, 2.9), (-side * 4.2, 5.3)][: 1 + arm]:
        parts.append((TRAFFIC_LIGHT, DARK, 0, box(along - 0.19, up - 0.5, along + 0.19, up + 0.5)))
        for number, colour in enumerate(BULBS):
            glow = scaled(colour, GLOW if number == lit else 0.2)
            parts.append((None, glow, 0, circle(along, up + 0.28 * (1 - number), 0.12)))
    stand(scene, parts, x, z)


# Signs around their middle: a ban, an order, a warning, a priority road, a car park, directions.
# fmt: off
SIGNS: list[list[Part]] = [
    [(TRAFFIC_SIGN, RED, 0, circle(0, 0, 0.36)), (None, WHITE, 0, circle(0, 0, 0.25)),
     (None, DARK, 0.1, [(-0.1, 0), (0.1, 0)])],
    [(TRAFFIC_SIGN, BLUE, 0, circle(0, 0, 0.36)),
     (None, WHITE, 0.1, [(-0.14, -0.14), (0.14, 0.14)])],
    [(TRAFFIC_SIGN, RED, 0, [(-0.46, -0.28), (0, 0.46), (0.46, -0.28)]),
     (None, WHITE, 0, [(-0.28, -0.17), (0, 0.28), (0.28, -0.17)])],
    [(TRAFFIC_SIGN, WHITE, 0, [(-0.44, 0), (0, 0.44), (0.44, 0), (0, -0.44)]),
     (None, YELLOW, 0, [(-0.33, 0), (0, 0.33), (0.33, 0), (0, -0.33)])],
    [(TRAFFIC_SIGN, BLUE, 0, box(-0.34, -0.34, 0.34, 0.34)),
     (None, WHITE, 0.08, [(-0.08, -0.2), (-0.08, 0.18), (0.08, 0.18), (0.08, 0), (-0.08, 0)])],
    [(TRAFFIC_SIGN, YELLOW, 0, box(-0.8, -0.1, 0.8, 0.65)),
     (None, DARK, 0.1, [(-0.55, 0.1), (0.4, 0.1)]),
     (None, DARK, 0.1, [(-0.55, 0.42), (0.4, 0.42)])],
]
# fmt: on


def traffic_sign(scene: Scene, x: float, z: float) -> None:
    height = scene.rng.uniform(2.2, 2.9)
    parts = _pole(height + 0.2, 0.08)
    for label, colour, thick, points in SIGNS[scene.rng.integers(len(SIGNS))]:
        parts.append((label, colour, thick, [(along, up + height) for along, up in points]))
    if scene.rng.random() < 0.3:
        parts.append((TRAFFIC_SIGN, WHITE, 0, box(-0.32, height - 0.95, 0.32, height - 0.55)))
    stand(scene, parts, x, z)


def cabinet(scene: Scene, x: float, z: float) -> None:
    """Bins, boxes and cabinets belong to no class that is scored: void."""
    colour = varied(scene.rng, BOXES[scene.rng.integers(len(BOXES))])
    half, height = scene.rng.uniform(0.2, 0.45), scene.rng.uniform(0.8, 1.5)
    parts: list[Part] = [
        (VOID, colour, 0, box(-half, 0, half, height)),
        (None, scaled(colour, 0.8), 0, box(half * 0.5, 0, half, height)),
        (None, scaled(colour, 1.25), 0, box(-half, height - 0.12, half, height)),
    ]
    stand(scene, parts, x, z, foot=half)


def fence(scene: Scene, x: float, near: float, far: float, height: float) -> None:
    """Bars along the street; the label takes the gaps between them, as the real ones do."""
    colour = varied(scene.rng, RAILINGS[scene.rng.integers(len(RAILINGS))])

    def paint(canvas: Canvas, start: float) -> None:
        shade, end = canvas.light.shade(TOWARDS_CAMERA), min(start + 2.0, far)
        field = [(x, 0.0, start), (x, height, start), (x, height, end), (x, 0.0, end)]
        canvas.paint(field, None, FENCE)
        for z in np.arange(start, end, 0.2).tolist():
            canvas.paint([(x, 0.05, z), (x, height, z)], colour, None, shade, 0.05)
        for up in (0.15, height - 0.08):
            canvas.paint([(x, up, start), (x, up, end)], colour, None, shade, 0.07)

    for start in np.arange(near, far, 2.0).tolist():
        scene.put(start, partial(paint, start=start))


def wall(scene: Scene, x: float, near: float, far: float, height: float, side: int) -> None:
    stone = varied(scene.rng, STONES[scene.rng.integers(len(STONES))])
    start, back = int(scene.rng.integers(noise.TILE**2)), x + 0.3 * side
    scene.cast([(x, near), (x, far), (back, far), (back, near)], height)

    def paint(canvas: Canvas) -> None:
        z = (near, far) if side < 0 else (far, near)
        corners = [(x, height, z[0]), (x, height, z[1]), (x, 0.0, z[1]), (x, 0.0, z[0])]
        picture = _stones(stone, start, far - near, height)
        canvas.sheet(corners, picture, WALL, canvas.light.shade((-side, 0, 0)))
        cap = [(x, height, near), (x, height, far), (back, height, far), (back, height, near)]
        canvas.paint(cap, scaled(stone, 1.1), WALL, canvas.light.shade(UP))
        end = [(x, 0.0, near), (x, height, near), (back, height, near), (back, 0.0, near)]
        canvas.paint(end, stone, WALL, canvas.light.shade(TOWARDS_CAMERA))

    scene.put(far, paint)


def _stones(colour: Colour, start: int, length: float, height: float) -> np.ndarray:
    """Courses of stones, 24 pixels a metre: each 0.75 by 0.33 m, every other course shifted."""
    wide, tall = round(length * 24), round(height * 24)
    row, column = np.mgrid[0:tall, 0:wide]
    joint = (row % 8 == 0) | ((column + row // 8 % 2 * 9) % 18 == 0)
    light = 1 + 0.09 * noise.patch(noise.LEAVES, wide, tall, start) - 0.2 * joint
    return np.clip(light[..., None] * np.array(colour, np.float32), 0, 255).astype(np.uint8)
