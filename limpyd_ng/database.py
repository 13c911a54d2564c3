"""The database: settings, connection, the models it hosts, pipelines and transactions.

``BaseDatabase`` is what every database is; ``RedisDatabase`` adds a client that waits for its
replies. The database of asyncio users is in ``asyncio``.
"""

from __future__ import annotations

import codecs
import inspect
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload
from weakref import WeakSet

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .call import Call, Op, Pages
from .exceptions import ImplementationError, TransactionConflictError
from .keys import FieldKey, check_name
from .lua import Script
from .relations import Network, Relation
from .runners.pipeline import Pipeline
from .runners.queue import Queue, active_pipeline
from .runners.sync import SyncRunner
from .static import T

if TYPE_CHECKING:
    from .model import RedisModel

__all__ = ["DEFAULT_CONNECTION_SETTINGS", "BaseDatabase", "PipelineDatabase", "RedisDatabase", "Retries"]

DEFAULT_CONNECTION_SETTINGS: dict[str, Any] = {"host": "localhost", "port": 6379, "db": 0}


class BaseDatabase:
    """What every database is: settings, the models stored in it, and the tools."""

    #: what ``indexable=True`` means for fields of models without a say of their own
    default_indexes: ClassVar[Sequence[type] | None] = None

    shared_pipeline: Queue | None = None
    connection_settings: dict[str, Any]
    _client_source: Any
    _url: str | None

    def __init__(self, client: Any = None, url: str | None = None, prefix: str = "", **settings: Any) -> None:
        #: what stands before each key of the models stored here
        self.prefix = check_name("prefix", prefix)
        self._models: dict[tuple[str, str], type[RedisModel]] = {}
        self._network = Network()
        self.reset(client=client, url=url, **settings)

    def __repr__(self) -> str:
        shown = {name: value for name, value in self.connection_settings.items() if name != "password"}
        return f"<{type(self).__name__} {shown}>"

    # connection

    def reset(self, client: Any = None, url: str | None = None, **settings: Any) -> None:
        """Changes the settings; later requests of every model use them at once."""
        if client is not None and (url is not None or settings):
            raise ImplementationError("give a client, or a url and settings, not both")
        if codecs.lookup(settings.get("encoding") or "utf-8").name != "utf-8":
            raise ImplementationError(
                "limpyd_ng stores texts as UTF-8; give fields with type=bytes for anything else"
            )
        if settings.get("decode_responses") is False:
            raise ImplementationError("limpyd_ng works with texts: leave decode_responses out, or True")
        self._client_source = client
        self._url = url
        if not settings and url is None and client is None:
            settings = dict(DEFAULT_CONNECTION_SETTINGS)
        self.connection_settings = settings
        self._disconnect()

    def _disconnect(self) -> None:
        """The next request makes a new client."""
        raise NotImplementedError

    @property
    def runner(self) -> Any:
        """What carries requests outside pipelines."""
        raise NotImplementedError

    def connect(self, **settings: Any) -> Any:
        """The redis-py client; with settings, changes to them first."""
        if settings:
            self.reset(**settings)
        return self.runner.client

    @property
    def connection(self) -> Any:
        """The redis-py client (texts decoded); inside a pipeline, that pipeline."""
        return active_pipeline(self) or self.runner.client

    @property
    def in_pipeline(self) -> bool:
        """Whether field commands of this thread or task wait in a pipeline now."""
        pipeline = active_pipeline(self)
        return pipeline is not None and not pipeline.immediate

    # replies

    def run(self, op: Op | Call) -> Any:
        """Carries an Op or a Call: at once, or into the open pipeline."""
        pipeline = active_pipeline(self)
        return pipeline.run(op) if pipeline is not None else self.runner.run(op)

    def iterate(self, pages: Pages, end: Callable[[], Op] | None = None) -> Any:
        """The items of all pages, as a generator. Sent at once, even inside a pipeline.

        ``end`` is run when the generator is done or given up.
        """
        return self.runner.iterate(pages, end)

    def at_once(self, value: Any) -> Any:
        """A value that takes no request, in the way this database gives replies."""
        return value

    def made(self, instance: Any, outcome: Any) -> Any:
        """What the maker of an object gives: the object, or what it has to be awaited from."""
        return instance

    def refuse_waiting(self, asked: str, instead: str) -> None:
        """Raises ImplementationError where replies have to be awaited and Python cannot."""

    # tools

    @property
    def redis_version(self) -> Any:
        """The server's version, as Redis numbers it (INFO)."""
        return self.runner.run(_version())

    def scan_keys(self, match: str | None = None, count: int | None = None, type: str | None = None) -> Any:
        """All keys of the database, or those matching a pattern, as a generator (SCAN).

        A key may come twice; ``count`` is a hint for each of the several requests.
        """
        return self.iterate(key_pages(match, count, type))

    def call_script(
        self, script: Script | str | dict[str, Any], keys: Sequence[Any] = (), args: Sequence[Any] = ()
    ) -> Any:
        """Runs a Lua script of yours (EVALSHA, loaded when needed). Keys may be bound fields."""
        if not isinstance(script, Script):
            script = Script("script", script["lua"] if isinstance(script, dict) else script)
        names = [self.key_of(key) for key in keys]
        return self.run(Call((len(names), *names, *args), script=script))

    def key_of(self, key: Any) -> Any:
        """The key of a bound field; anything else is returned as it is."""
        found = getattr(key, "key", None)
        return found if isinstance(found, FieldKey) else key

    # models

    @property
    def models(self) -> tuple[type[Any], ...]:
        """The models stored here."""
        return tuple(self._models.values())

    def add_model(self, model: type[Any]) -> None:
        """Takes a model in; raises ImplementationError if another has its name."""
        name = (model.namespace, model.stored_name())
        known = self._models.get(name)
        if known is not None and not _same_class(known, model):
            raise ImplementationError(
                f"{_where(model)} cannot use this database: {_where(known)} has the same "
                "namespace and name already; give one of them another namespace"
            )
        self._network.add(model.schema)
        model.schema.use_prefix(self.prefix)
        self._warn_of_twins(model)
        self._models[name] = model

    def remove_model(self, model: type[Any]) -> None:
        """Lets a model go (its data stays)."""
        name = (model.namespace, model.stored_name())
        if self._models.get(name) is model:
            del self._models[name]
        self._network.remove(model.schema)

    def relations_to(self, model: type[Any]) -> tuple[Relation, ...]:
        """The relations of all models stored here that point to this one."""
        return self._network.to(model.schema)

    def model_of_key(self, key: str) -> tuple[type[RedisModel], str] | None:
        """The model that a key belongs to, and what follows the start that all its keys share."""
        for model in self._models.values():
            start = model.schema.keys.prefix
            if key.startswith(start):
                return model, key[len(start) :]
        return None

    def _warn_of_twins(self, model: type[RedisModel]) -> None:
        key = _cache_key(self._url, self.connection_settings)
        if key is None or self._client_source is not None:
            return
        for other in _DATABASES.get(key, ()):
            if other is self or other.prefix != self.prefix:
                continue
            twin = other._models.get((model.namespace, model.stored_name()))
            if twin is not None and not _same_class(twin, model):
                warnings.warn(
                    f"{_where(model)} and {_where(twin)} are in two RedisDatabase objects with the same "
                    "settings: their data would share keys",
                    stacklevel=4,
                )
        _DATABASES.setdefault(key, WeakSet()).add(self)


