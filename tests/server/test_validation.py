"""Rules of fields, checks of models, required values: all refused before anything is sent."""

from __future__ import annotations

import enum
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from limpyd_ng import fields
from limpyd_ng.codecs import Codec
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, ValidationError
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from limpyd_ng.validation import validates


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


def even(value):
    if value % 2:
        raise ValueError("has to be even")


@pytest.fixture
def Lot(database):
    class Lot(RedisModel):
        code = fields.StringField(type=str, required=True, regex=r"[A-Z]\d+", indexable=True)
        low = fields.InstanceHashField(type=int, min=0, max=10, default=1)
        high = fields.InstanceHashField(type=int, default=10, indexable=True)
        pair = fields.InstanceHashField(type=int, validators=[even, lambda value: value < 100])
        tags = fields.SetField(min_length=2, max_length=4)
        ranks = fields.SortedSetField(choices=["a", "b"])
        size = fields.InstanceHashField(choices=Size)

        @validates("code", "high")
        def not_thirteen(self, value):
            if str(value).endswith("13"):
                raise ValueError("no thirteen here")

        @validates("high")
        def doubled(self, value):
            return value * 2 if value < 5 else None

        def clean(self, values):
            if values.get("low", 0) > values.get("high", 100):
                raise ValueError("low is above high")

    Lot.use_database(database)
    yield Lot
    assert_indexes_right(Lot)


def problems_of(call):
    with count_requests() as sent, pytest.raises(ValidationError) as refused:
        call()
    assert sent.count == 0
    return [(problem.field, problem.value, problem.reason) for problem in refused.value.problems]


def test_good_values_are_stored(Lot):
    lot = Lot.create(code="A1", pair=2, tags=["ab"], ranks={"a": 1}, size=Size.SMALL)
    assert (lot.code.get(), lot.low.hget(), lot.high.hget(), lot.size.hget()) == ("A1", 1, 10, Size.SMALL)


def test_all_problems_are_told_at_once(Lot):
    found = problems_of(lambda: Lot.create(code="a1", low=11, pair=3, tags=["a"], ranks={"c": 1}, size="m"))
    assert [name for name, _, _ in found] == [
        f"Lot.{name}" for name in ("code", "low", "pair", "tags", "ranks", "size")
    ]
    reasons = " ".join(reason for _, _, reason in found)
    for part in (r"'a1' does not match", "11 is more than 10", "3: has to be even", "'a' is shorter than 2"):
        assert part in reasons
    assert "'c' is not among 'a', 'b'" in reasons
    with pytest.raises(ValidationError, match=r"^6 problems: Lot\.code: 'a1' does not match"):
        Lot.create(code="a1", low=11, pair=3, tags=["a"], ranks={"c": 1}, size="m")


def test_one_problem_is_told_plainly(Lot):
    with pytest.raises(InvalidValueError, match=r"^Lot\.low: 11 is more than 10$"):
        Lot.create(code="A1", low=11)


def test_update_and_hmset_are_checked_too(Lot):
    lot = Lot.create(code="A1")
    assert problems_of(lambda: lot.update(low=-1)) == [("Lot.low", -1, "-1 is less than 0")]
    assert problems_of(lambda: lot.hmset(high=113)) == [("Lot.high", 113, "113: no thirteen here")]
    assert problems_of(lambda: lot.hmset(low=5, high=6, pair=101))[0][0] == "Lot.pair"
    assert lot.hmset(low=2, high=3) and lot.high.hget() == 6


def test_native_writes_meet_the_rules_of_the_field(Lot):
    lot = Lot.create(code="A1")
    for wrong in (
        lambda: lot.low.hset(11),
        lambda: lot.pair.hset(3),
        lambda: lot.tags.sadd("abc", "abcde"),
        lambda: lot.ranks.zadd({"c": 1}),
        lambda: lot.code.set("a"),
    ):
        with count_requests() as sent, pytest.raises(InvalidValueError, match=r"Lot\.\w+\.\w+: "):
            wrong()
        assert sent.count == 0
    assert lot.tags.sismember("abcde") in (0, False)  # a question may be about anything


