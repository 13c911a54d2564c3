"""Objects: coming into being, being found, changing, going; what they are in Python."""

from __future__ import annotations

import pytest

from limpyd_ng import fields, lifecycle
from limpyd_ng.collection import Q
from limpyd_ng.exceptions import (
    CommandError,
    ImplementationError,
    InvalidValueError,
    MultipleObjectsReturned,
    NotANumberError,
    UniquenessError,
)
from limpyd_ng.indexes import NumberRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import count_requests
from tests.native import dump, warm_up
from tests.oracle import assert_consistent
from tests.zoo import make_bike

FULL = {
    "code": "A1",
    "name": "Mono",
    "price": 10,
    "brand": "Acme",
    "note": "new",
    "hits": 0,
    "tags": ["red", "blue"],
    "log": ["a", "a"],
    "ranks": {"x": 1},
    "options": {"k": "v"},
    "plain_tags": ["p"],
    "built": "2024-05-01",
}


@pytest.fixture
def Bike(database):
    return make_bike(database)


@pytest.fixture
def Person(database):
    on = database
    made = []

    class Person(RedisModel):
        database = on
        name = fields.InstanceHashField(indexable=True)
        email = fields.StringField(unique=True)
        phones = fields.ListField(unique=True)
        roles = fields.SetField(unique=True)
        age = fields.InstanceHashField(indexes=[NumberRangeIndex])
        state = fields.StringField(default="new", indexable=True)
        number = fields.InstanceHashField(default=lambda: made.append(1) or len(made), indexable=True)
        groups = fields.SetField(default=["all"], indexable=True)

    Person.made = made
    return Person


# creating


def test_creating_writes_all_values_in_one_request(Bike, raw):
    warm_up(Bike.database, raw)
    with count_requests() as sent:
        bike = Bike(**FULL)
    assert sent.count == 1
    assert bike.connected
    assert bike.hgetall() == {"code": "A1", "name": "Mono", "price": "10", "note": "new"}
    assert (bike.brand.get(), bike.hits.get(), bike.built.get()) == ("Acme", "0", "2024-05-01")
    assert bike.tags.smembers() == {"red", "blue"}
    assert bike.log.lmembers() == ["a", "a"]
    assert bike.ranks.zmembers() == ["x"]
    assert bike.options.hgetall() == {"k": "v"}
    assert_consistent(Bike, raw)


def test_create_is_the_same_as_calling_the_model(Bike, raw):
    bike = Bike.create(**FULL)
    assert isinstance(bike, Bike)
    assert bike.pk.get() == "1"
    assert Bike.create().pk.get() == "2"
    assert set(Bike.collection()) == {"1", "2"}
    assert_consistent(Bike, raw)


REFUSED = [
    ({"email": "taken"}, UniquenessError),
    ({"phones": ["5", "1"]}, UniquenessError),
    ({"roles": ["cook", "boss"]}, UniquenessError),
    ({"age": "old"}, NotANumberError),
    ({"name": True}, InvalidValueError),
    ({"groups": ["a", None]}, InvalidValueError),
    ({"state": object()}, InvalidValueError),
    ({"nothing": "x"}, InvalidValueError),
    ({"pk": "7"}, InvalidValueError),
]


@pytest.mark.parametrize(("wrong", "error"), REFUSED, ids=lambda value: str(value)[:30])
def test_one_refused_value_and_nothing_at_all_is_written(Person, raw, wrong, error):
    Person(email="taken", phones=["1", "2"], roles=["boss"])
    before = dump(raw)
    values = {"name": "x", "groups": ["a", "b"], "email": "free", "phones": ["9"], "state": "good", **wrong}
    for order in (values, dict(reversed(values.items()))):
        with pytest.raises(error):
            Person(**order)
        with pytest.raises(error):
            Person.create(**order)
        assert dump(raw) == before
    assert Person(email="free").pk.get() == "2"
    assert_consistent(Person, raw)


def test_a_refused_change_of_several_fields_changes_nothing(Person, raw):
    Person(email="taken", phones=["1", "2"], roles=["boss"])
    person = Person(name="x", email="mine", phones=["3"], roles=["cook"], age=5)
    before = dump(raw)
    for wrong, error in REFUSED:
        with pytest.raises(error):
            person.update(**{"name": "other", "groups": ["z"], "email": "free", **wrong})
        assert dump(raw) == before


def test_a_duplicate_error_names_field_value_and_holder(Person):
    holder = Person(email="taken", phones=["1", "2"])
    with pytest.raises(UniquenessError, match=r"Person\.phones.*'2'") as refused:
        Person(phones=["3", "2"])
    assert (refused.value.field, refused.value.value, refused.value.pk) == (
        "Person.phones",
        "2",
        holder.pk.get(),
    )


