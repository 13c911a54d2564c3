"""EqualIndexWith and unique_together: several fields in one entry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, UniquenessError
from limpyd_ng.indexes import EqualIndex, EqualIndexWith, Lower
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up
from tests.oracle import assert_consistent, snapshot


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture
def Bike(database):
    class Bike(RedisModel):
        brand = fields.InstanceHashField(indexes=[EqualIndexWith.configure(other_fields=["model"])])
        model = fields.StringField()
        year = fields.InstanceHashField(indexable=True)
        unique_together = [("brand", "model", "year")]

    Bike.use_database(database)
    yield Bike
    assert_indexes_right(Bike)
    assert_consistent(Bike, database.connection)


def test_objects_are_found_by_all_values_together(Bike):
    Bike(brand="Acme", model="Arrow", year=1)
    Bike(brand="Acme", model="Bow", year=1)
    Bike(brand="Acme", year=1)
    with count_requests() as sent:
        assert Bike.collection(brand__with=("Acme", "Arrow")) == ["1"]
    assert sent.count == 1
    assert Bike.collection(brand__with={"model": "Bow", "brand": "Acme"}) == ["2"]
    assert Bike.collection(brand__with__in=[("Acme", "Bow"), ("Acme", "Arrow"), ("x", "y")]) == {"1", "2"}
    assert Bike.collection(brand__with_model_year=("Acme", "Bow", 1)) == ["2"]
    assert Bike.collection(brand__with_model_year__in=[("Acme", "Bow", 2)]) == []
    assert Bike.collection(brand__with=("Acme", "Bow"), year=1) == ["2"]
    assert Bike.collection(brand__with__ne=("Acme", "Bow")) == {"1", "3"}
    assert Bike.collection(brand__with_model_year__ne=("Acme", "Arrow", 1)) == {"2", "3"}
    assert Bike.collection(brand__with__not_in=[("Acme", "Bow"), ("Acme", "Arrow")]) == ["3"]
    assert Bike.collection(brand__with__in=[]) == []
    assert Bike.get(brand__with_model_year=("Acme", "Arrow", 1)).pk.get() == "1"


def test_values_that_hold_separators_are_not_mixed_up(Bike):
    pairs = [("a", "b:c"), ("a:b", "c"), ("", "1:a"), ("1:a", ""), ("", ""), ("\0", "\0"), ("é", "x")]
    for brand, model in pairs:
        Bike(brand=brand, model=model)
    for number, pair in enumerate(pairs, 1):
        assert Bike.collection(brand__with=pair) == [str(number)]


def test_a_change_of_any_field_moves_the_entry_in_one_request(Bike, raw):
    bike = Bike(brand="a", model="b", year=1)
    Bike(brand="z", model="z", year=1).model.append("z")
    for write, found in [
        (lambda: bike.model.append("c"), ("a", "bc", 1)),
        (lambda: bike.brand.hset("x"), ("x", "bc", 1)),
        (lambda: bike.year.hincrby(5), ("x", "bc", 6)),
        (lambda: bike.hmset(brand="y", year=7), ("y", "bc", 7)),
        (lambda: bike.update(model="m", brand="n"), ("n", "m", 7)),
    ]:
        with count_requests() as sent:
            write()
        assert sent.count == 1
        assert Bike.collection(brand__with_model_year=found) == ["1"]
        assert Bike.collection(brand__with=found[:2]) == ["1"]
        assert_consistent(Bike, raw)
    for write in (bike.model.delete, lambda: bike.model.set("m"), lambda: bike.hdel("brand", "year")):
        write()
        assert_consistent(Bike, raw)
    assert Bike.collection(brand__with=("n", "m")) == []


def test_no_two_objects_hold_the_same_values_together(Bike, raw):
    Bike(brand="a", model="b", year=1)
    other = Bike(brand="a", model="b", year=2)
    before = snapshot(raw)
    for write in (
        lambda: other.year.hset(1),
        lambda: other.year.hincrby(-1),
        lambda: other.update(year=1),
        lambda: Bike(brand="a", model="b", year=1),
        lambda: Bike.create(year=1, model="b", brand="a"),
    ):
        with pytest.raises(UniquenessError) as caught:
            write()
        assert (caught.value.field, caught.value.value) == ("Bike.brand, model, year", ("a", "b", "1"))
        assert caught.value.pk == "1"
        assert snapshot(raw) == before
    Bike(brand="a", model="b")
    Bike(brand="a", model="b")  # not complete, so not in the index


def test_values_that_change_together_are_judged_together(Bike):
    Bike(brand="a", model="m", year=2)
    bike = Bike(brand="b", model="m", year=2)
    bike.update(brand="a", year=3)  # with brand alone it would be that of the first
    bike.hmset(year=2, brand="c")
    assert Bike.collection(brand__with_model_year=("c", "m", 2)) == ["2"]


def test_objects_can_hand_over_a_value_in_one_step(Bike):
    one = Bike(brand="a", model="m", year=2)
    other = Bike(brand="a", model="n", year=2)
    one.model.rename(other.model)
    assert Bike.collection(brand__with_model_year=("a", "m", 2)) == ["2"]
    assert one.model.get() is None


def test_a_lazy_unsaved_object_is_checked_too(Bike):
    Bike(brand="a", model="m", year=2)
    bike = Bike()
    bike.model.set("m")
    bike.year.hset(2)
    with pytest.raises(UniquenessError):
        bike.brand.hset("a")
    assert bike.brand.hget() is None


def test_pipelines_keep_it_too(Bike, database):
    Bike(brand="a", model="m", year=2)
    with database.pipeline() as pipe:
        bike = Bike(brand="b", model="m", year=2)
        pipe.execute()
    with pytest.raises(UniquenessError), database.pipeline() as pipe:
        bike.brand.hset("a")
        pipe.execute()
    assert bike.brand.hget() == "b"
    bike.delete()
    assert Bike.collection(brand__with=("b", "m")) == []


def test_racing_writers_never_hold_the_same_values(Bike):
    def make(number):
        try:
            Bike(brand="a", model=f"m{number % 5}", year=1)
        except UniquenessError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(make, range(60))) == 5


def test_a_transform_concerns_the_field_itself(database, raw):
    class User(RedisModel):
        name = fields.StringField(
            indexes=[
                EqualIndexWith.configure(
                    other_fields=["site"],
                    unique=True,
                    transform=Lower(),
                    transform_query=True,
                    prefix="login",
                ),
                EqualIndex,
            ]
        )
        site = fields.StringField(key_name="s")

    User.use_database(database)
    User(name="Ann", site="X")
    with pytest.raises(UniquenessError, match="'ANN', 'X'"):
        User(name="ANN", site="X")
    User(name="ANN", site="x")
    assert User.collection(name__login__with=("aNN", "X")) == ["1"]
    assert_indexes_right(User)
    assert raw.hgetall("{user}:index:name:equal-with.login.s") == {"3:ann:X": "1", "3:ann:x": "2"}


def test_upkeep_finds_mends_and_reports(Bike, raw):
    Bike(brand="a", model="m", year=2)
    Bike(brand="b", model="m", year=2)
    raw.set("{bike}:field:model:1", "changed")
    raw.hset("{bike}:index:brand:equal-with.model.year", "stray", "2")
    kinds = {(one.kind, one.index, one.pk) for one in Bike.check_indexes()}
    assert kinds == {
        ("missing", "equal-with.model", "1"),
        ("stale", "equal-with.model", "1"),
        ("missing", "equal-with.model.year", "1"),
        ("stale", "equal-with.model.year", "1"),
        ("stale", "equal-with.model.year", "2"),
    }
    assert Bike.repair_indexes() == []
    assert_indexes_right(Bike)
    raw.hset("{bike}:hash:2", "brand", "a")
    raw.set("{bike}:field:model:2", "changed")
    left = Bike.repair_indexes()
    assert [(one.kind, one.pk, one.holder) for one in left] == [("duplicate", "2", "1")]
    Bike.lazy_connect(2).brand.hset("b")
    with pytest.raises(ValueError, match="2 indexes fit"):
        Bike.get_field("brand").get_index(EqualIndexWith)
    assert Bike.get_field("brand").clear_indexes() == 3
    assert Bike.get_field("brand").rebuild_indexes() == 4
    field = Bike.schema.fields["brand"]
    upkeep = Bike.index_upkeep(field, field.indexes[:1])
    assert upkeep.get_storage_key(("a", "changed")) == "{bike}:index:brand:equal-with.model:1:a:changed"


def test_a_rebuild_serves_a_model_that_gets_the_rule_later(database):
    class Shop(RedisModel):
        a = fields.StringField()
        b = fields.InstanceHashField()

    Shop.use_database(database)
    for a, b in [("1", "1"), ("1", "2"), ("1", "1")]:
        Shop(a=a, b=b)
    database.remove_model(Shop)

    class Shop(RedisModel):
        a = fields.StringField()
        b = fields.InstanceHashField()
        unique_together = [("a", "b")]

    Shop.use_database(database)
    Shop.rebuild_indexes()
    assert [one.kind for one in Shop.check_indexes()] == ["duplicate"]
    with pytest.raises(UniquenessError):
        Shop(a="1", b="2")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": fields.StringField(indexes=[EqualIndexWith])}, "other_fields"),
        (
            {"name": fields.StringField(indexes=[EqualIndexWith.configure(other_fields="ab")])},
            "list of different",
        ),
        ({"name": fields.StringField(indexes=[EqualIndexWith.configure(other_fields=["nope"])])}, "nope"),
        (
            {"name": fields.StringField(indexes=[EqualIndexWith.configure(other_fields=["many"])])},
            "one value",
        ),
        (
            {"name": fields.StringField(indexes=[EqualIndexWith.configure(other_fields=["name"])])},
            "another field",
        ),
        ({"name": fields.SetField(indexes=[EqualIndexWith.configure(other_fields=["b"])])}, "one value"),
        ({"name": fields.HashField(indexes=[EqualIndexWith.configure(other_fields=["b"])])}, "one value"),
        (
            {
                "name": fields.StringField(
                    indexes=[EqualIndexWith.configure(other_fields=["b"], transform=str)]
                )
            },
            "declarative",
        ),
        (
            {"name": fields.StringField(unique=True, indexes=[EqualIndexWith.configure(other_fields=["b"])])},
            "handles uniqueness",
        ),
        ({"unique_together": ["ab"]}, "at least two"),
        ({"unique_together": [("b",)]}, "at least two"),
        ({"unique_together": [("nope", "b")]}, "nope"),
        ({"unique_together": [("b", "nope")]}, "nope"),
        ({"unique_together": [("b", "many")]}, "one value"),
        ({"unique_together": [("b", "c"), ("b", "c")]}, "two indexes"),
    ],
)
def test_what_cannot_work_is_refused_when_the_class_is_made(wrong, message):
    body = {"b": fields.StringField(), "c": fields.StringField(), "many": fields.SetField(), **wrong}
    with pytest.raises(ImplementationError, match=message):
        type("Wrong", (RedisModel,), body)


def test_filters_refuse_parts_of_the_values(Bike):
    for value in ("Acme", ("Acme",), ("a", "b", "c"), {"brand": "a"}, {"brand": "a", "mode": "b"}, 3):
        with pytest.raises(InvalidValueError, match="together"):
            Bike.collection(brand__with=value)
    for value in ("Acme", 3, {"a": 1}):
        with pytest.raises(InvalidValueError, match="list of tuples"):
            Bike.collection(brand__with__in=value)
    with pytest.raises(InvalidValueError):
        Bike.collection(brand__with=("a", None))
    with pytest.raises(ImplementationError):
        Bike.collection(brand="Acme")


def test_subclasses_inherit_the_rule(database):
    class Base(RedisModel):
        abstract = True
        a = fields.StringField()
        unique_together = [("a", "b")]

    class Child(Base):
        b = fields.StringField()

    Child.use_database(database)
    Child(a="1", b="2")
    with pytest.raises(UniquenessError):
        Child(a="1", b="2")


def test_a_field_of_a_group_cannot_expire(Bike):
    bike = Bike(brand="a", model="m", year=2)
    with pytest.raises(ImplementationError, match="part of an index"):
        bike.model.expire(10)
