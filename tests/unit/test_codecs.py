"""Round trips of every shipped type, and the order of those that have one."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpyd_ng.codec import to_text
from limpyd_ng.codecs import Codec, DateTimeCodec, Point, choices, codec_for
from limpyd_ng.codecs.base import NUMBERS, TEXTS
from limpyd_ng.exceptions import ImplementationError, InvalidValueError
from limpyd_ng.fields import PKField


class Color(enum.Enum):
    RED = "red"
    DARK = "dark red"


class Level(enum.IntEnum):
    LOW = -1
    HIGH = 10


class Right(enum.IntFlag):
    READ = 1
    WRITE = 2
    ALL = 3


class Light(enum.Flag):
    FRONT = 1
    BACK = 2


class Nowhere(tzinfo):
    """A time zone that knows nothing."""

    def __repr__(self):
        return "Nowhere()"


# fixed offsets: where clocks go back, Python tells a moment from itself in another time zone
OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
UTC_MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e30", max_value="1e30", places=9)
VALUES = {
    str: st.text(),
    bytes: st.binary(),
    int: st.integers(),
    float: st.floats(allow_nan=False),
    Decimal: DECIMALS
    | st.decimals(allow_nan=False, allow_infinity=False).filter(lambda d: abs(d.adjusted()) < 300),
    bool: st.booleans(),
    date: st.dates(),
    time: st.times(),
    datetime: UTC_MOMENTS,
    timedelta: st.timedeltas(),
    UUID: st.uuids(),
    Color: st.sampled_from(Color),
    Level: st.sampled_from(Level),
    Right: st.sampled_from([Right(0), Right.READ, Right.WRITE, Right.ALL]),
    Light: st.sampled_from([Light(0), Light.FRONT, Light.FRONT | Light.BACK]),
    Literal[Color.RED, 7]: st.sampled_from([Color.RED, 7]),
    Literal["a", "b", 3]: st.sampled_from(["a", "b", 3]),
    Point: st.builds(Point, st.floats(-180, 180), st.floats(-85.05112878, 85.05112878)),
    Decimal | None: DECIMALS,
    int | bool: st.booleans().map(int),
    date | UUID: st.dates() | st.uuids(),
}


@pytest.mark.parametrize("kind", VALUES, ids=str)
@given(data=st.data())
def test_what_goes_in_comes_out(kind, data):
    value = data.draw(VALUES[kind])
    text = codec_for(kind).encode(value)
    read = codec_for(kind).decode(text)
    assert read == value
    assert isinstance(read, type(value)) or kind is datetime


@pytest.mark.parametrize("kind", VALUES, ids=str)
@given(data=st.data())
def test_equal_values_have_equal_texts_and_others_different_ones(kind, data):
    one, other = data.draw(VALUES[kind]), data.draw(VALUES[kind])
    codec = codec_for(kind)
    assert (codec.encode(one) == codec.encode(other)) == (one == other)


@pytest.mark.parametrize(
    "one, other",
    [(Decimal("1.00"), Decimal(1)), (Decimal("1E+3"), Decimal(1000)), (Decimal("-0"), Decimal(0))],
)
def test_a_decimal_has_one_text_whatever_its_scale(one, other):
    assert codec_for(Decimal).encode(one) == codec_for(Decimal).encode(other)


def test_a_moment_has_one_text_whatever_its_time_zone():
    paris = datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert codec_for(datetime).encode(paris) == codec_for(datetime).encode(
        datetime(2026, 1, 1, 12, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "kind",
    [kind for kind in VALUES if codec_for(kind).order in (NUMBERS, TEXTS) and kind is not Light],
    ids=str,
)
@given(data=st.data())
def test_texts_are_in_the_order_of_the_values(kind, data):
    one, other = sorted([data.draw(VALUES[kind]), data.draw(VALUES[kind])])
    codec = codec_for(kind)
    key = float if codec.order == NUMBERS else str.encode
    assert key(codec.encode(one)) <= key(codec.encode(other))


@given(
    one=st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)),
    span=st.timedeltas(timedelta(microseconds=1), timedelta(days=1)),
)
def test_moments_of_our_times_differ_in_a_number_index_by_their_microseconds(one, span):
    codec = DateTimeCodec(naive=UTC)
    assert float(codec.encode(one)) < float(codec.encode(one + span))


UNFIT = [
    (str, 1), (str, None), (str, b"a"), (str, "\ud800"), (bytes, "a"), (int, True), (int, 1.0), (int, "1"),
    (float, float("nan")), (float, "1"), (float, True), (Decimal, 1.5), (Decimal, Decimal("NaN")),
    (Decimal, Decimal("Infinity")), (Decimal, Decimal("1e301")), (Decimal, Decimal("1e-301")), (bool, 1),
    (date, datetime(2026, 1, 1)), (date, "2026-01-01"), (time, time(tzinfo=UTC)), (datetime, datetime(2026, 1, 1)),
    (datetime, date(2026, 1, 1)), (timedelta, 1), (UUID, "no"), (Color, "blue"), (Color, None), (Level, 3),
    (Literal["a", 1], "1"), (Literal["a", 1], True), (int | str, "5"), (int | str, 1.5), (float | None, None),
    (Right, 4), (Right, True), (Right, "READ"), (Right, [1]), (Light, 4), (Light, "FRONT"), (Literal[Color.RED], Color.DARK),
    (datetime, datetime(2026, 1, 1, tzinfo=Nowhere())), (datetime, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
    (Point, (1, 86)), (Point, (1, True)), (Point, "1,2"), (Point, 1),
]  # fmt: skip


COERCED = [
    (float, 1, 1.0), (Decimal, 1, Decimal(1)), (bytes, bytearray(b"a"), b"a"), (Color, "red", Color.RED),
    (int, Level.LOW, -1), (float | None, 3, 3.0), (Color | None, "red", Color.RED), (Point, [1, 2], Point(1.0, 2.0)),
]  # fmt: skip


@pytest.mark.parametrize("kind, value, read", COERCED, ids=repr)
def test_a_strict_codec_takes_values_of_the_very_class_alone(kind, value, read):
    assert codec_for(kind).decode(codec_for(kind).encode(value)) == read
    with pytest.raises(
        InvalidValueError, match=rf"^field: .* is of the class \w+, not {type(read).__name__}, and the"
    ):
        codec_for(kind, strict=True).encode(value, "field")
    assert codec_for(kind, strict=True).encode(read) == codec_for(kind).encode(value)


@pytest.mark.parametrize("kind", VALUES, ids=str)
@given(data=st.data())
def test_what_goes_into_a_strict_codec_comes_out(kind, data):
    value = data.draw(VALUES[kind])
    strict = codec_for(kind, strict=True)
    assert strict.encode(value) == codec_for(kind).encode(value)
    assert strict.decode(strict.encode(value)) == value
    assert strict.order == codec_for(kind).order


@pytest.mark.parametrize("kind, value", UNFIT, ids=repr)
def test_what_does_not_fit_is_refused_by_name_and_value(kind, value):
    with pytest.raises(InvalidValueError, match="^Bike.field: ") as refused:
        codec_for(kind).encode(value, "Bike.field")
    assert repr(value) in str(refused.value)


@pytest.mark.parametrize(
    "kind, text",
    [(str, "\udcff"), (int, "1.0"), (int, "1_0"), (int, "٣"), (float, "nan"), (float, "x"), (Decimal, "inf"), (bool, "2"),
     (date, "20260101"), (time, "25:00:00"), (datetime, "x"), (timedelta, "1.5"), (timedelta, "1_0"),
     (datetime, "٣"), (UUID, "x"), (Color, "blue"), (Right, "4"), (Right, "-1"), (Right, "READ"),
     (Literal["a"], "b"), (int | date, "x"), (Point, "1"), (Point, "1,91"), (Point, "1, 2"), (Point, "1,-")],
    ids=repr,
)  # fmt: skip
def test_a_stored_text_of_another_type_is_told_when_it_is_read(kind, text):
    with pytest.raises(InvalidValueError, match=r"^Bike\.field: Redis holds"):
        codec_for(kind).decode(text, "Bike.field")


@pytest.mark.parametrize(
    "kind, value", [(int, 10**5000), (Decimal, 10**5000), (str, [10**5000])], ids=["int", "Decimal", "str"]
)
def test_numbers_that_python_cannot_write_are_refused(kind, value):
    with pytest.raises(InvalidValueError, match=r"^Bike\.field: "):
        codec_for(kind).encode(value, "Bike.field")


def test_naive_moments_are_taken_where_a_time_zone_is_declared():
    codec = DateTimeCodec(naive=timezone(timedelta(hours=2)))
    assert codec.decode(codec.encode(datetime(2026, 1, 1, 2))) == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_codec_inside_of_another_does_not_say_the_value_twice():
    key = PKField(type=int, format="user-{}")
    with pytest.raises(InvalidValueError, match=r"^Bike\.key: 'user-5' is no int$"):
        key.codec.encode("user-5", "Bike.key")


def test_an_enum_takes_its_values_too():
    assert codec_for(Color).encode("red") == codec_for(Color).encode(Color.RED) == "red"


def test_flags_are_stored_as_their_number_alone_or_together():
    codec = codec_for(Right)
    assert [codec.encode(value) for value in (Right(0), Right.READ, Right.READ | Right.WRITE, 3)] == list(
        "0133"
    )
    assert codec.decode("3") is Right.ALL
    with pytest.raises(ImplementationError, match="Empty has no members"):
        codec_for(enum.Flag("Empty", []))


@pytest.mark.parametrize("kind", [Literal["1", 1], Literal[Color.RED, "red"]], ids=str)
def test_choices_that_would_be_one_text_are_refused(kind):
    with pytest.raises(ImplementationError, match="both be stored as"):
        codec_for(kind)


def test_a_codec_of_ones_own_tells_its_own_errors():
    codec = Codec(lambda value: f"{value:08.2f}", float, name="price", order=TEXTS)
    assert codec.decode(codec.encode(3.5)) == 3.5
    with pytest.raises(InvalidValueError, match="Bike.price: 'x' is no price"):
        codec.encode("x", "Bike.price")
    with pytest.raises(InvalidValueError, match="Bike.day: 'x' is no day .*no attribute 'isoformat'"):
        Codec(lambda value: value.isoformat(), str, name="day").encode("x", "Bike.day")
    with pytest.raises(InvalidValueError, match="which is no text"):
        Codec(lambda value: value, str).encode(1)


@pytest.mark.parametrize(
    "options", [{"encode": 1, "decode": str}, {"encode": str, "decode": str, "order": "up"}]
)
def test_a_codec_that_cannot_work_is_refused(options):
    with pytest.raises((TypeError, ValueError)):
        Codec(**options)


def test_an_int_that_python_cannot_write_is_refused_without_a_type_too():
    with pytest.raises(InvalidValueError, match=r"^Bike\.field: "):
        to_text(10**5000, "Bike.field")


class Above:
    """A constraint, as pydantic's Field is made of."""

    __module__ = "annotated_types"


def test_without_pydantic_constraints_are_refused_and_other_notes_left_alone(monkeypatch):
    monkeypatch.setattr(choices, "find_spec", lambda name: None)
    assert codec_for(Annotated[int, "in metres"]).encode(5) == "5"
    assert codec_for(Annotated[int | None, "in metres"]).decode("5") == 5
    with pytest.raises(ImplementationError, match="need the pydantic extra; min="):
        codec_for(Annotated[int, "in metres", Above()])
    with pytest.raises(ImplementationError, match="install the pydantic extra"):
        codec_for(list[int])
