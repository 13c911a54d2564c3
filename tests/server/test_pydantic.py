"""Types of pydantic on fields; skipped where the extra is not installed."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.codecs import codec_for
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, ValidationError
from limpyd_ng.indexes import NumberRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right

pydantic = pytest.importorskip("pydantic", reason="needs the pydantic extra")


class Address(pydantic.BaseModel):
    street: str
    number: int = 1


@dataclasses.dataclass
class Point:
    x: float
    y: float


Positive = Annotated[Decimal, pydantic.Field(gt=0)]


@pytest.fixture
def Person(database):
    class Person(RedisModel):
        email = fields.StringField(type=pydantic.EmailStr, indexable=True)
        address = fields.InstanceHashField(type=Address, indexable=True)
        pay = fields.InstanceHashField(type=Positive, indexable=True)
        places = fields.ListField(type=Point, indexable=True)
        words = fields.InstanceHashField(type=dict[str, list[int]])
        site = fields.InstanceHashField(type=pydantic.HttpUrl)
        nick = fields.StringField(
            type=Annotated[str, pydantic.StringConstraints(to_lower=True)], indexable=True
        )

    Person.use_database(database)
    yield Person
    assert_indexes_right(Person)


def test_values_are_written_read_and_found(Person):
    person = Person.create(
        email="a@example.org",
        address={"street": "Main"},
        pay=Decimal("10.50"),
        places=[Point(1, 2.5)],
        words={"b": [2], "a": [1]},
        site="https://example.org",
        nick="Bob",
    )
    assert person.email.get() == "a@example.org"
    assert person.address.hget() == Address(street="Main", number=1)
    assert person.places.lmembers() == [Point(1.0, 2.5)]
    assert person.words.hget() == {"a": [1], "b": [2]}
    assert str(person.site.hget()) == "https://example.org/"
    pk = person.get_pk()
    assert list(Person.collection(address=Address(street="Main"))) == [pk]
    assert list(Person.collection(places=Point(1, 2.5))) == [pk]
    assert list(Person.collection(pay__gt=Decimal(10), nick="BOB", email="a@example.org")) == [pk]
    assert isinstance(Person.get_field("pay").schema.indexes[0], NumberRangeIndex)


def test_values_that_do_not_fit_are_told_all_at_once(Person):
    with pytest.raises(ValidationError) as refused:
        Person.create(email="no", address={"number": "x"}, pay=Decimal(-1))
    found = {problem.field: problem.reason for problem in refused.value.problems}
    assert set(found) == {"Person.email", "Person.address", "Person.pay"}
    assert "greater than 0" in found["Person.pay"]
    assert "street: Field required" in found["Person.address"]


def test_a_stored_text_that_does_not_fit_is_told(Person, raw):
    person = Person.create(email="a@example.org")
    raw.hset(Person.schema.keys.hash(person.get_pk()), "words", "{")
    with pytest.raises(InvalidValueError, match=r"Person\.words: Redis holds '{'"):
        person.words.hget()


def test_a_type_that_pydantic_does_not_know_is_refused():
    with pytest.raises(ImplementationError, match="no codec for"):
        fields.StringField(type=type("Odd", (), {}))


@given(st.builds(Address, street=st.text(st.characters(codec="utf-8")), number=st.integers()))
def test_models_come_back_as_they_went_in(address):
    codec = codec_for(Address)
    assert codec.decode(codec.encode(address)) == address


@given(
    st.builds(
        Point,
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_dataclasses_come_back_as_they_went_in(point):
    codec = codec_for(Point)
    assert codec.decode(codec.encode(point)) == point


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.lists(st.integers())))
def test_containers_have_one_text_whatever_their_order(words):
    codec = codec_for(dict[str, list[int]])
    assert codec.encode(words) == codec.encode(dict(reversed(words.items())))
    assert codec.decode(codec.encode(words)) == words


def test_pydantic_is_not_imported_where_no_field_asks_for_it():
    code = "import sys, limpyd_ng.model, limpyd_ng.fields as f; f.StringField(type=int | None); print('pydantic' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )
