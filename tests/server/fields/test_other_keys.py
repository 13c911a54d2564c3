"""Commands that write another key: between two objects, two models, and keys of no model."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, UniquenessError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import content, dump, warm_up
from tests.oracle import assert_consistent


def make_models(database):
    on = database

    class Left(RedisModel):
        database = on
        text = fields.StringField(indexable=True)
        table = fields.HashField(indexable=True)
        items = fields.ListField(indexable=True)
        tags = fields.SetField(indexable=True)
        ranks = fields.SortedSetField(indexable=True)
        plain = fields.SetField()
        entry = fields.InstanceHashField(indexable=True)

    class Right(Left):
        pass

    return Left, Right


FULL = {
    "text": "mine",
    "table": {"a": "x"},
    "items": ["a", "b", "a"],
    "tags": ["a", "b"],
    "ranks": {"a": 1, "b": 2},
}
OTHER = {"text": "other", "table": {"z": "z"}, "items": ["z"], "tags": ["z"], "ranks": {"z": 9}}

#: command, the field it is called on, arguments with T for the target, keyword arguments
WRITERS: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = [
    ("smove", "tags", ("T", "a"), {}),
    ("lmove", "items", ("T", "LEFT", "RIGHT"), {}),
    ("lmove", "items", ("T", "RIGHT", "LEFT"), {}),
    ("rpoplpush", "items", ("T",), {}),
    ("sort", "items", (), {"alpha": True, "store": "T"}),
    *[(command, name, ("T",), {}) for command in ("rename", "renamenx", "copy") for name in FULL],
    *[("copy", name, ("T",), {"replace": True}) for name in FULL],
]
#: the same, for commands whose own field is the target: T stands for a source
READERS: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = [
    ("sinterstore", "tags", ("S", "T"), {}),
    ("sunionstore", "tags", ("S", "T"), {}),
    ("sunionstore", "tags", (["S", "T"],), {}),
    ("sdiffstore", "tags", ("T", "S"), {}),
    ("zunionstore", "ranks", (["S", "T"],), {}),
    ("zunionstore", "ranks", ({"S": 1, "T": 2},), {}),
    ("zinterstore", "ranks", (["S", "T"],), {}),
    ("zdiffstore", "ranks", (["T"],), {}),
    ("zrangestore", "ranks", ("T", 0, -1), {}),
    ("bitop", "text", ("OR", "S", "T"), {}),
    ("lcs", "text", ("T",), {}),
]
WAYS = [
    "field",
    "key as text",
    "field of another model",
    "key of another model as text",
    "missing object's field",
]


def _replaced(value: Any, names: dict[str, Any]) -> Any:
    if isinstance(value, str) and value in names:
        return names[value]
    if isinstance(value, tuple | list):
        return type(value)(_replaced(item, names) for item in value)
    if isinstance(value, dict):
        return {_replaced(key, names): _replaced(item, names) for key, item in value.items()}
    return value


def _ids(rows: Any) -> list[str]:
    return [f"{command}-{name}-{number}" for number, (command, name, _, _) in enumerate(rows)]


def _as_native(raw: Any, row: Any, source: str, target: str) -> Any:
    """The same command by redis-py, on copies of the two keys."""
    command, _, args, kwargs = row
    raw.copy(source, "copy-source")
    raw.copy(target, "copy-target")
    names = {"T": "copy-target", "S": "copy-source"}
    args, kwargs = _replaced(args, names), _replaced(kwargs, names)
    if command == "bitop":
        return raw.bitop(args[0], "copy-source", *args[1:])
    return getattr(raw, command)("copy-source", *args, **kwargs)


@pytest.mark.parametrize("way", WAYS[:4])
@pytest.mark.parametrize("row", [*WRITERS, *READERS], ids=_ids([*WRITERS, *READERS]))
def test_both_indexes_are_right_after_a_command_on_two_fields(database, raw, row, way):
    Left, Right = make_models(database)
    if row[0] == "lcs" and int(raw.info("server")["redis_version"][0]) < 7:
        pytest.skip("LCS came with Redis 7.0")
    mine = Left(**FULL)
    target = (Right if "another" in way else Left)(**OTHER)
    command, name, args, kwargs = row
    own, other = getattr(mine, name), getattr(target, name)
    expected = _as_native(raw, row, own.key, other.key)
    given = {"T": str(other.key) if "text" in way else other, "S": own}
    warm_up(database, raw)
    with count_requests() as sent:
        got = getattr(own, command)(*_replaced(args, given), **_replaced(kwargs, given))
    assert sent.count == 1
    assert got == expected
    assert content(raw, own.key) == content(raw, "copy-source")
    assert content(raw, other.key) == content(raw, "copy-target")
    for model in (Left, Right):
        assert_indexes_right(model)
        assert_consistent(model, raw)


@pytest.mark.parametrize("row", [row for row in WRITERS if row[0] != "renamenx"], ids=str)
def test_a_target_of_a_missing_object_is_refused_and_nothing_changes(database, raw, row):
    Left, Right = make_models(database)
    mine = Left(**FULL)
    before = dump(raw)
    command, name, args, kwargs = row
    missing = getattr(Right.lazy_connect("99"), name)
    for target in (missing, str(missing.key)):
        with pytest.raises(Right.DoesNotExist):
            getattr(getattr(mine, name), command)(
                *_replaced(args, {"T": target}), **_replaced(kwargs, {"T": target})
            )
        assert dump(raw) == before
    with pytest.raises(Left.DoesNotExist):
        getattr(getattr(Left.lazy_connect("99"), name), command)(
            *_replaced(args, {"T": getattr(mine, name)}), **_replaced(kwargs, {"T": getattr(mine, name)})
        )
    assert dump(raw) == before


@pytest.mark.faces("sync", "asyncio", reason="the second look takes a request that a pipeline cannot send")
def test_a_blocking_move_to_a_missing_object_is_refused_and_nothing_changes(database, raw):
    on = database

    class Queue(RedisModel):
        database = on
        jobs = fields.ListField()
        done = fields.ListField()

    queue = Queue(jobs=["a", "b"])
    before = dump(raw)
    for call in (
        lambda: queue.jobs.blmove(Queue.lazy_connect("99").done, 1),
        lambda: queue.jobs.brpoplpush(Queue.lazy_connect("99").done, 1),
        lambda: Queue.lazy_connect("99").jobs.blmove(queue.done, 1),
    ):
        with pytest.raises(Queue.DoesNotExist):
            call()
    assert dump(raw) == before
    assert queue.jobs.blmove(queue.done, 1) == "a"
    assert queue.jobs.brpoplpush(queue.done, 1) == "b"
    assert queue.done.lmembers() == ["b", "a"]


def test_a_blocking_move_to_an_indexed_field_is_refused(database, raw):
    Left, _ = make_models(database)
    on = database

    class Plain(RedisModel):
        database = on
        jobs = fields.ListField()

    queue, left = Plain(jobs=["a"]), Left(**FULL)
    before = dump(raw)
    for target in (left.items, str(left.items.key)):
        with pytest.raises(ImplementationError, match="lmove"):
            queue.jobs.blmove(target, 1)
    assert dump(raw) == before


@pytest.mark.parametrize(
    "kept", ["pks", "seq", "index:tags:equal:a", "memo:text:1", "hash:1", "field:nothing:1", "x"]
)
def test_keys_that_the_library_keeps_itself_are_refused_as_targets(database, raw, kept):
    Left, Right = make_models(database)
    mine = Left(**FULL)
    Right(**OTHER)
    before = dump(raw)
    for model in (Left, Right):
        key = model.schema.keys.prefix + kept
        with count_requests() as sent:
            for call in (
                lambda key=key: mine.tags.smove(key, "a"),
                lambda key=key: mine.plain.smove(key, "a"),
                lambda key=key: mine.tags.rename(key),
                lambda key=key: mine.text.copy(key.encode(), replace=True),
                lambda key=key: mine.items.lmove(key),
                lambda key=key: mine.items.sort(alpha=True, store=key),
            ):
                with pytest.raises(ImplementationError):
                    call()
        assert sent.count == 0
    assert dump(raw) == before


def test_an_instance_hash_field_is_no_target(database):
    Left, _ = make_models(database)
    mine = Left(**FULL, entry="e")
    with pytest.raises(ImplementationError, match="no key of its own"):
        mine.text.copy(mine.entry, replace=True)


def test_keys_of_no_model_are_targets_like_any_other(database, raw):
    Left, _ = make_models(database)
    mine = Left(**FULL)
    own_key = Left.make_key("mine", 1)
    with pytest.raises(ImplementationError):
        mine.tags.smove(own_key, "a")
    for key in ("free", "{free}:field:tags:1", "{", ""):
        assert mine.tags.sadd("a") in (0, 1)
        assert mine.tags.smove(key, "a") is True or mine.tags.smove(key, "a") == 1
        assert raw.smembers(key) == {"a"}
    assert_indexes_right(Left)


@pytest.mark.parametrize("same", ["lmove", "smove", "rename", "copy"])
def test_a_field_may_be_its_own_target(database, raw, same):
    Left, _ = make_models(database)
    mine = Left(**FULL)
    if same == "lmove":
        assert mine.items.lmove(mine.items, "LEFT", "RIGHT") == "a"
        assert mine.items.lmembers() == ["b", "a", "a"]
    elif same == "smove":
        assert mine.tags.smove(mine.tags, "a") == 1
        assert mine.tags.smembers() == {"a", "b"}
    elif same == "rename":
        assert mine.tags.rename(mine.tags) is True
        assert mine.tags.smembers() == {"a", "b"}
    else:
        mine.tags.sunionstore(mine.tags, mine.tags)
        assert mine.tags.smembers() == {"a", "b"}
    assert_consistent(Left, raw)


def test_two_fields_of_one_object_exchange_values(database, raw):
    on = database

    class Pair(RedisModel):
        database = on
        first = fields.SetField(indexable=True)
        second = fields.SetField(indexable=True)

    pair = Pair(first=["a", "b"])
    assert pair.first.smove(pair.second, "a") == 1
    assert pair.first.rename(pair.second) is True
    assert (pair.first.smembers(), pair.second.smembers()) == (set(), {"b"})
    assert_consistent(Pair, raw)


def test_a_unique_target_refuses_what_another_object_holds(database, raw):
    on = database

    class One(RedisModel):
        database = on
        tags = fields.SetField(unique=True)
        items = fields.ListField(unique=True)
        source = fields.SetField()
        line = fields.ListField()

    One(tags=["a"], items=["a"])
    two = One(tags=["b"], items=["b"], source=["a", "c"], line=["a"])
    before = dump(raw)
    for call in (
        lambda: two.source.smove(two.tags, "a"),
        lambda: two.source.copy(two.tags, replace=True),
        lambda: two.source.rename(two.tags),
        lambda: two.line.lmove(two.items),
        lambda: two.line.rpoplpush(two.items),
        lambda: two.tags.sunionstore(two.source, two.tags),
        lambda: two.source.sort(alpha=True, store=two.items),
    ):
        with pytest.raises(UniquenessError) as refused:
            call()
        assert refused.value.pk == "1"
        assert dump(raw) == before


def test_moving_a_unique_member_from_its_holder_to_another_object_works(database, raw):
    on = database

    class Holder(RedisModel):
        database = on
        tags = fields.SetField(unique=True)
        items = fields.ListField(unique=True)
        text = fields.StringField(unique=True)

    one, two = Holder(tags=["a"], items=["a"], text="a"), Holder(tags=["b"], items=["b"], text="b")
    assert one.tags.smove(two.tags, "a") == 1
    assert one.items.lmove(two.items) == "a"
    assert one.text.rename(two.text) is True
    assert Holder.collection(tags="a") == Holder.collection(items="a") == Holder.collection(text="a") == ["2"]
    assert_consistent(Holder, raw)


def test_a_new_instance_comes_into_being_by_a_command_with_a_target(database, raw):
    Left, _ = make_models(database)
    other = Left(**OTHER)
    new = Left()
    assert new.tags.sunionstore(other.tags, other.plain) == 1
    assert new.pk.get() == "2"
    assert new.tags.smembers() == {"z"}
    assert set(Left.collection(tags="z")) == {"1", "2"}
    newer = Left()
    assert newer.items.lmove(other.items) is None
    assert_consistent(Left, raw)


@pytest.mark.parametrize("name", ["text", "entry", "items", "tags", "ranks", "pairs", "plain"])
def test_no_argument_of_a_command_reaches_an_indexed_field_past_its_indexes(database, name):
    class Thing(RedisModel):
        text = fields.StringField(indexable=True)
        entry = fields.InstanceHashField(indexable=True)
        neighbour = fields.InstanceHashField(indexable=True)
        items = fields.ListField(indexable=True)
        tags = fields.SetField(indexable=True)
        others = fields.SetField(indexable=True)
        ranks = fields.SortedSetField(indexable=True)
        pairs = fields.HashField(indexable=True)
        plain = fields.SetField()

    Thing.use_database(database)
    full = {
        "text": "a",
        "entry": "b",
        "neighbour": "c",
        "items": ["a", "b"],
        "tags": ["a", "b"],
        "others": ["c"],
        "ranks": {"a": 1},
        "pairs": {"a": 1},
        "plain": ["a"],
    }
    thing, kept = Thing.create(**full), Thing.create(**full)
    field = getattr(thing, name)
    for command, row in field.rows.items():
        if row.blocking or command == "move":
            continue
        thing.update(**full)
        for other in (kept.others, "neighbour"):
            for given, named in (
                ((other,), {}),
                ((other, other), {}),
                (("a", other), {}),
                ((1, other), {}),
                (("z",), {"mapping": {other: "z"}}),
                (("z",), {"items": [other, "z"]}),
            ):
                with contextlib.suppress(Exception):
                    getattr(field, command)(*given, **named)
    assert kept.neighbour.hget() == "c"
    assert_indexes_right(Thing)


def test_an_entry_of_the_hash_takes_what_is_about_itself_alone(database):
    class Thing(RedisModel):
        entry = fields.InstanceHashField()
        neighbour = fields.InstanceHashField(indexable=True)

    Thing.use_database(database)
    thing = Thing.create(entry="a", neighbour="b")
    with count_requests() as sent:
        for wrong in (
            lambda: thing.entry.hset("x", mapping={"neighbour": "x"}),
            lambda: thing.entry.hset("x", items=["neighbour", "x"]),
            lambda: thing.entry.hset("neighbour", "x"),
            lambda: thing.entry.hsetex("x", mapping={"neighbour": "x"}),
            lambda: thing.entry.hgetdel("neighbour"),
            lambda: thing.entry.hgetex("neighbour", ex=5),
            lambda: thing.entry.hexpire(5, "neighbour"),
            lambda: thing.entry.hpersist("neighbour"),
            lambda: thing.entry.delete("neighbour"),
        ):
            with pytest.raises(TypeError):
                wrong()
    assert sent.count == 0
    assert thing.hgetall() == {"entry": "a", "neighbour": "b"}
    assert thing.entry.hset(value="c") == 0
    assert_indexes_right(Thing)


@pytest.mark.parametrize("command", ["delete", "unlink", "exists", "touch"])
def test_commands_of_several_keys_are_about_one(database, command):
    class Thing(RedisModel):
        tags = fields.SetField()
        others = fields.SetField(indexable=True)

    Thing.use_database(database)
    thing = Thing.create(tags=["a"], others=["b"])
    with pytest.raises(TypeError, match=command):
        getattr(thing.tags, command)(thing.others)
    assert getattr(thing.tags, command)() == 1
    assert thing.others.smembers() == {"b"}
    assert_indexes_right(Thing)
