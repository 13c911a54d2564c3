"""Many objects at once: every object whole or absent, a clear account, bounded requests."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.contrib.related import FKStringField, RelatedModel
from limpyd_ng.database import RedisDatabase
from limpyd_ng.exceptions import (
    InvalidValueError,
    LimpydException,
    NotANumberError,
    PipelineError,
    RestrictedError,
    UniquenessError,
    ValidationError,
    WrongTypeError,
)
from limpyd_ng.indexes import EqualIndex, EqualIndexWith, ScoredEqualIndex, WordsIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.oracle import assert_consistent, snapshot
from tests.server.test_random_operations import contents
from tests.server.test_random_operations import make_model as make_thing
from tests.zoo import make_bike


def rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"code": f"c{n}", "name": f"n{n}", "price": n, "brand": f"b{n % 3}", "tags": ["x", f"t{n % 5}"]}
        for n in range(first, first + count)
    ]


def test_many_objects_take_one_request_for_each_chunk(database, raw):
    Bike = make_bike(database)
    Bike.create_many(rows(1, first=1000))
    seen = []
    with count_requests() as sent:
        made = Bike.create_many(
            rows(250), chunk_size=100, progress=lambda done, total: seen.append((done, total))
        )
    assert sent.count == 3
    assert seen == [(100, 250), (200, 250), (250, 250)]
    assert made.count == 250 and made.refused == [] and made.pks == [str(n) for n in range(2, 252)]
    assert made.instances[7].code.hget() == "c7" and made.instances[0].connected
    assert set(Bike.collection(tags="t3")) == {str(n + 2) for n in range(250) if n % 5 == 3}
    assert_consistent(Bike, raw)
    assert_indexes_right(Bike)
    Bike.delete_many(["none"])
    with count_requests() as sent:
        removed = Bike.delete_many([*made.instances, "none"], chunk_size=100)
    assert sent.count == 3
    assert (removed.count, removed.missing, removed.refused) == (250, 1, [])
    assert list(Bike.collection()) == ["1"]
    with pytest.raises(Bike.DoesNotExist):
        made.instances[0].code.hset("x")
    assert_consistent(Bike, raw)


def test_a_bad_row_hides_no_other_and_leaves_no_trace(database, raw):
    Bike = make_bike(database)
    bad = [
        {"code": "c0", "tags": ["taken code"]},
        {"price": "much", "brand": "not a number", "options": {"a": "b"}},
        {"wheels": 2},
        {"name": object()},
        "no mapping",
        {"pk": "7", "name": "the server counts"},
    ]
    given_rows = [*rows(2), *bad, *rows(2, first=2), {}]
    made = Bike.create_many(iter(given_rows), keep=True)
    assert made.pks == ["1", "2", "3", "4", "5"]
    assert [(one.number, type(one.error)) for one in made.refused] == [
        (2, UniquenessError),
        (3, NotANumberError),
        (4, InvalidValueError),
        (5, ValidationError),
        (6, InvalidValueError),
        (7, InvalidValueError),
    ]
    number, row, error = made.refused[0]
    assert row is given_rows[number] and error.pk == "1" and "Bike.code" in str(error)
    with pytest.raises(UniquenessError):
        made.raise_refused()
    assert_consistent(Bike, raw)
    kept_nothing = Bike.create_many(rows(2, first=10), keep=False)
    assert kept_nothing.pks is None and kept_nothing.count == 2
    with pytest.raises(InvalidValueError):
        _ = kept_nothing.instances


def test_rows_of_any_size_and_number_come_from_a_generator(database, raw):
    Bike = make_bike(database)
    taken = []

    def source() -> Any:
        for number in range(7):
            taken.append(number)
            yield {"code": f"c{number}", "log": [f"v{n}" for n in range(9000)], "plain_tags": range(20_000)}

    most = []
    made = Bike.create_many(source(), progress=lambda done, total: most.append((done, total, len(taken))))
    assert made.count == 7 and made.refused == []
    assert [one[:2] for one in most] == [(n, None) for n in range(1, 8)]
    assert all(read == done for done, _, read in most)
    assert raw.scard("{shop:bike}:field:plain_tags:3") == 20_000
    assert raw.llen("{shop:bike}:field:log:3") == 9000
    assert_consistent(Bike, raw)


@given(drawn=st.lists(contents, max_size=12), seed=st.integers(0, 3))
def test_objects_in_bulk_are_what_they_are_one_by_one(database, raw, drawn, seed):
    raw.flushdb()
    Thing = make_thing(database)
    refused = []
    for number, row in enumerate(drawn):
        try:
            Thing.create(**{"i_plain": "x", **row})
        except LimpydException as error:
            assert isinstance(error, UniquenessError | NotANumberError)
            refused.append(number)
    one_by_one = snapshot(raw)
    raw.flushdb()
    made = Thing.create_many(({"i_plain": "x", **row} for row in drawn), chunk_size=1 + seed * 3)
    # of several reasons to refuse a row, either may be told
    assert [one.number for one in made.refused] == refused
    assert all(isinstance(one.error, UniquenessError | NotANumberError) for one in made.refused)
    assert snapshot(raw) == one_by_one
    assert_consistent(Thing, raw)


def test_an_interrupted_run_is_simply_run_again(database, raw):
    class Page(RedisModel):
        path = fields.PKField()
        code = fields.StringField(unique=True)

    Page.use_database(database)

    def broken() -> Any:
        yield from ({"path": str(n), "code": n} for n in range(25))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        Page.create_many(broken(), chunk_size=10)
    assert caught.value.created.count == 20
    made = Page.create_many(({"path": str(n), "code": n} for n in range(40)), chunk_size=10)
    assert made.count == 20 and [one.number for one in made.refused] == list(range(20))
    assert len(Page.collection()) == 40
    assert_consistent(Page, raw)


def test_what_others_left_under_a_key_of_a_new_object_goes_with_it_only(database, raw):
    Bike = make_bike(database)
    raw.set("{shop:bike}:field:brand:2", "left")
    raw.lpush("{shop:bike}:field:tags:2", "left", "of another type")
    before = snapshot(raw)
    made = Bike.create_many([{"code": "x"}, {"code": "x", "brand": "b", "tags": ["t"]}])
    assert made.count == 1 and len(made.refused) == 1
    Bike.delete_pk("1")
    raw.delete("{shop:bike}:seq")
    assert snapshot(raw) == before
    assert Bike.create_many(rows(3)).count == 3
    assert_consistent(Bike, raw)
    assert not [key for key in raw.scan_iter() if "scratch" in key]


def test_an_index_key_of_another_type_refuses_one_object(database, raw):
    Bike = make_bike(database)
    raw.set("{shop:bike}:index:tags:equal:t9", "wrong type")
    made = Bike.create_many([{"code": "x", "tags": ["t8", "t9"]}, {"code": "y"}])
    assert made.count == 1 and isinstance(made.refused[0].error, WrongTypeError)
    raw.delete("{shop:bike}:index:tags:equal:t9")
    assert_consistent(Bike, raw)


def test_bulk_calls_refuse_a_pipeline(database):
    Bike = make_bike(database)
    with database.pipeline():
        with pytest.raises(PipelineError, match="create_many"):
            Bike.create_many(rows(1))
        with pytest.raises(PipelineError, match="delete_many"):
            Bike.delete_many(["1"])
    with pytest.raises(InvalidValueError):
        Bike.create_many([], chunk_size=0)
    assert Bike.create_many([]).count == 0 and Bike.delete_many([]).count == 0


def test_restricted_objects_stay_and_the_others_go(database, raw):
    class Owner(RelatedModel):
        database = None
        name = fields.PKField()

    class Pet(RelatedModel):
        database = None
        owner = FKStringField("Owner", related_name="pets", on_delete="restrict")

    for model in (Owner, Pet):
        model.use_database(database)
    owners = Owner.create_many({"name": f"o{n}"} for n in range(6)).instances
    pets = Pet.create_many([{"owner": owners[2]}, {"owner": "o4"}])
    assert pets.count == 2
    removed = Owner.delete_many([*owners, ""], chunk_size=4)
    assert removed.count == 4
    assert [(one.number, type(one.error)) for one in removed.refused] == [
        (2, RestrictedError),
        (4, RestrictedError),
        (6, InvalidValueError),
    ]
    assert set(Owner.collection()) == {"o2", "o4"}
    for model in (Owner, Pet):
        assert_consistent(model, raw)


def test_all_pks_come_once_each_while_others_write(database, raw):
    Bike = make_bike(database)
    Bike.create_many(rows(3000), keep=False)
    found = []
    for pk in Bike.scan_pks(count=50):
        found.append(pk)
        if len(found) % 40 == 0:
            Bike.create_many(rows(20, first=10_000 + len(found) * 20), keep=False)
    assert len(found) == len(set(found))
    assert set(found) >= {str(n) for n in range(1, 3001)}
    assert set(Bike.scan_pks(match="1??")) == {str(n) for n in range(100, 200)}


def _load(settings: Any, first: int, results: Any) -> None:
    Bike = make_bike(RedisDatabase(**settings))
    made = Bike.create_many(rows(1500), chunk_size=37)
    results.put((made.count, len(made.refused)))


def test_clients_that_load_the_same_unique_values_share_them(database, settings, raw):
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    jobs = [fork.Process(target=_load, args=(settings, n, results)) for n in range(3)]
    for job in jobs:
        job.start()
    counts = [results.get(timeout=120) for _ in jobs]
    for job in jobs:
        job.join(60)
    assert sum(count for count, _ in counts) == 1500
    assert sum(refused for _, refused in counts) == 3000
    assert_consistent(make_bike(database), raw)


def _load_for_ever(settings: Any, seed: int, ready: Any) -> None:
    Bike = make_bike(RedisDatabase(**settings))
    Bike.create_many(rows(1, first=seed * 10**6), keep=False)
    ready.set()
    first = seed * 10**6 + 1
    while True:
        made = Bike.create_many(rows(300, first=first), chunk_size=60)
        first += 300
        Bike.delete_many(made.pks[::2])


def test_a_client_killed_in_the_middle_of_bulk_leaves_only_whole_objects(database, settings, raw):
    Bike = make_bike(database)
    chance = random.Random(5)
    fork = multiprocessing.get_context("fork")
    for seed in range(12):
        ready = fork.Event()
        worker = fork.Process(target=_load_for_ever, args=(settings, seed, ready))
        worker.start()
        assert ready.wait(30)
        time.sleep(chance.random() * 0.1)
        os.kill(worker.pid, signal.SIGKILL)
        worker.join(30)
    assert_consistent(Bike, raw)
    for snapshot_of in Bike.snapshots(Bike.scan_pks()):
        assert snapshot_of["code"] and snapshot_of["brand"] and len(snapshot_of["tags"]) == 2


def test_indexes_of_several_fields_are_right_after_bulk_creation_and_a_new_pk(database):
    on = database

    class Ride(RedisModel):
        database = on
        code = fields.PKField()
        brand = fields.InstanceHashField(
            indexes=[EqualIndex, EqualIndexWith.configure(other_fields=["size"], unique=True)]
        )
        size = fields.StringField()
        rank = fields.InstanceHashField()
        tags = fields.SetField(indexes=[ScoredEqualIndex.configure(score_field="rank")])
        title = fields.StringField(indexes=[WordsIndex])

    rows = [
        {
            "code": f"c{n}",
            "brand": "Acme",
            "size": n % 3,
            "rank": n,
            "tags": ["a", f"t{n}"],
            "title": f"red bike {n}",
        }
        for n in range(5)
    ]
    made = Ride.create_many(rows)
    assert made.count == 3
    assert [(number, type(error)) for number, _, error in made.refused] == [
        (3, UniquenessError),
        (4, UniquenessError),
    ]
    assert_indexes_right(Ride)
    assert Ride.collection(tags="a") == ["c0", "c1", "c2"]
    Ride.get("c0").rename_pk("z")
    assert_indexes_right(Ride)
    assert Ride.collection(tags="a") == ["z", "c1", "c2"]
    assert Ride.collection(brand__with=("Acme", 0)) == ["z"]
    assert set(Ride.collection(title__match="bike re")) == {"c1", "c2", "z"}


def interrupt(done, total):
    if done >= 20:
        raise KeyboardInterrupt


def test_an_interruption_of_any_kind_has_the_account(database):
    Bike = make_bike(database)
    with pytest.raises(KeyboardInterrupt) as stopped:
        Bike.create_many([*rows(15), {"code": "c0"}, *rows(30, first=15)], chunk_size=10, progress=interrupt)
    created = stopped.value.created
    assert (created.count, [one.number for one in created.refused]) == (19, [15])
    assert Bike.collection().count() == 19

    def some():
        yield from created.pks[:15]
        raise OSError("the file ends here")

    with pytest.raises(OSError, match="ends here") as stopped:
        Bike.delete_many(some(), chunk_size=10)
    assert repr(stopped.value.removed) == "<Removed 10, 0 missing, 0 refused>"
    assert Bike.collection().count() == 9
    with pytest.raises(KeyboardInterrupt) as stopped:
        Bike.delete_many(["none", 99, *created.pks[10:]], chunk_size=5, progress=lambda *_: interrupt(20, 0))
    assert (stopped.value.removed.count, stopped.value.removed.missing) == (3, 2)
    assert_indexes_right(Bike)


@pytest.mark.parametrize(
    "options",
    [
        {"chunk_size": 0},
        {"chunk_size": 2.5},
        {"chunk_size": "5"},
        {"chunk_size": None},
        {"chunk_size": True},
        {"progress": 5},
        {"given": None},
        {"given": 5},
    ],
    ids=str,
)
def test_what_bulk_calls_cannot_work_with_is_refused_before_anything_is_sent(database, options):
    Bike = make_bike(database)
    given = {"given": [{"code": "a"}], **options}.pop("given")
    settings = {name: value for name, value in options.items() if name != "given"}
    with count_requests() as sent:
        with pytest.raises(InvalidValueError):
            Bike.create_many(given, **settings)
        with pytest.raises(InvalidValueError):
            Bike.delete_many(given, **settings)
    assert sent.count == 0


def test_every_instance_that_stands_for_a_deleted_object_knows(database):
    Bike = make_bike(database)
    made = Bike.create_many(rows(2))
    one, again = made.instances[0], Bike.get(made.pks[0])
    removed = Bike.delete_many([one, made.pks[0], again, made.pks[1]])
    assert (removed.count, removed.missing) == (2, 0)
    for gone in (one, again):
        with pytest.raises(Bike.DoesNotExist, match="was deleted"):
            gone.code.hget()
