"""Databases whose keys all start with a prefix; objects that take the place of others."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.contrib import related
from limpyd_ng.exceptions import ImplementationError, UniquenessError
from limpyd_ng.indexes import NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import PKField, RedisDatabase, RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests


def make_models(on):
    class Shop(related.RelatedModel):
        database = on
        namespace = "prefix"
        name = fields.InstanceHashField(unique=True)

    class Ware(related.RelatedModel):
        database = on
        namespace = "prefix"
        code = PKField()
        name = fields.InstanceHashField(indexes=[TextRangeIndex])
        price = fields.InstanceHashField(indexes=[NumberRangeIndex])
        kind = fields.StringField(indexable=True, default="plain")
        tags = fields.SetField(indexable=True)
        shop = related.FKInstanceHashField(Shop, related_name="wares")

    return Shop, Ware


@pytest.fixture
def prefixed(make_database, settings):
    return make_database(**settings, prefix="app/1:")


def test_every_key_starts_with_the_prefix(prefixed, raw):
    shop_model, ware_model = make_models(prefixed)
    shop = shop_model.create(name="s")
    for number in range(4):
        ware_model.create(code=str(number), name=f"w{number}", price=number, tags=["a", "b"], shop=shop)
    ware_model.create_many([{"code": "many", "name": "m", "tags": ["b"]}])
    found = ware_model.collection(price__gte=1, tags="a", name__startswith="w").sort(by="price")
    assert list(found) == ["1", "2", "3"]
    assert sorted(shop.wares()) == ["0", "1", "2", "3"]
    assert sorted(ware_model.collection(shop__name="s", price__lt=2)) == ["0", "1"]
    stored = found.store()
    assert list(stored) == ["1", "2", "3"]
    ware_model.get("1").tags.smove(ware_model.get("many").tags, "a")
    ware_model.get("2").rename_pk("two")
    assert_indexes_right(ware_model)
    assert all(key.startswith("app/1:{prefix:") for key in raw.scan_iter())
    shop.delete()
    for ware in ware_model.collection().instances():
        ware.delete()
    stored_key = stored.stored_key
    assert set(raw.scan_iter()) <= {stored_key, "app/1:{prefix:shop}:seq"}


def test_two_databases_on_one_server_do_not_see_each_other(make_database, settings):
    one, other = make_database(**settings, prefix="one:"), make_database(**settings, prefix="other:")
    _, first = make_models(one)
    _, second = make_models(other)
    first.create(code="x", price=1)
    assert second.collection().count() == 0
    second.create(code="x", price=2)
    assert first.get("x").price.hget() == "1"
    assert_indexes_right(first)
    assert_indexes_right(second)


def test_a_model_that_moves_takes_the_prefix_of_its_database(make_database, settings):
    one, other = make_database(**settings, prefix="one:"), make_database(**settings)
    shop_model, ware_model = make_models(one)
    ware = ware_model.create(code="x", price=1)
    assert ware.price.hget() == "1"
    with ware_model.use_database(other), shop_model.use_database(other):
        assert ware_model.collection(price=1).count() == 0
        elsewhere = ware_model.create(code="x", price=7)
        assert elsewhere.price.hget() == "7"
        assert ware.price.hget() == "7"  # the same object, in the database of its model now
        assert str(ware.kind.key) == "{prefix:ware}:field:kind:x"
    assert ware.price.hget() == "1"
    assert ware_model.get(price=1).get_pk() == "x"


@pytest.mark.parametrize("prefix", ["a b", "{x}", "a*", None, 1, "é\0"])
def test_a_prefix_that_cannot_start_keys_is_refused(prefix):
    with pytest.raises(ImplementationError, match="prefix"):
        RedisDatabase(host="localhost", prefix=prefix)


def test_texts_are_utf_8_whatever_is_asked_for():
    with pytest.raises(ImplementationError, match="UTF-8"):
        RedisDatabase(host="localhost", encoding="latin-1")
    assert RedisDatabase(host="localhost", encoding="UTF8") is not None


def test_overwriting_replaces_all_that_the_object_held_in_one_request(database, raw):
    _, ware_model = make_models(database)
    ware_model.create(code="a", name="old", price=1, kind="odd", tags=["x", "y"])
    ware_model.create(code="b", overwrite=True, name="new")
    with count_requests() as requests:
        made = ware_model.create(code="a", overwrite=True, name="new", tags=["z"])
    assert requests.count == 1
    assert made.snapshot() == {
        "code": "a",
        "name": "new",
        "price": None,
        "kind": "plain",
        "tags": {"z"},
        "shop": None,
    }
    assert sorted(ware_model.collection(name="new")) == ["a", "b"]
    assert ware_model.collection(tags="x").count() == 0
    assert_indexes_right(ware_model)


def test_overwriting_keeps_unique_values_unique_and_what_points_to_the_object(database):
    class Account(RedisModel):
        namespace = "prefix"
        login = PKField()
        email = fields.InstanceHashField(unique=True)

    Account.use_database(database)
    Account.create(login="a", email="a@x")
    Account.create(login="b", email="b@x")
    with pytest.raises(UniquenessError):
        Account.create(login="b", overwrite=True, email="a@x")
    with pytest.raises(UniquenessError):
        Account.create(login="c", overwrite=True, email="a@x")
    assert Account.get("b").email.hget() == "b@x"
    assert not Account.exists("c")
    assert Account.create(login="b", overwrite=True, email="b@x").get_pk() == "b"
    assert_indexes_right(Account)
    shop_model, ware_model = make_models(database)
    shop = shop_model.create(name="first")
    ware_model.create(code="w", shop=shop)
    assert shop_model.create(overwrite=True, name="second").get_pk() != shop.get_pk()
    assert list(shop.wares()) == ["w"]
