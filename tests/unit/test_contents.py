"""Values of a call as what the scripts take; no server is needed for it."""

from __future__ import annotations

import pytest

from limpyd_ng import fields
from limpyd_ng.contents import Contents
from limpyd_ng.exceptions import ValidationError
from limpyd_ng.model import RedisModel


class Page(RedisModel):
    words = fields.ListField()
    title = fields.InstanceHashField(required=True, max_length=5)
    size = fields.StringField(type=int)
    visits = fields.StringField(default=lambda: 0)
    tags = fields.SetField(default=["new"])


SCHEMAS = Page.schema.fields


def made(new: bool = True, **values: object) -> Contents:
    return Page._encoder.contents(values, new)


def test_values_of_one_come_first_and_then_lists_with_their_lengths():
    contents = made(words=iter("ab"), title="x", size=7)
    names = [field.name for field in contents.fields]
    assert names == ["title", "size", "visits", "words", "tags"]
    assert contents.arguments == ["x", "7", "0", "2", "a", "b", "1", "new"]
    assert contents.gone == []


def test_what_gets_nothing_is_told_apart():
    contents = made(new=False, size=None, tags=[], title="x")
    assert [field.name for field in contents.fields] == ["title"]
    assert [field.name for field in contents.gone] == ["size", "tags"]
    assert len(contents) == 3


def test_a_loop_gives_each_field_with_its_values():
    pairs = [("title", ["x"]), ("words", ["a", "b"]), ("size", [])]
    contents = Contents.of((SCHEMAS[name], values) for name, values in pairs)
    assert [(field.name, values) for field, values in contents] == pairs
    assert Contents.of(contents) is contents


def test_objects_that_lack_some_fields_say_which_they_have():
    contents = Contents.of([(SCHEMAS["size"], ["7"]), (SCHEMAS["tags"], ["a", "b"])])
    single, many = [SCHEMAS["title"], SCHEMAS["size"]], [SCHEMAS["words"], SCHEMAS["tags"]]
    assert contents.with_gaps(single, many) == ["01", "", "7", "0", "2", "a", "b"]
    assert contents.with_gaps([], many) == ["0", "2", "a", "b"]


def test_integers_and_texts_of_any_size_are_written_as_python_writes_them():
    class Plain(RedisModel):
        value = fields.StringField()
        values = fields.ListField()

    for value in (2**63 - 1, 2**63, -(2**64), 0, "", "é", b"\xff", 0.1):
        contents = Plain._encoder.contents({"value": value, "values": [value]}, True)
        text = value if isinstance(value, str | bytes) else repr(value)
        assert contents.arguments == [text, "1", text]


def test_every_problem_is_told_at_once():
    with pytest.raises(ValidationError) as caught:
        made(size="much", words=[None])
    assert [problem.field for problem in caught.value.problems] == ["Page.title", "Page.size", "Page.words"]
