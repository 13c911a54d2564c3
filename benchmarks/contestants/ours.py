"""limpyd_ng, sync and asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from limpyd_ng import asyncio as limpyd_asyncio
from limpyd_ng import fields
from limpyd_ng.collection import Q
from limpyd_ng.database import RedisDatabase
from limpyd_ng.exceptions import DoesNotExist
from limpyd_ng.indexes import NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel

from ..contest import Calls, Contestant
from ..people import Person
from .scripts import in_turn

__all__ = ["AsyncLimpydNg", "LimpydNg"]


def make_models(on: Any) -> tuple[Any, Any]:
    """The models of a database: of people, and one with a typed field and a set without index."""

    class Human(RedisModel):
        database = on
        first = fields.InstanceHashField(indexable=True)
        last = fields.InstanceHashField(indexable=True)
        nick = fields.InstanceHashField(indexes=[TextRangeIndex])
        year = fields.InstanceHashField(indexes=[NumberRangeIndex])
        email = fields.InstanceHashField(unique=True)
        bio = fields.InstanceHashField()
        visits = fields.StringField(default=0)
        tags = fields.SetField(indexable=True)

    class Gauge(RedisModel):
        database = on
        count = fields.InstanceHashField(type=int)
        seen = fields.SetField()

    return Human, Gauge


class _Common(Contestant):
    """What is written the same in both: it gives a reply, or an awaitable of it."""

    missing = (DoesNotExist,)
    database: Any

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self.model, self.gauge = make_models(self._connect())

    def _connect(self) -> Any:
        raise NotImplementedError

    def set_year(self, pk: str, year: int) -> Any:
        return self.model.lazy_connect(pk).year.hset(year)

    def set_last(self, pk: str, last: str) -> Any:
        return self.model.lazy_connect(pk).last.hset(last)

    def native_get(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).visits.get()

    def native_hget(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).bio.hget()

    def native_incr(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).visits.incr()

    def native_sadd(self, pk: str, value: str) -> Any:
        return self.gauge.lazy_connect(pk).seen.sadd(value)

    def native_sismember(self, pk: str, value: str) -> Any:
        return self.gauge.lazy_connect(pk).seen.sismember(value)

    def native_smembers(self, pk: str) -> Any:
        return self.gauge.lazy_connect(pk).seen.smembers()

    def typed_hget(self, pk: str) -> int:
        return self.gauge.lazy_connect(pk).count.hget()  # type: ignore[no-any-return]

    def tag(self, pk: str, tag: str) -> Any:
        return self.model.lazy_connect(pk).tags.sadd(tag)

    def untag(self, pk: str, tag: str) -> Any:
        return self.model.lazy_connect(pk).tags.srem(tag)

    def delete(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).delete()

    def _three_ways(self, last: str, year: int, nick: str) -> Any:
        return self.model.collection(last=last, year__gte=year, nick__startswith=nick)

    def count(self, last: str, year: int, nick: str) -> int:
        return self._three_ways(last, year, nick).count()  # type: ignore[no-any-return]

    def exists(self, last: str, year: int, nick: str) -> bool:
        return self._three_ways(last, year, nick).exists()  # type: ignore[no-any-return]


class LimpydNg(_Common):
    """This library, sync."""

    name = "limpyd_ng"

    def _connect(self) -> Any:
        return RedisDatabase(**self.settings)

    def prepare(self) -> None:
        self.gauge.create_many({"count": 5} for _ in range(self.model.collection().count()))

    def index_errors(self) -> list[str]:
        return [str(difference) for difference in self.model.check_indexes()]

    def create(self, person: Person) -> str:
        created = self.model.create(**person.scalars(), tags=person.tags)
        return created.pk.get()  # type: ignore[no-any-return]

    def load(self, people: Sequence[Person]) -> list[str]:
        created = self.model.create_many({**person.scalars(), "tags": person.tags} for person in people)
        created.raise_refused()
        return created.pks  # type: ignore[no-any-return]

    def read(self, pk: str) -> dict[str, Any]:
        return _without_pk(self.model.lazy_connect(pk).snapshot())

    def pks(self, last: str) -> list[str]:
        return list(self.model.collection(last=last))

    def values(self, last: str) -> list[dict[str, Any]]:
        return list(self.model.collection(last=last).values("pk", "first", "nick", "year"))

    def instances(self, last: str) -> list[dict[str, Any]]:
        found = self.model.collection(last=last).instances(values=["first", "nick", "year"])
        return [{"pk": one.get_pk(), **values} for one, values in found]

    def page(self, last: str, year: int, nick: str) -> list[str]:
        return list(self._three_ways(last, year, nick).sort(by="year")[:20])

    def either(self, last: str, year: int, pk: str) -> list[str]:
        return list(self.model.collection(Q(last=last, year__gte=year) | Q(pk=pk)))

    def before(self, last: str, year: int) -> list[str]:
        return list(self.model.collection(~Q(year__gte=year), last=last))


class AsyncLimpydNg(_Common):
    """This library, asyncio, one request after another."""

    name = "limpyd_ng, asyncio"
    yardstick = "script, asyncio"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.loop = asyncio.Runner()
        super().__init__(settings)

    def _connect(self) -> Any:
        return limpyd_asyncio.RedisDatabase(**self.settings)

    def perform(self, operation: str, calls: Calls) -> list[Any]:
        return self.loop.run(in_turn(getattr(self, operation), calls))

    def close(self) -> None:
        self.loop.run(self.model.get_database().close())
        self.loop.close()
        super().close()

    def prepare(self) -> None:
        self.loop.run(self._prepare())

    async def _prepare(self) -> None:
        people = await self.model.collection().count()
        await self.gauge.create_many({"count": 5} for _ in range(people))

    def index_errors(self) -> list[str]:
        return [str(difference) for difference in self.perform("check", [()])[0]]

    async def check(self) -> Any:
        """Differences between index entries and values."""
        return await self.model.check_indexes()

    async def create(self, person: Person) -> str:  # type: ignore[override]
        created = await self.model.create(**person.scalars(), tags=person.tags)
        return created.get_pk()  # type: ignore[no-any-return]

    async def load(self, people: Sequence[Person]) -> list[str]:  # type: ignore[override]
        rows = ({**person.scalars(), "tags": person.tags} for person in people)
        created = await self.model.create_many(rows)
        created.raise_refused()
        return created.pks  # type: ignore[no-any-return]

    async def read(self, pk: str) -> dict[str, Any]:  # type: ignore[override]
        return _without_pk(await self.model.lazy_connect(pk).snapshot())

    async def pks(self, last: str) -> list[str]:  # type: ignore[override]
        return list(await self.model.collection(last=last))

    async def values(self, last: str) -> list[dict[str, Any]]:  # type: ignore[override]
        return list(await self.model.collection(last=last).values("pk", "first", "nick", "year"))

    async def instances(self, last: str) -> list[dict[str, Any]]:  # type: ignore[override]
        found = await self.model.collection(last=last).instances(values=["first", "nick", "year"])
        return [{"pk": one.get_pk(), **values} for one, values in found]

    async def page(self, last: str, year: int, nick: str) -> list[str]:  # type: ignore[override]
        return list(await self._three_ways(last, year, nick).sort(by="year")[:20])


def _without_pk(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "pk"}
