"""Lets one demonstration run on a plain database and on an asyncio one: awaits what has to be."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

__all__ = ["each", "finished", "opened", "settled"]


async def settled(value: Any) -> Any:
    """A value, awaited if need be; a ``Deferred`` of a pipeline stays one."""
    return (await value) if inspect.iscoroutine(value) else value


async def each(items: Any) -> AsyncIterator[Any]:
    """The items of a generator of either kind."""
    if hasattr(items, "__aiter__"):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


@asynccontextmanager
async def opened(pipeline: Any) -> AsyncIterator[Any]:
    """``with`` or ``async with``."""
    if hasattr(pipeline, "__aenter__"):
        async with pipeline:
            yield pipeline
    else:
        with pipeline:
            yield pipeline


def finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that awaits nothing, as all do on a plain database."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise RuntimeError("this needs an event loop")
