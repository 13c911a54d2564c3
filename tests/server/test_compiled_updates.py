"""Whole contents by ``update``: compiled scripts, the write engine and a plain Python model agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import compiled
from limpyd_ng.exceptions import InvalidValueError, LimpydException, WrongTypeError
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.twins import PLACES, TEXTS, make_models, stored, told

NUMBERS = {"1", "2.5"}
text, place = st.sampled_from(TEXTS), st.sampled_from(PLACES)
#: mostly what an index of numbers takes
number = st.sampled_from([*NUMBERS, *NUMBERS, "a"])
scores = st.integers(-3, 3)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("code", "name", "note", "text"), text),
    **dict.fromkeys(("size", "number"), number),
    **dict.fromkeys(("place", "spot"), place),
}
WHOLES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("tags", "marks", "few"), st.sets(text, max_size=4)),
    **dict.fromkeys(("log", "plain"), st.lists(text, max_size=4)),
    "counts": st.sets(number, max_size=3),
    "stops": st.sets(place, max_size=3),
    **dict.fromkeys(("pairs", "heads"), st.dictionaries(text, text, max_size=3)),
    "sizes": st.dictionaries(text, number, max_size=3),
    "doors": st.dictionaries(text, place, max_size=3),
    **dict.fromkeys(("ranks", "board"), st.dictionaries(text, scores, max_size=3)),
}
contents = st.fixed_dictionaries({}, optional=VALUES | WHOLES)
changes = st.one_of(
    st.fixed_dictionaries({}, optional={name: st.none() | kind for name, kind in WHOLES.items()}),
    st.fixed_dictionaries({}, optional={name: st.none() | kind for name, kind in (VALUES | WHOLES).items()}),
).filter(bool)
pk = st.sampled_from("123")
step = st.one_of(
    st.tuples(st.just("create"), st.none(), contents),
    st.tuples(st.just("update"), pk, changes),
    st.tuples(st.just("update"), pk, changes),
    st.tuples(st.just("update"), pk, changes),
    st.tuples(st.just("delete"), pk, st.none()),
)
#: something under every key
FULL: dict[str, Any] = {
    "code": "c",
    "name": "n",
    "size": "1",
    "note": "x",
    "text": "t",
    "number": "1",
    "place": (0, 0),
    "spot": (0, 0),
    "stops": {(0, 0), (1, 1)},
    "counts": {"1"},
    "few": {"a"},
    "tags": {"a", "b"},
    "marks": {"a", "b"},
    "log": ["a", "b", "a"],
    "plain": ["a"],
    "pairs": {"a": "b"},
    "heads": {"a": "b", "b": "b"},
    "sizes": {"a": "1", "b": "2.5"},
    "doors": {"a": (0, 0)},
    "ranks": {"a": 1, "b": 2},
    "board": {"a": 1},
}
OTHER: dict[str, Any] = {
    "code": "d",
    "name": "m",
    "size": "2",
    "note": None,
    "text": None,
    "number": "3",
    "place": (2, 2),
    "spot": None,
    "stops": {(1, 1), (2, 2)},
    "counts": {"2"},
    "few": None,
    "tags": {"b", "c"},
    "marks": {"b", "c"},
    "log": ["b", "c"],
    "plain": ["c", "c"],
    "pairs": {"c": "d"},
    "heads": {"b": "b", "a": "c"},
    "sizes": {"a": "3", "c": "3"},
    "doors": {"a": (2, 2)},
    "ranks": {"b": 3, "c": 1},
    "board": {"c": 1},
}


PLACE_TEXTS = dict(
    zip(
        PLACES,
        ("0,0", "2.3522,48.8566", "180,85.05112878", "-180,-85.05112878", "179.99999999999997,1e-07"),
        strict=True,
    )
)
#: the last cell of the grid, and the last one of the equator
TOP_SCORES = {PLACES[2]: 2**52 - 1, PLACES[4]: 4128299658422954}


class Plain:
    """What the models should do, without any server."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self._last = 0

    def run(self, what: str, pk: str, given: dict[str, Any]) -> Any:
        if what == "create":
            return self._refusal("", given) or self._created(given)
        if what == "update" and len(given.get("few") or ()) > 3:
            return "ValidationError"
        if pk not in self.objects:
            return "DoesNotExist"
        if what == "delete":
            del self.objects[pk]
            return True
        refusal = self._refusal(pk, given)
        if not refusal:
            self._put(self.objects[pk], given)
        return refusal or True

    def _created(self, given: dict[str, Any]) -> str:
        self._last += 1
        self.objects[str(self._last)] = {}
        self._put(self.objects[str(self._last)], given)
        return str(self._last)

    def _put(self, held: dict[str, Any], given: dict[str, Any]) -> None:
        for name, value in given.items():
            held.pop(name, None)
            if value is not None and (name in VALUES or value):
                held[name] = value

    def _refusal(self, pk: str, given: dict[str, Any]) -> str:
        if len(given.get("few") or ()) > 3:
            return "ValidationError"
        others = [held for other, held in self.objects.items() if other != pk]
        codes = {held["code"] for held in others if "code" in held}
        marks = {mark for held in others for mark in held.get("marks", ())}
        sizes = (given.get("sizes") or {}).values()
        numbers = {given.get("size"), given.get("number"), *(given.get("counts") or ()), *sizes} - {None}
        taken = given.get("code") in codes or marks & set(given.get("marks") or ())
        return "refused" if taken or numbers - NUMBERS else ""


