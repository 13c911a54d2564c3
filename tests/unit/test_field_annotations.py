"""Fields of models that an annotation with a class of fields makes, or says again."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import pytest

from limpyd_ng import fields
from limpyd_ng.contrib.related import FKStringField, RelatedCollection, RelatedModel
from limpyd_ng.exceptions import ImplementationError
from limpyd_ng.model import RedisModel
from limpyd_ng.records import Options


class Base(RedisModel):
    abstract = True
    price: fields.InstanceHashField[Decimal]
    name: Annotated[fields.StringField[str], Options(indexable=True)]
    tags: fields.SetField
    stock: fields.HashField[int, float]
    anything: fields.ListField[Any]


def test_an_annotation_alone_makes_the_field_with_its_type():
    assert type(Base.price) is fields.InstanceHashField and Base.price.value_type is Decimal
    assert type(Base.tags) is fields.SetField and Base.tags.codec is None
    assert (Base.stock.key_value_type, Base.stock.value_type) == (int, float)
    assert Base.anything.codec is None
    assert Base.get_fields()[1:] == (Base.price, Base.name, Base.tags, Base.stock, Base.anything)


def test_options_and_a_default_go_to_the_field():
    class Bike(RedisModel):
        hits: Annotated[fields.StringField[int], Options(indexable=True)] = 3

    assert Bike.hits.default == 3
    assert [type(index).__name__ for index in Bike.hits.schema.indexes] == ["NumberRangeIndex"]


def test_saying_it_again_in_a_subclass_changes_nothing():
    class Bike(Base):
        name: fields.StringField[str]
        stock: fields.HashField[int, float]

    assert Bike.name.indexable
    assert Bike._fields == Base._fields


def test_saying_something_else_in_a_subclass_makes_another_field():
    class Bike(Base):
        name: fields.StringField[int]
        price: fields.StringField[Decimal]

    assert Bike.name.value_type is int and not Bike.name.indexable
    assert type(Bike.price) is fields.StringField


def test_a_declared_field_is_what_it_says_whatever_its_annotation():
    class Bike(RedisModel):
        name: fields.StringField[Any] = fields.StringField(unique=True)

    assert Bike.name.unique


def test_a_class_of_fields_may_have_its_type_in_brackets():
    class Price(fields.InstanceHashField[Decimal]):
        pass

    class Dear(Price):
        pass

    class Stock(fields.HashField[int, Decimal]):
        pass

    for field in (Price(), Dear()):
        assert field.value_type is Decimal and field.codec is not None
    assert Price(type=int).value_type is int
    assert (Stock().key_value_type, Stock().value_type) == (int, Decimal)


class Person(RelatedModel):
    # a name that is declared nowhere: it is never looked at
    groups: RelatedCollection[LaterThanThis]  # noqa: F821
    boss: FKStringField[Person]


class Group(RelatedModel):
    owner: Annotated[FKStringField[Person], Options(related_name="groups")]
    parent: FKStringField[Group]


def test_a_relation_points_to_the_model_in_its_brackets():
    assert Group.owner.to is Person and Group.owner.related_name == "groups"
    assert Group.parent.to == "self"
    assert Person.boss.to == "self"


def test_an_annotation_of_related_objects_makes_no_field():
    assert Person._fields == ("pk", "boss")


def test_a_relation_needs_its_model():
    with pytest.raises(ImplementationError, match="FKStringField cannot be made from an annotation alone"):

        class Lost(RelatedModel):
            owner: FKStringField
