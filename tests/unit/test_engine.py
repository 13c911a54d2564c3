"""The client's side of the write engine, driven by hand: no connection is needed for it."""

from __future__ import annotations

from typing import Any

import pytest

from limpyd_ng import fields, lifecycle
from limpyd_ng.call import Call, FollowUpRefused
from limpyd_ng.exceptions import (
    CommandError,
    DoesNotExist,
    NotANumberError,
    PipelineError,
    UniquenessError,
)
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
    result, connection = update([0, "7"], code="x", name="abc")
    assert result is True
    (call,) = connection.sent
    assert call.script is WRITE
    assert call.args[0] == 3
    assert call.args[1:4] == ("{page}:pks", "{page}:field:code:7", "{page}:field:name:7")


def test_an_update_of_plain_fields_is_one_call_of_a_compiled_script():
    result, connection = update(True, code="x", rank="2")
    assert result is True
    (call,) = connection.sent
    assert call.script is not WRITE
    assert call.args == (3, "{page}:pks", "{page}:field:code:7", "{page}:field:rank:7", "7", "x", "2")


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
        update([1, *refusal], code="x", rank="2", name="abc")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("REFUSED NOSUCH", DoesNotExist, "Page.*'7'"),
        (f"REFUSED UNIQUE {b'code'.hex()} {b'x'.hex()} {b'3'.hex()}", UniquenessError, "Page.code.*'x'.*'3'"),
        (f"REFUSED UNIQUE {b'code'.hex()}  {b'3'.hex()}", UniquenessError, "Page.code.*''.*'3'"),
        (f"REFUSED NAN {b'rank'.hex()} {b'much'.hex()}", NotANumberError, "Page.rank.*'much'"),
        ("Command # 1 (EVALSHA 3) of pipeline caused error: REFUSED NOSUCH", DoesNotExist, "Page.*'7'"),
    ],
)
def test_a_refusal_that_comes_as_an_error_becomes_the_same_exception(text, error, message):
    with pytest.raises(error, match=message):
        update(CommandError(text), code="x", rank="2")


def test_an_error_that_holds_the_words_of_a_refusal_is_no_refusal():
    text = "Command # 1 (EVALSHA 'REFUSED NOSUCH') of pipeline caused error: WRONGTYPE Operation"
    with pytest.raises(CommandError, match="WRONGTYPE"):
        update(CommandError(text), code="x", rank="2")


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
