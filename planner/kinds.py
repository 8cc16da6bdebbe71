"""The kinds a column can be: how each reads what people type, says what it expects, and shows itself again.

A kind turns one raw value (text, number, date, boolean as a workbook or a browser gives it) into one
Python value, or raises `Unreadable` with the code of the finding. Missing values never reach a kind.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from planner.issues import Message
from planner.typed import BLANKS, CONTROL, EPOCH, MONTHS, SPACES, Unreadable, fold, number, plain


@dataclass(frozen=True)
class Kind:
    """Base of all kinds. `dtype`: pandas type of the column."""

    @property
    def dtype(self) -> str:
        return "object"

    @property
    def is_number(self) -> bool:
        return False

    def parse(self, raw: Any, unit: str = "") -> Any:
        raise NotImplementedError

    def expected(self) -> Message:
        raise NotImplementedError

    def sample(self, rng: np.random.Generator) -> Any:
        """A random value of this kind, for property tests."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Kind):
    """Free text, kept as typed but for the spaces around it."""

    max_length: int = 2000

    def parse(self, raw: Any, unit: str = "") -> str:
        text = CONTROL.sub("", plain(raw).replace("\r\n", "\n").replace("\r", "\n")).strip(BLANKS)
        if len(text) > self.max_length:
            raise Unreadable("too_long", length=len(text), limit=self.max_length)
        return text

    def expected(self) -> Message:
        return Message.of("expected.text", limit=self.max_length)

    def sample(self, rng: np.random.Generator) -> str:
        alphabet = list("abcdeéèàçœ ABC0123456789,;.'\"-=+@%&<>/€")
        text = "".join(rng.choice(alphabet, size=int(rng.integers(1, 20))))
        return self.parse(text) or "x"


@dataclass(frozen=True)
class Code(Text):
    """An identifier: text that may look like a number (`010000024`) and keeps its leading zeros."""

    max_length: int = 60

    def parse(self, raw: Any, unit: str = "") -> str:
        text = super().parse(raw)
        if re.search(r"[\n\t;]", text):
            raise Unreadable("bad_code")
        return text

    def expected(self) -> Message:
        return Message.of("expected.code", limit=self.max_length)

    def sample(self, rng: np.random.Generator) -> str:
        return f"{int(rng.integers(0, 10**6)):09d}" if rng.random() < 0.5 else f"K{int(rng.integers(0, 10**6))}-é"


@dataclass(frozen=True)
class Ref(Code):
    """The code of a row of another table."""

    table: str = ""

    def expected(self) -> Message:
        return Message.of("expected.ref", table=self.table)


@dataclass(frozen=True)
class Decimal(Kind):
    """A number with decimals, within bounds (both included)."""

    min: float | None = None
    max: float | None = None

    @property
    def dtype(self) -> str:
        return "float64"

    @property
    def is_number(self) -> bool:
        return True

    def _bounded(self, value: float) -> float:
        low, high = self.min, self.max
        if (low is not None and value < low) or (high is not None and value > high):
            raise Unreadable("out_of_bounds")
        return value

    def parse(self, raw: Any, unit: str = "") -> float:
        if isinstance(raw, str) and unit and unit != "%":
            raw = re.sub(rf"(?<=[\d.,])[{SPACES}]*{re.escape(unit)}$", "", raw.strip(BLANKS), flags=re.I)
        value = number(raw)
        if unit == "%" and isinstance(raw, str) and raw.strip(BLANKS).endswith("%"):
            value = float(f"{value * 100:.15g}")
        return self._bounded(value)

    def expected(self) -> Message:
        return _between("expected.number", self.min, self.max)

    def sample(self, rng: np.random.Generator) -> float:
        low = self.min if self.min is not None else -1000.0
        high = self.max if self.max is not None else max(low, 0.0) + 1e5
        return float(f"{rng.uniform(low, high):.6g}") if rng.random() < 0.9 else float(low)


@dataclass(frozen=True)
class Integer(Decimal):
    """A whole number, within bounds (both included)."""

    @property
    def dtype(self) -> str:
        return "Int64"

    def parse(self, raw: Any, unit: str = "") -> int:
        value = super().parse(raw, unit)
        if abs(value - round(value)) > 1e-9 or abs(value) > 2**53:  # a formula may leave 3.0000000000000004
            raise Unreadable("not_whole")
        return round(value)

    def expected(self) -> Message:
        return _between("expected.whole", self.min, self.max)

    def sample(self, rng: np.random.Generator) -> int:
        low = int(self.min if self.min is not None else -1000)
        high = int(self.max if self.max is not None else max(low, 0) + 100000)
        return int(rng.integers(low, high + 1))


