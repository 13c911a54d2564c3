"""The client's side of the write engine, driven by hand: no connection is needed for it."""

from __future__ import annotations

from typing import Any

import pytest

from limpyd_ng import fields, lifecycle
from limpyd_ng.call import Call, FollowUpRefused
from limpyd_ng.exceptions import DoesNotExist, NotANumberError, PipelineError, UniquenessError
from limpyd_ng.indexes import EqualIndex, NumberRangeIndex
from limpyd_ng.lua import WRITE
from limpyd_ng.model import RedisModel
from limpyd_ng.runners.wire import drive


class Page(RedisModel):
    code = fields.StringField(unique=True)
    rank = fields.StringField(indexes=[NumberRangeIndex])
    name = fields.StringField(indexes=[EqualIndex.configure(transform=lambda text: text[::-1])])


class Replies:
    """Stands where a connection would: answers in order, and keeps what was sent."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)
        self.sent: list[Call] = []

    def __call__(self, call: Call) -> Any:
        self.sent.append(call)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


def update(*replies: Any, **values: Any) -> tuple[Any, Replies]:
    contents = [(getattr(Page, name).schema, [value]) for name, value in values.items()]
    connection = Replies(*replies)
    return drive(lifecycle.update(Page.schema, "7", contents), connection), connection


def test_a_write_is_one_call_of_the_engine_with_the_collection_as_first_key():
    result, connection = update([0, "7"], code="x", rank="2")
    assert result is True
    (call,) = connection.sent
    assert call.script is WRITE
    assert call.args[0] == 3
    assert call.args[1:4] == ("{page}:pks", "{page}:field:code:7", "{page}:field:rank:7")


@pytest.mark.parametrize(
    ("refusal", "error", "message"),
    [
        (["NOSUCH", "1"], DoesNotExist, "Page.*'7'"),
        (["UNIQUE", "code", b"x".hex(), "3"], UniquenessError, "Page.code.*'x'.*'3'"),
        (["NAN", "rank", b"much".hex()], NotANumberError, "Page.rank.*'much'"),
    ],
)
def test_a_refusal_becomes_an_exception_that_names_field_and_value(refusal, error, message):
    with pytest.raises(error, match=message):
        update([1, *refusal], code="x", rank="2")


def test_transforms_that_the_engine_asks_for_are_computed_and_sent_again():
    result, connection = update([1, "NEED", "name", "abc", ""], [0, "7"], name="xyz")
    assert result is True
    first, second = connection.sent
    assert "zyx" in first.args
    assert "cba" not in first.args
    assert {"zyx", "cba"} <= set(second.args)


def test_a_second_request_that_cannot_be_sent_is_told():
    with pytest.raises(PipelineError, match="Python transform"):
        update(FollowUpRefused(), name="xyz")
