"""The plan of a run: what is decided by how fast the machine is, and what is said about it."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import Any

import pytest

from dataset.cache import Cached, Examples
from labels.classes import numbered_classes
from training import parts
from training import plan as planning
from training.choices import LIGHT, ZOOM
from training.config import Config
from training.measuring import Estimate
from training.plan import Plan, make_plan
from training.recipes import recipe_config
from training.training import Training

pytestmark = pytest.mark.slow

TINY = Config(height=32, width=32, filters=2, depth=1, stem=2, context=1, precision="float32")
FAST = Estimate(step=0.01, validation=0.02)
SLOW = Estimate(step=10.0, validation=20.0)


@pytest.fixture
def cached(examples: Examples) -> Cached:
    return Cached(examples, examples, [], "none")


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function of what a step of 2 filters takes, and how much more with each doubling."""

    def set_up(estimate: Estimate, factor: float = 3, fits: int = 99) -> None:
        def measure(training: Training) -> Estimate:
            filters = training.config.filters or 0
            if filters > fits:
                raise MemoryError
            doublings = filters.bit_length() - 2
            return Estimate(estimate.step * factor**doublings, estimate.validation)

        monkeypatch.setattr(Training, "measure", measure)
        monkeypatch.setattr(planning, "idle_gpu", str)  # whatever this machine has

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
    plan = planned(cached, replace(TINY, epochs=5, batch_size=2), over_at=time.monotonic() + 0.1)
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
    plan = planned(cached, replace(TINY, batch_size=2), over_at=time.monotonic() + 1800)
    assert plan.seconds == pytest.approx(3000 * (0.1 + 0.1))
    assert plan.reasons["minutes"] == "enough for so few pairs"
    takes(SLOW)
    plan = planned(cached, replace(TINY, batch_size=2), over_at=time.monotonic() + 1800)
    assert plan.seconds == pytest.approx(1800, abs=5)
    assert plan.reasons["minutes"] == "as long as nobody says --minutes"


@pytest.fixture
def open_width(monkeypatch: pytest.MonkeyPatch) -> Config:
    """Widths from 2 to 8, which are enough with 40 passes and 100 steps."""
    monkeypatch.setattr(planning, "WIDEST", 8)
    monkeypatch.setattr(planning, "LEAST_STEPS", 100)
    monkeypatch.setattr("training.shape.FEWEST_FILTERS", 2)
    monkeypatch.setattr("training.shape.FILTERS_PER_STEM", 1)
    return replace(TINY, filters=None, batch_size=2)


@pytest.mark.parametrize(
    ("minutes", "filters"),
    [(0.6, 2), (0.7, 4), (5.9, 4), (6.2, 8), (600.0, 8)],
)
def test_a_network_is_wider_where_there_is_much_time(
    minutes: float, filters: int, cached: Cached, takes: Any, open_width: Config
) -> None:
    # A pass of 3 steps takes .3 s with 2 filters, 2.7 s with 4: 40 passes with 3.3 times the work
    # are left from 132 · .3 s = .66 min and 132 · 2.7 s = 5.94 min on.
    takes(Estimate(step=0.1, validation=0.0), factor=9)
    plan = planned(cached, replace(open_width, minutes=minutes))
    assert plan.training.config.filters == filters
    assert plan.training.model.get_layer("logits").kernel.shape[2] == filters
    if filters > 2:
        assert plan.reasons["filters"].startswith(f"{filters // 2} filters would see each pair")
        assert "stem" not in plan.reasons
    else:
        assert re.fullmatch(
            r"twice the filters would leave \d+ passes in [\d,]+ steps", plan.reasons["filters"]
        )


@pytest.mark.parametrize(
    "values", [{"filters": 2, "minutes": 600.0}, {"epochs": 500}, {"epochs": 500, "minutes": 9.0}]
)
def test_nothing_is_wider_that_was_asked_for_or_that_takes_longer_than_one_expects(
    values: dict[str, Any], cached: Cached, takes: Any, open_width: Config
) -> None:
    takes(Estimate(step=0.1, validation=0.0))
    assert planned(cached, replace(open_width, **values)).training.config.filters == 2


def test_a_run_whose_length_is_open_is_not_made_longer_by_a_wider_network(
    cached: Cached, takes: Any, open_width: Config
) -> None:
    takes(Estimate(step=0.1, validation=0.0))
    assert planned(cached, open_width).training.config.filters == 2


def test_many_passes_of_few_steps_are_not_enough(
    cached: Cached, takes: Any, open_width: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "LEAST_STEPS", 3000)
    takes(Estimate(step=0.1, validation=0.0))
    # 500 passes of 3 steps
    assert planned(cached, replace(open_width, minutes=2.5)).training.config.filters == 2


