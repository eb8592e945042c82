"""Composes a scene: lays out a street, fills it, and takes the photo.

    photo, ids = draw_scene(seed=7)    # (512, 1024, 3) RGB and (512, 1024) class ids, 255 = void

All chance comes from the seed and none of it depends on the size: a seed shows the same street
in every size, though a small photo leaves details out.
"""

from __future__ import annotations

import math

import numpy as np

from dataset.scenes import furniture, people, plants, vehicles
from dataset.scenes.backdrop import paint_sky, put_street_end
from dataset.scenes.buildings import DEPTH, any_house, house_ahead, house_beside
from dataset.scenes.camera import take_photo
from dataset.scenes.ground import paint_ground
from dataset.scenes.layout import FAR_END, Street, any_street
from dataset.scenes.light import any_light
from dataset.scenes.painter import Canvas, Scene
from dataset.scenes.view import View

AWAY, TOWARDS, TO_RIGHT, TO_LEFT = 0.0, math.pi, math.pi / 2, -math.pi / 2
# Riding along the street, seen almost from the edge.
ALONG = math.pi / 2 - 0.35
# What is chosen by chance, with its share. Rare classes are less rare than in a real town: each
# of them must be in at least 15 of 100 scenes to be learned from a few hundred.
ENCLOSURES = {"hedge": 0.25, "fence": 0.4, "wall": 0.35}
AT_KERB = {
    "lamp": 0.18, "sign": 0.2, "cabinet": 0.1, "bicycles": 0.16, "motorcycle": 0.1, "nothing": 0.26,
}  # fmt: skip
IN_TRAFFIC = {"car": 0.74, "truck": 0.07, "bus": 0.07, "motorcycle": 0.07, "bicycle": 0.05}


def draw_scene(seed: int, width: int = 1024, height: int = 512) -> tuple[np.ndarray, np.ndarray]:
    """Draws one street scene.

    Args:
        seed: the same seed is the same scene.
        width: pixels of the photo; the field of view stays the same.
        height: pixels of the photo.

    Returns:
        The photo (height, width, 3) in RGB and the class ids (height, width), both uint8.
    """
    rng = np.random.default_rng(seed)
    horizon, turn, curve = rng.uniform(0.40, 0.47), rng.normal(0, 0.03), rng.normal(0, 0.0007)
    scene = Scene(rng, View(width, height, horizon, turn, curve), any_light(rng))
    street = any_street(rng)
    put_street_end(scene, street)
    for side in (-1, 1):
        _line_with_houses(scene, street, side)
        _line_with_furniture(scene, street, side)
        _park(scene, street, side)
        _people_pavement(scene, street, side)
    _drive(scene, street)
    _use_crossings(scene, street)
    canvas = Canvas(scene.view, scene.light)
    paint_sky(canvas, rng)
    paint_ground(canvas, scene, street)
    scene.paint(canvas)
    return take_photo(canvas, rng)


def _line_with_houses(scene: Scene, street: Street, side: int) -> None:
    """Houses in a row, gaps with trees, and what closes the front gardens."""
    rng = scene.rng
    x = street.house_line(side)
    z, corner = max(2.0, _first_visible(x) - rng.uniform(4, 12)), False
    while z < FAR_END:
        house = any_house(rng, street.floors, 0.08 if street.kind == "suburb" else 0.55)
        if street.at_crossing(z, 1.0) or street.at_crossing(z + house.width, 1.0):
            z, corner = z + 4.0, True
            continue
        if rng.random() < street.gaps:
            for place in np.arange(z, z + house.width, 4.0).tolist():
                plants.tree(scene, x + side * rng.uniform(0, 6), place, rng.uniform(6, 12))
        else:
            house_beside(scene, house, side, x, z, corner)
        if corner:
            _line_side_street(scene, street, side, z)
        _enclose(scene, street, side, z, z + house.width)
        z, corner = z + house.width, False


def _line_side_street(scene: Scene, street: Street, side: int, z: float) -> None:
    """Behind the corner house, the far side of the street that crosses."""
    x = abs(street.house_line(side)) + DEPTH
    while x < 0.5 * z + DEPTH:
        house = any_house(scene.rng, street.floors, 0.2)
        house_ahead(scene, house, x if side > 0 else -x - house.width, z)
        x += house.width


def _enclose(scene: Scene, street: Street, side: int, near: float, far: float) -> None:
    """A hedge, fence or wall between pavement and garden, if there is a garden."""
    rng = scene.rng
    x = street.kerb(side) + side * (street.verge + street.pavement + 0.3)
    near, far = max(near, _first_visible(x) - 4), min(far, 70.0)
    if rng.random() > street.enclosed or street.garden < 0.5 or far - near < 2:
        return
    match _any(rng, ENCLOSURES):
        case "hedge":
            plants.hedge(scene, x, near, far, rng.uniform(0.9, 1.8))
        case "fence":
            furniture.fence(scene, x, near, far, rng.uniform(1.1, 1.9))
        case "wall":
            furniture.wall(scene, x, near, far, rng.uniform(1.0, 2.6), side)


