from limpyd_ng.testing import assert_indexes_right, count_requests
from tests.zoo import make_bike


def test_creating_an_object_with_every_field_is_one_request(database):
    Bike = make_bike(database)
    Bike(code="warm", name="up")
    with count_requests() as sent:
        bike = Bike(
            code="A1",
            name="Mono",
            price=10,
            brand="Acme",
            tags=["red", "blue"],
            log=["a", "a"],
            ranks={"x": 1},
            options={"k": "v"},
            built="2024-05-01",
        )
    assert sent.count == 1
    assert bike.tags.smembers() == {"red", "blue"}
    assert Bike.collection(built__year="2024") == [bike.pk.get()]
    assert_indexes_right(Bike)
