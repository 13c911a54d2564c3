"""What users write with a plain database: every result has the type that it has when it runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, assert_type

import redis

from limpyd_ng import fields
from limpyd_ng.collection import CollectionManager, OrderBy, Q
from limpyd_ng.contrib.indexes import DateTimeIndex
from limpyd_ng.fields import Point
from limpyd_ng.indexes import BaseIndex, EqualIndex, TextRangeIndex
from limpyd_ng.model import RedisDatabase, RedisModel
from limpyd_ng.objects.bulk import Created, Removed
from limpyd_ng.query.explain import Explanation
from limpyd_ng.records import RecordBase
from limpyd_ng.runners.pipeline import Pipeline
from limpyd_ng.testing import assert_indexes_right, count_requests
from limpyd_ng.upkeep import Difference, Upkeep

main_database = RedisDatabase(host="localhost", port=6379, db=0)


class Kind(Enum):
    ROAD = "road"
    CITY = "city"


class MoneyField(fields.InstanceHashField[Decimal]):
    """A class of fields of one's own."""

    def double(self) -> Decimal | None:
        found = self.hget()
        return None if found is None else 2 * found


class KindField(fields.EnumField[Kind]):
    """One without arguments."""


class Bike(RedisModel):
    database = main_database

    name = fields.InstanceHashField(indexable=True, unique=True, indexes=[TextRangeIndex])
    price = fields.InstanceHashField(type=Decimal, indexable=True, min=0)
    kind = fields.InstanceHashField(choices=Kind, indexable=True)
    cost = MoneyField()
    use = fields.EnumField(Kind, indexable=True, default=Kind.CITY)
    mood = KindField(required=False)
    year: fields.StringField[int | None] = fields.StringField(type=int | None)
    sold = fields.StringField(indexes=[DateTimeIndex])
    hits = fields.StringField(default=0)
    tags = fields.SetField(indexable=True)
    place = fields.GeoField(indexable=True)
    stops = fields.SetField(type=Point)
    sizes = fields.SetField(type=int)
    services = fields.ListField(type=date)
    stock = fields.HashField(key_type=date, type=int)
    notes = fields.HashField()
    levels = fields.HashField(type=float)
    ranks = fields.SortedSetField(type=int)


@dataclasses.dataclass
class Brief:
    """What is shown of a bike."""

    name: str
    price: Decimal | None


def as_record(bike: Bike) -> Bike.Record:
    return bike.dump()


def own_class(bikes: Iterator[Bike]) -> int:
    return sum(1 for _ in bikes)


class Bikes(CollectionManager[Bike, str]):
    def cheap(self) -> Bikes:
        return self.filter(price__lt=Decimal(100))


class Shop(RedisModel):
    database = main_database
    code = fields.PKField()
    collection_manager = CollectionManager


