"""What a model class may be: fields, names, keys, inheritance. No server is asked."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.database import RedisDatabase
from limpyd_ng.exceptions import DoesNotExist, ImplementationError, LimpydException
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel


@pytest.fixture
def nowhere():
    """A database that nothing listens at."""
    return RedisDatabase(host="localhost", port=1)


def refused(match, **attributes):
    with pytest.raises(ImplementationError, match=match):
        type("Wrong", (RedisModel,), attributes)


# options of fields


@pytest.mark.parametrize(
    "make",
    [
        lambda: fields.HashField(unique=True),
        lambda: fields.StringField(unique=True, default="same"),
        lambda: fields.InstanceHashField(unique=True, default=""),
        lambda: fields.StringField(indexes=[]),
        lambda: fields.StringField(indexes=["EqualIndex"]),
        lambda: fields.StringField(indexes=[object]),
        lambda: fields.PKField(unique=True),
        lambda: fields.AutoPKField(default="1"),
    ],
)
def test_options_that_cannot_work_are_refused(make):
    with pytest.raises(ImplementationError):
        make()


def test_unknown_options_are_refused():
    with pytest.raises(TypeError):
        fields.StringField(indexed=True)


def test_unique_and_indexes_imply_indexable():
    assert fields.StringField(unique=True).indexable
    assert fields.StringField(indexes=[TextRangeIndex]).indexable
    assert not fields.StringField().indexable
    assert fields.StringField(unique=True, default=lambda: "made").indexable


def test_a_unique_field_needs_an_index_that_handles_uniqueness(nowhere):
    lax = EqualIndex.configure(handle_uniqueness=False)
    refused("unique", code=fields.StringField(unique=True, indexes=[lax]))

    class Mixed(RedisModel):
        code = fields.StringField(unique=True, indexes=[lax.configure(prefix="lax"), TextRangeIndex])

    assert [index.unique for index in Mixed.code.schema.indexes] == [False, True]


def test_two_indexes_under_one_name_are_refused():
    refused("two indexes", code=fields.StringField(indexes=[EqualIndex, EqualIndex]))


def test_lockable_is_accepted_without_effect():
    class Locked(RedisModel):
        lockable = False
        name = fields.StringField(lockable=False, indexable=True)

    assert Locked.name.lockable is False


def test_the_default_index_is_asked_of_field_class_model_and_database_in_this_order(nowhere):
    class Numbers(fields.StringField):
        default_indexes = [NumberRangeIndex]

    nowhere.default_indexes = [TextRangeIndex]

    class Ordered(RedisModel):
        database = nowhere
        number = Numbers(indexable=True)
        text = fields.StringField(indexable=True)
        exact = fields.StringField(indexes=[EqualIndex])

    class Texts(RedisModel):
        database = nowhere
        default_indexes = [NumberRangeIndex]
        text = fields.StringField(indexable=True)

    class Bare(RedisModel):
        text = fields.StringField(indexable=True)

    assert isinstance(Ordered.number.schema.indexes[0], NumberRangeIndex)
    assert isinstance(Ordered.text.schema.indexes[0], TextRangeIndex)
    assert isinstance(Ordered.exact.schema.indexes[0], EqualIndex)
    assert isinstance(Texts.text.schema.indexes[0], NumberRangeIndex)
    assert isinstance(Bare.text.schema.indexes[0], EqualIndex)


# names


@pytest.mark.parametrize(
    "name",
    [
        "delete",
        "get",
        "update",
        "pk",
        "create",
        "exists",
        "collection",
        "database",
        "namespace",
        "abstract",
        "schema",
        "hmget",
        "hmset",
        "hdel",
        "hgetall",
        "scan_keys",
        "connected",
        "DoesNotExist",
        "_private",
        "instances",
        "self",
        "cls",
        "manager",
        "lazy",
    ],
)
def test_a_field_cannot_have_the_name_of_an_attribute(name):
    refused("name", **{name: fields.StringField()})


def test_key_name_keeps_a_name_in_redis_that_is_taken_in_python():
    class Old(RedisModel):
        removed = fields.StringField(key_name="delete")
        entry = fields.InstanceHashField(key_name="get")

    assert Old.removed.schema.stored == "delete"
    assert Old._fields == ("pk", "removed", "entry")


@pytest.mark.parametrize("key_name", ["", "a:b", "a b", "1a", "{a}", "a*", "a-b", "é!"])
def test_unfit_stored_names_are_refused(key_name):
    if key_name:
        refused("key_name", value=fields.StringField(key_name=key_name))
    else:

        class Fine(RedisModel):
            value = fields.StringField(key_name=key_name)

        assert Fine.value.schema.stored == "value"


@pytest.mark.parametrize("namespace", ["a b", "{a}", "a::b", ":a", "a*", "[", None, 5])
def test_unfit_namespaces_are_refused(namespace):
    refused("namespace", namespace=namespace)


@pytest.mark.parametrize("namespace", ["", "shop", "shop-2", "my.shop", "my:shop", "läden"])
def test_fit_namespaces_are_part_of_the_keys(namespace):
    model = type("Fit", (RedisModel,), {"namespace": namespace})
    assert model.schema.keys.pks == (f"{{{namespace}:fit}}:pks" if namespace else "{fit}:pks")


def test_a_model_may_have_another_name_in_redis():
    class Renamed(RedisModel):
        key_name = "old_name"
        namespace = "ns"

    assert Renamed.schema.keys.tag == "{ns:old_name}"
    refused("model name", key_name="old:name")


def test_two_fields_under_one_stored_name_are_refused():
    refused(
        "both stored", one=fields.StringField(key_name="same"), two=fields.InstanceHashField(key_name="same")
    )
    refused("both stored", one=fields.StringField(key_name="two"), two=fields.StringField())


# primary keys


def test_two_primary_keys_are_refused():
    refused("several primary keys", one=fields.PKField(), two=fields.PKField())
    refused("several primary keys", one=fields.PKField(), two=fields.AutoPKField())


def test_a_model_without_a_primary_key_gets_an_automatic_one():
    class Plain(RedisModel):
        name = fields.StringField()

    assert type(Plain.pk) is fields.AutoPKField
    assert Plain._fields == ("pk", "name")


def test_a_declared_primary_key_takes_the_place_of_the_automatic_one_of_a_parent():
    class Parent(RedisModel):
        abstract = True
        name = fields.StringField()

    class Child(Parent):
        slug = fields.PKField()

    class GrandChild(Child):
        pass

    for model in (Child, GrandChild):
        assert model._fields == ("slug", "name")
        assert type(model.pk) is fields.PKField
        assert model.pk.name == "slug"
    refused_second = type("Fine", (Child,), {"slug": None, "other": fields.AutoPKField()})
    assert refused_second.pk.name == "other"


def test_an_automatic_key_may_be_declared_under_a_name_of_its_own():
    class Numbered(RedisModel):
        number = fields.AutoPKField()

    assert Numbered.pk is Numbered.number


def test_a_primary_key_may_be_declared_as_pk():
    class Given(RedisModel):
        pk = fields.PKField()

    assert type(Given.pk) is fields.PKField
    assert Given._fields == ("pk",)


# inheritance and order


def test_fields_are_in_the_order_of_declaration_those_of_parents_first_and_the_pk_before_all():
    class Base(RedisModel):
        abstract = True
        zebra = fields.StringField()
        apple = fields.SetField()

    class Child(Base):
        mango = fields.ListField()
        key = fields.PKField()
        banana = fields.HashField()

    assert Child._fields == ("key", "zebra", "apple", "mango", "banana")
    assert [field.name for field in Child.get_fields()] == list(Child._fields)


def test_children_have_copies_of_the_fields_of_their_parents():
    class Parent(RedisModel):
        name = fields.StringField(indexable=True)

    class Child(Parent):
        pass

    assert Parent.name is not Child.name
    assert Parent.name.schema.label == "Parent.name"
    assert Child.name.schema.label == "Child.name"
    assert Child.schema.keys.tag == "{child}"


def test_several_parents_give_their_fields():
    class Named(RedisModel):
        abstract = True
        name = fields.StringField()

    class Tagged(RedisModel):
        abstract = True
        tags = fields.SetField()

    class Both(Named, Tagged):
        own = fields.StringField()

    assert set(Both._fields) == {"pk", "name", "tags", "own"}


def test_a_child_replaces_a_field_or_leaves_it_out():
    class Parent(RedisModel):
        name = fields.StringField()
        old = fields.StringField()

    class Child(Parent):
        name = fields.SetField()
        old = None

    assert Child._fields == ("pk", "name")
    assert isinstance(Child.name, fields.SetField)
    assert isinstance(Parent.name, fields.StringField)
    with pytest.raises(ImplementationError, match="hides"):
        type("Hiding", (Parent,), {"name": "text"})


def test_settings_are_inherited_and_abstract_is_not(nowhere):
    class Base(RedisModel):
        abstract = True
        database = nowhere
        namespace = "ns"

    class Child(Base):
        pass

    class Other(Child):
        namespace = "other"

    assert (Child.abstract, Child.database, Child.namespace) == (False, nowhere, "ns")
    assert Other.schema.keys.tag == "{other:other}"
    assert nowhere.models == (Child, Other)


def test_errors_of_a_model_are_those_of_its_parents_too():
    class Parent(RedisModel):
        pass

    class Child(Parent):
        pass

    class Other(RedisModel):
        pass

    assert issubclass(Child.DoesNotExist, Parent.DoesNotExist)
    assert issubclass(Parent.DoesNotExist, DoesNotExist)
    assert issubclass(DoesNotExist, LimpydException)
    assert not issubclass(Other.DoesNotExist, Parent.DoesNotExist)


def test_get_field_finds_every_field_and_names_them_when_there_is_none():
    class Thing(RedisModel):
        name = fields.StringField()

    assert Thing.get_field("name") is Thing.name
    assert Thing.get_field("pk") is Thing.pk
    with pytest.raises(AttributeError, match="name"):
        Thing.get_field("nothing")


# databases


def test_a_database_must_be_one():
    refused("RedisDatabase", database="localhost")


def test_an_abstract_model_cannot_be_instantiated_or_asked(nowhere):
    class Base(RedisModel):
        abstract = True
        database = nowhere
        name = fields.StringField(indexable=True)

    for call in (
        Base,
        lambda: Base("1"),
        lambda: Base(name="x"),
        Base.create,
        lambda: Base.lazy_connect("1"),
        Base.collection,
        lambda: Base.get("1"),
        lambda: Base.exists("1"),
        Base.instances,
        lambda: Base.get_or_connect(name="x"),
        lambda: Base.from_pks(["1"]),
    ):
        with pytest.raises(ImplementationError, match="abstract"):
            call()


def test_the_same_name_twice_in_one_database_is_refused_unless_it_is_the_same_class(nowhere):
    def declare(module, **attributes):
        return type("Twin", (RedisModel,), {"__module__": module, "database": nowhere, **attributes})

    first = declare("one")
    again = declare("one")
    assert nowhere.models == (again,)
    with pytest.raises(ImplementationError, match="one.Twin"):
        declare("two")
    declare("two", namespace="two")
    declare("three", key_name="triplet")
    assert nowhere.models[0] is again
    assert len(nowhere.models) == 3


def test_the_same_name_in_two_databases_with_the_same_settings_warns():
    one, two = RedisDatabase(host="localhost", port=2), RedisDatabase(host="localhost", port=2)
    type("Doubled", (RedisModel,), {"__module__": "one", "database": one})
    with pytest.warns(UserWarning, match="share keys"):
        type("Doubled", (RedisModel,), {"__module__": "two", "database": two})


def test_a_model_without_a_database_says_so_when_it_is_used():
    class Homeless(RedisModel):
        name = fields.StringField()

    for call in (lambda: Homeless("1"), lambda: Homeless(name="x"), lambda: Homeless().name.set("x")):
        with pytest.raises(ImplementationError, match="no database"):
            call()


def test_use_database_takes_only_a_database():
    class Waiting(RedisModel):
        pass

    with pytest.raises(ImplementationError):
        Waiting.use_database("localhost")


@pytest.mark.parametrize(
    "settings",
    [
        {"decode_responses": False},
        {"client": lambda: None, "host": "x"},
        {"client": lambda: None, "url": "redis://x"},
    ],
)
def test_settings_that_cannot_work_are_refused(settings):
    with pytest.raises(ImplementationError):
        RedisDatabase(**settings)


def test_a_database_without_settings_is_the_local_one():
    assert RedisDatabase().connection_settings == {"host": "localhost", "port": 6379, "db": 0}


def test_a_password_is_not_shown():
    assert "secret" not in repr(RedisDatabase(host="x", password="secret"))
    assert "secret" not in repr(RedisDatabase(url="redis://user:secret@x/0"))


def test_a_model_may_index_every_field_that_does_not_say_otherwise():
    class Indexed(RedisModel):
        abstract = True
        default_indexable = True
        name = fields.PKField()
        city = fields.StringField()
        note = fields.StringField(indexable=False)

    class Child(Indexed):
        tags = fields.SetField()

    class Plain(Indexed):
        default_indexable = False

    assert [bool(field.indexes) for field in Child.schema.fields.values()] == [True, False, True]
    assert [bool(field.indexes) for field in Plain.schema.fields.values()] == [False, False]
    assert not Child.get_field("pk").schema.indexes
