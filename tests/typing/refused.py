"""What type checkers have to refuse: each error is expected, and an unused one is an error."""

from __future__ import annotations

from decimal import Decimal

from limpyd_ng import asyncio as aio
from limpyd_ng import fields
from limpyd_ng.model import RedisDatabase, RedisModel


class Bike(RedisModel):
    database = RedisDatabase()
    name = fields.InstanceHashField(indexible=True)  # type: ignore[call-overload]
    price = fields.InstanceHashField(type=Decimal)
    hits = fields.StringField()
    tags = fields.SetField()
    steps = fields.ListField(type=int)


class AsyncBike(aio.RedisModel):
    database = aio.RedisDatabase()
    hits = aio.StringField()


class Mixed(RedisModel):
    database = aio.RedisDatabase()  # type: ignore[assignment]


def fields_of_a_plain_model(bike: Bike) -> None:
    bike.price = Decimal(3)  # type: ignore[assignment]
    bike.price.hset(None)  # type: ignore[arg-type]
    bike.price.hset([1])  # type: ignore[arg-type]
    bike.price.hget("price")  # type: ignore[call-arg]
    bike.price.get()  # type: ignore[attr-defined]
    bike.tags.lpush("a")  # type: ignore[attr-defined]
    bike.prise.hget()  # type: ignore[attr-defined]
    bike.hits.incr("one")  # type: ignore[arg-type]
    record: str = bike.dump()  # type: ignore[assignment]
    bike.dump(3)  # type: ignore[call-overload]
    price: Decimal = bike.price.hget()  # type: ignore[assignment]
    tags: list[str] = bike.tags.smembers()  # type: ignore[assignment]
    steps: list[str] = bike.steps.lmembers()  # type: ignore[assignment]
    assert price, (tags, steps)


def collections() -> None:
    pk: Bike = Bike.collection()[0]  # type: ignore[assignment]
    bike: str = Bike.collection().instances()[0]  # type: ignore[assignment]
    Bike.collection()["a"]  # type: ignore[call-overload]
    Bike.collection().filtered(name="a")  # type: ignore[attr-defined]
    assert pk, bike


async def a_plain_model_is_not_awaited(bike: Bike) -> None:
    await bike.hits.incr()  # type: ignore[misc]
    await Bike.collection()  # type: ignore[misc]
    async for _ in bike.tags.sscan():  # type: ignore[attr-defined]
        pass


async def a_model_of_asyncio_is_awaited(bike: AsyncBike) -> None:
    hits: int = bike.hits.incr()  # type: ignore[assignment]
    AsyncBike(hits=1)  # type: ignore[call-arg]
    AsyncBike(1)  # type: ignore[call-arg]
    len(AsyncBike.collection())  # type: ignore[arg-type]
    for _ in AsyncBike.collection():  # type: ignore[misc]
        pass
    for _ in aio.SetField().sscan():  # type: ignore[attr-defined]
        pass
    assert hits