def test_an_object_may_hold_a_unique_element_twice_and_get_it_back(Person, raw):
    person = Person(phones=["1", "1"], email="a")
    assert person.update(phones=["1"], email="a") is True
    person.update(phones=["2"], email="b")
    assert Person(phones=["1"], email="a").pk.get() == "2"
    assert_consistent(Person, raw)


@pytest.mark.parametrize(
    "ranks", [{"a": "not a score"}, {"a": float("nan")}, ["a"], ["ab"], [("a", 1, 2)], [1]]
)
def test_what_is_no_member_with_a_score_is_refused_before_anything_is_sent(Bike, raw, ranks):
    with count_requests() as sent, pytest.raises(InvalidValueError, match=r"Bike\.ranks"):
        Bike(code="x", tags=["a"], ranks=ranks)
    assert sent.count == 0
    assert dump(raw) == {}


def test_none_means_no_value(Person, raw):
    person = Person(name=None, email=None, phones=None, state=None, groups=None)
    assert person.state.get() is None
    assert person.groups.scard() == 0
    assert person.email.exists() == 0
    person.update(name="x", roles=["a"])
    person.update(name=None, roles=None)
    assert person.name.hget() is None
    assert person.roles.exists() == 0
    assert Person.collection(name=None) == [person.pk.get()]
    assert_consistent(Person, raw)


def test_arguments_that_make_no_sense_are_value_errors(Person):
    with count_requests() as sent:
        for call in (
            lambda: Person("1", name="x"),
            lambda: Person("1", "2"),
            lambda: Person(nothing="x"),
            lambda: Person.get(),
            lambda: Person.exists(),
            lambda: Person.lazy_connect("1").update(),
        ):
            with pytest.raises(ValueError):
                call()
    assert sent.count == 0


# an empty instance


def test_an_empty_instance_writes_nothing_and_has_no_pk(Person, raw):
    with count_requests() as sent:
        person, other = Person(), Person()
        assert "no pk" in repr(person)
        assert person == person
        assert person != other
        assert len({person, other}) == 2
        assert not person.connected
        with pytest.raises(Person.DoesNotExist):
            person.pk.get()
        with pytest.raises(Person.DoesNotExist):
            person.get_pk()
        with pytest.raises(Person.DoesNotExist):
            person.delete()
        with pytest.raises(Person.DoesNotExist):
            person.name.hget()
        with pytest.raises(Person.DoesNotExist):
            person.hgetall()
    assert sent.count == 0
    assert Person.made == []
    assert dump(raw) == {}


FIRST_WRITES = [
    ("name", "hset", ("x",)),
    ("email", "set", ("x",)),
    ("phones", "rpush", ("1",)),
    ("roles", "sadd", ("boss",)),
    ("age", "hincrby", (5,)),
]


@pytest.mark.parametrize(("name", "command", "args"), FIRST_WRITES)
def test_the_first_write_brings_an_object_into_being_with_its_defaults(Person, raw, name, command, args):
    person = Person()
    warm_up(Person.database, raw)
    with count_requests() as sent:
        getattr(getattr(person, name), command)(*args)
    assert sent.count == 1
    assert person.pk.get() == "1"
    assert (person.state.get(), person.number.hget(), person.groups.smembers()) == ("new", "1", {"all"})
    assert Person.collection(state="new") == ["1"]
    getattr(getattr(person, name), command)(*args)
    assert Person.collection() == ["1"]
    assert_consistent(Person, raw)


def test_the_first_write_may_be_to_a_field_with_a_default(Person, raw):
    person = Person()
    person.groups.sadd("own")
    assert person.groups.smembers() == {"all", "own"}
    other = Person()
    other.state.set("mine")
    assert other.state.get() == "mine"
    assert_consistent(Person, raw)


def test_a_refused_first_write_leaves_the_instance_empty(Person, raw):
    Person(email="taken")
    before = dump(raw)
    person = Person()
    with pytest.raises(UniquenessError):
        person.email.set("taken")
    with pytest.raises(NotANumberError):
        person.age.hset("old")
    with pytest.raises(CommandError):
        person.email.setrange(-1, "x")
    assert dump(raw) == before
    assert "no pk" in repr(person)
    person.email.set("free")
    assert person.pk.get() == "2"


def test_defaults_are_made_for_each_object_and_give_way_to_values(Person):
    assert Person(name="a").number.hget() == "1"
    assert Person(number=9).number.hget() == "9"
    assert Person(name="a").number.hget() == "2"
    assert Person(state="old", groups=["own"]).groups.smembers() == {"own"}
    assert len(Person.made) == 3


