"""GeoIndex: places near one another, in a box, in the order of their distance."""

from __future__ import annotations

from math import acos, cos, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limpyd_ng import fields
from limpyd_ng.collection import OrderBy, Q
from limpyd_ng.contrib.related import FKStringField, RelatedModel
from limpyd_ng.exceptions import ImplementationError, InvalidValueError, UniquenessError
from limpyd_ng.fields import GeoField, Point
from limpyd_ng.indexes import EqualIndex, GeoIndex
from limpyd_ng.model import RedisModel
from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.native import warm_up
from tests.oracle import assert_consistent

PARIS, LYON, LONDON = Point(2.3522, 48.8566), Point(4.8357, 45.764), Point(-0.1276, 51.5072)
SUVA, APIA = Point(178.4419, -18.1416), Point(-171.7514, -13.8333)  # on both sides of the date line


@pytest.fixture(autouse=True)
def warm(database, raw):
    warm_up(database, raw)


@pytest.fixture
def Shop(database):
    class Shop(RedisModel):
        name = fields.InstanceHashField(indexable=True)
        place = GeoField(indexable=True)
        own = fields.StringField(type=Point, indexable=True)
        stops = fields.SetField(type=Point, indexable=True)
        doors = fields.HashField(type=Point, indexable=True)
        code = fields.InstanceHashField(type=Point, indexes=[EqualIndex, GeoIndex], unique=True)

    Shop.use_database(database)
    yield Shop
    assert_indexes_right(Shop)
    assert_consistent(Shop, database.connection)


def asked(collection):
    with count_requests() as sent:
        found = set(collection)
    assert sent.count <= 1
    return found


def test_places_are_written_read_and_found(Shop):
    paris, lyon, london = (Shop.create(place=place).get_pk() for place in (PARIS, LYON, LONDON))
    assert Shop.get(paris).place.hget() == PARIS
    assert isinstance(Shop.get(paris).place.hget(), Point)
    assert asked(Shop.collection(place__near=(*PARIS, 1))) == {paris}
    assert asked(Shop.collection(place__near=(PARIS, 345_000))) == {paris, london}
    assert asked(Shop.collection(place__near=(PARIS, 400_000))) == {paris, lyon, london}
    assert asked(Shop.collection(place__within=(0, 40, 10, 50))) == {paris, lyon}
    assert asked(Shop.collection(place=PARIS)) == asked(Shop.collection(place__in=[PARIS])) == {paris}
    assert asked(Shop.collection(place__in=[PARIS, LONDON, PARIS])) == {paris, london}
    assert asked(Shop.collection(place__ne=PARIS)) == {lyon, london}
    assert (
        asked(Shop.collection(place__in=[])) == asked(Shop.collection(place__within=(0, 86, 1, 90))) == set()
    )
    with count_requests() as sent:
        assert Shop.collection(place__near=(PARIS, 400_000)).count() == 3
    assert sent.count == 1


def test_a_place_may_be_given_as_any_pair_of_numbers(Shop):
    shop = Shop.create(place=(2, 48.5))
    assert shop.place.hget() == Point(2.0, 48.5)
    shop.place.hset([3, 1e-7])
    assert shop.place.hget() == (3.0, 1e-7)
    assert asked(Shop.collection(place=(3.0, 1e-7))) == {shop.get_pk()}


def test_entries_follow_every_write(Shop, raw):
    shop = Shop.create(place=PARIS, own=PARIS, stops=[PARIS, LYON], doors={"front": PARIS, "back": LYON})
    pk, near_lyon = shop.get_pk(), (*LYON, 10)
    assert (
        asked(Shop.collection(place__near=near_lyon)) == asked(Shop.collection(own__near=near_lyon)) == set()
    )
    shop.place.hset(LYON)
    shop.own.set(LYON)
    shop.stops.srem(PARIS)
    shop.doors.hdel("back")
    for name in ("place", "own", "stops"):
        assert asked(Shop.collection(**{f"{name}__near": near_lyon})) == {pk}
        assert asked(Shop.collection(**{f"{name}__near": (*PARIS, 10)})) == set()
    assert asked(Shop.collection(doors__front__near=(PARIS, 10))) == {pk}
    assert asked(Shop.collection(doors__back__near=near_lyon)) == set()
    shop.update(place=None, stops={LONDON})
    assert asked(Shop.collection(place=None)) == asked(Shop.collection(stops__near=(LONDON, 1))) == {pk}
    Shop.create_many([{"place": LONDON}, {"place": PARIS}])
    assert len(asked(Shop.collection(place__near=(LONDON, 400_000)))) == 2
    Shop.collection(place__near=(LONDON, 1)).update(place=LYON)
    assert len(asked(Shop.collection(place__near=near_lyon))) == 1
    Shop.collection(place__near=near_lyon).delete()
    assert asked(Shop.collection(place__near=near_lyon)) == set()
    shop.delete()
    assert asked(Shop.collection(own__near=near_lyon)) == set()
    assert not [key for key in raw.scan_iter() if ":index:own" in key]


