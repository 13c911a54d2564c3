"""Filters that step through relations: in one request, driven from the smaller side."""

from __future__ import annotations

import contextlib
import random
from types import SimpleNamespace

import pytest

from limpyd_ng import fields
from limpyd_ng.collection import Q
from limpyd_ng.contrib import related
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, NotANumberError
from limpyd_ng.indexes import NumberRangeIndex, TextRangeIndex
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up


def make_models(on):
    class Team(related.RelatedModel):
        database = on
        name = fields.PKField()
        city = fields.StringField(indexable=True)

    class Person(related.RelatedModel):
        database = on
        name = fields.InstanceHashField(indexes=[TextRangeIndex])
        age = fields.InstanceHashField(indexes=[NumberRangeIndex])
        specs = fields.HashField(indexable=True)
        team = related.FKStringField(Team, related_name="players")
        badge = related.FKInstanceHashField("Badge", unique=True, related_name="wearer")

    class Group(related.RelatedModel):
        database = on
        kind = fields.InstanceHashField(indexable=True)
        owner = related.FKInstanceHashField(Person, related_name="owned")
        members = related.M2MSetField(Person, related_name="membership")
        queue = related.M2MListField(Person, related_name="queued_in")
        ranks = related.M2MSortedSetField(Person, related_name="ranked_in")
        parent = related.FKStringField("self", related_name="children")

    class Badge(related.RelatedModel):
        database = on
        color = fields.StringField(indexable=True)

    return SimpleNamespace(Team=Team, Person=Person, Group=Group, Badge=Badge)


@pytest.fixture
def world(database, raw):
    warm_up(database, raw)
    models = make_models(database)
    for name, city in (("reds", "Rome"), ("blues", "Rome"), ("greens", "Oslo")):
        models.Team(name=name, city=city)
    for number, team in enumerate(["reds", "blues", "greens", None], 1):
        badge = models.Badge(color="gold" if number % 2 else "blue") if number < 4 else None
        models.Person(name=f"p{number}", age=number * 10, team=team, badge=badge, specs={"eye": f"e{number}"})
    models.Group(kind="a", owner=1, members=[1, 2], queue=[2, 1, 2], ranks={1: 5})
    models.Group(kind="b", owner=2, members=[2, 3], parent=1)
    models.Group(kind="b", owner=1, members=[1], queue=[3], parent=2)
    models.Group(kind="c")
    return models


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"owner__name": "p1"}, "13"),
        ({"owner__name": "p1", "kind": "b"}, "3"),
        ({"owner__age__gt": 15}, "2"),
        ({"owner__age__gt": 5, "owner__age__lt": 15}, "13"),
        ({"owner__name__startswith": "p", "owner__age__lte": 10}, "13"),
        ({"owner__name__in": ["p2", "p3"]}, "2"),
        ({"owner__specs__eye": "e2"}, "2"),
        ({"owner__pk": 2}, "2"),
        ({"owner__pk__in": [2, 1]}, "123"),
        ({"owner__isnull": True}, "4"),
        ({"owner__isnull": False, "owner__name": "p1"}, "13"),
        ({"owner__team__city": "Rome"}, "123"),
        ({"owner__team": "blues"}, "2"),
        ({"owner__team__pk": "blues"}, "2"),
        ({"owner__badge__color": "gold"}, "13"),
        ({"parent__owner__name": "p1"}, "2"),
        ({"parent__parent__owner__team__city": "Rome"}, "3"),
        ({"members__age__gte": 20}, "12"),
        ({"members__team__city": "Oslo"}, "2"),
        ({"members__name": "p1", "members__age": 20}, ""),
        ({"members__pk": 1, "members__age": 20}, ""),
        ({"members__pk": 1, "members": 2}, "1"),
        ({"members__pk__in": [2, 3], "members__team__city": "Oslo"}, "2"),
        ({"members__pk": 3}, "2"),
        ({"queue__name": "p2"}, "1"),
        ({"queue__team__city": "Oslo"}, "3"),
        ({"ranks__name": "p1"}, "1"),
        ({"children__kind": "b"}, "12"),
        ({"children": 3}, "2"),
        ({"children__in": [2, 3]}, "12"),
        ({"children__isnull": True}, "34"),
        ({"children": None}, "34"),
        ({"children__isnull": False}, "12"),
        ({"owner__owned__kind": "b", "kind": "a"}, "1"),
        ({"owner__membership__pk": 2}, "2"),
        ({"owner__name": None}, ""),
        ({"owner__team__isnull": True}, ""),
        ({"owner__name__in": []}, ""),
        ({"owner__name": "nobody"}, ""),
    ],
    ids=str,
)
def test_groups_are_found_through_their_relations_in_one_request(world, filters, expected):
    with count_requests() as sent:
        found = sorted(world.Group.collection(**filters))
    assert found == list(expected)
    assert sent.count <= 1
    assert world.Group.collection(**filters).count() == len(expected)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"owned__kind": "b"}, "12"),
        ({"owned": 1}, "1"),
        ({"owned__in": [1, 2]}, "12"),
        ({"owned__kind": "b", "owned__parent": 2}, "1"),
        ({"membership__kind": "b"}, "123"),
        ({"membership__kind": "b", "membership__owner": 2}, "23"),
        ({"queued_in__kind": "a"}, "12"),
        ({"ranked_in__owner__age": 10}, "1"),
        ({"membership__isnull": True}, "4"),
        ({"membership__isnull": False, "age__gt": 15}, "23"),
        ({"owned__parent__isnull": True}, "1"),
        ({"team__players__name": "p1"}, "1"),
        ({"team__city": "Rome", "owned__kind": "a"}, "1"),
        ({"badge__color": "gold"}, "13"),
        ({"badge__wearer__name": "p1"}, "1"),
        ({"membership__children__children__kind": "b"}, "12"),
    ],
    ids=str,
)
def test_people_are_found_through_those_that_point_to_them(world, filters, expected):
    with count_requests() as sent:
        found = sorted(world.Person.collection(**filters))
    assert found == list(expected)
    assert sent.count == 1


