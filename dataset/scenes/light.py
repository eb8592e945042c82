"""The light in which a scene lies: overcast, sunny, golden evening or dusk.

Colours of things are what they would be in neutral light; `Light.seen` says how they reach the
camera: shaded by the direction of the surface, tinted, and paler with distance. A lamp is a
colour far above 255, so that it stays bright when everything else is dark.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]
Direction = tuple[float, float, float]

UP: Direction = (0, 1, 0)
TOWARDS_CAMERA: Direction = (0, 0, -1)
GLOW = 3.0


def scaled(colour: Colour, factor: float) -> Colour:
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def varied(rng: np.random.Generator, colour: Colour, amount: float = 0.1) -> Colour:
    """A neighbour of a colour: mostly lighter or darker, a little of another hue."""
    red, green, blue = colour
    hue = rng.uniform(-amount / 3, amount / 3, 2)
    return scaled(
        (red * (1 + hue[0]), green, blue * (1 + hue[1])), 1 + rng.uniform(-amount, amount)
    )


@dataclass(frozen=True)
class Mood:
    """`height` is the sun's in degrees, `visibility` the distance at which 63 % is haze."""

    share: float
    height: tuple[float, float]
    sunshine: float
    ambient: float
    tint: Colour
    zenith: Colour
    haze: Colour
    clouds: float
    visibility: float
    lamps: bool = False


# Overcast is the commonest light in the real pairs; dusk is not in them at all.
# fmt: off
MOODS = (
    Mood(0.4, (60, 80), 0.15, 0.78, (0.95, 1.0, 0.96), (196, 208, 212), (236, 243, 242), 0.9, 420),
    Mood(0.35, (28, 58), 0.80, 0.52, (1.0, 0.98, 0.92), (84, 140, 205), (222, 233, 238), 0.4, 700),
    Mood(0.15, (10, 22), 0.95, 0.50, (1.1, 0.94, 0.74), (128, 156, 190), (255, 216, 168), 0.5, 450),
    Mood(0.1, (5, 9), 0.05, 0.54, (0.84, 0.86, 1.1), (62, 84, 140), (206, 156, 146), 0.5, 380,
         True),
)
# fmt: on


@dataclass(frozen=True)
class Light:
    mood: Mood
    sun: Direction

    def shade(self, normal: Direction) -> float:
        """How brightly a surface that faces `normal` is lit, by sun and sky."""
        (x, up, z), sun = normal, self.sun
        facing = x * sun[0] + up * sun[1] + z * sun[2]
        sky = 0.86 + 0.14 * up
        return self.mood.ambient * sky + self.mood.sunshine * max(0.0, facing)

    @property
    def sunny(self) -> bool:
        return self.mood.sunshine > 0.3

    def shadow(self) -> float:
        """What is left of the light on the ground where the sun does not reach."""
        return self.mood.ambient / self.shade(UP)

    def seen(self, colour: Colour, shade: float, distance: float) -> Colour:
        clear = math.exp(-distance / self.mood.visibility)
        tint, haze = self.mood.tint, self.mood.haze
        return (
            min(255.0, colour[0] * tint[0] * shade) * clear + haze[0] * (1 - clear),
            min(255.0, colour[1] * tint[1] * shade) * clear + haze[1] * (1 - clear),
            min(255.0, colour[2] * tint[2] * shade) * clear + haze[2] * (1 - clear),
        )

    def table(self, colour: Colour, shade: float, distance: float) -> np.ndarray:
        """For each of 256 brightnesses of a `colour`, what is seen: (1, 256, 3) for cv2.LUT."""
        clear = math.exp(-distance / self.mood.visibility)
        steps = np.arange(256, dtype=np.float32)[:, None] / 255
        lit = np.minimum(
            steps * (np.array(colour, np.float32) * np.array(self.mood.tint, np.float32) * shade),
            255,
        )
        return (lit * clear + np.array(self.mood.haze, np.float32) * (1 - clear)).astype(np.uint8)[
            None
        ]


def any_light(rng: np.random.Generator) -> Light:
    """A mood, and a sun to the side of the camera or behind it."""
    mood = MOODS[rng.choice(len(MOODS), p=[mood.share for mood in MOODS])]
    height = math.radians(rng.uniform(*mood.height))
    around = math.radians(rng.uniform(30, 150)) * rng.choice([-1, 1])
    level = math.cos(height)
    return Light(mood, (level * math.sin(around), math.sin(height), level * math.cos(around)))
