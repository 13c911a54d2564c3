"""The head of a query script: its steps, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ...lua import functions
from ..parts import literal
from .candidates import candidates, counts, has_choice
from .conditions import tested, text_tests
from .order import cut_out, ordered
from .shape import Columns, Cut, Part, Sort, is_one_set
from .values import values, values_of_set

__all__ = ["head", "may_decline"]

#: with more candidates than this, walking an index may be cheaper than sorting them
_FEW = 1000


def may_decline(sort: Sort | None) -> bool:
    """Whether the head of a query with a slice leaves it to the engine if there are many candidates."""
    return sort is not None and bool(sort.key or sort.cell)


@cache
def head(
    parts: tuple[Part, ...],
    what: str,
    sort: Sort | None = None,
    cut: Cut | None = None,
    columns: Columns = (),
) -> str:
    """The Lua code for queries of this shape; ``what`` is 'pks', 'count' or 'values' (of ``columns``)."""
    sort = None if what == "count" else sort
    limited = cut is not None and may_decline(sort)
    at_once = bool(columns) and sort is None and cut is None and is_one_set(parts)
    lines = [*text_tests(parts), *candidates(parts), *tested(parts)]
    lines += [*ordered(parts, sort, cut), *cut_out(cut)]
    lines += ["return #pks"] if what == "count" else values(columns) if columns else ["return pks"]
    if limited:
        lines = [f"if least <= {_FEW} then", *lines, "end"]
    first: list[str] = []
    if at_once:
        first = values_of_set(parts, columns)
    elif limited or has_choice(parts):
        first = counts(parts)
    body = "\n".join(filter(None, ["local call = redis.call", *_keys(parts), *first, *lines]))
    return f"do\n{functions(body)}{body}\nend\n"


def _keys(parts: Sequence[Part]) -> list[str]:
    lines = []
    for number, part in enumerate(parts, 1):
        end = f" .. ARGV[{part.at}]" if part.kind == "e" and part.at else ""
        lines.append(f"local k{number} = {literal(part.key)}{end}")
    return lines