def test_a_unique_relation_is_stepped_through_both_ways(world):
    assert world.Badge.collection(wearer__name="p2") == ["2"]
    assert world.Badge.collection(wearer__team__city="Oslo") == ["3"]
    assert world.Badge.collection(wearer__isnull=True) == []
    world.Person(1).badge.delete()
    assert world.Badge.collection(wearer__isnull=True) == ["1"]


def test_filters_of_one_call_are_about_the_same_object_those_of_two_calls_need_not_be(world):
    one = world.Group.collection(members__name="p1", members__age=20)
    two = world.Group.collection(members__name="p1").filter(members__age=20)
    assert one == []
    assert two == ["1"]


def test_objects_can_be_given_at_the_end_of_a_step(world):
    reds, person, group = world.Team("reds"), world.Person(2), world.Group(2)
    assert world.Group.collection(owner__team=reds).sort() == ["1", "3"]
    assert world.Group.collection(parent__members=person).sort() == ["2", "3"]
    assert world.Person.collection(owned=group) == ["2"]
    assert world.Person.collection(membership__in=[group, "1"]).sort() == ["1", "2", "3"]
    with pytest.raises(InvalidValueError, match="Person.owned leads to Group"):
        world.Person.collection(owned=person)
    with pytest.raises(InvalidValueError, match="no pk yet"):
        world.Person.collection(owned=world.Group())


def test_steps_go_with_sorting_slices_and_related_collections(world):
    Group = world.Group
    assert Group.collection(owner__team__city="Rome").sort(by="-kind", alpha=True)[:2] == ["3", "2"]
    assert world.Person(1).owned(parent__kind="b") == ["3"]
    assert list(Group.collection(owner__name="p2").instances()) == [Group(2)]
    assert Group.get(owner__name="p2") == Group(2)
    assert Group.exists(owner__name="p4") is False


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"owner__shoe": 1}, "Person has no field 'shoe'"),
        ({"owner__team__shoe": 1}, "Team has no field 'shoe'"),
        ({"shoe__name": 1}, "Group has no field 'shoe'.*children"),
        ({"children__shoe": 1}, "Group has no field 'shoe'"),
        ({"kind__name": 1}, "no index of Group.kind answers 'name'"),
        ({"owner__name__endswith": 1}, "no index of Person.name answers"),
    ],
)
def test_a_step_that_leads_nowhere_is_refused_before_anything_is_sent(world, filters, message):
    with count_requests() as sent, pytest.raises(ImplementationError, match=message):
        world.Group.collection(**filters)
    assert sent.count == 0


def test_wrong_values_at_the_end_of_a_step_are_refused(world):
    with pytest.raises(NotANumberError):
        world.Group.collection(owner__age="old")
    with pytest.raises(InvalidValueError, match="True or False"):
        world.Group.collection(children__isnull=3)


def test_a_step_works_in_a_pipeline(world, database):
    with count_requests() as sent, database.pipeline() as pipe:
        found = world.Group.collection(owner__name="p2").evaluate()
        pipe.execute()
    assert sent.count == 1
    assert found.value == ["2"]


