"""Cats and dogs, drawn: sitting before the camera or standing beside it, on a rug, lawn or floor.

photo, ids = draw_pet(seed=7)    # ids 1 pet, 2 background, 3 the outline between

All chance comes from the seed. A pet is a heap of parts (POSES), measured in its own unit from its
middle; fur is noise that is combed, with single hairs at the rim.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dataset.scenes import noise

PET, BACKGROUND, OUTLINE = 1, 2, 3
SIZES = ((500, 375), (375, 500), (500, 333), (300, 225), (400, 400), (334, 500), (250, 201))
# Half of the outline's width, as a share of the shorter side.
OUTLINE_SHARE = 0.013

Colour = tuple[float, float, float]
COATS: tuple[Colour, ...] = (
    (196, 132, 72), (58, 52, 50), (150, 142, 134), (226, 216, 200), (122, 84, 56), (176, 152, 118),
)  # fmt: skip
GROUNDS: tuple[tuple[Colour, Colour, float], ...] = (  # ground, wall behind it, falloff of grain
    ((92, 124, 58), (126, 150, 96), noise.LEAVES),
    ((158, 96, 84), (206, 196, 178), noise.SAND),
    ((150, 112, 74), (190, 202, 208), noise.LEAVES),
    ((112, 118, 132), (168, 150, 132), noise.SAND),
)
EYES: tuple[Colour, ...] = ((170, 190, 70), (210, 160, 50), (110, 160, 190))
PINK, DARK, WHITE = (206, 142, 140), (26, 22, 22), (244, 244, 240)


@dataclass(frozen=True)
class Part:
    """A line of the given thickness through some points; one point is an ellipse of two radii.

    Args:
        points: Places (x, y), y down.
        size: Thickness at both ends of a line, or the radii of an ellipse.
        tone: How much lighter or darker than the coat.
        comb: Direction of the fur in degrees.
    """

    points: tuple[tuple[float, float], ...]
    size: tuple[float, float]
    tone: float = 1.0
    comb: float = 90.0


STANDING = (
    Part(((-0.85, -0.2), (-1.15, -0.5), (-1.3, -0.95)), (0.2, 0.08), 0.9, 120),
    Part(((-0.5, 0.2), (-0.42, 0.6), (-0.5, 0.98)), (0.26, 0.16), 0.68),
    Part(((0.5, 0.2), (0.55, 0.98)), (0.24, 0.16), 0.68),
    Part(((-0.55, 0.0),), (0.45, 0.45), 1.0, 40),
    Part(((0.0, 0.0),), (0.9, 0.4), 1.0, 10),
    Part(((0.6, -0.05),), (0.42, 0.48), 1.0, 70),
    Part(((-0.68, 0.1), (-0.6, 0.55), (-0.72, 0.98)), (0.34, 0.17), 0.95),
    Part(((0.68, 0.15), (0.7, 0.98)), (0.28, 0.17), 0.95),
    Part(((0.7, -0.25), (1.02, -0.6)), (0.5, 0.42), 1.0, 50),
    Part(((1.1, -0.72),), (0.34, 0.31), 1.05, 20),
    Part(((1.36, -0.6),), (0.22, 0.15), 1.1, 0),
)
SITTING = (
    Part(((0.35, 0.85), (0.85, 0.9), (1.0, 0.55)), (0.2, 0.1), 0.85, 0),
    Part(((0.0, 0.66),), (0.62, 0.38), 0.85, 70),
    Part(((0.0, 0.3),), (0.46, 0.66), 0.98, 90),
    Part(((-0.17, 0.3), (-0.18, 0.98)), (0.26, 0.22), 1.08),
    Part(((0.17, 0.3), (0.18, 0.98)), (0.26, 0.22), 1.08),
    Part(((0.0, -0.48),), (0.43, 0.37), 1.05, 60),
)
POINTED = ((-0.4, -0.56), (-0.36, -1.06), (-0.04, -0.8))
POSES = {"standing": STANDING, "sitting": SITTING}


@dataclass
class Easel:
    """What is being painted: photo and mask of the pet, and where its middle is."""

    rng: np.random.Generator
    photo: np.ndarray  # float32 (H, W, 3)
    mask: np.ndarray  # uint8 (H, W)
    middle: tuple[float, float]
    unit: float
    flip: int

    def place(self, points: np.ndarray | tuple[tuple[float, float], ...]) -> np.ndarray:
        return np.asarray(points) * (self.unit * self.flip, self.unit) + self.middle

    def shape(self, part: Part) -> np.ndarray:
        """The mask of one part, 0 or 1."""
        mask = np.zeros_like(self.mask)
        places = self.place(part.points)
        if len(places) == 1:
            centre, axes = np.rint(places[0]), np.rint(np.array(part.size) * self.unit)
            cv2.ellipse(mask, _ints(centre), _ints(axes), 0, 0, 360, 1, -1)
            return mask
        for share in np.linspace(0, 1, 40):  # a line that grows thinner is a row of discs
            at = share * (len(places) - 1)
            spot = [np.interp(at, range(len(places)), places[:, axis]) for axis in (0, 1)]
            thick = (1 - share) * part.size[0] + share * part.size[1]
            cv2.circle(mask, _ints(np.rint(spot)), round(thick * self.unit / 2), 1, -1)
        return mask

    def spot(self, x: float, y: float, radii: tuple[float, float], colour: Colour) -> None:
        """A detail without fur."""
        axes = np.maximum(np.rint(np.array(radii) * self.unit), 1)
        centre = _ints(np.rint(self.place(((x, y),))[0]))
        cv2.ellipse(self.photo, centre, _ints(axes), 0, 0, 360, colour, -1, cv2.LINE_AA)


def draw_pet(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    width, height = SIZES[rng.integers(len(SIZES))]
    pose, cat = str(rng.choice(list(POSES))), rng.random() < 0.5
    fit = width / 3.2 if pose == "standing" else height / 2.5
    unit = rng.uniform(0.72, 1.0) * min(fit, height / 2.4, width / 2.2)
    middle = (width * rng.uniform(0.44, 0.56), height * rng.uniform(0.5, 0.56))
    photo = _ground(rng, width, height, middle[1] + rng.uniform(-0.3, 0.6) * unit)
    mask = np.zeros((height, width), np.uint8)
    easel = Easel(rng, photo, mask, middle, unit, int(rng.choice((-1, 1))))
    _shadow(easel)
    coat = _coat(rng, width, height)
    for part in POSES[pose]:
        _fur(easel, easel.shape(part), coat, part.tone, part.comb)
    (_standing_face if pose == "standing" else _sitting_face)(easel, coat, cat)
    _hairs(easel)
    seen = cv2.GaussianBlur(easel.photo, (0, 0), 0.6) + rng.normal(0, 4, photo.shape)
    return np.clip(seen, 0, 255).astype(np.uint8), _trimap(easel.mask)


def _ground(rng: np.random.Generator, width: int, height: int, horizon: float) -> np.ndarray:
    ground, wall, falloff = GROUNDS[rng.integers(len(GROUNDS))]
    grain = noise.patch(falloff, width, height, int(rng.integers(noise.TILE**2)))
    fog = noise.patch(noise.CLOUDS, width, height, int(rng.integers(noise.TILE**2)))
    rows = np.arange(height, dtype=np.float32)[:, None, None]
    share = np.clip((rows - horizon) / (0.06 * height) + 0.5, 0, 1)
    tint = rng.uniform(0.75, 1.15) * rng.uniform(0.93, 1.07, 3)
    near = np.array(ground) * (1 + 0.2 * grain + 0.08 * fog)[..., None]
    far = np.array(wall) * (1 + 0.1 * fog + 0.02 * grain)[..., None]
    return ((share * near + (1 - share) * far) * tint).astype(np.float32)


def _shadow(easel: Easel) -> None:
    shade = np.zeros(easel.mask.shape, np.float32)
    centre = _ints(np.rint(easel.place(((0.0, 0.98),))[0]))
    axes = _ints(np.rint(np.array((1.05, 0.2)) * easel.unit))
    cv2.ellipse(shade, centre, axes, 0, 0, 360, 1, -1)
    easel.photo *= 1 - 0.5 * cv2.GaussianBlur(shade, (0, 0), 0.12 * easel.unit)[..., None]


def _coat(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Colours (H, W, 3): plain, in patches, or with stripes."""
    first, second = (COATS[index] for index in rng.choice(len(COATS), 2, replace=False))
    fog = noise.patch(noise.CLOUDS, width, height, int(rng.integers(noise.TILE**2)))
    columns = np.arange(width)[None, :] / width
    stripes = np.sin(2 * np.pi * (rng.uniform(9, 14) * columns + 0.5 * fog))
    pattern = str(rng.choice(["plain", "patches", "stripes"]))
    amount = {"plain": np.zeros_like(fog), "patches": 6 * (fog - 0.3), "stripes": 0.4 * stripes}
    share = np.clip(amount[pattern], 0, 1)[..., None]
    return (1 - share) * np.array(first) + share * np.array(second)


