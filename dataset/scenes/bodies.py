"""The shapes of vehicles: side views in metres, from the rear (0) to the front."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dataset.scenes.figures import Place, box
from dataset.scenes.light import Colour
from dataset.scenes.names import BUS, CAR, TRAIN, TRUCK


@dataclass(frozen=True)
class Body:
    """`outline` runs from below the rear over the roof to the front; `glass` are its windows.

    Args:
        waist: the height above which the sides lean inwards, by `lean` a metre.
        lamps: lower and upper edge of the lamps at both ends.
    """

    label: int
    outline: list[Place]
    glass: tuple[int, ...]
    windows: list[list[Place]]
    wheels: tuple[float, ...]
    wheel: float
    width: float
    lamps: tuple[float, float]
    waist: float = 9.0
    lean: float = 0.0
    colour: Colour = (0, 0, 0)
    stripe: Colour | None = None

    @cached_property
    def length(self) -> float:
        return max(along for along, _ in self.outline)

    def half(self, up: float) -> float:
        return self.width / 2 - self.lean * max(0.0, up - self.waist)


def _panes(start: float, end: float, count: int) -> list[list[Place]]:
    step = (end - start) / count
    return [
        box(start + step * i + 0.06, 1.3, start + step * (i + 1) - 0.06, 2.6) for i in range(count)
    ]


# fmt: off
SALOON = Body(
    CAR,
    [(0.14, 0.25), (0.03, 0.42), (0, 0.62), (0.04, 0.86), (0.14, 0.95), (0.75, 1.0), (1.25, 1.34),
     (1.5, 1.42), (2.0, 1.44), (2.45, 1.38), (3.25, 0.98), (3.6, 0.9), (4.15, 0.78), (4.36, 0.64),
     (4.42, 0.46), (4.36, 0.25)],
    (5, 9), [[(0.95, 1.0), (1.35, 1.3), (1.93, 1.34), (1.93, 0.98)],
             [(2.01, 0.98), (2.01, 1.34), (2.4, 1.3), (3.0, 0.97)]],
    (0.88, 3.5), 0.32, 1.78, (0.66, 0.86), 0.92, 0.42,
)
HATCHBACK = Body(
    CAR,
    [(0.12, 0.25), (0.02, 0.42), (0, 0.62), (0.05, 0.92), (0.16, 1.02), (0.5, 1.4), (0.72, 1.47),
     (1.3, 1.51), (1.9, 1.47), (2.25, 1.38), (3.02, 0.99), (3.3, 0.92), (3.8, 0.8), (3.98, 0.66),
     (4.05, 0.48), (4.0, 0.25)],
    (4, 9), [[(0.42, 1.06), (0.68, 1.36), (1.48, 1.4), (1.48, 1.0)],
             [(1.56, 1.0), (1.56, 1.4), (2.15, 1.34), (2.78, 0.98)]],
    (0.74, 3.2), 0.32, 1.74, (0.78, 1.0), 0.95, 0.40,
)
VAN = Body(
    CAR,
    [(0.06, 0.28), (0, 0.5), (0.02, 1.12), (0.14, 1.84), (0.4, 1.98), (3.4, 1.98), (3.62, 1.9),
     (4.3, 1.22), (4.85, 1.05), (5.05, 0.8), (5.1, 0.5), (5.05, 0.28)],
    (2, 6), [[(2.95, 1.18), (2.95, 1.78), (3.5, 1.78), (4.08, 1.16)],
             [(0.35, 1.2), (0.42, 1.78), (1.5, 1.78), (1.5, 1.2)], box(1.6, 1.2, 2.85, 1.78)],
    (0.9, 4.15), 0.34, 1.92, (0.85, 1.2), 1.1, 0.14,
)
CAB = Body(
    TRUCK, [(0, 0.5), (0, 2.7), (1.5, 2.75), (1.95, 1.5), (2.05, 0.45)], (2,),
    [[(0.75, 1.5), (0.75, 2.3), (1.45, 2.3), (1.75, 1.5)]], (1.2,), 0.48, 2.4, (0.7, 0.92),
)
CARGO = Body(
    TRUCK, [(0, 0.55), (0, 0.95), (0, 3.5), (5.6, 3.5), (5.6, 0.55)], (), [], (1.0, 2.1), 0.48, 2.5,
    (0.62, 0.82),
)
COACH = Body(
    BUS, [(0, 0.35), (0, 1.35), (0.1, 2.75), (0.3, 3.05), (11.4, 3.05), (11.65, 2.85), (11.8, 1.1),
          (11.8, 0.35)],
    (1, 5), _panes(0.4, 11.5, 8), (2.6, 9.2), 0.48, 2.5, (0.6, 0.95),
)
TRAM = Body(
    TRAIN, [(0, 0.3), (0, 1.3), (0.25, 2.8), (0.5, 3.3), (8.3, 3.3), (8.55, 2.8), (8.8, 1.3),
            (8.8, 0.3)],
    (1, 5), _panes(0.5, 8.3, 5), (), 0.3, 2.4, (0.75, 0.95),
)
# fmt: on
