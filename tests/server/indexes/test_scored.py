"""ScoredEqualIndex: equality in the order of another field."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, NotANumberError, UniquenessError
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex, ScoredEqualIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.oracle import assert_consistent

BY_DATE = ScoredEqualIndex.configure(score_field="date")


@pytest.fixture
def Post(database):
    class Post(RedisModel):
        author = fields.InstanceHashField(indexes=[BY_DATE])
        tags = fields.SetField(indexes=[BY_DATE, EqualIndex.configure(prefix="plain")])
        date = fields.StringField(key_name="d")
        note = fields.InstanceHashField()

    Post.use_database(database)
    yield Post
    assert_indexes_right(Post)
    assert_consistent_but_for_key_names(Post, database.connection)


def assert_consistent_but_for_key_names(Post, raw):
    for pk in raw.smembers("{post}:pks"):
        for tag in raw.smembers(f"{{post}}:field:tags:{pk}"):
            score, date = (
                raw.zscore(f"{{post}}:index:tags:equal-scored:{tag}", pk),
                raw.get(f"{{post}}:field:d:{pk}"),
            )
            assert score == (float(date) if date is not None else None)


def test_results_come_in_the_order_of_the_score(Post):
    for date in (30, 10, 20):
        Post(author="ann", tags=["x", f"t{date}"], date=date)
    Post(author="ann", tags=["x"])
    Post.collection(tags="warm").count()
    with count_requests() as sent:
        assert list(Post.collection(author="ann")) == ["2", "3", "1"]
    assert sent.count == 1
    assert list(Post.collection(tags="x")) == ["2", "3", "1"]
    assert list(Post.collection(tags__in=["t30", "t10", "none"])) == ["2", "1"]
    assert list(Post.collection(tags="x", author="ann")[:2]) == ["2", "3"]
    assert list(Post.collection(tags="x").sort(by="-date")) == ["1", "3", "2"]
    assert list(Post.collection(tags="x").sort()) == ["1", "2", "3"]
    assert Post.collection(tags="x").count() == 3
    assert Post.collection(tags="x").first() == "2"


def test_a_page_of_a_long_result_reads_only_the_page(Post, database):
    for number in range(200):
        Post(tags=["x"], date=number % 50)
    for collection, first in (
        (Post.collection(tags="x")[:3], ["1", "101", "151"]),
        (Post.collection(tags="x").sort(by="-date")[:3], ["50", "200", "150"]),
    ):
        assert list(collection) == first
        assert "walked" in str(collection.explain())
        assert collection.explain().candidates <= 100


def test_either_field_may_change_in_one_request(Post, raw):
    post, other = Post(author="ann", tags=["x"], date=5), Post(author="ann", tags=["x"], date=7)

    def order():
        return list(Post.collection(tags="x")), list(Post.collection(author="ann"))

    for write, expected in [
        (lambda: post.date.incrby(4), ["2", "1"]),
        (lambda: post.date.set("6.5"), ["1", "2"]),
        (lambda: post.date.append("e3"), ["2", "1"]),
        (lambda: post.date.delete(), ["2"]),
        (lambda: post.update(date=1, note="n"), ["1", "2"]),
        (lambda: other.date.rename(post.date), ["1"]),
        (lambda: other.date.setnx(3), ["2", "1"]),
        (lambda: post.date.getdel(), ["2"]),
    ]:
        with count_requests() as sent:
            write()
        assert sent.count == 1, sent
        assert order() == (expected, expected)
        assert_indexes_right(Post)
    post.date.set(9)
    post.update(author="bob", tags=["y"], date=1)
    assert order() == (["2"], ["2"])
    assert list(Post.collection(author="bob", tags="y")) == ["1"]
    other.delete()
    assert order() == ([], [])


def test_a_score_that_is_no_number_is_refused_and_nothing_is_written(Post, raw):
    post = Post(author="ann", date=5)
    for write in (
        lambda: post.date.set("soon"),
        lambda: post.update(author="bob", date="soon"),
        lambda: post.date.append("x"),
    ):
        with pytest.raises(NotANumberError, match="Post.date"):
            write()
        assert post.date.get() == "5"
    with pytest.raises(NotANumberError):
        Post(author="zoe", date="")
    assert list(Post.collection(author="ann")) == ["1"]
    assert raw.smembers("{post}:pks") == {"1"}


def test_it_works_in_pipelines_and_transactions(Post, database):
    post = Post(author="ann", tags=["x"], date=5)
    with database.pipeline() as pipe:
        post.date.incr()
        post.tags.sadd("y", "z")
        post.author.hset("bob")
        pipe.execute()
    assert list(Post.collection(tags__in=["y", "z"], author="bob")) == ["1"]
    database.transaction(lambda pipe: post.date.delete())
    assert list(Post.collection(tags="x")) == []


def test_the_score_may_be_an_indexed_field_itself_and_the_owner_transformed(database, raw):
    class Post(RedisModel):
        tags = fields.ListField(
            indexes=[
                ScoredEqualIndex.configure(score_field="rank", transform=str.casefold, transform_query=True)
            ]
        )
        facts = fields.HashField(indexes=[ScoredEqualIndex.configure(score_field="rank")])
        rank = fields.InstanceHashField(unique=True, indexes=[NumberRangeIndex])

    Post.use_database(database)
    post = Post(tags=["Red", "RED", "x"], facts={"a": "1", "": "2"}, rank=3)
    Post(tags=["red"], facts={"a": "1"}, rank=1)
    assert list(Post.collection(tags="reD")) == ["2", "1"]
    assert list(Post.collection(facts__a="1")) == ["2", "1"]
    post.rank.hincrby(-3)
    assert list(Post.collection(tags="reD")) == ["1", "2"]
    post.tags.lrem(0, "Red")
    assert list(Post.collection(tags="red")) == ["1", "2"]
    with pytest.raises(UniquenessError):
        post.rank.hset(1)
    assert list(Post.collection(tags="red", facts__a=1)) == ["1", "2"]
    assert_consistent(Post, raw)
    assert_indexes_right(Post)


def test_upkeep_finds_and_mends_scores(Post, raw):
    Post(author="ann", tags=["x"], date=5)
    raw.zadd("{post}:index:tags:equal-scored:x", {"1": 99, "77": 1})
    raw.delete("{post}:index:author:equal-scored:ann")
    found = {(one.kind, one.pk) for one in Post.check_indexes()}
    assert {("missing", "1"), ("stale", "77")} <= found
    assert Post.repair_indexes() == []
    assert_indexes_right(Post)
    index = Post.get_field("author").get_index()
    assert index.get_storage_key("ann") == "{post}:index:author:equal-scored:ann"
    assert index.clear() == 1
    assert list(Post.collection(author="ann")) == []
    assert index.rebuild() == 1
    assert list(Post.collection(author="ann")) == ["1"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "score_field"),
        ({"score_field": "nowhere"}, "nowhere"),
        ({"score_field": "name"}, "another field"),
        ({"score_field": "many"}, "one value"),
        ({"score_field": "ident"}, "another field"),
    ],
)
def test_a_score_field_that_cannot_serve_is_refused_when_the_class_is_made(options, message):
    with pytest.raises(ImplementationError, match=message):

        class Wrong(RedisModel):
            ident = fields.PKField()
            name = fields.StringField(indexes=[ScoredEqualIndex.configure(**options)])
            many = fields.SetField()


def test_a_unique_field_needs_another_index_beside_it():
    with pytest.raises(ImplementationError, match="handles uniqueness"):

        class Wrong(RedisModel):
            name = fields.StringField(unique=True, indexes=[BY_DATE])
            date = fields.StringField()


def test_a_score_cannot_expire(Post):
    post = Post(author="ann", date=5)
    with pytest.raises(ImplementationError, match="part of an index"):
        post.date.expire(10)
