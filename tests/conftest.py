"""Starts one private server for the test session (for each worker), and stops it.

LIMPYD_TEST_SERVER     valkey9 (default), redis62 or redis82
LIMPYD_TEST_PROTOCOL   2 or 3; redis-py's default without it
LIMPYD_TEST_REDIS_URL  an outside server instead, whose database must be empty
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from limpyd_ng.database import RedisDatabase
from limpyd_ng.embedded import EmbeddedServer
from tests import servers

_QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
hypothesis_settings.register_profile("short", max_examples=20, **_QUIET)
hypothesis_settings.register_profile("dev", max_examples=60, **_QUIET)
hypothesis_settings.register_profile("ci", max_examples=300, **_QUIET)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

SERVER = os.environ.get("LIMPYD_TEST_SERVER", "valkey9")
OUTSIDE = os.environ.get("LIMPYD_TEST_REDIS_URL")


def _binary_or_skip(name: str) -> str:
    try:
        return servers.binary(name)
    except LookupError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{name}: {error}")


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer | None]:
    """The private server of this worker; None when an outside one is used."""
    if OUTSIDE:
        with redis.Redis.from_url(OUTSIDE) as client:
            if client.dbsize():
                pytest.exit(f"{OUTSIDE} is not empty: the tests remove everything there", 2)
        yield None
        return
    with EmbeddedServer(binary=_binary_or_skip(SERVER)) as running:
        yield running


@pytest.fixture(scope="session")
def settings(server: EmbeddedServer | None) -> dict[str, Any]:
    """The connection settings of the session's server."""
    chosen: dict[str, Any] = {"url": OUTSIDE} if server is None else dict(server.settings)
    if "LIMPYD_TEST_PROTOCOL" in os.environ:
        chosen["protocol"] = int(os.environ["LIMPYD_TEST_PROTOCOL"])
    return chosen


@pytest.fixture(scope="session")
def raw(settings: dict[str, Any]) -> Iterator[redis.Redis]:
    """A plain redis-py client on the session's server."""
    options = {**settings, "decode_responses": True, "encoding_errors": "surrogateescape"}
    url = options.pop("url", None)
    with redis.Redis.from_url(url, **options) if url else redis.Redis(**options) as client:
        yield client


@pytest.fixture
def database(settings: dict[str, Any], raw: redis.Redis) -> RedisDatabase:
    """A database of its own on the session's server, emptied."""
    raw.flushall()
    return RedisDatabase(**settings)


@pytest.fixture
def other_server() -> Iterator[Any]:
    """Makes further private servers of the session's kind, with settings of their own."""
    started: list[EmbeddedServer] = []

    def make(**options: Any) -> EmbeddedServer:
        started.append(EmbeddedServer(binary=_binary_or_skip(SERVER), **options).start())
        return started[-1]

    yield make
    for running in started:
        running.stop()
