"""Going on with a run that was cut off: whether it is the same run, and with what plan.

    begun = run_to_go_on_with(asked, cached)        # None where a run begins anew
    plan = plan_of(begun, cached, classes, asked)
    plan.training.run(plan.estimate, keep, record, save_with(plan, cached), begun)

A state says which options were asked for, on which pairs, with which version. Where these are the
same the run goes on by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import keras

from dataset.cache import Cached
from dataset.wording import counted
from labels.classes import Classes
from training import __version__
from training.config import Config
from training.loop import Training
from training.measuring import Estimate
from training.plan import ELSEWHERE, Plan
from training.state import NAME, State, read_state, write_state
from utils_func import BadInput


def run_to_go_on_with(asked: Config, cached: Cached, classes: Classes) -> State | None:
    """The state in the output folder, if the run shall go on from it."""
    if asked.resume is False:
        return None
    state = read_state(asked.output)
    if state is None:
        if asked.resume or asked.resume_anyway:
            raise BadInput(
                f"There is no run to go on with in {asked.output}. Expected {NAME} there, which a "
                "run that is cut off leaves behind. Without --resume or --resume-anyway one begins."
            )
        return None
    others = list(_others(state.facts["run"], asked, _pairs(cached, classes)))
    if not others or asked.resume_anyway:
        done = counted(state.facts["outcome"]["steps"], "step")
        print(f"\nGoing on with the run that was cut off after {done} (--no-resume begins anew).")
        print(*(f"But {other}." for other in others), sep="\n", end="\n" * bool(others))
        return state
    told = f"{asked.output} holds a run that was cut off, but {', '.join(others)}."
    if asked.resume:
        raise BadInput(
            f"{told} Expected the same as then. Give the options of then, or take the others with "
            "--resume-anyway; --no-resume begins anew."
        )
    print(f"\n{told} So a new one begins, and that one is moved to earlier/.")
    return None


def plan_of(state: State, cached: Cached, classes: Classes, asked: Config) -> Plan:
    """The plan of then: nothing is chosen anew."""
    run = state.facts["run"]
    chosen = {name: value for name, value in run["chosen"].items() if _is_open(asked, name)}
    training = Training(cached, classes, replace(asked, **chosen))
    training.measure()  # makes the variables of optimiser and scores, which the state will fill
    return Plan(
        training, Estimate(**run["estimate"]), run["reasons"], asked, state.facts["seconds"]
    )


def save_with(plan: Plan, cached: Cached) -> Callable[[State], None]:
    """A function that writes a state together with what tells whose it is."""
    asked, config = _deciding(plan.asked), _deciding(plan.training.config)
    chosen = {name: value for name, value in config.items() if asked[name] is None}
    run = {
        "asked": asked,
        "chosen": {**chosen, "precision": plan.training.precision.kind},
        "pairs": _pairs(cached, plan.training.classes),
        "version": __version__,
        "backend": keras.backend.backend(),
        "estimate": asdict(plan.estimate),
        "reasons": plan.reasons,
    }

    def save(state: State) -> None:
        facts = {**state.facts, "run": run}
        write_state(plan.training.config.output, replace(state, facts=facts))

    return save


def _is_open(asked: Config, name: str) -> bool:
    """Whether what was chosen then counts: not where something is asked for now."""
    if name in ("minutes", "epochs"):
        return not (asked.minutes or asked.epochs)
    return getattr(asked, name) in (None, "auto")


def _pairs(cached: Cached, classes: Classes) -> dict[str, Any]:
    """What is learned from: the files, how they are divided, and what their labels mean."""
    counts = {"train": len(cached.train), "val": len(cached.val)}
    return {"content": cached.content, **counts, "classes": classes.to_json()}


def _deciding(config: Config) -> dict[str, Any]:
    """The options that decide how a training goes."""
    return {
        name: value
        for name, value in config.to_json().items()
        if name not in ELSEWHERE - {"recipe"}
    }


def _others(run: dict[str, Any], asked: Config, pairs: dict[str, Any]) -> Iterator[str]:
    """What is not as it was then."""
    now = _deciding(asked)
    for name in sorted(now.keys() | run["asked"].keys()):
        before, after = run["asked"].get(name), now.get(name)
        if before != after:
            yield f"--{name.replace('_', '-')} was {before} and is {after}"
    if run["pairs"] != pairs:
        yield "its pairs or classes have changed"
    if run["backend"] != keras.backend.backend():
        yield f"it was computed by {run['backend']} and this is {keras.backend.backend()}"
    if run["version"] != __version__:
        yield f"it was of version {run['version']} and this is {__version__}"
