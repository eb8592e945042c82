"""The camera: the bonnet before it, the lens's blur and dark corners, the sensor's noise."""

from __future__ import annotations

import cv2
import numpy as np

from dataset.scenes import noise
from dataset.scenes.figures import circle
from dataset.scenes.light import UP
from dataset.scenes.names import VOID
from dataset.scenes.painter import Canvas

# Shares of height or width: the bonnet of the real pairs with its ornament, and the rim without a
# label that straightening the lens's picture left.
BONNET, RIM = 0.07, 0.004
# Subtracted from every value: the real photos have deep shadows under bright skies.
BLACK_LEVEL = 10
ORNAMENT_PLACE, ORNAMENT_SIZE = (0.56, 0.865), 0.038


def take_photo(canvas: Canvas, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The canvas as the camera records it: photo and ids."""
    _bonnet(canvas, rng)
    thick = max(1, round(RIM * canvas.view.width))
    for edge in (np.s_[:thick], np.s_[:, :thick], np.s_[:, -thick:]):
        canvas.ids[edge] = VOID
    return _record(canvas.photo, rng), canvas.ids


def _bonnet(canvas: Canvas, rng: np.random.Generator) -> None:
    """A curved edge with a bright line of sky on it; most have an ornament, a ring on a stalk."""
    height, width = canvas.ids.shape
    rise, paint = rng.uniform(0.8, 1.15) * BONNET * height, rng.uniform(20, 50)
    across = np.linspace(-1, 1, 33)
    edge = np.stack([(across + 1) / 2 * width, height - rise * (1 - 0.75 * across**2)], axis=1)
    floor = [[width, height], [0, height]]
    for down, brightness in ((0.0, 2.0), (0.06, 1.2), (0.3, 0.85), (0.6, 1.0)):
        shape = np.rint(np.concatenate([edge + np.array([0, down * rise]), floor])).astype(np.int32)
        tone = paint * brightness
        colour = canvas.light.seen((tone, tone, tone), canvas.light.shade(UP), 0)
        cv2.fillPoly(canvas.photo, [shape], colour, cv2.LINE_AA)
        cv2.fillPoly(canvas.ids, [shape], VOID)
    if rng.random() < 0.7:
        x, y = ORNAMENT_PLACE[0] * width, ORNAMENT_PLACE[1] * height
        ring = np.rint(circle(x, y, ORNAMENT_SIZE * width / 2)).astype(np.int32)
        stalk = np.rint([(x, y), (x, height - 0.8 * rise)]).astype(np.int32)
        line = max(1, width // 400)
        for plane, value in ((canvas.photo, (104, 108, 106)), (canvas.ids, VOID)):
            cv2.polylines(plane, [stalk], False, value, 2 * line, cv2.LINE_8)
            cv2.polylines(plane, [ring], True, value, line, cv2.LINE_8)
        cv2.fillPoly(canvas.ids, [ring], VOID)


def _record(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = photo.shape[:2]
    blurred = cv2.GaussianBlur(photo, (0, 0), max(0.3, 0.0006 * width))
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    right = np.linspace(-1, 1, width, dtype=np.float32)[None, :] ** 2
    light = rng.uniform(0.95, 1.3) * (1 - rng.uniform(0.06, 0.14) * (down + right))
    grain = noise.patch(0.0, width, height, int(rng.integers(noise.TILE**2)))
    gain = cv2.merge([light * 0.98, light, light * 0.96])
    exposed = cv2.multiply(blurred, gain, dtype=cv2.CV_32F)
    dark = (grain * rng.uniform(1.0, 2.6) - BLACK_LEVEL).astype(np.float32)
    return cv2.add(exposed, cv2.merge([dark] * 3), dtype=cv2.CV_8U)
