"""Deleting what others point to: cleared, cascaded or refused, in one step, whatever the number."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from limpyd_ng import fields
from limpyd_ng.contrib import related
from limpyd_ng.database import RedisDatabase
from limpyd_ng.deletion import delete
from limpyd_ng.exceptions import DoesNotExist, RestrictedError, WrongTypeError
from limpyd_ng.indexes import (
    EqualIndex,
    EqualIndexWith,
    Lower,
    NumberRangeIndex,
    ScoredEqualIndex,
    Slice,
    TextRangeIndex,
    WordsIndex,
)
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up
from tests.oracle import assert_consistent, snapshot

FOLDED = [EqualIndex.configure(prefix="folded", transform=str.casefold), TextRangeIndex]


def make_shop(on):
    """Owner <- Shop (cascade) <- Bike (cascade) <- Ride (set_null), Deed (restrict)."""

    class Owner(related.RelatedModel):
        database = on
        name = fields.StringField(unique=True)

    class Shop(related.RelatedModel):
        database = on
        name = fields.InstanceHashField(indexes=FOLDED)
        owner = related.FKInstanceHashField(Owner, on_delete="cascade")
        words = fields.SetField(indexes=[EqualIndex.configure(transform=Lower())])

    class Bike(related.RelatedModel):
        database = on
        code = fields.InstanceHashField(unique=True)
        price = fields.StringField(indexes=[NumberRangeIndex])
        specs = fields.HashField(indexable=True)
        log = fields.ListField(indexes=FOLDED)
        photo = fields.StringField()
        shops = related.M2MSetField(Shop, on_delete="cascade")
        twin = related.FKStringField("self", unique=True, on_delete="cascade", related_name="twins")

    class Ride(related.RelatedModel):
        database = on
        bike = related.FKStringField(Bike, indexes=[EqualIndex, NumberRangeIndex, TextRangeIndex])
        first = related.FKInstanceHashField(Bike, unique=True, related_name="first_of")
        bikes = related.M2MSetField(Bike, related_name="many_in", indexes=FOLDED)
        order = related.M2MListField(Bike, related_name="order_in")
        ranks = related.M2MSortedSetField(Bike, related_name="ranks_in")
        note = fields.StringField(indexable=True)

    class Deed(related.RelatedModel):
        database = on
        bike = related.FKStringField(Bike, on_delete="restrict")
        of = related.M2MListField(Owner, on_delete="restrict")
        ride = related.FKStringField(Ride, on_delete="cascade")

    return SimpleNamespace(Owner=Owner, Shop=Shop, Bike=Bike, Ride=Ride, Deed=Deed)


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture
def shop(database, raw):
    models = make_shop(database)
    yield models
    for model in vars(models).values():
        assert_indexes_right(model)
        assert_consistent(model, raw)


def bike_of(models, code, **more):
    return models.Bike(
        code=code, price=len(code), specs={"a": "1", "b": code}, log=["X", "x", code], photo="p", **more
    )


def test_what_points_to_a_deleted_object_is_cleared_in_one_request(shop):
    one, two = bike_of(shop, "one"), bike_of(shop, "two")
    ride = shop.Ride(
        bike=one,
        first=one,
        bikes=[one, two],
        order=[two, one, two, one, two],
        ranks={one: 1, two: 2},
        note="stays",
    )
    other = shop.Ride(bike=two, order=[one])
    with count_requests() as sent:
        assert one.delete() is True
    assert sent.count == 1
    assert ride.bike.get() is None
    assert ride.first.hget() is None
    assert ride.bikes.smembers() == {two.pk.get()}
    assert ride.order.lmembers() == ["2", "2", "2"]
    assert (ride.ranks.zmembers(), ride.ranks.zscore("2")) == (["2"], 2.0)
    assert ride.note.get() == "stays"
    assert other.bike.get() == "2"
    assert other.order.exists() == 0
    assert shop.Ride.collection(bike=None) == ["1"]
    assert two.many_in() == ["1"]


def test_pks_that_go_together_leave_no_entry_that_they_shared(database, raw):
    class Person(related.RelatedModel):
        name = fields.PKField()

    shared = [
        EqualIndex,
        TextRangeIndex.configure(prefix="first", transform=Slice(0, 1)),
        EqualIndex.configure(prefix="folded", transform=str.casefold),
        WordsIndex,
    ]

    class Group(related.RelatedModel):
        members = related.M2MSetField(Person, indexes=shared, related_name="membership")
        queue = related.M2MListField(Person, indexes=shared, related_name="queues")
        ranks = related.M2MSortedSetField(Person, indexes=shared, related_name="ranked")

    Person.use_database(database)
    Group.use_database(database)
    for name in ("ann x", "Ann X", "ann y", "bob y"):
        Person(name=name)
    names = ["ann x", "Ann X", "ann y", "bob y"]
    group = Group(members=names, queue=[*names, "ann x"], ranks=dict.fromkeys(names, 1))
    assert Person.collection(pk__in=names[:2]).delete() == 2
    assert_consistent(Group, raw)
    assert Group.collection(members__match="ann", queue__folded="ann y") == [group.pk.get()]
    assert Person.collection(pk__in=names[2:]).delete() == 2
    assert_consistent(Group, raw)
    assert Group.collection(members__first="b") == Group.collection(queue__match="x") == []


def test_a_pk_that_comes_again_has_nothing_pointing_to_it(database):
    class Person(related.RelatedModel):
        name = fields.PKField()
        friends = related.M2MSetField("self", related_name="friend_of")

    Person.use_database(database)
    anna, bob = Person(name="anna"), Person(name="bob")
    bob.friends.sadd(anna)
    anna.delete()
    anna = Person(name="anna")
    assert anna.friend_of() == []
    assert bob.friends.smembers() == set()


def test_an_object_that_points_to_itself_goes_like_any_other(shop, raw):
    bike = bike_of(shop, "mono")
    bike.twin.set(bike)
    bike.delete()
    assert [key for key in snapshot(raw) if not key.endswith(":seq")] == []


def test_a_cascade_goes_all_the_way_and_leaves_nothing_behind(shop, raw):
    owner, rival = shop.Owner(name="o"), shop.Owner(name="r")
    mine = [shop.Shop(name=f"Shop {n}", owner=owner, words=["Red", "RED", "blue"]) for n in range(3)]
    theirs = shop.Shop(name="Theirs", owner=rival)
    bikes = [bike_of(shop, f"b{n}", shops=[mine[n], theirs]) for n in range(3)]
    twin = bike_of(shop, "twin", twin=bikes[0])
    kept = bike_of(shop, "kept", shops=[theirs])
    ride = shop.Ride(bike=twin, bikes=[*bikes, kept], order=[kept, twin, kept], note="n")
    with count_requests() as sent:
        owner.delete()
    assert sent.count == 1
    assert shop.Owner.collection() == [rival.pk.get()]
    assert shop.Shop.collection() == [theirs.pk.get()]
    assert shop.Bike.collection() == [kept.pk.get()]
    assert ride.bike.get() is None
    assert ride.bikes.smembers() == {kept.pk.get()}
    assert ride.order.lmembers() == [kept.pk.get()] * 2
    kept.delete()
    ride.delete()
    rival.delete()
    assert [key for key in snapshot(raw) if not key.endswith(":seq")] == []


def test_a_cascade_in_a_circle_ends(shop):
    one, two, three = bike_of(shop, "1"), bike_of(shop, "2"), bike_of(shop, "3")
    one.twin.set(two)
    two.twin.set(three)
    three.twin.set(one)
    two.delete()
    assert shop.Bike.collection() == []


def test_a_chain_of_ten_thousand_cascades_in_one_step(database):
    class Link(related.RelatedModel):
        before = related.FKStringField("self", on_delete="cascade", related_name="after")

    Link.use_database(database)
    with database.pipeline(transaction=False) as pipe:
        for number in range(10_000):
            Link(before=number or None)
        pipe.execute()
    with count_requests() as sent:
        Link(2).delete()
    assert sent.count == 2
    assert Link.collection() == ["1"]
    assert_indexes_right(Link)


def test_restrict_refuses_and_changes_nothing(shop, raw):
    owner = shop.Owner(name="o")
    place = shop.Shop(name="s", owner=owner)
    bike = bike_of(shop, "b", shops=[place])
    shop.Ride(bike=bike, order=[bike, bike])
    deed = shop.Deed(bike=bike)
    before = snapshot(raw)
    for thing in (bike, place, owner):
        with (
            count_requests() as sent,
            pytest.raises(RestrictedError, match=r"Deed.bike.*'1'.*nothing") as refused,
        ):
            thing.delete()
        assert sent.count == 1
        error = refused.value
        assert (error.field, error.pk, error.referrer) == ("Deed.bike", "1", "1")
        assert snapshot(raw) == before
        assert thing.connected
    deed.bike.delete()
    owner.delete()
    assert shop.Bike.collection() == []


def test_restrict_looks_into_lists_too(shop):
    owner = shop.Owner(name="o")
    deed = shop.Deed(of=[owner, owner])
    with pytest.raises(RestrictedError, match=r"Deed.of"):
        owner.delete()
    deed.of.lrem(1, owner)
    with pytest.raises(RestrictedError):
        owner.delete()
    deed.of.lrem(1, owner)
    owner.delete()


def test_what_goes_in_the_same_step_restricts_nothing(database):
    class Album(related.RelatedModel):
        name = fields.StringField()

    class Song(related.RelatedModel):
        album = related.FKStringField(Album, on_delete="cascade")

    class Credit(related.RelatedModel):
        album = related.FKStringField(Album, on_delete="cascade")
        song = related.FKStringField(Song, on_delete="restrict")

    for model in (Album, Song, Credit):
        model.use_database(database)
    album = Album(name="a")
    song = Song(album=album)
    Credit(album=album, song=song)
    with pytest.raises(RestrictedError):
        song.delete()
    album.delete()
    assert Song.collection() == Credit.collection() == []


def test_a_missing_object_is_not_deleted_twice(shop):
    bike = bike_of(shop, "b")
    twice = shop.Bike.lazy_connect(bike.pk.get())
    bike.delete()
    with pytest.raises(DoesNotExist):
        twice.delete()


def test_several_objects_go_in_one_request_and_the_reply_counts_them(shop, database):
    owner = shop.Owner(name="o")
    places = [shop.Shop(name=f"s{n}", owner=owner) for n in range(2)]
    bikes = [bike_of(shop, f"b{n}", shops=places[:1]) for n in range(3)]
    shop.Ride(bike=bikes[0], order=[bikes[0], bikes[1]])
    with pytest.raises(DoesNotExist, match="'99'"):
        database.run(delete(shop.Shop.schema, ["1", "99"]))
    assert len(shop.Shop.collection()) == 2
    with count_requests() as sent:
        done = database.run(delete(shop.Shop.schema, ["1", "2", "2", "99"], must_exist=False))
    assert sent.count == 1
    assert (done.count, done.by_cascade, done.cleared) == (2, 3, 3)
    assert shop.Shop.collection() == shop.Bike.collection() == []


@pytest.mark.parametrize("broken", ["order:1", "ranks:1", "bike:1", "bikes:1"])
def test_a_key_of_a_wrong_type_stops_it_and_everything_is_as_before(database, raw, broken):
    models = make_shop(database)
    bike = bike_of(models, "b")
    for _ in range(3):
        models.Ride(bike=bike, bikes=[bike], order=[bike, bike], ranks={bike: 1})
    key = f"{{ride}}:field:{broken}"
    saved = raw.dump(key)
    raw.delete(key)
    if broken.startswith("bike:"):
        raw.sadd(key, "what is this")
    else:
        raw.set(key, "what is this")
    before = snapshot(raw)
    with pytest.raises(WrongTypeError):
        bike.delete()
    assert snapshot(raw) == before
    raw.restore(key, 0, saved, replace=True)
    bike.delete()
    assert_consistent(models.Ride, raw)


def test_a_cascade_that_meets_a_wrong_type_changes_nothing(database, raw):
    models = make_shop(database)
    owner = models.Owner(name="o")
    places = [models.Shop(name=f"S{n}", owner=owner, words=["A", "a", "b"]) for n in range(4)]
    models.Ride(note="n", order=[bike_of(models, "x", shops=[places[1]])])
    raw.delete("{shop}:field:words:3")
    raw.set("{shop}:field:words:3", "what is this")
    before = snapshot(raw)
    with pytest.raises(WrongTypeError):
        owner.delete()
    assert snapshot(raw) == before


def test_a_hundred_thousand_referrers_are_dealt_with_in_one_request(settings, raw):
    patient = RedisDatabase(**{**settings, "socket_timeout": 60})

    class Star(related.RelatedModel):
        database = patient
        name = fields.StringField()

    class Fan(related.RelatedModel):
        database = patient
        star = related.FKInstanceHashField(Star, related_name="fans")
        stars = related.M2MSetField(Star, related_name="crowd")

    star, other = Star(name="s"), Star(name="o")
    total = 100_000
    # written as the key layout says, to be quick
    pks = list(range(1, total + 1))
    for start in range(0, total, 20_000):
        part = pks[start : start + 20_000]
        pipe = raw.pipeline(transaction=False)
        pipe.sadd("{fan}:pks", *part)
        pipe.sadd("{fan}:index:star:equal:1", *part)
        pipe.sadd("{fan}:index:stars:equal:1", *part)
        pipe.sadd("{fan}:index:stars:equal:2", *part)
        for pk in part:
            pipe.hset(f"{{fan}}:hash:{pk}", "star", "1")
            pipe.sadd(f"{{fan}}:field:stars:{pk}", "1", "2")
        pipe.execute()
    star.delete()
    assert Fan.collection(star=None).count() == total
    assert raw.exists("{fan}:index:star:equal:1", "{fan}:index:stars:equal:1") == 0
    assert raw.exists("{fan}:hash:1", f"{{fan}}:hash:{total}") == 0
    assert raw.smembers("{fan}:field:stars:77777") == {"2"}
    assert other.crowd().count() == total


@pytest.mark.parametrize("rule", ["set_null", "cascade"])
def test_indexes_of_several_fields_follow_a_deletion(database, raw, rule):
    class Team(related.RelatedModel):
        name = fields.StringField()

    class Player(related.RelatedModel):
        unique_together = (("name", "team"), ("team", "second"))
        name = fields.InstanceHashField(
            indexes=[
                ScoredEqualIndex.configure(score_field="team"),
                EqualIndexWith.configure(other_fields=["age"]),
            ]
        )
        team = related.FKStringField(
            Team,
            on_delete=rule,
            related_name="players",
            indexes=[ScoredEqualIndex.configure(score_field="age", key="by-age")],
        )
        second = related.FKInstanceHashField(Team, on_delete=rule, related_name="seconds")
        age = fields.InstanceHashField()

    Team.use_database(database)
    Player.use_database(database)
    team, other = Team(name="t"), Team(name="o")
    for number in range(4):
        Player(
            name="n",
            team=team if number == 0 else other,
            second=team if number == 1 else None,
            age=9 - number,
        ) if number < 2 else Player(
            name=f"n{number}", team=team, second=other, age=5
        ) if number == 2 else None
    assert team.players() == ["3", "1"]
    team.delete()
    assert_consistent(Player, raw)
    assert_indexes_right(Player)
    assert Player.collection().sort() == (["1", "2", "3"] if rule == "set_null" else [])
    other.delete()
    assert_consistent(Player, raw)


def test_deletions_work_in_a_transaction(shop, database):
    owner = shop.Owner(name="o")
    shop.Shop(name="s", owner=owner)
    with count_requests() as sent, database.pipeline() as pipe:
        owner.delete()
        shops = shop.Shop.collection().evaluate()
        pipe.execute()
    assert sent.count == 1
    assert shops.value == []


def test_a_restricted_deletion_in_a_pipeline_raises_at_execute(shop, database):
    bike = bike_of(shop, "b")
    shop.Deed(bike=bike)
    with database.pipeline() as pipe:
        bike.delete()
        with pytest.raises(RestrictedError):
            pipe.execute()
    assert bike.code.hget() == "b"
