"""What several pages draw alike: findings, downloads, figures, the state of a run, links to other pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any

import streamlit as st

from planner.catalog import TABLES
from planner.i18n import euros, explain, mend, place, severity, text
from planner.i18n import number as number_text
from planner.issues import Issue
from planner.store import Run, State
from planner.ui import session

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "csv": "text/csv",
    "json": "application/json",
    "geojson": "application/geo+json",
    "html": "text/html",
    "pdf": "application/pdf",
    "txt": "text/plain",
}

STYLE = """<style>
.block-container {padding: 2.2rem 2.2rem 3rem}
[data-testid="stMetricValue"] {font-size: 1.35rem}
[data-testid="stMetricLabel"] p {font-weight: 600}
h1 {font-size: 1.7rem !important; padding-bottom: .2rem !important}
h2 {font-size: 1.3rem !important} h3 {font-size: 1.1rem !important}
.sheet {max-height: 32rem; overflow: auto; border: 1px solid #e3e6ea; border-radius: .4rem}
.sheet.short {max-height: none}
.sheet .total td {font-weight: 600; background: #f4f6f8}
.sheet table {width: 100%; border-collapse: collapse; font-size: .875rem}
.sheet th {position: sticky; top: 0; background: #f4f6f8; text-align: left; font-weight: 600}
.sheet th, .sheet td {padding: .3rem .6rem; border-bottom: 1px solid #eceef1; vertical-align: top}
.sheet.dense table {font-size: .75rem}
.sheet.dense th, .sheet.dense td {padding: .25rem .3rem}
.sheet .right {text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums}
.sheet th.right {white-space: normal}
.sheet .wide td:first-child {min-width: 15rem}
</style>"""
SHORT = 40  # lines of a table that is shown whole
# Streamlit writes its upload zone in English only
FRENCH_UPLOAD = """<style>
[data-testid="stFileUploaderDropzone"] button p {font-size: 0}
[data-testid="stFileUploaderDropzone"] button p::after {content: "Choisir un fichier"; font-size: .875rem}
[data-testid="stFileUploaderDropzoneInstructions"] {display: none}
</style>"""


def style(lang: str) -> None:
    """The look that all pages share; drawn once by the shell."""
    st.html(STYLE + (FRENCH_UPLOAD if lang == "fr" else ""))


def sheet(titles: Sequence[str], lines: Sequence[Sequence[str]], right: Sequence[int] = (), wide: bool = False, totals: Sequence[int] = (), helps: Sequence[str] = (), dense: bool = False) -> None:
    """A table of texts whose sentences wrap, so that each is read whole; every cell is escaped. A short one does not scroll by itself.

    `right`: columns of figures; `wide`: room for the first column; `totals`: lines that stand out; `helps`: what a title says when
    pointed at; `dense`: many columns.
    """
    side = ["" if column not in right else ' class="right"' for column in range(len(titles))]
    said = [f' title="{escape(words)}"' if words else "" for words in helps or [""] * len(titles)]
    head = "".join(f"<th{at}{tip}>{escape(title)}</th>" for at, tip, title in zip(side, said, titles, strict=True))
    marks = [" class=total" if row in totals else "" for row in range(len(lines))]
    body = "".join(f"<tr{mark}>" + "".join(f"<td{at}>{escape(cell)}</td>" for at, cell in zip(side, line, strict=True)) + "</tr>" for mark, line in zip(marks, lines, strict=True))
    st.html(f'<div class="sheet{" short" if len(lines) <= SHORT else ""}{" dense" if dense else ""}"><table{" class=wide" if wide else ""}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def issues(found: Sequence[Issue], lang: str) -> None:
    """Findings: how grave, where, what, how to mend; nothing where there are none."""
    if not found:
        return
    titles = [text(f"app.{key}", lang) for key in ("severity", "place", "what", "mend")]
    lines = [(severity(i.severity, lang), where(i, lang), explain(i, lang), mend(i, lang)) for i in found]
    told = [c for c in range(len(titles)) if any(line[c] for line in lines)]  # no column that says nothing
    sheet([titles[c] for c in told], [tuple(line[c] for c in told) for line in lines])


def where(issue: Issue, lang: str) -> str:
    """The cell of the workbook read, else the table of the data and its line there; empty for a finding about a whole plan."""
    table = next((table for table in TABLES if table.name == issue.table), None)
    if table is None or issue.sheet:
        return place(issue, lang)
    line = "" if issue.row is None else f", {text('editor.at_line', lang, line=issue.row + 1)}"
    column = next((column for column in table.columns if column.name == issue.column), None)
    return f"{table.title(lang)}{line}{f' ({column.header(lang)})' if column is not None else ''}"


def download(label: str, make: Callable[[], bytes], name: str, kind: str, *, primary: bool = False, key: str | None = None) -> None:
    """A download made only when asked for. `kind`: a key of KINDS; `name`: the file's name with its ending."""
    st.download_button(
        label, make, name, KINDS[kind], type="primary" if primary else "secondary", key=key or f"download_{name}", on_click="ignore", icon=":material/download:"
    )


def chart(drawn: Any, wide: bool = True) -> None:
    """Show a chart as `planner.charts` dressed it."""
    st.altair_chart(drawn, width="stretch" if wide else "content", theme=None)


def link(page: str, label: str) -> None:
    """A link to another page on the same scenario; nothing where that page is not there."""
    path = session.page_file(page)
    if path is not None:
        st.page_link(path, label=label, icon=":material/arrow_forward:", query_params=session.address())


def money(value: float | None, lang: str, decimals: int = 0) -> str:
    """Euros as the reader writes them; a dash where unknown."""
    return "–" if value is None else euros(value, lang, decimals)


def number(value: float | None, lang: str, decimals: int = 0) -> str:
    """A figure as the reader writes it; a dash where unknown."""
    return "–" if value is None else number_text(value, lang, decimals)


def moment(iso: str | None, lang: str, seconds: bool = False) -> str:
    """A time of the store as the reader's clock shows it: « 24/11/2026 14:05 »."""
    if not iso:
        return "–"
    local = datetime.fromisoformat(iso).astimezone()
    return local.strftime(("%d/%m/%Y %H:%M" if lang == "fr" else "%Y-%m-%d %H:%M") + (":%S" if seconds else ""))


def status(run: Run, lang: str | None = None) -> str:
    """Where a run stands, in words; an ended one by its outcome."""
    lang = lang or session.lang()
    if run.state is State.DONE and run.outcome:
        return text(f"app.outcome.{run.outcome}", lang)
    if run.state is State.RUNNING and run.stop_asked:
        return text("app.state.stopping", lang)
    return text(f"app.state.{run.state}", lang)
