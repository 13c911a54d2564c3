"""Plain queries, which a native command or a compiled head answers, against the engine itself."""

from __future__ import annotations

import random
from itertools import combinations, product

import pytest

from limpyd_ng import fields
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.query import plain
from limpyd_ng.query import plan as plans
from limpyd_ng.testing import count_requests

TEXTS = ("", "a", "ab", "abc", "b", "é", "a\0", "a\0b", "B", "z" * 20)
FILTERS = (
    {"team": "red"},
    {"tags": "x"},
    {"size__gte": 2},
    {"size__gt": 1, "size__lte": 4},
    {"height__lt": 1.5},
    {"name__startswith": "a"},
    {"name__gte": "a\0", "name__lt": "b"},
    {"note__gt": "a"},
)
ORDERS = (None, {"by": "pk"}, {"by": "size"}, {"by": "-size"}, {"by": "name", "alpha": True}, {"by": "-pk"})
SLICES = ((None, None), (None, 3), (1, 4), (2, None), (0, 0), (50, 60))


@pytest.fixture
def things(database):
    class Thing(RedisModel):
        namespace = "plain"
        team = fields.InstanceHashField(indexable=True)
        tags = fields.SetField(indexable=True)
        size = fields.InstanceHashField(indexes=[NumberRangeIndex])
        height = fields.StringField(indexes=[NumberRangeIndex])
        name = fields.InstanceHashField(indexes=[TextRangeIndex])
        note = fields.StringField(indexes=[TextRangeIndex, EqualIndex])

    Thing.use_database(database)
    chance = random.Random(5)
    rows = [
        {
            "team": chance.choice(("red", "blue", None)),
            "tags": chance.sample("xyz", chance.randrange(3)),
            "size": chance.choice((None, *range(6))),
            "height": chance.choice((None, "1", "1.5", "-2", "inf", "1e3")),
            "name": chance.choice((None, *TEXTS)),
            "note": chance.choice((None, *TEXTS)),
        }
        for _ in range(60)
    ]
    Thing.create_many([{name: value for name, value in row.items() if value is not None} for row in rows])
    return Thing


def _collections(model):
    for count in (1, 2, 3):
        for chosen in combinations(FILTERS, count):
            filters = {name: value for part in chosen for name, value in part.items()}
            yield filters, model.collection(**filters)


def _shaped(collection):
    yield collection
    yield collection.instances()
    yield collection.values_list("pk", "team", "height")
    yield collection.values_list("name", flat=True)
    yield collection.instances(values=["size", "note"])


def _answers(collection, ordered):
    results = []
    for shaped in _shaped(collection):
        found = [tuple(map(str, item)) if isinstance(item, tuple) else str(item) for item in shaped]
        results.append(found if ordered else sorted(map(str, found)))
    return [*results, collection.count(), collection.exists()]


@pytest.mark.faces("sync", reason="which script answers does not depend on the face")
def test_every_plain_query_is_answered_as_the_engine_answers_it(things, monkeypatch):
    asked = []
    for filters, collection in _collections(things):
        orders = ORDERS if len(filters) > 1 else ORDERS[:3]
        for order, (start, stop) in product(orders, SLICES):
            if order is None and (start, stop) != (None, None):
                continue
            chosen = collection if order is None else collection.sort(**order)
            chosen = chosen if (start, stop) == (None, None) else chosen[start:stop]
            if random.Random(repr((filters, order, start, stop))).random() < 0.08:
                asked.append((filters, order, start, stop, chosen))
    answered = [_answers(one[-1], one[1] is not None) for one in asked]
    monkeypatch.setattr(plans, "form_of", lambda *args: None)
    for (*asking, chosen), answer in zip(asked, answered, strict=True):
        assert answer == _answers(chosen, asking[1] is not None), asking


@pytest.mark.faces("sync", reason="what a user may do does not depend on the face")
def test_a_user_who_may_not_read_every_key_gets_the_same_answers(things, raw, settings, make_database):
    asked = [
        (collection.sort(**order), order)
        for filters, collection in _collections(things)
        for order in ORDERS[1:]
        if random.Random(repr((filters, order))).random() < 0.06
    ]
    answers = [_answers(collection, ordered=True) for collection, _ in asked]
    unordered = [_answers(things.collection(**filters), ordered=False) for filters in FILTERS]
    raw.acl_setuser("limited", enabled=True, nopass=True, keys=["{plain:thing}:*"], commands=["+@all"])
    try:
        with things.use_database(make_database(**settings, username="limited", password="x")):
            assert [_answers(collection, ordered=True) for collection, _ in asked] == answers
            assert [_answers(things.collection(**filters), ordered=False) for filters in FILTERS] == unordered
    finally:
        raw.acl_deluser("limited")


