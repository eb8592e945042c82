"""Houses: fronts drawn flat, floor by floor, then hung up in perspective."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dataset.scenes import noise
from dataset.scenes.light import TOWARDS_CAMERA, Colour, Direction, scaled, varied
from dataset.scenes.names import BUILDING
from dataset.scenes.painter import FRONTS, Canvas, Scene

# fmt: off
PLASTERS: list[Colour] = [
    (206, 196, 172), (186, 184, 178), (214, 208, 196), (192, 164, 122), (164, 148, 134),
    (152, 98, 78), (136, 90, 74), (176, 134, 108), (150, 158, 160), (198, 178, 142),
]
SIGNS: list[Colour] = [
    (168, 44, 42), (46, 82, 138), (214, 186, 70), (54, 106, 72), (60, 60, 64), (226, 224, 216),
]
# fmt: on
TILES: list[Colour] = [(110, 70, 58), (86, 80, 80), (124, 86, 68)]
FRAME: Colour = (218, 216, 208)
GLASS: Colour = (54, 62, 70)
LAMPLIGHT: Colour = (250, 206, 130)
FLOOR_HEIGHT, DEPTH, ROOF_HEIGHT = 3.1, 11.0, 3.8
# Pixels for a metre of the flat drawing: enough for the nearest house, bounded for speed.
FINEST, COARSEST = 28.0, 2.0
# Below this, a window is a pane in a frame and nothing else.
COARSE = 9.0


@dataclass
class House:
    width: float
    floors: int
    plaster: Colour
    tiles: Colour
    pitched: bool
    shop: bool
    modern: bool
    balconies: bool
    seed: int

    @property
    def height(self) -> float:
        return self.floors * FLOOR_HEIGHT + 0.9

    @property
    def brick(self) -> bool:
        return self.plaster[0] - self.plaster[2] > 55


def any_house(rng: np.random.Generator, floors: float, shops: float) -> House:
    tall = max(2, round(floors + rng.uniform(-1, 1)))
    return House(
        width=rng.uniform(9, 16) if tall > 2 else rng.uniform(8, 12),
        floors=tall,
        plaster=varied(rng, PLASTERS[rng.integers(len(PLASTERS))]),
        tiles=TILES[rng.integers(len(TILES))],
        pitched=bool(rng.random() < 0.65),
        shop=bool(rng.random() < shops),
        modern=bool(rng.random() < 0.25),
        balconies=bool(rng.random() < 0.2),
        seed=int(rng.integers(1 << 30)),
    )


@dataclass
class Plan:
    """A flat front, drawn in metres from its lower left corner."""

    house: House
    rng: np.random.Generator
    lamps: bool
    across: float
    up: float
    picture: np.ndarray

    def box(self, left: float, low: float, right: float, high: float, colour: Colour) -> None:
        first = (round(left * self.across), round((self.house.height - high) * self.up))
        last = (round(right * self.across), round((self.house.height - low) * self.up))
        if first[0] < last[0] and first[1] < last[1]:
            cv2.rectangle(self.picture, first, (last[0] - 1, last[1] - 1), colour, -1)

    def glass(self, chance: float) -> Colour:
        """A dark pane, or a lit one: by chance, and often when it is dark outside."""
        lit = self.rng.random() < (0.45 if self.lamps else chance)
        return scaled(LAMPLIGHT if lit else GLASS, self.rng.uniform(0.7, 1.4 - 0.4 * lit))


def draw_front(house: House, across: float, up: float, lamps: bool) -> np.ndarray:
    """The front at `across` and `up` pixels a metre; a coarse one leaves small things out."""
    size = (max(4, round(house.height * up)), max(4, round(house.width * across)))
    plan = Plan(house, np.random.default_rng(house.seed), lamps, across, up, np.empty(0))
    plan.picture = _surface(plan, size[1], size[0])
    bays = max(2, int(house.width / plan.rng.uniform(2.1, 3.0)))
    plan.box(0, FLOOR_HEIGHT, house.width, FLOOR_HEIGHT + 0.16, scaled(house.plaster, 1.1))
    _windows(plan, FLOOR_HEIGHT + 0.1, bays)
    for floor in range(2, house.floors):
        _copy_floor(plan, floor, bays)
    if house.shop:
        _shop(plan)
    else:
        plan.box(0, 0, house.width, 0.7, scaled(house.plaster, 0.7))
        _windows(plan, 0.3, bays)
        _door(plan, (float(plan.rng.integers(bays)) + 0.5) * house.width / bays)
    plan.box(0, house.height - 0.5, house.width, house.height, scaled(house.plaster, 1.12))
    plan.box(0, house.height - 0.58, house.width, house.height - 0.5, scaled(house.plaster, 0.6))
    return plan.picture


def _surface(plan: Plan, width: int, height: int) -> np.ndarray:
    """Bricks or plaster, with stains and grain; exhaust darkens the foot of a wall."""
    house = plan.house
    grain = noise.patch(noise.LEAVES, width, height, int(plan.rng.integers(noise.TILE**2)))
    light = np.linspace(1.04, 0.88, height, dtype=np.float32)[:, None] + 0.05 * grain
    if house.brick and plan.up > COARSE:
        light[:: round(0.22 * plan.up)] *= 0.84
    return cv2.merge([np.clip(light * value, 0, 255).astype(np.uint8) for value in house.plaster])


def _windows(plan: Plan, low: float, bays: int) -> None:
    bay = plan.house.width / bays
    half = bay * 0.43 if plan.house.modern else min(0.62, bay * 0.3)
    bottom, top = low + 0.75, low + 2.5
    for place in range(bays):
        middle, curtain = (place + 0.5) * bay, plan.rng.random()
        left, right, glass = middle - half, middle + half, plan.glass(0.03)
        plan.box(left - 0.12, bottom - 0.16, right + 0.12, top + 0.1, FRAME)
        plan.box(left, bottom, right, top, glass)
        if plan.up < COARSE:
            continue
        plan.box(left, bottom, right, bottom + 0.7, scaled(glass, 1.25))
        plan.box(left, top - 0.2, right, top, scaled(glass, 0.6))
        if curtain < 0.3:
            plan.box(left, top - 0.2 - curtain * 3, right, top, scaled(FRAME, 0.88))
        plan.box(middle - 0.04, bottom, middle + 0.04, top, scaled(FRAME, 0.95))
        if plan.house.balconies and place % 2 and low > 1:
            plan.box(left - 0.3, low, right + 0.3, low + 0.95, scaled(plan.house.plaster, 0.62))
            plan.box(left - 0.3, low + 0.88, right + 0.3, low + 0.98, scaled(FRAME, 0.5))


def _copy_floor(plan: Plan, floor: int, bays: int) -> None:
    """The windows of the first floor again, in another order: faster than to draw them again."""
    top, bottom = (round((plan.house.height - n * FLOOR_HEIGHT) * plan.up) for n in (2, 1))
    up = bottom - round((plan.house.height - floor * FLOOR_HEIGHT) * plan.up)
    first, bay = plan.picture[top:bottom].copy(), plan.picture.shape[1] // bays
    for place, source in enumerate(plan.rng.permutation(bays).tolist()):
        window = first[:, source * bay : (source + 1) * bay]
        plan.picture[top - up : bottom - up, place * bay : (place + 1) * bay] = window


def _shop(plan: Plan) -> None:
    """Panes under a sign with something like letters."""
    rng, width = plan.rng, plan.house.width
    sign = SIGNS[rng.integers(len(SIGNS))]
    plan.box(0, 0, width, 3.3, scaled(plan.house.plaster, 0.5))
    panes = max(2, int(width / 2.6))
    for place in range(panes):
        left, right = (place + 0.06) * width / panes, (place + 0.94) * width / panes
        glass = plan.glass(0.15)
        plan.box(left, 0.35, right, 2.55, glass)
        if plan.up < COARSE:
            continue
        plan.box(left, 1.8, right, 2.55, scaled(glass, 0.75))
        for x in np.linspace(left, right, 5)[:-1].tolist():
            goods = varied(rng, scaled(glass, 1.5), 0.5)
            plan.box(x, 0.4, x + 0.4, 0.4 + rng.uniform(0.2, 0.9), goods)
    plan.box(0, 2.65, width, 3.25, sign)
    x = width * rng.uniform(0.1, 0.5)
    for _ in range(int(rng.integers(5, 12))):
        wide = rng.uniform(0.12, 0.3)
        ink = FRAME if sum(sign) < 500 else (50, 50, 56)
        plan.box(x, 2.78, x + wide, 3.12, ink)
        plan.box(x + 0.06, 2.86, x + wide - 0.05, rng.uniform(2.9, 3.04), sign)
        x += wide + 0.12


def _door(plan: Plan, middle: float) -> None:
    wood = varied(plan.rng, (90, 66, 54), 0.4)
    plan.box(middle - 0.75, 0, middle + 0.75, 2.65, scaled(FRAME, 0.92))
    plan.box(middle - 0.6, 0, middle + 0.6, 2.5, wood)
    plan.box(middle - 0.45, 1.5, middle + 0.45, 2.3, GLASS)


def _hang(
    canvas: Canvas,
    house: House,
    ends: tuple[tuple[float, float], tuple[float, float]],
    normal: Direction,
) -> None:
    """Hangs a front between two points (x, z), drawn as finely as it will be seen."""
    spots = [(x, 0.0, z) for x, z in ends]
    columns = canvas.view.project(spots)[:, 0].tolist()
    if max(columns) < 0 or min(columns) > canvas.view.width:
        return
    if columns[0] > columns[1]:
        spots.reverse()
    (x0, _, z0), (x1, _, z1) = spots
    across = min(max(abs(columns[1] - columns[0]) / house.width, COARSEST), FINEST)
    up = min(max(canvas.view.scale(min(z0, z1)), COARSEST), FINEST)
    picture = draw_front(house, across, up, canvas.light.mood.lamps)
    top = house.height
    corners = [(x0, top, z0), (x1, top, z1), (x1, 0.0, z1), (x0, 0.0, z0)]
    canvas.sheet(corners, picture, BUILDING, canvas.light.shade(normal))


def house_beside(
    scene: Scene, house: House, side: int, x: float, near: float, corner: bool
) -> None:
    """A house along the street, to the left (-1) or right (1); a corner house has two fronts."""
    far, top, back = near + house.width, house.height, x + side * DEPTH
    scene.cast([(x, near), (x, far), (back, far), (back, near)], top)

    def paint(canvas: Canvas) -> None:
        light = canvas.light
        wall = [(x, 0.0, near), (x, top, near), (back, top, near), (back, 0.0, near)]
        if house.pitched:
            ridge = (x + side * DEPTH / 2, top + ROOF_HEIGHT)
            roof = [(*ridge, near), (*ridge, far), (x, top, far), (x, top, near)]
            wall.insert(2, (*ridge, near))
            rows = canvas.view.project(roof)[:, 1]
            if rows[0] < rows[3]:
                canvas.paint(roof, house.tiles, BUILDING, light.shade((-0.6 * side, 0.8, 0)))
        canvas.paint(wall, scaled(house.plaster, 0.92), BUILDING, light.shade(TOWARDS_CAMERA))
        if corner:
            _hang(canvas, house, ((x, near), (back, near)), TOWARDS_CAMERA)
        _hang(canvas, house, ((x, near), (x, far)), (-side, 0, 0))

    scene.put(far, paint, FRONTS)


def house_ahead(scene: Scene, house: House, x: float, z: float) -> None:
    """A house across the street's end, its front to the camera."""
    right, top = x + house.width, house.height
    roof = [(x - 0.3, top, z), (x + 1, top + ROOF_HEIGHT, z), (right - 1, top + ROOF_HEIGHT, z),
            (right + 0.3, top, z)]  # fmt: skip

    def paint(canvas: Canvas) -> None:
        if house.pitched:
            canvas.paint(roof, house.tiles, BUILDING, canvas.light.shade((0, 0.7, -0.7)))
        _hang(canvas, house, ((x, z), (right, z)), TOWARDS_CAMERA)

    scene.put(z, paint, FRONTS)
