"""Going on with a run that was cut off: whether it is the same run, and with what plan.

    begun = run_to_go_on_with(asked, cached, classes)       # None where a run begins anew
    plan, begun = plan_of(begun, cached, classes, asked)
    plan, outcome = learn(plan, keep, record, save_state, begun)

A state says which options were asked for, on which pairs, with which version. Where these are the
same the run goes on by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras

from dataset.cache import Cached
from dataset.sizing import Size
from dataset.wording import counted
from labels.classes import Classes
from training import __version__
from training.config import Config
from training.measuring import Estimate
from training.outcome import COLUMNS
from training.parts import measured, state_in_parts
from training.plan import ELSEWHERE, Plan
from training.state import NAME, State, read_state, write_state
from training.training import Training
from utils_func import BadInput

LENGTH = ("minutes", "epochs", "early_stopping")  # options that say when a run is over
NUMBER = (int, float)
SETBACK = {"step": int, "back_to": int, "files": list, "rate": NUMBER}
# What a state says, of what kind; the rest of it is made of these.
FACTS = {
    "step": int,
    "interval": int,
    "over": str,
    "seconds": NUMBER,
    "best": NUMBER,
    "best_epoch": int,
    "waited": int,
    "outcome": {
        **{"history": list, "best_epoch": int, "seconds": NUMBER, "steps": int, "ended": str},
        **{"computed_in": str, "setbacks": list, "resumed": list, "favoured": dict},
    },
    "run": {
        **{"asked": dict, "chosen": dict, "parts": int, "pairs": dict, "version": str},
        **{"backend": str, "estimate": {"step": NUMBER, "validation": NUMBER}, "reasons": dict},
    },
}


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
    others = list(_of_another_version(state.facts))
    if not others or asked.resume_anyway:
        _expect_whole(state, asked.output)
        others += _others(state.facts["run"], asked, _pairs(cached, classes))
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


def _expect_whole(state: State, output: Path) -> None:
    """Whoever has changed what a run wrote down gets a sentence, and no traceback."""
    wrong = list(_missing(state.facts, FACTS)) or list(_impossible(state.facts))
    if wrong:
        raise BadInput(
            f"{output / NAME} is not the state of a run: {wrong[0]}. Expected what a run of "
            f"version {__version__} wrote. Begin anew with --no-resume; it is moved to earlier/."
        )


def _impossible(facts: dict[str, Any]) -> Iterator[str]:
    """Values that no run comes to."""
    outcome, run = facts["outcome"], facts["run"]
    columns = {"passes", "seconds", *COLUMNS}
    for row in outcome["history"]:
        is_row = isinstance(row, dict) and {"passes", "seconds"} <= row.keys() <= columns
        if not is_row or not all(isinstance(value, NUMBER) for value in row.values()):
            yield f"its history has the row {row!s:.80}"
    for setback in outcome["setbacks"]:
        if not isinstance(setback, dict) or list(_missing(setback, SETBACK)):
            yield f"it has the setback {setback!s:.80}"
    counts = {
        "step": facts["step"],
        "steps": outcome["steps"],
        "seconds": facts["seconds"],
        "waited": facts["waited"],
        "interval": facts["interval"] - 1,
        "parts": run["parts"] - 1,
        "best epoch": min(facts["best_epoch"], outcome["best_epoch"]),
        "epochs since the best": len(outcome["history"])
        - max(facts["best_epoch"], outcome["best_epoch"]),
        "step's seconds": run["estimate"]["step"],
        "validation's seconds": run["estimate"]["validation"],
    }
    for name, count in counts.items():
        if not 0 <= count < 1e12:
            yield f"its {name} are {count}"
    if any(not _is(int, step) for step in outcome["resumed"]):
        yield f"it was cut off after the steps {outcome['resumed']!s:.80}"


def _is(kind: Any, value: Any) -> bool:
    """True is an int to Python, but no number of steps."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _missing(facts: dict[str, Any], kinds: dict[str, Any]) -> Iterator[str]:
    """What is not there, or of another kind."""
    for name, kind in kinds.items():
        found = facts.get(name)
        if not _is(dict if isinstance(kind, dict) else kind, found):
            yield f"its '{name}' is {found!s:.80}"
        elif isinstance(kind, dict):
            yield from _missing(facts[name], kind)


