"""A report as text for the terminal, and as reStructuredText for the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Column, Table

from .report import Report, Row, Section

__all__ = ["as_rst", "show", "show_section"]

_TARGET = ("target", "verdict")


def show(report: Report, console: Console) -> None:
    """Prints when and where, and all sections."""
    console.print(
        f"{report.date}; " + "; ".join(f"{name}: {value}" for name, value in report.machine.items())
    )
    for section in report.sections:
        show_section(section, console)
    for line in report.left_out:
        console.print(line)


def show_section(section: Section, console: Console) -> None:
    """Prints a section as a table."""
    table = Table(
        Column(""),
        *(Column(name, justify="right", no_wrap=True) for name in section.columns),
        *(_TARGET if section.has_targets else ()),
        title=section.title,
        title_justify="left",
    )
    for row in section.rows:
        table.add_row(*_cells(section, row))
    console.print()
    console.print(table)
    for note in section.notes:
        console.print(note)


def _cells(section: Section, row: Row) -> list[str]:
    figures = [str(row.figures.get(name, "-")) for name in section.columns]
    if not section.has_targets:
        return [row.name, *figures]
    target = "" if row.target is None else str(row.target)
    judged = "" if row.judged is None or row.target is None else f"{row.judged:.2f}{row.target.unit}: "
    return [row.name, *figures, target, judged + row.verdict]


def as_rst(report: Report) -> str:
    """The report as a file that a page includes."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield ".. made by python -m benchmarks --rst; not to be edited"
    yield ""
    yield f":Measured: {report.date}"
    for name, value in report.machine.items():
        yield f":{name}: {value}"
    yield f":Options: {', '.join(f'{name} {value}' for name, value in report.options.items())}"
    yield ""
    for section in report.sections:
        yield from _section_lines(section)
    for line in report.left_out:
        yield from (line, "")


def _section_lines(section: Section) -> Iterator[str]:
    yield from (section.title, "~" * len(section.title), "", section.text, "")
    yield from (".. list-table::", "   :header-rows: 1", "   :class: benchmark", "")
    heading = ["", *section.columns, *(_TARGET if section.has_targets else ())]
    yield from _list_row(heading)
    for row in section.rows:
        yield from _list_row(_cells(section, row))
    yield ""
    for note in section.notes:
        yield from (note, "")


def _list_row(cells: Iterable[str]) -> Iterator[str]:
    for number, cell in enumerate(cells):
        yield f"   {'*' if number == 0 else ' '} - {cell}".rstrip()
