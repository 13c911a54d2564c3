"""Relations, bulk work and objects in the syntax of asyncio; what they do is tested for every face."""

from __future__ import annotations

import asyncio
import random

import pytest

from limpyd_ng import exceptions, fields
from limpyd_ng.contrib.related import (
    FKInstanceHashField,
    FKStringField,
    M2MListField,
    M2MSetField,
    M2MSortedSetField,
    RelatedModel,
)
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.server.test_asyncio import on_loop

pytestmark = pytest.mark.faces("sync", reason="asyncio itself: it needs no face")


def family(db):
    """Models of people, groups of them, and letters, in the asyncio database."""

    class Person(RelatedModel):
        database = db
        name = fields.PKField()
        boss = FKStringField("self", related_name="staff")

    class Group(RelatedModel):
        database = db
        name = fields.InstanceHashField(unique=True)
        owner = FKInstanceHashField(Person, related_name="owned", on_delete="restrict")
        members = M2MSetField(Person, related_name="groups")
        queue = M2MListField(Person, related_name="waits_in")
        ranks = M2MSortedSetField(Person, related_name="ranked_in")

    class Letter(RelatedModel):
        database = db
        text = fields.StringField()
        to = FKInstanceHashField(Person, related_name="letters", on_delete="cascade")

    return Person, Group, Letter


async def people(Person, *names):
    return [await Person.create(name=name) for name in names]


@on_loop
async def test_foreign_keys_are_awaited(db, raw):
    Person, Group, _ = family(db)
    ann, bob = await people(Person, "ann", "bob")
    group = await Group.create(name="g", owner=ann)
    assert await group.owner.hget() == "ann"
    await group.owner.instance()  # a first use of a script takes its text, and may take two requests
    with count_requests() as sent:
        assert await group.owner.instance() == ann
    assert sent.count == 1
    assert await group.owner.hset(bob) == 0 and await bob.boss.set(ann) is True
    assert await group.owner.instance(lazy=True) == bob and await ann.boss.instance() is None
    await ann.boss.set(group.owner)
    assert await ann.boss.get() == "bob"
    with pytest.raises(Person.DoesNotExist):
        await group.owner.hset("nobody")
    with pytest.raises(exceptions.InvalidValueError):
        await group.owner.hset(group)
    assert await group.owner.hget() == "bob"
    await assert_indexes_right(Person, Group)


@on_loop
async def test_related_collections_are_awaited_or_iterated(db, raw):
    Person, Group, _ = family(db)
    ann, bob, cid = await people(Person, "ann", "bob", "cid")
    for number, owner in enumerate((ann, ann, bob)):
        await Group.create(name=f"g{number}", owner=owner, members=[ann, bob], queue=[cid, ann, cid])
    await ann.owned().sort()
    with count_requests() as sent:
        assert await ann.owned().sort() == ["1", "2"]
    assert sent.count == 1
    assert [group async for group in ann.owned().sort().instances()] == [
        await Group.get(1),
        await Group.get(2),
    ]
    assert await ann.owned(name="g1").count() == 1 and await cid.owned().exists() is False
    assert await bob.groups().sort(by="-name", alpha=True)[0] == "3"
    assert await Group.collection(owner__boss__isnull=True, members=ann).count() == 3
    assert await Person.collection(owned__name="g2").evaluate() == ["bob"]
    brought = await Group.collection(name="g0").instances(fetch=["owner"])
    assert brought[0].fetched["owner"].instance == ann
    found = await Group.lazy_connect(brought[0].get_pk()).fetch("owner")
    assert found["owner"].instance == ann
    with pytest.raises(exceptions.ImplementationError, match="await"):
        list(ann.owned())
    await assert_indexes_right(Person, Group)


@on_loop
async def test_fields_of_many_are_awaited(db, raw):
    Person, Group, _ = family(db)
    ann, bob, cid = await people(Person, "ann", "bob", "cid")
    group = await Group.create(name="g", owner=ann)
    assert await group.members.sadd(ann, "bob") == 2 and await group.queue.rpush(cid, ann, cid) == 3
    assert await group.ranks.zadd({ann: 2, bob: 1}) == 2
    assert await group.members().sort(alpha=True) == ["ann", "bob"]
    assert [person async for person in group.queue()] == ["cid", "ann"]
    assert [await person.pk.get() async for person in group.ranks().instances()] == [
        "bob",
        "ann",
    ]
    assert await group.members.smembers() == {"ann", "bob"} and await group.members.srem(bob) == 1
    assert (
        await bob.groups().count() == 0 and await cid.waits_in() == ["1"] and await bob.ranked_in() == ["1"]
    )
    with pytest.raises(Person.DoesNotExist):
        await group.members.sadd(cid, "nobody")
    assert await group.members.scard() == 1
    async with db.pipeline() as pipe:
        group.members.sadd(bob)
        found = group.members.smembers()
        pipe_result = bob.groups().evaluate()
        await pipe.execute()
    assert found.value == {"ann", "bob"} and pipe_result.value == ["1"]
    await assert_indexes_right(Person, Group)


