"""Kitchen roadmaps: the judge, the product's program and the plain model agree on what a plan costs; broken plans are named."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.kitchens.roadmap import choice_of, judge, location, ours, plain_cpsat, plain_highs, read, status_quo
from benchmarks.kitchens.roadmap_instance import Roadmap, RoadmapPlan
from benchmarks.kitchens.roadmap_peers import Plain
from planner.solvers.location import evaluate, faults


@pytest.fixture
def small(tmp_path: Path) -> Roadmap:
    """Three kitchens and a candidate, nine sites, three years."""
    rng = np.random.default_rng(2)
    km = rng.uniform(2, 60, (9, 4))
    km[np.arange(9), np.arange(9) % 3] = rng.uniform(1, 30, 9)
    meals = (rng.integers(60, 260, 9)[:, None] * 1.02 ** np.arange(3)).round()
    raw = {
        "n_existing": 3, "discount_rate": 0.03, "km": km.tolist(), "meals_per_day": meals.tolist(),
        "capacity_meals_per_day": [0, 800, 1600, 3000, 5000], "fixed_cost_per_year": [0, 90e3, 150e3, 240e3, 360e3], "minimum_etp": [0, 5, 8, 13, 19],
        "initial_level": [2, 1, 2, 0], "initial_kitchen": (np.arange(9) % 3).tolist(), "initial_mode": [0] * 8 + [1],
    }  # fmt: skip
    (tmp_path / "small.json").write_text(json.dumps(raw))
    return read(tmp_path / "small.json")


def changed(data: Roadmap, plan: RoadmapPlan) -> RoadmapPlan:
    """Kitchen 0 goes cold from the second year on, for its own sites, and takes one site of another."""
    kitchen, mode = plan.kitchen.copy(), plan.mode.copy()
    mode[kitchen[:, 0] == 0, 1:] = 1
    kitchen[1, 2], mode[1, 2] = 0, 1
    level = plan.level.copy()
    level[0, 1:] = 3
    return replace(plan, kitchen=kitchen, mode=mode, level=level, posts=np.where(level > 0, 40, 0))


def test_three_models_agree_on_the_cost(small: Roadmap) -> None:
    program, plain = location(small), Plain(small)
    for plan in (status_quo(small), changed(small, status_quo(small))):
        cost, found = judge(small, plan)
        assert found == []
        choice = choice_of(small, program, plan)
        choice = replace(choice, crew=plan.posts)
        assert faults(program, choice) == [] and evaluate(program, choice) == pytest.approx(cost)
        vector = plain.vector(plan)
        assert plain.model.violation(vector) < 1e-6 and plain.model.cost @ vector == pytest.approx(cost)
        assert judge(small, plain.plan(vector))[0] == pytest.approx(cost)


def test_the_engine_and_its_peers_prove_no_more_than_is_true(small: Roadmap) -> None:
    plan, bound = ours(small, 6, 1)
    assert plan is not None
    cost, found = judge(small, plan)
    assert found == [] and bound <= cost < judge(small, status_quo(small))[0]
    for peer in (plain_highs, plain_cpsat):
        other, proven = peer(small, 3, 1)
        assert other is not None and judge(small, other)[1] == []
        assert proven <= cost * (1 + 1e-6) and bound <= judge(small, other)[0]


@pytest.mark.parametrize(
    ("part", "at", "value", "word"),
    [
        ("level", (0, 1), 0, "not fed"), ("level", (0, 0), 1, "reduced"), ("posts", (0, 1), 0, "posts"), ("posts", (0, 0), 121, "posts"),
        ("kitchen", (0, 2), 3, "not fed"), ("level", (3, 0), 4, "over"),
    ],
)  # fmt: skip
def test_the_judge_names_what_is_broken(small: Roadmap, part: str, at: tuple[int, int], value: int, word: str) -> None:
    plan = status_quo(small)
    array = getattr(plan, part).copy()
    array[at] = value
    assert any(word in fault for fault in judge(small, replace(plan, **{part: array}))[1])


def test_the_judge_names_overloads_and_reopenings(small: Roadmap) -> None:
    plan = status_quo(small)
    tight = replace(small, capacity=small.capacity / 5)
    assert any("load" in fault for fault in judge(tight, plan)[1])
    level = plan.level.copy()
    level[1] = [1, 0, 1]
    assert any("reopened" in fault for fault in judge(small, replace(plan, level=level))[1])
    assert math.isfinite(judge(small, plan)[0])
