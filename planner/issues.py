"""One finding about data, a plan or a solve: what, where and with which figures. Data, never sentences.

The sentences are in `planner.texts`; `planner.i18n.describe` joins both in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

Value = str | int | float
Args = tuple[tuple[str, Value], ...]


class Severity(StrEnum):
    """How much a finding matters: an error forbids solving or showing a plan as valid."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Message:
    """A text of the catalogue by its key, with the values its sentence names."""

    key: str
    args: Args = ()

    @staticmethod
    def of(key: str, **args: Value) -> Message:
        return Message(key, tuple(args.items()))


@dataclass(frozen=True)
class Issue:
    """One finding.

    `table`, `column`: names of the schema; `row`: 0-based row of the table; `sheet`, `cell`: where the
    user sees it ("Sites", "D12"); `found`: the value as typed; `expected`: what would have been right;
    `args`: the figures and names that the sentence of `code` mentions (euros, minutes, meals: the unit
    is in the sentence).
    """

    code: str
    severity: Severity = Severity.ERROR
    table: str = ""
    row: int | None = None
    column: str = ""
    sheet: str = ""
    cell: str = ""
    found: str = ""
    expected: Message | None = None
    args: Args = ()

    @staticmethod
    def error(code: str, *, table: str = "", row: int | None = None, column: str = "", **args: Value) -> Issue:
        return Issue(code, Severity.ERROR, table, row, column, args=tuple(args.items()))

    @staticmethod
    def warning(code: str, *, table: str = "", row: int | None = None, column: str = "", **args: Value) -> Issue:
        return Issue(code, Severity.WARNING, table, row, column, args=tuple(args.items()))

    @staticmethod
    def info(code: str, *, table: str = "", row: int | None = None, column: str = "", **args: Value) -> Issue:
        return Issue(code, Severity.INFO, table, row, column, args=tuple(args.items()))

    def at(self, sheet: str, cell: str) -> Issue:
        """The same finding, with the place where the user can see it."""
        return replace(self, sheet=sheet, cell=cell)

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def errors(issues: Iterable[Issue]) -> list[Issue]:
    """The findings that forbid going on."""
    return [issue for issue in issues if issue.is_error]
