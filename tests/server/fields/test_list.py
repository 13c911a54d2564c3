"""ListField."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import InvalidValueError, UniquenessError
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import Case, both_ways, compare, make_thing, uncovered
from tests.oracle import assert_consistent

ABAC = ["a", "b", "a", "c"]
NUMBERS = ["10", "9", "100"]
STRANGE = ["", ":", "*", "a:b", "[", "{", "}", "nul\0nul", "😀", " "]


def _lmpop(client, key, direction="LEFT", count=1):
    return client.lmpop(1, key, direction=direction, count=count)


def _blmpop(client, key, timeout=0, direction="LEFT", count=1):
    return client.blmpop(timeout, 1, key, direction=direction, count=count)


CASES = [
    Case("lindex", (1,), ABAC),
    Case("lindex", (9,), ABAC),
    Case("llen", (), ABAC),
    Case("llen"),
    Case("lrange", (0, -1), ABAC),
    Case("lrange", (0, -1)),
    Case("lpos", ("a",), ABAC),
    Case("lpos", ("a",), ABAC, {"rank": 2, "count": 0, "maxlen": 4}),
    Case("lpos", ("zz",), ABAC),
    Case("sort", (), NUMBERS),
    Case("sort", (), ABAC, {"alpha": True, "desc": True}),
    Case("sort", (), ABAC, {"alpha": True, "start": 1, "num": 2}),
    Case("sort", (), ABAC, {"alpha": True, "get": "#"}),
    Case("sort", (), ABAC, {"alpha": True, "get": ["#", "nothing_*"], "groups": True}),
    Case("sort", (), NUMBERS, {"store": "@dst"}),
    Case("sort", (), ABAC),
    Case("sort_ro", (), NUMBERS, {"desc": True}),
    Case("lpush", ("x", "y"), ABAC),
    Case("lpush", ("x", "y")),
    Case("lpush", (1, 2.5, b"z")),
    Case("rpush", ("x", "x"), ABAC),
    Case("rpush", tuple(STRANGE)),
    Case("lpushx", ("x", "y"), ABAC),
    Case("lpushx", ("x",)),
    Case("rpushx", ("x", "y"), ABAC),
    Case("rpushx", ("x",)),
    Case("linsert", ("before", "b", "x"), ABAC),
    Case("linsert", ("AFTER", "a", "x"), ABAC),
    Case("linsert", ("AFTER", "zz", "x"), ABAC),
    Case("lset", (1, "x"), ABAC),
    Case("lset", (0, "x"), ABAC),
    Case("lset", (-1, "a"), ABAC),
    Case("lset", (9, "x"), ABAC),
    Case("lset", (0, "x")),
    Case("lrem", (0, "a"), ABAC),
    Case("lrem", (1, "a"), ABAC),
    Case("lrem", (-1, "a"), ABAC),
    Case("lrem", (0, "zz"), ABAC),
    Case("ltrim", (1, 2), ABAC),
    Case("ltrim", (5, 9), ABAC),
    Case("lpop", (), ABAC),
    Case("lpop", (2,), ABAC),
    Case("lpop", (9,), ABAC),
    Case("lpop"),
    Case("lpop", (2,)),
    Case("rpop", (), ABAC),
    Case("rpop", (2,), ABAC),
    Case("lmpop", (), ABAC, native=_lmpop),
    Case("lmpop", (), ABAC, {"direction": "RIGHT", "count": 2}, native=_lmpop),
    Case("lmpop", (), None, native=_lmpop),
    Case("lmove", ("@dst",), ABAC, {"src": "LEFT", "dest": "RIGHT"}, others={"@dst": ["z"]}),
    Case("lmove", ("@dst",), ABAC),
    Case("lmove", ("@dst",)),
    Case("lmovem", ("@dst",), ABAC),
    Case("rpoplpush", ("@dst",), ABAC),
    Case("blpop", (1,), ABAC, blocking=True),
    Case("brpop", (1,), ABAC, blocking=True),
    Case("blmove", ("@dst", 1), ABAC, blocking=True),
    Case("blmovem", ("@dst", 1), ABAC, blocking=True),
    Case("brpoplpush", ("@dst", 1), ABAC, blocking=True),
    Case("blmpop", (1,), ABAC, {"count": 2}, native=_blmpop, blocking=True),
]


@pytest.mark.parametrize(("case", "indexed"), both_ways(CASES))
def test_a_command_does_what_redis_py_does(database, raw, case, indexed):
    compare(database, raw, fields.ListField, case, indexed)


def test_every_command_of_the_type_is_compared():
    generic = fields.HashField.rows.keys() & fields.ListField.rows.keys()
    assert uncovered(fields.ListField, CASES, set(generic)) == set()


def test_strange_elements_are_found_and_forgotten(database):
    Thing = make_thing(database, fields.ListField, indexable=True)
    thing = Thing(value=STRANGE)
    for element in STRANGE:
        assert Thing.collection(value=element) == [thing.pk.get()]
        assert thing.value.lrem(1, element) == 1
        assert Thing.collection(value=element) == []
        assert_indexes_right(Thing)


@pytest.mark.parametrize("command", ["rpush", "lpush"])
@pytest.mark.parametrize("indexed", [False, True])
def test_twenty_thousand_elements_go_in_at_once(database, raw, command, indexed):
    Thing = make_thing(database, fields.ListField, indexable=indexed)
    thing = Thing(marker="x")
    elements = [f"element {n % 15_000}" for n in range(20_000)]
    assert getattr(thing.value, command)(*elements) == 20_000
    assert thing.value.lmembers() == (elements if command == "rpush" else elements[::-1])
    assert_consistent(Thing, raw)
    if indexed:
        assert Thing.collection(value="element 3") == [thing.pk.get()]


def test_an_element_stays_indexed_for_as_long_as_one_of_it_is_left(database):
    Thing = make_thing(database, fields.ListField, indexable=True)
    thing = Thing(value=["a", "a", "b"])
    thing.value.lpop()
    assert Thing.collection(value="a") == [thing.pk.get()]
    thing.value.lpop()
    assert Thing.collection(value="a") == []
    assert_indexes_right(Thing)


def test_a_unique_list_refuses_an_element_of_another_object(database):
    Thing = make_thing(database, fields.ListField, unique=True)
    Thing(value=["a", "b"])
    other = Thing(value=["c", "c"])
    for command, args in [
        ("rpush", ("d", "b")),
        ("lpush", ("a",)),
        ("rpushx", ("a",)),
        ("lset", (0, "b")),
        ("linsert", ("BEFORE", "c", "a")),
    ]:
        with pytest.raises(UniquenessError) as refused:
            getattr(other.value, command)(*args)
        assert refused.value.pk == "1"
        assert other.value.lmembers() == ["c", "c"]
    assert other.value.linsert("BEFORE", "no such element", "a") == -1
    assert_indexes_right(Thing)


def test_questions_about_elements_are_one_request_each(database):
    thing = make_thing(database, fields.ListField)(value=ABAC)
    with count_requests() as sent:
        assert thing.value.lcontains("a") is True
        assert thing.value.lcontains("zz") is False
        assert thing.value.lrank("b") == 1
        assert thing.value.lrank("zz") is None
        assert thing.value.lcount("a") == 2
        assert thing.value.lcount("zz") == 0
        assert thing.value.lmembers() == ABAC
        assert thing.value.proxy_get() == ABAC
    assert sent.count == 8


def test_a_list_is_created_from_any_iterable_and_from_one_text(database):
    Thing = make_thing(database, fields.ListField)
    assert Thing(value=(n for n in range(3))).value.lmembers() == ["0", "1", "2"]
    assert Thing(value="text").value.lmembers() == ["text"]
    assert Thing(marker="x", value=[]).value.lmembers() == []
    with pytest.raises(InvalidValueError):
        Thing(value=["a", None])
