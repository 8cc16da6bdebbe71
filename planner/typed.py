"""What people type, as text and numbers: how they write numbers, how texts compare, how a raw value is shown again."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata

import numpy as np

BLANKS = "\u00a0\u202f\u2009\u2007\u200b\ufeff \t\n"  # what stands around a text without being part of it
SPACES = "\u00a0\u202f\u2009\u2007 \t'\u2019"  # what people put between the digits of a number
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what no XML file may hold
EPOCH = dt.date(1899, 12, 30)  # day 0 of Excel's serial dates
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "january", "janv", "jan"), ("fevrier", "february", "fevr", "feb"), ("mars", "march", "mar"),
            ("avril", "april", "avr", "apr"), ("mai", "may"), ("juin", "june", "jun"),
            ("juillet", "july", "juil", "jul"), ("aout", "august", "aug"), ("septembre", "september", "sept", "sep"),
            ("octobre", "october", "oct"), ("novembre", "november", "nov"), ("decembre", "december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip


def plain(raw: object) -> str:
    """Any raw value as text: whole numbers without `.0`, days without midnight, 15 significant digits."""
    if isinstance(raw, bool | np.bool_):
        return "VRAI" if raw else "FAUX"
    if isinstance(raw, float | np.floating):
        value = float(raw)
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(raw, dt.datetime) and raw.time() == dt.time():
        raw = raw.date()
    return str(raw)


def as_seen(raw: object, lang: str) -> str:
    """A raw value as a reader of that language sees it in a cell."""
    if isinstance(raw, float | np.floating) and lang == "fr":
        return plain(raw).replace(".", ",")
    if isinstance(raw, dt.datetime) and raw.time() != dt.time():
        return f"{raw:%d/%m/%Y %H:%M}" if lang == "fr" else f"{raw:%Y-%m-%d %H:%M}"
    if isinstance(raw, dt.date):
        return f"{raw:%d/%m/%Y}" if lang == "fr" else f"{raw:%Y-%m-%d}"
    return plain(raw)


class Unreadable(ValueError):
    """A raw value that its column cannot take; `code` is the finding's code."""

    def __init__(self, code: str = "bad_type", **args: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.args_ = args


def fold(text: str) -> str:
    """Text as compared by people: no accents, no case, one space, no decoration."""
    plain = unicodedata.normalize("NFKD", str(text).replace("œ", "oe").replace("Œ", "OE"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[\s_\-–—'’*:.()\[\]]+", " ", plain).strip()


def number(raw: object) -> float:
    """A number as French or English people write it: `1 234,56`, `1,234.56`, `12,5 %` (0.125), `3 k€` no.

    Raises Unreadable. A comma alone is a decimal comma; of two different marks the last is the decimal one.
    Kept to 15 significant digits, as workbooks do, so that writing and reading again changes nothing.
    """
    if isinstance(raw, bool | np.bool_):
        raise Unreadable
    if isinstance(raw, int | float | np.integer | np.floating):
        return _kept(float(raw))
    if not isinstance(raw, str):
        raise Unreadable
    text = raw.strip(SPACES).replace("−", "-")
    percent = text.endswith("%")
    text = re.sub(r"(€|%|eur|euros?)$", "", text, flags=re.I).strip(SPACES)
    text = re.sub(f"(?<=\\d)[{SPACES}](?=\\d{{3}}(\\D|$))", "", text)
    if not re.fullmatch(r"[+-]?(\d[\d.,]*|[.,]\d+)([eE][+-]?\d+)?", text):
        raise Unreadable
    dot, comma = text.rfind("."), text.rfind(",")
    if dot >= 0 and comma >= 0:
        text = text.replace("," if dot > comma else ".", "")
    for mark in ".,":
        if text.count(mark) > 1:
            if not re.fullmatch(rf"[+-]?\d{{1,3}}(\{mark}\d{{3}})+", text):
                raise Unreadable
            text = text.replace(mark, "")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise Unreadable from None
    return _kept(value / 100 if percent else value)


def _kept(value: float) -> float:
    kept = float(f"{value:.15g}")
    if not math.isfinite(kept):
        raise Unreadable
    return kept