@dataclass(frozen=True)
class Flag(Kind):
    """Yes or no, in any of the ways people tick a box."""

    YES = frozenset({"oui", "o", "vrai", "true", "yes", "y", "x", "1", "✓", "✔"})
    NO = frozenset({"non", "n", "faux", "false", "no", "0"})

    @property
    def dtype(self) -> str:
        return "boolean"

    def parse(self, raw: Any, unit: str = "") -> bool:
        if isinstance(raw, bool | np.bool_):
            return bool(raw)
        if isinstance(raw, int | float | np.integer | np.floating):
            raw = f"{raw:g}"
        text = fold(str(raw)) or str(raw).strip()
        if text in self.YES:
            return True
        if text in self.NO or str(raw).strip() in ("-", "–"):
            return False
        raise Unreadable

    def expected(self) -> Message:
        return Message.of("expected.flag")

    def sample(self, rng: np.random.Generator) -> bool:
        return bool(rng.random() < 0.5)


@dataclass(frozen=True)
class Date(Kind):
    """A day: a date cell, a serial number, or text (`31/12/2026`, `2026-12-31`, `1er janvier 2026`)."""

    def parse(self, raw: Any, unit: str = "") -> dt.date:
        if isinstance(raw, dt.datetime):
            raw = raw.date()
        if isinstance(raw, dt.date):
            return self._sane(raw)
        if isinstance(raw, bool):
            raise Unreadable
        if isinstance(raw, int | float | np.integer | np.floating):
            if not 1 <= float(raw) < 80000:
                raise Unreadable
            return self._sane(EPOCH + dt.timedelta(days=int(raw)))
        text = fold(str(raw)).replace("/", " ")
        text = re.sub(r"( 00 00( 00)?|t00 00 00)$", "", text)
        found = re.fullmatch(r"(\d{4}) (\d{1,2}) (\d{1,2})", text)
        if found:
            year, month, day = (int(g) for g in found.groups())
            return self._make(year, month, day)
        found = re.fullmatch(r"(\d{1,2})(?:er|e|st|nd|rd|th)? (\d{1,2}|[a-z]+) (\d{2}|\d{4})", text)
        if not found:
            raise Unreadable
        month_text = found[2]
        if month_text.isdigit():
            month = int(month_text)
        elif month_text in MONTHS:
            month = MONTHS[month_text]
        else:
            raise Unreadable
        year = int(found[3])
        return self._make(year + 2000 if year < 100 else year, month, int(found[1]))

    def _make(self, year: int, month: int, day: int) -> dt.date:
        try:
            return self._sane(dt.date(year, month, day))
        except ValueError:
            raise Unreadable from None

    @staticmethod
    def _sane(day: dt.date) -> dt.date:
        if not 1900 < day.year < 2200:
            raise Unreadable
        return day

    def expected(self) -> Message:
        return Message.of("expected.date")

    def sample(self, rng: np.random.Generator) -> dt.date:
        return dt.date(2020, 1, 1) + dt.timedelta(days=int(rng.integers(0, 7000)))


@dataclass(frozen=True)
class Time(Kind):
    """A time of day, stored as whole minutes after midnight (0 to 1440): `06h30`, `6:30`, `6h`, a time cell."""

    @property
    def dtype(self) -> str:
        return "Int64"

    def parse(self, raw: Any, unit: str = "") -> int:
        if isinstance(raw, dt.datetime):
            if raw.date() not in (EPOCH, dt.date(1900, 1, 1), dt.date(1899, 12, 31)):
                raise Unreadable
            if raw.date() != EPOCH and raw.time() == dt.time():
                return 1440  # 24:00 typed in a cell formatted as a time of day
            raw = raw.time()
        if isinstance(raw, dt.time):
            return raw.hour * 60 + raw.minute + (1 if raw.second >= 30 else 0)
        if isinstance(raw, dt.timedelta):
            return self._sane(round(raw.total_seconds() / 60))
        if isinstance(raw, bool):
            raise Unreadable
        if isinstance(raw, int | float | np.integer | np.floating):
            if not 0 <= float(raw) <= 1:
                raise Unreadable
            return self._sane(round(float(raw) * 1440))
        text = str(raw).strip(BLANKS).lower()
        found = re.fullmatch(r"(\d{1,2})\s*(?:heures?|h|:)\s*(\d{2})?(?::(\d{2}))?\s*(?:mn|min|m|(am|pm))?", text)
        if not found or int(found[2] or 0) > 59:
            raise Unreadable
        hour = int(found[1])
        if found[4]:
            if not 1 <= hour <= 12:
                raise Unreadable
            hour = hour % 12 + (12 if found[4] == "pm" else 0)
        return self._sane(hour * 60 + int(found[2] or 0))

    @staticmethod
    def _sane(minutes: int) -> int:
        if not 0 <= minutes <= 1440:
            raise Unreadable
        return minutes

    def expected(self) -> Message:
        return Message.of("expected.time")

    def sample(self, rng: np.random.Generator) -> int:
        return int(rng.integers(0, 1440))


