"""The plan of a run: what fits the pairs, the machine and the time, measured before it begins.

    plan = make_plan(cached, classes, config)
    print(*plan.lines(), sep="\n")
    plan.training.run(plan.estimate, keep, record)

The configuration says what a person has asked for; the plan fills in the rest and tells why. A
few steps are timed, which says how often each pair will be seen: a short run has a small network
and plain views, a long one a larger network and bolder views.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from dataset.cache import Cached
from dataset.sizing import written
from dataset.wording import about, counted, duration, short
from labels.classes import Classes
from labels.sides import mirrored_ids
from training.choices import LIGHT, ZOOM
from training.config import FOREIGN, Config
from training.device import device, idle_gpu
from training.enlarging import LargerPictures, enlarged
from training.measuring import Estimate
from training.memory import memory_text
from training.parts import measured, tried
from training.recipes import recipe_config
from training.training import Training

# Where neither minutes nor epochs are asked for.
USUAL_PASSES, LEAST_STEPS = 60, 3000
ENOUGH = "enough for so few pairs"
# Twice the filters take 3.3 times as long for a picture. In ten minutes on the Cityscapes pairs 48
# filters came to .346 after 5 passes, 32 to .390 after 10: so a wider network must still be left
# with many passes, and with steps.
DEARER, LEAST_PASSES, WIDEST = 3.3, 40, 128
# Few passes learn plain pairs better: 4.9 of them came to .433 on the Cityscapes pairs, to .422
# where these were lit otherwise, and to .41 where they were zoomed as well; 9.9 plain ones to .495,
# 9.1 that were both to .482. Many need more to tell apart: zoomed by up to 2 instead of 1.5, 40 of
# few pairs came to .550 instead of .536 (IDD Lite) and to .398 instead of .381 (Cityscapes pairs);
# 24 of these came to .365 instead of .377, which was with 1.25.
PLAIN_BELOW, BOLD_FROM, BOLD_ZOOM = 12, 40, 2.0
# Options that decide nothing about how a training goes.
ELSEWHERE = {
    *("data", "format", "output", "cache", "skip_bad", "recipe", "examples", "workers"),
    *("rehearsal", "resume", "resume_anyway", "tensorboard"),
}


@dataclass(frozen=True)
class Plan:
    """A training that is ready to run, and why it is as it is."""

    training: Training
    estimate: Estimate
    reasons: dict[str, str]
    """Why each field of the configuration that was left open has its value."""
    asked: Config
    """The configuration as it was given."""
    passed: float = 0.0
    """Seconds that are over already, of a run that goes on."""

    @property
    def seconds(self) -> float:
        """About how long the run will take."""
        config, training = self.training.config, self.training
        a_pass = training.batches.steps * self.estimate.step + self.estimate.validation
        by_epochs = training.epochs * a_pass
        return min(by_epochs, 60 * config.minutes) if config.minutes else by_epochs

    def lines(self) -> Iterator[str]:
        """The plan as a person reads it."""
        config = self.training.config
        left = max(0.0, self.seconds - self.passed)
        end = time.strftime("%H:%M", time.localtime(time.time() + left))
        yield f"The plan of recipe {config.recipe}, for {duration(left)} until {end}:"
        yield from (f"  {what:10} {text}" for what, text in self._rows())
        yield from self._warning()

    def _rows(self) -> Iterator[tuple[str, str]]:
        config, training = self.training.config, self.training
        yield "network", self._network()
        yield "pictures", f"{written(config.size)}{self._because('height')}"
        yield "batches", self._batches()
        yield "precision", f"{training.precision}, on {device()}"
        yield "views", self._views()
        yield "length", self._length()
        yield "answers", self._answers()
        yield "memory", memory_text(training.cached)

    def _because(self, *names: str) -> str:
        reasons = dict.fromkeys(self.reasons[name] for name in names if self.reasons.get(name))
        return f" ({'; '.join(reasons)})" if reasons else ""

    def _network(self) -> str:
        config, parameters = self.training.config, self.training.model.count_params()
        assert config.filters and config.depth and config.stem
        stem = f" behind a stem of {config.stem}" if config.stem > 1 else ""
        shape = f"{counted(config.filters, 'filter')}, {counted(config.depth, 'level')}{stem}"
        return f"{shape}: {counted(parameters, 'parameter')}{self._because('stem', 'filters')}"

    def _batches(self) -> str:
        training, parts = self.training, self.training.parts
        divided = f", in {parts} parts of {training.at_once}" if parts > 1 else ""
        return (
            f"{counted(training.batch_size, 'pair')}{divided}{self._because('batch_size', 'parts')}"
        )

    def _views(self) -> str:
        config = self.training.config
        kinds = {
            f"mirrored{self._with_sides()}": config.flip,
            "upside down": config.flip_vertical,
            f"turned by up to {config.rotate:g}°": config.rotate,
            f"zoomed by up to {config.zoom:g}": (config.zoom or 1) > 1,
            f"lit by up to {config.light or 0:.0%} otherwise": config.light,
        }
        chosen = ", ".join(kind for kind, wanted in kinds.items() if wanted)
        return f"{chosen or 'as the pairs are'}{self._because('zoom', 'light', 'flip_vertical')}"

    def _with_sides(self) -> str:
        has_sides = mirrored_ids(self.training.classes.names) is not None
        return ", where left classes become right ones" if has_sides else ""

    def _length(self) -> str:
        training, estimate = self.training, self.estimate
        passes, steps = training.passes(estimate), training.interval(estimate)
        return (
            f"{counted(len(training.cached.train), 'pair')} about {about(passes)} times, a step in "
            f"{short(estimate.step)}, a validation in {short(estimate.validation)} after every "
            f"{counted(steps, 'step')}{self._because('minutes')}"
        )

    def _answers(self) -> str:
        config = self.training.config
        kinds = {"mirrored": config.flip, "upside down": config.flip_vertical}
        others = " and ".join(kind for kind, learned in kinds.items() if learned) or "mirrored"
        mirrored = f"from photos {others} too, " if config.mirror else ""
        if favouring := self.training.favouring(self.estimate):
            end = f"in the last {short(favouring)}"
            return f"{mirrored}shifted between classes where mean IoU gains by it, {end}"
        too_long = " (the run is too short to shift them)" if config.favour else ""
        return f"{mirrored}the likeliest class of each pixel{too_long}"

    def _warning(self) -> Iterator[str]:
        """Where a GPU stands idle, and where a run is over before it has begun."""
        if idle := idle_gpu():
            yield idle
        minutes = self.training.config.minutes
        if minutes and self.estimate.validation > 60 * minutes / 4:
            enough = math.ceil(20 * self.estimate.validation / 60)
            yield (
                f"A validation alone takes {short(self.estimate.validation)}: so short a run "
                f"learns little. Give it --minutes {enough} or more, or a smaller val."
            )

    def to_json(self) -> dict[str, Any]:
        """For run.json: what was chosen, with its reason, and what a person overruled."""
        recipe, config = recipe_config(self.asked.recipe), self.training.config
        names = [one.name for one in fields(Config) if one.name not in FOREIGN | ELSEWHERE]
        asked, chosen, usual = (
            {name: getattr(one, name) for name in names} for one in (self.asked, config, recipe)
        )
        chosen["precision"] = self.training.precision.kind
        chosen["favour"] = self.training.favouring(self.estimate) > 0
        reasons = {"favour": "the run is too short to shift answers", **self.reasons}
        return {
            "chosen": {
                name: {"value": chosen[name], "reason": reasons.get(name, "")}
                for name in names
                if asked[name] != chosen[name]
            },
            "overruled": {name: asked[name] for name in names if asked[name] != usual[name]},
            "seconds": round(self.seconds),
            "passes": round(self.training.passes(self.estimate), 1),
            "step_seconds": self.estimate.step,
            "validation_seconds": self.estimate.validation,
            "steps_between_validations": self.training.interval(self.estimate),
            "favouring_seconds": round(self.training.favouring(self.estimate), 1),
        }


def make_plan(
    cached: Cached,
    classes: Classes,
    config: Config,
    asked: Config | None = None,
    over_at: float = math.inf,
    larger: LargerPictures | None = None,
) -> Plan:
    """Builds the network, times it, and decides the rest by that.

    Args:
        cached: The pairs.
        classes: Their classes.
        config: With a size.
        asked: The same before a size was found for it.
        over_at: By time.monotonic(), when a run shall be over whose length nobody asked for.
        larger: The same pairs in more pixels.
    """
    asked = asked or config
    training, estimate = measured(Training(cached, classes, config), config.parts)
    length, reason = usual_length(training, estimate, over_at - time.monotonic())
    training.adopt(length)
    if larger and not config.epochs:
        training, estimate = enlarged(training, estimate, config, larger)
    if config.filters is None and config.minutes and not config.epochs:
        training, estimate = widened(training, estimate)
    reasons = {**training.reasons, "minutes": reason, **adopt_views(training, estimate, config)}
    reasons["precision"] = training.precision.reason
    if asked.height is None or asked.width is None:
        why = ["in the proportions of the photos", training.reasons.get("height", "")]
        reasons["height"] = reasons["width"] = "; ".join(filter(None, why))
    if reason == ENOUGH and training.config.size != config.size:
        reasons["minutes"] = f"{ENOUGH} in {written(config.size)}"
    return Plan(training, estimate, reasons, asked)


def adopt_views(training: Training, estimate: Estimate, asked: Config) -> dict[str, str]:
    """Lets the training have the views that suit its passes, where none were asked for; and why."""
    views = views_for(training.passes(estimate))
    left_open = {name: view for name, view in views.items() if getattr(asked, name) is None}
    chosen: dict[str, Any] = {name: value for name, (value, _) in left_open.items()}
    training.adopt(replace(training.config, **chosen))
    return {name: why for name, (_, why) in left_open.items()}


def usual_length(training: Training, estimate: Estimate, at_most: float) -> tuple[Config, str]:
    """The configuration with an end, where nobody has asked for one; and why that."""
    config = training.config
    if config.minutes or config.epochs:
        return config, ""
    steps = max(USUAL_PASSES * training.batches.steps, LEAST_STEPS * training.parts)
    enough = steps * (estimate.step + estimate.validation / training.batches.steps)
    minutes = max(1.0, min(enough, at_most)) / 60
    reason = ENOUGH if enough <= at_most else "as long as nobody says --minutes"
    return replace(config, minutes=minutes), reason


def widened(training: Training, estimate: Estimate) -> tuple[Training, Estimate]:
    """Twice the filters as long as that leaves enough passes and steps, and memory."""
    usual = training.config.filters
    while True:
        passes, filters = training.passes(estimate), training.config.filters or WIDEST
        steps = passes * training.batches.steps / training.parts
        if 2 * filters > WIDEST:
            return training, estimate
        if passes < DEARER * LEAST_PASSES or steps < DEARER * LEAST_STEPS:
            if filters == usual:
                left = f"{about(passes / DEARER)} passes in {round(steps / DEARER):,} steps"
                training.reasons["filters"] = f"twice the filters would leave {left}"
            return training, estimate
        config = replace(training.config, filters=2 * filters)
        found = tried(training.cached, training.classes, config)
        if found is None:  # memory does not hold it
            return training, estimate
        wider, estimate = found
        reason = f"{filters} filters would see each pair {passes:.0f} times"
        wider.reasons = {**training.reasons, "filters": reason}
        training = wider


def views_for(passes: float) -> dict[str, tuple[float, str]]:
    """How boldly pictures are zoomed and lit when each is seen so often, and why."""
    if passes < PLAIN_BELOW:
        why = f"nothing bolder, as each pair is seen only {about(passes)} times"
        return {"zoom": (1.0, why), "light": (0.0, why)}
    why = f"so boldly, as each pair is seen {passes:.0f} times"
    return {"zoom": (BOLD_ZOOM if passes >= BOLD_FROM else ZOOM, why), "light": (LIGHT, why)}
