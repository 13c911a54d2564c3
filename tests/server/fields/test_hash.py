"""HashField."""

from __future__ import annotations

from datetime import date

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, InvalidValueError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import Case, both_ways, compare, make_thing, uncovered
from tests.oracle import assert_consistent

AB = {"a": "1", "b": "two"}
STRANGE = {"": "empty", ":": ":", "a:b": "*", "*": "[", "{x}": "}", "nul\0": "nul\0", "😀": "😀", "e": ""}
LATER = 9_999_999_999


def _hmset(client, key, *mappings, **pairs):
    return client.execute_command(
        "HMSET", key, *[part for pair in {**dict(*mappings), **pairs}.items() for part in pair]
    )


CASES = [
    Case("hget", ("a",), AB),
    Case("hget", ("zz",), AB),
    Case("hmget", ("a", "zz"), AB),
    Case("hmget", (["a", "zz"],), AB),
    Case("hgetall", (), AB),
    Case("hgetall", (), STRANGE),
    Case("hgetall"),
    Case("hkeys", (), AB),
    Case("hvals", (), AB),
    Case("hexists", ("a",), AB),
    Case("hexists", ("zz",), AB),
    Case("hlen", (), AB),
    Case("hstrlen", ("b",), AB),
    Case("hrandfield", (), {"a": "1"}),
    Case("hrandfield", (2,), {"a": "1"}),
    Case("hrandfield", (1,), {"a": "x"}, {"withvalues": True}),
    Case("hrandfield"),
    Case("httl", ("a", "zz"), AB),
    Case("hpttl", ("a",), AB),
    Case("hexpiretime", ("a",), AB),
    Case("hpexpiretime", ("a",), AB),
    Case("hset", ("a", "new"), AB),
    Case("hset", ("c", "new"), AB),
    Case("hset", ("a", "")),
    Case("hset", (), AB, {"mapping": {"a": "x", "c": 3}}),
    Case("hset", (), None, {"mapping": STRANGE}),
    Case("hset", (), AB, {"items": ["a", "x", "d", 4.5]}),
    Case("hset", (1, 2), AB),
    Case("hset", (b"a", b"new"), AB),
    Case("hsetnx", ("a", "new"), AB),
    Case("hsetnx", ("c", "new"), AB),
    Case("hmset", ({"a": "x", "c": "y"},), AB, native=_hmset),
    Case("hmset", (), AB, {"a": "x", "mapping": "y"}, native=_hmset),
    Case("hmset", ({"self": "s", "key": "k"},), None, {"name": "n"}, native=_hmset),
    Case("hdel", ("a", "zz"), AB),
    Case("hdel", ("a", "b"), AB),
    Case("hdel", ("a",)),
    Case("hincrby", ("a",), AB),
    Case("hincrby", ("a", 5), AB),
    Case("hincrby", ("new", -2), AB),
    Case("hincrby", ("b",), AB),
    Case("hincrbyfloat", ("a", 0.5), AB),
    Case("hgetdel", ("a",), AB),
    Case("hgetdel", ("a", "b", "zz"), AB),
    Case("hgetex", ("a",), AB),
    Case("hgetex", ("a",), AB, {"persist": True}),
    Case("hgetex", ("a",), AB, {"ex": 100}, expires=True),
    Case("hsetex", ("a", "new"), AB),
    Case("hsetex", (), AB, {"mapping": {"a": "x", "c": "y"}}),
    Case("hsetex", ("a", "new"), AB, {"ex": 100}, expires=True),
    Case("hexpire", (100, "a"), AB, expires=True),
    Case("hpexpire", (100_000, "a"), AB, expires=True),
    Case("hexpireat", (LATER, "a", "zz"), AB, expires=True),
    Case("hpexpireat", (LATER * 1000, "a"), AB, expires=True),
    Case("hpersist", ("a", "zz"), AB),
]


@pytest.mark.parametrize(("case", "indexed"), both_ways(CASES))
def test_a_command_does_what_redis_py_does(database, raw, case, indexed):
    compare(database, raw, fields.HashField, case, indexed)


def test_every_command_of_the_type_is_compared():
    generic = fields.StringField.rows.keys() & fields.HashField.rows.keys()
    assert uncovered(fields.HashField, CASES, set(generic)) == set()


