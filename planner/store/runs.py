"""Runs in the store: asked for, stopped, looked at; batches; the plan a group has accepted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from planner.codec import limits_from, limits_to, plan_from, to_text, unpack
from planner.plan import Plan
from planner.store.database import now
from planner.store.records import Batch, Point, Run, RunRequest, State
from planner.store.scenarios import Packer, Scenarios, put_content, put_event

RUN = "SELECT r.*, c.hash FROM runs r JOIN contents c ON c.id = r.content_id"


class Runs(Scenarios):
    """The part of the store about runs, for everyone but the worker."""

    def queue(self, requests: Sequence[RunRequest], batch_id: int | None = None) -> list[Run]:
        """Queue runs, all or none, in the order given."""
        packer = Packer()
        contents = [packer.content(request.scenario) for request in requests]
        made: list[int] = []
        with self.writing() as connection:
            for request, content in zip(requests, contents, strict=True):
                scenario_id = None
                if request.version_id is not None:
                    row = connection.execute("SELECT scenario_id FROM versions WHERE id = ?", (request.version_id,)).fetchone()
                    scenario_id = self._found(row, "no_scenario")[0]
                run_id = connection.execute(
                    """INSERT INTO runs (scenario_id, version_id, batch_id, content_id, name, label, changed, problems, limits, who, created, state)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                    (scenario_id, request.version_id, batch_id, put_content(connection, content), request.scenario.name, request.label,
                     request.changed, to_text(list(request.problems)), to_text(limits_to(request.limits)), request.who, now(), State.QUEUED),
                ).lastrowid  # fmt: skip
                put_event(connection, request.who, "queued", scenario_id, run_id, request.label)
                made.append(int(run_id or 0))
        return [self.run(run_id) for run_id in made]

    def run(self, run_id: int) -> Run:
        """Raises StoreRefused where there is none."""
        return _run(self._found(self.one(f"{RUN} WHERE r.id = ?", run_id), "no_run"))

    def runs(
        self, scenario_id: int | None = None, batch_id: int | None = None, states: Sequence[State] | None = None, limit: int | None = None
    ) -> list[Run]:
        """Runs that match all that is given, newest first."""
        tests, values = ["1"], list[Any]()
        for column, value in (("scenario_id", scenario_id), ("batch_id", batch_id)):
            if value is not None:
                tests.append(f"r.{column} = ?")
                values.append(value)
        if states is not None:
            tests.append(f"r.state IN ({', '.join('?' * len(states))})")
            values += [str(state) for state in states]
        query = f"{RUN} WHERE {' AND '.join(tests)} ORDER BY r.id DESC LIMIT ?"
        return [_run(row) for row in self.all(query, *values, -1 if limit is None else limit)]

    def ask_stop(self, run_id: int, who: str = "") -> Run:
        """A run that waits is cancelled; one that runs is asked to stop with the best plan it has; an ended one is left alone."""
        with self.writing() as connection:
            cancelled = connection.execute(
                "UPDATE runs SET state = ?, ended = ? WHERE id = ? AND state = ?", (State.CANCELLED, now(), run_id, State.QUEUED)
            ).rowcount
            asked = connection.execute(
                "UPDATE runs SET stop_asked = 1 WHERE id = ? AND state = ? AND stop_asked = 0", (run_id, State.RUNNING)
            ).rowcount
            if cancelled or asked:
                put_event(connection, who, "cancelled" if cancelled else "stop_asked", *self._scenario_and(connection, run_id))
        return self.run(run_id)

    def requeue(self, run_id: int, who: str = "") -> Run:
        """A failed or cancelled run waits for the worker again, as if never tried."""
        with self.writing() as connection:
            again = connection.execute(
                """UPDATE runs SET state = ?, tries = 0, worker = NULL, started = NULL, ended = NULL, heartbeat = NULL, stop_asked = 0,
                outcome = '', reason = '', detail = '' WHERE id = ? AND state IN (?, ?)""",
                (State.QUEUED, run_id, State.FAILED, State.CANCELLED),
            ).rowcount  # fmt: skip
            if again:
                put_event(connection, who, "requeued", *self._scenario_and(connection, run_id))
        return self.run(run_id)

    def points(self, run_id: int) -> list[Point]:
        """The curve of a run, in the order in which it was reported."""
        found = self.all("SELECT * FROM points WHERE run_id = ? ORDER BY id", run_id)
        return [Point(row["problem"], row["seconds"], row["cost"], row["bound"], row["phase"]) for row in found]

    def plans(self, run_id: int) -> dict[str, Plan]:
        """The plans of a run by problem, those without result too; of a run answered by another, that one's."""
        answered = self.run(run_id).answered_from
        found = {row["problem"]: row for of in (answered, run_id) for row in self.all("SELECT * FROM plans WHERE run_id = ?", of)}
        return {problem: plan_from(unpack(row["content"])) for problem, row in found.items()}

    # --- the accepted plan

    def accept(self, scenario_id: int, run_id: int | None, who: str) -> None:
        """Make a run's plans those that the group has accepted; None withdraws them."""
        self.entry(scenario_id)
        if run_id is not None:
            self.run(run_id)
        with self.writing() as connection:
            connection.execute("UPDATE scenarios SET accepted = ? WHERE id = ?", (run_id, scenario_id))
            put_event(connection, who, "withdrawn" if run_id is None else "accepted", scenario_id, run_id)

    def accepted(self, scenario_id: int) -> Run | None:
        row = self.one(f"{RUN} JOIN scenarios s ON s.accepted = r.id WHERE s.id = ?", scenario_id)
        return None if row is None else _run(row)

    # --- batches

    def add_batch(self, name: str, kind: str, definition: Mapping[str, Any], who: str, scenario_id: int | None = None) -> Batch:
        with self.writing() as connection:
            made = connection.execute(
                "INSERT INTO batches (name, kind, definition, scenario_id, who, created) VALUES (?, ?, ?, ?, ?, ?)",
                (name, kind, to_text(definition), scenario_id, who, now()),
            ).lastrowid
            put_event(connection, who, "batch", scenario_id, detail=name)
        return self.batch(int(made or 0))

    def batch(self, batch_id: int) -> Batch:
        """Raises StoreRefused where there is none."""
        return self._batch(self._found(self.one("SELECT * FROM batches WHERE id = ?", batch_id), "no_batch"))

    def batches(self, limit: int | None = None) -> list[Batch]:
        """Newest first."""
        return [self._batch(row) for row in self.all("SELECT * FROM batches ORDER BY id DESC LIMIT ?", -1 if limit is None else limit)]

    def _batch(self, row: sqlite3.Row) -> Batch:
        counts = self.all("SELECT state, count(*) AS runs FROM runs WHERE batch_id = ? GROUP BY state", row["id"])
        return Batch(
            row["id"], row["name"], row["kind"], json.loads(row["definition"]), row["scenario_id"], row["who"], row["created"],
            {State(count["state"]): count["runs"] for count in counts},
        )  # fmt: skip

    @staticmethod
    def _scenario_and(connection: sqlite3.Connection, run_id: int) -> tuple[int | None, int]:
        row = connection.execute("SELECT scenario_id FROM runs WHERE id = ?", (run_id,)).fetchone()
        return row[0], run_id


def _run(row: sqlite3.Row) -> Run:
    return Run(
        row["id"], row["scenario_id"], row["version_id"], row["batch_id"], row["hash"], row["name"], row["label"], row["changed"],
        tuple(json.loads(row["problems"])), limits_from(json.loads(row["limits"])), row["who"], row["created"], State(row["state"]), row["tries"],
        row["started"], row["ended"], row["heartbeat"], bool(row["stop_asked"]), row["outcome"], row["reason"], row["detail"],
        row["answered_from"], json.loads(row["summary"]),
    )  # fmt: skip
