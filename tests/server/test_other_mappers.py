"""What users of other mappers declare: annotations of every kind, abstract bases, pages of results."""

import abc
import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, ValidationError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests


def test_an_abstract_base_may_be_an_abc_and_has_no_objects(database):
    class Base(RedisModel, abc.ABC):
        abstract = True
        namespace = "shop"
        name = fields.StringField(indexable=True)

    class Bike(Base):
        namespace = "other"

    Base.use_database(database)
    Bike.use_database(database)
    with pytest.raises(ImplementationError, match="abstract"):
        Base()
    assert Bike.create(name="a").name.key == "{other:bike}:field:name:1"
    assert_indexes_right(Bike)


def test_annotations_of_every_kind_are_kept(database):
    pydantic = pytest.importorskip("pydantic", reason="needs the pydantic extra")

    class Thing(RedisModel):
        low: Annotated[str, pydantic.StringConstraints(to_lower=True)]
        pair: tuple[int, str] | None = None
        many: tuple[date, ...] | None = None
        pattern: re.Pattern[str] | None = None
        either: int | str | None = None
        steps: list[int | str]
        anything: dict | None = None  # type: ignore[type-arg]
        facts: dict[str, Any]
        scores: dict[str, list[int]]

    Thing.use_database(database)
    values = {
        "pair": (1, "a"),
        "many": (date(2026, 1, 2), date(2026, 1, 3)),
        "pattern": re.compile("a+"),
        "either": "x",
        "steps": [1, "b"],
        "anything": {"a": [1, 2.5, None]},
        "facts": {"x": "1"},
        "scores": {"x": [1, 2]},
    }
    thing = Thing.create(low="ABC", **values)
    dump = thing.dump()
    assert {name: getattr(dump, name) for name in values} == values
    assert dump.low == "abc"
    thing.steps.rpush(2, "c")
    assert thing.steps.lmembers() == [1, "b", 2, "c"]
    with pytest.raises(ValidationError, match=r"Thing\.pair"):
        thing.update(pair=(1, "a", "b"))
    assert Thing.create(low="x", steps=(3, "d")).steps.lmembers() == [3, "d"]


def test_the_length_of_a_container_limits_how_many_values_its_field_holds(database):
    pydantic = pytest.importorskip("pydantic", reason="needs the pydantic extra")

    class Source(pydantic.BaseModel):
        names: list[str] = pydantic.Field(min_length=1, max_length=2)
        notes: dict[str, int] = pydantic.Field(default={}, max_length=1)

    class Thing(RedisModel.from_type(Source)):
        tags: Annotated[set[int] | None, pydantic.Field(max_length=2)] = None
        whole: Annotated[list[int], pydantic.AfterValidator(sorted)]

    Thing.use_database(database)
    kinds = {name: type(one) for name, one in Thing._declared.items()}
    assert kinds == {
        "pk": fields.AutoPKField,
        "names": fields.ListField,
        "notes": fields.HashField,
        "tags": fields.SetField,
        "whole": fields.InstanceHashField,
    }
    with pytest.raises(ValidationError, match=r"Thing\.names: a value is required"):
        Thing.create(whole=[1])
    with pytest.raises(ValidationError, match=r"Thing\.names: 3 values are more than 2"):
        Thing.create(names=["a", "b", "c"], whole=[1])
    thing = Thing.create(names=["a"], whole=[2, 1])
    assert (thing.names.rpush("b"), thing.whole.hget()) == (2, [1, 2])
    with pytest.raises(InvalidValueError, match="3 values are more than 2"):
        thing.names.rpush("c")
    with pytest.raises(InvalidValueError, match="more than 1"):
        thing.notes.hset(mapping={"a": 1, "b": 2})


@pytest.mark.parametrize("kind", [Callable, Callable[[int], int]])
def test_what_can_be_no_value_is_refused_when_the_class_is_made(kind):
    with pytest.raises(ImplementationError, match="no codec"):
        fields.StringField(type=kind)


def test_some_columns_of_some_objects_and_pages_are_one_request_each(database):
    class Book(RedisModel):
        title = fields.PKField()
        rating = fields.InstanceHashField(type=float, indexable=True)
        author = fields.StringField()

    Book.use_database(database)
    for number in range(5):
        Book.create(title=f"b{number}", rating=float(number), author="x")
    list(Book.collection(pk__in=["b1"]).values("title"))
    list(Book.collection().sort(by="-rating")[0:1].values("title"))
    with count_requests() as sent:
        some = list(Book.collection(pk__in=["b1", "b3", "gone"]).sort().values("title", "rating"))
        page = list(Book.collection().sort(by="-rating")[1:3].values("title"))
    assert sent.count == 2
    assert some == [{"title": "b1", "rating": 1.0}, {"title": "b3", "rating": 3.0}]
    assert page == [{"title": "b3"}, {"title": "b2"}]
    with pytest.raises(InvalidValueError, match=r"rename_pk"):
        Book.get("b1").update(title="c")
    assert Book.delete_pk("b1") is True
    assert Book.update_pk("b2", rating=9.5) is True
    assert_indexes_right(Book)