def _commands_of(raw, collection):
    list(collection)  # the first answer tells how it is asked for
    raw.config_resetstat()
    list(collection)
    return {name.removeprefix("cmdstat_"): told["calls"] for name, told in raw.info("commandstats").items()}


def test_texts_of_a_set_are_read_at_once_unless_a_range_leaves_few(things, raw):
    if "sort_ro" not in {name.split("|")[0] for name in raw.command()}:
        pytest.skip("servers before Redis 7 read them one by one")
    wide = _commands_of(raw, things.collection(team="red", size__gte=1, name__gte=""))
    narrow = _commands_of(raw, things.collection(team="red", size__gte=5, name__gte=""))
    by_text = _commands_of(raw, things.collection(team="red").sort(by="name", alpha=True))
    assert (wide["sort_ro"], wide.get("hget", 0)) == (1, 0)
    assert "sort_ro" not in narrow
    assert 0 < narrow["hget"] < len(things.collection(team="red"))
    assert by_text["sort_ro"] == 1


@pytest.mark.parametrize("filters", FILTERS)
def test_plain_queries_are_one_request_each(things, filters):
    collection = things.collection(**filters)
    for ask in (
        collection.count,
        collection.exists,
        collection.evaluate,
        collection.sort(by="size")[:3].evaluate,
    ):
        ask()
        with count_requests() as requests:
            ask()
        assert requests.count == 1


@pytest.mark.faces("sync", reason="which script answers does not depend on the face")
def test_a_model_keeps_so_many_scripts_and_the_engine_answers_the_other_forms(things, monkeypatch):
    collections = [collection for filters, collection in _collections(things) if len(filters) > 1][:8]
    expected = [[*collection.sort()[:4]] for collection in collections]
    monkeypatch.setattr(plans, "_MOST_FORMS", 3)
    monkeypatch.setattr("limpyd_ng.schema.model._MOST_KEPT", 3)
    monkeypatch.setattr(things.schema, "forms", {})
    monkeypatch.setattr(things.schema, "compiled", {})
    assert [[*collection.sort()[:4]] for collection in collections] == expected
    assert len(things.schema.forms) == 3
    assert {type(answer) for answer in things.schema.forms.values()} == {plain.Compiled}
    assert [list(things.collection().sort(by=by)) for by in ("size", "-size", "height", "-height")]
    assert len(things.schema.compiled) == 3


@pytest.mark.faces("sync", "asyncio", reason="a pipeline sends each of them within MULTI")
def test_all_objects_are_asked_for_by_a_native_command(things):
    with count_requests() as sent:
        assert things.collection().count() == len(list(things.collection()))
        assert things.collection().exists()
        assert things.collection(team__in=[]).count() == 0
    assert sent.names == ["SCARD", "SMEMBERS", "SCARD"]


def test_what_may_decline_leaves_many_candidates_to_the_engine(things, monkeypatch):
    monkeypatch.setattr("limpyd_ng.compiled.queries.heads._FEW", 3)
    plain.head.cache_clear()
    things.schema.compiled.clear()
    found = things.collection(size__gte=1, name__gte="").sort(by="size")[2:9]
    few = found.values_list("pk", "size").evaluate()
    monkeypatch.undo()
    plain.head.cache_clear()
    things.schema.compiled.clear()
    assert few == found.values_list("pk", "size").evaluate()
    assert len(few) == 7


def test_a_wide_model_is_created_read_found_and_deleted(database):
    names = [f"field{number}" for number in range(300)]
    wide = type(
        "Wide",
        (RedisModel,),
        {
            "database": database,
            "namespace": "plain",
            **{name: fields.InstanceHashField(indexable=True) for name in names[:150]},
            **{name: fields.StringField(indexable=True) for name in names[150:]},
        },
    )
    values = {name: f"value of {name}" for name in names}
    made = wide.create(**values)
    assert made.snapshot() == {"pk": made.get_pk(), **values}
    assert wide.collection(field0=values["field0"], field299=values["field299"]).count() == 1
    assert wide.collection(field7=values["field7"]).values().evaluate() == [{"pk": made.get_pk(), **values}]
    made.delete()
    assert wide.check_indexes() == []