def _fur(easel: Easel, shape: np.ndarray, coat: np.ndarray, tone: float, comb: float) -> None:
    """Paints a part: round by its distance from the rim, with grain combed in one direction."""
    height, width = shape.shape
    inside = cv2.distanceTransform(shape, cv2.DIST_L2, 5)
    if not inside.any():
        return
    light = 0.66 + 0.4 * np.sqrt(np.minimum(inside / (0.25 * easel.unit), 1))
    sand = noise.patch(noise.SAND, width, height, int(easel.rng.integers(noise.TILE**2)))
    hairs = cv2.filter2D(sand, -1, _stroke(max(5, round(0.12 * easel.unit)), comb * easel.flip))
    lit = tone * light * (1 + 0.3 * hairs / max(float(hairs.std()), 1e-6) * 0.5)
    easel.photo[shape > 0] = (coat * lit[..., None])[shape > 0]
    easel.mask |= shape


def _stroke(length: int, degrees: float) -> np.ndarray:
    """A line as a kernel: blurring along it combs."""
    side = length | 1
    kernel = np.zeros((side, side), np.float32)
    reach = np.array((np.cos(np.radians(degrees)), np.sin(np.radians(degrees)))) * side / 2
    ends = [_ints(np.rint((side // 2, side // 2) + sign * reach)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return kernel / kernel.sum()


def _ear(easel: Easel, points: tuple[tuple[float, float], ...], coat: np.ndarray) -> None:
    shape = np.zeros_like(easel.mask)
    places = easel.place(points)
    cv2.fillPoly(shape, [np.rint(places).astype(np.int32)], 1)
    _fur(easel, shape, coat, 0.9, 75)
    small = places.mean(axis=0) + 0.5 * (places - places.mean(axis=0))
    cv2.fillPoly(easel.photo, [np.rint(small).astype(np.int32)], PINK, cv2.LINE_AA)


def _standing_face(easel: Easel, coat: np.ndarray, cat: bool) -> None:
    if cat:
        _ear(easel, ((0.86, -0.9), (0.92, -1.34), (1.16, -1.0)), coat)
        _ear(easel, ((1.06, -1.0), (1.2, -1.36), (1.36, -0.92)), coat)
    else:
        hanging = Part(((0.98, -0.92), (0.86, -0.66), (0.9, -0.42)), (0.2, 0.2), 0.6, 80)
        _fur(easel, easel.shape(hanging), coat, hanging.tone, hanging.comb)
    easel.spot(1.22, -0.78, (0.06, 0.055), EYES[easel.rng.integers(3)] if cat else DARK)
    easel.spot(1.23, -0.78, (0.03, 0.045), DARK)
    easel.spot(1.55, -0.64, (0.055, 0.045), PINK if cat else DARK)


def _sitting_face(easel: Easel, coat: np.ndarray, cat: bool) -> None:
    sides = (-1, 1)
    for side in sides:
        if cat:
            _ear(easel, tuple((side * x, y) for x, y in POINTED), coat)
        else:
            points = ((side * 0.32, -0.74), (side * 0.48, -0.5), (side * 0.46, -0.16))
            _fur(easel, easel.shape(Part(points, (0.2, 0.24))), coat, 0.62, 85)
    snout = Part(((0.0, -0.36),), (0.18, 0.13) if cat else (0.2, 0.2), 1.25, 90)
    _fur(easel, easel.shape(snout), coat, snout.tone, snout.comb)
    iris = EYES[easel.rng.integers(3)] if cat else (70, 46, 30)
    for side in sides:
        easel.spot(side * 0.17, -0.54, (0.08, 0.07), iris)
        easel.spot(side * 0.17, -0.54, (0.025, 0.06) if cat else (0.045, 0.045), DARK)
        easel.spot(side * 0.17 + 0.03, -0.57, (0.018, 0.018), WHITE)
    easel.spot(0, -0.42, (0.05, 0.035) if cat else (0.08, 0.055), PINK if cat else DARK)
    if not cat:
        easel.spot(0, -0.2, (0.06, 0.09), PINK)


def _hairs(easel: Easel) -> None:
    """Single hairs at the rim, which fray photo and mask alike."""
    contours, _ = cv2.findContours(easel.mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    blurred = cv2.GaussianBlur(easel.mask.astype(np.float32), (0, 0), 3)
    right, down = (cv2.Sobel(blurred, -1, *order) for order in ((1, 0), (0, 1)))
    colours = easel.photo.copy()
    limit = np.array(easel.mask.shape[::-1]) - 1
    for spot in np.concatenate(contours)[:, 0][::2]:
        out = -np.array((right[spot[1], spot[0]], down[spot[1], spot[0]]))
        out = out / max(float(np.hypot(*out)), 1e-6) + easel.rng.normal(0, 0.5, 2)
        root = np.clip(np.rint(spot - 2 * out), 0, limit).astype(int)
        tip = _ints(np.rint(spot + out * easel.rng.uniform(0.02, 0.06) * easel.unit))
        colour = (colours[root[1], root[0]] * easel.rng.uniform(0.75, 1.25)).tolist()
        cv2.line(easel.photo, _ints(root), tip, colour, 1, cv2.LINE_AA)
        cv2.line(easel.mask, _ints(root), tip, 1, 1)


def _trimap(mask: np.ndarray) -> np.ndarray:
    reach = max(2, round(OUTLINE_SHARE * min(mask.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    inner, outer = cv2.erode(mask, disc, borderValue=1), cv2.dilate(mask, disc)
    return np.where(inner > 0, PET, np.where(outer > 0, OUTLINE, BACKGROUND)).astype(np.uint8)


def _ints(values: np.ndarray) -> tuple[int, int]:
    return int(values[0]), int(values[1])
