"""Models from annotations, dataclasses and pydantic models; objects as typed records."""

import copy
import dataclasses
import pickle
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, get_type_hints

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, UniquenessError, ValidationError
from limpyd_ng.model import RedisModel
from limpyd_ng.records import Options, RecordBase
from limpyd_ng.testing import assert_indexes_right, count_requests


@pytest.fixture
def Person(database):
    class Person(RedisModel):
        limit: ClassVar[int] = 3
        name: Annotated[str, Options(indexable=True)]
        age: int | None = None
        pay: Decimal = Decimal(10)
        tags: set[str]
        days: list[date]
        stock: dict[date, int]
        seen = fields.SortedSetField(type=int)

    Person.use_database(database)
    yield Person
    assert_indexes_right(Person)


def test_annotations_become_the_natural_fields(Person):
    kinds = {name: type(Person.get_field(name)) for name in Person._fields}
    assert kinds == {
        "pk": fields.AutoPKField,
        "seen": fields.SortedSetField,
        "name": fields.InstanceHashField,
        "age": fields.InstanceHashField,
        "pay": fields.InstanceHashField,
        "tags": fields.SetField,
        "days": fields.ListField,
        "stock": fields.HashField,
    }
    assert Person.limit == 3


def test_annotated_values_are_typed_and_those_without_a_default_required(Person):
    with pytest.raises(ValidationError, match=r"^Person\.name: a value is required$"):
        Person.create(age=3)
    with pytest.raises(ValidationError, match="is no int"):
        Person.create(name="x", age="3")
    person = Person.create(name="Ann", days=[date(2026, 1, 1)])
    assert list(Person.collection(name="Ann")) == [person.get_pk()]
    assert (person.age.hget(), person.pay.hget()) == (None, Decimal(10))


