"""How much one request of a check looks at, and that nothing is lost between requests."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.contrib.related import FKStringField, RelatedModel
from limpyd_ng.exceptions import InvalidValueError
from limpyd_ng.indexes import (
    ContainsIndex,
    EqualIndex,
    EqualIndexWith,
    Lower,
    NumberRangeIndex,
    ScoredEqualIndex,
    TextRangeIndex,
    WordsIndex,
)
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.oracle import assert_consistent, snapshot

TAG = "{thing}:"


def fold(value):
    return value.casefold()


@pytest.fixture
def Thing(database):
    class Thing(RedisModel):
        code = fields.InstanceHashField(unique=True)
        kind = fields.StringField(
            indexes=[
                EqualIndex,
                EqualIndexWith.configure(other_fields=["code"]),
                ScoredEqualIndex.configure(score_field="year"),
            ]
        )
        year = fields.InstanceHashField(indexes=[NumberRangeIndex])
        title = fields.StringField(indexes=[TextRangeIndex, WordsIndex, ContainsIndex])
        tags = fields.SetField(indexable=True)
        sizes = fields.SetField(indexes=[NumberRangeIndex])
        log = fields.ListField(indexes=[EqualIndex, EqualIndex.configure(prefix="low", transform=Lower())])
        counts = fields.ListField(indexes=[NumberRangeIndex])
        cells = fields.HashField(indexable=True)
        board = fields.SortedSetField(indexes=[TextRangeIndex])
        folded = fields.ListField(indexes=[EqualIndex.configure(transform=fold)])

    Thing.use_database(database)
    return Thing


def rows(count):
    return [
        {
            "code": f"c{n}",
            "kind": f"k{n % 7}",
            "year": n,
            "title": f"The title {n % 50}",
            "tags": [f"t{n % 5}", "all"],
            "log": [f"L{n % 11}"],
            "cells": {"a": n % 3},
            "board": {f"b{n % 9}": 1},
        }
        for n in range(count)
    ]


def large(count):
    """An object with many values in each field."""
    names = [f"E{n}" for n in range(count)]
    return {
        "code": "large",
        "kind": "k",
        "year": -1,
        "title": " ".join(names),
        "tags": names,
        "sizes": range(count),
        "log": [*names, *names[: count // 2]],
        "counts": range(count),
        "cells": dict(zip(names, names, strict=True)),
        "board": dict.fromkeys(names, 1),
        "folded": [*names[: count // 5], "E1"],
    }


#: how each index is damaged, below TAG: for an object of ``rows`` and for the large one
DAMAGE = [
    lambda r, pk: r.hdel(TAG + "index:code:equal", "c4", "large"),
    lambda r, pk: r.hset(TAG + "index:code:equal", "nobody", "99"),
    lambda r, pk: r.srem(TAG + "index:kind:equal:k3", "4"),
    lambda r, pk: r.sadd(TAG + "index:kind:equal-with.code:2:k9:c1", "2"),
    lambda r, pk: r.zadd(TAG + "index:kind:equal-scored:k", {pk: 7}, ch=True),
    lambda r, pk: r.zadd(TAG + "index:year:number-range", {pk: 5, "77": 5}),
    lambda r, pk: r.zrem(TAG + "index:title:text-range", "The title 2\x003"),
    lambda r, pk: r.zrem(TAG + "index:title:words", f"e1290\x00{pk}", "title\x003"),
    lambda r, pk: r.zadd(TAG + "index:title:words", {f"nowhere\x00{pk}": 0, "e7\x003": 0}),
    lambda r, pk: r.zrem(TAG + "index:title:contains", f"99\x00{pk}"),
    lambda r, pk: r.zadd(TAG + "index:title:contains", {f"xyz\x00{pk}": 0}),
    lambda r, pk: r.srem(TAG + "index:tags:equal:E700", pk),
    lambda r, pk: r.sadd(TAG + "index:tags:equal:elsewhere", pk, "2"),
    lambda r, pk: r.zadd(TAG + "index:sizes:number-range", {f"700\x00{pk}": 3, f"x\x00{pk}": 3}),
    lambda r, pk: r.srem(TAG + "index:log:equal:E101", pk),  # it is there twice, far apart
    lambda r, pk: r.srem(TAG + "index:log:equal:E701", pk),
    lambda r, pk: r.sadd(TAG + "index:log:equal:elsewhere", pk, "1"),
    lambda r, pk: r.sadd(TAG + "index:log:equal.low:elsewhere", pk),
    lambda r, pk: r.srem(TAG + "index:log:equal.low:e702", pk),
    lambda r, pk: r.zadd(TAG + "index:counts:number-range", {f"700\x00{pk}": 3, f"-3\x00{pk}": -3}),
    lambda r, pk: r.srem(TAG + "index:cells:equal:4:E703:E703", pk),
    lambda r, pk: r.sadd(TAG + "index:cells:equal:4:E703:E704", pk),
    lambda r, pk: r.zrem(TAG + "index:board:text-range", f"E704\x00{pk}"),
    lambda r, pk: r.zadd(TAG + "index:board:text-range", {f"F\x00{pk}": 0}),
    lambda r, pk: r.hdel(TAG + f"memo:folded:{pk}", "equal:E100", "equal:E11"),
    lambda r, pk: r.sadd(TAG + "index:folded:equal:elsewhere", pk),
    lambda r, pk: r.srem(TAG + "pks", "5"),
]


def test_some_thousand_objects_take_a_request_for_many_of_them(Thing, raw):
    Thing.create_many(rows(1000), keep=False).raise_refused()
    entries = 1000 * 13
    with count_requests() as sent:
        assert Thing.check_indexes() == []
    assert sent.count < entries / 150
    with count_requests() as sent:
        assert Thing.clear_indexes() > 1000
    assert sent.count < 60
    with count_requests() as sent:
        assert Thing.rebuild_indexes() > entries
    assert sent.count < entries / 75
    assert_consistent(Thing, raw)


def test_nothing_is_lost_between_requests_however_little_each_looks_at(Thing, raw):
    Thing.create_many(rows(6)).raise_refused()
    pk = Thing(**large(1300)).pk.get()
    assert_indexes_right(Thing)
    for damage in DAMAGE:
        assert damage(raw, pk), damage
    damaged = snapshot(raw)
    upkeep = Thing._upkeep()
    told = upkeep.check()
    found = set(told)
    assert len(told) == len(found), "some were told twice"
    assert {one.kind for one in found} == {"missing", "stale"}
    assert len({(one.field, one.index, one.kind) for one in found}) > 22
    for size in (40, 300, 20_000):
        assert set(upkeep.check(chunk_size=size)) == found
    assert snapshot(raw) == damaged, "checking wrote something"
    assert upkeep.repair(chunk_size=70) == []
    raw.sadd(TAG + "pks", "5")
    assert upkeep.repair() == []
    assert_consistent(Thing, raw)


def test_each_object_and_each_step_of_a_value_may_be_a_request(Thing, raw):
    Thing.create_many(rows(6)).raise_refused()
    raw.delete(TAG + "index:year:number-range")
    raw.sadd(TAG + "index:tags:equal:elsewhere", "3")
    with count_requests() as sent:
        assert Thing._upkeep().repair(chunk_size=1) == []
    assert sent.count > 6
    assert_consistent(Thing, raw)


def test_one_large_value_takes_many_requests_each_of_them_bounded(Thing, raw):
    pk = Thing(code="large").pk.get()
    thing, count = Thing(pk), 12_000
    thing.log.rpush(*(f"E{n}" for n in range(count)))
    thing.tags.sadd(*(f"E{n}" for n in range(count)))
    thing.title.set(" ".join(f"E{n}" for n in range(count)))
    done = [0]
    with count_requests() as sent:
        assert Thing.check_indexes(progress=lambda some, _: done.append(some)) == []
    # each value is looked at, and each entry: log (2), tags, title (words, runs of bytes)
    total = 2 * (3 * count + 2 * count)
    assert total / 2000 < sent.count < total / 100


def test_an_element_that_moves_while_its_list_is_read_is_not_passed_over(Thing, raw):
    thing = Thing(code="large")
    thing.log.rpush(*(f"E{n}" for n in range(3000)))
    pk = thing.pk.get()
    raw.srem(TAG + "index:log:equal:E510", pk)
    key, moved = TAG + f"field:log:{pk}", []

    def move(done, total):
        if len(moved) < 300:  # others take from one end and put to the other one
            for _ in range(30):
                raw.rpush(key, gone := raw.lpop(key))
                moved.append(gone)

    field = Thing.schema.fields["log"]
    upkeep = Thing.index_upkeep(field, field.indexes[:1])
    found = [str(one) for one in upkeep.check(progress=move, chunk_size=300)]
    assert moved and found == [f"missing: Thing.log (equal) of pk '{pk}': 'E510'"]


def test_values_that_change_while_their_transforms_are_worked_out_are_asked_for_again(Thing, raw):
    for _ in range(5):
        Thing(folded=["A", "B"])
    changes = []

    def change(done, total):
        if len(changes) < 20:
            changes.append(done)
            raw.rpush(TAG + "field:folded:3", f"NEW{len(changes)}")

    assert Thing.repair_indexes(progress=change) == []
    assert Thing.repair_indexes() == []
    assert_consistent(Thing, raw)
    assert len(changes) > 1


def test_keys_that_are_no_index_keys_are_reported(Thing, raw):
    Thing(code="a", kind="b")
    raw.sadd(TAG + "index:cells:equal:no-sub-key", "1")
    raw.sadd(TAG + "index:cells:equal:9:x:1", "1")
    raw.set(TAG + "index:tags:equal:x", "y")
    raw.sadd(TAG + "index:unknown:equal:x", "1")
    found = Thing.check_indexes()
    assert {(one.kind, one.field, one.value) for one in found} == {
        ("foreign", "Thing.cells", TAG + "index:cells:equal:no-sub-key"),
        ("foreign", "Thing.cells", TAG + "index:cells:equal:9:x:1"),
        ("foreign", "Thing.tags", TAG + "index:tags:equal:x"),
    }
    assert set(Thing.repair_indexes()) == set(found)


def test_unique_values_held_twice_are_told_once_each(Thing, raw):
    for n in range(4):
        Thing(code=f"c{n}")
    Thing.clear_indexes()
    for pk in "234":
        raw.hset(TAG + f"hash:{pk}", "code", "same")
    left = Thing.repair_indexes()
    (holder,) = {one.holder for one in left}
    assert {one.kind for one in left} == {"duplicate"}
    assert sorted([holder, *(one.pk for one in left)]) == ["2", "3", "4"]
    assert raw.hgetall(TAG + "index:code:equal") == {"c0": "1", "same": holder}


def test_pks_of_no_object_are_told_wherever_the_check_stops(database, raw):
    class Shop(RelatedModel):
        name = fields.StringField()

    class Bike(RelatedModel):
        shop = FKStringField(Shop)

    for model in (Shop, Bike):
        model.use_database(database)
    shop = Shop(name="a")
    for _ in range(30):
        Bike(shop=shop)
    raw.set("{bike}:field:shop:7", "99")
    for size in (1, 20, 1000):
        found = {(one.kind, one.pk) for one in Bike._upkeep().check(chunk_size=size)}
        assert found == {("dangling", "7"), ("missing", "7"), ("stale", "7")}


@pytest.mark.parametrize("size", [0, -1, 1.5, True, "10"])
def test_a_chunk_size_that_is_no_positive_number_is_refused(Thing, size):
    with count_requests() as sent:
        for method in (Thing.check_indexes, Thing.repair_indexes, Thing.rebuild_indexes, Thing.clear_indexes):
            with pytest.raises(InvalidValueError, match="chunk_size"):
                method(chunk_size=size)
    assert sent.count == 0
