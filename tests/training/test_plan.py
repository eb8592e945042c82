"""The plan of a run: what is decided by how fast the machine is, and what is said about it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from dataset.cache import Cached, Examples
from labels.classes import numbered_classes
from training import plan as planning
from training.config import Config
from training.loop import Training
from training.measuring import Estimate
from training.plan import Plan, make_plan
from training.recipes import recipe_config

pytestmark = pytest.mark.slow

TINY = Config(height=32, width=32, filters=2, depth=1, stem=2, context=1)
FAST = Estimate(step=0.01, validation=0.02)
SLOW = Estimate(step=10.0, validation=20.0)


@pytest.fixture
def cached(examples: Examples) -> Cached:
    return Cached(examples, examples, [], "none")


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function of what a step of 2 filters takes; each doubling takes three times as long."""

    def set_up(estimate: Estimate) -> None:
        def measure(training: Training) -> Estimate:
            filters = training.config.filters or 0
            return Estimate(estimate.step * 3 ** (filters // 2 - 1), estimate.validation)

        monkeypatch.setattr(Training, "measure", measure)

    return set_up


def planned(cached: Cached, config: Config, **options: Any) -> Plan:
    return make_plan(cached, numbered_classes(3), config, **options)


def test_minutes_that_were_asked_for_are_kept(cached: Cached, takes: Any) -> None:
    takes(FAST)
    plan = planned(cached, replace(TINY, minutes=3.0))
    assert (plan.seconds, plan.training.config.epochs) == (180, None)
    assert plan.to_json()["overruled"]["minutes"] == 3.0


def test_epochs_that_were_asked_for_are_kept(cached: Cached, takes: Any) -> None:
    takes(FAST)
    plan = planned(cached, replace(TINY, epochs=5, batch_size=2), at_most=0.1)
    assert (plan.training.epochs, plan.training.config.minutes) == (5, None)
    assert plan.seconds == pytest.approx(5 * (3 * 0.01 + 0.02))


def test_without_either_few_pairs_are_learned_often_and_a_long_run_is_cut(
    cached: Cached, takes: Any
) -> None:
    takes(FAST)
    plan = planned(cached, replace(TINY, batch_size=2))
    # 3,000 steps of 10 ms, and for each 3 of them a validation of 20 ms
    assert plan.seconds == pytest.approx(50)
    takes(Estimate(step=0.1, validation=0.3))
    plan = planned(cached, replace(TINY, batch_size=2), at_most=1800)
    assert plan.seconds == pytest.approx(3000 * (0.1 + 0.1))
    assert plan.reasons["minutes"] == "enough for so few pairs"
    takes(SLOW)
    plan = planned(cached, replace(TINY, batch_size=2), at_most=1800)
    assert plan.seconds == 1800
    assert plan.reasons["minutes"] == "as long as nobody says --minutes"


def test_a_network_is_wider_where_there_is_much_time(
    cached: Cached, takes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes(Estimate(step=0.1, validation=0.0))
    monkeypatch.setattr(planning, "WIDEST", 8)
    monkeypatch.setattr("training.shape.FEWEST_FILTERS", 2)
    monkeypatch.setattr("training.shape.FILTERS_PER_STEM", 1)
    open_width = replace(TINY, filters=None, batch_size=2)
    # A pass takes .3 s with 2 filters, .9 s with 4, 8.1 s with 8: in 60 s 200, 67 and 7 passes.
    plan = planned(cached, replace(open_width, minutes=1.0))
    limit = planning.WIDER_FROM
    expected = 8 if limit <= 67 else 4
    assert plan.training.config.filters == expected
    assert plan.reasons["filters"].startswith(f"{expected // 2} would be shown each pair")
    assert plan.training.model.get_layer("logits").kernel.shape[2] == expected

    short = planned(cached, replace(open_width, minutes=limit * 0.3 / 60 * 0.9))
    assert short.training.config.filters == 2
    asked = planned(cached, replace(TINY, minutes=600.0))
    assert asked.training.config.filters == 2, "what was asked for is not overruled"
    by_epochs = planned(cached, replace(open_width, epochs=500))
    assert by_epochs.training.config.filters == 2, "more would take longer than one expects"


def test_views_are_bold_where_each_pair_is_seen_often(cached: Cached, takes: Any) -> None:
    takes(FAST)
    few, many = (planned(cached, replace(TINY, epochs=epochs)) for epochs in (2, 500))
    assert few.training.config.zoom < many.training.config.zoom == planning.BOLD_ZOOM
    assert many.training.batches.view.keywords["zoom"] == planning.BOLD_ZOOM
    assert "seen 500 times" in many.reasons["zoom"]
    asked = planned(cached, replace(TINY, epochs=500, zoom=1.1))
    assert (asked.training.config.zoom, "zoom" in asked.reasons) == (1.1, False)


def test_the_plan_is_told_in_one_line_for_each_choice(cached: Cached, takes: Any) -> None:
    takes(FAST)
    fitted = replace(TINY, minutes=2.0, batch_size=2)
    plan = planned(cached, fitted, asked=replace(fitted, height=None, width=None))
    first, *rows, last = plan.lines()
    assert re.fullmatch(r"The plan of recipe auto, for 2 min until \d\d:\d\d:", first)
    assert last == "Ctrl-C ends it early and keeps the best model."
    table = {row.split()[0]: row for row in rows}
    assert list(table) == [
        *("network", "pictures", "batches", "precision", "views", "length", "memory")
    ]
    # Stem 3·9·2+2; at the bottom, two to 4 channels and a shortcut; up a 2×2 and one beside its
    # copy; 3 classes; 4 numbers for each of 2 + 4·3 + 2 normalised channels.
    count = 56 + 72 + 144 + 8 + 34 + 74 + 9 + 4 * 16
    assert f"2 filters, 1 level behind a stem of 2: {count:,} parameters" in table["network"]
    assert "32×32 (in the proportions of the photos)" in table["pictures"]
    assert "2 pairs" in table["batches"]
    assert "mirrored, zoomed by up to" in table["views"]
    assert "lit by up to 15% otherwise" in table["views"]
    assert "6 pairs about" in table["length"]
    assert "a step in 10 ms, a validation in 20 ms after every" in table["length"]
    assert re.search(r"\d\.\d GB; \d+\.\d GB are free", table["memory"])


def test_run_json_says_what_was_chosen_and_what_was_overruled(cached: Cached, takes: Any) -> None:
    takes(FAST)
    asked = replace(recipe_config("auto"), height=32, width=32, stem=2, minutes=1.0, dice=0.5)
    content = json.loads(json.dumps(planned(cached, asked).to_json(), allow_nan=False))
    assert content["overruled"] == {
        **{"height": 32, "width": 32, "stem": 2},
        **{"minutes": 1.0, "dice": 0.5},
    }
    chosen = content["chosen"]
    assert set(chosen) == {"batch_size", "filters", "depth", "flip_vertical", "zoom"}
    assert chosen["batch_size"]["value"] == 4
    assert "few" in chosen["batch_size"]["reason"]
    assert content["passes"] > 0
    assert content["step_seconds"] > 0


def test_a_recipe_keeps_what_it_says(cached: Cached, takes: Any) -> None:
    takes(FAST)
    recipe = replace(recipe_config("cityscapes-pairs"), height=32, width=32, filters=2)
    plan = planned(cached, recipe)
    config = plan.training.config
    assert (config.zoom, config.epochs, config.stem, config.depth) == (1.0, 10, 1, 4)
    assert set(plan.to_json()["overruled"]) == {"height", "width", "filters"}
