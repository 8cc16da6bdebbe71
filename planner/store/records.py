"""What the store keeps, as plain records: scenarios and their versions, runs, batches, events, the worker's lease."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from planner.plan import Limits
from planner.scenario import Scenario


class State(StrEnum):
    """Where a run stands. What its plans are worth is said by their own status, not here."""

    QUEUED = "queued"  # waits for the worker
    RUNNING = "running"  # a process of the worker solves it
    DONE = "done"  # ended with outcomes to show, whatever they are
    FAILED = "failed"  # its process died at every try, or the program broke: `reason` says it
    CANCELLED = "cancelled"  # stopped before it had begun

    @property
    def ended(self) -> bool:
        return self in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(frozen=True)
class Entry:
    """A scenario in the list; `version` is its newest version's number, `hash` that version's content."""

    id: int
    name: str
    origin: str  # file it came from, or "" when made here
    who: str
    created: str  # times are ISO 8601 with the zone
    updated: str
    version: int
    hash: str
    counts: Mapping[str, int] = field(default_factory=dict)  # rows by table
    archived: bool = False


@dataclass(frozen=True)
class Version:
    """One saved state of a scenario. `number` counts from 1; `parent` is the number it was edited from."""

    id: int
    scenario_id: int
    number: int
    parent: int | None
    who: str
    when: str
    note: str
    hash: str


@dataclass(frozen=True)
class Stale:
    """A save refused because someone saved in between: `current` is the newest version."""

    current: Version


@dataclass(frozen=True)
class RunRequest:
    """A run to queue. `version_id`: the version it was made from; `label`, `changed`: as in Run."""

    scenario: Scenario
    problems: tuple[str, ...]
    limits: Limits
    who: str
    version_id: int | None = None
    label: str = ""
    changed: str = ""


@dataclass(frozen=True)
class Run:
    """One computation: the problems of one scenario (a version, or a version with changes) within limits.

    `hash`: content of the scenario solved; `label`: what to call it (a variant's name); `changed`: in words, what
    was changed from the version; `outcome`: one word as `service.outcome`; `summary`: by problem, plain figures
    (status, valid, today, annual, saving, cost, bound, gap, seconds, changes, kpis...); `answered_from`: the run whose
    plans answered this one without solving again.
    """

    id: int
    scenario_id: int | None
    version_id: int | None
    batch_id: int | None
    hash: str
    name: str
    label: str
    changed: str
    problems: tuple[str, ...]
    limits: Limits
    who: str
    created: str
    state: State = State.QUEUED
    tries: int = 0
    started: str | None = None
    ended: str | None = None
    heartbeat: str | None = None
    stop_asked: bool = False
    outcome: str = ""
    reason: str = ""  # key of the text catalogue
    detail: str = ""
    answered_from: int | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)

    def unproven(self, problem: str = "") -> float:
        """What better plans could still save at most (€/year), of one problem or of all; the whole cost where nothing is proven.

        The gap is proven in € of the objective (kitchens: the whole horizon, discounted): the same share of the yearly cost is taken.
        """
        known = self.summary.get("problems", {})
        found = [known.get(problem, {})] if problem else known.values()
        return math.fsum(abs(each.get("annual") or 0.0) * (1.0 if each.get("gap") is None else min(each["gap"], 1.0)) for each in found)


@dataclass(frozen=True)
class Point:
    """One point of a run's curve: seconds since the run began, best cost and bound so far (€)."""

    problem: str
    seconds: float
    cost: float | None
    bound: float | None
    phase: str = ""


@dataclass(frozen=True)
class Batch:
    """Many runs launched together. `kind`: variants, grid, folder, changed, closeness; `definition`: how it was asked."""

    id: int
    name: str
    kind: str
    definition: Mapping[str, Any]
    scenario_id: int | None
    who: str
    created: str
    counts: Mapping[str, int] = field(default_factory=dict)  # runs by state


@dataclass(frozen=True)
class Event:
    """Who did what, when: an audit trail to read, never read back by the program."""

    when: str
    who: str
    what: str  # key of the text catalogue
    scenario_id: int | None = None
    run_id: int | None = None
    detail: str = ""


@dataclass(frozen=True)
class Lease:
    """The worker that owns the runs of this store. A lease not renewed for `store.LEASE_SECONDS` has lapsed."""

    worker: str  # host:pid
    since: str
    renewed: str
    processes: int
    scheduler: str = ""  # address of a cluster of one's own, "" for the local one