def test_a_renamed_object_is_where_it_was(database):
    class Named(RedisModel):
        name = fields.PKField()
        place = GeoField(indexable=True)

    Named.use_database(database)
    Named.create(name="a", place=PARIS).rename_pk("b")
    assert asked(Named.collection(place__near=(PARIS, 1))) == {"b"}
    assert_indexes_right(Named)


def test_places_are_found_through_relations_and_in_pipelines(database):
    class Town(RelatedModel):
        place = GeoField(indexable=True)

    class Person(RelatedModel):
        town = FKStringField(Town, related_name="people")
        work = GeoField(indexable=True)

    for model in (Town, Person):
        model.use_database(database)
    paris, lyon = Town.create(place=PARIS), Town.create(place=LYON)
    one, two = Person.create(town=paris, work=LYON), Person.create(town=lyon, work=LYON)
    assert asked(Person.collection(town__place__near=(PARIS, 10))) == {one.get_pk()}
    assert asked(Person.collection(town__place__within=(0, 40, 10, 50), work=LYON)) == {
        one.get_pk(),
        two.get_pk(),
    }
    assert asked(Town.collection(people__work__near=(LYON, 1))) == {paris.get_pk(), lyon.get_pk()}
    with database.pipeline() as pipe:
        one.work.hset(LONDON)
        found = Person.collection(work__near=(LONDON, 10)).count()
        pipe.execute()
    assert found.value == 1
    for model in (Town, Person):
        assert_indexes_right(model)


def test_one_of_many_places_is_enough(Shop):
    shop = Shop.create(stops=[LONDON, LYON])
    assert asked(Shop.collection(stops__near=(LYON, 10), stops__within=(-1, 51, 0, 52))) == {shop.get_pk()}
    assert asked(Shop.collection(stops__near=(PARIS, 100_000))) == set()


def test_conditions_combine(Shop):
    for number, place in enumerate([PARIS, LYON, LONDON, None]):
        Shop.create(name="ab"[number % 2], place=place)
    near = Q(place__near=(PARIS, 350_000))
    assert asked(Shop.collection(near, name="a")) == {"1", "3"}
    assert asked(Shop.collection(place__near=(PARIS, 400_000), place__within=(0, 0, 10, 90))) == {"1", "2"}
    assert asked(Shop.collection(near | Q(name="b"))) == {"1", "2", "3", "4"}
    assert asked(Shop.collection(~near)) == {"2", "4"}
    assert asked(Shop.collection(name="b").exclude(place__near=(LYON, 5))) == {"4"}
    assert list(Shop.collection(near).sort(by="-pk").values_list("name", flat=True)) == ["a", "a"]
    assert Shop.collection(near, name="a").explain().estimates


def test_the_most_selective_condition_drives(Shop):
    for number in range(30):
        Shop.create(name=str(number), place=(number / 1000, 0))
    told = Shop.collection(name="7", place__near=((0, 0), 1_000_000)).explain()
    assert (told.driver, told.candidates) == ("name", 1)
    told = Shop.collection(name__in=[str(number) for number in range(30)], place__near=((0, 0), 60)).explain()
    assert told.driver == "place__near"
    assert told.candidates < 5


def test_results_come_in_the_order_of_their_distance(Shop):
    for place in (LONDON, None, LYON, PARIS, SUVA):
        Shop.create(place=place, own=place)
    nearest = OrderBy("place", near=PARIS)
    with count_requests() as sent:
        assert list(Shop.collection().sort(by=nearest)) == ["4", "1", "3", "5", "2"]
        assert list(Shop.collection().sort(by=nearest)[:2]) == ["4", "1"]
        assert list(Shop.collection().sort(by=nearest, desc=True)[1:3]) == ["5", "3"]
        assert list(Shop.collection(place__near=(LYON, 500_000)).sort(by=nearest)) == ["4", "3"]
        assert list(Shop.collection().sort(by=OrderBy("own", near=LYON, missing="first"))[:2]) == ["2", "3"]
        assert list(Shop.collection().sort(by=[OrderBy("own", near=(0, 0)), "pk"]))[-1] == "2"
    assert sent.count == 6
    assert PARIS.distance(LYON) == pytest.approx(391_500, rel=1e-3)


