"""Both languages are complete: every finding that the code can emit has its sentence, with the same figures."""

import ast
import math
import re
import string
from pathlib import Path

import pytest

from planner.catalog import PARAMETERS
from planner.i18n import CODED, NAMES, as_title, catalogue, describe, euros, number, numbered, percent, spoken, text
from planner.issues import Issue
from planner.kinds import DAYS
from planner.plan import Status
from planner.problems.purchasing.tables import TIERS
from planner.problems.routes.tables import CATEGORIES, HYGIENE, TEMPERATURES
from planner.report.tables import ISSUES

PACKAGE = Path(__file__).resolve().parent.parent / "planner"
FACTORIES = {"error", "warning", "info", "of"}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def emitted() -> set[str]:
    """Codes of every Issue made in the sources: Issue("code"…), Issue.error("code"…), Unreadable("code"), wrong("code")."""
    codes: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
                continue
            call = node.func
            named = isinstance(call, ast.Name) and call.id in ("Issue", "Unreadable", "wrong", "fault")
            made = isinstance(call, ast.Attribute) and call.attr in FACTORIES - {"of"} and isinstance(call.value, ast.Name) and call.value.id == "Issue"
            if (named or made) and node.args[0].value:
                codes.add(node.args[0].value)
            codes |= {k.value.value for k in node.keywords if k.arg == "fault" and isinstance(k.value, ast.Constant) and k.value.value}
    return codes


def message_keys() -> set[str]:
    keys: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for found in re.finditer(r"Message(?:\.of)?\(\s*\"([a-z_.]+)\"", path.read_text(encoding="utf-8")):
            keys.add(found[1])
    return keys


def test_every_finding_has_its_sentence() -> None:
    codes = emitted()
    assert len(codes) > 20
    assert sorted(code for code in codes if f"issue.{code}" not in catalogue()) == []


def test_every_message_has_its_sentence() -> None:
    assert sorted(key for key in message_keys() if key not in catalogue()) == []


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_both_languages_say_the_same_figures(key: str) -> None:
    french, english = catalogue()[key]
    assert french.strip() and english.strip()
    assert fields(french) == fields(english)


def test_no_french_word_left_in_english() -> None:
    """A cheap net for half-translated texts: an English text holds no typically French function word."""
    bad = re.compile(r"\b(le|les|des|une|est|dans|pour|avec|cuisine|lot attribué|tournée)\b", re.I)
    quoted = re.compile(r"“[^”]*”|«[^»]*»|`[^`]*`")
    assert [key for key, (_, english) in catalogue().items() if bad.search(quoted.sub("", english))] == []


def test_every_status_has_its_words() -> None:
    assert all(f"status.{status}" in catalogue() for status in Status)


def test_numbers_as_each_reader_writes_them() -> None:
    assert number(1234567.891, "fr", 2) == "1\u202f234\u202f567,89"
    assert number(1234567.891, "en", 2) == "1,234,567.89"
    assert number(-0.001, "fr", 2) == "0,00"
    assert euros(-1234.5, "en") == "-€1,234" or euros(-1234.5, "en") == "-€1,235"
    assert euros(1234, "fr") == "1\u202f234\u00a0€"
    assert (number(math.inf, "fr", 1), text("cli.turn", "en", number=math.inf, of=-math.inf)) == ("∞", "computation ∞ of -∞")


def test_a_finding_reads_whole() -> None:
    issue = Issue.error("wrong_cost", claimed=10.0, right=12.5).at("Coûts", "B2")
    assert describe(issue, "fr") == "Coûts, cellule B2\u00a0: Le plan annonce 10\u00a0€\u00a0; recalculé\u00a0: 12,50\u00a0€."
    assert describe(issue, "en") == "Coûts, cell B2: The plan claims €10; recomputed: €12.50."


@pytest.mark.parametrize(("lang", "name"), [("fr", "Mardi\u00a0: "), ("en", "Tuesday: ")])
def test_days_are_named(lang: str, name: str) -> None:
    assert describe(Issue.error("routes_fleet_too_small", day="tue", site="S", need=3.0, have=1.0), lang).startswith(name)


