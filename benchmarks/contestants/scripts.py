"""What an expert writes by hand for this job alone: one Lua script for each operation.

Keys are those of ``handwritten``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import redis.asyncio

from ..contest import Calls
from ..people import Person
from .handwritten import Handwritten

__all__ = ["AsyncScripts", "Scripts", "in_turn"]

_PART = 500

_CREATE = """
if redis.call('HEXISTS', 'i:email', ARGV[5]) == 1 then return redis.error_reply('TAKEN') end
local pk = redis.call('INCR', 'p:seq')
redis.call('HSET', 'i:email', ARGV[5], pk)
redis.call('SADD', 'p:ids', pk)
local key = 'p:' .. pk
redis.call('HSET', key, 'first', ARGV[1], 'last', ARGV[2], 'nick', ARGV[3], 'year', ARGV[4],
           'email', ARGV[5], 'bio', ARGV[6])
redis.call('SET', key .. ':visits', 0)
redis.call('SADD', 'i:first:' .. ARGV[1], pk)
redis.call('SADD', 'i:last:' .. ARGV[2], pk)
redis.call('ZADD', 'i:nick', 0, ARGV[3] .. '\\0' .. pk)
redis.call('ZADD', 'i:year', ARGV[4], pk)
for i = 7, #ARGV do
  redis.call('SADD', key .. ':tags', ARGV[i])
  redis.call('SADD', 'i:tag:' .. ARGV[i], pk)
end
return tostring(pk)
"""
_READ = """
local key = KEYS[1]
local visits = redis.call('GET', key .. ':visits')
return {redis.call('HGETALL', key), visits, redis.call('SMEMBERS', key .. ':tags')}
"""
_SET_YEAR = """
if redis.call('SISMEMBER', 'p:ids', ARGV[1]) == 0 then return redis.error_reply('MISSING') end
redis.call('ZADD', 'i:year', ARGV[2], ARGV[1])
return redis.call('HSET', KEYS[1], 'year', ARGV[2])
"""
_SET_LAST = """
if redis.call('SISMEMBER', 'p:ids', ARGV[1]) == 0 then return redis.error_reply('MISSING') end
local old = redis.call('HGET', KEYS[1], 'last')
if old then redis.call('SREM', 'i:last:' .. old, ARGV[1]) end
redis.call('SADD', 'i:last:' .. ARGV[2], ARGV[1])
return redis.call('HSET', KEYS[1], 'last', ARGV[2])
"""
_TAG = """
if redis.call('SISMEMBER', 'p:ids', ARGV[1]) == 0 then return redis.error_reply('MISSING') end
redis.call('SADD', 'i:tag:' .. ARGV[2], ARGV[1])
return redis.call('SADD', KEYS[1], ARGV[2])
"""
_UNTAG = """
if redis.call('SISMEMBER', 'p:ids', ARGV[1]) == 0 then return redis.error_reply('MISSING') end
redis.call('SREM', 'i:tag:' .. ARGV[2], ARGV[1])
return redis.call('SREM', KEYS[1], ARGV[2])
"""
_DELETE = """
local pk = ARGV[1]
if redis.call('SREM', 'p:ids', pk) == 0 then return redis.error_reply('MISSING') end
local key = 'p:' .. pk
local old = redis.call('HMGET', key, 'first', 'last', 'nick', 'email')
redis.call('SREM', 'i:first:' .. old[1], pk)
redis.call('SREM', 'i:last:' .. old[2], pk)
redis.call('ZREM', 'i:nick', old[3] .. '\\0' .. pk)
redis.call('ZREM', 'i:year', pk)
redis.call('HDEL', 'i:email', old[4])
for _, tag in ipairs(redis.call('SMEMBERS', key .. ':tags')) do redis.call('SREM', 'i:tag:' .. tag, pk) end
redis.call('UNLINK', key, key .. ':visits', key .. ':tags')
return 1
"""
_VALUES = """
local found = {}
for _, pk in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local values = redis.call('HMGET', 'p:' .. pk, 'first', 'nick', 'year')
  local at = #found
  found[at + 1], found[at + 2], found[at + 3], found[at + 4] = pk, values[1], values[2], values[3]
