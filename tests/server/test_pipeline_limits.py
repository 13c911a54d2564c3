"""What cannot wait in a pipeline says so, instead of going on with a reply that is not there."""

from __future__ import annotations

import pytest

from limpyd_ng.exceptions import PipelineError, UniquenessError
from tests.oracle import assert_consistent
from tests.zoo import make_bike


@pytest.fixture
def Bike(database):
    return make_bike(database)


def test_the_first_writes_of_one_object_do_not_make_two(Bike, database, raw):
    bike = Bike()
    with database.pipeline() as pipe:
        bike.hits.incr()
        with pytest.raises(PipelineError, match="gets its pk"):
            bike.tags.sadd("x")
        pipe.execute()
    assert len(Bike.collection()) == 1
    bike.tags.sadd("x")
    assert Bike.collection(tags="x") == [bike.pk.get()]
    assert_consistent(Bike, raw)


def test_a_first_write_that_is_refused_can_be_made_again(Bike, database, raw):
    Bike(code="taken")
    bike = Bike()
    with database.pipeline() as pipe:
        bike.code.hset("taken")
        with pytest.raises(UniquenessError):
            pipe.execute()
    bike.code.hset("free")
    assert Bike.get(code="free") == bike
    assert_consistent(Bike, raw)


@pytest.mark.parametrize(
    "use",
    [
        lambda Bike, bike: bool(Bike.collection(code="a")),
        lambda Bike, bike: list(Bike.collection(code="a")),
        lambda Bike, bike: len(Bike.collection(code="a")),
        lambda Bike, bike: Bike.collection(code="a") == ["1"],
        lambda Bike, bike: "1" in Bike.collection(code="a"),
        lambda Bike, bike: bool(bike.tags.sismember("x")),
        lambda Bike, bike: list(bike.tags.smembers()),
        lambda Bike, bike: bike.tags.smembers()[0],
        lambda Bike, bike: Bike.get_or_connect(code="a"),
        lambda Bike, bike: list(Bike.from_pks(["1"])),
    ],
)
def test_a_reply_that_is_not_there_yet_is_not_taken_for_one(Bike, database, use):
    bike = Bike(code="a", tags=["x"])
    with database.pipeline(), pytest.raises(PipelineError):
        use(Bike, bike)


def test_after_execute_a_reply_can_be_used_as_it_is(Bike, database):
    bike = Bike(code="a", log=["x", "y"])
    with database.pipeline() as pipe:
        log, found, count = bike.log.lrange(0, -1), Bike.collection(code="a").evaluate(), bike.log.llen()
        pipe.execute()
    assert (list(log), log[0], "y" in log, len(log), bool(found), count.value) == (
        ["x", "y"],
        "x",
        True,
        2,
        True,
        2,
    )


def test_the_version_of_the_server_is_asked_outside_the_pipeline(database):
    with database.pipeline():
        assert database.redis_version >= (6, 2)
