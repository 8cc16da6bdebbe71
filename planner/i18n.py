"""French and English: the catalogue of texts, numbers and findings as each reader writes them.

Texts live in `planner.texts.*`, one module per area, each with `TEXTS = {key: (French, English)}`.
"""

from __future__ import annotations

import importlib
import locale
import math
import os
import pkgutil
import re
from collections.abc import Mapping
from functools import cache

from planner import texts
from planner.issues import Args, Issue, Message, Severity, Value

LANGUAGES = ("fr", "en")
ACRONYMS = frozenset({"ch", "chu", "epsm", "ghu", "ght", "gcs", "gip"})
SMALL_WORDS = frozenset({"de", "des", "du", "et", "sur", "and", "of"})
THIN = "\u202f"  # narrow no-break space: French digit grouping
NBSP = "\u00a0"
NAMES = "members."  # texts that become labels of variants, which are compared as typed
CODED = {  # arguments that hold codes (alone, or joined as below), and the family of texts that names these
    "day": "day", "days": "day", "others": "day", "which": "day", "hygiene": "class", "dirtier": "class", "first": "class", "second": "class",
    "temperature": "temperature", "category": "category",
}  # fmt: skip
NUMBERED = ("vehicle", "other")  # arguments that hold a name with its number, as `Duty.name` of the routes writes it


@cache
def catalogue() -> Mapping[str, tuple[str, str]]:
    """All texts of all areas; a key given twice is a programming error."""
    joined: dict[str, tuple[str, str]] = {}
    for module in pkgutil.iter_modules(texts.__path__):
        for key, pair in importlib.import_module(f"planner.texts.{module.name}").TEXTS.items():
            if key in joined:
                raise ValueError(f"text {key!r} is given twice")
            joined[key] = pair
    return joined


def language(asked: str | None = None) -> str:
    """The language asked for, else that of the environment's locale; French when it says neither."""
    if asked in LANGUAGES:
        return str(asked)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "fr"
    try:
        return "en" if (locale.getlocale()[0] or "").lower().startswith("en") else "fr"
    except ValueError:
        return "fr"


