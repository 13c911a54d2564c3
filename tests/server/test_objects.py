"""Operations on whole objects: snapshots, nx and xx, other pks, pks known before saving."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.contrib.related import (
    FKStringField,
    M2MListField,
    M2MSetField,
    M2MSortedSetField,
    RelatedModel,
)
from limpyd_ng.database import RedisDatabase
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, UniquenessError
from limpyd_ng.fields.generated_pk import ulid
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.oracle import assert_consistent, snapshot
from tests.server.test_random_operations import contents
from tests.server.test_random_operations import make_model as make_thing

HOSTILE = ["", "a:b", "{x}", "[*]?", "nul\0", "é" * 50, "\0\xff"]


def _fold(value: str) -> str:
    return value.casefold()


def make_page(on: Any) -> Any:
    class Page(RedisModel):
        database = on
        path = fields.PKField()
        code = fields.StringField(unique=True)
        title = fields.InstanceHashField(indexes=[TextRangeIndex, EqualIndex.configure(transform=_fold)])
        rank = fields.InstanceHashField(indexes=[NumberRangeIndex])
        tags = fields.SetField(indexes=[EqualIndex, TextRangeIndex])
        log = fields.ListField(indexable=True)
        votes = fields.SortedSetField(indexes=[NumberRangeIndex])
        meta = fields.HashField(indexable=True)
        body = fields.StringField()

    return Page


def full(Page: Any, pk: str, **more: Any) -> Any:
    values = {
        "code": f"code of {pk}",
        "title": "Title",
        "rank": 2.5,
        "tags": ["a", "b"],
        "log": ["x", "x", "y"],
        "votes": {"7": 1, "8": 2},
        "meta": {"k": "v", "": ""},
        "body": "text",
    }
    return Page(path=pk, **{**values, **more})


def test_a_snapshot_holds_everything_and_is_one_request(database):
    Page = make_page(database)
    page = full(Page, "p")
    page.snapshot()
    with count_requests() as sent:
        found = page.snapshot()
    assert sent.count == 1
    assert found == {
        "path": "p",
        "code": "code of p",
        "title": "Title",
        "rank": "2.5",
        "tags": {"a", "b"},
        "log": ["x", "x", "y"],
        "votes": {"7": 1.0, "8": 2.0},
        "meta": {"k": "v", "": ""},
        "body": "text",
    }
    with count_requests() as sent:
        several = Page.snapshots(["none", "p", Page.lazy_connect("p"), "gone"])
    assert sent.count == 1
    assert [one and one["code"] for one in several] == [None, "code of p", "code of p", None]
    with pytest.raises(Page.DoesNotExist):
        Page.lazy_connect("none").snapshot()
    empty = Page(path="empty")
    assert empty.snapshot()["tags"] == set() and empty.snapshot()["body"] is None


def test_nx_gives_none_for_a_taken_pk_and_an_error_for_a_taken_value(database, raw):
    Page = make_page(database)
    first = Page.create(path="a", code="1", nx=True)
    assert first.pk.get() == "a"
    with count_requests() as sent:
        assert Page.create(path="a", code="2", nx=True) is None
    assert sent.count == 1
    assert first.code.get() == "1"
    with pytest.raises(UniquenessError, match=r"Page\.code"):
        Page.create(path="b", code="1", nx=True)
    with pytest.raises(InvalidValueError):
        Page.create(path="b", nx=True, xx=True)
    assert_consistent(Page, raw)


def test_xx_only_changes_what_exists(database, raw):
    Page = make_page(database)
    assert Page.create(path="a", body="new", xx=True) is None
    assert raw.dbsize() == 0
    Page(path="a", body="old", rank=1)
    with count_requests() as sent:
        page = Page.create(path="a", body="new", xx=True)
    assert sent.count == 1
    assert page.snapshot()["body"] == "new" and page.snapshot()["rank"] == "1"
    assert Page.lazy_connect("none").update(xx=True, body="x") is None
    assert page.update(xx=True, body="x") is True
    assert Page.update_pk("a", body="y") is True and page.body.get() == "y"
    assert Page.update_pk("none", xx=True, body="y") is None
    with pytest.raises(Page.DoesNotExist):
        Page.update_pk("none", body="y")
    with pytest.raises(InvalidValueError):
        Page.create(xx=True, body="x")
    assert Page.delete_pk("a") is True
    with pytest.raises(Page.DoesNotExist):
        Page.delete_pk("a")
    assert list(raw.scan_iter()) == []


@pytest.mark.parametrize("new", [text for text in HOSTILE if text])
def test_an_object_with_another_pk_is_the_same_object(database, raw, new):
    Page = make_page(database)
    full(Page, "other")
    page = full(Page, "old")
    before = page.snapshot()
    page.rename_pk("warm")
    with count_requests() as sent:
        assert page.rename_pk(new) == 0
    assert sent.count == 1
    assert page.pk.get() == new and page.body.get() == "text"
    assert {**page.snapshot(), "path": "old"} == before
    assert Page.get(code="code of old").pk.get() == new
    assert set(Page.collection(tags="a")) == {new, "other"}
    assert not Page.exists("old")
    assert_consistent(Page, raw)
    assert_indexes_right(Page)
    page.delete()
    Page.delete_pk("other")
    assert list(raw.scan_iter()) == []


def test_a_pk_that_is_taken_or_a_key_in_the_way_changes_nothing(database, raw):
    Page = make_page(database)
    page, _ = full(Page, "a"), full(Page, "b")
    before = snapshot(raw)
    with pytest.raises(UniquenessError, match="'b' exists already") as caught:
        page.rename_pk("b")
    assert caught.value.pk == "b"
    with pytest.raises(Page.DoesNotExist):
        Page.lazy_connect("none").rename_pk("c")
    with pytest.raises(InvalidValueError):
        page.rename_pk("")
    raw.set("{page}:field:body:c", "left behind")
    with pytest.raises(ImplementationError, match="in the way"):
        page.rename_pk("c")
    raw.delete("{page}:field:body:c")
    assert snapshot(raw) == before
    assert page.rename_pk("a") == 0


def test_pks_that_the_server_counts_are_not_renamed(database):
    class Counted(RedisModel):
        name = fields.StringField()

    Counted.use_database(database)
    thing = Counted(name="x")
    with pytest.raises(ImplementationError, match="counted by the server"):
        thing.rename_pk("2")
    with pytest.raises(AttributeError, match="rename_pk"):
        thing.pk = "2"
    with pytest.raises(InvalidValueError, match="rename_pk"):
        thing.update(pk="2")


def make_related(on: Any) -> Any:
    class Person(RelatedModel):
        database = on
        name = fields.PKField()
        boss = FKStringField("self", related_name="staff", unique=False)

    class Group(RelatedModel):
        database = on
        owner = FKStringField(Person, related_name="owned")
        members = M2MSetField(Person, related_name="member_of")
        queue = M2MListField(Person, related_name="queued_in")
        ranks = M2MSortedSetField(Person, related_name="ranked_in")

    return Person, Group


def test_what_points_to_an_object_follows_its_new_pk(database, raw):
    Person, Group = make_related(database)
    ann, bob = Person(name="ann"), Person(name="bob")
    ann.boss.set(ann)
    bob.boss.set(ann)
    groups = [
        Group(owner=ann, members=[ann, bob], queue=[ann, bob, ann], ranks={"ann": 2, "bob": 1})
        for _ in range(3)
    ]
    with count_requests() as sent:
        followed = ann.rename_pk("anna")
    assert sent.count == 1
    assert followed == 2 + 3 * 4
    assert ann.boss.get() == bob.boss.get() == "anna"
    for group in groups:
        assert group.snapshot() == {
            "pk": group.pk.get(),
            "owner": "anna",
            "members": {"anna", "bob"},
            "queue": ["anna", "bob", "anna"],
            "ranks": {"bob": 1.0, "anna": 2.0},
        }
    assert set(ann.owned()) == {"1", "2", "3"}
    assert list(Group.collection(owner="ann")) == []
    for model in (Person, Group):
        assert_consistent(model, raw)


def test_pks_that_are_made_beforehand_are_known_without_a_request(database, raw):
    class Event(RedisModel):
        id = fields.ULIDPKField()
        name = fields.StringField(unique=True)

    Event.use_database(database)
    with count_requests() as sent:
        event = Event()
        pk = event.pk.get()
        assert event.get_pk() == pk and not event.connected
    assert sent.count == 0 and len(pk) == 26
    event.name.set("x")
    assert event.pk.get() == pk and list(Event.scan_pks()) == [pk]
    assert Event.create(name="y").pk.get() > pk[:8]
    given = ulid()
    assert Event(id=given.lower(), name="z").pk.get() == given
    for wrong in ("x", given + "0", "8" + given[1:]):
        with pytest.raises(InvalidValueError, match="ULID"):
            Event(id=wrong)
    again = Event()
    known = again.pk.get()
    with pytest.raises(UniquenessError):
        again.update(name="x")
    again.update(name="w")
    assert again.pk.get() == known
    assert_consistent(Event, raw)


def test_ulids_are_in_the_order_of_their_time(monkeypatch):
    made = []
    for milliseconds in (0, 1, 2**40, 2**48 - 1):
        monkeypatch.setattr("time.time_ns", lambda ms=milliseconds: ms * 1_000_000)
        made.append(ulid())
    assert made == sorted(made) and made[0].startswith("0000000000") and made[-1].startswith("7ZZZZZZZZZ")


def test_own_generators_and_uuids(database):
    numbers = iter(range(100))

    class Ticket(RedisModel):
        pk = fields.PKField(generator=lambda: f"T-{next(numbers)}")
        name = fields.StringField()

    class Token(RedisModel):
        pk = fields.UUIDPKField()
        name = fields.StringField()

    for model in (Ticket, Token):
        model.use_database(database)
    assert [Ticket(name="a").pk.get(), Ticket.create(name="b").pk.get()] == ["T-0", "T-1"]
    assert Ticket.create_many([{"name": "c"}, {"name": "d", "pk": "mine"}]).pks == ["T-2", "mine"]
    token = Token()
    token.name.set("x")
    assert Token.get(token.pk.get().upper()).name.get() == "x"
    with pytest.raises(InvalidValueError, match="UUID"):
        Token(pk="x")
    with pytest.raises(ImplementationError):
        fields.PKField(generator="x")
    with pytest.raises(ImplementationError):
        fields.AutoPKField(generator=ulid)


@given(
    drawn=st.lists(contents, min_size=1, max_size=4),
    moves=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcde")), max_size=8),
)
def test_random_objects_keep_all_they_hold_under_other_pks(database, raw, drawn, moves):
    raw.flushdb()
    Named = type("Named", (make_thing(database),), {"pk": fields.PKField()})
    Named.create_many({"pk": pk, **row} for pk, row in zip("abcd", drawn, strict=False))
    world = {pk: Named.lazy_connect(pk).snapshot() for pk in Named.collection()}
    for old, new in moves:
        try:
            Named.lazy_connect(old).rename_pk(new)
        except Named.DoesNotExist:
            assert old not in world
        except UniquenessError:
            assert new in world and old != new
        else:
            world[new] = {**world.pop(old), "pk": new}
        assert dict(zip(sorted(world), Named.snapshots(sorted(world)), strict=True)) == {
            pk: {name: value for name, value in held.items() if name != "pk"} for pk, held in world.items()
        }
        assert_consistent(Named, raw)
    assert Named.check_indexes() == []


def _rename_back_and_forth(settings: Any, which: int) -> None:
    Page = make_page(RedisDatabase(**settings))
    for _ in range(150):
        for old, new in (("a", "b"), ("b", "a")):
            try:
                Page.lazy_connect(old).rename_pk(new)
            except (Page.DoesNotExist, UniquenessError):
                pass


def _write(settings: Any, which: int) -> None:
    Page = make_page(RedisDatabase(**settings))
    for number in range(400):
        page = Page.lazy_connect("ab"[number % 2])
        try:
            page.tags.sadd(f"t{number % 7}")
            page.rank.hset(number)
            page.title.hset(f"T{number % 5}")
            page.log.rpush("z")
        except Page.DoesNotExist:
            pass


def test_renaming_while_others_write_keeps_one_object_with_right_indexes(database, settings, raw):
    Page = make_page(database)
    full(Page, "a")
    fork = multiprocessing.get_context("fork")
    jobs = [fork.Process(target=_rename_back_and_forth, args=(settings, n)) for n in range(2)]
    jobs += [fork.Process(target=_write, args=(settings, n)) for n in range(2)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(120)
        assert job.exitcode == 0
    assert len(Page.collection()) == 1
    assert Page.collection().instances()[0].code.get() == "code of a"
    assert_consistent(Page, raw)