def test_the_date_line_is_no_border(Shop):
    suva, apia = Shop.create(place=SUVA).get_pk(), Shop.create(place=APIA).get_pk()
    line, end = Shop.create(place=(180, 0)).get_pk(), Shop.create(place=(-180, 0)).get_pk()
    assert asked(Shop.collection(place__near=(SUVA, 1_300_000))) == {suva, apia}
    assert asked(Shop.collection(place__within=(178, -20, -171, -10))) == {suva, apia}
    assert asked(Shop.collection(place__within=(-171.8, -20, 178.5, -10))) == {suva, apia}
    assert asked(Shop.collection(place__near=((180, 0), 10))) == {line, end}
    assert asked(Shop.collection(place__near=((0, 0), 30_000_000))) == {suva, apia, line, end}


@pytest.mark.parametrize(
    "filters",
    [
        {"place__near": (2, 48)},
        {"place__near": (2, 48, -1)},
        {"place__near": (2, 90, 1)},
        {"place__near": (181, 48, 1)},
        {"place__near": (2, 48, float("nan"))},
        {"place__near": ("2", 48, 1)},
        {"place__near": (True, 48, 1)},
        {"place__near": None},
        {"place__within": (0, 50, 10, 40)},
        {"place__within": (0, 0, 181, 40)},
        {"place__within": (0, 0, 1)},
        {"place": (200, 0)},
        {"place__in": [(0, 0), None]},
    ],
)
def test_filters_that_make_no_sense_are_refused(Shop, filters):
    with count_requests() as sent, pytest.raises(InvalidValueError, match="place"):
        list(Shop.collection(**filters))
    assert sent.count == 0


@pytest.mark.parametrize(
    "value",
    [(180.1, 0), (0, 85.06), (0, -90), (0,), (0, 0, 0), "0,0", 5, (True, 0), ("1", 2), (float("nan"), 0)],
)
def test_what_is_no_place_is_refused_before_anything_is_sent(Shop, value):
    with count_requests() as sent, pytest.raises(InvalidValueError, match=r"Shop\.(own|place)"):
        Shop.create(place=PARIS, own=value)
    assert sent.count == 0


def test_a_command_that_leaves_no_place_is_refused_and_undone(Shop):
    shop = Shop.create(own=PARIS)
    with pytest.raises(InvalidValueError, match=r"Shop\.own: '.*x' is no place"):
        shop.own.append("x")
    assert shop.own.get() == PARIS


def test_a_unique_place_needs_an_index_that_tells_places_apart(Shop):
    Shop.create(code=PARIS)
    with pytest.raises(UniquenessError):
        Shop.create(code=PARIS)
    close = Shop.create(code=Point(PARIS.lon + 1e-9, PARIS.lat))  # in the same cell
    assert asked(Shop.collection(code__near=(PARIS, 0))) == {"1"}
    assert asked(Shop.collection(code__near=(PARIS, 1))) == {"1", close.get_pk()}


def test_declarations_and_questions_that_cannot_work_are_refused(Shop):
    with pytest.raises(ImplementationError, match="type=Point"):

        class Untyped(RedisModel):
            database = Shop.database
            place = fields.StringField(indexes=[GeoIndex])

    with pytest.raises(ImplementationError, match="uniqueness"):

        class Unique(RedisModel):
            database = Shop.database
            place = GeoField(unique=True)

    with pytest.raises(ImplementationError, match="near"):
        Shop.collection().sort(by=OrderBy("name", near=PARIS))
    with pytest.raises(ImplementationError, match="near"):
        Shop.collection().sort(by=OrderBy("stops", near=PARIS))
    with pytest.raises(InvalidValueError, match="near"):
        Shop.collection().sort(by=OrderBy("place", near=(0, 100)))
    with pytest.raises(ImplementationError, match="give a value"):
        list(Shop.collection(place=Shop.create(own=PARIS).own))


