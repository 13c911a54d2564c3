"""MultiIndexes: several indexes declared as one, and the indexes of dates and times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from limpyd_ng import fields
from limpyd_ng.contrib import indexes as contrib
from limpyd_ng.contrib.indexes import (
    DateIndex,
    DateIndexParts,
    DateSimpleTimeIndex,
    DateTimeIndex,
    MultiIndexes,
    SimpleDateTimeIndex,
    TimeIndex,
)
from limpyd_ng.exceptions import (
    ImplementationError,
    InvalidValueError,
    NotANumberError,
    UniquenessError,
)
from limpyd_ng.indexes import EqualIndex, Lower, NumberRangeIndex, Slice, TextRangeIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.oracle import assert_consistent

DAYS = [datetime(2015, 12, 21, 15, 4, 5), datetime(2015, 12, 22), datetime(2016, 2, 21, 15, 30, 59)]


@pytest.fixture
def Event(database):
    class Event(RedisModel):
        day = fields.InstanceHashField(indexes=[DateIndex])
        hour = fields.StringField(indexes=[TimeIndex])
        at = fields.InstanceHashField(indexes=[DateTimeIndex])
        days = fields.SetField(indexes=[DateSimpleTimeIndex])
        simple = fields.HashField(indexes=[SimpleDateTimeIndex])

    Event.use_database(database)
    Event(day="2000-01-01").delete()  # the scripts are there from now on
    for moment in DAYS:
        with count_requests() as sent:
            Event(day=moment.date(), hour=moment.time(), at=moment, days=[moment], simple={"k": moment})
        assert sent.count == 1
    yield Event
    assert_indexes_right(Event)
    assert_consistent(Event, database.connection)


FIRST, SECOND, THIRD = "2", "3", "4"
QUESTIONS = [
    ({"day": "2015-12-21"}, FIRST),
    ({"day": date(2015, 12, 21)}, FIRST),
    ({"day__gt": date(2015, 12, 21)}, SECOND + THIRD),
    ({"day__gt": "2016"}, THIRD),
    ({"day__lte": datetime(2015, 12, 22, 5)}, FIRST + SECOND),
    ({"day__startswith": "2015-12"}, FIRST + SECOND),
    ({"day__in": [date(2015, 12, 21), "2016-02-21"]}, FIRST + THIRD),
    ({"day__year": 2015}, FIRST + SECOND),
    ({"day__year__in": [2016, "2014"]}, THIRD),
    ({"day__month__in": [2, 12]}, FIRST + SECOND + THIRD),
    ({"day__month": "02"}, THIRD),
    ({"day__day__gt": 21}, SECOND),
    ({"day__day__gte": 21, "day__day__lt": 22}, FIRST + THIRD),
    ({"hour": time(15, 4, 5)}, FIRST),
    ({"hour__gte": time(15, 30)}, THIRD),
    ({"hour__lt": "15:30"}, FIRST + SECOND),
    ({"hour__hour": 15}, FIRST + THIRD),
    ({"hour__minute__in": [0, 4]}, FIRST + SECOND),
    ({"hour__second__gt": 5}, THIRD),
    ({"at": DAYS[0]}, FIRST),
    ({"at__gte": DAYS[1]}, SECOND + THIRD),
    ({"at__gt": date(2015, 12, 22)}, SECOND + THIRD),
    ({"at__lt": date(2015, 12, 22)}, FIRST),
    ({"at__in": [DAYS[0].replace(microsecond=9), "2016-02-21 15:30:59"]}, FIRST + THIRD),
    ({"at__gt": "2015-12-21 15:"}, FIRST + SECOND + THIRD),
    ({"at__date": DAYS[1]}, SECOND),
    ({"at__date__gt": "2015-12-21"}, SECOND + THIRD),
    ({"at__time__gt": "15:"}, FIRST + THIRD),
    ({"at__time": DAYS[0]}, FIRST),
    ({"at__time__in": [time(0), time(15, 4, 5)]}, FIRST + SECOND),
    ({"at__year": 2015, "at__hour": 15}, FIRST),
    ({"at__minute__gt": 3, "at__second__lte": 59, "at__month": 2}, THIRD),
    ({"days__date": date(2015, 12, 21), "days__day__in": [21]}, FIRST),
    ({"days__time__gte": time(15, 4, 6)}, THIRD),
    ({"simple__k__date__lte": date(2015, 12, 22)}, FIRST + SECOND),
    ({"simple__k": DAYS[2]}, THIRD),
]


@pytest.mark.parametrize(("filters", "pks"), QUESTIONS)
def test_dates_times_and_their_parts_are_found_in_one_request(Event, filters, pks):
    Event.collection(pk=1).count()
    with count_requests() as sent:
        assert Event.collection(**filters) == set(pks)
    assert sent.count == 1


def test_the_simple_forms_have_no_parts():
    assert [part.prefix for part in SimpleDateTimeIndex.parts()] == [None, "date", "time"]
    assert [part.prefix for part in DateSimpleTimeIndex.parts()] == [
        None,
        "date",
        "year",
        "month",
        "day",
        "time",
    ]
    for name in (
        "DateIndexParts",
        "TimeIndexParts",
        "DateRangeIndex",
        "TimeRangeIndex",
        "DateIndex",
        "TimeIndex",
    ):
        assert getattr(contrib, name).__name__ == name


def test_every_write_is_one_request_also_in_pipelines(Event, database):
    event = Event.get(FIRST)
    for write in (
        lambda: event.at.hset(datetime(2017, 1, 2, 3, 4, 5)),
        lambda: event.hour.set(time(1, 2, 3)),
        lambda: event.days.sadd(datetime(2018, 1, 1), "2019-01-01 00:00:00"),
        lambda: event.update(day=date(2020, 5, 6), at=None),
        lambda: event.simple.hset("k", DAYS[0]),
    ):
        with count_requests() as sent:
            write()
        assert sent.count == 1
    with database.pipeline() as pipe:
        event.hour.setrange(0, "07")
        event.at.hset(DAYS[0])
        pipe.execute()
    assert Event.collection(hour__hour=7, days__year=2019, day__year=2020, at=DAYS[0]) == [FIRST]


def test_objects_are_stored_as_plain_texts(Event):
    event = Event(at=datetime(2015, 1, 2, 3, 4, 5, 67), hour=time(1, 2, 3, 4), day=date(2015, 1, 2))
    assert event.hmget("at", "day") == ["2015-01-02 03:04:05.000067", "2015-01-02"]
    assert event.hour.get() == "01:02:03.000004"
    assert Event.collection(at=datetime(2015, 1, 2, 3, 4, 5)) == [event.pk.get()]
    assert Event.collection(hour=time(1, 2, 3)) == [event.pk.get()]


def test_aware_datetimes_are_stored_and_looked_for_in_utc(Event):
    east = timezone(timedelta(hours=5))
    event = Event(at=datetime(2020, 1, 1, 2, 0, 0, tzinfo=east))
    assert event.at.hget() == "2019-12-31 21:00:00"
    for moment in (datetime(2019, 12, 31, 21, tzinfo=UTC), datetime(2020, 1, 1, 2, tzinfo=east)):
        assert Event.collection(at=moment) == [event.pk.get()]
        assert Event.collection(at__date=moment) == [event.pk.get()]
    assert Event.collection(at__year=2019) == [event.pk.get()]
    with pytest.raises(InvalidValueError, match="time zone"):
        event.hour.set(time(1, 2, tzinfo=UTC))
    with pytest.raises(InvalidValueError, match="time zone"):
        Event.collection(hour=time(1, 2, tzinfo=UTC))


def test_the_first_and_the_last_year_and_leap_days_are_days_like_others(Event):
    first = Event(day=date.min, at=datetime.min, hour=time.min).pk.get()
    last = Event(day=date.max, at=datetime.max, hour=time.max).pk.get()
    leap = Event(day=date(2024, 2, 29), at=datetime(2024, 2, 29, 23, 59, 59, 999999)).pk.get()
    assert Event.collection(day__year=1, at__year=1) == Event.collection(at=datetime.min) == [first]
    assert Event.collection(at__year__in=[1, "9999"], day__month__in=[1, 12]) == {first, last}
    assert Event.collection(at__date__in=[date(2024, 2, 29)], day__day=29) == [leap]
    assert {first, last, leap} <= set(Event.collection(at__time__in=[time.max, "00:00:00"]))
    assert Event.collection(day__lte=date.min) == [first]
    assert Event.collection(day__gte=date.max) == [last]
    assert Event.collection(hour__second=59, day__year=9999) == [last]
    assert {first, leap, last} <= set(Event.collection(day__year__not_in=[]))


@pytest.mark.parametrize("moment, hours", [(datetime.min, 5), (datetime.max, -5)])
def test_a_moment_of_no_year_in_utc_is_refused(Event, moment, hours):
    beyond = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    with count_requests() as sent:
        with pytest.raises(InvalidValueError, match=r"Event.at.*in UTC"):
            Event(at=beyond)
        with pytest.raises(InvalidValueError, match=r"Event.at__gt.*in UTC"):
            Event.collection(at__gt=beyond)
    assert sent.count == 0


def test_values_that_are_no_dates_are_refused(Event):
    with pytest.raises(NotANumberError, match=r"Event\.at"):
        Event(at="tomorrow")
    event = Event.get(FIRST)
    with pytest.raises(NotANumberError):
        event.hour.set("noon")
    assert event.hour.get() == "15:04:05"


def test_filters_refuse_objects_that_have_not_the_part(Event):
    for name, value in (
        ("day", time(1)),
        ("hour", date(2015, 1, 1)),
        ("at", time(1)),
        ("at__date", time(1)),
        ("at__time", date(2015, 1, 1)),
        ("at__year", date(2015, 1, 1)),
        ("day__year", "x"),
    ):
        with pytest.raises(InvalidValueError):
            Event.collection(**{name: value})


def test_expiry_times_may_still_be_datetimes(database, raw):
    class Note(RedisModel):
        text = fields.StringField()

    Note.use_database(database)
    note = Note(text="x")
    note.text.expireat(datetime.now() + timedelta(hours=1))
    assert 0 < raw.ttl("{note}:field:text:1") <= 3600


def test_a_unique_datetime_is_unique_by_the_second(database):
    class Slot(RedisModel):
        at = fields.StringField(unique=True, indexes=[DateTimeIndex])

    Slot.use_database(database)
    Slot(at=DAYS[0])
    Slot(at=DAYS[1])
    with pytest.raises(UniquenessError):
        Slot(at=DAYS[0].replace(microsecond=1))
    assert Slot.collection(at__year=2015).count() == 2


def test_a_composed_index_has_all_the_filters_of_its_parts(database, raw):
    Both = MultiIndexes.compose([EqualIndex, TextRangeIndex], name="Both", key="both", transform=Lower())
    More = MultiIndexes.compose(
        [Both.configure(prefix="low"), EqualIndex, Both.configure(prefix="fold", transform=str.casefold)],
        transform=[Slice(0, 3)],
    )
    assert Both.__name__ == "Both"

    class Text(RedisModel):
        value = fields.StringField(indexes=[More, EqualIndex.configure(prefix="whole")])

    Text.use_database(database)
    text = Text(value="ABCdß")
    assert [index.label for index in Text.schema.fields["value"].indexes] == [
        "both-equal.low",
        "both-text-range.low",
        "equal",
        "both-equal.fold",
        "both-text-range.fold",
        "equal.whole",
    ]
    for filters in (
        {"value": "ABC"},
        {"value__low": "abc"},
        {"value__low__startswith": "ab"},
        {"value__fold__gt": "abb"},
        {"value__whole": "ABCdß"},
    ):
        assert Text.collection(**filters) == [text.pk.get()], filters
    assert_consistent(Text, raw)
    assert_indexes_right(Text)


def test_transforms_compose_with_methods_and_with_none(database, raw):
    class Tagged(EqualIndex):
        def transform(self, value):
            return f"{self.field.name}:{value}"

    def first(value):
        return value[0] if value else None

    class Text(RedisModel):
        value = fields.SetField(
            indexes=[MultiIndexes.compose([Tagged, EqualIndex.configure(prefix="p")], transform=first)]
        )

    Text.use_database(database)
    text = Text(value=["abc", "", "axe", "b"])
    assert Text.collection(value="value:a", value__p="b") == [text.pk.get()]
    text.value.srem("abc", "b")
    assert Text.collection(value="value:a", value__p="a") == [text.pk.get()]
    assert Text.collection(value__p="b") == []
    assert_consistent(Text, raw)


def test_get_index_gives_the_whole_and_each_part(Event, raw):
    field = Event.get_field("at")
    assert len(field.get_index().indexes) == 9
    assert len(field.get_index(DateTimeIndex).indexes) == 9
    assert [index.label for index in field.get_index(key="full").indexes] == ["full"]
    assert [index.label for index in field.get_index(NumberRangeIndex, prefix="year").indexes] == [
        "number-range.year"
    ]
    with pytest.raises(ValueError, match="6 indexes fit"):
        field.get_index(NumberRangeIndex)
    with pytest.raises(ImplementationError, match="9 indexes"):
        field.get_index().get_storage_key("x")
    assert field.clear_indexes(index_class=DateIndexParts) == 3
    assert Event.collection(at__year=2015) == []
    assert Event.collection(at=DAYS[0]) == [FIRST]
    assert field.rebuild_indexes(index_class=DateIndexParts) == 9
    assert Event.collection(at__year=2015) == set(FIRST + SECOND)
    assert field.get_index().clear() == 9
    assert field.get_index().rebuild() == 27
    raw.zadd("{event}:index:at:number-range.year", {FIRST: 1999})
    assert {one.kind for one in Event.check_indexes()} == {"missing", "stale"}
    assert Event.repair_indexes() == []


def test_default_indexes_may_be_composed_ones(database):
    class Event(RedisModel):
        default_indexes = [DateIndex]
        day = fields.StringField(indexable=True)

    Event.use_database(database)
    Event(day=date(2015, 1, 2))
    assert Event.collection(day__month=1) == ["1"]


@pytest.mark.parametrize("wrong", [[], [str], ["EqualIndex"], [EqualIndex, None]])
def test_only_index_classes_can_be_composed(wrong):
    with pytest.raises(ImplementationError):
        MultiIndexes.compose(wrong)


def test_multi_indexes_alone_is_no_index():
    with pytest.raises(ImplementationError, match="compose"):

        class Wrong(RedisModel):
            value = fields.StringField(indexes=[MultiIndexes])

    with pytest.raises(TypeError):
        DateIndex.configure(wrong=1)
    with pytest.raises(ImplementationError, match="share|would store"):

        class Twice(RedisModel):
            value = fields.StringField(indexes=[DateIndex, DateIndex])