def test_a_network_that_does_not_fit_is_not_taken(
    cached: Cached, takes: Any, open_width: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = replace(open_width, minutes=600.0)
    takes(Estimate(step=0.1, validation=0.0), fits=4)
    assert planned(cached, long).training.config.filters == 4
    monkeypatch.setattr(parts, "free_there", lambda: 1e3)
    assert planned(cached, long).training.config.filters == 2


def test_a_run_that_is_shorter_than_its_validations_is_warned_of(
    cached: Cached, takes: Any
) -> None:
    takes(Estimate(step=0.1, validation=15.2))
    told = list(planned(cached, replace(TINY, minutes=0.5)).lines())
    assert told[-1] == (
        "A validation alone takes 15.2 s: so short a run learns little. Give it --minutes 6 or "
        "more, or a smaller val."
    )
    assert "learns little" not in "".join(planned(cached, replace(TINY, minutes=6.0)).lines())


def test_a_gpu_that_is_not_used_is_told_of(
    cached: Cached, takes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes(FAST)
    monkeypatch.setattr(planning, "idle_gpu", lambda: "There seems to be a GPU …")
    assert list(planned(cached, TINY).lines())[-1] == "There seems to be a GPU …"


def test_views_are_bold_where_each_pair_is_seen_often(cached: Cached, takes: Any) -> None:
    takes(FAST)
    few, many = (planned(cached, replace(TINY, epochs=epochs)) for epochs in (2, 500))
    some = planned(cached, replace(TINY, epochs=12))
    views = [(plan.training.config.zoom, plan.training.config.light) for plan in (few, some, many)]
    assert views == [(1.0, 0.0), (ZOOM, LIGHT), (planning.BOLD_ZOOM, LIGHT)]
    seldom = "nothing bolder, as each pair is seen only 2 times"
    assert few.reasons["zoom"] == few.reasons["light"] == seldom
    (views,) = (line for line in few.lines() if line.startswith("  views"))
    assert views.count(seldom) == 1
    assert some.reasons["zoom"] == "so boldly, as each pair is seen 12 times"
    assert many.training.batches.view.keywords["zoom"] == planning.BOLD_ZOOM
    assert "seen 500 times" in many.reasons["zoom"]
    asked = planned(cached, replace(TINY, epochs=500, zoom=1.1, light=0.0))
    assert (asked.training.config.zoom, asked.training.config.light) == (1.1, 0.0)
    assert not asked.reasons.keys() & {"zoom", "light"}


def test_the_plan_is_told_in_one_line_for_each_choice(cached: Cached, takes: Any) -> None:
    takes(FAST)
    fitted = replace(TINY, minutes=2.0, batch_size=2)
    plan = planned(cached, fitted, asked=replace(fitted, height=None, width=None))
    first, *rows = plan.lines()
    assert re.fullmatch(r"The plan of recipe auto, for 2 min until \d\d:\d\d:", first)
    table = {row.split()[0]: row for row in rows}
    assert list(table) == [
        *("network", "pictures", "batches", "precision", "views", "length", "answers", "memory")
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
    assert (
        "from photos mirrored too, "
        "shifted between classes where mean IoU gains by it, in the last 2.0 s" in table["answers"]
    )
    assert re.search(r"up to \d\.\d GB.*; \d+\.\d GB are free", table["memory"])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"minutes": 0.5},
            "from photos mirrored too, "
            "the likeliest class of each pixel (the run is too short to shift them)",
        ),
        (
            {"minutes": 2.0, "favour": False, "mirror": False},
            "the likeliest class of each pixel",
        ),
        (
            {"minutes": 2.0, "favour": False, "flip_vertical": True},
            "from photos mirrored and upside down too, the likeliest class of each pixel",
        ),
        (
            {"minutes": 2.0, "favour": False, "flip_vertical": True, "flip": False},
            "from photos upside down too, the likeliest class of each pixel",
        ),
    ],
)
def test_where_no_classes_are_favoured_the_plan_says_so(
    cached: Cached, takes: Any, values: dict[str, Any], told: str
) -> None:
    takes(FAST)
    rows = list(planned(cached, replace(TINY, **values)).lines())
    assert f"  answers    {told}" in rows


def test_run_json_tells_where_a_run_is_too_short_to_favour_classes(
    cached: Cached, takes: Any
) -> None:
    takes(FAST)
    chosen = planned(cached, replace(TINY, minutes=0.5)).to_json()["chosen"]
    assert chosen["favour"] == {"value": False, "reason": "the run is too short to shift answers"}


def test_run_json_says_what_was_chosen_and_what_was_overruled(cached: Cached, takes: Any) -> None:
    takes(FAST)
    asked = replace(recipe_config("auto"), height=32, width=32, stem=2, minutes=1.0, dice=0.5)
    content = json.loads(json.dumps(planned(cached, asked).to_json(), allow_nan=False))
    assert content["overruled"] == {
        **{"height": 32, "width": 32, "stem": 2},
        **{"minutes": 1.0, "dice": 0.5},
    }
    chosen = content["chosen"]
    assert set(chosen) == {
        *("batch_size", "filters", "depth", "precision"),
        *("flip_vertical", "zoom", "light", "mirror"),
    }
    assert chosen["precision"]["value"] in ("float32", "bfloat16", "float16")
    assert all(one["reason"] for one in chosen.values())
    assert content["steps_between_validations"] >= 3
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
