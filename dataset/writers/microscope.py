"""Things under a microscope, drawn: nuclei in the dark, and membranes between cells.

photo, ids = draw_nuclei(seed=7)        # ids number the nuclei from 1; 0 is background
photo, ids = draw_membranes(seed=7)     # 0 on a membrane, 255 inside a cell

All chance comes from the seed. Photos are (H, W, 3) and ids (H, W), both uint8.
"""

from __future__ import annotations

import cv2
import numpy as np

from dataset.scenes import noise

# Sizes of the real nuclei photos, the commonest more than once, the three largest left out.
NUCLEI_SIZES = ((256, 256), (256, 256), (256, 256), (320, 256), (360, 360), (347, 260), (696, 520))
MOST_NUCLEI = 120
# Less of a nucleus than this share in sight is no nucleus of its own.
IN_SIGHT = 0.5

SIDE = 512
CELL = (38, 56)  # pixels from one cell to the next
MARGIN = 64  # so that bent membranes come in from outside
BEND = 7  # pixels; what bends more sharply folds, and folds are black crumbs


def draw_nuclei(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Bright round nuclei on a dark ground; about every third touches another one."""
    rng = np.random.default_rng(seed)
    width, height = NUCLEI_SIZES[rng.integers(len(NUCLEI_SIZES))]
    ids = np.zeros((height, width), np.uint8)
    light = np.zeros((height, width), np.float32)
    usual = rng.uniform(7, 15) * (min(width, height) / 256) ** 0.5
    count = int(min(rng.uniform(0.1, 0.35) * width * height / (3 * usual**2), MOST_NUCLEI))
    placed: list[tuple[np.ndarray, float]] = []
    for _ in range(count):
        radius = usual * rng.uniform(0.65, 1.35)
        centre = rng.uniform((0, 0), (width, height))
        if placed and rng.random() < 0.35:
            beside, other = placed[rng.integers(len(placed))]
            angle = rng.uniform(0, 2 * np.pi)
            centre = beside + 0.95 * (radius + other) * np.array([np.cos(angle), np.sin(angle)])
        if _add_nucleus(rng, ids, light, centre, radius, len(placed) + 1):
            placed.append((centre, radius))
    return _fluorescence(rng, light), ids


def _add_nucleus(
    rng: np.random.Generator,
    ids: np.ndarray,
    light: np.ndarray,
    centre: np.ndarray,
    radius: float,
    number: int,
) -> bool:
    """Puts a nucleus behind those that are there; False where too little of it would be seen."""
    whole = np.zeros_like(ids)
    cv2.fillPoly(whole, [np.rint(_outline(rng, centre, radius)).astype(np.int32)], 1)
    seen = (whole > 0) & (ids == 0)
    if seen.sum() < max(20, IN_SIGHT * 3 * radius**2):
        return False
    ids[seen] = number
    dome = cv2.distanceTransform(whole, cv2.DIST_L2, 3)
    dome = np.sqrt(dome / dome.max())
    height, width = ids.shape
    grain = noise.patch(noise.LEAVES, width, height, int(rng.integers(noise.TILE**2)))
    glow = rng.uniform(0.5, 1.0) * (0.55 + 0.45 * dome) * (1 + 0.12 * grain)
    light[seen] = glow[seen]
    return True


def _outline(rng: np.random.Generator, centre: np.ndarray, radius: float) -> np.ndarray:
    """An ellipse with small bulges, (N, 2) places."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    reach = np.ones_like(angle)
    for waves in (2, 3, 5):
        size = rng.normal(0, (0.1, 0.04, 0.02)[(2, 3, 5).index(waves)])
        reach += size * np.cos(waves * angle + rng.uniform(0, 2 * np.pi))
    return centre + radius * reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _fluorescence(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """The light as a camera records it: blurred, over a haze, with noise, often underexposed."""
    sharp = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.7, 1.3))
    haze = cv2.GaussianBlur(light, (0, 0), 14)
    exposed = rng.uniform(70, 230) * (sharp + 0.1 * haze) + rng.uniform(4, 22)
    noisy = exposed + rng.normal(0, 1, light.shape) * (1 + 0.25 * np.sqrt(exposed))
    return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, axis=-1)


