"""The worker's side of the store: its lease, runs claimed and ended, curves and plans written as they come."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from planner.codec import limits_to, pack, plan_from, plan_to, to_text, unpack
from planner.plan import Limits, Plan, Status
from planner.store.database import now
from planner.store.records import Lease, Point, Run, State
from planner.store.runs import Runs
from planner.store.scenarios import put_event

LEASE_SECONDS = 15.0
ANSWERS = (Status.OPTIMAL, Status.FEASIBLE, Status.INFEASIBLE)  # what the same question may be answered with; the rest hung on the moment


class Work(Runs):
    """The part of the store that only the worker writes."""

    # --- lease: one worker at a time

    def take_lease(self, worker: str, processes: int, scheduler: str = "") -> bool:
        """Whether the worker now owns the runs: nobody else's lease is alive."""
        with self.writing() as connection:
            held = live_lease(connection)
            if held is not None and held.worker != worker:
                return False
            at = now()
            since = at if held is None else held.since
            connection.execute("INSERT OR REPLACE INTO lease VALUES (1, ?, ?, ?, ?, ?)", (worker, since, at, processes, scheduler))
        return True

    def renew_lease(self, worker: str) -> bool:
        """False where another worker has taken it meanwhile."""
        with self.writing() as connection:
            return bool(connection.execute("UPDATE lease SET renewed = ? WHERE worker = ?", (now(), worker)).rowcount)

    def drop_lease(self, worker: str) -> None:
        with self.writing() as connection:
            connection.execute("DELETE FROM lease WHERE worker = ?", (worker,))

    def lease(self) -> Lease | None:
        """The lease alive now, None when it was never taken, dropped or lapsed."""
        return _lease(self.one("SELECT * FROM lease"))

    # --- runs

    def claim(self, worker: str, most: int) -> list[Run]:
        """Take up to `most` runs that wait, oldest first; none where another worker holds the lease."""
        with self.writing() as connection:
            held = live_lease(connection)
            if held is not None and held.worker != worker:
                return []
            found = connection.execute("SELECT id, scenario_id, who FROM runs WHERE state = ? ORDER BY id LIMIT ?", (State.QUEUED, most)).fetchall()
            for run_id, scenario_id, who in found:
                at = now()
                connection.execute(
                    "UPDATE runs SET state = ?, tries = tries + 1, worker = ?, started = ?, heartbeat = ? WHERE id = ?",
                    (State.RUNNING, worker, at, at, run_id),
                )
                # a curve begun by a try that died is begun again; problems it had solved keep theirs
                connection.execute("DELETE FROM points WHERE run_id = ?1 AND problem NOT IN (SELECT problem FROM plans WHERE run_id = ?1)", (run_id,))
                put_event(connection, who, "started", scenario_id, run_id)
        return [self.run(row["id"]) for row in found]

    def beat(self, run_ids: Iterable[int]) -> set[int]:
        """Say that these runs are alive; which of them were asked to stop."""
        ids = list(run_ids)
        with self.writing() as connection:
            connection.executemany("UPDATE runs SET heartbeat = ? WHERE id = ? AND state = ?", [(now(), run_id, State.RUNNING) for run_id in ids])
            asked = connection.execute("SELECT id FROM runs WHERE state = ? AND stop_asked = 1", (State.RUNNING,)).fetchall()
        return {row["id"] for row in asked} & set(ids)

    def add_points(self, run_id: int, points: Sequence[Point]) -> None:
        with self.writing() as connection:
            connection.executemany(
                "INSERT INTO points (run_id, problem, seconds, cost, bound, phase) VALUES (?, ?, ?, ?, ?, ?)",
                [(run_id, point.problem, point.seconds, point.cost, point.bound, point.phase) for point in points],
            )

    def put_plan(self, run_id: int, problem: str, plan: Plan, scenario_hash: str, fingerprint: str = "") -> None:
        """Keep the plan of one problem as soon as there is one. `scenario_hash`: what that problem was solved on;
        `fingerprint`: the versions of what solved it (see `known_plans`).
        """
        self.put_packed_plan(run_id, problem, str(plan.status), pack(plan_to(plan)), scenario_hash, fingerprint)

    def put_packed_plan(self, run_id: int, problem: str, status: str, packed: bytes, scenario_hash: str, fingerprint: str = "") -> None:
        """`put_plan` of a plan that comes packed, as `codec.pack(plan_to(plan))`, so that nobody packs it twice."""
        with self.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO plans VALUES (?, ?, ?, ?, ?, ?)", (run_id, problem, scenario_hash, status, fingerprint, packed)
            )

    def known_plans(self, hash: str, limits: Limits, problems: Sequence[str], fingerprint: str = "") -> dict[tuple[str, str], Plan]:
        """Plans of these problems found before for the same scenario, limits and fingerprint, by (problem, hash solved on).

        A plan counts as soon as it is there, whatever became of its run. A stopped plan, a failure or nothing found in
        time does not answer: another try may do better.
        """
        return {key: plan_from(unpack(row["content"])) for key, row in self._known(hash, limits, problems, fingerprint).items()}

    def answering_runs(self, hash: str, limits: Limits, problems: Sequence[str], fingerprint: str = "") -> dict[tuple[str, str], int]:
        """The run that each plan of `known_plans` comes from."""
        return {key: row["run_id"] for key, row in self._known(hash, limits, problems, fingerprint).items()}

    def _known(self, hash: str, limits: Limits, problems: Sequence[str], fingerprint: str) -> dict[tuple[str, str], sqlite3.Row]:
        found = self.all(
            f"""SELECT p.* FROM plans p JOIN runs r ON r.id = p.run_id JOIN contents c ON c.id = r.content_id
            WHERE c.hash = ? AND r.limits = ? AND p.fingerprint = ? AND p.status IN ({', '.join('?' * len(ANSWERS))}) ORDER BY p.run_id DESC""",
            hash, to_text(limits_to(limits)), fingerprint, *map(str, ANSWERS),
        )  # fmt: skip
        return {(row["problem"], row["scenario_hash"]): row for row in found if row["problem"] in problems}

    def finish(self, run_id: int, outcome: str, summary: Mapping[str, Any], answered_from: int | None = None) -> bool:
        """End a run that runs, with what there is to show; False where it no longer runs."""
        return self._end(run_id, "finished", outcome, State.DONE, "", "", outcome, answered_from, to_text(summary))

    def refuse(self, run_id: int, summary: Mapping[str, Any]) -> None:
        """An ended run has a plan that its audit, made again, refuses: lists and later runs must not take it for a valid one."""
        with self.writing() as connection:
            changed = connection.execute(
                "UPDATE runs SET outcome = ?, summary = ? WHERE id = ? AND state = ? AND outcome <> ?", ("refused", to_text(summary), run_id, State.DONE, "refused")
            ).rowcount
            if changed:
                put_event(connection, "", "refused", *self._scenario_and(connection, run_id))

    def fail(self, run_id: int, reason: str, detail: str = "") -> bool:
        """End a run that gave nothing to show. `reason`: key of the text catalogue."""
        return self._end(run_id, "failed", detail, State.FAILED, reason, detail, "", None, "{}")

    def _end(
        self, run_id: int, event: str, told: str, state: State, reason: str, detail: str, outcome: str, answered_from: int | None, summary: str
    ) -> bool:
        with self.writing() as connection:
            ended = connection.execute(
                """UPDATE runs SET state = ?, ended = ?, reason = ?, detail = ?, outcome = ?, answered_from = ?, summary = ?
                WHERE id = ? AND state = ?""",
                (state, now(), reason, detail, outcome, answered_from, summary, run_id, State.RUNNING),
            ).rowcount  # fmt: skip
            if ended:
                put_event(connection, "", event, *self._scenario_and(connection, run_id), told)
        return bool(ended)

    def release(self, run_id: int, blameless: bool = False) -> bool:
        """A run left behind by a process that ended waits again. `blameless`: the try is not held against it."""
        with self.writing() as connection:
            released = connection.execute(
                "UPDATE runs SET state = ?, worker = NULL, heartbeat = NULL, tries = tries - ? WHERE id = ? AND state = ?",
                (State.QUEUED, int(blameless), run_id, State.RUNNING),
            ).rowcount
            if released:
                put_event(connection, "", "released", *self._scenario_and(connection, run_id))
        return bool(released)


def live_lease(connection: sqlite3.Connection) -> Lease | None:
    """The lease alive now in the store of a connection."""
    return _lease(connection.execute("SELECT * FROM lease").fetchone())


def _lease(row: sqlite3.Row | None) -> Lease | None:
    """The lease of a row, None where it has lapsed; one renewed in the future was left by a clock put right since."""
    if row is None:
        return None
    age = (datetime.fromisoformat(now()) - datetime.fromisoformat(row["renewed"])).total_seconds()
    return Lease(row["worker"], row["since"], row["renewed"], row["processes"], row["scheduler"]) if abs(age) < LEASE_SECONDS else None
