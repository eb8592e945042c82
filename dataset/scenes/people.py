"""People, bicycles and motorcycles as flat figures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dataset.scenes.figures import Part, Place, box, circle, stand
from dataset.scenes.light import Colour, scaled, varied
from dataset.scenes.names import BICYCLE, MOTORCYCLE, PERSON, RIDER
from dataset.scenes.painter import CIRCLE, Scene

# fmt: off
COATS: list[Colour] = [
    (44, 48, 60), (32, 32, 36), (130, 44, 46), (62, 86, 122), (150, 146, 138), (196, 190, 176),
    (72, 92, 68), (172, 120, 66), (96, 74, 108), (196, 66, 62),
]
TROUSERS: list[Colour] = [(38, 42, 58), (30, 30, 32), (76, 68, 60), (96, 98, 104), (62, 72, 98)]
SKINS: list[Colour] = [(214, 170, 144), (186, 138, 108), (132, 92, 68), (98, 66, 50)]
HAIRS: list[Colour] = [(42, 32, 28), (92, 66, 44), (150, 120, 80), (26, 24, 24), (160, 158, 154)]
# fmt: on
TYRE: Colour = (26, 26, 28)
METAL: Colour = (124, 126, 130)
SHOE: Colour = (32, 30, 30)


@dataclass(frozen=True)
class Looks:
    coat: Colour
    trousers: Colour
    skin: Colour
    hair: Colour

    @classmethod
    def any(cls, rng: np.random.Generator) -> Looks:
        palettes = (COATS, TROUSERS, SKINS, HAIRS)
        return cls(*(varied(rng, colours[rng.integers(len(colours))]) for colours in palettes))


def person(scene: Scene, x: float, z: float) -> None:
    """A walking grown-up; the table is for 1.75 m."""
    rng, looks = scene.rng, Looks.any(scene.rng)
    step = rng.uniform(0.05, 0.3) * rng.choice([-1, 1])
    coat, legs = looks.coat, looks.trousers
    hem = rng.choice([0.8, 0.8, 0.55])
    # fmt: off
    parts: list[Part] = [
        (PERSON, scaled(legs, 0.7), 0.13, [(0.04, 0.85), (0.05 - step * 0.6, 0.45), (-step, 0.06)]),
        (PERSON, scaled(coat, 0.7), 0.09,
         [(-0.13, 1.36), (-0.2 + step / 2, 1.1), (-0.16 + step, 0.86)]),
        (PERSON, legs, 0.14, [(-0.04, 0.85), (0.02 + step * 0.7, 0.45), (step, 0.05)]),
        (PERSON, SHOE, 0.07, [(step - 0.02, 0.03), (step + 0.1, 0.03)]),
        (PERSON, coat, 0, [(-0.17, hem), (-0.18, 1.1), (-0.21, 1.38), (-0.08, 1.47), (0.08, 1.47),
                           (0.21, 1.38), (0.18, 1.1), (0.17, hem)]),
        (None, scaled(coat, 0.8), 0, [(0.05, hem), (0.07, 1.46), (0.21, 1.38), (0.17, hem)]),
        (PERSON, scaled(coat, 1.12), 0.095,
         [(0.17, 1.36), (0.22 - step * 0.4, 1.1), (0.18 - step * 0.8, 0.88)]),
        *_head(PERSON, looks, 0, 1.6),
    ]
    # fmt: on
    if rng.random() < 0.35:
        parts.append((PERSON, varied(rng, (80, 62, 54), 0.4), 0, box(0.12, 0.68, 0.36, 0.98)))
    stand(scene, parts, x, z, size=rng.uniform(0.88, 1.08))


def _head(label: int, looks: Looks, along: float, up: float, wide: float = 1.0) -> list[Part]:
    hair = [(along + 0.118 * wide * a, up + 0.03 + 0.125 * u) for a, u in CIRCLE if u >= -0.1]
    return [
        (label, scaled(looks.skin, 0.8), 0.1, [(along, up - 0.16), (along, up - 0.06)]),
        (label, looks.skin, 0, circle(along, up, 0.1 * wide, 1.25 / wide)),
        (label, looks.hair, 0, hair),
    ]


def _rider(looks: Looks, facing: float) -> list[Part]:
    """Someone on a saddle; shoulders stay broad when the cardboard is seen from its edge."""
    broad = 0.22 * abs(math.sin(facing)) / max(abs(math.cos(facing)), 0.2)
    legs: list[Part] = []
    for lift, tone in ((-0.18, 0.7), (0.14, 1.0)):
        foot = (-0.05 + lift, 0.3 + lift * 0.6)
        side = broad * 0.4 * (1 if tone == 1 else -1)
        thigh = [(-0.2 + side, 0.95), (0.14 + side, 0.72 + lift / 2), (foot[0] + side, foot[1])]
        legs.append((RIDER, scaled(looks.trousers, tone), 0.15, thigh))
    back = [(-0.32, 0.9), (-0.3, 1.2), (-0.05, 1.52), (0.14, 1.5), (0.1, 1.2), (-0.08, 0.9)]
    torso: list[Place] = [(a + (broad if a > -0.1 else -broad), u) for a, u in back]
    arm = [(0.04 + broad, 1.44), (0.2 + broad, 1.2), (0.38, 1.06)]
    return [
        *legs,
        (RIDER, looks.coat, 0, torso),
        (RIDER, scaled(looks.coat, 0.8), 0.1, arm),
        *_head(RIDER, looks, 0.14, 1.66, 1 / max(abs(math.cos(facing)), 0.2)),
    ]


def bicycle(scene: Scene, x: float, z: float, facing: float, ridden: bool) -> None:
    frame = varied(scene.rng, COATS[scene.rng.integers(len(COATS))])
    saddle, crank, head = (-0.22, 0.92), (-0.05, 0.3), (0.36, 0.88)
    parts: list[Part] = []
    for along in (-0.52, 0.52):
        rim = circle(along, 0.34, 0.32)
        parts.append((BICYCLE, TYRE, 0.05, [*rim, rim[0]]))
        parts += [(None, METAL, 0.008, [rim[spoke], rim[spoke + 8]]) for spoke in range(0, 8, 2)]
    parts += [
        (BICYCLE, frame, 0.05, [(-0.52, 0.34), crank, (0.36, 0.8), saddle, crank]),
        (BICYCLE, frame, 0.04, [saddle, (-0.52, 0.34)]),
        (BICYCLE, METAL, 0.05, [(0.52, 0.34), head, (0.34, 1.02), (0.46, 1.02)]),
        (BICYCLE, TYRE, 0.07, [(-0.34, 0.95), (-0.12, 0.95)]),
    ]
    if ridden:
        parts += _rider(Looks.any(scene.rng), facing)
    stand(scene, parts, x, z, facing, foot=0.6)


def motorcycle(scene: Scene, x: float, z: float, facing: float, ridden: bool) -> None:
    """Half a metre wide: seen from its edge, the cardboard gets a rear view on top."""
    colour = varied(scene.rng, COATS[scene.rng.integers(len(COATS))])
    edge = abs(math.sin(facing)) / max(abs(math.cos(facing)), 0.2)
    wide = 0.12 * edge
    # fmt: off
    parts: list[Part] = [
        *((MOTORCYCLE, TYRE, 0.0, circle(along, 0.32, 0.32)) for along in (-0.62, 0.68)),
        *((None, METAL, 0.0, circle(along, 0.32, 0.17)) for along in (-0.62, 0.68)),
        (MOTORCYCLE, (62, 62, 66), 0, [(-0.4, 0.25), (-0.35, 0.6), (0.35, 0.62), (0.4, 0.28)]),
        (MOTORCYCLE, TYRE, 0, [(-0.8, 0.72), (-0.6, 0.86), (0.1, 0.8), (0.1, 0.6), (-0.5, 0.58)]),
        (MOTORCYCLE, colour, 0, [(0, 0.62), (0, 0.92), (0.3, 1.0), (0.55, 0.86), (0.5, 0.62)]),
        (MOTORCYCLE, METAL, 0.07, [(0.68, 0.32), (0.42, 0.95), (0.34, 1.1), (0.24, 1.1)]),
        (MOTORCYCLE, scaled(colour, 0.8), 0, [(0.46, 0.84), (0.5, 1.12), (0.64, 0.98), (0.6, 0.8)]),
        (MOTORCYCLE, METAL, 0.09, [(-0.2, 0.28), (-0.85, 0.34)]),
    ]
    if edge > 1.5:
        parts += [
            (MOTORCYCLE, scaled(colour, 0.7), 0, box(-2 * wide, 0.42, 2 * wide, 0.86)),
            (MOTORCYCLE, TYRE, 0.06, [(-3 * wide, 1.05), (3 * wide, 1.05)]),
            (None, (190, 44, 40), 0, box(-wide / 2, 0.7, wide / 2, 0.8)),
        ]
    # fmt: on
    if ridden:
        parts += _rider(Looks.any(scene.rng), facing)
    stand(scene, parts, x, z, facing, foot=0.8)