FAMILIES = {"class": HYGIENE, "temperature": TEMPERATURES, "category": CATEGORIES, "day": DAYS}


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", sorted(CODED))
def test_every_code_in_a_finding_is_named(name: str, lang: str) -> None:
    """By the name that the column has for it (days: in full), alone and joined in each of the ways that findings join codes."""
    options = FAMILIES[CODED[name]]
    said = {option.code: str(spoken(((name, option.code),), lang)[name]) for option in options}
    for option in options:
        label = option.fr if lang == "fr" else option.en
        assert said[option.code] == label or (CODED[name] == "day" and said[option.code].lower().startswith(label.lower()) and len(said[option.code]) >= 5)
    a, b, c = [said[option.code] for option in options[:3]]
    joined = {"fr": f"{a}, {b} et {c}", "en": f"{a}, {b} and {c}"}[lang]
    codes = [option.code for option in options[:3]]
    assert spoken(((name, "+".join(codes)),), lang)[name] == spoken(((name, ", ".join(codes)),), lang)[name] == joined
    assert spoken(((name, f"{codes[0]} · V · 1"),), lang)[name] == f"{a} · V · 1"
    assert spoken(((name, "Q + something"),), lang)[name] == "Q + something"


@pytest.mark.parametrize("name", sorted(CODED))
def test_no_sentence_shows_a_code_to_a_french_reader(name: str) -> None:
    """Every finding of the catalogue that mentions a coded argument names it."""
    keys = [key.removeprefix("issue.") for key, (french, _) in catalogue().items() if key.startswith("issue.routes_") and not key.endswith(".mend") and name in fields(french)]
    for code in keys:
        for option in FAMILIES[CODED[name]]:
            if option.code != option.fr:
                said = describe(Issue.error(code, **{name: f"{option.code} · V" if name == "which" else option.code}), "fr")
                assert not re.search(rf"\b{option.code}\b", said, re.I), said


@pytest.mark.parametrize("lang, name", [("fr", "V n°\u00a02"), ("en", "V no.\u00a02")])
def test_a_vehicle_has_its_number_in_the_reader_s_language(lang: str, name: str) -> None:
    assert name in describe(Issue.error("routes_duty", vehicle="V n° 2", day="mon", minutes=700, limit=600), lang)
    assert numbered("V", 2, lang) == name


def test_a_number_within_a_vehicle_s_own_code_stays_as_the_user_wrote_it() -> None:
    assert spoken((("vehicle", "Benne n° 3 n° 2"),), "en")["vehicle"] == "Benne n° 3 no.\u00a02"
    assert spoken((("vehicle", "Quai n° A"),), "en")["vehicle"] == "Quai n° A"


def test_days_of_one_problem_are_told_together() -> None:
    issue = Issue.error("routes_unserved", day="mon+tue", flow="F", origin="O", destination="P", quantity=2.0)
    assert describe(issue, "fr").startswith("Lundi et mardi\u00a0: le flux F ")
    assert describe(issue, "en").startswith("Monday and Tuesday: flow F ")


def test_a_file_name_as_a_title() -> None:
    assert as_title("la_rochelle_rochefort · repas -10 %") == "La Rochelle Rochefort · repas -10 %"
    assert as_title("epsm_nord_pas_de_calais") == "EPSM Nord Pas de Calais"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_figure_says_its_unit(lang: str) -> None:
    """Headings of today's routes and of the discounts obtained, where figures of several units stand side by side."""
    assert [text(f"current.{name}", lang).endswith("(min)") for name in ("minutes_late", "overrun")] == [True, True]
    assert "km" in text("current.empty_km", lang) and {"fr": "épargnés", "en": "saved"}[lang] in text("analyses.move.km", lang)
    assert all(TIERS.column(name).title(lang).endswith({"fr": "(€, unités ou lots)", "en": "(€, units or lots)"}[lang]) for name in ("base", "threshold"))


def test_a_parameter_is_called_by_its_name_in_a_sentence() -> None:
    codes = {parameter.code for parameter in PARAMETERS if "_" in parameter.code}
    assert [key for key, pair in catalogue().items() for said in pair if codes & set(re.findall(r"\w+", re.sub(r"\{\w+\}", "", said)))] == []


def test_no_code_stands_among_the_findings_of_a_workbook() -> None:
    assert "code" not in ISSUES.names


@pytest.mark.parametrize("key", sorted(key for key in catalogue() if not key.startswith(NAMES)))
def test_no_line_begins_with_a_sign_or_parts_a_number_from_its_mark(key: str) -> None:
    french, english = (text(key, lang) for lang in ("fr", "en"))
    assert not re.search(r"« | »| [;:?!](?:\s|$)| %(?:[\s.,;:)]|$)", french) and "n° {" not in french and "no. {" not in english
    assert not re.search(r"[\d}] %(?:[\s.,;:)]|$)", english)


def test_a_share_is_written_one_way() -> None:
    assert (percent(7.46, "fr", 1), percent(7.0, "en"), text("current.cost", "en", cost=1, routes=1, km=1, empty=1, share="7")[-4:]) == ("7,5\u00a0%", "7%", "7%).")