def test_defaults_are_not_written_again_by_later_writes(Person):
    person = Person(name="a")
    person.state.delete()
    person.name.hset("b")
    assert person.state.get() is None


def test_an_update_of_an_empty_instance_creates_it(Person, raw):
    person = Person()
    assert person.update(name="x", phones=["1"]) is True
    assert (person.pk.get(), person.state.get()) == ("1", "new")
    assert_consistent(Person, raw)


# finding


def test_a_pk_alone_fetches_an_object_in_one_request(Person):
    Person(name="x")
    with count_requests() as sent:
        person = Person("1")
    assert sent.count == 1
    assert (person.connected, person.name.hget()) == (True, "x")
    assert Person(1) == person
    with pytest.raises(Person.DoesNotExist, match=r"Person.*'99'"):
        Person("99")


def test_get_takes_a_pk_or_filters(Person, raw):
    one = Person(name="x", email="one")
    Person(name="y", email="two")
    warm_up(Person.database, raw)
    Person.get("1")
    with count_requests() as sent:
        assert Person.get("1") == Person.get(1) == Person.get(pk="1") == one
        assert (
            Person.get(name="x") == Person.get(email="one", state="new") == Person.get("1", name="x") == one
        )
    assert sent.count == 6
    assert Person.get(name="x").connected


def test_get_and_exists_take_conditions(Person, raw):
    one = Person(name="x", email="one")
    Person(name="y", email="two")
    Person.get(Q(name="x"))
    warm_up(Person.database, raw)
    with count_requests() as sent:
        assert Person.get(Q(email="one") | Q(email="three")) == one
        assert Person.get(~Q(email="two"), Q(state="new"), name="x") == Person.get(1, ~Q(name="y")) == one
        assert Person.exists(Q(name="x") | Q(name="z")) and not Person.exists(Q(name="x") & Q(email="two"))
        assert not Person.exists("2", ~Q(name="y")) and Person.exists(Q(pk=2))
    assert sent.count == 7
    with pytest.raises(MultipleObjectsReturned):
        Person.get(Q(email="one") | Q(email="two"))
    with pytest.raises(Person.DoesNotExist, match="no Person matches"):
        Person.get(~Q(state="new"))
    with count_requests() as sent:
        for wrong in (
            lambda: Person.get(),
            lambda: Person.get(None),
            lambda: Person.get(pk=None),
            lambda: Person.exists(Q()),
            lambda: Person.exists(1, pk=2),
            lambda: Person.get(Q(name="x"), "1"),
        ):
            with pytest.raises(InvalidValueError):
                wrong()
    assert sent.count == 0


def test_get_refuses_none_and_several(Person):
    Person(name="x")
    Person(name="x")
    for filters in ({"pk": "99"}, {"name": "nobody"}, {"name": "x", "pk": "99"}):
        with pytest.raises(Person.DoesNotExist):
            Person.get(**filters)
    with pytest.raises(MultipleObjectsReturned) as several:
        Person.get(name="x")
    assert isinstance(several.value, ValueError)


def test_exists_takes_a_pk_or_filters(Person):
    Person(name="x", email="one")
    assert [Person.exists("1"), Person.exists(1), Person.exists(pk="1"), Person.exists(name="x")] == [
        True
    ] * 4
    assert Person.exists(name="x", email="one") is True
    assert [Person.exists("2"), Person.exists(name="y"), Person.exists(name="x", email="two")] == [False] * 3
    with count_requests() as sent:
        Person.exists("1")
        Person.exists(name="x")
    assert sent.count == 2


@pytest.mark.faces("sync", "asyncio", reason="get_or_connect is refused in a pipeline")
def test_get_or_connect_says_whether_it_created(Person, raw):
    person, created = Person.get_or_connect(email="one", name="x")
    assert (person.pk.get(), created) == ("1", True)
    with count_requests() as sent:
        again, created = Person.get_or_create(email="one", name="x")
    assert (again, created, sent.count) == (person, False, 1)
    with pytest.raises(UniquenessError):
        Person.get_or_connect(email="one", name="other")
    assert_consistent(Person, raw)


@pytest.mark.faces("sync", "asyncio", reason="get_or_connect is refused in a pipeline")
def test_get_or_connect_finds_what_another_client_created_in_between(Person, monkeypatch):
    create = lifecycle.create

    def slow(*args):
        yield from create(*args)
        return (yield from create(*args))

    monkeypatch.setattr(lifecycle, "create", slow)
    person, created = Person.get_or_connect(email="one")
    assert (person.pk.get(), created) == ("1", False)
    assert Person.collection() == ["1"]