def test_a_required_value_cannot_be_left_out_or_removed(Lot):
    assert problems_of(lambda: Lot.create(low=1)) == [("Lot.code", None, "a value is required")]
    assert problems_of(lambda: Lot.create(code=None))[0][0] == "Lot.code"
    lot = Lot.create(code="A1")
    assert problems_of(lambda: lot.update(code=None)) == [("Lot.code", None, "a value is required")]


def test_a_first_write_brings_no_object_without_its_required_values(Lot):
    assert problems_of(lambda: Lot().low.hset(2)) == [("Lot.code", None, "a value is required")]
    lot = Lot()
    lot.code.set("A1")
    assert lot.high.hget() == 10


def test_clean_sees_the_values_together_with_the_defaults(Lot):
    (problem,) = problems_of(lambda: Lot.create(code="A1", low=9, high=8))
    assert (problem[0], problem[2]) == ("Lot", "low is above high")
    assert problem[1]["low"] == 9
    assert problems_of(lambda: Lot.create(code="A1", low=9, high=4))[0][2] == "low is above high"


def test_clean_may_change_values(database):
    class Slug(RedisModel):
        title = fields.StringField()
        slug = fields.StringField(indexable=True)

        def clean(self, values):
            return {**values, "slug": values["title"].lower()}

    Slug.use_database(database)
    slug = Slug.create(title="Hello")
    assert slug.slug.get() == "hello"
    slug.update(title="Bye")
    assert list(Slug.collection(slug="bye")) == [slug.get_pk()]
    assert_indexes_right(Slug)


def test_bulk_rows_are_checked_each(Lot):
    made = Lot.create_many([{"code": "A1"}, {"code": "a"}, {"low": 3}, {"code": "B2", "high": 4}])
    assert [refused.number for refused in made.refused] == [1, 2]
    assert all(isinstance(refused.error, ValidationError) for refused in made.refused)
    assert Lot.get(code="B2").high.hget() == 8


def test_checks_are_inherited_and_may_be_overridden(Lot):
    class Free(Lot):
        def not_thirteen(self, value):
            return None

    class Strict(Lot):
        pass

    assert Free.create(code="A13").code.get() == "A13"
    assert problems_of(lambda: Strict.create(code="A13"))[0][0] == "Strict.code"


@pytest.mark.parametrize(
    "options",
    [
        {"type": int, "default": "1"},
        {"type": int, "default": 11, "max": 10},
        {"default": "x", "choices": ["a"]},
        {"default": True},
    ],
)
def test_defaults_are_checked_when_the_class_is_made(options):
    with pytest.raises(ImplementationError, match=r"the default of Wrong\.field"):
        type("Wrong", (RedisModel,), {"field": fields.StringField(**options), "__module__": __name__})


@pytest.mark.parametrize(
    "options",
    [
        {"required": True, "default": "x"},
        {"regex": "("},
        {"validators": ["x"]},
        {"validators": 5},
        {"choices": 5},
        {"choices": []},
    ],
)
def test_rules_that_cannot_work_are_refused_at_the_declaration(options):
    with pytest.raises(ImplementationError):
        fields.StringField(**options)


def test_a_compiled_regex_keeps_its_flags(database):
    class Word(RedisModel):
        text = fields.StringField(regex=re.compile("[a-z]+", re.IGNORECASE))

    Word.use_database(database)
    assert Word.create(text="ABC").text.get() == "ABC"
    with pytest.raises(ValidationError):
        Word.create(text="ABC1")


def test_a_check_of_no_field_is_refused():
    with pytest.raises(ImplementationError, match=r"Wrong\.check validates 'nothing'"):

        class Wrong(RedisModel):
            @validates("nothing")
            def check(self, value):
                """Never called."""

    with pytest.raises(ImplementationError):
        validates()


