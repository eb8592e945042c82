"""The score of the Lyft challenge: F0.5 of the road and F2 of the vehicles, in equal parts.

    score = challenge_score(scores, classes)        # None where the classes are others
    score.text, score.road, score.vehicles, score.total

Lane markings count as road. A prediction of road matters where a car shall drive, so precision
weighs more there; a vehicle must not be missed, so recall does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dataset.formats.lyft_carla import CLASSES, ROAD, VEHICLES
from labels.classes import Classes
from training.scores import Scores


@dataclass(frozen=True)
class ChallengeScore:
    """The two parts; the challenge's own figure is their mean."""

    road: float
    vehicles: float

    @property
    def total(self) -> float:
        return (self.road + self.vehicles) / 2

    @property
    def text(self) -> str:
        return (
            f"Lyft challenge: {self.total:.3f} = half of road F0.5 {self.road:.3f} "
            f"+ half of vehicles F2 {self.vehicles:.3f}"
        )

    def to_json(self) -> dict[str, float]:
        return {"score": self.total, "road_f0.5": self.road, "vehicles_f2": self.vehicles}


def challenge_score(scores: Scores, classes: Classes) -> ChallengeScore | None:
    """The score of a model that tells apart the classes of that challenge."""
    if classes.names != CLASSES.names:
        return None
    road, vehicles = ([classes.names.index(name) for name in part] for part in (ROAD, VEHICLES))
    return ChallengeScore(
        f_score(scores.confusion, road, 0.5), f_score(scores.confusion, vehicles, 2)
    )


def f_score(confusion: np.ndarray, together: list[int], beta: float) -> float:
    """F-beta of some classes taken as one; 0 where nothing of them was found."""
    right = confusion[np.ix_(together, together)].sum()
    truth, found = confusion[together].sum(), confusion[:, together].sum()
    weighted = beta**2 * truth + found
    return float((1 + beta**2) * right / weighted) if weighted else 0.0
