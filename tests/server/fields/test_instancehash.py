"""InstanceHashField, and the commands of an instance on the hash that these fields share."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import InvalidValueError, UniquenessError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import Case, both_ways, compare, dump, make_thing, uncovered, warm_up

STRANGE = "a:b*c[d]{e}\0f\n '\"\\ é 😀"


def entry(name):
    """redis-py's command, with the name of the entry behind the key."""
    return lambda client, key, *args, **kwargs: getattr(client, name)(key, "value", *args, **kwargs)


def entry_last(name):
    """redis-py's command, with the name of the entry at the end."""
    return lambda client, key, *args, **kwargs: getattr(client, name)(key, *args, "value", **kwargs)


def case(command, args=(), start=None, kwargs=None, native=None, **more):
    return Case(command, args, start, kwargs or {}, native=native or entry(command), **more)


LATER = 9_999_999_999
CASES = [
    case("hget", (), "a"),
    case("hget", (), ""),
    case("hget", (), STRANGE),
    case("hget"),
    case("hexists", (), "a"),
    case("hexists"),
    case("exists", (), "a", native=entry("hexists")),
    case("exists", native=entry("hexists")),
    case("hstrlen", (), "abc"),
    case("httl", (), "a"),
    case("hpttl", (), "a"),
    case("hexpiretime", (), "a"),
    case("hpexpiretime", (), "a"),
    case("hset", ("b",), "a"),
    case("hset", ("b",)),
    case("hset", (12.5,), "a"),
    case("hset", (STRANGE,), "a"),
    case("hset", ("",), "a"),
    case("hset", (b"bytes",), "a"),
    case("hsetnx", ("b",), "a"),
    case("hsetnx", ("b",)),
    case("hincrby", (), "41"),
    case("hincrby", (5,), "41"),
    case("hincrby", (5,)),
    case("hincrby", (), "text"),
    case("hincrbyfloat", (0.5,), "41"),
    case("hdel", (), "a"),
    case("hdel"),
    case("delete", (), "a", native=entry("hdel")),
    case("delete", native=entry("hdel")),
    case("hgetdel", (), "a"),
    case("hgetdel"),
    case("hgetex", (), "a"),
    case("hgetex", (), "a", {"ex": 100}, expires=True),
    case("hsetex", ("b",), "a"),
    case("hsetex", ("b",), "a", {"px": 100_000}, expires=True),
    case("hexpire", (100,), "a", native=entry_last("hexpire"), expires=True),
    case("hpexpire", (100_000,), "a", native=entry_last("hpexpire"), expires=True),
    case("hexpireat", (LATER,), "a", native=entry_last("hexpireat"), expires=True),
    case("hpexpireat", (LATER * 1000,), "a", native=entry_last("hpexpireat"), expires=True),
    case("hpersist", (), "a"),
]


@pytest.mark.parametrize(("case", "indexed"), both_ways(CASES))
def test_a_command_does_what_redis_py_does(database, raw, case, indexed):
    compare(database, raw, fields.InstanceHashField, case, indexed)


def test_every_command_of_the_type_is_compared():
    assert uncovered(fields.InstanceHashField, CASES, set()) == set()


def make_card(database):
    on = database

    class Card(RedisModel):
        database = on
        name = fields.InstanceHashField(indexable=True)
        code = fields.InstanceHashField(unique=True)
        note = fields.InstanceHashField(key_name="n")
        text = fields.StringField()

    return Card


def test_fields_of_one_instance_share_one_hash_under_their_stored_names(database, raw):
    card = make_card(database)(name="x", note="y")
    assert raw.hgetall(card.schema.keys.hash(card.pk.get())) == {"name": "x", "n": "y"}
    assert card.name.key == card.note.key


def test_reading_several_fields_is_one_request_each(database):
    card = make_card(database)(name="x", note="y")
    with count_requests() as sent:
        assert card.hmget("note", "code", "name") == ["y", None, "x"]
        assert card.hmget_dict("note", "code") == {"note": "y", "code": None}
        assert card.hmget_dict() == {"name": "x", "code": None, "note": "y"}
        assert card.hgetall() == {"name": "x", "note": "y"}
        assert card.hkeys() == ["name", "note"]
        assert card.hvals() == ["x", "y"]
        assert card.hlen() == 2
    assert sent.count == 7


