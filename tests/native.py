"""A native command on a field, next to plain redis-py's own on a scratch key.

A test module of a field type holds a table of ``Case``; ``compare`` runs one of them on both
sides and asserts that replies and values are the same, with one request, indexes right.
In arguments, ``@name`` stands for another key: each side has its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis

from limpyd_ng import fields
from limpyd_ng.call import Call
from limpyd_ng.exceptions import ImplementationError, UnsupportedCommandError
from limpyd_ng.lua import DELETE, GUARD, POINTED, QUERY, WRITE, Script
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests

SCRATCH = "scratch"


@dataclass(frozen=True)
class Case:
    """A command, its arguments, the value it finds, and how plain redis-py is called."""

    command: str
    args: tuple[Any, ...] = ()
    start: Any = None
    kwargs: dict[str, Any] = field(default_factory=dict)
    #: (client, key, *args, **kwargs), where it is not simply the method of the same name
    native: Callable[..., Any] | None = None
    #: what other keys hold before
    others: dict[str, Any] = field(default_factory=dict)
    #: the value would expire, so that an indexed field refuses
    expires: bool = False
    blocking: bool = False

    def __str__(self) -> str:
        shown = [*map(_short, self.args), *(f"{k}={_short(v)}" for k, v in self.kwargs.items())]
        return f"{self.command}({','.join(shown)})"

    def call_native(self, client: redis.Redis) -> Any:
        args, kwargs = own(self.args, "plain"), own(self.kwargs, "plain")
        if self.native is not None:
            return self.native(client, SCRATCH, *args, **kwargs)
        return getattr(client, self.command)(SCRATCH, *args, **kwargs)


def _short(value: Any) -> str:
    text = str(value)
    return text.encode("ascii", "backslashreplace").decode() if len(text) < 20 else f"{len(text)}-long"


def own(value: Any, side: str) -> Any:
    """``@name`` in arguments as the key of one side."""
    if isinstance(value, str) and value.startswith("@"):
        return f"{value[1:]}-{side}"
    if isinstance(value, tuple | list):
        return type(value)(own(item, side) for item in value)
    if isinstance(value, dict):
        return {own(key, side): own(item, side) for key, item in value.items()}
    return value


def names_in(value: Any) -> set[str]:
    """The ``@name`` words among arguments."""
    if isinstance(value, str):
        return {value} if value.startswith("@") else set()
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, tuple | list):
        return {name for item in value for name in names_in(item)}
    return set()


def store(raw: redis.Redis, key: str, value: Any) -> None:
    """Writes a Python value as the Redis type it is."""
    if isinstance(value, dict) and value and all(isinstance(score, int | float) for score in value.values()):
        raw.zadd(key, value)
    elif isinstance(value, dict):
        raw.hset(key, mapping=value)
    elif isinstance(value, list):
        raw.rpush(key, *value)
    elif isinstance(value, set):
        raw.sadd(key, *value)
    elif value is not None:
        raw.set(key, value)


def content(raw: redis.Redis, key: str, entry: str | None = None) -> Any:
    """What a key holds, and whether it expires."""
    if entry is not None:
        return raw.hget(key, entry)
    kind = raw.type(key)
    value: Any = {
        "none": lambda: None,
        "string": lambda: raw.getrange(key, 0, -1),
        "hash": lambda: raw.hgetall(key),
        "list": lambda: raw.lrange(key, 0, -1),
        "set": lambda: raw.smembers(key),
        "zset": lambda: raw.zrange(key, 0, -1, withscores=True),
    }[kind]()
    return kind, value, raw.ttl(key) > 0


def dump(raw: redis.Redis) -> dict[str, Any]:
    """Every key of the database with its content."""
    return {key: content(raw, key) for key in raw.scan_iter(count=10000)}


def make_thing(database: Any, field_class: Any, **options: Any) -> Any:
    """A model with one field ``value`` of this type."""
    on = database

    class Thing(RedisModel):
        database = on
        value = field_class(**options)
        marker = fields.InstanceHashField()

    return Thing


def warm_up(database: Any, raw: redis.Redis) -> None:
    """Connects and loads the scripts, so that only requests for commands are counted."""
    database.connect().ping()
    for script in (WRITE, GUARD, DELETE, POINTED, QUERY):
        raw.script_load(script.text)
    # the runner finds out whether the server has EVALSHA_RO
    database.run(Call((0,), script=Script("probe", "return 1", readonly=True)))


def _renamed(reply: Any, key: str) -> Any:
    """A reply that names the field's key as if it named the scratch key."""
    if isinstance(reply, tuple | list):
        return type(reply)(_renamed(item, key) for item in reply)
    return SCRATCH if reply == key else reply


