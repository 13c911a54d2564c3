"""SetField."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import InvalidValueError, UniquenessError
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import Case, both_ways, compare, make_thing, uncovered, warm_up
from tests.oracle import assert_consistent

ABC = {"a", "b", "c"}
STRANGE = ("", ":", "*", "a:b", "[", "{", "}", "nul\0nul", "😀", " ")


def _sintercard(client, key, *others, limit=0):
    return client.sintercard(1 + len(others), [key, *others], limit)


CASES = [
    Case("scard", (), ABC),
    Case("scard"),
    Case("sismember", ("a",), ABC),
    Case("sismember", ("zz",), ABC),
    Case("smismember", ("a", "zz"), ABC),
    Case("smismember", (["a", "zz"],), ABC),
    Case("smembers", (), ABC),
    Case("smembers"),
    Case("sinter", ("@other",), ABC, others={"@other": {"b", "c", "d"}}),
    Case("sinter", (), ABC),
    Case("sunion", ("@other", "@more"), ABC, others={"@other": {"d"}}),
    Case(
        "sunion",
        (["@other", "@more"],),
        ABC,
        others={"@other": {"d"}},
        native=lambda c, key, others: c.sunion([key, *others]),
    ),
    Case("sdiff", ("@other",), ABC, others={"@other": {"b"}}),
    Case("sintercard", ("@other",), ABC, others={"@other": {"b", "c"}}, native=_sintercard),
    Case("sintercard", ("@other",), ABC, {"limit": 1}, others={"@other": {"b", "c"}}, native=_sintercard),
    Case(
        "sunioncard",
        ("@other",),
        ABC,
        native=lambda c, key, *keys: c.execute_command("SUNIONCARD", 2, key, *keys),
    ),
    Case(
        "sdiffcard",
        ("@other",),
        ABC,
        native=lambda c, key, *keys: c.execute_command("SDIFFCARD", 2, key, *keys),
    ),
    Case("sort", (), {"10", "9"}),
    Case("sort", (), ABC, {"alpha": True, "desc": True}),
    Case("sort", (), ABC, {"alpha": True, "store": "@dst"}),
    Case("sort_ro", (), {"10", "9"}),
    Case("sadd", ("c", "d"), ABC),
    Case("sadd", ("a",), ABC),
    Case("sadd", STRANGE),
    Case("sadd", (1, 2.5, b"x")),
    Case("srem", ("a", "zz"), ABC),
    Case("srem", ("a", "b", "c"), ABC),
    Case("srem", ("a",)),
    Case("smove", ("@dst", "a"), ABC),
    Case("smove", ("@dst", "zz"), ABC, others={"@dst": {"y"}}),
    Case("sinterstore", ("@other",), ABC, others={"@other": {"x"}}),
    Case("sunionstore", ("@other", "@more"), ABC, others={"@other": {"x"}, "@more": {"y"}}),
    Case("sunionstore", (["@other", "@more"],), ABC, others={"@other": {"x"}, "@more": {"y"}}),
    Case("sdiffstore", ("@other", "@more"), ABC, others={"@other": {"x", "a"}, "@more": {"x"}}),
    Case("sdiffstore", ("@other",), ABC),
]
RANDOM = {"spop", "srandmember"}


@pytest.mark.parametrize(("case", "indexed"), both_ways(CASES))
def test_a_command_does_what_redis_py_does(database, raw, case, indexed):
    compare(database, raw, fields.SetField, case, indexed)


def test_every_command_of_the_type_is_compared():
    generic = fields.HashField.rows.keys() & fields.SetField.rows.keys()
    assert uncovered(fields.SetField, CASES, set(generic) | RANDOM) == set()


@pytest.mark.parametrize("indexed", [False, True])
def test_popped_members_are_gone_from_the_set_and_its_index(database, raw, indexed):
    Thing = make_thing(database, fields.SetField, indexable=indexed)
    thing = Thing(value=ABC)
    raw.sadd("scratch", *ABC)
    warm_up(database, raw)
    with count_requests() as sent:
        one = thing.value.spop()
    assert sent.count == 1
    assert one in ABC
    assert thing.value.smembers() == ABC - {one}
    rest = thing.value.spop(5)
    assert type(rest) is type(raw.spop("scratch", 5))
    assert set(rest) == ABC - {one}
    assert thing.value.spop() is None
    assert type(thing.value.spop(2)) is type(raw.spop("scratch", 2))
    assert_indexes_right(Thing)
    if indexed:
        assert [Thing.collection(value=member).count() for member in ABC] == [0, 0, 0]


def test_random_members_are_members(database, raw):
    thing = make_thing(database, fields.SetField)(value=ABC)
    raw.sadd("scratch", *ABC)
    assert thing.value.srandmember() in ABC
    for number in (2, 5, -7):
        got = thing.value.srandmember(number)
        assert set(got) <= ABC
        assert (type(got), len(got)) == (
            type(raw.srandmember("scratch", number)),
            min(number, 3) if number > 0 else 7,
        )


def test_scanning_gives_every_member(database):
    Thing = make_thing(database, fields.SetField)
    members = {f"member {n}" for n in range(2000)} | set(STRANGE)
    thing = Thing(value=members)
    assert set(thing.value.sscan()) == members
    assert set(thing.value.sscan(count=10)) == members
    assert set(thing.value.sscan(match="member 199?")) == {f"member {n}" for n in range(1990, 2000)}
    with count_requests() as sent:
        scan = thing.value.sscan()
        assert sent.count == 0
        next(scan)
        assert sent.count == 1


@pytest.mark.parametrize("indexed", [False, True])
def test_twenty_thousand_members_go_in_and_out_at_once(database, raw, indexed):
    Thing = make_thing(database, fields.SetField, indexable=indexed)
    thing = Thing(marker="x")
    members = [f"member {n}" for n in range(20_000)]
    assert thing.value.sadd(*members, "member 1") == 20_000
    assert thing.value.scard() == 20_000
    assert_consistent(Thing, raw)
    assert thing.value.srem(*members[1:], "no member") == 19_999
    assert thing.value.smembers() == {"member 0"}
    assert_consistent(Thing, raw)


def test_strange_members_are_found_and_forgotten(database):
    Thing = make_thing(database, fields.SetField, indexable=True)
    thing = Thing(value=STRANGE)
    for member in STRANGE:
        assert Thing.collection(value=member) == [thing.pk.get()]
        assert thing.value.srem(member) == 1
        assert Thing.collection(value=member) == []
    assert_indexes_right(Thing)


def test_a_member_of_a_megabyte_is_indexed_like_any_other(database):
    Thing = make_thing(database, fields.SetField, indexable=True)
    big = "é" * 524_288
    thing = Thing(value=[big])
    assert Thing.collection(value=big) == [thing.pk.get()]
    thing.value.srem(big)
    assert Thing.collection(value=big) == []
    assert_indexes_right(Thing)


def test_a_unique_set_refuses_a_member_of_another_object(database):
    Thing = make_thing(database, fields.SetField, unique=True)
    Thing(value=["a", "b"])
    other = Thing(value=["c"])
    with pytest.raises(UniquenessError) as refused:
        other.value.sadd("d", "b")
    assert (refused.value.value, refused.value.pk) == ("b", "1")
    with pytest.raises(UniquenessError):
        other.value.sunionstore(other.value, Thing("1").value)
    assert other.value.smembers() == {"c"}
    assert_indexes_right(Thing)


def test_a_set_is_created_from_any_iterable_and_from_one_text(database):
    Thing = make_thing(database, fields.SetField)
    assert Thing(value=(n % 2 for n in range(5))).value.smembers() == {"0", "1"}
    assert Thing(value="text").value.smembers() == {"text"}
    with pytest.raises(InvalidValueError):
        Thing(value=["a", None])