def commands(bike: Bike) -> None:
    assert_type(bike.price, fields.InstanceHashField[Decimal])
    assert_type(bike.price.hget(), Decimal | None)
    assert_type(bike.price.hset(Decimal(3)), int)
    assert_type(bike.price.hexists(), bool)
    assert_type(bike.name.hget(), str | None)
    assert_type(bike.kind.hget(), Kind | None)
    assert_type(bike.use, fields.EnumField[Kind])
    assert_type(bike.use.hget(), Kind | None)
    assert_type(bike.mood.hget(), Kind | None)
    assert_type(bike.cost.hset(Decimal(4)), int)
    assert_type(bike.cost.hget(), Decimal | None)
    assert_type(bike.cost.double(), Decimal | None)
    assert_type(bike.year.get(), int | None)
    assert_type(bike.hits.incr(), int)
    assert_type(bike.hits.incrbyfloat(1.5), float)
    assert_type(bike.hits.get(), str | None)
    assert_type(bike.hits.set(3), bool | None)
    assert_type(bike.hits.set(3, get=True), str | None)
    assert_type(bike.hits.getdel(), str | None)
    assert_type(bike.hits.append("x"), int)
    assert_type(bike.hits.ttl(), int)
    assert_type(bike.hits.type(), str)
    assert_type(bike.hits.delete(), int)
    assert_type(bike.sold.set(datetime(2026, 1, 1)), bool | None)

    assert_type(bike.tags.sadd("red", "city"), int)
    assert_type(bike.tags.smembers(), set[str])
    assert_type(bike.sizes.smembers(), set[int])
    assert_type(bike.sizes.sadd(54), int)
    assert_type(bike.sizes.srandmember(), int | None)
    assert_type(bike.sizes.srandmember(2), list[int])
    assert_type(bike.sizes.sort(), list[int])
    assert_type(bike.sizes.spop(), int | None)
    for tag in bike.tags.sscan(match="r*"):
        assert_type(tag, str)

    assert_type(bike.services.rpush(date(2026, 1, 1)), int)
    assert_type(bike.services.lrange(0, -1), list[date])
    assert_type(bike.services.lmembers(), list[date])
    assert_type(bike.services.lpos(date(2026, 1, 1)), int | None)
    assert_type(bike.services.lpos(date(2026, 1, 1), count=0), list[int])
    assert_type(bike.services.lcontains(date(2026, 1, 1)), bool)
    assert_type(bike.services.lpop(), date | None)
    assert_type(bike.services.lpop(2), list[date] | None)

    assert_type(bike.stock.hset(date(2026, 1, 1), 3), int)
    assert_type(bike.stock.hget(date(2026, 1, 1)), int | None)
    assert_type(bike.stock.hgetall(), dict[date, int])
    assert_type(bike.stock.hkeys(), list[date])
    assert_type(bike.stock.hvals(), list[int])
    assert_type(bike.notes.hgetall(), dict[str, str])
    assert_type(bike.notes.hmset(a="b"), bool)
    assert_type(bike.levels.hgetall(), dict[str, float])
    for day, number in bike.stock.hscan():
        assert_type((day, number), tuple[date, int])

    assert_type(bike.ranks.zadd({3: 1.0}), int)
    assert_type(bike.ranks.zadd({3: 1.0}, incr=True), float | None)
    assert_type(bike.ranks.zrange(0, -1), list[int])
    assert_type(bike.ranks.zrange(0, -1, withscores=True), list[tuple[int, float]])
    assert_type(bike.ranks.zscore(3), float | None)
    assert_type(bike.ranks.zmembers(), list[int])
    for member, score in bike.ranks.zscan():
        assert_type((member, score), tuple[int, float])

    assert_type(bike.pk.get(), str | Any)
    assert_type(bike.get_pk(), str | Any)
    assert_type(bike.hgetall(), dict[str, Any])
    assert_type(bike.hmget("name", "price"), list[Any])
    assert_type(bike.hmset(name="a"), bool)


class Day(RedisModel):
    database = main_database
    day = fields.PKField(type=date)
    note = fields.StringField()


class Numbered(RedisModel):
    database = main_database
    id = fields.AutoPKField(type=int)


def primary_keys() -> None:
    day = Day(day=date(2026, 1, 1))
    assert_type(day.day.get(), date)
    assert_type(Numbered.create().id.get(), int)
    assert_type(day.get_pk(), str | Any)