@pytest.fixture
def twins(database: Any) -> tuple[Any, Any]:
    """The models of all examples of a test."""
    return make_models(database)


def run(model: Any, what: str, pk: str, given: dict[str, Any]) -> Any:
    """The reply of a step, or what it was refused with."""
    try:
        if what == "create":
            return model.create(**given).pk.get()
        thing = model.lazy_connect(pk)
        return bool(thing.delete()) if what == "delete" else thing.update(**given)
    except LimpydException as error:
        return told(error)


def shown(model: Any, pk: str) -> dict[str, Any]:
    """What an object holds, but for the fields that hold nothing."""
    held = model.lazy_connect(pk).snapshot()
    return {name: value for name, value in held.items() if value is not None and (name in VALUES or value)}


@given(steps=st.lists(step, min_size=5, max_size=20))
def test_compiled_scripts_the_engine_and_a_plain_model_agree_on_updates(twins, raw, steps):
    raw.flushall()
    left, right = twins
    left.schema.shapes = 0  # there are scripts for any number of shapes here
    plain = Plain()
    for one in [("create", None, FULL), *steps]:
        assert run(left, *one) == run(right, *one) == plain.run(*one), one
    assert stored(raw, "left") == stored(raw, "right")
    for pk, held in plain.objects.items():
        found = shown(left, pk)
        del found["pk"]
        assert found == held
    assert_indexes_right(left)


@given(place=st.integers(0, 200), change=changes | st.just(OTHER))
def test_a_key_of_another_type_is_the_same_to_compiled_scripts_and_the_engine(twins, raw, place, change):
    raw.flushall()
    outcomes = []
    for side in twins:
        side.schema.shapes = 0
        side.create(**FULL)
        side.create(code="other", marks={"é"})
        keys = sorted(stored(raw, side.namespace))
        key = f"{{{side.namespace}:thing}}:{keys[place % len(keys)]}"
        is_text = raw.type(key) == "string"
        raw.delete(key)
        if is_text:
            raw.rpush(key, "somebody else's")
        else:
            raw.set(key, "somebody else's")
        before = stored(raw, side.namespace)
        outcomes.append(run(side, "update", "1", change))
        if outcomes[-1] is not True:
            assert stored(raw, side.namespace) == before
    assert outcomes[0] == outcomes[1]
    assert stored(raw, "left") == stored(raw, "right")


def test_an_unindexed_value_of_another_type_is_replaced_an_indexed_one_is_an_error(database, raw):
    for side in make_models(database):
        thing = side.create(**FULL)
        for name in ("plain", "pairs", "board"):
            raw.delete(getattr(thing, name).key)
            raw.set(getattr(thing, name).key, "somebody else's")
        assert thing.update(plain=["x"], pairs={"x": "y"}, board={"x": 1})
        raw.delete(thing.tags.key)
        raw.set(thing.tags.key, "somebody else's")
        before = stored(raw, side.namespace)
        for value in (["x"], None):
            with pytest.raises(WrongTypeError):
                thing.update(plain=["y"], tags=value)
        assert stored(raw, side.namespace) == before
    assert stored(raw, "left") == stored(raw, "right")


def test_refusals_of_both_say_the_same(database, raw):
    texts = []
    for side in make_models(database):
        side.create(**FULL)
        thing = side.create(name="y", tags={"a"})
        before = stored(raw, side.namespace)
        said = []
        for change in (
            {"marks": ["new", "b"], "tags": ["x"]},
            {"counts": ["7", "no number"], "log": ["x"]},
            {"plain": ["x"], "code": "c"},
            {"few": list("abcd"), "tags": None},
        ):
            with pytest.raises(LimpydException) as refused:
                thing.update(**change)
            assert stored(raw, side.namespace) == before
            said.append(str(refused.value))
        with pytest.raises(side.DoesNotExist) as missing:
            side.update_pk("9", tags=["x"], plain=["y"])
        assert side.update_pk("9", xx=True, tags=["x"]) is None
        assert stored(raw, side.namespace) == before
        texts.append([*said, str(missing.value)])
    assert texts[0] == [line.replace("Engine", "Compiled") for line in texts[1]]


