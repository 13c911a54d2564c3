"""Primary keys with a type: values in Python, texts in Redis, wherever a pk goes in or comes out."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.codecs import Codec
from limpyd_ng.contrib import related
from limpyd_ng.exceptions import (
    ImplementationError,
    InvalidValueError,
    RestrictedError,
    UniquenessError,
)
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests


class Size(enum.Enum):
    SMALL = 1
    LARGE = 2


PAIRS = [
    pytest.param(int, 12, -3, "12", id="int"),
    pytest.param(UUID, UUID(int=1), UUID(int=2), str(UUID(int=1)), id="UUID"),
    pytest.param(date, date(2026, 11, 21), date(1, 1, 1), "2026-11-21", id="date"),
    pytest.param(Size, Size.SMALL, Size.LARGE, "1", id="Enum"),
    pytest.param(Decimal, Decimal("1.5"), Decimal(2), "1.5", id="Decimal"),
    pytest.param(str, "a:b", "{*", "a:b", id="str"),
]


def make_models(on, kind):
    class Owner(related.RelatedModel):
        database = on
        id = fields.PKField(type=kind)
        name = fields.InstanceHashField(indexable=True, unique=True)

    class Thing(related.RelatedModel):
        database = on
        id = fields.PKField(type=kind)
        title = fields.StringField(indexable=True)
        owner = related.FKInstanceHashField(Owner, related_name="things")
        keeper = related.FKStringField("Owner", related_name="kept")
        users = related.M2MSetField(Owner, related_name="used")
        queue = related.M2MListField(Owner, related_name="queued")
        ranks = related.M2MSortedSetField(Owner, related_name="ranked")

    return SimpleNamespace(Owner=Owner, Thing=Thing)


@pytest.fixture
def world(database, request):
    kind, one, two, text = request.param
    models = make_models(database, kind)
    models.one, models.two, models.text = one, two, text
    yield models
    assert_indexes_right(models.Owner, models.Thing)


def every_type(test):
    return pytest.mark.parametrize("world", [param.values for param in PAIRS], indirect=True)(test)


@every_type
def test_a_pk_goes_in_and_comes_out_as_its_type(world, raw):
    Owner, one, two = world.Owner, world.one, world.two
    first = Owner.create(id=one, name="a")
    Owner.create(pk=two, name="b")
    assert raw.sismember(Owner.schema.keys.pks, world.text)
    assert (first.get_pk(), first.pk.get(), first.id.get()) == (one, one, one)
    assert first.stored_pk() == world.text
    for found in (
        Owner.get(one),
        Owner(one),
        Owner.lazy_connect(one),
        Owner.get(pk=one),
        Owner.get(name="a"),
    ):
        with count_requests() as requests:
            assert (found.get_pk(), found.name.hget()) == (one, "a")
        assert requests.count == 1
    assert Owner.exists(one) and Owner.exists(pk=one) and Owner.exists(id=two)
    assert first == Owner(one) and hash(first) == hash(Owner(one))
    assert set(Owner.collection()) == {one, two}
    assert list(Owner.collection(name="a")) == [one] == list(Owner.collection(pk=one))
    assert list(Owner.collection(pk__in=[one])) == [one] == list(Owner.collection(pk__ne=two))
    assert list(Owner.collection(id__not_in=[two])) == [one]
    assert one in Owner.collection() and Owner.collection(name="a") == [one]
    assert Owner.collection(name="a")[0] == one == Owner.collection(name="a").first()
    assert list(Owner.collection(name="a")[0:5]) == [one]
    assert list(Owner.collection().sort(by="name", alpha=True)) == [one, two]
    assert list(Owner.collection(name="a").values("pk", "id", "name")) == [
        {"pk": one, "id": one, "name": "a"}
    ]
    assert list(Owner.collection(name="a").values()) == [{"id": one, "name": "a"}]
    assert list(Owner.collection(name="a").values_list("pk", flat=True)) == [one]
    assert [(x.get_pk(), v) for x, v in Owner.collection(name="a").instances(values=["pk"])] == [
        (one, {"pk": one})
    ]
    assert set(Owner.scan_pks()) == {one, two}
    assert [each.get_pk() for each in Owner.from_pks([one])] == [one]
    assert [each.get_pk() for each in Owner.from_pks([two, one], lazy=True)] == [two, one]
    assert list(Owner.collection().intersect([one])) == [one] == list(Owner.collection().intersect([first]))
    assert list(Owner.collection().difference([two])) == [one]
    assert set(Owner.collection(name="a").union([two])) == {one, two}
    assert list(Owner.collection(name="a").store()) == [one]
    assert set(Owner.collection().iterator(chunk_size=1)) == {one, two}
    assert first.snapshot() == {"id": one, "name": "a"}
    assert first.dump() == Owner.Record(id=one, name="a")
    assert Owner.snapshots([one])[0]["name"] == "a"


@every_type
def test_writing_by_typed_pks(world):
    Owner, one, two = world.Owner, world.one, world.two
    made = Owner.create_many([{"id": one, "name": "a"}, {"id": two, "name": "b"}, {"id": one}])
    assert made.pks == [one, two] and [each.get_pk() for each in made.instances] == [one, two]
    assert f"{one!r} exists already" in str(made.refused[0].error)
    assert made.refused[0].error.pk == one
    assert Owner.collection(pk=one).update(name="c") == 1
    assert Owner.update_pk(two, name="d") and Owner(two).name.hget() == "d"
    assert Owner.create(nx=True, id=one) is None
    assert Owner.create(xx=True, id=two, name="e").get_pk() == two
    with pytest.raises(UniquenessError) as refused:
        Owner(two).name.hset("c")
    assert refused.value.pk == one and repr(one) in str(refused.value)
    Owner.delete_pk(two)
    with pytest.raises(Owner.DoesNotExist, match="no Owner has the pk") as missing:
        Owner(two)
    assert repr(two) in str(missing.value)
    first = Owner.get(one)
    assert first.rename_pk(two) == 0
    assert (first.get_pk(), first.name.hget(), Owner.exists(one)) == (two, "c", False)
    assert Owner.get_or_connect(name="c")[0].get_pk() == two
    assert Owner.delete_many([two, one]).count == 1
    assert Owner.create(id=one) and Owner.collection(pk=one).delete() == 1


@every_type
def test_relations_hold_the_pks_of_their_objects_as_their_type(world):
    Owner, Thing, one, two = world.Owner, world.Thing, world.one, world.two
    ann, bob = Owner.create(id=one, name="a"), Owner.create(id=two, name="b")
    thing = Thing.create(
        id=one, title="t", owner=one, keeper=bob, users={one, two}, queue=[one, one], ranks={two: 1}
    )
    assert (thing.owner.hget(), thing.keeper.get()) == (one, two)
    assert thing.users.smembers() == {one, two} and thing.users.sismember(one)
    assert (thing.queue.lmembers(), thing.ranks.zmembers()) == ([one, one], [two])
    assert [tuple(pair) for pair in thing.ranks.zrange(0, -1, withscores=True)] == [(two, 1.0)]
    assert thing.owner.instance() == ann and thing.keeper.instance(lazy=True) == bob
    for value in (one, ann):
        assert list(Thing.collection(owner=value)) == [one]
        assert list(Thing.collection(owner__in=[value])) == [one]
        assert list(Thing.collection(users=value, queue=value)) == [one]
    assert list(Thing.collection(owner__pk=one)) == [one] == list(Thing.collection(owner__name="a"))
    assert list(Thing.collection(owner=ann.pk)) == [one] == list(Thing.collection(owner=thing.owner))
    assert list(Owner.collection(things=thing)) == [one] == list(Owner.collection(things=one))
    assert list(ann.things()) == [one] and list(bob.ranked(title="t")) == [one]
    assert set(thing.users()) == {one, two} and list(thing.ranks()) == [two]
    assert list(thing.queue.collection(name="a")) == [one]
    assert list(Owner.collection().intersect(thing.users, [one])) == [one]
    assert list(Thing.collection().values("owner", "keeper")) == [{"owner": one, "keeper": two}]
    (fetched,) = Thing.collection().instances(fetch=["owner", "users"])
    assert fetched.fetched["owner"]["pk"] == one
    assert {each["pk"] for each in fetched.fetched["users"]} == {one, two}
    assert thing.dump().owner == one and thing.dump().queue == [one, one]
    assert thing.keeper.set(thing.owner) and thing.keeper.get() == one
    assert ann.name.hget() == "a" and thing.users.srem(one) == 1
    with pytest.raises(InvalidValueError):
        thing.owner.hset(object())
    assert bob.delete() and thing.users.smembers() == set()


@every_type
def test_errors_about_relations_show_pks_as_their_type(database, world):
    kind, one, two = world.Owner.id.value_type, world.one, world.two
    on = database

    class Part(related.RelatedModel):
        database = on
        id = fields.PKField(type=kind)
        whole = related.FKStringField("self", related_name="parts", on_delete="restrict", unique=True)

    whole, part = Part.create(id=one), Part.create(id=two, whole=one)
    with pytest.raises(RestrictedError) as refused:
        whole.delete()
    assert (refused.value.pk, refused.value.referrer) == (one, two)
    with pytest.raises(Part.DoesNotExist) as missing:
        part.delete()
        whole.whole.set(two)
    assert repr(two) in str(missing.value)
    assert_indexes_right(Part)


@every_type
def test_reports_of_indexes_name_objects_by_typed_pks(world, raw):
    thing = world.Thing.create(id=world.one, title="t")
    raw.set(str(thing.title.key), "other")
    assert {difference.pk for difference in world.Thing.check_indexes()} == {world.one}
    assert world.Thing.repair_indexes() == []


@every_type
def test_typed_pks_of_a_pipeline(database, world):
    Owner, one = world.Owner, world.one
    with database.pipeline() as pipe:
        Owner.create(id=one, name="a")
        found = Owner.collection().values_list("pk", flat=True).evaluate()
        pks = Owner.collection(name="a").evaluate()
        pipe.execute()
    assert list(found.value) == [one] == list(pks.value)


def test_a_pk_of_another_type_is_refused_before_anything_is_sent(database):
    Owner = make_models(database, int).Owner
    with count_requests() as requests:
        for wrong in ("12", 1.5, True, None):
            with pytest.raises(InvalidValueError):
                Owner.create(id=wrong)
        with pytest.raises(InvalidValueError, match=r"Owner\.id: '12' is no int"):
            Owner("12")
        with pytest.raises(InvalidValueError):
            Owner.collection(pk="12")
    assert requests.count == 0


def test_the_server_counts_in_ints(database):
    on = database

    class Counted(related.RelatedModel):
        database = on
        id = fields.AutoPKField(type=int)
        after = related.FKStringField("self", related_name="before")

    first = Counted.create()
    second = Counted.create(after=1)
    assert [first.get_pk(), second.pk.get()] == [1, 2] == sorted(Counted.collection())
    assert Counted(2).after.get() == 1 and list(first.before()) == [2]
    assert Counted.create_many([{"after": 2}]).pks == [3]
    assert list(Counted.collection().sort()) == [1, 2, 3]
    with pytest.raises(InvalidValueError):
        Counted("1")
    assert_indexes_right(Counted)


def test_pks_that_are_made_ahead_have_their_type(database):
    on = database

    class Event(related.RelatedModel):
        database = on
        id = fields.UUIDPKField(type=UUID)
        cause = related.FKStringField("self", related_name="effects")

    class Day(RedisModel):
        database = on
        day = fields.PKField(type=date, generator=lambda: date(2026, 1, 2))
        note = fields.StringField()

    event = Event()
    ahead = event.get_pk()
    assert isinstance(ahead, UUID)
    assert event.update(cause=None) and event.pk.get() == ahead
    assert Event.create(id=str(UUID(int=7)).upper(), cause=str(ahead).upper()).cause.get() == ahead
    assert set(Event.collection()) == {ahead, UUID(int=7)}
    day = Day()
    day.note.set("x")
    assert day.get_pk() == date(2026, 1, 2)
    assert_indexes_right(Event)


def test_foreign_keys_to_ulids_and_uuids_are_written_one_way(database):
    on = database

    class Event(related.RelatedModel):
        database = on
        id = fields.ULIDPKField()
        cause = related.FKStringField("self", related_name="effects")

    event = Event.create()
    Event.create(cause=event.get_pk().lower())
    assert len(event.effects()) == 1
    with pytest.raises(InvalidValueError, match="is no ULID"):
        event.cause.set("x")
    assert_indexes_right(Event)


def test_a_new_pk_has_to_meet_the_rules_of_its_field(database):
    on = database

    class Slot(RedisModel):
        database = on
        number = fields.PKField(type=int, min=1, max=9, validators=[lambda value: value != 5])

    class Slug(RedisModel):
        database = on
        slug = fields.PKField(regex="[a-z-]+", max_length=5)

    Slot.create(number=1)
    for wrong in (0, 10, 5):
        with pytest.raises(InvalidValueError, match=r"Slot\.number"):
            Slot.create(number=wrong)
        with pytest.raises(InvalidValueError):
            Slot(1).rename_pk(wrong)
        assert not Slot.exists(wrong)
    assert len(Slot.create_many([{"number": 0}, {"number": 2}]).refused) == 1
    assert sorted(Slot.collection()) == [1, 2]
    assert Slug.create(slug="a-b").get_pk() == "a-b"
    for wrong in ("A", "a b", "abcdef"):
        with pytest.raises(InvalidValueError):
            Slug.create(slug=wrong)


def test_format_says_how_a_pk_stands_in_keys(database, raw):
    on = database

    class User(related.RelatedModel):
        database = on
        name = fields.PKField(format="user-{}!")
        friend = related.FKStringField("self", related_name="friends")

    class Order(RedisModel):
        database = on
        number = fields.PKField(type=int, format="{}")
        day = fields.StringField()

    ann = User.create(name="ann")
    bob = User.create(name="bob", friend="ann")
    assert raw.smembers(User.schema.keys.pks) == {"user-ann!", "user-bob!"}
    assert raw.get(str(bob.friend.key)) == "user-ann!"
    assert (bob.friend.get(), list(ann.friends()), set(User.collection())) == ("ann", ["bob"], {"ann", "bob"})
    assert Order.create(number=3).get_pk() == 3
    for wrong in ("user", "{}{}", 3):
        with pytest.raises(ImplementationError, match="format="):
            fields.PKField(format=wrong)
    with pytest.raises(InvalidValueError, match="empty"):
        User.create(name="")
    assert_indexes_right(User)


def test_pks_may_have_a_codec_of_their_own(database):
    on = database

    class Code(RedisModel):
        database = on
        code = fields.PKField(codec=Codec(lambda pair: "/".join(pair), lambda text: tuple(text.split("/"))))

    assert Code.create(code=("a", "b")).get_pk() == ("a", "b")
    assert list(Code.collection(pk=("a", "b"))) == [("a", "b")]


def test_options_that_do_not_fit_a_pk_are_refused():
    with pytest.raises(ImplementationError, match="only type=int"):
        fields.AutoPKField(type=date)
    with pytest.raises(ImplementationError, match="min"):
        fields.AutoPKField(min=1)
    with pytest.raises(ImplementationError, match="bytes"):
        fields.PKField(type=bytes)
    with pytest.raises(ImplementationError, match="default"):
        fields.PKField(default="x")
    with pytest.raises(ImplementationError, match="UUIDPKField"):
        fields.UUIDPKField(type=int)


def test_a_text_that_is_no_pk_of_the_type_is_told(database, raw):
    Owner = make_models(database, int).Owner
    raw.sadd(Owner.schema.keys.pks, "x")
    with pytest.raises(InvalidValueError, match="Redis holds 'x', which is no int"):
        list(Owner.collection())


VALUES = {
    int: st.integers(),
    UUID: st.uuids(),
    date: st.dates(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
    str: st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
}


@given(data=st.data())
@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_any_pk_is_read_back_and_found(database, raw, kind, data):
    models = make_models(database, kind)
    pks = data.draw(st.lists(VALUES[kind], min_size=1, max_size=4, unique=True))
    raw.flushdb()
    assert models.Owner.create_many([{"id": pk} for pk in pks]).pks == pks
    assert set(models.Owner.collection()) == set(pks)
    thing = models.Thing.create(id=pks[0], owner=pks[-1], queue=pks)
    assert (thing.owner.hget(), thing.queue.lmembers()) == (pks[-1], pks)
    for pk in pks:
        assert models.Owner(pk).get_pk() == pk
        assert list(models.Owner.collection(queued=thing, pk=pk)) == [pk]
    assert_indexes_right(models.Owner, models.Thing)


def test_the_type_of_a_pk_may_stand_in_its_annotation(database):
    on = database

    class Counted(related.RelatedModel):
        database = on
        id: fields.AutoPKField[int]
        day: fields.StringField[date]
        after = related.FKStringField("self", related_name="before")

    class Event(RedisModel):
        database = on
        id: fields.UUIDPKField[UUID]

    class Named(RedisModel):
        database = on
        number: fields.PKField[int]

    first = Counted.create(day=date(2026, 1, 1))
    assert (first.get_pk(), Counted.create(after=1).after.get()) == (1, 1)
    assert isinstance(Event.create().get_pk(), UUID)
    assert Named.create(number=3).get_pk() == 3
    assert_indexes_right(Counted)