def draw_membranes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A net of dark membranes on grey, with organelles in the cells that are none."""
    rng = np.random.default_rng(seed)
    cells = _cells(rng)
    right = np.pad(cells[:, 1:] != cells[:, :-1], ((0, 0), (0, 1)))
    down = np.pad(cells[1:] != cells[:-1], ((0, 1), (0, 0)))
    edges = (right | down).astype(np.uint8)
    thin, thick = (cv2.dilate(edges, _disc(reach)) for reach in (1, 3))
    membrane = np.where(_fog(rng) > 0.6, thick, thin).astype(np.float32)
    membrane = (cv2.GaussianBlur(membrane, (0, 0), 1.2) > 0.5).astype(np.float32)
    tones = rng.normal(0, 9, int(cells.max()) + 1)
    grey = 168 + tones[cells] + 7 * _fog(rng)
    grey = _add_organelles(rng, grey.astype(np.float32))
    soft = cv2.GaussianBlur(membrane, (0, 0), 1.3)
    grey += soft * (62 - grey)
    grain = noise.patch(noise.LEAVES, SIDE, SIDE, int(rng.integers(noise.TILE**2)))
    grey = cv2.GaussianBlur(grey + 13 * grain, (0, 0), 0.8) + rng.normal(0, 7, grey.shape)
    photo = np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=-1)
    return photo, np.where(membrane > 0, 0, 255).astype(np.uint8)


def _cells(rng: np.random.Generator) -> np.ndarray:
    """The number of the nearest of many seeds (SIDE, SIDE), seen through uneven glass."""
    side, step = SIDE + 2 * MARGIN, rng.uniform(*CELL)
    free = np.ones((side, side), np.uint8)
    start = np.arange(0, side, step)
    places = np.stack(np.meshgrid(start, start), axis=-1).reshape(-1, 2)
    places = places + rng.uniform(-0.48, 0.48, places.shape) * step
    places = places[rng.random(len(places)) < 0.85]  # a missing seed makes a large cell
    columns, rows = np.clip(np.rint(places), 0, side - 1).astype(int).T
    free[rows, columns] = 0
    _, nearest = cv2.distanceTransformWithLabels(
        free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    bend = [MARGIN + 12 * cv2.GaussianBlur(_fog(rng), (0, 0), BEND) for _ in range(2)]
    down, right = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    seen = cv2.remap(nearest.astype(np.float32), right + bend[0], down + bend[1], cv2.INTER_NEAREST)
    return seen.astype(np.int32)


def _add_organelles(rng: np.random.Generator, grey: np.ndarray) -> np.ndarray:
    """Mitochondria with stripes, and vesicles: dark edges that are no membrane between cells."""
    stripes = np.sin(np.arange(SIDE) * 1.3)[None, :] * 12
    for _ in range(int(rng.integers(25, 60))):
        centre = rng.integers(0, SIDE, 2).tolist()
        axes = (rng.uniform(5, 9) * rng.uniform((1, 0.6), (2.2, 1.0))).astype(int).tolist()
        mask = np.zeros(grey.shape, np.uint8)
        cv2.ellipse(mask, centre, axes, rng.uniform(0, 180), 0, 360, 1, -1)
        rim = mask - cv2.erode(mask, _disc(1))
        inner, edge = rng.uniform(112, 132), rng.uniform(85, 105)
        grey = np.where(mask > 0, inner + stripes, grey)
        grey = np.where(rim > 0, edge, grey).astype(np.float32)
    for _ in range(int(rng.integers(60, 160))):
        centre = rng.integers(0, SIDE, 2).tolist()
        cv2.circle(grey, centre, int(rng.integers(2, 4)), rng.uniform(105, 140), 1)
    return grey


def _fog(rng: np.random.Generator) -> np.ndarray:
    """Slow noise (SIDE, SIDE) with deviation 1."""
    return noise.patch(noise.CLOUDS, SIDE, SIDE, int(rng.integers(noise.TILE**2)))


def _disc(reach: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