@on_loop
async def test_deletions_follow_the_rules_of_relations(db, raw):
    Person, Group, Letter = family(db)
    ann, bob, cid = await people(Person, "ann", "bob", "cid")
    group = await Group.create(name="g", owner=ann, members=[ann, bob], queue=[bob, cid, bob])
    await bob.boss.set(cid)
    letters = [await Letter.create(text="hello", to=bob) for _ in range(3)]
    with pytest.raises(exceptions.RestrictedError):
        await ann.delete()
    assert await Person.exists("ann")
    with count_requests() as sent:
        assert await bob.delete()
    assert sent.count == 1
    assert await Letter.collection().count() == 0 and not await Letter.exists(letters[0].get_pk())
    assert (await group.members.smembers(), await group.queue.lmembers()) == ({"ann"}, ["cid"])
    await cid.delete()
    removed = await Person.delete_many(["ann", "nobody"])
    assert (removed.count, removed.missing, len(removed.refused)) == (0, 1, 1)
    assert await group.delete() and await Person.delete_many([ann]) and await Person.collection() == []
    assert [key for key in raw.keys() if ":index:" in key] == []


@on_loop
async def test_a_new_pk_is_followed_by_references(db, raw):
    Person, Group, Letter = family(db)
    ann, bob = await people(Person, "ann", "bob")
    group = await Group.create(name="g", owner=ann, members=[ann, bob])
    letter = await Letter.create(to=ann)
    assert await ann.rename_pk("anna") == 3
    assert (await group.owner.hget(), await letter.to.hget()) == ("anna", "anna")
    assert await group.members.smembers() == {"anna", "bob"}
    with pytest.raises(exceptions.UniquenessError):
        await ann.rename_pk("bob")
    await assert_indexes_right(Person, Group, Letter)


@on_loop
async def test_bulk_work_is_awaited_with_its_account(db, raw):
    Person, Group, _ = family(db)
    seen = []
    made = await Person.create_many(
        ({"name": name} for name in ("ann", "bob", "ann")),
        chunk_size=2,
        progress=lambda *step: seen.append(step),
    )
    assert (made.count, [refused.number for refused in made.refused], seen) == (
        2,
        [2],
        [(2, None), (3, None)],
    )
    groups = await Group.create_many([{"name": "a", "owner": "ann"}, {"name": "b", "owner": "nobody"}])
    assert groups.count == 1 and isinstance(groups.refused[0].error, Person.DoesNotExist)
    assert [pk async for pk in Person.scan_pks()] in (["ann", "bob"], ["bob", "ann"])
    assert await Person.from_pks(["ann", "x"]) == [made.instances[0]]
    assert (await groups.instances[0].snapshot())["owner"] == "ann"
    assert (await Person.create(name="bob", nx=True), await Person.create(name="zed", xx=True)) == (
        None,
        None,
    )
    assert await Group.collection(owner="ann").update(owner="bob") == 1
    assert await made.instances[1].owned().count() == 1
    await assert_indexes_right(Person, Group)


@on_loop
async def test_many_tasks_may_write_relations_while_objects_go(db, raw):
    Person, Group, Letter = family(db)
    names = [f"p{number}" for number in range(8)]
    await Person.create_many([{"name": name} for name in names])
    groups = (await Group.create_many([{"name": str(number)} for number in range(4)])).instances
    chance = random.Random(7)

    async def work(number):
        name, group = chance.choice(names), chance.choice(groups)
        try:
            if number % 10 == 0:
                await Person.delete_pk(name)
            elif number % 3 == 0:
                await Letter.create(to=name)
            elif number % 3 == 1:
                await group.members.sadd(name)
            else:
                await group.queue.rpush(name, chance.choice(names))
        except Person.DoesNotExist:
            pass

    await asyncio.gather(*(work(number) for number in range(150)))
    there = set(await Person.collection())
    assert there < set(names)
    for group in groups:
        assert await group.members.smembers() <= there and set(await group.queue.lmembers()) <= there
    assert set(await Letter.collection().values_list("to", flat=True)) <= there
    await assert_indexes_right(Person, Group, Letter)