# plans


@pytest.fixture
def crowd(database, raw):
    """3000 people in 300 groups of each kind of relation, written as the key layout says."""
    models = make_models(database)
    chance = random.Random(3)
    pipe = raw.pipeline(transaction=False)
    people = [str(pk) for pk in range(1, 3001)]
    pipe.sadd("{person}:pks", *people)
    for pk in people:
        pipe.hset(f"{{person}}:hash:{pk}", mapping={"name": f"n{int(pk) % 1000:04}", "age": pk})
    pipe.zadd("{person}:index:age:number-range", {pk: int(pk) for pk in people})
    pipe.zadd("{person}:index:name:text-range", {f"n{int(pk) % 1000:04}\0{pk}": 0 for pk in people})
    rows = {}
    for pk in (str(number) for number in range(1, 301)):
        owner, members = chance.choice(people), set(chance.sample(people, 20))
        rows[pk] = (owner, members)
        pipe.sadd("{group}:pks", pk)
        pipe.hset(f"{{group}}:hash:{pk}", mapping={"owner": owner, "kind": f"k{int(pk) % 100}"})
        pipe.sadd(f"{{group}}:index:kind:equal:k{int(pk) % 100}", pk)
        pipe.sadd(f"{{group}}:index:owner:equal:{owner}", pk)
        pipe.sadd(f"{{group}}:field:members:{pk}", *members)
        for member in members:
            pipe.sadd(f"{{group}}:index:members:equal:{member}", pk)
    pipe.execute()
    return models, rows


@pytest.mark.parametrize(("low", "high"), [(1, 3), (1, 40), (500, 1400), (1, 2900), (1, 3000), (2999, 3000)])
@pytest.mark.parametrize("kind", [None, "k7"])
@pytest.mark.parametrize("name", ["owner", "members"])
def test_whichever_side_drives_the_answer_is_the_same(crowd, name, kind, low, high):
    models, rows = crowd
    filters = {f"{name}__age__gte": low, f"{name}__age__lte": high}
    wanted = set()
    for pk, (owner, members) in rows.items():
        there = {owner} if name == "owner" else members
        if any(low <= int(each) <= high for each in there) and (kind is None or f"k{int(pk) % 100}" == kind):
            wanted.add(pk)
    if kind is not None:
        filters["kind"] = kind
    assert set(models.Group.collection(**filters)) == wanted


@pytest.mark.parametrize("ages", [(1, 3), (1, 100), (1, 2900)])
@pytest.mark.parametrize("kinds", [["k1"], [f"k{n}" for n in range(50)], [f"k{n}" for n in range(100)]])
@pytest.mark.parametrize("name", ["owned", "membership"])
def test_whichever_side_drives_the_answer_is_the_same_from_the_other_side(crowd, name, kinds, ages):
    models, rows = crowd
    low, high = ages
    wanted = set()
    for pk, (owner, members) in rows.items():
        if f"k{int(pk) % 100}" in kinds:
            wanted |= {each for each in ({owner} if name == "owned" else members) if low <= int(each) <= high}
    query = models.Person.collection(**{f"{name}__kind__in": kinds}, age__gte=low, age__lte=high)
    assert set(query) == wanted


def test_the_smaller_side_drives(crowd):
    Group, Person = crowd[0].Group, crowd[0].Person
    plan = Group.collection(owner__age__gte=2, kind="k7").explain()
    assert (plan.driver, plan.candidates) == ("kind", 3)
    plan = Group.collection(owner__age=1500, kind__in=[f"k{n}" for n in range(90)]).explain()
    assert plan.driver == "owner__age"
    assert plan.candidates < 5
    plan = Person.collection(membership__kind="k7", age__gt=10).explain()
    assert plan.driver == "membership__kind"
    assert plan.candidates <= 60
    plan = Person.collection(membership__kind__in=[f"k{n}" for n in range(90)], age__lt=10).explain()
    assert (plan.driver, plan.candidates) == ("age__lt", 9)


# what comes along


def test_values_of_related_objects_come_along_in_the_same_request(world):
    query = world.Group.collection(owner__isnull=False).sort().instances(fetch=["owner", "members", "queue"])
    with count_requests() as sent:
        groups = list(query)
        owners = [group.fetched["owner"] for group in groups]
        assert [owner["name"] for owner in owners] == ["p1", "p2", "p1"]
        assert dict(owners[1]) == {"pk": "2", "name": "p2", "age": "20", "team": "blues", "badge": "2"}
        assert owners[0].instance == world.Person.lazy_connect(1)
        assert owners[0].instance.connected
        assert [sorted(m["age"] for m in group.fetched["members"]) for group in groups] == [
            ["10", "20"],
            ["20", "30"],
            ["10"],
        ]
        assert [[m["pk"] for m in group.fetched["queue"]] for group in groups] == [["2", "1", "2"], [], ["3"]]
    assert sent.count == 1
    assert groups[0].owner.hget() == "1"


