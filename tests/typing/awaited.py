"""What users write with asyncio: whatever asks the server is awaited, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_type

import redis.asyncio

from limpyd_ng.asyncio import CollectionManager, RedisDatabase, RedisModel, fields
from limpyd_ng.asyncio.contrib.related import FKStringField, M2MSetField, RelatedCollection, RelatedModel
from limpyd_ng.asyncio.testing import assert_indexes_right
from limpyd_ng.collection import Q
from limpyd_ng.objects.bulk import Created, Removed
from limpyd_ng.query.explain import Explanation
from limpyd_ng.records import RecordBase
from limpyd_ng.runners.aio import AsyncPipeline
from limpyd_ng.upkeep import Difference

main_database = RedisDatabase(host="localhost")


@dataclass
class Brief:
    """What is shown of a bike."""

    name: str
    price: Decimal | None


class Bike(RedisModel):
    database = main_database
    name = fields.InstanceHashField(indexable=True)
    price = fields.InstanceHashField(type=Decimal, indexable=True)
    hits = fields.StringField(type=int)
    tags = fields.SetField(indexable=True)
    steps = fields.ListField(type=int)
    stock = fields.HashField(type=int)
    ranks = fields.SortedSetField()
    weight: fields.StringField[float]


class Person(RelatedModel):
    database = main_database
    name = fields.StringField(indexable=True)
    groups: RelatedCollection[Group]


class Group(RelatedModel):
    database = main_database
    owner = FKStringField(Person, related_name="groups")
    members = M2MSetField(Person, related_name="member_of")
    parent: FKStringField[Group] = FKStringField("self", related_name="children")


async def commands(bike: Bike) -> None:
    assert_type(await bike.price.hset(Decimal(3)), int)
    assert_type(await bike.price.hget(), Decimal | None)
    assert_type(await bike.name.hget(), str | None)
    assert_type(await bike.hits.incr(), int)
    assert_type(await bike.hits.get(), int | None)
    assert_type(await bike.hits.set(3, get=True), int | None)
    assert_type(await bike.weight.get(), float | None)
    assert_type(await bike.tags.sadd("red"), int)
    assert_type(await bike.tags.smembers(), set[str])
    assert_type(await bike.steps.rpush(1, 2), int)
    assert_type(await bike.steps.lmembers(), list[int])
    assert_type(await bike.steps.lpop(), int | None)
    assert_type(await bike.stock.hset("a", 1), int)
    assert_type(await bike.stock.hgetall(), dict[str, int])
    assert_type(await bike.ranks.zadd({"a": 1}), int)
    assert_type(await bike.ranks.zrange(0, -1, withscores=True), list[tuple[str, float]])
    assert_type(await bike.pk.get(), str | Any)
    assert_type(bike.get_pk(), str | Any)
    assert_type(await bike.hgetall(), dict[str, Any])
    tags = bike.tags.sscan()
    assert_type(tags, AsyncIterator[str])
    async for tag in tags:
        assert_type(tag, str)
    async for member, score in bike.ranks.zscan():
        assert_type((member, score), tuple[str, float])


async def objects() -> Bike:
    bike = await Bike.create(name="a", price=Decimal(2))
    assert_type(bike, Bike)
    assert_type(await Bike.create(nx=True, name="b"), Bike | None)
    assert_type(await Bike.get(name="a"), Bike)
    assert_type(await Bike.get_or_connect(name="a"), tuple[Bike, bool])
    assert_type(Bike.lazy_connect(bike.get_pk()), Bike)
    assert_type(Bike(), Bike)
    assert_type(await Bike.exists(name="a"), bool)
    assert_type(await Bike.from_pks([1]), list[Bike])
    made = await Bike.create_many([{"name": "c"}])
    assert_type(made, Created[Bike])
    assert_type(await Bike.delete_many(made.instances), Removed)
    assert_type(await bike.update(price=Decimal(4)), bool)
    assert_type(await bike.snapshot(), dict[str, Any])
    assert_type(await bike.dump(), RecordBase)
    assert_type(await bike.dump(Brief), Brief)
    assert_type(await Bike.check_indexes(), list[Difference])
    assert_type(await Bike.price.rebuild_indexes(), int)
    assert_type(await Bike.price.get_index().check(), list[Difference])
    assert_type(Bike.get_database(), RedisDatabase)
    async for pk in Bike.scan_pks():
        assert_type(pk, str)
    return bike


async def collections() -> None:
    found = Bike.collection(Q(price__lt=5), name="a")
    assert_type(found, CollectionManager[Bike, str])
    assert_type(await found, list[str])
    assert_type(await found[0], str)
    assert_type(await found[:1], list[str])
    assert_type(await found.filter(price=4).count(), int)
    assert_type(await found.first(), str | None)
    assert_type(await found.get(), Bike)
    assert_type(await found.explain(), Explanation)
    assert_type(await found.instances()[0], Bike)
    async for bike in found.instances():
        assert_type(bike, Bike)
    async for bike in found.instances().iterator():
        assert_type(bike, Bike)
    assert_type(await found.values("name"), list[dict[str, Any]])
    assert_type(await found.store(), CollectionManager[Bike, str])
    assert_type(await found.update(price=Decimal(4)), int)


async def relations() -> None:
    person = await Person.create(name="ann")
    group = await Group.create(owner=person, members=[person])
    assert_type(await group.owner.instance(), Person | None)
    assert_type(await group.fetch("owner"), dict[str, Any])
    assert_type(await group.parent.instance(), Group | None)
    assert_type(group.members(), CollectionManager[Person, str])
    assert_type(await group.members().instances(), list[Person])
    assert_type(await person.groups().instances()[0], Group)
    assert_type(await group.owner.set(person), bool | None)


async def half(pipe: AsyncPipeline) -> float:
    return 0.5


async def pipelines(bike: Bike) -> None:
    async with main_database.pipeline() as pipe:
        assert_type(pipe, AsyncPipeline)
        hits = bike.hits.incr()
        assert_type(await pipe.execute(), list[Any])
        assert_type(await hits, int)
    assert_type(await main_database.transaction(half, value_from_callable=True), float)
    assert_type(await main_database.transaction(half, bike.hits), list[Any])
    assert_type(await main_database.redis_version, tuple[int, ...])
    assert_type(main_database.connection, redis.asyncio.Redis)
    async for key in main_database.scan_keys():
        assert_type(key, str)


async def main() -> None:
    """Everything once, on a server."""
    async with main_database:
        bike = await objects()
        await commands(bike)
        await collections()
        await relations()
        await pipelines(bike)
        await assert_indexes_right(Bike, Person, Group)