def test_from_pks_and_instances_give_objects(Person):
    for name in ("a", "b", "a"):
        Person(name=name)
    assert {person.pk.get() for person in Person.from_pks(["1", "99", 3])} == {"1", "3"}
    with count_requests() as sent:
        lazy = Person.from_pks(["1", "99"], lazy=True)
    assert (sent.count, [person.connected for person in lazy]) == (0, [False, False])
    assert {person.pk.get() for person in Person.instances(name="a")} == {"1", "3"}


# lazy


def test_a_lazy_instance_takes_no_request_until_it_is_used(Person):
    person = Person(name="x")
    with count_requests() as sent:
        lazy = Person.lazy_connect(person.pk.get())
        assert lazy == person
        assert repr(lazy) == repr(person)
        assert not lazy.connected
    assert sent.count == 0
    assert lazy.name.hget() == "x"


@pytest.mark.faces("sync", "asyncio", reason="the second look takes a request that a pipeline cannot send")
def test_a_lazy_instance_is_connected_by_what_shows_that_it_exists(Person, raw):
    person = Person(name="x")
    for use in (
        lambda lazy: lazy.name.hset("y"),
        lambda lazy: lazy.email.get(),
        lambda lazy: lazy.phones.rpush("1"),
        lambda lazy: lazy.pk.get(),
        lambda lazy: lazy.update(age=4),
        lambda lazy: lazy.hdel("age"),
    ):
        lazy = Person.lazy_connect(person.pk.get())
        use(lazy)
        assert lazy.connected
    with count_requests() as sent:
        lazy = Person.lazy_connect("1")
        assert lazy.email.get() is None
        assert lazy.email.get() is None
    assert sent.count == 3


@pytest.mark.faces("sync", "asyncio", reason="the second look takes a request that a pipeline cannot send")
def test_a_missing_object_can_be_neither_read_nor_written(Person, raw):
    lazy = Person.lazy_connect("99")
    for call in (
        lambda: lazy.name.hget(),
        lambda: lazy.name.hset("x"),
        lambda: lazy.email.set("x"),
        lambda: lazy.groups.sadd("x"),
        lambda: lazy.update(name="x"),
        lambda: lazy.update(name=None),
        lazy.delete,
        lazy.hgetall,
        lambda: lazy.state.get(),
        lambda: lazy.pk.get(),
    ):
        with pytest.raises(Person.DoesNotExist):
            call()
    assert dump(raw) == {}


# changing


def test_update_gives_fields_their_whole_new_content_in_one_request(Bike, raw):
    bike = Bike(**FULL)
    warm_up(Bike.database, raw)
    with count_requests() as sent:
        assert (
            bike.update(tags=["green"], log=[], ranks={"y": 2}, options={"z": 1}, name="Duo", brand=None)
            is True
        )
    assert sent.count == 1
    assert (bike.tags.smembers(), bike.log.lmembers(), bike.ranks.zmembers()) == ({"green"}, [], ["y"])
    assert (bike.options.hgetall(), bike.name.hget(), bike.brand.get()) == ({"z": "1"}, "Duo", None)
    assert bike.note.hget() == "new"
    assert_consistent(Bike, raw)


# going


def test_deleting_leaves_nothing_but_the_counter(Bike, raw):
    bike = Bike(**FULL)
    warm_up(Bike.database, raw)
    with count_requests() as sent:
        assert bike.delete() is True
    assert sent.count == 1
    assert list(dump(raw)) == [Bike.schema.keys.seq]
    assert "deleted" in repr(bike)
    assert not bike.connected
    for call in (
        bike.delete,
        lambda: bike.tags.smembers(),
        lambda: bike.pk.get(),
        lambda: bike.update(name="x"),
    ):
        with pytest.raises(Bike.DoesNotExist):
            call()
    assert list(dump(raw)) == [Bike.schema.keys.seq]
    assert Bike(code="A1").pk.get() == "2"


def test_deleting_one_object_leaves_the_others(Bike, raw):
    Bike(**FULL)
    other = Bike(**{**FULL, "code": "A2"})
    Bike("1").delete()
    assert Bike.collection(tags="red") == Bike.collection(name="Mono") == ["2"]
    assert other.tags.smembers() == {"red", "blue"}
    assert_consistent(Bike, raw)


def test_a_deleted_field_leaves_the_index(Person, raw):
    person = Person(name="x", email="a", phones=["1"], roles=["boss"])
    assert (person.email.delete(), person.phones.delete(), person.name.delete()) == (1, 1, 1)
    assert person.email.delete() == 0
    assert Person.collection(email="a") == Person.collection(phones="1") == Person.collection(name="x") == []
    assert Person(email="a", phones=["1"]).pk.get() == "2"
    assert_consistent(Person, raw)


