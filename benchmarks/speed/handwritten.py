"""What an expert writes by hand for this job alone: pipelines, and one script per operation.

Keys: ``p:<id>`` the hash, ``p:<id>:visits``, ``p:<id>:tags``, ``p:<id>:seen``; ``p:ids``,
``p:seq``; ``i:first:<value>``, ``i:last:<value>``, ``i:tag:<value>`` sets, ``i:nick``,
``i:year`` sorted sets, ``i:email`` a hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redis

from limpyd_ng.embedded import EmbeddedServer

from .contest import Contestant
from .people import Person

__all__ = ["Pipelines", "Scripts"]

_PART = 500


class _Handwritten(Contestant):
    def __init__(self, server: EmbeddedServer) -> None:
        super().__init__(server)
        self.redis = redis.Redis(**server.settings, decode_responses=True)

    def native_get(self, pk: str) -> Any:
        return self.redis.get(f"p:{pk}:visits")

    def native_hget(self, pk: str) -> Any:
        return self.redis.hget(f"p:{pk}", "bio")

    def native_incr(self, pk: str) -> Any:
        return self.redis.incr(f"p:{pk}:visits")

    def native_sadd(self, pk: str, value: str) -> Any:
        return self.redis.sadd(f"p:{pk}:seen", value)

    def pks(self, last: str) -> list[str]:
        return list(self.redis.smembers(f"i:last:{last}"))  # type: ignore[arg-type]


class Pipelines(_Handwritten):
    """MULTI/EXEC pipelines; what must be known first is read first, unique values by HSETNX."""

    name = "pipeline"

    def create(self, person: Person) -> str:
        pk = str(self.redis.incr("p:seq"))
        if not self.redis.hsetnx("i:email", person.email, pk):
            raise ValueError("taken")
        pipe = self.redis.pipeline()
        self._store(pipe, pk, person)
        pipe.execute()
        return pk

    def _store(self, pipe: Any, pk: str, person: Person) -> None:
        pipe.sadd("p:ids", pk)
        scalars = {name: getattr(person, name) for name in ("first", "last", "nick", "year", "email", "bio")}
        pipe.hset(f"p:{pk}", mapping=scalars)
        pipe.set(f"p:{pk}:visits", 0)
        pipe.sadd(f"p:{pk}:tags", *person.tags)
        pipe.sadd(f"i:first:{person.first}", pk)
        pipe.sadd(f"i:last:{person.last}", pk)
        pipe.zadd("i:nick", {f"{person.nick}\0{pk}": 0})
        pipe.zadd("i:year", {pk: person.year})
        for tag in person.tags:
            pipe.sadd(f"i:tag:{tag}", pk)

    def load(self, people: Sequence[Person]) -> list[str]:
        last = int(self.redis.incrby("p:seq", len(people)))  # type: ignore[arg-type]
        pks = [str(number) for number in range(last - len(people) + 1, last + 1)]
        for start in range(0, len(people), _PART):
            pipe = self.redis.pipeline(transaction=False)
            for pk, person in zip(pks[start : start + _PART], people[start : start + _PART], strict=True):
                pipe.hsetnx("i:email", person.email, pk)
                self._store(pipe, pk, person)
            pipe.execute()
        return pks

    def read(self, pk: str) -> dict[str, Any]:
        pipe = self.redis.pipeline()
        pipe.hgetall(f"p:{pk}")
        pipe.get(f"p:{pk}:visits")
        pipe.smembers(f"p:{pk}:tags")
        values, visits, tags = pipe.execute()
        if not values:
            raise KeyError(pk)
        return {**values, "visits": visits, "tags": tags}

    def set_year(self, pk: str, year: int) -> Any:
        pipe = self.redis.pipeline()
        pipe.hset(f"p:{pk}", "year", year)  # type: ignore[arg-type]
        pipe.zadd("i:year", {pk: year})
        return pipe.execute()[0]

    def set_last(self, pk: str, last: str) -> Any:
        def change(pipe: Any) -> None:
            old = pipe.hget(f"p:{pk}", "last")
            pipe.multi()
            pipe.hset(f"p:{pk}", "last", last)
            pipe.srem(f"i:last:{old}", pk)
            pipe.sadd(f"i:last:{last}", pk)

        return self.redis.transaction(change, f"p:{pk}")[0]

    def tag(self, pk: str, tag: str) -> Any:
        pipe = self.redis.pipeline()
        pipe.sadd(f"p:{pk}:tags", tag)
        pipe.sadd(f"i:tag:{tag}", pk)
        return pipe.execute()[0]

    def untag(self, pk: str, tag: str) -> Any:
        pipe = self.redis.pipeline()
        pipe.srem(f"p:{pk}:tags", tag)
        pipe.srem(f"i:tag:{tag}", pk)
        return pipe.execute()[0]

    def delete(self, pk: str) -> Any:
        person = self.read(pk)
        pipe = self.redis.pipeline()
        pipe.srem("p:ids", pk)
        pipe.unlink(f"p:{pk}", f"p:{pk}:visits", f"p:{pk}:tags", f"p:{pk}:seen")
        pipe.srem(f"i:first:{person['first']}", pk)
        pipe.srem(f"i:last:{person['last']}", pk)
        pipe.zrem("i:nick", f"{person['nick']}\0{pk}")
        pipe.zrem("i:year", pk)
        pipe.hdel("i:email", person["email"])
        for tag in person["tags"]:
            pipe.srem(f"i:tag:{tag}", pk)
        return bool(pipe.execute()[0])

    def values(self, last: str) -> list[dict[str, Any]]:
        pks = self.pks(last)
        pipe = self.redis.pipeline(transaction=False)
        for pk in pks:
            pipe.hmget(f"p:{pk}", "first", "nick", "year")
        return [
            {"pk": pk, "first": first, "nick": nick, "year": year}
            for pk, (first, nick, year) in zip(pks, pipe.execute(), strict=True)
        ]

    def instances(self, last: str) -> list[dict[str, Any]]:
        return self.values(last)

    def page(self, last: str, year: int, nick: str) -> list[str]:
        return self._found(last, year, nick)[:20]

    def count(self, last: str, year: int, nick: str) -> int:
        return len(self._found(last, year, nick))

    def _found(self, last: str, year: int, nick: str) -> list[str]:
        found = [
            (int(one["year"]), int(one["pk"]), one["pk"])
            for one in self.values(last)
            if int(one["year"]) >= year and one["nick"].startswith(nick)
        ]
        return [pk for _, _, pk in sorted(found)]


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
redis.call('UNLINK', key, key .. ':visits', key .. ':tags', key .. ':seen')
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


class Scripts(_Handwritten):
    """One Lua script for each operation, with exactly the indexes needed. The yardstick."""

    name = "script"

    def __init__(self, server: EmbeddedServer) -> None:
        super().__init__(server)
        texts = {
            name: text for name, text in globals().items() if name[1:].isupper() and isinstance(text, str)
        }
        self.sha = {name: str(self.redis.script_load(text)) for name, text in texts.items()}

    def _run(self, name: str, keys: Sequence[str], *args: Any) -> Any:
        return self.redis.evalsha(self.sha[name], len(keys), *keys, *args)

    def create(self, person: Person) -> str:
        return self._run("_CREATE", ("p:ids",), *_flat(person))  # type: ignore[no-any-return]

    def load(self, people: Sequence[Person]) -> list[str]:
        pks: list[str] = []
        for start in range(0, len(people), _PART):
            pipe = self.redis.pipeline(transaction=False)
            for person in people[start : start + _PART]:
                pipe.evalsha(self.sha["_CREATE"], 1, "p:ids", *_flat(person))
            pks += pipe.execute()
        return pks

    def read(self, pk: str) -> dict[str, Any]:
        flat, visits, tags = self._run("_READ", (f"p:{pk}",))
        if not flat:
            raise KeyError(pk)
        return {**dict(zip(flat[::2], flat[1::2], strict=True)), "visits": visits, "tags": set(tags)}

    def set_year(self, pk: str, year: int) -> Any:
        return self._run("_SET_YEAR", (f"p:{pk}",), pk, year)

    def set_last(self, pk: str, last: str) -> Any:
        return self._run("_SET_LAST", (f"p:{pk}",), pk, last)

    def tag(self, pk: str, tag: str) -> Any:
        return self._run("_TAG", (f"p:{pk}:tags",), pk, tag)

    def untag(self, pk: str, tag: str) -> Any:
        return self._run("_UNTAG", (f"p:{pk}:tags",), pk, tag)

    def delete(self, pk: str) -> Any:
        return bool(self._run("_DELETE", (f"p:{pk}",), pk))

    def values(self, last: str) -> list[dict[str, Any]]:
        flat = self._run("_VALUES", (f"i:last:{last}",))
        names = ("pk", "first", "nick", "year")
        return [dict(zip(names, flat[at : at + 4], strict=True)) for at in range(0, len(flat), 4)]

    def instances(self, last: str) -> list[dict[str, Any]]:
        return self.values(last)

    def page(self, last: str, year: int, nick: str) -> list[str]:
        return self._run("_PAGE", (f"i:last:{last}",), year, nick)  # type: ignore[no-any-return]

    def count(self, last: str, year: int, nick: str) -> int:
        return self._run("_COUNT", (f"i:last:{last}",), year, nick)  # type: ignore[no-any-return]


def _flat(person: Person) -> tuple[Any, ...]:
    p = person
    return (p.first, p.last, p.nick, p.year, p.email, p.bio, *p.tags)
