"""What was measured, as data: sections of rows of figures, and the targets they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Figure", "Report", "Row", "Section", "Target"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure must reach, and what is aimed at; ``most``: smaller is better."""

    limit: float
    aim: float
    most: bool = False
    unit: str = ""

    def verdict(self, value: float) -> str:
        """``aim met``, ``met`` or ``missed``."""
        sign = -1 if self.most else 1
        if sign * value >= sign * self.aim:
            return "aim met"
        return "met" if sign * value >= sign * self.limit else "missed"

    def __str__(self) -> str:
        bound = "at most" if self.most else "at least"
        return f"{bound} {self.limit:g}{self.unit}, aim {self.aim:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its unit, and beside it its ratio to a yardstick: the median of the rounds."""

    value: float
    unit: str
    ratio: float | None = None
    #: the lower and the upper quartile of the ratio over the rounds
    spread: tuple[float, float] | None = None

    def __str__(self) -> str:
        if self.unit == "×":
            return f"{self.value:.2f}×"
        value = f"{self.value:,.0f}" if self.value >= 100 or self.unit == "/s" else f"{self.value:.3g}"
        shown = value + self.unit if self.unit == "/s" else f"{value} {self.unit}"
        return shown if self.ratio is None else f"{shown} ({self.ratio:.2f})"


@dataclass(frozen=True, slots=True)
class Row:
    """Figures by column; ``judged`` is the one that the target is about."""

    name: str
    figures: Mapping[str, Figure | str]
    target: Target | None = None
    judged: float | None = None

    @property
    def verdict(self) -> str:
        """What the target says of the judged figure; nothing without either."""
        if self.target is None or self.judged is None:
            return ""
        return self.target.verdict(self.judged)


@dataclass(slots=True)
class Section:
    """A table: what it is about, its columns and rows, and what has to be said of it."""

    title: str
    text: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_targets(self) -> bool:
        """Whether any row has one."""
        return any(row.target is not None for row in self.rows)


@dataclass(slots=True)
class Report:
    """Everything that was measured in one run: when, where, how, what."""

    date: str
    machine: dict[str, str]
    options: dict[str, Any]
    sections: list[Section] = field(default_factory=list)
    #: contestants that were left out, and why
    left_out: list[str] = field(default_factory=list)
    #: seconds for one operation in each round, by operation and contestant
    rounds: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Everything as plain data, verdicts included."""
        data = asdict(self)
        for section, plain in zip(self.sections, data["sections"], strict=True):
            for row, one in zip(section.rows, plain["rows"], strict=True):
                one["verdict"] = row.verdict
        return data
