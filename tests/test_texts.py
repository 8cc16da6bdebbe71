"""Both languages are complete: every finding that the code can emit has its sentence, with the same figures."""

import ast
import re
import string
from pathlib import Path

import pytest

from planner.i18n import as_title, catalogue, describe, euros, number
from planner.issues import Issue
from planner.plan import Status

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


def test_a_finding_reads_whole() -> None:
    issue = Issue.error("wrong_cost", claimed=10.0, right=12.5).at("Coûts", "B2")
    assert describe(issue, "fr") == "Coûts, cellule B2 : Le plan annonce 10 € ; recalculé : 12,50 €."
    assert describe(issue, "en") == "Coûts, cell B2: The plan claims €10; recomputed: €12.50."


@pytest.mark.parametrize(("lang", "name"), [("fr", "Mardi : "), ("en", "Tuesday: ")])
def test_days_are_named(lang: str, name: str) -> None:
    assert describe(Issue.error("routes_fleet_too_small", day="tue", site="S", need=3.0, have=1.0), lang).startswith(name)


def test_a_file_name_as_a_title() -> None:
    assert as_title("la_rochelle_rochefort · repas -10 %") == "La Rochelle Rochefort · Repas -10 %"
    assert as_title("epsm_nord_pas_de_calais") == "EPSM Nord Pas de Calais"