@pytest.mark.faces("sync", "asyncio", reason="in a pipeline it has a place among the results")
def test_reading_no_field_takes_no_request(database):
    card = make_card(database)(name="x")
    with count_requests() as sent:
        assert card.hmget() == []
    assert sent.count == 0


def test_entries_of_an_older_schema_are_not_seen(database, raw):
    card = make_card(database)(name="x")
    raw.hset(card.schema.keys.hash(card.pk.get()), mapping={"gone": "1", "note": "other name"})
    assert card.hgetall() == {"name": "x"}
    assert (card.hkeys(), card.hvals(), card.hlen()) == (["name"], ["x"], 1)


def test_hmset_sets_several_fields_and_their_indexes_in_one_request(database, raw):
    Card = make_card(database)
    card = Card(name="x", code="c", note="y")
    warm_up(database, raw)
    with count_requests() as sent:
        assert card.hmset(name="z", code="d", note=None) is True
    assert sent.count == 1
    assert card.hgetall() == {"name": "z", "code": "d"}
    assert Card.collection(name="z", code="d") == [card.pk.get()]
    assert Card.collection(name="x") == []
    assert_indexes_right(Card)


def test_a_refused_hmset_changes_nothing(database, raw):
    Card = make_card(database)
    Card(code="taken")
    card = Card(name="x", code="c")
    before = dump(raw)
    with pytest.raises(UniquenessError) as refused:
        card.hmset(name="new", note="new", code="taken")
    assert (refused.value.field, refused.value.pk) == ("Card.code", "1")
    assert dump(raw) == before
    assert_indexes_right(Card)


def test_hdel_of_an_instance_counts_what_was_there(database, raw):
    Card = make_card(database)
    card = Card(name="x", code="c", note="y")
    warm_up(database, raw)
    with count_requests() as sent:
        assert card.hdel("name", "note", "name") == 2
    assert sent.count == 1
    assert card.hdel("name", "code") == 1
    assert card.hgetall() == {}
    assert Card.collection(name="x") == []
    assert Card.collection(code="c") == []
    assert Card.exists(card.pk.get())
    assert_indexes_right(Card)


@pytest.mark.parametrize("name", ["text", "pk", "nothing", "n"])
def test_other_fields_are_refused_before_anything_is_sent(database, name):
    card = make_card(database)(name="x")
    with count_requests() as sent:
        for call in (
            lambda: card.hmget("name", name),
            lambda: card.hmget_dict(name),
            lambda: card.hmset(**{"name": "z", name: "v"}),
            lambda: card.hdel("name", name),
        ):
            with pytest.raises(InvalidValueError):
                call()
    assert sent.count == 0
    assert card.hgetall() == {"name": "x"}


def test_hmset_and_hdel_need_an_argument(database):
    card = make_card(database)(name="x")
    for call in (card.hmset, card.hdel):
        with pytest.raises(InvalidValueError):
            call()


@pytest.mark.faces("sync", "asyncio", reason="the second look takes a request that a pipeline cannot send")
def test_hash_commands_of_a_missing_object_say_so_and_write_nothing(database, raw):
    Card = make_card(database)
    missing = Card.lazy_connect("99")
    for call in (
        lambda: missing.hmget("name"),
        missing.hmget_dict,
        missing.hgetall,
        missing.hkeys,
        missing.hvals,
        missing.hlen,
        lambda: missing.hmset(name="x"),
        lambda: missing.hdel("name"),
    ):
        with pytest.raises(Card.DoesNotExist):
            call()
    assert dump(raw) == {}


def test_hmset_brings_a_new_instance_into_being(database):
    Card = make_card(database)
    card = Card()
    assert card.hmset(name="x", code="c") is True
    assert card.pk.get() == "1"
    assert Card.collection(name="x") == ["1"]
    assert_indexes_right(Card)


@pytest.mark.parametrize("indexed", [False, True])
def test_a_value_of_a_megabyte_comes_back_whole(database, indexed):
    Thing = make_thing(database, fields.InstanceHashField, indexable=indexed)
    big = "é" * 524_288
    thing = Thing(value=big)
    assert thing.value.hget() == big
    thing.value.hset("small")
    assert_indexes_right(Thing)
