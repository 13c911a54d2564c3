"""PKField and AutoPKField."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, UniquenessError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import dump, warm_up

STRANGE = [
    ":",
    "*",
    "a:b",
    "[",
    "]",
    "{",
    "}",
    "{x}",
    "nul\0nul",
    "😀",
    " ",
    "?",
    "\\",
    "^",
    "pks",
    "seq",
    "1",
    "1.0",
    "a\nb",
    "é",
    "x" * 5000,
]


@pytest.fixture
def Named(database):
    on = database

    class Named(RedisModel):
        database = on
        slug = fields.PKField()
        title = fields.StringField(indexable=True)
        note = fields.InstanceHashField(default="none")

    return Named


@pytest.fixture
def Counted(database):
    on = database

    class Counted(RedisModel):
        database = on
        title = fields.StringField(indexable=True)

    return Counted


def test_automatic_pks_are_texts_that_count_from_one(Counted):
    assert [Counted(title="x").pk.get() for _ in range(3)] == ["1", "2", "3"]


def test_a_pk_is_never_used_again(Counted):
    Counted(title="a").delete()
    assert Counted(title="b").pk.get() == "2"


def test_an_automatic_pk_cannot_be_given(Counted, raw):
    with count_requests() as sent:
        for values in ({"pk": 1}, {"pk": "1", "title": "a"}):
            with pytest.raises(InvalidValueError):
                Counted(**values)
    assert sent.count == 0
    assert dump(raw) == {}


@pytest.mark.parametrize("pk", STRANGE)
def test_any_text_is_a_pk(Named, raw, pk):
    named = Named(slug=pk, title="t")
    other = Named(slug=pk + "2", title="t")
    assert named.pk.get() == named.slug.get() == pk
    assert Named(pk).title.get() == "t"
    assert Named.get(pk) == named
    assert Named.exists(slug=pk)
    assert set(Named.collection(title="t")) == {pk, pk + "2"}
    assert_indexes_right(Named)
    named.delete()
    assert Named.collection(title="t") == [pk + "2"]
    assert set(other.scan_keys()) == {other.title.key, other.note.key}
    other.delete()
    assert dump(raw) == {}


def test_a_number_is_the_same_pk_as_its_text(Named):
    Named(slug=12, title="t")
    assert Named("12") == Named(12) == Named.get(slug=12)
    assert Named.exists(12)


def test_a_pk_that_is_taken_is_refused_and_nothing_changes(Named, raw):
    Named(slug="a", title="first")
    before = dump(raw)
    with pytest.raises(UniquenessError) as refused:
        Named(slug="a", title="second")
    assert (refused.value.field, refused.value.value, refused.value.pk) == ("Named.slug", "a", "a")
    assert dump(raw) == before


@pytest.mark.parametrize("pk", ["", None, True, b"bytes", ["a"], "\ud800"])
def test_what_cannot_be_a_pk_is_refused_before_anything_is_sent(Named, pk):
    with count_requests() as sent:
        for call in (lambda: Named(slug=pk), lambda: Named(pk), lambda: Named.lazy_connect(pk)):
            with pytest.raises(InvalidValueError):
                call()
    assert sent.count == 0


def test_a_pk_has_to_be_given_when_the_server_does_not_count(Named, raw):
    with count_requests() as sent:
        with pytest.raises(InvalidValueError, match="needed"):
            Named(title="t")
        with pytest.raises(InvalidValueError, match="needed"):
            Named.create()
        with pytest.raises(InvalidValueError, match="needed"):
            Named().title.set("t")
    assert sent.count == 0
    assert dump(raw) == {}


def test_a_pk_given_twice_is_refused(Named):
    with pytest.raises(InvalidValueError, match="twice"):
        Named(slug="a", pk="a")


def test_pk_stands_for_the_field_whatever_its_name_is(Named):
    named = Named(pk="a", title="t")
    assert named.pk is named.slug
    assert Named.get_field("pk") is Named.get_field("slug")
    assert named.get_field("pk") is named.slug
    assert Named.collection(pk="a") == Named.collection(slug="a") == Named.collection(slug__eq="a") == ["a"]


def test_a_pk_cannot_be_updated(Named, Counted):
    for thing, name in ((Named(slug="a"), "slug"), (Counted(title="x"), "pk")):
        for call in (
            lambda thing=thing: thing.pk.set("b"),
            lambda thing=thing, name=name: thing.update(**{name: "b"}),
            lambda thing=thing: thing.update(pk="b"),
        ):
            with pytest.raises(ValueError, match="cannot be updated"):
                call()
    assert Named.collection() == ["a"]


def test_reading_a_known_pk_takes_no_request(Named):
    named = Named(slug="a")
    with count_requests() as sent:
        assert named.pk.get() == named.pk.proxy_get() == "a"
    assert sent.count == 0


def test_the_pk_of_a_lazy_instance_is_looked_up(Named):
    Named(slug="a")
    lazy = Named.lazy_connect("a")
    with count_requests() as sent:
        assert lazy.pk.get() == "a"
        assert lazy.pk.get() == "a"
    assert sent.count == 1
    with pytest.raises(Named.DoesNotExist):
        Named.lazy_connect("b").pk.get()


def test_whether_an_object_is_there_is_asked_of_its_pk(Named):
    named = Named(slug="a")
    assert named.pk.exists() is True
    assert Named.lazy_connect("b").pk.exists() is False


def test_an_automatic_pk_passes_over_pks_that_are_there(Counted, raw):
    raw.sadd(Counted.schema.keys.pks, "1", "2")
    warm_up(Counted.database, raw)
    with count_requests() as sent:
        counted = Counted(title="x")
    assert counted.pk.get() == "3"
    assert sent.count == 1


def test_a_pk_takes_no_options_of_other_fields_and_has_no_key():
    for options in ({"default": "x"}, {"unique": True}, {"indexable": True}, {"key_name": "x"}):
        with pytest.raises(ImplementationError):
            fields.PKField(**options)
    assert fields.AutoPKField(lockable=False).lockable is False


def test_a_pk_has_no_key_of_its_own(Named):
    with pytest.raises(ImplementationError, match="no key"):
        Named(slug="a").pk.key