def test_checks_see_values_of_the_type_as_they_would_be_read(database):
    seen = {}

    class Seen(RedisModel):
        price = fields.StringField(type=Decimal, min=Decimal(1))
        size = fields.InstanceHashField(type=Size)
        sizes = fields.SetField(type=Size)
        counts = fields.ListField(type=float)
        stock = fields.HashField(key_type=Size, type=float)
        ranks = fields.SortedSetField(type=float)
        plain = fields.InstanceHashField(min=3)
        words = fields.ListField()

        @validates("price", "size", "plain")
        def note(self, value):
            seen.setdefault("checked", []).append(value)

        def clean(self, values):
            seen.update(values)

    Seen.use_database(database)
    words = (word for word in "ab")
    made = Seen.create(
        price=2, size="s", sizes=["s", Size.LARGE], counts=(1, 2), stock={"l": 3}, ranks={1: 5},
        plain=4, words=words,
    )  # fmt: skip
    assert seen.pop("checked") == [Decimal(2), Size.SMALL, 4]
    assert seen == {
        "price": Decimal(2), "size": Size.SMALL, "sizes": {Size.SMALL, Size.LARGE}, "counts": [1.0, 2.0],
        "stock": {Size.LARGE: 3.0}, "ranks": {1.0: 5.0}, "plain": 4, "words": ["a", "b"],
    }  # fmt: skip
    assert type(seen["price"]) is Decimal and type(seen["counts"][0]) is float
    assert made.words.lmembers() == ["a", "b"]
    seen.clear()
    made.update(size="l", sizes=None)
    assert seen == {"checked": [Size.LARGE], "size": Size.LARGE, "sizes": None}


def test_a_codec_of_ones_own_is_asked_once_for_each_value(database):
    class Account(RedisModel):
        secret = fields.StringField(codec=Codec(lambda text: f"<{text}>", str), min_length=3)
        name = fields.StringField(type=str)

        @validates("secret")
        def kept(self, value):
            return value

        def clean(self, values):
            if values.get("secret") == values.get("name"):
                raise ValueError("the name is no secret")
            return {**values, "secret": values["secret"] + "!"} if values.get("name") == "loud" else values

    Account.use_database(database)
    assert Account.create(secret="abc", name="x").secret.get() == "<abc>"
    assert Account.create(secret="abc", name="loud").secret.get() == "<abc!>"
    assert problems_of(lambda: Account.create(secret="abc", name="abc"))[0][2] == "the name is no secret"
    assert problems_of(lambda: Account.create(secret="ab"))[0][2] == "'ab' is shorter than 3"


def test_clean_may_change_what_a_container_holds_in_place_and_leave_values_out(database):
    class Page(RedisModel):
        tags = fields.SetField(type=str)
        words = fields.ListField()
        draft = fields.StringField()

        def clean(self, values):
            values["tags"].add("new")
            values["words"].append("last")
            del values["draft"]
            return values

    Page.use_database(database)
    page = Page.create(tags=["a"], words=["b"], draft="x")
    assert (page.tags.smembers(), page.words.lmembers(), page.draft.get()) == (
        {"a", "new"},
        ["b", "last"],
        None,
    )


def test_rules_see_values_of_the_type(database):
    class Part(RedisModel):
        size = fields.StringField(choices=[Size.SMALL], type=Size)

    Part.use_database(database)
    part = Part.create(size="s")
    assert part.size.set("s") and part.size.get() is Size.SMALL
    with pytest.raises(InvalidValueError, match="is not among"):
        part.size.set("l")


def test_rules_are_for_what_is_written_not_for_what_is_removed_or_compared_with(database, raw):
    class Bag(RedisModel):
        tags = fields.SetField(max_length=3, indexable=True)
        line = fields.ListField(max_length=3)
        ranks = fields.SortedSetField(type=int, max=9)

    Bag.use_database(database)
    bag = Bag.create()
    raw.sadd(bag.tags.key, "old member")
    raw.rpush(bag.line.key, "old member")
    raw.zadd(bag.ranks.key, {"10": 1})
    bag.tags.get_index().rebuild()
    with pytest.raises(InvalidValueError):
        bag.line.linsert("BEFORE", "old member", "long one")
    assert bag.line.linsert("BEFORE", "old member", "new") == 2
    assert (bag.tags.srem("old member"), bag.line.lrem(1, "old member"), bag.ranks.zrem(10)) == (1, 1, 1)
    assert (bag.tags.smembers(), bag.line.lmembers()) == (set(), ["new"])
    assert_indexes_right(Bag)


