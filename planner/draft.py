"""A scenario being edited: the texts of its cells as people type them, what is wrong with them, the scenario once all is right.

A cell whose text was not touched keeps its value, with all its digits: texts are read only where someone typed. Rows are
known by a number that an edit elsewhere does not change, so that two views of one table never mix their rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from planner.catalog import PARAMETERS, TABLES
from planner.codec import fitted, frame_from, frame_to
from planner.excel import Reading
from planner.issues import Issue, errors
from planner.scenario import Scenario, check_parameters
from planner.schema import Table, check_filled, check_keys, check_refs, named, parse_cell, rows, series, text_of
from planner.sites import PARAMETERS as PARAMETER_TABLE

Texts = dict[int, dict[str, str]]  # texts by column, by row number, in the order of the rows


@dataclass(frozen=True)
class Draft:
    """Typed tables (`base`) with the tables that are being edited as texts (`texts`), in the words of a language."""

    base: Mapping[str, pd.DataFrame]
    lang: str
    texts: Mapping[str, Texts] = field(default_factory=dict)

    @staticmethod
    def of(scenario: Scenario, lang: str) -> Draft:
        """A draft with nothing changed yet."""
        return Draft(scenario.frames, lang)

    @staticmethod
    def of_reading(reading: Reading, lang: str) -> Draft:
        """What a faulty workbook holds: each unreadable cell as it was typed, so that nothing is lost; empty ones stand in the tables."""
        draft = Draft({table.name: reading.frames.get(table.name, table.frame()) for table in TABLES}, lang)
        touched: dict[str, Texts] = {}
        for issue in reading.issues:
            table = next((table for table in TABLES if table.name == issue.table), None)
            if table is None or issue.row is None or issue.column not in table.names or not issue.found or not issue.is_error:
                continue
            if issue.row >= len(draft.base[table.name]) or issue.code in ("duplicate_key", "broken_reference"):
                continue  # these stand in the tables as typed
            cells = touched.setdefault(table.name, draft.rows(table.name))
            cells[issue.row] = {**cells[issue.row], issue.column: dict(issue.args).get(f"found_{lang}", issue.found)}  # type: ignore[dict-item]
        return replace(draft, texts=touched)

    @property
    def changed(self) -> bool:
        return bool(self.texts)

    def table(self, name: str) -> Table:
        return next(table for table in TABLES if table.name == name)

    def rows(self, name: str) -> Texts:
        """The texts of a table by row number."""
        return self.texts[name] if name in self.texts else dict(enumerate(self._written(name)))

    def count(self, name: str) -> int:
        return len(self.texts[name]) if name in self.texts else len(self.base[name])

    def _written(self, name: str) -> list[dict[str, str]]:
        """The texts of a table as its values are written."""
        known: dict[str, list[dict[str, str]]] = self.__dict__.setdefault("_texts_of_base", {})
        if name not in known:
            table = self.table(name)
            columns = {
                column.name: [text_of(column, value, self.lang) for value in self.base[name][column.name].tolist()] for column in table.columns
            }
            known[name] = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        return known[name]

    # --- edits

    def edited(
        self, name: str, changed: Mapping[int, Mapping[str, str]] | None = None, added: Sequence[Mapping[str, str]] = (), removed: Iterable[int] = ()
    ) -> Draft:
        """The draft with cells changed, rows added at the end and rows removed, by row number. Unchanged data stay themselves."""
        before = self.rows(name)
        gone = set(removed)
        made = {number: cells for number, cells in before.items() if number not in gone}
        for number, cells in (changed or {}).items():
            if number in made:
                made[number] = {**made[number], **cells}
        following = max([*before, len(self.base[name]) - 1], default=-1) + 1
        empty = dict.fromkeys(self.table(name).names, "")
        for place, row in enumerate(row for row in added if any(cell.strip() for cell in row.values())):
            made[following + place] = {**empty, **row}
        if made == before:
            return self
        texts = {**self.texts, name: made}
        if made == dict(enumerate(self._written(name))):
            del texts[name]
        made_draft = replace(self, texts=texts)
        for memo in ("_texts_of_base", "_parsed"):  # values of tables that did not change
            if memo in self.__dict__:
                made_draft.__dict__[memo] = {key: value for key, value in self.__dict__[memo].items() if memo != "_parsed" or key != name}
        return made_draft

    def pasted(self, name: str, content: str) -> list[dict[str, str]]:
        """Rows copied from a spreadsheet (tabs between cells): by their headers where the first line has some, else in order."""
        table = self.table(name)
        lines = [line for line in csv.reader(io.StringIO(content), delimiter="\t") if any(cell.strip() for cell in line)]
        if not lines:
            return []
        found = [table.find(cell) for cell in lines[0]]
        if any(found) and sum(column is not None for column in found) * 2 >= len(lines[0]):
            return [{column.name: cell.strip() for column, cell in zip(found, line, strict=False) if column is not None} for line in lines[1:]]
        return [{column.name: cell.strip() for column, cell in zip(table.columns, line, strict=False)} for line in lines]

    # --- what it says

    def _parse(self, name: str) -> tuple[pd.DataFrame, list[Issue]]:
        """The values of a table and its unreadable cells; rows are counted from 0 in the order shown."""
        if name not in self.texts:
            return self.base[name], check_filled(self.table(name), self.base[name])
        known: dict[str, tuple[pd.DataFrame, list[Issue]]] = self.__dict__.setdefault("_parsed", {})
        if name in known:
            return known[name]
        table, written = self.table(name), self._written(name)
        values = list(rows(table, self.base[name]))
        issues: list[Issue] = []
        columns: dict[str, list[Any]] = {column: [] for column in table.names}
        for place, (number, cells) in enumerate(self.texts[name].items()):
            for column in table.columns:
                typed = cells[column.name]
                if number < len(written) and typed == written[number][column.name] and (typed or not column.required):
                    columns[column.name].append(getattr(values[number], column.name))
                    continue
                value, issue = parse_cell(column, typed)
                columns[column.name].append(value)
                if issue is not None:
                    issues.append(replace(issue, table=name, row=place))
        known[name] = pd.DataFrame({column.name: series(column, columns[column.name]) for column in table.columns}), issues
        return known[name]

    @cached_property
    def issues(self) -> list[Issue]:
        """Everything wrong with the draft, as reading a workbook would say it; rows are counted from 0 in the order shown."""
        found: list[Issue] = []
        frames = {}
        for table in TABLES:
            frames[table.name], unreadable = self._parse(table.name)
            found += unreadable
        keys = {table.name: table.key[0] for table in TABLES if table.key}
        for table in TABLES:
            found += check_keys(table, frames[table.name])
            found += check_refs(table, frames[table.name], frames, keys)
            if table.required and frames[table.name].empty:
                found.append(Issue.error("table_empty", table=table.name, table_fr=table.fr, table_en=table.en))
        found += check_parameters(Scenario("", (PARAMETER_TABLE,), {PARAMETER_TABLE.name: frames[PARAMETER_TABLE.name]}), PARAMETERS)
        return named(found, TABLES)

    def scenario(self, name: str) -> Scenario | None:
        """The scenario that the draft says, None while anything is wrong. Tables not touched are the very same frames."""
        if errors(self.issues):
            return None
        return Scenario(name, TABLES, {table.name: self._parse(table.name)[0] for table in TABLES})

    # --- kept

    def to_json(self, whole: bool = True) -> str:
        """The draft as text; with `whole` the tables it starts from too, else only what was typed."""
        texts = {name: [[number, cells] for number, cells in found.items()] for name, found in self.texts.items()}
        base = {table.name: frame_to(table, self.base[table.name]) for table in TABLES} if whole else None
        return json.dumps({"lang": self.lang, "texts": texts, "base": base}, ensure_ascii=False)

    @staticmethod
    def from_json(content: str, scenario: Scenario | None = None) -> Draft:
        """The draft of a text; `scenario`: what it starts from, where the text does not hold it."""
        value = json.loads(content)
        if value["base"] is not None:
            base = {table.name: frame_from(table, fitted(table, value["base"].get(table.name, {}))[0]) for table in TABLES}
        elif scenario is not None:
            base = dict(scenario.frames)
        else:
            raise ValueError("a draft without the tables it starts from")
        blank = {table.name: dict.fromkeys(table.names, "") for table in TABLES}
        texts = {
            name: {int(number): {**blank[name], **{key: cell for key, cell in cells.items() if key in blank[name]}} for number, cells in found}
            for name, found in value["texts"].items() if name in blank
        }  # fmt: skip
        return Draft(base, value["lang"], texts)
