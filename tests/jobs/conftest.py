"""What the tests of the worker start from: a small scenario, a store, programs that end with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.programs import Programs
from benchmarks.variants import group
from planner.scenario import Scenario
from planner.store import Store


@pytest.fixture(scope="module")
def small() -> Scenario:
    return group()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data") as made:
        yield made


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Programs]:
    with Programs(tmp_path, ["tests.jobs.poison"]) as made:
        yield made
