"""SortedSetField, geographic sets included."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import InvalidValueError, UniquenessError
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import Case, both_ways, compare, make_thing, store, uncovered
from tests.oracle import assert_consistent

ABC = {"a": 1, "b": 2.5, "c": 3}
LEX = {"a": 0, "b": 0, "c": 0}
OTHER = {"@other": {"b": 10, "d": 20}}
STRANGE = {"": 1, ":": 2, "*": 3, "a:b": 4, "[": 5, "{": 6, "}": 7, "nul\0nul": 8, "😀": 9, " ": 10, "NX": 11}
#: scores that these places have: the cells of two towns
TOWNS = {"Palermo": 3479099956230698, "Catania": 3479447370796909}


def _zadd(client, key, mapping=None, **pairs):
    flags = {
        name: pairs.pop(name) for name in ("nx", "xx", "gt", "lt", "ch", "incr") if pairs.get(name) is True
    }
    return client.zadd(key, {**(mapping or {}), **pairs}, **flags)


def _aggregate(name):
    def call(client, key, others=(), **kwargs):
        keys = {key: 1, **others} if isinstance(others, dict) else [key, *others]
        return getattr(client, name)(keys, **kwargs)

    return call


def _zintercard(client, key, others=(), limit=0):
    return client.zintercard(1 + len(others), [key, *others], limit)


def _zmpop(client, key, **kwargs):
    return client.zmpop(1, [key], **kwargs)


def _bzmpop(client, key, timeout, **kwargs):
    return client.bzmpop(timeout, 1, [key], **kwargs)


CASES = [
    Case("zcard", (), ABC),
    Case("zcard"),
    Case("zcount", (2, "+inf"), ABC),
    Case("zscore", ("b",), ABC),
    Case("zscore", ("zz",), ABC),
    Case("zmscore", (["a", "zz"],), ABC),
    Case("zrank", ("b",), ABC),
    Case("zrank", ("zz",), ABC),
    Case("zrevrank", ("a",), ABC),
    Case("zrange", (0, -1), ABC),
    Case("zrange", (0, -1), ABC, {"withscores": True}),
    Case("zrange", (0, 1), ABC, {"desc": True, "withscores": True, "score_cast_func": str}),
    Case("zrange", ("(1", "+inf"), ABC, {"byscore": True, "offset": 0, "num": 1}),
    Case("zrange", ("[a", "(c"), LEX, {"bylex": True}),
    Case("zrevrange", (0, 1), ABC, {"withscores": True}),
    Case("zrangebyscore", (2, 3), ABC, {"withscores": True}),
    Case("zrangebyscore", ("-inf", "+inf"), ABC, {"start": 1, "num": 1}),
    Case("zrevrangebyscore", (3, 2), ABC),
    Case("zrangebylex", ("[a", "(c"), LEX),
    Case("zrevrangebylex", ("+", "-"), LEX),
    Case("zlexcount", ("-", "+"), LEX),
    Case("zrandmember", (), {"a": 1}),
    Case("zrandmember", (5,), {"a": 1}, {"withscores": True}),
    Case("zinter", (["@other"],), ABC, {"withscores": True}, others=OTHER, native=_aggregate("zinter")),
    Case("zunion", (["@other"],), ABC, {"aggregate": "MAX"}, others=OTHER, native=_aggregate("zunion")),
    Case("zunion", ({"@other": 3},), ABC, {"withscores": True}, others=OTHER, native=_aggregate("zunion")),
    Case("zdiff", (["@other"],), ABC, {"withscores": True}, others=OTHER, native=_aggregate("zdiff")),
    Case("zintercard", (["@other"],), ABC, others=OTHER, native=_zintercard),
    Case("zintercard", (["@other"],), ABC, {"limit": 1}, others=OTHER, native=_zintercard),
    Case("sort", (), ABC, {"alpha": True, "desc": True}),
    Case("sort", (), ABC, {"alpha": True, "store": "@dst"}),
    Case("sort_ro", (), ABC, {"alpha": True}),
    Case("geodist", ("Palermo", "Catania", "km"), TOWNS),
    Case("geohash", ("Palermo", "Nowhere"), TOWNS),
    Case("geopos", ("Palermo",), TOWNS),
    Case(
        "geosearch", (), TOWNS, {"longitude": 15, "latitude": 37, "radius": 200, "unit": "km", "sort": "ASC"}
    ),
    Case(
        "geosearch",
        (),
        TOWNS,
        {"member": "Palermo", "radius": 200, "unit": "km", "withdist": True, "sort": "ASC"},
    ),
    Case("zadd", ({"c": 7, "d": 4},), ABC),
    Case("zadd", ({"a": 1.5},), ABC),
    Case("zadd", (STRANGE,)),
    Case("zadd", ({"x": float("inf"), "y": float("-inf"), "z": "1e3"},)),
    Case("zadd", ({"a": 9, "d": 9},), ABC, {"nx": True}, native=_zadd),
    Case("zadd", ({"a": 9, "d": 9},), ABC, {"xx": True}, native=_zadd),
    Case("zadd", ({"a": 0, "b": 9},), ABC, {"gt": True}, native=_zadd),
    Case("zadd", ({"a": 0, "b": 9},), ABC, {"lt": True, "ch": True}, native=_zadd),
    Case("zadd", ({"a": 9, "b": 2.5, "d": 1},), ABC, {"ch": True}, native=_zadd),
    Case("zadd", ({"a": 1.25},), ABC, {"incr": True}, native=_zadd),
    Case("zadd", ({"d": 1.25},), ABC, {"incr": True, "xx": True}, native=_zadd),
    Case("zadd", ({"d": 1.25},), ABC, {"incr": True, "nx": True}, native=_zadd),
    Case("zadd", (), ABC, {"d": 4, "foo": 2.5}, native=_zadd),
    Case("zadd", ({"d": 4},), ABC, {"foo": 2.5, "nx": 3, "ch": True}, native=_zadd),
    Case("zadd", ({"a": "not a number"},), ABC),
    Case("zincrby", (2.5, "a"), ABC),
    Case("zincrby", (-1, "new"), ABC),
    Case("zincrby", (1, "")),
    Case("zrem", ("a", "zz"), ABC),
    Case("zrem", ("a", "b", "c"), ABC),
    Case("zremrangebyrank", (0, 1), ABC),
    Case("zremrangebyscore", ("(1", 3), ABC),
    Case("zremrangebylex", ("[a", "(c"), LEX),
    Case("zpopmin", (), ABC),
    Case("zpopmin", (2,), ABC),
    Case("zpopmin"),
    Case("zpopmax", (), ABC),
    Case("zpopmax", (9,), ABC),
    Case("zmpop", (), ABC, {"min": True}, native=_zmpop),
    Case("zmpop", (), ABC, {"max": True, "count": 2}, native=_zmpop),
    Case("zmpop", (), None, {"min": True}, native=_zmpop),
    Case("zinterstore", (["@other", "@more"],), ABC, others={**OTHER, "@more": {"b": 1, "z": 1}}),
    Case(
        "zunionstore", (["@other", "@more"],), ABC, {"aggregate": "MIN"}, others={**OTHER, "@more": {"b": 1}}
    ),
    Case("zunionstore", ({"@other": 2},), ABC, others=OTHER),
    Case("zdiffstore", (["@other", "@more"],), ABC, others={**OTHER, "@more": {"b": 1}}),
    Case("zrangestore", ("@other", 0, 0), ABC, others=OTHER),
    Case("zrangestore", ("@other", 0, 15), ABC, {"byscore": True, "offset": 0, "num": 5}, others=OTHER),
    Case("geoadd", ([13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania"],)),
    Case("geoadd", ([13.4, 38.1, "Palermo"],), TOWNS, {"xx": True, "ch": True}),
    Case("geoadd", ([13.4, 38.1, "Palermo", 2.35, 48.85, "Paris"],), TOWNS, {"nx": True}),
    Case(
        "geosearchstore",
        ("@other",),
        ABC,
        {"longitude": 15, "latitude": 37, "radius": 100, "unit": "km"},
        others={"@other": TOWNS},
    ),
    Case("bzpopmin", (1,), ABC, blocking=True),
    Case("bzpopmax", (1,), ABC, blocking=True),
    Case("bzmpop", (1,), ABC, {"min": True}, native=_bzmpop, blocking=True),
]


@pytest.mark.parametrize(("case", "indexed"), both_ways(CASES))
def test_a_command_does_what_redis_py_does(database, raw, case, indexed):
    compare(database, raw, fields.SortedSetField, case, indexed)


def test_every_command_of_the_type_is_compared():
    generic = fields.HashField.rows.keys() & fields.SortedSetField.rows.keys()
    assert uncovered(fields.SortedSetField, CASES, set(generic)) == set()


def test_members_that_are_called_like_flags_are_added_by_a_mapping(database):
    Thing = make_thing(database, fields.SortedSetField, indexable=True)
    thing = Thing(marker="x")
    assert thing.value.zadd({"nx": 1, "XX": 2, "mapping": 3, "CH": 4, "INCR": 5}) == 5
    assert thing.value.zadd(self=6, key=7, mapping=8) == 2
    assert thing.value.zrange(0, -1) == ["nx", "XX", "CH", "INCR", "self", "key", "mapping"]
    assert Thing.collection(value="XX") == [thing.pk.get()]
    assert_indexes_right(Thing)


def test_a_score_keeps_every_digit(database, raw):
    Thing = make_thing(database, fields.SortedSetField, indexable=True)
    thing = Thing(value={"a": 0.1})
    store(raw, "scratch", {"a": 0.1})
    for amount in (0.2, 1e15, 0.123456789012345, -1e15):
        assert thing.value.zincrby(amount, "a") == raw.zincrby("scratch", amount, "a")
    assert thing.value.zscore("a") == raw.zscore("scratch", "a")
    assert thing.value.zpopmin() == raw.zpopmin("scratch")
    assert_indexes_right(Thing)


def test_scanning_gives_every_pair(database):
    thing = make_thing(database, fields.SortedSetField)(marker="x")
    pairs = {f"member {n}": n + 0.5 for n in range(1500)} | STRANGE
    thing.value.zadd(pairs)
    assert dict(thing.value.zscan()) == pairs
    assert dict(thing.value.zscan(count=10)) == pairs
    assert dict(thing.value.zscan(match="member 149?")) == {f"member {n}": n + 0.5 for n in range(1490, 1500)}
    with count_requests() as sent:
        thing.value.zscan()
    assert sent.count == 0


@pytest.mark.parametrize("indexed", [False, True])
def test_twenty_thousand_members_go_in_and_out_at_once(database, raw, indexed):
    Thing = make_thing(database, fields.SortedSetField, indexable=indexed)
    thing = Thing(marker="x")
    members = {f"member {n}": n for n in range(20_000)}
    assert thing.value.zadd(members) == 20_000
    assert thing.value.zadd(members, ch=True) == 0
    assert thing.value.zadd({**members, "member 1": -1, "new": 5}, xx=True, ch=True) == 1
    assert thing.value.zrange(0, 2) == ["member 1", "member 0", "member 2"]
    assert_consistent(Thing, raw)
    assert thing.value.zrem(*list(members)[1:], "no member") == 19_999
    assert thing.value.zmembers() == ["member 0"]
    assert_consistent(Thing, raw)


def test_strange_members_are_found_and_forgotten(database):
    Thing = make_thing(database, fields.SortedSetField, indexable=True)
    thing = Thing(value=STRANGE)
    for member in STRANGE:
        assert Thing.collection(value=member) == [thing.pk.get()]
        assert thing.value.zrem(member) == 1
        assert Thing.collection(value=member) == []
    assert_indexes_right(Thing)


def test_a_unique_sorted_set_refuses_a_member_of_another_object(database):
    Thing = make_thing(database, fields.SortedSetField, unique=True)
    Thing(value={"a": 1, "b": 2})
    other = Thing(value={"c": 3})
    for call in (
        lambda: other.value.zadd({"d": 1, "b": 1}),
        lambda: other.value.zadd({"a": 1}, nx=True),
        lambda: other.value.zincrby(1, "a"),
        lambda: other.value.zunionstore([other.value, Thing("1").value]),
    ):
        with pytest.raises(UniquenessError) as refused:
            call()
        assert refused.value.pk == "1"
        assert other.value.zmembers() == ["c"]
    assert other.value.zadd({"a": 1}, xx=True) == 0
    assert_indexes_right(Thing)


def test_a_sorted_set_is_created_from_a_mapping_or_from_pairs(database):
    Thing = make_thing(database, fields.SortedSetField)
    assert Thing(value={"a": 2, "b": 1}).value.zmembers() == ["b", "a"]
    assert Thing(value=[("a", 2), ("b", 1)]).value.proxy_get() == ["b", "a"]
    for wrong in ("text", 5):
        with pytest.raises(InvalidValueError, match="mapping"):
            Thing(value=wrong)
    with pytest.raises(InvalidValueError):
        Thing(value={"a": None})
