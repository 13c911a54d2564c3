"""Compiled scripts do what the write engine does: the same steps on both leave the same data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import compiled, fields
from limpyd_ng.exceptions import (
    LimpydException,
    NotANumberError,
    OutOfMemoryError,
    UniquenessError,
    WrongTypeError,
)
from limpyd_ng.indexes import EqualIndex, Lower, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.faces import FACE
from tests.twins import PLACES, TEXTS, make_models, stored, told

text = st.sampled_from(TEXTS)
many = st.lists(text, min_size=1, max_size=4)
place = st.sampled_from(PLACES)
numbers = st.sampled_from(["1", "2.5", "1", "2.5", "a"])
places = st.lists(place, min_size=1, max_size=4)
scores = st.dictionaries(text, st.integers(-3, 3), min_size=1, max_size=3)
rows = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("code", "name", "size", "note", "text", "number"), text),
        **dict.fromkeys(("tags", "marks", "log", "counts", "plain", "few"), many),
        **dict.fromkeys(("ranks", "board"), scores),
        **dict.fromkeys(("place", "spot"), place),
        "stops": places,
        **dict.fromkeys(("pairs", "heads"), st.dictionaries(text, text, min_size=1, max_size=3)),
        "sizes": st.dictionaries(text, numbers, min_size=1, max_size=3),
        "doors": st.dictionaries(text, place, min_size=1, max_size=2),
    },
)
command = st.one_of(
    st.tuples(st.just(["code", "name", "size", "note"]), st.just("hset"), text),
    st.tuples(st.just(["code", "name", "size"]), st.sampled_from(["hdel", "hincrby"]), st.none()),
    st.tuples(st.just(["text", "number"]), st.sampled_from(["set", "append", "getset", "setnx"]), text),
    st.tuples(st.just(["text", "number"]), st.sampled_from(["delete", "getdel", "incr"]), st.none()),
    st.tuples(st.just(["tags", "marks", "counts"]), st.sampled_from(["sadd", "srem"]), many),
    st.tuples(st.just(["log"]), st.sampled_from(["rpush", "lpush"]), many),
    st.tuples(st.just(["ranks"]), st.just("zrem"), many),
    st.tuples(st.just(["ranks", "board"]), st.just("zadd"), scores | st.just({"a": "no score"})),
    st.tuples(st.just(["place"]), st.just("hset"), place),
    st.tuples(st.just(["spot"]), st.sampled_from(["set", "setnx", "getset"]), place),
    st.tuples(st.just(["stops"]), st.sampled_from(["sadd", "srem"]), places),
    st.tuples(
        st.just(["heads"]), st.sampled_from(["hset", "hsetnx"]), st.lists(text, min_size=2, max_size=2)
    ),
    st.tuples(st.just(["sizes"]), st.just("hset"), st.tuples(text, numbers).map(list)),
    st.tuples(st.just(["heads", "sizes"]), st.just("hdel"), st.lists(text, min_size=1, max_size=2)),
    st.tuples(
        st.just(["heads", "sizes"]),
        st.sampled_from(["hincrby", "hincrbyfloat"]),
        text.map(lambda sub: [sub, 1]),
    ),
    st.tuples(st.just(["doors"]), st.just("hset"), st.tuples(text, place).map(list)),
).flatmap(
    lambda row: st.tuples(st.just("command"), st.sampled_from(row[0]), st.just(row[1]), st.just(row[2]))
)
SINGLE = ("code", "name", "size", "note", "text", "number")
changes = st.dictionaries(st.sampled_from(SINGLE), st.none() | text, min_size=1, max_size=4)
KINDS = {
    **dict.fromkeys(SINGLE, text),
    **dict.fromkeys(("tags", "marks", "counts"), many),
    "place": place,
    "stops": places,
    "heads": st.dictionaries(text, text, min_size=1, max_size=3),
    "sizes": st.dictionaries(text, numbers, min_size=1, max_size=3),
}
#: rows that are all alike, so that one script makes them
alike = st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.lists(
        st.fixed_dictionaries({name: KINDS[name] for name in names}), min_size=1, max_size=4
    )
)
step = st.one_of(
    command,
    command,
    st.tuples(st.just("create"), rows),
    st.tuples(st.just("create many"), alike | st.lists(rows, min_size=1, max_size=4)),
    st.tuples(st.just("update"), changes | rows.filter(bool)),
    st.tuples(st.just("delete")),
)


def run(model: Any, pk: str, one: tuple[Any, ...]) -> Any:
    """The reply of a step, or what it was refused with."""
    thing = model.lazy_connect(pk)
    try:
        if one[0] == "create":
            return model(**{"note": "x", **one[1]}).pk.get()
        if one[0] == "delete":
            return thing.delete()
        if one[0] == "update":
            return thing.update(**one[1])
        if one[0] == "create many":
            made = model.create_many(one[1])
            return made.pks, [(refused.number, told(refused.error)) for refused in made.refused]
        _, name, method, value = one
        args = () if value is None else value if isinstance(value, list) else (value,)
        return getattr(getattr(thing, name), method)(*args)
    except LimpydException as error:
        return told(error)


@given(steps=st.lists(st.tuples(st.sampled_from("123"), step), min_size=10, max_size=30))
def test_the_same_steps_leave_the_same_data_and_give_the_same_replies(database, raw, steps):
    raw.flushall()
    left, right = make_models(database)
    for pk, one in steps:
        assert run(left, pk, one) == run(right, pk, one), one
    assert stored(raw, "left") == stored(raw, "right")
    assert_indexes_right(left)


WRITES = [
    lambda thing: thing.name.hset("new"),
    lambda thing: thing.text.set("new"),
    lambda thing: thing.size.hset(7),
    lambda thing: thing.code.hset("new"),
    lambda thing: thing.tags.sadd("new", "more"),
    lambda thing: thing.marks.sadd("new"),
    lambda thing: thing.log.rpush("new"),
    lambda thing: thing.update(name="new", code=None, text="new", size=7, number=None),
    lambda thing: thing.update(note="new", text=None),
    lambda thing: thing.update(place=(1, 2), spot=(3, 4), stops=[(5, 6)]),
    lambda thing: thing.update(heads={"h": "other", "new": 1}, sizes={"s": 2, "new": 1}, doors={"d": (1, 2)}),
    lambda thing: thing.update(
        tags=["t", "new"], marks=["new"], log=["new", "l"], counts=[1, 2], ranks={"new": 1}, pairs={"new": 1}
    ),
    lambda thing: thing.tags.srem("t"),
    lambda thing: thing.marks.srem("m"),
    lambda thing: thing.text.append("more"),
    lambda thing: thing.update(tags=None, marks=None, log=None, place=None, spot=None, stops=None),
    lambda thing: thing.update(heads=None, sizes=None, doors=None),
    lambda thing: thing.heads.hset("h", "other"),
    lambda thing: thing.sizes.hincrby("s", 2),
    lambda thing: thing.doors.hset("new", (1, 2)),
    lambda thing: thing.heads.hdel("h"),
    lambda thing: thing.ranks.zadd({"new": 1, "other": 2}),
    lambda thing: type(thing).create(
        code="other",
        name="new",
        size=7,
        place=(1, 2),
        stops=[(3, 4)],
        text="new",
        tags=["new"],
        marks=["other"],
        log=["new"],
    ),
    lambda thing: type(thing).create_many([new_row(1)]).raise_refused(),
    lambda thing: thing.delete(),
]
#: those that free memory are done where there is none
GROWING = [*WRITES[:12], *WRITES[14:15], *WRITES[17:20], *WRITES[21:24]]


FIRST: dict[str, Any] = {
    "code": "c",
    "name": "n",
    "size": 1,
    "text": "t",
    "number": 1,
    "tags": ["t"],
    "marks": ["m"],
    "log": ["l"],
    "counts": [1],
    "place": (0, 1),
    "spot": (0, 1),
    "stops": [(0, 1), (5, 6)],
    "heads": {"h": "x", "i": "y"},
    "sizes": {"s": 1, "t": 2},
    "doors": {"d": (0, 1)},
}


def new_row(number: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(("code", "name", "text"), f"new {number}"),
        **{key: [f"new {number}", f"more {number}"] for key in ("tags", "marks", "log")},
        "size": number,
        "place": (number, number),
        "heads": {"h": number, "new": number},
        "sizes": {"s": number},
        "doors": {"d": (number, 0)},
    }


@pytest.mark.parametrize("write", WRITES)
def test_an_index_key_of_another_type_is_an_error_that_leaves_everything_as_it_was(database, raw, write):
    left, _ = make_models(database)
    thing = left(**FIRST)
    before = stored(raw, "left")
    write(thing)
    touched = [key for key in stored(raw, "left") if key.startswith("index:")]
    for key in touched:
        raw.flushall()
        thing = left(**FIRST)
        assert stored(raw, "left") == before
        full = "{left:thing}:" + key
        raw.delete(full)
        raw.set(full, "somebody else's")
        poisoned = stored(raw, "left")
        try:
            write(thing)
        except LimpydException:
            assert stored(raw, "left") == poisoned, key


def test_out_of_memory_writes_nothing(database, raw):
    left, _ = make_models(database)
    thing = left(code="c", name="n", text="t", tags=["t"])
    before = stored(raw, "left")
    raw.config_set("maxmemory", "100kb")
    try:
        for write in GROWING:
            with pytest.raises(OutOfMemoryError):
                write(thing)
        assert stored(raw, "left") == before
        # before Redis 7 not even these are taken in a transaction
        if FACE != "pipelined" or not raw.info("server")["redis_version"].startswith("6."):
            assert thing.tags.srem("t") == 1
            assert thing.delete()
    finally:
        raw.config_set("maxmemory", "0")
    assert_indexes_right(left)


@pytest.mark.faces("sync", "asyncio", reason="the old value of a transform takes a second request")
def test_keys_that_nobody_should_have_made_are_dealt_with_by_the_engine(database, raw):
    left, _ = make_models(database)
    raw.set("{left:thing}:field:text:1", "an orphan")
    raw.sadd("{left:thing}:field:tags:1", "an orphan")
    thing = left(text="mine", tags=["mine"])
    assert (thing.pk.get(), thing.text.get(), thing.tags.smembers()) == ("1", "mine", {"mine"})
    assert_indexes_right(left)


def test_one_object_that_cannot_be_made_with_the_others_is_the_only_one_refused(database, raw):
    for side in make_models(database):
        side(code="taken", name="n", text="t", tags=["t"], marks=["m"], log=["l"], size=1)
        raw.set(f"{{{side.namespace}:thing}}:index:tags:equal:more 4", "somebody else's")
        rows = [new_row(number) for number in range(1, 8)]
        rows[1]["code"] = "taken"
        rows[2]["size"] = "no number"
        rows[4]["marks"] = rows[0]["marks"]
        rows[5]["code"] = rows[0]["code"]
        with count_requests() as sent:
            made = side.create_many(rows)
        assert sent.count == 1
        assert made.pks == ["2", "3"]
        assert [(one.number, type(one.error)) for one in made.refused] == [
            (1, UniquenessError),
            (2, NotANumberError),
            (3, WrongTypeError),
            (4, UniquenessError),
            (5, UniquenessError),
        ]
        assert made.refused[0].error.pk == "1" and made.refused[3].error.pk == "2"
        raw.delete(f"{{{side.namespace}:thing}}:index:tags:equal:more 4")
        assert_indexes_right(side)
    assert stored(raw, "left") == stored(raw, "right")


def test_objects_that_lack_some_of_the_fields_are_made_with_the_others(database, raw):
    for side in make_models(database):
        rows = [new_row(number) for number in range(1, 7)]
        for number, names in enumerate([["code"], ["tags", "marks"], ["size", "text"], []]):
            for name in names:
                rows[number][name] = None
        rows[4] = {"note": "", "plain": ["x", "x"]}
        rows[5]["size"] = "no number"
        with count_requests() as sent:
            made = side.create_many([*rows, {}])
        assert sent.count == 1
        assert made.pks == ["1", "2", "3", "4", "5", "6"]
        assert [(one.number, type(one.error)) for one in made.refused] == [(5, NotANumberError)]
        assert side.create_many([*rows[4:5], {}]).pks == ["7", "8"]
        assert_indexes_right(side)
    assert stored(raw, "left") == stored(raw, "right")
    assert raw.hgetall("{left:thing}:hash:5") == {"note": ""}


def test_objects_with_every_kind_of_plain_field_are_made_together(database, raw):
    left, _ = make_models(database)
    for rows in ([new_row(1), new_row(2)], [{**new_row(3), "heads": None}, {**new_row(4), "text": None}]):
        raw.config_resetstat()
        assert left.create_many(rows).count == 2
        called = raw.info("commandstats")
        assert (called["cmdstat_incrby"]["calls"], called["cmdstat_mset"]["calls"]) == (1, 1)
        assert "cmdstat_incr" not in called
    assert_indexes_right(left)


def test_pks_that_are_given_are_taken_once(database, raw):
    on = database

    class Named(RedisModel):
        database = on
        name = fields.PKField()
        size = fields.StringField(indexes=[NumberRangeIndex])

    Named(name="b", size=0)
    made = Named.create_many([{"name": name, "size": at} for at, name in enumerate("abcac")])
    assert made.pks == ["a", "c"]
    assert [(one.number, one.error.pk) for one in made.refused] == [(1, "b"), (3, "a"), (4, "c")]
    assert Named.create_many([{"name": name, "size": 1} for name in "de"]).pks == ["d", "e"]
    assert set(Named.collection()) == set("abcde")
    assert Named("a").size.get() == "0"
    assert_indexes_right(Named)


def test_pks_that_the_server_would_count_are_passed_over_if_somebody_has_them(database, raw):
    left, _ = make_models(database)
    raw.sadd("{left:thing}:pks", "2")
    assert left.create_many([{"code": name} for name in "abc"]).pks == ["1", "3", "4"]
    assert left.create_many([{"code": name} for name in "de"]).pks == ["5", "6"]


@pytest.mark.parametrize(
    ("denied", "made"), [("mset", 2), ("incrby", 2), ("smismember", 2), ("zadd", 0), ("sadd", 0)]
)
def test_a_user_without_a_command_of_bulk_loads_makes_objects_whole_or_not_at_all(
    database, raw, settings, make_database, denied, made
):
    left, _ = make_models(database)
    left.create(code="first")
    before = stored(raw, "left")
    raw.acl_setuser("limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", f"-{denied}"])
    try:
        with left.use_database(make_database(**settings, username="limited", password="x")):
            loaded = left.create_many([new_row(1), new_row(2)])
    finally:
        raw.acl_deluser("limited")
    assert loaded.count == made
    assert made or stored(raw, "left") == before
    assert_indexes_right(left)


def test_lists_longer_than_the_stack_of_the_server_are_entered_whole(database, raw):
    left, _ = make_models(database)
    tags = [f"t{number}" for number in range(2500)]
    made = left.create_many([{"tags": tags, "log": tags, "plain": tags} for _ in range(3)])
    assert made.pks == ["1", "2", "3"]
    assert raw.smembers("{left:thing}:index:tags:equal:t2499") == {"1", "2", "3"}
    assert raw.llen("{left:thing}:field:plain:3") == 2500
    assert_indexes_right(left)


def test_a_model_of_many_fields_is_within_the_limits_of_the_servers_lua(database):
    on = database
    values = {fields.SetField: ([1, 2], [2]), fields.HashField: ({1: 2, 3: 4}, {1: 1})}
    kinds = (fields.SetField, fields.HashField, fields.StringField, fields.InstanceHashField)
    for kind in kinds:
        for options in ({"indexable": True}, {"indexes": [NumberRangeIndex, TextRangeIndex]}):
            most = compiled.MAX_FIELDS if kind is fields.InstanceHashField else compiled.MAX_KEYS
            made = {f"field{number}": kind(**options) for number in range(most)}
            Wide = type("Wide", (RedisModel,), {"database": on, **made})
            first, second = values.get(kind, (1, 2))
            row = dict.fromkeys(made, first)
            wide = Wide.create(**row)
            assert Wide.create_many([row, row]).count == 2
            names = list(made)[: compiled.MAX_REPLACED if kind in values else compiled.MAX_UPDATED]
            for value in (second, None):
                assert wide.update(**dict.fromkeys(names, value))
            assert wide.update(**dict.fromkeys(made, second))  # this one by the engine
            assert_indexes_right(Wide)
            assert wide.delete()
            assert None not in Wide.schema.compiled.values()
            Wide.delete_many(Wide.collection())
            on.remove_model(Wide)


def test_there_are_scripts_for_some_shapes_of_objects_and_the_engine_does_the_rest(database, monkeypatch):
    monkeypatch.setattr("limpyd_ng.compiled.MAX_SHAPES", 2)
    left, _ = make_models(database)
    for names in (["code"], ["name"], ["code", "name"], ["size"], ["code"]):
        thing = left.create(**dict.fromkeys(names, "1"))
        assert thing.update(**dict.fromkeys(names, "2"))
        thing.delete()
    assert left.schema.shapes == 2
    assert_indexes_right(left)


def test_a_time_to_live_outlives_a_refused_update(database, raw):
    on = database

    class Note(RedisModel):
        database = on
        text = fields.StringField()
        name = fields.StringField(indexable=True)

    note = Note.create(text="x", name="y")
    raw.pexpire(note.text.key, 100_000)
    raw.set("{note}:index:name:equal:z", "somebody else's")
    with pytest.raises(WrongTypeError):
        note.update(text="other", name="z")
    assert note.text.get() == "x" and raw.pttl(note.text.key) > 90_000
    with pytest.raises(WrongTypeError):
        note.update(text=None, name="z")
    assert note.text.get() == "x" and raw.pttl(note.text.key) > 90_000


def test_a_refused_creation_uses_up_no_key(database, raw):
    left, _ = make_models(database)
    left(code="a")
    with pytest.raises(UniquenessError):
        left(code="a", name="x")
    assert left(code="b").pk.get() == "2"


def test_every_plain_write_is_one_request_from_the_first_on(database):
    left, _ = make_models(database)
    with count_requests() as sent:
        left(code="x", name="y", tags=["a"], ranks={"m": 1})
    assert sent.count == 1
    thing = left.lazy_connect(1)
    for write in WRITES:
        with count_requests() as sent:
            write(thing)
        assert sent.count == 1


def test_what_is_not_plain_goes_to_the_engine(database):
    on = database

    class Mixed(RedisModel):
        database = on
        lower = fields.InstanceHashField(indexes=[EqualIndex.configure(transform=Lower())])
        folded = fields.SetField(indexes=[EqualIndex.configure(transform=str.casefold)])
        sizes = fields.HashField(indexes=[NumberRangeIndex])

    mixed = Mixed(lower="A", folded=["B"], sizes={"x": 1})
    mixed.lower.hset("C")
    mixed.folded.sadd("D")
    assert all(script is None for script in Mixed.schema.compiled.values())
    assert mixed.delete()
    assert_indexes_right(Mixed)
