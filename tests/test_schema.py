"""The one description of every sheet: sound declarations, and what is read and checked from them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.catalog import KPIS, PARAMETERS, RESULTS, TABLES
from planner.i18n import describe, explain
from planner.issues import Issue
from planner.kinds import Choice, Code, Date, Decimal, Flag, Integer, Ref, Several, Text, Time
from planner.schema import (
    UNITS,
    Column,
    Faulty,
    Places,
    Table,
    check,
    check_keys,
    check_refs,
    closest,
    equal,
    named,
    parse_cell,
    random_frames,
    read_rows,
    rows,
    text_of,
    unit_name,
)
from planner.typed import fold

ALL = [*TABLES, *(table for results in RESULTS.values() for table in results)]
SAME_IN_BOTH = {"€/t", "€/€", "€/kg", "", "%", "€", "€/h", "€/km", "km", "km/h", "kg", "kg/km", "kgCO2e/l", "min", "h", "rolls", "t", "°", "0/1", "sites"}

TOWNS = Table("towns", "Villes", "Towns", key=("town",), columns=(
    Column("town", Code(), "Ville", "Town", required=True),
    Column("people", Integer(min=0), "Habitants", "People", "hab."),
    Column("twin", Ref(table="towns"), "Jumelle", "Twin"),
    Column("coast", Flag(), "Littoral", "Coast", default=False),
))  # fmt: skip


# --- the declarations of the product ---


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_declaration_is_sound(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert all(name in table.names for name in table.key)
    assert table.help_fr and table.help_en
    for column in table.columns:
        assert column.fr and column.en
        if not table.result:
            assert column.help_fr and column.help_en, column.name
        assert not (column.required and column.default is not None), f"{column.name}: a required column has no default"
        if column.default is not None:
            again, issue = parse_cell(column, text_of(column, column.default, "fr"))
            assert issue is None and again == column.default, f"{column.name}: its default must be a value of its kind"


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_header_means_its_own_column(table: Table, lang: str) -> None:
    for column in table.columns:
        for header in (column.title(lang), column.header(lang), f"{column.title(lang)} *", column.title(lang).upper(), f"  {column.header(lang)} "):
            assert table.find(header) is column, header


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_sheets_can_be_told_apart(lang: str) -> None:
    titles = [table.title(lang) for table in ALL]
    assert len({fold(title[:31]) for title in titles}) == len(titles)
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)
    for table in TABLES:
        assert [other.name for other in ALL if other.matches(table.title(lang))] == [table.name]


def test_references_name_tables_that_have_one_code() -> None:
    by_name = {table.name: table for table in TABLES}
    for position, table in enumerate(TABLES):
        for column in table.columns:
            if isinstance(column.kind, Ref):
                target = by_name[column.kind.table]
                assert len(target.key) == 1 and target.key[0] == target.names[0]
                # random tables are made in order
                assert not column.required or TABLES.index(target) < position


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_choices_are_read_back_from_their_names(table: Table) -> None:
    for column in table.columns:
        if not isinstance(column.kind, Choice):
            continue
        for lang in ("fr", "en"):
            names = [column.kind.label(code, lang) for code in column.kind.codes]
            assert len({fold(name) or name for name in names}) == len(names)
            for code in column.kind.codes:
                value: Any = (code,) if isinstance(column.kind, Several) else code
                assert column.kind.parse(text_of(column, value, lang)) == value


def test_every_unit_has_its_english() -> None:
    units = {c.unit for t in ALL for c in t.columns} | {p.unit for p in PARAMETERS} | {k.unit for figures in KPIS.values() for k in figures}
    assert sorted(unit for unit in units if unit not in UNITS and unit not in SAME_IN_BOTH) == []
    assert unit_name("€/an", "en") == "€/year" and unit_name("€/an", "fr") == "€/an"


# --- reading ---


def test_headers_of_either_language() -> None:
    assert [getattr(TOWNS.find(h), "name", None) for h in ("VILLE", "town", "Habitants (hab.)", "habitants", "Peoplé", "littoral *", "Autre")] == [
        "town", "town", "people", "people", "people", "coast", None,
    ]  # fmt: skip


def test_a_header_wins_over_a_name_in_code() -> None:
    table = Table("t", "T", "T", columns=(Column("name", Text(), "Code", "Code"), Column("code", Text(), "Nom", "Name")))
    assert getattr(table.find("Code"), "name", "") == "name" and getattr(table.find("Name"), "name", "") == "code"


def test_one_finding_per_bad_cell_and_defaults_for_blanks() -> None:
    raw: list[dict[str, object]] = [
        {"town": "A", "people": "1 200", "coast": "oui"},
        {"town": "B", "people": "12,5", "coast": "?"},
        {"people": Faulty("#N/A", "error_cell"), "twin": "A"},
        {"town": " \u00a0", "people": -1},
        {"town": "\x01"},
    ]
    frame, issues = read_rows(TOWNS, raw)
    assert [(i.row, i.column, i.code, i.found) for i in issues] == [
        (1, "people", "not_whole", "12,5"), (1, "coast", "bad_type", "?"), (2, "town", "required_missing", ""), (2, "people", "error_cell", "#N/A"),
        (3, "town", "required_missing", ""), (3, "people", "out_of_bounds", "-1"), (4, "town", "required_missing", ""),
    ]  # fmt: skip
    assert [row.coast for row in rows(TOWNS, frame)] == [True, None, False, False, False]
    assert frame["people"].tolist()[0] == 1200 and str(frame["people"].dtype) == "Int64"


def test_what_was_found_is_said_as_the_reader_sees_it() -> None:
    _, issue = parse_cell(Column("n", Integer(), "N", "N"), 12.5)
    assert issue is not None
    assert "«\u00a012,5\u00a0»" in explain(issue, "fr") and "“12.5”" in explain(issue, "en")


def test_places() -> None:
    places = Places({"towns": "Villes"}, {"towns": 3}, {"towns": [4, 6]}, {"towns": {"town": "B", "people": "D"}})
    assert places.cell("towns", 1, "people") == "D6" and places.cell("towns", None, "town") == "B3" and places.cell("towns", 0, "coast") == ""
    there = places.locate(Issue.error("bad_type", table="towns", row=0, column="town"))
    assert (there.sheet, there.cell) == ("Villes", "B4")
    assert places.locate(Issue.error("wrong_cost", table="elsewhere")).sheet == ""


# --- checking ---


def towns(*made: tuple[Any, ...]) -> pd.DataFrame:
    return TOWNS.frame([dict(zip(("town", "people", "twin"), row, strict=False)) for row in made])


def test_duplicates_name_the_first_row() -> None:
    issues = check_keys(TOWNS, towns(("A",), ("B",), ("A",), ("A",)))
    assert [(i.row, i.column, i.found, dict(i.args)["first_row"]) for i in issues] == [(2, "town", "A", 0), (3, "town", "A", 0)]
    assert describe(issues[0], "fr").startswith("«\u00a0A\u00a0» figure déjà ligne 1")


def test_a_cell_that_may_be_empty_is_part_of_the_key() -> None:
    table = Table("pairs", "Paires", "Pairs", key=("town", "part"), columns=(Column("town", Code(), "Ville", "Town", required=True), Column("part", Code(), "Quartier", "Part")))
    issues = check_keys(table, table.frame([{"town": "A", "part": "x"}, {"town": "A"}, {"town": "A"}, {"town": None}, {"town": None}]))
    assert [(i.code, i.row, i.found) for i in issues] == [("duplicate_key", 2, "A")]


def test_duplicate_keys_are_shown_in_words() -> None:
    table = Table("t", "T", "T", key=("day", "at", "on"), columns=(
        Column("day", Date(), "Jour", "Day"), Column("at", Time(), "Heure", "Time"), Column("on", Flag(), "Actif", "On")))  # fmt: skip
    frame, _ = read_rows(table, [{"day": "1/2/2027", "at": "6h", "on": "x"}] * 2)
    issue = check_keys(table, frame)[0]
    assert "01/02/2027 · 06h00 · oui" in explain(issue, "fr") and "2027-02-01 · 06:00 · yes" in explain(issue, "en")


def test_broken_references_and_their_nearest() -> None:
    frame = towns(("LAGORD",), ("Nieul", None, "lagord"), ("Esnandes", None, "Niel"), ("Marsilly", None, "zzz"), ("Angoulins", None, "LAGORD"))
    issues = check_refs(TOWNS, frame, {"towns": frame}, {"towns": "town"})
    assert [(i.row, i.found, dict(i.args)["close"]) for i in issues] == [(1, "lagord", "LAGORD"), (2, "Niel", "Nieul"), (3, "zzz", "")]
    french = describe(named(issues, [TOWNS])[1], "fr")
    assert "«\u00a0Villes\u00a0»" in french and "«\u00a0Nieul\u00a0»" in french and "towns" not in french


def test_a_code_that_could_not_be_read_is_told_once() -> None:
    frame = towns((None,), ("B", None, "A"), ("C", None, "A"))  # A is what stood, unreadable, in the first row
    assert check_refs(TOWNS, frame, {"towns": frame}, {"towns": "town"}) == []
    more = towns((None,), ("B", None, "A"), ("C", None, "Z"))
    assert len(check_refs(TOWNS, more, {"towns": more}, {"towns": "town"})) == 2


def test_closest() -> None:
    assert closest("lr-01", ["LR 02", "LR 01"]) == "LR 01"
    assert closest("xyz", ["LR 01"]) == ""


def test_check_finds_what_is_missing() -> None:
    table = Table("t", "T", "T", columns=(Column("a", Decimal(), "A", "A", required=True),))
    assert [i.code for i in check([table], {"t": table.frame([{"a": None}, {"a": 1.0}])})] == ["required_missing"]


def test_findings_speak_in_titles() -> None:
    issue = Issue.error("broken_reference", table="towns", row=0, column="twin")
    made = dict(named([issue], [TOWNS])[0].args)
    assert (made["column_fr"], made["column_en"]) == ("Jumelle", "Twin")
    assert named([Issue.error("wrong_cost")], [TOWNS]) == [Issue.error("wrong_cost")]


@pytest.mark.parametrize("seed", range(5))
def test_random_tables_pass_the_checks(seed: int) -> None:
    frames = random_frames(TABLES, np.random.default_rng(seed))
    assert check(TABLES, frames) == []
    assert all(equal(table, frames[table.name], frames[table.name].copy()) for table in TABLES)
    assert sum(len(frame) for frame in frames.values()) > len(TABLES)


def test_equality_sees_every_cell() -> None:
    left = towns(("A", 1, None), ("B", None, "A"))
    assert equal(TOWNS, left, left.copy())
    assert not equal(TOWNS, left, towns(("A", 1, None), ("B", 0, "A")))
    assert not equal(TOWNS, left, left.iloc[:1])


def test_unknown_columns_are_a_programming_error() -> None:
    with pytest.raises(KeyError):
        TOWNS.frame([{"mayor": "x"}])
    with pytest.raises(KeyError):
        TOWNS.column("mayor")
