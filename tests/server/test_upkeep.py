"""Checking, repairing, clearing and rebuilding indexes."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, Slice, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right
from tests.oracle import assert_consistent, snapshot


def fold(value):
    return value.casefold()


@pytest.fixture
def Book(database):
    class Book(RedisModel):
        isbn = fields.InstanceHashField(unique=True)
        title = fields.StringField(
            indexes=[TextRangeIndex, EqualIndex.configure(prefix="cut", transform=Slice(0, 1))]
        )
        year = fields.InstanceHashField(indexes=[NumberRangeIndex])
        genre = fields.InstanceHashField(indexable=True)
        words = fields.SetField(
            indexes=[EqualIndex, NumberRangeIndex.configure(prefix="size", transform=count)]
        )
        notes = fields.HashField(indexable=True)
        folded = fields.StringField(indexes=[EqualIndex.configure(transform=fold)])

    def make(number):
        return Book(
            isbn=f"i{number}",
            title=f"T{number}",
            year=number,
            genre=f"g{number % 2}",
            words=["a", f"w{number}"],
            notes={"k": number, "": "x"},
            folded=f"F{number}",
        )

    Book.use_database(database)
    for number in range(12):
        make(number)
    assert_indexes_right(Book)
    return Book


def count(value):
    return len(value)


DAMAGE = {
    "missing set entry": (lambda r: r.srem("{book}:index:genre:equal:g1", "2"), "missing", "2"),
    "stale set entry": (lambda r: r.sadd("{book}:index:genre:equal:g0", "2"), "stale", "2"),
    "entry of no object": (lambda r: r.sadd("{book}:index:genre:equal:nowhere", "99"), "stale", "99"),
    "missing unique entry": (lambda r: r.hdel("{book}:index:isbn:equal", "i4"), "missing", "5"),
    "stale unique entry": (lambda r: r.hset("{book}:index:isbn:equal", "zz", "5"), "stale", "5"),
    "missing text entry": (lambda r: r.zrem("{book}:index:title:text-range", "T4\x005"), "missing", "5"),
    "stale text entry": (lambda r: r.zadd("{book}:index:title:text-range", {"Q\x005": 0}), "stale", "5"),
    "wrong score": (lambda r: r.zadd("{book}:index:year:number-range", {"5": 77}), "missing", "5"),
    "stale number": (lambda r: r.zadd("{book}:index:year:number-range", {"55": 1}), "stale", "55"),
    "missing sub-key": (lambda r: r.srem("{book}:index:notes:equal:1:k:3", "4"), "missing", "4"),
    "stale sub-key": (lambda r: r.sadd("{book}:index:notes:equal:1:q:3", "4"), "stale", "4"),
    "empty sub-key": (lambda r: r.srem("{book}:index:notes:equal:0::x", "4"), "missing", "4"),
    "lost memo": (lambda r: r.delete("{book}:memo:folded:4"), "missing", "4"),
    "value changed behind the back": (lambda r: r.set("{book}:field:folded:4", "other"), "missing", "4"),
    "lost object": (lambda r: r.srem("{book}:pks", "7"), "stale", "7"),
    "cut": (lambda r: r.sadd("{book}:index:title:equal.cut:Q", "3"), "stale", "3"),
    "size": (lambda r: r.zadd("{book}:index:words:number-range.size", {"a\x003": 9}), "missing", "3"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_each_kind_of_damage_is_reported_and_mended(Book, raw, name):
    damage, kind, pk = DAMAGE[name]
    before = snapshot(raw)
    damage(raw)
    damaged = snapshot(raw)
    assert damaged != before
    found = Book.check_indexes()
    assert (kind, pk) in [(one.kind, one.pk) for one in found], found
    assert snapshot(raw) == damaged, "checking wrote something"
    assert Book.repair_indexes() == []
    if name != "lost object":
        assert_consistent(Book, raw)
    assert Book.check_indexes() == []


def test_two_holders_of_a_unique_value_are_reported_and_left_to_you(Book, raw):
    raw.hset("{book}:hash:3", "isbn", "i0")
    (left,) = Book.repair_indexes()
    assert (left.kind, left.field, left.pk, left.value, left.holder) == (
        "duplicate",
        "Book.isbn",
        "3",
        "i0",
        "1",
    )
    assert "also held by '1'" in str(left)
    Book(3).isbn.hset("other")
    assert Book.repair_indexes() == []
    assert_consistent(Book, raw)


def test_a_value_that_the_index_cannot_take_is_reported(Book, raw):
    raw.hset("{book}:hash:3", "year", "soon")
    kinds = {(one.kind, one.pk) for one in Book.check_indexes()}
    assert ("invalid", "3") in kinds
    assert {one.kind for one in Book.repair_indexes()} == {"invalid"}
    assert "3" not in Book.collection(year=2)


def test_an_index_key_of_another_type_is_reported(Book, raw):
    raw.delete("{book}:index:title:text-range")
    raw.set("{book}:index:title:text-range", "x")
    with pytest.raises(Exception, match="WRONGTYPE"):
        Book(1).title.set("new")
    assert Book(1).title.get() == "T0"
    (found,) = [one for one in Book.check_indexes() if one.kind == "foreign"]
    assert found.value == "{book}:index:title:text-range"
    assert "foreign" in {one.kind for one in Book.repair_indexes()}
    raw.delete("{book}:index:title:text-range")
    assert Book.repair_indexes() == []
    assert_consistent(Book, raw)


def test_clearing_removes_the_entries_and_rebuilding_brings_them_back(Book, raw):
    everything = snapshot(raw)
    assert Book.clear_indexes() > 0
    assert not [key for key in raw.scan_iter() if ":index:" in key or ":memo:" in key]
    assert Book.collection(genre="g1") == []
    assert Book.rebuild_indexes() > 0
    assert snapshot(raw).keys() == everything.keys()
    assert_consistent(Book, raw)
    assert Book.rebuild_indexes() == 0


def test_one_index_can_be_cleared_and_rebuilt_alone(Book, raw):
    index = Book.get_field("title").get_index(EqualIndex)
    assert index.get_storage_key("T") == "{book}:index:title:equal.cut:T"
    index.clear()
    assert Book.collection(title__cut="T") == []
    assert len(Book.collection(title__startswith="T")) == 12
    index.rebuild()
    assert len(Book.collection(title__cut="T")) == 12
    Book.get_field("title").clear_indexes(index_class=TextRangeIndex)
    assert Book.collection(title__startswith="T") == []
    assert len(Book.collection(title__cut="T")) == 12
    Book.get_field("title").rebuild_indexes(index_class=TextRangeIndex, chunk_size=5)
    assert_consistent(Book, raw)


def test_progress_goes_from_nothing_to_all(Book):
    seen = []
    Book.check_indexes(progress=lambda done, total: seen.append((done, total)))
    assert all(0 <= done <= total for done, total in seen)
    assert seen[-1][0] == seen[-1][1]


def test_indexes_of_an_instance_cannot_be_rebuilt(Book):
    with pytest.raises(ImplementationError, match="belong to all objects"):
        Book(1).title.rebuild_indexes()
    with pytest.raises(ValueError, match="one is needed"):
        Book.get_field("title").get_index()
    with pytest.raises(ImplementationError, match="no index of this class"):
        Book.get_field("genre").rebuild_indexes(index_class=NumberRangeIndex)


def test_an_index_declared_later_is_built_from_the_values(database, raw):
    class Page(RedisModel):
        url = fields.StringField()
        words = fields.ListField()

    Page.use_database(database)
    for number in range(30):
        Page(url=f"u{number}", words=["a", number])
    database.remove_model(Page)

    class PageNow(RedisModel):
        key_name = "page"
        url = fields.StringField(unique=True)
        words = fields.ListField(indexable=True)

    PageNow.use_database(database)
    assert PageNow.rebuild_indexes() == 30 + 60
    assert len(PageNow.collection(words="a")) == 30
    assert PageNow.get(url="u7").words.lrange(0, -1) == ["a", "7"]
    assert_consistent(PageNow, raw)


def test_a_changed_transform_is_followed_after_a_rebuild(database, raw):
    def model(function):
        class Word(RedisModel):
            text = fields.StringField(indexes=[EqualIndex.configure(transform=function)])

        Word.use_database(database)
        return Word

    old = model(str.upper)
    old(text="abc")
    database.remove_model(old)
    new = model(str.title)
    word = new(1)
    assert new.collection(text="ABC") == ["1"]
    word.text.set("def")  # the old entry is found though the function has changed
    assert raw.smembers("{word}:index:text:equal:ABC") == set()
    assert_consistent(new, raw)
    database.remove_model(new)
    newest = model(str.swapcase)
    newest.rebuild_indexes()
    assert newest.collection(text="DEF") == ["1"]
    assert_consistent(newest, raw)


def test_making_an_index_unique_or_not_takes_a_rebuild(database, raw):
    def model(unique):
        class Tag(RedisModel):
            name = fields.StringField(indexable=True, unique=unique)

        Tag.use_database(database)
        return Tag

    for before, after in ((False, True), (True, False)):
        raw.flushall()
        old = model(before)
        old(name="a")
        old(name="b")
        database.remove_model(old)
        new = model(after)
        assert new.rebuild_indexes() > 2
        assert new.collection(name="a") == ["1"]
        assert_consistent(new, raw)
        assert new.check_indexes() == []
        database.remove_model(new)
