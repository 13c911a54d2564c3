"""Random filters, orders and slices, each answer compared with plain Python over the values."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.collection import OrderBy, Q
from limpyd_ng.contrib.indexes import DateTimeIndex
from limpyd_ng.indexes import (
    CaseInsensitiveIndex,
    ContainsIndex,
    EndsWithIndex,
    EqualIndex,
    EqualIndexWith,
    Lower,
    NumberRangeIndex,
    ScoredEqualIndex,
    Slice,
    TextRangeIndex,
    WordsIndex,
)
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import count_requests
from tests.oracle import words

TEXTS = ["", "a", "B", "ab", "aB", "\0", "a\0b", "é", "z*[\U0001f600", "A", "abc"]
NUMBERS = ["0", "1", "-1", "2", "2.5", "-2.5", "1e3", "10", "9", "inf", "-inf"]
PHRASES = [
    "",
    "Red bike",
    "red  BIKES, é",
    "bik red\0",
    "-",
    "reddish\u2014blue",
    "ÉTÉ red",
    "bb\0bbc",
    "blue",
]
PARTS = [
    "",
    "b",
    "bik",
    "red b",
    "é",
    "\0",
    "bb",
    "b\0bbc",
    "k",
    "RED",
    "É",
    "\u2014",
    "xyz",
    "red bike",
    "s,",
]
DATES = ["2015-12-21 15:04:05", "2015-12-21T15:04:05.5", "2016-01-01 00:00:00", "2016-02-21 15:30:59"]
PKS = ["1", "10", "2", "x", "a:b", "*", "{p}", "\0", "é", "->", "9" * 20]


def _fold(value: str) -> str:
    return value.casefold()


def make_model(on: Any) -> Any:
    class Item(RedisModel):
        database = on
        ident = fields.PKField()
        equal = fields.InstanceHashField(indexable=True)
        unique = fields.StringField(unique=True)
        text = fields.InstanceHashField(indexes=[TextRangeIndex])
        lower = fields.StringField(indexes=[TextRangeIndex.configure(transform=Lower())])
        cut = fields.StringField(
            indexes=[EqualIndex.configure(prefix="cut", transform=Slice(0, 1)), EqualIndex]
        )
        folded = fields.StringField(indexes=[TextRangeIndex.configure(transform=_fold, transform_query=True)])
        number = fields.InstanceHashField(indexes=[NumberRangeIndex])
        tags = fields.SetField(indexes=[EqualIndex, TextRangeIndex.configure(prefix="t")])
        sizes = fields.ListField(indexes=[NumberRangeIndex])
        ranks = fields.SortedSetField(indexable=True)
        options = fields.HashField(indexes=[EqualIndex, NumberRangeIndex.configure(prefix="n")])
        plain = fields.StringField()
        phrase = fields.StringField(indexes=[WordsIndex, ContainsIndex, EndsWithIndex, CaseInsensitiveIndex])
        phrases = fields.SetField(
            indexes=[WordsIndex.configure(transform=_fold), ContainsIndex.configure(size=2), EndsWithIndex]
        )
        at = fields.InstanceHashField(indexes=[DateTimeIndex])
        mark = fields.StringField()
        scored = fields.InstanceHashField(indexes=[ScoredEqualIndex.configure(score_field="number")])
        labels = fields.SetField(indexes=[ScoredEqualIndex.configure(score_field="plain")])
        pair = fields.InstanceHashField(
            indexes=[
                EqualIndexWith.configure(other_fields=["equal"]),
                EqualIndexWith.configure(
                    other_fields=["equal", "text"], transform=Lower(), transform_query=True
                ),
            ]
        )

    return Item


text, number = st.sampled_from(TEXTS), st.sampled_from(NUMBERS)
few = st.sampled_from(["", "a", "A", "1:a"])
maybe = st.none()
core_rows = st.fixed_dictionaries(
    {},
    optional={
        "equal": text,
        "text": text,
        "lower": text,
        "cut": text,
        "folded": text,
        "number": number,
        "tags": st.lists(text, max_size=3, unique=True),
        "sizes": st.lists(number, max_size=3),
        "ranks": st.dictionaries(text, st.just(1), max_size=2),
        "options": st.dictionaries(
            st.sampled_from(["k", "", "a__b", "eq"]), st.sampled_from(["1", "2", "30"]), max_size=2
        ),
        "plain": number.filter(lambda value: "inf" not in value),
    },
)
phrase = st.sampled_from(PHRASES)
part_rows = st.fixed_dictionaries(
    {"phrase": phrase, "at": st.sampled_from(DATES)},
    optional={"phrases": st.lists(phrase, max_size=3, unique=True), "text": text},
)
two = st.sampled_from(["a", ""])
scored_rows = st.fixed_dictionaries(
    {"scored": two, "labels": st.lists(two, min_size=1, max_size=2, unique=True)},
    optional={"number": number, "plain": st.sampled_from(["0", "1", "-1", "2.5"]), "text": few},
)
pair_rows = st.fixed_dictionaries({}, optional={"pair": few, "equal": few, "text": few})


def comparisons(values: Any) -> Any:
    return st.tuples(st.sampled_from(["gt", "gte", "lt", "lte"]), values)


def equals(values: Any) -> Any:
    return st.one_of(
        st.tuples(st.sampled_from(["", "eq"]), values),
        st.tuples(st.just("in"), st.lists(values, max_size=3)),
    )


any_text = st.one_of(equals(text), comparisons(text), st.tuples(st.just("startswith"), text))
any_number = st.one_of(equals(number), comparisons(number))


def named(name: str, condition: Any, prefix: str = "") -> Any:
    return condition.map(
        lambda pair: ("__".join(p for p in (name, prefix, pair[0]) if p), name, prefix, *pair)
    )


def opposite(values: Any) -> Any:
    return st.one_of(
        st.tuples(st.just("ne"), values), st.tuples(st.just("not_in"), st.lists(values, max_size=3))
    )


parts = st.one_of(
    st.tuples(st.just("contains"), st.sampled_from(PARTS)),
    st.tuples(st.just("endswith"), st.sampled_from(PARTS)),
    st.tuples(st.just("match"), st.sampled_from(PARTS + PHRASES)),
    st.tuples(st.just("match"), st.sampled_from(PARTS + PHRASES)),
)
moment = st.sampled_from([date(2015, 12, 21), datetime(2015, 12, 21, 15, 4, 5), datetime(2016, 1, 1)])
core_filters = st.one_of(
    named("equal", opposite(text)),
    named("unique", opposite(text)),
    named("text", opposite(text)),
    named("cut", opposite(text), "cut"),
    named("number", opposite(number)),
    named("tags", opposite(text)),
    named("sizes", opposite(number)),
    named("tags", opposite(text), "t"),
    named("text", st.tuples(st.just("ne"), st.none())),
    named("pk", st.tuples(st.just("not_in"), st.lists(st.sampled_from(PKS), max_size=4))),
    named("pk", st.tuples(st.just("ne"), st.sampled_from(PKS))),
    named("equal", equals(text)),
    named("unique", equals(text)),
    named("text", any_text),
    named("text", any_text),
    named("lower", any_text),
    named("cut", equals(text)),
    named("cut", equals(text), "cut"),
    named("folded", any_text),
    named("number", any_number),
    named("number", any_number),
    named("tags", equals(text)),
    named("tags", any_text, "t"),
    named("sizes", any_number),
    named("ranks", equals(text)),
    named("plain", st.tuples(st.just("isnull"), st.booleans())),
    named("text", st.tuples(st.just("isnull"), st.booleans())),
    named("tags", st.tuples(st.just(""), st.none())),
    named("pk", st.tuples(st.just("in"), st.lists(st.sampled_from(PKS), max_size=4))),
    named("pk", st.tuples(st.just(""), st.sampled_from(PKS))),
    named("options", st.tuples(st.sampled_from(["k", "a__b"]), st.sampled_from(["1", "30"]))),
    named(
        "options",
        st.tuples(st.just(""), st.tuples(st.sampled_from(["", "eq"]), st.sampled_from(["1", "2"]))),
    ),
    named(
        "options",
        st.tuples(st.sampled_from(["n__gt", "n__lte"]), st.tuples(st.just("k"), st.sampled_from([1, 2.5]))),
    ),
)
part_filters = st.one_of(
    named("phrase", parts),
    named("phrase", equals(phrase)),
    named("phrases", parts),
    named("phrases", parts),
    named("at", st.one_of(equals(moment), comparisons(moment))),
    named("at", st.one_of(equals(moment), comparisons(moment)), "date"),
    named("at", comparisons(st.sampled_from(["15", time(15, 4, 5), "15:30"])), "time"),
    named("at", st.one_of(equals(st.sampled_from([2015, 2016, 21])), comparisons(st.just(2015))), "year"),
    named("at", equals(st.sampled_from([1, 21])), "day"),
    named("at", comparisons(st.sampled_from([4, 30])), "minute"),
)
scored_filters = st.one_of(
    *[named(name, equals(two)) for name in ("scored", "scored", "labels", "labels")],
    named("text", comparisons(few)),
)
pair_filters = st.one_of(
    named("pair", st.tuples(st.just("with"), st.tuples(few, few))),
    named("pair", st.tuples(st.just("with_equal__in"), st.lists(st.tuples(few, few), max_size=3))),
    named("pair", st.tuples(st.just("with_equal_text"), st.tuples(few, few, few))),
    named("equal", equals(few)),
)
THEMES = {
    "core": (core_rows, core_filters, 3),
    "parts": (part_rows, part_filters, 2),
    "scored": (scored_rows, scored_filters, 2),
    "pairs": (pair_rows, pair_filters, 1),
}


def _group(children: Any) -> Any:
    return st.one_of(
        st.tuples(st.sampled_from("&|"), st.lists(children, min_size=1, max_size=3)),
        st.tuples(st.just("!"), st.lists(children, min_size=1, max_size=1)),
    )


def trees_of(one_filter: Any) -> Any:
    """Filters joined by and, or and not."""
    return st.recursive(one_filter.map(lambda leaf: ("leaf", leaf)), _group, max_leaves=6)


bound = st.none() | st.integers(-6, 6)
slices = st.lists(st.tuples(bound, bound, st.none() | st.sampled_from([1, 2, -1, -2])), max_size=2)
orders = st.sampled_from(
    [
        None,
        {},
        {"desc": True},
        {"by": "text", "alpha": True},
        {"by": "-text", "alpha": True},
        {"by": "number"},
        {"by": "number", "desc": True},
        {"by": "plain"},
        {"by": "equal", "alpha": True},
        {"by": "pk", "alpha": True},
        {"by": "lower", "alpha": True, "desc": True},
        {"by": "nosort"},
        {"by": "-number"},
        {"by": "-plain"},
        {"by": "number", "missing": "last"},
        {"by": "-number", "missing": "last"},
        {"by": "number", "missing": "first"},
        {"by": "text", "alpha": True, "missing": "first"},
        {"by": "text", "alpha": True, "desc": True, "missing": "first"},
        {"by": ["equal", "-number"], "alpha": None},
        {"by": ["-equal", "text", "pk"], "missing": "last"},
        {"by": ["number", "-plain"], "missing": "first"},
    ]
)


def _bytes(value: str) -> bytes:
    return value.encode()


def _compare(suffix: str, stored: Any, wanted: Any) -> bool:
    return {
        "": stored == wanted,
        "eq": stored == wanted,
        "gt": stored > wanted,
        "gte": stored >= wanted,
        "lt": stored < wanted,
        "lte": stored <= wanted,
    }[suffix]


def _one(suffix: str, stored: str, wanted: Any, numeric: bool, change: Any) -> bool:
    if suffix == "in":
        return any(_one("eq", stored, item, numeric, change) for item in wanted)
    if numeric:
        return _compare(suffix, float(stored), float(wanted))
    stored, wanted = change(stored), _fold(wanted) if change is _fold else wanted
    if suffix == "startswith":
        return _bytes(stored).startswith(_bytes(wanted))
    return _compare(suffix, _bytes(stored), _bytes(wanted))


def _ascii_lower(value: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in value)


def _match(value: str, wanted: str, change: Any) -> bool:
    *whole, start = words(change(wanted)) or [None]
    found = words(change(value))
    return start is not None and set(whole) <= set(found) and any(word.startswith(start) for word in found)


def _part(suffix: str, name: str, value: str, wanted: str) -> bool:
    if suffix == "contains":
        return wanted in value
    if suffix == "endswith":
        return value.endswith(wanted)
    return _match(value, wanted, _ascii_lower if name == "phrase" else _fold)


AT_PARTS = {
    "": slice(0, 19),
    "date": slice(0, 10),
    "time": slice(11, 19),
    "year": slice(0, 4),
    "day": slice(8, 10),
    "minute": slice(14, 16),
}


def _at(prefix: str, suffix: str, value: str, wanted: Any) -> bool:
    if suffix == "in":
        return any(_at(prefix, "eq", value, item) for item in wanted)
    cut = value[AT_PARTS[prefix]]
    if isinstance(wanted, int):
        return _compare(suffix, int(cut), wanted)
    if isinstance(wanted, datetime):
        wanted = str(wanted)[AT_PARTS[prefix]]
    return _compare(suffix, cut, str(wanted))


def _pair(row: dict[str, Any], suffix: str, wanted: Any) -> bool:
    held = [row.get(name) for name in ("pair", "equal", "text")]
    if suffix == "with_equal_text":
        if None in held:
            return False
        return [held[0].lower(), *held[1:]] == [wanted[0].lower(), *wanted[1:]]
    if None in held[:2]:
        return False
    return tuple(held[:2]) in (wanted if suffix.endswith("in") else [wanted])


CHANGES = {"lower": _ascii_lower, "folded": _fold}


def meets(pk: str, row: dict[str, Any], condition: Any) -> bool:
    _, name, prefix, suffix, wanted = condition
    if suffix in ("ne", "not_in"):
        return not meets(pk, row, (name, name, prefix, "eq" if suffix == "ne" else "in", wanted))
    if name == "pk":
        return pk in wanted if suffix == "in" else pk == wanted
    value = row.get(name)
    if name == "pair":
        return _pair(row, suffix, wanted)
    if name in ("scored", "labels") and row.get("number" if name == "scored" else "plain") is None:
        return False
    if value is not None and name == "at":
        return _at(prefix, suffix, value, wanted)
    if value is not None and suffix in ("contains", "endswith", "match"):
        return any(_part(suffix, name, one, wanted) for one in ([value] if name == "phrase" else value))
    if value is not None and name == "phrase":
        folded = [_fold(item) for item in (wanted if suffix == "in" else [wanted])]
        return _fold(value) in folded
    if suffix == "isnull" or wanted is None:
        return (value in (None, [], {})) is (True if wanted is None else wanted)
    if value is None:
        return False
    if name == "options":
        sub, ending = (wanted[0], suffix) if isinstance(wanted, tuple) else (suffix, "")
        looked = wanted[1] if isinstance(wanted, tuple) else wanted
        if sub not in value:
            return False
        ending = ending.removeprefix("n__")
        return _one(ending, value[sub], looked, suffix.startswith("n__"), str)
    change = CHANGES.get(name, str)
    if prefix == "cut":
        change = lambda text: text[:1]  # noqa: E731
    values = [value] if isinstance(value, str) else list(value)
    return any(_one(suffix, item, wanted, name in ("number", "sizes"), change) for item in values)


def sort_arguments(order: dict[str, Any]) -> dict[str, Any]:
    """What sort() is called with: lists order texts as texts, numbers as numbers."""
    if not isinstance(order.get("by"), list):
        return order
    alpha = {"equal": True, "text": True}
    return {**order, "by": [OrderBy(by, alpha=alpha.get(by.lstrip("-"))) for by in order["by"]]}


def ordered(found: dict[str, Any], order: Any, sliced: bool, by_score: str | None = None) -> list[str] | None:
    if order is None and by_score:
        order = {"by": by_score}
    if order is None and not sliced:
        return None
    order = order or {}
    names = order.get("by", "pk")
    if names == "nosort":
        return None
    result, last = list(found), order.get("desc", False)
    names = names if isinstance(names, list) else [names]
    numeric_pks = all(pk.lstrip("-").isascii() and pk.lstrip("-").isdigit() and len(pk) <= 15 for pk in found)
    for name in reversed(names):
        desc = order.get("desc", False) ^ name.startswith("-")
        if name is names[-1]:
            result.sort(key=_bytes, reverse=desc)
        name, missing = name.lstrip("-"), order.get("missing")
        alpha = order.get("alpha") or (len(names) > 1 and name in ("equal", "text"))

        def key(pk: str, name: str = name, alpha: Any = alpha) -> Any:
            if name == "pk":
                return int(pk) if numeric_pks and not alpha else _bytes(pk)
            value = found[pk].get(name)
            return _bytes(value or "") if alpha else float(value or 0)

        there = [pk for pk in result if name == "pk" or not missing or name in found[pk]]
        absent = [pk for pk in result if pk not in there]
        there.sort(key=key, reverse=desc)
        result = absent + there if missing == "first" else there + absent
    return result


@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
@pytest.mark.parametrize("theme", THEMES)
def test_every_answer_is_what_plain_python_says(database, theme, data):
    rows, one_filter, most = THEMES[theme]
    Item = make_model(database)
    table = fill(Item, rows, data)
    for _ in range(40):
        conditions = data.draw(st.lists(one_filter, min_size=theme != "core", max_size=most))
        conditions = list({condition[0]: condition for condition in conditions}.values())
        order = data.draw(st.none() | orders if theme == "scored" else orders)
        parts = data.draw(slices)
        check(Item, table, conditions, order, parts)


def fill(Item: Any, rows: Any, data: Any) -> dict[str, Any]:
    Item.database.connection.flushdb()
    table = data.draw(st.dictionaries(st.sampled_from(PKS), rows, min_size=4, max_size=len(PKS)))
    for number, (pk, row) in enumerate(table.items()):
        if number % 2:
            row["unique"] = TEXTS[number]
        Item(pk=pk, **row)
    return table


def q_of(tree: Any) -> Q:
    kind, content = tree
    if kind == "leaf":
        return Q(**{content[0]: content[-1]})
    parts = [q_of(child) for child in content]
    if kind == "!":
        return ~parts[0]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined & part if kind == "&" else joined | part
    return joined


def meets_tree(pk: str, row: dict[str, Any], tree: Any) -> bool:
    kind, content = tree
    if kind == "leaf":
        return meets(pk, row, content)
    if kind == "!":
        return not meets_tree(pk, row, content[0])
    return (all if kind == "&" else any)(meets_tree(pk, row, child) for child in content)


VALUES = ("pk", "equal", "text", "plain", "number")


def values_of(table: dict[str, Any], pk: str) -> dict[str, Any]:
    return {name: pk if name == "pk" else table[pk].get(name) for name in VALUES}


@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
@pytest.mark.parametrize("theme", ["core", "parts", "pairs"])
def test_trees_of_conditions_and_sources_give_what_plain_python_says(database, theme, data):
    rows, one_filter, _ = THEMES[theme]
    trees = trees_of(one_filter)
    Item = make_model(database)
    table = fill(Item, rows, data)
    some = st.lists(st.sampled_from(PKS), max_size=5)
    for _ in range(25):
        tree, excluded, kept = data.draw(trees), data.draw(st.none() | trees), data.draw(st.none() | some)
        added, taken = data.draw(st.none() | some), data.draw(st.none() | some)
        order, parts = data.draw(orders), data.draw(slices)
        found = {pk for pk, row in table.items() if meets_tree(pk, row, tree)}
        collection = Item.collection(q_of(tree))
        if excluded is not None:
            found -= {pk for pk, row in table.items() if meets_tree(pk, row, excluded)}
            collection = collection.exclude(q_of(excluded))
        if kept is not None:
            found &= set(kept)
            collection = collection.intersect(as_source(database, data, kept))
        if added is not None:
            found |= set(added) & set(table)
            collection = collection.union(as_source(database, data, added))
        if taken is not None:
            found -= set(taken)
            collection = collection.difference(as_source(database, data, taken))
        check_answers(collection, table, found, order, parts)


def as_source(database: Any, data: Any, pks: list[str]) -> Any:
    """The pks as a Python iterable or as a key on the server."""
    kind = data.draw(st.sampled_from(["list", "set", "tuple", "generator", "key", "zset", "lkey"]))
    key = f"source:{kind}:{'|'.join(pks)}"
    if kind in ("key", "zset", "lkey"):
        client = database.connection
        for pk in pks:
            if kind == "key":
                client.sadd(key, pk)
            elif kind == "zset":
                client.zadd(key, {pk: 1})
            else:
                client.rpush(key, pk)
        return key
    return (
        (pk for pk in pks) if kind == "generator" else {"list": list, "set": set, "tuple": tuple}[kind](pks)
    )


def check_answers(collection: Any, table: Any, found: set[str], order: Any, parts: list[Any]) -> None:
    note = (sorted(table), order, parts, sorted(found), str(collection.explain()))
    assert set(collection) == found, note
    assert collection.count() == len(found), note
    assert collection.exists() == bool(found), note
    # which tests the conditions again, chunk by chunk
    assert collection.update(mark="x", chunk_size=5) == len(found), note
    if order is not None:
        collection = collection.sort(**sort_arguments(order))
    for part in parts:
        collection = collection[slice(*part)]
    expected = ordered({pk: table[pk] for pk in found}, order, bool(parts))
    if expected is None:
        return
    for part in parts:
        expected = expected[slice(*part)]
    with count_requests() as sent:
        assert collection.evaluate() == expected, note
        assert collection.exists() == bool(expected), note
        assert collection.values(*VALUES).evaluate() == [values_of(table, pk) for pk in expected], note
        assert collection.values_list("text", flat=True).evaluate() == [
            table[pk].get("text") for pk in expected
        ]
    assert asked(sent) <= 4
    stored = collection.store()
    assert list(stored) == expected, note
    assert list(stored[::-2]) == expected[::-2]
    assert len(stored) == len(expected)
    assert list(collection.values_list("pk", flat=True).iterator(chunk_size=2)) == expected, note


def asked(sent: Any) -> int:
    """Requests; a script that the server has forgotten (it keeps 500) and gets again counts once."""
    again = [("EVALSHA" in one and "EVALSHA" not in next_one) for one, next_one in pairwise(sent.names)]
    return sent.count - sum(again)


def check(Item: Any, table: dict[str, Any], conditions: list[Any], order: Any, parts: list[Any]) -> None:
    found = {pk: row for pk, row in table.items() if all(meets(pk, row, one) for one in conditions)}
    collection = Item.collection(**{name: wanted for name, *_, wanted in conditions})
    note = (table, conditions, order, parts, sorted(found))
    assert set(collection) == set(found), note
    with count_requests() as sent:
        assert len(collection) == len(found), note
    assert asked(sent) <= 1
    if order is not None:
        collection = collection.sort(**sort_arguments(order))
    for part in parts:
        collection = collection[slice(*part)]
    scored = [name for _, name, *_ in conditions if name in ("scored", "labels")]
    by_score = {"scored": "number", "labels": "plain"}[scored[0]] if scored else None
    expected = ordered(found, order, bool(parts), by_score)
    if expected is None:
        return
    for part in parts:
        expected = expected[slice(*part)]
    with count_requests() as sent:
        assert list(collection) == expected, note
    assert asked(sent) <= 1, sent
    assert collection.count() == len(expected), note
    assert [one.pk.get() for one in collection.instances()] == expected
    assert math.isfinite(collection.explain().candidates)