def size_then(state: State, asked: Config) -> Size | None:
    """The size that the plan chose; None where one was asked for, then or now."""
    chosen = state.facts["run"]["chosen"]
    height, width = chosen.get("height"), chosen.get("width")
    if asked.height or asked.width or not (_is(int, height) and _is(int, width)):
        return None
    try:
        return replace(asked, height=height, width=width).size
    except ValueError:  # it is no size, or none for the network that is asked for now
        return None


def plan_of(state: State, cached: Cached, classes: Classes, asked: Config) -> tuple[Plan, State]:
    """The plan of then, where nothing is chosen anew; and the state, in parts that memory holds."""
    run = state.facts["run"]
    chosen = {name: value for name, value in run["chosen"].items() if _is_open(asked, name)}
    height, width = cached.train.photos.shape[1:3]  # also where another size is asked for now
    parts = run["parts"] if run["parts"] > 1 else None  # nothing that was chosen
    fixed = {"parts": asked.parts or parts, "height": height, "width": width}
    try:
        config = replace(asked, **{**chosen, **fixed})
    except (TypeError, ValueError) as problem:
        raise BadInput(
            f"The run in {asked.output} cannot go on with these options: {problem} Expected those "
            "that go with what its plan chose. Give the options of then, or --no-resume."
        ) from None
    # Measuring makes the variables of optimiser and scores, which the state will fill.
    training, estimate = measured(Training(cached, classes, config), asked.parts)
    if asked.precision == "auto":
        training.precision = replace(training.precision, reason="as when the run began")
    reasons = {**run["reasons"], **training.reasons}
    if training.parts == run["parts"]:
        estimate = Estimate(**run["estimate"])  # which decided how long an epoch is
    else:
        state = state_in_parts(state, run["parts"], training)
    changed = {name for name in LENGTH if getattr(asked, name) != run["asked"].get(name)}
    if changed:
        if changed & {"minutes", "epochs"}:
            reasons.pop("minutes", None)
        # It may go on further now, and has as much time for validations as that leaves.
        facts = {**state.facts, "over": "", "interval": training.interval(estimate)}
        state = replace(state, facts=facts)
    return Plan(training, estimate, reasons, asked, state.facts["seconds"]), state


def save_state(plan: Plan, state: State) -> None:
    """Writes a state together with what tells whose it is."""
    cached = plan.training.cached
    asked, config = _deciding(plan.asked), _deciding(plan.training.config)
    chosen = {name: value for name, value in config.items() if asked[name] is None}
    run = {
        "asked": asked,
        "chosen": {**chosen, "precision": plan.training.precision.kind},
        "parts": plan.training.parts,
        "pairs": _pairs(cached, plan.training.classes),
        "version": __version__,
        "backend": keras.backend.backend(),
        "estimate": asdict(plan.estimate),
        "reasons": plan.reasons,
    }
    write_state(plan.training.config.output, replace(state, facts={**state.facts, "run": run}))


def _is_open(asked: Config, name: str) -> bool:
    """Whether what was chosen then counts: not where something is asked for now."""
    if name in ("minutes", "epochs"):
        return not (asked.minutes or asked.epochs)
    return getattr(asked, name, "gone") in (None, "auto")


def _pairs(cached: Cached, classes: Classes) -> dict[str, Any]:
    """What is learned from: the files, how they are divided, and what their labels mean."""
    counts = {"train": len(cached.train), "val": len(cached.val)}
    return {"content": cached.content, **counts, "classes": classes.to_json()}


def _deciding(config: Config) -> dict[str, Any]:
    """The options that decide how a training goes."""
    # Parts may change in the middle of a run: less memory is no other training. Nor is what the
    # finished network is asked about.
    elsewhere = ELSEWHERE - {"recipe"} | {"parts", "mirror"}
    return {name: value for name, value in config.to_json().items() if name not in elsewhere}


def _of_another_version(facts: dict[str, Any]) -> Iterator[str]:
    """Such a state may say other things, so it is asked nothing else."""
    run = facts.get("run")
    version = run.get("version") if isinstance(run, dict) else None
    if isinstance(version, str) and version != __version__:
        yield f"it was of version {version} and this is {__version__}"


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
