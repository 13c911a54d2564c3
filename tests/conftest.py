"""Fixtures for all tests: one private server for each worker, clean for each test that asks.

LIMPYD_TEST_SERVER      valkey9 (default), redis62 or redis82
LIMPYD_TEST_PROTOCOL    2 or 3; without it redis-py decides
LIMPYD_TEST_REDIS_URL   a server that runs already; its database must be empty
LIMPYD_TEST_FACE        sync (default), asyncio or pipelined; see faces.py
HYPOTHESIS_PROFILE      dev (default), ci (default when CI is set) or short
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from faces import CLASSES, FACE, NAMES
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from servers import DEFAULT, NoServer, Server, binary, outside_server, protocol_settings

from limpyd_ng.database.hosting import _DATABASES
from limpyd_ng.embedded import EmbeddedServer

pytest.register_assert_rewrite("tests.native", "tests.oracle")

IN_CI = bool(os.environ.get("CI"))


def _profile(name: str, max_examples: int, **more: Any) -> None:
    hypothesis_settings.register_profile(
        name,
        max_examples=max_examples,
        deadline=None,
        # fixtures here are servers and models, which each example empties itself
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        print_blob=True,
        **more,
    )


_profile("dev", 50)
_profile("ci", 40, derandomize=True, database=None)
_profile("short", 5, derandomize=True, database=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if IN_CI else "dev"))


def pytest_configure(config: pytest.Config) -> None:
    if redis.VERSION < (5, 1):  # it leaves the socket of a failed connection to the garbage collector
        config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")
        config.addinivalue_line("filterwarnings", "ignore::pytest.PytestUnraisableExceptionWarning")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test for some faces only says which, and why."""
    for marker in item.iter_markers("faces"):
        if not set(marker.args) <= set(NAMES) or not marker.kwargs.get("reason"):
            raise ValueError(f"{item.name}: give faces among {', '.join(NAMES)}, and reason=")
        if FACE not in marker.args:
            pytest.skip(f"not for the face {FACE}: {marker.kwargs['reason']}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first in each half: with two workers (worksteal) both start with them."""
    first = [item for item in items if "test_random_operations" in item.nodeid]
    second = [item for item in items if "test_random_queries" in item.nodeid]
    others = [item for item in items if item not in {*first, *second}]
    middle = len(items) // 2 - len(first)
    items[:] = [*first, *others[:middle], *second, *others[middle:]]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of this worker; a missing one fails in CI and skips elsewhere."""
    if url := os.environ.get("LIMPYD_TEST_REDIS_URL"):
        yield outside_server(url)
        return
    try:
        program = binary(os.environ.get("LIMPYD_TEST_SERVER") or DEFAULT)
    except NoServer as missing:
        if IN_CI:
            raise
        pytest.skip(str(missing))
    with EmbeddedServer(binary=program) as embedded:
        yield Server({**embedded.settings, **protocol_settings()}, embedded)


@pytest.fixture
def settings(server: Server) -> dict[str, Any]:
    """What a RedisDatabase or redis-py client needs to connect."""
    return dict(server.settings)


@pytest.fixture
def clean(server: Server) -> None:
    """The server is empty when the test starts, and no model of an earlier test is remembered."""
    server.clean()
    _DATABASES.clear()


@pytest.fixture
def raw(server: Server, clean: None) -> Iterator[redis.Redis]:
    """A plain redis-py client on the empty server."""
    with server.client() as client:
        yield client


@pytest.fixture
def make_database(clean: None) -> Iterator[Callable[..., Any]]:
    """Makes databases of the face that is tested: ``make_database(**settings)``."""
    made: list[Any] = []

    def make(*args: Any, **settings: Any) -> Any:
        made.append(CLASSES[FACE](*args, **settings))
        return made[-1]

    yield make
    for database in made:
        for model in database.models:  # the next test may have others of the same name
            database.remove_model(model)
        if FACE == "asyncio":
            database.close()


@pytest.fixture
def database(settings: dict[str, Any], make_database: Callable[..., Any]) -> Any:
    """A database of the library on the empty server."""
    return make_database(**settings)


@pytest.fixture
def other_server() -> Iterator[Any]:
    """Makes further servers of the session's kind: ``other_server(config=...)``."""
    started: list[EmbeddedServer] = []

    def make(**options: Any) -> EmbeddedServer:
        program = binary(os.environ.get("LIMPYD_TEST_SERVER") or DEFAULT)
        started.append(EmbeddedServer(binary=program, **options).start())
        return started[-1]

    yield make
    for running in started:
        running.stop()
