"""Commands that every key has, on every type of field that is a key of its own."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any

import pytest
import redis

from limpyd_ng import fields
from limpyd_ng.exceptions import CommandError, ImplementationError, InvalidValueError, UnsupportedCommandError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import SCRATCH, Case, compare, content, dump, make_thing, store, uncovered, warm_up

KINDS: list[tuple[type[fields.RedisField], Any, Any]] = [
    (fields.StringField, "hello", "other"),
    (fields.HashField, {"a": "x", "b": "y"}, {"c": "z"}),
    (fields.ListField, ["a", "b", "a"], ["z"]),
    (fields.SetField, {"a", "b"}, {"z"}),
    (fields.SortedSetField, {"a": 1, "b": 2.5}, {"z": 1}),
]
LATER = 9_999_999_999


def _delete(client, key):
    return client.delete(key)


def cases(value: Any, other: Any) -> list[Case]:
    return [
        Case("exists", (), value),
        Case("exists"),
        Case("type", (), value),
        Case("type"),
        Case("ttl", (), value),
        Case("ttl"),
        Case("pttl", (), value),
        Case("expiretime", (), value),
        Case("pexpiretime", (), value),
        Case("dump", (), value, native=lambda c, key: c.dump(key)),
        Case("dump"),
        Case("object", ("encoding",), value, native=lambda c, key, what: c.object(what, key)),
        Case("object", ("refcount",), value, native=lambda c, key, what: c.object(what, key)),
        Case("touch", (), value),
        Case("touch"),
        Case("delete", (), value),
        Case("delete"),
        Case("unlink", (), value),
        Case("persist", (), value),
        Case("persist"),
        Case("rename", ("@dst",), value, others={"@dst": other}),
        Case("rename", ("@dst",)),
        Case("renamenx", ("@dst",), value),
        Case("renamenx", ("@dst",), value, others={"@dst": other}),
        Case("copy", ("@dst",), value),
        Case("copy", ("@dst",), value, others={"@dst": other}),
        Case("copy", ("@dst",), value, {"replace": True}, others={"@dst": other}),
        Case("copy", ("@dst",)),
        Case("move", (1,), value),
        Case("move", (1,)),
        Case("expire", (100,), value, expires=True),
        Case("expire", (100,), value, {"nx": True}, expires=True),
        Case("pexpire", (100_000,), value, expires=True),
        Case("expireat", (LATER,), value, expires=True),
        Case("pexpireat", (LATER * 1000,), value, expires=True),
    ]


def both_ways() -> list[Any]:
    params = []
    for field_class, value, other in KINDS:
        for number, case in enumerate(cases(value, other)):
            for indexed in (False, True):
                word = "indexed" if indexed else "plain"
                params.append(
                    pytest.param(
                        field_class,
                        case,
                        indexed,
                        id=f"{field_class.__name__}-{number}-{case.command}-{word}",
                    )
                )
    return params


@pytest.mark.parametrize(("field_class", "case", "indexed"), both_ways())
def test_a_command_does_what_redis_py_does(database, raw, field_class, case, indexed):
    if case.kwargs.get("nx") and case.command == "expire" and not indexed and not _knows_expire_options(raw):
        pytest.skip("EXPIRE takes options since Redis 7.0")
    raw.execute_command("SELECT", 0)
    compare(database, raw, field_class, case, indexed)


def _knows_expire_options(raw) -> bool:
    return int(raw.info("server")["redis_version"].split(".")[0]) >= 7


def test_every_command_is_compared():
    compared = cases("x", "y")
    elsewhere = {"memory_usage", "restore"}
    generic = fields.StringField.rows.keys() & fields.HashField.rows.keys()
    assert generic - {case.command for case in compared} == elsewhere
    assert uncovered(fields.PKField, compared, {"get"}) == set()


@pytest.mark.parametrize(("field_class", "value", "other"), KINDS)
def test_memory_usage_is_a_number_of_bytes(database, raw, field_class, value, other):
    thing = make_thing(database, field_class)(value=value)
    assert thing.value.memory_usage() == raw.memory_usage(thing.value.key) > 10
    assert thing.value.memory_usage(samples=0) > 10


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(("field_class", "value", "other"), KINDS)
def test_a_value_is_restored_from_a_dump(database, raw, field_class, value, other, indexed):
    Thing = make_thing(database, field_class, indexable=indexed)
    one, two = Thing(value=value), Thing(value=other)
    dumped = one.value.dump()
    store(raw, SCRATCH, value)
    assert dumped == raw.dump(SCRATCH)
    warm_up(database, raw)
    with count_requests() as sent:
        assert two.value.restore(0, dumped, replace=True) == raw.restore("copy", 0, dumped)
    assert sent.names[0] in ("EVAL", "EVALSHA", "MULTI")
    assert content(raw, two.value.key) == content(raw, SCRATCH)
    assert_indexes_right(Thing)
    if indexed:
        with pytest.raises(ImplementationError, match="indexed"):
            two.value.restore(5000, dumped, replace=True)
    else:
        two.value.restore(5000, dumped, replace=True)
        assert 0 < two.value.pttl() <= 5000
        assert two.value.persist() is True
        assert two.value.ttl() == -1


@pytest.mark.parametrize(("field_class", "value", "other"), KINDS)
def test_a_value_moved_to_another_database_of_the_server_is_gone_from_the_index(
    database, raw, server, field_class, value, other
):
    Thing = make_thing(database, field_class, indexable=True)
    thing = Thing(value=value)
    assert thing.value.move(2) is True
    assert thing.value.exists() == 0
    with server.client(db=2) as elsewhere:
        assert elsewhere.exists(thing.value.key) == 1
    assert_indexes_right(Thing)


# what all types refuse


def _writes(field_class: type[fields.RedisField]) -> list[tuple[str, tuple[Any, ...]]]:
    return {
        fields.StringField: [
            ("set", (None,)),
            ("getset", (None,)),
            ("append", (None,)),
            ("setrange", (0, None)),
        ],
        fields.HashField: [
            ("hset", ("a", None)),
            ("hset", (None, None, {"a": None})),
            ("hmset", ({"a": None},)),
            ("hsetnx", ("a", None)),
            ("hget", (None,)),
            ("hdel", ("a", None)),
        ],
        fields.ListField: [("rpush", ("a", None)), ("lset", (0, None)), ("linsert", ("BEFORE", "a", None))],
        fields.SetField: [("sadd", ("a", None)), ("srem", (None,)), ("sismember", (None,))],
        fields.SortedSetField: [("zadd", ({"a": None},)), ("zadd", ({None: 1},)), ("zincrby", (1, None))],
        fields.InstanceHashField: [("hset", (None,)), ("hsetnx", (None,)), ("hincrby", (None,))],
    }[field_class]


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(
    ("field_class", "value"),
    [
        *[(field_class, value) for field_class, value, _ in KINDS],
        (fields.InstanceHashField, "hello"),
    ],
)
def test_none_is_refused_before_anything_is_sent(database, raw, field_class, value, indexed):
    thing = make_thing(database, field_class, indexable=indexed)(value=value)
    before = dump(raw)
    for command, args in _writes(field_class):
        with count_requests() as sent, pytest.raises(InvalidValueError):
            getattr(thing.value, command)(*args)
        assert (command, sent.count) == (command, 0)
    assert dump(raw) == before


@pytest.mark.parametrize("wrong", [True, object(), ["a"], {"a": "b"}])
def test_values_without_a_plain_text_are_refused(database, raw, wrong):
    for field_class, command in [(fields.StringField, "set"), (fields.InstanceHashField, "hset")]:
        for indexed in (False, True):
            thing = make_thing(database, field_class, indexable=indexed)(value="x")
            before = dump(raw)
            with pytest.raises(InvalidValueError):
                getattr(thing.value, command)(wrong)
            assert dump(raw) == before


@pytest.mark.parametrize("indexed", [False, True])
def test_arguments_that_redis_py_refuses_are_refused_as_unfit_values(database, indexed):
    thing = make_thing(database, fields.StringField, indexable=indexed)(value="x")
    ranks = make_thing(database, fields.SortedSetField, indexable=indexed)(value={"a": 1})
    with count_requests() as sent:
        with pytest.raises(InvalidValueError):
            thing.value.set("y", ex="soon")
        with pytest.raises(InvalidValueError):
            ranks.value.zadd({})
        with pytest.raises(InvalidValueError):
            ranks.value.zadd({"a": 2}, nx=True, xx=True)
        with pytest.raises(InvalidValueError):
            ranks.value.zmpop()
    assert sent.count == 0
    with pytest.raises(TypeError):
        thing.value.set()
    assert thing.value.get() == "x"


SAMPLE: dict[str, tuple[Any, ...]] = {
    # arguments for commands of missing objects; () for the others
    "append": ("x",),
    "set": ("x",),
    "setnx": ("x",),
    "setex": (9, "x"),
    "psetex": (9, "x"),
    "getset": ("x",),
    "setrange": (0, "x"),
    "incrbyfloat": (1.5,),
    "setbit": (0, 1),
    "bitop": ("NOT", "a"),
    "pfadd": ("x",),
    "pfmerge": ("a",),
    "getrange": (0, 1),
    "substr": (0, 1),
    "getbit": (0,),
    "bitpos": (1,),
    "lcs": ("a",),
    "bitfield_ro": ("u8", 0),
    "delifeq": ("x",),
    "object": ("encoding",),
    "hget": ("a",),
    "hmget": ("a", "b"),
    "hexists": ("a",),
    "hstrlen": ("a",),
    "httl": ("a",),
    "hpttl": ("a",),
    "hexpiretime": ("a",),
    "hpexpiretime": ("a",),
    "hset": ("a", "x"),
    "hsetnx": ("a", "x"),
    "hmset": ({"a": "x"},),
    "hdel": ("a",),
    "hincrby": ("a",),
    "hincrbyfloat": ("a",),
    "hgetdel": ("a",),
    "hgetex": ("a",),
    "hsetex": ("a", "x"),
    "hexpire": (9, "a"),
    "hpexpire": (9, "a"),
    "hexpireat": (LATER, "a"),
    "hpexpireat": (LATER, "a"),
    "hpersist": ("a",),
    "lindex": (0,),
    "lrange": (0, -1),
    "lpos": ("a",),
    "lpush": ("a",),
    "rpush": ("a",),
    "lpushx": ("a",),
    "rpushx": ("a",),
    "linsert": ("BEFORE", "a", "b"),
    "lset": (0, "a"),
    "lrem": (0, "a"),
    "ltrim": (0, 1),
    "lmove": ("d",),
    "lmovem": ("d",),
    "rpoplpush": ("d",),
    "blpop": (1,),
    "brpop": (1,),
    "blmove": ("d", 1),
    "blmovem": ("d", 1),
    "brpoplpush": ("d", 1),
    "blmpop": (1,),
    "sismember": ("a",),
    "smismember": ("a",),
    "sadd": ("a",),
    "srem": ("a",),
    "smove": ("d", "a"),
    "sinterstore": ("a",),
    "sunionstore": ("a",),
    "sdiffstore": ("a",),
    "zcount": (0, 1),
    "zscore": ("a",),
    "zmscore": (["a"],),
    "zrank": ("a",),
    "zrevrank": ("a",),
    "zrange": (0, -1),
    "zrevrange": (0, -1),
    "zrangebyscore": (0, 1),
    "zrevrangebyscore": (1, 0),
    "zrangebylex": ("-", "+"),
    "zrevrangebylex": ("+", "-"),
    "zlexcount": ("-", "+"),
    "geodist": ("a", "b"),
    "geohash": ("a",),
    "geopos": ("a",),
    "zadd": ({"a": 1},),
    "zincrby": (1, "a"),
    "zrem": ("a",),
    "zremrangebyrank": (0, 1),
    "zremrangebyscore": (0, 1),
    "zremrangebylex": ("-", "+"),
    "zinterstore": (["a"],),
    "zunionstore": (["a"],),
    "zdiffstore": (["a"],),
    "zrangestore": ("a", 0, 1),
    "geoadd": ([1, 2, "a"],),
    "bzpopmin": (1,),
    "bzpopmax": (1,),
    "zmpop": (True,),
    "bzmpop": (1, True),
    "expire": (9,),
    "pexpire": (9,),
    "expireat": (LATER,),
    "pexpireat": (LATER,),
    "rename": ("d",),
    "renamenx": ("d",),
    "move": (1,),
    "copy": ("d",),
}
SAMPLE_KWARGS = {
    "geosearch": {"member": "a", "radius": 1},
    "geosearchstore": {"longitude": 1, "latitude": 1, "radius": 1},
}
OF_AN_ENTRY = {"hset": ("x",), "hsetnx": ("x",), "hsetex": ("x",), "hexpire": (9,), "hpexpire": (9,)}
OF_AN_ENTRY |= {"hexpireat": (LATER,), "hpexpireat": (LATER,)}


def arguments(field_class: type[fields.RedisField], command: str, payload: bytes) -> tuple[Any, ...]:
    if command == "restore":
        return (0, payload)
    if command == "geosearchstore":
        return ("a",)
    if field_class is fields.InstanceHashField:
        return OF_AN_ENTRY.get(command, ())
    return SAMPLE.get(command, ())


EVERY = [*[field_class for field_class, _, _ in KINDS], fields.InstanceHashField]


@pytest.mark.filterwarnings("ignore:Call to")
@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize("field_class", EVERY)
@pytest.mark.faces("sync", "asyncio", reason="the second look takes a request that a pipeline cannot send")
def test_every_command_of_a_missing_object_says_that_it_does_not_exist_and_writes_nothing(
    database, raw, field_class, indexed
):
    Thing = make_thing(database, field_class, indexable=indexed)
    payload = raw.set("p", "x") and raw.dump("p")
    raw.delete("p")
    outcomes = {}
    for command in field_class.available_commands:
        missing = Thing.lazy_connect("99")
        args = arguments(field_class, command, payload)
        try:
            outcomes[command] = getattr(missing.value, command)(*args, **SAMPLE_KWARGS.get(command, {}))
        except Thing.DoesNotExist:
            pass
        except UnsupportedCommandError:
            assert field_class.rows[command].since != ("6.2", "7.2")
        except ImplementationError:
            row = field_class.rows[command]
            assert indexed
            assert row.blocking or "expire" in command or command in ("setex", "psetex")
        assert dump(raw) == {}, command
    assert outcomes == {}


@pytest.mark.filterwarnings("ignore:Call to")
@pytest.mark.parametrize("field_class", EVERY)
def test_reads_of_an_instance_without_a_pk_are_refused(database, raw, field_class):
    Thing = make_thing(database, field_class, indexable=True)
    with count_requests() as sent:
        for command in field_class.available_getters:
            args = arguments(field_class, command, b"")
            with pytest.raises((Thing.DoesNotExist, UnsupportedCommandError)):
                getattr(Thing().value, command)(*args, **SAMPLE_KWARGS.get(command, {}))
    assert sent.count == 0


@pytest.mark.parametrize(
    ("field_class", "scan"),
    [
        (fields.HashField, "hscan"),
        (fields.SetField, "sscan"),
        (fields.SortedSetField, "zscan"),
    ],
)
def test_scanning_a_missing_object_says_that_it_does_not_exist(database, field_class, scan):
    Thing = make_thing(database, field_class)
    with pytest.raises(Thing.DoesNotExist):
        list(getattr(Thing.lazy_connect("99").value, scan)())
    thing = Thing(marker="x")
    lazy = Thing.lazy_connect(thing.pk.get())
    assert list(getattr(lazy.value, scan)()) == []
    assert lazy.connected


def test_commands_of_a_deleted_object_say_that_it_does_not_exist(database, raw):
    Thing = make_thing(database, fields.StringField, indexable=True)
    thing = Thing(value="a")
    stale = Thing(thing.pk.get())
    thing.delete()
    for call in (thing.value.get, lambda: thing.value.set("b"), thing.delete, lambda: stale.value.set("b")):
        with pytest.raises(Thing.DoesNotExist):
            call()
    assert [key for key in raw.keys() if "field" in key or "index" in key] == []


@pytest.mark.skipif(not hasattr(redis.Redis, "increx"), reason="the installed redis-py cannot send it")
def test_a_command_that_the_server_lacks_names_the_versions_that_have_it(database):
    thing = make_thing(database, fields.StringField)(value="a")
    lazy = type(thing).lazy_connect(thing.pk.get())
    for one in (thing, lazy):
        with pytest.raises(UnsupportedCommandError, match=r"INCREX needs Redis 8\.8 or later; the connected"):
            one.value.increx()
    assert thing.value.get() == "a"


class Level(enum.IntEnum):
    LOW = -1


def test_arguments_that_cannot_be_sent_are_told_by_name(database):
    class Thing(RedisModel):
        text = fields.StringField()
        entry = fields.InstanceHashField(indexable=True)
        items = fields.ListField()
        tags = fields.SetField(indexable=True)

    Thing.use_database(database)
    thing = Thing.create(text="a")
    with count_requests() as sent:
        for command, unfit, told in (
            (thing.text.set, [1], r"Thing\.text\.set: a list"),
            (thing.text.set, True, r"Thing\.text\.set: True"),
            (thing.entry.hset, Decimal("1.5"), r"Thing\.entry\.hset: a Decimal"),
            (thing.items.rpush, {"a": 1}, r"Thing\.items\.rpush: a dict"),
            (thing.items.lrem, object(), r"Thing\.items\.lrem: a object"),
            (thing.tags.sadd, {"a"}, r"Thing\.tags\.sadd: a set"),
            (thing.tags.sismember, ["a"], r"Thing\.tags\.sismember: a list"),
        ):
            with pytest.raises(InvalidValueError, match=told):
                command(*([0] if command == thing.items.lrem else []), unfit)
    assert sent.count == 0
    with pytest.raises(InvalidValueError, match=r"'\\ud800' is not valid text"):
        thing.text.set("\ud800")
    for name, command in (("rpush", thing.items.rpush), ("srem", thing.tags.srem)):
        with pytest.raises(CommandError, match=f"wrong number of arguments for '{name}' command"):
            command()
    assert thing.text.set(Level.LOW) and thing.text.get() == "-1"
    assert_indexes_right(Thing)
