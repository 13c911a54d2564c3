"""redis-limpyd, which this library follows, at the same job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..contest import Contestant
from ..people import Person

__all__ = ["Limpyd"]


class Limpyd(Contestant):
    """redis-limpyd, where it is installed."""

    name = "redis-limpyd"
    needs = "redis-limpyd 'setuptools<81'"
    module = "limpyd"
    share = 0.1

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        from limpyd import database, exceptions, fields, indexes, model
        from limpyd.contrib.collection import ExtendedCollectionManager

        on = database.RedisDatabase(unix_socket_path=settings["unix_socket_path"])

        class Human(model.RedisModel):  # type: ignore[misc]
            database = on
            collection_manager = ExtendedCollectionManager
            first = fields.InstanceHashField(indexable=True)
            last = fields.InstanceHashField(indexable=True)
            nick = fields.InstanceHashField(indexable=True, indexes=[indexes.TextRangeIndex])
            year = fields.InstanceHashField(indexable=True, indexes=[indexes.NumberRangeIndex])
            email = fields.InstanceHashField(unique=True)
            bio = fields.InstanceHashField()
            visits = fields.StringField()
            tags = fields.SetField(indexable=True)
            seen = fields.SetField()

        self.model = Human
        self.missing = (exceptions.DoesNotExist,)

    def create(self, person: Person) -> str:
        return self.model(**person.scalars(), tags=person.tags, visits=0).pk.get()  # type: ignore[no-any-return]

    def load(self, people: Sequence[Person]) -> list[str]:
        return [self.create(person) for person in people]

    def read(self, pk: str) -> dict[str, Any]:
        person = self.model(pk)
        return {**person.hgetall(), "visits": person.visits.get(), "tags": person.tags.smembers()}

    def set_year(self, pk: str, year: int) -> Any:
        return self.model.lazy_connect(pk).year.hset(year)

    def set_last(self, pk: str, last: str) -> Any:
        return self.model.lazy_connect(pk).last.hset(last)

    def native_get(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).visits.get()

    def native_hget(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).bio.hget()

    def native_incr(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).visits.incr()

    def native_sadd(self, pk: str, value: str) -> Any:
        return self.model.lazy_connect(pk).seen.sadd(value)

    def native_sismember(self, pk: str, value: str) -> Any:
        return self.model.lazy_connect(pk).seen.sismember(value)

    def native_smembers(self, pk: str) -> Any:
        return self.model.lazy_connect(pk).seen.smembers()

    def tag(self, pk: str, tag: str) -> Any:
        return self.model.lazy_connect(pk).tags.sadd(tag)

    def untag(self, pk: str, tag: str) -> Any:
        return self.model.lazy_connect(pk).tags.srem(tag)

    def delete(self, pk: str) -> Any:
        self.model.lazy_connect(pk).delete()
        return True

    def pks(self, last: str) -> list[str]:
        return list(self.model.collection(last=last))

    def values(self, last: str) -> list[dict[str, Any]]:
        return list(self.model.collection(last=last).values("pk", "first", "nick", "year"))

    def instances(self, last: str) -> list[dict[str, Any]]:
        names = ("first", "nick", "year")
        return [
            {"pk": one.pk.get(), **dict(zip(names, one.hmget(*names), strict=True))}
            for one in self.model.collection(last=last).instances()
        ]

    def page(self, last: str, year: int, nick: str) -> list[str]:
        found = self.model.collection(last=last, year__gte=year, nick__startswith=nick)
        return list(found.sort(by="year")[:20])

    def count(self, last: str, year: int, nick: str) -> int:
        return len(self.model.collection(last=last, year__gte=year, nick__startswith=nick))