def _line_with_furniture(scene: Scene, street: Street, side: int) -> None:
    rng = scene.rng
    x = street.kerb(side) + side * 0.6
    z = _first_visible(x) + rng.uniform(0, 8)
    while z < FAR_END * 0.7:
        if not street.at_crossing(z, 2.0):
            _put_at_kerb(scene, street, side, x, z)
        z += rng.uniform(4, 9)
    if street.median and side < 0:
        for z in np.arange(rng.uniform(9, 14), FAR_END * 0.7, rng.uniform(7, 14)).tolist():
            plants.tree(scene, street.middle + street.median / 2, z, rng.uniform(5, 9))
    for start, end in street.crossings:
        for z in (start - 2, end + 1.5):
            if z > 6 and rng.random() < 0.7:
                furniture.traffic_light(scene, x, z, side)


def _put_at_kerb(scene: Scene, street: Street, side: int, x: float, z: float) -> None:
    rng = scene.rng
    if rng.random() < street.trees:
        plants.tree(scene, x + side * 0.4, z, rng.uniform(5, 10))
        return
    match _any(rng, AT_KERB):
        case "lamp":
            furniture.street_lamp(scene, x, z, side)
        case "sign":
            furniture.traffic_sign(scene, x, z)
        case "cabinet":
            furniture.cabinet(scene, x + side * 0.5, z)
        case "motorcycle":
            people.motorcycle(scene, x + side * 0.4, z, rng.uniform(0.3, 1.2), False)
        case "bicycles":
            for place in range(3):
                turned = rng.uniform(0.2, 0.9)
                people.bicycle(scene, x + side * 0.6, z + place * 0.7, turned, False)


def _park(scene: Scene, street: Street, side: int) -> None:
    rng = scene.rng
    x = street.kerb(side) - side * 1.05
    if abs(x) < 2.2:
        return
    z = _first_visible(x) + rng.uniform(0, 6)
    while z < FAR_END * 0.6:
        if rng.random() < street.parked and not street.at_crossing(z, 6.0):
            vehicles.car(scene, x, z, AWAY if side > 0 or rng.random() < 0.3 else TOWARDS)
        z += rng.uniform(5.3, 6.5)


def _people_pavement(scene: Scene, street: Street, side: int) -> None:
    """People alone and in pairs on the pavement, and someone riding along the kerb."""
    rng = scene.rng
    for _ in range(rng.poisson(2.6 * street.people)):
        out = street.verge + rng.uniform(0.6, max(street.pavement - 0.4, 0.8))
        x = street.kerb(side) + side * out
        z = _first_visible(x) + rng.uniform(0, 40)
        for place in range(int(rng.integers(1, 3))):
            people.person(scene, x + place * 0.5, z + 0.1 * place)
    if rng.random() < 0.22 * street.people:
        x = street.kerb(side) - side * 0.7
        people.bicycle(scene, x, rng.uniform(9, 35), rng.uniform(0.95, 1.4), True)


def _drive(scene: Scene, street: Street) -> None:
    """Traffic in both directions, or a tram where there are tracks."""
    rng = scene.rng
    oncoming = street.left + 2.2 if street.median else -3.4
    for x, heading in ((0.1, AWAY), (oncoming, TOWARDS)):
        z = rng.uniform(9, 40)
        while z < 90 and not (street.tracks and x < 0):
            if rng.random() < street.traffic and not street.at_crossing(z, 3):
                _any_vehicle(scene, x, z, heading)
            z += rng.uniform(13, 30)
    for track in street.tracks:
        if rng.random() < 0.85:
            vehicles.tram(scene, track, rng.uniform(15, 40), AWAY)


def _any_vehicle(scene: Scene, x: float, z: float, heading: float) -> None:
    match _any(scene.rng, IN_TRAFFIC):
        case "car":
            vehicles.car(scene, x, z, heading)
        case "truck":
            vehicles.truck(scene, x, z + 4, heading)
        case "bus":
            vehicles.bus(scene, x, z + 6, heading)
        case "motorcycle":
            people.motorcycle(scene, x + 0.3, z, ALONG, True)
        case "bicycle":
            people.bicycle(scene, x + 1.0, z, ALONG, True)


def _use_crossings(scene: Scene, street: Street) -> None:
    """People and vehicles that cross, seen from the side."""
    rng = scene.rng
    for start, end in street.crossings:
        if rng.random() < 0.5:
            heading = TO_RIGHT if rng.random() < 0.5 else TO_LEFT
            z = end - 2.0 if heading == TO_LEFT else start + 2.2
            kind = (vehicles.car, vehicles.car, vehicles.car, vehicles.bus, vehicles.truck)[
                rng.integers(5)
            ]
            kind(scene, rng.uniform(-0.35, 0.35) * z, z, heading)
        for _ in range(rng.poisson(1.2 * street.people)):
            people.person(scene, rng.uniform(street.left, street.right), start - 3)


def _any(rng: np.random.Generator, shares: dict[str, float]) -> str:
    return str(rng.choice(list(shares), p=list(shares.values())))


def _first_visible(x: float) -> float:
    """The distance from which on a place `x` metres to the side is in the picture."""
    return max(5.0, abs(x) * 2.2)
