"""Relations: what may be given, what comes back, names of the other side, targets found late."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from limpyd_ng import fields
from limpyd_ng.contrib import related
from limpyd_ng.database import RedisDatabase
from limpyd_ng.exceptions import (
    DoesNotExist,
    ImplementationError,
    InvalidValueError,
    PipelineError,
    UniquenessError,
)
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up
from tests.oracle import assert_consistent


def make_models(on):
    class Person(related.RelatedModel):
        database = on
        name = fields.PKField()
        following = related.M2MSetField("self", related_name="followers")

    class Group(related.RelatedModel):
        database = on
        name = fields.PKField()
        private = fields.StringField(default=0, indexable=True)
        owner = related.FKInstanceHashField("Person", related_name="owned_groups")
        deputy = related.FKStringField(Person, related_name="deputy_of")
        members = related.M2MSetField("Person", related_name="membership")
        queue = related.M2MListField("Person", related_name="queues")
        ranks = related.M2MSortedSetField("Person", related_name="ranked_in")
        parent = related.FKStringField("self", related_name="children")

    return SimpleNamespace(Person=Person, Group=Group)


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture
def world(database, raw):
    models = make_models(database)
    models.ybon, models.twidi = models.Person(name="ybon"), models.Person(name="twidi")
    models.core = models.Group(name="core devs")
    models.fans = models.Group(name="fans", private=1)
    yield models
    assert_indexes_right(models.Person, models.Group)
    assert_consistent(models.Group, raw)


def given(world, how):
    """The same person as an object, as a pk, and as a foreign key."""
    if how == "fk":
        world.fans.owner.hset("ybon")
        world.fans.deputy.set("ybon")
    return {"object": world.ybon, "pk": "ybon", "fk": world.fans.owner, "string fk": world.fans.deputy}[how]


ways = pytest.mark.parametrize("how", ["object", "pk", "fk"])
reading_ways = pytest.mark.parametrize(
    "how",
    [
        "object",
        "pk",
        pytest.param(
            "fk",
            marks=pytest.mark.faces(
                "sync", "asyncio", reason="reading with a foreign key's value takes a request for it first"
            ),
        ),
    ],
)

WRITES = [
    ("owner", "hset", lambda v: ((v,), {}), "hget", "ybon"),
    ("owner", "hsetnx", lambda v: ((v,), {}), "hget", "ybon"),
    ("owner", "proxy_set", lambda v: ((v,), {}), "hget", "ybon"),
    ("deputy", "set", lambda v: ((v,), {}), "get", "ybon"),
    ("deputy", "setnx", lambda v: ((v,), {}), "get", "ybon"),
    ("deputy", "getset", lambda v: ((v,), {}), "get", "ybon"),
    ("deputy", "set", lambda v: ((v,), {"nx": True}), "get", "ybon"),
    ("members", "sadd", lambda v: (("twidi", v), {}), "smembers", {"ybon", "twidi"}),
    ("members", "srem", lambda v: ((v,), {}), "smembers", set()),
    ("queue", "rpush", lambda v: ((v, "twidi", v), {}), "lmembers", ["ybon", "twidi", "ybon"]),
    ("queue", "lpush", lambda v: ((v,), {}), "lmembers", ["ybon"]),
    ("queue", "lpushx", lambda v: ((v,), {}), "lmembers", []),
    ("queue", "lrem", lambda v: ((0, v), {}), "lmembers", []),
    ("ranks", "zadd", lambda v: (({v: 3, "twidi": 1},), {}), "zmembers", ["twidi", "ybon"]),
    ("ranks", "zincrby", lambda v: ((2, v), {}), "zmembers", ["ybon"]),
    ("ranks", "zrem", lambda v: ((v,), {}), "zmembers", []),
]


@ways
@pytest.mark.parametrize(
    ("name", "command", "call", "reader", "expected"), WRITES, ids=[f"{w[0]}.{w[1]}" for w in WRITES]
)
def test_a_write_takes_an_object_a_pk_or_a_foreign_key_in_one_request(
    world, how, name, command, call, reader, expected
):
    args, kwargs = call(given(world, how))
    field = getattr(world.core, name)
    with count_requests() as sent:
        getattr(field, command)(*args, **kwargs)
    assert sent.count == 1
    assert getattr(field, reader)() == expected


@reading_ways
def test_lists_replace_and_insert_what_they_are_given(world, how):
    value = given(world, how)
    world.core.queue.rpush("twidi", "twidi")
    world.core.queue.lset(0, value)
    world.core.queue.linsert("BEFORE", "twidi", value)
    assert world.core.queue.lmembers() == ["ybon", "ybon", "twidi"]
    assert world.core.queue.lrank(value) == 0
    assert world.core.queue.lcount(value) == 2
    assert world.core.queue.lcontains(value) is True


@reading_ways
def test_reads_take_an_object_a_pk_or_a_foreign_key(world, how):
    value = given(world, how)
    world.core.members.sadd("ybon")
    world.core.ranks.zadd({"twidi": 1, "ybon": 2.5})
    assert world.core.members.sismember(value) == 1
    assert world.core.members.smismember([value, "twidi"]) == [1, 0]
    assert world.core.ranks.zscore(value) == 2.5
    assert world.core.ranks.zrank(value) == 1
    assert world.core.ranks.zrevrank(value) == 0


@ways
def test_creating_and_updating_take_them_too(world, how):
    value = given(world, how)
    everything = {
        "owner": value,
        "deputy": value,
        "members": [value, "twidi"],
        "queue": [value, value],
        "ranks": {value: 2},
    }
    with count_requests() as sent:
        group = world.Group(name="new", **everything)
        world.core.update(**everything)
        world.core.hmset(owner=value)
    assert sent.count == 3
    for each in (group, world.core):
        assert each.owner.hget() == each.deputy.get() == "ybon"
        assert each.members.smembers() == {"ybon", "twidi"}
        assert each.queue.lmembers() == ["ybon", "ybon"]
        assert each.ranks.zmembers() == ["ybon"]


def test_a_foreign_key_with_no_value_has_none_to_give(world):
    with pytest.raises(InvalidValueError, match=r"Group.owner of pk 'fans' holds no value"):
        world.core.members.sadd("ybon", world.fans.owner)
    with pytest.raises(InvalidValueError, match=r"Group.owner of pk 'fans' holds no value"):
        world.core.members.sismember(world.fans.owner)
    assert world.core.members.scard() == 0


def test_an_object_that_is_not_saved_or_of_another_model_is_refused_before_anything_is_sent(world):
    with count_requests() as sent:
        with pytest.raises(InvalidValueError, match=r"Group.owner: this Person has no pk yet"):
            world.core.owner.hset(world.Person())
        with pytest.raises(InvalidValueError, match=r"Group.members: this Person has no pk yet"):
            world.core.members.sadd("ybon", world.Person())
        with pytest.raises(
            InvalidValueError, match=r"Group.owner leads to Person objects; <Group: pk=fans> is none"
        ):
            world.Group(name="x", owner=world.fans)
        with pytest.raises(InvalidValueError, match=r"leads to Person"):
            world.Group.collection(members__in=[world.fans])
        with pytest.raises(InvalidValueError, match="None cannot be stored"):
            world.core.owner.hset(None)
    assert sent.count == 0


def test_an_object_that_was_deleted_is_refused(world):
    world.twidi.delete()
    with pytest.raises(DoesNotExist, match="deleted"):
        world.core.owner.hset(world.twidi)


@pytest.mark.parametrize(
    "write",
    [
        lambda group: group.owner.hset("nobody"),
        lambda group: group.deputy.set("nobody"),
        lambda group: group.members.sadd("ybon", "nobody"),
        lambda group: group.queue.rpush("ybon", "nobody"),
        lambda group: group.ranks.zadd({"ybon": 1, "nobody": 2}),
        lambda group: group.update(private=5, owner="nobody"),
        lambda group: type(group)(name="other", owner="nobody"),
    ],
)
def test_a_pk_that_no_object_has_is_refused_and_nothing_is_written(world, raw, write):
    before = sorted(raw.scan_iter())
    with pytest.raises(world.Person.DoesNotExist, match=r"Group\.\w+: no Person has the pk 'nobody'"):
        write(world.core)
    assert sorted(raw.scan_iter()) == before
    assert world.core.private.get() == "0"


def test_must_exist_false_lets_a_field_point_to_what_is_not_there_yet(database):
    class Note(related.RelatedModel):
        after = related.FKStringField("self", must_exist=False, related_name="next")

    Note.use_database(database)
    note = Note(after="7")
    assert note.after.get() == "7"
    assert Note.collection(after="7") == ["1"]
    assert note.after.instance(lazy=True) == Note.lazy_connect(7)
    with pytest.raises(Note.DoesNotExist, match="'7'"):
        note.after.instance()


# foreign keys


def test_a_check_reports_pks_of_no_object_where_they_must_exist(database, raw):
    class Person(related.RelatedModel):
        name = fields.PKField()

    class Group(related.RelatedModel):
        owner = related.FKInstanceHashField(Person, related_name="owned")
        queue = related.M2MListField(Person, related_name="queues")
        guests = related.M2MSetField(Person, must_exist=False, related_name="guest_in")
        later = related.FKStringField("Undeclared", indexes=[EqualIndex])

    Group.use_database(database)
    Person.use_database(database)
    Person(name="ann")
    group = Group(owner="ann", queue=["ann", "ann"], guests=["nobody"])
    assert Group.check_indexes() == []
    raw.srem("{person}:pks", "ann")  # behind the library's back
    found = Group.repair_indexes()
    assert [(one.kind, one.field, one.pk, one.value) for one in found] == [
        ("dangling", "Group.owner", "1", "ann"),
        ("dangling", "Group.queue", "1", "ann"),
    ]
    assert Group.get_field("guests").get_index().check() == []
    assert "'ann'" in str(found[0])
    group.owner.delete()
    group.queue.lrem(0, "ann")
    assert Group.check_indexes() == []


def test_instance_gives_the_object_in_one_request_and_none_where_there_is_no_value(world):
    world.core.owner.hset(world.ybon)
    world.core.deputy.set(world.twidi)
    world.core.owner.instance()
    with count_requests() as sent:
        owner, deputy = world.core.owner.instance(), world.core.deputy.instance()
        nobody = world.fans.owner.instance()
    assert sent.count == 3
    assert owner == world.ybon
    assert owner.connected
    assert deputy == world.twidi
    assert nobody is None
    assert not world.core.owner.instance(lazy=True).connected


def test_instance_of_a_missing_object_says_so(world):
    ghost = world.Group.lazy_connect("ghost")
    with pytest.raises(world.Group.DoesNotExist):
        ghost.owner.instance()
    with pytest.raises(world.Group.DoesNotExist):
        ghost.deputy.instance(lazy=True)


def test_a_unique_foreign_key_is_one_to_one(database, raw):
    class Man(related.RelatedModel):
        hat = related.FKStringField("Hat", unique=True, related_name="wearer")

    class Hat(related.RelatedModel):
        name = fields.StringField()

    Man.use_database(database)
    Hat.use_database(database)
    hat = Hat(name="bowler")
    man = Man(hat=hat)
    with pytest.raises(UniquenessError):
        Man(hat=hat)
    assert hat.wearer() == ["1"]
    hat.delete()
    assert man.hat.get() is None
    assert_indexes_right(Man)
    assert_consistent(Man, raw)


# the other side


def test_a_related_collection_is_one_request_and_takes_filters(world):
    world.core.owner.hset(world.ybon)
    world.fans.owner.hset(world.ybon)
    assert set(world.ybon.owned_groups()) == {"core devs", "fans"}
    with count_requests() as sent:
        assert world.ybon.owned_groups(private=1) == ["fans"]
        assert world.ybon.owned_groups().filter(private=0) == ["core devs"]
        assert world.ybon.owned_groups.collection(private=1) == ["fans"]
        assert list(world.ybon.owned_groups(private=1).instances()) == [world.fans]
        assert world.ybon.owned_groups().count() == 2
        assert world.twidi.owned_groups() == []
    assert sent.count == 6


def test_every_kind_of_relation_has_its_other_side(world):
    world.core.deputy.set("ybon")
    world.core.members.sadd("ybon", "twidi")
    world.core.queue.rpush("ybon", "ybon")
    world.core.ranks.zadd({"ybon": 1})
    world.fans.parent.set(world.core)
    world.ybon.following.sadd("twidi")
    for name in ("deputy_of", "membership", "queues", "ranked_in"):
        assert getattr(world.ybon, name)() == ["core devs"], name
    assert world.twidi.membership() == ["core devs"]
    assert world.core.children() == ["fans"]
    assert world.twidi.followers() == ["ybon"]


def test_pointing_elsewhere_moves_the_entry_of_the_other_side(world):
    world.core.owner.hset(world.ybon)
    world.core.owner.hset(world.twidi)
    assert world.ybon.owned_groups() == []
    assert world.twidi.owned_groups() == ["core devs"]


def test_filters_take_objects(world):
    world.core.owner.hset(world.ybon)
    world.core.members.sadd(world.ybon, world.twidi)
    assert world.Group.collection(owner=world.ybon) == ["core devs"]
    assert world.Group.collection(owner__in=[world.ybon, "twidi"], members=world.twidi) == ["core devs"]
    assert world.Group.collection(owner=None) == ["fans"]
    assert world.Group.collection(owner__in=iter([world.ybon])) == ["core devs"]
    assert world.Group.collection(owner__not_in=(one for one in [world.twidi])).sort() == [
        "core devs",
        "fans",
    ]
    assert world.Person.collection(owned_groups__in=iter([world.core])) == ["ybon"]
    assert world.Person.collection(pk__in={world.ybon, "nobody"}) == ["ybon"]


def test_filters_and_sources_refuse_objects_of_other_models_and_unsaved_ones(world):
    with count_requests() as sent:
        for wrong, message in ((world.core, "leads to Person"), (world.Person(), "no pk yet")):
            for ask in (
                lambda wrong=wrong: world.Group.collection(owner=wrong),
                lambda wrong=wrong: world.Group.collection(members__in=iter([wrong])),
                lambda wrong=wrong: world.Person.collection(pk=wrong),
                lambda wrong=wrong: world.Person.collection(pk__in=[wrong]),
                lambda wrong=wrong: world.Person.collection(pk__not_in={wrong}),
                lambda wrong=wrong: world.Person.collection().intersect([wrong]),
                lambda wrong=wrong: world.Person.collection().union([wrong]),
                lambda wrong=wrong: world.Person.collection().difference(iter([wrong])),
            ):
                with pytest.raises(InvalidValueError, match=message):
                    ask()
        with pytest.raises(InvalidValueError, match=r"Group.owner.*read it"):
            world.Group.collection(deputy__in=[world.core.owner])
    assert sent.count == 0


def test_the_other_side_of_an_object_without_a_pk_is_an_error(world):
    with pytest.raises(InvalidValueError, match="no pk yet"):
        world.Person().owned_groups()


def test_an_attribute_that_is_no_related_name_is_an_attribute_error_as_ever(world):
    with pytest.raises(AttributeError, match="'owned_gruops'"):
        _ = world.ybon.owned_gruops
    assert not hasattr(world.ybon, "_nothing")
    assert "owned_groups" in dir(world.ybon)


def test_the_default_related_name_is_that_of_the_model_and_set(database):
    class Author(related.RelatedModel):
        name = fields.StringField()

    class Book(related.RelatedModel):
        author = related.FKStringField("Author")

    Author.use_database(database)
    Book.use_database(database)
    author = Author(name="x")
    book = Book(author=author)
    assert list(author.book_set().instances()) == [book]


def test_names_with_placeholders_serve_subclasses(database):
    class Person(related.RelatedModel):
        name = fields.StringField()

    class BaseGroup(related.RelatedModel):
        namespace = "my-groups"
        abstract = True
        owner = related.FKStringField(":Person", related_name="%(namespace)s_%(model)s_Set")

    class PublicGroup(BaseGroup):
        pass

    class PrivateGroup(BaseGroup):
        pass

    for model in (Person, PublicGroup, PrivateGroup):
        model.use_database(database)
    person = Person(name="x")
    PublicGroup(owner=person)
    PrivateGroup(owner=person)
    PrivateGroup(owner=person)
    assert person.my_groups_publicgroup_set() == ["1"]
    assert sorted(person.my_groups_privategroup_set()) == ["1", "2"]


def test_a_relation_to_a_model_is_not_one_to_its_subclass(database):
    class Person(related.RelatedModel):
        name = fields.StringField()

    class Employee(Person):
        pass

    class Group(related.RelatedModel):
        owner = related.FKStringField(Person, related_name="groups")

    for model in (Person, Employee, Group):
        model.database = None
    Person.use_database(database)
    Group.use_database(database)
    employee = Employee(name="e")
    with pytest.raises(InvalidValueError, match="leads to Person"):
        Group(owner=employee)
    with pytest.raises(AttributeError):
        employee.groups()


def test_self_in_a_base_class_points_to_each_subclass(database):
    class Node(related.RelatedModel):
        abstract = True
        parent = related.FKStringField("self", related_name="children")

    class Leaf(Node):
        pass

    class Twig(Node):
        pass

    Leaf.use_database(database)
    Twig.use_database(database)
    leaf = Leaf.create(parent=None)
    assert Leaf(parent=leaf).parent.instance() == leaf
    with pytest.raises(InvalidValueError):
        Twig(parent=leaf)
    assert leaf.children() == ["2"]


# the objects of a field of many


def test_calling_a_field_of_many_gives_its_collection_in_one_request(world):
    world.core.members.sadd("ybon", "twidi")
    world.ybon.following.sadd("twidi")
    with count_requests() as sent:
        assert world.core.members() == {"ybon", "twidi"}
        assert list(world.core.members().sort(desc=True).instances()) == [world.ybon, world.twidi]
        assert world.core.members.collection(followers="ybon") == ["twidi"]
        assert world.core.members(pk="ybon").count() == 1
        assert world.fans.members() == []
        assert len(world.ybon.following()) == 1
    assert sent.count == 6


def test_it_is_in_the_order_of_the_list_or_sorted_set(world):
    names = [world.Person(name=f"n{number}").pk.get() for number in range(9)]
    chance = random.Random(1)
    for _ in range(5):
        order = chance.sample(names, 9)
        world.core.queue.delete()
        world.core.queue.rpush(*order, order[0], order[4])
        world.core.ranks.delete()
        world.core.ranks.zadd({name: place for place, name in enumerate(order)})
        for field in (world.core.queue, world.core.ranks):
            with count_requests() as sent:
                assert field() == order
                assert field()[2:5] == order[2:5]
                assert field()[-1] == order[-1]
                assert list(field(pk__in=order[3:]).instances()) == [world.Person(name) for name in order[3:]]
            assert sent.count == 4 + 6
            assert field().sort() == sorted(order)
            assert field().count() == 9


def test_a_field_of_many_with_pks_that_are_not_there_gives_those_that_are(database):
    class Note(related.RelatedModel):
        after = related.M2MListField("self", must_exist=False, related_name="before")

    Note.use_database(database)
    note = Note(after=["9", "1"])
    assert note.after() == ["1"]
    assert note.after.lmembers() == ["9", "1"]


# what cannot be declared


def declare(database, class_name="Group", namespace="", /, base=related.RelatedModel, **attributes):
    attributes = {"database": database, "namespace": namespace, "__module__": __name__, **attributes}
    return type(class_name, (base,), attributes)


@pytest.mark.parametrize("to", [None, 5, "", RedisModel, str, related.RelatedModel])
def test_to_is_a_related_model_or_a_name(to):
    with pytest.raises(ImplementationError, match=r"FKStringField: .*('to'|abstract)"):
        related.FKStringField(to)


@pytest.mark.parametrize(
    "options", [{"on_delete": "explode"}, {"related_name": 5}, {"default": "1", "unique": True}]
)
def test_wrong_options_are_refused(options):
    with pytest.raises(ImplementationError):
        related.FKStringField("Person", **options)


@pytest.mark.parametrize(
    "name", ["2groups", "my groups", "class", "_groups", "a__b", "%(what)s", "%s", "%", ""]
)
def test_a_related_name_is_a_name_of_an_attribute(database, name):
    with pytest.raises(ImplementationError, match="related"):
        declare(database, owner=related.FKStringField("Person", related_name=name))
    assert database.models == ()


def test_a_related_field_needs_a_related_model():
    with pytest.raises(ImplementationError, match=r"Group.owner: relations are for RelatedModels"):
        declare(None, base=RedisModel, owner=related.FKStringField("Person"))


@pytest.mark.parametrize("name", ["name", "pk", "nick", "delete", "collection", "greet", "schema"])
@pytest.mark.parametrize("target_first", [True, False])
def test_a_related_name_never_hides_a_field_or_a_method(database, name, target_first):
    def person():
        return declare(
            database,
            "Person",
            name=fields.PKField(),
            nick=fields.StringField(),
            greet=lambda self: "hello",
        )

    def group():
        return declare(database, owner=related.FKStringField("Person", related_name=name))

    first, second = (person, group) if target_first else (group, person)
    first()
    with pytest.raises(ImplementationError, match=rf"Group.owner: the related name '{name}' would hide"):
        second()
    assert len(database.models) == 1


def test_a_field_cannot_have_the_name_of_an_attribute_of_related_models():
    with pytest.raises(ImplementationError, match=r"Group.fetched: a field cannot have the name"):
        declare(None, fetched=fields.StringField())


def test_two_relations_cannot_have_one_name_on_the_same_model(database):
    declare(database, "Person", name=fields.PKField())
    with pytest.raises(ImplementationError, match=r"both have the related name 'group_set' on Person"):
        declare(database, owner=related.FKStringField("Person"), members=related.M2MSetField("Person"))
    assert len(database.models) == 1
    declare(database, owner=related.FKStringField("Person"))


def test_a_target_that_is_not_declared_is_a_clear_error_when_it_is_needed(database):
    Group = declare(database, "Group", "shop", owner=related.FKStringField("Persn"), name=fields.PKField())
    declare(database, "Person", "shop", name=fields.PKField())
    group = Group(name="x")
    with pytest.raises(
        ImplementationError, match=r"Group.owner points to 'Persn', and there is no such model.*shop:Person"
    ):
        group.owner.set("1")
    with pytest.raises(ImplementationError, match="points to 'Persn'"):
        Group.get_field("owner").related_model
    group.delete()


def test_the_target_must_be_in_the_same_database(database, settings):
    other = RedisDatabase(**{**settings, "client_name": "other"})
    Person = declare(other, "Person", name=fields.PKField())
    Group = declare(database, owner=related.FKStringField(Person), name=fields.PKField())
    person = Person(name="x")
    with pytest.raises(ImplementationError, match="no such model in its database"):
        Group(name="g", owner=person)
    Group.use_database(other)
    assert Group(name="g", owner=person).owner.instance() == person
    assert person.group_set() == ["g"]


@pytest.mark.parametrize("to", ["Person", "people:Person", "people:person"])
def test_a_name_may_carry_a_namespace(database, to):
    Person = declare(database, "Person", "people", name=fields.PKField())
    Group = declare(
        database,
        "Group",
        "people" if to == "Person" else "other",
        owner=related.FKStringField(to),
        name=fields.PKField(),
    )
    person = Person(name="x")
    Group(name="g", owner=person)
    assert person.group_set() == ["g"]
    assert Group.get_field("owner").related_model is Person


def test_a_database_tells_the_relations_to_a_model(world, database):
    found = {relation.field.label: relation.name for relation in database.relations_to(world.Person)}
    assert found == {
        "Person.following": "followers",
        "Group.owner": "owned_groups",
        "Group.deputy": "deputy_of",
        "Group.members": "membership",
        "Group.queue": "queues",
        "Group.ranks": "ranked_in",
    }
    assert [relation.source.owner for relation in database.relations_to(world.Group)] == [world.Group]


def test_other_indexes_keep_the_one_that_finds_who_points_here(database, raw):
    class Item(related.RelatedModel):
        at = related.FKStringField("self", related_name="here", indexes=[NumberRangeIndex])
        by = related.FKStringField(
            "self", related_name="there", indexes=[TextRangeIndex.configure(transform=str.casefold)]
        )
        own = related.M2MSetField("self", related_name="owners", indexes=[EqualIndex])

    Item.use_database(database)
    item = Item(at=None)
    Item(at=item, by=item, own=[item])
    assert Item.collection(at__gte=1) == item.here() == item.there() == item.owners() == ["2"]
    assert [index.label for index in Item.schema.fields["own"].indexes] == ["equal"]
    item.delete()
    assert_indexes_right(Item)
    assert_consistent(Item, raw)
    assert Item(2).at.get() is None


# pipelines


def test_relations_are_written_and_read_in_a_pipeline(world, database):
    world.fans.owner.hset("twidi")
    with count_requests() as sent, database.pipeline() as pipe:
        made = world.Group(name="late", owner=world.ybon, members=[world.fans.owner])
        world.core.members.sadd(world.ybon, world.fans.owner)
        owner, nobody = world.fans.owner.instance(), world.core.owner.instance()
        groups = world.ybon.owned_groups().evaluate()
        world.twidi.delete()
        after = world.fans.owner.hget()
        pipe.execute()
    assert sent.count == 1
    assert owner.value == world.twidi
    assert nobody.value is None
    assert groups.value == ["late"]
    assert after.value is None
    assert world.core.members.smembers() == {"ybon"}
    assert made.members.smembers() == set()


def test_a_read_with_a_foreign_key_as_value_is_refused_in_a_pipeline(world, database):
    world.fans.owner.hset("ybon")
    with database.pipeline() as pipe:
        found = world.core.members.sismember(world.fans.owner)
        pipe.execute(raise_on_error=False)
    with pytest.raises(PipelineError, match="give the pk"):
        _ = found.value
