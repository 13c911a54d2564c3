"""RedisDatabase: a database with a client that waits for its replies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ..runners.pipeline import Pipeline
from ..runners.sync import SyncRunner
from ..static import T
from .base import BaseDatabase
from .clients import checked, new_client
from .transactions import Retries

if TYPE_CHECKING:
    from ..model import RedisModel

__all__ = ["PipelineDatabase", "RedisDatabase"]


class RedisDatabase(BaseDatabase):
    """Where models are stored. Takes redis-py's connection settings, a URL, or a client.

    ``RedisDatabase(host="localhost", port=6379, db=0)``, ``RedisDatabase(url="redis://...")``,
    ``RedisDatabase(client=redis.Redis(decode_responses=True))`` or ``client=callable``. The
    connection is opened by the first request.

    Unless ``retry`` is among the settings, a request is sent once: a write whose reply was
    lost is reported (ServerUnavailableError), never repeated behind your back.
    """

    #: clients by their settings, shared by databases with equal ones
    _connections: ClassVar[dict[Hashable, redis.Redis]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()
    _runner: SyncRunner | None = None

    def __init__(
        self,
        client: redis.Redis | Callable[[], redis.Redis] | None = None,
        url: str | None = None,
        prefix: str = "",
        **settings: Any,
    ) -> None:
        super().__init__(client, url, prefix, **settings)

    if TYPE_CHECKING:

        @property
        def models(self) -> tuple[type[RedisModel], ...]: ...
        @property
        def redis_version(self) -> tuple[int, ...]: ...
        def scan_keys(
            self, match: str | None = None, count: int | None = None, type: str | None = None
        ) -> Iterator[str]: ...
        def connect(self, **settings: Any) -> redis.Redis: ...
        @property
        def connection(self) -> redis.Redis: ...

    # connection

    def _disconnect(self) -> None:
        self._runner = None

    @property
    def runner(self) -> SyncRunner:
        """What carries requests outside pipelines."""
        runner = self._runner
        if runner is None:
            runner = self._runner = SyncRunner(self._make_client())
        return runner

    def _make_client(self) -> redis.Redis:
        source = self._client_source
        if source is not None:
            client: redis.Redis = checked(source if isinstance(source, redis.Redis) else source())
            return client
        key = self._server
        with self._lock:
            known = self._connections.get(key)
            if known is None:
                settings = {"retry": Retry(NoBackoff(), 0), **self.connection_settings}
                known = new_client(redis.Redis, self._url, settings)
                if key is not None:
                    self._connections[key] = known
        return known

    # pipelines

    def pipeline(self, transaction: bool = True, share_in_threads: bool = False) -> Pipeline:
        """A pipeline; in ``with``, field commands of this thread or task are queued in it."""
        return Pipeline(self, self.runner, transaction, share_in_threads)

    @overload
    def transaction(
        self,
        func: Callable[[Pipeline], T],
        *watches: Any,
        share_in_threads: bool = False,
        value_from_callable: Literal[True],
        max_retries: int | None = None,
    ) -> T: ...
    @overload
    def transaction(
        self,
        func: Callable[[Pipeline], Any],
        *watches: Any,
        share_in_threads: bool = False,
        value_from_callable: Literal[False] = False,
        max_retries: int | None = None,
    ) -> list[Any]: ...
    def transaction(
        self,
        func: Callable[[Pipeline], Any],
        *watches: Any,
        share_in_threads: bool = False,
        value_from_callable: bool = False,
        max_retries: int | None = None,
    ) -> Any:
        """Runs ``func(pipeline)`` with keys or fields watched, again for as long as they change.

        ``func`` reads, calls ``pipeline.multi()`` and writes. Returns the results of EXEC,
        or what ``func`` returned. Raises TransactionConflictError after ``max_retries``.
        """
        retries = Retries(max_retries)
        while True:
            with self.pipeline(True, share_in_threads) as pipeline, retries:
                if watches:
                    pipeline.watch(*watches)
                value = func(pipeline)
                results = pipeline.execute()
                return value if value_from_callable else results


class PipelineDatabase(RedisDatabase):
    """RedisDatabase under its redis-limpyd name; both have pipelines and transactions."""
