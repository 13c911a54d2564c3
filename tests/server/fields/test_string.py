"""StringField: strings, counters, bits, HyperLogLogs."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import Case, both_ways, compare, make_thing, uncovered

STRANGE = "a:b*c[d]{e}\0f\n '\"\\ é 😀"

CASES = [
    Case("get", (), "hello"),
    Case("get"),
    Case("get", (), ""),
    Case("get", (), STRANGE),
    Case("getrange", (1, 3), "hello"),
    Case("substr", (1, 3), "hello"),
    Case("strlen", (), "hello"),
    Case("getbit", (1,), "hello"),
    Case("bitcount", (), "hello"),
    Case("bitcount", (0, 1), "hello"),
    Case("bitpos", (1,), "hello"),
    Case("bitpos", (0, 1, 3), "hello"),
    Case("bitfield_ro", ("u8", 0), "hello"),
    Case("bitfield_ro", ("u8", 0), "hello", {"items": [("i4", 8)]}),
    Case("lcs", ("@other",), "mytext", others={"@other": "ourtext"}),
    Case("lcs", ("@other",), "mytext", {"len": True}, others={"@other": "ourtext"}),
    Case("lcs", ("@other",), "mytext", {"idx": True, "withmatchlen": True}, others={"@other": "ourtext"}),
    Case("pfcount"),
    Case("digest", (), "hello"),
    Case("set", ("new",), "old"),
    Case("set", ("new",)),
    Case("set", ("",), "old"),
    Case("set", (STRANGE,), "old"),
    Case("set", (12,), "old"),
    Case("set", (1.5,), "old"),
    Case("set", (b"bytes",), "old"),
    Case("set", ("new",), "old", {"nx": True}),
    Case("set", ("new",), None, {"nx": True}),
    Case("set", ("new",), "old", {"xx": True}),
    Case("set", ("new",), None, {"xx": True}),
    Case("set", ("new",), "old", {"get": True}),
    Case("set", ("new",), None, {"get": True}),
    Case("set", ("new",), "old", {"keepttl": True}),
    Case("set", ("EX",), "old"),
    Case("set", ("new",), "old", {"ex": 100}, expires=True),
    Case("set", ("new",), "old", {"px": 100000}, expires=True),
    Case("set", ("new",), "old", {"exat": 9999999999}, expires=True),
    Case("setnx", ("new",), "old"),
    Case("setnx", ("new",)),
    Case("setex", (100, "new"), "old", expires=True),
    Case("psetex", (100000, "new"), "old", expires=True),
    Case("getset", ("new",), "old"),
    Case("getset", ("new",)),
    Case("getdel", (), "old"),
    Case("getdel"),
    Case("getex", (), "old"),
    Case("getex", (), "old", {"persist": True}),
    Case("getex", (), "old", {"ex": 100}, expires=True),
    Case("append", (" more",), "some"),
    Case("append", ("more",)),
    Case("setrange", (2, "XX"), "hello"),
    Case("setrange", (3, "X")),
    Case("incr", (), "41"),
    Case("incr"),
    Case("incr", (5,), "41"),
    Case("incr", (), "not a number"),
    Case("incrby", (5,), "41"),
    Case("incrbyfloat", (0.5,), "41"),
    Case("increx", (), "41"),
    Case("decr", (), "41"),
    Case("decr", (5,)),
    Case("decrby", (5,), "41"),
    Case("setbit", (1, 0), "hello"),
    Case("setbit", (1, 1)),
    Case("bitop", ("NOT", "@a"), "old", native=lambda c, key, op, a: c.bitop(op, key, a), others={"@a": "X"}),
    Case(
        "bitop",
        ("OR", "@a", "@b"),
        "old",
        native=lambda c, key, op, *keys: c.bitop(op, key, *keys),
        others={"@a": "a", "@b": "bc"},
    ),
    Case("delex", (), "hello"),
    Case(
        "delifeq", ("hello",), "hello", native=lambda c, key, value: c.execute_command("DELIFEQ", key, value)
    ),
    Case("delifeq", ("x",), "hello", native=lambda c, key, value: c.execute_command("DELIFEQ", key, value)),
    Case("pfadd", ("a", "b")),
    Case("pfmerge", ("@a",)),
]


@pytest.mark.parametrize(("case", "indexed"), both_ways(CASES))
def test_a_command_does_what_redis_py_does(database, raw, case, indexed):
    compare(database, raw, fields.StringField, case, indexed)


def test_every_command_of_the_type_is_compared():
    generic = set(GENERIC_NAMES)
    assert uncovered(fields.StringField, CASES, generic) == set()


GENERIC_NAMES = fields.HashField.rows.keys() & fields.StringField.rows.keys()


@pytest.mark.parametrize("indexed", [False, True])
def test_hyperloglogs_count_distinct_elements(database, raw, indexed):
    Thing = make_thing(database, fields.StringField, indexable=indexed)
    one, two = Thing(marker="1"), Thing(marker="2")
    assert one.value.pfadd("a", "b", "c") == 1
    assert one.value.pfadd("a") == 0
    assert two.value.pfadd("c", "d") == 1
    assert one.value.pfcount() == 3
    assert one.value.pfmerge(two.value) is True
    assert one.value.pfcount() == 4
    assert_indexes_right(Thing)


@pytest.mark.parametrize("indexed", [False, True])
def test_a_bitfield_is_built_and_sent_in_one_request(database, raw, indexed):
    Thing = make_thing(database, fields.StringField, indexable=indexed)
    thing = Thing(value="A")
    raw.set("scratch", "A")
    thing.value.set("A")
    with count_requests() as sent:
        got = thing.value.bitfield("SAT").get("u8", 0).incrby("u8", 0, 1).set("u8", 8, 67).execute()
    assert got == raw.bitfield("scratch", "SAT").get("u8", 0).incrby("u8", 0, 1).set("u8", 8, 67).execute()
    assert sent.count == 1
    assert thing.value.get() == raw.get("scratch") == "BC"
    assert_indexes_right(Thing)


@pytest.mark.parametrize("indexed", [False, True])
def test_a_value_of_a_megabyte_comes_back_whole(database, indexed):
    Thing = make_thing(database, fields.StringField, indexable=indexed)
    big = "é:*😀" * 120_000
    thing = Thing(value=big)
    assert thing.value.get() == big
    thing.value.append("x")
    assert thing.value.strlen() == len(big.encode()) + 1
    thing.value.set("small")
    assert_indexes_right(Thing)


def test_an_indexed_string_is_found_by_its_exact_value(database):
    Thing = make_thing(database, fields.StringField, indexable=True)
    for value in ("", STRANGE, ":", "*", "[", "{", "}", "😀", "EX"):
        thing = Thing(value=value)
        assert Thing.collection(value=value) == [thing.pk.get()]
        thing.delete()
    assert Thing.collection() == []


@pytest.mark.parametrize("value", ["1", "text"])
def test_a_unique_string_is_refused_by_whatever_command_would_repeat_it(database, raw, value):
    from limpyd_ng.exceptions import UniquenessError

    Thing = make_thing(database, fields.StringField, unique=True)
    Thing(value="10")
    other = Thing(value="9")
    for command, args in [
        ("set", ("10",)),
        ("getset", ("10",)),
        ("incr", ()),
        ("incrbyfloat", (1,)),
        ("setrange", (0, "10")),
    ]:
        with pytest.raises(UniquenessError) as refused:
            getattr(other.value, command)(*args)
        assert (refused.value.field, refused.value.value, refused.value.pk) == ("Thing.value", "10", "1")
        assert other.value.get() == "9"
    assert_indexes_right(Thing)


def test_assigning_to_a_field_is_refused_with_the_command_to_use(database):
    thing = make_thing(database, fields.StringField)(value="a")
    with pytest.raises(AttributeError, match="set"):
        thing.value = "b"
    assert thing.value.get() == "a"


def test_proxies_read_and_set_the_whole_value(database):
    thing = make_thing(database, fields.StringField)(value="a")
    assert thing.value.proxy_get() == "a"
    assert thing.value.proxy_set("b") is True
    assert thing.value.get() == "b"


def test_a_command_on_the_class_is_refused(database):
    Thing = make_thing(database, fields.StringField)
    with pytest.raises(ImplementationError, match="instances"):
        Thing.value.get()