end
return found
"""
_FOUND = """
local pks = redis.call('SMEMBERS', KEYS[1])
local found, least, nick = {}, tonumber(ARGV[1]), ARGV[2]
local years = #pks > 0 and redis.call('ZMSCORE', 'i:year', unpack(pks)) or {}
for i, pk in ipairs(pks) do
  local year = tonumber(years[i])
  if year >= least and string.sub(redis.call('HGET', 'p:' .. pk, 'nick'), 1, #nick) == nick then
    found[#found + 1] = {year, tonumber(pk), pk}
  end
end
"""
_PAGE = (
    _FOUND
    + """
table.sort(found, function(a, b) if a[1] ~= b[1] then return a[1] < b[1] end return a[2] < b[2] end)
local page = {}
for i = 1, math.min(20, #found) do page[i] = found[i][3] end
return page
"""
)
_COUNT = _FOUND + "return #found"
_EXISTS = _FOUND + "return #found > 0 and 1 or 0"


class Scripts(Handwritten):
    """One Lua script for each operation, with exactly the indexes needed. The yardstick."""

    name = "script"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        texts = {
            name: text for name, text in globals().items() if name[1:].isupper() and isinstance(text, str)
        }
        self.sha = {name: str(self.client.script_load(text)) for name, text in texts.items()}

    def _run(self, name: str, keys: Sequence[str], *args: Any) -> Any:
        return self.redis.evalsha(self.sha[name], len(keys), *keys, *args)

    def create(self, person: Person) -> str:
        return self._run("_CREATE", ("p:ids",), *_flat(person))  # type: ignore[no-any-return]

    def load(self, people: Sequence[Person]) -> list[str]:
        pks: list[str] = []
        for part in self._parts(people):
            pks += part.execute()
        return pks

    def _parts(self, people: Sequence[Person]) -> Iterator[Any]:
        for start in range(0, len(people), _PART):
            pipe = self.redis.pipeline(transaction=False)
            for person in people[start : start + _PART]:
                pipe.evalsha(self.sha["_CREATE"], 1, "p:ids", *_flat(person))
            yield pipe

    def read(self, pk: str) -> dict[str, Any]:
        return self._then(self._run("_READ", (f"p:{pk}",)), _values)  # type: ignore[no-any-return]

    def set_year(self, pk: str, year: int) -> Any:
        return self._run("_SET_YEAR", (f"p:{pk}",), pk, year)

    def set_last(self, pk: str, last: str) -> Any:
        return self._run("_SET_LAST", (f"p:{pk}",), pk, last)

    def tag(self, pk: str, tag: str) -> Any:
        return self._run("_TAG", (f"p:{pk}:tags",), pk, tag)

    def untag(self, pk: str, tag: str) -> Any:
        return self._run("_UNTAG", (f"p:{pk}:tags",), pk, tag)

    def delete(self, pk: str) -> Any:
        return self._run("_DELETE", (f"p:{pk}",), pk)

    def values(self, last: str) -> list[dict[str, Any]]:
        return self._then(self._run("_VALUES", (f"i:last:{last}",)), _rows)  # type: ignore[no-any-return]

    def instances(self, last: str) -> list[dict[str, Any]]:
        return self.values(last)

    def page(self, last: str, year: int, nick: str) -> list[str]:
        return self._run("_PAGE", (f"i:last:{last}",), year, nick)  # type: ignore[no-any-return]

    def count(self, last: str, year: int, nick: str) -> int:
        return self._run("_COUNT", (f"i:last:{last}",), year, nick)  # type: ignore[no-any-return]

    def exists(self, last: str, year: int, nick: str) -> bool:
        return self._then(self._run("_EXISTS", (f"i:last:{last}",), year, nick), bool)  # type: ignore[no-any-return]


class AsyncScripts(Scripts):
    """The same scripts through redis.asyncio, one request after another."""

    name = "script, asyncio"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.loop = asyncio.Runner()
        super().__init__(settings)

    def _connect(self) -> Any:
        return redis.asyncio.Redis(**self.settings, decode_responses=True)

    async def _then(self, reply: Awaitable[Any], after: Callable[[Any], Any]) -> Any:
        return after(await reply)

    def perform(self, operation: str, calls: Calls) -> list[Any]:
        return self.loop.run(in_turn(getattr(self, operation), calls))

    def close(self) -> None:
        self.loop.run(self.redis.aclose())
        self.loop.close()
        self.client.close()

    async def load(self, people: Sequence[Person]) -> list[str]:  # type: ignore[override]
        pks: list[str] = []
        for part in self._parts(people):
            pks += await part.execute()
        return pks


async def in_turn(method: Callable[..., Awaitable[Any]], calls: Calls) -> list[Any]:
    """Awaits the method once for each list of arguments, one after another."""
    return [await method(*arguments) for arguments in calls]


def _flat(person: Person) -> tuple[Any, ...]:
    p = person
    return (p.first, p.last, p.nick, p.year, p.email, p.bio, *p.tags)


def _values(reply: Any) -> dict[str, Any]:
    flat, visits, tags = reply
    if not flat:
        raise KeyError("no such person")
    return {**dict(zip(flat[::2], flat[1::2], strict=True)), "visits": visits, "tags": set(tags)}


def _rows(flat: Sequence[Any]) -> list[dict[str, Any]]:
    names = ("pk", "first", "nick", "year")
    return [dict(zip(names, flat[at : at + 4], strict=True)) for at in range(0, len(flat), 4)]