_DATABASES: dict[Any, WeakSet[BaseDatabase]] = {}


class RedisDatabase(BaseDatabase):
    """Where models are stored. Takes redis-py's connection settings, a URL, or a client.

    ``RedisDatabase(host="localhost", port=6379, db=0)``, ``RedisDatabase(url="redis://...")``,
    ``RedisDatabase(client=redis.Redis(decode_responses=True))`` or ``client=callable``. The
    connection is opened by the first request.

    Unless ``retry`` is among the settings, a request is sent once: a write whose reply was
    lost is reported (ServerUnavailableError), never repeated behind your back.
    """

    #: clients by their settings, shared by databases with equal ones
    _connections: ClassVar[dict[Any, redis.Redis]] = {}
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

    # connection

    def _disconnect(self) -> None:
        self._runner = None

    def connect(self, **settings: Any) -> redis.Redis:
        """The redis-py client; with settings, changes to them first."""
        client: redis.Redis = super().connect(**settings)
        return client

    @property
    def connection(self) -> redis.Redis:
        """The redis-py client (texts decoded); inside a pipeline, that pipeline."""
        return active_pipeline(self) or self.runner.client  # type: ignore[return-value]

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
        key = _cache_key(self._url, self.connection_settings)
        with self._lock:
            known = self._connections.get(key)
            if known is None:
                known = _client(self._url, self.connection_settings)
                if key is not None:
                    self._connections[key] = known
        return known

    @property
    def redis_version(self) -> tuple[int, ...]:
        """The server's version, as Redis numbers it (INFO)."""
        return super().redis_version

    def scan_keys(
        self, match: str | None = None, count: int | None = None, type: str | None = None
    ) -> Iterator[str]:
        """All keys of the database, or those matching a pattern, as a generator (SCAN).

        A key may come twice; ``count`` is a hint for each of the several requests.
        """
        return super().scan_keys(match, count, type)

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


class Retries:
    """In ``with``: lets a transaction be run again, so many times, when a watched key changed."""

    def __init__(self, most: int | None) -> None:
        self._left = most

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        if kind is None or not issubclass(kind, TransactionConflictError):
            return False
        if self._left is not None:
            self._left -= 1
        return self._left is None or self._left >= 0


def _version() -> Op:
    found = (yield Call(("INFO", "server")))["redis_version"]
    return tuple(int(part) for part in found.split("."))


def key_pages(match: str | None, count: int | None, type: str | None = None) -> Pages:
    """The keys of a database, a SCAN for each page."""

    def page(cursor: Any) -> Op:
        args: list[Any] = ["SCAN", cursor or 0]
        for word, value in (("MATCH", match), ("COUNT", count), ("TYPE", type)):
            if value is not None:
                args += (word, value)
        cursor, keys = yield Call(args)
        return int(cursor) or None, keys

    return page


def _client(url: str | None, settings: dict[str, Any]) -> redis.Redis:
    options = {"retry": Retry(NoBackoff(), 0), **client_options(settings)}
    if url is not None:
        return redis.Redis.from_url(url, **options)
    return redis.Redis(**options)


def client_options(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of a client, with texts as the library wants them."""
    return {"encoding_errors": "surrogateescape", **settings, "decode_responses": True}


def checked(client: Any) -> Any:
    """The client, if it gives texts; raises ImplementationError."""
    if not client.connection_pool.connection_kwargs.get("decode_responses"):
        raise ImplementationError("limpyd_ng works with texts: make the client with decode_responses=True")
    return client


def _cache_key(url: str | None, settings: dict[str, Any]) -> Any:
    key = (url, tuple(sorted(settings.items(), key=lambda item: item[0])))
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _same_class(one: type, other: type) -> bool:
    return (one.__module__, one.__qualname__) == (other.__module__, other.__qualname__)


def _where(model: type) -> str:
    try:
        return f"{model.__module__}.{model.__qualname__} ({inspect.getsourcefile(model)})"
    except (TypeError, OSError):
        return f"{model.__module__}.{model.__qualname__}"
