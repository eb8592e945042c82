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


def run_to_go_on_with(asked: Config, cached: Cached) -> State | None:
    """The state in the output folder, if the run shall go on from it."""
    if asked.resume is False:
        return None
    state = read_state(asked.output)
    if state is None:
        if asked.resume:
            raise BadInput(
                f"There is no run to go on with in {asked.output}. Expected {NAME} there, which a "
                "run that is cut off leaves behind. Without --resume a new run begins."
            )
        return None
    others = list(_others(state.facts["run"], asked, cached))
    if not others or asked.resume_anyway:
        done = counted(state.facts["outcome"]["steps"], "step")
        print(f"\nGoing on with the run that was cut off after {done} (--no-resume begins anew).")
        return state
    told = f"{asked.output} holds a run that was cut off, but {', '.join(others)}."
    if asked.resume:
        raise BadInput(
            f"{told} Expected the same as then. Give the options of then, or take the others with "
            "--resume-anyway; --no-resume begins anew."
        )
    print(f"\n{told} So a new one begins. With --resume-anyway the other one goes on.")
    return None


def plan_of(state: State, cached: Cached, classes: Classes, asked: Config) -> Plan:
    """The plan of then: nothing is chosen anew."""
    run = state.facts["run"]
    training = Training(cached, classes, replace(asked, **run["chosen"]))
    training.measure()  # makes the variables of optimiser and scores, which the state will fill
    return Plan(training, Estimate(**run["estimate"]), run["reasons"], asked)


def save_with(plan: Plan, cached: Cached) -> Callable[[State], None]:
    """A function that writes a state together with what tells whose it is."""
    asked, config = _deciding(plan.asked), _deciding(plan.training.config)
    chosen = {name: value for name, value in config.items() if asked[name] is None}
    run = {
        "asked": asked,
        "chosen": {**chosen, "precision": plan.training.precision.kind},
        "content": cached.content,
        "version": __version__,
        "estimate": asdict(plan.estimate),
        "reasons": plan.reasons,
    }

    def save(state: State) -> None:
        facts = {**state.facts, "run": run}
        write_state(plan.training.config.output, replace(state, facts=facts))

    return save


def _deciding(config: Config) -> dict[str, Any]:
    """The options that decide how a training goes."""
    return {
        name: value
        for name, value in config.to_json().items()
        if name not in ELSEWHERE - {"recipe"}
    }


def _others(run: dict[str, Any], asked: Config, cached: Cached) -> Iterator[str]:
    """What is not as it was then."""
    now = _deciding(asked)
    for name in sorted(now.keys() | run["asked"].keys()):
        before, after = run["asked"].get(name), now.get(name)
        if before != after:
            yield f"--{name.replace('_', '-')} was {before} and is {after}"
    if run["content"] != cached.content:
        yield "its pairs have changed"
    if run["version"] != __version__:
        yield f"it was of version {run['version']} and this is {__version__}"
