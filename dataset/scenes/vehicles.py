"""Cars, vans, trucks, buses and trams: bodies (bodies.py) pushed out to their width.

Each edge of a body's outline becomes a face across the vehicle (boot, rear window, roof,
windscreen, bonnet), painted if it faces the camera; the side that the camera sees comes last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from dataset.scenes.bodies import CAB, CARGO, COACH, HATCHBACK, SALOON, TRAM, VAN, Body
from dataset.scenes.figures import Place, box, circle
from dataset.scenes.light import GLOW, Colour, scaled, varied
from dataset.scenes.painter import Canvas, Scene
from dataset.scenes.view import EYE_HEIGHT, Point

# fmt: off
PAINTS: list[Colour] = [
    (44, 46, 50), (28, 29, 32), (34, 36, 42), (194, 196, 198), (150, 154, 158), (122, 126, 132),
    (224, 224, 222), (118, 26, 30), (34, 54, 102), (92, 98, 104), (154, 36, 36), (62, 84, 74),
    (190, 166, 74), (98, 84, 70), (70, 104, 148),
]
LIVERIES: list[Colour] = [
    (190, 50, 44), (222, 220, 212), (216, 180, 62), (74, 118, 86), (70, 100, 150),
]
# fmt: on
GLASS: Colour = (30, 36, 42)
SKY_IN_GLASS: Colour = (84, 96, 104)
TYRE: Colour = (24, 24, 25)
HUB: Colour = (134, 136, 138)
BLACK: Colour = (17, 17, 18)
REAR_LAMP: Colour = (168, 28, 26)
HEAD_LAMP: Colour = (226, 228, 220)
PLATE: Colour = (216, 216, 206)
# Beyond this distance seams, hubs and shine are smaller than a pixel.
DETAILS_END = 45.0


def _put(scene: Scene, body: Body, x: float, z: float, heading: float) -> None:
    """Sets a body with its middle at (x, z); heading 0 drives away from the camera."""
    machine = Machine(body, x, z, heading)
    half, long = body.width / 2, body.length
    foot = [machine.point(a, 0, b) for a, b in ((-half, 0), (half, 0), (half, long), (-half, long))]
    scene.cast([(px, pz) for px, _, pz in foot], 0.8 * max(up for _, up in body.outline))
    scene.put((max(pz for _, _, pz in foot) + z) / 2, machine.paint)


@dataclass(frozen=True)
class Machine:
    """A body with its middle at (x, z); `point` turns its own across, up and along into places."""

    body: Body
    x: float
    z: float
    heading: float

    def paint(self, canvas: Canvas) -> None:
        across, along = self._eye(canvas)
        body = self.body
        low = body.outline[0][1]
        inner = body.width / 2 - 0.05
        for end in (0.35, body.length - 0.35):
            for a, b in ((-inner, 0.24 - inner), (inner - 0.24, inner)):
                self._flat(canvas, box(a, 0, b, low + 0.2), end, TYRE, body.label)
        belly = [self.point(a, low, b) for a, b in box(-inner, 0.1, inner, body.length - 0.1)]
        canvas.paint(belly, BLACK, body.label)
        edges = range(len(body.outline) - 1)
        for edge in sorted(edges, key=self._distance, reverse=True):
            self._face(canvas, edge, along)
        if not 0 < along < body.length:
            self._end(canvas, front=along > 0)
        if abs(across) > body.width / 2:
            self._side(canvas, 1 if across > 0 else -1)

    def point(self, across: float, up: float, along: float) -> Point:
        sine, cosine = math.sin(self.heading), math.cos(self.heading)
        along -= self.body.length / 2
        return (
            self.x + across * cosine + along * sine,
            up,
            self.z - across * sine + along * cosine,
        )

    def _shade(self, canvas: Canvas, across: float, up: float, along: float) -> float:
        sine, cosine = math.sin(self.heading), math.cos(self.heading)
        turned = (across * cosine + along * sine, up, along * cosine - across * sine)
        return canvas.light.shade(turned)

    def _eye(self, canvas: Canvas) -> tuple[float, float]:
        """Where the camera is for the vehicle: across it, and along from its rear."""
        sine, cosine = math.sin(self.heading), math.cos(self.heading)
        x = -self.x - canvas.view.slant(self.z) * self.z
        return x * cosine + self.z * sine, x * sine - self.z * cosine + self.body.length / 2

    def _distance(self, edge: int) -> float:
        (a, low), (b, high) = self.body.outline[edge : edge + 2]
        x, up, z = self.point(0, (low + high) / 2, (a + b) / 2)
        return math.hypot(x, z, up - EYE_HEIGHT)

    def _face(self, canvas: Canvas, edge: int, eye: float) -> None:
        body = self.body
        (a, low), (b, high) = body.outline[edge : edge + 2]
        length = math.hypot(b - a, high - low)
        up, along = (b - a) / length, (low - high) / length
        if (eye - (a + b) / 2) * along + (EYE_HEIGHT - (low + high) / 2) * up <= 0:
            return
        shade = self._shade(canvas, 0, up, along)
        whole = self._across_face(edge, 0, 1, 0)
        canvas.paint(whole, body.colour, body.label, shade)
        if edge in body.glass:
            canvas.paint(self._across_face(edge, 0.08, 0.94, 0.1), GLASS, None, 0.7 + shade / 2)
            if self.z < DETAILS_END:
                shine = self._across_face(edge, 0.5, 0.94, 0.1)
                canvas.paint(shine, SKY_IN_GLASS, None, 0.5 + shade / 2)

    def _across_face(self, edge: int, start: float, end: float, inset: float) -> list[Point]:
        """The part of a face between two shares of its edge."""
        (a, low), (b, high) = self.body.outline[edge : edge + 2]
        corners = []
        for share, side in ((start, -1), (end, -1), (end, 1), (start, 1)):
            up = low + (high - low) * share
            corners.append(self.point(side * (self.body.half(up) - inset), up, a + (b - a) * share))
        return corners

    def _flat(
        self,
        canvas: Canvas,
        shape: list[Place],
        along: float,
        colour: Colour,
        label: int | None = None,
    ) -> None:
        """A shape (across, up) that stands across the vehicle."""
        canvas.paint([self.point(a, up, along) for a, up in shape], colour, label, 0.85)

    def _end(self, canvas: Canvas, front: bool) -> None:
        """Lamps, bumper, licence plate and grille."""
        body, half = self.body, self.body.width / 2
        along = body.length + 0.01 if front else -0.01
        lamp = HEAD_LAMP if front else REAR_LAMP
        if canvas.light.mood.lamps:
            lamp = scaled(lamp, GLOW)
        low, high = body.lamps
        bottom = body.outline[0][1]
        self._flat(canvas, box(0.06 - half, bottom, half - 0.06, bottom + 0.14), along, BLACK)
        if self.z < DETAILS_END:
            seam = box(0.05 - half, bottom + 0.3, half - 0.05, bottom + 0.32)
            self._flat(canvas, seam, along, scaled(body.colour, 0.5))
        for side in (-1, 1):
            outer, inner = side * (half - 0.05), side * (half - 0.34)
            shape = [(outer, low + 0.04), (outer, high), (inner, high - 0.03), (inner, low)]
            self._flat(canvas, shape, along, lamp)
        plate = low - 0.22 if front else low - 0.04
        if front:
            self._flat(canvas, box(0.4 - half, low - 0.02, half - 0.4, high - 0.04), along, BLACK)
        self._flat(canvas, box(-0.26, plate, 0.26, plate + 0.11), along, PLATE)

    def _side(self, canvas: Canvas, side: int) -> None:
        shade = self._shade(canvas, side, 0, 0)
        for label, colour, shape in _side_view(self.body, self.z < DETAILS_END):
            places = [self.point(side * self.body.half(up), up, along) for along, up in shape]
            canvas.paint(places, colour, label, shade)


def _side_view(body: Body, near: bool) -> list[tuple[int | None, Colour, list[Place]]]:
    low, long = body.outline[0][1], body.length
    rows: list[tuple[int | None, Colour, list[Place]]] = [
        (body.label, body.colour, body.outline),
        (None, scaled(body.colour, 0.78), box(0.06, low, long - 0.06, low + 0.34)),
        (None, BLACK, box(0.1, low, long - 0.1, low + 0.1)),
    ]
    if near:
        rows.append((None, scaled(body.colour, 1.25), box(0.1, 0.84, long - 0.35, 0.87)))
    if body.stripe:
        rows.append((None, body.stripe, box(0, 0.75, long, 1.15)))
    for window in body.windows:
        rows.append((None, GLASS, window))
        if near:
            top, rear = max(up for _, up in window), min(along for along, _ in window)
            seam = box(rear - 0.04, low + 0.12, rear - 0.015, 1.0)
            rows.append((None, SKY_IN_GLASS, [(a, max(up, top - 0.16)) for a, up in window]))
            rows.append((None, scaled(body.colour, 0.5), seam))
    for along in body.wheels:
        tyre, radius = circle(along, body.wheel, body.wheel), body.wheel
        rows += [(None, BLACK, circle(along, radius, radius * 1.2)), (body.label, TYRE, tyre)]
        if near:
            rows.append((None, HUB, circle(along, radius, radius * 0.62)))
            rows.append((None, BLACK, circle(along, radius, radius * 0.2)))
    return rows


def _pick(scene: Scene, colours: list[Colour]) -> Colour:
    return varied(scene.rng, colours[scene.rng.integers(len(colours))])


def car(scene: Scene, x: float, z: float, heading: float = 0.0) -> None:
    body = (SALOON, SALOON, HATCHBACK, HATCHBACK, VAN)[scene.rng.integers(5)]
    _put(scene, replace(body, colour=_pick(scene, PAINTS)), x, z, heading)


def truck(scene: Scene, x: float, z: float, heading: float = 0.0) -> None:
    """A box and a cab before it, two bodies."""
    paint = _pick(scene, PAINTS)
    box_body = replace(CARGO, colour=_pick(scene, LIVERIES), stripe=paint)
    _put(scene, box_body, x, z, heading)
    ahead = (CARGO.length + CAB.length) / 2 + 0.1
    place = (x + ahead * math.sin(heading), z + ahead * math.cos(heading))
    _put(scene, replace(CAB, colour=paint), *place, heading)


def bus(scene: Scene, x: float, z: float, heading: float = 0.0) -> None:
    body = replace(COACH, colour=_pick(scene, LIVERIES), stripe=_pick(scene, LIVERIES))
    _put(scene, body, x, z, heading)


def tram(scene: Scene, x: float, z: float, heading: float = 0.0) -> None:
    body = replace(TRAM, colour=_pick(scene, LIVERIES), stripe=_pick(scene, LIVERIES))
    for number in range(int(scene.rng.integers(2, 4))):
        _put(scene, body, x, z + number * (body.length + 0.3), heading)