def test_what_smove_brings_meets_the_rules_of_the_field_that_it_comes_to(database):
    class Bag(RedisModel):
        free = fields.SetField(type=Size, indexable=True)
        strict = fields.SetField(type=Size, choices=[Size.SMALL], indexable=True)
        short = fields.SetField(max_length=2)
        plain = fields.SetField()

    Bag.use_database(database)
    bag = Bag.create(free=["s", "l"], plain=["ab", "abc"])
    other = Bag.create()
    with count_requests() as sent:
        for wrong in (
            lambda: bag.free.smove(bag.strict, Size.LARGE),
            lambda: bag.free.smove(str(other.strict.key), Size.LARGE),
            lambda: bag.plain.smove(bag.short, "abc"),
        ):
            with pytest.raises(InvalidValueError, match=r"^Bag\.\w+\.smove to Bag\.\w+: "):
                wrong()
    assert sent.count == 0
    assert bag.free.smove(other.strict, Size.SMALL) and bag.plain.smove(bag.short, "ab")
    assert other.strict.smove(bag.free, Size.SMALL)
    assert (bag.free.smembers(), bag.short.smembers()) == ({Size.SMALL, Size.LARGE}, {"ab"})
    assert_indexes_right(Bag)


@pytest.mark.parametrize(
    ("kind", "options", "good", "bad"),
    [
        (int, {"gt": 3}, [4], [3, 2]),
        (int, {"lt": 3}, [2], [3, 4]),
        (float, {"gt": 0, "lt": 1}, [0.5], [0.0, 1.0]),
        (int, {"multiple_of": 5}, [0, -5, 10], [1, 11]),
        (float, {"multiple_of": 0.1}, [0.3, 0.7, 1], [0.35, float("inf")]),
        (timedelta, {"multiple_of": timedelta(hours=1)}, [timedelta(days=1)], [timedelta(minutes=90)]),
        (Decimal, {"multiple_of": Decimal("0.05")}, [Decimal("0.15"), 1], [Decimal("0.16")]),
    ],
)
def test_bounds_that_are_left_out_and_multiples(database, kind, options, good, bad):
    on = database

    class Ruled(RedisModel):
        database = on
        one = fields.StringField(type=kind, **options)

    for value in good:
        assert Ruled.create(one=value).one.get() == value
    one = Ruled.create()
    for value in bad:
        with pytest.raises(ValidationError, match=r"Ruled\.one"):
            Ruled.create(one=value)
        with pytest.raises(InvalidValueError):
            one.one.set(value)
    assert len(Ruled.collection()) == len(good) + 1


def test_how_many_values_a_field_may_be_given(database):
    on = database

    class Box(RedisModel):
        database = on
        items = fields.ListField(min_items=1, max_items=2)
        tags = fields.SetField(max_items=2)
        ranks = fields.SortedSetField(max_items=1)
        pairs = fields.HashField(max_items=1)

    box = Box.create(items=["a", "a"], tags=["a", "b", "a"], ranks={"a": 1}, pairs={"a": 1})
    with pytest.raises(ValidationError) as refused:
        box.update(items=[], tags=["a", "b", "c"], ranks={"a": 1, "b": 2}, pairs={"a": 1, "b": 2})
    assert [problem.reason for problem in refused.value.problems] == [
        "0 values are fewer than 1",
        "3 values are more than 2",
        "2 values are more than 1",
        "2 values are more than 1",
    ]
    assert box.update(items=None) and box.items.lmembers() == []
    with pytest.raises(ImplementationError, match="many values"):
        fields.StringField(max_items=3)


@pytest.mark.parametrize("step", [0, "a", Decimal(0)])
def test_a_step_has_to_be_one(step):
    with pytest.raises(ImplementationError, match="multiple_of="):
        fields.StringField(type=int, multiple_of=step)