def test_relations_are_followed_on_and_back(world):
    query = world.Group.collection(kind="b").sort()
    with count_requests() as sent:
        second, third = query.instances(
            fetch=["owner__team__city", "owner__badge__wearer", "parent__children", "children"]
        )
    assert sent.count == 1
    owner = second.fetched["owner"]
    assert dict(owner) == {"pk": "2"}
    assert dict(owner.fetched["team"]) == {"pk": "blues", "city": "Rome"}
    assert owner.fetched["badge"].fetched["wearer"]["name"] == "p2"
    assert [child["pk"] for child in second.fetched["parent"].fetched["children"]] == ["2"]
    assert [child["kind"] for child in second.fetched["children"]] == ["b"]
    assert third.fetched["children"] == []


def test_what_is_not_there_is_none_or_an_empty_list(world):
    (group,) = world.Group.collection(kind="c").instances(
        fetch=["owner", "members", "children", "owner__team"]
    )
    assert group.fetched == {"owner": None, "members": [], "children": []}
    assert world.Group(4).fetched == {}


def test_a_dangling_pk_brings_nothing(database):
    class Note(related.RelatedModel):
        after = related.FKStringField("self", must_exist=False, related_name="before")
        more = related.M2MListField("self", must_exist=False, related_name="less")

    Note.use_database(database)
    Note(after="9", more=["9", "1", "9"])
    (note,) = Note.collection().instances(fetch=["after", "more"])
    assert note.fetched["after"] is None
    assert [each["pk"] for each in note.fetched["more"]] == ["1"]


def test_narrowing_and_a_slice_and_a_pipeline(world, database):
    query = world.Group.collection().sort(desc=True).instances(fetch=["owner__name", "owner__age"])[1:3]
    assert [dict(group.fetched["owner"]) for group in query] == [
        {"pk": "1", "name": "p1", "age": "10"},
        {"pk": "2", "name": "p2", "age": "20"},
    ]
    assert query.primary_keys() == ["3", "2"]
    (group,) = world.Group.collection(pk=1).instances(fetch=(name for name in ["owner__name"]))
    assert set(group.fetched) == {"owner"}
    assert query.count() == 2
    with database.pipeline() as pipe:
        found = query.evaluate()
        pipe.execute()
    assert [group.fetched["owner"]["name"] for group in found.value] == ["p1", "p2"]


def test_one_object_fetches_what_it_is_related_to(world):
    group = world.Group.lazy_connect(1)
    names = ["owner", "members__age", "owner__team__city"]
    (same,) = world.Group.collection(pk=1).instances(fetch=names)
    with count_requests() as sent:
        found = group.fetch(*names)
    assert sent.count == 1
    assert found["owner"]["name"] == "p1"
    assert found["owner"].fetched["team"]["city"] == "Rome"
    assert {each.instance: dict(each) for each in found["members"]} == {
        each.instance: dict(each) for each in same.fetched["members"]
    }
    assert set(found) == set(group.fetched) == set(same.fetched)
    assert group.connected
    assert group.fetch("parent") == {"parent": None}
    assert set(group.fetched) == {"owner", "members", "parent"}
    (owned, *_) = world.Person.get(1).fetch("owned")["owned"]
    assert owned.instance == group


def test_an_object_that_is_gone_fetches_nothing(world):
    for gone in (world.Group.lazy_connect(99), world.Group(4)):
        with contextlib.suppress(world.Group.DoesNotExist):
            gone.delete()
        with pytest.raises(world.Group.DoesNotExist, match=r"no Group has the pk '99'|was deleted"):
            gone.fetch("owner")
    with pytest.raises(world.Group.DoesNotExist, match="no pk yet"):
        world.Group().fetch("owner")
    with count_requests() as sent:
        for path in ("kind", "shoe", "owner__shoe", ""):
            with pytest.raises(ImplementationError, match="fetch: .* is no relation of"):
                world.Group.lazy_connect(1).fetch(path)
        for names in ((), (["owner"],), (3,)):
            with pytest.raises(InvalidValueError, match=r"^Group\.fetch: give names of relations"):
                world.Group.lazy_connect(1).fetch(*names)
    assert sent.count == 0


