"""What several test modules share: one study of the real problems, solved once."""

import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner import excel, study
from planner.catalog import PARAMETERS, TABLES
from planner.plan import Limits, Progress
from planner.study import Study

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"


@pytest.fixture(scope="session")
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The three real problems on a shipped scenario, a few seconds each; solved once for all processes of a run."""
    if not hasattr(request.config, "workerinput"):
        return _solved()
    kept = tmp_path_factory.getbasetemp().parent / "real.pickle"  # the run's folder, which its processes share
    if kept.exists():
        found: Study = pickle.loads(kept.read_bytes())
        return found
    made = _solved()
    part = kept.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps(made))
    part.replace(kept)
    return made


def _solved() -> Study:
    reading = excel.read(SCENARIOS / "epsm_nord_pas_de_calais.xlsx", TABLES, PARAMETERS)
    assert reading.scenario is not None
    return study.run(reading.scenario, study.ORDER, Limits(seconds=4), Progress())


# What is run first, in this order; the rest follows as it is found.
FIRST = (
    # Whose compiled loops the other files need: each group by one process, so that nothing is compiled twice on a fresh checkout.
    "solvers/test_routing_trips.py", "solvers/test_sourcing_sets.py", "solvers/test_routing_crossing.py", "solvers/test_sourcing_exchange.py", "solvers/test_location_siting.py",
    "browser/test_donnees.py", "solvers/test_location_cuts.py", "solvers/test_location_patterns.py", "solvers/test_location_roadmap.py",
    # The first that asks for `real`.
    "charts/test_charts.py",
    # Files of a minute or so, begun before the short ones, so that the last one to end does not keep one of two processes waiting for the other.
    "browser/test_pages.py", "browser/test_scenarios.py", "jobs/test_kills.py", "browser/test_study.py", "jobs/test_cluster.py", "service/test_locks.py", "browser/test_path.py",
    "problems/routes/test_review.py", "ui/test_analyses.py", "excel/test_round_trip.py", "test_interrupt.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for name in FIRST:
        assert (here / name).exists(), name
    places = {here / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(FIRST)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shots", metavar="DIR", help="where the browser tests save their pictures of the pages")


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """A page driven without a browser leaves itself behind as the main module, which processes started later would run."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before
