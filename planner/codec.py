"""Scenarios, plans and findings as values that JSON can hold, and back, exactly: what the store and the tasks carry.

No pickle: a value is only ever data. A frame is kept by column, dates as ISO texts, several choices as a list,
missing as null; floats survive to the last bit.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from planner.catalog import RESULTS
from planner.issues import Issue, Message, Severity
from planner.kinds import Date, Flag, Integer, Kind, Several, Time
from planner.plan import Limits, Plan, Status
from planner.scenario import Scenario
from planner.schema import Column, Table, series


class Undecodable(ValueError):
    """A value that does not fit the declarations: unknown table or column, columns of unequal length, a cell of another kind."""


# --- frames ----------------------------------------------------------------------------------------------


def frame_to(table: Table, frame: pd.DataFrame) -> dict[str, list[Any]]:
    """A frame as {column: cells}, in declared order."""
    return {column.name: [_cell_to(value) for value in frame[column.name].tolist()] for column in table.columns}


def frame_from(table: Table, value: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """The frame of a value made by `frame_to`; raises Undecodable where it is not one of this table."""
    unknown = sorted(set(value) - set(table.names))
    if unknown:
        raise Undecodable(f"{table.name} has no column {', '.join(unknown)}")
    missing = [name for name in table.names if name not in value]
    if missing:
        raise Undecodable(f"{table.name} lacks column {', '.join(missing)}")
    if len({len(cells) for cells in value.values()}) > 1:
        raise Undecodable(f"{table.name}: columns of unequal length")
    return pd.DataFrame({c.name: series(c, [_cell(table, c, cell) for cell in value[c.name]]) for c in table.columns})


def fitted(table: Table, value: Mapping[str, Sequence[Any]]) -> tuple[dict[str, list[Any]], list[str]]:
    """A value written under an older declaration of the table, made to fit today's; and what was left out.

    A column added since takes its default; a column that is no more, or a cell that today's kind cannot hold, is left
    out and named: (`column` or `column: value`).
    """
    length = max((len(cells) for cells in value.values()), default=0)
    lost = [name for name in value if name not in table.names]
    made: dict[str, list[Any]] = {}
    for column in table.columns:
        if column.name not in value:
            made[column.name] = [_cell_to(column.default)] * length
            continue
        cells = list(value[column.name])
        for index, cell in enumerate(cells):
            try:
                _cell(table, column, cell)
            except Undecodable:
                lost.append(f"{column.name}: {cell}")
                cells[index] = _cell_to(column.default)
        made[column.name] = cells
    return made, lost


def _cell_to(value: Any) -> Any:
    if value is None or value is pd.NA:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else repr(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def _cell(table: Table, column: Column, value: Any) -> Any:
    try:
        return None if value is None else _cell_from(column.kind, value)
    except (TypeError, ValueError):
        raise Undecodable(f"{table.name}, {column.name}: {value!r} is no {type(column.kind).__name__}") from None


def _cell_from(kind: Kind, value: Any) -> Any:
    if isinstance(kind, Several):
        return tuple(_is(str, code) for code in _is(list, value))
    if isinstance(kind, Flag):
        return _is(bool, value)
    if isinstance(kind, Integer | Time):
        return _is(int, value)
    if kind.is_number:
        return float(value) if value in ("inf", "-inf") else float(_is((int, float), value))
    if isinstance(kind, Date):
        return dt.date.fromisoformat(value)
    return _is(str, value)


def _is(kind: type | tuple[type, ...], value: Any) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError
    return value


# --- scenarios, findings, plans --------------------------------------------------------------------------


def scenario_to(scenario: Scenario) -> dict[str, Any]:
    """A scenario as {"name", "tables": {table: frame}}; tables without rows are left out."""
    return {
        "name": scenario.name,
        "tables": {t.name: frame_to(t, scenario.frames[t.name]) for t in scenario.tables if len(scenario.frames[t.name])},
    }


def scenario_from(value: Mapping[str, Any], tables: Sequence[Table]) -> Scenario:
    """The scenario of a value made by `scenario_to`; raises Undecodable."""
    unknown = sorted(set(value["tables"]) - {table.name for table in tables})
    if unknown:
        raise Undecodable(f"no table {', '.join(unknown)}")
    kept = value["tables"]
    frames = {t.name: frame_from(t, kept[t.name]) if t.name in kept else t.frame() for t in tables}
    return Scenario(value["name"], tuple(tables), frames)


def message_to(message: Message | None) -> Any:
    return None if message is None else [message.key, [list(pair) for pair in message.args]]


def message_from(value: Any) -> Message | None:
    return None if value is None else Message(value[0], tuple((key, arg) for key, arg in value[1]))


def issue_to(issue: Issue) -> dict[str, Any]:
    """A finding as a dict, without the fields left at their defaults."""
    made: dict[str, Any] = {}
    for field in dataclasses.fields(Issue):
        value = getattr(issue, field.name)
        if field.name == "code" or value != field.default:
            made[field.name] = value
    if "expected" in made:
        made["expected"] = message_to(issue.expected)
    if "args" in made:
        made["args"] = [[key, _cell_to(arg) if isinstance(arg, str | int) else float(arg)] for key, arg in issue.args]
    return made


def issue_from(value: Mapping[str, Any]) -> Issue:
    known = dict(value)
    known["severity"] = Severity(known.get("severity", Severity.ERROR))
    known["expected"] = message_from(known.get("expected"))
    known["args"] = tuple((key, arg) for key, arg in known.get("args", ()))
    return Issue(**known)


def limits_to(limits: Limits) -> dict[str, Any]:
    return {field.name: getattr(limits, field.name) for field in dataclasses.fields(limits) if field.name != "start"}


def limits_from(value: Mapping[str, Any]) -> Limits:
    return Limits(**value)


def plan_to(plan: Plan, tables: Sequence[Table] | None = None) -> dict[str, Any]:
    """A plan as a dict. `tables`: its result tables, those of the catalogue when not given."""
    declared = _results(plan.problem, tables)
    unknown = sorted(set(plan.tables) - set(declared))
    if unknown:
        raise Undecodable(f"{plan.problem} has no result table {', '.join(unknown)}")
    return {
        "problem": plan.problem, "status": str(plan.status),
        "tables": {name: frame_to(declared[name], frame) for name, frame in plan.tables.items()},
        "cost": _cell_to(plan.cost), "bound": _cell_to(plan.bound), "seconds": plan.seconds, "seed": plan.seed,
        "scenario_hash": plan.scenario_hash, "versions": dict(plan.versions), "log": list(plan.log),
        "issues": [issue_to(issue) for issue in plan.issues],
    }  # fmt: skip


def plan_from(value: Mapping[str, Any], tables: Sequence[Table] | None = None) -> Plan:
    """The plan of a value made by `plan_to`; result columns added since take their defaults, those that are no more are left out."""
    declared = _results(value["problem"], tables)
    frames = {name: frame_from(declared[name], fitted(declared[name], kept)[0]) for name, kept in value["tables"].items() if name in declared}
    return Plan(
        value["problem"], Status(value["status"]), frames, _float(value["cost"]), _float(value["bound"]), value["seconds"], value["seed"],
        value["scenario_hash"], dict(value["versions"]), tuple(value["log"]), tuple(issue_from(issue) for issue in value["issues"]),
    )  # fmt: skip


def _results(problem: str, tables: Sequence[Table] | None) -> dict[str, Table]:
    return {table.name: table for table in (RESULTS.get(problem, ()) if tables is None else tables)}


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


# --- bytes -----------------------------------------------------------------------------------------------


def to_text(value: Any) -> str:
    """JSON without blanks, keys in the order given: equal values in equal order give equal texts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def pack(value: Any) -> bytes:
    """A JSON-able value as compressed bytes."""
    return zlib.compress(to_text(value).encode())


def unpack(data: bytes) -> Any:
    return json.loads(zlib.decompress(data))
