"""The documentation page is current, whole, and says nothing in code words only."""

from pathlib import Path

import pytest

from planner.catalog import KPIS, PARAMETERS, RESULTS, TABLES
from planner.docs import kind_name, tables_page, write_docs
from planner.kinds import Choice, Date, Decimal, Integer, Ref, Several
from planner.schema import Table

DOCS = Path(__file__).resolve().parent.parent / "docs"
ALL: list[Table] = [*TABLES, *(table for results in RESULTS.values() for table in results)]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_committed_page_is_current(tmp_path: Path, lang: str) -> None:
    written = {page.name: page.read_text(encoding="utf-8") for page in write_docs(tmp_path)}
    committed = (DOCS / f"tables.{lang}.md").read_text(encoding="utf-8")
    assert committed == written[f"tables.{lang}.md"], "run `planner docs` and commit docs/"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_names_every_table_column_and_parameter(lang: str) -> None:
    page = tables_page(ALL, PARAMETERS, lang, list(KPIS.items()))
    assert all(f"### {table.title(lang)}\n" in page for table in ALL)
    assert all(f"| {column.header(lang)} | `{column.name}` |" in page for table in ALL for column in table.columns)
    assert all(f"`{parameter.code}`" in page for parameter in PARAMETERS)
    assert all(f"(#{table.name.replace('_', '-')})" in page and f'<a id="{table.name.replace("_", "-")}"></a>' in page for table in ALL)
    assert "docs." not in page.replace("planner docs", "") and "expected." not in page


def test_each_row_has_as_many_cells_as_its_header() -> None:
    width = 0
    for line in tables_page(ALL, PARAMETERS, "fr").splitlines():
        if line.startswith("|---"):
            continue
        if line.startswith("|"):
            cells = line.replace("\\|", "").count("|")
            width = width or cells
            assert cells == width, line
        else:
            width = 0


def test_a_refined_kind_keeps_its_own_name() -> None:
    names = [kind_name(kind, "fr") for kind in (Ref(table="sites"), Several(), Choice(), Integer(), Decimal(), Date())]
    assert names == ["référence", "plusieurs choix", "choix", "nombre entier", "nombre", "date"]