def test_several_objects_fetch_in_one_pipeline(world, database):
    with database.pipeline() as pipe:
        found = [world.Group.lazy_connect(pk).fetch("owner__name") for pk in (1, 2, 99)]
        pipe.execute(raise_on_error=False)
    assert [one.value["owner"] and one.value["owner"]["name"] for one in found[:2]] == ["p1", "p2"]
    with pytest.raises(world.Group.DoesNotExist):
        assert found[2].value


def test_get_brings_along_what_its_collection_does(world):
    group = world.Group.collection(pk=1).instances(fetch=["owner__name"]).get()
    assert group.fetched["owner"]["name"] == "p1"
    assert world.Group.collection(pk=1).get().fetched == {}


@pytest.mark.parametrize(
    "path", ["kind", "shoe", "owner__shoe", "owner__specs", "owner__name__x", "", "members__"]
)
def test_a_path_that_is_no_relation_is_refused(world, path):
    with pytest.raises(ImplementationError, match="fetch: .* is no relation of"):
        world.Group.collection().instances(fetch=[path])
    with pytest.raises(InvalidValueError, match="fetch"):
        world.Group.collection().instances(fetch="owner")
    with pytest.raises(InvalidValueError, match="fetch"):
        world.Group.collection().instances(fetch=[world.Group.get_field("owner")])


# in trees


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        (Q(owner__name="p1") | Q(kind="c"), "134"),
        (Q(owner__name="p1") & ~Q(kind="a"), "3"),
        (~Q(owner__name="p1"), "24"),
        (~Q(members__age__gte=20), "34"),
        (Q(owner__team__city="Rome") & (Q(children__kind="b") | Q(queue__name="p3")), "123"),
        (~(Q(owner__name="p1") | Q(owner__isnull=True)), "2"),
        (Q(members__name="p1", members__age=20), ""),
        (Q(members__name="p1") & Q(members__age=20), "1"),
        # there is an owner, and its name is another
        (Q(owner__name__ne="p1"), "2"),
        (Q(owner__team__ne="reds"), "2"),
        (Q(owner__team__not_in=["reds", "greens"]), "2"),
        (Q(owner__ne=1), "24"),
        (Q(children__ne=2), "234"),
        (Q(children__not_in=[2, 3]), "34"),
    ],
    ids=str,
)
def test_steps_stand_anywhere_in_a_tree(world, q, expected):
    with count_requests() as sent:
        found = sorted(world.Group.collection().filter(q))
    assert found == list(expected)
    assert sent.count <= 1


def test_exclude_union_and_update_take_steps(world):
    Group = world.Group
    assert Group.collection().exclude(owner__name="p1").sort() == ["2", "4"]
    assert Group.collection().exclude(children__isnull=True).sort() == ["1", "2"]
    assert Group.collection(kind="c").union(Group.collection(owner__name="p2")).sort() == ["2", "4"]
    assert Group.collection(members__name="p1").update(kind="z") == 2
    assert Group.collection(kind="z").sort() == ["1", "3"]
    assert Group.collection(owner__name="p1").store() == {"1", "3"}


def test_deleting_a_collection_follows_what_points_to_its_objects(world):
    assert world.Person.collection(owned__isnull=False).delete() == 2
    assert world.Group.collection(owner__isnull=False).count() == 0
    assert world.Group(1).members.smembers() == set()
    assert_indexes_right(world.Person, world.Group)


def test_values_bring_related_objects_along(world):
    with count_requests() as sent:
        rows = list(
            world.Group.collection(owner__isnull=False)
            .sort()
            .values("kind", fetch=["owner__name", "owner__team__city", "members__age"])
        )
    assert sent.count == 1
    assert [row["kind"] for row in rows] == ["a", "b", "b"]
    assert [row["owner"]["name"] for row in rows] == ["p1", "p2", "p1"]
    assert rows[1]["owner"].fetched["team"]["city"] == "Rome"
    assert sorted(member["age"] for member in rows[1]["members"]) == ["20", "30"]
    pairs = list(world.Group.collection(kind="a").instances(values=["kind"], fetch=["owner"]))
    assert pairs == [(world.Group(1), {"kind": "a"})]
    assert pairs[0][0].fetched["owner"]["name"] == "p1"


def test_a_foreign_key_is_a_value_to_compare_with(world):
    group = world.Group(1)
    with count_requests() as sent:
        assert world.Group.collection(owner=group.owner).sort() == ["1", "3"]
        assert world.Person.collection(owned__owner=group.owner) == ["1"]
    assert sent.count == 2
