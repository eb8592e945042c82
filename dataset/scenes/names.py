"""The class ids by name, so that drawing code can say CAR instead of 13."""

from labels.classes import CITYSCAPES, IGNORE

VOID = IGNORE
# fmt: off
(
    ROAD, SIDEWALK, BUILDING, WALL, FENCE, POLE, TRAFFIC_LIGHT, TRAFFIC_SIGN, VEGETATION, TERRAIN,
    SKY, PERSON, RIDER, CAR, TRUCK, BUS, TRAIN, MOTORCYCLE, BICYCLE,
) = range(len(CITYSCAPES))
# fmt: on