def objects() -> Bike:
    primary_keys()
    bike = Bike(name="a", price=Decimal(2))
    assert_type(bike, Bike)
    assert_type(Bike.create(name="c"), Bike)
    assert_type(Bike.create(nx=True, name="d"), Bike | None)
    assert_type(Bike.get(bike.get_pk()), Bike)
    assert_type(Bike.get(name="a"), Bike)
    assert_type(Bike.get_or_connect(name="a"), tuple[Bike, bool])
    assert_type(Bike.lazy_connect(1), Bike)
    assert_type(Bike.exists(name="a"), bool)
    assert_type(Bike.from_pks([1, 2]), list[Bike])
    made = Bike.create_many([{"name": "e"}, {"name": "f"}])
    assert_type(made, Created[Bike])
    assert_type(made.instances, list[Bike])
    assert_type(Bike.delete_many(made.instances), Removed)
    for pk in Bike.scan_pks():
        assert_type(pk, str)
    assert_type(bike.update(price=Decimal(5)), bool)
    assert_type(bike.update(xx=True, price=Decimal(5)), bool | None)
    assert_type(bike.snapshot(), dict[str, Any])
    assert_type(bike.dump(), RecordBase)
    assert_type(bike.place.hset(Point(2.35, 48.85)), int)
    assert_type(bike.place.hget(), Point | None)
    assert_type(bike.stops.smembers(), set[Point])
    assert_type(Point(1, 2).distance((3, 4)), float)
    assert_type(
        Bike.collection(place__near=(1, 2, 3)).sort(by=OrderBy("place", near=Point(1, 2))),
        CollectionManager[Bike, str],
    )
    assert_type(bike.dump().price, Any)
    assert_type(dataclasses.asdict(as_record(bike)), dict[str, Any])
    assert_type(bike.dump(Brief), Brief)
    assert_type(Bike.check_indexes(), list[Difference])
    assert_type(Bike.rebuild_indexes(), int)
    assert_type(Bike.price.get_index(), Upkeep)
    assert_type(Bike.price.get_index().rebuild(), int)
    assert_type(Bike.get_fields(), tuple[fields.RedisField[Any], ...])
    assert_type(Bike.get_database(), RedisDatabase)
    shop = Shop(code="s")
    assert_type(shop.code.get(), str)
    assert_type(shop.rename_pk("t"), int)
    assert_type(shop.delete(), bool)
    return bike


def collections() -> None:
    found = Bike.collection(Q(price__lt=5) | Q(kind=Kind.CITY), name__startswith="a")
    assert_type(found, CollectionManager[Bike, str])
    assert_type(list(found), list[str])
    assert_type(found.filter(price=5).exclude(kind=Kind.ROAD), CollectionManager[Bike, str])
    assert_type(Bike.collection().sort(by=OrderBy("price"))[0], str)
    assert_type(Bike.collection()[:10], CollectionManager[Bike, str])
    assert_type(Bike.collection().first(), str | None)
    assert_type(Bike.collection().count(), int)
    assert_type(Bike.collection(name="a").get(), Bike)
    assert_type(found.explain(), Explanation)
    bikes = Bike.collection().instances()
    assert_type(bikes[0], Bike)
    assert_type(bikes[:2], CollectionManager[Bike, Bike])
    assert_type(bikes.first(), Bike | None)
    assert_type(own_class(iter(bikes)), int)
    for bike in Bike.instances(lazy=True, name="a"):
        assert_type(bike, Bike)
    for bike, values in Bike.collection().instances(values=["price"]):
        assert_type(bike, Bike)
        assert_type(values, dict[str, Any])
    assert_type(Bike.collection().values("name", "price")[0], dict[str, Any])
    assert_type(Bike.collection().values_list("name", "price")[0], tuple[Any, ...])
    assert_type(Bike.collection().values_list("name", flat=True)[:3].evaluate(), list[Any])
    assert_type(bikes.primary_keys()[0], str)
    for bike in bikes.iterator():
        assert_type(bike, Bike)
    assert_type(Bike.collection(manager=Bikes).cheap().count(), int)
    assert_type(Bike.collection(manager=CollectionManager[Bike, int]).first(), int | None)
    assert_type(Bike.collection().store(ttl=2), CollectionManager[Bike, str])
    assert_type(Bike.collection().update(price=Decimal(7)), int)


def three(pipe: Pipeline) -> int:
    return 3


def pipelines(bike: Bike) -> None:
    with main_database.pipeline() as pipe:
        assert_type(pipe, Pipeline)
        bike.hits.set(1)
        hits = bike.hits.incr()  # a Deferred, with the type of the reply: pipe.execute() gives it
        assert_type(hits, int)
        assert_type(pipe.execute(), list[Any])
    assert_type(main_database.transaction(three, value_from_callable=True), int)
    assert_type(main_database.transaction(three, bike.hits), list[Any])
    assert_type(main_database.redis_version, tuple[int, ...])
    assert_type(main_database.connection, redis.Redis)
    for key in main_database.scan_keys():
        assert_type(key, str)


def main() -> None:
    """Everything once, on a server."""
    with count_requests() as sent:
        bike = objects()
        commands(bike)
        collections()
        pipelines(bike)
    assert_type(sent.count, int)
    assert_indexes_right(Bike, Shop)
    indexes: list[type[BaseIndex]] = [EqualIndex]
    assert indexes