def test_scanning_gives_every_pair(database):
    thing = make_thing(database, fields.HashField)(marker="x")
    pairs = {f"key {n}": str(n) for n in range(1500)} | STRANGE
    thing.value.hset(mapping=pairs)
    assert dict(thing.value.hscan()) == pairs
    assert dict(thing.value.hscan(count=10)) == pairs
    assert dict(thing.value.hscan(match="key 149?")) == {f"key {n}": str(n) for n in range(1490, 1500)}
    with count_requests() as sent:
        thing.value.hscan()
    assert sent.count == 0


@pytest.mark.parametrize("indexed", [False, True])
def test_twenty_thousand_pairs_go_in_and_out_at_once(database, raw, indexed):
    Thing = make_thing(database, fields.HashField, indexable=indexed)
    thing = Thing(marker="x")
    pairs = {f"key {n}": f"value {n % 100}" for n in range(20_000)}
    assert thing.value.hset(mapping=pairs) == 20_000
    assert thing.value.hgetall() == pairs
    assert_consistent(Thing, raw)
    assert thing.value.hmset(dict.fromkeys(pairs, "other")) is True
    assert set(thing.value.hvals()) == {"other"}
    assert thing.value.hdel(*list(pairs)[1:], "no key") == 19_999
    assert thing.value.hgetall() == {"key 0": "other"}
    assert_consistent(Thing, raw)


def test_sub_keys_are_filtered_on_whatever_they_are_called(database):
    Thing = make_thing(database, fields.HashField, indexable=True)
    thing = Thing(value={"from": "me", "to": "you"})
    assert Thing.collection(value__from="me") == [thing.pk.get()]
    assert Thing.collection(value__from="you") == []
    for sub_key, text in STRANGE.items():
        other = Thing(value={sub_key: text})
        assert Thing.collection(value=(sub_key, text)) == [other.pk.get()]
        other.value.hdel(sub_key)
        assert Thing.collection(value=(sub_key, text)) == []
    assert_indexes_right(Thing)


def test_a_hash_cannot_be_unique():
    with pytest.raises(ImplementationError, match="unique"):
        fields.HashField(unique=True)


def test_a_value_of_a_megabyte_in_a_hash_is_indexed(database):
    Thing = make_thing(database, fields.HashField, indexable=True)
    big = "x" * 1_048_576
    thing = Thing(value={"big": big})
    assert Thing.collection(value__big=big) == [thing.pk.get()]
    thing.value.hset("big", "small")
    assert Thing.collection(value__big=big) == []
    assert_indexes_right(Thing)


def test_hmset_without_a_pair_is_refused_before_anything_is_sent(database):
    thing = make_thing(database, fields.HashField)(value=AB)
    with count_requests() as sent, pytest.raises(InvalidValueError):
        thing.value.hmset()
    with count_requests() as sent, pytest.raises(InvalidValueError):
        thing.value.hmset({})
    assert sent.count == 0


def test_a_hash_is_created_from_a_mapping_only(database):
    Thing = make_thing(database, fields.HashField)
    assert Thing(value={"a": 1, "b": None}).value.hgetall() == {"a": "1"}
    with pytest.raises(InvalidValueError, match="mapping"):
        Thing(value=["a"])
    assert Thing(value=AB).value.proxy_get() == AB


def test_whether_there_is_any_sub_key_can_be_asked(database):
    class Mail(RedisModel):
        headers = fields.HashField(indexable=True)
        sizes = fields.HashField(type=int, key_type=date, indexable=True)

    Mail.use_database(database)
    full, empty = Mail.create(headers={"isnull": "x"}, sizes={date(2026, 1, 1): 3}), Mail.create()
    for name in ("headers", "sizes"):
        for ask, found in (
            ({name: None}, empty),
            ({f"{name}__isnull": True}, empty),
            ({f"{name}__eq": None}, empty),
            ({f"{name}__isnull": False}, full),
            ({f"{name}__ne": None}, full),
        ):
            assert list(Mail.collection(**ask)) == [found.get_pk()], ask
    assert list(Mail.collection(headers__isnull="x")) == [full.get_pk()]
    assert list(Mail.collection(headers__isnull=("isnull", True))) == [empty.get_pk()]
    with pytest.raises(InvalidValueError, match="say which sub-key"):
        Mail.collection(headers="x")
    assert_indexes_right(Mail)


def test_a_class_is_no_value_to_look_for(database):
    class Mail(RedisModel):
        size = fields.InstanceHashField(type=int, indexable=True)

    Mail.use_database(database)
    with pytest.raises(InvalidValueError, match=r"Mail\.size: .* is no int"):
        Mail.collection(size=Mail)
