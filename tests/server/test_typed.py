"""Fields with a type: what every command takes and gives, what filters find, on real servers."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.codecs import Codec, DateTimeCodec, Point
from limpyd_ng.contrib.indexes import DateIndex, DateTimeIndex, TimeIndex
from limpyd_ng.contrib.related import FKStringField
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, NotANumberError
from limpyd_ng.indexes import EqualIndex, EqualIndexWith, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests


class Kind(enum.Enum):
    ROAD = "road"
    CITY = "city"


@pytest.fixture
def Bike(database):
    class Typed(RedisModel):
        price = fields.InstanceHashField(type=Decimal, indexable=True)
        name = fields.StringField(type=str, indexable=True)
        gears = fields.StringField(type=int | None, indexable=True)
        sold = fields.InstanceHashField(type=bool, indexable=True)
        built = fields.StringField(type=datetime, indexable=True)
        day = fields.StringField(type=date, indexable=True)
        kind = fields.InstanceHashField(type=Kind, indexable=True)
        owners = fields.SetField(type=UUID, indexable=True)
        rides = fields.ListField(type=timedelta, indexable=True)
        ranks = fields.SortedSetField(type=int, indexable=True)
        stock = fields.HashField(type=int, key_type=date, indexable=True)
        raw = fields.StringField(type=bytes)

    Typed.use_database(database)
    yield Typed
    if Typed.database.runner is not None:
        assert_indexes_right(Typed)


ONE, TWO = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = date(2026, 11, 21)


def test_values_are_written_read_and_found_by_their_types(Bike):
    values = {
        "price": Decimal("10.50"), "name": "speedy", "gears": 3, "sold": False, "built": NOON, "day": DAY,
        "kind": Kind.ROAD,
    }  # fmt: skip
    bike = Bike.create(**values, raw=b"\x00\xff")
    for name, value in values.items():
        with count_requests() as requests:
            assert bike.get_field(name).proxy_get() == value
        assert requests.count == 1
        assert list(Bike.collection(**{name: value})) == [bike.get_pk()]
        assert list(Bike.collection(**{f"{name}__in": [value]})) == [bike.get_pk()]
    assert bike.raw.get() == b"\x00\xff"


def test_types_choose_the_default_index(Bike):
    chosen = {
        name: type(Bike.get_field(name).schema.indexes[0])
        for name in ("price", "gears", "built", "rides", "ranks")
    }
    assert set(chosen.values()) == {NumberRangeIndex}
    assert isinstance(Bike.get_field("day").schema.indexes[0], TextRangeIndex)
    assert {type(Bike.get_field(name).schema.indexes[0]) for name in ("name", "sold", "kind", "owners")} == {
        EqualIndex
    }


@pytest.mark.parametrize(
    "name, low, high",
    [("price", Decimal("-3.5"), Decimal("12")), ("gears", -2, 10), ("built", NOON, NOON + timedelta(microseconds=1)),
     ("day", date(999, 1, 1), date(2026, 1, 1))],
)  # fmt: skip
def test_ranges_and_sorting_follow_the_values(Bike, name, low, high):
    big, small = Bike.create(**{name: high}), Bike.create(**{name: low})
    assert list(Bike.collection(**{f"{name}__gt": low})) == [big.get_pk()]
    assert list(Bike.collection(**{f"{name}__lt": high})) == [small.get_pk()]
    assert list(Bike.collection(**{f"{name}__gte": low}).sort(by=name)) == [small.get_pk(), big.get_pk()]
    assert list(Bike.collection(**{f"{name}__lte": high}).sort(by=f"-{name}")) == [
        big.get_pk(),
        small.get_pk(),
    ]


def test_what_does_not_fit_is_refused_before_anything_is_sent(Bike):
    bike = Bike.create(gears=3)
    with count_requests() as requests:
        for wrong in (
            lambda: bike.gears.set("3"),
            lambda: bike.built.set(datetime(2026, 1, 1)),
            lambda: bike.owners.sadd(ONE, "x"),
            lambda: bike.ranks.zadd({"one": 1}),
            lambda: bike.stock.hset("2026-11-21", 1),
            lambda: bike.kind.hset("boat"),
            lambda: bike.gears.set(None),
            lambda: Bike.create(sold=1),
            lambda: bike.update(price=1.5),
            lambda: Bike.collection(gears="3"),
            lambda: Bike.collection(built__gt=datetime(2026, 1, 1)),
            lambda: Bike.collection(stock=("x", 1)),
        ):
            with pytest.raises(InvalidValueError, match="Typed"):
                wrong()
    assert requests.count == 0
    assert bike.gears.get() == 3


def test_none_removes_reads_as_none_and_can_be_looked_for(Bike):
    bike = Bike.create(gears=3)
    assert bike.update(gears=None)
    assert bike.gears.get() is None
    assert list(Bike.collection(gears=None)) == [bike.get_pk()]


def test_what_others_wrote_and_does_not_fit_is_told(Bike, raw):
    bike = Bike.create(raw=b"x", name="x")
    raw.set(str(bike.name.key).replace("name", "gears"), "many")
    with pytest.raises(InvalidValueError, match=r"Typed\.gears: Redis holds 'many', which is no int"):
        bike.gears.get()
    raw.delete(str(bike.gears.key))


def test_string_commands(Bike):
    bike = Bike.create(gears=3)
    assert bike.gears.getset(4) == 3
    assert bike.gears.incr(2) == 6
    assert bike.gears.set(7, get=True) == 6
    assert bike.gears.set(8) is True
    assert bike.gears.setnx(9) is False
    assert list(Bike.collection(gears__gte=8)) == [bike.get_pk()]
    assert bike.gears.getdel() == 8
    assert bike.gears.get() is None


def test_entries_of_the_instance_hash(Bike):
    bike = Bike.create(price=Decimal("1.00"), kind=Kind.ROAD)
    assert bike.hmget("price", "kind", "sold") == [Decimal(1), Kind.ROAD, None]
    assert bike.hgetall() == {"price": Decimal(1), "kind": Kind.ROAD}
    assert bike.hvals() == [Decimal(1), Kind.ROAD]
    assert bike.hmset(price=Decimal("2.5"), sold=True)
    assert bike.hmget_dict("price", "sold") == {"price": Decimal("2.5"), "sold": True}
    bike.price.hincrbyfloat(0.5)
    assert bike.price.hget() == Decimal(3)
    assert list(Bike.collection(price=Decimal("3.0"))) == [bike.get_pk()]


def test_set_commands(Bike):
    bike, other = Bike.create(owners={ONE}), Bike.create(owners=[ONE, TWO])
    assert bike.owners.sadd(TWO) == 1
    assert bike.owners.smembers() == {ONE, TWO}
    assert bike.owners.sismember(ONE)
    assert bike.owners.smismember([ONE, UUID(int=3)]) in ([1, 0], [True, False])
    assert set(bike.owners.sinter(other.owners)) == {ONE, TWO}
    assert bike.owners.srandmember() in {ONE, TWO}
    assert set(bike.owners.srandmember(2)) == {ONE, TWO}
    assert bike.owners.sort(alpha=True) == [ONE, TWO]
    assert bike.owners.srem(ONE) == 1
    assert list(Bike.collection(owners=ONE)) == [other.get_pk()]
    assert bike.owners.smove(other.owners, TWO)
    assert other.owners.spop() in {ONE, TWO}


def test_sets_are_scanned_by_value(Bike):
    bike = Bike.create(owners={ONE, TWO}, stock={DAY: 3}, ranks={5: 1.5})
    assert set(bike.owners.sscan()) == {ONE, TWO}
    assert list(bike.stock.hscan()) == [(DAY, 3)]
    assert [tuple(pair) for pair in bike.ranks.zscan()] == [(5, 1.5)]


def test_list_commands(Bike):
    hour = timedelta(hours=1)
    bike = Bike.create(rides=[hour])
    assert bike.rides.rpush(2 * hour, 3 * hour) == 3
    assert bike.rides.lmembers() == [hour, 2 * hour, 3 * hour]
    assert bike.rides.lindex(1) == 2 * hour
    assert bike.rides.lpos(3 * hour) == 2
    assert bike.rides.lcontains(2 * hour)
    assert bike.rides.linsert("before", hour, 4 * hour) == 4
    assert bike.rides.lset(0, 5 * hour)
    assert list(Bike.collection(rides__gt=4 * hour)) == [bike.get_pk()]
    assert bike.rides.lpop() == 5 * hour
    assert bike.rides.rpop(2) == [3 * hour, 2 * hour]
    assert bike.rides.lrem(0, hour) == 1


def test_sorted_set_commands(Bike):
    bike = Bike.create(ranks={1: 10, 2: 20})
    assert bike.ranks.zadd({3: 30}) == 1
    assert bike.ranks.zrange(0, -1) == [1, 2, 3]
    assert [tuple(pair) for pair in bike.ranks.zrange(0, 0, withscores=True)] == [(1, 10.0)]
    assert bike.ranks.zscore(2) == 20
    assert bike.ranks.zrank(3) == 2
    assert bike.ranks.zincrby(5, 1) == 15
    assert [tuple(pair) for pair in bike.ranks.zrangebyscore(0, 15, withscores=True)] == [(1, 15.0)]
    assert list(Bike.collection(ranks__gte=3)) == [bike.get_pk()]
    assert bike.ranks.zrem(2) == 1
    assert flat(bike.ranks.zpopmin()) == [1, 15.0]
    assert flat(bike.ranks.zpopmax(1)) == [3, 30.0]


def flat(reply: Any) -> list[Any]:
    return list(reply[0]) if isinstance(reply[0], list | tuple) else list(reply)


def test_hash_commands(Bike):
    bike = Bike.create(stock={DAY: 3})
    next_day = DAY + timedelta(days=1)
    assert bike.stock.hset(next_day, 4) == 1
    assert bike.stock.hset(mapping={DAY: 5}) == 0
    assert bike.stock.hget(DAY) == 5
    assert bike.stock.hmget([DAY, next_day]) == [5, 4]
    assert bike.stock.hgetall() == {DAY: 5, next_day: 4}
    assert set(bike.stock.hkeys()) == {DAY, next_day}
    assert sorted(bike.stock.hvals()) == [4, 5]
    assert bike.stock.hexists(DAY)
    assert bike.stock.hincrby(DAY, 2) == 7
    assert bike.stock.hrandfield() in {DAY, next_day}
    assert list(Bike.collection(stock=(DAY, 7))) == [bike.get_pk()]
    assert list(Bike.collection(stock__gt=(DAY, 6))) == [bike.get_pk()]
    assert bike.stock.hdel(DAY) == 1


def test_a_snapshot_has_values_of_the_types(Bike):
    bike = Bike.create(
        price=Decimal(2), owners=[ONE], rides=[timedelta(1)], ranks={1: 2}, stock={DAY: 3}, raw=b"\xff"
    )
    bike.snapshot()  # a first use of a script goes with its text
    with count_requests() as requests:
        found = bike.snapshot()
    assert requests.count == 1
    assert (found["price"], found["owners"], found["rides"]) == (Decimal(2), {ONE}, [timedelta(1)])
    assert (found["ranks"], found["stock"], found["raw"], found["gears"]) == (
        {1: 2.0},
        {DAY: 3},
        b"\xff",
        None,
    )


def test_a_codec_of_ones_own_applies_to_writes_reads_and_filters(database):
    shouting = Codec(str.upper, str.lower, name="text")

    class Note(RedisModel):
        text = fields.StringField(codec=shouting, indexable=True)

    Note.use_database(database)
    note = Note.create(text="abc")
    assert note.text.get() == "abc"
    assert note.text.getrange(0, -1) == "ABC"
    assert list(Note.collection(text="aBc")) == [note.get_pk()]
    assert_indexes_right(Note)


def test_several_fields_in_one_index_are_of_their_own_types(database):
    class Lot(RedisModel):
        day = fields.InstanceHashField(
            type=date, indexes=[EqualIndexWith.configure(other_fields=["price"], unique=True)]
        )
        price = fields.InstanceHashField(type=Decimal)

    Lot.use_database(database)
    lot = Lot.create(day=DAY, price=Decimal("1.50"))
    assert list(Lot.collection(day__with=(DAY, Decimal("1.5")))) == [lot.get_pk()]
    assert_indexes_right(Lot)


def test_a_prefix_is_a_text_whatever_the_type(Bike):
    bike = Bike.create(day=DAY)
    assert list(Bike.collection(day__startswith="2026-11")) == [bike.get_pk()]


def test_a_naive_moment_is_taken_where_its_time_zone_is_declared(database):
    class Event(RedisModel):
        at = fields.StringField(codec=DateTimeCodec(naive=timezone(timedelta(hours=1))), indexable=True)

    Event.use_database(database)
    event = Event.create(at=datetime(2026, 11, 21, 13))
    assert event.at.get() == NOON
    assert list(Event.collection(at=NOON)) == [event.get_pk()]


@pytest.mark.parametrize(
    "options", [{"type": object()}, {"type": int, "codec": Codec(str, str)}, {"codec": str}]
)
def test_types_that_cannot_work_are_refused_at_the_declaration(options):
    with pytest.raises(ImplementationError):
        fields.StringField(**options)


def test_parts_of_typed_dates_and_times_are_found(database):
    class Meeting(RedisModel):
        day = fields.StringField(type=date, indexes=[DateIndex])
        at = fields.StringField(type=time, indexes=[TimeIndex])

    Meeting.use_database(database)
    meeting = Meeting.create(day=DAY, at=time(12, 30))
    for wanted in (
        {"day__year": 2026},
        {"day": DAY},
        {"day__gte": DAY},
        {"at__hour": 12},
        {"at__in": [time(12, 30)]},
    ):
        assert list(Meeting.collection(**wanted)) == [meeting.get_pk()]
    assert_indexes_right(Meeting)


def test_indexes_of_moments_as_texts_refuse_those_stored_as_numbers():
    with pytest.raises(ImplementationError, match="is stored as a number"):
        type("Wrong", (RedisModel,), {"at": fields.StringField(type=datetime, indexes=[DateTimeIndex])})


def test_relations_take_no_type():
    with pytest.raises(ImplementationError, match="pks of the other model"):
        FKStringField("self", type=int)


def test_values_do_not_go_to_fields_of_another_type(database):
    class Box(RedisModel):
        numbers = fields.SetField(type=int, indexable=True)
        days = fields.SetField(type=date)
        more = fields.SetField(type=int, indexable=True)
        texts = fields.SetField(type=str)
        plain = fields.SetField()
        line = fields.ListField(type=int)
        days_line = fields.ListField(type=date)
        ranks = fields.SortedSetField(type=int)
        names = fields.SortedSetField()
        count = fields.StringField(type=int)
        day = fields.StringField(type=date)
        by_day = fields.HashField(type=int, key_type=date)
        by_name = fields.HashField(type=int)

    Box.use_database(database)
    box = Box.create(numbers=[1, 2], line=[1], ranks={1: 1}, count=3, by_day={DAY: 1}, texts=["a"])
    with count_requests() as requests:
        for wrong in (
            lambda: box.numbers.smove(box.days, 1),
            lambda: box.numbers.smove(str(box.plain.key), 1),
            lambda: box.days.sunionstore([box.numbers]),
            lambda: box.numbers.sort(store=box.days_line),
            lambda: box.line.lmove(box.days_line),
            lambda: box.names.zunionstore([box.ranks]),
            lambda: box.count.rename(box.day),
            lambda: box.count.copy(box.day),
            lambda: box.by_day.copy(box.by_name),
        ):
            with pytest.raises(ImplementationError, match="holds values of another type"):
                wrong()
    assert requests.count == 0
    assert box.numbers.smove(box.more, 1)
    assert box.more.sunionstore([box.numbers, box.more]) == 2
    assert box.texts.smove(box.plain, "a")
    assert box.numbers.sort(store=box.line) == 1
    assert (box.more.smembers(), box.plain.smembers(), box.line.lmembers()) == ({1, 2}, {"a"}, [2])
    assert list(Box.collection(more=1)) == [box.get_pk()]
    assert_indexes_right(Box)


def test_members_may_be_words_of_the_command(database):
    class Place(RedisModel):
        spots = fields.SortedSetField(type=str)

    Place.use_database(database)
    place = Place.create()
    assert place.spots.geoadd([13.4, 52.5, "FROMMEMBER"]) == 1
    found = place.spots.geosearch(member="FROMMEMBER", radius=1, unit="km", withdist=True)
    assert [tuple(row) for row in found] == [("FROMMEMBER", 0.0)]


TYPES = {
    Decimal: st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3
    ),
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, width=32),
    datetime: st.datetimes(
        datetime(1700, 1, 1),
        datetime(2200, 1, 1),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]),
    ),
    timedelta: st.timedeltas(timedelta(-(10**4)), timedelta(10**4)),
    date: st.dates(),
    time: st.times(),
    str: st.text(),
    bytes: st.binary(),
    bool: st.booleans(),
    UUID: st.uuids(),
    Kind: st.sampled_from(Kind),
    Point: st.builds(Point, st.floats(-180, 180), st.floats(-85, 85)),
}


@pytest.mark.parametrize("kind", TYPES, ids=str)
@given(data=st.data())
def test_filters_find_what_a_list_of_the_values_would(database, raw, kind, data):
    raw.flushall()

    class Any_(RedisModel):
        value = fields.StringField(type=kind, indexable=True)

    Any_.use_database(database)
    try:
        values = data.draw(st.lists(TYPES[kind], min_size=1, max_size=6))
        pks = {Any_.create(value=value).get_pk(): value for value in values}
        for pk, value in pks.items():
            assert Any_.lazy_connect(pk).value.get() == value
        wanted = data.draw(st.sampled_from(values) | TYPES[kind])
        compare = {"": lambda a, b: a == b}
        if kind in (Decimal, int, float, datetime, timedelta, date, time):
            compare |= {"__lt": lambda a, b: a < b, "__gte": lambda a, b: a >= b}
        for suffix, holds in compare.items():
            found = set(Any_.collection(**{f"value{suffix}": wanted}))
            assert found == {pk for pk, value in pks.items() if holds(value, wanted)}
        assert_indexes_right(Any_)
    finally:
        database.remove_model(Any_)


@pytest.mark.parametrize("number", [10**400, -(10**400)], ids=["many digits", "below zero"])
def test_numbers_beyond_doubles_are_refused_where_an_index_needs_one(database, number):
    class Star(RedisModel):
        mass = fields.InstanceHashField(type=int, indexable=True)
        masses = fields.SetField(type=int, indexable=True)
        exact = fields.StringField(type=int)

    Star.use_database(database)
    star = Star.create(mass=1, masses=[1], exact=number)
    assert star.exact.get() == number
    for write in (
        lambda: star.mass.hset(number),
        lambda: star.update(mass=number),
        lambda: star.masses.sadd(2, number),
        lambda: Star.create(mass=number),
        lambda: Star.create_many([{"mass": number}]).raise_refused(),
        lambda: Star.create_many([{"mass": 2, "masses": [number]}]).raise_refused(),
    ):
        with pytest.raises(NotANumberError, match=r"^Star\.mass(es)?: .* beyond the range of a double"):
            write()
    above, below = ("__lt", "__gt") if number > 0 else ("__gt", "__lt")
    assert list(Star.collection(**{f"mass{above}": number})) == [star.get_pk()]
    assert list(Star.collection(**{f"mass{below}": number})) == []
    assert star.snapshot() == {"pk": "1", "mass": 1, "masses": {1}, "exact": number}
    assert_indexes_right(Star)


class Access(enum.Flag):
    READ = 1
    WRITE = 2
    BOTH = 3


def test_flags_are_kept_alone_together_and_none(database):
    class Door(RedisModel):
        access = fields.InstanceHashField(type=Access, indexable=True)
        kinds = fields.SetField(type=Access, indexable=True)

    Door.use_database(database)
    every = [Access(0), Access.READ, Access.WRITE, Access.READ | Access.WRITE]
    doors = {value: Door.create(access=value, kinds=[value, Access.READ]) for value in every}
    for value, door in doors.items():
        assert door.access.hget() is value
        assert door.kinds.smembers() == {value, Access.READ}
        assert list(Door.collection(access=value)) == [door.get_pk()]
        assert door.get_pk() in Door.collection(kinds=value)
    assert doors[Access.READ].update(access=2)
    assert Door.collection(access__in=[Access.WRITE]) == {doors[one].get_pk() for one in every[1:3]}
    assert_indexes_right(Door)
