"""Embedded fields: dataclasses and pydantic models taken apart into live fields, and put together again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import DoesNotExist, ImplementationError, InvalidValueError, ValidationError
from limpyd_ng.model import RedisModel
from limpyd_ng.records import Options
from limpyd_ng.testing import assert_indexes_right, count_requests

pydantic = pytest.importorskip("pydantic")


@dataclass
class Point:
    lat: float
    lon: float = 0.0


@dataclass
class Address:
    street: str
    city: Annotated[str, Options(indexable=True)]
    country: str | None = "FR"
    tags: list[str] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    at: Annotated[Point | None, Options(flat=True)] = None
    seen: Point | None = None


class Contact(pydantic.BaseModel):
    email: Annotated[str, pydantic.Field(min_length=3), Options(indexable=True)]
    age: Annotated[int | None, pydantic.Field(ge=0)] = None
    phones: list[str] = []


@dataclass
class Spot:
    x: int = 1
    names: list[str] = field(default_factory=lambda: ["a"])


HOME = Address(
    "Main 1", "Paris", None, ["a", "a"], {date(2026, 1, 2)}, Point(1.5, -2.0), seen=Point(3.0, 4.0)
)
WORK = Address("Side 2", "Rome")


@pytest.fixture
def Person(database):
    class Person(RedisModel):
        name = fields.StringField()
        address: Annotated[Address | None, Options(flat=True)]
        contact = fields.EmbeddedField(Contact, key_name="c")

    Person.use_database(database)
    yield Person
    assert_indexes_right(Person)


def test_a_type_becomes_a_field_for_each_of_its_own(Person):
    kinds = {name: type(one) for name, one in Person._declared.items() if "__" in name}
    assert kinds == {
        "address__street": fields.InstanceHashField,
        "address__city": fields.InstanceHashField,
        "address__country": fields.InstanceHashField,
        "address__tags": fields.ListField,
        "address__days": fields.SetField,
        "address__at__lat": fields.InstanceHashField,
        "address__at__lon": fields.InstanceHashField,
        "address__seen": fields.InstanceHashField,
        "contact__email": fields.InstanceHashField,
        "contact__age": fields.InstanceHashField,
        "contact__phones": fields.ListField,
    }


def test_the_whole_is_written_and_read_in_one_request(Person):
    Person.create(address=WORK).dump()  # the scripts are known with their first use
    contact = Contact(email="a@b.c", age=3, phones=["1", "2"])
    with count_requests() as requests:
        person = Person.create(name="ann", address=HOME, contact=contact)
    assert requests.count == 1
    with count_requests() as requests:
        assert person.address.get() == HOME
    assert requests.count == 1
    assert person.contact.get() == contact
    assert person.address.at.get() == Point(1.5, -2.0)
    with count_requests() as requests:
        record = person.dump()
    assert requests.count == 1
    assert record == Person.Record(pk=person.get_pk(), name="ann", address=HOME, contact=contact)


def test_its_fields_are_live_and_filters_find_them(Person, raw):
    one = Person.create(address=HOME)
    two = Person.create(address=WORK)
    assert (one.address.city.hget(), one.address__city.hget()) == ("Paris", "Paris")
    assert one.address.at.lat.hincrbyfloat(1) == 2.5 and one.address.get().at == Point(2.5, -2.0)
    assert one.address.tags.rpush("b") == 3
    assert one.address.seen.hget() == Point(3.0, 4.0)
    assert list(Person.collection(address__city="Paris")) == [one.get_pk()]
    assert two.address.city.hset("Paris") == 0
    assert Person.collection(address__city="Paris") == {one.get_pk(), two.get_pk()}
    assert list(Person.collection(pk=two.get_pk()).values("address__city")) == [{"address__city": "Paris"}]
    one.contact.phones.rpush("1")
    assert raw.exists(f"{{person}}:field:c__phones:{one.get_pk()}")


def test_a_mapping_is_made_into_the_type(Person):
    person = Person.create(
        address={"street": "s", "city": "c", "at": {"lat": 1.0}}, contact={"email": "abc", "age": "7"}
    )
    assert person.address.get() == Address("s", "c", at=Point(1.0))
    assert person.contact.get() == Contact(email="abc", age=7)
    made = Person.create_many([{"address": HOME}, {"address": {"street": 1, "city": "c"}}, {"contact": WORK}])
    assert len(made.pks) == 1 and made.instances[0].address.get() == HOME
    assert "Person.address__street" in str(made.refused[0].error)
    assert "is no Contact" in str(made.refused[1].error)


def test_update_replaces_the_whole_or_a_part(Person):
    person = Person.create(address=HOME)
    with count_requests() as requests:
        person.update(address=WORK)
    assert requests.count == 1
    assert person.address.get() == WORK
    person.address.update(city="Oslo", tags=["x"])
    person.update(address__country=None)
    assert person.address.get() == Address("Side 2", "Oslo", None, ["x"])
    person.address.set({"street": "s", "city": "t"})
    assert person.address.get() == Address("s", "t")
    person.contact.set({"email": "abc"})
    assert person.contact.get() == Contact(email="abc")
    person.address.at.set(Point(1.0))
    assert person.address.get().at == Point(1.0, 0.0)
    person.address.at.delete()
    assert person.address.get() == Address("s", "t")
    assert Person.collection().update(address=HOME) == 1
    assert person.address.get() == HOME


def test_none_is_no_value_for_the_whole(Person, raw):
    person = Person.create(name="x", address=None)
    assert (person.address.get(), person.contact.get(), person.dump().address) == (None, None, None)
    person.update(address=HOME)
    person.update(address=None)
    assert person.address.get() is None
    assert raw.exists(f"{{person}}:hash:{person.get_pk()}") == 0
    person.update(address=HOME)
    person.address.delete()
    assert person.dump().address is None


def test_what_does_not_fit_is_refused_and_nothing_is_written(Person):
    with count_requests() as requests:
        with pytest.raises(ValidationError, match=r"Person\.address: 3 is no Address"):
            Person.create(address=3)
        with pytest.raises(ValidationError, match=r"makes no Address.*street"):
            Person.create(address={"city": "x"})
        with pytest.raises(ValidationError, match=r"makes no Contact: email: String should have at least 3"):
            Person.create(contact={"email": "x"})
        with pytest.raises(ValidationError, match="age"):
            Person.create(contact=Contact.model_construct(email="abc", age=-1))
        with pytest.raises(ValidationError, match=r"Person\.address__street: 1 "):
            Person.create(address=Address(1, "x"))
        with pytest.raises(InvalidValueError, match="given twice"):
            Person.create(address=HOME, address__city="x")
        with pytest.raises(ValidationError) as several:
            Person.create(address=1, contact=2)
        assert len(several.value.problems) == 2
    assert requests.count == 0
    person = Person.create(name="x")
    with pytest.raises(AttributeError, match="live"):
        person.address = HOME
    with pytest.raises(AttributeError, match="has no field 'town'"):
        _ = person.address.town
    with pytest.raises(ImplementationError, match="filter"):
        Person.collection(address=HOME)
    assert len(Person.collection()) == 1


@pytest.mark.parametrize(
    "values, missing",
    [
        ({"address__city": "Rome"}, "Address without address__street"),
        ({"address__tags": ["a"]}, "Address without address__street, address__city"),
        (
            {"address__street": "s", "address__city": "c", "address__at__lon": 2.0},
            "Point without address__at__lat",
        ),
        ({"contact__phones": ["1"]}, "Contact without contact__email"),
    ],
)
def test_a_part_alone_creates_no_object(Person, values, missing):
    with count_requests() as requests, pytest.raises(ValidationError, match=missing):
        Person.create(**values)
    assert requests.count == 0
    assert missing in str(Person.create_many([values]).refused[0].error)


def test_parts_that_make_a_whole_may_be_given_one_by_one(Person):
    person = Person.create(address__street="s", address__city="c", address__at__lat=1.0, contact__email="abc")
    assert person.address.get() == Address("s", "c", None, at=Point(1.0, 0.0))
    assert person.contact.get() == Contact(email="abc")


def test_update_takes_no_part_away_that_the_whole_needs(Person):
    person = Person.create(address=HOME, contact={"email": "abc", "age": 3})
    with count_requests() as requests:
        for write in (person.update, person.hmset, Person.collection().update):
            with pytest.raises(
                ValidationError, match=r"Person\.address: there is no Address without address__city"
            ):
                write(address__city=None)
        with pytest.raises(ValidationError, match="no Point without address__at__lat"):
            person.address.at.update(lat=None)
        with pytest.raises(ValidationError, match="no Contact without contact__email"):
            person.contact.update(email=None, phones=["1"])
    assert requests.count == 0
    person.update(address__at__lat=None, address__at__lon=None, contact__age=None, address__tags=[])
    assert person.address.get() == Address(
        "Main 1", "Paris", None, [], {date(2026, 1, 2)}, seen=Point(3.0, 4.0)
    )
    assert person.contact.get() == Contact(email="abc")


def test_what_is_written_in_part_is_no_whole_yet(Person):
    person = Person.create(name="x")
    person.address.city.hset("Rome")
    person.address.tags.rpush("a")
    person.contact.update(age=3)
    assert (person.address.get(), person.contact.get(), person.dump().address) == (None, None, None)
    person.address.street.hset("s")
    person.address.at.lon.hset(2.0)  # a part of an inner one
    assert person.dump().address == person.address.get() == Address("s", "Rome", None, ["a"])
    person.address.at.lat.hset(1.0)
    assert person.address.get().at == Point(1.0, 2.0)
    person.address.city.delete()
    assert person.address.get() is None
    assert person.address.street.hget() == "s"
    with pytest.raises(DoesNotExist):
        Person.lazy_connect(99).address.get()


def test_a_required_whole_that_others_took_apart_is_told(database, raw):
    on = database

    class Customer(RedisModel):
        database = on
        address = fields.EmbeddedField(Address, required=True)

    customer = Customer.create(address=HOME)
    with pytest.raises(ValidationError, match=r"Customer\.address__city: a value is required"):
        customer.update(address__city=None)
    customer.address.city.delete()
    with pytest.raises(InvalidValueError, match=r"Customer\.address: Redis holds what is no whole"):
        customer.dump()
    assert_indexes_right(Customer)


def test_an_embedded_field_may_be_required_or_have_a_default(database):
    on = database

    class Shop(RedisModel):
        database = on
        place: Annotated[Address, Options(flat=True)]
        contact: Annotated[Contact, Options(flat=True, indexable=True)] = Contact(email="a@b", age=1)
        where: Annotated[Point, Options(flat=True)]

    class Stand(Shop):
        contact = None

    with pytest.raises(ValidationError) as refused:
        Shop.create()
    assert [problem.field for problem in refused.value.problems] == [
        "Shop.place__street",
        "Shop.place__city",
        "Shop.where__lat",
    ]
    shop = Shop.create(place=WORK, where=Point(1.0))
    assert shop.contact.get() == Contact(email="a@b", age=1)
    assert list(Shop.collection(contact__age__gte=1)) == [shop.get_pk()]
    with pytest.raises(ValidationError):
        shop.update(place=None)
    assert shop.dump().place == WORK
    stand = Stand.create(place=WORK, where=Point(2.0))
    assert [name for name in Stand._fields if name.startswith("contact")] == []
    assert stand.dump() == Stand.Record(pk=stand.get_pk(), place=WORK, where=Point(2.0))
    assert stand.place.get() == WORK
    assert_indexes_right(Shop, Stand)


def test_leaves_may_be_other_fields_and_sources_may_be_flat(database):
    on = database

    @dataclass
    class House:
        owner: str
        address: Annotated[Address, Options(flat=True)] = field(default_factory=lambda: WORK)

    class Hut(RedisModel):
        database = on
        address = fields.EmbeddedField(
            Address, leaves={"street": fields.StringField(unique=True), "tags": fields.SetField()}
        )

    hut = Hut.create(address=HOME)
    assert hut.address.street.get() == "Main 1" and hut.address.tags.smembers() == {"a"}
    House2 = dataclass(
        type(
            "House",
            (),
            {
                "__annotations__": {"address": Annotated[Spot, Options(flat=True)]},
                "address": field(default_factory=Spot),
            },
        )
    )
    Home = RedisModel.from_type(House2, database=on)
    home = Home.create()
    assert home.dump() == Home.Record(pk=home.get_pk(), address=Spot())
    with pytest.raises(ImplementationError, match="the default is a Address"):
        RedisModel.from_type(House, database=on)
    with pytest.raises(ImplementationError, match="needs no values"):
        fields.EmbeddedField(Point, default=Point)
    with pytest.raises(ImplementationError, match="has no town"):
        type(
            "Bad",
            (RedisModel,),
            {"address": fields.EmbeddedField(Address, leaves={"town": fields.SetField()})},
        )
    with pytest.raises(ImplementationError, match="neither"):
        type("Bad", (RedisModel,), {"address": fields.EmbeddedField(int)})
    with pytest.raises(ImplementationError, match="attribute"):
        type("Bad", (RedisModel,), {"delete": fields.EmbeddedField(Address)})
    assert_indexes_right(Hut)


def test_views_in_a_pipeline(database, Person):
    person = Person.create(address=HOME)
    with database.pipeline() as pipe:
        city, whole = person.address.city.hget(), person.address.get()
        pipe.execute()
    assert (city.value, whole.value) == ("Paris", HOME)


def test_checks_of_a_pydantic_model_see_embedded_values_and_typed_pks(database):
    class Trip(pydantic.BaseModel):
        id: int
        contact: Annotated[Contact, Options(flat=True)]
        top: int = 3

        @pydantic.model_validator(mode="after")
        def small(self):
            assert (self.contact.age or 0) <= self.top <= self.id, "too old"
            self.contact = Contact(email=self.contact.email.lower(), age=self.contact.age)
            return self

    Kept = RedisModel.from_type(Trip, database=database, id=fields.PKField(type=int))
    kept = Kept.create(id=7, contact=Contact(email="ABC", age=3))
    assert kept.dump() == Kept.Record(id=7, contact=Contact(email="abc", age=3), top=3)
    with pytest.raises(ValidationError, match="too old"):
        Kept.create(id=8, contact={"email": "abc", "age": 4})
    with pytest.raises(ValidationError, match="too old"):
        kept.update(contact={"email": "abc", "age": 4}, top=3)
    assert kept.update(contact={"email": "ABCD", "age": 4}, top=5)
    assert kept.contact.get() == Contact(email="abcd", age=4)
    assert_indexes_right(Kept)


def test_a_subclass_leaves_out_an_embedded_field_with_what_is_inside(Person):
    class Short(Person):
        address = None

    assert [name for name in (*Short._fields, *Short._embedded) if name.startswith("address")] == []
    short = Short.create(name="x")
    assert (
        not hasattr(short.dump(), "address") and Short.Record(pk="1", name="x", contact=None) == short.dump()
    )
    assert Person.create(address=HOME).dump().address == HOME


def test_a_mapping_may_have_the_names_of_fields_or_their_aliases(database):
    class Span(pydantic.BaseModel):
        first: int = pydantic.Field(alias="FIRST")
        last: int = 9

    class Trip(RedisModel):
        span = fields.EmbeddedField(Span)

    Trip.use_database(database)
    for given in ({"first": 1, "last": 3}, {"FIRST": 1, "last": 3}, Span(FIRST=1, last=3)):
        assert Trip.create(span=given).span.get() == Span(FIRST=1, last=3)


def test_a_field_of_the_name_of_a_part_is_refused():
    with pytest.raises(ImplementationError, match=r"Wrong\.at__x is declared already"):

        class Wrong(RedisModel):
            at = fields.EmbeddedField(Spot)
            at__x = fields.StringField()