def test_a_dump_has_all_values_in_one_request(Person):
    day = date(2026, 1, 1)
    person = Person.create(name="Ann", tags={"a"}, days=[day], stock={day: 3}, seen={5: 1.5})
    person.dump()  # a first use of a script goes with its text
    with count_requests() as sent:
        record = person.dump()
    assert sent.count == 1
    assert record == Person.Record(
        pk=person.get_pk(),
        name="Ann",
        age=None,
        pay=Decimal(10),
        tags={"a"},
        days=[day],
        stock={day: 3},
        seen={5: 1.5},
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.name = "Bob"


def test_a_record_tells_its_types(Person):
    assert Person.Record is Person.Record
    hints = get_type_hints(Person.Record)
    assert hints["pk"] is str
    assert (hints["name"], hints["age"], hints["tags"]) == (str | None, int | None, set[str])
    assert (hints["days"], hints["stock"], hints["seen"]) == (list[date], dict[date, int], dict[int, float])


@dataclasses.dataclass
class Brief:
    name: str
    tags: set[str]
    age: int | None
    pk: str = ""
    nick: str = "none"  # the model has none
    pay: Decimal = Decimal(7)


@dataclasses.dataclass
class Salary:
    pay: Decimal
    bonus: Decimal


def test_a_dump_is_made_into_a_type_of_ones_own(Person):
    person = Person.create(name="Ann", tags={"a"})
    person.dump()
    with count_requests() as sent:
        assert person.dump(Brief) == Brief("Ann", {"a"}, None, person.get_pk(), "none", Decimal(10))
    assert sent.count == 1
    person.pay.delete()
    assert person.dump(Brief).pay == Decimal(7)  # it may not be None
    with count_requests() as sent:
        with pytest.raises(ImplementationError, match="Salary needs bonus, which Person does not have"):
            person.dump(Salary)
        with pytest.raises(ImplementationError, match="neither a dataclass nor a pydantic model"):
            person.dump(dict)
    assert sent.count == 0
    with pytest.raises(Person.DoesNotExist):
        Person.lazy_connect(99).dump(Brief)


def test_a_dump_is_made_into_a_pydantic_model(database):
    pydantic = pytest.importorskip("pydantic", reason="needs the pydantic extra")

    @dataclasses.dataclass
    class Address:
        street: str
        number: int

    class AddressOut(pydantic.BaseModel):
        street: str

    class Out(pydantic.BaseModel):
        id: int
        name: str = pydantic.Field(min_length=2, alias="called")
        address: AddressOut | None = None
        other: AddressOut | None = None

    class Person(RedisModel):
        id = fields.PKField(type=int)
        name: str
        address: Annotated[Address | None, Options(flat=True)]
        other: Address | None = None

    Person.use_database(database)
    person = Person.create(id=3, name="Ann", address=Address("Main", 1), other=Address("Side", 2))
    out = person.dump(Out)
    assert out.model_dump() == {
        "id": 3, "name": "Ann", "address": {"street": "Main"}, "other": {"street": "Side"},
    }  # fmt: skip
    person.name.hset("A")
    with pytest.raises(InvalidValueError, match="Person: Redis holds what makes no Out: .*at least 2 char"):
        person.dump(Out)
    assert isinstance(person.dump(), RecordBase)


def test_a_dump_of_a_missing_object_raises(Person):
    person = Person.create(name="Ann")
    other = Person.lazy_connect(person.get_pk())
    person.delete()
    with pytest.raises(Person.DoesNotExist):
        other.dump()


def test_a_subclass_has_a_record_of_its_own(Person):
    class Worker(Person):
        job: str

    assert "job" in get_type_hints(Worker.Record)
    assert "job" not in get_type_hints(Person.Record)


@dataclasses.dataclass
class Book:
    title: str
    pages: int = 0
    authors: list[str] = dataclasses.field(default_factory=lambda: ["unknown"])
    lent: date | None = None


def test_a_model_is_made_from_a_dataclass(database):
    Shelf = RedisModel.from_type(Book, database=database, title=fields.StringField(type=str, unique=True))
    book = Shelf.create(title="Ulysses")
    values = dataclasses.asdict(book.dump())
    assert values.pop("pk") == "1"
    assert Book(**values) == Book("Ulysses")
    assert list(Shelf.collection(title="Ulysses")) == ["1"]
    assert_indexes_right(Shelf)


def test_a_model_is_made_from_a_pydantic_model(database):
    pydantic = pytest.importorskip("pydantic", reason="needs the pydantic extra")

    class Address(pydantic.BaseModel):
        street: str

    class Member(pydantic.BaseModel):
        name: str = pydantic.Field(min_length=2)
        age: int = 18
        address: Address
        tags: set[str] = pydantic.Field(default_factory=set)

    Stored = RedisModel.from_type(Member, name="Stored", database=database)
    with pytest.raises(ValidationError) as refused:
        Stored.create(name="A", age=1)
    assert [problem.field for problem in refused.value.problems] == ["Stored.address", "Stored.name"]
    stored = Stored.create(name="Ann", address=Address(street="Main"), tags={"x"})
    values = dataclasses.asdict(stored.dump())
    del values["pk"]
    assert Member(**values) == Member(name="Ann", address=Address(street="Main"), tags={"x"})


def test_fastapi_returns_and_documents_records(database):
    fastapi = pytest.importorskip("fastapi", reason="needs fastapi")
    testclient = pytest.importorskip("fastapi.testclient", reason="needs the test client")

    class Bike(RedisModel):
        name: str
        price: Decimal | None = None
        tags: set[str]

    Bike.use_database(database)
    app = fastapi.FastAPI()

    @app.get("/bikes/{pk}", response_model=Bike.Record)
    def bike(pk: str):
        return Bike.lazy_connect(pk).dump()

    Bike.create(name="speedy", price=Decimal("1.50"), tags={"red"})
    client = testclient.TestClient(app)
    assert client.get("/bikes/1").json() == {"pk": "1", "name": "speedy", "price": "1.5", "tags": ["red"]}
    schema = client.get("/openapi.json").json()["components"]["schemas"]["BikeRecord"]
    assert set(schema["properties"]) == {"pk", "name", "price", "tags"}


def test_validators_of_a_pydantic_model_hold_for_every_write(database):
    pydantic = pytest.importorskip("pydantic", reason="needs the pydantic extra")

    class Guest(pydantic.BaseModel):
        name: str
        nick: str | None = None

        @pydantic.field_validator("*")
        @classmethod
        def polite(cls, value):
            if value == "rude":
                raise ValueError("be polite")
            return value

        @pydantic.field_validator("name", mode="before")
        @classmethod
        def stripped(cls, value):
            return value.strip() if isinstance(value, str) else value

    Stored = RedisModel.from_type(Guest, database=database)
    stored = Stored.create(name=" Ann ")
    assert stored.name.hget() == "Ann"
    for wrong in (
        lambda: Stored.create(name="rude"),
        lambda: stored.update(nick="rude"),
        lambda: stored.name.hset(" rude "),
    ):
        with pytest.raises(InvalidValueError, match="be polite"):
            wrong()


def test_a_default_that_depends_on_other_fields_is_refused():
    pydantic = pytest.importorskip("pydantic", reason="needs the pydantic extra")

    class Span(pydantic.BaseModel):
        first: int = 0
        last: int = pydantic.Field(default_factory=lambda data: data["first"])

    with pytest.raises(ImplementationError, match="last: its default depends on other fields"):
        RedisModel.from_type(Span)


def test_containers_that_may_be_none_are_fields_of_many_values(database):
    class Box(RedisModel):
        words: set[str] | None = None
        pages: list[int] | None

    Box.use_database(database)
    assert type(Box.get_field("words")) is fields.SetField
    assert type(Box.get_field("pages")) is fields.ListField
    assert Box.create().dump() == Box.Record("1", set(), [])


@pytest.mark.parametrize("name", ["delete", "dump", "Record", "clean", "schema"])
def test_an_annotation_cannot_have_the_name_of_what_models_have(name):
    with pytest.raises(ImplementationError, match="cannot have the name of an attribute"):
        type("Wrong", (RedisModel,), {"__annotations__": {name: int}, "__module__": __name__})


def test_annotated_settings_are_no_fields(database):
    class Quiet(RedisModel):
        namespace: str = "quiet"
        abstract: bool = True

    assert Quiet._fields == ("pk",)


@pytest.mark.parametrize("source", [int, "Book", Book("x")])
def test_a_model_cannot_be_made_from_anything_else(source):
    with pytest.raises(ImplementationError, match="neither a dataclass nor a pydantic model"):
        RedisModel.from_type(source)


def test_an_annotation_that_cannot_be_understood_is_refused():
    with pytest.raises(ImplementationError, match=r"Wrong\.x: the annotation 'Nowhere' cannot be understood"):

        class Wrong(RedisModel):
            x: "Nowhere"  # noqa: F821


def test_options_and_notes_may_stand_inside_of_what_may_be_none(database):
    class Note(RedisModel):
        name: Annotated[str, Options(unique=True)] | None
        words: Annotated[set[str], Options(indexable=True)] | None
        size: Annotated[int | None, "in pages"]
        kind: Literal["a", "b", None]

    Note.use_database(database)
    note = Note.create(words={"x"})
    assert note.dump() == Note.Record(pk="1", name=None, words={"x"}, size=None, kind=None)
    assert list(Note.collection(words="x")) == ["1"]
    Note.create(name="n")
    with pytest.raises(UniquenessError):
        Note.create(name="n")
    assert_indexes_right(Note)


@pytest.mark.parametrize(
    "kind, told",
    [
        (set[Annotated[str, Options(indexable=True)]], "about the whole field"),
        (dict[str, Annotated[int, Options(min=1)]], "about the whole field"),
        (Annotated[str, Options(unique=True)] | int, "about the whole field"),
        (Annotated[str, Options(indexed=True)], "unexpected keyword argument 'indexed'"),
        (object(), "no codec for"),
    ],
    ids=["members", "values", "one of several", "unknown option", "no type"],
)
def test_annotations_that_cannot_work_are_told_by_name(kind, told):
    with pytest.raises(ImplementationError, match=rf"^Wrong\.field: .*{told}"):
        type("Wrong", (RedisModel,), {"__annotations__": {"field": kind}, "__module__": __name__})


class Kept(RedisModel):
    name: str
    tags: set[str]


def test_records_and_objects_can_be_pickled_and_copied(database):
    with Kept.use_database(database):
        kept = Kept.create(name="a", tags={"x"})
        assert kept.name.hget() == "a"
        record = kept.dump()
        for again in (pickle.loads(pickle.dumps(record)), copy.copy(record), copy.deepcopy(record)):
            assert again == record and type(again) is Kept.Record
        for again in (pickle.loads(pickle.dumps(kept)), copy.copy(kept), copy.deepcopy(kept)):
            assert again == kept and again.name.hget() == "a"
            assert again.name.holder is again
        assert_indexes_right(Kept)
