"""The golden test of the key layout: it is API, and data written today is read by tomorrow's version.

When this test fails, the change breaks existing data: give users a way to move it first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from limpyd_ng import fields
from limpyd_ng.contrib.indexes import DateTimeIndex
from limpyd_ng.indexes import (
    CaseInsensitiveIndex,
    ContainsIndex,
    EndsWithIndex,
    EqualIndex,
    EqualIndexWith,
    Lower,
    MultiIndexes,
    NumberRangeIndex,
    ScoredEqualIndex,
    TextRangeIndex,
    WordsIndex,
)
from limpyd_ng.model import RedisModel
from tests.native import content

HARD = "a:b\0*[{é"

GOLDEN = {
    "{ns:thing}:pks": ("set", {HARD}),
    "{ns:thing}:hash:" + HARD: ("hash", {"code": HARD, "number": "1e3", "stored": "X"}),
    "{ns:thing}:field:text:" + HARD: ("string", "Ab\0c"),
    "{ns:thing}:field:folded:" + HARD: ("string", "ÀB"),
    "{ns:thing}:field:tags:" + HARD: ("set", {"", "2"}),
    "{ns:thing}:field:log:" + HARD: ("list", ["x", "x"]),
    "{ns:thing}:field:ranks:" + HARD: ("zset", [("m", 1.5)]),
    "{ns:thing}:field:specs:" + HARD: ("hash", {"a:b": "c:d"}),
    "{ns:thing}:index:code:equal": ("hash", {HARD: HARD}),
    "{ns:thing}:index:stored:equal.low:x": ("set", {HARD}),
    "{ns:thing}:index:number:number-range": ("zset", [(HARD, 1000.0)]),
    "{ns:thing}:index:text:text-range": ("zset", [("Ab\0\udcffc\0" + HARD, 0.0)]),
    "{ns:thing}:index:folded:equal:àb": ("set", {HARD}),
    "{ns:thing}:memo:folded:" + HARD: ("hash", {"equal:": "àb"}),
    "{ns:thing}:index:tags:equal:": ("set", {HARD}),
    "{ns:thing}:index:tags:equal:2": ("set", {HARD}),
    "{ns:thing}:index:log:text-range": ("zset", [("x\0" + HARD, 0.0)]),
    "{ns:thing}:index:ranks:equal:m": ("set", {HARD}),
    "{ns:thing}:index:specs:equal:3:a:b:c:d": ("set", {HARD}),
    "{ns:thing}:index:specs:number-range.n:3:a:b": ("zset", [(HARD, 0.0)]),
    "{ns:thing}:field:phrase:" + HARD: ("string", "Ab, é"),
    "{ns:thing}:index:phrase:words": ("zset", [("ab\0" + HARD, 0.0), ("é\0" + HARD, 0.0)]),
    "{ns:thing}:index:phrase:contains": (
        "zset",
        [(gram + "\0" + HARD, 0.0) for gram in (" é", ", \udcc3", "Ab,", "b, ", "\udca9", "é")],
    ),
    "{ns:thing}:index:phrase:text-reversed": ("zset", [("\udca9\udcc3 ,bA\0" + HARD, 0.0)]),
    "{ns:thing}:index:phrase:equal-folded:ab, é": ("set", {HARD}),
    "{ns:thing}:memo:phrase:" + HARD: ("hash", {"equal-folded:": "ab, é"}),
    "{ns:thing}:field:topics:" + HARD: ("list", ["a:b"]),
    "{ns:thing}:index:topics:equal-scored:a:b": ("zset", [(HARD, 1000.0)]),
    "{ns:thing}:index:code:equal-with.phrase:9:" + HARD + ":Ab, é": ("set", {HARD}),
    "{ns:thing}:index:number:equal-with.stored.phrase": ("hash", {"3:1e3:1:X:Ab, é": HARD}),
    "{ns:thing}:field:at:" + HARD: ("string", "2015-12-21 15:04:05"),
    "{ns:thing}:index:at:full": ("zset", [("2015-12-21 15:04:05\0" + HARD, 0.0)]),
    "{ns:thing}:index:at:date.date": ("zset", [("2015-12-21\0" + HARD, 0.0)]),
    "{ns:thing}:index:at:time.time": ("zset", [("15:04:05\0" + HARD, 0.0)]),
    "{ns:thing}:index:at:number-range.year": ("zset", [(HARD, 2015.0)]),
    "{ns:thing}:index:at:number-range.month": ("zset", [(HARD, 12.0)]),
    "{ns:thing}:index:at:number-range.day": ("zset", [(HARD, 21.0)]),
    "{ns:thing}:index:at:number-range.hour": ("zset", [(HARD, 15.0)]),
    "{ns:thing}:index:at:number-range.minute": ("zset", [(HARD, 4.0)]),
    "{ns:thing}:index:at:number-range.second": ("zset", [(HARD, 5.0)]),
    "{ns:thing}:field:place:" + HARD: ("string", "2.5,-48.25"),
    "{ns:thing}:index:place:geo": ("zset", [(HARD, 2341389658762007.0)]),
    "{ns:thing}:field:of:" + HARD: ("string", "x"),
    "{ns:thing}:index:of:both-equal:x": ("set", {HARD}),
    "{ns:thing}:index:of:both-text-range.p": ("zset", [("x\0" + HARD, 0.0)]),
}


BOTH = MultiIndexes.compose([EqualIndex, TextRangeIndex.configure(prefix="p")], key="both")


class Lenient(NumberRangeIndex):
    raise_if_not_float = False


def make_model(on: Any) -> Any:
    class Thing(RedisModel):
        database = on
        namespace = "ns"
        name = fields.PKField()
        code = fields.InstanceHashField(
            unique=True, indexes=[EqualIndex, EqualIndexWith.configure(other_fields=["phrase"])]
        )
        number = fields.InstanceHashField(indexes=[NumberRangeIndex])
        renamed = fields.InstanceHashField(
            key_name="stored", indexes=[EqualIndex.configure(prefix="low", transform=Lower())]
        )
        text = fields.StringField(indexes=[TextRangeIndex])
        folded = fields.StringField(indexes=[EqualIndex.configure(transform=str.casefold)])
        tags = fields.SetField(indexable=True)
        log = fields.ListField(indexes=[TextRangeIndex])
        ranks = fields.SortedSetField(indexable=True)
        specs = fields.HashField(indexes=[EqualIndex, Lenient.configure(prefix="n")])
        phrase = fields.StringField(indexes=[WordsIndex, ContainsIndex, EndsWithIndex, CaseInsensitiveIndex])
        topics = fields.ListField(indexes=[ScoredEqualIndex.configure(score_field="number")])
        at = fields.StringField(indexes=[DateTimeIndex])
        of = fields.StringField(indexes=[BOTH])
        place = fields.StringField(type=fields.Point, indexable=True)
        unique_together = [("number", "renamed", "phrase")]

    return Thing


def everything(raw: Any) -> dict[str, Any]:
    """Every key with its type and content."""
    found = {key: content(raw, key)[:2] for key in raw.keys()}
    return {
        key: (kind, [tuple(pair) for pair in value] if kind == "zset" else value)  # RESP3 has lists
        for key, (kind, value) in found.items()
    }


def test_every_key_of_an_object_is_where_it_always_was_and_holds_the_same(database, raw):
    thing = make_model(database)(
        name=HARD,
        code=HARD,
        number="1e3",
        renamed="X",
        text="Ab\0c",
        folded="ÀB",
        tags=["", "2"],
        log=["x", "x"],
        ranks={"m": 1.5},
        phrase="Ab, é",
        topics=["a:b"],
        at=datetime(2015, 12, 21, 15, 4, 5),
        of="x",
        place=(2.5, -48.25),
        specs={"a:b": "c:d"},
    )
    assert everything(raw) == GOLDEN
    assert set(thing.scan_keys()) == {
        key for key in GOLDEN if ":field:" in key or ":hash:" in key or ":memo:" in key
    }
    thing.delete()
    assert raw.keys() == []


def test_an_automatic_key_is_counted_in_one_more_key(database, raw):
    class Plain(RedisModel):
        value = fields.StringField()

    Plain.use_database(database)
    Plain(value="x")
    assert everything(raw) == {
        "{plain}:pks": ("set", {"1"}),
        "{plain}:seq": ("string", "1"),
        "{plain}:field:value:1": ("string", "x"),
    }