def test_indexes_are_checked_and_mended(Shop, raw):
    shop, other = Shop.create(place=PARIS), Shop.create(place=LYON)
    raw.hset(shop.place.key, "place", "4.8357,45.764")
    raw.zrem("{shop}:index:place:geo", other.get_pk())
    told = {(one.kind, one.pk) for one in Shop.check_indexes()}
    assert told >= {("missing", "1"), ("missing", "2")}
    assert Shop.repair_indexes() == []
    assert asked(Shop.collection(place__near=(LYON, 1))) == {"1", "2"}
    Shop.get_field("place").clear_indexes()
    assert asked(Shop.collection(place__near=(LYON, 1))) == set()
    Shop.get_field("place").rebuild_indexes()
    assert asked(Shop.collection(place__near=(LYON, 1))) == {"1", "2"}


def test_the_index_is_one_that_redis_itself_can_search(Shop, raw):
    for place in (PARIS, LYON, LONDON, SUVA, APIA):
        Shop.create(place=place)
        raw.geoadd("theirs", (*place, str(len(Shop.collection()))))
    key = Shop.get_field("place").get_index().get_storage_key((0, 0))
    assert key == "{shop}:index:place:geo"
    assert raw.zrange(key, 0, -1, withscores=True) == raw.zrange("theirs", 0, -1, withscores=True)
    nearest = raw.geosearch(key, longitude=PARIS.lon, latitude=PARIS.lat, radius=500, unit="km", sort="ASC")
    assert nearest == ["1", "3", "2"]


lons = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 0.0, 179.9999999, -179.9999999])
lats = st.floats(-85.05112878, 85.05112878) | st.sampled_from([-85.05112878, 85.05112878, 0.0, 5e-324])
# many within metres or kilometres of one another
close = st.builds(lambda x, y: Point(2 + x / 1000, 48 + y / 1000), st.integers(-9, 9), st.integers(-9, 9))
points = st.builds(Point, lons, lats) | close
metres = st.sampled_from([0, 0.5, 100, 1000, 5e3, 1e6, 9e6, 1.1e7, 2.1e7]) | st.floats(0, 2.1e7)


def angle(one, other):
    """By another formula than the library's."""
    (a, b), (c, d) = map(radians, one), map(radians, other)
    return acos(max(-1.0, min(1.0, sin(b) * sin(d) + cos(b) * cos(d) * cos(a - c))))


@given(st.lists(points, max_size=12), points, metres)
@example([Point(180.0, 0.0), Point(-180.0, 0.0)], Point(179.9999999, 0.0), 100)
@example([Point(0.0, 85.05112878), Point(180.0, 85.05112878)], Point(0.0, 85.0), 1.2e6)
def test_what_is_near_is_what_is_not_farther_away(database, raw, places, center, radius):
    class Shop(RedisModel):
        place = GeoField(indexable=True)
        number = fields.InstanceHashField(type=int, indexable=True)

    raw.flushdb()
    Shop.use_database(database)
    pks = [Shop.create(place=place, number=1).get_pk() for place in places]
    found = set(Shop.collection(place__near=(center, radius)))
    assert found == {pk for pk, place in zip(pks, places, strict=True) if center.distance(place) <= radius}
    # with another condition that drives, and one by one
    assert found == set(Shop.collection(place__near=(center, radius), pk__in=pks))
    for place in places:
        assert center.distance(place) == pytest.approx(6372797.560856 * angle(center, place), abs=1.0)
    ordered = list(Shop.collection().sort(by=OrderBy("place", near=center)))
    assert [places[pks.index(pk)] for pk in ordered] == sorted(
        places, key=lambda place: (center.distance(place), ordered.index(pks[places.index(place)]))
    )


@given(st.lists(points, max_size=12), lons, st.floats(-90, 90), lons, st.floats(-90, 90))
def test_what_is_in_a_box_is_what_has_such_coordinates(database, raw, places, west, south, east, north):
    class Shop(RedisModel):
        place = GeoField(indexable=True)

    raw.flushdb()
    Shop.use_database(database)
    south, north = sorted((south, north))
    pks = [Shop.create(place=place).get_pk() for place in places]

    def inside(place):
        in_lon = west <= place.lon <= east if west <= east else place.lon >= west or place.lon <= east
        return in_lon and south <= place.lat <= north

    wanted = {pk for pk, place in zip(pks, places, strict=True) if inside(place)}
    assert set(Shop.collection(place__within=(west, south, east, north))) == wanted