def number(value: float, lang: str, decimals: int = 0) -> str:
    """`1 234,56` or `1,234.56`; minus zero is zero; `∞`."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    shown = f"{value:,.{decimals}f}"
    if float(shown.replace(",", "")) == 0:
        shown = shown.lstrip("-")
    return shown if lang == "en" else shown.replace(",", THIN).replace(".", ",")


def euros(value: float, lang: str, decimals: int = 0) -> str:
    """`1 234 €` or `€1,234`."""
    if lang == "en":
        return f"{'-' if value < 0 else ''}€{number(abs(value), lang, decimals)}"
    return f"{number(value, lang, decimals)}\u00a0€"


def percent(value: float, lang: str, decimals: int = 0) -> str:
    """`7,5 %` or `7.5%`."""
    return f"{number(value, lang, decimals)}{'' if lang == 'en' else NBSP}%"


def _value(value: Value, lang: str) -> str:
    if isinstance(value, float):
        whole = math.isfinite(value) and abs(value - round(value)) < 1e-9
        return number(value, lang, 0 if whole else 2)
    return str(value)


def text(key: str, lang: str, **args: Value) -> str:
    """The text of a key with its values; a missing key is shown as itself so that nothing is hidden."""
    pair = catalogue().get(key)
    if pair is None:
        return key if not args else f"{key} ({', '.join(f'{k}={_value(v, lang)}' for k, v in args.items())})"
    said = pair[LANGUAGES.index(lang)]
    return (said if key.startswith(NAMES) else _typeset(said, lang)).format_map(_Values({k: _value(v, lang) for k, v in args.items()}))


@cache
def _typeset(said: str, lang: str) -> str:
    """A text whose signs stay on the line of what they belong to: guillemets and `: ; ? ! %` in French, the number after `n°` or `no.`; English has none before `%`."""
    said = re.sub(r"(\bn°|\bno\.) (?=[{\d])", rf"\1{NBSP}", said)
    if lang == "en":
        return re.sub(r"(?<=[\d}]) %(?=[\s.,;:)]|$)", "%", said)
    return re.sub(r"(?<=«) | (?=»)| (?=[;:?!€](?:\W|$))| (?=%(?:[\s.,;:)]|$))", NBSP, said)


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def spoken(args: Args, lang: str) -> dict[str, Value]:
    """Arguments for one reader: `x_fr` and `x_en` become `x`, `fr` and `en` become `list`; codes are named (see CODED)."""
    mine = {key: value for key, value in args if key.rpartition("_")[2] not in LANGUAGES}
    for key, value in args:
        stem, _, tongue = key.rpartition("_")
        if tongue == lang:
            mine[stem or "list"] = value
    for key, family in CODED.items():
        if isinstance(mine.get(key), str):
            mine[key] = in_words(str(mine[key]), family, lang)
    for key in NUMBERED:
        if isinstance(mine.get(key), str):
            name, mark, last = str(mine[key]).rpartition(" n° ")
            mine[key] = numbered(name, last, lang) if mark and last.isdecimal() else str(mine[key])
    return mine


def numbered(name: str, number: int | str, lang: str) -> str:
    """`Fourgon n° 2` or `Fourgon no. 2`."""
    return text("vehicle.numbered", lang, name=name, number=number)


def in_words(codes: str, family: str, lang: str) -> str:
    """Codes by their names: "mon+tue" or "mon, tue" are Monday and Tuesday; of "mon · V · 1" the codes; anything else stays."""
    if " · " in codes:
        return " · ".join(in_words(part, family, lang) for part in codes.split(" · "))
    keys = [f"{family}.{code}" for code in codes.replace("+", ", ").split(", ")]
    if not all(key in catalogue() for key in keys):
        return codes
    *before, last = (text(key, lang) for key in keys)
    return f"{', '.join(before)} {text('list.and', lang)} {last}" if before else last


def message(msg: Message, lang: str) -> str:
    """A Message as a sentence part."""
    return text(msg.key, lang, **spoken(msg.args, lang))


def place(issue: Issue, lang: str) -> str:
    """Where a finding stands: « Sites, cellule D12 (Latitude) »; empty for a finding about a whole plan."""
    column = spoken(issue.args, lang).get("column")
    if issue.sheet and issue.cell and column and issue.row is not None:
        return text("issue.place.column", lang, sheet=issue.sheet, cell=issue.cell, column=column)
    if issue.sheet and issue.cell:
        return text("issue.place.cell", lang, sheet=issue.sheet, cell=issue.cell)
    if issue.sheet:
        return text("issue.place.sheet", lang, sheet=issue.sheet)
    return ""


def _figures(issue: Issue, lang: str) -> dict[str, Value]:
    """Everything that the sentences of a finding may mention."""
    return {"found": issue.found, "column": issue.column, **spoken(issue.args, lang), "expected": expected(issue, lang)}


def found(issue: Issue, lang: str) -> str:
    """What stands in the cell, as the reader knows it."""
    return str(spoken(issue.args, lang).get("found", issue.found))


def expected(issue: Issue, lang: str) -> str:
    """What would have been right; empty where it is not known."""
    return message(issue.expected, lang) if issue.expected else ""


def explain(issue: Issue, lang: str) -> str:
    """What is wrong, with what was found and what is expected."""
    said = text(f"issue.{issue.code}", lang, **_figures(issue, lang))
    opening = catalogue().get(f"issue.{issue.code}", ("", ""))[LANGUAGES.index(lang)].startswith("{day}")
    return said[:1].upper() + said[1:] if opening else said


def mend(issue: Issue, lang: str) -> str:
    """How to mend it; empty when nothing needs mending. A near miss (`close`) has its own sentence where there is one."""
    key = f"issue.{issue.code}.mend"
    if dict(issue.args).get("close") and f"{key}_close" in catalogue():
        key = f"{key}_close"
    return text(key, lang, **_figures(issue, lang)) if key in catalogue() else ""


def describe(issue: Issue, lang: str) -> str:
    """The whole finding on one line: place, what is wrong, how to mend it."""
    where = place(issue, lang)
    parts = [f"{where}{NBSP}: " if where and lang == "fr" else f"{where}: " if where else "", explain(issue, lang)]
    hint = mend(issue, lang)
    return "".join(parts) + (f" {hint}" if hint else "")


def as_title(name: str) -> str:
    """A file's name as a title: `epsm_nord_pas_de_calais` is « EPSM Nord Pas de Calais »; labels after it stay as written."""
    name, dot, labels = name.partition(" · ")
    words = name.replace("_", " ").split()
    return " ".join(
        word.upper() if word in ACRONYMS else word if word in SMALL_WORDS and place else word[:1].upper() + word[1:] for place, word in enumerate(words)
    ) + dot + labels


def severity(value: Severity, lang: str) -> str:
    return text(f"severity.{value}", lang)