def outcome(call: Callable[[], Any]) -> tuple[str, Any]:
    """('reply', reply) or ('error', its text)."""
    try:
        return "reply", call()
    except redis.ResponseError as error:
        return "error", str(error)


def compare(database: Any, raw: redis.Redis, field_class: Any, case: Case, indexed: bool) -> None:
    """Runs the case on a field and on a scratch key; everything must be the same."""
    with warnings.catch_warnings():
        # redis-py's own remarks on methods that are new or old
        warnings.filterwarnings("ignore", message="Call to")
        _compare(database, raw, field_class, case, indexed)


def _compare(database: Any, raw: redis.Redis, field_class: Any, case: Case, indexed: bool) -> None:
    entry = "value" if field_class is fields.InstanceHashField else None
    Thing = make_thing(database, field_class, indexable=indexed)
    thing = Thing(marker="x") if case.start is None else Thing(value=case.start)
    store(raw, SCRATCH, {entry: case.start} if entry and case.start is not None else case.start)
    others = names_in(case.args) | names_in(case.kwargs)
    for side in ("plain", "field"):
        for name, value in case.others.items():
            store(raw, own(name, side), value)
    warm_up(database, raw)
    before = dump(raw)

    def call() -> Any:
        method = getattr(thing.value, case.command)
        return method(*own(case.args, "field"), **own(case.kwargs, "field"))

    if indexed and (case.expires or case.blocking):
        known = hasattr(redis.Redis, case.command)
        refusal = ImplementationError if known else UnsupportedCommandError
        with count_requests() as sent, pytest.raises(refusal, match=r"indexed|atomic|installed redis-py"):
            call()
        assert sent.count == 0
        assert dump(raw) == before
        return
    with count_requests() as sent:
        try:
            got = _renamed(outcome(call), str(thing.value.key))
        except UnsupportedCommandError as error:
            _lacks(raw, case, field_class, str(error))
            assert dump(raw) == before
            return
    expected = outcome(lambda: case.call_native(raw))
    assert got == expected
    assert type(got[1]) is type(expected[1])
    assert sent.count == 1
    key = thing.schema.keys.hash(thing.pk.get()) if entry else thing.value.key
    assert content(raw, key, entry) == content(raw, SCRATCH, entry)
    for name in others:
        assert content(raw, own(name, "field")) == content(raw, own(name, "plain"))
    assert_indexes_right(Thing)


def _lacks(raw: redis.Redis, case: Case, field_class: Any, message: str) -> None:
    """The server (or redis-py) has no such command, and the message says who has it."""
    if "the installed redis-py does not have this command" in message:
        assert not hasattr(redis.Redis, case.command)
        return
    with pytest.raises(redis.ResponseError, match="(?i)unknown"):
        case.call_native(raw)
    for server, version in zip(("Redis", "Valkey"), field_class.rows[case.command].since, strict=True):
        assert (f"{server} {version}" in message) == (version != "none yet")


def both_ways(cases: list[Case]) -> list[Any]:
    """Parameters (case, indexed) for every case."""
    seen: dict[str, int] = {}
    params = []
    for case in cases:
        for indexed in (False, True):
            name = f"{case}-{'indexed' if indexed else 'plain'}"
            seen[name] = seen.get(name, 0) + 1
            suffix = f"-{seen[name]}" if seen[name] > 1 else ""
            params.append(pytest.param(case, indexed, id=name + suffix))
    return params


def uncovered(field_class: Any, cases: list[Case], elsewhere: set[str]) -> set[str]:
    """Commands of the type that no case runs."""
    return set(field_class.available_commands) - {case.command for case in cases} - elsewhere
