"""What each kind of column reads, refuses, and shows again."""

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.kinds import DAYS, MARKS, Choice, Clock, Code, Date, Decimal, Flag, Integer, Kind, Ref, Several, Text, Time, options
from planner.typed import Unreadable, as_seen, fold, number, plain

SIGNS = options(("=", "=", "="), ("+", "+", "+"), ("*", "×", "×"))


def code_of(kind: Kind, raw: Any, unit: str = "") -> str:
    with pytest.raises(Unreadable) as caught:
        kind.parse(raw, unit)
    return caught.value.code


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 234,56", 1234.56), ("1\u00a0234,56", 1234.56), ("1\u202f234,56", 1234.56), ("1\u2009234\u2009567", 1234567), ("1'234.5", 1234.5),
        ("1,234.56", 1234.56), ("1.234,56", 1234.56), ("12,5", 12.5), ("12.5", 12.5), (",5", 0.5), ("-3", -3), ("−3", -3), ("+4", 4),
        ("1.234.567", 1234567), ("1e3", 1000), ("12,5 %", 0.125), ("12.5%", 0.125), ("3 €", 3), ("1 200,00 €", 1200), (" 7 ", 7),
        (7, 7), (np.int64(7), 7), (np.float64(0.1), 0.1), (0.1 + 0.2, 0.3),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(typed: Any, value: float) -> None:
    assert number(typed) == value


@pytest.mark.parametrize("typed", ["", "abc", "12 34", "1,2,3", "1.2.3", "3 k€", "1-2", "--1", "1/2", "NaN", "inf", True, None, math.nan, math.inf, 1.7976931348623157e308, "1e999", dt.date(2026, 1, 1)])
def test_what_is_no_number(typed: Any) -> None:
    with pytest.raises(Unreadable):
        number(typed)


@given(st.floats(-1e300, 1e300))
def test_numbers_keep_fifteen_digits(value: float) -> None:
    assert number(value) == float(f"{value:.15g}")
    assert number(f"{number(value):.15g}") == number(value)


def test_percent_counts_in_the_unit_of_its_column() -> None:
    assert Decimal(0, 100).parse("12,5 %", "%") == 12.5
    assert Decimal(0, 100).parse("12,5", "%") == 12.5
    assert Decimal(0, 1).parse("12,5 %", "") == 0.125


def test_a_number_may_carry_the_unit_of_its_column() -> None:
    assert Decimal().parse("12 km", "km") == 12
    assert Decimal().parse("3,5 €/repas", "€/repas") == 3.5
    assert code_of(Decimal(), "12 h", "km") == "bad_type"


def test_bounds_are_included() -> None:
    assert Decimal(0, 10).parse(10) == 10 and Decimal(0, 10).parse("0") == 0
    assert code_of(Decimal(0, 10), 10.001) == code_of(Decimal(0, 10), -0.001) == "out_of_bounds"
    assert code_of(Integer(1, 7), 8) == "out_of_bounds"


def test_whole_numbers() -> None:
    assert Integer().parse("1 200") == 1200 and isinstance(Integer().parse(3.0), int)
    assert Integer().parse(0.1 * 30) == 3  # a formula leaves 3.0000000000000004
    assert code_of(Integer(), "2,5") == "not_whole"
    assert code_of(Integer(), 1e17) == "not_whole"  # beyond what a workbook can hold exactly


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  x ", "x"), (" x\u00a0", "x"), ("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("'abc", "'abc"), ("=1+1", "=1+1"), ("1e5", "1e5"), ("TRUE", "TRUE"), ("06h30", "06h30"),
     (12.0, "12"), (0.1 + 0.2, "0.3"), (True, "VRAI"), (dt.datetime(2026, 12, 31), "2026-12-31"), (dt.time(6, 30), "06:30:00"), ("a\x01b\x1f", "ab"), ("a\ud800b", "ab"), ("🚚", "🚚")],
)  # fmt: skip
def test_texts_stay_as_typed(typed: Any, kept: str) -> None:
    assert Text().parse(typed) == kept


def test_texts_and_codes_have_limits() -> None:
    assert Text(max_length=3).parse("abc ") == "abc"
    assert code_of(Text(max_length=3), "abcd") == "too_long"
    assert Code().parse("010000024") == "010000024"
    assert Code().parse(10000024.0) == "10000024"
    assert code_of(Code(), "a;b") == code_of(Code(), "a\nb") == "bad_code"


@pytest.mark.parametrize("typed", ["oui", "Oui ", "VRAI", "vrai", "x", "X", "yes", "TRUE", "1", 1, 1.0, True, "✓", "O", "y"])
def test_yes(typed: Any) -> None:
    assert Flag().parse(typed) is True


@pytest.mark.parametrize("typed", ["non", "NON", "FAUX", "no", "n", "0", 0, 0.0, False, "-", "–"])
def test_no(typed: Any) -> None:
    assert Flag().parse(typed) is False


