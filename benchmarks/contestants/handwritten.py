"""What an expert writes by hand for this job alone, with pipelines.

Keys: ``p:<id>`` the hash, ``p:<id>:visits``, ``p:<id>:tags``; ``gauge:<id>``, ``gauge:<id>:seen``; ``p:ids``,
``p:seq``; ``i:first:<value>``, ``i:last:<value>``, ``i:tag:<value>`` sets, ``i:nick``,
``i:year`` sorted sets, ``i:email`` a hash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import redis

from ..contest import Contestant
from ..people import Person
from .audit import index_errors

__all__ = ["Handwritten", "Pipelines"]

_PART = 500


class Handwritten(Contestant):
    """The native commands and the keys, which pipelines and scripts have in common."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self.redis: Any = self._connect()

    def _connect(self) -> Any:
        return redis.Redis(**self.settings, decode_responses=True)

    def _then(self, reply: Any, after: Callable[[Any], Any]) -> Any:
        """What is made of a reply; of an awaitable one where there is an event loop."""
        return after(reply)

    def close(self) -> None:
        self.redis.close()
        super().close()

    def prepare(self) -> None:
        self.client.hset("gauge:1", "count", 5)

    def index_errors(self) -> list[str]:
        return index_errors(self.client)

    def native_get(self, pk: str) -> Any:
        return self.redis.get(f"p:{pk}:visits")

    def native_hget(self, pk: str) -> Any:
        return self.redis.hget(f"p:{pk}", "bio")

    def native_incr(self, pk: str) -> Any:
        return self.redis.incr(f"p:{pk}:visits")

    def native_sadd(self, pk: str, value: str) -> Any:
        return self.redis.sadd(f"gauge:{pk}:seen", value)

    def native_sismember(self, pk: str, value: str) -> Any:
        return self.redis.sismember(f"gauge:{pk}:seen", value)

    def native_smembers(self, pk: str) -> Any:
        return self.redis.smembers(f"gauge:{pk}:seen")

    def typed_hget(self, pk: str) -> int:
        return self._then(self.redis.hget(f"gauge:{pk}", "count"), int)  # type: ignore[no-any-return]

    def pks(self, last: str) -> list[str]:
        return self._then(self.redis.smembers(f"i:last:{last}"), list)  # type: ignore[no-any-return]


class Pipelines(Handwritten):
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
        pipe.hset(f"p:{pk}", mapping=person.scalars())
        pipe.set(f"p:{pk}:visits", 0)
        pipe.sadd(f"p:{pk}:tags", *person.tags)
        pipe.sadd(f"i:first:{person.first}", pk)
        pipe.sadd(f"i:last:{person.last}", pk)
        pipe.zadd("i:nick", {f"{person.nick}\0{pk}": 0})
        pipe.zadd("i:year", {pk: person.year})
        for tag in person.tags:
            pipe.sadd(f"i:tag:{tag}", pk)

    def load(self, people: Sequence[Person]) -> list[str]:
        last = int(self.redis.incrby("p:seq", len(people)))
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
        pipe.hset(f"p:{pk}", "year", year)
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
        pipe.unlink(f"p:{pk}", f"p:{pk}:visits", f"p:{pk}:tags")
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