@dataclass(frozen=True)
class Clock(Decimal):
    """A time of a plan, in minutes after midnight to the second: shown `06:25:48`, read from that, a time cell, or plain minutes."""

    def parse(self, raw: Any, unit: str = "") -> float:
        if isinstance(raw, dt.datetime) and raw.date() in (EPOCH, dt.date(1900, 1, 1), dt.date(1899, 12, 31)):
            raw = raw.time()
        if isinstance(raw, dt.time):
            raw = dt.timedelta(hours=raw.hour, minutes=raw.minute, seconds=raw.second, microseconds=raw.microsecond)
        if isinstance(raw, dt.timedelta):
            return round(raw.total_seconds()) / 60
        found = re.fullmatch(r"(\d{1,3})\s*[:h]\s*(\d{2})(?::(\d{2}))?", str(raw).strip(BLANKS).lower())
        if found:
            return (int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)) / 60
        minutes = super().parse(raw, "min")
        seconds = round(60 * minutes)
        return seconds / 60 if abs(60 * minutes - seconds) < 1e-3 else minutes

    def shown(self, minutes: float) -> str:
        """The time as a clock shows it."""
        seconds = round(60 * minutes)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def expected(self) -> Message:
        return Message.of("expected.time")

    def sample(self, rng: np.random.Generator) -> float:
        return int(rng.integers(0, 86400)) / 60


@dataclass(frozen=True)
class Option:
    """One choice: its code in the data, its name in both languages."""

    code: str
    fr: str
    en: str


@cache
def _names(choices: tuple[Option, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Code by exact name and by folded name; a name that folds to nothing (`*`) only counts as written."""
    exact = {name: option.code for option in choices for name in (option.code, option.fr, option.en)}
    folded: dict[str, str] = {}
    for name, code in exact.items():
        if fold(name):
            folded.setdefault(fold(name), code)
    return exact, folded


@dataclass(frozen=True)
class Choice(Kind):
    """One of a closed list."""

    options: tuple[Option, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(option.code for option in self.options)

    def find(self, raw: Any) -> str | None:
        """The code that a typed text means: its code or either name, case and accents lost; or None."""
        exact, folded = _names(self.options)
        typed = str(raw).strip(BLANKS)
        return exact.get(typed) or folded.get(fold(typed))

    def parse(self, raw: Any, unit: str = "") -> Any:
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        code = self.find(raw)
        if code is None:
            raise Unreadable("unknown_choice")
        return code

    def label(self, code: str, lang: str) -> str:
        for option in self.options:
            if option.code == code:
                return option.fr if lang == "fr" else option.en
        return code

    def expected(self) -> Message:
        return Message.of(
            "expected.choice",
            fr=" / ".join(option.fr for option in self.options),
            en=" / ".join(option.en for option in self.options),
        )

    def sample(self, rng: np.random.Generator) -> Any:
        return str(rng.choice(self.codes))


@dataclass(frozen=True)
class Several(Choice):
    """Any number of a closed, ordered list, as a tuple of codes in the list's order: `lun, mer`, `lun mer`, `lun-ven`."""

    def parse(self, raw: Any, unit: str = "") -> tuple[str, ...]:
        if isinstance(raw, tuple | list):
            raw = ",".join(str(part) for part in raw)
        chosen: set[str] = set()
        order = self.codes
        for part in re.split(r"\s*[,;+/|\n]\s*|\s+et\s+|\s+and\s+", str(raw).strip()):
            if not part:
                continue
            one = self.find(part)
            if one is not None:
                chosen.add(one)
                continue
            words = [self.find(word) for word in part.split()]
            if all(word is not None for word in words):  # `lun jeu`
                chosen.update(word for word in words if word is not None)
                continue
            ends = re.split(r"\s*(?:-|–|—|\bà\b|\bto\b|\bau\b)\s*", part)
            first, last = (self.find(end) for end in ends) if len(ends) == 2 else (None, None)
            if first is None or last is None or order.index(first) > order.index(last):
                raise Unreadable("unknown_choice")
            chosen.update(order[order.index(first) : order.index(last) + 1])
        return tuple(code for code in order if code in chosen)

    def expected(self) -> Message:
        return Message("expected.several", super().expected().args)

    def sample(self, rng: np.random.Generator) -> tuple[str, ...]:
        picked = {str(code) for code in rng.choice(self.codes, size=int(rng.integers(1, len(self.codes) + 1)))}
        return tuple(code for code in self.codes if code in picked)


def _between(key: str, low: float | None, high: float | None) -> Message:
    if low is None and high is None:
        return Message.of(key)
    if high is None:
        return Message.of(f"{key}_min", min=float(low or 0))
    if low is None:
        return Message.of(f"{key}_max", max=float(high))
    return Message.of(f"{key}_between", min=float(low), max=float(high))


def options(*triples: tuple[str, str, str]) -> tuple[Option, ...]:
    """Options written shortly: (code, French, English)."""
    return tuple(Option(*triple) for triple in triples)


DAYS = options(
    ("mon", "lun", "Mon"), ("tue", "mar", "Tue"), ("wed", "mer", "Wed"), ("thu", "jeu", "Thu"),
    ("fri", "ven", "Fri"), ("sat", "sam", "Sat"), ("sun", "dim", "Sun"),
)  # fmt: skip
MARKS = options(
    ("sourced", "sourcé", "sourced"),
    ("derived", "dérivé", "derived"),
    ("estimate", "estimation", "estimate"),
    ("invented", "inventé", "invented"),
)
