"""The documentation page of all tables, written from the same declarations as the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from planner.i18n import LANGUAGES, message, number, text
from planner.issues import Issue
from planner.kinds import Choice, Clock, Code, Date, Decimal, Flag, Integer, Kind, Ref, Several, Text, Time
from planner.plan import Kpi
from planner.schema import Column, Table, named, text_of, unit_name
from planner.sites import Parameter

KIND_NAMES: tuple[tuple[type[Kind], str], ...] = (
    # the first that fits: kinds that refine another come before it
    (Ref, "ref"), (Code, "code"), (Text, "text"), (Several, "several"), (Choice, "choice"), (Flag, "flag"),
    (Date, "date"), (Time, "time"), (Clock, "time"), (Integer, "integer"), (Decimal, "decimal"),
)  # fmt: skip


def tables_page(tables: Sequence[Table], parameters: Sequence[Parameter], lang: str, kpis: Sequence[tuple[str, Sequence[Kpi]]] = ()) -> str:
    """The page in Markdown: what people fill, the parameters, then what plans hold and the key figures.

    `kpis`: by problem name.
    """
    filled = [table for table in tables if not table.result]
    results = [table for table in tables if table.result]
    out = [f"# {text('docs.title', lang)}", "", text("docs.intro", lang), ""]
    out += [f"## {text('docs.contents', lang)}", ""]
    out += [f"- [{table.title(lang)}](#{_anchor(table)}) — {_cell(table.help(lang))}" for table in [*filled, *results]]
    out += ["", f"## {text('docs.filled', lang)}", ""]
    for table in filled:
        out += _table(table, tables, lang)
    if parameters:
        out += _parameters(parameters, lang)
    if results:
        out += [f"## {text('docs.results', lang)}", ""]
        for table in results:
            out += _table(table, tables, lang)
    for problem, figures in kpis:
        out += _kpis(problem, figures, lang)
    return "\n".join(out).rstrip("\n") + "\n"


def write_docs(folder: Path | str) -> list[Path]:
    """Writes the page in each language; the files written."""
    from planner.catalog import KPIS, PARAMETERS, RESULTS, TABLES

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for lang in LANGUAGES:
        page = folder / f"tables.{lang}.md"
        tables = [*TABLES, *(table for results in RESULTS.values() for table in results)]
        page.write_text(tables_page(tables, PARAMETERS, lang, list(KPIS.items())), encoding="utf-8", newline="\n")
        written.append(page)
    return written


def kind_name(kind: Kind, lang: str) -> str:
    """What a kind is called."""
    return text(f"docs.kind.{next(name for base, name in KIND_NAMES if isinstance(kind, base))}", lang)


def _anchor(table: Table) -> str:
    return table.name.replace("_", "-")


def _cell(value: str) -> str:
    """A text inside a Markdown table."""
    return value.replace("|", "\\|").replace("\n", " ")


def _grid(headers: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    head = "| " + " | ".join(headers) + " |"
    return [head, "|" + "---|" * len(headers), *("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines), ""]


def _table(table: Table, tables: Sequence[Table], lang: str) -> list[str]:
    other = "en" if lang == "fr" else "fr"
    facts = [text("docs.fact.names", lang, other=table.title(other), code=table.name)]
    if table.required:
        facts.append(text("docs.fact.required", lang))
    if table.key:
        facts.append(text("docs.fact.key", lang, columns=", ".join(table.column(name).header(lang) for name in table.key)))
    out = [f'<a id="{_anchor(table)}"></a>', "", f"### {table.title(lang)}", "", table.help(lang), "", " ".join(facts), ""]
    if table.result:
        headers: tuple[str, ...] = ("column", "name", "kind", "unit", "help")
        lines = [[c.header(lang), f"`{c.name}`", kind_name(c.kind, lang), unit_name(c.unit, lang), c.help(lang)] for c in table.columns]
    else:
        headers = ("column", "name", "kind", "unit", "needed", "expected", "help")
        lines = [
            [c.header(lang), f"`{c.name}`", kind_name(c.kind, lang), unit_name(c.unit, lang), _needed(c, lang), _expected(c, tables, lang), c.help(lang)]
            for c in table.columns
        ]
    return out + _grid([text(f"docs.head.{name}", lang) for name in headers], lines)


def _needed(column: Column, lang: str) -> str:
    if column.required:
        return text("docs.required", lang)
    return text("docs.default", lang, value=text_of(column, column.default, lang)) if column.default is not None else text("docs.optional", lang)


def _expected(column: Column, tables: Sequence[Table], lang: str) -> str:
    issue = named([Issue("", expected=column.kind.expected())], tables)[0]
    assert issue.expected is not None
    return message(issue.expected, lang)


def _figure(value: float | None, lang: str) -> str:
    if value is None:
        return ""
    decimals = 0 if float(value).is_integer() else len(f"{value:.10g}".split(".")[1])
    return f"{value:.0f}" if not decimals and 1900 <= value <= 2200 else number(value, lang, decimals)


def _parameters(parameters: Sequence[Parameter], lang: str) -> list[str]:
    lines = []
    for p in parameters:
        usual = f"{_figure(p.low, lang)} – {_figure(p.high, lang)}" if p.low is not None and p.high is not None else ""
        admitted = f"{_figure(p.least, lang)} – {_figure(p.most, lang)}"
        lines.append([p.name(lang), f"`{p.code}`", _figure(p.value, lang), unit_name(p.unit, lang), usual, admitted, text(f"docs.mark.{p.mark}", lang), p.source])
    heads = [text(f"docs.head.{name}", lang) for name in ("parameter", "code", "default", "unit", "usual", "admitted", "mark", "source")]
    return [f"## {text('docs.parameters', lang)}", "", text("docs.parameters.intro", lang), "", *_grid(heads, lines)]


def _kpis(problem: str, figures: Sequence[Kpi], lang: str) -> list[str]:
    lines = [[k.fr if lang == "fr" else k.en, f"`{k.code}`", unit_name(k.unit, lang), text(f"docs.better.{k.better or 'none'}", lang)] for k in figures]
    heads = [text(f"docs.head.{name}", lang) for name in ("figure", "code", "unit", "better")]
    return [f"## {text('docs.kpis', lang, problem=text(f'problem.{problem}', lang))}", "", *_grid(heads, lines)]
