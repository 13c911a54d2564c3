"""Relations: the other side has its own type."""

from __future__ import annotations

from typing import Any, assert_type

from limpyd_ng import fields
from limpyd_ng.collection import CollectionManager
from limpyd_ng.contrib.collection import ExtendedCollectionManager
from limpyd_ng.contrib.database import PipelineDatabase
from limpyd_ng.contrib.related import (
    FKInstanceHashField,
    FKStringField,
    M2MListField,
    M2MSetField,
    M2MSortedSetField,
    RelatedCollection,
    RelatedModel,
)

main_database = PipelineDatabase(host="localhost")


class Person(RelatedModel):
    database = main_database
    collection_manager = ExtendedCollectionManager
    name = fields.PKField()
    owned: RelatedCollection[Group]
    boss: FKStringField[Person]


class Room(RelatedModel):
    database = main_database
    number = fields.PKField(type=int)
    groups: RelatedCollection[Group]


class Lease(RelatedModel):
    database = main_database
    room: FKStringField[Room, int]
    other: FKInstanceHashField[Room, int] = FKInstanceHashField("Room", related_name="others")
    rooms: M2MSetField[Room, int] = M2MSetField("Room", related_name="all_of")


class Group(RelatedModel):
    database = main_database
    room: FKStringField[Room, int] = FKStringField("Room", related_name="groups")
    collection_manager = ExtendedCollectionManager
    owner = FKInstanceHashField(Person, related_name="owned", on_delete="cascade")
    second = FKStringField(Person, "second_of", indexable=True)
    members = M2MSetField(Person, related_name="member_of")
    queue = M2MListField(Person, related_name="queues")
    scores = M2MSortedSetField(Person, related_name="scored_in")
    parent: FKStringField[Group] = FKStringField("self", related_name="children")
    nearest: M2MSetField[Group]


def main() -> None:
    """Everything once, on a server."""
    ann, bob = Person(name="ann"), Person(name="bob", boss="ann")
    group = Group(owner=ann, members=[ann, bob], queue=[bob], scores={"ann": 1})
    assert_type(group.owner.hget(), str | None)
    room = Room(number=5)
    lease = Lease(room=5, other=room, rooms=[room])
    assert_type(lease.room.get(), int | None)
    assert_type(lease.room.instance(), Room | None)
    assert_type(lease.other.hget(), int | None)
    assert_type(lease.rooms.smembers(), set[int])
    assert_type(lease.rooms(), CollectionManager[Room, int])
    assert_type(lease.rooms()[0], int)
    assert lease.room.get() == lease.other.hget() == lease.rooms()[0] == 5
    assert_type(room.groups().first(), str | None)
    assert_type(group.owner.instance(), Person | None)
    assert_type(group.fetch("owner", "members"), dict[str, Any])
    assert group.fetch("owner")["owner"]["pk"] == "ann"
    assert_type(group.owner.hset(bob), int)
    assert_type(group.second.set(group.owner), bool | None)
    assert_type(group.second.instance(lazy=True), Person | None)
    assert_type(group.parent.instance(), Group | None)
    assert_type(bob.boss.instance(), Person | None)
    assert_type(group.members(), CollectionManager[Person, str])
    assert_type(group.members.smembers(), set[str])
    assert_type(group.nearest(), CollectionManager[Group, str])
    assert_type(group.queue().instances()[0], Person)
    assert_type(group.queue.lmembers(), list[str])
    assert_type(group.scores.zrange(0, -1), list[str])
    assert_type(group.owner.related_model, type[Person])
    assert_type(bob.owned().instances()[0], Group)
    assert_type(bob.member_of, RelatedCollection[Any])
    assert_type(bob.member_of().count(), int)
    assert_type(ann.name.get(), str)