@pytest.mark.parametrize("returned", [{}, {"code": None, "owner": "x"}, {"owner": "x"}], ids=str)
def test_what_is_required_cannot_be_taken_away_by_checks(database, returned):
    class Lease(RedisModel):
        code = fields.InstanceHashField(required=True)
        owner = fields.InstanceHashField()
        tags = fields.SetField(required=True)

        @validates("tags")
        def known(self, tags):
            return tags - {"none"}

        def clean(self, values):
            return returned if values.get("owner") == "x" else None

    Lease.use_database(database)
    found = problems_of(lambda: Lease.create(code="a", tags={"x"}, owner="x"))
    assert {name for name, *_ in found} == {"Lease.code", "Lease.tags"}
    assert problems_of(lambda: Lease.create(code="a", tags={"none"})) == [
        ("Lease.tags", None, "a value is required")
    ]
    lease = Lease.create(code="a", tags={"x"})
    if "code" in returned:
        assert problems_of(lambda: lease.update(owner="x"))[0][0] == "Lease.code"
    assert Lease.create_many([{"code": "b", "tags": ["x"], "owner": "x"}]).count == 0
    assert lease.snapshot() == {"pk": "1", "code": "a", "owner": None, "tags": {"x"}}


@pytest.mark.parametrize("returned", [True, "ab", [("low", 1)], {("low", 1)}], ids=repr)
def test_a_clean_that_returns_no_mapping_is_told(database, returned):
    class Odd(RedisModel):
        low = fields.InstanceHashField(type=int)

        def clean(self, values):
            return returned

    Odd.use_database(database)
    with (
        count_requests() as sent,
        pytest.raises(ImplementationError, match=r"Odd\.clean returned .*a mapping"),
    ):
        Odd.create(low=1)
    assert sent.count == 0


def test_checks_may_assert(database):
    def refuse_when(unfit, *reason):
        if unfit:
            raise AssertionError(*reason)

    class Box(RedisModel):
        size = fields.InstanceHashField(
            type=int, validators=[lambda size: refuse_when(size > 9, "ten and more are too many")]
        )
        name = fields.InstanceHashField()
        kind = fields.InstanceHashField()

        @validates("name")
        def short(self, name):
            refuse_when(len(name) > 3)

        def clean(self, values):
            refuse_when("kind" in values, "no kind yet")

    Box.use_database(database)
    assert problems_of(lambda: Box.create(size=10, name="long")) == [
        ("Box.size", 10, "10: ten and more are too many"),
        ("Box.name", "long", "'long': AssertionError"),
    ]
    assert problems_of(lambda: Box.create(kind="a")) == [("Box", {"kind": "a"}, "no kind yet")]
    with pytest.raises(InvalidValueError, match=r"^Box\.size\.hset: 12: ten and more"):
        Box.create(name="a").size.hset(12)


@pytest.mark.parametrize("checks", [False, True], ids=["rules alone", "checks"])
def test_required_is_what_redis_would_hold(database, checks):
    class Case(RedisModel):
        notes = fields.JSONField(required=True)
        items = fields.ListField(required=True, type=int)
        table = fields.HashField(required=True)

        if checks:

            def clean(self, values):
                return None

    Case.use_database(database)
    full = {"items": [1], "table": {"a": 1}}
    for empty in ({}, []):  # are texts in JSON
        case = Case.create(notes=empty, **full)
        assert case.notes.hget() == empty
        assert case.update(notes=[1]) and case.hmset(notes=empty)
    assert Case.create_many([{"notes": {}, **full}]).count == 1
    for nothing in ((), [], set(), range(0), iter([]), {}.keys(), None):
        found = problems_of(lambda nothing=nothing: Case.create(notes={}, items=nothing, table={"a": 1}))
        assert found == [("Case.items", None, "a value is required")]
        assert case.items.lmembers() == [1]
    for nothing in ({}, {"a": None}):
        found = problems_of(lambda nothing=nothing: case.update(table=nothing, items=["x"]))
        assert [name for name, *_ in found] == ["Case.table", "Case.items"]
    assert case.snapshot() == {"pk": "2", "notes": [], "items": [1], "table": {"a": "1"}}
    assert_indexes_right(Case)


def test_annotated_containers_kept_as_one_value_may_be_empty(database):
    pytest.importorskip("pydantic")

    class Line(RedisModel):
        points: tuple[int, ...]

    Line.use_database(database)
    assert Line.create(points=()).dump() == Line.Record(pk="1", points=())
    assert [name for name, *_ in problems_of(lambda: Line.create())] == ["Line.points"]
