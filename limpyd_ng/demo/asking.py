"""Runs the code of a question, and tells what it took."""

from __future__ import annotations

import ast
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.pretty import Pretty
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from ..collection import CollectionManager
from ..database import BaseDatabase
from ..model import RedisModel
from ..query.explain import Explanation
from ..testing import count_requests
from .airports import Airport
from .questions import Question
from .waiting import opened, settled

__all__ = ["Answer", "ask", "show"]

MOST_ROWS = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """What the code gave, and what it took; ``explanation`` if a query was the answer."""

    value: Any
    requests: int
    milliseconds: float
    explanation: Explanation | None


async def ask(database: BaseDatabase, question: Question, waits: bool = False) -> Answer:
    """Runs the code of a question; ``waits`` for an asyncio database."""
    scope: dict[str, Any] = {"Airport": Airport, "db": database}
    *statements, last = ast.parse(question.code(waits)).body
    assert isinstance(last, ast.Expr)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if waits else 0
    body = compile(ast.Module(statements, []), "question", "exec", flags)
    value = compile(ast.Expression(last.value), "question", "eval", flags)
    with count_requests() as sent:
        start = time.perf_counter()
        answer = result = await _run(body, value, scope, question)
        if isinstance(answer, CollectionManager):
            result = await settled(answer.evaluate())
        taken = time.perf_counter() - start
    query = eval(question.explains, scope) if question.explains else answer
    explanation = await settled(query.explain()) if isinstance(query, CollectionManager) else None
    return Answer(result, sent.count, taken * 1000, explanation)


async def _run(body: Any, value: Any, scope: dict[str, Any], question: Question) -> Any:
    try:
        await settled(eval(body, scope))
        return await settled(eval(value, scope))
    except Exception as error:
        if question.raises is None or not isinstance(error, question.raises):
            raise
        return error


async def show(
    database: BaseDatabase,
    number: int,
    question: Question,
    answer: Answer,
    console: Console,
    waits: bool = False,
) -> None:
    """Prints the question, its code, the answer and what it took."""
    console.print(Rule(f"[bold]{number}. {question.title}", align="left", style="dim"))
    console.print(Syntax(question.code(waits), "python", theme="ansi_dark", background_color="default"))
    console.print(Padding(await _answer(database, question, answer.value), (1, 2)))
    console.print(_cost(answer), style="green", highlight=False)
    console.print()


async def _answer(database: BaseDatabase, question: Question, value: Any) -> RenderableType:
    if isinstance(value, RedisModel):
        value = [value]
    if isinstance(value, Exception):
        return Text(f"{type(value).__name__}: {value}", style="red")
    if isinstance(value, list) and value and isinstance(value[0], RedisModel):
        return await _table(database, question.shows, value)
    return Pretty(value, max_length=MOST_ROWS)


async def _table(database: BaseDatabase, names: Sequence[str], airports: Sequence[Any]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, justify="right" if name in ("elevation", "latitude") else "left")
    for row in await _rows(database, names, airports[:MOST_ROWS]):
        table.add_row(*(value or "" for value in row))
    if len(airports) > MOST_ROWS:
        return Group(table, Text(f"and {len(airports) - MOST_ROWS} more", style="dim"))
    return table


async def _rows(database: Any, names: Sequence[str], airports: Sequence[Any]) -> Any:
    async with opened(database.pipeline(transaction=False)) as pipe:
        for airport in airports:
            airport.hmget(*names)
        return await settled(pipe.execute())


def _cost(answer: Answer) -> str:
    plural = "" if answer.requests == 1 else "s"
    parts = [f"{answer.requests:,} request{plural}", f"{answer.milliseconds:,.1f} ms"]
    if answer.explanation is not None:
        parts.append(_index(answer.explanation))
    return " | ".join(parts)


def _index(explanation: Explanation) -> str:
    order = "" if explanation.order == "unordered" else f", {explanation.order}"
    looked = f"index of {explanation.driver}: {explanation.candidates:,} candidates{order}"
    others = [f"{label} {count:,}" for label, count in explanation.estimates]
    return f"{looked} (estimates: {', '.join(others)})" if len(others) > 1 else looked