def test_neither_yes_nor_no() -> None:
    assert code_of(Flag(), "peut-être") == code_of(Flag(), 2) == "bad_type"


@pytest.mark.parametrize(
    "typed",
    ["31/12/2026", "31-12-2026", "31.12.26", "31/12/26", "2026-12-31", "2026-12-31 00:00:00", "2026-12-31T00:00:00", "31 décembre 2026", "31 DEC. 2026", "31 December 2026", 46387, 46387.0,
     dt.date(2026, 12, 31), dt.datetime(2026, 12, 31, 8)],
)  # fmt: skip
def test_dates(typed: Any) -> None:
    assert Date().parse(typed) == dt.date(2026, 12, 31)


def test_first_of_the_month() -> None:
    assert Date().parse("1er août 2027") == Date().parse("1 aout 2027") == dt.date(2027, 8, 1)


@pytest.mark.parametrize("typed", ["31/02/2027", "12/31/2026", "demain", "2026", 0, 99999, "01/01/1850", True, "3 toto 2026"])
def test_no_dates(typed: Any) -> None:
    assert code_of(Date(), typed) == "bad_type"


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("06h30", 390), ("6:30", 390), ("6h", 360), ("6 h 30", 390), ("06H30", 390), ("6h30mn", 390), ("6 heures 30", 390), ("06:30:00", 390), ("6:30 PM", 1110), ("12:15 am", 15), ("24:00", 1440),
     (0.25, 360), (1, 1440), (0, 0), (dt.time(6, 30), 390), (dt.time(6, 29, 59), 390), (dt.timedelta(hours=24), 1440), (dt.datetime(1899, 12, 30, 6), 360), (dt.datetime(1900, 1, 1), 1440)],
)  # fmt: skip
def test_times(typed: Any, minutes: int) -> None:
    assert Time().parse(typed) == minutes


@pytest.mark.parametrize("typed", ["25h00", "6h75", "midi", 7, "13:00 pm", True, dt.datetime(2026, 1, 1, 6), -0.1, dt.timedelta(days=2)])
def test_no_times(typed: Any) -> None:
    assert code_of(Time(), typed) == "bad_type"


@pytest.mark.parametrize("typed", ["06:25:48", "6h25:48", dt.time(6, 25, 48), dt.timedelta(seconds=23148, milliseconds=2), dt.datetime(1899, 12, 30, 6, 25, 48), 385.8, "385,8", "385,8 min"])
def test_times_of_plans_are_kept_to_the_second(typed: Any) -> None:
    assert Clock().parse(typed) == 23148 / 60 and Clock().shown(23148 / 60) == "06:25:48"


def test_choices_by_code_or_name_of_either_language() -> None:
    kind = Choice(MARKS)
    assert {kind.parse(typed) for typed in ("sourced", "Sourcé", "SOURCE ", "sourcé")} == {"sourced"}
    assert code_of(kind, "deviné") == "unknown_choice"


def test_signs_are_told_apart() -> None:
    kind = Choice(SIGNS)
    assert [kind.parse(typed) for typed in ("=", "+", "×", "*")] == ["=", "+", "*", "*"]
    assert code_of(kind, "-") == "unknown_choice"  # folds to nothing, as * does


def test_several_choices() -> None:
    kind = Several(DAYS)
    assert kind.parse("ven, lun ; Mer") == ("mon", "wed", "fri")
    assert kind.parse("lun-ven") == kind.parse("Mon to Fri") == kind.parse("lun au ven") == ("mon", "tue", "wed", "thu", "fri")
    assert kind.parse("sam et dim") == ("sat", "sun")
    assert kind.parse(("mon", "tue")) == ("mon", "tue")
    assert code_of(kind, "lun, férié") == code_of(kind, "ven-lun") == "unknown_choice"


@pytest.mark.parametrize("kind", [Text(), Code(), Ref(table="sites"), Decimal(-5, 5), Decimal(), Clock(), Integer(0, 3), Flag(), Date(), Choice(MARKS), Several(DAYS)])
def test_samples_read_as_themselves(kind: Kind) -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        value = kind.sample(rng)
        assert kind.parse(value) == value


def test_times_read_as_the_fraction_of_a_day_that_cells_hold() -> None:
    assert [Time().parse(minutes / 1440) for minutes in range(1441)] == list(range(1441))


def test_fold() -> None:
    assert fold("  Établissement_(support) ") == "etablissement support" == fold("ETABLISSEMENT  support")
    assert fold("Cœur") == "coeur"


def test_what_a_reader_sees() -> None:
    assert (as_seen(12.5, "fr"), as_seen(12.5, "en"), as_seen(12.0, "fr")) == ("12,5", "12.5", "12")
    assert (as_seen(dt.datetime(2026, 5, 1), "fr"), as_seen(dt.datetime(2026, 5, 1), "en")) == ("01/05/2026", "2026-05-01")
    assert plain(dt.datetime(2026, 5, 1)) == "2026-05-01"
