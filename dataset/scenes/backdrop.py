"""What closes the view: the sky with its clouds, and the haze at the street's end."""

from __future__ import annotations

import cv2
import numpy as np

from dataset.scenes import noise
from dataset.scenes.buildings import any_house, house_ahead
from dataset.scenes.layout import FAR_END, Street
from dataset.scenes.names import SKY, VEGETATION
from dataset.scenes.painter import FRONTS, Canvas, Scene
from dataset.scenes.plants import GREENS, tree


def paint_sky(canvas: Canvas, rng: np.random.Generator) -> None:
    """A gradient from the haze up, and clouds that flatten towards the horizon.

    Drawn at half the size: nothing in the sky is sharp.
    """
    view, mood = canvas.view, canvas.light.mood
    bottom = min(view.height, int(view.horizon * view.height) + 2)
    rows, columns = np.mgrid[0 : bottom // 2, 0 : view.width // 2].astype(np.float32)
    above = (bottom - 2 * rows) / view.width
    depth = 1 / (above + 0.08)
    start = rng.uniform(0, noise.TILE, 2).astype(np.float32)
    sideways = (2 * columns / view.width - 0.5) * depth
    cloud = noise.read(noise.CLOUDS, sideways * 110 + start[0], depth * 145 + start[1])
    cover = np.clip(0.55 * cloud + 1.6 * mood.clouds - 0.6, 0, 1)[..., None]
    height = np.clip(above / 0.4, 0, 1)[..., None] ** 0.6
    haze, zenith = np.array(mood.haze, np.float32), np.array(mood.zenith, np.float32)
    clear = haze * (1 - height) + zenith * height
    white = np.minimum(haze * 1.06, 255) * (1 - 0.14 * np.clip(cloud, -1, 1)[..., None] * cover)
    colour = np.clip(clear + (white - clear) * 0.85 * cover, 0, 255).astype(np.uint8)
    canvas.photo[:bottom] = cv2.resize(colour, (view.width, bottom))
    canvas.ids[:bottom] = SKY


def put_street_end(scene: Scene, street: Street) -> None:
    """Houses and trees across the far end, so that no street runs to the horizon."""
    rng = scene.rng
    far = FAR_END * 1.1
    woods = [(-300.0, 0.0, far), (-300.0, 5.0, far), (300.0, 5.0, far), (300.0, 0.0, far)]
    scene.put(far, lambda canvas: canvas.paint(woods, GREENS[3], VEGETATION, 0.7), FRONTS)
    x, green = street.house_line(-1) - 25, rng.random()
    while x < street.house_line(1) + 25:
        z = FAR_END * rng.uniform(0.75, 1.0)
        if rng.random() < green:
            tree(scene, x, z, rng.uniform(9, 16), FRONTS)
            x += rng.uniform(4, 7)
        else:
            house = any_house(rng, street.floors, 0.0)
            house_ahead(scene, house, x, z)
            x += house.width + rng.uniform(0, 3)