def test_what_an_index_cannot_know_of_a_place_is_the_same_to_both(database, raw):
    for side in make_models(database):
        thing = side.create(**FULL)
        start = f"{{{side.namespace}:thing}}:"
        raw.hset(f"{start}hash:1", "place", "nowhere")
        raw.sadd(f"{start}field:stops:1", "nowhere", "181,0")
        assert thing.update(place=PLACES[1], spot=PLACES[2], stops=PLACES)
        assert thing.place.hdel() == 1
        assert_indexes_right(side)
        with pytest.raises(InvalidValueError, match="is no place"):
            thing.spot.append("1,x")
    assert stored(raw, "left") == stored(raw, "right")
    held = dict(raw.zscan_iter("{left:thing}:index:stops:geo"))
    for (lon, lat), text in PLACE_TEXTS.items():
        raw.geoadd("native", (lon, lat, text))
        # on its last lines GEOADD leaves the grid
        score = raw.zscore("native", text) if lon < 179 else TOP_SCORES[lon, lat]
        assert held[f"{text}\x001"] == score


def test_a_time_to_live_ends_with_the_old_content_and_outlives_a_refusal(database, raw):
    for side in make_models(database):
        thing = side.create(**FULL)
        for name in ("plain", "pairs"):
            raw.pexpire(getattr(thing, name).key, 100_000)
        raw.set(f"{{{side.namespace}:thing}}:index:tags:equal:z", "somebody else's")
        with pytest.raises(WrongTypeError):
            thing.update(plain=["x"], pairs={"x": "y"}, tags=["z"])
        assert raw.pttl(thing.plain.key) > 90_000 and raw.pttl(thing.pairs.key) > 90_000
        assert thing.update(plain=["x"], tags=["y"])
        assert raw.pttl(thing.plain.key) == -1 and raw.pttl(thing.pairs.key) > 90_000
    assert stored(raw, "left") == stored(raw, "right")


@pytest.mark.parametrize(
    "denied", ["exists", "rename", "unlink", "smembers", "sadd", "rpush", "zadd", "hset"]
)
def test_a_user_without_a_command_updates_everything_or_nothing(
    database, raw, settings, make_database, denied
):
    left, _ = make_models(database)
    left.create(**FULL)
    before = stored(raw, "left")
    raw.acl_setuser("limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", f"-{denied}"])
    try:
        limited = make_database(**settings, username="limited", password="x")
        with left.use_database(limited), pytest.raises(LimpydException):
            left.lazy_connect("1").update(**OTHER)
    finally:
        raw.acl_deluser("limited")
    assert stored(raw, "left") == before
    assert_indexes_right(left)


def test_contents_too_long_for_a_compiled_script_come_and_go(database, raw):
    for side in make_models(database):
        thing = side.create(**FULL)
        long = [f"t{number}" for number in range(compiled.MAX_ARGUMENTS + 1)]
        for change in ({"tags": long}, {"log": long * 2, "plain": long}, {"tags": ["t1", "x"], "log": None}):
            with count_requests() as sent:
                assert thing.update(**change)
            assert sent.count == 1
            assert_indexes_right(side)
        assert thing.tags.smembers() == {"t1", "x"}
    assert stored(raw, "left") == stored(raw, "right")


def test_every_update_of_plain_fields_is_compiled_and_one_request(database, raw):
    left, _ = make_models(database)
    thing = left.create(**FULL)
    for change in ({name: value} for name, value in OTHER.items()):
        with count_requests() as sent:
            assert thing.update(**change)
        assert sent.count == 1
    with count_requests() as sent:
        assert thing.update(**FULL) and left.update_pk("1", **OTHER)
    assert sent.count == 2
    assert None not in left.schema.compiled.values()
    assert [key for key in stored(raw, "left") if "scratch" in key] == []
    assert_indexes_right(left)


def test_of_sub_keys_that_become_the_same_text_the_last_counts(database, raw):
    for side in make_models(database):
        heads, sizes = {1: "a", "1": "b", b"1": "c"}, {1: 1, "1": 2}
        thing = side.create(heads=heads, sizes=sizes)
        assert side.create_many([{"heads": heads, "sizes": sizes}] * 2).count == 2
        assert thing.update(heads=dict(reversed(heads.items())), sizes=dict(reversed(sizes.items())))
        assert set(side.collection(heads__1="c")) == {"2", "3"}
        assert set(side.collection(heads__1="a", sizes__1=1)) == {"1"}
        assert_indexes_right(side)
        assert side.lazy_connect("2").delete()
        assert_indexes_right(side)
    assert stored(raw, "left") == stored(raw, "right")
