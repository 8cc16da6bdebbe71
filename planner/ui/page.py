"""One page: open a workbook, see its faults, solve it, read the plans, download the result workbook."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path

import pandas as pd
import streamlit as st

from planner import service, study
from planner.i18n import as_title, describe, euros, explain, language, mend, number, place, severity, text
from planner.issues import Issue, errors
from planner.plan import Limits, Progress, Step
from planner.schema import rows, unit_name
from planner.study import Study

SAMPLES = Path(__file__).resolve().parents[2] / "scenarios"
FIRST_SAMPLE = "la_rochelle_rochefort"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

STYLE = """<style>
.findings {max-height: 32rem; overflow: auto; border: 1px solid #e6e6e6; border-radius: .5rem}
.findings table {width: 100%; border-collapse: collapse; font-size: .875rem}
.findings th {position: sticky; top: 0; background: #f8f9fb; text-align: left}
.findings th, .findings td {padding: .35rem .6rem; border-bottom: 1px solid #eee; vertical-align: top}
</style>"""
# Streamlit writes its upload button in English only
FRENCH_UPLOAD = """<style>
[data-testid="stFileUploaderDropzone"] button p {font-size: 0}
[data-testid="stFileUploaderDropzone"] button p::after {content: "Choisir un fichier"; font-size: .875rem}
[data-testid="stFileUploaderDropzoneInstructions"] {display: none}
</style>"""


def show() -> None:
    """Draw the page for the reader's language."""
    asked = st.query_params.get("lang") or (st.context.locale or "fr")[:2]
    st.set_page_config(page_title=text("app.title", language(asked)), layout="wide")
    lang = st.sidebar.radio("Langue / Language", ("fr", "en"), index=0 if language(asked) == "fr" else 1, format_func={"fr": "Français", "en": "English"}.__getitem__)
    st.html(STYLE + (FRENCH_UPLOAD if lang == "fr" else ""))
    st.title(text("app.title", lang))
    st.caption(text("app.intro", lang))
    path = _choose(lang)
    if path is None:
        return
    reading = service.open_scenario(path)
    st.subheader(as_title(path.stem))
    if reading.scenario is not None:
        counts = (("app.establishments", "establishments"), ("app.sites", "sites"), ("app.kitchens", "kitchens"), ("app.flows", "flows"), ("app.articles", "articles"))
        for column, (key, table) in zip(st.columns(len(counts)), counts, strict=True):
            column.metric(text(key, lang), number(len(reading.scenario.rows(table)), lang))
    _faults(path, reading.issues, lang)
    if reading.scenario is None:
        return
    names = st.multiselect(text("app.problems", lang), service.PROBLEM_NAMES, default=service.PROBLEM_NAMES, format_func=lambda name: text(f"problem.{name}", lang), placeholder=text("app.problems_none", lang))
    seconds = st.select_slider(text("app.seconds", lang), (10, 20, 30, 60, 120, 300), value=20)
    if st.button(text("app.solve", lang), type="primary", disabled=not names):
        _solve(path, reading, names, Limits(seconds=float(seconds)), lang)
    done = st.session_state.get("done")
    if done is not None and done[0] == (str(path), reading.scenario.hash):
        _results(done[1], done[2], path, lang)


def _choose(lang: str) -> Path | None:
    """The workbook to work on: an uploaded one, else the sample chosen."""
    samples = sorted(SAMPLES.glob("*.xlsx"))
    names = [path.stem for path in samples]
    first = names.index(FIRST_SAMPLE) if FIRST_SAMPLE in names else 0
    name = st.sidebar.selectbox(text("app.sample", lang), names, index=first, format_func=as_title)
    sent = st.sidebar.file_uploader(text("app.upload", lang), type=["xlsx"])
    folder = Path(st.session_state.setdefault("folder", tempfile.mkdtemp(prefix="planner-")))
    blank = folder / f"modele_{lang}.xlsx"
    if not blank.exists():
        service.template(blank, lang)
    st.sidebar.download_button(text("app.template", lang), blank.read_bytes(), blank.name, XLSX)
    if sent is not None:
        path = folder / Path(sent.name).name
        path.write_bytes(sent.getvalue())
        return path
    return next((path for path in samples if path.stem == name), None)


def _faults(path: Path, found: list[Issue], lang: str) -> None:
    if not found:
        st.success(text("app.no_fault", lang))
        return
    (st.error if errors(found) else st.info)(text("app.faults", lang, count=len(found)))
    st.html(_issue_table(found, lang))
    if errors(found):
        copy = Path(st.session_state["folder"]) / f"{path.stem}_annote.xlsx"
        service.annotate(path, found, copy, lang)
        if copy.exists():
            st.download_button(text("app.annotated", lang), copy.read_bytes(), copy.name, XLSX)


def _issue_table(found: list[Issue], lang: str) -> str:
    """The findings as a table whose sentences wrap, so that how to mend each is read whole; cells are escaped."""
    titles = "".join(f"<th>{text(f'app.{key}', lang)}</th>" for key in ("severity", "place", "what", "mend"))
    lines = [(severity(i.severity, lang), place(i, lang), explain(i, lang), mend(i, lang)) for i in found]
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    return f'<div class="findings"><table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>'


def _solve(path: Path, reading: service.Reading, names: list[str], limits: Limits, lang: str) -> None:
    scenario = reading.scenario
    assert scenario is not None
    with st.status(text("app.solving", lang), expanded=True) as state:
        line = st.empty()
        unknown = text("cli.unknown", lang)
        last: list[Step] = []

        def on_step(step: Step) -> None:
            last[:] = [step]

        def draw() -> None:
            if last:
                step = last[0]
                line.text(text("cli.progress", lang, problem=text(f"problem.{step.problem}", lang), seconds=number(step.seconds, lang),
                               cost=unknown if step.cost is None else euros(step.cost, lang), bound=unknown if step.bound is None else euros(step.bound, lang)))  # fmt: skip

        done = service.in_thread(lambda progress: service.solve(scenario, names, limits, progress), Progress(on_step), draw)
        done = service.placed(done, reading)
        output = Path(st.session_state["folder"]) / f"{path.stem}_{'resultat' if lang == 'fr' else 'result'}.xlsx"
        service.write_result(done, output, lang, path, limits, "app")
        state.update(label=text("app.done", lang), state="complete", expanded=False)
    st.session_state["done"] = ((str(path), scenario.hash), done, output)


def _results(done: Study, output: Path, path: Path, lang: str) -> None:
    st.subheader(text("app.results", lang))
    for column, (name, result) in zip(st.columns(len(done.results)), done.results.items(), strict=True):
        saving = next((row.saving for row in rows(study.SAVINGS, done.savings) if row.problem == name and row.establishment is None), None)
        with column:
            shown = text("cli.withheld", lang) if result.annual is None else f"{euros(result.annual, lang)}{text('cli.a_year', lang)}"
            st.metric(text(f"problem.{name}", lang), shown, None if saving is None else f"{euros(-saving, lang)}{text('cli.a_year', lang)}", delta_color="inverse")
            st.caption(text(f"status.{result.plan.status}", lang))
            if result.valid and result.plan.gap_euros is not None:
                st.caption(text("app.gap", lang, amount=euros(result.plan.gap_euros, lang), percent=number(100 * (result.plan.gap or 0), lang, 2)))
    if done.regrouping is not None:
        worth = done.regrouping
        st.info(text("study.regrouping", lang, kitchens=number(worth.kitchens, lang), road=number(worth.extra_road, lang), worth=number(worth.worth, lang)))
    found = service.worth_saying(done)
    for issue in found[:20]:
        (st.error if issue.is_error else st.warning)(describe(issue, lang))
    figures = [
        (text(f"problem.{p.problem}", lang), p.kpi.fr if lang == "fr" else p.kpi.en, unit_name(p.kpi.unit, lang),
         *("" if v is None else number(v, lang, p.kpi.decimals) for v in (p.today, p.plan)))
        for p in study.key_figures(done) if not p.establishment
    ]  # fmt: skip
    titles = [text(f"cli.{key}", lang) for key in ("problem", "kpi", "unit", "today", "planned")]
    st.dataframe(pd.DataFrame(figures, columns=titles), hide_index=True)
    st.download_button(text("app.download", lang), output.read_bytes(), output.name, XLSX, type="primary")
