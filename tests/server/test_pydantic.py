"""Types of pydantic on fields; skipped where the extra is not installed."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import typing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.codecs import codec_for
from limpyd_ng.codecs.base import EQUALITY, NUMBERS, TEXTS
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, ValidationError
from limpyd_ng.indexes import NumberRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests

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


class Renamed(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    street: str = pydantic.Field(alias="streetName")
    town: str = pydantic.Field(validation_alias="in", serialization_alias="out")
    _seen: object = pydantic.PrivateAttr(default_factory=object)

    @pydantic.computed_field
    @property
    def line(self) -> str:
        return f"{self.street}, {self.town}"


class Bag(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True)
    words: frozenset[str]
    pairs: frozenset[tuple[frozenset[int], str]] = frozenset()


class BiggerBag(Bag):
    more: int = 1


def test_models_with_aliases_and_computed_fields_come_back(Person, database):
    class House(RedisModel):
        at = fields.StringField(type=Renamed, indexable=True)

    House.use_database(database)
    house = House.create(at={"streetName": "Main", "in": "Paris"})
    assert (house.at.get().street, house.at.get().town) == ("Main", "Paris")
    assert list(House.collection(at={"streetName": "Main", "in": "Paris"})) == [house.get_pk()]
    assert_indexes_right(House)


@given(
    st.builds(
        Bag,
        words=st.frozensets(st.text(st.characters(codec="utf-8"))),
        pairs=st.frozensets(st.tuples(st.frozensets(st.integers(0, 99)), st.sampled_from("ab"))),
    )
)
def test_sets_have_one_text_whatever_the_order_of_their_elements(bag):
    codec = codec_for(list[Bag])
    again = Bag(
        words=sorted(bag.words, reverse=True),
        pairs=[(sorted(numbers, reverse=True), word) for numbers, word in sorted(bag.pairs, key=repr)],
    )
    assert codec.encode([bag]) == codec.encode([again])
    assert codec.decode(codec.encode([bag])) == [bag]
    assert json.loads(codec_for(Bag).encode(bag))["words"] == sorted(
        bag.words, key=lambda word: json.dumps(word, ensure_ascii=False)
    )


def test_sets_have_the_same_text_in_every_process():
    code = "from limpyd_ng.codecs import codec_for; print(codec_for(set[str]).encode(set('abcdefgh')))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2, 3)
    }
    assert texts == {'["a","b","c","d","e","f","g","h"]\n'}


def _twice(value: str) -> str:
    return value * 2


@pytest.mark.parametrize(
    "kind, value",
    [
        (pydantic.SecretStr, "hidden"),
        (Bag, BiggerBag(words=["a"])),
        (list[float], [float("nan")]),
        (Annotated[str, pydantic.AfterValidator(_twice)], "ab"),
    ],
    ids=["secret", "subclass", "nan", "validator that changes its own result"],
)
def test_what_would_come_back_as_something_else_is_refused(kind, value):
    with pytest.raises(InvalidValueError, match=r"^Bike\.field: .* would be read back as"):
        codec_for(kind).encode(value, "Bike.field")


def test_what_has_no_json_is_refused_at_the_declaration():
    with pytest.raises(ImplementationError, match="no codec for"):
        fields.StringField(type=Callable[[int], int])


@pytest.mark.parametrize(
    "kind, order",
    [
        (pydantic.AwareDatetime, NUMBERS),
        (pydantic.PastDate, TEXTS),
        (NewType("Age", int), NUMBERS),
        (pydantic.NaiveDatetime, EQUALITY),
        (pydantic.Base64Bytes, EQUALITY),
    ],
    ids=lambda kind: str(getattr(kind, "__name__", kind)),
)
def test_types_made_of_shipped_ones_are_stored_and_ordered_as_those(kind, order):
    assert codec_for(kind).order == order


def test_encoded_bytes_and_moments_without_a_time_zone_come_back():
    assert (
        codec_for(pydantic.Base64Bytes).decode(codec_for(pydantic.Base64Bytes).encode(b"aGVsbG8="))
        == b"hello"
    )
    naive = datetime(2026, 1, 2, 3, 4, 5, 6)
    assert codec_for(pydantic.NaiveDatetime).decode(codec_for(pydantic.NaiveDatetime).encode(naive)) == naive


def test_pydantic_moments_have_one_text_whatever_their_time_zone():
    codec = codec_for(pydantic.AwareDatetime)
    paris = datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert codec.encode(paris) == codec.encode(datetime(2026, 1, 1, 12, tzinfo=UTC))


def test_pydantic_is_not_imported_where_no_field_asks_for_it():
    code = "import sys, limpyd_ng.model, limpyd_ng.fields as f; f.StringField(type=int | None); print('pydantic' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )


class Order(pydantic.BaseModel):
    count: int
    tags: set[str] = set()


def test_strict_fields_take_nothing_that_has_to_be_made_fit(database):
    class Strict(RedisModel):
        order = fields.InstanceHashField(type=Order, strict=True)
        count = fields.StringField(type=Annotated[int, pydantic.Field(ge=0)], strict=True, indexable=True)
        days = fields.HashField(key_type=Annotated[int, pydantic.Field(ge=0)], type=float, strict=True)
        maybe = fields.InstanceHashField(type=Order | None, strict=True)
        sizes = fields.InstanceHashField(type=dict[str, list[int]], strict=True)

    Strict.use_database(database)
    found = Strict.create(order=Order(count=1, tags={"b", "a"}), count=3, days={1: 1.5}, maybe=Order(count=2))
    assert found.order.hget() == Order(count=1, tags={"b", "a"})
    assert found.count.get() == 3 and list(Strict.collection(count__gte=3)) == [found.get_pk()]
    assert found.days.hgetall() == {1: 1.5} and found.maybe.hget() == Order(count=2)
    for values in (
        {"order": {"count": 1}},
        {"sizes": {"a": ["1"]}},
        {"count": "3"},
        {"count": True},
        {"days": {"1": 1.5}},
        {"days": {1: 2}},
        {"maybe": {"count": 1}},
    ):
        with pytest.raises(ValidationError, match=rf"^Strict\.{next(iter(values))}: "):
            Strict.create(**values)
    with pytest.raises(InvalidValueError, match=r"Strict\.count"):
        found.count.set("4")
    with pytest.raises(InvalidValueError, match=r"Strict\.count__gte"):
        Strict.collection(count__gte="3")
    assert_indexes_right(Strict)


def test_strictness_of_a_model_holds_for_its_fields(database):
    class Line(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(strict=True)

        count: int
        lax: int = pydantic.Field(default=1, strict=False)
        sizes: list[float] = []
        anything: list[typing.Any] = []

    Stored = RedisModel.from_type(Line, name="Stored", database=database)
    line = Stored.create(count=1, lax="2", sizes=[1.5], anything=["a"])
    assert (line.count.hget(), line.lax.hget(), line.sizes.lmembers()) == (1, 2, [1.5])
    for wrong in ({"count": "1"}, {"count": 1, "sizes": [1]}):
        with pytest.raises(ValidationError):
            Stored.create(**wrong)


def test_strict_goes_with_a_type():
    with pytest.raises(ImplementationError, match="strict= goes with type= or codec="):
        fields.StringField(strict=True)


class Span(pydantic.BaseModel):
    code: str = pydantic.Field(alias="CODE")
    first: int
    last: int | None = None
    days: list[int] = []

    @pydantic.model_validator(mode="before")
    @classmethod
    def upper(cls, values):
        return {**values, "code": values["code"].upper()}

    @pydantic.model_validator(mode="after")
    def in_order(self):
        if self.last is not None and self.first > self.last:
            raise ValueError("ends before it starts")
        self.days = sorted(self.days)
        return self


def test_model_validators_run_where_all_values_are_known(database):
    Trip = RedisModel.from_type(Span, name="Trip", database=database)
    trip = Trip.create(code="a", first=1, days=[3, 1])
    assert (trip.code.hget(), trip.first.hget(), trip.days.lmembers()) == ("A", 1, [1, 3])
    with (
        count_requests() as sent,
        pytest.raises(ValidationError, match=r"^Trip: Value error, ends before") as no,
    ):
        Trip.create(code="b", first=4, last=3)
    assert sent.count == 0 and no.value.problems[0].value["first"] == 4
    with pytest.raises(ValidationError, match="ends before it starts"):
        trip.update(code="c", first=5, last=4, days=None)
    trip.update(code="c", first=5, last=6, days=None)
    assert (trip.code.hget(), trip.days.lmembers()) == ("C", [])
    trip.update(first=9, code="d")  # the last day is known to the server alone
    assert (trip.code.hget(), trip.first.hget()) == ("d", 9)
    made = Trip.create_many([{"code": "x", "first": 2, "last": 1}, {"code": "y", "first": 1, "last": 2}])
    assert [refused.number for refused in made.refused] == [0] and made.count == 1


def test_model_validators_see_the_primary_key(database):
    Trip = RedisModel.from_type(Span, name="Trip", database=database, code=fields.PKField())
    assert Trip.create(code="A", first=1).get_pk() == "A"
    with pytest.raises(
        ValidationError, match=r"^Trip\.code: a check cannot give an object another primary key"
    ):
        Trip.create(code="a", first=1)
    with pytest.raises(ValidationError, match="ends before it starts"):
        Trip.get("A").update(first=2, last=1, days=[])


def test_model_validators_do_not_run_where_a_field_is_left_out(database):
    Short = RedisModel.from_type(Span, name="Short", database=database, last=None)
    assert Short.create(code="a", first=1).code.hget() == "a"


def test_members_and_keys_that_python_cannot_hash_are_read_as_lists(database):
    class Box(RedisModel):
        sizes = fields.SetField(type=list[int], indexable=True)
        ranks = fields.SortedSetField(type=list[int], indexable=True)
        names = fields.HashField(key_type=list[int], type=str)

    Box.use_database(database)
    box = Box.create(sizes=[[1], [2]], ranks=[([3], 1), ([4], 2)])
    assert box.names.hset([5], "five") == 1
    assert sorted(box.sizes.smembers()) == [[1], [2]]
    assert box.names.hgetall() == [([5], "five")]
    for found in (box.dump(), Box.Record(**box.snapshot())):
        assert sorted(found.sizes) == [[1], [2]]
        assert found.ranks == [([3], 1.0), ([4], 2.0)]
        assert found.names == [([5], "five")]
    assert list(Box.collection(ranks=[3], sizes=[2])) == [box.get_pk()]
    assert box.update(ranks=found.ranks)
    assert_indexes_right(Box)