# what an object is in Python


def test_objects_are_equal_by_class_and_pk(Person, Bike):
    person = Person(name="x")
    Bike(code="x")
    assert person == Person("1")
    assert hash(person) == hash(Person.lazy_connect("1"))
    assert person != Person(name="y")
    assert person != Bike("1")
    assert person != "1"
    assert {person, Person("1")} == {person}
    assert repr(person) == "<Person: pk=1>"


def test_every_read_asks_redis(Person):
    one = Person(name="x")
    two = Person(one.pk.get())
    one.name.hset("y")
    assert two.name.hget() == "y"
    assert set(vars(one)) <= {"_pk", "_connected", "_deleted", "_pending", "name", "pk"}


def test_get_field_works_on_instances(Person):
    person = Person(name="x")
    assert person.get_field("name").hget() == "x"
    assert person.get_field("pk").get() == "1"
    with pytest.raises(AttributeError):
        person.get_field("nothing")


def test_a_hook_sees_the_result_of_each_command_and_may_change_it(database):
    on, seen = database, []

    class Hooked(RedisModel):
        database = on
        name = fields.StringField(indexable=True)
        plain = fields.StringField()

        def post_command(self, sender, name, result, args, kwargs):
            seen.append((sender.name, name, result, args, kwargs))
            return result.upper() if name == "get" else result

    hooked = Hooked(name="x")
    assert hooked.name.set("abc", nx=True) is None
    assert hooked.plain.set("abc") is True
    assert hooked.plain.get() == "ABC"
    assert seen == [
        ("name", "set", None, ("abc",), {"nx": True}),
        ("plain", "set", True, ("abc",), {}),
        ("plain", "get", "abc", (), {}),
    ]


def test_a_subclass_of_a_field_type_adds_methods_of_its_own(database):
    on = database

    class Counter(fields.StringField):
        def bump(self):
            return self.incr(10)

    class Page(RedisModel):
        database = on
        hits = Counter(default=1, indexable=True)

    page = Page()
    assert page.hits.bump() == 11
    assert Page.collection(hits=11) == ["1"]


# keys


def test_the_keys_of_a_model_are_its_own_only(database, raw):
    on = database

    def make(name, space):
        return type(
            name,
            (RedisModel,),
            {
                "database": on,
                "namespace": space,
                "tags": fields.SetField(indexable=True),
                "n": fields.InstanceHashField(),
            },
        )

    first, longer, spaced = make("Item", "a"), make("ItemMore", "a"), make("Item", "a:b")
    for model in (first, longer, spaced):
        for tag in ("x", "*", "{y}"):
            model(tags=[tag], n=1)
    everything = set(raw.keys())
    found = [set(model.scan_model_keys(count=3)) for model in (first, longer, spaced)]
    assert set.union(*found) == everything
    assert sum(map(len, found)) == len(everything)
    assert all(key.startswith("{a:item}:") for key in found[0])


def test_the_keys_of_an_object_are_those_that_hold_its_fields(Bike):
    bike = Bike(tags=["a"], note="x", code="c")
    Bike(tags=["a"])
    assert set(bike.scan_keys()) == {bike.tags.key, bike.note.key}
    assert list(Bike.lazy_connect("99").scan_keys()) == []


def test_make_key_gives_keys_next_to_those_of_the_model(Bike, raw):
    key = Bike.make_key("report", 5)
    raw.set(key, "x")
    assert key == "{shop:bike}:own:report:5"
    assert key in set(Bike.scan_model_keys())
    bike = Bike(code="x")
    assert bike.tags.make_key("a", 1) == "a:1"


def test_two_models_with_names_that_could_run_together_share_no_key(database, raw):
    on = database
    one = type(
        "B", (RedisModel,), {"database": on, "namespace": "a", "c": fields.StringField(indexable=True)}
    )
    two = type("A_B", (RedisModel,), {"database": on, "c": fields.StringField(indexable=True)})
    one(c="x")
    two(c="y")
    assert (one.collection(c="x"), one.collection(c="y"), two.collection(c="y")) == (["1"], [], ["1"])


def test_an_instance_of_an_abstract_model_cannot_be_made(database):
    on = database

    class Base(RedisModel):
        abstract = True
        database = on
        name = fields.StringField()

    class Child(Base):
        pass

    with pytest.raises(ImplementationError):
        Base(name="x")
    assert Child(name="x").name.get() == "x"
